"""An R&D project whose cost and cash are both uncertain, and which can be given up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, final

import numpy as np

from ipfinance.basics import (
    Citation,
    Explanation,
    FindingKind,
    Problem,
    Quantity,
    Severity,
    Text,
    Value,
    check_declared,
    named_node,
    node,
)
from ipfinance.numerics import ProjectValue as SimulatedProject
from ipfinance.numerics import ResearchProject, project_value
from ipfinance.valuation._exchange import Correlation
from ipfinance.valuation._families import DEFAULT_PATHS, DEFAULT_SEED, Seed, path_count
from ipfinance.valuation._flows import refuse
from ipfinance.valuation._option_terms import (
    RisklessRate,
    amount,
    right_outcome,
    volatility_of,
    yield_of,
)
from ipfinance.valuation._registry import Approach, Law, LawKind, Method
from ipfinance.valuation._terms import choice
from ipfinance.valuation._valuation import Outcome

MOST_PERIODS = 1000
RULE_PATHS, RULE_CELLS, FEWEST_RULE_PATHS = 20_000, 4_000_000, 2_000


class FirstOutlay(StrEnum):
    """Whether the outlay of the first period, which is spent at once, is charged."""

    PAID = "paid"
    NOT_PAID = "not_paid"


class Abandonment(StrEnum):
    """Whether the project can be given up."""

    ALLOWED = "allowed"
    NEVER = "never"


FIRST_OUTLAY_NAMES = {
    FirstOutlay.PAID: Text("charged", "计入"),
    FirstOutlay.NOT_PAID: Text("not charged: already spent", "不计入：视为已支出"),
}
ABANDONMENT_NAMES = {
    Abandonment.ALLOWED: Text("at the beginning of each later period", "其后每期期初可放弃"),
    Abandonment.NEVER: Text("never", "不可放弃"),
}
OUTLAY_CONVENTION = FindingKind(
    code="first_outlay_convention",
    severity=Severity.WARNING,
    text=Text(
        "The first period's outlay of {outlay:.6g} is {chosen}: with it the project is worth "
        "{paid:.6g}, without it {not_paid:.6g}. Published figures differ by this convention.",
        "首期支出 {outlay:.6g}：{chosen}；计入时项目价值 {paid:.6g}，不计入时 {not_paid:.6g}。"
        "已发表数值因该口径而异。",
    ),
)
PROJECT_ERROR = FindingKind(
    code="project_standard_error",
    severity=Severity.NOTE,
    text=Text(
        "Standard error {error:.3g} on {paths:,} fresh paths; without controls {plain_error:.3g}. "
        "On the paths that chose the rules the value is {inside:.6g}.",
        "{paths:,} 条新路径的标准误 {error:.3g}；不用控制变量为 {plain_error:.3g}。"
        "选择规则所用路径上的价值为 {inside:.6g}。",
    ),
)
STOPPING_ADDS = FindingKind(
    code="value_of_abandonment",
    severity=Severity.NOTE,
    text=Text(
        "Carried through whatever happens the project is worth {never:.6g}; being able to give it "
        "up adds {adds:.6g}.",
        "若始终不放弃，项目价值 {never:.6g}；可放弃的权利增加 {adds:.6g}。",
    ),
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ResearchProjectInputs:
    """What an R&D project asks for."""

    cost: Annotated[
        float,
        amount(
            Text("expected cost to completion", "预期完成成本"),
            Text("remaining, today", "当前剩余"),
            "K",
        ),
    ]
    outlay_rate: Annotated[
        float,
        amount(
            Text("outlay a year", "年投入"),
            Text("spent a year while any cost is left", "未完成期间每年投入"),
            "I",
        ),
    ]
    cost_volatility: Annotated[
        float,
        Quantity(
            name=Text("volatility of the cost", "成本波动率"),
            meaning=Text("of the cost to completion, per root of outlay", "完成成本的技术不确定性"),
            symbol="σ_K",
            low=0.0,
            high=5.0,
        ),
    ]
    cash: Annotated[
        float,
        amount(
            Text("cash flow a year", "年现金流"),
            Text(
                "what the product would earn a year if it were there today",
                "若产品现已完成的年现金流",
            ),
            "C",
        ),
    ]
    growth: Annotated[
        float,
        yield_of(Text("growth of the cash flow", "现金流增长率"), Text("expected", "预期"), "μ"),
    ]
    risk_premium: Annotated[
        float,
        yield_of(
            Text("risk premium", "风险溢价"),
            Text("taken off the growth for pricing", "定价时自增长率中扣除"),
            "η",
        ),
    ]
    cash_volatility: Annotated[
        float,
        volatility_of(
            Text("volatility of the cash flow", "现金流波动率"),
            Text("of its yearly log change", "年对数变动标准差"),
            "σ_C",
        ),
    ]
    correlation: Correlation
    rate: RisklessRate
    failure_rate: Annotated[
        float,
        Quantity(
            name=Text("rate of failure", "失败率"),
            meaning=Text("yearly, before completion only", "年失败率，仅完成前适用"),
            symbol="λ",
            unit="1/year",
            low=0.0,
            high=20.0,
        ),
    ]
    horizon: Annotated[
        float,
        Quantity(
            name=Text("horizon", "期限"),
            meaning=Text("of protection; unfinished then is worth 0", "保护期；期末未完成则为 0"),
            symbol="T",
            unit="year",
            low=0.0,
            low_open=True,
            high=200.0,
        ),
    ]
    terminal_multiple: Annotated[
        float,
        Quantity(
            name=Text("terminal multiple", "期末倍数"),
            meaning=Text("value at the horizon, in years of cash", "期末价值相当于年现金流倍数"),
            symbol="M",
            unit="year",
            low=0.0,
            high=1000.0,
        ),
    ]
    first_outlay: Annotated[
        FirstOutlay,
        choice(
            Text("first outlay", "首期支出"),
            Text("whether the first period's outlay is charged", "是否计入首期支出"),
        ),
    ]
    step_time: Annotated[
        float,
        Quantity(
            name=Text("length of a period", "每期长度"),
            meaning=Text("between decisions; divides the horizon", "决策间隔，须整除期限"),
            symbol="Δt",
            unit="year",
            low=0.0,
            low_open=True,
            high=10.0,
        ),
    ] = 0.25
    abandonment: Annotated[
        Abandonment,
        choice(Text("abandonment", "放弃权"), Text("allowed or never", "可放弃或不可放弃")),
    ] = Abandonment.ALLOWED
    paths: Annotated[int, path_count(Text("that are averaged", "用于平均的路径数"))] = DEFAULT_PATHS
    seed: Seed = DEFAULT_SEED

    def __post_init__(self) -> None:
        check_declared(self)
        problems = []
        periods = self.horizon / self.step_time
        if abs(periods - round(periods)) > 1e-9 * periods or not 1 < periods <= MOST_PERIODS:
            allowed = Text(
                f"expected a length that divides the horizon into 2 to {MOST_PERIODS} periods",
                f"应整除期限，且期数为 2 至 {MOST_PERIODS}",
            )
            problems.append(Problem(field="step_time", found=self.step_time, allowed=allowed))
        refuse(problems)


_DRIVERS = (
    *("cost", "outlay_rate", "cost_volatility", "cash", "cash_drift", "cash_volatility"),
    *("correlation", "rate", "failure_rate", "horizon", "step_time", "terminal_multiple"),
)


def research_project(inputs: ResearchProjectInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Value an R&D project with an uncertain cost and uncertain cash.

    Notes
    -----
    While a cost K is left, the full outlay is spent in each period:
    :math:`K' = \max(K - I\Delta t + \sigma_K\sqrt{IK\Delta t}\,\varepsilon, 0)`; the cash rate is
    lognormal with growth :math:`\mu - \eta` for pricing. Failure at rate λ ends the project before
    completion only. A completed product is worth :math:`C a_i`,
    :math:`a_i = \Delta t + e^{(\mu-\eta-r)\Delta t}a_{i+1}`, :math:`a_N = M`; a project
    unfinished at the horizon is worth 0. It can be given up at the beginning of every period but
    the first. Decisions come from a regression on other paths; martingale controls whose mean is
    known exactly take most of the noise away.

    References
    ----------
    :cite:cts:`schwartz_2004`; :cite:cts:`longstaff_schwartz_2001`.
    """
    known = dict(given)
    known["cash_drift"] = node(
        Text("growth for pricing", "定价增长率"),
        _less,
        known["growth"],
        known["risk_premium"],
        formula="μ − η",
        unit="1/year",
        symbol="μ*",
    )
    drivers = {name: known[name] for name in _DRIVERS}
    going = named_node(
        Text("value without the first outlay", "未计首期支出的价值"),
        _going_value,
        {**drivers, **{name: known[name] for name in ("abandonment", "paths", "seed")}},
        formula="mean over fresh paths of what is received less what is spent",
        unit="currency",
        symbol="F₊",
        citation=Citation("schwartz_2004"),
    )
    outlay = node(
        Text("outlay of the first period", "首期支出"),
        _product,
        known["outlay_rate"],
        known["step_time"],
        formula="I Δt",
        unit="currency",
        symbol="I₁",
    )
    value = node(
        Text("value of the project", "项目价值"),
        _charged,
        going,
        outlay,
        known["first_outlay"],
        formula="F₊ − I₁ if charged",
        unit="currency",
        symbol="F",
    )
    plain = {name: child.number for name, child in drivers.items()}
    found = _simulated(
        **plain, abandonment=inputs.abandonment, paths=inputs.paths, seed=inputs.seed
    )
    never = _simulated(
        **plain, abandonment=Abandonment.NEVER, paths=inputs.paths, seed=inputs.seed
    ).value
    return _told(inputs, value, found, never.value, outlay.number)


def _told(
    inputs: ResearchProjectInputs,
    value: Explanation,
    found: SimulatedProject,
    never: float,
    outlay: float,
) -> Outcome:
    charged = outlay if inputs.first_outlay is FirstOutlay.PAID else 0.0
    error = found.value.standard_error
    findings = [
        OUTLAY_CONVENTION.finding(
            where="first_outlay",
            outlay=outlay,
            chosen=FIRST_OUTLAY_NAMES[inputs.first_outlay],
            paid=found.value.value - outlay,
            not_paid=found.value.value,
        ),
        PROJECT_ERROR.finding(
            error=error,
            paths=found.paths,
            plain_error=found.uncontrolled.standard_error,
            inside=found.in_sample.value - charged,
        ),
    ]
    if inputs.abandonment is Abandonment.ALLOWED:
        adds = found.value.value - never
        findings.append(STOPPING_ADDS.finding(never=never - charged, adds=adds))
    return right_outcome(
        value,
        findings,
        standard_error=error,
        uncontrolled_error=found.uncontrolled.standard_error,
        first_outlay_paid=found.value.value - outlay,
        first_outlay_not_paid=found.value.value,
        never_abandon=never - charged,
        in_sample=found.in_sample.value - charged,
        uncontrolled=found.uncontrolled.value - charged,
        completed=found.completed,
        later_outlays=found.outlays,
        paths=found.paths,
        seed=inputs.seed,
    )


def _less(first: float, second: float) -> Value:
    return first - second


def _product(first: float, second: float) -> Value:
    return first * second


def _charged(going: float, outlay: float, convention: str) -> Value:
    return going - outlay if convention == FirstOutlay.PAID else going


def _going_value(**terms: Value) -> Value:
    return _simulated(**terms).value.value


@lru_cache(maxsize=8)  # the tree and what is shown beside it ask for the same run
def _simulated(
    *, abandonment: str, paths: float, seed: float, **drivers: float
) -> SimulatedProject:
    project = ResearchProject(**drivers)
    most = max(FEWEST_RULE_PATHS, min(RULE_PATHS, RULE_CELLS // project.dates))
    return project_value(
        project,
        may_stop=abandonment == Abandonment.ALLOWED,
        paths=round(paths),
        rng=np.random.default_rng(round(seed)),
        rule_paths=most,
    )


OPTION_PROJECT = Method(
    id="option_project",
    name=Text("R&D project", "研发项目"),
    summary=Text(
        "A project with an uncertain cost and uncertain cash that can be given up, by simulation "
        "over both.",
        "成本与现金流均不确定、可放弃的研发项目，对两因素模拟。",
    ),
    approach=Approach.OPTION,
    inputs=ResearchProjectInputs,
    compute=research_project,
    citations=(Citation("schwartz_2004"), Citation("longstaff_schwartz_2001")),
    validity=Text(
        "Outlay at the full rate until completion; decisions at the beginning of periods; a "
        "project unfinished at the horizon is worth nothing.",
        "完成前按最高速率投入；各期期初决策；期末未完成则无价值。",
    ),
    effective_from=date(2004, 1, 1),
    laws=(
        Law(LawKind.RISES, ("cash",)),
        Law(LawKind.FALLS, ("failure_rate",)),
        Law(LawKind.RISES, ("terminal_multiple",)),
    ),
)
