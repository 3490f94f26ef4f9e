"""Income that exists because of the right: with and without, premium, start-up, distributor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from ipfinance.basics import (
    Citation,
    Explanation,
    Finding,
    FindingKind,
    Quantity,
    Severity,
    Text,
    Uncertain,
    check_declared,
    node,
)
from ipfinance.valuation._flows import (
    Periods,
    after_tax,
    finished,
    multiplied,
    present_values,
    refuse,
    retained,
    schedule,
    series,
    subtracted,
    summed,
    with_amortisation,
)
from ipfinance.valuation._registry import Approach, Law, LawKind, Method
from ipfinance.valuation._terms import (
    DiscountRate,
    FirstPeriod,
    FlowTimes,
    FlowTiming,
    RetainedShares,
    TaxLife,
    TaxRate,
    Timing,
    amount,
    choice,
    cost,
    not_empty,
    same_length,
    share,
)
from ipfinance.valuation._valuation import Outcome

NO_LOSSES = FindingKind(
    code="start_up_without_losses",
    severity=Severity.WARNING,
    text=Text(
        "No year has a negative flow. A start-up that owns only this right has losses and "
        "investments at first; they belong into the flows.",
        "各年现金流均不为负。仅拥有该权利的初创企业起步阶段必有亏损与投入，应计入现金流。",
    ),
)
NO_PREMIUM_COST = FindingKind(
    code="premium_without_cost",
    severity=Severity.NOTE,
    text=Text(
        "No cost of earning the premium (advertising, quality, service) is taken.",
        "未扣除取得溢价所需的成本（广告、质量、服务）。",
    ),
)
_CASH_FLOW = Text("cash flow", "现金流")
_FACTOR = Text("discount factor", "折现系数")
_PRESENT = Text("present value", "现值")


def _extended(outcome: Outcome, findings: Sequence[Finding]) -> Outcome:
    return Outcome(
        explanation=outcome.explanation,
        findings=(*outcome.findings, *findings),
        details=outcome.details,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WithAndWithoutInputs:
    """What the with-and-without method asks for."""

    flows_with: Annotated[
        tuple[Uncertain, ...],
        amount(
            Text("flow with the right", "有该权利时的现金流"),
            Text(
                "after-tax cash flow of the business that has the right",
                "拥有该权利时各年税后现金流",
            ),
            "W",
            yearly=True,
        ),
    ]
    flows_without: Annotated[
        tuple[Uncertain, ...],
        amount(
            Text("flow without the right", "无该权利时的现金流"),
            Text(
                "after-tax cash flow of the same business without it, until it is replaced",
                "同一业务无该权利时各年税后现金流（至替代完成）",
            ),
            "O",
            yearly=True,
        ),
    ]
    discount_rate: DiscountRate
    event_probability: Annotated[
        Uncertain,
        share(
            Text("probability of the event", "事件概率"),
            Text(
                "that the loss would happen without the right (competition, a blocked sale)",
                "无该权利时损失发生的概率（如竞争、销售受阻）",
            ),
            "p",
        ),
    ] = 1.0
    tax_rate: Annotated[
        Uncertain | None,
        share(
            Text("tax rate", "所得税率"),
            Text(
                "for the tax amortisation benefit only; flows are after tax",
                "仅用于税收摊销收益；现金流已为税后",
            ),
            "τ",
        ),
    ] = None
    tax_life: TaxLife = None
    timing: Timing = FlowTiming.MID
    first_period: FirstPeriod = 1.0
    flow_times: FlowTimes = None

    def __post_init__(self) -> None:
        check_declared(self)
        count = len(self.flows_with)
        periods = Periods(count=count, timing=self.timing)
        problems = [
            *not_empty("flows_with", self.flows_with),
            *same_length("flows_without", self.flows_without, count),
            *periods.problems(self.flow_times, self.first_period),
        ]
        if self.tax_life is not None and self.tax_rate is None:
            problems += not_empty("tax_rate", None)
        refuse(problems)


def with_and_without(inputs: WithAndWithoutInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Value a right by the cash flow that would be lost without it.

    Notes
    -----
    .. math:: V = F\,p \sum_t (W_t - O_t) D_t

    References
    ----------
    :cite:cts:`reilly_2013`.
    """
    count = len(inputs.flows_with)
    periods = Periods(count=count, timing=inputs.timing)
    pairs = zip(
        series(given["flows_with"], count), series(given["flows_without"], count), strict=True
    )
    lost = [
        node(
            Text(f"flow lost, year {year + 1}", f"损失的现金流，第 {year + 1} 年"),
            subtracted,
            *pair,
            formula="W − O",
            unit="currency",
            symbol="Δ",
        )
        for year, pair in enumerate(pairs)
    ]
    terms = present_values(given, lost, periods)
    difference = summed(Text("present value of the difference", "差额现值"), terms, symbol="PVΔ")
    base = node(
        Text("expected loss", "预期损失"),
        multiplied,
        difference,
        given["event_probability"],
        formula="PVΔ · p",
        unit="currency",
        symbol="PV",
    )
    columns = {
        Text("flow lost", "损失的现金流"): lost,
        _FACTOR: [term.children[1] for term in terms],
        _PRESENT: terms,
    }
    value = with_amortisation(given, base, inputs.timing)
    return finished(
        value,
        schedule=schedule(columns),
        difference=difference.number,
        present_value=base.number,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PremiumProfitInputs:
    """What the premium profit method asks for."""

    price_premium: Annotated[
        Uncertain,
        amount(
            Text("price premium", "单位溢价"),
            Text(
                "price of the protected product above that of a plain one",
                "受保护产品高于普通产品的单价",
            ),
            "Δp",
        ),
    ]
    units: Annotated[
        tuple[Uncertain, ...],
        Quantity(
            name=Text("units", "销量"),
            meaning=Text("units sold, by year", "各年销售数量"),
            symbol="n",
            low=0.0,
            yearly=True,
        ),
    ]
    tax_rate: TaxRate
    discount_rate: DiscountRate
    premium_costs: Annotated[
        tuple[Uncertain, ...] | None,
        cost(
            Text("cost of the premium", "溢价成本"),
            Text(
                "before tax, by year: what it costs to earn the premium",
                "取得溢价所需的各年税前成本",
            ),
            "c",
            yearly=True,
        ),
    ] = None
    retained_shares: RetainedShares = None
    tax_life: TaxLife = None
    timing: Timing = FlowTiming.MID
    first_period: FirstPeriod = 1.0

    def __post_init__(self) -> None:
        check_declared(self)
        count = len(self.units)
        refuse(
            [
                *not_empty("units", self.units),
                *same_length("premium_costs", self.premium_costs, count),
                *same_length("retained_shares", self.retained_shares, count),
                *Periods(count=count, timing=self.timing).problems(None, self.first_period),
            ]
        )


def premium_profit(inputs: PremiumProfitInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Value a right by the price premium that it allows.

    Notes
    -----
    .. math:: V = F \sum_t (\Delta p\, n_t - c_t)(1-\tau)\, s_t D_t

    References
    ----------
    :cite:cts:`reilly_2013`.
    """
    count = len(inputs.units)
    periods = Periods(count=count, timing=inputs.timing)
    premiums = [
        node(
            Text(f"premium, year {year + 1}", f"溢价收入，第 {year + 1} 年"),
            multiplied,
            given["price_premium"],
            units,
            formula="Δp · n",
            unit="currency",
            symbol="P",
        )
        for year, units in enumerate(series(given["units"], count))
    ]
    net = _less(given, "premium_costs", premiums)
    flows = _taxed(given, net)
    terms = present_values(given, retained(given, flows), periods)
    base = summed(Text("present value of the premium", "溢价现值"), terms)
    columns = {
        Text("premium", "溢价收入"): premiums,
        Text("after tax", "税后"): flows,
        _FACTOR: [term.children[1] for term in terms],
        _PRESENT: terms,
    }
    outcome = finished(
        with_amortisation(given, base, inputs.timing),
        schedule=schedule(columns),
        present_value=base.number,
    )
    missing = inputs.premium_costs is None
    return _extended(outcome, [NO_PREMIUM_COST.finding(where="premium_costs")] if missing else [])


def _less(
    given: Mapping[str, Explanation], name: str, flows: Sequence[Explanation]
) -> list[Explanation]:
    if name not in given:
        return list(flows)
    return [
        node(
            Text(f"{flow.name.en}, net", f"{flow.name.zh}（净额）"),
            subtracted,
            flow,
            less,
            formula=f"{flow.symbol} − {less.symbol or 'c'}",
            unit="currency",
            symbol=f"{flow.symbol}ₙ",
        )
        for flow, less in zip(flows, series(given[name], len(flows)), strict=True)
    ]


def _taxed(given: Mapping[str, Explanation], flows: Sequence[Explanation]) -> list[Explanation]:
    return [
        node(
            Text(f"{flow.name.en}, after tax", f"{flow.name.zh}（税后）"),
            after_tax,
            flow,
            given["tax_rate"],
            formula=f"{flow.symbol} (1 − τ)",
            unit="currency",
            symbol="X",
        )
        for flow in flows
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncrementalIncomeInputs:
    """What the incremental income method asks for."""

    extra_income: Annotated[
        tuple[Uncertain, ...],
        amount(
            Text("extra income", "增量收益"),
            Text(
                "before tax, by year: added revenue less its costs, or costs saved",
                "各年税前增量：新增收入减相应成本，或节约的成本",
            ),
            "ΔR",
            yearly=True,
        ),
    ]
    tax_rate: TaxRate
    discount_rate: DiscountRate
    extra_investment: Annotated[
        tuple[Uncertain, ...] | None,
        amount(
            Text("extra investment", "增量投资"),
            Text(
                "working capital and equipment that the extra income needs, by year",
                "增量收益所需各年营运资金与设备投入",
            ),
            "I",
            yearly=True,
        ),
    ] = None
    retained_shares: RetainedShares = None
    tax_life: TaxLife = None
    timing: Timing = FlowTiming.MID
    first_period: FirstPeriod = 1.0
    flow_times: FlowTimes = None

    def __post_init__(self) -> None:
        check_declared(self)
        count = len(self.extra_income)
        periods = Periods(count=count, timing=self.timing)
        refuse(
            [
                *not_empty("extra_income", self.extra_income),
                *same_length("extra_investment", self.extra_investment, count),
                *same_length("retained_shares", self.retained_shares, count),
                *periods.problems(self.flow_times, self.first_period),
            ]
        )


def incremental_income(
    inputs: IncrementalIncomeInputs, given: Mapping[str, Explanation]
) -> Outcome:
    r"""Value a right by the income it adds or the costs it saves.

    Notes
    -----
    .. math:: V = F \sum_t \bigl(\Delta R_t (1-\tau) s_t - I_t\bigr) D_t

    References
    ----------
    :cite:cts:`reilly_2013`.
    """
    count = len(inputs.extra_income)
    periods = Periods(count=count, timing=inputs.timing)
    kept = retained(given, _taxed(given, series(given["extra_income"], count)))
    flows = _less(given, "extra_investment", kept)
    terms = present_values(given, flows, periods)
    base = summed(Text("present value of the extra income", "增量收益现值"), terms)
    columns = {
        _CASH_FLOW: flows,
        _FACTOR: [term.children[1] for term in terms],
        _PRESENT: terms,
    }
    return finished(
        with_amortisation(given, base, inputs.timing),
        schedule=schedule(columns),
        present_value=base.number,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GreenfieldInputs:
    """What the greenfield method asks for."""

    flows: Annotated[
        tuple[Uncertain, ...],
        amount(
            Text("free cash flow", "自由现金流"),
            Text(
                "after tax, of a start-up that owns only the right at first; all losses and "
                "investments kept",
                "起步时仅拥有该权利的初创企业各年税后自由现金流，含全部亏损与投入",
            ),
            "X",
            yearly=True,
        ),
    ]
    discount_rate: DiscountRate
    timing: Timing = FlowTiming.MID
    first_period: FirstPeriod = 1.0
    flow_times: FlowTimes = None

    def __post_init__(self) -> None:
        check_declared(self)
        periods = Periods(count=len(self.flows), timing=self.timing)
        refuse(
            [
                *not_empty("flows", self.flows),
                *periods.problems(self.flow_times, self.first_period),
            ]
        )


def greenfield(inputs: GreenfieldInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Value a right as a start-up that owns nothing else.

    Notes
    -----
    .. math:: V = \sum_t X_t D_t

    References
    ----------
    :cite:cts:`reilly_2013`.
    """
    count = len(inputs.flows)
    periods = Periods(count=count, timing=inputs.timing)
    flows = series(given["flows"], count)
    terms = present_values(given, flows, periods)
    columns = {
        _CASH_FLOW: flows,
        _FACTOR: [term.children[1] for term in terms],
        _PRESENT: terms,
    }
    outcome = finished(summed(Text("value", "价值"), terms), schedule=schedule(columns))
    has_losses = any(flow.number < 0 for flow in flows)
    return _extended(outcome, [] if has_losses else [NO_LOSSES.finding(where="flows")])


@dataclass(frozen=True, slots=True, kw_only=True)
class DistributorInputs:
    """What the distributor method asks for."""

    revenue: Annotated[
        tuple[Uncertain, ...],
        amount(
            Text("revenue", "收入"),
            Text("of today's customers, by year, as if none left", "现有客户各年收入（不计流失）"),
            "S",
            yearly=True,
        ),
    ]
    attrition: Annotated[
        Uncertain,
        share(
            Text("attrition", "流失率"),
            Text("part of the customers lost each year", "每年流失的客户比例"),
            "a",
        ),
    ]
    margin: Annotated[
        Uncertain,
        Quantity(
            name=Text("distributor's margin", "分销商利润率"),
            meaning=Text(
                "operating margin of distributors, who own customers but no product",
                "仅拥有客户而无产品的分销商的营业利润率",
            ),
            symbol="m",
            low=-1.0,
            high=1.0,
        ),
    ]
    charge_share: Annotated[
        Uncertain,
        share(
            Text("charge share", "贡献资产报酬占收入比"),
            Text("contributory charges after tax over revenue", "税后贡献资产报酬占收入的比例"),
            "k",
        ),
    ]
    tax_rate: TaxRate
    discount_rate: DiscountRate
    tax_life: TaxLife = None
    timing: Timing = FlowTiming.MID
    first_period: FirstPeriod = 1.0

    def __post_init__(self) -> None:
        check_declared(self)
        periods = Periods(count=len(self.revenue), timing=self.timing)
        refuse([*not_empty("revenue", self.revenue), *periods.problems(None, self.first_period)])


def distributor(inputs: DistributorInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Value customer relations by what a distributor earns on them.

    Notes
    -----
    .. math:: V = F \sum_t S_t \bar s_t \bigl(m(1-\tau) - k\bigr) D_t,
              \qquad \bar s_t = \tfrac12\bigl((1-a)^{t-1} + (1-a)^t\bigr)

    The average of the survivors at the opening and the close of a year earns the year's revenue.

    References
    ----------
    :cite:cts:`appraisal_2016`.
    """
    count = len(inputs.revenue)
    periods = Periods(count=count, timing=inputs.timing)
    survivors = [
        node(
            Text(f"average survivors, year {year + 1}", f"平均留存客户，第 {year + 1} 年"),
            _AverageSurvivors(year),
            given["attrition"],
            formula=f"((1 − a)^{year} + (1 − a)^{year + 1}) / 2",
            symbol="s̄",
        )
        for year in range(count)
    ]
    margin = node(
        Text("margin after tax and charges", "扣除税与报酬后的利润率"),
        _margin,
        given["margin"],
        given["tax_rate"],
        given["charge_share"],
        formula="m (1 − τ) − k",
        symbol="m*",
    )
    flows = [
        node(
            Text(f"income, year {year + 1}", f"收益，第 {year + 1} 年"),
            multiplied,
            revenue,
            survivors[year],
            margin,
            formula="S · s̄ · m*",
            unit="currency",
            symbol="X",
        )
        for year, revenue in enumerate(series(given["revenue"], count))
    ]
    terms = present_values(given, flows, periods)
    base = summed(Text("present value of the income", "收益现值"), terms)
    columns = {
        Text("average survivors", "平均留存客户"): survivors,
        Text("income", "收益"): flows,
        _FACTOR: [term.children[1] for term in terms],
        _PRESENT: terms,
    }
    return finished(
        with_amortisation(given, base, inputs.timing),
        schedule=schedule(columns),
        average_survivors=tuple(each.number for each in survivors),
    )


@dataclass(frozen=True, slots=True)
class _AverageSurvivors:
    year: int

    def __call__(self, attrition: Any) -> Any:  # noqa: ANN401
        opening = (1.0 - attrition) ** self.year
        return opening * (1.0 - attrition * 0.5)


def _margin(margin: Any, tax_rate: Any, charge_share: Any) -> Any:  # noqa: ANN401
    return margin * (1.0 - tax_rate) - charge_share


class SharingBase(StrEnum):
    """What the sharing rate is a part of."""

    REVENUE = "revenue"
    PROFIT = "profit"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfitSplitInputs:
    """What the sharing-rate method asks for."""

    income: Annotated[
        tuple[Uncertain, ...],
        amount(
            Text("shared income", "分成基数"),
            Text("revenue or profit before tax of the products, by year", "产品各年收入或税前利润"),
            "N",
            yearly=True,
        ),
    ]
    sharing_rate: Annotated[
        Uncertain,
        share(
            Text("sharing rate", "分成率"),
            Text("part of the income credited to the right", "归属该权利的分成比例"),
            "k",
        ),
    ]
    sharing_base: Annotated[
        SharingBase,
        choice(
            Text("sharing base", "分成口径"),
            Text("whether the rate is a part of revenue or of profit", "按收入或按利润分成"),
        ),
    ]
    tax_rate: TaxRate
    discount_rate: DiscountRate
    retained_shares: RetainedShares = None
    tax_life: TaxLife = None
    timing: Timing = FlowTiming.MID
    first_period: FirstPeriod = 1.0
    flow_times: FlowTimes = None

    def __post_init__(self) -> None:
        check_declared(self)
        count = len(self.income)
        periods = Periods(count=count, timing=self.timing)
        refuse(
            [
                *not_empty("income", self.income),
                *same_length("retained_shares", self.retained_shares, count),
                *periods.problems(self.flow_times, self.first_period),
            ]
        )


def profit_split(inputs: ProfitSplitInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Value a right by its share of revenue or profit.

    Notes
    -----
    .. math:: V = F \sum_t N_t\, k\, (1-\tau)\, s_t D_t

    References
    ----------
    :cite:cts:`smith_2005`.
    """
    count = len(inputs.income)
    periods = Periods(count=count, timing=inputs.timing)
    parts = [
        node(
            Text(f"share, year {year + 1}", f"分成额，第 {year + 1} 年"),
            multiplied,
            income,
            given["sharing_rate"],
            formula="N · k",
            unit="currency",
            symbol="Y",
        )
        for year, income in enumerate(series(given["income"], count))
    ]
    flows = _taxed(given, parts)
    terms = present_values(given, retained(given, flows), periods)
    base = summed(Text("present value of the shares", "分成额现值"), terms)
    columns = {
        Text("share", "分成额"): parts,
        Text("after tax", "税后"): flows,
        _FACTOR: [term.children[1] for term in terms],
        _PRESENT: terms,
    }
    return finished(
        with_amortisation(given, base, inputs.timing),
        schedule=schedule(columns),
        present_value=base.number,
    )


REILLY = Citation("reilly_2013")
WITH_AND_WITHOUT = Method(
    id="with_and_without",
    name=Text("with-and-without method", "有无对比法"),
    summary=Text(
        "Discounts the cash flow that the business would lose without the right.",
        "将业务失去该权利所损失的现金流折现。",
    ),
    approach=Approach.INCOME,
    inputs=WithAndWithoutInputs,
    compute=with_and_without,
    citations=(REILLY,),
    validity=Text(
        "Both flows after tax, of the same business, over the time to replace the right.",
        "两组现金流均为税后，属同一业务，期间为替代该权利所需时间。",
    ),
    effective_from=date(2013, 1, 1),
    laws=(
        Law(LawKind.RISES, ("flows_with",)),
        Law(LawKind.FALLS, ("flows_without",)),
        Law(LawKind.SCALES, ("flows_with", "flows_without")),
        Law(LawKind.ZERO, ("event_probability",)),
    ),
)
PREMIUM_PROFIT = Method(
    id="premium_profit",
    name=Text("premium profit method", "溢价利润法"),
    summary=Text(
        "Discounts the after-tax price premium that the right allows.",
        "将该权利带来的税后价格溢价折现。",
    ),
    approach=Approach.INCOME,
    inputs=PremiumProfitInputs,
    compute=premium_profit,
    citations=(REILLY,),
    validity=Text(
        "A comparable product without the right is sold in the same market.",
        "同一市场存在不含该权利的可比产品。",
    ),
    effective_from=date(2013, 1, 1),
    laws=(
        Law(LawKind.RISES, ("price_premium",)),
        Law(LawKind.RISES, ("units",)),
        Law(LawKind.FALLS, ("discount_rate",)),
        Law(LawKind.ZERO, ("price_premium", "premium_costs")),
    ),
)
INCREMENTAL_INCOME = Method(
    id="incremental_income",
    name=Text("incremental income method", "增量收益法"),
    summary=Text(
        "Discounts the income that the right adds, or the costs that it saves.",
        "将该权利增加的收益或节约的成本折现。",
    ),
    approach=Approach.INCOME,
    inputs=IncrementalIncomeInputs,
    compute=incremental_income,
    citations=(REILLY,),
    validity=Text(
        "The increment can be separated from that of other assets.", "增量可与其他资产的贡献分离。"
    ),
    effective_from=date(2013, 1, 1),
    laws=(
        Law(LawKind.RISES, ("extra_income",)),
        Law(LawKind.FALLS, ("extra_investment",)),
        Law(LawKind.SCALES, ("extra_income", "extra_investment")),
        Law(LawKind.ZERO, ("extra_income", "extra_investment")),
    ),
)
GREENFIELD = Method(
    id="greenfield",
    name=Text("greenfield method", "绿地法"),
    summary=Text(
        "Discounts the flows of a start-up that owns only the right and builds all else.",
        "将仅拥有该权利、其余资产从零建设的初创企业的现金流折现。",
    ),
    approach=Approach.INCOME,
    inputs=GreenfieldInputs,
    compute=greenfield,
    citations=(REILLY,),
    validity=Text(
        "Licences and franchises without which the business could not start.",
        "适用于开展业务所必需的许可与特许权。",
    ),
    effective_from=date(2013, 1, 1),
    laws=(
        Law(LawKind.RISES, ("flows",)),
        Law(LawKind.SCALES, ("flows",)),
        Law(LawKind.ZERO, ("flows",)),
    ),
)
DISTRIBUTOR = Method(
    id="distributor",
    name=Text("distributor method", "分销商法"),
    summary=Text(
        "Values customer relations at the margin of distributors, with attrition.",
        "按分销商利润率并计流失评估客户关系。",
    ),
    approach=Approach.INCOME,
    inputs=DistributorInputs,
    compute=distributor,
    citations=(Citation("appraisal_2016"),),
    validity=Text(
        "Customer relations of a business whose main asset is another one.",
        "业务主要资产为其他资产时的客户关系。",
    ),
    effective_from=date(2016, 6, 1),
    laws=(
        Law(LawKind.RISES, ("margin",)),
        Law(LawKind.FALLS, ("charge_share",)),
        Law(LawKind.FALLS, ("attrition",)),
        Law(LawKind.SCALES, ("revenue",)),
        Law(LawKind.ZERO, ("revenue",)),
    ),
)
PROFIT_SPLIT = Method(
    id="profit_split",
    name=Text("sharing-rate method", "分成率法"),
    summary=Text(
        "Discounts the part of revenue or profit that is credited to the right.",
        "将归属该权利的收入或利润分成折现。",
    ),
    approach=Approach.INCOME,
    inputs=ProfitSplitInputs,
    compute=profit_split,
    citations=(Citation("smith_2005"), Citation("su_2023", "related methods")),
    validity=Text(
        "The sharing rate comes from evidence on the same base as the income.",
        "分成率有依据，且与分成基数口径一致。",
    ),
    effective_from=date(2005, 1, 1),
    laws=(
        Law(LawKind.RISES, ("income",)),
        Law(LawKind.RISES, ("sharing_rate",)),
        Law(LawKind.FALLS, ("discount_rate",)),
        Law(LawKind.SCALES, ("income",)),
        Law(LawKind.ZERO, ("sharing_rate",)),
    ),
)
