"""Rights on an asset that loses, or gains, a part of its value at once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, final

from ipfinance.basics import (
    Citation,
    Explanation,
    FindingKind,
    Quantity,
    Severity,
    Text,
    Value,
    named_node,
    node,
)
from ipfinance.numerics import Payoff, jump_diffusion_value, mean_jump
from ipfinance.valuation._option_terms import (
    ClaimTerms,
    check_terms,
    hazard_findings,
    right_outcome,
    with_survival,
)
from ipfinance.valuation._registry import Approach, Law, LawKind, Method
from ipfinance.valuation._terms import choice
from ipfinance.valuation._valuation import Outcome


class JumpKind(StrEnum):
    """Whether the value of the asset already allows for the events."""

    PRICED = "priced"
    UNPRICED = "unpriced"


JUMP_KIND_NAMES = {
    JumpKind.PRICED: Text("priced: the value allows for the events", "已计价：价值已含事件影响"),
    JumpKind.UNPRICED: Text("unpriced: the forecast left them out", "未计价：预测未含事件影响"),
}
EVENTS_LOWER_THE_ASSET = FindingKind(
    code="events_change_the_asset",
    severity=Severity.NOTE,
    text=Text(
        "The forecast left the events out: they multiply the expected value of the asset at "
        "maturity by {multiplier:.6f}.",
        "预测未含事件：其使到期资产期望价值乘以 {multiplier:.6f}。",
    ),
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class JumpInputs(ClaimTerms):
    """What a right on a jumping asset asks for."""

    jump_rate: Annotated[
        float,
        Quantity(
            name=Text("rate of events", "事件发生率"),
            meaning=Text("expected events a year", "每年预期事件次数"),
            symbol="λ",
            unit="1/year",
            low=0.0,
            high=50.0,
        ),
    ]
    log_jump_mean: Annotated[
        float,
        Quantity(
            name=Text("mean log jump", "对数跳跃均值"),
            meaning=Text(
                "log of the part that an event leaves: ln 0.4 keeps 40 %",
                "事件后留存比例的对数：ln 0.4 即留存 40%",
            ),
            symbol="m",
            low=-10.0,
            high=3.0,
        ),
    ]
    log_jump_deviation: Annotated[
        float,
        Quantity(
            name=Text("deviation of log jump", "对数跳跃标准差"),
            meaning=Text("its standard deviation; 0 when fixed", "其标准差；固定比例时为 0"),
            symbol="s",
            low=0.0,
            high=3.0,
        ),
    ]
    jump_kind: Annotated[
        JumpKind,
        choice(
            Text("convention of events", "事件口径"),
            Text("whether the value already allows for them", "资产价值是否已含事件影响"),
        ),
    ]

    def __post_init__(self) -> None:
        check_terms(self)


def jump(inputs: JumpInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Value a European right on an asset that diffuses and jumps.

    Notes
    -----
    A Poisson sum over the number of events of lognormal claims, the drift compensated by
    :math:`-\lambda k` with :math:`k = e^{m+s^2/2}-1`, so that the asset grows at r - q. Events that
    the forecast left out lower the asset by :math:`e^{\lambda k T}` first: the expected multiplier
    of partial losses.

    References
    ----------
    :cite:cts:`merton_1976`.
    """
    known = with_survival(given)
    mean = node(
        Text("mean change at an event", "事件平均变动"),
        _mean_jump,
        known["log_jump_mean"],
        known["log_jump_deviation"],
        formula="exp(m + s²/2) − 1",
        symbol="k",
    )
    multiplier = node(
        Text("expected multiplier of the events", "事件期望乘数"),
        _multiplier,
        known["jump_rate"],
        mean,
        known["maturity"],
        formula="exp(λ k T)",
        symbol="L",
    )
    asset = node(
        Text("value of the asset with the events in it", "计入事件后的资产价值"),
        _with_events,
        known["spot"],
        multiplier,
        known["jump_kind"],
        formula="S L if unpriced, S if priced",
        unit="currency",
        symbol="S*",
    )
    names = (
        *("strike", "discount", "carry", "volatility", "maturity", "payoff"),
        *("jump_rate", "log_jump_mean", "log_jump_deviation"),
    )
    value = named_node(
        Text("option value", "期权价值"),
        _jump_value,
        {"spot": asset, **{name: known[name] for name in names}},
        formula="Σₙ Poisson(n; λT) BS(S* exp(n(m + s²/2) − λkT), K, r*, q*, √(σ² + ns²/T), T)",
        unit="currency",
        symbol="F",
        citation=Citation("merton_1976"),
    )
    told = hazard_findings(inputs)
    if inputs.jump_kind is JumpKind.UNPRICED:
        told.append(EVENTS_LOWER_THE_ASSET.finding(multiplier=multiplier.number))
    plain = {child: value.children[place].value for place, child in enumerate(("spot", *names))}
    without = _jump_value(**{**plain, "spot": inputs.spot, "jump_rate": 0.0})  # type: ignore[arg-type]
    return right_outcome(
        value,
        told,
        expected_multiplier=multiplier.number,
        without_events=without,
        events=inputs.jump_rate * inputs.maturity,
    )


def _mean_jump(mean: float, deviation: float) -> Value:
    return mean_jump(log_mean=mean, log_deviation=deviation)


def _multiplier(rate: float, mean: float, maturity: float) -> Value:
    return math.exp(rate * mean * maturity)


def _with_events(spot: float, multiplier: float, kind: str) -> Value:
    return spot * multiplier if kind == JumpKind.UNPRICED else spot


def _jump_value(
    *,
    spot: float,
    strike: float,
    discount: float,
    carry: float,
    volatility: float,
    maturity: float,
    payoff: str,
    jump_rate: float,
    log_jump_mean: float,
    log_jump_deviation: float,
) -> Value:
    return jump_diffusion_value(
        spot=spot,
        strike=strike,
        rate=discount,
        yield_rate=carry,
        volatility=volatility,
        maturity=maturity,
        jump_rate=jump_rate,
        log_jump_mean=log_jump_mean,
        log_jump_deviation=log_jump_deviation,
        payoff=Payoff(payoff),
    )


OPTION_JUMP = Method(
    id="option_jump",
    name=Text("right on a jumping asset", "跳跃扩散权利"),
    summary=Text(
        "A European right on an asset that events change by a part at once: partial invalidation, "
        "a rival, an approval.",
        "标的价值可因事件（部分无效、竞争者、审批）瞬间变动一部分的欧式权利。",
    ),
    approach=Approach.OPTION,
    inputs=JumpInputs,
    compute=jump,
    citations=(Citation("merton_1976"),),
    validity=Text(
        "Independent events at a constant rate with lognormal sizes; European exercise.",
        "事件相互独立、发生率恒定、幅度服从对数正态；欧式行权。",
    ),
    effective_from=date(1976, 1, 1),
    laws=(
        Law(LawKind.SCALES, ("spot", "strike")),
        Law(LawKind.RISES, ("volatility",)),
        Law(LawKind.RISES, ("spot",), (("payoff", "call"),)),
        Law(LawKind.FALLS, ("strike",), (("payoff", "call"),)),
    ),
)
