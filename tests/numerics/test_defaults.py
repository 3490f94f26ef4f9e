"""Correlated defaults: printed exact figures, simulation against them, keyed draws."""

from __future__ import annotations

import math
import os

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtri

from ipfinance.basics import InputError, NoSolutionError
from ipfinance.numerics import (
    FactorModel,
    FloatArray,
    best_shift,
    conditional_probabilities,
    entity_keys,
    exact_measures,
    factor_draws,
    in_chunks,
    latent_uniforms,
    loss_distribution,
    loss_units,
    normal_draws,
    one_factor,
    sample_measures,
    scenario_keys,
    sector_factors,
    simulated_losses,
    uniform_draws,
)
from ipfinance.numerics.kernels import draws

NAMES = [f"obligor-{n:03d}" for n in range(100)]


PIECES = ((0.0, 0.05), (0.05, 0.2), (0.2, 1.0))
QUARTERS = ((0.0, 0.03), (0.03, 0.07), (0.07, 0.15), (0.15, 1.0))


def _tranche(probabilities: FloatArray, losses: FloatArray, low: float, high: float) -> float:
    return float(np.sum(probabilities * np.clip(losses - low, 0, high - low)) / (high - low))


# securitization design page, table 5.3: PD 5%, recovery 30%, correlation 15%, equal sizes
TABLE = [
    (10, 0.353672, 0.108671, 0.001270, 0.2100, 0.2818, 0.3500, 0.3864),
    (11, 0.376866, 0.102214, 0.001031, 0.2545, 0.2789, 0.3182, 0.3778),
    (12, 0.398657, 0.095147, 0.000994, 0.2333, 0.2665, 0.3500, 0.3727),
    (15, 0.438509, 0.083517, 0.000684, 0.1867, 0.2540, 0.3267, 0.3505),
    (16, 0.439497, 0.083392, 0.000645, 0.2188, 0.2483, 0.3063, 0.3412),
    (100, 0.538803, 0.053114, 0.000116, 0.1540, 0.1909, 0.2310, 0.2663),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: str(row[0]))
def test_small_pools_have_the_printed_losses(row: tuple[float, ...]) -> None:
    count = int(row[0])
    found = loss_distribution([0.05] * count, [1] * count, one_factor([0.15] * count))
    losses = np.arange(count + 1) * 0.7 / count
    tranches = [
        _tranche(found.probabilities, losses, *t) for t in ((0, 0.05), (0.05, 0.2), (0.2, 1))
    ]
    assert tranches == pytest.approx(row[1:4], abs=5.1e-7)
    tails = exact_measures(found.probabilities, losses, [0.99, 0.999]).tails
    assert [x for t in tails for x in (t.var, t.es)] == pytest.approx(row[4:], abs=5.1e-5)
    assert np.sum(found.probabilities) == pytest.approx(1, abs=1e-13)
    whole = sum(
        (b - a) * each
        for (a, b), each in zip(((0, 0.05), (0.05, 0.2), (0.2, 1)), tranches, strict=True)
    )
    assert whole == pytest.approx(0.05 * 0.7, abs=1e-13)


@pytest.mark.parametrize(
    ("correlation", "senior"),
    [(0.0, 0.000107), (0.05, 0.000281), (0.15, 0.000994), (0.30, 0.002996), (0.50, 0.007155)],
)
def test_senior_loss_of_twelve_by_correlation(correlation: float, senior: float) -> None:
    found = loss_distribution([0.05] * 12, [1] * 12, one_factor([correlation] * 12))
    losses = np.arange(13) * 0.7 / 12
    assert _tranche(found.probabilities, losses, 0.2, 1) == pytest.approx(senior, abs=5.1e-7)
    assert found.error < 1e-10


def test_expected_shortfall_counts_the_atom() -> None:
    """Design page 5.5: N 100, PD 10%, R 40%, correlation .2."""
    found = loss_distribution([0.1] * 100, [1] * 100, one_factor([0.2] * 100))
    losses = np.arange(101) * 0.6 / 100
    (tail,) = exact_measures(found.probabilities, losses, [0.999]).tails
    assert (tail.var, tail.es) == pytest.approx((0.336, 0.371217), abs=5e-7)
    tranches = [
        _tranche(found.probabilities, losses, *t)
        for t in ((0, 0.03), (0.03, 0.07), (0.07, 0.15), (0.15, 1))
    ]
    assert tranches == pytest.approx([0.817725, 0.466194, 0.167499, 0.004024], abs=5.1e-7)


def test_simulation_agrees_with_the_exact_losses() -> None:
    model, keys = one_factor([0.2] * 100), entity_keys(NAMES, "default")
    drawn = simulated_losses([0.1] * 100, [6] * 100, model, keys, scenario_keys(7, 0, 100_000))
    exact = loss_distribution([0.1] * 100, [6] * 100, model).probabilities
    losses = drawn.losses / 1000
    grid = np.arange(len(exact)) / 1000
    for low, high in QUARTERS:
        part = np.clip(losses - low, 0, high - low) / (high - low)
        error = part.std() / math.sqrt(len(part))
        assert abs(part.mean() - _tranche(exact, grid, low, high)) < 3 * error
    found = sample_measures(losses, [0.99])
    known = exact_measures(exact, grid, [0.99])
    assert abs(found.expected - known.expected) < 3 * found.standard_error
    assert found.tails[0].var_low <= known.tails[0].var <= found.tails[0].var_high
    assert abs(found.tails[0].es - known.tails[0].es) < 3 * found.tails[0].es_error
    assert found.deviation == pytest.approx(known.deviation, rel=0.02)
    assert np.all(drawn.weights == 1)


def test_two_unequal_obligors_by_the_bivariate_law() -> None:
    """P(both) is the bivariate normal, or t, distribution function at the thresholds."""
    p, rho = np.array([0.04, 0.11]), 0.35
    cov = [[1, rho], [rho, 1]]
    gaussian = loss_distribution(p, [2, 5], one_factor([rho, rho])).probabilities
    both = stats.multivariate_normal(cov=cov).cdf(ndtri(p))
    assert gaussian[7] == pytest.approx(both, abs=1e-9)
    assert gaussian[[2, 5]] == pytest.approx([p[0] - both, p[1] - both], abs=1e-9)
    student = loss_distribution(p, [2, 5], one_factor([rho, rho], degrees=4)).probabilities
    joint = stats.multivariate_t(shape=cov, df=4).cdf(stats.t(4).ppf(p), random_state=1)
    assert student[7] == pytest.approx(joint, abs=2e-4)
    assert student[7] > gaussian[7]


def test_sectors_and_heavy_tails_simulated_as_computed() -> None:
    model = sector_factors([0.3] * 20, ["a"] * 10 + ["b"] * 10, [0.4] * 20, degrees=5)
    exact = loss_distribution([0.05] * 20, [1] * 20, model, tolerance=1e-7).probabilities
    count = 200_000
    keys, scenarios = entity_keys(NAMES[:20], "default"), scenario_keys(3, 0, count)
    drawn = simulated_losses([0.05] * 20, [1] * 20, model, keys, scenarios).losses
    seen = np.bincount(drawn, minlength=21) / count
    error = np.sqrt(exact * (1 - exact) / count)
    assert np.all(np.abs(seen - exact) < 4 * error + 1e-9)
    uniforms = latent_uniforms(model, keys, scenarios)
    assert np.array_equal(np.sum(uniforms <= 0.05, axis=1), drawn)
    assert stats.kstest(uniforms[:, 0], "uniform").pvalue > 1e-3


def test_correlated_factors_and_unequal_loadings() -> None:
    model = FactorModel(
        names=("east", "west"),
        factor=np.array([[0], [1]]),
        loading=np.array([[0.6], [0.8]]),
        correlation=np.array([[1, 0.5], [0.5, 1]]),
    )
    keys, scenarios = entity_keys(NAMES[:2], "default"), scenario_keys(3, 0, 200_000)
    scores = ndtri(latent_uniforms(model, keys, scenarios))
    assert np.mean(scores[:, 0] * scores[:, 1]) == pytest.approx(0.6 * 0.8 * 0.5, abs=0.01)
    shifted = simulated_losses([0.1, 0.1], [1, 1], model, keys, scenarios, shift=-1.0)
    assert np.mean(shifted.weights) == pytest.approx(1, abs=0.02)
    assert np.mean(shifted.weights * shifted.losses) == pytest.approx(0.2, abs=0.005)
    with pytest.raises(InputError, match="simulate instead"):
        loss_distribution([0.1, 0.1], [1, 1], model)


def test_importance_sampling_cuts_the_error_of_a_senior_loss() -> None:
    """Design page 5.4: relative error 5.2% falls to 1.1% at a shift of -2."""
    model, keys = one_factor([0.2] * 100), entity_keys(NAMES, "default")
    pilot = scenario_keys(11, 0, 2_000)
    shift = best_shift([0.1] * 100, [6] * 100, model, keys, pilot, above=150)
    assert -2.5 <= shift <= -1.5
    scenarios = scenario_keys(12, 0, 10_000)
    errors = []
    for each in (0.0, shift):
        drawn = simulated_losses([0.1] * 100, [6] * 100, model, keys, scenarios, shift=each)
        senior = np.maximum(drawn.losses - 150, 0) / 850
        found = sample_measures(senior, weights=drawn.weights)
        assert abs(found.expected - 0.004024) < 3.5 * found.standard_error
        errors.append(found.standard_error / found.expected)
    assert errors[1] < errors[0] / 3
    assert found.effective < 10_000


def test_draws_depend_on_keys_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    keys, scenarios = entity_keys(NAMES, "default"), scenario_keys(5, 0, 3_000)
    whole = uniform_draws(keys, scenarios)
    assert np.array_equal(
        uniform_draws(keys[40:], scenario_keys(5, 1_000, 2_000)), whole[1_000:2_000, 40:]
    )
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert np.array_equal(uniform_draws(keys, scenarios), whole)
    assert not np.array_equal(entity_keys(NAMES, "ruin"), keys)
    model = one_factor([0.2] * 100)
    all_losses = simulated_losses([0.1] * 100, [6] * 100, model, keys, scenarios).losses
    some = simulated_losses([0.1] * 100, [6] * 100, model, keys, scenario_keys(5, 500, 600)).losses
    assert np.array_equal(all_losses[500:600], some)


def test_draws_look_random_across_entities_and_scenarios() -> None:
    keys, scenarios = entity_keys(NAMES, "default"), scenario_keys(2, 0, 20_000)
    drawn = normal_draws(keys, scenarios)
    assert stats.kstest(drawn.ravel()[:500_000], "norm").pvalue > 1e-3
    across = np.corrcoef(drawn.T) - np.eye(100)
    assert np.max(np.abs(across)) < 5 / math.sqrt(20_000)
    lag = np.mean(drawn[1:] * drawn[:-1])
    assert abs(lag) < 5 / math.sqrt(drawn.size)
    double = drawn[1:, 1:] * drawn[:-1, :-1] * drawn[1:, :-1] * drawn[:-1, 1:]
    assert abs(np.mean(double)) < 6 / math.sqrt(double.size)


def test_quantile_equals_scipy_to_the_last_digits() -> None:
    chances = np.concatenate([10.0 ** -np.arange(1, 300, 13), np.linspace(1e-6, 1 - 1e-6, 101)])
    ours = np.array([draws.quantile(p) for p in chances])
    assert ours == pytest.approx(ndtri(chances), rel=2e-15, abs=2e-15)
    assert (draws.quantile(0.0), draws.quantile(1.0)) == (-math.inf, math.inf)


def test_sure_and_impossible_defaults() -> None:
    found = loss_distribution(
        [0.0, 1.0, 0.5], [1, 2, 4], one_factor([0.2, 0.2, 1.0]), tolerance=0.05
    )
    assert found.probabilities[[2, 6]] == pytest.approx([0.5, 0.5], abs=0.05)
    heavy = one_factor([0.2, 0.2, 0.2], degrees=3)
    certain = simulated_losses(
        [0.0, 1.0, 0.0], [1, 2, 4], heavy, entity_keys(NAMES[:3], "d"), scenario_keys(1, 0, 50)
    )
    assert set(certain.losses.tolist()) == {2}
    given = conditional_probabilities(
        np.array([0.0, 0.3, 1.0]), one_factor([1.0] * 3), np.array([[-3.0], [3.0]]), np.ones(2)
    )
    assert given.tolist() == [[0, 1, 1], [0, 0, 1]]


def test_no_hit_is_bounded_and_not_called_impossible() -> None:
    found = sample_measures(np.zeros(1_000), [0.99])
    assert (found.probability, found.probability_bound) == (0.0, 0.003)
    assert found.tails[0].es == 0


def test_losses_in_units() -> None:
    exact = loss_units([2_578_610, 0, 1_000])
    assert exact.unit == 129  # 2,579,610 in at most 20,000 units
    assert loss_units([3_000, 4_500, 1_500]).unit == 1_500
    coarse = loss_units([1_234_567, 7_654_321], most=100)
    assert coarse.unit * int(np.sum(coarse.units)) == pytest.approx(8_888_888, abs=coarse.error)
    assert 0 < coarse.error <= coarse.unit
    assert loss_units([0, 0]).units.tolist() == [0, 0]


def test_models_outside_their_range_are_refused() -> None:
    for loading, degrees in ((1.2, None), (math.nan, None), (0.5, 2.0)):
        with pytest.raises(InputError):
            one_factor([loading**2], degrees=degrees)
    with pytest.raises(InputError):
        FactorModel(names=("a",), factor=np.zeros((2, 1), dtype=np.int64), loading=np.zeros((2, 2)))
    with pytest.raises(NoSolutionError, match="simulate"):
        loss_distribution([0.05, 0.05], [1, 1], one_factor([1.0, 1.0]), tolerance=1e-12)
    several = FactorModel(
        names=("a", "b", "c"), factor=np.array([[0, 1, 2]]), loading=np.full((1, 3), 0.3)
    )
    with pytest.raises(InputError, match="at most one other"):
        loss_distribution([0.1], [1], several)


def test_factors_move_together_with_their_ids_only() -> None:
    scenarios = scenario_keys(9, 0, 500)
    first, _ = factor_draws(sector_factors([0.3] * 2, ["a", "b"], [0.4] * 2), scenarios)
    second, _ = factor_draws(sector_factors([0.3] * 3, ["a", "b", "c"], [0.4] * 3), scenarios)
    assert np.array_equal(first, second[:, :3])


def test_chunks_cover_everything_once() -> None:
    seen = np.zeros(1_001)

    def run(rows: slice) -> None:
        seen[rows] += 1

    in_chunks(run, len(seen))
    assert np.all(seen == 1)
