"""`ipfinance deal breakeven`: how far a stress can go before a class is not paid."""

from __future__ import annotations

from pathlib import Path

import click

from ipfinance.app import scenario_of, senior_class, with_lines
from ipfinance.basics import Text
from ipfinance.bootstrap import LocalFiles
from ipfinance.cli._words import common_options, language, print_document, print_json, say
from ipfinance.reports import break_even_report, break_even_view
from ipfinance.securitization import BreakEven, Deal, Lever, break_even

HELP = Text(
    """Find the largest stress at which a class of DEAL is paid in full and on time.

    A grid comes first: where paid and unpaid change more than once, every stretch is printed and
    no single number.

    \b
    Examples:
      ipfinance deal breakeven deal.yaml --tranche A --lever default_rate
      ipfinance deal breakeven deal.yaml --lever decay --upto 0.2 --json
    """,
    """求 DEAL 某档足额按期兑付所能承受的最大压力。

    先做网格扫描：若兑付与否反复变化，则列出各区间，不给单一数值。

    \b
    示例：
      ipfinance deal breakeven deal.yaml --tranche A --lever default_rate
      ipfinance deal breakeven deal.yaml --lever decay --upto 0.2 --json
    """,
)


@click.command("breakeven", help=say(HELP))
@click.argument("deal", type=click.Path(path_type=Path))
@click.option(
    "--tranche", help=say(Text("The class; the senior one without it.", "缺省为优先档。"))
)
@click.option(
    "--lever",
    type=click.Choice([str(each) for each in Lever]),
    default="default_rate",
    show_default=True,
    help=say(Text("What the stress pulls.", "压力杠杆。")),
)
@click.option(
    "--upto",
    type=float,
    default=1.0,
    show_default=True,
    help=say(Text("Largest stress tried.", "最大压力。")),
)
@click.option(
    "--points",
    type=int,
    default=41,
    show_default=True,
    help=say(Text("Points of the grid.", "网格点数。")),
)
@click.option("--scenario", help=say(Text("A stress of the file.", "文件中的压力情景。")))
@common_options
def command(  # noqa: PLR0917
    deal: Path,
    tranche: str | None,
    lever: str,
    upto: float,
    points: int,
    scenario: str | None,
    *,
    as_json: bool,
) -> None:
    """Find a break-even point."""

    def ask(terms: Deal) -> tuple[Deal, BreakEven]:
        return terms, break_even(
            terms,
            senior_class(terms, tranche),
            Lever(lever),
            most=upto,
            points=points,
            scenario=scenario_of(terms, scenario),
        )

    terms, found = with_lines(LocalFiles(), deal, ask)
    if as_json:
        print_json(break_even_view(found, language()))
    else:
        print_document(break_even_report(found, terms, language()))
