"""A book of pledge loans in many scenarios: ours. Prints times, memory and the loss as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
from dataclasses import replace
from datetime import date

import numpy as np

from ipfinance.basics import MoneyUnit, Text
from ipfinance.credit import (
    BookCase,
    BookModel,
    SaleTerms,
    StageRules,
    book_loans,
    book_losses,
    book_result,
    shared_by_weights,
)
from ipfinance.market import Table, TextColumn

NOTHING = Text("", "")


def columns(count: int) -> dict:
    """Return a made book: 20 sectors, 15 regions, 30 technology classes, 8 grades."""
    rng = np.random.default_rng(1)

    def named(letter: str, size: int) -> TextColumn:
        return TextColumn.of([f"{letter}{n:02d}" for n in rng.integers(0, size, count).tolist()])

    return {
        "id": TextColumn.of([f"L{n:06d}" for n in range(count)]),
        "balance": np.round(rng.lognormal(5, 1, count), 2) + 0.01,
        "value": np.round(rng.lognormal(6, 1, count), 2) + 0.01,
        "pd": rng.choice([0.002, 0.004, 0.008, 0.012, 0.018, 0.03, 0.05, 0.1], count),
        "sector": named("s", 20),
        "region": named("r", 15),
        "technology": named("t", 30),
        "valuer": named("v", 12),
        "volatility": rng.choice([0.3, 0.4, 0.5], count),
        "ruin_hazard": rng.choice([0.03, 0.05, 0.08], count),
        "months": rng.integers(6, 37, count).astype(float),
        "scheme": TextColumn.of(["zhongshan"] * count),
    }


def case(loans: int, scenarios: int) -> BookCase:
    unit = MoneyUnit(10_000, "CNY")
    return BookCase(
        id="bench",
        title=NOTHING,
        status="illustrative",
        unit=unit,
        dated_on=date(2026, 6, 30),
        loans=book_loans(Table.of(columns(loans)), unit, {}),
        sale=SaleTerms(haircut=0.4, cost=0.05, months=9, rate=0.06),
        model=BookModel(
            common=0.35,
            sector=0.25,
            region=0.1,
            value_common=0.3,
            value_technology=0.4,
            ruin_common=0.1,
            ruin_technology=0.5,
        ),
        stages=StageRules(pd_multiple=2.5, stage_2_days=30, stage_3_days=90),
        schemes={
            "zhongshan": shared_by_weights({"fund": 54, "bank": 26, "insurer": 16, "appraiser": 4})
        },
        scenarios=scenarios,
    )


def timed(book: BookCase, scenarios: int) -> tuple[float, float, int]:
    start, busy = time.perf_counter(), time.process_time()
    found = book_losses(book, scenarios)
    return (
        time.perf_counter() - start,
        time.process_time() - busy,
        int(np.sum(found.defaults)),
    )


def main(loans: int, scenarios: int) -> None:
    book = case(loans, scenarios)
    book_losses(book, 64)  # compiles, or loads what was compiled
    seconds, busy, defaults = timed(book, scenarios)
    quiet = replace(book.loans, numbers={**book.loans.numbers, "pd": np.zeros(loans)})
    _, draws_only, _ = timed(replace(book, loans=quiet), scenarios)
    start = time.perf_counter()
    found = book_result(book)
    whole = time.perf_counter() - start
    print(
        json.dumps(
            {
                "seconds": seconds,
                "busy": busy,
                "draws_only": draws_only,
                "whole": whole,
                "defaults": defaults,
                "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                "expected": found.gross.expected,
                "error": found.gross.standard_error,
            }
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
