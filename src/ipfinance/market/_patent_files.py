"""Patents as public sources send them, checked and under names of our own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from ipfinance.basics import Finding, FindingKind, InputError, Problem, Severity, Text
from ipfinance.market._table import Column, ColumnKind, Table, TextColumn
from ipfinance.numerics import BoolArray

MOST_PROBLEMS = 20
EXPORT_LIMIT = 1000
_ID = re.compile(r"([A-Z]{2})-?([A-Z]?\d[\dA-Z/]*?)-?([A-Z]\d?)?")

KPSS_COLUMNS: Mapping[str, ColumnKind] = {
    "patent_num": ColumnKind.TEXT,
    "permno": ColumnKind.TEXT,
    "issue_date": ColumnKind.DATE,
    "filing_date": ColumnKind.DATE,
    "xi_nominal": ColumnKind.NUMBER,
    "xi_real": ColumnKind.NUMBER,
    "cites": ColumnKind.NUMBER,
}
GOOGLE_COLUMNS: Mapping[str, ColumnKind] = {
    "id": ColumnKind.TEXT,
    "title": ColumnKind.TEXT,
    "assignee": ColumnKind.TEXT,
    "inventor/author": ColumnKind.TEXT,
    "priority date": ColumnKind.DATE,
    "filing/creation date": ColumnKind.DATE,
    "publication date": ColumnKind.DATE,
    "grant date": ColumnKind.DATE,
}

CUT_OFF = FindingKind(
    code="google_patents_cut_off",
    severity=Severity.WARNING,
    text=Text(
        "The export holds {n:,} rows; the source stops at 1,000, so patents are likely missing.",
        "导出文件含 {n:,} 行；该来源最多导出 1,000 行，很可能有遗漏。",
    ),
)
APPLICATIONS = FindingKind(
    code="google_patents_applications",
    severity=Severity.NOTE,
    text=Text(
        "{n:,} of {total:,} rows have no grant date: they are applications.",
        "{total:,} 行中有 {n:,} 行没有授权日期，为申请。",
    ),
)
UNMATCHED = FindingKind(
    code="google_patents_without_firm",
    severity=Severity.WARNING,
    text=Text(
        "{n:,} of {total:,} patents belong to no firm of the table of firms: {names}.",
        "{total:,} 件专利中有 {n:,} 件未匹配到公司：{names}。",
    ),
)
DOLLARS = FindingKind(
    code="kpss_file_units",
    severity=Severity.NOTE,
    text=Text(
        "Values are in million dollars; real ones in million dollars of 1982.",
        "价值单位为百万美元；实际值为 1982 年百万美元。",
    ),
)
NO_FILING = FindingKind(
    code="kpss_file_filing_after_issue",
    severity=Severity.WARNING,
    text=Text(
        "{n:,} patents were filed after they were issued; the dates are kept as they are.",
        "{n:,} 件专利的申请日晚于授权日，按原样保留。",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImportedPatents:
    """Patents under names of our own, and what a reader signs off."""

    table: Table
    findings: tuple[Finding, ...]


def kpss_patents(table: Table) -> ImportedPatents:
    """Check a file of the authors of the estimator: values of patents by grant.

    Raises
    ------
    InputError
        For an empty or repeated patent, an empty firm or issue date, a value that is not above
        zero, citations below zero.
    """
    problems = [
        *_empty(table, "patent_num"),
        *_twice(table, "patent_num"),
        *_empty(table, "permno"),
        *_empty_day(table, "issue_date"),
    ]
    for name in ("xi_nominal", "xi_real"):
        problems += _where(table, name, ~(table.numbers(name) > 0.0), _POSITIVE)
    problems += _where(table, "cites", table.numbers("cites") < 0.0, _NOT_NEGATIVE)
    if problems:
        raise InputError(problems[:MOST_PROBLEMS])
    issued, filed = table.dates("issue_date"), table.dates("filing_date")
    late = int((filed > issued).sum())
    findings = [DOLLARS.finding()]
    if late:
        findings.append(NO_FILING.finding(n=late))
    columns: dict[str, Column] = {
        "patent": table.texts("patent_num"),
        "firm": table.texts("permno"),
        "date": issued,
        "filing_date": filed,
        "value_nominal": table.numbers("xi_nominal"),
        "value_real": table.numbers("xi_real"),
        "cites": table.numbers("cites"),
    }
    made = Table(columns=columns, lines=table.lines, source=table.source)
    return ImportedPatents(table=made, findings=tuple(findings))


def google_patents(
    table: Table, *, kinds: Mapping[str, str] | None = None, firms: Table | None = None
) -> ImportedPatents:
    """Check an export of a search in Google Patents.

    Parameters
    ----------
    table
        The export, without its first line.
    kinds
        What a kind code stands for, by its letter or whole: ``{"B": "invention"}``. The codes
        differ by office and year, so none is built in.
    firms
        The columns assignee and firm; names are compared without case and outer spaces.

    Raises
    ------
    InputError
        For an id that is none, or one that stands twice.
    """
    problems = [*_empty(table, "id"), *_twice(table, "id")]
    ids = [text or "" for text in table.texts("id").texts()]
    parts = [_ID.fullmatch(text.upper()) for text in ids]
    wrong = np.array([bool(text) and part is None for text, part in zip(ids, parts, strict=True)])
    problems += _where(table, "id", wrong, _NUMBER)
    if problems:
        raise InputError(problems[:MOST_PROBLEMS])
    granted = table.dates("grant date")
    codes = [part[3] if part else None for part in parts]
    columns: dict[str, Column] = {
        "patent": table.texts("id"),
        "country": TextColumn.of([part[1] if part else None for part in parts]),
        "number": TextColumn.of([part[2] if part else None for part in parts]),
        "kind": TextColumn.of(codes),
        "title": table.texts("title"),
        "assignee": table.texts("assignee"),
        "inventor": table.texts("inventor/author"),
        "priority_date": table.dates("priority date"),
        "filing_date": table.dates("filing/creation date"),
        "publication_date": table.dates("publication date"),
        "date": granted,
    }
    if kinds:
        upper = {code.upper(): name for code, name in kinds.items()}
        columns["group"] = TextColumn.of(
            [upper.get(code or "", upper.get((code or " ")[0])) for code in codes]
        )
    findings = []
    if table.n_rows >= EXPORT_LIMIT:
        findings.append(CUT_OFF.finding(n=table.n_rows))
    waiting = int(np.isnat(granted).sum())
    if waiting:
        findings.append(APPLICATIONS.finding(n=waiting, total=table.n_rows))
    if firms is not None:
        columns["firm"], found = _matched(table, firms)
        findings += found
    made = Table(columns=columns, lines=table.lines, source=table.source)
    return ImportedPatents(table=made, findings=tuple(findings))


def _matched(table: Table, firms: Table) -> tuple[TextColumn, list[Finding]]:
    names = zip(firms.texts("assignee").texts(), firms.texts("firm").texts(), strict=True)
    by_name = {_plain(name): firm for name, firm in names if name is not None}
    assignees = table.texts("assignee").texts()
    found = [by_name.get(_plain(each or "")) for each in assignees]
    without = [each or "" for each, firm in zip(assignees, found, strict=True) if firm is None]
    if not without:
        return TextColumn.of(found), []
    shown = ", ".join(sorted(set(without))[:5])
    return TextColumn.of(found), [
        UNMATCHED.finding(n=len(without), total=table.n_rows, names=shown)
    ]


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _empty(table: Table, name: str) -> Iterator[Problem]:
    return _where(table, name, table.texts(name).codes < 0, _FILLED)


def _empty_day(table: Table, name: str) -> Iterator[Problem]:
    return _where(table, name, np.isnat(table.dates(name)), _FILLED)


def _twice(table: Table, name: str) -> Iterator[Problem]:
    codes = table.texts(name).codes
    order = np.argsort(codes, kind="stable")
    again = np.zeros(len(codes), dtype=bool)
    again[order[1:]] = (codes[order][1:] == codes[order][:-1]) & (codes[order][1:] >= 0)
    return _where(table, name, again, _ONCE)


def _where(table: Table, name: str, wrong: BoolArray, allowed: Text) -> Iterator[Problem]:
    column = table.columns[name]
    texts = column.texts() if isinstance(column, TextColumn) else None
    for row in np.flatnonzero(wrong)[:MOST_PROBLEMS].tolist():
        if texts is not None:
            found: object = texts[row]
        else:
            value = column[row] if isinstance(column, np.ndarray) else None
            found = None if value is None or value != value else str(value)  # noqa: PLR0124
        yield table.problem(name, row, found, allowed)


_FILLED = Text("expected a value in this cell", "该单元格不得为空")
_ONCE = Text("this patent stands twice", "该专利重复")
_POSITIVE = Text("expected a number above 0", "应为大于 0 的数")
_NOT_NEGATIVE = Text("expected a number of at least 0", "应为不小于 0 的数")
_NUMBER = Text(
    "expected a publication number such as CN-101234567-B",
    "应为公布号，例如 CN-101234567-B",
)
