"""The decision on a pledge loan: caps, price and record, each figure with its tree."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_FLOOR, Decimal

import numpy as np

from ipfinance.basics import (
    Cash,
    Explanation,
    Finding,
    InputError,
    Interval,
    MinorUnit,
    Problem,
    Source,
    SourceKind,
    Text,
    Value,
    leaf,
    months_after,
    named_node,
    node,
)
from ipfinance.credit._assessment import (
    EXAMPLE_POLICY,
    EXCEPTION,
    FIGURE_NAMES,
    NO_BAND,
    NO_PROFILE,
    NO_TERM,
    RATE_TOO_LOW,
    RUIN_FLOOR,
    SAME_GROUP,
    Check,
    CheckStatus,
    LendingFigure,
    Outcome,
    PledgeCase,
    check_findings,
    checks_of,
    figures_of,
)
from ipfinance.credit._borrowing_cost import BorrowingCost, borrowing_cost
from ipfinance.credit._collateral import (
    VALUE_BASIS_NAMES,
    CollateralTerms,
    SaleTerms,
    ValueBasis,
    loan_loss_ratio,
    sale_value,
)
from ipfinance.credit._default_curve import DefaultCurve
from ipfinance.credit._loan_risk import (
    LoanRisk,
    LoanRiskInputs,
    ValueProcess,
    largest_principal,
    loan_risk,
    loan_scenarios,
)
from ipfinance.credit._pledge_loan import PledgeLoan
from ipfinance.valuation import CaseResult, value_profile

CAP_SCENARIOS = 50_000
CURRENCY = "currency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """One bound on the loan, in the unit of the valuation case."""

    id: str
    tree: Explanation
    waived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NegotiationRow:
    """What one figure of the negotiation sheet means for both sides.

    Attributes
    ----------
    value, lending_value, loan
        The figure; what it is worth on the lending basis; the loan at the policy's band.
    loss_ratio
        Expected loss of that loan without recourse, paid back at once at maturity, part of its
        riskless present value. [1]
    """

    figure: LendingFigure
    value: float
    lending_value: float
    loan: float
    loss_ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeAssessment:
    """The decision with everything behind it.

    Attributes
    ----------
    amount
        Granted, in the unit of the valuation case; its tree explains it.
    principal
        The same in minor units.
    binding
        The cap that sets the amount.
    risk
        Of the loan granted; None where nothing is granted.
    required_rate
        Tree of the yearly rate that the loan must earn.
    """

    case: PledgeCase
    valued: CaseResult
    outcome: Outcome
    amount: Explanation
    principal: Cash
    minor: MinorUnit
    binding: str
    caps: tuple[Cap, ...]
    bases: Mapping[ValueBasis, Explanation]
    negotiation: tuple[NegotiationRow, ...]
    checks: tuple[Check, ...]
    risk: LoanRisk | None
    required_rate: Explanation | None
    cost: BorrowingCost | None
    loan: PledgeLoan | None
    maturity: date
    findings: tuple[Finding, ...]

    @property
    def conditions(self) -> tuple[Check, ...]:
        """What must be settled before the money is paid out."""
        return tuple(check for check in self.checks if check.status is not CheckStatus.PASSED)


def assess_pledge(case: PledgeCase, valued: CaseResult) -> PledgeAssessment:
    """Decide on a loan against a valued right.

    Parameters
    ----------
    valued
        The valuation case, valued; amounts of the pledge case are in its unit.
    """
    _check_inputs(case, valued)
    maturity = months_after(case.decided_on, case.request.months)
    needed = months_after(maturity, case.policy.term_margin_months)
    case = _with_dates(case, valued)
    checks = checks_of(case, maturity, needed)
    findings = [*_case_findings(case, valued), *check_findings(case, checks)]
    figure = _figure_tree(case, valued)
    bases = {
        basis: _basis_tree(case, figure, basis, terms) for basis, terms in case.policy.bases.items()
    }
    given = _risk_inputs(case, valued, figure)
    caps = _caps(
        case,
        valued,
        lending=bases[case.policy.basis],
        figure=figure,
        given=given,
        findings=findings,
    )
    amount, binding = _amount(case, caps)
    blocked = any(found.code == "pledge_check_failed" for found in findings)
    minor = MinorUnit.of(valued.case.unit.currency)
    granted = 0.0 if blocked or amount.number < case.policy.smallest else amount.number
    principal = minor.cash(valued.case.unit.money(granted)) if granted > 0 else 0
    risk, price, cost, loan = None, None, None, None
    if principal > 0:
        loan = replace(given.loan, principal=principal)
        risk = loan_risk(replace(given, loan=loan), scenarios=case.scenarios, seed=case.seed)
        price = _price_tree(case, risk)
        cost = borrowing_cost(loan, case.charges, case.subsidy)
        if case.request.rate < price.number:
            facts = {"rate": case.request.rate, "required": price.number}
            findings.append(RATE_TOO_LOW.finding(where="loan.rate", **facts))
    return PledgeAssessment(
        case=case,
        valued=valued,
        outcome=_outcome(case, granted),
        amount=amount,
        principal=principal,
        minor=minor,
        binding=binding,
        caps=caps,
        bases=bases,
        negotiation=_negotiation(case, valued),
        checks=checks,
        risk=risk,
        required_rate=price,
        cost=cost,
        loan=loan,
        maturity=maturity,
        findings=tuple(findings),
    )


def _check_inputs(case: PledgeCase, valued: CaseResult) -> None:
    problems = []
    if case.grade not in case.policy.marketability:
        shown = ", ".join(case.policy.marketability)
        allowed = Text(f"expected a grade of the policy: {shown}", f"应为政策中的等级：{shown}")
        problems.append(Problem(field="marketability.grade", found=case.grade, allowed=allowed))
    conclusion = valued.conclusion
    known = figures_of(conclusion.range, conclusion.number, valued.coefficient)
    if case.policy.figure not in known:
        shown = ", ".join(known)
        allowed = Text(f"this valuation has only: {shown}", f"该评估只有：{shown}")
        problems.append(
            Problem(field="policy.lend_against", found=case.policy.figure, allowed=allowed)
        )
    if conclusion.number <= 0:
        allowed = Text("expected a right with a value above 0", "权利价值应大于 0")
        problems.append(Problem(field="valuation", found=conclusion.number, allowed=allowed))
    request = case.request
    if request.months % request.every_months:
        problems.append(Problem(field="loan.months", found=request.months, allowed=_TERM))
    if problems:
        raise InputError(problems)


_TERM = Text(
    "expected a whole number of payment periods (every_months)",
    "应为还款周期（every_months）的整数倍",
)


def _with_dates(case: PledgeCase, valued: CaseResult) -> PledgeCase:
    return replace(
        case,
        expires_on=case.expires_on or valued.case.asset.expires_on,
        valued_on=case.valued_on or valued.case.valuation_date,
    )


def _case_findings(case: PledgeCase, valued: CaseResult) -> list[Finding]:
    found = list(valued.all_findings)
    if case.policy.is_example:
        found.append(EXAMPLE_POLICY.finding(policy=case.policy.id))
    for item in case.exceptions:
        facts = {"rule": item.rule, "approver": item.approver, "reason": item.reason}
        found.append(EXCEPTION.finding(where=f"exceptions.{item.rule}", **facts))
    if case.expires_on is None:
        found.append(NO_TERM.finding())
    if case.collateral.hazard > 0:
        floor = -math.expm1(-case.collateral.hazard * case.request.months / 12)
        found.append(RUIN_FLOOR.finding(where="collateral.ruin_hazard", floor=floor))
    if case.stack is not None and case.borrower.group:
        found += [
            SAME_GROUP.finding(provider=provider.id, group=provider.group)
            for provider in case.stack.providers
            if provider.group == case.borrower.group
        ]
    return found


def _given(
    name: Text, value: Value, path: str, source: Text, *, symbol: str, unit: str = "1"
) -> Explanation:
    detail = source if source.en or source.zh else None
    kind = Source(kind=SourceKind.INPUT, path=path, detail=detail)
    return leaf(name, value, kind, symbol=symbol, unit=unit)


def _figure_tree(case: PledgeCase, valued: CaseResult) -> Explanation:
    conclusion, figure = valued.conclusion, case.policy.figure
    name = FIGURE_NAMES[figure]
    if conclusion.range is None or (figure is LendingFigure.POINT):
        return conclusion.explanation
    interval = next(
        each
        for each in conclusion.explanation.walk()
        if isinstance(each.value, Interval) and each.unit == CURRENCY
    )
    if figure is LendingFigure.MIRROR:
        coefficient = conclusion.explanation.find("AC")
        formula = "V⁻ + (V⁺ − V⁻) · (1 − AC)"
        return node(
            name, _mirror, interval, coefficient, formula=formula, unit=CURRENCY, symbol="Vₗ"
        )
    rule, formula = _FIGURE_RULES[figure]
    return node(name, rule, interval, formula=formula, unit=CURRENCY, symbol="Vₗ")


def _low(interval: Interval) -> float:
    return interval.low


def _middle(interval: Interval) -> float:
    return interval.midpoint


def _high(interval: Interval) -> float:
    return interval.high


def _mirror(interval: Interval, coefficient: float) -> float:
    return interval.low + interval.width * (1 - coefficient)


_FIGURE_RULES = {
    LendingFigure.LOWER: (_low, "V⁻"),
    LendingFigure.MIDPOINT: (_middle, "(V⁻ + V⁺) / 2"),
    LendingFigure.UPPER: (_high, "V⁺"),
}


def _joint(basis: float, market: float) -> float:
    return 1 - (1 - basis) * (1 - market)


def _haircut_tree(case: PledgeCase, basis: ValueBasis, terms: SaleTerms) -> Explanation:
    source = case.policy.source
    return node(
        Text("haircut of basis and marketability", "变现基础与市场流动性合并折扣"),
        _joint,
        _given(
            Text(f"haircut, {VALUE_BASIS_NAMES[basis].en}", f"{VALUE_BASIS_NAMES[basis].zh}折扣"),
            terms.haircut,
            f"policy.bases.{basis}.haircut",
            source,
            symbol="h₁",
        ),
        _given(
            Text(f"haircut of marketability grade {case.grade}", f"流动性等级 {case.grade} 折扣"),
            case.policy.marketability[case.grade],
            f"policy.marketability.{case.grade}",
            source,
            symbol="h₂",
        ),
        formula="1 − (1 − h₁)(1 − h₂)",
        symbol="h",
    )


def _basis_tree(
    case: PledgeCase, figure: Explanation, basis: ValueBasis, terms: SaleTerms
) -> Explanation:
    source, at = case.policy.source, f"policy.bases.{basis}"
    return named_node(
        VALUE_BASIS_NAMES[basis],
        sale_value,
        {
            "value": figure,
            "haircut": _haircut_tree(case, basis, terms),
            "cost": _given(
                Text("cost of sale", "处置费用率"), terms.cost, f"{at}.cost", source, symbol="c"
            ),
            "months": _given(
                Text("months until the proceeds", "变现月数"),
                terms.months,
                f"{at}.months",
                source,
                symbol="m",
                unit="month",
            ),
            "rate": _given(
                Text("rate while waiting", "变现期折现率"),
                terms.rate,
                f"{at}.rate",
                source,
                symbol="r",
                unit="1/year",
            ),
        },
        formula="V (1 − h)(1 − c)(1 + r)^(−m/12)",
        unit=CURRENCY,
        symbol="L",
    )


def _sale(case: PledgeCase, basis: ValueBasis) -> SaleTerms:
    terms = case.policy.bases[basis]
    joint = _joint(terms.haircut, case.policy.marketability[case.grade])
    return replace(terms, haircut=joint)


def _risk_inputs(case: PledgeCase, valued: CaseResult, figure: Explanation) -> LoanRiskInputs:
    unit = valued.case.unit
    minor = MinorUnit.of(unit.currency)
    request = case.request
    profile = case.collateral.profile or _valued_profile(case, valued)
    return LoanRiskInputs(
        loan=PledgeLoan(
            principal=minor.cash(unit.money(request.amount)),
            rate=Decimal(repr(request.rate)),
            months=request.months,
            every_months=request.every_months,
            repayment=request.repayment,
        ),
        curve=case.borrower.curve,
        value=ValueProcess(
            start=figure.number,
            volatility=case.collateral.volatility,
            growth=case.collateral.growth,
            hazard=case.collateral.hazard,
            times=tuple(time for time, _ in profile),
            shares=tuple(share for _, share in profile),
        ),
        sale=_sale(case, case.policy.basis),
        borrower_id=case.borrower.id,
        asset_id=valued.case.asset.id,
        loadings=case.collateral.loadings,
        other_recovery=case.borrower.other_recovery,
        discount_rate=case.policy.pricing.funding_rate,
        scale=float(unit.size) * 10**minor.exponent,
        stack=case.stack,
    )


def _valued_profile(case: PledgeCase, valued: CaseResult) -> tuple[tuple[float, float], ...]:
    years = math.ceil(case.request.months / 12) + 1
    return value_profile(valued.conclusion, years) or ((0.0, 1.0),)


@dataclass(frozen=True, slots=True)
class _LossCap:
    """The largest loan within a loss target, from the figures that the tree shows."""

    given: LoanRiskInputs
    most: float
    seed: int

    def __call__(  # noqa: PLR0917
        self,
        value: float,
        haircut: float,
        volatility: float,
        hazard: float,
        other_recovery: float,
        target: float,
        default_probability: float,
        loading: float,
    ) -> float:
        moved = replace(
            self.given,
            curve=_with_probability(self.given, default_probability),
            value=replace(self.given.value, start=value, volatility=volatility, hazard=hazard),
            sale=replace(self.given.sale, haircut=haircut),
            loadings=replace(self.given.loadings, borrower=loading),
        )
        drawn = loan_scenarios(moved, scenarios=CAP_SCENARIOS, seed=self.seed)
        most = self.most * self.given.scale
        found = largest_principal(drawn, target, other_recovery=other_recovery, most=most)
        return found / self.given.scale


def _caps(
    case: PledgeCase,
    valued: CaseResult,
    *,
    lending: Explanation,
    figure: Explanation,
    given: LoanRiskInputs,
    findings: list[Finding],
) -> tuple[Cap, ...]:
    waived = {item.rule for item in case.exceptions}
    asked = _given(
        Text("amount asked for", "申请金额"),
        case.request.amount,
        "loan.amount",
        Text("", ""),
        symbol="A",
        unit=CURRENCY,
    )
    found = [Cap(id="request", tree=asked)]
    ltv = case.policy.ltv(valued.case.asset.kind, case.grade)
    if ltv is None:
        findings.append(NO_BAND.finding(grade=case.grade))
    band = _given(
        Text("highest loan per lending value", "最高质押率"),
        0.0 if ltv is None else ltv,
        "policy.ltv_bands",
        case.policy.source,
        symbol="LTV",
    )
    found.append(
        Cap(
            id="ltv",
            tree=node(
                Text("loan by loan-to-value band", "按质押率上限"),
                _product,
                band,
                lending,
                formula="LTV · L",
                unit=CURRENCY,
                symbol="C₁",
            ),
            waived="ltv" in waived,
        )
    )
    if case.policy.loss_target is not None:
        tree = _loss_cap_tree(case, figure, given)
        found.append(Cap(id="loss_target", tree=tree, waived="loss_target" in waived))
    if not case.collateral.profile and len(given.value.times) == 1:
        findings.append(NO_PROFILE.finding(where="collateral.profile"))
    return tuple(found)


def _with_probability(given: LoanRiskInputs, probability: float) -> DefaultCurve:
    """Return the borrower's curve, its hazards scaled to a chance of default in the term."""
    known = float(given.curve.cumulative(np.array([given.loan.months / 12]))[0])
    if probability >= 1 or known <= 0:
        return given.curve
    return given.curve.scaled(-math.log1p(-probability) / known)


def _product(*factors: float) -> float:
    return math.prod(factors)


def _loss_cap_tree(case: PledgeCase, figure: Explanation, given: LoanRiskInputs) -> Explanation:
    risk, policy = case.collateral, case.policy
    most = figure.number
    return named_node(
        Text("loan within the loss target", "按预期损失目标上限"),
        _LossCap(given, most, case.seed),
        {
            "value": figure,
            "haircut": _haircut_tree(case, policy.basis, policy.bases[policy.basis]),
            "volatility": _given(
                Text("volatility of the value", "价值波动率"),
                risk.volatility,
                "collateral.volatility",
                risk.volatility_source,
                symbol="σ",
                unit="1/year^0.5",
            ),
            "hazard": _given(
                Text("hazard of ruin", "标的归零强度"),
                risk.hazard,
                "collateral.ruin_hazard",
                risk.hazard_source,
                symbol="γ",
                unit="1/year",
            ),
            "other_recovery": _given(
                Text("recovery from the borrower's other means", "借款人其他财产回收率"),
                case.borrower.other_recovery,
                "borrower.other_recovery",
                case.borrower.other_recovery_source,
                symbol="ω",
            ),
            "target": _given(
                Text("largest expected loss per principal", "预期损失率目标"),
                policy.loss_target or 0.0,
                "policy.loss_target",
                policy.source,
                symbol="ε",
            ),
            "default_probability": _given(
                Text("chance of default within the term", "贷款期内违约概率"),
                float(given.curve.default_probability(np.array([given.loan.months / 12]))[0]),
                "borrower.default",
                case.borrower.curve_source,
                symbol="p",
            ),
            "loading": _given(
                Text("borrower's loading on the common factor", "借款人的共同因子载荷"),
                risk.loadings.borrower,
                "collateral.loadings.borrower",
                Text("", ""),
                symbol="a",
            ),
        },
        formula="max P: E[loss] / P ≤ ε",
        unit=CURRENCY,
        symbol="C₂",
    )


@dataclass(frozen=True, slots=True)
class _Least:
    """The smallest of the caps that count, rounded down to a step."""

    step: float | None

    def __call__(self, *caps: float) -> float:
        least = min(caps)
        if self.step is None:
            return least
        step = Decimal(repr(self.step))
        return float((Decimal(repr(least)) / step).to_integral_value(ROUND_FLOOR) * step)


def _amount(case: PledgeCase, caps: tuple[Cap, ...]) -> tuple[Explanation, str]:
    counted = [cap for cap in caps if not cap.waived]
    binding = min(counted, key=lambda cap: cap.tree.number)
    symbols = ", ".join(cap.tree.symbol for cap in counted)
    return (
        node(
            Text("loan granted", "核定贷款额"),
            _Least(case.policy.step),
            *(cap.tree for cap in counted),
            formula=f"min({symbols})",
            unit=CURRENCY,
            symbol="P",
        ),
        binding.id,
    )


def _outcome(case: PledgeCase, granted: float) -> Outcome:
    if granted <= 0:
        return Outcome.DECLINED
    limits = {each.role: each.up_to for each in case.policy.authorities}
    limit = limits.get(case.approver_role, 0.0) if limits else None
    if limit is not None and granted > limit:
        return Outcome.REFERRED
    return Outcome.APPROVED if granted >= case.request.amount else Outcome.REDUCED


def _price_tree(case: PledgeCase, risk: LoanRisk) -> Explanation:
    terms, source = case.policy.pricing, case.policy.source

    def given(name: Text, value: float, path: str, symbol: str) -> Explanation:
        unit = "1" if symbol == "k" else "1/year"
        return _given(name, value, f"policy.pricing.{path}", source, symbol=symbol, unit=unit)

    funding = given(Text("funding rate", "资金成本率"), terms.funding_rate, "funding_rate", "f")
    loss = node(
        Text("expected net loss a year", "年化预期净损失率"),
        _quotient,
        _given(
            Text("expected discounted net loss", "预期净损失现值"),
            risk.net.expected,
            f"simulation of {risk.scenarios:,} scenarios, seed {risk.seed}",
            Text(
                f"standard error {risk.net.standard_error:,.0f}",
                f"标准误 {risk.net.standard_error:,.0f}",
            ),
            symbol="EL",
            unit="minor",
        ),
        _given(
            Text("discounted balance while alive", "存续余额现值"),
            risk.expected_balance_years,
            "schedule and default curve",
            Text("", ""),
            symbol="B",
            unit="minor",
        ),
        formula="EL / B",
        unit="1/year",
        symbol="e",
    )
    capital = node(
        Text("cost of capital", "资本成本"),
        _capital,
        given(Text("capital held", "资本占用比例"), terms.capital_share, "capital_share", "k"),
        given(Text("hurdle rate", "资本回报要求"), terms.hurdle_rate, "hurdle_rate", "u"),
        funding,
        formula="k · (u − f)",
        unit="1/year",
        symbol="κ",
    )
    return node(
        Text("rate that the loan must earn", "风险定价利率"),
        _sum,
        funding,
        given(Text("operating cost", "运营成本率"), terms.operating_rate, "operating_rate", "o"),
        loss,
        capital,
        formula="f + o + e + κ",
        unit="1/year",
        symbol="i*",
    )


def _sum(*parts: float) -> float:
    return math.fsum(parts)


def _quotient(above: float, below: float) -> float:
    return above / below


def _capital(share: float, hurdle: float, funding: float) -> float:
    return share * max(hurdle - funding, 0.0)


def _negotiation(case: PledgeCase, valued: CaseResult) -> tuple[NegotiationRow, ...]:
    conclusion, sale = valued.conclusion, _sale(case, case.policy.basis)
    ltv = case.policy.ltv(valued.case.asset.kind, case.grade) or 0.0
    years = case.request.months / 12
    rate = math.log1p(case.policy.pricing.funding_rate)
    terms = CollateralTerms(
        volatility=case.collateral.volatility,
        rate=rate,
        hazard=case.collateral.hazard,
        haircut=1 - sale.share,
    )
    base = figures_of(conclusion.range, conclusion.number, valued.coefficient)
    start = base[case.policy.figure]
    rows = []
    for figure, value in base.items():
        loan = ltv * value * sale.share
        due = loan * (1 + case.request.rate * years)
        ratio = loan_loss_ratio(start, due, years, terms) if due > 0 else 0.0
        rows.append(
            NegotiationRow(
                figure=figure,
                value=value,
                lending_value=value * sale.share,
                loan=loan,
                loss_ratio=ratio,
            )
        )
    return tuple(rows)
