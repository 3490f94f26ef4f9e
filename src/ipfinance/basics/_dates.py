"""Day counts: the fraction of a year between two dates, as an exact fraction."""

from __future__ import annotations

import calendar
from datetime import date
from enum import StrEnum
from fractions import Fraction

FEBRUARY = 2
LAST_DAY_OF_30_360 = 30


class DayCount(StrEnum):
    """A rule that turns two dates into a fraction of a year."""

    ACTUAL_360 = "actual/360"
    ACTUAL_365_FIXED = "actual/365"
    ACTUAL_365_NO_LEAP = "actual/365-no-leap"
    ACTUAL_ACTUAL_ISDA = "actual/actual-isda"
    THIRTY_360_US = "30/360-us"
    THIRTY_360_BOND_BASIS = "30/360-bond-basis"
    THIRTY_E_360 = "30e/360"
    THIRTY_E_360_ISDA = "30e/360-isda"


def year_fraction(
    start: date, end: date, day_count: DayCount, *, maturity: date | None = None
) -> Fraction:
    """Return the part of a year from one date to another.

    Parameters
    ----------
    start, end
        First date and last date; the result is negative when they stand the other way round.
    day_count
        The rule.
    maturity
        Final maturity; only 30E/360 ISDA asks for it, because a February month end on that date
        is not moved to the 30th.

    Returns
    -------
    Fraction
        Years, exact. [year]

    References
    ----------
    :cite:cts:`isda_2006`, section 4.16.

    Examples
    --------
    >>> year_fraction(date(2024, 2, 29), date(2024, 3, 31), DayCount.THIRTY_E_360)
    Fraction(31, 360)
    """
    if end < start:
        return -year_fraction(end, start, day_count, maturity=maturity)
    match day_count:
        case DayCount.ACTUAL_360:
            return Fraction((end - start).days, 360)
        case DayCount.ACTUAL_365_FIXED:
            return Fraction((end - start).days, 365)
        case DayCount.ACTUAL_365_NO_LEAP:
            return Fraction(_serial_without_leap(end) - _serial_without_leap(start), 365)
        case DayCount.ACTUAL_ACTUAL_ISDA:
            return _years_of(end) - _years_of(start)
        case _:
            return Fraction(_days_30_360(start, end, day_count, maturity), 360)


def _serial_without_leap(day: date) -> int:
    in_year = date(2001, day.month, 28 if _is_leap_day(day) else day.day).timetuple().tm_yday
    return day.year * 365 + in_year


def _is_leap_day(day: date) -> bool:
    return (day.month, day.day) == (FEBRUARY, 29)


def _years_of(day: date) -> Fraction:
    length = 366 if calendar.isleap(day.year) else 365
    return day.year + Fraction(day.timetuple().tm_yday - 1, length)


def _days_30_360(start: date, end: date, day_count: DayCount, maturity: date | None) -> int:
    first, last = start.day, end.day
    match day_count:
        case DayCount.THIRTY_360_US:
            if _is_february_end(start):
                last = LAST_DAY_OF_30_360 if _is_february_end(end) else last
                first = LAST_DAY_OF_30_360
            last, first = _bond_basis(first, last)
        case DayCount.THIRTY_360_BOND_BASIS:
            last, first = _bond_basis(first, last)
        case DayCount.THIRTY_E_360:
            first, last = min(first, LAST_DAY_OF_30_360), min(last, LAST_DAY_OF_30_360)
        case _:
            to_thirty = _is_february_end(end) and end != maturity
            first = LAST_DAY_OF_30_360 if _is_february_end(start) else first
            last = LAST_DAY_OF_30_360 if to_thirty else last
            first, last = min(first, LAST_DAY_OF_30_360), min(last, LAST_DAY_OF_30_360)
    return (end.year - start.year) * 360 + (end.month - start.month) * 30 + last - first


def _bond_basis(first: int, last: int) -> tuple[int, int]:
    first = min(first, LAST_DAY_OF_30_360)
    return (min(last, LAST_DAY_OF_30_360) if first == LAST_DAY_OF_30_360 else last), first


def _is_february_end(day: date) -> bool:
    return day.month == FEBRUARY and day.day == calendar.monthrange(day.year, FEBRUARY)[1]
