"""How often 95 % intervals hold the truth, design by design, 2,000 samples each."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from run import table, write

HERE = Path(__file__).parent
LOW, HIGH = 0.93, 0.97


def run(folder: Path) -> None:
    """Run the designs and write the table."""
    found = subprocess.run(
        [sys.executable, str(HERE / "studies.py")],
        check=True,
        capture_output=True,
        text=True,
        cwd=folder,
    )
    rows = []
    for line in found.stdout.splitlines():
        study = json.loads(line)
        for name, share in study.items():
            if name in {"study", "samples", "seconds"}:
                continue
            verdict = "yes" if LOW <= share <= HIGH else "no"
            rows.append([study["study"], name, f"{study['samples']:,}", f"{share:.1%}", verdict])
    head = ["design", "interval", "samples", "holds the truth", "93 % to 97 %"]
    write("coverage", "Coverage of 95 % intervals", table(head, rows))
