"""Many claims at once: columns in, columns out, on all processors."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ipfinance.numerics._types import BoolArray, FloatArray

CHUNKS = 64  # a fixed number, so that results never depend on the machine


class Accuracy(NamedTuple):
    """How finely the integral equation is solved."""

    nodes: int
    iterations: int
    inner: int
    outer: int


QUICK = Accuracy(nodes=4, iterations=3, inner=7, outer=10)
STANDARD = Accuracy(nodes=8, iterations=8, inner=16, outer=24)
FINE = Accuracy(nodes=16, iterations=16, inner=32, outer=64)


def claim_values(
    *,
    is_call: BoolArray,
    is_american: BoolArray,
    spot: FloatArray,
    strike: FloatArray,
    rate: FloatArray,
    yield_rate: FloatArray,
    volatility: FloatArray,
    maturity: FloatArray,
    accuracy: Accuracy = STANDARD,
) -> FloatArray:
    """Value claims: European in closed form, American by the equation of the boundary.

    Parameters
    ----------
    is_call, is_american, spot, strike, rate, yield_rate, volatility, maturity
        One row per claim, shape (n,). Spot, strike, volatility and maturity are positive; rate
        and yield are continuously compounded. [currency], [1/year], [1/year^0.5], [year]
    accuracy
        Number of Chebyshev nodes, fixed-point iterations and quadrature points.

    Returns
    -------
    FloatArray
        Values, shape (n,); NaN where exercise has two boundaries, which happens only with a
        negative rate below a negative yield (a call: the other way round). [currency]

    References
    ----------
    :cite:cts:`andersen_2016`; :cite:cts:`kim_1990` for the premium.
    """
    from ipfinance.numerics.kernels.claims import claims_many

    inner_x, inner_w = np.polynomial.legendre.leggauss(accuracy.inner)
    outer_x, outer_w = np.polynomial.legendre.leggauss(accuracy.outer)
    node_x = np.cos(np.arange(accuracy.nodes + 1) * np.pi / accuracy.nodes)
    out = np.empty(len(spot))

    def run(rows: slice) -> None:
        claims_many(
            is_call[rows],
            is_american[rows],
            spot[rows],
            strike[rows],
            rate[rows],
            yield_rate[rows],
            volatility[rows],
            maturity[rows],
            accuracy.iterations,
            node_x,
            inner_x,
            inner_w,
            outer_x,
            outer_w,
            out[rows],
        )

    in_chunks(run, len(spot))
    return out


def lattice_values(
    *,
    is_call: BoolArray,
    is_american: BoolArray,
    spot: FloatArray,
    strike: FloatArray,
    discount_rate: FloatArray,
    drift: FloatArray,
    volatility: FloatArray,
    maturity: FloatArray,
    steps: int,
    stretch: float,
    ruin_value: FloatArray | None = None,
) -> FloatArray:
    """Value claims on trinomial lattices; NaN where the probabilities would be negative.

    Parameters
    ----------
    is_call, is_american, spot, strike, discount_rate, drift, volatility, maturity
        One row per claim, shape (n,); `drift` is the growth given survival, `discount_rate`
        includes the hazard. [currency], [1/year], [1/year^0.5], [year]
    steps, stretch
        The same for all rows.
    ruin_value
        Added at each node before the last, shape (n,); nothing where left out. [currency]

    Returns
    -------
    FloatArray
        Values, shape (n,). [currency]
    """
    from ipfinance.numerics.kernels.lattice import roll_back_many

    sign = np.where(is_call, 1.0, -1.0)
    added = np.zeros(len(spot)) if ruin_value is None else ruin_value
    out = np.empty(len(spot))

    def run(rows: slice) -> None:
        roll_back_many(
            sign[rows],
            spot[rows],
            strike[rows],
            discount_rate[rows],
            drift[rows],
            volatility[rows],
            maturity[rows],
            is_american[rows],
            steps,
            stretch,
            added[rows],
            out[rows],
        )

    in_chunks(run, len(spot))
    return out


def in_chunks(run: Callable[[slice], None], length: int, *, chunks: int = CHUNKS) -> None:
    """Run a function on a fixed number of slices, on as many threads as there are processors."""
    edges = np.linspace(0, length, min(chunks, length) + 1).astype(int)
    slices = [slice(int(a), int(b)) for a, b in pairwise(edges)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(run, slices))
