"""The document model: what a report says, in one language, before anyone decides how it looks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

from ipfinance.basics import Language, Severity


@dataclass(frozen=True, slots=True)
class Number:
    """A number, how many digits of it are shown, and what stands around it."""

    value: float
    decimals: int = 4
    percent: bool = False
    before: str = ""
    after: str = ""


Cell: TypeAlias = "str | Number | None"


def shown(cell: Cell) -> str:
    """Return what a reader sees in a cell.

    Examples
    --------
    >>> shown(Number(450.65761872)), shown(Number(0.2326, 2, percent=True)), shown(None)
    ('450.6576', '23.26%', '–')
    """
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return cell
    if math.isnan(cell.value):
        return "–"
    if math.isinf(cell.value):
        return "∞" if cell.value > 0 else "−∞"
    scaled = cell.value * 100 if cell.percent else cell.value
    text = f"{scaled:,.{cell.decimals}f}"
    if text.lstrip("-").strip("0.,") == "":
        text = text.lstrip("-")
    text = text.replace("-", "−") + ("%" if cell.percent else "")
    return f"{cell.before}{text}{cell.after}"


MOST_DECIMALS = 12


def significant(value: float, like: float | None = None, digits: int = 4) -> Number:
    """Return a number with so many decimals that the digits of another (or its own) are seen.

    Examples
    --------
    >>> shown(significant(0.000123456)), shown(significant(1234.5678, like=0.5))
    ('0.0001235', '1,234.5678')
    """
    scale = abs(value if like is None else like)
    if not math.isfinite(scale) or scale == 0.0:
        return Number(value)
    decimals = digits - 1 - math.floor(math.log10(scale))
    return Number(value, min(max(decimals, 0), MOST_DECIMALS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Running text; with a severity it stands out."""

    text: str
    severity: Severity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFigure:
    """A figure that the reader looks for first."""

    label: str
    value: Cell
    unit: str = ""
    leading: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFigures:
    """Several key figures side by side."""

    figures: tuple[KeyFigure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under named columns.

    Attributes
    ----------
    columns
        Headings.
    rows
        Cells; a number is set flush right.
    marked
        Places of rows whose figures must not be relied on.
    strong
        Places of rows that sum up.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    marked: tuple[int, ...] = ()
    strong: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingItem:
    """A finding as it is shown."""

    severity: Severity
    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingList:
    """Findings, gravest first."""

    items: tuple[FindingItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeLine:
    """One node of an explanation, with how deep it stands."""

    depth: int
    name: str
    symbol: str
    value: str
    formula: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """An explanation, node by node."""

    caption: str
    lines: tuple[TreeLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A named point on an axis."""

    label: str
    value: float
    leading: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalChart:
    """A value interval with the points that lie in it."""

    caption: str
    axis: str
    low: float
    high: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar, coloured by its group."""

    label: str
    value: float
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BarChart:
    """Horizontal bars, in the order given."""

    caption: str
    axis: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TornadoBar:
    """How far one input moves a value.

    Attributes
    ----------
    low, high
        The value at the ends, or its range in between.
    ends
        The ends of the input, as the reader sees them.
    """

    label: str
    low: float
    high: float
    ends: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TornadoChart:
    """How far each input moves a value from its centre, the strongest first."""

    caption: str
    axis: str
    centre: float
    bars: tuple[TornadoBar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelPlot:
    """What a panel answered on one thing: intervals, the covering function, the means."""

    title: str
    answers: tuple[tuple[str, float, float], ...]
    covering: tuple[tuple[float, float], ...]
    marks: tuple[Mark, ...]
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelChart:
    """Several panels' answers, small and side by side."""

    caption: str
    axis: str
    covering_label: str
    plots: tuple[PanelPlot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeSeries:
    """Intervals of one expert or of the whole panel, period by period."""

    label: str
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    leading: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeChart:
    """Intervals over periods."""

    caption: str
    axis: str
    periods: tuple[str, ...]
    series: tuple[RangeSeries, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One line of a chart."""

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    doubtful: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A stretch of the horizontal axis that is shaded."""

    low: float
    high: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveChart:
    """Lines over a shaded axis; `levels` are named horizontal lines."""

    caption: str
    x_axis: str
    y_axis: str
    curves: tuple[Curve, ...]
    bands: tuple[Band, ...] = ()
    levels: tuple[Mark, ...] = ()
    x_percent: bool = False
    y_percent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LatticeChart:
    """The nodes of a small lattice: the asset's value, and the option's below it."""

    caption: str
    times: tuple[float, ...]
    asset: tuple[tuple[float, ...], ...]
    option: tuple[tuple[float, ...], ...]
    probabilities: tuple[float, float, float]
    time_axis: str
    value_axis: str
    legend: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventChart:
    """Mean abnormal returns by day as bars, and their running sum as a line in a band.

    Attributes
    ----------
    days
        Relative to the event.
    daily, cumulated, low, high
        By day; NaN where there is none. [1]
    labels
        Of the bars, the line and the band.
    """

    caption: str
    axis: str
    days: tuple[int, ...]
    daily: tuple[float, ...]
    cumulated: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    labels: tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DotChart:
    """Values with error bars, in the order given."""

    caption: str
    axis: str
    labels: tuple[str, ...]
    values: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    percent: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RadarSeries:
    """Scores on the axes of a radar, with the ends between which each may lie."""

    label: str
    values: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RadarChart:
    """Scores on [0, 1] around a circle; what is not known is shaded."""

    caption: str
    axes: tuple[str, ...]
    series: tuple[RadarSeries, ...]
    unknown_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendSeries:
    """Scores at dates, with the ends between which each may lie; dates in years."""

    label: str
    dates: tuple[float, ...]
    values: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendChart:
    """Scores on [0, 1] over dates, above the bands of a table of grades."""

    caption: str
    axis: str
    series: tuple[TrendSeries, ...]
    ticks: tuple[tuple[float, str], ...]
    bands: tuple[Band, ...]
    unknown_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A point with its interval."""

    label: str
    value: float
    low: float
    high: float
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateChart:
    """Estimates with their intervals below each other, coloured by group, with a line at zero."""

    caption: str
    axis: str
    estimates: tuple[Estimate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowChart:
    """What flows into a place and out of it, ribbons as wide as the amounts."""

    caption: str
    unit: str
    centre: str
    inflows: tuple[tuple[str, float], ...]
    outflows: tuple[tuple[str, float], ...]


Chart: TypeAlias = (
    IntervalChart
    | BarChart
    | TornadoChart
    | PanelChart
    | RangeChart
    | CurveChart
    | LatticeChart
    | EventChart
    | DotChart
    | RadarChart
    | TrendChart
    | EstimateChart
    | FlowChart
)
Block: TypeAlias = Paragraph | KeyFigures | Table | FindingList | Tree | Chart


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a report.

    Attributes
    ----------
    core
        Whether the terminal shows it too; the rest stands in the written report only.
    """

    title: str
    blocks: tuple[Block, ...]
    core: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole report in one language."""

    language: Language
    title: str
    subtitle: str
    badge: str
    sections: tuple[Section, ...]
    footer: str

    def section(self, title: str) -> Section:
        """Return a section by its title."""
        return next(section for section in self.sections if section.title == title)
