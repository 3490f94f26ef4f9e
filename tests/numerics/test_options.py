"""Claims of every kind against what shares no code with them: limits, parities, quadrature."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from ipfinance.numerics import (
    FINE,
    Payoff,
    ResearchProject,
    Stages,
    Step,
    barrier_value,
    binomial_levels,
    binomial_probability,
    bivariate_normal_cdf,
    black_scholes,
    claim_values,
    committed_value,
    completed_multiples,
    compound_trigger,
    compound_value,
    finite_difference_value,
    investment_root,
    investment_trigger,
    investment_value,
    jump_diffusion_value,
    ladder_value,
    least_binomial_steps,
    least_grid_nodes,
    lognormal_moments,
    matched_step,
    mean_jump,
    normal_cdf,
    observed_claim,
    observed_work,
    project_value,
    roll_back,
    shifted_barrier,
    simulated_claim,
    stage_triggers,
    staged_lattice_value,
    staged_value,
    up_factor,
)
from ipfinance.numerics._observed import MOST_WORK
from ipfinance.numerics.kernels.project import expected
from tests.tolerances import FOUR_ERRORS, QUADRATURE

TERMS: dict[str, Any] = {
    "spot": 100.0,
    "strike": 95.0,
    "rate": 0.05,
    "yield_rate": 0.02,
    "volatility": 0.3,
    "maturity": 2.0,
}
LAWS = st.fixed_dictionaries(
    {
        "spot": st.floats(20.0, 300.0),
        "strike": st.floats(20.0, 300.0),
        "rate": st.floats(-0.05, 0.2),
        "yield_rate": st.floats(-0.05, 0.2),
        "volatility": st.floats(0.05, 1.0),
        "maturity": st.floats(0.1, 10.0),
    }
)
SCHWARTZ = ResearchProject(
    cost=100,
    outlay_rate=10,
    cost_volatility=0.5,
    cash=20,
    cash_drift=0.02 - 0.036,
    cash_volatility=0.35,
    correlation=-0.1,
    rate=0.05,
    failure_rate=0.06931,
    horizon=20,
    step_time=0.25,
    terminal_multiple=5,
)


def _american(terms: dict[str, Any], *, call: bool) -> float:
    columns = {name: np.array([value]) for name, value in terms.items()}
    found = claim_values(
        is_call=np.array([call]), is_american=np.array([True]), accuracy=FINE, **columns
    )
    return float(found[0])


DATES, BETWEEN = 25, 60


def _on_dates(sign: float) -> float:
    """Return a lattice's value of the claim that can be exercised on 25 equal dates."""
    steps = DATES * BETWEEN
    time = TERMS["maturity"] / steps
    up = up_factor(0.3, time, math.sqrt(3.0))
    step = matched_step(up, *lognormal_moments(0.03, 0.3, time), 1.0)
    exercise = sign * (100 * up ** np.arange(steps, -steps - 1, -1, dtype=float) - 95)
    values = np.maximum(exercise, 0.0)
    for level in range(1, steps + 1):
        values = math.exp(-0.05 * time) * (
            step.up * values[:-2] + step.middle * values[1:-1] + step.down * values[2:]
        )
        if level % BETWEEN == 0 and level < steps:
            values = np.maximum(values, exercise[level:-level])
    return float(values[0])


@settings(max_examples=200)
@given(h=st.floats(-4, 4), k=st.floats(-4, 4), rho=st.floats(-0.999, 0.999))
def test_bivariate_normal_is_the_integral_of_its_conditional(
    h: float, k: float, rho: float
) -> None:
    # P(X <= h, Y <= k) = ∫ φ(x) Φ((k - ρx)/√(1-ρ²)) dx, taken over panels around the bend
    root = math.sqrt(1 - rho * rho)
    bend = k / rho if abs(rho) > 1e-3 else 0.0
    cuts = sorted(
        {-9.0, h, *(min(max(bend + j * root, -9.0), h) for j in (-8, -4, -1, 0, 1, 4, 8))}
    )
    x, w = np.polynomial.legendre.leggauss(60)
    total = 0.0
    for low, high in pairwise(cuts):
        at = 0.5 * (high - low) * x + 0.5 * (high + low)
        density = np.exp(-0.5 * at * at) / math.sqrt(2 * math.pi)
        total += 0.5 * (high - low) * float(np.sum(w * density * ndtr((k - rho * at) / root)))
    assert bivariate_normal_cdf(h, k, rho) == pytest.approx(total, abs=1e-9)


def test_bivariate_normal_at_its_edges() -> None:
    assert bivariate_normal_cdf(0.3, 1.0, 1.0) == normal_cdf(0.3)
    assert bivariate_normal_cdf(0.3, 1.0, -1.0) == pytest.approx(normal_cdf(0.3) - normal_cdf(-1.0))
    assert bivariate_normal_cdf(-math.inf, 1.0, 0.5) == 0.0
    assert bivariate_normal_cdf(math.inf, 1.0, 0.5) == normal_cdf(1.0)
    assert bivariate_normal_cdf(0.0, -1.0, 0.0) == pytest.approx(0.5 * normal_cdf(-1.0))


@settings(max_examples=200)
@given(terms=LAWS, share=st.floats(0.3, 3.0), falling=st.booleans(), payoff=st.sampled_from(Payoff))
def test_a_barrier_takes_something_and_not_more_than_all(
    *, terms: dict[str, Any], share: float, falling: bool, payoff: Payoff
) -> None:
    found = barrier_value(**terms, barrier=share * terms["spot"], payoff=payoff, falling=falling)
    assert 0.0 <= found.out <= found.vanilla
    if (share >= 1.0) if falling else (share <= 1.0):
        assert found.out == 0.0


@pytest.mark.parametrize("payoff", Payoff)
@pytest.mark.parametrize(("barrier", "falling"), [(85.0, True), (99.0, True), (130.0, False)])
def test_dated_barrier_tends_to_the_continuous_one(
    *, payoff: Payoff, barrier: float, falling: bool
) -> None:
    given_terms = {**TERMS, "payoff": payoff, "falling": falling}
    gaps = []
    for dates in (16, 64, 256):
        dated = observed_claim(
            **given_terms, barrier=barrier, dates=dates, losses=1, cumulative=False
        ).value
        moved = shifted_barrier(
            barrier=barrier, volatility=0.3, maturity=2.0, dates=dates, falling=falling
        )
        near = barrier_value(**given_terms, barrier=moved).out
        exact = barrier_value(**given_terms, barrier=barrier).out
        assert dated >= exact - 1e-9
        gaps.append(abs(dated - near))
    # the shift is of first order; so near to the asset as 99 it needs many dates
    assert gaps[-1] < (0.2 if barrier == 99.0 else 0.01)
    assert gaps[-1] < gaps[0] or gaps[0] < 1e-3


@settings(max_examples=25, deadline=None)
@given(terms=LAWS, share=st.floats(0.5, 2.0), falling=st.booleans(), payoff=st.sampled_from(Payoff))
def test_observations_count(
    *, terms: dict[str, Any], share: float, falling: bool, payoff: Payoff
) -> None:
    def value(losses: int, *, cumulative: bool) -> float:
        return observed_claim(
            **terms,
            barrier=share * terms["spot"],
            payoff=payoff,
            falling=falling,
            dates=6,
            losses=losses,
            cumulative=cumulative,
        ).value

    vanilla = black_scholes(**terms, payoff=payoff)
    slack = 1e-9 * (terms["spot"] + terms["strike"])
    rows = [value(losses, cumulative=True) for losses in (1, 2, 3, 7)]
    assert rows == sorted(rows) or max(np.diff(rows) * -1) < slack  # a longer clock is worth more
    assert rows[-1] == pytest.approx(vanilla, abs=slack)  # 6 dates never make 7
    assert value(2, cumulative=False) >= rows[1] - slack  # a reset can only help
    assert value(1, cumulative=False) == pytest.approx(rows[0], abs=slack)


def test_one_date_is_a_cut_claim() -> None:
    # one observation at maturity above H < K loses nothing of a call
    found = observed_claim(
        **TERMS,
        barrier=80.0,
        payoff=Payoff.CALL,
        falling=True,
        dates=1,
        losses=1,
        cumulative=True,
    )
    assert found.value == pytest.approx(black_scholes(**TERMS), rel=1e-12)
    d_2 = (math.log(100 / 80) + (0.03 - 0.045) * 2) / (0.3 * math.sqrt(2))
    assert found.survival == pytest.approx(normal_cdf(d_2), rel=1e-12)


def test_too_many_observations_are_not_a_number() -> None:
    assert observed_work(dates=5000, losses=2000) > MOST_WORK
    found = observed_claim(
        **TERMS,
        barrier=80.0,
        payoff=Payoff.CALL,
        falling=True,
        dates=5000,
        losses=2000,
        cumulative=True,
    )
    assert math.isnan(found.value)


def test_two_stages_are_geske() -> None:
    law = {"rate": 0.05, "yield_rate": 0.03, "volatility": 0.4}
    trigger = compound_trigger(first_cost=10, second_cost=90, time=2.0, **law)
    closed = compound_value(
        spot=100,
        first_cost=10,
        second_cost=90,
        first_time=1,
        second_time=3,
        trigger=trigger,
        **law,
    )
    stages = Stages((10, 90), (1, 3), (1, 1))
    triggers = stage_triggers(stages, **law)
    assert triggers[0] == pytest.approx(trigger, rel=1e-11)
    found = staged_value(stages, spot=100, triggers=triggers, **law)
    assert found == pytest.approx(closed, rel=QUADRATURE)


@pytest.mark.parametrize("times", [(0.0, 1.0, 2.5), (0.5, 1.0, 4.0), (1.0, 1.25, 1.5)])
def test_three_stages_agree_with_a_lattice(times: tuple[float, ...]) -> None:
    stages = Stages((5.0, 20.0, 80.0), times, (0.6, 0.8, 0.9))
    law = {"rate": 0.05, "yield_rate": 0.02, "volatility": 0.5}
    triggers = stage_triggers(stages, **law)
    exact = staged_value(stages, spot=200.0, triggers=triggers, **law)
    lattice = staged_lattice_value(stages, spot=200.0, steps=2000, **law)
    assert exact == pytest.approx(lattice, rel=2e-3)
    assert all(trigger > 0 for trigger in triggers)
    income, paid = committed_value(stages, spot=200.0, rate=0.05, yield_rate=0.02)
    assert exact >= max(income - paid, 0.0)


def test_a_lattice_with_too_few_steps_says_so() -> None:
    stages = Stages((1.0, 1.0), (0.001, 5.0), (1, 1))
    law = {"rate": 1.0, "yield_rate": 0.0, "volatility": 0.05}
    assert math.isnan(staged_lattice_value(stages, spot=2.0, steps=2, **law))


def test_a_stage_far_in_the_money_is_bought_at_its_cost() -> None:
    trigger = compound_trigger(
        first_cost=10, second_cost=1e-9, rate=0.0, yield_rate=0.0, volatility=0.01, time=0.1
    )
    assert trigger == pytest.approx(10.0, rel=1e-6)


@settings(max_examples=100)
@given(terms=LAWS, payoff=st.sampled_from(Payoff))
def test_without_jumps_there_is_no_jump_part(terms: dict[str, Any], payoff: Payoff) -> None:
    plain = black_scholes(**terms, payoff=payoff)
    for rate, mean in ((0.0, -0.5), (2.0, 0.0)):  # none, or jumps of no size
        found = jump_diffusion_value(
            **terms, jump_rate=rate, log_jump_mean=mean, log_jump_deviation=0.0, payoff=payoff
        )
        assert found == pytest.approx(plain, rel=1e-10, abs=1e-10)


@settings(max_examples=100)
@given(
    terms=LAWS, rate=st.floats(0.0, 5.0), mean=st.floats(-1.5, 0.5), deviation=st.floats(0.0, 0.6)
)
def test_jumps_keep_the_parity_of_put_and_call(
    terms: dict[str, Any], rate: float, mean: float, deviation: float
) -> None:
    call, put = (
        jump_diffusion_value(
            **terms,
            jump_rate=rate,
            log_jump_mean=mean,
            log_jump_deviation=deviation,
            payoff=payoff,
        )
        for payoff in (Payoff.CALL, Payoff.PUT)
    )
    time = terms["maturity"]
    forward = terms["spot"] * math.exp(-terms["yield_rate"] * time)
    cost = terms["strike"] * math.exp(-terms["rate"] * time)
    assert call - put == pytest.approx(forward - cost, abs=1e-8 * (forward + cost))


def test_jumps_without_any_spread_are_a_sum_of_certain_values() -> None:
    # no diffusion: 0, 1, 2, ... halvings with Poisson weights, drift compensated
    found = jump_diffusion_value(
        **{**TERMS, "volatility": 0.0},
        jump_rate=0.4,
        log_jump_mean=math.log(0.5),
        log_jump_deviation=0.0,
        payoff=Payoff.PUT,
    )
    growth = math.exp((0.05 - 0.02 + 0.4 * 0.5) * 2)
    by_hand = sum(
        math.exp(-0.8) * 0.8**n / math.factorial(n) * max(95 - 100 * growth * 0.5**n, 0)
        for n in range(60)
    )
    assert found == pytest.approx(math.exp(-0.1) * by_hand, rel=1e-12)
    assert mean_jump(log_mean=math.log(0.5), log_deviation=0.0) == pytest.approx(-0.5)


def test_a_perpetual_right_is_the_limit_of_long_ones() -> None:
    root = investment_root(discount=0.08, drift=0.03, volatility=0.25)
    trigger = investment_trigger(cost=90.0, root=root)
    terms = {"cost": 90.0, "root": root, "trigger": trigger}
    perpetual = investment_value(spot=100.0, **terms)
    long = {**TERMS, "strike": 90.0, "rate": 0.08, "yield_rate": 0.05, "volatility": 0.25}
    values = [_american({**long, "maturity": years}, call=True) for years in (50.0, 150.0)]
    assert values[0] < values[1] < perpetual + 1e-6
    assert values[1] == pytest.approx(perpetual, rel=2e-4)
    assert investment_value(spot=trigger * 1.1, **terms) == trigger * 1.1 - 90.0
    below, above = (investment_value(spot=trigger * (1 + move), **terms) for move in (-1e-6, 1e-6))
    assert (above - below) / (2e-6 * trigger) == pytest.approx(1.0, abs=1e-5)  # smooth fit


@settings(max_examples=200)
@given(discount=st.floats(0.001, 1.0), lag=st.floats(1e-6, 0.5), volatility=st.floats(0.01, 2.0))
def test_the_root_solves_its_quadratic(discount: float, lag: float, volatility: float) -> None:
    drift = discount - lag
    root = investment_root(discount=discount, drift=drift, volatility=volatility)
    terms = [0.5 * volatility**2 * root * (root - 1), drift * root, -discount]
    assert root > 1
    assert abs(sum(terms)) <= 1e-9 * max(map(abs, terms))


@pytest.mark.parametrize("payoff", Payoff)
def test_finite_differences_agree_with_what_is_exact(payoff: Payoff) -> None:
    sign = 1.0 if payoff is Payoff.CALL else -1.0
    grid: dict[str, Any] = {"sign": sign, "nodes": 400, "steps": 200}
    european = finite_difference_value(**TERMS, american=False, **grid)
    american = finite_difference_value(**TERMS, american=True, **grid)
    assert european.value == pytest.approx(black_scholes(**TERMS, payoff=payoff), abs=1e-3)
    assert american.value == pytest.approx(_american(TERMS, call=payoff is Payoff.CALL), abs=1e-3)
    up, down = (
        black_scholes(**{**TERMS, "spot": 100.0 + move}, payoff=payoff) for move in (0.01, -0.01)
    )
    assert european.delta == pytest.approx((up - down) / 0.02, abs=1e-4)
    assert european.gamma > 0
    law = {name: TERMS[name] for name in ("spot", "strike", "volatility", "maturity")}
    assert least_grid_nodes(**law, drift=0.03) < 400


def test_income_on_ruin_is_an_annuity() -> None:
    # far out of the money all there is is the income of ruin
    found = finite_difference_value(
        **{**TERMS, "strike": 1.0},
        american=False,
        sign=-1.0,
        nodes=200,
        steps=400,
        ruin_income=3.0,
    )
    assert found.value == pytest.approx(3.0 * -math.expm1(-0.1) / 0.05, rel=1e-3)


@pytest.mark.parametrize("american", [False, True])
def test_binomial_tends_to_what_is_exact(*, american: bool) -> None:
    steps = 1000
    up = math.exp(0.3 * math.sqrt(2 / steps))
    mean = math.exp(0.03 * 2 / steps)
    probability = binomial_probability(up=up, mean=mean)
    assert 0 < probability < 1
    levels = binomial_levels(
        spot=100,
        strike=95,
        sign=-1.0,
        up=up,
        probability=probability,
        discount=math.exp(-0.05 * 2 / steps),
        steps=steps,
        american=american,
    )
    exact = _american(TERMS, call=False) if american else black_scholes(**TERMS, payoff=Payoff.PUT)
    assert levels[0][0] == pytest.approx(exact, abs=5e-3)
    assert [len(level) for level in levels] == [1, 2, 3]


def test_a_binomial_needs_enough_steps() -> None:
    least = least_binomial_steps(drift=0.3, volatility=0.1, maturity=2.0)
    for steps, valid in ((least, True), (least - 1, False)):
        time = 2.0 / steps
        chance = binomial_probability(up=math.exp(0.1 * math.sqrt(time)), mean=math.exp(0.3 * time))
        assert (0 <= chance <= 1) == valid


@pytest.mark.parametrize("american", [False, True])
def test_a_ladder_is_a_lattice(*, american: bool) -> None:
    steps, up = 50, up_factor(0.3, 2 / 50, math.sqrt(3.0))
    step = matched_step(up, *lognormal_moments(0.03, 0.3, 2 / 50), 1.0)
    discount = math.exp(-0.05 * 2 / 50)
    ladder = 100 * up ** np.arange(steps, -steps - 1, -1, dtype=float)
    found = ladder_value(
        np.maximum(95 - ladder, 0.0), step=Step(*step), discount=discount, american=american
    )
    levels = roll_back(
        spot=100,
        strike=95,
        sign=-1.0,
        up=up,
        step=step,
        discount=discount,
        steps=steps,
        american=american,
    )
    assert found == pytest.approx(float(levels[0][0]), rel=1e-13)


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("american", [False, True])
def test_simulation_agrees_within_its_errors(*, sign: float, american: bool) -> None:
    found = simulated_claim(
        **TERMS,
        sign=sign,
        american=american,
        dates=DATES,
        paths=20_000,
        degree=3,
        rng=np.random.default_rng(7),
    )
    exact = (
        _on_dates(sign)
        if american
        else black_scholes(**TERMS, payoff=Payoff.CALL if sign > 0 else Payoff.PUT)
    )
    for estimate in (found.in_sample, found.out_of_sample, found.uncontrolled):
        assert abs(estimate.value - exact) <= FOUR_ERRORS * estimate.standard_error + 1e-3
    assert found.out_of_sample.standard_error <= found.uncontrolled.standard_error


def test_mean_of_the_terms_one_step_ahead() -> None:
    """The exact mean of a step, against Gauss–Hermite and cut panels in both normals."""
    spent, spread, drift, deviation, rho, done = 2.5, 0.5, -0.002, 0.17, -0.1, 6.0
    powers, weights = np.array([-0.5, 0.0, 0.5, 1.0]), np.linspace(0.4, -0.3, 12)
    x, w = np.polynomial.hermite_e.hermegauss(60)
    panel_x, panel_w = np.polynomial.legendre.leggauss(120)
    for cost, cash in ((40.0, 8.0), (4.0, 20.0)):
        sigma = spread * math.sqrt(spent * cost)
        cut = (spent - cost) / sigma
        total = 0.0
        for low, high in ((-9.0, max(cut, -9.0)), (max(cut, -9.0), 9.0)):
            first = 0.5 * (high - low) * panel_x + 0.5 * (high + low)
            chance = 0.5 * (high - low) * panel_w * np.exp(-0.5 * first**2) / math.sqrt(2 * math.pi)
            for f, p in zip(first, chance, strict=True):
                left = cost - spent + sigma * f
                rate = cash * np.exp(drift + deviation * (rho * f + math.sqrt(1 - rho**2) * x))
                if left <= 0:
                    brought = rate * done
                else:
                    rows = [left**a * rate**b for b in powers for a in range(3)]
                    brought = np.sum(weights[:, None] * np.array(rows), axis=0)
                total += p * float(np.sum(w * brought)) / math.sqrt(2 * math.pi)
        exact = expected(cost, cash, spent, spread, drift, deviation, rho, done, powers, 2, weights)
        assert exact == pytest.approx(total, rel=1e-10)


def test_a_project_without_risk_is_an_annuity() -> None:
    sure = SCHWARTZ._replace(
        cost=10.0, cost_volatility=0.0, cash_volatility=1e-9, cash=8.0, failure_rate=0.1
    )
    found = project_value(sure, may_stop=True, paths=64, rng=np.random.default_rng(1))
    # four outlays of 2.5, the first at once and not in the value; cash from year 1
    survives = math.exp(-(0.05 + 0.1) * 0.25)
    grown = 8.0 * math.exp(-0.016)
    by_hand = survives**4 * grown * completed_multiples(sure)[4]
    by_hand -= sum(2.5 * survives**k for k in (1, 2, 3))
    assert found.value.value == pytest.approx(by_hand, rel=1e-6)
    assert found.completed == 1.0


def test_a_hopeless_project_is_given_up_at_once() -> None:
    found = project_value(
        SCHWARTZ._replace(cash=0.01), may_stop=True, paths=2000, rng=np.random.default_rng(1)
    )
    assert found.outlays == pytest.approx(0.0, abs=0.2)
    assert found.value.value == pytest.approx(0.0, abs=0.05)


def test_a_project_is_the_same_figure_on_any_number_of_processors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = []
    for processors in (1, 3):
        monkeypatch.setattr("os.cpu_count", lambda n=processors: n)
        found.append(
            project_value(
                SCHWARTZ, may_stop=True, paths=500, rng=np.random.default_rng(9), rule_paths=2000
            )
        )
    assert found[0] == found[1]
