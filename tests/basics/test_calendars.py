"""Calendars, rolls and schedules against printed values and against an independent library."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import QuantLib as ql  # noqa: N813

from ipfinance.basics import (
    Calendar,
    CalendarHorizonError,
    Language,
    NoSolutionError,
    Roll,
    months_after,
    payment_dates,
)
from ipfinance.parameters import business_calendar, calendar_ids

# computed with QuantLib 1.44: make-up working days, interbank open and exchange closed
MAKE_UP = {
    2024: ["02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12"],
    2025: ["01-26", "02-08", "04-27", "09-28", "10-11"],
    2026: ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
}
INTERBANK, EXCHANGE = "cn_interbank", "cn_sse"


def test_make_up_days_open_the_interbank_market_only() -> None:
    for year, days in MAKE_UP.items():
        found = sorted(d for d in business_calendar(INTERBANK).working_weekends if d.year == year)
        assert [f"{day:%m-%d}" for day in found] == days
        assert not any(business_calendar(EXCHANGE).is_business_day(day) for day in found)


@pytest.mark.parametrize(
    ("day", "roll", "interbank", "exchange"),
    [
        ("2025-02-08", Roll.FOLLOWING, "2025-02-08", "2025-02-10"),
        ("2026-02-28", Roll.FOLLOWING, "2026-02-28", "2026-03-02"),
        ("2026-02-28", Roll.MODIFIED_FOLLOWING, "2026-02-28", "2026-02-27"),
        ("2026-02-28", Roll.PRECEDING, "2026-02-28", "2026-02-27"),
        ("2026-02-28", Roll.UNADJUSTED, "2026-02-28", "2026-02-28"),
    ],
)
def test_rolls(day: str, roll: Roll, interbank: str, exchange: str) -> None:
    start = date.fromisoformat(day)
    assert str(business_calendar(INTERBANK).adjusted(start, roll)) == interbank
    assert str(business_calendar(EXCHANGE).adjusted(start, roll)) == exchange


def test_business_days_before_a_date() -> None:
    day = date(2025, 2, 10)
    assert business_calendar(INTERBANK).advanced(day, -2) == date(2025, 2, 7)
    assert business_calendar(EXCHANGE).advanced(day, -2) == date(2025, 2, 6)
    assert business_calendar(EXCHANGE).advanced(date(2025, 2, 6), 2) == day
    assert business_calendar(EXCHANGE).advanced(day, 0) == day


def test_holiday_and_make_up_saturday_of_2017() -> None:
    holiday, saturday = date(2017, 2, 2), date(2017, 2, 4)
    assert not business_calendar(INTERBANK).is_business_day(holiday)
    assert business_calendar(INTERBANK).is_business_day(saturday)
    assert not business_calendar(EXCHANGE).is_business_day(holiday)
    assert not business_calendar(EXCHANGE).is_business_day(saturday)


@pytest.mark.parametrize(("name", "market"), [(INTERBANK, ql.China.IB), (EXCHANGE, ql.China.SSE)])
def test_agrees_with_an_independent_library(name: str, market: int) -> None:
    ours, theirs = business_calendar(name), ql.China(market)
    day = date(2015, 1, 1)
    while day <= ours.known_until:
        assert ours.is_business_day(day) == theirs.isBusinessDay(
            ql.Date(day.day, day.month, day.year)
        ), day
        day += timedelta(days=1)


def test_days_beyond_the_announced_years_are_provisional() -> None:
    monday_of_new_year_week = date(2027, 2, 8)
    calendar = business_calendar(EXCHANGE)
    assert calendar.known_until == date(2026, 12, 31)
    assert calendar.is_provisional(monday_of_new_year_week)
    assert not calendar.is_provisional(date(2026, 12, 31))
    error = CalendarHorizonError(EXCHANGE, monday_of_new_year_week, calendar.known_until)
    assert "2027-02-08" in error.message(Language.ENGLISH)
    assert "严格模式" in error.message(Language.CHINESE)


def test_every_calendar_can_be_loaded() -> None:
    for name in calendar_ids():
        assert business_calendar(name).id == name
        assert not business_calendar(name).is_business_day(date(2026, 3, 1))


def test_a_calendar_without_business_days_is_an_error() -> None:
    closed = frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(60))
    with pytest.raises(NoSolutionError, match="none within 40 days"):
        Calendar(id="closed", holidays=closed).advanced(date(2026, 1, 1), 1)


def test_months_and_schedules() -> None:
    assert months_after(date(2024, 12, 31), 2) == date(2025, 2, 28)
    assert months_after(date(2024, 12, 31), -10) == date(2024, 2, 29)
    # counted from the first date, so a short month does not pull the later ones back
    assert payment_dates(date(2025, 1, 31), every_months=1, count=3) == (
        date(2025, 1, 31),
        date(2025, 2, 28),
        date(2025, 3, 31),
    )
    assert payment_dates(date(2025, 2, 28), every_months=3, count=2, month_end=True) == (
        date(2025, 2, 28),
        date(2025, 5, 31),
    )
