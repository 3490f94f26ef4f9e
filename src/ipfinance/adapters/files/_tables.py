"""Tables of observations from CSV, CSV.gz, Parquet and XLSX, every bad cell with its row.

A file is read as text first and typed afterwards, column by column, so that a cell that is no
number is told with its row, its value and what is allowed, and all such cells at once.
"""

from __future__ import annotations

import csv
import difflib
import gzip
import hashlib
import io
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from ipfinance.basics import InputError, Problem, Text
from ipfinance.market import Column, ColumnKind, Table, TableSource, TextColumn
from ipfinance.numerics import IntArray

LARGEST_TABLE = 4_000_000_000  # bytes, unpacked
LARGEST_SHEET = 1_000_000_000  # bytes, unpacked: a sheet is held as objects while it is read
MOST_PROBLEMS = 20  # by column; the rest is counted
MISSING = ("", "NA", "N/A", "#N/A", "NaN", "nan", "NULL", "null", "None", ".", "-", "--")
ISO_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y.%m.%d")
AMERICAN_DATES = ("%m/%d/%Y",)
_BLOCK = 1 << 20


def read_table(
    path: Path,
    wanted: Mapping[str, ColumnKind] | None = None,
    *,
    first: ColumnKind | None = None,
    others: ColumnKind | None = ColumnKind.GUESS,
    skip_lines: int = 0,
    notes_below_header: int = 0,
    sheet: str | None = None,
    date_formats: Sequence[str] = ISO_DATES,
) -> Table:
    """Read a table.

    Parameters
    ----------
    path
        A file ending in .csv, .csv.gz, .txt, .tsv, .parquet or .xlsx.
    wanted
        Columns that must be there, with what their cells are.
    first
        What the cells of the first column are, whatever its name.
    others
        What the cells of the remaining columns are; None leaves those columns out.
    skip_lines, notes_below_header
        Lines before the header; rows between the header and the data (labels, units).
    sheet
        Name of the sheet of a workbook; the first one when left out.
    date_formats
        How dates may be written.

    Raises
    ------
    InputError
        With every fault: what cannot be read, missing columns, rows of another length, cells that
        are not what their column holds.
    """
    raw = read_raw(path, skip_lines=skip_lines, notes=notes_below_header, sheet=sheet)
    kinds = dict(wanted or {})
    if first is not None:
        kinds = {raw.frame.columns[0]: first, **kinds}
    problems = [_missing_column(raw, name) for name in kinds if name not in raw.frame.columns]
    if problems:
        raise InputError(problems)
    if others is not None:
        kinds = {name: kinds.get(name, others) for name in raw.frame.columns}
    columns: dict[str, Column] = {}
    for name, kind in kinds.items():
        columns[name] = _typed(raw, name, kind, date_formats, problems)
    if problems:
        raise InputError(problems)
    return Table(columns=columns, lines=raw.lines, source=raw.source)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RawTable:
    """A table as it stands in the file: texts, or what Parquet says the columns are."""

    frame: pl.DataFrame
    lines: IntArray
    source: TableSource


def read_raw(
    path: Path, *, skip_lines: int = 0, notes: int = 0, sheet: str | None = None
) -> RawTable:
    """Read a table without saying what its columns are."""
    _check_file(path)
    name = path.name.lower()
    if name.endswith(".parquet"):
        return _parquet(path)
    if name.endswith((".xlsx", ".xlsm")):
        return _workbook(path, skip_lines, notes, sheet)
    if name.endswith((".csv", ".csv.gz", ".txt", ".txt.gz", ".tsv", ".tsv.gz")):
        return _delimited(path, skip_lines, notes)
    raise InputError([_problem(path, None, "", path.suffix, _FORMATS)])


def _check_file(path: Path) -> None:
    try:
        size = path.stat().st_size
    except FileNotFoundError as error:
        raise InputError([_problem(path, None, "", None, _ABSENT)]) from error
    except OSError as error:
        raise InputError([_problem(path, None, "", error.strerror, _UNREADABLE)]) from error
    if path.is_dir():
        raise InputError([_problem(path, None, "", None, _FOLDER)])
    if size > LARGEST_TABLE:
        raise InputError([_problem(path, None, "", f"{size:,} bytes", _TOO_LARGE)])
    if size == 0:
        raise InputError([_problem(path, None, "", None, _EMPTY)])


# ---- delimited text


def _delimited(path: Path, skip_lines: int, notes: int) -> RawTable:
    data, digest = _bytes(path)
    data, encoding = _as_utf8(path, data)
    before = 0
    for _ in range(skip_lines):
        end = data.find(b"\n")
        data = data[end + 1 :] if end >= 0 else b""
        before += 1
    separator = "\t" if ".tsv" in path.name.lower() else ","
    header, lines, data = _checked_lines(path, data, separator, before)
    try:
        frame = pl.read_csv(
            data,
            infer_schema=False,
            separator=separator,
            has_header=False,
            skip_rows=1,
            new_columns=header,
            truncate_ragged_lines=True,
            raise_if_empty=False,
        )
    except pl.exceptions.PolarsError as error:
        first = str(error).splitlines()[0]
        allowed = Text(f"this is not a valid CSV table: {first}", f"CSV 表格无效：{first}")
        raise InputError([_problem(path, None, "", None, allowed)]) from error
    if frame.width == 0:
        frame = pl.DataFrame({name: pl.Series([], dtype=pl.String) for name in header})
    frame, lines = frame[notes:], lines[notes:]
    if frame.height == 0:
        raise InputError([_problem(path, None, "", None, _NO_ROWS)])
    source = TableSource(file=path.name, sha256=digest, encoding=encoding)
    return RawTable(frame=frame, lines=lines, source=source)


def _bytes(path: Path) -> tuple[bytes, str]:
    """Return a file's bytes, unpacked, and the digest of the file as it lies there."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    if not path.name.lower().endswith(".gz"):
        return path.read_bytes(), digest.hexdigest()
    parts: list[bytes] = []
    size = 0
    try:
        with gzip.open(path, "rb") as unpacked:
            while block := unpacked.read(_BLOCK):
                size += len(block)
                if size > LARGEST_TABLE:
                    raise InputError([_problem(path, None, "", None, _TOO_LARGE)])
                parts.append(block)
    except (OSError, EOFError) as error:
        allowed = Text(f"cannot be unpacked: {error}", f"无法解压：{error}")
        raise InputError([_problem(path, None, "", None, allowed)]) from error
    return b"".join(parts), digest.hexdigest()


def _as_utf8(path: Path, data: bytes) -> tuple[bytes, str]:
    """Return the bytes as UTF-8 and the encoding they were found in."""
    if data.startswith(b"\xef\xbb\xbf"):
        data, encoding = data[3:], "utf-8-sig"
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _recoded(path, data, "utf-16"), "utf-16"
    else:
        encoding = "utf-8"
    if b"\0" in data:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        raise InputError([_problem(path, line, "", "NUL", _BINARY)])
    if not data.isascii():
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            return _recoded(path, data, "gb18030"), "gb18030"
    return data, encoding


def _recoded(path: Path, data: bytes, encoding: str) -> bytes:
    try:
        return data.decode(encoding).encode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        found = f"byte 0x{data[error.start]:02x}"
        raise InputError([_problem(path, line, "", found, _ENCODING)]) from error


def _checked_lines(
    path: Path, data: bytes, separator: str, before: int
) -> tuple[list[str], IntArray, bytes]:
    """Return the header, the line of every row, and the table without its empty lines."""
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if not data.strip():
        raise InputError([_problem(path, None, "", None, _EMPTY)])
    if b'"' in data:
        return _quoted_lines(path, data, separator, before)
    array = np.frombuffer(data, dtype=np.uint8)
    ends = np.flatnonzero(array == ord("\n"))
    if not data.endswith(b"\n"):
        ends = np.append(ends, len(array))
    starts = np.concatenate(([0], ends[:-1] + 1))
    commas = np.searchsorted(np.flatnonzero(array == ord(separator)), np.append(starts, len(array)))
    counts = np.diff(commas)
    filled = ends > starts
    places = np.flatnonzero(filled)
    lines = places + 1 + before
    header = data[starts[places[0]] : ends[places[0]]].decode("utf-8").split(separator)
    header = _header(path, header, int(lines[0]), separator)
    wrong = places[1:][counts[places[1:]] != len(header) - 1]
    _refuse_lengths(path, [(int(at) + 1 + before, int(counts[at]) + 1) for at in wrong], header)
    if not filled.all():
        kept = [data[starts[at] : ends[at]] for at in places]
        data = b"\n".join(kept) + b"\n"
    return header, lines[1:].astype(np.int64), data


def _quoted_lines(
    path: Path, data: bytes, separator: str, before: int
) -> tuple[list[str], IntArray, bytes]:
    text = io.StringIO(data.decode("utf-8"), newline="")
    reader = csv.reader(text, strict=True, delimiter=separator)
    header: list[str] = []
    lines: list[int] = []
    wrong: list[tuple[int, int]] = []
    empty, last = False, 0
    try:
        for cells in reader:
            line, last = last + 1 + before, reader.line_num
            if not cells:
                empty = True
            elif not header:
                header = _header(path, cells, line, separator)
            else:
                lines.append(line)
                if len(cells) != len(header):
                    wrong.append((line, len(cells)))
    except csv.Error as error:
        allowed = Text(f"this is not a valid CSV line: {error}", f"CSV 行无效：{error}")
        raise InputError([_problem(path, reader.line_num + before, "", None, allowed)]) from error
    _refuse_lengths(path, wrong, header)
    if empty:
        out = io.StringIO()
        text.seek(0)
        rows = (cells for cells in csv.reader(text, delimiter=separator) if cells)
        csv.writer(out, delimiter=separator, lineterminator="\n").writerows(rows)
        data = out.getvalue().encode()
    return header, np.array(lines, dtype=np.int64), data


def _header(path: Path, cells: Sequence[str], line: int, separator: str) -> list[str]:
    names = [cell.strip().strip("\ufeff") for cell in cells]
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|") and separator == ",":
        raise InputError([_problem(path, line, "", names[0], _SEPARATOR)])
    problems = [
        _problem(path, line, f"column {place + 1}", None, _NO_NAME)
        for place, name in enumerate(names)
        if not name
    ]
    if len(problems) == 1 and not names[0]:  # an unnamed first column numbers the rows
        names[0], problems = "row", []
    problems += [
        _problem(path, line, name, None, _TWICE)
        for name in sorted({name for name in names if name and names.count(name) > 1})
    ]
    if problems:
        raise InputError(problems)
    return names


def _refuse_lengths(path: Path, wrong: list[tuple[int, int]], header: list[str]) -> None:
    if not wrong:
        return
    allowed = Text(f"expected {len(header)} cells", f"应有 {len(header)} 个单元格")
    problems = [
        _problem(path, line, "", f"{count} cells", allowed) for line, count in wrong[:MOST_PROBLEMS]
    ]
    raise InputError([*problems, *_and_more(path, "", len(wrong))])


# ---- Parquet and workbooks


def _parquet(path: Path) -> RawTable:
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        first = str(error).splitlines()[0]
        allowed = Text(f"this is not a valid Parquet file: {first}", f"Parquet 文件无效：{first}")
        raise InputError([_problem(path, None, "", None, allowed)]) from error
    if frame.height == 0:
        raise InputError([_problem(path, None, "", None, _NO_ROWS)])
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    source = TableSource(file=path.name, sha256=digest)
    return RawTable(frame=frame, lines=np.arange(1, frame.height + 1), source=source)


def _workbook(path: Path, skip_lines: int, notes: int, sheet: str | None) -> RawTable:
    rows, title = _sheet_rows(path, sheet)
    filled = [
        (line, cells)
        for line, cells in enumerate(rows, start=1)
        if line > skip_lines and any(cell is not None for cell in cells)
    ]
    if not filled:
        raise InputError([_problem(path, None, "", None, _EMPTY)])
    line, first = filled[0]
    while first and first[-1] is None:
        first = first[:-1]
    header = _header(path, [_cell_text(cell) or "" for cell in first], line, "")
    body = filled[1 + notes :]
    if not body:
        raise InputError([_problem(path, None, "", None, _NO_ROWS)])
    wrong = [
        (at, len(cells))
        for at, cells in body
        if any(cell is not None for cell in cells[len(header) :])
    ]
    _refuse_lengths(path, wrong, header)
    frame = pl.DataFrame(
        {
            name: pl.Series(
                [_cell_text(cells[place]) if place < len(cells) else None for _, cells in body],
                dtype=pl.String,
            )
            for place, name in enumerate(header)
        }
    )
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    source = TableSource(file=path.name, sha256=digest, sheet=title)
    return RawTable(frame=frame, lines=np.array([at for at, _ in body]), source=source)


def _sheet_rows(path: Path, sheet: str | None) -> tuple[list[tuple[Any, ...]], str]:
    import openpyxl  # noqa: PLC0415 - slow, and only workbooks need it
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > LARGEST_SHEET:
            raise InputError([_problem(path, None, "", f"{size:,} bytes", _SHEET_TOO_LARGE)])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            if sheet is not None and sheet not in book.sheetnames:
                names = ", ".join(book.sheetnames)
                allowed = Text(f"expected a sheet: {names}", f"应为工作表：{names}")
                raise InputError([_problem(path, None, "sheet", sheet, allowed)])
            chosen = book[sheet or book.sheetnames[0]]
            rows = list(chosen.iter_rows(values_only=True))
            title = str(chosen.title)
            book.close()
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        allowed = Text(f"this is not a valid workbook: {error}", f"工作簿无效：{error}")
        raise InputError([_problem(path, None, "", None, allowed)]) from error
    return rows, title


def _cell_text(cell: object) -> str | None:
    match cell:
        case None:
            return None
        case bool():
            return "1" if cell else "0"
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case float():
            return str(int(cell)) if cell.is_integer() else repr(cell)
        case _:
            return str(cell).strip()


# ---- from texts to what a column holds


def _typed(
    raw: RawTable,
    name: str,
    kind: ColumnKind,
    date_formats: Sequence[str],
    problems: list[Problem],
) -> Column:
    series = raw.frame[name]
    if series.dtype != pl.String:
        return _typed_parquet(raw, name, kind, date_formats, problems)
    texts = series.str.strip_chars()
    texts = texts.set(texts.is_in(MISSING), None)
    if kind is ColumnKind.TEXT:
        return _text_column(texts)
    if kind is ColumnKind.DATE:
        return _dates(raw, name, texts, date_formats, problems)
    if kind is ColumnKind.GUESS and texts.str.contains(r"^0\d").any():  # codes such as 000651
        return _text_column(texts)
    numbers = texts.cast(pl.Float64, strict=False)
    bad = numbers.is_null() & texts.is_not_null()
    if kind is ColumnKind.GUESS and 2 * int(bad.sum()) >= max(len(texts) - texts.null_count(), 1):
        return _text_column(texts)
    bad |= ~numbers.is_finite().fill_null(value=True)
    if bad.any():
        problems += _bad_cells(raw, name, texts, bad, _NUMBER)
    values: Column = numbers.fill_null(float("nan")).to_numpy().astype(np.float64)
    return values


def _typed_parquet(
    raw: RawTable,
    name: str,
    kind: ColumnKind,
    date_formats: Sequence[str],
    problems: list[Problem],
) -> Column:
    series = raw.frame[name]
    if series.dtype in {pl.Categorical, pl.Enum}:
        return _typed(
            _rewritten(raw, name, series.cast(pl.String)), name, kind, date_formats, problems
        )
    if series.dtype.is_temporal() and series.dtype in {pl.Date, pl.Datetime}:
        days = series.cast(pl.Date)
        if kind in {ColumnKind.DATE, ColumnKind.GUESS}:
            return days.to_numpy().astype("datetime64[D]")
        return _typed(
            _rewritten(raw, name, days.cast(pl.String)), name, kind, date_formats, problems
        )
    if series.dtype.is_numeric() or series.dtype == pl.Boolean:
        if kind in {ColumnKind.TEXT, ColumnKind.DATE}:
            whole = series.dtype.is_float() and bool(
                (series.fill_null(0).fill_nan(0) == series.fill_null(0).fill_nan(0).round()).all()
            )
            shown = series.fill_nan(None).cast(pl.Int64) if whole else series
            return _typed(
                _rewritten(raw, name, shown.cast(pl.String)), name, kind, date_formats, problems
            )
        numbers = series.cast(pl.Float64).fill_null(float("nan"))
        bad = numbers.is_infinite()
        if bad.any():
            problems += _bad_cells(raw, name, numbers.cast(pl.String), bad, _NUMBER)
        return numbers.to_numpy().astype(np.float64)
    shown_type = str(series.dtype)
    problems.append(_problem_at(raw, None, name, shown_type, _PLAIN_TYPES))
    return np.full(raw.frame.height, np.nan)


def _rewritten(raw: RawTable, name: str, texts: pl.Series) -> RawTable:
    """Return the table with one column as texts."""
    return RawTable(frame=pl.DataFrame({name: texts}), lines=raw.lines, source=raw.source)


def _text_column(texts: pl.Series) -> TextColumn:
    levels = tuple(sorted(texts.drop_nulls().unique().to_list()))
    if not levels:
        return TextColumn(codes=np.full(len(texts), -1, dtype=np.int64), levels=())
    codes = texts.cast(pl.Enum(levels)).to_physical().cast(pl.Int64).fill_null(-1)
    return TextColumn(codes=codes.to_numpy().astype(np.int64), levels=levels)


def _dates(
    raw: RawTable,
    name: str,
    texts: pl.Series,
    date_formats: Sequence[str],
    problems: list[Problem],
) -> Column:
    bare = texts.str.replace(r"[T ]00:00(:00(\.0+)?)?$", "")
    days = pl.Series([None] * len(bare), dtype=pl.Date)
    for each in date_formats:
        found = bare.str.to_date(each, strict=False, exact=True)
        days = days.zip_with(days.is_not_null(), found)
    bad = days.is_null() & texts.is_not_null()
    if bad.any():
        known = {"%Y": "YYYY", "%m": "MM", "%d": "DD"}
        shown = ", ".join(_replaced(each, known) for each in date_formats)
        allowed = Text(f"expected a date written as {shown}", f"应为日期，写作 {shown}")
        problems += _bad_cells(raw, name, texts, bad, allowed)
    return days.to_numpy().astype("datetime64[D]")


def _replaced(text: str, words: Mapping[str, str]) -> str:
    for old, new in words.items():
        text = text.replace(old, new)
    return text


def _bad_cells(
    raw: RawTable, name: str, texts: pl.Series, bad: pl.Series, allowed: Text
) -> Iterator[Problem]:
    rows = np.flatnonzero(bad.to_numpy())
    for row in rows[:MOST_PROBLEMS].tolist():
        yield _problem_at(raw, int(raw.lines[row]), name, texts[row], allowed)
    yield from _and_more(Path(raw.source.file), name, len(rows))


def _and_more(path: Path, name: str, count: int) -> list[Problem]:
    if count <= MOST_PROBLEMS:
        return []
    rest = count - MOST_PROBLEMS
    allowed = Text(f"and {rest:,} more rows like these", f"另有 {rest:,} 行存在同样问题")
    return [_problem(path, None, name, None, allowed)]


def _missing_column(raw: RawTable, name: str) -> Problem:
    names = raw.frame.columns
    close = difflib.get_close_matches(name, names, n=1)
    hint = (f"did you mean {close[0]}? ", f"是否为 {close[0]}？") if close else ("", "")
    shown = ", ".join(names[:40]) + (", …" if len(names) > 40 else "")  # noqa: PLR2004
    allowed = Text(
        f"this column is missing; {hint[0]}The file has: {shown}",
        f"缺少该列；{hint[1]}文件中有：{shown}",
    )
    return _problem_at(raw, None, name, None, allowed)


def _problem_at(
    raw: RawTable, line: int | None, field: str, found: object, allowed: Text
) -> Problem:
    return Problem(field=field, found=found, allowed=allowed, file=raw.source.file, line=line)


def _problem(path: Path, line: int | None, field: str, found: object, allowed: Text) -> Problem:
    return Problem(field=field, found=found, allowed=allowed, file=path.name, line=line)


_FORMATS = Text(
    "expected a file ending in .csv, .csv.gz, .tsv, .txt, .parquet or .xlsx",
    "文件应以 .csv、.csv.gz、.tsv、.txt、.parquet 或 .xlsx 结尾",
)
_ABSENT = Text("there is no such file", "文件不存在")
_FOLDER = Text("this is a folder, expected a file", "这是文件夹，应为文件")
_UNREADABLE = Text("the file cannot be read", "文件无法读取")
_EMPTY = Text("the file is empty", "文件为空")
_NO_ROWS = Text("the table has no rows", "表中没有数据行")
_BINARY = Text("expected a text file", "应为文本文件")
_ENCODING = Text("save the file as UTF-8 or GB18030", "请将文件另存为 UTF-8 或 GB18030 编码")
_SEPARATOR = Text("separate the columns by commas", "请用逗号分隔各列")
_NO_NAME = Text("each column needs a name", "每列须有列名")
_TWICE = Text("this column stands twice", "列重复")
_TOO_LARGE = Text(
    f"expected at most {LARGEST_TABLE:,} bytes, unpacked", f"解压后不得超过 {LARGEST_TABLE:,} 字节"
)
_SHEET_TOO_LARGE = Text(
    f"expected a workbook of at most {LARGEST_SHEET:,} bytes, unpacked; use CSV or Parquet",
    f"工作簿解压后不得超过 {LARGEST_SHEET:,} 字节；请改用 CSV 或 Parquet",
)
_NUMBER = Text(
    "expected a finite number such as 1234.5, without separators or units",
    "应为有限数，例如 1234.5，不含千位分隔符或单位",
)
_PLAIN_TYPES = Text(
    "expected a column of numbers, texts, dates or true/false",
    "应为数值、文本、日期或真假值的列",
)
