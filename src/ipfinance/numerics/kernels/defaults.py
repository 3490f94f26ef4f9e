"""Defaults that depend on common factors: simulated draws and exact recursions."""

from __future__ import annotations

import math

from ipfinance.numerics._kernel import kernel
from ipfinance.numerics._types import FloatArray, IntArray, KeyArray
from ipfinance.numerics.kernels.draws import quantile, uniform
from ipfinance.numerics.kernels.normal import cdf


@kernel
def uniform_draws(entities: KeyArray, scenarios: KeyArray, out: FloatArray) -> None:
    """Fill uniform draws, one row per scenario."""
    for row in range(len(scenarios)):
        for place in range(len(entities)):
            out[row, place] = uniform(entities[place], scenarios[row])


@kernel
def normal_draws(entities: KeyArray, scenarios: KeyArray, out: FloatArray) -> None:
    """Fill standard normal draws, one row per scenario."""
    for row in range(len(scenarios)):
        for place in range(len(entities)):
            out[row, place] = quantile(uniform(entities[place], scenarios[row]))


@kernel
def latent_scores(
    entities: KeyArray,
    scenarios: KeyArray,
    factors: FloatArray,
    factor: IntArray,
    loading: FloatArray,
    rest: FloatArray,
    out: FloatArray,
) -> None:
    """Fill the Gaussian variables behind the defaults; low is bad."""
    for row in range(len(scenarios)):
        for place in range(len(entities)):
            score = rest[place] * quantile(uniform(entities[place], scenarios[row]))
            for item in range(factor.shape[1]):
                if loading[place, item] != 0.0:
                    score += loading[place, item] * factors[row, factor[place, item]]
            out[row, place] = score


@kernel
def conditional_probability(threshold: float, scale: float, common: float, rest: float) -> float:
    """Return the chance of default given the factors.

    `scale` multiplies the threshold (1 for a Gaussian copula), `common` is what the factors add.
    """
    if threshold == -math.inf:
        return 0.0
    if threshold == math.inf:
        return 1.0
    if rest <= 0.0:
        return 1.0 if common <= threshold * scale else 0.0
    return cdf((threshold * scale - common) / rest)


@kernel
def static_losses(
    entities: KeyArray,
    scenarios: KeyArray,
    factors: FloatArray,
    scales: FloatArray,
    threshold: FloatArray,
    factor: IntArray,
    loading: FloatArray,
    rest: FloatArray,
    loss: IntArray,
    out: IntArray,
) -> None:
    """Fill the sum of the losses of those who default, one per scenario."""
    for row in range(len(scenarios)):
        total = 0
        for place in range(len(entities)):
            common = 0.0
            for item in range(factor.shape[1]):
                if loading[place, item] != 0.0:
                    common += loading[place, item] * factors[row, factor[place, item]]
            chance = conditional_probability(threshold[place], scales[row], common, rest[place])
            if uniform(entities[place], scenarios[row]) < chance:
                total += loss[place]
        out[row] = total


@kernel
def loss_recursion(chance: FloatArray, units: IntArray, out: FloatArray) -> None:
    """Fill the distribution of a sum of independent losses, one row per set of chances.

    `chance` has the shape (n_rows, n_obligors), `units` are whole losses on default, `out` has
    room for their sum plus one.
    """
    for row in range(chance.shape[0]):
        for place in range(out.shape[1]):
            out[row, place] = 0.0
        out[row, 0] = 1.0
        reached = 0
        for obligor in range(chance.shape[1]):
            q = chance[row, obligor]
            unit = units[obligor]
            reached += unit
            for place in range(reached, unit - 1, -1):
                out[row, place] = (1.0 - q) * out[row, place] + q * out[row, place - unit]
            for place in range(min(unit, reached + 1) - 1, -1, -1):
                out[row, place] *= 1.0 - q
