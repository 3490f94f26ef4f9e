"""waterfall-py: 60 months, three classes, a reserve and a covenant; no pool, no defaults."""

from __future__ import annotations

import json
import sys
import time
from datetime import date

from waterfall import CovenantConfig, Deal, ReserveConfig, Tranche, run


def build(periods):
    senior = Tranche(
        name="A",
        tranche_type="senior",
        principal=70_000_000,
        coupon=0.035,
        day_count="ACT/360",
        amort_type="fully_amortizing",
        term_periods=periods,
    )
    middle = Tranche(
        name="B",
        tranche_type="mezzanine",
        principal=20_000_000,
        coupon=0.06,
        amort_type="bullet",
        term_periods=periods,
    )
    equity = Tranche(name="equity", tranche_type="equity", principal=10_000_000)
    return Deal(
        deal_close_date=date(2024, 1, 1),
        operations_start_date=date(2024, 1, 1),
        period_frequency="M",
        deal_type="PF",
        tranches=[senior, middle, equity],
        cfads_stream=[2_200_000.0] * (periods - 1) + [24_000_000.0],
        data_currency="USD",
        reporting_basis="calendar",
        reserves=[ReserveConfig(reserve_type="DSRA", months_dsra=6, opening_balance=750_000)],
        covenants=[CovenantConfig(metric="DSCR", trap=1.10, default=1.00)],
    )


def main():
    runs = int(sys.argv[1])
    periods = int(sys.argv[2])
    deal = build(periods)
    run(deal)
    clock = time.perf_counter()
    for _ in range(runs):
        run(deal)
    seconds = time.perf_counter() - clock
    print(json.dumps({"runs": runs, "microseconds": seconds / runs * 1e6}))


main()
