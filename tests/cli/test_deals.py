"""The deal commands as programs and people use them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

import ipfinance as ip
from tests.cli.command import invoke

NAMES = ("interest_due", "interest_paid", "interest_unpaid", "principal_paid", "principal_unpaid")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("deals")
    assert invoke(["new", "deal"], place).code == 0
    example = ["new", "deal", "--example", "nanshan-2020", "nanshan.yaml"]
    assert invoke(example, place).code == 0
    return place


def _json(folder: Path, *words: object) -> Any:
    done = invoke(["deal", *words, "--json"], folder)
    assert done.code == 0, done.stderr
    return done.json()


def test_run_keeps_its_contract(folder: Path) -> None:
    answer = _json(folder, "run", "nanshan.yaml")
    assert answer["currency"] == "CNY"
    assert answer["exponent"] == 2
    assert answer["balanced"] is True
    for tranche in answer["tranches"]:
        assert all(type(tranche[name]) is int for name in NAMES)
        assert set(tranche) >= {"name", "wal", *NAMES}
    assert len(answer["periods"]) == 4
    for period in answer["periods"]:
        for line in period["lines"]:
            assert line["available_after"] == line["available_before"] - line["paid"]
    assert {each["field"] for each in answer["assumed"]} >= {"tranches", "parties"}


def test_simulate_keeps_its_contract(folder: Path) -> None:
    words = ("simulate", "nanshan.yaml", "--scenarios", 1500, "--seed", 4)
    one = _json(folder, *words)
    assert one == _json(folder, *words, "--workers", 3)
    for tranche in one["tranches"]:
        for name in ("expected_loss", "expected_loss_pv", "probability_of_loss"):
            assert set(tranche[name]) >= {"value", "standard_error"}
        assert set(tranche["var"]) == set(tranche["es"]) == {"0.95", "0.99", "0.999"}
    senior = next(each for each in one["tranches"] if each["name"] == "senior")
    assert 0 <= senior["expected_loss"]["value"] < 0.05
    tilted = _json(folder, *words, "--shift", -1)
    assert tilted["effective_scenarios"] < tilted["scenarios"]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "words",
    [
        ["check", "deal.yaml"],
        ["run", "deal.yaml", "--whole"],
        ["run", "nanshan.yaml", "--scenario", "everything-fails"],
        ["explain", "deal.yaml", "--period", "0", "--line", "A interest"],
        ["explain", "nanshan.yaml", "--period", "3", "--line", "senior principal",
         "--scenario", "everything-fails"],
        ["simulate", "deal.yaml", "--scenarios", "600"],
        ["price", "nanshan.yaml", "--curve", "1:0.02,3:0.03", "--on", "2020-05-01"],
        ["breakeven", "deal.yaml", "--points", "5"],
        ["size", "deal.yaml", "--at-most", "0.05", "--scenarios", "200"],
        ["size", "deal.yaml", "--at-most", "0.02", "--scenarios", "200", "--budget"],
        ["stress", "deal.yaml"],
    ],
)  # fmt: skip
def test_each_command_prints_in_both_languages(
    words: list[str], language: str, folder: Path
) -> None:
    done = invoke(["deal", *words, "--lang", language], folder)
    assert done.code == 0, done.stderr
    assert len(done.stdout.splitlines()) > 4
    assert any("\u4e00" <= letter <= "\u9fff" for letter in done.stdout) == (language == "zh")


def test_tables_agree_with_the_answer(folder: Path) -> None:
    outs = ["--out", "all.xlsx", "--out", "lines.csv", "--out", "lines.parquet"]
    answer = _json(folder, "run", "nanshan.yaml", *outs)
    lines = [line for period in answer["periods"] for line in period["lines"]]
    with (folder / "lines.csv").open(encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    assert [int(row["paid"]) for row in rows] == [line["paid"] for line in lines]
    table = pq.read_table(folder / "lines.parquet")
    assert table.column("paid").to_pylist() == [line["paid"] for line in lines]
    book = openpyxl.load_workbook(folder / "all.xlsx")
    assert {"lines", "tranches", "journal", "pool"} <= set(book.sheetnames)
    assert book["lines"].max_row == len(lines) + 1


def test_reports_are_written(folder: Path) -> None:
    words = ["deal", "run", "nanshan.yaml", "--report", "run.html", "--lang", "zh"]
    assert invoke(words, folder).code == 0
    page = (folder / "run.html").read_text("utf-8")
    assert "专项计划" in page
    words = ["deal", "simulate", "nanshan.yaml", "--scenarios", "600", "--report", "risk.html"]
    assert invoke(words, folder).code == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["run", "absent.yaml"], "there is no such file"),
        (["run", "deal.yaml", "--scenario", "x"], "expected one of: base"),
        (["run", "deal.yaml", "--out", "x.txt"], "expected a name ending in .csv"),
        (["explain", "deal.yaml", "--period", "9", "--line", "x"], "from 0 to 3"),
        (["explain", "deal.yaml", "--period", "0", "--line", "x"], "lines of this period"),
        (["simulate", "deal.yaml", "--scenarios", "0"], "expected 1 to"),
        (["simulate", "deal.yaml", "--level", "1.5"], "above 0 and below 1"),
        (["simulate", "deal.yaml", "--workers", "0"], "workers"),
        (["price", "deal.yaml", "--curve", "high"], "expected a yearly rate"),
        (["breakeven", "deal.yaml", "--tranche", "Z"], "expected a class of the deal"),
        (["size", "deal.yaml", "--at-most", "7"], "from 0 to 1"),
    ],
)
def test_bad_requests_are_refused(words: list[str], sentence: str, folder: Path) -> None:
    done = invoke(["deal", *words], folder)
    assert done.code == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("balance: 80000000", "balance: .nan", "tranches.A.balance"),
        ("balance: 80000000", "balance: 1e40", "tranches.A.balance"),
        ("balance: 80000000", "balance: -5", "tranches.A.balance"),
        ("rank: 1", "rank: true", "tranches.A.rank"),
        ("currency: CNY", "currency: XQZ", "currency"),
        ("count: 4", "count: 0", "dates.count"),
        ("calendar: cn_sse", "calendar: mars", "dates.calendar"),
        ("closing: 2026-01-15", "closing: 2026-13-15", "dates.closing"),
        ("do: top_up", "do: topup", "waterfalls.amortizing[2].do"),
        ("obligor: firm-a,", "obligor: firm-z,", "pool.receivables.loan-1.obligor"),
        ("kind: pledge_loan", "kind: pledge", "pool.receivables.loan-1.kind"),
        ("correlation: 0.15", "corelation: 0.15", "risk.corelation"),
        ("rate: 0.0005", "rate: 0.00000051", "fees.trustee.rate"),
        ("sources: [collections, reserve]", "sources: [lockbox]", "sources"),
        ("when: emissions-missed", "when: emissions", "tranches.A.coupon.steps"),
        ("state: post_eod", "state: clean_up", "waterfalls.clean_up"),
    ],
)
def test_bad_files_name_the_place(old: str, new: str, place: str, folder: Path) -> None:
    text = (folder / "deal.yaml").read_text("utf-8")
    assert old in text
    (folder / "bad.yaml").write_text(text.replace(old, new), "utf-8")
    done = invoke(["deal", "check", "bad.yaml", "--json"], folder)
    assert done.code == 2, done.stdout
    problems = done.json()["problems"]
    assert any(place in problem["field"] for problem in problems), problems
    assert all(problem["line"] for problem in problems if place in problem["field"])


def test_a_valued_case_drives_the_collateral(folder: Path) -> None:
    """The value of the case, 3.70 of 100 million, becomes the value of the pool."""
    assert invoke(["new", "case", "--example", "iqiyi", "iqiyi"], folder).code == 0
    example = ["new", "deal", "--example", "supply-chain-2018", "chain.yaml"]
    assert invoke(example, folder).code == 0
    case = invoke(["value", "iqiyi/case.yaml", "--json"], folder).json()
    answer = _json(folder, "run", "chain.yaml", "--case", "iqiyi/case.yaml")
    value = round(float(case["money"]["amount"]) * 100)
    assert {period["pool"]["value"] for period in answer["periods"]} == {value}


def test_python_gives_the_same(folder: Path) -> None:
    run = ip.run_deal(folder / "nanshan.yaml")
    assert run.data() == _json(folder, "run", "nanshan.yaml")
    assert "Nanshan" in str(run)
    risk = ip.simulate_deal(folder / "nanshan.yaml", scenarios=600)
    assert risk.data() == _json(folder, "simulate", "nanshan.yaml", "--scenarios", 600)
    with pytest.raises(ip.InputError):
        ip.example_deal("unknown")
