"""`ipfinance evidence tobin-q`: a panel of firms and years with Tobin's q."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from ipfinance.app import panel_file, table_format_of
from ipfinance.basics import InputError, Problem, Text
from ipfinance.bootstrap import LocalTables, write_whole
from ipfinance.cli._words import common_options, language, print_document, print_json, say, tell
from ipfinance.cli.evidence._shared import limits_of, names_of
from ipfinance.evidence import EquityKind, PanelRequest, ReplacementKind, SourceColumn, StockRule
from ipfinance.reports import panel_report, panel_view

HELP = Text(
    """Make a panel with Tobin's q from the table in FILE.

    Say which column holds what with --mapping (a YAML file; `ipfinance new panel` writes one) or
    with --column ROLE=NAME[*FACTOR]. Roles: firm, year, market_cap, shares, tradable_shares, price,
    book_equity, debt, assets, intangibles, fixed_assets, sales, q; further names are kept as they
    are. Added where possible: q, ln_q, market_value, fixed_ratio, turnover, leverage, sales_growth,
    stocks and lags. A q that is not positive is refused with its row; nothing is adjusted silently.

    \b
    Examples:
      ipfinance evidence tobin-q firms.csv --column firm=firm --column year=year
        --column market_cap=cap --column debt=debt --column assets=assets --output panel.csv
      ipfinance evidence tobin-q firms.xlsx --mapping panel.yaml --output panel.parquet
      ipfinance evidence tobin-q firms.csv --mapping panel.yaml --stock rd_stock=rd:0.15:0.05
    """,
    """由 FILE 中的表格生成含托宾 Q 的面板。

    用 --mapping（YAML 文件，可由 `ipfinance new panel` 生成）或 --column 角色=列名[*倍数] 指明
    各列含义。角色：firm、year、market_cap、shares、tradable_shares、price、book_equity、debt、
    assets、intangibles、fixed_assets、sales、q；其他名称原样保留。可算时自动生成：q、ln_q、
    market_value、fixed_ratio、turnover、leverage、sales_growth、存量与滞后项。非正的 Q 值将
    连同行号被拒绝，任何调整都会说明。

    \b
    示例：
      ipfinance evidence tobin-q firms.csv --column firm=firm --column year=year
        --column market_cap=cap --column debt=debt --column assets=assets --output panel.csv
      ipfinance evidence tobin-q firms.xlsx --mapping panel.yaml --output panel.parquet
      ipfinance evidence tobin-q firms.csv --mapping panel.yaml --stock rd_stock=rd:0.15:0.05
    """,
)


@click.command("tobin-q", help=say(HELP))
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--mapping",
    type=click.Path(path_type=Path),
    help=say(Text("YAML file that says which column holds what.", "说明各列含义的 YAML 文件。")),
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="ROLE=NAME[*FACTOR]",
    help=say(Text("A role and the column that holds it.", "角色与对应的列。")),
)
@click.option(
    "--equity",
    type=click.Choice([str(each) for each in EquityKind]),
    help=say(Text("How equity is valued; market-cap by default.", "股权估值方式，默认总市值。")),
)
@click.option(
    "--replacement",
    type=click.Choice([str(each) for each in ReplacementKind]),
    help=say(Text("What stands for replacement cost.", "重置成本口径。")),
)
@click.option(
    "--stock",
    "stocks",
    multiple=True,
    metavar="NAME=FLOW:DEPRECIATION:GROWTH",
    help=say(Text("A stock by perpetual inventory.", "以永续盘存法计算的存量。")),
)
@click.option(
    "--lag", metavar="NAME[,NAME]", help=say(Text("Add last year's value.", "增加上年值。"))
)
@click.option(
    "--winsorise",
    metavar="NAME[,NAME]",
    help=say(Text("Columns to pull in to percent points.", "作缩尾处理的列。")),
)
@click.option(
    "--limits",
    metavar="LOW:HIGH",
    help=say(Text("Percent points of --winsorise; 1:99 by default.", "缩尾百分位，默认 1:99。")),
)
@click.option("--sheet", help=say(Text("Sheet of a workbook.", "工作簿中的工作表。")))
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help=say(Text("Write the panel: .csv, .parquet, .xlsx.", "写出面板：.csv、.parquet、.xlsx。")),
)
@common_options
def command(
    file: Path,
    mapping: Path | None,
    columns: tuple[str, ...],
    stocks: tuple[str, ...],
    *,
    output: Path | None,
    sheet: str | None,
    as_json: bool,
    **options: str | None,
) -> None:
    """Make the panel."""
    kind = None if output is None else table_format_of(output)
    tables = LocalTables()
    request, skip, notes = (
        (PanelRequest(columns={}), 0, 0) if mapping is None else tables.panel_mapping(mapping)
    )
    request = _changed(request, columns, stocks, options)
    panel = panel_file(
        tables, file, request, sheet=sheet, skip_lines=skip, notes_below_header=notes
    )
    if output is not None and kind is not None:
        write_whole(output, tables.table_bytes(panel.table, kind))
        tell(Text(f"Written: {output}", f"已写入：{output}"))
    if as_json:
        print_json(panel_view(panel, language()))
    else:
        print_document(panel_report(panel, language()))


def _changed(
    request: PanelRequest,
    columns: tuple[str, ...],
    stocks: tuple[str, ...],
    options: dict[str, str | None],
) -> PanelRequest:
    """Return a request with what the command line says put in the place of the mapping's."""
    problems: list[Problem] = []
    mapped = {role: found for text in columns for role, found in _column(text, problems).items()}
    rules = [rule for text in stocks if (rule := _stock(text, problems)) is not None]
    if problems:
        raise InputError(problems)
    limits, equity, replacement = options["limits"], options["equity"], options["replacement"]
    return replace(
        request,
        columns={**request.columns, **mapped},
        equity=EquityKind(equity) if equity else request.equity,
        replacement=ReplacementKind(replacement) if replacement else request.replacement,
        stocks=(*request.stocks, *rules),
        lags=(*request.lags, *names_of(options["lag"])),
        winsorise=(*request.winsorise, *names_of(options["winsorise"])),
        limits=limits_of(limits) if limits else request.limits,
    )


def _column(text: str, problems: list[Problem]) -> dict[str, SourceColumn]:
    role, separator, rest = text.partition("=")
    name, star, factor = rest.partition("*")
    try:
        multiply = float(factor) if star else 1.0
    except ValueError:
        separator = ""
        multiply = 1.0
    if not separator or not role.strip() or not name.strip():
        allowed = Text(
            "expected ROLE=NAME or ROLE=NAME*FACTOR, such as market_cap=cap*1000",
            "应为 角色=列名 或 角色=列名*倍数，如 market_cap=cap*1000",
        )
        problems.append(Problem(field="--column", found=text, allowed=allowed))
        return {}
    return {role.strip(): SourceColumn(column=name.strip(), multiply=multiply)}


def _stock(text: str, problems: list[Problem]) -> StockRule | None:
    name, _, rest = text.partition("=")
    parts = rest.split(":")
    try:
        flow, depreciation, growth = parts[0], float(parts[1]), float(parts[2])
    except (IndexError, ValueError):
        allowed = Text(
            "expected NAME=FLOW:DEPRECIATION:GROWTH, such as rd_stock=rd:0.15:0.05",
            "应为 名称=流量:折旧率:增长率，如 rd_stock=rd:0.15:0.05",
        )
        problems.append(Problem(field="--stock", found=text, allowed=allowed))
        return None
    return StockRule(name=name, flow=flow, depreciation=depreciation, growth=growth)
