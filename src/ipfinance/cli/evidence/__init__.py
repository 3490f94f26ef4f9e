"""`ipfinance evidence`: what markets say about the value of intellectual property."""

from __future__ import annotations

from ipfinance.basics import Text
from ipfinance.cli._groups import LazyGroup

COMMANDS: dict[str, Text] = {
    "describe": Text("Show what a table holds.", "显示表格内容。"),
    "tobin-q": Text("Make a panel with Tobin's q.", "生成托宾 Q 面板。"),
    "patent-value": Text("Value patents by the market.", "市值法专利估值。"),
    "hedonic": Text("Value patents by their characteristics.", "特征价格法专利估值。"),
    "awards": Text("Put values beside court awards.", "估值与法院判赔额对照。"),
    "simulate": Text("Make a market with known truth.", "生成已知真值的模拟市场。"),
    "regress": Text("Regress, with effects absorbed.", "回归：吸收固定效应，聚类标准误。"),
    "event-study": Text("Measure returns around events.", "事件研究：事件前后的异常收益。"),
    "kpss": Text("Value patents by the answer to their grant.", "由授权日市场反应估计专利价值。"),
    "patents": Text("Import files of patents.", "导入专利文件（KPSS、Google Patents）。"),
}
HELP = Text(
    """Estimate the value of intellectual property from what markets show.

    Every command reads tables in CSV, CSV.gz, Parquet or XLSX and takes --json and --lang.
    """,
    """依据市场表现估计知识产权的价值。

    各命令读取 CSV、CSV.gz、Parquet 或 XLSX 表格，并支持 --json 与 --lang。
    """,
)
command = LazyGroup(
    name="evidence", help_text=HELP, package="ipfinance.cli.evidence", commands=COMMANDS
)
