"""Set-valued statistics: one figure from experts who answer with intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ipfinance.basics import Finding, FindingKind, InputError, Interval, Problem, Severity, Text
from ipfinance.parameters import parameter

CONFIDENCE_THRESHOLD = "standard.set_valued.confidence_threshold"
UNIT_SCALE = Interval(0.0, 1.0)
OUTLIER_SHARE = 0.5  # of the dispersion, from one expert alone
WEAK_AGREEMENT = 0.5  # on the scale of `agreement`, where 1 is full


class SetValuedForm(StrEnum):
    """How the experts' intervals are weighed."""

    PAPER = "paper"  # in proportion to their width
    WIDTH_NORMALISED = "width_normalised"  # each expert once


SET_VALUED_FORM_NAMES = {
    SetValuedForm.PAPER: Text("as published, weighed by width", "原文形式（按区间宽度加权）"),
    SetValuedForm.WIDTH_NORMALISED: Text("each expert once", "宽度归一化（每位专家等权）"),
}

PASSES_WITHOUT_AGREEMENT = FindingKind(
    code="set_valued_passes_without_agreement",
    severity=Severity.WARNING,
    text=Text(
        "{indicator}: the confidence b = {confidence:.4f} passes the threshold {threshold:g}, yet "
        "the agreement is only {agreement:.3f} (1 is full, 0 is as vague as everyone answering "
        "the whole scale). On [0, 1] b falls below {threshold:g} only when the answers spread by "
        "more than {spread:.3f} around their mean, so passing says little.",
        "{indicator}：置信度 b = {confidence:.4f} 达到阈值 {threshold:g}，但一致程度仅为 "
        "{agreement:.3f}（1 为完全一致，0 等同于全体回答整个量程）。在 [0, 1] 上，仅当回答围绕"
        "均值的标准差超过 {spread:.3f} 时 b 才会低于 {threshold:g}，故达标说明不了多少。",
    ),
)
ONE_EXPERT_DRIVES = FindingKind(
    code="set_valued_one_expert_drives",
    severity=Severity.WARNING,
    text=Text(
        "{indicator}: expert {expert} alone supplies {share:.1%} of the dispersion; with that "
        "answer the mean is {mean:.4f}, without it {without:.4f}, and b still passes at "
        "{confidence:.4f}.",
        "{indicator}：专家 {expert} 一人贡献了 {share:.1%} 的离散度；含其回答时均值为 "
        "{mean:.4f}，不含为 {without:.4f}，而 b 仍以 {confidence:.4f} 达标。",
    ),
)
POINT_IGNORED = FindingKind(
    code="set_valued_point_ignored",
    severity=Severity.WARNING,
    text=Text(
        "{indicator}: {experts} answered with a single number; the published form gives such an "
        "answer no weight. The width-normalised mean {mean:.4f} counts it.",
        "{indicator}：{experts} 以单一数值作答；原文形式对这类回答不赋权重。宽度归一化均值 "
        "{mean:.4f} 计入了它。",
    ),
)
PAPER_UNDEFINED = FindingKind(
    code="set_valued_paper_undefined",
    severity=Severity.WARNING,
    text=Text(
        "{indicator}: every answer is a single number, so the published form divides zero by "
        "zero; only the width-normalised form exists.",
        "{indicator}：所有回答均为单一数值，原文形式为零除以零；只有宽度归一化形式有意义。",
    ),
)
WIDTH_WEIGHS = FindingKind(
    code="set_valued_width_weighs",
    severity=Severity.NOTE,
    text=Text(
        "{indicator}: the published form weighs an expert by the width of the answer, so {widest} "
        "(the least certain) counts {ratio:.1f} times as much as {narrowest} (the most certain); "
        "means {paper:.4f} and {normalised:.4f}.",
        "{indicator}：原文形式按区间宽度加权，故最不确定的 {widest} 的权重是最确定的 {narrowest} "
        "的 {ratio:.1f} 倍；两种均值为 {paper:.4f} 与 {normalised:.4f}。",
    ),
)
SCALE_MATTERS = FindingKind(
    code="set_valued_scale_matters",
    severity=Severity.NOTE,
    text=Text(
        "Answers on [{low:g}, {high:g}] were mapped to [0, 1] first: b = 1/(1 + g) depends on the "
        "scale, and on the raw scale the same answers of {indicator} would give b = {raw:.4f} "
        "instead of {confidence:.4f}.",
        "[{low:g}, {high:g}] 上的回答已先映射到 [0, 1]：b = 1/(1 + g) 依赖量程，{indicator} "
        "的同一组回答在原量程上 b = {raw:.4f}，而非 {confidence:.4f}。",
    ),
)
THRESHOLD_WEAK = FindingKind(
    code="set_valued_threshold_weak",
    severity=Severity.NOTE,
    text=Text(
        "The rule b ≥ {threshold:g} is weak: five experts who all answer [0, 1] score b = 0.923. "
        "Read the agreement (this project's own measure, 1 − 12 g) beside it.",
        "b ≥ {threshold:g} 这一规则较弱：五位专家都回答 [0, 1] 时 b = 0.923。请同时查看一致程度"
        "（本项目自有指标，1 − 12 g）。",
    ),
)
FULL_SCALE_CONFIDENCE = 1.0 / (1.0 + 1.0 / 12.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStatistic:
    """Mean and dispersion of a panel's intervals, answers being on [0, 1].

    Attributes
    ----------
    mean, dispersion
        First moment and variance of the covering function. [1]
    confidence
        ``b = 1 / (1 + dispersion)``. [1]
    agreement
        ``1 - 12 dispersion``: 1 for full agreement, 0 when all answer the whole scale, negative
        when they are polarised; this project's own measure. [1]
    shares
        Part of the dispersion that each answer supplies, summing to 1; equal when there is none.
    """

    mean: float
    dispersion: float
    confidence: float
    agreement: float
    shares: tuple[float, ...]


def set_statistic(
    answers: Sequence[Interval], form: SetValuedForm = SetValuedForm.PAPER
) -> SetStatistic | None:
    r"""Turn a panel's intervals into a mean, a dispersion and a confidence.

    Parameters
    ----------
    answers
        One interval per expert, on [0, 1] where `agreement` is to be read.
    form
        Weighed by width as published, or each expert once.

    Returns
    -------
    SetStatistic or None
        None in the published form when every answer is a single number: zero over zero.

    Notes
    -----
    With the covering function :math:`X(u)`, the share of experts whose interval covers
    :math:`u`, the published form is :math:`\mu = \int uX / \int X` and
    :math:`g = \int (u-\mu)^2 X / \int X`; the width-normalised form scales every expert's
    interval to weight one first. In both, :math:`b = 1/(1+g)`.

    References
    ----------
    :cite:cts:`su_2023`, set-valued statistics, which describes the form in words.

    Examples
    --------
    >>> panel = [Interval(0.8, 0.9), Interval(0.85, 0.95), Interval(0.82, 0.92)]
    >>> round(set_statistic(panel).mean, 6)
    0.873333
    """
    weights = [a.width if form is SetValuedForm.PAPER else 1.0 for a in answers]
    total = math.fsum(weights)
    if total == 0:
        return None
    mean = math.fsum(w * a.midpoint for w, a in zip(weights, answers, strict=True)) / total
    parts = [
        w * (a.width**2 / 12 + (a.midpoint - mean) ** 2)
        for w, a in zip(weights, answers, strict=True)
    ]
    dispersion = math.fsum(parts) / total
    spread = math.fsum(parts)
    shares = [part / spread if spread > 0 else 1.0 / len(answers) for part in parts]
    return SetStatistic(
        mean=mean,
        dispersion=dispersion,
        confidence=1.0 / (1.0 + dispersion),
        agreement=1.0 - 12.0 * dispersion,
        shares=tuple(shares),
    )


def covering_function(answers: Sequence[Interval]) -> tuple[tuple[float, float], ...]:
    """Return the share of experts whose interval covers each stretch of the scale.

    Returns
    -------
    tuple of pairs
        Where a stretch begins and the share from there to the next beginning; the last is 0.
    """
    edges = sorted({end for answer in answers for end in answer})
    return tuple(
        (edge, sum(a.low <= edge < a.high for a in answers) / len(answers)) for edge in edges
    )


def on_unit_scale(field: str, answer: Interval, scale: Interval) -> Interval:
    """Map an answer to [0, 1]; an answer outside its scale raises `InputError`."""
    if not scale.holds(answer):
        raise InputError([_outside(field, answer, scale)])
    return Interval(
        min(max((answer.low - scale.low) / scale.width, 0.0), 1.0),
        min(max((answer.high - scale.low) / scale.width, 0.0), 1.0),
    )


def oriented(answer: Interval, polarity: int) -> Interval:
    """Mirror an answer on [0, 1] when high is bad, so that high is good from here on."""
    return answer if polarity > 0 else Interval(1.0 - answer.high, 1.0 - answer.low)


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelAnswer:
    """What one expert said of one indicator in one round, as it was given.

    Attributes
    ----------
    answer
        The interval on the indicator's own scale.
    round
        1 for the first; a later round replaces the expert's answer.
    reason
        Why it was revised; asked for from round 2 on.
    """

    indicator: str
    expert: str
    answer: Interval
    round: int = 1
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionRequest:
    """One expert who is asked to look again, and why.

    Attributes
    ----------
    share
        Part of the dispersion that the answer supplies.
    distance
        Midpoint of the answer less the panel's mean.
    """

    expert: str
    answer: Interval
    share: float
    distance: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """The state of one indicator after one round.

    Attributes
    ----------
    answers
        Each expert's latest answer, on [0, 1] with high good.
    statistics
        Both forms; the published one is None where it does not exist.
    asked
        Who is asked to revise: below the threshold, every expert who supplies more than an equal
        share of the dispersion, largest first.
    revised
        Who changed the answer in this round, and the reason given.
    """

    number: int
    answers: dict[str, Interval]
    statistics: dict[SetValuedForm, SetStatistic | None]
    asked: tuple[RevisionRequest, ...]
    revised: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorPanel:
    """All rounds on one indicator.

    Attributes
    ----------
    reached
        Whether the confidence of the last round meets the threshold, in the form asked for.
    findings
        Every way in which the confidence misleads on these answers.
    """

    indicator: str
    polarity: int
    scale: Interval
    form: SetValuedForm
    threshold: float
    rounds: tuple[Round, ...]
    reached: bool
    findings: tuple[Finding, ...]

    @property
    def last(self) -> Round:
        """The state after the last round."""
        return self.rounds[-1]

    @property
    def statistic(self) -> SetStatistic:
        """The last statistic in the form asked for, or the one that exists."""
        found = self.last.statistics[self.form]
        other = self.last.statistics[SetValuedForm.WIDTH_NORMALISED]
        chosen = found if found is not None else other
        if chosen is None:  # the width-normalised form exists for every panel
            raise AssertionError(self.indicator)
        return chosen


def default_threshold() -> float:
    """Return the published threshold of the confidence."""
    return float(parameter(CONFIDENCE_THRESHOLD).at(None).value)


def indicator_panel(
    indicator: str,
    answers: Sequence[PanelAnswer],
    *,
    polarity: int = 1,
    scale: Interval = UNIT_SCALE,
    form: SetValuedForm = SetValuedForm.PAPER,
    threshold: float | None = None,
) -> IndicatorPanel:
    """Follow the rounds on one indicator and say who should look again.

    Parameters
    ----------
    indicator
        Its id.
    answers
        All answers of all rounds on it. An expert who does not answer in a later round keeps the
        earlier answer; nothing is edited or dropped.
    polarity
        1 when high is good, -1 when high is bad.
    scale
        Ends of the scale on which the experts answered.
    form, threshold
        Which statistic is held against which threshold; the published threshold by default.

    Returns
    -------
    IndicatorPanel
        The log of rounds, with findings on the last.

    Raises
    ------
    InputError
        With every answer outside the scale and every expert who answers twice in a round.
    """
    limit = default_threshold() if threshold is None else threshold
    _check_answers(indicator, answers, scale)
    current: dict[str, Interval] = {}
    rounds = []
    for number in sorted({answer.round for answer in answers}):
        said = [answer for answer in answers if answer.round == number]
        revised = {a.expert: a.reason for a in said if a.expert in current}
        for answer in said:
            unit = on_unit_scale(indicator, answer.answer, scale)
            current[answer.expert] = oriented(unit, polarity)
        rounds.append(_round(number, dict(current), form, limit, revised))
    last = rounds[-1].statistics[form] or rounds[-1].statistics[SetValuedForm.WIDTH_NORMALISED]
    return IndicatorPanel(
        indicator=indicator,
        polarity=polarity,
        scale=scale,
        form=form,
        threshold=limit,
        rounds=tuple(rounds),
        reached=last is not None and last.confidence >= limit,
        findings=tuple(_findings(indicator, rounds[-1], form, limit, scale)),
    )


def _round(
    number: int,
    answers: dict[str, Interval],
    form: SetValuedForm,
    threshold: float,
    revised: dict[str, str],
) -> Round:
    panel = list(answers.values())
    statistics = {each: set_statistic(panel, each) for each in SetValuedForm}
    held = statistics[form] or statistics[SetValuedForm.WIDTH_NORMALISED]
    asked: list[RevisionRequest] = []
    if held is not None and held.confidence < threshold:
        asked = [
            RevisionRequest(
                expert=expert,
                answer=answer,
                share=share,
                distance=answer.midpoint - held.mean,
                width=answer.width,
            )
            for (expert, answer), share in zip(answers.items(), held.shares, strict=True)
            if share > 1.0 / len(answers)
        ]
    return Round(
        number=number,
        answers=answers,
        statistics=statistics,
        asked=tuple(sorted(asked, key=lambda request: -request.share)),
        revised=revised,
    )


def _findings(
    indicator: str, last: Round, form: SetValuedForm, threshold: float, scale: Interval
) -> list[Finding]:
    paper = last.statistics[SetValuedForm.PAPER]
    normalised = last.statistics[SetValuedForm.WIDTH_NORMALISED]
    if normalised is None:  # an empty panel never gets here
        raise AssertionError(indicator)
    held = last.statistics[form] or normalised
    experts = list(last.answers)
    widths = [answer.width for answer in last.answers.values()]
    points = [expert for expert, width in zip(experts, widths, strict=True) if width == 0]
    found = []
    passes = held.confidence >= threshold
    if passes and held.agreement < WEAK_AGREEMENT:
        found.append(
            PASSES_WITHOUT_AGREEMENT.finding(
                where=indicator,
                indicator=indicator,
                confidence=held.confidence,
                threshold=threshold,
                agreement=held.agreement,
                spread=math.sqrt(1.0 / threshold - 1.0),
            )
        )
    most = max(held.shares)
    least_experts = 3
    if passes and len(experts) >= least_experts and most > OUTLIER_SHARE and held.dispersion > 0:
        place = held.shares.index(most)
        others = [a for i, a in enumerate(last.answers.values()) if i != place]
        without = set_statistic(others, form) or set_statistic(
            others, SetValuedForm.WIDTH_NORMALISED
        )
        found.append(
            ONE_EXPERT_DRIVES.finding(
                where=indicator,
                indicator=indicator,
                expert=experts[place],
                share=most,
                mean=held.mean,
                without=math.nan if without is None else without.mean,
                confidence=held.confidence,
            )
        )
    if paper is None:
        found.append(PAPER_UNDEFINED.finding(where=indicator, indicator=indicator))
    elif points:
        found.append(
            POINT_IGNORED.finding(
                where=indicator,
                indicator=indicator,
                experts=", ".join(points),
                mean=normalised.mean,
            )
        )
    found += _width_findings(indicator, last, paper, normalised)
    if scale != UNIT_SCALE:
        raw = 1.0 / (1.0 + held.dispersion * scale.width**2)
        found.append(
            SCALE_MATTERS.finding(
                where=indicator,
                indicator=indicator,
                low=scale.low,
                high=scale.high,
                raw=raw,
                confidence=held.confidence,
            )
        )
    return found


def _width_findings(
    indicator: str, last: Round, paper: SetStatistic | None, normalised: SetStatistic
) -> list[Finding]:
    telling_ratio = 2.0
    widths = {expert: answer.width for expert, answer in last.answers.items() if answer.width > 0}
    if paper is None or not widths:
        return []
    widest, narrowest = max(widths, key=widths.__getitem__), min(widths, key=widths.__getitem__)
    ratio = widths[widest] / widths[narrowest]
    if ratio < telling_ratio:
        return []
    return [
        WIDTH_WEIGHS.finding(
            where=indicator,
            indicator=indicator,
            widest=widest,
            narrowest=narrowest,
            ratio=ratio,
            paper=paper.mean,
            normalised=normalised.mean,
        )
    ]


def threshold_finding(threshold: float) -> Finding | None:
    """Say that a threshold lets complete ignorance pass, when it does."""
    if threshold > FULL_SCALE_CONFIDENCE:
        return None
    return THRESHOLD_WEAK.finding(threshold=threshold)


def _check_answers(indicator: str, answers: Sequence[PanelAnswer], scale: Interval) -> None:
    problems = [
        _outside(f"{indicator}, {answer.expert}", answer.answer, scale)
        for answer in answers
        if not scale.holds(answer.answer)
    ]
    seen: set[tuple[str, int]] = set()
    for answer in answers:
        if (answer.expert, answer.round) in seen:
            problems.append(_twice(indicator, answer))
        seen.add((answer.expert, answer.round))
    if problems:
        raise InputError(problems)


def _outside(field: str, answer: Interval, scale: Interval) -> Problem:
    return Problem(
        field=field,
        found=f"[{answer.low:g}, {answer.high:g}]",
        allowed=Text(
            f"expected an interval inside the scale [{scale.low:g}, {scale.high:g}]",
            f"应为量程 [{scale.low:g}, {scale.high:g}] 内的区间",
        ),
    )


def _twice(indicator: str, answer: PanelAnswer) -> Problem:
    return Problem(
        field=f"{indicator}, {answer.expert}",
        found=f"round {answer.round}",
        allowed=Text("one answer per expert and round", "每位专家每轮只能有一个回答"),
    )
