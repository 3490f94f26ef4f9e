"""What an input is: declared once on the field, read by files, flags, forms and documents."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from ipfinance.basics._failure import InputError, Problem, number_problem
from ipfinance.basics._interval import Interval, interval_problem
from ipfinance.basics._text import Text
from ipfinance.basics._uncertain import Distribution, Uncertain

SANITY = 1e12


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
    yearly
        Whether several of it belong to the years in order.
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
    yearly: bool = False

    def problems(self, field: str, value: object) -> Iterator[Problem]:
        """Yield what is wrong with a value, in whatever form the quantity is given."""
        match value:
            case StrEnum() | date():
                return
            case str() if not self.unit:
                return
            case Interval():
                yield from self.problems(field, tuple(value))
            case Distribution():
                yield from self._support_problems(field, value)
            case tuple():
                for index, item in enumerate(value):
                    yield from self.problems(f"{field}[{index}]", item)
            case _ if dataclasses.is_dataclass(value):
                for problem in declared_problems(value):
                    yield dataclasses.replace(problem, field=f"{field}.{problem.field}")
            case _:
                yield from self._number_problems(field, value)

    def _number_problems(self, field: str, value: object) -> Iterator[Problem]:
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

    def _support_problems(self, field: str, value: Distribution) -> Iterator[Problem]:
        low, high = value.ends
        if math.isinf(high) and self.high >= SANITY:
            high = self.high  # a limit against slips of the pen cuts off no tail
        if low < self.low or high > self.high:
            allowed = Text(
                f"expected values from {self.low:g} to {self.high:g} only; cut the distribution "
                "off with `within`",
                f"取值须限于 {self.low:g} 至 {self.high:g}；请用 within 截断分布",
            )
            yield Problem(field=field, found=f"{value}", allowed=allowed)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredField:
    """One field of a class of inputs, with its declaration."""

    name: str
    type: Any  # a number, an interval, an uncertain quantity, a choice, a tuple, a record; or None
    quantity: Quantity
    default: Any

    @property
    def required(self) -> bool:
        """Whether the user must give it."""
        return self.default is dataclasses.MISSING

    @property
    def core_type(self) -> Any:  # noqa: ANN401
        """The type without "or nothing"."""
        if get_origin(self.type) not in {Union, UnionType}:
            return self.type
        members = [item for item in get_args(self.type) if item is not NoneType]
        return members[0] if len(members) == 1 else Uncertain

    @property
    def optional(self) -> bool:
        """Whether the value may be left empty."""
        return NoneType in get_args(self.type)

    @property
    def is_series(self) -> bool:
        """Whether there are several of it, one a year or one a record."""
        return get_origin(self.core_type) is tuple

    @property
    def element(self) -> Any:  # noqa: ANN401
        """The type of one of several, or of the only one."""
        return get_args(self.core_type)[0] if self.is_series else self.core_type

    @property
    def is_uncertain(self) -> bool:
        """Whether a number may also be an interval or a distribution."""
        return bool(self.element == Uncertain)

    @property
    def is_record(self) -> bool:
        """Whether one of it is a group of named inputs."""
        return (
            isinstance(self.element, type)
            and dataclasses.is_dataclass(self.element)
            and (self.element is not Interval)
        )


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


def declared_problems(instance: object) -> Iterator[Problem]:
    """Yield what is wrong with the values of an instance, field by field."""
    for item in declared_fields(type(instance)):
        value = getattr(instance, item.name)
        if value is not None:
            yield from item.quantity.problems(item.name, value)


def check_declared(instance: object) -> None:
    """Raise one `InputError` with every value of an instance that lies outside its range."""
    problems = list(declared_problems(instance))
    if problems:
        raise InputError(problems)


def interval_from(field: str, low: float, high: float) -> Interval:
    """Return an interval, or raise with the name of the field that gave it."""
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise InputError([interval_problem(field, low, high)])
    return Interval(low, high)
