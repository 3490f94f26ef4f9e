"""Event studies as tables, charts and plain data."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

from ipfinance.basics import Language, Text
from ipfinance.evidence import EVENT_MODEL_NAMES, EventStudy, StudiedEvent, WindowTests
from ipfinance.numerics import EventTest
from ipfinance.reports._document import (
    Block,
    Cell,
    Document,
    DotChart,
    EventChart,
    KeyFigure,
    KeyFigures,
    Number,
    Section,
    Table,
)
from ipfinance.reports._judgement_report import findings_blocks
from ipfinance.reports._views import findings_view, plain_value

Say: TypeAlias = Callable[[Text], str]
MOST_DOTS = 60
MOST_ROWS = 40
MONEY_DIGITS = 2
WITHOUT_DIGITS = 1000.0
SMALLEST_P = 5e-5

TEST_NAMES = {
    "cross_sectional_t": Text("cross-sectional t", "横截面 t 检验"),
    "bw80": Text("Brown–Warner 1980, independent", "Brown–Warner 1980（独立）"),
    "bw85": Text("Brown–Warner 1985, crude dependence", "Brown–Warner 1985（粗略相依）"),
    "lamb": Text("Lamb", "Lamb 检验"),
    "patell": Text("Patell", "Patell 检验"),
    "bmp": Text("Boehmer–Musumeci–Poulsen", "BMP 标准化横截面检验"),
    "kp_bmp": Text("Kolari–Pynnönen, of BMP", "Kolari–Pynnönen 调整 BMP"),
    "kp_patell": Text("Kolari–Pynnönen, of Patell", "Kolari–Pynnönen 调整 Patell"),
    "rank": Text("Corrado rank", "Corrado 秩检验"),
    "modified_rank": Text("Corrado–Zivney rank", "Corrado–Zivney 修正秩检验"),
    "corrado_sign": Text("Corrado–Zivney sign", "Corrado–Zivney 符号检验"),
    "grank_t": Text("generalised rank t", "广义秩 t 检验（GRANK-T）"),
    "sign": Text("sign", "符号检验"),
    "generalised_sign": Text("generalised sign", "广义符号检验"),
    "wilcoxon": Text("Wilcoxon signed rank", "Wilcoxon 符号秩检验"),
    "wild_bootstrap": Text("wild bootstrap by date", "按日期的野自助法"),
}
FLAG_NAMES = {
    "SUSPENDED": Text("days missing", "缺失交易日"),
    "LIMIT_HIT": Text("at price limit", "触及涨跌停"),
    "ROLLED": Text("moved to next trading day", "顺延至下一交易日"),
    "CONFOUNDED": Text("confounded", "受其他事件干扰"),
    "FEW_DAYS": Text("short estimation", "估计窗口偏短"),
}


def event_study_report(study: EventStudy, language: Language, currency: str = "") -> Document:
    """Return an event study as a report."""

    def say(text: Text) -> str:
        return text.in_(language)

    sections = [
        Section(
            title="",
            blocks=(_key_figures(study, say, currency), *findings_blocks(study.findings, language)),
        ),
        Section(
            title=say(Text("Abnormal returns", "异常收益")),
            blocks=(_chart(study, say), _daily(study, say)),
        ),
        Section(title=say(Text("Tests", "检验")), blocks=(_tests(study.whole, say),)),
        Section(
            title=say(Text("Events", "各事件")),
            blocks=tuple(_events(study, say, currency)),
            core=len(study.events) <= MOST_ROWS,
        ),
        Section(
            title=say(Text("Before and after the event", "事件之前与之后")),
            blocks=tuple(_tests(window, say) for window in study.parts),
            core=False,
        ),
    ]
    return Document(
        language=language,
        title=say(Text("Event study", "事件研究")),
        subtitle=say(_subtitle(study)),
        badge="",
        sections=tuple(section for section in sections if section.blocks),
        footer="",
    )


def _subtitle(study: EventStudy) -> Text:
    low, high = study.terms.estimation
    first, last = study.terms.window
    model = EVENT_MODEL_NAMES[study.terms.model]
    kind = "对数" if study.kind == "log" else "简单"
    return Text(
        f"{study.n:,} events, {model.en}, estimation {low}:{high}, window {first}:{last}, "
        f"{study.kind} returns",
        f"{study.n:,} 个事件，{model.zh}，估计窗口 {low}:{high}，事件窗口 {first}:{last}，"
        f"{kind}收益率",
    )


def _key_figures(study: EventStudy, say: Say, currency: str) -> KeyFigures:
    whole = study.whole
    figures = [
        KeyFigure(
            label=say(Text("mean cumulated abnormal return (CAAR)", "平均累积异常收益（CAAR）")),
            value=Number(whole.mean, 3, percent=True),
            leading=True,
        ),
        KeyFigure(
            label=say(Text("95 % interval", "95% 区间")),
            value=_span(whole),
        ),
    ]
    for name in ("kp_bmp", "grank_t"):
        test = whole.tests[name]
        if test.p_value is not None:
            figures.append(
                KeyFigure(
                    label=say(Text("p-value, ", "p 值，")) + say(TEST_NAMES[name]),
                    value=Number(test.p_value, 4),
                )
            )
    if study.money is not None:
        unit = currency or say(Text("currency of the capitalisation", "市值所用货币"))
        figures += [
            KeyFigure(
                label=say(Text("value by event, mean", "每事件价值，均值")),
                value=money_number(study.money.mean, study.money.mean),
                unit=unit,
            ),
            KeyFigure(
                label=say(Text("value by patent, median", "每件专利价值，中位数")),
                value=money_number(study.money.per_patent_median, study.money.mean),
                unit=unit,
            ),
        ]
    return KeyFigures(figures=tuple(figures))


def _span(window: WindowTests) -> str:
    return f"[{window.low:.3%}, {window.high:.3%}]".replace("-", "−")


def _chart(study: EventStudy, say: Say) -> EventChart:
    return EventChart(
        caption=say(
            Text(
                "Mean abnormal return by day and cumulated; the band widens if events share days.",
                "每日与累积平均异常收益；事件日期重合时区间带相应加宽。",
            )
        ),
        axis=say(Text("trading days from the event", "距事件的交易日")),
        days=study.days,
        daily=tuple(math.nan if x is None else x for x in study.aar),
        cumulated=tuple(window.mean for window in study.cumulated),
        low=tuple(window.low for window in study.cumulated),
        high=tuple(window.high for window in study.cumulated),
        labels=(
            say(Text("AAR, by day", "AAR（每日）")),
            say(Text("CAAR, cumulated", "CAAR（累积）")),
            say(Text("95 % band of CAAR", "CAAR 的 95% 区间带")),
        ),
    )


def _daily(study: EventStudy, say: Say) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for day, aar, alone, cumulated in zip(
        study.days, study.aar, study.by_day, study.cumulated, strict=True
    ):
        rows.append(
            (
                f"{day:+d}".replace("-", "−") if day else "0",
                Number(alone.n, 0),
                None if aar is None else Number(aar, 3, percent=True),
                *(_p_cell(alone.tests.get(name)) for name in ("kp_bmp", "grank_t")),
                Number(cumulated.mean, 3, percent=True),
                _span(cumulated) if math.isfinite(cumulated.low) else None,
            )
        )
    return Table(
        caption=say(Text("By day", "逐日")),
        columns=(
            say(Text("day", "日")),
            say(Text("events", "事件数")),
            "AAR",
            "p (kp_bmp)",
            "p (grank_t)",
            "CAAR",
            say(Text("95 % interval", "95% 区间")),
        ),
        rows=tuple(rows),
    )


def _p_cell(test: EventTest | None) -> Cell:
    return None if test is None or test.p_value is None else _p(test.p_value)


def _p(p_value: float) -> Cell:
    return "< 0.0001" if p_value < SMALLEST_P else Number(p_value, 4)


def _tests(window: WindowTests, say: Say) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            say(TEST_NAMES[name]),
            name,
            None if test.statistic is None else Number(test.statistic, 4),
            _p_cell(test),
            test.reference if test.reason is None else say(test.reason),
        )
        for name, test in window.tests.items()
    ]
    mean = f"CAAR {window.mean:.4%}".replace("-", "−")
    return Table(
        caption=say(
            Text(
                f"Days {window.first} to {window.last}: {mean}",
                f"第 {window.first} 日至第 {window.last} 日：{mean}",
            )
        ),
        columns=(
            say(Text("test", "检验")),
            say(Text("key", "键")),
            say(Text("statistic", "统计量")),
            say(Text("p-value", "p 值")),
            say(Text("law", "参照分布")),
        ),
        rows=tuple(rows),
        strong=tuple(
            place for place, name in enumerate(window.tests) if name in {"kp_bmp", "grank_t"}
        ),
    )


def _events(study: EventStudy, say: Say, currency: str) -> list[Block]:
    blocks: list[Block] = []
    if study.n <= MOST_DOTS:
        blocks.append(_dots(study, say))
    blocks.append(_returns_table(study, say))
    if study.money is not None:
        blocks.append(_money_table(study, say, currency))
    if study.excluded:
        blocks.append(_excluded_table(study, say))
    return blocks


def _dots(study: EventStudy, say: Say) -> DotChart:
    return DotChart(
        caption=say(
            Text(
                "Cumulated abnormal return of each event, with 1.96 forecast errors",
                "各事件的累积异常收益及 1.96 倍预测误差",
            )
        ),
        axis="CAR",
        labels=tuple(f"{event.security}  {event.day}" for event in study.events),
        values=tuple(event.car for event in study.events),
        lows=tuple(event.car - 1.96 * event.error for event in study.events),
        highs=tuple(event.car + 1.96 * event.error for event in study.events),
    )


def _returns_table(study: EventStudy, say: Say) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            event.security,
            event.day,
            Number(event.car, 3, percent=True),
            Number(event.t, 3),
            _p(event.p_value),
            Number(event.n_used, 0),
            "; ".join([say(FLAG_NAMES[flag]) for flag in event.flags] + list(event.news)),
        )
        for event in study.events
    ]
    return Table(
        caption=say(Text("Event by event", "逐事件")),
        columns=(
            say(Text("security", "证券")),
            say(Text("day 0", "第 0 日")),
            "CAR",
            "t",
            say(Text("p-value", "p 值")),
            say(Text("estimation days", "估计天数")),
            say(Text("remarks", "备注")),
        ),
        rows=tuple(rows),
    )


def money_number(value: float, like: float) -> Number:
    """Return an amount with decimals only where amounts of its kind are small."""
    return Number(value, 0 if abs(like) >= WITHOUT_DIGITS else MONEY_DIGITS)


def _money_table(study: EventStudy, say: Say, currency: str) -> Table:
    unit = f" ({currency})" if currency else ""
    known = [(event, event.money) for event in study.events if event.money is not None]
    like = max(abs(money.per_patent) for _, money in known)
    rows: list[tuple[Cell, ...]] = [
        (
            event.security,
            event.day,
            money_number(money.cap, money.cap),
            money_number(money.total, like),
            Number(event.patents, 0),
            money_number(money.per_patent, like),
            money_number(money.per_patent_error, like),
        )
        for event, money in known
    ]
    return Table(
        caption=say(Text("In money", "折算金额")) + unit,
        columns=(
            say(Text("security", "证券")),
            say(Text("day 0", "第 0 日")),
            say(Text("capitalisation", "市值")),
            say(Text("value", "价值")),
            say(Text("patents", "专利数")),
            say(Text("by patent", "每件专利")),
            say(Text("error", "误差")),
        ),
        rows=tuple(rows),
        note=say(_MONEY_NOTE),
    )


def _excluded_table(study: EventStudy, say: Say) -> Table:
    return Table(
        caption=say(Text("Events not studied", "未纳入的事件")),
        columns=(
            say(Text("security", "证券")),
            say(Text("date", "日期")),
            say(Text("row", "行")),
            say(Text("reason", "原因")),
        ),
        rows=tuple(
            (each.security, each.date, Number(each.line, 0), say(each.reason))
            for each in study.excluded
        ),
    )


_MONEY_NOTE = Text(
    "Value = CAR × market capitalisation before day 0; negative values are shown as they are.",
    "价值 = CAR × 第 0 日前市值；负值如实列示。",
)


def event_study_view(study: EventStudy, language: Language) -> dict[str, Any]:
    """Return an event study as plain data."""
    terms = study.terms
    view = {
        "n": study.n,
        "model": str(terms.model),
        "mode": str(terms.mode),
        "returns_kind": str(study.kind),
        "factors": list(study.factors),
        "estimation": list(terms.estimation),
        "window": list(terms.window),
        "days": list(study.days),
        "aar": list(study.aar),
        "caar": study.whole.mean,
        "caar_by_day": [window.mean for window in study.cumulated],
        "band": {
            "level": 0.95,
            "low": [window.low for window in study.cumulated],
            "high": [window.high for window in study.cumulated],
        },
        "car": [_event_view(event) for event in study.events],
        "tests": _tests_view(study.whole, language),
        "tests_by_day": {
            str(window.first): _tests_view(window, language) for window in study.by_day
        },
        "windows": [
            {
                "from": window.first,
                "to": window.last,
                "n": window.n,
                "caar": window.mean,
                "low": window.low,
                "high": window.high,
                "tests": _tests_view(window, language),
            }
            for window in (study.whole, *study.parts)
        ],
        "correlation": study.correlation,
        "event_dates": study.n_dates,
        "excluded": [
            {
                "security": each.security,
                "date": each.date,
                "row": each.line,
                "reason": each.reason.in_(language),
            }
            for each in study.excluded
        ],
        "money": study.money,
        "findings": findings_view(study.findings, language),
    }
    found: dict[str, Any] = plain_value(view, language)
    return found


def _event_view(event: StudiedEvent) -> dict[str, Any]:
    return {
        "security": event.security,
        "date": event.date,
        "day0": event.day,
        "car": event.car,
        "car_error": event.error,
        "t": event.t,
        "p_value": event.p_value,
        "ar": list(event.abnormal),
        "bhar": event.bhar,
        "alpha": event.constant,
        "beta": event.slopes[0] if len(event.slopes) == 1 else list(event.slopes),
        "sigma": event.deviation,
        "estimation_days": event.n_used,
        "missing_days": event.n_missing,
        "patents": event.patents,
        "flags": list(event.flags),
        "news": list(event.news),
        "money": event.money,
        "row": event.line,
    }


def _tests_view(window: WindowTests, language: Language) -> dict[str, Any]:
    return {
        name: {
            "statistic": test.statistic,
            "p_value": test.p_value,
            "reference": test.reference,
            **({} if test.reason is None else {"reason": test.reason.in_(language)}),
        }
        for name, test in window.tests.items()
    }
