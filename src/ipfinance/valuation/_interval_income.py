"""Interval income: a value interval from intervals of income, rate and life, and a point in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from ipfinance.basics import (
    Citation,
    Explanation,
    Finding,
    FindingKind,
    InputError,
    Interval,
    Problem,
    Quantity,
    Severity,
    Text,
    Value,
    check_declared,
    named_node,
    node,
)
from ipfinance.numerics import (
    Bounds,
    FractionalYear,
    PresentValueRange,
    Timing,
    present_value_range,
    years_needed,
)
from ipfinance.valuation._registry import Approach, Law, LawKind, Method
from ipfinance.valuation._valuation import Outcome

LARGEST_RATE = 1.7  # ln(1 + r) stays below 1, so a part of a year never has an inner extremum


class PointRule(StrEnum):
    """Where in the interval the point value lies."""

    COEFFICIENT = "coefficient"  # at the risk adjustment coefficient
    LOWER = "lower"
    MIDPOINT = "midpoint"
    MIRROR = "mirror"  # at one minus the coefficient


POINT_RULE_NAMES = {
    PointRule.COEFFICIENT: Text("at the risk adjustment coefficient", "按风险调整系数"),
    PointRule.LOWER: Text("the lower end", "取下限"),
    PointRule.MIDPOINT: Text("the middle", "取中点"),
    PointRule.MIRROR: Text("at one minus the coefficient", "按 1 减系数"),
}

UNIFORM_READING = FindingKind(
    code="point_high_in_interval",
    severity=Severity.NOTE,
    text=Text(
        "The point lies at {position:.4f} of the way up the interval. Were all values in it "
        "equally likely, the right would be worth less than the point with probability "
        "{position:.4f}; a lender looks at the lower end {low:.4f} or the mirror point "
        "{mirror:.4f}. A change of 0.05 in the coefficient moves the point by {move:.4f}.",
        "该点位于区间自下而上的 {position:.4f} 处。若区间内各值等可能，则实际价值低于该点的概率为 "
        "{position:.4f}；贷款方宜看下限 {low:.4f} 或镜像点 {mirror:.4f}。系数变动 0.05，"
        "点值变动 {move:.4f}。",
    ),
)
INNER_EXTREMUM = FindingKind(
    code="inner_extremum",
    severity=Severity.NOTE,
    text=Text(
        "The {end} end of the value interval is taken at a rate of {rate:.4%}, inside the rate "
        "interval: incomes change sign, and a calculation at the two end rates would miss it.",
        "价值区间的{end}在折现率 {rate:.4%} 处取得，位于折现率区间内部：收益有正有负，"
        "仅在两端折现率处计算会遗漏。",
    ),
)
WIDE_INTERVAL = FindingKind(
    code="wide_interval",
    severity=Severity.WARNING,
    text=Text(
        "The interval is wide: its upper end is {ratio:.2f} times its lower end. The point value "
        "rests on the coefficient more than on the incomes.",
        "区间较宽：上限为下限的 {ratio:.2f} 倍，点值对系数的依赖大于对收益的依赖。",
    ),
)
SIGN_CHANGE = FindingKind(
    code="interval_around_zero",
    severity=Severity.WARNING,
    text=Text(
        "The value interval [{low:.4f}, {high:.4f}] contains zero or less: the right may be "
        "worthless on these inputs.",
        "价值区间 [{low:.4f}, {high:.4f}] 含零或负值：按这些输入，该权利可能没有价值。",
    ),
)
TOO_WIDE = 1.5
_LOW, _HIGH = Text("low", "下限"), Text("high", "上限")


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalPointInputs:
    """What the point rule asks for when the interval is known."""

    interval: Annotated[
        Interval,
        Quantity(
            name=Text("value interval", "价值区间"),
            meaning=Text("lowest and highest value of the right", "权利价值的下限与上限"),
            symbol="V",
            unit="currency",
        ),
    ]
    risk_adjustment_coefficient: Annotated[
        float,
        Quantity(
            name=Text("risk adjustment coefficient", "风险调整系数"),
            meaning=Text("weighted score of the panel on [0, 1]", "专家组在 [0, 1] 上的加权评分"),
            symbol="AC",
            low=0.0,
            high=1.0,
        ),
    ]
    point_rule: Annotated[
        PointRule,
        Quantity(
            name=Text("point rule", "取点规则"),
            meaning=Text("where in the interval the point value lies", "点值在区间内的位置"),
            unit="",
        ),
    ] = PointRule.COEFFICIENT

    def __post_init__(self) -> None:
        check_declared(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalIncomeInputs:
    """What the interval income method asks for."""

    income: Annotated[
        tuple[Interval, ...],
        Quantity(
            name=Text("income", "收益"),
            meaning=Text(
                "income that the right brings in each year, as intervals",
                "权利每年带来的收益（区间）",
            ),
            symbol="R",
            unit="currency",
        ),
    ]
    rate: Annotated[
        Interval,
        Quantity(
            name=Text("discount rate", "折现率"),
            meaning=Text("one yearly rate for all years", "适用于各年的年折现率"),
            symbol="r",
            unit="1/year",
            low=-0.5,
            high=LARGEST_RATE,
        ),
    ]
    life: Annotated[
        Interval,
        Quantity(
            name=Text("remaining life", "剩余寿命"),
            meaning=Text("years for which the right earns", "权利尚可获益的年数"),
            symbol="t",
            unit="year",
            low=0.0,
            high=200.0,
        ),
    ]
    risk_adjustment_coefficient: Annotated[
        float,
        Quantity(
            name=Text("risk adjustment coefficient", "风险调整系数"),
            meaning=Text("weighted score of the panel on [0, 1]", "专家组在 [0, 1] 上的加权评分"),
            symbol="AC",
            low=0.0,
            high=1.0,
        ),
    ]
    fractional_year: Annotated[
        FractionalYear,
        Quantity(
            name=Text("last part of a year", "不足一年部分"),
            meaning=Text(
                "what happens to the last year when the life is not whole",
                "寿命不为整数年时最后一年的处理",
            ),
            unit="",
        ),
    ] = FractionalYear.PRORATE_END
    timing: Annotated[
        Timing,
        Quantity(
            name=Text("timing", "收款时点"),
            meaning=Text("when the income of a year is received", "每年收益的收取时点"),
            unit="",
        ),
    ] = Timing.END
    bounds: Annotated[
        Bounds,
        Quantity(
            name=Text("bounds", "区间算法"),
            meaning=Text("exact hull, or a wider outer bound", "精确包络或外包界"),
            unit="",
        ),
    ] = Bounds.HULL
    point_rule: Annotated[
        PointRule,
        Quantity(
            name=Text("point rule", "取点规则"),
            meaning=Text("where in the interval the point value lies", "点值在区间内的位置"),
            unit="",
        ),
    ] = PointRule.COEFFICIENT

    def __post_init__(self) -> None:
        check_declared(self)
        needed = years_needed(self.life.high, self.fractional_year)
        if len(self.income) < needed:
            allowed = Text(
                f"expected income for {needed} years, for a life of up to {self.life.high:g} years",
                f"寿命上限为 {self.life.high:g} 年，应给出 {needed} 年的收益",
            )
            raise InputError([Problem(field="income", found=len(self.income), allowed=allowed)])


def interval_point(inputs: IntervalPointInputs, given: Mapping[str, Explanation]) -> Outcome:
    """Place a point in a known interval.

    References
    ----------
    :cite:cts:`su_2023`, point value.
    """
    return _pointed(
        given["interval"], given["risk_adjustment_coefficient"], given["point_rule"], inputs, ()
    )


_RANGE_INPUTS = ("income", "rate", "life", "fractional_year", "timing", "bounds")


def interval_income(inputs: IntervalIncomeInputs, given: Mapping[str, Explanation]) -> Outcome:
    """Find the value interval of limited income and place a point in it.

    References
    ----------
    :cite:cts:`su_2023`, income interval analysis.
    """
    found = _range_of(inputs)
    bounds = named_node(
        Text("value interval", "价值区间"),
        _interval_rule,
        {name: given[name] for name in _RANGE_INPUTS},
        formula="[min, max] of Σₖ sₖ Rₖ (1 + r)^(−τₖ) over R, r, t",
        unit="currency",
        symbol="V",
        citation=Citation("su_2023"),
    )
    findings = [
        INNER_EXTREMUM.finding(where="rate", end=name, rate=end.rate)
        for name, end in ((_LOW, found.low), (_HIGH, found.high))
        if end.interior
    ]
    outcome = _pointed(
        bounds,
        given["risk_adjustment_coefficient"],
        given["point_rule"],
        inputs,
        tuple(findings),
    )
    details = {**outcome.details, "low_at": found.low, "high_at": found.high}
    return Outcome(
        explanation=outcome.explanation,
        range=outcome.range,
        findings=outcome.findings,
        details=details,
    )


def _range_of(inputs: IntervalIncomeInputs) -> PresentValueRange:
    return present_value_range(
        inputs.income,
        inputs.rate,
        inputs.life,
        fractional_year=inputs.fractional_year,
        timing=inputs.timing,
        bounds=inputs.bounds,
    )


def _interval_rule(
    *,
    income: tuple[Interval, ...],
    rate: Interval,
    life: Interval,
    fractional_year: str,
    timing: str,
    bounds: str,
) -> Value:
    return present_value_range(
        income,
        rate,
        life,
        fractional_year=FractionalYear(fractional_year),
        timing=Timing(timing),
        bounds=Bounds(bounds),
    ).interval


def _pointed(
    bounds: Explanation,
    coefficient: Explanation,
    rule: Explanation,
    inputs: IntervalPointInputs | IntervalIncomeInputs,
    findings: tuple[Finding, ...],
) -> Outcome:
    value = node(
        Text("point value", "点值"),
        _point_rule,
        bounds,
        coefficient,
        rule,
        formula=_FORMULAS[inputs.point_rule],
        unit="currency",
        symbol="V*",
        citation=Citation("su_2023"),
    )
    interval, position = bounds.interval, coefficient.number
    mirror = interval.low + interval.width * (1 - position)
    found = [*findings]
    if inputs.point_rule is PointRule.COEFFICIENT:
        found.append(
            UNIFORM_READING.finding(
                position=position, low=interval.low, mirror=mirror, move=0.05 * interval.width
            )
        )
    if interval.low <= 0:
        found.append(SIGN_CHANGE.finding(low=interval.low, high=interval.high))
    elif interval.high / interval.low > TOO_WIDE:
        found.append(WIDE_INTERVAL.finding(ratio=interval.high / interval.low))
    return Outcome(
        explanation=value,
        range=interval,
        findings=tuple(found),
        details={
            "coefficient": position,
            "lower": interval.low,
            "midpoint": interval.midpoint,
            "mirror": mirror,
            "upper": interval.high,
            "move_per_0.05": 0.05 * interval.width,
            "point_over_lower": value.number / interval.low - 1 if interval.low else None,
        },
    )


_FORMULAS = {
    PointRule.COEFFICIENT: "V⁻ + (V⁺ − V⁻) · AC",
    PointRule.LOWER: "V⁻",
    PointRule.MIDPOINT: "(V⁻ + V⁺) / 2",
    PointRule.MIRROR: "V⁻ + (V⁺ − V⁻) · (1 − AC)",
}


def _point_rule(interval: Interval, coefficient: float, rule: str) -> Value:
    position = {
        PointRule.COEFFICIENT: coefficient,
        PointRule.LOWER: 0.0,
        PointRule.MIDPOINT: 0.5,
        PointRule.MIRROR: 1.0 - coefficient,
    }[PointRule(rule)]
    return interval.low + interval.width * position


INTERVAL_POINT = Method(
    id="interval_point",
    name=Text("point in a known interval", "区间取点"),
    summary=Text(
        "Places a point value in a value interval by the risk adjustment coefficient.",
        "按风险调整系数在价值区间内确定点值。",
    ),
    approach=Approach.INCOME,
    inputs=IntervalPointInputs,
    compute=interval_point,
    citations=(Citation("su_2023", "point value computation"),),
    validity=Text(
        "The coefficient lies in [0, 1]; the interval is finite.", "系数在 [0, 1] 内；区间有限。"
    ),
    effective_from=date(2023, 1, 1),
    laws=(Law(LawKind.RISES, ("risk_adjustment_coefficient",)),),
)
INTERVAL_INCOME = Method(
    id="interval_income",
    name=Text("interval income method", "区间收益法"),
    summary=Text(
        "Discounts intervals of income over intervals of rate and life to an exact value interval, "
        "and places a point in it by the risk adjustment coefficient.",
        "将收益、折现率与寿命均取区间，折现得到精确的价值区间，再按风险调整系数确定点值。",
    ),
    approach=Approach.INCOME,
    inputs=IntervalIncomeInputs,
    compute=interval_income,
    citations=(Citation("su_2023", "income interval analysis"),),
    validity=Text(
        "Rates from -50 % to 170 %, lives up to 200 years, incomes of any sign.",
        "折现率 -50% 至 170%，寿命至多 200 年，收益可正可负。",
    ),
    effective_from=date(2023, 1, 1),
    laws=(Law(LawKind.RISES, ("risk_adjustment_coefficient",)),),
)
