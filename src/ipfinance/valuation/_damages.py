"""Damages: what an infringer owes, in the money of the day of judgment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, TypeAlias

from ipfinance.basics import (
    Citation,
    Distribution,
    Explanation,
    Finding,
    FindingKind,
    Interval,
    Problem,
    Quantity,
    Severity,
    Text,
    Uncertain,
    check_declared,
    node,
)
from ipfinance.numerics import smaller
from ipfinance.parameters import parameter
from ipfinance.valuation._flows import (
    added,
    multiplied,
    refuse,
    schedule,
    series,
    subscript,
)
from ipfinance.valuation._registry import Approach, Law, LawKind, Method, members, middle_of
from ipfinance.valuation._terms import (
    FlowTiming,
    amount,
    choice,
    cost,
    not_empty,
    rate,
    same_length,
    share,
    years,
)
from ipfinance.valuation._valuation import Outcome, Schedule

SMITH_PARR = Citation("smith_2005", "infringement damages")


class Interest(StrEnum):
    """How interest before judgment grows."""

    COMPOUND = "compound"
    SIMPLE = "simple"


INTEREST_NAMES = {
    Interest.COMPOUND: Text("compound, yearly", "按年复利"),
    Interest.SIMPLE: Text("simple", "单利"),
}


class MultipleReading(StrEnum):
    """What a multiple of damages multiplies."""

    TOTAL = "total"  # the award is the multiple of the base
    ADDED = "added"  # the award is the base and the multiple of it on top


MULTIPLE_READING_NAMES = {
    MultipleReading.TOTAL: Text("the award is the multiple of the base", "赔偿总额为基数的倍数"),
    MultipleReading.ADDED: Text(
        "the multiple comes on top of the base", "在基数之外另加基数的倍数"
    ),
}


class DamagesLaw(StrEnum):
    """Laws whose bounds on a multiple are packaged, with their dates."""

    CN_PATENT = "cn_patent"
    US_PATENT = "us_patent"


DAMAGES_LAW_NAMES = {
    DamagesLaw.CN_PATENT: Text("Patent Law of China", "中国专利法"),
    DamagesLaw.US_PATENT: Text("United States Code, title 35", "美国法典第 35 编"),
}

ENTIRE_BASE = FindingKind(
    code="entire_market_base",
    severity=Severity.WARNING,
    text=Text(
        "The whole revenue of the product is the base of the royalty. That needs proof that the "
        "infringed feature drives its sales; otherwise state the feature's share.",
        "以产品全部收入作为计费基础，须证明侵权技术特征驱动产品销售；否则应给出该特征的贡献比例。",
    ),
)
NEGATIVE_LOSS = FindingKind(
    code="negative_loss",
    severity=Severity.INVALID,
    text=Text(
        "The loss comes to {value:.4f}, below nothing: by these figures there is no damage.",
        "计算所得损失为 {value:.4f}，低于零：按所给数据不存在损失。",
    ),
)
LOSING_YEARS = FindingKind(
    code="losing_years",
    severity=Severity.WARNING,
    text=Text(
        "The infringer lost money in year(s) {years}; that reduces the gain of the others. Say "
        "whether the law lets it, or claim those years by another measure.",
        "侵权人在第 {years} 年亏损，抵减了其他年度的获利；请说明法律是否允许抵减，"
        "或对该年度改用其他计算方式。",
    ),
)
ROYALTY_ON_REST = FindingKind(
    code="royalty_on_units_not_lost",
    severity=Severity.NOTE,
    text=Text(
        "The royalty is charged on the {units:,.4g} units that the owner would not have sold; the "
        "others are in the lost profits already.",
        "许可费仅就权利人不会售出的 {units:,.4g} 件计收；其余部分已计入所失利润。",
    ),
)
OVER_CAPACITY = FindingKind(
    code="sales_beyond_capacity",
    severity=Severity.WARNING,
    text=Text(
        "The owner's share of the infringing units, {share:,.4g}, is more than the {spare:,.4g} "
        "that could have been made and sold; the lower number counts.",
        "按份额计算的侵权销量 {share:,.4g} 超过权利人可生产销售的 {spare:,.4g}，按后者计算。",
    ),
)
MULTIPLE_OUTSIDE_LAW = FindingKind(
    code="multiple_outside_law",
    severity=Severity.INVALID,
    text=Text(
        "The award is {multiple} times the base; {law} allows {low:g} to {high:g} times (in "
        "force since {since}).",
        "赔偿总额为基数的 {multiple} 倍；{law}允许 {low:g} 至 {high:g} 倍（自 {since} 起施行）。",
    ),
)
MULTIPLE_LAW = FindingKind(
    code="multiple_law",
    severity=Severity.NOTE,
    text=Text(
        "The multiple is set against {law}, in force since {since}: {low:g} to {high:g} times the "
        "base, for infringement that the court finds deserves it.",
        "倍数依据{law}（自 {since} 起施行）：基数的 {low:g} 至 {high:g} 倍，"
        "以法院认定侵权情节符合条件为前提。",
    ),
)
AWARDS_ARE_SELECTED = FindingKind(
    code="awards_are_selected",
    severity=Severity.WARNING,
    text=Text(
        "Awards in court are for rights that were litigated and for a part of their value; an "
        "average of them is a point of view on the amount, not a measure of the right.",
        "判赔案件仅涵盖涉诉权利，且赔偿只对应其部分价值；平均判赔额可供参照，不能衡量权利价值。",
    ),
)


InterestRate: TypeAlias = Annotated[
    Uncertain,
    rate(
        Text("interest before judgment", "判决前利率"),
        Text(
            "yearly interest on what was due before the judgment",
            "判决日前应付款项的年利率",
        ),
        "j",
        low=0.0,
    ),
]
Compounding: TypeAlias = Annotated[
    Interest,
    choice(
        Text("kind of interest", "计息方式"),
        Text(
            "whether interest bears interest; the law or the court says", "单利或复利，依法或依裁判"
        ),
    ),
]
PastTiming: TypeAlias = Annotated[
    FlowTiming,
    choice(
        Text("timing", "时点"),
        Text("when in each year the loss fell", "各年损失发生的时点"),
    ),
]
Delay: TypeAlias = Annotated[
    float,
    years(
        Text("delay", "间隔"),
        Text(
            "years from the end of the last year of loss to the judgment",
            "自最后一个损失年度末至判决日的年数",
        ),
        "d",
    ),
]
YearsBefore: TypeAlias = Annotated[
    tuple[float, ...] | None,
    Quantity(
        name=Text("years before judgment", "距判决日年数"),
        meaning=Text(
            "from when each loss fell to the judgment, for timing `dated`",
            "各笔损失发生时距判决日的年数（timing 为 dated 时）",
        ),
        symbol="t",
        unit="year",
        low=0.0,
        high=200.0,
        yearly=True,
    ),
]
FEATURE_SHARE = share(
    Text("share of the feature", "特征贡献比例"),
    Text(
        "part of the product's revenue that the infringed feature earns",
        "产品收入中归属侵权技术特征的比例",
    ),
    "a",
)


def _timing_problems(
    timing: FlowTiming, years_before: tuple[float, ...] | None, count: int
) -> list[Problem]:
    if timing is not FlowTiming.DATED:
        if years_before is None:
            return []
        allowed = Text("times go with timing: dated", "仅在 timing 为 dated 时给出时点")
        return [Problem(field="years_before", found=len(years_before), allowed=allowed)]
    if years_before is None:
        return [Problem(field="years_before", allowed=Text("required with timing: dated", "必填"))]
    return same_length("years_before", years_before, count)


def _grown(
    given: Mapping[str, Explanation],
    losses: Sequence[Explanation],
    timing: FlowTiming,
    compounding: Interest,
) -> tuple[Explanation, ...]:
    """Return what each past loss has grown to on the day of judgment."""
    return tuple(
        _one_grown(given, loss, place, len(losses), timing, compounding)
        for place, loss in enumerate(losses)
    )


def _one_grown(  # noqa: PLR0917
    given: Mapping[str, Explanation],
    loss: Explanation,
    place: int,
    count: int,
    timing: FlowTiming,
    compounding: Interest,
) -> Explanation:
    number = place + 1
    compound = compounding is Interest.COMPOUND
    if timing is FlowTiming.DATED:
        time, rule = given["years_before"].children[place], _Growth(0.0, compound)
    else:
        middle = 0.5 if timing is FlowTiming.MID else 0.0
        time, rule = given["delay"], _Growth(count - number + middle, compound)
    shown = "t" if rule.whole == 0.0 else f"{rule.whole:g} + d"
    factor = node(
        Text(f"growth to judgment, year {number}", f"至判决日的增长系数，第 {number} 年"),
        rule,
        given["interest_rate"],
        time,
        formula=f"(1 + j)^({shown})" if compound else f"1 + j ({shown})",
        symbol=f"G{subscript(number)}",
    )
    return node(
        Text(f"at judgment, year {number}", f"判决日金额，第 {number} 年"),
        multiplied,
        loss,
        factor,
        formula=f"{loss.symbol} · {factor.symbol}",
        unit="currency",
        symbol=f"J{subscript(number)}",
    )


@dataclass(frozen=True, slots=True)
class _Growth:
    """What one unit of past loss becomes."""

    whole: float
    compound: bool

    def __call__(self, interest: Any, time: Any) -> Any:  # noqa: ANN401
        passed = time + self.whole
        return (1.0 + interest) ** passed if self.compound else 1.0 + interest * passed


def _judged(name: Text, terms: Sequence[Explanation], symbol: str = "A") -> Explanation:
    return node(name, added, *terms, formula="Σ J", unit="currency", symbol=symbol)


def _told(value: Explanation, *more: Finding, **details: object) -> Outcome:
    negative = [NEGATIVE_LOSS.finding(value=value.number)] if value.number < 0 else []
    return Outcome(explanation=value, findings=(*negative, *more), details=details)


LOSSES = amount(
    Text("loss", "损失"),
    Text("what was lost or withheld in each past year", "过去各年的损失或应付未付金额"),
    "l",
    yearly=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrejudgmentInterestInputs:
    """What interest on past losses asks for."""

    losses: Annotated[tuple[Uncertain, ...], LOSSES]
    interest_rate: InterestRate
    compounding: Compounding
    delay: Delay = 0.0
    timing: PastTiming = FlowTiming.MID
    years_before: YearsBefore = None

    def __post_init__(self) -> None:
        check_declared(self)
        count = len(self.losses)
        refuse(
            [
                *not_empty("losses", self.losses),
                *_timing_problems(self.timing, self.years_before, count),
            ]
        )


def prejudgment_interest(
    inputs: PrejudgmentInterestInputs, given: Mapping[str, Explanation]
) -> Outcome:
    r"""Carry past losses forward to the judgment, each from when it fell.

    Notes
    -----
    .. math:: A = \sum_k l_k (1+j)^{t_k} \quad\text{or}\quad \sum_k l_k (1 + j\,t_k)

    A past loss is never discounted back first: it grows from the day it fell.

    References
    ----------
    :cite:cts:`smith_2005`.
    """
    losses = series(given["losses"], len(inputs.losses))
    terms = _grown(given, losses, inputs.timing, inputs.compounding)
    value = _judged(Text("losses at judgment", "判决日损失"), terms)
    plain = sum(each.number for each in losses)
    columns = {
        Text("loss", "损失"): losses,
        Text("growth", "增长系数"): [term.children[1] for term in terms],
        Text("at judgment", "判决日金额"): terms,
    }
    return _told(value, schedule=schedule(columns), losses=plain, interest=value.number - plain)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonableRoyaltyInputs:
    """What a reasonable royalty asks for."""

    royalty_rate: Annotated[
        Uncertain,
        share(
            Text("royalty rate", "许可费率"),
            Text(
                "that a willing owner and a willing licensee would have agreed on before the "
                "infringement",
                "侵权发生前自愿许可双方会约定的费率",
            ),
            "ρ",
        ),
    ]
    past_sales: Annotated[
        tuple[Uncertain, ...] | None,
        Quantity(
            name=Text("past infringing sales", "过去侵权销售额"),
            meaning=Text("by year, up to the judgment", "截至判决日的各年侵权销售额"),
            symbol="S",
            unit="currency",
            low=0.0,
            yearly=True,
        ),
    ] = None
    future_sales: Annotated[
        tuple[Uncertain, ...] | None,
        Quantity(
            name=Text("future sales", "未来销售额"),
            meaning=Text(
                "by year after the judgment, where use goes on for a royalty",
                "判决后继续使用并支付许可费的各年销售额",
            ),
            symbol="S",
            unit="currency",
            low=0.0,
            yearly=True,
        ),
    ] = None
    feature_share: Annotated[Uncertain, FEATURE_SHARE] = 1.0
    interest_rate: Annotated[
        Uncertain | None,
        rate(
            Text("interest before judgment", "判决前利率"),
            Text("required with past_sales", "给出 past_sales 时必填"),
            "j",
            low=0.0,
        ),
    ] = None
    compounding: Annotated[
        Interest | None,
        choice(
            Text("kind of interest", "计息方式"),
            Text("required with past_sales", "给出 past_sales 时必填"),
        ),
    ] = None
    discount_rate: Annotated[
        Uncertain | None,
        rate(
            Text("discount rate", "折现率"),
            Text(
                "to the judgment; required with future_sales",
                "折至判决日；给出 future_sales 时必填",
            ),
            "r",
        ),
    ] = None
    delay: Delay = 0.0
    timing: PastTiming = FlowTiming.MID
    years_before: YearsBefore = None

    def __post_init__(self) -> None:
        check_declared(self)
        refuse([*self._missing(), *self._times()])

    def _missing(self) -> list[Problem]:
        if not self.past_sales and not self.future_sales:
            allowed = Text("expected past or future sales", "至少应给出过去或未来销售额")
            return [Problem(field="past_sales", allowed=allowed)]
        pairs = [
            ("past_sales", "interest_rate"),
            ("past_sales", "compounding"),
            ("future_sales", "discount_rate"),
        ]
        return [
            Problem(field=field, allowed=Text(f"required with {base}", f"给出 {base} 时必填"))
            for base, field in pairs
            if getattr(self, base) and getattr(self, field) is None
        ]

    def _times(self) -> list[Problem]:
        if self.timing is FlowTiming.DATED and self.future_sales:
            allowed = Text("end or mid with future_sales", "给出 future_sales 时应为 end 或 mid")
            return [Problem(field="timing", found=str(self.timing), allowed=allowed)]
        return _timing_problems(self.timing, self.years_before, len(self.past_sales or ()))


def reasonable_royalty(
    inputs: ReasonableRoyaltyInputs, given: Mapping[str, Explanation]
) -> Outcome:
    r"""Sum the royalty on infringing sales: the past with interest, the future discounted.

    Notes
    -----
    .. math::

        A = \sum_{k\,\text{past}} S_k\,a\,\rho\,G_k
          + \sum_{k\,\text{future}} S_k\,a\,\rho\,D_k

    References
    ----------
    :cite:cts:`smith_2005`; :cite:cts:`us_code_35`, section 284.
    """
    terms: list[Explanation] = []
    columns: dict[Text, list[Explanation]] = {
        Text("sales", "销售额"): [],
        Text("royalty", "许可费"): [],
        Text("factor", "系数"): [],
        Text("at judgment", "判决日金额"): [],
    }
    past = _royalties(given, "past_sales", inputs.past_sales)
    if inputs.compounding is not None:
        terms += _grown(given, past, inputs.timing, inputs.compounding)
    future = _royalties(given, "future_sales", inputs.future_sales)
    ahead = _discounted(given, future, inputs.timing)
    for royalty, term in zip([*past, *future], [*terms, *ahead], strict=True):
        cells = (royalty.children[0], royalty, term.children[1], term)
        for column, cell in zip(columns.values(), cells, strict=True):
            column.append(cell)
    value = _judged(Text("reasonable royalty", "合理许可费"), [*terms, *ahead])
    whole = middle_of(inputs.feature_share) == 1.0
    findings = [ENTIRE_BASE.finding(where="feature_share")] if whole else []
    return _told(
        value,
        *findings,
        schedule=schedule(columns),
        past=sum(each.number for each in terms),
        future=sum(each.number for each in ahead),
        past_without_interest=sum(each.number for each in past),
    )


def _royalties(
    given: Mapping[str, Explanation], field: str, sales: tuple[Uncertain, ...] | None
) -> list[Explanation]:
    label = ("past", "过去") if field == "past_sales" else ("future", "未来")
    return [
        node(
            Text(f"royalty, {label[0]} year {place + 1}", f"许可费，{label[1]}第 {place + 1} 年"),
            multiplied,
            each,
            given["feature_share"],
            given["royalty_rate"],
            formula="S · a · ρ",
            unit="currency",
            symbol="Y",
        )
        for place, each in enumerate(series(given[field], len(sales)) if sales else ())
    ]


def _discounted(
    given: Mapping[str, Explanation], royalties: Sequence[Explanation], timing: FlowTiming
) -> list[Explanation]:
    found = []
    for place, royalty in enumerate(royalties):
        number = place + 1
        time = number - (0.5 if timing is FlowTiming.MID else 0.0)
        factor = node(
            Text(f"discount factor, future year {number}", f"折现系数，未来第 {number} 年"),
            _Back(time),
            given["discount_rate"],
            formula=f"(1 + r)^(−{time:g})",
            symbol=f"D{subscript(number)}",
        )
        found.append(
            node(
                Text(f"at judgment, future year {number}", f"判决日现值，未来第 {number} 年"),
                multiplied,
                royalty,
                factor,
                formula=f"Y · {factor.symbol}",
                unit="currency",
                symbol=f"PV{subscript(number)}",
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class _Back:
    time: float

    def __call__(self, discount_rate: Any) -> Any:  # noqa: ANN401
        return (1.0 + discount_rate) ** -self.time


def _units(name: Text, meaning: Text, symbol: str) -> Quantity:
    return Quantity(name=name, meaning=meaning, symbol=symbol, unit="1", low=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LostProfitsInputs:
    """What lost profits ask for."""

    infringing_units: Annotated[
        Uncertain,
        _units(Text("infringing units", "侵权销量"), Text("sold", "侵权产品销售件数"), "n"),
    ]
    owner_share: Annotated[
        Uncertain,
        share(
            Text("share of the owner", "权利人份额"),
            Text(
                "part of the infringing units that the owner would have sold: the owner's share "
                "of the market without the infringer",
                "侵权销量中权利人本可售出的比例（剔除侵权人后的市场份额）",
            ),
            "m",
        ),
    ]
    incremental_margin: Annotated[
        Uncertain,
        amount(
            Text("incremental margin", "单位增量利润"),
            Text(
                "price without the infringement less the costs that one more unit causes",
                "无侵权时的价格减去多售一件所增加的成本",
            ),
            "π",
        ),
    ]
    owner_units: Annotated[
        Uncertain,
        _units(
            Text("units of the owner", "权利人销量"),
            Text(
                "that the owner did sell, at the eroded price", "权利人按受侵蚀价格实际售出的件数"
            ),
            "N",
        ),
    ] = 0.0
    price_erosion: Annotated[
        Uncertain,
        cost(
            Text("price erosion", "价格侵蚀"),
            Text(
                "by which the infringement pressed the owner's price, per unit",
                "侵权导致权利人单位售价的下降额",
            ),
            "e",
        ),
    ] = 0.0
    kept_demand: Annotated[
        Uncertain,
        share(
            Text("demand kept", "需求保留比例"),
            Text(
                "part of all these units that buyers would have taken at the higher price",
                "在较高价格下买方仍会购买的比例",
            ),
            "k",
        ),
    ] = 1.0
    convoyed_margin: Annotated[
        Uncertain,
        cost(
            Text("margin on convoyed goods", "搭售产品利润"),
            Text(
                "on unpatented goods that are sold with one unit as a functional whole",
                "与每件产品构成功能整体一并销售的非专利产品利润",
            ),
            "c",
        ),
    ] = 0.0
    royalty_on_rest: Annotated[
        Uncertain,
        cost(
            Text("royalty on the rest", "其余部分许可费"),
            Text(
                "per unit, on the infringing units that the owner would not have sold",
                "权利人不会售出的侵权产品按件计收的许可费",
            ),
            "ρ",
        ),
    ] = 0.0
    spare_capacity: Annotated[
        Uncertain | None,
        _units(
            Text("spare capacity", "富余产能"),
            Text(
                "units that the owner could have made and sold besides; no limit where left out",
                "权利人另可生产销售的件数；留空则不限",
            ),
            "Q",
        ),
    ] = None

    def __post_init__(self) -> None:
        check_declared(self)


def lost_profits(inputs: LostProfitsInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Sum the profit on lost sales, the erosion of the price, convoyed sales and a royalty.

    Notes
    -----
    .. math::

        A = q(\pi + c) + e k N + (n - q)\rho, \qquad q = \min(m k n, Q)

    The margin is the one at the price without the infringement; the royalty is charged only on
    units that are not among the lost sales.

    References
    ----------
    :cite:cts:`smith_2005`.
    """
    lost = _lost_units(given)
    profit = _money(
        Text("profit on lost sales", "所失销售利润"),
        _on_lost,
        (lost, given["incremental_margin"], given["convoyed_margin"]),
        "q (π + c)",
        "L",
    )
    erosion = _money(
        Text("price erosion", "价格侵蚀损失"),
        multiplied,
        (given["price_erosion"], given["kept_demand"], given["owner_units"]),
        "e · k · N",
        "E",
    )
    rest = _money(
        Text("royalty on the rest", "其余部分许可费"),
        _on_rest,
        (given["infringing_units"], lost, given["royalty_on_rest"]),
        "(n − q) ρ",
        "Y",
    )
    value = _money(Text("damages", "损害赔偿"), added, (profit, erosion, rest), "L + E + Y", "A")
    return _told(
        value,
        *_unit_findings(inputs, given, lost),
        lost_profits=profit.number + erosion.number,
        royalty_rest=rest.number,
        lost_units=lost.number,
    )


def _money(
    name: Text,
    rule: Callable[..., Any],
    children: Sequence[Explanation],
    formula: str,
    symbol: str,
) -> Explanation:
    return node(name, rule, *children, formula=formula, unit="currency", symbol=symbol)


def _lost_units(given: Mapping[str, Explanation]) -> Explanation:
    wanted = node(
        Text("units that would have been the owner's", "本属权利人的销量"),
        multiplied,
        given["owner_share"],
        given["kept_demand"],
        given["infringing_units"],
        formula="m · k · n",
        symbol="q",
    )
    if "spare_capacity" not in given:
        return wanted
    return node(
        Text("units within capacity", "产能限度内的销量"),
        smaller,
        wanted,
        given["spare_capacity"],
        formula="min(q, Q)",
        symbol="q*",
    )


def _unit_findings(
    inputs: LostProfitsInputs, given: Mapping[str, Explanation], lost: Explanation
) -> list[Finding]:
    found = []
    if lost.symbol == "q*" and lost.number < lost.children[0].number:
        wanted, spare = (child.number for child in lost.children)
        found.append(OVER_CAPACITY.finding(where="spare_capacity", share=wanted, spare=spare))
    if middle_of(inputs.royalty_on_rest) > 0:
        units = given["infringing_units"].number - lost.number
        found.append(ROYALTY_ON_REST.finding(where="royalty_on_rest", units=units))
    return found


def _on_lost(units: Any, margin: Any, convoyed: Any) -> Any:  # noqa: ANN401
    return units * (margin + convoyed)


def _on_rest(units: Any, lost: Any, royalty: Any) -> Any:  # noqa: ANN401
    return (units - lost) * royalty


@dataclass(frozen=True, slots=True, kw_only=True)
class UnjustEnrichmentInputs:
    """What the infringer's gain asks for."""

    revenue: Annotated[
        tuple[Uncertain, ...],
        Quantity(
            name=Text("infringing revenue", "侵权收入"),
            meaning=Text("of the infringer, by year", "侵权人各年收入"),
            symbol="S",
            unit="currency",
            low=0.0,
            yearly=True,
        ),
    ]
    deductible_costs: Annotated[
        tuple[Uncertain, ...],
        Quantity(
            name=Text("deductible costs", "可扣除成本"),
            meaning=Text(
                "that these sales caused, by year; what the law lets the infringer deduct",
                "各年因该销售产生且依法可扣除的成本",
            ),
            symbol="c",
            unit="currency",
            low=0.0,
            yearly=True,
        ),
    ]
    contribution: Annotated[
        Uncertain,
        share(
            Text("contribution of the right", "权利贡献率"),
            Text("part of the profit that is owed to the right", "利润中归因于该权利的比例"),
            "a",
        ),
    ]
    interest_rate: InterestRate
    compounding: Compounding
    delay: Delay = 0.0
    timing: PastTiming = FlowTiming.MID
    years_before: YearsBefore = None

    def __post_init__(self) -> None:
        check_declared(self)
        count = len(self.revenue)
        refuse(
            [
                *not_empty("revenue", self.revenue),
                *same_length("deductible_costs", self.deductible_costs, count),
                *_timing_problems(self.timing, self.years_before, count),
            ]
        )


def unjust_enrichment(inputs: UnjustEnrichmentInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Sum what the infringer gained from the right, with interest to the judgment.

    Notes
    -----
    .. math:: A = \sum_k a\,(S_k - c_k)\,G_k

    References
    ----------
    :cite:cts:`smith_2005`; :cite:cts:`cn_patent_law`, article 71.
    """
    count = len(inputs.revenue)
    revenue, costs = (series(given[name], count) for name in ("revenue", "deductible_costs"))
    gains = [
        node(
            Text(f"gain from the right, year {place + 1}", f"因侵权获利，第 {place + 1} 年"),
            _gain,
            income,
            spent,
            given["contribution"],
            formula="a (S − c)",
            unit="currency",
            symbol="Z",
        )
        for place, (income, spent) in enumerate(zip(revenue, costs, strict=True))
    ]
    terms = _grown(given, gains, inputs.timing, inputs.compounding)
    value = _judged(Text("gain of the infringer", "侵权获利"), terms)
    columns = {
        Text("revenue", "收入"): revenue,
        Text("costs", "成本"): costs,
        Text("gain", "获利"): gains,
        Text("growth", "增长系数"): [term.children[1] for term in terms],
        Text("at judgment", "判决日金额"): terms,
    }
    losing = [str(place + 1) for place, each in enumerate(gains) if each.number < 0]
    told = [LOSING_YEARS.finding(where="revenue", years=", ".join(losing))] if losing else []
    plain = sum(each.number for each in gains)
    return _told(value, *told, schedule=schedule(columns), without_interest=plain)


def _gain(income: Any, spent: Any, contribution: Any) -> Any:  # noqa: ANN401
    return contribution * (income - spent)


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeAndAfterInputs:
    """What the loss of value of an asset asks for."""

    value_before: Annotated[
        Uncertain,
        amount(
            Text("value before", "侵权前价值"),
            Text("of the right just before the infringement", "侵权发生前权利的价值"),
            "V₀",
        ),
    ]
    value_after: Annotated[
        Uncertain,
        amount(
            Text("value after", "侵权后价值"),
            Text("just after it, or after it ended", "侵权发生后（或终止后）权利的价值"),
            "V₁",
        ),
    ]
    other_causes: Annotated[
        Uncertain,
        amount(
            Text("fall from other causes", "其他原因所致下降"),
            Text(
                "part of the fall that would have come anyway: market, technology, time",
                "即使无侵权也会发生的价值下降：市场、技术、时间",
            ),
            "o",
        ),
    ]
    interest_rate: Annotated[
        Uncertain,
        rate(
            Text("interest before judgment", "判决前利率"),
            Text("yearly, compound, on the loss", "对损失计付的年利率（复利）"),
            "j",
            low=0.0,
        ),
    ] = 0.0
    years_to_judgment: Annotated[
        Uncertain,
        years(
            Text("years to the judgment", "距判决日年数"),
            Text("from when the loss fell", "自损失发生至判决日的年数"),
            "t",
        ),
    ] = 0.0

    def __post_init__(self) -> None:
        check_declared(self)


def before_and_after(
    inputs: BeforeAndAfterInputs,  # noqa: ARG001 - every method takes its inputs
    given: Mapping[str, Explanation],
) -> Outcome:
    r"""Find the loss of value that the infringement caused.

    Notes
    -----
    .. math:: A = (V_0 - V_1 - o)(1+j)^t

    References
    ----------
    :cite:cts:`smith_2005`.
    """
    loss = _money(
        Text("loss of value", "价值损失"),
        _fall,
        [given[name] for name in ("value_before", "value_after", "other_causes")],
        "V₀ − V₁ − o",
        "L",
    )
    factor = node(
        Text("growth to judgment", "至判决日的增长系数"),
        _Growth(0.0, compound=True),
        given["interest_rate"],
        given["years_to_judgment"],
        formula="(1 + j)^t",
        symbol="G",
    )
    value = _money(Text("damages", "损害赔偿"), multiplied, (loss, factor), "L · G", "A")
    return _told(value, loss=loss.number)


def _fall(before: Any, after: Any, other: Any) -> Any:  # noqa: ANN401
    return before - after - other


@dataclass(frozen=True, slots=True, kw_only=True)
class ApportionmentInputs:
    """What an apportioned royalty asks for."""

    revenue: Annotated[
        Uncertain,
        cost(
            Text("infringing revenue", "侵权收入"),
            Text("of the whole product", "侵权产品的全部收入"),
            "S",
        ),
    ]
    feature_share: Annotated[Uncertain, FEATURE_SHARE]
    royalty_rate: Annotated[
        Uncertain,
        share(
            Text("royalty rate", "许可费率"),
            Text("on the apportioned base", "对分摊后基数计收的费率"),
            "ρ",
        ),
    ]

    def __post_init__(self) -> None:
        check_declared(self)


def apportionment(inputs: ApportionmentInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Charge a royalty on the part of the revenue that the infringed feature earns.

    Notes
    -----
    .. math:: A = S\,a\,\rho
    """
    base = _money(
        Text("apportioned base", "分摊后基数"),
        multiplied,
        (given["revenue"], given["feature_share"]),
        "S · a",
        "B",
    )
    value = _money(
        Text("royalty", "许可费"), multiplied, (base, given["royalty_rate"]), "B · ρ", "A"
    )
    whole = middle_of(inputs.feature_share) == 1.0
    findings = [ENTIRE_BASE.finding(where="feature_share")] if whole else []
    return _told(value, *findings, base=base.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnhancedDamagesInputs:
    """What enhanced or punitive damages ask for."""

    base: Annotated[
        Uncertain,
        cost(
            Text("base", "赔偿基数"),
            Text("damages that compensate, before the multiple", "填平性赔偿数额（倍数之前）"),
            "B",
        ),
    ]
    multiple: Annotated[
        Uncertain,
        Quantity(
            name=Text("multiple", "倍数"),
            meaning=Text("as the reading says", "含义依 reading 而定"),
            symbol="n",
            low=0.0,
            high=100.0,
        ),
    ]
    reading: Annotated[
        MultipleReading,
        choice(
            Text("reading", "倍数含义"),
            Text(
                "whether the multiple is the award or comes on top", "倍数为总额，或在基数之外另加"
            ),
        ),
    ]
    law: Annotated[
        DamagesLaw | None,
        choice(Text("law", "法律"), Text("whose bounds are tested", "据以检验倍数上下限的法律")),
    ] = None
    decided_on: Annotated[
        date | None,
        choice(Text("date", "日期"), Text("on which the law is read", "适用法律的日期")),
    ] = None

    def __post_init__(self) -> None:
        check_declared(self)


def enhanced_damages(inputs: EnhancedDamagesInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Raise damages by a multiple, in the reading that is named, within what the law allows.

    Notes
    -----
    .. math:: A = nB \quad\text{(total)} \qquad\text{or}\qquad A = (1+n)B \quad\text{(added)}

    References
    ----------
    :cite:cts:`cn_patent_law`, article 71; :cite:cts:`us_code_35`, section 284.
    """
    extra = 1.0 if inputs.reading is MultipleReading.ADDED else 0.0
    value = _money(
        Text("enhanced damages", "惩罚性赔偿后总额"),
        _Enhanced(extra),
        (given["base"], given["multiple"]),
        "B (1 + n)" if extra else "B · n",
        "A",
    )
    base = middle_of(inputs.base)
    return Outcome(
        explanation=value,
        findings=tuple(_law_findings(inputs, _ends(given["multiple"]))),
        details={
            "total_as_multiple_of_base": base * middle_of(inputs.multiple),
            "total_as_base_plus_multiple": base * (1.0 + middle_of(inputs.multiple)),
        },
    )


@dataclass(frozen=True, slots=True)
class _Enhanced:
    extra: float

    def __call__(self, base: Any, multiple: Any) -> Any:  # noqa: ANN401
        return base * (multiple + self.extra)


def _ends(tree: Explanation) -> Interval:
    given = tree.given
    if isinstance(given, Distribution):
        return Interval(*given.ends)
    return given if isinstance(given, Interval) else Interval.point(tree.number)


def _law_findings(inputs: EnhancedDamagesInputs, multiple: Interval) -> list[Finding]:
    if inputs.law is None:
        return []
    found = parameter(f"law.enhanced_damages.{inputs.law}").at(inputs.decided_on)
    low, high = found.value["low"], found.value["high"]
    facts = {
        "law": DAMAGES_LAW_NAMES[inputs.law],
        "since": found.starts_on.isoformat(),
        "low": low,
        "high": high,
    }
    extra = 1.0 if inputs.reading is MultipleReading.ADDED else 0.0
    least, most = multiple.low + extra, multiple.high + extra
    if not low <= least <= most <= high:
        shown = Text(f"{least:g} to {most:g}", f"{least:g} 至 {most:g}")
        award = f"{least:g}" if least == most else shown
        return [MULTIPLE_OUTSIDE_LAW.finding(where="multiple", multiple=award, **facts)]
    return [MULTIPLE_LAW.finding(where="multiple", **facts)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourtAward:
    """Statistics of awards for one kind of right."""

    name: Annotated[
        str,
        choice(Text("name", "名称"), Text("kind of right, court and year", "权利类型、法院与年度")),
    ]
    mean: Annotated[
        float,
        Quantity(
            name=Text("mean award", "平均判赔额"),
            meaning=Text("in the unit of the case", "以案例金额单位计"),
            symbol="W",
            unit="currency",
            low=0.0,
            low_open=True,
        ),
    ]
    value: Annotated[
        Uncertain | None,
        amount(
            Text("value of such a right", "该类权利价值"),
            Text("estimated value to set beside the award", "与判赔额对照的估计价值"),
            "V",
        ),
    ] = None
    count: Annotated[
        int | None,
        Quantity(
            name=Text("number of awards", "案件数"),
            meaning=Text("behind the mean", "平均数所依据的案件数"),
            low=1,
            whole=True,
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardComparisonInputs:
    """What the comparison with awards of courts asks for."""

    amount: Annotated[
        Uncertain,
        cost(
            Text("amount", "对照金额"),
            Text("damages claimed, or the value of the right", "主张的赔偿额或权利价值"),
            "A",
        ),
    ]
    awards: Annotated[
        tuple[CourtAward, ...],
        choice(Text("award", "判赔统计"), Text("statistics of courts", "法院判赔统计")),
    ]
    compared_with: Annotated[
        str,
        choice(
            Text("compared with", "对照对象"), Text("name of the statistic", "所对照统计的名称")
        ),
    ]

    def __post_init__(self) -> None:
        check_declared(self)
        names = [each.name for each in self.awards]
        problems = not_empty("awards", self.awards)
        if self.awards and names.count(self.compared_with) != 1:
            shown = ", ".join(names)
            allowed = Text(f"expected the one name among: {shown}", f"应为以下唯一名称：{shown}")
            problems.append(
                Problem(field="compared_with", found=self.compared_with, allowed=allowed)
            )
        refuse(problems)


def award_comparison(inputs: AwardComparisonInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Set an amount beside what courts awarded on average.

    Notes
    -----
    .. math:: x = A / W

    References
    ----------
    :cite:cts:`zhichanbao_2019`, as cited by its readers; the means are supplied as data.
    """
    place = [each.name for each in inputs.awards].index(inputs.compared_with)
    chosen = members(given["awards"].children[place])
    value = node(
        Text("amount over mean award", "金额与平均判赔额之比"),
        _ratio,
        given["amount"],
        chosen["mean"],
        formula="A / W",
        symbol="x",
    )
    ratios = {
        each.name: middle_of(inputs.amount if each.value is None else each.value) / each.mean
        for each in inputs.awards
    }
    return Outcome(
        explanation=value,
        findings=(AWARDS_ARE_SELECTED.finding(where="awards"),),
        details={
            "ratios": ratios,
            "schedule": Schedule(
                title=Text("Beside the awards of courts", "与法院判赔额对照"),
                columns=(
                    Text("kind", "类型"),
                    Text("mean award", "平均判赔额"),
                    Text("amount over award", "金额与判赔额之比"),
                ),
                units=("", "currency", "1"),
                rows=tuple((each.name, each.mean, ratios[each.name]) for each in inputs.awards),
            ),
        },
    )


def _ratio(above: Any, below: Any) -> Any:  # noqa: ANN401
    return above / below


CN_71 = Citation("cn_patent_law", "article 71")
US_284 = Citation("us_code_35", "section 284")
PREJUDGMENT_INTEREST = Method(
    id="prejudgment_interest",
    name=Text("pre-judgment interest", "判决前利息"),
    summary=Text(
        "Carries past losses forward from when each fell to the day of judgment.",
        "将过去各笔损失自发生时起计息至判决日。",
    ),
    approach=Approach.DAMAGES,
    inputs=PrejudgmentInterestInputs,
    compute=prejudgment_interest,
    citations=(SMITH_PARR, US_284),
    validity=Text(
        "Losses before the judgment only; the rate and its kind come from the law or the court.",
        "仅适用于判决日前的损失；利率与计息方式依法或依裁判。",
    ),
    effective_from=date(2005, 1, 1),
    laws=(
        Law(LawKind.RISES, ("losses",)),
        Law(LawKind.RISES, ("interest_rate",)),
        Law(LawKind.SCALES, ("losses",)),
        Law(LawKind.ZERO, ("losses",)),
    ),
)
REASONABLE_ROYALTY = Method(
    id="reasonable_royalty",
    name=Text("reasonable royalty damages", "合理许可费赔偿"),
    summary=Text(
        "Royalty on infringing sales: past ones with interest to the judgment, future ones "
        "discounted to it, on the part of the base that the infringed feature earns.",
        "按侵权销售额计收许可费：过去部分计息至判决日，未来部分折现至判决日，"
        "并以侵权特征所贡献的基数为限。",
    ),
    approach=Approach.DAMAGES,
    inputs=ReasonableRoyaltyInputs,
    compute=reasonable_royalty,
    citations=(SMITH_PARR, US_284),
    validity=Text(
        "Royalty rate and share of the feature from 0 to 1, on one stated base.",
        "费率与特征贡献比例在 0 至 1 之间，计费基础一致。",
    ),
    effective_from=date(2005, 1, 1),
    laws=(
        Law(LawKind.RISES, ("royalty_rate",)),
        Law(LawKind.RISES, ("past_sales",)),
        Law(LawKind.RISES, ("interest_rate",)),
        Law(LawKind.FALLS, ("discount_rate",)),
        Law(LawKind.SCALES, ("past_sales", "future_sales")),
        Law(LawKind.ZERO, ("royalty_rate",)),
    ),
)
LOST_PROFITS = Method(
    id="lost_profits",
    name=Text("lost profits", "所失利润"),
    summary=Text(
        "Profit on sales lost to the infringer, erosion of the price, convoyed sales, and a "
        "royalty on the infringing units that were not lost sales.",
        "因侵权丧失的销售利润、价格侵蚀、搭售产品利润，以及对非流失销量计收的许可费。",
    ),
    approach=Approach.DAMAGES,
    inputs=LostProfitsInputs,
    compute=lost_profits,
    citations=(SMITH_PARR,),
    validity=Text(
        "Units of one period; the margin at the price without the infringement; the court must "
        "find that these sales were lost because of it.",
        "同一期间的销量；按无侵权时价格计算的利润；因果关系由法院认定。",
    ),
    effective_from=date(2005, 1, 1),
    laws=(
        Law(LawKind.RISES, ("incremental_margin",)),
        Law(LawKind.RISES, ("price_erosion",)),
        Law(LawKind.RISES, ("royalty_on_rest",)),
        Law(LawKind.RISES, ("spare_capacity",)),
        Law(
            LawKind.SCALES,
            ("incremental_margin", "convoyed_margin", "price_erosion", "royalty_on_rest"),
        ),
        Law(LawKind.ZERO, ("infringing_units", "owner_units")),
    ),
)
UNJUST_ENRICHMENT = Method(
    id="unjust_enrichment",
    name=Text("unjust enrichment", "侵权获利"),
    summary=Text(
        "The infringer's profit that is owed to the right, with interest to the judgment.",
        "侵权人利润中归因于该权利的部分，并计息至判决日。",
    ),
    approach=Approach.DAMAGES,
    inputs=UnjustEnrichmentInputs,
    compute=unjust_enrichment,
    citations=(CN_71, SMITH_PARR),
    validity=Text(
        "Where the law gives the owner the infringer's gain; costs that the law lets deduct.",
        "适用于法律允许以侵权获利计赔的情形；成本以依法可扣除者为限。",
    ),
    effective_from=date(2021, 6, 1),
    laws=(
        Law(LawKind.RISES, ("revenue",)),
        Law(LawKind.FALLS, ("deductible_costs",)),
        Law(LawKind.SCALES, ("revenue", "deductible_costs")),
        Law(LawKind.ZERO, ("contribution",)),
    ),
)
BEFORE_AND_AFTER = Method(
    id="before_and_after",
    name=Text("loss of value, before and after", "前后价值差额法"),
    summary=Text(
        "The fall in the value of the right less what other causes explain, with interest.",
        "权利价值的下降扣除其他原因所致部分，并计息至判决日。",
    ),
    approach=Approach.DAMAGES,
    inputs=BeforeAndAfterInputs,
    compute=before_and_after,
    citations=(SMITH_PARR,),
    validity=Text(
        "Both values by one method on one basis; not beside lost profits of the same years.",
        "前后价值口径一致；不得与同一期间的所失利润重复计算。",
    ),
    effective_from=date(2005, 1, 1),
    laws=(
        Law(LawKind.RISES, ("value_before",)),
        Law(LawKind.FALLS, ("value_after",)),
        Law(LawKind.FALLS, ("other_causes",)),
        Law(LawKind.SCALES, ("value_before", "value_after", "other_causes")),
        Law(LawKind.ZERO, ("value_before", "value_after", "other_causes")),
    ),
)
APPORTIONMENT = Method(
    id="apportionment",
    name=Text("apportioned royalty", "分摊许可费"),
    summary=Text(
        "A royalty on the part of a product's revenue that the infringed feature earns.",
        "对产品收入中归属侵权特征的部分计收许可费。",
    ),
    approach=Approach.DAMAGES,
    inputs=ApportionmentInputs,
    compute=apportionment,
    citations=(SMITH_PARR, US_284),
    validity=Text(
        "Shares from 0 to 1, each with its evidence.", "各比例在 0 至 1 之间，均须有依据。"
    ),
    effective_from=date(2005, 1, 1),
    laws=(
        Law(LawKind.RISES, ("revenue",)),
        Law(LawKind.RISES, ("feature_share",)),
        Law(LawKind.SCALES, ("revenue",)),
        Law(LawKind.ZERO, ("feature_share",)),
    ),
)
ENHANCED_DAMAGES = Method(
    id="enhanced_damages",
    name=Text("enhanced damages", "惩罚性赔偿"),
    summary=Text(
        "Raises damages by a multiple in a named reading and holds it against the law of a date.",
        "按指明的含义以倍数提高赔偿额，并与该日施行的法律对照。",
    ),
    approach=Approach.DAMAGES,
    inputs=EnhancedDamagesInputs,
    compute=enhanced_damages,
    citations=(CN_71, US_284),
    validity=Text(
        "Where a court finds wilful infringement; the reading is the user's choice.",
        "适用于法院认定故意侵权的情形；倍数含义由使用者选择。",
    ),
    effective_from=date(2021, 6, 1),
    laws=(
        Law(LawKind.RISES, ("base",)),
        Law(LawKind.RISES, ("multiple",)),
        Law(LawKind.SCALES, ("base",)),
        Law(LawKind.ZERO, ("base",)),
    ),
)
AWARD_COMPARISON = Method(
    id="award_comparison",
    name=Text("comparison with awards of courts", "与法院判赔额对照"),
    summary=Text(
        "Says how many mean awards an amount comes to, by statistics supplied as data.",
        "以提供的判赔统计数据计算金额相当于平均判赔额的倍数。",
    ),
    approach=Approach.DAMAGES,
    inputs=AwardComparisonInputs,
    compute=award_comparison,
    citations=(Citation("zhichanbao_2019"),),
    validity=Text(
        "A point of view, not a measure: rights in court are selected, and awards are for a part "
        "of their value.",
        "仅供参照：涉诉权利经过筛选，判赔额仅对应其部分价值。",
    ),
    effective_from=date(2019, 1, 1),
    result=Quantity(
        name=Text("multiple of the mean award", "相当于平均判赔额的倍数"),
        meaning=Text("amount over the mean award", "金额与平均判赔额之比"),
        symbol="x",
        low=0.0,
    ),
    laws=(
        Law(LawKind.RISES, ("amount",)),
        Law(LawKind.SCALES, ("amount",)),
        Law(LawKind.ZERO, ("amount",)),
    ),
)
DAMAGES_METHODS = (
    REASONABLE_ROYALTY,
    LOST_PROFITS,
    UNJUST_ENRICHMENT,
    BEFORE_AND_AFTER,
    APPORTIONMENT,
    PREJUDGMENT_INTEREST,
    ENHANCED_DAMAGES,
    AWARD_COMPARISON,
)
