"""`ipfinance evidence hedonic`: the value of a patent as a function of its characteristics."""

from __future__ import annotations

from ipfinance.basics import Text
from ipfinance.cli._groups import LazyGroup

COMMANDS: dict[str, Text] = {
    "fit": Text("Fit a model and save it.", "拟合并保存模型。"),
    "predict": Text("Value patents by a saved model.", "用已保存的模型为专利估值。"),
}
HELP = Text(
    "Value patents by their characteristics: fit on patents whose value is known, predict others.",
    "特征价格法：在价值已知的专利上拟合，为其他专利估值。",
)
command = LazyGroup(
    name="hedonic", help_text=HELP, package="ipfinance.cli.evidence.hedonic", commands=COMMANDS
)
