"""Quantiles, chances and means of the distributions that inputs can have."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ipfinance.basics import Distribution, Family, InputError, Interval, Problem, Text
from ipfinance.numerics._types import FloatArray

PERT_WEIGHT = 4.0  # of the mode against each end


def quantiles(given: Distribution, shares: FloatArray) -> FloatArray:
    """Return the values below which a distribution lies with given probabilities.

    Parameters
    ----------
    given
        A distribution whose parameters are numbers.
    shares
        Probabilities in (0, 1), any shape. [1]

    Returns
    -------
    FloatArray
        Quantiles, the shape of `shares`.

    Examples
    --------
    >>> quantiles(Distribution(Family.UNIFORM, (2.0, 4.0)), np.array([0.25, 0.5])).tolist()
    [2.5, 3.0]
    """
    if given.within is None:
        return _quantiles(given, shares)
    low, high = _kept(given, given.within)
    found = _quantiles(given, low + shares * (high - low))
    return np.clip(found, given.within.low, given.within.high)


def chances(given: Distribution, values: FloatArray) -> FloatArray:
    """Return the probabilities that a distribution lies at or below given values.

    Examples
    --------
    >>> chances(Distribution(Family.NORMAL, (110.0, 20.0)), np.array([110.0])).tolist()
    [0.5]
    """
    if given.within is None:
        return _chances(given, values)
    low, high = _kept(given, given.within)
    inside = np.clip(values, given.within.low, given.within.high)
    found: FloatArray = np.clip((_chances(given, inside) - low) / (high - low), 0.0, 1.0)
    return found


def chance_bounds(given: Distribution, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the least and greatest probability to lie at or below given values.

    Each distribution of a probability box is enveloped: at every value the extreme parameters are
    chosen anew, since the extreme spread changes with the side of the centre.

    References
    ----------
    :cite:cts:`ferson_2003`.
    """
    rows = np.stack([chances(each, values) for each in given.members()])
    return rows.min(axis=0), rows.max(axis=0)


def quantile_bounds(given: Distribution, shares: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the least and greatest quantile at given probabilities.

    References
    ----------
    :cite:cts:`ferson_2003`.
    """
    rows = np.stack([quantiles(each, shares) for each in given.members()])
    return rows.min(axis=0), rows.max(axis=0)


def mean_of(given: Distribution) -> float:
    """Return the mean of a distribution; of a box, of the one with the middle parameters.

    Examples
    --------
    >>> round(mean_of(Distribution(Family.LOGNORMAL, (100.0, 0.2))), 6)
    102.020134
    """
    plain = given.middle
    if plain.within is not None:
        shares = (np.arange(MEAN_POINTS) + 0.5) / MEAN_POINTS
        return float(quantiles(plain, shares).mean())
    values = [float(each) for each in plain.parameters if not isinstance(each, Interval)]
    match plain.family:
        case Family.LOGNORMAL:
            return values[0] * math.exp(values[1] ** 2 / 2)
        case Family.PERT:
            return (values[0] + PERT_WEIGHT * values[1] + values[2]) / (2 + PERT_WEIGHT)
        case Family.NORMAL:
            return values[0]
        case _:
            return math.fsum(values) / len(values)


MEAN_POINTS = 4096


LEAST_KEPT = 1e-9


def _kept(given: Distribution, within: Interval) -> FloatArray:
    """Return the chances at the ends of a cut; there must be something left between them."""
    found = _chances(given, np.array(tuple(within)))
    if found[1] - found[0] < LEAST_KEPT:
        allowed = Text(
            "expected an interval that holds some of the distribution",
            "截断区间内应保留部分概率",
        )
        raise InputError([Problem(field="within", found=str(given), allowed=allowed)])
    return found


def _numbers(given: Distribution) -> tuple[float, ...]:
    return tuple(each for each in given.parameters if not isinstance(each, Interval))


def _quantiles(given: Distribution, shares: FloatArray) -> FloatArray:
    from scipy.special import ndtri

    values = _numbers(given)
    found: FloatArray
    match given.family:
        case Family.NORMAL:
            found = values[0] + values[1] * ndtri(shares)
        case Family.LOGNORMAL:
            found = values[0] * np.exp(values[1] * ndtri(shares))
        case Family.UNIFORM:
            found = values[0] + (values[1] - values[0]) * shares
        case Family.TRIANGULAR:
            found = _triangular_quantiles(values, shares)
        case Family.PERT:
            found = _pert_quantiles(values, shares)
        case Family.SAMPLES:
            found = np.quantile(np.array(values), shares)
    return found


def _triangular_quantiles(ends: tuple[float, ...], shares: FloatArray) -> FloatArray:
    low, mode, high = ends
    width = high - low
    turn = (mode - low) / width
    left = low + np.sqrt(shares * width * (mode - low))
    right = high - np.sqrt((1 - shares) * width * (high - mode))
    return np.where(shares <= turn, left, right)


def _pert_shape(ends: tuple[float, ...]) -> tuple[float, float]:
    low, mode, high = ends
    width = high - low
    return (
        1 + PERT_WEIGHT * (mode - low) / width,
        1 + PERT_WEIGHT * (high - mode) / width,
    )


def _pert_quantiles(ends: tuple[float, ...], shares: FloatArray) -> FloatArray:
    low, _, high = ends
    from scipy.special import betaincinv

    return low + (high - low) * betaincinv(*_pert_shape(ends), shares)


def _chances(given: Distribution, values: FloatArray) -> FloatArray:
    from scipy.special import betainc, ndtr

    numbers = _numbers(given)
    found: FloatArray
    match given.family:
        case Family.NORMAL:
            found = _step_or(numbers[1], values, numbers[0], ndtr)
        case Family.LOGNORMAL:
            with np.errstate(divide="ignore"):
                logs = np.log(np.maximum(values, 0.0))
            found = _step_or(numbers[1], logs, math.log(numbers[0]), ndtr)
        case Family.UNIFORM:
            found = np.clip((values - numbers[0]) / (numbers[1] - numbers[0]), 0.0, 1.0)
        case Family.TRIANGULAR:
            found = _triangular_chances(numbers, values)
        case Family.PERT:
            low, high = numbers[0], numbers[2]
            inside = np.clip((values - low) / (high - low), 0.0, 1.0)
            found = betainc(*_pert_shape(numbers), inside)
        case Family.SAMPLES:
            ordered = np.sort(np.array(numbers))
            found = np.searchsorted(ordered, values, side="right") / len(ordered)
    return found


def _step_or(
    spread: float,
    values: FloatArray,
    centre: float,
    standard: Callable[[FloatArray], FloatArray],
) -> FloatArray:
    if spread == 0:
        return np.where(values >= centre, 1.0, 0.0)
    return standard((values - centre) / spread)


def _triangular_chances(ends: tuple[float, ...], values: FloatArray) -> FloatArray:
    low, mode, high = ends
    inside = np.clip(values, low, high)
    width = high - low
    left = np.square(inside - low) / (width * (mode - low)) if mode > low else np.zeros_like(inside)
    right = (
        1 - np.square(high - inside) / (width * (high - mode))
        if high > mode
        else np.ones_like(inside)
    )
    return np.where(inside < mode, left, right)
