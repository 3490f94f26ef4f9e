"""Covariances of coefficients from scores: independent, White, clustered, jackknife, over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ipfinance.evidence._conventions import GroupFactor, NestedEffects, SmallSample
from ipfinance.numerics import (
    FloatArray,
    Grouping,
    connected_parts,
    gram,
    matrix_product,
    sums_by_group,
)


def clustered_covariance(
    bread: FloatArray,
    columns: FloatArray,
    factors: FloatArray,
    clusters: Sequence[Grouping],
    small: SmallSample,
    *,
    parameters: int,
    scaled: bool,
) -> FloatArray:
    r"""Return a covariance that allows errors to be correlated within clusters.

    Parameters
    ----------
    bread
        Inverse of the products of the columns, shape (k, k).
    columns, factors
        Columns, shape (k, n), and what each row is multiplied by to be a score: residual (times
        weight), shape (n,).
    clusters
        One grouping or more; with several, sums over their intersections with alternating sign.
    small
        Conventions.
    parameters
        k in (n − 1)/(n − k), absorbed effects counted as the conventions say.
    scaled
        Whether that factor is applied.

    Returns
    -------
    FloatArray
        Shape (k, k); with several groupings it need not be positive definite.

    References
    ----------
    :cite:cts:`cameron_gelbach_miller_2011`.
    """
    fewest = min(cluster.size for cluster in clusters)
    total = np.zeros_like(bread)
    n = columns.shape[1]
    rows = n if small.scales_by_all_rows else n - 1
    scale = rows / (n - parameters) if scaled else 1.0
    for count in range(1, len(clusters) + 1):
        for chosen in combinations(clusters, count):
            group = chosen[0]
            for other in chosen[1:]:
                group = group.crossed(other)
            groups = fewest if small.group_factor is GroupFactor.MINIMUM else group.size
            factor = scale
            if small.group_factor is not GroupFactor.NONE:
                factor *= groups / (groups - 1)
            if count > 1 and small.plain_intersection:
                factor = 1.0
            meat = gram(sums_by_group(columns, group, factors))
            total += (1 if count % 2 else -1) * factor * meat
    return _sandwich(bread, total)


def white_covariance(bread: FloatArray, columns: FloatArray, factors: FloatArray) -> FloatArray:
    """Return White's covariance without adjustment, shape (k, k)."""
    return _sandwich(bread, gram(columns, factors * factors))


def driscoll_kraay_covariance(
    bread: FloatArray, columns: FloatArray, factors: FloatArray, periods: Grouping, lags: int
) -> FloatArray:
    """Return a covariance robust to dependence across units and over time, Bartlett weights.

    Parameters
    ----------
    bread, columns, factors
        As for clusters.
    periods
        Period of each row; its codes are in order of time.
    lags
        The last lag with a weight.

    References
    ----------
    :cite:cts:`driscoll_kraay_1998`.
    """
    sums = sums_by_group(columns, periods, factors)
    meat = gram(sums)
    for lag in range(1, lags + 1):
        weight = 1.0 - lag / (lags + 1)
        cross = np.array([[float((a[lag:] * b[:-lag]).sum()) for b in sums] for a in sums])
        meat += weight * (cross + cross.T)
    return _sandwich(bread, meat)


def _sandwich(bread: FloatArray, meat: FloatArray) -> FloatArray:
    return matrix_product(matrix_product(bread, meat), bread)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterCount:
    """How many parameters a regression has.

    Attributes
    ----------
    slopes
        Coefficients that are estimated, the constant included.
    absorbed
        Parameters of the absorbed effects that are counted.
    all_absorbed
        All of them.
    """

    slopes: int
    absorbed: int
    all_absorbed: int

    @property
    def counted(self) -> int:
        """Parameters for small-sample factors."""
        return self.slopes + self.absorbed

    @property
    def total(self) -> int:
        """All parameters: for residual degrees of freedom."""
        return self.slopes + self.all_absorbed


def parameter_count(
    slopes: int,
    effects: Mapping[str, Grouping],
    clusters: Sequence[Grouping],
    small: SmallSample,
) -> ParameterCount:
    """Count parameters: of effects nested in a cluster only what the conventions say."""
    groups = sorted(effects.values(), key=lambda group: -group.size)
    if not groups:
        return ParameterCount(slopes=slopes, absorbed=0, all_absorbed=0)
    everything = _absorbed_rank(groups, exact=small.exact_rank)
    free = [
        group for group in groups if not any(group.is_nested_in(cluster) for cluster in clusters)
    ]
    if small.nested is NestedEffects.ALL or len(free) == len(groups):
        counted = everything
    else:
        counted = _absorbed_rank(free, exact=small.exact_rank) if free else 1
    return ParameterCount(slopes=slopes, absorbed=counted, all_absorbed=everything)


def _absorbed_rank(groups: Sequence[Grouping], *, exact: bool) -> int:
    """Return the number of free levels, the constant included."""
    total = sum(group.size for group in groups)
    redundant = len(groups) - 1
    if exact and len(groups) > 1:
        redundant += connected_parts(groups[0], groups[1]) - 1
    return total - redundant
