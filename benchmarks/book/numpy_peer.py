"""The same book as a careful NumPy program would run it: one scenario after the other."""

from __future__ import annotations

import json
import sys
import time

import numpy as np
from ours import columns
from scipy.special import ndtr, ndtri


def main(loans: int, scenarios: int) -> None:
    data = columns(loans)
    rng = np.random.default_rng(7)
    threshold = ndtri(data["pd"])
    share = 0.6 * 0.95 * 1.06**-0.75
    ruin = ndtri(1 - np.exp(-data["ruin_hazard"] * 1.25))
    spread = data["volatility"] * np.sqrt(0.5)
    sector, region = data["sector"].codes, data["region"].codes
    technology = data["technology"].codes
    weights = np.array([54, 26, 16, 4])
    losses = np.empty(scenarios)
    start = time.process_time()
    for row in range(scenarios):
        z = rng.standard_normal()
        common = 0.35 * z + 0.25 * rng.standard_normal(20)[sector]
        common += 0.1 * rng.standard_normal(15)[region]
        chance = ndtr((threshold - common) / np.sqrt(1 - 0.35**2 - 0.25**2 - 0.1**2))
        hit = np.flatnonzero(rng.random(loans) < chance)
        classes = technology[hit]
        score = 0.1 * z + 0.5 * rng.standard_normal(30)[classes]
        ruined = rng.random(len(hit)) < ndtr((ruin[hit] - score) / np.sqrt(1 - 0.26))
        shock = 0.3 * z + 0.4 * rng.standard_normal(30)[classes]
        shock += np.sqrt(0.75) * rng.standard_normal(len(hit))
        move = spread[hit] * (shock - 0.5 * spread[hit])
        worth = np.where(ruined, 0.0, data["value"][hit] * share * np.exp(move))
        loss = np.rint(np.maximum(data["balance"][hit] - worth, 0.0) * 1e6)
        np.floor_divide(loss[:, np.newaxis] * weights, 100)
        losses[row] = loss.sum()
    print(json.dumps({"busy": time.process_time() - start, "expected": losses.mean()}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
