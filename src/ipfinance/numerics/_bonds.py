"""Measures of promised payments: price, yield, spread, internal rate, average life, duration."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ipfinance.basics import NoSolutionError, Text
from ipfinance.numerics._curves import Compounding, DiscountCurve, compounded_rate, continuous_rate
from ipfinance.numerics._discounting import exponential_roots
from ipfinance.numerics._roots import bracketed_root
from ipfinance.numerics._types import FloatArray

LOWEST, HIGHEST = -0.9, 10.0  # continuously compounded rates between which a yield is sought
BUMP = 1e-4


def curve_price(
    times: FloatArray, amounts: FloatArray, curve: DiscountCurve, *, spread: float = 0.0
) -> float:
    """Return the dirty price of payments at a curve and a continuously compounded spread.

    Parameters
    ----------
    times, amounts
        Payments still to come, shape (n,). [year], [currency]
    """
    return float(np.sum(amounts * curve.factors(times, spread=spread)))


def yield_price(
    times: FloatArray,
    amounts: FloatArray,
    rate: float,
    compounding: Compounding = Compounding.YEARLY,
) -> float:
    """Return the dirty price of payments at one yield.

    Examples
    --------
    >>> flows = np.array([5.0, 105.0])
    >>> round(yield_price(np.array([1.0, 2.0]), flows, 0.05), 10)
    100.0
    """
    return float(np.sum(amounts * np.exp(-continuous_rate(rate, compounding) * times)))


def implied_yield(
    times: FloatArray,
    amounts: FloatArray,
    price: float,
    compounding: Compounding = Compounding.YEARLY,
) -> float:
    """Return the yield at which payments are worth a dirty price.

    Parameters
    ----------
    times, amounts
        Payments still to come, none negative, shape (n,). [year], [currency]
    price
        Dirty. [currency]

    Raises
    ------
    NoSolutionError
        When no rate between -90% and 1,000%, continuously compounded, gives the price.
    """
    found = _solved(
        lambda rate: float(np.sum(amounts * np.exp(-rate * times))) - price,
        Text("yield", "到期收益率"),
    )
    return compounded_rate(found, compounding)


def z_spread(times: FloatArray, amounts: FloatArray, price: float, curve: DiscountCurve) -> float:
    """Return the continuously compounded spread over a curve that gives a dirty price."""
    return _solved(
        lambda spread: curve_price(times, amounts, curve, spread=spread) - price,
        Text("Z-spread", "Z 利差"),
    )


def internal_rates(times: FloatArray, amounts: FloatArray) -> list[float]:
    """Return every yearly compounded rate at which payments of any sign are worth nothing.

    Parameters
    ----------
    times, amounts
        Ascending times, shape (n,). [year], [currency]

    Returns
    -------
    list of float
        Ascending, between -59% and 22,000%; empty where nothing is paid or the signs never
        change, and more than one where they change more than once: then none of them is *the*
        internal rate of return.

    Examples
    --------
    >>> found = internal_rates(np.array([0.0, 1.0, 2.0]), np.array([-100.0, 230.0, -132.0]))
    >>> [round(rate, 10) for rate in found]
    [0.1, 0.2]
    """
    used = amounts != 0
    roots = exponential_roots(amounts[used], times[used], LOWEST, math.log1p(220.0))
    return [math.expm1(root) for root in roots]


def average_life(times: FloatArray, principal: FloatArray) -> float | None:
    """Return the mean time of the principal that is paid; None where none is.

    Examples
    --------
    >>> average_life(np.array([1.0, 2.0]), np.array([300.0, 100.0]))
    1.25
    """
    total = float(np.sum(principal))
    return float(np.sum(times * principal)) / total if total > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """How a price answers to its yield.

    Attributes
    ----------
    macaulay, modified
        Mean time of the present values; relative fall of the price per unit of yield. [year]
    convexity
        Second derivative over price. [year²]
    basis_point
        Fall of the price when the yield rises by 0.01%. [currency]
    """

    macaulay: float
    modified: float
    convexity: float
    basis_point: float


def durations(
    times: FloatArray,
    amounts: FloatArray,
    rate: float,
    compounding: Compounding = Compounding.YEARLY,
) -> Durations:
    """Return the durations and the convexity at a yield.

    Parameters
    ----------
    times, amounts
        Payments still to come, shape (n,). [year], [currency]
    rate
        Yield in the stated compounding. [1/year]
    """
    worth = amounts * np.exp(-continuous_rate(rate, compounding) * times)
    price = float(np.sum(worth))
    macaulay = float(np.sum(times * worth)) / price
    step = {
        Compounding.CONTINUOUS: 0.0,
        Compounding.YEARLY: 1.0,
        Compounding.HALF_YEARLY: 1 / 2,
        Compounding.QUARTERLY: 1 / 4,
        Compounding.MONTHLY: 1 / 12,
    }[compounding]
    growth = 1 + rate * step
    convexity = float(np.sum(times * (times + step) * worth)) / price / growth**2
    up = yield_price(times, amounts, rate + BUMP, compounding)
    return Durations(
        macaulay=macaulay,
        modified=macaulay / growth,
        convexity=convexity,
        basis_point=price - up,
    )


def effective_duration(
    times: FloatArray, amounts: FloatArray, curve: DiscountCurve, *, spread: float = 0.0
) -> float:
    """Return the relative fall of the price per parallel move of the curve. [year]."""
    price = curve_price(times, amounts, curve, spread=spread)
    up = curve_price(times, amounts, curve, spread=spread + BUMP)
    down = curve_price(times, amounts, curve, spread=spread - BUMP)
    return (down - up) / (2 * BUMP * price)


def _solved(gap: object, what: Text) -> float:
    if not callable(gap):
        raise TypeError(gap)
    if not gap(LOWEST) > 0 > gap(HIGHEST):
        raise NoSolutionError(what, _NO_RATE)
    return bracketed_root(gap, LOWEST, HIGHEST)


_NO_RATE = Text(
    "No rate between −90% and 1,000% gives this price.", "−90% 至 1,000% 之间没有利率能得到该价格。"
)
