"""Loans against IP."""

from __future__ import annotations

from typing import Any

from ipfinance.credit import CollateralTerms, loan_at_loss_ratio, loan_loss_ratio, sale_value
from tests.runners import Fixture, Runner


def _loan_loss(fixture: Fixture) -> Any:
    inputs = fixture["inputs"]
    value, due, years = inputs["V0"], inputs["loan_due"], inputs["T"]

    def terms(hazard: float) -> CollateralTerms:
        return CollateralTerms(
            volatility=inputs["sigma"],
            rate=inputs["r"],
            hazard=hazard,
            haircut=inputs["liquidation_haircut"],
        )

    risky = terms(inputs["hazard"])
    ratio = loan_loss_ratio(value, due, years, risky)
    loan = loan_at_loss_ratio(value, 0.12, years, risky)
    return {
        "loss_ratio_non_recourse": ratio,
        "loss_ratio_without_hazard": loan_loss_ratio(value, due, years, terms(0.0)),
        "floor_as_loan_to_zero": loan_loss_ratio(value, 1e-9, years, risky),
        "loan_for_12pct_loss": loan,
        "ltv_for_12pct_loss": loan / value,
        "loss_ratio_with_recourse_independent": inputs["recourse_pd"] * ratio,
    }


def _forced_sale(fixture: Fixture) -> Any:
    return {"net_present_proceeds": sale_value(**fixture["inputs"])}


RUNNERS: dict[str, Runner] = {
    "methods/collateral.loan_loss": _loan_loss,
    "methods/collateral.forced_sale": _forced_sale,
}
