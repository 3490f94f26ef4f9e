"""`ipfinance new`: write a commented starter file, or a copy of an example."""

from __future__ import annotations

from importlib.resources.abc import Traversable
from pathlib import Path

import click

from ipfinance.app import DEALS, EXAMPLES
from ipfinance.basics import InputError, Problem, Text
from ipfinance.bootstrap import packaged, write_whole
from ipfinance.cli._words import common_options, print_json, say, tell

STARTERS = {
    "case": "case.yaml",
    "option-case": "option-case.yaml",
    "indicators": "indicators.yaml",
    "matrix": "matrix.csv",
    "answers": "answers.csv",
    "judgements": "judgements.csv",
    "panel": "panel.yaml",
    "returns": "returns.csv",
    "index": "index.csv",
    "events": "events.csv",
    "deal": "deal.yaml",
    "pledge": "pledge.yaml",
    "daily-returns": "daily-returns.csv",
    "grants": "grants.csv",
    "evaluation": "evaluation.yaml",
    "cohort": "cohort.csv",
    "panel-scores": "panel-scores.csv",
    "risks": "risks.csv",
    "fund": "fund.yaml",
    "book": "book.yaml",
    "watch": "watch.yaml",
}
COMPANIONS = {
    "book": ("loans.csv",),
    "watch": (
        "watched-loans.csv",
        "later-valuations.csv",
        "legal-events.csv",
        "observations.csv",
        "outcomes.csv",
    ),
}
HELP = Text(
    """Write a commented starter file of this KIND to PATH, or a copy of an example.

    Nothing is overwritten unless you say --force.

    \b
    Examples:
      ipfinance new case                       writes case.yaml, ready to be valued
      ipfinance new case --example pledge my   writes a whole case with its tables into my/
      ipfinance new indicators system.yaml
      ipfinance new deal --example nanshan-2020 deal.yaml
    """,
    """将某类（KIND）带注释的起始文件写入 PATH，或复制一个示例。

    除非给出 --force，否则不覆盖已有文件。

    \b
    示例：
      ipfinance new case                       生成可直接评估的 case.yaml
      ipfinance new case --example pledge my   将完整案例及其表格写入 my/
      ipfinance new indicators system.yaml
      ipfinance new deal --example nanshan-2020 deal.yaml
    """,
)


@click.command("new", help=say(HELP))
@click.argument("kind", type=click.Choice(list(STARTERS)))
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option(
    "--example",
    type=click.Choice([*EXAMPLES, *DEALS]),
    help=say(Text("Copy this example instead.", "改为复制该示例。")),
)
@click.option("--force", is_flag=True, help=say(Text("Overwrite.", "覆盖已有文件。")))
@common_options
def command(
    kind: str, path: Path | None, example: str | None, *, force: bool, as_json: bool
) -> None:
    """Write a starter file or an example."""
    files = _example(example, path) if example else _starter(kind, path)
    taken = [target for target in files if target.exists()]
    if taken and not force:
        raise InputError(_taken(target) for target in taken)
    for target, source in files.items():
        write_whole(target, source.read_bytes())
    if as_json:
        print_json({"written": [str(target) for target in files]})
    else:
        for target in files:
            tell(Text(f"Written: {target}", f"已写入：{target}"))
        first = next(iter(files))
        if kind == "deal":
            tell(Text(f"Next: ipfinance deal run {first}", f"下一步：ipfinance deal run {first}"))
        elif kind in {"case", "option-case"} or example:
            tell(Text(f"Next: ipfinance value {first}", f"下一步：ipfinance value {first}"))


def _starter(kind: str, path: Path | None) -> dict[Path, Traversable]:
    name = STARTERS[kind]
    target = path or Path(name)
    if target.is_dir():
        target /= name
    files = {target: packaged("starters") / name}
    for other in COMPANIONS.get(kind, ()):
        files[target.parent / other] = packaged("starters") / other
    return files


def _example(example: str, path: Path | None) -> dict[Path, Traversable]:
    if example in DEALS:
        name = f"{example}.yaml"
        target = path or Path(name)
        return {target / name if target.is_dir() else target: packaged("deals") / name}
    folder = path or Path(example)
    entries = sorted((packaged("examples") / example).iterdir(), key=lambda entry: entry.name)
    first = [entry for entry in entries if entry.name == "case.yaml"]
    rest = [entry for entry in entries if entry.name != "case.yaml"]
    return {folder / entry.name: entry for entry in [*first, *rest]}


def _taken(target: Path) -> Problem:
    return Problem(
        field="",
        file=str(target),
        allowed=Text(
            "this file exists; choose another path or say --force",
            "文件已存在；请换路径或加 --force",
        ),
    )
