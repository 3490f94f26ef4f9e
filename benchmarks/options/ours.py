"""Our engines: the integral equation and the trinomial lattice, each on one thread."""

from __future__ import annotations

import json
import math
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import ipfinance.numerics._claims as claims
from ipfinance.numerics import FINE, STANDARD, Accuracy, FloatArray, lattice_values
from ipfinance.valuation import Exercise, option_batch

LADDER = [
    Accuracy(nodes=3, iterations=2, inner=5, outer=8),
    Accuracy(nodes=4, iterations=2, inner=6, outer=8),
    Accuracy(nodes=4, iterations=3, inner=7, outer=10),
    Accuracy(nodes=5, iterations=3, inner=8, outer=12),
    Accuracy(nodes=6, iterations=5, inner=10, outer=16),
    Accuracy(nodes=9, iterations=10, inner=18, outer=28),
    STANDARD,
    FINE,
]
STEPS = [60, 80, 100, 120, 140, 160, 180, 200]
SAMPLE = 2000


def main() -> None:
    """Time every setting on all rows, on one thread; errors come from the caller's reference."""
    with np.load(sys.argv[1]) as data:
        columns = {name: data[name] for name in data.files}
    reference = np.load(sys.argv[2])
    single = claims.in_chunks
    claims.in_chunks = lambda run, length: run(slice(0, length))  # type: ignore[assignment]
    rows: list[dict[str, Any]] = []
    for accuracy in LADDER:
        sample = SAMPLE if accuracy == FINE else len(columns["spot"])
        rows.append(_timed("integral", str(tuple(accuracy)), columns, reference, sample,
                           lambda part, a=accuracy: _integral(part, a)))  # type: ignore[misc]  # fmt: skip
    for steps in STEPS:
        rows.append(_timed("lattice", f"{steps} steps", columns, reference, len(columns["spot"]),
                           lambda part, n=steps: _lattice(part, n)))  # type: ignore[misc]  # fmt: skip
    claims.in_chunks = single
    begin = time.perf_counter()
    _integral(columns, STANDARD)
    both = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"rows": rows, "all_threads_seconds": both, "peak_mb": peak}))


def _timed(
    engine: str,
    setting: str,
    columns: dict[str, FloatArray],
    reference: FloatArray,
    sample: int,
    price: Callable[[dict[str, FloatArray]], FloatArray],
) -> dict[str, Any]:
    part = {name: column[:sample] for name, column in columns.items()}
    price({name: column[:4] for name, column in columns.items()})
    best = math.inf
    for _ in range(3 if sample > SAMPLE else 1):
        begin = time.perf_counter()
        values = price(part)
        best = min(best, time.perf_counter() - begin)
    error = values[: len(reference)] - reference
    return {
        "engine": engine,
        "setting": setting,
        "microseconds": best / sample * 1e6,
        "rms_error": float(np.sqrt(np.mean(error**2))),
        "largest_error": float(np.abs(error).max()),
    }


def _integral(part: dict[str, FloatArray], accuracy: Accuracy) -> FloatArray:
    return option_batch(
        spot=part["spot"],
        strike=part["strike"],
        rate=part["rate"],
        volatility=part["volatility"],
        maturity=part["maturity"],
        hazard=part["hazard"],
        yield_rate=part["yield_rate"],
        hazard_kind=part["traded"].astype(bool),
        payoff=part["is_call"].astype(bool),
        exercise=Exercise.AMERICAN,
        accuracy=accuracy,
    ).values


def _lattice(part: dict[str, FloatArray], steps: int) -> FloatArray:
    carry = part["yield_rate"] + np.where(part["traded"], 0.0, part["hazard"])
    rate = part["rate"] + part["hazard"]
    return lattice_values(
        is_call=part["is_call"].astype(bool),
        is_american=np.ones(len(part["spot"]), dtype=bool),
        spot=part["spot"],
        strike=part["strike"],
        discount_rate=rate,
        drift=rate - carry,
        volatility=part["volatility"],
        maturity=part["maturity"],
        steps=steps,
        stretch=math.sqrt(3.0),
    )


if __name__ == "__main__":
    main()
