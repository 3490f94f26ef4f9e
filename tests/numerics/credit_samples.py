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


SAMPLES: dict[str, Callable[[Callable[..., Any]], Any]] = {
    "sharing.parts_of": lambda f: np.array([f(x, 333_333) for x in (0, 1, 2, 10**15 + 7)]),
    "sharing.split_by_remainder": _split,
    "sharing.share_claim": _claim,
    "sharing.share_claims": _claims,
}
