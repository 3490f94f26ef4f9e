"""Trinomial roll-back of many claims, one after the other, without any allocation per claim."""

from __future__ import annotations

import math

import numpy as np

from ipfinance.numerics._kernel import kernel
from ipfinance.numerics._types import BoolArray, FloatArray


@kernel
def roll_back_one(
    sign: float,
    spot: float,
    strike: float,
    up: float,
    p_up: float,
    p_middle: float,
    p_down: float,
    steps: int,
    american: bool,
    ruin_value: float,
    exercise: FloatArray,
    values: FloatArray,
) -> float:
    """Value one claim; the probabilities are already discounted, the two arrays are scratch."""
    asset = spot * up ** (-steps)
    for node in range(2 * steps + 1):
        exercise[node] = sign * (asset - strike)
        values[node] = max(exercise[node], 0.0)
        asset *= up
    for level in range(steps - 1, -1, -1):
        offset = steps - level
        if american:
            for node in range(2 * level + 1):
                held = p_up * values[node + 2] + p_middle * values[node + 1] + p_down * values[node]
                values[node] = max(held + ruin_value, exercise[node + offset])
        else:
            for node in range(2 * level + 1):
                held = p_up * values[node + 2] + p_middle * values[node + 1] + p_down * values[node]
                values[node] = held + ruin_value
    return float(values[0])


@kernel
def roll_back_many(
    sign: FloatArray,
    spot: FloatArray,
    strike: FloatArray,
    discount_rate: FloatArray,
    drift: FloatArray,
    volatility: FloatArray,
    maturity: FloatArray,
    american: BoolArray,
    steps: int,
    stretch: float,
    ruin_value: FloatArray,
    out: FloatArray,
) -> None:
    """Value many claims; a claim whose probabilities would be negative gets NaN."""
    exercise = np.empty(2 * steps + 1)
    values = np.empty(2 * steps + 1)
    for row in range(len(spot)):
        step_time = maturity[row] / steps
        up = math.exp(stretch * volatility[row] * math.sqrt(step_time))
        mean = math.exp(drift[row] * step_time)
        second = math.exp((2.0 * drift[row] + volatility[row] ** 2) * step_time)
        scale = (up - 1.0) * (up * up - 1.0)
        p_up = ((second - mean) * up - (mean - 1.0)) / scale
        p_down = ((second - mean) * up**2 - (mean - 1.0) * up**3) / scale
        p_middle = 1.0 - p_up - p_down
        if p_up < 0.0 or p_middle < 0.0 or p_down < 0.0:
            out[row] = math.nan
            continue
        discount = math.exp(-discount_rate[row] * step_time)
        out[row] = roll_back_one(
            sign[row],
            spot[row],
            strike[row],
            up,
            discount * p_up,
            discount * p_middle,
            discount * p_down,
            steps,
            american[row],
            ruin_value[row],
            exercise,
            values,
        )
