"""`ipfinance value`: what is not known of one step reaches the steps that take its value."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import Done, invoke

CASE = """\
schema_version: 1
id: steps
title: Steps
status: illustrative
asset: {{id: A1, title: right}}
currency: CNY
methods:
  - id: royalties
    method: lump_sum
    inputs: {{sales: [100], royalty_rate: {rate}, discount_rate: 0.21, timing: mid}}
  - id: both
    method: reconciliation
    inputs:
      gap: 0.5
      results:
        - {{name: income, value: {{from: royalties}}, weight: 1, reason: licences}}
        - {{name: cost, value: 4, weight: 1, reason: floor}}
conclusion: both
"""


def valued(tmp_path: Path, rate: str, more: str = "") -> Done:
    (tmp_path / "case.yaml").write_text(CASE.format(rate=rate) + more, "utf-8")
    return invoke(["value", "case.yaml", "--json"], tmp_path)


def test_a_conclusion_takes_in_the_bounds_of_its_steps(tmp_path: Path) -> None:
    found = valued(tmp_path, "[0.03, 0.06]").json()
    assert found["interval"] == pytest.approx([3 / 1.1, 6 / 1.1], rel=1e-9)


def test_a_conclusion_takes_in_the_quantiles_of_its_steps(tmp_path: Path) -> None:
    found = valued(tmp_path, "{uniform: {low: 0.03, high: 0.06}}").json()
    assert found["interval"] == pytest.approx([3.15 / 1.1, 5.85 / 1.1], rel=1e-3)
    assert "range_by_quantiles" in [each["code"] for each in found["findings"]]


def test_a_scenario_is_held_to_the_range_of_its_inputs(tmp_path: Path) -> None:
    more = (
        "uncertainty:\n  scenarios:\n"
        "    - {name: mad, values: {royalties.sales: -1, royalties.royalty_rate: 7}}\n"
    )
    done = valued(tmp_path, "0.05", more)
    assert done.code == 2
    assert "scenarios[0].values.royalties.royalty_rate" in done.stderr
