"""Discount curves: rates, factors, forwards and spreads over time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ipfinance.basics import InputError, Problem, Text
from ipfinance.numerics._types import FloatArray


class Compounding(StrEnum):
    """How often interest is added to what bears interest."""

    CONTINUOUS = "continuous"
    YEARLY = "yearly"
    HALF_YEARLY = "half_yearly"
    QUARTERLY = "quarterly"
    MONTHLY = "monthly"


_TIMES_A_YEAR = {
    Compounding.YEARLY: 1,
    Compounding.HALF_YEARLY: 2,
    Compounding.QUARTERLY: 4,
    Compounding.MONTHLY: 12,
}


def continuous_rate(rate: float, compounding: Compounding) -> float:
    """Return the continuously compounded rate that grows money as fast.

    Examples
    --------
    >>> round(continuous_rate(0.10, Compounding.YEARLY), 6)
    0.09531
    """
    if compounding is Compounding.CONTINUOUS:
        return rate
    times = _TIMES_A_YEAR[compounding]
    return times * math.log1p(rate / times)


def compounded_rate(continuous: float, compounding: Compounding) -> float:
    """Return a continuously compounded rate in another compounding."""
    if compounding is Compounding.CONTINUOUS:
        return continuous
    times = _TIMES_A_YEAR[compounding]
    return times * math.expm1(continuous / times)


class CurveInterpolation(StrEnum):
    """What runs straight between the points of a curve."""

    LOG_FACTOR = "log_factor"  # flat forward rates between points
    ZERO_RATE = "zero_rate"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DiscountCurve:
    """Present values of one unit over time.

    Attributes
    ----------
    times
        Ascending, above zero, shape (n,). [year]
    rates
        Continuously compounded zero rates, shape (n,). [1/year]
    interpolation
        Between the points. Before the first point the first zero rate holds; after the last one
        the last forward rate (log factor) or the last zero rate (zero rate) goes on.

    Examples
    --------
    >>> curve = zero_curve([1.0, 2.0], [0.03, 0.04])
    >>> round(float(curve.factors(np.array([1.5]))[0]), 6), round(curve.forward(1.0, 2.0), 6)
    (0.946485, 0.05)
    """

    times: FloatArray
    rates: FloatArray
    interpolation: CurveInterpolation = CurveInterpolation.LOG_FACTOR

    def __post_init__(self) -> None:
        problems = _curve_problems(self.times, self.rates)
        if problems:
            raise InputError(problems)

    def exponents(self, times: FloatArray) -> FloatArray:
        """Return zero rate times time at each time, shape (n,). [1]."""
        when = np.asarray(times, dtype=float)
        if self.interpolation is CurveInterpolation.ZERO_RATE:
            return np.asarray(np.interp(when, self.times, self.rates) * when)
        knots, totals = np.append(0.0, self.times), np.append(0.0, self.times * self.rates)
        inside = np.interp(when, knots, totals)
        slope = (totals[-1] - totals[-2]) / (knots[-1] - knots[-2])
        return np.asarray(inside + slope * np.maximum(when - knots[-1], 0.0))

    def factors(self, times: FloatArray, *, spread: float = 0.0) -> FloatArray:
        """Return the present value of one unit at each time.

        Parameters
        ----------
        times
            Not negative, shape (n,). [year]
        spread
            Added to the continuously compounded zero rate. [1/year]
        """
        when = np.asarray(times, dtype=float)
        return np.asarray(np.exp(-self.exponents(when) - spread * when))

    def zero_rate(self, time: float, compounding: Compounding = Compounding.CONTINUOUS) -> float:
        """Return the rate from now to a time."""
        total = float(self.exponents(np.array([time]))[0])
        return compounded_rate(total / time, compounding)

    def forward(
        self, start: float, end: float, compounding: Compounding = Compounding.CONTINUOUS
    ) -> float:
        """Return the rate between two times that the curve implies."""
        first, last = self.exponents(np.array([start, end]))
        return compounded_rate(float(last - first) / (end - start), compounding)

    def shifted(self, by: float) -> DiscountCurve:
        """Return the curve with every continuously compounded zero rate moved."""
        return DiscountCurve(
            times=self.times, rates=self.rates + by, interpolation=self.interpolation
        )


def zero_curve(
    times: list[float] | FloatArray,
    rates: list[float] | FloatArray,
    *,
    compounding: Compounding = Compounding.CONTINUOUS,
    interpolation: CurveInterpolation = CurveInterpolation.LOG_FACTOR,
) -> DiscountCurve:
    """Return the curve through zero rates.

    Parameters
    ----------
    times, rates
        Ascending times above zero, and the rate from now to each. [year], [1/year]
    """
    return DiscountCurve(
        times=np.asarray(times, dtype=float),
        rates=np.array([continuous_rate(float(rate), compounding) for rate in rates]),
        interpolation=interpolation,
    )


def flat_curve(rate: float, compounding: Compounding = Compounding.YEARLY) -> DiscountCurve:
    """Return the curve of one rate for all times.

    Examples
    --------
    >>> flat_curve(0.25).factors(np.array([1.0, 2.0]))
    array([0.8 , 0.64])
    """
    return zero_curve([1.0], [rate], compounding=compounding)


def _curve_problems(times: FloatArray, rates: FloatArray) -> list[Problem]:
    found: list[Problem] = []
    if len(times) == 0 or len(times) != len(rates):
        found.append(Problem(field="rates", found=len(rates), allowed=_LENGTHS))
    if not (np.all(np.isfinite(times)) and np.all(np.isfinite(rates))):
        found.append(Problem(field="rates", allowed=_FINITE))
    elif np.any(np.diff(np.append(0.0, times)) <= 0):
        found.append(Problem(field="times", allowed=_ASCENDING))
    return found


_LENGTHS = Text(
    "expected one rate for each time, and at least one", "每个时点应有一个利率，且至少一个"
)
_FINITE = Text("expected finite numbers", "应为有限数")
_ASCENDING = Text("expected ascending times above zero", "时点应为升序的正数")
