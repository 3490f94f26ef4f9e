"""Options as tables and charts: models side by side, value over hazard, the lattice, budgets."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

from ipfinance.basics import Failure, Language, Severity, Text
from ipfinance.reports._document import (
    Band,
    Block,
    Cell,
    Curve,
    CurveChart,
    Document,
    KeyFigure,
    KeyFigures,
    LatticeChart,
    Number,
    Paragraph,
    Section,
    Table,
)
from ipfinance.reports._judgement_report import findings_blocks
from ipfinance.reports._words import NO, YES
from ipfinance.valuation import (
    BUDGET_TARGET_NAMES,
    METHODS,
    RELIEF_NAMES,
    CaseResult,
    ImpliedStatus,
    LatticeNodes,
    OptionAnalysis,
    RiskBudget,
    Validity,
    Valuation,
)

Say: TypeAlias = Callable[[Text], str]


def option_sections(result: CaseResult, language: Language, unit: str) -> list[Section]:
    """Return the sections on the option, the hazard and the risk budget."""

    def say(text: Text) -> str:
        return text.in_(language)

    analysis = result.analysis
    if analysis is None:
        return []
    blocks: list[Block] = [_comparison(result, say, unit), _models(result, say, unit)]
    if analysis.replication:
        blocks += _replication(result, say)
    blocks += [
        curves_chart(analysis, say, unit),
        lattice_chart(analysis.lattice, say, unit),
    ]
    sections = [Section(title=say(Text("Option value", "期权价值")), blocks=tuple(blocks))]
    hazard = _hazard_blocks(result, say)
    if hazard:
        title = say(Text("Hazard and risk budget", "风险密度与风险预算"))
        sections.append(Section(title=title, blocks=tuple(hazard)))
    return sections


def _comparison(result: CaseResult, say: Say, unit: str) -> Table:
    analysis = result.analysis
    if analysis is None:
        raise AssertionError(result.case.id)
    digits = result.case.decimals
    price = None if result.case.analysis is None else result.case.analysis.issue_price
    rows: list[tuple[Cell, ...]] = [
        (
            say(row.label),
            Number(row.value, digits),
            None if row.gap is None else Number(row.gap, digits),
            say(YES) if row.sound else say(NO),
        )
        for row in analysis.comparison
    ]
    marked = tuple(place for place, row in enumerate(analysis.comparison) if not row.sound)
    if price is not None:
        rows.append((say(Text("issue price", "发行额")), Number(price, digits), None, "–"))
    return Table(
        caption=say(Text("Methods side by side", "方法对比")),
        columns=(
            say(Text("method", "方法")),
            unit,
            say(Text("less issue price", "与发行额之差")),
            say(Text("sound", "可靠")),
        ),
        rows=tuple(rows),
        marked=marked,
        strong=(len(rows) - 1,) if price is not None else (),
    )


def _models(result: CaseResult, say: Say, unit: str) -> Table:
    digits = result.case.decimals
    rows: list[tuple[Cell, ...]] = []
    marked = []
    for step in result.case.steps:
        valuation = result.valuations[step.id]
        if "probabilities" not in valuation.details:
            continue
        if not valuation.details["valid"]:
            marked.append(len(rows))
        rows.append(
            (
                step.id,
                say(METHODS[valuation.method_id].name),
                Number(valuation.number, digits + 2),
                *_probability_cells(valuation),
                say(YES) if valuation.details["valid"] else say(NO),
            )
        )
    return Table(
        caption=say(Text("Models and their probabilities", "模型及其概率")),
        columns=(
            say(Text("step", "步骤")),
            say(Text("model", "模型")),
            unit,
            *(say(name) for name in _BRANCHES.values()),
            say(Text("valid", "有效")),
        ),
        rows=tuple(rows),
        marked=tuple(marked),
        note=say(
            Text(
                "Lattice: up, middle and down are conditional on survival and sum to 1, ruin "
                "stands beside them. Replication: the four sum to 1.",
                "格点法：上行、不变、下行为存续条件概率，合计为 1，风险另列；复现：四项合计为 1。",
            )
        ),
    )


_BRANCHES = {
    "up": Text("up", "上行"),
    "middle": Text("middle", "不变"),
    "down": Text("down", "下行"),
    "ruin": Text("ruin", "风险"),
}


def _probability_cells(valuation: Valuation) -> tuple[Cell, ...]:
    probabilities = valuation.details["probabilities"]
    if not isinstance(probabilities, dict):
        return (None,) * len(_BRANCHES)
    return tuple(Number(probabilities[name], 4) for name in _BRANCHES)


def _replication(result: CaseResult, say: Say) -> list[Block]:
    analysis = result.analysis
    if analysis is None or analysis.validity is None or analysis.landmarks is None:
        return []
    digits = result.case.decimals
    rows = tuple(
        (
            Number(row.hazard, 2, percent=True),
            Number(row.probability, 2, percent=True),
            Number(row.value, digits),
            Number(row.total, digits),
            Number(row.up, 4),
            Number(row.middle, 4),
            Number(row.down, 4),
            say(YES) if row.valid else say(NO),
        )
        for row in analysis.replication
    )
    marked = tuple(place for place, row in enumerate(analysis.replication) if not row.valid)
    table = Table(
        caption=say(Text("Replication of the article's tree", "原文三叉树的复现")),
        columns=(
            say(Text("hazard", "风险密度")),
            say(Text("step probability", "单步概率")),
            say(Text("option", "期权")),
            say(Text("asset + option", "资产 + 期权")),
            "Pu",
            "Pm",
            "Pd",
            say(Text("valid", "有效")),
        ),
        rows=rows,
        marked=marked,
        note=_validity_text(analysis.validity, say),
    )
    badge = Paragraph(
        text=say(Text("Replication, not a valuation.", "复现，并非估值。")),
        severity=Severity.INVALID,
    )
    return [badge, table, _landmarks(analysis, result, say)]


def _validity_text(found: Validity, say: Say) -> str:
    window = (
        Text("no hazard at all", "不存在")
        if found.window is None
        else Text(
            f"hazards from {found.window.low:.3%} to {found.window.high:.3%}",
            f"风险密度 {found.window.low:.3%} 至 {found.window.high:.3%}",
        )
    )
    return say(
        Text(
            f"All probabilities are valid for {window.en}; no law at all has these moments beyond "
            f"a hazard of {found.cauchy_schwarz_hazard:.3%} (step probability "
            f"{found.cauchy_schwarz:.3%}).",
            f"概率全部有效的范围：{window.zh}；风险密度超过 {found.cauchy_schwarz_hazard:.3%}"
            f"（单步概率 {found.cauchy_schwarz:.3%}）时，没有任何概率分布具有这些矩。",
        )
    )


def _landmarks(analysis: OptionAnalysis, result: CaseResult, say: Say) -> Table:
    found = analysis.landmarks
    if found is None:
        raise AssertionError(result.case.id)
    step = result.valuations[analysis.replication_step].inputs
    per_step = getattr(step, "maturity", math.nan) / getattr(step, "steps", math.nan)
    price = None if result.case.analysis is None else result.case.analysis.issue_price
    rows: list[tuple[Text, float | None]] = [
        (Text("highest option value", "期权价值最高"), found.peak_hazard),
        *(
            (Text(f"asset + option = {price:g}", f"资产 + 期权 = {price:g}"), hazard)
            for hazard in found.at_price
        ),
        (Text("option worth nothing", "期权价值为零"), found.option_zero),
        (Text("asset + option worth nothing", "资产 + 期权为零"), found.total_zero),
    ]
    return Table(
        caption=say(Text("Points the article reads off its curve", "原文从曲线读取的点")),
        columns=(
            "",
            say(Text("hazard", "风险密度")),
            say(Text("step probability", "单步概率")),
        ),
        rows=tuple(
            (
                say(name),
                None if hazard is None else Number(hazard, 3, percent=True),
                None if hazard is None else Number(hazard * per_step, 3, percent=True),
            )
            for name, hazard in rows
        ),
        marked=tuple(range(len(rows))),
    )


def curves_chart(analysis: OptionAnalysis, say: Say, unit: str) -> CurveChart:
    """Return value over hazard, both conventions and the replication, invalid region shaded."""
    curves = analysis.curves
    x = tuple(float(hazard) for hazard in curves.hazards)
    lines = [
        Curve(
            label=say(Text("sound, hazard in the price (traded)", "正确模型，价格已含风险")),
            x=x,
            y=tuple(map(float, curves.traded)),
        ),
        Curve(
            label=say(Text("sound, hazard not in the price (unpriced)", "正确模型，价格未含风险")),
            x=x,
            y=tuple(map(float, curves.unpriced)),
        ),
    ]
    bands: list[Band] = []
    if curves.replicated is not None and analysis.validity is not None:
        lines.append(
            Curve(
                label=say(Text("replicated tree", "复现的三叉树")),
                x=x,
                y=tuple(map(float, curves.replicated)),
                doubtful=True,
            )
        )
        bands = _invalid_bands(analysis.validity, x[-1], say)
    return CurveChart(
        caption=say(Text("Option value over hazard", "期权价值随风险密度的变化")),
        x_axis=say(Text("hazard per year", "年风险密度")),
        y_axis=unit,
        curves=tuple(lines),
        bands=tuple(bands),
        x_percent=True,
    )


def _invalid_bands(found: Validity, end: float, say: Say) -> list[Band]:
    label = say(Text("tree's probabilities invalid", "三叉树概率无效"))
    if found.window is None:
        return [Band(low=0.0, high=end, label=label)]
    bands = []
    if found.window.low > 0:
        bands.append(Band(low=0.0, high=min(found.window.low, end), label=label))
    if found.window.high < end:
        bands.append(Band(low=found.window.high, high=end, label=label))
    return bands


def lattice_chart(nodes: LatticeNodes, say: Say, unit: str) -> LatticeChart:
    """Return the nodes of the lattice over time."""
    return LatticeChart(
        caption=say(
            Text(
                f"The sound lattice with {len(nodes.asset) - 1} steps",
                f"正确模型的格点（{len(nodes.asset) - 1} 步）",
            )
        ),
        times=tuple(level * nodes.step_time for level in range(len(nodes.asset))),
        asset=tuple(tuple(map(float, level)) for level in nodes.asset),
        option=tuple(tuple(map(float, level)) for level in nodes.option),
        probabilities=(
            nodes.probabilities.up,
            nodes.probabilities.middle,
            nodes.probabilities.down,
        ),
        time_axis=say(Text("years", "年")),
        value_axis=unit,
        legend=(say(Text("asset", "资产")), say(Text("option", "期权"))),
    )


def _hazard_blocks(result: CaseResult, say: Say) -> list[Block]:
    analysis = result.analysis
    if analysis is None:
        return []
    blocks: list[Block] = []
    asked = result.case.analysis
    if asked is not None and asked.hypothetical.en:
        blocks.append(Paragraph(text=say(asked.hypothetical), severity=Severity.NOTE))
    if analysis.implied:
        blocks.append(_implied(analysis, say))
    if analysis.equivalent_hazard is not None:
        blocks.append(
            Paragraph(
                text=say(
                    Text(
                        f"The rate used contains a hazard of {analysis.equivalent_hazard:.2%} over "
                        "the riskless rate, since 1 + R = (1 + r) exp(γ).",
                        "所用折现率相对无风险利率已包含 "
                        f"{analysis.equivalent_hazard:.2%} 的风险密度"
                        "（1 + R = (1 + r) exp(γ)）。",
                    )
                )
            )
        )
    if analysis.budgets:
        blocks.append(_budgets(analysis, say))
    return blocks


def _implied(analysis: OptionAnalysis, say: Say) -> Table:
    names = {
        ImpliedStatus.SOLVED: Text("solved", "有解"),
        ImpliedStatus.ABOVE_NO_RISK_VALUE: Text(
            "none: the price is above the value without risk", "无解：价格高于无风险价值"
        ),
        ImpliedStatus.ABOVE_UNDISCOUNTED_INCOME: Text(
            "none: the price is above the undiscounted income", "无解：价格高于未折现收益"
        ),
    }
    return Table(
        caption=say(Text("Hazard implied by the issue price", "发行额隐含的风险密度")),
        columns=(
            say(Text("riskless rate", "无风险利率")),
            say(Text("value without risk", "无风险价值")),
            say(Text("implied hazard", "隐含风险密度")),
            say(Text("implied rate of the income", "收益隐含利率")),
            say(Text("answer", "结论")),
        ),
        rows=tuple(
            (
                Number(row.riskless_rate, 2, percent=True),
                Number(row.result.no_risk_value, 4),
                None if row.result.hazard is None else Number(row.result.hazard, 3, percent=True),
                Number(row.result.implied_rate, 3, percent=True),
                say(names[row.result.status]),
            )
            for row in analysis.implied
        ),
    )


def _budgets(analysis: OptionAnalysis, say: Say) -> Table:
    finite = [budget.hazard for budget in analysis.budgets if budget.hazard is not None]
    binding = min(finite) if finite else None
    rows: list[tuple[Cell, ...]] = []
    strong = []
    for budget in analysis.budgets:
        if budget.hazard is not None and budget.hazard == binding:
            strong.append(len(rows))
        rows.append(
            (
                _target_text(budget, say),
                None if budget.hazard is None else Number(budget.hazard, 3, percent=True),
                Number(budget.survival, 1, percent=True),
                "; ".join(
                    f"{say(RELIEF_NAMES[relief])}: {_hazard_text(hazard)}"
                    for relief, hazard in budget.reliefs.items()
                ),
            )
        )
    note = Text(
        "Bold: the target that binds first. Mean coverage says nothing about a single asset that "
        "is alive or dead.",
        "粗体为最先约束的目标。平均覆盖倍数不反映单一资产“存续或归零”的风险。",
    )
    if analysis.headroom is not None:
        note = Text(
            f"{note.en} Headroom over today's hazard: {analysis.headroom:.3%}.",
            f"{note.zh} 相对当前风险密度的余量：{analysis.headroom:.3%}。",
        )
    return Table(
        caption=say(
            Text(
                "Risk budget: the largest hazard that still works", "风险预算：可承受的最大风险密度"
            )
        ),
        columns=(
            say(Text("target", "目标")),
            say(Text("largest hazard", "最大风险密度")),
            say(Text("survival of one asset", "单一资产存续概率")),
            say(Text("after a change of structure", "结构调整后")),
        ),
        rows=tuple(rows),
        strong=tuple(strong),
        note=say(note),
    )


def _target_text(budget: RiskBudget, say: Say) -> str:
    name = say(BUDGET_TARGET_NAMES[budget.target])
    level = f"{budget.level:g}" if budget.target == "coverage" else f"{budget.level:.1%}"
    sign = "≥" if budget.target == "coverage" else "≤"
    correlation = "" if budget.correlation is None else f", ρ = {budget.correlation:g}"
    return f"{name} {sign} {level}{correlation}"


def _hazard_text(hazard: float | None) -> str:
    if hazard is None:
        return "–"
    return "∞" if math.isinf(hazard) else f"{hazard:.2%}"


def option_report(valuation: Valuation, language: Language) -> Document:
    """Return the report on one option."""

    def say(text: Text) -> str:
        return text.in_(language)

    method = METHODS[valuation.method_id]
    figures = [
        KeyFigure(
            label=say(valuation.explanation.name),
            value=Number(valuation.number, 6),
            leading=True,
        )
    ]
    if isinstance(valuation.details.get("european_closed_form"), float):
        european = valuation.details["european_closed_form"]
        figures.append(
            KeyFigure(
                label=say(Text("European, closed form", "欧式解析值")),
                value=Number(float(str(european)), 6),
            )
        )
    valid = bool(valuation.details.get("valid", True))
    figures.append(
        KeyFigure(label=say(Text("valid", "有效")), value=say(YES) if valid else say(NO))
    )
    blocks: list[Block] = [KeyFigures(figures=tuple(figures))]
    if isinstance(valuation.details.get("probabilities"), dict):
        blocks.append(
            Table(
                caption=say(Text("Probabilities of one step", "单步概率")),
                columns=tuple(say(name) for name in _BRANCHES.values()),
                rows=(_probability_cells(valuation),),
                marked=() if valid else (0,),
            )
        )
    blocks += findings_blocks(valuation.findings, language)
    return Document(
        language=language,
        title=say(method.name),
        subtitle=say(method.summary),
        badge=say(Text("replication, not a valuation", "复现，并非估值"))
        if method.replication
        else "",
        sections=(Section(title="", blocks=tuple(blocks)),),
        footer="",
    )


def sweep_report(
    hazards: Sequence[float],
    results: Sequence[Valuation | Failure],
    title: Text,
    language: Language,
) -> Document:
    """Return an option's value at several hazards."""

    def say(text: Text) -> str:
        return text.in_(language)

    rows: list[tuple[Cell, ...]] = []
    marked = []
    for hazard, found in zip(hazards, results, strict=True):
        if isinstance(found, Failure):
            rows.append((Number(hazard, 3, percent=True), None, found.message))
            continue
        valid = bool(found.details.get("valid", True))
        if not valid:
            marked.append(len(rows))
        rows.append(
            (
                Number(hazard, 3, percent=True),
                Number(found.number, 6),
                say(YES) if valid else say(NO),
            )
        )
    table = Table(
        caption=say(Text("Value over hazard", "价值随风险密度的变化")),
        columns=(
            say(Text("hazard", "风险密度")),
            say(Text("option value", "期权价值")),
            say(Text("valid", "有效")),
        ),
        rows=tuple(rows),
        marked=tuple(marked),
    )
    return Document(
        language=language,
        title=say(title),
        subtitle="",
        badge="",
        sections=(Section(title="", blocks=(table,)),),
        footer="",
    )
