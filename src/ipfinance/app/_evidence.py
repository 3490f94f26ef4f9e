"""Market evidence: what users ask of tables of observations."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from ipfinance.app._ports import Renderer, TableFiles
from ipfinance.basics import InputError, Problem, Text
from ipfinance.evidence import (
    Estimated,
    HedonicFit,
    HedonicModel,
    HedonicRequest,
    HedonicValues,
    Panel,
    PanelRequest,
    PatentValueRequest,
    PatentValues,
    RegressionRequest,
    build_panel,
    columns_of,
    estimate,
    fit_hedonic,
    patent_values,
    predict_hedonic,
)
from ipfinance.market import ColumnKind
from ipfinance.reports import Document


class ExportFormat(StrEnum):
    """The formats in which tables of results are written."""

    HTML = "html"
    PDF = "pdf"
    MARKDOWN = "md"
    LATEX = "tex"
    WORKBOOK = "xlsx"


class Exporter(Renderer, Protocol):
    """Writes the tables of documents in the formats of other programs."""

    def markdown(self, documents: Sequence[Document]) -> str:
        """Return titles, texts and tables in Markdown."""
        ...

    def latex(self, documents: Sequence[Document]) -> str:
        """Return the tables in LaTeX, to be put into a paper."""
        ...

    def workbook(self, documents: Sequence[Document]) -> bytes:
        """Return a workbook, one sheet a section; no cell is a formula."""
        ...


def export_format_of(path: Path) -> ExportFormat:
    """Return the format that a file's name asks for."""
    known = {f".{each}": each for each in ExportFormat}
    if path.suffix.lower() not in known:
        allowed = Text(
            f"expected a name ending in {', '.join(known)}", f"文件名应以 {'、'.join(known)} 结尾"
        )
        raise InputError([Problem(field="--output", found=path.name, allowed=allowed)])
    return known[path.suffix.lower()]


def exported(
    exporter: Exporter, documents: Sequence[Document], export_format: ExportFormat
) -> bytes:
    """Return documents as the bytes of one file."""
    match export_format:
        case ExportFormat.HTML:
            return exporter.html(documents).encode()
        case ExportFormat.PDF:
            return exporter.pdf(documents, dated_on=None)
        case ExportFormat.MARKDOWN:
            return exporter.markdown(documents).encode()
        case ExportFormat.LATEX:
            return exporter.latex(documents).encode()
        case ExportFormat.WORKBOOK:
            return exporter.workbook(documents)


class TableFormat(StrEnum):
    """The formats in which tables of observations are written."""

    CSV = "csv"
    PARQUET = "parquet"
    XLSX = "xlsx"


def table_format_of(path: Path) -> TableFormat:
    """Return the format that a file's name asks for."""
    known = {f".{each}": each for each in TableFormat}
    if path.suffix.lower() not in known:
        allowed = Text(
            f"expected a name ending in {', '.join(known)}", f"文件名应以 {'、'.join(known)} 结尾"
        )
        raise InputError([Problem(field="--output", found=path.name, allowed=allowed)])
    return known[path.suffix.lower()]


def panel_file(
    tables: TableFiles,
    path: Path,
    request: PanelRequest,
    *,
    sheet: str | None = None,
    skip_lines: int = 0,
    notes_below_header: int = 0,
) -> Panel:
    """Read the columns that a panel needs, and make it."""
    table = tables.table(
        path,
        request.variables,
        others=None,
        sheet=sheet,
        skip_lines=skip_lines,
        notes_below_header=notes_below_header,
    )
    return build_panel(table, request)


def patent_value_file(
    tables: TableFiles,
    path: Path,
    requests: Sequence[PatentValueRequest],
    *,
    sheet: str | None = None,
) -> list[PatentValues]:
    """Read the columns that valuations by the market need, and value patents by each model."""
    kinds = {name: kind for request in requests for name, kind in request.variables.items()}
    table = tables.table(path, kinds, others=None, sheet=sheet)
    return [patent_values(table, request) for request in requests]


class HedonicFiles(TableFiles, Protocol):
    """Reads hedonic models beside tables."""

    def hedonic_model(self, path: Path) -> HedonicModel:
        """Read a fitted model."""
        ...


def fit_hedonic_file(
    tables: TableFiles, path: Path, request: HedonicRequest, *, sheet: str | None = None
) -> HedonicFit:
    """Read the columns that a hedonic model needs, and fit it."""
    table = tables.table(path, request.variables, others=None, sheet=sheet)
    return fit_hedonic(table, request)


def predict_hedonic_file(
    files: HedonicFiles,
    model_path: Path,
    path: Path,
    *,
    sheet: str | None = None,
    transfer_factor: float = 1.0,
    unseen_as_base: bool = False,
    valued_on: str | None = None,
    level: float = 0.95,
    draws: int = 4000,
    seed: int = 1,
) -> HedonicValues:
    """Read a model and patents, and value them."""
    model = files.hedonic_model(model_path)
    table = files.table(path, model.variables, others=ColumnKind.TEXT, sheet=sheet)
    return predict_hedonic(
        model,
        table,
        level=level,
        transfer_factor=transfer_factor,
        unseen_as_base=unseen_as_base,
        valued_on=valued_on,
        draws=draws,
        seed=seed,
    )


def regress_file(
    tables: TableFiles,
    path: Path,
    requests: Sequence[RegressionRequest],
    *,
    sheet: str | None = None,
) -> list[Estimated]:
    """Read the columns that regressions need, and estimate them."""
    table = tables.table(path, columns_of(requests), others=None, sheet=sheet)
    return [estimate(table, request, keeps_sample=False) for request in requests]
