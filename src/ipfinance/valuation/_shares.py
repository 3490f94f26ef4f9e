"""Shares: which part of sales or profit is owed to a right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
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
from ipfinance.valuation._flows import multiplied, refuse
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
from ipfinance.valuation._terms import choice, cost, not_empty, share
from ipfinance.valuation._valuation import Outcome

SMITH_PARR = Citation("smith_2005", "royalty rates")
REILLY = Citation("reilly_2013", "profit split")
SHARE = share(
    Text("share", "分成率"),
    Text("of sales or of profit, as the method says", "收入或利润分成率"),
    "k",
)
RULE_OF_THUMB = FindingKind(
    code="rule_of_thumb",
    severity=Severity.WARNING,
    text=Text(
        "A profit share of {share:.0%} looks like a rule of thumb; it needs evidence of this "
        "right, this industry and this deal.",
        "利润分成率 {share:.0%} 疑为经验法则取值；须有针对该权利、行业与交易的依据。",
    ),
)
SCORE_POLARITY = FindingKind(
    code="score_places_the_share",
    severity=Severity.NOTE,
    text=Text(
        "The score of {score:.2f} only places the share between {low:.2%} and {high:.2%}: high "
        "must mean good, and the bounds must hold for this kind of right.",
        "评分 {score:.2f} 仅用于在 {low:.2%} 与 {high:.2%} 之间定位分成率：评分须越高越好，"
        "且上下限须适用于该类权利。",
    ),
)
THUMBS = (0.25, 0.33)


class RoyaltyBase(StrEnum):
    """What a royalty is charged on."""

    NET_SALES = "net_sales"
    GROSS_SALES = "gross_sales"
    PROFIT = "profit"
    OTHER = "other"


ROYALTY_BASE_NAMES = {
    RoyaltyBase.NET_SALES: Text("net sales", "净销售额"),
    RoyaltyBase.GROSS_SALES: Text("gross sales", "销售总额"),
    RoyaltyBase.PROFIT: Text("profit", "利润"),
    RoyaltyBase.OTHER: Text("another base", "其他基数"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceRate:
    """The rate of one comparable licence."""

    name: Annotated[
        str, choice(Text("name", "名称"), Text("parties, right and year", "当事人、权利与年份"))
    ]
    rate: Annotated[Uncertain, share(Text("rate", "费率"), Text("as agreed", "合同约定费率"), "ρ")]
    base: Annotated[
        RoyaltyBase,
        choice(Text("base", "计费基数"), Text("what the rate is charged on", "计费对象")),
    ] = RoyaltyBase.NET_SALES
    to_common: Annotated[
        Uncertain | None,
        Quantity(
            name=Text("to the common base", "换算系数"),
            meaning=Text(
                "one unit of the common base holds so much of this base; required where they "
                "differ",
                "每单位统一基数对应的本基数金额；基数不同时必填",
            ),
            symbol="x",
            low=0.0,
            high=100.0,
        ),
    ] = None
    adjustment: Annotated[
        Uncertain,
        Quantity(
            name=Text("adjustment", "修正系数"),
            meaning=Text("for differences in scope, term and the like", "对范围、期限等差异的修正"),
            symbol="f",
            low=0.0,
            high=100.0,
        ),
    ] = 1.0
    reason: Annotated[
        str,
        choice(Text("reason", "修正依据"), Text("of the adjustment", "修正系数的依据")),
    ] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoyaltyStudyInputs:
    """What a study of royalty rates asks for."""

    licences: Annotated[
        tuple[LicenceRate, ...],
        choice(Text("licence", "许可"), Text("comparable licences", "可比许可")),
    ]
    statistic: Chosen = Statistic.MEDIAN
    quantile_rule: Rule = QuantileRule.TYPE_7
    common_base: Annotated[
        RoyaltyBase,
        choice(
            Text("common base", "统一基数"),
            Text("to which all are brought", "全部费率所换算的基数"),
        ),
    ] = RoyaltyBase.NET_SALES

    def __post_init__(self) -> None:
        check_declared(self)
        refuse(
            [
                *not_empty("licences", self.licences),
                *named_once("licences", [each.name for each in self.licences]),
                *(
                    Problem(
                        field=f"licences[{place}].to_common",
                        allowed=Text(
                            f"required: the base is {each.base}, not {self.common_base}",
                            f"必填：计费基数为 {each.base}，而非 {self.common_base}",
                        ),
                    )
                    for place, each in enumerate(self.licences)
                    if each.base is not self.common_base and each.to_common is None
                ),
                *(
                    Problem(
                        field=f"licences[{place}].reason",
                        allowed=Text("required with an adjustment", "作出修正时必填"),
                    )
                    for place, each in enumerate(self.licences)
                    if middle_of(each.adjustment) != 1.0 and not each.reason.strip()
                ),
            ]
        )


def royalty_study(inputs: RoyaltyStudyInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Bring comparable licence rates to one base and take a stated statistic.

    References
    ----------
    :cite:cts:`smith_2005`; :cite:cts:`hyndman_fan_1996`.
    """
    rates = []
    for place, tree in enumerate(given["licences"].children):
        parts = members(tree)
        factors = [parts[name] for name in ("rate", "to_common", "adjustment") if name in parts]
        rates.append(
            node(
                Text(f"comparable rate {place + 1}", f"可比费率 {place + 1}"),
                multiplied,
                *factors,
                formula=" · ".join(each.symbol for each in factors),
                symbol="x",
            )
        )
    value = statistic_of(
        Text("royalty rate", "许可费率"), rates, inputs.statistic, inputs.quantile_rule
    )
    told = statistics_of(rates, inputs.quantile_rule)
    return Outcome(
        explanation=value,
        findings=tuple(doubts_of(told)),
        details={
            "statistics": told,
            "schedule": observations_table(
                {each.name: found for each, found in zip(inputs.licences, rates, strict=True)},
                told,
                "1",
            ),
            "rates": {
                each.name: found.number for each, found in zip(inputs.licences, rates, strict=True)
            },
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesShareInputs:
    """What turning a share of profit into a share of sales asks for."""

    profit_share: Annotated[
        Uncertain,
        share(
            Text("profit share", "利润分成率"), Text("of the right", "归属该权利的利润比例"), "k"
        ),
    ]
    margin: Annotated[
        Uncertain,
        share(
            Text("operating margin", "营业利润率"),
            Text("profit over sales, of the same profit", "同一口径利润占销售额之比"),
            "m",
        ),
    ]

    def __post_init__(self) -> None:
        check_declared(self)


def sales_share(inputs: SalesShareInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Turn a share of profit into a share of sales.

    Notes
    -----
    .. math:: \rho = k\,m

    References
    ----------
    :cite:cts:`smith_2005`.
    """
    value = node(
        Text("share of sales", "销售收入分成率"),
        multiplied,
        given["profit_share"],
        given["margin"],
        formula="k · m",
        symbol="ρ",
    )
    part = middle_of(inputs.profit_share)
    told = RULE_OF_THUMB.finding(where="profit_share", share=part)
    return Outcome(explanation=value, findings=(told,) if round(part, 2) in THUMBS else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class SharingRateInputs:
    """What a sharing rate between two bounds asks for."""

    low: Annotated[
        Uncertain,
        share(
            Text("lower bound", "分成率下限"),
            Text("of the industry, with source", "行业下限，须有依据"),
            "k₋",
        ),
    ]
    high: Annotated[
        Uncertain,
        share(
            Text("upper bound", "分成率上限"),
            Text("of the industry, with source", "行业上限，须有依据"),
            "k₊",
        ),
    ]
    score: Annotated[
        Uncertain,
        share(
            Text("adjustment coefficient", "调整系数"),
            Text("weighted score of the right, 1 is best", "权利的加权评分，1 为最优"),
            "c",
        ),
    ]

    def __post_init__(self) -> None:
        check_declared(self)
        if middle_of(self.low) > middle_of(self.high):
            allowed = Text(
                f"expected at least the lower bound {middle_of(self.low):g}",
                f"应不低于下限 {middle_of(self.low):g}",
            )
            refuse([Problem(field="high", found=middle_of(self.high), allowed=allowed)])


def sharing_rate(inputs: SharingRateInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Place a sharing rate between two bounds by a score.

    Notes
    -----
    .. math:: k = k_- + (k_+ - k_-)\,c
    """
    value = node(
        Text("sharing rate", "分成率"),
        _between,
        given["low"],
        given["high"],
        given["score"],
        formula="k₋ + (k₊ − k₋) c",
        symbol="k",
    )
    told = SCORE_POLARITY.finding(
        where="score",
        score=middle_of(inputs.score),
        low=middle_of(inputs.low),
        high=middle_of(inputs.high),
    )
    return Outcome(explanation=value, findings=(told,))


def _between(low: Any, high: Any, score: Any) -> Any:  # noqa: ANN401
    return low * (1.0 - score) + high * score


@dataclass(frozen=True, slots=True, kw_only=True)
class EquivalentInvestmentInputs:
    """What the shares of equivalent investments ask for."""

    ip_cost: Annotated[
        Uncertain,
        cost(
            Text("cost of the IP", "知识产权重置成本"),
            Text("to have it anew", "重新取得的成本"),
            "C",
        ),
    ]
    ip_margin: Annotated[
        Uncertain,
        Quantity(
            name=Text("margin on the IP", "知识产权成本利润率"),
            meaning=Text("profit over cost of such research", "同类研发的成本利润率"),
            symbol="m",
            low=0.0,
            high=1000.0,
        ),
    ]
    other_cost: Annotated[
        Uncertain,
        Quantity(
            name=Text("cost of the other assets", "其他资产重置成本"),
            meaning=Text("of the firm that uses the IP", "使用方企业投入的其他资产"),
            symbol="C₂",
            unit="currency",
            low=0.0,
            low_open=True,
        ),
    ]
    other_margin: Annotated[
        Uncertain,
        Quantity(
            name=Text("margin on the other assets", "其他资产成本利润率"),
            meaning=Text("profit over cost in the industry", "行业成本利润率"),
            symbol="m₂",
            low=0.0,
            high=1000.0,
        ),
    ]

    def __post_init__(self) -> None:
        check_declared(self)


def equivalent_investment(
    inputs: EquivalentInvestmentInputs,  # noqa: ARG001 - every method takes its inputs
    given: Mapping[str, Explanation],
) -> Outcome:
    r"""Split profit by what each side's investment is worth with its margin.

    Notes
    -----
    .. math:: k = \frac{C(1+m)}{C(1+m) + C'(1+m')}
    """
    own, other = (
        node(
            Text(f"equivalent investment, {name[0]}", f"约当投资量，{name[1]}"),
            _with_margin,
            given[f"{part}_cost"],
            given[f"{part}_margin"],
            formula="C (1 + m)",
            unit="currency",
            symbol=symbol,
        )
        for part, name, symbol in (
            ("ip", ("IP", "知识产权"), "I"),
            ("other", ("other assets", "其他资产"), "I₂"),
        )
    )
    value = node(
        Text("profit share", "利润分成率"),
        _part,
        own,
        other,
        formula="I / (I + I₂)",
        symbol="k",
    )
    return Outcome(
        explanation=value, details={"ip_investment": own.number, "other_investment": other.number}
    )


def _with_margin(spent: Any, margin: Any) -> Any:  # noqa: ANN401
    return spent * (1.0 + margin)


def _part(own: Any, other: Any) -> Any:  # noqa: ANN401
    return 1.0 - 1.0 / (1.0 + own / other)


ROYALTY_STUDY = Method(
    id="royalty_study",
    name=Text("royalty-rate study", "许可费率研究"),
    summary=Text(
        "Comparable licence rates on one base, their number, quartiles and the statistic chosen.",
        "将可比许可费率换算至统一基数，给出样本数、四分位数及所选统计量。",
    ),
    approach=Approach.INPUT,
    inputs=RoyaltyStudyInputs,
    compute=royalty_study,
    citations=(
        SMITH_PARR,
        HYNDMAN_FAN,
    ),
    validity=Text(
        "Rates between independent parties for comparable rights, on one base.",
        "独立交易双方就可比权利约定、基数一致的费率。",
    ),
    effective_from=date(2005, 1, 1),
    result=SHARE,
    laws=(
        Law(LawKind.RISES, ("licences.rate",)),
        Law(LawKind.RISES, ("licences.adjustment",)),
        Law(LawKind.SCALES, ("licences.rate",)),
        Law(LawKind.ZERO, ("licences.rate",)),
    ),
)
SALES_SHARE = Method(
    id="sales_share",
    name=Text("profit share as a share of sales", "利润分成率换算销售分成率"),
    summary=Text(
        "Turns a share of profit into a share of sales.",
        "将利润分成率换算为销售收入分成率。",
    ),
    approach=Approach.INPUT,
    inputs=SalesShareInputs,
    compute=sales_share,
    citations=(SMITH_PARR,),
    validity=Text(
        "Share and margin of the same profit.",
        "分成率与利润率为同一口径利润。",
    ),
    effective_from=date(2005, 1, 1),
    result=SHARE,
    laws=(
        Law(LawKind.RISES, ("profit_share",)),
        Law(LawKind.RISES, ("margin",)),
        Law(LawKind.SCALES, ("profit_share",)),
        Law(LawKind.ZERO, ("profit_share",)),
    ),
)
SHARING_RATE = Method(
    id="sharing_rate",
    name=Text("sharing rate", "分成率（区间调整法）"),
    summary=Text(
        "Places a sharing rate between two bounds by a score of the right.",
        "以权利评分在上下限之间确定分成率。",
    ),
    approach=Approach.INPUT,
    inputs=SharingRateInputs,
    compute=sharing_rate,
    citations=(REILLY,),
    validity=Text(
        "Bounds with a source; a score whose high end is good.",
        "上下限须有依据；评分越高越好。",
    ),
    effective_from=date(2013, 1, 1),
    result=SHARE,
    laws=(
        Law(LawKind.RISES, ("low",)),
        Law(LawKind.RISES, ("high",)),
        Law(LawKind.RISES, ("score",)),
        Law(
            LawKind.SCALES,
            (
                "low",
                "high",
            ),
        ),
        Law(
            LawKind.BETWEEN,
            (
                "low",
                "high",
            ),
        ),
    ),
)
EQUIVALENT_INVESTMENT = Method(
    id="equivalent_investment",
    name=Text("equivalent investment", "约当投资分成法"),
    summary=Text(
        "Splits profit by the equivalent investments of the IP and of the other assets.",
        "按知识产权与其他资产的约当投资量分配利润。",
    ),
    approach=Approach.INPUT,
    inputs=EquivalentInvestmentInputs,
    compute=equivalent_investment,
    citations=(REILLY,),
    validity=Text(
        "Costs at the same date; each side with its own margin.",
        "成本基准日一致；各方使用各自利润率。",
    ),
    effective_from=date(2013, 1, 1),
    result=SHARE,
    laws=(
        Law(LawKind.RISES, ("ip_cost",)),
        Law(LawKind.RISES, ("ip_margin",)),
        Law(LawKind.FALLS, ("other_cost",)),
        Law(LawKind.FALLS, ("other_margin",)),
        Law(LawKind.ZERO, ("ip_cost",)),
    ),
)
SHARE_METHODS = (ROYALTY_STUDY, SALES_SHARE, SHARING_RATE, EQUIVALENT_INVESTMENT)
