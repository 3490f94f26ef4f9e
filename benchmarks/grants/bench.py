"""3 million grants against 40 years of daily returns of 8,000 firms; a tenth beside pandas."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from run import measured, peer_python, table, write

from grants.data import make


def run(folder: Path) -> None:
    """Make the data, run both programs and write the table."""
    tenth = folder / "tenth"
    tenth.mkdir()
    make(tenth, firms=800, patents=300_000)
    theirs = measured(peer_python("pandas"), "grants/pandas_peer.py", tenth)
    plain = measured(peer_python("pandas"), "grants/pandas_plain_peer.py", tenth)
    measured(sys.executable, "grants/ours.py", tenth)  # kernels are compiled once and kept
    ours = measured(sys.executable, "grants/ours.py", tenth)
    shutil.rmtree(tenth)
    whole = folder / "whole"
    whole.mkdir()
    make(whole, firms=8_000, patents=3_000_000)
    all_of_it = measured(sys.executable, "grants/ours.py", whole)
    rows = [
        _row(f"pandas {plain['version']}, plain, a tenth", plain, ours),
        _row(f"pandas {theirs['version']}, whole columns, a tenth", theirs, ours),
        _row("ipfinance, a tenth", ours, ours),
        _row("ipfinance, all", all_of_it, None),
    ]
    text = "\n".join(
        [
            f"All: {all_of_it['patents']:,} patents of {all_of_it['firms']:,} firms on "
            f"{all_of_it['grant_days']:,} days, {all_of_it['rows']:,} daily returns, from Parquet to "
            "Parquet, gamma estimated with clustered errors. Plain pandas goes firm after firm and "
            "grant day after grant day; the other works on whole columns, without any loop.",
            "",
            table(
                [
                    "program",
                    "seconds",
                    "peak MB",
                    "gamma (error)",
                    "mean value",
                    "valued",
                    "× our time",
                ],
                rows,
            ),
        ]
    )
    write("grants", "Values of granted patents", text)


def _row(name: str, found: dict[str, Any], ours: dict[str, Any] | None) -> list[str]:
    return [
        name,
        f"{found['seconds']:.1f}",
        f"{found['peak_mb']:.0f}",
        f"{found['gamma']:.6f}" + (f" ({found['error']:.6f})" if found["error"] else ""),
        f"{found['mean']:.4f}",
        f"{found['n']:,}",
        "" if ours is None else f"**{found['seconds'] / ours['seconds']:.1f}**",
    ]
