"""Real options beside QuantLib, which shares no code with them."""

from __future__ import annotations

from typing import Any

import pytest
import QuantLib as ql  # noqa: N813

from ipfinance.numerics import Payoff
from ipfinance.valuation import (
    OPTION_BARRIER,
    OPTION_DEFER,
    OPTION_EXCHANGE,
    OPTION_STAGED,
    BarrierEffect,
    BarrierInputs,
    BarrierSide,
    DeferInputs,
    ExchangeInputs,
    Monitoring,
    StagedInputs,
    run,
)
from tests.support import UNIT

TODAY = ql.Date(30, 6, 2026)
COUNT = ql.Actual365Fixed()
YEARS = {years: TODAY + 365 * years for years in (1, 2, 3)}


@pytest.fixture(autouse=True)
def _on_one_day() -> Any:
    kept = ql.Settings.instance().evaluationDate
    ql.Settings.instance().evaluationDate = TODAY
    yield
    ql.Settings.instance().evaluationDate = kept


def _process(spot: float, rate: float, carry: float, volatility: float) -> Any:
    return ql.BlackScholesMertonProcess(
        ql.QuoteHandle(ql.SimpleQuote(spot)),
        ql.YieldTermStructureHandle(ql.FlatForward(TODAY, carry, COUNT)),
        ql.YieldTermStructureHandle(ql.FlatForward(TODAY, rate, COUNT)),
        ql.BlackVolTermStructureHandle(
            ql.BlackConstantVol(TODAY, ql.NullCalendar(), volatility, COUNT)
        ),
    )


@pytest.mark.parametrize("payoff", Payoff)
@pytest.mark.parametrize("effect", BarrierEffect)
@pytest.mark.parametrize(("side", "level"), [("down", 85.0), ("up", 125.0)])
@pytest.mark.parametrize("strike", [80.0, 100.0, 130.0])
def test_barriers(
    payoff: Payoff, effect: BarrierEffect, side: str, level: float, strike: float
) -> None:
    ours = run(
        OPTION_BARRIER,
        BarrierInputs(
            spot=100.0,
            strike=strike,
            barrier=level,
            rate=0.05,
            yield_rate=0.02,
            volatility=0.3,
            maturity=2.0,
            payoff=payoff,
            side=BarrierSide(side),
            effect=effect,
            monitoring=Monitoring.CONTINUOUS,
        ),
        unit=UNIT,
    ).number
    kinds = {
        ("down", "out"): ql.Barrier.DownOut,
        ("down", "in"): ql.Barrier.DownIn,
        ("up", "out"): ql.Barrier.UpOut,
        ("up", "in"): ql.Barrier.UpIn,
    }
    kind = ql.Option.Call if payoff is Payoff.CALL else ql.Option.Put
    option = ql.BarrierOption(
        kinds[side, str(effect)],
        level,
        0.0,
        ql.PlainVanillaPayoff(kind, strike),
        ql.EuropeanExercise(YEARS[2]),
    )
    option.setPricingEngine(ql.AnalyticBarrierEngine(_process(100.0, 0.05, 0.02, 0.3)))
    assert ours == pytest.approx(option.NPV(), abs=1e-9)


def test_exchange() -> None:
    ours = run(
        OPTION_EXCHANGE,
        ExchangeInputs(
            received=100.0,
            given_up=90.0,
            received_volatility=0.3,
            given_volatility=0.25,
            correlation=0.5,
            maturity=3.0,
            received_yield=0.03,
            given_yield=0.01,
        ),
        unit=UNIT,
    ).number
    option = ql.MargrabeOption(1, 1, ql.EuropeanExercise(YEARS[3]))
    option.setPricingEngine(
        ql.AnalyticEuropeanMargrabeEngine(
            _process(100.0, 0.05, 0.03, 0.3), _process(90.0, 0.05, 0.01, 0.25), 0.5
        )
    )
    assert ours == pytest.approx(option.NPV(), rel=1e-9)


def test_two_stages() -> None:
    ours = run(
        OPTION_STAGED,
        StagedInputs(
            spot=100.0,
            costs=(10.0, 100.0),
            times=(1.0, 3.0),
            rate=0.05,
            volatility=0.4,
            yield_rate=0.02,
        ),
        unit=UNIT,
    ).number
    option = ql.CompoundOption(
        ql.PlainVanillaPayoff(ql.Option.Call, 10.0),
        ql.EuropeanExercise(YEARS[1]),
        ql.PlainVanillaPayoff(ql.Option.Call, 100.0),
        ql.EuropeanExercise(YEARS[3]),
    )
    option.setPricingEngine(ql.AnalyticCompoundOptionEngine(_process(100.0, 0.05, 0.02, 0.4)))
    # its search for the trigger stops early
    assert ours == pytest.approx(option.NPV(), rel=5e-6)


def test_waiting() -> None:
    found = run(
        OPTION_DEFER,
        DeferInputs(
            value=100.0, cost=95.0, rate=0.05, volatility=0.3, maturity=3.0, yield_rate=0.04
        ),
        unit=UNIT,
    )
    option = ql.VanillaOption(
        ql.PlainVanillaPayoff(ql.Option.Call, 95.0), ql.AmericanExercise(TODAY, YEARS[3])
    )
    scheme = ql.QdFpAmericanEngine.highPrecisionScheme()
    option.setPricingEngine(ql.QdFpAmericanEngine(_process(100.0, 0.05, 0.04, 0.3), scheme))
    assert found.number == pytest.approx(option.NPV(), rel=5e-4)
    assert found.details["without_grid"] == pytest.approx(option.NPV(), rel=1e-6)
