"""Closed intervals of real numbers, with arithmetic that is safe for every sign."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from typing_extensions import override

from ipfinance.basics._failure import InputError, Problem
from ipfinance.basics._text import Text


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers from `low` to `high`, both included.

    Each operation returns the smallest interval that holds every result, whatever the signs; the
    rules printed for non-negative intervals are the special case. Bounds are exact up to the
    rounding of floats.

    Raises
    ------
    InputError
        When an end is not finite, `low` exceeds `high`, or a divisor contains zero.

    References
    ----------
    :cite:cts:`su_2023`, interval arithmetic rules; :cite:cts:`moore_2009` for any sign.

    Examples
    --------
    >>> Interval(2, 3) * Interval(4, 8)
    Interval(8, 24)
    >>> Interval(-60, -40) / Interval(1.25, 1.6)
    Interval(-48, -25)
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low <= self.high):
            raise InputError([interval_problem("interval", self.low, self.high)])

    @override
    def __repr__(self) -> str:
        return f"Interval({self.low:g}, {self.high:g})"

    def __iter__(self) -> Iterator[float]:
        """Yield the low end, then the high end."""
        yield self.low
        yield self.high

    @classmethod
    def point(cls, value: float) -> Interval:
        """Return the interval that holds one number only."""
        return cls(value, value)

    @classmethod
    def mean(cls, intervals: Iterable[Interval]) -> Interval:
        """Average the low ends and the high ends: the panel's mean interval."""
        items = tuple(intervals)
        return cls(
            math.fsum(item.low for item in items) / len(items),
            math.fsum(item.high for item in items) / len(items),
        )

    @classmethod
    def hull(cls, intervals: Iterable[Interval]) -> Interval:
        """Return the smallest interval that holds all the others."""
        items = tuple(intervals)
        return cls(min(item.low for item in items), max(item.high for item in items))

    @property
    def width(self) -> float:
        """Distance between the ends."""
        return self.high - self.low

    @property
    def midpoint(self) -> float:
        """The number half-way between the ends."""
        return self.low + self.width / 2

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def holds(self, other: Interval) -> bool:
        """Whether the other interval lies inside this one."""
        return self.low <= other.low and other.high <= self.high

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __add__(self, other: Interval | float) -> Interval:
        other = as_interval(other)
        return Interval(self.low + other.low, self.high + other.high)

    __radd__ = __add__

    def __sub__(self, other: Interval | float) -> Interval:
        return self + -as_interval(other)

    def __rsub__(self, other: float) -> Interval:
        return as_interval(other) - self

    def __mul__(self, other: Interval | float) -> Interval:
        products = [a * b for a in self for b in as_interval(other)]
        return Interval(min(products), max(products))

    __rmul__ = __mul__

    def __truediv__(self, other: Interval | float) -> Interval:
        other = as_interval(other)
        if 0 in other:
            raise InputError([_zero_divisor(other)])
        quotients = [a / b for a in self for b in other]
        return Interval(min(quotients), max(quotients))

    def __rtruediv__(self, other: float) -> Interval:
        return as_interval(other) / self

    def __pow__(self, exponent: int) -> Interval:
        """Raise to a whole power; an even power of an interval around zero starts at zero."""
        if exponent < 0:
            return 1.0 / self**-exponent
        ends = [end**exponent for end in self]
        if exponent % 2 == 0 and exponent > 0 and 0 in self:
            return Interval(0.0, max(ends))
        return Interval(min(ends), max(ends))


def as_interval(value: Interval | float) -> Interval:
    """Return an interval as it is and a number as an interval of zero width."""
    return value if isinstance(value, Interval) else Interval.point(value)


def interval_problem(field: str, low: object, high: object) -> Problem:
    """Return the problem of a pair that is no interval."""
    return Problem(
        field=field,
        found=f"[{low}, {high}]",
        allowed=Text(
            "expected two finite numbers [low, high] with low ≤ high",
            "应为两个有限数 [下限, 上限]，且下限不大于上限",
        ),
    )


def _zero_divisor(divisor: Interval) -> Problem:
    return Problem(
        field="divisor",
        found=f"[{divisor.low:g}, {divisor.high:g}]",
        allowed=Text("expected an interval without zero", "除数区间不得包含零"),
    )
