"""`ipfinance ahp`: weights from one matrix of pairwise judgements."""

from __future__ import annotations

from pathlib import Path

import click

from ipfinance.app import weigh_file
from ipfinance.basics import Text
from ipfinance.bootstrap import LocalFiles
from ipfinance.cli._words import common_options, language, print_document, print_json, say
from ipfinance.judgement import WeightsMethod
from ipfinance.reports import priorities_report, priorities_view

HELP = Text(
    """Turn the pairwise judgements in FILE into weights and say how consistent they are.

    FILE is a CSV table with the names in the first row and the first column; an entry says how
    much more its row matters than its column, from 1/9 to 9. One triangle is enough; an empty pair
    was not judged. An inconsistent matrix is a finding here; `ipfinance value` refuses it.

    \b
    Example:
      ,C1,C2,C3
      C1,1,2,3
      C2,1/2,1,2
      C3,1/3,1/2,1
    """,
    """将 FILE 中的成对比较判断转换为权重，并检验一致性。

    FILE 为 CSV 表，首行与首列为名称；单元格表示行相对于列的重要程度，取 1/9 至 9。
    给出一个三角即可；留空表示未作判断。不一致的矩阵在此给出提示；`ipfinance value` 会拒绝。

    \b
    示例：
      ,C1,C2,C3
      C1,1,2,3
      C2,1/2,1,2
      C3,1/3,1/2,1
    """,
)


@click.command("ahp", help=say(HELP))
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--method",
    type=click.Choice([str(each) for each in WeightsMethod]),
    default=str(WeightsMethod.EIGENVECTOR),
    show_default=True,
    help=say(Text("How the weights are taken.", "权重计算方法。")),
)
@common_options
def command(file: Path, method: str, *, as_json: bool) -> None:
    """Weigh one matrix."""
    found = weigh_file(LocalFiles(), file, WeightsMethod(method))
    if as_json:
        print_json(priorities_view(found, language()))
    else:
        print_document(priorities_report(found, language()))
