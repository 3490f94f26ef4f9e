"""Correlated defaults: factor copulas, exact loss distributions, simulation, tilted simulation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from ipfinance.basics import InputError, NoSolutionError, Problem, Text
from ipfinance.numerics._claims import in_chunks
from ipfinance.numerics._draws import entity_keys, normal_draws, uniform_draws
from ipfinance.numerics._types import FloatArray, IntArray, KeyArray

REACH = 8.5  # the factor is integrated over ± this many standard deviations
FEWEST_NODES, MOST_NODES = 32, 2048
TOLERANCE = 1e-10
TINY = 38.0  # exp(-38) is below the last digit of a float
COMMON_FACTOR = "common"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FactorModel:
    r"""How obligors hang together: loadings on common factors, Gaussian or t copula.

    Attributes
    ----------
    names
        Ids of the factors; the draws of a factor are keyed by its id.
    factor
        For each obligor the places of its factors, shape (n_obligors, n_items).
    loading
        Their loadings, zero where there is none, same shape. [1]
    degrees
        Degrees of freedom of a t copula; None for a Gaussian copula.
    correlation
        Of the factors among themselves, shape (n_factors, n_factors); None for independent ones.

    Notes
    -----
    :math:`X_i = \sum_k a_{ik} Z_k + \sqrt{1 - a_i' C a_i}\,e_i`; a t copula divides by
    :math:`\sqrt{W/\nu}`. Obligor i defaults when :math:`X_i` falls to its threshold: low is bad.

    References
    ----------
    :cite:cts:`vasicek_2002`; :cite:cts:`li_2000`.
    """

    names: tuple[str, ...]
    factor: IntArray
    loading: FloatArray
    degrees: float | None = None
    correlation: FloatArray | None = None

    def __post_init__(self) -> None:
        problems = _model_problems(self)
        if problems:
            raise InputError(problems)

    @property
    def rest(self) -> FloatArray:
        """Loading on what is an obligor's own, shape (n_obligors,). [1]."""
        return np.asarray(np.sqrt(np.maximum(1.0 - self._shared(), 0.0)))

    def _shared(self) -> FloatArray:
        if self.correlation is None:
            dense = self.dense()
            return np.asarray(np.sum(dense**2, axis=1))
        dense = self.dense()
        return np.asarray(np.einsum("ij,jk,ik->i", dense, self.correlation, dense))

    def dense(self) -> FloatArray:
        """Return the loadings as a full table, shape (n_obligors, n_factors). [1]."""
        table = np.zeros((len(self.factor), len(self.names)))
        rows = np.repeat(np.arange(len(self.factor)), self.factor.shape[1])
        np.add.at(table, (rows, self.factor.ravel()), self.loading.ravel())
        return table

    def thresholds(self, probabilities: FloatArray) -> FloatArray:
        """Return where the variable of each obligor means default, shape (n_obligors,). [1]."""
        from scipy.special import ndtri, stdtrit

        if self.degrees is None:
            return np.asarray(ndtri(probabilities))
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.asarray(stdtrit(self.degrees, probabilities))
        found = np.where(probabilities <= 0, -np.inf, found)
        return np.where(probabilities >= 1, np.inf, found)


def one_factor(
    correlations: FloatArray | Sequence[float], *, degrees: float | None = None
) -> FactorModel:
    """Return the model of one common factor.

    Parameters
    ----------
    correlations
        Squared loading of each obligor, from 0 to 1, shape (n_obligors,). [1]
    degrees
        Of a t copula; None for a Gaussian one.
    """
    loading = np.sqrt(np.asarray(correlations, dtype=float))[:, np.newaxis]
    return FactorModel(
        names=(COMMON_FACTOR,),
        factor=np.zeros(loading.shape, dtype=np.int64),
        loading=loading,
        degrees=degrees,
    )


def sector_factors(
    common: FloatArray | Sequence[float],
    sectors: Sequence[str],
    own: FloatArray | Sequence[float],
    *,
    degrees: float | None = None,
) -> FactorModel:
    """Return the model of a common factor and one independent factor for each sector.

    Parameters
    ----------
    common, own
        Loading of each obligor on the common factor and on its sector's, shape (n_obligors,). [1]
    sectors
        The sector of each obligor.
    """
    names = tuple(sorted(set(sectors)))
    places = np.array([1 + names.index(sector) for sector in sectors], dtype=np.int64)
    return FactorModel(
        names=(COMMON_FACTOR, *(f"sector:{name}" for name in names)),
        factor=np.column_stack([np.zeros_like(places), places]),
        loading=np.column_stack([np.asarray(common, float), np.asarray(own, float)]),
        degrees=degrees,
    )


def conditional_probabilities(
    probabilities: FloatArray, model: FactorModel, factors: FloatArray, scales: FloatArray
) -> FloatArray:
    """Return each obligor's chance of default given the factors.

    Parameters
    ----------
    probabilities
        Without knowledge of the factors, shape (n_obligors,). [1]
    factors, scales
        Values of the factors, shape (n_rows, n_factors); what multiplies the thresholds (ones
        for a Gaussian copula), shape (n_rows,). [1]

    Returns
    -------
    FloatArray
        Shape (n_rows, n_obligors). [1]
    """
    from scipy.special import ndtr

    threshold, rest = model.thresholds(probabilities), model.rest
    common = factors @ model.dense().T
    with np.errstate(divide="ignore", invalid="ignore"):
        score = (scales[:, np.newaxis] * threshold - common) / rest
    certain = (rest <= 0) & np.isfinite(threshold)
    fallen = common <= scales[:, np.newaxis] * threshold
    return np.asarray(np.where(certain, fallen.astype(float), ndtr(score)))


class LossDistribution(NamedTuple):
    """Exact distribution of a loss in whole units.

    Attributes
    ----------
    probabilities
        Of a loss of 0, 1, 2, … units, shape (total units + 1,). [1]
    error
        Largest change of a probability when the number of nodes was doubled. [1]
    nodes
        Nodes of each factor.
    """

    probabilities: FloatArray
    error: float
    nodes: int


def loss_distribution(
    probabilities: FloatArray | Sequence[float],
    units: IntArray | Sequence[int],
    model: FactorModel,
    *,
    tolerance: float = TOLERANCE,
) -> LossDistribution:
    """Return the exact distribution of the loss of a pool, by recursion given the factors.

    Parameters
    ----------
    probabilities
        Of default, shape (n_obligors,). [1]
    units
        Whole loss of each obligor on default, shape (n_obligors,). [unit]
    model
        One common factor, or a common factor and independent factors of which each obligor loads
        on at most one; Gaussian or t copula.
    tolerance
        The number of nodes is doubled until no probability moves by more.

    Raises
    ------
    InputError
        When the factors do not have that form, or are correlated.
    NoSolutionError
        When 2,048 nodes are not enough.

    References
    ----------
    :cite:cts:`andersen_sidenius_basu_2003` for the recursion.

    Examples
    --------
    >>> found = loss_distribution([0.05] * 2, [1, 1], one_factor([0.0, 0.0]))
    >>> np.round(found.probabilities, 6)
    array([0.9025, 0.095 , 0.0025])
    """
    chances, whole = np.asarray(probabilities, float), np.asarray(units, np.int64)
    groups = _groups(model)
    nodes, before = FEWEST_NODES, np.zeros(0)
    while nodes <= MOST_NODES:
        found = _distribution(chances, whole, model, groups, nodes)
        if len(before):
            error = float(np.max(np.abs(found - before)))
            if error <= tolerance:
                return LossDistribution(found, error, nodes)
        before, nodes = found, nodes * 2
    raise NoSolutionError(_DISTRIBUTION, _TOO_FEW_NODES)


def _groups(model: FactorModel) -> list[IntArray]:
    """Return the obligors by their own factor; those without one come first."""
    own = np.where(model.loading != 0, model.factor, 0)
    most = own.max(axis=1)
    plain = (model.loading[:, 1:] == 0).all() if model.factor.shape[1] > 1 else True
    several = ((own != 0) & (own != most[:, np.newaxis])).any()
    if model.correlation is not None or several or (plain and most.max(initial=0) > 0):
        raise InputError([Problem(field="model", allowed=_ONE_OWN_FACTOR)])
    return [np.flatnonzero(most == place) for place in np.unique(most)]


def _distribution(
    chances: FloatArray, units: IntArray, model: FactorModel, groups: list[IntArray], nodes: int
) -> FloatArray:
    points, weights = _normal_nodes(nodes)
    scales, shares = _scale_nodes(model.degrees, nodes)
    total = np.zeros(int(np.sum(units)) + 1)
    for scale, share in zip(scales, shares, strict=True):
        part = _given_scale(chances, units, model, groups, points, weights, scale)
        total += share * part
    return total


def _given_scale(  # noqa: PLR0917
    chances: FloatArray,
    units: IntArray,
    model: FactorModel,
    groups: list[IntArray],
    points: FloatArray,
    weights: FloatArray,
    scale: float,
) -> FloatArray:
    by_group = [
        _group_rows(chances, units, model, chosen, points, weights, scale) for chosen in groups
    ]
    total = np.zeros(int(np.sum(units)) + 1)
    for row, weight in enumerate(weights):
        joint = np.ones(1)
        for rows in by_group:
            joint = np.convolve(joint, rows[row])
        total[: len(joint)] += weight * joint
    return total


def _group_rows(  # noqa: PLR0917
    chances: FloatArray,
    units: IntArray,
    model: FactorModel,
    chosen: IntArray,
    points: FloatArray,
    weights: FloatArray,
    scale: float,
) -> FloatArray:
    """Return one group's distribution for each node of the common factor."""
    from ipfinance.numerics.kernels.defaults import loss_recursion

    own = int(model.factor[chosen][model.loading[chosen] != 0].max(initial=0))
    part = replace(model, factor=model.factor[chosen], loading=model.loading[chosen])
    length = int(np.sum(units[chosen])) + 1
    rows = np.empty((len(points), length))
    inner = points if own else np.zeros(1)
    inner_weights = weights if own else np.ones(1)

    def run(block: slice) -> None:
        factors = np.zeros((len(points[block]) * len(inner), len(model.names)))
        factors[:, 0] = np.repeat(points[block], len(inner))
        if own:
            factors[:, own] = np.tile(inner, len(points[block]))
        given = conditional_probabilities(
            chances[chosen], part, factors, np.full(len(factors), scale)
        )
        each = np.empty((len(factors), length))
        loss_recursion(given, units[chosen], each)
        rows[block] = inner_weights @ each.reshape(-1, len(inner), length)

    in_chunks(run, len(points))
    return rows


def _normal_nodes(nodes: int) -> tuple[FloatArray, FloatArray]:
    points = np.linspace(-REACH, REACH, nodes + 1)
    weights = np.exp(-0.5 * points**2)
    return points, weights / np.sum(weights)


def _scale_nodes(degrees: float | None, nodes: int) -> tuple[FloatArray, FloatArray]:
    """Return what multiplies the thresholds of a t copula, the root of W/ν, with weights."""
    if degrees is None:
        return np.ones(1), np.ones(1)
    logs = np.linspace(-TINY / degrees, 0.5 * math.log(2 * TINY / degrees), nodes + 1)
    density = np.exp(degrees * (logs - 0.5 * np.expm1(2 * logs)))
    return np.exp(logs), density / np.sum(density)


def factor_draws(
    model: FactorModel, scenarios: KeyArray, *, shift: float = 0.0
) -> tuple[FloatArray, FloatArray]:
    """Return the factors and the scales of the copula in each scenario.

    Parameters
    ----------
    scenarios
        Keys from `scenario_keys`.
    shift
        Mean of the first factor under importance sampling. [1]

    Returns
    -------
    tuple
        Factors, shape (n_scenarios, n_factors); scales, shape (n_scenarios,). [1]
    """
    from scipy.special import gammaincinv

    factors = normal_draws(entity_keys(model.names, "factor"), scenarios)
    factors[:, 0] += shift
    if model.correlation is not None:
        factors = factors @ np.linalg.cholesky(model.correlation).T
    if model.degrees is None:
        return factors, np.ones(len(scenarios))
    chance = uniform_draws(entity_keys(["copula"], "scale"), scenarios)[:, 0]
    return factors, np.asarray(np.sqrt(2 * gammaincinv(model.degrees / 2, chance) / model.degrees))


def latent_uniforms(
    model: FactorModel, obligors: KeyArray, scenarios: KeyArray, *, shift: float = 0.0
) -> FloatArray:
    """Return dependent uniform draws; an obligor defaults by t when its draw is at most F(t).

    Parameters
    ----------
    obligors, scenarios
        Keys from `entity_keys` and `scenario_keys`.
    shift
        Mean of the first factor under importance sampling. [1]

    Returns
    -------
    FloatArray
        Shape (n_scenarios, n_obligors). [1]
    """
    from scipy.special import ndtr, stdtr

    from ipfinance.numerics.kernels.defaults import latent_scores

    factors, scales = factor_draws(model, scenarios, shift=shift)
    out, rest = np.empty((len(scenarios), len(obligors))), model.rest

    def run(rows: slice) -> None:
        latent_scores(
            obligors, scenarios[rows], factors[rows], model.factor, model.loading, rest, out[rows]
        )

    in_chunks(run, len(scenarios))
    if model.degrees is None:
        return np.asarray(ndtr(out))
    return np.asarray(stdtr(model.degrees, out / scales[:, np.newaxis]))


class SimulatedLosses(NamedTuple):
    """Losses of a pool by scenario.

    Attributes
    ----------
    losses
        Shape (n_scenarios,). [minor unit]
    weights
        Likelihood ratios, ones without importance sampling, shape (n_scenarios,). [1]
    """

    losses: IntArray
    weights: FloatArray


def simulated_losses(
    probabilities: FloatArray | Sequence[float],
    losses: IntArray | Sequence[int],
    model: FactorModel,
    obligors: KeyArray,
    scenarios: KeyArray,
    *,
    shift: float = 0.0,
) -> SimulatedLosses:
    r"""Simulate the loss of a static pool.

    Parameters
    ----------
    probabilities, losses
        Of default, and what is lost on default, shape (n_obligors,). [1], [minor unit]
    obligors, scenarios
        Keys from `entity_keys` and `scenario_keys`.
    shift
        Mean :math:`\mu` of the first factor; 0 for plain draws, negative for rare large losses.

    Notes
    -----
    A scenario drawn at a shifted factor weighs :math:`e^{-\mu Z + \mu^2/2}`.
    """
    from ipfinance.numerics.kernels.defaults import static_losses

    factors, scales = factor_draws(model, scenarios, shift=shift)
    threshold = model.thresholds(np.asarray(probabilities, float))
    amounts, rest = np.asarray(losses, np.int64), model.rest
    out = np.empty(len(scenarios), dtype=np.int64)

    def run(rows: slice) -> None:
        static_losses(
            obligors,
            scenarios[rows],
            factors[rows],
            scales[rows],
            threshold,
            model.factor,
            model.loading,
            rest,
            amounts,
            out[rows],
        )

    in_chunks(run, len(scenarios))
    drawn = factors[:, 0] if model.correlation is None else _first_draw(model, scenarios, shift)
    return SimulatedLosses(out, np.asarray(np.exp(-shift * drawn + shift**2 / 2)))


def _first_draw(model: FactorModel, scenarios: KeyArray, shift: float) -> FloatArray:
    keys = entity_keys(model.names[:1], "factor")
    return np.asarray(normal_draws(keys, scenarios)[:, 0] + shift)


SHIFTS = (0.0, -0.5, -1.0, -1.5, -2.0, -2.5, -3.0)


def best_shift(
    probabilities: FloatArray | Sequence[float],
    losses: IntArray | Sequence[int],
    model: FactorModel,
    obligors: KeyArray,
    pilot: KeyArray,
    *,
    above: int,
) -> float:
    """Return the shift of the first factor that measures the loss above a level best.

    Parameters
    ----------
    pilot
        Keys of the scenarios of the pilot run.
    above
        The level from which the loss counts. [minor unit]
    """

    def variance(shift: float) -> float:
        found = simulated_losses(probabilities, losses, model, obligors, pilot, shift=shift)
        counted = found.weights * np.maximum(found.losses - above, 0)
        mean = float(np.mean(counted))
        return float(np.var(counted)) / mean**2 if mean > 0 else math.inf

    return min(SHIFTS, key=variance)


class LossUnits(NamedTuple):
    """Amounts as whole multiples of a unit.

    Attributes
    ----------
    unit
        [minor unit]
    units
        Shape (n,). [unit]
    error
        Most that rounding to units moves the sum. [minor unit]
    """

    unit: int
    units: IntArray
    error: int


def loss_units(amounts: IntArray | Sequence[int], *, most: int = 20_000) -> LossUnits:
    """Return the largest unit that writes amounts exactly, or a coarser one with its error.

    Parameters
    ----------
    amounts
        Whole, none negative, shape (n,). [minor unit]
    most
        Largest sum of units; beyond it the unit is coarser than exact.

    Examples
    --------
    >>> loss_units([3000, 4500, 1500]).units.tolist()
    [2, 3, 1]
    """
    whole = np.asarray(amounts, np.int64)
    total = int(np.sum(whole))
    exact = int(np.gcd.reduce(whole)) if total else 1
    unit = max(exact, -(-total // most)) if total else 1
    units = (2 * whole + unit) // (2 * unit)
    return LossUnits(unit, units, int(np.sum(np.abs(units * unit - whole))))


def _model_problems(model: FactorModel) -> list[Problem]:
    found: list[Problem] = []
    if model.factor.shape != model.loading.shape or model.factor.ndim != _TABLE:
        return [Problem(field="loading", allowed=_SHAPES)]
    if not np.all(np.isfinite(model.loading)) or np.any(model._shared() > 1 + 1e-12):  # noqa: SLF001
        found.append(Problem(field="loading", allowed=_LOADINGS))
    if model.degrees is not None and not 2 < model.degrees < 1e6:  # noqa: PLR2004
        found.append(Problem(field="degrees", found=model.degrees, allowed=_DEGREES))
    return found


_TABLE = 2
_SHAPES = Text(
    "expected one loading for each factor of each obligor", "每个债务人的每个因子应有一个载荷"
)
_LOADINGS = Text(
    "expected finite loadings whose squares sum to at most 1", "载荷应为有限数，且平方和不超过 1"
)
_DEGREES = Text("expected degrees of freedom above 2", "自由度应大于 2")
_ONE_OWN_FACTOR = Text(
    "the exact recursion takes independent factors, and for each obligor the first one and at "
    "most one other; simulate instead",
    "精确递推要求因子相互独立，且每个债务人除首个因子外至多再有一个；请改用模拟",
)
_DISTRIBUTION = Text("exact loss distribution", "精确损失分布")
_TOO_FEW_NODES = Text(
    f"The integral over the factor does not settle with {MOST_NODES:,} nodes; simulate instead.",
    f"用 {MOST_NODES:,} 个节点仍不收敛；请改用模拟。",
)
