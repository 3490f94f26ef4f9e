"""What many tests need."""

from __future__ import annotations

from functools import cache

from ipfinance.basics import MoneyUnit
from ipfinance.bootstrap import LocalFiles
from ipfinance.valuation import Case
from tests.data import EXAMPLES

UNIT = MoneyUnit(1, "CNY")


@cache
def read(example: str) -> Case:
    """Return a packaged example case."""
    return LocalFiles().case(EXAMPLES / example / "case.yaml")
