"""Laws of every deal: cash is kept, the order in the file is nothing, more cash does not hurt."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ipfinance.securitization import DealRun, run_deal
from tests.securitization.deals import data_of, deal_from, run_of

CASH = st.lists(st.integers(0, 40_000).map(lambda fen: fen / 100), min_size=1, max_size=8)
RATE = st.integers(0, 300).map(lambda parts: parts / 1000)
BALANCE = st.integers(1, 40_000).map(lambda fen: fen / 100)
TRIGGERS: dict[str, dict[str, Any]] = {
    "missed": {"metric": "unpaid_interest", "classes": ["A"], "state": "post_eod"},
    "thin": {
        "metric": "amount",
        "numerator": "pool.interest",
        "below": 20,
        "consecutive": 2,
        "test": "after_collection",
        "state": "accelerated",
    },
    "coverage": {
        "metric": "dscr",
        "window": 2,
        "below": 1.5,
        "cures": 1,
        "test": "before_waterfall",
    },
}


@st.composite
def deals(draw: st.DrawFn) -> dict[str, Any]:
    """Return the data of a random deal: two or three classes, costs, reserve, trap, supports."""
    data = data_of(draw(CASH))
    data["tranches"] = {
        "A": {
            "balance": draw(BALANCE),
            "rank": 1,
            "coupon": draw(RATE),
            "day_count": draw(st.sampled_from(["30e/360", "actual/365", "actual/360"])),
        },
        "B": {
            "balance": draw(BALANCE),
            "rank": 2,
            "coupon": draw(RATE),
            "unpaid": draw(st.sampled_from(["arrears", "capitalise"])),
        },
        "equity": {"balance": draw(BALANCE), "rank": 3, "equity": True},
    }
    if draw(st.booleans()):
        data["tranches"]["A"]["arrears_rate"] = draw(st.sampled_from(["coupon", 0.05]))
    data["fees"] = {
        "trustee": {"amount": draw(st.integers(0, 500)) / 100, "annual_cap": 6},
        "servicer": {"rate": 0.01, "of": "A.opening"},
    }
    data["accounts"] = {
        "cash": {},
        "reserve": {
            "initial": draw(st.integers(0, 3000)) / 100,
            "target": draw(st.sampled_from([10, {"sum": ["A.balance"], "share": 0.1}])),
            "scope": draw(st.sampled_from(["all", "interest", "legal_final"])),
        },
        "trapped": {},
    }
    data["triggers"] = dict(TRIGGERS)
    covers = {"interest": ["A"], "principal": ["A"]}
    data["supports"] = {
        "line": {
            "kind": "liquidity_facility",
            "order": 1,
            "limit": draw(st.integers(0, 50)),
            "covers": {"interest": ["A", "B"], "fees": ["trustee"]},
            "repaid": True,
            "revolving": draw(st.booleans()),
            "rate": draw(RATE),
        },
        "make_up": {
            "kind": "shortfall_make_up",
            "order": 2,
            "provider": "helper",
            "limit": draw(st.one_of(st.none(), st.integers(0, 200))),
            "covers": covers,
            "principal_at_legal_final": draw(st.booleans()),
        },
    }
    data["parties"] = {
        "payer": {},
        "helper": {"recovery_on_default": draw(st.sampled_from([0, 0.3]))},
    }
    if draw(st.booleans()):
        data["scenario"] = {"defaults": {"helper": "2025-06-01"}}
    sources = ["cash", "reserve"]
    how = draw(st.sampled_from(["sequential", "pro_rata"]))
    rule = draw(st.sampled_from(["scheduled", "turbo"]))
    both = ["trapped", "reserve", "cash"]
    data["waterfalls"] = {
        "amortizing": [
            {"do": "pay_fee", "to": ["trustee", "servicer"], "how": how},
            {"do": "repay_support", "to": "line"},
            {"do": "pay_interest", "to": ["A", "B"], "how": how, "sources": sources},
            {"do": "top_up", "to": "reserve"},
            {"do": "untrap", "to": "trapped"},
            {"do": "pay_principal", "to": ["A", "B"], "rule": rule, "how": how},
            {"do": "trap", "to": "trapped", "shares": {"coverage": 0.5}},
            {"do": "release", "to": "reserve"},
            {"do": "pay_residual", "to": "equity"},
        ],
        "accelerated": [
            {"do": "pay_fee", "to": "trustee"},
            {"do": "pay_interest", "to": "A", "sources": sources},
            {"do": "pay_principal", "to": "A"},
            {"do": "repay_support", "to": "line"},
            {"do": "pay_interest", "to": "B"},
            {"do": "pay_principal", "to": "B", "limit": {"available_share": 0.5}},
            {"do": "pay_fee", "to": ["servicer", "trustee"]},
            {"do": "pay_residual", "to": "equity"},
        ],
        "post_eod": [
            {"do": "pay_interest", "to": "A", "sources": both},
            {"do": "pay_principal", "to": "A", "sources": both},
            {"do": "pay_interest", "to": "B"},
            {"do": "pay_principal", "to": "B"},
            {"do": "repay_support", "to": "line"},
            {"do": "pay_fee", "to": ["trustee", "servicer"]},
            {"do": "pay_residual", "to": "equity"},
        ],
    }
    return data


def _paid_to(run: DealRun, party: str) -> int:
    return sum(p.cash for p in run.journal if p.target == party)


@settings(max_examples=500, deadline=None)
@given(deals())
def test_the_laws_hold_in_every_run(data: dict[str, Any]) -> None:
    run = run_of(data)  # the machine asserts its invariants in every period
    assert run.balanced
    names = set(run.deal.accounts)
    into = sum(p.cash for p in run.journal if p.target in names and p.source not in names)
    out = sum(p.cash for p in run.journal if p.source in names and p.target not in names)
    opening = sum(round(float(a.initial) * 100) for a in run.deal.accounts.values())
    assert opening + into - out == sum(run.left_over.values())
    for tranche in run.tranches:
        total = tranche.interest_paid + tranche.principal_paid + tranche.residual
        assert total == _paid_to(run, f"holders of {tranche.name}")
        assert tranche.interest_due == (
            tranche.interest_paid + tranche.interest_unpaid + tranche.capitalised
        )
        assert (
            tranche.balance + tranche.capitalised
            == tranche.principal_paid + tranche.principal_unpaid + tranche.written_down
        )
        assert min(tranche.principal_unpaid, tranche.interest_unpaid, total) >= 0
    for period in run.periods:
        for line in period.lines:
            assert line.available_after == line.available_before - line.paid
            assert 0 <= line.paid <= line.limit


def _reversed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _reversed(value[key]) for key in reversed(list(value))}
    return value


@settings(max_examples=80, deadline=None)
@given(deals())
def test_the_order_of_entities_in_the_file_does_not_matter(data: dict[str, Any]) -> None:
    first, second = run_of(data), run_of(_reversed(data))
    assert first.periods == second.periods
    assert first.tranches == second.tranches
    assert first.journal == second.journal


@settings(max_examples=80, deadline=None)
@given(deals(), st.integers(1, 20_000))
def test_more_cash_never_lowers_a_senior_payment_at_once(data: dict[str, Any], more: int) -> None:
    receivable = data["pool"]["receivables"]["cash"]
    flows = receivable["flows"]
    first = {**flows[0], "interest": flows[0].get("interest", 0.0) + more / 100}
    data["triggers"].pop("thin")
    data["waterfalls"].pop("accelerated")
    richer = {
        **data,
        "pool": {
            **data["pool"],
            "receivables": {"cash": {**receivable, "flows": [first, *flows[1:]]}},
        },
    }
    poor, rich = run_of(data).periods[0], run_of(richer).periods[0]
    if poor.triggers["coverage"].tripped != rich.triggers["coverage"].tripped:
        return
    low, high = poor.notes["A"], rich.notes["A"]
    assert high.interest_paid >= low.interest_paid
    if data["waterfalls"]["amortizing"][5].get("how") == "sequential":
        assert high.principal_paid >= low.principal_paid


@settings(max_examples=25, deadline=None)
@given(deals())
def test_machine_code_gives_the_same_whole_numbers(data: dict[str, Any]) -> None:
    deal = deal_from(data)
    plain, compiled = run_deal(deal), run_deal(deal, use_compiled=True)
    assert plain.periods == compiled.periods
    assert plain.journal == compiled.journal
