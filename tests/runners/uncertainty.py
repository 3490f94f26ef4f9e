"""Uncertain inputs, held to closed forms; the simulation is held to the same figures."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ipfinance.basics import Distribution, Family, Interval, Source, SourceKind, Text, leaf, node
from ipfinance.numerics import chance_bounds, chances, mean_of, product, quantile_bounds, quantiles
from ipfinance.valuation import Correlation, UncertaintyTask, middle_of, spread_of
from tests.runners import Fixture, Runner

SIX_ERRORS = 6.0


def _product(fixture: Fixture) -> Any:
    given = fixture["inputs"]
    first, second = given["log_sd"]
    log_sd = math.sqrt(first**2 + second**2 + 2 * given["correlation"] * first * second)
    exact = Distribution(Family.LOGNORMAL, (given["median"], log_sd))
    levels = np.array(given["quantiles"])
    answer = {
        "mean": mean_of(exact),
        "log_sd_of_product": log_sd,
        "quantiles": quantiles(exact, levels).tolist(),
        "probability_below_80": float(chances(exact, np.array([80.0]))[0]),
    }
    _held_by_simulation(given, answer)
    return answer


def _held_by_simulation(given: dict[str, Any], exact: dict[str, Any]) -> None:
    factors = [Distribution(Family.LOGNORMAL, (1.0, log_sd)) for log_sd in given["log_sd"]]
    leaves = [
        leaf(
            Text(name, name),
            middle_of(factor),
            Source(kind=SourceKind.INPUT, path=name),
            given=factor,
        )
        for name, factor in zip("ab", factors, strict=True)
    ]
    value = node(
        Text("value", "价值"),
        lambda a, b: product((given["median"], a, b)),
        *leaves,
        formula="m a b",
    )
    task = UncertaintyTask(
        correlations=(Correlation(first="a", second="b", value=given["correlation"]),),
        levels=tuple(given["quantiles"]),
        thresholds=(80.0,),
    )
    found = spread_of(value, task)
    pairs = [(found.mean, exact["mean"]), (found.below[80.0], exact["probability_below_80"])]
    pairs += list(zip(found.at_levels.values(), exact["quantiles"], strict=True))
    for estimate, expected in pairs:
        assert estimate is not None
        assert not isinstance(estimate, Interval)
        assert abs(estimate.value - expected) <= SIX_ERRORS * estimate.standard_error


def _box(fixture: Fixture) -> Any:
    given = fixture["inputs"]
    mean = Interval(*given["mean"])
    fixed = Distribution(Family.NORMAL, (mean, float(given["sd"])))
    wide = Distribution(Family.NORMAL, (mean, Interval(*given["sd_interval"])))
    values, levels = np.array(given["x"], dtype=float), np.array(given["p"])
    return {
        "cdf_bounds": np.transpose(chance_bounds(fixed, values)).tolist(),
        "quantile_bounds": np.transpose(quantile_bounds(fixed, levels)).tolist(),
        "cdf_bounds_sd_interval": np.transpose(chance_bounds(wide, values)).tolist(),
        "quantile_bounds_sd_interval": np.transpose(quantile_bounds(wide, levels)).tolist(),
    }


RUNNERS: dict[str, Runner] = {
    "methods/uncertainty.lognormal_product": _product,
    "methods/uncertainty.pbox_normal": _box,
}
