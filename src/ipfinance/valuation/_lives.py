"""Lives: how long a right earns, and what is left of its income year by year."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import reduce
from itertools import pairwise
from typing import Annotated, Any, TypeAlias

import numpy as np

from ipfinance.assets import AssetKind
from ipfinance.basics import (
    Citation,
    DayCount,
    Distribution,
    Explanation,
    FindingKind,
    Interval,
    Problem,
    Quantity,
    Severity,
    Source,
    SourceKind,
    Text,
    Uncertain,
    check_declared,
    leaf,
    listed,
    node,
    year_fraction,
)
from ipfinance.numerics import FloatArray, Ranged, exp, larger, smaller, through, total
from ipfinance.parameters import parameter
from ipfinance.valuation._flows import refuse, subscript
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

WEIBULL = Citation("weibull_1951")
SCHANKERMAN = Citation("schankerman_pakes_1986")
FISHER_PRY = Citation("fisher_pry_1971")
BASS = Citation("bass_1969")
APPRAISAL_2016 = Citation("appraisal_2016")
TINY = 1e-9
REILLY = Citation("reilly_2013", "remaining useful life")
IVS = Citation("ivsc_ivs_2025", "IVS 210, economic life")
LIFE = years(
    Text("remaining life", "剩余寿命"),
    Text("years in which the right earns", "权利产生收益的剩余年数"),
    "T",
)
SHARES = share(
    Text("share retained", "留存比例"),
    Text("part of each year's income that remains", "各年收益的留存比例"),
    "s",
    yearly=True,
)


class ShareBasis(StrEnum):
    """Which point of a curve stands for a year."""

    MEAN = "mean"  # the mean of the opening and the closing share
    OPENING = "opening"
    CLOSING = "closing"


SHARE_BASIS_NAMES = {
    ShareBasis.MEAN: Text("mean of opening and closing share", "期初与期末比例的平均"),
    ShareBasis.OPENING: Text("opening share", "期初比例"),
    ShareBasis.CLOSING: Text("closing share", "期末比例"),
}


class Jurisdiction(StrEnum):
    """Laws whose terms of protection are packaged, with their dates."""

    CN = "cn"
    EP = "ep"
    US = "us"


JURISDICTION_NAMES = {
    Jurisdiction.CN: Text("China", "中国"),
    Jurisdiction.EP: Text("European Patent Convention", "欧洲专利公约"),
    Jurisdiction.US: Text("United States", "美国"),
}
GOVERNING_LIFE = FindingKind(
    code="governing_life",
    severity=Severity.NOTE,
    text=Text(
        "The {name} of {life:.4g} years governs; it is the shortest of those given.",
        "以{name} {life:.4g} 年为准，为所列各项中最短者。",
    ),
)
LIFE_MAY_CHANGE = FindingKind(
    code="another_life_may_govern",
    severity=Severity.WARNING,
    text=Text(
        "Which life governs was judged at the middle of the ranges; inside them the {name} may be "
        "shorter.",
        "起决定作用的寿命按各区间中值判断；在区间范围内，{name}可能更短。",
    ),
)
LEGAL_LIFE_ONLY = FindingKind(
    code="legal_life_only",
    severity=Severity.WARNING,
    text=Text(
        "Only the legal life is given: most rights stop earning before the law ends them.",
        "仅给出法定寿命：多数权利在法定期限届满前即停止产生收益。",
    ),
)
BEYOND_LAW = FindingKind(
    code="term_of_law",
    severity=Severity.NOTE,
    text=Text(
        "Term of {term:g} years from {filed} by {law}, in force for filings since {since}; "
        "extensions, renewals and fees are not looked at.",
        "依{law}自 {filed} 起 {term:g} 年（适用于 {since} 起的申请）；未考虑期限补偿、续展及年费。",
    ),
)
HAZARDS_ELSEWHERE = FindingKind(
    code="hazards_in_flows",
    severity=Severity.NOTE,
    text=Text(
        "These risks now reduce the flows: {names}. Charge them neither in the rate nor as a "
        "probability.",
        "下列风险已在现金流中扣减：{names}。不得再计入折现率或概率。",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemainingLifeInputs:
    """What the remaining life asks for; give what is known."""

    kind: Annotated[
        AssetKind | None,
        choice(Text("kind", "类型"), Text("kind of the right", "知识产权类型")),
    ] = None
    jurisdiction: Annotated[
        Jurisdiction | None,
        choice(Text("jurisdiction", "法域"), Text("whose law protects it", "提供保护的法域")),
    ] = None
    filed_on: Annotated[
        date | None,
        choice(Text("filing date", "申请日"), Text("from which the term runs", "期限起算日")),
    ] = None
    valued_on: Annotated[
        date | None,
        choice(Text("valuation date", "评估基准日"), Text("from which years count", "年数起算日")),
    ] = None
    legal_life: Annotated[
        Uncertain | None,
        years(
            Text("legal life", "法定剩余寿命"),
            Text("years left by law; instead of the four above", "法定剩余年数；与上四项择一给出"),
            "T_l",
        ),
    ] = None
    contract_life: Annotated[
        Uncertain | None,
        years(
            Text("contractual life", "合同剩余寿命"),
            Text("years left of the licence or contract", "许可或合同剩余年数"),
            "T_c",
        ),
    ] = None
    technology_life: Annotated[
        Uncertain | None,
        years(
            Text("technological life", "技术剩余寿命"),
            Text("years until a better technology replaces it", "被更优技术替代前的年数"),
            "T_t",
        ),
    ] = None
    economic_life: Annotated[
        Uncertain | None,
        years(
            Text("economic life", "经济剩余寿命"),
            Text("years in which it earns more than it costs", "收益高于成本的年数"),
            "T_e",
        ),
    ] = None

    def __post_init__(self) -> None:
        check_declared(self)
        by_law = (self.kind, self.jurisdiction, self.filed_on, self.valued_on)
        problems = []
        if any(item is not None for item in by_law) and None in by_law:
            allowed = Text(
                "kind, jurisdiction, filed_on and valued_on belong together",
                "kind、jurisdiction、filed_on 与 valued_on 须同时给出",
            )
            problems.append(Problem(field="kind", found=self.kind, allowed=allowed))
        if self.kind is not None and self.legal_life is not None:
            allowed = Text("leave out where the law gives it", "由法律确定时请留空")
            problems.append(
                Problem(field="legal_life", found=f"{self.legal_life}", allowed=allowed)
            )
        names = ("legal_life", "contract_life", "technology_life", "economic_life")
        if None in by_law and all(getattr(self, name) is None for name in names):
            allowed = Text("expected at least one life", "至少应给出一项寿命")
            problems.append(Problem(field="economic_life", allowed=allowed))
        refuse(problems)


def _ends(tree: Explanation) -> tuple[float, float]:
    given = tree.given
    if isinstance(given, Distribution):
        return given.ends
    if isinstance(given, Interval):
        return given.low, given.high
    return tree.number, tree.number


def remaining_life(inputs: RemainingLifeInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Take the shortest of legal, contractual, technological and economic life.

    Notes
    -----
    .. math:: T = \min(T_l, T_c, T_t, T_e)

    References
    ----------
    :cite:cts:`ivsc_ivs_2025`, IVS 210; :cite:cts:`reilly_2013`.
    """
    names = ("legal_life", "contract_life", "technology_life", "economic_life")
    limits = [given[name] for name in names if name in given]
    findings = []
    if inputs.kind is not None:
        legal, told = _by_law(inputs, given)
        limits.insert(0, legal)
        findings.append(told)
    value = node(
        Text("remaining life", "剩余寿命"),
        _least,
        *limits,
        formula=f"min({', '.join(each.symbol for each in limits)})",
        unit="year",
        symbol="T",
        citation=IVS,
    )
    governing = min(limits, key=lambda each: each.number)
    findings.append(GOVERNING_LIFE.finding(name=governing.name, life=governing.number))
    findings += [
        LIFE_MAY_CHANGE.finding(name=each.name)
        for each in limits
        if each is not governing and _ends(each)[0] < _ends(governing)[1]
    ]
    if [each.symbol for each in limits] == ["T_l"]:
        findings.append(LEGAL_LIFE_ONLY.finding(where="legal_life"))
    return Outcome(
        explanation=value,
        findings=tuple(findings),
        details={"lives": {each.name.en: each.number for each in limits}},
    )


def _by_law(
    inputs: RemainingLifeInputs, given: Mapping[str, Explanation]
) -> tuple[Explanation, Any]:
    name = f"law.term.{inputs.jurisdiction}_{inputs.kind}"
    found = parameter(name).at(inputs.filed_on)
    term = leaf(
        Text("term of protection", "保护期限"),
        float(found.value),
        Source(kind=SourceKind.PARAMETER, path=name),
        unit="year",
        symbol="n",
    )
    legal = node(
        Text("legal life", "法定剩余寿命"),
        _left_by_law,
        term,
        given["filed_on"],
        given["valued_on"],
        formula="filing date + n − valuation date",
        unit="year",
        symbol="T_l",
        citation=found.references[0],
    )
    told = BEYOND_LAW.finding(
        term=term.number,
        filed=f"{inputs.filed_on}",
        law=JURISDICTION_NAMES[inputs.jurisdiction or Jurisdiction.CN],
        since=found.starts_on.isoformat(),
    )
    return legal, told


def _left_by_law(term: Any, filed_on: str, valued_on: str) -> Any:  # noqa: ANN401
    filed, valued = date.fromisoformat(filed_on), date.fromisoformat(valued_on)
    passed = year_fraction(_anniversary(filed, valued.year), valued, DayCount.ACTUAL_365_FIXED)
    return larger(term - (valued.year - filed.year) - float(passed), 0.0)


def _anniversary(day: date, year: int) -> date:
    leap_day = (day.month, day.day) == (2, 29) and not calendar.isleap(year)
    return date(year, 2, 28) if leap_day else day.replace(year=year)


def _least(*values: Any) -> Any:  # noqa: ANN401
    return reduce(smaller, values)


Years: TypeAlias = Annotated[
    int,
    Quantity(
        name=Text("years", "年数"),
        meaning=Text("for which shares are wanted", "需要比例的年数"),
        symbol="n",
        unit="year",
        low=1,
        high=200,
        whole=True,
    ),
]
Basis: TypeAlias = Annotated[
    ShareBasis,
    choice(
        Text("basis", "口径"),
        Text("which point of the curve stands for a year", "以曲线上的哪一点代表全年"),
    ),
]
Age: TypeAlias = Annotated[
    float,
    years(
        Text("age", "已使用年数"),
        Text("today; the asset has lived so long", "截至基准日的年龄"),
        "a",
    ),
]


@dataclass(frozen=True, slots=True)
class _YearShare:
    """The share of one year of a curve, by the basis."""

    curve: Callable[..., Any]
    place: int
    basis: ShareBasis

    def __call__(self, *terms: Any) -> Any:  # noqa: ANN401
        if self.basis is ShareBasis.OPENING:
            return self.curve(float(self.place), *terms)
        closing = self.curve(float(self.place + 1), *terms)
        if self.basis is ShareBasis.CLOSING:
            return closing
        return (self.curve(float(self.place), *terms) + closing) * 0.5


def _shares(
    curve: Callable[..., Any], terms: Sequence[Explanation], count: int, basis: ShareBasis
) -> Explanation:
    """Return the shares of the years of a curve as one series."""
    formulas = {
        ShareBasis.OPENING: "S({a})",
        ShareBasis.CLOSING: "S({b})",
        ShareBasis.MEAN: "(S({a}) + S({b})) / 2",
    }
    return listed(
        Text("shares retained", "留存比例"),
        tuple(
            node(
                Text(f"share retained, year {place + 1}", f"留存比例，第 {place + 1} 年"),
                _YearShare(curve, place, basis),
                *terms,
                formula=formulas[basis].format(a=place, b=place + 1),
                symbol=f"s{subscript(place + 1)}",
            )
            for place in range(count)
        ),
        symbol="s",
    )


def _curve_outcome(
    curve: Callable[..., Any], terms: Sequence[Explanation], count: int, basis: ShareBasis
) -> Outcome:
    at_ends = tuple(
        float(curve(float(place), *(term.value for term in terms))) for place in range(count + 1)
    )
    shares = _shares(curve, terms, count, basis)
    table = Schedule(
        title=Text("Year by year", "逐年"),
        columns=(Text("opening", "期初"), Text("closing", "期末"), Text("share", "比例")),
        units=("1", "1", "1"),
        rows=tuple(
            (opening, closing, share)
            for opening, closing, share in zip(at_ends, at_ends[1:], shares.numbers, strict=False)
        ),
    )
    return Outcome(explanation=shares, details={"survival": at_ends, "schedule": table})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExponentialSurvivalInputs:
    """What exponential survival asks for."""

    hazard: Annotated[
        Uncertain,
        rate(
            Text("hazard", "风险率"),
            Text("of the end, the same each year", "每年恒定的终止风险率"),
            "γ",
            low=0.0,
        ),
    ]
    years: Years
    basis: Basis = ShareBasis.MEAN

    def __post_init__(self) -> None:
        check_declared(self)


def exponential_survival(
    inputs: ExponentialSurvivalInputs, given: Mapping[str, Explanation]
) -> Outcome:
    r"""Let a constant hazard wear income down.

    Notes
    -----
    .. math:: S(t) = e^{-\gamma t}
    """
    return _curve_outcome(_exponential, [given["hazard"]], inputs.years, inputs.basis)


def _exponential(time: float, hazard: Any) -> Any:  # noqa: ANN401
    return exp(hazard * -time)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeibullSurvivalInputs:
    """What Weibull survival asks for."""

    shape: Annotated[
        Uncertain,
        Quantity(
            name=Text("shape", "形状参数"),
            meaning=Text(
                "above 1 the hazard grows with age, below 1 it falls",
                "大于 1 时风险随年龄上升，小于 1 时下降",
            ),
            symbol="k",
            low=0.0,
            high=20.0,
            low_open=True,
        ),
    ]
    scale: Annotated[
        Uncertain,
        Quantity(
            name=Text("scale", "尺度参数"),
            meaning=Text("age at which 36.8 % are left", "留存 36.8% 时的年龄"),
            symbol="λ",
            unit="year",
            low=0.0,
            high=1000.0,
            low_open=True,
        ),
    ]
    years: Years
    age: Age = 0.0
    basis: Basis = ShareBasis.MEAN

    def __post_init__(self) -> None:
        check_declared(self)


def weibull_survival(inputs: WeibullSurvivalInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Let a hazard that changes with age wear income down, given the age reached.

    Notes
    -----
    .. math:: S(t \mid a) = \exp\bigl((a/\lambda)^k - ((a+t)/\lambda)^k\bigr)

    References
    ----------
    :cite:cts:`weibull_1951`.
    """
    terms = [given[name] for name in ("shape", "scale", "age")]
    outcome = _curve_outcome(_weibull, terms, inputs.years, inputs.basis)
    shape, scale = middle_of(inputs.shape), middle_of(inputs.scale)
    lives = {
        "mean_life": float(_weibull_residual(np.array(shape), np.array(scale), 0.0)),
        "mean_residual_life": float(
            _weibull_residual(np.array(shape), np.array(scale), inputs.age)
        ),
    }
    return Outcome(explanation=outcome.explanation, details={**outcome.details, **lives})


def _weibull(time: float, shape: Any, scale: Any, age: Any) -> Any:  # noqa: ANN401
    return exp(_hazard_to(age, shape, scale) - _hazard_to(age + time, shape, scale))


def _hazard_to(age: Any, shape: Any, scale: Any) -> Any:  # noqa: ANN401
    return 0.0 if isinstance(age, (int, float)) and age == 0 else (age / scale) ** shape


@dataclass(frozen=True, slots=True, kw_only=True)
class WeibullLifeInputs:
    """What the expected rest of a Weibull life asks for."""

    shape: Annotated[
        float,
        Quantity(
            name=Text("shape", "形状参数"),
            meaning=Text("above 1 the hazard grows with age", "大于 1 时风险随年龄上升"),
            symbol="k",
            low=0.05,
            high=20.0,
        ),
    ]
    scale: Annotated[
        Uncertain,
        Quantity(
            name=Text("scale", "尺度参数"),
            meaning=Text("age at which 36.8 % are left", "留存 36.8% 时的年龄"),
            symbol="λ",
            unit="year",
            low=0.0,
            high=1000.0,
            low_open=True,
        ),
    ]
    age: Age = 0.0

    def __post_init__(self) -> None:
        check_declared(self)


def weibull_life(
    inputs: WeibullLifeInputs,  # noqa: ARG001 - every method takes its inputs
    given: Mapping[str, Explanation],
) -> Outcome:
    r"""Find the expected rest of a life whose hazard changes with age.

    Notes
    -----
    .. math:: m(a) = \frac{1}{S(a)} \int_a^\infty S(u)\,du
              = \frac{\lambda}{k}\,e^{x}\,\Gamma\bigl(\tfrac1k, x\bigr), \qquad x = (a/\lambda)^k

    References
    ----------
    :cite:cts:`weibull_1951`.
    """
    value = node(
        Text("expected remaining life", "预期剩余寿命"),
        _residual_life,
        *(given[name] for name in ("shape", "scale", "age")),
        formula="(λ / k) eˣ Γ(1/k, x), x = (a / λ)ᵏ",
        unit="year",
        symbol="T",
        citation=WEIBULL,
    )
    return Outcome(explanation=value)


def _residual_life(shape: Any, scale: Any, age: Any) -> Any:  # noqa: ANN401
    if any(isinstance(each, Ranged) for each in (shape, scale, age)):
        return through(_weibull_residual, (shape, scale, age), (0, 1, 0))
    found = _weibull_residual(np.asarray(shape), np.asarray(scale), age)
    return float(found) if found.ndim == 0 else found


def _weibull_residual(shape: FloatArray, scale: FloatArray, age: Any) -> FloatArray:  # noqa: ANN401
    from scipy.special import gamma, gammaincc

    x = (np.asarray(age) / scale) ** shape
    rest = gammaincc(1.0 / shape, x) * gamma(1.0 / shape)
    return np.asarray(scale / shape * np.exp(x) * rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class GompertzSurvivalInputs:
    """What Gompertz survival asks for."""

    hazard: Annotated[
        Uncertain,
        rate(
            Text("hazard today", "当前风险率"),
            Text("of the end, per year", "每年终止的风险率"),
            "γ₀",
            low=0.0,
        ),
    ]
    ageing: Annotated[
        Uncertain,
        Quantity(
            name=Text("ageing", "老化速度"),
            meaning=Text("yearly growth of the hazard", "风险率的年增长速度"),
            symbol="b",
            unit="1/year",
            low=1e-6,
            high=5.0,
        ),
    ]
    years: Years
    basis: Basis = ShareBasis.MEAN

    def __post_init__(self) -> None:
        check_declared(self)


def gompertz_survival(inputs: GompertzSurvivalInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Let a hazard that grows at a constant rate wear income down.

    Notes
    -----
    .. math:: S(t) = \exp\Bigl(-\gamma_0 \frac{e^{bt} - 1}{b}\Bigr)
    """
    terms = [given["hazard"], given["ageing"]]
    return _curve_outcome(_gompertz, terms, inputs.years, inputs.basis)


def _gompertz(time: float, hazard: Any, ageing: Any) -> Any:  # noqa: ANN401
    return exp(-hazard * _grown_time(ageing, time))


def _grown_time(ageing: Any, time: float) -> Any:  # noqa: ANN401
    if isinstance(ageing, Ranged):
        return through(lambda b: np.expm1(b * time) / b, (ageing,), (1,))
    return np.expm1(ageing * time) / ageing


@dataclass(frozen=True, slots=True, kw_only=True)
class SubstitutionInputs:
    """What the substitution of one technology by another asks for."""

    speed: Annotated[
        Uncertain,
        Quantity(
            name=Text("speed", "替代速度"),
            meaning=Text("yearly rate of the logistic curve", "逻辑斯蒂曲线的年速率"),
            symbol="b",
            unit="1/year",
            low=0.0,
            high=20.0,
            low_open=True,
        ),
    ]
    midpoint: Annotated[
        Uncertain,
        Quantity(
            name=Text("midpoint", "中点"),
            meaning=Text(
                "years from today until the new technology has half of the market",
                "距新技术占据一半市场的年数",
            ),
            symbol="t₀",
            unit="year",
            low=-100.0,
            high=200.0,
        ),
    ]
    years: Years
    basis: Basis = ShareBasis.MEAN

    def __post_init__(self) -> None:
        check_declared(self)


def substitution(inputs: SubstitutionInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Let a new technology take the market along a logistic curve.

    Notes
    -----
    .. math:: N(t) = \frac{1}{1 + e^{-b(t - t_0)}}, \qquad S(t) = \frac{1 - N(t)}{1 - N(0)}

    Shares are of today's income: today's share of the market is in it already.

    References
    ----------
    :cite:cts:`fisher_pry_1971`.
    """
    terms = [given["speed"], given["midpoint"]]
    outcome = _curve_outcome(_replaced, terms, inputs.years, inputs.basis)
    speed, midpoint = (float(term.number) for term in terms)
    new = tuple(
        float(1.0 - _old_share(float(year), speed, midpoint)) for year in range(inputs.years + 1)
    )
    return Outcome(explanation=outcome.explanation, details={**outcome.details, "new_shares": new})


def _old_share(time: float, speed: Any, midpoint: Any) -> Any:  # noqa: ANN401
    return 1.0 / (1.0 + exp(speed * (time - midpoint)))


def _replaced(time: float, speed: Any, midpoint: Any) -> Any:  # noqa: ANN401
    return _old_share(time, speed, midpoint) * (1.0 + exp(speed * -midpoint))


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptionInputs:
    """What the diffusion of a new product asks for."""

    innovation: Annotated[
        Uncertain,
        Quantity(
            name=Text("innovation", "创新系数"),
            meaning=Text("yearly rate at which buyers start by themselves", "自发采用的年速率"),
            symbol="p",
            unit="1/year",
            low=1e-6,
            high=5.0,
        ),
    ]
    imitation: Annotated[
        Uncertain,
        Quantity(
            name=Text("imitation", "模仿系数"),
            meaning=Text("yearly rate at which buyers follow others", "受他人影响采用的年速率"),
            symbol="q",
            unit="1/year",
            low=0.0,
            high=5.0,
        ),
    ]
    years: Years
    basis: Basis = ShareBasis.MEAN

    def __post_init__(self) -> None:
        check_declared(self)


def adoption(inputs: AdoptionInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Find the share of the final market that has adopted a product, year by year.

    Notes
    -----
    .. math:: F(t) = \frac{1 - e^{-(p+q)t}}{1 + \frac{q}{p} e^{-(p+q)t}}

    The yearly number of first buyers is the difference of :math:`F`, not :math:`F` itself.

    References
    ----------
    :cite:cts:`bass_1969`.
    """
    terms = [given["innovation"], given["imitation"]]
    outcome = _curve_outcome(_adopted, terms, inputs.years, inputs.basis)
    at_ends: Any = outcome.details["survival"]
    p, q = (term.number for term in terms)
    peak = float(np.log(q / p) / (p + q)) if q > p else 0.0
    first = tuple(float(late - early) for early, late in pairwise(at_ends))
    return Outcome(
        explanation=outcome.explanation,
        details={**outcome.details, "adopted": at_ends, "new_adopters": first, "peak_time": peak},
    )


def _adopted(time: float, innovation: Any, imitation: Any) -> Any:  # noqa: ANN401
    if any(isinstance(each, Ranged) for each in (innovation, imitation)):
        return through(lambda p, q: _bass(time, p, q), (innovation, imitation), (1, 1))
    return _bass(time, innovation, imitation)


def _bass(time: float, p: Any, q: Any) -> Any:  # noqa: ANN401
    fallen = np.exp(-(p + q) * time)
    return (1.0 - fallen) / (1.0 + q / p * fallen)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttritionInputs:
    """What an attrition table asks for."""

    attrition: Annotated[
        tuple[Uncertain, ...],
        share(
            Text("attrition", "流失率"),
            Text("part of what is left that is lost in each year", "各年流失占年初留存的比例"),
            "a",
            yearly=True,
        ),
    ]
    basis: Basis = ShareBasis.MEAN

    def __post_init__(self) -> None:
        check_declared(self)
        refuse(not_empty("attrition", self.attrition))


def attrition(inputs: AttritionInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Find what an attrition table leaves, year by year.

    Notes
    -----
    .. math:: S(n) = \prod_{k \le n} (1 - a_k)

    References
    ----------
    :cite:cts:`appraisal_2016`.
    """
    terms = given["attrition"].children
    return _curve_outcome(_survivors, terms, len(terms), inputs.basis)


def _survivors(time: float, *rates: Any) -> Any:  # noqa: ANN401
    found: Any = 1.0
    for each in rates[: int(time)]:
        found = found * (1.0 - each)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """An event that takes income from a right."""

    name: Annotated[
        str,
        choice(
            Text("name", "名称"),
            Text("such as invalidation, infringement or lapse", "如无效、侵权、失效"),
        ),
    ]
    hazard: Annotated[
        Uncertain,
        rate(
            Text("hazard", "风险率"), Text("of the event, per year", "事件的年风险率"), "h", low=0.0
        ),
    ]
    loss_share: Annotated[
        Uncertain,
        share(
            Text("loss share", "损失比例"),
            Text("part of the income that each event takes", "每次事件使收益丧失的比例"),
            "l",
        ),
    ] = 1.0
    until: Annotated[
        float | None,
        years(
            Text("until", "截止"),
            Text("years after which the event can no longer happen", "事件不再可能发生的年数"),
            "u",
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetingRisksInputs:
    """What competing risks ask for."""

    risks: Annotated[
        tuple[Risk, ...],
        choice(Text("risk", "风险事件"), Text("independent of each other", "相互独立的风险事件")),
    ]
    years: Years
    basis: Basis = ShareBasis.MEAN

    def __post_init__(self) -> None:
        check_declared(self)
        names = [each.name for each in self.risks]
        allowed = Text(
            "expected each name once; a risk is charged in one place",
            "名称不得重复；同一风险只计入一次",
        )
        twice = [
            Problem(field=f"risks[{place}].name", found=name, allowed=allowed)
            for place, name in enumerate(names)
            if names.index(name) != place
        ]
        refuse([*not_empty("risks", self.risks), *twice])


def competing_risks(inputs: CompetingRisksInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Let several independent risks wear expected income down.

    Notes
    -----
    .. math:: S(t) = \exp\Bigl(-\sum_j h_j l_j \min(t, u_j)\Bigr)

    An event that leaves a part of the income may come again; the expected share that is left
    falls at the rate of hazard times loss.
    """
    terms = [
        members(tree)[name] for tree in given["risks"].children for name in ("hazard", "loss_share")
    ]
    curve = _Competing(tuple(each.until for each in inputs.risks))
    outcome = _curve_outcome(curve, terms, inputs.years, inputs.basis)
    chances = {
        each.name: float(
            -np.expm1(-middle_of(each.hazard) * min(inputs.years, each.until or inputs.years))
        )
        for each in inputs.risks
    }
    names = ", ".join(each.name for each in inputs.risks)
    return Outcome(
        explanation=outcome.explanation,
        findings=(HAZARDS_ELSEWHERE.finding(where="risks", names=names),),
        details={**outcome.details, "chances": chances},
    )


@dataclass(frozen=True, slots=True)
class _Competing:
    ends: tuple[float | None, ...]

    def __call__(self, time: float, *terms: Any) -> Any:  # noqa: ANN401
        worn = [
            hazard * loss * -(time if end is None else min(time, end))
            for hazard, loss, end in zip(terms[::2], terms[1::2], self.ends, strict=True)
        ]
        return exp(total(worn))


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalInputs:
    """What the value of a right kept alive by fees asks for."""

    first_return: Annotated[
        Uncertain,
        cost(
            Text("first return", "首年收益"),
            Text("of the right in its first year", "权利首年收益"),
            "R",
        ),
    ]
    decay: Annotated[
        Uncertain,
        share(Text("decay", "衰减率"), Text("of the return each year", "收益的年衰减率"), "d"),
    ]
    fees: Annotated[
        tuple[Uncertain, ...],
        Quantity(
            name=Text("renewal fee", "维持费"),
            meaning=Text("by year, to the end of the legal term", "截至法定期限的各年维持费"),
            symbol="f",
            unit="currency",
            low=0.0,
            yearly=True,
        ),
    ]
    discount_rate: DiscountRate
    first_payment: Annotated[
        float,
        years(
            Text("first payment", "首次缴费时点"),
            Text("years from today to the first fee and return", "距首次缴费与收益的年数"),
            "t₁",
        ),
    ] = 0.0

    def __post_init__(self) -> None:
        check_declared(self)
        refuse(not_empty("fees", self.fees))


def renewal(inputs: RenewalInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Value a right that its owner lets lapse when the fee is no longer worth it.

    Notes
    -----
    .. math:: V_t = \max\Bigl(0,\; R(1-d)^t - f_t + \frac{V_{t+1}}{1+r}\Bigr)

    Once unpaid the right is lost. With falling returns and rising fees this is: pay while the
    return covers the fee.

    References
    ----------
    :cite:cts:`schankerman_pakes_1986`.
    """
    fees = given["fees"].children
    value = node(
        Text("value", "价值"),
        _Kept(inputs.first_payment),
        given["first_return"],
        given["decay"],
        given["discount_rate"],
        *fees,
        formula="max(0, R (1 − d)^t − fₜ + Vₜ₊₁ / (1 + r))",
        unit="currency",
        symbol="V",
        citation=SCHANKERMAN,
    )
    worths = _values_when_due(
        middle_of(inputs.first_return),
        middle_of(inputs.decay),
        middle_of(inputs.discount_rate),
        tuple(fee.number for fee in fees),
    )
    paid = next((place for place, worth in enumerate(worths) if worth <= 0), len(fees))
    return Outcome(explanation=value, details={"renewals_paid": paid, "values": tuple(worths)})


@dataclass(frozen=True, slots=True)
class _Kept:
    wait: float

    def __call__(self, first: Any, decay: Any, discount_rate: Any, *fees: Any) -> Any:  # noqa: ANN401
        worth = _values_when_due(first, decay, discount_rate, fees)[0]
        return worth * (1.0 + discount_rate) ** -self.wait


def _values_when_due(first: Any, decay: Any, discount_rate: Any, fees: Sequence[Any]) -> list[Any]:  # noqa: ANN401
    found: list[Any] = []
    after: Any = 0.0
    for place in range(len(fees) - 1, -1, -1):
        net = first * (1.0 - decay) ** place - fees[place]
        after = larger(net + after / (1.0 + discount_rate), 0.0)
        found.insert(0, after)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardAnnuityInputs:
    """What an income stream that may end at any moment asks for."""

    income: Annotated[
        Uncertain,
        amount(
            Text("income", "收益"),
            Text("per year, evenly through it", "每年收益，年内均匀发生"),
            "c",
        ),
    ]
    discount_rate: Annotated[
        Uncertain,
        rate(
            Text("discount rate", "折现率"),
            Text("continuously compounded, without the hazard", "连续复利，不含风险率"),
            "r",
        ),
    ]
    hazard: Annotated[
        Uncertain,
        rate(
            Text("hazard", "风险率"), Text("of the end, per year", "每年终止的风险率"), "γ", low=0.0
        ),
    ]
    life: Annotated[Uncertain, LIFE]

    def __post_init__(self) -> None:
        check_declared(self)


def hazard_annuity(inputs: HazardAnnuityInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Value an even income that a hazard may end.

    Notes
    -----
    .. math:: V = c\,\frac{1 - e^{-(r+\gamma)T}}{r + \gamma}
    """
    factor = node(
        Text("annuity factor", "年金系数"),
        _annuity,
        given["discount_rate"],
        given["hazard"],
        given["life"],
        formula="(1 − e^(−(r + γ) T)) / (r + γ)",
        unit="year",
        symbol="A",
    )
    value = node(
        Text("value", "价值"),
        _times,
        given["income"],
        factor,
        formula="c · A",
        unit="currency",
        symbol="V",
    )
    told = HAZARDS_ELSEWHERE.finding(where="hazard", names=Text("the hazard", "该风险率"))
    findings = (told,) if middle_of(inputs.hazard) > 0 else ()
    return Outcome(explanation=value, findings=findings, details={"factor": factor.number})


def _times(income: Any, factor: Any) -> Any:  # noqa: ANN401
    return income * factor


def _annuity(discount_rate: Any, hazard: Any, life: Any) -> Any:  # noqa: ANN401
    force = discount_rate + hazard
    if isinstance(force, Ranged) or isinstance(life, Ranged):
        return through(_annuity_factor, (force, life), (-1, 1))
    found = _annuity_factor(np.asarray(force, dtype=float), np.asarray(life, dtype=float))
    return float(found) if found.ndim == 0 else found


def _annuity_factor(force: FloatArray, life: FloatArray) -> FloatArray:
    nearly = np.abs(force * life) < TINY
    divisor = np.where(nearly, 1.0, force)
    return np.where(nearly, life * (1.0 - 0.5 * force * life), -np.expm1(-force * life) / divisor)


REMAINING_LIFE = Method(
    id="remaining_life",
    name=Text("remaining life", "剩余寿命"),
    summary=Text(
        "The shortest of legal, contractual, technological and economic life, with the "
        "reason; the legal one from the packaged law of the filing date.",
        "法定、合同、技术与经济寿命中的最短者及其理由；法定期限取自申请日适用的法律。",
    ),
    approach=Approach.INPUT,
    inputs=RemainingLifeInputs,
    compute=remaining_life,
    citations=(
        IVS,
        REILLY,
    ),
    validity=Text(
        "Terms of law without extension or renewal.",
        "法定期限不含补偿与续展。",
    ),
    effective_from=date(2025, 1, 31),
    result=LIFE,
    laws=(
        Law(LawKind.RISES, ("legal_life",)),
        Law(LawKind.RISES, ("contract_life",)),
        Law(LawKind.RISES, ("technology_life",)),
        Law(LawKind.RISES, ("economic_life",)),
    ),
)
EXPONENTIAL_SURVIVAL = Method(
    id="exponential_survival",
    name=Text("exponential survival", "指数衰减曲线"),
    summary=Text(
        "Shares left year by year under a constant hazard.",
        "恒定风险率下各年的留存比例。",
    ),
    approach=Approach.INPUT,
    inputs=ExponentialSurvivalInputs,
    compute=exponential_survival,
    citations=(REILLY,),
    validity=Text(
        "A hazard that does not depend on age.",
        "风险率与年龄无关。",
    ),
    effective_from=date(2013, 1, 1),
    result=SHARES,
    laws=(Law(LawKind.FALLS, ("hazard",)),),
)
WEIBULL_SURVIVAL = Method(
    id="weibull_survival",
    name=Text("Weibull survival", "威布尔留存曲线"),
    summary=Text(
        "Shares left year by year under a hazard that changes with age, given the age reached.",
        "风险率随年龄变化时，以现有年龄为条件的各年留存比例。",
    ),
    approach=Approach.INPUT,
    inputs=WeibullSurvivalInputs,
    compute=weibull_survival,
    citations=(
        WEIBULL,
        REILLY,
    ),
    validity=Text(
        "The age is today's; survival is conditional on it.",
        "年龄为截至基准日的年龄；留存以此为条件。",
    ),
    effective_from=date(1951, 9, 1),
    result=SHARES,
    laws=(Law(LawKind.RISES, ("scale",)),),
)
WEIBULL_LIFE = Method(
    id="weibull_life",
    name=Text("expected Weibull life", "威布尔预期剩余寿命"),
    summary=Text(
        "Expected rest of a life whose hazard changes with age.",
        "风险率随年龄变化时的预期剩余寿命。",
    ),
    approach=Approach.INPUT,
    inputs=WeibullLifeInputs,
    compute=weibull_life,
    citations=(
        WEIBULL,
        REILLY,
    ),
    validity=Text(
        "A shape from 0.05 to 20.",
        "形状参数 0.05 至 20。",
    ),
    effective_from=date(1951, 9, 1),
    result=LIFE,
    laws=(Law(LawKind.RISES, ("scale",)),),
)
GOMPERTZ_SURVIVAL = Method(
    id="gompertz_survival",
    name=Text("Gompertz survival", "冈珀茨留存曲线"),
    summary=Text(
        "Shares left year by year under a hazard that grows at a constant rate.",
        "风险率按固定速度上升时各年的留存比例。",
    ),
    approach=Approach.INPUT,
    inputs=GompertzSurvivalInputs,
    compute=gompertz_survival,
    citations=(REILLY,),
    validity=Text(
        "A hazard that grows; for a constant one use exponential survival.",
        "适用于上升的风险率；恒定风险率请用指数曲线。",
    ),
    effective_from=date(2013, 1, 1),
    result=SHARES,
    laws=(
        Law(LawKind.FALLS, ("hazard",)),
        Law(LawKind.FALLS, ("ageing",)),
    ),
)
SUBSTITUTION = Method(
    id="substitution",
    name=Text("substitution by a new technology", "技术替代曲线"),
    summary=Text(
        "Shares of today's income left while a new technology takes the market.",
        "新技术占据市场过程中当前收益的留存比例。",
    ),
    approach=Approach.INPUT,
    inputs=SubstitutionInputs,
    compute=substitution,
    citations=(FISHER_PRY,),
    validity=Text(
        "A substitution under way, on a logistic curve.",
        "替代已经开始并遵循逻辑斯蒂曲线。",
    ),
    effective_from=date(1971, 1, 1),
    result=SHARES,
    laws=(Law(LawKind.RISES, ("midpoint",)),),
)
ADOPTION = Method(
    id="adoption",
    name=Text("adoption of a new product", "新产品扩散曲线"),
    summary=Text(
        "Share of the final market that has adopted a product, year by year.",
        "各年已采用产品的市场比例。",
    ),
    approach=Approach.INPUT,
    inputs=AdoptionInputs,
    compute=adoption,
    citations=(BASS,),
    validity=Text(
        "First purchases only; the share adopted is not yearly sales.",
        "仅指首次购买；累计采用比例不等于年销量。",
    ),
    effective_from=date(1969, 1, 1),
    result=SHARES,
    laws=(
        Law(LawKind.RISES, ("innovation",)),
        Law(LawKind.RISES, ("imitation",)),
    ),
)
ATTRITION = Method(
    id="attrition",
    name=Text("attrition table", "流失表"),
    summary=Text(
        "Shares left year by year after the losses of an attrition table.",
        "按流失表扣减后各年的留存比例。",
    ),
    approach=Approach.INPUT,
    inputs=AttritionInputs,
    compute=attrition,
    citations=(APPRAISAL_2016,),
    validity=Text(
        "Yearly losses as parts of what is left.",
        "流失率以年初留存为基数。",
    ),
    effective_from=date(2016, 1, 1),
    result=SHARES,
    laws=(Law(LawKind.FALLS, ("attrition",)),),
)
COMPETING_RISKS = Method(
    id="competing_risks",
    name=Text("competing legal risks", "竞合法律风险"),
    summary=Text(
        "Expected shares left under invalidation, infringement, lapse and other risks at once.",
        "无效、侵权、失效等风险并存时各年的预期留存比例。",
    ),
    approach=Approach.INPUT,
    inputs=CompetingRisksInputs,
    compute=competing_risks,
    citations=(REILLY,),
    validity=Text(
        "Independent events with constant hazards; charged here and nowhere else.",
        "事件相互独立、风险率恒定；不得在他处重复计入。",
    ),
    effective_from=date(2013, 1, 1),
    result=SHARES,
    laws=(
        Law(LawKind.FALLS, ("risks.hazard",)),
        Law(LawKind.FALLS, ("risks.loss_share",)),
    ),
)
RENEWAL = Method(
    id="renewal",
    name=Text("value under renewal", "维持费与放弃决策"),
    summary=Text(
        "Value of a right whose owner stops paying when the fee is no longer worth it.",
        "权利人在维持费不再值得支付时放弃权利情形下的价值。",
    ),
    approach=Approach.INCOME,
    inputs=RenewalInputs,
    compute=renewal,
    citations=(SCHANKERMAN,),
    validity=Text(
        "Returns known in advance; once unpaid the right is lost.",
        "收益可预见；未缴费即丧失权利。",
    ),
    effective_from=date(1986, 12, 1),
    laws=(
        Law(LawKind.RISES, ("first_return",)),
        Law(LawKind.FALLS, ("decay",)),
        Law(LawKind.FALLS, ("fees",)),
        Law(LawKind.FALLS, ("discount_rate",)),
        Law(
            LawKind.SCALES,
            (
                "first_return",
                "fees",
            ),
        ),
        Law(LawKind.ZERO, ("first_return",)),
    ),
)
HAZARD_ANNUITY = Method(
    id="hazard_annuity",
    name=Text("annuity under a hazard", "含终止风险的年金"),
    summary=Text(
        "Value of an even income that may end at any moment.",
        "随时可能终止的均匀收益的价值。",
    ),
    approach=Approach.INCOME,
    inputs=HazardAnnuityInputs,
    compute=hazard_annuity,
    citations=(REILLY,),
    validity=Text(
        "A continuous rate and a constant hazard; the rate holds none of it.",
        "连续复利折现率与恒定风险率；折现率中不得包含该风险。",
    ),
    effective_from=date(2013, 1, 1),
    laws=(
        Law(LawKind.RISES, ("income",)),
        Law(LawKind.RISES, ("life",)),
        Law(LawKind.FALLS, ("discount_rate",)),
        Law(LawKind.FALLS, ("hazard",)),
        Law(LawKind.SCALES, ("income",)),
        Law(LawKind.ZERO, ("income",)),
    ),
)
LIFE_METHODS = (
    REMAINING_LIFE,
    EXPONENTIAL_SURVIVAL,
    WEIBULL_SURVIVAL,
    WEIBULL_LIFE,
    GOMPERTZ_SURVIVAL,
    SUBSTITUTION,
    ADOPTION,
    ATTRITION,
    COMPETING_RISKS,
    RENEWAL,
    HAZARD_ANNUITY,
)
