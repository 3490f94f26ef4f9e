"""The dates of a deal, period by period, every role with its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from ipfinance.basics import (
    Calendar,
    CalendarHorizonError,
    DayCount,
    InputError,
    Problem,
    Text,
    payment_dates,
    year_fraction,
)
from ipfinance.parameters import business_calendar, calendar_ids
from ipfinance.securitization._deal import DateRole, Dates

MOST_PERIODS = 1200
NO_CALENDAR = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One payment date and what belongs to it.

    Attributes
    ----------
    start, end
        Of the accrual, unadjusted.
    adjusted_start, payment
        The days on which cash really moves.
    roles
        The other dates of the period that the contract names.
    provisional
        Whether a date lies beyond the years whose holidays are known.
    """

    start: date
    end: date
    adjusted_start: date
    payment: date
    roles: Mapping[DateRole, date]
    provisional: bool

    @property
    def collection_end(self) -> date:
        """Last day whose collections are paid out."""
        return self.roles.get(DateRole.COLLECTION_END, self.end)

    def years(self, day_count: DayCount, *, adjusted: bool, maturity: date) -> Fraction:
        """Return the length of the accrual period."""
        if adjusted:
            return year_fraction(self.adjusted_start, self.payment, day_count, maturity=maturity)
        return year_fraction(self.start, self.end, day_count, maturity=maturity)


def deal_periods(dates: Dates) -> tuple[Period, ...]:
    """Return the periods of a deal.

    Raises
    ------
    InputError
        When the dates do not say when the deal pays, or say it twice.
    CalendarHorizonError
        In strict mode, when a date lies beyond the announced holidays.
    """
    calendar = None if dates.calendar == NO_CALENDAR else _calendar(dates.calendar)
    ends = _ends(dates)
    starts = (dates.closing, *ends[:-1])
    periods = []
    for start, end in zip(starts, ends, strict=True):
        payment = _rolled(calendar, end, dates)
        opening = start if start == dates.closing else _rolled(calendar, start, dates)
        provisional = calendar is not None and calendar.is_provisional(payment)
        if calendar is not None and provisional and dates.strict_calendar:
            raise CalendarHorizonError(calendar.id, payment, calendar.known_until)
        roles = {role: _moved(calendar, payment, offset) for role, offset in dates.offsets.items()}
        periods.append(
            Period(
                start=start,
                end=end,
                adjusted_start=opening,
                payment=payment,
                roles=roles,
                provisional=provisional,
            )
        )
    return tuple(periods)


def _calendar(name: str) -> Calendar:
    if name not in calendar_ids():
        known = _one_of((NO_CALENDAR, *calendar_ids()))
        raise InputError([Problem(field="dates.calendar", found=name, allowed=known)])
    return business_calendar(name)


def _rolled(calendar: Calendar | None, day: date, dates: Dates) -> date:
    return day if calendar is None else calendar.adjusted(day, dates.roll)


def _moved(calendar: Calendar | None, day: date, offset: int) -> date:
    return day + timedelta(days=offset) if calendar is None else calendar.advanced(day, offset)


def _ends(dates: Dates) -> tuple[date, ...]:
    problems = []
    if dates.payments:
        ends = dates.payments
        if dates.first_payment is not None or dates.count is not None:
            problems.append(Problem(field="dates.payments", allowed=_ONE_WAY))
        if list(ends) != sorted(set(ends)):
            problems.append(Problem(field="dates.payments", allowed=_ASCENDING))
    elif dates.first_payment is None or dates.count is None:
        problems.append(Problem(field="dates", allowed=_ONE_WAY))
        ends = ()
    elif not 1 <= dates.count <= MOST_PERIODS:
        problems.append(Problem(field="dates.count", found=dates.count, allowed=_COUNT))
        ends = ()
    elif not 1 <= dates.every_months <= 12:  # noqa: PLR2004
        problems.append(
            Problem(field="dates.every_months", found=dates.every_months, allowed=_MONTHS)
        )
        ends = ()
    else:
        ends = payment_dates(
            dates.first_payment,
            every_months=dates.every_months,
            count=dates.count,
            month_end=dates.month_end,
        )
    if ends and ends[0] <= dates.closing:
        problems.append(Problem(field="dates.closing", found=dates.closing, allowed=_AFTER_CLOSING))
    if problems:
        raise InputError(problems)
    return ends


def at(table: Decimal | Mapping[date, Decimal], on: date, default: Decimal = Decimal(0)) -> Decimal:
    """Return the value of a dated table on a day: the last one that has begun."""
    if isinstance(table, Decimal):
        return table
    begun = [day for day in table if day <= on]
    return table[max(begun)] if begun else default


def _one_of(names: tuple[str, ...]) -> Text:
    shown = ", ".join(names)
    return Text(f"expected one of: {shown}", f"应为以下之一：{shown}")


_ONE_WAY = Text(
    "give either payments, or first_payment with count",
    "请给出 payments，或给出 first_payment 与 count，二者取一",
)
_ASCENDING = Text("payment dates must ascend", "兑付日须依次递增")
_COUNT = Text(f"expected 1 to {MOST_PERIODS} payments", f"兑付次数应为 1 至 {MOST_PERIODS}")
_MONTHS = Text("expected 1 to 12 months", "应为 1 至 12 个月")
_AFTER_CLOSING = Text("closing must come before the first payment", "设立日须早于首个兑付日")
