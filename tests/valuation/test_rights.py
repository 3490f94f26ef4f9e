"""Real options: intervals with the extremum inside, other libraries, refusals, findings."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ipfinance.basics import (
    Distribution,
    Family,
    InputError,
    Interval,
    NoSolutionError,
    NotApplicableError,
)
from ipfinance.numerics import Payoff
from ipfinance.valuation import (
    METHODS,
    OPTION_ABANDON,
    OPTION_BARRIER,
    OPTION_DEFER,
    OPTION_EXCHANGE,
    OPTION_EXPAND,
    OPTION_PARISIAN,
    OPTION_PERPETUAL,
    OPTION_PROJECT,
    OPTION_STAGED,
    RISK_LATTICE,
    ZHOU2022,
    AbandonInputs,
    BarrierEffect,
    BarrierInputs,
    BarrierSide,
    Clock,
    DeferInputs,
    ExchangeInputs,
    Exercise,
    ExpandInputs,
    HazardKind,
    Monitoring,
    OnRuin,
    ParisianInputs,
    PerpetualInputs,
    RiskLatticeInputs,
    StagedInputs,
    UncertaintyTask,
    Zhou2022Inputs,
    implied_inputs,
    run,
    sensitivities,
    spread_of,
)
from tests.support import UNIT

EXCHANGE: dict[str, Any] = {
    "received": 100.0,
    "given_up": 100.0,
    "given_volatility": 0.25,
    "correlation": 0.8,
    "maturity": 3.0,
}
WATCHED: dict[str, Any] = {
    "spot": 100.0,
    "strike": 100.0,
    "barrier": 85.0,
    "rate": 0.05,
    "yield_rate": 0.02,
    "volatility": 0.3,
    "maturity": 2.0,
    "side": BarrierSide.DOWN,
}
DEFER: dict[str, Any] = {"value": 100.0, "cost": 90.0, "rate": 0.04, "maturity": 2.0}


def _number(method: Any, inputs: Any) -> float:
    return run(method, inputs, unit=UNIT).number


def _bounds(method: Any, inputs: Any) -> Interval:
    found = spread_of(run(method, inputs, unit=UNIT).explanation, UncertaintyTask()).bounds
    assert isinstance(found, Interval)
    return found


def test_an_exchange_is_cheapest_at_a_volatility_inside_its_interval() -> None:
    # the ratio's volatility is least where the first is correlation times the second: 0.2
    bounds = _bounds(
        OPTION_EXCHANGE, ExchangeInputs(**EXCHANGE, received_volatility=Interval(0.05, 0.5))
    )
    inside = _number(OPTION_EXCHANGE, ExchangeInputs(**EXCHANGE, received_volatility=0.2))
    ends = [
        _number(OPTION_EXCHANGE, ExchangeInputs(**EXCHANGE, received_volatility=end))
        for end in (0.05, 0.5)
    ]
    assert inside < min(ends)
    assert bounds.low == pytest.approx(inside, rel=1e-6)
    assert bounds.low <= inside + 1e-12
    assert bounds.high == pytest.approx(max(ends), rel=1e-9)


@pytest.mark.parametrize("exercise", Exercise)
def test_bounds_of_a_right_hold_what_lies_inside(exercise: Exercise) -> None:
    terms: dict[str, Any] = {
        "value": Interval(90, 110),
        "cost": Interval(85, 95),
        "rate": Interval(0.02, 0.06),
        "volatility": Interval(0.2, 0.4),
        "yield_rate": Interval(0.01, 0.05),
        "maturity": 2.0,
        "exercise": exercise,
        "steps": 100 if exercise is Exercise.AMERICAN else None,
    }
    bounds = _bounds(OPTION_DEFER, DeferInputs(**terms))
    draw = np.random.default_rng(3)
    for _ in range(25):
        point: dict[str, Any] = {
            name: float(draw.uniform(value.low, value.high))
            if isinstance(value, Interval)
            else value
            for name, value in terms.items()
        }
        assert _number(OPTION_DEFER, DeferInputs(**point)) in bounds
    corner = {**terms, "value": 110.0, "cost": 85.0, "rate": 0.06, "volatility": 0.4}
    best = _number(OPTION_DEFER, DeferInputs(**{**corner, "yield_rate": 0.01}))
    assert bounds.high == pytest.approx(best, rel=1e-9)


def test_a_right_on_a_distribution_is_drawn() -> None:
    inputs = ExpandInputs(
        value=Distribution(Family.UNIFORM, (90.0, 110.0)),
        expansion=0.5,
        cost=40.0,
        rate=0.05,
        volatility=0.3,
        maturity=2.0,
        exercise=Exercise.EUROPEAN,
    )
    spread: Any = spread_of(run(OPTION_EXPAND, inputs, unit=UNIT).explanation, UncertaintyTask())
    grid = [
        _number(OPTION_EXPAND, replace(inputs, value=float(v))) for v in np.linspace(90, 110, 41)
    ]
    assert spread.mean.value == pytest.approx(np.trapezoid(grid) / 40, rel=1e-4)


def test_perpetual_bounds_and_refusal() -> None:
    terms: dict[str, Any] = {"value": 1.0, "cost": 1.0, "rate": 0.04, "volatility": 0.2}
    bounds = _bounds(OPTION_PERPETUAL, PerpetualInputs(**terms, yield_rate=Interval(0.03, 0.05)))
    for yield_rate in (0.03, 0.04, 0.05):
        assert _number(OPTION_PERPETUAL, PerpetualInputs(**terms, yield_rate=yield_rate)) in bounds
    with pytest.raises(InputError, match="positive cost of delay"):
        PerpetualInputs(**terms, yield_rate=Interval(0.0, 0.05))


def test_a_salvage_that_survives_ruin_on_the_quick_lattice() -> None:
    terms: dict[str, Any] = {
        "rate": 0.05,
        "volatility": 0.4,
        "maturity": 5.0,
        "yield_rate": 0.03,
        "hazard": 0.05,
        "hazard_kind": HazardKind.UNPRICED,
        "on_ruin": OnRuin.PAID,
        "steps": 300,
    }
    right = _number(OPTION_ABANDON, AbandonInputs(value=100.0, salvage=80.0, **terms))
    lattice = RiskLatticeInputs(
        spot=100.0, strike=80.0, payoff=Payoff.PUT, exercise=Exercise.AMERICAN, **terms
    )
    assert right == pytest.approx(_number(RISK_LATTICE, lattice), rel=1e-10)


def test_moved_inputs_get_the_steps_they_need() -> None:
    # at the lower volatility 5 steps would have a negative probability
    inputs = DeferInputs(**DEFER, volatility=Interval(0.02, 0.3), steps=20)
    bounds = _bounds(OPTION_DEFER, inputs)
    assert bounds.low > 100 - 90
    assert bounds.high == pytest.approx(
        _number(OPTION_DEFER, DeferInputs(**DEFER, volatility=0.3, steps=20)), rel=1e-9
    )


def test_touched_barriers_and_clocks_that_never_strike_are_told() -> None:
    touched = BarrierInputs(
        **{**WATCHED, "spot": 80.0}, effect=BarrierEffect.OUT, monitoring=Monitoring.CONTINUOUS
    )
    found = run(OPTION_BARRIER, touched, unit=UNIT)
    assert found.number == 0.0
    assert "barrier_already_touched" in {each.code for each in found.findings}
    idle = ParisianInputs(
        **WATCHED, observations_to_loss=9, clock=Clock.CUMULATIVE, monitoring_dates=8
    )
    found = run(OPTION_PARISIAN, idle, unit=UNIT)
    assert "clock_never_strikes" in {each.code for each in found.findings}
    assert found.number == pytest.approx(found.details["vanilla"], rel=1e-9)
    risen = replace(idle, side=BarrierSide.UP)
    told = {each.code for each in run(OPTION_PARISIAN, risen, unit=UNIT).findings}
    assert "barrier_already_touched" in told


def test_what_is_beyond_a_recursion_is_refused() -> None:
    wide = ParisianInputs(
        **{**WATCHED, "volatility": 5.0, "maturity": 200.0},
        observations_to_loss=2,
        clock=Clock.CUMULATIVE,
        monitoring_dates=1000,
    )
    with pytest.raises(NoSolutionError):
        run(OPTION_PARISIAN, wide, unit=UNIT)
    dated = BarrierInputs(
        **{**WATCHED, "volatility": 5.0, "maturity": 200.0},
        effect=BarrierEffect.OUT,
        monitoring=Monitoring.DATED,
        monitoring_dates=1000,
    )
    with pytest.raises(NoSolutionError):
        run(OPTION_BARRIER, dated, unit=UNIT)
    close = StagedInputs(
        spot=100.0, costs=(1.0, 1.0), times=(1.0, 1.0 + 1e-12), rate=0.05, volatility=0.3
    )
    with pytest.raises(NoSolutionError):
        run(OPTION_STAGED, close, unit=UNIT)


def test_what_has_no_sensitivities_says_so() -> None:
    tree = Zhou2022Inputs(
        spot=3.7, strike=3.7, rate=0.2326, volatility=0.2938, maturity=2.0, steps=5
    )
    for method in (ZHOU2022, OPTION_PROJECT):
        with pytest.raises(NotApplicableError):
            sensitivities(method, tree)
        with pytest.raises(NotApplicableError):
            implied_inputs(method, tree, 1.0)


def test_sensitivities_at_the_ends_of_a_range() -> None:
    # correlation 1 is its end: the difference is taken to one side
    inputs = ExchangeInputs(
        **{**EXCHANGE, "correlation": 1.0, "given_up": 90.0}, received_volatility=0.5
    )
    found = {each.field: each.slope for each in sensitivities(OPTION_EXCHANGE, inputs)}
    spread = 0.25
    d_1 = (math.log(100 / 90) + spread**2 / 2 * 3) / (spread * math.sqrt(3))
    vega = 100 * math.exp(-0.5 * d_1**2) / math.sqrt(2 * math.pi) * math.sqrt(3)
    assert found["correlation"] == pytest.approx(-vega * 0.5 * 0.25 / spread, rel=1e-6)
    traded = replace(inputs, hazard=0.0, hazard_kind=HazardKind.TRADED)
    with_hazard = {each.field for each in sensitivities(OPTION_EXCHANGE, traded)}
    assert "hazard" in with_hazard
    assert "hazard" not in found


@pytest.mark.parametrize(
    ("yield_rate", "codes"),
    [
        (0.0, {"waiting_costs_nothing"}),  # early exercise of such a call adds nothing
        (0.05, {"early_exercise_premium"}),
    ],
)
def test_waiting_that_costs_nothing_is_told(yield_rate: float, codes: set[str]) -> None:
    deferral = METHODS["option_defer"]
    inputs = deferral.inputs(
        value=100.0,
        cost=90.0,
        rate=0.04,
        volatility=0.35,
        maturity=20.0,
        yield_rate=yield_rate,
        steps=100,
    )
    found = {each.code for each in run(deferral, inputs, unit=UNIT).findings}
    assert found & {"waiting_costs_nothing", "early_exercise_premium"} == codes
