"""Our rows and our simulation, with explanation trees behind both."""

from __future__ import annotations

import json
import resource
import sys
import time

import numpy as np

from ipfinance.basics import NO_UNIT, Distribution, Family
from ipfinance.valuation import METHODS, UncertaintyTask, run, spread_of, value_rows


def main() -> None:
    """Time valuations and paths, and hand back values to compare."""
    with np.load(sys.argv[1]) as data:
        given = {name: data[name] for name in data.files}
    count, years = given["revenue"].shape
    method = METHODS["relief_from_royalty"]
    template = method.inputs(
        revenue=(1.0,) * years,
        royalty_rate=0.0,
        tax_rate=0.0,
        discount_rate=0.0,
        tax_life=years,
        timing="end",
    )
    columns = {f"revenue[{year}]": given["revenue"][:, year] for year in range(years)}
    columns |= {name: given[name] for name in ("royalty_rate", "discount_rate", "tax_rate")}
    value_rows(method, template, {name: column[:10] for name, column in columns.items()})
    begin = time.perf_counter()
    values = value_rows(method, template, columns).values
    batch = (time.perf_counter() - begin) / count
    inputs = method.inputs(
        revenue=tuple(100.0 * 1.05**year for year in range(years)),
        royalty_rate=Distribution(Family.TRIANGULAR, (0.03, 0.05, 0.06)),
        discount_rate=Distribution(Family.UNIFORM, (0.09, 0.15)),
        tax_rate=0.25,
        tax_life=years,
        timing="end",
    )
    spread_of(run(method, inputs, unit=NO_UNIT).explanation, UncertaintyTask(draws=64))
    begin = time.perf_counter()
    value = run(method, inputs, unit=NO_UNIT).explanation
    task = UncertaintyTask(draws=8192, repeats=16, seed=1, variance_shares=False, tornado=False)
    found = spread_of(value, task)
    paths = (time.perf_counter() - begin) / (task.draws * task.repeats)
    print(
        json.dumps(
            {
                "values": values[:5_000].tolist(),
                "seconds_per_value": batch,
                "seconds_per_path": paths,
                "mean": found.mean.value,
                "mean_error": found.mean.standard_error,
                "median": found.at_levels[0.5].value,
                "paths": task.draws * task.repeats,
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


if __name__ == "__main__":
    main()
