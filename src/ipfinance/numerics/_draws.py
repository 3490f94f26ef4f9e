"""Keyed random numbers: the same keys give the same draw, on any machine, in any order."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from ipfinance.numerics._claims import in_chunks
from ipfinance.numerics._types import FloatArray, KeyArray

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def entity_keys(names: Sequence[str], purpose: str) -> KeyArray:
    """Return a key for each entity and one purpose of drawing.

    Parameters
    ----------
    names
        Ids of obligors, assets, providers or factors.
    purpose
        What the draw is for; the same entity draws independently for each purpose.

    Examples
    --------
    >>> alone, beside = entity_keys(["a"], "default"), entity_keys(["b", "a"], "default")
    >>> bool(alone[0] == beside[1])
    True
    """
    start = purpose.encode() + b"\0"
    data = b"".join(
        hashlib.blake2b(start + name.encode(), digest_size=8).digest() for name in names
    )
    return np.frombuffer(data, dtype="<u8").astype(np.uint64)


def scenario_keys(seed: int, start: int, stop: int) -> KeyArray:
    """Return a key for each scenario from `start` up to `stop`, for one seed."""
    (base,) = entity_keys([str(seed)], "seed")
    key = np.arange(start, stop, dtype=np.uint64) * _STEP + base
    key = (key ^ (key >> np.uint64(30))) * _FIRST
    key = (key ^ (key >> np.uint64(27))) * _SECOND
    return np.asarray(key ^ (key >> np.uint64(31)))


def uniform_draws(entities: KeyArray, scenarios: KeyArray) -> FloatArray:
    """Return draws strictly between 0 and 1, shape (n_scenarios, n_entities)."""
    from ipfinance.numerics.kernels import defaults

    out = np.empty((len(scenarios), len(entities)))
    in_chunks(
        lambda rows: defaults.uniform_draws(entities, scenarios[rows], out[rows]), len(scenarios)
    )
    return out


def normal_draws(entities: KeyArray, scenarios: KeyArray) -> FloatArray:
    """Return standard normal draws, shape (n_scenarios, n_entities)."""
    from ipfinance.numerics.kernels import defaults

    out = np.empty((len(scenarios), len(entities)))
    in_chunks(
        lambda rows: defaults.normal_draws(entities, scenarios[rows], out[rows]), len(scenarios)
    )
    return out
