"""`ipfinance deal explain`: why a line was paid."""

from __future__ import annotations

from pathlib import Path

import click

from ipfinance.app import line_of, run_deal_file
from ipfinance.basics import Text
from ipfinance.bootstrap import LocalFiles
from ipfinance.cli._words import common_options, language, print_document, print_json, say
from ipfinance.reports import line_explanation_report, line_explanation_view

HELP = Text(
    """Say why a LINE of a PERIOD was paid: what was due, what was there, what came first.

    \b
    Example:
      ipfinance deal explain deal.yaml --period 3 --line "A interest"
    """,
    """说明某期（PERIOD）某行（LINE）为何如此支付：应付多少、可用多少、何者优先。

    \b
    示例：
      ipfinance deal explain deal.yaml --period 3 --line "A interest"
    """,
)


@click.command("explain", help=say(HELP))
@click.argument("deal", type=click.Path(path_type=Path))
@click.option("--period", type=int, required=True, help=say(Text("From 0.", "从 0 起计。")))
@click.option("--line", required=True, help=say(Text("As in the statement.", "报表中的行名。")))
@click.option("--scenario", help=say(Text("A stress of the file.", "文件中的压力情景。")))
@common_options
def command(deal: Path, period: int, line: str, scenario: str | None, *, as_json: bool) -> None:
    """Explain one line of a run."""
    run = run_deal_file(LocalFiles(), deal, scenario)
    found = line_of(run, period, line)
    if as_json:
        print_json(line_explanation_view(run, period, found))
    else:
        print_document(line_explanation_report(run, period, found, language()))
