"""Results as plain data for programs: the same for the command line and for the REST interface."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

import numpy as np

from ipfinance.basics import (
    Explanation,
    Failure,
    Finding,
    Interval,
    Language,
    Problem,
    Text,
)
from ipfinance.judgement import Assessment, IndicatorPanel, Priorities, Survey, SystemReview
from ipfinance.valuation import CaseResult, OptionAnalysis, Spread, Valuation


def plain_value(value: object, language: Language) -> Any:  # noqa: ANN401, C901, PLR0911
    """Return any result as numbers, texts, lists and dictionaries; what is not finite is null."""
    match value:
        case Enum():
            return str(value)
        case None | bool() | str() | int():
            return value
        case float():
            return value if math.isfinite(value) else None
        case np.generic() | np.ndarray():
            return plain_value(value.tolist(), language)
        case Text():
            return value.in_(language)
        case Interval():
            return [value.low, value.high]
        case Mapping():
            return {str(key): plain_value(item, language) for key, item in value.items()}
        case list() | tuple():
            if hasattr(value, "_asdict"):
                return plain_value(value._asdict(), language)
            return [plain_value(item, language) for item in value]
        case date() | Decimal():
            return str(value)
        case _ if is_dataclass(value):
            return {
                item.name: plain_value(getattr(value, item.name), language)
                for item in fields(value)
            }
        case _:
            return str(value)


def findings_view(findings: Iterable[Finding], language: Language) -> list[dict[str, Any]]:
    """Return findings with their code, sentence and facts."""
    return [
        {
            "code": finding.code,
            "severity": str(finding.severity),
            "where": finding.where,
            "message": finding.message(language),
            "facts": plain_value(dict(finding.facts), language),
        }
        for finding in findings
    ]


def explanation_view(explanation: Explanation, language: Language) -> dict[str, Any]:
    """Return an explanation as nested nodes; a leaf names its source."""
    view: dict[str, Any] = {
        "name": explanation.name.in_(language),
        "symbol": explanation.symbol,
        "value": plain_value(explanation.value, language),
        "unit": explanation.unit,
    }
    if explanation.source is not None:
        view["source"] = explanation.source.path
        if explanation.source.detail is not None:
            view["source_detail"] = explanation.source.detail.in_(language)
    if explanation.children:
        view["formula"] = explanation.formula
        view["children"] = [explanation_view(child, language) for child in explanation.children]
    return view


def valuation_view(valuation: Valuation, language: Language) -> dict[str, Any]:
    """Return one valuation."""
    return {
        "method": valuation.method_id,
        "value": plain_value(valuation.explanation.value, language),
        "unit": valuation.result.unit,
        "interval": plain_value(valuation.range, language),
        **_money(valuation),
        **plain_value(dict(valuation.details), language),
        "findings": findings_view(valuation.findings, language),
        "provenance": plain_value(valuation.provenance, language),
    }


def _money(valuation: Valuation) -> dict[str, Any]:
    if not valuation.is_money:
        return {}
    money = valuation.value
    return {"money": {"amount": str(money.amount), "currency": money.currency}}


def spread_view(spread: Spread, language: Language) -> dict[str, Any]:
    """Return the spread of a value: bounds, chances with their errors, and what matters most."""
    return {
        "kind": str(spread.kind),
        "middle": spread.middle,
        "inputs": {path: str(given) for path, given in spread.inputs.items()},
        "bounds": plain_value(spread.bounds, language),
        "mean": plain_value(spread.mean, language),
        "standard_deviation": plain_value(spread.deviation, language),
        "quantiles": plain_value(spread.at_levels, language),
        "probability_below": plain_value(spread.below, language),
        "tornado": plain_value(spread.tornado, language),
        "variance_shares": plain_value(spread.variance_shares, language),
        "scenarios": [
            {"name": name.in_(language), "value": value} for name, value in spread.scenarios
        ],
    }


def method_view(result: CaseResult, language: Language) -> dict[str, Any]:
    """Return one method applied once."""
    valuation = result.conclusion
    view = valuation_view(valuation, language)
    if result.spread is not None:
        view["uncertainty"] = spread_view(result.spread, language)
    if result.yearly_spread:
        view["uncertainty_by_year"] = [spread_view(each, language) for each in result.yearly_spread]
    view["findings"] = findings_view(result.all_findings, language)
    view["explanation"] = explanation_view(valuation.explanation, language)
    return view


def option_view(valuation: Valuation, language: Language) -> dict[str, Any]:
    """Return one option's value with probabilities, validity and findings."""
    details = plain_value(dict(valuation.details), language)
    return {
        "model": valuation.method_id,
        "value": valuation.number,
        "probabilities": details.pop("probabilities", None),
        "valid": details.pop("valid", True),
        **details,
        "inputs": plain_value(valuation.inputs, language),
        "findings": findings_view(valuation.findings, language),
        "explanation": explanation_view(valuation.explanation, language),
    }


def failure_view(failure: Failure) -> dict[str, Any]:
    """Return what stands in place of a value."""
    return {"failure": str(failure.reason), "subject": failure.subject, "message": failure.message}


def case_view(result: CaseResult, language: Language) -> dict[str, Any]:
    """Return a valued case."""
    case, conclusion = result.case, result.conclusion
    view: dict[str, Any] = {
        "case": case.id,
        "title": case.title.in_(language),
        "status": str(case.status),
        "unit": str(case.unit),
        "unit_size": case.unit.size,
        "currency": case.unit.currency,
        "valuation_date": plain_value(case.valuation_date, language),
        "conclusion": case.conclusion,
        "interval": plain_value(conclusion.range, language),
        "risk_adjustment_coefficient": result.coefficient,
        "value": plain_value(conclusion.explanation.value, language),
        **_money(conclusion),
    }
    if result.spread is not None:
        view["uncertainty"] = spread_view(result.spread, language)
    if result.analysis is not None:
        view["income_value"] = result.income_value
    view["steps"] = {
        name: valuation_view(valuation, language) for name, valuation in result.valuations.items()
    }
    if result.assessment is not None:
        view["judgement"] = assessment_view(result.assessment, language)
    if result.analysis is not None:
        view["analysis"] = _analysis_view(result.analysis, language)
    view["conflicts"] = plain_value(result.conflicts, language)
    view["findings"] = findings_view(result.all_findings, language)
    view["explanation"] = explanation_view(conclusion.explanation, language)
    view["provenance"] = plain_value(conclusion.provenance, language)
    return view


def _analysis_view(analysis: OptionAnalysis, language: Language) -> dict[str, Any]:
    names = (
        "comparison",
        "replication",
        "validity",
        "landmarks",
        "implied",
        "equivalent_hazard",
        "budgets",
        "headroom",
        "curves",
    )
    return {name: plain_value(getattr(analysis, name), language) for name in names}


def assessment_view(assessment: Assessment, language: Language) -> dict[str, Any]:
    """Return what a panel's judgements and answers come to."""
    return {
        "system": assessment.system.id,
        "options": plain_value(assessment.options, language),
        "coefficient": assessment.coefficient.number,
        "coefficient_by_form": plain_value(assessment.by_form, language),
        "weights": assessment.weights,
        "blocks": {
            block.parent: {
                "weights": block.weights,
                "individual": {
                    expert: {
                        "weights": found.weights,
                        "lambda_max": found.lambda_max,
                        "consistency_ratio": found.consistency_ratio,
                    }
                    for expert, found in block.individual.items()
                },
                "group_consistency_ratio": None
                if block.group is None
                else block.group.consistency_ratio,
            }
            for block in assessment.blocks
        },
        "indicators": {
            name: panel_view(panel, language) for name, panel in assessment.panels.items()
        },
        "rank_reversals": plain_value(assessment.reversals, language),
    }


def panel_view(panel: IndicatorPanel, language: Language) -> dict[str, Any]:
    """Return one indicator's statistics, under both forms, with the log of rounds."""
    last = panel.last
    view: dict[str, Any] = {
        str(form): None
        if statistic is None
        else {
            "mean": statistic.mean,
            "dispersion": statistic.dispersion,
            "confidence": statistic.confidence,
            "agreement": statistic.agreement,
            "share_by_expert": dict(zip(last.answers, statistic.shares, strict=True)),
        }
        for form, statistic in last.statistics.items()
    }
    view["threshold"] = panel.threshold
    view["reached"] = panel.reached
    view["asked_to_revise"] = plain_value(last.asked, language)
    view["rounds"] = [
        {
            "round": each.number,
            "answers": plain_value(each.answers, language),
            "confidence": {
                str(form): None if found is None else found.confidence
                for form, found in each.statistics.items()
            },
            "asked_to_revise": plain_value(each.asked, language),
            "revised": each.revised,
        }
        for each in panel.rounds
    ]
    return view


def survey_view(found: Survey, language: Language) -> dict[str, Any]:
    """Return a panel's statistics by indicator."""
    return {
        "threshold": found.threshold,
        "indicators": {name: panel_view(panel, language) for name, panel in found.panels.items()},
        "findings": findings_view(found.findings, language),
    }


def priorities_view(found: Priorities, language: Language) -> dict[str, Any]:
    """Return the weights of one matrix with their consistency."""
    return {
        "method": str(found.method),
        "weights": found.weights,
        "weights_by_method": plain_value(found.by_method, language),
        "lambda_max": found.lambda_max,
        "consistency_index": found.consistency_index,
        "consistency_ratio": found.consistency_ratio,
        "ratio_limit": found.ratio_limit,
        "consistent": found.is_consistent,
        "random_index": found.random_index,
        "revisions": plain_value(found.revisions, language),
        "findings": findings_view(found.findings, language),
    }


def system_view(review: SystemReview, language: Language) -> dict[str, Any]:
    """Return an indicator system with the ranking of its candidates."""
    system = review.system
    return {
        "id": system.id,
        "version": system.version,
        "status": str(system.status),
        "source": system.source.in_(language),
        "nodes": plain_value(system.nodes, language),
        "judgements": plain_value(system.judgements, language),
        "weight_sets": plain_value(system.weight_sets, language),
        "candidates": [
            {
                "id": score.candidate.id,
                "source": score.candidate.source.in_(language),
                "mean_rating": score.mean_rating,
                "normalised_weight": score.normalised_weight,
                "dropped_because": score.candidate.dropped_because.in_(language),
            }
            for score in review.candidates
        ],
    }


def problem_view(problem: Problem, language: Language) -> dict[str, Any]:
    """Return one fault of an input."""
    return {
        "file": problem.file,
        "line": problem.line,
        "field": problem.field,
        "found": plain_value(problem.found, language),
        "allowed": problem.allowed.in_(language),
    }
