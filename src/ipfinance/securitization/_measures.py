"""Measures of a stream of payments: life, return."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

from ipfinance.basics import Cash, DayCount, year_fraction
from ipfinance.numerics import bracketed_root

DAYS_IN_YEAR = 365.0


def weighted_average_life(
    closing: date, dates: Sequence[date], principal: Sequence[Cash], day_count: DayCount
) -> float | None:
    """Return the average time to principal paid, in years; None when none was paid.

    Parameters
    ----------
    principal
        Paid on each date; what is never paid does not count. [minor unit]

    Examples
    --------
    >>> from datetime import date
    >>> weighted_average_life(date(2020, 1, 1), [date(2021, 1, 1), date(2022, 1, 1)], [300, 100],
    ...     DayCount.THIRTY_E_360)
    1.25
    """
    total = sum(principal)
    if total == 0:
        return None
    times = [year_fraction(closing, day, day_count) for day in dates]
    weighted = sum(
        (time * paid for time, paid in zip(times, principal, strict=True)), start=times[0] * 0
    )
    return float(weighted / total)


def irr(closing: date, dates: Sequence[date], paid: Sequence[Cash], price: Cash) -> float | None:
    """Return the yearly compounding return, or None when there is nothing to compare.

    Examples
    --------
    >>> from datetime import date
    >>> round(irr(date(2021, 1, 1), [date(2022, 1, 1)], [105], 100), 6)
    0.05
    >>> irr(date(2021, 1, 1), [date(2022, 1, 1)], [0], 100) is None
    True
    """
    if price <= 0 or not any(cash > 0 for cash in paid):
        return None
    times = [(day - closing).days / DAYS_IN_YEAR for day in dates]

    def excess(rate: float) -> float:
        worth = [cash * (1.0 + rate) ** -time for cash, time in zip(paid, times, strict=True)]
        return math.fsum(worth) - price

    low, high = -0.9999, 10.0
    if excess(low) < 0 or excess(high) > 0:
        return None
    return bracketed_root(excess, low, high)
