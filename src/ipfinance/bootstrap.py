"""Wires adapters to use cases; the only place that knows both."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ipfinance.app import GrantSources, GrantTables, TableFormat
from ipfinance.basics import (
    InputError,
    Interval,
    IpfinanceError,
    Language,
    MoneyUnit,
    Problem,
    Text,
)
from ipfinance.credit import BookCase, FundCase, PledgeCase, WatchCase
from ipfinance.evidence import HedonicModel, PanelRequest
from ipfinance.judgement import (
    CohortRow,
    EvaluationTask,
    IndicatorSystem,
    PairwiseMatrix,
    PanelAnswer,
    RiskEvent,
    ScoreTable,
)
from ipfinance.market import ColumnKind, Table
from ipfinance.reports import Document, FlatTable
from ipfinance.securitization import Deal
from ipfinance.valuation import Case, InputValue, Method

if TYPE_CHECKING:
    from rich.console import RenderableType


class LocalFiles:
    """Input files on this machine."""

    def case(self, path: Path) -> Case:
        """Read a case and the files it names."""
        from ipfinance.adapters import files

        return files.read_case(path)

    def inputs(
        self, method: Method, path: Path | None, flags: Mapping[str, object]
    ) -> Mapping[str, InputValue]:
        """Read the inputs of a method from a file, from texts such as flags, or from both."""
        from ipfinance.adapters import files

        return files.read_inputs(method, path, flags)

    def located(self, path: Path, error: IpfinanceError) -> IpfinanceError:
        """Give an error about a field of a case the line on which the field stands."""
        from ipfinance.adapters import files

        return files.located(path, error)

    def matrix(self, path: Path) -> PairwiseMatrix:
        """Read a matrix of pairwise judgements."""
        from ipfinance.adapters import files

        return files.read_matrix(path)

    def answers(
        self, path: Path, scale: Interval
    ) -> tuple[tuple[PanelAnswer, ...], dict[str, int]]:
        """Read a panel's answers and the polarity of each indicator that has one."""
        from ipfinance.adapters import files

        found = files.read_answers(path, scale=scale)
        return found.answers, found.polarities

    def system(self, name: str) -> IndicatorSystem:
        """Read an indicator system from a file, or a packaged one by its id."""
        from ipfinance.adapters import files

        if name in files.packaged_systems():
            return files.packaged_system(name)
        return files.read_system(Path(name))

    def deal(self, path: Path) -> Deal:
        """Read a deal file."""
        from ipfinance.adapters import files

        return files.read_deal(path)

    def flat_tables(self, tables: Mapping[str, FlatTable], which: str, kind: str) -> bytes:
        """Return tables as the bytes of a file."""
        from ipfinance.adapters import files

        return files.flat_table_bytes(tables, which, kind)

    def evaluation(self, path: Path) -> EvaluationTask:
        """Read an evaluation and the files it names."""
        from ipfinance.adapters import files

        return files.read_evaluation(path)

    def located_evaluation(self, path: Path, error: IpfinanceError) -> IpfinanceError:
        """Give an error about a field of an evaluation the line on which the field stands."""
        from ipfinance.adapters import files

        return files.located_evaluation(path, error)

    def score_table(self, path: Path) -> ScoreTable:
        """Read a complete table of scores."""
        from ipfinance.adapters import files

        return files.read_score_table(path)

    def cohort_rows(
        self, path: Path, measures: Sequence[str], by: Sequence[str]
    ) -> tuple[CohortRow, ...]:
        """Read assets with what kind they are of and what was counted."""
        from ipfinance.adapters import files

        return files.read_cohort_rows(path, measures, by)

    def risks(self, path: Path) -> tuple[RiskEvent, ...]:
        """Read a table of risk events."""
        from ipfinance.adapters import files

        return files.read_risks(path)

    def schema(self, name: str) -> dict[str, Any]:
        """Return the JSON Schema of an input file."""
        from ipfinance.adapters import files

        known: dict[str, Any] = {**files.schemas(), "evaluation": files.EvaluationFile}
        if name not in known:
            raise InputError([_unknown("schema", name, sorted(known))])
        found: dict[str, Any] = known[name].model_json_schema()
        return found


class LocalTables:
    """Tables of observations on this machine."""

    def names(self, path: Path, *, sheet: str | None = None) -> tuple[str, ...]:
        """Return the names of the columns of a file."""
        from ipfinance.adapters.files import _tables

        return tuple(_tables.read_raw(path, sheet=sheet).frame.columns)

    def table(
        self,
        path: Path,
        wanted: Mapping[str, ColumnKind] | None = None,
        *,
        first: ColumnKind | None = None,
        others: ColumnKind | None = ColumnKind.GUESS,
        skip_lines: int = 0,
        notes_below_header: int = 0,
        sheet: str | None = None,
        american_dates: bool = False,
    ) -> Table:
        """Read a CSV, Parquet or XLSX file: the columns wanted, and the others as they are."""
        from ipfinance.adapters.files import _tables

        return _tables.read_table(
            path,
            wanted,
            first=first,
            others=others,
            skip_lines=skip_lines,
            notes_below_header=notes_below_header,
            sheet=sheet,
            date_formats=_tables.AMERICAN_DATES if american_dates else _tables.ISO_DATES,
        )

    def panel_mapping(self, path: Path) -> tuple[PanelRequest, int, int]:
        """Read a mapping file; also the lines to skip and the notes below the header."""
        from ipfinance.adapters.files import _panel_mapping

        return _panel_mapping.read_panel_mapping(path)

    def hedonic_model(self, path: Path) -> HedonicModel:
        """Read a fitted model."""
        from ipfinance.adapters.files import _hedonic_file

        return _hedonic_file.read_model(path)

    def hedonic_model_bytes(self, model: HedonicModel) -> bytes:
        """Return a fitted model as the bytes of a file."""
        from ipfinance.adapters.files import _hedonic_file

        return _hedonic_file.model_bytes(model)

    def table_bytes(self, table: Table, kind: TableFormat) -> bytes:
        """Return a table as the bytes of a file."""
        from ipfinance.adapters.files import _table_out

        return _table_out.table_bytes(table, str(kind))


class LocalCreditFiles:
    """Lenders' input files on this machine."""

    def valuation_path(self, path: Path) -> Path:
        """Return the path of the valuation case that a pledge file names."""
        from ipfinance.adapters import files

        return files.valuation_path(path)

    def pledge(self, path: Path, unit: MoneyUnit) -> PledgeCase:
        """Read a pledge file whose amounts are in the unit of its valuation case."""
        from ipfinance.adapters import files

        return files.read_pledge(path, unit)

    def book(self, path: Path) -> BookCase:
        """Read a book file and its table of loans."""
        from ipfinance.adapters import files

        return files.read_book(path)

    def watch(self, path: Path) -> WatchCase:
        """Read a watch file and its tables."""
        from ipfinance.adapters import files

        return files.read_watch(path)

    def fund(self, path: Path) -> FundCase:
        """Read a fund file."""
        from ipfinance.adapters import files

        return files.read_fund(path)

    def located(self, path: Path, error: IpfinanceError) -> IpfinanceError:
        """Give an error about a field of a file the line on which the field stands."""
        from ipfinance.adapters import files

        return files.located_pledge(path, error)


def local_grants(sources: GrantSources) -> AbstractContextManager[GrantTables]:
    """Open the tables of a valuation of grants; what is put aside is removed when they close."""
    from ipfinance.adapters.files._grants import ScannedGrants

    return ScannedGrants(sources)


class LocalRenderer:
    """Renders documents on this machine."""

    def html(self, documents: Sequence[Document]) -> str:
        """Return one self-contained page."""
        from ipfinance.adapters import render

        return render.as_html(documents)

    def pdf(self, documents: Sequence[Document], *, dated_on: date | None) -> bytes:
        """Return one PDF."""
        from ipfinance.adapters import render

        return render.as_pdf(documents, dated_on=dated_on)

    def markdown(self, documents: Sequence[Document]) -> str:
        """Return titles, texts and tables in Markdown."""
        from ipfinance.adapters.render import _tabular

        return _tabular.as_markdown(documents)

    def latex(self, documents: Sequence[Document]) -> str:
        """Return the tables in LaTeX, to be put into a paper."""
        from ipfinance.adapters.render import _tabular

        return _tabular.as_latex(documents)

    def workbook(self, documents: Sequence[Document]) -> bytes:
        """Return a workbook, one sheet a section; no cell is a formula."""
        from ipfinance.adapters.render import _tabular

        return _tabular.as_workbook(documents)

    def terminal(self, document: Document, *, whole: bool = False) -> RenderableType:
        """Return a document for the terminal."""
        from ipfinance.adapters.render import _text

        return _text.renderable(document, whole=whole)

    def text(self, document: Document, *, whole: bool = False) -> str:
        """Return a document as plain text."""
        from ipfinance.adapters.render import _text

        return _text.as_text(document, whole=whole)


def packaged(folder: str) -> Traversable:
    """Return a packaged folder of example or starter files."""
    return resources.files("ipfinance.adapters.files") / folder


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is either whole or not there."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise InputError([_unwritable(path, error)]) from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        raise InputError([_unwritable(path, error)]) from error
    finally:
        temporary.unlink(missing_ok=True)


def _unwritable(path: Path, error: OSError) -> Problem:
    why = error.strerror or str(error)
    return Problem(
        field="", file=path.name, allowed=Text(f"cannot be written: {why}", f"无法写入：{why}")
    )


def _unknown(field: str, found: str, known: Sequence[str]) -> Problem:
    shown = ", ".join(known)
    return Problem(
        field=field,
        found=found,
        allowed=Text(f"expected one of: {shown}", f"应为以下之一：{shown}"),
    )


def default_language() -> Language:
    """Return the language that the environment variable IPFINANCE_LANG asks for."""
    return Language.CHINESE if os.environ.get("IPFINANCE_LANG") == "zh" else Language.ENGLISH
