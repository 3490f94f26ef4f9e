"""The income method of listed deals: peers' cost share, the IP's share of profit, discounting."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
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
    named_node,
    node,
)
from ipfinance.numerics import Timing
from ipfinance.valuation._registry import Approach, Law, LawKind, Method
from ipfinance.valuation._valuation import Outcome


class LifeBasis(StrEnum):
    """Where the number of years comes from."""

    REMAINING_LIFE = "remaining_life"
    NOTE_TERM = "note_term"


class RateBasis(StrEnum):
    """What the discount rate is."""

    RISK_ADJUSTED = "risk_adjusted"
    RETURN_ON_EQUITY = "return_on_equity"


LIFE_BASIS_NAMES = {
    LifeBasis.REMAINING_LIFE: Text("remaining life of the right", "权利剩余寿命"),
    LifeBasis.NOTE_TERM: Text("term of the notes", "证券期限"),
}
RATE_BASIS_NAMES = {
    RateBasis.RISK_ADJUSTED: Text("risk-adjusted rate", "风险调整折现率"),
    RateBasis.RETURN_ON_EQUITY: Text("return on equity", "净资产收益率"),
}

HYPOTHETICAL_BASIS = FindingKind(
    code="hypothetical_basis",
    severity=Severity.WARNING,
    text=Text(
        "The profits are hypothetical: the firm's reported results were raised by {add_on:g} a "
        "year to what peers' cost share would give. Of the value {value:.4f}, reported profits "
        "contribute {reported:.4f} and the add-on {added:.4f}; 1 % on the add-on moves the value "
        "by {elasticity:.1%}.",
        "利润为假设口径：企业的报告业绩每年上调 {add_on:g}，以达到可比公司成本占比下的水平。在价值 "
        "{value:.4f} 中，报告利润贡献 {reported:.4f}，调整额贡献 {added:.4f}；调整额变动 1%，"
        "价值变动 {elasticity:.1%}。",
    ),
)
BALANCE_SHEET_SHARE = FindingKind(
    code="balance_sheet_share_as_profit_share",
    severity=Severity.WARNING,
    text=Text(
        "The share of profit credited to the IP, {share:.2%}, was chosen from the intangible share "
        "of the balance sheet ({ratios}); a book share says little about who earns the profit.",
        "归属知识产权的利润分成率 {share:.2%} 是参照资产负债表中无形资产占比（{ratios}）确定的；"
        "账面占比难以说明利润来源。",
    ),
)
SHARE_ABOVE_RATIO = FindingKind(
    code="ip_share_above_intangible_ratio",
    severity=Severity.WARNING,
    text=Text(
        "The IP is credited with {share:.2%} of profit, more than all intangible assets' share of "
        "the balance sheet ({ratio:.2%}).",
        "知识产权的利润分成率 {share:.2%} 高于全部无形资产在资产负债表中的占比（{ratio:.2%}）。",
    ),
)
NOTE_TERM_AS_LIFE = FindingKind(
    code="note_term_as_life",
    severity=Severity.WARNING,
    text=Text(
        "The years counted ({years}) are the term of the notes, not the life of the right; income "
        "after the notes is left out.",
        "计入的 {years} 年为证券期限而非权利寿命；证券到期后的收益未计入。",
    ),
)
NO_TAX_NO_CHARGES = FindingKind(
    code="no_tax_no_charges",
    severity=Severity.NOTE,
    text=Text(
        "The method takes no tax and no charge for other assets that help to earn the profit.",
        "该方法未计税，也未扣除其他贡献资产的报酬。",
    ),
)
ROE_AS_RATE = FindingKind(
    code="return_on_equity_as_rate",
    severity=Severity.WARNING,
    text=Text(
        "The discount rate {rate:.2%} is a return on equity, an accounting figure of whole firms; "
        "it is not the cost of capital of this right.",
        "折现率 {rate:.2%} 为净资产收益率，是企业整体的会计指标，并非该权利的资本成本。",
    ),
)


def _money(name: Text, meaning: Text, symbol: str) -> Quantity:
    return Quantity(name=name, meaning=meaning, symbol=symbol, unit="currency")


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparablesIncomeInputs:
    """What the comparables-adjusted income method asks for."""

    reported_profit: Annotated[
        tuple[float, ...],
        _money(
            Text("reported profit", "报告净利润"),
            Text("net profit of the firm in each forecast year", "各预测年度企业净利润"),
            "N",
        ),
    ]
    ip_share: Annotated[
        float,
        Quantity(
            name=Text("IP share of profit", "知识产权分成率"),
            meaning=Text("part of the profit credited to the IP", "归属知识产权的利润比例"),
            symbol="s",
            low=0.0,
            high=1.0,
        ),
    ]
    discount_rate: Annotated[
        float | None,
        Quantity(
            name=Text("discount rate", "折现率"),
            meaning=Text(
                "yearly rate; leave out when peer_returns are given",
                "年折现率；给出 peer_returns 时留空",
            ),
            symbol="R",
            unit="1/year",
            low=-0.5,
            high=5.0,
        ),
    ] = None
    peer_returns: Annotated[
        tuple[float, ...] | None,
        Quantity(
            name=Text("peers' returns on equity", "可比公司净资产收益率"),
            meaning=Text("their mean is the discount rate", "取其均值作为折现率"),
            symbol="ROE",
            unit="1/year",
            low=-1.0,
            high=5.0,
        ),
    ] = None
    profit_add_on: Annotated[
        float | None,
        _money(
            Text("profit add-on", "利润调整额"),
            Text("added to each year's reported profit", "加到各年报告利润的金额"),
            "a",
        ),
    ] = None
    base_revenue: Annotated[
        float | None,
        _money(
            Text("base-year revenue", "基准年收入"),
            Text("revenue of the year that fixes the add-on", "确定调整额所用年度的收入"),
            "B",
        ),
    ] = None
    base_profit: Annotated[
        float | None,
        _money(
            Text("base-year reported profit", "基准年报告净利润"),
            Text("reported profit of that year", "该年度的报告净利润"),
            "N₀",
        ),
    ] = None
    peer_cost_shares: Annotated[
        tuple[float, ...] | None,
        Quantity(
            name=Text("peers' cost shares", "可比公司成本占比"),
            meaning=Text("costs over revenue, by peer and year", "各可比公司各年成本占收入的比重"),
            symbol="k",
            low=0.0,
            high=5.0,
        ),
    ] = None
    intangible_assets: Annotated[
        tuple[float, ...] | None,
        _money(
            Text("intangible assets", "无形资产"),
            Text("book value by year, for comparison", "各年账面价值，供比较"),
            "I",
        ),
    ] = None
    total_assets: Annotated[
        tuple[float, ...] | None,
        _money(
            Text("total assets", "资产合计"),
            Text("book value by year, for comparison", "各年账面价值，供比较"),
            "A",
        ),
    ] = None
    life_basis: Annotated[
        LifeBasis,
        Quantity(
            name=Text("life basis", "年限依据"),
            meaning=Text("where the number of years comes from", "年数的来源"),
            unit="",
        ),
    ] = LifeBasis.REMAINING_LIFE
    rate_basis: Annotated[
        RateBasis,
        Quantity(
            name=Text("rate basis", "折现率依据"),
            meaning=Text("what the discount rate is", "折现率的性质"),
            unit="",
        ),
    ] = RateBasis.RISK_ADJUSTED
    timing: Annotated[
        Timing,
        Quantity(
            name=Text("timing", "收款时点"),
            meaning=Text("when the income of a year is received", "每年收益的收取时点"),
            unit="",
        ),
    ] = Timing.END

    def __post_init__(self) -> None:
        check_declared(self)
        problems = [*self._choices(), *self._lengths()]
        if problems:
            raise InputError(problems)

    def _choices(self) -> list[Problem]:
        problems = []
        if not self.reported_profit:
            allowed = Text("expected at least one year", "至少应有一年")
            problems.append(Problem(field="reported_profit", allowed=allowed))
        if (self.discount_rate is None) == (self.peer_returns is None):
            allowed = Text(
                "give either discount_rate or peer_returns, not both",
                "discount_rate 与 peer_returns 须且只能给出其一",
            )
            problems.append(
                Problem(field="discount_rate", found=self.discount_rate, allowed=allowed)
            )
        base = (self.base_revenue, self.base_profit, self.peer_cost_shares)
        if any(item is not None for item in base) and None in base:
            allowed = Text(
                "base_revenue, base_profit and peer_cost_shares belong together",
                "base_revenue、base_profit 与 peer_cost_shares 须同时给出",
            )
            problems.append(Problem(field="base_revenue", found=self.base_revenue, allowed=allowed))
        if self.profit_add_on is not None and self.base_revenue is not None:
            allowed = Text(
                "give the add-on or the base year that fixes it, not both",
                "调整额与确定它的基准年数据只能给出其一",
            )
            problems.append(
                Problem(field="profit_add_on", found=self.profit_add_on, allowed=allowed)
            )
        return problems

    def _lengths(self) -> list[Problem]:
        problems = []
        if (self.intangible_assets is None) != (self.total_assets is None):
            allowed = Text(
                "intangible_assets and total_assets belong together",
                "intangible_assets 与 total_assets 须同时给出",
            )
            problems.append(Problem(field="total_assets", allowed=allowed))
        elif self.intangible_assets is not None and self.total_assets is not None:
            if len(self.intangible_assets) != len(self.total_assets):
                allowed = Text("expected as many as intangible_assets", "个数须与无形资产一致")
                found = len(self.total_assets)
                problems.append(Problem(field="total_assets", found=found, allowed=allowed))
            problems += [
                Problem(
                    field=f"total_assets[{year}]",
                    found=total,
                    allowed=Text("expected a number above 0", "应为大于 0 的数"),
                )
                for year, total in enumerate(self.total_assets)
                if total <= 0
            ]
        for name in ("peer_returns", "peer_cost_shares"):
            if getattr(self, name) == ():
                allowed = Text("expected at least one number", "至少应有一个数")
                problems.append(Problem(field=name, allowed=allowed))
        return problems


def comparables_income(
    inputs: ComparablesIncomeInputs, given: Mapping[str, Explanation]
) -> Outcome:
    r"""Discount the IP's share of profits that were raised to peers' cost share.

    Notes
    -----
    .. math:: V = \sum_t \frac{s\,(N_t + a)}{(1+R)^t}, \qquad a = B(1 - \bar k) - N_0

    References
    ----------
    :cite:cts:`zhou_2022`, section 4.
    """
    rate = given.get("discount_rate") or node(
        Text("discount rate", "折现率"),
        _mean,
        given["peer_returns"],
        formula="Σ ROE / n",
        unit="1/year",
        symbol="R",
    )
    add_on = _add_on(given)
    terms = []
    for year, reported in enumerate(given["reported_profit"].children):
        time = year + (0.5 if inputs.timing is Timing.MID else 1.0)
        terms.append(_yearly(given, year, time, reported, add_on, rate))
    value = node(
        Text("income value", "收益法价值"),
        _sum,
        *terms,
        formula="Σ PVₜ",
        unit="currency",
        symbol="PIP",
        citation=Citation("zhou_2022", "section 4"),
    )
    rows = [_row(term) for term in terms]
    added = 0.0 if add_on is None else add_on.number
    pv_reported = math.fsum(
        inputs.ip_share * row["reported"] * row["discount_factor"] for row in rows
    )
    pv_added = math.fsum(inputs.ip_share * added * row["discount_factor"] for row in rows)
    ratios = _ratios(inputs)
    return Outcome(
        explanation=value,
        findings=tuple(_findings(inputs, value.number, added, pv_reported, rate.number)),
        details={
            "rows": tuple(rows),
            "add_on": added,
            "discount_rate": rate.number,
            "pv_of_reported_profit_share": pv_reported,
            "pv_of_add_on_share": pv_added,
            "intangible_ratio": ratios,
        },
    )


def _add_on(given: Mapping[str, Explanation]) -> Explanation | None:
    if "base_revenue" not in given:
        return given.get("profit_add_on")
    return named_node(
        Text("profit add-on", "利润调整额"),
        _add_on_rule,
        {name: given[name] for name in ("base_revenue", "base_profit", "peer_cost_shares")},
        formula="B (1 − mean k) − N₀",
        unit="currency",
        symbol="a",
    )


def _add_on_rule(
    *, base_revenue: float, base_profit: float, peer_cost_shares: tuple[float, ...]
) -> Value:
    return base_revenue * (1.0 - _average(peer_cost_shares)) - base_profit


def _yearly(  # noqa: PLR0917
    given: Mapping[str, Explanation],
    year: int,
    time: float,
    reported: Explanation,
    add_on: Explanation | None,
    rate: Explanation,
) -> Explanation:
    label = (f"year {year + 1}", f"第 {year + 1} 年")
    adjusted = reported
    if add_on is not None:
        adjusted = node(
            Text(f"adjusted profit, {label[0]}", f"调整后净利润，{label[1]}"),
            _sum,
            reported,
            add_on,
            formula="N + a",
            unit="currency",
            symbol="N*",
        )
    income = node(
        Text(f"IP income, {label[0]}", f"知识产权收益，{label[1]}"),
        _product,
        given["ip_share"],
        adjusted,
        formula="s · N*",
        unit="currency",
        symbol="IR",
    )
    factor = node(
        Text(f"discount factor, {label[0]}", f"折现系数，{label[1]}"),
        _Discount(time),
        rate,
        formula=f"(1 + R)^(−{time:g})",
        symbol="D",
    )
    return node(
        Text(f"present value, {label[0]}", f"现值，{label[1]}"),
        _product,
        income,
        factor,
        formula="IR · D",
        unit="currency",
        symbol=f"PV{year + 1}",
    )


@dataclass(frozen=True, slots=True)
class _Discount:
    time: float

    def __call__(self, rate: float) -> Value:
        return float((1.0 + rate) ** -self.time)


def _row(term: Explanation) -> dict[str, float]:
    income, factor = term.children
    share, adjusted = income.children
    reported = adjusted.children[0] if adjusted.children else adjusted
    return {
        "reported": reported.number,
        "adjusted": adjusted.number,
        "ip_share": share.number,
        "ip_income": income.number,
        "discount_factor": factor.number,
        "present_value": term.number,
    }


def _ratios(inputs: ComparablesIncomeInputs) -> tuple[float, ...]:
    if inputs.intangible_assets is None or inputs.total_assets is None:
        return ()
    pairs = zip(inputs.intangible_assets, inputs.total_assets, strict=True)
    return tuple(intangible / total for intangible, total in pairs)


def _findings(
    inputs: ComparablesIncomeInputs, value: float, added: float, pv_reported: float, rate: float
) -> list[Finding]:
    found = [NO_TAX_NO_CHARGES.finding()]
    if added != 0:
        pv_added = value - pv_reported
        found.append(
            HYPOTHETICAL_BASIS.finding(
                where="profit_add_on",
                add_on=added,
                value=value,
                reported=pv_reported,
                added=pv_added,
                elasticity=pv_added / value / 100 if value else math.nan,
            )
        )
    ratios = _ratios(inputs)
    if ratios:
        shown = ", ".join(f"{ratio:.2%}" for ratio in ratios)
        found.append(
            BALANCE_SHEET_SHARE.finding(where="ip_share", share=inputs.ip_share, ratios=shown)
        )
        if inputs.ip_share > max(ratios):
            found.append(
                SHARE_ABOVE_RATIO.finding(
                    where="ip_share", share=inputs.ip_share, ratio=max(ratios)
                )
            )
    if inputs.life_basis is LifeBasis.NOTE_TERM:
        years = len(inputs.reported_profit)
        found.append(NOTE_TERM_AS_LIFE.finding(where="reported_profit", years=years))
    if inputs.rate_basis is RateBasis.RETURN_ON_EQUITY or inputs.peer_returns is not None:
        found.append(ROE_AS_RATE.finding(where="discount_rate", rate=rate))
    return found


def _sum(*terms: float) -> Value:
    return math.fsum(terms)


def _product(*factors: float) -> Value:
    return math.prod(factors)


def _mean(values: tuple[float, ...]) -> Value:
    return _average(values)


def _average(values: tuple[float, ...]) -> float:
    return math.fsum(values) / len(values)


COMPARABLES_INCOME = Method(
    id="comparables_income",
    name=Text("comparables-adjusted income method", "类比调整收益法"),
    summary=Text(
        "Raises reported profits to peers' cost share, takes the IP's share and discounts it.",
        "按可比公司成本占比调整报告利润，取知识产权分成后折现。",
    ),
    approach=Approach.INCOME,
    inputs=ComparablesIncomeInputs,
    compute=comparables_income,
    citations=(Citation("zhou_2022", "section 4"),),
    validity=Text(
        "Rates from -50 % to 500 %, shares from 0 to 1; adjusted profits are hypothetical.",
        "折现率 -50% 至 500%，分成率 0 至 1；调整后利润为假设口径。",
    ),
    effective_from=date(2022, 5, 1),
    laws=(
        Law(LawKind.RISES, ("ip_share",)),
        Law(LawKind.RISES, ("reported_profit",)),
        Law(LawKind.ZERO, ("ip_share",)),
    ),
)
