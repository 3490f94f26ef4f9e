"""Numbers that are ranges, with the range of their slopes: what rules are proven bounds with.

A rule written with the operators and the functions of this module takes floats, arrays, or
`Ranged` numbers. With floats and arrays it computes; with `Ranged` numbers it returns a range
that holds every value the rule can take, and a range for each slope, box by box.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, TypeAlias, TypeVar, Union, cast

import numpy as np
from numpy.typing import NDArray

from ipfinance.numerics._closed_form import normal_cdf as _scalar_normal_cdf
from ipfinance.numerics._types import FloatArray

Number: TypeAlias = Union[float, FloatArray, "Ranged"]
ScalarT = TypeVar("ScalarT", bound=np.generic)
SQRT_2 = math.sqrt(2.0)


class Ranged:
    """A range of values and of slopes in each box of many.

    Attributes
    ----------
    low, high
        Ends of the values, shape (n_boxes,).
    slope_low, slope_high
        Ends of the partial derivatives, shape (n_boxes, n_variables); infinite where unknown.
    """

    __array_ufunc__ = None  # arrays leave the operation to this class
    __slots__ = ("high", "low", "slope_high", "slope_low")

    def __init__(
        self, low: FloatArray, high: FloatArray, slope_low: FloatArray, slope_high: FloatArray
    ) -> None:
        self.low = low
        self.high = high
        self.slope_low = slope_low
        self.slope_high = slope_high

    @property
    def is_point(self) -> bool:
        """Whether each box holds one value only."""
        return bool(np.all(self.low == self.high))

    def __neg__(self) -> Ranged:
        return Ranged(-self.high, -self.low, -self.slope_high, -self.slope_low)

    def __add__(self, other: Number) -> Ranged:
        if isinstance(other, Ranged):
            return Ranged(
                self.low + other.low,
                self.high + other.high,
                self.slope_low + other.slope_low,
                self.slope_high + other.slope_high,
            )
        return Ranged(self.low + other, self.high + other, self.slope_low, self.slope_high)

    __radd__ = __add__

    def __sub__(self, other: Number) -> Ranged:
        return self + -other

    def __rsub__(self, other: Number) -> Ranged:
        return -self + other

    def __mul__(self, other: Number) -> Ranged:
        if not isinstance(other, Ranged):
            other = _constant(other, self)
        low, high = _times(self.low, self.high, other.low, other.high)
        own = _times(_column(self.low), _column(self.high), other.slope_low, other.slope_high)
        its = _times(_column(other.low), _column(other.high), self.slope_low, self.slope_high)
        return Ranged(low, high, own[0] + its[0], own[1] + its[1])

    __rmul__ = __mul__

    def __truediv__(self, other: Number) -> Ranged:
        if not isinstance(other, Ranged):
            return self * (1.0 / np.asarray(other, dtype=float))
        return self * other.reciprocal()

    def __rtruediv__(self, other: Number) -> Ranged:
        return self.reciprocal() * other

    def reciprocal(self) -> Ranged:
        """Return one over the number; infinite in a box that holds zero."""
        crosses = (self.low <= 0) & (self.high >= 0)
        with np.errstate(divide="ignore"):
            low = np.where(crosses, -np.inf, 1.0 / np.where(crosses, 1.0, self.high))
            high = np.where(crosses, np.inf, 1.0 / np.where(crosses, 1.0, self.low))
        return self._mapped(
            low, high, -np.square(_largest_size(low, high)), -_least_square(low, high)
        )

    def __pow__(self, exponent: Number) -> Ranged:
        if isinstance(exponent, Ranged) or not _is_scalar(exponent):
            return cast("Ranged", exp(exponent * log(self)))
        power = float(np.asarray(exponent))
        if power == int(power):
            return self._whole_power(int(power))
        return cast("Ranged", exp(log(self) * power))

    def __rpow__(self, base: Number) -> Ranged:
        return cast("Ranged", exp(self * log(base)))

    def _whole_power(self, power: int) -> Ranged:
        if power < 0:
            return self.reciprocal()._whole_power(-power)  # noqa: SLF001
        if power == 0:
            return _constant(1.0, self)
        low, high = _power_ends(self.low, self.high, power)
        slope = _power_ends(self.low, self.high, power - 1)
        return self._mapped(low, high, power * slope[0], power * slope[1])

    def _mapped(
        self, low: FloatArray, high: FloatArray, rate_low: FloatArray, rate_high: FloatArray
    ) -> Ranged:
        """Return the result of a function whose own slope lies between two rates."""
        slopes = _times(_column(rate_low), _column(rate_high), self.slope_low, self.slope_high)
        return Ranged(low, high, *slopes)

    def split(self) -> tuple[FloatArray, FloatArray]:
        """Return the ends of the values."""
        return self.low, self.high


def _column(values: NDArray[ScalarT]) -> NDArray[ScalarT]:
    return values[:, np.newaxis]


def _is_scalar(value: object) -> bool:
    return np.ndim(value) == 0  # type: ignore[arg-type]


def _constant(value: Number, like: Ranged) -> Ranged:
    array = np.broadcast_to(np.asarray(value, dtype=float), like.low.shape)
    zero = np.zeros_like(like.slope_low)
    return Ranged(array, array, zero, zero)


def _product(a: FloatArray, b: FloatArray) -> FloatArray:
    """Multiply, with nothing times an unknown slope being nothing."""
    with np.errstate(invalid="ignore"):
        found = a * b
    unknown = np.isnan(found)
    return np.where(unknown & ((a == 0) | (b == 0)), 0.0, found) if np.any(unknown) else found


def _times(
    a_low: FloatArray, a_high: FloatArray, b_low: FloatArray, b_high: FloatArray
) -> tuple[FloatArray, FloatArray]:
    products = [_product(a, b) for a in (a_low, a_high) for b in (b_low, b_high)]
    return reduce(np.minimum, products), reduce(np.maximum, products)


def _largest_size(low: FloatArray, high: FloatArray) -> FloatArray:
    return np.maximum(np.abs(low), np.abs(high))


def _least_square(low: FloatArray, high: FloatArray) -> FloatArray:
    crosses = (low <= 0) & (high >= 0)
    return np.where(crosses, 0.0, np.minimum(np.square(low), np.square(high)))


def _power_ends(low: FloatArray, high: FloatArray, power: int) -> tuple[FloatArray, FloatArray]:
    ends = low**power, high**power
    least, most = np.minimum(*ends), np.maximum(*ends)
    if power > 0 and power % 2 == 0:
        least = np.where((low < 0) & (high > 0), 0.0, least)
    return least, most


def _rising(
    number: Ranged, function: Callable[[FloatArray], FloatArray], rate: Callable[..., FloatArray]
) -> Ranged:
    """Apply a function that rises, whose slope at the two ends bounds it in between."""
    low, high = function(number.low), function(number.high)
    rates = rate(number.low), rate(number.high)
    return number._mapped(low, high, np.minimum(*rates), np.maximum(*rates))  # noqa: SLF001


def exp(number: Number) -> Any:  # noqa: ANN401
    """Return e to the number."""
    if isinstance(number, Ranged):
        with np.errstate(over="ignore"):
            return _rising(number, np.exp, np.exp)
    return math.exp(number) if isinstance(number, (int, float)) else np.exp(number)


def log(number: Number) -> Any:  # noqa: ANN401
    """Return the natural logarithm; minus infinity where a box reaches zero or less."""
    if isinstance(number, Ranged):
        with np.errstate(divide="ignore"):
            positive = Ranged(
                np.maximum(number.low, 0.0),
                np.maximum(number.high, 0.0),
                number.slope_low,
                number.slope_high,
            )
            return _rising(positive, np.log, np.reciprocal)
    return math.log(number) if isinstance(number, (int, float)) else np.log(number)


def sqrt(number: Number) -> Any:  # noqa: ANN401
    """Return the square root."""
    if isinstance(number, Ranged):
        with np.errstate(divide="ignore"):
            return _rising(number, np.sqrt, lambda x: 0.5 / np.sqrt(x))
    return math.sqrt(number) if isinstance(number, (int, float)) else np.sqrt(number)


def normal_share(number: Number) -> Any:  # noqa: ANN401
    """Return the standard normal distribution function."""
    if isinstance(number, Ranged):
        from scipy.special import ndtr

        ends = _normal_density(number.low), _normal_density(number.high)
        crosses = (number.low < 0) & (number.high > 0)
        top = np.where(crosses, _normal_density(np.zeros(1)), np.maximum(*ends))
        return number._mapped(  # noqa: SLF001
            ndtr(number.low), ndtr(number.high), np.minimum(*ends), top
        )
    if isinstance(number, (int, float)):
        return _scalar_normal_cdf(number)
    from scipy.special import ndtr

    return ndtr(number)


def _normal_density(x: FloatArray) -> FloatArray:
    return np.exp(-0.5 * np.square(x)) / math.sqrt(2 * math.pi)


def larger(first: Number, second: Number) -> Any:  # noqa: ANN401
    """Return the larger of two numbers."""
    if not isinstance(first, Ranged):
        if not isinstance(second, Ranged):
            both_plain = isinstance(first, (int, float)) and isinstance(second, (int, float))
            return max(first, second) if both_plain else np.maximum(first, second)
        first, second = second, first
    other = second if isinstance(second, Ranged) else _constant(second, first)
    mine, theirs = _column(first.low >= other.high), _column(other.low >= first.high)
    slope_low = np.minimum(first.slope_low, other.slope_low)
    slope_high = np.maximum(first.slope_high, other.slope_high)
    return Ranged(
        np.maximum(first.low, other.low),
        np.maximum(first.high, other.high),
        np.where(mine, first.slope_low, np.where(theirs, other.slope_low, slope_low)),
        np.where(mine, first.slope_high, np.where(theirs, other.slope_high, slope_high)),
    )


def smaller(first: Number, second: Number) -> Any:  # noqa: ANN401
    """Return the smaller of two numbers."""
    return -larger(-first, -second)


def clipped(number: Number, low: Number, high: Number) -> Any:  # noqa: ANN401
    """Return the number, or the end that it passes."""
    return smaller(larger(number, low), high)


def total(terms: Sequence[Number]) -> Any:  # noqa: ANN401
    """Return the sum; exactly rounded for plain numbers."""
    if all(isinstance(term, (int, float)) for term in terms):
        try:
            return math.fsum(terms)  # type: ignore[arg-type]
        except OverflowError:
            return sum(terms)  # infinite
    return reduce(operator.add, terms)


def product(factors: Sequence[Number]) -> Any:  # noqa: ANN401
    """Return the product."""
    return reduce(operator.mul, factors) if factors else 1.0


def variables(low: FloatArray, high: FloatArray) -> list[Ranged]:
    """Return one variable for each column of the boxes' ends, shape (n_boxes, n_variables)."""
    low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    found = []
    for place in range(low.shape[1]):
        slope = np.zeros_like(low)
        slope[:, place] = 1.0
        found.append(Ranged(low[:, place], high[:, place], slope, slope))
    return found


def through(
    function: Callable[..., FloatArray], arguments: Sequence[Number], signs: Sequence[int]
) -> Any:  # noqa: ANN401
    """Apply a function of which only the direction in each argument is known.

    Parameters
    ----------
    function
        Takes arrays of equal length.
    arguments
        Numbers; at least one is `Ranged`.
    signs
        1 where the function never falls in the argument, -1 where it never rises, 0 where
        neither is proven; there the argument must be a point.
    """
    like = next(each for each in arguments if isinstance(each, Ranged))
    given = [each if isinstance(each, Ranged) else _constant(each, like) for each in arguments]
    lows = [_end(each, sign, low=True) for each, sign in zip(given, signs, strict=True)]
    highs = [_end(each, sign, low=False) for each, sign in zip(given, signs, strict=True)]
    slope_low, slope_high = np.zeros_like(like.slope_low), np.zeros_like(like.slope_low)
    for each, sign in zip(given, signs, strict=True):
        rate = np.zeros_like(like.low), np.full_like(like.low, np.inf)
        rates = rate if sign >= 0 else (-rate[1], rate[0])
        part = each._mapped(each.low, each.high, *rates)  # noqa: SLF001
        slope_low, slope_high = slope_low + part.slope_low, slope_high + part.slope_high
    return Ranged(function(*lows), function(*highs), slope_low, slope_high)


def _end(number: Ranged, sign: int, *, low: bool) -> FloatArray:
    if sign == 0 and not number.is_point:
        raise UnprovenError
    return number.low if low == (sign >= 0) else number.high


class UnprovenError(ArithmeticError):
    """A range was asked of a function whose direction in an argument is not proven."""
