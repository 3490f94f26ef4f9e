"""`ipfinance option`: value one option by one model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import click
import numpy as np
from typing_extensions import override

from ipfinance.basics import DeclaredField, Failure, InputError, Problem, Text
from ipfinance.cli._groups import LazyGroup
from ipfinance.cli._words import common_options, language, print_document, print_json, say
from ipfinance.cli.method import Beside, method_command
from ipfinance.reports import (
    convergence_report,
    failure_view,
    option_report,
    option_view,
    plain_value,
    sweep_report,
    with_tables,
)
from ipfinance.valuation import (
    METHODS,
    OPTION_MODELS,
    RIGHTS,
    RISK_LATTICE,
    CaseResult,
    Method,
    Schedule,
    convergence,
    implied_inputs,
    implied_table,
    price_option,
    sensitivities,
    sensitivity_table,
    sensitivity_view,
    sweep_option,
)

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

    Other rights have commands of their own, with --greeks for sensitivities and --price for the
    volatility and the hazard that a price implies; `converge` compares the families of methods.

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

    其他权利各有子命令；--greeks 给出敏感度，--price 反推价格隐含的波动率与风险密度；`converge`
    比较各类方法的收敛。

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


class _Rights(LazyGroup):
    """One command for each real option, and the comparison of families."""

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name == "converge":
            return converge
        found = RIGHTS.get(cmd_name)
        return None if found is None else method_command(found, name=cmd_name, beside=_beside())


command = _Rights(
    name="option",
    help_text=HELP,
    package="ipfinance.cli",
    commands={
        **{name: method.name for name, method in RIGHTS.items()},
        "converge": Text("the families side by side", "各类方法比较"),
    },
)
command.invoke_without_command = True


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
@click.pass_context
def _without_name(
    context: click.Context, /, model: str, sweep: str | None, *, as_json: bool, **terms: object
) -> None:
    """Value one option, or follow it over a range of hazards."""
    greeks, price = terms.pop("greeks"), terms.pop("price")
    if context.invoked_subcommand is not None:
        given = [name for name, value in terms.items() if value is not None]
        if given or sweep or as_json or greeks or price is not None:
            text = Text(
                f"flags belong after the name: ipfinance option {context.invoked_subcommand} --…",
                f"选项应写在子命令之后：ipfinance option {context.invoked_subcommand} --…",
            )
            raise click.UsageError(say(text))
        return
    try:
        if sweep is None:
            _one(model, terms, as_json=as_json, greeks=bool(greeks), price=price)
        else:
            _swept(model, terms, _hazards(sweep), as_json=as_json)
    except InputError as error:
        raise InputError(_as_flag(problem) for problem in error.problems) from error


def _beside() -> Beside:
    return Beside(_asked_options(), _answer)


def _asked_options() -> list[click.Option]:
    greeks = Text("Show how the value moves with each input.", "显示价值对各输入的敏感度。")
    price = Text(
        "Find the volatility and the hazard at which it is worth this.",
        "求使价值等于该价格的波动率与风险密度。",
    )
    return [
        click.Option(["--greeks"], is_flag=True, help=say(greeks)),
        click.Option(["--price"], type=float, help=say(price)),
    ]


def _answer(
    result: CaseResult, given: Mapping[str, object]
) -> tuple[list[Schedule], dict[str, object]]:
    valuation = result.conclusion
    price = given["price"]
    return _asked(
        METHODS[valuation.method_id], valuation.inputs, greeks=bool(given["greeks"]), price=price
    )


def _asked(
    method: Method, inputs: object, *, greeks: bool, price: object
) -> tuple[list[Schedule], dict[str, object]]:
    """Return the sensitivities and the implied inputs that were asked for."""
    tables: list[Schedule] = []
    data: dict[str, object] = {}
    if greeks:
        found = sensitivities(method, inputs)
        tables.append(sensitivity_table(found))
        data["greeks"] = sensitivity_view(found)
    if isinstance(price, float):
        implied = implied_inputs(method, inputs, price)
        tables.append(implied_table(implied))
        data["implied"] = {each.field: each for each in implied}
    return tables, data


def _one(
    model: str, terms: dict[str, object], *, as_json: bool, greeks: bool, price: object
) -> None:
    valuation = price_option(model, terms)
    tables, data = _asked(OPTION_MODELS[model], valuation.inputs, greeks=greeks, price=price)
    if as_json:
        plain = plain_value(data, language())
        print_json({**option_view(valuation, language()), "model": model, **plain})
    else:
        print_document(with_tables(option_report(valuation, language()), tables, language()))


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


command.callback = _without_name
command.params = [
    *(_option(item) for item in RISK_LATTICE.fields),
    *_asked_options(),
    *reversed(getattr(_without_name, "__click_params__", [])),
]


@click.command(
    "converge",
    help=say(
        Text(
            """Value one option by every family at growing sizes.

            Trinomial lattice, binomial tree, finite differences and simulation, beside the value
            without any grid: the closed form, or the integral equation of the exercise boundary.
            """,
            """以各类方法、逐步增大规模评估同一期权：三叉格点、二叉树、有限差分与模拟，
            并与无网格的精确值（解析公式或行权边界积分方程）比较。
            """,
        )
    ),
)
@common_options
def converge(*, as_json: bool, **terms: object) -> None:
    """Show how the families of methods converge."""
    try:
        inputs = price_option("lattice", terms).inputs
    except InputError as error:
        raise InputError(_as_flag(problem) for problem in error.problems) from error
    found = convergence(inputs)  # type: ignore[arg-type]
    if as_json:
        print_json(plain_value(found, language()))
    else:
        print_document(convergence_report(found, language()))


converge.params[:0] = [_option(item) for item in RISK_LATTICE.fields if item.name != "steps"]
