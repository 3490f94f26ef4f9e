"""Weights and consistency of many matrices, one call each."""

from __future__ import annotations

import json
import sys
import time

from ipfinance.judgement import PairwiseMatrix, priorities


def main() -> None:
    """Time the call that a user makes, on data read from a file."""
    with open(sys.argv[1]) as stream:
        panels = json.load(stream)
    weights, ratios = [], []
    priorities(PairwiseMatrix.from_upper_triangle(["a", "b", "c"], [2, 3, 2]))
    begin = time.perf_counter()
    for upper in panels:
        names = [f"x{i}" for i in range(round((1 + (1 + 8 * len(upper)) ** 0.5) / 2))]
        found = priorities(PairwiseMatrix.from_upper_triangle(names, upper))
        weights.append(list(found.weights.values()))
        ratios.append(found.consistency_ratio)
    seconds = time.perf_counter() - begin
    print(json.dumps({"seconds": seconds, "weights": weights, "ratios": ratios}))


if __name__ == "__main__":
    main()
