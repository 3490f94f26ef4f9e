"""Rights to give one uncertain asset for another: Margrabe, and switching between uses."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, TypeAlias, final

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
    named_node,
    node,
)
from ipfinance.numerics import black_scholes
from ipfinance.valuation._directed import Directed
from ipfinance.valuation._option_terms import (
    Hazard,
    HazardConvention,
    Maturity,
    amount,
    check_terms,
    effective_yield,
    hazard_findings,
    right_outcome,
    volatility_of,
    with_convention,
    yield_of,
)
from ipfinance.valuation._registry import Approach, Law, LawKind, Method
from ipfinance.valuation._valuation import Outcome

SWITCHED_ONCE = FindingKind(
    code="switched_once",
    severity=Severity.NOTE,
    text=Text(
        "Switching is possible on the last day only, once and for good; what use A earns until "
        "then is not part of the value.",
        "仅可在最后一日转换一次且不可逆；此前用途 A 的收益不计入价值。",
    ),
)

CORRELATION = Quantity(
    name=Text("correlation", "相关系数"),
    meaning=Text("between the log returns of the two assets", "两项资产对数收益的相关系数"),
    symbol="ρ",
    low=-1.0,
    high=1.0,
)
Correlation: TypeAlias = Annotated[float, CORRELATION]
UncertainCorrelation: TypeAlias = Annotated[Uncertain, CORRELATION]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeInputs:
    """What the right to exchange asks for."""

    received: Annotated[
        Uncertain,
        amount(
            Text("value received", "换入资产价值"),
            Text("value today of the asset received", "换入资产的当前价值"),
            "S₁",
        ),
    ]
    given_up: Annotated[
        Uncertain,
        amount(
            Text("value given", "换出资产价值"),
            Text("value today of the asset given for it", "换出资产的当前价值"),
            "S₂",
        ),
    ]
    received_volatility: Annotated[
        Uncertain,
        volatility_of(
            Text("volatility of what is received", "换入资产波动率"),
            Text("of the yearly log return", "年对数收益标准差"),
            "σ₁",
        ),
    ]
    given_volatility: Annotated[
        Uncertain,
        volatility_of(
            Text("volatility of what is given", "换出资产波动率"),
            Text("of the yearly log return", "年对数收益标准差"),
            "σ₂",
        ),
    ]
    correlation: UncertainCorrelation
    maturity: Maturity
    received_yield: Annotated[
        Uncertain,
        yield_of(
            Text("yield of what is received", "换入资产收益率"),
            Text(
                "income forgone until the exchange, part of the value", "交换前放弃的收益占价值比例"
            ),
            "q₁",
        ),
    ] = 0.0
    given_yield: Annotated[
        Uncertain,
        yield_of(
            Text("yield of what is given", "换出资产收益率"),
            Text("income kept before it, part of the value", "交换前保留的收益占价值比例"),
            "q₂",
        ),
    ] = 0.0
    hazard: Hazard = 0.0
    hazard_kind: HazardConvention = None

    def __post_init__(self) -> None:
        check_terms(self)


def exchange(inputs: ExchangeInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Value the right to receive one asset for another on the last day.

    Notes
    -----
    Black–Scholes in units of the asset given: its value is the strike and no riskless rate is
    needed. The volatility is that of the ratio,
    :math:`\sigma^2 = \sigma_1^2 + \sigma_2^2 - 2\rho\sigma_1\sigma_2`. Ruin ends the right; a
    traded hazard is already in the price of what is received, not in that of what is given.

    References
    ----------
    :cite:cts:`margrabe_1978`.
    """
    known = with_convention(given)
    terms = {
        "received": known["received"],
        "given_up": known["given_up"],
        "received_yield": known["received_yield"],
        "given_yield": known["given_yield"],
        "maturity": known["maturity"],
        "hazard": known["hazard"],
        "hazard_kind": known["hazard_kind"],
        "spread": _spread(known),
    }
    return _exchanged(terms, hazard_findings(inputs))


def _exchanged(terms: Mapping[str, Explanation], findings: Iterable[Finding]) -> Outcome:
    carry = named_node(
        Text("yield received given survival", "存续条件下换入收益率"),
        effective_yield,
        {
            "yield_rate": terms["received_yield"],
            "hazard": terms["hazard"],
            "hazard_kind": terms["hazard_kind"],
        },
        formula="q₁ + γ 1{unpriced}",
        unit="1/year",
        symbol="q₁*",
    )
    discount = node(
        Text("yield given given survival", "存续条件下换出收益率"),
        _sum,
        terms["given_yield"],
        terms["hazard"],
        formula="q₂ + γ",
        unit="1/year",
        symbol="q₂*",
    )
    value = node(
        Text("option value", "期权价值"),
        Directed(_margrabe, (1, -1, -1, 1, 1, 0)),
        terms["received"],
        terms["given_up"],
        carry,
        discount,
        terms["spread"],
        terms["maturity"],
        formula="S₁ exp(−q₁* T) Φ(d₁) − S₂ exp(−q₂* T) Φ(d₂)",
        unit="currency",
        symbol="F",
        citation=Citation("margrabe_1978"),
    )
    return right_outcome(value, findings, sigma_spread=terms["spread"].number)


def _sum(first: float, second: float) -> Value:
    return first + second


def _margrabe(  # noqa: PLR0917
    received: float, given: float, carry: float, discount: float, spread: float, maturity: float
) -> Value:
    return black_scholes(
        spot=received,
        strike=given,
        rate=discount,
        volatility=spread,
        maturity=maturity,
        yield_rate=carry,
    )


def _spread(known: Mapping[str, Explanation]) -> Explanation:
    return node(
        Text("volatility of the ratio", "价值比的波动率"),
        _ratio_volatility,
        known["received_volatility"],
        known["given_volatility"],
        known["correlation"],
        formula="√(σ₁² + σ₂² − 2ρσ₁σ₂)",
        unit="1/year^0.5",
        symbol="σ",
    )


def _ratio_volatility(first: Any, second: Any, correlation: Any) -> Any:  # noqa: ANN401
    own = (1.0 - correlation) * (1.0 + correlation)
    return _ROOT((first - correlation * second) ** 2 + own * second**2)


_ROOT = Directed(math.sqrt, (1,))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchInputs:
    """What the right to switch asks for."""

    current: Annotated[
        Uncertain,
        amount(
            Text("value in use A", "用途 A 的价值"),
            Text("value today of the use that is given up", "放弃用途的当前价值"),
            "A",
        ),
    ]
    other: Annotated[
        Uncertain,
        amount(
            Text("value in use B", "用途 B 的价值"),
            Text("value today of the use switched to", "转入用途的当前价值"),
            "B",
        ),
    ]
    switching_cost: Annotated[
        Uncertain,
        Quantity(
            name=Text("cost of switching", "转换成本"),
            meaning=Text("part of the value in use B", "占用途 B 价值的比例"),
            symbol="k",
            low=0.0,
            high=1.0,
            high_open=True,
        ),
    ] = 0.0
    current_volatility: Annotated[
        Uncertain,
        volatility_of(
            Text("volatility of use A", "用途 A 波动率"),
            Text("of the yearly log return", "年对数收益标准差"),
            "σ_A",
        ),
    ]
    other_volatility: Annotated[
        Uncertain,
        volatility_of(
            Text("volatility of use B", "用途 B 波动率"),
            Text("of the yearly log return", "年对数收益标准差"),
            "σ_B",
        ),
    ]
    correlation: UncertainCorrelation
    maturity: Maturity
    current_yield: Annotated[
        Uncertain,
        yield_of(
            Text("yield of use A", "用途 A 收益率"),
            Text("income of use A, part of its value", "用途 A 收益占其价值比例"),
            "q_A",
        ),
    ]
    other_yield: Annotated[
        Uncertain,
        yield_of(
            Text("yield of use B", "用途 B 收益率"),
            Text("income of use B forgone until the switch", "转换前放弃的用途 B 收益占比"),
            "q_B",
        ),
    ]
    hazard: Hazard = 0.0
    hazard_kind: HazardConvention = None

    def __post_init__(self) -> None:
        check_terms(self)


def switch(inputs: SwitchInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Value the right to leave one use of an asset for another.

    Notes
    -----
    European, once, irreversible: the right to receive :math:`(1-k)B` for :math:`A`. Both yields are
    required, since leaving them out values income that is never received.

    References
    ----------
    :cite:cts:`margrabe_1978`.
    """
    known = with_convention(given)
    net = node(
        Text("value in use B after the cost", "扣除成本后用途 B 的价值"),
        _net,
        known["other"],
        known["switching_cost"],
        formula="(1 − k) B",
        unit="currency",
        symbol="S₁",
    )
    spread = node(
        Text("volatility of the ratio", "价值比的波动率"),
        _ratio_volatility,
        known["other_volatility"],
        known["current_volatility"],
        known["correlation"],
        formula="√(σ_A² + σ_B² − 2ρσ_Aσ_B)",
        unit="1/year^0.5",
        symbol="σ",
    )
    terms = {
        "received": net,
        "given_up": known["current"],
        "received_yield": known["other_yield"],
        "given_yield": known["current_yield"],
        "maturity": known["maturity"],
        "hazard": known["hazard"],
        "hazard_kind": known["hazard_kind"],
        "spread": spread,
    }
    return _exchanged(terms, [SWITCHED_ONCE.finding(), *hazard_findings(inputs)])


def _net(other: float, share: float) -> Value:
    return other * (1.0 - share)


LOGNORMAL_BOTH = Text(
    "Both values lognormal with constant volatilities, correlation and yields; European.",
    "两项价值均服从对数正态，波动率、相关系数与收益率恒定；欧式。",
)
OPTION_EXCHANGE = Method(
    id="option_exchange",
    name=Text("right to exchange", "交换权"),
    summary=Text(
        "The right to receive one uncertain asset for another: an investment whose cost is "
        "uncertain too. No riskless rate is needed.",
        "以一项不确定资产换取另一项的权利（如成本同样不确定的投资）；无需无风险利率。",
    ),
    approach=Approach.OPTION,
    inputs=ExchangeInputs,
    compute=exchange,
    citations=(Citation("margrabe_1978"),),
    validity=LOGNORMAL_BOTH,
    effective_from=date(1978, 1, 1),
    laws=(
        Law(LawKind.RISES, ("received",)),
        Law(LawKind.FALLS, ("given_up",)),
        Law(LawKind.FALLS, ("correlation",)),
        Law(LawKind.FALLS, ("received_yield",)),
        Law(LawKind.RISES, ("given_yield",)),
        Law(LawKind.SCALES, ("received", "given_up")),
    ),
)
OPTION_SWITCH = Method(
    id="option_switch",
    name=Text("right to switch", "转换权"),
    summary=Text(
        "The right to leave one use of an asset for another at a proportional cost.",
        "支付比例成本、由一种用途转为另一种用途的权利。",
    ),
    approach=Approach.OPTION,
    inputs=SwitchInputs,
    compute=switch,
    citations=(Citation("margrabe_1978"), Citation("trigeorgis_1996")),
    validity=LOGNORMAL_BOTH,
    effective_from=date(1978, 1, 1),
    laws=(
        Law(LawKind.RISES, ("other",)),
        Law(LawKind.FALLS, ("current",)),
        Law(LawKind.FALLS, ("switching_cost",)),
        Law(LawKind.FALLS, ("correlation",)),
        Law(LawKind.SCALES, ("current", "other")),
    ),
)
