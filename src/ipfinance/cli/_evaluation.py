"""What the commands on an evaluation file share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from ipfinance.app import evaluate_file, render_documents, report_format_of
from ipfinance.basics import Text
from ipfinance.bootstrap import LocalFiles, LocalRenderer, write_whole
from ipfinance.cli._words import language, print_document, print_json, say, tell
from ipfinance.reports import Document, Focus, evaluation_report, evaluation_view

CommandT = TypeVar("CommandT", bound=Callable[..., object])


def report_option(command: CommandT) -> CommandT:
    """Add `--report` to a command."""
    option = click.option(
        "--report",
        "reports",
        multiple=True,
        type=click.Path(path_type=Path, dir_okay=False),
        help=say(
            Text(
                "Write a report to this file, .html or .pdf; may be given twice.",
                "将报告写入该文件（.html 或 .pdf），可重复给出。",
            )
        ),
    )
    return option(command)


def evaluation_options(command: CommandT) -> CommandT:
    """Add the argument and the options that every question on an evaluation takes."""
    whole = click.option(
        "--whole",
        is_flag=True,
        help=say(
            Text("Print the whole report, not only its core.", "输出完整报告，而不仅是要点。")
        ),
    )
    on = click.option(
        "--on",
        type=click.DateTime(["%Y-%m-%d"]),
        help=say(
            Text(
                "As known on this date; later entries do not count.", "截至该日期，其后的记录不计。"
            )
        ),
    )
    file = click.argument("file", type=click.Path(path_type=Path))
    return file(on(report_option(whole(command))))


def answer(
    file: Path,
    focus: Focus,
    *,
    on: datetime | None,
    reports: tuple[Path, ...],
    whole: bool,
    as_json: bool,
) -> None:
    """Evaluate a file and print, or write, what is asked for."""
    day = None if on is None else on.date()
    formats = {path: report_format_of(path) for path in reports}
    result = evaluate_file(LocalFiles(), file, on=day)
    document = evaluation_report(result, language(), focus)
    last = max(one.dated_on for trend in result.trends.values() for one in trend.snapshots)
    write_reports(document, formats, last)
    if as_json:
        print_json(evaluation_view(result, language(), focus))
    else:
        print_document(document, whole=whole)


def write_reports(document: Document, formats: dict[Path, Any], day: date | None = None) -> None:
    """Write a document into files, each whole or not at all."""
    for path, report_format in formats.items():
        write_whole(
            path, render_documents(LocalRenderer(), [document], report_format, dated_on=day)
        )
        tell(Text(f"Report written: {path}", f"报告已写入：{path}"))
