"""Investments in stages: each payment buys the right to the next."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, final

from ipfinance.basics import (
    Citation,
    Explanation,
    Finding,
    FindingKind,
    NoSolutionError,
    Problem,
    Quantity,
    Severity,
    Source,
    SourceKind,
    Text,
    Value,
    leaf,
    node,
)
from ipfinance.numerics import Stages, committed_value, stage_triggers, staged_value
from ipfinance.valuation._directed import Directed, all_plain
from ipfinance.valuation._option_terms import (
    MOST_MONEY,
    Hazard,
    HazardConvention,
    UncertainRate,
    UncertainSpot,
    UncertainVolatility,
    UncertainYield,
    check_terms,
    hazard_findings,
    right_outcome,
    with_survival,
)
from ipfinance.valuation._registry import Approach, Law, LawKind, Method
from ipfinance.valuation._valuation import Outcome, Schedule

MOST_STAGES = 12

STOPPING = FindingKind(
    code="value_of_stopping",
    severity=Severity.NOTE,
    text=Text(
        "Going through every stage whatever happens is worth {committed:.6g}; being able to stop "
        "before each payment adds {flexibility:.6g}.",
        "无条件完成全部阶段的价值为 {committed:.6g}；"
        "每次付款前可中止的权利增加 {flexibility:.6g}。",
    ),
)
_TOO_FINE = Text(
    "Two payments lie so close together, or the spread is so wide, that the panels between them "
    "are too many; put the two payments on one date.",
    "两次付款间隔过短或波动过大，所需积分节点过多；请将两次付款合并至同一日期。",
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class StagedInputs:
    """What an investment in stages asks for."""

    spot: UncertainSpot
    costs: Annotated[
        tuple[float, ...],
        Quantity(
            name=Text("payment of stage", "阶段付款"),
            meaning=Text("in order; the last one buys the asset", "按顺序付款，末次取得资产"),
            symbol="K",
            unit="currency",
            low=0.0,
            low_open=True,
            high=MOST_MONEY,
        ),
    ]
    times: Annotated[
        tuple[float, ...],
        Quantity(
            name=Text("time of stage", "阶段付款时点"),
            meaning=Text("years from today to each payment, rising", "各次付款距今年数，递增"),
            symbol="t",
            unit="year",
            low=0.0,
            high=200.0,
        ),
    ]
    successes: Annotated[
        tuple[float, ...] | None,
        Quantity(
            name=Text("chance of success of stage", "阶段成功概率"),
            meaning=Text(
                "that what each payment buys succeeds; 1 where left out",
                "各阶段付款后成功的概率，留空为 1",
            ),
            symbol="p",
            low=0.0,
            low_open=True,
            high=1.0,
        ),
    ] = None
    rate: UncertainRate
    volatility: UncertainVolatility
    hazard: Hazard = 0.0
    hazard_kind: HazardConvention = None
    yield_rate: UncertainYield = 0.0

    def __post_init__(self) -> None:
        check_terms(self, *_stage_problems(self))

    def stages(self) -> Stages:
        """Return the payments in order."""
        return Stages(self.costs, self.times, self.successes or (1.0,) * len(self.costs))


def _stage_problems(inputs: StagedInputs) -> list[Problem]:
    count = len(inputs.costs)
    found = []
    if not 1 <= count <= MOST_STAGES:
        allowed = Text(f"expected 1 to {MOST_STAGES} stages", f"应为 1 至 {MOST_STAGES} 个阶段")
        found.append(Problem(field="costs", found=count, allowed=allowed))
    for field in ("times", "successes"):
        given = getattr(inputs, field)
        if given is not None and len(given) != count:
            allowed = Text(f"expected {count}, one for each cost", f"应为 {count} 项，与付款对应")
            found.append(Problem(field=field, found=len(given), allowed=allowed))
    if any(not a < b for a, b in pairwise(inputs.times)) or inputs.times[-1:] == (0.0,):
        allowed = Text(
            "expected times that rise, the last above 0", "应为递增的时点，且最后一个大于 0"
        )
        found.append(Problem(field="times", found=str(inputs.times), allowed=allowed))
    return found


def staged(inputs: StagedInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Value the right to go through stages, each of which can be left out, and all after it.

    Notes
    -----
    With two stages this is Geske's call on a call,
    :math:`S e^{-qT_2}\Phi_2(a_1,b_1;\rho) - K_2 e^{-rT_2}\Phi_2(a_2,b_2;\rho)
    - K_1 e^{-rT_1}\Phi(a_2)`; with more, the same recursion is integrated date by date on panels
    that begin at each trigger. Chances of success are independent of the market.

    References
    ----------
    :cite:cts:`geske_1979`.
    """
    known = with_survival(given)
    ones = (1.0,) * len(inputs.costs)
    known.setdefault(
        "successes",
        leaf(
            Text("chances of success", "成功概率"),
            ones,
            Source(kind=SourceKind.INPUT, path="successes"),
            symbol="p",
        ),
    )
    law = {
        name: known[name]
        for name in ("costs", "times", "successes", "discount", "carry", "volatility")
    }
    triggers = node(
        Text("triggers", "触发价值"),
        _triggers,
        *law.values(),
        formula="S*_k: p_k F_{k+1}(S*_k) = K_k",
        unit="currency",
        symbol="S*",
        citation=Citation("geske_1979"),
    )
    value = node(
        Text("option value", "期权价值"),
        _staged,
        *law.values(),
        known["spot"],
        triggers,
        formula="F_k = E[exp(−r* Δt) max(p_k F_{k+1} − K_k, 0)]",
        unit="currency",
        symbol="F",
        citation=Citation("geske_1979"),
    )
    if math.isnan(value.number):
        raise NoSolutionError(OPTION_STAGED.name, _TOO_FINE)
    return _shown(inputs, value, triggers.numbers, known)


def _triggers(  # noqa: PLR0917
    costs: tuple[float, ...],
    times: tuple[float, ...],
    successes: tuple[float, ...],
    discount: Any,  # noqa: ANN401
    carry: Any,  # noqa: ANN401
    volatility: Any,  # noqa: ANN401
) -> Value:
    if not all_plain(discount, carry, volatility):
        return ()  # columns and ranges find their own
    return stage_triggers(
        Stages(costs, times, successes), rate=discount, yield_rate=carry, volatility=volatility
    )


def _staged(  # noqa: PLR0917
    costs: tuple[float, ...],
    times: tuple[float, ...],
    successes: tuple[float, ...],
    discount: Any,  # noqa: ANN401
    carry: Any,  # noqa: ANN401
    volatility: Any,  # noqa: ANN401
    spot: Any,  # noqa: ANN401
    triggers: tuple[float, ...],
) -> Value:
    stages = Stages(costs, times, successes)

    def value(spot: float, discount: float, carry: float, volatility: float) -> float:
        law = {"rate": discount, "yield_rate": carry, "volatility": volatility}
        own = triggers or stage_triggers(stages, **law)
        return staged_value(stages, spot=spot, triggers=own, **law)

    if all_plain(spot):
        triggers = triggers if all_plain(discount, carry, volatility) else ()
    return Directed(value, (1, 1, -1, 1))(spot, discount, carry, volatility)


def _shown(
    inputs: StagedInputs,
    value: Explanation,
    triggers: tuple[float, ...],
    known: Mapping[str, Explanation],
) -> Outcome:
    stages = inputs.stages()
    spot, volatility = known["spot"].number, known["volatility"].number
    discount, carry = known["discount"].number, known["carry"].number
    income, paid = committed_value(stages, spot=spot, rate=discount, yield_rate=carry)
    committed = income - paid
    told: list[Finding] = [
        STOPPING.finding(committed=committed, flexibility=value.number - max(committed, 0.0)),
        *hazard_findings(inputs),
    ]
    law = {"rate": discount, "yield_rate": carry, "volatility": volatility}
    after = [_after(stages, place, spot, law) for place in range(len(stages.costs))]
    return right_outcome(
        value,
        told,
        triggers=triggers,
        committed=committed,
        flexibility=value.number - max(committed, 0.0),
        value_after_success=tuple(after),
        schedule=_stage_table(stages, triggers, after),
    )


def _after(stages: Stages, place: int, spot: float, law: Mapping[str, float]) -> float:
    """Return what the rest is worth once a stage has succeeded, at today's value of the asset."""
    if place + 1 == len(stages.costs):
        return spot
    here = stages.times[place]
    rest = Stages(
        stages.costs[place + 1 :],
        [time - here for time in stages.times[place + 1 :]],
        stages.successes[place + 1 :],
    )
    return staged_value(rest, spot=spot, triggers=stage_triggers(rest, **law), **law)


def _stage_table(stages: Stages, triggers: tuple[float, ...], after: list[float]) -> Schedule:
    return Schedule(
        title=Text("Stages", "阶段"),
        columns=(
            Text("year", "年"),
            Text("payment", "付款"),
            Text("chance of success", "成功概率"),
            Text("pay if the asset is worth at least", "资产价值不低于此值时付款"),
            Text("worth once it has succeeded", "成功后的价值"),
        ),
        units=("year", "currency", "1", "currency", "currency"),
        rows=tuple(
            (time, cost, success, trigger, rest)
            for cost, time, success, trigger, rest in zip(*stages, triggers, after, strict=True)
        ),
    )


OPTION_STAGED = Method(
    id="option_staged",
    name=Text("investment in stages", "分阶段投资权"),
    summary=Text(
        "The right to go through payments in order, each of which can be left out together with "
        "all that follow; stages may fail.",
        "按顺序付款的权利，任一阶段前可中止其后全部阶段；各阶段可能失败。",
    ),
    approach=Approach.OPTION,
    inputs=StagedInputs,
    compute=staged,
    citations=(Citation("geske_1979"),),
    validity=Text(
        "Lognormal value; payments on given dates; chances of success independent of the market.",
        "价值服从对数正态；付款日期给定；成功概率与市场无关。",
    ),
    effective_from=date(1979, 1, 1),
    laws=(
        Law(LawKind.RISES, ("spot",)),
        Law(LawKind.FALLS, ("costs",)),
        Law(LawKind.RISES, ("successes",)),
        Law(LawKind.RISES, ("volatility",)),
        Law(LawKind.SCALES, ("spot", "costs")),
    ),
)
