"""The score of one asset on one date, as a tree, with what is unknown kept unknown."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from typing import TypeAlias

from ipfinance.basics import (
    Explanation,
    InputError,
    Interval,
    Problem,
    Source,
    SourceKind,
    Text,
    Value,
    as_interval,
    leaf,
    node,
)
from ipfinance.judgement._aggregation import (
    AGGREGATION_FORMULAS,
    Aggregation,
    aggregated_range,
    aggregated_score,
)
from ipfinance.judgement._cohort import Percentile, cohort_percentile
from ipfinance.judgement._conversion import SCORE, Converted, converted
from ipfinance.judgement._evaluation import (
    CohortScore,
    DatedAnswer,
    EvaluationTask,
    Grade,
    Measure,
)
from ipfinance.judgement._fuzzy import FuzzyEvaluation, fuzzy_evaluation, interval_memberships
from ipfinance.judgement._indicators import ROOT, EvidenceRule, Indicator, IndicatorSystem
from ipfinance.judgement._set_valued import (
    UNIT_SCALE,
    SetStatistic,
    SetValuedForm,
    on_unit_scale,
    oriented,
    set_statistic,
)
from ipfinance.judgement._weights import Weighing, combined_weight


class ScoreState(StrEnum):
    """Why an indicator has the score it has."""

    ANSWERED = "answered"
    CARRIED = "carried"
    COUNTED = "counted"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    UNSUPPORTED = "unsupported"


SCORE_STATE_NAMES = {
    ScoreState.ANSWERED: Text("answered on this date", "当日评分"),
    ScoreState.CARRIED: Text("carried from an earlier date", "沿用此前评分"),
    ScoreState.COUNTED: Text("percentile in its cohort", "同类百分位"),
    ScoreState.UNKNOWN: Text("unknown", "未知"),
    ScoreState.EXPIRED: Text("unknown: the answers have expired", "未知：评分已过期"),
    ScoreState.UNSUPPORTED: Text("unknown: no evidence given", "未知：缺少所需证据"),
}
KNOWN_STATES = frozenset({ScoreState.ANSWERED, ScoreState.CARRIED, ScoreState.COUNTED})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IndicatorScore:
    """One indicator of one asset on one date.

    Attributes
    ----------
    weight
        In the whole system, on this date. [1]
    explanation
        The score on [0, 1], high is good: a number, or all of [0, 1] while it is unknown.
    range
        The same with the spread of the answers, or with ties and sampling of the cohort. [1]
    given_on
        Date of the latest answer or measure that counts; None while unknown.
    answers
        The answers that count, one an author.
    left_out
        Last answers that do not count, and why: taken back, expired, or without evidence.
    statistic
        Set-valued statistic of the answers; None where there are none.
    """

    indicator: str
    weight: float
    explanation: Explanation
    range: Interval
    state: ScoreState
    given_on: date | None
    answers: tuple[DatedAnswer, ...]
    left_out: Mapping[DatedAnswer, ScoreState]
    statistic: SetStatistic | None
    percentile: Percentile | None

    @property
    def value(self) -> Interval:
        """The score; of no width where it is known."""
        return as_interval(self.explanation.value)  # type: ignore[arg-type]

    @property
    def is_known(self) -> bool:
        """Whether anybody said, or anything was counted."""
        return self.state in KNOWN_STATES


@dataclass(frozen=True, slots=True)
class _Place:
    """One indicator of one asset on one date."""

    asset: str
    day: date
    item: Indicator
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Snapshot:
    """One asset on one date.

    Attributes
    ----------
    scores
        By indicator in force on the date.
    nodes
        Scores of the inner nodes as trees.
    node_ranges
        The same with the spread of the answers.
    total
        The score as a tree: a number, or an interval while something is unknown.
    range
        The score with the spread of the answers. [1]
    unknown_weight
        Weight of the indicators that are unknown. [1]
    grades
        Every grade that the score may have, the lowest first; empty without a table.
    """

    asset: str
    dated_on: date
    scores: dict[str, IndicatorScore]
    nodes: dict[str, Explanation]
    node_ranges: dict[str, Interval]
    total: Explanation
    range: Interval
    unknown_weight: float
    grades: tuple[Grade, ...]
    conversions: tuple[Converted, ...]
    fuzzy: FuzzyEvaluation | None

    @property
    def value(self) -> Interval:
        """The total score; of no width where everything is known."""
        return as_interval(self.total.value)  # type: ignore[arg-type]

    @property
    def weights(self) -> dict[str, float]:
        """Weight of each indicator, summing to 1."""
        return {name: score.weight for name, score in self.scores.items()}

    @property
    def unknown(self) -> tuple[str, ...]:
        """The indicators without a score."""
        return tuple(name for name, score in self.scores.items() if not score.is_known)


def children_in_force(system: IndicatorSystem, day: date) -> dict[str, tuple[str, ...]]:
    """Return the nodes below each inner node that are in force on a date.

    An indicator is in force from its `valid_from`; an inner node while anything below it is.
    """
    children = system.children
    kept = {item.id for item in system.leaves if item.valid_from is None or item.valid_from <= day}
    for item in sorted(system.nodes, key=lambda each: -len(system.path(each.id))):
        if item.id in children and any(child in kept for child in children[item.id]):
            kept.add(item.id)
    return {
        parent: tuple(name for name in names if name in kept)
        for parent, names in children.items()
        if parent == ROOT or parent in kept
    }


Said: TypeAlias = Mapping[tuple[str, str], Sequence[DatedAnswer]]


def answers_by_place(task: EvaluationTask) -> Said:
    """Return the answers on each indicator of each asset, in the order of their dates."""
    found: dict[tuple[str, str], list[DatedAnswer]] = {}
    for answer in sorted(task.answers, key=lambda each: each.dated_on):
        found.setdefault((answer.asset, answer.indicator), []).append(answer)
    return found


def snapshot(
    task: EvaluationTask, weighing: Weighing, asset: str, day: date, said: Said
) -> Snapshot:
    """Score one asset on one date.

    Parameters
    ----------
    task
        What was said, counted and ruled.
    weighing
        The local weights of the system.
    asset, day
        Whose score, and as known on which date: later answers do not count.
    said
        The answers by asset and indicator, in the order of their dates.

    Raises
    ------
    InputError
        When no indicator with weight is in force, or a rule has no value at the score.
    """
    children = children_in_force(task.system, day)
    trees = _trees_in_force(task.system, weighing, children, day)
    leaves = [item for item in task.system.leaves if item.id in _below(children, ROOT)]
    weights = {item.id: combined_weight(task.system, trees, children, item.id) for item in leaves}
    scores = {
        item.id: _indicator_score(
            task,
            _Place(asset, day, item, weights[item.id].number),
            said.get((asset, item.id), ()),
        )
        for item in leaves
    }
    explained = {name: score.explanation for name, score in scores.items()}
    total = _total(
        Text(f"score of {asset} on {day}", f"{asset} 于 {day} 的得分"),
        task.options.aggregation,
        [(weights[name], explained[name]) for name in scores],
        SCORE,
    )
    nodes = {}
    for parent in children:
        if parent != ROOT:
            below = _below(children, parent)
            pairs = [
                (combined_weight(task.system, trees, children, name, below=parent), explained[name])
                for name in below
            ]
            item = task.system.node(parent)
            name = Text(f"score of {parent} {item.name.en}", f"{parent} {item.name.zh}得分")
            nodes[parent] = _total(name, task.options.aggregation, pairs, parent)
    node_ranges = {
        name: _spread(task, tree, scores, _below(children, name)) for name, tree in nodes.items()
    }
    whole = _spread(task, total, scores, tuple(scores))
    value = as_interval(total.value)  # type: ignore[arg-type]
    given = {SCORE: total, **nodes, **explained}
    ranges = {
        SCORE: whole,
        **node_ranges,
        **{name: score.range for name, score in scores.items()},
    }
    _check_names(task, given, day)
    return Snapshot(
        asset=asset,
        dated_on=day,
        scores=scores,
        nodes=nodes,
        node_ranges=node_ranges,
        total=total,
        range=whole,
        unknown_weight=math.fsum(s.weight for s in scores.values() if not s.is_known),
        grades=() if task.grades is None else task.grades.possible(value),
        conversions=tuple(converted(rule, asset, given, ranges) for rule in task.conversions),
        fuzzy=_fuzzy(task, scores),
    )


def _below(children: Mapping[str, Sequence[str]], name: str) -> tuple[str, ...]:
    """Return the leaves below a node, or the leaf itself."""
    if name not in children:
        return (name,)
    return tuple(leaf_id for child in children[name] for leaf_id in _below(children, child))


def _trees_in_force(
    system: IndicatorSystem,
    weighing: Weighing,
    children: Mapping[str, Sequence[str]],
    day: date,
) -> dict[str, Explanation]:
    """Scale the local weights to those in force; a block that is whole stays as it is."""
    trees = {}
    for parent, names in children.items():
        whole = system.children[parent]
        places = tuple(whole.index(name) for name in names)
        if math.fsum(weighing.trees[parent].numbers[place] for place in places) <= 0:
            raise InputError([_nothing_in_force(parent, day)])
        tree = weighing.trees[parent]
        trees[parent] = (
            tree
            if len(names) == len(whole)
            else node(
                Text(f"weights below {parent} in force", f"{parent} 下当日有效指标的权重"),
                partial(_scaled_at, places),
                tree,
                formula="wᵢ / Σ w",
                symbol=f"w({parent})",
            )
        )
    return trees


def _scaled_at(places: Sequence[int], weights: Sequence[float]) -> Value:
    total = math.fsum(weights[place] for place in places)
    return tuple(weights[place] / total for place in places)


def _nothing_in_force(parent: str, day: date) -> Problem:
    return Problem(
        field="system",
        found=parent,
        allowed=Text(
            f"nothing with weight is in force below it on {day}; give weights, or evaluate later",
            f"{day} 其下没有有权重的有效指标；请给出权重或改用更晚的日期",
        ),
    )


def _total(
    name: Text,
    kind: Aggregation,
    pairs: Sequence[tuple[Explanation, Explanation]],
    symbol: str,
) -> Explanation:
    return node(
        name,
        partial(_aggregate, kind),
        *(tree for pair in pairs for tree in pair),
        formula=AGGREGATION_FORMULAS[kind],
        symbol=symbol,
    )


def _aggregate(kind: Aggregation, *terms: float | Interval) -> Value:
    weights = [as_interval(weight).low for weight in terms[::2]]
    scores = terms[1::2]
    points = [score for score in scores if not isinstance(score, Interval)]
    if len(points) == len(scores):
        return min(max(aggregated_score(kind, weights, points), 0.0), 1.0)
    found = aggregated_range(kind, weights, scores)
    return Interval(max(found.low, 0.0), min(found.high, 1.0))


def _spread(
    task: EvaluationTask,
    tree: Explanation,
    scores: Mapping[str, IndicatorScore],
    names: Sequence[str],
) -> Interval:
    weights = [as_interval(child.value).low for child in tree.children[::2]]  # type: ignore[arg-type]
    return as_interval(
        _aggregate(  # type: ignore[arg-type]
            task.options.aggregation,
            *(
                item
                for pair in zip(weights, [scores[n].range for n in names], strict=True)
                for item in pair
            ),
        )
    )


def _check_names(task: EvaluationTask, given: Mapping[str, Explanation], day: date) -> None:
    problems = [
        Problem(
            field=f"conversions[{place}].formula",
            found=name,
            allowed=Text(f"{name} is not in force on {day}", f"{name} 于 {day} 尚未生效"),
        )
        for place, rule in enumerate(task.conversions)
        for name in rule.names
        if name not in given
    ]
    if problems:
        raise InputError(problems)


def _indicator_score(
    task: EvaluationTask, place: _Place, answers: Sequence[DatedAnswer]
) -> IndicatorScore:
    item, day = place.item, place.day
    cohorts = [each for each in task.cohorts if each.indicator == item.id]
    if cohorts:
        return _counted(task, place, cohorts)
    latest = {answer.author: answer for answer in answers if answer.dated_on <= day}
    left_out = {
        answer: state
        for answer in latest.values()
        if (state := _why_left_out(task, item, answer, day)) is not None
    }
    usable = [answer for answer in latest.values() if answer not in left_out]
    if usable:
        return _answered(task, place, usable, left_out)
    states = set(left_out.values())
    told = (ScoreState.UNSUPPORTED, ScoreState.EXPIRED)
    state = next((each for each in told if each in states), ScoreState.UNKNOWN)
    return _unknown(place, state, left_out)


def _why_left_out(
    task: EvaluationTask, item: Indicator, answer: DatedAnswer, day: date
) -> ScoreState | None:
    if answer.answer is None:
        return ScoreState.UNKNOWN
    if _has_expired(task, answer, day):
        return ScoreState.EXPIRED
    return None if _is_supported(item, answer) else ScoreState.UNSUPPORTED


def _has_expired(task: EvaluationTask, answer: DatedAnswer, day: date) -> bool:
    most = task.options.answers_valid_days
    return most is not None and (day - answer.dated_on).days > most


def _is_supported(item: Indicator, answer: DatedAnswer) -> bool:
    return item.evidence is not EvidenceRule.REQUIRED or bool(answer.evidence)


def _name(item: Indicator) -> Text:
    return Text(f"score of {item.id} {item.name.en}", f"{item.id} {item.name.zh}得分")


def _unknown(
    place: _Place, state: ScoreState, left_out: Mapping[DatedAnswer, ScoreState]
) -> IndicatorScore:
    item = place.item
    tree = leaf(
        Text(
            f"{item.id} {item.name.en}: unknown, anywhere on its scale",
            f"{item.id} {item.name.zh}：未知，可为量程内任意值",
        ),
        UNIT_SCALE,
        Source(kind=SourceKind.JUDGEMENT, path=f"unknown.{place.asset}.{item.id}"),
        symbol=item.id,
    )
    return IndicatorScore(
        indicator=item.id,
        weight=place.weight,
        explanation=tree,
        range=UNIT_SCALE,
        state=state,
        given_on=None,
        answers=(),
        left_out=left_out,
        statistic=None,
        percentile=None,
    )


def _answered(
    task: EvaluationTask,
    place: _Place,
    usable: Sequence[DatedAnswer],
    left_out: Mapping[DatedAnswer, ScoreState],
) -> IndicatorScore:
    item = place.item
    form = task.options.set_valued_form
    polarity = item.polarity or 1
    said = [answer.answer for answer in usable if answer.answer is not None]
    unit = [oriented(on_unit_scale(item.id, each, item.scale), polarity) for each in said]
    tree = node(
        _name(item),
        partial(_panel_score, polarity, item.scale, form),
        *(
            leaf(
                Text(f"{answer.author} on {item.id}", f"{answer.author} 对 {item.id} 的评分"),
                each,
                Source(
                    kind=SourceKind.JUDGEMENT,
                    path=f"answers.{place.asset}.{item.id}.{answer.author}",
                    detail=Text(str(answer.dated_on), str(answer.dated_on)),
                ),
                symbol=f"[{answer.author}]",
            )
            for answer, each in zip(usable, said, strict=True)
        ),
        formula=("1 − " if polarity < 0 else "") + _FORMULAS[form],
        symbol=item.id,
    )
    return IndicatorScore(
        indicator=item.id,
        weight=place.weight,
        explanation=tree,
        range=Interval.hull(unit),
        state=ScoreState.ANSWERED
        if any(answer.dated_on == place.day for answer in usable)
        else ScoreState.CARRIED,
        given_on=max(answer.dated_on for answer in usable),
        answers=tuple(usable),
        left_out=left_out,
        statistic=_statistic(unit, form),
        percentile=None,
    )


_FORMULAS = {
    SetValuedForm.PAPER: "Σ (u² − l²) / 2 Σ (u − l)",
    SetValuedForm.WIDTH_NORMALISED: "Σ (l + u) / 2m",
}


def _statistic(answers: Sequence[Interval], form: SetValuedForm) -> SetStatistic:
    found = set_statistic(answers, form) or set_statistic(answers, SetValuedForm.WIDTH_NORMALISED)
    if found is None:  # the width-normalised form exists for every panel
        raise AssertionError(answers)
    return found


def _panel_score(
    polarity: int, scale: Interval, form: SetValuedForm, *answers: Interval | float
) -> Value:
    unit = [oriented(on_unit_scale("answer", as_interval(a), scale), polarity) for a in answers]
    return min(max(_statistic(unit, form).mean, 0.0), 1.0)


def _counted(task: EvaluationTask, place: _Place, cohorts: Sequence[CohortScore]) -> IndicatorScore:
    item, asset, day = place.item, place.asset, place.day
    counted = [each for each in cohorts if each.counted_on <= day]
    if not counted:
        return _unknown(place, ScoreState.UNKNOWN, {})
    chosen = max(counted, key=lambda each: each.counted_on).cohort
    own: Measure | None = None
    for each in sorted(task.measures, key=lambda one: one.dated_on):
        if (each.asset, each.measure) == (asset, chosen.measure) and each.dated_on <= day:
            own = each
    if own is None:
        return _unknown(place, ScoreState.UNKNOWN, {})
    polarity = item.polarity or 1
    found = cohort_percentile(own.value, chosen.values)
    tree = node(
        _name(item),
        partial(_percentile_score, polarity),
        leaf(
            Text(f"{chosen.measure} of {asset}", f"{asset} 的 {chosen.measure}"),
            own.value,
            Source(
                kind=SourceKind.MARKET,
                path=f"measures.{asset}.{chosen.measure}",
                detail=Text(f"{own.dated_on} {own.source.en}", f"{own.dated_on} {own.source.zh}"),
            ),
            symbol="x",
        ),
        leaf(
            Text(f"{chosen.measure} of the cohort", f"同类的 {chosen.measure}"),
            chosen.values,
            Source(kind=SourceKind.MARKET, path=f"cohorts.{chosen.id}", detail=chosen.described_as),
            symbol="c",
        ),
        formula=("1 − " if polarity < 0 else "") + "(#{c < x} + #{c = x} / 2) / n",
        symbol=item.id,
    )
    return IndicatorScore(
        indicator=item.id,
        weight=place.weight,
        explanation=tree,
        range=oriented(Interval.hull([found.range, found.sampling]), polarity),
        state=ScoreState.COUNTED,
        given_on=own.dated_on,
        answers=(),
        left_out={},
        statistic=None,
        percentile=found,
    )


def _percentile_score(polarity: int, value: float, cohort: Sequence[float]) -> Value:
    mid = cohort_percentile(value, cohort).mid
    return mid if polarity > 0 else 1.0 - mid


def _fuzzy(task: EvaluationTask, scores: Mapping[str, IndicatorScore]) -> FuzzyEvaluation | None:
    if task.grades is None:
        return None
    edges = task.grades.edges
    rows: dict[str, Sequence[float] | None] = {}
    for name, score in scores.items():
        if score.percentile is not None:
            item = task.system.node(name)
            said = [oriented(score.percentile.range, item.polarity or 1)]
        else:
            item = task.system.node(name)
            said = [
                oriented(on_unit_scale(name, each.answer, item.scale), item.polarity or 1)
                for each in score.answers
                if each.answer is not None
            ]
        rows[name] = interval_memberships(said, edges).tolist() if said else None
    names = [grade.name.en for grade in task.grades.grades]
    return fuzzy_evaluation(names, {name: s.weight for name, s in scores.items()}, rows)
