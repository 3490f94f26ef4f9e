"""What use cases need from outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Protocol

from ipfinance.basics import Interval, IpfinanceError, MoneyUnit
from ipfinance.credit import BookCase, FundCase, PledgeCase, WatchCase
from ipfinance.judgement import IndicatorSystem, PairwiseMatrix, PanelAnswer
from ipfinance.market import ColumnKind, Table
from ipfinance.reports import Document
from ipfinance.valuation import Case, InputValue, Method


class CaseFiles(Protocol):
    """Reads the input files of the product; every fault of a file raises one `InputError`."""

    def case(self, path: Path) -> Case:
        """Read a case and the files it names."""
        ...

    def inputs(
        self, method: Method, path: Path | None, flags: Mapping[str, object]
    ) -> Mapping[str, InputValue]:
        """Read the inputs of a method from a file, from texts such as flags, or from both."""
        ...

    def located(self, path: Path, error: IpfinanceError) -> IpfinanceError:
        """Give an error about a field of a case the line on which the field stands."""
        ...

    def matrix(self, path: Path) -> PairwiseMatrix:
        """Read a matrix of pairwise judgements."""
        ...

    def answers(
        self, path: Path, scale: Interval
    ) -> tuple[tuple[PanelAnswer, ...], dict[str, int]]:
        """Read a panel's answers and the polarity of each indicator that has one."""
        ...

    def system(self, name: str) -> IndicatorSystem:
        """Read an indicator system from a file, or a packaged one by its id."""
        ...


class TableFiles(Protocol):
    """Reads tables of observations; every bad cell of a file raises in one `InputError`."""

    def names(self, path: Path, *, sheet: str | None = None) -> tuple[str, ...]:
        """Return the names of the columns of a file."""
        ...

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
        ...


class CreditFiles(Protocol):
    """Reads the input files of lenders; every fault of a file raises one `InputError`."""

    def valuation_path(self, path: Path) -> Path:
        """Return the path of the valuation case that a pledge file names."""
        ...

    def pledge(self, path: Path, unit: MoneyUnit) -> PledgeCase:
        """Read a pledge file whose amounts are in the unit of its valuation case."""
        ...

    def book(self, path: Path) -> BookCase:
        """Read a book file and its table of loans."""
        ...

    def watch(self, path: Path) -> WatchCase:
        """Read a watch file and its tables."""
        ...

    def fund(self, path: Path) -> FundCase:
        """Read a fund file."""
        ...

    def located(self, path: Path, error: IpfinanceError) -> IpfinanceError:
        """Give an error about a field of a file the line on which the field stands."""
        ...


class Renderer(Protocol):
    """Makes documents visible."""

    def html(self, documents: Sequence[Document]) -> str:
        """Return one self-contained page."""
        ...

    def pdf(self, documents: Sequence[Document], *, dated_on: date | None) -> bytes:
        """Return one PDF."""
        ...
