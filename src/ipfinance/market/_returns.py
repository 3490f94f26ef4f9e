"""Daily returns of many securities on one trading calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from ipfinance.basics import InputError, Problem, Text
from ipfinance.market._table import DateArray, Table, TableSource
from ipfinance.numerics import BoolArray, FloatArray, IntArray

MOST_PROBLEMS = 20


class ReturnUnit(StrEnum):
    """What a return of 1 in a file means."""

    DECIMAL = "decimal"  # 100 %
    PERCENT = "percent"  # 1 %

    @property
    def size(self) -> float:
        """What a number of the file is multiplied by."""
        return 0.01 if self is ReturnUnit.PERCENT else 1.0


class ReturnsKind(StrEnum):
    """How a return follows from two prices."""

    SIMPLE = "simple"  # p1 / p0 - 1
    LOG = "log"  # ln(p1 / p0)


class AfterGap(StrEnum):
    """What becomes of the first return after days without a price."""

    DROP = "drop"  # there is none: it spans several days of the market
    CARRY = "carry"  # from the last price there was


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReturnPanel:
    """Returns by trading day and security.

    Attributes
    ----------
    dates
        Ascending, each once, shape (n_days,).
    securities
        Names of the columns.
    values
        Returns as decimals, NaN where there is none, shape (n_days, n_securities). [1]
    kind
        Simple or log.
    source
        Where they were read.
    n_after_gaps
        Returns that would span several days and were left out, or kept with `AfterGap.CARRY`.
    """

    dates: DateArray
    securities: tuple[str, ...]
    values: FloatArray
    kind: ReturnsKind
    source: TableSource = field(default_factory=TableSource)
    n_after_gaps: int = 0

    @classmethod
    def of(
        cls, table: Table, *, unit: ReturnUnit, kind: ReturnsKind, only: Sequence[str] | None = None
    ) -> ReturnPanel:
        """Read a table whose first column is the date and whose others are returns.

        Parameters
        ----------
        table
            One row a day, in any order.
        unit, kind
            What the numbers are; never guessed from them.
        only
            Columns to take; all but the first when left out.

        Raises
        ------
        InputError
            For a day that is missing or stands twice, and for a simple return below -100 %.
        """
        dates, names, values = _by_day(table, only)
        values = values * unit.size
        if kind is ReturnsKind.SIMPLE:
            _refuse(table, names, values < -1.0, _BELOW)
        order = np.argsort(dates, kind="stable")
        return cls(
            dates=dates[order], securities=names, values=values[order], kind=kind,
            source=table.source,
        )  # fmt: skip

    @classmethod
    def from_prices(
        cls,
        table: Table,
        *,
        kind: ReturnsKind,
        after_gap: AfterGap,
        only: Sequence[str] | None = None,
    ) -> ReturnPanel:
        """Turn a table of prices into returns; the first day has none.

        Raises
        ------
        InputError
            For a day that is missing or stands twice, and for a price that is not positive.
        """
        dates, names, prices = _by_day(table, only)
        _refuse(table, names, prices <= 0.0, _POSITIVE)
        order = np.argsort(dates, kind="stable")
        prices = prices[order]
        last = _carried(prices)[:-1]
        gaps = np.isfinite(prices[1:]) & np.isfinite(last) & ~np.isfinite(prices[:-1])
        before = prices[:-1] if after_gap is AfterGap.DROP else last
        ratio = prices[1:] / before
        values = np.log(ratio) if kind is ReturnsKind.LOG else ratio - 1.0
        return cls(
            dates=dates[order][1:], securities=names, values=values, kind=kind,
            source=table.source, n_after_gaps=int(gaps.sum()),
        )  # fmt: skip

    @classmethod
    def levels(cls, table: Table) -> ReturnPanel:
        """Read a table of levels, such as market capitalisations; none may be negative or 0."""
        dates, names, values = _by_day(table, None)
        _refuse(table, names, values <= 0.0, _LEVEL)
        order = np.argsort(dates, kind="stable")
        return cls(
            dates=dates[order], securities=names, values=values[order],
            kind=ReturnsKind.SIMPLE, source=table.source,
        )  # fmt: skip

    def column(self, name: str) -> FloatArray:
        """Return the returns of one security, shape (n_days,)."""
        return self.values[:, self.securities.index(name)]

    def on(self, dates: DateArray) -> ReturnPanel:
        """Return the panel on other days; NaN on days it does not have."""
        place = np.searchsorted(self.dates, dates)
        known = np.append(self.dates, np.datetime64("NaT"))[place] == dates
        values = np.where(
            known[:, None], self.values[np.minimum(place, len(self.dates) - 1)], np.nan
        )
        return ReturnPanel(
            dates=dates, securities=self.securities, values=values, kind=self.kind,
            source=self.source, n_after_gaps=self.n_after_gaps,
        )  # fmt: skip

    def taken(self, columns: IntArray | Sequence[int]) -> ReturnPanel:
        """Return some securities."""
        chosen = list(columns)
        return ReturnPanel(
            dates=self.dates, securities=tuple(self.securities[c] for c in chosen),
            values=self.values[:, chosen], kind=self.kind, source=self.source,
            n_after_gaps=self.n_after_gaps,
        )  # fmt: skip


def _by_day(
    table: Table, only: Sequence[str] | None
) -> tuple[DateArray, tuple[str, ...], FloatArray]:
    first = table.names[0]
    dates = table.dates(first)
    names = tuple(name for name in (table.names[1:] if only is None else only) if name != first)
    if not names:
        raise InputError([table.column_problem(first, _NO_COLUMNS)])
    problems = [
        table.problem(first, row, None, _DAY) for row in np.flatnonzero(np.isnat(dates)).tolist()
    ]
    order = np.argsort(dates, kind="stable")
    twice = order[1:][dates[order][1:] == dates[order][:-1]]
    problems += [
        table.problem(first, row, str(dates[row]), _TWICE) for row in sorted(twice.tolist())
    ]
    if problems:
        raise InputError(problems[:MOST_PROBLEMS])
    return dates, names, np.column_stack([table.numbers(name) for name in names])


def _refuse(table: Table, names: Sequence[str], wrong: BoolArray, allowed: Text) -> None:
    places = np.argwhere(wrong)[:MOST_PROBLEMS].tolist()
    problems: list[Problem] = [
        table.problem(names[column], row, float(table.numbers(names[column])[row]), allowed)
        for row, column in places
    ]
    if problems:
        raise InputError(problems)


def _carried(values: FloatArray) -> FloatArray:
    """Return the last value there was, by column."""
    rows = np.where(np.isfinite(values), np.arange(len(values))[:, None], -1)
    last = np.maximum.accumulate(rows, axis=0)
    found = np.take_along_axis(values, np.maximum(last, 0), axis=0)
    return np.where(last >= 0, found, np.nan)


_BELOW = Text(
    "a simple return cannot be below −100 %; are these log returns or percent?",
    "简单收益率不可能低于 −100%；是否为对数收益率或百分数？",
)
_POSITIVE = Text("expected a price above 0, or an empty cell", "应为大于 0 的价格，或留空")
_LEVEL = Text("expected a number above 0, or an empty cell", "应为大于 0 的数，或留空")
_DAY = Text("expected a date", "应为日期")
_TWICE = Text("this day stands twice", "该日期重复")
_NO_COLUMNS = Text(
    "expected a column for each security beside the date", "除日期列外，每只证券应有一列"
)
