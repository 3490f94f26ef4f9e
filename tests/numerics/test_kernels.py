"""Every kernel against its own Python source, and a cache that follows edits."""

from __future__ import annotations

import importlib
import math
import pkgutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ipfinance.numerics import kernels
from ipfinance.numerics._kernel import kernel, source_digest
from ipfinance.numerics.kernels import claims, lattice, normal
from tests.numerics import credit_samples, grant_samples
from tests.tolerances import KERNEL

NODES = np.cos(np.arange(5) * np.pi / 4)
INNER_X, INNER_W = np.polynomial.legendre.leggauss(6)
PUT: tuple[Any, ...] = (100.0, 100.0, 0.08, 0.04, 0.3, 3.0, 3, NODES, INNER_X, INNER_W)


def _put_arguments(spot: float = 100.0, carry: float = 0.04) -> tuple[Any, ...]:
    start = (spot, PUT[1], PUT[2], carry, *PUT[4:])
    return (*start, INNER_X, INNER_W, np.zeros(5), np.zeros(5))


def _columns() -> dict[str, Any]:
    return {
        "is_call": np.array([True, False, True, False, True]),
        "is_american": np.array([True, True, False, True, True]),
        "spot": np.array([100.0, 95.0, 110.0, 40.0, 100.0]),
        "strike": np.array([90.0, 100.0, 100.0, 100.0, 100.0]),
        "rate": np.array([0.05, 0.04, 0.03, 0.06, -0.02]),
        "carry": np.array([0.03, 0.06, 0.01, 0.02, -0.01]),
        "volatility": np.array([0.3, 0.2, 0.4, 0.25, 0.2]),
        "maturity": np.array([2.0, 5.0, 1.0, 3.0, 4.0]),
    }


def _many(function: Callable[..., Any]) -> Any:
    columns = _columns()
    out = np.empty(5)
    function(*columns.values(), 3, NODES, INNER_X, INNER_W, INNER_X, INNER_W, out)
    return out


def _lattice_many(function: Callable[..., Any]) -> Any:
    columns = _columns()
    out = np.empty(5)
    function(
        np.where(columns["is_call"], 1.0, -1.0),
        columns["spot"],
        columns["strike"],
        columns["rate"],
        np.array([0.02, -0.02, 0.5, 0.04, -0.01]),
        np.array([0.3, 0.2, 0.01, 0.25, 0.2]),
        columns["maturity"],
        columns["is_american"],
        12,
        math.sqrt(3),
        np.array([0.0, 0.1, 0.0, 0.2, 0.0]),
        out,
    )
    return out


def _series(function: Callable[..., Any]) -> Any:
    out = np.empty(5)
    function(np.array([0.3, 0.2, 0.15, 0.05, 0.0]), out)
    return out


CODES = np.array([[0, 0, 1, 1, 2, 2, 2, 0], [0, 1, 0, 1, 0, 1, 1, 2]])
STARTS = np.array([0, 3, 6])
VALUES = np.array([1.0, -2.0, 0.5, 3.0, 4.0, -1.5, 2.5, 0.25])
ROW_WEIGHTS = np.array([1.0, 2.0, 0.5, 1.5, 1.0, 0.7, 1.1, 2.2])
GRAM = np.array([[4.0, 2.0, 6.0], [2.0, 3.0, 5.0], [6.0, 5.0, 11.0]])  # the third is a sum


def _inverse_counts(weights: Any) -> Any:
    return np.concatenate([1.0 / np.bincount(codes, weights) for codes in CODES])


def _filled(function: Callable[..., Any], shape: Any, *arguments: Any) -> Any:
    out = np.zeros(shape)
    function(*arguments, out)
    return out


def _changed(function: Callable[..., Any], weights: Any, *more: Any) -> Any:
    x = VALUES.copy()
    given = np.empty(0) if weights is None else weights
    done = function(x, CODES, STARTS, given, _inverse_counts(weights), *more)
    return np.append(x, 0.0 if done is None else done)


def _means(function: Callable[..., Any]) -> Any:
    found = []
    for weights in (None, ROW_WEIGHTS):
        x, given = VALUES.copy(), np.empty(0) if weights is None else weights
        function(x, CODES[0], given, _inverse_counts(weights)[:3], np.zeros(3))
        found.append(x)
    return np.array(found)


def _kept(function: Callable[..., Any]) -> Any:
    kept = np.zeros(3, dtype=np.int64)
    factor = function(GRAM, 1e-9, kept)
    return np.append(factor.ravel(), kept)


def _wild(function: Callable[..., Any]) -> Any:
    signs = np.array([[1.0, -1.0, 1.0], [1.0, 1.0, 1.0], [-1.0, 1.0, 1.0]])
    changes = np.array([[0.2, -0.1, 0.3], [0.1, 0.2, -0.2]])
    own, pulls = np.array([0.3, 0.2, -0.4]), changes.T.copy()
    return np.array(
        [
            _filled(function, 3, signs, changes, own, spread, pulls, 1, 1.1)
            for spread in (np.empty((0, 0)), np.diag(own) + 0.05)
        ]
    )


LAW = (2.5, 0.5, -0.002, 0.17, -0.1)
POWERS = np.array([-0.5, 0.0, 1.0])
WEIGHTS = np.linspace(0.5, -0.2, 9)
LEFT = np.array([90.0, 40.0, 0.0, 3.0])
RATES = np.array([20.0, 8.0, 11.0, 30.0])


def _written(shape: int | tuple[int, ...], run: Callable[[Any], object]) -> Any:
    out = np.zeros(shape)
    run(out)
    return out


def _walked(function: Callable[..., Any]) -> Any:
    costs, cashes = np.empty((9, 4)), np.empty((9, 4))
    function(np.random.default_rng(3), 20.0, 20.0, *LAW, costs, cashes)
    return np.concatenate([costs, cashes])


def _moments(function: Callable[..., Any]) -> Any:
    products, right = np.zeros((9, 9)), np.zeros(9)
    function(LEFT, RATES, np.arange(4.0), POWERS, 2, products, right)
    scale = np.sqrt(np.diag(products))  # sums of powers up to 1e9: compare shares of them
    return np.concatenate([(products / np.outer(scale, scale)).ravel(), right / scale])


def _surprises(function: Callable[..., Any]) -> Any:
    def run(out: Any) -> None:
        function(
            LEFT,
            RATES,
            np.array([85.0, 0.0, 0.0, 1.0]),
            np.array([21.0, 7.5, 10.0, 33.0]),
            *LAW,
            6.0,
            POWERS,
            2,
            WEIGHTS,
            out,
        )

    return _written(4, run)


def _follow(function: Callable[..., Any]) -> Any:
    def run(*, stop: bool) -> Any:
        rules = np.outer(np.linspace(1.0, 0.0, 13), np.array([0, -0.1, 0, 5, -0.5, 0, 3, 0, 0.0]))
        rng = np.random.default_rng(4)
        done = np.linspace(9.0, 5.0, 13)
        start = (rng, 20.0, 9.0, *LAW, 0.97, done, POWERS, 2, rules, stop)
        return _written((6, 4), lambda out: function(*start, out))

    return np.concatenate([run(stop=True), run(stop=False)])


def _carried_back(function: Callable[..., Any]) -> Any:
    values = np.sin(np.arange(24.0)).reshape(2, 4, 3)
    blocks = np.cos(np.arange(27.0)).reshape(3, 3, 3)
    return _written((2, 4, 3), lambda out: function(values, blocks, -1, out))


SAMPLES: dict[str, Callable[[Callable[..., Any]], Any]] = {
    "normal.cdf": lambda f: np.array([f(x) for x in (-9.0, -1.0, 0.0, 1.0, 8.0)]),
    "normal.european": lambda f: np.array(
        [
            f(1.0, 100.0, 90.0, 0.03, 0.01, 0.3, 2.0),
            f(-1.0, 100.0, 90.0, 0.03, 0.01, 0.3, 2.0),
            f(1.0, 100.0, 90.0, 0.03, 0.01, 0.0, 2.0),
        ]
    ),
    "lattice.roll_back_one": lambda f: np.array(
        [
            f(s, 100.0, 95.0, 1.1, 0.2, 0.6, 0.18, 6, a, 0.3, np.zeros(13), np.zeros(13))
            for s in (1.0, -1.0)
            for a in (True, False)
        ]
    ),
    "lattice.roll_back_many": _lattice_many,
    "claims.chebyshev_coefficients": _series,
    "claims.chebyshev_value": lambda f: np.array(
        [f(np.array([0.1, 0.2, -0.3]), x) for x in (-1.0, 0.3, 1.0)]
    ),
    "claims.explicit_boundary": lambda f: np.array(
        [f(100.0, 0.05, 0.02, 0.3, t, 100.0) for t in (0.1, 2.0)]
        + [f(100.0, 0.05, 0.09, 0.3, 1.0, 20.0)]
    ),
    "claims.put": lambda f: np.array(
        [f(*_put_arguments()), f(*_put_arguments(30.0)), f(*_put_arguments(100.0, -0.01))]
    ),
    "claims.claims_many": _many,
    **credit_samples.SAMPLES,
    "panel.group_sums": lambda f: _filled(f, 3, VALUES, CODES[0]),
    "panel.remove_means": _means,
    "panel.weighted_dot": lambda f: np.array(
        [f(VALUES, VALUES, np.empty(0)), f(VALUES, VALUES, ROW_WEIGHTS)]
    ),
    "panel.sweep": lambda f: _changed(f, ROW_WEIGHTS, np.zeros(6)),
    "panel.absorb": lambda f: np.array(
        [_changed(f, weights, 1e-12, 100) for weights in (None, ROW_WEIGHTS)]
        + [_changed(f, None, 1e-12, 0)]
    ),
    "panel.cross_products": lambda f: np.array(
        [
            _filled(f, (2, 2), np.stack([VALUES, ROW_WEIGHTS]), weights)
            for weights in (np.empty(0), ROW_WEIGHTS)
        ]
    ),
    "panel.kept_columns": _kept,
    "panel.inverse_from": lambda f: f(np.array([[2.0, 0.0], [1.0, 1.5]])),
    "panel.wild_statistics": _wild,
    "panel.multiply": lambda f: _filled(f, (2, 3), GRAM[:2].copy(), GRAM),
    **grant_samples.SAMPLES,
    "observed.carried_back": _carried_back,
    "project.terms": lambda f: _written(9, lambda out: f(40.0, 8.0, POWERS, 2, out)),
    "project.weighted": lambda f: np.array([f(k, 8.0, POWERS, 2, WEIGHTS) for k in (0.0, 40.0)]),
    "project.evaluate": lambda f: _written(4, lambda out: f(LEFT, RATES, POWERS, 2, WEIGHTS, out)),
    "project.expected": lambda f: np.array(
        [
            f(k, 8.0, 2.5, s, *LAW[2:], 6.0, POWERS, 2, WEIGHTS)
            for k, s in ((40.0, 0.5), (3.0, 0.5), (3.0, 0.0), (2.0, 0.0))
        ]
    ),
    "project.walk": _walked,
    "project.surprises": _surprises,
    "project.moments": _moments,
    "project.follow": _follow,
    "project._chance_left": lambda f: np.array([f(3.0, 2.5, 0.5), f(3.0, 2.5, 0.0), f(2, 2.5, 0)]),
}


def _kernels() -> dict[str, Any]:
    found = {}
    for info in pkgutil.iter_modules(kernels.__path__):
        module = importlib.import_module(f"{kernels.__name__}.{info.name}")
        for name, item in vars(module).items():
            if hasattr(item, "py_func") and item.py_func.__module__ == module.__name__:
                found[f"{info.name}.{name}"] = item
    return found


# their samples are whole deals, run both ways: tests/securitization/test_two_paths.py
WHOLE_PROGRAMS = ("batch.", "machine.", "pool.", "whole.")


def test_each_kernel_has_a_sample() -> None:
    single = {name for name in _kernels() if not name.startswith(WHOLE_PROGRAMS)}
    assert single == set(SAMPLES)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_kernel_equals_its_python_source(name: str) -> None:
    found = _kernels()[name]
    compiled = SAMPLES[name](found)
    plain = SAMPLES[name](found.py_func)
    np.testing.assert_allclose(compiled, plain, rtol=KERNEL, atol=KERNEL)


def test_two_boundaries_and_negative_probabilities_are_not_numbers() -> None:
    assert np.isnan(_many(claims.claims_many)[4])
    assert np.isnan(_lattice_many(lattice.roll_back_many)[2])


def test_normal_tail_keeps_its_digits() -> None:
    # Abramowitz and Stegun, table 26.1: Q(8) = 6.22096e-16
    assert normal.cdf(-8.0) == pytest.approx(6.22096e-16, rel=1e-5)


PROGRAM = """
import sys
sys.path.insert(0, {folder!r})
from kernels.caller import doubled
print(doubled(3.0))
"""
CALLEE = (
    "from ipfinance.numerics._kernel import kernel\n\n\n"
    "@kernel\ndef factor() -> float:\n    return {factor}\n"
)
CALLER = (
    "from ipfinance.numerics._kernel import kernel\nfrom kernels.callee import factor\n\n\n"
    "@kernel\ndef doubled(x: float) -> float:\n    return factor() * x\n"
)


def _run(folder: Path) -> str:
    program = PROGRAM.format(folder=str(folder))
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_cache_follows_an_edit_of_a_callee(tmp_path: Path) -> None:
    package = tmp_path / "kernels"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "caller.py").write_text(CALLER)
    (package / "callee.py").write_text(CALLEE.format(factor="2.0"))
    assert _run(tmp_path) == "6.0"
    cached = list(package.glob("__pycache__/*.nbi"))
    assert cached
    assert _run(tmp_path) == "6.0"
    (package / "callee.py").write_text(CALLEE.format(factor="5.0"))
    assert _run(tmp_path) == "15.0"


def test_digest_changes_with_any_kernel_file(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    first = source_digest(tmp_path)
    source_digest.cache_clear()
    (tmp_path / "b.py").write_text("2")
    assert source_digest(tmp_path) != first
    source_digest.cache_clear()


def test_kernels_run_where_nothing_can_be_cached() -> None:
    space: dict[str, Any] = {}
    exec(compile("def three(x: float) -> float:\n    return 3.0 * x\n", "<made>", "exec"), space)  # noqa: S102
    assert kernel(space["three"])(2.0) == 6.0
