"""The risk adjustment coefficient: a panel's weighted score on [0, 1], with its whole history."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from ipfinance.basics import (
    Explanation,
    Finding,
    FindingKind,
    InputError,
    Interval,
    Problem,
    Severity,
    Source,
    SourceKind,
    Text,
    Value,
    leaf,
    node,
)
from ipfinance.judgement._ahp import (
    GroupRule,
    RankReversal,
    WeightsMethod,
    combined_weights,
    rank_reversals,
)
from ipfinance.judgement._indicators import (
    ROOT,
    BlockJudgement,
    IndicatorSystem,
    WeightSet,
)
from ipfinance.judgement._set_valued import (
    IndicatorPanel,
    PanelAnswer,
    SetValuedForm,
    default_threshold,
    indicator_panel,
    on_unit_scale,
    oriented,
    set_statistic,
    threshold_finding,
)
from ipfinance.judgement._weights import (
    BlockWeights,
    Weighing,
    combined_weight,
    weigh,
    weight_problems,
    weight_set,
)

_INTERVAL_NAMES = {
    "income": Text("income", "收益"),
    "rate": Text("rate", "折现率"),
    "life": Text("life", "剩余寿命"),
}
_MEAN_FORMULAS = {
    SetValuedForm.PAPER: "Σ (u² − l²) / 2 Σ (u − l)",
    SetValuedForm.WIDTH_NORMALISED: "Σ (l + u) / 2m",
}

COEFFICIENT_MEANING = FindingKind(
    code="coefficient_meaning",
    severity=Severity.NOTE,
    text=Text(
        "The risk adjustment coefficient is a weighted expert score on [0, 1] that sets a position "
        "inside the interval. It is not a probability (no event, no calibration), not a discount "
        "rate, not a haircut and not a confidence level, and it is not independent of the "
        "interval: experts set income, rate and life with the same indicators in mind, so a risk "
        "may be counted twice.",
        "风险调整系数是 [0, 1] 上的加权专家评分，用于确定区间内的位置。它不是概率（没有事件、"
        "没有校准），不是折现率，不是折扣率，也不是置信水平；它也不独立于区间："
        "专家在设定收益、折现率与寿命时已考虑相同指标，风险可能被重复计量。",
    ),
)
BELOW_THRESHOLD = FindingKind(
    code="consensus_not_reached",
    severity=Severity.WARNING,
    text=Text(
        "{indicator}: after {rounds} of {limit} rounds the confidence {confidence:.4f} is below "
        "{threshold:g}; asked to revise: {asked}. The dissent is kept as it is.",
        "{indicator}：{limit} 轮中已进行 {rounds} 轮，置信度 {confidence:.4f} 低于 "
        "{threshold:g}；请修订者：{asked}。异议如实保留。",
    ),
)
OVERLAPS_INTERVAL = FindingKind(
    code="indicator_overlaps_interval",
    severity=Severity.NOTE,
    text=Text(
        "{indicator} is about the {overlaps}, which the interval of the same name carries already: "
        "the same risk moves both the interval and the coefficient.",
        "{indicator} 涉及 {overlaps}，同名区间已包含该因素：同一风险同时影响区间与系数。",
    ),
)
REVISED_WITHOUT_REASON = FindingKind(
    code="revised_without_reason",
    severity=Severity.WARNING,
    text=Text(
        "{indicator}: {expert} revised the answer in round {round} without giving a reason.",
        "{indicator}：{expert} 在第 {round} 轮修订了回答，但未说明理由。",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelOptions:
    """Every choice that turns judgements and answers into a coefficient; all are reported."""

    weights_method: WeightsMethod = WeightsMethod.EIGENVECTOR
    group_rule: GroupRule = GroupRule.JUDGEMENTS
    set_valued_form: SetValuedForm = SetValuedForm.PAPER
    b_threshold: float = field(default_factory=default_threshold)
    max_rounds: int = 3
    scenario: str = ""
    accept_inconsistent: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What a panel's judgements and answers come to.

    Attributes
    ----------
    coefficient
        The risk adjustment coefficient as a tree down to single answers and judgements.
    by_form
        The coefficient under both forms of set-valued statistics.
    """

    system: IndicatorSystem
    options: PanelOptions
    blocks: tuple[BlockWeights, ...]
    weights: dict[str, float]
    panels: dict[str, IndicatorPanel]
    coefficient: Explanation
    by_form: dict[SetValuedForm, float]
    reversals: tuple[RankReversal, ...]
    findings: tuple[Finding, ...]

    def coefficient_at(self, changed: Mapping[str, float]) -> float:
        """Return the coefficient when some combined weights differ, the rest scaled to sum 1."""
        rest = 1.0 - math.fsum(changed.values())
        kept = math.fsum(w for name, w in self.weights.items() if name not in changed)
        weights = {
            name: changed.get(name, w * rest / kept if kept else 0.0)
            for name, w in self.weights.items()
        }
        means = {name: panel.statistic.mean for name, panel in self.panels.items()}
        return math.fsum(weights[name] * means[name] for name in weights)


def assess(
    system: IndicatorSystem,
    answers: Sequence[PanelAnswer],
    *,
    judgements: Sequence[BlockJudgement] = (),
    options: PanelOptions | None = None,
) -> Assessment:
    r"""Compute the risk adjustment coefficient of a panel.

    Parameters
    ----------
    system
        The hierarchy of indicators.
    answers
        The panel's interval answers, all rounds.
    judgements
        Pairwise judgements by expert and block; those kept in the system serve where none are
        given.
    options
        The choices.

    Returns
    -------
    Assessment
        Weights, statistics, the coefficient as a tree, and findings.

    Raises
    ------
    InputError
        With everything missing: a block without judgements or weights, an indicator without
        answers, answers on an unknown indicator.
    InconsistentJudgementError
        When a matrix that is used has a consistency ratio at or above the limit and the options
        give no reason for its use.

    Notes
    -----
    .. math:: AC = \sum_i w_i \mu_i

    with the combined weights :math:`w_i`, summing to 1, and the set-valued means :math:`\mu_i` on
    [0, 1], high being good.

    References
    ----------
    :cite:cts:`su_2023`.
    """
    chosen = options or PanelOptions()
    given = tuple(judgements) or system.judgements
    fixed = weight_set(system, chosen.scenario, where="judgement")
    _check_complete(system, given, fixed, answers, chosen.max_rounds)
    weighing = weigh(
        system,
        given,
        fixed=fixed,
        method=chosen.weights_method,
        group_rule=chosen.group_rule,
        accept_inconsistent=chosen.accept_inconsistent,
    )
    panels = {
        item.id: indicator_panel(
            item.id,
            [answer for answer in answers if answer.indicator == item.id],
            polarity=item.polarity or 1,
            scale=item.scale,
            form=chosen.set_valued_form,
            threshold=chosen.b_threshold,
        )
        for item in system.leaves
    }
    weights = combined_weights(system.children, weighing.local, ROOT)
    tree = _coefficient_tree(system, weighing.trees, panels, answers, chosen.set_valued_form)
    return Assessment(
        system=system,
        options=chosen,
        blocks=weighing.blocks,
        weights=weights,
        panels=panels,
        coefficient=tree,
        by_form={form: _coefficient(weights, panels, form) for form in SetValuedForm},
        reversals=rank_reversals(system.children, weighing.local, ROOT),
        findings=tuple(_findings(system, weighing, panels, chosen)),
    )


def _check_complete(
    system: IndicatorSystem,
    judgements: Iterable[BlockJudgement],
    fixed: WeightSet | None,
    answers: Sequence[PanelAnswer],
    max_rounds: int,
) -> None:
    problems = weight_problems(system, judgements, fixed, where="judgement")
    problems += [
        Problem(
            field=f"judgement.answers, {answer.indicator}, {answer.expert}",
            found=f"round {answer.round}",
            allowed=Text(
                f"expected a round from 1 to max_rounds = {max_rounds}",
                f"轮次应为 1 至 max_rounds = {max_rounds}",
            ),
        )
        for answer in answers
        if not 1 <= answer.round <= max_rounds
    ]
    leaves = {item.id for item in system.leaves}
    answered = {answer.indicator for answer in answers}
    problems += [
        Problem(
            field="judgement.answers",
            found=name,
            allowed=Text(
                f"expected an indicator of {system.id}: {', '.join(sorted(leaves))}",
                f"应为 {system.id} 的指标：{'、'.join(sorted(leaves))}",
            ),
        )
        for name in sorted(answered - leaves)
    ]
    problems += [
        Problem(
            field="judgement.answers",
            allowed=Text(
                f"no expert answered on {name}; unknown is not zero, so there is no coefficient",
                f"没有专家回答 {name}；未知不等于零，故无系数",
            ),
        )
        for name in sorted(leaves - answered)
    ]
    if problems:
        raise InputError(problems)


def _coefficient(
    weights: Mapping[str, float], panels: Mapping[str, IndicatorPanel], form: SetValuedForm
) -> float:
    means = {}
    for name, panel in panels.items():
        found = panel.last.statistics[form] or panel.last.statistics[SetValuedForm.WIDTH_NORMALISED]
        means[name] = math.nan if found is None else found.mean
    return math.fsum(weights[name] * means[name] for name in weights)


def _coefficient_tree(
    system: IndicatorSystem,
    local: Mapping[str, Explanation],
    panels: Mapping[str, IndicatorPanel],
    answers: Sequence[PanelAnswer],
    form: SetValuedForm,
) -> Explanation:
    terms: list[Explanation] = []
    for item in system.leaves:
        weight = combined_weight(system, local, system.children, item.id)
        in_order = sorted(answers, key=lambda answer: answer.round)
        latest = {answer.expert: answer for answer in in_order if answer.indicator == item.id}
        said = tuple(
            leaf(
                Text(f"{expert} on {item.id}", f"{expert} 对 {item.id} 的回答"),
                answer.answer,
                Source(
                    kind=SourceKind.JUDGEMENT,
                    path=f"answers.{item.id}.{expert}",
                    detail=Text(f"round {answer.round}", f"第 {answer.round} 轮"),
                ),
                symbol=f"[{expert}]",
            )
            for expert, answer in latest.items()
        )
        panel = panels[item.id]
        mean = node(
            Text(f"score of {item.id} {item.name.en}", f"{item.id} {item.name.zh}的评分"),
            partial(_panel_mean, panel.polarity, panel.scale, form),
            *said,
            formula=("1 − " if panel.polarity < 0 else "") + _MEAN_FORMULAS[form],
            symbol=f"μ({item.id})",
        )
        terms += [weight, mean]
    return node(
        Text("risk adjustment coefficient", "风险调整系数"),
        _weighted_sum,
        *terms,
        formula="Σ wᵢ μᵢ",
        symbol="AC",
    )


def _panel_mean(polarity: int, scale: Interval, form: SetValuedForm, *answers: Interval) -> Value:
    panel = [oriented(on_unit_scale("answer", answer, scale), polarity) for answer in answers]
    found = set_statistic(panel, form) or set_statistic(panel, SetValuedForm.WIDTH_NORMALISED)
    return math.nan if found is None else found.mean


def _weighted_sum(*terms: float) -> Value:
    return math.fsum(w * m for w, m in zip(terms[::2], terms[1::2], strict=True))


def _findings(
    system: IndicatorSystem,
    weighing: Weighing,
    panels: Mapping[str, IndicatorPanel],
    options: PanelOptions,
) -> list[Finding]:
    found = [COEFFICIENT_MEANING.finding(), *weighing.findings()]
    weak = threshold_finding(options.b_threshold)
    found += [] if weak is None else [weak]
    for panel in panels.values():
        found += panel.findings
        if not panel.reached:
            found.append(
                BELOW_THRESHOLD.finding(
                    where=panel.indicator,
                    indicator=panel.indicator,
                    rounds=len(panel.rounds),
                    limit=options.max_rounds,
                    confidence=panel.statistic.confidence,
                    threshold=options.b_threshold,
                    asked=", ".join(request.expert for request in panel.last.asked) or "—",
                )
            )
    found += [
        REVISED_WITHOUT_REASON.finding(
            where=panel.indicator, indicator=panel.indicator, expert=expert, round=each.number
        )
        for panel in panels.values()
        for each in panel.rounds
        for expert, reason in each.revised.items()
        if not reason
    ]
    found += [
        OVERLAPS_INTERVAL.finding(
            where=item.id, indicator=item.id, overlaps=_INTERVAL_NAMES[item.overlaps]
        )
        for item in system.leaves
        if item.overlaps
    ]
    return found
