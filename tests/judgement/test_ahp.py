"""Pairwise judgements: what is refused, what is told, what is joined."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ipfinance.basics import InputError, Language
from ipfinance.judgement import (
    PairwiseMatrix,
    WeightsMethod,
    aggregated_judgements,
    as_judgement,
    combined_weights,
    priorities,
    rank_reversals,
)
from ipfinance.parameters import MissingParameterError, parameter


def test_random_index_is_saatys_to_fifteen() -> None:
    table = parameter("standard.ahp.random_index").at(None).value
    assert table[2:] == [0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57,
                         1.59]  # fmt: skip


def test_unknown_parameter_is_told() -> None:
    with pytest.raises(MissingParameterError, match=r"law\.of\.nowhere"):
        parameter("law.of.nowhere")


def test_beyond_fifteen_there_is_no_ratio() -> None:
    names = [f"x{i}" for i in range(16)]
    found = priorities(PairwiseMatrix.from_upper_triangle(names, [1.0] * 120))
    assert found.consistency_ratio is None
    assert found.is_consistent
    assert [finding.code for finding in found.findings] == ["ahp_no_consistency_ratio"]


def test_up_to_two_things_are_always_consistent() -> None:
    found = priorities(PairwiseMatrix.from_upper_triangle(["a", "b"], [7.0]))
    assert found.consistency_ratio == 0.0
    assert found.weights == pytest.approx({"a": 7 / 8, "b": 1 / 8})


def test_harkers_published_form() -> None:
    """By hand: with a-c missing and a = 2 b = 2 · 3 c the weights are 6 : 3 : 1."""
    matrix = PairwiseMatrix.from_upper_triangle(["a", "b", "c"], [2.0, None, 3.0])
    np.testing.assert_array_equal(matrix.array()[0], [2.0, 2.0, 0.0])
    found = priorities(matrix)
    assert found.weights == pytest.approx({"a": 0.6, "b": 0.3, "c": 0.1})
    assert found.consistency_ratio is None


def test_the_worst_judgement_is_named_with_its_cure() -> None:
    # consistent 1 : 1/2 : 1/4 : 1/8 but for the last judgement, which says the opposite
    upper = [2.0, 4.0, 8.0, 2.0, 4.0, 1 / 9]
    found = priorities(PairwiseMatrix.from_upper_triangle(list("abcd"), upper))
    assert not found.is_consistent
    worst = found.revisions[0]
    assert (worst.first, worst.second) == ("c", "d")
    assert worst.ratio_after < 0.1
    (finding,) = [f for f in found.findings if f.code == "ahp_inconsistent"]
    message = finding.message(Language.ENGLISH)
    assert "c against d, judged 1/9" in message
    assert "would bring the ratio to" in message
    assert "改为" in finding.message(Language.CHINESE)


def test_a_rank_that_depends_on_the_method_is_told() -> None:
    upper = [3.0, 1 / 2, 5.0, 1 / 3, 4.0, 3.0]
    found = priorities(PairwiseMatrix.from_upper_triangle(list("abcd"), upper))
    orders = {
        tuple(sorted(weights, key=lambda name: -weights[name]))
        for weights in found.by_method.values()
    }
    codes = {finding.code for finding in found.findings}
    assert ("ahp_rank_depends_on_method" in codes) == (len(orders) > 1)


def test_group_uses_only_those_who_judged_a_pair() -> None:
    one = PairwiseMatrix.from_upper_triangle(["a", "b", "c"], [2.0, None, 3.0])
    two = PairwiseMatrix.from_upper_triangle(["a", "b", "c"], [8.0, 5.0, None])
    joined = aggregated_judgements([one, two])
    assert joined.upper_triangle == pytest.approx((4.0, 5.0, 3.0))


def test_as_judgement_writes_what_experts_say() -> None:
    assert [as_judgement(x) for x in (3.0, 1 / 3, 1 / 7, 1.0, 0.4)] == [
        "3",
        "1/3",
        "1/7",
        "1",
        "0.4",
    ]


def test_reversal_of_two_criteria_is_where_they_are_level() -> None:
    children = {"root": ["A", "B"], "A": ["a1", "a2"], "B": ["b1", "b2"]}
    local = {
        "root": {"A": 0.6, "B": 0.4},
        "A": {"a1": 0.7, "a2": 0.3},
        "B": {"b1": 0.5, "b2": 0.5},
    }
    assert math.fsum(combined_weights(children, local, "root").values()) == pytest.approx(1.0)
    found = {item.node: item for item in rank_reversals(children, local, "root")}
    # a2 = 0.3 A overtakes b1 = 0.5 (1 - A) at A = 0.625
    assert found["A"].turning_weight == pytest.approx(0.625)


@pytest.mark.parametrize(
    ("names", "upper", "says"),
    [
        (["a", "b"], [2.0, 3.0], "expected 1 judgements above the diagonal"),
        (["a", "a"], [2.0], "each name may stand once"),
        (["a"], [], "at least 2 names"),
        (["a", "b"], [math.nan], "from 1/9 to 9"),
        (["a", "b"], [10.0], "from 1/9 to 9"),
    ],
)
def test_refused_judgements(names: list[str], upper: list[float], says: str) -> None:
    with pytest.raises(InputError, match=says):
        PairwiseMatrix.from_upper_triangle(names, upper)


def test_all_faults_of_a_matrix_are_told_at_once() -> None:
    with pytest.raises(InputError) as told:
        PairwiseMatrix.of(["a", "b", "c"], [[2, 99, 1], [1, 1, 3], [1, 3, 1]])
    assert len(told.value.problems) >= 3


def test_a_matrix_of_another_shape_is_refused() -> None:
    with pytest.raises(InputError, match="expected 2 rows of 2 judgements"):
        PairwiseMatrix.of(["a", "b"], [[1, 2]])


def test_only_the_eigenvector_knows_missing_judgements() -> None:
    matrix = PairwiseMatrix.from_upper_triangle(["a", "b", "c"], [2.0, None, 3.0])
    for method in (WeightsMethod.GEOMETRIC, WeightsMethod.COLUMN):
        with pytest.raises(InputError, match="expected eigenvector"):
            priorities(matrix, method)
