"""CSV tables to rows, with the line of every row."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from ipfinance.adapters.files._read import read_text
from ipfinance.basics import InputError, Interval, Problem, Text
from ipfinance.judgement import BlockJudgement, PairwiseMatrix, PanelAnswer

MOST_ROWS = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table."""

    line: int
    cells: tuple[str, ...]


def read_rows(path: Path) -> list[Row]:
    """Read the rows of a comma-separated file; empty lines are left out.

    Raises
    ------
    InputError
        When the file is empty, uses another separator, has an open quote, or is too long.
    """
    text = read_text(path)
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    rows = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(Row(line=reader.line_num, cells=tuple(c.strip() for c in cells)))
            if len(rows) > MOST_ROWS:
                allowed = Text(f"expected at most {MOST_ROWS:,} rows", f"至多 {MOST_ROWS:,} 行")
                raise InputError([_problem(path, reader.line_num, "", None, allowed)])
    except csv.Error as error:
        allowed = Text(f"this is not a valid CSV line: {error}", f"CSV 行无效：{error}")
        raise InputError([_problem(path, reader.line_num, "", None, allowed)]) from error
    if not rows:
        allowed = Text("the table is empty", "表为空")
        raise InputError([_problem(path, None, "", None, allowed)])
    if len(rows[0].cells) == 1 and any(mark in rows[0].cells[0] for mark in ";\t|"):
        allowed = Text("separate the columns by commas", "请用逗号分隔各列")
        raise InputError([_problem(path, rows[0].line, "", rows[0].cells[0], allowed)])
    return rows


def read_matrix(path: Path, *, label: str | None = None) -> PairwiseMatrix:
    """Read a matrix of pairwise judgements: names in the first row and the first column.

    Entries are numbers or fractions such as 1/3; an empty entry was not judged, or is the mirror
    of one that was.
    """
    header, *body = read_rows(path)
    names = [name for name in header.cells[1:] if name]
    problems = []
    first_column = [row.cells[0] for row in body]
    if first_column != names:
        allowed = Text(
            f"the names of the rows must be those of the columns: {', '.join(names) or '—'}",
            f"行名须与列名一致：{'、'.join(names) or '—'}",
        )
        problems.append(_problem(path, header.line, "", ", ".join(first_column), allowed))
    values: list[list[float | None]] = []
    for row in body:
        cells = [*row.cells[1:], *[""] * (len(names) + 1 - len(row.cells))]
        if len(row.cells) > len(names) + 1 and any(row.cells[len(names) + 1 :]):
            allowed = Text(f"expected {len(names)} judgements", f"应有 {len(names)} 项判断")
            problems.append(_problem(path, row.line, row.cells[0], len(row.cells) - 1, allowed))
        judged: list[float | None] = []
        for name, cell in zip(names, cells, strict=False):
            value = _fraction(cell)
            if cell and value is None:
                allowed = Text(
                    "expected a number or a fraction such as 1/3", "应为数字或 1/3 这样的分数"
                )
                problems.append(_problem(path, row.line, f"{row.cells[0]}, {name}", cell, allowed))
            judged.append(value)
        values.append(judged)
    if problems:
        raise InputError(problems)
    try:
        return PairwiseMatrix.of(names, values, label=label or path.stem)
    except InputError as error:
        lines = {row.cells[0]: row.line for row in body}
        raise InputError(
            problem.at(file=path.name, line=lines.get(problem.field.split(",")[0]))
            for problem in error.problems
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """A panel's answers, with the polarity of each indicator where the table gives it."""

    answers: tuple[PanelAnswer, ...]
    polarities: dict[str, int]


ANSWER_COLUMNS = ("indicator", "expert", "low", "high")
OPTIONAL_ANSWER_COLUMNS = ("round", "reason", "polarity")


def read_answers(path: Path, *, scale: Interval | None = None) -> Answers:
    """Read a panel's interval answers.

    Columns: indicator, expert, low, high; optionally round (1 when left out), reason, and
    polarity (1 or -1, the same in every row of an indicator).
    """
    header, *body = read_rows(path)
    places = _columns(path, header, ANSWER_COLUMNS, OPTIONAL_ANSWER_COLUMNS)
    if not body:
        allowed = Text("expected at least one answer", "至少应有一个回答")
        raise InputError([_problem(path, header.line, "", None, allowed)])
    problems: list[Problem] = []
    answers: list[PanelAnswer] = []
    polarities: dict[str, int] = {}
    seen: dict[tuple[str, str, int], int] = {}
    for row in body:
        cells = _cells(path, row, places, problems)
        if cells is None:
            continue
        answer = _answer(path, row, cells, problems, scale)
        if answer is None:
            continue
        key = (answer.indicator, answer.expert, answer.round)
        if key in seen:
            allowed = Text(
                f"this expert answered on this indicator in line {seen[key]} already",
                f"该专家在第 {seen[key]} 行已回答此指标",
            )
            problems.append(_problem(path, row.line, "expert", answer.expert, allowed))
        seen[key] = row.line
        _keep_polarity(path, row, cells, polarities, problems)
        answers.append(answer)
    if problems:
        raise InputError(problems)
    return Answers(answers=tuple(answers), polarities=polarities)


def _answer(
    path: Path, row: Row, cells: dict[str, str], problems: list[Problem], scale: Interval | None
) -> PanelAnswer | None:
    before = len(problems)
    for name in ("indicator", "expert"):
        if not cells[name]:
            allowed = Text("expected a name", "应填写名称")
            problems.append(_problem(path, row.line, name, None, allowed))
    low = _number(path, row, "low", cells["low"], problems)
    high = _number(path, row, "high", cells["high"], problems)
    number = _whole(path, row, "round", cells.get("round") or "1", problems)
    if len(problems) > before or low is None or high is None or number is None:
        return None
    if low > high:
        allowed = Text("expected low ≤ high", "下限不得大于上限")
        problems.append(_problem(path, row.line, "low", f"[{low:g}, {high:g}]", allowed))
        return None
    if scale is not None and not scale.holds(Interval(low, high)):
        allowed = Text(
            f"expected an interval inside the scale [{scale.low:g}, {scale.high:g}]",
            f"应为量程 [{scale.low:g}, {scale.high:g}] 内的区间",
        )
        problems.append(_problem(path, row.line, "low, high", f"[{low:g}, {high:g}]", allowed))
        return None
    return PanelAnswer(
        indicator=cells["indicator"],
        expert=cells["expert"],
        answer=Interval(low, high),
        round=number,
        reason=cells.get("reason", ""),
    )


def _keep_polarity(
    path: Path,
    row: Row,
    cells: dict[str, str],
    polarities: dict[str, int],
    problems: list[Problem],
) -> None:
    text = cells.get("polarity", "")
    if not text:
        return
    if text not in {"1", "+1", "-1"}:
        allowed = Text("expected 1 or -1", "应为 1 或 -1")
        problems.append(_problem(path, row.line, "polarity", text, allowed))
        return
    indicator = cells["indicator"]
    if polarities.setdefault(indicator, int(text)) != int(text):
        allowed = Text(
            f"expected the same polarity in every row of {indicator}",
            f"{indicator} 各行的极性须一致",
        )
        problems.append(_problem(path, row.line, "polarity", text, allowed))


JUDGEMENT_COLUMNS = ("parent", "expert", "first", "second", "judgement")


def read_judgements(path: Path) -> tuple[BlockJudgement, ...]:
    """Read pairwise judgements as a list.

    Columns: parent, expert, first, second, judgement (a number or a fraction). A row says how
    much more the first matters than the second below the parent, in the eyes of the expert.
    """
    header, *body = read_rows(path)
    places = _columns(path, header, JUDGEMENT_COLUMNS, ())
    problems: list[Problem] = []
    blocks: dict[tuple[str, str], dict[tuple[str, str], float]] = {}
    for row in body:
        cells = _cells(path, row, places, problems)
        if cells is None:
            continue
        value = _fraction(cells["judgement"])
        if value is None:
            allowed = Text(
                "expected a number or a fraction such as 1/3", "应为数字或 1/3 这样的分数"
            )
            problems.append(_problem(path, row.line, "judgement", cells["judgement"], allowed))
            continue
        block = blocks.setdefault((cells["parent"], cells["expert"]), {})
        pair = (cells["first"], cells["second"])
        if pair in block or pair[::-1] in block or pair[0] == pair[1]:
            allowed = Text("each pair of two names may stand once", "每对名称只能出现一次")
            problems.append(_problem(path, row.line, "first, second", " / ".join(pair), allowed))
            continue
        block[pair] = value
    if problems:
        raise InputError(problems)
    return tuple(_block(parent, expert, pairs) for (parent, expert), pairs in blocks.items())


def _block(parent: str, expert: str, pairs: dict[tuple[str, str], float]) -> BlockJudgement:
    names = list(dict.fromkeys(name for pair in pairs for name in pair))
    upper: list[float | None] = []
    for i, first in enumerate(names):
        for second in names[i + 1 :]:
            mirrored = pairs.get((second, first))
            direct = pairs.get((first, second))
            upper.append(direct if mirrored is None else 1.0 / mirrored)
    return BlockJudgement(parent=parent, expert=expert, order=tuple(names), values=tuple(upper))


def _columns(
    path: Path, header: Row, required: Sequence[str], optional: Sequence[str]
) -> dict[str, int]:
    names = [name.lower() for name in header.cells]
    problems = [
        _problem(path, header.line, name, None, Text("this column is missing", "缺少该列"))
        for name in required
        if name not in names
    ]
    known = ", ".join([*required, *optional])
    problems += [
        _problem(
            path,
            header.line,
            name or f"column {place + 1}",
            None,
            Text(f"unknown column; expected {known}", f"未知列；应为 {known}"),
        )
        for place, name in enumerate(names)
        if name not in {*required, *optional}
    ]
    problems += [
        _problem(path, header.line, name, None, Text("this column stands twice", "列重复"))
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    if problems:
        raise InputError(problems)
    return {name: place for place, name in enumerate(names)}


def _cells(
    path: Path, row: Row, places: dict[str, int], problems: list[Problem]
) -> dict[str, str] | None:
    if len(row.cells) != len(places):
        allowed = Text(f"expected {len(places)} cells", f"应有 {len(places)} 个单元格")
        problems.append(_problem(path, row.line, "", f"{len(row.cells)} cells", allowed))
        return None
    return {name: row.cells[place] for name, place in places.items()}


def _number(path: Path, row: Row, name: str, text: str, problems: list[Problem]) -> float | None:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        allowed = Text("expected a number such as 0.85", "应为数字，例如 0.85")
        problems.append(_problem(path, row.line, name, text or None, allowed))
        return None
    return value


def _whole(path: Path, row: Row, name: str, text: str, problems: list[Problem]) -> int | None:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        allowed = Text("expected a whole number from 1", "应为从 1 起的整数")
        problems.append(_problem(path, row.line, name, text, allowed))
        return None
    return int(text)


def _fraction(text: str) -> float | None:
    """Return the number that a text such as 3, 0.5 or 1/3 stands for, or None."""
    parts = text.split("/")
    most_parts = 2
    if not text or len(parts) > most_parts:
        return None
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        return None
    if not all(map(math.isfinite, numbers)) or (len(numbers) == most_parts and numbers[1] == 0):
        return None
    return numbers[0] if len(numbers) == 1 else numbers[0] / numbers[1]


def _problem(path: Path, line: int | None, field: str, found: object, allowed: Text) -> Problem:
    return Problem(field=field, found=found, allowed=allowed, file=path.name, line=line)
