"""Extreme values pulled in to chosen percentiles, with what that changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ipfinance.basics import FindingKind, InputError, Problem, Severity, Text
from ipfinance.market import Table

WINSORISED = FindingKind(
    code="values_winsorised",
    severity=Severity.NOTE,
    text=Text(
        "{name}: {below:,} values raised to the {low:g} percent point ({floor:.6g}) and {above:,} "
        "lowered to the {high:g} percent point ({ceiling:.6g}).",
        "{name}：{below:,} 个值上调至 {low:g}% 分位数（{floor:.6g}），{above:,} 个值下调至 "
        "{high:g}% 分位数（{ceiling:.6g}）。",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Winsorising:
    """What winsorising did to one column.

    Attributes
    ----------
    low, high
        Percent points.
    floor, ceiling
        Values there, by linear interpolation between order statistics.
    below, above
        How many values were pulled in.
    """

    name: str
    low: float
    high: float
    floor: float
    ceiling: float
    below: int
    above: int


def winsorised(
    table: Table, names: Sequence[str], *, low: float = 1.0, high: float = 99.0
) -> tuple[Table, tuple[Winsorising, ...]]:
    """Pull the values of some columns in to percentiles of the same column.

    Parameters
    ----------
    table, names
        Columns of numbers; empty cells stay empty.
    low, high
        Percent points, from 0 to 100.

    Raises
    ------
    InputError
        For percent points out of order.
    """
    if not 0 <= low < high <= 100:  # noqa: PLR2004
        raise InputError([Problem(field="--winsorise", found=f"{low:g}:{high:g}", allowed=_ORDER)])
    columns = {}
    done = []
    for name in names:
        values = table.numbers(name)
        filled = values[~np.isnan(values)]
        if not len(filled):
            continue
        floor, ceiling = np.percentile(filled, [low, high]).tolist()
        columns[name] = np.clip(values, floor, ceiling)
        done.append(
            Winsorising(
                name=name,
                low=low,
                high=high,
                floor=floor,
                ceiling=ceiling,
                below=int((filled < floor).sum()),
                above=int((filled > ceiling).sum()),
            )
        )
    return table.with_columns(columns), tuple(done)


_ORDER = Text(
    "expected percent points LOW:HIGH with 0 <= LOW < HIGH <= 100, such as 1:99",
    "应为百分位 LOW:HIGH，且 0 <= LOW < HIGH <= 100，如 1:99",
)
