"""Replication of a published tree whose probabilities are mostly negative: never a valuation.

Zhou, Xu and Chen (2022) add ruin as a fourth branch of a trinomial tree. Their first moment
carries the hazard, their second does not; what is left for diffusion is ``volatility² − hazard``,
and the "optimal risk probability" they report is where a probability turns negative. The tree is
kept so that the published figures can be checked, with its probabilities and their validity.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypeAlias

import numpy as np

from ipfinance.basics import (
    Citation,
    Explanation,
    FindingKind,
    InputError,
    Interval,
    Problem,
    Quantity,
    Severity,
    Text,
    Value,
    check_declared,
    named_node,
)
from ipfinance.numerics import (
    LARGEST_EXPONENT,
    FloatArray,
    Step,
    black_scholes,
    bracketed_root,
    grid_roots,
    lognormal_moments,
    matched_step,
    roll_back,
    up_factor,
)
from ipfinance.valuation._option_terms import OptionTerms
from ipfinance.valuation._registry import Approach, Law, LawKind, Method
from ipfinance.valuation._valuation import Outcome

Curve: TypeAlias = Callable[[float], float]

REPLICATION = FindingKind(
    code="replication_not_a_valuation",
    severity=Severity.INVALID,
    text=Text(
        "Replication, not a valuation: the tree of Zhou, Xu and Chen (2022) is reproduced as "
        "published; use the risk lattice for a value. Its step probability of ruin is γΔt = "
        "{linear:.6f}; a hazard means 1 − exp(−γΔt) = {exact:.6f}, and the article equates both "
        "with N(−d₂), a third quantity.",
        "复现而非估值：此处按原文重现周衍平等（2022）的三叉树；如需价值请用风险格点法。"
        "其单步风险概率取 γΔt = {linear:.6f}；风险密度对应的应为 1 − exp(−γΔt) = {exact:.6f}，"
        "原文还将二者与第三个量 N(−d₂) 等同。",
    ),
)
NEGATIVE_PROBABILITY = FindingKind(
    code="negative_probability",
    severity=Severity.INVALID,
    text=Text(
        "The tree is not a probability law: up {up:.4f}, middle {middle:.4f}, down {down:.4f}, "
        "ruin {ruin:.4f}. With these inputs the probabilities are all valid only for a hazard "
        "{window}.",
        "该树并非概率分布：上行 {up:.4f}，不变 {middle:.4f}，下行 {down:.4f}，风险 {ruin:.4f}。"
        "在这些输入下，仅当风险密度{window}时各概率才全部有效。",
    ),
)
NO_LAW_FITS = FindingKind(
    code="no_law_has_these_moments",
    severity=Severity.INVALID,
    text=Text(
        "No probability law at all has the moments of this tree: the step probability of ruin "
        "{probability:.4f} exceeds the Cauchy–Schwarz bound {bound:.4f} (hazard {hazard:.4f}).",
        "没有任何概率分布具有该树的矩：单步风险概率 {probability:.4f} 超过柯西–施瓦茨界 "
        "{bound:.4f}（风险密度 {hazard:.4f}）。",
    ),
)
NOT_CONVERGING = FindingKind(
    code="tree_does_not_converge",
    severity=Severity.INVALID,
    text=Text(
        "Without risk the tree of {steps} steps gives {value:.4f}; the value is {closed:.4f}. "
        "Above a hazard of σ² = {variance:.4f} refining the tree diverges.",
        "无风险时 {steps} 步树给出 {value:.4f}，而真实价值为 {closed:.4f}。风险密度超过 "
        "σ² = {variance:.4f} 时，加密步数将发散。",
    ),
)
_NO_WINDOW = Text("that does not exist", "不存在的范围内")


@dataclass(frozen=True, slots=True, kw_only=True)
class Zhou2022Inputs(OptionTerms):
    """What the replicated tree asks for."""

    steps: Annotated[
        int,
        Quantity(
            name=Text("steps", "步数"),
            meaning=Text("number of steps of the tree", "树的步数"),
            symbol="n",
            low=1,
            high=2000,
            whole=True,
        ),
    ] = 5

    def __post_init__(self) -> None:
        check_declared(self)
        per_step = (2 * abs(self.rate) + self.volatility**2) * self.maturity / self.steps
        spread = self.volatility * math.sqrt(self.maturity * self.steps)
        if max(per_step, spread) > LARGEST_EXPONENT:
            allowed = Text(
                "with these inputs values leave the range of floats; shorten the maturity",
                "这些输入会使数值溢出，请缩短期限",
            )
            raise InputError([Problem(field="maturity", found=self.maturity, allowed=allowed)])
        most = self.steps / self.maturity
        if self.hazard >= most:
            allowed = Text(
                "the tree takes hazard × maturity / steps as a probability, so the hazard must "
                f"be below {most:g}",
                f"该树以 风险密度 × 期限 / 步数 为概率，故风险密度须小于 {most:g}",
            )
            raise InputError([Problem(field="hazard", found=self.hazard, allowed=allowed)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """Where the replicated tree's probabilities are valid.

    Attributes
    ----------
    window
        Hazards at which every probability lies in [0, 1]; None when there are none. [1/year]
    middle_zero, down_zero, up_zero
        Hazards at which one probability is zero. [1/year]
    cauchy_schwarz
        Largest step probability of ruin for which any law has the tree's moments. [1]
    cauchy_schwarz_hazard
        The hazard of that probability, by γΔt. [1/year]
    """

    window: Interval | None
    middle_zero: float
    down_zero: float
    up_zero: float
    cauchy_schwarz: float
    cauchy_schwarz_hazard: float


def tree_probabilities(inputs: Zhou2022Inputs) -> tuple[Step, float]:
    """Return the three probabilities and that of ruin; together they sum to 1."""
    step_time = inputs.maturity / inputs.steps
    ruin = inputs.hazard * step_time
    mean, second = lognormal_moments(inputs.rate, inputs.volatility, step_time)
    up = up_factor(inputs.volatility, step_time, 1.0)
    return matched_step(up, mean, second, 1.0 - ruin), ruin


def tree_levels(inputs: Zhou2022Inputs) -> list[FloatArray]:
    """Return the option's value at every node, root first."""
    step, _ = tree_probabilities(inputs)
    step_time = inputs.maturity / inputs.steps
    return roll_back(
        spot=inputs.spot,
        strike=inputs.strike,
        sign=1.0,
        up=up_factor(inputs.volatility, step_time, 1.0),
        step=step,
        discount=math.exp(-inputs.rate * step_time),
        steps=inputs.steps,
    )


def tree_value(inputs: Zhou2022Inputs) -> float:
    """Return the option's value at the root."""
    return float(tree_levels(inputs)[0][0])


def tree_values(inputs: Zhou2022Inputs, hazards: FloatArray) -> FloatArray:
    """Return the option's value at each hazard, shape (n,)."""
    return np.array([tree_value(_at(inputs, float(hazard))) for hazard in hazards])


def validity(inputs: Zhou2022Inputs) -> Validity:
    r"""Say where the tree is a probability law.

    Notes
    -----
    Each probability is linear in the chance of survival :math:`A = 1 - \gamma\Delta t`, so the
    zeros are exact. By Cauchy–Schwarz :math:`M^2 \le A V` for any law on the moves.
    """
    step_time = inputs.maturity / inputs.steps
    mean, second = lognormal_moments(inputs.rate, inputs.volatility, step_time)
    up = up_factor(inputs.volatility, step_time, 1.0)
    at_zero, at_one = (matched_step(up, mean, second, mass) for mass in (1.0, 0.0))
    zeros = [
        start / (start - end) / step_time if start != end else math.inf
        for start, end in zip(at_zero, at_one, strict=True)
    ]
    low, high = 0.0, 1.0 / step_time
    for start, end, zero in zip(at_zero, at_one, zeros, strict=True):
        rises = end > start
        low = max(low, zero) if rises else low
        high = high if rises else min(high, zero)
    bound = 1.0 - math.exp(-(inputs.volatility**2) * step_time)
    return Validity(
        window=Interval(low, high) if low <= high else None,
        up_zero=zeros[0],
        middle_zero=zeros[1],
        down_zero=zeros[2],
        cauchy_schwarz=bound,
        cauchy_schwarz_hazard=bound / step_time,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Landmarks:
    """Points of the published curve, for replication only.

    Attributes
    ----------
    peak_hazard, peak_value
        Where the replicated curve is highest: an artefact of negative probabilities.
    at_price
        Hazards at which asset plus option equal a price, ascending.
    option_zero, total_zero
        The first hazard at which the option, or asset plus option, is worth nothing.
    """

    peak_hazard: float
    peak_value: float
    at_price: tuple[float, ...]
    option_zero: float | None
    total_zero: float | None


def landmarks(
    inputs: Zhou2022Inputs, *, price: float | None = None, highest: float | None = None
) -> Landmarks:
    """Find the points that the article reads off its curve.

    Parameters
    ----------
    inputs
        The tree; its hazard is not used.
    price
        A price of asset plus option to be matched. [currency]
    highest
        End of the search; by default a little beyond the zero of the up probability. [1/year]
    """
    beyond = 1.25
    most = 0.999 * inputs.steps / inputs.maturity
    found = validity(inputs)
    end = min(highest or beyond * found.up_zero, most)

    def value(hazard: float) -> float:
        return tree_value(_at(inputs, hazard))

    peak = _peak(value, min(found.up_zero, end))
    zeros = grid_roots(value, peak, end) if end > peak else []
    totals = grid_roots(lambda hazard: inputs.spot + value(hazard), 0.0, end)
    return Landmarks(
        peak_hazard=peak,
        peak_value=value(peak),
        at_price=()
        if price is None
        else tuple(grid_roots(lambda hazard: inputs.spot + value(hazard) - price, peak, end)),
        option_zero=zeros[0] if zeros else None,
        total_zero=totals[0] if totals else None,
    )


def _peak(value: Curve, end: float) -> float:
    grid = np.linspace(0.0, end, 401)
    best = int(np.argmax([value(float(hazard)) for hazard in grid]))
    if best in {0, len(grid) - 1}:
        return float(grid[best])
    width = float(grid[1] - grid[0]) * 1e-3

    def slope(hazard: float) -> float:
        return (value(hazard + width) - value(hazard - width)) / (2 * width)

    return bracketed_root(slope, float(grid[best - 1]), float(grid[best + 1]))


def _at(inputs: Zhou2022Inputs, hazard: float) -> Zhou2022Inputs:
    return Zhou2022Inputs(
        spot=inputs.spot,
        strike=inputs.strike,
        rate=inputs.rate,
        volatility=inputs.volatility,
        maturity=inputs.maturity,
        hazard=hazard,
        steps=inputs.steps,
    )


def zhou2022(inputs: Zhou2022Inputs, given: Mapping[str, Explanation]) -> Outcome:
    """Reproduce the published tree and say whether it is a probability law.

    References
    ----------
    :cite:cts:`zhou_2022`, section 3.
    """
    value = named_node(
        Text("option value, replicated", "期权价值（复现）"),
        _rule,
        {item: given[item] for item in _INPUTS},
        formula="F ← exp(−rΔt) (Pu F₊ + Pm F₀ + Pd F₋ + P · 0), n ×",
        unit="currency",
        symbol="F",
        citation=Citation("zhou_2022", "section 3"),
    )
    step, ruin = tree_probabilities(inputs)
    found = validity(inputs)
    valid = min(step) >= 0
    findings = [
        REPLICATION.finding(
            linear=ruin, exact=-math.expm1(-inputs.hazard * inputs.maturity / inputs.steps)
        )
    ]
    if not valid:
        window = _NO_WINDOW if found.window is None else _window_text(found.window)
        findings.append(
            NEGATIVE_PROBABILITY.finding(
                where="hazard",
                up=step.up,
                middle=step.middle,
                down=step.down,
                ruin=ruin,
                window=window,
            )
        )
    if ruin > found.cauchy_schwarz:
        findings.append(
            NO_LAW_FITS.finding(
                where="hazard",
                probability=ruin,
                bound=found.cauchy_schwarz,
                hazard=found.cauchy_schwarz_hazard,
            )
        )
    findings.append(
        NOT_CONVERGING.finding(
            where="steps",
            steps=inputs.steps,
            value=tree_value(_at(inputs, 0.0)),
            closed=black_scholes(
                spot=inputs.spot,
                strike=inputs.strike,
                rate=inputs.rate,
                volatility=inputs.volatility,
                maturity=inputs.maturity,
            ),
            variance=inputs.volatility**2,
        )
    )
    return Outcome(
        explanation=value,
        findings=tuple(findings),
        details={
            "probabilities": {**step._asdict(), "ruin": ruin},
            "valid": valid,
            "validity": found,
            "total": inputs.spot + value.number,
            "steps": inputs.steps,
        },
    )


def _window_text(window: Interval) -> Text:
    return Text(
        f"between {window.low:.4%} and {window.high:.4%}",
        f"在 {window.low:.4%} 与 {window.high:.4%} 之间",
    )


_INPUTS = ("spot", "strike", "rate", "volatility", "maturity", "hazard", "steps")


def _rule(*, steps: float, **values: float) -> Value:
    return tree_value(Zhou2022Inputs(steps=round(steps), **values))


ZHOU2022 = Method(
    id="zhou2022",
    name=Text("risk trinomial tree of Zhou et al. (replication)", "周衍平等风险三叉树（复现）"),
    summary=Text(
        "Reproduces a published tree, with its probabilities and their validity; not a valuation.",
        "复现已发表的三叉树并给出其概率与有效性；不作为估值结果。",
    ),
    approach=Approach.OPTION,
    inputs=Zhou2022Inputs,
    compute=zhou2022,
    citations=(Citation("zhou_2022", "section 3"),),
    validity=Text(
        "None in general: the probabilities are valid only in a narrow window of hazards.",
        "一般无效：仅在很窄的风险密度范围内概率有效。",
    ),
    effective_from=date(2022, 5, 1),
    replication=True,
    laws=(Law(LawKind.SCALES, ("spot", "strike")),),
)
