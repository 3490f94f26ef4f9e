"""Faults that other engines had, each rebuilt from its symptom, by the specification's numbers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from ipfinance.basics import (
    CalendarHorizonError,
    DayCount,
    InputError,
    MinorUnit,
    telescoped,
    year_fraction,
)
from ipfinance.bootstrap import LocalFiles
from ipfinance.numerics import bracketed_root, flat_curve, loss_distribution, one_factor
from ipfinance.securitization import (
    Costs,
    Lever,
    break_even,
    irr,
    run_deal,
    simulate,
    subsidy_of,
    tail_loss,
    tranche_price,
    weighted_average_life,
)
from tests.securitization.deals import changed, data_of, deal_from, paid, run_of


def _two(cash: list[float], rows: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    data = data_of(cash)
    data["pool"]["receivables"]["cash"]["flows"].pop()  # cash only, no fen of principal
    data["tranches"] = {
        "A": {"balance": 100, "rank": 1, "coupon": 0},
        "B": {"balance": 100, "rank": 2, "coupon": 0},
        "equity": {"balance": 0, "rank": 3, "equity": True},
    }
    data["waterfalls"] = {"amortizing": [*rows, {"do": "pay_residual", "to": "equity"}]}
    return {**data, **more}


TURBO = [{"do": "pay_principal", "to": "A"}, {"do": "pay_principal", "to": "B"}]


def test_t01_t02_shortfalls_are_paid_not_reported() -> None:
    """Unpaid interest is never shown as paid; the whole shortfall is paid when there is cash."""
    run = run_of(data_of())
    postings = [p for p in run.journal if p.target == "holders of A" and p.line == "A interest"]
    assert sum(p.cash for p in postings) == run.tranche("A").interest_paid == 1600
    assert all(p.period >= 3 for p in postings)


def test_t03_residual_principal_never_overpays() -> None:
    data = _two([120], [{"do": "pay_principal", "to": "B"}])
    data["waterfalls"]["amortizing"].insert(1, {"do": "pay_principal", "to": "A"})
    run = run_of(data)
    assert paid(run, "B principal") == [10_000]
    assert run.tranche("B").principal_unpaid == 0
    assert paid(run, "A principal") == [2_000]


@pytest.mark.parametrize(
    ("cash", "a", "b"), [(0, 0, 0), (0.01, 1, 0), (100, 10_000, 0), (130, 10_000, 3_000)]
)
def test_t04_sequential_principal_keeps_its_order(cash: float, a: int, b: int) -> None:
    run = run_of(_two([cash], TURBO))
    assert (paid(run, "A principal"), paid(run, "B principal")) == ([a], [b])


def test_t05_pro_rata_surplus_stays() -> None:
    names = ("x", "y", "z")
    data = data_of([100])
    data["pool"]["receivables"]["cash"]["flows"].pop()
    data["fees"] = {name: {"amount": 30} for name in names}
    row = {"do": "pay_fee", "to": list(names), "how": "pro_rata"}
    data["tranches"] = {
        "A": {"balance": 0, "rank": 1},
        "equity": {"balance": 0, "rank": 2, "equity": True},
    }
    rest = [{"do": "pay_principal", "to": "A"}, {"do": "pay_residual", "to": "equity"}]
    data["waterfalls"] = {"amortizing": [row, *rest]}
    run = run_of(data)
    assert [paid(run, name)[0] for name in names] == [3000, 3000, 3000]
    assert paid(run, "equity residual") == [1000]
    short = changed(data, "pool.receivables.cash.flows", [{"on": "2025-04-30", "interest": 1}])
    assert [paid(run_of(short), name)[0] for name in names] == [34, 33, 33]  # of 100 fen


def _revolving() -> dict[str, Any]:
    data = data_of([0, 0, 0, 0, 0, 0])
    data["pool"]["receivables"] = {
        "loan": {
            "kind": "pledge_loan",
            "obligor": "payer",
            "balance": 100,
            "rate": 0.08,
            "payments": 4,
            "every_months": 3,
            "repayment": "equal_principal",
        }
    }
    data["pool"]["revolving"] = {"until": "2025-07-31", "periods": 2, "rate": 0.02}
    data["tranches"] = {
        "A": {"balance": 80, "rank": 1, "coupon": 0.04},
        "equity": {"balance": 20, "rank": 2, "equity": True},
    }
    buy = {"do": "purchase", "limit": {"sum": ["total.principal_to_pay"], "at_least": 0}}
    data["waterfalls"] = {
        "revolving": [
            {"do": "pay_interest", "to": "A"},
            buy,
            {"do": "pay_residual", "to": "equity", "principal_first": False},
        ],
        "amortizing": [
            {"do": "pay_interest", "to": "A"},
            {"do": "pay_principal", "to": "A", "rule": "pass_through"},
            {"do": "pay_residual", "to": "equity"},
        ],
    }
    return data


def test_t06_two_revolving_purchases_stand_in_the_totals() -> None:
    run = run_of(_revolving())
    assert [str(p.state) for p in run.periods][:3] == ["revolving", "revolving", "amortizing"]
    assert run.periods[0].pool["purchased"] == 2500
    assert run.periods[1].pool["purchased"] == 2500 + 1250
    closing = [p.pool["closing"] for p in run.periods]
    assert closing == [10_000, 10_000, 4375, 0, 0, 0] or min(closing) >= 0
    for before, after in pairwise(run.periods):
        assert after.pool["opening"] == before.pool["closing"]
    bought = sum(p.pool["purchased"] for p in run.periods)
    repaid = sum(p.pool["principal"] for p in run.periods)
    assert repaid == 10_000 + bought
    assert run.tranche("A").principal_unpaid == 0


def test_t07_steps_of_a_floater_stop() -> None:
    data = data_of([50, 50, 50, 50])
    data["scenario"] = {"indices": {"shibor": {"2025-01-01": 0.02}}}
    steps = [{"add": 0.01, "start": day} for day in ("2025-04-30", "2025-07-31", "2025-10-31")]
    coupon = {"index": "shibor", "margin": 0.01, "steps": steps, "cap": 0.055}
    data = changed(data, "tranches.A.coupon", coupon)
    accrued = [p.notes["A"].interest_accrued for p in run_of(data).periods]
    assert accrued == [75, 100, 125, 138]  # 3 %, 4 %, 5 %, and the cap of 5.5 % on 100 a quarter


@pytest.mark.parametrize(("index", "paid_out", "received"), [(0.01, 75, 0), (0.07, 0, 75)])
def test_t08_a_swap_pays_or_receives(index: float, paid_out: int, received: int) -> None:
    data = data_of([50])
    data["hedges"] = {
        "swap": {"notional": 100, "pay": 0.04, "receive": "shibor", "day_count": "30e/360"}
    }
    data["scenario"] = {"indices": {"shibor": index}}
    data["waterfalls"]["amortizing"] = [
        {"do": "settle_hedge", "to": "swap"},
        *data["waterfalls"]["amortizing"],
    ]
    run = run_of(data)
    assert paid(run, "swap") == [paid_out]
    got = sum(p.cash for p in run.journal if p.source == "payee of swap")
    assert got == received


def test_t09_capitalised_interest_raises_the_balance() -> None:
    data = changed(data_of([0, 0, 400]), "tranches.B.unpaid", "capitalise")
    run = run_of(data)
    assert [p.notes["B"].capitalised for p in run.periods] == [150, 155, 0]
    assert [p.notes["B"].closing for p in run.periods] == [5150, 5305, 0]
    assert run.periods[2].notes["B"].interest_paid == 159


def test_t10_a_limit_by_share_of_due_leaves_the_rest_due() -> None:
    data = data_of([100])
    data["fees"] = {"trustee": {"amount": 10}}
    row = {"do": "pay_fee", "to": "trustee", "limit": {"due_share": 0.5}}
    data["waterfalls"]["amortizing"] = [row, *data["waterfalls"]["amortizing"]]
    run = run_of(data)
    assert paid(run, "trustee") == [500]
    assert run.periods[0].dues["trustee"] == 500


def test_t11_accruing_twice_changes_nothing() -> None:
    daily = [Fraction(38, 1000) * Fraction(day, 365) for day in range(1, 91)]
    parts = telescoped(daily, 1_234_567)
    assert sum(parts) == 11_568
    naive = sum(round(1_234_567 * 0.038 / 365) for _ in range(90))
    assert naive == 11_610  # what ninety separately rounded days give
    data = data_of([50, 50])
    data["waterfalls"]["amortizing"] = [{"do": "accrue"}, *data["waterfalls"]["amortizing"]]
    assert paid(run_of(data), "A interest") == paid(run_of(data_of([50, 50])), "A interest")


def _faults(data: dict[str, Any]) -> str:
    with pytest.raises(InputError) as caught:
        run_of(data)
    return "\n".join(f"{p.field}: {p.allowed.en}" for p in caught.value.problems)


def test_t12_a_state_without_a_waterfall_is_a_load_error() -> None:
    data = data_of()
    data["triggers"] = {"eod": {"metric": "unpaid_interest", "state": "post_eod"}}
    text = _faults(data)
    assert "waterfalls.post_eod" in text
    assert "eod" in text


def test_load_errors_name_their_place() -> None:
    data = data_of()
    rows = data["waterfalls"]["amortizing"]
    unpaid = _faults({**data, "waterfalls": {"amortizing": [rows[0], *rows[2:]]}})
    assert "waterfalls.amortizing: nothing here pays B interest" in unpaid
    after = _faults({**data, "waterfalls": {"amortizing": [*rows, rows[0]]}})
    assert "waterfalls.amortizing[5]: unreachable" in after
    never = _faults({**data, "waterfalls": {**data["waterfalls"], "accelerated": rows}})
    assert "waterfalls.accelerated: unreachable" in never
    circular = {**data, "amounts": {"x": {"sum": ["y"]}, "y": {"sum": ["x"]}}}
    assert "circular amount: x → y → x" in _faults(circular)
    ahead = {**rows[0], "limit": {"sum": ["B.interest_paid"]}}
    text = _faults({**data, "waterfalls": {"amortizing": [ahead, *rows[1:]]}})
    assert "waterfalls.amortizing[0].limit: circular" in text


def test_t13_an_unfitting_term_names_the_kind(tmp_path: Any) -> None:
    data = data_of()
    data["pool"]["receivables"]["cash"]["sales"] = 5
    path = tmp_path / "deal.yaml"
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        LocalFiles().deal(path)
    (problem,) = caught.value.problems
    assert problem.field == "pool.receivables.cash.sales"
    assert "flows" in problem.allowed.en


def test_t14_measures_of_nothing_are_none() -> None:
    start = date(2020, 1, 1)
    ends = [date(2021, 1, 1), date(2022, 1, 1)]
    assert weighted_average_life(start, ends, [0, 0], DayCount.THIRTY_E_360) is None
    assert weighted_average_life(start, ends, [300, 100], DayCount.THIRTY_E_360) == 1.25
    assert irr(start, ends, [0, 0], 100) is None
    assert irr(start, ends, [1, 1], 0) is None


def test_t15_a_clean_up_call_distributes_once() -> None:
    data = _revolving()
    data["pool"].pop("revolving")
    data["waterfalls"].pop("revolving")
    data["triggers"] = {
        "small": {
            "metric": "pool_factor",
            "below": 0.6,
            "state": "clean_up",
            "test": "after_collection",
        }
    }
    data["waterfalls"]["clean_up"] = [
        {"do": "sell"},
        {"do": "pay_interest", "to": "A"},
        {"do": "pay_principal", "to": "A"},
        {"do": "pay_residual", "to": "equity"},
    ]
    run = run_of(data)
    states = [str(p.state) for p in run.periods]
    assert states.count("clean_up") == 1
    sold = run.periods[states.index("clean_up")]
    assert sold.pool["repurchased"] == 5000
    assert sum(1 for p in run.journal if p.source == "originator" and p.cash == 5000) == 1
    assert run.tranche("A").principal_unpaid == 0
    assert run.tranche("equity").principal_unpaid == 0


def test_t16_an_unlimited_facility_shows_what_is_drawn() -> None:
    data = data_of([0, 0, 50, 400])
    data["supports"] = {
        "line": {
            "kind": "liquidity_facility",
            "order": 1,
            "covers": {"interest": ["A", "B"]},
            "repaid": True,
            "rate": 0.04,
            "day_count": "30e/360",
        }
    }
    data["waterfalls"]["amortizing"] = [
        {"do": "repay_support", "to": "line"},
        *data["waterfalls"]["amortizing"],
    ]
    run = run_of(data)
    drawn = [p.supports["line"].outstanding for p in run.periods]
    assert drawn[:2] == [350, 700]
    assert drawn[2] == 0
    assert paid(run, "line repayment")[2] == 700 + 4 + 7  # 1 % a quarter on what was drawn
    assert run.tranche("A").interest_unpaid == 0


def test_t17_rates_out_of_range_are_refused() -> None:
    assert "default_rate" in _faults(changed(data_of(), "scenario.default_rate", 1.5))
    assert "default_probability" in _faults(
        changed(data_of(), "parties.payer.default_probability", 1)
    )
    zero = run_of(changed(data_of([50]), "pool.valuation", {"2025-01-31": 0}))
    assert zero.balanced


def test_t18_recoveries_of_every_kind_are_collected() -> None:
    common = {"obligor": "payer", "recovery": 0.5, "recovery_lag": 3}
    kinds: dict[str, dict[str, Any]] = {
        "a": {"kind": "pledge_loan", "balance": 100, "rate": 0.05, "payments": 4},
        "b": {"kind": "licence_back", "lump_sum": 100, "fees": 30, "payments": 4},
        "c": {"kind": "lease", "cost": 100, "rate": 0.05, "payments": 4},
        "d": {"kind": "trade_receivable", "face": 100, "due": "2025-10-31"},
        "e": {"kind": "fixed_schedule", "flows": [{"on": "2025-10-31", "principal": 100}]},
    }
    for terms in kinds.values():
        data = data_of([0, 0, 0, 0])
        data["pool"]["receivables"] = {"x": {**terms, **common}}
        data["scenario"] = {"defaults": {"payer": "2025-03-01"}}
        run = run_of(data)
        defaulted = sum(p.pool["defaulted"] for p in run.periods)
        recovered = [p.pool["recovered"] for p in run.periods]
        claim = defaulted + (
            defaulted * 5 // 400 if terms["kind"] in ("pledge_loan", "lease") else 0
        )
        assert defaulted == 10_000
        assert recovered[0] == 0
        assert recovered[1] >= claim // 2
        assert recovered[1] <= 5_400


def test_t19_clean_and_accrued_make_dirty() -> None:
    run = run_of(data_of([50] * 8))
    price = tranche_price(run, "A", flat_curve(0.05), on=date(2025, 3, 15))
    assert price.accrued == pytest.approx(100 * 0.08 * 45 / 360, rel=1e-6)  # 30E/360: 45 days
    assert price.clean + price.accrued == price.dirty


def test_t20_t21_losses_stay_in_range_and_add_up() -> None:
    found = loss_distribution([0.05] * 100, [1] * 100, one_factor([0.15] * 100))
    assert np.all((found.probabilities >= 0) & (found.probabilities <= 1))
    losses = 0.7 * np.arange(101) / 100
    edges = [0.0, 0.05, 0.2, 1.0]
    total = 0.0
    for low, high in pairwise(edges):
        part = np.clip(losses - low, 0, high - low) / (high - low)
        expected = float(np.dot(part, found.probabilities))
        assert 0 <= expected <= 1
        total += (high - low) * expected
    assert total == pytest.approx(0.05 * 0.7, abs=1e-9)


def test_t22_day_counts_of_february() -> None:
    def days(start: date, end: date, rule: DayCount) -> int:
        return int(year_fraction(start, end, rule) * 360)

    us, bond = DayCount.THIRTY_360_US, DayCount.THIRTY_360_BOND_BASIS
    assert days(date(2020, 2, 28), date(2020, 3, 31), us) == 33
    assert days(date(2007, 2, 28), date(2007, 3, 31), us) == 30
    assert days(date(2008, 2, 29), date(2008, 8, 31), us) == 180
    assert days(date(2008, 2, 29), date(2008, 8, 31), bond) == 182
    assert days(date(2020, 2, 5), date(2020, 2, 29), DayCount.THIRTY_E_360_ISDA) == 25
    parts = days(date(2019, 2, 15), date(2019, 2, 28), us) + days(
        date(2019, 2, 28), date(2019, 3, 15), us
    )
    assert (parts, days(date(2019, 2, 15), date(2019, 3, 15), us)) == (28, 30)


def test_t23_dates_beyond_known_holidays_are_provisional() -> None:
    data = data_of([50] * 9)
    data["dates"]["calendar"] = "cn_sse"
    run = run_of(data)
    assert [p.period.provisional for p in run.periods][-1]
    data["dates"]["strict_calendar"] = True
    with pytest.raises(CalendarHorizonError):
        run_of(data)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("field", ["tranches.A.balance", "fees.x.rate", "scenario.recovery"])
def test_t24_numbers_that_are_not_finite_are_refused(field: str, value: str) -> None:
    data = {**data_of(), "fees": {"x": {"of": "pool.opening"}}}
    with pytest.raises(InputError):
        run_of(changed(data, field, float(value.replace("Infinity", "inf"))))


def test_t25_expected_shortfall_counts_the_atom() -> None:
    found = loss_distribution([0.1] * 100, [1] * 100, one_factor([0.2] * 100))
    losses = 0.6 * np.arange(101) / 100
    cumulated = np.cumsum(found.probabilities)
    var = float(losses[np.argmax(cumulated >= 0.999)])
    beyond = losses > var
    tail = float(np.dot(losses[beyond], found.probabilities[beyond]))
    atom = 0.001 - float(np.sum(found.probabilities[beyond]))
    assert var == pytest.approx(0.336, abs=1e-12)
    assert (tail + var * atom) / 0.001 == pytest.approx(0.371217, abs=5e-6)
    sampled = tail_loss(losses, 0.999, found.probabilities * len(losses))
    assert sampled.var == pytest.approx(0.336, abs=1e-12)
    assert sampled.es == pytest.approx(0.371217, abs=5e-6)


def test_t26_the_direction_of_postings_is_fixed() -> None:
    journal = [
        (p.period, p.line, p.source, p.target, p.cash) for p in run_of(data_of([50])).journal
    ]
    assert journal == [
        (0, "collection", "obligors", "cash", 5000),
        (0, "collection", "obligors", "cash", 1),
        (0, "A interest", "cash", "holders of A", 200),
        (0, "B interest", "cash", "holders of B", 150),
        (0, "A principal", "cash", "holders of A", 4651),
    ]


def test_break_even_without_a_single_point_says_so() -> None:
    """MONO-1 turned into a lever: a little more cash keeps the trigger from tripping."""
    data = data_of([0, 0])
    data["tranches"] = {
        "A": {"balance": 89, "rank": 1, "coupon": 0},
        "equity": {"balance": 0, "rank": 2, "equity": True},
    }
    data["pool"]["receivables"] = {
        "r": {
            "kind": "royalty",
            "obligor": "payer",
            "sales": 100,
            "payments": 2,
            "curve": [1, 0.9],
            "tiers": [{"rate": 0.55}],
        }
    }
    rows = [{"do": "pay_principal", "to": "A"}, {"do": "pay_residual", "to": "equity"}]
    data["triggers"] = {
        "low": {
            "metric": "amount",
            "numerator": "pool.interest",
            "below": 50,
            "test": "after_collection",
            "state": "accelerated",
        }
    }
    scheduled = {"do": "pay_principal", "to": "A", "rule": "scheduled"}
    data["waterfalls"] = {"amortizing": [scheduled, rows[1]], "accelerated": rows}
    found = break_even(deal_from(data), "A", Lever.SALES, most=0.3, points=31)
    assert not found.monotone
    assert found.size is None
    assert found.paid_intervals
    assert found.paid_intervals[0][0] > 0


def test_cure_amounts_are_in_closed_form() -> None:
    """N 110, D 100, r 1.2: 8.33 from interest cash, 50 from principal cash that counts in N."""
    for counts, expected in ((False, 834), (True, 5000)):
        data = data_of([90])
        data["tranches"] = {
            "A": {"balance": 100, "rank": 1, "coupon": 0},
            "equity": {"balance": 0, "rank": 2, "equity": True},
        }
        row = {
            "do": "pay_principal",
            "to": "A",
            "rule": "target_oc",
            "ratio": 1.2,
            "ratio_counts_cash": counts,
            "amount": {"fixed": 110},
        }
        data["waterfalls"] = {"amortizing": [row, {"do": "pay_residual", "to": "equity"}]}
        assert paid(run_of(data), "A principal") == [expected]


def test_step_ups_change_cash() -> None:
    """CNY 160m over 91 days: 1,515,835.62 at 3.80 % and 1,615,561.64 at 4.05 %."""
    kpi = {
        "definition": "emissions",
        "target": 1,
        "observation": "2024-12-31",
        "observed": 0.9,
        "verification_deadline": "2025-01-10",
        "step_up_start": "2025-01-31",
    }
    expected = {None: 161_556_164, "2025-01-05": 151_583_562, "2025-01-20": 161_556_164}
    for verified_on, interest in expected.items():
        data = data_of([2_000_000])
        data["dates"] = {"closing": "2025-01-31", "payments": ["2025-05-02"], "calendar": "none"}
        data["tranches"] = {
            "A": {
                "balance": 160_000_000,
                "rank": 1,
                "coupon": {"fixed": 0.038, "steps": [{"add": 0.0025, "when": "missed"}]},
            },
            "equity": {"balance": 0, "rank": 2, "equity": True},
        }
        data["kpis"] = {"co2": kpi if verified_on is None else {**kpi, "verified_on": verified_on}}
        data["triggers"] = {
            "missed": {"metric": "kpi", "event": "co2", "test": "before_collection"}
        }
        data["waterfalls"] = {
            "amortizing": [
                {"do": "pay_interest", "to": "A"},
                {"do": "pay_principal", "to": "A"},
                {"do": "pay_residual", "to": "equity"},
            ]
        }
        assert paid(run_of(data), "A interest") == [interest], verified_on


def test_subsidies_follow_their_bands() -> None:
    """70 % up to 10m, 50 % to 50m, 30 % above, on 60m at 4 %: (7 + 20 + 3) x 4 %."""
    bands = tuple(
        (Decimal(upper), Decimal(share)) for upper, share in ((10, "0.7"), (50, "0.5"), (0, "0.3"))
    )
    found = subsidy_of(Costs(subsidy_bands=bands), Decimal(60), Decimal("2.4"))
    assert found == Decimal("1.20")
    capped = Costs(subsidy_bands=bands, subsidy_cap=Decimal(1))
    assert subsidy_of(capped, Decimal(60), Decimal("2.4")) == 1


def test_same_seed_same_bits_at_any_number_of_workers() -> None:
    data = data_of([50, 50, 50, 400])
    data["parties"]["payer"]["default_probability"] = 0.2
    deal = deal_from(data)
    one = simulate(deal, scenarios=3_000, seed=11)
    many = simulate(deal, scenarios=3_000, seed=11, workers=3)
    assert np.array_equal(one.losses, many.losses)
    assert one.tranches == many.tranches
    other = replace(deal, parties={**deal.parties, "bystander": deal.parties["payer"]})
    assert np.array_equal(simulate(other, scenarios=3_000, seed=11).losses, one.losses)


def test_tilted_draws_agree_with_plain_ones() -> None:
    data = data_of([50, 50, 50, 400])
    data["parties"]["payer"] = {"default_probability": 0.02, "loading": 0.3}
    deal = deal_from(data)
    plain = simulate(deal, scenarios=40_000, seed=5).tranches[0].probability_of_loss
    tilted = simulate(deal, scenarios=20_000, seed=6, shift=-1.5).tranches[0].probability_of_loss
    gap = abs(plain.value - tilted.value)
    assert gap < 4 * np.hypot(plain.standard_error, tilted.standard_error)
    assert tilted.standard_error * np.sqrt(20_000) < plain.standard_error * np.sqrt(40_000)


def test_units_follow_the_currency() -> None:
    data = changed(data_of([50]), "currency", "JPY")
    run = run_of(data)
    assert run.unit == MinorUnit("JPY", 0)
    assert bracketed_root(lambda x: x - 0.5, 0.0, 1.0) == pytest.approx(0.5)
    assert run_deal(deal_from(data)).balanced


def test_pools_keep_their_own_rules() -> None:
    data = data_of([50, 50])
    loan = {"kind": "pledge_loan", "rate": 0.05, "payments": 2, "every_months": 3}
    data["parties"] = {
        "a": {"group": "one", "region": "north", "default_probability": 0.02},
        "b": {"group": "one", "region": "south", "default_probability": 0.09},
        "c": {"region": "north"},
    }
    data["pool"]["receivables"] = {
        "x": {**loan, "obligor": "a", "balance": 30},
        "y": {**loan, "obligor": "b", "balance": 30},
        "z": {**loan, "obligor": "c", "balance": 40},
    }
    assert run_of(data).balanced
    rules = {
        "kinds": ["pledge_loan"],
        "largest": 35,
        "most_default_probability": 0.05,
        "regions": ["north"],
        "longest_months": 12,
    }
    text = _faults(changed(data, "pool.eligibility", rules))
    assert "pool.receivables.z: not eligible by pool.eligibility.largest" in text
    assert "pool.receivables.y: not eligible by pool.eligibility.most_default_probability" in text
    assert "pool.receivables.y: not eligible by pool.eligibility.regions" in text
    limits = {"obligor": 0.35, "group": 0.5, "kind": {"pledge_loan": 0.9}}
    text = _faults(changed(data, "pool.limits", limits))
    assert "pool.limits.obligor: exceeds" in text
    assert "pool.limits.group: exceeds" in text
    assert "pool.limits.kind.pledge_loan: exceeds" in text


def test_substitution_keeps_the_balance_and_moves_no_cash() -> None:
    data = data_of([0, 0, 0, 0])
    bullet = {"kind": "pledge_loan", "obligor": "payer", "balance": 100, "rate": 0.08}
    data["pool"]["receivables"] = {
        "old": {**bullet, "payments": 4},
        "new": {**bullet, "payments": 4},
    }
    data["pool"]["substitutions"] = [{"out": "old", "into": "new", "on": "2025-07-31"}]
    run = run_of(data)
    assert [p.pool["closing"] for p in run.periods] == [10_000, 10_000, 10_000, 0]
    assert run.periods[1].pool["purchased"] == run.periods[1].pool["repurchased"] == 10_000
    assert all(p.pool["repurchase_cash"] == 0 for p in run.periods)
    assert sum(p.pool["interest"] for p in run.periods) == 800
