"""The market approach: what was paid for the like, adjusted in the open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from ipfinance.basics import (
    Citation,
    Explanation,
    FindingKind,
    Problem,
    Quantity,
    Severity,
    Text,
    Uncertain,
    check_declared,
    node,
)
from ipfinance.numerics import larger, total
from ipfinance.valuation._flows import growth_problems, multiplied, refuse
from ipfinance.valuation._observed import (
    HYNDMAN_FAN,
    Chosen,
    QuantileRule,
    Rule,
    Statistic,
    doubts_of,
    named_once,
    observations_table,
    statistic_of,
    statistics_of,
)
from ipfinance.valuation._registry import Approach, Law, LawKind, Method, members, middle_of
from ipfinance.valuation._terms import (
    DiscountRate,
    amount,
    choice,
    cost,
    not_empty,
    rate,
    share,
)
from ipfinance.valuation._valuation import Outcome

IAS_36 = Citation("ias_36")
IVS_MARKET = Citation("ivsc_ivs_2025", "IVS 210, market approach")
FACTORS = ("time", "scope", "remaining_life", "exclusivity", "territory", "other")
LARGE_ADJUSTMENT = FindingKind(
    code="large_adjustment",
    severity=Severity.WARNING,
    text=Text(
        "The adjustments of {name} come to a factor of {factor:.2f}: so much was adjusted that it "
        "compares little.",
        "{name} 的修正系数合计 {factor:.2f}：修正幅度过大，可比性不足。",
    ),
)
UNADJUSTED = FindingKind(
    code="no_adjustment",
    severity=Severity.WARNING,
    text=Text(
        "No transaction is adjusted for anything; rights that are alike in time, scope, life and "
        "exclusivity are rare.",
        "各交易均未作任何修正；在时间、范围、寿命与独占性上完全可比的权利极少。",
    ),
)
IMPAIRED = FindingKind(
    code="impaired",
    severity=Severity.WARNING,
    text=Text(
        "The carrying amount exceeds what can be recovered by {loss:.4f}.",
        "账面价值高于可收回金额 {loss:.4f}，应计提减值。",
    ),
)
MOST, LEAST = 1.5, 1 / 1.5


def _factor(name: Text) -> Quantity:
    meaning = Text("factor on the price; 1 for none", "价格修正系数；不修正为 1")
    return Quantity(name=name, meaning=meaning, symbol="f", low=0.0, high=100.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """A price paid for a comparable right."""

    name: Annotated[
        str, choice(Text("name", "名称"), Text("parties, right and date", "当事人、权利与日期"))
    ]
    price: Annotated[Uncertain, cost(Text("price", "价格"), Text("as paid", "成交价"), "P")]
    measure: Annotated[
        Uncertain | None,
        Quantity(
            name=Text("measure", "可比指标"),
            meaning=Text(
                "what the price is set against, such as yearly revenue or number of patents",
                "与价格相比的指标，如年收入或专利件数",
            ),
            symbol="b",
            low=0.0,
            low_open=True,
        ),
    ] = None
    time: Annotated[Uncertain, _factor(Text("time", "交易时间修正"))] = 1.0
    scope: Annotated[Uncertain, _factor(Text("scope", "权利范围修正"))] = 1.0
    remaining_life: Annotated[Uncertain, _factor(Text("remaining life", "剩余寿命修正"))] = 1.0
    exclusivity: Annotated[Uncertain, _factor(Text("exclusivity", "独占性修正"))] = 1.0
    territory: Annotated[Uncertain, _factor(Text("territory", "地域修正"))] = 1.0
    other: Annotated[Uncertain, _factor(Text("other", "其他修正"))] = 1.0
    evidence: Annotated[
        str,
        choice(Text("evidence", "修正依据"), Text("for the adjustments", "各项修正的依据")),
    ] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparableTransactionsInputs:
    """What comparable transactions ask for."""

    transactions: Annotated[
        tuple[Transaction, ...],
        choice(Text("transaction", "交易案例"), Text("comparable rights sold", "可比权利交易")),
    ]
    subject_measure: Annotated[
        Uncertain | None,
        Quantity(
            name=Text("measure of the subject", "评估对象可比指标"),
            meaning=Text("in the unit of the transactions' measure", "与交易案例指标单位一致"),
            symbol="b₀",
            low=0.0,
        ),
    ] = None
    statistic: Chosen = Statistic.MEDIAN
    quantile_rule: Rule = QuantileRule.TYPE_7

    def __post_init__(self) -> None:
        check_declared(self)
        with_measure = [each.measure is not None for each in self.transactions]
        problems = not_empty("transactions", self.transactions)
        problems += named_once("transactions", [each.name for each in self.transactions])
        if any(with_measure) != (self.subject_measure is not None) or (
            any(with_measure) and not all(with_measure)
        ):
            allowed = Text(
                "a measure of the subject and of every transaction, or of none",
                "评估对象与全部交易案例均须给出指标，或均不给出",
            )
            problems.append(Problem(field="subject_measure", allowed=allowed))
        problems += [
            Problem(
                field=f"transactions[{place}].evidence",
                allowed=Text("required with an adjustment", "作出修正时必填"),
            )
            for place, each in enumerate(self.transactions)
            if _adjusted(each) and not each.evidence.strip()
        ]
        refuse(problems)


def _adjusted(transaction: Transaction) -> bool:
    return any(middle_of(getattr(transaction, name)) != 1.0 for name in FACTORS)


def comparable_transactions(
    inputs: ComparableTransactionsInputs, given: Mapping[str, Explanation]
) -> Outcome:
    r"""Adjust what was paid for the like and take a stated statistic.

    Notes
    -----
    .. math:: V = Q_j\Bigl(P_j \frac{b_0}{b_j} \prod_i f_{ij}\Bigr)

    References
    ----------
    :cite:cts:`ivsc_ivs_2025`, IVS 210; :cite:cts:`hyndman_fan_1996`.
    """
    adjusted, factors = [], {}
    for place, (tree, told) in enumerate(
        zip(given["transactions"].children, inputs.transactions, strict=True)
    ):
        parts = members(tree)
        factor = node(
            Text(f"adjustment {place + 1}", f"修正系数 {place + 1}"),
            multiplied,
            *(parts[name] for name in FACTORS),
            formula="Π f",
            symbol="F",
        )
        factors[told.name] = factor.number
        measured = [given["subject_measure"], parts["measure"]] if "measure" in parts else []
        adjusted.append(
            node(
                Text(f"adjusted price {place + 1}", f"修正后价格 {place + 1}"),
                _scaled,
                parts["price"],
                factor,
                *measured,
                formula="P · F · b₀ / b" if measured else "P · F",
                unit="currency",
                symbol="x",
            )
        )
    value = statistic_of(
        Text("value", "价值"), adjusted, inputs.statistic, inputs.quantile_rule, unit="currency"
    )
    told_all = statistics_of(adjusted, inputs.quantile_rule)
    findings = doubts_of(told_all)
    findings += [
        LARGE_ADJUSTMENT.finding(where="transactions", name=name, factor=factor)
        for name, factor in factors.items()
        if not LEAST <= factor <= MOST
    ]
    if not any(map(_adjusted, inputs.transactions)):
        findings.append(UNADJUSTED.finding(where="transactions"))
    return Outcome(
        explanation=value,
        findings=tuple(findings),
        details={
            "statistics": told_all,
            "factors": factors,
            "schedule": observations_table(
                dict(zip(factors, adjusted, strict=True)), told_all, "currency"
            ),
        },
    )


def _scaled(price: Any, factor: Any, subject: Any = 1.0, measure: Any = 1.0) -> Any:  # noqa: ANN401
    return price * factor * subject / measure


@dataclass(frozen=True, slots=True, kw_only=True)
class RoyaltyCapitalisationInputs:
    """What the capitalisation of a market royalty asks for."""

    royalty: Annotated[
        Uncertain,
        amount(
            Text("royalty", "年许可费"),
            Text(
                "that the market would pay in the coming year, before tax",
                "市场在下一年支付的税前许可费",
            ),
            "Y",
        ),
    ]
    discount_rate: DiscountRate
    growth: Annotated[
        Uncertain,
        rate(
            Text("growth", "增长率"),
            Text("of the royalty; negative where it fades", "许可费年增长率；递减为负"),
            "g",
            low=-1.0,
        ),
    ] = 0.0
    tax_rate: Annotated[
        Uncertain,
        share(Text("tax rate", "所得税率"), Text("on the royalty", "许可费所得适用税率"), "τ"),
    ] = 0.0
    term: Annotated[
        int | None,
        Quantity(
            name=Text("term", "年限"),
            meaning=Text(
                "years in which it is paid; leave out only where there is no end",
                "支付年数；仅无期限者可留空",
            ),
            symbol="n",
            unit="year",
            low=1,
            high=200,
            whole=True,
        ),
    ] = None

    def __post_init__(self) -> None:
        check_declared(self)
        if self.term is None:
            rates = middle_of(self.discount_rate), middle_of(self.growth)
            refuse(growth_problems(*rates, "growth"))


def royalty_capitalisation(
    inputs: RoyaltyCapitalisationInputs, given: Mapping[str, Explanation]
) -> Outcome:
    r"""Capitalise what the market would pay in royalties.

    Notes
    -----
    .. math:: V = Y(1-\tau) \sum_{k=1}^{n} \frac{(1+g)^{k-1}}{(1+r)^k},
              \qquad n = \infty:\; \frac{Y(1-\tau)}{r - g}

    References
    ----------
    :cite:cts:`ivsc_ivs_2025`, IVS 210.
    """
    multiple = node(
        Text("multiple", "资本化倍数"),
        _Multiple(inputs.term),
        given["discount_rate"],
        given["growth"],
        formula="1 / (r − g)" if inputs.term is None else "Σ (1 + g)^(k − 1) (1 + r)^(−k)",
        unit="year",
        symbol="M",
    )
    value = node(
        Text("value", "价值"),
        _capital,
        given["royalty"],
        given["tax_rate"],
        multiple,
        formula="Y (1 − τ) M",
        unit="currency",
        symbol="V",
        citation=IVS_MARKET,
    )
    return Outcome(explanation=value, details={"multiple": multiple.number})


@dataclass(frozen=True, slots=True)
class _Multiple:
    term: int | None

    def __call__(self, discount_rate: Any, growth: Any) -> Any:  # noqa: ANN401
        if self.term is None:
            return 1.0 / (discount_rate - growth)
        terms = [
            (1.0 + growth) ** year * (1.0 + discount_rate) ** -(year + 1)
            for year in range(self.term)
        ]
        return total(terms)


def _capital(royalty: Any, tax_rate: Any, multiple: Any) -> Any:  # noqa: ANN401
    return royalty * (1.0 - tax_rate) * multiple


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpairmentInputs:
    """What the test for impairment asks for."""

    carrying_amount: Annotated[
        Uncertain, cost(Text("carrying amount", "账面价值"), Text("in the books", "账面金额"), "B")
    ]
    value_in_use: Annotated[
        Uncertain,
        amount(
            Text("value in use", "预计未来现金流量现值"),
            Text("present value of its cash flows to this owner", "对现所有者的未来现金流量现值"),
            "U",
        ),
    ]
    fair_value_less_costs: Annotated[
        Uncertain,
        amount(
            Text("fair value less costs", "公允价值减处置费用"),
            Text("of disposal", "扣除处置费用后的公允价值净额"),
            "S",
        ),
    ]

    def __post_init__(self) -> None:
        check_declared(self)


def impairment(
    inputs: ImpairmentInputs,  # noqa: ARG001 - every method takes its inputs
    given: Mapping[str, Explanation],
) -> Outcome:
    r"""Find the loss when the books hold more than can be recovered.

    Notes
    -----
    .. math:: L = \max\bigl(0,\; B - \max(U, S)\bigr)

    The higher of the two amounts counts, not the lower.

    References
    ----------
    :cite:cts:`ias_36`.
    """
    recoverable = node(
        Text("recoverable amount", "可收回金额"),
        larger,
        given["value_in_use"],
        given["fair_value_less_costs"],
        formula="max(U, S)",
        unit="currency",
        symbol="R",
        citation=IAS_36,
    )
    value = node(
        Text("impairment loss", "减值损失"),
        _shortfall,
        given["carrying_amount"],
        recoverable,
        formula="max(0, B − R)",
        unit="currency",
        symbol="L",
        citation=IAS_36,
    )
    lost = value.number
    return Outcome(
        explanation=value,
        findings=(IMPAIRED.finding(loss=lost),) if lost > 0 else (),
        details={"recoverable": recoverable.number},
    )


def _shortfall(carrying: Any, recoverable: Any) -> Any:  # noqa: ANN401
    return larger(carrying - recoverable, 0.0)


COMPARABLE_TRANSACTIONS = Method(
    id="comparable_transactions",
    name=Text("comparable transactions", "可比交易法"),
    summary=Text(
        "Prices paid for comparable rights, adjusted with evidence, and the statistic chosen.",
        "可比权利成交价格经有依据的修正后取所选统计量。",
    ),
    approach=Approach.MARKET,
    inputs=ComparableTransactionsInputs,
    compute=comparable_transactions,
    citations=(
        IVS_MARKET,
        HYNDMAN_FAN,
    ),
    validity=Text(
        "Prices between independent parties; adjustments stated one by one.",
        "独立交易双方的成交价；逐项说明修正。",
    ),
    effective_from=date(2025, 1, 31),
    laws=(
        Law(LawKind.RISES, ("transactions.price",)),
        Law(LawKind.RISES, ("transactions.time",)),
        Law(LawKind.RISES, ("transactions.scope",)),
        Law(LawKind.RISES, ("subject_measure",)),
        Law(LawKind.SCALES, ("transactions.price",)),
        Law(LawKind.ZERO, ("transactions.price",)),
    ),
)
ROYALTY_CAPITALISATION = Method(
    id="royalty_capitalisation",
    name=Text("royalty capitalisation", "许可费资本化法"),
    summary=Text(
        "A market royalty capitalised at a rate less growth, for a term or for ever.",
        "以折现率减增长率对市场许可费资本化，可设年限或永续。",
    ),
    approach=Approach.MARKET,
    inputs=RoyaltyCapitalisationInputs,
    compute=royalty_capitalisation,
    citations=(IVS_MARKET,),
    validity=Text(
        "A discount rate above the growth where there is no end.",
        "永续情形下折现率须高于增长率。",
    ),
    effective_from=date(2025, 1, 31),
    laws=(
        Law(LawKind.RISES, ("royalty",)),
        Law(LawKind.RISES, ("growth",)),
        Law(LawKind.FALLS, ("discount_rate",)),
        Law(LawKind.FALLS, ("tax_rate",)),
        Law(LawKind.SCALES, ("royalty",)),
        Law(LawKind.ZERO, ("royalty",)),
    ),
)
IMPAIRMENT = Method(
    id="impairment",
    name=Text("test for impairment", "减值测试"),
    summary=Text(
        "Loss when the books hold more than can be recovered by use or by sale.",
        "账面价值高于使用或处置可收回金额时的减值损失。",
    ),
    approach=Approach.MARKET,
    inputs=ImpairmentInputs,
    compute=impairment,
    citations=(IAS_36,),
    validity=Text(
        "Both amounts at one date and on one unit of account.",
        "两项金额基准日与计量单元一致。",
    ),
    effective_from=date(2013, 1, 1),
    laws=(
        Law(LawKind.RISES, ("carrying_amount",)),
        Law(LawKind.FALLS, ("value_in_use",)),
        Law(LawKind.FALLS, ("fair_value_less_costs",)),
        Law(
            LawKind.SCALES,
            (
                "carrying_amount",
                "value_in_use",
                "fair_value_less_costs",
            ),
        ),
        Law(LawKind.ZERO, ("carrying_amount",)),
    ),
)
MARKET_METHODS = (COMPARABLE_TRANSACTIONS, ROYALTY_CAPITALISATION, IMPAIRMENT)
