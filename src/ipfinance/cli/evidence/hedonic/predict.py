"""`ipfinance evidence hedonic predict`: value patents by a saved model."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from ipfinance.app import predict_hedonic_file, table_format_of
from ipfinance.basics import InputError, Problem, Text
from ipfinance.bootstrap import LocalTables, write_whole
from ipfinance.cli._words import common_options, language, print_document, print_json, say, tell
from ipfinance.cli.evidence._shared import formats_of, write_documents
from ipfinance.reports import hedonic_values_report, hedonic_values_table, hedonic_values_view

HELP = Text(
    """Value the patents in FILE by a model that `ipfinance evidence hedonic fit` saved.

    Each patent gets a median, a mean (smeared) and a prediction interval; the portfolio gets a sum
    with an interval from draws of coefficients and residuals. Patents outside the data of the model
    are flagged; a category that the model has not seen is refused unless --unseen base. The JSON
    answer holds what the valuation method `hedonic` needs for each patent.

    \b
    Examples:
      ipfinance evidence hedonic predict model.json targets.csv
      ipfinance evidence hedonic predict model.json targets.csv --transfer 0.8 --values out.csv
    """,
    """用 `ipfinance evidence hedonic fit` 保存的模型为 FILE 中的专利估值。

    每项专利给出中位数、均值（经还原调整）与预测区间；组合给出合计及由系数与残差抽样得到的
    区间。超出模型数据范围的专利会被标记；模型未见过的类别将被拒绝，除非给出 --unseen base。
    JSON 结果含估值方法 `hedonic` 所需的各项输入。

    \b
    示例：
      ipfinance evidence hedonic predict model.json targets.csv
      ipfinance evidence hedonic predict model.json targets.csv --transfer 0.8 --values out.csv
    """,
)


@click.command("predict", help=say(HELP))
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--transfer",
    type=float,
    default=1.0,
    show_default=True,
    help=say(Text("Factor from listed to unlisted owners.", "由上市公司向非上市主体的调整系数。")),
)
@click.option(
    "--unseen",
    type=click.Choice(["refuse", "base"]),
    default="refuse",
    show_default=True,
    help=say(Text("Categories that the model has not seen.", "模型未见过的类别。")),
)
@click.option("--valued-on", metavar="DAY", help=say(Text("Day of the valuation.", "评估基准日。")))
@click.option(
    "--level",
    type=float,
    default=0.95,
    show_default=True,
    help=say(Text("Level of the intervals.", "置信水平。")),
)
@click.option(
    "--draws",
    type=int,
    default=4000,
    show_default=True,
    help=say(Text("Draws for the portfolio.", "组合区间的抽样次数。")),
)
@click.option("--seed", type=int, default=1, show_default=True, help=say(Text("Seed.", "种子。")))
@click.option("--sheet", help=say(Text("Sheet of a workbook.", "工作簿中的工作表。")))
@click.option(
    "--values",
    type=click.Path(path_type=Path),
    help=say(
        Text("Write a row a patent: .csv, .parquet, .xlsx.", "逐项写出：.csv、.parquet、.xlsx。")
    ),
)
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
    model: Path,
    file: Path,
    *,
    transfer: float,
    unseen: str,
    valued_on: str | None,
    level: float,
    draws: int,
    seed: int,
    sheet: str | None,
    values: Path | None,
    outputs: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Value the patents."""
    formats = formats_of(outputs)
    kind = None if values is None else table_format_of(values)
    if seed < 0:
        allowed = Text("expected at least 0", "应不小于 0")
        raise InputError([Problem(field="--seed", found=seed, allowed=allowed)])
    day = None if valued_on is None else _day(valued_on)
    tables = LocalTables()
    found = predict_hedonic_file(
        tables,
        model,
        file,
        sheet=sheet,
        transfer_factor=transfer,
        unseen_as_base=unseen == "base",
        valued_on=day,
        level=level,
        draws=draws,
        seed=seed,
    )
    if values is not None and kind is not None:
        write_whole(values, tables.table_bytes(hedonic_values_table(found), kind))
        tell(Text(f"Written: {values}", f"已写入：{values}"))
    document = hedonic_values_report(found, language())
    write_documents([document], formats)
    if as_json:
        print_json(hedonic_values_view(found, language()))
    else:
        print_document(document)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        allowed = Text("expected a day such as 2026-06-30", "应为日期，如 2026-06-30")
        raise InputError([Problem(field="--valued-on", found=text, allowed=allowed)]) from error
