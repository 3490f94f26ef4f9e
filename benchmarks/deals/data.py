"""The benchmark deal: 100 loans, 72 months, 3 classes, 11 actions."""

from __future__ import annotations

LOANS, PERIODS, ACTIONS = 100, 72, 11


def deal():
    """Return the data of the deal file."""
    loans = {
        f"loan-{k:03d}": {
            "kind": "pledge_loan",
            "obligor": f"firm-{k:03d}",
            "balance": 1_000_000 + 1_000 * k,
            "rate": 0.07,
            "payments": PERIODS,
            "every_months": 1,
            "repayment": "level",
            "recovery": 0.3,
            "recovery_lag": 12,
        }
        for k in range(LOANS)
    }
    total = sum(loan["balance"] for loan in loans.values())
    senior, middle = round(total * 0.7), round(total * 0.2)
    fees = [{"do": "pay_fee", "to": "trustee"}, {"do": "pay_fee", "to": "servicer"}]
    both = ["cash", "reserve"]
    return {
        "schema_version": 1,
        "id": "benchmark",
        "title": "Benchmark deal",
        "currency": "CNY",
        "dates": {
            "closing": "2025-01-31",
            "first_payment": "2025-02-28",
            "every_months": 1,
            "count": PERIODS,
            "month_end": True,
            "calendar": "none",
        },
        "accounts": {
            "cash": {},
            "reserve": {
                "initial": round(total * 0.02),
                "target": {"sum": ["A.balance"], "share": 0.02},
            },
        },
        "collection": "cash",
        "tranches": {
            "A": {"balance": senior, "rank": 1, "coupon": 0.035},
            "B": {"balance": middle, "rank": 2, "coupon": 0.06},
            "equity": {"balance": total - senior - middle, "rank": 3, "equity": True},
        },
        "fees": {
            "trustee": {"rate": 0.0002, "of": "pool.opening"},
            "servicer": {"rate": 0.003, "of": "pool.opening"},
        },
        "parties": {f"firm-{k:03d}": {"default_probability": 0.02} for k in range(LOANS)},
        "risk": {"correlation": 0.15},
        "triggers": {
            "defaults": {
                "metric": "cumulative_default_rate",
                "above": 0.1,
                "state": "accelerated",
            }
        },
        "pool": {"cut_off": "2025-01-31", "receivables": loans},
        "waterfalls": {
            "amortizing": [
                *fees,
                {"do": "pay_interest", "to": "A", "sources": both},
                {"do": "pay_interest", "to": "B"},
                {"do": "top_up", "to": "reserve"},
                {"do": "pay_principal", "to": "A", "rule": "pass_through"},
                {"do": "pay_principal", "to": "B", "rule": "pass_through"},
                {"do": "pay_principal", "to": "A", "rule": "target_oc", "ratio": 1.3},
                {"do": "release", "to": "reserve"},
                {"do": "pay_principal", "to": "B", "rule": "scheduled"},
                {"do": "pay_residual", "to": "equity"},
            ],
            "accelerated": [
                *fees,
                {"do": "pay_interest", "to": "A"},
                {"do": "pay_principal", "to": "A"},
                {"do": "pay_interest", "to": "B"},
                {"do": "pay_principal", "to": "B"},
                {"do": "pay_residual", "to": "equity", "sources": both},
            ],
        },
    }
