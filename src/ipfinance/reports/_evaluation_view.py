"""Evaluations, panels, weights, cohorts and risks as plain data for programs."""

from __future__ import annotations

from typing import Any

from ipfinance.basics import Language
from ipfinance.judgement import (
    Change,
    CohortSurvey,
    Converted,
    Evaluation,
    IndicatorScore,
    PanelReliability,
    RiskRegister,
    Snapshot,
    TableWeights,
)
from ipfinance.reports._evaluation_report import Focus
from ipfinance.reports._views import explanation_view, findings_view, plain_value


def evaluation_view(
    result: Evaluation, language: Language, focus: Focus = Focus.SCORE
) -> dict[str, Any]:
    """Return what an evaluation says on one question; findings stand beside every answer."""
    task = result.task
    view: dict[str, Any] = {
        "evaluation": task.id,
        "title": task.title.in_(language),
        "status": str(task.status),
        "system": {"id": task.system.id, "version": task.system.version},
        "options": plain_value(task.options, language),
    }
    latest = {asset: trend.snapshots[-1] for asset, trend in result.trends.items()}
    if focus is Focus.SCORE:
        view["assets"] = {a: _snapshot_view(one, language) for a, one in latest.items()}
        view["ranking"] = plain_value(_ranking_data(result), language)
        view["explanations"] = {
            asset: explanation_view(one.total, language) for asset, one in latest.items()
        }
    elif focus is Focus.TREND:
        view["assets"] = {
            asset: {
                "evaluations": [_brief(one, language) for one in trend.snapshots],
                "changes": [_change_view(change, language) for change in trend.changes],
                "overall": None if trend.overall is None else _change_view(trend.overall, language),
                "slope_per_year": plain_value(trend.slope, language),
            }
            for asset, trend in result.trends.items()
        }
    else:
        view["rules"] = plain_value(
            [
                {
                    "id": rule.id,
                    "target": rule.target,
                    "table": rule.table or None,
                    "interpolation": rule.interpolation if rule.table else None,
                    "formula": None if rule.formula is None else rule.formula.text,
                    "source": rule.source,
                }
                for rule in task.conversions
            ],
            language,
        )
        view["assets"] = {
            asset: {
                **_brief(one, language),
                "conversions": {
                    each.conversion.id: _converted_view(each, language) for each in one.conversions
                },
            }
            for asset, one in latest.items()
        }
    view["findings"] = findings_view(result.findings, language)
    return view


def _brief(one: Snapshot, language: Language) -> dict[str, Any]:
    return {
        "date": str(one.dated_on),
        "score": one.value.midpoint if not one.unknown else None,
        "interval": plain_value(one.value, language),
        "with_spread": plain_value(one.range, language),
        "unknown": list(one.unknown),
        "unknown_weight": one.unknown_weight,
        "grades": [grade.name.in_(language) for grade in one.grades],
    }


def _snapshot_view(one: Snapshot, language: Language) -> dict[str, Any]:
    return {
        **_brief(one, language),
        "nodes": {
            name: {
                "value": plain_value(tree.value, language),
                "with_spread": plain_value(one.node_ranges[name], language),
            }
            for name, tree in one.nodes.items()
        },
        "indicators": {name: _score_view(each, language) for name, each in one.scores.items()},
        "fuzzy": plain_value(one.fuzzy, language),
        "conversions": {
            each.conversion.id: _converted_view(each, language) for each in one.conversions
        },
    }


def _score_view(each: IndicatorScore, language: Language) -> dict[str, Any]:
    return {
        "weight": each.weight,
        "score": each.value.midpoint if each.is_known else None,
        "interval": plain_value(each.value, language),
        "with_spread": plain_value(each.range, language),
        "state": str(each.state),
        "given_on": plain_value(each.given_on, language),
        "answers": plain_value(each.answers, language),
        "left_out": [
            {"author": answer.author, "date": str(answer.dated_on), "why": str(why)}
            for answer, why in each.left_out.items()
        ],
        "statistic": plain_value(each.statistic, language),
        "percentile": plain_value(each.percentile, language),
    }


def _converted_view(each: Converted, language: Language) -> dict[str, Any]:
    return {
        "target": str(each.conversion.target),
        "value": plain_value(each.explanation.value, language),
        "with_spread": plain_value(each.range, language),
    }


def _change_view(change: Change, language: Language) -> dict[str, Any]:
    return {
        "from": str(change.first.dated_on),
        "to": str(change.second.dated_on),
        "difference": plain_value(change.difference, language),
        "direction": str(change.direction),
        "by_indicator": plain_value(change.by_indicator, language),
        "remainder": change.remainder,
    }


def _ranking_data(result: Evaluation) -> dict[str, Any] | None:
    ranking = result.ranking
    if ranking is None:
        return None
    return {
        "date": ranking.dated_on,
        "order": ranking.order,
        "scores": ranking.scores,
        "topsis_closeness": ranking.closeness,
        "overtakings": ranking.overtakings,
        "stability": [
            {"ahead": ahead, "behind": behind, "radius": radius}
            for (ahead, behind), radius in ranking.radii.items()
        ],
        "weights_from_data": ranking.data_weights,
    }


def panel_reliability_view(found: PanelReliability, language: Language) -> dict[str, Any]:
    """Return the statistics of a panel."""
    return {
        "experts": list(found.table.raters),
        "indicators": list(found.table.items),
        "cronbach_alpha": plain_value(found.experts, language),
        "cronbach_alpha_indicators": plain_value(found.indicators, language),
        "kendall": plain_value(found.concordance, language),
        "intraclass": plain_value(found.intraclass, language),
        "dimensions": plain_value(found.dimensions, language),
        "findings": findings_view(found.findings, language),
    }


def table_weights_view(found: TableWeights, language: Language) -> dict[str, Any]:
    """Return the weights that a table implies."""
    return {
        "items": list(found.table.items),
        "weights": plain_value(found.objective, language),
        "why_not": plain_value(found.why_not, language),
        "judged": plain_value(found.judged, language),
        "product": plain_value(found.product, language),
        "linear": plain_value(found.linear, language),
        "share": found.share,
    }


def cohort_view(found: CohortSurvey, language: Language) -> dict[str, Any]:
    """Return assets among the others of their kind."""
    return {
        "by": list(found.by),
        "measures": list(found.measures),
        "rows": [
            {
                "id": each.row.id,
                "kind": dict(zip(found.by, each.row.kind, strict=True)),
                "percentiles": plain_value(each.percentiles, language),
            }
            for each in found.standings
        ],
        "findings": findings_view(found.findings, language),
    }


def risk_register_view(found: RiskRegister, language: Language) -> dict[str, Any]:
    """Return a register of risks."""
    view: dict[str, Any] = {
        name: plain_value(getattr(found, name), language)
        for name in (
            "horizon",
            "yearly_rate",
            "hazard",
            "ruin_hazard",
            "quiet",
            "remaining",
            "premium",
            "yearly_premium",
            "by_event",
            "by_kind",
            "events",
        )
    }
    view["findings"] = findings_view(found.findings, language)
    return view
