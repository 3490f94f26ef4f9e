"""A table of observations: what its columns hold."""

from __future__ import annotations

from typing import Any

import numpy as np

from ipfinance.basics import Language, Text
from ipfinance.market import Column, Table, TextColumn, column_missing
from ipfinance.reports._document import Cell, Document, Number, Section
from ipfinance.reports._document import Table as ShownTable

NUMBER, TEXT, DATE = Text("number", "数值"), Text("text", "文本"), Text("date", "日期")
FEW_LEVELS = 4


def _kind(column: Column) -> Text:
    if isinstance(column, TextColumn):
        return TEXT
    return DATE if column.dtype.kind == "M" else NUMBER


def _range(column: Column) -> tuple[str, str, str]:
    if isinstance(column, TextColumn):
        shown = ", ".join(column.levels[:FEW_LEVELS])
        return f"{len(column.levels):,}", shown, "…" if len(column.levels) > FEW_LEVELS else ""
    filled = np.sort(column[~column_missing(column)])
    if not len(filled):
        return "", "", ""
    ends = [filled[0], filled[len(filled) // 2], filled[-1]]
    low, middle, high = (f"{x:.6g}" if isinstance(x, float) else str(x) for x in ends)
    return low, middle, high


def table_report(table: Table, language: Language) -> Document:
    """Return what each column of a table holds."""

    def say(text: Text) -> str:
        return text.in_(language)

    rows: list[tuple[Cell, ...]] = [
        (name, say(_kind(column)), Number(int(column_missing(column).sum()), 0), *_range(column))
        for name, column in table.columns.items()
    ]
    block = ShownTable(
        caption=say(Text("Columns", "各列")),
        columns=(
            say(Text("column", "列")),
            say(Text("kind", "类型")),
            say(Text("empty", "空值")),
            say(Text("lowest, or levels", "最小值或类别数")),
            say(Text("middle, or examples", "中位数或示例")),
            say(Text("highest", "最大值")),
        ),
        rows=tuple(rows),
        note=f"SHA-256 {table.source.sha256}",
    )
    return Document(
        language=language,
        title=table.source.file,
        subtitle=say(
            Text(
                f"{table.n_rows:,} rows, {len(table.columns)} columns",
                f"{table.n_rows:,} 行，{len(table.columns)} 列",
            )
        ),
        badge="",
        sections=(Section(title="", blocks=(block,)),),
        footer="",
    )


def table_view(table: Table) -> dict[str, Any]:
    """Return what each column of a table holds, as plain data."""
    columns = {}
    for name, column in table.columns.items():
        low, middle, high = _range(column)
        columns[name] = {
            "kind": _kind(column).en,
            "empty": int(column_missing(column).sum()),
            **(
                {"levels": len(column.levels)}
                if isinstance(column, TextColumn)
                else {"lowest": low, "middle": middle, "highest": high}
            ),
        }
    return {
        "file": table.source.file,
        "sha256": table.source.sha256,
        "encoding": table.source.encoding,
        "sheet": table.source.sheet,
        "rows": table.n_rows,
        "columns": columns,
    }
