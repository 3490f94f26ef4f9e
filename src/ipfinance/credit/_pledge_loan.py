"""A pledge loan as a receivable: its schedule in whole minor units, and its claim on default."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from ipfinance.basics import Cash, InputError, Problem, Text, rounded

MOST_PERIODS = 1_200


class Repayment(StrEnum):
    """How the principal comes back."""

    BULLET = "bullet"  # interest each period, principal at the end
    LEVEL = "level"  # the same payment each period
    EQUAL_PRINCIPAL = "equal_principal"


REPAYMENT_NAMES = {
    Repayment.BULLET: Text("interest each period, principal at maturity", "按期付息、到期还本"),
    Repayment.LEVEL: Text("level payments", "等额本息"),
    Repayment.EQUAL_PRINCIPAL: Text("equal principal", "等额本金"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanPeriod:
    """One period of a loan, in minor units."""

    number: int
    opening: Cash
    interest: Cash
    principal: Cash

    @property
    def payment(self) -> Cash:
        """Interest and principal together."""
        return self.interest + self.principal

    @property
    def closing(self) -> Cash:
        """What is still owed after the payment."""
        return self.opening - self.principal

    @property
    def claim(self) -> Cash:
        """Balance and accrued interest, when nothing of this period was paid."""
        return self.opening + self.interest


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeLoan:
    """The terms of a loan.

    Attributes
    ----------
    principal
        [minor unit]
    rate
        Yearly, simple within a period. [1/year]
    months
        Term, a whole number of periods. [month]
    every_months
        Length of a period. [month]

    Examples
    --------
    >>> loan = PledgeLoan(principal=1_000_000_000, rate=Decimal("0.05"), months=12,
    ...                   every_months=3, repayment=Repayment.LEVEL)
    >>> [(each.interest, each.principal) for each in loan.schedule()][:2]
    [(12500000, 245361023), (9432987, 248428036)]
    """

    principal: Cash
    rate: Decimal
    months: int
    every_months: int = 3
    repayment: Repayment = Repayment.BULLET

    def __post_init__(self) -> None:
        problems = []
        if self.principal <= 0:
            problems.append(Problem(field="principal", found=self.principal, allowed=_POSITIVE))
        if not self.rate.is_finite() or not 0 <= self.rate <= 1:
            problems.append(Problem(field="rate", found=str(self.rate), allowed=_RATE))
        fits = self.every_months >= 1 and self.months >= 1 and not self.months % self.every_months
        if not fits or self.months // self.every_months > MOST_PERIODS:
            problems.append(Problem(field="months", found=self.months, allowed=_TERM))
        if problems:
            raise InputError(problems)

    @property
    def periods(self) -> int:
        """How many payments there are."""
        return self.months // self.every_months

    @property
    def period_rate(self) -> Fraction:
        """Interest of one period, part of the balance."""
        return Fraction(self.rate) * self.every_months / 12

    def schedule(self) -> tuple[LoanPeriod, ...]:
        """Return every period; interest is rounded, the last principal clears the balance."""
        found: list[LoanPeriod] = []
        balance = self.principal
        for number in range(1, self.periods + 1):
            interest = rounded(balance * self.period_rate)
            last = number == self.periods
            principal = balance if last else min(balance, self._principal(interest))
            found.append(
                LoanPeriod(number=number, opening=balance, interest=interest, principal=principal)
            )
            balance -= principal
        return tuple(found)

    def _principal(self, interest: Cash) -> Cash:
        match self.repayment:
            case Repayment.BULLET:
                return 0
            case Repayment.EQUAL_PRINCIPAL:
                return rounded(Fraction(self.principal, self.periods))
            case Repayment.LEVEL:
                return self.level_payment - interest

    @property
    def level_payment(self) -> Cash:
        """The payment that is the same each period, rounded."""
        rate = self.period_rate
        if rate == 0:
            return rounded(Fraction(self.principal, self.periods))
        return rounded(self.principal * rate / (1 - (1 + rate) ** -self.periods))


_POSITIVE = Text("expected an amount above 0", "应为大于 0 的金额")
_RATE = Text(
    "expected a rate from 0 to 1; rates are decimals, 5 % is 0.05",
    "利率应为 0 至 1 的小数，5% 写作 0.05",
)
_TERM = Text(
    f"expected a whole number of periods, from 1 to {MOST_PERIODS:,}",
    f"应为整数个还款期，且在 1 至 {MOST_PERIODS:,} 之间",
)
