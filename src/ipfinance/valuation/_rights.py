"""Real options by the name of their command."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from ipfinance.basics import NO_UNIT, DeclaredField, InputError, MoneyUnit, Problem, Text
from ipfinance.valuation._exchange import OPTION_EXCHANGE, OPTION_SWITCH
from ipfinance.valuation._families import OPTION_BINOMIAL, OPTION_GRID, OPTION_SIMULATED
from ipfinance.valuation._jump_right import OPTION_JUMP
from ipfinance.valuation._perpetual_right import OPTION_PERPETUAL
from ipfinance.valuation._project_rights import (
    OPTION_ABANDON,
    OPTION_CONTRACT,
    OPTION_DEFER,
    OPTION_EXPAND,
)
from ipfinance.valuation._registry import Method, run
from ipfinance.valuation._research_project import OPTION_PROJECT
from ipfinance.valuation._staged_rights import OPTION_STAGED
from ipfinance.valuation._valuation import Valuation
from ipfinance.valuation._watched_rights import OPTION_BARRIER, OPTION_PARISIAN

RIGHTS: dict[str, Method] = {
    each.id.removeprefix("option_"): each
    for each in (
        OPTION_DEFER,
        OPTION_EXPAND,
        OPTION_CONTRACT,
        OPTION_ABANDON,
        OPTION_SWITCH,
        OPTION_EXCHANGE,
        OPTION_STAGED,
        OPTION_PERPETUAL,
        OPTION_JUMP,
        OPTION_BARRIER,
        OPTION_PARISIAN,
        OPTION_PROJECT,
        OPTION_BINOMIAL,
        OPTION_GRID,
        OPTION_SIMULATED,
    )
}


def price_right(
    name: str, terms: Mapping[str, object], *, unit: MoneyUnit | None = None
) -> Valuation:
    """Value one right.

    Parameters
    ----------
    name
        A key of `RIGHTS`.
    terms
        Inputs by the names of the method's fields; choices by their text, series as any sequence.
    unit
        What one number stands for.

    Raises
    ------
    InputError
        With every term that is missing, out of range, or not known to the method.
    """
    if name not in RIGHTS:
        shown_en, shown_zh = ", ".join(RIGHTS), "、".join(RIGHTS)
        allowed = Text(f"expected one of: {shown_en}", f"应为以下之一：{shown_zh}")
        raise InputError([Problem(field="name", found=name, allowed=allowed)])
    method = RIGHTS[name]
    fields = {item.name: item for item in method.fields}
    problems = [
        Problem(field=each, found=value, allowed=_UNKNOWN)
        for each, value in terms.items()
        if each not in fields
    ]
    problems += [
        Problem(field=each, allowed=_REQUIRED)
        for each, item in fields.items()
        if item.required and terms.get(each) is None
    ]
    typed = {
        each: _typed(fields[each], value, problems)
        for each, value in terms.items()
        if each in fields and value is not None
    }
    if problems:
        raise InputError(problems)
    return run(method, method.inputs(**typed), unit=unit or NO_UNIT)


_UNKNOWN = Text("the right knows no such term", "该权利没有此参数")
_REQUIRED = Text("required", "必填")


def _typed(item: DeclaredField, value: object, problems: list[Problem]) -> object:
    if item.is_series and isinstance(value, (list, tuple)):
        return tuple(value)
    kind = item.element
    if kind is int and isinstance(value, float) and value.is_integer():
        return int(value)
    if not (isinstance(kind, type) and issubclass(kind, StrEnum)):
        return value
    if value in tuple(kind):
        return kind(str(value))
    shown = ", ".join(kind)
    allowed = Text(f"expected one of: {shown}", f"应为以下之一：{shown}")
    problems.append(Problem(field=item.name, found=value, allowed=allowed))
    return value
