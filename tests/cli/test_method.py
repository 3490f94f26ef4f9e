"""`ipfinance method`: any method from flags or a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ipfinance.cli.method import command
from ipfinance.valuation import METHODS
from tests.cli.command import invoke

ROYALTY = [
    "method",
    "relief-from-royalty",
    *("--revenue", "[100, 105, 110]"),
    *("--tax-rate", "0.25"),
    *("--discount-rate", "0.12"),
]


def test_every_method_is_a_command() -> None:
    assert set(command.texts) == {name.replace("_", "-") for name in METHODS}


def test_a_point(tmp_path: Path) -> None:
    done = invoke([*ROYALTY, "--royalty-rate", "0.04", "--timing", "end", "--json"], tmp_path)
    answer = done.json()
    flows = [revenue * 0.04 * 0.75 for revenue in (100, 105, 110)]
    value = sum(flow / 1.12 ** (year + 1) for year, flow in enumerate(flows))
    assert answer["value"] == pytest.approx(value, rel=1e-12)
    assert answer["method"] == "relief_from_royalty"
    assert "uncertainty" not in answer
    assert answer["explanation"]["children"]


def test_an_interval_and_a_distribution(tmp_path: Path) -> None:
    bounds = invoke([*ROYALTY, "--royalty-rate", "[0.03, 0.05]", "--json"], tmp_path).json()
    low, high = bounds["uncertainty"]["bounds"]
    assert low < bounds["value"] < high
    law = "{triangular: {low: 0.03, mode: 0.04, high: 0.05}}"
    chance = invoke(
        [*ROYALTY, "--royalty-rate", law, "--below", bounds["value"], "--draws", 256, "--json"],
        tmp_path,
    ).json()["uncertainty"]
    below = next(iter(chance["probability_below"].values()))
    assert below["value"] == pytest.approx(0.5, abs=0.01)
    assert 0 < chance["mean"]["standard_error"] < 0.01


def test_reports_in_both_languages(tmp_path: Path) -> None:
    for name, language in (("a.html", "en"), ("b.html", "zh")):
        done = invoke(
            [*ROYALTY, "--royalty-rate", "[0.03, 0.05]", "--report", name, "--lang", language],
            tmp_path,
        )
        assert done.code == 0, done.stderr
    english, chinese = ((tmp_path / name).read_text("utf-8") for name in ("a.html", "b.html"))
    assert "no value lies outside" in english
    assert "价值不会超出" in chinese
    assert "Year by year" in english
    assert "逐年计算" in chinese


def test_every_fault_at_once(tmp_path: Path) -> None:
    done = invoke(
        [
            *("method", "relief-from-royalty", "--revenue", "[100, x]", "--tax-rate", "1.25"),
            *("--currency", "EURO", "--draws", "100"),
        ],
        tmp_path,
    )
    assert done.code == 2
    for said in ("--revenue[1]", "--tax-rate", "--royalty-rate", "--currency", "--draws"):
        assert said in done.stderr, done.stderr
    assert done.stdout == ""


def test_a_file_and_its_lines(tmp_path: Path) -> None:
    (tmp_path / "i.yaml").write_text("sales: [100, 110]\nroyalty_rate: 0.05\n", "utf-8")
    done = invoke(["method", "lump-sum", "--inputs", "i.yaml", "--discount-rate", "0.1"], tmp_path)
    assert done.code == 0, done.stderr
    (tmp_path / "i.yaml").write_text("sales: [100]\nroyalty_rate: 5\n", "utf-8")
    done = invoke(["method", "lump-sum", "--inputs", "i.yaml", "--discount-rate", "0.1"], tmp_path)
    assert done.code == 2
    assert "i.yaml, line 2, royalty_rate" in done.stderr


def test_bounds_answer_the_chance_to_fall_below_an_amount(tmp_path: Path) -> None:
    flags = [*ROYALTY, "--royalty-rate", "[0.03, 0.05]"]
    asked = [word for amount in (5, 9, 10) for word in ("--below", amount)]
    found = invoke([*flags, *asked, "--json"], tmp_path).json()["uncertainty"]
    assert list(found["probability_below"].values()) == [[0, 0], [0, 1], [1, 1]]
    assert "chance to fall below 9" in invoke([*flags, *asked], tmp_path).stdout


def test_unknown_dependence_states_no_draws(tmp_path: Path) -> None:
    laws = [f"{{uniform: {{low: {low}, high: {low + 0.01}}}}}" for low in (0.03, 0.1)]
    flags = [*ROYALTY[:-2], "--royalty-rate", laws[0], "--discount-rate", laws[1]]
    done = invoke([*flags, "--dependence", "unknown"], tmp_path)
    assert "dependence: unknown" in done.stdout
    assert "draws" not in done.stdout


def test_every_multiple_of_an_interval_is_held_against_the_law(tmp_path: Path) -> None:
    flags = ["method", "enhanced-damages", "--base", 100, "--reading", "total"]
    law = ["--law", "cn_patent", "--decided-on", "2022-03-01", "--json"]
    for multiple, code in (("[2, 6]", "multiple_outside_law"), ("[2, 5]", "multiple_law")):
        found = invoke([*flags, "--multiple", multiple, *law], tmp_path).json()["findings"]
        assert [each["code"] for each in found] == [code]


def test_a_terminal_value_after_a_single_stub(tmp_path: Path) -> None:
    flags = [*ROYALTY, "--royalty-rate", 0.04, "--first-period", 0.4, "--terminal-growth", 0.02]
    flags[flags.index("[100, 105, 110]")] = "[100]"
    value = invoke([*flags, "--json"], tmp_path).json()["value"]
    # flows of full years fall at 0.9, 1.9, ... after the first, of 0.4 years, at 0.2
    later = sum(3 * 1.02 ** (k + 1) / 1.12 ** (0.9 + k) for k in range(2000))
    assert value == pytest.approx(0.4 * 3 / 1.12**0.2 + later, rel=1e-9)


def test_a_life_that_may_govern_inside_its_range_is_told(tmp_path: Path) -> None:
    flags = ["method", "remaining-life", "--legal-life", 4, "--json", "--economic-life"]
    for life, told in (("[3, 6]", True), ("[4.5, 6]", False)):
        found = invoke([*flags, life], tmp_path).json()["findings"]
        assert ("another_life_may_govern" in [each["code"] for each in found]) == told


def test_help_names_choices_and_the_fields_of_groups(tmp_path: Path) -> None:
    said = invoke(["method", "competing-risks", "--help"], tmp_path).stdout
    assert "{name, hazard, [loss_share], [until]}" in " ".join(said.split())
    assert "--basis [mean|opening|closing]" in said


def test_a_losing_year_of_the_infringer_is_told(tmp_path: Path) -> None:
    flags = ["method", "unjust-enrichment", "--revenue", "[100, 100]", "--contribution", 0.3]
    more = ["--interest-rate", 0.05, "--compounding", "simple", "--json"]
    for costs, told in (("[60, 120]", True), ("[60, 90]", False)):
        answer = invoke([*flags, "--deductible-costs", costs, *more], tmp_path).json()
        assert ("losing_years" in [each["code"] for each in answer["findings"]]) == told


def test_the_first_and_last_of_a_series_are_no_interval(tmp_path: Path) -> None:
    risks = ["--risks", "[{name: a, hazard: 0.1}]", "--basis", "closing"]
    done = invoke(["method", "competing-risks", "--years", "2", *risks], tmp_path)
    assert "0.9048 … 0.8187" in done.stdout
