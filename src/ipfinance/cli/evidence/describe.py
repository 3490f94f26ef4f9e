"""`ipfinance evidence describe`: what a table of observations holds."""

from __future__ import annotations

from pathlib import Path

import click

from ipfinance.basics import Text
from ipfinance.bootstrap import LocalTables
from ipfinance.cli._words import common_options, language, print_document, print_json, say
from ipfinance.reports import table_report, table_view

HELP = Text(
    """Show what the columns of FILE hold: kind, empty cells, range, and the file's digest.

    \b
    Example:
      ipfinance evidence describe panel.csv
    """,
    """显示 FILE 各列内容：类型、空值数、取值范围，以及文件摘要。

    \b
    示例：
      ipfinance evidence describe panel.csv
    """,
)


@click.command("describe", help=say(HELP))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--sheet", help=say(Text("Sheet of a workbook.", "工作簿中的工作表。")))
@common_options
def command(file: Path, sheet: str | None, *, as_json: bool) -> None:
    """Describe one table."""
    found = LocalTables().table(file, sheet=sheet)
    if as_json:
        print_json(table_view(found))
    else:
        print_document(table_report(found, language()))
