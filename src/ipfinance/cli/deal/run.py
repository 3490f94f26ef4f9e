"""`ipfinance deal run`: run a deal in one scenario."""

from __future__ import annotations

from pathlib import Path

import click

from ipfinance.app import (
    render_documents,
    report_format_of,
    run_deal_file,
    run_valued_deal_file,
    table_kind_of,
)
from ipfinance.basics import Text
from ipfinance.bootstrap import LocalFiles, LocalRenderer, write_whole
from ipfinance.cli._words import common_options, language, print_document, print_json, say, tell
from ipfinance.reports import deal_report, deal_run_view, deal_tables

TABLES = (
    "lines",
    "tranches",
    "tranche_periods",
    "accounts",
    "supports",
    "triggers",
    "pool",
    "journal",
)
HELP = Text(
    """Run the deal described in DEAL, a YAML file, and print what every class was paid.

    \b
    Examples:
      ipfinance deal run deal.yaml
      ipfinance deal run deal.yaml --scenario severe --json
      ipfinance deal run deal.yaml --out statement.xlsx --report deal.pdf
      ipfinance deal run deal.yaml --out lines.csv --table lines
    """,
    """运行 DEAL（YAML 文件）所描述的交易，输出各档的本息支付。

    \b
    示例：
      ipfinance deal run deal.yaml
      ipfinance deal run deal.yaml --scenario severe --json
      ipfinance deal run deal.yaml --out statement.xlsx --report deal.pdf
      ipfinance deal run deal.yaml --out lines.csv --table lines
    """,
)


@click.command("run", help=say(HELP))
@click.argument("deal", type=click.Path(path_type=Path))
@click.option("--scenario", help=say(Text("A stress of the file.", "文件中的压力情景。")))
@click.option(
    "--case",
    type=click.Path(path_type=Path),
    help=say(
        Text(
            "Value this case and let its value drive collateral, borrowing base and recoveries.",
            "评估该案例，并以其价值驱动抵质押物、借款基础与回收。",
        )
    ),
)
@click.option(
    "--out",
    "outs",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help=say(
        Text(
            "Write tables to this .csv, .xlsx or .parquet file; may be given again.",
            "将表格写入 .csv、.xlsx 或 .parquet 文件，可重复给出。",
        )
    ),
)
@click.option(
    "--table",
    type=click.Choice(TABLES),
    default="lines",
    show_default=True,
    help=say(Text("Which table a CSV or Parquet file gets.", "CSV 或 Parquet 文件写入的表格。")),
)
@click.option(
    "--report",
    "reports",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help=say(Text("Write a report, .html or .pdf.", "写入报告（.html 或 .pdf）。")),
)
@click.option("--whole", is_flag=True, help=say(Text("Print every statement.", "输出全部报表。")))
@common_options
def command(
    deal: Path,
    scenario: str | None,
    *,
    case: Path | None,
    outs: tuple[Path, ...],
    table: str,
    reports: tuple[Path, ...],
    whole: bool,
    as_json: bool,
) -> None:
    """Run a deal and print, or write, what came of it."""
    kinds = {path: table_kind_of(path) for path in outs}
    formats = {path: report_format_of(path) for path in reports}
    files = LocalFiles()
    if case is None:
        run = run_deal_file(files, deal, scenario)
    else:
        run = run_valued_deal_file(files, files, deal, case, scenario)
    document = deal_report(run, language())
    for path, kind in kinds.items():
        write_whole(path, files.flat_tables(deal_tables(run), table, kind))
        tell(Text(f"Tables written: {path}", f"表格已写入：{path}"))
    for path, report_format in formats.items():
        write_whole(path, render_documents(LocalRenderer(), [document], report_format))
        tell(Text(f"Report written: {path}", f"报告已写入：{path}"))
    if as_json:
        print_json(deal_run_view(run, language()))
    else:
        print_document(document, whole=whole)
