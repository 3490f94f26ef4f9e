"""Proven bounds of a function over a box: never the corners only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ipfinance.basics import Interval
from ipfinance.numerics._ranged import Ranged, variables
from ipfinance.numerics._types import FloatArray

Function = Callable[[Sequence[Ranged]], Ranged]
MOST_BOXES = 20_000
CLOSE = 1e-8


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """Bounds that hold every value of a function over a box.

    Attributes
    ----------
    interval
        No value lies outside it.
    gap
        How far each end is from a value that the function is known to take. [as the function]
    low_at, high_at
        Where those values are taken, one number for each variable.
    """

    interval: Interval
    gap: tuple[float, float]
    low_at: tuple[float, ...]
    high_at: tuple[float, ...]


class UnboundedError(ArithmeticError):
    """A function has no finite bounds over a box."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Least:
    bound: float
    reached: float
    at: tuple[float, ...]


def enclosure(
    function: Function, box: Sequence[Interval], *, close: float = CLOSE, most: int = MOST_BOXES
) -> Enclosure:
    """Bound a function over a box by subdivision.

    A variable in which the function provably rises or falls throughout a box is set to the end
    that matters; boxes that provably hold no extremum are dropped, the others are halved.

    Parameters
    ----------
    function
        Takes one `Ranged` number for each variable.
    box
        The variables' intervals.
    close
        Gap, relative to the size of the values, at which the search stops. [1]
    most
        Boxes after which it stops too; the bounds hold, and the gap says how tight they are.

    Returns
    -------
    Enclosure
        Bounds and how tight they are.

    Notes
    -----
    Natural interval extension and mean-value form with forward slopes. Exact up to the rounding
    of floats.

    Raises
    ------
    UnboundedError
        When an end is infinite or none.

    References
    ----------
    :cite:cts:`moore_2009`.

    Examples
    --------
    >>> found = enclosure(lambda x: x[0] * (1.0 - x[0]), [Interval(0, 1)])
    >>> round(found.interval.low, 9) + 0.0, round(found.interval.high, 6)
    (0.0, 0.25)
    """
    low = _least(function, box, close, most)
    high = _least(lambda numbers: -function(numbers), box, close, most)
    if not np.isfinite([low.bound, high.bound]).all():
        raise UnboundedError
    return Enclosure(
        interval=Interval(low.bound, -high.bound),
        gap=(low.reached - low.bound, high.reached - high.bound),
        low_at=low.at,
        high_at=high.at,
    )


def _least(function: Function, box: Sequence[Interval], close: float, most: int) -> _Least:
    low = np.array([[each.low for each in box]], dtype=float)
    high = np.array([[each.high for each in box]], dtype=float)
    reached, at = np.inf, tuple(each.midpoint for each in box)
    settled, size, used = np.inf, _size(function, low, high), 0
    while len(low):
        low, high, bound = _shrunk(function, low, high)
        middle = low + (high - low) / 2
        values = function(variables(middle, middle)).low
        best = int(np.argmin(values))
        if values[best] < reached:
            reached, at = float(values[best]), tuple(map(float, middle[best]))
        used += len(low)
        slack = close * max(abs(reached), size)
        done = (bound >= reached - slack) | np.all(low == high, axis=1)
        if used >= most:
            return _Least(bound=min(settled, float(np.min(bound)), reached), reached=reached, at=at)
        if np.any(done):
            settled = min(settled, float(np.min(bound[done])))
        low, high = _halved(function, low[~done], high[~done])
    return _Least(bound=min(settled, reached), reached=reached, at=at)


def _size(function: Function, low: FloatArray, high: FloatArray) -> float:
    width = float(np.ptp(function(variables(np.vstack([low, high]), np.vstack([low, high]))).low))
    return width if np.isfinite(width) else 0.0


def _shrunk(
    function: Function, low: FloatArray, high: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Set variables in which the function is monotone to the end that matters; bound the rest."""
    while True:
        found = function(variables(low, high))
        open_ended = low < high
        rises = open_ended & (found.slope_low >= 0)
        falls = open_ended & (found.slope_high <= 0)
        if not np.any(rises | falls):
            break
        low, high = np.where(falls, high, low), np.where(rises & ~falls, low, high)
    return low, high, np.maximum(found.low, _mean_value_bound(function, found, low, high))


def _mean_value_bound(
    function: Function, found: Ranged, low: FloatArray, high: FloatArray
) -> FloatArray:
    half = (high - low) / 2
    centre = function(variables(low + half, low + half)).low
    steepest = np.maximum(np.abs(found.slope_low), np.abs(found.slope_high))
    with np.errstate(invalid="ignore"):
        reach = np.where(half == 0, 0.0, steepest * half)
    bound = centre - reach.sum(axis=1)
    return np.where(np.isfinite(bound), bound, -np.inf)


def _halved(function: Function, low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Cut each box in two across the variable that moves the function most."""
    if not len(low):
        return low, high
    found = function(variables(low, high))
    steepest = np.maximum(np.abs(found.slope_low), np.abs(found.slope_high))
    with np.errstate(invalid="ignore"):
        weight = np.where(low == high, -1.0, np.nan_to_num(steepest, posinf=1e300) * (high - low))
    place = np.argmax(weight, axis=1)
    rows = np.arange(len(low))
    cut = low[rows, place] + (high[rows, place] - low[rows, place]) / 2
    lower_high, upper_low = high.copy(), low.copy()
    lower_high[rows, place] = cut
    upper_low[rows, place] = cut
    return np.vstack([low, upper_low]), np.vstack([lower_high, high])


def row_bounds(
    function: Function, low: FloatArray, high: FloatArray, *, depth: int = 8
) -> tuple[FloatArray, FloatArray]:
    """Bound a function over each of many boxes, one row each.

    Parameters
    ----------
    function
        Takes one `Ranged` number for each variable.
    low, high
        Ends of the boxes, shape (n_rows, n_variables).
    depth
        How often a box without a proven direction is halved; more is tighter.

    Returns
    -------
    tuple[FloatArray, FloatArray]
        Lower and upper bounds, shape (n_rows,); no value of a row lies outside them.
    """
    lower = _row_least(function, low, high, depth)
    upper = -_row_least(lambda numbers: -function(numbers), low, high, depth)
    return lower, upper


def _row_least(function: Function, low: FloatArray, high: FloatArray, depth: int) -> FloatArray:
    rows = np.arange(len(low))
    found = np.full(len(low), np.inf)
    for level in range(depth + 1):
        low, high, bound = _shrunk(function, low, high)
        last = level == depth
        done = np.all(low == high, axis=1) | last
        np.minimum.at(found, rows[done], bound[done])
        open_rows = rows[~done]
        low, high = _halved(function, low[~done], high[~done])
        rows = np.concatenate([open_rows, open_rows])
        if not len(rows):
            break
    return found
