"""Findings and explanations as sections that every report on values has."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from ipfinance.basics import Explanation, Finding, Interval, Language, Text
from ipfinance.reports._document import FindingItem, FindingList, Section, Tree, TreeLine
from ipfinance.reports._words import SEVERITY_NAMES, result_unit
from ipfinance.valuation import METHODS, CaseResult

Say: TypeAlias = Callable[[Text], str]


def findings_section(findings: Iterable[Finding], language: Language) -> Section:
    """Return what the reader must know, gravest first."""
    items = tuple(
        FindingItem(
            severity=finding.severity,
            label=SEVERITY_NAMES[finding.severity].in_(language),
            text=finding.message(language),
        )
        for finding in findings
    )
    title = Text("What the reader must know", "提示与说明").in_(language)
    return Section(title=title, blocks=(FindingList(items=items),) if items else ())


def tree_lines(
    explanation: Explanation, say: Say, *, depth: int = 0, seen: set[int] | None = None
) -> list[TreeLine]:
    """Flatten an explanation; a node that stands in several places is opened once."""
    known = set() if seen is None else seen
    repeated = id(explanation) in known and bool(explanation.children)
    known.add(id(explanation))
    source = explanation.source
    origin = "" if source is None else source.path
    if source is not None and source.detail is not None and say(source.detail):
        origin = f"{origin} ({say(source.detail)})"
    line = TreeLine(
        depth=depth,
        name=say(explanation.name),
        symbol=explanation.symbol,
        value=value_text(explanation),
        formula=say(_SEE_ABOVE) if repeated else explanation.formula,
        source=origin,
    )
    lines = [line]
    if not repeated:
        for child in explanation.children:
            lines += tree_lines(child, say, depth=depth + 1, seen=known)
    return lines


_SEE_ABOVE = Text("see above", "见上")


def value_text(explanation: Explanation) -> str:
    """Return the value of a node as a reader sees it."""
    value = explanation.value
    if isinstance(value, Interval):
        return f"[{value.low:.6g}, {value.high:.6g}]"
    if isinstance(value, tuple):
        parts = [f"{item:.4g}" if isinstance(item, (int, float)) else "…" for item in value]
        most = 12
        return "(" + ", ".join(parts[:most]) + (", …" if len(parts) > most else "") + ")"
    return value if isinstance(value, str) else f"{value:.8g}"


def trees_section(result: CaseResult, language: Language) -> Section:
    """Return the explanation of each step."""

    def say(text: Text) -> str:
        return text.in_(language)

    trees = []
    for step in result.case.steps:
        valuation = result.valuations[step.id]
        name = METHODS[valuation.method_id].name if step.title is None else step.title
        trees.append(
            Tree(
                caption=f"{step.id}: {say(name)} ({result_unit(valuation, language) or '1'})",
                lines=tuple(tree_lines(valuation.explanation, say)),
            )
        )
    title = say(Text("How the value was computed", "价值如何计算"))
    return Section(title=title, blocks=tuple(trees), core=False)
