"""Small samples for the kernels of defaults and loss sharing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def _stack() -> tuple[Any, ...]:
    """Two layers: one insured with a deductible, one shared by three, one of them in default."""
    no_cap = 2**62
    return (
        np.array([0, 1, 4]),
        np.array([50, 0]),
        np.array([100_000, 0]),
        np.array([False, True]),
        np.array([1, 54, 26, 16]),
        np.array([0, 1, 2, 0]),
        np.array([3_000, no_cap, 900, no_cap]),
        np.array([4_000, no_cap, no_cap, no_cap]),
        np.array([no_cap, 2_500, no_cap]),
        np.array([0, 0, 400_000]),
    )


def _split(function: Callable[..., Any]) -> Any:
    found = []
    for total in (0, 1, 100, 10_000_001):
        out = np.zeros(5, dtype=np.int64)
        function(total, np.array([9, 54, 26, 16, 4]), 1, 5, out)
        found.append(out)
    return np.array(found)


def _claim(function: Callable[..., Any]) -> Any:
    used, provider_used = np.zeros(4, dtype=np.int64), np.zeros(3, dtype=np.int64)
    paid = np.zeros(4, dtype=np.int64)
    found = []
    for loss in (7_777, 9_001, 30):
        down = np.array([False, False, loss == 9_001])
        kept, left = function(loss, *_stack(), down, used, provider_used, paid)
        found.append([kept, left, *paid])
    return np.array(found)


def _claims(function: Callable[..., Any]) -> Any:
    losses = np.array([7_777, 9_001, 30])
    used, provider_used = np.zeros((3, 4), dtype=np.int64), np.zeros((3, 3), dtype=np.int64)
    paid, kept, left = np.zeros((3, 4), dtype=np.int64), losses * 0, losses * 0
    down = np.array([[False] * 3, [True, False, True], [False] * 3])
    function(losses, *_stack(), down, used, provider_used, paid, kept, left)
    return np.column_stack([used, provider_used, paid, kept, left])


KEYS = np.array([3, 2**63 + 5, 17], dtype=np.uint64)
SCENARIOS = np.array([11, 2**63 + 9], dtype=np.uint64)


def _bits(function: Callable[..., Any], *arguments: Any) -> Any:
    with np.errstate(over="ignore"):  # the plain source wraps around as the compiled one does
        found = int(function(*arguments))
    return np.array([found >> 32, found & 0xFFFFFFFF])


def _draws(function: Callable[..., Any]) -> Any:
    out = np.zeros((2, 3))
    function(KEYS, SCENARIOS, out)
    return out


FACTORS = np.array([[0.3, -1.0], [-2.0, 0.5]])
PLACES, LOADINGS = (
    np.array([[0, 1], [0, 1], [0, 0]]),
    np.array([[0.4, 0.3], [0.5, 0.0], [1.0, 0.0]]),
)
REST = np.sqrt(1 - np.sum(LOADINGS**2, axis=1))


def _scores(function: Callable[..., Any]) -> Any:
    out = np.zeros((2, 3))
    function(KEYS, SCENARIOS, FACTORS, PLACES, LOADINGS, REST, out)
    return out


def _static(function: Callable[..., Any]) -> Any:
    out, scales = np.zeros(2, dtype=np.int64), np.array([1.0, 0.7])
    limits = np.array([0.4, 0.9, -0.5])
    function(
        KEYS, SCENARIOS, FACTORS, scales, limits, PLACES, LOADINGS, REST, np.array([1, 2, 4]), out
    )
    return out


def _recursion(function: Callable[..., Any]) -> Any:
    out = np.zeros((2, 7))
    function(np.array([[0.1, 0.2, 0.3], [0.5, 0.0, 1.0]]), np.array([1, 2, 3]), out)
    return out


def _limits(function: Callable[..., Any]) -> Any:
    out = np.zeros(3, dtype=np.int64)
    function(FACTORS[1], 0.9, np.array([-1.0, 0.2, -np.inf]), PLACES, LOADINGS, REST, out)
    return out


def _book(function: Callable[..., Any]) -> Any:
    """Three loans, one of a fixed loss, one ruined for sure, in two scenarios and two schemes."""
    whole = np.int64
    layers = _stack()
    totals = [np.zeros(2, dtype=whole) for _ in range(3)]
    paid, by_loan = np.zeros((2, 3), dtype=whole), np.zeros((3, 2), dtype=whole)
    function(
        SCENARIOS,
        np.ones(2),
        FACTORS,
        np.array([[0.1], [-0.4]]),
        np.array([[0.2], [-0.1]]),
        np.array([2.0, 2.5, 3.0]),
        PLACES,
        LOADINGS,
        REST,
        np.array([0, 1, 2]),
        KEYS,
        np.column_stack([KEYS + np.uint64(1), KEYS + np.uint64(2)]),
        np.array(
            [
                [10_000, 7_000.0, 0.3, -1.0, 0.0, -1, 0, 0],
                [20_000, 11_000.0, 0.4, np.inf, 0.1, -1, 0, 1],
                [30_000, 500.0, 0.2, -np.inf, 0.2, 4_321, 0, -1],
            ]
        ),
        0.8,
        0.9,
        np.array([1, -1]),
        np.array([0, 1, 2]),
        *layers,
        np.array([[False] * 3, [False, True, False]]),
        *totals,
        paid,
        by_loan,
    )
    return np.concatenate([*totals, paid.ravel(), by_loan.ravel()])


SAMPLES: dict[str, Callable[[Callable[..., Any]], Any]] = {
    "sharing.parts_of": lambda f: np.array([f(x, 333_333) for x in (0, 1, 2, 10**15 + 7)]),
    "sharing.split_by_remainder": _split,
    "sharing.share_claim": _claim,
    "sharing.share_claims": _claims,
    "draws.mixed": lambda f: _bits(f, np.uint64(2**63 + 5)),
    "draws.joined": lambda f: _bits(f, np.uint64(2**63 + 5), np.uint64(7)),
    "draws.draw": lambda f: _bits(f, np.uint64(2**63 + 5), np.uint64(2**63 + 7)),
    "draws.uniform": lambda f: np.array([f(KEYS[0], SCENARIOS[0])]),
    "draws.quantile": lambda f: np.array([f(p) for p in (1e-12, 0.01, 0.3, 0.5, 0.8, 0.999)]),
    "defaults.uniform_draws": _draws,
    "defaults.normal_draws": _draws,
    "defaults.latent_scores": _scores,
    "defaults.conditional_probability": lambda f: np.array(
        [f(t, 0.8, 0.1, r) for t in (-np.inf, -1.0, 0.5, np.inf) for r in (0.0, 0.7)]
    ),
    "defaults.static_losses": _static,
    "defaults.loss_recursion": _recursion,
    "book.default_limits": _limits,
    "book.book_losses": _book,
}
