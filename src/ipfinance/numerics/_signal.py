"""A never-negative signal seen through noise: what is expected of it, given the sum of both."""

from __future__ import annotations

import math

import numpy as np

from ipfinance.numerics._types import FloatArray

FRACTION_FROM = 4.0  # from here on a continued fraction; below, a difference loses no digits
FRACTION_TERMS = 40
NODES = 96
SPREADS = 10.0  # standard deviations to either side of a mean that are integrated over
NEWTON_STEPS = 6
DECADES = 45.0  # an exponential tail is followed until exp(-45)
FLATTEST = 1e-100  # a slope below which a tail is cut by its spread alone
ROWS_AT_ONCE = 256


def tail_excess(a: FloatArray) -> FloatArray:
    r"""Return by how much a standard normal, given that it exceeds ``a``, exceeds it on average.

    Parameters
    ----------
    a
        Any finite numbers. [1]

    Returns
    -------
    FloatArray
        :math:`\phi(a)/(1-\Phi(a)) - a`, positive, with full relative precision in both tails. [1]

    Notes
    -----
    The textbook quotient is infinite from 8.3 on and not a number from 38.6 on; a quotient in log
    space loses its digits in the difference. Here the difference is the continued fraction
    :math:`1/(a + 2/(a + 3/(a + \dots)))` for a of 4 or more, and ``sqrt(2/pi)/erfcx`` below.

    Examples
    --------
    >>> [float(f"{x:.12g}") for x in tail_excess(np.array([0.0, 38.6, 1000.0]))]
    [0.797884560803, 0.0258720767979, 0.00099999800001]
    """
    from scipy.special import erfcx

    a = np.asarray(a, dtype=np.float64)
    fraction = np.maximum(a, FRACTION_FROM)
    tail = fraction.copy()
    for term in range(FRACTION_TERMS, 1, -1):
        tail = fraction + term / tail
    near = math.sqrt(2.0 / math.pi) / erfcx(np.minimum(a, FRACTION_FROM) / math.sqrt(2.0)) - a
    return np.where(a >= FRACTION_FROM, 1.0 / tail, near)


def half_normal_signal(total: FloatArray, noise: FloatArray, share: FloatArray) -> FloatArray:
    r"""Return the expected half-normal signal, given its sum with normal noise.

    Parameters
    ----------
    total
        What was observed: signal plus noise. [1]
    noise
        Standard deviation of the noise, positive. [1]
    share
        Share of the signal's scale in the whole, ``s_x^2 / (s_x^2 + s_e^2)``, in (0, 1). [1]

    Returns
    -------
    FloatArray
        Never negative, also where the sum is. [1]

    Notes
    -----
    .. math:: E[x|R] = \sqrt{\delta}\,v\,(\lambda(a) - a), \quad a = -\sqrt{\delta} R / v

    with :math:`\lambda` the hazard of the normal law; equal to
    :math:`\delta R + \sqrt{\delta} v \lambda(a)`.

    References
    ----------
    :cite:cts:`kogan_2017`, equation of the filtered value.

    Examples
    --------
    >>> noise, share = np.array([0.02 * 3**0.5]), np.array([1 - np.exp(-0.0146289)])
    >>> round(float(half_normal_signal(np.array([0.01]), noise, share)[0]), 14)
    0.00338413783938
    """
    root = np.sqrt(share)
    return np.asarray(root * noise * tail_excess(-root * total / noise))


def exponential_signal(total: FloatArray, noise: FloatArray, share: FloatArray) -> FloatArray:
    r"""Return the expected exponential signal of scale ``sqrt(share) noise``, given its sum.

    Parameters
    ----------
    total, noise, share
        As for `half_normal_signal`.

    Notes
    -----
    .. math:: E[x|R] = v\,(\lambda(c) - c), \quad c = 1/\sqrt{\delta} - R / v

    Examples
    --------
    >>> noise, share = np.array([0.02 * 3**0.5]), np.array([1 - np.exp(-0.0146289)])
    >>> round(float(exponential_signal(np.array([0.01]), noise, share)[0]), 14)
    0.00419962515424
    """
    return np.asarray(noise * tail_excess(1.0 / np.sqrt(share) - total / noise))


def cauchy_signal(total: FloatArray, noise: FloatArray, share: FloatArray) -> FloatArray:
    r"""Return the expected half-Cauchy signal, given its sum with Cauchy noise.

    Parameters
    ----------
    total, noise, share
        As for `half_normal_signal`; `noise` is the scale of the noise, and
        ``noise share / (1 - share)`` that of the signal.

    Notes
    -----
    The ratio of two integrals of rational functions, each in closed form by partial fractions.

    Examples
    --------
    >>> noise, share = np.array([0.03]), np.array([1 - np.exp(-0.0146289)])
    >>> round(float(cauchy_signal(np.array([0.01]), noise, share)[0]), 14)
    0.00136211128398
    """
    scale = noise * share / (1.0 - share)
    apart = total**2 + noise**2 - scale**2
    below = apart**2 + (2.0 * total * scale) ** 2
    line, flat = 2.0 * total / below, apart / below
    logs = 0.5 * np.log((total**2 + noise**2) / scale**2)
    angle = np.arctan2(noise, -total) / noise
    quarter = math.pi / (2.0 * scale)
    mass = line * logs + flat * quarter + (line * total - flat) * angle
    first = flat * logs - scale**2 * line * quarter + (flat * total + scale**2 * line) * angle
    return np.asarray(first / mass)


def half_normal_quantile(
    total: FloatArray, noise: FloatArray, share: FloatArray, probability: float
) -> FloatArray:
    """Return a quantile of the half-normal signal, given its sum with normal noise.

    Parameters
    ----------
    total, noise, share
        As for `half_normal_signal`.
    probability
        Strictly between 0 and 1. [1]

    Notes
    -----
    The posterior is a normal law cut off at zero. The quantile is taken from the log of its upper
    tail; where the cut-off lies far out, the distance from it is found by Newton steps.

    Examples
    --------
    >>> one = np.array([1.0])
    >>> round(float(half_normal_quantile(0 * one, one, 0.5 * one, 0.5)[0]), 6)
    0.476936
    """
    from scipy.special import log_ndtr, ndtri_exp

    root = np.sqrt(share)
    a = -root * total / noise
    beyond = math.log1p(-probability)
    plain = -ndtri_exp(np.minimum(beyond + log_ndtr(-a), -1e-300)) - a
    edge = np.maximum(a, FRACTION_FROM)
    gap = -beyond / edge
    for _ in range(NEWTON_STEPS):  # edge g + g^2/2 + log of the hazards' ratio = -log(1 - p)
        ratio = np.log(tail_hazard(edge + gap) / tail_hazard(edge))
        gap = gap - (edge * gap + 0.5 * gap**2 + ratio + beyond) / tail_hazard(edge + gap)
    far = a > FRACTION_FROM
    return np.asarray(root * noise * np.where(far, gap, np.maximum(plain, 0.0)))


def tail_hazard(a: FloatArray) -> FloatArray:
    """Return the density of the normal law over its upper tail.

    Examples
    --------
    >>> round(float(tail_hazard(np.array([0.0]))[0]), 12)
    0.797884560803
    """
    return np.asarray(tail_excess(a) + a)


def several_signals(total: FloatArray, noise: FloatArray, scales: FloatArray) -> FloatArray:
    """Return the expected half-normal signals of several kinds, given the sum of all and noise.

    Parameters
    ----------
    total, noise
        What was observed, and the standard deviation of the noise, shape (n,). [1]
    scales
        Scale of each kind of signal before it is cut at zero, shape (n, 2) or (n, 3), positive.
        [1]

    Returns
    -------
    FloatArray
        Expected signal of each kind, shape as `scales`. [1]

    Notes
    -----
    One kind after the other is integrated by Gauss–Legendre quadrature against the law of all the
    others plus noise: a skew-normal density for one other kind, a second quadrature for two.

    Examples
    --------
    >>> kinds = np.array([[0.1, 0.1], [0.1, 1e-9]])
    >>> both = several_signals(np.array([0.2, 0.2]), np.array([1.0, 1.0]), kinds)
    >>> [round(float(value), 6) for value in both[0]]
    [0.079827, 0.079827]
    >>> alone = half_normal_signal(np.array([0.2]), np.array([1.0]), np.array([0.01 / 1.01]))
    >>> abs(float(both[1, 0] - alone[0])) < 1e-8
    True
    """
    found = np.empty_like(scales)
    for start in range(0, len(total), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        for kind in range(scales.shape[1]):
            others = np.delete(scales[rows], kind, axis=1)
            found[rows, kind] = _one_of_several(
                total[rows], noise[rows], scales[rows, kind], others
            )
    return found


def _one_of_several(
    total: FloatArray, noise: FloatArray, scale: FloatArray, others: FloatArray
) -> FloatArray:
    x, logs = _integrand(total, noise, scale, others)
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray((weights * x).sum(axis=1) / weights.sum(axis=1))


def _integrand(
    total: FloatArray, noise: FloatArray, scale: FloatArray, others: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return nodes of the first signal and the log of weight times density there, (n, NODES)."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    low, high = _reach(total, noise, scale, others)
    half = 0.5 * (high - low)
    x = low[:, None] + half[:, None] * (1.0 + nodes)
    rest = total[:, None] - x
    prior = -0.5 * (x / scale[:, None]) ** 2 - np.log(scale)[:, None]
    return x, np.log(weights * half[:, None]) + prior + _log_density(rest, noise, others)


def _log_density(rest: FloatArray, noise: FloatArray, others: FloatArray) -> FloatArray:
    """Return the log density, up to a constant, of the other signals plus noise, (n, NODES)."""
    if others.shape[1] == 1:
        return _log_skew_normal(rest, noise[:, None], others)
    shape = rest.shape
    flat = rest.ravel()
    repeated = np.repeat(noise, shape[1]), np.repeat(others, shape[1], axis=0)
    _, logs = _integrand(flat, repeated[0], repeated[1][:, 0], repeated[1][:, 1:])
    top = logs.max(axis=1)
    found = top + np.log(np.exp(logs - top[:, None]).sum(axis=1))
    return np.asarray(found.reshape(shape))


def _log_skew_normal(rest: FloatArray, noise: FloatArray, scale: FloatArray) -> FloatArray:
    from scipy.special import log_ndtr

    spread = np.hypot(noise, scale)
    lean = scale / (noise * spread)
    return np.asarray(-0.5 * (rest / spread) ** 2 - np.log(spread) + log_ndtr(lean * rest))


def _reach(
    total: FloatArray, noise: FloatArray, scale: FloatArray, others: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return between which ends the first signal's posterior has all but nothing of its mass."""
    whole = noise**2 + scale**2 + (others**2).sum(axis=1)
    deviation = scale * np.sqrt(1.0 - scale**2 / whole)
    mean = scale**2 / whole * total
    low = np.zeros_like(mean)
    high = np.maximum(mean, 0.0) + SPREADS * deviation
    slope = -total / whole  # the log density falls at least this fast where the total is negative
    steep = slope > FLATTEST
    high = np.where(steep, np.minimum(high, DECADES / np.where(steep, slope, 1.0)), high)
    return low, high
