"""What is observed on a date: tables, firm panels, prices, comparables, licence rates, awards."""

from __future__ import annotations

from ipfinance.market._patent_files import GOOGLE_COLUMNS as GOOGLE_COLUMNS
from ipfinance.market._patent_files import KPSS_COLUMNS as KPSS_COLUMNS
from ipfinance.market._patent_files import ImportedPatents as ImportedPatents
from ipfinance.market._patent_files import google_patents as google_patents
from ipfinance.market._patent_files import kpss_patents as kpss_patents
from ipfinance.market._returns import AfterGap as AfterGap
from ipfinance.market._returns import ReturnPanel as ReturnPanel
from ipfinance.market._returns import ReturnsKind as ReturnsKind
from ipfinance.market._returns import ReturnUnit as ReturnUnit
from ipfinance.market._table import Column as Column
from ipfinance.market._table import ColumnKind as ColumnKind
from ipfinance.market._table import DateArray as DateArray
from ipfinance.market._table import Table as Table
from ipfinance.market._table import TableSource as TableSource
from ipfinance.market._table import TextColumn as TextColumn
from ipfinance.market._table import column_missing as column_missing
from ipfinance.market._table import column_taken as column_taken
