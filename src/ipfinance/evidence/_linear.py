"""Least squares with absorbed effects, and its covariances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from ipfinance.basics import InputError, NoSolutionError, NotApplicableError, Problem, Text
from ipfinance.evidence._conventions import Errors, SmallSample
from ipfinance.evidence._covariance import (
    ParameterCount,
    clustered_covariance,
    driscoll_kraay_covariance,
    parameter_count,
    white_covariance,
)
from ipfinance.evidence._formula import INTERCEPT
from ipfinance.evidence._regression import Goodness, Regression
from ipfinance.evidence._sample import Sample
from ipfinance.numerics import (
    FloatArray,
    Grouping,
    absorbed,
    bread,
    gram,
    matrix_product,
)

EXPLAINED = 1e-16  # of a column's sum of squares: less is rounding, the effects explain it
MOST_JACKKNIFE = 2000


def fit_linear(
    given: Sample,
    *,
    errors: Errors = Errors.IID,
    small: SmallSample | None = None,
    time: Grouping | None = None,
    lags: int = 0,
    in_place: bool = False,
) -> Regression:
    r"""Estimate a linear regression by least squares.

    Parameters
    ----------
    given
        Rows and columns; effects are absorbed, clusters used when the errors are clustered.
    errors
        How the covariance is estimated.
    small
        Small-sample conventions; the textbook's when left out.
    time, lags
        Periods and the last lag, for Driscoll–Kraay errors.
    in_place
        Whether effects may be taken out of the sample's own columns, which saves their copy; the
        result's sample then has no columns, and levels of effects cannot be asked for.

    Returns
    -------
    Regression

    Raises
    ------
    InputError
        With too few rows, no cluster, no period.
    NoSolutionError
        When the effects cannot be absorbed within the tolerance.

    Notes
    -----
    By Frisch, Waugh and Lovell the slopes are those of the residuals of every column on the
    absorbed effects. Products are summed in a fixed order, so the result is the same to the last
    bit whatever the number of threads.
    """
    small = small or SmallSample()
    if len(given.columns) != len(given.names):
        raise NotApplicableError(_LEVELS, _NO_COLUMNS)
    _check(given, errors, time)
    in_place = in_place and bool(given.effects)
    source = given.columns if in_place else given.columns.copy() if given.effects else given.columns
    rows, sweeps, norms = without_effects([given.outcome.copy(), *source], given)
    coefficients, kept, inverse, residuals = least_squares(rows, norms, given.weights)
    columns = source if len(kept) == len(source) else source[kept]
    counts = parameter_count(
        len(kept),
        given.effects,
        list(given.clusters.values()) if _is_clustered(errors) else [],
        small,
    )
    _check_rows(given, counts)
    found = Regression(
        names=tuple(given.names[place] for place in kept),
        coefficients=coefficients,
        covariance=np.full((len(kept), len(kept)), np.nan),
        errors=errors,
        small=small,
        degrees_of_freedom=float("nan"),
        parameters=counts,
        goodness=_goodness(given, rows[0], residuals, counts),
        sample=replace(given, columns=given.columns[:0]) if in_place else given,
        columns=columns,
        residuals=residuals,
        bread=inverse,
        dropped=tuple(name for at, name in enumerate(given.names) if at not in set(kept.tolist())),
        sweeps=sweeps,
        lags=lags,
        work_weights=given.weights,
    )
    return with_errors(found, errors, time=time)


def without_effects(
    rows: list[FloatArray], given: Sample, weights: FloatArray | None = None
) -> tuple[list[FloatArray], int, FloatArray]:
    """Take a sample's effects out of arrays, in place; also return sweeps and first squares."""
    norms = np.array([float(np.dot(column, column)) for column in rows])
    if not given.effects:
        return rows, 0, norms
    chosen = given.weights if weights is None else weights
    _, sweeps = absorbed(rows, list(given.effects.values()), chosen, in_place=True)
    if sweeps < 0:
        raise NoSolutionError(_ABSORPTION, _NOT_ABSORBED)
    return rows, sweeps, norms


def least_squares(
    rows: Sequence[FloatArray], norms: FloatArray, weights: FloatArray | None
) -> tuple[FloatArray, np.ndarray, FloatArray, FloatArray]:
    """Regress the first column on the others.

    Returns the coefficients, the places of the columns that stay, the inverse of their products,
    and the residuals.
    """
    products = gram(rows, weights)
    squares = np.diag(products)[1:]
    alive = np.flatnonzero(squares > EXPLAINED * np.maximum(norms[1:], 1e-300))
    places, inverse = bread(products[1:, 1:][np.ix_(alive, alive)])
    kept = alive[places]
    coefficients = matrix_product(inverse, products[1 + kept][:, :1])[:, 0]
    residuals = _residuals(rows, kept, coefficients)
    # one step of refinement: rounding of the products is squared away
    moments = gram([residuals, *rows[1:]], weights)[1 + kept][:, :1]
    coefficients = coefficients + matrix_product(inverse, moments)[:, 0]
    residuals = _residuals(rows, kept, coefficients)
    return coefficients, kept, inverse, residuals


def _residuals(
    rows: Sequence[FloatArray], kept: np.ndarray, coefficients: FloatArray
) -> FloatArray:
    left: FloatArray = rows[0].copy()
    for place, coefficient in zip(kept, coefficients, strict=True):
        left -= coefficient * rows[1 + place]
    return left


def with_errors(
    found: Regression,
    errors: Errors,
    *,
    time: Grouping | None = None,
    small: SmallSample | None = None,
) -> Regression:
    """Return a regression with another estimate of its covariance."""
    rules = small or found.small
    given = found.sample
    clusters = list(given.clusters.values())
    counts = parameter_count(
        len(found.names), given.effects, clusters if _is_clustered(errors) else [], rules
    )
    free = float(found.n - counts.total)
    weights = found.work_weights
    factors = found.residuals if weights is None else weights * found.residuals
    match errors:
        case Errors.IID:
            variance = _weighted_squares(found.residuals, weights) / free
            covariance = found.bread * variance
        case Errors.HC0 | Errors.HC1:
            scale = found.n / (found.n - counts.total) if errors is Errors.HC1 else 1.0
            covariance = scale * white_covariance(found.bread, found.columns, factors)
        case Errors.CLUSTER:
            covariance = clustered_covariance(
                found.bread,
                found.columns,
                factors,
                clusters,
                rules,
                parameters=counts.counted,
                scaled=rules.scales_by_parameters,
            )
            free = float(min(cluster.size for cluster in clusters) - 1)
        case Errors.JACKKNIFE:
            covariance = _jackknife(found, clusters, rules, counts)
            free = float(clusters[0].size - 1)
        case Errors.DRISCOLL_KRAAY:
            if time is None:
                raise AssertionError(errors)
            covariance = driscoll_kraay_covariance(
                found.bread, found.columns, factors, time, found.lags
            )
            free = float(time.size - 1)
    return replace(
        found,
        covariance=covariance,
        errors=errors,
        small=rules,
        parameters=counts,
        degrees_of_freedom=free,
    )


def _jackknife(
    found: Regression, clusters: Sequence[Grouping], small: SmallSample, counts: ParameterCount
) -> FloatArray:
    """Return the spread of the coefficients when one cluster after the other is left out."""
    cluster = clusters[0]
    if len(clusters) > 1:
        raise NotApplicableError(_JACKKNIFE, _ONE_CLUSTER)
    if cluster.size > MOST_JACKKNIFE:
        raise NotApplicableError(_JACKKNIFE, _TOO_MANY)
    if any(not effect.is_nested_in(cluster) for effect in found.sample.effects.values()):
        raise NotApplicableError(_JACKKNIFE, _NOT_NESTED)
    size = len(found.names)
    rows = np.vstack([found.residuals[None, :], found.columns])
    order = np.argsort(cluster.codes, kind="stable")
    edges = np.concatenate(([0], np.cumsum(cluster.counts())))
    whole = gram(rows, found.work_weights)
    changes = np.empty((cluster.size, size))
    for place in range(cluster.size):
        chosen = order[edges[place] : edges[place + 1]]
        part = None if found.work_weights is None else found.work_weights[chosen]
        left = whole - gram(np.ascontiguousarray(rows[:, chosen]), part)
        kept, inverse = bread(left[1:, 1:])
        if len(kept) < size:
            raise NoSolutionError(_JACKKNIFE, _RANK)
        changes[place] = matrix_product(inverse, left[1:, :1])[:, 0]
    spread = gram(np.ascontiguousarray(changes.T))
    groups = cluster.size
    if small.jackknife_scales_by_groups:
        return spread * (groups - 1) / groups
    return spread * groups / (groups - 1) * (found.n - 1) / (found.n - counts.counted)


def _weighted_squares(values: FloatArray, weights: FloatArray | None) -> float:
    return float(gram(values[None, :], weights)[0, 0])


def _goodness(
    given: Sample, outcome: FloatArray, residuals: FloatArray, counts: ParameterCount
) -> Goodness:
    squares = _weighted_squares(residuals, given.weights)
    centred = given.outcome - np.average(given.outcome, weights=given.weights)
    total = _weighted_squares(centred, given.weights)
    within = _weighted_squares(outcome, given.weights) if given.effects else None
    free = given.n - counts.total
    plain = given.effects or INTERCEPT in given.names
    return Goodness(
        residual_sum_of_squares=squares,
        r_squared=1.0 - squares / total if total > 0 and plain else None,
        r_squared_within=1.0 - squares / within if within else None,
        error_variance=squares / free if free > 0 else None,
    )


def _is_clustered(errors: Errors) -> bool:
    return errors in {Errors.CLUSTER, Errors.JACKKNIFE}


def _check(given: Sample, errors: Errors, time: Grouping | None) -> None:
    problems = []
    if _is_clustered(errors) and not given.clusters:
        problems.append(Problem(field="--cluster", allowed=_NEEDS_CLUSTER))
    if errors is Errors.DRISCOLL_KRAAY and time is None:
        problems.append(Problem(field="--time", allowed=_NEEDS_TIME))
    least = 2
    for name, cluster in given.clusters.items():
        if cluster.size < least:
            problems.append(given.table.column_problem(name, _TWO_CLUSTERS, cluster.size))
    if problems:
        raise InputError(problems)


def _check_rows(given: Sample, counts: ParameterCount) -> None:
    if given.n <= counts.total:
        allowed = Text(
            f"expected more rows than the {counts.total:,} parameters",
            f"行数应多于参数个数 {counts.total:,}",
        )
        raise InputError([given.table.column_problem("", allowed, f"{given.n:,} rows")])


def effect_levels(found: Regression) -> Mapping[str, FloatArray]:
    """Return the estimated levels of each absorbed effect, by the order of its groups.

    The first effect holds the mean of the outcome; the others are centred on zero over the rows.
    """
    given = found.sample
    if len(given.columns) != len(given.names):
        raise NotApplicableError(_LEVELS, _NO_COLUMNS)
    left = given.outcome - found.residuals
    for name, coefficient in zip(found.names, found.coefficients, strict=True):
        left = left - coefficient * given.columns[given.names.index(name)]
    groups = dict(given.effects)
    levels = {name: np.zeros(group.size) for name, group in groups.items()}
    counts = {name: group.counts() for name, group in groups.items()}
    scale = float(np.abs(left).max()) or 1.0
    for _ in range(MOST_ROUNDS):
        change = 0.0
        for name, group in groups.items():
            step = np.bincount(group.codes, weights=left, minlength=group.size) / counts[name]
            levels[name] += step
            left = left - step[group.codes]
            change = max(change, float(np.abs(step).max()))
        if change <= 1e-12 * scale:
            break
    first, *rest = groups
    for name in rest:
        centre = float(np.average(levels[name], weights=counts[name]))
        levels[name] -= centre
        levels[first] += centre
    return levels


MOST_ROUNDS = 10_000
_LEVELS = Text("estimate from this sample", "由该样本估计")
_NO_COLUMNS = Text(
    "its columns were not kept; estimate again and keep them.",
    "未保留其变量，请重新估计并保留样本。",
)
_ABSORPTION = Text("absorbing the effects", "吸收固定效应")
_NOT_ABSORBED = Text(
    "The effects are nearly separated from each other; leave one out or merge its groups.",
    "各固定效应几乎互不相连；请去掉其中之一或合并组别。",
)
_JACKKNIFE = Text("jackknife errors", "刀切法标准误")
_ONE_CLUSTER = Text("name one way to cluster.", "只能指定一个聚类变量。")
_TOO_MANY = Text(
    f"more than {MOST_JACKKNIFE:,} clusters; --errors cluster is exact enough.",
    f"聚类超过 {MOST_JACKKNIFE:,} 个，--errors cluster 已足够精确。",
)
_NOT_NESTED = Text(
    "an absorbed effect crosses the clusters; use the wild bootstrap.",
    "固定效应跨越聚类，请用野自助法。",
)
_RANK = Text(
    "without one of the clusters a coefficient cannot be estimated.", "去掉某一聚类后系数无法估计。"
)
_NEEDS_CLUSTER = Text("clustered errors need a column of clusters", "聚类标准误须指定聚类列")
_NEEDS_TIME = Text("Driscoll–Kraay errors need the column of periods", "须指定时间列")
_TWO_CLUSTERS = Text("expected at least two clusters", "至少应有两个聚类")
