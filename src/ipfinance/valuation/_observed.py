"""Statistics of what was observed: how many, quartiles by a stated rule, and the one chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, TypeAlias

import numpy as np

from ipfinance.basics import (
    Citation,
    Explanation,
    Finding,
    FindingKind,
    Problem,
    Severity,
    Text,
    node,
)
from ipfinance.numerics import FloatArray, Ranged, through
from ipfinance.valuation._terms import choice
from ipfinance.valuation._valuation import Schedule

HYNDMAN_FAN = Citation("hyndman_fan_1996")
FEW = 5


class Statistic(StrEnum):
    """Which number stands for several observations."""

    MEDIAN = "median"
    LOWER_QUARTILE = "lower_quartile"
    UPPER_QUARTILE = "upper_quartile"
    MEAN = "mean"


STATISTIC_NAMES = {
    Statistic.MEDIAN: Text("median", "中位数"),
    Statistic.LOWER_QUARTILE: Text("lower quartile", "下四分位数"),
    Statistic.UPPER_QUARTILE: Text("upper quartile", "上四分位数"),
    Statistic.MEAN: Text("mean", "平均数"),
}
LEVELS = {
    Statistic.MEDIAN: 0.5,
    Statistic.LOWER_QUARTILE: 0.25,
    Statistic.UPPER_QUARTILE: 0.75,
}


class QuantileRule(StrEnum):
    """How a quantile between two observations is found."""

    TYPE_6 = "type6"  # at (n + 1) p
    TYPE_7 = "type7"  # at 1 + (n - 1) p


QUANTILE_RULE_NAMES = {
    QuantileRule.TYPE_6: Text("type 6, at (n + 1) p", "第 6 类，位置 (n + 1) p"),
    QuantileRule.TYPE_7: Text("type 7, at 1 + (n − 1) p", "第 7 类，位置 1 + (n − 1) p"),
}
Chosen: TypeAlias = Annotated[
    Statistic,
    choice(Text("statistic", "统计量"), Text("which stands for all", "用以代表全部样本的统计量")),
]
Rule: TypeAlias = Annotated[
    QuantileRule,
    choice(
        Text("quantile rule", "分位数算法"),
        Text("type of Hyndman and Fan; say which", "Hyndman 与 Fan 的分类，须注明"),
    ),
]
FEW_OBSERVATIONS = FindingKind(
    code="few_observations",
    severity=Severity.WARNING,
    text=Text(
        "Only {count} observations: quartiles of so few say little.",
        "仅有 {count} 个样本：四分位数参考意义有限。",
    ),
)
WIDE_OBSERVATIONS = FindingKind(
    code="wide_observations",
    severity=Severity.WARNING,
    text=Text(
        "The observations run from {low:.4g} to {high:.4g}, the quartiles from {first:.4g} to "
        "{third:.4g}: they are not of one kind.",
        "样本范围为 {low:.4g} 至 {high:.4g}，四分位数为 {first:.4g} 至 {third:.4g}：样本差异较大。",
    ),
)


def named_once(field: str, names: Sequence[str]) -> list[Problem]:
    """Return the problem of each name that was given before."""
    allowed = Text("expected each name once", "名称不得重复")
    return [
        Problem(field=f"{field}[{place}].name", found=name, allowed=allowed)
        for place, name in enumerate(names)
        if name in names[:place]
    ]


@dataclass(frozen=True, slots=True)
class _Quantile:
    """A quantile of several numbers."""

    level: float
    rule: QuantileRule

    def __call__(self, *values: Any) -> Any:  # noqa: ANN401
        if any(isinstance(each, Ranged) for each in values):
            return through(self._many, values, [1] * len(values))
        if any(isinstance(each, np.ndarray) for each in values):
            return self._many(*np.broadcast_arrays(*values))
        return float(self._many(*(np.array([each]) for each in values))[0])

    def _many(self, *values: FloatArray) -> FloatArray:
        way: Any = "weibull" if self.rule is QuantileRule.TYPE_6 else "linear"
        return np.asarray(np.quantile(np.stack(values), self.level, axis=0, method=way))


def _mean(*values: Any) -> Any:  # noqa: ANN401
    return sum(values[1:], start=values[0]) * (1.0 / len(values))


def statistic_of(
    name: Text,
    observed: Sequence[Explanation],
    chosen: Statistic,
    rule: QuantileRule,
    *,
    unit: str = "1",
) -> Explanation:
    """Return the number that stands for several observations.

    References
    ----------
    :cite:cts:`hyndman_fan_1996`.
    """
    if chosen is Statistic.MEAN:
        return node(name, _mean, *observed, formula="Σ x / n", unit=unit, symbol="x̄")
    return node(
        name,
        _Quantile(LEVELS[chosen], rule),
        *observed,
        formula=f"Q{LEVELS[chosen]:g}(x)",
        unit=unit,
        symbol="Q",
        citation=HYNDMAN_FAN,
    )


def statistics_of(observed: Sequence[Explanation], rule: QuantileRule) -> dict[str, float]:
    """Return number, least, quartiles, greatest and mean of the observations."""
    values = [each.number for each in observed]
    first, median, third = (_Quantile(level, rule)(*values) for level in (0.25, 0.5, 0.75))
    return {
        "count": float(len(values)),
        "least": min(values),
        "lower_quartile": first,
        "median": median,
        "upper_quartile": third,
        "greatest": max(values),
        "mean": float(np.mean(values)),
    }


def doubts_of(told: dict[str, float]) -> list[Finding]:
    """Return the findings that statistics give rise to."""
    found = []
    if told["count"] < FEW:
        found.append(FEW_OBSERVATIONS.finding(count=int(told["count"])))
    if told["upper_quartile"] > 2 * told["lower_quartile"]:
        found.append(
            WIDE_OBSERVATIONS.finding(
                low=told["least"],
                high=told["greatest"],
                first=told["lower_quartile"],
                third=told["upper_quartile"],
            )
        )
    return found


def observations_table(
    observed: Mapping[str, Explanation], told: Mapping[str, float], unit: str
) -> Schedule:
    """Return the observations on their common base, and below them their statistics."""
    names = {
        "least": Text("least", "最小值"),
        "lower_quartile": Text("lower quartile", "下四分位数"),
        "median": Text("median", "中位数"),
        "upper_quartile": Text("upper quartile", "上四分位数"),
        "greatest": Text("greatest", "最大值"),
        "mean": Text("mean", "平均数"),
    }
    rows: list[tuple[str | float | Text, ...]] = [
        (name, each.number) for name, each in observed.items()
    ]
    rows += [(text, told[name]) for name, text in names.items()]
    return Schedule(
        title=Text("Observations and their statistics", "样本与统计量"),
        columns=(Text("observation", "样本"), Text("on the common base", "统一口径")),
        units=("", unit),
        rows=tuple(rows),
    )
