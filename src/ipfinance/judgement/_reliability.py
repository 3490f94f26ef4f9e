"""How far a panel's scores can be relied on: Cronbach's alpha and intraclass correlations."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ipfinance.numerics import FloatArray

CONFIDENCE_LEVEL = 0.95
FEWEST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """Internal consistency of several items that are added up.

    Attributes
    ----------
    alpha
        Cronbach's alpha; NaN where the totals do not vary. [1]
    low, high
        Ends of Feldt's confidence interval of alpha; NaN with alpha. [1]
    item_rest
        Correlation of each item with the sum of the others; NaN for a constant item. [1]
    alpha_without
        Alpha of the other items; NaN where fewer than two are left. [1]
    n_items, n_subjects
        Columns and rows.
    """

    alpha: float
    low: float
    high: float
    item_rest: tuple[float, ...]
    alpha_without: tuple[float, ...]
    n_items: int
    n_subjects: int


def cronbach_alpha(scores: FloatArray) -> float:
    r"""Return Cronbach's alpha.

    Parameters
    ----------
    scores
        Subjects in rows, items in columns, at least two of each, shape (n_subjects, n_items).

    Returns
    -------
    float
        At most 1; negative when items work against each other; NaN when the totals are all the
        same. [1]

    Notes
    -----
    .. math:: \alpha = \frac{k}{k-1}\Bigl(1 - \frac{\sum_j s_j^2}{s_T^2}\Bigr)

    References
    ----------
    :cite:cts:`cronbach_1951`.

    Examples
    --------
    >>> round(cronbach_alpha(np.array([[1.0, 2.0], [2.0, 3.0], [3.0, 5.0]])), 4)
    0.9474
    """
    k = scores.shape[1]
    total = float(np.var(scores.sum(axis=1), ddof=1))
    if total <= 1e-12 * float(np.square(scores).max()):
        return math.nan
    items = float(np.var(scores, axis=0, ddof=1).sum())
    return float(k / (k - 1) * (1.0 - items / total))


def reliability(scores: FloatArray, *, level: float = CONFIDENCE_LEVEL) -> Reliability:
    """Return alpha with its confidence interval and what each item does to it.

    Parameters
    ----------
    scores
        Subjects in rows, items in columns, at least two of each, shape (n_subjects, n_items).
    level
        Confidence level of the interval. [1]

    References
    ----------
    :cite:cts:`cronbach_1951`; :cite:cts:`feldt_1965` for the interval, which assumes normal scores.

    Examples
    --------
    >>> found = reliability(np.array([[1.0, 2.0, 1.0], [2.0, 3.0, 3.0], [3.0, 5.0, 4.0]]))
    >>> [round(value, 3) for value in found.item_rest]
    [1.0, 0.954, 0.954]
    """
    from scipy.special import fdtri

    n, k = scores.shape
    alpha = cronbach_alpha(scores)
    tail = (1.0 - level) / 2.0
    first, second = n - 1, (n - 1) * (k - 1)
    ends = [1.0 - (1.0 - alpha) * float(fdtri(first, second, p)) for p in (1.0 - tail, tail)]
    others = [np.delete(scores, place, axis=1) for place in range(k)]
    return Reliability(
        alpha=alpha,
        low=ends[0],
        high=ends[1],
        item_rest=tuple(
            correlation(scores[:, place], rest.sum(axis=1)) for place, rest in enumerate(others)
        ),
        alpha_without=tuple(cronbach_alpha(r) if k > FEWEST else math.nan for r in others),
        n_items=k,
        n_subjects=n,
    )


def correlation(first: FloatArray, second: FloatArray) -> float:
    """Return the correlation of two series; NaN where one of them is constant."""
    a, b = first - first.mean(), second - second.mean()
    scale = math.sqrt(float(a @ a) * float(b @ b))
    tiny = 1e-12 * max(float(first @ first), float(second @ second), 1e-300)
    return math.nan if scale <= tiny else float(np.clip(a @ b / scale, -1.0, 1.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class IntraclassCorrelations:
    """The six intraclass correlations, and the mean squares they come from.

    Attributes
    ----------
    one_way, one_way_mean
        ICC(1,1) and ICC(1,k): each target rated by other judges. [1]
    agreement, agreement_mean
        ICC(2,1) and ICC(2,k): the judges are a sample; absolute agreement. [1]
    consistency, consistency_mean
        ICC(3,1) and ICC(3,k): these judges only; levels of judges do not count. [1]
    between, within, judges, residual
        Mean squares of targets, within targets, of judges, and of the rest.
    """

    one_way: float
    agreement: float
    consistency: float
    one_way_mean: float
    agreement_mean: float
    consistency_mean: float
    between: float
    within: float
    judges: float
    residual: float


def intraclass_correlations(ratings: FloatArray) -> IntraclassCorrelations:
    """Return how much of the variance of ratings lies between the things rated.

    Parameters
    ----------
    ratings
        Targets in rows, judges in columns, at least two of each, shape (n_targets, n_judges).

    Returns
    -------
    IntraclassCorrelations
        NaN where nothing varies. The `_mean` forms are about the mean of the judges.

    References
    ----------
    :cite:cts:`shrout_fleiss_1979`.

    Examples
    --------
    >>> table = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9]])
    >>> round(intraclass_correlations(table.astype(float)).consistency, 3)
    0.748
    """
    n, k = ratings.shape
    grand = ratings.mean()
    targets = k * float(((ratings.mean(axis=1) - grand) ** 2).sum())
    columns = n * float(((ratings.mean(axis=0) - grand) ** 2).sum())
    total = float(((ratings - grand) ** 2).sum())
    between = targets / (n - 1)
    within = (total - targets) / (n * (k - 1))
    judges = columns / (k - 1)
    residual = max(total - targets - columns, 0.0) / ((n - 1) * (k - 1))
    return IntraclassCorrelations(
        one_way=_ratio(between - within, between + (k - 1) * within),
        agreement=_ratio(
            between - residual, between + (k - 1) * residual + k * (judges - residual) / n
        ),
        consistency=_ratio(between - residual, between + (k - 1) * residual),
        one_way_mean=_ratio(between - within, between),
        agreement_mean=_ratio(between - residual, between + (judges - residual) / n),
        consistency_mean=_ratio(between - residual, between),
        between=between,
        within=within,
        judges=judges,
        residual=residual,
    )


def _ratio(above: float, below: float) -> float:
    return above / below if abs(below) > 1e-12 else math.nan  # noqa: PLR2004
