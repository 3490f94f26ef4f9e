"""What an input is: declared once on the field, read by files, flags, forms and documents."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from ipfinance.basics._failure import InputError, Problem, number_problem
from ipfinance.basics._interval import Interval, interval_problem
from ipfinance.basics._text import Text

DeclaredT = TypeVar("DeclaredT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """Name, meaning, unit and valid range of one input.

    Attributes
    ----------
    name, meaning
        A short name, and one sentence for help texts and forms.
    symbol
        The letter in formulas.
    unit
        "currency", "1", "1/year", "year", or "" where there is none.
    low, high, low_open, high_open
        The range in which each number has a meaning.
    whole
        Whether only whole numbers have one.
    """

    name: Text
    meaning: Text
    symbol: str = ""
    unit: str = "1"
    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False
    whole: bool = False

    def problems(self, field: str, value: object) -> Iterator[Problem]:
        """Yield what is wrong with a value: a number, an interval, or a tuple of them."""
        if isinstance(value, StrEnum):
            return
        if isinstance(value, Interval):
            value = tuple(value)
        if isinstance(value, tuple):
            for index, item in enumerate(value):
                yield from self.problems(f"{field}[{index}]", item)
            return
        problem = number_problem(
            field,
            value,
            low=self.low,
            high=self.high,
            low_open=self.low_open,
            high_open=self.high_open,
        )
        if problem is not None:
            yield problem
        elif self.whole and value != int(value):  # type: ignore[call-overload]
            allowed = Text("expected a whole number", "应为整数")
            yield Problem(field=field, found=value, allowed=allowed)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredField:
    """One field of a class of inputs, with its declaration."""

    name: str
    type: Any  # float, Interval, tuple[float, ...], a StrEnum; optional or not
    quantity: Quantity
    default: Any

    @property
    def required(self) -> bool:
        """Whether the user must give it."""
        return self.default is dataclasses.MISSING

    @property
    def core_type(self) -> Any:  # noqa: ANN401
        """The type without "or nothing"."""
        if get_origin(self.type) in {Union, UnionType}:
            (only,) = (item for item in get_args(self.type) if item is not NoneType)
            return only
        return self.type

    @property
    def optional(self) -> bool:
        """Whether the value may be left empty."""
        return NoneType in get_args(self.type)


def declared_fields(inputs: type) -> tuple[DeclaredField, ...]:
    """Return the declared fields of a class of inputs, in order."""
    found: tuple[DeclaredField, ...] = _cached_fields(inputs)
    return found


def _read_fields(inputs: type) -> tuple[DeclaredField, ...]:
    hints = get_type_hints(inputs, include_extras=True)
    return tuple(
        DeclaredField(
            name=item.name,
            type=get_args(hints[item.name])[0],
            quantity=next(a for a in hints[item.name].__metadata__ if isinstance(a, Quantity)),
            default=item.default,
        )
        for item in dataclasses.fields(inputs)
    )


_cached_fields: Any = cache(_read_fields)


def check_declared(instance: object) -> None:
    """Raise one `InputError` with every value of an instance that lies outside its range."""
    problems = [
        problem
        for item in declared_fields(type(instance))
        if (value := getattr(instance, item.name)) is not None
        for problem in item.quantity.problems(item.name, value)
    ]
    if problems:
        raise InputError(problems)


def interval_from(field: str, low: float, high: float) -> Interval:
    """Return an interval, or raise with the name of the field that gave it."""
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise InputError([interval_problem(field, low, high)])
    return Interval(low, high)
