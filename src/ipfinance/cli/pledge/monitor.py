"""`ipfinance pledge monitor`: loans under watch."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from ipfinance.app import export_format_of, watch_file
from ipfinance.basics import Text
from ipfinance.bootstrap import LocalCreditFiles
from ipfinance.cli._words import common_options, language, print_document, print_json, say
from ipfinance.cli.pledge._reports import report_option, whole_option, write_reports
from ipfinance.reports import watch_report, watch_view

HELP = Text(
    """Say where the loans in FILE stand and what must be done, the most urgent first.

    Valuations that fall due, margin to be called, value and coefficient since origination, legal
    events, covenants, fees and terms; and a back-test of the valuers against later outcomes.

    \b
    Examples:
      ipfinance new watch
      ipfinance pledge monitor watch.yaml
      ipfinance pledge monitor watch.yaml --on 2026-09-30 --json
    """,
    """按紧急程度列出 FILE 中各笔贷款的状况与应办事项。

    包括到期重估、追加保证、价值与系数自发放以来的变动、法律事件、约定指标、年费与期限，
    以及以后续结果对评估机构的回溯检验。

    \b
    示例：
      ipfinance new watch
      ipfinance pledge monitor watch.yaml
      ipfinance pledge monitor watch.yaml --on 2026-09-30 --json
    """,
)


@click.command("monitor", help=say(HELP))
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--on",
    "on",
    type=click.DateTime(["%Y-%m-%d"]),
    help=say(Text("As of this date instead of the file's.", "以该日期代替文件中的日期。")),
)
@report_option
@whole_option
@common_options
def command(
    file: Path, on: datetime | None, reports: tuple[Path, ...], *, whole: bool, as_json: bool
) -> None:
    """Watch loans and print, or write, what must be done."""
    formats = {path: export_format_of(path) for path in reports}
    dated_on = None if on is None else on.date()
    found = watch_file(LocalCreditFiles(), file, dated_on=dated_on)
    document = watch_report(found, language())
    write_reports(document, formats, dated_on=found.case.dated_on)
    if as_json:
        print_json(watch_view(found, language()))
    else:
        print_document(document, whole=whole)
