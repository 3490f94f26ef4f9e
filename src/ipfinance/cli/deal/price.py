"""`ipfinance deal price`: what the classes are worth."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from ipfinance.app import curve_of, run_deal_file
from ipfinance.basics import Text
from ipfinance.bootstrap import LocalFiles
from ipfinance.cli._words import common_options, language, print_document, print_json, say
from ipfinance.reports import price_report, price_view
from ipfinance.securitization import all_in_cost, tranche_price

HELP = Text(
    """Price every class of DEAL per 100 of its balance: dirty, accrued, clean, yield, Z-spread,
    durations, average life; and what the arrangement costs the issuer, all in.

    \b
    Examples:
      ipfinance deal price deal.yaml --curve 0.03
      ipfinance deal price deal.yaml --curve 1:0.02,3:0.025 --spread 0.01
      ipfinance deal price deal.yaml --curve 0.03 --price 99.5 --json
    """,
    """按面值 100 元为 DEAL 各档定价：全价、应计利息、净价、收益率、Z 利差、久期、平均期限；
    并计算发行人综合融资成本。

    \b
    示例：
      ipfinance deal price deal.yaml --curve 0.03
      ipfinance deal price deal.yaml --curve 1:0.02,3:0.025 --spread 0.01
      ipfinance deal price deal.yaml --curve 0.03 --price 99.5 --json
    """,
)


@click.command("price", help=say(HELP))
@click.argument("deal", type=click.Path(path_type=Path))
@click.option(
    "--curve", required=True, help=say(Text("Rate, or years:rate,…", "利率，或年限:利率,…"))
)
@click.option(
    "--spread", type=float, default=0.0, help=say(Text("Over the curve.", "曲线以上利差。"))
)
@click.option("--price", type=float, help=say(Text("Dirty, per 100.", "每百元全价。")))
@click.option(
    "--on",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    help=say(Text("Day of settlement; closing without it.", "结算日；缺省为设立日。")),
)
@click.option("--scenario", help=say(Text("A stress of the file.", "文件中的压力情景。")))
@common_options
def command(  # noqa: PLR0917
    deal: Path,
    curve: str,
    spread: float,
    price: float | None,
    on: datetime | None,
    scenario: str | None,
    *,
    as_json: bool,
) -> None:
    """Price a deal."""
    found = curve_of(curve)
    run = run_deal_file(LocalFiles(), deal, scenario)
    day = None if on is None else on.date()
    prices = [
        tranche_price(run, each.name, found, spread=spread, dirty=price, on=day)
        for each in run.tranches
        if not run.deal.tranches[each.name].equity
    ]
    cost = all_in_cost(run)
    if as_json:
        print_json(price_view(run, prices, cost, language()))
    else:
        print_document(price_report(run, prices, cost, language()))
