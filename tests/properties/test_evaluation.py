"""Laws of scores over time: unknown widens, nothing falls when a score rises, sums are whole."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipfinance.basics import Interval, Text
from ipfinance.judgement import (
    Aggregation,
    CohortRow,
    Conversion,
    ConversionTarget,
    DatedAnswer,
    EvaluatedAsset,
    EvaluationOptions,
    EvaluationStatus,
    EvaluationTask,
    Formula,
    Grade,
    GradeTable,
    Indicator,
    IndicatorSystem,
    Interpolation,
    ObjectiveMethod,
    RiskEvent,
    RiskKind,
    ScoreTable,
    SystemStatus,
    WeightSet,
    aggregated_score,
    cohort_percentile,
    cohort_survey,
    cronbach_alpha,
    evaluate,
    interval_memberships,
    kendall_concordance,
    risk_register,
    table_weights,
)

MADE_UP = Text("made up", "虚构")
DAY = date(2025, 1, 1)
UNIT = st.floats(0.0, 1.0)
KINDS = st.sampled_from(list(Aggregation))


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    """Draw an answer on [0, 1]."""
    ends = sorted((draw(UNIT), draw(UNIT)))
    return Interval(*ends)


@st.composite
def tasks(draw: st.DrawFn) -> EvaluationTask:
    """Draw a system of two criteria with answers on some of its indicators."""
    sizes = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    nodes = [Indicator(id=c, parent="root", name=MADE_UP) for c in ("C1", "C2")]
    weights: dict[str, float] = {}
    raw = draw(st.lists(st.floats(0.05, 1.0), min_size=2, max_size=2))
    weights.update({c: w / math.fsum(raw) for c, w in zip(("C1", "C2"), raw, strict=True)})
    for parent, size in zip(("C1", "C2"), sizes, strict=True):
        raw = draw(st.lists(st.floats(0.05, 1.0), min_size=size, max_size=size))
        for place in range(size):
            name = f"{parent}x{place}"
            polarity = draw(st.sampled_from([1, -1]))
            nodes.append(Indicator(id=name, parent=parent, name=MADE_UP, polarity=polarity))
            weights[name] = raw[place] / math.fsum(raw)
    leaves = [node.id for node in nodes[2:]]
    answered = draw(st.lists(st.sampled_from(leaves), min_size=1, unique=True))
    answers = tuple(
        DatedAnswer(
            asset="a",
            indicator=name,
            author=author,
            dated_on=DAY + timedelta(days=draw(st.integers(0, 2))),
            answer=draw(intervals()),
        )
        for name in answered
        for author in draw(st.lists(st.sampled_from("EFG"), min_size=1, unique=True))
    )
    return EvaluationTask(
        id="t",
        title=MADE_UP,
        status=EvaluationStatus.ILLUSTRATIVE,
        system=IndicatorSystem(
            id="s",
            version="1",
            status=SystemStatus.USER_SUPPLIED,
            source=MADE_UP,
            nodes=tuple(nodes),
            weight_sets=(WeightSet(scenario="w", weights=weights),),
        ),
        assets=(EvaluatedAsset(id="a", title=MADE_UP),),
        answers=answers,
        grades=GradeTable(
            grades=tuple(Grade(name=MADE_UP, low=low) for low in (0.0, 0.3, 0.7)), source=MADE_UP
        ),
        options=EvaluationOptions(scenario="w", aggregation=draw(KINDS)),
    )


@settings(max_examples=150)
@given(task=tasks())
def test_weights_sum_to_one_and_scores_lie_where_they_may(task: EvaluationTask) -> None:
    for one in evaluate(task).trends["a"].snapshots:
        assert math.fsum(one.weights.values()) == pytest.approx(1.0)
        assert Interval(0.0, 1.0).holds(one.value)
        assert one.range.low <= one.value.low + 1e-12
        assert one.value.high <= one.range.high + 1e-12
        known = math.fsum(s.weight for s in one.scores.values() if s.is_known)
        assert one.unknown_weight == pytest.approx(1.0 - known, abs=1e-9)
        assert one.grades
        assert one.total.recomputed({}) == one.total.value


@settings(max_examples=150)
@given(task=tasks(), filled=UNIT)
def test_unknown_widens_and_never_lowers_to_zero(task: EvaluationTask, filled: float) -> None:
    """Whatever an unknown indicator turns out to be, the score lies in the interval shown."""
    one = evaluate(task).last("a")
    guesses = {f"unknown.a.{name}": filled for name in one.unknown}
    found = one.total.recomputed(guesses)
    assert isinstance(found, (float, int))
    assert found in Interval(one.value.low - 1e-9, one.value.high + 1e-9)
    if task.options.aggregation is Aggregation.WEIGHTED_SUM:
        assert one.value.width == pytest.approx(one.unknown_weight, abs=1e-9)
    zeros = one.total.recomputed(dict.fromkeys(guesses, 0.0))
    assert zeros == pytest.approx(one.value.low, abs=1e-9)


@settings(max_examples=150)
@given(task=tasks(), data=st.data())
def test_taking_an_answer_back_widens(task: EvaluationTask, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(task.answers) - 1))
    name = task.answers[place].indicator
    before = evaluate(task).last("a")
    gone = tuple(replace(a, answer=None) if a.indicator == name else a for a in task.answers)
    after = evaluate(replace(task, answers=gone)).last("a")
    assert after.value.low <= before.value.low + 1e-9
    assert after.value.high >= before.value.high - 1e-9
    assert name in after.unknown


@settings(max_examples=150)
@given(task=tasks(), data=st.data(), up=UNIT)
def test_a_better_answer_never_lowers_the_score(
    task: EvaluationTask, data: st.DataObject, up: float
) -> None:
    place = data.draw(st.integers(0, len(task.answers) - 1))
    answer = task.answers[place]
    assert answer.answer is not None
    item = task.system.node(answer.indicator)
    low, high = answer.answer
    better = (
        Interval(low + up * (1 - low), high + up * (1 - high))
        if item.polarity == 1
        else Interval(low * (1 - up), high * (1 - up))
    )
    answers = [*task.answers]
    answers[place] = replace(answer, answer=better)
    before, after = evaluate(task), evaluate(replace(task, answers=tuple(answers)))
    for old, new in zip(before.trends["a"].snapshots, after.trends["a"].snapshots, strict=True):
        assert new.value.low >= old.value.low - 1e-9
        assert new.value.high >= old.value.high - 1e-9


@settings(max_examples=100)
@given(task=tasks())
def test_effects_and_remainder_add_up_to_the_change(task: EvaluationTask) -> None:
    for change in evaluate(task).trends["a"].changes:
        total = math.fsum(item.effect for item in change.by_indicator) + change.remainder
        kind = task.options.aggregation
        middles = [
            aggregated_score(
                kind,
                list(one.weights.values()),
                [score.value.midpoint for score in one.scores.values()],
            )
            for one in (change.first, change.second)
        ]
        assert total == pytest.approx(middles[1] - middles[0], abs=1e-9)
        if kind is Aggregation.WEIGHTED_SUM:
            assert change.remainder == pytest.approx(0.0, abs=1e-9)


@settings(max_examples=60)
@given(task=tasks(), order=st.randoms(use_true_random=False))
def test_the_order_of_answers_does_not_matter(task: EvaluationTask, order: object) -> None:
    shuffled = list(task.answers)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = evaluate(task), evaluate(replace(task, answers=tuple(shuffled)))
    for a, b in zip(first.trends["a"].snapshots, second.trends["a"].snapshots, strict=True):
        assert list(a.value) == pytest.approx(list(b.value), abs=1e-12)


@settings(max_examples=200)
@given(
    kind=KINDS, scores=st.lists(UNIT, min_size=1, max_size=6), shift=UNIT, place=st.integers(0, 5)
)
def test_each_aggregation_is_monotone_and_keeps_level_scores(
    kind: Aggregation, scores: list[float], shift: float, place: int
) -> None:
    weights = [1.0 / len(scores)] * len(scores)
    value = aggregated_score(kind, weights, scores)
    assert -1e-12 <= value <= 1 + 1e-12
    spot = place % len(scores)
    raised = [*scores]
    raised[spot] += shift * (1.0 - raised[spot])
    assert aggregated_score(kind, weights, raised) >= value - 1e-9
    level = [scores[0]] * len(scores)
    assert aggregated_score(kind, weights, level) == pytest.approx(scores[0], abs=1e-9)


@settings(max_examples=200)
@given(
    values=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30),
    value=st.floats(-1e6, 1e6),
)
def test_percentiles_order_and_do_not_know_units(values: list[float], value: float) -> None:
    found = cohort_percentile(value, values)
    assert found.range.low <= found.mid <= found.range.high
    assert Interval(0.0, 1.0).holds(found.sampling)
    assert found.sampling.low - 1e-12 <= found.mid <= found.sampling.high + 1e-12
    assert cohort_percentile(value + 1.0, values).mid >= found.mid
    doubled = cohort_percentile(2.0 * value, [2.0 * each for each in values])
    assert doubled.mid == found.mid


@settings(max_examples=100)
@given(values=st.lists(st.one_of(st.none(), st.integers(0, 5)), min_size=2, max_size=20))
def test_a_survey_is_the_percentile_among_the_others(values: list[int | None]) -> None:
    rows = [
        CohortRow(id=str(i), kind=("k",), values={"m": None if v is None else float(v)})
        for i, v in enumerate(values)
    ]
    found = cohort_survey(rows, ["m"], ["kind"])
    for place, each in enumerate(found.standings):
        own = values[place]
        others = [float(v) for i, v in enumerate(values) if i != place and v is not None]
        if own is None or not others:
            assert each.percentiles["m"] is None
        else:
            assert each.percentiles["m"] == cohort_percentile(float(own), others)


@settings(max_examples=200)
@given(answers=st.lists(intervals(), min_size=1, max_size=6), cut=st.floats(0.01, 0.99))
def test_memberships_sum_to_one(answers: list[Interval], cut: float) -> None:
    found = interval_memberships(answers, [0.0, cut, 1.0])
    assert found.sum() == pytest.approx(1.0)
    assert np.all(found >= 0)


@settings(max_examples=150)
@given(
    rows=st.lists(
        st.tuples(st.floats(0.1, 9), st.floats(0.1, 9), st.floats(0.1, 9)), min_size=2, max_size=8
    ),
    share=UNIT,
)
def test_every_set_of_weights_sums_to_one(
    rows: list[tuple[float, float, float]], share: float
) -> None:
    table = ScoreTable(
        raters=tuple(map(str, range(len(rows)))), items=("a", "b", "c"), values=tuple(rows)
    )
    found = table_weights(table, {"a": 0.2, "b": 0.3, "c": 0.5}, share=share)
    for method in ObjectiveMethod:
        for weights in (found.objective[method], found.product[method], found.linear[method]):
            if weights is not None:
                assert math.fsum(weights.values()) == pytest.approx(1.0)
                assert min(weights.values()) >= -1e-12


@settings(max_examples=80)
@given(seed=st.integers(0, 10_000), n=st.integers(2, 5), k=st.integers(2, 5))
def test_panel_statistics_keep_their_bounds(seed: int, n: int, k: int) -> None:
    scores = np.random.Generator(np.random.PCG64(seed)).integers(1, 6, (n, k)).astype(float)
    alpha = cronbach_alpha(scores)
    assert math.isnan(alpha) or alpha <= 1 + 1e-9
    moved = cronbach_alpha(3.0 * scores + 7.0)
    assert (math.isnan(alpha) and math.isnan(moved)) or moved == pytest.approx(alpha, abs=1e-6)
    found = kendall_concordance(scores)
    assert math.isnan(found.w) or -1e-12 <= found.w <= 1 + 1e-12
    same = kendall_concordance(np.array([np.arange(k)] * n, dtype=float))
    assert same.w == pytest.approx(1.0)


FORMULAS = st.sampled_from(
    [
        "0.1 * (1 - a) + 0.05 * b",
        "a * (1 - a) + b ** 2",
        "max(a, b) - min(a, b) * abs(a - 0.5)",
        "exp(a) / (1 + b)",
        "sqrt(a + b) * log(2 + a * b)",
    ]
)


@settings(max_examples=200)
@given(text=FORMULAS, a=intervals(), b=intervals(), s=UNIT, t=UNIT)
def test_a_formula_holds_every_value_in_its_box(
    text: str, a: Interval, b: Interval, s: float, t: float
) -> None:
    rule = Formula(text)
    given_ = {"a": a, "b": b}
    point = {"a": a.low + s * a.width, "b": b.low + t * b.width}
    found = rule.range({name: given_[name] for name in rule.names})
    value = rule.value(point)
    assert found.low - 1e-9 <= value <= found.high + 1e-9


@settings(max_examples=150)
@given(
    values=st.lists(st.floats(-1, 1), min_size=2, max_size=6),
    score=intervals(),
    s=UNIT,
    kind=st.sampled_from(list(Interpolation)),
)
def test_a_table_holds_every_value_of_its_interval(
    values: list[float], score: Interval, s: float, kind: Interpolation
) -> None:
    steps = len(values) - 1
    rule = Conversion(
        id="r",
        target=ConversionTarget.RISK_PREMIUM,
        source=MADE_UP,
        table=tuple((place / steps, value) for place, value in enumerate(values)),
        interpolation=kind,
    )
    found = rule.range({"score": score})
    value = rule.value({"score": score.low + s * score.width})
    assert found.low - 1e-9 <= value <= found.high + 1e-9


@st.composite
def events(draw: st.DrawFn) -> RiskEvent:
    """Draw an event; its id is set by the test."""
    hazard = sorted(draw(st.tuples(st.floats(0, 2), st.floats(0, 2))))
    loss = sorted(draw(st.tuples(UNIT, UNIT)))
    return RiskEvent(
        id="",
        kind=draw(st.sampled_from(list(RiskKind))),
        name=MADE_UP,
        hazard=Interval(*hazard),
        loss=Interval(*loss),
        source=MADE_UP,
    )


@settings(max_examples=150)
@given(many=st.lists(events(), min_size=1, max_size=5), horizon=st.floats(0.1, 30), s=UNIT)
def test_risks_hold_every_choice_inside_their_intervals(
    many: list[RiskEvent], horizon: float, s: float
) -> None:
    named = [replace(event, id=str(place)) for place, event in enumerate(many)]
    found = risk_register(named, horizon=horizon, yearly_rate=0.1)
    hazards = [event.hazard.low + s * event.hazard.width for event in named]
    losses = [event.loss.high - s * event.loss.width for event in named]
    total = math.fsum(hazards)
    spread = 1e-9
    rate = math.fsum(h * x for h, x in zip(hazards, losses, strict=True))
    assert found.premium.low - spread <= rate <= found.premium.high + spread
    left = math.exp(-rate * horizon)
    assert found.remaining.low - spread <= left <= found.remaining.high + spread
    for event, hazard in zip(named, hazards, strict=True):
        first = hazard / total * (1 - math.exp(-total * horizon)) if total > 0 else 0.0
        share = found.by_event[event.id]
        assert share.first.low - spread <= first <= share.first.high + spread
    firsts = math.fsum(found.by_event[event.id].first.low for event in named)
    assert firsts <= 1.0 - found.quiet.low + spread


def test_a_premium_values_the_same_flows() -> None:
    """A shrinking flow at r, and a steady one at r plus the premium: by quadrature and directly."""
    event = RiskEvent(
        id="a",
        kind=RiskKind.LAW,
        name=MADE_UP,
        hazard=Interval(0.2, 0.2),
        loss=Interval(0.5, 0.5),
        source=MADE_UP,
    )
    found = risk_register([event], horizon=10.0, yearly_rate=0.1)
    assert found.yearly_premium is not None
    rate = 0.1
    shrinking = math.fsum(math.exp(-0.1 * t) / (1 + rate) ** t for t in range(1, 11))
    steady = math.fsum((1 + rate + found.yearly_premium.low) ** -t for t in range(1, 11))
    assert steady == pytest.approx(shrinking, rel=1e-12)
