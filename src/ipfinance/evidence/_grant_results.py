"""What the values of granted patents look like together, and what a reader signs off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ipfinance.basics import Finding, FindingKind, InputError, Severity, Text
from ipfinance.evidence._grant_terms import GammaFit, GrantTerms
from ipfinance.market import DateArray, Table
from ipfinance.numerics import FloatArray

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
FEWEST_CLUSTERS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantCounts:
    """How many patents there were, and why some have no value.

    Attributes
    ----------
    patents, valued
        All in the file, and those with a value.
    no_returns, off_calendar, no_window, no_variance, no_cap, no_gamma
        Patents of firms without returns; granted outside the calendar; without a return in the
        window, a variance, a capitalisation, a positive gamma. A patent counts once, at the first
        that applies.
    grant_days, rolled
        Different days of firms with grants; grants on days without trading, taken to the next.
    rows, firms
        Rows of returns used and firms with grants among them.
    lost_rows
        Rows of returns on days outside the calendar.
    """

    patents: int = 0
    valued: int = 0
    no_returns: int = 0
    off_calendar: int = 0
    no_window: int = 0
    no_variance: int = 0
    no_cap: int = 0
    no_gamma: int = 0
    grant_days: int = 0
    rolled: int = 0
    rows: int = 0
    firms: int = 0
    lost_rows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupValues:
    """The values of one group of patents, or of all.

    Attributes
    ----------
    n
        Patents with a value.
    mean, total, quantiles
        Of the values; quantiles at 5, 25, 50, 75 and 95 %.
    real_mean
        Mean in money of the base year; None where no price index was given.
    raw_mean, raw_negative
        Mean of the raw event values, and the share of them below zero.
    """

    group: str
    n: int
    mean: float
    total: float
    quantiles: tuple[float, ...]
    real_mean: float | None
    raw_mean: float
    raw_negative: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantValuation:
    """Values of granted patents.

    Attributes
    ----------
    terms
        How they were estimated.
    gammas
        One for all patents, or one for each group.
    groups
        Names of the groups, where the file has any.
    values
        All patents first, then group by group.
    counts
        How many, and why not the others.
    findings
        What a reader signs off.
    """

    terms: GrantTerms
    gammas: tuple[GammaFit, ...]
    groups: tuple[str, ...]
    values: tuple[GroupValues, ...]
    counts: GrantCounts
    findings: tuple[Finding, ...]


NEVER_NEGATIVE = FindingKind(
    code="kpss_never_negative",
    severity=Severity.NOTE,
    text=Text(
        "A value of this kind is never negative, whatever the market did: it is the expected "
        "positive signal. The raw event value (return × capitalisation) beside it was negative for "
        "{share:.1%} of the patents.",
        "此类价值恒为正：无论市场如何反应，它都是正信号的期望值。并列的原始事件价值（收益 × 市值）"
        "在 {share:.1%} 的专利上为负。",
    ),
)
ONE_GAMMA = FindingKind(
    code="kpss_groups_shrunk",
    severity=Severity.WARNING,
    text=Text(
        "One gamma for all patents shrinks differences between groups ({groups}); to compare "
        "groups ask for one gamma each (--by-group).",
        "所有专利共用一个 γ 会缩小组间差异（{groups}）；若要比较各组，请按组估计 γ（--by-group）。",
    ),
)
NOT_POSITIVE = FindingKind(
    code="kpss_gamma_not_positive",
    severity=Severity.INVALID,
    text=Text(
        "Gamma{group} is {gamma:.6g}: the returns show no signal on grant days, and no value "
        "follows. It is shown as estimated, not cut at zero.",
        "γ{group} 为 {gamma:.6g}：授权日收益未显示信号，无法得出价值。如实列示估计值，不截断为零。",
    ),
)
IMPRECISE = FindingKind(
    code="kpss_gamma_imprecise",
    severity=Severity.WARNING,
    text=Text(
        "The 95 % interval of gamma{group} covers zero ({gamma:.6g} ± {half:.2g}).",
        "γ{group} 的 95% 区间包含零（{gamma:.6g} ± {half:.2g}）。",
    ),
)
FEW_CLUSTERS = FindingKind(
    code="kpss_few_clusters",
    severity=Severity.WARNING,
    text=Text(
        "The error of gamma{group} rests on {n} clusters and is likely too small.",
        "γ{group} 的标准误仅基于 {n} 个聚类，很可能偏小。",
    ),
)
GIVEN = FindingKind(
    code="kpss_gamma_given",
    severity=Severity.NOTE,
    text=Text(
        "Gamma {gamma:.7g} was given, not estimated from these data (source: {source}).",
        "γ = {gamma:.7g} 为给定值，并非由本数据估计（来源：{source}）。",
    ),
)
UNVALUED = FindingKind(
    code="kpss_without_value",
    severity=Severity.WARNING,
    text=Text(
        "{n:,} of {total:,} patents have no value: {reasons}.",
        "{total:,} 件专利中有 {n:,} 件无价值：{reasons}。",
    ),
)
ROLLED = FindingKind(
    code="kpss_rolled",
    severity=Severity.NOTE,
    text=Text(
        "{n:,} patents were granted on days without trading and taken to the next trading day.",
        "{n:,} 件专利于非交易日授权，顺延至下一交易日。",
    ),
)
LOST_ROWS = FindingKind(
    code="kpss_rows_outside_calendar",
    severity=Severity.NOTE,
    text=Text(
        "{n:,} rows of returns fall on days on which the market has no return.",
        "{n:,} 行收益率所在日期没有市场收益率。",
    ),
)
NOT_STATED = Text("not stated", "未说明")
REASONS: Mapping[str, Text] = {
    "no_returns": Text("no returns of the firm", "无该公司收益率"),
    "off_calendar": Text("outside the trading calendar", "不在交易日历内"),
    "no_window": Text("no return after the grant", "授权后无收益率"),
    "no_variance": Text("too few returns before", "此前收益率过少"),
    "no_cap": Text("no capitalisation before", "此前无市值"),
    "no_gamma": Text("no positive gamma", "γ 非正"),
}


def grant_findings(
    terms: GrantTerms,
    gammas: Sequence[GammaFit],
    groups: Sequence[str],
    values: Sequence[GroupValues],
    counts: GrantCounts,
) -> tuple[Finding, ...]:
    """Return what a reader signs off."""
    found = [*_of_gamma(terms, gammas)]
    if len(groups) > 1 and not terms.by_group:
        found.append(ONE_GAMMA.finding(groups=", ".join(groups)))
    missing = counts.patents - counts.valued
    if missing:
        parts = [
            (number, text) for name, text in REASONS.items() if (number := getattr(counts, name))
        ]
        reasons = Text(
            "; ".join(f"{text.en} ({number:,})" for number, text in parts),
            "；".join(f"{text.zh}（{number:,}）" for number, text in parts),
        )
        found.append(UNVALUED.finding(n=missing, total=counts.patents, reasons=reasons))
    if counts.rolled:
        found.append(ROLLED.finding(n=counts.rolled))
    if counts.lost_rows:
        found.append(LOST_ROWS.finding(n=counts.lost_rows))
    found.append(NEVER_NEGATIVE.finding(share=values[0].raw_negative))
    return tuple(found)


def _of_gamma(terms: GrantTerms, gammas: Sequence[GammaFit]) -> Iterator[Finding]:
    for each in gammas:
        name = f" ({each.group})" if each.group else ""
        group = Text(name, f"（{each.group}）" if each.group else "")
        if not each.gamma > 0.0:
            yield NOT_POSITIVE.finding(group=group, gamma=each.gamma)
        elif terms.gamma is not None:
            yield GIVEN.finding(gamma=each.gamma, source=terms.gamma_source or NOT_STATED)
        elif not each.gamma > each.half_width:
            yield IMPRECISE.finding(group=group, gamma=each.gamma, half=each.half_width)
        if each.error is not None and each.n_clusters < FEWEST_CLUSTERS:
            yield FEW_CLUSTERS.finding(group=group, n=each.n_clusters)


def group_values(
    group: str, value: FloatArray, real: FloatArray | None, raw: FloatArray
) -> GroupValues:
    """Sum up the values of some patents; NaN where a patent has none."""
    known = np.isfinite(value)
    valued = value[known]
    raw = raw[known]
    real_mean = None
    if real is not None and np.isfinite(real).any():
        real_mean = float(np.nanmean(real))
    if not len(valued):
        nothing = float("nan")
        return GroupValues(
            group=group, n=0, mean=nothing, total=0.0, quantiles=(nothing,) * len(QUANTILES),
            real_mean=None, raw_mean=nothing, raw_negative=0.0,
        )  # fmt: skip
    return GroupValues(
        group=group,
        n=len(valued),
        mean=float(valued.mean()),
        total=float(valued.sum()),
        quantiles=tuple(float(x) for x in np.quantile(valued, QUANTILES)),
        real_mean=real_mean,
        raw_mean=float(np.nanmean(raw)) if np.isfinite(raw).any() else float("nan"),
        raw_negative=float((raw < 0.0).mean()),
    )


def price_levels(table: Table, dates: DateArray) -> FloatArray:
    """Return the price index in force on each day, the last known one of a month or a year.

    Parameters
    ----------
    table
        The columns date and cpi; a date holds until the next.
    dates
        Ascending.

    Returns
    -------
    FloatArray
        Shape (n_days,); NaN before the first.
    """
    known, levels = table.dates("date"), table.numbers("cpi")
    problems = [
        table.problem("date", row, None, _DAY) for row in np.flatnonzero(np.isnat(known)).tolist()
    ]
    bad = ~(levels > 0.0)
    problems += [
        table.problem("cpi", row, None if np.isnan(levels[row]) else levels[row], _LEVEL)
        for row in np.flatnonzero(bad).tolist()
    ]
    if problems:
        raise InputError(problems[:20])
    order = np.argsort(known, kind="stable")
    place = np.searchsorted(known[order], dates, side="right") - 1
    return np.where(place >= 0, levels[order][np.maximum(place, 0)], np.nan)


_DAY = Text("expected a date", "应为日期")
_LEVEL = Text("expected a number above 0", "应为大于 0 的数")
