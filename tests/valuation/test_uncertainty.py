"""Uncertain inputs carried to the value: bounds that hold, chances that agree with closed forms."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from ipfinance.basics import (
    Distribution,
    Explanation,
    Family,
    InputError,
    Interval,
    Source,
    SourceKind,
    Text,
    Uncertain,
    leaf,
    node,
)
from ipfinance.numerics import product, total
from ipfinance.valuation import (
    METHODS,
    Correlation,
    Dependence,
    Scenario,
    Spread,
    SpreadKind,
    UncertaintyTask,
    middle_of,
    run,
    spread_of,
)
from tests.support import UNIT

SIX_ERRORS = 6.0


def _leaf(name: str, given: Uncertain) -> Explanation:
    source = Source(kind=SourceKind.INPUT, path=name)
    spread = None if isinstance(given, float) else given
    return leaf(Text(name, name), middle_of(given), source, given=spread)


def _sum(*given: Uncertain) -> Explanation:
    leaves = [_leaf(f"x{place}", each) for place, each in enumerate(given)]
    return node(Text("sum", "和"), lambda *terms: total(terms), *leaves, formula="Σ")


def _royalty(**changes: Any) -> Explanation:
    method = METHODS["relief_from_royalty"]
    inputs: dict[str, Any] = {
        "revenue": (100.0, 105.0, 110.0),
        "royalty_rate": 0.05,
        "tax_rate": 0.25,
        "discount_rate": 0.12,
        "tax_life": 10,
    }
    return run(method, method.inputs(**{**inputs, **changes}), unit=UNIT).explanation


def _normal(mean: float | Interval, sd: float | Interval) -> Distribution:
    return Distribution(Family.NORMAL, (mean, sd))


def _spread(value: Explanation, **task: Any) -> Spread:
    return spread_of(value, UncertaintyTask(**task))


def _near(found: Any, exact: float) -> bool:
    """Return whether an estimate lies within six of its standard errors of a figure."""
    assert 0 <= found.standard_error <= 0.03 * max(abs(exact), 1.0)
    return bool(abs(found.value - exact) <= SIX_ERRORS * found.standard_error + 1e-9 * abs(exact))


@settings(max_examples=20, deadline=None)
@given(
    ends=st.tuples(
        *(
            st.tuples(st.floats(low, high), st.floats(low, high))
            for low, high in ((0.0, 0.3), (0.0, 0.6), (-0.05, 0.4), (-50.0, 200.0))
        )
    ),
    shares=st.lists(st.floats(0, 1), min_size=4, max_size=4),
)
def test_no_value_lies_outside_the_bounds(
    ends: tuple[tuple[float, float], ...], shares: list[float]
) -> None:
    boxes = [Interval(min(pair), max(pair)) for pair in ends]
    points = [box.low + share * box.width for box, share in zip(boxes, shares, strict=True)]
    names = ("royalty_rate", "tax_rate", "discount_rate")
    value = _royalty(**dict(zip(names, boxes, strict=False)), revenue=(100.0, boxes[3], -40.0))
    spread = _spread(value)
    inside = _royalty(**dict(zip(names, points, strict=False)), revenue=(100.0, points[3], -40.0))
    assert spread.bounds is not None
    slack = 1e-9 * (1 + abs(inside.number))
    assert spread.bounds.low - slack <= inside.number <= spread.bounds.high + slack


def test_an_extremum_inside_is_found_and_told() -> None:
    method = METHODS["incremental_income"]
    inputs = method.inputs(
        extra_income=(-100.0, 230.0, -132.0),  # worth nothing at 10 % and at 20 %
        tax_rate=0.0,
        discount_rate=Interval(0.10, 0.20),
        timing="end",
    )
    value = run(method, inputs, unit=UNIT).explanation
    spread = _spread(value)
    assert spread.bounds is not None
    rates = np.linspace(0.10, 0.20, 20_001)
    flows = np.array([-100.0, 230.0, -132.0])
    exact = (flows / (1 + rates[:, np.newaxis]) ** np.arange(1, 4)).sum(axis=1)
    assert exact[[0, -1]] == pytest.approx([0.0, 0.0], abs=1e-12)
    assert spread.bounds.high == pytest.approx(exact.max(), abs=1e-7)
    assert spread.bounds.high > 0.1
    assert [finding.code for finding in spread.findings] == ["extremum_inside"]


def test_a_straight_line_of_normals_is_normal() -> None:
    value = _royalty(revenue=(_normal(100, 10), _normal(105, 12), 110.0))
    weights = [
        _royalty(revenue=tuple(float(place == k) for k in range(3))).number for place in range(2)
    ]
    mean = _royalty().number
    deviation = math.hypot(weights[0] * 10, weights[1] * 12)
    spread = _spread(value, levels=(0.05, 0.5, 0.9), thresholds=(mean - deviation,))
    assert spread.kind is SpreadKind.CHANCES
    assert _near(spread.mean, mean)
    assert _near(spread.deviation, deviation)
    for level, found in spread.at_levels.items():
        assert _near(found, norm.ppf(level, mean, deviation))
    assert _near(spread.below[mean - deviation], norm.cdf(-1))
    shares = {share.path: share for share in spread.variance_shares}
    first = (weights[0] * 10 / deviation) ** 2
    assert shares["revenue[0]"].alone == pytest.approx(first, abs=0.02)
    assert shares["revenue[0]"].whole == pytest.approx(first, abs=0.02)
    assert first in shares["revenue[0]"].whole_range


@pytest.mark.parametrize("correlation", [-0.7, 0.0, 0.5, 1.0])
def test_correlated_normals_add_with_their_covariance(correlation: float) -> None:
    links = (Correlation(first="x0", second="x1", value=correlation),)
    spread = _spread(_sum(_normal(1, 3), _normal(2, 4)), correlations=links, levels=(0.95,))
    deviation = math.sqrt(9 + 16 + 2 * correlation * 12)
    assert _near(spread.deviation, deviation)
    assert _near(spread.at_levels[0.95], norm.ppf(0.95, 3, deviation))
    assert spread.variance_shares == ()
    assert "variance_shares_need_independence" in [each.code for each in spread.findings]


def test_a_series_is_correlated_as_a_whole() -> None:
    years = tuple(_normal(100, 10) for _ in range(3))
    links = (Correlation(first="revenue", second="revenue", value=0.8),)
    apart, together = (
        _spread(_royalty(revenue=years), correlations=given, variance_shares=False).deviation
        for given in ((), links)
    )
    weights = np.array(
        [_royalty(revenue=tuple(float(p == k) for k in range(3))).number for p in range(3)]
    )
    covariance = 100 * (0.8 + 0.2 * np.eye(3))
    assert _near(apart, 10 * float(np.linalg.norm(weights)))
    assert _near(together, math.sqrt(weights @ covariance @ weights))


def test_a_box_holds_each_of_its_distributions() -> None:
    box = _spread(_sum(_normal(Interval(100, 120), 20), 0.0), levels=(0.05, 0.5), thresholds=(80,))
    assert box.kind is SpreadKind.BOX
    low = _spread(_sum(_normal(100, 20), 0.0), levels=(0.05, 0.5), thresholds=(80.0,))
    for level, mean_low, mean_high in ((0.05, 100, 120), (0.5, 100, 120)):
        found = box.at_levels[level]
        assert isinstance(found, Interval)
        assert found.low == pytest.approx(norm.ppf(level, mean_low, 20), abs=0.01)
        assert found.high == pytest.approx(norm.ppf(level, mean_high, 20), abs=0.01)
        one = low.at_levels[level]
        assert not isinstance(one, Interval)
        assert found.low - 0.01 <= one.value <= found.high + 0.01
    below = box.below[80]
    assert isinstance(below, Interval)
    assert below.low == pytest.approx(norm.cdf(80, 120, 20), abs=2e-4)
    assert below.high == pytest.approx(norm.cdf(80, 100, 20), abs=2e-4)


def test_an_interval_beside_a_distribution_widens_it_by_its_width() -> None:
    spread = _spread(_sum(_normal(10, 1), Interval(0, 2)), levels=(0.25,))
    found = spread.at_levels[0.25]
    assert isinstance(found, Interval)
    assert found.low == pytest.approx(norm.ppf(0.25, 10, 1), abs=1e-3)
    assert found.width == pytest.approx(2.0, abs=1e-12)


def test_unknown_dependence_gives_the_sharp_bounds_of_a_sum() -> None:
    """Of two uniforms on [0, 1]: the quantile of the sum lies in [p, 1 + p], and reaches both."""
    uniform = Distribution(Family.UNIFORM, (0.0, 1.0))
    spread = _spread(
        _sum(uniform, uniform), dependence=Dependence.UNKNOWN, levels=(0.1, 0.5), thresholds=(1.0,)
    )
    for level in (0.1, 0.5):
        found = spread.at_levels[level]
        assert isinstance(found, Interval)
        assert found.low == pytest.approx(level, abs=1e-6)
        assert found.high == pytest.approx(1 + level, abs=1e-6)
    assert spread.below[1.0] == Interval(0.0, 1.0)


@pytest.mark.parametrize("correlation", [-0.9, 0.0, 0.9])
def test_unknown_dependence_holds_every_copula(correlation: float) -> None:
    inputs = {
        "royalty_rate": Distribution(Family.TRIANGULAR, (0.03, 0.05, 0.06)),
        "discount_rate": Distribution(Family.NORMAL, (0.12, 0.02), Interval(0.06, 0.2)),
    }
    value = _royalty(**inputs)
    wide = _spread(value, dependence=Dependence.UNKNOWN)
    links = (Correlation(first="royalty_rate", second="discount_rate", value=correlation),)
    one = _spread(value, correlations=links)
    for level, found in one.at_levels.items():
        outer = wide.at_levels[level]
        assert isinstance(outer, Interval)
        assert not isinstance(found, Interval)
        assert outer.low - 1e-9 <= found.value <= outer.high + 1e-9


def test_the_seed_fixes_every_bit() -> None:
    value = _royalty(royalty_rate=Distribution(Family.PERT, (0.03, 0.05, 0.06)))
    first, again, other = (_spread(value, seed=seed) for seed in (1, 1, 2))
    assert first.mean == again.mean
    assert first.at_levels == again.at_levels
    assert first.mean != other.mean


def test_samples_are_their_own_distribution() -> None:
    data = tuple(float(x) for x in range(1, 12))
    spread = _spread(_sum(Distribution(Family.SAMPLES, data), 1.0), levels=(0.5,))
    assert _near(spread.at_levels[0.5], 7.0)


def test_a_tornado_is_sorted_and_shows_what_lies_between() -> None:
    value = _royalty(royalty_rate=Interval(0.04, 0.06), discount_rate=Interval(0.119, 0.121))
    spread = _spread(value, scenarios=(Scenario(name=Text("a", "甲"), values={"tax_rate": 0.0}),))
    assert [swing.path for swing in spread.tornado] == ["royalty_rate", "discount_rate"]
    swing = spread.tornado[0]
    assert swing.at_low == pytest.approx(_royalty(royalty_rate=0.04).number, rel=1e-12)
    assert swing.range == Interval(swing.at_low, swing.at_high)
    assert spread.scenarios[0][1] == pytest.approx(_royalty(tax_rate=0.0).number, rel=1e-12)


def test_a_rule_that_takes_one_number_at_a_time_is_simulated_all_the_same() -> None:
    leaves = [_leaf("x0", _normal(0, 1)), _leaf("x1", _normal(0, 1))]
    value = node(Text("f", "f"), lambda a, b: math.exp(a) + b, *leaves, formula="f")
    spread = _spread(value, draws=256)
    assert _near(spread.mean, math.exp(0.5))


def test_what_cannot_be_proven_is_refused() -> None:
    value = node(Text("f", "f"), math.sin, _leaf("x0", Interval(0, 1)), formula="sin")
    with pytest.raises(InputError, match="distributions"):
        _spread(value)


@pytest.mark.parametrize(
    ("task", "said"),
    [
        ({"draws": 1000}, "power of two"),
        ({"correlations": (Correlation(first="x0", second="x9", value=0.1),)}, "x9"),
        ({"correlations": (Correlation(first="x0", second="x1", value=1.1),)}, "-1 to 1"),
        ({"scenarios": (Scenario(name=Text("a", "a"), values={"y": 1.0}),)}, "y"),
    ],
)
def test_bad_tasks_are_told(task: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        _spread(_sum(_normal(0, 1), _normal(0, 1)), **task)


def test_correlations_that_contradict_each_other_are_refused() -> None:
    links = tuple(
        Correlation(first=a, second=b, value=-0.9)
        for a, b in (("x0", "x1"), ("x0", "x2"), ("x1", "x2"))
    )
    with pytest.raises(InputError, match="contradict"):
        _spread(_sum(*(_normal(0, 1) for _ in range(3))), correlations=links)


def test_the_product_of_lognormals_is_lognormal() -> None:
    logs = [Distribution(Family.LOGNORMAL, (2.0, 0.3)), Distribution(Family.LOGNORMAL, (5.0, 0.4))]
    leaves = [_leaf(f"x{place}", each) for place, each in enumerate(logs)]
    value = node(Text("p", "p"), lambda *terms: product(terms), *leaves, formula="Π")
    links = (Correlation(first="x0", second="x1", value=0.5),)
    spread = _spread(value, correlations=links, levels=(0.9,))
    spread_log = math.sqrt(0.09 + 0.16 + 2 * 0.5 * 0.12)
    assert _near(spread.mean, 10 * math.exp(spread_log**2 / 2))
    assert _near(spread.at_levels[0.9], 10 * math.exp(spread_log * norm.ppf(0.9)))


def test_a_correlation_of_an_interval_is_left_out_aloud() -> None:
    method = METHODS["lump_sum"]
    inputs = method.inputs(
        sales=(100.0,), royalty_rate=Interval(0.03, 0.05), discount_rate=Interval(0.1, 0.12)
    )
    pair = Correlation(first="royalty_rate", second="discount_rate", value=0.9)
    found = spread_of(
        run(method, inputs, unit=UNIT).explanation, UncertaintyTask(correlations=(pair,))
    )
    assert [each.code for each in found.findings] == ["correlation_of_an_interval"]
