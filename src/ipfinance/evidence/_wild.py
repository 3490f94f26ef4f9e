"""The wild cluster bootstrap: tests and intervals when there are few clusters."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ipfinance.basics import InputError, NotApplicableError, Problem, Text
from ipfinance.evidence._conventions import Errors, GroupFactor
from ipfinance.evidence._linear import least_squares, with_errors
from ipfinance.evidence._regression import Estimator, Regression
from ipfinance.numerics import (
    BoolArray,
    FloatArray,
    Grouping,
    absorbed,
    gram,
    sums_by_group,
    wild_statistics,
)

DRAWS = 999
MOST_CLUSTERS = 4000  # with an effect that crosses clusters every pair of them counts
FEW_FOR_SIGNS = 10  # below it there are too few patterns of signs
TIED = 1e-10  # relative: a draw this close to the statistic counts as equal
BLOCK = 64
SEARCHES, HALVINGS = 40, 50


class WildWeights(StrEnum):
    """The law of a cluster's weight."""

    RADEMACHER = "rademacher"
    WEBB = "webb"


@dataclass(frozen=True, slots=True, kw_only=True)
class WildTest:
    """A test of one coefficient with its interval.

    Attributes
    ----------
    null
        The value tested.
    statistic
        t statistic of the sample with clustered errors.
    interval
        Values that the test does not reject at the level; an end is infinite where none is.
    """

    name: str
    cluster: str
    clusters: int
    null: float
    statistic: float
    p_value: float
    level: float
    interval: tuple[float, float]
    draws: int
    weights: WildWeights
    seed: int


def wild_bootstrap(
    found: Regression,
    name: str,
    *,
    null: float = 0.0,
    draws: int = DRAWS,
    seed: int = 1,
    level: float = 0.95,
    weights: WildWeights | None = None,
) -> WildTest:
    """Test a coefficient with the null imposed, weights drawn by cluster.

    Parameters
    ----------
    found
        A linear regression whose sample has one grouping into clusters.
    name
        The coefficient.
    null
        Its value under the null.
    draws
        Number of draws.
    weights
        Signs, or Webb's six points; the latter with fewer than ten clusters when left out.

    References
    ----------
    :cite:cts:`cameron_gelbach_miller_2008`.
    """
    cluster_name, cluster = _checked(found, name, draws)
    law = weights or (WildWeights.WEBB if cluster.size < FEW_FOR_SIGNS else WildWeights.RADEMACHER)
    drawn = _drawn(law, draws, cluster.size, seed)
    parts = _Parts(found, name, cluster)

    def p_value(tested: float) -> float:
        statistic = parts.statistic(tested)
        found_by_draw = np.abs(parts.by_draw(tested, drawn))
        return float((found_by_draw >= abs(statistic) * (1.0 - TIED)).mean())

    estimate = found.coefficient(name)
    reach = parts.error
    low, high = (_end(p_value, estimate, side * reach, 1.0 - level) for side in (-1.0, 1.0))
    return WildTest(
        name=name,
        cluster=cluster_name,
        clusters=cluster.size,
        null=null,
        statistic=parts.statistic(null),
        p_value=p_value(null),
        level=level,
        interval=(low, high),
        draws=draws,
        weights=law,
        seed=seed,
    )


def _checked(found: Regression, name: str, draws: int) -> tuple[str, Grouping]:
    problems = []
    if name not in found.names:
        shown = ", ".join(found.names)
        allowed = Text(f"expected a coefficient: {shown}", f"应为系数名：{shown}")
        problems.append(Problem(field="--wild", found=name, allowed=allowed))
    if draws < 1:
        allowed = Text("expected at least 1", "应不小于 1")
        problems.append(Problem(field="--draws", found=draws, allowed=allowed))
    if len(found.sample.clusters) != 1:
        problems.append(Problem(field="--cluster", allowed=_ONE_WAY))
    if problems:
        raise InputError(problems)
    if found.estimator is not Estimator.LEAST_SQUARES:
        raise NotApplicableError(_WILD, _LINEAR_ONLY)
    cluster_name, cluster = next(iter(found.sample.clusters.items()))
    return cluster_name, cluster


def _drawn(law: WildWeights, draws: int, clusters: int, seed: int) -> FloatArray:
    generator = np.random.Generator(np.random.PCG64(seed))
    if law is WildWeights.RADEMACHER:
        signs = generator.integers(0, 2, size=(draws, clusters)).astype(np.float64)
        return 2.0 * signs - 1.0
    roots = np.sqrt(np.array([1.5, 1.0, 0.5]))
    points = np.concatenate([-roots, roots[::-1]])
    drawn: FloatArray = points[generator.integers(0, 6, size=(draws, clusters))]
    return drawn


class _Parts:
    """What the draws need, linear in the value under the null."""

    def __init__(self, found: Regression, name: str, cluster: Grouping) -> None:
        self.tested = found.names.index(name)
        columns, weights = found.columns, found.work_weights
        clustered = with_errors(found, Errors.CLUSTER)
        self.estimate = found.coefficient(name)
        self.error = clustered.error(name)
        rules, counts = clustered.small, clustered.parameters
        rows = found.n if rules.scales_by_all_rows else found.n - 1
        self.factor = rows / (found.n - counts.counted) if rules.scales_by_parameters else 1.0
        if rules.group_factor is not GroupFactor.NONE:
            self.factor *= cluster.size / (cluster.size - 1)
        outcome = found.residuals + (columns * found.coefficients[:, None]).sum(axis=0)
        others = [place for place in range(len(columns)) if place != self.tested]
        self.left = [
            _left_by_others(column, columns[others], weights)
            for column in (outcome, columns[self.tested])
        ]
        weighted = columns if weights is None else columns * weights
        lever = (found.bread[self.tested][:, None] * weighted).sum(axis=0)
        self.changes = [
            _times(found.bread, sums_by_group(weighted * rest, cluster)) for rest in self.left
        ]
        self.own = [sums_by_group((lever * rest)[None, :], cluster)[0] for rest in self.left]
        self.pulls = np.ascontiguousarray(sums_by_group(lever * columns, cluster).T)
        self.spread = [np.empty((0, 0))] * 2
        effects = list(found.sample.effects.values())
        if any(not effect.is_nested_in(cluster) for effect in effects):
            if cluster.size > MOST_CLUSTERS:
                raise NotApplicableError(_WILD, _TOO_MANY)
            self.spread = [_spread(rest, lever, cluster, effects, weights) for rest in self.left]

    def statistic(self, null: float) -> float:
        return (self.estimate - null) / self.error

    def by_draw(self, null: float, drawn: FloatArray) -> FloatArray:
        return wild_statistics(
            drawn,
            self.changes[0] - null * self.changes[1],
            self.own[0] - null * self.own[1],
            self.spread[0] - null * self.spread[1],
            self.pulls,
            tested=self.tested,
            factor=self.factor,
        )


def _left_by_others(
    column: FloatArray, others: FloatArray, weights: FloatArray | None
) -> FloatArray:
    if not len(others):
        return column
    stacked = np.vstack([column[None, :], others])
    norms = np.diag(gram(stacked))
    return least_squares(list(stacked), norms, weights)[3]


def _times(left: FloatArray, right: FloatArray) -> FloatArray:
    out = np.zeros((len(left), right.shape[1]))
    for place in range(len(right)):
        out += left[:, place][:, None] * right[place][None, :]
    return out


def _spread(
    rest: FloatArray,
    lever: FloatArray,
    cluster: Grouping,
    effects: list[Grouping],
    weights: FloatArray | None,
) -> FloatArray:
    """Return what the weight of one cluster does to the score of another, shape (g, g)."""
    out = np.empty((cluster.size, cluster.size))
    for start in range(0, cluster.size, BLOCK):
        chosen = np.arange(start, min(start + BLOCK, cluster.size))
        inside: BoolArray = cluster.codes[None, :] == chosen[:, None]
        columns = np.where(inside, rest, 0.0)
        columns, _ = absorbed(columns, effects, weights, in_place=True)
        out[:, chosen] = sums_by_group(columns * lever, cluster).T
    return out


def _end(p_value: Callable[[float], float], estimate: float, step: float, rejected: float) -> float:
    """Return where the p-value falls below a level, going out from the estimate."""
    inside, outside = estimate, estimate + 2.0 * step
    for _ in range(SEARCHES):
        if p_value(outside) < rejected:
            break
        inside, outside = outside, estimate + 2.0 * (outside - estimate)
    else:
        return math.copysign(math.inf, step)
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2.0
        if middle in {inside, outside}:
            break
        if p_value(middle) < rejected:
            outside = middle
        else:
            inside = middle
        if abs(outside - inside) <= TIED * abs(step):
            break
    return inside


_WILD = Text("wild cluster bootstrap", "野聚类自助法")
_ONE_WAY = Text("the wild bootstrap needs one way to cluster", "野自助法须且只能有一个聚类变量")
_LINEAR_ONLY = Text("it is defined for least squares.", "仅适用于最小二乘估计。")
_TOO_MANY = Text(
    f"more than {MOST_CLUSTERS:,} clusters with an effect that crosses them; clustered errors "
    "serve as well.",
    f"聚类超过 {MOST_CLUSTERS:,} 个且固定效应跨越聚类；此时聚类标准误已足够。",
)
