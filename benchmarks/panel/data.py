"""A panel of firms: five regressors, two effects, errors that differ between firms."""

from __future__ import annotations

from pathlib import Path

import numpy as np

YEARS = 40


def make(rows: int, path: Path) -> None:
    """Write columns of float64 to a file."""
    rng = np.random.Generator(np.random.PCG64(2024))
    firms = rows // 8
    firm = rng.integers(0, firms, rows)
    year = rng.integers(0, YEARS, rows)
    effect = rng.normal(size=firms)[firm] + rng.normal(size=YEARS)[year]
    x = rng.normal(size=(5, rows)) + 0.5 * effect
    slopes = np.array([0.5, -0.3, 0.2, 0.0, 1.0])
    y = slopes @ x + effect + rng.normal(size=firms)[firm] * x[0] * 0.2 + rng.normal(size=rows)
    np.savez(path, firm=firm, year=year, y=y, **{f"x{i + 1}": x[i] for i in range(5)})
