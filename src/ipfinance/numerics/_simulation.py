"""Correlated draws that fill the space evenly, and what they estimate with their errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ipfinance.basics import InputError, Problem, Text
from ipfinance.numerics._types import FloatArray

EDGE = 1e-12  # draws keep this far from 0 and 1, where quantiles of unlimited laws are infinite


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure from simulation and the standard error of it."""

    value: float
    standard_error: float


def drawn_shares(
    n_variables: int,
    *,
    draws: int,
    repeats: int,
    seed: int,
    correlation: FloatArray | None = None,
) -> FloatArray:
    """Draw points of the unit cube, joined by a Gaussian copula where variables are correlated.

    Parameters
    ----------
    n_variables
        At least 1.
    draws
        Points in each repeat, a power of two. [1]
    repeats
        Independent scrambles of the sequence; their spread gives standard errors. [1]
    seed
        The same seed gives the same points.
    correlation
        Of the normals behind the copula, shape (n_variables, n_variables); None for none.

    Returns
    -------
    FloatArray
        Probabilities, shape (repeats, draws, n_variables).

    Raises
    ------
    InputError
        When the correlations contradict each other.

    References
    ----------
    :cite:cts:`owen_1998`, randomised quasi-Monte Carlo.
    """
    from scipy.special import ndtr, ndtri
    from scipy.stats import qmc

    root = None if correlation is None else correlation_root(correlation)
    found = np.empty((repeats, draws, n_variables))
    for repeat in range(repeats):
        generator = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(repeat,)))
        sequence = qmc.Sobol(n_variables, scramble=True, rng=generator)
        found[repeat] = np.clip(sequence.random(draws), EDGE, 1 - EDGE)
    if root is not None:
        found = np.clip(ndtr(ndtri(found) @ root.T), EDGE, 1 - EDGE)
    return found


def correlation_root(correlation: FloatArray) -> FloatArray:
    """Return a matrix whose product with its transpose is the correlation matrix.

    Raises
    ------
    InputError
        When it is no correlation matrix.
    """
    values, vectors = np.linalg.eigh(correlation)
    if values[0] < -1e-10 * len(values):
        allowed = Text(
            f"the correlations contradict each other (smallest eigenvalue {values[0]:.3g}); "
            "bring them closer to 0",
            f"相关系数相互矛盾（最小特征值 {values[0]:.3g}），请向 0 调整",
        )
        raise InputError([Problem(field="correlations", allowed=allowed)])
    root: FloatArray = vectors * np.sqrt(np.maximum(values, 0.0))
    return root


def estimated(values: FloatArray, statistic: Callable[[FloatArray], float]) -> Estimate:
    """Estimate a statistic from all draws, with its error from the spread of the repeats.

    Parameters
    ----------
    values
        Shape (repeats, draws).
    statistic
        Takes a flat array.
    """
    each = np.array([statistic(row) for row in values])
    error = float(each.std(ddof=1) / np.sqrt(len(each))) if len(each) > 1 else float("nan")
    return Estimate(value=statistic(values.ravel()), standard_error=error)
