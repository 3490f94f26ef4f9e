"""Indicator systems: what is asked of experts, kept as data and never in code."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from ipfinance.basics import InputError, Interval, Problem, Text
from ipfinance.judgement._ahp import PairwiseMatrix
from ipfinance.judgement._set_valued import UNIT_SCALE

ROOT = "root"
NO_TEXT = Text("", "")
WEIGHT_SUM_SLACK = 1e-6
RATING_SCALE = Interval(1.0, 9.0)


class SystemStatus(StrEnum):
    """How complete an indicator system is."""

    COMPLETE = "complete"
    WEIGHTS_MISSING = "weights-missing"
    STRUCTURE_ONLY = "structure-only"
    USER_SUPPLIED = "user-supplied"


class EvidenceRule(StrEnum):
    """Whether an answer on an indicator needs evidence."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One node of an indicator system.

    Attributes
    ----------
    parent
        The node above; `root` for the first level.
    polarity
        1 when high is good, -1 when high is bad; needed for a leaf, None above.
    scale
        Ends of the scale on which experts answer.
    overlaps
        The input of the value interval (income, rate, life) that already carries this risk.
    """

    id: str
    parent: str
    name: Text
    polarity: int | None = None
    scale: Interval = UNIT_SCALE
    evidence: EvidenceRule = EvidenceRule.OPTIONAL
    valid_from: date | None = None
    overlaps: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockJudgement:
    """What one expert judged about the nodes below one parent: the upper triangle, by rows."""

    parent: str
    expert: str
    order: tuple[str, ...]
    values: tuple[float | None, ...]
    note: str = ""

    def matrix(self, *, field_name: str = "") -> PairwiseMatrix:
        """Return the judgements as a matrix."""
        return PairwiseMatrix.from_upper_triangle(
            self.order, self.values, label=f"{self.parent} ({self.expert})", field=field_name
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightSet:
    """Local weights for one use of a system, where they are given and not judged."""

    scenario: str
    weights: Mapping[str, float]
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An indicator that was considered, where it came from, and what became of it.

    Attributes
    ----------
    ratings
        Importance on the 1-9 scale, by expert.
    dropped_because
        Empty for a candidate that became an indicator.
    """

    id: str
    name: Text
    source: Text
    ratings: Mapping[str, float]
    dropped_because: Text = NO_TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateScore:
    """A candidate with its mean rating and its share of all mean ratings."""

    candidate: Candidate
    mean_rating: float
    normalised_weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorSystem:
    """A hierarchy of indicators, with the judgements or weights known for it.

    Raises
    ------
    InputError
        With every fault: an id twice, an unknown parent, a circle, a count that differs from the
        one expected, a leaf without polarity, weights that do not sum to 1, a dropped candidate
        without a reason.
    """

    id: str
    version: str
    status: SystemStatus
    source: Text
    nodes: tuple[Indicator, ...]
    expected_counts: tuple[int, ...] = ()
    judgements: tuple[BlockJudgement, ...] = ()
    weight_sets: tuple[WeightSet, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    name: Text = field(default_factory=lambda: Text("", ""))

    def __post_init__(self) -> None:
        problems = _id_problems(self)
        if not problems:
            problems = [
                *_circle_problems(self),
                *_polarity_problems(self),
                *_weight_problems(self),
                *_candidate_problems(self),
            ]
        if not problems:
            problems = _count_problems(self)
        if problems:
            raise InputError(problems)

    @property
    def children(self) -> dict[str, tuple[str, ...]]:
        """The nodes below each inner node, in order; `root` stands for the system itself."""
        found: dict[str, list[str]] = {}
        for node in self.nodes:
            found.setdefault(node.parent, []).append(node.id)
        return {parent: tuple(ids) for parent, ids in found.items()}

    @property
    def leaves(self) -> tuple[Indicator, ...]:
        """The indicators that experts answer on."""
        inner = set(self.children)
        return tuple(node for node in self.nodes if node.id not in inner)

    def node(self, name: str) -> Indicator:
        """Return a node by its id."""
        return next(node for node in self.nodes if node.id == name)

    def path(self, name: str) -> tuple[str, ...]:
        """Return the ids from below the root down to a node."""
        above = self.node(name).parent
        return (name,) if above == ROOT else (*self.path(above), name)


def candidate_scores(candidates: Sequence[Candidate]) -> tuple[CandidateScore, ...]:
    """Rank candidates by their mean rating, best first.

    Examples
    --------
    >>> case = Text("case", "案例")
    >>> a = Candidate(id="a", name=Text("a", "甲"), source=case, ratings={"E1": 9, "E2": 7})
    >>> b = Candidate(id="b", name=Text("b", "乙"), source=case, ratings={"E1": 3, "E2": 1})
    >>> [(s.candidate.id, s.normalised_weight) for s in candidate_scores([a, b])]
    [('a', 0.8), ('b', 0.2)]
    """
    means = [math.fsum(c.ratings.values()) / len(c.ratings) for c in candidates]
    total = math.fsum(means)
    scores = [
        CandidateScore(candidate=c, mean_rating=mean, normalised_weight=mean / total)
        for c, mean in zip(candidates, means, strict=True)
    ]
    return tuple(sorted(scores, key=lambda score: -score.mean_rating))


def _id_problems(system: IndicatorSystem) -> list[Problem]:
    ids = [node.id for node in system.nodes]
    problems = []
    for place, node in enumerate(system.nodes):
        if ids.count(node.id) > 1 and ids.index(node.id) != place:
            problems.append(
                _problem(place, "id", node.id, "each id may stand once", "编号不得重复")
            )
        if node.id == ROOT:
            problems.append(
                _problem(place, "id", node.id, "root names the system itself", "root 专指系统本身")
            )
        if node.parent not in {*ids, ROOT}:
            problems.append(
                _problem(
                    place,
                    "parent",
                    node.parent,
                    "expected root or the id of another node",
                    "应为 root 或其他节点的编号",
                )
            )
    return problems


def _circle_problems(system: IndicatorSystem) -> list[Problem]:
    parents = {node.id: node.parent for node in system.nodes}
    problems = []
    for place, node in enumerate(system.nodes):
        seen, above = {node.id}, node.parent
        while above != ROOT and above not in seen:
            seen.add(above)
            above = parents[above]
        if above != ROOT:
            problems.append(
                _problem(
                    place, "parent", node.parent, "nodes must not form a circle", "节点不得成环"
                )
            )
    return problems


def _polarity_problems(system: IndicatorSystem) -> list[Problem]:
    inner = {node.parent for node in system.nodes}
    return [
        _problem(
            place,
            "polarity",
            node.polarity,
            "expected 1 (good when high) or -1 (bad when high) on every leaf",
            "末级指标须为 1（越高越好）或 -1（越高越差）",
        )
        for place, node in enumerate(system.nodes)
        if node.id not in inner and node.polarity not in {1, -1}
    ]


def _weight_problems(system: IndicatorSystem) -> list[Problem]:
    problems = []
    for place, weights in enumerate(system.weight_sets):
        for parent, names in system.children.items():
            given = [weights.weights[name] for name in names if name in weights.weights]
            complete = len(given) == len(names)
            if given and (not complete or abs(math.fsum(given) - 1) > WEIGHT_SUM_SLACK):
                problems.append(
                    Problem(
                        field=f"weight_sets[{place}].weights",
                        found=f"{parent}: {math.fsum(given):g}",
                        allowed=Text(
                            f"the weights of {', '.join(names)} must all be given and sum to 1",
                            f"{'、'.join(names)} 的权重须全部给出且合计为 1",
                        ),
                    )
                )
    return problems


def _candidate_problems(system: IndicatorSystem) -> list[Problem]:
    leaves = {leaf.id for leaf in system.leaves}
    problems = []
    for place, candidate in enumerate(system.candidates):
        where = f"candidates[{place}]"
        kept = candidate.id in leaves
        if kept == bool(candidate.dropped_because.en):
            allowed = Text(
                "an indicator that is used needs no reason, one that is not used needs one",
                "采用的指标无需理由，未采用的指标须写明理由",
            )
            problems.append(
                Problem(
                    field=f"{where}.dropped_because",
                    found=candidate.dropped_because.en or None,
                    allowed=allowed,
                )
            )
        if not candidate.ratings:
            problems.append(
                Problem(
                    field=f"{where}.ratings",
                    allowed=Text("expected at least one rating", "至少应有一项评分"),
                )
            )
        problems += [
            Problem(
                field=f"{where}.ratings.{expert}",
                found=rating,
                allowed=Text("expected a number from 1 to 9", "应为 1 至 9 的数"),
            )
            for expert, rating in candidate.ratings.items()
            if not (math.isfinite(rating) and rating in RATING_SCALE)
        ]
    return problems


def _count_problems(system: IndicatorSystem) -> list[Problem]:
    if not system.expected_counts:
        return []
    depths = [len(system.path(node.id)) for node in system.nodes]
    counts = tuple(depths.count(level) for level in range(1, max(depths, default=0) + 1))
    if counts == system.expected_counts:
        return []
    return [
        Problem(
            field="expected_counts",
            found=list(counts),
            allowed=Text(
                f"the nodes by level must number {list(system.expected_counts)}",
                f"各级节点数应为 {list(system.expected_counts)}",
            ),
        )
    ]


def _problem(place: int, name: str, found: object, en: str, zh: str) -> Problem:
    return Problem(field=f"nodes[{place}].{name}", found=found, allowed=Text(en, zh))
