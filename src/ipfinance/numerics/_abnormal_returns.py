"""Returns around events less what a benchmark lets expect, with their forecast errors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ipfinance.numerics._types import BoolArray, FloatArray, IntArray

EVENTS_AT_ONCE = 2048
NO_VARIATION = 1e-24  # a mean square below which a factor is a constant


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventPanel:
    """Returns of many securities, what they are compared with, and the days that matter.

    Attributes
    ----------
    returns
        Returns by day and security, shape (n_days, n_securities); NaN where there is none. [1]
    base
        What is subtracted before any fit: one series, shape (n_days,), or one for each security,
        shape (n_days, n_securities); None for nothing. [1]
    factors
        Regressors by day, shape (n_days, n_factors), with no columns where there are none. [1]
    intercept
        Whether the fit has a constant.
    estimation, window
        First and last day relative to the event, both included. [trading day]
    blocked
        Days that an estimation must not use, shape as `returns`; None for all allowed.
    """

    returns: FloatArray
    base: FloatArray | None
    factors: FloatArray
    intercept: bool
    estimation: tuple[int, int]
    window: tuple[int, int]
    blocked: BoolArray | None = None

    @property
    def n_estimated(self) -> int:
        """How many coefficients a fit has."""
        return int(self.factors.shape[1]) + self.intercept


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AbnormalReturns:
    """What is left of returns when the benchmark is taken away.

    Attributes
    ----------
    abnormal
        In the event window, shape (n, n_window); NaN where a return is missing. [1]
    observed, expected
        The return itself (with its base), and what the benchmark lets expect, shape as `abnormal`.
    residuals
        In the estimation window, shape (n, n_estimation); NaN where a day was not used. [1]
    coefficients
        Constant and slopes, shape (n, 1 + n_factors); the constant is 0 where there is none.
    n_used, freedom
        Days used in the fit, and the divisor of the variance, shape (n,).
    deviation
        Standard deviation of the residuals, shape (n,). [1]
    shifts
        Factors in the event window less their mean in the estimation window, shape
        (n, n_window, n_factors).
    precision
        Inverse of the factors' cross products about their mean, shape (n, n_factors, n_factors).
    constant
        ``1 / n_used`` where a constant was estimated and 0 otherwise, shape (n,).
    mean_factors
        Factors averaged over events, by day of the estimation and then of the event window,
        shape (n_estimation + n_window, n_factors).
    """

    abnormal: FloatArray
    observed: FloatArray
    expected: FloatArray
    residuals: FloatArray
    coefficients: FloatArray
    n_used: IntArray
    freedom: FloatArray
    deviation: FloatArray
    shifts: FloatArray
    precision: FloatArray
    constant: FloatArray
    mean_factors: FloatArray

    def cumulated(self, first: int, last: int) -> CumulatedReturns:
        """Add abnormal returns from one place in the event window to another, both included.

        A missing day adds nothing, and its share of the forecast error is left out.
        """
        part = self.abnormal[:, first : last + 1]
        there = np.isfinite(part)
        days = there.sum(axis=1)
        shift = np.where(there[:, :, None], self.shifts[:, first : last + 1], 0.0).sum(axis=1)
        lever = np.einsum("nk,nkl,nl->n", shift, self.precision, shift)
        variance = self.deviation**2 * (days + days**2 * self.constant + lever)
        none = days == 0
        return CumulatedReturns(
            values=np.where(none, np.nan, np.where(there, part, 0.0).sum(axis=1)),
            errors=np.where(none, np.nan, np.sqrt(variance)),
            days=days,
        )

    def errors(self) -> FloatArray:
        """Return the forecast error of each abnormal return, shape (n, n_window)."""
        lever = np.einsum("ntk,nkl,ntl->nt", self.shifts, self.precision, self.shifts)
        spread = np.sqrt(1.0 + self.constant[:, None] + lever)
        return np.asarray(self.deviation[:, None] * spread)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CumulatedReturns:
    """Abnormal returns added over days, with forecast errors; all of shape (n,)."""

    values: FloatArray
    errors: FloatArray
    days: IntArray


def usable_days(panel: EventPanel, security: IntArray, day: IntArray) -> tuple[IntArray, IntArray]:
    """Count the days that each event has in its estimation window and in its event window.

    Parameters
    ----------
    panel
        Returns and windows.
    security, day
        Column and row of each event's day 0, shape (n,).

    Returns
    -------
    tuple of IntArray
        Days with a return and all factors, each of shape (n,).
    """
    before, around = [], []
    for rows in _chunks(len(day)):
        y, x = _gathered(panel, security[rows], day[rows], panel.estimation, estimating=True)
        before.append(_there(y, x).sum(axis=1))
        y, x = _gathered(panel, security[rows], day[rows], panel.window, estimating=False)
        around.append(_there(y, x).sum(axis=1))
    return np.concatenate(before), np.concatenate(around)


def abnormal_returns(
    panel: EventPanel,
    security: IntArray,
    day: IntArray,
    *,
    divisor_loss: int | None = None,
    whole_index: bool = False,
) -> AbnormalReturns:
    r"""Fit each event's benchmark in its estimation window and forecast the event window.

    Parameters
    ----------
    panel
        Returns, benchmark and windows.
    security, day
        Column and row of each event's day 0, shape (n,); each has at least two days more in its
        estimation window than there are coefficients.
    divisor_loss
        What is taken from the number of days to give the divisor of the variance; the number of
        coefficients when left out.
    whole_index
        Whether the factors' mean and cross products in the forecast error are taken over the whole
        estimation window, also over days on which the security has no return. Only for
        comparison with software that does so.

    Returns
    -------
    AbnormalReturns
        One row for each event.

    Notes
    -----
    With the residual variance :math:`s^2` of :math:`M` days, the forecast error of one day is
    :math:`s^2 (1 + 1/M + (x_t-\bar x)' S^{-1} (x_t-\bar x))`, and that of a sum over :math:`L`
    days :math:`s^2 (L + L^2/M + w' S^{-1} w)`, :math:`w = \sum_t (x_t - \bar x)`. Mean and cross
    products are those of the event's own days.

    References
    ----------
    :cite:cts:`mackinlay_1997`; :cite:cts:`patell_1976` for the forecast error.

    Examples
    --------
    >>> market = np.array([0.01, -0.005, 0.004, 0.012, -0.008, 0.003, 0.006, 0.002])
    >>> firm = 0.001 + 1.2 * market + np.array([1, -1, -1, 1, -1, 1, 0, 0]) * 0.001
    >>> panel = EventPanel(returns=firm[:, None], base=None, factors=market[:, None],
    ...                    intercept=True, estimation=(-6, -1), window=(0, 1))
    >>> found = abnormal_returns(panel, np.array([0]), np.array([6]))
    >>> found.abnormal.shape, int(found.n_used[0]), float(found.freedom[0])
    ((1, 2), 6, 4.0)
    """
    loss = panel.n_estimated if divisor_loss is None else divisor_loss
    parts = [
        _fitted(panel, security[rows], day[rows], loss, whole_index=whole_index)
        for rows in _chunks(len(day))
    ]
    names = [name for name in AbnormalReturns.__slots__ if name != "mean_factors"]
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    weights = np.array([len(part.n_used) for part in parts], dtype=float)
    means = np.average([part.mean_factors for part in parts], axis=0, weights=weights)
    return AbnormalReturns(**joined, mean_factors=means)


def _chunks(n: int) -> Iterator[slice]:
    for start in range(0, max(n, 1), EVENTS_AT_ONCE):
        yield slice(start, start + EVENTS_AT_ONCE)


def _gathered(
    panel: EventPanel, security: IntArray, day: IntArray, days: tuple[int, int], *, estimating: bool
) -> tuple[FloatArray, FloatArray]:
    """Return responses (n, days) and factors (n, days, n_factors) of a window of each event."""
    rows = day[:, None] + np.arange(days[0], days[1] + 1)
    outside = (rows < 0) | (rows >= len(panel.returns))
    rows = np.clip(rows, 0, len(panel.returns) - 1)
    columns = security[:, None]
    y = panel.returns[rows, columns]
    if panel.base is not None:
        y = y - (panel.base[rows] if panel.base.ndim == 1 else panel.base[rows, columns])
    if estimating and panel.blocked is not None:
        outside |= panel.blocked[rows, columns]
    y = np.where(outside, np.nan, y)
    return y, np.where(outside[:, :, None], np.nan, panel.factors[rows])


def _there(y: FloatArray, x: FloatArray) -> BoolArray:
    return np.asarray(np.isfinite(y) & np.isfinite(x).all(axis=2))


def _fitted(
    panel: EventPanel, security: IntArray, day: IntArray, loss: int, *, whole_index: bool
) -> AbnormalReturns:
    y, x = _gathered(panel, security, day, panel.estimation, estimating=True)
    there = _there(y, x)
    used = there.sum(axis=1)
    own = there[:, :, None]
    y0, x0 = np.where(there, y, 0.0), np.where(own, x, 0.0)
    x_mean, y_mean = np.zeros((len(day), x.shape[2])), np.zeros(len(day))
    if panel.intercept:
        x_mean, y_mean = x0.sum(axis=1) / used[:, None], y0.sum(axis=1) / used
    dx = np.where(own, x - x_mean[:, None], 0.0)
    dy = np.where(there, y - y_mean[:, None], 0.0)
    cross = np.einsum("ntk,ntl->nkl", dx, dx)
    precision = np.linalg.inv(cross) if x.shape[2] else cross
    slopes = np.einsum("nkl,ntl,nt->nk", precision, dx, dy)
    constant = y_mean - np.einsum("nk,nk->n", slopes, x_mean)
    residuals = np.where(there, dy - np.einsum("ntk,nk->nt", dx, slopes), np.nan)
    freedom = (used - loss).astype(float)
    deviation = np.sqrt(np.nansum(residuals**2, axis=1) / freedom)
    if whole_index and x.shape[2]:
        x_mean, precision = _index_moments(x)
    y, w = _gathered(panel, security, day, panel.window, estimating=False)
    fit = constant[:, None] + np.einsum("ntk,nk->nt", w, slopes)
    base = _base(panel, security, day)
    means = np.concatenate([_mean_over_events(x), _mean_over_events(w)])
    return AbnormalReturns(
        abnormal=y - fit,
        observed=y + base,
        expected=fit + base,
        residuals=residuals,
        coefficients=np.column_stack([constant, slopes]),
        n_used=used,
        freedom=freedom,
        deviation=deviation,
        shifts=w - x_mean[:, None],
        precision=precision,
        constant=1.0 / used if panel.intercept else np.zeros(len(day)),
        mean_factors=means,
    )


def _base(panel: EventPanel, security: IntArray, day: IntArray) -> FloatArray:
    rows = day[:, None] + np.arange(panel.window[0], panel.window[1] + 1)
    rows = np.clip(rows, 0, len(panel.returns) - 1)
    if panel.base is None:
        return np.zeros(rows.shape)
    base = panel.base[rows] if panel.base.ndim == 1 else panel.base[rows, security[:, None]]
    return np.asarray(base)


def _index_moments(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    known = np.asarray(np.isfinite(x).all(axis=2))[:, :, None]
    mean = np.where(known, x, 0.0).sum(axis=1) / known.sum(axis=1)
    dx = np.where(known, x - mean[:, None], 0.0)
    return mean, np.linalg.inv(np.einsum("ntk,ntl->nkl", dx, dx))


def _mean_over_events(x: FloatArray) -> FloatArray:
    known = np.isfinite(x)
    return np.asarray(np.where(known, x, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1))


def flat_factors(panel: EventPanel, security: IntArray, day: IntArray) -> BoolArray:
    """Tell for each event whether its factors do not vary, or move together, while estimating.

    Parameters
    ----------
    panel, security, day
        As for `abnormal_returns`.

    Returns
    -------
    BoolArray
        True where no slope can be told, shape (n,).
    """
    if not panel.factors.shape[1]:
        return np.zeros(len(day), dtype=bool)
    found = []
    for rows in _chunks(len(day)):
        y, x = _gathered(panel, security[rows], day[rows], panel.estimation, estimating=True)
        own = _there(y, x)[:, :, None]
        mean = np.where(own, x, 0.0).sum(axis=1) / np.maximum(own.sum(axis=1), 1)
        dx = np.where(own, x - mean[:, None] * panel.intercept, 0.0)
        scale = np.sqrt((dx**2).mean(axis=1))
        unit = dx / np.maximum(scale, NO_VARIATION**0.5)[:, None]
        smallest = np.linalg.eigvalsh(np.einsum("ntk,ntl->nkl", unit, unit))[:, 0]
        found.append((scale**2 < NO_VARIATION).any(axis=1) | (smallest < COLLINEAR * x.shape[1]))
    return np.concatenate(found)


COLLINEAR = 1e-10  # smallest eigenvalue of the factors' correlations that still tells them apart
