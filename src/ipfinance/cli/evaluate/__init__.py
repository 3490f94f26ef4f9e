"""`ipfinance evaluate`: everything about scores of assets over time."""

from __future__ import annotations

from ipfinance.basics import Text
from ipfinance.cli._groups import LazyGroup

COMMANDS: dict[str, Text] = {
    "score": Text("Score assets on an indicator system, and rank them.", "按指标体系评分并排序。"),
    "trend": Text("Say what changed between evaluations, and why.", "说明历次评估的变化及原因。"),
    "convert": Text(
        "Turn scores into risk premia or coefficients by your rules.",
        "按您的规则将得分转换为风险溢价或系数。",
    ),
    "cohort": Text("Place assets among others of their kind.", "计算资产在同类中的百分位。"),
    "reliability": Text("Say how far a panel can be relied on.", "检验专家组评分的信度。"),
    "weights": Text("Weigh items by what a table of scores says.", "由评分表求客观权重。"),
    "risks": Text("Bound what a register of risk events costs.", "计算风险事件清单的影响区间。"),
}
HELP = Text(
    """Score assets over time on a system of indicators, every figure explained.

    Start with `ipfinance new evaluation` and `ipfinance evaluate score evaluation.yaml`.
    """,
    """按指标体系对资产进行动态评价，每个数字都有来历。

    先运行 `ipfinance new evaluation` 与 `ipfinance evaluate score evaluation.yaml`。
    """,
)
command = LazyGroup(
    name="evaluate", help_text=HELP, package="ipfinance.cli.evaluate", commands=COMMANDS
)
