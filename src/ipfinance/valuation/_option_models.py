"""Price one option by one model, and follow it over a range of hazards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from ipfinance.basics import (
    NO_UNIT,
    Failure,
    InputError,
    IpfinanceError,
    MoneyUnit,
    Problem,
    Text,
)
from ipfinance.valuation._option import RISK_CLOSED_FORM, RISK_INTEGRAL, RISK_LATTICE
from ipfinance.valuation._option_terms import Exercise
from ipfinance.valuation._registry import Method, run
from ipfinance.valuation._valuation import Valuation
from ipfinance.valuation._zhou2022 import ZHOU2022

OPTION_MODELS: dict[str, Method] = {
    "lattice": RISK_LATTICE,
    "closed-form": RISK_CLOSED_FORM,
    "integral": RISK_INTEGRAL,
    "zhou2022": ZHOU2022,
}
ONLY_EXERCISE = {
    "closed-form": Exercise.EUROPEAN,
    "zhou2022": Exercise.EUROPEAN,
    "integral": Exercise.AMERICAN,
}
REPLICATION_IGNORES = {"hazard_kind"}


def price_option(
    model: str, terms: Mapping[str, object], *, unit: MoneyUnit | None = None
) -> Valuation:
    """Value one option by one model.

    Parameters
    ----------
    model
        A key of `OPTION_MODELS`.
    terms
        Inputs by the names of the model's fields; None stands for not given.
    unit
        What one number stands for.

    Raises
    ------
    InputError
        With every term that is missing, out of range, or not known to the model.
    """
    method = OPTION_MODELS[model]
    inputs = method.inputs(**_accepted(model, method, terms))
    return run(method, inputs, unit=unit or NO_UNIT)


def sweep_option(
    model: str, terms: Mapping[str, object], hazards: Sequence[float]
) -> tuple[Valuation | Failure, ...]:
    """Value one option at several hazards; a hazard that fails keeps its place."""
    return tuple(_at(model, terms, hazard) for hazard in hazards)


def _at(model: str, terms: Mapping[str, object], hazard: float) -> Valuation | Failure:
    try:
        return price_option(model, {**terms, "hazard": hazard})
    except IpfinanceError as error:
        return Failure(subject=f"hazard {hazard:g}", reason=error.reason, message=str(error))


def _accepted(model: str, method: Method, terms: Mapping[str, object]) -> dict[str, object]:
    fields = {item.name: item for item in method.fields}
    problems: list[Problem] = []
    given = {
        name: _typed(name, value, problems) for name, value in terms.items() if value is not None
    }
    exercise = given.get("exercise")
    only = ONLY_EXERCISE.get(model)
    if only is not None:
        if exercise not in {None, only}:
            problems.append(_only_exercise(model, exercise, only))
        given.pop("exercise", None)
    problems += [
        _not_of_model(model, name, value)
        for name, value in given.items()
        if name not in fields and name not in REPLICATION_IGNORES and value != _default(name)
    ]
    problems += [
        Problem(field=name, allowed=Text("required", "必填"))
        for name, item in fields.items()
        if item.required and name not in given
    ]
    accepted = {name: value for name, value in given.items() if name in fields}
    known = [name for name, item in fields.items() if not item.required or name in accepted]
    if len(known) == len(fields):
        try:
            method.inputs(**accepted)
        except InputError as error:
            problems += error.problems
    else:
        for name, value in accepted.items():
            problems += fields[name].quantity.problems(name, value)
    if problems:
        raise InputError(problems)
    return accepted


_KNOWN = {item.name: item for item in RISK_LATTICE.fields}


def _typed(name: str, value: object, problems: list[Problem]) -> object:
    """Turn the name of an option into the option, 5.0 into 5; anything else stays as it is."""
    kind = _KNOWN[name].core_type if name in _KNOWN else None
    if kind is int and isinstance(value, float) and value.is_integer():
        return int(value)
    if not (isinstance(kind, type) and issubclass(kind, StrEnum)):
        return value
    try:
        return kind(str(value))
    except ValueError:
        shown = ", ".join(kind)
        allowed = Text(f"expected one of: {shown}", f"应为以下之一：{shown}")
        problems.append(Problem(field=name, found=value, allowed=allowed))
        return next(iter(kind))


def _default(name: str) -> object:
    return _KNOWN[name].default if name in _KNOWN else None


def _only_exercise(model: str, found: object, only: Exercise) -> Problem:
    return Problem(
        field="exercise",
        found=str(found),
        allowed=Text(
            f"model {model} is {only} only; use the lattice for both",
            f"模型 {model} 仅支持 {only}；两种行权方式请用 lattice",
        ),
    )


def _not_of_model(model: str, name: str, found: object) -> Problem:
    return Problem(
        field=name,
        found=found,
        allowed=Text(f"model {model} knows no such term", f"模型 {model} 没有该参数"),
    )
