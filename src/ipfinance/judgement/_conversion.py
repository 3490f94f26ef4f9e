"""Rules that turn a score into a risk premium or a coefficient, each with its author."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import pairwise

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
    as_interval,
    leaf,
    listed,
    node,
)
from ipfinance.judgement._formula import Formula

SCORE = "score"
N_CHECKS = 201


class ConversionTarget(StrEnum):
    """What a score is turned into."""

    RISK_PREMIUM = "risk-premium"
    COEFFICIENT = "risk-adjustment-coefficient"


CONVERSION_TARGET_NAMES = {
    ConversionTarget.RISK_PREMIUM: Text("risk premium", "风险溢价"),
    ConversionTarget.COEFFICIENT: Text("risk adjustment coefficient", "风险调整系数"),
}


class Interpolation(StrEnum):
    """What a table says between its rows."""

    LINEAR = "linear"
    STEP = "step"


INTERPOLATION_NAMES = {
    Interpolation.LINEAR: Text("straight lines between", "线性插值"),
    Interpolation.STEP: Text("each up to the next", "阶梯取值"),
}

CHARGED_TWICE = FindingKind(
    code="risk_charged_twice",
    severity=Severity.WARNING,
    text=Text(
        "The same score of {asset} is turned into a risk premium ({premium}) and into a risk "
        "adjustment coefficient ({coefficient}). Used in one valuation, the same risks raise the "
        "rate and lower the position in the interval: charge them once.",
        "{asset} 的同一评分既转换为风险溢价（{premium}），又转换为风险调整系数（{coefficient}）。"
        "若用于同一次估值，同一风险既提高折现率又降低区间内的位置：只应计一次。",
    ),
)
CHARGED_IN_INPUTS = FindingKind(
    code="risk_charged_in_inputs",
    severity=Severity.WARNING,
    text=Text(
        "{rule} charges {indicator} ({weight:.1%} of the score), which is about the {overlaps} "
        "that the value interval carries already.",
        "{rule} 计入了 {indicator}（占评分 {weight:.1%}），而价值区间的{overlaps}已包含该因素。",
    ),
)
CHARGED_ELSEWHERE = FindingKind(
    code="risk_charged_elsewhere",
    severity=Severity.WARNING,
    text=Text(
        "{rule} charges {node} ({weight:.1%} of the score), which is charged elsewhere too: "
        "{place}",
        "{rule} 计入了 {node}（占评分 {weight:.1%}），而该风险在别处亦已计入：{place}",
    ),
)
WRONG_DIRECTION = FindingKind(
    code="conversion_wrong_direction",
    severity=Severity.WARNING,
    text=Text(
        "{rule}: between {low:.3f} and {high:.3f} a better score gives a {side} {target}. Check "
        "the sign of the rule.",
        "{rule}：评分在 {low:.3f} 至 {high:.3f} 间升高时，{target}反而{side}。请检查规则的符号。",
    ),
)
NEGATIVE_PREMIUM = FindingKind(
    code="conversion_negative_premium",
    severity=Severity.WARNING,
    text=Text(
        "{rule} gives a risk premium below zero ({value:.2%}) for {asset}.",
        "{rule} 对 {asset} 给出负的风险溢价（{value:.2%}）。",
    ),
)
_HIGHER, _LOWER = Text("higher", "上升"), Text("lower", "下降")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """One rule, as its author wrote it.

    Attributes
    ----------
    table
        Rows of score and value, scores rising from 0 to 1; empty where a formula is given.
    interpolation
        `linear` between the rows, or `step`: a row holds from its score up to the next.
    formula
        In `score` and ids of nodes of the system; None where a table is given.
    source
        Who set the rule, when, and on what grounds.

    Raises
    ------
    InputError
        When it has a table and a formula or neither, or the table does not run from 0 to 1.
    """

    id: str
    target: ConversionTarget
    source: Text
    table: tuple[tuple[float, float], ...] = ()
    interpolation: Interpolation = Interpolation.LINEAR
    formula: Formula | None = None
    field: str = "conversion"

    def __post_init__(self) -> None:
        problems = []
        if bool(self.table) == (self.formula is not None):
            problems.append(Problem(field=self.field, found=self.id, allowed=_ONE_FORM))
        elif self.table:
            problems = _table_problems(self.field, self.table, self.interpolation)
        if problems:
            raise InputError(problems)

    @property
    def names(self) -> tuple[str, ...]:
        """The quantities that the rule asks for."""
        return (SCORE,) if self.formula is None else self.formula.names

    def value(self, given: Mapping[str, float]) -> float:
        """Return the value at points."""
        if self.formula is not None:
            return self.formula.value(given)
        return _looked_up(self.table, self.interpolation, given[SCORE])

    def range(self, given: Mapping[str, Interval]) -> Interval:
        """Return an interval that holds every value while the quantities move in theirs."""
        if self.formula is not None:
            return self.formula.range(given)
        return _table_range(self.table, self.interpolation, given[SCORE])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Converted:
    """What a rule makes of one asset's score.

    Attributes
    ----------
    explanation
        The value, or the interval while indicators are unknown, as a tree over the score.
    range
        The value while the scores move in their intervals, the experts' own spread included.
    """

    conversion: Conversion
    asset: str
    explanation: Explanation
    range: Interval


def converted(
    conversion: Conversion,
    asset: str,
    given: Mapping[str, Explanation],
    ranges: Mapping[str, Interval],
) -> Converted:
    """Apply a rule to the scores of one asset.

    Parameters
    ----------
    conversion, asset
        The rule, and whose scores these are.
    given
        The score and the scores of nodes as trees: numbers, or intervals while something is
        unknown.
    ranges
        The same with the spread of the answers.

    Raises
    ------
    InputError
        When a formula has no value there, or a coefficient leaves [0, 1].
    """
    names = conversion.names
    source = Source(kind=SourceKind.INPUT, path=f"conversions.{conversion.id}")
    if conversion.formula is None:
        rule = listed(
            Text("table of the rule", "规则表"),
            tuple(
                leaf(
                    Text(f"value from score {score:g}", f"评分 {score:g} 处的值"),
                    value,
                    Source(kind=SourceKind.INPUT, path=f"conversions.{conversion.id}[{place}]"),
                )
                for place, (score, value) in enumerate(conversion.table)
            ),
        )
        compute = partial(_from_table, conversion)
        formula = str(conversion.interpolation)
    else:
        rule = leaf(Text("formula of the rule", "规则公式"), conversion.formula.text, source)
        compute, formula = partial(_from_formula, conversion), conversion.formula.text
    tree = node(
        CONVERSION_TARGET_NAMES[conversion.target],
        compute,
        rule,
        *(given[name] for name in names),
        formula=formula,
        symbol=conversion.id,
    )
    whole = conversion.range({name: ranges[name] for name in names})
    if conversion.target is ConversionTarget.COEFFICIENT:
        _check_coefficient(conversion, tree, whole)
    return Converted(conversion=conversion, asset=asset, explanation=tree, range=whole)


def _from_table(conversion: Conversion, values: Sequence[float], score: float | Interval) -> Value:
    rows = tuple((row[0], value) for row, value in zip(conversion.table, values, strict=True))
    if isinstance(score, Interval):
        return _table_range(rows, conversion.interpolation, score)
    return _looked_up(rows, conversion.interpolation, score)


def _from_formula(conversion: Conversion, text: str, *scores: float | Interval) -> Value:
    formula = Formula(text, conversion.field)
    given = dict(zip(conversion.names, scores, strict=True))
    points = {name: each for name, each in given.items() if not isinstance(each, Interval)}
    if len(points) == len(given):
        return formula.value(points)
    return formula.range({name: as_interval(each) for name, each in given.items()})


def _looked_up(
    table: Sequence[tuple[float, float]], interpolation: Interpolation, score: float
) -> float:
    place = max(i for i, row in enumerate(table) if row[0] <= score or i == 0)
    if interpolation is Interpolation.STEP or place == len(table) - 1:
        return table[place][1]
    (x0, y0), (x1, y1) = table[place], table[place + 1]
    return y0 + (y1 - y0) * (score - x0) / (x1 - x0)


def _table_range(
    table: Sequence[tuple[float, float]], interpolation: Interpolation, score: Interval
) -> Interval:
    """Return the hull: a table has its extremes at the ends and at the rows between them."""
    found = [_looked_up(table, interpolation, end) for end in score]
    found += [y for x, y in table if x in score]
    return Interval(min(found), max(found))


def _check_coefficient(conversion: Conversion, tree: Explanation, whole: Interval) -> None:
    slack = 1e-9
    found = Interval.hull([as_interval(tree.value), whole])  # type: ignore[arg-type]
    if not Interval(-slack, 1.0 + slack).holds(found):
        raise InputError(
            [
                Problem(
                    field=conversion.field,
                    found=f"[{found.low:g}, {found.high:g}]",
                    allowed=Text(
                        f"{conversion.id} must give a coefficient from 0 to 1 for every score "
                        "that occurs",
                        f"{conversion.id} 对出现的评分均须给出 0 至 1 之间的系数",
                    ),
                )
            ]
        )


def direction_findings(conversion: Conversion) -> list[Finding]:
    """Say where a rule in the score alone rewards a worse score."""
    if conversion.names != (SCORE,):
        return []
    is_premium = conversion.target is ConversionTarget.RISK_PREMIUM
    scores = [place / (N_CHECKS - 1) for place in range(N_CHECKS)]
    values = []
    for score in scores:
        try:
            values.append(conversion.value({SCORE: score}))
        except InputError:
            return []  # told where the rule is used
    wrong = [
        (a, b)
        for (a, b), (x, y) in zip(pairwise(scores), pairwise(values), strict=True)
        if (y - x if is_premium else x - y) > 1e-12  # noqa: PLR2004
    ]
    if not wrong:
        return []
    return [
        WRONG_DIRECTION.finding(
            where=conversion.id,
            rule=conversion.id,
            side=_HIGHER if is_premium else _LOWER,
            target=CONVERSION_TARGET_NAMES[conversion.target],
            low=wrong[0][0],
            high=wrong[-1][1],
        )
    ]


def _table_problems(
    field: str, table: Sequence[tuple[float, float]], interpolation: Interpolation
) -> list[Problem]:
    scores = [score for score, _ in table]
    covers = scores[0] == 0 and (interpolation is Interpolation.STEP or scores[-1] == 1)
    rising = all(a < b for a, b in pairwise(scores)) and scores[-1] <= 1
    if covers and rising:
        return []
    shown = ", ".join(f"{score:g}" for score in scores)
    return [Problem(field=field, found=shown, allowed=_FROM_0_TO_1)]


_ONE_FORM = Text("expected either a table or a formula", "应给出表或公式之一")
_FROM_0_TO_1 = Text(
    "the scores of the table must rise from 0, and end at 1 where it is linear",
    "规则表的评分须自 0 递增；线性插值时须止于 1",
)
