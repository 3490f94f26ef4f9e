"""Cash: whole minor units of one currency, and the one rounding point that leads to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from ipfinance.basics._failure import InputError, Problem
from ipfinance.basics._money import CurrencyMismatchError, Money, currency_problem
from ipfinance.basics._text import Text

Cash: TypeAlias = int


def rounded(amount: Decimal | Fraction | int) -> Cash:
    """Round to whole units, half away from zero: the one rule of the house.

    Examples
    --------
    >>> rounded(Decimal("4.5")), rounded(Decimal("-4.5")), rounded(Fraction(1, 3))
    (5, -5, 0)
    """
    exact = Fraction(amount)
    whole = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return whole if exact >= 0 else -whole


def telescoped(total_rates: Iterable[Fraction], balance: Cash) -> tuple[Cash, ...]:
    """Accrue on a constant balance so that the parts sum to the rounded whole.

    Parameters
    ----------
    total_rates
        Rate times time from the start of the accrual period to each date, ascending. [1]
    balance
        Constant over the accrual period. [minor unit]

    Returns
    -------
    tuple
        What accrues between the dates. [minor unit]

    Examples
    --------
    >>> year = [Fraction(38, 1000) * Fraction(day, 365) for day in (45, 90)]
    >>> sum(telescoped(year, 1234567)), telescoped(year, 1234567)
    (11568, (5784, 5784))
    """
    reached = [rounded(balance * rate) for rate in total_rates]
    return tuple(after - before for before, after in zip([0, *reached], reached, strict=False))


@dataclass(frozen=True, slots=True)
class MinorUnit:
    """The smallest unit of a currency: its code and how many decimals an amount has.

    Examples
    --------
    >>> fen = MinorUnit("CNY", 2)
    >>> fen.cash(Money(Decimal("0.125"), "CNY")), fen.money(13)
    (13, Money(Decimal('0.13'), 'CNY'))
    """

    currency: str
    exponent: int

    @classmethod
    def of(cls, currency: str) -> MinorUnit:
        """Return the minor unit that ISO 4217 gives a currency."""
        from babel.numbers import get_currency_precision, is_currency

        if not is_currency(currency):
            raise InputError([currency_problem("currency", currency)])
        return cls(currency, int(get_currency_precision(currency)))

    def cash(self, money: Money) -> Cash:
        """Round an amount to whole minor units: the only way from `Money` to `Cash`."""
        if money.currency != self.currency:
            raise CurrencyMismatchError(money.currency, self.currency)
        return rounded(money.amount * 10**self.exponent)

    def money(self, cash: Cash) -> Money:
        """Return the exact amount of a number of minor units."""
        return Money(Decimal(cash).scaleb(-self.exponent), self.currency)

    def shown(self, cash: Cash) -> str:
        """Write an amount with its decimals.

        Examples
        --------
        >>> MinorUnit("CNY", 2).shown(123456789)
        '1,234,567.89'
        """
        return f"{Decimal(cash).scaleb(-self.exponent):,.{self.exponent}f}"


def rate_parts(field: str, rate: Decimal, parts_per_unit: int) -> int:
    """Return a rate as a whole number of parts, or raise when it is finer than the parts.

    Examples
    --------
    >>> rate_parts("coupon", Decimal("0.038"), 1_000_000)
    38000
    """
    scaled = rate * parts_per_unit
    if scaled != scaled.to_integral_value():
        allowed = Text(
            f"expected a rate of whole parts of 1/{parts_per_unit:,}; finer rates need "
            "exact_rates: true",
            f"利率须为 1/{parts_per_unit:,} 的整数倍；更细的利率请设 exact_rates: true",
        )
        raise InputError([Problem(field=field, found=str(rate), allowed=allowed)])
    return int(scaled)
