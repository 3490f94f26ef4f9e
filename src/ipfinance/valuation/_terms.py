"""Inputs that many methods share, each declared once."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, TypeAlias

from ipfinance.basics import Problem, Quantity, Text, Uncertain


class FlowTiming(StrEnum):
    """When the flow of a period falls."""

    END = "end"
    MID = "mid"
    DATED = "dated"  # at the times that the user gives


FLOW_TIMING_NAMES = {
    FlowTiming.END: Text("at the end of each period", "期末"),
    FlowTiming.MID: Text("in the middle of each period", "期中"),
    FlowTiming.DATED: Text("at the times given", "按给定时点"),
}

HIGHEST_RATE = 5.0
LONGEST_LIFE = 200


def share(name: Text, meaning: Text, symbol: str, *, yearly: bool = False) -> Quantity:
    """Declare a part of a whole."""
    return Quantity(name=name, meaning=meaning, symbol=symbol, low=0.0, high=1.0, yearly=yearly)


def amount(name: Text, meaning: Text, symbol: str, *, yearly: bool = False) -> Quantity:
    """Declare an amount of money, of any sign."""
    return Quantity(name=name, meaning=meaning, symbol=symbol, unit="currency", yearly=yearly)


def cost(name: Text, meaning: Text, symbol: str, *, yearly: bool = False) -> Quantity:
    """Declare an amount of money that cannot be negative."""
    return Quantity(
        name=name, meaning=meaning, symbol=symbol, unit="currency", low=0.0, yearly=yearly
    )


def rate(name: Text, meaning: Text, symbol: str, *, low: float = -0.5) -> Quantity:
    """Declare a yearly rate."""
    return Quantity(
        name=name, meaning=meaning, symbol=symbol, unit="1/year", low=low, high=HIGHEST_RATE
    )


def years(name: Text, meaning: Text, symbol: str, *, whole: bool = False) -> Quantity:
    """Declare a number of years."""
    return Quantity(
        name=name,
        meaning=meaning,
        symbol=symbol,
        unit="year",
        low=0.0,
        high=LONGEST_LIFE,
        whole=whole,
    )


def choice(name: Text, meaning: Text) -> Quantity:
    """Declare a choice between named conventions, or a text."""
    return Quantity(name=name, meaning=meaning, unit="")


DISCOUNT_RATE = rate(
    Text("discount rate", "折现率"),
    Text(
        "yearly rate that fits the flows: after tax, nominal or real, as they are",
        "与收益口径一致的年折现率（税后、名义或实际）",
    ),
    "r",
)
TAX_RATE = share(
    Text("tax rate", "所得税率"),
    Text("tax on the income of the owner", "权利人所得适用的税率"),
    "τ",
)
DiscountRate: TypeAlias = Annotated[Uncertain, DISCOUNT_RATE]
TaxRate: TypeAlias = Annotated[Uncertain, TAX_RATE]
Timing: TypeAlias = Annotated[
    FlowTiming,
    choice(Text("timing", "时点"), Text("when the flow of a period falls", "各期现金流发生时点")),
]
FirstPeriod: TypeAlias = Annotated[
    float,
    Quantity(
        name=Text("first period", "首期占比"),
        meaning=Text(
            "part of a year in the first period; its flow is that part of the year's",
            "首期占一年的比例；首期现金流为全年现金流的该比例",
        ),
        symbol="f",
        unit="year",
        low=0.0,
        high=1.0,
        low_open=True,
    ),
]
FlowTimes: TypeAlias = Annotated[
    tuple[float, ...] | None,
    Quantity(
        name=Text("flow times", "现金流时点"),
        meaning=Text(
            "years from the valuation date to each flow, for timing `dated`",
            "自评估基准日起至各现金流的年数（timing 为 dated 时）",
        ),
        symbol="t",
        unit="year",
        low=0.0,
        high=float(LONGEST_LIFE),
        yearly=True,
    ),
]
TaxLife: TypeAlias = Annotated[
    int | None,
    Quantity(
        name=Text("tax amortisation life", "摊销年限"),
        meaning=Text(
            "years over which a buyer amortises the asset for tax; leave out for no benefit",
            "买方可税前摊销的年限；留空则不计摊销收益",
        ),
        symbol="L",
        unit="year",
        low=1,
        high=100,
        whole=True,
    ),
]
RetainedShares: TypeAlias = Annotated[
    tuple[Uncertain, ...] | None,
    share(
        Text("share retained", "留存比例"),
        Text(
            "part of each year's flow that remains after obsolescence, attrition or hazards",
            "扣除老化、流失或风险事件后各年现金流的留存比例",
        ),
        "s",
        yearly=True,
    ),
]


def same_length(field: str, found: object, expected: int) -> list[Problem]:
    """Return the problem of a series that has another length than it should."""
    if found is None or len(found) == expected:  # type: ignore[arg-type]
        return []
    allowed = Text(f"expected {expected} years", f"应为 {expected} 年")
    return [Problem(field=field, found=len(found), allowed=allowed)]  # type: ignore[arg-type]


def not_empty(field: str, found: object) -> list[Problem]:
    """Return the problem of a series without an element."""
    if found:
        return []
    return [Problem(field=field, allowed=Text("expected at least one", "至少应有一项"))]
