"""A book of pledge loans: exact losses, support, stages, stress, bits, bad rows."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import ipfinance as ip
from ipfinance.app import book_file
from ipfinance.basics import InputError, Language, MoneyUnit, Text
from ipfinance.bootstrap import LocalCreditFiles, LocalRenderer
from ipfinance.credit import (
    BookCase,
    BookModel,
    LossSharingStack,
    MacroScenario,
    Provider,
    ProviderKind,
    SaleTerms,
    StageRules,
    Stress,
    book_loans,
    book_result,
    expected_losses,
    provisions,
    shared_by_weights,
    stage_of,
    stressed_case,
)
from ipfinance.market import Table, TextColumn
from ipfinance.reports import book_report
from tests.cli.command import invoke

UNIT = MoneyUnit(10_000, "CNY")
NOTHING = Text("", "")


def _table(count: int = 12, **columns: Any) -> Table:
    given: dict[str, Any] = {
        "id": TextColumn.of([f"L{n:02d}" for n in range(count)]),
        "balance": np.linspace(100, 320, count),
        "pd": np.full(count, 0.05),
        "value": np.linspace(150, 480, count),
        "sector": TextColumn.of(["a", "b"] * (count // 2)),
    }
    return Table.of({**given, **columns})


def _case(table: Table | None = None, **changes: Any) -> BookCase:
    given: dict[str, Any] = {
        "id": "book",
        "title": NOTHING,
        "status": "illustrative",
        "unit": UNIT,
        "dated_on": date(2026, 6, 30),
        "loans": book_loans(table or _table(), UNIT, {"volatility": 0.4, "ruin_hazard": 0.05}),
        "sale": SaleTerms(haircut=0.4, cost=0.05, months=9, rate=0.06),
        "model": BookModel(common=0.4, sector=0.3),
        "stages": StageRules(pd_multiple=2.0, stage_2_days=30, stage_3_days=90),
        "scenarios": 20_000,
        "stress_scenarios": 2_000,
    }
    return BookCase(**{**given, **changes})


def test_simulation_meets_the_exact_losses_of_a_small_book() -> None:
    found = book_result(_case(scenarios=60_000)).exact
    assert found is not None
    exact, drawn = found.exact, found.simulated
    assert abs(drawn.expected - exact.expected) < 3 * drawn.standard_error
    assert abs(drawn.probability - exact.probability) < 3.5 * drawn.probability_error
    for known, seen in zip(exact.tails[:2], drawn.tails[:2], strict=True):
        assert abs(seen.es - known.es) < 3.5 * seen.es_error
        assert seen.var_low <= known.var <= seen.var_high
    assert book_result(_case(model=BookModel(region=0.2), scenarios=500)).exact is None


def test_expected_loss_by_the_closed_form() -> None:
    """Independent of everything: pd x (ruin + survival x put), loan by loan."""
    case = _case(model=BookModel(), scenarios=200_000)
    years, share = 0.5, case.sale.share
    ruin = 1 - math.exp(-0.05 * (years + 0.75))
    expected = 0.0
    for owed, value in zip(case.loans.balance, case.loans.value, strict=True):
        net, spread = value * share, 0.4 * math.sqrt(years)
        d = math.log(net / owed) / spread + spread / 2
        put = owed * stats.norm.cdf(spread - d) - net * stats.norm.cdf(-d)
        expected += 0.05 * (ruin * owed + (1 - ruin) * put)
    found = book_result(case)
    assert abs(found.gross.expected - expected) < 3 * found.gross.standard_error
    assert found.defaults == pytest.approx(12 * 0.05, rel=0.02)
    assert np.sum(expected_losses(case)) * 0.05 == pytest.approx(expected, rel=1e-6)


def test_dependence_of_value_and_default_deepens_the_tail() -> None:
    apart = book_result(_case())
    tied = BookModel(common=0.4, sector=0.3, value_common=0.7, ruin_common=0.5)
    together = book_result(_case(model=tied))
    assert together.gross.expected > apart.gross.expected * 1.1
    assert together.gross.tails[1].es > apart.gross.tails[1].es * 1.1
    heavy = book_result(_case(model=BookModel(common=0.4, sector=0.3, degrees=4.0)))
    assert heavy.gross.tails[2].es > apart.gross.tails[2].es
    assert heavy.exact is None
    student = book_result(_case(model=BookModel(common=0.4, degrees=4.0))).exact
    assert student is not None
    gap = abs(student.simulated.expected - student.exact.expected)
    assert gap < 3.5 * student.simulated.standard_error


def test_support_adds_up_and_runs_out() -> None:
    fund = Provider(id="fund", kind=ProviderKind.FUND, limit=20_000_000)
    plain = shared_by_weights({"fund": 40, "bank": 60})
    stack = replace(plain, providers=(fund, plain.provider("bank")))
    table = _table(scheme=TextColumn.of(["s"] * 12))
    found = book_result(_case(table, schemes={"s": stack}))
    assert found.paid["fund"] + found.net.expected == pytest.approx(found.gross.expected, rel=1e-12)
    assert found.paid["bank"] == 0  # its share stays with it
    assert 0 < found.exhausted["fund"] < 1
    assert any(each.code == "book_provider_exhausted" for each in found.findings)
    free = book_result(_case(table, schemes={"s": plain}))
    assert free.net.expected == pytest.approx(0.6 * free.gross.expected, rel=1e-5)
    alone = book_result(_case(_table()))
    assert alone.net.expected == alone.gross.expected
    failing = Provider(id="fund", kind=ProviderKind.FUND, hazard=1e9)
    gone = replace(plain, providers=(failing, plain.provider("bank")))
    lost = book_result(_case(table, schemes={"s": gone}))
    assert lost.net.expected == lost.gross.expected


def test_two_schemes_share_one_party_or_are_refused() -> None:
    table = _table(scheme=TextColumn.of(["s", "t"] * 6))
    one, two = shared_by_weights({"fund": 1, "bank": 1}), shared_by_weights({"fund": 4, "bank": 1})
    found = book_result(_case(table, schemes={"s": one, "t": two}))
    assert 0.5 < found.paid["fund"] / found.gross.expected < 0.8
    other = replace(
        two, providers=(Provider(id="fund", kind=ProviderKind.FUND, limit=5), *two.providers[:1])
    )
    with pytest.raises(InputError, match="other terms"):
        book_result(_case(table, schemes={"s": one, "t": other}))
    with pytest.raises(InputError, match="expected one of the schemes: s"):
        book_result(_case(table, schemes={"s": one}))


def test_same_bits_on_any_number_of_threads_and_in_any_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = book_result(_case(scenarios=3_000))
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert book_result(_case(scenarios=3_000)).gross == first.gross
    backwards = book_result(_case(_table().taken(np.arange(11, -1, -1)), scenarios=3_000))
    assert backwards.gross == first.gross
    smaller = _case(_table().taken(np.arange(11)), scenarios=3_000)
    assert book_result(smaller).defaults < first.defaults


def test_stages_and_provisions_by_hand() -> None:
    table = _table(
        4,
        balance=np.full(4, 100.0),
        value=np.zeros(4),
        pd=np.array([0.02, 0.02, 0.02, 0.02]),
        pd_origin=np.array([0.02, 0.01, np.nan, 0.02]),
        days_past_due=np.array([0.0, 0.0, 30.0, 95.0]),
        months=np.array([36.0, 36.0, 18.0, 36.0]),
        rate=np.full(4, 0.05),
    )
    case = _case(table, sale=SaleTerms(), model=BookModel())
    assert stage_of(case).tolist() == [1, 2, 2, 3]
    stages, total = provisions(case)
    one = 0.02 / 1.05
    three = sum(0.98**n * 0.02 / 1.05 ** (n + 1) for n in range(3))
    half = 0.02 / 1.05 + (0.98 - 0.98**1.5) / 1.05**1.5
    million = 100_000_000  # one loan in minor units
    assert [row.loans for row in stages] == [1, 2, 1]
    assert stages[0].provision == pytest.approx(one * million)
    assert stages[1].provision == pytest.approx((three + half) * million)
    assert stages[2].provision == pytest.approx(million)
    assert total == pytest.approx(sum(row.provision for row in stages))
    outlooks = (
        MacroScenario(name=NOTHING, weight=0.5),
        MacroScenario(name=NOTHING, weight=0.5, pd_multiple=2.0),
    )
    worse, _ = provisions(replace(case, macro=outlooks))
    assert worse[0].provision == pytest.approx((one + (1 - 0.98**2) / 1.05) / 2 * million)
    with pytest.raises(InputError, match="weights sum to 1"):
        book_result(replace(case, macro=outlooks[:1]))
    watched = _case(_table(watch=np.ones(12)))
    assert set(stage_of(watched).tolist()) == {2}
    codes = {each.code for each in book_result(replace(watched, scenarios=500)).findings}
    assert "book_no_origin" in codes


def test_concentration_and_limits() -> None:
    table = _table(
        group=TextColumn.of(["g"] * 3 + [None] * 9),
        valuer=TextColumn.of(["v"] * 12),
        balance=np.full(12, 100.0),
    )
    found = book_result(_case(table, limits={"group": 0.2, "sector": 0.6}, scenarios=2_000))
    by_name = {each.dimension: each for each in found.concentrations}
    assert set(by_name) == {"group", "sector", "valuer"}
    assert by_name["group"].herfindahl == pytest.approx(0.25**2 + 9 / 144)
    assert by_name["group"].over == ("g",)
    assert by_name["sector"].over == ()
    total = sum(row.expected for row in by_name["sector"].rows)
    assert total == pytest.approx(found.gross.expected)
    assert sum(row.tail for row in by_name["sector"].rows) == pytest.approx(
        found.gross.tails[1].es, rel=1e-9
    )
    codes = {each.code for each in found.findings}
    assert {"book_over_limit", "book_one_valuer"} <= codes


def test_stress_hits_where_it_says() -> None:
    table = _table(technology=TextColumn.of(["x", "y"] * 6), scheme=TextColumn.of(["s"] * 12))
    case = _case(table, schemes={"s": shared_by_weights({"fund": 1, "bank": 1})})
    stress = Stress(
        id="x",
        name=NOTHING,
        where={"technology": ("x",)},
        pd_multiple=2.0,
        value_multiple=0.5,
        ruin_multiple=3.0,
    )
    changed = stressed_case(case, stress)
    hit = np.array([True, False] * 6)
    assert changed.loans.value[hit] == pytest.approx(case.loans.value[hit] / 2)
    assert np.array_equal(changed.loans.value[~hit], case.loans.value[~hit])
    assert changed.loans.numbers["pd"][hit] == pytest.approx(1 - 0.95**2)
    stresses = (
        stress,
        Stress(id="off", name=NOTHING, limit_multiple=0.0),
        Stress(id="half", name=NOTHING, limit_multiple=0.5),
        Stress(id="bad", name=NOTHING, factor_shift=-1.5),
    )
    found = book_result(replace(case, stresses=stresses))
    worse, off, half, bad = found.stresses
    assert found.base is not None
    assert worse.gross.expected > 1.3 * found.base.gross.expected
    assert off.net.expected == off.gross.expected == found.base.gross.expected
    assert half.net == found.base.net  # nobody had a limit to halve
    assert bad.gross.expected > 1.5 * found.base.gross.expected
    for where, match in (({"colour": ("x",)}, "expected one of"), ({"sector": ("z",)}, "no loan")):
        with pytest.raises(InputError, match=match):
            book_result(replace(case, stresses=(replace(stress, where=where),)))
    limited = LossSharingStack(
        providers=(
            Provider(id="fund", kind=ProviderKind.FUND, limit=11),
            *shared_by_weights({"bank": 1}).providers,
        ),
        layers=case.schemes["s"].layers,
    )
    halved = stressed_case(replace(case, schemes={"s": limited}), stresses[2])
    assert halved.schemes["s"].provider("fund").limit == 5


def test_loadings_beyond_one_are_refused() -> None:
    for model in (
        BookModel(common=0.9, sector=0.9),
        BookModel(value_common=0.9, value_technology=0.9),
    ):
        with pytest.raises(InputError, match="at most 1"):
            book_result(_case(model=model))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert invoke(["new", "book"], tmp_path).code == 0
    return tmp_path


def test_command_and_reports(folder: Path) -> None:
    path = folder / "book.yaml"
    text = path.read_text("utf-8").replace("scenarios: 20000", "scenarios: 2000")
    path.write_text(text.replace("stress_scenarios: 5000", "stress_scenarios: 500"), "utf-8")
    done = invoke(["pledge", "book", "book.yaml", "--json", "--report", "book.html"], folder)
    assert done.code == 0, done.stderr
    found = done.json()
    assert found["loans"] == 40
    assert sum(found["paid"].values()) + found["net"]["expected"] == pytest.approx(
        found["gross"]["expected"]
    )
    assert {each["dimension"] for each in found["concentrations"]} >= {"sector", "valuer", "size"}
    assert "<svg" in (folder / "book.html").read_text("utf-8")
    result = book_file(LocalCreditFiles(), path)
    for language, word in ((Language.ENGLISH, "Provisions"), (Language.CHINESE, "压力测试")):
        assert word in LocalRenderer().text(book_report(result, language), whole=True)


def test_bad_rows_are_named_all_at_once(folder: Path) -> None:
    loans = folder / "loans.csv"
    lines = loans.read_text("utf-8").splitlines()
    cells = lines[3].split(",")
    cells[8], cells[11], cells[14] = "-5", "1.5", "1e16"
    lines[3] = ",".join(cells)
    lines[5] = lines[4].split(",")[0] + "," + lines[5].split(",", 1)[1]
    loans.write_text("\n".join(lines) + "\n", "utf-8")
    with pytest.raises(InputError) as caught:
        book_file(LocalCreditFiles(), folder / "book.yaml")
    named = {(p.field, p.line, p.file) for p in caught.value.problems}
    assert named == {
        ("balance", 4, "loans.csv"),
        ("pd", 4, "loans.csv"),
        ("value", 4, "loans.csv"),
        ("id", 6, "loans.csv"),
    }
    cells[14] = "inf"
    loans.write_text("\n".join([lines[0], ",".join(cells)]) + "\n", "utf-8")
    with pytest.raises(InputError, match="value"):
        book_file(LocalCreditFiles(), folder / "book.yaml")
    loans.write_text("id,balance\nL1,5\n", "utf-8")
    with pytest.raises(InputError, match="pd"):
        book_file(LocalCreditFiles(), folder / "book.yaml")
    loans.write_text("id,balance,pd,value\n", "utf-8")
    with pytest.raises(InputError):
        book_file(LocalCreditFiles(), folder / "book.yaml")
    loans.write_text("id,balance,pd,value\n,5,0.1,7\n", "utf-8")
    with pytest.raises(InputError, match="needs an id"):
        book_file(LocalCreditFiles(), folder / "book.yaml")


def test_faults_of_a_scheme_have_a_line(folder: Path) -> None:
    path = folder / "book.yaml"
    text = path.read_text("utf-8").replace(
        "provider: fund-zh, weight: 40", "provider: nobody, weight: 40"
    )
    path.write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        book_file(LocalCreditFiles(), path)
    (problem,) = caught.value.problems
    assert problem.field == "schemes.zhuhai.layers[0].shares[1].provider"
    assert problem.line


def test_from_python(folder: Path) -> None:
    assert invoke(["new", "case", "--example", "xtx", "xtx"], folder).code == 0
    assert invoke(["new", "pledge"], folder).code == 0
    path = folder / "book.yaml"
    text = path.read_text("utf-8").replace("scenarios: 20000", "scenarios: 500")
    path.write_text(text.replace("stress_scenarios: 5000", "stress_scenarios: 100"), "utf-8")
    loan, book = ip.assess_pledge(folder / "pledge.yaml"), ip.run_book(path)
    assert loan.outcome == "reduced"
    assert loan.data("zh")["principal"] == loan.principal
    assert "Provisions" in str(book)
    assert book.data()["loans"] == 40
    assert (
        ip.watch_loans(ip.starter("watch"), on=date(2026, 7, 1)).data()["dated_on"] == "2026-07-01"
    )
    assert "可承担" in LocalRenderer().text(ip.fund_solvency(ip.starter("fund")).document("zh"))
