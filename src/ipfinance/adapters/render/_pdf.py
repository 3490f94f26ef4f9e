"""Documents as PDF: fonts and charts embedded, the same input gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from importlib import resources
from pathlib import Path

import matplotlib as mpl
import pylopdf_fonts_zh_cn
import typst

from ipfinance.adapters.render._plain import plain
from ipfinance.reports import Document


@cache
def _fonts() -> typst.Fonts:
    folder = Path(pylopdf_fonts_zh_cn.sans_path()).parent
    formulas = Path(mpl.get_data_path()) / "fonts" / "ttf"
    return typst.Fonts(include_system_fonts=False, font_paths=[str(folder), str(formulas)])


def as_pdf(documents: Sequence[Document], *, dated_on: date | None = None) -> bytes:
    """Return documents as one PDF, one after the other.

    Parameters
    ----------
    documents
        In any languages.
    dated_on
        The date written into the file; 1970-01-01 when left out, never now.
    """
    pages = json.dumps([plain(document) for document in documents], ensure_ascii=False)
    template = resources.files("ipfinance.adapters.render") / "templates" / "report.typ"
    moment = datetime.combine(dated_on or date(1970, 1, 1), datetime.min.time(), tzinfo=UTC)
    compiled, warnings = typst.compile_with_warnings(
        template.read_bytes(),
        font_paths=_fonts(),
        sys_inputs={"documents": pages},
        pdf_standards="a-2b",
        timestamp=int(moment.timestamp()),
        format="pdf",
    )
    if warnings:
        raise RuntimeError("; ".join(str(warning) for warning in warnings))
    if not isinstance(compiled, bytes):
        raise TypeError(type(compiled))
    return compiled
