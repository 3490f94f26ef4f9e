"""From a table and a formula to the numbers of a regression, every row left out accounted for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from ipfinance.basics import InputError, Problem, Text
from ipfinance.evidence._formula import (
    MOST_LISTED,
    Coding,
    Design,
    Formula,
    design,
    evaluated,
    shown_factor,
)
from ipfinance.market import Table, TextColumn, column_missing
from ipfinance.numerics import BoolArray, FloatArray, Grouping, rows_without_singletons


class MissingPolicy(StrEnum):
    """What happens to a row with an empty cell in a column that is used."""

    DROP = "drop"  # left out and counted
    REFUSE = "refuse"  # an error that names the rows


MISSING_POLICY_NAMES = {
    MissingPolicy.DROP: Text("rows with an empty cell left out", "删除含空值的行"),
    MissingPolicy.REFUSE: Text("empty cells refused", "不接受空值"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusions:
    """Rows that were read but not used, and why.

    Attributes
    ----------
    missing
        By column, how many rows were left out for an empty cell in it (a row may count twice).
    rows_missing, singletons, separated
        How many rows were left out for empty cells; as the only row of an absorbed effect; since
        their outcome is explained perfectly.
    """

    read: int
    missing: Mapping[str, int] = field(default_factory=dict)
    rows_missing: int = 0
    singletons: int = 0
    separated: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """The rows and numbers of one regression.

    Attributes
    ----------
    outcome, columns
        Left side, shape (n,), and right side, shape (p, n).
    names
        One a column.
    effects, clusters
        Groupings of the rows by name.
    weights
        Shape (n,), or None.
    """

    formula: Formula
    table: Table
    outcome: FloatArray
    columns: FloatArray
    names: tuple[str, ...]
    effects: Mapping[str, Grouping]
    clusters: Mapping[str, Grouping]
    codings: Mapping[str, Coding]
    exclusions: Exclusions
    weights: FloatArray | None = None
    missing: MissingPolicy = MissingPolicy.DROP

    @property
    def n(self) -> int:
        """Number of rows used."""
        return len(self.outcome)

    @property
    def response(self) -> str:
        """The left side as text."""
        return shown_factor(self.formula.response)


def grouping(table: Table, names: Sequence[str]) -> Grouping:
    """Return the groups of rows that agree in some columns."""
    found = _one_grouping(table, names[0])
    for name in names[1:]:
        found = found.crossed(_one_grouping(table, name))
    return found


def _one_grouping(table: Table, name: str) -> Grouping:
    column = table.columns[name]
    if isinstance(column, TextColumn):
        return Grouping.of(column.codes)
    if column.dtype == np.float64:
        numbers = table.numbers(name)
        if _small_whole(numbers):
            return Grouping.of(numbers.astype(np.int64))
    used, codes = np.unique(column, return_inverse=True)
    return Grouping(codes=codes.astype(np.int64), size=len(used))


def _small_whole(column: FloatArray) -> bool:
    largest = 2**40
    return bool((np.abs(column) < largest).all() and (column == np.floor(column)).all())


def sample(
    formula: Formula,
    table: Table,
    *,
    clusters: Sequence[str] = (),
    weights: str | None = None,
    missing: MissingPolicy = MissingPolicy.DROP,
    drops_singletons: bool = True,
    more: Sequence[str] = (),
    keeps_table: bool = True,
) -> Sample:
    """Return the rows and numbers of a regression.

    Parameters
    ----------
    formula, table
        What is asked, and the observations.
    clusters
        Columns that name the clusters; `a^b` crosses two.
    weights
        Column of positive weights.
    missing, drops_singletons
        Which rows are left out.
    more
        Further columns in which no cell may be empty.
    keeps_table
        Whether the sample's table holds all columns used, or those of `more` alone.

    Raises
    ------
    InputError
        For columns that are not there, rows with values that have no meaning, too few rows.
    """
    crossed = {name: tuple(name.split("^")) for name in clusters}
    wanted = dict.fromkeys([*formula.variables, *(n for each in crossed.values() for n in each)])
    wanted |= dict.fromkeys([*more, *([] if weights is None else [weights])])
    _refuse_absent(table, list(wanted))
    kept, exclusions = _complete(table, list(wanted), missing)
    effects = {"^".join(names): names for names in formula.effects}
    used = table if kept.all() else table.taken(kept)
    groups = {name: grouping(used, names) for name, names in effects.items()}
    stay: BoolArray | None = None
    if groups and drops_singletons and used.n_rows:
        found = rows_without_singletons(list(groups.values()))
        if not found.all():
            exclusions = _with_singletons(exclusions, int((~found).sum()))
            groups = {name: group.taken(found) for name, group in groups.items()}
            stay = found
    if used.n_rows == 0 or (stay is not None and not stay.any()):
        raise InputError([_no_rows(table, exclusions)])
    if keeps_table and stay is not None:
        used, stay = used.taken(stay), None
    outcome = evaluated(formula.response, used)
    right: Design = design(formula, used, rows=stay)
    ways = {
        name: groups[name] if name in groups else _taken(grouping(used, names), stay)
        for name, names in crossed.items()
    }
    weighed = None if weights is None else _weights(used, weights)
    last = used if keeps_table else used.only(tuple(more))
    return Sample(
        formula=formula,
        table=last if stay is None else last.taken(stay),
        outcome=outcome if stay is None else outcome[stay],
        columns=right.columns,
        names=right.names,
        effects=groups,
        clusters=ways,
        codings=right.codings,
        exclusions=exclusions,
        weights=weighed if stay is None or weighed is None else weighed[stay],
        missing=missing,
    )


def _taken(group: Grouping, rows: BoolArray | None) -> Grouping:
    return group if rows is None else group.taken(rows)


def _refuse_absent(table: Table, names: Sequence[str]) -> None:
    shown = ", ".join(table.names)
    absent = Text(f"there is no such column; there are: {shown}", f"没有该列；现有列：{shown}")
    problems = [table.column_problem(name, absent) for name in names if name not in table.columns]
    if problems:
        raise InputError(problems)


def _complete(
    table: Table, names: Sequence[str], missing: MissingPolicy
) -> tuple[BoolArray, Exclusions]:
    kept = np.ones(table.n_rows, dtype=bool)
    counts: dict[str, int] = {}
    problems: list[Problem] = []
    for name in names:
        empty = column_missing(table.columns[name])
        if not empty.any():
            continue
        counts[name] = int(empty.sum())
        kept &= ~empty
        if missing is MissingPolicy.REFUSE:
            rows = np.flatnonzero(empty)
            problems += [
                table.problem(name, row, None, _EMPTY) for row in rows[:MOST_LISTED].tolist()
            ]
            if len(rows) > MOST_LISTED:
                more = len(rows) - MOST_LISTED
                rest = Text(f"and {more:,} more empty cells", f"另有 {more:,} 个空单元格")
                problems.append(table.column_problem(name, rest))
    if problems:
        raise InputError(problems)
    left_out = table.n_rows - int(kept.sum())
    return kept, Exclusions(read=table.n_rows, missing=counts, rows_missing=left_out)


def _with_singletons(exclusions: Exclusions, count: int) -> Exclusions:
    return Exclusions(
        read=exclusions.read,
        missing=exclusions.missing,
        rows_missing=exclusions.rows_missing,
        singletons=count,
    )


def _weights(table: Table, name: str) -> FloatArray:
    values = table.numbers(name)
    wrong = np.flatnonzero(~(values > 0))
    if len(wrong):
        allowed = Text("expected a weight above 0", "权重应大于 0")
        raise InputError(
            table.problem(name, row, f"{values[row]:g}", allowed)
            for row in wrong[:MOST_LISTED].tolist()
        )
    return values


def _no_rows(table: Table, exclusions: Exclusions) -> Problem:
    allowed = Text(
        f"no row is left: of {exclusions.read:,} rows {exclusions.rows_missing:,} have an empty "
        f"cell and {exclusions.singletons:,} stand alone in an absorbed effect",
        f"没有可用的行：共 {exclusions.read:,} 行，其中 {exclusions.rows_missing:,} 行含空值，"
        f"{exclusions.singletons:,} 行为固定效应中的孤行",
    )
    return table.column_problem("", allowed)


_EMPTY = Text("expected a value; the cell is empty", "应有数值；单元格为空")
