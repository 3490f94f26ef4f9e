"""Prices of the classes: at a curve and a spread, at a yield, and what a price implies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from ipfinance.basics import DayCount, year_fraction
from ipfinance.numerics import (
    DiscountCurve,
    FloatArray,
    curve_price,
    durations,
    effective_duration,
    implied_yield,
    internal_rates,
    z_spread,
)
from ipfinance.securitization._deal import Costs
from ipfinance.securitization._run import DealRun

HUNDRED = 100.0
TIME = DayCount.ACTUAL_365_FIXED


@dataclass(frozen=True, slots=True, kw_only=True)
class TranchePrice:
    """What a class is worth, per 100 of its balance.

    Attributes
    ----------
    dirty, clean, accrued
        Price with and without interest accrued since the last payment.
    annual_yield
        Compounded yearly, at the dirty price.
    spread
        Z-spread over the curve, continuously compounded.
    macaulay, modified, effective
        Durations; effective to a parallel move of the curve. [year]
    """

    name: str
    dirty: float
    clean: float
    accrued: float
    annual_yield: float | None
    spread: float | None
    macaulay: float | None
    modified: float | None
    effective: float | None
    convexity: float | None
    wal: float | None
    irr_at_par: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllInCost:
    """What the arrangement costs the issuer a year, everything counted.

    Attributes
    ----------
    before_subsidy, after_subsidy
        Internal rate of return of all payments the issuer makes, compounded yearly.
    subsidy
        Paid to the issuer outside the vehicle, over life. [currency]
    """

    before_subsidy: float | None
    after_subsidy: float | None
    subsidy: Decimal


def tranche_flows(run: DealRun, name: str, on: date) -> tuple[FloatArray, FloatArray]:
    """Return times and payments of a class after a day, per 100 of its balance."""
    balance = run.tranche(name).balance
    times, cash = [], []
    for period in run.periods:
        if period.period.payment <= on:
            continue
        note = period.notes[name]
        paid = note.interest_paid + note.principal_paid + note.residual
        times.append(float(year_fraction(on, period.period.payment, TIME)))
        cash.append(HUNDRED * paid / max(1, balance))
    return np.array(times), np.array(cash)


def accrued_interest(run: DealRun, name: str, on: date) -> float:
    """Return interest accrued since the last payment date, per 100 of the balance."""
    tranche = run.deal.tranches[name]
    for period in run.periods:
        if not period.period.start < on < period.period.end:
            continue
        note = period.notes[name]
        whole = year_fraction(period.period.start, period.period.end, tranche.day_count)
        part = year_fraction(period.period.start, on, tranche.day_count)
        share = float(part / whole)
        return HUNDRED * note.interest_accrued * share / max(1, run.tranche(name).balance)
    return 0.0


def tranche_price(
    run: DealRun,
    name: str,
    curve: DiscountCurve,
    *,
    spread: float = 0.0,
    dirty: float | None = None,
    on: date | None = None,
) -> TranchePrice:
    """Return the price of a class at a curve and a spread, or what a given price implies.

    Parameters
    ----------
    dirty
        Per 100 of the balance; without it the price follows from the curve and the spread.
    on
        Day of settlement; the closing day without it.
    """
    day = on or run.periods[0].period.start
    times, cash = tranche_flows(run, name, day)
    accrued = accrued_interest(run, name, day)
    paid = bool(len(cash)) and float(np.sum(cash)) > 0
    price = curve_price(times, cash, curve, spread=spread) if dirty is None and paid else dirty
    price = 0.0 if price is None else price
    found = None
    measures = None
    if paid and price > 0:
        found = implied_yield(times, cash, price)
        measures = durations(times, cash, found)
    return TranchePrice(
        name=name,
        dirty=price,
        clean=price - accrued,
        accrued=accrued,
        annual_yield=found,
        spread=z_spread(times, cash, price, curve) if paid and price > 0 else None,
        macaulay=None if measures is None else measures.macaulay,
        modified=None if measures is None else measures.modified,
        effective=effective_duration(times, cash, curve, spread=spread) if paid else None,
        convexity=None if measures is None else measures.convexity,
        wal=run.tranche(name).wal,
        irr_at_par=run.tranche(name).irr,
    )


def subsidy_of(costs: Costs, amount: Decimal, interest: Decimal) -> Decimal:
    """Return a subsidy on financing cost by bands of the amount financed.

    Each band of `costs.subsidy_bands` is an upper end of the amount and the share of the cost on
    the part within it that is refunded; the last band has no upper end.

    Examples
    --------
    >>> bands = ((Decimal(10), Decimal("0.7")), (Decimal(50), Decimal("0.5")),
    ...          (Decimal(0), Decimal("0.3")))
    >>> subsidy_of(Costs(subsidy_bands=bands), Decimal(60), Decimal(6))
    Decimal('3.00')
    """
    if not costs.subsidy_bands or amount <= 0:
        return Decimal(0)
    rate = interest / amount
    below, total = Decimal(0), Decimal(0)
    for place, (upper, share) in enumerate(costs.subsidy_bands):
        last = place == len(costs.subsidy_bands) - 1
        end = amount if last else min(amount, upper)
        total += max(Decimal(0), end - below) * rate * share
        below = max(below, end)
    return total if costs.subsidy_cap is None else min(total, costs.subsidy_cap)


def all_in_cost(run: DealRun) -> AllInCost:
    """Return what the rated notes, the costs of the vehicle and outside costs come to a year."""
    costs, unit = run.deal.costs, run.unit
    closing = run.periods[0].period.start
    rated = [each.name for each in run.tranches if not run.deal.tranches[each.name].equity]
    raised = sum(run.tranche(name).balance for name in rated)
    times, flows = [0.0], [float(unit.money(raised).amount - costs.upfront)]
    interest = Decimal(0)
    for period in run.periods:
        paid = 0
        for name in rated:
            note = period.notes[name]
            paid += note.interest_paid + note.principal_paid
            interest += unit.money(note.interest_paid).amount
        paid += sum(line.paid for line in period.lines if line.line.subject in run.deal.fees)
        years = float(year_fraction(period.period.start, period.period.end, TIME))
        times.append(float(year_fraction(closing, period.period.payment, TIME)))
        flows.append(-float(unit.money(paid).amount) - float(costs.yearly) * years)
    subsidy = subsidy_of(costs, unit.money(raised).amount, interest)
    before = _one_rate(times, flows)
    refunded = list(flows)
    refunded[-1] += float(subsidy)
    after = _one_rate(times, refunded) if subsidy else before
    return AllInCost(before_subsidy=before, after_subsidy=after, subsidy=subsidy)


def _one_rate(times: Sequence[float], flows: Sequence[float]) -> float | None:
    rates = internal_rates(np.array(times), np.array(flows))
    return rates[0] if len(rates) == 1 else None
