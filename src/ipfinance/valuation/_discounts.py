"""Discounts for what cannot be sold at once, by models of options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

import numpy as np

from ipfinance.basics import (
    Citation,
    Explanation,
    FindingKind,
    Quantity,
    Severity,
    Text,
    Uncertain,
    check_declared,
    node,
)
from ipfinance.numerics import FloatArray, Ranged, exp, normal_share, sqrt, through
from ipfinance.valuation._registry import Approach, Law, LawKind, Method, middle_of
from ipfinance.valuation._terms import rate, share
from ipfinance.valuation._valuation import Outcome

SMALL = 1e-3
FINNERTY = Citation("finnerty_2012")
CHAFFE = Citation("chaffe_1993")
DISCOUNT = share(
    Text("discount", "折扣率"),
    Text("for lack of marketability, off the value of a marketable asset", "缺乏流动性折扣率"),
    "D",
)
VOLATILITY = Quantity(
    name=Text("volatility", "波动率"),
    meaning=Text("of the marketable value, per year", "可流通价值的年波动率"),
    symbol="σ",
    low=1e-4,
    high=5.0,
)
WAIT = Quantity(
    name=Text("time to sell", "变现期限"),
    meaning=Text("years in which it cannot be sold", "无法出售的年数"),
    symbol="T",
    unit="year",
    low=1e-4,
    high=100.0,
)
YIELD = rate(
    Text("yield", "收益率"),
    Text("income that the owner gets meanwhile, over the value", "期间持有收益占价值之比"),
    "q",
    low=0.0,
)
MODEL_DISCOUNT = FindingKind(
    code="discount_of_a_model",
    severity=Severity.NOTE,
    text=Text(
        "The discount of {discount:.1%} is that of a model of traded shares (σ {sigma:.0%}, "
        "{wait:g} years); a right that was never traded has no volatility of its own.",
        "折扣率 {discount:.1%} 源自可交易股份模型（σ {sigma:.0%}，{wait:g} 年）；"
        "从未交易的权利并无自身波动率。",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AverageStrikeDiscountInputs:
    """What the discount of an average-strike put asks for."""

    volatility: Annotated[Uncertain, VOLATILITY]
    wait: Annotated[Uncertain, WAIT]
    yield_rate: Annotated[Uncertain, YIELD] = 0.0

    def __post_init__(self) -> None:
        check_declared(self)


def average_strike_discount(
    inputs: AverageStrikeDiscountInputs, given: Mapping[str, Explanation]
) -> Outcome:
    r"""Find the discount of one who would have sold at the average price.

    Notes
    -----
    .. math::

        D = e^{-qT}\bigl(2\Phi(v/2) - 1\bigr), \qquad
        v^2 = x + \ln\bigl(2(e^x - x - 1)\bigr) - 2\ln(e^x - 1), \qquad x = \sigma^2 T

    The discount never exceeds 32.28 %.

    References
    ----------
    :cite:cts:`finnerty_2012`.
    """
    variance = node(
        Text("variance to the sale", "变现期内方差"),
        _variance,
        given["volatility"],
        given["wait"],
        formula="σ² T",
        symbol="x",
    )
    spread = node(
        Text("volatility against the average", "相对均价的波动"),
        _against_average,
        variance,
        formula="√(x + ln(2(eˣ − x − 1)) − 2 ln(eˣ − 1))",
        symbol="v",
        citation=FINNERTY,
    )
    value = node(
        Text("discount", "折扣率"),
        _average_strike,
        spread,
        given["yield_rate"],
        given["wait"],
        formula="e^(−qT) (2 Φ(v/2) − 1)",
        symbol="D",
        citation=FINNERTY,
    )
    return Outcome(explanation=value, findings=(_told(value, inputs),))


def _told(value: Explanation, inputs: Any) -> Any:  # noqa: ANN401
    return MODEL_DISCOUNT.finding(
        discount=value.number, sigma=middle_of(inputs.volatility), wait=middle_of(inputs.wait)
    )


def _variance(volatility: Any, wait: Any) -> Any:  # noqa: ANN401
    return volatility * volatility * wait


def _against_average(variance: Any) -> Any:  # noqa: ANN401
    if isinstance(variance, Ranged):
        return through(_spread_of, (variance,), (1,))
    found = _spread_of(np.asarray(variance, dtype=float))
    return float(found) if found.ndim == 0 else found


def _spread_of(x: FloatArray) -> FloatArray:
    """Return the spread; written so that neither small nor large variances lose digits."""
    from scipy.special import gammainc

    squared = np.log(2.0) + np.log(gammainc(2.0, x)) - 2.0 * np.log(-np.expm1(-x))
    series = x / 3.0 - x**2 / 18.0 + x**3 / 810.0 + x**4 / 1620.0
    return np.sqrt(np.where(x < SMALL, series, squared))


def _average_strike(spread: Any, yield_rate: Any, wait: Any) -> Any:  # noqa: ANN401
    return exp(-yield_rate * wait) * (2.0 * normal_share(spread * 0.5) - 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectivePutDiscountInputs:
    """What the discount of a protective put asks for."""

    volatility: Annotated[Uncertain, VOLATILITY]
    wait: Annotated[Uncertain, WAIT]
    rate: Annotated[
        Uncertain,
        rate(
            Text("riskless rate", "无风险利率"),
            Text("continuously compounded", "连续复利"),
            "r",
        ),
    ]
    yield_rate: Annotated[Uncertain, YIELD] = 0.0

    def __post_init__(self) -> None:
        check_declared(self)


def protective_put_discount(
    inputs: ProtectivePutDiscountInputs, given: Mapping[str, Explanation]
) -> Outcome:
    r"""Find the discount as the price of a put that guarantees today's value.

    Notes
    -----
    .. math::

        D = e^{-rT}\Phi(-d_2) - e^{-qT}\Phi(-d_1), \qquad
        d_{1,2} = \Bigl(\frac{r - q}{\sigma} \pm \frac{\sigma}{2}\Bigr)\sqrt{T}

    References
    ----------
    :cite:cts:`chaffe_1993`.
    """
    value = node(
        Text("discount", "折扣率"),
        _at_the_money_put,
        *(given[name] for name in ("volatility", "wait", "rate", "yield_rate")),
        formula="e^(−rT) Φ(−d₂) − e^(−qT) Φ(−d₁)",
        symbol="D",
        citation=CHAFFE,
    )
    return Outcome(explanation=value, findings=(_told(value, inputs),))


def _at_the_money_put(volatility: Any, wait: Any, riskless: Any, yield_rate: Any) -> Any:  # noqa: ANN401
    root = sqrt(wait)
    drift, half = (riskless - yield_rate) / volatility, volatility * 0.5
    below_strike = normal_share((half - drift) * root)
    below_spot = normal_share((drift + half) * root * -1.0)
    return exp(-riskless * wait) * below_strike - exp(-yield_rate * wait) * below_spot


AVERAGE_STRIKE_DISCOUNT = Method(
    id="average_strike_discount",
    name=Text("discount by an average-strike put (Finnerty)", "平均行权价看跌期权折扣（Finnerty）"),
    summary=Text(
        "Discount for lack of marketability of an owner without skill in timing.",
        "不具择时能力的持有人的缺乏流动性折扣。",
    ),
    approach=Approach.INPUT,
    inputs=AverageStrikeDiscountInputs,
    compute=average_strike_discount,
    citations=(FINNERTY,),
    validity=Text(
        "Volatility and time above zero; at most 32.28 %.",
        "波动率与期限大于零；上限 32.28%。",
    ),
    effective_from=date(2012, 6, 1),
    result=DISCOUNT,
    laws=(
        Law(LawKind.RISES, ("volatility",)),
        Law(LawKind.FALLS, ("yield_rate",)),
    ),
)
PROTECTIVE_PUT_DISCOUNT = Method(
    id="protective_put_discount",
    name=Text("discount by a protective put (Chaffe)", "保护性看跌期权折扣（Chaffe）"),
    summary=Text(
        "Discount for lack of marketability as the price of a put that guarantees today's value.",
        "以保障当前价值的看跌期权价格作为缺乏流动性折扣。",
    ),
    approach=Approach.INPUT,
    inputs=ProtectivePutDiscountInputs,
    compute=protective_put_discount,
    citations=(CHAFFE,),
    validity=Text(
        "Quoted with its rate and yield; without them it means nothing.",
        "须连同利率与收益率一并列示，否则没有意义。",
    ),
    effective_from=date(1993, 12, 1),
    result=DISCOUNT,
    laws=(
        Law(LawKind.RISES, ("volatility",)),
        Law(LawKind.RISES, ("yield_rate",)),
        Law(LawKind.FALLS, ("rate",)),
    ),
)
DISCOUNT_METHODS = (AVERAGE_STRIKE_DISCOUNT, PROTECTIVE_PUT_DISCOUNT)
