"""The peer: one valuation after the other, as its users call it."""

from __future__ import annotations

import json
import resource
import sys
import time
from importlib.metadata import version

import numpy as np
from intangible_valuation.advanced.monte_carlo import monte_carlo_sensitivity
from intangible_valuation.income_methods.relief_from_royalty import relief_from_royalty

PART = 5_000  # rows timed; its time grows in proportion


def main() -> None:
    """Time valuations and paths, and hand back values to compare."""
    with np.load(sys.argv[1]) as data:
        columns = {name: data[name] for name in data.files}
    years = columns["revenue"].shape[1]
    rows = [
        (list(map(float, columns["revenue"][i])),
         *(float(columns[name][i]) for name in ("royalty_rate", "discount_rate", "tax_rate")))
        for i in range(PART)
    ]  # fmt: skip
    begin = time.perf_counter()
    values = [
        relief_from_royalty(revenue, royalty, rate, tax, years, tab_enabled=True).value
        for revenue, royalty, rate, tax in rows
    ]
    batch = (time.perf_counter() - begin) / PART
    revenue = [100.0 * 1.05**year for year in range(years)]
    begin = time.perf_counter()
    found = monte_carlo_sensitivity(
        lambda p: relief_from_royalty(revenue, p["royalty"], p["rate"], 0.25, years).value,
        {"royalty": 0.05, "rate": 0.12},
        {
            "royalty": {"distribution": "triangular",
                        "params": {"low": 0.03, "mode": 0.05, "high": 0.06}},
            "rate": {"distribution": "uniform", "params": {"low": 0.09, "high": 0.15}},
        },
        iterations=PART,
        seed=1,
    )  # fmt: skip
    paths = (time.perf_counter() - begin) / PART
    print(
        json.dumps(
            {
                "version": version("intangible-valuation"),
                "values": values,
                "seconds_per_value": batch,
                "seconds_per_path": paths,
                "mean": found.statistics["mean"],
                "median": found.statistics["median"],
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


if __name__ == "__main__":
    main()
