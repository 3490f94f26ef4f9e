"""Calendars by name: public holidays of a library, with dated overrides of our own."""

from __future__ import annotations

from functools import cache
from typing import Any

from ipfinance.basics import Calendar
from ipfinance.parameters._parameter import parameter

WEEKENDS = "weekends"
FIRST_YEAR, LAST_YEAR = 2005, 2100
_COUNTRIES = {"cn_interbank": "CN", "cn_sse": "CN"}


def calendar_ids() -> tuple[str, ...]:
    """Return the names of all calendars."""
    return (WEEKENDS, *_COUNTRIES)


@cache
def business_calendar(name: str) -> Calendar:
    """Return a calendar by its name.

    After the last announced year the days follow fixed rules of law; `Calendar.is_provisional`
    says which dates are concerned.
    """
    if name == WEEKENDS:
        return Calendar(id=name)
    import holidays

    overrides: dict[str, Any] = parameter(f"market.calendars.{name}").at(None).value
    public: Any = holidays.country_holidays(
        _COUNTRIES[name], years=range(FIRST_YEAR, LAST_YEAR + 1)
    )
    working = public.weekend_workdays if overrides["open_on_working_weekends"] else ()
    return Calendar(
        id=name,
        holidays=frozenset(public) | frozenset(overrides["closed"]),
        working_weekends=frozenset(working),
        known_until=overrides["known_until"],
    )
