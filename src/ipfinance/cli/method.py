"""`ipfinance method`: any method of the catalogue on inputs given as flags or in a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, TypeVar

import click
from typing_extensions import override

from ipfinance.app import render_documents, report_format_of, value_by_method
from ipfinance.basics import (
    NO_UNIT,
    DeclaredField,
    InputError,
    MoneyUnit,
    Problem,
    Text,
    declared_fields,
)
from ipfinance.bootstrap import LocalFiles, LocalRenderer, write_whole
from ipfinance.cli._groups import LazyGroup
from ipfinance.cli._words import (
    common_options,
    language,
    print_document,
    print_json,
    say,
    tell,
)
from ipfinance.reports import method_report, method_view, plain_value, with_tables
from ipfinance.valuation import (
    METHODS,
    CaseResult,
    Dependence,
    Method,
    Schedule,
    UncertaintyTask,
)

MadeT = TypeVar("MadeT")
HELP = Text(
    """Apply one method of the catalogue.

    Each input is a flag; `--inputs FILE` takes them from a YAML file instead, or beside. A number
    that is not known is given as an interval `[low, high]` or as a distribution, and the answer
    then has proven bounds or chances:

    \b
      ipfinance method relief-from-royalty --revenue "[100, 105, 110]" --tax-rate 0.25 \\
          --royalty-rate "[0.03, 0.05]" --discount-rate 0.12
      ipfinance method relief-from-royalty --revenue "[100, 105, 110]" --tax-rate 0.25 \\
          --royalty-rate "{triangular: {low: 0.03, mode: 0.04, high: 0.06}}" \\
          --discount-rate 0.12 --below 9
      ipfinance method relief-from-royalty --inputs inputs.yaml --report value.pdf
    """,
    """按目录中的某一方法计算。

    每项输入对应一个选项；也可用 `--inputs FILE` 从 YAML 文件读取。不确定的数值可写成区间
    `[下限, 上限]` 或分布，结果随之给出可证明的上下界或概率：

    \b
      ipfinance method relief-from-royalty --revenue "[100, 105, 110]" --tax-rate 0.25 \\
          --royalty-rate "[0.03, 0.05]" --discount-rate 0.12
      ipfinance method relief-from-royalty --revenue "[100, 105, 110]" --tax-rate 0.25 \\
          --royalty-rate "{triangular: {low: 0.03, mode: 0.04, high: 0.06}}" \\
          --discount-rate 0.12 --below 9
      ipfinance method relief-from-royalty --inputs inputs.yaml --report value.pdf
    """,
)
_SAME = {"inputs", "report", "reports", "currency", "unit", "below", "dependence", "draws", "seed"}


class _Methods(LazyGroup):
    """One command for each method of the registry."""

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = METHODS.get(cmd_name.replace("-", "_"))
        return None if found is None else method_command(found)


command = _Methods(
    name="method",
    help_text=HELP,
    package="ipfinance.cli",
    commands={name.replace("_", "-"): method.name for name, method in METHODS.items()},
)


def _flag(name: str) -> str:
    flag = name.replace("_", "-")
    return f"--input-{flag}" if name in _SAME else f"--{flag}"


def _option(item: DeclaredField) -> click.Option:
    quantity = item.quantity
    unit = f" [{quantity.unit}]" if quantity.unit else ""
    default = "" if item.required or item.default is None else f" [{_shown(item.default)}]"
    text = f"{say(quantity.name)}: {say(quantity.meaning)}{unit}{default}{_parts(item)}"
    words = [f"input_{item.name}"]
    return click.Option([_flag(item.name), *words], metavar=_choices(item), help=text)


def _choices(item: DeclaredField) -> str:
    kind = item.element
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return f"[{'|'.join(kind)}]"
    return "VALUE"


def _parts(item: DeclaredField) -> str:
    """Name the fields of a group; those that may be left out in brackets."""
    if not item.is_record:
        return ""
    names = [
        each.name if each.required else f"[{each.name}]" for each in declared_fields(item.element)
    ]
    return f" {{{', '.join(names)}}}"


def _shown(default: object) -> str:
    return f"{default:.6g}" if isinstance(default, float) else str(default)


class Beside(NamedTuple):
    """What a command asks of a method beside its value.

    Attributes
    ----------
    options
        Flags of its own.
    answer
        Takes the result and all flags; returns tables to show and data to print.
    """

    options: Sequence[click.Option]
    answer: Callable[
        [CaseResult, Mapping[str, object]], tuple[Sequence[Schedule], Mapping[str, object]]
    ]


def method_command(
    method: Method, *, name: str = "", beside: Beside | None = None
) -> click.Command:
    """Return the command of a method, made from the declarations of its inputs."""

    @click.command(
        name or method.id.replace("_", "-"),
        help=f"{say(method.summary)}\n\n{say(method.validity)}",
    )
    @click.option(
        "--inputs",
        "file",
        type=click.Path(path_type=Path),
        help=say(Text("Take inputs from this YAML file.", "从该 YAML 文件读取输入。")),
    )
    @click.option(
        "--currency",
        default=NO_UNIT.currency,
        help=say(Text("ISO 4217 code of the amounts.", "金额的 ISO 4217 货币代码。")),
    )
    @click.option(
        "--unit",
        type=click.IntRange(1, 10**12),
        default=1,
        help=say(
            Text("What one number stands for, such as 10000.", "一个数字代表的金额，如 10000。")
        ),
    )
    @click.option(
        "--below",
        type=float,
        multiple=True,
        help=say(
            Text(
                "Ask for the chance to fall below this amount, such as a loan.",
                "询问低于该金额（如贷款额）的概率。",
            )
        ),
    )
    @click.option(
        "--dependence",
        type=click.Choice([str(each) for each in Dependence]),
        default="independent",
        help=say(Text("How uncertain inputs move together.", "不确定输入之间的相关关系。")),
    )
    @click.option("--draws", type=int, default=4096, help=say(_DRAWS))
    @click.option("--seed", type=click.IntRange(0, 2**32), default=0, help=say(_SEED))
    @click.option(
        "--report",
        "reports",
        multiple=True,
        type=click.Path(path_type=Path, dir_okay=False),
        help=say(Text("Write a report: .html or .pdf.", "写出报告：.html 或 .pdf。")),
    )
    @common_options
    def run(
        file: Path | None, reports: tuple[Path, ...], *, as_json: bool, **given: object
    ) -> None:
        formats = {path: report_format_of(path) for path in reports}
        flags = {
            name.removeprefix("input_"): str(text)
            for name, text in given.items()
            if name.startswith("input_") and text is not None
        }
        problems: list[Problem] = []
        unit = _or_note(lambda: MoneyUnit(_whole(given["unit"]), str(given["currency"])), problems)
        task = _or_note(lambda: _task(given), problems)
        result = _or_note(
            lambda: value_by_method(
                LocalFiles(), method, flags=flags, path=file, unit=unit or NO_UNIT, task=task
            ),
            problems,
        )
        if problems or result is None:
            raise InputError(_as_flag(each, method) for each in problems)
        tables, data = beside.answer(result, given) if beside else ((), {})
        document = with_tables(method_report(result, language()), tables, language())
        for path, report_format in formats.items():
            write_whole(path, render_documents(LocalRenderer(), [document], report_format))
            tell(Text(f"Report written: {path}", f"报告已写入：{path}"))
        if as_json:
            print_json({**method_view(result, language()), **plain_value(data, language())})
        else:
            print_document(document)

    run.params[:0] = [
        *(_option(item) for item in method.fields),
        *(beside.options if beside else ()),
    ]
    return run


def _or_note(make: Callable[[], MadeT], problems: list[Problem]) -> MadeT | None:
    """Make something, or note what is wrong, so that all faults are told at once."""
    try:
        return make()
    except InputError as error:
        problems += error.problems
        return None


_DRAWS = Text("Draws in each of 16 repeats, a power of two.", "16 轮抽样中每轮的次数，为 2 的幂。")
_SEED = Text("The same seed gives the same draws.", "相同种子给出相同抽样。")


def _whole(value: object) -> int:
    return int(str(value))


def _task(given: Mapping[str, object]) -> UncertaintyTask:
    below = given["below"]
    return UncertaintyTask(
        dependence=Dependence(str(given["dependence"])),
        draws=_whole(given["draws"]),
        seed=_whole(given["seed"]),
        thresholds=tuple(below) if isinstance(below, tuple) else (),
    )


def _as_flag(problem: Problem, method: Method) -> Problem:
    """Name the flag of a fault that stands in no file."""
    if problem.file is not None or problem.field.startswith("--"):
        return problem
    if problem.field in {"", "uncertainty"}:  # of all inputs together
        return replace(problem, field="")
    name, *rest = problem.field.replace("[", ".[").split(".")
    known = {item.name for item in method.fields}
    flag = _flag(name) if name in known else f"--{name.replace('_', '-')}"
    field = flag + "".join(part if part.startswith("[") else f".{part}" for part in rest)
    return Problem(field=field, found=problem.found, allowed=problem.allowed)
