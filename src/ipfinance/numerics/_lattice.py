"""Trinomial lattices: one step's probabilities, the stretch that keeps them valid, roll-back."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ipfinance.numerics._types import FloatArray

LARGEST_EXPONENT = 600.0  # exp() of more leaves the range of floats once squared


class Step(NamedTuple):
    """The probabilities of one step of a trinomial tree."""

    up: float
    middle: float
    down: float


class StretchBounds(NamedTuple):
    """The stretches between which no probability is negative; empty when low exceeds high."""

    low: float
    high: float


def up_factor(volatility: float, step_time: float, stretch: float) -> float:
    r"""Return the up move :math:`u = e^{\lambda\sigma\sqrt{\Delta t}}`; the down move is 1/u."""
    return math.exp(stretch * volatility * math.sqrt(step_time))


def matched_step(up: float, mean: float, second_moment: float, mass: float) -> Step:
    r"""Match mass, mean and second moment of the growth of one step.

    Parameters
    ----------
    up
        Up move :math:`u > 1`; the others are 1 and 1/u. [1]
    mean, second_moment
        Expected growth and expected squared growth. [1]
    mass
        Sum of the three probabilities: 1, or the chance of survival in a tree whose fourth
        branch is ruin. [1]

    Returns
    -------
    Step
        Three numbers that sum to `mass`; not checked, and negative where the moments cannot be
        met by the three moves.

    References
    ----------
    :cite:cts:`boyle_1988`.
    """
    scale = (up - 1.0) * (up * up - 1.0)
    up_probability = ((second_moment - mean) * up - (mean - mass)) / scale
    down_probability = ((second_moment - mean) * up**2 - (mean - mass) * up**3) / scale
    return Step(up_probability, mass - up_probability - down_probability, down_probability)


def lognormal_moments(drift: float, volatility: float, step_time: float) -> tuple[float, float]:
    r"""Return :math:`e^{\mu\Delta t}` and :math:`e^{(2\mu+\sigma^2)\Delta t}`."""
    return math.exp(drift * step_time), math.exp((2 * drift + volatility**2) * step_time)


def stretch_bounds(drift: float, volatility: float, step_time: float) -> StretchBounds:
    r"""Return the range of stretches in which the three probabilities are non-negative.

    Parameters
    ----------
    drift
        Growth rate of the asset given survival. [1/year]
    volatility
        Above 0. [1/year^0.5]
    step_time
        Length of a step. [year]

    Notes
    -----
    With :math:`M = e^{\mu\Delta t}` and :math:`V = e^{(2\mu+\sigma^2)\Delta t}` the middle
    probability asks for :math:`\cosh(\lambda\sigma\sqrt{\Delta t}) \ge (V+1)/2M`; the outer ones
    for :math:`u \le (V-M)/(M-1)` when :math:`M > 1` and, when :math:`M < 1` and :math:`V < M`,
    for :math:`u \le (1-M)/(M-V)`. As the step shrinks the range tends to :math:`[1, \infty)`.
    """
    if (2 * abs(drift) + volatility**2) * step_time > LARGEST_EXPONENT:
        return StretchBounds(math.inf, -math.inf)
    mean, second = lognormal_moments(drift, volatility, step_time)
    scale = volatility * math.sqrt(step_time)
    low = math.acosh(max((second + 1) / (2 * mean), 1.0)) / scale
    high = math.inf
    if mean > 1:
        high = _log_or_nothing((second - mean) / (mean - 1)) / scale
    elif mean < 1 and second < mean:
        high = _log_or_nothing((1 - mean) / (mean - second)) / scale
    return StretchBounds(low, high)


def _log_or_nothing(ratio: float) -> float:
    return math.log(ratio) if ratio > 0 else -math.inf


def asset_nodes(spot: float, up: float, steps: int) -> FloatArray:
    """Return the asset's values after `steps` steps, highest first, shape (2 steps + 1,)."""
    return spot * up ** np.arange(steps, -steps - 1, -1, dtype=float)


def roll_back(
    *,
    spot: float,
    strike: float,
    sign: float,
    up: float,
    step: Step,
    discount: float,
    steps: int,
    american: bool = False,
    ruin_value: float = 0.0,
    floor: bool = True,
) -> list[FloatArray]:
    """Value a claim backwards through a trinomial tree.

    Parameters
    ----------
    spot, strike
        Value of the asset today; cost of exercising. [currency]
    sign
        1 for a call, -1 for a put.
    up
        Up move. [1]
    step
        The three probabilities of a step. [1]
    discount
        What one unit a step later is worth, given survival or not as the probabilities are. [1]
    steps
        Number of steps.
    american
        Whether the claim can be exercised at every node.
    ruin_value
        Added at each node before the last: what ruin during the next step pays, valued at the
        node. [currency]
    floor
        Whether a payoff below zero is left unexercised.

    Returns
    -------
    list of arrays
        The claim's value at each level, root first; level k has 2k + 1 nodes, highest first.
    """
    ladder = asset_nodes(spot, up, steps)
    exercise = sign * (ladder - strike)
    values = np.maximum(exercise, 0.0) if floor else exercise
    levels = [values]
    for level in range(steps - 1, -1, -1):
        values = discount * (
            step.up * values[:-2] + step.middle * values[1:-1] + step.down * values[2:]
        )
        if ruin_value != 0:
            values += ruin_value
        if american:
            offset = steps - level
            values = np.maximum(values, exercise[offset : len(ladder) - offset])
        levels.append(values)
    return levels[::-1]
