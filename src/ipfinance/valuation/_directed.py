"""Rules on plain numbers that take arrays and ranges too, since their direction is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ipfinance.basics import Distribution, Interval, Uncertain, Value
from ipfinance.numerics import FloatArray, Ranged, through


@dataclass(frozen=True, slots=True)
class Directed:
    """A rule that never falls, or never rises, in some of its arguments.

    Attributes
    ----------
    rule
        Takes plain numbers and choices.
    signs
        For each argument 1 where the rule never falls in it, -1 where it never rises, 0 where
        neither is proven or where it is a choice.
    columns
        The same rule for columns of numbers, where there is a quicker way than row by row.
    """

    rule: Callable[..., Any]
    signs: Sequence[int]
    columns: Callable[..., FloatArray] | None = None

    def __call__(self, *values: Any) -> Value:  # noqa: ANN401
        """Compute a number, a column of numbers, or a range that holds every value."""
        if all(_is_plain(each) for each in values):
            found: Value = self.rule(*values)
            return found
        places = [
            place
            for place, each in enumerate(values)
            if isinstance(each, (int, float, np.ndarray, Ranged))
        ]

        def many(*columns: FloatArray) -> FloatArray:
            rows = np.broadcast_arrays(*columns)
            if self.columns is not None:
                return self.columns(*_filled(values, places, rows))
            return np.array(
                [
                    self.rule(*_filled(values, places, map(float, row)))
                    for row in zip(*rows, strict=True)
                ]
            )

        numbers = [values[place] for place in places]
        if any(isinstance(each, Ranged) for each in numbers):
            ranged: Value = through(many, numbers, [self.signs[place] for place in places])
            return ranged
        column: Any = many(*(np.atleast_1d(each) for each in numbers))
        return column  # type: ignore[no-any-return]


def _is_plain(value: object) -> bool:
    return not isinstance(value, (np.ndarray, Ranged))


def all_plain(*values: object) -> bool:
    """Return whether there is neither a column nor a range among some values."""
    return all(_is_plain(each) for each in values)


def _filled(values: Sequence[Any], places: Sequence[int], numbers: Any) -> list[Any]:  # noqa: ANN401
    filled = list(values)
    for place, number in zip(places, numbers, strict=True):
        filled[place] = number
    return filled


def least(quantity: Uncertain) -> float:
    """Return the least that a quantity can be."""
    if isinstance(quantity, Interval):
        return quantity.low
    return quantity.ends[0] if isinstance(quantity, Distribution) else float(quantity)
