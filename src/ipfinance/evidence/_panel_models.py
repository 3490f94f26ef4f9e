"""Other ways through a panel: between, random effects, period by period; and their tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ipfinance.basics import InputError, NotApplicableError, Text
from ipfinance.evidence._conventions import Errors, SmallSample
from ipfinance.evidence._covariance import ParameterCount
from ipfinance.evidence._formula import INTERCEPT
from ipfinance.evidence._linear import fit_linear
from ipfinance.evidence._regression import Estimator, Goodness, Regression
from ipfinance.evidence._sample import Sample
from ipfinance.numerics import FloatArray, Grouping, bread, gram, matrix_product, sums_by_group


def _without_effects(given: Sample) -> None:
    if given.effects:
        allowed = Text(
            "this estimator takes no absorbed effects; leave out the part after |",
            "该估计量不吸收固定效应，请去掉 | 之后的部分",
        )
        raise InputError([given.table.column_problem("--formula", allowed)])


def means_by_unit(given: Sample, units: Grouping) -> Sample:
    """Return a sample of the means of each unit, one row a unit."""
    counts = units.counts()
    columns = sums_by_group(given.columns, units) / counts
    outcome = sums_by_group(given.outcome[None, :], units)[0] / counts
    first = np.zeros(units.size, dtype=np.int64)
    first[units.codes[::-1]] = np.arange(given.n)[::-1]
    return replace(
        given,
        outcome=outcome,
        columns=np.ascontiguousarray(columns),
        table=given.table.taken(first),
        clusters={},
        weights=None,
    )


def fit_between(given: Sample, units: Grouping, *, small: SmallSample | None = None) -> Regression:
    """Regress the means of the units on each other: what differs between firms, not within.

    Parameters
    ----------
    given
        A sample without absorbed effects.
    units
        The unit of each row.
    """
    _without_effects(given)
    found = fit_linear(means_by_unit(given, units), errors=Errors.IID, small=small)
    return replace(found, estimator=Estimator.BETWEEN)


def fit_random(
    given: Sample,
    units: Grouping,
    *,
    errors: Errors = Errors.IID,
    small: SmallSample | None = None,
) -> Regression:
    r"""Estimate random effects of the units by Swamy and Arora's feasible least squares.

    Parameters
    ----------
    given
        A sample without absorbed effects, with a constant.
    units
        The unit of each row.

    Returns
    -------
    Regression
        With `theta` (the part of a unit's mean that is taken out; its mean over the units where
        the panel is not balanced), `effect_variance` and `error_variance` in the details.

    Notes
    -----
    .. math:: \theta_i = 1 - \sqrt{\sigma_e^2 / (T_i \sigma_u^2 + \sigma_e^2)}

    :math:`\sigma_e^2` comes from the within residuals, :math:`\sigma_u^2` from the between
    residuals with the harmonic mean of the lengths.

    References
    ----------
    :cite:cts:`swamy_arora_1972`.
    """
    _without_effects(given)
    within = fit_linear(replace(given, effects={"unit": units}, clusters={}))
    between = fit_between(given, units)
    within_variance = within.goodness.error_variance
    between_variance = between.goodness.error_variance
    if within_variance is None or between_variance is None:
        raise NotApplicableError(_RANDOM, _FEW_UNITS)
    counts = units.counts().astype(np.float64)
    harmonic = units.size / float((1.0 / counts).sum())
    effect_variance = max(between_variance - within_variance / harmonic, 0.0)
    theta = 1.0 - np.sqrt(within_variance / (counts * effect_variance + within_variance))
    rows = theta[units.codes]
    means = means_by_unit(given, units)
    moved = replace(
        given,
        outcome=given.outcome - rows * means.outcome[units.codes],
        columns=np.ascontiguousarray(given.columns - rows * means.columns[:, units.codes]),
    )
    found = fit_linear(moved, errors=errors, small=small)
    return replace(
        found,
        estimator=Estimator.RANDOM,
        details={
            "theta": float(theta.mean()),
            "effect_variance": effect_variance,
            "error_variance": within_variance,
        },
    )


def fit_fama_macbeth(given: Sample, periods: Grouping) -> Regression:
    """Regress period by period and average; errors from the spread of the coefficients.

    Parameters
    ----------
    given
        A sample without absorbed effects.
    periods
        The period of each row; at least two, each with more rows than coefficients.

    References
    ----------
    :cite:cts:`fama_macbeth_1973`.
    """
    _without_effects(given)
    size = len(given.names)
    order = np.argsort(periods.codes, kind="stable")
    edges = np.concatenate(([0], np.cumsum(periods.counts())))
    slopes = np.empty((periods.size, size))
    rows = np.vstack([given.outcome[None, :], given.columns])
    for place in range(periods.size):
        chosen = order[edges[place] : edges[place + 1]]
        products = gram(np.ascontiguousarray(rows[:, chosen]))
        kept, inverse = bread(products[1:, 1:])
        if len(kept) < size or len(chosen) <= size:
            raise NotApplicableError(_FAMA_MACBETH, _THIN_PERIOD)
        slopes[place] = matrix_product(inverse, products[1:, :1])[:, 0]
    if periods.size < 2:  # noqa: PLR2004
        raise NotApplicableError(_FAMA_MACBETH, _ONE_PERIOD)
    mean = slopes.mean(axis=0)
    centred = np.ascontiguousarray((slopes - mean).T)
    covariance = gram(centred) / (periods.size - 1) / periods.size
    pooled = fit_linear(replace(given, clusters={}))
    left = given.outcome - (given.columns * mean[:, None]).sum(axis=0)
    return replace(
        pooled,
        names=given.names,
        coefficients=mean,
        covariance=covariance,
        residuals=left,
        dropped=(),
        degrees_of_freedom=float(periods.size - 1),
        parameters=ParameterCount(slopes=size, absorbed=0, all_absorbed=0),
        goodness=Goodness(residual_sum_of_squares=float((left * left).sum())),
        estimator=Estimator.FAMA_MACBETH,
        details={"periods": periods.size, "by_period": slopes},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TestStatistic:
    """A test statistic with its reference law."""

    statistic: float
    p_value: float
    degrees_of_freedom: tuple[float, ...]
    law: str


def effects_test(given: Sample) -> TestStatistic:
    """Test that all absorbed effects are equal, by the F ratio of two sums of squares.

    Valid for independent errors of equal variance.
    """
    from scipy.special import fdtrc

    within = fit_linear(replace(given, clusters={}))
    constant = np.vstack([np.ones((1, given.n)), given.columns])
    pooled = fit_linear(
        replace(given, effects={}, clusters={}, columns=constant, names=(INTERCEPT, *given.names))
    )
    more = within.parameters.total - pooled.parameters.total
    free = within.n - within.parameters.total
    less = within.goodness.residual_sum_of_squares
    ratio = ((pooled.goodness.residual_sum_of_squares - less) / more) / (less / free)
    return TestStatistic(
        statistic=ratio,
        p_value=float(fdtrc(more, free, ratio)),
        degrees_of_freedom=(float(more), float(free)),
        law="F",
    )


def hausman_test(fixed: Regression, random: Regression) -> TestStatistic:
    """Test that fixed and random effects agree on the slopes they share.

    References
    ----------
    :cite:cts:`hausman_1978`.
    """
    from scipy.special import chdtrc

    shared = [name for name in fixed.names if name in random.names]
    gap = np.array([fixed.coefficient(name) - random.coefficient(name) for name in shared])
    spread = _block(fixed, shared) - _block(random, shared)
    kept, inverse = bread(spread)
    if len(kept) < len(shared):
        raise NotApplicableError(_HAUSMAN, _NOT_DEFINITE)
    statistic = float(matrix_product(matrix_product(gap[None, :], inverse), gap[:, None])[0, 0])
    return TestStatistic(
        statistic=statistic,
        p_value=float(chdtrc(len(shared), statistic)),
        degrees_of_freedom=(float(len(shared)),),
        law="chi2",
    )


def wald_test(found: Regression, names: Sequence[str]) -> TestStatistic:
    """Test that several coefficients are all zero, by the F form of Wald's statistic."""
    from scipy.special import fdtrc

    values = np.array([found.coefficient(name) for name in names])
    kept, inverse = bread(_block(found, list(names)))
    if len(kept) < len(names):
        raise NotApplicableError(_WALD, _NOT_DEFINITE)
    ratio = float(
        matrix_product(matrix_product(values[None, :], inverse), values[:, None])[0, 0]
    ) / len(names)
    return TestStatistic(
        statistic=ratio,
        p_value=float(fdtrc(len(names), found.degrees_of_freedom, ratio)),
        degrees_of_freedom=(float(len(names)), found.degrees_of_freedom),
        law="F",
    )


def _block(found: Regression, names: Sequence[str]) -> FloatArray:
    places = [found.names.index(name) for name in names]
    return found.covariance[np.ix_(places, places)]


_RANDOM = Text("random effects", "随机效应")
_FEW_UNITS = Text("there are too few units.", "个体数量过少。")
_FAMA_MACBETH = Text("Fama–MacBeth", "Fama–MacBeth 两步法")
_THIN_PERIOD = Text("a period has no more rows than coefficients.", "某一期的行数不多于系数个数。")
_ONE_PERIOD = Text("there is one period only.", "仅有一期。")
_HAUSMAN = Text("Hausman test", "Hausman 检验")
_WALD = Text("Wald test", "Wald 检验")
_NOT_DEFINITE = Text(
    "the difference of the covariances is not positive definite; the test has no value here.",
    "协方差之差非正定，检验无定义。",
)
