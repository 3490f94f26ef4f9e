"""What is asked of an option case beside its value: curves, comparisons, implied hazards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from ipfinance.basics import (
    NO_UNIT,
    Finding,
    FindingKind,
    Severity,
    Text,
    declared_fields,
)
from ipfinance.numerics import FloatArray
from ipfinance.valuation._case import Analysis, Case
from ipfinance.valuation._hazard import (
    ImpliedHazard,
    ImpliedStatus,
    RiskBudget,
    coverage_budget,
    equivalent_hazard,
    expected_loss_budget,
    implied_hazard,
    pool_budget,
)
from ipfinance.valuation._option import (
    RISK_LATTICE,
    LatticeNodes,
    RiskLatticeInputs,
    admissible_stretch,
    closed_form_value,
    lattice_nodes,
)
from ipfinance.valuation._option_terms import Exercise, HazardKind, RiskTerms
from ipfinance.valuation._registry import run
from ipfinance.valuation._valuation import Valuation
from ipfinance.valuation._zhou2022 import (
    Landmarks,
    Validity,
    Zhou2022Inputs,
    landmarks,
    tree_probabilities,
    tree_value,
    tree_values,
    validity,
)

CURVE_POINTS = 101
DRAWN_STEPS = 4
AMERICAN_STEPS = 200

TOTAL_COUNTS_TWICE = FindingKind(
    code="total_counts_asset_twice",
    severity=Severity.WARNING,
    text=Text(
        "The article's total, income value plus an at-the-money call on it, counts the asset twice "
        "unless there is a separate right to expand or defer.",
        "原文的合计（收益法价值加其平值看涨期权）重复计量了资产，除非另有扩张或延迟权。",
    ),
)
RISK_CHARGED_TWICE = FindingKind(
    code="risk_in_rate_and_hazard",
    severity=Severity.WARNING,
    text=Text(
        "The rate {rate:.2%} over a riskless {riskless:.2%} already contains a hazard of "
        "{hazard:.2%}; a further hazard charges the same risk twice.",
        "折现率 {rate:.2%} 相对无风险利率 {riskless:.2%} 已包含 {hazard:.2%} 的风险密度；"
        "再加风险密度即对同一风险重复计量。",
    ),
)
RATE_NOT_RISKLESS = FindingKind(
    code="return_on_equity_as_riskless_rate",
    severity=Severity.WARNING,
    text=Text(
        "The option takes {rate:.2%}, a return on equity, as its riskless rate; at a riskless "
        "{riskless:.2%} the value without hazard would be {value:.4f} instead of {used:.4f}.",
        "期权以净资产收益率 {rate:.2%} 作为无风险利率；若无风险利率为 {riskless:.2%}，"
        "无风险事件时的价值为 {value:.4f}，而非 {used:.4f}。",
    ),
)
PRICE_IS_RECEIVABLES = FindingKind(
    code="issue_price_is_not_ip_price",
    severity=Severity.NOTE,
    text=Text(
        "The issue price {price:g} is what the notes raised ({source}), not a price of the IP.",
        "发行额 {price:g} 为证券募集金额（{source}），并非知识产权价格。",
    ),
)
NO_IMPLIED_HAZARD = FindingKind(
    code="no_implied_hazard",
    severity=Severity.WARNING,
    text=Text(
        "No hazard explains the price {price:g}: it is above {what}. The rate at which the income "
        "alone is worth it is {rate:.2%}; repayment must rest on other sources or on a higher "
        "forecast.",
        "没有任何风险密度可以解释价格 {price:g}：其高于{what}。仅以该收益计，使之相等的收益率为 "
        "{rate:.2%}；偿付须依靠其他来源或更高的预测。",
    ),
)
PRICE_MATCHED = FindingKind(
    code="probability_matched_to_price",
    severity=Severity.INVALID,
    text=Text(
        "A hazard at which the replicated tree equals the price {price:g} ({hazards}) is a fit "
        "outside the valid window, not an estimate of risk.",
        "使复现树等于价格 {price:g} 的风险密度（{hazards}）处于有效范围之外，"
        "只是拟合，并非风险估计。",
    ),
)
OPTIMUM_IS_ARTEFACT = FindingKind(
    code="optimal_probability_is_artefact",
    severity=Severity.INVALID,
    text=Text(
        "The published 'optimal risk probability' is the peak of the replicated curve (hazard "
        "{hazard:.2%}, step probability {probability:.2%}). The probabilities there are invalid "
        "and the sound value has no peak; read the risk budget instead.",
        "原文的“最优风险概率”是复现曲线的峰值"
        "（风险密度 {hazard:.2%}，单步概率 {probability:.2%}）。"
        "该处概率无效，正确模型并无峰值；请参阅风险预算。",
    ),
)
_ABOVE = {
    ImpliedStatus.ABOVE_NO_RISK_VALUE: Text(
        "the value of the income at {base:.2%} without any risk",
        "收益按 {base:.2%} 折现、无风险事件时的价值",
    ),
    ImpliedStatus.ABOVE_UNDISCOUNTED_INCOME: Text(
        "the undiscounted income itself", "未折现收益总额"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HazardCurves:
    """Value over hazard under both conventions, and the replication where there is one.

    Attributes
    ----------
    hazards, traded, unpriced, replicated
        Shape (n,); `replicated` is None without a replication. [1/year], [currency]
    """

    hazards: FloatArray
    traded: FloatArray
    unpriced: FloatArray
    replicated: FloatArray | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicationRow:
    """The replicated tree at one hazard."""

    hazard: float
    probability: float
    value: float
    total: float
    up: float
    middle: float
    down: float
    valid: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonRow:
    """One value beside the issue price.

    Attributes
    ----------
    sound
        False for a replication.
    gap
        Value less issue price; None where the two are not the same thing, as for an option alone.
    """

    label: Text
    value: float
    sound: bool
    gap: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpliedRow:
    """The hazard that a price implies over one riskless rate."""

    riskless_rate: float
    result: ImpliedHazard


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OptionAnalysis:
    """Everything an option case shows beside its value.

    Attributes
    ----------
    income_step, option_step, replication_step
        The steps that were found; empty where there is none.
    headroom
        Smallest risk budget less today's hazard; None without either. [1/year]
    """

    income_step: str
    option_step: str
    replication_step: str
    curves: HazardCurves
    lattice: LatticeNodes
    comparison: tuple[ComparisonRow, ...]
    replication: tuple[ReplicationRow, ...]
    validity: Validity | None
    landmarks: Landmarks | None
    implied: tuple[ImpliedRow, ...]
    equivalent_hazard: float | None
    budgets: tuple[RiskBudget, ...]
    headroom: float | None
    findings: tuple[Finding, ...]


def analyse_option(case: Case, valuations: Mapping[str, Valuation]) -> OptionAnalysis | None:
    """Answer what an option case asks; None for a case without an option."""
    steps = {step.method.id: step.id for step in reversed(case.steps)}
    option_step = next(
        (steps[name] for name in ("risk_lattice", "risk_closed_form") if name in steps), ""
    )
    if not option_step:
        return None
    asked = case.analysis or Analysis()
    terms = _terms(valuations[option_step].inputs)
    replication_step = steps.get("zhou2022", "")
    tree = valuations[replication_step].inputs if replication_step else None
    if tree is not None and not isinstance(tree, Zhou2022Inputs):
        raise TypeError(tree)
    income_step = steps.get("comparables_income", "")
    flows = _flows(valuations[income_step]) if income_step else None
    implied = _implied(asked, flows, terms)
    budgets = _budgets(asked, flows)
    found_landmarks = None if tree is None else landmarks(tree, price=asked.issue_price)
    return OptionAnalysis(
        income_step=income_step,
        option_step=option_step,
        replication_step=replication_step,
        curves=_curves(terms, tree, asked.highest_hazard),
        lattice=_drawn_lattice(terms),
        comparison=tuple(
            _comparison(asked, terms, tree, valuations, (income_step, option_step), found_landmarks)
        ),
        replication=() if tree is None else tuple(_replication(tree, asked.replicate_at)),
        validity=None if tree is None else validity(tree),
        landmarks=found_landmarks,
        implied=implied,
        equivalent_hazard=None
        if asked.riskless_rate is None
        else equivalent_hazard(terms.rate, asked.riskless_rate),
        budgets=budgets,
        headroom=_headroom(asked, budgets),
        findings=tuple(_findings(asked, terms, tree, found_landmarks, implied)),
    )


def _terms(inputs: object) -> RiskLatticeInputs:
    """Return the terms of the option as a lattice of its own choice of steps."""
    if isinstance(inputs, RiskLatticeInputs):
        return replace(inputs, steps=None)
    names = [item.name for item in declared_fields(RiskTerms)]
    return RiskLatticeInputs(**{name: getattr(inputs, name) for name in names})


def _value(terms: RiskLatticeInputs, hazard: float, kind: HazardKind) -> float:
    changed = replace(terms, hazard=hazard, hazard_kind=kind)
    if changed.exercise is Exercise.EUROPEAN:
        return closed_form_value(changed)
    return run(RISK_LATTICE, replace(changed, steps=AMERICAN_STEPS), unit=NO_UNIT).number


def _curves(terms: RiskLatticeInputs, tree: Zhou2022Inputs | None, highest: float) -> HazardCurves:
    hazards = np.linspace(0.0, highest, CURVE_POINTS)
    found = {
        kind: np.array([_value(terms, float(hazard), kind) for hazard in hazards])
        for kind in HazardKind
    }
    replicated = None
    if tree is not None:
        most = tree.steps / tree.maturity
        replicated = np.full(len(hazards), np.nan)
        inside = hazards < most
        replicated[inside] = tree_values(tree, hazards[inside])
    return HazardCurves(
        hazards=hazards,
        traded=found[HazardKind.TRADED],
        unpriced=found[HazardKind.UNPRICED],
        replicated=replicated,
    )


def _drawn_lattice(terms: RiskLatticeInputs) -> LatticeNodes:
    steps = DRAWN_STEPS
    while True:
        bounds = admissible_stretch(terms, steps)
        if bounds.low <= terms.stretch <= bounds.high:
            return lattice_nodes(replace(terms, steps=steps))
        steps += 1


def _flows(valuation: Valuation) -> tuple[tuple[float, ...], tuple[float, ...]]:
    rows = valuation.details["rows"]
    income = tuple(float(row["ip_income"]) for row in rows)  # type: ignore[attr-defined]
    return income, tuple(float(year + 1) for year in range(len(income)))


def _comparison(  # noqa: PLR0917
    asked: Analysis,
    terms: RiskLatticeInputs,
    tree: Zhou2022Inputs | None,
    valuations: Mapping[str, Valuation],
    steps: tuple[str, str],
    peak: Landmarks | None,
) -> list[ComparisonRow]:
    income_step, option_step = steps
    rows: list[tuple[Text, float, bool, bool]] = []
    if income_step:
        income = valuations[income_step].number
        rows.append((Text("income method", "收益法"), income, True, True))
    if tree is not None and peak is not None:
        no_risk = tree.spot + tree_value(replace(tree, hazard=0.0))
        rows += [
            (
                Text("replication without risk: asset + option", "复现（无风险）：资产 + 期权"),
                no_risk,
                False,
                True,
            ),
            (
                Text("replication at its peak: asset + option", "复现（峰值）：资产 + 期权"),
                tree.spot + peak.peak_value,
                False,
                True,
            ),
        ]
    sound = valuations[option_step].number
    rows.append((Text("option alone, sound model", "期权本身，正确模型"), sound, True, False))
    closed = closed_form_value(replace(terms, hazard=0.0))
    rows.append(
        (
            Text("option alone, closed form without risk", "期权本身，无风险解析公式"),
            closed,
            True,
            False,
        )
    )
    return [
        ComparisonRow(
            label=label,
            value=value,
            sound=is_sound,
            gap=value - asked.issue_price if comparable and asked.issue_price is not None else None,
        )
        for label, value, is_sound, comparable in rows
    ]


def _replication(tree: Zhou2022Inputs, hazards: tuple[float, ...]) -> list[ReplicationRow]:
    rows = []
    for hazard in hazards or (0.0, tree.hazard):
        at = replace(tree, hazard=hazard)
        step, ruin = tree_probabilities(at)
        value = tree_value(at)
        rows.append(
            ReplicationRow(
                hazard=hazard,
                probability=ruin,
                value=value,
                total=tree.spot + value,
                up=step.up,
                middle=step.middle,
                down=step.down,
                valid=min(step) >= 0,
            )
        )
    return rows


def _implied(
    asked: Analysis,
    flows: tuple[tuple[float, ...], tuple[float, ...]] | None,
    terms: RiskLatticeInputs,
) -> tuple[ImpliedRow, ...]:
    if flows is None or asked.issue_price is None:
        return ()
    rates = [rate for rate in (asked.riskless_rate, terms.rate) if rate is not None]
    return tuple(
        ImpliedRow(
            riskless_rate=rate,
            result=implied_hazard(
                *flows, price=asked.issue_price, riskless_rate=rate, recovery=asked.recovery
            ),
        )
        for rate in rates
    )


def _budgets(
    asked: Analysis, flows: tuple[tuple[float, ...], tuple[float, ...]] | None
) -> tuple[RiskBudget, ...]:
    found = []
    if asked.notes is not None and asked.coverage_target is not None and flows is not None:
        rate = asked.notes.coupon if asked.coverage_rate is None else asked.coverage_rate
        found.append(coverage_budget(*flows, asked.notes, rate=rate, target=asked.coverage_target))
    if asked.notes is not None and asked.loss_target is not None:
        found.append(
            expected_loss_budget(
                target=asked.loss_target,
                recovery=asked.loss_recovery,
                maturity=asked.notes.maturity,
            )
        )
    if asked.pool is not None:
        found += [
            pool_budget(
                assets=asked.pool.assets,
                needed=asked.pool.needed,
                horizon=asked.pool.horizon,
                target=asked.pool.target,
                correlation=correlation,
            )
            for correlation in asked.pool.correlations
        ]
    return tuple(found)


def _headroom(asked: Analysis, budgets: tuple[RiskBudget, ...]) -> float | None:
    if asked.estimated_hazard is None or not budgets:
        return None
    return min(budget.hazard or 0.0 for budget in budgets) - asked.estimated_hazard


def _findings(
    asked: Analysis,
    terms: RiskLatticeInputs,
    tree: Zhou2022Inputs | None,
    found: Landmarks | None,
    implied: tuple[ImpliedRow, ...],
) -> list[Finding]:
    findings = []
    if tree is not None and found is not None:
        findings += _replication_findings(asked, tree, found)
    if asked.riskless_rate is not None and terms.rate > asked.riskless_rate:
        findings += _rate_findings(asked.riskless_rate, terms)
    if asked.issue_price is not None and asked.issue_price_source.en:
        findings.append(
            PRICE_IS_RECEIVABLES.finding(price=asked.issue_price, source=asked.issue_price_source)
        )
    for row in implied:
        if row.result.status is not ImpliedStatus.SOLVED:
            findings.append(
                NO_IMPLIED_HAZARD.finding(
                    where="analysis.issue_price",
                    price=asked.issue_price,
                    what=_ABOVE[row.result.status].filled({"base": row.riskless_rate}),
                    rate=row.result.implied_rate,
                )
            )
    return findings


def _replication_findings(asked: Analysis, tree: Zhou2022Inputs, found: Landmarks) -> list[Finding]:
    step_time = tree.maturity / tree.steps
    findings = [
        TOTAL_COUNTS_TWICE.finding(),
        OPTIMUM_IS_ARTEFACT.finding(
            hazard=found.peak_hazard, probability=found.peak_hazard * step_time
        ),
    ]
    if asked.issue_price is not None and found.at_price:
        shown = ", ".join(f"{hazard:.3%}" for hazard in found.at_price)
        findings.append(PRICE_MATCHED.finding(price=asked.issue_price, hazards=shown))
    return findings


def _rate_findings(riskless: float, terms: RiskLatticeInputs) -> list[Finding]:
    contained = equivalent_hazard(terms.rate, riskless)
    no_hazard = replace(terms, hazard=0.0)
    findings = [
        RATE_NOT_RISKLESS.finding(
            where="rate",
            rate=terms.rate,
            riskless=riskless,
            value=closed_form_value(replace(no_hazard, rate=riskless)),
            used=closed_form_value(no_hazard),
        )
    ]
    if terms.hazard > 0:
        findings.append(
            RISK_CHARGED_TWICE.finding(
                where="hazard", rate=terms.rate, riskless=riskless, hazard=contained
            )
        )
    return findings
