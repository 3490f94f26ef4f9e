"""Real options."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from ipfinance.numerics import (
    Payoff,
    compound_trigger,
    compound_value,
)
from ipfinance.valuation import (
    OPTION_BARRIER,
    OPTION_BINOMIAL,
    OPTION_EXCHANGE,
    OPTION_EXPAND,
    OPTION_JUMP,
    OPTION_PARISIAN,
    OPTION_PERPETUAL,
    OPTION_PROJECT,
    OPTION_SIMULATED,
    OPTION_STAGED,
    OPTION_SWITCH,
    RISK_INTEGRAL,
    Abandonment,
    BarrierEffect,
    BarrierInputs,
    BarrierSide,
    BinomialInputs,
    Clock,
    ExchangeInputs,
    Exercise,
    ExpandInputs,
    FirstOutlay,
    HazardKind,
    JumpInputs,
    JumpKind,
    Monitoring,
    ParisianInputs,
    PerpetualInputs,
    ResearchProjectInputs,
    RiskIntegralInputs,
    SimulatedInputs,
    StagedInputs,
    SwitchInputs,
    run,
)
from tests.runners import Fixture, Runner
from tests.support import UNIT

NAMES = {
    "S": "spot",
    "K": "strike",
    "H": "barrier",
    "r": "rate",
    "q": "yield_rate",
    "sigma": "volatility",
    "T": "maturity",
}


def _terms(fixture: Fixture) -> dict[str, Any]:
    given = fixture["inputs"]
    return {name: given[symbol] for symbol, name in NAMES.items() if symbol in given}


def _crr(fixture: Fixture) -> Any:
    steps = fixture["inputs"]["n"]
    cases = {
        "american_put": (Payoff.PUT, Exercise.AMERICAN),
        "european_put": (Payoff.PUT, Exercise.EUROPEAN),
        "european_call": (Payoff.CALL, Exercise.EUROPEAN),
    }
    return {
        key: run(
            OPTION_BINOMIAL,
            BinomialInputs(**_terms(fixture), payoff=payoff, exercise=exercise, steps=steps),
            unit=UNIT,
        ).number
        for key, (payoff, exercise) in cases.items()
    }


def _simulation(fixture: Fixture) -> Any:
    """The fixture's figures are a lattice's; a simulation is held to three standard errors."""
    terms = {**_terms(fixture), "payoff": Payoff.PUT}
    dates = round(fixture["inputs"]["exercise_dates_per_year"] * terms["maturity"])
    given = SimulatedInputs(**terms, exercise=Exercise.AMERICAN, dates=dates, paths=100_000)
    found = run(OPTION_SIMULATED, given, unit=UNIT)
    outside: Any = found.details["out_of_sample"]
    inside: Any = found.details["in_sample"]
    expected = fixture["expected"]["bermudan_put"]
    for estimate in (outside, inside):
        assert 0 < estimate.standard_error < 0.001
        assert abs(estimate.value - expected) <= 3 * estimate.standard_error
    american = run(RISK_INTEGRAL, RiskIntegralInputs(**terms), unit=UNIT).number
    dated = run(
        OPTION_BINOMIAL,
        BinomialInputs(**terms, exercise=Exercise.AMERICAN, steps=5000),
        unit=UNIT,
    ).number
    assert american == pytest.approx(dated, abs=2e-4)
    return {"bermudan_put": _on_dates(terms, dates), "american_put": american}


def _on_dates(terms: dict[str, Any], dates: int) -> float:
    """Extrapolate trees that allow exercise on the dates only, in the length of a step."""

    def tree(between: int) -> float:
        steps = dates * between
        time = terms["maturity"] / steps
        up = math.exp(terms["volatility"] * math.sqrt(time))
        chance = (math.exp(terms["rate"] * time) - 1 / up) / (up - 1 / up)
        discount = math.exp(-terms["rate"] * time)
        asset = terms["spot"] * up ** np.arange(steps, -steps - 1, -2, dtype=float)
        values = np.maximum(terms["strike"] - asset, 0.0)
        for level in range(steps - 1, -1, -1):
            values = discount * (chance * values[:-1] + (1 - chance) * values[1:])
            if level % between == 0 and level:
                asset = terms["spot"] * up ** np.arange(level, -level - 1, -2, dtype=float)
                values = np.maximum(values, terms["strike"] - asset)
        return float(values[0])

    return float(np.mean([tree(between) for between in (80, 81, 82, 83)]))


def _perpetual(fixture: Fixture) -> Any:
    given = fixture["inputs"]
    found = [
        run(
            OPTION_PERPETUAL,
            PerpetualInputs(
                value=given["V"],
                cost=given["I"],
                rate=given["r"],
                yield_rate=given["delta"],
                volatility=given["sigma"],
                hazard=hazard,
                hazard_kind=HazardKind.UNPRICED,
            ),
            unit=UNIT,
        )
        for hazard in given["hazard_unpriced"]
    ]
    return {
        "beta": [each.details["beta"] for each in found],
        "trigger_V": [each.details["trigger"] for each in found],
        "value": [each.number for each in found],
    }


def _margrabe(fixture: Fixture) -> Any:
    given = fixture["inputs"]
    inputs = ExchangeInputs(
        received=given["S1"],
        given_up=given["S2"],
        received_volatility=given["sigma1"],
        given_volatility=given["sigma2"],
        correlation=given["rho"],
        maturity=given["T"],
    )
    return {"value": run(OPTION_EXCHANGE, inputs, unit=UNIT).number}


def _switch(fixture: Fixture) -> Any:
    given = fixture["inputs"]
    inputs = SwitchInputs(
        current=given["A"],
        other=given["B"],
        switching_cost=given["switching_cost_share_of_B"],
        current_volatility=given["sigma_A"],
        other_volatility=given["sigma_B"],
        correlation=given["rho"],
        current_yield=given["q_A"],
        other_yield=given["q_B"],
        maturity=given["T"],
    )
    found = run(OPTION_SWITCH, inputs, unit=UNIT)
    return {"value": found.number, "sigma_spread": found.details["sigma_spread"]}


def _barrier(fixture: Fixture) -> Any:
    dates = fixture["inputs"]["monitoring_dates"]

    def value(effect: BarrierEffect, *, dated: bool) -> Any:
        inputs = BarrierInputs(
            **_terms(fixture),
            side=BarrierSide.DOWN,
            effect=effect,
            monitoring=Monitoring.DATED if dated else Monitoring.CONTINUOUS,
            monitoring_dates=dates if dated else None,
        )
        return run(OPTION_BARRIER, inputs, unit=UNIT)

    out, inside = (value(effect, dated=False) for effect in BarrierEffect)
    assert out.number + inside.number == pytest.approx(out.details["vanilla"], rel=1e-12)
    return {
        "vanilla": out.details["vanilla"],
        "down_and_in_continuous": inside.number,
        "down_and_out_continuous": out.number,
        "down_and_out_24_dates": value(BarrierEffect.OUT, dated=True).number,
    }


def _parisian(fixture: Fixture) -> Any:
    given = fixture["inputs"]

    def value(clock: Clock, losses: int) -> float:
        inputs = ParisianInputs(
            **_terms(fixture),
            side=BarrierSide.DOWN,
            observations_to_loss=losses,
            clock=clock,
            monitoring_dates=given["monitoring_dates"],
        )
        return run(OPTION_PARISIAN, inputs, unit=UNIT).number

    bad = given["observations_to_loss_D"]
    return {
        **{str(clock): value(clock, bad) for clock in Clock},
        "D1_dated_barrier": value(Clock.CONSECUTIVE, 1),
    }


def _compound(fixture: Fixture) -> Any:
    given = fixture["inputs"]
    costs = (given["first_cost"], given["second_cost"])
    times = (given["first_time"], given["second_time"])
    inputs = StagedInputs(
        spot=given["S"],
        costs=costs,
        times=times,
        rate=given["r"],
        volatility=given["sigma"],
    )
    found = run(OPTION_STAGED, inputs, unit=UNIT)
    law = {"rate": given["r"], "yield_rate": 0.0, "volatility": given["sigma"]}
    trigger = compound_trigger(
        first_cost=costs[0], second_cost=costs[1], time=times[1] - times[0], **law
    )
    closed = compound_value(
        spot=given["S"],
        first_cost=costs[0],
        second_cost=costs[1],
        first_time=times[0],
        second_time=times[1],
        trigger=trigger,
        **law,
    )
    assert found.number == pytest.approx(closed, rel=1e-11)
    triggers: Any = found.details["triggers"]
    return {"critical_S": triggers[0], "value": found.number}


def _expand(fixture: Fixture) -> Any:
    given = fixture["inputs"]
    inputs = ExpandInputs(
        value=given["V"],
        expansion=given["expansion"],
        cost=given["cost"],
        maturity=given["T"],
        rate=given["r"],
        volatility=given["sigma"],
        exercise=Exercise.EUROPEAN,
    )
    found = run(OPTION_EXPAND, inputs, unit=UNIT)
    return {"option": found.number, "total": found.details["total"]}


def _jump(fixture: Fixture) -> Any:
    given = fixture["inputs"]
    inputs = JumpInputs(
        **_terms(fixture),
        jump_rate=given["jump_rate"],
        log_jump_mean=given["log_jump_mean"],
        log_jump_deviation=given["log_jump_sd"],
        jump_kind=JumpKind.PRICED,
    )
    found = run(OPTION_JUMP, inputs, unit=UNIT)
    return {"value": found.number, "no_jumps": found.details["without_events"]}


def _partial_loss(fixture: Fixture) -> Any:
    given = fixture["inputs"]
    inputs = JumpInputs(
        spot=100.0,
        strike=1e-9,  # the asset itself
        rate=0.0,
        volatility=0.2,
        maturity=given["T"],
        jump_rate=given["event_rate"],
        log_jump_mean=math.log(given["fraction_kept"]),
        log_jump_deviation=0.0,
        jump_kind=JumpKind.UNPRICED,
    )
    found = run(OPTION_JUMP, inputs, unit=UNIT)
    assert found.number / 100 == pytest.approx(found.details["expected_multiplier"], rel=1e-9)
    return {"expected_multiplier": found.details["expected_multiplier"]}


def project_inputs(fixture: Fixture, **changed: Any) -> ResearchProjectInputs:
    """Return the fixture's project."""
    given = fixture["inputs"]
    terms: dict[str, Any] = {
        "cost": given["K0"],
        "outlay_rate": given["investment_per_year"],
        "cost_volatility": given["cost_vol"],
        "cash": given["C0"],
        "growth": given["drift"],
        "risk_premium": given["risk_premium"],
        "cash_volatility": given["cash_vol"],
        "correlation": given["correlation"],
        "rate": given["r"],
        "failure_rate": given["failure_rate"],
        "horizon": given["horizon"],
        "step_time": given["dt"],
        "terminal_multiple": given["terminal_multiple"],
        "first_outlay": FirstOutlay.PAID,
    }
    return ResearchProjectInputs(**{**terms, **changed})


def _research(fixture: Fixture) -> Any:
    found = {
        (convention, abandonment): run(
            OPTION_PROJECT,
            project_inputs(
                fixture, first_outlay=convention, abandonment=abandonment, paths=100_000
            ),
            unit=UNIT,
        )
        for convention in FirstOutlay
        for abandonment in Abandonment
    }
    for each in found.values():
        error: Any = each.details["standard_error"]
        assert 0 < error <= 0.05
    allowed, never = Abandonment.ALLOWED, Abandonment.NEVER
    paid, not_paid = FirstOutlay.PAID, FirstOutlay.NOT_PAID
    return {
        "value_first_quarter_cost_not_paid": found[not_paid, allowed].number,
        "value_first_quarter_cost_paid": found[paid, allowed].number,
        "never_abandon_first_quarter_cost_paid": found[paid, never].number,
    }


RUNNERS: dict[str, Runner] = {
    "methods/option.crr_three_steps": _crr,
    "methods/option.lsm_longstaff_schwartz": _simulation,
    "methods/option.perpetual_deferral": _perpetual,
    "methods/option.margrabe_exchange": _margrabe,
    "methods/option.switch": _switch,
    "methods/option.barrier_down_out": _barrier,
    "methods/option.parisian_down_out": _parisian,
    "methods/option.compound_stage": _compound,
    "methods/option.expand": _expand,
    "methods/option.merton_jump": _jump,
    "methods/option.partial_loss_factor": _partial_loss,
    "methods/option.rd_patent_abandonment": _research,
}
