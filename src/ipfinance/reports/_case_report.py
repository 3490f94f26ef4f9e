"""A valued case as a document, in the order in which an appraiser reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from ipfinance.assets import ASSET_KIND_NAMES
from ipfinance.basics import Citation, Interval, Language, Severity, Text
from ipfinance.parameters import reference
from ipfinance.reports._document import (
    Block,
    Cell,
    Document,
    IntervalChart,
    KeyFigure,
    KeyFigures,
    Mark,
    Number,
    Paragraph,
    RangeChart,
    RangeSeries,
    Section,
    Table,
    shown,
)
from ipfinance.reports._judgement_report import judgement_sections
from ipfinance.reports._method_report import method_sections
from ipfinance.reports._option_report import option_sections
from ipfinance.reports._spread_report import spread_of_case
from ipfinance.reports._tree import findings_section, trees_section
from ipfinance.reports._words import NOT_STATED, figure, result_unit, unit_name
from ipfinance.valuation import (
    APPROACH_NAMES,
    CASE_STATUS_NAMES,
    METHODS,
    PANEL_RULE_NAMES,
    Approach,
    Case,
    CaseResult,
    Schedule,
    Valuation,
)

Say: TypeAlias = Callable[[Text], str]

_EMPTY = Text("", "")


def case_report(result: CaseResult, language: Language) -> Document:
    """Return the report on a valued case in one language."""
    case = result.case

    def say(text: Text) -> str:
        return text.in_(language)

    unit = unit_name(case.unit, language)
    sections = [
        _conclusion(result, say, result_unit(result.conclusion, language)),
        _case_section(case, say, unit),
        *_panel_inputs(result, say, unit),
        *([] if result.assessment is None else judgement_sections(result.assessment, language)),
        *_income(result, say, unit),
        *_computations(result, language),
        *spread_of_case(result, language),
        *([] if result.analysis is None else option_sections(result, language, unit)),
        *_conflicts(result, say),
        findings_section(result.all_findings, language),
        trees_section(result, language),
        _provenance(result, say),
    ]
    return Document(
        language=language,
        title=say(case.title),
        subtitle=_subtitle(case, say, unit),
        badge="" if case.status == "actual" else say(CASE_STATUS_NAMES[case.status]),
        sections=tuple(sections),
        footer=say(
            Text(
                "Computed by ipfinance. Every figure is explained in the section on how the value "
                "was computed.",
                "由 ipfinance 计算，每一数字的来源见“价值如何计算”一节。",
            )
        ),
    )


def _subtitle(case: Case, say: Say, unit: str) -> str:
    purpose = "" if case.purpose is None else say(case.purpose)
    on = "" if case.valuation_date is None else case.valuation_date.isoformat()
    amounts = say(Text(f"amounts in {unit}", f"金额单位：{unit}"))
    return " · ".join(part for part in (purpose, on, amounts) if part)


def _conclusion(result: CaseResult, say: Say, unit: str) -> Section:
    case, conclusion = result.case, result.conclusion
    digits = case.decimals
    figures = [
        KeyFigure(
            label=say(conclusion.explanation.name),
            value=figure(conclusion.number, conclusion.result.unit, digits),
            unit=unit,
            leading=True,
        )
    ]
    if conclusion.range is not None:
        low, high = conclusion.range
        shown_range = f"{shown(Number(low, digits))} – {shown(Number(high, digits))}"
        figures.append(
            KeyFigure(label=say(Text("value interval", "价值区间")), value=shown_range, unit=unit)
        )
    if result.coefficient is not None:
        figures.append(
            KeyFigure(
                label=say(Text("risk adjustment coefficient", "风险调整系数")),
                value=Number(result.coefficient, 4),
            )
        )
    if result.income_value is not None:
        figures.append(
            KeyFigure(
                label=say(Text("income value", "收益法价值")),
                value=Number(result.income_value, digits),
                unit=unit,
            )
        )
    blocks: list[Block] = [KeyFigures(figures=tuple(figures))]
    if case.status == "illustrative":
        blocks.append(
            Paragraph(
                text=say(
                    Text(
                        "Illustrative case: every input is invented to show the method.",
                        "示例案例：所有输入均为演示方法而虚构。",
                    )
                ),
                severity=Severity.WARNING,
            )
        )
    blocks += _negotiation(result, say, unit)
    return Section(title=say(Text("Conclusion", "评估结论")), blocks=tuple(blocks))


def _negotiation(result: CaseResult, say: Say, unit: str) -> list[Block]:
    conclusion = result.conclusion
    if conclusion.range is None or result.coefficient is None:
        return []
    digits = result.case.decimals
    details = {key: value for key, value in conclusion.details.items() if isinstance(value, float)}
    points = [
        ("lower", Text("lower end: the lender's floor", "下限：贷款方底线")),
        ("mirror", Text("mirror point, at 1 − AC", "镜像点（按 1 − AC）")),
        ("midpoint", Text("middle of the interval", "区间中点")),
        ("point", Text("point value, at AC", "点值（按 AC）")),
        ("upper", Text("upper end: most the owner can ask for", "上限：权利人可主张的最高值")),
    ]
    low, width = conclusion.range.low, conclusion.range.width
    values = {**details, "point": low + width * result.coefficient}
    rows = []
    for key, name in points:
        value = values[key]
        rows.append(
            (
                say(name),
                Number(value, digits),
                Number((value - low) / width if width else 0.0, 1, percent=True),
                Number(value / low - 1, 2, percent=True) if low > 0 else None,
            )
        )
    places = [key for key, _ in points]
    return [
        IntervalChart(
            caption=say(Text("Value interval and the points in it", "价值区间及其中的取值")),
            axis=unit,
            low=conclusion.range.low,
            high=conclusion.range.high,
            marks=tuple(
                Mark(
                    label=say(_SHORT[key]),
                    value=values[key],
                    leading=abs(values[key] - conclusion.number) <= 1e-12 * abs(conclusion.number),
                )
                for key in ("mirror", "midpoint", "point")
            ),
        ),
        Table(
            caption=say(Text("Negotiation sheet", "协商区间表")),
            columns=(
                say(Text("figure", "取值")),
                unit,
                say(Text("way up the interval", "区间位置")),
                say(Text("above the lower end", "高于下限")),
            ),
            rows=tuple(rows),
            strong=(places.index("point"),),
            note=say(
                Text(
                    f"A change of 0.05 in the coefficient moves the point by "
                    f"{details['move_per_0.05']:,.{digits}f}.",
                    f"系数变动 0.05，点值变动 {details['move_per_0.05']:,.{digits}f}。",
                )
            ),
        ),
    ]


_SHORT = {
    "mirror": Text("mirror", "镜像点"),
    "midpoint": Text("middle", "中点"),
    "point": Text("point", "点值"),
}


def _case_section(case: Case, say: Say, unit: str) -> Section:
    missing = say(NOT_STATED)
    asset = case.asset
    facts: list[tuple[Text, str]] = [
        (Text("asset", "评估对象"), say(asset.title)),
        (
            Text("kind", "类型"),
            missing if asset.kind is None else say(ASSET_KIND_NAMES[asset.kind]),
        ),
        (Text("owner", "权利人"), asset.owner or missing),
        (Text("registration", "登记号"), asset.registration or missing),
        (Text("jurisdiction", "法域"), asset.jurisdiction or missing),
        (Text("protected until", "保护届满日"), f"{asset.expires_on or missing}"),
        (Text("purpose", "评估目的"), missing if case.purpose is None else say(case.purpose)),
        (Text("valuation date", "评估基准日"), f"{case.valuation_date or missing}"),
        (Text("amounts in", "金额单位"), unit),
    ]
    blocks: list[Block] = [
        Table(
            caption=say(Text("Case record", "案例记录")),
            columns=("", ""),
            rows=tuple((say(name), value) for name, value in facts),
        )
    ]
    if case.approach is not None:
        blocks.append(_approach(case, say, unit))
    if case.option_character is not None:
        blocks.append(_option_character(case, say))
    if case.experts:
        blocks.append(
            Table(
                caption=say(Text("Panel of experts", "专家组")),
                columns=(
                    say(Text("id", "编号")),
                    say(Text("expert", "专家")),
                    say(Text("qualification", "资格")),
                ),
                rows=tuple((e.id, say(e.name), say(e.qualification)) for e in case.experts),
            )
        )
    blocks += [Paragraph(text=say(note)) for note in case.notes]
    return Section(title=say(Text("Case", "案例概况")), blocks=tuple(blocks), core=False)


def _approach(case: Case, say: Say, unit: str) -> Table:
    if case.approach is None:
        raise AssertionError(case.id)
    chosen = case.approach.chosen
    rows: list[tuple[Cell, ...]] = []
    for approach in Approach:
        if approach not in case.approach.reasons and approach is not chosen:
            continue
        mark = say(Text("taken", "采用")) if approach is chosen else "–"
        reason = case.approach.reasons.get(approach, _EMPTY)
        rows.append((say(APPROACH_NAMES[approach]), mark, say(reason)))
    note = ""
    if case.approach.cost_floor is not None:
        floor = shown(Number(case.approach.cost_floor, case.decimals))
        note = say(
            Text(
                f"Cost as the least value: {floor} ({unit}).",
                f"成本法最低价值：{floor}（{unit}）。",
            )
        )
    return Table(
        caption=say(Text("Choice of approach", "评估方法选择")),
        columns=(
            say(Text("approach", "方法")),
            say(Text("taken", "采用")),
            say(Text("reason", "理由")),
        ),
        rows=tuple(rows),
        note=note,
    )


def _option_character(case: Case, say: Say) -> Table:
    character = case.option_character
    if character is None:
        raise AssertionError(case.id)
    return Table(
        caption=say(Text("Why the right is like an option", "权利的期权特征")),
        columns=(say(Text("feature", "特征")), say(Text("in this case", "本案例"))),
        rows=(
            (say(Text("income", "收益性")), say(character.income)),
            (say(Text("exclusivity", "专有性")), say(character.exclusivity)),
            (say(Text("uncertainty", "不确定性")), say(character.uncertainty)),
            (say(Text("limited life", "时效性")), say(character.limited_life)),
        ),
    )


def _panel_inputs(result: CaseResult, say: Say, unit: str) -> list[Section]:
    if not result.panel_inputs:
        return []
    blocks: list[Block] = []
    scalars = [each for each in result.panel_inputs if len(each.joined) == 1]
    yearly = [each for each in result.panel_inputs if len(each.joined) > 1]
    baseline = result.case.baseline
    if scalars:
        experts = list(scalars[0].answers)
        rows: list[tuple[Cell, ...]] = [
            (expert, *(_interval_text(each.answers[expert][0], each.input) for each in scalars))
            for expert in experts
        ]
        rule = say(PANEL_RULE_NAMES[scalars[0].rule])
        rows.append((rule, *(_interval_text(each.joined[0], each.input) for each in scalars)))
        if baseline is not None:
            given = {"rate": baseline.rate, "life": baseline.life}
            rows.append(
                (
                    say(Text("appraiser's baseline", "评估师基准")),
                    *(_baseline_text(given.get(each.input), each.input) for each in scalars),
                )
            )
        blocks.append(
            Table(
                caption=say(Text("Intervals by expert", "各专家给出的区间")),
                columns=(
                    say(Text("expert", "专家")),
                    *(say(_input_name(result, each.step, each.input)) for each in scalars),
                ),
                rows=tuple(rows),
                strong=(len(experts),),
            )
        )
    for each in yearly:
        periods = tuple(str(year + 1) for year in range(len(each.joined)))
        experts = list(each.answers)
        name = say(_input_name(result, each.step, each.input))
        series = [
            RangeSeries(
                label=expert,
                lows=tuple(pair.low for pair in each.answers[expert]),
                highs=tuple(pair.high for pair in each.answers[expert]),
            )
            for expert in experts
        ]
        joined = RangeSeries(
            label=say(PANEL_RULE_NAMES[each.rule]),
            lows=tuple(pair.low for pair in each.joined),
            highs=tuple(pair.high for pair in each.joined),
            leading=True,
        )
        caption = say(Text(f"Experts' intervals of {name} by year", f"专家给出的各年{name}区间"))
        blocks.append(
            RangeChart(caption=caption, axis=unit, periods=periods, series=(*series, joined))
        )
        table_caption = say(Text(f"Joined intervals of {name} by year", f"各年{name}区间汇总"))
        blocks.append(_yearly_table(result, say, each.joined, table_caption))
    title = say(Text("What the experts set", "专家设定的区间"))
    return [Section(title=title, blocks=tuple(blocks), core=False)]


def _yearly_table(
    result: CaseResult, say: Say, joined: tuple[Interval, ...], caption: str
) -> Table:
    baseline = result.case.baseline
    income = () if baseline is None else baseline.income
    rows = tuple(
        (
            str(year + 1),
            Number(pair.low, 2),
            Number(pair.high, 2),
            Number(income[year], 2) if year < len(income) else None,
        )
        for year, pair in enumerate(joined)
    )
    return Table(
        caption=caption,
        columns=(
            say(Text("year", "年")),
            say(Text("low", "下限")),
            say(Text("high", "上限")),
            say(Text("appraiser's baseline", "评估师基准")),
        ),
        rows=rows,
    )


def _input_name(result: CaseResult, step: str, name: str) -> Text:
    method = METHODS[result.valuations[step].method_id]
    return next(item.quantity.name for item in method.fields if item.name == name)


_RATES = {"rate", "discount_rate", "royalty_rate", "tax_rate", "growth"}


def _interval_text(interval: Interval, name: str) -> str:
    percent = name in _RATES
    low, high = (shown(Number(end, 2, percent=percent)) for end in interval)
    return f"{low} – {high}"


def _baseline_text(value: float | None, name: str) -> str:
    return shown(None if value is None else Number(value, 2, percent=name == "rate"))


def _income(result: CaseResult, say: Say, unit: str) -> list[Section]:
    sections = []
    for valuation in result.valuations.values():
        rows = valuation.details.get("rows")
        if not isinstance(rows, tuple):
            continue
        digits = result.case.decimals
        table = Table(
            caption=say(Text("Income method, year by year", "收益法逐年计算")),
            columns=(
                say(Text("year", "年")),
                say(Text("reported profit", "报告净利润")),
                say(Text("adjusted profit", "调整后净利润")),
                say(Text("IP share", "分成率")),
                say(Text("IP income", "知识产权收益")),
                say(Text("discount factor", "折现系数")),
                say(Text("present value", "现值")),
            ),
            rows=(
                *(
                    (
                        str(year + 1),
                        Number(row["reported"], 2),
                        Number(row["adjusted"], 2),
                        Number(row["ip_share"], 2, percent=True),
                        Number(row["ip_income"], digits),
                        Number(row["discount_factor"], 4),
                        Number(row["present_value"], digits),
                    )
                    for year, row in enumerate(rows)
                ),
                (
                    say(Text("value", "价值")),
                    None,
                    None,
                    None,
                    None,
                    None,
                    Number(valuation.number, digits),
                ),
            ),
            strong=(len(rows),),
            note=_income_note(valuation, say, unit),
        )
        title = say(Text("Income method", "收益法"))
        sections.append(Section(title=title, blocks=(table,)))
    return sections


def _income_note(valuation: Valuation, say: Say, unit: str) -> str:
    rate = valuation.details["discount_rate"]
    ratios = valuation.details["intangible_ratio"]
    shares = ", ".join(f"{ratio:.2%}" for ratio in ratios) if isinstance(ratios, tuple) else ""
    book = Text(f" Intangible share of assets: {shares}.", f" 无形资产占比：{shares}。")
    return say(
        Text(
            f"Amounts in {unit}; discount rate {rate:.2%}.{book.en if shares else ''}",
            f"金额单位：{unit}；折现率 {rate:.2%}。{book.zh if shares else ''}",
        )
    )


def _conflicts(result: CaseResult, say: Say) -> list[Section]:
    if not result.conflicts:
        return []
    rows: list[tuple[Cell, ...]] = []
    for effect in result.conflicts:
        conflict = effect.conflict
        for place, reading in enumerate(conflict.readings):
            value = effect.values[place] if effect.values else None
            rows.append(
                (
                    say(conflict.subject) if place == 0 else "",
                    reading.value + (" ✓" if reading.value == conflict.used else ""),
                    say(reading.place),
                    None if value is None else Number(value, 6),
                )
            )
    table = Table(
        caption=say(Text("Contradictions in the sources", "资料中的矛盾")),
        columns=(
            say(Text("subject", "事项")),
            say(Text("reading", "取值")),
            say(Text("where", "出处")),
            say(Text("value it would give", "相应价值")),
        ),
        rows=tuple(rows),
        note=say(Text("✓ marks the reading that was used.", "✓ 为采用的取值。")),
    )
    title = say(Text("Contradictions in the sources", "资料中的矛盾"))
    return [Section(title=title, blocks=(table,), core=False)]


def _computations(result: CaseResult, language: Language) -> list[Section]:
    sections = []
    for step in result.case.steps:
        valuation = result.valuations[step.id]
        name = METHODS[valuation.method_id].name if step.title is None else step.title
        if any(isinstance(each, Schedule) for each in valuation.details.values()):
            title = f"{step.id}: {name.in_(language)}"
            sections += method_sections(valuation, title, language, digits=result.case.decimals)
    return sections


def _by_work(citations: Iterable[Citation]) -> list[tuple[str, Citation]]:
    """Return each work once, with all the places cited in it."""
    places: dict[str, list[str]] = {}
    for item in citations:
        known = places.setdefault(item.key, [])
        if item.place and item.place not in known:
            known.append(item.place)
    return [(key, Citation(key, "; ".join(found))) for key, found in places.items()]


def _provenance(result: CaseResult, say: Say) -> Section:
    case = result.case
    method_rows: list[tuple[Cell, ...]] = []
    citations = [*case.sources]
    for step in case.steps:
        method = METHODS[result.valuations[step.id].method_id]
        method_rows.append((step.id, say(method.name), say(method.validity)))
        citations += method.citations
    option_rows: list[tuple[Cell, ...]] = [
        (f"{step.id}.{item.name}", say(item.quantity.name), str(value))
        for step in case.steps
        for item in step.method.fields
        if isinstance(value := getattr(result.valuations[step.id].inputs, item.name), str)
    ]
    if result.assessment is not None:
        options = result.assessment.options
        option_rows += [
            (f"judgement.{name}", "", str(getattr(options, name)))
            for name in (
                "weights_method",
                "group_rule",
                "set_valued_form",
                "b_threshold",
                "max_rounds",
            )
        ]
        option_rows.append(
            (
                "judgement.system",
                "",
                f"{result.assessment.system.id} {result.assessment.system.version}",
            )
        )
        option_rows.append(("ri_table", "", "standard.ahp.random_index"))
    provenance = result.conclusion.provenance
    blocks: list[Block] = [
        Table(
            caption=say(Text("Methods", "方法")),
            columns=(
                say(Text("step", "步骤")),
                say(Text("method", "方法")),
                say(Text("where it is valid", "适用范围")),
            ),
            rows=tuple(method_rows),
        )
    ]
    if option_rows:
        blocks.append(
            Table(
                caption=say(Text("Choices made", "所作选择")),
                columns=(
                    say(Text("option", "选项")),
                    say(Text("meaning", "含义")),
                    say(Text("value", "取值")),
                ),
                rows=tuple(option_rows),
            )
        )
    blocks.append(
        Table(
            caption=say(Text("Works cited", "引用文献")),
            columns=("", ""),
            rows=tuple((key, reference(item)) for key, item in _by_work(citations)),
            note=f"ipfinance {provenance.package_version} · SHA-256 {provenance.inputs_digest}",
        )
    )
    return Section(title=say(Text("Provenance", "依据与出处")), blocks=tuple(blocks), core=False)
