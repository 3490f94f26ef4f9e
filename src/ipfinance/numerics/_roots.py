"""Roots of one variable: bracketed, and on a grid where there may be several or none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def bracketed_root(function: Callable[[float], float], low: float, high: float) -> float:
    """Return the root of a continuous function between two points of opposite sign."""
    from scipy.optimize import brentq

    return float(brentq(function, low, high, xtol=1e-15, rtol=8.9e-16, maxiter=500))


def grid_roots(
    function: Callable[[float], float], low: float, high: float, *, points: int = 401
) -> list[float]:
    """Return the roots that show as a change of sign on an even grid, ascending.

    Two roots closer together than a grid step can be missed; use it only where the function is
    known to have few.
    """
    grid = np.linspace(low, high, points)
    values = [function(float(x)) for x in grid]
    roots = [float(x) for x, value in zip(grid, values, strict=True) if value == 0]
    roots += [
        bracketed_root(function, float(left), float(right))
        for left, right, at_left, at_right in zip(grid, grid[1:], values, values[1:], strict=False)
        if at_left * at_right < 0
    ]
    return sorted(roots)
