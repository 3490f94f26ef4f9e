# ruff: noqa: F821 - names in the formulas are cells of the model
"""modelx: a recursive model of 100 loans over 72 months with default by loan, one scenario."""

from __future__ import annotations

import json
import sys
import time

import modelx as mx


def main():
    runs = int(sys.argv[1])
    model = mx.new_model()
    space = model.new_space("Pool")
    space.new_cells("rate", formula=lambda: 0.07 / 12)
    space.new_cells("dies", formula=lambda loan: 999 if loan % 10 else 36)
    space.new_cells(
        "payment", formula=lambda loan: opening(loan, 0) * rate() / (1 - (1 + rate()) ** -72)
    )
    space.new_cells(
        "opening",
        formula=lambda loan, t: 1_000_000 + 1_000 * loan if t == 0 else closing(loan, t - 1),
    )
    space.new_cells(
        "interest", formula=lambda loan, t: 0 if t >= dies(loan) else opening(loan, t) * rate()
    )
    space.new_cells(
        "principal",
        formula=lambda loan, t: 0 if t >= dies(loan) else payment(loan) - interest(loan, t),
    )
    space.new_cells("closing", formula=lambda loan, t: opening(loan, t) - principal(loan, t))
    space.new_cells(
        "cash", formula=lambda t: sum(interest(k, t) + principal(k, t) for k in range(100))
    )
    clock = time.perf_counter()
    for _ in range(runs):
        space.clear_all()
        [space.cash(t) for t in range(72)]
    seconds = time.perf_counter() - clock
    print(json.dumps({"runs": runs, "microseconds": seconds / runs * 1e6}))


main()
