"""Pairwise judgements beside ahpy: speed, and whether the weights agree."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import numpy as np
from run import measured, peer_python, table, write

COUNT = 500


def run(folder: Path) -> None:
    """Draw nearly consistent matrices, weigh them with both and compare."""
    rows = []
    for size in (3, 5, 9, 15):
        path = folder / f"{size}.json"
        path.write_text(json.dumps(_matrices(size)), "utf-8")
        ours = measured(sys.executable, "ahp/ours.py", path)
        theirs = measured(peer_python("ahpy"), "ahp/ahpy_peer.py", path)
        weights = np.abs(np.array(ours["weights"]) - np.array(theirs["weights"])).max()
        ratios = np.abs(np.array(ours["ratios"]) - np.array(theirs["ratios"])).max()
        rows.append(
            [
                str(size),
                f"{ours['seconds'] / COUNT * 1e6:.0f}",
                f"{theirs['seconds'] / COUNT * 1e6:.0f}",
                f"{theirs['seconds'] / ours['seconds']:.1f}",
                f"{weights:.1e}",
                f"{ratios:.1e}",
            ]
        )
    head = ["size", "ipfinance µs", "ahpy µs", "ratio", "weights differ by", "CR differs by"]
    text = (
        f"{COUNT} matrices a size, one call each: weights (ours by three methods), principal "
        "eigenvalue, consistency ratio and, where it is too high, the judgements at odds.\n\n"
        + table(head, rows)
        + "\n\nA consistency ratio can differ where the tables of random indices differ.\n"
    )
    write("ahp", "Pairwise judgements", text)


def _matrices(size: int) -> list[list[float]]:
    rng = np.random.default_rng(size)
    scale = np.array([1 / k for k in range(9, 1, -1)] + list(range(1, 10)))
    panels = []
    for _ in range(COUNT):
        logs = rng.uniform(0.0, math.log(6.0), size)
        upper = [
            math.exp(logs[i] - logs[j] + rng.normal(0.0, 0.15))
            for i in range(size)
            for j in range(i + 1, size)
        ]
        nearest = [float(scale[np.argmin(np.abs(np.log(scale / x)))]) for x in upper]
        panels.append(nearest)
    return panels
