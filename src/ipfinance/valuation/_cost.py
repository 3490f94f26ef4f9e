"""The cost approach: what it would take to have the asset anew, less what it has lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from ipfinance.assets import AssetKind
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
from ipfinance.valuation._flows import (
    Periods,
    added,
    after_tax,
    multiplied,
    present_values,
    refuse,
    schedule,
    series,
    summed,
)
from ipfinance.valuation._registry import Approach, Law, LawKind, Method, members, middle_of
from ipfinance.valuation._terms import (
    DiscountRate,
    FirstPeriod,
    FlowTiming,
    TaxRate,
    Timing,
    choice,
    cost,
    not_empty,
    rate,
    share,
    years,
)
from ipfinance.valuation._valuation import Outcome

IVS_COST = Citation("ivsc_ivs_2025", "IVS 210, cost approach")
REILLY = Citation("reilly_2013", "cost approach")
BOEHM = Citation("boehm_1981", "basic model")
COST_IS_A_FLOOR = FindingKind(
    code="cost_says_little_of_income",
    severity=Severity.NOTE,
    text=Text(
        "Cost says what it takes to have the asset anew, not what it will earn; lenders read it "
        "as a floor at most.",
        "成本反映重新取得资产所需的投入，不反映其未来收益；贷款人至多将其视为价值下限。",
    ),
)
NO_OBSOLESCENCE = FindingKind(
    code="no_obsolescence",
    severity=Severity.WARNING,
    text=Text(
        "No obsolescence of any kind is taken; an old design reproduced as it was rarely has none.",
        "未扣除任何贬值；按原样复原的旧技术通常存在贬值。",
    ),
)
PHYSICAL_AGE = FindingKind(
    code="newness_from_age",
    severity=Severity.NOTE,
    text=Text(
        "The rate of newness {rate:.1%} rests on economic lives; IP does not wear out physically.",
        "成新率 {rate:.1%} 以经济寿命计算；知识产权不存在实体磨损。",
    ),
)
MULTIPLIER_SIGN = FindingKind(
    code="risk_multiplier_reading",
    severity=Severity.WARNING,
    text=Text(
        "The share of failed research stands as 1 − β₂ in the denominator: each success bears the "
        "cost of the failures. Some texts print 1 + β₂, which would lower the cost to "
        "{other:.4f}.",
        "科研失败比例以 1 − β₂ 计入分母：每项成功成果分摊失败成本。部分文献印作 1 + β₂，"
        "将使成本降为 {other:.4f}。",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CostItem:
    """One cost of making the asset."""

    name: Annotated[str, choice(Text("name", "名称"), Text("what was paid for", "费用内容"))]
    cost: Annotated[
        Uncertain, cost(Text("cost", "成本"), Text("as spent or as quoted", "发生额或报价"), "C")
    ]
    index: Annotated[
        Uncertain,
        Quantity(
            name=Text("price index", "价格指数"),
            meaning=Text(
                "from the date of the cost to the valuation date",
                "自成本发生日至基准日的价格变动倍数",
            ),
            symbol="x",
            low=0.0,
            high=1000.0,
            low_open=True,
        ),
    ] = 1.0


def _loss(name: Text, meaning: Text, symbol: str) -> Quantity:
    return share(name, meaning, symbol)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetCostInputs:
    """What the cost of an asset, new and as it is, asks for."""

    items: Annotated[
        tuple[CostItem, ...],
        choice(Text("cost item", "成本项目"), Text("direct and indirect", "直接与间接成本")),
    ]
    opportunity: Annotated[
        Uncertain,
        share(
            Text("opportunity cost", "机会成本率"),
            Text(
                "return forgone while the money was bound, over the cost",
                "资金占用期间放弃的回报占成本之比",
            ),
            "o",
        ),
    ] = 0.0
    developer_profit: Annotated[
        Uncertain,
        Quantity(
            name=Text("developer's margin", "开发利润率"),
            meaning=Text(
                "profit that a developer would add to the cost", "开发者在成本上要求的利润比例"
            ),
            symbol="m",
            low=0.0,
            high=10.0,
        ),
    ] = 0.0
    physical: Annotated[
        Uncertain, _loss(Text("physical obsolescence", "实体性贬值率"), Text("wear", "磨损"), "d_p")
    ] = 0.0
    functional: Annotated[
        Uncertain,
        _loss(
            Text("functional obsolescence", "功能性贬值率"),
            Text("against the best that can be had today", "相对于当前最优方案"),
            "d_f",
        ),
    ] = 0.0
    economic: Annotated[
        Uncertain,
        _loss(
            Text("economic obsolescence", "经济性贬值率"),
            Text("from outside: market, law, competition", "外部因素：市场、法律、竞争"),
            "d_e",
        ),
    ] = 0.0
    excess_cost: Annotated[
        Uncertain,
        cost(
            Text("excess operating cost", "超额运营成本"),
            Text(
                "present value after tax, where functional loss is measured in money",
                "税后现值；功能性贬值以金额计量时给出",
            ),
            "E",
        ),
    ] = 0.0

    def __post_init__(self) -> None:
        check_declared(self)
        problems = not_empty("items", self.items)
        if middle_of(self.excess_cost) > 0 and middle_of(self.functional) > 0:
            allowed = Text(
                "give functional obsolescence as a share or as money, not both",
                "功能性贬值以比例或金额给出，不可兼有",
            )
            problems.append(Problem(field="excess_cost", found="> 0", allowed=allowed))
        refuse(problems)


def _asset_cost(given: Mapping[str, Explanation]) -> Outcome:
    trees = [members(each) for each in given["items"].children]
    trended = node(
        Text("cost at today's prices", "按现价调整的成本"),
        _trended,
        *(tree[name] for tree in trees for name in ("cost", "index")),
        formula="Σ C · x",
        unit="currency",
        symbol="C*",
    )
    new = node(
        Text("cost new", "重置成本"),
        _with_margins,
        trended,
        given["opportunity"],
        given["developer_profit"],
        formula="C* (1 + o)(1 + m)",
        unit="currency",
        symbol="N",
    )
    left = node(
        Text("share left", "保留比例"),
        _left,
        *(given[name] for name in ("physical", "functional", "economic")),
        formula="(1 − d_p)(1 − d_f)(1 − d_e)",
        symbol="k",
    )
    value = node(
        Text("value", "价值"),
        _less_excess,
        new,
        left,
        given["excess_cost"],
        formula="N · k − E",
        unit="currency",
        symbol="V",
        citation=IVS_COST,
    )
    return Outcome(
        explanation=value,
        findings=(COST_IS_A_FLOOR.finding(),),
        details={"trended": trended.number, "cost_new": new.number, "share_left": left.number},
    )


def replacement_cost(
    inputs: AssetCostInputs,  # noqa: ARG001 - every method takes its inputs
    given: Mapping[str, Explanation],
) -> Outcome:
    r"""Value an asset by what one of the same use would cost today.

    Notes
    -----
    .. math:: V = (1+o)(1+m) \sum_j C_j x_j \cdot (1-d_p)(1-d_f)(1-d_e) - E

    Rates of obsolescence work one after the other; they are never added.

    References
    ----------
    :cite:cts:`ivsc_ivs_2025`, IVS 210; :cite:cts:`reilly_2013`.
    """
    return _asset_cost(given)


def reproduction_cost(inputs: AssetCostInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Value an asset by what an exact copy would cost today.

    Notes
    -----
    As `replacement_cost`; a copy of an old design carries its functional obsolescence along.

    References
    ----------
    :cite:cts:`ivsc_ivs_2025`, IVS 210; :cite:cts:`reilly_2013`.
    """
    outcome = _asset_cost(given)
    lost = outcome.explanation.children[1].number < 1.0 or middle_of(inputs.excess_cost) > 0
    more = () if lost else (NO_OBSOLESCENCE.finding(where="functional"),)
    return Outcome(
        explanation=outcome.explanation,
        findings=(*outcome.findings, *more),
        details=outcome.details,
    )


def _trended(*pairs: Any) -> Any:  # noqa: ANN401
    return added(*(amount * index for amount, index in zip(pairs[::2], pairs[1::2], strict=True)))


def _with_margins(trended: Any, opportunity: Any, margin: Any) -> Any:  # noqa: ANN401
    return trended * (1.0 + opportunity) * (1.0 + margin)


def _left(*losses: Any) -> Any:  # noqa: ANN401
    return multiplied(*(1.0 - loss for loss in losses))


def _less_excess(new: Any, left: Any, excess: Any) -> Any:  # noqa: ANN401
    return new * left - excess


EXCESS = Quantity(
    name=Text("excess operating cost", "超额运营成本"),
    meaning=Text(
        "by year, above what the best alternative costs to run", "各年高于最优替代方案的运营成本"
    ),
    symbol="c",
    unit="currency",
    low=0.0,
    yearly=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcessOperatingCostInputs:
    """What functional obsolescence in money asks for."""

    excess_costs: Annotated[tuple[Uncertain, ...], EXCESS]
    tax_rate: TaxRate
    discount_rate: DiscountRate
    timing: Timing = FlowTiming.END
    first_period: FirstPeriod = 1.0

    def __post_init__(self) -> None:
        check_declared(self)
        periods = Periods(count=len(self.excess_costs), timing=self.timing)
        refuse(
            [
                *not_empty("excess_costs", self.excess_costs),
                *periods.problems(None, self.first_period),
            ]
        )


def excess_operating_cost(
    inputs: ExcessOperatingCostInputs, given: Mapping[str, Explanation]
) -> Outcome:
    r"""Measure functional obsolescence by what the asset costs more to run, after tax.

    Notes
    -----
    .. math:: E = \sum_t c_t (1-\tau) D_t

    References
    ----------
    :cite:cts:`reilly_2013`.
    """
    count = len(inputs.excess_costs)
    costs = series(given["excess_costs"], count)
    flows = [
        node(
            Text(f"excess cost after tax, year {year + 1}", f"税后超额成本，第 {year + 1} 年"),
            after_tax,
            each,
            given["tax_rate"],
            formula="c (1 − τ)",
            unit="currency",
            symbol="X",
        )
        for year, each in enumerate(costs)
    ]
    terms = present_values(given, flows, Periods(count=count, timing=inputs.timing))
    columns = {
        Text("excess cost", "超额成本"): costs,
        Text("after tax", "税后"): flows,
        Text("present value", "现值"): terms,
    }
    value = summed(Text("functional obsolescence", "功能性贬值"), terms, symbol="E")
    return Outcome(explanation=value, details={"schedule": schedule(columns)})


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftwareCostInputs:
    """What the cost of writing software anew asks for."""

    size: Annotated[
        Uncertain,
        Quantity(
            name=Text("size", "规模"),
            meaning=Text(
                "thousand lines of source code, without comments, generated and borrowed code",
                "源代码千行数，不含注释、生成与借用代码",
            ),
            symbol="L",
            low=0.0,
            high=1e6,
            low_open=True,
        ),
    ]
    coefficient: Annotated[
        Uncertain,
        Quantity(
            name=Text("coefficient", "系数"),
            meaning=Text(
                "person-months for the first thousand lines, from a calibration of the user",
                "首千行所需人月，由使用者校准",
            ),
            symbol="a",
            low=0.0,
            high=1000.0,
            low_open=True,
        ),
    ]
    exponent: Annotated[
        Uncertain,
        Quantity(
            name=Text("exponent", "指数"),
            meaning=Text("above 1 where large programs take more", "大于 1 表示规模不经济"),
            symbol="b",
            low=0.1,
            high=3.0,
        ),
    ]
    monthly_rate: Annotated[
        Uncertain,
        cost(
            Text("monthly rate", "人月成本"),
            Text("full cost of one person-month", "一个人月的全部成本"),
            "w",
        ),
    ]
    left: Annotated[
        Uncertain,
        share(
            Text("share left", "保留比例"),
            Text("after obsolescence of every kind", "扣除各项贬值后的比例"),
            "k",
        ),
    ] = 1.0

    def __post_init__(self) -> None:
        check_declared(self)


def software_cost(
    inputs: SoftwareCostInputs,  # noqa: ARG001 - every method takes its inputs
    given: Mapping[str, Explanation],
) -> Outcome:
    r"""Estimate what it would cost to write a program anew.

    Notes
    -----
    .. math:: V = a L^b \, w \, k

    The coefficients have no default: each needs its source.

    References
    ----------
    :cite:cts:`boehm_1981`.
    """
    effort = node(
        Text("effort, person-months", "工作量（人月）"),
        _effort,
        given["size"],
        given["coefficient"],
        given["exponent"],
        formula="a · L^b",
        symbol="M",
        citation=BOEHM,
    )
    value = _money(
        Text("value", "价值"),
        multiplied,
        (effort, given["monthly_rate"], given["left"]),
        "M · w · k",
    )
    return Outcome(
        explanation=value,
        findings=(COST_IS_A_FLOOR.finding(),),
        details={"person_months": effort.number},
    )


def _money(
    name: Text,
    rule: Callable[..., Any],
    children: Sequence[Explanation],
    formula: str,
    symbol: str = "V",
) -> Explanation:
    return node(name, rule, *children, formula=formula, unit="currency", symbol=symbol)


def _effort(size: Any, coefficient: Any, exponent: Any) -> Any:  # noqa: ANN401
    return coefficient * size**exponent


@dataclass(frozen=True, slots=True, kw_only=True)
class CreativeCostInputs:
    """What the multiplier method of Chinese practice asks for."""

    materials: Annotated[
        Uncertain,
        cost(
            Text("materials", "物化劳动消耗"),
            Text("and other means used up by the research", "研制过程中的物料等消耗"),
            "c",
        ),
    ]
    labour: Annotated[
        Uncertain,
        cost(
            Text("labour", "活劳动消耗"),
            Text("paid for by the research", "研制过程中的人员开支"),
            "v",
        ),
    ]
    creative_multiplier: Annotated[
        Uncertain,
        Quantity(
            name=Text("creative multiplier", "创造性劳动倍加系数"),
            meaning=Text("of creative against ordinary labour", "创造性劳动相对一般劳动的倍数"),
            symbol="β₁",
            low=0.0,
            high=100.0,
        ),
    ]
    failure_share: Annotated[
        Uncertain,
        Quantity(
            name=Text("share of failed research", "平均风险系数"),
            meaning=Text("part of like research that leads to nothing", "同类科研失败的比例"),
            symbol="β₂",
            low=0.0,
            high=0.99,
        ),
    ]
    return_rate: Annotated[
        Uncertain,
        Quantity(
            name=Text("return", "投资报酬率"),
            meaning=Text("on the cost of such an asset", "无形资产投资报酬率"),
            symbol="L",
            low=0.0,
            high=10.0,
        ),
    ]

    def __post_init__(self) -> None:
        check_declared(self)


def creative_cost(inputs: CreativeCostInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Find the cost of research with its creative labour and its failures.

    Notes
    -----
    .. math:: N = \frac{c + \beta_1 v}{1 - \beta_2}\,(1 + L)

    If a part :math:`\beta_2` of research fails, one success takes :math:`1/(1-\beta_2)` attempts.
    """
    names = ("materials", "labour", "creative_multiplier", "failure_share", "return_rate")
    value = _money(
        Text("cost new", "重置成本"),
        _creative,
        [given[name] for name in names],
        "(c + β₁ v)(1 + L) / (1 − β₂)",
        "N",
    )
    failed = middle_of(inputs.failure_share)
    told = MULTIPLIER_SIGN.finding(
        where="failure_share", other=value.number * (1.0 - failed) / (1.0 + failed)
    )
    findings = (told,) if failed > 0 else ()
    return Outcome(explanation=value, findings=(COST_IS_A_FLOOR.finding(), *findings))


def _creative(
    materials: Any,  # noqa: ANN401
    labour: Any,  # noqa: ANN401
    multiplier: Any,  # noqa: ANN401
    failed: Any,  # noqa: ANN401
    return_rate: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    return (materials + multiplier * labour) * (1.0 + return_rate) / (1.0 - failed)


ELAPSED = years(
    Text("elapsed life", "已使用年限"), Text("of the economic life", "经济寿命中已使用的年数"), "a"
)
REMAINING = Quantity(
    name=Text("remaining life", "剩余年限"),
    meaning=Text("of the economic life", "经济寿命中剩余的年数"),
    symbol="n",
    unit="year",
    low=0.0,
    high=200.0,
    low_open=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewnessInputs:
    """What the rate of newness asks for."""

    elapsed_life: Annotated[Uncertain, ELAPSED]
    remaining_life: Annotated[Uncertain, REMAINING]

    def __post_init__(self) -> None:
        check_declared(self)


def newness(inputs: NewnessInputs, given: Mapping[str, Explanation]) -> Outcome:  # noqa: ARG001
    r"""Find which part of its economic life an asset still has.

    Notes
    -----
    .. math:: q = \frac{n}{a + n}
    """
    value = _newness(given)
    return Outcome(explanation=value, findings=(PHYSICAL_AGE.finding(rate=value.number),))


def _newness(given: Mapping[str, Explanation]) -> Explanation:
    return node(
        Text("rate of newness", "成新率"),
        _part_left,
        given["elapsed_life"],
        given["remaining_life"],
        formula="n / (a + n)",
        symbol="q",
    )


def _part_left(elapsed: Any, remaining: Any) -> Any:  # noqa: ANN401
    return 1.0 / (1.0 + elapsed / remaining)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewnessCostInputs:
    """What replacement cost times newness asks for."""

    cost_new: Annotated[
        Uncertain,
        cost(Text("cost new", "重置成本"), Text("at the valuation date", "基准日重置成本"), "N"),
    ]
    elapsed_life: Annotated[Uncertain, ELAPSED]
    remaining_life: Annotated[Uncertain, REMAINING]
    functional: Annotated[
        Uncertain,
        _loss(
            Text("functional obsolescence", "功能性贬值率"),
            Text("beside age", "除年限因素之外"),
            "d_f",
        ),
    ] = 0.0
    economic: Annotated[
        Uncertain,
        _loss(
            Text("economic obsolescence", "经济性贬值率"),
            Text("beside age", "除年限因素之外"),
            "d_e",
        ),
    ] = 0.0

    def __post_init__(self) -> None:
        check_declared(self)


def newness_cost(
    inputs: NewnessCostInputs,  # noqa: ARG001 - every method takes its inputs
    given: Mapping[str, Explanation],
) -> Outcome:
    r"""Value an asset at its cost new times the part of its life that is left.

    Notes
    -----
    .. math:: V = N q (1-d_f)(1-d_e), \qquad q = \frac{n}{a+n}
    """
    fresh = _newness(given)
    value = _money(
        Text("value", "价值"),
        _worn,
        (given["cost_new"], fresh, given["functional"], given["economic"]),
        "N · q (1 − d_f)(1 − d_e)",
    )
    findings = (COST_IS_A_FLOOR.finding(), PHYSICAL_AGE.finding(rate=fresh.number))
    return Outcome(explanation=value, findings=findings, details={"newness": fresh.number})


def _worn(new: Any, fresh: Any, *losses: Any) -> Any:  # noqa: ANN401
    return new * fresh * _left(*losses)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityCostInputs:
    """What the return forgone during development asks for."""

    outlays: Annotated[
        tuple[Uncertain, ...],
        Quantity(
            name=Text("outlay", "投入"),
            meaning=Text("by year of development, oldest first", "各开发年度投入，由早到晚"),
            symbol="C",
            unit="currency",
            low=0.0,
            yearly=True,
        ),
    ]
    return_rate: Annotated[
        Uncertain,
        rate(
            Text("return forgone", "机会回报率"),
            Text("yearly, on investments of like risk", "同等风险投资的年回报率"),
            "i",
            low=0.0,
        ),
    ]
    timing: Timing = FlowTiming.MID

    def __post_init__(self) -> None:
        check_declared(self)
        problems = not_empty("outlays", self.outlays)
        if self.timing is FlowTiming.DATED:
            problems.append(
                Problem(field="timing", found="dated", allowed=Text("end or mid", "end 或 mid"))
            )
        refuse(problems)


def opportunity_cost(inputs: OpportunityCostInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Find the return that was forgone while money was bound in development.

    Notes
    -----
    .. math:: O = \sum_k C_k \bigl((1+i)^{t_k} - 1\bigr)

    References
    ----------
    :cite:cts:`reilly_2013`.
    """
    outlays = series(given["outlays"], len(inputs.outlays))
    early = 0.5 if inputs.timing is FlowTiming.MID else 0.0
    forgone = [
        node(
            Text(f"return forgone, year {place + 1}", f"放弃的回报，第 {place + 1} 年"),
            _Forgone(len(outlays) - place - 1 + early),
            each,
            given["return_rate"],
            formula=f"C ((1 + i)^{len(outlays) - place - 1 + early:g} − 1)",
            unit="currency",
            symbol="O",
        )
        for place, each in enumerate(outlays)
    ]
    value = _money(Text("opportunity cost", "机会成本"), added, forgone, "Σ O", "O")
    spent = sum(each.number for each in outlays)
    columns = {Text("outlay", "投入"): outlays, Text("return forgone", "放弃的回报"): forgone}
    return Outcome(
        explanation=value,
        details={
            "schedule": schedule(columns),
            "share_of_cost": value.number / spent if spent else 0.0,
        },
    )


@dataclass(frozen=True, slots=True)
class _Forgone:
    time: float

    def __call__(self, outlay: Any, return_rate: Any) -> Any:  # noqa: ANN401
        return outlay * ((1.0 + return_rate) ** self.time - 1.0)


SOFTWARE = (AssetKind.SOFTWARE, AssetKind.DATA)

REPLACEMENT_COST = Method(
    id="replacement_cost",
    name=Text("replacement cost", "更新重置成本法"),
    summary=Text(
        "What an asset of the same use would cost today, less obsolescence.",
        "以现行价格取得同等效用资产的成本扣除贬值。",
    ),
    approach=Approach.COST,
    inputs=AssetCostInputs,
    compute=replacement_cost,
    citations=(
        IVS_COST,
        REILLY,
    ),
    validity=Text(
        "Costs of a modern asset of the same use; rates of obsolescence from 0 to 1, one "
        "after the other.",
        "同等效用现代资产的成本；各贬值率在 0 至 1 之间并依次连乘。",
    ),
    effective_from=date(2025, 1, 31),
    laws=(
        Law(LawKind.FALLS, ("physical",)),
        Law(LawKind.FALLS, ("functional",)),
        Law(LawKind.FALLS, ("economic",)),
        Law(LawKind.FALLS, ("excess_cost",)),
        Law(LawKind.RISES, ("items.cost",)),
        Law(LawKind.RISES, ("items.index",)),
        Law(LawKind.RISES, ("opportunity",)),
        Law(LawKind.RISES, ("developer_profit",)),
        Law(
            LawKind.SCALES,
            (
                "items.cost",
                "excess_cost",
            ),
        ),
        Law(
            LawKind.ZERO,
            (
                "items.cost",
                "excess_cost",
            ),
        ),
    ),
)
REPRODUCTION_COST = Method(
    id="reproduction_cost",
    name=Text("reproduction cost", "复原重置成本法"),
    summary=Text(
        "What an exact copy of the asset would cost today, less obsolescence.",
        "以现行价格复制完全相同资产的成本扣除贬值。",
    ),
    approach=Approach.COST,
    inputs=AssetCostInputs,
    compute=reproduction_cost,
    citations=(
        IVS_COST,
        REILLY,
    ),
    validity=Text(
        "Historic costs trended to the valuation date.",
        "历史成本按价格指数调整至基准日。",
    ),
    effective_from=date(2025, 1, 31),
    laws=(
        Law(LawKind.FALLS, ("physical",)),
        Law(LawKind.FALLS, ("functional",)),
        Law(LawKind.FALLS, ("economic",)),
        Law(LawKind.FALLS, ("excess_cost",)),
        Law(LawKind.RISES, ("items.cost",)),
        Law(LawKind.RISES, ("items.index",)),
        Law(LawKind.RISES, ("opportunity",)),
        Law(LawKind.RISES, ("developer_profit",)),
        Law(
            LawKind.SCALES,
            (
                "items.cost",
                "excess_cost",
            ),
        ),
        Law(
            LawKind.ZERO,
            (
                "items.cost",
                "excess_cost",
            ),
        ),
    ),
)
EXCESS_OPERATING_COST = Method(
    id="excess_operating_cost",
    name=Text("functional obsolescence by excess cost", "超额运营成本（功能性贬值）"),
    summary=Text(
        "Present value after tax of what the asset costs more to run than the best alternative.",
        "资产较最优替代方案多支出的税后运营成本现值。",
    ),
    approach=Approach.COST,
    inputs=ExcessOperatingCostInputs,
    compute=excess_operating_cost,
    citations=(REILLY,),
    validity=Text(
        "Costs over the remaining life, after tax.",
        "剩余寿命内的税后成本。",
    ),
    effective_from=date(2013, 1, 1),
    laws=(
        Law(LawKind.RISES, ("excess_costs",)),
        Law(LawKind.FALLS, ("discount_rate",)),
        Law(LawKind.FALLS, ("tax_rate",)),
        Law(LawKind.SCALES, ("excess_costs",)),
        Law(LawKind.ZERO, ("excess_costs",)),
    ),
)
SOFTWARE_COST = Method(
    id="software_cost",
    name=Text("cost of software from its size", "软件规模成本法"),
    summary=Text(
        "Effort from the size of a program by coefficients of the user, times the cost of a month.",
        "按使用者校准的系数由规模推算工作量，再乘以人月成本。",
    ),
    approach=Approach.COST,
    inputs=SoftwareCostInputs,
    compute=software_cost,
    citations=(BOEHM,),
    validity=Text(
        "Coefficients calibrated on like programs; without a source they mean nothing.",
        "系数须以同类程序校准；缺乏依据则无意义。",
    ),
    effective_from=date(1981, 1, 1),
    applies_to=SOFTWARE,
    laws=(
        Law(LawKind.RISES, ("size",)),
        Law(LawKind.RISES, ("coefficient",)),
        Law(LawKind.RISES, ("monthly_rate",)),
        Law(LawKind.RISES, ("left",)),
        Law(LawKind.SCALES, ("monthly_rate",)),
        Law(LawKind.ZERO, ("monthly_rate",)),
    ),
)
CREATIVE_COST = Method(
    id="creative_cost",
    name=Text("multiplier method", "倍加系数法"),
    summary=Text(
        "Cost of research with a multiplier for creative labour and the burden of failures.",
        "考虑创造性劳动倍加系数与科研失败风险的重置成本。",
    ),
    approach=Approach.COST,
    inputs=CreativeCostInputs,
    compute=creative_cost,
    citations=(REILLY,),
    validity=Text(
        "The multiplier and the share of failures from like research, each with its source.",
        "倍加系数与风险系数取自同类科研并注明依据。",
    ),
    effective_from=date(2013, 1, 1),
    laws=(
        Law(LawKind.RISES, ("materials",)),
        Law(LawKind.RISES, ("labour",)),
        Law(LawKind.RISES, ("creative_multiplier",)),
        Law(LawKind.RISES, ("failure_share",)),
        Law(LawKind.RISES, ("return_rate",)),
        Law(
            LawKind.SCALES,
            (
                "materials",
                "labour",
            ),
        ),
        Law(
            LawKind.ZERO,
            (
                "materials",
                "labour",
            ),
        ),
    ),
)
NEWNESS = Method(
    id="newness",
    name=Text("rate of newness", "成新率"),
    summary=Text(
        "Part of the economic life that is left.",
        "经济寿命中剩余的比例。",
    ),
    approach=Approach.INPUT,
    inputs=NewnessInputs,
    compute=newness,
    citations=(REILLY,),
    validity=Text(
        "Economic lives, not physical age.",
        "以经济寿命而非实体年龄计算。",
    ),
    effective_from=date(2013, 1, 1),
    result=share(
        Text("rate of newness", "成新率"),
        Text("part of the economic life that is left", "经济寿命剩余比例"),
        "q",
    ),
    laws=(
        Law(LawKind.RISES, ("remaining_life",)),
        Law(LawKind.FALLS, ("elapsed_life",)),
    ),
)
NEWNESS_COST = Method(
    id="newness_cost",
    name=Text("replacement cost times newness", "重置成本乘成新率"),
    summary=Text(
        "Cost new times the part of the economic life that is left, less other obsolescence.",
        "重置成本乘以成新率，并扣除其他贬值。",
    ),
    approach=Approach.COST,
    inputs=NewnessCostInputs,
    compute=newness_cost,
    citations=(REILLY,),
    validity=Text(
        "Economic lives; no obsolescence counted twice.",
        "以经济寿命计算；贬值不得重复扣除。",
    ),
    effective_from=date(2013, 1, 1),
    laws=(
        Law(LawKind.RISES, ("cost_new",)),
        Law(LawKind.RISES, ("remaining_life",)),
        Law(LawKind.FALLS, ("elapsed_life",)),
        Law(LawKind.FALLS, ("functional",)),
        Law(LawKind.FALLS, ("economic",)),
        Law(LawKind.SCALES, ("cost_new",)),
        Law(LawKind.ZERO, ("cost_new",)),
    ),
)
OPPORTUNITY_COST = Method(
    id="opportunity_cost",
    name=Text("opportunity cost of development", "开发机会成本"),
    summary=Text(
        "Return forgone while money was bound in development.",
        "开发期间资金占用所放弃的回报。",
    ),
    approach=Approach.COST,
    inputs=OpportunityCostInputs,
    compute=opportunity_cost,
    citations=(REILLY,),
    validity=Text(
        "Yearly outlays up to the end of development.",
        "截至开发完成的各年投入。",
    ),
    effective_from=date(2013, 1, 1),
    laws=(
        Law(LawKind.RISES, ("outlays",)),
        Law(LawKind.RISES, ("return_rate",)),
        Law(LawKind.SCALES, ("outlays",)),
        Law(LawKind.ZERO, ("return_rate",)),
    ),
)
COST_METHODS = (
    REPLACEMENT_COST,
    REPRODUCTION_COST,
    EXCESS_OPERATING_COST,
    SOFTWARE_COST,
    CREATIVE_COST,
    NEWNESS,
    NEWNESS_COST,
    OPPORTUNITY_COST,
)
