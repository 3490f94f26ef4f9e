"""Options whose rules take single numbers: bounds by the directions that their laws declare."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ipfinance.adapters.files import read_inputs
from ipfinance.basics import InputError, Interval
from ipfinance.valuation import METHODS, CaseResult, UncertaintyTask, run, value_method
from tests.support import UNIT

TERMS = {
    "spot": "100",
    "strike": "90",
    "rate": "0.04",
    "volatility": "0.35",
    "maturity": "5",
    "yield_rate": "0.05",
}


def _valued(name: str, **changes: str) -> CaseResult:
    method = METHODS[name]
    return value_method(method, read_inputs(method, None, TERMS | changes), task=UncertaintyTask())


def _bounds(result: CaseResult) -> Interval:
    assert result.spread is not None
    assert result.spread.bounds is not None
    return result.spread.bounds


@pytest.mark.parametrize("name", ["risk_closed_form", "risk_lattice", "risk_integral"])
@pytest.mark.parametrize("payoff", ["call", "put"])
def test_bounds_hold_every_value_and_are_reached(name: str, payoff: str) -> None:
    boxes = {"spot": (80.0, 120.0), "volatility": (0.2, 0.5), "rate": (0.02, 0.06)}
    given = {key: f"[{low}, {high}]" for key, (low, high) in boxes.items()}
    extra = {"payoff": payoff, **({"steps": "60"} if name == "risk_lattice" else {})}
    bounds = _bounds(_valued(name, **extra, **given))
    random = np.random.default_rng(5)
    method = METHODS[name]

    def value(**numbers: Any) -> float:
        plain = {key: str(number) for key, number in numbers.items()}
        texts = TERMS | extra | plain
        inputs = {
            key: each.value  # type: ignore[union-attr]
            for key, each in read_inputs(method, None, texts).items()
        }
        return run(method, method.inputs(**inputs), unit=UNIT).number

    for _ in range(10):
        inside = {key: random.uniform(*ends) for key, ends in boxes.items()}
        assert bounds.low - 1e-9 <= value(**inside) <= bounds.high + 1e-9
    best = {"call": (1, 1, 1), "put": (0, 1, 0)}[payoff]
    highest = {key: ends[at] for (key, ends), at in zip(boxes.items(), best, strict=True)}
    assert bounds.high == pytest.approx(value(**highest), rel=1e-9)


def test_the_hazard_rises_or_falls_by_what_is_priced() -> None:
    middles = {}
    for kind in ("traded", "unpriced"):
        bounds = _bounds(_valued("risk_closed_form", hazard="[0.01, 0.1]", hazard_kind=kind))
        ends = [
            _valued("risk_closed_form", hazard=end, hazard_kind=kind).conclusion.number
            for end in ("0.01", "0.1")
        ]
        assert tuple(bounds) == pytest.approx(sorted(ends), rel=1e-12)
        middles[kind] = ends[0] < ends[1]
    assert middles == {"traded": True, "unpriced": False}


def test_a_distribution_is_simulated_row_by_row() -> None:
    law = "{lognormal: {median: 100, log_sd: 0.1}}"
    method = METHODS["risk_closed_form"]
    inputs = read_inputs(method, None, TERMS | {"spot": law})
    spread = value_method(method, inputs, task=UncertaintyTask(draws=128)).spread
    assert spread is not None
    assert spread.mean is not None
    rows = np.exp(0.1 * np.random.default_rng(1).standard_normal(4000)) * 100
    plain = [_valued("risk_closed_form", spot=str(each)).conclusion.number for each in rows[:300]]
    assert not isinstance(spread.mean, Interval)
    assert spread.mean.value == pytest.approx(
        float(np.mean(plain)), abs=6 * float(np.std(plain)) / 300**0.5
    )


def test_a_direction_that_nobody_promises_is_refused() -> None:
    with pytest.raises(InputError, match="distributions"):
        _valued("risk_closed_form", maturity="[4, 6]")


def test_an_input_that_shapes_the_computation_takes_one_number() -> None:
    method = METHODS["relief_from_royalty"]
    flags = {
        "revenue": "[100]",
        "royalty_rate": "0.05",
        "tax_rate": "0.2",
        "discount_rate": "0.1",
        "first_period": "[0.4, 1]",
    }
    found = value_method(method, read_inputs(method, None, flags)).spread
    assert found is not None  # 0.7 of a year at the middle: the stub stands in the tree
    with pytest.raises(InputError, match="one number"):
        value_method(method, read_inputs(method, None, flags | {"first_period": "[1, 1]"}))
