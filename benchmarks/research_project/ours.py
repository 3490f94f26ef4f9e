"""Our least-squares simulation of the project: value, errors, time and memory."""

from __future__ import annotations

import json
import resource
import sys
import time

from ipfinance.basics import NO_UNIT
from ipfinance.valuation import (
    OPTION_PROJECT,
    Abandonment,
    FirstOutlay,
    ResearchProjectInputs,
    run,
)

PROJECT = {
    "cost": 100.0,
    "outlay_rate": 10.0,
    "cost_volatility": 0.5,
    "cash": 20.0,
    "growth": 0.02,
    "risk_premium": 0.036,
    "cash_volatility": 0.35,
    "correlation": -0.1,
    "rate": 0.05,
    "failure_rate": 0.06931,
    "horizon": 20.0,
    "terminal_multiple": 5.0,
}
CASES = {
    "not_paid": (FirstOutlay.NOT_PAID, Abandonment.ALLOWED, 11),
    "paid": (FirstOutlay.PAID, Abandonment.ALLOWED, 12),
    "never": (FirstOutlay.PAID, Abandonment.NEVER, 13),
}


def main() -> None:
    """Value the project in every convention, each with draws of its own."""
    paths = int(sys.argv[1])
    _value(*CASES["paid"], paths=100)  # load the kernels
    found: dict[str, object] = {}
    for key, case in CASES.items():
        begin = time.perf_counter()
        valuation = _value(*case, paths=paths)
        found[key] = {
            "seconds": time.perf_counter() - begin,
            "value": valuation.number,
            "error": valuation.details["standard_error"],
            "plain_error": valuation.details["uncontrolled_error"],
        }
    found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(found))


def _value(outlay: FirstOutlay, abandonment: Abandonment, seed: int, *, paths: int):  # noqa: ANN202
    inputs = ResearchProjectInputs(
        **PROJECT, first_outlay=outlay, abandonment=abandonment, seed=seed, paths=paths
    )
    return run(OPTION_PROJECT, inputs, unit=NO_UNIT)


if __name__ == "__main__":
    main()
