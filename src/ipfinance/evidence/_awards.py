"""Values estimated from markets beside what courts award."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ipfinance.basics import (
    Finding,
    FindingKind,
    InputError,
    Problem,
    Severity,
    Text,
    number_problem,
)

LISTED_PATENTS_MAY_BE_BETTER = FindingKind(
    code="listed_patents_may_be_better",
    severity=Severity.WARNING,
    text=Text(
        "Values come from listed owners, whose patents may be better than those before the courts.",
        "估值来自上市公司，其专利质量可能高于涉诉专利。",
    ),
)
INFRINGEMENT_TAKES_A_PART = FindingKind(
    code="infringement_takes_a_part",
    severity=Severity.WARNING,
    text=Text(
        "The value is that of the whole patent; an infringement does not destroy all of it.",
        "估值为专利的全部价值；侵权行为并未导致专利价值全部丧失。",
    ),
)
AWARDS_ARE_SELECTED = FindingKind(
    code="award_sample_is_selected",
    severity=Severity.NOTE,
    text=Text(
        "Awards are those of cases that were brought and decided; settled disputes are not among "
        "them.",
        "判赔样本仅含已起诉并裁判的案件，不含和解的纠纷。",
    ),
)
NOT_A_VERDICT = FindingKind(
    code="comparison_is_no_verdict",
    severity=Severity.NOTE,
    text=Text(
        "The ratio is a point of view on awards, not a measure of a right award.",
        "该比率仅提供观察判赔水平的视角，不能作为判赔是否恰当的标准。",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardComparison:
    """A value beside an award, both in the same unit of money.

    Attributes
    ----------
    award_share
        Award over value; None where the value is not positive.
    value_multiple
        Value over award.
    """

    name: str
    value: float
    award: float
    award_share: float | None
    value_multiple: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardTable:
    """Values beside awards, type by type, and what the ratios do not say."""

    rows: tuple[AwardComparison, ...]
    relative: Mapping[str, float]
    first: str
    findings: tuple[Finding, ...]


def compare_with_awards(values: Mapping[str, float], awards: Mapping[str, float]) -> AwardTable:
    """Put values beside average awards.

    Parameters
    ----------
    values, awards
        Money by type of patent, in one unit; every award needs a value, and is above zero.

    Returns
    -------
    AwardTable
        `relative` holds each value over the first one.

    Raises
    ------
    InputError
        With every award that has no value or is not above zero.

    References
    ----------
    :cite:cts:`long_yi_lin_2018`.

    Examples
    --------
    >>> found = compare_with_awards({"invention": 2378.0}, {"invention": 95.0})
    >>> round(found.rows[0].value_multiple, 4)
    25.0316
    """
    problems = []
    for name, award in awards.items():
        wrong = number_problem(f"--award {name}", award, low=0.0, low_open=True)
        if wrong is not None:
            problems.append(wrong)
        if name not in values:
            shown = ", ".join(values)
            allowed = Text(
                f"there is no value of this type; there are: {shown}",
                f"没有该类型的估值；现有：{shown}",
            )
            problems.append(Problem(field=f"--award {name}", allowed=allowed))
    for name, value in values.items():
        wrong = number_problem(f"--value {name}", value)
        if wrong is not None:
            problems.append(wrong)
    if not awards:
        problems.append(Problem(field="--award", allowed=_NEEDS_AWARD))
    if problems:
        raise InputError(problems)
    rows = tuple(
        AwardComparison(
            name=name,
            value=values[name],
            award=award,
            award_share=award / values[name] if values[name] > 0 else None,
            value_multiple=values[name] / award,
        )
        for name, award in awards.items()
    )
    first = next(iter(awards))
    base = values[first]
    return AwardTable(
        rows=rows,
        relative={name: values[name] / base for name in awards} if base else {},
        first=first,
        findings=(
            LISTED_PATENTS_MAY_BE_BETTER.finding(),
            INFRINGEMENT_TAKES_A_PART.finding(),
            AWARDS_ARE_SELECTED.finding(),
            NOT_A_VERDICT.finding(),
        ),
    )


_NEEDS_AWARD = Text(
    "name at least one award, such as invention=95", "请至少给出一项判赔额，如 invention=95"
)
