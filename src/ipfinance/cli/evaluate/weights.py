"""`ipfinance evaluate weights`: weights from data, beside judged ones."""

from __future__ import annotations

from pathlib import Path

import click

from ipfinance.app import report_format_of, table_weights_file
from ipfinance.basics import InputError, Text, number_problem
from ipfinance.bootstrap import LocalFiles
from ipfinance.cli._evaluation import report_option, write_reports
from ipfinance.cli._words import common_options, language, print_document, print_json, say
from ipfinance.judgement import WeightsMethod
from ipfinance.reports import table_weights_report, table_weights_view

HELP = Text(
    """Weigh the columns of FILE by entropy, CRITIC and variation.

    FILE is a CSV table with assets or experts in the first column and items in the first row, high
    being good. With --matrix, a table of pairwise judgements on the same items, the judged weights
    stand beside them and are joined with them, by product and linearly.

    \b
    Examples:
      ipfinance evaluate weights panel-scores.csv
      ipfinance evaluate weights panel-scores.csv --matrix matrix.csv --share 0.7
    """,
    """按熵权法、CRITIC 法与变异系数法求 FILE 各列的权重。

    FILE 为 CSV 表，首列为资产或专家，首行为项目，数值越高越好。给出 --matrix（对相同项目的成对比较
    判断）时，主观权重并列其旁，并以乘积与线性两种方式组合。

    \b
    示例：
      ipfinance evaluate weights panel-scores.csv
      ipfinance evaluate weights panel-scores.csv --matrix matrix.csv --share 0.7
    """,
)


@click.command("weights", help=say(HELP))
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--matrix",
    type=click.Path(path_type=Path),
    help=say(Text("Pairwise judgements on the same items.", "对相同项目的成对比较判断。")),
)
@click.option(
    "--method",
    type=click.Choice([str(each) for each in WeightsMethod]),
    default=str(WeightsMethod.EIGENVECTOR),
    show_default=True,
    help=say(Text("How the judged weights are taken.", "主观权重的计算方法。")),
)
@click.option(
    "--share",
    type=float,
    default=0.5,
    show_default=True,
    help=say(Text("Part of the judged weights in the linear union.", "线性组合中主观权重的比例。")),
)
@report_option
@common_options
def command(
    file: Path,
    matrix: Path | None,
    method: str,
    share: float,
    reports: tuple[Path, ...],
    *,
    as_json: bool,
) -> None:
    """Print the weights."""
    formats = {path: report_format_of(path) for path in reports}
    problem = number_problem("--share", share, low=0.0, high=1.0)
    if problem is not None:
        raise InputError([problem])
    found = table_weights_file(
        LocalFiles(), file, matrix=matrix, method=WeightsMethod(method), share=share
    )
    document = table_weights_report(found, file.stem, language())
    write_reports(document, formats)
    if as_json:
        print_json(table_weights_view(found, language()))
    else:
        print_document(document)
