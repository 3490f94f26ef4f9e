"""What changed from one evaluation to the next, by which indicator, and where it is heading."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, pairwise
from statistics import median

from ipfinance.basics import Interval, Text
from ipfinance.judgement._aggregation import Aggregation, aggregated_score
from ipfinance.judgement._scoring import IndicatorScore, Snapshot

DAYS_PER_YEAR = 365.25
LEVEL = 1e-9
FEWEST_FOR_SLOPE = 3


class Direction(StrEnum):
    """Which way a score went."""

    ROSE = "rose"
    FELL = "fell"
    LEVEL = "level"
    UNDECIDED = "undecided"
    NOTHING_NEW = "nothing-new"


DIRECTION_NAMES = {
    Direction.ROSE: Text("rose", "上升"),
    Direction.FELL: Text("fell", "下降"),
    Direction.LEVEL: Text("level", "持平"),
    Direction.UNDECIDED: Text("cannot be said", "无法判定"),
    Direction.NOTHING_NEW: Text("nothing new was said", "无新增评分"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorChange:
    """One indicator between two dates.

    Attributes
    ----------
    before, after
        Its scores; None where it was not in force. [1]
    weight_before, weight_after
        0 where it was not in force. [1]
    effect
        What this indicator alone does to the total, the others standing as before; unknown scores
        are taken at the middle of what they may be. [1]
    reasons
        What authors gave as reasons and evidence in between.
    """

    indicator: str
    before: Interval | None
    after: Interval | None
    weight_before: float
    weight_after: float
    effect: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Two evaluations of one asset, one after the other.

    Attributes
    ----------
    difference
        Every change that unknown scores allow; of no width where all is known. [1]
    direction
        Said only when every value of `difference` agrees.
    by_indicator
        Indicators whose score or weight changed, the largest effect first.
    remainder
        The change at the middle less the single effects: joint effects, and weights that changed.
        0 for a weighted sum with weights that stay. [1]
    """

    first: Snapshot
    second: Snapshot
    difference: Interval
    direction: Direction
    by_indicator: tuple[IndicatorChange, ...]
    remainder: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """One asset over all its evaluations.

    Attributes
    ----------
    overall
        From the first to the last; None with one evaluation.
    slope
        Theil-Sen slope by year, every value that unknown scores allow; None with fewer than three
        evaluations. [1/year]
    """

    asset: str
    snapshots: tuple[Snapshot, ...]
    changes: tuple[Change, ...]
    overall: Change | None
    slope: Interval | None


def trend(asset: str, snapshots: Sequence[Snapshot], kind: Aggregation) -> Trend:
    """Compare the evaluations of one asset, in the order of their dates."""
    changes = tuple(change(a, b, kind) for a, b in pairwise(snapshots))
    several = len(snapshots) > 1
    return Trend(
        asset=asset,
        snapshots=tuple(snapshots),
        changes=changes,
        overall=change(snapshots[0], snapshots[-1], kind) if several else None,
        slope=_slope(snapshots) if len(snapshots) >= FEWEST_FOR_SLOPE else None,
    )


def change(first: Snapshot, second: Snapshot, kind: Aggregation) -> Change:
    r"""Attribute the change between two evaluations to indicators.

    Parameters
    ----------
    first, second
        The evaluations, the earlier one first.
    kind
        How indicators become a total.

    Notes
    -----
    With f the aggregation, w and x the weights and scores before, and :math:`x_i'` one score
    after, the effect of indicator i is :math:`f(w, x_1 \dots x_i' \dots x_n) - f(w, x)`.
    """
    before, after = _middles(first), _middles(second)
    names = list(dict.fromkeys([*first.scores, *second.scores]))
    start = _joined(kind, first.weights, before, names)
    items = []
    for name in names:
        old, new = first.scores.get(name), second.scores.get(name)
        moved = {**before, name: after.get(name, before.get(name, 0.0))}
        effect = _joined(kind, first.weights, moved, names) - start
        if old is None or new is None or _differs(old, new):
            items.append(_indicator_change(name, old, new, effect))
    total = _joined(kind, second.weights, after, names) - start
    difference = second.value - first.value
    return Change(
        first=first,
        second=second,
        difference=difference,
        direction=direction_of(difference) if items else _unmoved(difference),
        by_indicator=tuple(sorted(items, key=lambda item: -abs(item.effect))),
        remainder=total - math.fsum(item.effect for item in items),
    )


def direction_of(difference: Interval) -> Direction:
    """Return which way a score went, where that can be said.

    Examples
    --------
    >>> direction_of(Interval(0.1, 0.2)), direction_of(Interval(-0.1, 0.2))
    (<Direction.ROSE: 'rose'>, <Direction.UNDECIDED: 'undecided'>)
    """
    if difference.low > LEVEL:
        return Direction.ROSE
    if difference.high < -LEVEL:
        return Direction.FELL
    if difference.low >= -LEVEL and difference.high <= LEVEL:
        return Direction.LEVEL
    return Direction.UNDECIDED


def _unmoved(difference: Interval) -> Direction:
    return Direction.NOTHING_NEW if difference.width > LEVEL else Direction.LEVEL


def _middles(one: Snapshot) -> dict[str, float]:
    return {name: score.value.midpoint for name, score in one.scores.items()}


def _joined(
    kind: Aggregation,
    weights: Mapping[str, float],
    scores: Mapping[str, float],
    names: Sequence[str],
) -> float:
    return aggregated_score(
        kind, [weights.get(name, 0.0) for name in names], [scores.get(name, 0.0) for name in names]
    )


def _differs(old: IndicatorScore, new: IndicatorScore) -> bool:
    return (
        max(abs(a - b) for a, b in zip(old.value, new.value, strict=True)) > LEVEL
        or abs(old.weight - new.weight) > LEVEL
        or old.is_known != new.is_known
    )


def _indicator_change(
    name: str, old: IndicatorScore | None, new: IndicatorScore | None, effect: float
) -> IndicatorChange:
    known = set() if old is None else {id(answer) for answer in (*old.answers, *old.left_out)}
    said_last = () if new is None else (*new.answers, *new.left_out)
    fresh = [answer for answer in said_last if id(answer) not in known]
    said = [
        f"{answer.author}: {'; '.join(part for part in (answer.reason, answer.evidence) if part)}"
        for answer in fresh
        if answer.reason or answer.evidence
    ]
    return IndicatorChange(
        indicator=name,
        before=None if old is None else old.value,
        after=None if new is None else new.value,
        weight_before=0.0 if old is None else old.weight,
        weight_after=0.0 if new is None else new.weight,
        effect=effect,
        reasons=tuple(said),
    )


def _slope(snapshots: Sequence[Snapshot]) -> Interval:
    """Take medians of the ends: a median never falls when a number under it rises."""
    slopes = [
        (b.value - a.value) / ((b.dated_on - a.dated_on).days / DAYS_PER_YEAR)
        for a, b in combinations(snapshots, 2)
    ]
    return Interval(median(each.low for each in slopes), median(each.high for each in slopes))
