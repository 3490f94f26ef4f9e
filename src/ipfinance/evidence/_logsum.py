"""Non-linear market value regressions: ln q on the logarithm of one plus weighted ratios."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ipfinance.basics import NoSolutionError, Text
from ipfinance.evidence._conventions import Errors, SmallSample
from ipfinance.evidence._linear import fit_linear
from ipfinance.evidence._regression import Estimator, Regression
from ipfinance.evidence._sample import Sample
from ipfinance.numerics import FloatArray

MOST_STEPS, MOST_HALVINGS = 200, 60
CONVERGED = 1e-9  # of a coefficient's error: what a further step may change
ROUGHLY = 1e-4  # the same, in draws of a bootstrap
ROUNDING = 1e-12  # of a coefficient
FLAT = 1e-13  # relative: sums of squares this close are equal
SAME = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ratios:
    """What stands inside the logarithm.

    Attributes
    ----------
    names
        One a ratio.
    columns
        Shape (m, n).
    """

    names: tuple[str, ...]
    columns: FloatArray


def fit_log_sum(
    given: Sample,
    ratios: Ratios,
    *,
    errors: Errors = Errors.CLUSTER,
    small: SmallSample | None = None,
) -> Regression:
    r"""Estimate :math:`\ln q = x'b + effects + \ln(1 + \sum_j g_j z_j)` by least squares.

    Parameters
    ----------
    given
        Sample of the linear part.
    ratios
        The z.

    Returns
    -------
    Regression
        Coefficients g, then b, of the better of two starts (`starts_agree` in the details says
        whether both led there); `columns` are the derivatives at the estimate, so that errors are
        those of the Jacobian.

    Raises
    ------
    NoSolutionError
        When the steps do not converge.

    Notes
    -----
    Gauss–Newton: each step is a linear regression of the outcome, corrected for the step's
    linearisation, on the derivatives. A step is halved until the sum of squares falls and
    :math:`1 + \sum g z` stays positive in every row.

    References
    ----------
    :cite:cts:`griliches_1981`, :cite:cts:`hall_jaffe_trajtenberg_2005`.
    """
    starts = [np.zeros(len(ratios.names)), _second_start(ratios)]
    found, failures = [], []
    for start in starts:
        try:
            found.append(_from(given, ratios, start, small))
        except NoSolutionError as error:  # the other start may lead somewhere
            failures.append(error)
    if not found:
        raise failures[0]
    found.sort(key=lambda each: each.goodness.residual_sum_of_squares)
    first = found[0]
    gap = np.abs(first.coefficients - found[-1].coefficients)
    same = bool(np.all(gap <= SAME * (np.abs(first.coefficients) + first.standard_errors)))
    agree = same and not failures
    final = fit_linear(first.sample, errors=errors, small=small)
    return replace(
        final,
        estimator=Estimator.NONLINEAR,
        goodness=replace(final.goodness, r_squared=None, r_squared_within=None),
        details={"ratios": ratios.names, "starts_agree": agree},
    )


def refit_log_sum(given: Sample, ratios: Ratios, start: FloatArray) -> Regression:
    """Estimate again from a start near the answer, without clustered errors."""
    return _from(given, ratios, start, None, ROUGHLY)


def _second_start(ratios: Ratios) -> FloatArray:
    """Return a start from means: half of what makes the mean of the sum one."""
    means = np.abs(ratios.columns).mean(axis=1)
    found: FloatArray = 0.5 / np.where(means > 0, means, 1.0) / max(len(means), 1)
    return found


def _inside(ratios: Ratios, g: FloatArray) -> FloatArray:
    total = np.ones(ratios.columns.shape[1])
    for weight, column in zip(g, ratios.columns, strict=True):
        total += weight * column
    return total


def _linearised(given: Sample, ratios: Ratios, g: FloatArray) -> Sample:
    inside = _inside(ratios, g)
    slopes = ratios.columns / inside
    outcome = given.outcome - np.log(inside)
    for weight, column in zip(g, slopes, strict=True):
        outcome = outcome + weight * column
    return replace(
        given,
        outcome=outcome,
        columns=np.ascontiguousarray(np.vstack([slopes, given.columns])),
        names=(*ratios.names, *given.names),
    )


def _squares(given: Sample, ratios: Ratios, g: FloatArray) -> float:
    """Return the smallest sum of squares for these g: effects and linear part fitted."""
    inside = _inside(ratios, g)
    if not (inside > 0).all():
        return float("inf")
    moved = replace(given, outcome=given.outcome - np.log(inside), clusters={})
    return fit_linear(moved).goodness.residual_sum_of_squares


def _from(
    given: Sample,
    ratios: Ratios,
    start: FloatArray,
    small: SmallSample | None,
    within: float = CONVERGED,
) -> Regression:
    g = start
    size = len(ratios.names)
    current = _squares(given, ratios, g)
    for _ in range(MOST_STEPS):
        fitted = fit_linear(_linearised(given, ratios, g), small=small)
        if fitted.names[:size] != ratios.names:
            raise NoSolutionError(_MODEL, _COLLINEAR)
        step = fitted.coefficients[:size] - g
        length = 1.0
        for _ in range(MOST_HALVINGS):
            tried = g + length * step
            squares = _squares(given, ratios, tried)
            if squares <= current * (1.0 + FLAT):
                break
            length /= 2.0
        else:
            return fitted  # no shorter step lowers the sum of squares: rounding is reached
        g, current = tried, squares
        small_step = within * fitted.standard_errors[:size] + ROUNDING * np.abs(g)
        if np.all(np.abs(length * step) <= small_step):
            return fit_linear(_linearised(given, ratios, g), small=small)
    raise NoSolutionError(_MODEL, _NO_STEPS)


def semi_elasticities(found: Regression, ratios: Ratios) -> dict[str, tuple[float, float]]:
    r"""Return :math:`g_j/(1+\sum g z)` by ratio: its mean over rows, and at the mean ratios."""
    g = found.coefficients[: len(ratios.names)]
    inside = _inside(ratios, g)
    at_mean = 1.0 + float((g * ratios.columns.mean(axis=1)).sum())
    return {
        name: (float((weight / inside).mean()), float(weight / at_mean))
        for name, weight in zip(ratios.names, g.tolist(), strict=True)
    }


def ratio_with_dummy(over: FloatArray, under: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return a ratio that is 0 where the denominator is 0, and where that is, as 0 or 1."""
    empty = under == 0.0
    ratio = np.where(empty, 0.0, over / np.where(empty, 1.0, under))
    return ratio, empty.astype(np.float64)


_MODEL = Text("non-linear market value regression", "非线性市值回归")
_NO_STEPS = Text("The steps do not converge.", "迭代不收敛。")
_COLLINEAR = Text(
    "A ratio is explained by the effects or the other columns.",
    "某一比率被固定效应或其他变量完全解释。",
)
