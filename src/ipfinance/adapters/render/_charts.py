"""Chart data to SVG: text stays text, the same data gives the same bytes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache
from io import StringIO
from typing import Any

import matplotlib as mpl
import numpy as np
import pylopdf_fonts_zh_cn
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from ipfinance.reports import (
    BarChart,
    Chart,
    CurveChart,
    DotChart,
    EstimateChart,
    EventChart,
    FlowChart,
    IntervalChart,
    LatticeChart,
    PanelChart,
    PanelPlot,
    RadarChart,
    RangeChart,
    TornadoChart,
    TrendChart,
)

INK, GREY, LIGHT = "#22313f", "#7a8794", "#d9dfe4"
TEAL, AMBER, RED, BLUE, VIOLET = "#0f7173", "#c9821b", "#b3362b", "#3a6ea5", "#7a5195"
GROUP_COLOURS = (TEAL, AMBER, BLUE, VIOLET, RED, GREY)
WIDTH = 7.2
FAMILY = "Noto Sans SC"
FALLBACKS = f"'{FAMILY}', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
_DRAWING = threading.Lock()  # matplotlib's settings are global


@cache
def _register_fonts() -> None:
    font_manager.fontManager.addfont(pylopdf_fonts_zh_cn.sans_path())


def draw(chart: Chart) -> str:
    """Return a chart as an SVG element."""
    settings: Any = {
        "font.family": [FAMILY],
        "font.size": 8.5,
        "svg.fonttype": "none",
        "svg.hashsalt": "ipfinance",
        "axes.edgecolor": GREY,
        "axes.labelcolor": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "text.color": INK,
        "xtick.color": GREY,
        "ytick.color": GREY,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "legend.frameon": False,
    }
    with _DRAWING, mpl.rc_context(settings):
        _register_fonts()
        figure = _DRAWERS[type(chart)](chart)
        buffer = StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None}, transparent=True)
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    return svg.replace(f"'{FAMILY}'", FALLBACKS)


def _figure(height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.add_subplot()


def _interval(chart: IntervalChart) -> Figure:
    figure, axes = _figure(1.35)
    width = chart.high - chart.low
    margin = width * 0.12 if width > 0 else abs(chart.low) * 0.1 or 1.0
    axes.plot(
        [chart.low, chart.high], [0, 0], color=TEAL, linewidth=9, solid_capstyle="butt", alpha=0.35
    )
    for end in (chart.low, chart.high):
        axes.plot([end, end], [-0.16, 0.16], color=TEAL, linewidth=2)
        axes.annotate(f"{end:,.4f}", (end, -0.24), ha="center", va="top", fontsize=8, color=INK)
    for mark in chart.marks:
        colour = RED if mark.leading else GREY
        size = 8 if mark.leading else 5
        axes.plot([mark.value], [0], marker="D", color=colour, markersize=size, zorder=3)
        axes.annotate(
            f"{mark.label}\n{mark.value:,.4f}",
            (mark.value, 0.2),
            ha="center",
            va="bottom",
            linespacing=1.4,
            fontsize=8.5 if mark.leading else 7.5,
            color=colour if mark.leading else INK,
        )
    axes.set_xlim(chart.low - margin, chart.high + margin)
    axes.set_ylim(-0.75, 0.95)
    axes.set_yticks([])
    axes.set_xticks([])
    axes.set_xlabel(chart.axis)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    return figure


def _bars(chart: BarChart) -> Figure:
    figure, axes = _figure(0.5 + 0.24 * len(chart.bars))
    groups = list(dict.fromkeys(bar.group for bar in chart.bars))
    places = np.arange(len(chart.bars))[::-1]
    for group, colour in zip(groups, GROUP_COLOURS, strict=False):
        chosen = [i for i, bar in enumerate(chart.bars) if bar.group == group]
        axes.barh(
            places[chosen],
            [chart.bars[i].value for i in chosen],
            color=colour,
            height=0.68,
            label=group,
        )
    longest = max(bar.value for bar in chart.bars)
    for place, bar in zip(places, chart.bars, strict=True):
        axes.annotate(
            f"{bar.value:.4f}", (bar.value + longest * 0.01, place), va="center", fontsize=7.5
        )
    axes.set_yticks(places, [bar.label for bar in chart.bars])
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(0, longest * 1.15)
    axes.set_xlabel(chart.axis)
    axes.legend(loc="lower right", fontsize=8)
    return figure


def _tornado(chart: TornadoChart) -> Figure:
    figure, axes = _figure(0.7 + 0.3 * len(chart.bars))
    places = np.arange(len(chart.bars))[::-1]
    for place, bar in zip(places, chart.bars, strict=True):
        for end, colour in ((bar.low, AMBER), (bar.high, TEAL)):
            axes.barh([place], [end - chart.centre], left=chart.centre, color=colour, height=0.62)
        axes.annotate(
            f"{bar.high:,.4g}", (bar.high, place), xytext=(3, 0), textcoords="offset points",
            va="center", fontsize=7.5,
        )  # fmt: skip
        axes.annotate(
            f"{bar.low:,.4g}", (bar.low, place), xytext=(-3, 0), textcoords="offset points",
            va="center", ha="right", fontsize=7.5,
        )  # fmt: skip
    axes.axvline(chart.centre, color=INK, linewidth=1)
    axes.set_yticks(places, [f"{bar.label}\n{bar.ends}" for bar in chart.bars], fontsize=7.5)
    axes.tick_params(axis="y", length=0)
    low, high = min(bar.low for bar in chart.bars), max(bar.high for bar in chart.bars)
    margin = 0.14 * (high - low) or abs(chart.centre) * 0.1 or 1.0
    axes.set_xlim(low - margin, high + margin)
    axes.set_xlabel(chart.axis)
    axes.spines["left"].set_visible(False)
    return figure


def _panel(chart: PanelChart) -> Figure:
    columns = 3 if len(chart.plots) > 2 else len(chart.plots)  # noqa: PLR2004
    rows = -(-len(chart.plots) // columns)
    figure = Figure(figsize=(WIDTH, 1.75 * rows + 0.35), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False)
    for place, axes in enumerate(grid.flat):
        if place < len(chart.plots):
            _one_panel(axes, chart.plots[place])
        else:
            axes.set_axis_off()
    handles, labels = grid.flat[0].get_legend_handles_labels()
    area = mpl.patches.Patch(color=TEAL, alpha=0.18)
    figure.legend(
        [area, *handles],
        [chart.covering_label, *labels],
        loc="outside lower center",
        ncols=3,
        fontsize=8,
    )
    return figure


def _one_panel(axes: Axes, plot: PanelPlot) -> None:
    edges = [edge for edge, _ in plot.covering]
    shares = [share for _, share in plot.covering]
    count = len(plot.answers)
    axes.fill_between(
        [plot.low, *edges, plot.high],
        [0.0, *(share * count for share in shares), 0.0],
        step="post",
        color=TEAL,
        alpha=0.18,
        linewidth=0,
    )
    for place, (expert, low, high) in enumerate(plot.answers):
        height = count - place - 0.5
        axes.plot([low, high], [height, height], color=INK, linewidth=1.6, solid_capstyle="butt")
        axes.plot([low, high], [height, height], "|", color=INK, markersize=4)
        side = low - 0.02 if low > 0.2 else high + 0.02  # noqa: PLR2004
        axes.annotate(
            expert,
            (side, height),
            ha="right" if low > 0.2 else "left",  # noqa: PLR2004
            va="center",
            fontsize=6,
            color=GREY,
        )
    for mark in plot.marks:
        axes.axvline(
            mark.value,
            color=RED if mark.leading else AMBER,
            linewidth=1.1,
            linestyle="-" if mark.leading else (0, (3, 2)),
            label=mark.label,
        )
    axes.set_title(plot.title, fontsize=7.5, color=INK, loc="left", pad=3)
    axes.set_xlim(plot.low, plot.high)
    axes.set_ylim(0, count)
    axes.set_yticks([])
    axes.tick_params(labelsize=6.5)
    axes.spines["left"].set_visible(False)


def _ranges(chart: RangeChart) -> Figure:
    figure, axes = _figure(2.8)
    others = [series for series in chart.series if not series.leading]
    places = np.arange(len(chart.periods))
    width = 0.7 / max(len(others), 1)
    for order, series in enumerate(others):
        x = places - 0.35 + width * (order + 0.5)
        colour = GROUP_COLOURS[order % len(GROUP_COLOURS)]
        axes.vlines(x, series.lows, series.highs, color=colour, linewidth=3.2, label=series.label)
    for series in chart.series:
        if series.leading:
            lows, highs = np.array(series.lows), np.array(series.highs)
            axes.bar(
                places,
                highs - lows,
                bottom=lows,
                width=0.86,
                color=LIGHT,
                zorder=0,
                label=series.label,
            )
    axes.set_xticks(places, chart.periods)
    axes.set_ylabel(chart.axis)
    axes.set_ylim(bottom=min(0.0, *(low for series in chart.series for low in series.lows)))
    axes.legend(ncols=3, fontsize=8, loc="upper right")
    return figure


def _curves(chart: CurveChart) -> Figure:
    figure, axes = _figure(3.2)
    sound = [curve for curve in chart.curves if not curve.doubtful]
    for curve, colour in zip(sound, (TEAL, BLUE, VIOLET, AMBER), strict=False):
        axes.plot(curve.x, curve.y, color=colour, linewidth=2, label=curve.label)
    for curve in chart.curves:
        if curve.doubtful:
            axes.plot(
                curve.x, curve.y, color=RED, linewidth=1.3, linestyle=(0, (4, 2)), label=curve.label
            )
    for place, band in enumerate(chart.bands):
        axes.axvspan(
            band.low,
            band.high,
            facecolor=RED,
            alpha=0.07,
            hatch="///",
            edgecolor=RED,
            linewidth=0,
            label=band.label if place == 0 else None,
        )
    for level in chart.levels:
        axes.axhline(level.value, color=GREY, linewidth=0.8)
        axes.annotate(level.label, (chart.curves[0].x[0], level.value), va="bottom", fontsize=7.5)
    axes.axhline(0, color=LIGHT, linewidth=0.8, zorder=0)
    low, high = _sensible_limits(chart)
    axes.set_ylim(low, high)
    ends = [end for curve in chart.curves for end in (curve.x[0], curve.x[-1])]
    axes.set_xlim(min(ends), max(ends))
    axes.set_xlabel(chart.x_axis)
    axes.set_ylabel(chart.y_axis)
    if chart.x_percent:
        axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    if chart.y_percent:
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    figure.legend(loc="outside lower center", ncols=2, fontsize=8)
    return figure


def _sensible_limits(chart: CurveChart) -> tuple[float, float]:
    """Let the sound curves set the scale; a diverging replication is cut."""
    sound = [y for curve in chart.curves if not curve.doubtful for y in curve.y]
    doubtful = [y for curve in chart.curves if curve.doubtful for y in curve.y if np.isfinite(y)]
    low, high = min([*sound, 0.0]), max(sound)
    reach = high - low
    low = max(min([low, *doubtful]), low - 0.6 * reach)
    high = min(max([high, *doubtful]), high + 0.9 * reach)
    margin = 0.06 * (high - low)
    return low - margin, high + margin


def _lattice(chart: LatticeChart) -> Figure:
    figure, axes = _figure(3.6)
    for level in range(len(chart.asset) - 1):
        for place, value in enumerate(chart.asset[level]):
            for move in range(3):
                axes.plot(
                    [chart.times[level], chart.times[level + 1]],
                    [value, chart.asset[level + 1][place + move]],
                    color=LIGHT,
                    linewidth=0.9,
                    zorder=1,
                )
    for level, (values, options) in enumerate(zip(chart.asset, chart.option, strict=True)):
        for value, option in zip(values, options, strict=True):
            axes.plot([chart.times[level]], [value], "o", color=TEAL, markersize=4, zorder=2)
            axes.annotate(
                f"{value:.3g}",
                (chart.times[level], value),
                xytext=(4, 2),
                textcoords="offset points",
                fontsize=6.8,
                color=TEAL,
                va="bottom",
            )
            axes.annotate(
                f"{option:.3g}",
                (chart.times[level], value),
                xytext=(4, -2),
                textcoords="offset points",
                fontsize=6.8,
                color=RED,
                va="top",
            )
    axes.set_yscale("log")
    axes.set_yticks([])
    axes.minorticks_off()
    axes.set_xticks(chart.times, [f"{time:g}" for time in np.round(chart.times, 3)])
    span = chart.times[-1] - chart.times[0]
    axes.set_xlim(chart.times[0] - 0.03 * span, chart.times[-1] + 0.09 * span)
    axes.set_xlabel(chart.time_axis)
    up, middle, down = chart.probabilities
    axes.plot([], [], "o", color=TEAL, label=f"{chart.legend[0]} ({chart.value_axis})")
    axes.plot([], [], " ", label="")
    handles = [
        mpl.lines.Line2D([], [], marker="o", linestyle="", color=TEAL, markersize=4),
        mpl.lines.Line2D([], [], marker="s", linestyle="", color=RED, markersize=4),
        mpl.lines.Line2D([], [], linestyle=""),
    ]
    labels = [
        f"{chart.legend[0]} ({chart.value_axis})",
        f"{chart.legend[1]} ({chart.value_axis})",
        f"p↑ {up:.4f}   p→ {middle:.4f}   p↓ {down:.4f}",
    ]
    axes.legend(handles, labels, loc="upper left", fontsize=8)
    axes.spines["left"].set_visible(False)
    return figure


def _event(chart: EventChart) -> Figure:
    figure, axes = _figure(3.2)
    days = np.array(chart.days)
    axes.axvline(0, color=GREY, linewidth=0.8, linestyle=(0, (2, 2)), zorder=0)
    axes.axhline(0, color=GREY, linewidth=0.8, zorder=0)
    axes.bar(days, chart.daily, width=0.62, color=AMBER, alpha=0.75, label=chart.labels[0])
    if len(days) > 1:
        axes.fill_between(days, chart.low, chart.high, color=TEAL, alpha=0.16, linewidth=0,
                          label=chart.labels[2])  # fmt: skip
        axes.plot(days, chart.cumulated, color=TEAL, linewidth=2, marker="o", markersize=3.5,
                  label=chart.labels[1])  # fmt: skip
    else:
        width = [[chart.cumulated[0] - chart.low[0]], [chart.high[0] - chart.cumulated[0]]]
        axes.errorbar(days, chart.cumulated, yerr=width, color=TEAL, marker="o", capsize=4,
                      label=chart.labels[2])  # fmt: skip
    axes.set_xlim(days[0] - 0.6, days[-1] + 0.6)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_xlabel(chart.axis)
    figure.legend(loc="outside lower center", ncols=3, fontsize=8)
    return figure


def _dots(chart: DotChart) -> Figure:
    figure, axes = _figure(0.7 + 0.2 * len(chart.values))
    places = np.arange(len(chart.values))[::-1]
    axes.axvline(0, color=GREY, linewidth=0.8, zorder=0)
    axes.hlines(places, chart.lows, chart.highs, color=LIGHT, linewidth=3.2, zorder=1)
    colours = [TEAL if value >= 0 else RED for value in chart.values]
    axes.scatter(chart.values, places, c=colours, s=18, zorder=2)
    axes.set_yticks(places, chart.labels, fontsize=7)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-0.8, len(places) - 0.2)
    axes.set_xlabel(chart.axis)
    if chart.percent:
        axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    return figure


def _radar(chart: RadarChart) -> Figure:
    figure = Figure(figsize=(WIDTH, 4.3), layout="constrained")
    axes: Any = figure.add_subplot(projection="polar")
    count = len(chart.axes)
    angles = np.linspace(0.0, 2.0 * np.pi, count, endpoint=False)
    closed = np.append(angles, angles[0])
    axes.set_theta_zero_location("N")
    axes.set_theta_direction(-1)
    is_unknown = False
    for series, colour in zip(chart.series, GROUP_COLOURS, strict=False):
        lows, values, highs = (
            np.append(each, each[0]) for each in (series.lows, series.values, series.highs)
        )
        wide = bool(np.any(highs - lows > 1e-9))  # noqa: PLR2004
        is_unknown = is_unknown or wide
        if wide:
            axes.fill_between(closed, lows, highs, color=colour, alpha=0.16, linewidth=0)
        axes.plot(closed, values, color=colour, linewidth=1.8, label=series.label)
        known = np.array(series.highs) - np.array(series.lows) <= 1e-9  # noqa: PLR2004
        marks = np.array(series.values)
        axes.plot(angles[known], marks[known], "o", color=colour, markersize=3.5)
        axes.plot(
            angles[~known], marks[~known], "o", color=colour, markersize=3.5, fillstyle="none"
        )
    axes.set_ylim(0.0, 1.0)
    axes.set_yticks([0.25, 0.5, 0.75, 1.0], ["0.25", "0.5", "0.75", "1"], fontsize=6.5)
    axes.set_rlabel_position(180.0 / count)
    axes.set_xticks(angles, [""] * count)
    for angle, label in zip(angles, chart.axes, strict=True):
        side = np.sin(angle)
        axes.annotate(
            label,
            (angle, 1.08),
            ha="center" if abs(side) < 0.2 else "left" if side > 0 else "right",  # noqa: PLR2004
            va="bottom" if np.cos(angle) > 0.2 else "top" if np.cos(angle) < -0.2 else "center",  # noqa: PLR2004
            fontsize=8,
            annotation_clip=False,
        )
    axes.grid(color=LIGHT, linewidth=0.7)
    axes.spines["polar"].set_color(LIGHT)
    _legend_with_unknown(figure, axes, chart.unknown_label if is_unknown else "")
    return figure


def _trend(chart: TrendChart) -> Figure:
    figure, axes = _figure(3.1)
    start = min(series.dates[0] for series in chart.series)
    end = max(series.dates[-1] for series in chart.series)
    margin = 0.04 * (end - start) or 0.1
    for place, band in enumerate(chart.bands):
        axes.axhspan(band.low, band.high, color=GREY, alpha=0.05 + 0.06 * (place % 2), linewidth=0)
        axes.annotate(
            band.label,
            (end + margin, (band.low + band.high) / 2),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=7.5,
            color=GREY,
            annotation_clip=False,
        )
    is_unknown = False
    for series, colour in zip(chart.series, GROUP_COLOURS, strict=False):
        lows, highs = np.array(series.lows), np.array(series.highs)
        wide = bool(np.any(highs - lows > 1e-9))  # noqa: PLR2004
        is_unknown = is_unknown or wide
        if wide:
            axes.fill_between(series.dates, lows, highs, color=colour, alpha=0.16, linewidth=0)
            axes.vlines(series.dates, lows, highs, color=colour, linewidth=0.9, alpha=0.6)
        axes.plot(
            series.dates, series.values, "-o", color=colour, linewidth=1.8, markersize=4,
            label=series.label,
        )  # fmt: skip
    axes.set_xlim(start - margin, end + margin)
    axes.set_ylim(0.0, 1.0)
    axes.set_xticks([place for place, _ in chart.ticks], [label for _, label in chart.ticks])
    axes.tick_params(axis="x", labelsize=7.5)
    axes.set_ylabel(chart.axis)
    _legend_with_unknown(figure, axes, chart.unknown_label if is_unknown else "")
    return figure


def _legend_with_unknown(figure: Figure, axes: Axes, unknown: str) -> None:
    handles, labels = axes.get_legend_handles_labels()
    if unknown:
        handles.append(mpl.patches.Patch(color=GREY, alpha=0.3))
        labels.append(unknown)
    figure.legend(handles, labels, loc="outside lower center", ncols=3, fontsize=8)


def _flows(chart: FlowChart) -> Figure:
    rows = max(len(chart.inflows), len(chart.outflows))
    figure, axes = _figure(1.4 + 0.42 * rows)
    total = max(sum(x for _, x in chart.inflows), sum(x for _, x in chart.outflows), 1e-9)
    gap = 0.06 * total
    axes.barh([total / 2], [0.04], left=0.48, height=total, color=INK)
    axes.annotate(chart.centre, (0.5, total + gap / 2), ha="center", va="bottom", fontsize=8)
    for side, flows in ((0.0, chart.inflows), (1.0, chart.outflows)):
        height = sum(x for _, x in flows) + gap * (len(flows) - 1)
        outer, inner = total / 2 + height / 2, total / 2 + sum(x for _, x in flows) / 2
        for place, (label, amount) in enumerate(flows):
            colour = GROUP_COLOURS[place % len(GROUP_COLOURS)]
            _ribbon(axes, side, outer, inner, amount, colour)
            axes.annotate(
                f"{label}  {amount:,.2f}",
                (side, outer - amount / 2),
                xytext=(-6 if side == 0 else 6, 0),
                textcoords="offset points",
                ha="right" if side == 0 else "left",
                va="center",
                fontsize=8,
            )
            outer -= amount + gap
            inner -= amount
    axes.set_xlim(-0.75, 1.75)
    axes.set_xlabel(chart.unit)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
    return figure


def _ribbon(  # noqa: PLR0917
    axes: Axes, side: float, outer: float, inner: float, amount: float, colour: str
) -> None:
    """Draw one flow between the edge of the chart and its centre."""
    steps = np.linspace(0.0, 1.0, 40)
    bend = 3 * steps**2 - 2 * steps**3
    edge = 0.48 if side == 0 else 0.52
    x = side + (edge - side) * steps
    upper = outer + (inner - outer) * bend
    axes.fill_between(x, upper - amount, upper, color=colour, alpha=0.45, linewidth=0)


def _estimates(chart: EstimateChart) -> Figure:
    groups = list(dict.fromkeys(each.group for each in chart.estimates))
    gaps = max(len(groups) - 1, 0)
    figure, axes = _figure(0.75 + 0.24 * len(chart.estimates) + 0.14 * gaps)
    height, ticks, labels = 0.0, [], []
    for place, group in enumerate(groups):
        colour = GROUP_COLOURS[place % len(GROUP_COLOURS)]
        members = [each for each in chart.estimates if each.group == group]
        for order, each in enumerate(members):
            name = group if order == 0 and group else None
            axes.plot(
                [each.low, each.high], [-height, -height], color=colour, linewidth=2, alpha=0.6
            )
            axes.plot([each.value], [-height], "o", color=colour, markersize=5, label=name)
            ticks.append(-height)
            labels.append(each.label)
            height += 1.0
        height += 0.6
    axes.axvline(0, color=GREY, linewidth=0.8, zorder=0)
    axes.set_yticks(ticks, labels)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-height + 0.2, 0.8)
    axes.set_xlabel(chart.axis)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.6g}".replace("-", "−")))
    if any(groups):
        figure.legend(loc="outside lower center", ncols=min(len(groups), 4), fontsize=8)
    return figure


_DRAWERS: dict[type, Callable[[Any], Figure]] = {
    IntervalChart: _interval,
    BarChart: _bars,
    PanelChart: _panel,
    TornadoChart: _tornado,
    RangeChart: _ranges,
    CurveChart: _curves,
    LatticeChart: _lattice,
    EventChart: _event,
    DotChart: _dots,
    RadarChart: _radar,
    TrendChart: _trend,
    EstimateChart: _estimates,
    FlowChart: _flows,
}
