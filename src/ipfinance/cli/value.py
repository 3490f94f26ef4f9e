"""`ipfinance value`: value a case file."""

from __future__ import annotations

from pathlib import Path

import click

from ipfinance.app import render_documents, report_format_of, value_case_file
from ipfinance.basics import Text
from ipfinance.bootstrap import LocalFiles, LocalRenderer, write_whole
from ipfinance.cli._words import (
    common_options,
    language,
    print_document,
    print_json,
    say,
    tell,
)
from ipfinance.reports import case_report, case_view

HELP = Text(
    """Value the case described in CASE, a YAML file.

    The answer is the value interval, the point value and all that an appraiser must know beside
    it. `ipfinance new case` writes a commented starter file; `ipfinance new case --example pledge`
    a complete example; `ipfinance schema case` says what a file may hold.

    \b
    Examples:
      ipfinance value case.yaml
      ipfinance value case.yaml --report report.pdf --lang zh
      ipfinance value case.yaml --json
      ipfinance value case.yaml --whole      with weights, answers and every step
    """,
    """评估 CASE（YAML 文件）所描述的案例。

    给出价值区间、点值以及评估人员须知的事项。`ipfinance new case` 生成带注释的起始文件；
    `ipfinance new case --example pledge` 生成完整示例；`ipfinance schema case` 说明文件内容。

    \b
    示例：
      ipfinance value case.yaml
      ipfinance value case.yaml --report report.pdf --lang zh
      ipfinance value case.yaml --json
      ipfinance value case.yaml --whole      含权重、专家回答及每一步
    """,
)


@click.command("value", help=say(HELP))
@click.argument("case", type=click.Path(path_type=Path))
@click.option(
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
@click.option(
    "--whole",
    is_flag=True,
    help=say(Text("Print the whole report, not only its core.", "输出完整报告，而不仅是要点。")),
)
@common_options
def command(case: Path, reports: tuple[Path, ...], *, whole: bool, as_json: bool) -> None:
    """Value a case and print, or write, what came of it."""
    formats = {path: report_format_of(path) for path in reports}
    result = value_case_file(LocalFiles(), case)
    document = case_report(result, language())
    for path, report_format in formats.items():
        data = render_documents(
            LocalRenderer(), [document], report_format, dated_on=result.case.valuation_date
        )
        write_whole(path, data)
        tell(Text(f"Report written: {path}", f"报告已写入：{path}"))
    if as_json:
        print_json(case_view(result, language()))
    else:
        print_document(document, whole=whole)
