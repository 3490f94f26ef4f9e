"""Group means taken out of columns, cross products and sums by group, in a fixed order."""

from __future__ import annotations

import math

import numpy as np

from ipfinance.numerics._kernel import kernel
from ipfinance.numerics._types import FloatArray, IntArray


@kernel
def group_sums(values: FloatArray, codes: IntArray, sums: FloatArray) -> None:
    """Add the values of each group into `sums`."""
    for row in range(len(values)):
        sums[codes[row]] += values[row]


@kernel
def remove_means(
    x: FloatArray, codes: IntArray, weights: FloatArray, inverse: FloatArray, sums: FloatArray
) -> None:
    """Subtract from each value the weighted mean of its group; no weights: equal weights."""
    sums[:] = 0.0
    if len(weights) == 0:
        for row in range(len(x)):
            sums[codes[row]] += x[row]
    else:
        for row in range(len(x)):
            sums[codes[row]] += weights[row] * x[row]
    for group in range(len(inverse)):
        sums[group] *= inverse[group]
    for row in range(len(x)):
        x[row] -= sums[codes[row]]


@kernel
def weighted_dot(a: FloatArray, b: FloatArray, weights: FloatArray) -> float:
    """Return the weighted inner product; no weights: equal weights."""
    total = 0.0
    if len(weights) == 0:
        for row in range(len(a)):
            total += a[row] * b[row]
    else:
        for row in range(len(a)):
            total += weights[row] * a[row] * b[row]
    return total


@kernel
def sweep(
    x: FloatArray,
    codes: IntArray,
    starts: IntArray,
    weights: FloatArray,
    inverse: FloatArray,
    sums: FloatArray,
) -> None:
    """Take out the means of the second to the last grouping, then back to the first."""
    last = codes.shape[0] - 1
    for place in range(1, 2 * last + 1):
        which = place if place <= last else 2 * last - place
        groups = slice(starts[which], starts[which + 1])
        remove_means(x, codes[which], weights, inverse[groups], sums[groups])


@kernel
def absorb(
    x: FloatArray,
    codes: IntArray,
    starts: IntArray,
    weights: FloatArray,
    inverse: FloatArray,
    tolerance: float,
    most: int,
) -> int:
    """Take out the effects of all groupings by conjugate gradients on symmetric sweeps.

    Returns the number of sweeps, or -1 when the tolerance was not reached.
    """
    sums = np.empty(starts[-1])
    first = slice(starts[0], starts[1])
    remove_means(x, codes[0], weights, inverse[first], sums[first])
    if codes.shape[0] == 1:
        return 1
    goal = tolerance * math.sqrt(weighted_dot(x, x, weights))
    swept = x.copy()
    sweep(swept, codes, starts, weights, inverse, sums)
    rest = x - swept
    norm = weighted_dot(rest, rest, weights)
    if math.sqrt(norm) <= goal:
        x[:] = swept
        return 2
    step = rest.copy()
    for count in range(most):
        swept[:] = step
        sweep(swept, codes, starts, weights, inverse, sums)
        for row in range(len(x)):
            swept[row] = step[row] - swept[row]
        curvature = weighted_dot(step, swept, weights)
        if curvature <= 0.0:
            return count + 2
        length = norm / curvature
        before = norm
        for row in range(len(x)):
            x[row] -= length * step[row]
            rest[row] -= length * swept[row]
        norm = weighted_dot(rest, rest, weights)
        if math.sqrt(norm) <= goal:
            return count + 3
        share = norm / before
        for row in range(len(x)):
            step[row] = rest[row] + share * step[row]
    return -1


@kernel
def cross_products(columns: FloatArray, weights: FloatArray, out: FloatArray) -> None:
    """Add the weighted products of each pair of columns, shape (p, n), into `out`, (p, p)."""
    count, length = columns.shape
    weighted = np.empty(length)
    for i in range(count):
        if len(weights) == 0:
            weighted[:] = columns[i]
        else:
            for row in range(length):
                weighted[row] = weights[row] * columns[i, row]
        for j in range(i + 1):
            total = 0.0
            for row in range(length):
                total += weighted[row] * columns[j, row]
            out[i, j] += total
            if i != j:
                out[j, i] += total


@kernel
def kept_columns(gram: FloatArray, tolerance: float, kept: IntArray) -> FloatArray:
    """Factor a Gram matrix in order; a column that the earlier ones explain is left out.

    Returns the lower factor of the columns that stay; `kept` holds their places, then -1.
    """
    count = gram.shape[0]
    factor = np.zeros((count, count))
    rank = 0
    for j in range(count):
        for i in range(rank):
            total = 0.0
            for k in range(i):
                total += factor[rank, k] * factor[i, k]
            factor[rank, i] = (gram[j, kept[i]] - total) / factor[i, i]
        left = gram[j, j]
        for k in range(rank):
            left -= factor[rank, k] * factor[rank, k]
        if left > tolerance * gram[j, j] and left > 0.0:
            factor[rank, rank] = math.sqrt(left)
            kept[rank] = j
            rank += 1
        else:
            factor[rank, :] = 0.0
    kept[rank:] = -1
    return factor[:rank, :rank]


@kernel
def inverse_from(factor: FloatArray) -> FloatArray:
    """Return the inverse of the matrix whose lower Cholesky factor is given."""
    count = factor.shape[0]
    lower = np.zeros((count, count))
    for j in range(count):
        lower[j, j] = 1.0 / factor[j, j]
        for i in range(j + 1, count):
            total = 0.0
            for k in range(j, i):
                total += factor[i, k] * lower[k, j]
            lower[i, j] = -total / factor[i, i]
    out = np.zeros((count, count))
    for i in range(count):
        for j in range(i + 1):
            total = 0.0
            for k in range(i, count):
                total += lower[k, i] * lower[k, j]
            out[i, j] = total
            out[j, i] = total
    return out


@kernel
def wild_statistics(
    draws: FloatArray,
    changes: FloatArray,
    own: FloatArray,
    spread: FloatArray,
    pulls: FloatArray,
    tested: int,
    factor: float,
    out: FloatArray,
) -> None:
    """Compute the t statistic of one coefficient for each draw of cluster weights.

    `draws` is (b, g); `changes` (p, g) what a cluster's weight adds to each coefficient; `own`
    (g,) what it adds to its own cluster's score, `spread` (g, g) to every cluster's where an
    effect crosses clusters, otherwise empty; `pulls` (g, p) what a coefficient takes off a score.
    """
    count, clusters = draws.shape
    size = changes.shape[0]
    change = np.empty(size)
    for draw in range(count):
        for j in range(size):
            total = 0.0
            for h in range(clusters):
                total += changes[j, h] * draws[draw, h]
            change[j] = total
        variance = 0.0
        for g in range(clusters):
            score = own[g] * draws[draw, g]
            if spread.shape[0] > 0:
                score = 0.0
                for h in range(clusters):
                    score += spread[g, h] * draws[draw, h]
            for j in range(size):
                score -= pulls[g, j] * change[j]
            variance += score * score
        error = math.sqrt(factor * variance)
        out[draw] = change[tested] / error if error > 0.0 else math.inf


@kernel
def multiply(left: FloatArray, right: FloatArray, out: FloatArray) -> None:
    """Write the product of two matrices into `out`, each entry summed in order."""
    for i in range(left.shape[0]):
        for j in range(right.shape[1]):
            total = 0.0
            for k in range(left.shape[1]):
                total += left[i, k] * right[k, j]
            out[i, j] = total
