"""Observations in columns, with the file and the row each of them came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from ipfinance.basics import InputError, Problem, Text
from ipfinance.numerics import BoolArray, FloatArray, IntArray

DateArray: TypeAlias = NDArray[np.datetime64]


class ColumnKind(StrEnum):
    """What the cells of a column are."""

    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    GUESS = "guess"  # numbers where most cells are numbers, otherwise text


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TextColumn:
    """Texts as codes into their sorted levels.

    Attributes
    ----------
    codes
        Place of each cell's text in `levels`, -1 where the cell is empty, shape (n,).
    levels
        The different texts, sorted.
    """

    codes: IntArray
    levels: tuple[str, ...]

    @classmethod
    def of(cls, texts: Sequence[str | None]) -> TextColumn:
        """Code a sequence of texts.

        Examples
        --------
        >>> TextColumn.of(["b", None, "a", "b"]).codes.tolist()
        [1, -1, 0, 1]
        """
        levels = tuple(sorted({text for text in texts if text is not None}))
        places = {text: place for place, text in enumerate(levels)}
        codes = [-1 if text is None else places[text] for text in texts]
        return cls(codes=np.array(codes, dtype=np.int64), levels=levels)

    def texts(self) -> list[str | None]:
        """Return the cells as texts."""
        return [None if code < 0 else self.levels[code] for code in self.codes.tolist()]

    def taken(self, rows: IntArray | BoolArray) -> TextColumn:
        """Return some rows, with the levels that still occur."""
        codes = self.codes[rows]
        used = np.unique(codes[codes >= 0])
        renumbered = np.full(len(self.levels) + 1, -1, dtype=np.int64)
        renumbered[used] = np.arange(len(used))
        return TextColumn(
            codes=renumbered[codes], levels=tuple(self.levels[place] for place in used.tolist())
        )


Column: TypeAlias = "FloatArray | TextColumn | DateArray"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSource:
    """Which file a table was read from, so that the same table can be found again.

    Attributes
    ----------
    sha256
        Digest of the file's bytes.
    """

    file: str = ""
    sha256: str = ""
    encoding: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """Columns of equal length.

    Attributes
    ----------
    columns
        By name: numbers (NaN where empty), texts, or days (NaT where empty).
    lines
        Row of the file in which each observation stands, shape (n,).
    source
        Where the table was read.
    """

    columns: Mapping[str, Column]
    lines: IntArray
    source: TableSource = TableSource()

    @classmethod
    def of(cls, columns: Mapping[str, Column]) -> Table:
        """Return a table that was made, not read; rows count from 1."""
        length = len(column_missing(next(iter(columns.values()))))
        return cls(columns=dict(columns), lines=np.arange(1, length + 1))

    @property
    def n_rows(self) -> int:
        """Number of observations."""
        return len(self.lines)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(self.columns)

    def numbers(self, name: str) -> FloatArray:
        """Return a column of numbers."""
        column = self._column(name)
        if isinstance(column, np.ndarray) and column.dtype == np.float64:
            return cast("FloatArray", column)
        raise InputError([self.column_problem(name, _NUMBERS)])

    def texts(self, name: str) -> TextColumn:
        """Return a column as texts; numbers and days are written out."""
        column = self._column(name)
        if isinstance(column, TextColumn):
            return column
        if column.dtype == np.float64:
            return TextColumn.of([_number_text(value) for value in column.tolist()])
        return TextColumn.of([None if np.isnat(day) else str(day) for day in column])

    def dates(self, name: str) -> DateArray:
        """Return a column of days."""
        column = self._column(name)
        if isinstance(column, np.ndarray) and column.dtype.kind == "M":
            return cast("DateArray", column)
        raise InputError([self.column_problem(name, _DATES)])

    def taken(self, rows: IntArray | BoolArray) -> Table:
        """Return some rows, in the order given."""
        columns = {name: column_taken(column, rows) for name, column in self.columns.items()}
        return replace(self, columns=columns, lines=self.lines[rows])

    def only(self, names: Sequence[str]) -> Table:
        """Return the table with some of its columns."""
        return replace(self, columns={name: self.columns[name] for name in names})

    def with_columns(self, more: Mapping[str, Column]) -> Table:
        """Return the table with columns added or put in the place of others."""
        return replace(self, columns={**self.columns, **more})

    def problem(self, name: str, row: int, found: object, allowed: Text) -> Problem:
        """Return what is wrong with one cell, with its place in the file."""
        return Problem(
            field=name,
            found=found,
            allowed=allowed,
            file=self.source.file or None,
            line=int(self.lines[row]),
        )

    def column_problem(self, name: str, allowed: Text, found: object = None) -> Problem:
        """Return what is wrong with a whole column."""
        return Problem(field=name, found=found, allowed=allowed, file=self.source.file or None)

    def _column(self, name: str) -> Column:
        if name not in self.columns:
            shown = ", ".join(self.columns)
            allowed = Text(
                f"there is no such column; there are: {shown}", f"没有该列；现有列：{shown}"
            )
            raise InputError([self.column_problem(name, allowed)])
        return self.columns[name]


def column_taken(column: Column, rows: IntArray | BoolArray) -> Column:
    """Return some rows of a column."""
    if isinstance(column, TextColumn):
        return column.taken(rows)
    return column[rows]


def column_missing(column: Column) -> BoolArray:
    """Return where a column is empty, shape (n,)."""
    if isinstance(column, TextColumn):
        return column.codes < 0
    if column.dtype.kind == "M":
        return np.isnat(column)
    return np.isnan(column)


def _number_text(value: float) -> str | None:
    if value != value:  # noqa: PLR0124
        return None
    return str(int(value)) if value == int(value) else repr(value)


_NUMBERS = Text("expected a column of numbers", "应为数值列")
_DATES = Text("expected a column of dates", "应为日期列")
