"""What a dynamic evaluation is given: dated scores on an indicator system, bands and rules."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import pairwise

from ipfinance.basics import InputError, Interval, Problem, Text
from ipfinance.judgement._aggregation import Aggregation
from ipfinance.judgement._ahp import GroupRule, WeightsMethod
from ipfinance.judgement._cohort import Cohort
from ipfinance.judgement._conversion import SCORE, Conversion
from ipfinance.judgement._indicators import (
    NO_TEXT,
    BlockJudgement,
    IndicatorSystem,
    SystemStatus,
    WeightSet,
)
from ipfinance.judgement._set_valued import SetValuedForm


class EvaluationStatus(StrEnum):
    """What kind of record an evaluation is."""

    ILLUSTRATIVE = "illustrative"
    ACTUAL = "actual"


EVALUATION_STATUS_NAMES = {
    EvaluationStatus.ILLUSTRATIVE: Text("illustrative", "示例"),
    EvaluationStatus.ACTUAL: Text("actual", "实际"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluatedAsset:
    """What is evaluated."""

    id: str
    title: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedAnswer:
    """What one author said of one indicator of one asset on one date.

    Attributes
    ----------
    answer
        On the indicator's own scale, a number being an interval of no width; None says that the
        author no longer knows, and takes an earlier answer back.
    evidence
        What the answer rests on: a document, a search, a contract.
    reason
        Why it differs from the author's earlier answer.
    """

    asset: str
    indicator: str
    author: str
    dated_on: date
    answer: Interval | None
    evidence: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One counted figure of one asset on one date."""

    asset: str
    measure: str
    dated_on: date
    value: float
    source: Text = NO_TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortScore:
    """An indicator that is scored by the asset's percentile in a cohort, not by experts.

    Attributes
    ----------
    counted_on
        When the cohort was counted; a later cohort on the same indicator replaces it.
    """

    indicator: str
    cohort: Cohort
    counted_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """One band of scores.

    Attributes
    ----------
    low
        Where the band begins; it holds this score, and ends where the next begins. [1]
    """

    name: Text
    low: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeTable:
    """Bands of the total score, from the lowest, and who set them.

    Raises
    ------
    InputError
        When the bands do not rise from 0.
    """

    grades: tuple[Grade, ...]
    source: Text

    def __post_init__(self) -> None:
        lows = [grade.low for grade in self.grades]
        rising = all(a < b for a, b in pairwise(lows))
        if not lows or lows[0] != 0 or not rising or not lows[-1] < 1:
            shown = ", ".join(f"{low:g}" for low in lows)
            raise InputError([Problem(field="grades.bands", found=shown, allowed=_BANDS)])

    @property
    def edges(self) -> tuple[float, ...]:
        """Ends of the bands, from 0 to 1."""
        return (*(grade.low for grade in self.grades), 1.0)

    def possible(self, score: Interval) -> tuple[Grade, ...]:
        """Return every grade that a score in an interval may have, the lowest first."""
        ends = (*self.edges[1:-1], math.inf)
        return tuple(
            grade
            for grade, end in zip(self.grades, ends, strict=True)
            if grade.low <= score.high and score.low < end
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelMember:
    """An author of scores, and what qualifies the author.

    Attributes
    ----------
    years
        Of experience in the field; None where not stated.
    independent
        Of owner, lender and borrower; None where not stated.
    """

    id: str
    name: Text = NO_TEXT
    qualification: Text = NO_TEXT
    years: float | None = None
    independent: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelRequirement:
    """Who may be on the panel, and how many there must be; the user's own rule."""

    fewest: int = 1
    least_years: float = 0.0
    needs_qualification: bool = False
    needs_independence: bool = False
    source: Text = NO_TEXT

    def shortfalls(self, member: PanelMember) -> tuple[Text, ...]:
        """Return what a member lacks."""
        lacking = []
        if self.needs_qualification and not member.qualification.en:
            lacking.append(Text("no qualification is stated", "未说明资质"))
        if self.least_years > 0 and (member.years is None or member.years < self.least_years):
            years = "–" if member.years is None else f"{member.years:g}"
            lacking.append(
                Text(
                    f"{years} years of experience, {self.least_years:g} required",
                    f"从业年限 {years} 年，要求 {self.least_years:g} 年",
                )
            )
        if self.needs_independence and not member.independent:
            lacking.append(Text("independence is not stated", "未声明独立性"))
        return tuple(lacking)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationOptions:
    """Every choice that turns answers into a score; all are reported.

    Attributes
    ----------
    answers_valid_days
        After so many days an answer no longer counts and its indicator is unknown; None keeps
        answers for good.
    """

    aggregation: Aggregation = Aggregation.WEIGHTED_SUM
    set_valued_form: SetValuedForm = SetValuedForm.WIDTH_NORMALISED
    weights_method: WeightsMethod = WeightsMethod.EIGENVECTOR
    group_rule: GroupRule = GroupRule.JUDGEMENTS
    scenario: str = ""
    accept_inconsistent: Mapping[str, str] = field(default_factory=dict)
    answers_valid_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationTask:
    """Everything an evaluation is given.

    Attributes
    ----------
    dates
        When the assets are evaluated, rising; the dates of all answers and measures when left out.
    charged_elsewhere
        Nodes of the system whose risk another part of a valuation carries already, and where.

    Raises
    ------
    InputError
        With every fault: an asset, indicator or author that is not there, an answer outside its
        scale or given twice, a rule that names what the system does not have.
    """

    id: str
    title: Text
    status: EvaluationStatus
    system: IndicatorSystem
    assets: tuple[EvaluatedAsset, ...]
    answers: tuple[DatedAnswer, ...]
    judgements: tuple[BlockJudgement, ...] = ()
    weights: WeightSet | None = None
    measures: tuple[Measure, ...] = ()
    cohorts: tuple[CohortScore, ...] = ()
    grades: GradeTable | None = None
    conversions: tuple[Conversion, ...] = ()
    members: tuple[PanelMember, ...] = ()
    requirement: PanelRequirement | None = None
    charged_elsewhere: Mapping[str, Text] = field(default_factory=dict)
    dates: tuple[date, ...] = ()
    options: EvaluationOptions = field(default_factory=EvaluationOptions)
    notes: tuple[Text, ...] = ()

    def __post_init__(self) -> None:
        problems = [
            *_asset_problems(self),
            *_answer_problems(self),
            *_measure_problems(self),
            *_cohort_problems(self),
            *_rule_problems(self),
            *_member_problems(self),
            *_date_problems(self),
        ]
        if problems:
            raise InputError(problems)

    @property
    def evaluated_on(self) -> tuple[date, ...]:
        """The dates of evaluation, rising."""
        if self.dates:
            return self.dates
        said = {answer.dated_on for answer in self.answers}
        return tuple(sorted(said | {measure.dated_on for measure in self.measures}))

    @property
    def authors(self) -> tuple[str, ...]:
        """Who answered, in order of appearance."""
        return tuple(dict.fromkeys(answer.author for answer in self.answers))


def _one_of(names: Iterable[str]) -> Text:
    shown = list(names)
    return Text(f"expected one of: {', '.join(shown)}", f"应为以下之一：{'、'.join(shown)}")


def _twice(field_name: str, names: Sequence[str]) -> list[Problem]:
    first = {name: place for place, name in reversed(list(enumerate(names)))}
    return [
        Problem(field=f"{field_name}[{place}].id", found=name, allowed=_TWICE)
        for place, name in enumerate(names)
        if first[name] != place
    ]


def _asset_problems(task: EvaluationTask) -> list[Problem]:
    problems = _twice("assets", [asset.id for asset in task.assets])
    if not task.answers and not task.measures:
        problems.append(Problem(field="answers", allowed=_NOTHING_SAID))
    if task.system.status is SystemStatus.STRUCTURE_ONLY:
        problems.append(Problem(field="system", found=task.system.id, allowed=_STRUCTURE_ONLY))
    return problems


def _answer_problems(task: EvaluationTask) -> list[Problem]:
    problems: list[Problem] = []
    assets = dict.fromkeys(asset.id for asset in task.assets)
    leaves = {item.id: item for item in task.system.leaves}
    counted = {each.indicator for each in task.cohorts}
    seen: set[tuple[str, str, str, date]] = set()
    for place, answer in enumerate(task.answers):
        where = f"answers[{place}]"
        if answer.asset not in assets:
            allowed = _one_of(assets)
            problems.append(Problem(field=f"{where}.asset", found=answer.asset, allowed=allowed))
        key = (answer.asset, answer.indicator, answer.author, answer.dated_on)
        if key in seen:
            found = f"{answer.author}, {answer.indicator}, {answer.dated_on}"
            problems.append(Problem(field=f"{where}.author", found=found, allowed=_SAID_TWICE))
        seen.add(key)
        item = leaves.get(answer.indicator)
        if item is None:
            found = answer.indicator
            problems.append(
                Problem(field=f"{where}.indicator", found=found, allowed=_one_of(leaves))
            )
        elif answer.indicator in counted:
            found = answer.indicator
            problems.append(Problem(field=f"{where}.indicator", found=found, allowed=_COUNTED))
        elif answer.answer is not None and not item.scale.holds(answer.answer):
            low, high = item.scale
            problems.append(
                Problem(
                    field=f"{where}.low",
                    found=f"[{answer.answer.low:g}, {answer.answer.high:g}]",
                    allowed=Text(
                        f"expected a score on the scale of {item.id}, {low:g} to {high:g}",
                        f"应在 {item.id} 的量程 {low:g} 至 {high:g} 之内",
                    ),
                )
            )
    return problems


def _measure_problems(task: EvaluationTask) -> list[Problem]:
    problems = []
    assets = dict.fromkeys(asset.id for asset in task.assets)
    known = list(dict.fromkeys(each.cohort.measure for each in task.cohorts))
    seen: set[tuple[str, str, date]] = set()
    for place, each in enumerate(task.measures):
        where = f"measures[{place}]"
        if each.asset not in assets:
            problems.append(
                Problem(field=f"{where}.asset", found=each.asset, allowed=_one_of(assets))
            )
        if each.measure not in known:
            problems.append(
                Problem(field=f"{where}.measure", found=each.measure, allowed=_one_of(known or "–"))
            )
        key = (each.asset, each.measure, each.dated_on)
        if key in seen:
            problems.append(
                Problem(field=f"{where}.measure", found=each.measure, allowed=_MEASURED_TWICE)
            )
        seen.add(key)
    return problems


def _cohort_problems(task: EvaluationTask) -> list[Problem]:
    leaves = [item.id for item in task.system.leaves]
    problems = []
    seen: set[tuple[str, date]] = set()
    for place, each in enumerate(task.cohorts):
        where = f"cohorts[{place}]"
        if each.indicator not in leaves:
            problems.append(
                Problem(field=f"{where}.indicator", found=each.indicator, allowed=_one_of(leaves))
            )
        if not each.cohort.values:
            problems.append(Problem(field=f"{where}.values", allowed=_EMPTY_COHORT))
        if (each.indicator, each.counted_on) in seen:
            found = f"{each.indicator}, {each.counted_on}"
            problems.append(
                Problem(field=f"{where}.counted_on", found=found, allowed=_COUNTED_TWICE)
            )
        seen.add((each.indicator, each.counted_on))
    return problems


def _rule_problems(task: EvaluationTask) -> list[Problem]:
    names = [SCORE, *(item.id for item in task.system.nodes)]
    problems = _twice("conversions", [rule.id for rule in task.conversions])
    if SCORE in names[1:]:
        problems.append(Problem(field="system", found=SCORE, allowed=_SCORE_TAKEN))
    for place, rule in enumerate(task.conversions):
        problems += [
            Problem(field=f"conversions[{place}].formula", found=name, allowed=_one_of(names))
            for name in rule.names
            if name not in names
        ]
    problems += [
        Problem(field=f"charged_elsewhere.{name}", found=name, allowed=_one_of(names[1:]))
        for name in task.charged_elsewhere
        if name not in names[1:]
    ]
    return problems


def _member_problems(task: EvaluationTask) -> list[Problem]:
    members = [member.id for member in task.members]
    problems = _twice("experts", members)
    if not members:
        return problems
    told: set[str] = set()
    for place, answer in enumerate(task.answers):
        if answer.author not in members and answer.author not in told:
            told.add(answer.author)
            found = answer.author
            problems.append(
                Problem(field=f"answers[{place}].author", found=found, allowed=_one_of(members))
            )
    return problems


def _date_problems(task: EvaluationTask) -> list[Problem]:
    problems = []
    for place, (first, second) in enumerate(pairwise(task.dates)):
        if first >= second:
            where = f"dates[{place + 1}]"
            problems.append(Problem(field=where, found=str(second), allowed=_RISING))
    given = [each.dated_on for each in task.answers]
    given += [each.dated_on for each in task.measures]
    if task.dates and given and task.dates[0] < min(given):
        allowed = Text(
            f"nothing was said or counted by this date; the first entry is of {min(given)}",
            f"该日期之前没有任何评分或计数；最早一条为 {min(given)}",
        )
        problems.append(Problem(field="dates[0]", found=str(task.dates[0]), allowed=allowed))
    return problems


_TWICE = Text("each id may stand once", "编号不得重复")
_NOTHING_SAID = Text(
    "expected at least one answer or measure; without any there is no score",
    "至少应有一项评分或计数；否则没有得分",
)
_STRUCTURE_ONLY = Text(
    "a system that is only a structure cannot be scored; supply its indicators and weights in a "
    "file of your own and call its status user-supplied",
    "仅有结构的指标体系不能评分；请在自己的文件中补充指标与权重，并将状态改为 user-supplied",
)
_SAID_TWICE = Text(
    "an author may answer once on an indicator of an asset on one date",
    "同一作者对同一资产的同一指标在同一日期只能评分一次",
)
_COUNTED = Text(
    "this indicator is scored by its cohort; give a measure, not an answer",
    "该指标按同类百分位评分；请给出计数而非评分",
)
_MEASURED_TWICE = Text(
    "a measure of an asset may stand once on one date", "同一资产的同一计数在同一日期只能出现一次"
)
_EMPTY_COHORT = Text("expected at least one asset in the cohort", "同类中至少应有一项资产")
_COUNTED_TWICE = Text(
    "an indicator may have one cohort on one date", "同一指标在同一日期只能有一个同类组"
)
_SCORE_TAKEN = Text(
    "score names the total in rules; call the node something else",
    "score 在规则中专指总得分，请更换节点编号",
)
_RISING = Text("dates of evaluation must rise", "评估日期须递增")
_BANDS = Text(
    "bands must rise from 0, and the last must begin below 1",
    "等级须自 0 递增，且最高一级起点小于 1",
)
