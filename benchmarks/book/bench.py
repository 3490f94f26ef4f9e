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
    each = ours["busy"] / SCENARIOS
    other = peer["busy"] / PEER_SCENARIOS
    draws = LOANS * SCENARIOS / ours["draws_only"] / 1e6
    claim = (ours["busy"] - ours["draws_only"]) / max(ours["defaults"], 1) * 1e9
    rows = [
        ["one run: defaults, ruin, value, recovery, sharing", f"{ours['seconds']:.1f} s"],
        ["processor time of it, over all threads", f"{ours['busy']:.1f} s"],
        ["of it deciding who defaults", f"{ours['draws_only']:.1f} s"],
        ["keyed draws a second and processor", f"{draws:,.0f} million"],
        ["defaults worked through", f"{ours['defaults']:,}"],
        ["processor time for each default", f"{claim:,.0f} ns"],
        ["with tail contributions, concentration and provisions", f"{ours['whole']:.1f} s"],
        ["peak memory", f"{ours['memory'] / 1e9:.2f} GB"],
        ["NumPy, scenario after scenario, processor time", f"{other / each:.1f} times ours"],
    ]
    text = table([f"{LOANS:,} loans, {SCENARIOS:,} scenarios", ""], rows)
    text += (
        "\n\nThe limit is the processor, not memory: most of the time goes into the defaults, whose "
        "loans lie scattered in memory, and the rest into one keyed draw for each loan and "
        "scenario. Memory grows with the number of loans (a row of sums for each of 64 chunks), "
        "not with the number of scenarios beyond one loss each."
    )
    write("book", "A book of pledge loans", text)
