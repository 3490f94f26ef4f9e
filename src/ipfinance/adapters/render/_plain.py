"""A document as plain data with drawn charts: what the HTML and PDF templates take."""

from __future__ import annotations

from typing import Any

from ipfinance.adapters.render._charts import draw
from ipfinance.reports import (
    Block,
    Cell,
    Document,
    FindingList,
    KeyFigures,
    Number,
    Paragraph,
    Table,
    Tree,
    shown,
)


def plain(document: Document) -> dict[str, Any]:
    """Return a document as dictionaries, lists and texts."""
    return {
        "language": str(document.language),
        "title": document.title,
        "subtitle": document.subtitle,
        "badge": document.badge,
        "footer": document.footer,
        "sections": [
            {"title": section.title, "blocks": [_block(block) for block in section.blocks]}
            for section in document.sections
        ],
    }


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Paragraph():
            return {
                "kind": "paragraph",
                "text": block.text,
                "severity": "" if block.severity is None else str(block.severity),
            }
        case KeyFigures():
            return {
                "kind": "figures",
                "figures": [
                    {
                        "label": figure.label,
                        "value": shown(figure.value),
                        "unit": figure.unit,
                        "leading": figure.leading,
                    }
                    for figure in block.figures
                ],
            }
        case Table():
            return _table(block)
        case FindingList():
            return {
                "kind": "findings",
                "items": [
                    {"severity": str(item.severity), "label": item.label, "text": item.text}
                    for item in block.items
                ],
            }
        case Tree():
            return {
                "kind": "tree",
                "caption": block.caption,
                "lines": [
                    {
                        "depth": line.depth,
                        "name": line.name,
                        "symbol": line.symbol,
                        "value": line.value,
                        "note": line.formula or line.source,
                        "leaf": bool(line.source),
                    }
                    for line in block.lines
                ],
            }
        case _:
            return {"kind": "chart", "caption": block.caption, "svg": draw(block)}


def _table(table: Table) -> dict[str, Any]:
    numeric = [
        any(isinstance(row[place], Number) for row in table.rows)
        for place in range(len(table.columns))
    ]
    return {
        "kind": "table",
        "caption": table.caption,
        "columns": list(table.columns),
        "numeric": numeric,
        "headed": any(table.columns),
        "rows": [
            {
                "cells": [_cell(cell) for cell in row],
                "marked": place in table.marked,
                "strong": place in table.strong,
            }
            for place, row in enumerate(table.rows)
        ],
        "note": table.note,
    }


def _cell(cell: Cell) -> str:
    return shown(cell)
