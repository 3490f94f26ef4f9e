"""What lenders ask for: decide on a loan, run a fund or a book, watch what is pledged."""

from __future__ import annotations

from pathlib import Path

from ipfinance.app._ports import CaseFiles, CreditFiles
from ipfinance.app._use_cases import value_case_file
from ipfinance.basics import IpfinanceError
from ipfinance.credit import PledgeAssessment, assess_pledge


def assess_pledge_file(files: CaseFiles, credit: CreditFiles, path: Path) -> PledgeAssessment:
    """Read a pledge file and its valuation case, value the right, decide on the loan."""
    valued = value_case_file(files, credit.valuation_path(path))
    case = credit.pledge(path, valued.case.unit)
    try:
        return assess_pledge(case, valued)
    except IpfinanceError as error:
        raise credit.located(path, error) from error
