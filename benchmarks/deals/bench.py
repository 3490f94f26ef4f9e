"""10,000 scenarios of one deal beside waterfall-py and modelx; memory; a million scenarios."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import run as harness


def run(folder: Path) -> None:
    """Run the peers in their environments and ours here, one after the other."""
    del folder
    waterfall = harness.measured(
        harness.peer_python("waterfall"), "deals/waterfall_peer.py", 200, 60
    )
    modelx = harness.measured(harness.peer_python("modelx"), "deals/modelx_peer.py", 3)
    ours: dict[int, dict[str, Any]] = {
        count: harness.measured(sys.executable, "deals/ours.py", count, 2)
        for count in (10_000, 100_000, 1_000_000)
    }
    ten = ours[10_000]["microseconds"]
    rows = [
        ["waterfall-py 0.2.0, 60 months, no pool, no losses",
         f"{waterfall['microseconds']:,.0f}", f"{waterfall['microseconds'] / ten:,.0f}"],
        ["modelx, pool only, no waterfall",
         f"{modelx['microseconds']:,.0f}", f"{modelx['microseconds'] / ten:,.0f}"],
        *(
            [f"ipfinance, {count:,} scenarios, 2 threads, pool and waterfall",
             f"{each['microseconds']:,.1f}", f"{each['microseconds'] / ten:,.2f}"]
            for count, each in ours.items()
        ),
    ]  # fmt: skip
    text = harness.table(["engine", "microseconds a scenario", "times ours"], rows)
    text += "\n\nMemory grown while running: " + ", ".join(
        f"{each['grown_mb']:,.0f} MB for {count:,}" for count, each in ours.items()
    )
    text += f".\nOne run with its whole trace: {ours[10_000]['single_ms']:,.0f} ms."
    harness.write("deals", "A deal of 100 loans, 72 months, 3 classes, 11 actions", text)
