"""The result of a regression: what every estimator returns and every table is made from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from ipfinance.basics import Finding, FindingKind, Severity, Text
from ipfinance.evidence._conventions import Errors, SmallSample
from ipfinance.evidence._covariance import ParameterCount
from ipfinance.evidence._sample import Exclusions, MissingPolicy, Sample
from ipfinance.market import TableSource
from ipfinance.numerics import FloatArray

ENGINE = "ipfinance"


class Family(StrEnum):
    """The law of the outcome."""

    GAUSSIAN = "gaussian"
    POISSON = "poisson"


class Estimator(StrEnum):
    """Which variation of a panel is used."""

    LEAST_SQUARES = "least-squares"
    MAXIMUM_LIKELIHOOD = "maximum-likelihood"
    NONLINEAR = "nonlinear-least-squares"
    BETWEEN = "between"
    RANDOM = "random"
    FAMA_MACBETH = "fama-macbeth"


ESTIMATOR_NAMES = {
    Estimator.LEAST_SQUARES: Text("least squares", "最小二乘"),
    Estimator.MAXIMUM_LIKELIHOOD: Text("Poisson maximum likelihood", "泊松最大似然"),
    Estimator.NONLINEAR: Text("non-linear least squares", "非线性最小二乘"),
    Estimator.BETWEEN: Text("between", "组间估计"),
    Estimator.RANDOM: Text("random effects (Swamy–Arora)", "随机效应（Swamy–Arora）"),
    Estimator.FAMA_MACBETH: Text("Fama–MacBeth", "Fama–MacBeth 两步法"),
}

COLLINEAR = FindingKind(
    code="collinear_regressor",
    severity=Severity.WARNING,
    text=Text(
        "Left out, since other regressors or the absorbed effects explain it: {names}.",
        "因被其他变量或固定效应完全解释而剔除：{names}。",
    ),
)
FEW_CLUSTERS = FindingKind(
    code="few_clusters",
    severity=Severity.WARNING,
    text=Text(
        "Only {clusters} clusters in {name}: clustered errors are too small with so few; prefer "
        "the wild bootstrap.",
        "{name} 仅有 {clusters} 个聚类：聚类过少时标准误偏小，宜采用野自助法。",
    ),
)
UNEQUAL_CLUSTERS = FindingKind(
    code="unequal_clusters",
    severity=Severity.NOTE,
    text=Text(
        "Clusters of {name} differ in size: the largest holds {share:.0%} of the rows; prefer the "
        "wild bootstrap or the jackknife.",
        "{name} 各聚类规模悬殊：最大者占 {share:.0%}，宜采用野自助法或刀切法。",
    ),
)
INDEPENDENT_ERRORS = FindingKind(
    code="independent_errors_assumed",
    severity=Severity.WARNING,
    text=Text(
        "Errors are taken as independent and of equal variance; in a panel of firms they are not. "
        "Name the firm with --cluster.",
        "误差按独立同方差处理；企业面板一般不满足，请用 --cluster 指定企业。",
    ),
)
ROWS_LEFT_OUT = FindingKind(
    code="rows_left_out",
    severity=Severity.NOTE,
    text=Text(
        "{read:,} rows read, {used:,} used; left out: {missing:,} with an empty cell ({columns}), "
        "{singletons:,} alone in an absorbed effect, {separated:,} whose outcome is explained "
        "perfectly.",
        "读入 {read:,} 行，使用 {used:,} 行；剔除：空值 {missing:,} 行（{columns}），"
        "固定效应孤行 {singletons:,} 行，完全分离 {separated:,} 行。",
    ),
)
NEGATIVE_VARIANCE = FindingKind(
    code="variance_not_positive",
    severity=Severity.INVALID,
    text=Text(
        "The covariance has no positive variance for: {names}; several ways to cluster can do "
        "this. No error is shown for them.",
        "下列系数的方差估计非正：{names}；多向聚类可能出现此情况，故不给出标准误。",
    ),
)
FEW_CLUSTERS_LIMIT = 42
LARGE_CLUSTER_SHARE = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Goodness:
    """How well a regression fits.

    Attributes
    ----------
    r_squared, r_squared_within
        Share of the outcome's variance explained, of the part that absorbed effects leave.
    error_variance
        Residual sum of squares over degrees of freedom.
    """

    residual_sum_of_squares: float
    r_squared: float | None = None
    r_squared_within: float | None = None
    error_variance: float | None = None
    log_likelihood: float | None = None
    deviance: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Regression:
    """Coefficients with their covariance, and how both were obtained.

    Attributes
    ----------
    names, coefficients, covariance
        The k estimated coefficients, shape (k,) and (k, k).
    degrees_of_freedom
        Of the t law that tests and intervals use.
    parameters
        What counts as a parameter.
    sample
        The rows used.
    columns, residuals, bread
        What is left of the columns once effects are taken out, shape (k, n), residuals (n,), and
        the inverse of the columns' products; for bootstraps and further covariances.
    dropped
        Names of columns that others explain.
    """

    names: tuple[str, ...]
    coefficients: FloatArray
    covariance: FloatArray
    errors: Errors
    small: SmallSample
    degrees_of_freedom: float
    parameters: ParameterCount
    goodness: Goodness
    sample: Sample
    columns: FloatArray
    residuals: FloatArray
    bread: FloatArray
    family: Family = Family.GAUSSIAN
    estimator: Estimator = Estimator.LEAST_SQUARES
    dropped: tuple[str, ...] = ()
    sweeps: int = 0
    lags: int = 0
    work_weights: FloatArray | None = None
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """Number of rows used."""
        return self.sample.n

    @property
    def standard_errors(self) -> FloatArray:
        """Roots of the variances, NaN where a variance is not positive, shape (k,)."""
        variances = np.diag(self.covariance).tolist()
        return np.array([math.sqrt(each) if each > 0 else math.nan for each in variances])

    @property
    def t_statistics(self) -> FloatArray:
        """Coefficients over their errors, shape (k,)."""
        found: FloatArray = self.coefficients / self.standard_errors
        return found

    @property
    def p_values(self) -> FloatArray:
        """Two-sided, from the t law, shape (k,)."""
        from scipy.special import stdtr

        tail = stdtr(self.degrees_of_freedom, -np.abs(self.t_statistics))
        return np.array(2.0 * tail, dtype=np.float64)

    def interval(self, level: float = 0.95) -> FloatArray:
        """Return the ends of confidence intervals, shape (k, 2)."""
        reach = t_quantile(self.degrees_of_freedom, level) * self.standard_errors
        return np.stack([self.coefficients - reach, self.coefficients + reach], axis=1)

    def coefficient(self, name: str) -> float:
        """Return one coefficient by its name."""
        return float(self.coefficients[self.names.index(name)])

    def error(self, name: str) -> float:
        """Return the standard error of one coefficient."""
        return float(self.standard_errors[self.names.index(name)])

    @property
    def exclusions(self) -> Exclusions:
        """Rows read but not used."""
        return self.sample.exclusions

    @property
    def source(self) -> TableSource:
        """The file the rows came from."""
        return self.sample.table.source

    @property
    def missing_policy(self) -> MissingPolicy:
        """What happened to rows with empty cells."""
        return self.sample.missing

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a reader must know beside the coefficients."""
        return tuple(_findings(self))


def t_quantile(degrees_of_freedom: float, level: float) -> float:
    """Return how many standard errors a two-sided interval reaches.

    Examples
    --------
    >>> round(t_quantile(10.0, 0.95), 6)
    2.228139
    """
    from scipy.special import ndtri, stdtrit

    if np.isinf(degrees_of_freedom):
        return float(ndtri(0.5 + level / 2))
    return float(stdtrit(degrees_of_freedom, 0.5 + level / 2))


def _findings(found: Regression) -> list[Finding]:
    findings = []
    if found.dropped:
        findings.append(COLLINEAR.finding(names=", ".join(found.dropped)))
    bad = [n for n, e in zip(found.names, found.standard_errors, strict=True) if np.isnan(e)]
    if bad:
        findings.append(NEGATIVE_VARIANCE.finding(names=", ".join(bad)))
    for name, group in found.sample.clusters.items():
        share = float(group.counts().max()) / found.n
        if group.size < FEW_CLUSTERS_LIMIT:
            findings.append(FEW_CLUSTERS.finding(where=name, name=name, clusters=group.size))
        elif share > LARGE_CLUSTER_SHARE:
            findings.append(UNEQUAL_CLUSTERS.finding(where=name, name=name, share=share))
    if found.errors is Errors.IID and found.estimator is Estimator.LEAST_SQUARES:
        findings.append(INDEPENDENT_ERRORS.finding())
    findings += exclusion_findings(found.exclusions, found.n)
    return findings


def exclusion_findings(exclusions: Exclusions, used: int) -> list[Finding]:
    """Return the finding that accounts for every row left out, or none."""
    if exclusions.read == used:
        return []
    columns = ", ".join(f"{name} {count:,}" for name, count in exclusions.missing.items())
    return [
        ROWS_LEFT_OUT.finding(
            read=exclusions.read,
            used=used,
            missing=exclusions.rows_missing,
            columns=columns or "–",
            singletons=exclusions.singletons,
            separated=exclusions.separated,
        )
    ]
