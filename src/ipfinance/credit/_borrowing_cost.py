"""What a loan costs its borrower: interest, charges, and subsidies that never reach the lender."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ipfinance.basics import Cash, Text, rounded
from ipfinance.credit._pledge_loan import PledgeLoan
from ipfinance.numerics import internal_rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Charges:
    """What the borrower pays beside interest.

    Attributes
    ----------
    upfront
        Appraisal, registration, legal: paid on drawdown. [minor unit]
    yearly_rate
        Guarantee fee, insurance premium: part of the opening balance, paid each period. [1/year]
    """

    upfront: Cash = 0
    yearly_rate: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SubsidyTier:
    """Part of the financing cost that is paid back on a slice of the principal.

    Attributes
    ----------
    up_to
        End of the slice; None for the rest. [minor unit]
    share
        [1]
    """

    share: float
    up_to: Cash | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubsidyScheme:
    """An interest subsidy to the borrower, outside the lender's cash.

    Attributes
    ----------
    tiers
        Slices of the principal, ascending.
    yearly_cap
        Most in a year. [minor unit]
    years
        For how many years; None for the whole term.
    covers_charges
        Whether charges count as financing cost beside interest.
    """

    id: str
    source: Text
    tiers: tuple[SubsidyTier, ...]
    yearly_cap: Cash | None = None
    years: int | None = None
    covers_charges: bool = False

    def share(self, principal: Cash) -> float:
        """Return the mean share over the slices of a principal. [1]."""
        covered, start = 0.0, 0
        for tier in self.tiers:
            end = principal if tier.up_to is None else min(principal, tier.up_to)
            covered += max(end - start, 0) * tier.share
            start = max(start, end)
        return covered / principal if principal else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BorrowingCost:
    """The all-in cost of a loan.

    Attributes
    ----------
    interest, charges, subsidies
        Totals over the term. [minor unit]
    rate_before, rate_after
        Yearly compounded all-in rates without and with subsidies; None where no single rate
        exists. [1/year]
    subsidy_by_year
        [minor unit]
    """

    interest: Cash
    charges: Cash
    subsidies: Cash
    rate_before: float | None
    rate_after: float | None
    subsidy_by_year: tuple[Cash, ...]


def borrowing_cost(
    loan: PledgeLoan, charges: Charges, subsidy: SubsidyScheme | None = None
) -> BorrowingCost:
    """Return what a loan costs its borrower.

    Parameters
    ----------
    subsidy
        Paid at the end of each year on the cost of that year; None for none.
    """
    schedule = loan.schedule()
    step = loan.every_months / 12
    premiums = [rounded(_exact(each.opening * charges.yearly_rate * step)) for each in schedule]
    n_years = -(-loan.months // 12)
    cost = [0] * n_years
    for place, each in enumerate(schedule):
        year = ((place + 1) * loan.every_months - 1) // 12
        extra = premiums[place] if subsidy is not None and subsidy.covers_charges else 0
        cost[year] += each.interest + extra
    if subsidy is not None and subsidy.covers_charges:
        cost[0] += charges.upfront
    paid_back = _subsidies(loan.principal, cost, subsidy)
    flows = [(0.0, loan.principal - charges.upfront)]
    flows += [
        ((place + 1) * step, -each.payment - premiums[place]) for place, each in enumerate(schedule)
    ]
    gifts = [(min(year + 1.0, loan.months / 12), gift) for year, gift in enumerate(paid_back)]
    return BorrowingCost(
        interest=sum(each.interest for each in schedule),
        charges=charges.upfront + sum(premiums),
        subsidies=sum(paid_back),
        rate_before=_rate(flows),
        rate_after=_rate([*flows, *gifts]),
        subsidy_by_year=tuple(paid_back),
    )


def _subsidies(principal: Cash, cost: Sequence[Cash], subsidy: SubsidyScheme | None) -> list[Cash]:
    if subsidy is None:
        return [0] * len(cost)
    share, found = subsidy.share(principal), []
    for year, amount in enumerate(cost):
        paid = rounded(_exact(amount * share))
        if subsidy.yearly_cap is not None:
            paid = min(paid, subsidy.yearly_cap)
        found.append(paid if subsidy.years is None or year < subsidy.years else 0)
    return found


def _exact(number: float) -> int:
    return int(np.floor(number + 0.5))


def _rate(flows: Sequence[tuple[float, int]]) -> float | None:
    total: dict[float, int] = {}
    for time, amount in flows:
        total[time] = total.get(time, 0) + amount
    times = sorted(total)
    found = internal_rates(np.array(times), np.array([float(total[time]) for time in times]))
    return found[0] if len(found) == 1 else None
