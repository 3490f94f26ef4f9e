"""Closed forms of European claims: the oracle behind every lattice."""

from __future__ import annotations

import math
from enum import StrEnum

from ipfinance.basics import Text


class Payoff(StrEnum):
    """What the right pays."""

    CALL = "call"  # the right to invest: value less cost
    PUT = "put"  # the right to give up: salvage less value


PAYOFF_NAMES = {
    Payoff.CALL: Text("call: the right to invest", "看涨：投资权"),
    Payoff.PUT: Text("put: the right to give up", "看跌：放弃权"),
}


def normal_cdf(x: float) -> float:
    """Return the standard normal distribution function, exact to the last digits in both tails.

    Examples
    --------
    >>> round(normal_cdf(1.0), 12)
    0.841344746069
    """
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


def black_scholes(
    *,
    spot: float,
    strike: float,
    rate: float,
    volatility: float,
    maturity: float,
    yield_rate: float = 0.0,
    payoff: Payoff = Payoff.CALL,
) -> float:
    r"""Value a European claim on a lognormal asset.

    Parameters
    ----------
    spot, strike
        Value of the asset; cost of exercising. [currency]
    rate, yield_rate
        Riskless rate and income yield or cost of delay, continuously compounded. [1/year]
    volatility
        Standard deviation of the yearly log return, at least 0. [1/year^0.5]
    maturity
        Time to the decision, at least 0. [year]
    payoff
        Call or put.

    Returns
    -------
    float
        Value today. [currency]

    Notes
    -----
    .. math:: C = S e^{-qT} \Phi(d_1) - K e^{-rT} \Phi(d_2)

    Without any spread (no volatility or no time) it is the discounted intrinsic value forward.

    References
    ----------
    :cite:cts:`black_scholes_1973`; :cite:cts:`merton_1973` for the yield.

    Examples
    --------
    >>> round(black_scholes(spot=100, strike=100, rate=0.05, volatility=0.2, maturity=1.0), 6)
    10.450584
    """
    sign = 1.0 if payoff is Payoff.CALL else -1.0
    forward = spot * math.exp(-yield_rate * maturity)
    cost = strike * math.exp(-rate * maturity)
    spread = volatility * math.sqrt(maturity)
    if spread == 0 or forward == 0 or cost == 0:
        return max(sign * (forward - cost), 0.0)
    d_1 = math.log(forward / cost) / spread + spread / 2
    return sign * (forward * normal_cdf(sign * d_1) - cost * normal_cdf(sign * (d_1 - spread)))
