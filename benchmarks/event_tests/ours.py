"""How often true nulls are rejected at 5 %, and how often 95 % intervals hold the truth."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from event_tests.designs import DESIGNS, GRANT_DESIGNS, LENGTH, grants, panel
from ipfinance.evidence import GammaSample, GrantTerms, mean_interval
from ipfinance.numerics import EVENT_TESTS, EventSample, abnormal_returns

REPLICATIONS = 2000
DRAWS = 199


def main() -> None:
    """Run every design; the number of replications may be given."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATIONS
    events = {
        name: _events(design, np.random.default_rng(place), count)
        for place, (name, design) in enumerate(DESIGNS.items())
    }
    gammas = {
        name: _gammas(design, np.random.default_rng(100 + place), count)
        for place, (name, design) in enumerate(GRANT_DESIGNS.items())
    }
    print(json.dumps({"replications": count, "events": events, "gammas": gammas}))


def _events(design, rng, count):  # noqa: ANN202
    rejected = dict.fromkeys(EVENT_TESTS, 0)
    missing = dict.fromkeys(EVENT_TESTS, 0)
    covered = 0
    for seed in range(count):
        made, security, day = panel(design, rng)
        found = abnormal_returns(made, security, day)
        sample = EventSample.of(found, day, draws=DRAWS, seed=seed)
        for name, test in sample.tests(0, LENGTH - 1).items():
            missing[name] += test.p_value is None
            rejected[name] += test.p_value is not None and test.p_value < 0.05
        _, low, high = mean_interval(sample, 0, LENGTH - 1)
        covered += low <= 0.0 <= high
    return {
        "size": {
            name: None if missing[name] == count else number / count
            for name, number in rejected.items()
        },
        "coverage": covered / count,
    }


def _gammas(design, rng, count):  # noqa: ANN202
    covered, total = 0, 0.0
    for _ in range(count):
        batch, days = grants(design, rng)
        terms = GrantTerms(grant_probability=0.55, window=design.window)
        sample = GammaSample(terms, days, ("",))
        sample.add(batch)
        (fit,) = sample.fitted()
        covered += abs(fit.gamma - design.gamma) <= fit.half_width
        total += fit.gamma
    return {"truth": design.gamma, "mean": total / count, "coverage": covered / count}


if __name__ == "__main__":
    main()
