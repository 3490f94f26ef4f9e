"""The panel by ipfinance; prints seconds, peak memory and the estimates as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time

import numpy as np

from ipfinance.evidence import RegressionRequest, estimate, parse_formula
from ipfinance.market import Table

FORMULA = "y ~ x1 + x2 + x3 + x4 + x5 | firm + year"


def main() -> None:
    """Estimate a small panel first, so that compiling is not timed, then the panel."""
    with np.load(sys.argv[1]) as file:
        columns = {name: file[name].astype(np.float64) for name in file.files}
    table = Table.of(columns)
    request = RegressionRequest(formula=parse_formula(FORMULA), clusters=("firm",))
    estimate(table.taken(np.argsort(columns["firm"])[:2000]), request)
    times, found = [], None
    for _ in range(3):
        del found
        start = time.perf_counter()
        found = estimate(table, request, keeps_sample=False).regression
        times.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps(
            {
                "seconds": min(times),
                "peak_mb": peak,
                "n": found.n,
                "coefficients": found.coefficients.tolist(),
                "errors": found.standard_errors.tolist(),
            }
        )
    )


if __name__ == "__main__":
    main()
