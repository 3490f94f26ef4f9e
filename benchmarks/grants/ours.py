"""Values of all grants, from files to a file."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from ipfinance.adapters.files._grants import ScannedGrants
from ipfinance.app import GrantSources, value_grants
from ipfinance.evidence import GrantTerms


def main() -> None:
    """Estimate gamma and value every grant, as the command does."""
    folder = Path(sys.argv[1])
    sources = GrantSources(
        returns=folder / "returns",
        grants=folder / "grants.parquet",
        market=str(folder / "market.csv"),
    )
    begin = time.perf_counter()
    with ScannedGrants(sources) as tables:
        found = value_grants(
            tables, GrantTerms(grant_probability=0.55), output=folder / "ipfinance.parquet"
        )
    seconds = time.perf_counter() - begin
    (fit,) = found.gammas
    print(
        json.dumps(
            {
                "seconds": seconds,
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "gamma": fit.gamma,
                "error": fit.error,
                "mean": found.values[0].mean,
                "n": found.counts.valued,
                "patents": found.counts.patents,
                "rows": found.counts.rows,
                "firms": found.counts.firms,
                "grant_days": found.counts.grant_days,
            }
        )
    )


if __name__ == "__main__":
    main()
