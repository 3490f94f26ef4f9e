"""Local weights of an indicator system, from judgements or as given, each with its tree."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

from ipfinance.basics import (
    Explanation,
    FailureReason,
    Finding,
    FindingKind,
    InputError,
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
    WeightsMethod,
    aggregated_judgements,
    aggregated_priorities,
    priorities,
)
from ipfinance.judgement._indicators import (
    ROOT,
    BlockJudgement,
    IndicatorSystem,
    SystemStatus,
    WeightSet,
)

_WEIGHT_FORMULAS = {
    WeightsMethod.EIGENVECTOR: "w: A w = λmax w",
    WeightsMethod.GEOMETRIC: "wᵢ ∝ Πⱼ aᵢⱼ^(1/n)",
    WeightsMethod.COLUMN: "wᵢ = Σⱼ (aᵢⱼ / Σₖ aₖⱼ) / n",
}
ACCEPTED_INCONSISTENCY = FindingKind(
    code="inconsistency_accepted",
    severity=Severity.WARNING,
    text=Text(
        "The judgements on {matrix} have a consistency ratio of {ratio:.4f} and were used all the "
        "same. Stated reason: {reason}",
        "对“{matrix}”的判断一致性比率为 {ratio:.4f}，仍予采用。所述理由：{reason}",
    ),
)


class InconsistentJudgementError(IpfinanceError):
    """Judgements too inconsistent to value with, and nobody said why they should be used."""

    reason = FailureReason.INCONSISTENT_JUDGEMENT
    text = Text(
        "The judgements on {matrices} have a consistency ratio of {ratios}, limit {limit:g}. "
        "Revise them (`ipfinance ahp` names the judgements at odds), or state under "
        "accept_inconsistent why they are used all the same.",
        "对 {matrices} 的判断一致性比率为 {ratios}，限值 {limit:g}。请修订（`ipfinance ahp` "
        "会指出矛盾之处），或在 accept_inconsistent 中说明仍予采用的理由。",
    )

    def __init__(self, matrices: str, ratios: str, limit: float) -> None:
        super().__init__(matrices=matrices, ratios=ratios, limit=limit)


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weighing:
    """The local weights of a whole system.

    Attributes
    ----------
    trees
        For each inner node the tree whose value holds the weights of the nodes below it.
    accepted
        Inconsistent judgements that are used, with the reason given.
    """

    blocks: tuple[BlockWeights, ...]
    trees: dict[str, Explanation]
    accepted: tuple[tuple[Priorities, str], ...]

    @property
    def local(self) -> dict[str, dict[str, float]]:
        """The weights below each inner node."""
        return {block.parent: block.weights for block in self.blocks}

    def findings(self) -> list[Finding]:
        """Return what the judgements themselves call for."""
        found: list[Finding] = []
        for block in self.blocks:
            for each in block.individual.values():
                found += each.findings
            if block.group is not None and len(block.individual) > 1:
                found += block.group.findings
        return found + [
            ACCEPTED_INCONSISTENCY.finding(
                where=each.matrix.label,
                matrix=each.matrix.label,
                ratio=each.consistency_ratio,
                reason=reason,
            )
            for each, reason in self.accepted
        ]


def weight_set(system: IndicatorSystem, scenario: str, *, where: str) -> WeightSet | None:
    """Return the weight set of one use of a system; None where no use is named."""
    if not scenario:
        return None
    for weights in system.weight_sets:
        if weights.scenario == scenario:
            return weights
    names = ", ".join(weights.scenario for weights in system.weight_sets) or "—"
    allowed = Text(f"expected one of: {names}", f"应为以下之一：{names}")
    raise InputError([Problem(field=f"{where}.scenario", found=scenario, allowed=allowed)])


def weight_problems(
    system: IndicatorSystem,
    judgements: Iterable[BlockJudgement],
    fixed: WeightSet | None,
    *,
    where: str,
) -> list[Problem]:
    """Return why a system cannot be scored: only a structure, or a block without weights."""
    problems = []
    if system.status is SystemStatus.STRUCTURE_ONLY:
        problems.append(_structure_only(system, where))
    said = list(judgements)
    for place, item in enumerate(said):
        problems += _block_problems(system, f"{where}.judgements[{place}]", item)
    judged = {item.parent for item in said}
    for parent, names in system.children.items():
        weighted = fixed is not None and all(name in fixed.weights for name in names)
        if len(names) > 1 and parent not in judged and not weighted:
            allowed = Text(
                f"expected judgements on {', '.join(names)} (below {parent}), or a weight set",
                f"应给出 {parent} 下 {'、'.join(names)} 的判断，或给出权重",
            )
            problems.append(Problem(field=f"{where}.judgements", allowed=allowed))
    return problems


def _structure_only(system: IndicatorSystem, where: str) -> Problem:
    return Problem(
        field=f"{where}.system",
        found=system.id,
        allowed=Text(
            "a system that is only a structure cannot be scored; supply its indicators and "
            "weights in a file of your own and call its status user-supplied",
            "仅有结构的指标体系不能评分；请在自己的文件中补充指标与权重，并将状态改为 "
            "user-supplied",
        ),
    )


def _block_problems(system: IndicatorSystem, where: str, item: BlockJudgement) -> list[Problem]:
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


def weigh(
    system: IndicatorSystem,
    judgements: Sequence[BlockJudgement],
    *,
    fixed: WeightSet | None = None,
    method: WeightsMethod = WeightsMethod.EIGENVECTOR,
    group_rule: GroupRule = GroupRule.JUDGEMENTS,
    accept_inconsistent: Mapping[str, str] | None = None,
) -> Weighing:
    """Weigh every block of a system.

    Parameters
    ----------
    system
        The hierarchy; `weight_problems` has found nothing.
    judgements
        Pairwise judgements by expert and block.
    fixed
        Weights given for blocks without judgements.
    method, group_rule
        How judgements become weights, and how experts are joined.
    accept_inconsistent
        By parent, why inconsistent judgements are used all the same.

    Raises
    ------
    InconsistentJudgementError
        When a matrix that is used is too inconsistent and no reason is given.
    """
    blocks, trees = [], {}
    for parent in system.children:
        said = [item for item in judgements if item.parent == parent]
        if said:
            block, tree = _judged(system, parent, said, method, group_rule)
        else:
            block, tree = _given(system, parent, fixed)
        blocks.append(block)
        trees[parent] = tree
    accepted = _accepted(blocks, accept_inconsistent or {})
    return Weighing(blocks=tuple(blocks), trees=trees, accepted=accepted)


def _given(
    system: IndicatorSystem, parent: str, fixed: WeightSet | None
) -> tuple[BlockWeights, Explanation]:
    given = {} if fixed is None else fixed.weights
    names = system.children[parent]
    values = {name: given.get(name, 1.0) for name in names}  # an only child weighs 1
    scenario = "" if fixed is None else fixed.scenario
    source = Source(kind=SourceKind.INPUT, path=f"weights.{scenario}.{parent}")
    tree = leaf(_local_name(system, parent), tuple(values.values()), source, symbol="w")
    return BlockWeights(parent=parent, weights=values, individual={}, group=None), tree


def _judged(
    system: IndicatorSystem,
    parent: str,
    said: Sequence[BlockJudgement],
    method: WeightsMethod,
    group_rule: GroupRule,
) -> tuple[BlockWeights, Explanation]:
    names = system.children[parent]
    matrices = {item.expert: item.matrix() for item in said}
    individual = {expert: priorities(matrix, method) for expert, matrix in matrices.items()}
    group = None
    if group_rule is GroupRule.JUDGEMENTS:
        ordered = [_reordered(matrix, names) for matrix in matrices.values()]
        joined = aggregated_judgements(ordered, label=parent) if len(ordered) > 1 else ordered[0]
        group = priorities(joined, method)
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
        partial(_local_weights, names, method, group_rule),
        *leaves,
        formula=_WEIGHT_FORMULAS[method],
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


def _accepted(
    blocks: Iterable[BlockWeights], reasons: Mapping[str, str]
) -> tuple[tuple[Priorities, str], ...]:
    used: list[tuple[str, Priorities]] = []
    for block in blocks:
        if block.group is not None:
            used.append((block.parent, block.group))
        else:
            used += [(block.parent, each) for each in block.individual.values()]
    bad = [(parent, each) for parent, each in used if not each.is_consistent]
    refused = [each for parent, each in bad if not reasons.get(parent)]
    if refused:
        raise InconsistentJudgementError(
            ", ".join(each.matrix.label for each in refused),
            ", ".join(f"{each.consistency_ratio or 0.0:.4f}" for each in refused),
            refused[0].ratio_limit,
        )
    return tuple((each, reasons[parent]) for parent, each in bad)


def combined_weight(
    system: IndicatorSystem,
    trees: Mapping[str, Explanation],
    children: Mapping[str, Sequence[str]],
    name: str,
    *,
    below: str = ROOT,
) -> Explanation:
    """Return the weight of one leaf as a tree: the product of the local weights above it.

    Parameters
    ----------
    trees, children
        For each inner node the tree of the weights below it, and the names these belong to.
    below
        The node in which the weight is a share; the whole system by default.
    """
    item, whole = system.node(name), system.path(name)
    path = whole if below == ROOT else whole[whole.index(below) + 1 :]
    parents = (below, *path[:-1])
    places = tuple(children[parent].index(each) for parent, each in zip(parents, path, strict=True))
    within = Text("", "") if below == ROOT else Text(f" in {below}", f"在 {below} 中")
    return node(
        Text(
            f"weight of {item.id} {item.name.en}{within.en}",
            f"{item.id} {item.name.zh}{within.zh}的权重",
        ),
        partial(_product_at, places),
        *(trees[parent] for parent in parents),
        formula=" × ".join(f"w({parent})" for parent in parents),
        symbol=f"w({item.id})",
    )


def _product_at(places: Sequence[int], *weights: Sequence[float]) -> Value:
    return math.prod(each[place] for each, place in zip(weights, places, strict=True))
