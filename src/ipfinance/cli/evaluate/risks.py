"""`ipfinance evaluate risks`: a register of risk events."""

from __future__ import annotations

from pathlib import Path

import click

from ipfinance.app import report_format_of, risk_register_file
from ipfinance.basics import InputError, Text, number_problem
from ipfinance.bootstrap import LocalFiles
from ipfinance.cli._evaluation import report_option, write_reports
from ipfinance.cli._words import common_options, language, print_document, print_json, say
from ipfinance.reports import risk_register_report, risk_register_view

HELP = Text(
    """Bound what the risk events in FILE cost, as competing risks.

    FILE is a CSV table with the columns id, kind, hazard_low, hazard_high (events a year),
    loss_low, loss_high (share of the value lost) and optionally name and source. Kinds:
    technology, economy, consumption, law, policy, culture, market, theme, cast, other.

    \b
    Examples:
      ipfinance evaluate risks risks.csv --horizon 5
      ipfinance evaluate risks risks.csv --horizon 5 --rate 0.10 --json
    """,
    """将 FILE 中的风险事件视为竞争风险，计算其影响区间。

    FILE 为 CSV 表，列为 id、kind、hazard_low、hazard_high（每年次数）、loss_low、loss_high
    （损失价值的比例），可另加 name 与 source。类别：technology、economy、consumption、law、
    policy、culture、market、theme、cast、other。

    \b
    示例：
      ipfinance evaluate risks risks.csv --horizon 5
      ipfinance evaluate risks risks.csv --horizon 5 --rate 0.10 --json
    """,
)


@click.command("risks", help=say(HELP))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--horizon", type=float, required=True, help=say(Text("In years.", "期限（年）。")))
@click.option(
    "--rate",
    type=float,
    help=say(
        Text(
            "Yearly discount rate, to which a yearly premium is added.",
            "年折现率，用以计算年溢价。",
        )
    ),
)
@report_option
@common_options
def command(
    file: Path,
    horizon: float,
    rate: float | None,
    reports: tuple[Path, ...],
    *,
    as_json: bool,
) -> None:
    """Print what the events cost."""
    formats = {path: report_format_of(path) for path in reports}
    problems = [
        number_problem("--horizon", horizon, low=0.0, high=200.0, low_open=True),
        None if rate is None else number_problem("--rate", rate, low=-0.5, high=10.0),
    ]
    told = [problem for problem in problems if problem is not None]
    if told:
        raise InputError(told)
    found = risk_register_file(LocalFiles(), file, horizon=horizon, yearly_rate=rate)
    document = risk_register_report(found, file.stem, language())
    write_reports(document, formats)
    if as_json:
        print_json(risk_register_view(found, language()))
    else:
        print_document(document)
