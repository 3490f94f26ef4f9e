"""Panels: effects absorbed, cross products and sums by group, the same bits on any machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from ipfinance.numerics._types import BoolArray, FloatArray, IntArray

ResultT = TypeVar("ResultT")
TOLERANCE = 1e-11  # of the norm of a column: what a further sweep may still change
MOST_SWEEPS = 20_000
COLLINEAR = 1e-9  # of a column's sum of squares: what the columns before leave unexplained
WORTH_THREADS = 3_000_000  # multiplications: below it starting threads costs more
SWEEP_COST = 30
CHUNKS = 16  # a fixed number, so that sums never depend on the machine
_NO_WEIGHTS = np.empty(0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grouping:
    """One way to sort rows into groups.

    Attributes
    ----------
    codes
        Group of each row, shape (n,), from 0 to `size` - 1.
    size
        Number of groups, each with at least one row.
    """

    codes: IntArray
    size: int

    @classmethod
    def of(cls, codes: IntArray) -> Grouping:
        """Renumber codes so that every group has a row.

        Examples
        --------
        >>> Grouping.of(np.array([7, 3, 7])).codes.tolist()
        [1, 0, 1]
        """
        if len(codes) == 0:
            return cls(codes=np.empty(0, dtype=np.int64), size=0)
        low, high = int(codes.min()), int(codes.max())
        if high - low > 8 * len(codes) + 1_000_000:
            used, found = np.unique(codes, return_inverse=True)
            return cls(codes=found.astype(np.int64), size=len(used))
        present = np.zeros(high - low + 1, dtype=np.int64)
        present[codes - low] = 1
        size = int(present.sum())
        if size == len(present) and low == 0:
            return cls(codes=codes, size=size)
        renumbered = np.cumsum(present) - 1
        return cls(codes=renumbered[codes - low], size=size)

    def counts(self) -> IntArray:
        """Return the number of rows of each group, shape (size,)."""
        return np.bincount(self.codes, minlength=self.size)

    def crossed(self, other: Grouping) -> Grouping:
        """Return the groups of rows that agree in both groupings."""
        return Grouping.of(self.codes * other.size + other.codes)

    def taken(self, rows: BoolArray) -> Grouping:
        """Return the grouping of some rows."""
        return Grouping.of(self.codes[rows])

    def is_nested_in(self, other: Grouping) -> bool:
        """Whether all rows of each group share one group of the other grouping."""
        owner = np.zeros(self.size, dtype=np.int64)
        owner[self.codes] = other.codes
        return bool((owner[self.codes] == other.codes).all())


def _each(task: Callable[[int], ResultT], count: int, work: float) -> list[ResultT]:
    """Do tasks by number, on threads where the work is worth them; the results keep their order."""
    if work < WORTH_THREADS or count == 1:
        return [task(place) for place in range(count)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(task, range(count)))


def connected_parts(first: Grouping, second: Grouping) -> int:
    """Return the number of parts into which two groupings fall without a shared row.

    Examples
    --------
    >>> a, b = Grouping.of(np.array([0, 0, 1])), Grouping.of(np.array([0, 1, 2]))
    >>> connected_parts(a, b)
    2
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    size = first.size + second.size
    edges = coo_array(
        (np.ones(len(first.codes)), (first.codes, second.codes + first.size)), shape=(size, size)
    )
    count: Any = connected_components(edges, directed=False, return_labels=False)
    return int(count)


def rows_without_singletons(groupings: Sequence[Grouping]) -> BoolArray:
    """Return the rows that stay when groups of one row are left out again and again."""
    kept = np.ones(len(groupings[0].codes), dtype=bool)
    while True:
        before = int(kept.sum())
        for grouping in groupings:
            counts = np.bincount(grouping.codes[kept], minlength=grouping.size)
            kept &= counts[grouping.codes] != 1
        if int(kept.sum()) == before:
            return kept


def absorbed(
    columns: FloatArray | Sequence[FloatArray],
    groupings: Sequence[Grouping],
    weights: FloatArray | None = None,
    *,
    tolerance: float = TOLERANCE,
    in_place: bool = False,
) -> tuple[FloatArray, int]:
    """Take the effects of groupings out of columns.

    Parameters
    ----------
    columns
        Shape (p, n), rows contiguous; or p arrays of shape (n,) to be overwritten.
    groupings
        At least one; the one with most groups is swept first.
    weights
        Positive, shape (n,).
    tolerance
        Part of a column's norm that a further sweep may change.
    in_place
        Whether the columns given may be overwritten.

    Returns
    -------
    tuple of FloatArray and int
        What is left of each column, and the most sweeps that one needed, -1 when one did not
        come within the tolerance.

    Notes
    -----
    The residual of a projection on the span of dummies is found by conjugate gradients on
    symmetric sweeps of group means. Each column is treated by one thread from first row to last,
    so the result does not depend on the number of threads.

    References
    ----------
    :cite:cts:`correia_2016`.
    """
    from ipfinance.numerics.kernels.panel import absorb

    order = sorted(groupings, key=lambda grouping: -grouping.size)
    codes: Any = np.empty((len(order), len(columns[0])), dtype=np.int32)
    for place, grouping in enumerate(order):
        codes[place] = grouping.codes
    starts = np.concatenate(([0], np.cumsum([grouping.size for grouping in order]))).astype(
        np.int64
    )
    given = _NO_WEIGHTS if weights is None else weights
    inverse = np.concatenate(
        [
            1.0 / np.bincount(grouping.codes, weights=weights, minlength=grouping.size)
            for grouping in order
        ]
    )
    out: Any = columns if in_place else np.array(columns)

    def one(place: int) -> int:
        return int(absorb(out[place], codes, starts, given, inverse, tolerance, MOST_SWEEPS))

    sweeps = _each(one, len(out), len(out) * len(columns[0]) * len(order) * SWEEP_COST)
    return out, -1 if min(sweeps) < 0 else max(sweeps)


def gram(
    columns: FloatArray | Sequence[FloatArray], weights: FloatArray | None = None
) -> FloatArray:
    """Return the products of each pair of columns.

    Parameters
    ----------
    columns
        Shape (p, n), rows contiguous, or p arrays of shape (n,).
    weights
        Shape (n,).

    Returns
    -------
    FloatArray
        Shape (p, p), summed over fixed chunks of rows in their order.

    Examples
    --------
    >>> gram(np.array([[1.0, 2.0], [0.0, 3.0]])).tolist()
    [[5.0, 6.0], [6.0, 9.0]]
    """
    from ipfinance.numerics.kernels.panel import cross_products

    size, length = len(columns), len(columns[0]) if len(columns) else 0
    edges = np.linspace(0, length, min(CHUNKS, max(length, 1)) + 1).astype(int)

    def one(place: int) -> FloatArray:
        rows = slice(int(edges[place]), int(edges[place + 1]))
        part = np.zeros((size, size))
        chosen = _NO_WEIGHTS if weights is None else weights[rows]
        cross_products(np.stack([column[rows] for column in columns]), chosen, part)
        return part

    total = np.zeros((size, size))
    for part in _each(one, len(edges) - 1, size * size * length):
        total += part
    return total


def sums_by_group(
    columns: FloatArray, grouping: Grouping, factors: FloatArray | None = None
) -> FloatArray:
    """Return the sum of each column (times factors by row) over each group, shape (p, size)."""
    from ipfinance.numerics.kernels.panel import group_sums

    out = np.zeros((len(columns), grouping.size))
    for place, column in enumerate(columns):
        group_sums(column if factors is None else column * factors, grouping.codes, out[place])
    return out


def bread(products: FloatArray, tolerance: float = COLLINEAR) -> tuple[IntArray, FloatArray]:
    """Return the columns that the earlier ones do not explain, and the inverse of their products.

    Parameters
    ----------
    products
        Products of each pair of columns, shape (p, p).
    tolerance
        Part of a column's sum of squares that must be left.

    Returns
    -------
    tuple of IntArray and FloatArray
        Places of the columns that stay, and the inverse, shape (k, k).
    """
    from ipfinance.numerics.kernels.panel import inverse_from, kept_columns

    size = len(products)
    scale = np.sqrt(np.diag(products))
    scale[scale == 0.0] = 1.0
    kept = np.full(size, -1, dtype=np.int64)
    factor = kept_columns(products / np.outer(scale, scale), tolerance, kept)
    kept = kept[kept >= 0]
    inverse = inverse_from(np.ascontiguousarray(factor))
    return kept, inverse / np.outer(scale[kept], scale[kept])


def matrix_product(left: FloatArray, right: FloatArray) -> FloatArray:
    """Return the product of two matrices, each entry summed in order.

    Examples
    --------
    >>> matrix_product(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])).tolist()
    [[11.0]]
    """
    from ipfinance.numerics.kernels.panel import multiply

    out = np.empty((len(left), right.shape[1]))
    multiply(np.ascontiguousarray(left), np.ascontiguousarray(right), out)
    return out


def wild_statistics(
    draws: FloatArray,
    changes: FloatArray,
    own: FloatArray,
    spread: FloatArray,
    pulls: FloatArray,
    *,
    tested: int,
    factor: float,
) -> FloatArray:
    """Return the t statistic of one coefficient for each draw of cluster weights, shape (b,).

    Parameters
    ----------
    draws
        Weights of the clusters, shape (b, g).
    changes, own, spread, pulls
        What weights and coefficients do to coefficients and scores, shape (p, g), (g,), (g, g) or
        empty, (g, p).
    tested
        Place of the coefficient.
    factor
        Small-sample factor of the variance.
    """
    from ipfinance.numerics.kernels.panel import wild_statistics as one_part

    out = np.empty(len(draws))
    edges = np.linspace(0, len(draws), CHUNKS + 1).astype(int)

    def part(place: int) -> None:
        rows = slice(int(edges[place]), int(edges[place + 1]))
        one_part(draws[rows], changes, own, spread, pulls, tested, factor, out[rows])

    _each(part, CHUNKS, len(draws) * own.size * (1 + len(changes) + len(spread)))
    return out
