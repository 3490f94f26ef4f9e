"""A whole template computed again, as a spreadsheet would, with nothing of the engine."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, getcontext
from itertools import pairwise

from ruamel.yaml import YAML

from ipfinance.securitization import run_deal
from tests.securitization.test_templates import FOLDER, template

CENT = Decimal("0.01")
DATES = [
    date(2019, 9, 11),
    *(date(2019 + (8 + 3 * k + 3) // 12, (8 + 3 * k + 3) % 12 + 1, 11) for k in range(12)),
]


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def _implied(price: Decimal, fee: Decimal, count: int) -> Decimal:
    low, high = Decimal(0), Decimal("0.1")
    for _ in range(120):
        middle = (low + high) / 2
        worth = sum(fee / (1 + middle) ** k for k in range(1, count + 1))
        low, high = (middle, high) if worth > price else (low, middle)
    return (low + high) / 2


def _collections() -> list[tuple[Decimal, Decimal]]:
    """Return interest and principal of the pool, quarter by quarter."""
    file = YAML(typ="safe").load((FOLDER / "kaide-2019.yaml").read_text("utf-8"))
    totals = [(Decimal(0), Decimal(0))] * 12
    for terms in file["pool"]["receivables"].values():
        balance, fee = Decimal(terms["lump_sum"]), _cents(Decimal(str(terms["fees"])))
        rate = _implied(balance, fee, 12)
        for k in range(12):
            interest = min(fee, _cents(balance * rate))
            principal = balance if k == 11 else min(balance, fee - interest)
            totals[k] = (totals[k][0] + fee - principal, totals[k][1] + principal)
            balance -= principal
    return totals


def test_kaide_line_by_line() -> None:
    getcontext().prec = 40
    run = run_deal(template("kaide-2019"))
    senior, subordinated = Decimal(285_950_000), Decimal(15_050_000)
    unused = Decimal(0)
    rows = zip(_collections(), pairwise(DATES), run.periods, strict=True)
    for (interest, principal), (start, end), period in rows:
        days = Decimal((end - start) // timedelta(days=1))
        coupon = _cents(senior * Decimal("0.04") * days / 365)
        cash = interest + principal
        paid_coupon = min(coupon, cash)
        cash -= paid_coupon
        unused += principal
        redeemed = min(senior, cash, unused)
        senior, unused, cash = senior - redeemed, unused - redeemed, cash - redeemed
        returned = min(cash, subordinated)
        subordinated, unused = subordinated - returned, unused - returned
        note, rest = period.notes["senior"], period.notes["subordinated"]
        assert period.pool["interest"] == interest * 100
        assert period.pool["principal"] == principal * 100
        assert note.interest_paid == paid_coupon * 100
        assert note.principal_paid == redeemed * 100
        assert note.closing == senior * 100
        assert rest.principal_paid == returned * 100
        assert rest.residual == (cash - returned) * 100
    assert senior == 0
