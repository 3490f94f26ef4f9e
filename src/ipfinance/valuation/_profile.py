"""How the value of a right falls as it ages: the same method, some years later."""

from __future__ import annotations

from dataclasses import replace

from ipfinance.basics import Interval
from ipfinance.valuation._catalogue import METHODS
from ipfinance.valuation._interval_income import IntervalIncomeInputs
from ipfinance.valuation._registry import run
from ipfinance.valuation._valuation import Valuation


def value_profile(valuation: Valuation, years: int) -> tuple[tuple[float, float], ...]:
    """Return the value at the end of each year, part of today's, by the same method.

    Parameters
    ----------
    valuation
        By a method with incomes by year.
    years
        How far the profile reaches.

    Returns
    -------
    tuple
        Pairs of year and share, from (0, 1) on; empty where the method knows no years. At a
        later date the incomes that have passed are gone and the life is shorter; rate and
        coefficient stay.
    """
    given = valuation.inputs
    if not isinstance(given, IntervalIncomeInputs) or valuation.number <= 0:
        return ()
    later = (
        (float(year), max(_later(valuation, given, year), 0.0) / valuation.number)
        for year in range(1, years + 1)
    )
    return ((0.0, 1.0), *later)


def _later(valuation: Valuation, given: IntervalIncomeInputs, year: int) -> float:
    left = Interval(max(given.life.low - year, 0.0), max(given.life.high - year, 0.0))
    if left.high == 0 or len(given.income) <= year:
        return 0.0
    moved = replace(given, income=given.income[year:], life=left)
    return run(METHODS[valuation.method_id], moved, unit=valuation.unit).number
