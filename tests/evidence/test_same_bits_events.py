"""Event studies and grant values: the same bits at any hash seed and number of threads."""

from __future__ import annotations

import os
import subprocess
import sys

PROGRAM = """
import os
if os.environ.get("CORES"):
    os.cpu_count = lambda: int(os.environ["CORES"])
import tempfile
from pathlib import Path
from ipfinance.adapters.files._grants import ScannedGrants
from ipfinance.app import GrantSources, value_grants
from ipfinance.evidence import EventModel, EventTerms, GammaEffects, GrantTerms, event_study
from tests.evidence.event_market import made_market
from tests.evidence.grant_market import made_grants
market = made_market(n_securities=30)
terms = EventTerms(model=EventModel.MARKET, estimation=(-130, -11), window=(-1, 3))
found = event_study(market.panel(), market.benchmark(), market.events(), terms)
print([(name, test.statistic, test.p_value) for name, test in found.whole.tests.items()])
print([event.car.hex() for event in found.events], [finding.code for finding in found.findings])
made = made_grants(n_firms=30, years=2, groups=(("a", 0.6), ("b", 0.2)))
with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    made.write(folder)
    sources = GrantSources(returns=folder / "returns.parquet", grants=folder / "grants.parquet",
                           market=str(folder / "market.csv"))
    for effects in GammaEffects:
        for by_group in (False, True):
            with ScannedGrants(sources, rows_at_once=6000) as tables:
                terms = GrantTerms(grant_probability=0.55, effects=effects, by_group=by_group)
                valued = value_grants(tables, terms, output=folder / "v.csv")
            print([(fit.gamma.hex(), fit.error.hex()) for fit in valued.gammas])
            print([(each.mean.hex(), each.total.hex()) for each in valued.values])
            print((folder / "v.csv").read_text())
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
    assert seeds == {output(CORES="1", POLARS_MAX_THREADS="1", PYTHONHASHSEED="5")}
    assert seeds == {output(CORES="7", POLARS_MAX_THREADS="5", PYTHONHASHSEED="6")}
