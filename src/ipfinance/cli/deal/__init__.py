"""`ipfinance deal`: structure, run, price and stress an IP-backed deal."""

from __future__ import annotations

from ipfinance.basics import Text
from ipfinance.cli._groups import LazyGroup

COMMANDS = {
    "check": Text("Check a deal file.", "检查交易文件。"),
    "run": Text("Run a deal: every line, every period.", "运行交易：逐期逐行。"),
    "explain": Text("Say why a line was paid.", "说明某一行为何如此支付。"),
    "simulate": Text("Simulate the losses of every class.", "模拟各档损失。"),
    "price": Text("Price the classes, and the cost all in.", "各档定价与综合融资成本。"),
    "stress": Text("Run the stresses of a deal, with a tornado.", "运行压力情景与敏感性分析。"),
    "breakeven": Text("Find how far a stress can go.", "求压力的盈亏平衡点。"),
    "size": Text("Size a class, or find its risk budget.", "求解某档规模或风险预算。"),
}
HELP = Text(
    """Structure, run, price and stress an IP-backed deal described in a YAML file.

    Cash is exact to the minor unit; every run asserts its own invariants. Start with
    `ipfinance new deal` and `ipfinance deal run deal.yaml`.
    """,
    """构建、运行、定价与压力测试以 YAML 文件描述的知识产权证券化交易。

    现金精确到最小货币单位；每次运行都会校验自身的不变式。先运行 `ipfinance new deal` 与
    `ipfinance deal run deal.yaml`。
    """,
)

command = LazyGroup(name="deal", help_text=HELP, package="ipfinance.cli.deal", commands=COMMANDS)
