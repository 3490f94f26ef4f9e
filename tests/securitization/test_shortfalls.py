"""WF-1 and SUPPORT-1 of the specification: shortfalls are carried forward and supported."""

from __future__ import annotations

from typing import Any

import pytest

from ipfinance.securitization import run_deal
from tests.securitization.deals import AFTER_EOD, changed, data_of, deal_from, paid, run_of

EOD = {"eod": {"metric": "unpaid_interest", "classes": ["A"], "state": "post_eod"}}
CENT = 1  # the pool of these deals ends with one fen of principal, which equity gets


def _with_arrears(data: dict[str, Any]) -> dict[str, Any]:
    data = changed(data, "tranches.A.arrears_rate", "coupon")
    return changed(data, "tranches.B.arrears_rate", "coupon")


def _post_eod() -> dict[str, Any]:
    data = data_of()
    waterfalls = {**data["waterfalls"], "post_eod": AFTER_EOD}
    return {**data, "waterfalls": waterfalls, "triggers": EOD}


def test_unpaid_interest_is_carried_and_paid() -> None:
    run = run_of(data_of())
    assert paid(run, "A interest") == [0, 0, 0, 800, 200, 200, 200, 200]
    assert paid(run, "B interest") == [0, 0, 0, 600, 150, 150, 150, 150]
    assert paid(run, "A principal")[-1] == 10_000
    assert paid(run, "B principal")[-1] == 5_000
    assert paid(run, "equity residual") == [0, 0, 0, 3600, 4650, 4650, 4650, 24650 + CENT]
    arrears = [period.notes["A"].interest_unpaid for period in run.periods]
    assert arrears == [200, 400, 600, 0, 0, 0, 0, 0]
    assert [period.notes["B"].interest_unpaid for period in run.periods][:3] == [150, 300, 450]
    total = sum(t.interest_paid + t.principal_paid + t.residual for t in run.tranches)
    assert total == 60_000 + CENT


def test_interest_on_arrears_rounds_half_up() -> None:
    run = run_of(_with_arrears(data_of()))
    assert [p.notes["A"].interest_unpaid for p in run.periods][:3] == [200, 404, 612]
    assert [p.notes["B"].interest_unpaid for p in run.periods][:3] == [150, 305, 464]
    assert paid(run, "A interest")[3] == 824
    assert paid(run, "B interest")[3] == 628  # half-even would give 627
    assert paid(run, "equity residual")[3] == 3548
    found = {each.name: each for each in run.tranches}
    assert found["A"].interest_paid == 1624
    assert found["B"].interest_paid == 1228
    assert found["equity"].residual == 42_148 + CENT


def test_after_default_the_senior_class_comes_first() -> None:
    run = run_of(_post_eod())
    assert paid(run, "A interest")[3:] == [800, 116, 18, 0, 0]
    assert paid(run, "A principal")[3:] == [4200, 4884, 916, 0, 0]
    assert paid(run, "B interest")[3:] == [0, 0, 900, 55, 0]
    assert paid(run, "B principal")[3:] == [0, 0, 3166, 1834, 0]
    assert paid(run, "equity residual")[3:] == [0, 0, 0, 3111, 40_000 + CENT]
    assert [p.notes["B"].interest_unpaid for p in run.periods][3:5] == [600, 750]
    assert [str(p.state) for p in run.periods][:2] == ["amortizing", "post_eod"]
    assert str(run.periods[-1].state) == "final"


def test_after_default_with_interest_on_arrears() -> None:
    run = run_of(_with_arrears(_post_eod()))
    found = {each.name: each for each in run.tranches}
    assert found["A"].interest_paid == 959
    assert found["B"].interest_paid == 1029
    assert found["equity"].residual == 43_012 + CENT


def _supported(scope: str, **parties: Any) -> dict[str, Any]:
    """SUPPORT-1: the only payment date is the legal final date."""
    data = data_of((4_000_000,))
    data["pool"]["receivables"]["cash"]["flows"] = [{"on": "2025-04-30", "principal": 4_000_000}]
    data["accounts"] = {"cash": {}, "reserve": {"initial": 1_000_000, "scope": scope}}
    data["tranches"] = {
        "A": {"balance": 8_000_000, "rank": 1, "coupon": 1, "day_count": "30e/360"},
        "equity": {"balance": 0, "rank": 2, "equity": True},
    }
    sources = ["cash", "reserve"]
    rows = [
        {"do": "pay_interest", "to": "A", "sources": sources},
        {"do": "pay_principal", "to": "A", "rule": "scheduled", "sources": sources},
        {"do": "pay_residual", "to": "equity"},
    ]
    data["waterfalls"] = {"amortizing": rows, "post_eod": rows}
    data["parties"] = {"payer": {}, "payer_of_shortfall": {}, "guarantor": {}, **parties}
    covers = {"interest": ["A"], "principal": ["A"]}
    data["supports"] = {
        "liquidity": {
            "kind": "liquidity_facility",
            "order": 1,
            "limit": 500_000,
            "covers": {"interest": ["A"]},
        },
        "make_up": {
            "kind": "shortfall_make_up",
            "order": 2,
            "provider": "payer_of_shortfall",
            "limit": 3_000_000,
            "covers": covers,
        },
        "guarantee": {
            "kind": "guarantee",
            "order": 3,
            "provider": "guarantor",
            "covers": covers,
        },
    }
    data["triggers"] = {"eod": {"metric": "unpaid_principal", "state": "post_eod"}}
    return data


SAME_GROUP = {
    "payer_of_shortfall": {"group": "one"},
    "guarantor": {"group": "one"},
}


@pytest.mark.parametrize(
    ("scope", "unpaid", "defaults", "parties", "expected"),
    [
        ("all", 500_000_000, {}, {}, (0, 300_000_000, 200_000_000, 0)),
        ("all", 500_000_000, {"payer_of_shortfall": "2025-02-01"}, {}, (0, 0, 500_000_000, 0)),
        (
            "all",
            500_000_000,
            {"payer_of_shortfall": "2025-02-01"},
            SAME_GROUP,
            (0, 0, 0, 500_000_000),
        ),
        ("interest", 600_000_000, {}, {}, (0, 300_000_000, 300_000_000, 0)),
        ("interest", 600_000_000, {"payer_of_shortfall": "2025-02-01"}, {}, (0, 0, 600_000_000, 0)),
        (
            "interest",
            600_000_000,
            {"payer_of_shortfall": "2025-02-01"},
            SAME_GROUP,
            (0, 0, 0, 600_000_000),
        ),
    ],
)
def test_supports_pay_in_their_order(
    scope: str,
    unpaid: int,
    defaults: dict[str, str],
    parties: dict[str, Any],
    expected: tuple[int, int, int, int],
) -> None:
    data = _supported(scope, **parties)
    data["scenario"] = {"defaults": defaults}
    run = run_of(data)
    period = run.periods[0]
    principal = next(line for line in period.lines if line.line.name == "A principal")
    interest = next(line for line in period.lines if line.line.name == "A interest")
    assert interest.paid == 200_000_000
    assert principal.limit - principal.paid == unpaid
    assert (
        tuple(period.supports[name].paid for name in ("liquidity", "make_up", "guarantee"))
        == expected[:3]
    )
    assert principal.unpaid == expected[3]
    assert str(period.state_after) == ("post_eod" if expected[3] else "final")
    assert run.left_over.get("reserve", 0) == (100_000_000 if scope == "interest" else 0)


def test_more_cash_can_hurt_the_senior_class_across_periods() -> None:
    """MONO-1: the law that more cash never hurts holds within one period only."""
    data = data_of((49, 40))
    data["tranches"] = {
        "A": {"balance": 100, "rank": 1, "coupon": 0},
        "equity": {"balance": 0, "rank": 2, "equity": True},
    }
    turbo = [{"do": "pay_principal", "to": "A"}, {"do": "pay_residual", "to": "equity"}]
    spare = [
        {"do": "pay_principal", "to": "A", "rule": "scheduled"},
        {"do": "pay_residual", "to": "equity"},
    ]
    data["triggers"] = {
        "low": {
            "metric": "amount",
            "numerator": "pool.interest",
            "below": 50,
            "test": "after_collection",
            "state": "accelerated",
        }
    }
    data["waterfalls"] = {"amortizing": spare, "accelerated": turbo}
    low, high = run_of(data), {**data, "pool": data_of((51, 40))["pool"]}
    assert low.tranche("A").principal_paid == 8900 + CENT
    assert run_deal(deal_from(high)).tranche("A").principal_paid == 4000 + CENT


def test_a_make_up_does_not_prepay_a_turbo() -> None:
    """Before legal final a support owes what has fallen due, not the balance that a turbo eats."""
    data = data_of((0, 0))
    data["tranches"] = {
        "A": {"balance": 100, "rank": 1, "coupon": 0.08, "day_count": "30e/360"},
        "equity": {"balance": 0, "rank": 2, "equity": True},
    }
    data["waterfalls"] = {
        "amortizing": [
            {"do": "pay_interest", "to": "A"},
            {"do": "pay_principal", "to": "A"},
            {"do": "pay_residual", "to": "equity"},
        ]
    }
    data["supports"] = {
        "make_up": {
            "kind": "shortfall_make_up",
            "order": 1,
            "covers": {"interest": ["A"], "principal": ["A"]},
        }
    }
    run = run_of(data)
    assert [p.supports["make_up"].paid for p in run.periods] == [200, 10_200 - CENT]
