"""One quantity in three forms: a point, an interval, or a distribution."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TypeAlias

from typing_extensions import override

from ipfinance.basics._failure import InputError, Problem, number_problem
from ipfinance.basics._interval import Interval, as_interval
from ipfinance.basics._text import Text

Parameter: TypeAlias = "float | Interval"


class Family(StrEnum):
    """The shapes a distribution can have."""

    NORMAL = "normal"
    LOGNORMAL = "lognormal"
    UNIFORM = "uniform"
    TRIANGULAR = "triangular"
    PERT = "pert"
    SAMPLES = "samples"


PARAMETER_NAMES: dict[Family, tuple[str, ...]] = {
    Family.NORMAL: ("mean", "sd"),
    Family.LOGNORMAL: ("median", "log_sd"),
    Family.UNIFORM: ("low", "high"),
    Family.TRIANGULAR: ("low", "mode", "high"),
    Family.PERT: ("low", "mode", "high"),
    Family.SAMPLES: (),
}


@dataclass(frozen=True, slots=True)
class Distribution:
    """A quantity of which only the chances are known.

    Where a parameter is an interval the distribution is one of a set, a probability box.

    Attributes
    ----------
    family
        Its shape.
    parameters
        In the order of `PARAMETER_NAMES`; for samples, the values themselves.
    within
        Ends at which it is cut off, if any.

    Raises
    ------
    InputError
        When the parameters do not describe a distribution.

    Examples
    --------
    >>> Distribution(Family.TRIANGULAR, (0.02, 0.04, 0.07))
    triangular(0.02, 0.04, 0.07)
    >>> Distribution(Family.NORMAL, (Interval(100, 120), 20)).is_box
    True
    """

    family: Family
    parameters: tuple[Parameter, ...]
    within: Interval | None = None

    def __post_init__(self) -> None:
        problems = list(_problems(self))
        if problems:
            raise InputError(problems)

    @override
    def __repr__(self) -> str:
        if self.family is Family.SAMPLES:
            return f"samples(n={len(self.parameters)})"
        shown = ", ".join(_shown(each) for each in self.parameters)
        cut = "" if self.within is None else f", within {_shown(self.within)}"
        return f"{self.family}({shown}{cut})"

    @property
    def is_box(self) -> bool:
        """Whether a parameter is an interval, so that a set of distributions is meant."""
        return any(isinstance(each, Interval) and each.width > 0 for each in self.parameters)

    def members(self) -> Iterator[Distribution]:
        """Yield the distributions at the corners of the parameters' intervals."""
        rows: list[tuple[float, ...]] = [()]
        for each in self.parameters:
            ends = dict.fromkeys(as_interval(each))
            rows = [(*row, end) for row in rows for end in ends]
        yield from (Distribution(self.family, row, self.within) for row in rows)

    @property
    def middle(self) -> Distribution:
        """The distribution whose parameters are the midpoints of theirs."""
        points = tuple(as_interval(each).midpoint for each in self.parameters)
        return Distribution(self.family, points, self.within)

    @property
    def ends(self) -> tuple[float, float]:
        """The least and greatest possible value; infinite where there is no end."""
        low, high = _untrimmed(self)
        if self.within is not None:
            return max(low, self.within.low), min(high, self.within.high)
        return low, high


Uncertain: TypeAlias = float | Interval | Distribution


def _shown(value: Parameter) -> str:
    return f"[{value.low:g}, {value.high:g}]" if isinstance(value, Interval) else f"{value:g}"


def _problems(given: Distribution) -> Iterator[Problem]:
    names = PARAMETER_NAMES[given.family]
    values = given.parameters
    if given.family is Family.SAMPLES:
        if len(values) < LEAST_SAMPLES:
            allowed = Text(
                f"expected at least {LEAST_SAMPLES} samples", f"至少应有 {LEAST_SAMPLES} 个样本"
            )
            yield Problem(field="samples", found=len(values), allowed=allowed)
        names = tuple(f"samples[{place}]" for place in range(len(values)))
    elif len(names) != len(values):
        shown = ", ".join(names)
        allowed = Text(f"expected {shown}", f"应给出 {shown}")
        yield Problem(field=str(given.family), found=len(values), allowed=allowed)
        return
    faults = list(_parameter_problems(given, names))
    yield from faults
    if not faults:
        yield from _order_problems(given)


LEAST_SAMPLES = 10


def _parameter_problems(given: Distribution, names: tuple[str, ...]) -> Iterator[Problem]:
    for name, value in zip(names, given.parameters, strict=True):
        lowest = 0.0 if name in {"sd", "log_sd", "median"} else -math.inf
        if given.family is Family.SAMPLES and isinstance(value, Interval):
            allowed = Text("expected a number; a sample has no ends", "样本应为数值，不得为区间")
            yield Problem(field=name, found=_shown(value), allowed=allowed)
            continue
        for end in as_interval(value) if isinstance(value, Interval) else (value,):
            problem = number_problem(name, end, low=lowest, low_open=name == "median")
            if problem is not None:
                yield problem


def _order_problems(given: Distribution) -> Iterator[Problem]:
    ends = [as_interval(each) for each in given.parameters]
    if given.family in {Family.UNIFORM, Family.TRIANGULAR, Family.PERT}:
        rising = all(a.high <= b.low for a, b in pairwise(ends))
        if not rising or ends[0].high >= ends[-1].low:
            names = " ≤ ".join(PARAMETER_NAMES[given.family])
            shown = ", ".join(_shown(each) for each in given.parameters)
            allowed = Text(f"expected {names}, with low < high", f"应满足 {names}，且 low < high")
            yield Problem(field=str(given.family), found=f"({shown})", allowed=allowed)
            return
    if given.within is not None and not _can_be_cut(given, given.within):
        allowed = Text(
            "expected an interval that overlaps the distribution; samples cannot be cut off",
            "截断区间应与分布的取值范围重叠；样本不可截断",
        )
        yield Problem(field="within", found=_shown(given.within), allowed=allowed)


def _can_be_cut(given: Distribution, within: Interval) -> bool:
    if given.family is Family.SAMPLES or within.width == 0:
        return False
    low, high = _untrimmed(given)
    return low < within.high and within.low < high


def _untrimmed(given: Distribution) -> tuple[float, float]:
    if given.family is Family.NORMAL:
        return -math.inf, math.inf
    if given.family is Family.LOGNORMAL:
        return 0.0, math.inf
    ends = [as_interval(each) for each in given.parameters]
    return tuple(Interval.hull(ends))  # type: ignore[return-value]
