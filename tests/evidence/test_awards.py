"""Values beside awards: the ratios of the source, and the caveats that must stand beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ipfinance.basics import InputError
from ipfinance.evidence import compare_with_awards
from tests.cli.command import invoke

VALUES = ["invention=2378", "utility=273", "design=816"]
AWARDS = ["invention=95", "utility=27", "design=7.2"]
COMMAND = [
    "evidence",
    "awards",
    *[item for text in VALUES for item in ("--value", text)],
    *[item for text in AWARDS for item in ("--award", text)],
]


def test_printed_ratios(tmp_path: Path) -> None:
    answer = invoke([*COMMAND, "--json"], tmp_path).json()
    shares = [row["award_share"] for row in answer["rows"]]
    assert shares == pytest.approx([0.0399, 0.0989, 0.0088], abs=5e-5)
    assert answer["relative"]["utility"] == pytest.approx(0.115, abs=5e-4)
    assert answer["relative"]["design"] == pytest.approx(0.343, abs=5e-4)
    codes = {finding["code"] for finding in answer["findings"]}
    assert {"listed_patents_may_be_better", "infringement_takes_a_part"} <= codes


def test_table_in_chinese_with_its_unit(tmp_path: Path) -> None:
    done = invoke([*COMMAND, "--unit", "10000 CNY", "--lang", "zh", "--output", "a.md"], tmp_path)
    assert "人民币万元" in done.stdout
    assert "侵权行为并未导致专利价值全部丧失" in done.stdout
    assert "25.0" in (tmp_path / "a.md").read_text("utf-8")


def test_a_value_below_zero_has_no_share() -> None:
    found = compare_with_awards({"design": -10.0}, {"design": 5.0})
    assert found.rows[0].award_share is None
    assert found.rows[0].value_multiple == -2.0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--value", "a=1", "--award", "b=2"], "there is no value of this type; there are: a"),
        (["--value", "a=1", "--award", "a=0"], "above 0"),
        (["--value", "a=x", "--award", "a=1"], "expected NAME=NUMBER"),
        (["--value", "a=nan", "--award", "a=1"], "finite"),
        (["--value", "a=1", "--award", "a=1", "--unit", "yuan!"], "expected a unit"),
        (["--value", "a=1", "--award", "a=1", "--output", "x.odt"], "expected a name ending in"),
    ],
)
def test_bad_input(arguments: list[str], says: str, tmp_path: Path) -> None:
    done = invoke(["evidence", "awards", *arguments], tmp_path)
    assert done.code == 2
    assert says in done.stderr


def test_no_award_is_refused() -> None:
    with pytest.raises(InputError, match="at least one award"):
        compare_with_awards({"a": 1.0}, {})
