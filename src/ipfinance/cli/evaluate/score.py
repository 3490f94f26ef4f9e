"""`ipfinance evaluate score`: scores on an indicator system."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from ipfinance.basics import Text
from ipfinance.cli._evaluation import answer, evaluation_options
from ipfinance.cli._words import common_options, say
from ipfinance.reports import Focus

HELP = Text(
    """Score the assets of FILE, an evaluation in YAML, on the last date.

    Every indicator is scored by authors' answers or by a percentile in a cohort. What nobody
    answered is unknown: the score is then an interval, never lowered to zero. Several assets are
    ranked, with the weights at which their order would change. `ipfinance new evaluation` writes a
    commented starter file.

    \b
    Examples:
      ipfinance evaluate score evaluation.yaml
      ipfinance evaluate score evaluation.yaml --on 2025-06-30 --json
      ipfinance evaluate score evaluation.yaml --report scores.pdf --lang zh
    """,
    """对 FILE（YAML 评价文件）中的资产在最近日期评分。

    每个指标由评分者打分或由同类百分位得出。无人评分即为未知：得分为区间，绝不按零计。
    多项资产将排序，并给出使次序改变的权重。`ipfinance new evaluation` 生成带注释的起始文件。

    \b
    示例：
      ipfinance evaluate score evaluation.yaml
      ipfinance evaluate score evaluation.yaml --on 2025-06-30 --json
      ipfinance evaluate score evaluation.yaml --report scores.pdf --lang zh
    """,
)


@click.command("score", help=say(HELP))
@evaluation_options
@common_options
def command(
    file: Path, on: datetime | None, reports: tuple[Path, ...], *, whole: bool, as_json: bool
) -> None:
    """Print the scores."""
    answer(file, Focus.SCORE, on=on, reports=reports, whole=whole, as_json=as_json)
