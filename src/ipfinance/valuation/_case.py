"""A valuation case: what is valued, by which steps, from which inputs and whose opinions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from ipfinance.assets import Asset
from ipfinance.basics import Citation, Interval, MoneyUnit, Text
from ipfinance.judgement import BlockJudgement, IndicatorSystem, PanelAnswer, PanelOptions
from ipfinance.valuation._hazard import NoteTerms
from ipfinance.valuation._registry import Approach, Method
from ipfinance.valuation._uncertainty import UncertaintyTask

NO_TEXT = Text("", "")
JUDGEMENT = "judgement"  # the name by which a step refers to the panel's coefficient


class CaseStatus(StrEnum):
    """What the figures of a case are."""

    PUBLISHED = "published"
    ILLUSTRATIVE = "illustrative"
    ACTUAL = "actual"


CASE_STATUS_NAMES = {
    CaseStatus.PUBLISHED: Text("published figures", "已发表数据"),
    CaseStatus.ILLUSTRATIVE: Text(
        "illustrative: every input is invented", "示例：所有输入均为虚构"
    ),
    CaseStatus.ACTUAL: Text("actual", "实际业务"),
}


class PanelRule(StrEnum):
    """How the intervals of a panel become one interval."""

    MEAN = "mean"
    HULL = "hull"


PANEL_RULE_NAMES = {
    PanelRule.MEAN: Text("mean of the ends", "上下限分别平均"),
    PanelRule.HULL: Text("hull of all", "全体包络"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An input that the case states."""

    value: object
    source: Text = NO_TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class FromPanel:
    """An input that several experts answered with intervals.

    Attributes
    ----------
    answers
        By expert: an interval, or one per year.
    """

    answers: Mapping[str, tuple[Interval, ...]]
    is_yearly: bool
    rule: PanelRule = PanelRule.MEAN


@dataclass(frozen=True, slots=True, kw_only=True)
class FromStep:
    """An input that is the value of an earlier step, or the panel's coefficient.

    Attributes
    ----------
    decimals
        Digits to which the value is rounded first, as some articles do; None keeps all.
    """

    step: str
    decimals: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FromPrices:
    """A volatility that is estimated from equally spaced prices."""

    prices: tuple[float, ...]
    periods_per_year: float
    source: Text = NO_TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """A series whose elements come from different places."""

    items: tuple[InputValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """A group of inputs whose members come from different places."""

    members: Mapping[str, InputValue]


InputValue: TypeAlias = Given | FromPanel | FromStep | FromPrices | Several | Grouped


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One method applied to inputs."""

    id: str
    method: Method
    inputs: Mapping[str, InputValue]
    title: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expert:
    """A member of the panel."""

    id: str
    name: Text = NO_TEXT
    qualification: Text = NO_TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The appraiser's own figures, given to the experts before they set intervals."""

    appraiser: Text
    dated_on: date | None = None
    income: tuple[float, ...] = ()
    rate: float | None = None
    life: float | None = None
    value: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproachChoice:
    """Why an approach was chosen, and what the cost approach gives as a floor."""

    chosen: Approach
    reasons: Mapping[Approach, Text]
    cost_floor: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionCharacter:
    """Why the right is like an option: the four features, each with its evidence."""

    income: Text
    exclusivity: Text
    uncertainty: Text
    limited_life: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One of several values that the sources give for the same thing."""

    value: str
    place: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Sources that contradict each other, and what was used.

    Attributes
    ----------
    step, input
        The input that takes one of the readings; empty for a conflict without a number.
    """

    subject: Text
    readings: tuple[Reading, ...]
    used: str
    reason: Text
    step: str = ""
    input: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgementTask:
    """What the panel judged."""

    system: IndicatorSystem
    answers: tuple[PanelAnswer, ...]
    judgements: tuple[BlockJudgement, ...] = ()
    options: PanelOptions = field(default_factory=PanelOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolTask:
    """A pool of equal assets and what its notes need."""

    assets: int
    needed: int
    horizon: float
    target: float
    correlations: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What is asked of an option case beside its value.

    Attributes
    ----------
    issue_price
        What the notes raised, to be compared with every value. [currency]
    riskless_rate
        For implied and equivalent hazards, yearly compounded. [1/year]
    recovery
        Paid on ruin, for the implied hazard. [currency]
    highest_hazard
        End of the curves of value over hazard. [1/year]
    replicate_at
        Hazards at which the replication is tabulated. [1/year]
    estimated_hazard
        Today's estimate, for the headroom of the risk budget. [1/year]
    """

    issue_price: float | None = None
    issue_price_source: Text = NO_TEXT
    riskless_rate: float | None = None
    recovery: float = 0.0
    highest_hazard: float = 0.25
    replicate_at: tuple[float, ...] = ()
    estimated_hazard: float | None = None
    notes: NoteTerms | None = None
    coverage_target: float | None = None
    coverage_rate: float | None = None
    loss_target: float | None = None
    loss_recovery: float = 0.0
    pool: PoolTask | None = None
    hypothetical: Text = NO_TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything that a valuation needs and a report shows."""

    id: str
    title: Text
    status: CaseStatus
    asset: Asset
    unit: MoneyUnit
    steps: tuple[Step, ...]
    conclusion: str
    valuation_date: date | None = None
    purpose: Text | None = None
    decimals: int = 4
    sources: tuple[Citation, ...] = ()
    notes: tuple[Text, ...] = ()
    experts: tuple[Expert, ...] = ()
    baseline: Baseline | None = None
    approach: ApproachChoice | None = None
    option_character: OptionCharacter | None = None
    judgement: JudgementTask | None = None
    analysis: Analysis | None = None
    uncertainty: UncertaintyTask | None = None
    conflicts: tuple[Conflict, ...] = ()
