"""Claims that end, or begin, when the asset touches a level watched all the time."""

from __future__ import annotations

import math
from typing import NamedTuple

from ipfinance.numerics._closed_form import Payoff, black_scholes

SHIFT = 0.5825971579390107  # -zeta(1/2) / sqrt(2 pi): how far dated watching moves a barrier


class BarrierValue(NamedTuple):
    """A claim with a barrier, and the parts it is made of.

    Attributes
    ----------
    vanilla
        The claim without a barrier. [currency]
    beyond
        The part of it that is paid where the asset ends on the living side. [currency]
    image
        What of that belongs to paths that touched the barrier on the way. [currency]
    out
        The claim that a touch ends: `beyond` less `image`. [currency]
    """

    vanilla: float
    beyond: float
    image: float
    out: float


def barrier_value(
    *,
    spot: float,
    strike: float,
    barrier: float,
    rate: float,
    yield_rate: float,
    volatility: float,
    maturity: float,
    payoff: Payoff,
    falling: bool,
) -> BarrierValue:
    r"""Value a European claim with a barrier that is watched continuously.

    Parameters
    ----------
    spot, strike, barrier
        Value of the asset, cost of exercising, level that matters. [currency]
    rate, yield_rate
        Discount rate and yield, continuously compounded. [1/year]
    volatility
        Above 0. [1/year^0.5]
    maturity
        Above 0. [year]
    payoff
        Call or put.
    falling
        True where the asset must fall to the barrier, False where it must rise to it.

    Returns
    -------
    BarrierValue
        The claim that ends at the first touch, without rebate. The one that begins there is the
        vanilla claim less this.

    Notes
    -----
    Images: with :math:`\alpha = 2(r-q)/\sigma^2 - 1` and F the value of the payoff cut off at the
    barrier, :math:`V(S) = F(S) - (H/S)^{\alpha} F(H^2/S)`.

    References
    ----------
    :cite:cts:`reiner_rubinstein_1991`.
    """
    vanilla = black_scholes(
        spot=spot,
        strike=strike,
        rate=rate,
        volatility=volatility,
        maturity=maturity,
        yield_rate=yield_rate,
        payoff=payoff,
    )
    touched = spot <= barrier if falling else spot >= barrier
    if touched:
        return BarrierValue(vanilla, 0.0, 0.0, 0.0)
    bounds = living_bounds(strike=strike, barrier=barrier, payoff=payoff, falling=falling)
    sign = 1.0 if payoff is Payoff.CALL else -1.0
    log_spot, log_barrier = math.log(spot), math.log(barrier)
    power = (2 * (rate - yield_rate) / volatility**2 - 1) * (log_barrier - log_spot)
    parts = [
        _cut_claim(
            sign=sign,
            log_spot=place,
            log_factor=factor,
            strike=strike,
            bounds=bounds,
            rate=rate,
            yield_rate=yield_rate,
            volatility=volatility,
            maturity=maturity,
        )
        for place, factor in ((log_spot, 0.0), (2 * log_barrier - log_spot, power))
    ]
    return BarrierValue(vanilla, parts[0], parts[1], min(max(parts[0] - parts[1], 0.0), vanilla))


def living_bounds(
    *, strike: float, barrier: float, payoff: Payoff, falling: bool
) -> tuple[float, float]:
    """Return between which values the claim pays on the living side; empty when low >= high."""
    low, high = (strike, math.inf) if payoff is Payoff.CALL else (0.0, strike)
    return (max(low, barrier), high) if falling else (low, min(high, barrier))


def _cut_claim(
    *,
    sign: float,
    log_spot: float,
    log_factor: float,
    strike: float,
    bounds: tuple[float, float],
    rate: float,
    yield_rate: float,
    volatility: float,
    maturity: float,
) -> float:
    """Return a factor times the claim that pays between two values only."""
    low, high = bounds
    if low >= high:
        return 0.0
    spread = volatility * math.sqrt(maturity)
    mean = log_spot + (rate - yield_rate - 0.5 * volatility**2) * maturity
    ends = [
        (_log_or_infinite(low) - mean) / spread,
        (_log_or_infinite(high) - mean) / spread,
    ]
    asset = log_factor + log_spot - yield_rate * maturity
    asset += log_normal_between(ends[0] - spread, ends[1] - spread)
    cost = log_factor + math.log(strike) - rate * maturity + log_normal_between(*ends)
    return sign * (math.exp(asset) - math.exp(cost))


def _log_or_infinite(value: float) -> float:
    if value == 0:
        return -math.inf
    return math.inf if math.isinf(value) else math.log(value)


def log_normal_between(low: float, high: float) -> float:
    """Return the log of the chance that a standard normal lies between two points."""
    from scipy.special import log_ndtr

    if low > 0:  # the other tail keeps the digits
        low, high = -high, -low
    above, below = float(log_ndtr(high)), float(log_ndtr(low))
    if below >= above:
        return -math.inf
    return above + math.log(-math.expm1(below - above))


def shifted_barrier(
    *, barrier: float, volatility: float, maturity: float, dates: int, falling: bool
) -> float:
    r"""Return the barrier whose continuous formula comes near to watching on equal dates.

    Notes
    -----
    :math:`H e^{\mp 0.5826\,\sigma\sqrt{\Delta t}}`, away from the asset; an approximation, good
    for many dates.

    References
    ----------
    :cite:cts:`broadie_glasserman_kou_1997`.
    """
    step = SHIFT * volatility * math.sqrt(maturity / dates)
    return barrier * math.exp(-step if falling else step)
