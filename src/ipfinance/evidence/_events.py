"""What an event study is asked for: events, windows, benchmark, and what to do when they clash."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ipfinance.basics import InputError, Problem, Text
from ipfinance.market import ColumnKind, DateArray, ReturnPanel, Table, TextColumn
from ipfinance.numerics import FloatArray, IntArray

MOST_PROBLEMS = 20
LONGEST_WINDOW = 2000  # trading days
MOST_DRAWS = 1_000_000


class EventModel(StrEnum):
    """What a return is compared with."""

    MARKET = "market"
    MARKET_ADJUSTED = "market-adjusted"
    CONSTANT_MEAN = "constant-mean"
    FACTORS = "factors"
    PEERS = "peers"


EVENT_MODEL_NAMES = {
    EventModel.MARKET: Text("market model", "市场模型"),
    EventModel.MARKET_ADJUSTED: Text("market-adjusted returns", "市场调整收益"),
    EventModel.CONSTANT_MEAN: Text("constant mean return", "均值调整（常均值）模型"),
    EventModel.FACTORS: Text("factor model", "因子模型"),
    EventModel.PEERS: Text("matched peers", "可比公司匹配"),
}


class EventMode(StrEnum):
    """By which conventions the tests are computed."""

    TEXTBOOK = "textbook"
    ESTUDY2 = "estudy2"  # divisor M - 1, index moments of the whole window, thin days scaled


class OverlapRule(StrEnum):
    """What becomes of events of one security whose windows share days."""

    KEEP = "keep"
    FIRST = "first"
    DROP = "drop"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTerms:
    """How an event study is done.

    Attributes
    ----------
    model
        What returns are compared with.
    estimation, window
        First and last trading day relative to the event, both included.
    mode
        By which conventions.
    overlap
        What becomes of events of one security whose windows share days.
    clean_estimation
        Whether days in the event window of another event of the security are left out of the
        estimation.
    fewest_days
        How many days an estimation needs; the number of coefficients and two more when left out.
    price_limit
        Largest move of a day that the exchange allows; None where there is no limit. [1]
    draws, seed
        Of the resampled test.
    """

    model: EventModel
    estimation: tuple[int, int]
    window: tuple[int, int]
    mode: EventMode = EventMode.TEXTBOOK
    overlap: OverlapRule = OverlapRule.KEEP
    clean_estimation: bool = False
    fewest_days: int | None = None
    price_limit: float | None = None
    draws: int = 999
    seed: int = 0

    def __post_init__(self) -> None:
        problems = [
            *_order("estimation", self.estimation),
            *_order("window", self.window),
        ]
        if not problems and self.estimation[1] >= self.window[0]:
            found = f"{self.estimation[0]}:{self.estimation[1]}"
            problems.append(Problem(field="estimation", found=found, allowed=_BEFORE))
        if not 1 <= self.draws <= MOST_DRAWS:
            allowed = Text(f"expected 1 to {MOST_DRAWS:,}", f"应为 1 至 {MOST_DRAWS:,}")
            problems.append(Problem(field="draws", found=self.draws, allowed=allowed))
        if self.fewest_days is not None and self.fewest_days < 1:
            problems.append(Problem(field="fewest_days", found=self.fewest_days, allowed=_ONE))
        if self.seed < 0:
            problems.append(Problem(field="seed", found=self.seed, allowed=_NOT_NEGATIVE))
        if self.price_limit is not None and not 0.0 < self.price_limit < 1.0:
            problems.append(Problem(field="price_limit", found=self.price_limit, allowed=_SHARE))
        if problems:
            raise InputError(problems)

    @property
    def days(self) -> tuple[int, ...]:
        """The days of the event window."""
        return tuple(range(self.window[0], self.window[1] + 1))


def _order(field: str, days: tuple[int, int]) -> list[Problem]:
    found = f"{days[0]}:{days[1]}"
    if days[0] > days[1]:
        return [Problem(field=field, found=found, allowed=_ORDER)]
    if days[1] - days[0] >= LONGEST_WINDOW or max(map(abs, days)) > 10 * LONGEST_WINDOW:
        allowed = Text(
            f"expected at most {LONGEST_WINDOW:,} trading days",
            f"不得超过 {LONGEST_WINDOW:,} 个交易日",
        )
        return [Problem(field=field, found=found, allowed=allowed)]
    return []


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventList:
    """Events, one a row.

    Attributes
    ----------
    security
        Whose event it is.
    dates
        When it became known, shape (n,).
    lines
        Rows of the file, shape (n,).
    caps
        Market capitalisation before the event where the file gives it, shape (n,). [currency]
    patents
        Patents granted in it, shape (n,); 1 where the file does not say.
    """

    security: TextColumn
    dates: DateArray
    lines: IntArray
    caps: FloatArray | None
    patents: FloatArray

    @classmethod
    def of(cls, table: Table) -> EventList:
        """Read the columns security and date, and market_cap and patents where there are any.

        Raises
        ------
        InputError
            With every cell that is empty or out of range.
        """
        security, dates = table.texts("security"), table.dates("date")
        problems = [
            table.problem("security", row, None, _NAMED)
            for row in np.flatnonzero(security.codes < 0).tolist()
        ]
        problems += [
            table.problem("date", row, None, _DAY)
            for row in np.flatnonzero(np.isnat(dates)).tolist()
        ]
        caps = table.numbers("market_cap") if "market_cap" in table.columns else None
        patents = np.ones(table.n_rows)
        if caps is not None:
            problems += _not_positive(table, "market_cap", caps)
        if "patents" in table.columns:
            patents = table.numbers("patents")
            problems += _not_positive(table, "patents", patents)
            patents = np.where(np.isfinite(patents), patents, 1.0)
        if problems:
            raise InputError(problems[:MOST_PROBLEMS])
        return cls(
            security=security, dates=dates, lines=table.lines, caps=caps, patents=patents
        )  # fmt: skip


EVENT_COLUMNS = {"security": ColumnKind.TEXT, "date": ColumnKind.DATE}


def _not_positive(table: Table, name: str, values: FloatArray) -> list[Problem]:
    return [
        table.problem(name, row, float(values[row]), _POSITIVE)
        for row in np.flatnonzero(values <= 0.0).tolist()
    ]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Benchmark:
    """What returns are compared with, on a calendar of its own.

    Attributes
    ----------
    factors
        The market, or several factors; None where the model needs none.
    risk_free
        Column of `factors` that is subtracted from every return and from the market; "" for none.
    peers
        Similar securities by security, for matched peers.
    """

    factors: ReturnPanel | None = None
    risk_free: str = ""
    peers: dict[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OtherNews:
    """Other things that happened to the securities: results, offers, dividends.

    Attributes
    ----------
    security, dates, what
        Shape (n,) each.
    """

    security: TextColumn
    dates: DateArray
    what: TextColumn

    @classmethod
    def of(cls, table: Table) -> OtherNews:
        """Read the columns security, date and what."""
        found = cls(
            security=table.texts("security"), dates=table.dates("date"), what=table.texts("what")
        )
        empty = (found.security.codes < 0) | np.isnat(found.dates)
        problems = [
            table.problem(
                "security" if found.security.codes[row] < 0 else "date", row, None, _NAMED
            )
            for row in np.flatnonzero(empty).tolist()
        ]
        if problems:
            raise InputError(problems[:MOST_PROBLEMS])
        return found


NEWS_COLUMNS = {**EVENT_COLUMNS, "what": ColumnKind.TEXT}

_BEFORE = Text(
    "the estimation window must end before the event window begins",
    "估计窗口须在事件窗口开始之前结束",
)
_ORDER = Text("expected FROM:TO with FROM not after TO", "应为 FROM:TO，且 FROM 不晚于 TO")
_ONE = Text("expected a whole number of at least 1", "应为不小于 1 的整数")
_NOT_NEGATIVE = Text("expected a whole number of at least 0", "应为不小于 0 的整数")
_SHARE = Text("expected a number between 0 and 1", "应为 0 与 1 之间的数")
_NAMED = Text("expected a value in this cell", "该单元格不得为空")
_DAY = Text("expected a date", "应为日期")
_POSITIVE = Text("expected a number above 0", "应为大于 0 的数")
