"""Every published and independently computed figure that the product claims to reproduce.

One runner per fixture returns what we compute, in the shape of the fixture's `expected`. Fixtures
that later work will meet are listed in PENDING with their owner.
"""

from __future__ import annotations

import importlib
import json
import math
import pkgutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests import runners
from tests.data import EXAMPLES, REFERENCE, fixtures
from tests.runners import Fixture, Runner

RUNNERS: dict[str, Runner] = {
    name: runner
    for module in pkgutil.iter_modules(runners.__path__)
    for name, runner in importlib.import_module(f"tests.runners.{module.name}").RUNNERS.items()
}
PENDING = {
    "seed000/comparison.jurisdictions": "disclosure and governance",
    "seed000/evaluation.dimensions": "disclosure and governance",
}  # of these, the fixtures without a runner


# printed beside the result, but inputs of ours or not computed by anything
ONLY_PRINTED = {
    "seed001/case.printed": {"r", "t_years", "b_min"},
    "seed002/case1.printed": {"P_at_total_4.70_results", "option_max_results", "P_total_zero"},
    "seed002/case2.printed": {"r_other_printing"},
    "seed002/case1.income.printed": {"peer_cost_share", "peers", "peer_years", "intangible_ratio"},
    "seed002/case2.income.printed": {"pool_funds", "patents"},
    "seed003/patent_values.printed": {"jiangsu_2018_awards"},
}


# figures whose ninth digit is off in the shared file: 1 - erfc(z / sqrt 2) / 2 at z = 10/3
MISPRINTED = {
    "methods/uncertainty.pbox_normal.cdf_bounds_sd_interval[2][1]": 1
    - math.erfc(10 / 3 / math.sqrt(2)) / 2
}


def _owner(name: str) -> str | None:
    return next((owner for prefix, owner in PENDING.items() if name.startswith(prefix)), None)


def _compare(fixture: Fixture, expected: Any, computed: Any, where: str, key: str) -> None:
    if isinstance(expected, dict):
        for name, item in expected.items():
            _compare(fixture, item, computed[name], f"{where}.{name}", key or name)
        return
    if isinstance(expected, list):
        assert len(expected) == len(computed), where
        for place, item in enumerate(expected):
            _compare(fixture, item, computed[place], f"{where}[{place}]", key)
        return
    if where in MISPRINTED:
        assert computed == pytest.approx(MISPRINTED[where], rel=1e-12)
        assert computed == pytest.approx(expected, rel=1e-8), where
        return
    absolute = fixture.get("abs_tol_by_key", {}).get(key, fixture.get("abs_tol", 0.0))
    relative = fixture.get("rel_tol", 0.0) if key not in fixture.get("abs_tol_by_key", {}) else 0.0
    slack = 1e-12 * abs(expected)  # half-widths of printed digits are meant to include their ends
    assert computed == pytest.approx(expected, abs=absolute + slack, rel=relative), where


@pytest.mark.parametrize("name", sorted(fixtures()))
def test_fixture(name: str) -> None:
    fixture = fixtures()[name]
    if name not in RUNNERS:
        assert _owner(name) is not None
        return
    computed = RUNNERS[name](fixture)
    skipped = ONLY_PRINTED.get(name, set())
    expected = {key: item for key, item in fixture["expected"].items() if key not in skipped}
    assert expected, name
    _compare(fixture, expected, computed, name, "")
    _assert_not_wrong(fixture, computed, name)


def _assert_not_wrong(fixture: Fixture, computed: Any, name: str) -> None:
    """A figure of a known faulty form must not be what we compute."""
    if "wrong" not in fixture:
        return
    wrong, key = fixture["wrong"]["value"], fixture["wrong"].get("key")
    ours = _at(computed, key) if key else next(iter(computed.values()))
    for each in ours.values() if isinstance(ours, dict) else (ours,):
        close = np.isclose(each, wrong, rtol=1e-6)
        assert not (np.any(close) if key else np.all(close)), name


def _at(computed: Any, key: str) -> Any:
    name, *places = key.replace("]", "").split("[")
    found = computed[name]
    for place in places:
        found = found[int(place)]
    return found


def test_misses_are_misses() -> None:
    """Printed values that no computation reproduces really are not reproduced."""
    step = 0.4
    total_zero = RUNNERS["seed002/case1.paper_landmarks"](
        fixtures()["seed002/case1.paper_landmarks"]
    )["gamma"]["total_zero"]
    printed = fixtures()["seed002/case1.printed"]["expected"]["P_total_zero"]
    assert abs(total_zero * step - printed) > 1e-3
    ratios = RUNNERS["seed002/case1.income.steps"]({})["intangible_ratio"]
    for ours, theirs in zip(
        ratios,
        fixtures()["seed002/case1.income.printed"]["expected"]["intangible_ratio"],
        strict=True,
    ):
        assert abs(ours - theirs) > 5e-5


def test_each_prefix_of_pending_is_needed() -> None:
    missing = [name for name in fixtures() if name not in RUNNERS]
    for prefix in PENDING:
        assert any(name.startswith(prefix) for name in missing), prefix


def test_copy_equals_the_shared_fixtures(shared_data: Path) -> None:
    shared = shared_data.parent / "fixtures" / "seeds.json"
    ours = json.loads((REFERENCE / "seeds.json").read_text(encoding="utf-8"))
    assert ours == json.loads(shared.read_text(encoding="utf-8"))


def test_examples_exist() -> None:
    assert {folder.name for folder in EXAMPLES.iterdir()} == {"xtx", "pledge", "iqiyi", "sonoscape"}
