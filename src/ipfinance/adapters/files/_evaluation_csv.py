"""Tables of dated scores, measures, cohorts, panel scores and risks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ipfinance.adapters.files._csv import (
    Row,
    _cells,
    _columns,
    _number,
    _problem,
    read_rows,
)
from ipfinance.basics import InputError, Interval, Problem, Text
from ipfinance.judgement import CohortRow, DatedAnswer, Measure, RiskEvent, RiskKind, ScoreTable

ANSWER_COLUMNS = ("asset", "date", "indicator", "author", "low", "high")
MEASURE_COLUMNS = ("asset", "date", "measure", "value")
RISK_COLUMNS = ("id", "kind", "hazard_low", "hazard_high", "loss_low", "loss_high")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOf:
    """What a table holds, with the file's name and the line of each entry."""

    file: str
    lines: tuple[int, ...]

    def placed(self, found: Problem, part: str) -> Problem:
        """Give a problem such as `answers[3].low` the line of the table it is about."""
        head = f"{part}["
        if not found.field.startswith(head):
            return found
        place, _, column = found.field.removeprefix(head).partition("].")
        if not place.isdigit() or int(place) >= len(self.lines):
            return found
        named = Problem(field=column, found=found.found, allowed=found.allowed)
        return named.at(file=self.file, line=self.lines[int(place)])


def read_dated_answers(path: Path) -> tuple[tuple[DatedAnswer, ...], TableOf]:
    """Read dated scores.

    Columns: asset, date, indicator, author, low, high; optionally evidence and reason. A row with
    neither low nor high takes the author's earlier score back.
    """
    header, *body = read_rows(path)
    places = _columns(path, header, ANSWER_COLUMNS, ("evidence", "reason"))
    problems: list[Problem] = []
    answers: list[DatedAnswer] = []
    for row in body:
        cells = _cells(path, row, places, problems)
        if cells is None:
            continue
        before = len(problems)
        _named(path, row, ("asset", "indicator", "author"), cells, problems)
        day = _date(path, row, cells["date"], problems)
        answer = _pair(path, row, ("low", "high"), cells, problems)
        if len(problems) == before and day is not None:
            answers.append(
                DatedAnswer(
                    asset=cells["asset"],
                    indicator=cells["indicator"],
                    author=cells["author"],
                    dated_on=day,
                    answer=answer,
                    evidence=cells.get("evidence", ""),
                    reason=cells.get("reason", ""),
                )
            )
    if problems:
        raise InputError(problems)
    return tuple(answers), TableOf(file=path.name, lines=tuple(row.line for row in body))


def read_measures(path: Path) -> tuple[tuple[Measure, ...], TableOf]:
    """Read counted figures: asset, date, measure, value; optionally source."""
    header, *body = read_rows(path)
    places = _columns(path, header, MEASURE_COLUMNS, ("source",))
    problems: list[Problem] = []
    measures: list[Measure] = []
    for row in body:
        cells = _cells(path, row, places, problems)
        if cells is None:
            continue
        before = len(problems)
        _named(path, row, ("asset", "measure"), cells, problems)
        day = _date(path, row, cells["date"], problems)
        value = _number(path, row, "value", cells["value"], problems)
        if len(problems) == before and day is not None and value is not None:
            source = cells.get("source", "")
            measures.append(
                Measure(
                    asset=cells["asset"],
                    measure=cells["measure"],
                    dated_on=day,
                    value=value,
                    source=Text(source, source),
                )
            )
    if problems:
        raise InputError(problems)
    return tuple(measures), TableOf(file=path.name, lines=tuple(row.line for row in body))


def read_cohort_rows(
    path: Path, measures: Sequence[str], by: Sequence[str]
) -> tuple[CohortRow, ...]:
    """Read a table of assets: an id, columns that say of what kind, and counted figures.

    An empty figure is not known and stays so.
    """
    header, *body = read_rows(path)
    needed = ("id", *by, *measures)
    places = _places(path, header, needed)
    problems: list[Problem] = []
    rows: list[CohortRow] = []
    seen: dict[str, int] = {}
    for row in body:
        cells = _cells(path, row, places, problems)
        if cells is None:
            continue
        _named(path, row, ("id",), cells, problems)
        if cells["id"] in seen:
            allowed = Text(
                f"this id stands in line {seen[cells['id']]} already",
                f"该编号已见于第 {seen[cells['id']]} 行",
            )
            problems.append(_problem(path, row.line, "id", cells["id"], allowed))
        seen[cells["id"]] = row.line
        values = {
            name: _number(path, row, name, cells[name], problems) if cells[name] else None
            for name in measures
        }
        rows.append(
            CohortRow(id=cells["id"], kind=tuple(cells[name] for name in by), values=values)
        )
    if not body:
        problems.append(_problem(path, header.line, "", None, _NO_ROWS))
    if problems:
        raise InputError(problems)
    return tuple(rows)


def _places(path: Path, header: Row, needed: Sequence[str]) -> dict[str, int]:
    """Return where each column stands; columns that nobody asked for may be there too."""
    names = list(header.cells)
    known = ", ".join(names)
    problems = [
        _problem(
            path,
            header.line,
            name,
            None,
            Text(f"this column is missing; there are {known}", f"缺少该列；现有 {known}"),
        )
        for name in needed
        if name not in names
    ]
    problems += [
        _problem(path, header.line, name, None, Text("this column stands twice", "列重复"))
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    if problems:
        raise InputError(problems)
    return {name: place for place, name in enumerate(names)}


def read_score_table(path: Path) -> ScoreTable:
    """Read a table of scores: names of rows in the first column, items in the first row."""
    header, *body = read_rows(path)
    items = list(header.cells[1:])
    problems: list[Problem] = []
    if len(items) != len(set(items)) or not all(items):
        problems.append(_problem(path, header.line, "", ", ".join(items), _NAMED_ONCE))
    raters: list[str] = []
    values: list[tuple[float, ...]] = []
    for row in body:
        if len(row.cells) != len(header.cells):
            found = f"{len(row.cells)} cells"
            allowed = Text(
                f"expected {len(header.cells)} cells", f"应有 {len(header.cells)} 个单元格"
            )
            problems.append(_problem(path, row.line, "", found, allowed))
            continue
        if not row.cells[0] or row.cells[0] in raters:
            problems.append(_problem(path, row.line, "", row.cells[0] or None, _NAMED_ONCE))
        raters.append(row.cells[0])
        found_row = []
        for name, cell in zip(items, row.cells[1:], strict=True):
            if not cell:
                problems.append(_problem(path, row.line, name, None, _UNKNOWN_SCORE))
                continue
            value = _number(path, row, name, cell, problems)
            if value is not None:
                found_row.append(value)
        values.append(tuple(found_row))
    fewest = 2
    if not problems and (len(raters) < fewest or len(items) < fewest):
        found = f"{len(raters)} × {len(items)}"
        problems.append(_problem(path, header.line, "", found, _TOO_SMALL))
    if problems:
        raise InputError(problems)
    return ScoreTable(raters=tuple(raters), items=tuple(items), values=tuple(values))


def read_risks(path: Path) -> tuple[RiskEvent, ...]:
    """Read risk events.

    Columns: id, kind, hazard_low, hazard_high (events a year), loss_low, loss_high (share of the
    value that is lost); optionally name and source.
    """
    header, *body = read_rows(path)
    places = _columns(path, header, RISK_COLUMNS, ("name", "source"))
    problems: list[Problem] = []
    events: list[RiskEvent] = []
    for row in body:
        cells = _cells(path, row, places, problems)
        if cells is None:
            continue
        before = len(problems)
        _named(path, row, ("id",), cells, problems)
        if cells["kind"] not in set(RiskKind):
            known = ", ".join(RiskKind)
            allowed = Text(f"expected one of: {known}", f"应为以下之一：{known}")
            problems.append(_problem(path, row.line, "kind", cells["kind"] or None, allowed))
        hazard = _known_pair(path, row, ("hazard_low", "hazard_high"), cells, problems)
        loss = _known_pair(path, row, ("loss_low", "loss_high"), cells, problems)
        if hazard is not None and not Interval(0.0, 100.0).holds(hazard):
            problems.append(_problem(path, row.line, "hazard_low, hazard_high", hazard, _HAZARD))
        if loss is not None and not Interval(0.0, 1.0).holds(loss):
            problems.append(_problem(path, row.line, "loss_low, loss_high", loss, _LOSS))
        if any(event.id == cells["id"] for event in events):
            problems.append(_problem(path, row.line, "id", cells["id"], _NAMED_ONCE))
        if len(problems) == before and hazard is not None and loss is not None:
            name = cells.get("name", "") or cells["id"]
            source = cells.get("source", "")
            events.append(
                RiskEvent(
                    id=cells["id"],
                    kind=RiskKind(cells["kind"]),
                    name=Text(name, name),
                    hazard=hazard,
                    loss=loss,
                    source=Text(source, source),
                )
            )
    if not body:
        problems.append(_problem(path, header.line, "", None, _NO_ROWS))
    if problems:
        raise InputError(problems)
    return tuple(events)


def _named(
    path: Path,
    row: Row,
    names: Sequence[str],
    cells: Mapping[str, str],
    problems: list[Problem],
) -> None:
    for name in names:
        if not cells[name]:
            allowed = Text("expected a name", "应填写名称")
            problems.append(_problem(path, row.line, name, None, allowed))


def _date(path: Path, row: Row, text: str, problems: list[Problem]) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        allowed = Text("expected a date such as 2026-02-28", "应为日期，例如 2026-02-28")
        problems.append(_problem(path, row.line, "date", text or None, allowed))
        return None


def _pair(
    path: Path,
    row: Row,
    names: tuple[str, str],
    cells: Mapping[str, str],
    problems: list[Problem],
) -> Interval | None:
    texts = [cells[name] for name in names]
    if not any(texts):
        return None
    if not all(texts):
        found = texts[0] or texts[1]
        problems.append(_problem(path, row.line, ", ".join(names), found, _BOTH_OR_NEITHER))
        return None
    return _known_pair(path, row, names, cells, problems)


def _known_pair(
    path: Path,
    row: Row,
    names: tuple[str, str],
    cells: Mapping[str, str],
    problems: list[Problem],
) -> Interval | None:
    low, high = (_number(path, row, name, cells[name], problems) for name in names)
    if low is None or high is None:
        return None
    if low > high or math.isnan(low):
        found = f"[{low:g}, {high:g}]"
        allowed = Text("expected low ≤ high", "下限不得大于上限")
        problems.append(_problem(path, row.line, ", ".join(names), found, allowed))
        return None
    return Interval(low, high)


_NO_ROWS = Text("expected at least one row", "至少应有一行")
_NAMED_ONCE = Text("each row and column needs a name of its own", "各行各列须有互不相同的名称")
_UNKNOWN_SCORE = Text(
    "unknown is not zero: expected a number, or leave the row or the column out",
    "未知不等于零：应为数字，否则请删去该行或该列",
)
_TOO_SMALL = Text("expected at least two rows and two columns", "至少应有两行两列")
_BOTH_OR_NEITHER = Text(
    "give low and high (the same number twice for a point), or neither to take the score back",
    "应同时给出下限与上限（单点则重复同一数），或均留空以撤回评分",
)
_HAZARD = Text("expected events a year from 0 to 100", "应为每年 0 至 100 次")
_LOSS = Text("expected shares from 0 to 1", "应为 0 至 1 的比例")
