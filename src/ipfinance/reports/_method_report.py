"""One method applied once: its value, its table, its spread, and how it came about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from ipfinance.basics import Language, Text
from ipfinance.reports._document import (
    Block,
    Cell,
    Curve,
    CurveChart,
    Document,
    KeyFigure,
    KeyFigures,
    Number,
    Section,
    Table,
    shown,
)
from ipfinance.reports._spread_report import spread_of_case
from ipfinance.reports._tree import findings_section, trees_section
from ipfinance.reports._words import figure, result_unit
from ipfinance.valuation import METHODS, CaseResult, Schedule, Valuation

Say: TypeAlias = Callable[[Text], str]


DETAIL_NAMES = {
    "present_value": Text("present value before amortisation benefit", "未含摊销收益的现值"),
    "amortisation_factor": Text("tax amortisation factor", "税收摊销系数"),
    "cumulative_success": Text("chance of success of all stages", "全部阶段成功概率"),
    "closing_value": Text("value after the last round", "末轮后价值"),
    "owed": Text("owed after the last round", "末轮后应还额"),
    "european_closed_form": Text("European, closed form", "欧式解析值"),
    "without_grid": Text("without any grid", "无网格精确值"),
    "invest_now": Text("investing at once", "立即投资"),
    "waiting": Text("value of waiting", "等待价值"),
    "project": Text("project without the right", "不含权利的项目"),
    "total": Text("project with the right", "含权利的项目"),
    "sigma_spread": Text("volatility of the ratio", "价值比的波动率"),
    "beta": Text("root of the quadratic", "特征方程正根"),
    "trigger": Text("trigger", "触发价值"),
    "vanilla": Text("without a barrier", "无障碍"),
    "out": Text("the right that a touch ends", "敲出"),
    "in": Text("the right that a touch begins", "敲入"),
    "kept": Text("chance that the clause does not end it", "未因条款丧失的概率"),
    "events": Text("events expected to maturity", "到期前预期事件次数"),
    "expected_multiplier": Text("expected multiplier of the events", "事件期望乘数"),
    "without_events": Text("without the events", "不计事件"),
    "committed": Text("every stage whatever happens", "无条件完成全部阶段"),
    "flexibility": Text("value of stopping", "可中止的价值"),
    "delta": Text("delta on the grid", "网格 Delta"),
    "gamma": Text("gamma on the grid", "网格 Gamma"),
    "standard_error": Text("standard error", "标准误"),
    "uncontrolled_error": Text("standard error without controls", "不用控制变量的标准误"),
    "first_outlay_paid": Text("with the first outlay charged", "计入首期支出"),
    "first_outlay_not_paid": Text("without the first outlay", "不计入首期支出"),
    "never_abandon": Text("never abandoned", "始终不放弃"),
    "completed": Text("share completed, failures apart", "完成比例（不计失败）"),
    "losses": Text("losses before interest", "计息前损失"),
    "interest": Text("interest", "利息"),
    "past": Text("past, with interest", "过去部分（含利息）"),
    "future": Text("future, discounted", "未来部分（折现）"),
    "past_without_interest": Text("past, before interest", "过去部分（计息前）"),
    "without_interest": Text("before interest", "计息前"),
    "lost_profits": Text("lost profits", "所失利润"),
    "royalty_rest": Text("royalty on the rest", "其余部分许可费"),
    "lost_units": Text("units lost", "流失销量"),
    "loss": Text("loss of value before interest", "计息前价值损失"),
    "base": Text("apportioned base", "分摊后基数"),
    "total_as_multiple_of_base": Text("if the multiple is the award", "倍数即为总额时"),
    "total_as_base_plus_multiple": Text("if it comes on top", "倍数为另加时"),
    "unlevered_beta": Text("unlevered beta", "无杠杆贝塔"),
    "relevered_beta": Text("relevered beta", "重新加载杠杆的贝塔"),
    "weight_of_debt": Text("weight of debt", "债务占比"),
    "irr": Text("internal rate of return", "内部收益率"),
    "wara": Text("weighted average return on assets", "加权平均资产回报率"),
    "goodwill": Text("goodwill", "商誉"),
    "mean_life": Text("expected life when new, years", "全新时预期寿命（年）"),
    "mean_residual_life": Text("expected life left, years", "预期剩余寿命（年）"),
    "peak_time": Text("years to the peak of first purchases", "首次购买达到峰值的年数"),
    "renewals_paid": Text("fees paid", "缴费次数"),
    "factor": Text("annuity factor", "年金系数"),
    "trended": Text("cost at today's prices", "按现价调整的成本"),
    "cost_new": Text("cost new", "重置成本"),
    "share_left": Text("share left", "保留比例"),
    "person_months": Text("person-months", "人月"),
    "newness": Text("rate of newness", "成新率"),
    "share_of_cost": Text("over the outlays", "占投入之比"),
    "ip_investment": Text("equivalent investment, IP", "约当投资量（知识产权）"),
    "other_investment": Text("equivalent investment, others", "约当投资量（其他资产）"),
    "multiple": Text("multiple", "资本化倍数"),
    "recoverable": Text("recoverable amount", "可收回金额"),
    "plain_sum": Text("plain sum of the rights", "逐项相加"),
    "terminal_value": Text("terminal value", "终值"),
    "difference": Text("present value of the difference", "差额现值"),
    "excess": Text("excess earnings", "超额收益"),
    "later_outlays": Text("expected outlays after the first", "首期后预期支出"),
}


def method_sections(
    valuation: Valuation, title: str, language: Language, *, digits: int = 4
) -> list[Section]:
    """Return the tables that a method shows beside its value; none where it has none."""
    blocks: list[Block] = []
    if isinstance(valuation.explanation.value, tuple):
        blocks.append(_series_chart(valuation, language))
    tables = [each for each in valuation.details.values() if isinstance(each, Schedule)]
    blocks += [schedule_table(each, language, digits) for each in tables]
    others = _other_figures(valuation, language, digits)
    if others is not None:
        blocks.append(others)
    return [Section(title=title, blocks=tuple(blocks))] if blocks else []


def _series_chart(valuation: Valuation, language: Language) -> CurveChart:
    values = valuation.explanation.numbers
    name = valuation.explanation.name.in_(language)
    return CurveChart(
        caption=name,
        x_axis=Text("year", "年").in_(language),
        y_axis=name,
        curves=(Curve(label=name, x=tuple(float(i + 1) for i in range(len(values))), y=values),),
    )


def schedule_table(table: Schedule, language: Language, digits: int) -> Table:
    """Return a method's table for a document."""
    rows: list[tuple[Cell, ...]] = []
    for place, row in enumerate(table.rows):
        cells: list[Cell] = [
            item.in_(language)
            if isinstance(item, Text)
            else item
            if isinstance(item, str)
            else figure(item, unit, digits)
            for item, unit in zip(row, table.units, strict=True)
        ]
        rows.append((str(place + 1), *cells))
    counted = Text("no.", "序号")
    return Table(
        caption=table.title.in_(language),
        columns=(counted.in_(language), *(name.in_(language) for name in table.columns)),
        rows=tuple(rows),
    )


def _other_figures(valuation: Valuation, language: Language, digits: int) -> Table | None:
    rows: list[tuple[Cell, ...]] = [
        (DETAIL_NAMES[name].in_(language), Number(float(value), digits))
        for name, value in valuation.details.items()
        if name in DETAIL_NAMES and isinstance(value, (int, float))
    ]
    if not rows:
        return None
    return Table(
        caption=Text("Also computed", "其他计算结果").in_(language),
        columns=("", ""),
        rows=tuple(rows),
    )


def method_report(result: CaseResult, language: Language) -> Document:
    """Return the report on a single method."""

    def say(text: Text) -> str:
        return text.in_(language)

    valuation = result.conclusion
    method = METHODS[valuation.method_id]
    unit = result_unit(valuation, language)
    digits = result.case.decimals
    figures = [
        KeyFigure(
            label=say(valuation.explanation.name),
            value=_leading(valuation, digits),
            unit=unit,
            leading=True,
        )
    ]
    if valuation.range is not None:
        ends = " – ".join(shown(figure(e, valuation.result.unit, digits)) for e in valuation.range)
        figures.append(KeyFigure(label=say(Text("range", "区间")), value=ends, unit=unit))
    title = say(Text("Result", "结果"))
    sections = [
        Section(title=title, blocks=(KeyFigures(figures=tuple(figures)),)),
        *method_sections(valuation, say(Text("Computation", "计算过程")), language, digits=digits),
        *spread_of_case(result, language),
        findings_section(result.all_findings, language),
        trees_section(result, language),
    ]
    return Document(
        language=language,
        title=say(method.name),
        subtitle=say(method.validity),
        badge="",
        sections=tuple(each for each in sections if each.blocks),
        footer=say(
            Text(
                f"Computed by ipfinance, method {method.id}.",
                f"由 ipfinance 计算，方法 {method.id}。",
            )
        ),
    )


def with_tables(
    document: Document, tables: Sequence[Schedule], language: Language, *, digits: int = 6
) -> Document:
    """Return a document with tables after its result."""
    if not tables:
        return document
    title = Text("Beside the value", "价值之外").in_(language)
    blocks = tuple(schedule_table(each, language, digits) for each in tables)
    first, *rest = document.sections
    return replace(document, sections=(first, Section(title=title, blocks=blocks), *rest))


def _leading(valuation: Valuation, digits: int) -> Cell:
    value = valuation.explanation.value
    if isinstance(value, tuple):
        numbers = valuation.explanation.numbers
        return " … ".join(shown(Number(each, digits)) for each in (numbers[0], numbers[-1]))
    return figure(valuation.number, valuation.result.unit, digits)
