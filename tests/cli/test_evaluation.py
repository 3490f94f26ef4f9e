"""`ipfinance evaluate`: the commands as a user runs them, figures against other computations."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

import ipfinance as ip
from tests.cli.command import invoke
from tests.data import ROOT, fixtures
from tests.tolerances import PRINTED_4

EXAMPLE = ROOT / "examples" / "evaluation" / "evaluation.yaml"
STARTER_COMMANDS = {
    "evaluation": ["score"],
    "panel-scores": ["reliability"],
    "cohort": ["cohort", "--measure", "citations"],
    "risks": ["risks", "--horizon", "5"],
}


@pytest.mark.parametrize("kind", list(STARTER_COMMANDS))
def test_each_starter_works_at_once(tmp_path: Path, kind: str) -> None:
    (written,) = invoke(["new", kind, "--json"], tmp_path).json()["written"]
    name, *options = STARTER_COMMANDS[kind]
    for extra in ([], ["--json"], ["--lang", "zh"]):
        done = invoke(["evaluate", name, written, *options, *extra], tmp_path)
        assert done.code == 0, done.stderr
        assert done.stdout
    assert any("\u4e00" <= letter <= "\u9fff" for letter in done.stdout)


@pytest.mark.parametrize("question", ["score", "trend", "convert"])
def test_each_question_writes_a_report(tmp_path: Path, question: str) -> None:
    words = ["evaluate", question, EXAMPLE, "--report", "a.html", "--report", "a.pdf"]
    done = invoke([*words, "--lang", "zh", "--json"], tmp_path)
    assert done.code == 0, done.stderr
    answer = done.json()
    assert set(answer["assets"]) == {"BAT", "CAT"}
    html = (tmp_path / "a.html").read_text("utf-8")
    assert html.count("<svg") == 4  # two radars by date, one by asset, the trend
    assert "历次评估" in html
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")


def _run(tmp_path: Path, *words: object) -> Any:
    done = invoke(["evaluate", *words, "--json"], tmp_path)
    assert done.code == 0, done.stderr
    return done.json()


def test_scores_of_the_example_by_hand(tmp_path: Path) -> None:
    """The weights of the two experts are joined by the geometric mean, column by column."""
    answer = _run(tmp_path, "score", EXAMPLE)
    rows = [(1, 2), (0.5, 1)]  # T against M and L, then M against L is 2 in both
    t_m, t_l, m_l = (math.sqrt(rows[0][0] * rows[1][0]), math.sqrt(2 * 1), math.sqrt(2 * 2))
    parts = [(t_m * t_l) ** (1 / 3), (m_l / t_m) ** (1 / 3), (1 / (t_l * m_l)) ** (1 / 3)]
    top = [part / sum(parts) for part in parts]  # for 3 x 3 the eigenvector is this too
    bat = answer["assets"]["BAT"]
    assert bat["indicators"]["T1"]["weight"] == pytest.approx(0.5 * top[0], abs=1e-9)
    assert bat["indicators"]["M1"]["weight"] == pytest.approx(0.6 * top[1], abs=1e-9)
    t1 = ((6 + 6.5) / 2 - 1) / 8
    assert bat["indicators"]["T1"]["score"] == pytest.approx(t1)
    assert bat["indicators"]["M2"]["score"] == pytest.approx(0.4)
    assert sum(each["weight"] for each in bat["indicators"].values()) == pytest.approx(1.0)
    total = sum(each["weight"] * each["score"] for each in bat["indicators"].values())
    assert bat["score"] == pytest.approx(total)
    cat = answer["assets"]["CAT"]
    assert cat["score"] is None
    assert cat["indicators"]["T3"]["score"] is None
    assert cat["interval"][1] - cat["interval"][0] == pytest.approx(0.3 * top[0])
    premium = bat["conversions"]["premium"]["value"]
    assert premium == pytest.approx(0.06 - (total - 0.4) / 0.3 * 0.04)
    legal = bat["nodes"]["L"]["value"]
    assert bat["conversions"]["legal-premium"]["value"] == pytest.approx(0.04 * (1 - legal) ** 2)


def test_percentiles_of_the_example_by_counting(tmp_path: Path) -> None:
    lines = (EXAMPLE.parent / "patents.csv").read_text().splitlines()[1:]
    cited = [int(line.split(",")[3]) for line in lines if line.split(",")[3]]
    below, tied = sum(x < 11 for x in cited), sum(x == 11 for x in cited)
    answer = _run(tmp_path, "score", EXAMPLE)
    found = answer["assets"]["BAT"]["indicators"]["T2"]
    assert found["score"] == pytest.approx((below + tied / 2) / len(cited))
    assert found["state"] == "counted"


def test_questions_without_an_answer_say_so(tmp_path: Path) -> None:
    text = (
        "schema_version: 1\nid: x\ntitle: x\nstatus: actual\nsystem: system.yaml\n"
        "assets: [{id: A}]\noptions: {scenario: pledge}\n"
        "answers: [{asset: A, date: 2024-01-01, indicator: T1, author: E, low: 5, high: 5}]\n"
    )
    (tmp_path / "e.yaml").write_text(text)
    (tmp_path / "system.yaml").write_bytes((EXAMPLE.parent / "system.yaml").read_bytes())
    trend = invoke(["evaluate", "trend", "e.yaml", "--report", "t.html"], tmp_path).stdout
    assert "nothing to compare yet" in trend
    rules = invoke(["evaluate", "convert", "e.yaml"], tmp_path).stdout
    assert "states no rule" in rules
    assert _run(tmp_path, "convert", "e.yaml")["rules"] == []


def test_as_known_on_a_day(tmp_path: Path) -> None:
    answer = _run(tmp_path, "score", EXAMPLE, "--on", "2024-06-30")
    assert list(answer["assets"]) == ["BAT"]
    assert answer["assets"]["BAT"]["date"] == "2024-06-30"
    assert answer["assets"]["BAT"]["unknown"] == ["L1"]
    assert answer["assets"]["BAT"]["indicators"]["L1"]["state"] == "unknown"
    assert answer["ranking"] is None


def test_trend_tells_what_moved_and_why(tmp_path: Path) -> None:
    answer = _run(tmp_path, "trend", EXAMPLE)
    first, second = answer["assets"]["BAT"]["changes"]
    assert first["direction"] == second["direction"] == "rose"
    assert first["by_indicator"][0]["indicator"] == "T1"
    assert "line runs" in first["by_indicator"][0]["reasons"][0]
    (taken_back,) = answer["assets"]["CAT"]["changes"]
    assert taken_back["direction"] == "undecided"
    assert "withdrawn" in taken_back["by_indicator"][0]["reasons"][0]
    codes = {finding["code"] for finding in answer["findings"]}
    assert {
        "panel_below_its_rule",
        "panel_member_short_of_rule",
        "score_unknown_indicators",
    } <= codes


def test_conversions_name_their_author_and_what_is_charged_twice(tmp_path: Path) -> None:
    answer = _run(tmp_path, "convert", EXAMPLE)
    assert [rule["id"] for rule in answer["rules"]] == ["premium", "legal-premium"]
    assert all(rule["source"] for rule in answer["rules"])
    codes = {finding["code"] for finding in answer["findings"]}
    assert {"risk_charged_in_inputs", "risk_charged_elsewhere"} <= codes


def test_reliability_as_in_the_fixture(tmp_path: Path) -> None:
    invoke(["new", "panel-scores"], tmp_path)
    expected = fixtures()["seed001/experts.reliability"]["expected"]
    answer = _run(tmp_path, "reliability", "panel-scores.csv")
    alpha = expected["cronbach_alpha_experts_as_items"]
    assert answer["cronbach_alpha"]["alpha"] == pytest.approx(alpha)
    assert answer["kendall"]["w"] == pytest.approx(expected["kendall_W_tie_corrected"])
    weights = _run(tmp_path, "weights", "panel-scores.csv")["weights"]["entropy"]
    assert list(weights.values()) == pytest.approx(expected["entropy_weights"])


def test_reliability_warns_of_what_it_cannot_tell(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("e,a,b,c,d\nE1,1,2,3,4\nE2,2,3,4,5\nE3,9,6,4,1\n")
    codes = {f["code"] for f in _run(tmp_path, "reliability", "a.csv")["findings"]}
    assert {"panel_expert_against_the_rest", "panel_validity_not_testable"} <= codes
    (tmp_path / "b.csv").write_text("e,a,b\nE1,1,5\nE2,5,1\n")
    answer = _run(tmp_path, "reliability", "b.csv")
    assert answer["cronbach_alpha"]["alpha"] is None
    assert "panel_alpha_undefined" in {f["code"] for f in answer["findings"]}
    (tmp_path / "c.csv").write_text("e,a,b\nE1,1,5\nE2,7,1\n")
    codes = {f["code"] for f in _run(tmp_path, "reliability", "c.csv")["findings"]}
    assert {"panel_alpha_negative", "panel_concordance_by_chance"} <= codes
    for name in ("a.csv", "b.csv", "c.csv"):
        assert invoke(["evaluate", "reliability", name], tmp_path).code == 0


def test_weights_stand_beside_judged_ones(tmp_path: Path) -> None:
    invoke(["new", "panel-scores"], tmp_path)
    (tmp_path / "m.csv").write_text(
        ",P11,P12,P13,P14\nP11,1,2,3,4\nP12,,1,2,3\nP13,,,1,2\nP14,,,,1\n"
    )
    words = ["weights", "panel-scores.csv", "--matrix", "m.csv", "--method", "column"]
    answer = _run(tmp_path, *words, "--share", 0.25)
    judged, entropy = answer["judged"], answer["weights"]["entropy"]
    assert list(judged.values()) == pytest.approx([0.4658, 0.2771, 0.1611, 0.0960], abs=PRINTED_4)
    linear = answer["linear"]["entropy"]
    assert linear["P12"] == pytest.approx(0.25 * judged["P12"] + 0.75 * entropy["P12"])
    whole = sum(judged[name] * entropy[name] for name in judged)
    assert answer["product"]["entropy"]["P11"] == pytest.approx(
        judged["P11"] * entropy["P11"] / whole
    )
    shown = invoke(["evaluate", *words, "--share", 0.25], tmp_path).stdout
    assert "25% judged, the rest from data" in shown
    assert "Judged × from data" in shown
    (tmp_path / "same.csv").write_text("e,a,b\nE1,1,2\nE2,1,2\n")
    answer = _run(tmp_path, "weights", "same.csv")
    assert answer["weights"]["critic"] is None
    assert set(answer["why_not"]) == {"entropy", "critic", "variation"}
    assert "tell the items apart" in invoke(["evaluate", "weights", "same.csv"], tmp_path).stdout


def test_cohorts_leave_the_asset_itself_out(tmp_path: Path) -> None:
    invoke(["new", "cohort"], tmp_path)
    words = ["cohort", "cohort.csv", "--measure", "citations", "--by", "field,year"]
    rows = {row["id"]: row for row in _run(tmp_path, *words)["rows"]}
    assert rows["CN1"]["percentiles"]["citations"]["mid"] == pytest.approx(4 / 5)
    assert rows["CN2"]["percentiles"]["citations"]["mid"] == pytest.approx((1 + 0.5) / 5)
    claims = _run(tmp_path, "cohort", "cohort.csv", "--measure", "claims")
    assert {row["id"]: row for row in claims["rows"]}["CN5"]["percentiles"]["claims"] is None
    codes = {finding["code"] for finding in claims["findings"]}
    assert codes == {"cohort_figure_unknown", "cohort_small"}
    many = "id,n\n" + "".join(f"P{i},{i}\n" for i in range(60))
    (tmp_path / "many.csv").write_text(many)
    done = invoke(
        ["evaluate", "cohort", "many.csv", "--measure", "n", "--report", "c.html"], tmp_path
    )
    assert "20 more rows in --json" in " ".join(done.stdout.split())
    assert (tmp_path / "c.html").exists()
    (tmp_path / "one.csv").write_text("id,n\nP1,1\n")
    assert (
        _run(tmp_path, "cohort", "one.csv", "--measure", "n")["rows"][0]["percentiles"]["n"] is None
    )


def test_risks_by_hand(tmp_path: Path) -> None:
    invoke(["new", "risks"], tmp_path)
    answer = _run(tmp_path, "risks", "risks.csv", "--horizon", 5, "--rate", 0.1)
    low = 0.02 * 1 + 0.05 * 0.3 + 0.10 * 0.1 + 0.05 * 0.1
    high = 0.04 * 1 + 0.10 * 0.6 + 0.15 * 0.2 + 0.05 * 0.15
    assert answer["premium"] == pytest.approx([low, high])
    assert answer["yearly_premium"] == pytest.approx(
        [1.1 * math.expm1(low), 1.1 * math.expm1(high)]
    )
    assert answer["remaining"] == pytest.approx([math.exp(-5 * high), math.exp(-5 * low)])
    assert answer["ruin_hazard"] == pytest.approx([0.02, 0.04])
    first = answer["by_event"]["invalidated"]["first"]
    assert first[0] == pytest.approx(0.02 / 0.32 * (1 - math.exp(-1.6)))
    (tmp_path / "bare.csv").write_text(
        "id,kind,hazard_low,hazard_high,loss_low,loss_high\na,law,0,0,0,0\n"
    )
    bare = _run(tmp_path, "risks", "bare.csv", "--horizon", 5)
    assert "risk_without_source" in {finding["code"] for finding in bare["findings"]}
    assert bare["yearly_premium"] is None
    done = invoke(["evaluate", "risks", "bare.csv", "--horizon", 5, "--report", "r.pdf"], tmp_path)
    assert done.code == 0, done.stderr


def test_the_schema_of_an_evaluation(tmp_path: Path) -> None:
    schema = invoke(["schema", "evaluation"], tmp_path).json()
    jsonschema.Draft202012Validator.check_schema(schema)
    starters = ROOT / "src" / "ipfinance" / "adapters" / "files" / "starters"
    for path in (EXAMPLE, starters / "evaluation.yaml"):
        data = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
        jsonschema.validate(_plain(data), schema)


def _plain(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _plain(item) for key, item in data.items()}
    if isinstance(data, list):
        return [_plain(item) for item in data]
    return data if isinstance(data, (str, int, float, bool, type(None))) else str(data)


def test_the_python_interface(tmp_path: Path) -> None:
    found = ip.evaluate(ip.starter("evaluation"))
    assert set(found.trend()["assets"]) == {"A", "B"}
    assert found.convert("zh")["rules"]
    assert "A 涂层专利" in str(found.document("zh"))
    assert found.save(tmp_path / "e.html").exists()
    scores = {"E1": {"a": 1.0, "b": 2.0}, "E2": {"a": 2.0, "b": 4.0}}
    assert ip.reliability(scores).data()["kendall"]["w"] == pytest.approx(1.0)
    weights = ip.objective_weights(scores, {"a": 0.5, "b": 0.5}, share=0.5)
    assert weights.data()["judged"] == {"a": 0.5, "b": 0.5}
    for wrong in ({"E1": {"a": 1.0, "b": 2.0}}, {"E1": {"a": 1.0}, "E2": {"b": 1.0}}):
        with pytest.raises(ip.InputError):
            ip.reliability(wrong)
    with pytest.raises(ip.InputError):
        ip.objective_weights(scores, {"a": 1.0})
    with pytest.raises(ip.InputError):
        ip.starter("nothing")


def test_the_reading_of_a_table_is_said_in_chinese(tmp_path: Path) -> None:
    invoke(["new", "evaluation"], tmp_path)
    done = invoke(["evaluate", "convert", "evaluation.yaml", "--lang", "zh"], tmp_path)
    assert "线性插值" in done.stdout
    assert "linear" not in done.stdout
