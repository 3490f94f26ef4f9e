"""What an event study found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ipfinance.basics import Finding, Text
from ipfinance.evidence._events import EventTerms
from ipfinance.market import ReturnsKind
from ipfinance.numerics import EventTest


@dataclass(frozen=True, slots=True, kw_only=True)
class EventMoney:
    """What an abnormal return was worth; both ways, never cut at zero.

    Attributes
    ----------
    cap
        Market capitalisation before the event. [currency]
    total, error
        Abnormal return times capitalisation, and its forecast error. [currency]
    per_patent, per_patent_error
        The same by patent granted in the event. [currency]
    """

    cap: float
    total: float
    error: float
    per_patent: float
    per_patent_error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StudiedEvent:
    """One event that was studied.

    Attributes
    ----------
    security, date, day
        Whose, when it became known, and the trading day that is day 0.
    line
        Row of the file.
    patents
        Patents granted in it.
    n_used, n_missing
        Days in the estimation, and days without a return in the event window.
    constant, slopes, deviation
        The fitted benchmark and the standard deviation of its residuals.
    abnormal
        Abnormal returns by day of the window; None where the return is missing. [1]
    car, error, t, p_value
        Cumulated abnormal return, its forecast error, their quotient, and its p-value against the
        t law with `freedom` degrees of freedom.
    bhar
        Buy-and-hold abnormal return; None where returns are log or a day is missing.
    flags
        Codes of what a reader must know about it.
    news
        Other things that happened to the security in the window.
    money
        What it was worth, where the capitalisation is known.
    """

    security: str
    date: str
    day: str
    line: int
    patents: float
    n_used: int
    n_missing: int
    constant: float
    slopes: tuple[float, ...]
    deviation: float
    abnormal: tuple[float | None, ...]
    car: float
    error: float
    t: float
    freedom: float
    p_value: float
    bhar: float | None
    flags: tuple[str, ...]
    news: tuple[str, ...]
    money: EventMoney | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcludedEvent:
    """One event that was not studied, and why."""

    security: str
    date: str
    line: int
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowTests:
    """A stretch of the event window: the mean abnormal return and every test of it.

    Attributes
    ----------
    first, last
        Days relative to the event, both included.
    n
        Events with a return on one of these days at least.
    mean, low, high
        Mean over events of the abnormal return cumulated over these days, and the ends of its 95 %
        confidence interval, widened for events that share days. [1]
    tests
        By name.
    """

    first: int
    last: int
    n: int
    mean: float
    low: float
    high: float
    tests: Mapping[str, EventTest]


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneySummary:
    """What events with a known capitalisation were worth together and on average.

    Attributes
    ----------
    n
        Events with a known capitalisation.
    total, mean, median
        Over these events. [currency]
    error
        Standard error of the mean, clustered by event date; None with one date. [currency]
    per_patent_mean, per_patent_median, per_patent_pooled
        By patent: mean and median over events, and the total over the number of patents.
    n_negative
        Events whose value is below zero.
    """

    n: int
    total: float
    mean: float
    median: float
    error: float | None
    per_patent_mean: float
    per_patent_median: float
    per_patent_pooled: float
    n_negative: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventStudy:
    """An event study.

    Attributes
    ----------
    terms
        How it was done.
    kind
        Whether returns are simple or log.
    factors
        Names of the regressors.
    days
        Days of the event window.
    aar
        Mean abnormal return by day. [1]
    cumulated
        From the first day of the window to each day.
    by_day
        Each day for itself.
    whole
        The whole window.
    parts
        Before the event, from the event on, where the window has such days.
    correlation
        Mean correlation of residuals over all pairs of events, 0 for pairs that share no day.
    n_dates
        Different event days.
    events, excluded
        Which events were studied, and which not.
    money
        What they were worth, where capitalisations are known.
    findings
        What a reader signs off.
    """

    terms: EventTerms
    kind: ReturnsKind
    factors: tuple[str, ...]
    days: tuple[int, ...]
    aar: tuple[float | None, ...]
    cumulated: tuple[WindowTests, ...]
    by_day: tuple[WindowTests, ...]
    whole: WindowTests
    parts: tuple[WindowTests, ...]
    correlation: float
    n_dates: int
    events: tuple[StudiedEvent, ...]
    excluded: tuple[ExcludedEvent, ...]
    money: MoneySummary | None
    findings: tuple[Finding, ...]

    @property
    def n(self) -> int:
        """How many events were studied."""
        return len(self.events)
