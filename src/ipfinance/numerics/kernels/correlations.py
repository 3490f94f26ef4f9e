"""Correlations of residuals between events whose windows share days."""

from __future__ import annotations

import math

from ipfinance.numerics._kernel import kernel
from ipfinance.numerics._types import FloatArray, IntArray


@kernel
def pair_correlation(first: FloatArray, second: FloatArray, gap: int, fewest: int) -> float:
    """Correlate two residual series on the days both have; the second starts `gap` days later.

    The result is 0 where they share fewer than `fewest` days, or where one does not vary.
    """
    n = 0
    x_sum = y_sum = 0.0
    for place in range(len(first) - gap):
        x = first[place + gap]
        y = second[place]
        if x == x and y == y:  # noqa: PLR0124
            n += 1
            x_sum += x
            y_sum += y
    if n < fewest:
        return 0.0
    x_mean = x_sum / n
    y_mean = y_sum / n
    xx = yy = xy = 0.0
    for place in range(len(first) - gap):
        x = first[place + gap] - x_mean
        y = second[place] - y_mean
        if x == x and y == y:  # noqa: PLR0124
            xx += x * x
            yy += y * y
            xy += x * y
    if xx <= 0.0 or yy <= 0.0:
        return 0.0
    return xy / math.sqrt(xx * yy)


@kernel
def overlapping_correlations(
    residuals: FloatArray,
    day: IntArray,
    begin: int,
    end: int,
    skipped: int,
    stride: int,
    fewest: int,
    sums: FloatArray,
    counts: IntArray,
) -> None:
    """Add up correlations by the gap between the days of two events, the earlier from a range.

    Events are sorted by day. Of all pairs with a gap below the length of `sums`, each `stride`-th
    is taken, counted from `skipped` pairs that came before this range.
    """
    place = skipped
    for i in range(begin, end):
        j = i + 1
        while j < len(day) and day[j] - day[i] < len(sums):
            if place % stride == 0:
                gap = day[j] - day[i]
                sums[gap] += pair_correlation(residuals[i], residuals[j], gap, fewest)
                counts[gap] += 1
            place += 1
            j += 1
