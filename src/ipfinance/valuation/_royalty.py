"""Royalties: what an owner is spared, and what a licence brings in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from ipfinance.assets import AssetKind
from ipfinance.basics import (
    Citation,
    Explanation,
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
    growth_problems,
    multiplied,
    present_values,
    refuse,
    retained,
    schedule,
    series,
    subtracted,
    summed,
    with_amortisation,
    with_terminal,
)
from ipfinance.valuation._registry import Approach, Law, LawKind, Method, middle_of
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
    not_empty,
    rate,
    same_length,
    share,
)
from ipfinance.valuation._valuation import Outcome

REVENUE = amount(
    Text("revenue", "收入"),
    Text("sales on which the royalty would be paid, by year", "各年许可费计费收入"),
    "S",
    yearly=True,
)
ROYALTY_RATE = share(
    Text("royalty rate", "许可费率"),
    Text(
        "royalty on revenue that independent parties would agree on",
        "独立交易双方就收入约定的许可费率",
    ),
    "ρ",
)
HIGH_ROYALTY = FindingKind(
    code="royalty_above_half_of_margin",
    severity=Severity.WARNING,
    text=Text(
        "The royalty of {royalty:.2%} takes {share:.0%} of the operating margin of {margin:.2%}; "
        "a licensee would rarely leave more than half.",
        "许可费率 {royalty:.2%} 占营业利润率 {margin:.2%} 的 {share:.0%}；"
        "被许可方通常不会让出一半以上。",
    ),
)
HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliefFromRoyaltyInputs:
    """What relief from royalty asks for."""

    revenue: Annotated[tuple[Uncertain, ...], REVENUE]
    royalty_rate: Annotated[Uncertain, ROYALTY_RATE]
    tax_rate: TaxRate
    discount_rate: DiscountRate
    retained_shares: RetainedShares = None
    owner_costs: Annotated[
        tuple[Uncertain, ...] | None,
        amount(
            Text("costs of the owner", "权利人承担的费用"),
            Text(
                "costs before tax that an owner bears and a licensee would not (maintenance, "
                "defence); negative where the owner saves",
                "权利人承担而被许可方无须承担的税前费用（维持、维权）；节省则为负",
            ),
            "c",
            yearly=True,
        ),
    ] = None
    operating_margin: Annotated[
        Uncertain | None,
        Quantity(
            name=Text("operating margin", "营业利润率"),
            meaning=Text(
                "of the business that uses the right, to judge the royalty by",
                "使用该权利业务的营业利润率，用于衡量许可费率",
            ),
            symbol="m",
            low=-1.0,
            high=1.0,
        ),
    ] = None
    tax_life: TaxLife = None
    terminal_growth: Annotated[
        Uncertain | None,
        rate(
            Text("terminal growth", "永续增长率"),
            Text(
                "growth after the last year; for assets without an end only",
                "末年之后的增长率；仅适用于无确定期限的资产",
            ),
            "g",
        ),
    ] = None
    timing: Timing = FlowTiming.MID
    first_period: FirstPeriod = 1.0
    flow_times: FlowTimes = None

    def __post_init__(self) -> None:
        check_declared(self)
        count = len(self.revenue)
        problems = [
            *not_empty("revenue", self.revenue),
            *same_length("retained_shares", self.retained_shares, count),
            *same_length("owner_costs", self.owner_costs, count),
            *Periods(count=count, timing=self.timing).problems(self.flow_times, self.first_period),
        ]
        if self.terminal_growth is not None:
            problems += growth_problems(
                middle_of(self.discount_rate), middle_of(self.terminal_growth), "terminal_growth"
            )
        refuse(problems)


def relief_from_royalty(
    inputs: ReliefFromRoyaltyInputs, given: Mapping[str, Explanation]
) -> Outcome:
    r"""Value a right by the after-tax royalties that its owner is spared.

    Notes
    -----
    .. math:: V = F \sum_t (S_t\,\rho\,s_t - c_t)(1-\tau)\,D_t

    References
    ----------
    :cite:cts:`ivsc_ivs_2025`, IVS 210.
    """
    count = len(inputs.revenue)
    periods = Periods(count=count, timing=inputs.timing)
    revenue = series(given["revenue"], count)
    royalties = [_royalty(given, each, year) for year, each in enumerate(revenue)]
    kept = retained(given, royalties)
    before_tax = [_less_cost(given, each, year, count) for year, each in enumerate(kept)]
    flows = [
        node(
            Text(f"royalty after tax, year {year + 1}", f"税后许可费，第 {year + 1} 年"),
            after_tax,
            each,
            given["tax_rate"],
            formula=f"{each.symbol} (1 − τ)",
            unit="currency",
            symbol="X",
        )
        for year, each in enumerate(before_tax)
    ]
    terms = present_values(given, flows, periods)
    base = summed(
        Text("present value of royalties", "许可费现值"),
        with_terminal(given, terms, flows, periods),
    )
    value = with_amortisation(given, base, inputs.timing)
    columns = {
        Text("revenue", "收入"): revenue,
        Text("royalty", "许可费"): royalties,
        Text("after tax", "税后"): flows,
        Text("discount factor", "折现系数"): [term.children[1] for term in terms],
        Text("present value", "现值"): terms,
    }
    outcome = finished(
        value, schedule=schedule(columns), present_value=base.number, **_factor(value)
    )
    return _judged(outcome, inputs)


def _factor(value: Explanation) -> dict[str, float]:
    found = [each.number for each in value.children if each.symbol == "F"]
    return {"amortisation_factor": found[0]} if found else {}


def _royalty(given: Mapping[str, Explanation], revenue: Explanation, year: int) -> Explanation:
    return node(
        Text(f"royalty, year {year + 1}", f"许可费，第 {year + 1} 年"),
        multiplied,
        revenue,
        given["royalty_rate"],
        formula="S · ρ",
        unit="currency",
        symbol="Y",
    )


def _less_cost(
    given: Mapping[str, Explanation], flow: Explanation, year: int, count: int
) -> Explanation:
    if "owner_costs" not in given:
        return flow
    return node(
        Text(f"royalty less costs, year {year + 1}", f"扣除费用后的许可费，第 {year + 1} 年"),
        subtracted,
        flow,
        series(given["owner_costs"], count)[year],
        formula=f"{flow.symbol} − c",
        unit="currency",
        symbol="Yc",
    )


def _judged(outcome: Outcome, inputs: ReliefFromRoyaltyInputs) -> Outcome:
    if inputs.operating_margin is None:
        return outcome
    royalty, margin = middle_of(inputs.royalty_rate), middle_of(inputs.operating_margin)
    if margin > 0 and royalty <= HALF * margin:
        return outcome
    part = royalty / margin if margin > 0 else float("inf")
    finding = HIGH_ROYALTY.finding(where="royalty_rate", royalty=royalty, margin=margin, share=part)
    return Outcome(
        explanation=outcome.explanation,
        findings=(*outcome.findings, finding),
        details=outcome.details,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RoyaltyIncomeInputs:
    """What the value of a running royalty asks for."""

    first_royalty: Annotated[
        Uncertain,
        amount(
            Text("first royalty", "首年许可费"),
            Text("royalty received in the first year", "第一年收取的许可费"),
            "Y₁",
        ),
    ]
    growth: Annotated[
        Uncertain,
        rate(
            Text("growth", "增长率"),
            Text("yearly growth of the royalty; negative for decay", "许可费年增长率；衰减为负"),
            "g",
            low=-1.0,
        ),
    ]
    term: Annotated[
        int,
        Quantity(
            name=Text("term", "年限"),
            meaning=Text("years in which the royalty is paid", "收取许可费的年数"),
            symbol="n",
            unit="year",
            low=1,
            high=200,
            whole=True,
        ),
    ]
    discount_rate: DiscountRate
    retained_shares: RetainedShares = None
    timing: Timing = FlowTiming.MID
    first_period: FirstPeriod = 1.0

    def __post_init__(self) -> None:
        check_declared(self)
        refuse(
            [
                *same_length("retained_shares", self.retained_shares, self.term),
                *Periods(count=self.term, timing=self.timing).problems(None, self.first_period),
            ]
        )


def royalty_income(inputs: RoyaltyIncomeInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Value a running royalty that grows, or decays as works of art do.

    Notes
    -----
    .. math:: V = \sum_t Y_1 (1+g)^{t-1} s_t D_t

    The sum is also the lump sum that stands for the running royalty.
    """
    periods = Periods(count=inputs.term, timing=inputs.timing)
    royalties = [
        node(
            Text(f"royalty, year {year + 1}", f"许可费，第 {year + 1} 年"),
            _Grown(year),
            given["first_royalty"],
            given["growth"],
            formula=f"Y₁ (1 + g)^{year}",
            unit="currency",
            symbol="Y",
        )
        for year in range(inputs.term)
    ]
    flows = retained(given, royalties)
    terms = present_values(given, flows, periods)
    columns = {
        Text("royalty", "许可费"): royalties,
        Text("discount factor", "折现系数"): [term.children[1] for term in terms],
        Text("present value", "现值"): terms,
    }
    value = summed(Text("value of the royalties", "许可费价值"), terms)
    return finished(value, schedule=schedule(columns))


@dataclass(frozen=True, slots=True)
class _Grown:
    year: int

    def __call__(self, first: Any, growth: Any) -> Any:  # noqa: ANN401
        return first * (1.0 + growth) ** self.year


@dataclass(frozen=True, slots=True, kw_only=True)
class LumpSumInputs:
    """What the lump sum for a running royalty asks for."""

    sales: Annotated[
        tuple[Uncertain, ...],
        amount(
            Text("licensed sales", "许可销售额"),
            Text("sales on which the royalty is paid, by year", "各年计费销售额"),
            "S",
            yearly=True,
        ),
    ]
    royalty_rate: Annotated[Uncertain, ROYALTY_RATE]
    discount_rate: DiscountRate
    retained_shares: RetainedShares = None
    timing: Timing = FlowTiming.MID
    first_period: FirstPeriod = 1.0
    flow_times: FlowTimes = None

    def __post_init__(self) -> None:
        check_declared(self)
        count = len(self.sales)
        periods = Periods(count=count, timing=self.timing)
        refuse(
            [
                *not_empty("sales", self.sales),
                *same_length("retained_shares", self.retained_shares, count),
                *periods.problems(self.flow_times, self.first_period),
            ]
        )


def lump_sum(inputs: LumpSumInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Find the lump sum that is worth a running royalty.

    Notes
    -----
    .. math:: V = \sum_t S_t\,\rho\,s_t\,D_t
    """
    periods = Periods(count=len(inputs.sales), timing=inputs.timing)
    royalties = [
        node(
            Text(f"royalty, year {year + 1}", f"许可费，第 {year + 1} 年"),
            multiplied,
            sales,
            given["royalty_rate"],
            formula="S · ρ",
            unit="currency",
            symbol="Y",
        )
        for year, sales in enumerate(series(given["sales"], len(inputs.sales)))
    ]
    flows = retained(given, royalties)
    terms = present_values(given, flows, periods)
    columns = {
        Text("royalty", "许可费"): royalties,
        Text("discount factor", "折现系数"): [term.children[1] for term in terms],
        Text("present value", "现值"): terms,
    }
    return finished(summed(Text("lump sum", "一次总付金额"), terms), schedule=schedule(columns))


IVS_210 = Citation("ivsc_ivs_2025", "IVS 210")
LICENSABLE = (
    AssetKind.PATENT_INVENTION,
    AssetKind.UTILITY_MODEL,
    AssetKind.DESIGN,
    AssetKind.TRADEMARK,
    AssetKind.COPYRIGHT,
    AssetKind.SOFTWARE,
    AssetKind.TRADE_SECRET,
    AssetKind.PLANT_VARIETY,
    AssetKind.LAYOUT_DESIGN,
    AssetKind.GEOGRAPHICAL_INDICATION,
    AssetKind.DATA,
    AssetKind.OTHER,
)
RELIEF_FROM_ROYALTY = Method(
    id="relief_from_royalty",
    name=Text("relief from royalty", "许可费节省法"),
    summary=Text(
        "Discounts the after-tax royalties that the owner of the right is spared, with the tax "
        "amortisation benefit where a buyer gets it.",
        "将权利人节省的税后许可费折现；买方可享受摊销抵税时加计税收摊销收益。",
    ),
    approach=Approach.INCOME,
    inputs=ReliefFromRoyaltyInputs,
    compute=relief_from_royalty,
    citations=(IVS_210,),
    validity=Text(
        "Royalty and tax rates from 0 to 1; a discount rate above any terminal growth.",
        "许可费率与税率在 0 至 1 之间；折现率须高于永续增长率。",
    ),
    effective_from=date(2025, 1, 31),
    laws=(
        Law(LawKind.RISES, ("revenue",)),
        Law(LawKind.RISES, ("royalty_rate",)),
        Law(LawKind.FALLS, ("discount_rate",)),
        Law(LawKind.SCALES, ("revenue", "owner_costs")),
        Law(LawKind.ZERO, ("revenue", "owner_costs")),
    ),
)
ROYALTY_INCOME = Method(
    id="royalty_income",
    name=Text("running royalty", "持续许可费收益"),
    summary=Text(
        "Values royalties that grow or decay at a constant rate for a number of years.",
        "评估在若干年内按固定比率增长或衰减的许可费收益。",
    ),
    approach=Approach.INCOME,
    inputs=RoyaltyIncomeInputs,
    compute=royalty_income,
    citations=(IVS_210,),
    validity=Text("A finite term; growth above -100 %.", "年限有限；增长率高于 -100%。"),
    effective_from=date(2025, 1, 31),
    laws=(
        Law(LawKind.RISES, ("first_royalty",)),
        Law(LawKind.RISES, ("growth",)),
        Law(LawKind.FALLS, ("discount_rate",)),
        Law(LawKind.SCALES, ("first_royalty",)),
        Law(LawKind.ZERO, ("first_royalty",)),
    ),
)
LUMP_SUM = Method(
    id="lump_sum",
    name=Text("lump sum for a running royalty", "一次总付与持续许可费折算"),
    summary=Text(
        "Finds the single payment that is worth a running royalty on expected sales.",
        "求与预期销售额持续许可费等值的一次性付款。",
    ),
    approach=Approach.INCOME,
    inputs=LumpSumInputs,
    compute=lump_sum,
    citations=(IVS_210,),
    validity=Text(
        "Royalty rate from 0 to 1 on one stated base of sales.", "许可费率 0 至 1，计费基础一致。"
    ),
    effective_from=date(2025, 1, 31),
    laws=(
        Law(LawKind.RISES, ("sales",)),
        Law(LawKind.RISES, ("royalty_rate",)),
        Law(LawKind.FALLS, ("discount_rate",)),
        Law(LawKind.ZERO, ("royalty_rate",)),
    ),
)
