"""Several values of one asset beside each other, weighed with reasons."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Annotated, Any

from ipfinance.basics import (
    Citation,
    Distribution,
    Explanation,
    Finding,
    FindingKind,
    Interval,
    Problem,
    Quantity,
    Severity,
    Text,
    Uncertain,
    check_declared,
    node,
)
from ipfinance.numerics import total
from ipfinance.valuation._flows import refuse
from ipfinance.valuation._registry import Approach, Law, LawKind, Method, members, middle_of
from ipfinance.valuation._terms import amount, choice, not_empty, share
from ipfinance.valuation._uncertainty import UncertaintyTask, outer_range
from ipfinance.valuation._valuation import Outcome, Schedule

RANGE_TASK = UncertaintyTask(draws=1024, repeats=4, levels=(0.05, 0.95))
IVS = Citation("ivsc_ivs_2025", "IVS 103, valuation approaches")
METHODS_APART = FindingKind(
    code="methods_apart",
    severity=Severity.WARNING,
    text=Text(
        "{first} ({one:,.4f}) and {second} ({other:,.4f}) lie {gap:.1%} apart, more than the "
        "{limit:.0%} that was stated: say why before weighing them.",
        "{first}（{one:,.4f}）与{second}（{other:,.4f}）相差 {gap:.1%}，超过所设 {limit:.0%}："
        "加权前须说明原因。",
    ),
)
ONE_METHOD = FindingKind(
    code="one_method",
    severity=Severity.WARNING,
    text=Text(
        "Only one value carries weight; nothing tests it.",
        "仅有一种方法的结果具有权重，缺乏相互验证。",
    ),
)
RANGE_BY_QUANTILES = FindingKind(
    code="range_by_quantiles",
    severity=Severity.NOTE,
    text=Text(
        "The range of {name} goes from the 5 % to the 95 % quantile, its inputs taken as "
        "independent.",
        "{name} 的取值区间为 5% 至 95% 分位数（假设各输入相互独立）。",
    ),
)
RANGES_DISJOINT = FindingKind(
    code="ranges_disjoint",
    severity=Severity.WARNING,
    text=Text(
        "The range of {first} and that of {second} have no value in common.",
        "{first} 与 {second} 的取值区间没有交集。",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodResult:
    """The value that one method gave."""

    name: Annotated[
        str, choice(Text("method", "方法"), Text("which gave the value", "得出该结果的方法"))
    ]
    value: Annotated[
        Uncertain,
        amount(
            Text("value", "价值"), Text("point, range or distribution", "点值、区间或分布"), "V"
        ),
    ]
    weight: Annotated[
        Uncertain,
        Quantity(
            name=Text("weight", "权重"),
            meaning=Text("relative to the others; 0 for shown only", "相对权重；仅列示则为 0"),
            symbol="w",
            low=0.0,
            high=1000.0,
        ),
    ]
    reason: Annotated[str, choice(Text("reason", "理由"), Text("of the weight", "权重的理由"))]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationInputs:
    """What the reconciliation of several values asks for."""

    results: Annotated[
        tuple[MethodResult, ...],
        choice(
            Text("result", "方法结果"),
            Text("of one asset, one date, one basis", "同一资产、基准日与价值类型"),
        ),
    ]
    gap: Annotated[
        float,
        share(
            Text("gap", "容许差异"),
            Text(
                "difference over the mean of two values from which it becomes a finding",
                "两结果之差占其均值的比例超过该值即列为发现",
            ),
            "δ",
        ),
    ]

    def __post_init__(self) -> None:
        check_declared(self)
        problems = not_empty("results", self.results)
        if self.results and not any(middle_of(each.weight) > 0 for each in self.results):
            allowed = Text("expected a weight above 0", "至少一项权重应大于 0")
            problems.append(Problem(field="results[0].weight", found=0.0, allowed=allowed))
        names = [each.name for each in self.results]
        for place, each in enumerate(self.results):
            if not each.reason.strip():
                allowed = Text("expected the reason of the weight", "应给出权重的理由")
                problems.append(Problem(field=f"results[{place}].reason", allowed=allowed))
            if names.index(each.name) != place:
                allowed = Text("expected each name once", "名称不得重复")
                problems.append(
                    Problem(field=f"results[{place}].name", found=each.name, allowed=allowed)
                )
        refuse(problems)


def reconciliation(inputs: ReconciliationInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Weigh several values of one asset, with a range that holds all that carry weight.

    Notes
    -----
    .. math:: V = \frac{\sum_j w_j V_j}{\sum_j w_j}

    References
    ----------
    :cite:cts:`ivsc_ivs_2025`, IVS 103.
    """
    trees = [members(each) for each in given["results"].children]
    value = node(
        Text("reconciled value", "综合价值"),
        _weighed,
        *(tree[name] for tree in trees for name in ("value", "weight")),
        formula="Σ w V / Σ w",
        unit="currency",
        symbol="V",
        citation=IVS,
    )
    ranges = {
        told.name: _range_of(tree["value"])
        for told, tree in zip(inputs.results, trees, strict=True)
        if tree["weight"].number > 0
    }
    spread = Interval(
        min(each.low for each in ranges.values()), max(each.high for each in ranges.values())
    )
    points = {
        told.name: tree["value"].number for told, tree in zip(inputs.results, trees, strict=True)
    }
    return Outcome(
        explanation=value,
        range=spread,
        findings=(*_gaps(points, inputs.gap), *_disjoint(ranges), *_quantiles(inputs, trees)),
        details={"schedule": _table(inputs, trees, value.number), "values": points},
    )


def _weighed(*pairs: Any) -> Any:  # noqa: ANN401
    values, weights = pairs[::2], pairs[1::2]
    whole = total(weights)
    return total([value * (weight / whole) for value, weight in zip(values, weights, strict=True)])


def _range_of(tree: Explanation) -> Interval:
    """Return the range of a value: as given, proven, or between its outer quantiles."""
    if isinstance(tree.given, Interval):
        return tree.given
    if isinstance(tree.given, Distribution) and all(map(math.isfinite, tree.given.ends)):
        return Interval(*tree.given.ends)
    if not tree.uncertain():
        return Interval.point(tree.number)
    return outer_range(tree, RANGE_TASK)


def _by_quantiles(tree: Explanation) -> bool:
    return any(
        isinstance(each, Distribution)
        and (tree.given is None or not all(map(math.isfinite, each.ends)))
        for each in tree.uncertain().values()
    )


def _gaps(points: Mapping[str, float], limit: float) -> list[Finding]:
    found = []
    for (first, one), (second, other) in combinations(points.items(), 2):
        middle = 0.5 * abs(one + other)
        gap = abs(one - other) / middle if middle > 0 else float(one != other)
        if gap > limit:
            facts = {"first": first, "one": one, "second": second, "other": other}
            found.append(METHODS_APART.finding(where="results", **facts, gap=gap, limit=limit))
    return found


def _quantiles(inputs: ReconciliationInputs, trees: list[dict[str, Explanation]]) -> list[Finding]:
    return [
        RANGE_BY_QUANTILES.finding(where="results", name=told.name)
        for told, tree in zip(inputs.results, trees, strict=True)
        if _by_quantiles(tree["value"])
    ]


def _disjoint(ranges: Mapping[str, Interval]) -> list[Finding]:
    if len(ranges) == 1:
        return [ONE_METHOD.finding(where="results")]
    return [
        RANGES_DISJOINT.finding(where="results", first=first, second=second)
        for (first, one), (second, other) in combinations(ranges.items(), 2)
        if (one.width > 0 or other.width > 0) and (one.high < other.low or other.high < one.low)
    ]


def _table(
    inputs: ReconciliationInputs, trees: list[dict[str, Explanation]], value: float
) -> Schedule:
    weights = [tree["weight"].number for tree in trees]
    rows = tuple(
        (
            told.name,
            tree["value"].number,
            _range_of(tree["value"]).low,
            _range_of(tree["value"]).high,
            weight / sum(weights),
            tree["value"].number / value - 1.0 if value else 0.0,
            told.reason,
        )
        for told, tree, weight in zip(inputs.results, trees, weights, strict=True)
    )
    return Schedule(
        title=Text("Methods side by side", "各方法结果对照"),
        columns=(
            Text("method", "方法"),
            Text("value", "价值"),
            Text("low", "下限"),
            Text("high", "上限"),
            Text("weight", "权重"),
            Text("against the conclusion", "与结论之差"),
            Text("reason", "理由"),
        ),
        units=("", "currency", "currency", "currency", "1", "1", ""),
        rows=rows,
    )


RECONCILIATION = Method(
    id="reconciliation",
    name=Text("reconciliation of methods", "多方法结果综合"),
    summary=Text(
        "Weighs the values that several methods gave one asset, with reasons, and tells "
        "where they disagree.",
        "对同一资产的多种方法结果按理由加权，并指出差异。",
    ),
    approach=Approach.CONCLUSION,
    inputs=ReconciliationInputs,
    compute=reconciliation,
    citations=(IVS,),
    validity=Text(
        "Values of one asset at one date on one basis; weights are judgement, not statistics.",
        "同一资产、同一基准日与价值类型；权重属判断而非统计。",
    ),
    effective_from=date(2025, 1, 31),
    laws=(
        Law(LawKind.RISES, ("results.value",)),
        Law(LawKind.SCALES, ("results.value",)),
        Law(LawKind.BETWEEN, ("results.value",)),
    ),
)
