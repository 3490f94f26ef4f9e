"""Methods: laws, findings, refusals, batches."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipfinance.basics import (
    Failure,
    FailureReason,
    InputError,
    Interval,
    IpfinanceError,
    Language,
    MoneyUnit,
    NoSolutionError,
    Text,
)
from ipfinance.numerics import (
    QUICK,
    Payoff,
    annualised_volatility,
    bracketed_root,
    grid_roots,
    shortfall_probability,
)
from ipfinance.valuation import (
    COMPARABLES_INCOME,
    INTERVAL_INCOME,
    INTERVAL_POINT,
    RISK_INTEGRAL,
    RISK_LATTICE,
    ZHOU2022,
    Case,
    ComparablesIncomeInputs,
    Exercise,
    FromPanel,
    FromPrices,
    FromStep,
    Given,
    HazardKind,
    IntervalIncomeInputs,
    IntervalPointInputs,
    LifeBasis,
    NoteTerms,
    PanelRule,
    PointRule,
    RateBasis,
    RiskIntegralInputs,
    RiskLatticeInputs,
    RowStatus,
    Step,
    Valuation,
    Zhou2022Inputs,
    coverage,
    coverage_budget,
    expected_loss_budget,
    implied_hazard,
    landmarks,
    lattice_nodes,
    method,
    option_batch,
    pool_budget,
    price_option,
    run,
    sweep_option,
    validity,
    value_case,
)
from tests.support import UNIT, read

FLAT = IntervalIncomeInputs(
    income=(Interval(100, 120), Interval(80, 95), Interval(60, 70)),
    rate=Interval(0.08, 0.1),
    life=Interval(2.2, 2.8),
    risk_adjustment_coefficient=0.7,
)


def _codes(valuation: Valuation) -> set[str]:
    return {finding.code for finding in valuation.findings}


def test_valuation_carries_money_date_and_digest() -> None:
    unit = MoneyUnit(10_000, "CNY")
    found = run(INTERVAL_INCOME, FLAT, unit=unit, asset_id="x", valuation_date=date(2026, 6, 30))
    again = run(INTERVAL_INCOME, FLAT, unit=unit, asset_id="x", valuation_date=date(2026, 6, 30))
    other = run(INTERVAL_INCOME, replace(FLAT, rate=Interval(0.08, 0.11)), unit=unit)
    assert float(found.value.amount) == pytest.approx(found.number * 10_000)
    assert found.value.currency == "CNY"
    assert found.provenance.inputs_digest == again.provenance.inputs_digest
    assert found.provenance.inputs_digest != other.provenance.inputs_digest
    assert found.valuation_date == date(2026, 6, 30)


@pytest.mark.parametrize(
    ("rule", "position"),
    [
        (PointRule.COEFFICIENT, 0.7),
        (PointRule.LOWER, 0.0),
        (PointRule.MIDPOINT, 0.5),
        (PointRule.MIRROR, 0.3),
    ],
)
def test_point_rules(rule: PointRule, position: float) -> None:
    inputs = IntervalPointInputs(
        interval=Interval(400, 500), risk_adjustment_coefficient=0.7, point_rule=rule
    )
    found = run(INTERVAL_POINT, inputs, unit=UNIT)
    assert found.number == pytest.approx(400 + 100 * position)
    assert ("point_high_in_interval" in _codes(found)) == (rule is PointRule.COEFFICIENT)


@pytest.mark.parametrize(
    ("interval", "code"),
    [(Interval(-10, 20), "interval_around_zero"), (Interval(100, 200), "wide_interval")],
)
def test_doubtful_intervals_are_told(interval: Interval, code: str) -> None:
    inputs = IntervalPointInputs(interval=interval, risk_adjustment_coefficient=0.5)
    assert code in _codes(run(INTERVAL_POINT, inputs, unit=UNIT))


def test_an_inner_extremum_is_told() -> None:
    inputs = IntervalIncomeInputs(
        income=tuple(Interval.point(x) for x in (-100.0, 230.0, -131.5)),
        rate=Interval(0.02, 0.3),
        life=Interval.point(3.0),
        risk_adjustment_coefficient=0.5,
    )
    found = run(INTERVAL_INCOME, inputs, unit=UNIT)
    (told,) = [f for f in found.findings if f.code == "inner_extremum"]
    assert "14.0259%" in told.message(Language.ENGLISH)
    assert "上限" in told.message(Language.CHINESE)


@settings(max_examples=300)
@given(
    profits=st.lists(st.floats(-100, 100), min_size=1, max_size=6),
    add_on=st.floats(-50, 150),
    share=st.floats(0, 1),
    rate=st.floats(-0.2, 1.0),
    factor=st.floats(0.1, 10.0),
)
def test_income_is_linear_in_profits_and_share(
    profits: list[float], add_on: float, share: float, rate: float, factor: float
) -> None:
    def value(scale: float, part: float) -> float:
        inputs = ComparablesIncomeInputs(
            reported_profit=tuple(scale * profit for profit in profits),
            profit_add_on=scale * add_on,
            ip_share=part,
            discount_rate=rate,
        )
        return run(COMPARABLES_INCOME, inputs, unit=UNIT).number

    by_hand = math.fsum(
        share * (profit + add_on) / (1 + rate) ** (year + 1) for year, profit in enumerate(profits)
    )
    assert value(1.0, share) == pytest.approx(by_hand, rel=1e-9, abs=1e-7)
    assert value(factor, share) == pytest.approx(factor * by_hand, rel=1e-9, abs=1e-6)
    assert value(1.0, 0.0) == 0.0


def test_base_year_gives_the_add_on() -> None:
    inputs = ComparablesIncomeInputs(
        reported_profit=(-10.0,),
        base_revenue=200.0,
        base_profit=-32.0,
        peer_cost_shares=(0.6, 0.72),
        ip_share=0.5,
        peer_returns=(0.1, 0.3),
        life_basis=LifeBasis.NOTE_TERM,
        rate_basis=RateBasis.RETURN_ON_EQUITY,
        intangible_assets=(10.0,),
        total_assets=(100.0,),
    )
    found = run(COMPARABLES_INCOME, inputs, unit=UNIT)
    assert found.details["add_on"] == pytest.approx(200 * 0.34 + 32)
    assert found.details["discount_rate"] == pytest.approx(0.2)
    assert found.number == pytest.approx(0.5 * (100 - 10) / 1.2)
    assert {
        "hypothetical_basis",
        "balance_sheet_share_as_profit_share",
        "ip_share_above_intangible_ratio",
        "note_term_as_life",
        "return_on_equity_as_rate",
        "no_tax_no_charges",
    } <= _codes(found)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"discount_rate": None}, "either discount_rate or peer_returns"),
        ({"peer_returns": (0.1,)}, "either discount_rate or peer_returns"),
        ({"reported_profit": ()}, "at least one year"),
        ({"base_revenue": 5.0}, "belong together"),
        ({"total_assets": (1.0,)}, "belong together"),
        ({"intangible_assets": (1.0,), "total_assets": (1.0, 2.0)}, "as many as"),
        ({"intangible_assets": (1.0,), "total_assets": (0.0,)}, "above 0"),
        ({"discount_rate": None, "peer_returns": ()}, "at least one number"),
        ({"ip_share": 1.5}, "at most 1"),
        (
            {
                "profit_add_on": 1.0,
                "base_revenue": 5.0,
                "base_profit": 1.0,
                "peer_cost_shares": (0.5,),
            },
            "not both",
        ),
    ],
    ids=lambda item: str(item)[:60],
)
def test_refused_income_inputs(changed: dict[str, Any], says: str) -> None:
    fields: dict[str, Any] = {"reported_profit": (1.0,), "ip_share": 0.1, "discount_rate": 0.1}
    with pytest.raises(InputError, match=says):
        ComparablesIncomeInputs(**{**fields, **changed})


OPTION: dict[str, Any] = {
    "spot": 100.0,
    "strike": 90.0,
    "rate": 0.05,
    "volatility": 0.4,
    "maturity": 3.0,
    "yield_rate": 0.03,
}


def test_lattice_chooses_enough_steps() -> None:
    found = run(RISK_LATTICE, RiskLatticeInputs(**OPTION), unit=UNIT)
    assert found.details["steps"] == 1000
    wild = RiskLatticeInputs(**{**OPTION, "volatility": 5.0, "maturity": 200.0})
    with pytest.raises(InputError, match="beyond a lattice"):
        run(RISK_LATTICE, wild, unit=UNIT)
    wide = RiskLatticeInputs(**{**OPTION, "volatility": 1.5, "maturity": 60.0})
    few: Any = run(RISK_LATTICE, wide, unit=UNIT).details["steps"]
    assert few < 1000
    thin = RiskLatticeInputs(**{**OPTION, "volatility": 0.05, "rate": 1.5})
    steps: Any = run(RISK_LATTICE, thin, unit=UNIT).details["steps"]
    assert steps > 1000


def test_lattice_nodes_start_at_the_value() -> None:
    inputs = RiskLatticeInputs(**OPTION, steps=4)
    nodes = lattice_nodes(inputs)
    assert [len(level) for level in nodes.asset] == [1, 3, 5, 7, 9]
    assert nodes.asset[0][0] == 100.0
    assert nodes.option[0][0] == pytest.approx(run(RISK_LATTICE, inputs, unit=UNIT).number)


@pytest.mark.parametrize("kind", HazardKind)
def test_put_after_ruin_is_told(kind: HazardKind) -> None:
    inputs = RiskLatticeInputs(
        **OPTION, hazard=0.05, hazard_kind=kind, payoff=Payoff.PUT, steps=200
    )
    codes = _codes(run(RISK_LATTICE, inputs, unit=UNIT))
    assert "put_after_ruin" in codes
    assert ("traded_hazard_raises_value" in codes) == (kind is HazardKind.TRADED)


def test_integral_refuses_two_boundaries() -> None:
    inputs = RiskIntegralInputs(
        **{**OPTION, "rate": -0.02, "yield_rate": -0.01}, payoff=Payoff.CALL
    )
    with pytest.raises(NoSolutionError, match="two boundaries"):
        run(RISK_INTEGRAL, inputs, unit=UNIT)


def test_models_agree_through_one_door() -> None:
    terms = {**OPTION, "hazard": 0.03, "hazard_kind": "unpriced"}
    closed = price_option("closed-form", terms).number
    lattice = price_option("lattice", {**terms, "steps": 2000.0}).number
    assert lattice == pytest.approx(closed, abs=2e-3)
    american = price_option("lattice", {**terms, "exercise": "american", "steps": 3000}).number
    assert price_option("integral", terms).number == pytest.approx(american, rel=5e-4)


def test_a_sweep_keeps_the_rows_that_fail() -> None:
    terms = {**OPTION, "steps": 3.0}
    del terms["yield_rate"]
    found = sweep_option("zhou2022", terms, [0.0, 0.5, 2.0])
    assert [isinstance(row, Failure) for row in found] == [False, False, True]
    last = found[2]
    assert isinstance(last, Failure)
    assert last.reason is FailureReason.INVALID_INPUT
    assert "hazard" in last.message


def test_batch_rows_are_values_and_failures() -> None:
    spot = np.array([100.0, -1.0, math.nan, 100.0, 100.0])
    batch = option_batch(
        spot=spot,
        strike=np.array([90.0]),
        rate=np.array([0.05, 0.05, 0.05, -0.02, 0.05]),
        volatility=np.array([0.4]),
        maturity=np.array([3.0]),
        hazard=0.0,
        yield_rate=np.array([0.03, 0.03, 0.03, -0.01, 0.03]),
        exercise=np.array([True, True, True, True, False]),
    )
    assert len(batch) == 5
    assert batch.status.tolist() == [
        RowStatus.VALUED,
        RowStatus.INVALID_INPUT,
        RowStatus.INVALID_INPUT,
        RowStatus.NO_SOLUTION,
        RowStatus.VALUED,
    ]
    for place in range(5):
        row = batch.row(place)
        if batch.status[place] == RowStatus.VALUED:
            assert isinstance(row, Valuation)
            assert row.number == pytest.approx(batch.values[place], rel=1e-12)
            assert row.explanation.recomputed({}) == row.number
        else:
            assert isinstance(row, Failure)
            assert math.isnan(batch.values[place])


def test_a_batch_does_not_depend_on_its_neighbours_or_its_size() -> None:
    rng = np.random.default_rng(3)
    columns = {
        "spot": rng.uniform(60, 140, 300),
        "strike": np.full(300, 100.0),
        "rate": rng.uniform(0.0, 0.1, 300),
        "volatility": rng.uniform(0.1, 0.8, 300),
        "maturity": rng.uniform(0.2, 15, 300),
        "yield_rate": rng.uniform(0.0, 0.1, 300),
    }
    whole = option_batch(**columns, exercise=Exercise.AMERICAN, accuracy=QUICK)  # type: ignore[arg-type]
    part = option_batch(
        **{name: column[17:23] for name, column in columns.items()},  # type: ignore[arg-type]
        exercise=Exercise.AMERICAN,
        accuracy=QUICK,
    )
    np.testing.assert_array_equal(whole.values[17:23], part.values)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"hazard": 0.1}, "required when a hazard is positive"),
        ({"rate": np.array([0.1, 0.2, 0.3])}, "expected 3 rows"),
    ],
    ids=["kind", "length"],
)
def test_a_batch_that_cannot_start(changed: dict[str, Any], says: str) -> None:
    columns: dict[str, Any] = {
        name: np.array([1.0, 1.0]) for name in ("spot", "strike", "rate", "volatility", "maturity")
    }
    with pytest.raises(InputError, match=says):
        option_batch(**{**columns, **changed})


def test_replication_window_can_be_empty() -> None:
    tree = Zhou2022Inputs(spot=1, strike=1, rate=0.0, volatility=0.3, maturity=1.0, steps=1)
    found = validity(tree)
    run_found = run(ZHOU2022, tree, unit=UNIT)
    assert run_found.details["valid"] == (found.window is not None and 0.0 in found.window)
    text = " ".join(f.message(Language.ENGLISH) for f in run_found.findings)
    assert "Replication, not a valuation" in text


def test_landmarks_without_a_price() -> None:
    tree = Zhou2022Inputs(
        spot=3.7, strike=3.7, rate=0.2326, volatility=0.2938, maturity=2.0, steps=5
    )
    found = landmarks(tree)
    assert found.at_price == ()
    assert found.peak_value > 2.6


def test_implied_hazard_refuses_a_worthless_price() -> None:
    for price in (0.0, -1.0):
        with pytest.raises(NoSolutionError, match="No rate makes this income"):
            implied_hazard([1.0], [1.0], price=price, riskless_rate=0.02)


@settings(max_examples=300)
@given(
    hazard=st.floats(0.0, 0.6),
    rate=st.floats(0.0, 0.2),
    income=st.lists(st.floats(0.1, 10.0), min_size=1, max_size=5),
)
def test_implied_hazard_is_the_inverse_of_the_price(
    hazard: float, rate: float, income: list[float]
) -> None:
    times = [float(year + 1) for year in range(len(income))]
    price = math.fsum(
        flow * math.exp(-hazard * t) / (1 + rate) ** t
        for flow, t in zip(income, times, strict=True)
    )
    found = implied_hazard(income, times, price=price, riskless_rate=rate)
    assert found.signed_hazard == pytest.approx(hazard, abs=1e-7)


@settings(max_examples=200)
@given(target=st.floats(0.2, 3.0), principal=st.floats(0.5, 8.0))
def test_budget_meets_its_target_and_reliefs_help(target: float, principal: float) -> None:
    notes = NoteTerms(principal=principal, coupon=0.05, maturity=2)
    found = coverage_budget([0.6162, 4.8672], [1.0, 2.0], notes, rate=0.05, target=target)
    if found.hazard is None:
        assert found.without_risk < target
        return
    held = coverage([0.6162, 4.8672], [1.0, 2.0], notes, rate=0.05, hazard=found.hazard)
    assert held == pytest.approx(target, rel=1e-9)
    for relieved in found.reliefs.values():
        assert relieved is not None
        assert relieved >= found.hazard - 1e-12


def test_full_recovery_has_no_budget_limit() -> None:
    found = expected_loss_budget(target=0.01, recovery=1.0, maturity=2.0)
    assert found.hazard == math.inf


def test_a_pool_that_needs_no_survivor_bears_any_hazard() -> None:
    found = pool_budget(assets=3, needed=1, horizon=1.0, target=0.5, correlation=0.0)
    assert found.hazard is not None
    assert 1 - (1 - math.exp(-found.hazard)) ** 3 == pytest.approx(0.5)


@pytest.mark.parametrize(("p", "expected"), [(0.0, 0.0), (1.0, 1.0)])
def test_certain_ends_of_a_pool(p: float, expected: float) -> None:
    found = shortfall_probability(assets=4, needed=2, default_probability=p, correlation=0.3)
    assert found == expected


def test_independent_pool_is_binomial() -> None:
    found = shortfall_probability(assets=5, needed=4, default_probability=0.1, correlation=0.0)
    by_hand = 1 - 0.9**5 - 5 * 0.1 * 0.9**4
    assert found == pytest.approx(by_hand, abs=1e-12)


def test_small_pool_against_simulation() -> None:
    rng = np.random.default_rng(20260630)
    paths, rho = 200_000, 0.3
    z = rng.standard_normal((paths, 1))
    x = math.sqrt(rho) * z + math.sqrt(1 - rho) * rng.standard_normal((paths, 6))
    short = ((x > -1.2).sum(axis=1) < 5).mean()
    p = 0.5 * math.erfc(1.2 / math.sqrt(2))
    exact = shortfall_probability(assets=6, needed=5, default_probability=p, correlation=rho)
    assert short == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / paths))


def test_roots() -> None:
    assert bracketed_root(lambda x: x**2 - 2, 0.0, 2.0) == pytest.approx(math.sqrt(2))
    assert grid_roots(lambda x: (x - 0.25) * (x - 0.7), 0.0, 1.0) == pytest.approx([0.25, 0.7])
    assert grid_roots(lambda x: x**2 + 1, 0.0, 1.0) == []


def test_volatility_by_hand() -> None:
    prices = np.array([100.0, 100 * math.exp(0.1), 100 * math.exp(0.05)])
    sd = math.sqrt((0.1 - 0.025) ** 2 + (-0.05 - 0.025) ** 2)
    assert annualised_volatility(prices, 4.0) == pytest.approx(2 * sd)


def test_method_by_id() -> None:
    assert method("risk_lattice") is RISK_LATTICE
    with pytest.raises(InputError, match=r"expected one of: .*interval_point"):
        method("magic")


def _case(**inputs: Any) -> Case:
    base = read("xtx")
    step = Step(id="s", method=INTERVAL_INCOME, inputs=inputs)
    return replace(base, steps=(step,), conclusion="s")


def _answers(*pairs: tuple[float, float]) -> FromPanel:
    return FromPanel(
        answers={f"E{i}": (Interval(*pair),) for i, pair in enumerate(pairs)},
        is_yearly=False,
        rule=PanelRule.HULL,
    )


def test_a_panel_by_hull_and_a_small_panel_is_told() -> None:
    case = _case(
        income=Given(value=(Interval(10, 12), Interval(8, 9))),
        rate=_answers((0.05, 0.08), (0.07, 0.1)),
        life=Given(value=Interval(1.5, 2.0)),
        risk_adjustment_coefficient=Given(value=0.5),
    )
    found = value_case(case)
    inputs: Any = found.conclusion.inputs
    assert inputs.rate == Interval(0.05, 0.1)
    assert "panel_too_small" in {f.code for f in found.all_findings}


def test_a_fault_in_a_step_names_the_step() -> None:
    case = _case(
        income=Given(value=(Interval(10, 12),)),
        rate=Given(value=Interval(0.05, 0.1)),
        life=Given(value=Interval(1.5, 2.0)),
        risk_adjustment_coefficient=Given(value=0.5),
    )
    with pytest.raises(InputError, match=r"methods\[0\]\.inputs\.income"):
        value_case(case)


def test_a_later_step_is_no_earlier_step() -> None:
    case = _case(
        income=Given(value=(Interval(10, 12), Interval(8, 9))),
        rate=Given(value=Interval(0.05, 0.1)),
        life=Given(value=Interval(1.5, 2.0)),
        risk_adjustment_coefficient=FromStep(step="later"),
    )
    with pytest.raises(InputError, match="expected an earlier step"):
        value_case(case)


def test_volatility_from_prices_is_part_of_the_explanation() -> None:
    base = read("iqiyi")
    prices = FromPrices(
        prices=(100, 110, 99, 108.9), periods_per_year=4.0, source=Text("made up", "虚构")
    )
    steps = tuple(
        replace(step, inputs={**step.inputs, "volatility": prices}) if step.id == "option" else step
        for step in base.steps
    )
    found = value_case(replace(base, steps=steps, conflicts=()))
    inputs: Any = found.conclusion.inputs
    expected = annualised_volatility(np.array(prices.prices), 4.0)
    assert inputs.volatility == pytest.approx(expected)
    assert "option.volatility.prices" in found.conclusion.explanation.leaves()


def test_a_value_below_cost_and_a_baseline_outside_are_told() -> None:
    base = read("pledge")
    assert base.approach is not None
    assert base.baseline is not None
    case = replace(
        base,
        approach=replace(base.approach, cost_floor=1e6),
        baseline=replace(base.baseline, rate=0.3, life=20.0, value=1.0),
    )
    found = [f for f in value_case(case).all_findings if f.code.startswith(("point_", "baseline"))]
    codes = [f.code for f in found]
    assert "point_below_cost_floor" in codes
    assert codes.count("baseline_outside_panel") == 3


def test_findings_come_gravest_first_and_once() -> None:
    found = value_case(read("iqiyi")).all_findings
    order = ["invalid", "warning", "note"]
    ranks = [order.index(str(f.severity)) for f in found]
    assert ranks == sorted(ranks)
    assert len({(f.code, f.where, str(f.facts)) for f in found}) == len(found)


def test_conflicting_rates_are_both_tried() -> None:
    result = value_case(read("sonoscape"))
    rate = next(e for e in result.conflicts if e.conflict.input == "rate")
    first, second = rate.values
    assert first is not None
    assert second is not None
    assert first == pytest.approx(result.valuations["replication"].number)
    assert second != first
    start = next(e for e in result.conflicts if not e.conflict.step)
    assert start.values == ()


def test_domain_errors_are_one_family() -> None:
    assert issubclass(NoSolutionError, IpfinanceError)
    assert issubclass(InputError, IpfinanceError)
