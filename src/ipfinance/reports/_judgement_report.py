"""Weights, answers and indicator systems as tables and charts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from ipfinance.basics import Finding, Language, Text
from ipfinance.judgement import (
    SET_VALUED_FORM_NAMES,
    WEIGHTS_METHOD_NAMES,
    Assessment,
    IndicatorPanel,
    Priorities,
    RevisionRequest,
    SetStatistic,
    SetValuedForm,
    Survey,
    SystemReview,
    as_judgement,
    covering_function,
    review_system,
)
from ipfinance.reports._document import (
    Bar,
    BarChart,
    Block,
    Cell,
    Document,
    FindingItem,
    FindingList,
    KeyFigure,
    KeyFigures,
    Mark,
    Number,
    PanelChart,
    PanelPlot,
    Section,
    Table,
)
from ipfinance.reports._words import SEVERITY_NAMES

Say: TypeAlias = Callable[[Text], str]


def judgement_sections(assessment: Assessment, language: Language) -> list[Section]:
    """Return the sections on weights, answers and the coefficient."""

    def say(text: Text) -> str:
        return text.in_(language)

    return [_weights(assessment, say), _answers(assessment, say)]


def _weights(assessment: Assessment, say: Say) -> Section:
    system = assessment.system
    bars = tuple(
        Bar(
            label=f"{item.id} {say(item.name)}",
            value=assessment.weights[item.id],
            group=_group_name(assessment, item.parent, say),
        )
        for item in system.leaves
    )
    rows: list[tuple[Cell, ...]] = []
    for item in system.leaves:
        statistic = assessment.panels[item.id].statistic
        weight = assessment.weights[item.id]
        rows.append(
            (
                item.id,
                say(item.name),
                say(_GOOD_HIGH if (item.polarity or 1) > 0 else _GOOD_LOW),
                Number(weight),
                Number(statistic.mean),
                Number(weight * statistic.mean),
            )
        )
    rows.append(
        (
            "AC",
            say(Text("risk adjustment coefficient", "风险调整系数")),
            "",
            Number(sum(assessment.weights.values())),
            None,
            Number(assessment.coefficient.number),
        )
    )
    note = "; ".join(
        f"{say(SET_VALUED_FORM_NAMES[form])}: {value:.4f}"
        for form, value in assessment.by_form.items()
    )
    blocks: list[Block] = [
        BarChart(
            caption=say(Text("Combined weights of the indicators", "指标组合权重")),
            axis=say(Text("weight", "权重")),
            bars=bars,
        ),
        Table(
            caption=say(Text("From weights and scores to the coefficient", "由权重与评分得到系数")),
            columns=(
                say(Text("id", "编号")),
                say(Text("indicator", "指标")),
                say(Text("good when", "方向")),
                say(Text("weight", "权重")),
                say(Text("score", "评分")),
                say(Text("contribution", "贡献")),
            ),
            rows=tuple(rows),
            strong=(len(rows) - 1,),
            note=say(Text(f"Coefficient by form: {note}.", f"两种形式下的系数：{note}。")),
        ),
        _consistency(assessment, say),
    ]
    if assessment.reversals:
        blocks.append(_reversals(assessment, say))
    if system.candidates:
        blocks.append(candidates_table(review_system(system), say))
    title = say(Text("Indicators and weights", "指标与权重"))
    return Section(title=title, blocks=tuple(blocks), core=False)


_GOOD_HIGH, _GOOD_LOW = Text("high", "越高越好"), Text("low", "越低越好")


def _group_name(assessment: Assessment, parent: str, say: Say) -> str:
    inner = {node.id: node for node in assessment.system.nodes}
    return f"{parent} {say(inner[parent].name)}" if parent in inner else parent


def _consistency(assessment: Assessment, say: Say) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for block in assessment.blocks:
        each = [*block.individual.items()]
        if block.group is not None and len(each) > 1:
            each.append((say(Text("group", "群体")), block.group))
        for expert, found in each:
            rows.append(
                (
                    block.parent,
                    expert,
                    Number(found.lambda_max),
                    Number(found.consistency_index),
                    None if found.consistency_ratio is None else Number(found.consistency_ratio),
                    ", ".join(f"{name} {weight:.4f}" for name, weight in found.weights.items()),
                )
            )
    return Table(
        caption=say(Text("Consistency of the judgements", "判断一致性")),
        columns=(
            say(Text("block", "层")),
            say(Text("expert", "专家")),
            "λmax",
            "CI",
            "CR",
            say(Text("weights", "权重")),
        ),
        rows=tuple(rows),
        note=say(
            Text(
                f"Weights by {say(WEIGHTS_METHOD_NAMES[assessment.options.weights_method])}; "
                "a ratio below 0.1 is accepted (Saaty).",
                f"权重方法：{say(WEIGHTS_METHOD_NAMES[assessment.options.weights_method])}；"
                "一致性比率小于 0.1 视为可接受（Saaty）。",
            )
        ),
    )


def _reversals(assessment: Assessment, say: Say) -> Table:
    rows = tuple(
        (
            item.node,
            Number(item.weight),
            Number(item.turning_weight),
            Number(item.turning_weight - item.weight),
            f"{item.ahead} > {item.behind}",
        )
        for item in assessment.reversals
    )
    return Table(
        caption=say(Text("How stable the ranking is", "排序的稳定性")),
        columns=(
            say(Text("weight of", "权重")),
            say(Text("now", "现值")),
            say(Text("turns at", "翻转点")),
            say(Text("change", "变动")),
            say(Text("order that turns", "翻转的次序")),
        ),
        rows=rows,
        note=say(
            Text(
                "The nearest local weight at which two indicators change places, the siblings "
                "scaled to keep the sum of 1.",
                "使两个指标次序互换的最近局部权重（同级权重按比例调整，合计保持为 1）。",
            )
        ),
    )


def candidates_table(review: SystemReview, say: Say) -> Table:
    """Return the candidates of a system, best rated first, with what became of them."""
    rows = tuple(
        (
            score.candidate.id,
            say(score.candidate.name),
            say(score.candidate.source),
            Number(score.mean_rating, 2),
            Number(score.normalised_weight),
            say(score.candidate.dropped_because) or say(Text("kept", "保留")),
        )
        for score in review.candidates
    )
    return Table(
        caption=say(Text("How the indicators were chosen", "指标筛选")),
        columns=(
            say(Text("id", "编号")),
            say(Text("candidate", "候选指标")),
            say(Text("source", "来源")),
            say(Text("mean rating", "平均评分")),
            say(Text("share", "占比")),
            say(Text("outcome", "结果")),
        ),
        rows=rows,
    )


def _answers(assessment: Assessment, say: Say) -> Section:
    blocks: list[Block] = [
        panel_chart(assessment.panels, _indicator_names(assessment, say), say),
        statistics_table(assessment.panels, say),
    ]
    log = rounds_table(assessment.panels, say)
    if log is not None:
        blocks.append(log)
    title = say(Text("The experts' answers", "专家回答"))
    return Section(title=title, blocks=tuple(blocks), core=False)


def _indicator_names(assessment: Assessment, say: Say) -> dict[str, str]:
    return {item.id: f"{item.id} {say(item.name)}" for item in assessment.system.leaves}


def panel_chart(panels: dict[str, IndicatorPanel], names: dict[str, str], say: Say) -> PanelChart:
    """Return the experts' last intervals with the covering function, one plot an indicator."""
    plots = []
    for name, panel in panels.items():
        answers = panel.last.answers
        marks = [
            Mark(
                label=say(_MEAN_LABELS[form]),
                value=statistic.mean,
                leading=form is SetValuedForm.PAPER,
            )
            for form, statistic in panel.last.statistics.items()
            if statistic is not None
        ]
        plots.append(
            PanelPlot(
                title=names.get(name, name),
                answers=tuple((e, answer.low, answer.high) for e, answer in answers.items()),
                covering=covering_function(list(answers.values())),
                marks=tuple(marks),
                low=0.0,
                high=1.0,
            )
        )
    return PanelChart(
        caption=say(
            Text(
                "Experts' intervals on [0, 1], high is good, and the share of experts that covers "
                "each value",
                "专家区间（[0, 1]，越高越好）及覆盖各值的专家比例",
            )
        ),
        axis=say(Text("score", "评分")),
        covering_label=say(Text("share of experts", "专家比例")),
        plots=tuple(plots),
    )


_MEAN_LABELS = {
    SetValuedForm.PAPER: Text("mean, published form", "均值（原文形式）"),
    SetValuedForm.WIDTH_NORMALISED: Text("mean, each expert once", "均值（专家等权）"),
}


def statistics_table(panels: dict[str, IndicatorPanel], say: Say) -> Table:
    """Return both forms of the set-valued statistics side by side."""

    def cells(statistic: SetStatistic | None) -> tuple[Cell, ...]:
        if statistic is None:
            return (None, None, None)
        return (
            Number(statistic.mean),
            Number(statistic.dispersion, 6),
            Number(statistic.confidence),
        )

    rows = []
    for name, panel in panels.items():
        statistics = panel.last.statistics
        normalised = statistics[SetValuedForm.WIDTH_NORMALISED]
        rows.append(
            (
                name,
                *cells(statistics[SetValuedForm.PAPER]),
                *cells(normalised),
                None if normalised is None else Number(normalised.agreement, 3),
                say(Text("yes", "是")) if panel.reached else say(Text("no", "否")),
            )
        )
    threshold = next(iter(panels.values())).threshold
    return Table(
        caption=say(
            Text("Set-valued statistics, two forms side by side", "集值统计（两种形式并列）")
        ),
        columns=(
            say(Text("indicator", "指标")),
            say(Text("μ published", "μ 原文")),
            "g",
            "b",
            say(Text("μ each once", "μ 等权")),
            "g",
            "b",
            say(Text("agreement", "一致程度")),
            f"b ≥ {threshold:g}",
        ),
        rows=tuple(rows),
        note=say(
            Text(
                "μ mean, g dispersion, b = 1/(1 + g) confidence; agreement = 1 − 12 g is this "
                "project's own measure (1 full, 0 as vague as everyone answering [0, 1]).",
                "μ 均值，g 离散度，b = 1/(1 + g) 置信度；一致程度 = 1 − 12 g 为本项目自有指标"
                "（1 为完全一致，0 等同于全体回答 [0, 1]）。",
            )
        ),
    )


def rounds_table(panels: dict[str, IndicatorPanel], say: Say) -> Table | None:
    """Return the log of rounds for indicators that needed more than one, or None."""
    rows: list[tuple[Cell, ...]] = []
    for name, panel in panels.items():
        if len(panel.rounds) == 1 and panel.reached:
            continue
        for each in panel.rounds:
            held = each.statistics[panel.form] or each.statistics[SetValuedForm.WIDTH_NORMALISED]
            asked = "; ".join(_request_text(request, say) for request in each.asked)
            revised = "; ".join(
                f"{expert}: {reason or '–'}" for expert, reason in each.revised.items()
            )
            rows.append(
                (
                    name,
                    str(each.number),
                    None if held is None else Number(held.confidence),
                    asked or "–",
                    revised or "–",
                )
            )
    if not rows:
        return None
    return Table(
        caption=say(Text("Rounds of consensus", "共识轮次")),
        columns=(
            say(Text("indicator", "指标")),
            say(Text("round", "轮次")),
            "b",
            say(Text("asked to revise", "请修订者")),
            say(Text("revised, and why", "修订及理由")),
        ),
        rows=tuple(rows),
    )


def _request_text(request: RevisionRequest, say: Say) -> str:
    side = _ABOVE if request.distance > 0 else _BELOW
    return say(
        Text(
            f"{request.expert} ({request.share:.0%} of g, {abs(request.distance):.2f} {side.en} "
            "the mean)",
            f"{request.expert}（占 g 的 {request.share:.0%}，{side.zh}均值 "
            f"{abs(request.distance):.2f}）",
        )
    )


_ABOVE, _BELOW = Text("above", "高于"), Text("below", "低于")


def priorities_report(found: Priorities, language: Language) -> Document:
    """Return the report on one matrix of judgements."""

    def say(text: Text) -> str:
        return text.in_(language)

    methods = list(found.by_method)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, *(Number(found.by_method[method][name]) for method in methods))
        for name in found.matrix.names
    )
    blocks: list[Block] = [
        KeyFigures(
            figures=(
                KeyFigure(label="λmax", value=Number(found.lambda_max)),
                KeyFigure(label="CI", value=Number(found.consistency_index)),
                KeyFigure(
                    label="CR",
                    value=None
                    if found.consistency_ratio is None
                    else Number(found.consistency_ratio),
                    leading=True,
                ),
            )
        ),
        Table(
            caption=say(Text("Weights", "权重")),
            columns=(
                "",
                *(
                    say(WEIGHTS_METHOD_NAMES[method]) + (" *" if method is found.method else "")
                    for method in methods
                ),
            ),
            rows=rows,
            note=say(Text("* the method asked for", "* 为所选方法")),
        ),
    ]
    if found.revisions:
        blocks.append(_revisions_table(found, say))
    blocks += findings_blocks(found.findings, language)
    return _plain(
        found.matrix.label, say(Text("pairwise judgements", "成对比较判断")), blocks, language
    )


def _revisions_table(found: Priorities, say: Say) -> Table:
    most = 6
    return Table(
        caption=say(
            Text("Judgements at odds with the others, worst first", "与其他判断不一致的判断")
        ),
        columns=(
            say(Text("pair", "判断")),
            say(Text("judged", "现判断")),
            say(Text("implied by the others", "其余判断所隐含")),
            say(Text("change to", "建议改为")),
            say(Text("ratio after", "改后比率")),
        ),
        rows=tuple(
            (
                f"{item.first} : {item.second}",
                as_judgement(item.judged),
                Number(item.implied, 2),
                as_judgement(item.suggested),
                Number(item.ratio_after),
            )
            for item in found.revisions[:most]
        ),
    )


def survey_report(found: Survey, label: str, language: Language) -> Document:
    """Return the report on a panel's answers."""

    def say(text: Text) -> str:
        return text.in_(language)

    blocks: list[Block] = [statistics_table(found.panels, say)]
    log = rounds_table(found.panels, say)
    if log is not None:
        blocks.append(log)
    blocks.append(panel_chart(found.panels, {}, say))
    blocks += findings_blocks(found.findings, language)
    return _plain(label, say(Text("set-valued statistics", "集值统计")), blocks, language)


def system_report(review: SystemReview, language: Language) -> Document:
    """Return the report on an indicator system."""

    def say(text: Text) -> str:
        return text.in_(language)

    system = review.system
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            "  " * (len(system.path(node.id)) - 1) + node.id,
            say(node.name),
            "" if node.polarity is None else say(_GOOD_HIGH if node.polarity > 0 else _GOOD_LOW),
            node.overlaps or "",
        )
        for node in system.nodes
    )
    blocks: list[Block] = [
        Table(
            caption=f"{system.id} {system.version}: {system.status}",
            columns=(
                say(Text("id", "编号")),
                say(Text("indicator", "指标")),
                say(Text("good when", "方向")),
                say(Text("overlaps with the interval of", "与区间重叠")),
            ),
            rows=rows,
            note=say(system.source),
        )
    ]
    if review.candidates:
        blocks.append(candidates_table(review, say))
    return _plain(say(system.name), say(Text("indicator system", "指标体系")), blocks, language)


def findings_blocks(findings: tuple[Finding, ...], language: Language) -> list[Block]:
    """Return findings as a block, or nothing."""
    if not findings:
        return []
    return [
        FindingList(
            items=tuple(
                FindingItem(
                    severity=finding.severity,
                    label=SEVERITY_NAMES[finding.severity].in_(language),
                    text=finding.message(language),
                )
                for finding in findings
            )
        )
    ]


def _plain(title: str, subtitle: str, blocks: list[Block], language: Language) -> Document:
    return Document(
        language=language,
        title=title,
        subtitle=subtitle,
        badge="",
        sections=(Section(title="", blocks=tuple(blocks)),),
        footer="",
    )
