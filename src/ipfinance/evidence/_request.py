"""What may be asked of a regression, and the one path that answers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ipfinance.basics import Finding, InputError, Problem, Text
from ipfinance.evidence._conventions import CONVENTIONS, Convention, Errors
from ipfinance.evidence._formula import Formula
from ipfinance.evidence._linear import fit_linear
from ipfinance.evidence._panel_models import fit_between, fit_fama_macbeth, fit_random
from ipfinance.evidence._poisson import fit_poisson
from ipfinance.evidence._regression import Estimator, Family, Regression
from ipfinance.evidence._sample import MissingPolicy, grouping, sample
from ipfinance.evidence._wild import DRAWS, WildTest, wild_bootstrap
from ipfinance.evidence._winsor import WINSORISED, Winsorising, winsorised
from ipfinance.market import ColumnKind, Table

PANEL_ESTIMATORS = (Estimator.BETWEEN, Estimator.RANDOM)
ELSEWHERE = (Estimator.MAXIMUM_LIKELIHOOD, Estimator.NONLINEAR)
LINEAR_ERRORS = (Errors.JACKKNIFE, Errors.DRISCOLL_KRAAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegressionRequest:
    """A regression as it is asked for.

    Attributes
    ----------
    clusters
        Columns; `a^b` crosses two.
    errors
        Clustered when clusters are named, otherwise independent (White's for Poisson), when left
        out.
    unit, time
        Columns that name the unit and the period, for estimators and errors that need them.
    winsorise
        Columns whose values are pulled in to the percent points `limits` first.
    wild
        Coefficients that the wild cluster bootstrap tests.
    """

    formula: Formula
    family: Family = Family.GAUSSIAN
    estimator: Estimator = Estimator.LEAST_SQUARES
    clusters: tuple[str, ...] = ()
    errors: Errors | None = None
    convention: Convention = Convention.TEXTBOOK
    unit: str | None = None
    time: str | None = None
    lags: int = 0
    weights: str | None = None
    missing: MissingPolicy = MissingPolicy.DROP
    winsorise: tuple[str, ...] = ()
    limits: tuple[float, float] = (1.0, 99.0)
    wild: tuple[str, ...] = ()
    draws: int = DRAWS
    seed: int = 1
    level: float = 0.95

    @property
    def variables(self) -> dict[str, ColumnKind]:
        """The columns that must be read."""
        kinds = dict(self.formula.variables)
        for name in self.winsorise:
            kinds[name] = ColumnKind.NUMBER
        if self.weights is not None:
            kinds[self.weights] = ColumnKind.NUMBER
        more = [part for name in self.clusters for part in name.split("^")]
        for other in (*more, self.unit, self.time):
            if other is not None:
                kinds.setdefault(other, ColumnKind.GUESS)
        return kinds


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimated:
    """A regression with what was asked for beside it."""

    request: RegressionRequest
    regression: Regression
    wild: tuple[WildTest, ...] = ()
    winsorised: tuple[Winsorising, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a reader must know beside the coefficients."""
        pulled = tuple(
            WINSORISED.finding(
                where=each.name,
                name=each.name,
                low=each.low,
                high=each.high,
                floor=each.floor,
                ceiling=each.ceiling,
                below=each.below,
                above=each.above,
            )
            for each in self.winsorised
        )
        return (*self.regression.findings, *pulled)


def estimate(table: Table, request: RegressionRequest, *, keeps_sample: bool = True) -> Estimated:
    """Estimate one regression.

    Parameters
    ----------
    table, request
        What is observed and what is asked.
    keeps_sample
        Whether the result holds the rows and columns it was estimated from; without them it takes
        half the memory.

    Raises
    ------
    InputError
        With every fault of the request, then of the data.
    """
    _check(request)
    table, pulled = winsorised(
        table, request.winsorise, low=request.limits[0], high=request.limits[1]
    )
    small = CONVENTIONS[request.convention]
    given = sample(
        request.formula,
        table,
        clusters=request.clusters,
        weights=request.weights,
        missing=request.missing,
        drops_singletons=small.drops_singletons,
        more=[name for name in (request.unit, request.time) if name is not None],
        keeps_table=keeps_sample,
    )
    periods = None if request.time is None else grouping(given.table, [request.time])
    units = None if request.unit is None else grouping(given.table, [request.unit])
    errors = request.errors or _default_errors(request)
    if request.family is Family.POISSON:
        found = fit_poisson(given, errors=errors, small=small)
    elif request.estimator is Estimator.BETWEEN and units is not None:
        found = fit_between(replace(given, clusters={}), units, small=small)
    elif request.estimator is Estimator.RANDOM and units is not None:
        found = fit_random(given, units, errors=errors, small=small)
    elif request.estimator is Estimator.FAMA_MACBETH and periods is not None:
        found = fit_fama_macbeth(given, periods)
    else:
        found = fit_linear(
            given,
            errors=errors,
            small=small,
            time=periods,
            lags=request.lags,
            in_place=not keeps_sample,
        )
    tests = tuple(
        wild_bootstrap(found, name, draws=request.draws, seed=request.seed, level=request.level)
        for name in request.wild
    )
    return Estimated(request=request, regression=found, wild=tests, winsorised=pulled)


def _default_errors(request: RegressionRequest) -> Errors:
    if request.clusters:
        return Errors.CLUSTER
    return Errors.HC1 if request.family is Family.POISSON else Errors.IID


def _check(request: RegressionRequest) -> None:
    is_poisson = request.family is Family.POISSON
    estimator, errors = request.estimator, request.errors
    rules: list[tuple[bool, str, object, Text]] = [
        (estimator in PANEL_ESTIMATORS and request.unit is None, "--unit", None, _NEEDS_UNIT),
        (
            estimator is Estimator.FAMA_MACBETH and request.time is None,
            "--time",
            None,
            _NEEDS_TIME,
        ),
        (estimator in ELSEWHERE, "--estimator", estimator, _NOT_HERE),
        (
            is_poisson and estimator is not Estimator.LEAST_SQUARES,
            "--estimator",
            estimator,
            _POISSON_ALONE,
        ),
        (is_poisson and errors in LINEAR_ERRORS, "--errors", errors, _POISSON_ERRORS),
        (
            bool(request.wild) and len(request.clusters) != 1,
            "--wild",
            ", ".join(request.wild),
            _WILD_CLUSTER,
        ),
        (request.lags < 0, "--lags", request.lags, _NOT_NEGATIVE),
        (not 0 < request.level < 1, "--level", request.level, _LEVEL),
    ]
    problems = [
        Problem(field=field, found=found, allowed=allowed)
        for wrong, field, found, allowed in rules
        if wrong
    ]
    if problems:
        raise InputError(problems)


def columns_of(requests: Sequence[RegressionRequest]) -> dict[str, ColumnKind]:
    """Return the columns that several regressions need; numbers where one of them needs numbers."""
    kinds: dict[str, ColumnKind] = {}
    for request in requests:
        for name, kind in request.variables.items():
            if kind is ColumnKind.NUMBER or name not in kinds:
                kinds[name] = kind
    return kinds


_NEEDS_UNIT = Text("name the column of units", "请指定个体列")
_NEEDS_TIME = Text("name the column of periods", "请指定时间列")
_NOT_HERE = Text("it follows from the family or the model", "该估计量由分布族或模型决定")
_POISSON_ALONE = Text("Poisson has one estimator", "泊松回归只有一种估计量")
_POISSON_ERRORS = Text("expected iid, hc0, hc1 or cluster", "应为 iid、hc0、hc1 或 cluster")
_WILD_CLUSTER = Text(
    "the wild bootstrap needs one way to cluster; name it with --cluster",
    "野自助法须且只能有一个聚类变量，请用 --cluster 指定",
)
_NOT_NEGATIVE = Text("expected at least 0", "应不小于 0")
_LEVEL = Text("expected a number between 0 and 1, such as 0.95", "应为 0 与 1 之间的数，如 0.95")
