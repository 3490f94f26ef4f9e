"""Rights over a project: to wait, to grow it, to shrink it, to give it up.

Each is one claim on a share of the project's value: a call on what is gained or a put on what is
given away. The project itself is never counted in the right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, TypeAlias, final

import numpy as np

from ipfinance.basics import (
    Citation,
    Explanation,
    Finding,
    FindingKind,
    Quantity,
    Severity,
    Text,
    Uncertain,
    Value,
    node,
)
from ipfinance.numerics import (
    FloatArray,
    Payoff,
    black_scholes,
    lattice_values,
    stretch_bounds,
)
from ipfinance.valuation._directed import Directed
from ipfinance.valuation._families import AGAINST_EXACT, exact_value
from ipfinance.valuation._option import (
    RiskLatticeInputs,
    chosen_steps,
    closed_form_value,
    early_exercise,
    option_findings,
    paid_at_maturity,
)
from ipfinance.valuation._option_terms import (
    DEFAULT_STRETCH,
    MOST_STEPS,
    AfterRuin,
    Exercise,
    ExerciseKind,
    Hazard,
    HazardConvention,
    LatticeSteps,
    Maturity,
    OnRuin,
    Stretch,
    UncertainRate,
    UncertainVolatility,
    UncertainYield,
    amount,
    check_terms,
    chosen,
    counted,
    right_outcome,
    with_survival,
)
from ipfinance.valuation._registry import Approach, Law, LawKind, Method, middle_of
from ipfinance.valuation._valuation import Outcome

FREE_WAITING = FindingKind(
    code="waiting_costs_nothing",
    severity=Severity.WARNING,
    text=Text(
        "Waiting costs nothing here: no income is forgone and no life lost. That overstates the "
        "right: state the income forgone, or one over the remaining life, as the yield.",
        "此处等待不产生任何成本：既无收益损失，也不消耗权利期限，会高估该权利；"
        "请以放弃的收益率或剩余年限的倒数作为收益率。",
    ),
)
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
    Uncertain,
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
    rate: UncertainRate
    volatility: UncertainVolatility
    maturity: Maturity
    hazard: Hazard = 0.0
    hazard_kind: HazardConvention = None
    yield_rate: UncertainYield = 0.0
    exercise: ExerciseKind = Exercise.AMERICAN
    steps: LatticeSteps = None
    stretch: Stretch = DEFAULT_STRETCH

    def as_claim(self, *, spot: float, strike: Uncertain, payoff: Payoff) -> RiskLatticeInputs:
        """Return the right as a claim on one asset, everything at its middle."""
        return RiskLatticeInputs(
            spot=spot,
            strike=middle_of(strike),
            payoff=payoff,
            rate=middle_of(self.rate),
            volatility=middle_of(self.volatility),
            maturity=self.maturity,
            hazard=self.hazard,
            hazard_kind=self.hazard_kind,
            yield_rate=middle_of(self.yield_rate),
            on_ruin=getattr(self, "on_ruin", OnRuin.LOST),
            exercise=self.exercise,
            steps=self.steps if self.exercise is Exercise.AMERICAN else None,
            stretch=self.stretch,
        )


def _right(
    claim: RiskLatticeInputs,
    given: Mapping[str, Explanation],
    *,
    asset: Explanation,
    cost: Explanation,
) -> Outcome:
    """Value a right: American on the lattice, European in closed form."""
    known = with_survival(given)
    known.setdefault(
        "on_ruin", chosen(Text("put after ruin", "风险发生后的看跌权"), claim.on_ruin, "on_ruin")
    )
    payoff = chosen(Text("payoff", "收益类型"), claim.payoff, "payoff")
    direction = 1 if claim.payoff is Payoff.CALL else -1
    american = claim.exercise is Exercise.AMERICAN
    signs = (direction, -direction, direction, -direction, 1, 0, direction, 0, 0, 0)
    shared = (
        *(asset, cost, known["discount"], known["carry"], known["volatility"]),
        *(known["maturity"], known["rate"], known["hazard"], payoff, known["on_ruin"]),
    )
    if american:
        steps = given.get("steps") or counted(chosen_steps(claim))
        value = node(
            Text("option value", "期权价值"),
            Directed(_on_lattice, (*signs, 0, 0), columns=_on_lattices),
            *shared,
            steps,
            known["stretch"],
            formula="F ← exp(−r* Δt) (p₊ F₊ + p₀ F₀ + p₋ F₋), at least what exercise pays",
            unit="currency",
            symbol="F",
            citation=Citation("boyle_1988"),
        )
    else:
        value = node(
            Text("option value", "期权价值"),
            Directed(_in_closed_form, signs),
            *shared,
            formula="BS(S, K, r*, q*, σ, T)",
            unit="currency",
            symbol="F",
            citation=Citation("black_scholes_1973"),
        )
    return _judged(value, claim, american=american)


def _in_closed_form(  # noqa: PLR0917
    spot: float,
    strike: float,
    discount: float,
    carry: float,
    volatility: float,
    maturity: float,
    rate: float,
    hazard: float,
    payoff: str,
    on_ruin: str,
) -> Value:
    alive = black_scholes(
        spot=spot,
        strike=strike,
        rate=discount,
        volatility=volatility,
        maturity=maturity,
        yield_rate=carry,
        payoff=Payoff(payoff),
    )
    return alive + paid_at_maturity(
        strike=strike, rate=rate, hazard=hazard, maturity=maturity, payoff=payoff, on_ruin=on_ruin
    )


def _on_lattice(*terms: Any) -> Value:  # noqa: ANN401
    return float(_on_lattices(*(_column(each) for each in terms))[0])


def _column(term: Any) -> Any:  # noqa: ANN401
    return term if isinstance(term, str) else np.array([float(term)])


def _on_lattices(  # noqa: PLR0917
    spot: FloatArray,
    strike: FloatArray,
    discount: FloatArray,
    carry: FloatArray,
    volatility: FloatArray,
    maturity: FloatArray,
    rate: FloatArray,
    hazard: FloatArray,
    payoff: str,
    on_ruin: str,
    steps: FloatArray,
    stretch: FloatArray,
) -> FloatArray:
    """Value American claims row by row, each with enough steps for valid probabilities."""
    paid = payoff == Payoff.PUT and on_ruin == OnRuin.PAID
    out = np.empty(len(spot))
    needed = np.array(
        [
            enough_steps(
                drift=float(discount[row] - carry[row]),
                volatility=float(volatility[row]),
                maturity=float(maturity[row]),
                stretch=float(stretch[row]),
                steps=round(float(steps[row])),
            )
            for row in range(len(spot))
        ]
    )
    for count in np.unique(needed):
        rows = needed == count
        time = maturity[rows] / count
        at_ruin = strike[rows] * np.exp(-rate[rows] * time) * -np.expm1(-hazard[rows] * time)
        out[rows] = lattice_values(
            is_call=np.full(int(rows.sum()), payoff == Payoff.CALL),
            is_american=np.full(int(rows.sum()), fill_value=True),
            spot=spot[rows],
            strike=strike[rows],
            discount_rate=discount[rows],
            drift=discount[rows] - carry[rows],
            volatility=volatility[rows],
            maturity=maturity[rows],
            steps=int(count),
            stretch=float(stretch[rows][0]),
            ruin_value=at_ruin if paid else None,
        )
    return out


def enough_steps(
    *, drift: float, volatility: float, maturity: float, stretch: float, steps: int
) -> int:
    """Return the steps asked for, doubled until every probability of the lattice is valid."""
    while steps < MOST_STEPS:
        bounds = stretch_bounds(drift, volatility, maturity / steps)
        if bounds.low <= stretch <= bounds.high:
            return steps
        steps *= 2
    return steps


def _judged(value: Explanation, claim: RiskLatticeInputs, *, american: bool) -> Outcome:
    """Say how far the lattice is from the value without any grid, and what waiting adds."""
    number, european = value.number, closed_form_value(claim)
    findings: list[Finding] = []
    details: dict[str, object] = {"european_closed_form": european}
    if american:
        details["steps"] = chosen_steps(claim)
        exact = exact_value(claim, Exercise.AMERICAN)
        findings += early_exercise(number if exact is None else exact, european)
        if exact is not None:
            gap = number - exact
            findings.append(AGAINST_EXACT.finding(value=number, exact=exact, difference=gap))
            details["without_grid"] = exact
    else:
        findings.append(EUROPEAN_IS_LESS.finding(where="exercise"))
    return right_outcome(value, [*findings, *option_findings(claim)], **details)


def _scaled(value: Any, share: Any) -> Any:  # noqa: ANN401
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
        Uncertain,
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
        return self.as_claim(spot=middle_of(self.value), strike=self.cost, payoff=Payoff.CALL)


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
    now = given["value"].number - given["cost"].number
    value = found.explanation.number
    waiting = value - max(now, 0.0)
    told = [WAITING.finding(now=now, value=value, waiting=waiting)]
    if inputs.yield_rate == 0.0:
        told.append(FREE_WAITING.finding(where="yield_rate"))
    return Outcome(
        explanation=found.explanation,
        findings=(*told, *found.findings),
        details={**found.details, "invest_now": now, "waiting": waiting},
    )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ExpandInputs(ProjectTerms):
    """What the right to grow a project asks for."""

    expansion: Annotated[
        Uncertain,
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
        Uncertain,
        amount(Text("cost of expansion", "扩张成本"), Text("paid on expansion", "扩张时支付"), "I"),
    ]

    def __post_init__(self) -> None:
        check_terms(self)
        self.claim()

    def claim(self) -> RiskLatticeInputs:
        """Return the right as a call on the added part."""
        spot = middle_of(self.value) * middle_of(self.expansion)
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
    return _beside(
        _right(inputs.claim(), given, asset=asset, cost=given["cost"]), given["value"].number
    )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractInputs(ProjectTerms):
    """What the right to shrink a project asks for."""

    contraction: Annotated[
        Uncertain,
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
        Uncertain,
        amount(
            Text("saving", "节省金额"), Text("outlay spared by shrinking", "收缩所节省的支出"), "A"
        ),
    ]

    def __post_init__(self) -> None:
        check_terms(self)
        self.claim()

    def claim(self) -> RiskLatticeInputs:
        """Return the right as a put on the part given up."""
        spot = middle_of(self.value) * middle_of(self.contraction)
        return self.as_claim(spot=spot, strike=self.saving, payoff=Payoff.PUT)


def contract(inputs: ContractInputs, given: Mapping[str, Explanation]) -> Outcome:
    """Value the right to give up a part of a project and spare an outlay.

    References
    ----------
    :cite:cts:`trigeorgis_1996`.
    """
    asset = _share_of(given, "contraction", Text("value of what is given up", "放弃部分价值"))
    return _beside(
        _right(inputs.claim(), given, asset=asset, cost=given["saving"]), given["value"].number
    )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class AbandonInputs(ProjectTerms):
    """What the right to give a project up asks for."""

    salvage: Annotated[
        Uncertain,
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
        return self.as_claim(spot=middle_of(self.value), strike=self.salvage, payoff=Payoff.PUT)


def abandon(inputs: AbandonInputs, given: Mapping[str, Explanation]) -> Outcome:
    """Value the right to give a project up for its salvage.

    References
    ----------
    :cite:cts:`trigeorgis_1996`.
    """
    found = _right(inputs.claim(), given, asset=given["value"], cost=given["salvage"])
    return _beside(found, given["value"].number)


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
