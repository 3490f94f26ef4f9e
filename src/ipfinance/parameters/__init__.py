"""Dated law, standards, market conventions and assumptions, each value with its reference."""

from __future__ import annotations

from ipfinance.parameters._calendars import WEEKENDS as WEEKENDS
from ipfinance.parameters._calendars import business_calendar as business_calendar
from ipfinance.parameters._calendars import calendar_ids as calendar_ids
from ipfinance.parameters._parameter import MissingParameterError as MissingParameterError
from ipfinance.parameters._parameter import Parameter as Parameter
from ipfinance.parameters._parameter import ParameterKind as ParameterKind
from ipfinance.parameters._parameter import ParameterValue as ParameterValue
from ipfinance.parameters._parameter import parameter as parameter
from ipfinance.parameters._parameter import parameter_ids as parameter_ids
from ipfinance.parameters._references import bibliography as bibliography
from ipfinance.parameters._references import reference as reference
