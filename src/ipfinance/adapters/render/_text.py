"""Documents in a terminal or a notebook."""

from __future__ import annotations

from io import StringIO

from rich import box
from rich.console import Console, Group, JustifyMethod, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text as RichText

from ipfinance.basics import Severity
from ipfinance.reports import (
    Block,
    Document,
    FindingList,
    KeyFigures,
    Number,
    Paragraph,
    Table,
    Tree,
    shown,
)

STYLES = {Severity.INVALID: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}
WIDTH_WITHOUT_TERMINAL = 110


def renderable(document: Document, *, whole: bool = False) -> RenderableType:
    """Return a document for rich; charts are left to the written report."""
    parts: list[RenderableType] = [RichText(document.title, style="bold")]
    if document.badge:
        parts[0] = RichText.assemble((document.title, "bold"), "  ", (document.badge, "reverse"))
    if document.subtitle:
        parts.append(RichText(document.subtitle, style="dim"))
    for section in document.sections:
        if not (section.core or whole):
            continue
        if section.title:
            parts.append(Padding(RichText(section.title, style="bold cyan"), (1, 0, 0, 0)))
        parts += [found for block in section.blocks if (found := _block(block)) is not None]
    return Group(*parts)


def as_text(document: Document, *, whole: bool = False) -> str:
    """Return a document as plain text."""
    buffer = StringIO()
    console = Console(file=buffer, width=WIDTH_WITHOUT_TERMINAL, color_system=None)
    console.print(renderable(document, whole=whole))
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines())


def _block(block: Block) -> RenderableType | None:
    match block:
        case Paragraph():
            style = "" if block.severity is None else STYLES[block.severity]
            return RichText(block.text, style=style)
        case KeyFigures():
            return _figures(block)
        case Table():
            return _table(block)
        case FindingList():
            return _findings(block)
        case Tree():
            return _tree(block)
        case _:
            return None


def _figures(block: KeyFigures) -> RenderableType:
    grid = RichTable.grid(padding=(0, 2))
    for figure in block.figures:
        style = "bold green" if figure.leading else ""
        grid.add_row(
            escape(figure.label),
            RichText(shown(figure.value), style=style, justify="right"),
            escape(figure.unit),
        )
    return grid


def _table(block: Table) -> RenderableType:
    table = RichTable(
        title=escape(block.caption) if block.caption else None,
        title_justify="left",
        title_style="bold",
        caption=escape(block.note) if block.note else None,
        caption_justify="left",
        box=box.SIMPLE_HEAD,
        show_header=any(block.columns),
        pad_edge=False,
    )
    for place, column in enumerate(block.columns):
        numeric = any(isinstance(row[place], Number) for row in block.rows)
        justify: JustifyMethod = "right" if numeric else "left"
        table.add_column(escape(column), justify=justify, overflow="fold")
    for place, row in enumerate(block.rows):
        style = "red" if place in block.marked else "bold" if place in block.strong else ""
        table.add_row(*(escape(shown(cell)) for cell in row), style=style)
    return table


def _findings(block: FindingList) -> RenderableType:
    table = RichTable(box=None, show_header=False, padding=(0, 1, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for item in block.items:
        style = STYLES[item.severity]
        table.add_row(RichText(item.label, style=style), RichText(item.text))
    return table


def _tree(block: Tree) -> RenderableType:
    table = RichTable(title=escape(block.caption), title_justify="left", box=None, padding=(0, 1))
    for justify in ("left", "right", "left"):
        table.add_column(justify=justify)
    for line in block.lines:
        symbol = f" {line.symbol}" if line.symbol else ""
        table.add_row(
            escape("  " * line.depth + line.name + symbol),
            escape(line.value),
            RichText(line.formula or line.source, style="dim"),
        )
    return table
