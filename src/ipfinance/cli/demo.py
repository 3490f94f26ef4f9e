"""`ipfinance demo`: four cases from raw inputs to reports."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import click
from rich.console import Console

from ipfinance.app import EXAMPLES, ReportFormat, render_documents, value_case_file
from ipfinance.basics import Language, Text
from ipfinance.bootstrap import LocalFiles, LocalRenderer, packaged, write_whole
from ipfinance.cli._words import (
    common_options,
    language,
    print_document,
    print_json,
    say,
    tell,
)
from ipfinance.reports import case_report, case_view
from ipfinance.valuation import CaseResult

REPORT = "ipfinance-demo"
HELP = Text(
    """Value four cases and write the reports.

    \b
    xtx        a published pledge case, from its printed interval and coefficient
    pledge     an illustrative pledge case with five experts, all inputs raw
    iqiyi      copyright notes of 2018: income method, replicated tree, sound model
    sonoscape  patent notes of 2020, likewise

    Prints the tables, and writes one HTML and one PDF file, both in English and Chinese.
    """,
    """评估四个案例并生成报告。

    \b
    xtx        已发表的质押案例，取其公布的区间与系数
    pledge     含五位专家的质押示例，全部输入均为原始数据
    iqiyi      2018 年版权证券：收益法、复现三叉树、正确模型
    sonoscape  2020 年专利证券，同上

    输出表格，并各写一个 HTML 与 PDF 文件，均含中英文。
    """,
)


@click.command("demo", help=say(HELP))
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo-output"),
    show_default=True,
    help=say(Text("Folder for the reports.", "报告所在文件夹。")),
)
@common_options
def command(output: Path, *, as_json: bool) -> None:
    """Value the packaged examples and write the reports."""
    console = Console(stderr=True)
    results: dict[str, CaseResult] = {}
    for name in EXAMPLES:
        doing = say(Text(f"valuing {name} …", f"正在评估 {name} ……"))
        files = resources.as_file(packaged("examples") / name)
        with console.status(doing), files as folder:
            results[name] = value_case_file(LocalFiles(), folder / "case.yaml")
        if not as_json:
            print_document(case_report(results[name], language()))
            click.echo()
    documents = [case_report(result, each) for each in Language for result in results.values()]
    written = []
    for report_format in ReportFormat:
        path = output / f"{REPORT}.{report_format}"
        with console.status(say(Text(f"writing {path} …", f"正在写入 {path} ……"))):
            write_whole(path, render_documents(LocalRenderer(), documents, report_format))
        written.append(path)
        tell(Text(f"Report written: {path}", f"报告已写入：{path}"))
    if as_json:
        cases = {name: case_view(result, language()) for name, result in results.items()}
        print_json({"cases": cases, "reports": [str(path) for path in written]})
