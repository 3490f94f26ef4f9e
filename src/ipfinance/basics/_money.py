"""Amounts of money: unrounded, with their currency."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from typing_extensions import override

from ipfinance.basics._failure import InputError, IpfinanceError, Problem
from ipfinance.basics._text import Text

_CODE = re.compile(r"[A-Z]{3}")


class CurrencyMismatchError(IpfinanceError):
    """Two amounts in different currencies cannot be added or compared."""

    text = Text(
        "{left} and {right} are different currencies; convert one of them first.",
        "{left} 与 {right} 是不同货币，请先折算。",
    )

    def __init__(self, left: str, right: str) -> None:
        super().__init__(left=left, right=right)


@dataclass(frozen=True, slots=True)
class Money:
    """An unrounded amount with its ISO 4217 code.

    Examples
    --------
    >>> Money(Decimal("1.10"), "CNY") + Money(Decimal("2.25"), "CNY")
    Money(Decimal('3.35'), 'CNY')
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not self.amount.is_finite():
            raise InputError([_not_finite(self.amount)])
        if not _CODE.fullmatch(self.currency):
            raise InputError([currency_problem("currency", self.currency)])

    @override
    def __repr__(self) -> str:
        return f"Money({self.amount!r}, {self.currency!r})"

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        return Money(self.amount * factor, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.amount < other.amount

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.amount <= other.amount

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatchError(self.currency, other.currency)


@dataclass(frozen=True, slots=True)
class MoneyUnit:
    """What one printed number stands for: 10,000 CNY, 100 million CNY, 1 USD."""

    size: int
    currency: str

    def __post_init__(self) -> None:
        if self.size < 1:
            raise InputError([_bad_size(self.size)])
        if not _CODE.fullmatch(self.currency):
            raise InputError([currency_problem("currency", self.currency)])

    @override
    def __str__(self) -> str:
        return self.currency if self.size == 1 else f"{self.size:,} {self.currency}"

    def money(self, number: float) -> Money:
        """Return the amount that a printed number stands for, every digit of the float kept."""
        return Money(Decimal(repr(float(number))) * self.size, self.currency)

    def number(self, money: Money) -> float:
        """Return the number that is printed for an amount."""
        if money.currency != self.currency:
            raise CurrencyMismatchError(money.currency, self.currency)
        return float(money.amount / self.size)


NO_UNIT = MoneyUnit(1, "XXX")  # ISO 4217: a transaction without a currency


def currency_problem(field: str, found: object) -> Problem:
    """Return the problem of a text that is no currency code."""
    return Problem(
        field=field,
        found=found,
        allowed=Text(
            "expected an ISO 4217 code of three capital letters, such as CNY",
            "应为三个大写字母的 ISO 4217 货币代码，例如 CNY",
        ),
    )


def _bad_size(found: int) -> Problem:
    return Problem(
        field="unit",
        found=found,
        allowed=Text("expected a whole number of at least 1", "应为不小于 1 的整数"),
    )


def _not_finite(found: Decimal) -> Problem:
    return Problem(
        field="amount", found=found, allowed=Text("expected a finite amount", "应为有限金额")
    )
