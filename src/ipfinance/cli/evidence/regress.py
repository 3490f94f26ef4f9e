"""`ipfinance evidence regress`: regressions with absorbed effects and clustered errors."""

from __future__ import annotations

from pathlib import Path

import click

from ipfinance.app import regress_file
from ipfinance.basics import Text
from ipfinance.bootstrap import LocalTables
from ipfinance.cli._words import common_options, language, print_document, print_json, say
from ipfinance.cli.evidence._shared import formats_of, limits_of, names_of, write_documents
from ipfinance.evidence import (
    Convention,
    Errors,
    Estimator,
    Family,
    MissingPolicy,
    RegressionRequest,
    parse_formula,
)
from ipfinance.reports import regression_report, regressions_view

HELP = Text(
    """Estimate regressions on the table in FILE (CSV, CSV.gz, Parquet, XLSX).

    A formula reads "y ~ x1 + log(x2) + C(type):x1 | firm + year": numbers, functions (log, log1p,
    sqrt, exp, asinh, square, I), categories C(x, base="a"), interactions (: and *), and after | the
    effects to absorb; a^b crosses two. Several --formula give a table side by side.

    \b
    Examples:
      ipfinance evidence regress panel.csv --formula "y ~ x" --cluster firm
      ipfinance evidence regress panel.csv --formula "y ~ x | firm" --cluster firm,year --json
      ipfinance evidence regress panel.csv --formula "y ~ x" --cluster region --wild x
      ipfinance evidence regress panel.csv --formula "n ~ x | firm" --family poisson --cluster firm
    """,
    """对 FILE（CSV、CSV.gz、Parquet、XLSX）中的表格作回归。

    公式写作 "y ~ x1 + log(x2) + C(type):x1 | firm + year"：数值、函数（log、log1p、sqrt、exp、
    asinh、square、I）、类别 C(x, base="a")、交互项（: 与 *），| 之后为要吸收的固定效应，
    a^b 表示交叉。可给出多个 --formula，结果并列成表。

    \b
    示例：
      ipfinance evidence regress panel.csv --formula "y ~ x" --cluster firm
      ipfinance evidence regress panel.csv --formula "y ~ x | firm" --cluster firm,year --json
      ipfinance evidence regress panel.csv --formula "y ~ x" --cluster region --wild x
      ipfinance evidence regress panel.csv --formula "n ~ x | firm" --family poisson --cluster firm
    """,
)
HERE = (
    Estimator.LEAST_SQUARES,
    Estimator.BETWEEN,
    Estimator.RANDOM,
    Estimator.FAMA_MACBETH,
)


@click.command("regress", help=say(HELP))
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--formula",
    "formulas",
    multiple=True,
    required=True,
    help=say(Text("What is regressed on what; may be repeated.", "回归公式，可重复。")),
)
@click.option(
    "--cluster",
    metavar="VAR[,VAR]",
    help=say(Text("Columns within which errors are correlated.", "误差在其内相关的列（聚类）。")),
)
@click.option(
    "--family",
    type=click.Choice([str(each) for each in Family]),
    default="gaussian",
    show_default=True,
    help=say(Text("Law of the outcome.", "结果变量的分布族。")),
)
@click.option(
    "--conventions",
    type=click.Choice([str(each) for each in Convention]),
    default="textbook",
    show_default=True,
    help=say(Text("Small-sample conventions.", "小样本惯例。")),
)
@click.option(
    "--errors",
    type=click.Choice([str(each) for each in Errors]),
    help=say(
        Text(
            "Kind of errors; clustered when --cluster is given.",
            "标准误类型；给出 --cluster 时为聚类。",
        )
    ),
)
@click.option(
    "--estimator",
    type=click.Choice([str(each) for each in HERE]),
    default="least-squares",
    show_default=True,
    help=say(Text("Way through the panel.", "面板估计方法。")),
)
@click.option("--unit", metavar="VAR", help=say(Text("Column of units.", "个体列。")))
@click.option("--time", metavar="VAR", help=say(Text("Column of periods.", "时间列。")))
@click.option(
    "--lags",
    type=int,
    default=0,
    show_default=True,
    help=say(Text("Last lag of Driscoll–Kraay errors.", "Driscoll–Kraay 标准误的最大滞后。")),
)
@click.option("--weights", metavar="VAR", help=say(Text("Column of weights.", "权重列。")))
@click.option(
    "--winsorise",
    metavar="VAR[,VAR]",
    help=say(Text("Columns to pull in to percent points first.", "先作缩尾处理的列。")),
)
@click.option(
    "--limits",
    metavar="LOW:HIGH",
    default="1:99",
    show_default=True,
    help=say(Text("Percent points of --winsorise.", "缩尾的百分位。")),
)
@click.option(
    "--missing",
    type=click.Choice([str(each) for each in MissingPolicy]),
    default="drop",
    show_default=True,
    help=say(Text("Rows with an empty cell: left out, or refused.", "含空值的行：剔除或拒绝。")),
)
@click.option(
    "--wild",
    metavar="NAME[,NAME]",
    help=say(Text("Coefficients for the wild cluster bootstrap.", "作野聚类自助检验的系数。")),
)
@click.option(
    "--draws",
    type=int,
    default=999,
    show_default=True,
    help=say(Text("Draws of the bootstrap.", "自助抽样次数。")),
)
@click.option(
    "--seed",
    type=int,
    default=1,
    show_default=True,
    help=say(Text("Seed of the bootstrap.", "自助抽样种子。")),
)
@click.option(
    "--level",
    type=float,
    default=0.95,
    show_default=True,
    help=say(Text("Level of the intervals.", "置信水平。")),
)
@click.option("--sheet", help=say(Text("Sheet of a workbook.", "工作簿中的工作表。")))
@click.option(
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path),
    help=say(
        Text(
            "Write .md, .tex, .xlsx, .html or .pdf too; may be repeated.",
            "另存为 .md、.tex、.xlsx、.html 或 .pdf，可重复。",
        )
    ),
)
@common_options
def command(
    file: Path,
    formulas: tuple[str, ...],
    cluster: str | None,
    outputs: tuple[Path, ...],
    sheet: str | None,
    *,
    as_json: bool,
    **options: str,
) -> None:
    """Estimate the regressions."""
    formats = formats_of(outputs)
    requests = [
        RegressionRequest(
            formula=parse_formula(formula),
            family=Family(options["family"]),
            estimator=Estimator(options["estimator"]),
            clusters=names_of(cluster),
            errors=Errors(options["errors"]) if options["errors"] else None,
            convention=Convention(options["conventions"]),
            unit=options["unit"],
            time=options["time"],
            lags=int(options["lags"]),
            weights=options["weights"],
            missing=MissingPolicy(options["missing"]),
            winsorise=names_of(options["winsorise"]),
            limits=limits_of(options["limits"]),
            wild=names_of(options["wild"]),
            draws=int(options["draws"]),
            seed=int(options["seed"]),
            level=float(options["level"]),
        )
        for formula in formulas
    ]
    found = regress_file(LocalTables(), file, requests, sheet=sheet)
    document = regression_report(found, language())
    write_documents([document], formats)
    if as_json:
        print_json(regressions_view(found, language()))
    else:
        print_document(document)
