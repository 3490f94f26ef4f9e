"""Hedonic models: the value of a patent as a function of its characteristics."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ipfinance.basics import Finding, FindingKind, InputError, Problem, Severity, Text
from ipfinance.evidence._conventions import Errors
from ipfinance.evidence._formula import (
    MOST_LISTED,
    Call,
    Category,
    Coding,
    Formula,
    Name,
    design,
    parse_formula,
    quoted_name,
    shown_factor,
)
from ipfinance.evidence._linear import fit_linear
from ipfinance.evidence._regression import Regression, t_quantile
from ipfinance.evidence._sample import MissingPolicy, sample
from ipfinance.market import ColumnKind, Table, TextColumn, column_missing
from ipfinance.numerics import FloatArray, bread, matrix_product

MODEL_FORMAT = "ipfinance.hedonic/1"
RESIDUAL_POINTS = 401
PORTFOLIO_DRAWS = 4000
MOST_COLUMNS = 2000

EXTRAPOLATION = FindingKind(
    code="hedonic_extrapolation",
    severity=Severity.WARNING,
    text=Text(
        "{count:,} of {rows:,} patents lie outside the data of the model ({why}); first rows: "
        "{places}.",
        "{rows:,} 项专利中有 {count:,} 项超出模型数据范围（{why}）；行号：{places}。",
    ),
)
UNSEEN_LEVEL = FindingKind(
    code="hedonic_unseen_category",
    severity=Severity.WARNING,
    text=Text(
        "{name}: {count:,} patents have a category that the model has not seen ({levels}); they "
        "are valued as {base}, as asked.",
        "{name}：{count:,} 项专利的类别模型未见过（{levels}）；按要求以 {base} 估值。",
    ),
)
OUTSIDE_PERIOD = FindingKind(
    code="hedonic_outside_fit_period",
    severity=Severity.WARNING,
    text=Text(
        "The model was fitted on {first} to {last}; it is used for {used}. What characteristics "
        "are worth changes over time.",
        "模型拟合期为 {first} 至 {last}，现用于 {used}；特征的价值会随时间变化。",
    ),
)
TRANSFER = FindingKind(
    code="hedonic_listed_to_unlisted",
    severity=Severity.WARNING,
    text=Text(
        "Values come from listed owners, whose patents may be better; the transfer factor is "
        "{factor:g}.",
        "模型基于上市公司，其专利质量可能更高；调整系数为 {factor:g}。",
    ),
)
AVERAGES_ONLY = FindingKind(
    code="hedonic_first_step_noise",
    severity=Severity.NOTE,
    text=Text(
        "The values that the model was fitted on are taken as known; where they were estimated, "
        "intervals are too narrow.",
        "模型将拟合所用的价值视为已知；若其本身为估计值，则区间偏窄。",
    ),
)
LOW_FIT = FindingKind(
    code="hedonic_explains_little",
    severity=Severity.NOTE,
    text=Text(
        "The characteristics explain {share:.0%} of the variance of ln value; wide intervals are "
        "right, not a fault.",
        "所列特征解释了 ln 价值方差的 {share:.0%}；区间较宽属正常。",
    ),
)
SMALL_FIT = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class HedonicRequest:
    """How a hedonic model is fitted.

    Attributes
    ----------
    formula
        The left side is a logarithm of a value; effects after | become categories.
    weights
        Column of weights, such as one over the variance of a value's error.
    date
        Column of dates; its first and last day are the period of the model.
    breaks
        Days at which a new period begins; adds a column `period` for the formula.
    smear_by
        Column whose groups have smearing factors of their own.
    drift
        Number of windows in time in which the model is fitted again.
    """

    formula: Formula
    weights: str | None = None
    clusters: tuple[str, ...] = ()
    errors: Errors = Errors.IID
    date: str | None = None
    breaks: tuple[np.datetime64, ...] = ()
    smear_by: str | None = None
    drift: int = 0
    missing: MissingPolicy = MissingPolicy.DROP
    unit: str | None = None

    @property
    def variables(self) -> dict[str, ColumnKind]:
        """The columns that must be read."""
        kinds = dict(self.formula.variables)
        kinds.pop(PERIOD, None)
        for name in (*self.clusters, self.smear_by):
            if name is not None:
                kinds.setdefault(name, ColumnKind.GUESS)
        if self.weights is not None:
            kinds[self.weights] = ColumnKind.NUMBER
        if self.date is not None:
            kinds[self.date] = ColumnKind.DATE
        return kinds


PERIOD = "period"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HedonicModel:
    """A fitted model: all that a prediction needs, and nothing that runs.

    Attributes
    ----------
    names, coefficients, covariance
        Of ln value on the columns, shape (k,) and (k, k).
    bread
        Inverse of the columns' products, for leverage.
    variance, degrees_of_freedom
        Of the residuals.
    smearing
        Mean of the exponential of the residuals; `smearing_by` by group of a column.
    residual_points
        Residuals at equal steps of probability.
    largest_leverage
        Of the rows fitted on.
    codings, ranges
        Levels of each category, base first; lowest and highest number of each other column.
    """

    formula: str
    names: tuple[str, ...]
    coefficients: FloatArray
    covariance: FloatArray
    bread: FloatArray
    variance: float
    degrees_of_freedom: float
    n: int
    r_squared: float | None
    errors: str
    smearing: float
    smear_column: str | None
    smearing_by: Mapping[str, float]
    residual_points: FloatArray
    largest_leverage: float
    codings: Mapping[str, tuple[str, ...]]
    ranges: Mapping[str, tuple[float, float]]
    date: str | None
    first_day: str | None
    last_day: str | None
    breaks: tuple[str, ...]
    unit: str | None
    source_file: str
    source_digest: str

    @property
    def variables(self) -> dict[str, ColumnKind]:
        """The columns that a table of patents to be valued needs."""
        kinds = {name: ColumnKind.TEXT for name in self.codings if name != PERIOD}
        kinds |= dict.fromkeys(self.ranges, ColumnKind.NUMBER)
        if self.smear_column is not None:
            kinds.setdefault(self.smear_column, ColumnKind.TEXT)
        if self.breaks and self.date is not None:
            kinds[self.date] = ColumnKind.DATE
        return kinds


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Window:
    """The model fitted again on a stretch of time."""

    first: str
    last: str
    n: int
    names: tuple[str, ...]
    coefficients: FloatArray
    standard_errors: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HedonicFit:
    """A model with the regression it came from and its drift over time."""

    model: HedonicModel
    regression: Regression
    windows: tuple[Window, ...]
    findings: tuple[Finding, ...]


def fit_hedonic(table: Table, request: HedonicRequest) -> HedonicFit:
    """Fit a hedonic model.

    Raises
    ------
    InputError
        With every fault of the formula or the table.

    References
    ----------
    :cite:cts:`duan_1983`.
    """
    _check(request)
    table = _with_period(table, request.date, request.breaks)
    formula = _with_categories(request.formula)
    more = [name for name in (request.date, request.smear_by) if name is not None]
    given = sample(
        formula,
        table,
        clusters=request.clusters,
        weights=request.weights,
        missing=request.missing,
        more=more,
    )
    if len(given.names) > MOST_COLUMNS:
        allowed = Text(
            f"expected at most {MOST_COLUMNS:,} columns", f"列数不得超过 {MOST_COLUMNS:,}"
        )
        raise InputError([Problem(field="--formula", found=len(given.names), allowed=allowed)])
    errors = Errors.CLUSTER if request.clusters else request.errors
    found = fit_linear(given, errors=errors)
    if found.dropped:
        allowed = Text(
            "other terms explain this column; leave it out", "该列被其他项完全解释，请剔除"
        )
        raise InputError(
            Problem(field="--formula", found=n, allowed=allowed) for n in found.dropped
        )
    model = _model(found, request, formula)
    findings = [AVERAGES_ONLY.finding(), *found.findings]
    if model.r_squared is not None and model.r_squared < SMALL_FIT:
        findings.append(LOW_FIT.finding(share=model.r_squared))
    return HedonicFit(
        model=model,
        regression=found,
        windows=_windows(given.table, formula, request),
        findings=tuple(findings),
    )


def _check(request: HedonicRequest) -> None:
    response = request.formula.response
    problems = []
    if not isinstance(response, Call) or response.function not in {"log", "ln"}:
        problems.append(
            Problem(field="--formula", found=shown_factor(response), allowed=_NEEDS_LOG)
        )
    if (request.breaks or request.drift) and request.date is None:
        problems.append(Problem(field="--date", allowed=_NEEDS_DATE))
    if request.drift < 0 or request.drift == 1:
        problems.append(Problem(field="--drift", found=request.drift, allowed=_DRIFT))
    if problems:
        raise InputError(problems)


def _with_period(table: Table, date: str | None, breaks: Sequence[np.datetime64]) -> Table:
    if not breaks or date is None:
        return table
    days = table.dates(date)
    ends = np.sort(np.array(breaks, dtype="datetime64[D]"))
    places = np.searchsorted(ends, days, side="right")
    names = ["before " + str(ends[0]), *(f"from {day}" for day in ends)]
    missing = np.isnat(days)
    codes = np.where(missing, -1, places).astype(np.int64)
    levels = tuple(names)
    order = tuple(sorted(levels))
    renumbered = np.array([order.index(name) for name in levels], dtype=np.int64)
    shown = np.where(codes >= 0, renumbered[np.maximum(codes, 0)], -1)
    return table.with_columns({PERIOD: TextColumn(codes=shown, levels=order)})


def _with_categories(formula: Formula) -> Formula:
    """Return a formula whose absorbed effects are categories, so that predictions know them."""
    crossed = [effect for effect in formula.effects if len(effect) > 1]
    if crossed:
        raise InputError(
            [Problem(field="--formula", found="^".join(crossed[0]), allowed=_NO_CROSSED)]
        )
    more = tuple((Category(effect[0]),) for effect in formula.effects)
    return replace(formula, terms=(*formula.terms, *more), effects=(), has_intercept=True)


def _model(found: Regression, request: HedonicRequest, formula: Formula) -> HedonicModel:
    given = found.sample
    weights = given.weights
    levers = leverages(given.columns, found.bread)
    variance = found.goodness.error_variance
    if variance is None:
        raise AssertionError(found.n)
    residuals = found.residuals
    groups: dict[str, float] = {}
    if request.smear_by is not None:
        texts = given.table.texts(request.smear_by)
        groups = {
            level: float(np.exp(residuals[texts.codes == code]).mean())
            for code, level in enumerate(texts.levels)
            if (texts.codes == code).any()
        }
    days = None if request.date is None else given.table.dates(request.date)
    points = np.linspace(0.5, RESIDUAL_POINTS - 0.5, RESIDUAL_POINTS) / RESIDUAL_POINTS
    kinds = formula.right_variables
    numeric = [name for name in kinds if name not in given.codings and name != PERIOD]
    return HedonicModel(
        formula=formula_text(formula, given.table),
        names=found.names,
        coefficients=found.coefficients,
        covariance=found.covariance,
        bread=found.bread,
        variance=variance,
        degrees_of_freedom=float(found.n - len(found.names)),
        n=found.n,
        r_squared=found.goodness.r_squared,
        errors=str(found.errors),
        smearing=duan_smearing(residuals, weights),
        smear_column=request.smear_by,
        smearing_by=groups,
        residual_points=np.quantile(residuals, points),
        largest_leverage=float(levers.max()),
        codings={name: coding.levels for name, coding in given.codings.items()},
        ranges={
            name: (float(given.table.numbers(name).min()), float(given.table.numbers(name).max()))
            for name in numeric
        },
        date=request.date,
        first_day=None if days is None else str(days.min()),
        last_day=None if days is None else str(days.max()),
        breaks=tuple(str(day) for day in request.breaks),
        unit=request.unit,
        source_file=given.table.source.file,
        source_digest=given.table.source.sha256,
    )


def duan_smearing(residuals: FloatArray, weights: FloatArray | None = None) -> float:
    """Return what the exponential of a predicted logarithm is multiplied by to be a mean.

    Parameters
    ----------
    residuals
        Of the regression in logarithms, shape (n,).
    weights
        Shape (n,).

    References
    ----------
    :cite:cts:`duan_1983`.

    Examples
    --------
    >>> round(duan_smearing(np.array([-0.5, -0.2, 0.0, 0.3, 0.4])), 9)
    1.053388984
    """
    return float(np.average(np.exp(residuals), weights=weights))


def normal_smearing(variance: float) -> float:
    """Return the same factor when residuals are normal with this variance: exp(variance / 2).

    Examples
    --------
    >>> round(normal_smearing(0.135), 9)
    1.06983026
    """
    return math.exp(variance / 2.0)


def formula_text(formula: Formula, table: Table) -> str:
    """Write a formula so that it can be parsed again, categories marked."""
    terms = []
    for term in formula.terms:
        parts = []
        for factor in term:
            is_text = isinstance(factor, Category) or (
                isinstance(factor, Name) and isinstance(table.columns.get(factor.name), TextColumn)
            )
            if is_text and isinstance(factor, Name | Category):
                parts.append(f"C({quoted_name(factor.name)})")
            else:
                parts.append(shown_factor(factor))
        terms.append(":".join(parts))
    if not formula.has_intercept:
        terms.insert(0, "0")
    return f"{shown_factor(formula.response)} ~ {' + '.join(terms) or '1'}"


def leverages(columns: FloatArray, inverse: FloatArray) -> FloatArray:
    """Return the leverage of each row, shape (n,), of columns of shape (k, n)."""
    moved = np.zeros_like(columns)
    for place in range(len(inverse)):
        moved += inverse[:, place][:, None] * columns[place]
    found: FloatArray = (columns * moved).sum(axis=0)
    return found


def _windows(table: Table, formula: Formula, request: HedonicRequest) -> tuple[Window, ...]:
    if request.drift == 0 or request.date is None:
        return ()
    days = table.dates(request.date)
    order = np.argsort(days, kind="stable")
    out = []
    for rows in np.array_split(order, request.drift):
        part = table.taken(np.sort(rows))
        given = sample(formula, part, weights=request.weights)
        found = fit_linear(given, errors=Errors.HC1)
        out.append(
            Window(
                first=str(days[rows].min()),
                last=str(days[rows].max()),
                n=found.n,
                names=found.names,
                coefficients=found.coefficients,
                standard_errors=found.standard_errors,
            )
        )
    return tuple(out)


# ---- predicting


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HedonicValues:
    """Patents valued by a model.

    Attributes
    ----------
    median, mean
        exp(z'h) and the same times the smearing factor, both times the transfer factor, shape (n,).
    low, high
        Ends of the prediction interval of one patent.
    leverage, extrapolated
        Leverage of each row, and whether it lies outside the data of the model.
    total, total_interval
        Sum of the means, and percentile interval of the sum of the values.
    contributions
        Columns of the model for each row, shape (k, n).
    """

    model: HedonicModel
    table: Table
    median: FloatArray
    mean: FloatArray
    low: FloatArray
    high: FloatArray
    leverage: FloatArray
    extrapolated: np.ndarray
    smearing: FloatArray
    contributions: FloatArray
    transfer_factor: float
    level: float
    total: float
    total_interval: tuple[float, float]
    draws: int
    seed: int
    findings: tuple[Finding, ...]


def predict_hedonic(
    model: HedonicModel,
    table: Table,
    *,
    level: float = 0.95,
    transfer_factor: float = 1.0,
    unseen_as_base: bool = False,
    valued_on: str | None = None,
    draws: int = PORTFOLIO_DRAWS,
    seed: int = 1,
) -> HedonicValues:
    r"""Value patents by a hedonic model.

    Parameters
    ----------
    model, table
        The table holds the columns of the model, no cell empty.
    level
        Of the intervals.
    transfer_factor
        What every value is multiplied by, from listed to unlisted owners.
    unseen_as_base
        Whether a category that the model has not seen is valued as its base; refused otherwise.
    valued_on
        Day of the valuation; warned about when outside the period of the model.
    draws, seed
        For the interval of the portfolio.

    Notes
    -----
    The interval of one patent is
    :math:`\exp(z'h \mp t\sqrt{s^2 + z'Vz})`; its ends are not multiplied by the smearing factor,
    which belongs to the mean alone.

    References
    ----------
    :cite:cts:`duan_1983`.
    """
    _check_use(level, transfer_factor, draws)
    findings: list[Finding] = [TRANSFER.finding(factor=transfer_factor)]
    table = _with_period(table, model.date, [np.datetime64(day) for day in model.breaks])
    _refuse_empty(table, model)
    if unseen_as_base:
        table = _as_base(table, model, findings)
    formula = parse_formula(model.formula, where="model")
    codings = {name: Coding(levels=levels) for name, levels in model.codings.items()}
    columns = design(formula, table, codings=codings)
    if columns.names != model.names:
        raise InputError([Problem(field="model", found=model.formula, allowed=_NOT_THE_COLUMNS)])
    centre = np.zeros(table.n_rows)
    for coefficient, column in zip(model.coefficients, columns.columns, strict=True):
        centre += coefficient * column
    spread = np.sqrt(model.variance + leverages(columns.columns, model.covariance))
    reach = t_quantile(model.degrees_of_freedom, level) * spread
    lever = leverages(columns.columns, model.bread)
    outside = _outside(model, table, lever, findings)
    smearing = _smearing(model, table)
    median = transfer_factor * np.exp(centre)
    _period_findings(model, valued_on, findings)
    mean = median * smearing
    sums = _sums(model, columns.columns, centre, draws, seed) * transfer_factor
    tails = 100.0 * np.array([(1 - level) / 2, (1 + level) / 2])
    low, high = np.percentile(sums, tails).tolist()
    return HedonicValues(
        model=model,
        table=table,
        median=median,
        mean=mean,
        low=transfer_factor * np.exp(centre - reach),
        high=transfer_factor * np.exp(centre + reach),
        leverage=lever,
        extrapolated=outside,
        smearing=smearing,
        contributions=columns.columns,
        transfer_factor=transfer_factor,
        level=level,
        total=float(mean.sum()),
        total_interval=(low, high),
        draws=draws,
        seed=seed,
        findings=tuple(findings),
    )


def _check_use(level: float, transfer_factor: float, draws: int) -> None:
    problems = []
    if not 0 < level < 1:
        problems.append(Problem(field="--level", found=level, allowed=_LEVEL))
    if not (math.isfinite(transfer_factor) and transfer_factor > 0):
        problems.append(Problem(field="--transfer", found=transfer_factor, allowed=_ABOVE_ZERO))
    if draws < 1:
        problems.append(Problem(field="--draws", found=draws, allowed=_ABOVE_ZERO))
    if problems:
        raise InputError(problems)


def _refuse_empty(table: Table, model: HedonicModel) -> None:
    problems = []
    shown = ", ".join(table.names)
    absent = Text(f"there is no such column; there are: {shown}", f"没有该列；现有列：{shown}")
    for name in model.variables:
        if name not in table.columns:
            problems.append(table.column_problem(name, absent))
            continue
        rows = np.flatnonzero(column_missing(table.columns[name]))
        problems += [table.problem(name, row, None, _EMPTY) for row in rows[:MOST_LISTED].tolist()]
    if problems:
        raise InputError(problems)


def _as_base(table: Table, model: HedonicModel, findings: list[Finding]) -> Table:
    changed = {}
    for name, levels in model.codings.items():
        texts = table.texts(name)
        unseen = [level for level in texts.levels if level not in levels]
        if not unseen:
            continue
        listed = [levels[0] if t in set(unseen) else t for t in texts.texts()]
        count = sum(1 for text in texts.texts() if text in set(unseen))
        changed[name] = TextColumn.of(listed)
        findings.append(
            UNSEEN_LEVEL.finding(
                where=name,
                name=name,
                count=count,
                levels=", ".join(unseen[:MOST_LISTED]),
                base=levels[0],
            )
        )
    return table.with_columns(changed)


def _outside(
    model: HedonicModel, table: Table, lever: FloatArray, findings: list[Finding]
) -> np.ndarray:
    reasons = {"leverage": lever > model.largest_leverage * (1.0 + 1e-12)}
    for name, (low, high) in model.ranges.items():
        values = table.numbers(name)
        reasons[name] = (values < low) | (values > high)
    outside = np.zeros(table.n_rows, dtype=bool)
    for rows in reasons.values():
        outside |= rows
    if outside.any():
        why = ", ".join(name for name, rows in reasons.items() if rows.any())
        places = table.lines[outside][:MOST_LISTED].tolist()
        findings.append(
            EXTRAPOLATION.finding(
                count=int(outside.sum()),
                rows=table.n_rows,
                why=why,
                places=", ".join(map(str, places)),
            )
        )
    return outside


def _smearing(model: HedonicModel, table: Table) -> FloatArray:
    if model.smear_column is None:
        return np.full(table.n_rows, model.smearing)
    texts = table.texts(model.smear_column)
    by_level = np.array([model.smearing_by.get(level, model.smearing) for level in texts.levels])
    return by_level[texts.codes]


def _period_findings(model: HedonicModel, day: str | None, findings: list[Finding]) -> None:
    if day is None or model.first_day is None or model.last_day is None:
        return
    if not model.first_day <= day <= model.last_day:
        findings.append(
            OUTSIDE_PERIOD.finding(first=model.first_day, last=model.last_day, used=day)
        )


def _sums(
    model: HedonicModel, columns: FloatArray, centre: FloatArray, draws: int, seed: int
) -> FloatArray:
    """Return the sum of the values in each draw of coefficients and residuals."""
    generator = np.random.Generator(np.random.PCG64(seed))
    factor = _root(model.covariance)
    out = np.empty(draws)
    for draw in range(draws):
        change = matrix_product(factor, generator.standard_normal((len(factor), 1)))[:, 0]
        own = generator.choice(model.residual_points, columns.shape[1])
        moved = centre + own
        for shift, column in zip(change, columns, strict=True):
            moved = moved + shift * column
        out[draw] = np.exp(moved).sum()
    return out


def _root(covariance: FloatArray) -> FloatArray:
    """Return a lower factor of a covariance, in a fixed order of operations."""
    size = len(covariance)
    lower = np.zeros((size, size))
    for i in range(size):
        for j in range(i + 1):
            total = float((lower[i, :j] * lower[j, :j]).sum())
            if i == j:
                lower[i, i] = math.sqrt(max(covariance[i, i] - total, 0.0))
            elif lower[j, j] > 0:
                lower[i, j] = (covariance[i, j] - total) / lower[j, j]
    return lower


def check_model(model: HedonicModel) -> None:
    """Refuse a model whose parts do not fit together."""
    size = len(model.names)
    fits = (
        model.coefficients.shape == (size,)
        and model.covariance.shape == (size, size)
        and model.bread.shape == (size, size)
        and len(model.residual_points) > 0
        and model.variance >= 0
        and model.degrees_of_freedom > 0
        and model.smearing > 0
    )
    finite = all(
        bool(np.isfinite(part).all())
        for part in (model.coefficients, model.covariance, model.bread, model.residual_points)
    )
    kept, _ = bread(model.bread) if fits and finite else (np.empty(0), None)
    if not fits or not finite or len(kept) < size:
        raise InputError([Problem(field="model", allowed=_BROKEN)])


_NEEDS_LOG = Text(
    "expected the logarithm of a value on the left, such as log(value)",
    "左侧应为价值的对数，如 log(value)",
)
_NEEDS_DATE = Text("name the column of dates", "请指定日期列")
_DRIFT = Text("expected 0, or at least 2 windows", "应为 0 或不少于 2 个窗口")
_NO_CROSSED = Text(
    "a hedonic model takes one column an effect, so that new patents can be valued",
    "特征价格模型的固定效应须为单列，以便为新专利估值",
)
_NOT_THE_COLUMNS = Text(
    "the model's formula does not give the model's columns", "模型公式与其变量不一致"
)
_LEVEL = Text("expected a number between 0 and 1, such as 0.95", "应为 0 与 1 之间的数，如 0.95")
_ABOVE_ZERO = Text("expected a number above 0", "应为大于 0 的数")
_EMPTY = Text("expected a value; the cell is empty", "应有数值；单元格为空")
_BROKEN = Text("this is not a whole model; fit it again", "模型文件不完整，请重新拟合")
