"""Panel statistics, weights from data, cohorts and rules against separate computations."""

from __future__ import annotations

import math
from itertools import permutations
from statistics import correlation, mean, stdev

import numpy as np
import pytest
from scipy import optimize, stats

from ipfinance.basics import InputError, Interval, Text
from ipfinance.judgement import (
    Aggregation,
    Conversion,
    ConversionTarget,
    Formula,
    FuzzyOperator,
    Interpolation,
    aggregated_range,
    aggregated_score,
    cohort_percentile,
    combined_weights,
    critic_weights,
    cronbach_alpha,
    dimensionality,
    direction_findings,
    entropy_weights,
    fuzzy_evaluation,
    interval_memberships,
    intraclass_correlations,
    kendall_concordance,
    linear_weights,
    overtakings,
    product_weights,
    reliability,
    stability_radius,
    topsis_closeness,
    variation_weights,
    wilson_interval,
)
from ipfinance.numerics import FloatArray

SHROUT_FLEISS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]],
    dtype=float,
)
PRINTED_2 = 5e-3
MADE_UP = Text("made up", "虚构")


def _random(seed: int, *shape: int) -> FloatArray:
    return np.random.Generator(np.random.PCG64(seed)).random(shape)


def test_intraclass_correlations_as_published() -> None:
    """Shrout and Fleiss (1979), table 4: six targets, four judges."""
    found = intraclass_correlations(SHROUT_FLEISS)
    printed = {
        "one_way": 0.17,
        "agreement": 0.29,
        "consistency": 0.71,
        "one_way_mean": 0.44,
        "agreement_mean": 0.62,
        "consistency_mean": 0.91,
    }
    for name, value in printed.items():
        assert getattr(found, name) == pytest.approx(value, abs=PRINTED_2), name


def test_alpha_is_the_consistency_of_the_mean() -> None:
    """Cronbach's alpha equals ICC(3,k): an identity between two separate formulas."""
    for seed in range(5):
        scores = _random(seed, 9, 4)
        found = reliability(scores)
        assert found.alpha == pytest.approx(intraclass_correlations(scores).consistency_mean)
        assert found.low < found.alpha < found.high
        for place in range(4):
            rest = np.delete(scores, place, axis=1)
            assert found.alpha_without[place] == pytest.approx(cronbach_alpha(rest))
            expected = correlation(scores[:, place].tolist(), rest.sum(axis=1).tolist())
            assert found.item_rest[place] == pytest.approx(expected)


def test_the_interval_of_alpha_covers_as_often_as_it_says() -> None:
    rng = np.random.Generator(np.random.PCG64(7))
    n, k, noise, runs = 20, 5, 1.0, 2000
    true = k / (k + noise**2)  # k parallel items: reliability of the sum
    hits = 0
    for _ in range(runs):
        scores = rng.normal(size=(n, 1)) + noise * rng.normal(size=(n, k))
        found = reliability(scores)
        hits += found.low <= true <= found.high
    assert hits / runs == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / runs))


def test_no_variance_leaves_alpha_open() -> None:
    assert math.isnan(cronbach_alpha(np.full((4, 3), 2.0)))
    found = reliability(np.array([[1.0, 2.0], [2.0, 1.0], [1.5, 1.5]]))
    assert math.isnan(found.alpha)
    assert all(math.isnan(value) for value in found.alpha_without)


@pytest.mark.parametrize("shape", [(3, 4), (5, 4), (8, 7)])
def test_concordance_agrees_with_friedman(shape: tuple[int, int]) -> None:
    scores = np.round(_random(sum(shape), *shape) * 4)
    found = kendall_concordance(scores)
    other = stats.friedmanchisquare(*scores.T)
    assert found.chi_square == pytest.approx(other.statistic)
    assert found.p_chi_square == pytest.approx(other.pvalue)
    assert 0 < found.p_permutation <= 1


def test_permutation_probability_counts_every_case() -> None:
    scores = np.array([[1.0, 2.0, 2.0, 4.0], [2.0, 1.0, 3.0, 4.0], [1.0, 3.0, 2.0, 2.0]])
    ranks = np.array([stats.rankdata(row) for row in scores])
    observed = ((ranks.sum(axis=0) - 7.5) ** 2).sum()
    reached = total = 0
    for second in permutations(ranks[1]):
        for third in permutations(ranks[2]):
            sums = ranks[0] + np.array(second) + np.array(third)
            reached += ((sums - 7.5) ** 2).sum() >= observed - 1e-9
            total += 1
    found = kendall_concordance(scores)
    assert found.is_exact
    assert found.standard_error == 0
    assert found.p_permutation == pytest.approx(reached / total)


def test_many_items_are_drawn_and_close_to_chi_square() -> None:
    scores = _random(3, 12, 8)
    found = kendall_concordance(scores)
    assert not found.is_exact
    assert found.p_permutation == pytest.approx(found.p_chi_square, abs=0.03)
    assert found.standard_error > 0


def test_raters_who_tie_everything_have_no_concordance() -> None:
    assert math.isnan(kendall_concordance(np.ones((3, 4))).w)


def test_dimensionality_against_residuals_of_regressions() -> None:
    """Adequacy needs partial correlations: here from residuals, there from the inverse."""
    rng = np.random.Generator(np.random.PCG64(11))
    factor = rng.normal(size=(60, 1))
    scores = factor + 0.7 * rng.normal(size=(60, 4))
    found = dimensionality(scores)
    assert found is not None
    assert found.n_dimensions == 1
    assert sum(found.eigenvalues) == pytest.approx(4.0)
    plain = partial = 0.0
    for i in range(4):
        for j in range(4):
            if i == j:
                continue
            others = np.column_stack([np.ones(60), np.delete(scores, (i, j), axis=1)])
            residuals = [
                scores[:, k] - others @ np.linalg.lstsq(others, scores[:, k], rcond=None)[0]
                for k in (i, j)
            ]
            partial += np.corrcoef(*residuals)[0, 1] ** 2
            plain += np.corrcoef(scores[:, i], scores[:, j])[0, 1] ** 2
    assert found.adequacy == pytest.approx(plain / (plain + partial))
    determinant = np.linalg.det(np.corrcoef(scores, rowvar=False))
    assert found.bartlett is not None
    assert found.bartlett == pytest.approx(-(59 - 13 / 6) * math.log(determinant))
    assert found.p_value == pytest.approx(stats.chi2.sf(found.bartlett, 6))


def test_two_dimensions_are_told_from_one_and_too_few_are_not_told() -> None:
    rng = np.random.Generator(np.random.PCG64(12))
    factors = rng.normal(size=(80, 2)).repeat(3, axis=1)
    found = dimensionality(factors + 0.5 * rng.normal(size=(80, 6)))
    assert found is not None
    assert found.n_dimensions == 2
    assert dimensionality(_random(1, 5, 2)) is None
    assert dimensionality(np.ones((5, 3))) is None
    few = dimensionality(_random(2, 4, 5))
    assert few is not None
    assert few.adequacy is None
    assert few.bartlett is None


def test_critic_and_variation_from_plain_loops() -> None:
    table = _random(5, 7, 4)
    columns = [
        [(x - min(column)) / (max(column) - min(column)) for x in column]
        for column in table.T.tolist()
    ]
    raw = [stdev(a) * sum(1 - correlation(a, b) for b in columns) for a in columns]
    assert critic_weights(table).tolist() == pytest.approx([x / sum(raw) for x in raw])
    spread = [stdev(column) / mean(column) for column in table.T.tolist()]
    assert variation_weights(table).tolist() == pytest.approx([x / sum(spread) for x in spread])


def test_objective_weights_refuse_what_tells_nothing() -> None:
    for rule in (entropy_weights, critic_weights, variation_weights):
        with pytest.raises(InputError):
            rule(np.ones((1, 3)))
        with pytest.raises(InputError):
            rule(np.ones((4, 3)))
    with pytest.raises(InputError):
        entropy_weights(np.array([[1.0, -1.0], [2.0, 3.0]]))
    with pytest.raises(InputError):
        entropy_weights(np.array([[1.0, 0.0], [2.0, 0.0]]))
    with pytest.raises(InputError):
        variation_weights(np.array([[1.0, -1.0], [2.0, 1.0]]))
    assert critic_weights(np.array([[1.0, 5.0, 1.0], [2.0, 5.0, 3.0], [3.0, 5.0, 2.0]]))[1] == 0
    with pytest.raises(InputError):
        product_weights({"a": 1.0, "b": 0.0}, {"a": 0.0, "b": 1.0})
    assert linear_weights({"a": 1.0}, {"a": 1.0}) == {"a": 1.0}


def test_topsis_from_plain_loops() -> None:
    table, weights, signs = _random(8, 5, 3), [0.5, 0.3, 0.2], [1, -1, 1]
    lengths = [math.hypot(*table[:, j]) for j in range(3)]
    scaled = [[weights[j] * row[j] / lengths[j] for j in range(3)] for row in table]
    best = [(max if s > 0 else min)(r[j] for r in scaled) for j, s in enumerate(signs)]
    worst = [(min if s > 0 else max)(r[j] for r in scaled) for j, s in enumerate(signs)]
    expected = [
        math.dist(row, worst) / (math.dist(row, worst) + math.dist(row, best)) for row in scaled
    ]
    found = topsis_closeness(table, np.array(weights), signs)
    assert found.tolist() == pytest.approx(expected)
    assert topsis_closeness(np.ones((3, 2)), np.array([0.5, 0.5])).tolist() == [0.5] * 3


@pytest.mark.parametrize("value", [-1.0, 0.0, 3.0, 3.5, 9.0])
def test_percentile_agrees_with_scipy(value: float) -> None:
    cohort = [0.0, 1.0, 3.0, 3.0, 3.0, 7.0, 8.0]
    found = cohort_percentile(value, cohort)
    ours = {"strict": found.range.low, "weak": found.range.high, "mean": found.mid}
    theirs = {
        "strict": stats.percentileofscore(cohort, value, kind="strict"),
        "weak": stats.percentileofscore(cohort, value, kind="weak"),
        "mean": stats.percentileofscore(cohort, value, kind="mean"),
    }
    for kind, share in ours.items():
        assert share * 100 == pytest.approx(theirs[kind])
    assert found.n == 7
    assert found.below + found.tied + found.above == 7


@pytest.mark.parametrize(("hits", "n"), [(0, 5), (3, 10), (10, 10)])
def test_wilson_agrees_with_scipy(hits: int, n: int) -> None:
    other = stats.binomtest(hits, n).proportion_ci(method="wilson")
    found = wilson_interval(hits / n, n)
    assert list(found) == pytest.approx([other.low, other.high], abs=1e-12)


def test_memberships_and_operators_by_hand() -> None:
    row = interval_memberships([Interval(0.2, 0.6), Interval(1.0, 1.0)], [0.0, 0.5, 1.0])
    assert row.tolist() == pytest.approx([0.375, 0.625])
    found = fuzzy_evaluation(
        ["low", "high"],
        {"a": 0.5, "b": 0.3, "c": 0.2},
        {"a": [0.4, 0.6], "b": [0.9, 0.1], "c": None},
    )
    assert found.by_operator[FuzzyOperator.WEIGHTED_AVERAGE] == pytest.approx((0.47, 0.33))
    assert found.by_operator[FuzzyOperator.MAX_MIN] == pytest.approx((0.4, 0.5))
    assert found.by_operator[FuzzyOperator.MAX_PRODUCT] == pytest.approx((0.27, 0.3))
    assert found.unknown == pytest.approx(0.2)
    # c is unknown and could carry "high" past "low": 0.33 + 0.2 > 0.47
    assert found.leading[FuzzyOperator.WEIGHTED_AVERAGE] is None
    assert found.leading[FuzzyOperator.MAX_MIN] == "high"
    nobody = fuzzy_evaluation(["low", "high"], {"a": 1.0}, {"a": None})
    assert nobody.leading[FuzzyOperator.MAX_MIN] is None


CHILDREN = {"root": ("X", "Y"), "X": ("a", "b")}
LOCAL = {"root": {"X": 0.6, "Y": 0.4}, "X": {"a": 0.7, "b": 0.3}}


@pytest.mark.parametrize("kind", list(Aggregation))
def test_overtakings_are_where_a_scan_finds_them(kind: Aggregation) -> None:
    rivals = {"p": {"a": 0.9, "b": 0.3, "Y": 0.4}, "q": {"a": 0.5, "b": 0.6, "Y": 0.7}}
    found = {each.node: each for each in overtakings(CHILDREN, LOCAL, "root", rivals, kind)}
    assert found
    for parent, name in (("root", "X"), ("root", "Y"), ("X", "a"), ("X", "b")):

        def lead(weight: float, parent: str = parent, name: str = name) -> float:
            now = LOCAL[parent]
            scale = (1 - weight) / (1 - now[name])
            local = {c: weight if c == name else w * scale for c, w in now.items()}
            weights = combined_weights(CHILDREN, {**LOCAL, parent: local}, "root")
            first, second = (
                aggregated_score(kind, list(weights.values()), [rivals[r][x] for x in weights])
                for r in ("p", "q")
            )
            return first - second

        grid = np.linspace(0, 1, 2001)
        values = [lead(w) for w in grid]
        turns = [
            optimize.brentq(lead, a, b)
            for a, b, x, y in zip(grid, grid[1:], values, values[1:], strict=False)
            if x * y < 0
        ]
        now = LOCAL[parent][name]
        if not turns:
            assert name not in found
            continue
        nearest = min(turns, key=lambda turn: abs(turn - now))
        assert found[name].turning_weight == pytest.approx(nearest, abs=1e-7)


def test_a_zero_decides_a_geometric_mean_at_every_weight() -> None:
    rivals = {"p": {"a": 0.0, "b": 0.9, "Y": 0.9}, "q": {"a": 0.2, "b": 0.3, "Y": 0.3}}
    assert not overtakings(CHILDREN, LOCAL, "root", rivals, Aggregation.GEOMETRIC_MEAN)
    assert aggregated_score(Aggregation.GEOMETRIC_MEAN, [0.5, 0.5], [0.0, 1.0]) == 0
    assert aggregated_score(Aggregation.GEOMETRIC_MEAN, [0.0, 1.0], [0.0, 0.4]) == pytest.approx(
        0.4
    )


@pytest.mark.parametrize("seed", range(6))
def test_stability_radius_against_linear_programming(seed: int) -> None:
    a, b, raw = _random(seed, 3, 5)
    weights = raw / raw.sum()
    if weights @ (a - b) < 0:
        a, b = b, a
    radius = stability_radius(weights, a, b)
    least = optimize.linprog(
        a - b,
        A_eq=[np.ones(5)],
        b_eq=[1.0],
        bounds=[(w * (1 - radius), w * (1 + radius)) for w in weights],
    )
    assert least.fun == pytest.approx(0.0, abs=1e-9)
    assert stability_radius(weights, b + 0.1, b) == math.inf


def test_aggregated_ranges_are_the_ends() -> None:
    found = aggregated_range(Aggregation.WEIGHTED_SUM, [0.5, 0.5], [0.8, Interval(0.0, 1.0)])
    assert list(found) == pytest.approx([0.4, 0.9])


@pytest.mark.parametrize(
    ("text", "score", "expected"),
    [
        ("0.02 + 0.1 * (1 - score)", 0.5, 0.07),
        ("-score + +2", 0.5, 1.5),
        ("max(score, 0.4, 0.2) / 2", 0.3, 0.2),
        ("exp(log(score)) * sqrt(4) - abs(-1)", 0.5, 0.0),
        ("score ** 3", 0.5, 0.125),
    ],
)
def test_formulas_compute(text: str, score: float, expected: float) -> None:
    assert Formula(text).value({"score": score}) == pytest.approx(expected)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "score.real",
        "lambda: 1",
        "score ** score",
        "score ** 65",
        "score ** 0.5",
        "1 if score else 2",
        "[score]",
        "score and 1",
        "exp",
        "exp(1, 2)",
        "min(score)",
        "open('x')",
        "True",
        "1e300",
        "'a'",
        "score +",
        "",
        "score // 2",
        "f(score)",
        "min(*score)",
        "exp(x=score)",
        "~score",
        "(" * 45 + "score" + ")" * 45 + "+" * 60 + "1",
        "1" * 501,
    ],
)
def test_formulas_refuse_everything_else(text: str) -> None:
    with pytest.raises(InputError):
        Formula(text)


@pytest.mark.parametrize("text", ["1 / score", "log(score)", "exp(score * 1e12 + 1e4)"])
def test_formulas_say_where_they_have_no_value(text: str) -> None:
    with pytest.raises(InputError, match="score = "):
        Formula(text).range({"score": Interval(0.0, 1.0)})


def test_a_formula_is_bounded_closely_inside_its_box() -> None:
    """The extremum lies inside: x (1 - x) is largest at one half, not at an end."""
    found = Formula("score * (1 - score)").range({"score": Interval(0.0, 1.0)})
    assert found.high >= 0.25
    assert found.high == pytest.approx(0.25, abs=1e-3)
    assert found.low <= 0


def _rule(**terms: object) -> Conversion:
    fields = {"id": "r", "target": ConversionTarget.RISK_PREMIUM, "source": MADE_UP}
    return Conversion(**{**fields, **terms})  # type: ignore[arg-type]


ROWS = ((0.0, 0.08), (0.5, 0.04), (1.0, 0.01))


def test_tables_are_read_between_their_rows() -> None:
    linear, step = _rule(table=ROWS), _rule(table=ROWS, interpolation=Interpolation.STEP)
    for score in np.linspace(0, 1, 21).tolist():
        expected = np.interp(score, [0, 0.5, 1], [0.08, 0.04, 0.01])
        assert linear.value({"score": score}) == pytest.approx(expected)
        assert step.value({"score": score}) == {0: 0.08, 1: 0.04, 2: 0.01}[int(score * 2)]
    dip = _rule(table=((0.0, 0.05), (0.5, 0.01), (1.0, 0.05)))
    assert list(dip.range({"score": Interval(0.4, 0.9)})) == pytest.approx([0.01, 0.042])


@pytest.mark.parametrize(
    "terms",
    [
        {},
        {"table": ROWS, "formula": Formula("score")},
        {"table": ((0.1, 1.0), (1.0, 0.0))},
        {"table": ((0.0, 1.0), (0.9, 0.0))},
        {"table": ((0.0, 1.0), (0.0, 0.5), (1.0, 0.0))},
        {"table": ((0.0, 1.0), (1.2, 0.0))},
    ],
)
def test_rules_that_say_too_little_or_too_much_are_refused(terms: dict[str, object]) -> None:
    with pytest.raises(InputError):
        _rule(**terms)


def test_a_rule_that_rewards_a_worse_score_is_told() -> None:
    (found,) = direction_findings(_rule(table=((0.0, 0.01), (0.5, 0.05), (1.0, 0.02))))
    assert found.facts["high"] == pytest.approx(0.5)
    assert not direction_findings(_rule(table=ROWS))
    assert not direction_findings(_rule(formula=Formula("P11 + 1")))
    assert not direction_findings(_rule(formula=Formula("1 / score")))
