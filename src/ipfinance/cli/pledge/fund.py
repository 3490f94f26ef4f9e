"""`ipfinance pledge fund`: what a compensation fund can stand behind."""

from __future__ import annotations

from pathlib import Path

import click

from ipfinance.app import export_format_of, fund_file
from ipfinance.basics import Text
from ipfinance.bootstrap import LocalCreditFiles
from ipfinance.cli._words import common_options, language, print_document, print_json, say
from ipfinance.cli.pledge._reports import report_option, whole_option, write_reports
from ipfinance.reports import fund_report, fund_view

HELP = Text(
    """Say how many loans the fund in FILE can stand behind, and how it fares over the years.

    Given the common factor the number of defaults is binomial, so the chance that claims exceed
    the means is exact; the closed form of a large pool stands beside it.

    \b
    Examples:
      ipfinance new fund
      ipfinance pledge fund fund.yaml
      ipfinance pledge fund fund.yaml --json
    """,
    """测算 FILE 中的风险补偿资金可承担多少笔贷款，以及逐年的资金状况。

    给定共同因子时违约笔数服从二项分布，因此赔付超出资金的概率是精确的；
    同时列出大样本闭式解。

    \b
    示例：
      ipfinance new fund
      ipfinance pledge fund fund.yaml
      ipfinance pledge fund fund.yaml --json
    """,
)


@click.command("fund", help=say(HELP))
@click.argument("file", type=click.Path(path_type=Path))
@report_option
@whole_option
@common_options
def command(file: Path, reports: tuple[Path, ...], *, whole: bool, as_json: bool) -> None:
    """Measure a fund and print, or write, what came of it."""
    formats = {path: export_format_of(path) for path in reports}
    found = fund_file(LocalCreditFiles(), file)
    document = fund_report(found, language())
    write_reports(document, formats)
    if as_json:
        print_json(fund_view(found, language()))
    else:
        print_document(document, whole=whole)
