"""Rights that are lost when the asset is seen beyond a level: barriers and Parisian clauses."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, TypeAlias, final

from ipfinance.basics import (
    Citation,
    Explanation,
    Finding,
    FindingKind,
    NoSolutionError,
    Problem,
    Quantity,
    Severity,
    Text,
    Value,
    named_node,
    node,
)
from ipfinance.numerics import (
    ObservedClaim,
    Payoff,
    barrier_value,
    black_scholes,
    observed_claim,
    shifted_barrier,
)
from ipfinance.valuation._option_terms import (
    ClaimTerms,
    amount,
    check_terms,
    chosen,
    hazard_findings,
    right_outcome,
    with_survival,
)
from ipfinance.valuation._registry import Approach, Law, LawKind, Method
from ipfinance.valuation._terms import choice
from ipfinance.valuation._valuation import Outcome

MOST_DATES = 2000


class BarrierSide(StrEnum):
    """From which side the asset comes to the barrier."""

    DOWN = "down"
    UP = "up"


class BarrierEffect(StrEnum):
    """What touching does."""

    OUT = "out"
    IN = "in"


class Monitoring(StrEnum):
    """When it is looked."""

    CONTINUOUS = "continuous"
    DATED = "dated"


class Clock(StrEnum):
    """How bad observations are counted."""

    CONSECUTIVE = "consecutive"
    CUMULATIVE = "cumulative"


BARRIER_SIDE_NAMES = {
    BarrierSide.DOWN: Text("down: reached by falling", "向下触及"),
    BarrierSide.UP: Text("up: reached by rising", "向上触及"),
}
BARRIER_EFFECT_NAMES = {
    BarrierEffect.OUT: Text("out: touching ends the right", "敲出：触及即终止"),
    BarrierEffect.IN: Text("in: touching begins the right", "敲入：触及方生效"),
}
MONITORING_NAMES = {
    Monitoring.CONTINUOUS: Text("all the time", "连续观察"),
    Monitoring.DATED: Text("on equal dates", "等距日期观察"),
}
CLOCK_NAMES = {
    Clock.CONSECUTIVE: Text("in a row; a good one sets the count back", "连续计数，遇合格观察归零"),
    Clock.CUMULATIVE: Text("altogether", "累计计数"),
}

WATCHED_MATTERS = FindingKind(
    code="monitoring_matters",
    severity=Severity.NOTE,
    text=Text(
        "Watched on {dates} dates the right that a touch ends is worth {dated:.6g}; watched all "
        "the time {continuous:.6g}; the usual correction of the barrier gives {corrected:.6g}, an "
        "approximation.",
        "按 {dates} 个日期观察，敲出权价值 {dated:.6g}；连续观察为 {continuous:.6g}；"
        "常用的障碍修正近似值为 {corrected:.6g}。",
    ),
)
ALREADY_TOUCHED = FindingKind(
    code="barrier_already_touched",
    severity=Severity.WARNING,
    text=Text(
        "The asset stands at {spot:g}, already beyond the barrier {barrier:g}.",
        "资产价值 {spot:g} 已越过障碍 {barrier:g}。",
    ),
)
CLOCK_NEVER_STRIKES = FindingKind(
    code="clock_never_strikes",
    severity=Severity.WARNING,
    text=Text(
        "{losses} bad observations cannot be reached on {dates} dates: nothing is ever lost.",
        "{dates} 个观察日不可能出现 {losses} 次不合格观察：权利不会丧失。",
    ),
)
_TOO_WIDE = Text(
    "The spread over this life, or the number of dates, is beyond the recursion; use fewer dates.",
    "该期限内的波动或观察次数超出递推范围；请减少观察日。",
)

BarrierLevel: TypeAlias = Annotated[
    float,
    amount(
        Text("barrier", "障碍水平"),
        Text("level that counts; at the level is beyond it", "触发水平，等于即视为触及"),
        "H",
    ),
]
Side: TypeAlias = Annotated[
    BarrierSide, choice(Text("side", "方向"), Text("down or up", "向下或向上触及"))
]
_DATES = Quantity(
    name=Text("dates", "观察日数"),
    meaning=Text(
        "equal dates of observation, the last at maturity; today is not one",
        "等距观察日数，最后一日为到期日，今日不计",
    ),
    symbol="n",
    low=1,
    high=MOST_DATES,
    whole=True,
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class BarrierInputs(ClaimTerms):
    """What a right with a barrier asks for."""

    barrier: BarrierLevel
    side: Side
    effect: Annotated[
        BarrierEffect,
        choice(Text("effect", "效果"), Text("whether a touch ends or begins it", "触及终止或生效")),
    ]
    monitoring: Annotated[
        Monitoring,
        choice(Text("monitoring", "观察方式"), Text("all the time or dated", "连续或按日期")),
    ]
    monitoring_dates: Annotated[int | None, _DATES] = None

    def __post_init__(self) -> None:
        check_terms(self, *self._problems())

    def _problems(self) -> list[Problem]:
        dated = self.monitoring is Monitoring.DATED
        if dated and self.monitoring_dates is None:
            allowed = Text("required when monitoring is dated", "按日期观察时必填")
            return [Problem(field="monitoring_dates", allowed=allowed)]
        if not dated and self.monitoring_dates is not None:
            allowed = Text("only for dated monitoring", "仅用于按日期观察")
            return [Problem(field="monitoring_dates", found=self.monitoring_dates, allowed=allowed)]
        return []


_CLAIM = ("spot", "strike", "discount", "carry", "volatility", "maturity", "payoff")


def barrier(inputs: BarrierInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Value a European right that touching a barrier ends, or begins.

    Notes
    -----
    Watched all the time: images, :math:`F(S) - (H/S)^{\alpha}F(H^2/S)`. Watched on dates: the
    density is carried back from date to date on Gauss–Legendre panels cut at the barrier. The
    right that begins at a touch is the plain one less the right that ends there. No rebate.

    References
    ----------
    :cite:cts:`reiner_rubinstein_1991`; :cite:cts:`aitsahlia_lai_1997`.
    """
    known = with_survival(given)
    known.setdefault("monitoring_dates", chosen(_DATES.name, "", "monitoring_dates"))
    claim = {name: known[name] for name in _CLAIM}
    watched = ("barrier", "side", "monitoring", "monitoring_dates")
    out = named_node(
        Text("value of the right that a touch ends", "敲出权价值"),
        _out_value,
        {**claim, **{name: known[name] for name in watched}},
        formula="E[exp(−r* T) payoff · 1{never seen beyond H}]",
        unit="currency",
        symbol="F_out",
        citation=Citation("reiner_rubinstein_1991"),
    )
    if math.isnan(out.number):
        raise NoSolutionError(OPTION_BARRIER.name, _TOO_WIDE)
    vanilla = named_node(
        Text("value without a barrier", "无障碍时价值"),
        _vanilla,
        claim,
        formula="BS(S, K, r*, q*, σ, T)",
        unit="currency",
        symbol="F₀",
        citation=Citation("black_scholes_1973"),
    )
    value = node(
        Text("option value", "期权价值"),
        _by_effect,
        vanilla,
        out,
        known["effect"],
        formula="F_out, or F₀ − F_out where touching begins it",
        unit="currency",
        symbol="F",
    )
    return right_outcome(
        value,
        _barrier_findings(inputs, known, out.number),
        vanilla=vanilla.number,
        out=out.number,
        **{"in": vanilla.number - out.number},
    )


def _by_effect(vanilla: float, out: float, effect: str) -> Value:
    return max(vanilla - out, 0.0) if effect == BarrierEffect.IN else out


def _vanilla(
    *,
    spot: float,
    strike: float,
    discount: float,
    carry: float,
    volatility: float,
    maturity: float,
    payoff: str,
) -> Value:
    return black_scholes(
        spot=spot,
        strike=strike,
        rate=discount,
        volatility=volatility,
        maturity=maturity,
        yield_rate=carry,
        payoff=Payoff(payoff),
    )


def _out_value(
    *,
    spot: float,
    strike: float,
    discount: float,
    carry: float,
    volatility: float,
    maturity: float,
    payoff: str,
    barrier: float,
    side: str,
    monitoring: str,
    monitoring_dates: float | str,
) -> Value:
    falling = side == BarrierSide.DOWN
    terms = {
        "spot": spot,
        "strike": strike,
        "barrier": barrier,
        "rate": discount,
        "yield_rate": carry,
        "volatility": volatility,
        "maturity": maturity,
    }
    if monitoring == Monitoring.CONTINUOUS:
        return barrier_value(**terms, payoff=Payoff(payoff), falling=falling).out
    return observed_claim(
        **terms,
        payoff=Payoff(payoff),
        falling=falling,
        dates=round(float(monitoring_dates)),
        losses=1,
        cumulative=False,
    ).value


def _touched(inputs: BarrierInputs | ParisianInputs) -> bool:
    if inputs.side is BarrierSide.DOWN:
        return inputs.spot <= inputs.barrier
    return inputs.spot >= inputs.barrier


def _barrier_findings(
    inputs: BarrierInputs, known: Mapping[str, Explanation], out: float
) -> list[Finding]:
    found: list[Finding] = list(hazard_findings(inputs))
    if _touched(inputs):
        found.append(
            ALREADY_TOUCHED.finding(where="barrier", spot=inputs.spot, barrier=inputs.barrier)
        )
    dates = inputs.monitoring_dates
    if dates is None or _touched(inputs):
        return found
    terms = {name: known[name].number for name in _CLAIM if name != "payoff"}
    falling = inputs.side is BarrierSide.DOWN
    moved = shifted_barrier(
        barrier=inputs.barrier,
        volatility=inputs.volatility,
        maturity=inputs.maturity,
        dates=dates,
        falling=falling,
    )
    near = [
        barrier_value(
            spot=terms["spot"],
            strike=terms["strike"],
            barrier=level,
            rate=terms["discount"],
            yield_rate=terms["carry"],
            volatility=terms["volatility"],
            maturity=terms["maturity"],
            payoff=inputs.payoff,
            falling=falling,
        ).out
        for level in (inputs.barrier, moved)
    ]
    found.append(
        WATCHED_MATTERS.finding(
            where="monitoring", dates=dates, dated=out, continuous=near[0], corrected=near[1]
        )
    )
    return found


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ParisianInputs(ClaimTerms):
    """What a right with a Parisian clause asks for."""

    barrier: BarrierLevel
    side: Side
    observations_to_loss: Annotated[
        int,
        Quantity(
            name=Text("bad observations that end the right", "丧失所需不合格次数"),
            meaning=Text("the right is lost for good at this one", "达到该次数即永久丧失"),
            symbol="D",
            low=1,
            high=MOST_DATES,
            whole=True,
        ),
    ]
    clock: Annotated[
        Clock, choice(Text("clock", "计数方式"), Text("in a row, or altogether", "连续或累计"))
    ]
    monitoring_dates: Annotated[int, _DATES]

    def __post_init__(self) -> None:
        check_terms(self)


def parisian(inputs: ParisianInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Value a European right that is lost at the D-th observation beyond a barrier.

    Notes
    -----
    The state is the asset and the count of bad observations so far; a consecutive clock returns to
    0 at a good one. The density is carried back from date to date. D = 1 is a dated barrier.
    Plant varieties and registered rights lapse like this: failing a test once is mended, failing
    it D times is not.

    References
    ----------
    :cite:cts:`chesney_1997` for the clause watched all the time; the recursion over dates as in
    :cite:cts:`aitsahlia_lai_1997`.
    """
    known = with_survival(given)
    watched = ("barrier", "side", "observations_to_loss", "clock", "monitoring_dates")
    claim = {name: known[name] for name in _CLAIM}
    value = named_node(
        Text("option value", "期权价值"),
        _parisian_value,
        {**claim, **{name: known[name] for name in watched}},
        formula="E[exp(−r* T) payoff · 1{fewer than D bad observations}]",
        unit="currency",
        symbol="F",
        citation=Citation("chesney_1997"),
    )
    if math.isnan(value.number):
        raise NoSolutionError(OPTION_PARISIAN.name, _TOO_WIDE)
    plain = {name: child.value for name, child in claim.items()}
    vanilla = _vanilla(**plain)  # type: ignore[arg-type]
    findings = hazard_findings(inputs)
    if _touched(inputs):
        findings.append(
            ALREADY_TOUCHED.finding(where="barrier", spot=inputs.spot, barrier=inputs.barrier)
        )
    if inputs.observations_to_loss > inputs.monitoring_dates:
        findings.append(
            CLOCK_NEVER_STRIKES.finding(
                where="observations_to_loss",
                losses=inputs.observations_to_loss,
                dates=inputs.monitoring_dates,
            )
        )
    return right_outcome(
        value,
        findings,
        vanilla=vanilla,
        kept=_observed(**_plain_terms(value)).survival,
    )


def _plain_terms(value: Explanation) -> dict[str, Value]:
    names = (*_CLAIM, "barrier", "side", "observations_to_loss", "clock", "monitoring_dates")
    return dict(zip(names, (child.value for child in value.children), strict=True))


def _parisian_value(**terms: Value) -> Value:
    return _observed(**terms).value


def _observed(**terms: Value) -> ObservedClaim:
    numbers = {
        name: float(terms[name])  # type: ignore[arg-type]
        for name in ("spot", "strike", "barrier", "volatility", "maturity")
    }
    return observed_claim(
        **numbers,
        rate=float(terms["discount"]),  # type: ignore[arg-type]
        yield_rate=float(terms["carry"]),  # type: ignore[arg-type]
        payoff=Payoff(str(terms["payoff"])),
        falling=terms["side"] == BarrierSide.DOWN,
        dates=round(float(terms["monitoring_dates"])),  # type: ignore[arg-type]
        losses=round(float(terms["observations_to_loss"])),  # type: ignore[arg-type]
        cumulative=terms["clock"] == Clock.CUMULATIVE,
    )


_CALL_FROM_ABOVE = (("payoff", "call"), ("side", "down"))
OPTION_BARRIER = Method(
    id="option_barrier",
    name=Text("right with a barrier", "障碍权利"),
    summary=Text(
        "A European right that ends, or begins, when the asset touches a level; watched all the "
        "time or on dates.",
        "资产触及某一水平即终止或生效的欧式权利，可连续或按日期观察。",
    ),
    approach=Approach.OPTION,
    inputs=BarrierInputs,
    compute=barrier,
    citations=(
        Citation("reiner_rubinstein_1991"),
        Citation("broadie_glasserman_kou_1997", "the correction shown beside dated values"),
        Citation("aitsahlia_lai_1997"),
    ),
    validity=Text(
        "Lognormal value, constant hazard, no rebate, European exercise.",
        "价值服从对数正态，风险密度恒定，无补偿金，欧式行权。",
    ),
    effective_from=date(1991, 1, 1),
    laws=(
        Law(LawKind.SCALES, ("spot", "strike", "barrier")),
        Law(LawKind.FALLS, ("strike",), (("payoff", "call"),)),
        Law(LawKind.RISES, ("spot",), (*_CALL_FROM_ABOVE, ("effect", "out"))),
        Law(LawKind.FALLS, ("barrier",), (*_CALL_FROM_ABOVE, ("effect", "out"))),
        Law(LawKind.RISES, ("barrier",), (*_CALL_FROM_ABOVE, ("effect", "in"))),
    ),
)
OPTION_PARISIAN = Method(
    id="option_parisian",
    name=Text("right with a Parisian clause", "巴黎式权利"),
    summary=Text(
        "A European right that is lost at the D-th observation beyond a level, in a row or "
        "altogether.",
        "第 D 次观察到资产越过某一水平即丧失的欧式权利（连续或累计）。",
    ),
    approach=Approach.OPTION,
    inputs=ParisianInputs,
    compute=parisian,
    citations=(Citation("chesney_1997"), Citation("aitsahlia_lai_1997")),
    validity=Text(
        "Lognormal value, constant hazard, equal dates, European exercise.",
        "价值服从对数正态，风险密度恒定，等距观察日，欧式行权。",
    ),
    effective_from=date(1997, 1, 1),
    laws=(
        Law(LawKind.SCALES, ("spot", "strike", "barrier")),
        Law(LawKind.FALLS, ("strike",), (("payoff", "call"),)),
        Law(LawKind.RISES, ("spot",), _CALL_FROM_ABOVE),
        Law(LawKind.FALLS, ("barrier",), _CALL_FROM_ABOVE),
    ),
)
