"""The decision on a pledge loan, as a user runs it."""

from __future__ import annotations

import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ipfinance.app import assess_pledge_file
from ipfinance.basics import InputError, Language, Text
from ipfinance.bootstrap import LocalCreditFiles, LocalFiles, LocalRenderer
from ipfinance.credit import (
    Charges,
    CollateralTerms,
    PledgeLoan,
    SubsidyScheme,
    SubsidyTier,
    borrowing_cost,
    loan_loss_ratio,
    sale_value,
)
from ipfinance.reports import pledge_report
from tests.cli.command import invoke
from tests.data import ROOT

STARTER = ROOT / "src" / "ipfinance" / "adapters" / "files" / "starters" / "pledge.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("xtx", "pledge"):
        assert invoke(["new", "case", "--example", name, name], tmp_path).code == 0
    return tmp_path


def _write(folder: Path, *changes: tuple[str, str]) -> Path:
    text = STARTER.read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path = folder / "pledge.yaml"
    path.write_text(text, "utf-8")
    return path


def _json(folder: Path, *changes: tuple[str, str]) -> Any:
    done = invoke(["pledge", "assess", _write(folder, *changes), "--json"], folder)
    assert done.code == 0, done.stderr
    return done.json()


def test_the_published_case_becomes_a_decision(folder: Path) -> None:
    """Lower end 419.2327, haircut 1 - .6 x .9, cost 5%, nine months at 6%, band 75%."""
    found = _json(folder)
    lending = 419.2327 * 0.6 * 0.9 * 0.95 * 1.06**-0.75
    assert found["lending_values"]["forced_liquidation"] == pytest.approx(lending, rel=1e-12)
    assert found["caps"]["ltv"]["amount"] == pytest.approx(0.75 * lending, rel=1e-12)
    assert found["amount"] == math.floor(0.75 * lending) == 154
    assert (found["outcome"], found["binding"], found["principal"]) == (
        "reduced",
        "ltv",
        154_000_000,
    )
    assert found["interval"] == [419.2327, 454.685]
    assert found["value"] == pytest.approx(450.65761872)
    assert [row["figure"] for row in found["negotiation"]] == [
        "lower",
        "mirror",
        "midpoint",
        "point",
        "upper",
    ]
    assert found["record"]["conditions"] == ["litigation", "term", "valuation_age"]
    assert sum(found["risk"]["borne"].values()) == pytest.approx(
        found["risk"]["gross"]["expected"], rel=1e-12
    )
    fund = found["risk"]["borne"]["fund"] / found["risk"]["gross"]["expected"]
    assert fund == pytest.approx(0.54, abs=1e-5)
    assert found["required_rate"] == pytest.approx(
        0.025
        + 0.008
        + 0.08 * (0.12 - 0.025)
        + found["risk"]["net"]["expected"] / found["risk"]["expected_balance_years"]
    )
    assert sum(p["principal"] for p in found["schedule"]) == 154_000_000


def test_negotiation_rows_by_the_closed_form(folder: Path) -> None:
    found = _json(folder)
    share = sale_value(1.0, 1 - 0.6 * 0.9, 0.05, 9, 0.06)
    terms = CollateralTerms(volatility=0.4, rate=math.log(1.025), hazard=0.05, haircut=1 - share)
    for row in found["negotiation"]:
        assert row["loan"] == pytest.approx(0.75 * share * row["value"])
        due = row["loan"] * (1 + 0.0435 * 2)
        assert row["loss_ratio"] == pytest.approx(loan_loss_ratio(419.2327, due, 2.0, terms))


def test_explanation_recomputes_and_names_every_leaf(folder: Path) -> None:
    path = _write(folder)
    found = assess_pledge_file(LocalFiles(), LocalCreditFiles(), path)
    tree = found.amount
    assert tree.recomputed({}) == tree.value
    for node in tree.walk():
        assert node.children or (node.source is not None and node.source.path)
    paths = set(tree.leaves())
    assert {"policy.ltv_bands", "policy.bases.forced_liquidation.haircut", "loan.amount"} <= paths
    moved = tree.recomputed({"policy.bases.forced_liquidation.haircut": 0.5})
    again = _json(folder, ("haircut: 0.4", "haircut: 0.5"))
    assert moved == again["amount"]
    moved = tree.recomputed({"policy.loss_target": 0.004})
    assert moved == _json(folder, ("loss_target: 0.01", "loss_target: 0.004"))["amount"] < 154
    riskier = {"borrower.default": 0.2, "collateral.loadings.borrower": 0.6}
    assert tree.recomputed(riskier) == 0.0  # ruin alone costs more than the target allows
    assert tree.recomputed({"borrower.default": 0.001, "policy.ltv_bands": 1.0}) == 205.0
    price = found.required_rate
    assert price is not None
    assert price.recomputed({"policy.pricing.funding_rate": 0.035}) == pytest.approx(
        price.number + 0.01 - 0.08 * 0.01
    )


INVALID = ("validity: {holds: true", "validity: {holds: false")
SISTER = [
    ("  name: XTX Technology\n", "  name: XTX\n  group: g\n"),
    ("kind: insurer,", "kind: insurer, group: g,"),
]


@pytest.mark.parametrize(
    ("changes", "outcome", "code"),
    [
        ([("amount: 225", "amount: 120")], "approved", "pledge_check_condition"),
        ([("role: head office\n  exc", "role: branch\n  exc")], "referred", ""),
        ([INVALID], "declined", "pledge_check_failed"),
        ([("fees_paid_until: 2027", "fees_paid_until: 2025")], "declined", "pledge_check_failed"),
        ([("# expires_on: 2035", "expires_on: 2029")], "declined", "pledge_check_failed"),
        ([("# valued_on: 2026-05-31", "valued_on: 2024-05-31")], "declined", "pledge_check_failed"),
        ([("smallest_loan: 10", "smallest_loan: 400")], "declined", ""),
        ([("    - {grade: B, ltv: 0.75}\n", "")], "declined", "pledge_no_ltv_band"),
        ([("rate: 0.0435", "rate: 0.02")], "reduced", "pledge_rate_below_required"),
        (SISTER, "reduced", "pledge_wrong_way_support"),
    ],
)  # fmt: skip
def test_outcomes(folder: Path, changes: list[tuple[str, str]], outcome: str, code: str) -> None:
    found = _json(folder, *changes)
    assert found["outcome"] == outcome
    codes = {item["code"] for item in found["findings"]}
    assert not code or code in codes
    assert (found["principal"] == 0) == (outcome == "declined")


def test_an_exception_sets_a_rule_aside_and_is_recorded(folder: Path) -> None:
    waiver = "exceptions: [{rule: ltv, reason: strong cash flow, approver: board}]"
    found = _json(folder, ("exceptions: []", waiver))
    assert found["binding"] == "loss_target"
    assert found["amount"] == 159
    assert found["caps"]["ltv"]["waived"]
    assert any(item["code"] == "pledge_exception" for item in found["findings"])
    failed = ("validity: {holds: true", "validity: {holds: false")
    waived = ("exceptions: []", "exceptions: [{rule: validity, reason: r, approver: b}]")
    assert _json(folder, failed, waived)["outcome"] == "reduced"


def test_a_case_with_incomes_ages_by_itself(folder: Path) -> None:
    profile = STARTER.read_text("utf-8").split("  profile:")[1].split("  loadings:")[0]
    changes = [
        ("valuation: xtx/case.yaml", "valuation: pledge/case.yaml"),
        ("  profile:" + profile, ""),
        ("lend_against: lower", "lend_against: mirror"),
    ]
    found = assess_pledge_file(LocalFiles(), LocalCreditFiles(), _write(folder, *changes))
    assert not any(item.code == "pledge_value_does_not_age" for item in found.findings)
    assert found.amount.recomputed({}) == found.amount.value
    with_xtx = _json(folder, ("  profile:" + profile, ""))
    assert any(i["code"] == "pledge_value_does_not_age" for i in with_xtx["findings"])


@pytest.mark.parametrize("figure", ["midpoint", "point", "upper"])
def test_each_figure_can_be_lent_against(folder: Path, figure: str) -> None:
    found = _json(folder, ("lend_against: lower", f"lend_against: {figure}"))
    row = next(row for row in found["negotiation"] if row["figure"] == figure)
    assert found["caps"]["ltv"]["amount"] == pytest.approx(row["loan"])


@pytest.mark.parametrize(
    "way",
    [
        "hazard: 0.02",
        "transitions: {grades: [BB, D], rows: [[0.98, 0.02], [0, 1]], years: 5}",
        "spreads: {years: [1, 3], spreads: [0.012, 0.013], recovery: 0.4, rate: 0.02}",
    ],
)
def test_every_way_to_know_a_default(folder: Path, way: str) -> None:
    text = STARTER.read_text("utf-8")
    table = "    table:" + text.split("    table:")[1].split("  other_recovery:")[0]
    found = _json(folder, (table, f"    {way}\n"))
    assert found["risk"]["default_probability"] == pytest.approx(0.04, abs=0.004)


def test_memorandum_in_both_languages(folder: Path) -> None:
    found = assess_pledge_file(LocalFiles(), LocalCreditFiles(), _write(folder))
    for language in Language:
        document = pledge_report(found, language)
        text = LocalRenderer().text(document, whole=True)
        assert "154.0000" in text
        assert len(document.sections) == 10
    zh = LocalRenderer().text(pledge_report(found, Language.CHINESE), whole=True)
    for word in ("审批结论", "强制变现价值", "协商区间", "综合成本", "放款前提条件"):
        assert word in zh
    done = invoke(["pledge", "assess", "pledge.yaml", "--report", "memo.pdf"], folder)
    assert done.code == 0
    assert (folder / "memo.pdf").read_bytes().startswith(b"%PDF")
    done = invoke(["pledge", "assess", "pledge.yaml", "--report", "memo.xlsx"], folder)
    assert done.code == 0
    book = openpyxl.load_workbook(folder / "memo.xlsx")
    cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    assert 154 in cells
    assert not any(str(value).startswith("=") for value in cells)
    plain = invoke(
        ["pledge", "assess", _write(folder, ("validity: {holds: true", "validity: {holds: false"))],
        folder,
    )
    assert "Not met: no challenge to validity" in plain.stdout


def test_all_in_cost_by_hand() -> None:
    """CNY 20m for a year at 5%, bullet; 70% on the first 10m, 50% above: 60% of the interest."""
    loan = PledgeLoan(principal=2_000_000_000, rate=Decimal("0.05"), months=12, every_months=12)
    tiers = (SubsidyTier(share=0.7, up_to=1_000_000_000), SubsidyTier(share=0.5))
    scheme = SubsidyScheme(id="s", source=Text("", ""), tiers=tiers)
    cost = borrowing_cost(loan, Charges(upfront=20_000_000, yearly_rate=0.01), scheme)
    assert (cost.interest, cost.subsidies, cost.charges) == (100_000_000, 60_000_000, 40_000_000)
    assert cost.rate_before == pytest.approx((2_000 + 100 + 20) / (2_000 - 20) - 1)
    assert cost.rate_after == pytest.approx((2_000 + 100 + 20 - 60) / (2_000 - 20) - 1)
    capped = SubsidyScheme(
        id="s",
        source=Text("", ""),
        tiers=tiers,
        yearly_cap=10_000_000,
        years=1,
        covers_charges=True,
    )
    long = PledgeLoan(principal=2_000_000_000, rate=Decimal("0.05"), months=36, every_months=3)
    assert borrowing_cost(long, Charges(), capped).subsidy_by_year == (10_000_000, 0, 0)
    assert borrowing_cost(long, Charges()).subsidies == 0
    everything = SubsidyScheme(
        id="s", source=Text("", ""), tiers=(SubsidyTier(share=1.0),), covers_charges=True
    )
    gone = borrowing_cost(loan, Charges(upfront=20_000_000), everything)
    assert gone.subsidies == 120_000_000


def test_what_the_core_refuses_has_a_line(folder: Path) -> None:
    path = _write(folder, ("grade: B\n", "grade: Z\n"), ("months: 24, every", "months: 25, every"))
    with pytest.raises(InputError) as caught:
        assess_pledge_file(LocalFiles(), LocalCreditFiles(), path)
    assert {problem.field for problem in caught.value.problems} == {
        "marketability.grade", "loan.months",
    }  # fmt: skip
    assert all(problem.line for problem in caught.value.problems)
