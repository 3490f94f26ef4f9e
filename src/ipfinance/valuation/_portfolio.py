"""Portfolios: income that several rights protect together, and shocks that hit several at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import combinations
from typing import Annotated, Any

from ipfinance.basics import (
    Citation,
    Explanation,
    FindingKind,
    Problem,
    Severity,
    Text,
    Uncertain,
    check_declared,
    node,
)
from ipfinance.numerics import exp, total
from ipfinance.valuation._flows import Discount, added, refuse, subscript
from ipfinance.valuation._registry import Approach, Law, LawKind, Method, members
from ipfinance.valuation._terms import (
    DiscountRate,
    FlowTiming,
    Timing,
    amount,
    choice,
    not_empty,
    rate,
)
from ipfinance.valuation._valuation import Outcome, Schedule

MARSHALL_OLKIN = Citation("marshall_olkin_1967")
SHAPLEY = Citation("shapley_1953")
SMALLEST_GAP = 1e-6
MOST_ASSETS = 12
MOST_FOR_FAIR_SHARES = 8


class Protection(StrEnum):
    """How many of its rights a stream of income needs."""

    ALL = "all"
    ANY = "any"


PROTECTION_NAMES = {
    Protection.ALL: Text("needs all of its rights", "须全部权利有效"),
    Protection.ANY: Text("needs any one of its rights", "任一权利有效即可"),
}
PLAIN_SUM_MISLEADS = FindingKind(
    code="plain_sum_misleads",
    severity=Severity.WARNING,
    text=Text(
        "Added one by one the rights would come to {plain:,.4f}, {gap:+.1%} against the joint "
        "value: income that several protect is counted for each of them.",
        "逐项相加为 {plain:,.4f}，与组合价值相差 {gap:+.1%}：由多项权利共同保护的收益被重复计算。",
    ),
)
SHARED_SHOCKS = FindingKind(
    code="shared_shocks",
    severity=Severity.NOTE,
    text=Text(
        "Shocks that hit several rights at once: {names}. The rights do not end independently.",
        "同时影响多项权利的共同冲击：{names}。各项权利的终止并非相互独立。",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioAsset:
    """A right of the portfolio."""

    name: Annotated[str, choice(Text("name", "名称"), Text("of the right", "权利名称"))]
    hazard: Annotated[
        Uncertain,
        rate(
            Text("own hazard", "自身风险率"),
            Text("of its end by causes that hit it alone, per year", "仅影响该权利的年终止风险率"),
            "h",
            low=0.0,
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shock:
    """A cause that ends several rights at once."""

    name: Annotated[str, choice(Text("name", "名称"), Text("of the cause", "冲击名称"))]
    hazard: Annotated[
        Uncertain,
        rate(
            Text("hazard", "风险率"), Text("of the shock, per year", "冲击的年风险率"), "g", low=0.0
        ),
    ]
    hits: Annotated[
        tuple[str, ...],
        choice(Text("hits", "影响对象"), Text("names of the rights it ends", "因此终止的权利名称")),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomeStream:
    """Income that rights protect together."""

    name: Annotated[
        str, choice(Text("name", "名称"), Text("of the product or licence", "产品或许可名称"))
    ]
    flows: Annotated[
        tuple[Uncertain, ...],
        amount(
            Text("income", "收益"),
            Text("by year, while protected", "受保护期间的各年收益"),
            "X",
            yearly=True,
        ),
    ]
    protected_by: Annotated[
        tuple[str, ...],
        choice(Text("protected by", "保护权利"), Text("names of the rights", "提供保护的权利名称")),
    ]
    needs: Annotated[
        Protection,
        choice(
            Text("needs", "保护条件"), Text("all of these rights, or any", "须全部有效或任一有效")
        ),
    ] = Protection.ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioInputs:
    """What the joint value of several rights asks for."""

    assets: Annotated[
        tuple[PortfolioAsset, ...],
        choice(Text("right", "权利"), Text("of the portfolio", "组合内的权利")),
    ]
    streams: Annotated[
        tuple[IncomeStream, ...],
        choice(
            Text("income stream", "收益流"), Text("each with its rights", "各收益流及其保护权利")
        ),
    ]
    discount_rate: DiscountRate
    shocks: Annotated[
        tuple[Shock, ...] | None,
        choice(
            Text("common shock", "共同冲击"), Text("that hits several rights", "同时影响多项权利")
        ),
    ] = None
    timing: Timing = FlowTiming.MID

    def __post_init__(self) -> None:
        check_declared(self)
        names = [each.name for each in self.assets]
        problems = [*not_empty("assets", self.assets), *not_empty("streams", self.streams)]
        if len(set(names)) != len(names) or len(names) > MOST_ASSETS:
            allowed = Text(
                f"expected at most {MOST_ASSETS} rights, each name once",
                f"权利不得超过 {MOST_ASSETS} 项且名称不得重复",
            )
            problems.append(Problem(field="assets", found=", ".join(names), allowed=allowed))
        if self.timing is FlowTiming.DATED:
            allowed = Text("end or mid", "end 或 mid")
            problems.append(Problem(field="timing", found="dated", allowed=allowed))
        for place, stream in enumerate(self.streams):
            problems += _unknown(f"streams[{place}].protected_by", stream.protected_by, names)
            problems += not_empty(f"streams[{place}].flows", stream.flows)
        for place, shock in enumerate(self.shocks or ()):
            problems += _unknown(f"shocks[{place}].hits", shock.hits, names)
        refuse(problems)


def _unknown(field: str, found: Sequence[str], names: Sequence[str]) -> list[Problem]:
    wrong = [name for name in found if name not in names]
    if found and not wrong and len(set(found)) == len(found):
        return []
    allowed = Text(
        f"expected names among: {', '.join(names)}, each once",
        f"应为以下名称，且不得重复：{'、'.join(names)}",
    )
    return [Problem(field=field, found=", ".join(wrong or found), allowed=allowed)]


def portfolio(inputs: PortfolioInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Value rights together, by the income that they protect together.

    Notes
    -----
    Each cause ends the rights it hits at its own exponential time, so with
    :math:`\Lambda(A)` the sum of the hazards that hit any right of a set :math:`A`

    .. math::

        P(\text{all of } A \text{ live at } t) = e^{-\Lambda(A) t}, \qquad
        P(\text{any lives}) = \sum_{\emptyset \ne B \subseteq A} (-1)^{|B|+1} e^{-\Lambda(B) t}

    .. math:: V = \sum_s \sum_k X_{s,k}\, P_s(t_k)\, D(t_k)

    The contribution of a right is what the joint value loses without it; fair shares average that
    over every order in which the rights could have joined.

    References
    ----------
    :cite:cts:`marshall_olkin_1967`; :cite:cts:`shapley_1953`.
    """
    causes = _causes(inputs, given)
    rights = frozenset(each.name for each in inputs.assets)
    value = _joint(inputs, given, causes, rights)
    joint = value.number

    def worth(held: frozenset[str]) -> float:
        return _joint(inputs, given, causes, held).number if held else 0.0

    alone = {name: _as_if_alone(inputs, given, causes, name) for name in sorted(rights)}
    last = {name: joint - worth(rights - {name}) for name in sorted(rights)}
    fair = _fair_shares(sorted(rights), worth) if len(rights) <= MOST_FOR_FAIR_SHARES else {}
    plain = math.fsum(alone.values())
    findings = []
    if joint and abs(plain / joint - 1.0) > SMALLEST_GAP:
        findings.append(PLAIN_SUM_MISLEADS.finding(plain=plain, gap=plain / joint - 1.0))
    shared = [each.name for each in inputs.shocks or () if len(each.hits) > 1]
    if shared:
        findings.append(SHARED_SHOCKS.finding(where="shocks", names=", ".join(shared)))
    return Outcome(
        explanation=value,
        findings=tuple(findings),
        details={
            "schedule": _table(alone, last, fair),
            "plain_sum": plain,
            "stand_alone": alone,
            "contribution": last,
            "fair_share": fair,
        },
    )


@dataclass(frozen=True, slots=True)
class _Cause:
    hits: frozenset[str]
    hazard: Explanation


def _causes(inputs: PortfolioInputs, given: Mapping[str, Explanation]) -> list[_Cause]:
    own = [
        _Cause(frozenset({told.name}), members(tree)["hazard"])
        for told, tree in zip(inputs.assets, given["assets"].children, strict=True)
    ]
    if inputs.shocks is None:
        return own
    common = [
        _Cause(frozenset(told.hits), members(tree)["hazard"])
        for told, tree in zip(inputs.shocks, given["shocks"].children, strict=True)
    ]
    return own + common


def _joint(
    inputs: PortfolioInputs,
    given: Mapping[str, Explanation],
    causes: Sequence[_Cause],
    held: frozenset[str],
) -> Explanation:
    terms = [
        _stream_value(given, tree, stream, causes, cover, inputs.timing)
        for tree, stream in zip(given["streams"].children, inputs.streams, strict=True)
        if (cover := _cover(stream, held))
    ]
    return node(
        Text("joint value", "组合价值"),
        added,
        *terms,
        formula="Σ V",
        unit="currency",
        symbol="V",
        citation=MARSHALL_OLKIN,
    )


def _cover(stream: IncomeStream, held: frozenset[str]) -> frozenset[str]:
    """Return the held rights that keep a stream alive; none where it is not protected."""
    wanted = frozenset(stream.protected_by)
    if stream.needs is Protection.ALL:
        return wanted if wanted <= held else frozenset()
    return wanted & held


def _stream_value(  # noqa: PLR0917
    given: Mapping[str, Explanation],
    tree: Explanation,
    stream: IncomeStream,
    causes: Sequence[_Cause],
    cover: frozenset[str],
    timing: FlowTiming,
) -> Explanation:
    flows = members(tree)["flows"].children
    rule = _StreamRule(
        tuple(cause.hits for cause in causes),
        tuple(sorted(cover)),
        stream.needs is Protection.ANY,
        len(flows),
        0.5 if timing is FlowTiming.MID else 0.0,
    )
    return node(
        Text(f"value of {stream.name}", f"{stream.name}的价值"),
        rule,
        given["discount_rate"],
        *(cause.hazard for cause in causes),
        *flows,
        formula="Σ X · P(t) · (1 + r)^(−t)",
        unit="currency",
        symbol=f"V{subscript(len(flows))}",
        citation=MARSHALL_OLKIN,
    )


@dataclass(frozen=True, slots=True)
class _StreamRule:
    """The value of one stream from the rate, the hazards of all causes and its flows."""

    hits: tuple[frozenset[str], ...]
    cover: tuple[str, ...]
    any_suffices: bool
    years: int
    early: float

    def __call__(self, discount_rate: Any, *rest: Any) -> Any:  # noqa: ANN401
        hazards, flows = rest[: len(self.hits)], rest[len(self.hits) :]
        times = [place + 1.0 - self.early for place in range(self.years)]
        return total(
            [
                flow * self._alive(time, hazards) * Discount(time)(discount_rate)
                for time, flow in zip(times, flows, strict=True)
            ]
        )

    def _alive(self, time: float, hazards: Sequence[Any]) -> Any:  # noqa: ANN401
        if not self.any_suffices:
            return self._all_alive(self.cover, time, hazards)
        terms = [
            self._all_alive(some, time, hazards) * (1.0 if size % 2 else -1.0)
            for size in range(1, len(self.cover) + 1)
            for some in combinations(self.cover, size)
        ]
        return total(terms)

    def _all_alive(self, some: tuple[str, ...], time: float, hazards: Sequence[Any]) -> Any:  # noqa: ANN401
        struck = [
            hazard
            for hazard, hits in zip(hazards, self.hits, strict=True)
            if not hits.isdisjoint(some)
        ]
        return exp(total(struck) * -time)


def _as_if_alone(
    inputs: PortfolioInputs,
    given: Mapping[str, Explanation],
    causes: Sequence[_Cause],
    name: str,
) -> float:
    """Return the value of a right appraised by itself, credited with all that it protects."""
    streams = [
        _stream_value(
            given,
            tree,
            replace(stream, needs=Protection.ALL),
            causes,
            frozenset({name}),
            inputs.timing,
        ).number
        for tree, stream in zip(given["streams"].children, inputs.streams, strict=True)
        if name in stream.protected_by
    ]
    return math.fsum(streams)


def _fair_shares(
    names: Sequence[str], worth: Callable[[frozenset[str]], float]
) -> dict[str, float]:
    known: dict[frozenset[str], float] = {frozenset(): 0.0}
    for size in range(1, len(names) + 1):
        for some in combinations(names, size):
            known[frozenset(some)] = worth(frozenset(some))
    count = len(names)
    shares = dict.fromkeys(names, 0.0)
    for held, value in known.items():
        size = len(held)
        for name in names:
            if name in held:
                weight = math.factorial(size - 1) * math.factorial(count - size)
                shares[name] += weight / math.factorial(count) * (value - known[held - {name}])
    return shares


def _table(
    alone: Mapping[str, float], last: Mapping[str, float], fair: Mapping[str, float]
) -> Schedule:
    columns = [
        Text("right", "权利"),
        Text("appraised alone", "单独评估"),
        Text("contribution", "边际贡献"),
    ]
    rows: list[tuple[float | str | Text, ...]] = [
        (name, alone[name], last[name], *((fair[name],) if fair else ())) for name in alone
    ]
    sums = [math.fsum(each.values()) for each in (alone, last, *((fair,) if fair else ()))]
    rows.append((Text("sum", "合计"), *sums))
    if fair:
        columns.append(Text("fair share", "公平份额"))
    return Schedule(
        title=Text("What each right adds", "各项权利的贡献"),
        columns=tuple(columns),
        units=("", *["currency"] * (len(columns) - 1)),
        rows=tuple(rows),
    )


PORTFOLIO = Method(
    id="portfolio",
    name=Text("joint value of a portfolio", "权利组合价值"),
    summary=Text(
        "Values income that several rights protect together, under causes that hit one or "
        "several of them.",
        "评估由多项权利共同保护的收益，考虑单独与共同冲击。",
    ),
    approach=Approach.CONCLUSION,
    inputs=PortfolioInputs,
    compute=portfolio,
    citations=(
        MARSHALL_OLKIN,
        SHAPLEY,
    ),
    validity=Text(
        "Up to 12 rights; constant hazards; a right once ended stays ended.",
        "权利不超过 12 项；风险率恒定；权利终止后不再恢复。",
    ),
    effective_from=date(1967, 3, 1),
    laws=(
        Law(LawKind.RISES, ("streams.flows",)),
        Law(LawKind.FALLS, ("assets.hazard",)),
        Law(LawKind.FALLS, ("shocks.hazard",)),
        Law(LawKind.FALLS, ("discount_rate",)),
        Law(LawKind.SCALES, ("streams.flows",)),
        Law(LawKind.ZERO, ("streams.flows",)),
    ),
)
