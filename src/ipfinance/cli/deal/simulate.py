"""`ipfinance deal simulate`: losses of every class over correlated scenarios."""

from __future__ import annotations

from pathlib import Path

import click

from ipfinance.app import render_documents, report_format_of, scenario_of, with_lines
from ipfinance.basics import Text
from ipfinance.bootstrap import LocalFiles, LocalRenderer, write_whole
from ipfinance.cli._words import common_options, language, print_document, print_json, say, tell
from ipfinance.reports import simulation_report, simulation_view
from ipfinance.securitization import LEVELS, simulate

HELP = Text(
    """Simulate the deal described in DEAL: expected loss, chance of loss, value at risk and
    expected shortfall of every class, each with its standard error.

    Parties fail by the copula of the file's `risk` section; royalties, legal events and recoveries
    are drawn beside them. The same --seed gives the same figures on any number of --workers.
    --shift draws the common factor around another mean, for rare losses of senior classes.

    \b
    Examples:
      ipfinance deal simulate deal.yaml --scenarios 10000 --seed 1
      ipfinance deal simulate deal.yaml --scenarios 100000 --seed 1 --workers 4 --json
      ipfinance deal simulate deal.yaml --scenarios 20000 --seed 1 --shift -2
    """,
    """模拟 DEAL 所描述的交易：各档预期损失、损失概率、VaR 与预期短缺，均附标准误。

    各主体按文件 `risk` 部分的 Copula 违约；版税、法律事件与回收率一并抽样。同一 --seed 在任意
    --workers 下结果相同。--shift 将公共因子移至另一均值，用于优先档的罕见损失。

    \b
    示例：
      ipfinance deal simulate deal.yaml --scenarios 10000 --seed 1
      ipfinance deal simulate deal.yaml --scenarios 100000 --seed 1 --workers 4 --json
      ipfinance deal simulate deal.yaml --scenarios 20000 --seed 1 --shift -2
    """,
)


@click.command("simulate", help=say(HELP))
@click.argument("deal", type=click.Path(path_type=Path))
@click.option(
    "--scenarios",
    type=int,
    default=10_000,
    show_default=True,
    help=say(Text("How many scenarios.", "情景数量。")),
)
@click.option("--seed", type=int, default=1, show_default=True, help=say(Text("Seed.", "种子。")))
@click.option(
    "--workers", type=int, default=1, show_default=True, help=say(Text("Threads.", "线程数。"))
)
@click.option(
    "--shift",
    type=float,
    default=0.0,
    show_default=True,
    help=say(Text("Mean of the common factor.", "公共因子的均值。")),
)
@click.option(
    "--level",
    "levels",
    type=float,
    multiple=True,
    help=say(Text("Level of VaR and ES; may be given again.", "VaR 与 ES 的水平，可重复给出。")),
)
@click.option("--scenario", help=say(Text("A stress of the file.", "文件中的压力情景。")))
@click.option(
    "--report",
    "reports",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help=say(Text("Write a report, .html or .pdf.", "写入报告（.html 或 .pdf）。")),
)
@common_options
def command(  # noqa: PLR0917
    deal: Path,
    scenarios: int,
    seed: int,
    workers: int,
    shift: float,
    levels: tuple[float, ...],
    scenario: str | None,
    reports: tuple[Path, ...],
    *,
    as_json: bool,
) -> None:
    """Simulate a deal."""
    formats = {path: report_format_of(path) for path in reports}
    found = with_lines(
        LocalFiles(),
        deal,
        lambda terms: simulate(
            terms,
            scenarios=scenarios,
            seed=seed,
            workers=workers,
            scenario=scenario_of(terms, scenario),
            shift=shift,
            levels=levels or LEVELS,
        ),
    )
    document = simulation_report(found, language())
    for path, report_format in formats.items():
        write_whole(path, render_documents(LocalRenderer(), [document], report_format))
        tell(Text(f"Report written: {path}", f"报告已写入：{path}"))
    if as_json:
        print_json(simulation_view(found, language()))
    else:
        print_document(document)
