"""The loans of a book in columns, checked row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ipfinance.basics import InputError, MinorUnit, MoneyUnit, Problem, Text
from ipfinance.market import Table, TextColumn
from ipfinance.numerics import FloatArray, IntArray

DIMENSIONS = ("borrower", "group", "sector", "region", "technology", "valuer", "size")
DIMENSION_NAMES = {
    "borrower": Text("borrower", "借款人"),
    "group": Text("group of borrowers", "借款人集团"),
    "sector": Text("sector", "行业"),
    "region": Text("region", "地区"),
    "technology": Text("technology class", "技术类别"),
    "valuer": Text("valuer", "评估机构"),
    "size": Text("size of the borrower", "企业规模"),
}
MOST_PROBLEMS = 20
NOT_GIVEN = "–"
LARGEST_BALANCE = 2.0**50  # minor units; far below what a float holds exactly


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberColumn:
    """What the cells of a column of numbers may be, and what stands for an empty one."""

    low: float
    high: float
    default: float | None
    low_open: bool = False


NUMBERS = {
    "balance": NumberColumn(low=0, high=1e15, default=None, low_open=True),
    "pd": NumberColumn(low=0, high=1, default=None),
    "value": NumberColumn(low=0, high=1e15, default=None),
    "rate": NumberColumn(low=0, high=1, default=0.0),
    "months": NumberColumn(low=1, high=1200, default=12.0),
    "pd_origin": NumberColumn(low=0, high=1, default=np.nan),
    "days_past_due": NumberColumn(low=0, high=100_000, default=0.0),
    "volatility": NumberColumn(low=0, high=10, default=0.0),
    "ruin_hazard": NumberColumn(low=0, high=100, default=0.0),
    "other_recovery": NumberColumn(low=0, high=1, default=0.0),
    "watch": NumberColumn(low=0, high=1, default=0.0),
}


OPTIONAL_NUMBERS = tuple(name for name, kind in NUMBERS.items() if kind.default is not None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BookLoans:
    """Loans in columns, in the order of their ids.

    Attributes
    ----------
    ids
        Shape (n,).
    balance, value
        [minor unit]
    numbers
        The other columns of numbers, by name, shape (n,).
    texts
        The columns of texts, by name.
    scheme
        Name of the loss-sharing scheme, empty for none.
    """

    ids: tuple[str, ...]
    balance: IntArray
    value: FloatArray
    numbers: Mapping[str, FloatArray]
    texts: Mapping[str, TextColumn]
    scheme: TextColumn

    @property
    def count(self) -> int:
        """Number of loans."""
        return len(self.ids)


def book_loans(table: Table, unit: MoneyUnit, defaults: Mapping[str, float]) -> BookLoans:
    """Return the loans of a table.

    Parameters
    ----------
    table
        Columns id, balance, pd and value; optionally rate, months (left), pd_origin,
        days_past_due, volatility, ruin_hazard, other_recovery, watch (1 for a loan that is
        watched), scheme, and the dimensions borrower, group, sector, region, technology, valuer,
        size.
    unit
        What one number of an amount stands for.
    defaults
        For empty cells and missing columns of numbers.

    Raises
    ------
    InputError
        With the row and column of every fault.
    """
    problems: list[Problem] = []
    if table.n_rows == 0:
        raise InputError([table.column_problem("id", _EMPTY)])
    numbers = {
        name: _numbers(table, name, kind, defaults, problems) for name, kind in NUMBERS.items()
    }
    ids = _ids(table, problems)
    minor = MinorUnit.of(unit.currency)
    scale = float(unit.size) * 10**minor.exponent
    too_large = np.flatnonzero(numbers["balance"] * scale > LARGEST_BALANCE)
    problems += [
        table.problem("balance", row, float(numbers["balance"][row]), _TOO_LARGE)
        for row in too_large[:MOST_PROBLEMS].tolist()
    ]
    if problems:
        raise InputError(problems)
    order = np.argsort(np.array(ids), kind="stable")
    balance = np.rint(numbers.pop("balance") * scale)
    return BookLoans(
        ids=tuple(ids[place] for place in order.tolist()),
        balance=balance[order].astype(np.int64),
        value=numbers.pop("value")[order] * scale,
        numbers={name: column[order] for name, column in numbers.items()},
        texts={name: _texts(table, name, order) for name in DIMENSIONS},
        scheme=_texts(table, "scheme", order),
    )


def _ids(table: Table, problems: list[Problem]) -> list[str]:
    texts = table.texts("id").texts()
    seen: dict[str, int] = {}
    found = []
    for row, text in enumerate(texts):
        name = text or ""
        if not name:
            problems.append(table.problem("id", row, None, _NO_ID))
        elif name in seen:
            line = int(table.lines[seen[name]])
            twice = Text(f"this loan stands in row {line} already", f"该贷款已在第 {line} 行出现")
            problems.append(table.problem("id", row, name, twice))
        seen.setdefault(name, row)
        found.append(name)
    del problems[MOST_PROBLEMS * 5 :]
    return found


def _numbers(
    table: Table,
    name: str,
    kind: NumberColumn,
    defaults: Mapping[str, float],
    problems: list[Problem],
) -> FloatArray:
    default = defaults.get(name, kind.default)
    if name not in table.columns:
        if default is None:
            problems.append(table.column_problem(name, _MISSING))
            return np.zeros(table.n_rows)
        return np.full(table.n_rows, float(default))
    column = table.numbers(name)
    if default is not None:
        column = np.where(np.isnan(column), default, column)
    low = column <= kind.low if kind.low_open else column < kind.low
    wrong = np.flatnonzero(~np.isfinite(column) | low | (column > kind.high))
    if name == "pd_origin":
        wrong = np.flatnonzero((column < kind.low) | (column > kind.high))
    sign = ("above", "大于") if kind.low_open else ("at least", "不小于")
    allowed = Text(
        f"expected a number {sign[0]} {kind.low:g} and at most {kind.high:g}",
        f"应为{sign[1]} {kind.low:g} 且不大于 {kind.high:g} 的数",
    )
    for row in wrong[:MOST_PROBLEMS].tolist():
        value = float(column[row])
        found = None if np.isnan(value) else value
        problems.append(table.problem(name, row, found, allowed))
    return column


def _texts(table: Table, name: str, order: IntArray) -> TextColumn:
    if name not in table.columns:
        return TextColumn(codes=np.zeros(len(order), dtype=np.int64), levels=(NOT_GIVEN,))
    column = table.texts(name)
    texts = [NOT_GIVEN if text is None else text for text in column.texts()]
    return TextColumn.of([texts[place] for place in order.tolist()])


_TOO_LARGE = Text(
    "expected a balance of at most 2^50 minor units", "余额不得超过 2^50 个最小货币单位"
)
_EMPTY = Text("expected at least one loan", "至少应有一笔贷款")
_NO_ID = Text("each loan needs an id", "每笔贷款须有编号")
_MISSING = Text("this column is required", "缺少该列")
