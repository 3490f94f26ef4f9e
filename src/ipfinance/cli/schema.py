"""`ipfinance schema`: the JSON Schema of an input file."""

from __future__ import annotations

import click

from ipfinance.basics import Text
from ipfinance.bootstrap import LocalFiles
from ipfinance.cli._words import common_options, print_json, say

HELP = Text(
    """Print the JSON Schema of the input file NAME: case, indicators, evaluation, answers or
    judgements.

    Editors use it to complete and check a file while you write. For tables it describes one row.
    """,
    """输出输入文件 NAME 的 JSON Schema：case、indicators、evaluation、answers 或 judgements。

    编辑器可据此在书写时补全与检查；对表格而言描述的是一行。
    """,
)


@click.command("schema", help=say(HELP))
@click.argument("name")
@common_options
def command(name: str, *, as_json: bool) -> None:  # noqa: ARG001
    """Print one schema; it is JSON with and without --json."""
    print_json(LocalFiles().schema(name))
