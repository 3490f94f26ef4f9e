"""`ipfinance evidence hedonic fit`: fit a model and save it."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from ipfinance.app import fit_hedonic_file
from ipfinance.basics import InputError, Problem, Text
from ipfinance.bootstrap import LocalTables, write_whole
from ipfinance.cli._words import common_options, language, print_document, print_json, say, tell
from ipfinance.cli.evidence._shared import formats_of, names_of, unit_of, write_documents
from ipfinance.evidence import Errors, HedonicRequest, MissingPolicy, parse_formula
from ipfinance.reports import hedonic_report, hedonic_view

HELP = Text(
    """Fit ln value on the characteristics of the patents in FILE; save the model as JSON.

    Text columns are categories; effects after | become categories too, so that new patents can be
    valued. --breaks with --date adds a category `period` for values that change over time, and
    --drift fits the model again in windows of time.

    \b
    Examples:
      ipfinance evidence hedonic fit patents.csv --save model.json --date grant_date
        --formula "log(value) ~ type + pct + core + log(family) + remaining_life | industry"
      ipfinance evidence hedonic fit patents.csv --date grant_date --breaks 2012-01-01 --drift 4
        --formula "log(value) ~ type*period + pct"
    """,
    """以 FILE 中专利的特征对 ln 价值回归，并将模型存为 JSON。

    文本列按类别处理；| 之后的固定效应也转为类别，以便为新专利估值。--breaks 与 --date 合用时
    增加类别 `period`，用于价值随时间变化的情形；--drift 在各时间窗口内重新拟合。

    \b
    示例：
      ipfinance evidence hedonic fit patents.csv --save model.json --date grant_date
        --formula "log(value) ~ type + pct + core + log(family) + remaining_life | industry"
      ipfinance evidence hedonic fit patents.csv --date grant_date --breaks 2012-01-01 --drift 4
        --formula "log(value) ~ type*period + pct"
    """,
)
PLAIN = (Errors.IID, Errors.HC0, Errors.HC1)


@click.command("fit", help=say(HELP))
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--formula",
    required=True,
    help=say(Text("log(value) ~ characteristics.", "log(价值) ~ 特征。")),
)
@click.option(
    "--save",
    type=click.Path(path_type=Path),
    help=say(Text("Write the model to this JSON file.", "将模型写入该 JSON 文件。")),
)
@click.option("--weights", metavar="COL", help=say(Text("Column of weights.", "权重列。")))
@click.option("--cluster", metavar="COL[,COL]", help=say(Text("Columns of clusters.", "聚类列。")))
@click.option(
    "--errors",
    type=click.Choice([str(each) for each in PLAIN]),
    default="iid",
    show_default=True,
    help=say(Text("Kind of errors without clusters.", "无聚类时的标准误类型。")),
)
@click.option("--date", metavar="COL", help=say(Text("Column of dates.", "日期列。")))
@click.option(
    "--breaks",
    metavar="DAY[,DAY]",
    help=say(Text("Days at which a new period begins.", "新时期开始的日期。")),
)
@click.option(
    "--smear-by",
    metavar="COL",
    help=say(Text("Groups with smearing factors of their own.", "分组计算还原系数的列。")),
)
@click.option(
    "--drift",
    type=int,
    default=0,
    show_default=True,
    help=say(Text("Windows of time to fit again.", "重新拟合的时间窗口数。")),
)
@click.option(
    "--missing",
    type=click.Choice([str(each) for each in MissingPolicy]),
    default="drop",
    show_default=True,
    help=say(Text("Rows with an empty cell.", "含空值的行。")),
)
@click.option("--unit", help=say(Text("Unit of money of the values.", "价值的货币单位。")))
@click.option("--sheet", help=say(Text("Sheet of a workbook.", "工作簿中的工作表。")))
@click.option(
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path),
    help=say(
        Text(
            "Write .md, .tex, .xlsx, .html or .pdf too.", "另存为 .md、.tex、.xlsx、.html 或 .pdf。"
        )
    ),
)
@common_options
def command(
    file: Path,
    save: Path | None,
    outputs: tuple[Path, ...],
    *,
    as_json: bool,
    **options: str,
) -> None:
    """Fit the model."""
    formats = formats_of(outputs)
    unit = unit_of(options["unit"])
    request = HedonicRequest(
        formula=parse_formula(options["formula"]),
        weights=options["weights"],
        clusters=names_of(options["cluster"]),
        errors=Errors(options["errors"]),
        date=options["date"],
        breaks=_days(options["breaks"]),
        smear_by=options["smear_by"],
        drift=int(options["drift"]),
        missing=MissingPolicy(options["missing"]),
        unit=None if unit is None else str(unit),
    )
    tables = LocalTables()
    found = fit_hedonic_file(tables, file, request, sheet=options["sheet"])
    if save is not None:
        write_whole(save, tables.hedonic_model_bytes(found.model))
        tell(Text(f"Written: {save}", f"已写入：{save}"))
    document = hedonic_report(found, language())
    write_documents([document], formats)
    if as_json:
        print_json(hedonic_view(found, language()))
    else:
        print_document(document)


def _days(text: str | None) -> tuple[np.datetime64, ...]:
    found = []
    for part in names_of(text):
        try:
            found.append(np.datetime64(part, "D"))
        except ValueError as error:
            allowed = Text("expected days such as 2012-01-01", "应为日期，如 2012-01-01")
            raise InputError([Problem(field="--breaks", found=part, allowed=allowed)]) from error
    return tuple(found)
