"""What the commands on pledges share: options of reports, and writing them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click

from ipfinance.app import ExportFormat, ReportFormat, exported, render_documents
from ipfinance.basics import Text
from ipfinance.bootstrap import LocalRenderer, write_whole
from ipfinance.cli._words import say, tell

report_option = click.option(
    "--report",
    "reports",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help=say(
        Text(
            "Write a report to this file, .html, .pdf, .xlsx, .md or .tex; may be given twice.",
            "将报告写入该文件（.html、.pdf、.xlsx、.md 或 .tex），可重复给出。",
        )
    ),
)
whole_option = click.option(
    "--whole",
    is_flag=True,
    help=say(Text("Print the whole report, not only its core.", "输出完整报告，而不仅是要点。")),
)


def write_reports(
    document: Any,  # noqa: ANN401
    formats: Mapping[Path, ExportFormat],
    *,
    dated_on: date | None = None,
) -> None:
    """Write a document to every file asked for."""
    for path, report_format in formats.items():
        if report_format is ExportFormat.PDF:
            data = render_documents(
                LocalRenderer(), [document], ReportFormat.PDF, dated_on=dated_on
            )
        else:
            data = exported(LocalRenderer(), [document], report_format)
        write_whole(path, data)
        tell(Text(f"Report written: {path}", f"报告已写入：{path}"))
