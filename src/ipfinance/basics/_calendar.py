"""Business days, and the dates that follow from them."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from ipfinance.basics._failure import IpfinanceError, NoSolutionError
from ipfinance.basics._text import Text

SATURDAY = 5
LONGEST_CLOSURE = 40  # days in a row; beyond it the data of a calendar must be wrong


class Roll(StrEnum):
    """Where a date goes that falls on a day without business."""

    UNADJUSTED = "unadjusted"
    FOLLOWING = "following"
    MODIFIED_FOLLOWING = "modified_following"
    PRECEDING = "preceding"


class CalendarHorizonError(IpfinanceError):
    """A date lies beyond the last year whose holidays are known."""

    text = Text(
        "{day} lies beyond {known_until}, up to which the calendar {calendar} is known; strict "
        "mode allows no provisional date.",
        "{day} 晚于日历 {calendar} 的已知截止日 {known_until}；严格模式不允许暂定日期。",
    )

    def __init__(self, calendar: str, day: date, known_until: date) -> None:
        super().__init__(calendar=calendar, day=day, known_until=known_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The business days of one place.

    Attributes
    ----------
    holidays
        Weekdays without business.
    working_weekends
        Days of a weekend on which business is done.
    known_until
        Last day of the years that have been announced; later days follow fixed rules only.
    """

    id: str
    holidays: frozenset[date] = frozenset()
    working_weekends: frozenset[date] = frozenset()
    known_until: date = field(default=date.max)

    def is_business_day(self, day: date) -> bool:
        """Whether business is done on a day."""
        if day.weekday() >= SATURDAY:
            return day in self.working_weekends
        return day not in self.holidays

    def is_provisional(self, day: date) -> bool:
        """Whether a day lies beyond the announced years."""
        return day > self.known_until

    def adjusted(self, day: date, roll: Roll) -> date:
        """Move a date to a business day.

        Examples
        --------
        >>> Calendar(id="weekends").adjusted(date(2026, 2, 28), Roll.MODIFIED_FOLLOWING)
        datetime.date(2026, 2, 27)
        """
        if roll is Roll.UNADJUSTED or self.is_business_day(day):
            return day
        if roll is Roll.PRECEDING:
            return self._next(day, -1)
        after = self._next(day, 1)
        if roll is Roll.MODIFIED_FOLLOWING and after.month != day.month:
            return self._next(day, -1)
        return after

    def advanced(self, day: date, business_days: int) -> date:
        """Return the date a number of business days later, or earlier when it is negative."""
        step = 1 if business_days > 0 else -1
        for _ in range(abs(business_days)):
            day = self._next(day, step)
        return day

    def _next(self, day: date, step: int) -> date:
        for _ in range(LONGEST_CLOSURE):
            day += timedelta(days=step)
            if self.is_business_day(day):
                return day
        raise NoSolutionError(_BUSINESS_DAY, _NO_BUSINESS_DAY)


_BUSINESS_DAY = Text("next business day", "下一工作日")
_NO_BUSINESS_DAY = Text(
    f"The calendar has none within {LONGEST_CLOSURE} days.",
    f"日历在 {LONGEST_CLOSURE} 天内没有工作日。",
)


def months_after(day: date, months: int, *, month_end: bool = False) -> date:
    """Return the same day some months later, or the last day of a month that has no such day.

    Parameters
    ----------
    month_end
        Whether to take the last day of the month whatever the day is.

    Examples
    --------
    >>> months_after(date(2025, 1, 31), 1), months_after(date(2025, 2, 28), 1, month_end=True)
    (datetime.date(2025, 2, 28), datetime.date(2025, 3, 31))
    """
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, last if month_end else min(day.day, last))


def payment_dates(
    first: date, *, every_months: int, count: int, month_end: bool = False
) -> tuple[date, ...]:
    """Return unadjusted dates at even distances, each counted from the first.

    Examples
    --------
    >>> payment_dates(date(2025, 8, 31), every_months=3, count=3)[1:]
    (datetime.date(2025, 11, 30), datetime.date(2026, 2, 28))
    """
    return tuple(
        months_after(first, every_months * place, month_end=month_end) for place in range(count)
    )
