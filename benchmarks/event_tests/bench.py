"""Sizes of event tests and coverage of intervals."""

from __future__ import annotations

import sys
from pathlib import Path

from run import measured, table, write


def run(_: Path) -> None:
    """Run the replications and write the tables."""
    found = measured(sys.executable, "event_tests/ours.py")
    designs = found["events"]
    names = list(next(iter(designs.values()))["size"])
    rows = [
        [f"`{name}`", *(_share(designs[design]["size"][name]) for design in designs)]
        for name in names
    ]
    rows.append(
        ["95 % interval of CAAR holds 0", *(f"{designs[d]['coverage']:.3f}" for d in designs)]
    )
    gammas = [
        [name, f"{each['truth']:.3f}", f"{each['mean']:.4f}", f"{each['coverage']:.3f}"]
        for name, each in found["gammas"].items()
    ]
    text = "\n".join(
        [
            f"Share of {found['replications']:,} samples without any effect in which a test of a "
            "window of three days rejects at 5 %. Estimation on 120 days.",
            "",
            table(["test", *designs], rows),
            "",
            "Gamma of granted patents, 95 % interval from errors clustered by firm:",
            "",
            table(["design", "truth", "mean estimate", "coverage"], gammas),
        ]
    )
    write("event_tests", "Size of event tests, coverage of intervals", text)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
