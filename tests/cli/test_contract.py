"""What other programs may build on: arguments, JSON, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from ipfinance.cli import COMMANDS
from tests.cli.command import invoke
from tests.data import EXAMPLES, fixtures
from tests.tolerances import LATTICE_1000, PRINTED_2, PRINTED_4

IQIYI = ["--spot", 3.7, "--strike", 3.7, "--rate", 0.2326, "--volatility", 0.2938, "--maturity", 2]
CASE2 = ["--spot", 0.2, "--strike", 0.2, "--rate", 0.1462, "--volatility", 0.485, "--maturity", 1]


def _option(folder: Path, *arguments: object) -> Any:
    done = invoke(["option", *arguments, "--json"], folder)
    assert done.code == 0, done.stderr
    return done.json()


def _value(folder: Path, name: str) -> Any:
    done = invoke(["value", EXAMPLES / name / "case.yaml", "--json"], folder)
    assert done.code == 0, done.stderr
    return done.json()


def test_xtx_point_value(tmp_path: Path) -> None:
    answer = _value(tmp_path, "xtx")
    assert answer["unit"] == "10,000 CNY"
    assert answer["currency"] == "CNY"
    assert answer["interval"] == [419.2327, 454.6850]
    assert answer["risk_adjustment_coefficient"] == 0.8864
    assert answer["value"] == pytest.approx(450.6576, abs=PRINTED_4)
    assert isinstance(answer["findings"], list)


def test_iqiyi_from_raw_inputs(tmp_path: Path) -> None:
    answer = _value(tmp_path, "iqiyi")
    assert answer["income_value"] == pytest.approx(3.70, abs=PRINTED_2)
    assert answer["value"] == pytest.approx(1.4556, abs=LATTICE_1000)
    assert answer["steps"]["closed"]["value"] == pytest.approx(1.4556, abs=PRINTED_4)
    rows = {round(row["hazard"], 4): row for row in answer["analysis"]["replication"]}
    assert rows[0.0]["value"] == pytest.approx(1.83, abs=PRINTED_2)
    assert rows[0.1611]["value"] == pytest.approx(2.66, abs=PRINTED_2)
    assert rows[0.2058]["value"] == pytest.approx(0.0, abs=PRINTED_2)
    assert rows[0.1985]["probability"] == pytest.approx(0.0794, abs=PRINTED_4)
    assert answer["analysis"]["landmarks"]["at_price"][0] * 0.4 == pytest.approx(
        0.0794, abs=PRINTED_4
    )
    invalid = [rows[hazard] for hazard in (0.0, 0.1611, 0.1985, 0.2058)]
    assert not any(row["valid"] for row in invalid)
    assert all(min(row["up"], row["middle"], row["down"]) < 0 for row in invalid)
    codes = {finding["code"] for finding in answer["findings"]}
    assert {"negative_probability", "replication_not_a_valuation"} <= codes


def test_sonoscape_from_raw_inputs(tmp_path: Path) -> None:
    answer = _value(tmp_path, "sonoscape")
    assert answer["income_value"] == pytest.approx(0.20, abs=PRINTED_2)
    rows = {round(row["hazard"], 4): row for row in answer["analysis"]["replication"]}
    assert rows[0.0]["value"] == pytest.approx(0.048, abs=5e-4)
    assert rows[0.21]["value"] == pytest.approx(0.056, abs=5e-4)


def test_pledge_case_from_raw_inputs(tmp_path: Path) -> None:
    answer = _value(tmp_path, "pledge")
    low, high = answer["interval"]
    coefficient = answer["risk_adjustment_coefficient"]
    assert low < answer["value"] < high
    assert answer["value"] == pytest.approx(low + (high - low) * coefficient, rel=1e-12)
    assert sum(answer["judgement"]["weights"].values()) == pytest.approx(1.0, abs=1e-12)
    assert (
        answer["judgement"]["indicators"]["P12"]["rounds"][0]["asked_to_revise"][0]["expert"]
        == "E4"
    )
    codes = {finding["code"] for finding in answer["findings"]}
    assert "illustrative_inputs" in codes


def test_replication_shows_four_probabilities_and_is_invalid(tmp_path: Path) -> None:
    answer = _option(tmp_path, "--model", "zhou2022", *IQIYI, "--steps", 5, "--hazard", 0.1611)
    assert answer["value"] == pytest.approx(2.66, abs=PRINTED_2)
    assert answer["valid"] is False
    assert set(answer["probabilities"]) == {"up", "middle", "down", "ruin"}
    assert sum(answer["probabilities"].values()) == pytest.approx(1.0, abs=1e-12)
    assert {finding["code"] for finding in answer["findings"]} >= {"negative_probability"}


def test_replication_needs_no_hazard_kind(tmp_path: Path) -> None:
    for extra in ([], ["--hazard-kind", "traded"]):
        answer = _option(
            tmp_path, "--model", "zhou2022", *CASE2, "--steps", 4, "--hazard", 0.05, *extra
        )
        assert answer["valid"] is True
        assert answer["value"] == pytest.approx(0.0525, abs=PRINTED_4)


@pytest.mark.parametrize("kind", ["traded", "unpriced"])
def test_lattice_against_closed_form(tmp_path: Path, kind: str) -> None:
    terms = [*IQIYI, "--hazard", 0.1611, "--hazard-kind", kind]
    lattice = _option(tmp_path, *terms, "--steps", 1000)
    closed = _option(tmp_path, "--model", "closed-form", *terms)
    assert lattice["value"] == pytest.approx(closed["value"], abs=LATTICE_1000)
    three = [lattice["probabilities"][name] for name in ("up", "middle", "down")]
    assert sum(three) == pytest.approx(1.0, abs=1e-12)
    assert 0 < lattice["probabilities"]["ruin"] < 1
    assert closed["probabilities"] is None
    section = "compensated" if kind == "traded" else "uncompensated"
    expected = fixtures()[f"seed002/case1.{section}"]["expected"]["0.1611"]
    assert closed["value"] == pytest.approx(expected, abs=1e-9)


def test_no_risk_needs_no_hazard_kind(tmp_path: Path) -> None:
    answer = _option(tmp_path, *IQIYI)
    assert answer["value"] == pytest.approx(1.4556, abs=LATTICE_1000)
    assert answer["probabilities"]["ruin"] == 0


def test_american_call_with_a_yield(tmp_path: Path) -> None:
    terms = ["--spot", 100, "--strike", 90, "--rate", 0.04, "--volatility", 0.35]
    terms += ["--maturity", 20, "--yield", 0.05, "--exercise", "american"]
    expected = fixtures()["methods/option.deferral_american"]["expected"]
    lattice = _option(tmp_path, *terms, "--steps", 3000)
    integral = _option(tmp_path, "--model", "integral", *terms)
    assert integral["value"] == pytest.approx(expected["american_call_no_hazard"], rel=3e-4)
    assert lattice["value"] == pytest.approx(expected["american_call_no_hazard"], rel=3e-4)


def test_sweep_keeps_every_row(tmp_path: Path) -> None:
    answer = _option(tmp_path, *IQIYI, "--hazard-kind", "traded", "--sweep", "0:0.2:5")
    assert [row["hazard"] for row in answer["rows"]] == pytest.approx([0, 0.05, 0.1, 0.15, 0.2])
    values = [row["value"] for row in answer["rows"]]
    assert values == sorted(values)


def test_ahp_by_column(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text(",C1,C2,C3\nC1,1,2,3\nC2,1/2,1,2\nC3,1/3,1/2,1\n")
    done = invoke(["ahp", "m.csv", "--method", "column", "--json"], tmp_path)
    assert done.code == 0
    answer = done.json()
    assert list(answer["weights"]) == ["C1", "C2", "C3"]
    assert list(answer["weights"].values()) == pytest.approx(
        [0.5390, 0.2973, 0.1638], abs=PRINTED_4
    )
    assert answer["consistency_ratio"] == pytest.approx(0.0079, abs=PRINTED_4)
    assert answer["lambda_max"] == pytest.approx(3.00920271271, abs=1e-9)


def test_ahp_market_block(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text(
        ",P14,P12,P11,P13\nP14,1,2,3,4\nP12,,1,2,3\nP11,,,1,2\nP13,,,,1\n"
    )
    answer = invoke(["ahp", "m.csv", "--method", "column", "--json"], tmp_path).json()
    combined = [0.5390 * weight for weight in answer["weights"].values()]
    assert combined == pytest.approx([0.2511, 0.1494, 0.0868, 0.0517], abs=PRINTED_4)


def test_an_inconsistent_matrix_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text(",A,B,C\nA,1,3,1/3\nB,,1,3\nC,,,1\n")
    done = invoke(["ahp", "m.csv", "--json"], tmp_path)
    assert done.code == 0
    answer = done.json()
    assert answer["consistency_ratio"] == pytest.approx(1.14942528736, abs=1e-9)
    assert [finding["code"] for finding in answer["findings"]] == ["ahp_inconsistent"]
    assert list(answer["weights"].values()) == pytest.approx([1 / 3] * 3, abs=1e-9)


def test_rounded_thirds_are_noted(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text(",A,B\nA,1,0.33\nB,3,1\n")
    answer = invoke(["ahp", "m.csv", "--json"], tmp_path).json()
    assert answer["weights"]["B"] == pytest.approx(0.75, abs=1e-12)
    assert [finding["code"] for finding in answer["findings"]] == ["ahp_rounded_reciprocal"]


def test_set_valued_both_forms(tmp_path: Path) -> None:
    fixture = fixtures()["seed001/set_valued"]
    rows = [
        f"P11,E{i},{low},{high}" for i, (low, high) in enumerate(fixture["inputs"]["intervals"])
    ]
    (tmp_path / "a.csv").write_text("\n".join(["indicator,expert,low,high", *rows]) + "\n")
    answer = invoke(["set-valued", "a.csv", "--json"], tmp_path).json()
    found = answer["indicators"]["P11"]
    for form, expected in fixture["expected"].items():
        assert found[form]["mean"] == pytest.approx(expected["mu"], abs=1e-10)
        assert found[form]["dispersion"] == pytest.approx(expected["g"], abs=1e-10)
        assert found[form]["confidence"] == pytest.approx(expected["b"], abs=1e-10)


def test_scale_gives_the_same_statistics(tmp_path: Path) -> None:
    fixture = fixtures()["seed001/set_valued.scale_100"]
    rows = [
        f"P11,E{i},{low},{high}" for i, (low, high) in enumerate(fixture["inputs"]["intervals"])
    ]
    (tmp_path / "a.csv").write_text("\n".join(["indicator,expert,low,high", *rows]) + "\n")
    answer = invoke(["set-valued", "a.csv", "--scale", "0:100", "--json"], tmp_path).json()
    expected = fixtures()["seed001/set_valued"]["expected"]["paper"]
    assert answer["indicators"]["P11"]["paper"]["mean"] == pytest.approx(expected["mu"], abs=1e-10)
    assert "set_valued_scale_matters" in {f["code"] for f in answer["findings"]}


def test_polarity_mirrors_the_answers(tmp_path: Path) -> None:
    text = "indicator,expert,low,high,polarity\nP13,E1,0.1,0.2,-1\nP13,E2,0.1,0.4,-1\n"
    (tmp_path / "a.csv").write_text(text)
    answer = invoke(["set-valued", "a.csv", "--json"], tmp_path).json()
    assert answer["indicators"]["P13"]["width_normalised"]["mean"] == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("fixture", "code"),
    [
        ("total_ignorance", "set_valued_passes_without_agreement"),
        ("outlier_round1", "set_valued_one_expert_drives"),
        ("certain_expert_ignored", "set_valued_point_ignored"),
    ],
)
def test_each_defect_of_the_confidence_is_reported(tmp_path: Path, fixture: str, code: str) -> None:
    pairs = fixtures()[f"seed001/set_valued.{fixture}"]["inputs"]["intervals"]
    rows = [f"P1,E{i},{low},{high}" for i, (low, high) in enumerate(pairs)]
    (tmp_path / "a.csv").write_text("\n".join(["indicator,expert,low,high", *rows]) + "\n")
    answer = invoke(["set-valued", "a.csv", "--json"], tmp_path).json()
    codes = {finding["code"] for finding in answer["findings"]}
    assert {code, "set_valued_threshold_weak"} <= codes


def test_points_only_leave_one_form(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("indicator,expert,low,high\nP1,E1,0.5,0.5\nP1,E2,0.7,0.7\n")
    answer = invoke(["set-valued", "a.csv", "--json"], tmp_path).json()
    assert answer["indicators"]["P1"]["paper"] is None
    assert answer["indicators"]["P1"]["width_normalised"]["mean"] == pytest.approx(0.6)
    assert "set_valued_paper_undefined" in {f["code"] for f in answer["findings"]}


def test_below_the_threshold_someone_is_asked(tmp_path: Path) -> None:
    pairs = fixtures()["seed001/set_valued.polarised"]["inputs"]["intervals"]
    rows = [f"P1,E{i},{low},{high}" for i, (low, high) in enumerate(pairs)]
    (tmp_path / "a.csv").write_text("\n".join(["indicator,expert,low,high", *rows]) + "\n")
    answer = invoke(["set-valued", "a.csv", "--json"], tmp_path).json()
    asked = answer["indicators"]["P1"]["asked_to_revise"]
    assert [request["expert"] for request in asked] == ["E0", "E1"]
    assert all(request["distance"] < 0 for request in asked)
    text = invoke(["set-valued", "a.csv"], tmp_path).stdout
    assert "below the mean" in " ".join(text.split())


@pytest.mark.parametrize("kind", ["case", "option-case", "indicators", "matrix", "answers"])
def test_each_starter_works_at_once(tmp_path: Path, kind: str) -> None:
    done = invoke(["new", kind, "--json"], tmp_path)
    assert done.code == 0, done.stderr
    (written,) = done.json()["written"]
    command = {
        "case": "value",
        "option-case": "value",
        "indicators": "indicators",
        "matrix": "ahp",
        "answers": "set-valued",
    }[kind]
    for extra in ([], ["--json"], ["--lang", "zh"]):
        again = invoke([command, written, *extra], tmp_path)
        assert again.code == 0, again.stderr
        assert again.stdout


@pytest.mark.parametrize("example", ["xtx", "pledge", "iqiyi", "sonoscape"])
def test_an_example_can_be_copied_and_valued(tmp_path: Path, example: str) -> None:
    done = invoke(["new", "case", "--example", example, "copy"], tmp_path)
    assert done.code == 0, done.stderr
    assert invoke(["value", "copy/case.yaml", "--whole"], tmp_path).code == 0
    assert invoke(["new", "case", "--example", example, "copy"], tmp_path).code == 2
    assert invoke(["new", "case", "--example", example, "copy", "--force"], tmp_path).code == 0


@pytest.mark.parametrize("name", ["case", "indicators", "answers", "judgements"])
def test_each_schema_is_a_schema(tmp_path: Path, name: str) -> None:
    schema = invoke(["schema", name], tmp_path).json()
    jsonschema.Draft202012Validator.check_schema(schema)
    if name == "case":
        for example in EXAMPLES.iterdir():
            data = YAML(typ="safe", pure=True).load((example / "case.yaml").read_text("utf-8"))
            plain = json.loads(json.dumps(data, default=str))
            jsonschema.validate(plain, schema)


def test_a_report_is_written_whole(tmp_path: Path) -> None:
    case = EXAMPLES / "xtx" / "case.yaml"
    done = invoke(["value", case, "--report", "a.html", "--report", "a.pdf"], tmp_path)
    assert done.code == 0, done.stderr
    assert (tmp_path / "a.html").read_text("utf-8").startswith("<!doctype html>")
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "a.pdf"]


def test_a_report_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    case = EXAMPLES / "xtx" / "case.yaml"
    done = invoke(["value", case, "--report", "taken/a.html"], tmp_path)
    assert done.code == 2
    assert "a.html: cannot be written" in done.stderr


def test_demo_values_four_cases_and_writes_two_files(tmp_path: Path) -> None:
    done = invoke(["demo", "--output", "out", "--json"], tmp_path)
    assert done.code == 0, done.stderr
    answer = done.json()
    assert list(answer["cases"]) == ["xtx", "pledge", "iqiyi", "sonoscape"]
    assert [Path(path).suffix for path in answer["reports"]] == [".html", ".pdf"]
    html = (tmp_path / answer["reports"][0]).read_text("utf-8")
    assert "XTX Technology" in html
    assert "奇艺世纪" in html


def test_demo_prints_tables(tmp_path: Path) -> None:
    done = invoke(["demo", "--output", "out"], tmp_path)
    assert done.code == 0
    for words in ("450.6576", "Negotiation sheet", "Replication of the article's tree", "3.7035"):
        assert words in done.stdout


def test_an_accepted_inconsistency_is_valued_and_told(tmp_path: Path) -> None:
    invoke(["new", "case", "--example", "pledge", "."], tmp_path)
    judgements = tmp_path / "judgements.csv"
    text = judgements.read_text("utf-8")
    for expert in range(1, 6):
        lines = [
            line if not line.startswith(f"root,E{expert},C1,C3") else f"root,E{expert},C1,C3,1/9"
            for line in text.splitlines()
        ]
        text = "\n".join(lines) + "\n"
    judgements.write_text(text)
    assert invoke(["value", "case.yaml"], tmp_path).code == 2
    case = tmp_path / "case.yaml"
    case.write_text(
        case.read_text("utf-8").replace(
            "  max_rounds: 3\n", "  max_rounds: 3\n  accept_inconsistent: {root: to show it}\n"
        )
    )
    done = invoke(["value", "case.yaml", "--json"], tmp_path)
    assert done.code == 0, done.stderr
    assert "inconsistency_accepted" in {f["code"] for f in done.json()["findings"]}


def test_help_names_every_command_and_speaks_chinese(tmp_path: Path) -> None:
    english = invoke(["--help"], tmp_path)
    chinese = invoke(["--lang", "zh", "--help"], tmp_path)
    assert english.code == chinese.code == 0
    for name in COMMANDS:
        assert name in english.stdout


_HELP_OF_ALL = """
import json, sys, click
from ipfinance.cli import command_group, use_language_of
from ipfinance.cli._groups import walk_commands
use_language_of([])
json.dump({
    name: command.get_help(click.Context(command, info_name=name))
    for name, command in walk_commands(command_group(), "")
    if not isinstance(command, click.Group)
}, sys.stdout)
"""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_command_explains_itself_in_both_languages(language: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", _HELP_OF_ALL],
        capture_output=True,
        check=True,
        env={**os.environ, "IPFINANCE_LANG": language, "PYTHONIOENCODING": "utf-8"},
    )
    helps = json.loads(run.stdout)
    assert helps
    for name, text in helps.items():
        assert "--json" in text, name
        is_chinese = any("\u4e00" <= letter <= "\u9fff" for letter in text)
        assert is_chinese == (language == "zh"), name


def test_version(tmp_path: Path) -> None:
    assert invoke(["--version"], tmp_path).stdout.startswith("ipfinance ")


def test_a_bug_shows_no_traceback_unless_asked() -> None:
    program = (
        "import sys\nfrom ipfinance import cli\n"
        "import ipfinance.cli.ahp as broken\n"
        "broken.weigh_file = lambda *a: 1 / 0\n"
        "sys.argv = ['ipfinance', *sys.argv[1:]]\ncli.main()\n"
    )
    for debug in (False, True):
        words = [*(["--debug"] if debug else []), "ahp", "m.csv"]
        run = subprocess.run(
            [sys.executable, "-c", program, *words], capture_output=True, text=True, check=False
        )
        assert run.returncode == 1
        assert ("Traceback" in run.stderr) == debug
        assert "ZeroDivisionError" in run.stderr
