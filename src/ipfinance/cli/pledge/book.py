"""`ipfinance pledge book`: a book of pledge loans in correlated scenarios."""

from __future__ import annotations

from pathlib import Path

import click

from ipfinance.app import book_file, export_format_of
from ipfinance.basics import Text
from ipfinance.bootstrap import LocalCreditFiles
from ipfinance.cli._words import common_options, language, print_document, print_json, say
from ipfinance.cli.pledge._reports import report_option, whole_option, write_reports
from ipfinance.reports import book_report, book_view

HELP = Text(
    """Run the book in FILE through correlated scenarios.

    Gives the loss before and after support with its error, who pays, concentration by borrower,
    sector, region, technology, valuer and size, provisions by stage, stresses, and for a small
    book the exact losses beside the simulated ones.

    \b
    Examples:
      ipfinance new book
      ipfinance pledge book book.yaml
      ipfinance pledge book book.yaml --report book.pdf --json
    """,
    """对 FILE 中的贷款组合进行相关性情景模拟。

    给出分担前后的损失及其误差、各方赔付、按借款人、行业、地区、技术、评估机构与规模的集中度、
    分阶段拨备与压力测试；小组合另列精确损失与模拟结果对照。

    \b
    示例：
      ipfinance new book
      ipfinance pledge book book.yaml
      ipfinance pledge book book.yaml --report book.pdf --json
    """,
)


@click.command("book", help=say(HELP))
@click.argument("file", type=click.Path(path_type=Path))
@report_option
@whole_option
@common_options
def command(file: Path, reports: tuple[Path, ...], *, whole: bool, as_json: bool) -> None:
    """Run a book and print, or write, what came of it."""
    formats = {path: export_format_of(path) for path in reports}
    found = book_file(LocalCreditFiles(), file)
    document = book_report(found, language())
    write_reports(document, formats)
    if as_json:
        print_json(book_view(found, language()))
    else:
        print_document(document, whole=whole)
