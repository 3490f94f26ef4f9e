"""Two correlated normals: the chance that both stay below their bounds."""

from __future__ import annotations

import math


def bivariate_normal_cdf(first: float, second: float, correlation: float) -> float:
    r"""Return :math:`P(X \le h, Y \le k)` of two standard normals.

    Parameters
    ----------
    first, second
        The bounds h and k. [1]
    correlation
        Of the two normals, from -1 to 1. [1]

    Returns
    -------
    float
        Probability, exact to about 1e-16. [1]

    Notes
    -----
    By Owen's function T, which is exact over the whole plane; no quadrature order to choose.

    References
    ----------
    :cite:cts:`owen_1956`.

    Examples
    --------
    >>> round(bivariate_normal_cdf(0.0, 0.0, 0.5), 12)
    0.333333333333
    """
    from scipy.special import ndtr, owens_t

    if abs(correlation) >= 1:
        return _degenerate(first, second, correlation)
    if math.isinf(first) or math.isinf(second):
        low = min(first, second)
        return 0.0 if low == -math.inf else float(ndtr(low))
    root = math.sqrt((1 - correlation) * (1 + correlation))
    if first == second == 0:
        return 0.25 + math.asin(correlation) / (2 * math.pi)
    total = 0.5 * (float(ndtr(first)) + float(ndtr(second)))
    total -= float(owens_t(first, _slope(second, first, correlation, root)))
    total -= float(owens_t(second, _slope(first, second, correlation, root)))
    if min(first, second) < 0 <= max(first, second):
        total -= 0.5
    return min(max(total, 0.0), 1.0)


def _slope(numerator: float, denominator: float, correlation: float, root: float) -> float:
    if denominator == 0:
        return math.copysign(math.inf, numerator)
    return (numerator / denominator - correlation) / root


def _degenerate(first: float, second: float, correlation: float) -> float:
    from scipy.special import ndtr

    if correlation > 0:
        return float(ndtr(min(first, second)))
    return max(float(ndtr(first)) - float(ndtr(-second)), 0.0)
