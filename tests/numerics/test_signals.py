"""A never-negative signal behind noise: closed forms against 60-digit arithmetic."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ipfinance.numerics import (
    cauchy_signal,
    exponential_signal,
    half_normal_quantile,
    half_normal_signal,
    several_signals,
    tail_excess,
)

GAMMA = 0.0146289
SHARE = -math.expm1(-GAMMA)
HALF_NORMAL = [
    (0.01, 0.02, 0.00338413783938),
    (0.0, 0.02, 0.00333081217714),
    (-0.01, 0.02, 0.00327858792860),
    (0.05, 0.02, 0.00360885648067),
    (-0.10, 0.03, 0.00450372368808),
    (-0.30, 0.05, 0.00692770443749),
    (-0.5, 0.001, 5.99012501417e-06),
    (-0.9, 0.0005, 8.33227103214e-07),
]


def _one(function: object, total: float, noise: float) -> float:
    assert callable(function)
    return float(function(np.array([total]), np.array([noise]), np.array([SHARE]))[0])


@pytest.mark.parametrize(("total", "daily", "expected"), HALF_NORMAL)
def test_half_normal_signal(total: float, daily: float, expected: float) -> None:
    assert _one(half_normal_signal, total, daily * math.sqrt(3)) == pytest.approx(
        expected, rel=5e-12
    )


@pytest.mark.parametrize(
    ("function", "total", "noise", "expected"),
    [
        (exponential_signal, 0.01, 0.02 * math.sqrt(3), 0.00419962515424),
        (exponential_signal, -0.10, 0.03 * math.sqrt(3), 0.00499005855357),
        (cauchy_signal, 0.01, 0.03, 0.00136211128398),
        (cauchy_signal, -0.02, 0.03, 0.00110637806753),
    ],
)
def test_other_laws(function: object, total: float, noise: float, expected: float) -> None:
    assert _one(function, total, noise) == pytest.approx(expected, rel=1e-11)


EXCESS = {  # to 60 digits, rounded
    -40.0: 40.0,
    -8.0: 8.00000000000001,
    3.9: 0.230365320908112,
    4.0: 0.225607144489471,
    4.1: 0.221027583581156,
    8.3: 0.117213965503612,
    38.6: 0.0258720767978984,
    125.0: 0.00799897632752491,
    300.0: 0.00333325926337415,
}


@pytest.mark.parametrize("a", EXCESS)
def test_tail_excess_keeps_its_digits(a: float) -> None:
    assert float(tail_excess(np.array([a]))[0]) == pytest.approx(EXCESS[a], rel=1e-13)


def test_two_signals_against_double_quadrature() -> None:
    scales = np.array([[0.1, 0.1], [0.6, 0.3]])
    found = several_signals(np.array([0.2, -0.5]), np.ones(2), scales)
    assert found[:, 0] == pytest.approx([0.0798267885918293, 0.349857185184742], rel=1e-10)


@pytest.mark.parametrize("total", [-3.0, -0.2, 0.0, 0.5, 4.0])
@pytest.mark.parametrize("kinds", [2, 3])
def test_kinds_of_equal_scale_share_alike_and_add_up(total: float, kinds: int) -> None:
    rng = np.random.default_rng(5)
    scales = np.full((1, kinds), 0.6)
    found = several_signals(np.array([total]), np.ones(1), scales)[0]
    assert found == pytest.approx([found[0]] * kinds, rel=1e-9)
    draws = np.abs(rng.normal(0, 0.6, (400_000, kinds)))
    density = np.exp(-0.5 * (total - draws.sum(axis=1)) ** 2)
    sampled = (density[:, None] * draws).sum(axis=0) / density.sum()
    assert found == pytest.approx(sampled, rel=0.02)


def test_quantiles_enclose_the_stated_mass() -> None:
    rng = np.random.default_rng(0)
    share, noise = np.array([0.3]), np.array([1.0])
    scale = math.sqrt(0.3 / 0.7)
    draws = np.abs(rng.normal(0, scale, 2_000_000))
    total = draws + rng.normal(0, 1, len(draws))
    near = draws[np.abs(total - 0.4) < 0.01]
    for probability in (0.05, 0.5, 0.95):
        found = half_normal_quantile(np.array([0.4]), noise, share, probability)[0]
        assert (near < found).mean() == pytest.approx(probability, abs=0.01)
    far = half_normal_quantile(np.array([-400.0]), noise, share, 0.5)[0]
    assert far == pytest.approx(math.log(2.0) / 400.0, rel=1e-2)
