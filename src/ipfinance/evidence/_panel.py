"""From a table as a vendor sends it to a panel of firms and years with Tobin's q."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from ipfinance.basics import Finding, FindingKind, InputError, Problem, Severity, Text
from ipfinance.evidence._formula import MOST_LISTED, refuse_rows
from ipfinance.evidence._winsor import WINSORISED, Winsorising, winsorised
from ipfinance.market import (
    Column,
    ColumnKind,
    Table,
    TableSource,
    column_missing,
    column_taken,
)
from ipfinance.numerics import BoolArray, FloatArray, IntArray


class EquityKind(StrEnum):
    """How the market value of equity is found."""

    MARKET_CAP = "market-cap"
    SHARES_PRICE = "shares-price"
    TRADABLE_PLUS_BOOK = "tradable-plus-book"
    GIVEN = "given"


class ReplacementKind(StrEnum):
    """What stands for the replacement cost of assets."""

    ASSETS = "assets"
    WITHOUT_INTANGIBLES = "assets-less-intangibles"


EQUITY_NAMES = {
    EquityKind.MARKET_CAP: Text("market capitalisation from the file", "文件中的总市值"),
    EquityKind.SHARES_PRICE: Text("all shares times the price", "总股本乘以股价"),
    EquityKind.TRADABLE_PLUS_BOOK: Text(
        "tradable shares at the price, the rest at book equity per share",
        "流通股按股价，非流通股按每股净资产",
    ),
    EquityKind.GIVEN: Text("Tobin's q from the file, not computed", "托宾 Q 取自文件，未作计算"),
}
REPLACEMENT_NAMES = {
    ReplacementKind.ASSETS: Text("total assets at book value", "总资产账面价值"),
    ReplacementKind.WITHOUT_INTANGIBLES: Text(
        "total assets less intangible assets, at book value", "总资产减无形资产（账面价值）"
    ),
}
_EQUITY_ROLES = {
    EquityKind.MARKET_CAP: ("market_cap", "debt", "assets"),
    EquityKind.SHARES_PRICE: ("shares", "price", "debt", "assets"),
    EquityKind.TRADABLE_PLUS_BOOK: (
        "shares",
        "tradable_shares",
        "price",
        "book_equity",
        "debt",
        "assets",
    ),
    EquityKind.GIVEN: ("q",),
}
ADJUSTED_RATIO = 0.2  # a close this far from the day's mean price is not the price of that day

ROWS_DROPPED = FindingKind(
    code="panel_rows_dropped",
    severity=Severity.NOTE,
    text=Text(
        "{read:,} rows read, {kept:,} kept: {filtered:,} did not match {keep}; {missing:,} had an "
        "empty cell that Tobin's q needs ({columns}).",
        "读入 {read:,} 行，保留 {kept:,} 行：{filtered:,} 行不符合 {keep}；{missing:,} 行缺少"
        "计算托宾 Q 所需的值（{columns}）。",
    ),
)
PRICE_NOT_CHECKED = FindingKind(
    code="price_must_be_raw",
    severity=Severity.WARNING,
    text=Text(
        "Shares were multiplied by prices. Prices adjusted for dividends and splits make market "
        "values of the past too small; give traded_amount and traded_volume to have them checked.",
        "市值由股本乘以股价得到。复权价会低估历史市值；请提供 traded_amount 与 traded_volume "
        "以便核对。",
    ),
)
PRICE_ADJUSTED = FindingKind(
    code="price_looks_adjusted",
    severity=Severity.INVALID,
    text=Text(
        "In {rows:,} rows the price is more than {share:.0%} from amount over volume: it looks "
        "adjusted, and market values from it are wrong.",
        "有 {rows:,} 行的股价与成交额除以成交量相差超过 {share:.0%}：疑为复权价，"
        "据此计算的市值有误。",
    ),
)
EMPTY_CONTROLS = FindingKind(
    code="panel_cells_empty",
    severity=Severity.NOTE,
    text=Text(
        "{name} is empty in {count:,} of {kept:,} rows; regressions leave those rows out and count "
        "them.",
        "{name} 在 {kept:,} 行中有 {count:,} 行为空；回归将剔除并计数。",
    ),
)
STOCK_GAP = FindingKind(
    code="stock_over_a_gap",
    severity=Severity.WARNING,
    text=Text(
        "{name}: {gaps:,} gaps of years; the stock depreciates over a gap and nothing is added.",
        "{name}：存在 {gaps:,} 处年份缺口；缺口期间仅计提折旧，无新增流量。",
    ),
)
FLOW_AS_ZERO = FindingKind(
    code="empty_flow_taken_as_zero",
    severity=Severity.WARNING,
    text=Text(
        "{name}: {count:,} empty flows were taken as zero, as asked.",
        "{name}：按要求将 {count:,} 个空的流量视为零。",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceColumn:
    """A column of the file and what its numbers are multiplied by."""

    column: str
    multiply: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRule:
    """A stock by perpetual inventory.

    Attributes
    ----------
    name, flow
        Names of the new column and of the yearly flow.
    depreciation, growth
        Rates a year; the first stock is flow / (depreciation + growth).
    empty_is_zero
        Whether an empty flow counts as zero; otherwise the stock is empty from there on.
    """

    name: str
    flow: str
    depreciation: float
    growth: float
    empty_is_zero: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelRequest:
    """How a panel is made.

    Attributes
    ----------
    columns
        By role: firm, year, market_cap, assets, debt and others; any further name is kept as it
        is.
    keep
        Texts that a column of the file must begin or end with for a row to be kept.
    lags
        Columns of which last year's value is added as `<name>_lag`.
    winsorise, limits
        Columns of the finished panel to pull in, and percent points.
    """

    columns: Mapping[str, SourceColumn]
    equity: EquityKind = EquityKind.MARKET_CAP
    replacement: ReplacementKind = ReplacementKind.ASSETS
    stocks: tuple[StockRule, ...] = ()
    lags: tuple[str, ...] = ()
    keep: Mapping[str, str] = field(default_factory=dict)
    winsorise: tuple[str, ...] = ()
    limits: tuple[float, float] = (1.0, 99.0)

    @property
    def needed(self) -> tuple[str, ...]:
        """The roles that Tobin's q needs."""
        more = (
            ("intangibles",)
            if self.replacement is ReplacementKind.WITHOUT_INTANGIBLES
            and self.equity is not EquityKind.GIVEN
            else ()
        )
        return ("firm", "year", *_EQUITY_ROLES[self.equity], *more)

    @property
    def variables(self) -> dict[str, ColumnKind]:
        """The columns of the file that must be read."""
        kinds: dict[str, ColumnKind] = {}
        for role, source in self.columns.items():
            if role in {"firm", "year"}:
                kinds[source.column] = ColumnKind.TEXT
            elif role in NUMERIC_ROLES or source.multiply != 1.0:
                kinds[source.column] = ColumnKind.NUMBER
            else:
                kinds.setdefault(source.column, ColumnKind.GUESS)
        for name in self.keep:
            kinds.setdefault(name, ColumnKind.TEXT)
        return kinds


NUMERIC_ROLES = {
    "market_cap",
    "shares",
    "tradable_shares",
    "price",
    "book_equity",
    "debt",
    "assets",
    "intangibles",
    "fixed_assets",
    "sales",
    "q",
    "traded_amount",
    "traded_volume",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Panel:
    """Firms over years, ready for regressions.

    Attributes
    ----------
    table
        Roles as columns, then `q`, `market_value` and the other derived columns, sorted by firm
        and year.
    definitions
        What each derived column is.
    """

    request: PanelRequest
    table: Table
    definitions: Mapping[str, Text]
    findings: tuple[Finding, ...]
    winsorised: tuple[Winsorising, ...]
    read: int

    @property
    def source(self) -> TableSource:
        """The file the panel was made from."""
        return self.table.source


def build_panel(given: Table, request: PanelRequest) -> Panel:
    """Make a panel: rows chosen, units applied, q and the other columns computed.

    Raises
    ------
    InputError
        With every fault: roles that are not mapped, years that are none, a firm twice in a year,
        assets or q that are not positive, each with its rows.
    """
    _check(request)
    chosen, filtered = _kept(given, request.keep)
    columns = _mapped(chosen, request)
    table = Table(columns=columns, lines=chosen.lines, source=given.source)
    full, empty = _complete(table, request.needed)
    table = _sorted(table.taken(full))
    if table.n_rows == 0:
        raise InputError([given.column_problem("", _NO_ROWS, f"{given.n_rows:,} rows")])
    _refuse_twice(table)
    findings = _row_findings(given, table, filtered, empty, request)
    more: dict[str, Column] = {}
    definitions: dict[str, Text] = {}
    _add_q(table, request, more, definitions, findings)
    _add_controls(table, more, definitions)
    _add_stocks(table, request, more, definitions, findings)
    _add_lags(table, request, more, definitions)
    findings += _empty_findings(table, more, definitions)
    table = table.with_columns(more)
    table, pulled = winsorised(
        table, request.winsorise, low=request.limits[0], high=request.limits[1]
    )
    findings += [
        WINSORISED.finding(
            where=each.name,
            name=each.name,
            low=each.low,
            high=each.high,
            floor=each.floor,
            ceiling=each.ceiling,
            below=each.below,
            above=each.above,
        )
        for each in pulled
    ]
    return Panel(
        request=request,
        table=table,
        definitions=definitions,
        findings=tuple(findings),
        winsorised=pulled,
        read=given.n_rows,
    )


def _check(request: PanelRequest) -> None:
    problems = []
    for role in request.needed:
        if role not in request.columns:
            allowed = Text(
                f"name the column of the file that holds it (--column {role}=NAME)",
                f"请指定文件中对应的列（--column {role}=列名）",
            )
            problems.append(Problem(field=role, allowed=allowed))
    for rule in request.stocks:
        if rule.flow not in request.columns:
            problems.append(Problem(field=rule.name, found=rule.flow, allowed=_FLOW))
        rates = (rule.depreciation, rule.growth)
        positive = rule.depreciation + rule.growth > 0
        if not all(map(math.isfinite, rates)) or not 0 <= rule.depreciation <= 1 or not positive:
            found = f"{rule.depreciation:g}, {rule.growth:g}"
            problems.append(Problem(field=rule.name, found=found, allowed=_RATES))
    if problems:
        raise InputError(problems)


def _kept(given: Table, keep: Mapping[str, str]) -> tuple[Table, int]:
    rows = np.ones(given.n_rows, dtype=bool)
    for name, wanted in keep.items():
        texts = given.texts(name)
        fits = np.array([t.startswith(wanted) or t.endswith(wanted) for t in texts.levels])
        rows &= (texts.codes >= 0) & (fits[texts.codes] if len(fits) else False)
    return (given if rows.all() else given.taken(rows)), int((~rows).sum())


def _mapped(table: Table, request: PanelRequest) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    for role, source in request.columns.items():
        if role == "firm":
            columns[role] = table.texts(source.column)
        elif role == "year":
            columns[role] = years_of(table, source.column)
        elif source.multiply != 1.0:
            columns[role] = table.numbers(source.column) * source.multiply
        else:
            columns[role] = column_taken(table.columns[source.column], np.arange(table.n_rows))
    return columns


def years_of(table: Table, name: str) -> FloatArray:
    """Return the year of each row from years or dates, NaN where the cell is empty.

    Raises
    ------
    InputError
        With the rows whose cell begins with no year from 1800 to 2200.
    """
    texts = table.texts(name)
    years = np.array([_year(text) for text in texts.levels], dtype=np.float64)
    found = np.full(table.n_rows, np.nan)
    filled = texts.codes >= 0
    if len(years):
        found[filled] = years[texts.codes[filled]]
    wrong = np.flatnonzero(filled & np.isnan(found))
    if len(wrong):
        raise InputError(
            table.problem(name, row, texts.levels[texts.codes[row]], _YEAR)
            for row in wrong[:MOST_LISTED].tolist()
        )
    return found


def _year(text: str) -> float:
    digits = text[:4]
    rest = text[4:]
    if not (digits.isascii() and digits.isdigit()) or (rest[:1].isdigit() and len(rest) != 4):  # noqa: PLR2004
        return math.nan
    year = int(digits)
    earliest, latest = 1800, 2200
    return float(year) if earliest <= year <= latest else math.nan


def _complete(table: Table, names: Sequence[str]) -> tuple[BoolArray, dict[str, int]]:
    rows = np.ones(table.n_rows, dtype=bool)
    counts = {}
    for name in names:
        missing = column_missing(table.columns[name])
        rows &= ~missing
        if missing.any():
            counts[name] = int(missing.sum())
    return rows, counts


def _sorted(table: Table) -> Table:
    order = np.lexsort((table.numbers("year"), table.texts("firm").codes))
    return table.taken(order)


def _refuse_twice(table: Table) -> None:
    firm, year = table.texts("firm"), table.numbers("year")
    twice = np.flatnonzero((np.diff(firm.codes) == 0) & (np.diff(year) == 0)) + 1
    if len(twice):
        raise InputError(
            table.problem(
                "firm, year",
                row,
                f"{firm.levels[firm.codes[row]]}, {year[row]:g}",
                Text(
                    f"expected each firm once a year; it stands in line {table.lines[row - 1]} too",
                    f"同一企业每年应只有一行；第 {table.lines[row - 1]} 行已有",
                ),
            )
            for row in twice[:MOST_LISTED].tolist()
        )


def _row_findings(
    given: Table, table: Table, filtered: int, empty: Mapping[str, int], request: PanelRequest
) -> list[Finding]:
    if table.n_rows == given.n_rows:
        return []
    return [
        ROWS_DROPPED.finding(
            read=given.n_rows,
            kept=table.n_rows,
            filtered=filtered,
            keep=", ".join(f"{k}={v}" for k, v in request.keep.items()) or "–",
            missing=given.n_rows - filtered - table.n_rows,
            columns=", ".join(f"{name} {count:,}" for name, count in empty.items()) or "–",
        )
    ]


def _add_q(
    table: Table,
    request: PanelRequest,
    more: dict[str, Column],
    definitions: dict[str, Text],
    findings: list[Finding],
) -> None:
    if request.equity is EquityKind.GIVEN:
        q = table.numbers("q")
        refuse_rows(table, "q", q, ~(q > 0), _POSITIVE)
        if "assets" in table.columns:
            more["market_value"] = q * _positive(table, "assets")
            definitions["market_value"] = Text("q times assets", "托宾 Q 乘以总资产")
    else:
        equity_value, debt = _equity(table, request.equity), table.numbers("debt")
        value = equity_value + debt
        assets = _positive(table, "assets")
        if request.replacement is ReplacementKind.WITHOUT_INTANGIBLES:
            assets = assets - table.numbers("intangibles")
            refuse_rows(table, "assets - intangibles", assets, ~(assets > 0), _POSITIVE)
        q = tobins_q(equity_value, debt, assets)
        refuse_rows(table, "q", q, ~(q > 0), _POSITIVE)
        more["market_value"], more["q"] = value, q
        definitions["market_value"] = Text("equity plus debt", "股权价值加负债")
        equity, replacement = (
            EQUITY_NAMES[request.equity],
            REPLACEMENT_NAMES[request.replacement],
        )
        definitions["q"] = Text(
            f"(equity + debt) / replacement cost; equity: {equity.en}; replacement cost: "
            f"{replacement.en}",
            f"（股权价值＋负债）/ 重置成本；股权价值：{equity.zh}；重置成本：{replacement.zh}",
        )
    more["ln_q"] = np.log(q)
    definitions["ln_q"] = Text("natural logarithm of q", "托宾 Q 的自然对数")
    if request.equity in {EquityKind.SHARES_PRICE, EquityKind.TRADABLE_PLUS_BOOK}:
        findings += _price_findings(table)


def _equity(table: Table, kind: EquityKind) -> FloatArray:
    if kind is EquityKind.MARKET_CAP:
        return table.numbers("market_cap")
    shares, price = _positive(table, "shares"), table.numbers("price")
    if kind is EquityKind.SHARES_PRICE:
        return shares * price
    tradable = table.numbers("tradable_shares")
    refuse_rows(table, "tradable_shares", tradable, (tradable > shares) | (tradable < 0), _TRADABLE)
    return tradable * price + (shares - tradable) * table.numbers("book_equity") / shares


def _positive(table: Table, name: str) -> FloatArray:
    values = table.numbers(name)
    refuse_rows(table, name, values, ~(values > 0), _POSITIVE)
    return values


def _price_findings(table: Table) -> list[Finding]:
    if not {"traded_amount", "traded_volume"} <= set(table.columns):
        return [PRICE_NOT_CHECKED.finding(where="price")]
    volume = table.numbers("traded_volume")
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = table.numbers("traded_amount") / volume
        far = np.abs(table.numbers("price") / mean - 1.0) > ADJUSTED_RATIO
    count = int((far & (volume > 0)).sum())
    if not count:
        return []
    return [PRICE_ADJUSTED.finding(where="price", rows=count, share=ADJUSTED_RATIO)]


_RATIOS = {
    "fixed_ratio": ("fixed_assets", "assets", Text("fixed assets / assets", "固定资产 / 总资产")),
    "turnover": ("sales", "assets", Text("sales / assets", "营业收入 / 总资产")),
    "leverage": ("debt", "assets", Text("debt / assets", "负债 / 总资产")),
}


def _add_controls(table: Table, more: dict[str, Column], definitions: dict[str, Text]) -> None:
    for name, (over, under, text) in _RATIOS.items():
        if over in table.columns and under in table.columns:
            more[name] = table.numbers(over) / _positive(table, under)
            definitions[name] = text
    if "sales" in table.columns:
        sales = table.numbers("sales")
        before = lagged(table, sales)
        with np.errstate(divide="ignore", invalid="ignore"):
            growth = sales / before - 1.0
        growth[~(before > 0)] = np.nan
        more["sales_growth"] = growth
        definitions["sales_growth"] = Text(
            "sales / last year's sales − 1; empty without a row for last year",
            "营业收入 / 上年营业收入 − 1；无上年数据时为空",
        )


def lagged(table: Table, values: FloatArray) -> FloatArray:
    """Return last year's value of the same firm, NaN where there is no row for last year.

    The rows are sorted by firm and year.
    """
    firm, year = table.texts("firm").codes, table.numbers("year")
    out = np.full(len(values), np.nan)
    follows = (np.diff(firm) == 0) & (np.diff(year) == 1.0)
    out[1:][follows] = values[:-1][follows]
    return out


def _add_stocks(
    table: Table,
    request: PanelRequest,
    more: dict[str, Column],
    definitions: dict[str, Text],
    findings: list[Finding],
) -> None:
    firm, year = table.texts("firm").codes, table.numbers("year").astype(np.int64)
    for rule in request.stocks:
        flow = table.numbers(rule.flow)
        empty = int(np.isnan(flow).sum())
        if rule.empty_is_zero:
            flow = np.nan_to_num(flow, nan=0.0)
            if empty:
                findings.append(FLOW_AS_ZERO.finding(where=rule.name, name=rule.name, count=empty))
        more[rule.name] = perpetual_inventory(
            flow, firm, year, depreciation=rule.depreciation, growth=rule.growth
        )
        definitions[rule.name] = Text(
            f"stock of {rule.flow}: depreciation {rule.depreciation:g}, growth before the first "
            f"year {rule.growth:g}",
            f"{rule.flow} 的存量（永续盘存法）：折旧率 {rule.depreciation:g}，期初增长率 "
            f"{rule.growth:g}",
        )
        gaps = int(((np.diff(firm) == 0) & (np.diff(year) > 1)).sum())
        if gaps:
            findings.append(STOCK_GAP.finding(where=rule.name, name=rule.name, gaps=gaps))


def perpetual_inventory(
    flows: FloatArray, units: IntArray, years: IntArray, *, depreciation: float, growth: float
) -> FloatArray:
    r"""Accumulate yearly flows into a stock that depreciates.

    Parameters
    ----------
    flows
        Flow of each row, shape (n,); rows are sorted by unit, then by year.
    units, years
        Unit and year of each row, shape (n,).
    depreciation
        Part of the stock that is lost in a year. [1/year]
    growth
        Growth of flows before the first year. [1/year]

    Returns
    -------
    FloatArray
        Shape (n,); NaN from a NaN flow on.

    Notes
    -----
    .. math::
        S_0 = \frac{flow_0}{depreciation + growth},\qquad
        S_t = (1 - depreciation)^{t - s} S_s + flow_t

    with s the year of the row before.

    References
    ----------
    :cite:cts:`hall_jaffe_trajtenberg_2005`.

    Examples
    --------
    >>> unit, year = np.array([0, 0, 0]), np.array([2001, 2002, 2003])
    >>> flow = np.array([3.0, 1.0, 1.0])
    >>> perpetual_inventory(flow, unit, year, depreciation=0.15, growth=0.05).tolist()
    [15.0, 13.75, 12.6875]
    """
    out = np.empty(len(flows))
    if not len(flows):
        return out
    starts = np.flatnonzero(np.append(True, np.diff(units) != 0))
    lengths = np.diff(np.append(starts, len(flows)))
    out[starts] = flows[starts] / (depreciation + growth)
    for step in range(1, int(lengths.max())):
        rows = starts[lengths > step] + step
        kept = (1.0 - depreciation) ** (years[rows] - years[rows - 1])
        out[rows] = kept * out[rows - 1] + flows[rows]
    return out


def _add_lags(
    table: Table, request: PanelRequest, more: dict[str, Column], definitions: dict[str, Text]
) -> None:
    for name in request.lags:
        values = more.get(name)
        numbers = (
            values
            if isinstance(values, np.ndarray) and values.dtype == np.float64
            else table.numbers(name)
        )
        more[f"{name}_lag"] = lagged(table, np.asarray(numbers, dtype=np.float64))
        definitions[f"{name}_lag"] = Text(f"{name} of last year", f"上年的 {name}")


def _empty_findings(
    table: Table, more: Mapping[str, Column], definitions: Mapping[str, Text]
) -> list[Finding]:
    findings = []
    for name, column in more.items():
        count = int(column_missing(column).sum())
        if count and name in definitions:
            findings.append(
                EMPTY_CONTROLS.finding(where=name, name=name, count=count, kept=table.n_rows)
            )
    return findings


def tobins_q(
    equity: FloatArray | float, debt: FloatArray | float, assets: FloatArray | float
) -> FloatArray:
    r"""Return Tobin's q.

    Parameters
    ----------
    equity, debt
        Market value of equity, book value of debt. [currency]
    assets
        Replacement cost of assets. [currency]

    Examples
    --------
    >>> float(tobins_q(80.0, 40.0, 60.0))
    2.0
    """
    found: FloatArray = (np.asarray(equity) + np.asarray(debt)) / np.asarray(assets)
    return found


_NO_ROWS = Text("no row is left", "没有可用的行")
_FLOW = Text(
    "name the column of the flow (--column NAME=COLUMN)", "请指定流量列（--column 名称=列名）"
)
_RATES = Text(
    "expected a depreciation from 0 to 1, and depreciation plus growth above 0",
    "折旧率应在 0 与 1 之间，且折旧率与增长率之和大于 0",
)
_YEAR = Text(
    "expected a year or a date such as 2015 or 2015-12-31", "应为年份或日期，如 2015 或 2015-12-31"
)
_POSITIVE = Text("expected a number above 0", "应为大于 0 的数")
_TRADABLE = Text("expected at least 0 and at most all shares", "应不小于 0 且不超过总股本")
