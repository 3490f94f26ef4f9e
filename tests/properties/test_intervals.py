"""Laws of intervals and of the hull of a present value."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ipfinance.basics import InputError, Interval
from ipfinance.numerics import (
    Bounds,
    FractionalYear,
    Timing,
    exponential_roots,
    present_value,
    present_value_range,
    stationary_rates,
    years_needed,
)

NUMBERS = st.floats(-1e6, 1e6).map(lambda x: round(x, 6))


@st.composite
def intervals(draw: st.DrawFn, low: float = -1e6, high: float = 1e6) -> Interval:
    """Draw an interval."""
    ends = sorted((draw(st.floats(low, high)), draw(st.floats(low, high))))
    return Interval(ends[0] + 0.0, ends[1] + 0.0)  # no negative zeros


@st.composite
def inside(draw: st.DrawFn, interval: Interval) -> float:
    """Draw a number of an interval."""
    return draw(st.floats(interval.low, interval.high))


@settings(max_examples=1500)
@given(data=st.data(), a=intervals(), b=intervals())
def test_arithmetic_holds_every_inner_result(data: st.DataObject, a: Interval, b: Interval) -> None:
    x, y = data.draw(inside(a)), data.draw(inside(b))
    slack = 1e-9 * (1 + abs(x) + abs(y)) * (1 + abs(x) + abs(y))
    for result, value in ((a + b, x + y), (a - b, x - y), (a * b, x * y), (-a, -x)):
        assert result.low - slack <= value <= result.high + slack
    if b.low > 1e-3 or b.high < -1e-3:
        quotient = a / b
        reach = 1e-9 * (1 + abs(quotient.low) + abs(quotient.high))
        assert quotient.low - reach <= x / y <= quotient.high + reach


@settings(max_examples=500)
@given(data=st.data(), a=intervals(-50, 50), power=st.integers(0, 6))
def test_powers_hold_every_inner_result(data: st.DataObject, a: Interval, power: int) -> None:
    x = data.draw(inside(a))
    result = a**power
    slack = 1e-9 * (1 + abs(result.low) + abs(result.high))
    assert result.low - slack <= x**power <= result.high + slack


def test_even_power_around_zero_starts_at_zero() -> None:
    assert Interval(-2, 3) ** 2 == Interval(0.0, 9)
    assert Interval(2, 4) ** -1 == Interval(0.25, 0.5)


@pytest.mark.parametrize("ends", [(2.0, 1.0), (math.nan, 1.0), (0.0, math.inf)])
def test_no_interval_without_order_or_end(ends: tuple[float, float]) -> None:
    with pytest.raises(InputError, match="low ≤ high"):
        Interval(*ends)


def test_division_by_zero_is_refused() -> None:
    with pytest.raises(InputError, match="without zero"):
        Interval(1, 2) / Interval(-1, 1)


@st.composite
def hull_cases(
    draw: st.DrawFn,
) -> tuple[tuple[Interval, ...], Interval, Interval, FractionalYear, Timing]:
    """Draw incomes of any sign with intervals of rate and life."""
    life = draw(intervals(0.2, 6.5))
    count = max(years_needed(life.high, FractionalYear.FULL), 1)
    income = tuple(draw(intervals(-200, 300)) for _ in range(count))
    rate = draw(intervals(-0.2, 1.2))
    return (
        income,
        rate,
        life,
        draw(st.sampled_from(FractionalYear)),
        draw(st.sampled_from(Timing)),
    )


@settings(max_examples=2000)
@given(case=hull_cases(), seed=st.integers(0, 2**32 - 1))
def test_hull_holds_every_inner_point(
    case: tuple[tuple[Interval, ...], Interval, Interval, FractionalYear, Timing], seed: int
) -> None:
    income, rate, life, fraction, timing = case
    hull = present_value_range(income, rate, life, fractional_year=fraction, timing=timing).interval
    outer = present_value_range(
        income, rate, life, fractional_year=fraction, timing=timing, bounds=Bounds.OUTER
    ).interval
    slack = 1e-9 * (1 + abs(hull.low) + abs(hull.high))
    assert outer.low <= hull.low + slack
    assert hull.high <= outer.high + slack
    rng = np.random.default_rng(seed)
    for _ in range(20):
        flows = np.array([rng.uniform(pair.low, pair.high) for pair in income])
        value = present_value(
            flows,
            float(rng.uniform(rate.low, rate.high)),
            float(rng.uniform(life.low, life.high)),
            fractional_year=fraction,
            timing=timing,
        )
        assert hull.low - slack <= value <= hull.high + slack


@settings(max_examples=300)
@given(case=hull_cases())
def test_hull_is_attained(
    case: tuple[tuple[Interval, ...], Interval, Interval, FractionalYear, Timing],
) -> None:
    """The ends are no outer bound only: the named rate and life give them."""
    income, rate, life, fraction, timing = case
    found = present_value_range(income, rate, life, fractional_year=fraction, timing=timing)
    for end, flows in (
        (found.low, [pair.low for pair in income]),
        (found.high, [pair.high for pair in income]),
    ):
        assert end.rate in rate
        assert end.life in life
        value = present_value(
            np.array(flows), end.rate, end.life, fractional_year=fraction, timing=timing
        )
        assert value == pytest.approx(end.value, rel=1e-12, abs=1e-12)


@settings(max_examples=150)
@given(case=hull_cases())
def test_hull_equals_a_brute_force_grid(
    case: tuple[tuple[Interval, ...], Interval, Interval, FractionalYear, Timing],
) -> None:
    income, rate, life, fraction, timing = case
    hull = present_value_range(income, rate, life, fractional_year=fraction, timing=timing).interval
    rates = np.linspace(rate.low, rate.high, 400)
    inner = [float(n) for n in range(math.ceil(life.low), math.floor(life.high) + 1)]
    lives = sorted({*np.linspace(life.low, life.high, 41).tolist(), *inner})
    best: dict[str, float] = {}
    for name, pick in (("low", min), ("high", max)):
        flows = np.array([getattr(pair, name) for pair in income])
        best[name] = pick(
            present_value(flows, float(r), t, fractional_year=fraction, timing=timing)
            for r in rates[::8]
            for t in lives
        )
        around = pick(
            present_value(flows, float(r), t, fractional_year=fraction, timing=timing)
            for r in rates
            for t in (life.low, life.high, *inner)
            if t in life
        )
        best[name] = pick(best[name], around)
    size = 1e-9 + sum(max(abs(pair.low), abs(pair.high)) for pair in income)
    assert hull.low <= best["low"] + 1e-9 * size
    assert hull.high >= best["high"] - 1e-9 * size
    assert best["low"] - hull.low <= 2e-3 * size
    assert hull.high - best["high"] <= 2e-3 * size


@settings(max_examples=300)
@given(case=hull_cases(), shrink=st.floats(0.0, 1.0))
def test_narrower_inputs_give_a_narrower_hull(
    case: tuple[tuple[Interval, ...], Interval, Interval, FractionalYear, Timing], shrink: float
) -> None:
    income, rate, life, fraction, timing = case

    def narrowed(pair: Interval) -> Interval:
        half = pair.width / 2 * shrink
        return Interval(pair.midpoint - half, pair.midpoint + half)

    wide = present_value_range(income, rate, life, fractional_year=fraction, timing=timing)
    narrow = present_value_range(
        tuple(map(narrowed, income)),
        narrowed(rate),
        narrowed(life),
        fractional_year=fraction,
        timing=timing,
    )
    slack = 1e-9 * (1 + abs(wide.interval.low) + abs(wide.interval.high))
    assert wide.interval.low - slack <= narrow.interval.low
    assert narrow.interval.high <= wide.interval.high + slack


@settings(max_examples=300)
@given(case=hull_cases())
def test_points_in_give_a_point_out(
    case: tuple[tuple[Interval, ...], Interval, Interval, FractionalYear, Timing],
) -> None:
    income, rate, life, fraction, timing = case
    found = present_value_range(
        tuple(Interval.point(pair.low) for pair in income),
        Interval.point(rate.low),
        Interval.point(life.low),
        fractional_year=fraction,
        timing=timing,
    )
    assert found.interval.width == 0


@settings(max_examples=1000)
@given(
    roots=st.lists(st.floats(0.05, 0.9), min_size=1, max_size=4, unique=True),
)
def test_all_roots_of_a_polynomial_are_found(roots: list[float]) -> None:
    """In y = exp(-x) an exponential sum with whole exponents is a polynomial."""
    ordered = sorted(roots)
    assume(all(b - a > 1e-3 for a, b in pairwise(ordered)))
    polynomial = np.polynomial.polynomial.polyfromroots(ordered)
    exponents = np.arange(len(polynomial), dtype=float)
    used = polynomial != 0
    found = exponential_roots(polynomial[used], exponents[used], -math.log(0.95), -math.log(0.01))
    assert len(found) == len(ordered)
    np.testing.assert_allclose(sorted(math.exp(-x) for x in found), ordered, atol=1e-6)


def test_monotone_values_have_no_stationary_rate() -> None:
    flows, times = np.array([10.0, 20.0, 5.0]), np.array([1.0, 2.0, 3.0])
    assert stationary_rates(flows, times, Interval(0.0, 0.5)) == []
