"""`ipfinance indicators`: show and check an indicator system."""

from __future__ import annotations

import click

from ipfinance.app import review_system_file
from ipfinance.basics import Text
from ipfinance.bootstrap import LocalFiles
from ipfinance.cli._words import common_options, language, print_document, print_json, say
from ipfinance.reports import system_report, system_view

HELP = Text(
    """Show the indicator system SYSTEM, a YAML file or the id of a packaged system.

    Prints the hierarchy with the polarity of each indicator and, where the file lists candidates,
    how they were rated from 1 to 9, where they came from and why some were dropped.

    \b
    Examples:
      ipfinance indicators su-2023-pledge
      ipfinance indicators my-system.yaml --json
    """,
    """查看指标体系 SYSTEM（YAML 文件或内置体系编号）。

    输出层级结构及各指标方向；若文件列有候选指标，则给出其 1 至 9 评分、来源及剔除原因。

    \b
    示例：
      ipfinance indicators su-2023-pledge
      ipfinance indicators my-system.yaml --json
    """,
)


@click.command("indicators", help=say(HELP))
@click.argument("system")
@common_options
def command(system: str, *, as_json: bool) -> None:
    """Show one indicator system."""
    review = review_system_file(LocalFiles(), system)
    if as_json:
        print_json(system_view(review, language()))
    else:
        print_document(system_report(review, language()))
