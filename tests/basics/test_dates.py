"""Day counts against a published table of hard cases and against an independent library."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import QuantLib as ql  # noqa: N813
from hypothesis import given, settings
from hypothesis import strategies as st

from ipfinance.basics import DayCount, year_fraction

ORDER = (
    DayCount.THIRTY_360_US,
    DayCount.THIRTY_E_360,
    DayCount.THIRTY_360_BOND_BASIS,
    DayCount.THIRTY_E_360_ISDA,
    DayCount.ACTUAL_360,
    DayCount.ACTUAL_365_FIXED,
    DayCount.ACTUAL_ACTUAL_ISDA,
    DayCount.ACTUAL_365_NO_LEAP,
)
# computed with QuantLib 1.44 and with a second implementation written from the rules
TABLE = [
    (
        date(2024, 2, 29),
        date(2024, 3, 31),
        (0.08333333, 0.08611111, 0.08888889, 0.08333333, 0.08611111, 0.08493151, 0.08469945,
         0.08493151),
    ),
    (
        date(2024, 1, 31),
        date(2024, 2, 29),
        (0.08055556, 0.08055556, 0.08055556, 0.08333333, 0.08055556, 0.07945205, 0.07923497,
         0.07671233),
    ),
    (
        date(2024, 1, 30),
        date(2024, 2, 29),
        (0.08055556, 0.08055556, 0.08055556, 0.08333333, 0.08333333, 0.08219178, 0.08196721,
         0.07945205),
    ),
    (
        date(2023, 12, 31),
        date(2024, 12, 31),
        (1.0, 1.0, 1.0, 1.0, 1.01666667, 1.00273973, 1.00000749, 1.0),
    ),
    (
        date(2024, 8, 31),
        date(2025, 2, 28),
        (0.49444444, 0.49444444, 0.49444444, 0.5, 0.50277778, 0.49589041, 0.49496968, 0.49589041),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("start", "end", "fractions"), TABLE)
def test_table_of_hard_cases(start: date, end: date, fractions: tuple[float, ...]) -> None:
    for rule, expected in zip(ORDER, fractions, strict=True):
        assert float(year_fraction(start, end, rule)) == pytest.approx(expected, abs=5e-9), rule


@pytest.mark.parametrize(
    ("start", "end", "rule", "days"),
    [
        (date(2007, 2, 28), date(2007, 3, 31), DayCount.THIRTY_360_US, 30),
        (date(2008, 2, 29), date(2008, 8, 31), DayCount.THIRTY_360_US, 180),
        (date(2008, 2, 29), date(2008, 8, 31), DayCount.THIRTY_360_BOND_BASIS, 182),
        (date(2020, 2, 5), date(2020, 2, 29), DayCount.THIRTY_E_360_ISDA, 25),
        (date(2020, 2, 28), date(2020, 3, 31), DayCount.THIRTY_360_US, 33),
        (date(2019, 2, 15), date(2019, 3, 15), DayCount.THIRTY_360_US, 30),
    ],
)
def test_day_numbers(start: date, end: date, rule: DayCount, days: int) -> None:
    assert year_fraction(start, end, rule) * 360 == days


def test_final_maturity_keeps_february() -> None:
    for start, end, expected in [
        (date(2024, 1, 31), date(2024, 2, 29), 0.08055556),
        (date(2024, 8, 31), date(2025, 2, 28), 0.49444444),
    ]:
        found = year_fraction(start, end, DayCount.THIRTY_E_360_ISDA, maturity=end)
        assert float(found) == pytest.approx(expected, abs=5e-9)


def test_thirty_360_is_not_additive() -> None:
    first = year_fraction(date(2019, 2, 15), date(2019, 2, 28), DayCount.THIRTY_360_US)
    second = year_fraction(date(2019, 2, 28), date(2019, 3, 15), DayCount.THIRTY_360_US)
    assert (first + second) * 360 == 28


QUANTLIB = {
    DayCount.ACTUAL_360: ql.Actual360(),
    DayCount.ACTUAL_365_FIXED: ql.Actual365Fixed(),
    DayCount.ACTUAL_365_NO_LEAP: ql.Actual365Fixed(ql.Actual365Fixed.NoLeap),
    DayCount.ACTUAL_ACTUAL_ISDA: ql.ActualActual(ql.ActualActual.ISDA),
    DayCount.THIRTY_360_US: ql.Thirty360(ql.Thirty360.USA),
    DayCount.THIRTY_360_BOND_BASIS: ql.Thirty360(ql.Thirty360.BondBasis),
    DayCount.THIRTY_E_360: ql.Thirty360(ql.Thirty360.European),
    DayCount.THIRTY_E_360_ISDA: ql.Thirty360(ql.Thirty360.ISDA),
}


@settings(max_examples=2000)
@given(
    start=st.dates(date(1995, 1, 1), date(2080, 1, 1)),
    days=st.integers(0, 12_000),
    rule=st.sampled_from(DayCount),
)
def test_agrees_with_an_independent_library(start: date, days: int, rule: DayCount) -> None:
    end = start + timedelta(days=days)
    theirs = QUANTLIB[rule].yearFraction(
        ql.Date(start.day, start.month, start.year), ql.Date(end.day, end.month, end.year)
    )
    assert float(year_fraction(start, end, rule)) == pytest.approx(theirs, abs=1e-12)
    assert year_fraction(end, start, rule) == -year_fraction(start, end, rule)
