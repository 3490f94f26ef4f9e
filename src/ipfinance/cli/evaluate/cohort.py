"""`ipfinance evaluate cohort`: percentiles among others of the same kind."""

from __future__ import annotations

from pathlib import Path

import click

from ipfinance.app import report_format_of, survey_cohort_file
from ipfinance.basics import InputError, Problem, Text
from ipfinance.bootstrap import LocalFiles
from ipfinance.cli._evaluation import report_option, write_reports
from ipfinance.cli._words import common_options, language, print_document, print_json, say
from ipfinance.reports import cohort_report, cohort_view

HELP = Text(
    """Place every asset of FILE among the others of its kind.

    FILE is a CSV table with a column id, columns that say of what kind an asset is (field, year,
    country) and counted figures (citations, family size, claims, age). An asset is compared with
    the others of its kind only, never with itself; an empty figure is unknown, not zero.

    \b
    Examples:
      ipfinance evaluate cohort patents.csv --measure citations --measure claims --by field,year
    """,
    """计算 FILE 中每项资产在同类资产中的百分位。

    FILE 为 CSV 表，含 id 列、说明类别的列（领域、年份、国家）及计数列（被引、同族规模、权利要求数、
    年龄）。只与同类的其他资产比较，不与自身比较；空白为未知而非零。

    \b
    示例：
      ipfinance evaluate cohort patents.csv --measure citations --measure claims --by field,year
    """,
)


@click.command("cohort", help=say(HELP))
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--measure",
    "measures",
    multiple=True,
    required=True,
    help=say(Text("A column of figures; may be given again.", "计数列，可重复给出。")),
)
@click.option(
    "--by",
    default="",
    metavar="COLUMN,COLUMN",
    help=say(Text("Columns that assets of a kind share.", "同类资产所共有的列。")),
)
@report_option
@common_options
def command(
    file: Path, measures: tuple[str, ...], by: str, reports: tuple[Path, ...], *, as_json: bool
) -> None:
    """Print percentiles."""
    formats = {path: report_format_of(path) for path in reports}
    kinds = tuple(name.strip() for name in by.split(",") if name.strip())
    asked = [*kinds, *measures]
    twice = [name for place, name in enumerate(asked) if name in [*asked[:place], "id"]]
    if twice:
        allowed = Text("each column may be named once", "各列只能指定一次")
        raise InputError(
            [Problem(field="--measure, --by", found=name, allowed=allowed) for name in twice]
        )
    found = survey_cohort_file(LocalFiles(), file, measures=measures, by=kinds)
    document = cohort_report(found, file.stem, language())
    write_reports(document, formats)
    if as_json:
        print_json(cohort_view(found, language()))
    else:
        print_document(document)
