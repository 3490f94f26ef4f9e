"""ipfinance on the benchmark deal: pool, defaults, waterfall, ledger, measures."""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import data

from ipfinance.bootstrap import LocalFiles
from ipfinance.securitization import run_deal, simulate


def main():
    scenarios, workers = int(sys.argv[1]), int(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deal.yaml"
        path.write_text(json.dumps(data.deal()), "utf-8")
        deal = LocalFiles().deal(path)
    simulate(deal, scenarios=1024, seed=1, workers=workers)
    start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    clock = time.perf_counter()
    found = simulate(deal, scenarios=scenarios, seed=1, workers=workers)
    seconds = time.perf_counter() - clock
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start
    run_deal(deal, use_compiled=True)
    clock = time.perf_counter()
    run_deal(deal, use_compiled=True)
    single = time.perf_counter() - clock
    senior = next(each for each in found.tranches if each.name == "B")
    print(
        json.dumps(
            {
                "scenarios": scenarios,
                "seconds": seconds,
                "microseconds": seconds / scenarios * 1e6,
                "grown_mb": grown / 1024,
                "single_ms": single * 1e3,
                "expected_loss": senior.expected_loss.value,
            }
        )
    )


main()
