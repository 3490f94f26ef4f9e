"""The wild cluster bootstrap against the same draws with every sample estimated anew."""

from __future__ import annotations

import numpy as np
import pytest

from ipfinance.basics import InputError, NotApplicableError
from ipfinance.evidence import Estimator, WildWeights, wild_bootstrap
from ipfinance.evidence._wild import _drawn
from ipfinance.market import Table
from tests.evidence.panels import made, regress

DRAWS, SEED = 199, 5


def small(clusters: int = 8, size: int = 20) -> Table:
    rng = np.random.Generator(np.random.PCG64(3))
    group = np.repeat(np.arange(clusters), size)
    rows = len(group)
    x = rng.normal(size=rows) + rng.normal(size=clusters)[group]
    z = rng.normal(size=rows)
    y = 0.3 * x + z + rng.normal(size=clusters)[group] + rng.normal(size=rows)
    time = np.tile(np.arange(size) % 5, clusters)
    columns = {"g": group, "t": time, "x": x, "z": z, "y": y, "w": rng.uniform(0.5, 2, rows)}
    return Table.of({name: column.astype(np.float64) for name, column in columns.items()})


def dummies(table: Table, formula: str) -> list[np.ndarray]:
    group, time = table.numbers("g"), table.numbers("t")
    columns = [table.numbers("x"), table.numbers("z")]
    if "| t" in formula or "t" in formula.partition("|")[2]:
        columns += [(time == each) * 1.0 for each in range(5)]
    else:
        columns.append(np.ones(len(group)))
    if "g" in formula.partition("|")[2]:
        columns += [(group == each) * 1.0 for each in range(1, 8)]
    return columns


@pytest.mark.parametrize("formula", ["y ~ x + z", "y ~ x + z | t", "y ~ x + z | g + t"])
@pytest.mark.parametrize("null", [0.0, 0.2])
def test_p_value_equals_brute_force(formula: str, null: float) -> None:
    table = small()
    found = regress(table, formula, clusters=("g",))
    test = wild_bootstrap(found, "x", null=null, draws=DRAWS, seed=SEED)
    group, y = table.numbers("g").astype(int), table.numbers("y")
    matrix = np.stack(dummies(table, formula), axis=1)
    inverse = np.linalg.pinv(matrix.T @ matrix)
    others = matrix[:, 1:]
    shifted = y - null * matrix[:, 0]
    rest = shifted - others @ np.linalg.lstsq(others, shifted, rcond=None)[0]

    def spread(residuals: np.ndarray) -> float:
        parts = [(inverse @ (matrix[group == g].T @ residuals[group == g]))[0] for g in range(8)]
        return float(np.sqrt(np.sum(np.square(parts))))

    beta = inverse @ matrix.T @ y
    statistic = (beta[0] - null) / spread(y - matrix @ beta)
    statistics = []
    for row in _drawn(WildWeights.WEBB, DRAWS, 8, SEED):
        star = y - rest + row[group] * rest
        moved = inverse @ matrix.T @ star
        statistics.append((moved[0] - null) / spread(star - matrix @ moved))
    expected = np.mean(np.abs(statistics) >= abs(statistic) * (1 - 1e-10))
    assert test.weights is WildWeights.WEBB
    assert test.p_value == pytest.approx(expected, abs=1e-12)
    low, high = test.interval
    assert low < found.coefficient("x") < high


def test_ends_of_the_interval_are_where_the_test_rejects() -> None:
    found = regress(small(), "y ~ x + z | g", clusters=("g",))
    test = wild_bootstrap(found, "x", draws=DRAWS, seed=SEED)
    for end, side in zip(test.interval, (-1, 1), strict=True):
        inside = wild_bootstrap(found, "x", null=end - side * 1e-6, draws=DRAWS, seed=SEED)
        outside = wild_bootstrap(found, "x", null=end + side * 1e-6, draws=DRAWS, seed=SEED)
        assert inside.p_value >= 0.05 > outside.p_value


def test_weighted_and_wide_panels_are_tested_too() -> None:
    found = regress(made(), "y ~ x1 + x2 | year", clusters=("firm",), weights="weight")
    test = wild_bootstrap(found, "x1", draws=DRAWS)
    assert test.weights is WildWeights.RADEMACHER
    assert test.p_value < 0.05
    again = wild_bootstrap(found, "x1", draws=DRAWS)
    assert again == test


def test_what_it_cannot_do_is_refused() -> None:
    table = small()
    with pytest.raises(InputError, match="expected a coefficient"):
        wild_bootstrap(regress(table, "y ~ x", clusters=("g",)), "q")
    with pytest.raises(InputError, match="one way to cluster"):
        wild_bootstrap(regress(table, "y ~ x"), "x")
    random = regress(table, "y ~ x", clusters=("g",), estimator=Estimator.RANDOM, unit="g")
    with pytest.raises(NotApplicableError, match="least squares"):
        wild_bootstrap(random, "x")
