"""Dated parameters: those whose name begins as asked, on a date or on all."""

from __future__ import annotations

from datetime import date

from ipfinance.basics import InputError, Problem, Text
from ipfinance.parameters import MissingParameterError, Parameter, parameter, parameter_ids


def parameters_named(beginning: str, on: date | None) -> tuple[Parameter, ...]:
    """Return the packaged parameters whose id begins as given and that have a value on a date.

    Raises
    ------
    InputError
        When there is none.
    """
    found = [parameter(name) for name in parameter_ids() if name.startswith(beginning)]
    known = tuple(each for each in found if on is None or _has_value(each, on))
    if not found:
        ids = ", ".join(parameter_ids())
        allowed = Text(f"expected the beginning of one of: {ids}", f"应为以下名称之一的开头：{ids}")
        raise InputError([Problem(field="ID", found=beginning, allowed=allowed)])
    if not known:
        first = min(each.values[0].starts_on for each in found)
        allowed = Text(f"expected a date from {first} on", f"日期应不早于 {first}")
        raise InputError([Problem(field="--on", found=f"{on}", allowed=allowed)])
    return known


def _has_value(found: Parameter, on: date) -> bool:
    try:
        found.at(on)
    except MissingParameterError:
        return False
    return True
