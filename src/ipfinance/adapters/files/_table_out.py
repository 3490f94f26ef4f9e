"""Tables of observations to CSV, Parquet and XLSX; no text becomes a formula."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import polars as pl
import xlsxwriter

from ipfinance.market import Column, Table, TextColumn

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
LARGEST_SHEET = 1_048_575  # rows below the header


def table_bytes(table: Table, kind: str) -> bytes:
    """Return a table as the bytes of a file of a kind: csv, parquet or xlsx."""
    if kind == "xlsx":
        return _workbook(table)
    frame = pl.DataFrame(
        {
            _safe(name) if kind == "csv" else name: _series(column, guarded=kind == "csv")
            for name, column in table.columns.items()
        }
    )
    buffer = io.BytesIO()
    if kind == "csv":
        frame.write_csv(buffer)
    else:
        frame.write_parquet(buffer)
    return buffer.getvalue()


def _series(column: Column, *, guarded: bool) -> pl.Series:
    if isinstance(column, TextColumn):
        levels = [_safe(level) if guarded else level for level in column.levels]
        return pl.Series([None if code < 0 else levels[code] for code in column.codes.tolist()])
    if column.dtype.kind == "M":
        return pl.Series(column.astype("datetime64[D]"))
    whole = np.isnan(column) | ((column == np.floor(column)) & (np.abs(column) < 2**53))
    series = pl.Series(column).fill_nan(None)
    return series.cast(pl.Int64) if bool(whole.all()) else series


def _safe(text: str) -> str:
    """Put a quote before a text that a spreadsheet would run as a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _workbook(table: Table) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet("data")
    head = book.add_format({"bold": True, "bottom": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.freeze_panes(1, 0)
    for place, (name, column) in enumerate(table.columns.items()):
        sheet.write_string(0, place, name, head)
        _write_column(sheet, place, column, day)
    book.close()
    return buffer.getvalue()


def _write_column(sheet: Any, place: int, column: Column, day: Any) -> None:
    if isinstance(column, TextColumn):
        for row, text in enumerate(column.texts()):
            if text is not None:
                sheet.write_string(row + 1, place, text)
        return
    for row, value in enumerate(column.tolist()):
        if value is None or value != value:  # noqa: PLR0124
            continue
        if column.dtype.kind == "M":
            sheet.write_datetime(row + 1, place, value, day)
        else:
            sheet.write_number(row + 1, place, value)
