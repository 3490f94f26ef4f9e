"""The risk adjustment coefficient: a panel's weighted score on [0, 1], with its whole history."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations

from ipfinance.basics import (
    Explanation,
    FailureReason,
    Finding,
    FindingKind,
    InputError,
    Interval,
    IpfinanceError,
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
    PairwiseMatrix,
    Priorities,
    RankReversal,
    WeightsMethod,
    aggregated_judgements,
    aggregated_priorities,
    combined_weights,
    priorities,
    rank_reversals,
)
from ipfinance.judgement._indicators import (
    ROOT,
    BlockJudgement,
    IndicatorSystem,
    SystemStatus,
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

_INTERVAL_NAMES = {
    "income": Text("income", "收益"),
    "rate": Text("rate", "折现率"),
    "life": Text("life", "剩余寿命"),
}
_WEIGHT_FORMULAS = {
    WeightsMethod.EIGENVECTOR: "w: A w = λmax w",
    WeightsMethod.GEOMETRIC: "wᵢ ∝ Πⱼ aᵢⱼ^(1/n)",
    WeightsMethod.COLUMN: "wᵢ = Σⱼ (aᵢⱼ / Σₖ aₖⱼ) / n",
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
ACCEPTED_INCONSISTENCY = FindingKind(
    code="inconsistency_accepted",
    severity=Severity.WARNING,
    text=Text(
        "The judgements on {matrix} have a consistency ratio of {ratio:.4f} and were used all the "
        "same. Stated reason: {reason}",
        "对“{matrix}”的判断一致性比率为 {ratio:.4f}，仍予采用。所述理由：{reason}",
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


class InconsistentJudgementError(IpfinanceError):
    """Judgements too inconsistent to value with, and nobody said why they should be used."""

    reason = FailureReason.INCONSISTENT_JUDGEMENT
    text = Text(
        "The judgements on {matrices} have a consistency ratio of {ratios}, limit {limit:g}. "
        "Revise them (`ipfinance ahp` names the judgements at odds), or state in "
        "judgement.accept_inconsistent why they are used all the same.",
        "对 {matrices} 的判断一致性比率为 {ratios}，限值 {limit:g}。请修订（`ipfinance ahp` "
        "会指出矛盾之处），或在 judgement.accept_inconsistent 中说明仍予采用的理由。",
    )

    def __init__(self, matrices: str, ratios: str, limit: float) -> None:
        super().__init__(matrices=matrices, ratios=ratios, limit=limit)


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
class BlockWeights:
    """Local weights of the nodes below one parent, and the judgements behind them.

    Attributes
    ----------
    individual
        Each expert's own weights and consistency.
    group
        Weights of the joined matrix; None when priorities were averaged or weights were given.
    """

    parent: str
    weights: dict[str, float]
    individual: dict[str, Priorities]
    group: Priorities | None


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
    fixed = _weight_set(system, chosen.scenario)
    _check_complete(system, given, fixed, answers, chosen.max_rounds)
    blocks, local = [], {}
    for parent in system.children:
        said = [item for item in given if item.parent == parent]
        block, tree = _block(system, parent, said, fixed, chosen)
        blocks.append(block)
        local[parent] = tree
    accepted = _refuse_inconsistent(blocks, chosen)
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
    local_weights = {block.parent: block.weights for block in blocks}
    weights = combined_weights(system.children, local_weights, ROOT)
    tree = _coefficient_tree(system, local, panels, answers, chosen.set_valued_form)
    return Assessment(
        system=system,
        options=chosen,
        blocks=tuple(blocks),
        weights=weights,
        panels=panels,
        coefficient=tree,
        by_form={form: _coefficient(weights, panels, form) for form in SetValuedForm},
        reversals=rank_reversals(system.children, local_weights, ROOT),
        findings=tuple(_findings(system, blocks, panels, chosen, accepted)),
    )


def _weight_set(system: IndicatorSystem, scenario: str) -> WeightSet | None:
    if not scenario:
        return None
    for weights in system.weight_sets:
        if weights.scenario == scenario:
            return weights
    names = ", ".join(weights.scenario for weights in system.weight_sets) or "—"
    allowed = Text(f"expected one of: {names}", f"应为以下之一：{names}")
    raise InputError([Problem(field="judgement.scenario", found=scenario, allowed=allowed)])


def _check_complete(
    system: IndicatorSystem,
    judgements: Iterable[BlockJudgement],
    fixed: WeightSet | None,
    answers: Sequence[PanelAnswer],
    max_rounds: int,
) -> None:
    problems = []
    if system.status is SystemStatus.STRUCTURE_ONLY:
        problems.append(
            Problem(
                field="judgement.system",
                found=system.id,
                allowed=Text(
                    "a system that is only a structure cannot be scored",
                    "仅有结构的指标体系不能评分",
                ),
            )
        )
    said = list(judgements)
    for place, item in enumerate(said):
        problems += _block_problems(system, place, item)
    judged = {item.parent for item in said}
    for parent, names in system.children.items():
        weighted = fixed is not None and all(name in fixed.weights for name in names)
        if len(names) > 1 and parent not in judged and not weighted:
            allowed = Text(
                f"expected judgements on {', '.join(names)} (below {parent}), or a weight set",
                f"应给出 {parent} 下 {'、'.join(names)} 的判断，或给出权重",
            )
            problems.append(Problem(field="judgement.judgements", allowed=allowed))
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


def _block_problems(system: IndicatorSystem, place: int, item: BlockJudgement) -> list[Problem]:
    where = f"judgement.judgements[{place}]"
    names = system.children.get(item.parent)
    if names is None:
        parents = ", ".join(system.children)
        allowed = Text(f"expected one of: {parents}", f"应为以下之一：{parents}")
        return [Problem(field=f"{where}.parent", found=item.parent, allowed=allowed)]
    if sorted(names) != sorted(item.order):
        allowed = Text(
            f"expected each of {', '.join(names)} once", f"应各含一次：{'、'.join(names)}"
        )
        return [Problem(field=f"{where}.order", found=list(item.order), allowed=allowed)]
    try:
        item.matrix(field_name=f"{where}.values")
    except InputError as error:
        return list(error.problems)
    return []


def _block(
    system: IndicatorSystem,
    parent: str,
    said: Sequence[BlockJudgement],
    fixed: WeightSet | None,
    options: PanelOptions,
) -> tuple[BlockWeights, Explanation]:
    names = system.children[parent]
    if not said:
        given = {} if fixed is None else fixed.weights
        values = {name: given.get(name, 1.0) for name in names}  # an only child weighs 1
        source = Source(kind=SourceKind.INPUT, path=f"weights.{options.scenario}.{parent}")
        tree = leaf(_local_name(system, parent), tuple(values.values()), source, symbol="w")
        return BlockWeights(parent=parent, weights=values, individual={}, group=None), tree
    matrices = {item.expert: item.matrix() for item in said}
    individual = {
        expert: priorities(matrix, options.weights_method) for expert, matrix in matrices.items()
    }
    group = None
    if options.group_rule is GroupRule.JUDGEMENTS:
        ordered = [_reordered(matrix, names) for matrix in matrices.values()]
        joined = aggregated_judgements(ordered, label=parent) if len(ordered) > 1 else ordered[0]
        group = priorities(joined, options.weights_method)
    leaves = tuple(
        leaf(
            Text(f"judgements of {expert} below {parent}", f"{expert} 对 {parent} 下各项的判断"),
            tuple(0.0 if v is None else v for v in _reordered(matrix, names).upper_triangle),
            Source(kind=SourceKind.JUDGEMENT, path=f"judgements.{parent}.{expert}"),
            symbol=f"A({expert})",
        )
        for expert, matrix in matrices.items()
    )
    tree = node(
        _local_name(system, parent),
        partial(_local_weights, names, options.weights_method, options.group_rule),
        *leaves,
        formula=_WEIGHT_FORMULAS[options.weights_method],
        symbol=f"w({parent})",
    )
    weights = dict(zip(names, tree.numbers, strict=True))
    block = BlockWeights(parent=parent, weights=weights, individual=individual, group=group)
    return block, tree


def _reordered(matrix: PairwiseMatrix, names: Sequence[str]) -> PairwiseMatrix:
    place = [matrix.names.index(name) for name in names]
    upper = [matrix.values[i][j] for i, j in combinations(place, 2)]
    return PairwiseMatrix.from_upper_triangle(names, upper, label=matrix.label)


def _local_weights(
    names: Sequence[str], method: WeightsMethod, rule: GroupRule, *uppers: Sequence[float]
) -> Value:
    matrices = [
        PairwiseMatrix.from_upper_triangle(names, [v if v > 0 else None for v in upper])
        for upper in uppers
    ]
    if rule is GroupRule.PRIORITIES:
        weights = aggregated_priorities(matrices, method)
    else:
        joined = aggregated_judgements(matrices) if len(matrices) > 1 else matrices[0]
        weights = priorities(joined, method).weights
    return tuple(weights[name] for name in names)


def _local_name(system: IndicatorSystem, parent: str) -> Text:
    if parent == ROOT:
        return Text("weights of the criteria", "准则层权重")
    name = system.node(parent).name
    return Text(f"weights below {parent} {name.en}", f"{parent} {name.zh}下的权重")


def _refuse_inconsistent(
    blocks: Iterable[BlockWeights], options: PanelOptions
) -> tuple[tuple[Priorities, str], ...]:
    used: list[tuple[str, Priorities]] = []
    for block in blocks:
        if block.group is not None:
            used.append((block.parent, block.group))
        else:
            used += [(block.parent, each) for each in block.individual.values()]
    bad = [(parent, each) for parent, each in used if not each.is_consistent]
    refused = [each for parent, each in bad if not options.accept_inconsistent.get(parent)]
    if refused:
        raise InconsistentJudgementError(
            ", ".join(each.matrix.label for each in refused),
            ", ".join(f"{each.consistency_ratio or 0.0:.4f}" for each in refused),
            refused[0].ratio_limit,
        )
    return tuple((each, options.accept_inconsistent[parent]) for parent, each in bad)


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
        path = system.path(item.id)
        parents = (ROOT, *path[:-1])
        places = tuple(
            system.children[parent].index(name) for parent, name in zip(parents, path, strict=True)
        )
        weight = node(
            Text(f"weight of {item.id} {item.name.en}", f"{item.id} {item.name.zh}的权重"),
            partial(_product_at, places),
            *(local[parent] for parent in parents),
            formula=" × ".join(f"w({parent})" for parent in parents),
            symbol=f"w({item.id})",
        )
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


def _product_at(places: Sequence[int], *weights: Sequence[float]) -> Value:
    return math.prod(each[place] for each, place in zip(weights, places, strict=True))


def _panel_mean(polarity: int, scale: Interval, form: SetValuedForm, *answers: Interval) -> Value:
    panel = [oriented(on_unit_scale("answer", answer, scale), polarity) for answer in answers]
    found = set_statistic(panel, form) or set_statistic(panel, SetValuedForm.WIDTH_NORMALISED)
    return math.nan if found is None else found.mean


def _weighted_sum(*terms: float) -> Value:
    return math.fsum(w * m for w, m in zip(terms[::2], terms[1::2], strict=True))


def _findings(
    system: IndicatorSystem,
    blocks: Sequence[BlockWeights],
    panels: Mapping[str, IndicatorPanel],
    options: PanelOptions,
    accepted: Sequence[tuple[Priorities, str]],
) -> list[Finding]:
    found = [COEFFICIENT_MEANING.finding()]
    for block in blocks:
        for each in block.individual.values():
            found += each.findings
        if block.group is not None and len(block.individual) > 1:
            found += block.group.findings
    found += [
        ACCEPTED_INCONSISTENCY.finding(
            where=each.matrix.label,
            matrix=each.matrix.label,
            ratio=each.consistency_ratio,
            reason=reason,
        )
        for each, reason in accepted
    ]
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
