"""What methods of the toolbox tell beside the number, and checks by brute force."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ipfinance.basics import Interval, IpfinanceError
from ipfinance.valuation import METHODS, Valuation, run
from tests.cli.command import invoke
from tests.support import UNIT
from tests.worked import built


def _run(name: str, **inputs: Any) -> Valuation:
    method = METHODS[name]
    return run(method, built(method.inputs, inputs), unit=UNIT)


def _codes(found: Valuation) -> set[str]:
    return {each.code for each in found.findings}


RIGHT = {"name": "net assets", "value": 500, "required_return": 0.2}
SALE = {"name": "a", "price": 5.0}
TOLD: list[tuple[str, str, dict[str, Any]]] = [
    ("entire_market_base", "apportionment", {"revenue": 1, "feature_share": 1, "royalty_rate": 1}),
    (
        "negative_loss",
        "before_and_after",
        {"value_before": 1, "value_after": 2, "other_causes": 0},
    ),
    (
        "multiple_outside_law",
        "enhanced_damages",
        {"base": 1, "multiple": 5, "reading": "added", "law": "cn_patent"},
    ),
    (
        "premium_twice",
        "build_up",
        {
            "riskless": 0.02,
            "premia": [{"name": "x", "premium": 0.1, "reason": "y"}] * 2,
        },
    ),
    (
        "rate_below_riskless",
        "build_up",
        {"riskless": 0.02, "premia": [{"name": "x", "premium": -0.01, "reason": "y"}]},
    ),
    (
        "no_goodwill",
        "weighted_return",
        {"price": 400, "assets": [RIGHT], "goodwill_return": 0.1},
    ),
    (
        "rates_apart",
        "rate_reconciliation",
        {"price": 1000, "flows": [1100], "assets": [RIGHT], "cost_of_capital": 0.2},
    ),
    (
        "goodwill_return_low",
        "rate_reconciliation",
        {"price": 1000, "flows": [1100], "assets": [RIGHT]},
    ),
    ("legal_life_only", "remaining_life", {"legal_life": 9}),
    ("few_observations", "royalty_study", {"licences": [{"name": "a", "rate": 0.1}]}),
    (
        "wide_observations",
        "royalty_study",
        {"licences": [{"name": f"{n}", "rate": 0.01 * n * n} for n in range(1, 7)]},
    ),
    ("rule_of_thumb", "sales_share", {"profit_share": 0.25, "margin": 0.1}),
    ("no_obsolescence", "reproduction_cost", {"items": [{"name": "a", "cost": 5}]}),
    ("no_adjustment", "comparable_transactions", {"transactions": [SALE]}),
    (
        "large_adjustment",
        "comparable_transactions",
        {"transactions": [{**SALE, "scope": 0.2, "evidence": "claims"}]},
    ),
    (
        "methods_apart",
        "reconciliation",
        {
            "gap": 0.1,
            "results": [
                {"name": "a", "value": 10, "weight": 1, "reason": "x"},
                {"name": "b", "value": 20, "weight": 1, "reason": "x"},
            ],
        },
    ),
    (
        "one_method",
        "reconciliation",
        {"gap": 0.1, "results": [{"name": "a", "value": 10, "weight": 1, "reason": "x"}]},
    ),
]


@pytest.mark.parametrize(("code", "name", "inputs"), TOLD, ids=[code for code, _, _ in TOLD])
def test_it_is_told(code: str, name: str, inputs: dict[str, Any]) -> None:
    assert code in _codes(_run(name, **inputs))


@pytest.mark.parametrize(
    ("name", "inputs", "says"),
    [
        (
            "enhanced_damages",
            {
                "base": 1,
                "multiple": 2,
                "reading": "total",
                "law": "cn_patent",
                "decided_on": date(2019, 1, 1),
            },
            "known from 2021-06-01",
        ),
        (
            "remaining_life",
            {
                "kind": "data",
                "jurisdiction": "us",
                "filed_on": date(2020, 1, 1),
                "valued_on": date(2026, 1, 1),
            },
            "law.term.us_data",
        ),
        ("internal_rate", {"price": 100, "flows": [-1, -2]}, "no rate makes"),
    ],
)
def test_what_has_no_answer_is_said(name: str, inputs: dict[str, Any], says: str) -> None:
    with pytest.raises(IpfinanceError, match=says):
        _run(name, **inputs)


def test_a_leap_day_has_an_anniversary() -> None:
    found = _run(
        "remaining_life",
        kind="patent_invention",
        jurisdiction="cn",
        filed_on=date(2012, 2, 29),
        valued_on=date(2026, 2, 28),
    )
    assert found.number == 6.0


def test_ranges_of_methods_are_kept_in_the_conclusion() -> None:
    results = [
        {"name": "a", "value": [90, 110], "weight": 1, "reason": "x"},
        {
            "name": "b",
            "value": {"uniform": {"low": 120, "high": 140}},
            "weight": 1,
            "reason": "x",
        },
    ]
    found = _run("reconciliation", gap=0.5, results=results)
    assert found.range == Interval(90.0, 140.0)
    assert "ranges_disjoint" in _codes(found)


def test_spare_capacity_binds_and_is_told() -> None:
    found = _run(
        "lost_profits",
        infringing_units=100,
        owner_share=0.5,
        incremental_margin=2,
        spare_capacity=10,
        royalty_on_rest=1,
    )
    assert found.number == pytest.approx(10 * 2 + 90 * 1)
    assert {"sales_beyond_capacity", "royalty_on_units_not_lost"} <= _codes(found)


def test_portfolio_against_simulated_ends() -> None:
    """The joint value is the mean over simulated times at which rights and shocks end."""
    found = _run(
        "portfolio",
        assets=[{"name": n, "hazard": h} for n, h in (("A", 0.1), ("B", 0.2), ("C", 0.3))],
        shocks=[{"name": "standard", "hazard": 0.05, "hits": ["A", "B"]}],
        streams=[
            {"name": "one", "flows": [100, 80], "protected_by": ["A", "C"], "needs": "all"},
            {"name": "two", "flows": [50, 60, 70], "protected_by": ["A", "B", "C"], "needs": "any"},
        ],
        discount_rate=0.1,
        timing="end",
    )
    draw = np.random.default_rng(11)
    ends = draw.exponential(1.0, (400_000, 4)) / [0.1, 0.2, 0.3, 0.05]
    a, b, c = np.minimum(ends[:, 0], ends[:, 3]), np.minimum(ends[:, 1], ends[:, 3]), ends[:, 2]
    both, any_of = np.minimum(a, c), np.maximum(np.maximum(a, b), c)
    worth = np.zeros(both.size)
    for lives, flows in ((both, (100, 80)), (any_of, (50, 60, 70))):
        for year, flow in enumerate(flows, start=1):
            worth += flow * (lives > year) / 1.1**year
    error = worth.std() / np.sqrt(worth.size)
    assert abs(worth.mean() - found.number) < 4 * error
    fair: Any = found.details["fair_share"]
    assert sum(fair.values()) == pytest.approx(found.number, rel=1e-12)
    assert {"plain_sum_misleads", "shared_shocks"} <= _codes(found)


def test_one_share_a_year_feeds_the_flows() -> None:
    """A curve of one hazard, at year ends, discounts as a rate that contains the hazard."""
    shares = _run("exponential_survival", hazard=0.2, years=3, basis="closing").explanation.value
    worn = _run(
        "royalty_income",
        first_royalty=100,
        growth=0.0,
        term=3,
        discount_rate=0.05,
        retained_shares=shares,
        timing="end",
    )
    risky = _run("rate_of_hazard", riskless=0.05, hazard=0.2).number
    plain = _run(
        "royalty_income",
        first_royalty=100,
        growth=0.0,
        term=3,
        discount_rate=risky,
        timing="end",
    )
    assert worn.number == pytest.approx(plain.number, rel=1e-12)


def test_an_uncertain_curve_has_ends_for_each_year(tmp_path: Path) -> None:
    hazard = "[0.03, 0.07]"
    asked = ["method", "exponential-survival", "--hazard", hazard, "--years", "3"]
    done = invoke([*asked, "--basis", "closing", "--json"], tmp_path)
    assert done.code == 0, done.stderr
    years = json.loads(done.stdout)["uncertainty_by_year"]
    for year, found in enumerate(years, start=1):
        assert found["bounds"] == pytest.approx([np.exp(-0.07 * year), np.exp(-0.03 * year)])
    for law in (hazard, "{uniform: {low: 0.03, high: 0.07}}"):
        words = ["method", "exponential-survival", "--hazard", law, "--years", "2"]
        shown = invoke(words, tmp_path)
        assert shown.code == 0, shown.stderr
        assert "Uncertainty" in shown.stdout
