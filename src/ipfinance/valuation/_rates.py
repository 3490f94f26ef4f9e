"""Discount rates: built from the market, or read back from prices."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

import numpy as np

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
    Uncertain,
    check_declared,
    node,
)
from ipfinance.numerics import FloatArray, Ranged, exp, log, through
from ipfinance.valuation._flows import (
    added,
    multiplied,
    refuse,
    subscript,
)
from ipfinance.valuation._registry import Approach, Law, LawKind, Method, members, middle_of
from ipfinance.valuation._terms import (
    FlowTiming,
    TaxRate,
    Timing,
    amount,
    choice,
    cost,
    not_empty,
    rate,
)
from ipfinance.valuation._valuation import Outcome

REILLY = Citation("reilly_2013", "discount rates")
SHARPE = Citation("sharpe_1964")
HAMADA = Citation("hamada_1972")
FISHER = Citation("fisher_1930")
APPRAISAL = Citation("appraisal_2010", "weighted average return analysis")

RISKLESS = rate(
    Text("riskless rate", "无风险利率"),
    Text("on a bond that lives as long as the right", "与权利剩余寿命相匹配的国债收益率"),
    "r_f",
)
COST_OF_EQUITY = rate(
    Text("cost of equity", "股权资本成本"),
    Text("yearly return that owners require", "股东要求的年回报率"),
    "r_e",
)
DISCOUNT = rate(
    Text("discount rate", "折现率"),
    Text("yearly rate for flows of the same risk", "适用于相同风险现金流的年利率"),
    "r",
)
HAZARD = rate(
    Text("hazard", "风险率"), Text("of total loss, per year", "每年完全丧失的风险率"), "γ"
)
RELATIVE_DEBT = Quantity(
    name=Text("debt over equity", "债务权益比"),
    meaning=Text("at market values, not debt over the whole", "按市值计，非资产负债率"),
    symbol="D/E",
    low=0.0,
    high=100.0,
)
PREMIUM_TWICE = FindingKind(
    code="premium_twice",
    severity=Severity.WARNING,
    text=Text(
        "Two premia are named {name}: the same risk may be charged twice.",
        "有两项风险溢价名为 {name}：同一风险可能被重复计入。",
    ),
)
RATE_BELOW_RISKLESS = FindingKind(
    code="rate_below_riskless",
    severity=Severity.WARNING,
    text=Text(
        "The rate of {rate:.2%} lies below the riskless rate of {riskless:.2%}.",
        "所得折现率 {rate:.2%} 低于无风险利率 {riskless:.2%}。",
    ),
)
RATES_APART = FindingKind(
    code="rates_apart",
    severity=Severity.WARNING,
    text=Text(
        "{first} {one:.2%} and {second} {other:.2%} lie further apart than {gap:.2%}: price, "
        "forecast or returns do not fit each other.",
        "{first} {one:.2%} 与 {second} {other:.2%} 之差超过 {gap:.2%}："
        "价格、预测与各项回报率互不匹配。",
    ),
)
GOODWILL_RETURN_LOW = FindingKind(
    code="goodwill_return_low",
    severity=Severity.WARNING,
    text=Text(
        "Goodwill would have to earn {goodwill:.2%}, less than {name} with {other:.2%}; goodwill "
        "is the riskiest asset and should earn the most.",
        "商誉须取得 {goodwill:.2%} 的回报，低于{name}的 {other:.2%}；商誉风险最高，回报率应最高。",
    ),
)
NO_GOODWILL = FindingKind(
    code="no_goodwill",
    severity=Severity.WARNING,
    text=Text(
        "The assets come to {assets:.4f}, more than the price of {price:.4f}: goodwill is "
        "negative.",
        "各项资产合计 {assets:.4f}，高于价格 {price:.4f}：商誉为负。",
    ),
)
HAZARD_IN_RATE = FindingKind(
    code="hazard_in_rate",
    severity=Severity.NOTE,
    text=Text(
        "This rate contains the hazard of {hazard:.2%} a year: charge that risk nowhere else.",
        "该折现率已包含每年 {hazard:.2%} 的风险率：不得在他处重复计入。",
    ),
)


def _premium(name: Text, symbol: str) -> Quantity:
    meaning = Text("with its source; nothing where left out", "须有依据；留空则为零")
    return rate(name, meaning, symbol)


@dataclass(frozen=True, slots=True, kw_only=True)
class CostOfEquityInputs:
    """What the capital asset pricing model asks for."""

    riskless: Annotated[Uncertain, RISKLESS]
    equity_premium: Annotated[
        Uncertain,
        rate(
            Text("equity risk premium", "市场风险溢价"),
            Text("return of the market above the riskless rate", "市场回报率高于无风险利率的部分"),
            "p",
        ),
    ]
    peer_betas: Annotated[
        tuple[Uncertain, ...],
        Quantity(
            name=Text("levered beta of a peer", "可比公司有杠杆贝塔"),
            meaning=Text("as observed, with the peer's own debt", "按可比公司自身资本结构观察所得"),
            symbol="β",
            low=-10.0,
            high=10.0,
        ),
    ]
    peer_debt: Annotated[
        tuple[Uncertain, ...],
        Quantity(
            name=RELATIVE_DEBT.name,
            meaning=Text("of each peer, at market values", "各可比公司按市值计的债务权益比"),
            symbol="d",
            low=0.0,
            high=100.0,
        ),
    ]
    target_debt: Annotated[
        Uncertain,
        Quantity(
            name=Text("target debt over equity", "目标债务权益比"),
            meaning=Text("of a market participant", "市场参与者的目标资本结构"),
            symbol="d*",
            low=0.0,
            high=100.0,
        ),
    ]
    tax_rate: TaxRate
    size_premium: Annotated[Uncertain, _premium(Text("size premium", "规模溢价"), "p_s")] = 0.0
    country_premium: Annotated[
        Uncertain, _premium(Text("country premium", "国家风险溢价"), "p_c")
    ] = 0.0
    specific_premium: Annotated[
        Uncertain, _premium(Text("specific premium", "特定风险溢价"), "p_x")
    ] = 0.0

    def __post_init__(self) -> None:
        check_declared(self)
        refuse(
            [
                *not_empty("peer_betas", self.peer_betas),
                *_as_many(self.peer_debt, self.peer_betas, "peer_debt"),
            ]
        )


def _as_many(found: Sequence[object], expected: Sequence[object], field: str) -> list[Problem]:
    if len(found) == len(expected):
        return []
    allowed = Text(f"expected {len(expected)} of them", f"应为 {len(expected)} 项")
    return [Problem(field=field, found=len(found), allowed=allowed)]


def cost_of_equity(inputs: CostOfEquityInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Find the cost of equity: peers' betas unlevered, averaged and levered again.

    Notes
    -----
    .. math::

        \beta_u = \frac1n \sum_i \frac{\beta_i}{1 + (1-\tau) d_i}, \quad
        \beta^* = \beta_u \bigl(1 + (1-\tau) d^*\bigr), \quad
        r_e = r_f + \beta^* p + p_s + p_c + p_x

    References
    ----------
    :cite:cts:`sharpe_1964`; :cite:cts:`hamada_1972`.
    """
    pairs = zip(given["peer_betas"].children, given["peer_debt"].children, strict=True)
    unlevered = [
        node(
            Text(f"unlevered beta {place + 1}", f"无杠杆贝塔 {place + 1}"),
            _unlevered,
            beta,
            debt,
            given["tax_rate"],
            formula="β / (1 + (1 − τ) d)",
            symbol=f"βᵤ{subscript(place + 1)}",
            citation=HAMADA,
        )
        for place, (beta, debt) in enumerate(pairs)
    ]
    mean = node(
        Text("mean unlevered beta", "无杠杆贝塔均值"),
        _mean,
        *unlevered,
        formula="Σ βᵤ / n",
        symbol="βᵤ",
    )
    relevered = node(
        Text("relevered beta", "重新加载杠杆的贝塔"),
        _relevered,
        mean,
        given["target_debt"],
        given["tax_rate"],
        formula="βᵤ (1 + (1 − τ) d*)",
        symbol="β*",
        citation=HAMADA,
    )
    reward = node(
        Text("reward for market risk", "市场风险报酬"),
        multiplied,
        relevered,
        given["equity_premium"],
        formula="β* · p",
        unit="1/year",
        symbol="ρ",
    )
    names = ("size_premium", "country_premium", "specific_premium")
    value = node(
        Text("cost of equity", "股权资本成本"),
        added,
        given["riskless"],
        reward,
        *(given[name] for name in names),
        formula="r_f + β* p + Σ p",
        unit="1/year",
        symbol="r_e",
        citation=SHARPE,
    )
    return Outcome(
        explanation=value,
        findings=tuple(_below(value.number, inputs.riskless)),
        details={"unlevered_beta": mean.number, "relevered_beta": relevered.number},
    )


def _below(found: float, riskless: Uncertain) -> list[Finding]:
    floor = middle_of(riskless)
    return [RATE_BELOW_RISKLESS.finding(rate=found, riskless=floor)] if found < floor else []


def _unlevered(beta: Any, debt: Any, tax_rate: Any) -> Any:  # noqa: ANN401
    return beta / (1.0 + (1.0 - tax_rate) * debt)


def _relevered(beta: Any, debt: Any, tax_rate: Any) -> Any:  # noqa: ANN401
    return beta * (1.0 + (1.0 - tax_rate) * debt)


def _mean(*values: Any) -> Any:  # noqa: ANN401
    return added(*values) * (1.0 / len(values))


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskPremium:
    """One premium of a built-up rate."""

    name: Annotated[str, choice(Text("name", "名称"), Text("what risk it pays", "所补偿的风险"))]
    premium: Annotated[Uncertain, rate(Text("premium", "溢价"), Text("yearly", "每年"), "p")]
    reason: Annotated[str, choice(Text("reason", "依据"), Text("source of the number", "取值依据"))]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildUpInputs:
    """What a built-up rate asks for."""

    riskless: Annotated[Uncertain, RISKLESS]
    premia: Annotated[
        tuple[RiskPremium, ...],
        choice(
            Text("risk premium", "风险溢价"),
            Text("equity, size, and those of the IP itself", "市场、规模及知识产权自身的风险溢价"),
        ),
    ]

    def __post_init__(self) -> None:
        check_declared(self)
        blank = [
            Problem(
                field=f"premia[{place}].reason",
                allowed=Text("expected the source of the number", "应给出取值依据"),
            )
            for place, each in enumerate(self.premia)
            if not each.reason.strip()
        ]
        refuse([*not_empty("premia", self.premia), *blank])


def build_up(inputs: BuildUpInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Add premia for named risks to the riskless rate.

    Notes
    -----
    .. math:: r = r_f + \sum_j p_j

    References
    ----------
    :cite:cts:`reilly_2013`.
    """
    parts = [members(each)["premium"] for each in given["premia"].children]
    value = node(
        Text("built-up rate", "累加法折现率"),
        added,
        given["riskless"],
        *parts,
        formula="r_f + Σ p",
        unit="1/year",
        symbol="r",
        citation=REILLY,
    )
    names = [each.name for each in inputs.premia]
    twice = sorted({name for name in names if names.count(name) > 1})
    return Outcome(
        explanation=value,
        findings=(
            *(PREMIUM_TWICE.finding(where="premia", name=name) for name in twice),
            *_below(value.number, inputs.riskless),
        ),
        details={
            "premia": {
                each.name: part.number for each, part in zip(inputs.premia, parts, strict=True)
            }
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CostOfCapitalInputs:
    """What the weighted average cost of capital asks for."""

    cost_of_equity: Annotated[Uncertain, COST_OF_EQUITY]
    cost_of_debt: Annotated[
        Uncertain,
        rate(Text("cost of debt", "债务资本成本"), Text("yearly, before tax", "税前年利率"), "r_d"),
    ]
    debt_to_equity: Annotated[Uncertain, RELATIVE_DEBT]
    tax_rate: TaxRate

    def __post_init__(self) -> None:
        check_declared(self)


def cost_of_capital(
    inputs: CostOfCapitalInputs,  # noqa: ARG001 - every method takes its inputs
    given: Mapping[str, Explanation],
) -> Outcome:
    r"""Weigh the costs of equity and of debt after tax.

    Notes
    -----
    .. math:: r = (1-w) r_e + w (1-\tau) r_d, \qquad w = \frac{D/E}{1 + D/E}

    References
    ----------
    :cite:cts:`reilly_2013`.
    """
    weight = node(
        Text("weight of debt", "债务占比"),
        _weight,
        given["debt_to_equity"],
        formula="(D/E) / (1 + D/E)",
        symbol="w",
    )
    value = node(
        Text("weighted average cost of capital", "加权平均资本成本"),
        _weighted,
        weight,
        given["cost_of_equity"],
        given["cost_of_debt"],
        given["tax_rate"],
        formula="(1 − w) r_e + w (1 − τ) r_d",
        unit="1/year",
        symbol="WACC",
        citation=REILLY,
    )
    return Outcome(explanation=value, details={"weight_of_debt": weight.number})


def _weight(debt_to_equity: Any) -> Any:  # noqa: ANN401
    return 1.0 - 1.0 / (1.0 + debt_to_equity)


def _weighted(weight: Any, equity: Any, debt: Any, tax_rate: Any) -> Any:  # noqa: ANN401
    return equity + weight * ((1.0 - tax_rate) * debt - equity)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetReturn:
    """An asset of a business and what it must earn."""

    name: Annotated[str, choice(Text("name", "名称"), Text("what the asset is", "资产名称"))]
    value: Annotated[
        Uncertain, cost(Text("value", "价值"), Text("at the valuation date", "基准日价值"), "V")
    ]
    required_return: Annotated[
        Uncertain,
        rate(
            Text("required return after tax", "税后要求回报率"),
            Text("yearly, fitting the asset's risk", "与资产风险相称的年回报率"),
            "i",
        ),
    ]


ASSETS = choice(
    Text("asset", "资产"),
    Text("all but goodwill, each with its return", "除商誉外的各项资产及其回报率"),
)
PRICE = Quantity(
    name=Text("price", "价格"),
    meaning=Text("paid for the whole business", "企业整体的交易价格"),
    symbol="P",
    unit="currency",
    low=0.0,
    low_open=True,
)
GOODWILL_RETURN = rate(
    Text("return on goodwill", "商誉回报率"),
    Text("yearly return that goodwill is taken to earn", "假定商誉取得的年回报率"),
    "i_g",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedReturnInputs:
    """What the weighted average return on assets asks for."""

    price: Annotated[Uncertain, PRICE]
    assets: Annotated[tuple[AssetReturn, ...], ASSETS]
    goodwill_return: Annotated[Uncertain, GOODWILL_RETURN]

    def __post_init__(self) -> None:
        check_declared(self)
        refuse(not_empty("assets", self.assets))


def weighted_return(inputs: WeightedReturnInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Weigh the returns of all assets, with goodwill as what is left of the price.

    Notes
    -----
    .. math:: WARA = \frac1P \Bigl(\sum_j V_j i_j + G i_g\Bigr), \qquad G = P - \sum_j V_j

    References
    ----------
    :cite:cts:`appraisal_2010`.
    """
    earned, goodwill = _earned_and_goodwill(inputs.assets, given)
    value = _wara(given, earned, goodwill)
    return Outcome(
        explanation=value,
        findings=tuple(_goodwill_findings(goodwill.number, middle_of(inputs.price))),
        details={"goodwill": goodwill.number},
    )


def _earned_and_goodwill(
    assets: Sequence[AssetReturn], given: Mapping[str, Explanation]
) -> tuple[Explanation, Explanation]:
    trees = [members(each) for each in given["assets"].children]
    earned = [
        node(
            Text(f"return on {asset.name}", f"{asset.name}的回报"),
            multiplied,
            tree["value"],
            tree["required_return"],
            formula="V · i",
            unit="currency",
            symbol="E",
        )
        for asset, tree in zip(assets, trees, strict=True)
    ]
    total = node(
        Text("return on named assets", "各项资产回报合计"),
        added,
        *earned,
        formula="Σ V i",
        unit="currency",
        symbol="ΣE",
    )
    goodwill = node(
        Text("goodwill", "商誉"),
        _rest,
        given["price"],
        *(tree["value"] for tree in trees),
        formula="P − Σ V",
        unit="currency",
        symbol="G",
    )
    return total, goodwill


def _wara(
    given: Mapping[str, Explanation], earned: Explanation, goodwill: Explanation
) -> Explanation:
    return node(
        Text("weighted average return on assets", "加权平均资产回报率"),
        _return_on_price,
        earned,
        goodwill,
        given["goodwill_return"],
        given["price"],
        formula="(Σ V i + G i_g) / P",
        unit="1/year",
        symbol="WARA",
        citation=APPRAISAL,
    )


def _goodwill_findings(goodwill: float, price: float) -> list[Finding]:
    if goodwill >= 0:
        return []
    return [NO_GOODWILL.finding(where="assets", assets=price - goodwill, price=price)]


def _rest(whole: Any, *parts: Any) -> Any:  # noqa: ANN401
    return whole - added(*parts)


def _return_on_price(earned: Any, goodwill: Any, on_goodwill: Any, price: Any) -> Any:  # noqa: ANN401
    return (earned + goodwill * on_goodwill) / price


FREE_FLOW = amount(
    Text("free cash flow", "自由现金流"),
    Text("of the business after tax, by year", "企业各年税后自由现金流"),
    "X",
    yearly=True,
)
GROWTH = rate(
    Text("terminal growth", "永续增长率"),
    Text(
        "after the last year; leave out where the flows end", "末年之后的增长率；现金流有限则留空"
    ),
    "g",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InternalRateInputs:
    """What the internal rate of return asks for."""

    price: Annotated[Uncertain, PRICE]
    flows: Annotated[tuple[Uncertain, ...], FREE_FLOW]
    terminal_growth: Annotated[Uncertain | None, GROWTH] = None
    timing: Timing = FlowTiming.END

    def __post_init__(self) -> None:
        check_declared(self)
        refuse([*not_empty("flows", self.flows), *_not_dated(self.timing)])
        _solvable(self.price, self.flows, self.terminal_growth, self.timing)


def _not_dated(timing: FlowTiming) -> list[Problem]:
    if timing is not FlowTiming.DATED:
        return []
    return [Problem(field="timing", found="dated", allowed=Text("end or mid", "end 或 mid"))]


def _solvable(
    price: Uncertain,
    flows: Sequence[Uncertain],
    growth: Uncertain | None,
    timing: FlowTiming,
) -> None:
    given = [middle_of(price), *([] if growth is None else [middle_of(growth)])]
    rule = InternalRate(len(flows), growth is not None, timing is FlowTiming.MID)
    if math.isnan(rule(*given, *map(middle_of, flows))):
        raise NoSolutionError(
            what=Text("an internal rate of return", "内部收益率"),
            why=Text(
                "no rate makes the flows worth the price", "没有任何折现率使现金流现值等于价格"
            ),
        )


def internal_rate(inputs: InternalRateInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Find the rate at which the flows are worth the price.

    Notes
    -----
    .. math:: P = \sum_t \frac{X_t}{(1+r)^{t}} + \frac{X_n (1+g)}{(r-g)(1+r)^n}

    References
    ----------
    :cite:cts:`appraisal_2010`.
    """
    value = _irr(given, "flows", inputs.timing)
    return Outcome(explanation=value)


def _irr(given: Mapping[str, Explanation], flows: str, timing: FlowTiming) -> Explanation:
    parts = [given[name] for name in ("price", "terminal_growth") if name in given]
    count = len(given[flows].children)
    rule = InternalRate(count, "terminal_growth" in given, timing is FlowTiming.MID)
    return node(
        Text("internal rate of return", "内部收益率"),
        rule,
        *parts,
        *given[flows].children,
        formula="r: Σ X (1 + r)^(−t) = P",
        unit="1/year",
        symbol="IRR",
        citation=APPRAISAL,
    )


@dataclass(frozen=True, slots=True)
class InternalRate:
    """The rate at which flows are worth a price; not a number where there is none."""

    count: int
    endless: bool
    mid: bool

    def __call__(self, *values: Any) -> Any:  # noqa: ANN401
        if any(isinstance(each, Ranged) for each in values):
            return through(self._many, values, self._signs(values))
        if any(isinstance(each, np.ndarray) for each in values):
            return self._many(*np.broadcast_arrays(*values))
        found = self._many(*(np.array([each], dtype=float) for each in values))
        return float(found[0])

    def _signs(self, values: Sequence[Any]) -> list[int]:
        head = 2 if self.endless else 1
        flows = [each.low if isinstance(each, Ranged) else each for each in values[head:]]
        proven = all(np.all(np.asarray(each) >= 0) for each in flows)
        return [-1, *[1] * (len(values) - 1)] if proven else [0] * len(values)

    def _many(self, *values: FloatArray) -> FloatArray:
        price, flows = values[0], values[2 if self.endless else 1 :]
        growth = values[1] if self.endless else None
        floor = np.full_like(price, -0.99) if growth is None else growth + 1e-9
        low, high = floor, np.full_like(price, 100.0)
        start = self._worth(low, flows, growth) - price
        end = self._worth(high, flows, growth) - price
        for _ in range(200):
            middle = 0.5 * (low + high)
            above = (self._worth(middle, flows, growth) - price) * np.sign(start) > 0
            low, high = np.where(above, middle, low), np.where(above, high, middle)
        return np.where(start * end <= 0, 0.5 * (low + high), np.nan)

    def _worth(
        self, rate: FloatArray, flows: Sequence[FloatArray], growth: FloatArray | None
    ) -> FloatArray:
        early = 0.5 if self.mid else 0.0
        worth = sum(
            (flow * (1.0 + rate) ** (early - year) for year, flow in enumerate(flows, start=1)),
            start=np.zeros_like(rate),
        )
        if growth is None:
            return worth
        last = flows[-1] * (1.0 + growth) / (rate - growth)
        return np.asarray(worth + last * (1.0 + rate) ** (early - len(flows)))


@dataclass(frozen=True, slots=True, kw_only=True)
class RateReconciliationInputs:
    """What the reconciliation of IRR, WARA and WACC asks for."""

    price: Annotated[Uncertain, PRICE]
    flows: Annotated[tuple[Uncertain, ...], FREE_FLOW]
    assets: Annotated[tuple[AssetReturn, ...], ASSETS]
    terminal_growth: Annotated[Uncertain | None, GROWTH] = None
    goodwill_return: Annotated[Uncertain | None, GOODWILL_RETURN] = None
    cost_of_capital: Annotated[
        Uncertain | None,
        rate(
            Text("cost of capital", "资本成本"),
            Text("of market participants (WACC)", "市场参与者的加权平均资本成本"),
            "WACC",
        ),
    ] = None
    gap: Annotated[
        float,
        rate(
            Text("gap", "容许差异"),
            Text("between two rates from which it becomes a finding", "超过该差异即列为发现"),
            "δ",
            low=0.0,
        ),
    ] = 0.01
    timing: Timing = FlowTiming.END

    def __post_init__(self) -> None:
        check_declared(self)
        refuse(
            [
                *not_empty("flows", self.flows),
                *not_empty("assets", self.assets),
                *_not_dated(self.timing),
            ]
        )
        _solvable(self.price, self.flows, self.terminal_growth, self.timing)
        assets = sum(middle_of(each.value) for each in self.assets)
        if assets >= middle_of(self.price):
            allowed = Text(
                f"expected more than the assets, {assets:g}", f"应高于各项资产合计 {assets:g}"
            )
            refuse([Problem(field="price", found=middle_of(self.price), allowed=allowed)])


def rate_reconciliation(
    inputs: RateReconciliationInputs, given: Mapping[str, Explanation]
) -> Outcome:
    r"""Find what goodwill must earn so that the assets together earn the price's own rate.

    Notes
    -----
    .. math:: i_g = \frac{IRR \cdot P - \sum_j V_j i_j}{P - \sum_j V_j}

    References
    ----------
    :cite:cts:`appraisal_2010`.
    """
    irr = _irr(given, "flows", inputs.timing)
    earned, goodwill = _earned_and_goodwill(inputs.assets, given)
    value = node(
        Text("return on goodwill", "商誉回报率"),
        _goodwill_return,
        irr,
        given["price"],
        earned,
        goodwill,
        formula="(IRR · P − Σ V i) / G",
        unit="1/year",
        symbol="i_g",
        citation=APPRAISAL,
    )
    details: dict[str, object] = {"irr": irr.number, "goodwill": goodwill.number}
    rates = {Text("internal rate of return", "内部收益率"): irr.number}
    if "goodwill_return" in given:
        details["wara"] = _wara(given, earned, goodwill).number
        rates[Text("weighted average return on assets", "加权平均资产回报率")] = float(
            str(details["wara"])
        )
    if inputs.cost_of_capital is not None:
        rates[Text("cost of capital", "资本成本")] = middle_of(inputs.cost_of_capital)
    return Outcome(
        explanation=value,
        findings=(*_apart(rates, inputs.gap), *_least_return(inputs.assets, value.number)),
        details=details,
    )


def _apart(rates: Mapping[Text, float], gap: float) -> list[Finding]:
    names = list(rates)
    return [
        RATES_APART.finding(
            where="gap", first=first, one=rates[first], second=second, other=rates[second], gap=gap
        )
        for place, first in enumerate(names)
        for second in names[place + 1 :]
        if abs(rates[first] - rates[second]) > gap
    ]


def _least_return(assets: Sequence[AssetReturn], goodwill: float) -> list[Finding]:
    riskiest = max(assets, key=lambda each: middle_of(each.required_return))
    other = middle_of(riskiest.required_return)
    if goodwill >= other:
        return []
    return [GOODWILL_RETURN_LOW.finding(goodwill=goodwill, name=riskiest.name, other=other)]


def _goodwill_return(irr: Any, price: Any, earned: Any, goodwill: Any) -> Any:  # noqa: ANN401
    return (irr * price - earned) / goodwill


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardOfRateInputs:
    """What the hazard inside a rate asks for."""

    risky_rate: Annotated[
        Uncertain,
        rate(
            Text("risk-adjusted rate", "风险调整折现率"),
            Text("yearly, with the risk in it", "已含该风险的年折现率"),
            "R",
        ),
    ]
    riskless: Annotated[Uncertain, RISKLESS]

    def __post_init__(self) -> None:
        check_declared(self)


def hazard_of_rate(inputs: HazardOfRateInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Find the hazard of total loss that a rate contains above the riskless one.

    Notes
    -----
    .. math:: 1 + R = (1 + r_f)\,e^{\gamma}
    """
    value = node(
        Text("hazard", "风险率"),
        _hazard,
        given["risky_rate"],
        given["riskless"],
        formula="ln((1 + R) / (1 + r_f))",
        unit="1/year",
        symbol="γ",
    )
    below = _below(middle_of(inputs.risky_rate), inputs.riskless)
    return Outcome(
        explanation=value, findings=(HAZARD_IN_RATE.finding(hazard=value.number), *below)
    )


def _hazard(risky: Any, riskless: Any) -> Any:  # noqa: ANN401
    return log(1.0 + risky) - log(1.0 + riskless)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateOfHazardInputs:
    """What a rate that contains a hazard asks for."""

    riskless: Annotated[Uncertain, RISKLESS]
    hazard: Annotated[
        Uncertain,
        rate(
            Text("hazard", "风险率"),
            Text("of total loss, per year", "每年完全丧失的风险率"),
            "γ",
            low=0.0,
        ),
    ]

    def __post_init__(self) -> None:
        check_declared(self)


def rate_of_hazard(inputs: RateOfHazardInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Put a hazard of total loss into the discount rate.

    Notes
    -----
    .. math:: R = (1 + r_f)\,e^{\gamma} - 1
    """
    value = node(
        Text("risk-adjusted rate", "风险调整折现率"),
        _with_hazard,
        given["riskless"],
        given["hazard"],
        formula="(1 + r_f) e^γ − 1",
        unit="1/year",
        symbol="R",
    )
    told = HAZARD_IN_RATE.finding(hazard=middle_of(inputs.hazard))
    return Outcome(explanation=value, findings=(told,))


def _with_hazard(riskless: Any, hazard: Any) -> Any:  # noqa: ANN401
    return (1.0 + riskless) * exp(hazard) - 1.0


INFLATION = rate(
    Text("inflation", "通货膨胀率"), Text("yearly, in the same currency", "同一币种的年通胀率"), "i"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NominalRateInputs:
    """What a nominal rate asks for."""

    real_rate: Annotated[
        Uncertain,
        rate(Text("real rate", "实际利率"), Text("without inflation", "剔除通货膨胀"), "r"),
    ]
    inflation: Annotated[Uncertain, INFLATION]

    def __post_init__(self) -> None:
        check_declared(self)


def nominal_rate(
    inputs: NominalRateInputs,  # noqa: ARG001 - every method takes its inputs
    given: Mapping[str, Explanation],
) -> Outcome:
    r"""Turn a real rate into a nominal one.

    Notes
    -----
    .. math:: 1 + n = (1 + r)(1 + i)

    References
    ----------
    :cite:cts:`fisher_1930`.
    """
    value = node(
        Text("nominal rate", "名义利率"),
        _nominal,
        given["real_rate"],
        given["inflation"],
        formula="(1 + r)(1 + i) − 1",
        unit="1/year",
        symbol="n",
        citation=FISHER,
    )
    return Outcome(explanation=value)


def _nominal(real: Any, inflation: Any) -> Any:  # noqa: ANN401
    return (1.0 + real) * (1.0 + inflation) - 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RealRateInputs:
    """What a real rate asks for."""

    nominal_rate: Annotated[
        Uncertain,
        rate(Text("nominal rate", "名义利率"), Text("with inflation", "含通货膨胀"), "n"),
    ]
    inflation: Annotated[Uncertain, INFLATION]

    def __post_init__(self) -> None:
        check_declared(self)


def real_rate(
    inputs: RealRateInputs,  # noqa: ARG001 - every method takes its inputs
    given: Mapping[str, Explanation],
) -> Outcome:
    r"""Turn a nominal rate into a real one.

    Notes
    -----
    .. math:: 1 + r = (1 + n) / (1 + i)

    References
    ----------
    :cite:cts:`fisher_1930`.
    """
    value = node(
        Text("real rate", "实际利率"),
        _real,
        given["nominal_rate"],
        given["inflation"],
        formula="(1 + n) / (1 + i) − 1",
        unit="1/year",
        symbol="r",
        citation=FISHER,
    )
    return Outcome(explanation=value)


def _real(nominal: Any, inflation: Any) -> Any:  # noqa: ANN401
    return (1.0 + nominal) / (1.0 + inflation) - 1.0


COST_OF_EQUITY_CAPM = Method(
    id="cost_of_equity",
    name=Text("cost of equity (CAPM)", "股权资本成本（CAPM）"),
    summary=Text(
        "Unlevers the betas of peers, levers their mean to a target and adds the reward for "
        "market risk.",
        "将可比公司贝塔去杠杆、取均值并按目标资本结构加杠杆，再加市场风险报酬。",
    ),
    approach=Approach.INPUT,
    inputs=CostOfEquityInputs,
    compute=cost_of_equity,
    citations=(
        SHARPE,
        HAMADA,
    ),
    validity=Text(
        "Debt over equity at market values; betas and premium from one market and window.",
        "债务权益比按市值计；贝塔与溢价取自同一市场与期间。",
    ),
    effective_from=date(1972, 1, 1),
    result=COST_OF_EQUITY,
    laws=(
        Law(LawKind.RISES, ("riskless",)),
        Law(LawKind.RISES, ("size_premium",)),
        Law(LawKind.RISES, ("peer_betas",)),
        Law(LawKind.RISES, ("target_debt",)),
        Law(
            LawKind.ZERO,
            (
                "riskless",
                "equity_premium",
                "size_premium",
                "country_premium",
                "specific_premium",
            ),
        ),
    ),
)
BUILD_UP = Method(
    id="build_up",
    name=Text("built-up rate", "累加法折现率"),
    summary=Text(
        "Adds named premia, each with its source, to the riskless rate.",
        "在无风险利率之上累加各项有依据的风险溢价。",
    ),
    approach=Approach.INPUT,
    inputs=BuildUpInputs,
    compute=build_up,
    citations=(REILLY,),
    validity=Text(
        "Each risk once, and nowhere else in the valuation.",
        "每项风险只计一次，且不得在评估他处重复计入。",
    ),
    effective_from=date(2013, 1, 1),
    result=DISCOUNT,
    laws=(
        Law(LawKind.RISES, ("riskless",)),
        Law(LawKind.RISES, ("premia.premium",)),
        Law(
            LawKind.SCALES,
            (
                "riskless",
                "premia.premium",
            ),
        ),
        Law(
            LawKind.ZERO,
            (
                "riskless",
                "premia.premium",
            ),
        ),
    ),
)
COST_OF_CAPITAL = Method(
    id="cost_of_capital",
    name=Text("weighted average cost of capital", "加权平均资本成本"),
    summary=Text(
        "Weighs the cost of equity and the cost of debt after tax.",
        "对股权成本与税后债务成本加权。",
    ),
    approach=Approach.INPUT,
    inputs=CostOfCapitalInputs,
    compute=cost_of_capital,
    citations=(REILLY,),
    validity=Text(
        "Debt over equity, not debt over the whole, at market values.",
        "使用按市值计的债务权益比，而非资产负债率。",
    ),
    effective_from=date(2013, 1, 1),
    result=DISCOUNT,
    laws=(
        Law(LawKind.RISES, ("cost_of_equity",)),
        Law(LawKind.RISES, ("cost_of_debt",)),
        Law(
            LawKind.SCALES,
            (
                "cost_of_equity",
                "cost_of_debt",
            ),
        ),
        Law(
            LawKind.ZERO,
            (
                "cost_of_equity",
                "cost_of_debt",
            ),
        ),
    ),
)
WEIGHTED_RETURN = Method(
    id="weighted_return",
    name=Text("weighted average return on assets", "加权平均资产回报率"),
    summary=Text(
        "Weighs the returns of all assets of a business, goodwill as the rest of the price.",
        "对企业各项资产回报率加权，商誉为价格的余额。",
    ),
    approach=Approach.INPUT,
    inputs=WeightedReturnInputs,
    compute=weighted_return,
    citations=(APPRAISAL,),
    validity=Text("Returns after tax; all assets named.", "税后回报率；列全各项资产。"),
    effective_from=date(2010, 5, 31),
    result=DISCOUNT,
    laws=(
        Law(LawKind.RISES, ("goodwill_return",)),
        Law(LawKind.RISES, ("assets.required_return",)),
        Law(
            LawKind.SCALES,
            (
                "goodwill_return",
                "assets.required_return",
            ),
        ),
        Law(
            LawKind.ZERO,
            (
                "goodwill_return",
                "assets.required_return",
            ),
        ),
    ),
)
INTERNAL_RATE = Method(
    id="internal_rate",
    name=Text("internal rate of return", "内部收益率"),
    summary=Text(
        "Finds the rate at which the flows of a business are worth its price.",
        "求使企业现金流现值等于其价格的折现率。",
    ),
    approach=Approach.INPUT,
    inputs=InternalRateInputs,
    compute=internal_rate,
    citations=(APPRAISAL,),
    validity=Text(
        "Flows that change sign once; ranges where no flow is negative.",
        "现金流仅变号一次；区间输入要求各期现金流非负。",
    ),
    effective_from=date(2010, 5, 31),
    result=DISCOUNT,
    laws=(
        Law(LawKind.FALLS, ("price",)),
        Law(LawKind.RISES, ("flows",)),
        Law(LawKind.RISES, ("terminal_growth",)),
    ),
)
RATE_RECONCILIATION = Method(
    id="rate_reconciliation",
    name=Text("reconciliation of IRR, WARA and WACC", "内部收益率、加权资产回报率与资本成本的勾稽"),
    summary=Text(
        "Finds the return on goodwill that makes the assets earn the price's own rate, and tells "
        "where rates lie apart.",
        "求使各项资产整体取得价格隐含收益率的商誉回报率，并指出各比率的差异。",
    ),
    approach=Approach.INPUT,
    inputs=RateReconciliationInputs,
    compute=rate_reconciliation,
    citations=(APPRAISAL,),
    validity=Text("A price above the sum of the named assets.", "价格高于各项资产合计。"),
    effective_from=date(2010, 5, 31),
    result=GOODWILL_RETURN,
    laws=(
        Law(LawKind.FALLS, ("assets.required_return",)),
        Law(LawKind.RISES, ("flows",)),
        Law(LawKind.RISES, ("terminal_growth",)),
    ),
)
HAZARD_OF_RATE = Method(
    id="hazard_of_rate",
    name=Text("hazard inside a rate", "折现率隐含的风险率"),
    summary=Text(
        "Finds the yearly hazard of total loss that a rate contains above the riskless one.",
        "求折现率高于无风险利率部分所隐含的年度完全丧失风险率。",
    ),
    approach=Approach.INPUT,
    inputs=HazardOfRateInputs,
    compute=hazard_of_rate,
    citations=(REILLY,),
    validity=Text(
        "One risk, charged once: in the rate or as a hazard, never both.",
        "同一风险只计一次：或计入折现率，或作为风险率，不得兼用。",
    ),
    effective_from=date(2013, 1, 1),
    result=HAZARD,
    laws=(
        Law(LawKind.RISES, ("risky_rate",)),
        Law(LawKind.FALLS, ("riskless",)),
        Law(
            LawKind.ZERO,
            (
                "risky_rate",
                "riskless",
            ),
        ),
    ),
)
RATE_OF_HAZARD = Method(
    id="rate_of_hazard",
    name=Text("rate that contains a hazard", "含风险率的折现率"),
    summary=Text(
        "Puts a yearly hazard of total loss into the discount rate.",
        "将年度完全丧失风险率计入折现率。",
    ),
    approach=Approach.INPUT,
    inputs=RateOfHazardInputs,
    compute=rate_of_hazard,
    citations=(REILLY,),
    validity=Text(
        "A constant hazard of total loss, charged nowhere else.",
        "风险率恒定且为完全丧失，不得在他处重复计入。",
    ),
    effective_from=date(2013, 1, 1),
    result=DISCOUNT,
    laws=(
        Law(LawKind.RISES, ("riskless",)),
        Law(LawKind.RISES, ("hazard",)),
        Law(
            LawKind.ZERO,
            (
                "riskless",
                "hazard",
            ),
        ),
    ),
)
NOMINAL_RATE = Method(
    id="nominal_rate",
    name=Text("nominal rate", "名义利率"),
    summary=Text(
        "Turns a real rate into a nominal one of the same currency.",
        "将实际利率换算为同币种名义利率。",
    ),
    approach=Approach.INPUT,
    inputs=NominalRateInputs,
    compute=nominal_rate,
    citations=(FISHER,),
    validity=Text(
        "Rates above -50 %; nominal rates go with nominal flows.",
        "利率高于 -50%；名义利率须与名义现金流匹配。",
    ),
    effective_from=date(1930, 1, 1),
    result=DISCOUNT,
    laws=(
        Law(LawKind.RISES, ("real_rate",)),
        Law(LawKind.RISES, ("inflation",)),
        Law(
            LawKind.ZERO,
            (
                "real_rate",
                "inflation",
            ),
        ),
    ),
)
REAL_RATE = Method(
    id="real_rate",
    name=Text("real rate", "实际利率"),
    summary=Text(
        "Turns a nominal rate into a real one of the same currency.",
        "将名义利率换算为同币种实际利率。",
    ),
    approach=Approach.INPUT,
    inputs=RealRateInputs,
    compute=real_rate,
    citations=(FISHER,),
    validity=Text(
        "Rates above -50 %; real rates go with real flows.",
        "利率高于 -50%；实际利率须与实际现金流匹配。",
    ),
    effective_from=date(1930, 1, 1),
    result=DISCOUNT,
    laws=(
        Law(LawKind.RISES, ("nominal_rate",)),
        Law(LawKind.FALLS, ("inflation",)),
        Law(
            LawKind.ZERO,
            (
                "nominal_rate",
                "inflation",
            ),
        ),
    ),
)
RATE_METHODS = (
    COST_OF_EQUITY_CAPM,
    BUILD_UP,
    COST_OF_CAPITAL,
    WEIGHTED_RETURN,
    INTERNAL_RATE,
    RATE_RECONCILIATION,
    HAZARD_OF_RATE,
    RATE_OF_HAZARD,
    NOMINAL_RATE,
    REAL_RATE,
)
