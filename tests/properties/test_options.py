"""Laws of options under ruin, over thousands of drawn inputs."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from ipfinance.basics import InputError
from ipfinance.numerics import FINE, Payoff, black_scholes, matched_step, stretch_bounds
from ipfinance.valuation import (
    RISK_LATTICE,
    Exercise,
    HazardKind,
    OnRuin,
    RiskClosedFormInputs,
    RiskLatticeInputs,
    Zhou2022Inputs,
    admissible_stretch,
    closed_form_value,
    option_batch,
    run,
    tree_probabilities,
    validity,
)
from tests.support import UNIT

STEPS = 200
TERMS: dict[str, st.SearchStrategy[Any]] = {
    "spot": st.floats(1.0, 1000.0),
    "rate": st.floats(-0.02, 0.3),
    "volatility": st.floats(0.05, 1.0),
    "maturity": st.floats(0.1, 15.0),
    "hazard": st.floats(0.0, 0.5),
    "yield_rate": st.floats(-0.02, 0.3),
    "hazard_kind": st.sampled_from(HazardKind),
    "payoff": st.sampled_from(Payoff),
}


def options(**changed: st.SearchStrategy[Any]) -> st.SearchStrategy[RiskLatticeInputs]:
    """Draw options whose lattice of 200 steps is admissible."""
    return _options({**TERMS, **changed})


@st.composite
def _options(draw: st.DrawFn, terms: dict[str, st.SearchStrategy[Any]]) -> RiskLatticeInputs:
    values = {name: draw(strategy) for name, strategy in terms.items()}
    values["strike"] = values["spot"] * draw(st.floats(0.3, 3.0))
    try:
        return RiskLatticeInputs(**values, steps=STEPS)
    except InputError:
        reject()


def _lattice(inputs: RiskLatticeInputs) -> float:
    return run(RISK_LATTICE, inputs, unit=UNIT).number


def _closed(inputs: RiskLatticeInputs) -> float:
    return closed_form_value(inputs)


def _slack(inputs: RiskLatticeInputs) -> float:
    """Bound the lattice's error: a quarter of a step's spread squared over the whole spread."""
    spread = inputs.volatility * math.sqrt(inputs.maturity)
    size = max(inputs.spot, inputs.strike) * math.exp(max(0.0, -inputs.rate) * inputs.maturity)
    return size * (0.25 * 3.0 * spread / STEPS + 1e-9)


@settings(max_examples=2000)
@given(inputs=options())
def test_lattice_agrees_with_the_closed_form(inputs: RiskLatticeInputs) -> None:
    assert abs(_lattice(inputs) - _closed(inputs)) <= _slack(inputs)


@settings(max_examples=2000)
@given(inputs=options())
def test_probabilities_are_a_law(inputs: RiskLatticeInputs) -> None:
    probabilities: Any = run(RISK_LATTICE, inputs, unit=UNIT).details["probabilities"]
    three = [probabilities[name] for name in ("up", "middle", "down")]
    assert min(three) >= -1e-12
    assert math.fsum(three) == pytest.approx(1.0, abs=1e-12)
    assert 0 <= probabilities["ruin"] < 1


@settings(max_examples=300)
@given(inputs=options())
def test_american_is_worth_at_least_european_and_exercise_now(inputs: RiskLatticeInputs) -> None:
    american = _lattice(replace(inputs, exercise=Exercise.AMERICAN))
    sign = 1.0 if inputs.payoff is Payoff.CALL else -1.0
    assert american >= _lattice(inputs) - 1e-9 * inputs.spot
    assert american >= sign * (inputs.spot - inputs.strike) - 1e-9 * inputs.spot


@settings(max_examples=1000)
@given(inputs=options(hazard_kind=st.just(HazardKind.UNPRICED)))
def test_unpriced_hazard_only_multiplies_by_survival(inputs: RiskLatticeInputs) -> None:
    survival = math.exp(-inputs.hazard * inputs.maturity)
    without = _closed(replace(inputs, hazard=0.0))
    assert _closed(inputs) == pytest.approx(survival * without, rel=1e-9, abs=1e-12)


@settings(max_examples=1000)
@given(inputs=options(payoff=st.just(Payoff.CALL)))
def test_put_and_call_differ_by_the_forward(inputs: RiskLatticeInputs) -> None:
    put = replace(inputs, payoff=Payoff.PUT, on_ruin=OnRuin.LOST)
    carried = inputs.hazard if inputs.hazard_kind is HazardKind.UNPRICED else 0.0
    forward = inputs.spot * math.exp(-(inputs.yield_rate + carried) * inputs.maturity)
    cost = inputs.strike * math.exp(-(inputs.rate + inputs.hazard) * inputs.maturity)
    difference = _closed(inputs) - _closed(put)
    assert difference == pytest.approx(forward - cost, rel=1e-9, abs=1e-9 * inputs.spot)


@settings(max_examples=1000)
@given(inputs=options(payoff=st.just(Payoff.CALL)), more=st.floats(0.0, 0.5))
def test_hazard_moves_the_call_one_way(inputs: RiskLatticeInputs, more: float) -> None:
    higher = replace(inputs, hazard=inputs.hazard + more, steps=None)
    slack = 1e-9 * inputs.spot
    if inputs.hazard_kind is HazardKind.UNPRICED:
        assert _closed(higher) <= _closed(inputs) + slack
    else:
        assert _closed(higher) >= _closed(inputs) - slack


@settings(max_examples=1000)
@given(inputs=options(), factor=st.floats(0.01, 100.0))
def test_value_scales_with_the_unit_of_money(inputs: RiskLatticeInputs, factor: float) -> None:
    scaled = replace(inputs, spot=inputs.spot * factor, strike=inputs.strike * factor)
    assert _closed(scaled) == pytest.approx(factor * _closed(inputs), rel=1e-9, abs=1e-9)


@settings(max_examples=1000)
@given(
    drift=st.floats(-0.5, 0.8),
    volatility=st.floats(0.05, 2.0),
    step_time=st.floats(1e-4, 1.0),
    place=st.floats(0.0, 1.0),
)
def test_bounds_of_the_stretch_are_sharp(
    drift: float, volatility: float, step_time: float, place: float
) -> None:
    low, high = stretch_bounds(drift, volatility, step_time)
    assume(low < high)
    top = min(high, low + 5.0)
    mean = math.exp(drift * step_time)
    second = math.exp((2 * drift + volatility**2) * step_time)

    def least(stretch: float) -> float:
        up = math.exp(stretch * volatility * math.sqrt(step_time))
        return min(matched_step(up, mean, second, 1.0))

    assert least(low + place * (top - low)) >= -1e-7
    if low > 1e-3:
        assert least(low * 0.98) < 1e-7
    if high < 1e6:
        assert least(high * 1.02) < 1e-7


@settings(max_examples=500)
@given(
    rate=st.floats(0.0, 0.4),
    volatility=st.floats(0.1, 0.8),
    maturity=st.floats(0.5, 5.0),
    steps=st.integers(1, 20),
    place=st.floats(0.001, 0.999),
)
def test_replication_says_exactly_where_it_is_valid(
    rate: float, volatility: float, maturity: float, steps: int, place: float
) -> None:
    tree = Zhou2022Inputs(
        spot=1.0, strike=1.0, rate=rate, volatility=volatility, maturity=maturity, steps=steps
    )
    window = validity(tree).window
    hazard = place * 0.99 * steps / maturity
    assume(hazard <= 20)
    step, ruin = tree_probabilities(replace(tree, hazard=hazard))
    assert math.fsum([*step, ruin]) == pytest.approx(1.0, abs=1e-9)
    is_law = min(step) >= 0
    inside = window is not None and hazard in window
    near = window is not None and min(abs(hazard - end) for end in window) < 1e-9
    assert is_law == inside or near


@settings(max_examples=60)
@given(inputs=options(rate=st.floats(0.005, 0.2), yield_rate=st.floats(0.0, 0.2)))
def test_integral_equation_agrees_with_the_lattice(inputs: RiskLatticeInputs) -> None:
    american = replace(inputs, exercise=Exercise.AMERICAN)
    batch = option_batch(
        spot=np.array([inputs.spot]),
        strike=np.array([inputs.strike]),
        rate=np.array([inputs.rate]),
        volatility=np.array([inputs.volatility]),
        maturity=np.array([inputs.maturity]),
        hazard=inputs.hazard,
        yield_rate=inputs.yield_rate,
        hazard_kind=inputs.hazard_kind,
        payoff=inputs.payoff,
        exercise=Exercise.AMERICAN,
        accuracy=FINE,
    )
    # the lattice allows exercise at 200 dates only, hence the wider slack
    assert abs(batch.values[0] - _lattice(american)) <= 4 * _slack(inputs) + 0.002 * inputs.strike


@settings(max_examples=500)
@given(inputs=options())
def test_admissible_interval_holds_the_stretch_used(inputs: RiskLatticeInputs) -> None:
    low, high = admissible_stretch(inputs, STEPS)
    assert low <= inputs.stretch <= high


@pytest.mark.parametrize("payoff", Payoff)
def test_closed_form_without_spread_is_the_intrinsic_forward(payoff: Payoff) -> None:
    value = black_scholes(
        spot=100, strike=80, rate=0.1, volatility=0.0, maturity=1.0, payoff=payoff
    )
    forward = 100 - 80 * math.exp(-0.1)
    assert value == pytest.approx(max(forward if payoff is Payoff.CALL else -forward, 0.0))


def test_paid_on_ruin_adds_the_chance_of_ruin() -> None:
    inputs = RiskClosedFormInputs(
        spot=100,
        strike=80,
        rate=0.05,
        volatility=0.4,
        maturity=5,
        hazard=0.05,
        hazard_kind=HazardKind.UNPRICED,
        payoff=Payoff.PUT,
    )
    lost = closed_form_value(inputs)
    paid = closed_form_value(replace(inputs, on_ruin=OnRuin.PAID))
    assert paid - lost == pytest.approx(80 * math.exp(-0.25) * (1 - math.exp(-0.25)))
