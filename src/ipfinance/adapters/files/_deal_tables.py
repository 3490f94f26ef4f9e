"""Flat tables to CSV, XLSX and Parquet; no text becomes a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from ipfinance.reports import FlatTable

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
LARGEST_SHEET = 1_048_576


def flat_table_bytes(tables: Mapping[str, FlatTable], which: str, kind: str) -> bytes:
    """Return tables as a file: all of them as a workbook, or one as CSV or Parquet."""
    if kind == "xlsx":
        return _workbook(list(tables.values()))
    table = tables[which]
    return _csv(table) if kind == "csv" else _parquet(table)


def _safe(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return f"'{cell}"
    return "" if cell is None else cell


def _csv(table: FlatTable) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([_safe(cell) for cell in row] for row in table.rows)
    return stream.getvalue().encode("utf-8-sig")


def _parquet(table: FlatTable) -> bytes:
    columns: dict[str, Any] = {
        name: pa.array([row[place] for row in table.rows])
        for place, name in enumerate(table.columns)
    }
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream)
    return stream.getvalue()


def _workbook(tables: Sequence[FlatTable]) -> bytes:
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(stream, options)
    head = book.add_format({"bold": True, "bottom": 1})
    for table in tables:
        sheet = book.add_worksheet(table.name[:31])
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(table.columns):
            sheet.write_string(0, column, name, head)
            sheet.set_column(column, column, max(10, min(30, len(name) + 2)))
        for place, row in enumerate(table.rows[: LARGEST_SHEET - 1]):
            for column, cell in enumerate(row):
                _write(sheet, place + 1, column, cell)
    book.close()
    return stream.getvalue()


def _write(sheet: Any, row: int, column: int, cell: object) -> None:
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, (int, float)):
        sheet.write_number(row, column, cell)
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell)
