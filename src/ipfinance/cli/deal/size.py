"""`ipfinance deal size`: the largest class that meets a target, or its risk budget."""

from __future__ import annotations

from pathlib import Path

import click

from ipfinance.app import senior_class, with_lines
from ipfinance.basics import Text
from ipfinance.bootstrap import LocalFiles
from ipfinance.cli._words import common_options, language, print_document, print_json, say
from ipfinance.reports import sized_report, sized_view
from ipfinance.securitization import Deal, Sized, Target, risk_budget, sized_class

BALANCE = Text("largest balance", "最大规模")
MULTIPLE = Text("largest multiple of default probabilities", "违约概率最大倍数")
HELP = Text(
    """Find the largest balance at which a class of DEAL meets a target; equity takes the rest.

    With --budget: the largest multiple of every default probability at which it still does.

    \b
    Examples:
      ipfinance deal size deal.yaml --tranche A --at-most 0.001
      ipfinance deal size deal.yaml --target probability_of_loss --at-most 0.01 --budget
    """,
    """求 DEAL 某档满足目标的最大规模，差额由权益档承接。

    加 --budget：求仍满足目标的违约概率最大倍数（风险预算）。

    \b
    示例：
      ipfinance deal size deal.yaml --tranche A --at-most 0.001
      ipfinance deal size deal.yaml --target probability_of_loss --at-most 0.01 --budget
    """,
)


@click.command("size", help=say(HELP))
@click.argument("deal", type=click.Path(path_type=Path))
@click.option(
    "--tranche", help=say(Text("The class; the senior one without it.", "缺省为优先档。"))
)
@click.option(
    "--target",
    type=click.Choice([str(each) for each in Target]),
    default="expected_loss",
    show_default=True,
    help=say(Text("What is held down.", "控制的指标。")),
)
@click.option(
    "--at-most",
    "threshold",
    type=float,
    required=True,
    help=say(Text("The target's limit.", "目标上限。")),
)
@click.option("--budget", is_flag=True, help=say(Text("Find the risk budget.", "求风险预算。")))
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
@common_options
def command(  # noqa: PLR0917
    deal: Path,
    tranche: str | None,
    target: str,
    threshold: float,
    scenarios: int,
    seed: int,
    workers: int,
    *,
    budget: bool,
    as_json: bool,
) -> None:
    """Size a class or find its risk budget."""
    search = risk_budget if budget else sized_class

    def ask(terms: Deal) -> tuple[Deal, Sized]:
        return terms, search(
            terms,
            senior_class(terms, tranche),
            Target(target),
            threshold,
            scenarios=scenarios,
            seed=seed,
            workers=workers,
        )

    terms, found = with_lines(LocalFiles(), deal, ask)
    what = MULTIPLE if budget else BALANCE
    if as_json:
        print_json(sized_view(found, "multiple" if budget else "balance"))
    else:
        unit = "×" if budget else terms.currency
        print_document(sized_report(found, terms, what, unit, language()))
