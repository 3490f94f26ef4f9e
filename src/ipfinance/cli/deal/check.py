"""`ipfinance deal check`: whether a deal file is sound."""

from __future__ import annotations

from pathlib import Path

import click

from ipfinance.app import check_deal_file
from ipfinance.basics import Text
from ipfinance.bootstrap import LocalFiles
from ipfinance.cli._words import common_options, language, print_document, print_json, say
from ipfinance.reports import deal_check_report

HELP = Text(
    """Check the deal described in DEAL, a YAML file, in its own scenario and in every stress.

    A missing waterfall, an action that can never run, a class that nobody pays, an amount that
    depends on itself: every fault is named with its line, all at once.
    """,
    """检查 DEAL（YAML 文件）所描述的交易，含其基准情景与全部压力情景。

    缺少分配顺序、永远不会执行的动作、无人支付的档次、循环引用的金额：逐一指出所在行，一次列全。
    """,
)


@click.command("check", help=say(HELP))
@click.argument("deal", type=click.Path(path_type=Path))
@common_options
def command(deal: Path, *, as_json: bool) -> None:
    """Check a deal file."""
    found, facts = check_deal_file(LocalFiles(), deal)
    if as_json:
        print_json({"deal": found.id, "ok": True, "parts": facts})
    else:
        print_document(deal_check_report(found, facts, language()))
