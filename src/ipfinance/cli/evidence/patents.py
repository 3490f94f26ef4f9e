"""`ipfinance evidence patents`: patents as public sources send them."""

from __future__ import annotations

from pathlib import Path

import click

from ipfinance.app import PatentSource, patents_file, table_format_of
from ipfinance.basics import InputError, Problem, Text
from ipfinance.bootstrap import LocalTables, write_whole
from ipfinance.cli._words import common_options, language, print_document, print_json, say, tell
from ipfinance.reports import imported_report, imported_view

HELP = Text(
    """Read patents from FILE as a public source sends them, check and rename them.

    \b
    Sources:
      kpss            values of patents as the authors of the estimator publish them
                      (patent_num, permno, issue_date, filing_date, xi_nominal, xi_real, cites)
      google-patents  the CSV export of a search; its first line, the address, is skipped

    \b
    Examples:
      ipfinance evidence patents kpss KPSS.csv --output values.parquet
      ipfinance evidence patents google-patents gp-search.csv --kinds B=invention,U=utility \\
          --firms firms.csv --output grants.csv
    """,
    """读取公开来源的专利文件 FILE，校验并统一列名。

    \b
    来源：
      kpss            估计方法作者公布的专利价值
                      （patent_num、permno、issue_date、filing_date、xi_nominal、xi_real、cites）
      google-patents  检索结果的 CSV 导出；首行网址会被跳过

    \b
    示例：
      ipfinance evidence patents kpss KPSS.csv --output values.parquet
      ipfinance evidence patents google-patents gp-search.csv --kinds B=invention,U=utility \\
          --firms firms.csv --output grants.csv
    """,
)


@click.command("patents", help=say(HELP))
@click.argument("source", type=click.Choice([str(each) for each in PatentSource]))
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--kinds",
    metavar="CODE=GROUP,…",
    default="",
    help=say(Text("What kind codes stand for.", "文献种类代码对应的组别。")),
)
@click.option(
    "--firms",
    type=click.Path(path_type=Path),
    help=say(Text("Firms by assignee: assignee, firm.", "申请人与公司对照：assignee、firm。")),
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help=say(Text("Write the table: .csv, .parquet, .xlsx.", "写出表格：.csv、.parquet、.xlsx。")),
)
@common_options
def command(
    source: str, file: Path, kinds: str, firms: Path | None, output: Path | None, *, as_json: bool
) -> None:
    """Read one file of patents."""
    kind = None if output is None else table_format_of(output)
    tables = LocalTables()
    found = patents_file(tables, PatentSource(source), file, kinds=_kinds(kinds), firms=firms)
    if output is not None and kind is not None:
        write_whole(output, tables.table_bytes(found.table, kind))
        tell(Text(f"Written: {output}", f"已写入：{output}"))
    if as_json:
        print_json(imported_view(found, language()))
    else:
        print_document(imported_report(found, language()))


def _kinds(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        code, equals, group = part.partition("=")
        if not equals or not code or not group:
            allowed = Text("expected CODE=GROUP, such as B=invention", "应为 CODE=GROUP，如 B=发明")
            raise InputError([Problem(field="--kinds", found=part, allowed=allowed)])
        found[code] = group
    return found
