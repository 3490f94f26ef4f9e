"""Money, intervals, dates, findings, explanations: what every room speaks, and nothing more."""

from __future__ import annotations

from ipfinance.basics._dates import DayCount as DayCount
from ipfinance.basics._dates import year_fraction as year_fraction
from ipfinance.basics._explanation import Explanation as Explanation
from ipfinance.basics._explanation import Value as Value
from ipfinance.basics._explanation import leaf as leaf
from ipfinance.basics._explanation import listed as listed
from ipfinance.basics._explanation import named_node as named_node
from ipfinance.basics._explanation import node as node
from ipfinance.basics._failure import Failure as Failure
from ipfinance.basics._failure import FailureReason as FailureReason
from ipfinance.basics._failure import InputError as InputError
from ipfinance.basics._failure import IpfinanceError as IpfinanceError
from ipfinance.basics._failure import NoSolutionError as NoSolutionError
from ipfinance.basics._failure import NotApplicableError as NotApplicableError
from ipfinance.basics._failure import Problem as Problem
from ipfinance.basics._failure import number_problem as number_problem
from ipfinance.basics._finding import Finding as Finding
from ipfinance.basics._finding import FindingKind as FindingKind
from ipfinance.basics._finding import Severity as Severity
from ipfinance.basics._interval import Interval as Interval
from ipfinance.basics._interval import as_interval as as_interval
from ipfinance.basics._interval import interval_problem as interval_problem
from ipfinance.basics._money import NO_UNIT as NO_UNIT
from ipfinance.basics._money import CurrencyMismatchError as CurrencyMismatchError
from ipfinance.basics._money import Money as Money
from ipfinance.basics._money import MoneyUnit as MoneyUnit
from ipfinance.basics._money import currency_problem as currency_problem
from ipfinance.basics._provenance import Citation as Citation
from ipfinance.basics._provenance import Provenance as Provenance
from ipfinance.basics._provenance import Source as Source
from ipfinance.basics._provenance import SourceKind as SourceKind
from ipfinance.basics._provenance import digest as digest
from ipfinance.basics._quantity import DeclaredField as DeclaredField
from ipfinance.basics._quantity import Quantity as Quantity
from ipfinance.basics._quantity import check_declared as check_declared
from ipfinance.basics._quantity import declared_fields as declared_fields
from ipfinance.basics._quantity import interval_from as interval_from
from ipfinance.basics._text import Language as Language
from ipfinance.basics._text import Text as Text
from ipfinance.basics._uncertain import PARAMETER_NAMES as PARAMETER_NAMES
from ipfinance.basics._uncertain import Distribution as Distribution
from ipfinance.basics._uncertain import Family as Family
from ipfinance.basics._uncertain import Uncertain as Uncertain
