"""From the scores of indicators to one score, and how much of a ranking the weights decide."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise, product

import numpy as np

from ipfinance.basics import Interval, Text, as_interval
from ipfinance.judgement._ahp import combined_weights
from ipfinance.numerics import FloatArray

LEVEL = 1e-12  # two scores closer than this are level


class Aggregation(StrEnum):
    """How the scores of indicators become one score."""

    WEIGHTED_SUM = "weighted-sum"
    GEOMETRIC_MEAN = "geometric-mean"
    TOPSIS = "topsis"


AGGREGATION_NAMES = {
    Aggregation.WEIGHTED_SUM: Text("weighted sum", "加权和"),
    Aggregation.GEOMETRIC_MEAN: Text("weighted geometric mean", "加权几何平均"),
    Aggregation.TOPSIS: Text(
        "TOPSIS, ideals at the ends of the scale", "TOPSIS（以量程两端为理想解）"
    ),
}
AGGREGATION_FORMULAS = {
    Aggregation.WEIGHTED_SUM: "Σ wᵢ μᵢ",
    Aggregation.GEOMETRIC_MEAN: "Π μᵢ^wᵢ",
    Aggregation.TOPSIS: "d⁻ / (d⁺ + d⁻), d⁻² = Σ (wᵢ μᵢ)², d⁺² = Σ (wᵢ (1 − μᵢ))²",
}


def aggregated_score(kind: Aggregation, weights: Sequence[float], scores: Sequence[float]) -> float:
    r"""Join the scores of indicators into one.

    Parameters
    ----------
    kind
        The rule.
    weights
        Not negative, summing to 1. [1]
    scores
        On [0, 1], high is good. [1]

    Returns
    -------
    float
        On [0, 1]; never falls when a score rises. [1]

    Notes
    -----
    The geometric mean lets one score of 0 sink the whole. TOPSIS here measures the distance to
    the ends of the scale, so that the result of one asset does not depend on which others stand
    beside it, and scores of different dates compare:

    .. math:: C = \frac{d^-}{d^+ + d^-}, \quad d^{-2} = \sum_i (w_i\mu_i)^2, \quad
        d^{+2} = \sum_i (w_i(1 - \mu_i))^2

    References
    ----------
    :cite:cts:`hwang_yoon_1981`.

    Examples
    --------
    >>> round(aggregated_score(Aggregation.GEOMETRIC_MEAN, [0.5, 0.5], [0.4, 0.9]), 12)
    0.6
    """
    pairs = list(zip(weights, scores, strict=True))
    if kind is Aggregation.WEIGHTED_SUM:
        return math.fsum(w * x for w, x in pairs)
    if kind is Aggregation.GEOMETRIC_MEAN:
        if any(w > 0 and x <= 0 for w, x in pairs):
            return 0.0
        return math.exp(math.fsum(w * math.log(x) for w, x in pairs if w > 0))
    below = math.sqrt(math.fsum((w * x) ** 2 for w, x in pairs))
    above = math.sqrt(math.fsum((w * (1.0 - x)) ** 2 for w, x in pairs))
    return below / (above + below)


def aggregated_range(
    kind: Aggregation, weights: Sequence[float], scores: Sequence[float | Interval]
) -> Interval:
    """Join scores of which some are intervals; every rule is monotone, so the ends are exact."""
    ends = [as_interval(score) for score in scores]
    return Interval(
        aggregated_score(kind, weights, [end.low for end in ends]),
        aggregated_score(kind, weights, [end.high for end in ends]),
    )


def topsis_closeness(
    table: FloatArray, weights: FloatArray, polarities: Sequence[int] | None = None
) -> FloatArray:
    r"""Rank alternatives among themselves by TOPSIS as published.

    Parameters
    ----------
    table
        Alternatives in rows, criteria in columns, shape (n_alternatives, n_criteria).
    weights
        Of the criteria, summing to 1, shape (n_criteria,). [1]
    polarities
        1 when high is good, -1 when high is bad; all 1 by default.

    Returns
    -------
    FloatArray
        Relative closeness to the best of the alternatives, shape (n_alternatives,); 0.5 where all
        alternatives are the same. [1]

    Notes
    -----
    Columns are scaled to unit length; the ideal and its opposite are the best and worst observed
    values. A further alternative can therefore change the order of the others.

    References
    ----------
    :cite:cts:`hwang_yoon_1981`.

    Examples
    --------
    >>> table = np.array([[2.0, 1500, 5.5], [2.5, 2700, 6.5], [1.8, 2000, 4.5]])
    >>> found = topsis_closeness(table, np.array([0.5, 0.3, 0.2]), [1, 1, -1])
    >>> [round(value, 4) for value in found.tolist()]
    [0.2206, 0.7668, 0.3438]
    """
    lengths = np.sqrt((table**2).sum(axis=0))
    scaled = table / np.where(lengths > 0, lengths, 1.0) * weights
    signs = np.ones(table.shape[1]) if polarities is None else np.asarray(polarities, dtype=float)
    best = np.where(signs > 0, scaled.max(axis=0), scaled.min(axis=0))
    worst = np.where(signs > 0, scaled.min(axis=0), scaled.max(axis=0))
    to_best = np.sqrt(((scaled - best) ** 2).sum(axis=1))
    to_worst = np.sqrt(((scaled - worst) ** 2).sum(axis=1))
    both = to_best + to_worst
    return np.where(both > 0, to_worst / np.where(both > 0, both, 1.0), 0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtaking:
    """The nearest weight of one node at which two alternatives change places.

    Attributes
    ----------
    node
        The node whose local weight changes; its siblings are scaled to keep the sum of 1.
    weight, turning_weight
        Its weight now, and where the two are level. [1]
    ahead, behind
        Who leads now, and who overtakes.
    """

    node: str
    weight: float
    turning_weight: float
    ahead: str
    behind: str


def overtakings(
    children: Mapping[str, Sequence[str]],
    local: Mapping[str, Mapping[str, float]],
    root: str,
    alternatives: Mapping[str, Mapping[str, float]],
    kind: Aggregation,
) -> tuple[Overtaking, ...]:
    """Find for each node the nearest weight at which the ranking of alternatives changes.

    Parameters
    ----------
    children, local, root
        The hierarchy and the local weights below each node.
    alternatives
        Scores of the leaves on [0, 1] by alternative.
    kind
        The rule by which alternatives are ranked.

    Returns
    -------
    tuple of Overtaking
        One entry for each node with such a weight from 0 to 1, the nearest first.

    Notes
    -----
    Leaf weights are linear in the weight that changes. Differences of weighted sums, and of
    logarithms of geometric means, are therefore linear in it, and those of TOPSIS vanish at roots
    of a polynomial of degree four: every crossing is exact, none is searched for.
    """
    found = []
    for parent, weights in local.items():
        for name in children[parent]:
            if 0 < weights[name] < 1:
                path = _path(children, local, root, (parent, name))
                nearest = _nearest(name, weights[name], path, alternatives, kind)
                found += [] if nearest is None else [nearest]
    return tuple(sorted(found, key=lambda item: abs(item.turning_weight - item.weight)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Path:
    """Leaf weights as a linear function of one local weight: ``start + t slope``."""

    leaves: tuple[str, ...]
    start: FloatArray
    slope: FloatArray


def _path(
    children: Mapping[str, Sequence[str]],
    local: Mapping[str, Mapping[str, float]],
    root: str,
    place: tuple[str, str],
) -> _Path:
    parent, name = place
    now = local[parent][name]

    def leaf_weights(weight: float) -> dict[str, float]:
        scale = (1.0 - weight) / (1.0 - now)
        changed = {c: weight if c == name else w * scale for c, w in local[parent].items()}
        return combined_weights(children, {**local, parent: changed}, root)

    at_zero, at_one = leaf_weights(0.0), leaf_weights(1.0)
    return _Path(
        leaves=tuple(at_zero),
        start=np.array(list(at_zero.values())),
        slope=np.array([at_one[leaf] - at_zero[leaf] for leaf in at_zero]),
    )


def _nearest(
    name: str,
    now: float,
    path: _Path,
    alternatives: Mapping[str, Mapping[str, float]],
    kind: Aggregation,
) -> Overtaking | None:
    rows = {key: np.array([each[x] for x in path.leaves]) for key, each in alternatives.items()}
    weights = (path.start + now * path.slope).tolist()
    scores = {key: aggregated_score(kind, weights, row.tolist()) for key, row in rows.items()}
    best: Overtaking | None = None
    for better, worse in pairwise(_level_groups(scores)):
        for ahead, behind in product(better, worse):
            for turning in _crossings(kind, path, rows[ahead], rows[behind]):
                nearer = best is None or abs(turning - now) < abs(best.turning_weight - now)
                if 0 <= turning <= 1 and nearer:
                    best = Overtaking(
                        node=name, weight=now, turning_weight=turning, ahead=ahead, behind=behind
                    )
    return best


def _level_groups(scores: Mapping[str, float]) -> list[list[str]]:
    """Return who is level with whom, the best first.

    The first to change places as a weight moves are neighbours: between two that meet, a third
    would have met one of them before.
    """
    groups: list[list[str]] = []
    last = math.inf
    for key in sorted(scores, key=lambda each: -scores[each]):
        if not groups or last - scores[key] > LEVEL:
            groups.append([])
        groups[-1].append(key)
        last = scores[key]
    return groups


def _crossings(kind: Aggregation, path: _Path, a: FloatArray, b: FloatArray) -> list[float]:
    """Return where the two are level, as a function of the weight that changes."""
    if kind is Aggregation.TOPSIS:
        return _quartic_crossings(path, a, b)
    if kind is Aggregation.GEOMETRIC_MEAN:
        if np.any(a <= 0) or np.any(b <= 0):
            return []  # a score of 0 decides at every positive weight
        a, b = np.log(a), np.log(b)
    constant, rate = float(path.start @ (a - b)), float(path.slope @ (a - b))
    return [] if abs(rate) <= LEVEL else [-constant / rate]


def _quartic_crossings(path: _Path, a: FloatArray, b: FloatArray) -> list[float]:
    step = 1e-6
    low_a, high_a = _square(path, a), _square(path, 1.0 - a)
    low_b, high_b = _square(path, b), _square(path, 1.0 - b)
    difference = np.polysub(np.polymul(low_a, high_b), np.polymul(low_b, high_a))
    size = float(np.abs(difference).max())
    if size <= LEVEL:
        return []
    roots = np.roots(np.where(np.abs(difference) > LEVEL * size, difference, 0.0))
    found = [float(root.real) for root in roots if abs(root.imag) <= step]
    return [
        root
        for root in found
        if np.polyval(difference, root - step) * np.polyval(difference, root + step) < 0
    ]


def _square(path: _Path, x: FloatArray) -> FloatArray:
    """Return the coefficients of ``sum(((start + slope t) x)^2)``, highest power first."""
    return np.array(
        [
            float(((path.slope * x) ** 2).sum()),
            2.0 * float((path.start * path.slope * x**2).sum()),
            float(((path.start * x) ** 2).sum()),
        ]
    )


def stability_radius(weights: FloatArray, ahead: FloatArray, behind: FloatArray) -> float:
    r"""Return how far all weights may move at once before two alternatives change places.

    Parameters
    ----------
    weights
        Positive or zero, summing to 1, shape (n,). [1]
    ahead, behind
        Scores of the two on each item, the first being ahead, shape (n,). [1]

    Returns
    -------
    float
        The largest :math:`\delta` such that no weights with
        :math:`|v_i - w_i| \le \delta w_i` and :math:`\sum v_i = 1` turn the order; infinite when
        none do. Where it exceeds 1, some weight would have to turn negative. [1]

    Notes
    -----
    The least lead over such weights is the lead now less :math:`\delta K`, with
    :math:`K = \min_m \sum_i w_i |d_i - m|` for the differences :math:`d_i`: by linear programming
    duality m is their weighted median.

    Examples
    --------
    >>> w = np.array([0.5, 0.5])
    >>> round(stability_radius(w, np.array([0.9, 0.5]), np.array([0.5, 0.7])), 12)
    0.333333333333
    """
    difference = ahead - behind
    order = np.argsort(difference, kind="stable")
    reached = np.cumsum(weights[order])
    middle = difference[order][int(np.searchsorted(reached, reached[-1] / 2.0))]
    reach = float((weights * np.abs(difference - middle)).sum())
    lead = float(weights @ difference)
    return lead / reach if reach > LEVEL else math.inf
