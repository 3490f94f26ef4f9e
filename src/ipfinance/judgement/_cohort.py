"""Where an asset stands among others of its kind: percentiles in a cohort."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ipfinance.basics import Finding, FindingKind, Interval, Severity, Text

FEWEST_OTHERS = 30
NORMAL_95 = 1.959963984540054  # two-sided 95 % point of the standard normal law


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """One measure of the assets that an asset is compared with.

    Attributes
    ----------
    measure
        The column that was read: citations, family size, claims, age.
    described_as
        Which assets these are: field, year, country; and when they were counted.
    n_missing
        Rows of the cohort without this measure; they are not in `values`.
    """

    id: str
    measure: str
    values: tuple[float, ...]
    described_as: Text
    source: Text
    n_missing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentile:
    """Where one value stands in a cohort.

    Attributes
    ----------
    below, tied, above
        How many of the cohort lie there.
    range
        Shares of the cohort below the value, and below or level with it. [1]
    mid
        Share below, plus half of those level. [1]
    sampling
        95 % Wilson interval of `mid`, the cohort read as a sample of its kind. [1]
    """

    value: float
    below: int
    tied: int
    above: int
    range: Interval
    mid: float
    sampling: Interval

    @property
    def n(self) -> int:
        """Size of the cohort."""
        return self.below + self.tied + self.above


def cohort_percentile(value: float, cohort: Sequence[float]) -> Percentile:
    r"""Return where a value stands in a cohort, ties counted as what they are.

    Parameters
    ----------
    value
        The asset's own figure.
    cohort
        The figures of the others, at least one; the asset itself is not among them.

    Notes
    -----
    Ties leave a range: from the share strictly below to the share at or below. Its midpoint
    counts ties half. The Wilson interval for a share p among n:

    .. math:: \frac{p + z^2/2n \pm z\sqrt{p(1-p)/n + z^2/4n^2}}{1 + z^2/n}

    References
    ----------
    :cite:cts:`wilson_1927`.

    Examples
    --------
    >>> found = cohort_percentile(3, [1, 2, 3, 3, 8])
    >>> found.range, round(found.mid, 4), found.tied
    (Interval(0.4, 0.8), 0.6, 2)
    """
    below = sum(each < value for each in cohort)
    tied = sum(each == value for each in cohort)
    return _placed(value, below, tied, len(cohort))


def _placed(value: float, below: int, tied: int, n: int) -> Percentile:
    mid = (below + tied / 2.0) / n
    return Percentile(
        value=value,
        below=below,
        tied=tied,
        above=n - below - tied,
        range=Interval(below / n, (below + tied) / n),
        mid=mid,
        sampling=wilson_interval(mid, n),
    )


def wilson_interval(share: float, n: int) -> Interval:
    """Return the 95 % Wilson interval of a share among n.

    Examples
    --------
    >>> wilson_interval(0.5, 10)
    Interval(0.236593, 0.763407)
    """
    z2 = NORMAL_95**2 / n
    centre = (share + z2 / 2.0) / (1.0 + z2)
    half = NORMAL_95 * math.sqrt(share * (1.0 - share) / n + z2 / (4.0 * n)) / (1.0 + z2)
    return Interval(max(centre - half, 0.0), min(centre + half, 1.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortRow:
    """One asset of a table, with what kind it is of and what was counted.

    Attributes
    ----------
    kind
        Field, year, country: assets of the same kind are compared.
    values
        By measure; None where not known.
    """

    id: str
    kind: tuple[str, ...]
    values: Mapping[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortStanding:
    """One asset among the others of its kind.

    Attributes
    ----------
    percentiles
        By measure; None where the figure is not known, or nobody else of the kind has one.
    """

    row: CohortRow
    percentiles: dict[str, Percentile | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortSurvey:
    """Every asset of a table among the others of its kind."""

    by: tuple[str, ...]
    measures: tuple[str, ...]
    standings: tuple[CohortStanding, ...]
    findings: tuple[Finding, ...]


SMALL_COHORTS = FindingKind(
    code="cohort_small",
    severity=Severity.WARNING,
    text=Text(
        "{count} of {total} assets stand among fewer than {fewest} others of their kind; read "
        "their percentiles with the sampling interval beside them.",
        "{total} 项资产中有 {count} 项的同类不足 {fewest} 项；请结合抽样区间解读其百分位。",
    ),
)
COHORT_UNKNOWN = FindingKind(
    code="cohort_figure_unknown",
    severity=Severity.NOTE,
    text=Text(
        "{measure} is not known for {count} of {total} assets; unknown is not zero, so they have "
        "no percentile and are in nobody's cohort.",
        "{total} 项资产中有 {count} 项的 {measure} 未知；未知不等于零，故其没有百分位，"
        "也不计入同类。",
    ),
)


def cohort_survey(
    rows: Sequence[CohortRow], measures: Sequence[str], by: Sequence[str]
) -> CohortSurvey:
    """Place every asset among the others of its kind; it is never compared with itself.

    Parameters
    ----------
    rows
        The assets.
    measures
        The figures to compare.
    by
        Names of the parts of `kind`.
    """
    found: list[dict[str, Percentile | None]] = [{} for _ in rows]
    for measure in measures:
        known: dict[tuple[str, ...], list[float]] = {}
        for row in rows:
            value = row.values[measure]
            if value is not None:
                known.setdefault(row.kind, []).append(value)
        for cohort in known.values():
            cohort.sort()
        for place, row in enumerate(rows):
            value = row.values[measure]
            found[place][measure] = None if value is None else _among_others(value, known[row.kind])
    standings = tuple(
        CohortStanding(row=row, percentiles=each) for row, each in zip(rows, found, strict=True)
    )
    return CohortSurvey(
        by=tuple(by),
        measures=tuple(measures),
        standings=standings,
        findings=tuple(_survey_findings(standings, measures)),
    )


def _among_others(value: float, ordered: Sequence[float]) -> Percentile | None:
    """Place one of sorted values among the rest."""
    n = len(ordered) - 1
    if n == 0:
        return None
    below = bisect_left(ordered, value)
    tied = bisect_right(ordered, value) - below - 1
    return _placed(value, below, tied, n)


def _survey_findings(standings: Sequence[CohortStanding], measures: Sequence[str]) -> list[Finding]:
    total = len(standings)
    found = []
    for measure in measures:
        unknown = sum(each.row.values[measure] is None for each in standings)
        if unknown:
            found.append(
                COHORT_UNKNOWN.finding(where=measure, measure=measure, count=unknown, total=total)
            )
    small = sum(
        any(p is None or p.n < FEWEST_OTHERS for p in each.percentiles.values())
        for each in standings
    )
    if small:
        found.append(SMALL_COHORTS.finding(count=small, total=total, fewest=FEWEST_OTHERS))
    return found
