"""Use cases, one function each, and the ports they need; no framework."""

from __future__ import annotations

from ipfinance.app._deals import DealFiles as DealFiles
from ipfinance.app._deals import check_deal_file as check_deal_file
from ipfinance.app._deals import curve_of as curve_of
from ipfinance.app._deals import line_of as line_of
from ipfinance.app._deals import run_deal_file as run_deal_file
from ipfinance.app._deals import scenario_of as scenario_of
from ipfinance.app._deals import senior_class as senior_class
from ipfinance.app._deals import table_kind_of as table_kind_of
from ipfinance.app._deals import with_lines as with_lines
from ipfinance.app._evaluation import EvaluationFiles as EvaluationFiles
from ipfinance.app._evaluation import evaluate_file as evaluate_file
from ipfinance.app._evaluation import panel_reliability_file as panel_reliability_file
from ipfinance.app._evaluation import risk_register_file as risk_register_file
from ipfinance.app._evaluation import survey_cohort_file as survey_cohort_file
from ipfinance.app._evaluation import table_weights_file as table_weights_file
from ipfinance.app._event_study import EventStudyFiles as EventStudyFiles
from ipfinance.app._event_study import event_study_files as event_study_files
from ipfinance.app._evidence import ExportFormat as ExportFormat
from ipfinance.app._evidence import TableFormat as TableFormat
from ipfinance.app._evidence import export_format_of as export_format_of
from ipfinance.app._evidence import exported as exported
from ipfinance.app._evidence import panel_file as panel_file
from ipfinance.app._evidence import patent_value_file as patent_value_file
from ipfinance.app._evidence import regress_file as regress_file
from ipfinance.app._evidence import table_format_of as table_format_of
from ipfinance.app._grant_values import GrantPart as GrantPart
from ipfinance.app._grant_values import GrantSources as GrantSources
from ipfinance.app._grant_values import GrantTables as GrantTables
from ipfinance.app._grant_values import value_grants as value_grants
from ipfinance.app._pledge import assess_pledge_file as assess_pledge_file
from ipfinance.app._pledge import fund_file as fund_file
from ipfinance.app._ports import CaseFiles as CaseFiles
from ipfinance.app._ports import CreditFiles as CreditFiles
from ipfinance.app._ports import Renderer as Renderer
from ipfinance.app._ports import TableFiles as TableFiles
from ipfinance.app._use_cases import EXAMPLES as EXAMPLES
from ipfinance.app._use_cases import ReportFormat as ReportFormat
from ipfinance.app._use_cases import render_documents as render_documents
from ipfinance.app._use_cases import report_format_of as report_format_of
from ipfinance.app._use_cases import review_system_file as review_system_file
from ipfinance.app._use_cases import survey_file as survey_file
from ipfinance.app._use_cases import value_by_method as value_by_method
from ipfinance.app._use_cases import value_case_file as value_case_file
from ipfinance.app._use_cases import weigh_file as weigh_file
