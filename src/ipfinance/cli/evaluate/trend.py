"""`ipfinance evaluate trend`: what changed between evaluations."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from ipfinance.basics import Text
from ipfinance.cli._evaluation import answer, evaluation_options
from ipfinance.cli._words import common_options, say
from ipfinance.reports import Focus

HELP = Text(
    """Say what changed between the evaluations in FILE, by which indicator, and why.

    Answers carry on until their author changes them or they expire. A direction is said only where
    every value that unknown indicators allow agrees. The slope is the median of all pairwise
    slopes.

    \b
    Examples:
      ipfinance evaluate trend evaluation.yaml
      ipfinance evaluate trend evaluation.yaml --report trend.html
    """,
    """说明 FILE 中历次评估之间哪些指标发生变化及其原因。

    评分沿用至评分者修改或过期为止。仅当未知指标的所有可能取值一致时才判定方向。
    斜率为所有两两斜率的中位数。

    \b
    示例：
      ipfinance evaluate trend evaluation.yaml
      ipfinance evaluate trend evaluation.yaml --report trend.html
    """,
)


@click.command("trend", help=say(HELP))
@evaluation_options
@common_options
def command(
    file: Path, on: datetime | None, reports: tuple[Path, ...], *, whole: bool, as_json: bool
) -> None:
    """Print the changes."""
    answer(file, Focus.TREND, on=on, reports=reports, whole=whole, as_json=as_json)
