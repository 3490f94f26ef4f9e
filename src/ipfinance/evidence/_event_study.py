"""Event studies: abnormal returns around events, their tests, and what they are worth."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ipfinance.basics import InputError, Problem, Text
from ipfinance.evidence import _event_findings as kinds
from ipfinance.evidence._event_findings import Tally, event_findings
from ipfinance.evidence._event_results import (
    EventMoney,
    EventStudy,
    ExcludedEvent,
    MoneySummary,
    StudiedEvent,
    WindowTests,
)
from ipfinance.evidence._events import (
    Benchmark,
    EventList,
    EventMode,
    EventModel,
    EventTerms,
    OtherNews,
    OverlapRule,
)
from ipfinance.market import DateArray, ReturnPanel, ReturnsKind
from ipfinance.numerics import (
    AbnormalReturns,
    BoolArray,
    EventPanel,
    EventSample,
    FloatArray,
    IntArray,
    abnormal_returns,
    daily_means,
    flat_factors,
    usable_days,
)

OLDEST_CAP = 10  # trading days
FEW_DAYS = 50
LEVEL = 0.95
LIMIT_ROUNDING = 0.0006  # a move at the limit, rounded to the price tick


def event_study(
    returns: ReturnPanel,
    benchmark: Benchmark,
    events: EventList,
    terms: EventTerms,
    *,
    caps: ReturnPanel | None = None,
    news: OtherNews | None = None,
) -> EventStudy:
    """Study what events did to the returns of securities.

    Parameters
    ----------
    returns
        Daily returns of the securities.
    benchmark
        What they are compared with.
    events
        Whose events, and when they became known. Day 0 is the first trading day on or after.
    terms
        Windows, model and conventions.
    caps
        Market capitalisations by day and security, where values in money are wanted.
    news
        Other things that happened, so that confounded events are listed.

    Raises
    ------
    InputError
        Where the benchmark does not fit the model, or no event can be studied.

    References
    ----------
    :cite:cts:`mackinlay_1997`; :cite:cts:`brown_warner_1985`; :cite:cts:`kolari_pynnonen_2010`.
    """
    setting = _setting(returns, benchmark, events, terms)
    placed, excluded, tally = _placed(setting, events, terms)
    panel = setting.panel
    if terms.clean_estimation:
        panel = replace(panel, blocked=_blocked(panel, placed, terms))
    placed, rejected = _studyable(panel, placed, events, terms)
    excluded += rejected
    if not len(placed.day):
        raise InputError(_nothing_left(excluded))
    estudy2 = terms.mode is EventMode.ESTUDY2
    found = abnormal_returns(
        panel, placed.security, placed.day, divisor_loss=1 if estudy2 else None,
        whole_index=estudy2,
    )  # fmt: skip
    found, placed, perfect = _with_residuals(setting, found, placed, events)
    excluded += perfect
    if not len(placed.day):
        raise InputError(_nothing_left(excluded))
    sample = EventSample.of(
        found, placed.day, thin_days_scaled=estudy2, draws=terms.draws, seed=terms.seed
    )
    studied = _studied(setting, found, placed, events, terms, caps=caps, news=news)
    return _gathered(setting, sample, studied, terms, excluded=excluded, tally=tally)


# ---- what is compared with what


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Setting:
    """Returns and benchmark on one calendar."""

    dates: DateArray
    returns: ReturnPanel
    panel: EventPanel
    factors: tuple[str, ...]
    lost_days: int


def _setting(
    returns: ReturnPanel, benchmark: Benchmark, events: EventList, terms: EventTerms
) -> _Setting:
    calendar, lost = returns.dates, 0
    if benchmark.factors is not None:
        calendar = benchmark.factors.dates
        lost = int((~np.isin(returns.dates, calendar)).sum())
    wanted = set(events.security.levels)
    columns = [place for place, name in enumerate(returns.securities) if name in wanted]
    own = returns.on(calendar).taken(columns)
    base, factors, names = _benchmark_series(returns, benchmark, own, calendar, terms.model)
    panel = EventPanel(
        returns=own.values, base=base, factors=factors,
        intercept=terms.model in {EventModel.MARKET, EventModel.CONSTANT_MEAN, EventModel.FACTORS},
        estimation=terms.estimation, window=terms.window,
    )  # fmt: skip
    return _Setting(dates=calendar, returns=own, panel=panel, factors=names, lost_days=lost)


def _benchmark_series(
    returns: ReturnPanel,
    benchmark: Benchmark,
    own: ReturnPanel,
    calendar: DateArray,
    model: EventModel,
) -> tuple[FloatArray | None, FloatArray, tuple[str, ...]]:
    none = np.zeros((len(calendar), 0))
    if model is EventModel.CONSTANT_MEAN:
        return None, none, ()
    if model is EventModel.PEERS:
        return _peer_means(returns.on(calendar), own, benchmark), none, ()
    if benchmark.factors is None:
        raise InputError([Problem(field="market", found=None, allowed=_NEEDS_MARKET)])
    names = tuple(name for name in benchmark.factors.securities if name != benchmark.risk_free)
    series = np.column_stack([benchmark.factors.column(name) for name in names])
    if model is not EventModel.FACTORS and len(names) > 1:
        raise InputError([Problem(field="market", found=", ".join(names), allowed=_ONE_MARKET)])
    free = benchmark.factors.column(benchmark.risk_free) if benchmark.risk_free else None
    if model is EventModel.MARKET_ADJUSTED:
        return series[:, 0], none, ()
    if model is EventModel.MARKET and free is not None:
        series = series - free[:, None]
    return free, series, names


def _peer_means(whole: ReturnPanel, own: ReturnPanel, benchmark: Benchmark) -> FloatArray:
    if not benchmark.peers:
        raise InputError([Problem(field="peers", found=None, allowed=_NEEDS_PEERS)])
    place = {name: column for column, name in enumerate(whole.securities)}
    known = [
        [place[peer] for peer in benchmark.peers.get(name, ()) if peer in place and peer != name]
        for name in own.securities
    ]
    nothing = np.full(len(whole.dates), np.nan)
    return np.column_stack(
        [daily_means(whole.values[:, each].T) if each else nothing for each in known]
    )


# ---- which events can be studied


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Placed:
    """Events by column and row of the returns, ascending by day; `row` is that of the list."""

    security: IntArray
    day: IntArray
    row: IntArray
    patents: FloatArray
    overlapping: BoolArray

    def taken(self, chosen: BoolArray) -> _Placed:
        return _Placed(**{name: getattr(self, name)[chosen] for name in self.__slots__})


def _placed(
    setting: _Setting, events: EventList, terms: EventTerms
) -> tuple[_Placed, list[ExcludedEvent], Tally]:
    column = {name: place for place, name in enumerate(setting.returns.securities)}
    codes = np.array([column.get(name, -1) for name in events.security.levels], dtype=np.int64)
    security = codes[events.security.codes]
    day = np.searchsorted(setting.dates, events.dates)
    before = events.dates < setting.dates[0]
    outside = (day >= len(setting.dates)) | before
    excluded = [
        _excluded(events, row, kinds.UNKNOWN_SECURITY) for row in np.flatnonzero(security < 0)
    ]
    excluded += [
        _excluded(events, row, kinds.OUTSIDE_CALENDAR)
        for row in np.flatnonzero((security >= 0) & outside)
    ]
    row = np.flatnonzero((security >= 0) & ~outside)
    row = row[np.lexsort((row, security[row], day[row]))]
    same = (np.diff(day[row], prepend=-1) == 0) & (np.diff(security[row], prepend=-1) == 0)
    group = np.cumsum(~same) - 1
    first = row[~same]
    placed = _Placed(
        security=security[first], day=day[first], row=first,
        patents=np.bincount(group, events.patents[row]).astype(np.float64),
        overlapping=np.zeros(len(first), dtype=bool),
    )  # fmt: skip
    placed, dropped = _overlaps_handled(placed, events, terms)
    tally = Tally(
        merged=int(same.sum()),
        rolled=int((setting.dates[day[first]] != events.dates[first]).sum()),
        overlapping=int(placed.overlapping.sum()) + len(dropped),
        lost_days=setting.lost_days,
    )
    return placed, excluded + dropped, tally


def _overlaps_handled(
    placed: _Placed, events: EventList, terms: EventTerms
) -> tuple[_Placed, list[ExcludedEvent]]:
    """Mark events of one security whose windows share days, and leave out what the rule says."""
    length = terms.window[1] - terms.window[0] + 1
    order = np.lexsort((placed.day, placed.security))
    security, day = placed.security[order], placed.day[order]
    near = (np.diff(day) < length) & (np.diff(security) == 0)
    shared = np.zeros(len(day), dtype=bool)
    shared[1:] |= near
    shared[:-1] |= near
    kept = np.ones(len(day), dtype=bool)
    if terms.overlap is OverlapRule.DROP:
        kept = ~shared
    if terms.overlap is OverlapRule.FIRST:
        last = -1
        for place in range(len(day)):
            again = last >= 0 and security[place] == security[last]
            kept[place] = not (again and day[place] - day[last] < length)
            last = place if kept[place] else last
    overlapping, chosen = np.zeros_like(shared), np.ones_like(kept)
    overlapping[order], chosen[order] = shared, kept
    dropped = [_excluded(events, row, kinds.OVERLAPS) for row in placed.row[~chosen]]
    return replace(placed, overlapping=overlapping).taken(chosen), dropped


def _blocked(panel: EventPanel, placed: _Placed, terms: EventTerms) -> BoolArray:
    """Return the days on which a security is in the event window of one of its events."""
    blocked = np.zeros(panel.returns.shape, dtype=bool)
    for offset in terms.days:
        rows = placed.day + offset
        inside = (rows >= 0) & (rows < len(blocked))
        blocked[rows[inside], placed.security[inside]] = True
    return blocked


def _studyable(
    panel: EventPanel, placed: _Placed, events: EventList, terms: EventTerms
) -> tuple[_Placed, list[ExcludedEvent]]:
    if not len(placed.day):
        return placed, []
    before, around = usable_days(panel, placed.security, placed.day)
    fewest = max(panel.n_estimated + 2, terms.fewest_days or 0)
    too_few, none = before < fewest, around == 0
    excluded = [
        _excluded(events, row, kinds.FEW_ESTIMATION_DAYS.filled({"n": n, "fewest": fewest}))
        for row, n in zip(placed.row[too_few], before[too_few].tolist(), strict=True)
    ]
    excluded += [_excluded(events, row, kinds.NO_RETURN) for row in placed.row[none & ~too_few]]
    placed = placed.taken(~too_few & ~none)
    if not len(placed.day):
        return placed, excluded
    flat = flat_factors(panel, placed.security, placed.day)
    excluded += [_excluded(events, row, kinds.FLAT_FACTORS) for row in placed.row[flat]]
    return placed.taken(~flat), excluded


def _with_residuals(
    setting: _Setting, found: AbnormalReturns, placed: _Placed, events: EventList
) -> tuple[AbnormalReturns, _Placed, list[ExcludedEvent]]:
    """Leave out events whose benchmark leaves no residual: no error can be told."""
    scale = np.nanmax(np.abs(setting.panel.returns), initial=0.0)
    kept = found.deviation > scale * 1e-12
    if kept.all():
        return found, placed, []
    excluded = [_excluded(events, row, kinds.NO_RESIDUAL) for row in placed.row[~kept]]
    names = [name for name in AbnormalReturns.__slots__ if name != "mean_factors"]
    part = {name: getattr(found, name)[kept] for name in names}
    return (
        AbnormalReturns(**part, mean_factors=found.mean_factors),
        placed.taken(kept),
        excluded,
    )


def _excluded(events: EventList, row: int | np.integer[Any], reason: Text) -> ExcludedEvent:
    return ExcludedEvent(
        security=events.security.levels[events.security.codes[row]],
        date=str(events.dates[row]),
        line=int(events.lines[row]),
        reason=reason,
    )


def _nothing_left(excluded: list[ExcludedEvent]) -> list[Problem]:
    shown = [
        Problem(
            field="date", found=f"{each.security} {each.date}", allowed=each.reason, line=each.line
        )
        for each in excluded[:10]
    ]
    allowed = Text(
        f"none of the {len(excluded):,} events can be studied",
        f"{len(excluded):,} 个事件均无法研究",
    )
    return [Problem(field="events", found=None, allowed=allowed), *shown]


# ---- event by event


def _studied(
    setting: _Setting,
    found: AbnormalReturns,
    placed: _Placed,
    events: EventList,
    terms: EventTerms,
    *,
    caps: ReturnPanel | None,
    news: OtherNews | None,
) -> tuple[StudiedEvent, ...]:
    from scipy.special import stdtr

    whole = found.cumulated(0, found.abnormal.shape[1] - 1)
    t = whole.values / whole.errors
    p_values = 2.0 * stdtr(found.freedom, -np.abs(t))
    bhar = _held(setting, found)
    cap = _caps(setting, placed, events, caps)
    others = _news_in_window(setting, placed, terms, news)
    rolled = setting.dates[placed.day] != events.dates[placed.row]
    missing = found.abnormal.shape[1] - whole.days
    flags = {
        "SUSPENDED": missing > 0,
        "LIMIT_HIT": _at_limit(setting, found, terms),
        "ROLLED": rolled,
        "CONFOUNDED": placed.overlapping | np.array([bool(each) for each in others]),
        "FEW_DAYS": found.n_used < FEW_DAYS,
    }
    return tuple(
        StudiedEvent(
            security=setting.returns.securities[placed.security[i]],
            date=str(events.dates[placed.row[i]]),
            day=str(setting.dates[placed.day[i]]),
            line=int(events.lines[placed.row[i]]),
            patents=float(placed.patents[i]),
            n_used=int(found.n_used[i]),
            n_missing=int(missing[i]),
            constant=float(found.coefficients[i, 0]),
            slopes=tuple(found.coefficients[i, 1:].tolist()),
            deviation=float(found.deviation[i]),
            abnormal=tuple(None if x != x else x for x in found.abnormal[i].tolist()),  # noqa: PLR0124
            car=float(whole.values[i]),
            error=float(whole.errors[i]),
            t=float(t[i]),
            freedom=float(found.freedom[i]),
            p_value=float(p_values[i]),
            bhar=None if math.isnan(bhar[i]) else float(bhar[i]),
            flags=tuple(code for code, raised in flags.items() if raised[i]),
            news=others[i],
            money=_money(
                float(whole.values[i]), float(whole.errors[i]), float(cap[i]),
                float(placed.patents[i]), setting.returns.kind,
            ),
        )
        for i in range(len(t))
    )  # fmt: skip


def _at_limit(setting: _Setting, found: AbnormalReturns, terms: EventTerms) -> BoolArray:
    if terms.price_limit is None:
        return np.zeros(len(found.observed), dtype=bool)
    log = setting.returns.kind is ReturnsKind.LOG
    moves = np.abs(np.expm1(found.observed) if log else found.observed)
    return np.asarray((np.nan_to_num(moves) >= terms.price_limit - LIMIT_ROUNDING).any(axis=1))


def _held(setting: _Setting, found: AbnormalReturns) -> FloatArray:
    """Return buy-and-hold abnormal returns; NaN where returns are log or a day is missing."""
    if setting.returns.kind is ReturnsKind.LOG:
        return np.full(len(found.abnormal), np.nan)
    ours = np.prod(1.0 + found.observed, axis=1)
    return np.asarray(ours - np.prod(1.0 + found.expected, axis=1))


def _caps(
    setting: _Setting, placed: _Placed, events: EventList, caps: ReturnPanel | None
) -> FloatArray:
    """Return the last capitalisation known before day 0, or that of the list of events."""
    given = np.full(len(placed.day), np.nan) if events.caps is None else events.caps[placed.row]
    if caps is None:
        return given
    column = {name: place for place, name in enumerate(caps.securities)}
    aligned = caps.on(setting.dates).values
    found = np.full(len(placed.day), np.nan)
    for i, (security, day) in enumerate(zip(placed.security, placed.day, strict=True)):
        place = column.get(setting.returns.securities[security])
        if place is not None:
            recent = aligned[max(day - OLDEST_CAP, 0) : day, place]
            known = recent[np.isfinite(recent)]
            found[i] = known[-1] if len(known) else np.nan
    return np.where(np.isfinite(given), given, found)


def _money(
    car: float, error: float, cap: float, patents: float, kind: ReturnsKind
) -> EventMoney | None:
    if math.isnan(cap):
        return None
    grown, slope = (math.expm1(car), math.exp(car)) if kind is ReturnsKind.LOG else (car, 1.0)
    total, width = grown * cap, slope * error * cap
    return EventMoney(
        cap=cap, total=total, error=width, per_patent=total / patents,
        per_patent_error=width / patents,
    )  # fmt: skip


def _news_in_window(
    setting: _Setting, placed: _Placed, terms: EventTerms, news: OtherNews | None
) -> list[tuple[str, ...]]:
    if news is None:
        return [()] * len(placed.day)
    by_security: dict[str, list[tuple[int, str]]] = {}
    place = np.searchsorted(setting.dates, news.dates)
    words = news.what.texts()
    for row, name in enumerate(news.security.texts()):
        what = f"{news.dates[row]} {words[row] or ''}".strip()
        by_security.setdefault(name or "", []).append((int(place[row]), what))
    low, high = terms.window
    return [
        tuple(
            sorted(
                what
                for at, what in by_security.get(setting.returns.securities[security], [])
                if day + low <= at <= day + high
            )
        )
        for security, day in zip(placed.security.tolist(), placed.day.tolist(), strict=True)
    ]


# ---- together


def _gathered(
    setting: _Setting,
    sample: EventSample,
    studied: tuple[StudiedEvent, ...],
    terms: EventTerms,
    *,
    excluded: list[ExcludedEvent],
    tally: Tally,
) -> EventStudy:
    last = len(terms.days) - 1
    zero = terms.days.index(0) if 0 in terms.days else None
    pieces = [] if zero is None else [(0, zero - 1), (zero, last), (zero + 1, last)]
    parts = [
        _window(sample, terms, low, high)
        for low, high in pieces
        if low <= high and (low, high) != (0, last)
    ]
    by_day = tuple(_window(sample, terms, k, k) for k in range(last + 1))
    whole = _window(sample, terms, 0, last)
    dates = np.unique(sample.day)
    study = EventStudy(
        terms=terms,
        kind=setting.returns.kind,
        factors=setting.factors,
        days=terms.days,
        aar=tuple(
            None if x != x else x  # noqa: PLR0124
            for x in daily_means(sample.found.abnormal).tolist()
        ),
        cumulated=tuple(_window(sample, terms, 0, k, tested=False) for k in range(last + 1)),
        by_day=by_day,
        whole=whole,
        parts=tuple(parts),
        correlation=sample.overlap.mean(last + 1),
        n_dates=len(dates),
        events=studied,
        excluded=tuple(sorted(excluded, key=lambda each: (each.line, each.security))),
        money=_summary(studied),
        findings=(),
    )
    typical = float(np.nanmedian(np.abs(setting.panel.returns)))
    after_gaps = setting.returns.n_after_gaps
    return replace(
        study,
        findings=event_findings(study, replace(tally, after_gaps=after_gaps, typical=typical)),
    )


def _window(
    sample: EventSample, terms: EventTerms, first: int, last: int, *, tested: bool = True
) -> WindowTests:
    n, tests = int((sample.found.cumulated(first, last).days > 0).sum()), {}
    if tested and n:
        tests = sample.tests(first, last)
    mean, low, high = mean_interval(sample, first, last)
    return WindowTests(
        first=terms.days[first], last=terms.days[last], n=n, mean=mean, low=low, high=high,
        tests=tests,
    )  # fmt: skip


def mean_interval(sample: EventSample, first: int, last: int) -> tuple[float, float, float]:
    """Return the mean over events of the return cumulated over days, and its 95 % interval.

    The interval comes from the spread between events, and is widened by their mean correlation
    where they share days.
    """
    sums = sample.found.cumulated(first, last)
    kept = sums.days > 0
    values, errors = sums.values[kept], sums.errors[kept]
    mean = float(values.mean()) if len(values) else math.nan
    half = _half_width(values, errors, sample.overlap.mean(last - first + 1))
    return mean, mean - half, mean + half


def _half_width(values: FloatArray, errors: FloatArray, rho: float) -> float:
    """Return half of the 95 % interval of a mean, widened where events share days."""
    from scipy.special import ndtri, stdtrit

    n = len(values)
    tail = 0.5 + LEVEL / 2
    if n < 2:  # noqa: PLR2004
        return float(ndtri(tail)) * float(errors[0]) if n else math.nan
    widened = max((1.0 + (n - 1) * rho) / (1.0 - rho), 1.0) if rho < 1.0 else math.nan
    spread = float(values.std(ddof=1)) / math.sqrt(n)
    return float(stdtrit(n - 1, tail)) * spread * math.sqrt(widened)


def _summary(studied: tuple[StudiedEvent, ...]) -> MoneySummary | None:
    known = [(event, event.money) for event in studied if event.money is not None]
    if not known:
        return None
    totals = np.array([money.total for _, money in known])
    each = np.array([money.per_patent for _, money in known])
    days = np.unique([event.day for event, _ in known], return_inverse=True)[1]
    n, dates = len(totals), int(days.max()) + 1
    scores = np.bincount(days, totals - totals.mean())
    error = math.sqrt(float((scores**2).sum()) * dates / (dates - 1)) / n if dates > 1 else None
    return MoneySummary(
        n=n,
        total=float(totals.sum()),
        mean=float(totals.mean()),
        median=float(np.median(totals)),
        error=error,
        per_patent_mean=float(each.mean()),
        per_patent_median=float(np.median(each)),
        per_patent_pooled=float(totals.sum() / sum(event.patents for event, _ in known)),
        n_negative=int((totals < 0).sum()),
    )


_NEEDS_MARKET = Text(
    "this model needs the returns of a market or of factors", "该模型需要市场或因子收益率"
)
_ONE_MARKET = Text(
    "this model takes one market; name its column, or ask for the factor model",
    "该模型只取一个市场指数；请指定列名，或改用因子模型",
)
_NEEDS_PEERS = Text("this model needs peers of each security", "该模型需要各证券的可比公司")
