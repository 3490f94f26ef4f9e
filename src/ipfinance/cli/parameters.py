"""`ipfinance parameters`: dated law, standards and market data, each with its source."""

from __future__ import annotations

from datetime import datetime

import click

from ipfinance.app import parameters_named
from ipfinance.basics import Text
from ipfinance.cli._words import common_options, language, print_document, print_json, say
from ipfinance.reports import parameters_report, parameters_view

HELP = Text(
    """Show dated parameters: law, standards, market data, each value with its source.

    ID is the beginning of a name, such as `law` or `law.term.cn`; without it all are shown. With
    --on only the value in force on that date.

    \b
    Examples:
      ipfinance parameters market
      ipfinance parameters law.enhanced_damages --on 2022-03-01 --json
    """,
    """显示按日期的参数：法律、标准与市场数据，每个取值均注明来源。

    ID 为名称的开头，如 `law` 或 `law.term.cn`；省略则显示全部。给出 --on 时仅显示该日适用的取值。

    \b
    示例：
      ipfinance parameters market
      ipfinance parameters law.enhanced_damages --on 2022-03-01 --json
    """,
)


@click.command("parameters", help=say(HELP))
@click.argument("beginning", metavar="[ID]", default="")
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help=say(Text("Only what is in force on this date.", "仅显示该日适用的取值。")),
)
@common_options
def command(beginning: str, on: datetime | None, *, as_json: bool) -> None:
    """Show dated parameters."""
    day = None if on is None else on.date()
    found = parameters_named(beginning, day)
    if as_json:
        print_json(parameters_view(found, day))
    else:
        print_document(parameters_report(found, day, language()))
