"""What the files of the credit room may hold, as pydantic models."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from ipfinance.adapters.files._models import Finite, Name, Prose, Share, Strict, Texts, enum_of
from ipfinance.assets import AssetKind
from ipfinance.credit import (
    DIMENSIONS,
    OPTIONAL_NUMBERS,
    STATED_CHECKS,
    CheckKind,
    Comparator,
    Covers,
    EventKind,
    LendingFigure,
    Level,
    ProviderKind,
    Repayment,
    ValueBasis,
)
from ipfinance.valuation import CaseStatus

BookDimension: Any = Literal[DIMENSIONS]
BookNumber: Any = Literal[OPTIONAL_NUMBERS]

Amount = Annotated[float, Field(ge=0, le=1e15, allow_inf_nan=False)]
Rate = Annotated[float, Field(ge=-0.5, le=10, allow_inf_nan=False)]
Hazard = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
Loading = Annotated[float, Field(gt=-1, lt=1, allow_inf_nan=False)]
Months = Annotated[int, Field(ge=1, le=1200)]
Weight = Annotated[int, Field(ge=1, le=10**9)]
Scenarios = Annotated[int, Field(ge=100, le=10_000_000)]
Seed = Annotated[int, Field(ge=0, le=2**63 - 1)]


class SourcedNumber(Strict):
    """A number and where it was found."""

    value: Finite
    source: Texts = ""


class SourcedShare(Strict):
    """A part from 0 to 1 and where it was found."""

    value: Share
    source: Texts = ""


class SourcedHazard(Strict):
    """A yearly hazard or volatility and where it was found."""

    value: Hazard
    source: Texts = ""


class ProviderModel(Strict):
    """A party that bears losses."""

    id: Name
    kind: enum_of(ProviderKind) = "other"  # type: ignore[valid-type]
    name: Texts = ""
    group: Prose = ""
    limit: Amount | None = None
    recovery: Share = 0.0
    hazard: Hazard = 0.0
    loading: Loading = 0.0


class ShareModel(Strict):
    """The part of a layer that one party takes."""

    provider: Name
    weight: Weight = 1
    claim_cap: Amount | None = None
    aggregate_cap: Amount | None = None
    lag_months: Annotated[int, Field(ge=0, le=1200)] = 0


class LayerModel(Strict):
    """Parties that share what reaches them side by side."""

    order: int
    name: Texts = ""
    shares: Annotated[list[ShareModel], Field(min_length=1, max_length=100)]
    deductible: Amount = 0.0
    deductible_share: Share = 0.0
    covers: enum_of(Covers) = "above_deductibles"  # type: ignore[valid-type]


class StackModel(Strict):
    """Who bears a loss, in order."""

    source: Texts = ""
    holder: Name
    providers: Annotated[list[ProviderModel], Field(min_length=1, max_length=100)]
    layers: Annotated[list[LayerModel], Field(min_length=1, max_length=20)]


class SaleModel(Strict):
    """What a sale takes off a value."""

    haircut: Share = 0.0
    cost: Share = 0.0
    months: Annotated[float, Field(ge=0, le=600, allow_inf_nan=False)] = 0.0
    rate: Rate = 0.0


class BandModel(Strict):
    """Highest loan per lending value for a kind of right and a grade."""

    ltv: Share
    kind: enum_of(AssetKind) | None = None  # type: ignore[valid-type]
    grade: Name | None = None


class PricingModel(Strict):
    """What a loan must earn beside its expected loss."""

    funding_rate: Rate
    operating_rate: Share = 0.0
    capital_share: Share = 0.0
    hurdle_rate: Rate = 0.0


class AuthorityModel(Strict):
    """Who may approve how much."""

    role: Name
    up_to: Amount | None = None


class PolicyModel(Strict):
    """The lender's own rules."""

    id: Name
    source: Texts
    example: bool = False
    lend_against: enum_of(LendingFigure)  # type: ignore[valid-type]
    bases: Annotated[dict[enum_of(ValueBasis), SaleModel], Field(min_length=1)]  # type: ignore[valid-type]
    lending_basis: enum_of(ValueBasis)  # type: ignore[valid-type]
    marketability: Annotated[dict[Name, Share], Field(min_length=1)]
    ltv_bands: Annotated[list[BandModel], Field(min_length=1)]
    pricing: PricingModel
    loss_target: Share | None = None
    term_margin_months: Annotated[int, Field(ge=0, le=600)] = 0
    valuation_months: Annotated[int, Field(ge=1, le=600)] = 12
    blocking: list[enum_of(CheckKind)] | None = None  # type: ignore[valid-type]
    smallest_loan: Amount = 0.0
    step: Annotated[float, Field(gt=0, le=1e12, allow_inf_nan=False)] | None = None
    authorities: list[AuthorityModel] = Field(default_factory=list)


class TableModel(Strict):
    """Cumulative default probabilities by grade, as ratings tables print them."""

    years: Annotated[list[Finite], Field(min_length=1)]
    grades: Annotated[dict[Name, list[Share]], Field(min_length=1)]


class TransitionsModel(Strict):
    """A yearly transition matrix; the last grade is default."""

    grades: Annotated[list[Name], Field(min_length=2)]
    rows: list[list[Share]]
    years: Annotated[int, Field(ge=1, le=100)] = 10


class SpreadsModel(Strict):
    """Spreads over the riskless rate by maturity."""

    years: Annotated[list[Finite], Field(min_length=1)]
    spreads: list[Finite]
    recovery: Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]
    rate: Rate


class DefaultModel(Strict):
    """How the borrower's default is known: exactly one of the ways."""

    source: Texts
    hazard: Hazard | None = None
    table: TableModel | None = None
    transitions: TransitionsModel | None = None
    spreads: SpreadsModel | None = None


class BorrowerModel(Strict):
    """Who owes the money."""

    id: Name
    name: Prose = ""
    group: Prose = ""
    sector: Prose = ""
    region: Prose = ""
    grade: Prose = ""
    default: DefaultModel
    other_recovery: SourcedShare = SourcedShare(value=0.0)


class LoanModel(Strict):
    """What is asked for; the amount in the unit of the valuation."""

    amount: Annotated[float, Field(gt=0, le=1e15, allow_inf_nan=False)]
    rate: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
    months: Months
    every_months: Months = 3
    repayment: enum_of(Repayment) = "bullet"  # type: ignore[valid-type]


class LoadingsModel(Strict):
    """How strongly borrower, ruin and value hang on one common factor."""

    borrower: Loading = 0.0
    ruin: Loading = 0.0
    value: Loading = 0.0
    source: Texts = ""


class ProfileModel(Strict):
    """Expected value over years, part of today's."""

    years: Annotated[list[Amount], Field(min_length=2)]
    shares: list[Amount]
    source: Texts = ""


class CollateralModel(Strict):
    """How the value of the right moves."""

    volatility: SourcedHazard
    ruin_hazard: SourcedHazard
    growth: SourcedNumber = SourcedNumber(value=0.0)
    profile: ProfileModel | None = None
    loadings: LoadingsModel = LoadingsModel()


class FactModel(Strict):
    """What is known about one requirement."""

    holds: bool | None = None
    evidence: Texts = ""


class EnforceabilityModel(Strict):
    """What is known about the right to enforce the pledge."""

    checks: dict[enum_of(CheckKind), FactModel] = Field(default_factory=dict)  # type: ignore[valid-type]
    fees_paid_until: date | None = None
    expires_on: date | None = None
    valued_on: date | None = None


class GradeModel(Strict):
    """How easily the right could be sold, and why."""

    grade: Name
    reason: Texts = ""


class ChargesModel(Strict):
    """What the borrower pays beside interest."""

    upfront: Amount = 0.0
    yearly_rate: Share = 0.0


class TierModel(Strict):
    """Part of the financing cost that is paid back on a slice of the principal."""

    share: Share
    up_to: Amount | None = None


class SubsidyModel(Strict):
    """An interest subsidy to the borrower."""

    id: Name
    source: Texts
    tiers: Annotated[list[TierModel], Field(min_length=1)]
    yearly_cap: Amount | None = None
    years: Annotated[int, Field(ge=1, le=100)] | None = None
    covers_charges: bool = False


class ExceptionModel(Strict):
    """A rule that somebody set aside."""

    rule: Name
    reason: Texts
    approver: Texts


class ApprovalModel(Strict):
    """Who decides, and which rules were set aside."""

    approver: Texts = ""
    role: Prose = ""
    exceptions: list[ExceptionModel] = Field(default_factory=list)


class PledgeFile(Strict):
    """A loan asked for against a valued right."""

    schema_version: Annotated[int, Field(ge=1, le=1)]
    id: Name
    title: Texts
    status: enum_of(CaseStatus)  # type: ignore[valid-type]
    valuation: Name
    decided_on: date
    policy: PolicyModel
    borrower: BorrowerModel
    loan: LoanModel
    collateral: CollateralModel
    marketability: GradeModel
    enforceability: EnforceabilityModel = EnforceabilityModel()
    loss_sharing: StackModel | None = None
    charges: ChargesModel = ChargesModel()
    subsidy: SubsidyModel | None = None
    approval: ApprovalModel = ApprovalModel()
    notes: list[Texts] = Field(default_factory=list)
    scenarios: Scenarios = 100_000
    seed: Seed = 1


class FundModel(Strict):
    """The means of a fund."""

    provider: Name
    size: Amount
    source: Texts = ""
    contribution: Amount = 0.0
    interest_rate: Rate = 0.0
    recovery: Share = 0.0
    recovery_lag: Annotated[int, Field(ge=1, le=50)] = 1


class FundLoansModel(Strict):
    """The equal loans that a fund stands behind."""

    count: Annotated[int, Field(ge=0, le=10_000_000)]
    amount: Annotated[float, Field(gt=0, le=1e15, allow_inf_nan=False)]
    default_probability: Finite
    loss_given_default: Share
    correlation: Finite
    source: Texts = ""


class FundFile(Strict):
    """A compensation fund and what it has promised."""

    schema_version: Annotated[int, Field(ge=1, le=1)]
    id: Name
    title: Texts
    status: enum_of(CaseStatus)  # type: ignore[valid-type]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    unit: Annotated[int, Field(ge=1, le=10**12)] = 1
    fund: FundModel
    loans: FundLoansModel
    loss_sharing: StackModel
    target: Finite
    years: Annotated[int, Field(ge=1, le=50)] = 5
    persistence: Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)] = 0.0
    scenarios: Annotated[int, Field(ge=100, le=1_000_000)] = 20_000
    seed: Seed = 1
    notes: list[Texts] = Field(default_factory=list)


class BookModelModel(Strict):
    """Loadings of borrowers, values and ruins on common factors."""

    common: Loading = 0.0
    sector: Loading = 0.0
    region: Loading = 0.0
    value_common: Loading = 0.0
    value_technology: Loading = 0.0
    ruin_common: Loading = 0.0
    ruin_technology: Loading = 0.0
    degrees: Annotated[float, Field(gt=2, le=1000, allow_inf_nan=False)] | None = None
    source: Texts = ""


class StagesModel(Strict):
    """When credit risk has risen."""

    pd_multiple: Annotated[float, Field(gt=1, le=1000, allow_inf_nan=False)]
    stage_2_days: Annotated[float, Field(ge=1, le=10_000, allow_inf_nan=False)]
    stage_3_days: Annotated[float, Field(ge=1, le=10_000, allow_inf_nan=False)]
    source: Texts = ""


Multiple = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]


class MacroModel(Strict):
    """A weighted outlook."""

    name: Texts
    weight: Share
    pd_multiple: Multiple = 1.0
    value_multiple: Multiple = 1.0


class StressModel(Strict):
    """A change of the book's inputs."""

    id: Name
    name: Texts
    where: dict[Name, Annotated[list[str], Field(min_length=1)]] = Field(default_factory=dict)
    pd_multiple: Multiple = 1.0
    ruin_multiple: Multiple = 1.0
    value_multiple: Multiple = 1.0
    limit_multiple: Multiple = 1.0
    factor_shift: Annotated[float, Field(ge=-8, le=8, allow_inf_nan=False)] = 0.0


class BookFile(Strict):
    """A book of pledge loans."""

    schema_version: Annotated[int, Field(ge=1, le=1)]
    id: Name
    title: Texts
    status: enum_of(CaseStatus)  # type: ignore[valid-type]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    unit: Annotated[int, Field(ge=1, le=10**12)] = 1
    dated_on: date
    loans: Name
    horizon_years: Annotated[float, Field(gt=0, le=30, allow_inf_nan=False)] = 1.0
    defaults: dict[BookNumber, Amount] = Field(default_factory=dict)
    sale: SaleModel
    model: BookModelModel
    schemes: dict[Name, StackModel] = Field(default_factory=dict)
    limits: dict[BookDimension, Share] = Field(default_factory=dict)
    stages: StagesModel
    macro: list[MacroModel] = Field(default_factory=list)
    stresses: Annotated[list[StressModel], Field(max_length=50)] = Field(default_factory=list)
    scenarios: Scenarios = 10_000
    stress_scenarios: Scenarios = 10_000
    seed: Seed = 1
    notes: list[Texts] = Field(default_factory=list)


class RulesModel(Strict):
    """The lender's rules of watching."""

    source: Texts = ""
    revaluation_months: Months
    notice_days: Annotated[int, Field(ge=0, le=10_000)] = 30
    call_ltv: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)]
    restore_ltv: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)]
    value_fall: Share
    coefficient_fall: Share
    event_months: Months = 12
    events: dict[enum_of(EventKind), enum_of(Level)] = Field(default_factory=dict)  # type: ignore[valid-type]


class CovenantModel(Strict):
    """A promise about a figure."""

    metric: Name
    comparator: enum_of(Comparator)  # type: ignore[valid-type]
    threshold: Finite
    consecutive: Annotated[int, Field(ge=1, le=100)] = 1
    name: Texts = ""


class WatchFile(Strict):
    """Loans under watch."""

    schema_version: Annotated[int, Field(ge=1, le=1)]
    id: Name
    title: Texts
    status: enum_of(CaseStatus)  # type: ignore[valid-type]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    unit: Annotated[int, Field(ge=1, le=10**12)] = 1
    dated_on: date
    loans: Name
    valuations: Name | None = None
    events: Name | None = None
    observations: Name | None = None
    outcomes: Name | None = None
    rules: RulesModel
    covenants: list[CovenantModel] = Field(default_factory=list)


STATED = tuple(str(kind) for kind in STATED_CHECKS)
