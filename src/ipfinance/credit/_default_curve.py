"""When a borrower defaults: hazards over time from ratings tables, spreads or own tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ipfinance.basics import InputError, NoSolutionError, Problem, Text
from ipfinance.numerics import FloatArray, bracketed_root

MOST_HAZARD = 50.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DefaultCurve:
    """Hazards that are constant between times; the last one goes on.

    Attributes
    ----------
    times, hazards
        Ends of the stretches, ascending, and the hazard of each, shape (n,). [year], [1/year]
    """

    times: FloatArray
    hazards: FloatArray

    def cumulative(self, times: FloatArray) -> FloatArray:
        """Return the accumulated hazard at each time. [1]."""
        knots = np.append(0.0, self.times)
        totals = np.append(0.0, np.cumsum(self.hazards * np.diff(knots)))
        when = np.asarray(times, dtype=float)
        inside = np.interp(when, knots, totals)
        return np.asarray(inside + self.hazards[-1] * np.maximum(when - knots[-1], 0.0))

    def default_probability(self, times: FloatArray) -> FloatArray:
        """Return the chance of default up to each time. [1]."""
        return np.asarray(-np.expm1(-self.cumulative(times)))

    def default_times(self, uniforms: FloatArray) -> FloatArray:
        """Return when those default whose draws are given; infinity for never. [year]."""
        knots = np.append(0.0, self.times)
        totals = np.append(0.0, np.cumsum(self.hazards * np.diff(knots)))
        wanted = -np.log1p(-np.asarray(uniforms, dtype=float))
        place = np.clip(np.searchsorted(totals, wanted, side="left") - 1, 0, len(self.times) - 1)
        hazard = self.hazards[place]
        with np.errstate(divide="ignore", invalid="ignore"):
            reached = knots[place] + (wanted - totals[place]) / hazard
        return np.where(hazard > 0, reached, np.inf)

    def scaled(self, multiple: float) -> DefaultCurve:
        """Return the curve with every hazard multiplied."""
        return DefaultCurve(times=self.times, hazards=self.hazards * multiple)


def constant_hazard(hazard: float) -> DefaultCurve:
    """Return the curve of one hazard.

    Examples
    --------
    >>> round(float(constant_hazard(0.05).default_probability(np.array([2.0]))[0]), 6)
    0.095163
    """
    return DefaultCurve(times=np.array([1.0]), hazards=np.array([hazard]))


def curve_from_probabilities(
    years: Sequence[float], probabilities: Sequence[float]
) -> DefaultCurve:
    """Return the curve through cumulative default probabilities, as ratings tables print them.

    Parameters
    ----------
    years, probabilities
        Ascending times above zero; chance of default up to each, never falling, below 1.
        [year], [1]

    Examples
    --------
    >>> curve = curve_from_probabilities([1.0, 2.0], [0.02, 0.05])
    >>> np.round(curve.default_probability(np.array([1.0, 2.0])), 10)
    array([0.02, 0.05])
    """
    when, chance = np.asarray(years, dtype=float), np.asarray(probabilities, dtype=float)
    rising = len(when) == len(chance) > 0 and bool(np.all(np.diff(np.append(0, when)) > 0))
    if not rising or not np.all(np.isfinite(when)):
        raise InputError([Problem(field="years", found=list(years), allowed=_YEARS)])
    if not (np.all((chance >= 0) & (chance < 1)) and np.all(np.diff(chance) >= 0)):
        raise InputError([Problem(field="probabilities", found=list(probabilities), allowed=_PDS)])
    totals = np.append(0.0, -np.log1p(-chance))
    return DefaultCurve(times=when, hazards=np.diff(totals) / np.diff(np.append(0.0, when)))


def curve_from_transitions(
    grades: Sequence[str], matrix: Sequence[Sequence[float]], grade: str, *, years: int
) -> DefaultCurve:
    """Return the curve of a grade from a yearly transition matrix; the last grade is default.

    Parameters
    ----------
    grades, matrix
        Names, and the chance to move from the grade of the row to that of the column within a
        year; rows sum to 1 and the last row stays in default. [1]
    grade
        Where the borrower stands today.
    years
        How far the curve reaches.
    """
    table = np.asarray(matrix, dtype=float)
    square = table.shape == (len(grades), len(grades))
    if not square or not np.allclose(table.sum(axis=1), 1, atol=1e-6) or np.any(table < 0):
        raise InputError([Problem(field="transitions", allowed=_ROWS)])
    if table[-1, -1] != 1:
        raise InputError([Problem(field="transitions", allowed=_ABSORBING)])
    if grade not in grades:
        raise InputError([Problem(field="grade", found=grade, allowed=known_grades(grades))])
    state, found = np.eye(len(grades))[list(grades).index(grade)], []
    for _ in range(years):
        state = state @ table
        found.append(float(state[-1]))
    return curve_from_probabilities([float(n) for n in range(1, years + 1)], found)


def curve_from_spreads(
    years: Sequence[float], spreads: Sequence[float], *, recovery: float, rate: float
) -> DefaultCurve:
    """Return the curve that explains spreads of par loans, stretch by stretch.

    Parameters
    ----------
    years, spreads
        Ascending whole or half years; yearly spread over the riskless rate. [year], [1/year]
    recovery
        Paid on default, part of par. [1]
    rate
        Riskless, continuously compounded. [1/year]

    Notes
    -----
    At each maturity the spread paid while alive is worth the expected loss on default, both in
    steps of a quarter; hazards that earlier spreads fixed stay.

    Raises
    ------
    NoSolutionError
        When a spread asks for a negative hazard.
    """
    hazards: list[float] = []
    when = [float(year) for year in years]
    for place, (end, spread) in enumerate(zip(when, spreads, strict=True)):

        def gap(
            hazard: float, place: int = place, end: float = end, spread: float = spread
        ) -> float:
            curve = DefaultCurve(
                times=np.array(when[: place + 1]), hazards=np.array([*hazards, hazard])
            )
            return _spread_gap(curve, end, spread, recovery, rate)

        if not gap(0.0) >= 0 >= gap(MOST_HAZARD):
            raise NoSolutionError(_CURVE, _SPREAD.filled({"end": f"{end:g}"}))
        hazards.append(bracketed_root(gap, 0.0, MOST_HAZARD))
    return DefaultCurve(times=np.array(when), hazards=np.array(hazards))


def _spread_gap(
    curve: DefaultCurve, end: float, spread: float, recovery: float, rate: float
) -> float:
    steps = max(1, math.ceil(end * 4 - 1e-9))
    grid = np.linspace(0.0, end, steps + 1)
    alive = 1 - curve.default_probability(grid)
    discount = np.exp(-rate * grid[1:])
    paid = spread * float(np.sum(np.diff(grid) * alive[1:] * discount))
    lost = (1 - recovery) * float(np.sum(-np.diff(alive) * discount))
    return paid - lost


def known_grades(grades: Sequence[str] | Mapping[str, object]) -> Text:
    """Return what is said to someone who named a grade that no table has."""
    shown = ", ".join(grades)
    return Text(f"expected a grade of the table: {shown}", f"应为表中的等级：{shown}")


_YEARS = Text("expected ascending years above zero, one for each probability", "年限应为升序正数")
_PDS = Text(
    "expected chances from 0 to below 1 that never fall", "累计违约概率应在 0 至 1 之间且不下降"
)
_ROWS = Text("each row must sum to 1, with no negative chance", "每行合计应为 1，且概率不为负")
_ABSORBING = Text("the last grade is default, and nobody leaves it", "最后一级为违约，且不可转出")
_CURVE = Text("hazards from spreads", "由利差求违约强度")
_SPREAD = Text(
    "The spread up to year {end} asks for a negative hazard, or for one beyond 50 a year.",
    "至第 {end} 年的利差要求负的违约强度，或超过每年 50 的强度。",
)
