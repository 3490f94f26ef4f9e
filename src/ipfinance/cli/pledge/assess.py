"""`ipfinance pledge assess`: decide on a loan against a valued right."""

from __future__ import annotations

from pathlib import Path

import click

from ipfinance.app import assess_pledge_file, render_documents, report_format_of
from ipfinance.basics import Text
from ipfinance.bootstrap import LocalCreditFiles, LocalFiles, LocalRenderer, write_whole
from ipfinance.cli._words import common_options, language, print_document, print_json, say, tell
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
@click.option(
    "--report",
    "reports",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help=say(
        Text(
            "Write the credit memorandum to this file; may be given twice.",
            "将授信报告写入该文件，可重复给出。",
        )
    ),
)
@click.option(
    "--whole",
    is_flag=True,
    help=say(
        Text("Print the whole memorandum, not only its core.", "输出完整报告，而不仅是要点。")
    ),
)
@common_options
def command(case: Path, reports: tuple[Path, ...], *, whole: bool, as_json: bool) -> None:
    """Decide on a loan and print, or write, the memorandum."""
    formats = {path: report_format_of(path) for path in reports}
    found = assess_pledge_file(LocalFiles(), LocalCreditFiles(), case)
    document = pledge_report(found, language())
    for path, report_format in formats.items():
        data = render_documents(
            LocalRenderer(), [document], report_format, dated_on=found.case.decided_on
        )
        write_whole(path, data)
        tell(Text(f"Report written: {path}", f"报告已写入：{path}"))
    if as_json:
        print_json(pledge_view(found, language()))
    else:
        print_document(document, whole=whole)
