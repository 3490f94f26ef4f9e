"""What lenders ask for: decide on a loan, run a fund or a book, watch what is pledged."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from ipfinance.app._ports import CaseFiles, CreditFiles
from ipfinance.app._use_cases import value_case_file
from ipfinance.basics import IpfinanceError
from ipfinance.credit import (
    BookResult,
    FundSolvency,
    PledgeAssessment,
    WatchResult,
    assess_pledge,
    book_result,
    fund_solvency,
    watch,
)


def assess_pledge_file(files: CaseFiles, credit: CreditFiles, path: Path) -> PledgeAssessment:
    """Read a pledge file and its valuation case, value the right, decide on the loan."""
    valued = value_case_file(files, credit.valuation_path(path))
    case = credit.pledge(path, valued.case.unit)
    try:
        return assess_pledge(case, valued)
    except IpfinanceError as error:
        raise credit.located(path, error) from error


def fund_file(credit: CreditFiles, path: Path) -> FundSolvency:
    """Read a fund file and say what the fund can stand behind."""
    case = credit.fund(path)
    try:
        return fund_solvency(case)
    except IpfinanceError as error:
        raise credit.located(path, error) from error


def book_file(credit: CreditFiles, path: Path) -> BookResult:
    """Read a book and say what it comes to."""
    case = credit.book(path)
    try:
        return book_result(case)
    except IpfinanceError as error:
        raise credit.located(path, error) from error


def watch_file(credit: CreditFiles, path: Path, *, dated_on: date | None = None) -> WatchResult:
    """Read loans under watch and say what must be done, as of a date or that of the file."""
    case = credit.watch(path)
    if dated_on is not None:
        case = replace(case, dated_on=dated_on)
    try:
        return watch(case)
    except IpfinanceError as error:
        raise credit.located(path, error) from error
