"""What options ask for: each term declared once, and how a hazard enters."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Protocol, TypeAlias

from ipfinance.basics import (
    Explanation,
    Finding,
    FindingKind,
    InputError,
    Problem,
    Quantity,
    Severity,
    Source,
    SourceKind,
    Text,
    Uncertain,
    declared_problems,
    leaf,
    named_node,
)
from ipfinance.numerics import Payoff
from ipfinance.valuation._valuation import Outcome

DEFAULT_STEPS = 1000
MOST_STEPS = 20_000
DEFAULT_STRETCH = math.sqrt(3.0)
MOST_MONEY = 1e15


class HazardKind(StrEnum):
    """Whether the value of the asset already bears the risk of ruin."""

    TRADED = "traded"  # a market price that bears it
    UNPRICED = "unpriced"  # an appraised value whose forecast left it out


class Exercise(StrEnum):
    """When the right can be exercised."""

    EUROPEAN = "european"
    AMERICAN = "american"


class OnRuin(StrEnum):
    """What a put, the right to give up for salvage, is worth after ruin."""

    LOST = "lost"
    PAID = "paid"


HAZARD_KIND_NAMES = {
    HazardKind.TRADED: Text("traded: the price bears the hazard", "已计价：价格已含风险"),
    HazardKind.UNPRICED: Text("unpriced: the forecast leaves it out", "未计价：预测未含风险"),
}
EXERCISE_NAMES = {
    Exercise.EUROPEAN: Text("European: at maturity only", "欧式：仅到期可行权"),
    Exercise.AMERICAN: Text("American: at any time", "美式：随时可行权"),
}
ON_RUIN_NAMES = {
    OnRuin.LOST: Text("lost on ruin", "风险发生即丧失"),
    OnRuin.PAID: Text("paid on ruin", "风险发生时支付"),
}

TRADED_RISES = FindingKind(
    code="traded_hazard_raises_value",
    severity=Severity.NOTE,
    text=Text(
        "With a traded hazard the option rises with the hazard only because the value of the asset "
        "is held fixed; the asset itself would fall.",
        "在“已计价”口径下，期权价值随风险上升，只因资产价值被固定；资产本身会下跌。",
    ),
)


SPOT = Quantity(
    name=Text("value of the asset", "标的资产价值"),
    meaning=Text("value today of what is received", "所取得资产的当前价值"),
    symbol="S",
    unit="currency",
    low=0.0,
    low_open=True,
    high=1e15,
)
Spot: TypeAlias = Annotated[float, SPOT]
UncertainSpot: TypeAlias = Annotated[Uncertain, SPOT]

Strike: TypeAlias = Annotated[
    float,
    Quantity(
        name=Text("cost of exercise", "行权价格"),
        meaning=Text("cost of investing, or salvage for a put", "投资成本；看跌时为残值"),
        symbol="K",
        unit="currency",
        low=0.0,
        low_open=True,
        high=1e15,
    ),
]

RISKLESS_RATE = Quantity(
    name=Text("riskless rate", "无风险利率"),
    meaning=Text("continuously compounded", "连续复利"),
    symbol="r",
    unit="1/year",
    low=-0.5,
    high=2.0,
)
RisklessRate: TypeAlias = Annotated[float, RISKLESS_RATE]
UncertainRate: TypeAlias = Annotated[Uncertain, RISKLESS_RATE]

VOLATILITY = Quantity(
    name=Text("volatility", "波动率"),
    meaning=Text("of the yearly log return of the asset", "资产年对数收益的标准差"),
    symbol="σ",
    unit="1/year^0.5",
    low=0.0,
    low_open=True,
    high=5.0,
)
Volatility: TypeAlias = Annotated[float, VOLATILITY]
UncertainVolatility: TypeAlias = Annotated[Uncertain, VOLATILITY]

Maturity: TypeAlias = Annotated[
    float,
    Quantity(
        name=Text("maturity", "期限"),
        meaning=Text("time to the last day of exercise", "至最后行权日的时间"),
        symbol="T",
        unit="year",
        low=0.0,
        low_open=True,
        high=200.0,
    ),
]

Hazard: TypeAlias = Annotated[
    float,
    Quantity(
        name=Text("hazard of ruin", "风险密度"),
        meaning=Text(
            "yearly rate of the event that makes the right worthless",
            "使权利丧失全部价值的事件的年发生率",
        ),
        symbol="γ",
        unit="1/year",
        low=0.0,
        high=20.0,
    ),
]

HazardConvention: TypeAlias = Annotated[
    HazardKind | None,
    Quantity(
        name=Text("hazard convention", "风险口径"),
        meaning=Text(
            "required when the hazard is positive: traded or unpriced",
            "风险密度为正时必填：traded 或 unpriced",
        ),
        unit="",
    ),
]

YIELD_RATE = Quantity(
    name=Text("income yield or cost of delay", "收益率或延迟成本"),
    meaning=Text(
        "income forgone each year while the option is kept, part of the value",
        "持有期权期间每年放弃的收益占价值的比例",
    ),
    symbol="q",
    unit="1/year",
    low=-0.5,
    high=2.0,
)
YieldRate: TypeAlias = Annotated[float, YIELD_RATE]
UncertainYield: TypeAlias = Annotated[Uncertain, YIELD_RATE]

PayoffKind: TypeAlias = Annotated[
    Payoff,
    Quantity(
        name=Text("payoff", "收益类型"),
        meaning=Text("right to invest or right to give up", "投资权或放弃权"),
        unit="",
    ),
]

AfterRuin: TypeAlias = Annotated[
    OnRuin,
    Quantity(
        name=Text("put after ruin", "风险发生后的看跌权"),
        meaning=Text("whether a put survives ruin", "风险发生后看跌权是否仍可得到支付"),
        unit="",
    ),
]

ExerciseKind: TypeAlias = Annotated[
    Exercise,
    Quantity(
        name=Text("exercise", "行权方式"),
        meaning=Text("at maturity only, or at any time", "仅到期，或随时"),
        unit="",
    ),
]

LatticeSteps: TypeAlias = Annotated[
    int | None,
    Quantity(
        name=Text("steps", "步数"),
        meaning=Text(
            f"number of steps; {DEFAULT_STEPS} or more when left out",
            f"格点步数；留空时取 {DEFAULT_STEPS} 或更多",
        ),
        symbol="n",
        low=1,
        high=MOST_STEPS,
        whole=True,
    ),
]

Stretch: TypeAlias = Annotated[
    float,
    Quantity(
        name=Text("stretch", "伸展系数"),
        meaning=Text("width of a step in standard deviations", "每步宽度（标准差倍数）"),
        symbol="λ",
        low=1.0,
        high=20.0,
    ),
]


def amount(name: Text, meaning: Text, symbol: str) -> Quantity:
    """Declare an amount of money above 0."""
    return Quantity(
        name=name,
        meaning=meaning,
        symbol=symbol,
        unit="currency",
        low=0.0,
        low_open=True,
        high=MOST_MONEY,
    )


def yield_of(name: Text, meaning: Text, symbol: str) -> Quantity:
    """Declare a yearly yield."""
    return Quantity(name=name, meaning=meaning, symbol=symbol, unit="1/year", low=-0.5, high=2.0)


def volatility_of(name: Text, meaning: Text, symbol: str) -> Quantity:
    """Declare a volatility above 0."""
    return Quantity(
        name=name,
        meaning=meaning,
        symbol=symbol,
        unit="1/year^0.5",
        low=0.0,
        low_open=True,
        high=5.0,
    )


def chosen(name: Text, value: str, path: str) -> Explanation:
    """Return a leaf for what the kind of right decides."""
    return leaf(name, value, Source(kind=SourceKind.INPUT, path=path))


def counted(steps: int) -> Explanation:
    """Return a leaf for steps that the method chose."""
    name = Text("steps, chosen", "步数（自动选取）")
    return leaf(name, float(steps), Source(kind=SourceKind.INPUT, path="steps"), symbol="n")


def right_outcome(
    value: Explanation, findings: Iterable[Finding] = (), **details: object
) -> Outcome:
    """Return the outcome of a right that is valued without a tree of probabilities."""
    return Outcome(
        explanation=value,
        findings=tuple(findings),
        details={"probabilities": None, "valid": True, **details},
    )


class HazardousTerms(Protocol):
    """Terms of a right that ruin can end."""

    @property
    def hazard(self) -> float:
        """Yearly rate of ruin."""
        ...

    @property
    def hazard_kind(self) -> HazardKind | None:
        """Whether the value of the asset bears it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionTerms:
    """What every option model asks for."""

    spot: Spot
    strike: Strike
    rate: RisklessRate
    volatility: Volatility
    maturity: Maturity
    hazard: Hazard = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalTerms(OptionTerms):
    """What every right asks for that ruin can end; not used by itself."""

    hazard_kind: HazardConvention = None
    yield_rate: YieldRate = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimTerms(SurvivalTerms):
    """What a call or a put asks for; not used by itself."""

    payoff: PayoffKind = Payoff.CALL


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskTerms(ClaimTerms):
    """What every sound model asks for; not used by itself."""

    on_ruin: AfterRuin = OnRuin.LOST


def check_terms(terms: HazardousTerms, *more: Problem) -> None:
    """Raise `InputError` for values out of range, a hazard whose convention is not said, and more.

    Parameters
    ----------
    terms
        An instance of a class of inputs.
    more
        Problems that were found before.
    """
    problems = [*declared_problems(terms), *more]
    hazard: object = terms.hazard
    if terms.hazard_kind is None and isinstance(hazard, (int, float)) and hazard > 0:
        allowed = Text(
            "required when the hazard is positive: traded (the value of the asset already bears "
            "it) or unpriced (it does not)",
            "风险密度为正时必填：traded（资产价值已含该风险）或 unpriced（未含）",
        )
        problems.append(Problem(field="hazard_kind", allowed=allowed))
    if problems:
        raise InputError(problems)


def drift(*, rate: float, yield_rate: float, hazard: float, hazard_kind: str) -> float:
    """Return the growth of the asset given survival. [1/year]."""
    return rate - yield_rate + (hazard if hazard_kind == HazardKind.TRADED else 0.0)


def survival_discount_rate(*, rate: float, hazard: float) -> float:
    """Return the rate that discounts money paid only on survival. [1/year]."""
    return rate + hazard


def effective_yield(*, yield_rate: float, hazard: float, hazard_kind: str) -> float:
    """Return the yield that the closed form sees beside the survival discount rate. [1/year]."""
    return yield_rate + (hazard if hazard_kind == HazardKind.UNPRICED else 0.0)


_NO_HAZARD_KIND = leaf(
    Text("hazard convention (without a hazard both coincide)", "风险口径（无风险时两者一致）"),
    str(HazardKind.TRADED),
    Source(kind=SourceKind.INPUT, path="hazard_kind"),
)


def hazard_findings(terms: HazardousTerms) -> list[Finding]:
    """Return what must be said of a hazard that the price bears."""
    if terms.hazard > 0 and terms.hazard_kind is HazardKind.TRADED:
        return [TRADED_RISES.finding(where="hazard_kind")]
    return []


def with_convention(given: Mapping[str, Explanation]) -> dict[str, Explanation]:
    """Return the inputs with a hazard convention, which matters only where there is a hazard."""
    return {"hazard_kind": _NO_HAZARD_KIND, **given}


def with_survival(given: Mapping[str, Explanation]) -> dict[str, Explanation]:
    """Return the inputs with the discount rate and the yield given survival beside them."""
    known = with_convention(given)
    known["discount"] = named_node(
        Text("discount rate given survival", "存续条件下折现率"),
        survival_discount_rate,
        {name: known[name] for name in ("rate", "hazard")},
        formula="r + γ",
        unit="1/year",
        symbol="r*",
    )
    known["carry"] = named_node(
        Text("yield given survival", "存续条件下收益率"),
        effective_yield,
        {name: known[name] for name in ("yield_rate", "hazard", "hazard_kind")},
        formula="q + γ 1{unpriced}",
        unit="1/year",
        symbol="q*",
    )
    return known
