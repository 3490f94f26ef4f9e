"""Tests of abnormal returns: parametric, rank, sign and resampled, for dates that cluster too."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ipfinance.basics import Text
from ipfinance.numerics._abnormal_returns import AbnormalReturns, CumulatedReturns
from ipfinance.numerics._claims import in_chunks
from ipfinance.numerics._types import BoolArray, FloatArray, IntArray

FEWEST_SHARED_DAYS = 10
MOST_PAIRS = 20_000_000
EXACT_WILCOXON = 200
WEBB_BELOW = 10  # event dates below which two-point weights give too few different draws
WEBB = tuple(sign * math.sqrt(size) for sign in (-1.0, 1.0) for size in (0.5, 1.0, 1.5))
NORMAL = "N(0,1)"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTest:
    """One test: its statistic, its p-value and the law it is held against.

    Attributes
    ----------
    statistic, p_value
        None where the test cannot be computed.
    reference
        The law, such as ``t(6)`` or ``N(0,1)``.
    reason
        Why it cannot be computed.
    """

    statistic: float | None
    p_value: float | None
    reference: str
    reason: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Overlap:
    """How residuals of events move together whose windows share days.

    Attributes
    ----------
    sums, counts
        Sum and number of pairwise correlations by the days between two events, shape (n_window,).
    n_events
        Of how many events.
    share
        Share of the pairs that were looked at; 1 but for very large samples.
    """

    sums: FloatArray
    counts: IntArray
    n_events: int
    share: float

    def mean(self, days: int) -> float:
        """Return the mean correlation of abnormal returns cumulated over so many days.

        Over all pairs of events: a pair counts by the share of days its two windows have in
        common, and with 0 where they have none.
        """
        pairs = self.n_events * (self.n_events - 1) / 2
        if pairs == 0:
            return 0.0
        gaps = np.arange(min(days, len(self.sums)))
        found = float((self.sums[: len(gaps)] * (days - gaps) / days).sum())
        return found / self.share / pairs


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventSample:
    """Abnormal returns of a sample with what its tests share.

    Attributes
    ----------
    found
        Abnormal returns, estimation residuals and errors, one row an event.
    day
        Row of each event's day 0, ascending, shape (n,).
    overlap
        Correlations between events.
    ranks, signs
        Ranks of all of an event's days less their mean, divided by 1 + their number; signs of
        their distance from the median; shape (n, n_estimation + n_window), NaN where missing.
    sized_ranks
        Ranks less their mean, shape as `ranks`.
    scaled_residuals
        Residuals over their standard deviation, shape (n, n_estimation).
    places
        Rank of each residual among the event's residuals, shape (n, n_estimation).
    thin_days_scaled
        Whether a day's mean over the events present is scaled to the whole sample, and the number
        of days is the mean over events. Only for comparison with software that does so.
    draws, seed
        Of the resampled test.
    """

    found: AbnormalReturns
    day: IntArray
    overlap: Overlap
    ranks: FloatArray
    sized_ranks: FloatArray
    signs: FloatArray
    scaled_residuals: FloatArray
    places: FloatArray
    thin_days_scaled: bool
    draws: int
    seed: int

    @classmethod
    def of(
        cls,
        found: AbnormalReturns,
        day: IntArray,
        *,
        thin_days_scaled: bool = False,
        draws: int = 999,
        seed: int = 0,
    ) -> EventSample:
        """Rank and correlate a sample once, for the tests of all its days and windows."""
        whole = np.concatenate([found.residuals, found.abnormal], axis=1)
        there = np.isfinite(whole)
        count = there.sum(axis=1, keepdims=True)
        sized = row_ranks(whole) - (count + 1) / 2
        median = np.array([_median(row) for row in whole])
        return cls(
            found=found,
            day=day,
            overlap=overlap_of(found.residuals, day, found.abnormal.shape[1]),
            ranks=sized / (count + 1),
            sized_ranks=sized,
            signs=np.where(there, np.sign(whole - median[:, None]), np.nan),
            scaled_residuals=found.residuals / found.deviation[:, None],
            places=row_ranks(found.residuals),
            thin_days_scaled=thin_days_scaled,
            draws=draws,
            seed=seed,
        )

    def tests(self, first: int, last: int) -> dict[str, EventTest]:
        """Return every test of the abnormal returns from one place in the window to another."""
        part = _Part.of(self, first, last)
        return {name: compute(part) for name, compute in EVENT_TESTS.items()}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Part:
    """Some days of a sample's window; events without a return on any of them are left out."""

    sample: EventSample
    first: int
    last: int
    kept: BoolArray
    sums: CumulatedReturns
    rho: float

    @classmethod
    def of(cls, sample: EventSample, first: int, last: int) -> _Part:
        whole = sample.found.cumulated(first, last)
        kept = whole.days > 0
        sums = CumulatedReturns(
            values=whole.values[kept], errors=whole.errors[kept], days=whole.days[kept]
        )
        length = last - first + 1
        return cls(
            sample=sample, first=first, last=last, kept=kept, sums=sums,
            rho=sample.overlap.mean(length),
        )  # fmt: skip

    @property
    def n(self) -> int:
        return len(self.sums.values)

    @property
    def length(self) -> int:
        return self.last - self.first + 1

    @property
    def mean(self) -> float:
        """The mean over events of the return added up, as the sum of daily means."""
        return float(np.nansum(daily_means(self.sample.found.abnormal[:, self.days])))

    @property
    def days(self) -> slice:
        return slice(self.first, self.last + 1)

    @property
    def scaled(self) -> FloatArray:
        return np.asarray(self.sums.values / self.sums.errors)


def daily_means(values: FloatArray) -> FloatArray:
    """Return the mean of each column over the rows that have a value; NaN where none has.

    Examples
    --------
    >>> daily_means(np.array([[1.0, np.nan], [3.0, np.nan]]))
    array([ 2., nan])
    """
    there = np.isfinite(values)
    count = there.sum(axis=0)
    total = np.where(there, values, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def row_ranks(values: FloatArray) -> FloatArray:
    """Rank the values of each row from 1 up; ties share their mean rank, NaN stays NaN.

    Examples
    --------
    >>> row_ranks(np.array([[0.3, np.nan, -1.0, 0.3]]))
    array([[2.5, nan, 1. , 2.5]])
    """
    n, width = values.shape
    order = np.argsort(values, axis=1, kind="stable")  # NaN last
    sorted_values = np.take_along_axis(values, order, axis=1)
    place = np.arange(width)
    differs = np.ones((n, width), dtype=bool)
    differs[:, 1:] = sorted_values[:, 1:] != sorted_values[:, :-1]
    first = np.maximum.accumulate(np.where(differs, place, 0), axis=1)
    ends = np.ones((n, width), dtype=bool)
    ends[:, :-1] = differs[:, 1:]
    last = np.minimum.accumulate(np.where(ends, place, width)[:, ::-1], axis=1)[:, ::-1]
    ranks = np.empty((n, width))
    np.put_along_axis(ranks, order, (first + last) / 2 + 1.0, axis=1)
    return np.where(np.isfinite(values), ranks, np.nan)


def _median(row: FloatArray) -> float:
    return float(np.median(row[np.isfinite(row)]))


def overlap_of(residuals: FloatArray, day: IntArray, window: int) -> Overlap:
    """Correlate the residuals of every two events whose windows share days.

    Parameters
    ----------
    residuals
        By event and day of the estimation window, shape (n, n_estimation), NaN where missing.
    day
        Row of each event's day 0, ascending, shape (n,).
    window
        Length of the event window. [trading day]

    Returns
    -------
    Overlap
        Sums of pairwise correlations on common calendar days, by the days between two events. Of
        more than 20 million pairs each k-th is taken.

    References
    ----------
    :cite:cts:`kolari_pynnonen_2010`.
    """
    from ipfinance.numerics.kernels.correlations import overlapping_correlations

    n = len(day)
    later = np.searchsorted(day, day + window) - np.arange(n) - 1
    before = np.concatenate([[0], np.cumsum(later)])
    stride = max(1, -(-int(before[-1]) // MOST_PAIRS))
    chunks: dict[int, tuple[FloatArray, IntArray]] = {}

    def run(rows: slice) -> None:
        sums, counts = np.zeros(window), np.zeros(window, dtype=np.int64)
        overlapping_correlations(
            residuals, day, rows.start, rows.stop, int(before[rows.start]), stride,
            FEWEST_SHARED_DAYS, sums, counts,
        )  # fmt: skip
        chunks[rows.start] = sums, counts

    in_chunks(run, n)
    ordered = [chunks[start] for start in sorted(chunks)]
    counts = np.sum([found for _, found in ordered], axis=0)
    pairs = int(before[-1])
    return Overlap(
        sums=np.sum([found for found, _ in ordered], axis=0),
        counts=counts,
        n_events=n,
        share=float(counts.sum()) / pairs if pairs else 1.0,
    )


def _against_normal(statistic: float) -> EventTest:
    p_value = math.erfc(abs(statistic) / math.sqrt(2.0))
    return EventTest(statistic=statistic, p_value=p_value, reference=NORMAL)


def _against_t(statistic: float, freedom: float) -> EventTest:
    from scipy.special import stdtr

    p_value = float(2.0 * stdtr(freedom, -abs(statistic)))
    return EventTest(statistic=statistic, p_value=p_value, reference=f"t({freedom:g})")


def _none(reference: str, reason: Text) -> EventTest:
    return EventTest(statistic=None, p_value=None, reference=reference, reason=reason)


_ONE_EVENT = Text("needs at least two events", "至少需要两个事件")
_NO_SPREAD = Text("the abnormal returns do not differ", "异常收益彼此无差异")
_FEW_DAYS = Text("needs more estimation days", "估计窗口天数不足")
_CORRELATED = Text(
    "the mean correlation of the residuals is so negative that no variance is left",
    "残差平均相关系数过低，方差无法为正",
)
_ONE_DATE = Text(
    "all events fall on one date: there is nothing to resample",
    "所有事件同一日期，无法重抽样",
)


def _cross_sectional(values: FloatArray) -> EventTest:
    n = len(values)
    if n < 2:  # noqa: PLR2004
        return _none("t(N-1)", _ONE_EVENT)
    spread = float(values.std(ddof=1))
    if spread == 0.0:
        return _none(f"t({n - 1})", _NO_SPREAD)
    return _against_t(math.sqrt(n) * float(values.mean()) / spread, n - 1)


def _cross_sectional_t(part: _Part) -> EventTest:
    return _cross_sectional(part.sums.values)


def _bw80(part: _Part) -> EventTest:
    variances = part.sample.found.deviation[part.kept] ** 2 * part.sums.days
    total = float(variances.sum())
    if total == 0.0:
        return _none(NORMAL, _NO_SPREAD)
    return _against_normal(float(part.sums.values.sum()) / math.sqrt(total))


def _portfolio_deviation(part: _Part) -> tuple[float, int]:
    means = daily_means(part.sample.found.residuals)
    means = means[np.isfinite(means)]
    return float(means.std(ddof=1)), len(means)


def _bw85(part: _Part) -> EventTest:
    deviation, days = _portfolio_deviation(part)
    if deviation == 0.0:
        return _none(f"t({days - 1})", _NO_SPREAD)
    return _against_t(part.mean / (deviation * math.sqrt(part.length)), days - 1)


def _lamb(part: _Part) -> EventTest:
    deviation, _ = _portfolio_deviation(part)
    if deviation == 0.0:
        return _none(NORMAL, _NO_SPREAD)
    found = part.sample.found
    before = found.residuals.shape[1]
    factors = found.mean_factors[:before]
    lever = 0.0
    if factors.shape[1]:
        mean = factors.mean(axis=0)
        cross = (factors - mean).T @ (factors - mean)
        shift = (found.mean_factors[before:][part.days] - mean).sum(axis=0)
        lever = float(shift @ np.linalg.solve(cross, shift))
    constant = 1.0 / float(found.n_used.mean()) if found.constant.any() else 0.0
    scale = math.sqrt(part.length + part.length**2 * constant + lever)
    return _against_normal(part.mean / (deviation * scale))


def _patell(part: _Part) -> EventTest:
    found = part.sample.found
    freedom = found.n_used[part.kept] - found_loss(found)
    if (freedom <= 2).any():  # noqa: PLR2004
        return _none(NORMAL, _FEW_DAYS)
    if part.length == 1:
        scaled = part.scaled
        variance = (freedom / (freedom - 2)).sum()
        return _against_normal(float(scaled.sum() / math.sqrt(variance)))
    days = found.abnormal[part.kept][:, part.days] / found.errors()[part.kept][:, part.days]
    sums = np.where(np.isfinite(days), days, 0.0).sum(axis=1)
    unit = sums / np.sqrt(part.sums.days * freedom / (freedom - 2))
    return _against_normal(float(unit.sum()) / math.sqrt(part.n))


def found_loss(found: AbnormalReturns) -> int:
    """Return how many coefficients were estimated for each event."""
    return int(found.shifts.shape[2]) + bool(found.constant.any())


def _bmp(part: _Part) -> EventTest:
    return _cross_sectional(part.scaled)


def _inflation(part: _Part) -> float | None:
    """Return by how much correlation widens the variance of a mean, None where it leaves none."""
    widened = 1.0 + (part.n - 1) * part.rho
    return widened if widened > 0.0 and part.rho < 1.0 else None


def _kp_bmp(part: _Part) -> EventTest:
    plain = _bmp(part)
    widened = _inflation(part)
    if plain.statistic is None:
        return plain
    if widened is None:
        return _none(plain.reference, _CORRELATED)
    return _against_t(plain.statistic * math.sqrt((1.0 - part.rho) / widened), part.n - 1)


def _kp_patell(part: _Part) -> EventTest:
    plain = _patell(part)
    widened = _inflation(part)
    if plain.statistic is None:
        return plain
    if widened is None:
        return _none(plain.reference, _CORRELATED)
    return _against_normal(plain.statistic / math.sqrt(widened))


def _rank_like(part: _Part, values: FloatArray, *, by_root: bool) -> EventTest:
    """Hold a sum of daily averages against the spread of such averages over all days.

    A daily average is the mean over the events present, or with `by_root` their sum over the root
    of their number.
    """
    there = np.isfinite(values).sum(axis=0)
    sample, before = len(values), part.sample.found.residuals.shape[1]
    count = np.maximum(there, 1)
    means = daily_means(values)
    if by_root:
        means = means * (sample if part.sample.thin_days_scaled else count) / np.sqrt(count)
    n_days, spread = float((there > 0).sum()), means
    if part.sample.thin_days_scaled:
        n_days = float(np.isfinite(values).sum(axis=1).mean())
        spread = means if by_root else means * sample / count
    square = float(np.nansum(spread**2)) / n_days
    chosen = means[before:][part.days]
    chosen = chosen[np.isfinite(chosen)]
    if square == 0.0 or not len(chosen):
        return _none(NORMAL, _NO_SPREAD)
    return _against_normal(float(chosen.sum()) / math.sqrt(len(chosen) * square))


def _rank(part: _Part) -> EventTest:
    return _rank_like(part, part.sample.sized_ranks, by_root=False)


def _modified_rank(part: _Part) -> EventTest:
    return _rank_like(part, part.sample.ranks, by_root=True)


def _corrado_sign(part: _Part) -> EventTest:
    return _rank_like(part, part.sample.signs, by_root=True)


def _grank_t(part: _Part) -> EventTest:
    if part.n < 2:  # noqa: PLR2004
        return _none("t(T-2)", _ONE_EVENT)
    scaled = part.scaled
    spread = float(scaled.std(ddof=1))
    if spread == 0.0:
        return _none("t(T-2)", _NO_SPREAD)
    event = (scaled / spread)[:, None]
    residuals = part.sample.scaled_residuals[part.kept]
    used = part.sample.found.n_used[part.kept][:, None]
    above = (residuals > event) + 0.5 * (residuals == event)
    below = (residuals < event) + 0.5 * (residuals == event)
    days = (part.sample.places[part.kept] + above) / (used + 2) - 0.5
    days = np.where(np.isfinite(residuals), days, np.nan)
    zero = float(((below.sum(axis=1) + 1.0) / (used[:, 0] + 2) - 0.5).mean())
    present = np.isfinite(days).sum(axis=0) / part.n
    means = daily_means(days)
    total = int(used.max()) + 1
    square = (float(np.nansum(present * means**2)) + zero**2) / total
    z = zero / math.sqrt(square)
    return _against_t(z * math.sqrt((total - 2) / (total - 1 - z * z)), total - 2)


def _sign(part: _Part) -> EventTest:
    positive = int((part.sums.values > 0).sum())
    return _against_normal((positive - part.n / 2) / math.sqrt(part.n / 4))


def _generalised_sign(part: _Part) -> EventTest:
    residuals = part.sample.found.residuals
    share = float((residuals > 0).sum()) / float(np.isfinite(residuals).sum())
    if share in {0.0, 1.0}:
        return _none(NORMAL, _NO_SPREAD)
    positive = int((part.sums.values > 0).sum())
    spread = math.sqrt(part.n * share * (1.0 - share))
    return _against_normal((positive - part.n * share) / spread)


def _wilcoxon(part: _Part) -> EventTest:
    values = part.sums.values[part.sums.values != 0]
    n = len(values)
    if n == 0:
        return _none("W+", _NO_SPREAD)
    ranks = row_ranks(np.abs(values)[None, :])[0]
    positive = float(ranks[values > 0].sum())
    if n <= EXACT_WILCOXON and len(np.unique(np.abs(values))) == n:
        p_value = exact_wilcoxon(round(positive), n)
        return EventTest(statistic=positive, p_value=p_value, reference=f"W+({n})")
    _, ties = np.unique(ranks, return_counts=True)
    variance = n * (n + 1) * (2 * n + 1) / 24 - float((ties**3 - ties).sum()) / 48
    z = (positive - n * (n + 1) / 4) / math.sqrt(variance)
    p_value = math.erfc(abs(z) / math.sqrt(2.0))
    return EventTest(statistic=positive, p_value=p_value, reference=f"W+({n}), {NORMAL}")


def exact_wilcoxon(positive: int, n: int) -> float:
    """Return the two-sided p-value of a signed-rank sum, by counting all sign patterns.

    Examples
    --------
    >>> exact_wilcoxon(28, 7), exact_wilcoxon(14, 7)
    (0.015625, 1.0)
    """
    counts = np.zeros(n * (n + 1) // 2 + 1)
    counts[0] = 1.0
    for rank in range(1, n + 1):
        moved = counts.copy()
        moved[rank:] += counts[:-rank]
        counts = moved / 2.0
    tail = min(positive, n * (n + 1) // 2 - positive)
    return min(1.0, 2.0 * float(counts[: tail + 1].sum()))


def _wild_bootstrap(part: _Part) -> EventTest:
    """Turn the signs of whole event dates at random and ask how often t gets as large.

    Few dates get six-point weights. The p-value counts the sample itself as one draw.
    """
    plain = _cross_sectional(part.sums.values)
    reference = f"bootstrap({part.sample.draws})"
    if plain.statistic is None:
        return _none(reference, plain.reason or _NO_SPREAD)
    _, date = np.unique(part.sample.day[part.kept], return_inverse=True)
    dates = int(date.max()) + 1
    if dates < 2:  # noqa: PLR2004
        return _none(reference, _ONE_DATE)
    rng = np.random.default_rng(part.sample.seed)
    points = np.array(WEBB if dates < WEBB_BELOW else (-1.0, 1.0))
    weights = points[rng.integers(0, len(points), (part.sample.draws, dates))]
    total = np.bincount(date, part.sums.values, dates)
    squares = np.bincount(date, part.sums.values**2, dates)
    mean = weights @ total / part.n
    variance = (weights**2 @ squares - part.n * mean**2) / (part.n - 1)
    drawn = np.abs(mean) * math.sqrt(part.n) / np.sqrt(np.maximum(variance, 1e-300))
    larger = int((drawn >= abs(plain.statistic) * (1.0 - 1e-12)).sum())
    p_value = (1 + larger) / (1 + part.sample.draws)
    return EventTest(statistic=plain.statistic, p_value=p_value, reference=reference)


EVENT_TESTS: dict[str, Callable[[_Part], EventTest]] = {
    "cross_sectional_t": _cross_sectional_t,
    "bw80": _bw80,
    "bw85": _bw85,
    "lamb": _lamb,
    "patell": _patell,
    "bmp": _bmp,
    "kp_bmp": _kp_bmp,
    "kp_patell": _kp_patell,
    "rank": _rank,
    "modified_rank": _modified_rank,
    "corrado_sign": _corrado_sign,
    "grank_t": _grank_t,
    "sign": _sign,
    "generalised_sign": _generalised_sign,
    "wilcoxon": _wilcoxon,
    "wild_bootstrap": _wild_bootstrap,
}
