"""Daily returns of many firms around the days on which patents were granted to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ipfinance.numerics._claims import in_chunks
from ipfinance.numerics._types import FloatArray, Int32Array, IntArray

DateArray: TypeAlias = NDArray[np.datetime64]
WEEKDAY_COLUMNS = 6  # Tuesday to Sunday
MONDAY = np.datetime64("1970-01-05")
RELATIVE_VARIATION = 1e-9  # a column that keeps less of its variation is told by the others
CONVERGED = 1e-12
MOST_STEPS = 500


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TradingDays:
    """The calendar: what the market did on each trading day.

    Attributes
    ----------
    date
        Ascending, shape (n_days,).
    market
        Simple return of the market, NaN where unknown, shape (n_days,). [1]
    year, weekday, ordinal
        Place of the calendar year among the years there are, day of the week from Monday on 0, and
        days since 1970, shape (n_days,).
    years
        The calendar years, ascending.
    """

    date: DateArray
    market: FloatArray
    year: Int32Array
    weekday: Int32Array
    ordinal: Int32Array
    years: IntArray

    @classmethod
    def of(cls, date: DateArray, market: FloatArray) -> TradingDays:
        """Make a calendar from ascending dates and the market's returns."""
        days = date.astype("datetime64[D]")
        years, place = np.unique(
            days.astype("datetime64[Y]").astype(int) + 1970, return_inverse=True
        )
        return cls(
            date=days,
            market=market,
            year=place.astype(np.int32),
            weekday=((days - MONDAY).astype(int) % 7).astype(np.int32),
            ordinal=days.astype(int).astype(np.int32),
            years=years.astype(np.int64),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FirmReturns:
    """Daily returns of whole firms, one firm after the other, ascending by day.

    Attributes
    ----------
    first
        Where each firm's rows begin, and the number of rows, shape (n_firms + 1,).
    day
        Place of each row in the calendar, shape (n,).
    returns, caps
        Simple return, and market capitalisation at the day's end; NaN where missing, shape (n,).
        [1], [currency]
    """

    first: IntArray
    day: Int32Array
    returns: FloatArray
    caps: FloatArray

    @property
    def n_firms(self) -> int:
        """Number of firms."""
        return len(self.first) - 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GrantDays:
    """Days with grants, firm after firm, each day of a firm once, ascending.

    Attributes
    ----------
    first
        Where each firm's days begin, and their number, shape (n_firms + 1,).
    day
        Place in the calendar, shape (n,).
    bits
        Groups of patents granted that day, as bits, shape (n,).
    """

    first: IntArray
    day: Int32Array
    bits: IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GrantWindows:
    """What happened around each grant day, shape (n,) each.

    Attributes
    ----------
    total
        Excess return compounded over the window. [1]
    observed
        Days of the window with a return.
    variance
        Mean squared excess return of the days before; NaN where there are none. [1]
    days_used, granted
        Days behind that mean, and how many grant days fall into its span.
    cap
        Market capitalisation before the grant day; NaN where unknown. [currency]
    """

    total: FloatArray
    observed: IntArray
    variance: FloatArray
    days_used: IntArray
    granted: IntArray
    cap: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CellMoments:
    """Cross products about the means of firm-years: upper triangles, log squares last.

    Attributes
    ----------
    by_firm, by_year
        Shape (n_firms, width, width) and (n_years, width, width); the columns are the groups and
        whatever else was taken out beside the means, and the log squares.
    rows, cells
        Rows used and firm-years with at least two of them, by firm.
    """

    by_firm: FloatArray
    by_year: FloatArray
    rows: IntArray
    cells: IntArray


def excess(firms: FirmReturns, days: TradingDays) -> FloatArray:
    """Return each row's return less the market's, shape (n,)."""
    return firms.returns - days.market[firms.day]


def grant_windows(
    firms: FirmReturns,
    days: TradingDays,
    grants: GrantDays,
    *,
    length: int,
    trailing: int,
    oldest_cap: int,
) -> GrantWindows:
    """Look around each grant day of some firms.

    Parameters
    ----------
    firms, days, grants
        Returns, the calendar, and the grant days of the same firms in the same order.
    length
        Days of the window, the grant day first; a missing day's excess return counts as 0.
    trailing
        Calendar days before the grant day over which the variance is taken; 0 for the calendar
        year before.
    oldest_cap
        How many trading days old a market capitalisation may be.

    Returns
    -------
    GrantWindows
        One entry for each grant day.
    """
    from ipfinance.numerics.kernels import grants as kernels

    n = len(grants.day)
    found = GrantWindows(
        total=np.empty(n),
        observed=np.zeros(n, dtype=np.int64),
        variance=np.full(n, np.nan),
        days_used=np.zeros(n, dtype=np.int64),
        granted=np.zeros(n, dtype=np.int64),
        cap=np.full(n, np.nan),
    )
    scratch = len(firms.day) + firms.n_firms
    sums, counts = np.empty(scratch), np.empty(scratch, dtype=np.int32)
    above = excess(firms, days)

    def run(chosen: slice) -> None:
        kernels.grant_windows(
            firms.first, firms.day, above, firms.caps, grants.first, grants.day, days.year,
            days.ordinal, chosen.start, chosen.stop, length, trailing, oldest_cap, sums, counts,
            found.total, found.observed, found.variance, found.days_used, found.granted, found.cap,
        )  # fmt: skip

    in_chunks(run, firms.n_firms)
    return found


def log_square_rows(
    firms: FirmReturns, days: TradingDays, grants: GrantDays, *, length: int
) -> tuple[FloatArray, IntArray]:
    """Return the log of each row's squared window return, and the groups granted that day.

    Parameters
    ----------
    firms, days, grants, length
        As for `grant_windows`.

    Returns
    -------
    tuple
        ``ln R^2`` with NaN where it does not exist or the firm has no grant, and the groups as
        bits, each of shape (n,).
    """
    from ipfinance.numerics.kernels import grants as kernels

    above = excess(firms, days)
    out, bits = np.empty(len(above)), np.empty(len(above), dtype=np.int64)
    last = len(days.date) - 1

    def run(chosen: slice) -> None:
        kernels.log_squares(
            firms.first, firms.day, above, grants.first, grants.day, grants.bits,
            chosen.start, chosen.stop, length, last, out, bits,
        )  # fmt: skip

    in_chunks(run, firms.n_firms)
    return out, bits


def firm_year_moments(
    firms: FirmReturns, days: TradingDays, logs: FloatArray, bits: IntArray, n_groups: int
) -> CellMoments:
    """Add up what a regression on groups and weekdays within firm-years needs.

    Parameters
    ----------
    firms, days
        Returns and the calendar.
    logs, bits
        From `log_square_rows`.
    n_groups
        How many groups there are.

    Returns
    -------
    CellMoments
        The columns are the groups, Tuesday to Sunday, and the log squares.
    """
    from ipfinance.numerics.kernels import grants as kernels

    n, width = firms.n_firms, n_groups + WEEKDAY_COLUMNS + 1
    by_firm = np.zeros((n, width, width))
    rows, cells = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    parts: dict[int, FloatArray] = {}

    def run(chosen: slice) -> None:
        by_year = np.zeros((len(days.years), width, width))
        kernels.cell_moments(
            firms.first, firms.day, days.year, days.weekday, logs, bits, n_groups,
            chosen.start, chosen.stop, by_firm, by_year, rows, cells,
        )  # fmt: skip
        parts[chosen.start] = by_year

    in_chunks(run, n)
    by_year = np.sum([parts[start] for start in sorted(parts)], axis=0)
    return CellMoments(by_firm=by_firm, by_year=by_year, rows=rows, cells=cells)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClusteredSlopes:
    """Slopes of a regression whose fixed effects were taken out, with clustered errors.

    Attributes
    ----------
    slopes, covariance
        Of the columns asked for, shape (n_columns,) and (n_columns, n_columns); NaN where a column
        does not vary beside the others.
    n_rows, n_clusters
        Rows used, and clusters that add to the errors.
    """

    slopes: FloatArray
    covariance: FloatArray
    n_rows: int
    n_clusters: int


def clustered_slopes(
    by_cluster: FloatArray, *, n_rows: int, n_wanted: int, n_absorbed: int = 1
) -> ClusteredSlopes:
    r"""Solve a regression from the cross products of its clusters.

    Parameters
    ----------
    by_cluster
        Upper triangles of cross products about the fixed effects, the response last, shape
        (n_clusters, width, width).
    n_rows
        Rows used.
    n_wanted
        How many leading columns are asked for; the others are controls.
    n_absorbed
        Fixed effects that count as coefficients: 1 where they are nested in the clusters.

    Returns
    -------
    ClusteredSlopes
        With the factor :math:`\frac{G}{G-1}\frac{n-1}{n-k}` on the covariance.

    Examples
    --------
    >>> x, y = np.array([1.0, -1.0, 2.0, -2.0]), np.array([2.0, -2.0, 4.5, -4.5])
    >>> pairs = [(x[:2], y[:2]), (x[2:], y[2:])]
    >>> halves = np.array([[[a @ a, a @ b], [0, b @ b]] for a, b in pairs])
    >>> round(float(clustered_slopes(halves, n_rows=4, n_wanted=1).slopes[0]), 6)
    2.2
    """
    upper = np.triu(by_cluster)
    each = upper + np.swapaxes(np.triu(by_cluster, 1), 1, 2)
    total = each.sum(axis=0)
    width = total.shape[0]
    kept = _told_apart(total[:-1, :-1])
    slopes, covariance = np.full(width - 1, np.nan), np.full((width - 1, width - 1), np.nan)
    active = each[:, -1, -1] > 0.0
    clusters = int(active.sum())
    if len(kept):
        inverse = np.linalg.inv(total[np.ix_(kept, kept)])
        found = inverse @ total[kept, -1]
        scores = each[:, kept, -1] - each[:, kept][:, :, kept] @ found
        meat = scores.T @ scores
        factor = clusters / max(clusters - 1, 1) * (n_rows - 1)
        factor /= max(n_rows - len(kept) - n_absorbed, 1)
        slopes[kept] = found
        covariance[np.ix_(kept, kept)] = factor * inverse @ meat @ inverse
    if clusters < 2:  # noqa: PLR2004
        covariance[:] = np.nan
    return ClusteredSlopes(
        slopes=slopes[:n_wanted],
        covariance=covariance[:n_wanted, :n_wanted],
        n_rows=n_rows,
        n_clusters=clusters,
    )


def _told_apart(cross: FloatArray) -> IntArray:
    """Return the columns that vary beside those before them, by sweeping one after the other."""
    rest = cross.copy()
    kept = []
    for column in range(len(rest)):
        if rest[column, column] > RELATIVE_VARIATION * cross[column, column] > 0.0:
            kept.append(column)
            rest = rest - np.outer(rest[:, column], rest[column]) / rest[column, column]
    return np.array(kept, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CellRows:
    """The rows of a two-way regression, cell after cell.

    Attributes
    ----------
    first
        Where each cell's rows begin, and the number of rows, shape (n_cells + 1,).
    day, logs, bits
        Place in the calendar, response, and groups as bits, shape (n,).
    firm, year
        Number of the firm and of the year of each cell, shape (n_cells,).
    """

    first: IntArray
    day: Int32Array
    logs: FloatArray
    bits: IntArray
    firm: IntArray
    year: IntArray

    @classmethod
    def of(
        cls, firms: FirmReturns, days: TradingDays, logs: FloatArray, bits: IntArray, offset: int
    ) -> CellRows:
        """Keep the rows of some firms that have a response, in cells of two rows or more.

        `offset` is the number of the first of these firms.
        """
        firm = np.repeat(np.arange(firms.n_firms), np.diff(firms.first))
        key = firm * len(days.years) + days.year[firms.day]
        there = np.isfinite(logs)
        there &= (np.bincount(key[there], minlength=int(key.max(initial=0)) + 1) > 1)[key]
        chosen = key[there]
        cells, first = np.unique(chosen, return_index=True)
        return cls(
            first=np.append(first, len(chosen)).astype(np.int64),
            day=firms.day[there],
            logs=logs[there],
            bits=bits[there],
            firm=offset + cells // len(days.years),
            year=cells % len(days.years),
        )

    @classmethod
    def joined(cls, parts: Sequence[CellRows]) -> CellRows:
        """Put parts one after the other."""
        shifts = np.cumsum([0, *(part.first[-1] for part in parts)])
        firsts = [part.first[:-1] + shift for part, shift in zip(parts, shifts, strict=False)]
        return cls(
            first=np.append(np.concatenate(firsts), shifts[-1]).astype(np.int64),
            **{
                name: np.concatenate([getattr(part, name) for part in parts])
                for name in ("day", "logs", "bits", "firm", "year")
            },
        )


def two_way_slopes(rows: CellRows, *, n_days: int, n_groups: int, by_year: bool) -> ClusteredSlopes:
    """Regress log squares on groups, free of the effects of firm-years and of days.

    Parameters
    ----------
    rows
        All rows, cell after cell.
    n_days, n_groups
        Days of the calendar, and groups.
    by_year
        Whether errors are clustered by year; by firm otherwise.

    Returns
    -------
    ClusteredSlopes
        Slopes of the groups. Days nested in years count as one effect, else as many as there are.

    Notes
    -----
    The effects of days solve the normal equations that are left when cell means are taken out;
    conjugate gradients need a few passes over the rows.
    """
    from ipfinance.numerics.kernels import grants as kernels

    effects = np.array([_day_effects(rows, each, n_days) for each in _columns(rows, n_groups)])
    cluster = rows.year if by_year else rows.firm
    n_clusters = int(cluster.max(initial=0)) + 1
    cells = len(rows.first) - 1
    parts: dict[int, FloatArray] = {}

    def run(chosen: slice) -> None:
        low, high = int(cluster[chosen].min()), int(cluster[chosen].max()) + 1
        cross = np.zeros((high - low, n_groups + 1, n_groups + 1))
        kernels.two_way_moments(
            rows.first, cluster - low, rows.day, rows.logs, rows.bits, n_groups, effects,
            chosen.start, chosen.stop, cross,
        )  # fmt: skip
        parts[chosen.start] = np.concatenate([[low], cross.ravel()])

    in_chunks(run, cells)
    total = np.zeros((n_clusters, n_groups + 1, n_groups + 1))
    for start in sorted(parts):
        low = int(parts[start][0])
        found = parts[start][1:].reshape(-1, n_groups + 1, n_groups + 1)
        total[low : low + len(found)] += found
    absorbed = 1 if by_year else len(np.unique(rows.day))
    return clustered_slopes(total, n_rows=len(rows.day), n_wanted=n_groups, n_absorbed=absorbed)


def _columns(rows: CellRows, n_groups: int) -> Iterator[FloatArray]:
    for group in range(n_groups):
        yield ((rows.bits >> group) & 1).astype(float)
    yield rows.logs


def _day_effects(rows: CellRows, values: FloatArray, n_days: int) -> FloatArray:
    """Solve for effects of days by conjugate gradients, scaled by the number of rows of a day."""
    from ipfinance.numerics.kernels import grants as kernels

    target = _by_day(
        rows, n_days, lambda a, b, out: kernels.date_totals(rows.first, rows.day, values, a, b, out)
    )
    scale = np.maximum(np.bincount(rows.day, minlength=n_days), 1).astype(float)
    effects = np.zeros(n_days)
    residual = target
    step = residual / scale
    size = float(residual @ step)
    goal = CONVERGED**2 * size
    for _ in range(MOST_STEPS):
        if size <= goal:
            break
        image = _by_day(rows, n_days, partial(_add_products, rows, step))
        length = size / float(step @ image)
        effects += length * step
        residual = residual - length * image
        better = residual / scale
        size, before = float(residual @ better), size
        step = better + size / before * step
    return effects


def _add_products(rows: CellRows, step: FloatArray, begin: int, end: int, out: FloatArray) -> None:
    from ipfinance.numerics.kernels import grants as kernels

    kernels.date_products(rows.first, rows.day, step, begin, end, out)


def _by_day(rows: CellRows, n_days: int, add: Callable[[int, int, FloatArray], None]) -> FloatArray:
    parts: dict[int, FloatArray] = {}

    def run(chosen: slice) -> None:
        out = np.zeros(n_days)
        add(chosen.start, chosen.stop, out)
        parts[chosen.start] = out

    in_chunks(run, len(rows.first) - 1)
    return np.asarray(np.sum([parts[start] for start in sorted(parts)], axis=0))
