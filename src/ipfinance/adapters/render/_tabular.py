"""The tables of documents for other programs: Markdown, LaTeX, workbooks."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

import xlsxwriter

from ipfinance.reports import (
    Block,
    Cell,
    Document,
    FindingList,
    KeyFigures,
    Number,
    Paragraph,
    Table,
    shown,
)

LONGEST_SHEET_NAME = 31
WIDEST_COLUMN = 60


# ---- Markdown


def as_markdown(documents: Sequence[Document]) -> str:
    """Return titles, texts and tables in Markdown."""
    return "\n".join(line for document in documents for line in _markdown(document)).rstrip() + "\n"


def _markdown(document: Document) -> Iterator[str]:
    yield f"# {_escaped(document.title)}"
    if document.subtitle:
        yield ""
        yield _escaped(document.subtitle)
    for section in document.sections:
        if section.title:
            yield ""
            yield f"## {_escaped(section.title)}"
        for block in section.blocks:
            yield ""
            yield from _markdown_block(block)
    yield ""


def _markdown_block(block: Block) -> Iterator[str]:
    match block:
        case Table():
            yield from _markdown_table(block)
        case Paragraph():
            yield _escaped(block.text)
        case KeyFigures():
            for figure in block.figures:
                yield f"* {_escaped(f'{figure.label}: {shown(figure.value)} {figure.unit}')}"
        case FindingList():
            for item in block.items:
                yield f"* **{_escaped(item.label)}** {_escaped(item.text)}"
        case _:
            yield f"*{_escaped(block.caption)}*"


def _markdown_table(table: Table) -> Iterator[str]:
    if table.caption:
        yield f"**{_escaped(table.caption)}**"
        yield ""
    numeric = _numeric(table)
    yield "| " + " | ".join(_escaped(name) or " " for name in table.columns) + " |"
    yield "| " + " | ".join("---:" if each else "---" for each in numeric) + " |"
    for row in table.rows:
        yield "| " + " | ".join(_escaped(shown(cell)) for cell in row) + " |"
    if table.note:
        yield ""
        yield _escaped(table.note)


def _escaped(text: str) -> str:
    return re.sub(r"([\\|*_`<>])", r"\\\1", text).replace("\n", " ")


def _numeric(table: Table) -> list[bool]:
    return [
        any(isinstance(row[place], Number) for row in table.rows)
        for place in range(len(table.columns))
    ]


# ---- LaTeX

_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "−": "$-$",
    "²": "$^2$",
    "∞": r"$\infty$",
    "<": "$<$",
    ">": "$>$",
    "·": r"$\cdot$",
    "×": r"$\times$",
}


def as_latex(documents: Sequence[Document]) -> str:
    """Return the tables in LaTeX, to be put into a paper; needs the package `booktabs`."""
    lines = []
    for document in documents:
        for section in document.sections:
            for block in section.blocks if section.core else ():
                if isinstance(block, Table) and block.rows:
                    lines += [*_latex_table(block), ""]
    return "\n".join(lines)


def _latex_table(table: Table) -> Iterator[str]:
    numeric = _numeric(table)
    yield r"\begin{table}[htbp]"
    yield r"\centering"
    if table.caption:
        yield rf"\caption{{{_latex(table.caption)}}}"
    yield rf"\begin{{tabular}}{{{''.join('r' if each else 'l' for each in numeric)}}}"
    yield r"\toprule"
    if any(table.columns):
        yield " & ".join(_latex(name) for name in table.columns) + r" \\"
        yield r"\midrule"
    for row in table.rows:
        yield " & ".join(_latex(shown(cell)) for cell in row) + r" \\"
    yield r"\bottomrule"
    yield r"\end{tabular}"
    if table.note:
        yield rf"\par\smallskip {{\footnotesize {_latex(table.note)}}}"
    yield r"\end{table}"


def _latex(text: str) -> str:
    return "".join(_LATEX.get(letter, letter) for letter in text)


# ---- workbooks


def as_workbook(documents: Sequence[Document]) -> bytes:
    """Return a workbook, one sheet a section; texts are written as texts, never as formulas."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    writer = _Sheets(book)
    for document in documents:
        for place, section in enumerate(document.sections):
            writer.section(section.title or document.title, document, section.blocks, place)
    book.close()
    return buffer.getvalue()


class _Sheets:
    """Writes sections to sheets and remembers formats and names."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.names: set[str] = set()
        self.formats: dict[str, Any] = {}
        self.bold = book.add_format({"bold": True})
        self.head = book.add_format({"bold": True, "bottom": 1})
        self.grey = book.add_format({"font_color": "#7a8794"})

    def section(self, title: str, document: Document, blocks: Sequence[Block], place: int) -> None:
        """Write the tables and texts of one section to a sheet of its own."""
        parts = [found for block in blocks if (found := _as_table(block)) is not None]
        if not parts:
            return
        sheet = self.book.add_worksheet(self._name(title))
        row = 0
        if place == 0:
            sheet.write_string(0, 0, document.title, self.bold)
            sheet.write_string(1, 0, document.subtitle, self.grey)
            row = 3
        widths: dict[int, int] = {}
        for part in parts:
            row = self._table(sheet, row, part, widths) + 1
        for column, width in widths.items():
            sheet.set_column(column, column, min(width + 2, WIDEST_COLUMN))

    def _name(self, title: str) -> str:
        bare = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:LONGEST_SHEET_NAME] or "1"
        name, count = bare, 1
        while name.lower() in self.names:
            count += 1
            name = f"{bare[: LONGEST_SHEET_NAME - 4]} {count}"
        self.names.add(name.lower())
        return name

    def _table(self, sheet: Any, row: int, table: Table, widths: dict[int, int]) -> int:  # noqa: ANN401
        if table.caption:
            sheet.write_string(row, 0, table.caption, self.bold)
            row += 1
        if any(table.columns):
            for column, name in enumerate(table.columns):
                sheet.write_string(row, column, name, self.head)
                widths[column] = max(widths.get(column, 8), len(name))
            row += 1
        for cells in table.rows:
            for column, cell in enumerate(cells):
                self._cell(sheet, row, column, cell)
                if len(cells) > 1:
                    widths[column] = max(widths.get(column, 8), len(shown(cell)))
            row += 1
        if table.note:
            sheet.write_string(row, 0, table.note, self.grey)
            row += 1
        return row

    def _cell(self, sheet: Any, row: int, column: int, cell: Cell) -> None:  # noqa: ANN401
        if isinstance(cell, Number) and math.isfinite(cell.value):
            sheet.write_number(row, column, cell.value, self._format(cell))
        elif cell is not None:
            sheet.write_string(row, column, shown(cell))

    def _format(self, cell: Number) -> Any:  # noqa: ANN401
        digits = "#,##0" + ("." + "0" * cell.decimals if cell.decimals else "")
        code = digits + ("%" if cell.percent else "")
        before, after = (f'"{part}"' if part else "" for part in (cell.before, cell.after))
        code = f"{before}{code}{after};{before}\u2212{code}{after}"
        if code not in self.formats:
            self.formats[code] = self.book.add_format({"num_format": code, "align": "right"})
        return self.formats[code]


def _as_table(block: Block) -> Table | None:
    """Return what a sheet can hold of a block, as a table."""
    rows: tuple[tuple[Cell, ...], ...]
    match block:
        case Table():
            return block
        case KeyFigures():
            rows = tuple((each.label, each.value, each.unit) for each in block.figures)
        case FindingList():
            rows = tuple((item.label, item.text) for item in block.items)
        case Paragraph():
            rows = ((block.text,),)
        case _:
            return None
    return Table(caption="", columns=("",) * max(map(len, rows), default=1), rows=rows)
