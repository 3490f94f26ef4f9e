"""The result of one method on one asset on one date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from ipfinance.basics import (
    Explanation,
    Finding,
    Interval,
    Money,
    MoneyUnit,
    Provenance,
    Quantity,
    Text,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A table that a method shows beside its value.

    Attributes
    ----------
    columns, units
        Name and unit of each column.
    rows
        Numbers, or texts where a column has none.
    """

    title: Text
    columns: tuple[Text, ...]
    units: tuple[str, ...]
    rows: tuple[tuple[float | str | Text, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a method computes, before it is known for which asset.

    Attributes
    ----------
    explanation
        The value as a tree; its root is the value in the case's own unit.
    range
        The value interval, where the method gives one, in the same unit.
    details
        What the method has to show beside the value, by name; see the method's page.
    """

    explanation: Explanation
    range: Interval | None = None
    findings: tuple[Finding, ...] = ()
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Valuation:
    """The value of one asset by one method on one date.

    Attributes
    ----------
    inputs
        What the method was given, an instance of its class of inputs.
    result
        What the value is: an amount of money, a rate, a life, a share or a series of them.
    range
        The value interval, in the unit of the value.
    explanation
        The value as a tree down to the inputs; its root is `number`.
    findings
        What an appraiser signs off.
    """

    asset_id: str
    method_id: str
    valuation_date: date | None
    unit: MoneyUnit
    inputs: object
    result: Quantity
    range: Interval | None
    explanation: Explanation
    findings: tuple[Finding, ...]
    provenance: Provenance
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def number(self) -> float:
        """The value in its unit, as the report prints it."""
        return self.explanation.number

    @property
    def is_money(self) -> bool:
        """Whether the value is an amount of money."""
        return self.result.unit == "currency"

    @property
    def value(self) -> Money:
        """The value as money, unrounded."""
        if not self.is_money:
            message = f"{self.result.name.en} is no amount of money"
            raise TypeError(message)
        return self.unit.money(self.number)
