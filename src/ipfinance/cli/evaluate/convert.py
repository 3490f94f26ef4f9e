"""`ipfinance evaluate convert`: scores into rates and coefficients."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from ipfinance.basics import Text
from ipfinance.cli._evaluation import answer, evaluation_options
from ipfinance.cli._words import common_options, say
from ipfinance.reports import Focus

HELP = Text(
    """Turn the scores in FILE into risk premia or coefficients by the rules that FILE states.

    A rule is a table (linear or in steps) or a formula in `score` and ids of nodes, with its
    author. None comes with the software. A finding tells where the same risk is charged twice.

    \b
    Examples:
      ipfinance evaluate convert evaluation.yaml
      ipfinance evaluate convert evaluation.yaml --json
    """,
    """按 FILE 中写明的规则将得分转换为风险溢价或系数。

    规则为表（线性或阶梯）或以 `score` 与节点编号书写的公式，并注明制定者；软件不附带任何规则。
    同一风险被重复计入时会给出提示。

    \b
    示例：
      ipfinance evaluate convert evaluation.yaml
      ipfinance evaluate convert evaluation.yaml --json
    """,
)


@click.command("convert", help=say(HELP))
@evaluation_options
@common_options
def command(
    file: Path, on: datetime | None, reports: tuple[Path, ...], *, whole: bool, as_json: bool
) -> None:
    """Print what the rules give."""
    answer(file, Focus.CONVERSION, on=on, reports=reports, whole=whole, as_json=as_json)
