"""Loans under watch, and the back-test of valuers."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ipfinance.app import watch_file
from ipfinance.basics import InputError, Language, MoneyUnit, Text
from ipfinance.bootstrap import LocalCreditFiles, LocalRenderer
from ipfinance.credit import (
    Appraisal,
    Comparator,
    Covenant,
    EventKind,
    LegalEvent,
    Level,
    Observation,
    Revaluation,
    WatchCase,
    WatchedLoan,
    WatchRules,
    backtest,
    watch,
)
from ipfinance.reports import watch_report
from tests.cli.command import invoke

TODAY = date(2026, 6, 30)
RULES = {
    "revaluation_months": 12,
    "call_ltv": 0.6,
    "restore_ltv": 0.5,
    "value_fall": 0.2,
    "coefficient_fall": 0.05,
}


def _loan(**changes: Any) -> WatchedLoan:
    given_: dict[str, Any] = {
        "id": "a",
        "borrower": "f",
        "balance": 5_000,
        "valued_on": date(2025, 6, 30),
        "value": 10_000,
        "coefficient": 0.8,
    }
    return WatchedLoan(**{**given_, **changes})


def _case(loan: WatchedLoan | None = None, **changes: Any) -> WatchCase:
    given_: dict[str, Any] = {
        "id": "w",
        "title": Text("", ""),
        "status": "illustrative",
        "unit": MoneyUnit(1, "CNY"),
        "dated_on": TODAY,
        "rules": WatchRules(**RULES),  # type: ignore[arg-type]
        "loans": (loan or _loan(),),
    }
    return WatchCase(**{**given_, **changes})


def _texts(case: WatchCase) -> list[tuple[Level, str]]:
    return [(alert.level, alert.text.en) for alert in watch(case).alerts]


def test_margin_call_restores_the_ratio_to_the_cent() -> None:
    later = Revaluation(loan="a", dated_on=date(2026, 5, 1), value=7_777)
    (each,) = watch(_case(revaluations=(later,))).loans
    assert each.ltv == pytest.approx(5_000 / 7_777)
    assert each.call == 5_000 - 3_888
    assert (5_000 - each.call) / 7_777 <= 0.5 < (5_000 - each.call + 1) / 7_777
    assert 5_000 / (7_777 + each.more_value) <= 0.5
    assert each.more_value == 2_223
    gone = Revaluation(loan="a", dated_on=date(2026, 5, 1), value=0)
    (each,) = watch(_case(revaluations=(gone,))).loans
    assert (each.ltv, each.call, each.drift_a_year) == (None, 5_000, None)
    assert watch(_case()).called == 0


@given(balance=st.integers(1, 10**9), value=st.integers(1, 10**9))
def test_a_call_is_the_least_that_restores(balance: int, value: int) -> None:
    (each,) = watch(_case(_loan(balance=balance, value=value))).loans
    if each.ltv is not None and each.ltv >= 0.6:
        assert 2 * (balance - each.call) <= value < 2 * (balance - each.call + 1)
        assert 2 * balance <= value + each.more_value
    else:
        assert each.call == each.more_value == 0


def test_drift_of_value_and_coefficient() -> None:
    later = (
        Revaluation(loan="a", dated_on=date(2026, 6, 29), value=7_900, coefficient=0.74),
        Revaluation(loan="a", dated_on=date(2025, 12, 1), value=9_000, coefficient=0.79),
        Revaluation(loan="a", dated_on=date(2026, 7, 1), value=1, coefficient=0.1),
    )
    (each,) = watch(_case(_loan(balance=100), revaluations=later)).loans
    assert (each.value, each.valued_on) == (7_900, date(2026, 6, 29))  # tomorrow is not known
    assert each.drift == pytest.approx(-0.21)
    assert each.drift_a_year == pytest.approx(0.79 ** (365.25 / 364) - 1)
    assert each.coefficient_drift == pytest.approx(-0.06)
    levels = [level for level, _ in _texts(_case(_loan(balance=100), revaluations=later))]
    assert levels == [Level.WATCH, Level.WATCH]
    assert each.next_valuation == date(2027, 6, 29)


def test_dates_are_announced_and_missed() -> None:
    loan = _loan(
        balance=100,
        valued_on=date(2025, 7, 15),
        matures_on=date(2028, 1, 1),
        expires_on=date(2027, 12, 31),
        fee_due_on=date(2026, 7, 1),
    )
    assert _texts(_case(loan)) == [
        (Level.ACT, "protection ends on 2027-12-31, before the loan on 2028-01-01"),
        (Level.PLAN, "valuation due on 2026-07-15"),
        (Level.PLAN, "fee due on 2026-07-01"),
    ]
    late = _loan(balance=100, valued_on=date(2025, 6, 29), fee_due_on=date(2026, 6, 29))
    assert _texts(_case(late)) == [
        (Level.ACT, "fee unpaid since 2026-06-29"),
        (Level.WATCH, "valuation overdue since 2026-06-29"),
    ]


def test_events_keep_their_urgency_and_fade() -> None:
    rules = WatchRules(**RULES, events={EventKind.LAPSE: Level.ACT})  # type: ignore[arg-type]
    events = (
        LegalEvent(loan="a", dated_on=date(2026, 1, 1), kind=EventKind.LITIGATION, note="n"),
        LegalEvent(loan="a", dated_on=date(2026, 2, 1), kind=EventKind.LAPSE),
        LegalEvent(loan="a", dated_on=date(2025, 6, 29), kind=EventKind.LAPSE),
        LegalEvent(loan="a", dated_on=date(2026, 7, 1), kind=EventKind.LAPSE),
    )
    loan = _loan(balance=100, valued_on=date(2026, 1, 1))
    assert _texts(_case(loan, rules=rules, events=events)) == [
        (Level.ACT, "2026-02-01: the right lapsed"),
        (Level.WATCH, "2026-01-01: litigation begun (n)"),
    ]


def test_covenants_count_breaches_in_a_row() -> None:
    at_least = Covenant(metric="dscr", comparator=Comparator.AT_LEAST, threshold=1.2, consecutive=2)
    at_most = Covenant(metric="debt", comparator=Comparator.AT_MOST, threshold=3)

    def seen(*values: float, metric: str = "dscr") -> tuple[Observation, ...]:
        return tuple(
            Observation(loan="a", dated_on=date(2026, 1 + n, 1), metric=metric, value=value)
            for n, value in enumerate(values)
        )

    def broken(*values: float) -> list[tuple[int, bool]]:
        case = _case(covenants=(at_least,), observations=seen(*values))
        return [(test.breaches, test.broken) for test in watch(case).tests]

    assert broken(1.0, 1.3, 1.1) == [(1, False)]
    assert broken(1.3, 1.1, 1.1) == [(2, True)]
    assert broken(1.1, 1.2) == [(0, False)]
    case = _case(covenants=(at_most, at_least), observations=seen(4.0, metric="debt"))
    (test,) = watch(case).tests
    assert test.broken
    assert (Level.ACT, "covenant debt: 4 on 2026-01-01, 1 of 1 breaches in a row") in _texts(case)


def test_a_back_test_agrees_with_scipy() -> None:
    rng = np.random.default_rng(4)
    errors = {"x": rng.normal(-0.2, 0.1, 9), "y": rng.normal(0.0, 0.1, 7), "z": np.array([0.1])}
    cases = [
        Appraisal(
            valuer=name, appraised=100.0, outcome=100.0 * math.exp(e) * 1.1, expected_move=1.1
        )
        for name, each in errors.items()
        for e in each.tolist()
    ]
    found = {record.valuer: record for record in backtest(cases)}
    for name in ("x", "y"):
        test = stats.ttest_1samp(errors[name], 0.0)
        low, high = test.confidence_interval(0.95)
        record = found[name]
        assert record.p_value == pytest.approx(test.pvalue)
        assert (record.low, record.high) == pytest.approx((math.expm1(low), math.expm1(high)))
        exact = stats.binomtest(int(np.sum(errors[name] < 0)), len(errors[name])).proportion_ci()
        assert (record.too_high_low, record.too_high_high) == pytest.approx((exact.low, exact.high))
    p = {name: found[name].p_value for name in ("x", "y")}
    assert p["x"] is not None
    assert found["x"].adjusted == pytest.approx(2 * p["x"])
    assert found["y"].adjusted == pytest.approx(p["y"])
    assert (found["z"].p_value, found["z"].low, found["z"].spread) == (None, None, None)


def test_back_test_at_the_edges() -> None:
    same = [Appraisal(valuer="v", appraised=100.0, outcome=80.0) for _ in range(3)]
    (record,) = backtest(same)
    assert (record.p_value, record.too_high_high) == (0.0, 1.0)
    assert record.bias == pytest.approx(-0.2)
    exact = [Appraisal(valuer="v", appraised=100.0, outcome=100.0) for _ in range(3)]
    (record,) = backtest(exact)
    assert (record.p_value, record.too_high, record.too_high_low) == (1.0, 0.0, 0.0)
    assert backtest([]) == ()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert invoke(["new", "watch"], tmp_path).code == 0
    return tmp_path


def test_command_and_reports(folder: Path) -> None:
    done = invoke(["pledge", "monitor", "watch.yaml", "--json", "--report", "w.html"], folder)
    assert done.code == 0, done.stderr
    found = done.json()
    assert found["called"] == (300 - 235 + 500 - 380) * 1_000_000
    assert [record["valuer"] for record in found["valuers"]] == ["V-A", "V-B", "V-C"]
    codes = {item["code"] for item in found["findings"]}
    assert codes == {"valuer_biased", "valuer_few_outcomes", "valuer_interval_narrow"}
    later = invoke(["pledge", "monitor", "watch.yaml", "--json", "--on", "2027-06-30"], folder)
    assert later.json()["dated_on"] == "2027-06-30"
    assert len(later.json()["alerts"]) != len(found["alerts"])
    case = watch_file(LocalCreditFiles(), folder / "watch.yaml")
    for language, word in ((Language.ENGLISH, "Margin called"), (Language.CHINESE, "应办事项")):
        assert word in LocalRenderer().text(watch_report(case, language), whole=True)
    (folder / "watch.yaml").write_text(
        "\n".join(
            line
            for line in (folder / "watch.yaml").read_text("utf-8").splitlines()
            if not line.startswith(("valuations:", "events:", "observations:", "outcomes:"))
        ),
        "utf-8",
    )
    plain = invoke(["pledge", "monitor", "watch.yaml"], folder)
    assert plain.code == 0
    assert "How the valuers fared" not in plain.stdout


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("watched-loans.csv", "W02,F002,300", "W01,F002,300", "row 2 already"),
        ("watched-loans.csv", "W02,F002,300", "W02,F002,-3", "above 0"),
        ("watched-loans.csv", "2025-09-01", "0001-09-01", "year from 1900"),
        ("watched-loans.csv", "W02,F002,300", "W02,F002,", "required"),
        ("legal-events.csv", "litigation,settled", "war,settled", "expected one of: lapse"),
        ("legal-events.csv", "W02,2026-05-11", "W99,2026-05-11", "no such loan"),
        ("later-valuations.csv", "2026-03-10", "2026-13-10", "later-valuations.csv"),
        ("outcomes.csv", "V-A,520,371", "V-A,520,0", "above 0"),
        ("watch.yaml", "restore_ltv: 0.5 ", "restore_ltv: 0.7 ", "at most call_ltv"),
        ("watch.yaml", "currency: CNY", "currency: QQQ", "ISO 4217"),
    ],
)
def test_bad_tables(folder: Path, file: str, old: str, new: str, says: str) -> None:
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(InputError, match=says):
        watch_file(LocalCreditFiles(), folder / "watch.yaml")
