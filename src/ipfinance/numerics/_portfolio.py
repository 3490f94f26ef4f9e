"""Shortfalls of small pools: exact given the common factor, never a large-pool limit."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np


def shortfall_probability(
    *, assets: int, needed: int, default_probability: float, correlation: float, nodes: int = 64
) -> float:
    r"""Return the chance that fewer than `needed` of equal assets survive.

    Parameters
    ----------
    assets, needed
        Size of the pool; survivors that are enough.
    default_probability
        Chance that one asset is ruined within the horizon, from 0 to 1. [1]
    correlation
        Of the Gaussian variables behind the ruins, from 0 up to but not 1. [1]
    nodes
        Gauss–Hermite nodes of the common factor.

    Returns
    -------
    float
        Probability. [1]

    Notes
    -----
    Given the factor :math:`z` ruins are independent with probability
    :math:`\Phi((\Phi^{-1}(p) - \sqrt\rho z)/\sqrt{1-\rho})`, and their number is binomial.

    References
    ----------
    :cite:cts:`vasicek_2002` for the factor; the number of ruins is summed exactly.
    """
    if default_probability <= 0:
        return 0.0 if assets >= needed else 1.0
    if default_probability >= 1:
        return 1.0 if needed > 0 else 0.0
    normal = NormalDist()
    threshold = normal.inv_cdf(default_probability)
    points, weights = np.polynomial.hermite_e.hermegauss(nodes)
    total = 0.0
    for z, weight in zip(points, weights / math.sqrt(2 * math.pi), strict=True):
        scaled = (threshold - math.sqrt(correlation) * float(z)) / math.sqrt(1 - correlation)
        total += float(weight) * _too_few(assets, needed, normal.cdf(scaled))
    return total


def _too_few(assets: int, needed: int, probability: float) -> float:
    return math.fsum(
        math.comb(assets, alive) * (1 - probability) ** alive * probability ** (assets - alive)
        for alive in range(needed)
    )
