"""Inputs of methods read from files: what a user writes gives what Python gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

from ipfinance.adapters import files
from ipfinance.basics import NO_UNIT, Distribution, Family, InputError, Interval
from ipfinance.valuation import METHODS, Given, Several, value_method
from tests.worked import WorkedExample, worked_examples


def _written(folder: Path, inputs: dict[str, Any]) -> Path:
    path = folder / "inputs.yaml"
    with path.open("w", encoding="utf-8") as stream:
        YAML(typ="safe", pure=True).dump(inputs, stream)
    return path


@pytest.mark.parametrize("example", worked_examples(), ids=lambda each: each.id)
def test_a_worked_example_from_a_file(example: WorkedExample, tmp_path: Path) -> None:
    method = METHODS[example.method]
    inputs = files.read_inputs(method, _written(tmp_path, example.inputs), {})
    found = value_method(method, inputs, unit=NO_UNIT).conclusion.explanation.value
    assert np.allclose(
        np.asarray(found, dtype=float), example.value, rtol=0.0, atol=example.tolerance
    )


def test_flags_stand_in_for_the_file(tmp_path: Path) -> None:
    method = METHODS["lump_sum"]
    path = _written(tmp_path, {"sales": [100, 110], "royalty_rate": 0.5, "discount_rate": 0.1})
    flags = {"royalty_rate": "[0.03, 0.05]"}
    found = files.read_inputs(method, path, flags)
    assert found["royalty_rate"] == Given(value=Interval(0.03, 0.05))
    assert found["sales"] == Given(value=(100.0, 110.0))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{normal: {mean: 0.1, sd: 0.02}}", Distribution(Family.NORMAL, (0.1, 0.02))),
        (
            "{normal: {mean: [0.1, 0.2], sd: 0.02}, within: [0, 1]}",
            Distribution(Family.NORMAL, (Interval(0.1, 0.2), 0.02), Interval(0, 1)),
        ),
        ("{pert: {low: 0.1, mode: 0.2, high: 0.4}}", Distribution(Family.PERT, (0.1, 0.2, 0.4))),
        ("0.1", 0.1),
    ],
)
def test_the_forms_of_a_number(text: str, value: object) -> None:
    method = METHODS["lump_sum"]
    found = files.read_inputs(
        method, None, {"sales": "[1]", "discount_rate": "0.1", "royalty_rate": text}
    )
    assert found["royalty_rate"] == Given(value=value)


def test_elements_may_have_sources_of_their_own() -> None:
    flags = {
        "sales": "[{value: 100, source: budget}, 110]",
        "discount_rate": "0.1",
        "royalty_rate": "0.05",
    }
    found = files.read_inputs(METHODS["lump_sum"], None, flags)["sales"]
    assert isinstance(found, Several)
    first, second = found.items
    assert isinstance(first, Given)
    assert isinstance(second, Given)
    assert (first.value, first.source.en, second.value) == (100.0, "budget", 110.0)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ({"royalty_rate": "[0.5, 0.3]"}, "low ≤ high"),
        ({"royalty_rate": "1.5"}, "at most 1"),
        ({"royalty_rate": "[0.5, 1.3]"}, "at most 1"),
        ({"royalty_rate": "{normal: {mean: 0.1, sd: -1}}"}, "sd"),
        ({"royalty_rate": "{gamma: {a: 1}}"}, "royalty_rate"),
        ({"royalty_rate": "{samples: [1, 2]}"}, "at least 10"),
        ({"royalty_rate": "[0.1"}, "YAML"),
        ({"royalty_rate": ".nan"}, "finite"),
        ({"sales": "[]"}, "at least"),
        ({"nonsense": "1"}, "nonsense"),
    ],
)
def test_bad_flags_are_told(flags: dict[str, str], said: str) -> None:
    whole = {"sales": "[1]", "discount_rate": "0.1", "royalty_rate": "0.05"} | flags
    with pytest.raises(InputError, match=said) as caught:
        files.read_inputs(METHODS["lump_sum"], None, whole)
    assert all(problem.file is None for problem in caught.value.problems)


def test_faults_of_a_file_have_lines(tmp_path: Path) -> None:
    path = tmp_path / "inputs.yaml"
    path.write_text("sales: [100, -.inf]\nroyalty_rate: 2\ndiscount_rate: x\n", "utf-8")
    with pytest.raises(InputError) as caught:
        files.read_inputs(METHODS["lump_sum"], path, {})
    places = [(problem.field, problem.line) for problem in caught.value.problems]
    assert places == [("sales[1]", 1), ("royalty_rate", 2), ("discount_rate", 3)]
