"""Dynamic evaluations as tables and charts: scores, radar, trend, ranking, rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from ipfinance.basics import Interval, Language, Text, as_interval
from ipfinance.judgement import (
    AGGREGATION_NAMES,
    CONVERSION_TARGET_NAMES,
    DIRECTION_NAMES,
    EVALUATION_STATUS_NAMES,
    FUZZY_OPERATOR_NAMES,
    INTERPOLATION_NAMES,
    OBJECTIVE_METHOD_NAMES,
    SCORE_STATE_NAMES,
    SET_VALUED_FORM_NAMES,
    Change,
    CohortStanding,
    CohortSurvey,
    ConversionTarget,
    Evaluation,
    Percentile,
    Ranking,
    Snapshot,
    Trend,
)
from ipfinance.reports._document import (
    Band,
    Block,
    Cell,
    Document,
    KeyFigure,
    KeyFigures,
    Number,
    Paragraph,
    RadarChart,
    RadarSeries,
    Section,
    Table,
    Tree,
    TrendChart,
    TrendSeries,
)
from ipfinance.reports._judgement_report import findings_blocks
from ipfinance.reports._tree import tree_lines

Say: TypeAlias = Callable[[Text], str]
DAYS_PER_YEAR = 365.25
MOST_SERIES = 6
MOST_ROWS = 40
MOST_ASSETS = 12
MOST_FINDINGS = 60
FEWEST_AXES = 3
MOST_AXES = 16
CLOSE = 1e-9


class Focus(StrEnum):
    """What the terminal shows; a written report always holds everything."""

    SCORE = "score"
    TREND = "trend"
    CONVERSION = "conversion"


def evaluation_report(
    result: Evaluation, language: Language, focus: Focus = Focus.SCORE
) -> Document:
    """Return the report on an evaluation."""

    def say(text: Text) -> str:
        return text.in_(language)

    sections = [
        *_score_sections(result, say, core=focus is Focus.SCORE),
        *_trend_sections(result, say, core=focus is Focus.TREND),
        *_conversion_sections(result, say, core=focus is Focus.CONVERSION),
        Section(title=say(Text("Findings", "须知事项")), blocks=tuple(_findings(result, language))),
        _choices(result, say),
        *_tree_sections(result, say),
    ]
    task = result.task
    return Document(
        language=language,
        title=say(task.title),
        subtitle=f"{say(task.system.name)} · {task.id}",
        badge=say(EVALUATION_STATUS_NAMES[task.status]),
        sections=tuple(section for section in sections if section.blocks),
        footer="",
    )


def _findings(result: Evaluation, language: Language) -> list[Block]:
    order = {"invalid": 0, "warning": 1, "note": 2}
    ordered = sorted(result.findings, key=lambda each: order[each.severity])
    blocks = findings_blocks(tuple(ordered[:MOST_FINDINGS]), language)
    more = len(ordered) - MOST_FINDINGS
    if more > 0:
        rest = Text(f"{more} more findings in --json.", f"其余 {more} 条见 --json。")
        blocks.append(Paragraph(text=rest.in_(language)))
    return blocks


def score_text(value: Interval, decimals: int = 4) -> str:
    """Return a score as a reader sees it: a number, or the interval while it is unknown.

    Examples
    --------
    >>> score_text(Interval(0.5, 0.5)), score_text(Interval(0.25, 0.75), 2)
    ('0.5000', '0.25 – 0.75')
    """
    if value.width < CLOSE:
        return f"{value.midpoint:.{decimals}f}"
    return f"{value.low:.{decimals}f} – {value.high:.{decimals}f}"


def _title_of(result: Evaluation, asset: str, say: Say) -> str:
    title = next(say(each.title) for each in result.task.assets if each.id == asset)
    return asset if title in {"", asset} else f"{asset} {title}"


def _score_sections(result: Evaluation, say: Say, *, core: bool) -> list[Section]:
    latest = {asset: trend.snapshots[-1] for asset, trend in result.trends.items()}
    blocks: list[Block] = [_totals(result, latest, say)]
    if len(_axes(result)) >= FEWEST_AXES:
        blocks.append(_assets_radar(result, latest, say))
    sections = [Section(title=say(Text("Scores", "得分")), blocks=tuple(blocks), core=core)]
    for asset in _detailed(result):
        one = latest[asset]
        blocks = [_indicators(result, one, say)]
        if one.fuzzy is not None:
            blocks.append(_fuzzy(result, one, say))
        sections.append(
            Section(title=_title_of(result, asset, say), blocks=tuple(blocks), core=core)
        )
    if len(latest) > MOST_ASSETS:
        more = len(latest) - MOST_ASSETS
        rest = Text(f"{more} more assets in --json.", f"其余 {more} 项资产见 --json。")
        sections.append(Section(title="", blocks=(Paragraph(text=say(rest)),), core=core))
    if result.ranking is not None:
        sections.append(_ranking(result, result.ranking, say, core=core))
    return sections


def _detailed(result: Evaluation) -> tuple[str, ...]:
    """Return the assets shown one by one: the first of the ranking."""
    order = tuple(result.trends) if result.ranking is None else result.ranking.order
    shown = set(order[:MOST_ASSETS])
    return tuple(asset for asset in result.trends if asset in shown)


def _grades_text(one: Snapshot, say: Say) -> str:
    return " / ".join(say(grade.name) for grade in one.grades) or "–"


def _totals(result: Evaluation, latest: dict[str, Snapshot], say: Say) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            _title_of(result, asset, say),
            str(one.dated_on),
            score_text(one.value),
            _grades_text(one, say),
            Number(one.unknown_weight, 1, percent=True),
            score_text(one.range),
        )
        for asset, one in latest.items()
    ]
    grades = result.task.grades
    note = Text(
        "While indicators are unknown the score is an interval, never lowered to zero.",
        "指标未知时得分为区间，绝不按零计。",
    )
    if grades is not None:
        note = Text(
            f"{note.en} Grades: {grades.source.en}", f"{note.zh}等级依据：{grades.source.zh}"
        )
    return Table(
        caption=say(Text("Total scores on the last date", "最近日期的总得分")),
        columns=(
            say(Text("asset", "资产")),
            say(Text("date", "日期")),
            say(Text("score", "得分")),
            say(Text("grade", "等级")),
            say(Text("unknown weight", "未知权重")),
            say(Text("with the spread of answers", "计入评分分歧")),
        ),
        rows=tuple(rows),
        note=say(note),
    )


def _axes(result: Evaluation) -> tuple[str, ...]:
    """Return what the radar shows: the indicators, or the first level where they are many."""
    system = result.task.system
    taken = [one for trend in result.trends.values() for one in trend.snapshots]
    leaves = [item.id for item in system.leaves if all(item.id in one.scores for one in taken)]
    if len(leaves) <= MOST_AXES:
        return tuple(leaves)
    return tuple(
        name
        for name in system.children["root"]
        if all(name in one.nodes or name in one.scores for one in taken)
    )


def _score_of(one: Snapshot, name: str) -> Interval:
    if name in one.nodes:
        return as_interval(one.nodes[name].value)  # type: ignore[arg-type]
    return one.scores[name].value


def _radar(result: Evaluation, series: dict[str, Snapshot], caption: Text, say: Say) -> RadarChart:
    axes = _axes(result)
    system = result.task.system
    drawn = []
    for label, one in list(series.items())[:MOST_SERIES]:
        found = [_score_of(one, name) for name in axes]
        drawn.append(
            RadarSeries(
                label=label,
                values=tuple(each.midpoint for each in found),
                lows=tuple(each.low for each in found),
                highs=tuple(each.high for each in found),
            )
        )
    return RadarChart(
        caption=say(caption),
        axes=tuple(f"{name} {say(system.node(name).name)}" for name in axes),
        series=tuple(drawn),
        unknown_label=say(_MAY_LIE),
    )


_MAY_LIE = Text("where the score may lie", "得分可能所在范围")


def _assets_radar(result: Evaluation, latest: dict[str, Snapshot], say: Say) -> RadarChart:
    series = {_title_of(result, asset, say): one for asset, one in latest.items()}
    caption = Text("The assets on the last date, 1 is best", "各资产最近得分（1 为最好）")
    return _radar(result, series, caption, say)


def _indicators(result: Evaluation, one: Snapshot, say: Say) -> Table:
    system = result.task.system
    rows: list[tuple[Cell, ...]] = []
    strong = []
    for item in system.nodes:
        if item.id in one.nodes:
            strong.append(len(rows))
            value = _score_of(one, item.id)
            weight = sum(
                score.weight for name, score in one.scores.items() if item.id in system.path(name)
            )
            rows.append((item.id, say(item.name), Number(weight), score_text(value), "", "", ""))
        elif item.id in one.scores:
            score = one.scores[item.id]
            rows.append(
                (
                    item.id,
                    say(item.name),
                    Number(score.weight),
                    score_text(score.value),
                    say(SCORE_STATE_NAMES[score.state]),
                    "–" if score.given_on is None else str(score.given_on),
                    _who(score.answers, score.percentile, say),
                )
            )
    rows.append(("", say(Text("total", "合计")), Number(sum(one.weights.values())),
                 score_text(one.value), "", str(one.dated_on), ""))  # fmt: skip
    return Table(
        caption=say(
            Text(
                f"Indicators on {one.dated_on}, high is good",
                f"{one.dated_on} 指标得分（越高越好）",
            )
        ),
        columns=(
            say(Text("id", "编号")),
            say(Text("indicator", "指标")),
            say(Text("weight", "权重")),
            say(Text("score", "得分")),
            say(Text("state", "状态")),
            say(Text("given on", "评分日期")),
            say(Text("by", "来源")),
        ),
        rows=tuple(rows),
        strong=(*strong, len(rows) - 1),
    )


def _who(answers: Sequence[object], percentile: Percentile | None, say: Say) -> str:
    if percentile is not None:
        return say(Text(f"n = {percentile.n}", f"同类 {percentile.n} 项"))
    return ", ".join(str(getattr(answer, "author", "")) for answer in answers) or "–"


def _fuzzy(result: Evaluation, one: Snapshot, say: Say) -> Table:
    fuzzy, grades = one.fuzzy, result.task.grades
    if fuzzy is None or grades is None:
        raise AssertionError(one.asset)
    names = {grade.name.en: say(grade.name) for grade in grades.grades}
    rows: list[tuple[Cell, ...]] = []
    for operator, row in fuzzy.by_operator.items():
        leading = fuzzy.leading[operator]
        rows.append(
            (
                say(FUZZY_OPERATOR_NAMES[operator]),
                *(Number(share) for share in row),
                "–" if leading is None else names[leading],
            )
        )
    return Table(
        caption=say(Text("Fuzzy comprehensive evaluation", "模糊综合评价")),
        columns=(
            say(Text("operator", "算子")),
            *(say(grade.name) for grade in grades.grades),
            say(Text("leading", "最大隶属")),
        ),
        rows=tuple(rows),
        note=say(
            Text(
                "An interval answer belongs to each band in the part of it that lies there. "
                f"Unknown indicators ({fuzzy.unknown:.1%} of the weight) belong to no grade.",
                "区间评分按其落入各等级的比例确定隶属度。"
                f"未知指标（占权重 {fuzzy.unknown:.1%}）不属于任何等级。",
            )
        ),
    )


def _ranking(result: Evaluation, ranking: Ranking, say: Say, *, core: bool) -> Section:
    rows: list[tuple[Cell, ...]] = []
    for place, asset in enumerate(ranking.order):
        after = ranking.order[place + 1] if place + 1 < len(ranking.order) else ""
        radius = ranking.radii.get((asset, after))
        rows.append(
            (
                str(place + 1),
                _title_of(result, asset, say),
                score_text(ranking.scores[asset]),
                None if ranking.closeness is None else Number(ranking.closeness[asset]),
                None if radius is None else Number(radius, 1, percent=True),
            )
        )
    blocks: list[Block] = [
        Table(
            caption=say(Text("Order of the assets", "资产排序")),
            columns=(
                say(Text("place", "名次")),
                say(Text("asset", "资产")),
                say(Text("score", "得分")),
                say(Text("TOPSIS among these", "TOPSIS 贴近度（组内）")),
                say(Text("weights may move by", "权重可变动")),
            ),
            rows=tuple(rows),
            note=say(
                Text(
                    "The last column: how far all weights of a weighted sum may move at once, each "
                    "in proportion to itself, before this asset and the next change places.",
                    "末列：加权和下所有权重按自身比例同时变动多少时，该资产与下一名次互换。",
                )
            ),
        )
    ]
    if ranking.overtakings:
        blocks.append(_overtakings(ranking, say))
    if ranking.data_weights:
        blocks.append(_data_weights(result, ranking, say))
    return Section(title=say(Text("Ranking", "排序")), blocks=tuple(blocks), core=core)


def _overtakings(ranking: Ranking, say: Say) -> Table:
    return Table(
        caption=say(Text("Nearest weights at which the order changes", "使次序改变的最近权重")),
        columns=(
            say(Text("local weight of", "局部权重")),
            say(Text("now", "现值")),
            say(Text("turns at", "翻转点")),
            say(Text("order that turns", "翻转的次序")),
        ),
        rows=tuple(
            (
                item.node,
                Number(item.weight),
                Number(item.turning_weight),
                f"{item.ahead} > {item.behind}",
            )
            for item in ranking.overtakings[:MOST_SERIES]
        ),
    )


def _data_weights(result: Evaluation, ranking: Ranking, say: Say) -> Table:
    one = result.last(ranking.order[0])
    methods = {
        method: found.objective
        for method, found in ranking.data_weights.items()
        if found.objective is not None
    }
    joined = {
        method: found.joined_product
        for method, found in ranking.data_weights.items()
        if found.joined_product is not None
    }
    return Table(
        caption=say(Text("Weights from the scores themselves", "由得分本身得到的客观权重")),
        columns=(
            say(Text("indicator", "指标")),
            say(Text("system", "体系权重")),
            *(say(OBJECTIVE_METHOD_NAMES[method]) for method in methods),
            *(
                say(
                    Text(
                        f"system × {OBJECTIVE_METHOD_NAMES[method].en}",
                        f"体系 × {OBJECTIVE_METHOD_NAMES[method].zh}",
                    )
                )
                for method in joined
            ),
        ),
        rows=tuple(
            (
                name,
                Number(weight),
                *(Number(found[name]) for found in methods.values()),
                *(Number(found[name]) for found in joined.values()),
            )
            for name, weight in one.weights.items()
        ),
        note=say(
            Text(
                "They say on which indicators these few assets differ, not what matters; no score "
                "here uses them.",
                "客观权重反映这些资产在哪些指标上有差异，而非重要性；本报告得分未使用。",
            )
        ),
    )


def _trend_sections(result: Evaluation, say: Say, *, core: bool) -> list[Section]:
    shown = [result.trends[asset] for asset in _detailed(result)]
    several = [trend for trend in shown if len(trend.snapshots) > 1]
    if not several:
        alone = Text(
            "Every asset was evaluated once: there is nothing to compare yet.",
            "各资产仅评估一次，尚无可比较的变化。",
        )
        blocks: list[Block] = [Paragraph(text=say(alone)), _history(result, say)]
        return [Section(title=say(Text("Trend", "趋势")), blocks=tuple(blocks), core=core)]
    blocks = [_trend_chart(result, say), _history(result, say)]
    sections = [Section(title=say(Text("Trend", "趋势")), blocks=tuple(blocks), core=core)]
    for trend in several:
        moved = any(change.by_indicator for change in trend.changes)
        is_drawn = moved and len(_axes(result)) >= FEWEST_AXES
        blocks = [_dates_radar(result, trend, say)] if is_drawn else []
        blocks += [_changes(result, change, say) for change in trend.changes]
        title = _title_of(result, trend.asset, say)
        sections.append(
            Section(
                title=say(Text(f"What changed: {title}", f"变化：{title}")),
                blocks=tuple(blocks),
                core=core,
            )
        )
    return sections


def _year(day: date) -> float:
    return day.toordinal() / DAYS_PER_YEAR


def _trend_chart(result: Evaluation, say: Say) -> TrendChart:
    series = tuple(
        TrendSeries(
            label=_title_of(result, asset, say),
            dates=tuple(_year(one.dated_on) for one in trend.snapshots),
            values=tuple(one.value.midpoint for one in trend.snapshots),
            lows=tuple(one.value.low for one in trend.snapshots),
            highs=tuple(one.value.high for one in trend.snapshots),
        )
        for asset, trend in list(result.trends.items())[:MOST_SERIES]
    )
    days = sorted({one.dated_on for trend in result.trends.values() for one in trend.snapshots})
    most = 8
    step = -(-len(days) // most)
    grades = result.task.grades
    bands = []
    if grades is not None:
        bands = [
            Band(low=grades.edges[place], high=grades.edges[place + 1], label=say(grade.name))
            for place, grade in enumerate(grades.grades)
        ]
    return TrendChart(
        caption=say(Text("Score over time", "得分变化")),
        axis=say(Text("score", "得分")),
        series=series,
        ticks=tuple((_year(day), str(day)) for day in days[::step]),
        bands=tuple(bands),
        unknown_label=say(_MAY_LIE),
    )


def _history(result: Evaluation, say: Say) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for asset, trend in result.trends.items():
        for place, one in enumerate(trend.snapshots):
            change = trend.changes[place - 1] if place else None
            rows.append(
                (
                    asset,
                    str(one.dated_on),
                    score_text(one.value),
                    _grades_text(one, say),
                    "–" if change is None else _signed(change.difference),
                    "–" if change is None else say(DIRECTION_NAMES[change.direction]),
                )
            )
    slopes = [
        f"{asset}: {_signed(trend.slope)}"
        for asset, trend in result.trends.items()
        if trend.slope is not None
    ]
    listed = "; ".join(slopes) or "–"
    return Table(
        caption=say(Text("Evaluations in order", "历次评估")),
        columns=(
            say(Text("asset", "资产")),
            say(Text("date", "日期")),
            say(Text("score", "得分")),
            say(Text("grade", "等级")),
            say(Text("change", "变动")),
            say(Text("direction", "方向")),
        ),
        rows=tuple(rows),
        note=say(
            Text(
                f"Slope a year (median of all pairs, from three evaluations on): {listed}. A "
                "direction is said only where every value that unknown indicators allow agrees.",
                f"年斜率（所有两两斜率的中位数，三次评估起）：{listed}。"
                "仅当未知指标的所有可能取值一致时才判定方向。",
            )
        ),
    )


def _signed(value: Interval) -> str:
    if value.width < CLOSE:
        return f"{value.midpoint:+.4f}".replace("-", "−")
    return f"{value.low:+.4f} – {value.high:+.4f}".replace("-", "−")


def _dates_radar(result: Evaluation, trend: Trend, say: Say) -> RadarChart:
    kept = trend.snapshots if len(trend.snapshots) <= MOST_SERIES else _thinned(trend.snapshots)
    caption = Text(f"{trend.asset} on each date, 1 is best", f"{trend.asset} 历次得分（1 为最好）")
    return _radar(result, {str(one.dated_on): one for one in kept}, caption, say)


def _thinned(many: Sequence[Snapshot]) -> list[Snapshot]:
    step = (len(many) - 1) / (MOST_SERIES - 1)
    return [many[round(place * step)] for place in range(MOST_SERIES)]


def _changes(result: Evaluation, change: Change, say: Say) -> Table:
    system = result.task.system
    rows: list[tuple[Cell, ...]] = [
        (
            f"{item.indicator} {say(system.node(item.indicator).name)}",
            "–" if item.before is None else score_text(item.before),
            "–" if item.after is None else score_text(item.after),
            Number(item.effect),
            "; ".join(item.reasons) or "–",
        )
        for item in change.by_indicator
    ]
    if abs(change.remainder) > CLOSE:
        joint = Text("joint effects, changed weights", "共同影响与权重变化")
        rows.append((say(joint), "", "", Number(change.remainder), ""))
    rows.append(
        (
            say(Text("total", "合计")),
            score_text(change.first.value),
            score_text(change.second.value),
            Number(change.second.value.midpoint - change.first.value.midpoint),
            say(DIRECTION_NAMES[change.direction]),
        )
    )
    first, second = change.first.dated_on, change.second.dated_on
    return Table(
        caption=say(Text(f"From {first} to {second}", f"{first} 至 {second}")),
        columns=(
            say(Text("indicator", "指标")),
            say(Text("before", "变动前")),
            say(Text("after", "变动后")),
            say(Text("effect on the score", "对得分的影响")),
            say(Text("reason and evidence", "理由与证据")),
        ),
        rows=tuple(rows),
        strong=(len(rows) - 1,),
    )


def _conversion_sections(result: Evaluation, say: Say, *, core: bool) -> list[Section]:
    rules = result.task.conversions
    title = say(Text("Into rates and coefficients", "转换为费率与系数"))
    if not rules:
        none = Text(
            "The file states no rule (`conversions`), so no score becomes a rate.",
            "文件未写明任何规则（`conversions`），得分不转换为费率。",
        )
        return [Section(title=title, blocks=(Paragraph(text=say(none)),), core=core)]
    rows: list[tuple[Cell, ...]] = []
    for asset, trend in result.trends.items():
        for one in trend.snapshots[-1].conversions:
            is_premium = one.conversion.target is ConversionTarget.RISK_PREMIUM
            rows.append(
                (
                    asset,
                    one.conversion.id,
                    say(CONVERSION_TARGET_NAMES[one.conversion.target]),
                    _converted_text(as_interval(one.explanation.value), percent=is_premium),  # type: ignore[arg-type]
                    _converted_text(one.range, percent=is_premium),
                )
            )
    stated: list[tuple[Cell, ...]] = []
    for rule in rules:
        text = (
            rule.formula.text
            if rule.formula is not None
            else "; ".join(f"{score:g} → {value:g}" for score, value in rule.table)
            + f" ({say(INTERPOLATION_NAMES[rule.interpolation])})"
        )
        stated.append((rule.id, text, say(rule.source)))
    blocks: list[Block] = [
        Table(
            caption=say(Text("What the rules make of the scores", "规则转换结果")),
            columns=(
                say(Text("asset", "资产")),
                say(Text("rule", "规则")),
                say(Text("into", "转换为")),
                say(Text("value", "值")),
                say(Text("with the spread of answers", "计入评分分歧")),
            ),
            rows=tuple(rows),
        ),
        Table(
            caption=say(Text("The rules, as their authors wrote them", "规则原文")),
            columns=(
                say(Text("rule", "规则")),
                say(Text("score → value, or formula", "评分 → 值，或公式")),
                say(Text("set by", "制定依据")),
            ),
            rows=tuple(stated),
        ),
        Paragraph(
            text=say(
                Text(
                    "None of these rules comes with the software: a table or formula is the "
                    "user's, with its source beside it.",
                    "软件不附带任何转换规则：表或公式均由使用者提供，并列明依据。",
                )
            )
        ),
    ]
    return [Section(title=title, blocks=tuple(blocks), core=core)]


def _converted_text(value: Interval, *, percent: bool) -> str:
    scale, unit = (100.0, "%") if percent else (1.0, "")
    ends = [f"{end * scale:.{2 if percent else 4}f}{unit}".replace("-", "−") for end in value]
    return ends[0] if ends[0] == ends[1] else " – ".join(ends)


def _choices(result: Evaluation, say: Say) -> Section:
    task = result.task
    options = task.options
    no = say(Text("never", "不过期"))
    valid = options.answers_valid_days
    rows: list[tuple[Cell, ...]] = [
        (say(Text("aggregation", "合成方式")), say(AGGREGATION_NAMES[options.aggregation])),
        (
            say(Text("set-valued form", "集值统计形式")),
            say(SET_VALUED_FORM_NAMES[options.set_valued_form]),
        ),
        (
            say(Text("answers expire after", "评分有效期")),
            no if valid is None else say(Text(f"{valid} days", f"{valid} 天")),
        ),
        (say(Text("indicator system", "指标体系")), f"{task.system.id} {task.system.version}"),
        (say(Text("source of the system", "体系来源")), say(task.system.source)),
    ]
    if task.weights is not None:
        rows.append((say(Text("source of the weights", "权重来源")), task.weights.source or "–"))
    rows += [
        (
            say(Text(f"cohort {each.cohort.id}", f"同类 {each.cohort.id}")),
            say(
                Text(
                    f"{each.cohort.measure} of {len(each.cohort.values)} assets "
                    f"({each.cohort.n_missing} without a figure), counted on {each.counted_on}: "
                    f"{each.cohort.described_as.en}; {each.cohort.source.en}",
                    f"{len(each.cohort.values)} 项资产的 {each.cohort.measure}"
                    f"（另有 {each.cohort.n_missing} 项未知），计数日期 {each.counted_on}："
                    f"{each.cohort.described_as.zh}；{each.cohort.source.zh}",
                )
            ),
        )
        for each in task.cohorts
    ]
    blocks: list[Block] = [
        Table(caption="", columns=("", ""), rows=tuple(rows)),
        *(Paragraph(text=say(note)) for note in task.notes),
    ]
    if task.members:
        blocks.append(_members(result, say))
    title = say(Text("Choices and sources", "选择与来源"))
    return Section(title=title, blocks=tuple(blocks), core=False)


def _members(result: Evaluation, say: Say) -> Table:
    yes, no = say(Text("yes", "是")), say(Text("no", "否"))
    return Table(
        caption=say(Text("The panel", "专家组")),
        columns=(
            say(Text("expert", "专家")),
            say(Text("qualification", "资质")),
            say(Text("years", "年限")),
            say(Text("independent", "独立")),
        ),
        rows=tuple(
            (
                f"{member.id} {say(member.name)}".strip(),
                say(member.qualification) or "–",
                None if member.years is None else Number(member.years, 0),
                "–" if member.independent is None else yes if member.independent else no,
            )
            for member in result.task.members
        ),
    )


def _tree_sections(result: Evaluation, say: Say) -> list[Section]:
    blocks: list[Block] = [
        Tree(
            caption=_title_of(result, asset, say),
            lines=tuple(tree_lines(result.last(asset).total, say)),
        )
        for asset in _detailed(result)
    ]
    title = say(Text("How each score was computed", "得分的计算过程"))
    return [Section(title=title, blocks=tuple(blocks), core=False)]


def cohort_report(found: CohortSurvey, label: str, language: Language) -> Document:
    """Return the report on assets among the others of their kind."""

    def say(text: Text) -> str:
        return text.in_(language)

    rows = [_standing(each, found) for each in found.standings[:MOST_ROWS]]
    columns = ["id", *found.by]
    for measure in found.measures:
        columns += [
            measure,
            say(Text("percentile", "百分位")),
            say(Text("95 % interval", "95% 区间")),
            "n",
        ]
    more = len(found.standings) - len(rows)
    note = Text(
        "Percentile: share of the others of the kind below the figure, ties counted half; the "
        "interval reads these others as a sample of their kind (Wilson).",
        "百分位：同类其余资产中低于该值的比例，相同者计一半；区间将这些资产视为同类的样本（Wilson）。",
    )
    if more > 0:
        note = Text(f"{note.en} {more} more rows in --json.", f"{note.zh}其余 {more} 行见 --json。")
    blocks: list[Block] = [
        Table(caption="", columns=tuple(columns), rows=tuple(rows), note=say(note)),
        *findings_blocks(found.findings, language),
    ]
    return Document(
        language=language,
        title=label,
        subtitle=say(Text("percentiles in cohorts", "同类百分位")),
        badge="",
        sections=(Section(title="", blocks=tuple(blocks)),),
        footer="",
    )


def _standing(each: CohortStanding, found: CohortSurvey) -> tuple[Cell, ...]:
    cells: list[Cell] = [each.row.id, *each.row.kind]
    for measure in found.measures:
        value, place = each.row.values[measure], each.percentiles[measure]
        cells += [
            None if value is None else f"{value:g}",
            None if place is None else Number(place.mid, 1, percent=True),
            None if place is None else f"{place.sampling.low:.1%} – {place.sampling.high:.1%}",
            None if place is None else str(place.n),
        ]
    return tuple(cells)


def leading_figures(figures: Sequence[tuple[str, Cell]]) -> KeyFigures:
    """Return key figures of which the first leads."""
    return KeyFigures(
        figures=tuple(
            KeyFigure(label=label, value=value, leading=place == 0)
            for place, (label, value) in enumerate(figures)
        )
    )
