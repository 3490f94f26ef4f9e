"""`ipfinance evidence patent-value`: money per patent from the market values of firms."""

from __future__ import annotations

from pathlib import Path

import click

from ipfinance.app import patent_value_file
from ipfinance.basics import Text
from ipfinance.bootstrap import LocalTables
from ipfinance.cli._words import common_options, language, print_document, print_json, say
from ipfinance.cli.evidence._shared import formats_of, names_of, unit_of, write_documents
from ipfinance.evidence import (
    Convention,
    MarketModel,
    MissingPolicy,
    PatentValueRequest,
    RegressorForm,
    RegressorKind,
)
from ipfinance.reports import patent_value_report, patent_value_view

HELP = Text(
    """Value patents by what the market pays for the firms that hold them.

    FILE is a panel as `ipfinance evidence tobin-q` writes it. ln q is regressed on patents by type;
    the coefficients become money per patent: mean, median, error by the delta method and percentile
    interval of a bootstrap over firms. With --protection, by level of protection, and the value of
    one more unit of it. Negative values are shown as they are estimated.

    \b
    Examples:
      ipfinance evidence patent-value panel.csv --patents invention,utility,design
        --controls "leverage + turnover" --effects "firm + year" --protection protection
      ipfinance evidence patent-value panel.csv --patents invention --model griliches --draws 199
      ipfinance evidence patent-value panel.csv --patents invention --model hjt --rd rd_stock
        --cites cites_stock --effects year
    """,
    """依据持有专利的企业的市值为专利估值（上市公司市值法）。

    FILE 为 `ipfinance evidence tobin-q` 写出的面板。以 ln Q 对各类专利回归，将系数换算为每项
    专利的价值：均值、中位数、Delta 法标准误以及按企业抽样的自助百分位区间。给出 --protection
    时，按保护水平分列，并给出保护指数每提高一单位的价值。负值按估计结果如实列示。

    \b
    示例：
      ipfinance evidence patent-value panel.csv --patents invention,utility,design
        --controls "leverage + turnover" --effects "firm + year" --protection protection
      ipfinance evidence patent-value panel.csv --patents invention --model griliches --draws 199
      ipfinance evidence patent-value panel.csv --patents invention --model hjt --rd rd_stock
        --cites cites_stock --effects year
    """,
)


@click.command("patent-value", help=say(HELP))
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--patents",
    required=True,
    metavar="COL[,COL]",
    help=say(Text("Columns of patents by type.", "各类专利数的列。")),
)
@click.option(
    "--outcome",
    default="ln_q",
    show_default=True,
    help=say(Text("Expression that is ln q.", "作为 ln Q 的表达式。")),
)
@click.option(
    "--value",
    default="market_value",
    show_default=True,
    help=say(Text("Column of market values.", "市场价值列。")),
)
@click.option(
    "--assets",
    default="assets",
    show_default=True,
    help=say(Text("Column of assets.", "总资产列。")),
)
@click.option(
    "--controls", default="", help=say(Text("Terms of a formula.", "控制变量（公式项）。"))
)
@click.option("--effects", default="", help=say(Text("Effects to absorb.", "要吸收的固定效应。")))
@click.option(
    "--protection", metavar="COL", help=say(Text("Column of the index.", "知识产权保护指数列。"))
)
@click.option(
    "--levels",
    type=int,
    default=3,
    show_default=True,
    help=say(Text("Levels of protection.", "保护水平分级数。")),
)
@click.option(
    "--form",
    "forms",
    multiple=True,
    type=click.Choice([str(each) for each in RegressorForm]),
    help=say(
        Text(
            "How patents stand in the regression; count and ratio by default.",
            "专利数在回归中的形式，默认 count 与 ratio。",
        )
    ),
)
@click.option(
    "--model",
    type=click.Choice([str(each) for each in MarketModel]),
    default="linear",
    show_default=True,
    help=say(Text("Linear or non-linear.", "线性或非线性模型。")),
)
@click.option("--rd", metavar="COL", help=say(Text("Column of the R&D stock.", "研发存量列。")))
@click.option(
    "--cites", metavar="COL", help=say(Text("Column of the citation stock.", "引用存量列。"))
)
@click.option(
    "--kind",
    type=click.Choice([str(each) for each in RegressorKind]),
    default="flow",
    show_default=True,
    help=say(Text("Patents of the year, or held.", "当年授权（flow）或持有存量（stock）。")),
)
@click.option(
    "--cluster",
    default="firm",
    show_default=True,
    metavar="COL[,COL]",
    help=say(Text("Columns of clusters.", "聚类列。")),
)
@click.option(
    "--conventions",
    type=click.Choice([str(each) for each in Convention]),
    default="textbook",
    show_default=True,
    help=say(Text("Small-sample conventions.", "小样本惯例。")),
)
@click.option(
    "--missing",
    type=click.Choice([str(each) for each in MissingPolicy]),
    default="drop",
    show_default=True,
    help=say(Text("Rows with an empty cell.", "含空值的行。")),
)
@click.option(
    "--draws",
    type=int,
    default=999,
    show_default=True,
    help=say(Text("Draws of the bootstrap; 0 for none.", "自助抽样次数，0 为不抽样。")),
)
@click.option("--seed", type=int, default=1, show_default=True, help=say(Text("Seed.", "种子。")))
@click.option(
    "--level",
    type=float,
    default=0.95,
    show_default=True,
    help=say(Text("Level of the intervals.", "置信水平。")),
)
@click.option(
    "--unit", help=say(Text("Unit of money, such as 10,000 CNY.", "货币单位，如 10,000 CNY。"))
)
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
    forms: tuple[str, ...],
    outputs: tuple[Path, ...],
    *,
    as_json: bool,
    **options: str,
) -> None:
    """Value the patents."""
    formats = formats_of(outputs)
    unit = unit_of(options["unit"])
    model = MarketModel(options["model"])
    chosen = forms or ("count", "ratio")
    requests = [
        PatentValueRequest(
            patents=names_of(options["patents"]),
            outcome=options["outcome"],
            value=options["value"],
            assets=options["assets"] or None,
            controls=options["controls"],
            effects=options["effects"],
            protection=options["protection"],
            rd=options["rd"],
            cites=options["cites"],
            form=RegressorForm(form),
            model=model,
            clusters=names_of(options["cluster"]),
            convention=Convention(options["conventions"]),
            missing=MissingPolicy(options["missing"]),
            kind=RegressorKind(options["kind"]),
            levels=int(options["levels"]),
            draws=int(options["draws"]),
            seed=int(options["seed"]),
            level=float(options["level"]),
        )
        for form in (chosen if model is MarketModel.LINEAR else chosen[:1])
    ]
    found = patent_value_file(LocalTables(), file, requests, sheet=options["sheet"])
    document = patent_value_report(found, language(), unit=unit)
    write_documents([document], formats)
    if as_json:
        print_json(patent_value_view(found, language(), unit=unit))
    else:
        print_document(document)
