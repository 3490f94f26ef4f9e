"""Rights over a project: to wait, to grow it, to shrink it, to give it up.

Each is one claim on a share of the project's value: a call on what is gained or a put on what is
given away. The project itself is never counted in the right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypeAlias, final

from ipfinance.basics import (
    Citation,
    Explanation,
    FindingKind,
    Quantity,
    Severity,
    Text,
    node,
)
from ipfinance.numerics import Payoff
from ipfinance.valuation._families import AGAINST_EXACT, exact_value
from ipfinance.valuation._option import (
    RiskClosedFormInputs,
    RiskLatticeInputs,
    closed_form,
    lattice,
)
from ipfinance.valuation._option_terms import (
    DEFAULT_STRETCH,
    AfterRuin,
    Exercise,
    ExerciseKind,
    Hazard,
    HazardConvention,
    LatticeSteps,
    Maturity,
    OnRuin,
    RisklessRate,
    Stretch,
    Volatility,
    YieldRate,
    amount,
    check_terms,
    chosen,
)
from ipfinance.valuation._registry import Approach, Law, LawKind, Method
from ipfinance.valuation._valuation import Outcome

WAITING = FindingKind(
    code="value_of_waiting",
    severity=Severity.NOTE,
    text=Text(
        "Investing at once is worth {now:.6g}; the right to wait is worth {value:.6g}, so that "
        "waiting itself is worth {waiting:.6g}.",
        "立即投资价值 {now:.6g}；延迟权价值 {value:.6g}，故等待本身价值 {waiting:.6g}。",
    ),
)
EUROPEAN_IS_LESS = FindingKind(
    code="exercise_on_one_day_only",
    severity=Severity.NOTE,
    text=Text(
        "Valued as if the decision could be taken on the last day only; a right that can be used "
        "earlier is worth at least as much.",
        "按仅可在最后一日决策计价；若可提前行使，其价值不低于此。",
    ),
)

ProjectValue: TypeAlias = Annotated[
    float,
    amount(
        Text("value of the project", "项目价值"),
        Text("present value of the project without the right", "不含该权利的项目现值"),
        "V",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectTerms:
    """What every right over a project asks for; not used by itself."""

    value: ProjectValue
    rate: RisklessRate
    volatility: Volatility
    maturity: Maturity
    hazard: Hazard = 0.0
    hazard_kind: HazardConvention = None
    yield_rate: YieldRate = 0.0
    exercise: ExerciseKind = Exercise.AMERICAN
    steps: LatticeSteps = None
    stretch: Stretch = DEFAULT_STRETCH

    def as_claim(self, *, spot: float, strike: float, payoff: Payoff) -> RiskLatticeInputs:
        """Return the right as a claim on one asset."""
        return RiskLatticeInputs(
            spot=spot,
            strike=strike,
            payoff=payoff,
            rate=self.rate,
            volatility=self.volatility,
            maturity=self.maturity,
            hazard=self.hazard,
            hazard_kind=self.hazard_kind,
            yield_rate=self.yield_rate,
            on_ruin=getattr(self, "on_ruin", OnRuin.LOST),
            exercise=self.exercise,
            steps=self.steps if self.exercise is Exercise.AMERICAN else None,
            stretch=self.stretch,
        )


def european_form(claim: RiskLatticeInputs) -> RiskClosedFormInputs:
    """Return the same claim for the closed form."""
    return RiskClosedFormInputs(
        spot=claim.spot,
        strike=claim.strike,
        payoff=claim.payoff,
        rate=claim.rate,
        volatility=claim.volatility,
        maturity=claim.maturity,
        hazard=claim.hazard,
        hazard_kind=claim.hazard_kind,
        yield_rate=claim.yield_rate,
        on_ruin=claim.on_ruin,
    )


def _right(
    claim: RiskLatticeInputs,
    given: Mapping[str, Explanation],
    *,
    asset: Explanation,
    cost: Explanation,
) -> Outcome:
    """Value a right: American on the lattice, European in closed form."""
    known = {
        "on_ruin": chosen(Text("put after ruin", "风险发生后的看跌权"), claim.on_ruin, "on_ruin"),
        **given,
        "spot": asset,
        "strike": cost,
        "payoff": chosen(Text("payoff", "收益类型"), claim.payoff, "payoff"),
    }
    if claim.exercise is Exercise.AMERICAN:
        return _judged(lattice(claim, known), claim)
    found = closed_form(european_form(claim), known)
    told = (*found.findings, EUROPEAN_IS_LESS.finding(where="exercise"))
    return Outcome(explanation=found.explanation, findings=told, details=found.details)


def _judged(found: Outcome, claim: RiskLatticeInputs) -> Outcome:
    """Say how far the lattice is from the value without any grid, where that is known."""
    exact = exact_value(claim, Exercise.AMERICAN)
    if exact is None:
        return found
    value = found.explanation.number
    told = AGAINST_EXACT.finding(value=value, exact=exact, difference=value - exact)
    return Outcome(
        explanation=found.explanation,
        findings=(*found.findings, told),
        details={**found.details, "without_grid": exact},
    )


def _scaled(value: float, share: float) -> float:
    return value * share


def _share_of(given: Mapping[str, Explanation], share: str, name: Text) -> Explanation:
    return node(
        name,
        _scaled,
        given["value"],
        given[share],
        formula=f"{given['value'].symbol} · {given[share].symbol}",
        unit="currency",
        symbol="S",
    )


def _with(found: Outcome, **details: object) -> Outcome:
    return Outcome(
        explanation=found.explanation,
        findings=found.findings,
        details={**found.details, **details},
    )


def _beside(found: Outcome, value: float) -> Outcome:
    """Show the project with its right beside the right."""
    return _with(found, project=value, total=value + found.explanation.number)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class DeferInputs(ProjectTerms):
    """What the right to wait asks for."""

    cost: Annotated[
        float,
        amount(
            Text("cost of investing", "投资成本"),
            Text("paid when the investment is made", "投资时支付"),
            "I",
        ),
    ]

    def __post_init__(self) -> None:
        check_terms(self)
        self.claim()

    def claim(self) -> RiskLatticeInputs:
        """Return the right as a call on the project."""
        return self.as_claim(spot=self.value, strike=self.cost, payoff=Payoff.CALL)


def defer(inputs: DeferInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Value the right to invest later, or never.

    Notes
    -----
    A call on the project with the investment as its strike. What waiting costs, income or life
    forgone, is the yield; leaving it at 0 overstates the right.

    References
    ----------
    :cite:cts:`mcdonald_siegel_1986`; :cite:cts:`trigeorgis_1996`.
    """
    found = _right(inputs.claim(), given, asset=given["value"], cost=given["cost"])
    now, value = inputs.value - inputs.cost, found.explanation.number
    waiting = value - max(now, 0.0)
    told = WAITING.finding(now=now, value=value, waiting=waiting)
    return Outcome(
        explanation=found.explanation,
        findings=(told, *found.findings),
        details={**found.details, "invest_now": now, "waiting": waiting},
    )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ExpandInputs(ProjectTerms):
    """What the right to grow a project asks for."""

    expansion: Annotated[
        float,
        Quantity(
            name=Text("expansion", "扩张比例"),
            meaning=Text(
                "added part of the project's value: 0.5 adds half", "新增部分占项目价值的比例"
            ),
            symbol="e",
            low=0.0,
            low_open=True,
            high=100.0,
        ),
    ]
    cost: Annotated[
        float,
        amount(Text("cost of expansion", "扩张成本"), Text("paid on expansion", "扩张时支付"), "I"),
    ]

    def __post_init__(self) -> None:
        check_terms(self)
        self.claim()

    def claim(self) -> RiskLatticeInputs:
        """Return the right as a call on the added part."""
        spot = self.value * self.expansion
        return self.as_claim(spot=spot, strike=self.cost, payoff=Payoff.CALL)


def expand(inputs: ExpandInputs, given: Mapping[str, Explanation]) -> Outcome:
    """Value the right to add a part to a project.

    Notes
    -----
    A call on the added part only. The project that is there stands beside it and is counted once.

    References
    ----------
    :cite:cts:`trigeorgis_1996`.
    """
    asset = _share_of(given, "expansion", Text("value of what is added", "新增部分价值"))
    return _beside(_right(inputs.claim(), given, asset=asset, cost=given["cost"]), inputs.value)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractInputs(ProjectTerms):
    """What the right to shrink a project asks for."""

    contraction: Annotated[
        float,
        Quantity(
            name=Text("contraction", "收缩比例"),
            meaning=Text("part of the project's value that is given up", "放弃的项目价值比例"),
            symbol="c",
            low=0.0,
            low_open=True,
            high=1.0,
        ),
    ]
    saving: Annotated[
        float,
        amount(
            Text("saving", "节省金额"), Text("outlay spared by shrinking", "收缩所节省的支出"), "A"
        ),
    ]

    def __post_init__(self) -> None:
        check_terms(self)
        self.claim()

    def claim(self) -> RiskLatticeInputs:
        """Return the right as a put on the part given up."""
        spot = self.value * self.contraction
        return self.as_claim(spot=spot, strike=self.saving, payoff=Payoff.PUT)


def contract(inputs: ContractInputs, given: Mapping[str, Explanation]) -> Outcome:
    """Value the right to give up a part of a project and spare an outlay.

    References
    ----------
    :cite:cts:`trigeorgis_1996`.
    """
    asset = _share_of(given, "contraction", Text("value of what is given up", "放弃部分价值"))
    return _beside(_right(inputs.claim(), given, asset=asset, cost=given["saving"]), inputs.value)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class AbandonInputs(ProjectTerms):
    """What the right to give a project up asks for."""

    salvage: Annotated[
        float,
        amount(
            Text("salvage", "残值"),
            Text("received for giving the project up", "放弃项目时收回的金额"),
            "X",
        ),
    ]
    on_ruin: AfterRuin = OnRuin.LOST

    def __post_init__(self) -> None:
        check_terms(self)
        self.claim()

    def claim(self) -> RiskLatticeInputs:
        """Return the right as a put on the project."""
        return self.as_claim(spot=self.value, strike=self.salvage, payoff=Payoff.PUT)


def abandon(inputs: AbandonInputs, given: Mapping[str, Explanation]) -> Outcome:
    """Value the right to give a project up for its salvage.

    References
    ----------
    :cite:cts:`trigeorgis_1996`.
    """
    found = _right(inputs.claim(), given, asset=given["value"], cost=given["salvage"])
    return _beside(found, inputs.value)


CONSTANT_LAW = Text(
    "Lognormal value with constant volatility, rate, yield and hazard.",
    "价值服从对数正态，波动率、利率、收益率与风险密度恒定。",
)
OPTION_DEFER = Method(
    id="option_defer",
    name=Text("right to defer", "延迟投资权"),
    summary=Text(
        "The right to invest in a project until a last day, and not before it pays.",
        "在截止日前择机投资的权利。",
    ),
    approach=Approach.OPTION,
    inputs=DeferInputs,
    compute=defer,
    citations=(Citation("mcdonald_siegel_1986"), Citation("trigeorgis_1996")),
    validity=CONSTANT_LAW,
    effective_from=date(1986, 1, 1),
    laws=(
        Law(LawKind.RISES, ("value",)),
        Law(LawKind.FALLS, ("cost",)),
        Law(LawKind.RISES, ("volatility",)),
        Law(LawKind.SCALES, ("value", "cost")),
    ),
)
OPTION_EXPAND = Method(
    id="option_expand",
    name=Text("right to expand", "扩张权"),
    summary=Text(
        "The right to add a part to a project for a cost; the project itself is not counted.",
        "支付成本扩大项目规模的权利，不重复计入项目本身。",
    ),
    approach=Approach.OPTION,
    inputs=ExpandInputs,
    compute=expand,
    citations=(Citation("trigeorgis_1996"),),
    validity=CONSTANT_LAW,
    effective_from=date(1996, 1, 1),
    laws=(
        Law(LawKind.RISES, ("value",)),
        Law(LawKind.RISES, ("expansion",)),
        Law(LawKind.FALLS, ("cost",)),
        Law(LawKind.SCALES, ("value", "cost")),
    ),
)
OPTION_CONTRACT = Method(
    id="option_contract",
    name=Text("right to contract", "收缩权"),
    summary=Text(
        "The right to give up a part of a project and spare an outlay.",
        "放弃部分项目以节省支出的权利。",
    ),
    approach=Approach.OPTION,
    inputs=ContractInputs,
    compute=contract,
    citations=(Citation("trigeorgis_1996"),),
    validity=CONSTANT_LAW,
    effective_from=date(1996, 1, 1),
    laws=(
        Law(LawKind.FALLS, ("value",)),
        Law(LawKind.RISES, ("saving",)),
        Law(LawKind.SCALES, ("value", "saving")),
    ),
)
OPTION_ABANDON = Method(
    id="option_abandon",
    name=Text("right to abandon", "放弃权"),
    summary=Text(
        "The right to give a project up for its salvage; whether that survives ruin is said.",
        "以残值放弃项目的权利；须说明风险发生后残值是否仍可取得。",
    ),
    approach=Approach.OPTION,
    inputs=AbandonInputs,
    compute=abandon,
    citations=(Citation("trigeorgis_1996"), Citation("merton_1976", "immediate ruin")),
    validity=CONSTANT_LAW,
    effective_from=date(1996, 1, 1),
    laws=(
        Law(LawKind.FALLS, ("value",)),
        Law(LawKind.RISES, ("salvage",)),
        Law(LawKind.SCALES, ("value", "salvage")),
    ),
)
