"""Inputs of 100,000 relief-from-royalty valuations, the same for every program."""

from __future__ import annotations

from pathlib import Path

import numpy as np

COUNT = 100_000
YEARS = 10
PATHS = 100_000
SEED = 20_260_630


def make(path: Path) -> None:
    """Write the columns of all rows."""
    random = np.random.default_rng(SEED)
    first = random.uniform(50, 500, COUNT)
    growth = random.uniform(-0.05, 0.15, COUNT)
    np.savez(
        path,
        revenue=first[:, None] * (1 + growth[:, None]) ** np.arange(YEARS),
        royalty_rate=random.uniform(0.01, 0.08, COUNT),
        discount_rate=random.uniform(0.06, 0.20, COUNT),
        tax_rate=random.uniform(0.10, 0.30, COUNT),
    )
