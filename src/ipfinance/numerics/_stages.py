"""Investments in stages: each payment buys the right to the next, and the last one the asset."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import numpy as np

from ipfinance.numerics._bivariate import bivariate_normal_cdf
from ipfinance.numerics._closed_form import black_scholes, normal_cdf
from ipfinance.numerics._lattice import lognormal_moments, matched_step, stretch_bounds
from ipfinance.numerics._roots import bracketed_root
from ipfinance.numerics._types import FloatArray

PANEL = 1.25  # width of a panel in standard deviations of the shorter interval beside it
NODES = 16
REACH = 10.0
MOST_NODES = 8000
ROWS = 400  # evaluated at once
STRETCH = math.sqrt(3.0)
Continuation: TypeAlias = Callable[[FloatArray], FloatArray]


def compound_trigger(
    *,
    first_cost: float,
    second_cost: float,
    rate: float,
    yield_rate: float,
    volatility: float,
    time: float,
) -> float:
    """Return the value of the asset from which the first payment is worth making.

    Parameters
    ----------
    first_cost, second_cost
        Payment that keeps the right, payment that buys the asset. [currency]
    rate, yield_rate, volatility
        Discount rate, yield and volatility. [1/year], [1/year^0.5]
    time
        From the first payment to the second. [year]

    Returns
    -------
    float
        Where the remaining call is worth the first payment. [currency]
    """

    def gain(log_spot: float) -> float:
        held = black_scholes(
            spot=math.exp(log_spot),
            strike=second_cost,
            rate=rate,
            volatility=volatility,
            maturity=time,
            yield_rate=yield_rate,
        )
        return held - first_cost

    low = math.log(first_cost) + yield_rate * time
    high = math.log(first_cost + second_cost * math.exp(-rate * time)) + yield_rate * time
    if gain(high) <= 0:  # so far in the money that no time value is left
        return math.exp(high)
    return math.exp(bracketed_root(gain, low, high) if gain(low) < 0 else low)


def compound_value(
    *,
    spot: float,
    first_cost: float,
    second_cost: float,
    first_time: float,
    second_time: float,
    rate: float,
    yield_rate: float,
    volatility: float,
    trigger: float,
) -> float:
    r"""Value a call on a call.

    Parameters
    ----------
    spot, first_cost, second_cost
        Value of the asset and the two payments. [currency]
    first_time, second_time
        When they fall due, the first before the second. [year]
    rate, yield_rate, volatility
        Discount rate, yield and volatility. [1/year], [1/year^0.5]
    trigger
        From `compound_trigger`. [currency]

    Returns
    -------
    float
        Value today. [currency]

    Notes
    -----
    .. math:: S e^{-qT_2}\Phi_2(a_1, b_1; \rho) - K_2 e^{-rT_2}\Phi_2(a_2, b_2; \rho)
       - K_1 e^{-rT_1}\Phi(a_2), \qquad \rho = \sqrt{T_1 / T_2}

    References
    ----------
    :cite:cts:`geske_1979`.
    """
    near, far = volatility * math.sqrt(first_time), volatility * math.sqrt(second_time)
    growth = rate - yield_rate
    a_1 = (math.log(spot / trigger) + growth * first_time) / near + 0.5 * near
    b_1 = (math.log(spot / second_cost) + growth * second_time) / far + 0.5 * far
    correlation = math.sqrt(first_time / second_time)
    return (
        spot * math.exp(-yield_rate * second_time) * bivariate_normal_cdf(a_1, b_1, correlation)
        - second_cost
        * math.exp(-rate * second_time)
        * bivariate_normal_cdf(a_1 - near, b_1 - far, correlation)
        - first_cost * math.exp(-rate * first_time) * normal_cdf(a_1 - near)
    )


class Stages(NamedTuple):
    """Payments in order: each is made or not when it falls due.

    Attributes
    ----------
    costs, times, successes
        Payment, when it falls due, and the chance that what it buys succeeds; one number a
        stage. [currency], [year], [1]
    """

    costs: Sequence[float]
    times: Sequence[float]
    successes: Sequence[float]


def committed_value(
    stages: Stages, *, spot: float, rate: float, yield_rate: float
) -> tuple[float, float]:
    """Return what is expected to come in and to be paid when no stage can be left out.

    A failed stage ends the project, so later payments are made only after successes.
    """
    reached, paid = 1.0, 0.0
    for cost, time, success in zip(*stages, strict=True):
        paid += reached * cost * math.exp(-rate * time)
        reached *= success
    return spot * reached * math.exp(-yield_rate * stages.times[-1]), paid


def stage_triggers(
    stages: Stages, *, rate: float, yield_rate: float, volatility: float
) -> tuple[float, ...]:
    """Return the value of the asset from which each payment is worth making. [currency]."""
    law = _Law(rate, yield_rate, volatility)
    *logs, _ = _solved(stages, law, 0.0, None)[0]
    return (*map(math.exp, logs), stages.costs[-1] / stages.successes[-1])


def staged_value(
    stages: Stages,
    *,
    spot: float,
    rate: float,
    yield_rate: float,
    volatility: float,
    triggers: Sequence[float],
) -> float:
    """Value the right to go through stages, each of which can be left out, and all after it.

    Parameters
    ----------
    stages
        Costs above 0, times that rise, chances of success above 0.
    spot
        Value of the asset that the last success brings. [currency]
    rate, yield_rate, volatility
        Discount rate, yield and volatility. [1/year], [1/year^0.5]
    triggers
        From `stage_triggers`. [currency]

    Returns
    -------
    float
        Value today; NaN where `stage_nodes` exceeds `MOST_NODES`. [currency]

    Notes
    -----
    Backwards over the dates: between two of them the log of the asset is normal, and the integral
    over where the next payment is worth making is taken by Gauss–Legendre panels that begin at
    the trigger, where the value has its kink.

    References
    ----------
    :cite:cts:`geske_1979` for two stages.
    """
    law = _Law(rate, yield_rate, volatility)
    logs = tuple(map(math.log, triggers))
    found = _solved(stages, law, math.log(spot), logs)[1]
    first = stages.times[0]
    if first == 0:
        held = float(found(np.array([math.log(spot)]))[0])
        return max(stages.successes[0] * held - stages.costs[0], 0.0)
    return float(found(np.array([math.log(spot)]))[0])


class _Law(NamedTuple):
    rate: float
    yield_rate: float
    volatility: float

    @property
    def log_drift(self) -> float:
        return self.rate - self.yield_rate - 0.5 * self.volatility**2


def stage_nodes(stages: Stages, *, rate: float, yield_rate: float, volatility: float) -> float:
    """Return how many nodes the longest row of panels takes."""
    law = _Law(rate, yield_rate, volatility)
    widths = [
        PANEL * volatility * math.sqrt(min(pair)) for pair in _intervals_beside(stages) if min(pair)
    ]
    low, high = _covered(stages, law, 0.0)
    return NODES * (high - low) / min(widths, default=math.inf)


def _intervals_beside(stages: Stages) -> list[tuple[float, float]]:
    """Return for each stage but the last the interval before it and the one after it."""
    times = [0.0, *stages.times]
    apart = [b - a for a, b in pairwise(times)]
    return [(a or b, b) for a, b in pairwise(apart)]


def _brackets(stages: Stages, law: _Law, stage: int) -> tuple[float, float]:
    """Return logs between which a trigger lies: worth it for sure, not worth it for sure."""
    rest = Stages(
        stages.costs[stage:],
        [time - stages.times[stage] for time in stages.times[stage:]],
        stages.successes[stage:],
    )
    income, paid = committed_value(rest, spot=1.0, rate=law.rate, yield_rate=law.yield_rate)
    return math.log(rest.costs[0] / income), math.log(paid / income)


def _covered(stages: Stages, law: _Law, log_spot: float) -> tuple[float, float]:
    horizon = stages.times[-1]
    spread = REACH * law.volatility * math.sqrt(horizon)
    drift = max(abs(law.log_drift), abs(law.log_drift + law.volatility**2)) * horizon
    brackets = [_brackets(stages, law, stage) for stage in range(len(stages.costs))]
    ends = [log_spot, *(end for pair in brackets for end in pair)]
    return min(ends) - spread - drift, max(ends) + spread + drift


def _solved(
    stages: Stages, law: _Law, log_spot: float, triggers: Sequence[float] | None
) -> tuple[list[float], Continuation]:
    """Return the triggers and the value just before the first payment, or after it at time 0."""
    last = len(stages.costs) - 1
    high = _covered(stages, law, log_spot)[1]
    found = [math.log(stages.costs[last] / stages.successes[last])]
    if last == 0 and stages.times[0] == 0:
        return found, np.exp
    before = stages.times[last] - (stages.times[last - 1] if last else 0.0)
    held = _last_call(stages, law, before)
    beside = _intervals_beside(stages)
    for stage in range(last - 1, -1, -1):
        trigger = _trigger(stages, law, stage, held) if triggers is None else triggers[stage]
        found.insert(0, trigger)
        if stage == 0 and stages.times[0] == 0:
            break
        held = _stage_call(stages, law, stage, held, span=(trigger, high), beside=beside[stage])
    return found, held


def _trigger(stages: Stages, law: _Law, stage: int, held: Continuation) -> float:
    success, cost = stages.successes[stage], stages.costs[stage]

    def gain(log_spot: float) -> float:
        return success * float(held(np.array([log_spot]))[0]) - cost

    low, high = _brackets(stages, law, stage)
    if gain(high) <= 0:
        return high
    return bracketed_root(gain, low, high) if gain(low) < 0 else low


def _last_call(stages: Stages, law: _Law, before: float) -> Continuation:
    success, cost = stages.successes[-1], stages.costs[-1]

    def value(log_spot: FloatArray) -> FloatArray:
        return np.array(
            [
                black_scholes(
                    spot=success * math.exp(x),
                    strike=cost,
                    rate=law.rate,
                    volatility=law.volatility,
                    maturity=before,
                    yield_rate=law.yield_rate,
                )
                for x in log_spot
            ]
        )

    return value


def _stage_call(
    stages: Stages,
    law: _Law,
    stage: int,
    held: Continuation,
    *,
    span: tuple[float, float],
    beside: tuple[float, float],
) -> Continuation:
    """Return the value, one interval earlier, of paying for a stage where that is worth it."""
    before = beside[0]
    deviation = law.volatility * math.sqrt(before)
    width = PANEL * law.volatility * math.sqrt(min(beside))
    panels = max(math.ceil((span[1] - span[0]) / width), 1)
    if panels * NODES > MOST_NODES:
        return lambda log_spot: np.full(len(log_spot), math.nan)
    inner_x, inner_w = np.polynomial.legendre.leggauss(NODES)
    place = (span[0] + width * (np.arange(panels)[:, None] + 0.5 * (inner_x + 1.0))).ravel()
    weight = np.tile(0.5 * width * inner_w, panels) / (deviation * math.sqrt(2 * math.pi))
    weight *= math.exp(-law.rate * before)
    weighted = weight * (stages.successes[stage] * held(place) - stages.costs[stage])
    drift = law.log_drift * before

    def value(log_spot: FloatArray) -> FloatArray:
        parts = []
        for start in range(0, len(log_spot), ROWS):
            apart = (place[None, :] - log_spot[start : start + ROWS, None] - drift) / deviation
            parts.append(np.sum(np.exp(-0.5 * apart * apart) * weighted, axis=1))
        return np.concatenate(parts)

    return value


def staged_lattice_value(
    stages: Stages,
    *,
    spot: float,
    rate: float,
    yield_rate: float,
    volatility: float,
    steps: int,
) -> float:
    """Value the same right on a trinomial lattice whose levels meet every date of a payment.

    Returns NaN where an interval between payments is so short, or the drift so strong, that a
    probability would be negative; more steps may mend it.
    """
    growth = rate - yield_rate
    base = stages.times[-1] / steps
    up = math.exp(STRETCH * volatility * math.sqrt(base))
    edges = [0.0, *stages.times]
    counts = [max(round((b - a) / base), 1) if b > a else 0 for a, b in pairwise(edges)]
    total = sum(counts)
    ladder = spot * up ** np.arange(total, -total - 1, -1, dtype=float)
    values = ladder
    for stage in range(len(stages.costs) - 1, -1, -1):
        values = np.maximum(stages.successes[stage] * values - stages.costs[stage], 0.0)
        if counts[stage] == 0:
            continue
        step_time = (edges[stage + 1] - edges[stage]) / counts[stage]
        stretch = math.log(up) / (volatility * math.sqrt(step_time))
        bounds = stretch_bounds(growth, volatility, step_time)
        if not bounds.low <= stretch <= bounds.high:
            return math.nan
        step = matched_step(up, *lognormal_moments(growth, volatility, step_time), 1.0)
        discount = math.exp(-rate * step_time)
        for _ in range(counts[stage]):
            values = discount * (
                step.up * values[:-2] + step.middle * values[1:-1] + step.down * values[2:]
            )
    return float(values[0])
