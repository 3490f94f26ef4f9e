"""Worked examples of methods: YAML files with inputs, an expected value and its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from ruamel.yaml import YAML

from ipfinance.basics import (
    PARAMETER_NAMES,
    DeclaredField,
    Distribution,
    Family,
    Interval,
    declared_fields,
)
from tests.data import ROOT

CASES = ROOT / "tests" / "cases"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedExample:
    """What one file says."""

    id: str
    method: str
    source: str
    inputs: dict[str, Any]
    value: float | list[float]
    tolerance: float
    details: dict[str, Any]


@cache
def worked_examples() -> tuple[WorkedExample, ...]:
    """Return every worked example, by the name of its file."""
    return tuple(_example(path) for path in sorted(CASES.glob("*/*.yaml")))


def _example(path: Any) -> WorkedExample:
    raw = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    assert set(raw) <= {"method", "source", "inputs", "expected", "details"}, path
    return WorkedExample(
        id=f"{path.parent.name}/{path.stem}",
        method=raw["method"],
        source=raw["source"],
        inputs=raw["inputs"],
        value=raw["expected"]["value"],
        tolerance=float(raw["expected"]["tolerance"]),
        details=raw.get("details", {}),
    )


def built(kind: type, given: dict[str, Any]) -> Any:
    """Return an instance of a class of inputs from plain data."""
    fields = {item.name: item for item in declared_fields(kind)}
    assert set(given) <= set(fields), sorted(set(given) - set(fields))
    return kind(**{name: _value(fields[name], value) for name, value in given.items()})


def _value(item: DeclaredField, value: Any) -> Any:
    if item.is_series:
        return tuple(_one(item, each) for each in value)
    return _one(item, value)


def _one(item: DeclaredField, value: Any) -> Any:
    element = item.element
    if item.is_record:
        return built(element, value)
    if isinstance(element, type) and issubclass(element, StrEnum):
        return element(value)
    if isinstance(value, date):
        return value
    if isinstance(value, list):
        return Interval(float(value[0]), float(value[1]))
    if isinstance(value, dict):
        return _distribution(value)
    return float(value) if item.is_uncertain or element is float else value


def _distribution(value: dict[str, Any]) -> Distribution:
    within = value.get("within")
    family = next(Family(name) for name in value if name != "within")
    told = value[family]
    parameters = (
        tuple(float(each) for each in told)
        if family is Family.SAMPLES
        else tuple(float(told[name]) for name in PARAMETER_NAMES[family])
    )
    return Distribution(family, parameters, None if within is None else Interval(*within))
