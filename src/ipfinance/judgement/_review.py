"""Survey a panel's answers on several indicators; review an indicator system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ipfinance.basics import Finding, Interval
from ipfinance.judgement._indicators import CandidateScore, IndicatorSystem, candidate_scores
from ipfinance.judgement._set_valued import (
    UNIT_SCALE,
    IndicatorPanel,
    PanelAnswer,
    SetValuedForm,
    default_threshold,
    indicator_panel,
    threshold_finding,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A panel's answers on several indicators, with findings on the rule that judges them."""

    panels: dict[str, IndicatorPanel]
    threshold: float
    findings: tuple[Finding, ...]


def survey(
    answers: Sequence[PanelAnswer],
    *,
    scale: Interval = UNIT_SCALE,
    polarities: dict[str, int] | None = None,
    form: SetValuedForm = SetValuedForm.PAPER,
    threshold: float | None = None,
) -> Survey:
    """Compute the set-valued statistics of every indicator that was answered."""
    limit = default_threshold() if threshold is None else threshold
    panels = {
        name: indicator_panel(
            name,
            [answer for answer in answers if answer.indicator == name],
            polarity=(polarities or {}).get(name, 1),
            scale=scale,
            form=form,
            threshold=limit,
        )
        for name in dict.fromkeys(answer.indicator for answer in answers)
    }
    weak = threshold_finding(limit)
    findings = [] if weak is None else [weak]
    for panel in panels.values():
        findings += panel.findings
    return Survey(panels=panels, threshold=limit, findings=tuple(findings))


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemReview:
    """An indicator system with what became of its candidates."""

    system: IndicatorSystem
    candidates: tuple[CandidateScore, ...]


def review_system(system: IndicatorSystem) -> SystemReview:
    """Rank the candidates of an indicator system beside the indicators that were kept."""
    scores = candidate_scores(system.candidates) if system.candidates else ()
    return SystemReview(system=system, candidates=scores)
