"""Market evidence: the listed-company market value method."""

from __future__ import annotations

from typing import Any

import numpy as np

from ipfinance.evidence import (
    PATENT_TYPES,
    HedonicRequest,
    MarketDesign,
    PanelRequest,
    PatentValueRequest,
    RegressorForm,
    SourceColumn,
    build_panel,
    compare_with_awards,
    duan_smearing,
    fit_hedonic,
    make_market,
    money_per_patent,
    normal_smearing,
    parse_formula,
    patent_values,
    predict_hedonic,
)
from ipfinance.market import Table
from tests.runners import Fixture, Runner


def _values_of(money: dict[str, float]) -> dict[str, float]:
    """Make a market in which patents are worth this much, without noise, and value them."""
    design = MarketDesign(
        firms=80, noise=0.0, money=money, protection=dict.fromkeys(PATENT_TYPES, 0.0)
    )
    made = make_market(design)
    panel = build_panel(
        made.panel.with_columns({"year": made.panel.texts("year")}),
        PanelRequest(columns={name: SourceColumn(column=name) for name in made.panel.names}),
    )
    request = PatentValueRequest(
        patents=PATENT_TYPES,
        controls="leverage + turnover + fixed_ratio + protection",
        effects="firm + year",
        draws=0,
    )
    found = patent_values(panel.table, request)
    return {value.column: value.summary.mean for value in found.values}


def _printed(fixture: Fixture) -> Any:
    """Return what the pipeline finds where the printed values are the truth.

    The firm panel behind the printed values is not public: what can be shown is that estimation
    and the way from coefficient to money return them from a market in which they are true.
    """
    printed = fixture["expected"]
    types = {"invention": "invention", "utility": "utility_model", "design": "design"}
    found = _values_of({name: float(printed[key]) for name, key in types.items()})
    alike = _values_of(dict.fromkeys(PATENT_TYPES, float(printed["all"])))
    return {
        "all": alike["all"],
        "invention": found["invention"],
        "utility_model": found["utility"],
        "design": found["design"],
    }


def _ratios(fixture: Fixture) -> Any:
    inputs = fixture["inputs"]
    names = ("invention", "utility_model", "design")
    values = {name: float(inputs[name]) for name in names}
    awards = dict(zip(names, inputs["awards"], strict=True))
    found = compare_with_awards(values, awards)
    return {
        "utility_over_invention": found.relative["utility_model"],
        "design_over_invention": found.relative["design"],
        "value_over_award": [row.value_multiple for row in found.rows],
    }


def _money(fixture: Fixture) -> Any:
    inputs = fixture["inputs"]
    value = inputs["Q"] * inputs["A"]
    terms = {"value": value, "patents": inputs["P"], "assets": inputs["A"]}
    keys = {
        "count_bV": (RegressorForm.COUNT, "b_count"),
        "stock_over_assets_bQ": (RegressorForm.RATIO, "b_stock_over_assets"),
        "log1p_bV_over_1_plus_P": (RegressorForm.LOG1P, "b_log1p"),
        "log_bV_over_P": (RegressorForm.LOG, "b_log"),
        "asinh": (RegressorForm.ASINH, "b_asinh"),
    }
    found = {
        key: float(money_per_patent(form, inputs[name], **terms))
        for key, (form, name) in keys.items()
    }
    return {"V": value, **found}


def _hedonic(fixture: Fixture) -> Any:
    inputs = fixture["inputs"]
    names, rows = inputs["columns"], np.array(inputs["X"], dtype=np.float64)
    columns = {name: rows[:, place].copy() for place, name in enumerate(names)}
    table = Table.of({**columns, "price": np.array(inputs["price"], dtype=np.float64)})
    formula = parse_formula(f"log(price) ~ {' + '.join(names)}")
    model = fit_hedonic(table, HedonicRequest(formula=formula)).model
    new = {name: np.array([float(x)]) for name, x in zip(names, inputs["new_patent"], strict=True)}
    found = predict_hedonic(model, Table.of(new))
    return {
        "coef_const_first": model.coefficients.tolist(),
        "duan_smear": model.smearing,
        "predicted_median": float(found.median[0]),
        "predicted_mean": float(found.mean[0]),
        "leverage": float(found.leverage[0]),
    }


def _smearing(fixture: Fixture) -> Any:
    residuals = np.array(fixture["inputs"]["residuals"], dtype=np.float64)
    return {
        "smear": duan_smearing(residuals),
        "normal_theory_half_variance": normal_smearing(float(residuals.var(ddof=1))),
    }


RUNNERS: dict[str, Runner] = {
    "seed003/patent_values.printed": _printed,
    "seed003/patent_values.ratios": _ratios,
    "seed003/money_per_patent": _money,
    "seed003/hedonic": _hedonic,
    "methods/market.duan_smear": _smearing,
}
