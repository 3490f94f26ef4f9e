"""The result of one method on one asset on one date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from ipfinance.basics import Explanation, Finding, Interval, Money, MoneyUnit, Provenance


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
    value
        Unrounded.
    inputs
        What the method was given, an instance of its class of inputs.
    number, range
        The value and the value interval in `unit`, as the report prints them.
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
    value: Money
    range: Interval | None
    explanation: Explanation
    findings: tuple[Finding, ...]
    provenance: Provenance
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def number(self) -> float:
        """The value in `unit`."""
        return self.explanation.number
