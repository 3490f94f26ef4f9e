"""Watch files and their tables to the objects of the core."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from ipfinance.adapters.files._credit import minor_of, text_of, unit_of
from ipfinance.adapters.files._credit_models import WatchFile
from ipfinance.adapters.files._errors import validated
from ipfinance.adapters.files._tables import read_raw, read_table
from ipfinance.adapters.files._yaml import read_yaml
from ipfinance.basics import InputError, Problem, Text
from ipfinance.credit import (
    Appraisal,
    Comparator,
    Covenant,
    EventKind,
    LegalEvent,
    Level,
    Observation,
    Revaluation,
    WatchCase,
    WatchedLoan,
    WatchRules,
)
from ipfinance.market import ColumnKind, Table

TEXT, NUMBER, DAY = ColumnKind.TEXT, ColumnKind.NUMBER, ColumnKind.DATE
LOANS = {"id": TEXT, "borrower": TEXT, "balance": NUMBER, "valued_on": DAY, "value": NUMBER}
MORE_LOANS = {
    "coefficient": NUMBER,
    "valuer": TEXT,
    "matures_on": DAY,
    "expires_on": DAY,
    "fee_due_on": DAY,
}
VALUATIONS = {"loan": TEXT, "dated_on": DAY, "value": NUMBER}
EVENTS = {"loan": TEXT, "dated_on": DAY, "kind": TEXT}
OBSERVATIONS = {"loan": TEXT, "dated_on": DAY, "metric": TEXT, "value": NUMBER}
OUTCOMES = {"valuer": TEXT, "appraised": NUMBER, "outcome": NUMBER}
MORE_OUTCOMES = {"low": NUMBER, "high": NUMBER, "expected_move": NUMBER}
POSITIVE = ("balance", "value", "appraised", "outcome", "expected_move")


def read_watch(path: Path) -> WatchCase:
    """Read a watch file and the tables it names."""
    parsed = read_yaml(path)
    model = validated(WatchFile, parsed)
    unit = unit_of(model, parsed)
    minor = minor_of(unit)
    loans = list(_rows(path, model.loans, LOANS, MORE_LOANS))
    _refuse_twice(model.loans, loans)
    return WatchCase(
        id=model.id,
        title=text_of(model.title),
        status=model.status,
        unit=unit,
        dated_on=model.dated_on,
        rules=_rules(model.rules),
        loans=tuple(
            WatchedLoan(**{**row, "balance": minor(row["balance"]), "value": minor(row["value"])})
            for _, row in loans
        ),
        revaluations=tuple(
            Revaluation(**{**row, "value": minor(row["value"])})
            for _, row in _rows(path, model.valuations, VALUATIONS, {"coefficient": NUMBER})
        ),
        events=tuple(
            LegalEvent(**{**row, "kind": EventKind(row["kind"])})
            for _, row in _rows(path, model.events, EVENTS, {"note": TEXT})
        ),
        observations=tuple(
            Observation(**row) for _, row in _rows(path, model.observations, OBSERVATIONS, {})
        ),
        covenants=tuple(
            Covenant(
                metric=item.metric,
                comparator=Comparator(item.comparator),
                threshold=item.threshold,
                consecutive=item.consecutive,
                name=text_of(item.name),
            )
            for item in model.covenants
        ),
        appraisals=tuple(
            Appraisal(**row) for _, row in _rows(path, model.outcomes, OUTCOMES, MORE_OUTCOMES)
        ),
    )


def _rules(model: Any) -> WatchRules:
    given = model.model_dump(exclude={"source", "events"})
    events = {EventKind(kind): Level(level) for kind, level in model.events.items()}
    return WatchRules(**given, events=events, source=text_of(model.source))


def _rows(
    path: Path,
    name: str | None,
    required: Mapping[str, ColumnKind],
    optional: Mapping[str, ColumnKind],
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each row of a table with its line; empty optional cells are left out."""
    if name is None:
        return
    file = path.parent / name
    present = set(read_raw(file).frame.columns)
    kinds = {**required, **{key: kind for key, kind in optional.items() if key in present}}
    table = read_table(file, kinds, others=None)
    cells = {key: _cells(table, key, kind) for key, kind in kinds.items()}
    problems = [
        problem
        for key in kinds
        for row, value in enumerate(cells[key])
        if (problem := _problem(table, key, row, value, required=key in required)) is not None
    ]
    if problems:
        raise InputError(problems)
    for row in range(table.n_rows):
        found = {key: column[row] for key, column in cells.items() if column[row] is not None}
        yield int(table.lines[row]), found


def _cells(table: Table, key: str, kind: ColumnKind) -> list[Any]:
    if kind is TEXT:
        return list(table.texts(key).texts())
    if kind is DAY:
        days = table.dates(key).astype("datetime64[D]")
        return [None if np.isnat(day) else day.astype(object) for day in days]
    return [None if np.isnan(value) else float(value) for value in table.numbers(key)]


def _problem(table: Table, key: str, row: int, value: object, *, required: bool) -> Problem | None:
    if value is None:
        return table.problem(key, row, None, _NEEDED) if required else None
    if key in POSITIVE and isinstance(value, float) and not 0 < value <= LARGEST:
        return table.problem(key, row, value, _POSITIVE)
    if key == "kind" and value not in set(EventKind):
        shown = ", ".join(EventKind)
        allowed = Text(f"expected one of: {shown}", f"应为以下之一：{shown}")
        return table.problem(key, row, value, allowed)
    if isinstance(value, date) and not FIRST <= value.year <= LAST:
        return table.problem(key, row, value, _YEAR)
    return None


def _refuse_twice(file: str, rows: list[tuple[int, dict[str, Any]]]) -> None:
    seen: dict[str, int] = {}
    problems = []
    for line, row in rows:
        name = row["id"]
        if name in seen:
            twice = Text(
                f"this loan stands in row {seen[name]} already", f"该贷款已在第 {seen[name]} 行出现"
            )
            problems.append(Problem(field="id", found=name, allowed=twice, file=file, line=line))
        seen.setdefault(name, line)
    if problems:
        raise InputError(problems)


LARGEST = 1e15
FIRST, LAST = 1900, 2200
_NEEDED = Text("this cell is required", "此单元格必填")
_POSITIVE = Text("expected a number above 0", "应为大于 0 的数")
_YEAR = Text(f"expected a year from {FIRST} to {LAST}", f"年份应在 {FIRST} 至 {LAST} 之间")
