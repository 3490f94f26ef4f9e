"""`ipfinance parameters`: every dated value with its source."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import invoke


def test_a_date_chooses_the_value(tmp_path: Path) -> None:
    shown = {}
    for day in ("2020-06-01", "2021-06-01"):
        done = invoke(["parameters", "law.term.cn_design", "--on", day, "--json"], tmp_path)
        assert done.code == 0
        (found,) = json.loads(done.stdout)["parameters"]
        (value,) = found["values"]
        assert "Patent Law" in value["references"][0]
        shown[day] = value["value"]
    assert shown == {"2020-06-01": 10, "2021-06-01": 15}


def test_market_data_of_the_seed_are_dated(tmp_path: Path) -> None:
    done = invoke(["parameters", "market.patents_in_force", "--json"], tmp_path)
    (found,) = json.loads(done.stdout)["parameters"]
    assert found["values"][0]["from"] == "2021-07-31"
    assert found["values"][0]["value"] == {
        "patent_invention": 3377200,
        "utility_model": 8118300,
        "design": 2425600,
    }


def test_all_are_shown_in_both_languages(tmp_path: Path) -> None:
    english = invoke(["parameters"], tmp_path)
    chinese = invoke(["parameters", "--lang", "zh"], tmp_path)
    assert "standard.ahp.random_index" in english.stdout
    assert "按日期的参数" in chinese.stdout
    assert "发明专利" in chinese.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["parameters", "nothing.like.it"], "expected the beginning of one of"),
        (["parameters", "law.enhanced_damages.cn", "--on", "2001-01-01"], "from 2021-06-01 on"),
    ],
)
def test_what_is_not_known_is_refused(words: list[str], says: str, tmp_path: Path) -> None:
    done = invoke(words, tmp_path)
    assert done.code == 2
    assert says in done.stderr
    assert not done.stdout
