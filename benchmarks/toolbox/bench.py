"""100,000 relief-from-royalty valuations and 100,000 paths, beside intangible-valuation."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from run import measured, peer_python, table, write

from toolbox.data import COUNT, YEARS, make


def run(folder: Path) -> None:
    """Make the data, run both programs on it and write the table."""
    data = folder / "royalties.npz"
    make(data)
    theirs = measured(peer_python("intangible"), "toolbox/intangible_peer.py", data)
    ours = measured(sys.executable, "toolbox/ours.py", data)
    rows = [
        [
            name,
            f"{theirs[key] * 1e6:,.2f}",
            f"{ours[key] * 1e6:,.3f}",
            f"**{theirs[key] / ours[key]:,.0f}**",
        ]
        for name, key in (
            (f"relief from royalty, {YEARS} years, {COUNT:,} rows", "seconds_per_value"),
            (f"simulation, {ours['paths']:,} paths", "seconds_per_path"),
        )
    ]
    apart = float(np.max(np.abs(np.array(theirs["values"]) - np.array(ours["values"]))))
    text = "\n".join(
        [
            "From numbers in memory to values; the peer has one thread, ours takes two. The peer is timed on 5,000 rows and "
            "paths (its time grows in proportion). Ours includes the check of every number against its range, "
            "the scrambled sequence and quantiles with standard errors; tornado and variance shares are not asked for.",
            "",
            table(
                [
                    "task",
                    f"intangible-valuation {theirs['version']}, µs",
                    "ipfinance, µs",
                    "times as fast",
                ],
                rows,
            ),
            "",
            f"Largest difference of a value: {apart:.2g} (the peer rounds to cents). Means of the simulations: "
            f"{theirs['mean']:.2f} and {ours['mean']:.4f} ± {ours['mean_error']:.1g}. Peak memory: "
            f"ipfinance {ours['peak_mb']:.0f} MB, peer {theirs['peak_mb']:.0f} MB.",
        ]
    )
    write("toolbox", "Royalties, row by row and by simulation", text)
