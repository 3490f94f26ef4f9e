"""Results to documents: sections, tables and chart data, in English and Chinese."""

from __future__ import annotations

from ipfinance.reports._case_report import case_report as case_report
from ipfinance.reports._case_report import tree_lines as tree_lines
from ipfinance.reports._document import Band as Band
from ipfinance.reports._document import Bar as Bar
from ipfinance.reports._document import BarChart as BarChart
from ipfinance.reports._document import Block as Block
from ipfinance.reports._document import Cell as Cell
from ipfinance.reports._document import Chart as Chart
from ipfinance.reports._document import Curve as Curve
from ipfinance.reports._document import CurveChart as CurveChart
from ipfinance.reports._document import Document as Document
from ipfinance.reports._document import FindingItem as FindingItem
from ipfinance.reports._document import FindingList as FindingList
from ipfinance.reports._document import IntervalChart as IntervalChart
from ipfinance.reports._document import KeyFigure as KeyFigure
from ipfinance.reports._document import KeyFigures as KeyFigures
from ipfinance.reports._document import LatticeChart as LatticeChart
from ipfinance.reports._document import Mark as Mark
from ipfinance.reports._document import Number as Number
from ipfinance.reports._document import PanelChart as PanelChart
from ipfinance.reports._document import PanelPlot as PanelPlot
from ipfinance.reports._document import Paragraph as Paragraph
from ipfinance.reports._document import RangeChart as RangeChart
from ipfinance.reports._document import RangeSeries as RangeSeries
from ipfinance.reports._document import Section as Section
from ipfinance.reports._document import Table as Table
from ipfinance.reports._document import Tree as Tree
from ipfinance.reports._document import TreeLine as TreeLine
from ipfinance.reports._document import shown as shown
from ipfinance.reports._judgement_report import priorities_report as priorities_report
from ipfinance.reports._judgement_report import survey_report as survey_report
from ipfinance.reports._judgement_report import system_report as system_report
from ipfinance.reports._option_report import option_report as option_report
from ipfinance.reports._option_report import sweep_report as sweep_report
from ipfinance.reports._views import assessment_view as assessment_view
from ipfinance.reports._views import case_view as case_view
from ipfinance.reports._views import explanation_view as explanation_view
from ipfinance.reports._views import failure_view as failure_view
from ipfinance.reports._views import option_view as option_view
from ipfinance.reports._views import priorities_view as priorities_view
from ipfinance.reports._views import problem_view as problem_view
from ipfinance.reports._views import survey_view as survey_view
from ipfinance.reports._views import system_view as system_view
