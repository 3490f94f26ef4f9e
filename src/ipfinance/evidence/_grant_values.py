"""Values of granted patents from the market's answer to the grant, batch by batch of firms."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ipfinance.basics import InputError, number_problem
from ipfinance.evidence._grant_terms import (
    GammaEffects,
    GammaErrors,
    GammaFit,
    GrantTerms,
    Lookback,
    Noise,
    Signal,
)
from ipfinance.numerics import (
    BoolArray,
    CellMoments,
    CellRows,
    ClusteredSlopes,
    FirmReturns,
    FloatArray,
    GrantDays,
    GrantWindows,
    IntArray,
    TradingDays,
    cauchy_signal,
    clustered_slopes,
    exponential_signal,
    firm_year_moments,
    grant_windows,
    half_normal_quantile,
    half_normal_signal,
    log_square_rows,
    several_signals,
    two_way_slopes,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GrantBatch:
    """Returns and grants of some firms.

    Attributes
    ----------
    firms
        Returns of the firms, one after the other.
    grants
        Their days with grants.
    counts
        Patents granted on each of these days, by group, shape (n_grant_days, n_groups).
    """

    firms: FirmReturns
    grants: GrantDays
    counts: IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GrantDayValues:
    """What one patent granted on a day is worth, by group of patents.

    Attributes
    ----------
    value
        Shape (n_grant_days, n_groups); NaN where it cannot be told. In the terms' value unit.
    low, high
        Ends of the interval, shape as `value`; None where none was asked for.
    raw
        Window return times capitalisation by patent, which may be negative, shape (n_grant_days,).
    noise
        Standard deviation of the noise over the window, shape (n_grant_days,). [1]
    """

    value: FloatArray
    low: FloatArray | None
    high: FloatArray | None
    raw: FloatArray
    noise: FloatArray


def windows_of(batch: GrantBatch, days: TradingDays, terms: GrantTerms) -> GrantWindows:
    """Look around the grant days of a batch."""
    return grant_windows(
        batch.firms,
        days,
        batch.grants,
        length=terms.window,
        trailing=terms.trailing if terms.lookback is Lookback.TRAILING else 0,
        oldest_cap=terms.oldest_cap,
    )


class GammaSample:
    """Gathers, batch by batch, what the estimation of gamma needs.

    With effects of weekdays only cross products are kept; with effects of dates the rows are.
    """

    def __init__(self, terms: GrantTerms, days: TradingDays, groups: Sequence[str]) -> None:
        self.terms = terms
        self.days = days
        self.groups = tuple(groups) if terms.by_group else ("",)
        self.moments: list[CellMoments] = []
        self.rows: list[CellRows] = []
        self.n_firms = 0

    def add(self, batch: GrantBatch) -> None:
        """Take in one batch; batches come in the order of their firms."""
        grants = batch.grants
        if not self.terms.by_group:
            one = np.minimum(grants.bits, 1)
            grants = GrantDays(first=grants.first, day=grants.day, bits=one)
        logs, bits = log_square_rows(batch.firms, self.days, grants, length=self.terms.window)
        if self.terms.effects is GammaEffects.DATE:
            self.rows.append(CellRows.of(batch.firms, self.days, logs, bits, self.n_firms))
        else:
            n_groups = len(self.groups)
            self.moments.append(firm_year_moments(batch.firms, self.days, logs, bits, n_groups))
        self.n_firms += batch.firms.n_firms

    def fitted(self) -> tuple[GammaFit, ...]:
        """Return gamma of each group; NaN where it cannot be told."""
        found = self._slopes()
        errors = np.sqrt(np.diag(found.covariance))
        return tuple(
            GammaFit(
                group=group,
                gamma=float(found.slopes[place]),
                error=None if math.isnan(errors[place]) else float(errors[place]),
                n_rows=found.n_rows,
                n_clusters=found.n_clusters,
            )
            for place, group in enumerate(self.groups)
        )

    def _slopes(self) -> ClusteredSlopes:
        by_year = self.terms.errors is GammaErrors.YEAR
        n_groups = len(self.groups)
        if self.terms.effects is GammaEffects.DATE:
            rows = CellRows.joined(self.rows)
            return two_way_slopes(
                rows, n_days=len(self.days.date), n_groups=n_groups, by_year=by_year
            )
        n_rows = sum(int(part.rows.sum()) for part in self.moments)
        if by_year:
            cross = np.sum([part.by_year for part in self.moments], axis=0)
        else:
            cross = np.concatenate([part.by_firm for part in self.moments])
        return clustered_slopes(cross, n_rows=n_rows, n_wanted=n_groups)


def day_values(
    windows: GrantWindows, counts: IntArray, gammas: Sequence[GammaFit], terms: GrantTerms
) -> GrantDayValues:
    r"""Value a patent granted on each day.

    Parameters
    ----------
    windows
        What happened around each grant day.
    counts
        Patents granted on each day by group, shape (n, n_groups).
    gammas
        One for all patents, or one for each group.
    terms
        How.

    Returns
    -------
    GrantDayValues
        With :math:`\xi = E[x|R]\,M / ((1-\pi) N)`.

    References
    ----------
    :cite:cts:`kogan_2017`; :cite:cts:`arora_abfn` for groups.
    """
    noise = _noise(windows, gammas[0], terms)
    usable = np.isfinite(noise) & np.isfinite(windows.cap) & (windows.observed > 0)
    total = counts.sum(axis=1)
    money = windows.cap * (terms.cap_unit / terms.value_unit)
    by_patent = money / ((1.0 - terms.grant_probability) * total)
    low = high = None
    if terms.by_group:
        signals = _signals_by_group(windows.total, noise, counts, gammas, usable)
        by_patent = by_patent[:, None] * total[:, None] / np.maximum(counts, 1)
        value = signals * by_patent
    else:
        share = _shares(gammas[0], total, terms)
        signal = np.full(len(total), np.nan)
        known = usable & np.isfinite(share)
        given = windows.total[known], noise[known], share[known]
        signal[known] = _LAWS[terms.signal](*given)
        value = _spread(signal * by_patent, counts)
        if terms.interval is not None:
            tail = 0.5 - terms.interval / 2
            ends = np.full((2, len(total)), np.nan)
            for end, chance in zip(ends, (tail, 1.0 - tail), strict=True):
                end[known] = half_normal_quantile(*given, chance) * by_patent[known]
            low, high = (_spread(end, counts) for end in ends)
    raw = np.where(windows.observed > 0, windows.total * money / total, np.nan)
    return GrantDayValues(value=value, low=low, high=high, raw=raw, noise=noise)


def _noise(windows: GrantWindows, gamma: GammaFit, terms: GrantTerms) -> FloatArray:
    enough = (windows.days_used >= terms.fewest_days) & (windows.variance > 0.0)
    noise = np.sqrt(terms.window * np.where(enough, windows.variance, np.nan))
    if terms.noise is Noise.PLAIN:
        return np.asarray(noise)
    share = windows.granted / np.maximum(windows.days_used, 1)
    return np.asarray(noise / np.sqrt(1.0 + terms.window * share * math.expm1(gamma.gamma)))


def _spread(values: FloatArray, counts: IntArray) -> FloatArray:
    """Give each group with a patent on a day the day's value, shape as `counts`."""
    return np.where(counts > 0, values[:, None], np.nan)


def _shares(gamma: GammaFit, total: IntArray, terms: GrantTerms) -> FloatArray:
    if not gamma.gamma > 0.0:
        return np.full(len(total), np.nan)
    count = total if terms.count_scaled else np.ones(len(total))
    return np.asarray(-np.expm1(-gamma.gamma * count))


def _signals_by_group(
    total: FloatArray,
    noise: FloatArray,
    counts: IntArray,
    gammas: Sequence[GammaFit],
    usable: BoolArray,
) -> FloatArray:
    """Return the expected signal of each group on each day, shape as `counts`."""
    gamma = np.array([each.gamma for each in gammas])
    ratio = np.sqrt(np.expm1(np.where(gamma > 0.0, gamma, np.nan)))
    found = np.full(counts.shape, np.nan)
    present = counts > 0
    for pattern in np.unique(present, axis=0):
        groups = np.flatnonzero(pattern)
        rows = np.flatnonzero(usable & (present == pattern).all(axis=1))
        if not len(rows) or np.isnan(ratio[groups]).any():
            continue
        if len(groups) == 1:
            share = np.full(len(rows), gammas[groups[0]].share)
            signals = half_normal_signal(total[rows], noise[rows], share)[:, None]
        else:
            scales = noise[rows, None] * ratio[groups]
            signals = several_signals(total[rows], noise[rows], scales)
        found[np.ix_(rows, groups)] = signals
    return found


_LAWS: dict[Signal, Callable[[FloatArray, FloatArray, FloatArray], FloatArray]] = {
    Signal.HALF_NORMAL: half_normal_signal,
    Signal.EXPONENTIAL: exponential_signal,
    Signal.CAUCHY: cauchy_signal,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleGrant:
    """The value of one patent from figures given by hand.

    Attributes
    ----------
    share, signal
        ``1 - exp(-gamma)``, and the expected signal in the return. [1]
    value, raw
        Value of one patent, and return times capitalisation by patent, which may be negative.
        [currency]
    low, high
        Ends of the 90 % interval of the value; None but for the half-normal signal. [currency]
    """

    share: float
    signal: float
    value: float
    raw: float
    low: float | None
    high: float | None


def single_grant(
    *, window_return: float, volatility: float, cap: float, patents: float, terms: GrantTerms
) -> SingleGrant:
    """Value one patent from a window's return, a daily volatility and a capitalisation.

    Parameters
    ----------
    window_return
        Excess return compounded over the window. [1]
    volatility
        Root of the mean squared daily excess return. [1]
    cap
        Market capitalisation before the grant. [currency]
    patents
        Granted to the firm that day.
    terms
        With a gamma.

    Examples
    --------
    >>> terms = GrantTerms(grant_probability=0.55, gamma=0.0146289)
    >>> found = single_grant(
    ...     window_return=0.01, volatility=0.02, cap=10_000, patents=3, terms=terms)
    >>> round(found.value, 5)
    25.06769
    """
    given = {"return": window_return, "volatility": volatility, "cap": cap, "patents": patents}
    lows = {"return": -1.0, "volatility": 0.0, "cap": 0.0, "patents": 0.0}
    problems = [
        problem
        for name, value in given.items()
        if (problem := number_problem(name, value, low=lows[name], low_open=name != "return"))
    ]
    if problems:
        raise InputError(problems)
    gamma = GammaFit(group="", gamma=terms.gamma or math.nan, error=None)
    count = np.array([patents])
    share = _shares(gamma, count, terms)
    noise = np.array([volatility * math.sqrt(terms.window)])
    total = np.array([window_return])
    signal = float(_LAWS[terms.signal](total, noise, share)[0])
    money = cap * terms.cap_unit / terms.value_unit
    by_patent = money / ((1.0 - terms.grant_probability) * patents)
    ends: list[float | None] = [None, None]
    if terms.signal is Signal.HALF_NORMAL:
        tail = 0.5 - (terms.interval or 0.9) / 2
        ends = [
            float(half_normal_quantile(total, noise, share, chance)[0]) * by_patent
            for chance in (tail, 1.0 - tail)
        ]
    return SingleGrant(
        share=float(share[0]),
        signal=signal,
        value=signal * by_patent,
        raw=window_return * money / patents,
        low=ends[0],
        high=ends[1],
    )
