"""Binomial lattices, and trinomial ones for any payoff."""

from __future__ import annotations

import math

import numpy as np

from ipfinance.numerics._lattice import Step
from ipfinance.numerics._types import FloatArray


def binomial_probability(*, up: float, mean: float) -> float:
    """Return the chance of an up move that meets the mean growth of a step; not checked.

    Parameters
    ----------
    up
        Up move, above 1; the down move is its inverse. [1]
    mean
        Expected growth of a step. [1]

    References
    ----------
    :cite:cts:`cox_ross_rubinstein_1979`.
    """
    return (mean - 1.0 / up) / (up - 1.0 / up)


def least_binomial_steps(*, drift: float, volatility: float, maturity: float) -> int:
    """Return the steps from which the probabilities of a binomial lattice are valid."""
    return max(math.floor((drift / volatility) ** 2 * maturity) + 1, 1)


def binomial_levels(
    *,
    spot: float,
    strike: float,
    sign: float,
    up: float,
    probability: float,
    discount: float,
    steps: int,
    american: bool = False,
    ruin_value: float = 0.0,
) -> list[FloatArray]:
    """Value a claim backwards through a binomial tree.

    Parameters
    ----------
    spot, strike
        Value of the asset today; cost of exercising. [currency]
    sign
        1 for a call, -1 for a put.
    up, probability, discount
        Up move, its chance, and what one unit a step later is worth. [1]
    steps
        Number of steps.
    american
        Whether the claim can be exercised at every node.
    ruin_value
        Added at each node before the last. [currency]

    Returns
    -------
    list of arrays
        The first three levels, root first; level k has k + 1 nodes, highest first.
    """
    ladder = spot * up ** np.arange(steps, -steps - 1, -1, dtype=float)
    exercise = sign * (ladder - strike)
    values = np.maximum(exercise[::2], 0.0)
    levels = [values]
    for level in range(steps - 1, -1, -1):
        values = discount * (probability * values[:-1] + (1.0 - probability) * values[1:])
        if ruin_value != 0:
            values += ruin_value
        if american:
            offset = steps - level
            values = np.maximum(values, exercise[offset : 2 * steps + 1 - offset : 2])
        levels.append(values)
    return levels[: -1 - min(steps, 2) - 1 : -1]


def ladder_value(exercise: FloatArray, *, step: Step, discount: float, american: bool) -> float:
    """Value a claim with any payoff on a trinomial lattice.

    Parameters
    ----------
    exercise
        What exercise pays at the nodes of the last level, highest first, at least 0, shape
        (2 steps + 1,). [currency]
    step, discount
        Probabilities of a step and what one unit a step later is worth. [1]
    american
        Whether exercise is possible at every node.

    Returns
    -------
    float
        Value at the root. [currency]
    """
    values = exercise
    steps = len(exercise) // 2
    for offset in range(1, steps + 1):
        values = discount * (
            step.up * values[:-2] + step.middle * values[1:-1] + step.down * values[2:]
        )
        if american:
            values = np.maximum(values, exercise[offset : len(exercise) - offset])
    return float(values[0])
