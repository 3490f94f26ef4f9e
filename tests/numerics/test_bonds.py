"""Curves and bond measures against QuantLib and closed forms."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import QuantLib as ql  # noqa: N813

from ipfinance.basics import InputError, NoSolutionError
from ipfinance.numerics import (
    Compounding,
    CurveInterpolation,
    average_life,
    compounded_rate,
    continuous_rate,
    curve_price,
    durations,
    effective_duration,
    flat_curve,
    implied_yield,
    internal_rates,
    yield_price,
    z_spread,
    zero_curve,
)

TODAY = ql.Date(15, 1, 2025)
DAYS = ql.Actual365Fixed()
PILLARS = [ql.Date(15, 7, 2025), ql.Date(15, 1, 2026), ql.Date(15, 1, 2028), ql.Date(15, 1, 2032)]
RATES = [0.021, 0.0235, 0.027, 0.031]
QL_COMPOUNDING = {
    Compounding.CONTINUOUS: (ql.Continuous, ql.Annual),
    Compounding.YEARLY: (ql.Compounded, ql.Annual),
    Compounding.HALF_YEARLY: (ql.Compounded, ql.Semiannual),
    Compounding.QUARTERLY: (ql.Compounded, ql.Quarterly),
    Compounding.MONTHLY: (ql.Compounded, ql.Monthly),
}


def _years(day: ql.Date) -> float:
    return float(DAYS.yearFraction(TODAY, day))


@pytest.fixture
def bond() -> ql.FixedRateBond:
    ql.Settings.instance().evaluationDate = TODAY
    schedule = ql.MakeSchedule(TODAY, ql.Date(15, 1, 2030), ql.Period(ql.Quarterly))
    return ql.FixedRateBond(0, 100.0, schedule, [0.038], DAYS)


def _flows(bond: ql.FixedRateBond) -> tuple[np.ndarray, np.ndarray]:
    flows: dict[float, float] = {}
    for flow in bond.cashflows():
        flows[_years(flow.date())] = flows.get(_years(flow.date()), 0.0) + flow.amount()
    return np.array(list(flows)), np.array(list(flows.values()))


def _ql_curve(interpolation: CurveInterpolation) -> ql.YieldTermStructureHandle:
    dates, rates = [TODAY, *PILLARS], [RATES[0], *RATES]
    if interpolation is CurveInterpolation.ZERO_RATE:
        return ql.YieldTermStructureHandle(ql.ZeroCurve(dates, rates, DAYS))
    factors = [np.exp(-r * _years(d)) for d, r in zip(dates, rates, strict=True)]
    curve = ql.DiscountCurve(dates, factors, DAYS)
    curve.enableExtrapolation()
    return ql.YieldTermStructureHandle(curve)


@pytest.mark.parametrize("interpolation", list(CurveInterpolation))
def test_curve_price_spread_and_forwards_equal_quantlib(
    bond: ql.FixedRateBond, interpolation: CurveInterpolation
) -> None:
    times, amounts = _flows(bond)
    theirs = _ql_curve(interpolation)
    ours = zero_curve([_years(day) for day in PILLARS], RATES, interpolation=interpolation)
    bond.setPricingEngine(ql.DiscountingBondEngine(theirs))
    assert curve_price(times, amounts, ours) == pytest.approx(bond.NPV(), rel=1e-12)
    price = ql.BondPrice(101.5, ql.BondPrice.Dirty)
    spread = ql.BondFunctions.zSpread(
        bond, price, theirs.currentLink(), DAYS, ql.Continuous, ql.Annual, TODAY, 1e-14, 200, 0.0
    )
    assert z_spread(times, amounts, 101.5, ours) == pytest.approx(spread, abs=1e-10)
    for start, end in ((0.25, 0.75), (1.0, 3.5), (4.0, 6.9)):
        forward = theirs.forwardRate(start, end, ql.Compounded, ql.Annual).rate()
        assert ours.forward(start, end, Compounding.YEARLY) == pytest.approx(forward, abs=1e-12)


@pytest.mark.parametrize("compounding", list(Compounding))
def test_yield_and_durations_equal_quantlib(
    bond: ql.FixedRateBond, compounding: Compounding
) -> None:
    times, amounts = _flows(bond)
    basis = (DAYS, *QL_COMPOUNDING[compounding])
    price = ql.BondPrice(98.75, ql.BondPrice.Dirty)
    theirs = ql.BondFunctions.bondYield(bond, price, *basis, TODAY, 1e-14, 200, 0.03)
    ours = implied_yield(times, amounts, 98.75, compounding)
    assert ours == pytest.approx(theirs, abs=1e-10)
    assert yield_price(times, amounts, ours, compounding) == pytest.approx(98.75, rel=1e-13)
    found = durations(times, amounts, ours, compounding)
    rate = ql.InterestRate(ours, *basis)
    for kind, value in (
        (ql.Duration.Macaulay, found.macaulay),
        (ql.Duration.Modified, found.modified),
    ):
        if compounding is Compounding.CONTINUOUS and kind == ql.Duration.Macaulay:
            continue  # QuantLib defines it for compounded rates only
        assert value == pytest.approx(ql.BondFunctions.duration(bond, rate, kind), rel=1e-9)
    assert found.convexity == pytest.approx(ql.BondFunctions.convexity(bond, rate), rel=1e-9)
    point = -ql.BondFunctions.basisPointValue(bond, rate)
    assert found.basis_point == pytest.approx(point, rel=1e-4)


def test_last_forward_goes_on_after_the_last_point() -> None:
    curve = zero_curve([1.0, 2.0], [0.03, 0.04])
    assert curve.forward(2.0, 3.0) == pytest.approx(0.05)
    flat = zero_curve([1.0, 2.0], [0.03, 0.04], interpolation=CurveInterpolation.ZERO_RATE)
    assert flat.zero_rate(5.0) == pytest.approx(0.04)
    assert flat.zero_rate(0.5, Compounding.MONTHLY) == pytest.approx(12 * (np.exp(0.03 / 12) - 1))
    assert flat.shifted(0.01).zero_rate(5.0) == pytest.approx(0.05)


def test_compounding_goes_there_and_back() -> None:
    for each in Compounding:
        assert compounded_rate(continuous_rate(0.07, each), each) == pytest.approx(0.07)


def test_annuity_in_closed_form() -> None:
    times = np.arange(1.0, 11.0)
    price = (1 - 1.05**-10) / 0.05
    assert curve_price(times, np.ones(10), flat_curve(0.05)) == pytest.approx(price, rel=1e-14)


def test_average_life_and_effective_duration() -> None:
    """Design page: 300 at one year and 100 at two, of 420: 1.25; the 20 unpaid stand aside."""
    assert average_life(np.array([1.0, 2.0]), np.array([300.0, 100.0])) == 1.25
    assert average_life(np.array([1.0]), np.array([0.0])) is None
    zero = effective_duration(np.array([4.0]), np.array([100.0]), flat_curve(0.03))
    assert zero == pytest.approx(4.0, rel=1e-6)


def test_every_internal_rate_is_found_and_none_is_made_up() -> None:
    times = np.array([0.0, 1.0, 2.0])
    assert internal_rates(times, np.array([-100.0, 230.0, -132.0])) == pytest.approx([0.1, 0.2])
    assert internal_rates(times, np.array([-100.0, 0.0, 121.0])) == pytest.approx([0.1])
    assert internal_rates(times, np.array([100.0, 1.0, 1.0])) == []
    assert internal_rates(times, np.zeros(3)) == []


def test_what_has_no_answer_says_so() -> None:
    with pytest.raises(NoSolutionError, match="yield"):
        implied_yield(np.array([1.0]), np.array([0.0]), 100.0)
    with pytest.raises(NoSolutionError, match="Z-spread"):
        z_spread(np.array([1.0]), np.array([100.0]), -1.0, flat_curve(0.03))
    for times, rates in (([], []), ([1.0, 1.0], [0.1, 0.1]), ([1.0], [float("nan")]), ([1.0], [])):
        with pytest.raises(InputError):
            zero_curve(times, rates)


def test_schedule_of_the_oracle_is_what_it_says(bond: ql.FixedRateBond) -> None:
    times, amounts = _flows(bond)
    assert len(times) == 20
    assert date(2030, 1, 15).toordinal() - date(2025, 1, 15).toordinal() == round(times[-1] * 365)
    assert amounts[-1] > 100
