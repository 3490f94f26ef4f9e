"""Collateral closed forms, schedules, default curves and the simulated loss of one loan."""

from __future__ import annotations

import math
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from ipfinance.basics import InputError, NoSolutionError
from ipfinance.credit import (
    CollateralTerms,
    Layer,
    Loadings,
    LoanRiskInputs,
    LossSharingStack,
    PledgeLoan,
    Provider,
    ProviderKind,
    Repayment,
    SaleTerms,
    Share,
    ValueProcess,
    constant_hazard,
    curve_from_probabilities,
    curve_from_spreads,
    curve_from_transitions,
    largest_principal,
    loan_at_loss_ratio,
    loan_loss_ratio,
    loan_risk,
    loan_scenarios,
    loss_ratio,
    shared_by_weights,
)

TERMS = CollateralTerms(volatility=0.4, rate=0.03, hazard=0.05, haircut=0.3)


def test_level_loan_to_the_cent() -> None:
    """Fixture LOAN-1 of the securitization design page."""
    loan = PledgeLoan(
        principal=1_000_000_000, rate=Decimal("0.05"), months=12, repayment=Repayment.LEVEL
    )
    found = loan.schedule()
    assert [each.interest for each in found] == [12_500_000, 9_432_987, 6_327_637, 3_183_469]
    assert [each.principal for each in found] == [
        245_361_023,
        248_428_036,
        251_533_386,
        254_677_555,
    ]
    assert [each.payment for each in found] == [257_861_023] * 3 + [257_861_024]
    assert found[-1].closing == 0


@pytest.mark.parametrize("repayment", list(Repayment))
def test_every_schedule_repays_the_principal(repayment: Repayment) -> None:
    for rate in ("0", "0.0435"):
        loan = PledgeLoan(
            principal=100_000_001,
            rate=Decimal(rate),
            months=36,
            every_months=1,
            repayment=repayment,
        )
        found = loan.schedule()
        assert sum(each.principal for each in found) == 100_000_001
        assert all(a.closing == b.opening for a, b in pairwise(found))
        assert found[0].claim == 100_000_001 + found[0].interest


def test_loans_that_make_no_sense_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        PledgeLoan(principal=0, rate=Decimal(2), months=13, every_months=3)
    assert {each.field for each in caught.value.problems} == {"principal", "rate", "months"}


def test_no_loan_is_small_enough_to_outrun_ruin() -> None:
    floor = 1 - math.exp(-0.05 * 2)
    assert loan_loss_ratio(4.5, 1e-6, 2.0, TERMS) == pytest.approx(floor, abs=1e-9)
    with pytest.raises(NoSolutionError, match=r"ruin alone is 9\.52%"):
        loan_at_loss_ratio(4.5, 0.095, 2.0, TERMS)
    with pytest.raises(NoSolutionError, match="Every loan"):
        loan_at_loss_ratio(4.5, 1.0, 2.0, TERMS)
    sure = CollateralTerms(volatility=0.0, rate=0.03, hazard=0.0, haircut=0.3)
    assert loan_loss_ratio(4.5, 1.0, 2.0, sure) == 0
    assert loan_loss_ratio(4.5, 4.5, 2.0, sure) == pytest.approx(1 - 0.7 * math.exp(0.06))


def test_curves_reproduce_their_tables() -> None:
    curve = curve_from_probabilities([1.0, 3.0], [0.02, 0.08])
    assert curve.default_probability(np.array([1.0, 3.0])) == pytest.approx([0.02, 0.08])
    drawn = np.array([0.01, 0.02, 0.05, 0.3])
    assert curve.default_probability(curve.default_times(drawn)) == pytest.approx(drawn)
    assert curve.scaled(2.0).hazards == pytest.approx(2 * curve.hazards)
    assert constant_hazard(0.0).default_times(np.array([0.5]))[0] == math.inf


def test_transition_matrix_by_hand() -> None:
    """Two years: .02 in the first, then .97 x .02 + .01 x .2 of those left."""
    matrix = [[0.97, 0.01, 0.02], [0.1, 0.7, 0.2], [0.0, 0.0, 1.0]]
    curve = curve_from_transitions(["A", "B", "D"], matrix, "A", years=2)
    two = 0.02 + 0.97 * 0.02 + 0.01 * 0.2
    assert curve.default_probability(np.array([1.0, 2.0])) == pytest.approx([0.02, two])
    with pytest.raises(InputError, match="expected a grade of the table: A, B, D"):
        curve_from_transitions(["A", "B", "D"], matrix, "C", years=2)
    with pytest.raises(InputError, match="sum to 1"):
        curve_from_transitions(["A", "D"], [[0.9, 0.2], [0, 1]], "A", years=2)
    with pytest.raises(InputError, match="nobody leaves"):
        curve_from_transitions(["A", "D"], [[0.9, 0.1], [0.1, 0.9]], "A", years=2)


def test_spreads_and_hazards_agree() -> None:
    """A flat hazard h with recovery R explains a spread near h (1 - R); repriced exactly."""
    curve = curve_from_spreads([1.0, 3.0, 5.0], [0.018, 0.018, 0.018], recovery=0.4, rate=0.025)
    assert curve.hazards == pytest.approx(0.03, rel=0.01)
    steep = curve_from_spreads([1.0, 3.0], [0.01, 0.03], recovery=0.4, rate=0.025)
    assert steep.hazards[1] > 0.03 / 0.6
    with pytest.raises(NoSolutionError, match="year 3"):
        curve_from_spreads([1.0, 3.0], [0.05, 0.005], recovery=0.4, rate=0.025)
    for years, chances in (([2.0, 1.0], [0.1, 0.2]), ([1.0, 2.0], [0.2, 0.1]), ([1.0], [1.0])):
        with pytest.raises(InputError):
            curve_from_probabilities(years, chances)


def _given(**changes: object) -> LoanRiskInputs:
    loan = PledgeLoan(principal=225_000_000, rate=Decimal(0), months=24, every_months=24)
    given: dict[str, object] = {
        "loan": loan,
        "curve": constant_hazard(-math.log1p(-0.04) / 2),
        "value": ValueProcess(start=4.506576, volatility=0.4, growth=0.03, hazard=0.05),
        "sale": SaleTerms(haircut=0.3),
        "discount_rate": math.expm1(0.03),
        "scale": 100_000_000.0,
    }
    return LoanRiskInputs(**{**given, **changes})  # type: ignore[arg-type]


def test_simulation_meets_the_closed_form_of_the_fixture() -> None:
    """methods/collateral.loan_loss: 4% default, independent: 0.728% of the riskless value."""
    found = loan_risk(_given(), scenarios=400_000, seed=3)
    closed = 0.04 * loan_loss_ratio(4.506576, 2.25, 2.0, TERMS) * math.exp(-0.06) * 225_000_000
    assert abs(found.gross.expected - closed) < 3 * found.gross.standard_error
    assert found.default_probability == pytest.approx(0.04, abs=4 * found.default_error)
    assert found.net == found.gross
    assert found.expected_loss_rate == found.net.expected / found.expected_balance_years
    assert found.ruin_given_default == pytest.approx(1 - math.exp(-0.1), abs=0.01)
    sure = loan_risk(_given(curve=constant_hazard(1e9)), scenarios=100_000, seed=3)
    closed /= 0.04
    assert abs(sure.gross.expected - closed) < 3 * sure.gross.standard_error


def test_dependence_makes_default_and_ruin_meet() -> None:
    """P(default and ruin) is the bivariate normal at the two thresholds."""
    loadings = Loadings(borrower=0.6, ruin=0.7, value=0.3)
    drawn = loan_scenarios(_given(loadings=loadings), scenarios=400_000, seed=5)
    ends = stats.norm.ppf([0.04, 1 - math.exp(-0.1)])
    joint = float(stats.multivariate_normal(cov=[[1, 0.42], [0.42, 1]]).cdf(ends))
    error = math.sqrt(joint / 400_000)
    assert np.mean(drawn.ruined) == pytest.approx(joint, abs=4 * error)
    apart = loan_risk(_given(), scenarios=100_000)
    together = loan_risk(_given(loadings=loadings), scenarios=100_000)
    assert together.loss_given_default > apart.loss_given_default + 0.02


def test_support_takes_its_part_and_the_rest_stays() -> None:
    stack = shared_by_weights({"fund": 40, "bank": 60}, holder="bank")
    alone, shared = (loan_risk(_given(stack=each), scenarios=50_000) for each in (None, stack))
    assert shared.gross == alone.gross
    assert shared.borne["fund"] == pytest.approx(0.4 * alone.gross.expected, rel=1e-6)
    assert sum(shared.borne.values()) == pytest.approx(alone.gross.expected, rel=1e-12)
    weak = LossSharingStack(
        providers=(Provider(id="g", kind=ProviderKind.GUARANTOR, hazard=1e9),),
        layers=(Layer(order=1, shares=(Share(provider="g", lag_months=6),)),),
        holder="bank",
    )
    assert loan_risk(_given(stack=weak), scenarios=10_000).borne["g"] == 0
    tied = LossSharingStack(
        providers=(Provider(id="g", kind=ProviderKind.GUARANTOR, hazard=0.02, loading=0.7),),
        layers=weak.layers,
        holder="bank",
    )
    loadings = Loadings(borrower=0.7)
    lost = loan_risk(_given(stack=tied, loadings=loadings), scenarios=100_000).borne
    free = loan_risk(_given(stack=tied), scenarios=100_000).borne
    assert lost["bank"] / sum(lost.values()) > 2 * free["bank"] / sum(free.values())


def test_largest_loan_within_a_loss_target() -> None:
    given = _given(curve=constant_hazard(1e9))
    drawn = loan_scenarios(given, scenarios=200_000, seed=2)
    riskless = math.exp(-0.06)
    target = 0.12 * riskless
    found = largest_principal(drawn, target, other_recovery=0.0, most=1e9)
    assert found / 1e8 == pytest.approx(1.47907715535, rel=0.01)
    assert loss_ratio(drawn, found, 0.0) <= target
    assert largest_principal(drawn, 0.05, other_recovery=0.0, most=1e9) < 1e3
    assert largest_principal(drawn, 0.9, other_recovery=0.0, most=1e8) == 1e8
    assert loss_ratio(drawn, 0.0, 0.0) == 0


def test_an_ageing_right_covers_less() -> None:
    value = ValueProcess(start=4.506576, times=(0.0, 1.0, 2.0), shares=(1.0, 0.6, 0.1))
    young = loan_risk(_given(value=ValueProcess(start=4.506576)), scenarios=10_000)
    aged = loan_risk(_given(value=value), scenarios=10_000)
    assert young.gross.expected == 0
    assert aged.loss_given_default == pytest.approx(1 - 4.506576 * 0.1 * 0.7 / 2.25, rel=1e-6)
    with pytest.raises(InputError, match="at least 100"):
        loan_risk(_given(), scenarios=10)
