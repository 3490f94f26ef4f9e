"""Events that may strike an asset: how often, how much of it is lost, and what follows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ipfinance.basics import Finding, FindingKind, Interval, Severity, Text

DEEPEST_LOSS = 1.0


class RiskKind(StrEnum):
    """Where a risk comes from; named in zhou_2022, for rights in general and for films."""

    TECHNOLOGY = "technology"
    ECONOMY = "economy"
    CONSUMPTION = "consumption"
    LAW = "law"
    POLICY = "policy"
    CULTURE = "culture"
    MARKET = "market"
    THEME = "theme"
    CAST = "cast"
    OTHER = "other"


RISK_KIND_NAMES = {
    RiskKind.TECHNOLOGY: Text("technology", "技术"),
    RiskKind.ECONOMY: Text("economy", "经济"),
    RiskKind.CONSUMPTION: Text("consumption", "消费"),
    RiskKind.LAW: Text("law", "法律"),
    RiskKind.POLICY: Text("policy", "政策"),
    RiskKind.CULTURE: Text("culture", "文化"),
    RiskKind.MARKET: Text("market", "市场"),
    RiskKind.THEME: Text("theme", "题材"),
    RiskKind.CAST: Text("cast", "演职人员"),
    RiskKind.OTHER: Text("other", "其他"),
}
NO_SOURCE = FindingKind(
    code="risk_without_source",
    severity=Severity.WARNING,
    text=Text(
        "{events}: the table does not say where hazard and loss come from.",
        "{events}：表中未说明风险密度与损失比例的来源。",
    ),
)
PREMIUM_OR_FLOWS = FindingKind(
    code="risk_premium_or_flows",
    severity=Severity.NOTE,
    text=Text(
        "Charge these events once: as expected losses in the income, or as the premium in the "
        "rate, or as the hazard of an option, never two of them.",
        "这些事件只应计一次：计入收益的预期损失，或计入折现率的溢价，或作为期权的风险密度，不得重复。",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskEvent:
    """One kind of event.

    Attributes
    ----------
    hazard
        Events a year. [1/year]
    loss
        Share of the value at that time that one event takes. [1]
    """

    id: str
    kind: RiskKind
    name: Text
    hazard: Interval
    loss: Interval
    source: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskShare:
    """What one event, or all events of one kind, contribute.

    Attributes
    ----------
    by_horizon
        Probability of at least one by the horizon. [1]
    first
        Probability that the first event of all is this one, and comes by the horizon. [1]
    loss_rate
        Expected share of value lost a year: hazard times loss. [1/year]
    """

    hazard: Interval
    by_horizon: Interval
    first: Interval
    loss_rate: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskRegister:
    """Several kinds of events as competing risks.

    Attributes
    ----------
    hazard
        Of any event. [1/year]
    ruin_hazard
        Of events that take everything, surely: what an option calls its hazard. [1/year]
    quiet
        Probability that nothing happens by the horizon. [1]
    remaining
        Expected share of the value left at the horizon. [1]
    premium
        Addition to a continuously compounded rate that values the same flows: the loss rate.
        [1/year]
    yearly_premium
        The same as an addition to the yearly rate given; None without one. [1/year]
    """

    events: tuple[RiskEvent, ...]
    horizon: float
    yearly_rate: float | None
    by_event: dict[str, RiskShare]
    by_kind: dict[RiskKind, RiskShare]
    hazard: Interval
    ruin_hazard: Interval
    quiet: Interval
    remaining: Interval
    premium: Interval
    yearly_premium: Interval | None
    findings: tuple[Finding, ...]


def risk_register(
    events: Sequence[RiskEvent], *, horizon: float, yearly_rate: float | None = None
) -> RiskRegister:
    r"""Read events as independent Poisson processes and bound what follows.

    Parameters
    ----------
    events
        At least one.
    horizon
        Above 0. [year]
    yearly_rate
        A yearly discount rate, to which a yearly premium is added. [1/year]

    Returns
    -------
    RiskRegister
        Every figure as the exact interval while hazards and losses move in theirs.

    Notes
    -----
    With hazards :math:`\lambda_i`, their sum :math:`\Lambda` and losses :math:`L_i`, each of them
    a share of what is then left,

    .. math:: P(\text{first is } i, \text{by } T) =
        \frac{\lambda_i}{\Lambda}\bigl(1 - e^{-\Lambda T}\bigr), \qquad
        E[\text{left at } T] = e^{-\sum_i \lambda_i L_i T}

    The first rises in :math:`\lambda_i` and falls in every other hazard, so the ends of the
    interval are corners that can be named. A flow that shrinks at the rate
    :math:`s = \sum \lambda_i L_i` and is discounted at r is worth the flow that does not,
    discounted at r + s; on a yearly rate the addition is :math:`(1 + r)(e^{s} - 1)`.

    Examples
    --------
    >>> event = RiskEvent(
    ...     id="invalidated", kind=RiskKind.LAW, name=Text("invalidated", "被无效"),
    ...     hazard=Interval(0.05, 0.05), loss=Interval(1.0, 1.0), source=Text("made up", "虚构"))
    >>> found = risk_register([event], horizon=2.0)
    >>> round(found.quiet.low, 6), found.ruin_hazard
    (0.904837, Interval(0.05, 0.05))
    """
    hazards = [event.hazard for event in events]
    total = _sum(hazards)
    loss_rate = _sum([event.hazard * event.loss for event in events])
    kinds = dict.fromkeys(event.kind for event in events)
    return RiskRegister(
        events=tuple(events),
        horizon=horizon,
        yearly_rate=yearly_rate,
        by_event={event.id: _share([event], events, horizon) for event in events},
        by_kind={
            kind: _share([e for e in events if e.kind is kind], events, horizon) for kind in kinds
        },
        hazard=total,
        ruin_hazard=_sum([e.hazard for e in events if e.loss.low >= DEEPEST_LOSS]),
        quiet=_survival(total, horizon),
        remaining=_survival(loss_rate, horizon),
        premium=loss_rate,
        yearly_premium=None
        if yearly_rate is None
        else Interval(*((1.0 + yearly_rate) * math.expm1(end) for end in loss_rate)),
        findings=tuple(_findings(events)),
    )


def _sum(many: Sequence[Interval]) -> Interval:
    return Interval(math.fsum(each.low for each in many), math.fsum(each.high for each in many))


def _survival(hazard: Interval, horizon: float) -> Interval:
    return Interval(math.exp(-hazard.high * horizon), math.exp(-hazard.low * horizon))


def _share(own: Sequence[RiskEvent], events: Sequence[RiskEvent], horizon: float) -> RiskShare:
    ids = {event.id for event in own}
    hazard = _sum([event.hazard for event in own])
    others = _sum([event.hazard for event in events if event.id not in ids])
    return RiskShare(
        hazard=hazard,
        by_horizon=Interval(*(-math.expm1(-end * horizon) for end in hazard)),
        first=Interval(
            _first(hazard.low, others.high, horizon), _first(hazard.high, others.low, horizon)
        ),
        loss_rate=_sum([event.hazard * event.loss for event in own]),
    )


def _first(hazard: float, others: float, horizon: float) -> float:
    total = hazard + others
    return hazard / total * -math.expm1(-total * horizon) if total > 0 else 0.0


def _findings(events: Sequence[RiskEvent]) -> list[Finding]:
    bare = [event.id for event in events if not event.source.en]
    found = [PREMIUM_OR_FLOWS.finding()]
    if bare:
        found.append(NO_SOURCE.finding(events=", ".join(bare)))
    return found
