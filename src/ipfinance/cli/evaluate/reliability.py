"""`ipfinance evaluate reliability`: how far a panel can be relied on."""

from __future__ import annotations

from pathlib import Path

import click

from ipfinance.app import panel_reliability_file, report_format_of
from ipfinance.basics import Text
from ipfinance.bootstrap import LocalFiles
from ipfinance.cli._evaluation import report_option, write_reports
from ipfinance.cli._words import common_options, language, print_document, print_json, say
from ipfinance.reports import panel_reliability_report, panel_reliability_view

HELP = Text(
    """Say how far the panel that gave the scores in FILE can be relied on.

    FILE is a CSV table with the experts in the first column and the indicators in the first row.
    The answer holds Cronbach's alpha with its interval, intraclass correlations, Kendall's W
    corrected for ties with a permutation test, each expert against the others, and, where there
    are enough experts, how many things the indicators measure.

    \b
    Example:
      expert,P11,P12,P13
      E1,7,8,6
      E2,6,8,5
    """,
    """检验 FILE 中专家组评分的信度。

    FILE 为 CSV 表，首列为专家，首行为指标。给出 Cronbach α 及其区间、组内相关系数、
    结校正的 Kendall W 与置换检验、各专家与其余专家的对比；专家足够多时给出指标所测量的维度数。

    \b
    示例：
      expert,P11,P12,P13
      E1,7,8,6
      E2,6,8,5
    """,
)


@click.command("reliability", help=say(HELP))
@click.argument("file", type=click.Path(path_type=Path))
@report_option
@common_options
def command(file: Path, reports: tuple[Path, ...], *, as_json: bool) -> None:
    """Print the statistics of a panel."""
    formats = {path: report_format_of(path) for path in reports}
    found = panel_reliability_file(LocalFiles(), file)
    document = panel_reliability_report(found, file.stem, language())
    write_reports(document, formats)
    if as_json:
        print_json(panel_reliability_view(found, language()))
    else:
        print_document(document)
