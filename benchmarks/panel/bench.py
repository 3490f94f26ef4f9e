"""A panel with two absorbed effects and clustered errors, beside pyfixest in the same run."""

from __future__ import annotations

import sys
from pathlib import Path

from run import measured, peer_python, table, write

from panel.data import make


def run(folder: Path) -> None:
    """Make the data, run both programs on it and write the table."""
    rows = []
    for size in (100_000, 1_000_000):
        data = folder / f"panel-{size}.npz"
        make(size, data)
        theirs = measured(peer_python("pyfixest"), "panel/pyfixest_peer.py", data)
        ours = measured(sys.executable, "panel/ours.py", data)
        apart = max(abs(a - b) for a, b in zip(ours["coefficients"], theirs["coefficients"]))
        if ours["n"] != theirs["n"] or apart > 1e-7:
            message = f"the engines differ by {apart}"
            raise SystemExit(message)
        rows += [
            [f"{size:,}", f"pyfixest {theirs['version']}", *_figures(theirs), "1"],
            [
                f"{size:,}",
                "ipfinance",
                *_figures(ours),
                f"{theirs['seconds'] / ours['seconds']:.1f}",
            ],
        ]
    head = ["rows", "engine", "seconds", "peak MB", "times as fast"]
    text = (
        "y on five regressors, effects of firm (an eighth of the rows) and year absorbed, errors\n"
        "clustered by firm. Best of three; compiling is not timed; reading is not timed; both\n"
        "programs got the columns in memory. Peak memory is that of the whole process.\n\n"
    )
    write("panel", "Panel regression with two effects", text + table(head, rows))


def _figures(found: dict) -> list[str]:
    return [f"{found['seconds']:.2f}", f"{found['peak_mb']:,.0f}"]
