"""The right to invest without a last day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, final

from ipfinance.basics import (
    Citation,
    Explanation,
    FindingKind,
    Problem,
    Severity,
    Text,
    Uncertain,
    Value,
    node,
)
from ipfinance.numerics import investment_root, investment_trigger, investment_value
from ipfinance.valuation._directed import Directed, all_plain, least
from ipfinance.valuation._option_terms import (
    Hazard,
    HazardConvention,
    HazardKind,
    UncertainRate,
    UncertainVolatility,
    amount,
    check_terms,
    effective_yield,
    hazard_findings,
    right_outcome,
    with_survival,
    yield_of,
)
from ipfinance.valuation._project_rights import ProjectValue
from ipfinance.valuation._registry import Approach, Law, LawKind, Method
from ipfinance.valuation._valuation import Outcome

INVEST_AT_ONCE = FindingKind(
    code="at_or_above_trigger",
    severity=Severity.NOTE,
    text=Text(
        "The project is worth {value:.6g}, at least the trigger {trigger:.6g}: invest at once.",
        "项目价值 {value:.6g} 不低于触发价值 {trigger:.6g}：应立即投资。",
    ),
)
WAIT = FindingKind(
    code="below_trigger",
    severity=Severity.NOTE,
    text=Text(
        "Wait: the project is worth {value:.6g}, and investing is best from {trigger:.6g}, "
        "{multiple:.3g} times its cost.",
        "应等待：项目价值 {value:.6g}，宜在达到 {trigger:.6g}（成本的 {multiple:.3g} 倍）时投资。",
    ),
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PerpetualInputs:
    """What the perpetual right to invest asks for."""

    value: ProjectValue
    cost: Annotated[
        Uncertain,
        amount(
            Text("cost of investing", "投资成本"),
            Text("paid when the investment is made", "投资时支付"),
            "I",
        ),
    ]
    rate: UncertainRate
    yield_rate: Annotated[
        Uncertain,
        yield_of(
            Text("cost of delay", "延迟成本"),
            Text("yearly income forgone by waiting, part of the value", "等待每年放弃的收益占比"),
            "δ",
        ),
    ]
    volatility: UncertainVolatility
    hazard: Hazard = 0.0
    hazard_kind: HazardConvention = None

    def __post_init__(self) -> None:
        check_terms(self)
        carry = effective_yield(
            yield_rate=least(self.yield_rate),
            hazard=self.hazard,
            hazard_kind=self.hazard_kind or HazardKind.TRADED,
        )
        if carry <= 0 or least(self.rate) + self.hazard < 0:
            allowed = Text(
                "expected a positive cost of delay (with an unpriced hazard: their sum) and a rate "
                "that is not negative; else waiting for ever is best",
                "延迟成本须为正（未计价风险时取两者之和），利率不得为负；否则永远等待最优",
            )
            check_terms(self, Problem(field="yield_rate", found=self.yield_rate, allowed=allowed))


def perpetual(inputs: PerpetualInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Value the right to invest whenever it is best.

    Notes
    -----
    :math:`\tfrac12\sigma^2\beta(\beta-1) + (r^*-q^*)\beta - r^* = 0`, trigger
    :math:`V^* = I\beta/(\beta-1)`, value :math:`(V^*-I)(V/V^*)^{\beta}`. An unpriced hazard ends
    the right only: it enters the discount rate, not the growth.

    References
    ----------
    :cite:cts:`mcdonald_siegel_1986`; :cite:cts:`dixit_pindyck_1994`.
    """
    known = with_survival(given)
    root = node(
        Text("root of the quadratic", "特征方程正根"),
        Directed(_root, (-1, 1, -1)),
        known["discount"],
        known["carry"],
        known["volatility"],
        formula="½σ²β(β−1) + (r*−q*)β − r* = 0",
        symbol="β",
        citation=Citation("dixit_pindyck_1994"),
    )
    trigger = node(
        Text("trigger", "触发价值"),
        Directed(_trigger, (1, -1)),
        known["cost"],
        root,
        formula="I β / (β − 1)",
        unit="currency",
        symbol="V*",
    )
    value = node(
        Text("option value", "期权价值"),
        _value,
        known["value"],
        known["cost"],
        root,
        trigger,
        formula="(V* − I)(V / V*)^β below V*, V − I from there",
        unit="currency",
        symbol="F",
        citation=Citation("mcdonald_siegel_1986"),
    )
    at, now, cost = trigger.number, known["value"].number, known["cost"].number
    told = (
        INVEST_AT_ONCE.finding(value=now, trigger=at)
        if now >= at
        else WAIT.finding(value=now, trigger=at, multiple=at / cost)
    )
    return right_outcome(
        value,
        [told, *hazard_findings(inputs)],
        beta=root.number,
        trigger=at,
        invest_now=now - cost,
    )


def _root(discount: float, carry: float, volatility: float) -> Value:
    return investment_root(discount=discount, drift=discount - carry, volatility=volatility)


def _trigger(cost: float, root: float) -> Value:
    return investment_trigger(cost=cost, root=root)


def _value(value: Any, cost: Any, root: Any, trigger: Any) -> Value:  # noqa: ANN401
    if all_plain(value, cost, root, trigger):
        return investment_value(spot=value, cost=cost, root=root, trigger=trigger)
    return Directed(_best_value, (1, -1, -1))(value, cost, root)


def _best_value(value: float, cost: float, root: float) -> Value:
    trigger = investment_trigger(cost=cost, root=root)
    return investment_value(spot=value, cost=cost, root=root, trigger=trigger)


OPTION_PERPETUAL = Method(
    id="option_perpetual",
    name=Text("right to invest without end", "永续投资权"),
    summary=Text(
        "The right to invest at any time, for ever: the trigger and the value of waiting.",
        "可随时投资且无到期日的权利：触发价值与等待价值。",
    ),
    approach=Approach.OPTION,
    inputs=PerpetualInputs,
    compute=perpetual,
    citations=(Citation("mcdonald_siegel_1986"), Citation("dixit_pindyck_1994")),
    validity=Text(
        "Lognormal value; a positive cost of delay; for rights that end, use the right to defer.",
        "价值服从对数正态；延迟成本为正；有到期日的权利请用延迟投资权。",
    ),
    effective_from=date(1986, 1, 1),
    laws=(
        Law(LawKind.RISES, ("value",)),
        Law(LawKind.FALLS, ("cost",)),
        Law(LawKind.FALLS, ("yield_rate",)),
        Law(LawKind.RISES, ("volatility",)),
        Law(LawKind.SCALES, ("value", "cost")),
    ),
)
