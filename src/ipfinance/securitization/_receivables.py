"""What a vehicle buys: receivables of every kind, and the cash that each promises when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import count
from typing import Literal, TypeAlias

from ipfinance import credit
from ipfinance.basics import Cash, MinorUnit, Money, months_after, rounded
from ipfinance.credit import Repayment
from ipfinance.numerics import bracketed_root

DAYS_OF_DISCOUNT = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """An intellectual property right behind receivables.

    Attributes
    ----------
    values
        Dated valuations. [currency]
    sale_cost
        Part of the sale value that a sale consumes.
    hazard
        Of losing the right to invalidation, a year; without it the deal's own.
    """

    kind: str = ""
    registration: str = ""
    owner: str = ""
    filed_on: date | None = None
    expires_on: date | None = None
    values: dict[date, Decimal] = field(default_factory=dict)
    sale_cost: Decimal = Decimal(0)
    hazard: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What every receivable states.

    Attributes
    ----------
    obligor, originator
        Who owes the money, and who sold the receivable; ids of parties.
    rights
        Rights that secure it or from whose use it flows.
    recovery
        Part of the claim that comes back after a default.
    recovery_lag
        Months from default to recovery.
    value_linked
        Whether what comes back is at most the sale value of the rights.
    needs_right
        Whether the receivable ends with its rights.
    """

    obligor: str
    originator: str = ""
    rights: tuple[str, ...] = ()
    recovery: Decimal = Decimal(0)
    recovery_lag: int = 0
    value_linked: bool = False
    needs_right: bool = False
    credit_impaired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeLoan(Common):
    """A loan secured by rights: interest each period, principal as `repayment` says."""

    kind: Literal["pledge_loan"] = "pledge_loan"
    balance: Decimal
    rate: Decimal
    payments: int
    every_months: int = 3
    start: date | None = None
    repayment: Repayment = Repayment.BULLET


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A promised payment."""

    on: date
    interest: Decimal = Decimal(0)
    principal: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedSchedule(Common):
    """Promised payments, date by date; principal sums to the balance."""

    kind: Literal["fixed_schedule"] = "fixed_schedule"
    flows: tuple[Flow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceBack(Common):
    """Fees of a second licence; the lump sum of the first defines the implied rate.

    Attributes
    ----------
    fees
        One fee a period, or one number for level fees over `payments`.
    fee_survives_invalidity
        Whether fees are still owed when a patent is invalidated.
    """

    kind: Literal["licence_back"] = "licence_back"
    lump_sum: Decimal
    fees: tuple[Decimal, ...] | Decimal
    payments: int | None = None
    every_months: int = 3
    start: date | None = None
    fee_survives_invalidity: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease(Common):
    """Rentals of a sale and leaseback; a deposit is netted against the last rentals."""

    kind: Literal["lease"] = "lease"
    cost: Decimal
    rate: Decimal
    payments: int
    every_months: int = 3
    start: date | None = None
    in_advance: bool = False
    deposit: Decimal = Decimal(0)
    purchase_option: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeReceivable(Common):
    """An invoice bought at a discount; dilution is bought back by the originator."""

    kind: Literal["trade_receivable"] = "trade_receivable"
    face: Decimal
    due: date
    discount_rate: Decimal = Decimal(0)
    dilution: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A royalty rate on the part of a period's sales above a level."""

    above: Decimal = Decimal(0)
    rate: Decimal
    rate_after_expiry: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """A correction found by an audit, signed."""

    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Royalty(Common):
    """A share of sales that decay, with guarantees, recoupment and lags.

    Attributes
    ----------
    sales
        Of the first period. [currency]
    decay, fast_decay, fast_periods
        Part lost a period; a first phase may lose faster.
    curve
        Sales of each period relative to the first; takes the place of the decay.
    minimum, minimum_year
        Guaranteed royalty a period, and a contract year.
    advance
        Paid to the owner before, recouped from royalties.
    advance_recoups_minimum
        Whether the advance is recouped from guaranteed amounts too.
    withholding, admin
        Parts of the royalty, taken after recoupment.
    """

    kind: Literal["royalty"] = "royalty"
    sales: Decimal
    payments: int
    every_months: int = 3
    start: date | None = None
    decay: Decimal = Decimal(0)
    fast_decay: Decimal = Decimal(0)
    fast_periods: int = 0
    curve: tuple[Decimal, ...] = ()
    tiers: tuple[Tier, ...]
    returns: Decimal = Decimal(0)
    minimum: Decimal = Decimal(0)
    minimum_year: Decimal = Decimal(0)
    advance: Decimal = Decimal(0)
    advance_recoups_minimum: bool = True
    withholding: Decimal = Decimal(0)
    admin: Decimal = Decimal(0)
    reporting_lag: int = 0
    audits: tuple[Audit, ...] = ()


Receivable: TypeAlias = PledgeLoan | FixedSchedule | LicenceBack | Lease | TradeReceivable | Royalty


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What a receivable pays on a date when nothing goes wrong, in minor units.

    Attributes
    ----------
    diluted
        Bought back by the originator instead of being paid.
    """

    on: date
    interest: Cash = 0
    principal: Cash = 0
    diluted: Cash = 0


def payment_calendar(start: date, every_months: int) -> Iterator[date]:
    """Yield the dates of a receivable's payments, each counted from its start."""
    for place in count(1):
        yield months_after(start, every_months * place)


def balance_of(receivable: Receivable, unit: MinorUnit) -> Cash:
    """Return what is owed at the cut-off; none for royalties, which owe nothing fixed.

    Examples
    --------
    >>> invoice = TradeReceivable(obligor="d", face=Decimal(100), due=date(2020, 1, 1))
    >>> balance_of(invoice, MinorUnit("CNY", 2))
    10000
    """
    match receivable:
        case PledgeLoan():
            amount = receivable.balance
        case FixedSchedule():
            return sum(cash_of(flow.principal, unit) for flow in receivable.flows)
        case LicenceBack():
            amount = receivable.lump_sum
        case Lease():
            amount = receivable.cost - receivable.deposit
        case TradeReceivable():
            amount = receivable.face
        case Royalty():
            return 0
    return cash_of(amount, unit)


def cash_of(amount: Decimal, unit: MinorUnit) -> Cash:
    """Round an amount to whole minor units."""
    return unit.cash(Money(amount, unit.currency))


def promises(receivable: Receivable, unit: MinorUnit, cut_off: date) -> tuple[Promise, ...]:
    """Return what a receivable pays and when; royalties are computed with their sales.

    Parameters
    ----------
    cut_off
        Where payments start for receivables that state no start of their own.

    Examples
    --------
    >>> loan = PledgeLoan(obligor="d", balance=Decimal(10_000_000), rate=Decimal("0.05"),
    ...     payments=4, repayment=Repayment.LEVEL)
    >>> [(p.interest, p.principal) for p in promises(loan, MinorUnit("CNY", 2), date(2020, 1, 1))]
    [(12500000, 245361023), (9432987, 248428036), (6327637, 251533386), (3183469, 254677555)]
    """
    match receivable:
        case PledgeLoan():
            return _loan(receivable, unit, receivable.start or cut_off)
        case FixedSchedule():
            return tuple(
                Promise(
                    on=flow.on,
                    interest=cash_of(flow.interest, unit),
                    principal=cash_of(flow.principal, unit),
                )
                for flow in receivable.flows
            )
        case LicenceBack():
            return _licence(receivable, unit, receivable.start or cut_off)
        case Lease():
            return _lease(receivable, unit, receivable.start or cut_off)
        case TradeReceivable():
            diluted = cash_of(receivable.dilution, unit)
            face = cash_of(receivable.face, unit)
            return (Promise(on=receivable.due, principal=face - diluted, diluted=diluted),)
        case Royalty():
            return ()


def price_of(receivable: TradeReceivable, unit: MinorUnit, bought_on: date) -> Cash:
    """Return what an invoice costs: face less a simple discount for the days to run.

    Examples
    --------
    >>> invoice = TradeReceivable(obligor="d", face=Decimal(1000), due=date(2021, 1, 1),
    ...     discount_rate=Decimal("0.05"))
    >>> price_of(invoice, MinorUnit("CNY", 2), date(2020, 1, 2))
    95000
    """
    days = (receivable.due - bought_on).days
    kept = 1 - Fraction(receivable.discount_rate) * Fraction(days, DAYS_OF_DISCOUNT)
    return rounded(cash_of(receivable.face, unit) * kept)


def implied_rate(price: Cash, payments: tuple[Cash, ...]) -> float:
    """Return the rate a period at which payments are worth their price.

    Examples
    --------
    >>> round(implied_rate(10_000, (5_500, 5_500)), 6)
    0.065965
    """

    def excess(rate: float) -> float:
        worth = sum(cash / (1 + rate) ** (place + 1) for place, cash in enumerate(payments))
        return worth - price

    return bracketed_root(excess, -0.99, 10.0)


def _per_period(rate: Decimal, every_months: int) -> Fraction:
    return Fraction(rate) * Fraction(every_months, 12)


def _loan(loan: PledgeLoan, unit: MinorUnit, start: date) -> tuple[Promise, ...]:
    terms = credit.PledgeLoan(
        principal=cash_of(loan.balance, unit),
        rate=loan.rate,
        months=loan.payments * loan.every_months,
        every_months=loan.every_months,
        repayment=loan.repayment,
    )
    dates = payment_calendar(start, loan.every_months)
    return tuple(
        Promise(on=on, interest=each.interest, principal=each.principal)
        for on, each in zip(dates, terms.schedule(), strict=False)
    )


def licence_fees(licence: LicenceBack, unit: MinorUnit) -> tuple[Cash, ...]:
    """Return the fees of a licence-back, period by period."""
    if isinstance(licence.fees, Decimal):
        return (cash_of(licence.fees, unit),) * (licence.payments or 1)
    return tuple(cash_of(fee, unit) for fee in licence.fees)


def _licence(licence: LicenceBack, unit: MinorUnit, start: date) -> tuple[Promise, ...]:
    balance = cash_of(licence.lump_sum, unit)
    fees = licence_fees(licence, unit)
    rate = Fraction(implied_rate(balance, fees))
    dates = payment_calendar(start, licence.every_months)
    found = []
    for place, fee in enumerate(fees):
        last = place == len(fees) - 1
        interest = min(fee, max(0, rounded(balance * rate)))
        principal = balance if last else min(balance, fee - interest)
        found.append(Promise(on=next(dates), interest=fee - principal, principal=principal))
        balance -= principal
    return tuple(found)


def lease_rental(lease: Lease, unit: MinorUnit) -> Cash:
    """Return the level rental; one paid in advance is worth a period's interest less.

    Examples
    --------
    >>> terms = {"obligor": "d", "cost": Decimal(1000), "rate": Decimal("0.08"), "payments": 4}
    >>> fen = MinorUnit("CNY", 2)
    >>> lease_rental(Lease(**terms), fen), lease_rental(Lease(**terms, in_advance=True), fen)
    (26262, 25747)
    """
    rate = _per_period(lease.rate, lease.every_months)
    cost = cash_of(lease.cost, unit)
    option = cash_of(lease.purchase_option, unit) / (1 + rate) ** lease.payments
    financed = cost - option
    factor = (
        Fraction(1, lease.payments) if rate == 0 else rate / (1 - (1 + rate) ** -lease.payments)
    )
    return rounded(financed * factor / (1 + rate if lease.in_advance else 1))


def _lease(lease: Lease, unit: MinorUnit, start: date) -> tuple[Promise, ...]:
    rate = _per_period(lease.rate, lease.every_months)
    balance = cash_of(lease.cost, unit)
    rental = lease_rental(lease, unit)
    option = cash_of(lease.purchase_option, unit)
    deposit = cash_of(lease.deposit, unit)
    found = []
    dates = [
        start,
        *(months_after(start, lease.every_months * k) for k in range(1, lease.payments + 1)),
    ]
    for place in range(lease.payments):
        on = dates[place] if lease.in_advance else dates[place + 1]
        first = lease.in_advance and place == 0
        interest = 0 if first else rounded(balance * rate)
        last = place == lease.payments - 1 and not option
        principal = balance if last else min(balance, rental - interest)
        found.append(Promise(on=on, interest=interest, principal=principal))
        balance -= principal
    if option:
        interest = rounded(balance * rate) if lease.in_advance else 0
        found.append(Promise(on=dates[-1], interest=interest, principal=balance))
    return _less_deposit(found, deposit)


def _less_deposit(found: list[Promise], deposit: Cash) -> tuple[Promise, ...]:
    """Net the deposit against the last rentals: the vehicle never owns that part."""
    netted = []
    for promise in reversed(found):
        part = min(deposit, promise.principal)
        deposit -= part
        netted.append(replace(promise, principal=promise.principal - part))
    return tuple(reversed(netted))


def royalty_sales(royalty: Royalty, decay_shift: Decimal = Decimal(0)) -> tuple[float, ...]:
    """Return the sales of each period before any shock, net of returns, in units of currency.

    Examples
    --------
    >>> stream = Royalty(obligor="l", sales=Decimal(1_000_000), payments=3, decay=Decimal("0.05"),
    ...     tiers=(Tier(rate=Decimal("0.1")),))
    >>> royalty_sales(stream)
    (1000000.0, 950000.0, 902500.0)
    """
    level = Fraction(royalty.sales) * (1 - Fraction(royalty.returns))
    if royalty.curve:
        shifted = [
            Fraction(point) * (1 - Fraction(decay_shift)) ** place
            for place, point in enumerate(royalty.curve)
        ]
        return tuple(float(level * point) for point in shifted)
    sales = []
    for place in range(royalty.payments):
        sales.append(float(level))
        decay = royalty.fast_decay if place < royalty.fast_periods else royalty.decay
        level *= 1 - min(Fraction(1), Fraction(decay + decay_shift))
    return tuple(sales)
