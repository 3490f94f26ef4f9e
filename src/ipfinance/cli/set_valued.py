"""`ipfinance set-valued`: scores from experts' intervals."""

from __future__ import annotations

import math
from pathlib import Path

import click

from ipfinance.app import survey_file
from ipfinance.basics import InputError, Interval, Problem, Text
from ipfinance.bootstrap import LocalFiles
from ipfinance.cli._words import common_options, language, print_document, print_json, say
from ipfinance.judgement import SetValuedForm
from ipfinance.reports import survey_report, survey_view

HELP = Text(
    """Turn the experts' intervals in FILE into a mean, a dispersion and a confidence each.

    FILE is a CSV table with the columns indicator, expert, low, high and optionally round, reason
    and polarity (1 when high is good, -1 when high is bad). Both forms are computed: the published
    one, which weighs an expert by the width of the answer, and one that counts each expert once.
    Below the threshold the answer says who is asked to revise, and why.

    \b
    Examples:
      ipfinance set-valued answers.csv
      ipfinance set-valued answers.csv --scale 0:100 --json
    """,
    """将 FILE 中的专家区间转换为均值、离散度与置信度。

    FILE 为 CSV 表，列为 indicator、expert、low、high，可另加 round、reason 与 polarity
    （1 表示越高越好，-1 表示越高越差）。同时给出两种形式：按区间宽度加权的原文形式，
    以及每位专家等权的形式。低于阈值时说明应请谁修订及原因。

    \b
    示例：
      ipfinance set-valued answers.csv
      ipfinance set-valued answers.csv --scale 0:100 --json
    """,
)


@click.command("set-valued", help=say(HELP))
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--scale",
    metavar="LO:HI",
    default="0:1",
    show_default=True,
    help=say(
        Text("Ends of the scale of the answers; mapped to [0, 1].", "回答的量程，映射到 [0, 1]。")
    ),
)
@click.option(
    "--form",
    type=click.Choice([str(each) for each in SetValuedForm]),
    default=str(SetValuedForm.PAPER),
    show_default=True,
    help=say(Text("Which form is held against the threshold.", "与阈值比较的形式。")),
)
@click.option(
    "--threshold",
    type=float,
    help=say(
        Text("Confidence below which experts are asked to revise.", "低于该置信度时请专家修订。")
    ),
)
@common_options
def command(file: Path, scale: str, form: str, threshold: float | None, *, as_json: bool) -> None:
    """Survey one table of answers."""
    found = survey_file(
        LocalFiles(),
        file,
        scale=_scale(scale),
        form=SetValuedForm(form),
        threshold=_threshold(threshold),
    )
    if as_json:
        print_json(survey_view(found, language()))
    else:
        print_document(survey_report(found, file.stem, language()))


def _scale(text: str) -> Interval:
    problem = Problem(
        field="--scale",
        found=text,
        allowed=Text(
            "expected LO:HI with LO < HI, such as 0:100", "应为 LO:HI 且 LO < HI，如 0:100"
        ),
    )
    low, separator, high = text.partition(":")
    try:
        ends = float(low), float(high)
    except ValueError as error:
        raise InputError([problem]) from error
    if not separator or not all(map(math.isfinite, ends)) or ends[0] >= ends[1]:
        raise InputError([problem])
    return Interval(*ends)


def _threshold(value: float | None) -> float | None:
    if value is not None and not 0 < value <= 1:
        allowed = Text("expected a number above 0 and at most 1", "应为大于 0 且不大于 1 的数")
        raise InputError([Problem(field="--threshold", found=value, allowed=allowed)])
    return value
