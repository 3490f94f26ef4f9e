"""Compensation funds: exact capacity, closed forms, several years."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from ipfinance.app import fund_file
from ipfinance.basics import InputError, Language, MoneyUnit, Text
from ipfinance.bootstrap import LocalCreditFiles, LocalRenderer
from ipfinance.credit import (
    FundCase,
    FundLoans,
    Layer,
    LossSharingStack,
    Provider,
    ProviderKind,
    Share,
    exceedance,
    fund_solvency,
    large_pool_quantile,
    largest_pool,
    shared_by_weights,
    yearly_defaults,
)
from ipfinance.numerics import entity_keys, normal_draws, scenario_keys, uniform_draws
from ipfinance.reports import fund_report
from tests.cli.command import invoke

NOTHING = Text("", "")


def _case(**changes: Any) -> FundCase:
    """Huangpu: a pool of CNY 10m bears a quarter of bad debt; the loans are made up."""
    loans = FundLoans(
        count=100,
        amount=100_000_000,
        default_probability=0.03,
        loss_given_default=1.0,
        correlation=0.15,
    )
    given: dict[str, Any] = {
        "id": "huangpu",
        "title": NOTHING,
        "status": "illustrative",
        "unit": MoneyUnit(10_000, "CNY"),
        "size": 1_000_000_000,
        "size_source": NOTHING,
        "provider": "fund",
        "stack": shared_by_weights({"fund": 25, "bank": 75}),
        "stack_source": NOTHING,
        "loans": loans,
        "target": 0.01,
        "scenarios": 20_000,
    }
    return FundCase(**{**given, **changes})


def test_capacity_without_correlation_is_the_binomial_tail() -> None:
    """Against scipy.stats, which the product does not use here."""
    loans = replace(_case().loans, correlation=0.0)
    found = fund_solvency(_case(loans=loans))
    assert (found.payment, found.bearable) == (25_000_000, 40)
    count = found.capacity
    assert count is not None
    assert stats.binom.sf(40, count, 0.03) <= 0.01 < stats.binom.sf(40, count + 1, 0.03)
    assert found.exhaustion == pytest.approx(stats.binom.sf(40, 100, 0.03), abs=1e-15)
    assert found.leverage == pytest.approx(count * 1e8 / 1e9)


def test_capacity_with_correlation_by_quadrature() -> None:
    def chance(count: int) -> float:
        def integrand(z: float) -> float:
            score = stats.norm.ppf(0.03) - math.sqrt(0.15) * z
            q = stats.norm.cdf(score / math.sqrt(0.85))
            return float(stats.binom.sf(40, count, q) * stats.norm.pdf(z))

        return float(integrate.quad(integrand, -8, 8, limit=200)[0])

    found = fund_solvency(_case())
    count = found.capacity
    assert count is not None
    assert chance(count) <= 0.01 < chance(count + 1)
    assert exceedance(500, 40, 0.03, 0.15) == pytest.approx(chance(500), abs=1e-9)
    assert found.large_pool_capacity is not None
    assert any(item.code == "fund_large_pool_differs" for item in found.findings)


def test_many_small_loans_meet_the_closed_form() -> None:
    loans = replace(_case().loans, amount=100_000, correlation=0.12)
    found = fund_solvency(_case(loans=loans, scenarios=100))
    assert found.capacity is not None
    assert found.large_pool_capacity is not None
    assert found.capacity == pytest.approx(found.large_pool_capacity, rel=1e-3)
    rate = large_pool_quantile(0.03, 0.12, 0.99)
    assert found.large_pool_capacity == pytest.approx(1e9 / (25_000 * rate))


def test_expected_shortfall_by_brute_force() -> None:
    loans = replace(_case().loans, count=300)
    found = fund_solvency(_case(loans=loans, size=300_000_001))
    points = np.linspace(-8, 8, 4001)
    q = stats.norm.cdf((stats.norm.ppf(0.03) - math.sqrt(0.15) * points) / math.sqrt(0.85))
    weights = stats.norm.pdf(points) / np.sum(stats.norm.pdf(points))
    claims = np.arange(301) * 25_000_000.0
    excess = np.maximum(claims - 300_000_001, 0)
    brute = sum(
        w * float(excess @ stats.binom.pmf(np.arange(301), 300, p))
        for w, p in zip(weights, q, strict=True)
    )
    assert found.expected_unpaid == pytest.approx(brute, rel=1e-8)
    assert found.expected_paid + found.expected_unpaid == pytest.approx(300 * 0.03 * 25_000_000)


def test_first_year_of_the_run_meets_the_exact_chance() -> None:
    case = _case(loans=replace(_case().loans, count=600), years=3, persistence=0.4)
    found = fund_solvency(case)
    first = found.path[0]
    assert abs(first.exhausted - found.exhaustion) < 3.5 * first.error
    assert found.path[-1].exhausted >= first.exhausted
    total = first.paid + first.unpaid
    assert total == pytest.approx(600 * 0.03 * 25_000_000, rel=0.03)
    drawn = yearly_defaults(case)
    assert drawn[5, 0] == stats.binom.ppf(*_first_draw(case, 5))
    scores = np.corrcoef(drawn[:, 0], drawn[:, 1])
    assert 0.2 < float(scores[0, 1]) < 0.5


def _first_draw(case: FundCase, scenario: int) -> tuple[float, int, float]:
    keys = scenario_keys(case.seed, scenario, scenario + 1)
    factor = normal_draws(entity_keys(["year 1"], "factor"), keys)[0, 0]
    own = uniform_draws(entity_keys(["year 1"], "defaults"), keys)[0, 0]
    score = stats.norm.ppf(0.03) - math.sqrt(0.15) * factor
    return float(own), case.loans.count, float(stats.norm.cdf(score / math.sqrt(0.85)))


def test_contributions_interest_and_recoveries_reach_the_balance() -> None:
    loans = replace(_case().loans, count=0)
    quiet = fund_solvency(_case(loans=loans, contribution=100, interest_rate=0.1, years=3))
    assert [year.balance for year in quiet.path] == pytest.approx(
        [1.1e9, 1.21e9 + 100, 1.331e9 + 210]
    )
    assert quiet.exhaustion == 0
    sure = replace(_case().loans, count=1, default_probability=1 - 1e-12, correlation=0.0)
    back = fund_solvency(_case(loans=sure, recovery=0.5, recovery_lag=1, years=2, scenarios=100))
    assert back.path[1].balance == pytest.approx(1e9 - 25e6 + 12.5e6 - 25e6)


def test_a_fund_that_pays_nothing_or_can_do_anything() -> None:
    capped = LossSharingStack(
        providers=(Provider(id="fund", kind=ProviderKind.FUND),),
        layers=(Layer(order=1, shares=(Share(provider="fund", claim_cap=0),)),),
        holder="bank",
    )
    idle = fund_solvency(_case(stack=capped))
    assert (idle.capacity, idle.leverage, idle.payment) == (None, None, 0)
    safe = replace(_case().loans, default_probability=1e-9)
    assert fund_solvency(_case(loans=safe, scenarios=100)).capacity is None
    broke = fund_solvency(_case(size=0))
    assert (broke.bearable, broke.capacity, broke.leverage) == (0, 0, 0.0)
    assert broke.expected_paid == pytest.approx(0, abs=1e-3)


@settings(max_examples=60)
@given(
    bearable=st.integers(0, 60),
    chance=st.floats(0.001, 0.3),
    correlation=st.floats(0.0, 0.6),
    target=st.floats(0.001, 0.2),
)
def test_capacity_is_the_last_number_that_fits(
    bearable: int, chance: float, correlation: float, target: float
) -> None:
    found = largest_pool(bearable, chance, correlation, target)
    if found is None:
        return
    assert exceedance(found, bearable, chance, correlation) <= target
    assert exceedance(found + 1, bearable, chance, correlation) > target
    more = largest_pool(bearable + 1, chance, correlation, target)
    assert more is None or more > found


def test_faults_are_named_with_their_lines(tmp_path: Path) -> None:
    assert invoke(["new", "fund"], tmp_path).code == 0
    path = tmp_path / "fund.yaml"
    text = path.read_text("utf-8")
    text = text.replace("target: 0.01", "target: 1.5").replace(
        "correlation: 0.12", "correlation: 1"
    )
    text = text.replace("provider: fund ", "provider: fonds ")
    path.write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        fund_file(LocalCreditFiles(), path)
    assert [(p.field, p.line) for p in caught.value.problems] == [
        ("fund.provider", 10), ("target", 33), ("loans.correlation", 22),
    ]  # fmt: skip
    with pytest.raises(InputError, match=r"fund\.size"):
        fund_solvency(
            _case(
                stack=LossSharingStack(
                    providers=(Provider(id="fund", kind=ProviderKind.FUND, limit=5),),
                    layers=(Layer(order=1, shares=(Share(provider="fund"),)),),
                )
            )
        )


def test_report_in_both_languages(tmp_path: Path) -> None:
    assert invoke(["new", "fund"], tmp_path).code == 0
    done = invoke(["pledge", "fund", "fund.yaml", "--json"], tmp_path)
    found = done.json()
    assert found["claim"]["paid"] == {"bank": 150_000_000, "fund": 150_000_000}
    shown = f"{found['capacity']:,}"
    assert exceedance(found["capacity"], found["bearable"], 0.03, 0.12) <= 0.01
    assert exceedance(found["capacity"] + 1, found["bearable"], 0.03, 0.12) > 0.01
    solved = fund_file(LocalCreditFiles(), tmp_path / "fund.yaml")
    for language, word in ((Language.ENGLISH, shown), (Language.CHINESE, "可承担贷款笔数")):
        assert word in LocalRenderer().text(fund_report(solved, language), whole=True)
    done = invoke(["pledge", "fund", "fund.yaml", "--report", "fund.html"], tmp_path)
    assert done.code == 0
    assert "<svg" in (tmp_path / "fund.html").read_text("utf-8")
