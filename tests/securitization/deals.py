"""Small deals for tests, written as their files are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from ipfinance.adapters.files._deal import deal_of
from ipfinance.adapters.files._yaml import Parsed
from ipfinance.basics import payment_dates
from ipfinance.securitization import Deal, DealRun, run_deal

ROWS = [
    {"do": "pay_interest", "to": "A"},
    {"do": "pay_interest", "to": "B"},
    {"do": "pay_principal", "to": "A", "rule": "scheduled"},
    {"do": "pay_principal", "to": "B", "rule": "scheduled"},
    {"do": "pay_residual", "to": "equity"},
]
AFTER_EOD = [
    {"do": "pay_interest", "to": "A"},
    {"do": "pay_principal", "to": "A"},
    {"do": "pay_interest", "to": "B"},
    {"do": "pay_principal", "to": "B"},
    {"do": "pay_residual", "to": "equity"},
]
CASH = (0, 0, 0, 50, 50, 50, 50, 400)


def deal_from(data: dict[str, Any]) -> Deal:
    """Return a deal from plain data, through the same door as a file."""
    return deal_of(Parsed(data=data, lines={}, file="deal.yaml"))


def data_of(cash: Sequence[float] = CASH, **changes: Any) -> dict[str, Any]:
    """Return the data of a deal whose pool pays given cash on each date."""
    first = date(2025, 4, 30)
    ends = payment_dates(first, every_months=3, count=len(cash), month_end=True)
    data: dict[str, Any] = {
        "schema_version": 1,
        "id": "wf",
        "title": "WF-1",
        "currency": "CNY",
        "dates": {
            "closing": "2025-01-31",
            "first_payment": str(first),
            "every_months": 3,
            "count": len(cash),
            "month_end": True,
            "calendar": "none",
        },
        "accounts": {"cash": {}},
        "collection": "cash",
        "tranches": {
            "A": {"balance": 100, "rank": 1, "coupon": 0.08, "day_count": "30e/360"},
            "B": {"balance": 50, "rank": 2, "coupon": 0.12, "day_count": "30e/360"},
            "equity": {"balance": 0, "rank": 3, "equity": True},
        },
        "parties": {"payer": {}},
        "pool": {
            "cut_off": "2025-01-31",
            "receivables": {
                "cash": {
                    "kind": "fixed_schedule",
                    "obligor": "payer",
                    "flows": [
                        {"on": str(day), "interest": float(amount)}
                        for day, amount in zip(ends, cash, strict=True)
                    ]
                    + [{"on": str(ends[-1]), "principal": 0.01}],
                }
            },
        },
        "waterfalls": {"amortizing": ROWS},
    }
    return {**data, **changes}


def changed(data: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return a copy of data with one value replaced, by its dotted path."""
    first, _, rest = path.partition(".")
    below = data.get(first, {})
    return {**data, first: changed(below, rest, value) if rest else value}


def run_of(data: dict[str, Any]) -> DealRun:
    """Run a deal from plain data."""
    return run_deal(deal_from(data))


def paid(run: DealRun, line: str) -> list[int]:
    """Return what a line was paid, period by period; 0 where it was not served."""
    return [
        next((each.paid for each in period.lines if each.line.name == line), 0)
        for period in run.periods
    ]
