"""Weights that data give, not experts: entropy, CRITIC, variation; and their union with AHP."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum

import numpy as np

from ipfinance.basics import InputError, Problem, Text
from ipfinance.numerics import FloatArray

FEWEST_ROWS = 2
EQUAL = 0.5


class ObjectiveMethod(StrEnum):
    """How weights follow from a table of scores."""

    ENTROPY = "entropy"
    CRITIC = "critic"
    VARIATION = "variation"


OBJECTIVE_METHOD_NAMES = {
    ObjectiveMethod.ENTROPY: Text("entropy", "熵权法"),
    ObjectiveMethod.CRITIC: Text("CRITIC", "CRITIC 法"),
    ObjectiveMethod.VARIATION: Text("coefficient of variation", "变异系数法"),
}


def entropy_weights(scores: FloatArray) -> FloatArray:
    r"""Weigh items by how unevenly their scores are spread over the rows.

    Parameters
    ----------
    scores
        Alternatives in rows, items in columns, at least two rows, shape (n_rows, n_items). Not
        negative, high is good, no column of zeros.

    Returns
    -------
    FloatArray
        Weights, summing to 1, shape (n_items,). [1]

    Raises
    ------
    InputError
        On a negative score, a column of zeros, or when every column is constant.

    Notes
    -----
    .. math:: p_{ij} = \frac{x_{ij}}{\sum_i x_{ij}}, \qquad
        e_j = -\frac{1}{\ln n}\sum_i p_{ij}\ln p_{ij}, \qquad w_j \propto 1 - e_j

    The weights depend on where the scale begins: shifting a column changes them.

    References
    ----------
    :cite:cts:`hwang_yoon_1981`, entropy method; :cite:cts:`shannon_1948`.

    Examples
    --------
    >>> table = np.array([[7.0, 8, 6, 9], [6, 8, 5, 9], [7, 7, 6, 8], [5, 8, 6, 9], [7, 9, 5, 8]])
    >>> [round(weight, 4) for weight in entropy_weights(table).tolist()]
    [0.4847, 0.1867, 0.2311, 0.0975]
    """
    _check(scores)
    totals = scores.sum(axis=0)
    if np.any(scores < 0) or np.any(totals == 0):
        raise InputError([_problem(_NOT_SHARES)])
    shares = scores / totals
    logs = np.where(shares > 0, np.log(np.where(shares > 0, shares, 1.0)), 0.0)
    surprise = 1.0 + (shares * logs).sum(axis=0) / math.log(len(scores))
    return _scaled(np.where(np.ptp(scores, axis=0) == 0, 0.0, np.maximum(surprise, 0.0)))


def critic_weights(scores: FloatArray) -> FloatArray:
    r"""Weigh items by their contrast and by how little they repeat each other.

    Parameters
    ----------
    scores
        Alternatives in rows, items in columns, at least two rows, shape (n_rows, n_items); high
        is good.

    Returns
    -------
    FloatArray
        Weights, summing to 1, shape (n_items,); 0 for a constant item. [1]

    Raises
    ------
    InputError
        When the items carry no information: all constant, or all fully correlated.

    Notes
    -----
    On columns scaled to [0, 1] by their range, with standard deviations :math:`\sigma_j` and
    correlations :math:`r_{jk}`: :math:`w_j \propto \sigma_j \sum_k (1 - r_{jk})`.

    References
    ----------
    :cite:cts:`diakoulaki_1995`.

    Examples
    --------
    >>> table = np.array([[1.0, 1.0, 5.0], [2.0, 2.0, 1.0], [3.0, 3.0, 4.0]])
    >>> [round(weight, 4) for weight in critic_weights(table).tolist()]
    [0.245, 0.245, 0.51]
    """
    _check(scores)
    ranges = np.ptp(scores, axis=0)
    varied = np.flatnonzero(ranges > 0)
    weights = np.zeros(scores.shape[1])
    if len(varied):
        unit = (scores[:, varied] - scores[:, varied].min(axis=0)) / ranges[varied]
        centred = unit - unit.mean(axis=0)
        norms = np.sqrt((centred**2).sum(axis=0))
        correlations = np.clip(centred.T @ centred / np.outer(norms, norms), -1.0, 1.0)
        weights[varied] = unit.std(axis=0, ddof=1) * (1.0 - correlations).sum(axis=0)
    return _scaled(weights)


def variation_weights(scores: FloatArray) -> FloatArray:
    r"""Weigh items by their coefficient of variation.

    Parameters
    ----------
    scores
        Alternatives in rows, items in columns, at least two rows, shape (n_rows, n_items); means
        above zero.

    Returns
    -------
    FloatArray
        Weights :math:`w_j \propto s_j / \bar x_j`, summing to 1, shape (n_items,). [1]

    Raises
    ------
    InputError
        When a mean is not above zero, or every column is constant.

    Examples
    --------
    >>> variation_weights(np.array([[1.0, 4.0], [3.0, 4.0]])).tolist()
    [1.0, 0.0]
    """
    _check(scores)
    means = scores.mean(axis=0)
    if np.any(means <= 0):
        raise InputError([_problem(_NO_MEAN)])
    return _scaled(scores.std(axis=0, ddof=1) / means)


def product_weights(first: Mapping[str, float], second: Mapping[str, float]) -> dict[str, float]:
    """Join two sets of weights by their products, scaled to sum to 1.

    Examples
    --------
    >>> product_weights({"a": 0.5, "b": 0.5}, {"a": 0.8, "b": 0.2})
    {'a': 0.8, 'b': 0.2}
    """
    joined = {name: first[name] * second[name] for name in first}
    total = math.fsum(joined.values())
    if total <= 0:
        raise InputError([_problem(_NO_OVERLAP)])
    return {name: value / total for name, value in joined.items()}


def linear_weights(
    first: Mapping[str, float], second: Mapping[str, float], share: float = EQUAL
) -> dict[str, float]:
    """Join two sets of weights linearly; `share` is the part of the first.

    Examples
    --------
    >>> linear_weights({"a": 1.0, "b": 0.0}, {"a": 0.0, "b": 1.0}, 0.25)
    {'a': 0.25, 'b': 0.75}
    """
    return {name: share * first[name] + (1.0 - share) * second[name] for name in first}


OBJECTIVE_METHODS = {
    ObjectiveMethod.ENTROPY: entropy_weights,
    ObjectiveMethod.CRITIC: critic_weights,
    ObjectiveMethod.VARIATION: variation_weights,
}


def _check(scores: FloatArray) -> None:
    if len(scores) < FEWEST_ROWS:
        raise InputError([_problem(_TOO_FEW)])


def _scaled(weights: FloatArray) -> FloatArray:
    total = float(weights.sum())
    if total <= 1e-14:  # noqa: PLR2004
        raise InputError([_problem(_NO_INFORMATION)])
    return np.asarray(weights / total)


def _problem(allowed: Text) -> Problem:
    return Problem(field="scores", allowed=allowed)


_TOO_FEW = Text("expected at least two rows", "至少应有两行")
_NOT_SHARES = Text(
    "entropy weights need scores of at least 0 and no column of zeros",
    "熵权法要求评分不小于 0，且不得有全零列",
)
_NO_MEAN = Text(
    "weights by variation need columns whose mean is above 0", "变异系数法要求各列均值大于 0"
)
_NO_INFORMATION = Text(
    "the scores do not differ in a way that would tell the items apart",
    "评分之间没有可区分各指标的差异",
)
_NO_OVERLAP = Text("the two sets of weights share no item with weight", "两组权重没有共同的非零项")
