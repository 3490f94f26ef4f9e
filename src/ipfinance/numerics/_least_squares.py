"""Simulation of claims: exercise decided by regression, judged on paths it has not seen."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ipfinance.numerics._simulation import Estimate
from ipfinance.numerics._types import BoolArray, FloatArray

SMALLEST_SHARE = 1e-11  # of the largest eigenvalue: below it a regressor adds nothing


class SimulatedClaim(NamedTuple):
    """A claim valued by simulation.

    Attributes
    ----------
    in_sample
        On the paths that chose the rule of exercise: tends to be too high. [currency]
    out_of_sample
        On fresh paths under that rule: too low on average, if anything. [currency]
    uncontrolled
        The fresh paths without the control variate. [currency]
    """

    in_sample: Estimate
    out_of_sample: Estimate
    uncontrolled: Estimate


class _Model(NamedTuple):
    spot: float
    strike: float
    rate: float
    yield_rate: float
    volatility: float
    maturity: float
    sign: float
    dates: int
    degree: int
    ruin_value: float  # added for each interval that is waited through, valued at its start

    @property
    def step_time(self) -> float:
        return self.maturity / self.dates


def simulated_claim(
    *,
    spot: float,
    strike: float,
    rate: float,
    yield_rate: float,
    volatility: float,
    maturity: float,
    sign: float,
    american: bool,
    dates: int,
    paths: int,
    degree: int,
    rng: np.random.Generator,
    ruin_value: float = 0.0,
) -> SimulatedClaim:
    r"""Value a claim by simulation; an American one by least squares.

    Parameters
    ----------
    spot, strike
        Value of the asset; cost of exercising. [currency]
    rate, yield_rate, volatility, maturity
        Discount rate and yield given survival, volatility, life. [1/year], [1/year^0.5], [year]
    sign
        1 for a call, -1 for a put.
    american
        Whether exercise is possible at each date; otherwise at the last one only.
    dates
        Equal dates of exercise, the last at maturity.
    paths
        In each of the two samples, even; the second half mirrors the first.
    degree
        Highest power of the asset in the regression; the European value stands beside the powers.
    rng
        Where the draws come from; advanced.
    ruin_value
        What ruin in the next interval pays, valued at its start. [currency]

    Returns
    -------
    SimulatedClaim
        Both samples with standard errors of means over mirrored pairs.

    Notes
    -----
    Control variate: the European claim with the same life, whose discounted value is a martingale,
    valued when the American one is exercised. Its factor is estimated in the first sample and
    used in the second, so that the second stays unbiased. What is regressed is the premium over
    the European claim, path by path; holding is never taken to be worth less than that claim.

    References
    ----------
    :cite:cts:`longstaff_schwartz_2001`; :cite:cts:`rasmussen_2005` for the control.
    """
    model = _Model(
        spot, strike, rate, yield_rate, volatility, maturity, sign, dates, degree, ruin_value
    )
    half = paths // 2
    today = float(_european(model, np.array([math.log(spot)]), 0)[0])
    if not american:
        samples = [_european_sample(model, half, rng) for _ in range(2)]
        rules: list[FloatArray | None] = []
    else:
        rules, first = _chosen_rules(model, half, rng)
        samples = [first, _followed(model, rules, half, rng)]
    known = today if american else spot * math.exp(-yield_rate * maturity)
    factor = _control_factor(*samples[0])
    now = max(sign * (spot - strike), 0.0) if american else -math.inf
    found = []
    for paid, control in (samples[0], samples[1]):
        found.append(_mean(paid - factor * (control - known), now))
    return SimulatedClaim(found[0], found[1], _mean(samples[1][0], now))


def _mean(values: FloatArray, least: float) -> Estimate:
    pairs = values.reshape(2, -1).mean(axis=0)
    error = float(np.std(pairs, ddof=1)) / math.sqrt(len(pairs))
    return Estimate(value=max(float(np.mean(pairs)), least), standard_error=error)


def _control_factor(paid: FloatArray, control: FloatArray) -> float:
    first, second = (each.reshape(2, -1).mean(axis=0) for each in (paid, control))
    spread = float(np.var(second))
    if spread == 0:
        return 0.0
    return float(np.mean((first - first.mean()) * (second - second.mean()))) / spread


def _moves(model: _Model, half: int, rng: np.random.Generator, time: float) -> FloatArray:
    draws = rng.standard_normal(half)
    drift = (model.rate - model.yield_rate - 0.5 * model.volatility**2) * time
    spread = model.volatility * math.sqrt(time)
    moves: FloatArray = drift + spread * np.concatenate([draws, -draws])
    return moves


def _european_sample(
    model: _Model, half: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    asset = model.spot * np.exp(_moves(model, half, rng, model.maturity))
    discount = math.exp(-model.rate * model.maturity)
    paid = np.maximum(model.sign * (asset - model.strike), 0.0)
    return discount * paid, discount * asset


def _european(model: _Model, logs: FloatArray, date: int) -> FloatArray:
    """Return the European claim at a date."""
    from scipy.special import ndtr

    left = model.maturity - date * model.step_time
    forward = np.exp(logs - model.yield_rate * left)
    cost = model.strike * math.exp(-model.rate * left)
    spread = model.volatility * math.sqrt(left)
    d_1 = np.log(forward / cost) / spread + 0.5 * spread
    value: FloatArray = model.sign * (
        forward * ndtr(model.sign * d_1) - cost * ndtr(model.sign * (d_1 - spread))
    )
    return value


def _basis(model: _Model, logs: FloatArray, european: FloatArray) -> FloatArray:
    ratio = np.exp(logs) / model.strike
    columns = [np.ones_like(ratio)]
    for _ in range(model.degree):
        columns.append(columns[-1] * ratio)
    return np.stack([*columns, european / model.strike])


def _chosen_rules(
    model: _Model, half: int, rng: np.random.Generator
) -> tuple[list[FloatArray | None], tuple[FloatArray, FloatArray]]:
    """Return for each date the regression that decides, and the sample it was chosen on."""
    logs = np.empty((model.dates + 1, 2 * half))
    logs[0] = math.log(model.spot)
    for date in range(1, model.dates + 1):
        logs[date] = logs[date - 1] + _moves(model, half, rng, model.step_time)
    discount = math.exp(-model.rate * model.step_time)
    paid = np.maximum(model.sign * (np.exp(logs[-1]) - model.strike), 0.0)
    control = paid.copy()
    rules: list[FloatArray | None] = [None] * (model.dates + 1)
    for date in range(model.dates - 1, 0, -1):
        paid = discount * paid + model.ruin_value
        control = discount * control
        now = model.sign * (np.exp(logs[date]) - model.strike)
        inside = now > 0
        if np.count_nonzero(inside) <= model.degree + 2:
            continue
        european = _european(model, logs[date][inside], date)
        basis = _basis(model, logs[date][inside], european)
        rules[date] = least_squares(basis, paid[inside] - control[inside])
        go = _exercised(rules[date], basis, now[inside], european)
        rows = np.flatnonzero(inside)[go]
        paid[rows], control[rows] = now[rows], european[go]
    return rules, (discount * paid + model.ruin_value, discount * control)


def _exercised(
    rule: FloatArray | None, basis: FloatArray, now: FloatArray, european: FloatArray
) -> BoolArray:
    """Return where exercise beats holding, which is worth the European claim and a premium."""
    if rule is None:
        return np.zeros(len(now), dtype=bool)
    premium = np.zeros(len(now))
    for weight, column in zip(rule, basis, strict=True):
        premium += weight * column
    exercised: BoolArray = now > european + np.maximum(premium, 0.0)
    return exercised


def _followed(
    model: _Model, rules: list[FloatArray | None], half: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Follow the rules on fresh paths."""
    logs = np.full(2 * half, math.log(model.spot))
    paid, control = np.zeros(2 * half), np.zeros(2 * half)
    waiting = np.ones(2 * half, dtype=bool)
    for date in range(1, model.dates + 1):
        before = math.exp(-model.rate * (date - 1) * model.step_time)
        paid[waiting] += before * model.ruin_value
        logs += _moves(model, half, rng, model.step_time)
        factor = math.exp(-model.rate * date * model.step_time)
        now = model.sign * (np.exp(logs) - model.strike)
        if date == model.dates:
            ending = factor * np.maximum(now[waiting], 0.0)
            paid[waiting] += ending
            control[waiting] = ending
            break
        rows = np.flatnonzero(waiting & (now > 0))
        european = _european(model, logs[rows], date)
        basis = _basis(model, logs[rows], european)
        go = _exercised(rules[date], basis, now[rows], european)
        rows = rows[go]
        paid[rows] += factor * now[rows]
        control[rows] = factor * european[go]
        waiting[rows] = False
    return paid, control


def least_squares(basis: FloatArray, target: FloatArray) -> FloatArray:
    """Return weights of the rows of a basis that come nearest to a target.

    Parameters
    ----------
    basis
        Shape (regressors, observations).
    target
        Shape (observations,).

    Returns
    -------
    FloatArray
        Shape (regressors,); regressors that the others explain get the smallest weights.

    Notes
    -----
    Normal equations in scaled regressors, summed in one order whatever the number of threads, and
    solved without the directions that carry no information.
    """
    count = len(basis)
    scale = np.sqrt(np.array([np.sum(row * row) for row in basis]))
    scale[scale == 0] = 1.0
    moments = np.empty((count, count))
    for row in range(count):
        for column in range(row + 1):
            shared = float(np.sum(basis[row] * basis[column])) / (scale[row] * scale[column])
            moments[row, column] = moments[column, row] = shared
    right = np.array([np.sum(row * target) for row in basis]) / scale
    weights: FloatArray = solved_normal_equations(moments, right) / scale
    return weights


def solved_normal_equations(moments: FloatArray, right: FloatArray) -> FloatArray:
    """Return the smallest solution of symmetric equations, directions without weight left out."""
    sizes, directions = np.linalg.eigh(moments)
    kept = sizes > SMALLEST_SHARE * sizes[-1]
    inverse = np.where(kept, 1.0 / np.where(kept, sizes, 1.0), 0.0)
    found: FloatArray = directions @ (inverse * (directions.T @ right))
    return found
