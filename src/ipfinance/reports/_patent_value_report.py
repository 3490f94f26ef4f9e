"""Money per patent by type and level of protection, and beside court awards."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ipfinance.basics import Finding, Language, MoneyUnit, Text
from ipfinance.evidence import (
    FORM_NAMES,
    HJT_COLUMNS,
    KIND_NAMES,
    MODEL_NAMES,
    AwardTable,
    Estimated,
    MarketModel,
    MoneyValue,
    PatentValueRequest,
    PatentValues,
    Regression,
    RegressionRequest,
)
from ipfinance.reports._document import (
    Block,
    Cell,
    Document,
    Estimate,
    EstimateChart,
    Number,
    Paragraph,
    Section,
    Table,
    significant,
)
from ipfinance.reports._regression_report import (
    comparison_table,
    finding_list,
    regression_view,
    source_line,
)
from ipfinance.reports._views import findings_view, plain_value
from ipfinance.reports._words import unit_name

ALL_PATENTS = Text("all patents", "全部专利")
TYPE_NAMES = {
    "all": ALL_PATENTS,
    "invention": Text("invention", "发明专利"),
    "utility": Text("utility model", "实用新型"),
    "utility_model": Text("utility model", "实用新型"),
    "design": Text("design", "外观设计"),
    "firm": Text("a firm with its patents", "企业（含其专利）"),
    **HJT_COLUMNS,
}
LEVEL_NAMES = {
    "all": Text("all", "全部"),
    "1": Text("low", "低"),
    "2": Text("middle", "中"),
    "3": Text("high", "高"),
}
THREE = 3


def type_name(name: str, language: Language) -> str:
    """Return a type of patent as a reader knows it, or the column's own name."""
    return TYPE_NAMES[name].in_(language) if name in TYPE_NAMES else name


def level_name(level: str, request: PatentValueRequest, language: Language) -> str:
    """Return a level of protection as a reader knows it."""
    if level == "all" or request.levels == THREE:
        return LEVEL_NAMES[level].in_(language)
    return Text(f"level {level} of {request.levels}", f"第 {level}/{request.levels} 级").in_(
        language
    )


def model_name(request: PatentValueRequest, language: Language) -> str:
    """Return the model with the form of its regressor."""
    name = MODEL_NAMES[request.model].in_(language)
    if request.model is not MarketModel.LINEAR:
        return name
    bracket = ("（", "）") if language == Language.CHINESE else (" (", ")")
    return f"{name}{bracket[0]}{FORM_NAMES[request.form].in_(language)}{bracket[1]}"


def patent_value_report(
    found: Sequence[PatentValues], language: Language, *, unit: MoneyUnit | None = None
) -> Document:
    """Return money per patent, one section a model, then the regressions and what to know."""
    shown_unit = "" if unit is None else unit_name(unit, language)
    sections: list[Section] = []
    for each in found:
        blocks: list[Block] = [_layout(each, language, shown_unit), _detail(each, language)]
        if each.protection_values:
            blocks.append(_protection(each, language))
        if each.semi_elasticities:
            blocks.append(_elasticities(each, language))
        blocks.append(_chart(each, language, shown_unit))
        sections.append(Section(title=model_name(each.request, language), blocks=tuple(blocks)))
    for each in found:
        title = Text("Regressions: ", "回归：").in_(language) + model_name(each.request, language)
        regressions = [_as_estimated(r) for r in each.regressions.values()]
        table = comparison_table(regressions, language)
        sections.append(Section(title=title, blocks=(table,), core=False))
    listed = finding_list(_unique(found), language)
    if listed is not None:
        title = Text("Findings", "须注意事项").in_(language)
        sections.append(Section(title=title, blocks=(listed,)))
    request = found[0].request
    first = next(iter(found[0].regressions.values()))
    kind = Text(
        f"Regressor: {KIND_NAMES[request.kind].en}.", f"回归变量：{KIND_NAMES[request.kind].zh}。"
    )
    return Document(
        language=language,
        title=Text("Patents valued by the market", "市值法专利估值").in_(language),
        subtitle=f"{source_line(first.source)} {kind.in_(language)}",
        badge="",
        sections=tuple(sections),
        footer="",
    )


def _unique(found: Sequence[PatentValues]) -> list[Finding]:
    seen: dict[str, Finding] = {}
    for each in found:
        for finding in (
            *each.findings,
            *(f for regression in each.regressions.values() for f in regression.findings),
        ):
            seen.setdefault(finding.message(Language.ENGLISH), finding)
    return list(seen.values())


def _as_estimated(regression: Regression) -> Estimated:
    request = RegressionRequest(formula=regression.sample.formula)
    return Estimated(request=request, regression=regression)


def _layout(found: PatentValues, language: Language, unit: str) -> Table:
    """Return the table of the method's source: levels down, types across."""
    columns = list(dict.fromkeys(value.column for value in found.values))
    levels = list(dict.fromkeys(value.level for value in found.values))
    levels = [levels[0], *reversed(levels[1:])]
    by_place = {(value.column, value.level): value for value in found.values}
    rows: list[tuple[Cell, ...]] = []
    for level in levels:
        cells: list[Cell] = [level_name(level, found.request, language)]
        for column in columns:
            value = by_place.get((column, level))
            cells.append(None if value is None else significant(value.summary.mean))
        rows.append(tuple(cells))
    caption = Text("Mean value of one more patent", "新增一项专利的平均价值").in_(language)
    return Table(
        caption=f"{caption} ({unit})" if unit else caption,
        columns=(
            Text("protection", "保护水平").in_(language) if len(levels) > 1 else "",
            *(type_name(name, language) for name in columns),
        ),
        rows=tuple(rows),
        marked=tuple(
            place
            for place, row in enumerate(rows)
            if any(isinstance(c, Number) and c.value < 0 for c in row)
        ),
    )


def _detail(found: PatentValues, language: Language) -> Table:
    def say(en: str, zh: str) -> str:
        return Text(en, zh).in_(language)

    level = f"{found.request.level:.0%}"
    drawn = found.values[0].resampled if found.values else None
    head = [
        say("patents", "专利"),
        say("protection", "保护"),
        say("mean", "均值"),
        say("error", "标准误"),
        say(f"{level} low", f"{level} 下限"),
        say(f"{level} high", f"{level} 上限"),
    ]
    if drawn is not None:
        head += [say("drawn low", "自助下限"), say("drawn high", "自助上限")]
    head += [say("median", "中位数"), say("+1", "＋1"), say("rows", "观测数")]
    rows = tuple(_detail_row(value, found.request, language) for value in found.values)
    note = say(
        "Mean, error and interval by the delta method, market values taken as known; +1: what the "
        "value gains exactly when there is one patent more.",
        "均值、标准误与区间按 Delta 法，视市值为已知；“＋1”为专利数加一时市值的精确增量。",
    )
    if drawn is not None:
        note += say(
            f" Bootstrap: {drawn.draws:,} draws of {found.request.clusters[0]}, percentiles, seed "
            f"{found.request.seed}.",
            f"自助法：按 {found.request.clusters[0]} 抽样 {drawn.draws:,} 次，百分位区间，种子 "
            f"{found.request.seed}。",
        )
    return Table(caption=say("In detail", "明细"), columns=tuple(head), rows=rows, note=note)


def _detail_row(
    value: MoneyValue, request: PatentValueRequest, language: Language
) -> tuple[Cell, ...]:
    def like_error(number: float) -> Number:
        return significant(number, value.summary.mean_error, 2)

    cells: list[Cell] = [
        type_name(value.column, language),
        level_name(value.level, request, language),
        *(
            like_error(number)
            for number in (value.summary.mean, value.summary.mean_error, *value.interval)
        ),
    ]
    if value.resampled is not None:
        cells += [like_error(end) for end in value.resampled.mean]
    cells += [
        like_error(value.summary.median),
        None if value.one_more is None else like_error(value.one_more),
        Number(value.summary.rows, 0),
    ]
    return tuple(cells)


def _protection(found: PatentValues, language: Language) -> Table:
    def say(en: str, zh: str) -> str:
        return Text(en, zh).in_(language)

    rows = tuple(
        (
            type_name(value.column, language),
            significant(value.summary.mean, value.summary.mean_error),
            significant(value.summary.mean_error),
            significant(value.interval[0], value.summary.mean_error),
            significant(value.interval[1], value.summary.mean_error),
            significant(value.summary.median, value.summary.mean_error),
        )
        for value in found.protection_values
    )
    level = f"{found.request.level:.0%}"
    return Table(
        caption=say("Value of one more unit of protection", "保护指数每提高一单位的价值"),
        columns=(
            say("for one", "对象"),
            say("mean", "均值"),
            say("error", "标准误"),
            say(f"{level} low", f"{level} 下限"),
            say(f"{level} high", f"{level} 上限"),
            say("median", "中位数"),
        ),
        rows=rows,
        note=say(
            f"The index is centred at {found.centre:.6g}.", f"指数以 {found.centre:.6g} 为中心。"
        ),
    )


def _elasticities(found: PatentValues, language: Language) -> Table:
    def say(en: str, zh: str) -> str:
        return Text(en, zh).in_(language)

    return Table(
        caption=say("Semi-elasticities of q", "托宾 Q 的半弹性"),
        columns=("", say("mean over rows", "各行均值"), say("at the mean", "均值处")),
        rows=tuple(
            (name, significant(mean), significant(at_mean))
            for name, (mean, at_mean) in found.semi_elasticities.items()
        ),
    )


def _chart(found: PatentValues, language: Language, unit: str) -> EstimateChart:
    def ends(value: MoneyValue) -> tuple[float, float]:
        return value.interval if value.resampled is None else value.resampled.mean

    caption = Text("Value of one more patent, with intervals", "新增一项专利的价值及其区间")
    axis = Text("money per patent", "每项专利的价值").in_(language)
    estimates = tuple(
        Estimate(
            label=level_name(value.level, found.request, language),
            value=value.summary.mean,
            low=ends(value)[0],
            high=ends(value)[1],
            group=type_name(value.column, language),
        )
        for value in found.values
        if math.isfinite(value.summary.mean)
    )
    return EstimateChart(
        caption=caption.in_(language),
        axis=f"{axis} ({unit})" if unit else axis,
        estimates=estimates,
    )


def patent_value_view(
    found: Sequence[PatentValues], language: Language, *, unit: MoneyUnit | None = None
) -> dict[str, Any]:
    """Return money per patent as plain data, one entry a model."""
    return {
        "money_unit": None if unit is None else str(unit),
        "models": [_one_view(each, language) for each in found],
    }


def _one_view(found: PatentValues, language: Language) -> dict[str, Any]:
    request = found.request
    return {
        "model": str(request.model),
        "form": str(request.form) if request.model is MarketModel.LINEAR else None,
        "regressor_kind": str(request.kind),
        "conditional_on_V": {"delta": True, "bootstrap": False},
        "level": request.level,
        "values": [_value_view(value, language) for value in found.values],
        "protection_values": [_value_view(value, language) for value in found.protection_values],
        "protection_centre": found.centre,
        "semi_elasticities": plain_value(dict(found.semi_elasticities), language),
        "regressions": {
            name: regression_view(_as_estimated(regression), language)
            for name, regression in found.regressions.items()
        },
        "findings": findings_view(found.findings, language),
    }


def _value_view(value: MoneyValue, language: Language) -> dict[str, Any]:
    summary = value.summary
    return {
        "patents": value.column,
        "level": value.level,
        "mean": summary.mean,
        "standard_error": plain_value(summary.mean_error, language),
        "interval": plain_value(value.interval, language),
        "median": summary.median,
        "median_standard_error": plain_value(summary.median_error, language),
        "bootstrap": plain_value(value.resampled, language),
        "one_more": plain_value(value.one_more, language),
        "mean_protection": plain_value(value.protection, language),
        "rows": summary.rows,
    }


def award_report(
    found: AwardTable, language: Language, *, unit: MoneyUnit | None = None
) -> Document:
    """Return values beside awards."""

    def say(en: str, zh: str) -> str:
        return Text(en, zh).in_(language)

    shown_unit = "" if unit is None else f" ({unit_name(unit, language)})"
    rows = tuple(
        (
            type_name(row.name, language),
            significant(row.value),
            significant(row.award),
            None if row.award_share is None else Number(row.award_share, 2, percent=True),
            Number(row.value_multiple, 1),
            Number(found.relative[row.name], 3) if found.relative else None,
        )
        for row in found.rows
    )
    table = Table(
        caption="",
        columns=(
            say("patents", "专利"),
            say("market value", "市值法估值") + shown_unit,
            say("average award", "平均判赔额") + shown_unit,
            say("award / value", "判赔额/估值"),
            say("value / award", "估值/判赔额"),
            say(
                f"value / {type_name(found.first, language)}",
                f"相对{type_name(found.first, language)}",
            ),
        ),
        rows=rows,
    )
    sections = [Section(title="", blocks=(table,))]
    listed = finding_list(found.findings, language)
    if listed is not None:
        lead = Paragraph(text=say("What the ratios do not say:", "比率未能说明的问题："))
        sections.append(Section(title=say("Caveats", "说明"), blocks=(lead, listed)))
    return Document(
        language=language,
        title=say("Market values beside court awards", "市值法估值与法院判赔额对照"),
        subtitle="",
        badge="",
        sections=tuple(sections),
        footer="",
    )


def award_view(found: AwardTable, language: Language) -> dict[str, Any]:
    """Return values beside awards as plain data."""
    return {
        "rows": plain_value(found.rows, language),
        "relative_to": found.first,
        "relative": plain_value(dict(found.relative), language),
        "findings": findings_view(found.findings, language),
    }
