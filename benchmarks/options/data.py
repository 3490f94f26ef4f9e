"""The options of the benchmark: drawn once, the same for every program."""

from __future__ import annotations

from pathlib import Path

import numpy as np

COUNT = 100_000
SEED = 20260630


def make(path: Path) -> None:
    """Write 100,000 American options on assets with a yield and a hazard of ruin."""
    rng = np.random.default_rng(SEED)
    days = rng.integers(90, 15 * 365, COUNT)
    hazard = rng.uniform(0.0, 0.10, COUNT)
    traded = rng.random(COUNT) < 0.5
    np.savez(
        path,
        spot=rng.uniform(60.0, 140.0, COUNT),
        strike=np.full(COUNT, 100.0),
        rate=rng.uniform(0.005, 0.08, COUNT),
        yield_rate=rng.uniform(0.01, 0.10, COUNT),
        hazard=hazard,
        traded=traded,
        volatility=rng.uniform(0.15, 0.60, COUNT),
        days=days,
        maturity=days / 365.0,
        is_call=rng.random(COUNT) < 0.5,
    )
