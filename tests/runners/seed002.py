"""Comparables-adjusted income and the trinomial tree with risk."""

from __future__ import annotations

import math
from typing import Any

import pytest

from ipfinance.numerics import (
    black_scholes,
)
from ipfinance.valuation import (
    RISK_LATTICE,
    ComparablesIncomeInputs,
    HazardKind,
    NoteTerms,
    RiskClosedFormInputs,
    RiskLatticeInputs,
    Zhou2022Inputs,
    admissible_stretch,
    closed_form_value,
    coverage_budget,
    equivalent_hazard,
    expected_loss_budget,
    implied_hazard,
    landmarks,
    pool_budget,
    run,
    tree_probabilities,
    tree_value,
    validity,
    value_case,
)
from tests.data import fixtures
from tests.runners import Fixture, Runner
from tests.support import UNIT, read


def terms(fixture: Fixture) -> dict[str, Any]:
    inputs = fixture["inputs"]
    return {
        "spot": inputs["S"],
        "strike": inputs["K"],
        "rate": inputs["r"],
        "volatility": inputs["sigma"],
        "maturity": inputs["T"],
    }


def _tree_at(fixture: Fixture, hazard: float) -> Zhou2022Inputs:
    return Zhou2022Inputs(**terms(fixture), hazard=hazard, steps=fixture["inputs"]["n"])


def _paper_tree(fixture: Fixture) -> Any:
    return {key: tree_value(_tree_at(fixture, float(key))) for key in fixture["expected"]}


def _paper_probs(fixture: Fixture) -> Any:
    return {
        key: list(tree_probabilities(_tree_at(fixture, float(key)))[0])
        for key in fixture["expected"]
    }


def _paper_tree_by_n(fixture: Fixture) -> Any:
    base = fixtures()["seed002/case1.paper_tree"]
    return {
        "value": [
            tree_value(Zhou2022Inputs(**terms(base), steps=n)) for n in fixture["inputs"]["n"]
        ],
        "black_scholes": black_scholes(**terms(base)),
    }


def _closed(fixture: Fixture) -> Any:
    return {"value": closed_form_value(RiskClosedFormInputs(**terms(fixture)))}


def _hazard_closed(kind: HazardKind) -> Runner:
    def runner(fixture: Fixture) -> Any:
        return {
            key: closed_form_value(
                RiskClosedFormInputs(**terms(fixture), hazard=float(key), hazard_kind=kind)
            )
            for key in fixture["expected"]
        }

    return runner


def _lambda_bounds(fixture: Fixture) -> Any:
    inputs = RiskLatticeInputs(**terms(fixture))
    return {"lambda": list(admissible_stretch(inputs, fixture["inputs"]["n"]))}


def _feasible(fixture: Fixture) -> Any:
    found = validity(_tree_at(fixture, 0.0))
    return {"P": found.cauchy_schwarz, "gamma": found.cauchy_schwarz_hazard}


def _validity(fixture: Fixture) -> Any:
    found = validity(_tree_at(fixture, 0.0))
    step = fixture["inputs"]["T"] / fixture["inputs"]["n"]
    assert found.window is not None
    assert list(found.window) == [found.middle_zero, found.down_zero]
    return {
        "gamma_Pm_zero": found.middle_zero,
        "gamma_Pd_zero": found.down_zero,
        "gamma_Pu_zero": found.up_zero,
        "P_Pu_zero_closed_form": found.up_zero * step,
    }


def _sound(fixture: Fixture) -> Any:
    inputs = fixture["inputs"]
    result: dict[str, Any] = {}
    for key in fixture["expected"]:
        hazard, _, kind = key.partition("/")
        given = RiskLatticeInputs(
            **terms(fixture),
            hazard=float(hazard),
            hazard_kind=HazardKind(kind or inputs["hazard"]),
            steps=inputs["n"],
            stretch=inputs["lambda"],
        )
        found = run(RISK_LATTICE, given, unit=UNIT)
        step: Any = found.details["probabilities"]
        assert step["up"] + step["middle"] + step["down"] == pytest.approx(1.0, abs=1e-14)
        both = {"value": found.number, "pu_pm_pd": [step["up"], step["middle"], step["down"]]}
        result[key] = both if kind else found.number
    return result


def _landmarks(fixture: Fixture) -> Any:
    price = 4.70 if "total_4.70" in fixture["expected"].get("gamma", {}) else None
    found = landmarks(_tree_at(fixture, 0.0), price=price)
    step = fixture["inputs"]["T"] / fixture["inputs"]["n"]
    gamma = {
        "total_4.70": found.at_price[0] if found.at_price else math.nan,
        "option_zero": found.option_zero,
        "total_zero": found.total_zero,
    }
    return {
        "argmax_gamma": found.peak_hazard,
        "argmax_P": found.peak_hazard * step,
        "max_option": found.peak_value,
        "gamma": gamma,
        "P": {key: value * step for key, value in gamma.items() if value is not None},
    }


def _option_printed(name: str) -> Runner:
    def runner(fixture: Fixture) -> Any:
        result = value_case(read(name))
        analysis = result.analysis
        assert analysis is not None
        assert analysis.landmarks is not None
        tree: Any = result.valuations["replication"].inputs
        step = tree.maturity / tree.steps
        no_risk = tree_value(Zhou2022Inputs(**_printed_terms(tree), steps=tree.steps))
        marks = analysis.landmarks
        at_price = marks.at_price[0] * step if marks.at_price else None
        computed = {
            "S": tree.spot,
            "K": tree.strike,
            "r": tree.rate,
            "sigma": tree.volatility,
            "T": tree.maturity,
            "n": tree.steps,
            "option_no_risk": no_risk,
            "option_no_risk_paper_tree": no_risk,
            "total_no_risk": tree.spot + no_risk,
            "option_max": marks.peak_value,
            "total_at_max": tree.spot + marks.peak_value,
            "gamma_at_max": marks.peak_hazard,
            "P_at_max": marks.peak_hazard * step,
            "P_at_total_4.70_body": at_price,
            "gamma_option_zero": marks.option_zero,
            "P_option_zero": None if marks.option_zero is None else marks.option_zero * step,
        }
        return {key: computed[key] for key in fixture["expected"] if key in computed}

    return runner


def _printed_terms(tree: Zhou2022Inputs) -> dict[str, float]:
    return {
        "spot": tree.spot,
        "strike": tree.strike,
        "rate": tree.rate,
        "volatility": tree.volatility,
        "maturity": tree.maturity,
    }


def _income_case(name: str) -> tuple[Any, Any]:
    result = value_case(read(name))
    return result.valuations["income"], result


def _income1_printed(_: Fixture) -> Any:
    found, result = _income_case("iqiyi")
    rows = found.details["rows"]
    inputs: ComparablesIncomeInputs = found.inputs
    return {
        "profit_add_on": found.details["add_on"],
        "reported_profit": list(inputs.reported_profit),
        "adjusted_profit": [row["adjusted"] for row in rows],
        "intangible_assets": list(inputs.intangible_assets or ()),
        "total_assets": list(inputs.total_assets or ()),
        "ip_share": inputs.ip_share,
        "ip_income": [row["ip_income"] for row in rows],
        "discount_rate": inputs.discount_rate,
        "value": found.number,
        "issue_size": result.case.analysis.issue_price,
    }


def _income1_steps(_: Fixture) -> Any:
    found, _result = _income_case("iqiyi")
    rows = found.details["rows"]
    rounded = [round(row["ip_income"], 2) for row in rows]
    factors = [row["discount_factor"] for row in rows]
    return {
        "adjusted_profit": [row["adjusted"] for row in rows],
        "ip_income": [row["ip_income"] for row in rows],
        "pv_by_year": [row["present_value"] for row in rows],
        "value": found.number,
        "value_with_rounded_incomes": sum(a * b for a, b in zip(rounded, factors, strict=True)),
        "intangible_ratio": list(found.details["intangible_ratio"]),
        "pv_of_reported_profit_share": found.details["pv_of_reported_profit_share"],
        "pv_of_add_on_share": found.details["pv_of_add_on_share"],
    }


def _income2_printed(_: Fixture) -> Any:
    found, result = _income_case("sonoscape")
    inputs: ComparablesIncomeInputs = found.inputs
    return {
        "forecast_profit": inputs.reported_profit[0],
        "intangible_assets": (inputs.intangible_assets or (0.0,))[0],
        "total_assets": (inputs.total_assets or (0.0,))[0],
        "intangible_ratio": found.details["intangible_ratio"][0],
        "ip_share": inputs.ip_share,
        "ip_income": found.details["rows"][0]["ip_income"],
        "discount_rate": inputs.discount_rate,
        "value": found.number,
        "funds_per_firm": result.case.analysis.issue_price,
        "firms": result.case.analysis.pool.assets,
    }


def _income2_steps(fixture: Fixture) -> Any:
    found, _result = _income_case("sonoscape")
    row = found.details["rows"][0]
    return {
        "ip_income": row["ip_income"],
        "value": found.number,
        "value_with_rounded_income": round(row["ip_income"], 2) * row["discount_factor"],
        "funds_per_firm": fixture["inputs"]["pool_funds"] / fixture["inputs"]["firms"],
        "intangible_ratio": found.details["intangible_ratio"][0],
    }


def _implied1(fixture: Fixture) -> Any:
    inputs = fixture["inputs"]
    income, times = inputs["ip_income"], [1.0, 2.0]
    riskless = inputs["riskless_rate_assumed"]
    over = implied_hazard(income, times, price=inputs["price"], riskless_rate=riskless)
    at_roe = implied_hazard(income, times, price=inputs["price"], riskless_rate=0.2326)
    assert at_roe.status == "above_no_risk_value"
    assert at_roe.hazard is None
    return {
        "implied_rate": over.implied_rate,
        "implied_hazard_over_riskless": over.hazard,
        "hazard_needed_at_23.26pct": at_roe.signed_hazard,
        "hazard_equivalent_of_23.26pct": equivalent_hazard(0.2326, riskless),
    }


def _implied2(fixture: Fixture) -> Any:
    inputs = fixture["inputs"]
    found = [
        implied_hazard(inputs["ip_income"], [1.0], price=price, riskless_rate=0.025)
        for price in (inputs["price"], inputs["price_exact"])
    ]
    assert {item.status for item in found} == {"above_undiscounted_income"}
    return {
        "implied_rate_at_0.27": found[0].implied_rate,
        "implied_rate_at_3.2_over_12": found[1].implied_rate,
    }


def _implied_note(fixture: Fixture) -> Any:
    inputs = fixture["inputs"]
    coupon = inputs["coupon_annual"]
    found = implied_hazard(
        [coupon, 1 + coupon],
        [1.0, 2.0],
        price=inputs["price"],
        riskless_rate=inputs["riskless_rate"],
        recovery=inputs["recovery_of_par"],
    )
    spread = coupon - inputs["riskless_rate"]
    return {"hazard": found.hazard, "credit_triangle": spread / (1 - inputs["recovery_of_par"])}


def _coverage(fixture: Fixture) -> Any:
    inputs = fixture["inputs"]
    notes = NoteTerms(
        principal=inputs["notes"]["principal"],
        coupon=inputs["notes"]["coupon_annual"],
        maturity=inputs["notes"]["bullet_year"],
    )
    found = coverage_budget(
        inputs["ip_income"],
        [1.0, 2.0],
        notes,
        rate=inputs["coverage_discount_rate"],
        target=inputs["target_coverage"],
    )
    return {
        "coverage_gamma0": found.without_risk,
        "max_gamma": found.hazard,
        "survival_to_year2": found.survival,
    }


def _single_loss(fixture: Fixture) -> Any:
    inputs = fixture["inputs"]
    found = expected_loss_budget(
        target=inputs["target_EL"], recovery=inputs["recovery"], maturity=inputs["T"]
    )
    return {"max_gamma": found.hazard}


def _pool(fixture: Fixture) -> Any:
    inputs = fixture["inputs"]
    result: dict[str, float] = {}
    for correlation in inputs["correlations"]:
        found = pool_budget(
            assets=inputs["assets"],
            needed=inputs["notes_need_survivors"],
            horizon=inputs["horizon_years"],
            target=inputs["shortfall_probability_target"],
            correlation=correlation,
        )
        assert found.hazard is not None
        key = f"{correlation:g}"
        result[f"max_gamma_rho{key}"] = found.hazard
        result[f"max_p_rho{key}"] = 1 - math.exp(-found.hazard)
    return result


RUNNERS: dict[str, Runner] = {
    "seed002/case1.printed": _option_printed("iqiyi"),
    "seed002/case2.printed": _option_printed("sonoscape"),
    "seed002/case1.income.printed": _income1_printed,
    "seed002/case1.income.steps": _income1_steps,
    "seed002/case2.income.printed": _income2_printed,
    "seed002/case2.income.steps": _income2_steps,
    "seed002/case1.paper_tree_by_n": _paper_tree_by_n,
    "seed002/implied.case1": _implied1,
    "seed002/implied.case2": _implied2,
    "seed002/implied.note": _implied_note,
    "seed002/risk_budget.coverage": _coverage,
    "seed002/risk_budget.single_asset_EL": _single_loss,
    "seed002/risk_budget.pool12": _pool,
    **{
        f"seed002/case{n}.{name}": runner
        for n in (1, 2)
        for name, runner in (
            ("paper_tree", _paper_tree),
            ("paper_probs", _paper_probs),
            ("bs", _closed),
            ("compensated", _hazard_closed(HazardKind.TRADED)),
            ("uncompensated", _hazard_closed(HazardKind.UNPRICED)),
            ("lambda_bounds_gamma0", _lambda_bounds),
            ("feasible_P_max", _feasible),
            ("validity", _validity),
            ("sound_boyle_sqrt3_n1000", _sound),
            ("sound_boyle_sqrt3_n1000.unpriced", _sound),
            ("sound_boyle_sqrt3_small_n", _sound),
            ("paper_landmarks", _landmarks),
        )
    },
}
