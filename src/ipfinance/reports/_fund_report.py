"""A compensation fund: what it can stand behind, and how it fares over the years."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from ipfinance.basics import Language, Text
from ipfinance.credit import PROVIDER_KIND_NAMES, FundSolvency
from ipfinance.reports._document import (
    Block,
    Cell,
    Curve,
    CurveChart,
    Document,
    KeyFigure,
    KeyFigures,
    Mark,
    Number,
    Paragraph,
    Section,
    Table,
)
from ipfinance.reports._judgement_report import findings_blocks
from ipfinance.reports._views import findings_view, plain_value
from ipfinance.reports._words import unit_name

Say: TypeAlias = Callable[[Text], str]


def fund_report(found: FundSolvency, language: Language) -> Document:
    """Return the report on a fund in one language."""

    def say(text: Text) -> str:
        return text.in_(language)

    unit = unit_name(found.case.unit, language)
    sections = [
        _capacity(found, say, unit),
        _claim(found, say, unit),
        _path(found, say, unit),
        Section(
            title=say(Text("To be signed off", "须确认事项")),
            blocks=(
                *findings_blocks(found.findings, language),
                *(Paragraph(text=say(note)) for note in found.case.notes),
            ),
        ),
    ]
    return Document(
        language=language,
        title=say(found.case.title),
        subtitle=say(
            Text(f"Solvency of the fund · amounts in {unit}", f"资金偿付能力 · 金额单位：{unit}")
        ),
        badge="" if found.case.status == "actual" else say(Text("example", "示例")),
        sections=tuple(sections),
        footer=say(Text("Computed by ipfinance.", "由 ipfinance 计算。")),
    )


def _amount(found: FundSolvency, cash: float, decimals: int = 2) -> Number:
    return Number(cash / 10**found.minor.exponent / found.case.unit.size, decimals)


def _capacity(found: FundSolvency, say: Say, unit: str) -> Section:
    case, loans = found.case, found.case.loans
    any_number = say(Text("any number", "不限"))
    volume = None if found.capacity is None else found.capacity * loans.amount
    rows: list[tuple[Cell, ...]] = [
        (say(Text("means of the fund", "资金规模")), _amount(found, case.size)),
        (say(Text("paid on one default", "每笔违约赔付")), _amount(found, found.payment)),
        (say(Text("defaults it can bear", "可承受违约笔数")), Number(found.bearable, 0)),
        (say(Text("loans there are now", "现有贷款笔数")), Number(loans.count, 0)),
        (
            say(Text("chance that a year's claims exceed the means", "年度赔付超出资金的概率")),
            Number(found.exhaustion, 4, percent=True),
        ),
        (
            say(Text("expected payments in a year", "年度预期赔付")),
            _amount(found, found.expected_paid),
        ),
        (
            say(Text("expected claims that go unpaid", "预期无法赔付额")),
            _amount(found, found.expected_unpaid),
        ),
        (
            say(Text("loans it can stand behind (exact)", "可承担贷款笔数（精确）")),
            any_number if found.capacity is None else Number(found.capacity, 0),
        ),
        (
            say(Text("the same, closed form of a large pool", "同上，大样本闭式解")),
            None if found.large_pool_capacity is None else Number(found.large_pool_capacity, 0),
        ),
    ]
    figures = (
        KeyFigure(
            label=say(Text("can stand behind", "可承担贷款总额")),
            value=any_number if volume is None else _amount(found, volume),
            unit=unit,
            leading=True,
        ),
        KeyFigure(
            label=say(Text("per unit of the fund", "放大倍数")),
            value=None if found.leverage is None else Number(found.leverage, 2),
        ),
        KeyFigure(
            label=say(Text("target", "目标概率")), value=Number(case.target, 2, percent=True)
        ),
    )
    blocks: list[Block] = [
        KeyFigures(figures=figures),
        Table(
            caption=say(Text("Within one year", "一年之内")),
            columns=("", say(Text("figure", "数值"))),
            rows=tuple(rows),
            strong=(7,),
            note=say(case.size_source),
        ),
        CurveChart(
            caption=say(Text("Chance that claims exceed the means", "赔付超出资金的概率")),
            x_axis=say(Text("loans", "贷款笔数")),
            y_axis=say(Text("chance", "概率")),
            curves=(
                Curve(
                    label=say(Text("exact", "精确")),
                    x=tuple(float(count) for count, _ in found.curve),
                    y=tuple(chance for _, chance in found.curve),
                ),
            ),
            levels=(Mark(label=say(Text("target", "目标")), value=case.target),),
        ),
    ]
    return Section(
        title=say(Text("What the fund can stand behind", "可承担规模")), blocks=tuple(blocks)
    )


def _claim(found: FundSolvency, say: Say, unit: str) -> Section:
    providers = {each.id: each for each in found.case.stack.providers}
    rows: list[tuple[Cell, ...]] = [
        (
            line.provider,
            say(PROVIDER_KIND_NAMES[providers[line.provider].kind]),
            _amount(found, line.due, 6),
            _amount(found, line.paid, 6),
        )
        for line in found.claim.lines
    ]
    own = found.claim.deductible + found.claim.retained
    rows.append((found.case.stack.holder, say(Text("kept", "自留")), None, _amount(found, own, 6)))
    table = Table(
        caption=say(Text("One default, shared", "单笔违约损失的分担")),
        columns=(
            say(Text("party", "主体")),
            say(Text("kind", "类型")),
            say(Text(f"share ({unit})", f"应担（{unit}）")),
            say(Text("pays", "赔付")),
        ),
        rows=tuple(rows),
        note=say(found.case.stack_source),
    )
    return Section(title=say(Text("Who bears a loss", "损失分担")), blocks=(table,))


def _path(found: FundSolvency, say: Say, unit: str) -> Section:
    rows = tuple(
        (
            str(year.year),
            _amount(found, year.paid),
            _amount(found, year.unpaid),
            _amount(found, year.balance),
            _amount(found, year.low_balance),
            Number(year.exhausted, 3, percent=True),
            Number(year.error, 3, percent=True),
        )
        for year in found.path
    )
    table = Table(
        caption=say(Text(f"Year by year ({unit})", f"逐年（{unit}）")),
        columns=(
            say(Text("year", "年")),
            say(Text("paid", "赔付")),
            say(Text("unpaid", "未赔付")),
            say(Text("balance", "余额")),
            say(Text("balance, worst 5%", "余额，最差 5%")),
            say(Text("claims unpaid by now", "已出现无法赔付")),
            say(Text("standard error", "标准误")),
        ),
        rows=rows,
        note=say(
            Text(
                f"Means over {found.case.scenarios:,} scenarios, seed {found.case.seed}; the pool "
                "is refilled each year.",
                f"{found.case.scenarios:,} 个情景的均值，种子 {found.case.seed}；"
                "每年补足贷款笔数。",
            )
        ),
    )
    return Section(title=say(Text("Over the years", "多年运行")), blocks=(table,))


def fund_view(found: FundSolvency, language: Language) -> dict[str, Any]:
    """Return what a fund can stand behind as plain data, amounts in minor units."""
    return {
        "case": found.case.id,
        "currency": found.minor.currency,
        "exponent": found.minor.exponent,
        "size": found.case.size,
        "payment": found.payment,
        "bearable": found.bearable,
        "target": found.case.target,
        "capacity": found.capacity,
        "capacity_volume": None
        if found.capacity is None
        else found.capacity * found.case.loans.amount,
        "leverage": found.leverage,
        "large_pool_capacity": found.large_pool_capacity,
        "exhaustion": found.exhaustion,
        "expected_paid": found.expected_paid,
        "expected_unpaid": found.expected_unpaid,
        "claim": {
            "loss": found.claim.loss,
            "paid": found.claim.paid,
            "deductible": found.claim.deductible,
            "retained": found.claim.retained,
        },
        "curve": plain_value(found.curve, language),
        "years": plain_value(found.path, language),
        "findings": findings_view(found.findings, language),
    }
