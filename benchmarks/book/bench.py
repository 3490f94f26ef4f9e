"""A book of 100,000 pledge loans in 10,000 correlated scenarios, and what limits it."""

from __future__ import annotations

import sys
from pathlib import Path

from run import measured, table, write

LOANS, SCENARIOS, PEER_SCENARIOS = 100_000, 10_000, 200


def run(_: Path) -> None:
    """Run ours in full and the peer for a part, and compare per scenario."""
    ours = measured(sys.executable, "book/ours.py", LOANS, SCENARIOS)
    peer = measured(sys.executable, "book/numpy_peer.py", LOANS, PEER_SCENARIOS)
    each = ours["seconds"] / SCENARIOS
    other = peer["seconds"] / PEER_SCENARIOS
    draws = LOANS * SCENARIOS / ours["draws_only"] / 1e6
    rows = [
        ["one run: defaults, ruin, value, recovery, sharing", f"{ours['seconds']:.1f} s"],
        ["of it: deciding who defaults (no defaults at all)", f"{ours['draws_only']:.1f} s"],
        ["draws a second", f"{draws:,.0f} million"],
        ["defaults worked through", f"{ours['defaults']:,}"],
        [
            "time for each default",
            f"{(ours['seconds'] - ours['draws_only']) / max(ours['defaults'], 1) * 1e9:,.0f} ns",
        ],
        ["with tail contributions, concentration and provisions", f"{ours['whole']:.1f} s"],
        ["peak memory", f"{ours['memory'] / 1e9:.2f} GB"],
        ["NumPy, one scenario after the other", f"{other / each:.1f} times as long a scenario"],
    ]
    text = table([f"{LOANS:,} loans, {SCENARIOS:,} scenarios", ""], rows)
    text += (
        "\n\nThe limit is arithmetic, not memory: one keyed draw for each loan and scenario, and "
        "then the claims. Memory grows with the number of loans (one row of sums for each of 64 "
        "chunks) and not with the number of scenarios beyond one loss each."
    )
    write("book", "A book of pledge loans", text)
