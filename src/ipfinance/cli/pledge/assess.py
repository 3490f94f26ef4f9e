"""`ipfinance pledge assess`: decide on a loan against a valued right."""

from __future__ import annotations

from pathlib import Path

import click

from ipfinance.app import assess_pledge_file, export_format_of
from ipfinance.basics import Text
from ipfinance.bootstrap import LocalCreditFiles, LocalFiles
from ipfinance.cli._words import common_options, language, print_document, print_json, say
from ipfinance.cli.pledge._reports import report_option, whole_option, write_reports
from ipfinance.reports import pledge_report, pledge_view

HELP = Text(
    """Decide on the loan described in CASE, a YAML file that names a valuation case.

    The answer is the lending value on every value basis, the caps on the loan, what the value
    interval means for both sides, the checks before the pledge can be enforced, the expected and
    unexpected loss and who bears it, the rate that the loan must earn, and the decision record.

    \b
    Examples:
      ipfinance pledge assess pledge/pledge.yaml
      ipfinance pledge assess pledge/pledge.yaml --report memo.pdf --lang zh
      ipfinance pledge assess pledge/pledge.yaml --json
    """,
    """就 CASE（YAML 文件，指明评估案例）所述贷款作出决策。

    给出各价值基础下的贷款价值、额度上限、价值区间对双方的含义、质权可执行性核查、
    预期与非预期损失及其承担方、风险定价利率，以及审批记录。

    \b
    示例：
      ipfinance pledge assess pledge/pledge.yaml
      ipfinance pledge assess pledge/pledge.yaml --report memo.pdf --lang zh
      ipfinance pledge assess pledge/pledge.yaml --json
    """,
)


@click.command("assess", help=say(HELP))
@click.argument("case", type=click.Path(path_type=Path))
@report_option
@whole_option
@common_options
def command(case: Path, reports: tuple[Path, ...], *, whole: bool, as_json: bool) -> None:
    """Decide on a loan and print, or write, the memorandum."""
    formats = {path: export_format_of(path) for path in reports}
    found = assess_pledge_file(LocalFiles(), LocalCreditFiles(), case)
    document = pledge_report(found, language())
    write_reports(document, formats, dated_on=found.case.decided_on)
    if as_json:
        print_json(pledge_view(found, language()))
    else:
        print_document(document, whole=whole)
