"""The families of methods side by side on one option."""

from __future__ import annotations

from ipfinance.basics import Language, Text
from ipfinance.reports._document import Block, Document, KeyFigure, KeyFigures, Number, Section
from ipfinance.reports._method_report import schedule_table
from ipfinance.valuation import Convergence

DIGITS = 6


def convergence_report(found: Convergence, language: Language) -> Document:
    """Return how each family comes near to the value as it is made finer."""

    def say(text: Text) -> str:
        return text.in_(language)

    blocks: list[Block] = []
    if found.exact is not None:
        name = Text(f"without any grid: {found.exact_by.en}", f"无网格：{found.exact_by.zh}")
        blocks.append(
            KeyFigures(
                figures=(
                    KeyFigure(label=say(name), value=Number(found.exact, DIGITS), leading=True),
                )
            )
        )
    blocks.append(schedule_table(found.schedule(), language, DIGITS))
    return Document(
        language=language,
        title=say(Text("Convergence of the families", "各方法的收敛")),
        subtitle=say(
            Text(
                "An American claim by simulation has fewer dates of exercise, so it is worth a "
                "little less than by the others.",
                "模拟法的美式期权行权日较少，价值略低于其他方法。",
            )
        ),
        badge="",
        sections=(Section(title="", blocks=tuple(blocks)),),
        footer="",
    )
