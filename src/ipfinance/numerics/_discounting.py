"""Present values of yearly incomes, and the exact range of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from ipfinance.basics import Interval, Text
from ipfinance.numerics._roots import bracketed_root
from ipfinance.numerics._types import FloatArray


class Timing(StrEnum):
    """When the income of a year is received."""

    END = "end"
    MID = "mid"


class FractionalYear(StrEnum):
    """What happens to the last year when the life is not a whole number of years."""

    PRORATE_END = "prorate_end"  # its share, received when the life ends
    PRORATE_NEXT = "prorate_next"  # its share, received as in a full year
    DROP = "drop"  # nothing
    FULL = "full"  # the whole year's income


TIMING_NAMES = {
    Timing.END: Text("at the end of each year", "年末收取"),
    Timing.MID: Text("in the middle of each year", "年中收取"),
}
FRACTIONAL_YEAR_NAMES = {
    FractionalYear.PRORATE_END: Text(
        "its share of the year, received when the life ends", "按比例计入，于寿命期末收取"
    ),
    FractionalYear.PRORATE_NEXT: Text(
        "its share of the year, received as in a full year", "按比例计入，按整年时点收取"
    ),
    FractionalYear.DROP: Text("left out", "不计入"),
    FractionalYear.FULL: Text("counted as a full year", "按整年计入"),
}


class Receipts(NamedTuple):
    """How much of each year's income is received, and when.

    Attributes
    ----------
    share
        Part of each year's income, shape (n_receipts,). [1]
    time
        Time of each receipt, ascending, shape (n_receipts,). [year]
    """

    share: FloatArray
    time: FloatArray


def receipts(life: float, fractional_year: FractionalYear, timing: Timing) -> Receipts:
    """Lay out the receipts of a life of `life` years.

    Parameters
    ----------
    life
        Remaining life, at least 0. [year]
    fractional_year, timing
        The two conventions.

    Returns
    -------
    Receipts
        One entry per full year, and one for a counted part of a year.
    """
    whole = math.floor(life)
    part = life - whole
    middle = timing is Timing.MID
    times = [year - 0.5 if middle else float(year) for year in range(1, whole + 1)]
    shares = [1.0] * whole
    if part > 0 and fractional_year is not FractionalYear.DROP:
        shares.append(1.0 if fractional_year is FractionalYear.FULL else part)
        if fractional_year is FractionalYear.PRORATE_END:
            times.append(whole + (part / 2 if middle else part))
        else:
            times.append(whole + (0.5 if middle else 1.0))
    return Receipts(np.asarray(shares), np.asarray(times))


def years_needed(life: float, fractional_year: FractionalYear) -> int:
    """Return how many years of income a life asks for."""
    return math.floor(life) if fractional_year is FractionalYear.DROP else math.ceil(life)


def discount_factors(rate: float, times: FloatArray) -> FloatArray:
    r"""Return the present value of one unit at each time, :math:`(1+r)^{-t}`.

    Parameters
    ----------
    rate
        Yearly compounded rate, above -1. [1/year]
    times
        Times, shape (n,). [year]
    """
    return np.asarray((1.0 + rate) ** -times)


def present_value(
    income: FloatArray,
    rate: float,
    life: float,
    *,
    fractional_year: FractionalYear = FractionalYear.PRORATE_END,
    timing: Timing = Timing.END,
) -> float:
    r"""Discount the incomes of a limited life.

    Parameters
    ----------
    income
        Income of each year, at least as many years as the life asks for. [currency]
    rate
        Yearly compounded discount rate, above -1. [1/year]
    life
        Remaining life. [year]
    fractional_year, timing
        What happens to a last part of a year; when income is received.

    Returns
    -------
    float
        Present value. [currency]

    Notes
    -----
    .. math:: V = \sum_k s_k R_k (1+r)^{-\tau_k}

    with the shares :math:`s_k` and times :math:`\tau_k` of `receipts`.

    References
    ----------
    :cite:cts:`su_2023`, income method; :cite:cts:`zhou_2022`, section 4.

    Examples
    --------
    >>> present_value(np.array([0.6162, 4.8672]), 0.2326, 2.0)  # doctest: +ELLIPSIS
    3.70349364...
    """
    share, time = receipts(life, fractional_year, timing)
    return float(np.sum(share * income[: len(share)] * discount_factors(rate, time)))


class Bounds(StrEnum):
    """How the range of a present value is found."""

    HULL = "hull"  # exact: one rate for all years
    OUTER = "outer"  # safe and wider: each year picks the rate that hurts most


BOUNDS_NAMES = {
    Bounds.HULL: Text("exact hull, one rate for all years", "精确包络，各年同一折现率"),
    Bounds.OUTER: Text("outer bound, year by year", "外包界，逐年取值"),
}


class Extremum(NamedTuple):
    """One end of a range of present values, and where it is taken.

    Attributes
    ----------
    value
        The present value. [currency]
    rate
        The rate at which it is taken; NaN for an outer bound, where years differ. [1/year]
    life
        The life at which it is taken. [year]
    interior
        Whether the rate lies inside its interval rather than at an end.
    """

    value: float
    rate: float
    life: float
    interior: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentValueRange:
    """The range of a present value and where its ends are taken."""

    low: Extremum
    high: Extremum

    @property
    def interval(self) -> Interval:
        """The range as an interval."""
        return Interval(self.low.value, self.high.value)


def present_value_range(
    income: tuple[Interval, ...],
    rate: Interval,
    life: Interval,
    *,
    fractional_year: FractionalYear = FractionalYear.PRORATE_END,
    timing: Timing = Timing.END,
    bounds: Bounds = Bounds.HULL,
) -> PresentValueRange:
    r"""Find the exact range of a present value when income, rate and life are intervals.

    Parameters
    ----------
    income
        Income of each year, of any sign. [currency]
    rate
        One rate for all years, anywhere in the interval; above -1 and with
        :math:`\ln(1+r) < 1`. [1/year]
    life
        Remaining life, anywhere in the interval. [year]
    fractional_year, timing
        The two conventions.
    bounds
        `hull` for the exact range; `outer` lets every year pick its own rate.

    Returns
    -------
    PresentValueRange
        Both ends, with the rate and the life at which they are taken.

    Notes
    -----
    For a fixed rate and life the value is linear in the incomes with positive coefficients, so
    the low end uses all low incomes and the high end all high ones. For a fixed rate it is
    monotone in the life between whole years while :math:`\ln(1+r) < 1`, so the ends of the life
    and the whole years inside suffice. In the rate it is an exponential polynomial in
    :math:`\ln(1+r)`; all its stationary points are found by `exponential_roots`. Nothing is
    sampled, and no corner is assumed to be the extremum.

    References
    ----------
    :cite:cts:`su_2023`, interval income method.

    Examples
    --------
    >>> flows = tuple(Interval.point(flow) for flow in (-100.0, 230.0, -131.5))
    >>> found = present_value_range(flows, Interval(0.02, 0.3), Interval.point(3.0))
    >>> found.high.interior, round(found.high.rate, 6), round(found.high.value, 6)
    (True, 0.140259, 0.499484)
    """
    low = np.array([item.low for item in income])
    high = np.array([item.high for item in income])
    extremum = _outer_extremum if bounds is Bounds.OUTER else _hull_extremum
    candidates = [
        (extremum(low, -1, rate, life_, receipts(life_, fractional_year, timing)))
        for life_ in _life_candidates(life)
    ]
    highs = [
        (extremum(high, 1, rate, life_, receipts(life_, fractional_year, timing)))
        for life_ in _life_candidates(life)
    ]
    return PresentValueRange(
        low=min(candidates, key=lambda item: item.value),
        high=max(highs, key=lambda item: item.value),
    )


def _life_candidates(life: Interval) -> list[float]:
    inside = range(math.floor(life.low) + 1, math.ceil(life.high))
    return sorted({life.low, *map(float, inside), life.high})


def _hull_extremum(
    income: FloatArray, sign: int, rate: Interval, life: float, layout: Receipts
) -> Extremum:
    share, time = layout
    amounts = share * income[: len(share)]
    inner = stationary_rates(amounts, time, rate)
    rates = [rate.low, rate.high, *inner]
    values = [float(np.sum(amounts * discount_factors(each, time))) for each in rates]
    best = max(range(len(rates)), key=lambda index: sign * values[index])
    return Extremum(values[best], rates[best], life, interior=best > 1)


def _outer_extremum(
    income: FloatArray, sign: int, rate: Interval, life: float, layout: Receipts
) -> Extremum:
    share, time = layout
    amounts = share * income[: len(share)]
    at_low = amounts * discount_factors(rate.low, time)
    at_high = amounts * discount_factors(rate.high, time)
    each = np.maximum(at_low, at_high) if sign > 0 else np.minimum(at_low, at_high)
    return Extremum(float(np.sum(each)), math.nan, life, interior=False)


def stationary_rates(amounts: FloatArray, times: FloatArray, rate: Interval) -> list[float]:
    r"""Return every rate inside an interval at which a present value is stationary.

    Parameters
    ----------
    amounts, times
        Cash flows and their times, ascending, shape (n,). [currency], [year]
    rate
        The interval searched. [1/year]

    Returns
    -------
    list of float
        Ascending; empty when the present value is monotone. [1/year]
    """
    low, high = math.log1p(rate.low), math.log1p(rate.high)
    used = (amounts != 0) & (times > 0)
    slopes = amounts[used] * times[used]
    return [math.expm1(x) for x in exponential_roots(slopes, times[used], low, high)]


def exponential_roots(
    coefficients: FloatArray, exponents: FloatArray, low: float, high: float
) -> list[float]:
    r"""Find all sign changes of :math:`\sum_j c_j e^{-a_j x}` for :math:`x` in an interval.

    Parameters
    ----------
    coefficients, exponents
        Terms, exponents strictly ascending, no coefficient zero, shape (n,).
    low, high
        Ends of the interval.

    Returns
    -------
    list of float
        Where the sum changes its sign, ascending. A root without a change of sign is left out.

    Notes
    -----
    By Descartes' rule for exponential sums the number of roots is at most the number of changes
    of sign among the coefficients. Multiplying by :math:`e^{a_1 x}` leaves the roots and makes
    the first term constant; the derivative has one term less, and between its roots the sum is
    monotone. So the roots are bracketed from the last term upwards, and none can be missed.
    """
    changes = np.nonzero(np.diff(np.sign(coefficients)))[0]
    if low >= high or len(changes) == 0:
        return []
    # below the last change of sign every derivative has one sign, so the search starts there
    gaps = exponents - exponents[0]
    inner = exponential_roots(coefficients[1:] * -gaps[1:], exponents[1:], low, high)

    def value(x: float) -> float:
        return float(np.sum(coefficients * np.exp(-gaps * x)))

    grid = [low, *inner, high]
    values = [value(x) for x in grid]
    roots = [x for x, level in zip(inner, values[1:-1], strict=True) if level == 0]
    roots += [
        bracketed_root(value, left, right)
        for left, right, at_left, at_right in zip(grid, grid[1:], values, values[1:], strict=False)
        if at_left * at_right < 0
    ]
    return sorted(roots)
