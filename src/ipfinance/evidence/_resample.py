"""Clusters drawn with replacement, coefficients and money estimated again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ipfinance.evidence._linear import fit_linear
from ipfinance.evidence._money import MoneyRule
from ipfinance.evidence._regression import Regression
from ipfinance.evidence._sample import Sample
from ipfinance.numerics import (
    BoolArray,
    FloatArray,
    Grouping,
    IntArray,
    absorbed,
    bread,
    matrix_product,
)

MOST_DUMMIES = 150
BLOCK = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Resampled:
    """Percentile intervals over draws of clusters.

    Attributes
    ----------
    mean, median
        Ends of the intervals of mean and median money.
    mean_error
        Standard deviation of the mean over the draws.
    draws
        How many were drawn; `failed` of them gave no estimate and are left out.
    """

    mean: tuple[float, float]
    median: tuple[float, float]
    mean_error: float
    draws: int
    failed: int = 0


def resampled(
    found: Regression,
    given: Sample,
    rules: Sequence[MoneyRule],
    *,
    draws: int,
    seed: int,
    level: float,
    refit: Callable[[Sample, BoolArray], FloatArray | None] | None = None,
) -> list[Resampled]:
    """Return percentile intervals of mean and median money.

    Parameters
    ----------
    found, given
        A regression and its sample; the first way to cluster is drawn. A cluster drawn twice
        counts twice with effects of its own, which is the same as a weight of two.
    rules
        How money follows from coefficients; market values of a draw are those of its rows.
    refit
        Estimates a weighted sample anew; linear least squares when left out.
    """
    cluster = next(iter(given.clusters.values()))
    generator = np.random.Generator(np.random.PCG64(seed))
    counts = np.stack(
        [
            np.bincount(generator.integers(0, cluster.size, cluster.size), minlength=cluster.size)
            for _ in range(draws)
        ]
    )
    coefficients = (
        _linear_draws(found, given, cluster, counts)
        if refit is None
        else [_refitted(given, cluster, row, refit) for row in counts]
    )
    means = np.full((len(rules), draws), np.nan)
    medians = np.full((len(rules), draws), np.nan)
    for draw, estimate in enumerate(coefficients):
        if estimate is None:
            continue
        times = counts[draw][cluster.codes]
        for place, rule in enumerate(rules):
            used = rule.rows & (times > 0)
            if not used.any():
                continue
            values = np.repeat(rule.values(estimate)[used], times[used])
            means[place, draw] = values.mean()
            medians[place, draw] = np.median(values)
    tails = 100.0 * np.array([(1.0 - level) / 2.0, (1.0 + level) / 2.0])
    out = []
    for mean, median in zip(means, medians, strict=True):
        kept = ~np.isnan(mean)
        low, high = np.percentile(mean[kept], tails).tolist() if kept.any() else (np.nan, np.nan)
        ends = np.percentile(median[kept], tails).tolist() if kept.any() else (np.nan, np.nan)
        out.append(
            Resampled(
                mean=(low, high),
                median=(ends[0], ends[1]),
                mean_error=float(mean[kept].std(ddof=1)) if kept.sum() > 1 else float("nan"),
                draws=draws,
                failed=int((~kept).sum()),
            )
        )
    return out


def _weighted(given: Sample, cluster: Grouping, times: IntArray) -> tuple[Sample, BoolArray]:
    weights = times[cluster.codes].astype(np.float64)
    rows = weights > 0
    if given.weights is not None:
        weights = weights * given.weights
    drawn = replace(
        given,
        outcome=given.outcome[rows],
        columns=np.ascontiguousarray(given.columns[:, rows]),
        effects={name: group.taken(rows) for name, group in given.effects.items()},
        clusters={},
        weights=weights[rows],
    )
    return drawn, rows


def _refitted(
    given: Sample,
    cluster: Grouping,
    times: IntArray,
    refit: Callable[[Sample, BoolArray], FloatArray | None],
) -> FloatArray | None:
    drawn, rows = _weighted(given, cluster, times)
    return refit(drawn, rows)


def _linear_draws(
    found: Regression, given: Sample, cluster: Grouping, counts: IntArray
) -> list[FloatArray | None]:
    """Return the coefficients of each draw, None where one cannot be estimated."""
    nested = [each for each in given.effects.values() if each.is_nested_in(cluster)]
    crossing = [each for each in given.effects.values() if not each.is_nested_in(cluster)]
    if sum(each.size for each in crossing) > MOST_DUMMIES:
        return [_one_draw(found, given, cluster, row) for row in counts]
    kept = [given.names.index(name) for name in found.names]
    dummies = [
        (each.codes == code).astype(np.float64) for each in crossing for code in range(each.size)
    ]
    stacked = np.vstack([given.outcome[None, :], given.columns[kept], *dummies])
    if nested:
        stacked, _ = absorbed(stacked, nested, given.weights, in_place=True)
    products = _products_by_cluster(stacked, cluster, given.weights)
    width, size = len(stacked), len(found.names)
    out: list[FloatArray | None] = []
    for start in range(0, len(counts), BLOCK):
        block = counts[start : start + BLOCK].astype(np.float64)
        totals = matrix_product(block, products)
        for total in totals:
            whole = total.reshape(width, width)
            places, inverse = bread(np.ascontiguousarray(whole[1:, 1:]))
            if not np.array_equal(places[:size], np.arange(size)):
                out.append(None)
                continue
            out.append(matrix_product(inverse, whole[1 + places][:, :1])[:size, 0])
    return out


def _one_draw(
    found: Regression, given: Sample, cluster: Grouping, times: IntArray
) -> FloatArray | None:
    drawn, _ = _weighted(given, cluster, times)
    estimate = fit_linear(drawn)
    if estimate.names != found.names:
        return None
    return estimate.coefficients


def _products_by_cluster(
    stacked: FloatArray, cluster: Grouping, weights: FloatArray | None
) -> FloatArray:
    """Return the products of each pair of rows within each cluster, shape (g, p p)."""
    order = np.argsort(cluster.codes, kind="stable")
    starts = np.concatenate(([0], np.cumsum(cluster.counts())[:-1]))
    rows = np.ascontiguousarray(stacked[:, order])
    weighted = rows if weights is None else rows * weights[order]
    width = len(rows)
    out = np.empty((cluster.size, width, width))
    for i in range(width):
        for j in range(i + 1):
            sums = np.add.reduceat(weighted[i] * rows[j], starts)
            out[:, i, j] = sums
            out[:, j, i] = sums
    return out.reshape(cluster.size, width * width)
