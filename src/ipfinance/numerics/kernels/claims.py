"""American claims by the integral equation of their exercise boundary, at Chebyshev nodes.

The boundary of a put solves ``B = K N(t, B) / D(t, B)``. In the root of time the
squared log distance ``ln(B / X)^2`` is smooth, so a few Chebyshev nodes carry it; a fixed-point
iteration from an explicit guess finds it, Gauss–Legendre quadrature takes the integrals, and the
early-exercise premium follows from the boundary. A call is a put with asset and cost exchanged.
"""

from __future__ import annotations

import math

import numpy as np

from ipfinance.numerics._kernel import kernel
from ipfinance.numerics._types import BoolArray, FloatArray
from ipfinance.numerics.kernels.normal import cdf, european

NO_GAIN = 1e-10  # a rate below which waiting costs nothing that shows in the value


@kernel
def chebyshev_coefficients(values: FloatArray, out: FloatArray) -> None:
    """Turn values at the Chebyshev extrema, from 1 down to -1, into coefficients."""
    last = len(values) - 1
    for degree in range(last + 1):
        total = 0.5 * values[0] + 0.5 * values[last] * (1.0 - 2.0 * (degree % 2))
        for node in range(1, last):
            total += values[node] * math.cos(node * degree * math.pi / last)
        out[degree] = 2.0 * total / last
    out[0] *= 0.5
    out[last] *= 0.5


@kernel
def chebyshev_value(coefficients: FloatArray, x: float) -> float:
    """Sum a Chebyshev series at a point of [-1, 1] by Clenshaw's recurrence."""
    ahead = 0.0
    beyond = 0.0
    for degree in range(len(coefficients) - 1, 0, -1):
        current = 2.0 * x * ahead - beyond + coefficients[degree]
        beyond = ahead
        ahead = current
    return float(x * ahead - beyond + coefficients[0])


@kernel
def explicit_boundary(
    strike: float, rate: float, carry: float, volatility: float, time: float, top: float
) -> float:
    """Return a first guess: the flat boundary between its start and its perpetual limit."""
    drift = (rate - carry) / volatility**2
    root = 0.5 - drift - math.sqrt((drift - 0.5) ** 2 + 2.0 * rate / volatility**2)
    limit = strike * root / (root - 1.0)
    if limit >= top:
        return top
    speed = ((rate - carry) * time - 2.0 * volatility * math.sqrt(time)) * strike**2
    return limit + (top - limit) * math.exp(min(speed / ((top - limit) * top), 0.0))


@kernel
def put(
    spot: float,
    strike: float,
    rate: float,
    carry: float,
    volatility: float,
    maturity: float,
    iterations: int,
    node_x: FloatArray,
    inner_x: FloatArray,
    inner_w: FloatArray,
    outer_x: FloatArray,
    outer_w: FloatArray,
    squares: FloatArray,
    series: FloatArray,
) -> float:
    """Value one American put; rate must be positive. The last two arrays are scratch."""
    nodes = len(node_x) - 1
    root_time = math.sqrt(maturity)
    top = strike * min(1.0, rate / carry) if carry > 0.0 else strike
    log_top = math.log(top)
    log_strike = math.log(strike)
    drift = rate - carry - 0.5 * volatility**2
    for node in range(nodes):
        time = (0.5 * root_time * (1.0 + node_x[node])) ** 2
        guess = explicit_boundary(strike, rate, carry, volatility, time, top)
        squares[node] = math.log(max(guess / top, 1e-12)) ** 2
    squares[nodes] = 0.0
    for _ in range(iterations):
        chebyshev_coefficients(squares, series)
        for node in range(nodes):
            root = 0.5 * root_time * (1.0 + node_x[node])
            time = root * root
            log_boundary = log_top - math.sqrt(max(squares[node], 0.0))
            d_minus = (log_boundary - log_strike + drift * time) / (volatility * root)
            above = math.exp(-rate * time) * cdf(d_minus)
            below = math.exp(-carry * time) * cdf(d_minus + volatility * root)
            for point in range(len(inner_x)):
                back = 0.5 * root * (1.0 + inner_x[point])
                when = time - back * back
                x = 2.0 * math.sqrt(max(when, 0.0)) / root_time - 1.0
                square = chebyshev_value(series, x)
                log_then = log_top - math.sqrt(max(square, 0.0))
                e_minus = (log_boundary - log_then + drift * back * back) / (volatility * back)
                weight = 0.5 * inner_w[point] * time * (1.0 + inner_x[point])
                past = back * back
                above += weight * rate * math.exp(-rate * past) * cdf(e_minus)
                below += weight * carry * math.exp(-carry * past) * cdf(e_minus + volatility * back)
            boundary = strike * above / below if below > 0.0 else top
            boundary = min(max(boundary, 1e-12 * top), top)
            squares[node] = math.log(boundary / top) ** 2
    chebyshev_coefficients(squares, series)
    log_spot = math.log(spot)
    if log_spot <= log_top - math.sqrt(max(squares[0], 0.0)):
        return strike - spot
    value = european(-1.0, spot, strike, rate, carry, volatility * root_time, maturity)
    for point in range(len(outer_x)):
        back = 0.5 * root_time * (1.0 + outer_x[point])
        past = back * back
        x = 2.0 * math.sqrt(max(maturity - past, 0.0)) / root_time - 1.0
        log_then = log_top - math.sqrt(max(chebyshev_value(series, x), 0.0))
        e_minus = (log_spot - log_then + drift * past) / (volatility * back)
        e_plus = e_minus + volatility * back
        weight = 0.5 * outer_w[point] * maturity * (1.0 + outer_x[point])
        value += weight * (
            rate * strike * math.exp(-rate * past) * cdf(-e_minus)
            - carry * spot * math.exp(-carry * past) * cdf(-e_plus)
        )
    return max(value, strike - spot)


@kernel
def claims_many(
    is_call: BoolArray,
    is_american: BoolArray,
    spot: FloatArray,
    strike: FloatArray,
    rate: FloatArray,
    carry: FloatArray,
    volatility: FloatArray,
    maturity: FloatArray,
    iterations: int,
    node_x: FloatArray,
    inner_x: FloatArray,
    inner_w: FloatArray,
    outer_x: FloatArray,
    outer_w: FloatArray,
    out: FloatArray,
) -> None:
    """Value many claims; an American one with two boundaries (negative rates) gets NaN."""
    squares = np.empty(len(node_x))
    series = np.empty(len(node_x))
    for row in range(len(spot)):
        if not is_american[row]:
            spread = volatility[row] * math.sqrt(maturity[row])
            sign = 1.0 if is_call[row] else -1.0
            out[row] = european(
                sign, spot[row], strike[row], rate[row], carry[row], spread, maturity[row]
            )
            continue
        near, far = spot[row], strike[row]
        gain, loss = rate[row], carry[row]
        if is_call[row]:
            near, far = far, near
            gain, loss = loss, gain
        if gain > NO_GAIN:
            out[row] = put(
                near,
                far,
                gain,
                loss,
                volatility[row],
                maturity[row],
                iterations,
                node_x,
                inner_x,
                inner_w,
                outer_x,
                outer_w,
                squares,
                series,
            )
        elif loss >= gain or gain > -NO_GAIN:
            spread = volatility[row] * math.sqrt(maturity[row])
            out[row] = european(-1.0, near, far, gain, loss, spread, maturity[row])
        else:
            out[row] = math.nan
