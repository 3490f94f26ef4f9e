"""Writes the pages that follow from the code: methods, findings, parameters, commands, terms."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import click

import ipfinance
from ipfinance.basics import FindingKind
from ipfinance.cli import command_group
from ipfinance.cli._groups import walk_commands
from ipfinance.parameters import parameter, parameter_ids, reference
from ipfinance.valuation import APPROACH_NAMES, METHODS


def write_all(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    pages = {
        "methods": methods(),
        "findings": findings(),
        "parameters": parameters(),
        "commands": commands(),
        "nomenclature": nomenclature(),
    }
    for name, text in pages.items():
        path = folder / f"{name}.md"
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")


def cell(text: object) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ").replace("{", "\\{").replace("$", "\\$")


def table(head: list[str], rows: list[list[object]]) -> str:
    lines = [head, ["---"] * len(head), *[[cell(item) for item in row] for row in rows]]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def methods() -> str:
    parts = ["# Methods\n\nEvery method, its inputs and its range, as declared in the registry.\n"]
    for method in METHODS.values():
        badge = " — replication, not a valuation" if method.replication else ""
        rows = []
        for item in method.fields:
            bounds = _bounds(item)
            default = "required" if item.required else _shown(item.default)
            rows.append([f"`{item.name}`", item.quantity.symbol, item.quantity.name.en,
                         item.quantity.name.zh, item.quantity.meaning.en, item.quantity.unit,
                         bounds, default])  # fmt: skip
        cited = "; ".join(
            f"{{cite:p}}`{c.key}`" + (f" ({c.place})" if c.place else "") for c in method.citations
        )
        head = ["input", "symbol", "name", "名称", "meaning", "unit", "range", "default"]
        parts.append(
            f"## {method.name.en} / {method.name.zh}{badge}\n\n"
            f"`{method.id}` · {APPROACH_NAMES[method.approach].en}\n\n{method.summary.en}\n\n"
            f"Valid: {method.validity.en}\n\nSource: {cited}\n\n{table(head, rows)}"
        )
    return "\n".join(parts)


def _bounds(item) -> str:
    quantity = item.quantity
    if quantity.unit == "":
        if not hasattr(item.element, "__members__"):
            return "a text or a date"
        return ", ".join(f"`{each}`" for each in item.element)
    low = "" if quantity.low == -float("inf") else f"{quantity.low:g}"
    high = "" if quantity.high == float("inf") else f"{quantity.high:g}"
    left = "(" if quantity.low_open or not low else "["
    right = ")" if quantity.high_open or not high else "]"
    return f"{left}{low or '−∞'}, {high or '∞'}{right}"


def _shown(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.6g}" if isinstance(value, float) else f"`{value}`"


def findings() -> str:
    found: dict[str, FindingKind] = {}
    for info in pkgutil.walk_packages(ipfinance.__path__, "ipfinance."):
        if info.name.endswith("__main__"):
            continue
        for item in vars(importlib.import_module(info.name)).values():
            if isinstance(item, FindingKind):
                found[item.code] = item
    rows = [
        [f"`{code}`", str(kind.severity), kind.text.en, kind.text.zh]
        for code, kind in sorted(found.items())
    ]
    head = ["code", "severity", "English", "中文"]
    return (
        "# Findings\n\nWhat an appraiser must see beside a number. The code stays the same across "
        "languages and versions; facts stand in braces.\n\n" + table(head, rows)
    )


def parameters() -> str:
    rows = []
    for name in parameter_ids():
        found = parameter(name)
        for value in found.values:
            works = "; ".join(reference(citation) for citation in value.references)
            rows.append([f"`{name}`", str(found.kind), value.starts_on, value.value,
                         found.description, works])  # fmt: skip
    head = ["id", "kind", "from", "value", "meaning", "source"]
    return "# Parameters\n\n" + table(head, rows)


def commands() -> str:
    parts = ["# Commands\n"]
    for name, command in walk_commands(command_group(), "ipfinance"):
        context = click.Context(command, info_name=name)
        with context:
            text = command.get_help(context)
        parts.append(f"## {name}\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


def nomenclature() -> str:
    terms: dict[tuple[str, str], list[object]] = {}
    for method in METHODS.values():
        for item in method.fields:
            quantity = item.quantity
            if quantity.symbol:
                key = (quantity.symbol, quantity.name.en)
                terms[key] = [quantity.symbol, quantity.name.en, quantity.name.zh, quantity.unit,
                              quantity.meaning.en]  # fmt: skip
    rows = [terms[key] for key in sorted(terms)]
    return "# Nomenclature\n\n" + table(["symbol", "term", "中文", "unit", "meaning"], rows)
