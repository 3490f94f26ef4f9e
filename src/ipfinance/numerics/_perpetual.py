"""The right to invest without a last day: a quadratic and a trigger."""

from __future__ import annotations

import math


def investment_root(*, discount: float, drift: float, volatility: float) -> float:
    r"""Return the positive root :math:`\beta` of the quadratic of a perpetual right.

    Parameters
    ----------
    discount
        Rate that discounts money paid on survival; above `drift`. [1/year]
    drift
        Growth of the asset given survival. [1/year]
    volatility
        Above 0. [1/year^0.5]

    Returns
    -------
    float
        Above 1; 1 or less, and then without a meaning, where waiting costs nothing. [1]

    Notes
    -----
    .. math:: \tfrac12\sigma^2\beta(\beta-1) + \mu\beta - r^* = 0

    References
    ----------
    :cite:cts:`dixit_pindyck_1994`.

    Examples
    --------
    >>> round(investment_root(discount=0.04, drift=0.0, volatility=0.2), 12)
    2.0
    """
    variance = volatility * volatility
    half = 0.5 - drift / variance
    # 1 plus what exceeds 1, so that roots near 1 keep their digits
    excess = 2 * (discount - drift) / variance
    root = math.sqrt((1 - half) ** 2 + excess)
    past = 1 - half
    return 1 + (excess / (root + past) if past > 0 else root - past)


def investment_value(*, spot: float, cost: float, root: float, trigger: float) -> float:
    """Return the value of a perpetual right to invest.

    Parameters
    ----------
    spot, cost
        Value of the asset and cost of investing. [currency]
    root, trigger
        From `investment_root`, above 1, and `investment_trigger`. [1], [currency]

    Returns
    -------
    float
        Value of waiting below the trigger, value less cost above it. [currency]
    """
    if spot >= trigger:
        return spot - cost
    return (trigger - cost) * math.exp(root * math.log(spot / trigger))


def investment_trigger(*, cost: float, root: float) -> float:
    """Return the value of the asset at which investing at once is best. [currency]."""
    return cost * root / (root - 1)
