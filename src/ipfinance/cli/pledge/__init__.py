"""`ipfinance pledge`: lending against IP."""

from __future__ import annotations

from ipfinance.basics import Text
from ipfinance.cli._groups import LazyGroup

COMMANDS: dict[str, Text] = {
    "assess": Text("Decide on a loan against a valued right.", "就已评估权利的质押贷款作出决策。"),
    "book": Text("Run a book of pledge loans through scenarios.", "对质押贷款组合进行情景模拟。"),
    "monitor": Text(
        "Watch loans: value, law, covenants, margin.", "贷后监控：价值、法律、约定与保证。"
    ),
    "fund": Text(
        "Say what a compensation fund can stand behind.", "测算风险补偿资金可承担的贷款规模。"
    ),
}
HELP = Text(
    """Lend against IP: from a valued right to a loan, a fund and a book that can be watched.

    Every haircut, band, rate and rating comes from your own file; `ipfinance new pledge` writes
    an example to start from.
    """,
    """知识产权质押贷款：由评估价值到贷款决策、补偿资金、贷款组合与贷后监控。

    折扣、质押率、利率与评级均取自您的文件；`ipfinance new pledge` 生成可修改的示例。
    """,
)
command = LazyGroup(
    name="pledge", help_text=HELP, package="ipfinance.cli.pledge", commands=COMMANDS
)
