"""Poisson regression with absorbed effects, separated observations found and left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ipfinance.basics import InputError, NoSolutionError, Text
from ipfinance.evidence._conventions import Errors, SmallSample
from ipfinance.evidence._covariance import parameter_count
from ipfinance.evidence._formula import refuse_rows
from ipfinance.evidence._linear import least_squares, with_errors, without_effects
from ipfinance.evidence._regression import Estimator, Family, Goodness, Regression
from ipfinance.evidence._sample import Exclusions, Sample
from ipfinance.numerics import BoolArray, FloatArray

MOST_STEPS = 200
CONVERGED = 1e-10  # of the deviance
SEPARATED = 1e-5  # what the rectifier leaves on a row that is separated
MOST_RECTIFIED = 100
LARGEST_EXPONENT = 300.0


def fit_poisson(
    given: Sample, *, errors: Errors = Errors.HC1, small: SmallSample | None = None
) -> Regression:
    r"""Estimate :math:`E[y] = \exp(x'b + effects)` by pseudo maximum likelihood.

    Parameters
    ----------
    given
        A sample whose outcome is not negative; it need not be a count.
    errors, small
        How the covariance is estimated; only the White and clustered forms are valid when the
        outcome is not Poisson.

    Returns
    -------
    Regression
        `columns` and `residuals` are those of the last weighted step, so that scores are their
        product with the weights.

    Raises
    ------
    NoSolutionError
        When the steps do not converge.

    Notes
    -----
    Rows whose outcome is zero and whose fitted mean would be zero have no finite estimate. They
    are found by the iterative rectifier and left out; the result counts them.

    References
    ----------
    :cite:cts:`correia_guimaraes_zylkin_2019`.
    """
    small = small or SmallSample()
    _refuse_negative(given)
    kept = given
    while True:
        apart = separated_rows(kept)
        if not apart.any():
            break
        kept = without_rows(kept, apart)
        if kept.n == 0:
            raise InputError([given.table.column_problem(given.response, _ALL_SEPARATED)])
    stacked, weights, means, fitted, coefficients, places, inverse, sweeps = _steps(kept)
    residuals = (kept.outcome - means) / means
    names = tuple(kept.names[place] for place in places)
    clusters = list(kept.clusters.values()) if errors is Errors.CLUSTER else []
    rules = replace(small, scales_by_parameters=small.poisson_scales_by_parameters)
    found = Regression(
        names=names,
        coefficients=coefficients,
        covariance=np.full((len(places), len(places)), np.nan),
        errors=errors,
        small=rules,
        degrees_of_freedom=float("nan"),
        parameters=parameter_count(len(places), kept.effects, clusters, rules),
        goodness=_goodness(kept, means, fitted),
        sample=kept,
        columns=np.stack([stacked[1 + place] for place in places]),
        residuals=residuals,
        bread=inverse,
        family=Family.POISSON,
        estimator=Estimator.MAXIMUM_LIKELIHOOD,
        dropped=tuple(name for name in kept.names if name not in names),
        sweeps=sweeps,
        work_weights=weights,
    )
    if errors is Errors.IID:
        return replace(found, covariance=inverse, degrees_of_freedom=float("inf"))
    done = with_errors(found, errors)
    return done if errors is Errors.CLUSTER else replace(done, degrees_of_freedom=float("inf"))


def _steps(given: Sample):  # type: ignore[no-untyped-def]  # noqa: ANN202
    outcome = given.outcome
    means = (outcome + outcome.mean()) / 2
    fitted = np.log(means)
    deviance, sweeps = np.inf, 0
    for _ in range(MOST_STEPS):
        weights = means
        working = fitted + (outcome - means) / means
        stacked = [working.copy(), *given.columns.copy()]
        if given.weights is not None:
            weights = means * given.weights
        stacked, sweeps, norms = without_effects(stacked, given, weights)
        coefficients, places, inverse, residuals = least_squares(stacked, norms, weights)
        fitted = np.clip(working - residuals, -LARGEST_EXPONENT, LARGEST_EXPONENT)
        means = np.exp(fitted)
        before, deviance = deviance, _deviance(outcome, means, given.weights)
        if abs(before - deviance) <= CONVERGED * (0.1 + abs(deviance)):
            break
    else:
        raise NoSolutionError(_POISSON, _NO_STEPS)
    weights = means if given.weights is None else means * given.weights
    stacked = [fitted + (outcome - means) / means, *given.columns.copy()]
    stacked, sweeps, norms = without_effects(stacked, given, weights)
    coefficients, places, inverse, _ = least_squares(stacked, norms, weights)
    return stacked, weights, means, fitted, coefficients, places, inverse, sweeps


def _deviance(outcome: FloatArray, means: FloatArray, weights: FloatArray | None) -> float:
    ratio = np.where(outcome > 0, outcome / means, 1.0)
    parts = outcome * np.log(ratio) - (outcome - means)
    return 2.0 * float((parts if weights is None else parts * weights).sum())


def _goodness(given: Sample, means: FloatArray, fitted: FloatArray) -> Goodness:
    from scipy.special import gammaln

    outcome = given.outcome
    parts = outcome * fitted - means - gammaln(outcome + 1.0)
    constant = np.full(given.n, outcome.mean())
    deviance = _deviance(outcome, means, given.weights)
    alone = _deviance(outcome, constant, given.weights)
    return Goodness(
        residual_sum_of_squares=float(((outcome - means) ** 2).sum()),
        r_squared=1.0 - deviance / alone if alone > 0 else None,
        log_likelihood=float((parts if given.weights is None else parts * given.weights).sum()),
        deviance=deviance,
    )


def separated_rows(given: Sample) -> BoolArray:
    """Return the rows whose zero outcome is explained perfectly.

    First groups of an effect whose outcomes are all zero; then, by the iterative rectifier, rows
    that some combination of columns and effects singles out.
    """
    alone = np.zeros(given.n, dtype=bool)
    for group in given.effects.values():
        totals = np.bincount(group.codes, weights=given.outcome, minlength=group.size)
        alone |= totals[group.codes] == 0.0
    if alone.any():
        return alone
    return _rectified(given)


def _rectified(given: Sample) -> BoolArray:
    zero = given.outcome == 0.0
    if not zero.any():
        return np.zeros(given.n, dtype=bool)
    heavy = float(given.n) * 100.0
    weights = np.where(zero, 1.0, heavy)
    goal = zero.astype(np.float64)
    for _ in range(MOST_RECTIFIED):
        stacked = [goal.copy(), *given.columns.copy()]
        stacked, _, norms = without_effects(stacked, given, weights)
        _, _, _, residuals = least_squares(stacked, norms, weights)
        fitted = goal - residuals
        if np.abs(residuals).max() < SEPARATED:
            apart: BoolArray = zero & (fitted > SEPARATED)
            return apart
        goal = np.where(zero, np.maximum(fitted, 0.0), 0.0)
        if goal.max() < SEPARATED:
            break
    return np.zeros(given.n, dtype=bool)


def without_rows(given: Sample, rows: BoolArray) -> Sample:
    """Return a sample without some rows, counted as separated."""
    stay = ~rows
    old = given.exclusions
    return replace(
        given,
        table=given.table.taken(stay),
        outcome=given.outcome[stay],
        columns=np.ascontiguousarray(given.columns[:, stay]),
        effects={name: group.taken(stay) for name, group in given.effects.items()},
        clusters={name: group.taken(stay) for name, group in given.clusters.items()},
        weights=None if given.weights is None else given.weights[stay],
        exclusions=Exclusions(
            read=old.read,
            missing=old.missing,
            rows_missing=old.rows_missing,
            singletons=old.singletons,
            separated=old.separated + int(rows.sum()),
        ),
    )


def _refuse_negative(given: Sample) -> None:
    refuse_rows(given.table, given.response, given.outcome, given.outcome < 0, _NEGATIVE)
    if not given.outcome.any():
        raise InputError([given.table.column_problem(given.response, _ALL_SEPARATED)])


_POISSON = Text("Poisson regression", "泊松回归")
_NO_STEPS = Text(
    "The steps do not converge; look for a column that explains zeros perfectly.",
    "迭代不收敛；请检查是否有变量完全解释零值。",
)
_NEGATIVE = Text("expected a number of at least 0", "应为不小于 0 的数")
_ALL_SEPARATED = Text(
    "expected an outcome that is not zero in every group", "结果变量不能在所有组中均为零"
)
