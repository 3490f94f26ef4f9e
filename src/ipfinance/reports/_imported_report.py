"""Imported patents: what the file holds and what a reader signs off."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ipfinance.basics import Language
from ipfinance.market import ImportedPatents
from ipfinance.reports._document import Document, Section
from ipfinance.reports._judgement_report import findings_blocks
from ipfinance.reports._table_report import table_report, table_view
from ipfinance.reports._views import findings_view


def imported_report(found: ImportedPatents, language: Language) -> Document:
    """Return what a file of patents holds."""
    document = table_report(found.table, language)
    blocks = tuple(findings_blocks(found.findings, language))
    return replace(document, sections=(*document.sections, Section(title="", blocks=blocks)))


def imported_view(found: ImportedPatents, language: Language) -> dict[str, Any]:
    """Return what a file of patents holds, as plain data."""
    view = table_view(found.table)
    return {"n": view["rows"], **view, "findings": findings_view(found.findings, language)}
