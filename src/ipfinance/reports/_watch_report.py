"""Loans under watch: what must be done, where each loan stands, how valuers fared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from ipfinance.basics import Language, Text
from ipfinance.credit import EVENT_NAMES, LEVEL_NAMES, Level, WatchResult
from ipfinance.reports._document import (
    Block,
    Document,
    KeyFigure,
    KeyFigures,
    Number,
    Section,
    Table,
)
from ipfinance.reports._judgement_report import findings_blocks
from ipfinance.reports._views import findings_view, plain_value
from ipfinance.reports._words import NO, YES, unit_name

Say: TypeAlias = Callable[[Text], str]


def watch_report(found: WatchResult, language: Language) -> Document:
    """Return the report on loans under watch in one language."""

    def say(text: Text) -> str:
        return text.in_(language)

    unit = unit_name(found.case.unit, language)
    sections = [
        _todo(found, say, unit),
        _loans(found, say, unit),
        _events(found, say),
        _covenants(found, say),
        _valuers(found, say, language),
    ]
    case = found.case
    return Document(
        language=language,
        title=say(case.title),
        subtitle=say(
            Text(
                f"Watch list · as of {case.dated_on} · amounts in {unit}",
                f"贷后监控 · 截至 {case.dated_on} · 金额单位：{unit}",
            )
        ),
        badge="" if case.status == "actual" else say(Text("example", "示例")),
        sections=tuple(section for section in sections if section.blocks),
        footer=say(Text("Computed by ipfinance.", "由 ipfinance 计算。")),
    )


def _amount(found: WatchResult, cash: float, decimals: int = 2) -> Number:
    return Number(cash / 10**found.minor.exponent / found.case.unit.size, decimals)


def _todo(found: WatchResult, say: Say, unit: str) -> Section:
    act = sum(alert.level is Level.ACT for alert in found.alerts)
    figures = (
        KeyFigure(
            label=say(Text("to act on now", "须立即处置")), value=Number(act, 0), leading=True
        ),
        KeyFigure(
            label=say(Text("margin called", "追加保证")),
            value=_amount(found, found.called),
            unit=unit,
        ),
        KeyFigure(label=say(Text("loans", "贷款笔数")), value=Number(len(found.loans), 0)),
    )
    table = Table(
        caption="",
        columns=(
            say(Text("urgency", "紧急程度")),
            say(Text("loan", "贷款")),
            say(Text("what", "事项")),
        ),
        rows=tuple((say(LEVEL_NAMES[a.level]), a.loan, say(a.text)) for a in found.alerts),
        marked=tuple(n for n, alert in enumerate(found.alerts) if alert.level is Level.ACT),
    )
    return Section(
        title=say(Text("What must be done", "应办事项")),
        blocks=(KeyFigures(figures=figures), table)
        if found.alerts
        else (KeyFigures(figures=figures),),
    )


def _loans(found: WatchResult, say: Say, unit: str) -> Section:
    rows = tuple(
        (
            each.loan.id,
            _amount(found, each.loan.balance),
            _amount(found, each.value),
            None if each.ltv is None else Number(each.ltv, 1, percent=True),
            Number(each.drift, 1, percent=True),
            None if each.drift_a_year is None else Number(each.drift_a_year, 1, percent=True),
            None if each.coefficient is None else Number(each.coefficient, 4),
            None if each.coefficient_drift is None else Number(each.coefficient_drift, 4),
            str(each.next_valuation),
        )
        for each in found.loans
    )
    table = Table(
        caption=unit,
        columns=(
            say(Text("loan", "贷款")),
            say(Text("balance", "余额")),
            say(Text("value", "价值")),
            say(Text("loan to value", "质押率")),
            say(Text("since origination", "自发放以来")),
            say(Text("a year", "年化")),
            say(Text("AC", "系数")),
            say(Text("change", "变动")),
            say(Text("next valuation", "下次重估")),
        ),
        rows=rows,
        marked=tuple(n for n, each in enumerate(found.loans) if each.call),
    )
    blocks = (table, *_margin(found, say, unit))
    return Section(title=say(Text("Where each loan stands", "各笔贷款状况")), blocks=blocks)


def _margin(found: WatchResult, say: Say, unit: str) -> list[Block]:
    called = [each for each in found.loans if each.call]
    if not called:
        return []
    restore = found.case.rules.restore_ltv
    return [
        Table(
            caption=say(Text(f"Margin called ({unit})", f"追加保证（{unit}）")),
            columns=(
                say(Text("loan", "贷款")),
                say(Text("cash", "追加现金")),
                say(Text("or collateral worth", "或追加质物价值")),
            ),
            rows=tuple(
                (each.loan.id, _amount(found, each.call), _amount(found, each.more_value))
                for each in called
            ),
            note=say(
                Text(
                    f"Either brings the loan to value back to {restore:.0%}.",
                    f"任一方式均使质押率回到 {restore:.0%}。",
                )
            ),
        )
    ]


def _events(found: WatchResult, say: Say) -> Section:
    events = sorted(found.case.events, key=lambda each: each.dated_on, reverse=True)
    blocks: tuple[Block, ...] = ()
    if events:
        blocks = (
            Table(
                caption="",
                columns=(
                    say(Text("date", "日期")),
                    say(Text("loan", "贷款")),
                    say(Text("event", "事件")),
                    say(Text("note", "备注")),
                ),
                rows=tuple(
                    (str(e.dated_on), e.loan, say(EVENT_NAMES[e.kind]), e.note) for e in events
                ),
            ),
        )
    return Section(title=say(Text("Legal events", "法律事件")), blocks=blocks, core=False)


def _covenants(found: WatchResult, say: Say) -> Section:
    blocks: tuple[Block, ...] = ()
    if found.tests:
        blocks = (
            Table(
                caption="",
                columns=(
                    say(Text("loan", "贷款")),
                    say(Text("covenant", "约定指标")),
                    say(Text("date", "日期")),
                    say(Text("figure", "数值")),
                    say(Text("threshold", "阈值")),
                    say(Text("holds", "满足")),
                    say(Text("breaches in a row", "连续违反")),
                ),
                rows=tuple(
                    (
                        test.loan,
                        say(test.covenant.name) or test.covenant.metric,
                        str(test.dated_on),
                        f"{test.value:g}",
                        ("≥ " if test.covenant.comparator == "at_least" else "≤ ")
                        + f"{test.covenant.threshold:g}",
                        say(YES) if test.holds else say(NO),
                        f"{test.breaches} / {test.covenant.consecutive}",
                    )
                    for test in found.tests
                ),
                marked=tuple(n for n, test in enumerate(found.tests) if test.broken),
            ),
        )
    return Section(title=say(Text("Covenants", "约定指标测试")), blocks=blocks)


def _valuers(found: WatchResult, say: Say, language: Language) -> Section:
    if not found.valuers:
        return Section(title="", blocks=())

    def percent(value: float | None, decimals: int = 1) -> Number | None:
        return None if value is None else Number(value, decimals, percent=True)

    rows = tuple(
        (
            record.valuer,
            Number(record.count, 0),
            percent(record.bias),
            percent(record.low),
            percent(record.high),
            None if record.spread is None else Number(record.spread, 3),
            None if record.adjusted is None else Number(record.adjusted, 4),
            percent(record.too_high, 0),
            f"{record.too_high_low:.0%} – {record.too_high_high:.0%}",
            f"{record.hits} / {record.with_interval}" if record.with_interval else "–",
        )
        for record in found.valuers
    )
    table = Table(
        caption="",
        columns=(
            say(Text("valuer", "评估机构")),
            say(Text("cases", "例数")),
            say(Text("outcome against appraisal", "结果相对评估值")),
            say(Text("low (95%)", "下限（95%）")),
            say(Text("high (95%)", "上限（95%）")),
            say(Text("spread", "离散度")),
            say(Text("p (Holm)", "p（Holm）")),
            say(Text("too high", "高估比例")),
            say(Text("95% bounds", "95% 区间")),
            say(Text("inside the interval", "落入区间")),
        ),
        rows=rows,
        note=say(
            Text(
                "Geometric mean of outcome over appraisal, the market's own move taken out where "
                "it was given.",
                "结果与评估值之比的几何平均；给出市场变动的，已予剔除。",
            )
        ),
    )
    return Section(
        title=say(Text("How the valuers fared", "评估机构回溯检验")),
        blocks=(table, *findings_blocks(found.findings, language)),
    )


def watch_view(found: WatchResult, language: Language) -> dict[str, Any]:
    """Return where loans stand as plain data, amounts in minor units."""
    return {
        "case": found.case.id,
        "currency": found.minor.currency,
        "exponent": found.minor.exponent,
        "dated_on": str(found.case.dated_on),
        "called": found.called,
        "alerts": [
            {"level": str(a.level), "loan": a.loan, "text": a.text.in_(language)}
            for a in found.alerts
        ],
        "loans": [
            {
                "id": each.loan.id,
                "balance": each.loan.balance,
                "value": each.value,
                "valued_on": str(each.valued_on),
                "ltv": each.ltv,
                "drift": each.drift,
                "drift_a_year": each.drift_a_year,
                "coefficient": each.coefficient,
                "coefficient_drift": each.coefficient_drift,
                "next_valuation": str(each.next_valuation),
                "call": each.call,
                "more_value": each.more_value,
            }
            for each in found.loans
        ],
        "covenants": [
            {
                "loan": test.loan,
                "metric": test.covenant.metric,
                "dated_on": str(test.dated_on),
                "value": test.value,
                "threshold": test.covenant.threshold,
                "holds": test.holds,
                "breaches": test.breaches,
                "broken": test.broken,
            }
            for test in found.tests
        ],
        "valuers": plain_value(found.valuers, language),
        "findings": findings_view(found.findings, language),
    }
