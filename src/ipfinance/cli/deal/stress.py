"""`ipfinance deal stress`: named stresses and a tornado."""

from __future__ import annotations

from pathlib import Path

import click

from ipfinance.app import senior_class, with_lines
from ipfinance.basics import Text
from ipfinance.bootstrap import LocalFiles
from ipfinance.cli._words import common_options, language, print_document, print_json, say
from ipfinance.reports import stress_report, stress_view
from ipfinance.securitization import Deal, DealRun, TornadoBar, run_deal, tornado

HELP = Text(
    """Run DEAL in every stress of its file and pull each lever alone.

    \b
    Example:
      ipfinance deal stress deal.yaml --tranche A
    """,
    """在文件的每个压力情景下运行 DEAL，并逐一拉动单个压力杠杆。

    \b
    示例：
      ipfinance deal stress deal.yaml --tranche A
    """,
)


@click.command("stress", help=say(HELP))
@click.argument("deal", type=click.Path(path_type=Path))
@click.option("--tranche", help=say(Text("The class of the tornado.", "敏感性分析的档次。")))
@common_options
def command(deal: Path, tranche: str | None, *, as_json: bool) -> None:
    """Stress a deal."""

    def ask(terms: Deal) -> tuple[dict[str, DealRun], tuple[TornadoBar, ...], str]:
        name = senior_class(terms, tranche)
        runs = {"base": run_deal(terms)}
        runs |= {each: run_deal(terms, found) for each, found in sorted(terms.stresses.items())}
        return runs, tornado(terms, name), name

    runs, bars, name = with_lines(LocalFiles(), deal, ask)
    base = runs["base"]
    if as_json:
        print_json(stress_view(base.deal, bars, runs, name))
    else:
        print_document(stress_report(base, bars, runs, name, language()))
