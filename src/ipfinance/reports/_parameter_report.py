"""Dated parameters: what the law, a standard or a market said, from when on, and who says so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from ipfinance.assets import ASSET_KIND_NAMES
from ipfinance.basics import Language, Text
from ipfinance.parameters import Parameter, ParameterKind, ParameterValue, reference
from ipfinance.reports._document import Cell, Document, Section, Table

KIND_NAMES = {
    ParameterKind.LAW: Text("law", "法律"),
    ParameterKind.STANDARD: Text("standard", "标准"),
    ParameterKind.MARKET: Text("market", "市场数据"),
    ParameterKind.ASSUMPTION: Text("assumption", "假设"),
    ParameterKind.CLAIM: Text("claim", "论断"),
}


def parameters_report(found: Sequence[Parameter], on: date | None, language: Language) -> Document:
    """Return the parameters as a table: every dated value, or those in force on a date."""

    def say(text: Text) -> str:
        return text.in_(language)

    rows: list[tuple[Cell, ...]] = [
        (
            each.id,
            say(KIND_NAMES[each.kind]),
            value.starts_on.isoformat(),
            shown_value(value.value, language),
            "; ".join(reference(citation) for citation in value.references),
        )
        for each in found
        for value in _values(each, on)
    ]
    names = (
        Text("parameter", "参数"),
        Text("kind", "类别"),
        Text("from", "起始日"),
        Text("value", "取值"),
        Text("source", "来源"),
    )
    caption = Text("Every dated value", "全部取值")
    if on is not None:
        caption = Text(f"In force on {on}", f"{on} 的取值")
    table = Table(
        caption=say(caption), columns=tuple(say(name) for name in names), rows=tuple(rows)
    )
    return Document(
        language=language,
        title=say(Text("Dated parameters", "按日期的参数")),
        subtitle="",
        badge="",
        sections=(Section(title=say(Text("Parameters", "参数")), blocks=(table,)),),
        footer="",
    )


def parameters_view(found: Sequence[Parameter], on: date | None) -> dict[str, Any]:
    """Return the parameters as plain data."""
    return {
        "parameters": [
            {
                "id": each.id,
                "description": each.description,
                "kind": str(each.kind),
                "unit": each.unit,
                "checked_on": each.checked_on.isoformat(),
                "values": [
                    {
                        "from": value.starts_on.isoformat(),
                        "value": _plain(value.value),
                        "references": [reference(citation) for citation in value.references],
                    }
                    for value in _values(each, on)
                ],
            }
            for each in found
        ]
    }


def _values(found: Parameter, on: date | None) -> tuple[ParameterValue, ...]:
    return found.values if on is None else (found.at(on),)


def shown_value(value: Any, language: Language) -> str:  # noqa: ANN401
    """Return a value of a parameter as one line of text."""
    if isinstance(value, dict):
        return ", ".join(
            f"{_key(name, language)}: {shown_value(item, language)}" for name, item in value.items()
        )
    if isinstance(value, list):
        return ", ".join(shown_value(item, language) for item in value)
    return f"{value:,}" if isinstance(value, int) else str(value)


def _key(name: object, language: Language) -> str:
    kinds = {str(kind): text.in_(language) for kind, text in ASSET_KIND_NAMES.items()}
    return kinds.get(str(name), str(name))


def _plain(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if isinstance(value, (int, float, str, type(None))) else str(value)
