"""A panel's table of scores: how far it can be relied on, and what weights the scores imply."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ipfinance.basics import Finding, FindingKind, InputError, Severity, Text
from ipfinance.judgement._concordance import Concordance, kendall_concordance
from ipfinance.judgement._dimensionality import Dimensionality, dimensionality
from ipfinance.judgement._objective_weights import (
    EQUAL,
    OBJECTIVE_METHODS,
    ObjectiveMethod,
    linear_weights,
    product_weights,
)
from ipfinance.judgement._reliability import (
    IntraclassCorrelations,
    Reliability,
    intraclass_correlations,
    reliability,
)
from ipfinance.numerics import FloatArray

CHANCE = 0.05

ALPHA_UNDEFINED = FindingKind(
    code="panel_alpha_undefined",
    severity=Severity.WARNING,
    text=Text(
        "The totals do not vary, so Cronbach's alpha says nothing here.",
        "合计没有变异，Cronbach α 在此没有意义。",
    ),
)
ALPHA_NEGATIVE = FindingKind(
    code="panel_alpha_negative",
    severity=Severity.WARNING,
    text=Text(
        "Cronbach's alpha is {alpha:.3f}: the experts work against each other; check whether "
        "somebody reads the scale the other way round.",
        "Cronbach α 为 {alpha:.3f}：专家评分相互抵触；请检查是否有人将量程理解反了。",
    ),
)
CONCORDANCE_BY_CHANCE = FindingKind(
    code="panel_concordance_by_chance",
    severity=Severity.WARNING,
    text=Text(
        "As much agreement on the order (W = {w:.3f}) arises by chance in {p:.1%} of cases.",
        "排序一致程度（W = {w:.3f}）在随机情形下出现的概率为 {p:.1%}。",
    ),
)
EXPERT_AGAINST_PANEL = FindingKind(
    code="panel_expert_against_the_rest",
    severity=Severity.WARNING,
    text=Text(
        "{expert}: correlation with the sum of the others is {correlation:.3f}; without this "
        "expert alpha would be {without:.3f} instead of {alpha:.3f}. Ask why; drop nobody for it.",
        "{expert}：与其余专家合计的相关系数为 {correlation:.3f}；不含该专家时 α 为 {without:.3f}"
        "（现为 {alpha:.3f}）。请询问原因，不得因此剔除。",
    ),
)
VALIDITY_NOT_TESTABLE = FindingKind(
    code="panel_validity_not_testable",
    severity=Severity.NOTE,
    text=Text(
        "{subjects} experts on {items} items: too few to say by factor analysis how many things "
        "the items measure (sampling adequacy and Bartlett's test need more experts than items).",
        "{subjects} 位专家评 {items} 个指标：人数过少，无法以因子分析判断指标测量了几个方面"
        "（抽样适当性与 Bartlett 检验要求专家数多于指标数）。",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreTable:
    """Scores of raters, or of alternatives, on items; complete.

    Attributes
    ----------
    raters
        Names of the rows.
    items
        Names of the columns.
    values
        Row by row.
    """

    raters: tuple[str, ...]
    items: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]

    def array(self) -> FloatArray:
        """Return the scores, shape (n_raters, n_items)."""
        return np.array(self.values, dtype=float)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PanelReliability:
    """How far a panel's scores can be relied on.

    Attributes
    ----------
    experts
        Cronbach's alpha with the experts as items: do they move together over the indicators.
    indicators
        The same with the indicators as items: do they move together over the experts.
    concordance
        Kendall's W: do experts rank the indicators alike.
    intraclass
        How much of the variance lies between indicators, the experts being judges.
    dimensions
        How many things the indicators measure; None where that cannot be asked.
    """

    table: ScoreTable
    experts: Reliability
    indicators: Reliability
    concordance: Concordance
    intraclass: IntraclassCorrelations
    dimensions: Dimensionality | None
    findings: tuple[Finding, ...]


def panel_reliability(table: ScoreTable) -> PanelReliability:
    """Compute every statistic of a panel's scores, and say what is wrong with them."""
    scores = table.array()
    experts = reliability(scores.T)
    concordance = kendall_concordance(scores)
    dimensions = dimensionality(scores)
    return PanelReliability(
        table=table,
        experts=experts,
        indicators=reliability(scores),
        concordance=concordance,
        intraclass=intraclass_correlations(scores.T),
        dimensions=dimensions,
        findings=tuple(_findings(table, experts, concordance, dimensions)),
    )


def _findings(
    table: ScoreTable,
    experts: Reliability,
    concordance: Concordance,
    dimensions: Dimensionality | None,
) -> list[Finding]:
    found = []
    if math.isnan(experts.alpha):
        found.append(ALPHA_UNDEFINED.finding())
    elif experts.alpha < 0:
        found.append(ALPHA_NEGATIVE.finding(alpha=experts.alpha))
    if not concordance.p_permutation <= CHANCE:
        found.append(CONCORDANCE_BY_CHANCE.finding(w=concordance.w, p=concordance.p_permutation))
    found += [
        EXPERT_AGAINST_PANEL.finding(
            where=expert,
            expert=expert,
            correlation=correlation,
            without=without,
            alpha=experts.alpha,
        )
        for expert, correlation, without in zip(
            table.raters, experts.item_rest, experts.alpha_without, strict=True
        )
        if correlation < 0 and not math.isnan(without)
    ]
    if dimensions is None or dimensions.adequacy is None:
        found.append(
            VALIDITY_NOT_TESTABLE.finding(subjects=len(table.raters), items=len(table.items))
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class TableWeights:
    """Weights that a table of scores implies, beside weights that somebody judged.

    Attributes
    ----------
    objective
        By method; None where the scores tell nothing, and `why_not` says why.
    judged
        Weights to stand beside them; None without any.
    product, linear
        Joined with `judged`; None without either. `share` is the part of `judged` in the latter.
    """

    table: ScoreTable
    objective: dict[ObjectiveMethod, dict[str, float] | None]
    why_not: dict[ObjectiveMethod, Text]
    judged: dict[str, float] | None
    product: dict[ObjectiveMethod, dict[str, float] | None]
    linear: dict[ObjectiveMethod, dict[str, float] | None]
    share: float


def table_weights(
    table: ScoreTable, judged: Mapping[str, float] | None = None, *, share: float = EQUAL
) -> TableWeights:
    """Weigh the items of a table by entropy, CRITIC and variation.

    Parameters
    ----------
    table
        Alternatives, or experts, in rows; high is good.
    judged
        Weights of the same items, summing to 1, such as those of pairwise judgements.
    share
        Part of the judged weights in the linear union. [1]
    """
    objective: dict[ObjectiveMethod, dict[str, float] | None] = {}
    why_not: dict[ObjectiveMethod, Text] = {}
    for method, rule in OBJECTIVE_METHODS.items():
        try:
            weights = rule(table.array())
        except InputError as error:
            objective[method], why_not[method] = None, error.problems[0].allowed
        else:
            objective[method] = dict(zip(table.items, map(float, weights), strict=True))
    joined = judged is not None
    return TableWeights(
        table=table,
        objective=objective,
        why_not=why_not,
        judged=None if judged is None else {name: judged[name] for name in table.items},
        product={
            method: _product(judged, found) if joined else None
            for method, found in objective.items()
        },
        linear={
            method: None
            if judged is None or found is None
            else linear_weights({name: judged[name] for name in found}, found, share)
            for method, found in objective.items()
        },
        share=share,
    )


def _product(
    judged: Mapping[str, float] | None, found: Mapping[str, float] | None
) -> dict[str, float] | None:
    if judged is None or found is None:
        return None
    if math.fsum(judged[name] * found[name] for name in found) <= 0:
        return None
    return product_weights({name: judged[name] for name in found}, found)
