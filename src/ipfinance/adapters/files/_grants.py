"""Daily returns and grants that need not fit in memory, firm by firm.

Tables are scanned lazily. Firms are taken in batches of a bounded number of rows, in the order of
their names; what a batch needs later is put aside in a folder that is removed at the end.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import polars as pl

from ipfinance.adapters.files._tables import ISO_DATES, MISSING, read_raw, read_table
from ipfinance.app import GrantPart, GrantSources
from ipfinance.basics import InputError, Problem, Text
from ipfinance.evidence import MOST_GROUPS, GrantBatch, GrantDayValues, price_levels
from ipfinance.market import ColumnKind
from ipfinance.numerics import (
    FirmReturns,
    FloatArray,
    GrantDays,
    GrantWindows,
    Int32Array,
    IntArray,
    TradingDays,
)

ROWS_AT_ONCE = 8_000_000
MOST_PROBLEMS = 20
MARKET_ROUNDING = 1e-9
NUMBERS, DAY, KEY, WORD = "number", "date", "key", "text"
RETURNS = {"firm": KEY, "date": DAY, "return": NUMBERS, "market_cap": NUMBERS}
GRANTS = {"firm": KEY, "date": DAY}
OPTIONAL_GRANTS = {"patent": WORD, "group": WORD}
BAD_ROW = (
    pl.col("firm").is_null()
    | pl.col("date").is_null()
    | (pl.col("return") < -1.0)
    | pl.col("return").is_infinite()
    | (pl.col("market_cap") <= 0.0)
    | pl.col("market_cap").is_infinite()
)
WINDOW_FIELDS = ("total", "observed", "variance", "days_used", "granted", "cap")


class ScannedGrants:
    """The tables of one valuation of grants, batch by batch."""

    def __init__(self, sources: GrantSources, *, rows_at_once: int = ROWS_AT_ONCE) -> None:
        self.sources = sources
        self.rows_at_once = rows_at_once

    def _open(self) -> None:
        names = self.sources.columns
        wanted = dict(RETURNS)
        market = self.sources.market
        if not Path(market).suffix:
            wanted["market"] = NUMBERS
            names = {**names, "market": market}
        self.returns = _scanned(self.sources.returns, wanted, names, self.folder)
        more = {k: v for k, v in OPTIONAL_GRANTS.items() if self._has(names.get(k, k))}
        self.grants = _scanned(self.sources.grants, {**GRANTS, **more}, names, self.folder)
        self.returns, self.grants = _same_keys(self.returns, self.grants)
        self.days = self._calendar("market" in wanted)
        self.groups = self._groups("group" in more)
        self.has_patents = "patent" in more
        self.levels: FloatArray | None = None
        if self.sources.cpi is not None:
            kinds = {"date": ColumnKind.DATE, "cpi": ColumnKind.NUMBER}
            table = read_table(self.sources.cpi, kinds, others=None)
            self.levels = price_levels(table, self.days.date)
        self._plan()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            name = stack.enter_context(tempfile.TemporaryDirectory(prefix="ipfinance-"))
            self.folder = Path(name)
            self._open()
            self.stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stack.close()

    def _has(self, name: str) -> bool:
        path = self.sources.grants
        if path.suffix == ".parquet" or path.is_dir():
            return name in _parquet(path).collect_schema().names()
        return name in read_raw_names(path)

    def _calendar(self, in_returns: bool) -> TradingDays:  # noqa: FBT001
        if not in_returns:
            return _market_file(Path(self.sources.market), self.sources.market_column)
        found = (
            self.returns.group_by("date")
            .agg(pl.col("market").min().alias("low"), pl.col("market").max().alias("high"))
            .filter(pl.col("low").is_not_null() & pl.col("date").is_not_null())
            .sort("date")
            .collect(engine="streaming")
        )
        unlike = found.filter((pl.col("high") - pl.col("low")).abs() > MARKET_ROUNDING)[
            "date"
        ].to_list()
        if unlike:
            raise InputError(
                Problem(
                    field=self.sources.market, found=str(day), file=self.sources.returns.name,
                    allowed=_ONE_MARKET,
                )
                for day in unlike[:MOST_PROBLEMS]
            )  # fmt: skip
        if not found.height:
            raise InputError(
                [Problem(field="market", found=self.sources.market, allowed=_NO_MARKET)]
            )
        dates = found["date"].to_numpy().astype("datetime64[D]")
        return TradingDays.of(dates, found["low"].to_numpy().astype(np.float64))

    def _groups(self, there: bool) -> tuple[str, ...]:  # noqa: FBT001
        if not there:
            return ("",)
        found = self.grants.select(pl.col("group").unique()).collect(engine="streaming")["group"]
        if found.null_count():
            raise InputError(
                [Problem(field="group", file=self.sources.grants.name, allowed=_EMPTY_GROUP)]
            )
        names = sorted(str(name) for name in found.to_list())
        if len(names) > MOST_GROUPS:
            raise InputError(
                [
                    Problem(
                        field="group", found=", ".join(names[:10]),
                        file=self.sources.grants.name, allowed=_GROUPS,
                    )
                ]
            )  # fmt: skip
        return tuple(names)

    def _plan(self) -> None:
        """Count rows by firm, refuse faults, and cut the firms with grants into batches."""
        granted = self.grants.group_by("firm").len("patents").collect(engine="streaming")
        self.n_patents = int(granted["patents"].sum())
        if not self.n_patents:
            raise InputError([Problem(field="", file=self.sources.grants.name, allowed=_NO_GRANTS)])
        nameless = pl.col("firm").is_null() | pl.col("date").is_null()
        _refuse_rows(self.grants, self.sources.grants, nameless)
        found = self.returns.group_by("firm").len("rows").collect(engine="streaming")
        if found["firm"].null_count():
            _refuse_rows(self.returns, self.sources.returns, nameless)
        both = found.join(granted, on="firm").sort("firm")
        self.n_without_returns = self.n_patents - int(both["patents"].sum())
        self.n_firms = both.height
        self.n_rows = int(both["rows"].sum())
        if not both.height:
            raise InputError(
                [Problem(field="firm", file=self.sources.grants.name, allowed=_NO_FIRM)]
            )
        weight = both["rows"].to_numpy() + both["patents"].to_numpy()
        step = np.cumsum(weight) // self.rows_at_once
        self.batches_of_firms = [
            both["firm"].gather(np.flatnonzero(step == each)) for each in np.unique(step)
        ]
        self.lost_rows = 0
        self.off_calendar = 0
        self.rolled = 0

    def parts(self) -> Iterator[GrantPart]:
        """Read batch after batch; the patents of each are put aside."""
        for number, firms in enumerate(self.batches_of_firms):
            low, high = firms[0], firms[-1]
            inside = pl.col("firm").is_between(pl.lit(low), pl.lit(high))
            chosen = pl.DataFrame({"firm": firms, "at": np.arange(len(firms), dtype=np.int32)})
            patents = self._patents(inside, chosen, number)
            yield GrantPart(number=number, batch=self._batch(inside, chosen, patents))

    def _batch(
        self, inside: pl.Expr, chosen: pl.DataFrame, patents: tuple[GrantDays, IntArray]
    ) -> GrantBatch:
        rows = (
            self.returns.select("firm", "date", "return", "market_cap")
            .filter(inside)
            .collect(engine="streaming")
        )
        self._refuse_values(rows)
        at = _places(rows["firm"], chosen)
        if (at < 0).any():
            rows, at = rows.filter(pl.Series(at >= 0)), at[at >= 0]
        place = self._day_places(rows["date"])
        known = place >= 0
        returns = rows["return"].fill_null(np.nan).to_numpy()
        caps = rows["market_cap"].fill_null(np.nan).to_numpy()
        if not known.all():
            self.lost_rows += int((~known).sum())
            at, place, returns, caps = at[known], place[known], returns[known], caps[known]
        key = at.astype(np.int64) * len(self.days.date) + place
        if (np.diff(key) <= 0).any():
            order = np.argsort(key, kind="stable")
            key, at, place = key[order], at[order], place[order]
            returns, caps = returns[order], caps[order]
            self._refuse_twice(key, chosen)
        first = np.searchsorted(at, np.arange(chosen.height + 1))
        firms = FirmReturns(
            first=first.astype(np.int64), day=place, returns=np.ascontiguousarray(returns),
            caps=np.ascontiguousarray(caps),
        )  # fmt: skip
        grants, counts = patents
        return GrantBatch(firms=firms, grants=grants, counts=counts)

    def _refuse_values(self, rows: pl.DataFrame) -> None:
        returns, caps = rows["return"], rows["market_cap"]
        low, least = (each.min() for each in (returns, caps))
        sound = (low is None or low >= -1.0) and (least is None or least > 0.0)  # type: ignore[operator]
        finite = not any(bool(each.is_infinite().any()) for each in (returns, caps))
        if not (sound and finite) or rows["date"].null_count():
            _refuse_rows(self.returns, self.sources.returns, BAD_ROW)

    def _day_places(self, dates: pl.Series) -> Int32Array:
        """Return the place of each date in the calendar, -1 where it has none."""
        first, last = int(self.days.ordinal[0]), int(self.days.ordinal[-1])
        table = np.full(last - first + 3, -1, dtype=np.int32)
        table[self.days.ordinal - first + 1] = np.arange(len(self.days.ordinal))
        return np.asarray(
            table[np.clip(dates.to_physical().to_numpy(), first - 1, last + 1) - first + 1]
        )

    def _refuse_twice(self, key: IntArray, chosen: pl.DataFrame) -> None:
        twice = key[1:][np.diff(key) == 0][:MOST_PROBLEMS]
        if not len(twice):
            return
        dates, n_days = self.days.date, len(self.days.date)
        raise InputError(
            Problem(
                field="date", found=f"{chosen['firm'][int(each // n_days)]} {dates[each % n_days]}",
                file=self.sources.returns.name, allowed=_TWICE,
            )
            for each in twice
        )  # fmt: skip

    def _patents(
        self, inside: pl.Expr, chosen: pl.DataFrame, number: int
    ) -> tuple[GrantDays, IntArray]:
        """Put the patents of a batch aside, and return their days and how many there were."""
        rows = (
            self.grants.filter(inside)
            .collect(engine="streaming")
            .join(chosen, on="firm", how="inner", maintain_order="left")
        )
        day = rows["date"].to_physical().to_numpy()
        place = np.searchsorted(self.days.ordinal, day)
        known = (place < len(self.days.ordinal)) & (day >= self.days.ordinal[0])
        self.off_calendar += int((~known).sum())
        rows, place = rows.filter(pl.Series(known)), place[known]
        self.rolled += int((self.days.ordinal[place] != day[known]).sum())
        at = rows["at"].to_numpy().astype(np.int64)
        n_days, n_groups = len(self.days.date), len(self.groups)
        keys, where = np.unique(at * n_days + place, return_inverse=True)
        group = np.zeros(len(at), dtype=np.int64)
        if "group" in rows.columns:
            group = np.searchsorted(np.array(self.groups), rows["group"].cast(pl.String).to_numpy())
        counts = np.bincount(where * n_groups + group, minlength=len(keys) * n_groups)
        counts = counts.reshape(-1, n_groups).astype(np.int64)
        bits = ((counts > 0) << np.arange(n_groups)).sum(axis=1)
        kept = rows.select(pl.exclude("at")).with_columns(
            pl.Series("place", where.astype(np.int64)), pl.Series("group_at", group)
        )
        kept.write_ipc(self.folder / f"patents-{number}.arrow")
        grants = GrantDays(
            first=np.searchsorted(keys // n_days, np.arange(chosen.height + 1)).astype(np.int64),
            day=(keys % n_days).astype(np.int32),
            bits=bits.astype(np.int64),
        )
        return grants, counts

    def keep(self, part: GrantPart, windows: GrantWindows) -> None:
        """Put the windows of a batch aside."""
        arrays: dict[str, Any] = {name: getattr(windows, name) for name in WINDOW_FIELDS}
        counts, day = part.batch.counts, part.batch.grants.day
        np.savez(self.folder / f"windows-{part.number}.npz", counts=counts, day=day, **arrays)

    def kept(self) -> Iterator[tuple[int, GrantWindows, IntArray]]:
        """Return what was put aside, batch after batch."""
        for number in range(len(self.batches_of_firms)):
            with np.load(self.folder / f"windows-{number}.npz") as arrays:
                windows = GrantWindows(**{name: arrays[name] for name in WINDOW_FIELDS})
                yield number, windows, arrays["counts"]

    def patent_places(self, number: int) -> tuple[IntArray, IntArray]:
        """Return for each patent of a batch its grant day and its group."""
        rows = pl.read_ipc(self.folder / f"patents-{number}.arrow", columns=["place", "group_at"])
        return rows["place"].to_numpy(), rows["group_at"].to_numpy()

    def deflators(self, number: int) -> FloatArray | None:
        """Return the price level on each grant day of a batch, or nothing."""
        if self.levels is None:
            return None
        with np.load(self.folder / f"windows-{number}.npz") as arrays:
            return np.asarray(self.levels[arrays["day"]])

    def write(
        self, number: int, values: GrantDayValues, windows: GrantWindows, counts: IntArray
    ) -> None:
        """Write the patents of a batch with their values to a part of the output."""
        rows = pl.read_ipc(self.folder / f"patents-{number}.arrow")
        place, group = rows["place"].to_numpy(), rows["group_at"].to_numpy()
        columns: dict[str, FloatArray | IntArray] = {
            "patents_that_day": counts.sum(axis=1)[place],
            "window_return": windows.total[place],
            "noise": values.noise[place],
            "market_cap": windows.cap[place],
            "value": values.value[place, group],
        }
        deflators = self.deflators(number)
        if deflators is not None:
            columns["value_real"] = columns["value"] / deflators[place] * 100.0
        if values.low is not None and values.high is not None:
            columns["value_low"] = values.low[place, group]
            columns["value_high"] = values.high[place, group]
        columns["event_value"] = values.raw[place]
        rows = rows.drop("place", "group_at").with_columns(
            pl.Series(name, column).fill_nan(None)
            if column.dtype.kind == "f"
            else pl.Series(name, column)
            for name, column in columns.items()
        )
        rows.write_parquet(self.folder / f"values-{number}.parquet", compression="lz4")

    def finish(self, path: Path) -> None:
        """Join the parts into one file, CSV or Parquet; whole or not there."""
        numbers = range(len(self.batches_of_firms))
        names = [self.folder / f"values-{number}.parquet" for number in numbers]
        parts = pl.scan_parquet(names)
        target = path.with_name(f".{path.name}.part")
        try:
            if path.suffix != ".parquet":
                parts.sink_csv(target)
            elif len(names) == 1:
                shutil.copyfile(names[0], target)
            else:
                parts.sink_parquet(target, compression="lz4")
            target.replace(path)
        except OSError as error:
            why = error.strerror or str(error)
            allowed = Text(f"cannot be written: {why}", f"无法写入：{why}")
            raise InputError([Problem(field="", file=path.name, allowed=allowed)]) from error
        finally:
            target.unlink(missing_ok=True)


def _places(firms: pl.Series, chosen: pl.DataFrame) -> Int32Array:
    """Return the place of each row's firm among those chosen, -1 where it is not one of them."""
    starts = (firms != firms.shift(1)).fill_null(value=True).arg_true()
    runs = pl.DataFrame({"firm": firms.gather(starts)})
    runs = runs.join(chosen, on="firm", how="left", maintain_order="left")
    found = runs["at"].fill_null(-1).to_numpy()
    lengths = np.diff(np.append(starts.to_numpy(), len(firms)))
    return np.repeat(found, lengths)


# ---- scans


def _parquet(path: Path) -> pl.LazyFrame:
    return pl.scan_parquet(path / "*.parquet" if path.is_dir() else path)


def read_raw_names(path: Path) -> list[str]:
    """Return the names of the columns of a small or large table without reading it whole."""
    if path.name.endswith((".csv", ".csv.gz", ".txt")):
        return list(pl.scan_csv(path, infer_schema=False).collect_schema().names())
    return list(read_raw(path).frame.columns)


def _scanned(
    path: Path, wanted: Mapping[str, str], names: Mapping[str, str], folder: Path
) -> pl.LazyFrame:
    """Return a lazy table with the columns wanted, under the names of their roles."""
    if not path.exists():
        raise InputError([Problem(field="", file=path.name, allowed=_ABSENT)])
    renamed = {role: names.get(role, role) for role in wanted}
    try:
        if path.suffix == ".parquet" or path.is_dir():
            return _typed_parquet(path, _parquet(path), wanted, renamed)
        if path.name.endswith((".csv", ".csv.gz", ".txt")):
            return _spooled(path, pl.scan_csv(path, infer_schema=False), wanted, renamed, folder)
        raw = read_raw(path)
        texts = raw.frame.select(pl.all().cast(pl.String)).lazy()
        return _spooled(path, texts, wanted, renamed, folder)
    except pl.exceptions.PolarsError as error:
        first = str(error).splitlines()[0]
        allowed = Text(f"this table cannot be read: {first}", f"表格无法读取：{first}")
        raise InputError([Problem(field="", file=path.name, allowed=allowed)]) from error


def _refuse_missing(path: Path, there: Sequence[str], renamed: Mapping[str, str]) -> None:
    shown = ", ".join(there[:40])
    allowed = Text(
        f"this column is missing; name it with --columns. The file has: {shown}",
        f"缺少该列，可用 --columns 指定列名。文件中有：{shown}",
    )
    problems = [
        Problem(field=name, file=path.name, allowed=allowed)
        for name in renamed.values()
        if name not in there
    ]
    if problems:
        raise InputError(problems)


def _typed_parquet(
    path: Path, frame: pl.LazyFrame, wanted: Mapping[str, str], renamed: Mapping[str, str]
) -> pl.LazyFrame:
    schema = frame.collect_schema()
    _refuse_missing(path, schema.names(), renamed)
    columns, problems = [], []
    for role, kind in wanted.items():
        dtype, column = schema[renamed[role]], pl.col(renamed[role])
        if kind == NUMBERS and dtype.is_numeric():
            columns.append(column.cast(pl.Float64).fill_nan(None).alias(role))
        elif kind == DAY and dtype in {pl.Date, pl.Datetime}:
            columns.append(column.cast(pl.Date).alias(role))
        elif kind == KEY and dtype.is_integer():
            columns.append(column.cast(pl.Int64).alias(role))
        elif kind in {KEY, WORD} and dtype in {pl.String, pl.Categorical, pl.Enum}:
            columns.append(column.cast(pl.String).alias(role))
        elif kind == WORD and dtype.is_integer():
            columns.append(column.alias(role))
        else:
            allowed = _KINDS[kind]
            problems.append(
                Problem(field=renamed[role], found=str(dtype), file=path.name, allowed=allowed)
            )
    if problems:
        raise InputError(problems)
    return frame.select(columns)


def _spooled(
    path: Path,
    texts: pl.LazyFrame,
    wanted: Mapping[str, str],
    renamed: Mapping[str, str],
    folder: Path,
) -> pl.LazyFrame:
    """Type a table of texts once, into a Parquet file; refuse cells of another kind."""
    _refuse_missing(path, texts.collect_schema().names(), renamed)
    columns, bad = [], {}
    for role, kind in wanted.items():
        cell = pl.col(renamed[role]).str.strip_chars()
        cell = pl.when(cell.is_in(MISSING)).then(None).otherwise(cell)
        typed = _typed_text(cell, kind)
        columns.append(typed.alias(role))
        wrong = typed.is_null() & cell.is_not_null()
        if kind == NUMBERS:
            wrong |= typed.is_infinite()
        bad[role] = wrong.fill_null(value=False)
    any_bad = pl.any_horizontal(*bad.values()).alias("bad")
    target = folder / f"{len(list(folder.iterdir()))}.parquet"
    texts.select(*columns, any_bad).sink_parquet(target)
    frame = pl.scan_parquet(target)
    if frame.select(pl.col("bad").any()).collect().item():
        _refuse_cells(path, texts, wanted, renamed, bad)
    return frame.drop("bad")


def _typed_text(cell: pl.Expr, kind: str) -> pl.Expr:
    if kind == NUMBERS:
        return cell.cast(pl.Float64, strict=False)
    if kind == DAY:
        return pl.coalesce(*(cell.str.to_date(each, strict=False) for each in ISO_DATES))
    return cell


def _refuse_cells(
    path: Path,
    texts: pl.LazyFrame,
    wanted: Mapping[str, str],
    renamed: Mapping[str, str],
    bad: Mapping[str, pl.Expr],
) -> None:
    problems = []
    for role, wrong in bad.items():
        found = (
            texts.with_row_index("line", offset=2)
            .filter(wrong)
            .select("line", pl.col(renamed[role]).alias("cell"))
            .head(MOST_PROBLEMS)
            .collect()
        )
        problems += [
            Problem(
                field=renamed[role], found=cell, file=path.name, line=int(line),
                allowed=_KINDS[wanted[role]],
            )
            for line, cell in found.iter_rows()
        ]  # fmt: skip
    raise InputError(problems[:MOST_PROBLEMS])


def _refuse_rows(frame: pl.LazyFrame, path: Path, bad: pl.Expr) -> None:
    """Name the rows of a table that hold a value out of range or lack a firm or a day."""
    found = frame.with_row_index("line").filter(bad).head(MOST_PROBLEMS).collect()
    offset = 1 if path.suffix == ".parquet" or path.is_dir() else 2
    problems = []
    for row in found.iter_rows(named=True):
        for role, allowed in _RANGES.items():
            if role in row and _out_of_range(role, row[role]):
                line = int(row["line"]) + offset
                shown = None if row[role] is None else str(row[role])
                problems.append(
                    Problem(field=role, found=shown, file=path.name, line=line, allowed=allowed)
                )
    if problems:
        raise InputError(problems)


def _out_of_range(role: str, value: Any) -> bool:
    if role in {"firm", "date"}:
        return value is None
    if value is None:
        return False
    low = value < -1.0 if role == "return" else value <= 0.0
    return bool(low or np.isinf(value))


def _same_keys(returns: pl.LazyFrame, grants: pl.LazyFrame) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Give firms the same type in both tables; whole numbers stay numbers where both are."""
    ours, theirs = (frame.collect_schema()["firm"] for frame in (returns, grants))
    if ours == theirs:
        return returns, grants
    if ours == pl.Int64:
        number = pl.col("firm").cast(pl.Int64, strict=False)
        plain = grants.select((number.cast(pl.String) == pl.col("firm")).all()).collect().item()
        if plain:
            return returns, grants.with_columns(number)
    text = pl.col("firm").cast(pl.String)
    return returns.with_columns(text), grants.with_columns(text)


def _market_file(path: Path, column: str) -> TradingDays:
    wanted = {column: ColumnKind.NUMBER} if column else None
    others = None if column else ColumnKind.NUMBER
    table = read_table(path, wanted, first=ColumnKind.DATE, others=others)
    names = table.names[1:]
    if len(names) != 1:
        allowed = Text(
            f"expected one column beside the date; choose by --market-column: {', '.join(names)}",
            f"除日期外应只有一列；请用 --market-column 指定：{'、'.join(names)}",
        )
        raise InputError([Problem(field="market", file=path.name, allowed=allowed)])
    dates, market = table.dates(table.names[0]), table.numbers(names[0])
    order = np.argsort(dates, kind="stable")
    dates, market = dates[order], market[order]
    kept = np.isfinite(market) & ~np.isnat(dates)
    dates, market = dates[kept], market[kept]
    twice = np.flatnonzero(dates[1:] == dates[:-1])[:MOST_PROBLEMS]
    if len(twice) or not len(dates):
        problems = [
            Problem(field=table.names[0], found=str(dates[at]), file=path.name, allowed=_DAY_TWICE)
            for at in twice.tolist()
        ]
        raise InputError(problems or [Problem(field="", file=path.name, allowed=_NO_MARKET)])
    return TradingDays.of(dates, market)


_ABSENT = Text("there is no such file", "文件不存在")
_NUMBER = Text("expected a finite number", "应为有限数")
_DATE = Text("expected a date such as 2020-03-31", "应为日期，例如 2020-03-31")
_FIRM = Text("expected a text or a whole number", "应为文本或整数")
_KINDS = {NUMBERS: _NUMBER, DAY: _DATE, KEY: _FIRM, WORD: _FIRM}
_RANGES = {
    "firm": Text("expected a firm", "应有公司代码"),
    "date": _DATE,
    "return": Text(
        "expected a simple return of at least −1, as a decimal",
        "应为不低于 −1 的简单收益率（小数）",
    ),
    "market_cap": Text("expected a number above 0, or an empty cell", "应为大于 0 的数，或留空"),
}
_TWICE = Text("this firm and day stand twice", "同一公司同一日期重复")
_DAY_TWICE = Text("this day stands twice", "该日期重复")
_ONE_MARKET = Text(
    "the market's return must be the same for all firms of a day",
    "同一日期各公司对应的市场收益率应相同",
)
_NO_MARKET = Text("there is no return of the market", "没有市场收益率")
_NO_GRANTS = Text("the table has no grants", "表中没有授权记录")
_NO_FIRM = Text(
    "none of these firms has returns; do both files name firms alike?",
    "这些公司均无收益率；两个文件的公司代码是否一致？",
)
_GROUPS = Text(f"expected at most {MOST_GROUPS} groups", f"最多 {MOST_GROUPS} 组")
_EMPTY_GROUP = Text("expected a group in every row", "每行均须有组别")
