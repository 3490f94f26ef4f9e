"""Interval income, AHP and set-valued statistics."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ipfinance.basics import Interval
from ipfinance.judgement import (
    PairwiseMatrix,
    SetValuedForm,
    WeightsMethod,
    aggregated_judgements,
    aggregated_priorities,
    combined_weights,
    cronbach_alpha,
    entropy_weights,
    kendall_concordance,
    priorities,
    set_statistic,
)
from ipfinance.numerics import (
    Bounds,
    FractionalYear,
    Timing,
    present_value_range,
)
from ipfinance.valuation import (
    IntervalPointInputs,
    method,
    run,
    value_case,
)
from tests.runners import Fixture, Runner
from tests.support import UNIT, read


def _names(n: int) -> list[str]:
    return [f"x{i}" for i in range(n)]


def _matrix(upper: list[float], names: list[str] | None = None) -> PairwiseMatrix:
    n = round((1 + math.sqrt(1 + 8 * len(upper))) / 2)
    return PairwiseMatrix.from_upper_triangle(names or _names(n), upper)


def _ahp(fixture: Fixture) -> Any:
    upper = [1 / 3 if value == "1/3" else value for value in fixture["inputs"]["upper_triangle"]]
    found = priorities(_matrix(upper))
    column = list(found.by_method[WeightsMethod.COLUMN].values())
    result: dict[str, Any] = {
        "column_average": column,
        "eigenvector": list(found.by_method[WeightsMethod.EIGENVECTOR].values()),
        "geometric_mean": list(found.by_method[WeightsMethod.GEOMETRIC].values()),
        "lambda_max": found.lambda_max,
        "CI": found.consistency_index,
        "CR": found.consistency_ratio,
    }
    for key in fixture["expected"]:
        if key.startswith("combined_with_"):
            factor = float(key.removeprefix("combined_with_"))
            result[key] = [factor * weight for weight in column]
    return result


def _reliability(fixture: Fixture) -> Any:
    scores = np.array(fixture["inputs"]["scores_rows_experts_cols_indicators"])
    concordance = kendall_concordance(scores)
    return {
        "cronbach_alpha_experts_as_items": cronbach_alpha(scores.T),
        "kendall_W_tie_corrected": concordance.w,
        "kendall_W_uncorrected": concordance.w_uncorrected,
        "entropy_weights": entropy_weights(scores).tolist(),
    }


def _rounded_columns(fixture: Fixture) -> Any:
    inputs = fixture["inputs"]
    array = _matrix(inputs["upper_triangle"]).array()
    columns = np.round(array / array.sum(axis=0), inputs["round_normalised_columns_to"])
    return {"weights": columns.mean(axis=1).tolist()}


def _ahp_group(fixture: Fixture) -> Any:
    matrices = [_matrix(upper) for upper in fixture["inputs"]["expert_upper_triangles"]]
    joined = priorities(aggregated_judgements(matrices))
    return {
        "AIJ_geometric_eigenvector": list(joined.weights.values()),
        "AIJ_CR": joined.consistency_ratio,
        "AIP_arithmetic_eigenvector": list(aggregated_priorities(matrices).values()),
    }


def _set_valued(fixture: Fixture) -> Any:
    low, high = fixture["inputs"]["scale"]
    raw = [Interval(*pair) for pair in fixture["inputs"]["intervals"]]
    unit = [Interval((a.low - low) / (high - low), (a.high - low) / (high - low)) for a in raw]
    result: dict[str, Any] = {}
    for form in SetValuedForm:
        found = set_statistic(unit, form)
        assert found is not None
        result[str(form)] = {
            "mu": found.mean,
            "g": found.dispersion,
            "b": found.confidence,
            "agreement": found.agreement,
        }
    paper, unscaled = set_statistic(unit), set_statistic(raw)
    assert paper is not None
    assert unscaled is not None
    result["share_of_g_by_expert"] = list(paper.shares)
    result["paper_without_rescaling"] = {
        "mu": unscaled.mean,
        "g": unscaled.dispersion,
        "b": unscaled.confidence,
    }
    return result


def _interval_flat(fixture: Fixture) -> Any:
    inputs = fixture["inputs"]
    return {
        f"{fraction}/{timing}": list(
            present_value_range(
                (Interval(*inputs["R"]),) * 8,
                Interval(*inputs["r"]),
                Interval(*inputs["t_years"]),
                fractional_year=FractionalYear(fraction),
                timing=Timing(timing),
            ).interval
        )
        for fraction in inputs["fractional_year"]
        for timing in inputs["timing"]
    }


def _interval_declining(fixture: Fixture) -> Any:
    inputs = fixture["inputs"]
    income_method = method("interval_income")
    given = income_method.inputs(
        income=tuple(
            Interval(low, high) for low, high in zip(inputs["R_lo"], inputs["R_hi"], strict=True)
        ),
        rate=Interval(*inputs["r"]),
        life=Interval(*inputs["t_years"]),
        risk_adjustment_coefficient=inputs["AC"],
        fractional_year=FractionalYear(inputs["fractional_year"]),
        timing=Timing(inputs["timing"]),
    )
    found = run(income_method, given, unit=UNIT)
    assert found.range is not None
    return {"V": list(found.range), "V_point": found.number}


def _interval_arithmetic(fixture: Fixture) -> Any:
    inputs = fixture["inputs"]
    a, b = Interval(*inputs["a"]), Interval(*inputs["b"])
    results = {
        "add": a + b,
        "sub": a - b,
        "mul": a * b,
        "div": a / b,
        "pow": a ** inputs["n"],
        "average_of_a_and_b": Interval.mean([a, b]),
    }
    return {name: list(interval) for name, interval in results.items()}


def _negative_quotient(fixture: Fixture) -> Any:
    a, b = (Interval(*fixture["inputs"][name]) for name in "ab")
    return {"quotient": list(a / b)}


def _mixed_sign(fixture: Fixture) -> Any:
    inputs = fixture["inputs"]
    income = tuple(Interval(a, b) for a, b in zip(inputs["R_lo"], inputs["R_hi"], strict=True))
    rate, life = Interval(*inputs["r"]), Interval.point(float(len(income)))
    return {
        name: list(present_value_range(income, rate, life, bounds=bounds).interval)
        for name, bounds in (("hull_shared_rate", Bounds.HULL), ("outer_termwise", Bounds.OUTER))
    }


def _interior_extremum(fixture: Fixture) -> Any:
    inputs = fixture["inputs"]
    found = present_value_range(
        tuple(Interval.point(flow) for flow in inputs["R"]),
        Interval(*inputs["r"]),
        Interval.point(float(len(inputs["R"]))),
    )
    return {"hull": list(found.interval), "argmax_r": found.high.rate}


def _point(fixture: Fixture) -> Any:
    inputs = fixture["inputs"]
    interval = Interval(inputs["V_lo"], inputs["V_hi"])
    point_method = method("interval_point")
    given = IntervalPointInputs(interval=interval, risk_adjustment_coefficient=inputs["AC"])
    found = run(point_method, given, unit=UNIT)
    return {
        "V_point": found.number,
        "midpoint": found.details["midpoint"],
        "mirror_point_1_minus_AC": found.details["mirror"],
        "change_per_0.05_AC": found.details["move_per_0.05"],
        "point_over_lower": found.details["point_over_lower"],
    }


def _xtx_printed(_: Fixture) -> Any:
    result = value_case(read("xtx"))
    conclusion = result.conclusion
    assert conclusion.range is not None
    criteria = priorities(_matrix([2, 3, 2], ["C1", "C2", "C3"]), WeightsMethod.COLUMN).weights
    market = priorities(
        _matrix([2, 3, 4, 2, 3, 2], ["P14", "P12", "P11", "P13"]), WeightsMethod.COLUMN
    ).weights
    technical = priorities(
        _matrix([2, 3, 5, 2, 3, 2], ["P24", "a", "b", "c"]), WeightsMethod.COLUMN
    ).weights
    combined = combined_weights(
        {"root": list(criteria), "C1": list(market), "C2": list(technical)},
        {"root": criteria, "C1": market, "C2": technical},
        "root",
    )
    return {
        "V": list(conclusion.range),
        "AC": result.coefficient,
        "V_point": conclusion.number,
        "V_point_million_yuan": float(conclusion.value.amount) / 1e6,
        "b_threshold": 0.9,
        "weights": criteria,
        "combined_weights": {name: combined[name] for name in ("P14", "P12", "P24")},
    }


RUNNERS: dict[str, Runner] = {
    "seed001/case.printed": _xtx_printed,
    "seed001/point_value": _point,
    "seed001/point_value.context": _point,
    "seed001/ahp.criteria": _ahp,
    "seed001/ahp.criteria.rounded_columns": _rounded_columns,
    "seed001/ahp.c1_block": _ahp,
    "seed001/experts.reliability": _reliability,
    "seed001/ahp.c2_block.candidate": _ahp,
    "seed001/ahp.inconsistent": _ahp,
    "seed001/ahp.group": _ahp_group,
    "seed001/set_valued": _set_valued,
    "seed001/set_valued.total_ignorance": _set_valued,
    "seed001/set_valued.polarised": _set_valued,
    "seed001/set_valued.certain_expert_ignored": _set_valued,
    "seed001/set_valued.outlier_round1": _set_valued,
    "seed001/set_valued.outlier_round2": _set_valued,
    "seed001/set_valued.scale_100": _set_valued,
    "seed001/interval.flat": _interval_flat,
    "seed001/interval.declining": _interval_declining,
    "seed001/interval.arithmetic": _interval_arithmetic,
    "seed001/interval.negative_quotient": _negative_quotient,
    "seed001/interval.mixed_sign": _mixed_sign,
    "seed001/interval.interior_extremum": _interior_extremum,
}
