"""The spread of a value as sections of a report: bounds, chances, and what matters most."""

from __future__ import annotations

from ipfinance.basics import Interval, Language, Text
from ipfinance.numerics import Estimate
from ipfinance.reports._document import (
    Block,
    Cell,
    Curve,
    CurveChart,
    KeyFigure,
    KeyFigures,
    Number,
    Section,
    Table,
    TornadoBar,
    TornadoChart,
    shown,
)
from ipfinance.reports._words import result_unit
from ipfinance.valuation import (
    DEPENDENCE_NAMES,
    SPREAD_KIND_NAMES,
    CaseResult,
    Spread,
    UncertaintyTask,
)

MOST_BARS = 12


def spread_sections(
    spread: Spread, task: UncertaintyTask, language: Language, *, unit: str, digits: int
) -> list[Section]:
    """Return what is not known of a value: one section, with figures and their errors."""

    def say(text: Text) -> str:
        return text.in_(language)

    figures = [
        KeyFigure(
            label=say(Text("inputs at their middle", "输入取中值")),
            value=Number(spread.middle, digits),
            unit=unit,
        )
    ]
    if spread.bounds is not None:
        figures.append(
            KeyFigure(
                label=say(Text("no value lies outside", "价值不会超出")),
                value=_range(spread.bounds, digits),
                unit=unit,
                leading=True,
            )
        )
    if spread.mean is not None:
        figures.append(
            KeyFigure(
                label=say(Text("mean", "均值")),
                value=_figure(spread.mean, digits),
                unit=unit,
                leading=True,
            )
        )
    if spread.deviation is not None:
        figures.append(
            KeyFigure(
                label=say(Text("standard deviation", "标准差")),
                value=Number(spread.deviation.value, digits),
                unit=unit,
            )
        )
    blocks: list[Block] = [KeyFigures(figures=tuple(figures))]
    blocks += _chances(spread, task, language, unit=unit, digits=digits)
    blocks += _distribution(spread, language, unit=unit)
    blocks += _tornado(spread, language, unit=unit)
    blocks += _variance(spread, language)
    blocks += _scenarios(spread, language, unit=unit, digits=digits)
    return [Section(title=say(Text("Uncertainty", "不确定性")), blocks=tuple(blocks))]


def _range(interval: Interval, digits: int, *, percent: bool = False) -> str:
    ends = (shown(Number(end, digits, percent=percent)) for end in interval)
    return " – ".join(ends)


def _figure(value: Estimate | Interval, digits: int, *, percent: bool = False) -> Cell:
    if isinstance(value, Interval):
        return _range(value, digits, percent=percent)
    return Number(value.value, digits, percent=percent)


def _error(value: Estimate | Interval, digits: int, *, percent: bool = False) -> Cell:
    if isinstance(value, Interval):
        return None
    return Number(value.standard_error, digits, percent=percent)


def _chances(
    spread: Spread, task: UncertaintyTask, language: Language, *, unit: str, digits: int
) -> list[Block]:
    if not spread.at_levels and not spread.below:
        return []

    def say(text: Text) -> str:
        return text.in_(language)

    below = [
        (
            say(Text(f"chance to fall below {amount:,.10g}", f"低于 {amount:,.10g} 的概率")),
            _figure(found, 2, percent=True),
            _error(found, 3, percent=True),
        )
        for amount, found in spread.below.items()
    ]
    rows: list[tuple[Cell, ...]] = [
        (
            say(Text(f"{level:.4g} quantile", f"{level:.4g} 分位数")),
            _figure(found, digits),
            _error(found, digits),
        )
        for level, found in spread.at_levels.items()
    ]
    kind, dependence = SPREAD_KIND_NAMES[spread.kind], DEPENDENCE_NAMES[task.dependence]
    note = kind
    if spread.bounds is None:
        note = Text(
            f"{kind.en}; dependence: {dependence.en}", f"{kind.zh}；相关关系：{dependence.zh}"
        )
    if spread.mean is not None:
        drawn = task.draws * task.repeats
        note = Text(
            f"{note.en}; {drawn:,} draws, seed {task.seed}. The error is one standard error.",
            f"{note.zh}；抽样 {drawn:,} 次，种子 {task.seed}。误差为一个标准误。",
        )
    return [
        Table(
            caption=say(Text("Chances", "概率分布")),
            columns=(
                say(Text("figure", "指标")),
                f"{say(Text('value', '取值'))} ({unit})" if unit else say(Text("value", "取值")),
                say(Text("error", "误差")),
            ),
            rows=(*rows, *below),
            note=say(note),
        )
    ]


def _distribution(spread: Spread, language: Language, *, unit: str) -> list[Block]:
    if spread.shape is None:
        return []
    lower, upper = spread.shape
    levels = tuple((place + 0.5) / len(lower) for place in range(len(lower)))
    curves = [(Text("chance to lie at or below", "不高于该值的概率"), lower)]
    if spread.kind == "box":
        curves = [
            (Text("most likely to lie at or below", "概率上界"), lower),
            (Text("least likely to lie at or below", "概率下界"), upper),
        ]
    return [
        CurveChart(
            caption=Text("Distribution of the value", "价值的分布").in_(language),
            x_axis=unit,
            y_axis=Text("chance", "概率").in_(language),
            curves=tuple(
                Curve(label=name.in_(language), x=tuple(map(float, values)), y=levels)
                for name, values in curves
            ),
            y_percent=True,
        )
    ]


def _tornado(spread: Spread, language: Language, *, unit: str) -> list[Block]:
    if not spread.tornado:
        return []
    bars = tuple(
        TornadoBar(
            label=swing.name.in_(language),
            low=swing.range.low,
            high=swing.range.high,
            ends=f"{swing.low:.4g} – {swing.high:.4g}",
        )
        for swing in spread.tornado[:MOST_BARS]
    )
    caption = Text(
        "What one input moves, the others at their middle (distributions from their 10 % to their "
        "90 % quantile)",
        "单一输入的影响，其余输入取中值（分布取 10% 至 90% 分位数）",
    )
    return [TornadoChart(caption=caption.in_(language), axis=unit, centre=spread.middle, bars=bars)]


def _variance(spread: Spread, language: Language) -> list[Block]:
    if not spread.variance_shares:
        return []

    def say(text: Text) -> str:
        return text.in_(language)

    return [
        Table(
            caption=say(Text("Shares of the variance", "方差分解（Sobol 指数）")),
            columns=(
                say(Text("input", "输入")),
                say(Text("alone", "一阶")),
                say(Text("95 % interval", "95% 区间")),
                say(Text("with all others", "总效应")),
                say(Text("95 % interval", "95% 区间")),
            ),
            rows=tuple(
                (
                    say(share.name),
                    Number(share.alone, 1, percent=True),
                    _range(share.alone_range, 1, percent=True),
                    Number(share.whole, 1, percent=True),
                    _range(share.whole_range, 1, percent=True),
                )
                for share in spread.variance_shares[:MOST_BARS]
            ),
        )
    ]


def _scenarios(spread: Spread, language: Language, *, unit: str, digits: int) -> list[Block]:
    if not spread.scenarios:
        return []

    def say(text: Text) -> str:
        return text.in_(language)

    return [
        Table(
            caption=say(Text("Scenarios", "情景")),
            columns=(say(Text("scenario", "情景")), unit, say(Text("change", "变动"))),
            rows=tuple(
                (
                    say(name),
                    Number(value, digits),
                    Number(value / spread.middle - 1, 2, percent=True) if spread.middle else None,
                )
                for name, value in spread.scenarios
            ),
        )
    ]


def spread_of_case(result: CaseResult, language: Language) -> list[Section]:
    """Return the sections on the spread of the concluding value; none where it has none."""
    if result.yearly_spread:
        return [_yearly_section(result, language)]
    if result.spread is None:
        return []
    return spread_sections(
        result.spread,
        result.case.uncertainty or UncertaintyTask(),
        language,
        unit=result_unit(result.conclusion, language),
        digits=result.case.decimals,
    )


def _yearly_section(result: CaseResult, language: Language) -> Section:
    """Return the ends of each year of a series."""

    def say(text: Text) -> str:
        return text.in_(language)

    proven = all(each.bounds is not None for each in result.yearly_spread)
    caption = Text("No value lies outside", "取值不会超出")
    if not proven:
        caption = Text("From the lowest to the highest level asked for", "所求最低至最高分位数")
    digits = result.case.decimals
    rows: list[tuple[Cell, ...]] = []
    for year, spread in enumerate(result.yearly_spread, start=1):
        low, high = _ends(spread)
        ends = Number(spread.middle, digits), Number(low, digits), Number(high, digits)
        rows.append((str(year), *ends))
    names = (
        Text("year", "年"),
        Text("inputs at their middle", "输入取中值"),
        Text("low", "下限"),
        Text("high", "上限"),
    )
    table = Table(
        caption=say(caption), columns=tuple(say(name) for name in names), rows=tuple(rows)
    )
    return Section(title=say(Text("Uncertainty", "不确定性")), blocks=(table,))


def _ends(spread: Spread) -> tuple[float, float]:
    if spread.bounds is not None:
        return spread.bounds.low, spread.bounds.high
    figures = list(spread.at_levels.values())
    if not figures:
        return spread.middle, spread.middle
    first, last = figures[0], figures[-1]
    low = first.low if isinstance(first, Interval) else first.value
    high = last.high if isinstance(last, Interval) else last.value
    return low, high
