"""Laws of weights and of set-valued statistics."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ipfinance.basics import Interval
from ipfinance.judgement import (
    PairwiseMatrix,
    SetValuedForm,
    WeightsMethod,
    aggregated_judgements,
    combined_weights,
    covering_function,
    priorities,
    rank_reversals,
    set_statistic,
)

SAATY = [1 / k for k in range(9, 1, -1)] + [float(k) for k in range(1, 10)]


@st.composite
def consistent(draw: st.DrawFn) -> tuple[list[float], PairwiseMatrix]:
    """Draw weights and the matrix whose every judgement is their ratio."""
    n = draw(st.integers(2, 8))
    logs = draw(st.lists(st.floats(0.0, math.log(8.9)), min_size=n, max_size=n))
    weights = np.exp(np.array(logs))
    weights /= weights.sum()
    upper = [float(weights[i] / weights[j]) for i, j in combinations(range(n), 2)]
    names = [f"x{i}" for i in range(n)]
    return weights.tolist(), PairwiseMatrix.from_upper_triangle(names, upper)


@st.composite
def judged(draw: st.DrawFn, low: int = 2, high: int = 7) -> PairwiseMatrix:
    """Draw any matrix of the 1-9 scale."""
    n = draw(st.integers(low, high))
    size = n * (n - 1) // 2
    upper = draw(st.lists(st.sampled_from(SAATY), min_size=size, max_size=size))
    return PairwiseMatrix.from_upper_triangle([f"x{i}" for i in range(n)], upper)


@settings(max_examples=1500)
@given(case=consistent())
def test_methods_agree_on_consistent_judgements(case: tuple[list[float], PairwiseMatrix]) -> None:
    weights, matrix = case
    found = priorities(matrix)
    for method in WeightsMethod:
        assert list(found.by_method[method].values()) == pytest.approx(weights, abs=1e-9)
    assert found.lambda_max == pytest.approx(len(weights), abs=1e-8)
    assert found.consistency_ratio == pytest.approx(0.0, abs=1e-7)
    assert not found.revisions


@settings(max_examples=1000)
@given(matrix=judged())
def test_weights_are_positive_and_sum_to_one(matrix: PairwiseMatrix) -> None:
    found = priorities(matrix)
    for weights in found.by_method.values():
        assert min(weights.values()) > 0
        assert math.fsum(weights.values()) == pytest.approx(1.0, abs=1e-12)
    assert found.lambda_max >= len(matrix.names) - 1e-9


@settings(max_examples=500)
@given(matrix=judged(3, 6), data=st.data())
def test_order_of_the_names_changes_nothing(matrix: PairwiseMatrix, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(matrix.names))))
    values = [[matrix.values[i][j] for j in order] for i in order]
    other = PairwiseMatrix.of([matrix.names[i] for i in order], values)
    first, second = priorities(matrix), priorities(other)
    for method in WeightsMethod:
        for name in matrix.names:
            assert second.by_method[method][name] == pytest.approx(
                first.by_method[method][name], abs=1e-9
            )
    assert second.lambda_max == pytest.approx(first.lambda_max, abs=1e-9)


@settings(max_examples=150)
@given(matrix=judged(3, 5))
def test_the_named_change_mends_what_it_says(matrix: PairwiseMatrix) -> None:
    found = priorities(matrix)
    assume(found.revisions)
    for revision in found.revisions:
        i, j = matrix.names.index(revision.first), matrix.names.index(revision.second)
        values = [list(row) for row in matrix.values]
        values[i][j], values[j][i] = revision.suggested, 1 / revision.suggested
        mended = priorities(PairwiseMatrix.of(matrix.names, values))
        assert mended.consistency_ratio == pytest.approx(revision.ratio_after, abs=1e-9)


@settings(max_examples=300)
@given(case=consistent(), data=st.data())
def test_missing_judgements_of_a_consistent_panel_cost_nothing(
    case: tuple[list[float], PairwiseMatrix], data: st.DataObject
) -> None:
    weights, matrix = case
    n = len(weights)
    assume(n >= 3)
    kept = {(i, i + 1) for i in range(n - 1)}  # a chain keeps the names connected
    upper = [
        value if pair in kept or data.draw(st.booleans()) else None
        for pair, value in zip(combinations(range(n), 2), matrix.upper_triangle, strict=True)
    ]
    found = priorities(PairwiseMatrix.from_upper_triangle(matrix.names, upper))
    assert list(found.weights.values()) == pytest.approx(weights, abs=1e-7)
    assert (found.consistency_ratio is None) == (None in upper)


@settings(max_examples=300)
@given(matrices=st.lists(judged(4, 4), min_size=1, max_size=5))
def test_group_judgements_lie_between_the_experts(matrices: list[PairwiseMatrix]) -> None:
    joined = aggregated_judgements(matrices)
    for place, value in enumerate(joined.upper_triangle):
        each = [m.upper_triangle[place] or 1.0 for m in matrices]
        assert value is not None
        assert min(each) - 1e-9 <= value <= max(each) + 1e-9


@st.composite
def hierarchies(draw: st.DrawFn) -> tuple[dict[str, list[str]], dict[str, dict[str, float]]]:
    """Draw a hierarchy up to four levels deep with weights summing to one."""
    children: dict[str, list[str]] = {}
    local: dict[str, dict[str, float]] = {}
    waiting = [("root", 0)]
    while waiting:
        name, depth = waiting.pop()
        count = draw(st.integers(1, 4))
        names = [f"{name}.{i}" for i in range(count)]
        raw = [draw(st.floats(0.05, 1.0)) for _ in names]
        children[name] = names
        local[name] = {child: w / math.fsum(raw) for child, w in zip(names, raw, strict=True)}
        if depth < 3:
            waiting += [(child, depth + 1) for child in names if draw(st.booleans())]
    return children, local


@settings(max_examples=1000)
@given(case=hierarchies())
def test_composed_weights_sum_to_one(
    case: tuple[dict[str, list[str]], dict[str, dict[str, float]]],
) -> None:
    weights = combined_weights(*case, "root")
    assert math.fsum(weights.values()) == pytest.approx(1.0, abs=1e-12)
    assert set(weights) == {c for names in case[0].values() for c in names if c not in case[0]}


@settings(max_examples=150)
@given(case=hierarchies())
def test_at_a_reversal_the_two_leaves_are_level(
    case: tuple[dict[str, list[str]], dict[str, dict[str, float]]],
) -> None:
    children, local = case
    parent_of = {child: parent for parent, names in children.items() for child in names}
    for reversal in rank_reversals(children, local, "root"):
        parent = parent_of[reversal.node]
        scale = (1 - reversal.turning_weight) / (1 - local[parent][reversal.node])
        changed = {
            name: reversal.turning_weight if name == reversal.node else weight * scale
            for name, weight in local[parent].items()
        }
        weights = combined_weights(children, {**local, parent: changed}, "root")
        assert weights[reversal.ahead] == pytest.approx(weights[reversal.behind], abs=1e-9)


@st.composite
def panels(draw: st.DrawFn) -> list[Interval]:
    """Draw a panel's intervals on [0, 1]."""
    count = draw(st.integers(1, 8))
    pairs = [sorted((draw(st.floats(0, 1)), draw(st.floats(0, 1)))) for _ in range(count)]
    return [Interval(*pair) for pair in pairs]


@settings(max_examples=1000)
@given(panel=panels())
def test_statistics_stay_in_their_ranges(panel: list[Interval]) -> None:
    for form in SetValuedForm:
        found = set_statistic(panel, form)
        if found is None:
            assert form is SetValuedForm.PAPER
            assert all(a.width == 0 for a in panel)
            continue
        hull = Interval.hull(panel)
        assert hull.low - 1e-12 <= found.mean <= hull.high + 1e-12
        assert 0 <= found.dispersion <= 0.25 + 1e-12
        assert found.confidence == pytest.approx(1 / (1 + found.dispersion))
        assert math.fsum(found.shares) == pytest.approx(1.0, abs=1e-9)


@settings(max_examples=200)
@given(panel=panels())
def test_published_form_equals_quadrature_of_the_covering_function(panel: list[Interval]) -> None:
    found = set_statistic(panel)
    assume(found is not None and sum(a.width for a in panel) > 1e-6)
    assert found is not None
    steps = covering_function(panel)
    area = moment = spread = 0.0
    for (left, share), (right, _) in pairwise(steps):
        area += share * (right - left)
        moment += share * (right**2 - left**2) / 2
        spread += share * ((right - found.mean) ** 3 - (left - found.mean) ** 3) / 3
    assert found.mean == pytest.approx(moment / area, abs=1e-9)
    assert found.dispersion == pytest.approx(spread / area, abs=1e-9)


@settings(max_examples=500)
@given(panel=panels(), data=st.data())
def test_order_of_the_experts_changes_nothing(panel: list[Interval], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(panel))
    for form in SetValuedForm:
        first, second = set_statistic(panel, form), set_statistic(list(shuffled), form)
        assert (first is None) == (second is None)
        if first is not None and second is not None:
            assert second.mean == pytest.approx(first.mean, abs=1e-12)
            assert second.dispersion == pytest.approx(first.dispersion, abs=1e-12)


@settings(max_examples=300)
@given(panel=panels())
def test_mirroring_the_scale_mirrors_the_mean_only(panel: list[Interval]) -> None:
    mirrored = [Interval(1 - a.high, 1 - a.low) for a in panel]
    for form in SetValuedForm:
        first, second = set_statistic(panel, form), set_statistic(mirrored, form)
        if first is not None and second is not None and sum(a.width for a in panel) > 1e-9:
            assert second.mean == pytest.approx(1 - first.mean, abs=1e-6)
            assert second.dispersion == pytest.approx(first.dispersion, abs=1e-6)
