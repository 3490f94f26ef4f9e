"""The rounding point, and what must not be lost at it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfinance.basics import (
    CurrencyMismatchError,
    InputError,
    MinorUnit,
    Money,
    rate_parts,
    rounded,
    telescoped,
)

FEN = MinorUnit("CNY", 2)


@pytest.mark.parametrize(
    ("amount", "cash"),
    [("0.045", 5), ("-0.045", -5), ("0.0449999", 4), ("2.5", 250), ("1E+9", 10**11), ("0", 0)],
)
def test_half_a_unit_goes_away_from_zero(amount: str, cash: int) -> None:
    assert FEN.cash(Money(Decimal(amount), "CNY")) == cash


@given(st.integers(-(10**20), 10**20), st.sampled_from(["CNY", "JPY", "KWD"]))
def test_the_way_back_is_exact(cash: int, currency: str) -> None:
    unit = MinorUnit.of(currency)
    assert unit.cash(unit.money(cash)) == cash


@given(st.fractions())
def test_rounding_is_nearest(amount: Fraction) -> None:
    assert abs(rounded(amount) - amount) <= Fraction(1, 2)
    assert rounded(-amount) == -rounded(amount)


def test_ninety_separate_days_would_add_up_to_more() -> None:
    # 12,345.67 at 3.80 % actual/365 for 90 days: 115.68; ninety rounded days give 116.10
    balance, rate = 1_234_567, Fraction(38, 1000)
    daily = [rate * Fraction(day, 365) for day in range(1, 91)]
    assert sum(telescoped(daily, balance)) == 11_568
    assert sum(rounded(balance * rate / 365) for _ in range(90)) == 11_610


def test_accruing_twice_does_not_change_the_total() -> None:
    once = telescoped([Fraction(38, 1000) * Fraction(90, 365)], 1_234_567)
    twice = telescoped([Fraction(38, 1000) * Fraction(days, 365) for days in (37, 90)], 1_234_567)
    assert sum(once) == sum(twice)


def test_currencies_keep_apart() -> None:
    with pytest.raises(CurrencyMismatchError):
        FEN.cash(Money(Decimal(1), "USD"))
    with pytest.raises(InputError, match="ISO 4217"):
        MinorUnit.of("ABC")
    assert MinorUnit.of("JPY").exponent == 0


def test_a_rate_finer_than_its_parts_is_refused() -> None:
    assert rate_parts("coupon", Decimal("0.03855"), 10**6) == 38_550
    with pytest.raises(InputError, match="exact_rates"):
        rate_parts("coupon", Decimal("0.03855123"), 10**6)
    assert rate_parts("coupon", Decimal("0.03855123"), 10**12) == 38_551_230_000
