"""Parameters are read from packaged YAML files; the path of a file is the parameter's id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from ruamel.yaml import YAML

from ipfinance.basics import Citation, FailureReason, IpfinanceError, Text


class MissingParameterError(IpfinanceError):
    """No parameter of this name, or no value of it on the date asked for."""

    reason = FailureReason.MISSING_PARAMETER
    text = Text(
        "Parameter {name} has no value on {on}; it is known from {known}.",
        "参数 {name} 在 {on} 没有取值；已知取值自 {known} 起。",
    )

    def __init__(self, name: str, on: date | None, known: str) -> None:
        super().__init__(name=name, on=on, known=known)


class ParameterKind(StrEnum):
    """What kind of statement a parameter is."""

    LAW = "law"
    STANDARD = "standard"
    MARKET = "market"
    ASSUMPTION = "assumption"
    CLAIM = "claim"  # published without data: quoted, and used by nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterValue:
    """A value from one date on, with the works that state it."""

    starts_on: date
    value: Any
    references: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter with all its dated values, oldest first."""

    id: str
    description: str
    unit: str
    kind: ParameterKind
    values: tuple[ParameterValue, ...]
    checked_on: date

    def at(self, on: date | None) -> ParameterValue:
        """Return the value in force on a date; without a date, the newest one."""
        known = [value for value in self.values if on is None or value.starts_on <= on]
        if not known or known[-1].value is None:
            raise MissingParameterError(self.id, on, f"{self.values[0].starts_on}")
        return known[-1]


@cache
def parameter(name: str) -> Parameter:
    """Read one parameter by its dotted id, such as `standard.ahp.random_index`."""
    *folders, last = name.split(".")
    path = _data().joinpath(*folders, last + ".yaml")
    if not path.is_file():
        raise MissingParameterError(name, None, "—")
    return _parsed(name, path)


def parameter_ids() -> tuple[str, ...]:
    """Return the ids of all packaged parameters, sorted."""
    return tuple(sorted(_ids(_data(), "")))


def _data() -> Traversable:
    return resources.files("ipfinance.parameters") / "data"


def _ids(folder: Traversable, prefix: str) -> list[str]:
    found = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _ids(entry, f"{prefix}{entry.name}.")
        elif entry.name.endswith(".yaml") and prefix:
            found.append(prefix + entry.name.removesuffix(".yaml"))
    return found


def _parsed(name: str, path: Traversable) -> Parameter:
    raw = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    return Parameter(
        id=name,
        description=raw["description"],
        unit=raw["unit"],
        kind=ParameterKind(raw["kind"]),
        values=tuple(
            ParameterValue(
                starts_on=starts_on,
                value=entry["value"],
                references=tuple(
                    Citation(item["key"], item.get("place", "")) for item in entry["reference"]
                ),
            )
            for starts_on, entry in sorted(raw["values"].items())
        ),
        checked_on=raw["checked_on"],
    )
