"""100,000 American options under ruin, beside QuantLib, at equal error."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from run import measured, peer_python, table, write

from options.data import COUNT, make


def run(folder: Path) -> None:
    """Make the data, run both programs on it and write the table."""
    data, reference = folder / "options.npz", folder / "reference.npy"
    make(data)
    theirs = measured(peer_python("quantlib"), "options/quantlib_peer.py", data, reference)
    ours = measured(sys.executable, "options/ours.py", data, reference)
    tree = theirs["rows"][0]
    rows = [
        _row(f"QuantLib {theirs['version']}, {row['engine']}", row, tree) for row in theirs["rows"]
    ]
    rows += [
        _row(f"ipfinance, {row['engine']} {row['setting']}", row, tree) for row in ours["rows"]
    ]
    verdicts = []
    for peer in theirs["rows"]:
        for engine in ("lattice", "integral"):
            equal = [
                row
                for row in ours["rows"]
                if row["engine"] == engine and row["rms_error"] <= peer["rms_error"]
            ]
            if not equal:
                verdicts.append([peer["engine"], engine, "not reached", "", ""])
                continue
            best = min(equal, key=lambda row: row["microseconds"])
            verdicts.append(
                [
                    peer["engine"],
                    f"{engine} {best['setting']}",
                    f"{best['rms_error'] / peer['rms_error']:.2f}",
                    f"{best['microseconds']:.1f}",
                    f"**{peer['microseconds'] / best['microseconds']:.1f}**",
                ]
            )
    text = "\n".join(
        [
            f"{COUNT:,} American calls and puts with a yield and a hazard of ruin, up to 15 years, "
            "volatility 15 % to 60 %. One thread; only pricing is timed, building objects is not. Errors are "
            "against QuantLib's high-precision scheme on 1,000 of the options, strike 100.",
            "",
            table(["engine", "µs per option", "rms error", "largest error", "speed / tree"], rows),
            "",
            "The quickest of ours that is at least as exact as each of theirs:",
            "",
            table(
                ["QuantLib engine", "ipfinance", "our error / theirs", "our µs", "times as fast"],
                verdicts,
            ),
            "",
            f"All {COUNT:,} options at standard accuracy on all threads: {ours['all_threads_seconds']:.2f} s. "
            f"Peak memory: ipfinance {ours['peak_mb']:.0f} MB, QuantLib {theirs['peak_mb']:.0f} MB.",
        ]
    )
    write("options", "American options under ruin", text)


def _row(name: str, row: dict[str, Any], tree: dict[str, Any]) -> list[str]:
    return [
        name,
        f"{row['microseconds']:.1f}",
        f"{row['rms_error']:.1e}",
        f"{row['largest_error']:.1e}",
        f"{tree['microseconds'] / row['microseconds']:.2f}",
    ]
