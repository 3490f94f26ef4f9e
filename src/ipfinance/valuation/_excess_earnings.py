"""Excess earnings: what is left for the right after every other asset has earned its return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

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
    added,
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
)
from ipfinance.valuation._registry import Approach, Law, LawKind, Method, members, middle_of
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
    rate,
    same_length,
)
from ipfinance.valuation._valuation import Outcome

CHARGE = cost(
    Text("contributory charge after tax", "税后贡献资产报酬"),
    Text(
        "fair return, after tax, on the other assets that help to earn the profit",
        "参与创造利润的其他资产的合理税后报酬",
    ),
    "CAC",
)
NO_CHARGES = FindingKind(
    code="no_contributory_charges",
    severity=Severity.WARNING,
    text=Text(
        "No contributory charge is taken: all profit is credited to the right, also what working "
        "capital, fixed assets and workforce earn.",
        "未扣除贡献资产报酬：全部利润归于该权利，包括营运资金、固定资产与员工队伍所创造的部分。",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributoryAsset:
    """An asset that helps to earn the profit."""

    name: Annotated[str, choice(Text("name", "名称"), Text("what the asset is", "资产名称"))]
    opening: Annotated[
        Uncertain,
        cost(
            Text("opening balance", "期初余额"), Text("at the start of the year", "年初金额"), "B₀"
        ),
    ]
    required_return: Annotated[
        Uncertain,
        rate(
            Text("required return after tax", "税后要求报酬率"),
            Text("yearly return on the asset", "资产的年报酬率"),
            "i",
            low=0.0,
        ),
    ]
    closing: Annotated[
        Uncertain | None,
        cost(
            Text("closing balance", "期末余额"),
            Text(
                "at the end of the year; the opening one where left out", "年末金额；留空则同期初"
            ),
            "B₁",
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributoryChargesInputs:
    """What the contributory charge of one year asks for."""

    assets: Annotated[
        tuple[ContributoryAsset, ...],
        choice(Text("contributory asset", "贡献资产"), Text("the other assets", "其他资产")),
    ]

    def __post_init__(self) -> None:
        check_declared(self)
        refuse(not_empty("assets", self.assets))


def contributory_charges(
    inputs: ContributoryChargesInputs, given: Mapping[str, Explanation]
) -> Outcome:
    r"""Sum the returns that contributory assets must earn in a year.

    Notes
    -----
    .. math:: C = \sum_j \tfrac12 (B_{j,0} + B_{j,1})\, i_j

    Depreciation stays in the cash flow: it is the return *of* these assets, the charge is the
    return *on* them.

    References
    ----------
    :cite:cts:`appraisal_2010`.
    """
    charges = []
    for asset, tree in zip(inputs.assets, given["assets"].children, strict=True):
        parts = members(tree)
        ends = [parts[name] for name in ("opening", "closing") if name in parts]
        charges.append(
            node(
                Text(f"charge for {asset.name}", f"{asset.name}的报酬"),
                _charge,
                parts["required_return"],
                *ends,
                formula="i · (B₀ + B₁) / 2" if len(ends) == 2 else "i · B₀",  # noqa: PLR2004
                unit="currency",
                symbol="C",
            )
        )
    value = node(
        Text("contributory charge", "贡献资产报酬合计"),
        added,
        *charges,
        formula="Σ C",
        unit="currency",
        symbol="CAC",
    )
    details = {asset.name: tree.number for asset, tree in zip(inputs.assets, charges, strict=True)}
    return Outcome(explanation=value, details={"charges": details})


def _charge(required_return: Any, *balances: Any) -> Any:  # noqa: ANN401
    return required_return * added(*balances) * (1.0 / len(balances))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcessEarningsInputs:
    """What the multi-period excess earnings method asks for."""

    profit: Annotated[
        tuple[Uncertain, ...],
        amount(
            Text("profit before tax", "税前利润"),
            Text(
                "profit of the business that uses the right, by year, before interest and tax",
                "使用该权利的业务各年息税前利润",
            ),
            "N",
            yearly=True,
        ),
    ]
    charges: Annotated[
        tuple[Uncertain, ...],
        Quantity(
            name=CHARGE.name,
            meaning=CHARGE.meaning,
            symbol="CAC",
            unit="currency",
            low=0.0,
            yearly=True,
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
        count = len(self.profit)
        periods = Periods(count=count, timing=self.timing)
        refuse(
            [
                *not_empty("profit", self.profit),
                *same_length("charges", self.charges, count),
                *same_length("retained_shares", self.retained_shares, count),
                *periods.problems(self.flow_times, self.first_period),
            ]
        )


def excess_earnings(inputs: ExcessEarningsInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Value a right by the earnings left over after charges for all other assets.

    Notes
    -----
    .. math:: V = F \sum_t \bigl(N_t (1-\tau) - C_t\bigr) s_t D_t

    The charges :math:`C_t` are after tax and are taken from profit after tax.

    References
    ----------
    :cite:cts:`ivsc_ivs_2025`, IVS 210; :cite:cts:`appraisal_2010`.
    """
    count = len(inputs.profit)
    periods = Periods(count=count, timing=inputs.timing)
    charges = series(given["charges"], count)
    taxed = [
        node(
            Text(f"profit after tax, year {year + 1}", f"税后利润，第 {year + 1} 年"),
            after_tax,
            profit,
            given["tax_rate"],
            formula="N (1 − τ)",
            unit="currency",
            symbol="N*",
        )
        for year, profit in enumerate(series(given["profit"], count))
    ]
    excess = [
        node(
            Text(f"excess earnings, year {year + 1}", f"超额收益，第 {year + 1} 年"),
            subtracted,
            profit,
            charge,
            formula="N* − CAC",
            unit="currency",
            symbol="E",
        )
        for year, (profit, charge) in enumerate(zip(taxed, charges, strict=True))
    ]
    terms = present_values(given, retained(given, excess), periods)
    base = summed(Text("present value of excess earnings", "超额收益现值"), terms)
    columns = {
        Text("profit after tax", "税后利润"): taxed,
        Text("charge", "贡献资产报酬"): charges,
        Text("excess", "超额收益"): excess,
        Text("discount factor", "折现系数"): [term.children[1] for term in terms],
        Text("present value", "现值"): terms,
    }
    outcome = finished(
        with_amortisation(given, base, inputs.timing),
        schedule=schedule(columns),
        present_value=base.number,
    )
    if any(charge.number != 0 for charge in charges):
        return outcome
    return Outcome(
        explanation=outcome.explanation,
        findings=(*outcome.findings, NO_CHARGES.finding(where="charges")),
        details=outcome.details,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SinglePeriodExcessInputs:
    """What the single-period excess earnings method asks for."""

    profit: Annotated[
        Uncertain,
        amount(
            Text("profit before tax", "税前利润"),
            Text(
                "normal profit of the coming year, before interest and tax", "下一年正常息税前利润"
            ),
            "N",
        ),
    ]
    charge: Annotated[Uncertain, CHARGE]
    tax_rate: TaxRate
    discount_rate: DiscountRate
    growth: Annotated[
        Uncertain,
        rate(
            Text("growth", "增长率"),
            Text("for ever; negative where the earnings fade", "永续增长率；收益递减则为负"),
            "g",
            low=-1.0,
        ),
    ] = 0.0

    def __post_init__(self) -> None:
        check_declared(self)
        refuse(growth_problems(middle_of(self.discount_rate), middle_of(self.growth), "growth"))


def single_period_excess(
    inputs: SinglePeriodExcessInputs,  # noqa: ARG001 - every method takes its inputs
    given: Mapping[str, Explanation],
) -> Outcome:
    r"""Capitalise the excess earnings of one normal year.

    Notes
    -----
    .. math:: V = \frac{N(1-\tau) - C}{r - g}

    References
    ----------
    :cite:cts:`reilly_2013`.
    """
    taxed = node(
        Text("profit after tax", "税后利润"),
        after_tax,
        given["profit"],
        given["tax_rate"],
        formula="N (1 − τ)",
        unit="currency",
        symbol="N*",
    )
    excess = node(
        Text("excess earnings", "超额收益"),
        subtracted,
        taxed,
        given["charge"],
        formula="N* − CAC",
        unit="currency",
        symbol="E",
    )
    value = node(
        Text("value", "价值"),
        _capitalised,
        excess,
        given["discount_rate"],
        given["growth"],
        formula="E / (r − g)",
        unit="currency",
        symbol="V",
    )
    return finished(value, excess=excess.number)


def _capitalised(flow: Any, discount_rate: Any, growth: Any) -> Any:  # noqa: ANN401
    return flow / (discount_rate - growth)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcessReturnInputs:
    """What the excess return method asks for."""

    assets: Annotated[
        tuple[Uncertain, ...],
        Quantity(
            name=Text("assets employed", "占用资产"),
            meaning=Text(
                "net assets of the firm that uses the right, by year", "使用该权利企业各年净资产"
            ),
            symbol="A",
            unit="currency",
            low=0.0,
            yearly=True,
        ),
    ]
    own_return: Annotated[
        Uncertain,
        rate(
            Text("return of the firm", "企业资产收益率"),
            Text("expected yearly return on these assets, after tax", "预期年资产收益率（税后）"),
            "i",
        ),
    ]
    industry_return: Annotated[
        Uncertain,
        rate(
            Text("return of the industry", "行业平均收益率"),
            Text("average return of firms without such a right", "同行业企业平均资产收益率"),
            "ī",
        ),
    ]
    ip_share: Annotated[
        Uncertain,
        Quantity(
            name=Text("share of the right", "该权利的分成率"),
            meaning=Text(
                "part of the excess that this right earns, among all intangibles",
                "超额收益中归属该权利的比例",
            ),
            symbol="k",
            low=0.0,
            high=1.0,
        ),
    ]
    discount_rate: DiscountRate
    retained_shares: RetainedShares = None
    timing: Timing = FlowTiming.END
    first_period: FirstPeriod = 1.0

    def __post_init__(self) -> None:
        check_declared(self)
        count = len(self.assets)
        refuse(
            [
                *not_empty("assets", self.assets),
                *same_length("retained_shares", self.retained_shares, count),
                *Periods(count=count, timing=self.timing).problems(None, self.first_period),
            ]
        )


def excess_return(inputs: ExcessReturnInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Value a right by the return above that of the industry.

    Notes
    -----
    .. math:: V = \sum_t A_t (i - \bar\imath)\, k\, s_t D_t
    """
    spread = node(
        Text("excess return", "超额收益率"),
        subtracted,
        given["own_return"],
        given["industry_return"],
        formula="i − ī",
        unit="1/year",
        symbol="Δi",
    )
    count = len(inputs.assets)
    periods = Periods(count=count, timing=inputs.timing)
    excess = [
        node(
            Text(f"excess income, year {year + 1}", f"超额收益，第 {year + 1} 年"),
            multiplied,
            assets,
            spread,
            given["ip_share"],
            formula="A · Δi · k",
            unit="currency",
            symbol="E",
        )
        for year, assets in enumerate(series(given["assets"], count))
    ]
    terms = present_values(given, retained(given, excess), periods)
    columns = {
        Text("excess income", "超额收益"): excess,
        Text("discount factor", "折现系数"): [term.children[1] for term in terms],
        Text("present value", "现值"): terms,
    }
    value = summed(Text("value", "价值"), terms)
    return finished(value, schedule=schedule(columns), excess_return=spread.number)


CONTRIBUTORY_CHARGES = Method(
    id="contributory_charges",
    name=Text("contributory asset charges", "贡献资产报酬"),
    summary=Text(
        "Sums the after-tax returns of the other assets in one year, on average balances.",
        "按平均余额计算其他资产一年的税后报酬合计。",
    ),
    approach=Approach.INPUT,
    inputs=ContributoryChargesInputs,
    compute=contributory_charges,
    citations=(Citation("appraisal_2010"),),
    validity=Text("Returns after tax on balances of one year.", "同一年度余额的税后报酬率。"),
    effective_from=date(2010, 5, 31),
    result=CHARGE,
    laws=(
        Law(LawKind.RISES, ("assets.opening",)),
        Law(LawKind.RISES, ("assets.required_return",)),
        Law(LawKind.SCALES, ("assets.opening", "assets.closing")),
        Law(LawKind.ZERO, ("assets.required_return",)),
    ),
)
EXCESS_EARNINGS = Method(
    id="excess_earnings",
    name=Text("multi-period excess earnings method", "多期超额收益法"),
    summary=Text(
        "Discounts profit after tax less after-tax charges for all contributory assets.",
        "将税后利润扣除各项贡献资产税后报酬后的超额收益折现。",
    ),
    approach=Approach.INCOME,
    inputs=ExcessEarningsInputs,
    compute=excess_earnings,
    citations=(Citation("ivsc_ivs_2025", "IVS 210"), Citation("appraisal_2010")),
    validity=Text(
        "Charges after tax; one subject asset, the main one of the business.",
        "贡献资产报酬为税后口径；评估对象为业务的主要资产。",
    ),
    effective_from=date(2025, 1, 31),
    laws=(
        Law(LawKind.RISES, ("profit",)),
        Law(LawKind.FALLS, ("charges",)),
        Law(LawKind.SCALES, ("profit", "charges")),
        Law(LawKind.ZERO, ("profit", "charges")),
    ),
)
SINGLE_PERIOD_EXCESS = Method(
    id="single_period_excess",
    name=Text("single-period excess earnings", "单期超额收益法"),
    summary=Text(
        "Capitalises the excess earnings of one normal year with a constant growth.",
        "按固定增长率将单一正常年度的超额收益资本化。",
    ),
    approach=Approach.INCOME,
    inputs=SinglePeriodExcessInputs,
    compute=single_period_excess,
    citations=(Citation("reilly_2013"),),
    validity=Text(
        "The discount rate exceeds the growth; the earnings have no end, or fade at a constant "
        "rate.",
        "折现率高于增长率；收益永续或按固定比率递减。",
    ),
    effective_from=date(2013, 1, 1),
    laws=(
        Law(LawKind.RISES, ("profit",)),
        Law(LawKind.FALLS, ("charge",)),
        Law(LawKind.RISES, ("growth",)),
        Law(LawKind.SCALES, ("profit", "charge")),
        Law(LawKind.ZERO, ("profit", "charge")),
    ),
)
EXCESS_RETURN = Method(
    id="excess_return",
    name=Text("excess return method", "超额收益率法"),
    summary=Text(
        "Discounts what a firm earns on its assets above the average of its industry.",
        "将企业资产收益率高于行业平均部分的收益折现。",
    ),
    approach=Approach.INCOME,
    inputs=ExcessReturnInputs,
    compute=excess_return,
    citations=(Citation("su_2023", "related methods"), Citation("reilly_2013")),
    validity=Text(
        "Returns of the firm and the industry on the same base and after tax.",
        "企业与行业收益率口径一致，均为税后。",
    ),
    effective_from=date(2013, 1, 1),
    laws=(
        Law(LawKind.RISES, ("own_return",)),
        Law(LawKind.FALLS, ("industry_return",)),
        Law(LawKind.SCALES, ("assets",)),
        Law(LawKind.ZERO, ("ip_share",)),
    ),
)
