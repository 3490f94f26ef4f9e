"""`ipfinance evidence simulate`: a made market with known truth."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ipfinance.app import TableFormat
from ipfinance.basics import InputError, Problem, Text
from ipfinance.bootstrap import LocalTables, write_whole
from ipfinance.cli._words import common_options, print_json, say, tell
from ipfinance.evidence import MarketDesign, make_market

HELP = Text(
    """Make a market with known truth and write its tables into FOLDER.

    firms.csv: a panel as a vendor sends it (money in 10,000 yuan), panel.yaml: its mapping for
    `ipfinance evidence tobin-q`; patents.csv: patents with characteristics and values;
    returns.csv, events.csv: daily returns and grants; truth.json: what estimates should find. The
    same seed writes the same files. With --noise 0 estimates are exact.

    \b
    Examples:
      ipfinance evidence simulate market
      ipfinance evidence simulate market --firms 1000 --years 10 --seed 7
    """,
    """生成已知真值的模拟市场，将各表写入 FOLDER。

    firms.csv：数据商格式的企业面板（金额单位万元）；panel.yaml：供
    `ipfinance evidence tobin-q` 使用的映射；patents.csv：专利特征与价值；
    returns.csv、events.csv：日收益率与授权事件；truth.json：估计应得到的真值。
    相同种子生成相同文件；--noise 0 时估计精确无误差。

    \b
    示例：
      ipfinance evidence simulate market
      ipfinance evidence simulate market --firms 1000 --years 10 --seed 7
    """,
)


MAPPING = """# Which column of firms.csv holds what; money in 10,000 yuan.
columns: {firm: firm, year: year, market_cap: market_cap, debt: debt, assets: assets, sales: sales,
  fixed_assets: fixed_assets, rd: rd, cites: cites, invention: invention, utility: utility,
  design: design, protection: protection, region: region, industry: industry}
stocks:
  rd_stock: {flow: rd, depreciation: 0.15, growth: 0.05}
  cites_stock: {flow: cites, depreciation: 0.15, growth: 0.05}
"""


@click.command("simulate", help=say(HELP))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--firms", type=int, default=300, show_default=True, help=say(Text("Firms.", "企业数。"))
)
@click.option("--years", type=int, default=8, show_default=True, help=say(Text("Years.", "年数。")))
@click.option(
    "--regions", type=int, default=31, show_default=True, help=say(Text("Regions.", "地区数。"))
)
@click.option(
    "--patents", type=int, default=2000, show_default=True, help=say(Text("Patents.", "专利数。"))
)
@click.option(
    "--listed",
    type=int,
    default=40,
    show_default=True,
    help=say(Text("Firms with daily returns.", "有日收益率的企业数。")),
)
@click.option(
    "--noise",
    type=float,
    default=0.05,
    show_default=True,
    help=say(Text("Standard deviation of the noise in ln q.", "ln Q 噪声的标准差。")),
)
@click.option("--seed", type=int, default=1, show_default=True, help=say(Text("Seed.", "种子。")))
@click.option("--force", is_flag=True, help=say(Text("Overwrite.", "覆盖已有文件。")))
@common_options
def command(
    folder: Path,
    *,
    firms: int,
    years: int,
    regions: int,
    patents: int,
    listed: int,
    noise: float,
    seed: int,
    force: bool,
    as_json: bool,
) -> None:
    """Make the market."""
    if seed < 0:
        allowed = Text("expected at least 0", "应不小于 0")
        raise InputError([Problem(field="--seed", found=seed, allowed=allowed)])
    market = make_market(
        MarketDesign(
            firms=firms,
            years=years,
            regions=regions,
            patents=patents,
            listed=listed,
            noise=noise,
            seed=seed,
        )
    )
    tables = {
        "firms.csv": market.panel,
        "patents.csv": market.patents,
        "returns.csv": market.returns,
        "events.csv": market.events,
    }
    files = {
        folder / name: LocalTables().table_bytes(table, TableFormat.CSV)
        for name, table in tables.items()
    }
    truth = json.dumps(market.truth, ensure_ascii=False, indent=2)
    files[folder / "panel.yaml"] = MAPPING.encode()
    files[folder / "truth.json"] = f"{truth}\n".encode()
    taken = [path for path in files if path.exists()]
    if taken and not force:
        allowed = Text("this file exists; say --force", "文件已存在；请加 --force")
        raise InputError(Problem(field="", file=str(path), allowed=allowed) for path in taken)
    for path, data in files.items():
        write_whole(path, data)
    if as_json:
        print_json({"written": [str(path) for path in files], "truth": dict(market.truth)})
    else:
        for path in files:
            tell(Text(f"Written: {path}", f"已写入：{path}"))
