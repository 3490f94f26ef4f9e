"""Counter-based random numbers: every draw depends on its keys alone, on nothing drawn before."""

from __future__ import annotations

import math

import numpy as np

from ipfinance.numerics._kernel import kernel
from ipfinance.numerics.kernels.normal import cdf

_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_STEP = np.uint64(0x9E3779B97F4A7C15)
_30, _27, _31, _11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_UNIT = 2.0**-53
_TAIL = 0.02425


@kernel
def mixed(key: np.uint64) -> np.uint64:
    """Return 64 bits in which every bit of the key counts (finaliser of SplitMix64)."""
    key = (key ^ (key >> _30)) * _FIRST
    key = (key ^ (key >> _27)) * _SECOND
    return key ^ (key >> _31)


@kernel
def joined(first: np.uint64, second: np.uint64) -> np.uint64:
    """Return one key from two, their order counting."""
    return mixed(mixed(first + _STEP) ^ second)


@kernel
def draw(entity: np.uint64, scenario: np.uint64) -> np.uint64:
    """Return the 53 random bits of an entity in a scenario, both given by their keys."""
    return mixed(entity + scenario) >> _11


@kernel
def uniform(entity: np.uint64, scenario: np.uint64) -> float:
    """Return a uniform draw, strictly between 0 and 1."""
    return (float(draw(entity, scenario)) + 0.5) * _UNIT


@kernel
def quantile(p: float) -> float:
    """Return the standard normal quantile: a rational approximation and one step of Halley."""
    if p <= 0.0:
        return -math.inf
    if p >= 1.0:
        return math.inf
    low = min(p, 1.0 - p)
    if low < _TAIL:
        q = math.sqrt(-2.0 * math.log(low))
        x = (
            (
                ((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838) * q
                - 2.549732539343734
            )
            * q
            + 4.374664141464968
        ) * q + 2.938163982698783
        x /= (
            ((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996) * q
            + 3.754408661907416
        ) * q + 1.0
    else:
        q = low - 0.5
        r = q * q
        x = (
            (
                ((-3.969683028665376e01 * r + 2.209460984245205e02) * r - 2.759285104469687e02) * r
                + 1.383577518672690e02
            )
            * r
            - 3.066479806614716e01
        ) * r + 2.506628277459239
        x *= q
        x /= (
            (
                ((-5.447609879822406e01 * r + 1.615858368580409e02) * r - 1.556989798598866e02) * r
                + 6.680131188771972e01
            )
            * r
            - 1.328068155288572e01
        ) * r + 1.0
    error = (cdf(x) - low) * math.sqrt(2.0 * math.pi) * math.exp(0.5 * x * x)
    x -= error / (1.0 + 0.5 * x * error)
    return x if p == low else -x
