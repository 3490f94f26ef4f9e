"""Income before there is any: stages that may fail, milestones, and rounds of finance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from ipfinance.basics import (
    Citation,
    Explanation,
    FindingKind,
    Problem,
    Quantity,
    Severity,
    Text,
    Uncertain,
    check_declared,
    node,
)
from ipfinance.numerics import larger
from ipfinance.valuation._flows import (
    finished,
    multiplied,
    refuse,
    subscript,
    subtracted,
    summed,
)
from ipfinance.valuation._registry import Approach, Law, LawKind, Method, members, middle_of
from ipfinance.valuation._terms import (
    DiscountRate,
    amount,
    choice,
    cost,
    not_empty,
    rate,
    share,
    years,
)
from ipfinance.valuation._valuation import Outcome, Schedule

GATE_BELOW_NOTHING = FindingKind(
    code="gate_not_worth_passing",
    severity=Severity.WARNING,
    text=Text(
        "At the gate before {stage} the project is worth {value:.4f} after its cost: an owner who "
        "may stop there would.",
        "在 {stage} 之前的关口，扣除成本后项目价值为 {value:.4f}：可在此终止的权利人会终止。",
    ),
)
REFINANCING_GAP = FindingKind(
    code="refinancing_gap",
    severity=Severity.WARNING,
    text=Text(
        "In round {round} the new loan falls short of the old one by {gap:.4f}: the loop of "
        "finance, research and refinance breaks there.",
        "第 {round} 轮新贷款不足以偿还旧贷款，缺口 {gap:.4f}：融资—研发—再融资循环在此中断。",
    ),
)
STRESSED_GAP = FindingKind(
    code="stressed_refinancing_gap",
    severity=Severity.WARNING,
    text=Text(
        "A fall of {shock:.0%} in value in round {round} would leave a gap of {gap:.4f}; the loop "
        "bears a fall of at most {most:.1%} there.",
        "第 {round} 轮价值下跌 {shock:.0%} 将产生缺口 {gap:.4f}；该轮最多可承受下跌 {most:.1%}。",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A stage that must succeed before the next one starts."""

    name: Annotated[str, choice(Text("name", "名称"), Text("what is done", "阶段内容"))]
    cost: Annotated[
        Uncertain,
        cost(Text("cost", "成本"), Text("paid at the start of the stage", "阶段开始时支付"), "c"),
    ]
    time: Annotated[
        float,
        years(
            Text("start", "开始时点"), Text("years from the valuation date", "距基准日年数"), "t"
        ),
    ]
    success: Annotated[
        Uncertain,
        share(
            Text("probability of success", "成功概率"),
            Text(
                "of this stage, given that the earlier ones succeeded",
                "前序阶段成功条件下的成功概率",
            ),
            "p",
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedIncomeInputs:
    """What the risk-adjusted value of a project in stages asks for."""

    stages: Annotated[
        tuple[Stage, ...],
        choice(
            Text("stage", "阶段"), Text("in order, each with its cost and chance", "按顺序列出")
        ),
    ]
    launch_value: Annotated[
        Uncertain,
        amount(
            Text("value at launch", "上市时价值"),
            Text("of the income after launch, at the launch date", "上市后收益在上市日的价值"),
            "V_L",
        ),
    ]
    launch_time: Annotated[
        float,
        years(
            Text("launch", "上市时点"), Text("years from the valuation date", "距基准日年数"), "T"
        ),
    ]
    discount_rate: DiscountRate

    def __post_init__(self) -> None:
        check_declared(self)
        problems = not_empty("stages", self.stages)
        times = [stage.time for stage in self.stages]
        if times != sorted(times) or (times and times[-1] > self.launch_time):
            problems += _unordered("stages", [*times, self.launch_time])
        refuse(problems)


def _unordered(field: str, times: Sequence[float]) -> list[Any]:
    shown = ", ".join(f"{time:g}" for time in times)
    allowed = Text("expected times in ascending order", "时点应按升序排列")
    return [Problem(field=field, found=shown, allowed=allowed)]


def staged_income(inputs: StagedIncomeInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Value a project whose stages may fail, each cost paid only when it is reached.

    Notes
    -----
    .. math:: V = \frac{V_L \prod_i p_i}{(1+r)^T}
              - \sum_i \frac{c_i \prod_{j<i} p_j}{(1+r)^{t_i}}

    The rate bears no risk of failure: the probabilities do.

    References
    ----------
    :cite:cts:`reilly_2013`.
    """
    stages = [members(tree) for tree in given["stages"].children]
    reached: list[Explanation] = []
    paid: list[Explanation] = []
    for place, parts in enumerate(stages):
        before = [earlier["success"] for earlier in stages[:place]]
        reached.append(_chance(before, place))
        paid.append(
            node(
                Text(f"expected cost of stage {place + 1}", f"第 {place + 1} 阶段预期成本"),
                _minus_discounted,
                parts["cost"],
                reached[-1],
                given["discount_rate"],
                parts["time"],
                formula=f"−c · P{subscript(place)} (1 + r)^(−t)",
                unit="currency",
                symbol=f"PV{subscript(place + 1)}",
            )
        )
    success = _chance([parts["success"] for parts in stages], len(stages))
    income = node(
        Text("expected present value of the launch", "上市价值预期现值"),
        _discounted,
        given["launch_value"],
        success,
        given["discount_rate"],
        given["launch_time"],
        formula=f"V_L · P{subscript(len(stages))} (1 + r)^(−T)",
        unit="currency",
        symbol="PV_L",
    )
    value = summed(Text("value", "价值"), [*paid, income], symbol="V")
    gates = _gates(inputs)
    findings = [
        GATE_BELOW_NOTHING.finding(where=f"stages[{place}]", stage=stage.name, value=gate)
        for place, (stage, gate) in enumerate(zip(inputs.stages, gates, strict=True))
        if gate < 0
    ]
    rows = tuple(
        (
            stage.name,
            stage.time,
            reach.number,
            middle_of(stage.success),
            middle_of(stage.cost),
            gate,
        )
        for stage, reach, gate in zip(inputs.stages, reached, gates, strict=True)
    )
    table = Schedule(
        title=Text("Stage by stage", "逐阶段"),
        columns=(
            Text("stage", "阶段"),
            Text("start", "开始时点"),
            Text("probability reached", "到达概率"),
            Text("probability of success", "成功概率"),
            Text("cost", "成本"),
            Text("value at the gate, cost paid", "关口价值（扣除成本）"),
        ),
        units=("", "year", "1", "1", "currency", "currency"),
        rows=rows,
    )
    outcome = finished(value, schedule=table, cumulative_success=success.number, gates=gates)
    return Outcome(
        explanation=outcome.explanation,
        findings=(*outcome.findings, *findings),
        details=outcome.details,
    )


def _chance(stages: Sequence[Explanation], place: int) -> Explanation:
    return node(
        Text(f"probability of passing {place} stages", f"通过前 {place} 个阶段的概率"),
        multiplied,
        *stages,
        formula="Π p",
        symbol=f"P{subscript(place)}",
    )


def _discounted(value: Any, chance: Any, discount_rate: Any, time: Any) -> Any:  # noqa: ANN401
    return value * chance * (1.0 + discount_rate) ** -time


def _minus_discounted(value: Any, chance: Any, discount_rate: Any, time: Any) -> Any:  # noqa: ANN401
    return -_discounted(value, chance, discount_rate, time)


def _gates(inputs: StagedIncomeInputs) -> tuple[float, ...]:
    """Return the value at each gate, given that it is reached, its cost already taken off."""
    base = 1.0 + middle_of(inputs.discount_rate)
    value, time = middle_of(inputs.launch_value), inputs.launch_time
    gates: list[float] = []
    for stage in reversed(inputs.stages):
        ahead = middle_of(stage.success) * value * base ** -(time - stage.time)
        value, time = ahead - middle_of(stage.cost), stage.time
        gates.append(value)
    return tuple(reversed(gates))


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A payment that falls due when something is reached."""

    amount: Annotated[
        Uncertain,
        amount(Text("amount", "金额"), Text("paid at the milestone", "达到里程碑时支付"), "M"),
    ]
    probability: Annotated[
        Uncertain,
        share(Text("probability", "概率"), Text("that it is reached", "达到的概率"), "p"),
    ]
    time: Annotated[
        float,
        years(Text("time", "时点"), Text("years from the valuation date", "距基准日年数"), "t"),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestonesInputs:
    """What the value of milestone payments asks for."""

    payments: Annotated[
        tuple[Milestone, ...],
        choice(
            Text("payment", "付款"), Text("each with its chance and time", "逐笔列出概率与时点")
        ),
    ]
    discount_rate: DiscountRate

    def __post_init__(self) -> None:
        check_declared(self)
        refuse(not_empty("payments", self.payments))


def milestones(
    inputs: MilestonesInputs,  # noqa: ARG001 - every method takes its inputs
    given: Mapping[str, Explanation],
) -> Outcome:
    r"""Value payments that fall due when milestones are reached.

    Notes
    -----
    .. math:: V = \sum_k \frac{p_k M_k}{(1+r)^{t_k}}
    """
    terms = []
    for place, tree in enumerate(given["payments"].children):
        parts = members(tree)
        terms.append(
            node(
                Text(f"present value of payment {place + 1}", f"第 {place + 1} 笔付款现值"),
                _discounted,
                parts["amount"],
                parts["probability"],
                given["discount_rate"],
                parts["time"],
                formula="M · p (1 + r)^(−t)",
                unit="currency",
                symbol=f"PV{subscript(place + 1)}",
            )
        )
    return finished(summed(Text("value", "价值"), terms, symbol="V"))


@dataclass(frozen=True, slots=True, kw_only=True)
class FinancingLoopInputs:
    """What the loop of finance, research and refinance asks for."""

    opening_value: Annotated[
        Uncertain,
        cost(
            Text("opening value", "期初价值"),
            Text("of the IP before the first round", "首轮融资前的知识产权价值"),
            "V₀",
        ),
    ]
    loan_to_value: Annotated[
        Uncertain,
        share(
            Text("loan to value", "贷款价值比"),
            Text("loan over value in each round", "各轮贷款占价值的比例"),
            "λ",
        ),
    ]
    loan_rate: Annotated[
        Uncertain,
        rate(
            Text("loan rate", "贷款利率"), Text("interest for one round", "每轮利息"), "i", low=0.0
        ),
    ]
    research_share: Annotated[
        Uncertain,
        share(
            Text("research share", "研发占比"),
            Text("part of the new money that goes into research", "新增资金中投入研发的比例"),
            "s",
        ),
    ]
    productivity: Annotated[
        Uncertain,
        Quantity(
            name=Text("research productivity", "研发产出率"),
            meaning=Text("value created by one unit of research", "单位研发投入创造的价值"),
            symbol="π",
            low=0.0,
            high=100.0,
        ),
    ]
    decay: Annotated[
        Uncertain,
        share(
            Text("decay", "价值衰减率"),
            Text("of old IP in one round", "存量知识产权每轮衰减比例"),
            "δ",
        ),
    ]
    rounds: Annotated[
        int,
        Quantity(
            name=Text("rounds", "轮数"),
            meaning=Text("of finance", "融资轮数"),
            symbol="n",
            low=1,
            high=100,
            whole=True,
        ),
    ]
    stress: Annotated[
        float,
        share(
            Text("stress", "压力"),
            Text("fall in value that is tried in each round", "各轮试算的价值跌幅"),
            "x",
        ),
    ] = 0.3

    def __post_init__(self) -> None:
        check_declared(self)


def financing_loop(inputs: FinancingLoopInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Project rounds in which IP is pledged, money goes into research, and research into IP.

    Notes
    -----
    .. math::

        L_k = \lambda V_k, \qquad V_{k+1} = (1-\delta)V_k
              + \pi s \max\bigl(L_k - (1+i)L_{k-1},\, 0\bigr)

    A round breaks when the new loan does not repay the old one with interest. The fall that a
    round bears is the one at which it just does.

    The value is what is left to the owner after the last round: value less the loan.
    """
    values, loans = [given["opening_value"]], []
    for number in range(inputs.rounds):
        loans.append(_loan(given, values[-1], number))
        values.append(_next_value(given, values[-1], loans, number))
    owed = node(
        Text("owed after the last round", "末轮后应还额"),
        _owed,
        loans[-1],
        given["loan_rate"],
        formula="L (1 + i)",
        unit="currency",
        symbol="D",
    )
    value = node(
        Text("left to the owner", "权利人剩余价值"),
        subtracted,
        values[-1],
        owed,
        formula="V − D",
        unit="currency",
        symbol="E",
    )
    interest = middle_of(inputs.loan_rate)
    rows, findings = [], []
    for number, loan in enumerate(loans):
        due = loans[number - 1].number * (1 + interest) if number else 0.0
        bears = 1 - due / loan.number if loan.number else 0.0
        rows.append(
            (float(number + 1), values[number].number, loan.number, due, loan.number - due, bears)
        )
        stressed = loan.number * (1 - inputs.stress) - due
        where = f"rounds[{number}]"
        if loan.number < due:
            findings.append(
                REFINANCING_GAP.finding(where=where, round=number + 1, gap=due - loan.number)
            )
        elif stressed < 0:
            findings.append(
                STRESSED_GAP.finding(
                    where=where, round=number + 1, shock=inputs.stress, gap=-stressed, most=bears
                )
            )
    table = Schedule(
        title=Text("Round by round", "逐轮"),
        columns=(
            Text("round", "轮次"),
            Text("value", "价值"),
            Text("loan", "贷款"),
            Text("repaid", "偿还"),
            Text("new money", "新增资金"),
            Text("fall it bears", "可承受跌幅"),
        ),
        units=("", "currency", "currency", "currency", "currency", "1"),
        rows=tuple(rows),
    )
    outcome = finished(value, schedule=table, closing_value=values[-1].number, owed=owed.number)
    return Outcome(
        explanation=outcome.explanation,
        findings=(*outcome.findings, *findings),
        details=outcome.details,
    )


def _loan(given: Mapping[str, Explanation], value: Explanation, number: int) -> Explanation:
    return node(
        Text(f"loan, round {number + 1}", f"贷款，第 {number + 1} 轮"),
        multiplied,
        given["loan_to_value"],
        value,
        formula="λ V",
        unit="currency",
        symbol=f"L{subscript(number + 1)}",
    )


def _next_value(
    given: Mapping[str, Explanation],
    value: Explanation,
    loans: Sequence[Explanation],
    number: int,
) -> Explanation:
    research = [given[name] for name in ("research_share", "productivity", "loan_rate")]
    return node(
        Text(f"value after round {number + 1}", f"第 {number + 1} 轮后价值"),
        _renewed,
        given["decay"],
        value,
        *research,
        *loans[-2:],
        formula="(1 − δ) V + π s max(L − (1 + i) L₋₁, 0)",
        unit="currency",
        symbol=f"V{subscript(number + 1)}",
    )


def _renewed(*values: Any) -> Any:  # noqa: ANN401
    decay, value, part, productivity, interest, *loans = values
    fresh = loans[-1] if len(loans) == 1 else loans[-1] - loans[0] * (1.0 + interest)
    return value * (1.0 - decay) + productivity * part * larger(fresh, 0.0)


def _owed(loan: Any, interest: Any) -> Any:  # noqa: ANN401
    return loan * (1.0 + interest)


STAGED_INCOME = Method(
    id="staged_income",
    name=Text("risk-adjusted value in stages", "分阶段风险调整净现值法"),
    summary=Text(
        "Values a project before launch: each cost and the income at launch times the chance to "
        "get there.",
        "评估上市前项目：各阶段成本与上市价值均乘以到达概率后折现。",
    ),
    approach=Approach.INCOME,
    inputs=StagedIncomeInputs,
    compute=staged_income,
    citations=(Citation("reilly_2013"),),
    validity=Text(
        "A rate without the risk of failure, which the probabilities carry.",
        "折现率不含失败风险，失败风险由概率承担。",
    ),
    effective_from=date(2013, 1, 1),
    laws=(
        Law(LawKind.RISES, ("launch_value",)),
        Law(LawKind.FALLS, ("stages.cost",)),
        Law(LawKind.SCALES, ("launch_value", "stages.cost")),
        Law(LawKind.ZERO, ("launch_value", "stages.cost")),
    ),
)
MILESTONES = Method(
    id="milestones",
    name=Text("milestone payments", "里程碑付款"),
    summary=Text(
        "Discounts payments times the chance that they fall due.", "将里程碑付款乘以概率后折现。"
    ),
    approach=Approach.INCOME,
    inputs=MilestonesInputs,
    compute=milestones,
    citations=(Citation("reilly_2013"),),
    validity=Text(
        "Probabilities as of the valuation date; a rate without the risk of failure.",
        "概率以基准日为准；折现率不含失败风险。",
    ),
    effective_from=date(2013, 1, 1),
    laws=(
        Law(LawKind.RISES, ("payments.amount",)),
        Law(LawKind.FALLS, ("discount_rate",)),
        Law(LawKind.SCALES, ("payments.amount",)),
        Law(LawKind.ZERO, ("payments.probability",)),
    ),
)
FINANCING_LOOP = Method(
    id="financing_loop",
    name=Text("loop of finance and research", "融资—研发—再融资循环"),
    summary=Text(
        "Projects rounds of pledging, research and refinance, and the fall in value that each "
        "round bears.",
        "预测质押融资、研发与再融资的多轮循环，以及各轮可承受的价值跌幅。",
    ),
    approach=Approach.INCOME,
    inputs=FinancingLoopInputs,
    compute=financing_loop,
    citations=(Citation("seed_capitalisation_2024", "financing and research loop"),),
    validity=Text(
        "Constant shares and productivity; new money goes into research only.",
        "各比例与产出率不变；新增资金只用于研发。",
    ),
    effective_from=date(2024, 7, 23),
    laws=(
        Law(LawKind.RISES, ("opening_value",)),
        Law(LawKind.RISES, ("productivity",)),
        Law(LawKind.FALLS, ("decay",)),
        Law(LawKind.FALLS, ("loan_rate",)),
        Law(LawKind.SCALES, ("opening_value",)),
    ),
)
