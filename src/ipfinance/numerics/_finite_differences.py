"""The valuation equation on a grid: Crank–Nicolson in time, exercise as a complementarity."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ipfinance.numerics._types import FloatArray

REACH = 6.0  # standard deviations that the grid covers on each side, at least
DAMPED = 2  # steps at maturity that are taken as two implicit halves each
MOST_SWEEPS = 60


class GridValue(NamedTuple):
    """The claim at the middle of the grid, and how it moves with the asset there.

    Attributes
    ----------
    value, delta, gamma
        [currency], [1], [1/currency]
    """

    value: float
    delta: float
    gamma: float


def grid_width(
    *, spot: float, strike: float, drift: float, volatility: float, maturity: float
) -> float:
    """Return half the width of the grid in logs of the asset."""
    spread = volatility * math.sqrt(maturity)
    shift = abs(drift - 0.5 * volatility**2) * maturity
    return max(REACH * spread + shift, abs(math.log(spot / strike)) + 4.0 * spread)


def least_grid_nodes(
    *, spot: float, strike: float, drift: float, volatility: float, maturity: float
) -> int:
    """Return the nodes on each side from which no weight of the scheme is negative in space."""
    width = grid_width(
        spot=spot, strike=strike, drift=drift, volatility=volatility, maturity=maturity
    )
    return math.ceil(width * abs(drift - 0.5 * volatility**2) / volatility**2)


def finite_difference_value(
    *,
    spot: float,
    strike: float,
    rate: float,
    yield_rate: float,
    volatility: float,
    maturity: float,
    sign: float,
    american: bool,
    nodes: int,
    steps: int,
    ruin_income: float = 0.0,
) -> GridValue:
    r"""Value a claim by finite differences in the log of the asset.

    Parameters
    ----------
    spot, strike
        Value of the asset, at the middle of the grid; cost of exercising. [currency]
    rate, yield_rate, volatility, maturity
        Discount rate and yield given survival, volatility, life. [1/year], [1/year^0.5], [year]
    sign
        1 for a call, -1 for a put.
    american
        Whether exercise is possible at any time.
    nodes
        On each side of the middle, at least `least_grid_nodes`.
    steps
        In time.
    ruin_income
        What ruin pays, expected per year. [currency/year]

    Returns
    -------
    GridValue
        Value, delta and gamma.

    Notes
    -----
    Crank–Nicolson with the first steps damped by implicit halves; the payoff of the cell with the
    kink is averaged. Exercise makes each step a linear complementarity problem, solved exactly by
    an active set: the matrix is an M-matrix, so the sets settle.

    References
    ----------
    :cite:cts:`crank_nicolson_1947`; :cite:cts:`rannacher_1984` for the damping;
    :cite:cts:`hintermueller_ito_kunisch_2002` for the active set.
    """
    drift = rate - yield_rate
    width = grid_width(
        spot=spot, strike=strike, drift=drift, volatility=volatility, maturity=maturity
    )
    apart = width / nodes
    logs: FloatArray = math.log(spot) + apart * np.arange(-nodes, nodes + 1, dtype=float)
    asset = np.exp(logs)
    exercise = sign * (asset - strike)
    values = _averaged(logs, apart, strike, sign)
    second = 0.5 * volatility**2 / apart**2
    first = 0.5 * (drift - 0.5 * volatility**2) / apart
    weights = (second - first, -2.0 * second - rate, second + first)
    step_time, elapsed = maturity / steps, 0.0
    damped = min(DAMPED, steps)
    for length, implicit in [(step_time / 2, 1.0)] * (2 * damped) + [(step_time, 0.5)] * (
        steps - damped
    ):
        elapsed += length
        ends = _ends(asset, strike, sign, (rate, yield_rate), elapsed, american=american)
        values = _one_step(
            values, weights, length, implicit, ends, ruin_income, exercise if american else None
        )
    here = nodes
    slope = (values[here + 1] - values[here - 1]) / (2 * apart)
    bend = (values[here + 1] - 2 * values[here] + values[here - 1]) / apart**2
    return GridValue(float(values[here]), float(slope / spot), float((bend - slope) / spot**2))


def _averaged(logs: FloatArray, apart: float, strike: float, sign: float) -> FloatArray:
    """Return the payoff, averaged over the cell that holds the kink."""
    payoff = np.maximum(sign * (np.exp(logs) - strike), 0.0)
    place = int(np.argmin(np.abs(logs - math.log(strike))))
    low, high = logs[place] - apart / 2, logs[place] + apart / 2
    kink = math.log(strike)
    if low < kink < high:
        start, end = (kink, high) if sign > 0 else (low, kink)
        area = sign * (math.exp(end) - math.exp(start) - strike * (end - start))
        payoff[place] = area / apart
    return payoff


def _ends(
    asset: FloatArray,
    strike: float,
    sign: float,
    rates: tuple[float, float],
    elapsed: float,
    *,
    american: bool,
) -> tuple[float, float]:
    rate, yield_rate = rates
    found = []
    for value in (float(asset[0]), float(asset[-1])):
        forward = sign * (
            value * math.exp(-yield_rate * elapsed) - strike * math.exp(-rate * elapsed)
        )
        now = sign * (value - strike) if american else 0.0
        found.append(max(forward, now, 0.0))
    return found[0], found[1]


def _one_step(  # noqa: PLR0917
    values: FloatArray,
    weights: tuple[float, float, float],
    length: float,
    implicit: float,
    ends: tuple[float, float],
    income: float,
    exercise: FloatArray | None,
) -> FloatArray:
    lower, middle, upper = weights
    explicit = (1.0 - implicit) * length
    moved = lower * values[:-2] + middle * values[1:-1] + upper * values[2:]
    right = values[1:-1] + explicit * moved + length * income
    matrix = np.empty((3, len(right)))
    matrix[0] = -implicit * length * upper
    matrix[1] = 1.0 - implicit * length * middle
    matrix[2] = -implicit * length * lower
    right[0] -= matrix[2, 0] * ends[0]
    right[-1] -= matrix[0, 0] * ends[1]
    inner = (
        _solved(matrix, right)
        if exercise is None
        else _exercised(matrix, right, exercise[1:-1], values[1:-1])
    )
    return np.concatenate([[ends[0]], inner, [ends[1]]])


def _solved(matrix: FloatArray, right: FloatArray) -> FloatArray:
    from scipy.linalg import solve_banded

    found: FloatArray = solve_banded((1, 1), matrix, right, check_finite=False)
    return found


def _exercised(
    matrix: FloatArray, right: FloatArray, floor: FloatArray, start: FloatArray
) -> FloatArray:
    """Solve for values at least the floor, which hold the equation where they are above it."""
    upper, diagonal, lower = matrix[0, 0], matrix[1, 0], matrix[2, 0]
    held = start <= floor
    values = start
    for _ in range(MOST_SWEEPS):
        rows = matrix.copy()
        rows[1, held] = 1.0
        rows[0, 1:][held[:-1]] = 0.0
        rows[2, :-1][held[1:]] = 0.0
        values = _solved(rows, np.where(held, floor, right))
        slack = diagonal * values - right
        slack[1:] += lower * values[:-1]
        slack[:-1] += upper * values[1:]
        settled = np.where(held, slack > 0, values < floor)
        if np.array_equal(settled, held):
            break
        held = settled
    return np.maximum(values, floor)
