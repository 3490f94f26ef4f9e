"""Kendall's coefficient of concordance, with its tests."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from ipfinance.numerics import FloatArray, IntArray

MOST_ITEMS_EXACT = 6
MOST_STATES = 2_000_000
N_DRAWS = 20_000
SEED = 20_230_921


@dataclass(frozen=True, slots=True, kw_only=True)
class Concordance:
    """How far several raters rank the same items alike.

    Attributes
    ----------
    w, w_uncorrected
        Kendall's W with and without correction for ties; 1 is full agreement, 0 none; NaN where
        every rater ties all items. [1]
    chi_square, degrees, p_chi_square
        Friedman's statistic ``m (n - 1) W`` and its approximate tail probability.
    p_permutation
        Probability of as much concordance when each rater's ranks fall on the items by chance.
    is_exact
        Whether every permutation was counted; otherwise draws stand for them.
    standard_error
        Of `p_permutation`; 0 where exact. [1]
    """

    w: float
    w_uncorrected: float
    chi_square: float
    degrees: int
    p_chi_square: float
    p_permutation: float
    is_exact: bool
    standard_error: float
    n_raters: int
    n_items: int
    rank_sums: tuple[float, ...]


def kendall_concordance(scores: FloatArray) -> Concordance:
    r"""Measure and test how far raters rank items alike.

    Parameters
    ----------
    scores
        Raters in rows, items in columns, at least two of each, shape (n_raters, n_items). Only
        their order within a row counts; ties get mean ranks.

    Notes
    -----
    With rank sums :math:`R_j`, :math:`S = \sum_j (R_j - \bar R)^2` and the ties
    :math:`T = \sum_i \sum_g (t_{ig}^3 - t_{ig})`,

    .. math:: W = \frac{12 S}{m^2 (n^3 - n) - m T}, \qquad \chi^2 = m (n-1) W

    on n - 1 degrees of freedom. The chi-square law is a limit for many raters; the permutation
    test beside it holds for any number. It is exact for up to six items while the table of
    rank sums stays small, else from 20,000 seeded draws.

    References
    ----------
    :cite:cts:`kendall_smith_1939`; :cite:cts:`friedman_1937` for the test.

    Examples
    --------
    >>> found = kendall_concordance(np.array([[1.0, 2.0, 3.0], [1.0, 3.0, 2.0], [1.0, 2.0, 3.0]]))
    >>> round(found.w, 4), round(found.p_permutation, 4)
    (0.7778, 0.1944)
    """
    from scipy.special import chdtrc

    ranks = np.array([doubled_ranks(row) for row in scores])
    m, n = ranks.shape
    s = float(((ranks.sum(axis=0) - m * (n + 1)) ** 2).sum()) / 4.0
    ties = sum(_ties(row) for row in ranks)
    plain, corrected = m**2 * (n**3 - n), m**2 * (n**3 - n) - m * ties
    w = 12.0 * s / corrected if corrected > 0 else math.nan
    p, is_exact = _permutation(ranks)
    chi_square = m * (n - 1) * w
    return Concordance(
        w=w,
        w_uncorrected=12.0 * s / plain,
        chi_square=chi_square,
        degrees=n - 1,
        p_chi_square=float(chdtrc(n - 1, chi_square)),
        p_permutation=p,
        is_exact=is_exact,
        standard_error=0.0 if is_exact else math.sqrt(p * (1.0 - p) / N_DRAWS),
        n_raters=m,
        n_items=n,
        rank_sums=tuple(float(each) / 2.0 for each in ranks.sum(axis=0)),
    )


def doubled_ranks(values: FloatArray) -> IntArray:
    """Return twice the mean ranks of values, so that ties stay whole numbers.

    Examples
    --------
    >>> doubled_ranks(np.array([3.0, 1.0, 3.0])).tolist()
    [5, 2, 5]
    """
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts, dtype=np.int64)
    return np.asarray((2 * last - counts + 1)[place])


def _ties(ranks: IntArray) -> int:
    _, counts = np.unique(ranks, return_counts=True)
    return int((counts**3 - counts).sum())


def _permutation(ranks: IntArray) -> tuple[float, bool]:
    m, n = ranks.shape
    observed = int(((ranks.sum(axis=0) - m * (n + 1)) ** 2).sum())
    if n <= MOST_ITEMS_EXACT:
        found = _exact_tail(ranks, observed)
        if found is not None:
            return found, True
    rng = np.random.Generator(np.random.PCG64(SEED))
    sums = np.zeros((N_DRAWS, n), dtype=np.int64)
    for row in ranks:
        sums += rng.permuted(np.broadcast_to(row, (N_DRAWS, n)), axis=1)
    reached = ((sums - m * (n + 1)) ** 2).sum(axis=1) >= observed
    return (1.0 + float(reached.sum())) / (N_DRAWS + 1.0), False


def _exact_tail(ranks: IntArray, observed: int) -> float | None:
    """Add the raters one by one; sums that differ only in their order are one state."""
    m, n = ranks.shape
    base = 2 * m * n + 1
    powers = base ** np.arange(n, dtype=np.int64)
    states: IntArray = np.sort(ranks[:1], axis=1)
    shares: FloatArray = np.ones(1)
    for row in ranks[1:]:
        arranged = np.array(sorted(set(permutations(row.tolist()))))
        if len(states) * len(arranged) > MOST_STATES or float(base) ** n >= 2.0**62:
            return None
        sums = np.sort((states[:, None, :] + arranged[None]).reshape(-1, n), axis=1)
        weight = np.repeat(shares / len(arranged), len(arranged))
        _, first, place = np.unique(sums @ powers, return_index=True, return_inverse=True)
        states, shares = sums[first], np.asarray(np.bincount(place, weights=weight), dtype=float)
    statistic = ((states - m * (n + 1)) ** 2).sum(axis=1)
    return float(min(shares[statistic >= observed].sum(), 1.0))
