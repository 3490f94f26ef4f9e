"""Fuzzy comprehensive evaluation: how far something belongs to each grade."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ipfinance.basics import Interval, Text
from ipfinance.numerics import FloatArray


class FuzzyOperator(StrEnum):
    """How weights meet memberships."""

    WEIGHTED_AVERAGE = "weighted-average"
    MAX_MIN = "max-min"
    MAX_PRODUCT = "max-product"


FUZZY_OPERATOR_NAMES = {
    FuzzyOperator.WEIGHTED_AVERAGE: Text("weighted average", "加权平均型"),
    FuzzyOperator.MAX_MIN: Text("max–min", "主因素决定型（取小取大）"),
    FuzzyOperator.MAX_PRODUCT: Text("max–product", "主因素突出型（乘积取大）"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FuzzyEvaluation:
    """Membership of one thing in each grade, by operator.

    Attributes
    ----------
    memberships
        Of each indicator in each grade, summing to 1; all None for an indicator nobody answered.
    by_operator
        Of the whole in each grade, as the operator gives it. [1]
    unknown
        Weight of the indicators nobody answered; they belong to no grade. [1]
    leading
        The grade of greatest membership under each operator; None where several share it, or
        where the unknown indicators could change it.
    """

    grades: tuple[str, ...]
    memberships: dict[str, tuple[float, ...] | None]
    by_operator: dict[FuzzyOperator, tuple[float, ...]]
    unknown: float
    leading: dict[FuzzyOperator, str | None]


def interval_memberships(answers: Sequence[Interval], edges: Sequence[float]) -> FloatArray:
    """Return how far a panel's interval answers lie in each band.

    Parameters
    ----------
    answers
        On [0, 1], one for each expert; each expert counts once.
    edges
        Ends of the bands from the lowest to the highest, the first 0 and the last 1. A band holds
        its lower end; the highest holds both.

    Returns
    -------
    FloatArray
        Mean over the experts of the part of the answer in each band, summing to 1, shape
        (n_bands,). A single number lies in one band. [1]

    Examples
    --------
    >>> interval_memberships([Interval(0.5, 0.7), Interval(0.6, 0.6)], [0.0, 0.6, 1.0]).tolist()
    [0.25, 0.75]
    """
    found = np.zeros(len(edges) - 1)
    for answer in answers:
        if answer.width > 0:
            low = np.maximum(edges[:-1], answer.low)
            high = np.minimum(edges[1:], answer.high)
            found += np.maximum(high - low, 0.0) / answer.width
        else:
            found[min(int(np.searchsorted(edges, answer.low, side="right")), len(found)) - 1] += 1
    return found / len(answers)


def fuzzy_evaluation(
    grades: Sequence[str],
    weights: Mapping[str, float],
    memberships: Mapping[str, Sequence[float] | None],
) -> FuzzyEvaluation:
    r"""Join the memberships of indicators into those of the whole.

    Parameters
    ----------
    grades
        Names of the grades.
    weights
        Of the indicators, summing to 1. [1]
    memberships
        Of each indicator in each grade; None where nobody answered.

    Notes
    -----
    With the membership table R and weights w: :math:`b_k = \sum_i w_i r_{ik}`,
    :math:`b_k = \max_i \min(w_i, r_{ik})`, :math:`b_k = \max_i w_i r_{ik}`. Many small weights
    leave the last two with little of R; the first uses all of it.

    References
    ----------
    :cite:cts:`zadeh_1965`.

    Examples
    --------
    >>> found = fuzzy_evaluation(
    ...     ["good", "fair"], {"a": 0.6, "b": 0.4}, {"a": [0.7, 0.3], "b": [0.2, 0.8]}
    ... )
    >>> [round(b, 3) for b in found.by_operator[FuzzyOperator.WEIGHTED_AVERAGE]]
    [0.5, 0.5]
    >>> found.by_operator[FuzzyOperator.MAX_MIN]
    (0.6, 0.4)
    """
    known = {name: row for name, row in memberships.items() if row is not None}
    shares = np.array([weights[name] for name in known])[:, None]
    table = np.array(list(known.values()), dtype=float).reshape(len(known), len(grades))
    zero = np.zeros((1, len(grades)))
    unknown = [weights[name] for name, row in memberships.items() if row is None]
    joined = {
        FuzzyOperator.WEIGHTED_AVERAGE: (shares * table).sum(axis=0),
        FuzzyOperator.MAX_MIN: np.vstack([zero, np.minimum(shares, table)]).max(axis=0),
        FuzzyOperator.MAX_PRODUCT: np.vstack([zero, shares * table]).max(axis=0),
    }
    return FuzzyEvaluation(
        grades=tuple(grades),
        memberships={
            name: None if row is None else tuple(map(float, row))
            for name, row in memberships.items()
        },
        by_operator={each: tuple(map(float, row)) for each, row in joined.items()},
        unknown=math.fsum(unknown),
        leading={
            each: _leading(grades, row, _reach(each, row, unknown)) for each, row in joined.items()
        },
    )


def _reach(operator: FuzzyOperator, row: FloatArray, unknown: Sequence[float]) -> FloatArray:
    """Return how far each grade could rise if the unknown indicators all belonged to it."""
    if operator is FuzzyOperator.WEIGHTED_AVERAGE:
        return row + math.fsum(unknown)
    return np.maximum(row, max(unknown, default=0.0))


def _leading(grades: Sequence[str], row: FloatArray, reach: FloatArray) -> str | None:
    first = int(np.argmax(row))
    others = np.delete(reach, first)
    if row[first] <= 0 or np.any(others >= row[first] - 1e-12):
        return None
    return grades[first]
