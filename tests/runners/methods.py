"""Methods that users expect."""

from __future__ import annotations

from typing import Any

import pytest

from ipfinance.numerics import (
    Payoff,
    black_scholes,
    normal_cdf,
)
from ipfinance.valuation import (
    RISK_INTEGRAL,
    RISK_LATTICE,
    Exercise,
    HazardKind,
    OnRuin,
    RiskIntegralInputs,
    RiskLatticeInputs,
    equivalent_hazard,
    run,
)
from tests.runners import Fixture, Runner
from tests.runners.seed002 import terms
from tests.support import UNIT


def _black_scholes(fixture: Fixture) -> Any:
    return {"call": black_scholes(**terms(fixture)), "N(1)": normal_cdf(1.0)}


def _cost_of_delay(fixture: Fixture) -> Any:
    value = black_scholes(**terms(fixture), yield_rate=fixture["inputs"]["q"])
    return {"european_call": value}


def _deferral(fixture: Fixture) -> Any:
    inputs = fixture["inputs"]
    cases: dict[str, dict[str, Any]] = {
        "american_call_no_hazard": {},
        "american_call_unpriced_hazard": {"hazard_kind": HazardKind.UNPRICED},
        "american_call_traded": {"hazard_kind": HazardKind.TRADED},
    }
    result: dict[str, Any] = {}
    for key, kind in cases.items():
        hazard = inputs["hazard"] if kind else 0.0
        given_terms = {**terms(fixture), "yield_rate": inputs["q"], "hazard": hazard}
        integral = run(RISK_INTEGRAL, RiskIntegralInputs(**given_terms, **kind), unit=UNIT).number
        given = RiskLatticeInputs(**given_terms, **kind, exercise=Exercise.AMERICAN, steps=2000)
        lattice = run(RISK_LATTICE, given, unit=UNIT).number
        assert lattice == pytest.approx(integral, rel=5e-4)
        result[key] = integral
    return result


def _abandonment(fixture: Fixture) -> Any:
    inputs = fixture["inputs"]
    terms = {
        "spot": inputs["S"],
        "strike": inputs["salvage"],
        "rate": inputs["r"],
        "volatility": inputs["sigma"],
        "maturity": inputs["T"],
        "yield_rate": inputs["q"],
    }
    cases: dict[str, tuple[float, OnRuin]] = {
        "american_put_no_hazard": (0.0, OnRuin.LOST),
        "with_hazard_salvage_lost_on_ruin": (inputs["hazard"], OnRuin.LOST),
        "with_hazard_salvage_paid_on_ruin": (inputs["hazard"], OnRuin.PAID),
    }
    result: dict[str, Any] = {}
    for key, (hazard, on_ruin) in cases.items():
        given = RiskLatticeInputs(
            **terms,
            hazard=hazard,
            hazard_kind=HazardKind.UNPRICED,
            payoff=Payoff.PUT,
            exercise=Exercise.AMERICAN,
            on_ruin=on_ruin,
            steps=1000,
        )
        result[key] = run(RISK_LATTICE, given, unit=UNIT).number
    return result


def _hazard_equivalence(fixture: Fixture) -> Any:
    inputs = fixture["inputs"]
    return {"hazard": equivalent_hazard(inputs["risk_adjusted_rate"], inputs["riskless"])}


RUNNERS: dict[str, Runner] = {
    "methods/option.black_scholes": _black_scholes,
    "methods/option.cost_of_delay": _cost_of_delay,
    "methods/option.deferral_american": _deferral,
    "methods/option.abandonment_put": _abandonment,
    "methods/rate.hazard_equivalence": _hazard_equivalence,
}
