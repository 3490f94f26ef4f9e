"""A patent by its characteristics: a fitted hedonic model as a method like any other."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from ipfinance.basics import (
    Citation,
    Explanation,
    Finding,
    FindingKind,
    InputError,
    Problem,
    Quantity,
    Severity,
    Text,
    Value,
    check_declared,
    node,
)
from ipfinance.numerics import exp
from ipfinance.valuation._registry import Approach, Law, LawKind, Method
from ipfinance.valuation._valuation import Outcome

MODEL_OF_LISTED_OWNERS = FindingKind(
    code="hedonic_model_of_listed_owners",
    severity=Severity.WARNING,
    text=Text(
        "The value is the mean that a model of other patents predicts; the interval of the model's "
        "own prediction is wide and must be shown beside it. Transfer factor: {factor:g}.",
        "价值为模型对同类专利的预测均值；模型预测区间较宽，须一并列示。调整系数：{factor:g}。",
    ),
)
LARGEST_EXPONENT = 700.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HedonicInputs:
    """What the hedonic method asks for; `ipfinance evidence hedonic predict --json` prints it."""

    coefficients: Annotated[
        tuple[float, ...],
        Quantity(
            name=Text("coefficients", "系数"),
            meaning=Text(
                "of the model of ln value, in the order of the features",
                "ln 价值模型的系数，与特征顺序一致",
            ),
            symbol="h",
        ),
    ]
    features: Annotated[
        tuple[float, ...],
        Quantity(
            name=Text("features", "特征"),
            meaning=Text(
                "columns of the model for this patent, the constant included",
                "该专利在模型各列的取值，含常数项",
            ),
            symbol="z",
        ),
    ]
    smearing: Annotated[
        float,
        Quantity(
            name=Text("smearing factor", "还原系数"),
            meaning=Text("mean of the exponential of the model's residuals", "模型残差指数的均值"),
            symbol="S",
            low=0.0,
            low_open=True,
        ),
    ]
    transfer_factor: Annotated[
        float,
        Quantity(
            name=Text("transfer factor", "调整系数"),
            meaning=Text(
                "from the owners the model was fitted on to this owner",
                "由模型样本权利人向本权利人的调整",
            ),
            symbol="k",
            low=0.0,
            low_open=True,
        ),
    ] = 1.0

    def __post_init__(self) -> None:
        check_declared(self)
        if len(self.coefficients) != len(self.features):
            allowed = Text(
                f"expected {len(self.coefficients)} features, one for each coefficient",
                f"应有 {len(self.coefficients)} 个特征，与系数一一对应",
            )
            raise InputError([Problem(field="features", found=len(self.features), allowed=allowed)])
        exponent = predicted_log(self.coefficients, self.features)
        if abs(exponent) > LARGEST_EXPONENT:
            raise InputError([Problem(field="features", found=exponent, allowed=_TOO_FAR)])


def predicted_log(coefficients: tuple[float, ...], features: tuple[float, ...]) -> float:
    """Return the sum of coefficients times features."""
    return math.fsum(h * z for h, z in zip(coefficients, features, strict=True))


def _log(coefficients: Value, features: Value) -> Value:
    if not isinstance(coefficients, tuple) or not isinstance(features, tuple):
        raise TypeError
    total: Value = sum(h * z for h, z in zip(coefficients, features, strict=True))  # type: ignore[operator, misc]
    return total


def _compute(inputs: HedonicInputs, leaves: Mapping[str, Explanation]) -> Outcome:
    centre = node(
        Text("predicted ln value", "预测的 ln 价值"),
        _log,
        leaves["coefficients"],
        leaves["features"],
        formula="h·z",
        symbol="ln v",
    )
    median = node(
        Text("median value", "价值中位数"),
        exp,
        centre,
        formula="exp(ln v)",
        unit="currency",
        symbol="m",
    )
    value = node(
        Text("mean value", "价值均值"),
        _scaled,
        median,
        leaves["smearing"],
        leaves["transfer_factor"],
        formula="m·S·k",
        unit="currency",
        symbol="v",
    )
    findings: tuple[Finding, ...] = (MODEL_OF_LISTED_OWNERS.finding(factor=inputs.transfer_factor),)
    return Outcome(explanation=value, findings=findings)


def _scaled(median: Value, smearing: Value, factor: Value) -> Value:
    found: Value = median * smearing * factor  # type: ignore[operator]
    return found


HEDONIC = Method(
    id="hedonic",
    name=Text("hedonic model", "特征价格法"),
    summary=Text(
        "A model of ln value on the characteristics of patents with known values predicts the "
        "value of this one; the mean takes Duan's smearing factor.",
        "以价值已知的专利拟合 ln 价值对特征的模型，预测本专利价值；均值按 Duan 还原系数调整。",
    ),
    approach=Approach.MARKET,
    inputs=HedonicInputs,
    compute=_compute,
    citations=(Citation("duan_1983"), Citation("long_yi_lin_2018")),
    validity=Text(
        "Characteristics within the range of the patents the model was fitted on, and a date "
        "within its period.",
        "特征处于模型样本范围之内，且基准日在模型期间之内。",
    ),
    effective_from=date(1983, 1, 1),
    laws=(
        Law(LawKind.RISES, ("smearing",)),
        Law(LawKind.RISES, ("transfer_factor",)),
    ),
)

_TOO_FAR = Text(
    "the predicted ln value lies beyond any amount of money; look at the features",
    "预测的 ln 价值超出任何金额，请检查特征",
)
