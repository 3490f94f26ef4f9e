"""The standard normal law and the Black–Scholes formula, for use inside other kernels."""

from __future__ import annotations

import math

from ipfinance.numerics._kernel import kernel


@kernel
def cdf(x: float) -> float:
    """Return the standard normal distribution function."""
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


@kernel
def european(
    sign: float, spot: float, strike: float, rate: float, carry: float, spread: float, time: float
) -> float:
    """Value a European claim; `spread` is volatility times the root of time, `carry` the yield."""
    forward = spot * math.exp(-carry * time)
    cost = strike * math.exp(-rate * time)
    if spread <= 0.0 or forward <= 0.0 or cost <= 0.0:
        return max(sign * (forward - cost), 0.0)
    d_1 = math.log(forward / cost) / spread + 0.5 * spread
    return sign * (forward * cdf(sign * d_1) - cost * cdf(sign * (d_1 - spread)))
