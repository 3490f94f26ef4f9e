"""What users ask for, one function each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path

from ipfinance.app._ports import CaseFiles, Renderer
from ipfinance.basics import (
    NO_UNIT,
    InputError,
    Interval,
    IpfinanceError,
    MoneyUnit,
    Problem,
    Text,
)
from ipfinance.judgement import (
    Priorities,
    SetValuedForm,
    Survey,
    SystemReview,
    WeightsMethod,
    priorities,
    review_system,
    survey,
)
from ipfinance.reports import Document
from ipfinance.valuation import (
    CaseResult,
    Method,
    UncertaintyTask,
    value_case,
    value_method,
)

EXAMPLES = ("xtx", "pledge", "iqiyi", "sonoscape")


class ReportFormat(StrEnum):
    """The formats of a written report."""

    HTML = "html"
    PDF = "pdf"


def value_case_file(files: CaseFiles, path: Path) -> CaseResult:
    """Read and value a case; a fault found while valuing gets the line of its field."""
    case = files.case(path)
    try:
        return value_case(case)
    except IpfinanceError as error:
        raise files.located(path, error) from error


def value_by_method(
    files: CaseFiles,
    method: Method,
    *,
    flags: Mapping[str, object],
    path: Path | None = None,
    unit: MoneyUnit = NO_UNIT,
    task: UncertaintyTask | None = None,
) -> CaseResult:
    """Apply one method to inputs from texts, from a file, or from both."""
    inputs = files.inputs(method, path, flags)
    try:
        return value_method(method, inputs, unit=unit, task=task)
    except IpfinanceError as error:
        if path is None:
            raise
        raise files.located(path, error) from error


def weigh_file(files: CaseFiles, path: Path, method: WeightsMethod) -> Priorities:
    """Read a matrix of pairwise judgements and weigh it."""
    return priorities(files.matrix(path), method)


def survey_file(
    files: CaseFiles,
    path: Path,
    *,
    scale: Interval,
    form: SetValuedForm,
    threshold: float | None,
) -> Survey:
    """Read a panel's answers and compute their statistics."""
    answers, polarities = files.answers(path, scale)
    return survey(answers, scale=scale, polarities=polarities, form=form, threshold=threshold)


def review_system_file(files: CaseFiles, name: str) -> SystemReview:
    """Read an indicator system and rank its candidates."""
    return review_system(files.system(name))


def render_documents(
    renderer: Renderer,
    documents: Sequence[Document],
    report_format: ReportFormat,
    *,
    dated_on: date | None = None,
) -> bytes:
    """Render documents into one file's bytes."""
    if report_format is ReportFormat.HTML:
        return renderer.html(documents).encode()
    return renderer.pdf(documents, dated_on=dated_on)


def report_format_of(path: Path) -> ReportFormat:
    """Return the format that a file's name asks for."""
    known = {f".{each}": each for each in ReportFormat}
    if path.suffix.lower() not in known:
        allowed = Text(
            f"expected a name ending in {', '.join(known)}", f"文件名应以 {'、'.join(known)} 结尾"
        )
        raise InputError([Problem(field="report", found=path.name, allowed=allowed)])
    return known[path.suffix.lower()]
