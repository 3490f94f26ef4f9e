"""European claims on an asset that diffuses and jumps."""

from __future__ import annotations

import math

import numpy as np

from ipfinance.numerics._closed_form import Payoff
from ipfinance.numerics._types import FloatArray

TAIL = 14.0  # standard deviations of the number of jumps that are summed


def mean_jump(*, log_mean: float, log_deviation: float) -> float:
    r"""Return the expected relative jump :math:`e^{m+s^2/2}-1`. [1]."""
    return math.expm1(log_mean + 0.5 * log_deviation**2)


def jump_weights(expected: float, tilted: float) -> FloatArray:
    """Return the Poisson probabilities of 0, 1, 2, ... jumps, as many as can matter.

    Parameters
    ----------
    expected
        Expected number of jumps. [1]
    tilted
        Expected number where paths count by what the asset is worth. [1]
    """
    from scipy.special import gammaln

    most = max(expected, tilted)
    counts = np.arange(math.ceil(most + TAIL * math.sqrt(most + 1)) + 20, dtype=float)
    if expected == 0:
        certain: FloatArray = (counts == 0).astype(float)
        return certain
    weights: FloatArray = np.exp(counts * math.log(expected) - expected - gammaln(counts + 1))
    return weights


def jump_diffusion_value(
    *,
    spot: float,
    strike: float,
    rate: float,
    yield_rate: float,
    volatility: float,
    maturity: float,
    jump_rate: float,
    log_jump_mean: float,
    log_jump_deviation: float,
    payoff: Payoff,
) -> float:
    r"""Value a European claim on an asset with lognormal jumps, its drift compensated.

    Parameters
    ----------
    spot, strike
        Value of the asset; cost of exercising. [currency]
    rate, yield_rate
        Riskless rate and income yield, continuously compounded. [1/year]
    volatility
        Of the diffusion between jumps. [1/year^0.5]
    maturity
        Time to the decision. [year]
    jump_rate
        Expected jumps a year. [1/year]
    log_jump_mean, log_jump_deviation
        Mean and standard deviation of the log of the asset's factor at a jump. [1]
    payoff
        Call or put.

    Returns
    -------
    float
        Value today. [currency]

    Notes
    -----
    A sum over the number of jumps n, Poisson with mean :math:`\lambda T`, of lognormal claims
    whose forward is :math:`S e^{(r-q-\lambda k)T + n(m+s^2/2)}` and whose variance is
    :math:`\sigma^2T + ns^2`. The term :math:`-\lambda k` keeps the asset's growth at r - q.

    References
    ----------
    :cite:cts:`merton_1976`.
    """
    size = mean_jump(log_mean=log_jump_mean, log_deviation=log_jump_deviation)
    weights = jump_weights(jump_rate * maturity, jump_rate * maturity * (1 + size))
    counts = np.arange(len(weights), dtype=float)
    growth = (rate - yield_rate - jump_rate * size) * maturity
    log_forward = math.log(spot) + growth + counts * (log_jump_mean + 0.5 * log_jump_deviation**2)
    spread = np.sqrt(volatility**2 * maturity + counts * log_jump_deviation**2)
    sign = 1.0 if payoff is Payoff.CALL else -1.0
    terms = _weighted_claims(sign, log_forward, strike, spread, weights)
    return math.exp(-rate * maturity) * math.fsum(terms)


def _weighted_claims(
    sign: float, log_forward: FloatArray, strike: float, spread: FloatArray, weights: FloatArray
) -> FloatArray:
    """Return each count's claim times its probability, without leaving the range of floats."""
    from scipy.special import log_ndtr, ndtr

    with np.errstate(divide="ignore"):
        log_weights = np.log(weights)
        d_1 = (log_forward - math.log(strike)) / np.where(spread > 0, spread, 1.0) + spread / 2
    claims: FloatArray = sign * (
        np.exp(log_weights + log_forward + log_ndtr(sign * d_1))
        - weights * strike * ndtr(sign * (d_1 - spread))
    )
    certain = spread == 0
    if np.any(certain):
        with np.errstate(over="ignore"):
            intrinsic = np.maximum(sign * (np.exp(log_forward) - strike), 0.0)
        claims[certain] = weights[certain] * intrinsic[certain]
    return claims
