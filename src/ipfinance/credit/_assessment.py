"""From a valued right to a loan that a bank can defend: lending value, checks, caps, decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from ipfinance.assets import AssetKind
from ipfinance.basics import Finding, FindingKind, Interval, Severity, Text
from ipfinance.credit._borrowing_cost import Charges, SubsidyScheme
from ipfinance.credit._collateral import SaleTerms, ValueBasis
from ipfinance.credit._default_curve import DefaultCurve
from ipfinance.credit._loan_risk import Loadings
from ipfinance.credit._loss_sharing import LossSharingStack
from ipfinance.credit._pledge_loan import Repayment

NO_TEXT = Text("", "")


class LendingFigure(StrEnum):
    """Which figure of the negotiation sheet is lent against."""

    LOWER = "lower"
    MIRROR = "mirror"
    MIDPOINT = "midpoint"
    POINT = "point"
    UPPER = "upper"


FIGURE_NAMES = {
    LendingFigure.LOWER: Text("lower end of the interval", "价值区间下限"),
    LendingFigure.MIRROR: Text("mirror point, at 1 − AC", "镜像点（按 1 − AC）"),
    LendingFigure.MIDPOINT: Text("middle of the interval", "区间中点"),
    LendingFigure.POINT: Text("point value, at AC", "点值（按 AC）"),
    LendingFigure.UPPER: Text("upper end of the interval", "价值区间上限"),
}


class CheckKind(StrEnum):
    """What must hold before a pledge can be enforced."""

    OWNERSHIP = "ownership"
    CO_OWNERS = "co_owners"
    REGISTRATION = "registration"
    ENCUMBRANCES = "encumbrances"
    VALIDITY = "validity"
    LITIGATION = "litigation"
    FEES = "fees"
    TERM = "term"
    VALUATION_AGE = "valuation_age"


CHECK_NAMES = {
    CheckKind.OWNERSHIP: Text("the pledgor owns the right", "出质人为权利人"),
    CheckKind.CO_OWNERS: Text("every co-owner consents", "共有人均同意"),
    CheckKind.REGISTRATION: Text("the pledge can be registered", "质权可办理登记"),
    CheckKind.ENCUMBRANCES: Text("no prior pledge or seizure", "无在先质押或查封"),
    CheckKind.VALIDITY: Text("no challenge to validity", "无无效宣告请求"),
    CheckKind.LITIGATION: Text("no litigation about the right", "无权属或侵权诉讼"),
    CheckKind.FEES: Text("fees are paid", "年费已缴"),
    CheckKind.TERM: Text("protection outlasts the loan", "保护期覆盖贷款期"),
    CheckKind.VALUATION_AGE: Text("the valuation is recent", "评估仍在有效期内"),
}
STATED_CHECKS = tuple(CheckKind)[:6]  # the others follow from dates


class CheckStatus(StrEnum):
    """How a check came out."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


CHECK_STATUS_NAMES = {
    CheckStatus.PASSED: Text("holds", "满足"),
    CheckStatus.FAILED: Text("does not hold", "不满足"),
    CheckStatus.UNKNOWN: Text("not known: condition before drawdown", "未知：作为放款前提条件"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What is known about one requirement; None where nobody has looked."""

    holds: bool | None
    evidence: Text = NO_TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One requirement and how it came out."""

    kind: CheckKind
    status: CheckStatus
    evidence: Text
    blocking: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LtvBand:
    """Highest loan per lending value, for a kind of right and a marketability grade.

    Attributes
    ----------
    kind, grade
        None for every kind or grade; the first band that fits counts.
    """

    ltv: float
    kind: AssetKind | None = None
    grade: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PricingTerms:
    """What a loan must earn beside its expected loss.

    Attributes
    ----------
    funding_rate, operating_rate
        [1/year]
    capital_share
        Capital held against the loan, part of the balance. [1]
    hurdle_rate
        Return that the capital must earn. [1/year]
    """

    funding_rate: float
    operating_rate: float = 0.0
    capital_share: float = 0.0
    hurdle_rate: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Who may approve how much, in the unit of the case; None for any amount."""

    role: str
    up_to: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LendingPolicy:
    """The lender's own rules; nothing in them is a default of this product.

    Attributes
    ----------
    figure
        What is lent against.
    bases
        What a sale takes off under each value basis.
    basis
        The one that gives the lending value.
    marketability
        Haircut by grade, beside that of the basis. [1]
    loss_target
        Largest expected discounted loss, part of the principal; None for no such cap. [1]
    term_margin_months, valuation_months
        How much longer than the loan protection must last; how old a valuation may be. [month]
    blocking
        Checks whose failure stops the loan; the others become conditions.
    smallest, step
        Smallest loan, and the step to which amounts are rounded down, in the case's unit.
    """

    id: str
    source: Text
    is_example: bool
    figure: LendingFigure
    bases: Mapping[ValueBasis, SaleTerms]
    basis: ValueBasis
    marketability: Mapping[str, float]
    bands: tuple[LtvBand, ...]
    pricing: PricingTerms
    loss_target: float | None = None
    term_margin_months: int = 0
    valuation_months: int = 12
    blocking: frozenset[CheckKind] = frozenset(CheckKind)
    smallest: float = 0.0
    step: float | None = None
    authorities: tuple[Authority, ...] = ()

    def ltv(self, kind: AssetKind | None, grade: str) -> float | None:
        """Return the highest loan per lending value; None where no band fits."""
        for band in self.bands:
            if band.kind in {None, kind} and band.grade in {None, grade}:
                return band.ltv
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Borrower:
    """Who owes the money, and how its default is known."""

    id: str
    name: str
    curve: DefaultCurve
    curve_source: Text
    group: str = ""
    sector: str = ""
    region: str = ""
    grade: str = ""
    other_recovery: float = 0.0
    other_recovery_source: Text = NO_TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class CollateralRisk:
    """How the value of the right moves, each figure with its source.

    Attributes
    ----------
    profile
        Expected value over years, part of today's; empty where the valuation gives it.
    """

    volatility: float
    volatility_source: Text
    hazard: float
    hazard_source: Text
    growth: float = 0.0
    profile: tuple[tuple[float, float], ...] = ()
    profile_source: Text = NO_TEXT
    loadings: Loadings = field(default_factory=Loadings)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanRequest:
    """What is asked for; the amount in the unit of the valuation case."""

    amount: float
    rate: float
    months: int
    every_months: int
    repayment: Repayment


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyException:
    """A rule that somebody set aside, with the reason."""

    rule: str
    reason: Text
    approver: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeCase:
    """A loan asked for against a valued right."""

    id: str
    title: Text
    status: str
    decided_on: date
    policy: LendingPolicy
    borrower: Borrower
    request: LoanRequest
    collateral: CollateralRisk
    grade: str
    grade_reason: Text
    facts: Mapping[CheckKind, Fact]
    fees_paid_until: date | None = None
    expires_on: date | None = None
    valued_on: date | None = None
    stack: LossSharingStack | None = None
    stack_source: Text = NO_TEXT
    charges: Charges = field(default_factory=Charges)
    subsidy: SubsidyScheme | None = None
    approver: Text = NO_TEXT
    approver_role: str = ""
    exceptions: tuple[PolicyException, ...] = ()
    notes: tuple[Text, ...] = ()
    scenarios: int = 100_000
    seed: int = 1


class Outcome(StrEnum):
    """What is decided."""

    APPROVED = "approved"
    REDUCED = "reduced"
    REFERRED = "referred"
    DECLINED = "declined"


OUTCOME_NAMES = {
    Outcome.APPROVED: Text("approved as asked", "同意，按申请金额"),
    Outcome.REDUCED: Text("approved for less", "同意，减额"),
    Outcome.REFERRED: Text("referred: beyond the approver's authority", "上报：超出审批权限"),
    Outcome.DECLINED: Text("declined", "不同意"),
}

CHECK_FAILED = FindingKind(
    code="pledge_check_failed",
    severity=Severity.INVALID,
    text=Text(
        "Check failed: {check} ({evidence}). The loan stops here unless somebody with authority "
        "sets the rule aside.",
        "检查未通过：{check}（{evidence}）。除非有权人批准例外，贷款不得发放。",
    ),
)
CHECK_CONDITION = FindingKind(
    code="pledge_check_condition",
    severity=Severity.WARNING,
    text=Text(
        "Condition before drawdown: {check} ({evidence}).", "放款前提条件：{check}（{evidence}）。"
    ),
)
EXCEPTION = FindingKind(
    code="pledge_exception",
    severity=Severity.WARNING,
    text=Text(
        "Rule {rule} was set aside by {approver}: {reason}",
        "规则 {rule} 由 {approver} 批准例外：{reason}",
    ),
)
EXAMPLE_POLICY = FindingKind(
    code="pledge_example_policy",
    severity=Severity.WARNING,
    text=Text(
        "The lending policy {policy} is an example; its haircuts, bands and targets are nobody's "
        "rules. Put your own in its place.",
        "信贷政策 {policy} 仅为示例，其折扣、质押率与目标不代表任何机构规则，请替换为本行政策。",
    ),
)
NO_BAND = FindingKind(
    code="pledge_no_ltv_band",
    severity=Severity.INVALID,
    text=Text(
        "No loan-to-value band of the policy fits this right and grade {grade}; nothing can be "
        "lent against it.",
        "政策中没有适用于该权利及等级 {grade} 的质押率，不能据此放款。",
    ),
)
RATE_TOO_LOW = FindingKind(
    code="pledge_rate_below_required",
    severity=Severity.WARNING,
    text=Text(
        "The rate asked for, {rate:.2%}, lies below the {required:.2%} that funding, costs, "
        "expected loss and capital need.",
        "申请利率 {rate:.2%} 低于覆盖资金、运营、预期损失与资本成本所需的 {required:.2%}。",
    ),
)
RUIN_FLOOR = FindingKind(
    code="pledge_ruin_floor",
    severity=Severity.NOTE,
    text=Text(
        "Without recourse to the borrower no loan-to-value brings the expected loss below "
        "{floor:.2%}, the chance that the right is ruined within the term.",
        "若无对借款人的追索权，再低的质押率也无法使预期损失低于 {floor:.2%}"
        "（贷款期内标的归零的概率）。",
    ),
)
NO_PROFILE = FindingKind(
    code="pledge_value_does_not_age",
    severity=Severity.WARNING,
    text=Text(
        "The valuation shows no income by year and no profile was given: the value is taken not "
        "to fall as the right ages, which flatters the recovery.",
        "评估未给出逐年收益，亦未提供价值曲线：计算中价值不随剩余寿命下降，回收被高估。",
    ),
)
NO_TERM = FindingKind(
    code="pledge_expiry_unknown",
    severity=Severity.WARNING,
    text=Text(
        "Nobody states when protection ends; it must be known before drawdown.",
        "资料未说明保护届满日，放款前须核实。",
    ),
)
SAME_GROUP = FindingKind(
    code="pledge_wrong_way_support",
    severity=Severity.WARNING,
    text=Text(
        "{provider} belongs to the borrower's group {group}: its support fails when it is needed.",
        "{provider} 与借款人同属集团 {group}：需要时其支持可能同时失效。",
    ),
)


def checks_of(case: PledgeCase, maturity: date, needed_until: date) -> tuple[Check, ...]:
    """Return every enforceability check, those stated and those that follow from dates."""
    found = [_stated(case, kind) for kind in STATED_CHECKS]
    found.append(
        _dated(
            case,
            CheckKind.FEES,
            case.fees_paid_until,
            case.decided_on,
            Text("paid until {have}, needed on {need}", "已缴至 {have}，需覆盖至 {need}"),
        )
    )
    found.append(
        _dated(
            case,
            CheckKind.TERM,
            case.expires_on,
            needed_until,
            Text(
                f"protected until {{have}}; the loan ends on {maturity}, with margin {{need}}",
                f"保护至 {{have}}；贷款于 {maturity} 到期，含余量至 {{need}}",
            ),
        )
    )
    found.append(_valuation_age(case))
    return tuple(found)


def _stated(case: PledgeCase, kind: CheckKind) -> Check:
    fact = case.facts.get(kind, Fact(holds=None))
    status = CheckStatus.UNKNOWN
    if fact.holds is not None:
        status = CheckStatus.PASSED if fact.holds else CheckStatus.FAILED
    evidence = fact.evidence if fact.evidence.en else _NOBODY
    return Check(kind=kind, status=status, evidence=evidence, blocking=kind in case.policy.blocking)


_NOBODY = Text("nobody has looked", "尚未核查")


def _dated(case: PledgeCase, kind: CheckKind, have: date | None, need: date, said: Text) -> Check:
    blocking = kind in case.policy.blocking
    if have is None:
        return Check(kind=kind, status=CheckStatus.UNKNOWN, evidence=_NOBODY, blocking=blocking)
    status = CheckStatus.PASSED if have >= need else CheckStatus.FAILED
    evidence = said.filled({"have": have, "need": need})
    return Check(kind=kind, status=status, evidence=evidence, blocking=blocking)


def _valuation_age(case: PledgeCase) -> Check:
    blocking = CheckKind.VALUATION_AGE in case.policy.blocking
    kind = CheckKind.VALUATION_AGE
    if case.valued_on is None:
        return Check(kind=kind, status=CheckStatus.UNKNOWN, evidence=_NO_DATE, blocking=blocking)
    months = (case.decided_on.year - case.valued_on.year) * 12
    months += case.decided_on.month - case.valued_on.month
    months += case.decided_on.day > case.valued_on.day
    fits = 0 <= months <= case.policy.valuation_months
    evidence = Text(
        f"valued on {case.valued_on}, decided on {case.decided_on}; at most "
        f"{case.policy.valuation_months} months",
        f"评估基准日 {case.valued_on}，审批日 {case.decided_on}；最长 "
        f"{case.policy.valuation_months} 个月",
    )
    status = CheckStatus.PASSED if fits else CheckStatus.FAILED
    return Check(kind=kind, status=status, evidence=evidence, blocking=blocking)


_NO_DATE = Text("the valuation states no date", "评估未注明基准日")


def check_findings(case: PledgeCase, checks: tuple[Check, ...]) -> list[Finding]:
    """Return what the checks leave to sign off."""
    waived = {item.rule for item in case.exceptions}
    found = []
    for check in checks:
        facts = {"check": CHECK_NAMES[check.kind], "evidence": check.evidence}
        failed = check.status is CheckStatus.FAILED
        if failed and check.blocking and check.kind not in waived:
            found.append(CHECK_FAILED.finding(where=f"checks.{check.kind}", **facts))
        elif check.status is not CheckStatus.PASSED:
            found.append(CHECK_CONDITION.finding(where=f"checks.{check.kind}", **facts))
    return found


def figures_of(
    interval: Interval | None, point: float, coefficient: float | None
) -> dict[LendingFigure, float]:
    """Return the figures of the negotiation sheet that a valuation has."""
    if interval is None:
        return {LendingFigure.POINT: point}
    found = {
        LendingFigure.LOWER: interval.low,
        LendingFigure.MIDPOINT: interval.midpoint,
        LendingFigure.UPPER: interval.high,
    }
    if coefficient is not None:
        found[LendingFigure.MIRROR] = interval.low + interval.width * (1 - coefficient)
        found[LendingFigure.POINT] = interval.low + interval.width * coefficient
    else:
        found[LendingFigure.POINT] = point
    return {figure: found[figure] for figure in LendingFigure if figure in found}
