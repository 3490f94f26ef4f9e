"""Discounted flows as trees: what every income method is made of."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ipfinance.basics import (
    Citation,
    Explanation,
    FindingKind,
    InputError,
    Problem,
    Severity,
    Source,
    SourceKind,
    Text,
    leaf,
    node,
)
from ipfinance.numerics import FloatArray, larger, product, total
from ipfinance.valuation._terms import FlowTiming, same_length
from ipfinance.valuation._valuation import Outcome, Schedule

GROSS_UP = Citation("ivsc_ivs_2025", "IVS 210, tax amortisation benefit")
YEAR_BY_YEAR = Text("Year by year", "逐年计算")
TERMINAL_VALUE = FindingKind(
    code="terminal_value",
    severity=Severity.WARNING,
    text=Text(
        "{share:.1%} of the value is a terminal value. It suits an asset without an end only, "
        "such as some brands; a right with a term has none.",
        "价值的 {share:.1%} 为终值。终值仅适用于无确定期限的资产（如部分商标）；"
        "有期限的权利没有终值。",
    ),
)
NEGATIVE_VALUE = FindingKind(
    code="value_below_nothing",
    severity=Severity.WARNING,
    text=Text(
        "The value is {value:.4f}, below nothing: an owner may leave such a right unused.",
        "价值为 {value:.4f}，低于零：权利人可放弃使用该权利。",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Periods:
    """When the flows of a series fall.

    Attributes
    ----------
    count
        Number of flows.
    """

    count: int
    timing: FlowTiming

    def problems(self, flow_times: tuple[float, ...] | None, first_period: float) -> list[Problem]:
        """Return what is wrong with the times."""
        if self.timing is not FlowTiming.DATED:
            if flow_times is None:
                return []
            allowed = Text("times go with timing: dated", "仅在 timing 为 dated 时给出时点")
            return [Problem(field="flow_times", found=len(flow_times), allowed=allowed)]
        if flow_times is None:
            return [
                Problem(field="flow_times", allowed=Text("required with timing: dated", "必填"))
            ]
        found = same_length("flow_times", flow_times, self.count)
        if first_period != 1.0:
            allowed = Text("leave out with timing: dated", "timing 为 dated 时请留空")
            found.append(Problem(field="first_period", found=first_period, allowed=allowed))
        return found


def factors(given: Mapping[str, Explanation], periods: Periods) -> tuple[Explanation, ...]:
    """Return the discount factor of each flow, from `discount_rate` and the conventions given."""
    return tuple(_factor(given, periods, place) for place in range(periods.count))


def _factor(given: Mapping[str, Explanation], periods: Periods, place: int) -> Explanation:
    name = Text(f"discount factor, year {place + 1}", f"折现系数，第 {place + 1} 年")
    symbol = f"D{subscript(place + 1)}"
    rate = given["discount_rate"]
    if periods.timing is FlowTiming.DATED:
        time = given["flow_times"].children[place]
        return node(name, _discount, rate, time, formula="(1 + r)^(−t)", symbol=symbol)
    if "first_period" not in given or _is_one(given["first_period"]):
        at = place + (0.5 if periods.timing is FlowTiming.MID else 1.0)
        rule = Discount(at)
        return node(name, rule, rate, formula=f"(1 + r)^(−{at:g})", symbol=symbol)
    stub = given["first_period"]
    return node(
        name,
        _StubDiscount(place, periods.timing),
        rate,
        stub,
        formula=_stub_formula(place, periods.timing),
        symbol=symbol,
    )


def _is_one(tree: Explanation) -> bool:
    return tree.value == 1.0 and tree.rule is None


def _stub_formula(place: int, timing: FlowTiming) -> str:
    if place == 0:
        return "(1 + r)^(−f/2)" if timing is FlowTiming.MID else "(1 + r)^(−f)"
    after = place - (0.5 if timing is FlowTiming.MID else 0.0)
    return f"(1 + r)^(−f − {after:g})"


@dataclass(frozen=True, slots=True)
class Discount:
    """The present value of one unit at a fixed time."""

    time: float

    def __call__(self, rate: Any) -> Any:  # noqa: ANN401
        if isinstance(rate, np.ndarray) and 2 * self.time == int(2 * self.time):
            return _discounted_column(rate, int(2 * self.time))
        return (1.0 + rate) ** -self.time


def _discounted_column(rate: FloatArray, halves: int) -> FloatArray:
    """Return discount factors at a number of half years, by squaring: quicker than powers."""
    found = np.sqrt(1.0 / (1.0 + rate)) if halves % 2 else np.ones_like(rate)
    square, years = 1.0 / (1.0 + rate), halves // 2
    while years:
        if years % 2:
            found = found * square
        square, years = square * square, years // 2
    return found


@dataclass(frozen=True, slots=True)
class _StubDiscount:
    place: int
    timing: FlowTiming

    def __call__(self, rate: Any, stub: Any) -> Any:  # noqa: ANN401
        mid = self.timing is FlowTiming.MID
        if self.place == 0:
            return (1.0 + rate) ** -(stub * 0.5 if mid else stub)
        return (1.0 + rate) ** -(stub + (self.place - (0.5 if mid else 0.0)))


def _discount(rate: Any, time: Any) -> Any:  # noqa: ANN401
    return (1.0 + rate) ** -time


def present_values(
    given: Mapping[str, Explanation], flows: Sequence[Explanation], periods: Periods
) -> tuple[Explanation, ...]:
    """Return the present value of each flow, the first one cut to its part of a year."""
    found = []
    for place, (flow, factor) in enumerate(zip(flows, factors(given, periods), strict=True)):
        parts, formula = [flow, factor], f"{flow.symbol} · {factor.symbol}"
        if place == 0 and "first_period" in given and not _is_one(given["first_period"]):
            parts, formula = [*parts, given["first_period"]], f"{formula} · f"
        found.append(
            node(
                Text(f"present value, year {place + 1}", f"现值，第 {place + 1} 年"),
                multiplied,
                *parts,
                formula=formula,
                unit="currency",
                symbol=f"PV{subscript(place + 1)}",
            )
        )
    return tuple(found)


def summed(name: Text, terms: Sequence[Explanation], *, symbol: str = "PV") -> Explanation:
    """Return the sum of terms."""
    return node(name, added, *terms, formula="Σ PVₜ", unit="currency", symbol=symbol)


def added(*terms: Any) -> Any:  # noqa: ANN401
    """Add numbers, arrays or ranges."""
    return total(terms)


def multiplied(*factors: Any) -> Any:  # noqa: ANN401
    """Multiply numbers, arrays or ranges."""
    return product(factors)


def subtracted(first: Any, second: Any) -> Any:  # noqa: ANN401
    """Subtract one number, array or range from another."""
    return operator.sub(first, second)


def after_tax(amount: Any, tax_rate: Any) -> Any:  # noqa: ANN401
    """Return what is left of an amount after tax."""
    return amount * (1.0 - tax_rate)


def retained(
    given: Mapping[str, Explanation], flows: Sequence[Explanation]
) -> tuple[Explanation, ...]:
    """Return the flows times the share that is retained of each, where shares are given."""
    if "retained_shares" not in given:
        return tuple(flows)
    return tuple(
        node(
            Text(f"{flow.name.en}, retained", f"{flow.name.zh}（留存）"),
            multiplied,
            flow,
            kept,
            formula=f"{flow.symbol} · s",
            unit="currency",
            symbol=f"{flow.symbol}*",
        )
        for flow, kept in zip(flows, series(given["retained_shares"], len(flows)), strict=True)
    )


def series(tree: Explanation, length: int) -> tuple[Explanation, ...]:
    """Return the elements of a series, each a tree; an element of a computed series is picked."""
    if len(tree.children) == length and isinstance(tree.value, tuple) and tree.formula == "(…)":
        return tree.children
    return tuple(
        node(
            Text(f"{tree.name.en}, year {place + 1}", f"{tree.name.zh}，第 {place + 1} 年"),
            _Element(place),
            tree,
            formula=f"{tree.symbol or 'x'}[{place + 1}]",
            unit=tree.unit,
            symbol=f"{tree.symbol}{subscript(place + 1)}" if tree.symbol else "",
        )
        for place in range(length)
    )


@dataclass(frozen=True, slots=True)
class _Element:
    place: int

    def __call__(self, values: Any) -> Any:  # noqa: ANN401
        return values[self.place]


def amortisation_factor(given: Mapping[str, Explanation], timing: FlowTiming) -> Explanation:
    r"""Return the factor that adds the buyer's tax saving from amortising the asset.

    Notes
    -----
    .. math:: F = \frac{1}{1 - \frac{\tau}{L} \sum_{k=1}^{L} (1+r)^{-t_k}}

    The saving itself belongs to the price that is amortised, hence the division.
    """
    parts = [given[name] for name in ("tax_rate", "discount_rate", "tax_life")]
    return node(
        Text("tax amortisation factor", "税收摊销系数"),
        AmortisationFactor(timing),
        *parts,
        formula="1 / (1 − τ Σ D / L)",
        symbol="F",
        citation=GROSS_UP,
    )


@dataclass(frozen=True, slots=True)
class AmortisationFactor:
    """The gross-up for the tax saving of amortisation, with the timing of the flows."""

    timing: FlowTiming

    def __call__(self, tax_rate: Any, rate: Any, life: Any) -> Any:  # noqa: ANN401
        early = 0.5 if self.timing is FlowTiming.MID else 0.0
        if isinstance(rate, np.ndarray):
            annuity = self._annuity_column(rate, int(life))
            return 1.0 / (1.0 - tax_rate * annuity / life)
        annuity = total([(1.0 + rate) ** -(year + 1 - early) for year in range(int(life))])
        return 1.0 / (1.0 - tax_rate * annuity / life)

    def _annuity_column(self, rate: FloatArray, life: int) -> FloatArray:
        factor = 1.0 / (1.0 + rate)
        found = np.zeros_like(rate)
        for _ in range(life):
            found = (found + 1.0) * factor
        return found * np.sqrt(1.0 + rate) if self.timing is FlowTiming.MID else found


def with_amortisation(
    given: Mapping[str, Explanation], value: Explanation, timing: FlowTiming
) -> Explanation:
    """Return the value with the tax amortisation benefit, where its life is given."""
    if "tax_life" not in given:
        return value
    return node(
        Text("value with tax amortisation benefit", "含税收摊销收益的价值"),
        multiplied,
        value,
        amortisation_factor(given, timing),
        formula="PV · F",
        unit="currency",
        symbol="V",
        citation=GROSS_UP,
    )


def with_terminal(
    given: Mapping[str, Explanation],
    terms: tuple[Explanation, ...],
    flows: Sequence[Explanation],
    periods: Periods,
) -> tuple[Explanation, ...]:
    """Add the present value of what comes after the last flow, where growth or a multiple says."""
    last, place = flows[-1], len(flows) - 1
    if "terminal_growth" in given:
        rate, growth = given["discount_rate"], given["terminal_growth"]
        beyond = node(
            Text("terminal value", "终值"),
            growing_perpetuity,
            last,
            rate,
            growth,
            formula=f"{last.symbol} (1 + g) / (r − g)",
            unit="currency",
            symbol="TV",
        )
        factor = _one_before_next(given, periods, place)
    elif "exit_multiple" in given:
        beyond = node(
            Text("terminal value", "终值"),
            multiplied,
            last,
            given["exit_multiple"],
            formula=f"{last.symbol} · m",
            unit="currency",
            symbol="TV",
        )
        at_end = periods.timing is FlowTiming.MID
        timing = FlowTiming.END if at_end else periods.timing
        factor = factors(given, Periods(count=periods.count, timing=timing))[place]
    else:
        return terms
    present = node(
        Text("present value of the terminal value", "终值现值"),
        multiplied,
        beyond,
        factor,
        formula=f"TV · {factor.symbol}",
        unit="currency",
        symbol="PV∞",
    )
    return (*terms, present)


def _one_before_next(given: Mapping[str, Explanation], periods: Periods, place: int) -> Explanation:
    """Return the factor of one year before the first flow after the last."""
    stub = given.get("first_period")
    if place > 0 or periods.timing is not FlowTiming.MID or stub is None or _is_one(stub):
        return factors(given, periods)[place]
    return node(
        Text("discount factor, terminal value", "折现系数，终值"),
        _after_stub,
        given["discount_rate"],
        stub,
        formula="(1 + r)^(0.5 − f)",
        symbol="D∞",
    )


def _after_stub(rate: Any, stub: Any) -> Any:  # noqa: ANN401
    return (1.0 + rate) ** (0.5 - stub)


def growing_perpetuity(flow: Any, rate: Any, growth: Any) -> Any:  # noqa: ANN401
    """Return the value, one period before, of a flow that grows for ever from the next one.

    Infinite where the growth reaches the rate.
    """
    with np.errstate(divide="ignore"):
        return flow * (1.0 + growth) / larger(rate - growth, 0.0)


def growth_problems(rate: float, growth: float | None, field: str) -> list[Problem]:
    """Return the problem of a growth that the rate does not exceed."""
    if growth is None or rate > growth:
        return []
    allowed = Text(f"expected less than the discount rate {rate:g}", f"应小于折现率 {rate:g}")
    return [Problem(field=field, found=growth, allowed=allowed)]


def constant(name: Text, value: float, *, unit: str = "1", symbol: str = "") -> Explanation:
    """Return a leaf for a number that a convention fixes."""
    source = Source(kind=SourceKind.PARAMETER, path=f"convention.{name.en}")
    return leaf(name, value, source, unit=unit, symbol=symbol)


def subscript(number: int) -> str:
    """Return a number in lower figures."""
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def schedule(
    columns: Mapping[Text, Sequence[Explanation]], *, title: Text = YEAR_BY_YEAR
) -> Schedule:
    """Return the table of a method's flows: one row a period, one column a quantity."""
    rows = zip(*columns.values(), strict=True)
    return Schedule(
        title=title,
        columns=tuple(columns),
        units=tuple(each[0].unit for each in columns.values()),
        rows=tuple(tuple(cell.number for cell in row) for row in rows),
    )


def finished(value: Explanation, **details: object) -> Outcome:
    """Return the outcome of a discounting method with the findings that any of them can have."""
    findings = []
    if value.number < 0:
        findings.append(NEGATIVE_VALUE.finding(value=value.number))
    beyond = [each for each in value.walk() if each.symbol == "PV∞"]
    base = next((each for each in value.walk() if each.symbol == "PV"), value)
    if beyond and base.number:
        findings.append(TERMINAL_VALUE.finding(share=beyond[0].number / base.number))
    return Outcome(explanation=value, findings=tuple(findings), details=details)


def refuse(problems: list[Problem]) -> None:
    """Raise all problems at once, if there are any."""
    if problems:
        raise InputError(problems)
