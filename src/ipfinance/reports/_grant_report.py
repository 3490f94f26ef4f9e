"""Values of granted patents as tables, charts and plain data."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

from ipfinance.basics import Language, Text
from ipfinance.evidence import (
    QUANTILES,
    SIGNAL_NAMES,
    GammaFit,
    GrantTerms,
    GrantValuation,
    GroupValues,
    SingleGrant,
)
from ipfinance.reports._document import (
    Block,
    Cell,
    Document,
    DotChart,
    KeyFigure,
    KeyFigures,
    Number,
    Paragraph,
    Section,
    Table,
)
from ipfinance.reports._judgement_report import findings_blocks
from ipfinance.reports._views import findings_view, plain_value

Say: TypeAlias = Callable[[Text], str]
ALL = Text("all patents", "全部专利")
LARGE = 1000.0


def _amount(value: float | None, like: float) -> Cell:
    if value is None or math.isnan(value):
        return None
    return Number(value, 0 if abs(like) >= LARGE else 4)


def grant_report(found: GrantValuation, language: Language, unit: str = "") -> Document:
    """Return the values of granted patents as a report."""

    def say(text: Text) -> str:
        return text.in_(language)

    counts = found.counts
    sections = (
        Section(
            title="",
            blocks=(_key_figures(found, say, unit), *findings_blocks(found.findings, language)),
        ),
        Section(
            title=say(Text("Signal on grant days", "授权日信号")), blocks=(_gammas(found, say),)
        ),
        Section(title=say(Text("Values", "价值")), blocks=tuple(_values(found, say, unit))),
        Section(title=say(Text("Terms", "设定")), blocks=(_terms(found.terms, say),), core=False),
    )
    return Document(
        language=language,
        title=say(Text("Values of granted patents", "授权专利价值")),
        subtitle=say(
            Text(
                f"{counts.patents:,} patents of {counts.firms:,} firms on {counts.grant_days:,} "
                f"grant days, {counts.rows:,} daily returns",
                f"{counts.firms:,} 家公司的 {counts.patents:,} 件专利，"
                f"{counts.grant_days:,} 个授权日，{counts.rows:,} 条日收益率",
            )
        ),
        badge="",
        sections=sections,
        footer="",
    )


def _key_figures(found: GrantValuation, say: Say, unit: str) -> KeyFigures:
    whole = found.values[0]
    figures = [
        KeyFigure(
            label=say(Text("mean value of a patent", "单件专利平均价值")),
            value=_amount(whole.mean, whole.mean),
            unit=unit,
            leading=True,
        ),
        KeyFigure(
            label=say(Text("median", "中位数")),
            value=_amount(whole.quantiles[2], whole.mean),
            unit=unit,
        ),
        KeyFigure(label=say(Text("patents valued", "已估值专利")), value=Number(whole.n, 0)),
        KeyFigure(
            label=say(Text("mean raw event value", "原始事件价值均值")),
            value=_amount(whole.raw_mean, whole.mean),
            unit=unit,
        ),
    ]
    if whole.real_mean is not None:
        figures.append(
            KeyFigure(
                label=say(Text("mean, money of the base year", "均值（基年货币）")),
                value=_amount(whole.real_mean, whole.mean),
                unit=unit,
            )
        )
    return KeyFigures(figures=tuple(figures))


def _gammas(found: GrantValuation, say: Say) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            each.group or say(ALL),
            Number(each.gamma, 6),
            None if each.error is None else Number(each.error, 6),
            _interval(each),
            Number(each.share, 6),
            Number(each.n_rows, 0) if each.n_rows else None,
            Number(each.n_clusters, 0) if each.n_clusters else None,
        )
        for each in found.gammas
    ]
    return Table(
        caption=say(Text("ln R² on grant days", "授权日 ln R² 回归")),
        columns=(
            say(Text("patents", "专利")),
            "γ",
            say(Text("standard error", "标准误")),
            say(Text("95 % interval", "95% 区间")),
            "δ = 1 − exp(−γ)",
            say(Text("rows", "行数")),
            say(Text("clusters", "聚类数")),
        ),
        rows=tuple(rows),
    )


def _interval(fit: GammaFit) -> Cell:
    if fit.error is None:
        return None
    low, high = fit.gamma - fit.half_width, fit.gamma + fit.half_width
    return f"[{low:.6f}, {high:.6f}]".replace("-", "−")


def _values(found: GrantValuation, say: Say, unit: str) -> list[Block]:
    like = found.values[0].mean
    rows: list[tuple[Cell, ...]] = [
        (
            each.group or say(ALL),
            Number(each.n, 0),
            _amount(each.mean, like),
            *(_amount(value, like) for value in each.quantiles),
            _amount(each.raw_mean, like),
            Number(each.raw_negative, 1, percent=True),
        )
        for each in found.values
    ]
    table = Table(
        caption=say(Text("Value of a patent", "单件专利价值")) + (f" ({unit})" if unit else ""),
        columns=(
            say(Text("patents", "专利")),
            say(Text("number", "件数")),
            say(Text("mean", "均值")),
            *(f"{chance:.0%}" for chance in QUANTILES),
            say(Text("raw mean", "原始均值")),
            say(Text("raw below 0", "原始为负")),
        ),
        rows=tuple(rows),
        note=say(
            Text(
                "Raw: return over the window × capitalisation, by patent; both signs.",
                "原始值：窗口收益 × 市值，按件平均，可正可负。",
            )
        ),
    )
    known = [each for each in found.values if each.n]
    if not known:
        return [table]
    chart = DotChart(
        caption=say(Text("Median, and from 5 % to 95 % of the values", "中位数及 5% 至 95% 分位")),
        axis=unit or say(Text("value of a patent", "单件专利价值")),
        labels=tuple(each.group or say(ALL) for each in known),
        values=tuple(each.quantiles[2] for each in known),
        lows=tuple(each.quantiles[0] for each in known),
        highs=tuple(each.quantiles[-1] for each in known),
        percent=False,
    )
    return [table, chart]


def _terms(terms: GrantTerms, say: Say) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (say(Text("law of the signal", "信号分布")), say(SIGNAL_NAMES[terms.signal])),
        (say(Text("grant probability π", "授权概率 π")), Number(terms.grant_probability, 4)),
        (say(Text("days of the window", "窗口天数")), Number(terms.window, 0)),
        (say(Text("variance taken over", "方差区间")), str(terms.lookback)),
        (say(Text("noise", "噪声")), str(terms.noise)),
        (say(Text("effects beside firm-years", "公司年度之外的固定效应")), str(terms.effects)),
        (say(Text("errors clustered by", "标准误聚类")), str(terms.errors)),
    ]
    return Table(caption="", columns=("", ""), rows=tuple(rows))


def grant_view(found: GrantValuation, language: Language) -> dict[str, Any]:
    """Return the values of granted patents as plain data."""
    view = {
        "n": found.counts.patents,
        "valued": found.counts.valued,
        "gamma": _one(found.gammas),
        "gammas": [
            {
                "group": each.group,
                "gamma": each.gamma,
                "standard_error": each.error,
                "low": each.gamma - each.half_width,
                "high": each.gamma + each.half_width,
                "delta": each.share,
                "rows": each.n_rows,
                "clusters": each.n_clusters,
            }
            for each in found.gammas
        ],
        "delta": found.gammas[0].share if len(found.gammas) == 1 else None,
        "pi": found.terms.grant_probability,
        "values": [_group_view(each) for each in found.values],
        "counts": found.counts,
        "terms": found.terms,
        "findings": findings_view(found.findings, language),
    }
    plain: dict[str, Any] = plain_value(view, language)
    return plain


def _one(gammas: tuple[GammaFit, ...]) -> float | None:
    return gammas[0].gamma if len(gammas) == 1 else None


def _group_view(each: GroupValues) -> dict[str, Any]:
    return {
        "group": each.group,
        "n": each.n,
        "mean": each.mean,
        "total": each.total,
        "quantiles": {str(q): x for q, x in zip(QUANTILES, each.quantiles, strict=True)},
        "real_mean": each.real_mean,
        "event_value_mean": each.raw_mean,
        "event_value_negative": each.raw_negative,
    }


_NEVER = Text(
    "Never negative, whatever the market did; the raw event value beside it may be.",
    "无论市场如何反应，该值恒为正；并列的原始事件价值可以为负。",
)


def single_grant_report(
    found: SingleGrant, terms: GrantTerms, language: Language, unit: str = ""
) -> Document:
    """Return the value of one patent as a report."""

    def say(text: Text) -> str:
        return text.in_(language)

    mass = terms.interval or 0.9
    figures = [
        KeyFigure(
            label=say(Text("value of one patent", "单件专利价值")),
            value=Number(found.value, 5),
            unit=unit,
            leading=True,
        ),
        KeyFigure(
            label=say(Text("raw event value", "原始事件价值")),
            value=Number(found.raw, 5),
            unit=unit,
        ),
        KeyFigure(
            label=say(Text("expected signal in the return", "收益中的期望信号")),
            value=Number(found.signal, 8),
        ),
        KeyFigure(label="δ = 1 − exp(−γ)", value=Number(found.share, 8)),
    ]
    if found.low is not None and found.high is not None:
        figures.insert(
            1,
            KeyFigure(
                label=say(Text(f"{mass:.0%} interval", f"{mass:.0%} 区间")),
                value=f"[{found.low:.5f}, {found.high:.5f}]",
                unit=unit,
            ),
        )
    blocks: tuple[Block, ...] = (
        KeyFigures(figures=tuple(figures)),
        Paragraph(text=say(_NEVER)),
        _terms(terms, say),
    )
    return Document(
        language=language,
        title=say(Text("Value of a granted patent", "授权专利价值")),
        subtitle="",
        badge="",
        sections=(Section(title="", blocks=blocks),),
        footer="",
    )


def single_grant_view(found: SingleGrant, terms: GrantTerms, language: Language) -> dict[str, Any]:
    """Return the value of one patent as plain data."""
    view = {
        "value": found.value,
        "xi": found.value,
        "low": found.low,
        "high": found.high,
        "event_value": found.raw,
        "expected_value_return": found.signal,
        "delta": found.share,
        "gamma": terms.gamma,
        "pi": terms.grant_probability,
        "terms": terms,
        "note": _NEVER.in_(language),
    }
    plain: dict[str, Any] = plain_value(view, language)
    return plain
