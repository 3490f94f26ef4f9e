"""A panel of firms and years: what was kept, how q is defined, how it is distributed."""

from __future__ import annotations

from typing import Any

import numpy as np

from ipfinance.basics import Language, Text
from ipfinance.evidence import Panel
from ipfinance.market import TextColumn, column_missing
from ipfinance.reports._document import (
    Block,
    Cell,
    Document,
    KeyFigure,
    KeyFigures,
    Number,
    Section,
    Table,
    significant,
)
from ipfinance.reports._regression_report import finding_list, source_line
from ipfinance.reports._views import findings_view, plain_value

MOST_ROWS = 1000
POINTS = (1.0, 25.0, 50.0, 75.0, 99.0)


def panel_report(panel: Panel, language: Language) -> Document:
    """Return what a panel holds and how it was made."""

    def say(en: str, zh: str) -> str:
        return Text(en, zh).in_(language)

    table = panel.table
    q = table.numbers("q")
    firms = len(table.texts("firm").levels)
    years = table.numbers("year")
    figures = KeyFigures(
        figures=(
            KeyFigure(label=say("Rows", "观测数"), value=Number(table.n_rows, 0), leading=True),
            KeyFigure(label=say("Firms", "企业数"), value=Number(firms, 0)),
            KeyFigure(label=say("Years", "年份"), value=f"{years.min():g}–{years.max():g}"),
            KeyFigure(label=say("Median of q", "托宾 Q 中位数"), value=Number(_median(q), 4)),
        )
    )
    rows: list[tuple[Cell, ...]] = []
    for name, column in table.columns.items():
        if isinstance(column, TextColumn) or column.dtype.kind == "M" or name == "year":
            continue
        filled = column[~column_missing(column)]
        if not len(filled):
            continue
        points = np.percentile(filled, POINTS).tolist()
        rows.append(
            (
                name,
                Number(len(filled), 0),
                significant(float(filled.mean())),
                *(significant(point) for point in points),
            )
        )
    summary = Table(
        caption=say("Columns", "变量"),
        columns=("", say("rows", "观测数"), say("mean", "均值"), *(f"{p:g}%" for p in POINTS)),
        rows=tuple(rows),
    )
    definitions = Table(
        caption=say("Definitions", "定义"),
        columns=("", ""),
        rows=tuple((name, text.in_(language)) for name, text in panel.definitions.items()),
    )
    blocks: list[Block] = [figures, summary, definitions]
    sections = [Section(title="", blocks=tuple(blocks))]
    findings = finding_list(panel.findings, language)
    if findings is not None:
        sections.append(Section(title=say("Findings", "须注意事项"), blocks=(findings,)))
    return Document(
        language=language,
        title=say("Panel with Tobin's q", "托宾 Q 面板"),
        subtitle=source_line(panel.source),
        badge="",
        sections=tuple(sections),
        footer="",
    )


def _median(values: Any) -> float:  # noqa: ANN401
    return float(np.median(values))


def panel_view(panel: Panel, language: Language) -> dict[str, Any]:
    """Return a panel as plain data; the first thousand values of q with firm and year."""
    table, request = panel.table, panel.request
    q = table.numbers("q")
    firm = table.texts("firm").texts()
    return {
        "n": table.n_rows,
        "firms": len(table.texts("firm").levels),
        "years": [int(table.numbers("year").min()), int(table.numbers("year").max())],
        "q": {
            "mean": float(q.mean()),
            "median": _median(q),
            "lowest": float(q.min()),
            "highest": float(q.max()),
            "equity": str(request.equity),
            "replacement": str(request.replacement),
        },
        "columns": {
            role: {"column": source.column, "multiply": source.multiply}
            for role, source in request.columns.items()
        },
        "definitions": {name: text.in_(language) for name, text in panel.definitions.items()},
        "winsorised": plain_value(panel.winsorised, language),
        "rows_read": panel.read,
        "missing_policy": "drop",
        "values": [
            {"firm": f, "year": int(y), "q": v}
            for f, y, v in zip(
                firm[:MOST_ROWS],
                table.numbers("year")[:MOST_ROWS].tolist(),
                q[:MOST_ROWS].tolist(),
                strict=True,
            )
        ],
        "values_cut": max(table.n_rows - MOST_ROWS, 0),
        "source": plain_value(panel.source, language),
        "findings": findings_view(panel.findings, language),
    }
