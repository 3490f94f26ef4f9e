"""Estimates from observed series."""

from __future__ import annotations

import math

import numpy as np

from ipfinance.numerics._types import FloatArray


def annualised_volatility(prices: FloatArray, periods_per_year: float) -> float:
    r"""Estimate a yearly volatility from equally spaced prices.

    Parameters
    ----------
    prices
        Positive prices in order of time, at least three, shape (n,). [currency]
    periods_per_year
        How many spacings make a year: 252 trading days, 52 weeks, 12 months. [1/year]

    Returns
    -------
    float
        Standard deviation (divisor n - 2, of the n - 1 log returns about their mean) times the
        root of the periods per year. [1/year^0.5]

    Examples
    --------
    >>> round(annualised_volatility(np.array([100.0, 110.0, 99.0, 108.9]), 1.0), 6)
    0.115857
    """
    returns = np.diff(np.log(prices))
    return float(np.std(returns, ddof=1)) * math.sqrt(periods_per_year)
