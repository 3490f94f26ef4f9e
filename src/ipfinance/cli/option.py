"""`ipfinance option`: value one option by one model."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Any

import click
import numpy as np
from typing_extensions import override

from ipfinance.basics import DeclaredField, Failure, InputError, Problem, Text
from ipfinance.cli._words import common_options, language, print_document, print_json, say
from ipfinance.reports import failure_view, option_report, option_view, sweep_report
from ipfinance.valuation import OPTION_MODELS, RISK_LATTICE, price_option, sweep_option

FLAGS = {"yield_rate": "yield"}
SWEEP_PARTS = 3
MOST_SWEEP_POINTS = 1000
HELP = Text(
    """Value an option on an asset that can become worthless.

    The hazard is the yearly rate of the event that ends the right (invalidation, a substitute, a
    ban). Say with --hazard-kind whether the value of the asset already bears it (traded, a market
    price) or not (unpriced, an appraisal whose forecast left it out): the answer turns on it.

    \b
    Models:
      lattice      the default: survival-conditional trinomial lattice, probabilities always valid
      closed-form  the European value in closed form
      integral     the American value by the integral equation of its exercise boundary
      zhou2022     replication of a published tree; not a valuation

    \b
    Examples:
      ipfinance option --spot 3.7 --strike 3.7 --rate 0.2326 --volatility 0.2938 --maturity 2
      ipfinance option --spot 100 --strike 90 --rate 0.04 --volatility 0.35 --maturity 20 \\
          --yield 0.05 --hazard 0.05 --hazard-kind unpriced --exercise american
      ipfinance option --model zhou2022 --spot 3.7 --strike 3.7 --rate 0.2326 \\
          --volatility 0.2938 --maturity 2 --steps 5 --hazard 0.1611
      ipfinance option ... --hazard-kind traded --sweep 0:0.25:26
    """,
    """评估标的资产可能归零的期权。

    风险密度是使权利终止的事件（无效、替代、禁令）的年发生率。请用 --hazard-kind 说明资产价值是否
    已含该风险：traded（市场价格，已含）或 unpriced（评估值，预测未含）；结果取决于此。

    \b
    模型：
      lattice      默认：存续条件三叉格点，概率始终有效
      closed-form  欧式解析公式
      integral     美式，行权边界积分方程
      zhou2022     复现已发表的三叉树，并非估值

    \b
    示例：
      ipfinance option --spot 3.7 --strike 3.7 --rate 0.2326 --volatility 0.2938 --maturity 2
      ipfinance option --model zhou2022 --spot 3.7 --strike 3.7 --rate 0.2326 \\
          --volatility 0.2938 --maturity 2 --steps 5 --hazard 0.1611
      ipfinance option ... --hazard-kind traded --sweep 0:0.25:26
    """,
)


class _Number(click.ParamType[object]):
    """A number; what is none is passed on, so that all faults are told at once."""

    name = "number"

    @override
    def convert(
        self,
        value: Any,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> object:
        """Return a float, or the text that is none."""
        try:
            return float(value)
        except ValueError:
            return value


def _option(item: DeclaredField) -> click.Option:
    flag = FLAGS.get(item.name, item.name.replace("_", "-"))
    quantity = item.quantity
    meaning = f"{say(quantity.name)}: {say(quantity.meaning)}"
    kind: Any = _Number()
    if isinstance(item.core_type, type) and issubclass(item.core_type, StrEnum):
        kind = click.Choice([str(each) for each in item.core_type])
    default = "" if item.required or item.default is None else f" [{_shown(item.default)}]"
    return click.Option([f"--{flag}", item.name], type=kind, help=meaning + default)


def _shown(default: object) -> str:
    return f"{default:.6g}" if isinstance(default, float) else str(default)


@click.command("option", help=say(HELP))
@click.option(
    "--model",
    type=click.Choice(list(OPTION_MODELS)),
    default="lattice",
    show_default=True,
    help=say(Text("The model, see above.", "模型，见上。")),
)
@click.option(
    "--sweep",
    metavar="LO:HI:N",
    help=say(Text("Value at N hazards from LO to HI.", "在 LO 至 HI 的 N 个风险密度上评估。")),
)
@common_options
def command(model: str, sweep: str | None, *, as_json: bool, **terms: object) -> None:
    """Value one option, or follow it over a range of hazards."""
    try:
        if sweep is None:
            _one(model, terms, as_json=as_json)
        else:
            _swept(model, terms, _hazards(sweep), as_json=as_json)
    except InputError as error:
        raise InputError(_as_flag(problem) for problem in error.problems) from error


command.params[1:1] = [_option(item) for item in RISK_LATTICE.fields]


def _one(model: str, terms: dict[str, object], *, as_json: bool) -> None:
    valuation = price_option(model, terms)
    if as_json:
        print_json({**option_view(valuation, language()), "model": model})
    else:
        print_document(option_report(valuation, language()))


def _swept(model: str, terms: dict[str, object], hazards: list[float], *, as_json: bool) -> None:
    results = sweep_option(model, terms, hazards)
    if as_json:
        rows = [
            {
                "hazard": hazard,
                **(
                    failure_view(found)
                    if isinstance(found, Failure)
                    else {
                        "value": found.number,
                        "valid": found.details.get("valid", True),
                        "probabilities": found.details.get("probabilities"),
                    }
                ),
            }
            for hazard, found in zip(hazards, results, strict=True)
        ]
        print_json({"model": model, "rows": rows})
    else:
        title = OPTION_MODELS[model].name
        print_document(sweep_report(hazards, results, title, language()))


def _hazards(sweep: str) -> list[float]:
    parts = sweep.split(":")
    problem = Problem(
        field="--sweep",
        found=sweep,
        allowed=Text(
            f"expected LO:HI:N with 0 ≤ LO < HI and 2 ≤ N ≤ {MOST_SWEEP_POINTS}",
            f"应为 LO:HI:N，其中 0 ≤ LO < HI，2 ≤ N ≤ {MOST_SWEEP_POINTS}",
        ),
    )
    if len(parts) != SWEEP_PARTS or not parts[2].isdigit():
        raise InputError([problem])
    try:
        low, high, count = float(parts[0]), float(parts[1]), int(parts[2])
    except ValueError as error:
        raise InputError([problem]) from error
    enough = 2
    if not (0 <= low < high and math.isfinite(high) and enough <= count <= MOST_SWEEP_POINTS):
        raise InputError([problem])
    return [float(hazard) for hazard in np.linspace(low, high, count)]


def _as_flag(problem: Problem) -> Problem:
    if problem.field.startswith("--"):
        return problem
    flag = FLAGS.get(problem.field, problem.field.replace("_", "-"))
    return Problem(field=f"--{flag}", found=problem.found, allowed=problem.allowed)
