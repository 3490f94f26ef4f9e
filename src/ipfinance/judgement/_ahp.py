"""The analytic hierarchy process: weights from pairwise judgements, and how far to trust them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations, pairwise

import numpy as np

from ipfinance.basics import Finding, FindingKind, InputError, Problem, Severity, Text
from ipfinance.numerics import FloatArray
from ipfinance.parameters import parameter

LARGEST_JUDGEMENT = 9.0
RECIPROCAL_SLACK = 0.005 + 1e-9  # 0.33 beside 3 is a third rounded to two decimals
SCALE = tuple([1.0 / k for k in range(9, 1, -1)] + [float(k) for k in range(1, 10)])
RANDOM_INDEX = "standard.ahp.random_index"
RATIO_LIMIT = "standard.ahp.consistency_ratio_limit"


class WeightsMethod(StrEnum):
    """How weights are taken from a matrix of judgements."""

    EIGENVECTOR = "eigenvector"
    GEOMETRIC = "geometric"
    COLUMN = "column"


WEIGHTS_METHOD_NAMES = {
    WeightsMethod.EIGENVECTOR: Text("principal eigenvector", "主特征向量"),
    WeightsMethod.GEOMETRIC: Text("geometric mean of the rows", "行几何平均"),
    WeightsMethod.COLUMN: Text("mean of the normalised columns", "列归一化平均"),
}


class GroupRule(StrEnum):
    """How the judgements of several experts become one set of weights."""

    JUDGEMENTS = "judgements"  # geometric mean of each judgement, then weights
    PRIORITIES = "priorities"  # weights of each expert, then their arithmetic mean


GROUP_RULE_NAMES = {
    GroupRule.JUDGEMENTS: Text("geometric mean of the judgements", "判断的几何平均"),
    GroupRule.PRIORITIES: Text("arithmetic mean of the priorities", "权重的算术平均"),
}

INCONSISTENT = FindingKind(
    code="ahp_inconsistent",
    severity=Severity.WARNING,
    text=Text(
        "The judgements on {matrix} contradict each other: consistency ratio {ratio:.4f}, limit "
        "{limit:g}. Most at odds: {first} against {second}, judged {judged}, implied by the others "
        "{implied:.2f}. {mend}",
        "对“{matrix}”的判断相互矛盾：一致性比率 {ratio:.4f}，限值 {limit:g}。最不一致的是 "
        "{first} 对 {second}：判断为 {judged}，其余判断所隐含的为 {implied:.2f}。{mend}",
    ),
)
NO_RATIO = FindingKind(
    code="ahp_no_consistency_ratio",
    severity=Severity.NOTE,
    text=Text(
        "No consistency ratio for {matrix}: {why}. The consistency index is {index:.4f}.",
        "“{matrix}”没有一致性比率：{why}。一致性指标为 {index:.4f}。",
    ),
)
ROUNDED_RECIPROCAL = FindingKind(
    code="ahp_rounded_reciprocal",
    severity=Severity.NOTE,
    text=Text(
        "{matrix}: {first} against {second} is {value:g}, its mirror {mirror:g} is a rounded "
        "reciprocal; the entry above 1 was used.",
        "“{matrix}”：{first} 对 {second} 为 {value:g}，其对称项 {mirror:g} 是取整后的倒数；"
        "采用大于 1 的一项。",
    ),
)
RANKS_DIFFER = FindingKind(
    code="ahp_rank_depends_on_method",
    severity=Severity.WARNING,
    text=Text(
        "{matrix}: the order of the weights depends on the method: {orders}.",
        "“{matrix}”：权重次序取决于方法：{orders}。",
    ),
)
_INCOMPLETE_WHY = Text(
    "{missing} of {pairs} judgements are missing, and no random index for such a matrix is cited",
    "{pairs} 项判断中缺 {missing} 项，且没有可引用的相应随机指标",
)
_TOO_LARGE_WHY = Text(
    "the table of random indices ends at {largest}", "随机指标表止于 {largest} 阶"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairwiseMatrix:
    """Judgements of one expert on one set of things: how much more the row matters.

    Attributes
    ----------
    label
        What is judged, for messages.
    names
        The things compared, each once.
    values
        Rows of judgements; None where nobody judged. The mirror of a judgement is its
        reciprocal, the diagonal is 1.
    rounded
        Row and column of a judgement above 1 whose mirror was a rounded reciprocal, and that.
    """

    label: str
    names: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    rounded: tuple[tuple[int, int, float], ...] = ()

    @classmethod
    def of(
        cls,
        names: Sequence[str],
        values: Sequence[Sequence[float | None]],
        *,
        label: str = "matrix",
        field: str = "",
    ) -> PairwiseMatrix:
        """Check a whole matrix and complete each pair from whichever side was given.

        Raises
        ------
        InputError
            With every fault: not square, a name twice, a judgement that is not a number from 1/9
            to 9, a diagonal that is not 1, a mirror that is not the reciprocal, or judgements
            that do not connect all names.
        """
        problems = list(_shape_problems(names, values, field))
        if problems:
            raise InputError(problems)
        completed: list[list[float | None]] = [list(row) for row in values]
        rounded = []
        for i in range(len(names)):
            problems += _diagonal_problems(names[i], values[i][i], field)
            completed[i][i] = 1.0
        for i, j in combinations(range(len(names)), 2):
            pair = f"{field}[{names[i]}, {names[j]}]" if field else f"{names[i]}, {names[j]}"
            found = list(_pair_problems(pair, values[i][j], values[j][i]))
            problems += found
            if not found:
                upper, mirror = _pair(values[i][j], values[j][i])
                completed[i][j] = upper
                completed[j][i] = None if upper is None else 1.0 / upper
                if upper is not None and mirror is not None:
                    rounded.append((i, j, mirror) if upper >= 1 else (j, i, mirror))
        if not problems and not _is_connected(completed):
            problems.append(_disconnected(field, names, completed))
        if problems:
            raise InputError(problems)
        return cls(
            label=label,
            names=tuple(names),
            values=tuple(tuple(row) for row in completed),
            rounded=tuple(rounded),
        )

    @classmethod
    def from_upper_triangle(
        cls,
        names: Sequence[str],
        upper: Sequence[float | None],
        *,
        label: str = "matrix",
        field: str = "",
    ) -> PairwiseMatrix:
        """Build a matrix from the judgements above the diagonal, row by row."""
        n = len(names)
        if len(upper) != n * (n - 1) // 2:
            raise InputError([_wrong_length(field or "values", n, len(upper))])
        values: list[list[float | None]] = [[None] * n for _ in range(n)]
        for (i, j), value in zip(combinations(range(n), 2), upper, strict=True):
            values[i][j] = value
        for i in range(n):
            values[i][i] = 1.0
        return cls.of(names, values, label=label, field=field)

    @property
    def upper_triangle(self) -> tuple[float | None, ...]:
        """The judgements above the diagonal, row by row."""
        return tuple(self.values[i][j] for i, j in combinations(range(len(self.names)), 2))

    @property
    def is_complete(self) -> bool:
        """Whether every pair was judged."""
        return None not in self.upper_triangle

    def array(self) -> FloatArray:
        """Return the matrix; an incomplete one in Harker's form.

        In that form a missing judgement is 0 and the diagonal holds 1 plus the number of missing
        judgements of the row, so that the principal eigenvector uses only what was judged.
        """
        matrix = np.array([[0.0 if v is None else v for v in row] for row in self.values])
        missing = np.array([sum(v is None for v in row) for row in self.values])
        return matrix + np.diag(missing.astype(float))


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One judgement that is at odds with the others, and what would mend it.

    Attributes
    ----------
    first, second
        The things compared.
    judged, implied
        The judgement, and the ratio of the weights.
    suggested
        The nearest value of the 1-9 scale that brings the ratio below the limit; where one change
        cannot, the value that lowers the ratio most.
    ratio_after
        Consistency ratio after that change alone.
    """

    first: str
    second: str
    judged: float
    implied: float
    suggested: float
    ratio_after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Priorities:
    """Weights of the things compared, with their consistency.

    Attributes
    ----------
    weights, by_method
        The weights asked for, and those of every method that applies; each sums to 1.
    lambda_max, consistency_index, consistency_ratio
        Principal eigenvalue, ``(lambda_max - n) / (n - 1)``, and that over the random index; the
        ratio is None where no random index exists.
    random_index
        The parameter that holds the table.
    revisions
        Judgements at odds with the others, worst first; empty while the ratio is below the limit.
    """

    matrix: PairwiseMatrix
    method: WeightsMethod
    weights: dict[str, float]
    by_method: dict[WeightsMethod, dict[str, float]]
    lambda_max: float
    consistency_index: float
    consistency_ratio: float | None
    ratio_limit: float
    random_index: str
    revisions: tuple[Revision, ...]
    findings: tuple[Finding, ...]

    @property
    def is_consistent(self) -> bool:
        """Whether the ratio is below the limit; true where there is no ratio."""
        return self.consistency_ratio is None or self.consistency_ratio < self.ratio_limit


def priorities(
    matrix: PairwiseMatrix, method: WeightsMethod = WeightsMethod.EIGENVECTOR
) -> Priorities:
    r"""Turn pairwise judgements into weights and measure their consistency.

    Parameters
    ----------
    matrix
        The judgements.
    method
        Which weights are asked for; all are computed.

    Returns
    -------
    Priorities
        Weights, consistency and findings.

    Raises
    ------
    InputError
        When a method other than the eigenvector is asked of an incomplete matrix.

    Notes
    -----
    :math:`CI = (\lambda_{max} - n)/(n - 1)`, :math:`CR = CI/RI`. For three things the geometric
    mean and the eigenvector coincide. Up to two things are always consistent.

    References
    ----------
    :cite:cts:`saaty_1980`; :cite:cts:`harker_1987` for incomplete matrices.

    Examples
    --------
    >>> judged = PairwiseMatrix.from_upper_triangle(["C1", "C2", "C3"], [2, 3, 2])
    >>> found = priorities(judged, WeightsMethod.COLUMN)
    >>> [round(weight, 4) for weight in found.weights.values()]
    [0.539, 0.2973, 0.1638]
    >>> round(found.consistency_ratio, 4)
    0.0079
    """
    if not matrix.is_complete and method is not WeightsMethod.EIGENVECTOR:
        raise InputError([_needs_complete(method)])
    array = matrix.array()
    lambda_max, eigenvector = principal_eigenpair(array)
    found = {WeightsMethod.EIGENVECTOR: eigenvector}
    if matrix.is_complete:
        found[WeightsMethod.GEOMETRIC] = row_geometric_means(array)
        found[WeightsMethod.COLUMN] = normalised_column_means(array)
    by_method = {
        each: dict(zip(matrix.names, map(float, weights), strict=True))
        for each, weights in found.items()
    }
    n = len(matrix.names)
    table = parameter(RANDOM_INDEX).at(None)
    limit = float(parameter(RATIO_LIMIT).at(None).value)
    index = (lambda_max - n) / (n - 1) if n > 1 else 0.0
    ratio = _ratio(index, n, table.value, complete=matrix.is_complete)
    revisions: tuple[Revision, ...] = ()
    if ratio is not None and ratio >= limit:
        revisions = _revisions(array, matrix.names, eigenvector, table.value[n - 1], limit)
    result = Priorities(
        matrix=matrix,
        method=method,
        weights=by_method[method],
        by_method=by_method,
        lambda_max=lambda_max,
        consistency_index=index,
        consistency_ratio=ratio,
        ratio_limit=limit,
        random_index=RANDOM_INDEX,
        revisions=revisions,
        findings=(),
    )
    return _with_findings(result, len(table.value))


def principal_eigenpair(matrix: FloatArray) -> tuple[float, FloatArray]:
    """Return the largest eigenvalue of a positive matrix and its eigenvector, summing to 1."""
    values, vectors = np.linalg.eig(matrix)
    largest = int(np.argmax(values.real))
    vector = np.abs(vectors[:, largest].real)
    return float(values[largest].real), vector / vector.sum()


def row_geometric_means(matrix: FloatArray) -> FloatArray:
    """Return the geometric means of the rows, scaled to sum to 1."""
    means = np.exp(np.log(matrix).mean(axis=1))
    return np.asarray(means / means.sum())


def normalised_column_means(matrix: FloatArray) -> FloatArray:
    """Return the row means of the matrix whose columns were scaled to sum to 1."""
    return np.asarray((matrix / matrix.sum(axis=0)).mean(axis=1))


def aggregated_judgements(
    matrices: Sequence[PairwiseMatrix], *, label: str = "panel"
) -> PairwiseMatrix:
    """Join the judgements of several experts by the geometric mean of those who judged a pair.

    References
    ----------
    :cite:cts:`aczel_saaty_1983`.
    """
    names = matrices[0].names
    upper: list[float | None] = []
    for i, j in combinations(range(len(names)), 2):
        judged = [value for m in matrices if (value := _judgement(m, names[i], names[j]))]
        mean = math.exp(math.fsum(map(math.log, judged)) / len(judged)) if judged else None
        upper.append(mean)
    return PairwiseMatrix.from_upper_triangle(names, upper, label=label)


def aggregated_priorities(
    matrices: Sequence[PairwiseMatrix], method: WeightsMethod = WeightsMethod.EIGENVECTOR
) -> dict[str, float]:
    """Join the weights of several experts by their arithmetic mean."""
    each = [priorities(matrix, method).weights for matrix in matrices]
    return {name: math.fsum(w[name] for w in each) / len(each) for name in matrices[0].names}


def combined_weights(
    children: Mapping[str, Sequence[str]], local: Mapping[str, Mapping[str, float]], root: str
) -> dict[str, float]:
    """Multiply local weights down a hierarchy of any depth.

    Parameters
    ----------
    children
        The nodes below each node; a node without an entry is a leaf.
    local
        For each inner node the weights of the nodes below it, summing to 1.
    root
        Where to start.

    Returns
    -------
    dict
        Weight of each leaf, summing to 1, in the order of the hierarchy.
    """
    found: dict[str, float] = {}

    def descend(name: str, weight: float) -> None:
        if name not in children:
            found[name] = weight
            return
        for child in children[name]:
            descend(child, weight * local[name][child])

    descend(root, 1.0)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class RankReversal:
    """The smallest change of one local weight that swaps two leaves.

    Attributes
    ----------
    node
        The node whose local weight changes; its siblings are scaled to keep the sum of 1.
    weight, turning_weight
        Its weight now, and the weight at which the two leaves are level.
    ahead, behind
        The leaf that is ahead now and the one that overtakes it.
    """

    node: str
    weight: float
    turning_weight: float
    ahead: str
    behind: str


def rank_reversals(
    children: Mapping[str, Sequence[str]], local: Mapping[str, Mapping[str, float]], root: str
) -> tuple[RankReversal, ...]:
    """Find for each node the nearest weight at which the order of the leaves changes.

    Every leaf's weight is linear in the weight that changes, so the crossing of each pair is
    exact. Nodes without any reversal between 0 and 1 are left out; the nearest comes first.
    """
    found = []
    for parent, weights in local.items():
        for name in children[parent]:
            if 0 < weights[name] < 1:
                reversal = _nearest_reversal(children, local, root, parent, name)
                found += [] if reversal is None else [reversal]
    return tuple(sorted(found, key=lambda item: abs(item.turning_weight - item.weight)))


def _nearest_reversal(
    children: Mapping[str, Sequence[str]],
    local: Mapping[str, Mapping[str, float]],
    root: str,
    parent: str,
    name: str,
) -> RankReversal | None:
    now = local[parent][name]

    def leaf_weights(weight: float) -> dict[str, float]:
        scale = (1.0 - weight) / (1.0 - now)
        changed = {c: weight if c == name else w * scale for c, w in local[parent].items()}
        return combined_weights(children, {**local, parent: changed}, root)

    at_now, at_zero, at_one = leaf_weights(now), leaf_weights(0.0), leaf_weights(1.0)
    best: RankReversal | None = None
    for a, b in combinations(at_now, 2):
        ahead, behind = (a, b) if at_now[a] >= at_now[b] else (b, a)
        start = at_zero[ahead] - at_zero[behind]
        slope = (at_one[ahead] - at_one[behind]) - start
        if slope == 0 or at_now[ahead] == at_now[behind]:
            continue
        turning = -start / slope
        nearer = best is None or abs(turning - now) < abs(best.turning_weight - now)
        if 0 <= turning <= 1 and nearer:
            best = RankReversal(
                node=name, weight=now, turning_weight=turning, ahead=ahead, behind=behind
            )
    return best


def _judgement(matrix: PairwiseMatrix, first: str, second: str) -> float | None:
    return matrix.values[matrix.names.index(first)][matrix.names.index(second)]


def _ratio(index: float, n: int, table: Sequence[float], *, complete: bool) -> float | None:
    always_consistent = 2
    if n <= always_consistent:
        return 0.0
    if not complete or n > len(table):
        return None
    return max(index, 0.0) / table[n - 1]


def _revisions(
    matrix: FloatArray, names: Sequence[str], weights: FloatArray, random_index: float, limit: float
) -> tuple[Revision, ...]:
    n = len(names)
    pairs = list(combinations(range(n), 2))
    trials = np.repeat(matrix[None], len(pairs) * len(SCALE), axis=0)
    for k, (i, j) in enumerate(pairs):
        block = slice(k * len(SCALE), (k + 1) * len(SCALE))
        trials[block, i, j] = SCALE
        trials[block, j, i] = 1.0 / np.array(SCALE)
    lambdas = np.linalg.eigvals(trials).real.max(axis=1)
    ratios = ((lambdas - n) / (n - 1) / random_index).reshape(len(pairs), len(SCALE))
    found = []
    for k, (i, j) in enumerate(pairs):
        steps = np.abs(np.log(np.array(SCALE) / matrix[i, j]))
        mends = ratios[k] < limit
        best = int(np.argmin(np.where(mends, steps, np.inf) if mends.any() else ratios[k]))
        found.append(
            Revision(
                first=names[i],
                second=names[j],
                judged=float(matrix[i, j]),
                implied=float(weights[i] / weights[j]),
                suggested=SCALE[best],
                ratio_after=float(ratios[k, best]),
            )
        )
    odd = [item for item in found if not math.isclose(item.judged, item.implied, rel_tol=1e-6)]
    return tuple(sorted(odd, key=lambda item: -abs(math.log(item.judged / item.implied))))


def as_judgement(value: float) -> str:
    """Write a judgement as experts do: 3, 1/3, or a decimal between the steps of the scale.

    Examples
    --------
    >>> as_judgement(1 / 7), as_judgement(2.0), as_judgement(2.449489742783178)
    ('1/7', '2', '2.449')
    """
    if value >= 1:
        return f"{value:.4g}"
    inverse = 1.0 / value
    return f"1/{inverse:.4g}" if math.isclose(inverse, round(inverse)) else f"{value:.4g}"


def _with_findings(result: Priorities, largest: int) -> Priorities:
    findings = list(_ratio_findings(result, largest))
    for i, j, mirror in result.matrix.rounded:
        findings.append(
            ROUNDED_RECIPROCAL.finding(
                where=result.matrix.label,
                matrix=result.matrix.label,
                first=result.matrix.names[i],
                second=result.matrix.names[j],
                value=result.matrix.values[i][j],
                mirror=mirror,
            )
        )
    orders = {
        method: sorted(weights, key=lambda name: -round(weights[name], 9))
        for method, weights in result.by_method.items()
    }
    if len({tuple(order) for order in orders.values()}) > 1 and not _has_ties(result):
        shown = "; ".join(f"{m}: {' > '.join(order)}" for m, order in orders.items())
        findings.append(
            RANKS_DIFFER.finding(
                where=result.matrix.label, matrix=result.matrix.label, orders=shown
            )
        )
    return replace(result, findings=tuple(findings))


def _has_ties(result: Priorities) -> bool:
    smallest_gap = 1e-6
    for weights in result.by_method.values():
        ordered = sorted(weights.values())
        if any(b - a < smallest_gap for a, b in pairwise(ordered)):
            return True
    return False


def _ratio_findings(result: Priorities, largest: int) -> list[Finding]:
    label = result.matrix.label
    if result.consistency_ratio is None:
        upper = result.matrix.upper_triangle
        why = (
            _TOO_LARGE_WHY.filled({"largest": largest})
            if result.matrix.is_complete
            else _INCOMPLETE_WHY.filled({"missing": upper.count(None), "pairs": len(upper)})
        )
        index = result.consistency_index
        return [NO_RATIO.finding(where=label, matrix=label, why=why, index=index)]
    if result.is_consistent:
        return []
    worst = result.revisions[0]
    mending = [r for r in result.revisions if r.ratio_after < result.ratio_limit]
    best = mending[0] if mending else min(result.revisions, key=lambda r: r.ratio_after)
    sentence = _MEND if mending else _MEND_NOT
    mend = sentence.filled(
        {
            "first": best.first,
            "second": best.second,
            "judged": as_judgement(best.judged),
            "suggested": as_judgement(best.suggested),
            "after": best.ratio_after,
        }
    )
    return [
        INCONSISTENT.finding(
            where=label,
            matrix=label,
            ratio=result.consistency_ratio,
            limit=result.ratio_limit,
            first=worst.first,
            second=worst.second,
            judged=as_judgement(worst.judged),
            implied=worst.implied,
            mend=mend,
        )
    ]


_MEND = Text(
    "Changing {first} against {second} from {judged} to {suggested} would bring the ratio to "
    "{after:.4f}.",
    "若将 {first} 对 {second} 由 {judged} 改为 {suggested}，比率将降至 {after:.4f}。",
)
_MEND_NOT = Text(
    "No single change mends it; {first} against {second} from {judged} to {suggested} helps most "
    "(ratio {after:.4f}).",
    "单项修改不足以纠正；将 {first} 对 {second} 由 {judged} 改为 {suggested} 改善最大"
    "（比率 {after:.4f}）。",
)


def _shape_problems(
    names: Sequence[str], values: Sequence[Sequence[float | None]], field: str
) -> list[Problem]:
    where = field or "matrix"
    n = len(names)
    least = 2
    if n < least:
        return [
            Problem(field=where, found=n, allowed=Text("expected at least 2 names", "至少两项"))
        ]
    twice = sorted({name for name in names if list(names).count(name) > 1})
    problems = [
        Problem(field=where, found=name, allowed=Text("each name may stand once", "名称不得重复"))
        for name in twice
    ]
    if len(values) != n or any(len(row) != n for row in values):
        shape = f"{len(values)} × {'/'.join(str(k) for k in sorted({len(r) for r in values}))}"
        allowed = Text(f"expected {n} rows of {n} judgements", f"应为 {n} 行、每行 {n} 项判断")
        problems.append(Problem(field=where, found=shape, allowed=allowed))
    return problems


def _diagonal_problems(name: str, value: float | None, field: str) -> list[Problem]:
    if value is None or value == 1:
        return []
    where = f"{field}[{name}, {name}]" if field else f"{name}, {name}"
    allowed = Text("expected 1 on the diagonal", "对角线应为 1")
    return [Problem(field=where, found=value, allowed=allowed)]


def _pair_problems(where: str, upper: float | None, lower: float | None) -> list[Problem]:
    problems = [
        Problem(
            field=where,
            found=value,
            allowed=Text(
                "expected a judgement from 1/9 to 9, or nothing", "应为 1/9 至 9 的判断，或留空"
            ),
        )
        for value in (upper, lower)
        if value is not None and not _is_judgement(value)
    ]
    if problems or upper is None or lower is None or _are_reciprocal(upper, lower):
        return problems
    allowed = Text("the mirror of a judgement must be its reciprocal", "对称项应互为倒数")
    return [Problem(field=where, found=f"{upper:g} / {lower:g}", allowed=allowed)]


def _are_reciprocal(upper: float, lower: float) -> bool:
    small, large = sorted((upper, lower))
    return abs(small - 1.0 / large) <= RECIPROCAL_SLACK


def _is_judgement(value: float) -> bool:
    slack = 1e-9
    return (
        math.isfinite(value) and 1 / LARGEST_JUDGEMENT - slack <= value <= LARGEST_JUDGEMENT + slack
    )


def _pair(upper: float | None, lower: float | None) -> tuple[float | None, float | None]:
    if upper is None:
        return (None if lower is None else 1.0 / lower), None
    if lower is None:
        return upper, None
    mirror = None if math.isclose(upper * lower, 1.0, rel_tol=1e-12) else min(upper, lower)
    return (upper if upper >= 1 else 1.0 / lower), mirror


def _is_connected(values: Sequence[Sequence[float | None]]) -> bool:
    return len(_reached(values)) == len(values)


def _reached(values: Sequence[Sequence[float | None]]) -> set[int]:
    reached, waiting = {0}, [0]
    while waiting:
        row = values[waiting.pop()]
        new = {j for j, value in enumerate(row) if value is not None} - reached
        reached |= new
        waiting += new
    return reached


def _disconnected(
    field: str, names: Sequence[str], values: Sequence[Sequence[float | None]]
) -> Problem:
    apart = ", ".join(names[i] for i in range(len(names)) if i not in _reached(values))
    return Problem(
        field=field or "matrix",
        found=apart,
        allowed=Text(
            f"judgements must connect every name, directly or through others, with {names[0]}",
            f"各项须通过判断直接或间接与 {names[0]} 相连",
        ),
    )


def _wrong_length(field: str, n: int, found: int) -> Problem:
    expected = n * (n - 1) // 2
    return Problem(
        field=field,
        found=found,
        allowed=Text(
            f"expected {expected} judgements above the diagonal for {n} names",
            f"{n} 项的上三角应有 {expected} 个判断",
        ),
    )


def _needs_complete(method: WeightsMethod) -> Problem:
    return Problem(
        field="method",
        found=str(method),
        allowed=Text(
            "expected eigenvector, the only method for a matrix with missing judgements",
            "判断不完整时只能用 eigenvector",
        ),
    )
