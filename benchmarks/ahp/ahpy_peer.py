"""ahpy on the same matrices, one call each."""

from __future__ import annotations

import json
import sys
import time
from itertools import combinations

import ahpy


def main():
    """Time the call that a user makes, on data read from a file."""
    with open(sys.argv[1]) as stream:
        panels = json.load(stream)
    weights, ratios = [], []
    begin = time.perf_counter()
    for upper in panels:
        names = [f"x{i}" for i in range(round((1 + (1 + 8 * len(upper)) ** 0.5) / 2))]
        pairs = dict(zip(combinations(names, 2), upper))
        found = ahpy.Compare("c", pairs, precision=12, random_index="saaty")
        weights.append([found.local_weights[name] for name in names])
        ratios.append(found.consistency_ratio)
    seconds = time.perf_counter() - begin
    print(json.dumps({"seconds": seconds, "weights": weights, "ratios": ratios}))


if __name__ == "__main__":
    main()
