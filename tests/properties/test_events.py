"""Laws of event studies, ranks and signals behind noise."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipfinance.evidence import EventModel, EventStudy, EventTerms, event_study
from ipfinance.numerics import (
    exact_wilcoxon,
    exponential_signal,
    half_normal_quantile,
    half_normal_signal,
    row_ranks,
    several_signals,
    tail_excess,
)
from tests.evidence.event_market import MadeMarket, made_market

TERMS = EventTerms(model=EventModel.MARKET, estimation=(-60, -6), window=(-1, 1))
SEEDS = st.integers(0, 2**31)
SIZES = st.floats(1e-6, 1e3)
SHARES = st.floats(1e-6, 1 - 1e-6)


def study(market: MadeMarket, terms: EventTerms = TERMS) -> EventStudy:
    return event_study(market.panel(), market.benchmark(), market.events(), terms)


@given(seed=SEEDS, n=st.integers(2, 15))
@settings(max_examples=10)
def test_sums_and_means_agree(seed: int, n: int) -> None:
    found = study(made_market(n_securities=n, seed=seed))
    assert found.whole.mean == pytest.approx(np.mean([event.car for event in found.events]))
    aar = [x for x in found.aar if x is not None]
    assert found.whole.mean == pytest.approx(sum(aar), abs=1e-12)
    assert [window.mean for window in found.cumulated] == pytest.approx(np.cumsum(aar), abs=1e-12)
    for test in found.whole.tests.values():
        assert test.p_value is None or 0.0 <= test.p_value <= 1.0


@given(seed=SEEDS, scale=st.floats(0.1, 5.0))
@settings(max_examples=15)
def test_no_test_depends_on_the_scale_of_returns(seed: int, scale: float) -> None:
    market = made_market(n_securities=8, seed=seed)
    scaled = replace(market, returns=market.returns * scale, market=market.market * scale)
    ours, theirs = study(market).whole, study(scaled).whole
    assert theirs.mean == pytest.approx(ours.mean * scale, rel=1e-9, abs=1e-15)
    for name, test in ours.tests.items():
        assert theirs.tests[name].statistic == pytest.approx(test.statistic, rel=1e-6, abs=1e-9)


@given(seed=SEEDS)
@settings(max_examples=15)
def test_turned_returns_turn_every_signed_statistic(seed: int) -> None:
    market = made_market(n_securities=8, seed=seed)
    turned = replace(market, returns=-market.returns, market=-market.market)
    ours, theirs = study(market).whole.tests, study(turned).whole.tests
    for name in set(ours) - {"generalised_sign", "wilcoxon", "wild_bootstrap"}:
        mirrored = ours[name].statistic
        assert mirrored is not None
        assert theirs[name].statistic == pytest.approx(-mirrored, rel=1e-9, abs=1e-9), name
    assert theirs["wilcoxon"].p_value == pytest.approx(ours["wilcoxon"].p_value)


@given(seed=SEEDS)
@settings(max_examples=15)
def test_order_of_events_and_of_securities_does_not_matter(seed: int) -> None:
    market = made_market(n_securities=6, seed=seed)
    order = np.random.default_rng(seed).permutation(6)
    mixed = replace(
        market,
        securities=tuple(market.securities[i] for i in order),
        returns=market.returns[:, order],
        security=tuple(market.security[i] for i in order[::-1]),
        day=tuple(market.day[i] for i in order[::-1]),
    )
    ours, theirs = study(market), study(mixed)
    assert {event.security: event.car for event in ours.events} == pytest.approx(
        {event.security: event.car for event in theirs.events}, rel=1e-12, abs=1e-15
    )
    for name, test in ours.whole.tests.items():
        if name != "wild_bootstrap":
            assert theirs.whole.tests[name].statistic == pytest.approx(test.statistic, rel=1e-9)


@given(values=st.lists(st.floats(-5, 5) | st.just(math.nan), min_size=1, max_size=30))
def test_ranks_are_means_of_places(values: list[float]) -> None:
    row = np.array([values])
    ranks = row_ranks(row)[0]
    known = ranks[np.isfinite(row[0])]
    n = len(known)
    assert np.isnan(ranks[np.isnan(row[0])]).all()
    assert known.sum() == pytest.approx(n * (n + 1) / 2)


@given(n=st.integers(1, 12), share=st.floats(0, 1))
def test_exact_wilcoxon_is_symmetric_and_a_probability(n: int, share: float) -> None:
    top = n * (n + 1) // 2
    positive = round(share * top)
    assert exact_wilcoxon(positive, n) == pytest.approx(exact_wilcoxon(top - positive, n))
    assert 0.0 < exact_wilcoxon(positive, n) <= 1.0


@given(total=st.floats(-0.99, 5.0), noise=st.floats(1e-5, 2.0), share=SHARES)
def test_a_signal_is_positive_rises_and_is_bounded(
    total: float, noise: float, share: float
) -> None:
    given_ = np.array([total, total + 0.01]), np.full(2, noise), np.full(2, share)
    for law in (half_normal_signal, exponential_signal):
        low, high = law(*given_)
        assert 0.0 < low <= high * (1 + 1e-12)
        assert math.isfinite(high)


@given(total=st.floats(-0.9, 1.0), noise=st.floats(0.001, 0.5), share=st.floats(0.001, 0.999))
def test_quantiles_are_ordered(total: float, noise: float, share: float) -> None:
    given_ = np.array([total]), np.array([noise]), np.array([share])
    found = [float(half_normal_quantile(*given_, p)[0]) for p in (0.01, 0.25, 0.5, 0.75, 0.99)]
    assert found == sorted(found)
    assert found[0] > 0.0


@given(a=st.floats(-30.0, 1e6))
def test_tail_excess_lies_between_its_bounds(a: float) -> None:
    found = float(tail_excess(np.array([a]))[0])
    assert found > max(-a, 0.0) * (1 - 1e-12)
    if a > 0.0:  # Sampford's and Birnbaum's bounds of the hazard
        assert found >= 2.0 / (math.sqrt(a * a + 8.0) + a) * (1 - 1e-12)
        assert found <= 2.0 / (math.sqrt(a * a + 4.0) + a) * (1 + 1e-12)


@given(total=st.floats(-3.0, 3.0), scale=st.floats(0.05, 2.0))
@settings(max_examples=25)
def test_one_of_two_signals_that_vanishes_leaves_the_other(total: float, scale: float) -> None:
    found = several_signals(np.array([total]), np.ones(1), np.array([[scale, 1e-9]]))[0, 0]
    share = np.array([scale**2 / (1.0 + scale**2)])
    alone = half_normal_signal(np.array([total]), np.ones(1), share)[0]
    assert found == pytest.approx(alone, rel=1e-6)
