"""The same bits at any hash seed and with any number of threads, in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys

PROGRAM = """
import os
if os.environ.get("CORES"):
    os.cpu_count = lambda: int(os.environ["CORES"])
from tests.evidence.panels import made, regress
from ipfinance.evidence import Family, wild_bootstrap
table = made()
for formula, clusters in (
    ("y ~ x1 + x2 + C(kind):x1 | firm + year", ("firm",)),
    ("y ~ x1 + x2 | year + region", ("firm", "year")),
    ("y ~ x1 + x2 | firm + year^region", ("region",)),
):
    found = regress(table, formula, clusters=clusters)
    print([x.hex() for x in found.coefficients.tolist() + found.standard_errors.tolist()])
print(wild_bootstrap(found, "x1", draws=199).interval)
found = regress(table, "count ~ x1 | firm + year", family=Family.POISSON, clusters=("firm",))
print([x.hex() for x in found.coefficients.tolist() + found.standard_errors.tolist()])
"""


def output(**more: str) -> str:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **more},
    )
    return run.stdout


def test_hash_seeds_and_threads_change_no_bit() -> None:
    seeds = {output(PYTHONHASHSEED=str(seed)) for seed in (0, 1, 2, 3, 42)}
    assert len(seeds) == 1
    assert seeds == {output(CORES="1", PYTHONHASHSEED="5")}
    assert seeds == {output(CORES="7", NUMBA_NUM_THREADS="1", PYTHONHASHSEED="6")}
