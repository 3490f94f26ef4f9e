"""A deal as its file says it: who is paid what, from where, and what changes the order."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from ipfinance.basics import Citation, DayCount, Roll, Text
from ipfinance.securitization._receivables import Receivable, Right

Words: TypeAlias = str | Text


class DateRole(StrEnum):
    """What a date of a period is for, beside the payment itself."""

    COLLECTION_END = "collection_end"
    CALCULATION = "calculation"
    MAKE_UP_CALL = "make_up_call"
    MAKE_UP_PAY = "make_up_pay"
    GUARANTEE_CALL = "guarantee_call"
    GUARANTEE_PAY = "guarantee_pay"
    RECORD = "record"
    REPORT = "report"


class Scope(StrEnum):
    """What the cash of an account may serve."""

    ALL = "all"
    INTEREST = "interest"  # fees and interest
    LEGAL_FINAL = "legal_final"  # principal too, on that date only


class State(StrEnum):
    """The phase of a deal, the graver the later."""

    REVOLVING = "revolving"
    AMORTIZING = "amortizing"
    ACCELERATED = "accelerated"
    CLEAN_UP = "clean_up"
    POST_EOD = "post_eod"
    FINAL = "final"


class Action(StrEnum):
    """What a row of a waterfall does."""

    COLLECT = "collect"
    ACCRUE = "accrue"
    PAY_TAX = "pay_tax"
    PAY_FEE = "pay_fee"
    PAY_INTEREST = "pay_interest"
    PAY_PRINCIPAL = "pay_principal"
    TOP_UP = "top_up"
    RELEASE = "release"
    TRANSFER = "transfer"
    TRAP = "trap"
    UNTRAP = "untrap"
    DRAW = "draw"
    REPAY_SUPPORT = "repay_support"
    CALL_MAKE_UP = "call_make_up"
    CALL_GUARANTEE = "call_guarantee"
    WRITE_DOWN = "write_down"
    WRITE_UP = "write_up"
    PURCHASE = "purchase"
    SELL = "sell"
    SETTLE_HEDGE = "settle_hedge"
    TEST = "test"
    PAY_RESIDUAL = "pay_residual"
    GROUP = "group"


class How(StrEnum):
    """Whether rows are served one after the other or side by side."""

    SEQUENTIAL = "sequential"
    PRO_RATA = "pro_rata"


class PrincipalRule(StrEnum):
    """How much principal is due."""

    SCHEDULED = "scheduled"
    PASS_THROUGH = "pass_through"  # noqa: S105
    TARGET_OC = "target_oc"
    TURBO = "turbo"
    BORROWING_BASE = "borrowing_base"
    PRO_RATA_WITH_LOCK = "pro_rata_with_lock"


class Metric(StrEnum):
    """What a trigger measures."""

    CUMULATIVE_DEFAULT_RATE = "cumulative_default_rate"
    ARREARS_RATE = "arrears_rate"
    OC = "oc"
    IC = "ic"
    DSCR = "dscr"
    LTV = "ltv"
    POOL_FACTOR = "pool_factor"
    UNPAID_INTEREST = "unpaid_interest"
    UNPAID_PRINCIPAL = "unpaid_principal"
    KPI = "kpi"  # missed or met, from the date on which a miss has effect
    EVENT = "event"  # a rating, a KPI outcome, a breach: dated values that the user gives
    AMOUNT = "amount"
    RATIO = "ratio"


class TestPoint(StrEnum):
    """When in a period a trigger is tested."""

    BEFORE_COLLECTION = "before_collection"
    AFTER_COLLECTION = "after_collection"
    BEFORE_WATERFALL = "before_waterfall"
    INSIDE_WATERFALL = "inside_waterfall"
    AFTER_WATERFALL = "after_waterfall"
    AFTER_SUPPORT = "after_support"


class SupportKind(StrEnum):
    """A kind of outside support."""

    LIQUIDITY_FACILITY = "liquidity_facility"
    SHORTFALL_MAKE_UP = "shortfall_make_up"
    GUARANTEE = "guarantee"
    WRAP = "wrap"
    LOSS_SHARE = "loss_share"
    INSURANCE = "insurance"
    REPURCHASE = "repurchase"


ASSET_LEVEL = (SupportKind.LOSS_SHARE, SupportKind.INSURANCE, SupportKind.REPURCHASE)


class Unpaid(StrEnum):
    """What becomes of interest that is not paid."""

    ARREARS = "arrears"
    CAPITALISE = "capitalise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """When a deal closes and pays.

    Attributes
    ----------
    offsets
        Business days from the payment date to the other dates of a period; contract data.
    """

    closing: date
    first_payment: date | None = None
    every_months: int = 3
    count: int | None = None
    month_end: bool = False
    payments: tuple[date, ...] = ()
    calendar: str = "weekends"
    roll: Roll = Roll.FOLLOWING
    offsets: dict[DateRole, int] = field(default_factory=dict)
    strict_calendar: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """An amount that follows from others.

    Attributes
    ----------
    sum
        Measures and named amounts; a minus sign before a name subtracts.
    share
        Part of the sum, of what is due or of what is available.
    months_of_interest
        Interest of the classes in `of` on their balances for so many months.
    """

    fixed: Decimal | None = None
    sum: tuple[str, ...] = ()
    share: Decimal = Decimal(1)
    due_share: Decimal | None = None
    available_share: Decimal | None = None
    months_of_interest: int | None = None
    of: tuple[str, ...] = ()
    at_least: Decimal | None = None
    at_most: Decimal | None = None


AmountSpec: TypeAlias = Decimal | str | Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetWhen:
    """Another target while a trigger is tripped."""

    trigger: str
    target: AmountSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where cash is held."""

    initial: Decimal = Decimal(0)
    target: AmountSpec | None = None
    target_when: TargetWhen | None = None
    scope: Scope = Scope.ALL
    rate: Decimal = Decimal(0)
    day_count: DayCount = DayCount.ACTUAL_365_FIXED
    carries: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Which accounts take the pool's cash."""

    interest: str
    principal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An addition to a coupon, from a date or while a trigger is tripped."""

    add: Decimal
    start: date | None = None
    when: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupon:
    """What a class earns a year.

    Attributes
    ----------
    fixed, index, margin
        A rate, or the name of an index whose values a scenario gives, and what is added to it.
    """

    fixed: Decimal | None = None
    index: str | None = None
    margin: Decimal = Decimal(0)
    cap: Decimal | None = None
    floor: Decimal | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tranche:
    """A class of notes.

    Attributes
    ----------
    rank
        Order of losses, 1 bears the last.
    schedule
        Balance that should be left after each date; without it the class is a bullet.
    arrears_rate
        Interest on unpaid interest: a rate, or `coupon`; none without it.
    """

    balance: Decimal
    rank: int
    coupon: Decimal | Coupon = Decimal(0)
    day_count: DayCount = DayCount.ACTUAL_365_FIXED
    adjusted_accrual: bool = False
    arrears_rate: Decimal | str | None = None
    unpaid: Unpaid = Unpaid.ARREARS
    equity: bool = False
    schedule: dict[date, Decimal] = field(default_factory=dict)
    expected_maturity: date | None = None
    anticipated_repayment: date | None = None
    legal_final: date | None = None
    retained_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """A cost of the vehicle: an amount a period, or a rate of an amount a year."""

    amount: AmountSpec | None = None
    rate: Decimal | None = None
    of: AmountSpec | None = None
    day_count: DayCount = DayCount.ACTUAL_365_FIXED
    payee: str = ""
    senior: bool = True
    annual_cap: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hedge:
    """A swap: we pay a fixed rate and receive an index on a notional, or the other way round."""

    notional: AmountSpec
    pay: Decimal | str
    receive: Decimal | str
    day_count: DayCount = DayCount.ACTUAL_365_FIXED
    counterparty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covers:
    """What a support pays when the waterfall could not."""

    interest: tuple[str, ...] = ()
    principal: tuple[str, ...] = ()
    fees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The part of a shared loss that one payer bears."""

    weight: int
    claim_cap: Decimal | None = None
    total_cap: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """What helps from outside, in the order of `order`.

    Attributes
    ----------
    principal_at_legal_final
        Whether principal is covered on the legal final date only.
    rate
        Interest a year on what is drawn and not repaid.
    shares
        Of a loss-share: what each payer bears; what no payer bears stays with the vehicle.
    lag
        Of asset-level supports: periods from the claim to the payment.
    """

    kind: SupportKind
    order: int
    provider: str = ""
    covers: Covers = field(default_factory=Covers)
    limit: Decimal | None = None
    revolving: bool = False
    rate: Decimal | None = None
    day_count: DayCount = DayCount.ACTUAL_365_FIXED
    principal_at_legal_final: bool = False
    in_pass: bool = True
    when: str | None = None
    repaid: bool = False
    shares: dict[str, Share] = field(default_factory=dict)
    deductible: Decimal = Decimal(0)
    claim_cap: Decimal | None = None
    lag: int = 0
    receivables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A test and what follows when it is breached often enough.

    Attributes
    ----------
    below, at_most, above, at_least, equals
        The breach: one of them, a number or a table by date.
    cures
        Tests in a row that must pass to untrip it; 0 means it stays.
    """

    metric: Metric
    below: Decimal | dict[date, Decimal] | None = None
    at_most: Decimal | dict[date, Decimal] | None = None
    above: Decimal | dict[date, Decimal] | None = None
    at_least: Decimal | dict[date, Decimal] | None = None
    equals: Decimal | dict[date, Decimal] | None = None
    classes: tuple[str, ...] = ()
    window: int = 1
    event: str = ""
    numerator: AmountSpec | None = None
    denominator: AmountSpec | None = None
    consecutive: int = 1
    cures: int = 0
    test: TestPoint = TestPoint.AFTER_SUPPORT
    start: date | None = None
    state: State | None = None
    ends_revolving: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """When a row is served."""

    tripped: str | None = None
    not_tripped: str | None = None
    start: date | None = None
    before: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a waterfall, or several lines that belong together.

    Attributes
    ----------
    to
        Classes, fees, hedges, supports or the account that the action concerns.
    limit
        Most that all lines of the row pay together.
    sources
        Accounts in the order in which they are used; the collection accounts without it.
    book
        Memo ledger to which what is paid is added.
    """

    do: Action
    to: str | tuple[str, ...] = ()
    how: How = How.SEQUENTIAL
    weights: dict[str, int] = field(default_factory=dict)
    rule: PrincipalRule = PrincipalRule.TURBO
    limit: AmountSpec | None = None
    sources: tuple[str, ...] = ()
    into: str | None = None
    when: Condition | None = None
    book: str | None = None
    arrears_first: bool = True
    ratio: Decimal | None = None
    ratio_counts_cash: bool = False
    lock: str | None = None
    shares: dict[str, Decimal] = field(default_factory=dict)
    amount: AmountSpec | None = None
    principal_first: bool = True
    rows: tuple[Row, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What the action concerns, as a tuple."""
        return (self.to,) if isinstance(self.to, str) else self.to


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody who may fail: obligor, originator, licensee or provider.

    Attributes
    ----------
    group
        Affiliates: they fail together.
    default_probability
        Within a year; the hazard is constant.
    loading
        Share of the common factor in the variance of the party's fortune.
    recovery_on_default
        Part of what is due that the party, as a provider, still pays after its default.
    """

    name: Words = ""
    group: str = ""
    sector: str = ""
    region: str = ""
    default_probability: Decimal = Decimal(0)
    loading: Decimal | None = None
    recovery_on_default: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Concentration limits, as shares of the pool's balance."""

    obligor: Decimal | None = None
    group: Decimal | None = None
    sector: Decimal | None = None
    region: Decimal | None = None
    kind: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """What a receivable must be to be bought."""

    kinds: tuple[str, ...] = ()
    smallest: Decimal | None = None
    largest: Decimal | None = None
    longest_months: int | None = None
    least_rate: Decimal | None = None
    most_default_probability: Decimal | None = None
    regions: tuple[str, ...] = ()
    credit_impaired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Revolving:
    """What is bought with principal while the deal revolves.

    Attributes
    ----------
    until
        Last payment date on which assets are bought.
    asset
        Terms of each purchase: price, rate a period, periods to run, default and recovery.
    """

    until: date
    price: Decimal = Decimal(1)
    periods: int = 4
    rate: Decimal = Decimal(0)
    default_probability: Decimal = Decimal(0)
    recovery: Decimal = Decimal(0)
    recovery_lag: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitution:
    """Replacing receivables by others of the same balance."""

    out: str
    into: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """What the vehicle owns."""

    cut_off: date
    receivables: dict[str, Receivable]
    rights: dict[str, Right] = field(default_factory=dict)
    eligibility: Eligibility = field(default_factory=Eligibility)
    limits: Limits = field(default_factory=Limits)
    revolving: Revolving | None = None
    substitutions: tuple[Substitution, ...] = ()
    purchase_price: Decimal | None = None
    valuation: dict[date, Decimal] = field(default_factory=dict)
    clean_up_price: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What happens to the deal.

    Attributes
    ----------
    default_rate, prepayment_rate
        Parts of the performing balance a year, by date or constant.
    defaults
        Date on which a party fails.
    legal_events
        Date on which a right is lost.
    sales
        Factor on the sales behind royalties, by date or constant.
    indices
        Values of floating indices by date.
    valuations
        Value of the pool by date; without it, the pool's own.
    events
        Values of what triggers look up: ratings, KPI outcomes, breaches.
    recovery
        Factor on every recovery.
    """

    default_rate: Decimal | dict[date, Decimal] = Decimal(0)
    prepayment_rate: Decimal | dict[date, Decimal] = Decimal(0)
    defaults: dict[str, date] = field(default_factory=dict)
    legal_events: dict[str, date] = field(default_factory=dict)
    sales: Decimal | dict[date, Decimal] = Decimal(1)
    decay_shift: Decimal = Decimal(0)
    recovery: Decimal = Decimal(1)
    valuation_factor: Decimal = Decimal(1)
    valuations: dict[date, Decimal] = field(default_factory=dict)
    indices: dict[str, Decimal | dict[date, Decimal]] = field(default_factory=dict)
    events: dict[str, dict[date, Decimal]] = field(default_factory=dict)


class Copula(StrEnum):
    """How the fortunes of parties hang together."""

    GAUSSIAN = "gaussian"
    T = "t"


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """How scenarios are drawn.

    Attributes
    ----------
    correlation
        Share of the common factor, for parties that state no loading.
    sector_correlation
        Share of the factor of a party's sector.
    sales_volatility
        Of royalty sales, per period; the first shock shares the factor of defaults.
    legal_hazard
        Of losing a right, a year.
    """

    copula: Copula = Copula.GAUSSIAN
    degrees_of_freedom: int = 4
    correlation: Decimal = Decimal(0)
    sector_correlation: Decimal = Decimal(0)
    sales_volatility: Decimal = Decimal(0)
    sales_correlation: Decimal = Decimal(0)
    sales_persistence: Decimal = Decimal(0)
    recovery_volatility: Decimal = Decimal(0)
    legal_hazard: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """An indicator with a target; what is not observed or not verified in time is missed.

    Attributes
    ----------
    step_up_start
        From the first period that starts then, a miss has its effect.
    """

    definition: Words
    unit: str = ""
    baseline: Decimal | None = None
    target: Decimal
    lower_is_better: bool = True
    observation: date
    observed: Decimal | None = None
    verification_deadline: date
    verified_by: str = ""
    verified_on: date | None = None
    step_up_start: date

    @property
    def is_missed(self) -> bool:
        """Whether the target was missed, or not shown to be met in time."""
        shown = self.verified_on is not None and self.verified_on <= self.verification_deadline
        if self.observed is None or not shown:
            return True
        if self.lower_is_better:
            return self.observed > self.target
        return self.observed < self.target


class UseKind(StrEnum):
    """What proceeds are spent on."""

    CORE_RESEARCH = "core_research"
    INDUSTRIAL_UPGRADING = "industrial_upgrading"
    CLEAN_ENERGY = "clean_energy"
    ENERGY_SAVING = "energy_saving"
    ENVIRONMENTAL_PROTECTION = "environmental_protection"
    OTHER = "other"


GREEN = (UseKind.CLEAN_ENERGY, UseKind.ENERGY_SAVING, UseKind.ENVIRONMENTAL_PROTECTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What one obligor does with its part of the proceeds."""

    obligor: str
    kind: UseKind
    planned: Decimal
    spent: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolation:
    """What separates the vehicle's assets from the originator; what is not stated is open."""

    true_sale_opinion: bool | None = None
    transfer_registered: bool | None = None
    obligors_notified: bool | None = None
    accounts_separate: bool | None = None
    no_commingling: bool | None = None
    no_recourse_beyond_contract: bool | None = None
    bankruptcy_remote: bool | None = None
    custodian_independent: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """A term that no source states: an example value, shown as such."""

    field: str
    reason: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What the arrangement costs the issuer beside the notes, outside the waterfall."""

    upfront: Decimal = Decimal(0)
    yearly: Decimal = Decimal(0)
    subsidy_bands: tuple[tuple[Decimal, Decimal], ...] = ()
    subsidy_cap: Decimal | None = None
    subsidy_source: Words = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """A deal: immutable, as its file says it."""

    id: str
    title: Words
    currency: str
    dates: Dates
    accounts: dict[str, Account]
    collection: Collection | str
    tranches: dict[str, Tranche]
    waterfalls: dict[State, tuple[Row, ...]]
    pool: Pool
    fees: dict[str, Fee] = field(default_factory=dict)
    hedges: dict[str, Hedge] = field(default_factory=dict)
    supports: dict[str, Support] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    amounts: dict[str, AmountSpec] = field(default_factory=dict)
    parties: dict[str, Party] = field(default_factory=dict)
    scenario: Scenario = field(default_factory=Scenario)
    stresses: dict[str, Scenario] = field(default_factory=dict)
    risk: Risk = field(default_factory=Risk)
    exact_rates: bool = False
    sources: tuple[Citation, ...] = ()
    notes: tuple[Words, ...] = ()
    assumed: tuple[Assumed, ...] = ()
    costs: Costs = field(default_factory=Costs)
    kpis: dict[str, Kpi] = field(default_factory=dict)
    proceeds: tuple[Use, ...] = ()
    isolation: Isolation = field(default_factory=Isolation)
    wal_day_count: DayCount = DayCount.ACTUAL_365_FIXED
