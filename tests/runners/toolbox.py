"""Income methods, damages, rates, lives, costs, markets and discounts that users expect."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

from ipfinance.basics import DayCount, year_fraction
from ipfinance.valuation import (
    ADOPTION,
    APPORTIONMENT,
    ATTRITION,
    AVERAGE_STRIKE_DISCOUNT,
    COMPARABLE_TRANSACTIONS,
    CONTRIBUTORY_CHARGES,
    COST_OF_CAPITAL,
    COST_OF_EQUITY_CAPM,
    CREATIVE_COST,
    DISCOUNTED_INCOME,
    DISTRIBUTOR,
    ENHANCED_DAMAGES,
    EQUIVALENT_INVESTMENT,
    EXCESS_EARNINGS,
    EXCESS_OPERATING_COST,
    EXPONENTIAL_SURVIVAL,
    GREENFIELD,
    HAZARD_ANNUITY,
    IMPAIRMENT,
    LOST_PROFITS,
    LUMP_SUM,
    MILESTONES,
    NEWNESS,
    NOMINAL_RATE,
    PREJUDGMENT_INTEREST,
    PREMIUM_PROFIT,
    PROTECTIVE_PUT_DISCOUNT,
    RATE_RECONCILIATION,
    REASONABLE_ROYALTY,
    RELIEF_FROM_ROYALTY,
    RENEWAL,
    REPLACEMENT_COST,
    ROYALTY_INCOME,
    ROYALTY_STUDY,
    SALES_SHARE,
    SHARING_RATE,
    SINGLE_PERIOD_EXCESS,
    SOFTWARE_COST,
    STAGED_INCOME,
    SUBSTITUTION,
    WEIBULL_LIFE,
    WEIBULL_SURVIVAL,
    WITH_AND_WITHOUT,
    Method,
    MultipleReading,
    run,
)
from tests.runners import Fixture, Runner
from tests.support import UNIT
from tests.worked import built

TIMINGS = {"year_end": "end", "mid_year": "mid"}


def _run(method: Method, **inputs: Any) -> Any:
    return run(method, built(method.inputs, inputs), unit=UNIT)


def _number(method: Method, **inputs: Any) -> float:
    value: float = _run(method, **inputs).number
    return value


def _rfr_tab(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    revenue = [
        told["revenue_year1"] * (1 + told["growth"]) ** year for year in range(told["years"])
    ]
    result: dict[str, Any] = {}
    for key, timing in TIMINGS.items():
        found = _run(
            RELIEF_FROM_ROYALTY,
            revenue=revenue,
            royalty_rate=told["royalty"],
            tax_rate=told["tax"],
            discount_rate=told["rate"],
            tax_life=told["tab_life"],
            timing=timing,
        )
        result[key] = {
            "pv": found.details["present_value"],
            "tab_factor": found.details["amortisation_factor"],
            "value": found.number,
            "tab": found.number - found.details["present_value"],
        }
    return result


def _tab_factor(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    return {
        key: _run(
            RELIEF_FROM_ROYALTY,
            revenue=[100.0],
            royalty_rate=0.05,
            tax_rate=told["tax"],
            discount_rate=told["rate"],
            tax_life=told["tab_life"],
            timing=timing,
        ).details["amortisation_factor"]
        for key, timing in TIMINGS.items()
    }


def _mpeem(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    value = _number(
        EXCESS_EARNINGS,
        profit=told["pre_tax_profit"],
        charges=told["after_tax_cac"],
        tax_rate=told["tax"],
        discount_rate=told["rate"],
        timing=told["timing"],
    )
    return {"value": value}


def _cac(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    opening, closing = told["fixed_assets"]
    assets = [
        {
            "name": "fixed assets",
            "opening": opening,
            "closing": closing,
            "required_return": told["fixed_asset_return"],
        },
        {
            "name": "working capital",
            "opening": told["working_capital_average"],
            "required_return": told["working_capital_return"],
        },
        {
            "name": "workforce",
            "opening": told["workforce_value"],
            "required_return": told["workforce_return"],
        },
    ]
    return {"charge": _number(CONTRIBUTORY_CHARGES, assets=assets)}


def _with_without(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    found = _run(
        WITH_AND_WITHOUT,
        flows_with=told["with"],
        flows_without=told["without"],
        discount_rate=told["rate"],
        event_probability=told["probability_of_event"],
        tax_rate=told["tax"],
        tax_life=told["tab_life"],
        timing=told["timing"],
    )
    return {
        "pv_difference": found.details["difference"],
        "times_probability": found.details["present_value"],
        "with_tab": found.number,
    }


def _greenfield(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    value = _number(
        GREENFIELD,
        flows=told["free_cash_flow_after_tax"],
        discount_rate=told["rate"],
        timing=told["timing"],
    )
    return {"value": value}


def _distributor(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    found = _run(
        DISTRIBUTOR,
        revenue=[told["revenue"]] * told["years"],
        attrition=told["annual_attrition"],
        margin=told["distributor_ebit_margin"],
        charge_share=told["after_tax_cac_share_of_revenue"],
        tax_rate=told["tax"],
        discount_rate=told["rate"],
        timing=told["timing"],
    )
    return {"average_survival": found.details["average_survivors"], "value": found.number}


def _premium_profit(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    value = _number(
        PREMIUM_PROFIT,
        price_premium=[told["price_premium"]] * told["years"],
        units=[told["units"]] * told["years"],
        tax_rate=told["tax"],
        discount_rate=told["rate"],
        timing=told["timing"],
    )
    return {"value": value}


def _rnpv(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    found = _run(
        STAGED_INCOME,
        stages=[{"name": f"stage {n}", **stage} for n, stage in enumerate(told["stages"])],
        launch_value=told["npv_at_launch"],
        launch_time=told["launch_time"],
        discount_rate=told["rate"],
    )
    return {"cumulative_success": found.details["cumulative_success"], "value": found.number}


def _single_period(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    value = _number(
        SINGLE_PERIOD_EXCESS,
        profit=told["ebit"],
        charge=told["after_tax_cac"],
        tax_rate=told["tax"],
        discount_rate=told["rate"],
        growth=told["growth"],
    )
    return {"value": value}


def _growing_annuity(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    value = _number(
        ROYALTY_INCOME,
        first_royalty=told["first_royalty"],
        growth=told["growth"],
        term=told["years"],
        discount_rate=told["rate"],
        timing=told["timing"],
    )
    return {"value": value}


def _copyright_decay(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    value = _number(
        ROYALTY_INCOME,
        first_royalty=told["first_year_royalty"],
        growth=-told["annual_decay"],
        term=told["years"],
        discount_rate=told["rate"],
        timing=told["timing"],
    )
    return {"value": value}


def _lump_sum(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    value = _number(
        LUMP_SUM,
        sales=told["sales"],
        royalty_rate=told["running_royalty"],
        discount_rate=told["rate"],
        timing=told["timing"],
    )
    return {"lump_sum": value}


def _milestones(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    return {"value": _number(MILESTONES, payments=told["payments"], discount_rate=told["rate"])}


def _stub(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    start = date.fromisoformat(told["valuation_date"])
    end = date(start.year, *(int(part) for part in told["year_end"].split("-")))
    stub = float(year_fraction(start, end, DayCount(told["day_count"])))
    values = {
        timing: _number(
            GREENFIELD,
            flows=told["full_year_flows"],
            discount_rate=told["rate"],
            timing=timing,
            first_period=stub,
        )
        for timing in ("mid", "end")
    }
    return {
        "stub_share": stub,
        "times": [stub / 2, *(stub + 0.5 + later for later in range(2))],
        "pv_mid": values["mid"],
        "pv_end": values["end"],
    }


def _past_royalty(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    cases = {
        "compound_mid_year": ("compound", "mid"),
        "compound_year_end": ("compound", "end"),
        "simple_mid_year": ("simple", "mid"),
    }
    result = {}
    for key, (compounding, timing) in cases.items():
        terms = {
            "interest_rate": told["interest"],
            "compounding": compounding,
            "timing": timing,
        }
        losses = [told["annual_royalty"]] * told["years"]
        result[key] = _number(PREJUDGMENT_INTEREST, losses=losses, **terms)
        sales = [25 * each for each in losses]
        royalty = _number(REASONABLE_ROYALTY, past_sales=sales, royalty_rate=0.04, **terms)
        assert abs(royalty - result[key]) < 1e-6
    return result


def _future_royalty(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    value = _number(
        REASONABLE_ROYALTY,
        future_sales=[20 * told["annual_royalty"]] * told["years"],
        royalty_rate=0.05,
        discount_rate=told["rate"],
        timing=told["timing"],
    )
    return {"value": value}


def _lost_profits(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    found = _run(
        LOST_PROFITS,
        infringing_units=told["infringing_units"],
        owner_share=told["owner_share_of_remaining_market"],
        incremental_margin=told["incremental_margin"],
        owner_units=told["owner_units"],
        price_erosion=told["price_erosion"],
        royalty_on_rest=told["royalty_on_rest"],
    )
    return {**found.details, "total": found.number}


def _apportionment(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    value = _number(
        APPORTIONMENT,
        revenue=told["infringing_revenue"],
        feature_share=told["feature_share"],
        royalty_rate=told["royalty"],
    )
    return {"royalty_damages": value}


def _punitive(fixture: Fixture) -> Any:
    readings = {
        "total_as_multiple_of_base": MultipleReading.TOTAL,
        "total_as_base_plus_multiple": MultipleReading.ADDED,
    }
    return {
        key: _number(ENHANCED_DAMAGES, **fixture["inputs"], reading=str(reading))
        for key, reading in readings.items()
    }


def _capm_wacc(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    equity = _run(
        COST_OF_EQUITY_CAPM,
        riskless=told["riskless"],
        equity_premium=told["equity_premium"],
        peer_betas=[told["peer_levered_beta"]],
        peer_debt=[told["peer_debt_to_equity"]],
        target_debt=told["target_debt_to_equity"],
        tax_rate=told["tax"],
    )
    whole = _number(
        COST_OF_CAPITAL,
        cost_of_equity=equity.number,
        cost_of_debt=told["cost_of_debt"],
        debt_to_equity=told["target_debt_to_equity"],
        tax_rate=told["tax"],
    )
    return {**equity.details, "cost_of_equity": equity.number, "wacc": whole}


def _wara_irr(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    assets = [
        {
            "name": each["name"],
            "value": each["value"],
            "required_return": each["after_tax_return"],
        }
        for each in told["assets"]
    ]
    found = _run(
        RATE_RECONCILIATION,
        price=told["price"],
        flows=told["free_cash_flow"],
        terminal_growth=told["terminal_growth"],
        assets=assets,
        goodwill_return=told["goodwill_return_tried"],
        timing=told["timing"],
    )
    return {
        "irr": found.details["irr"],
        "goodwill": found.details["goodwill"],
        "goodwill_return_for_wara_equal_irr": found.number,
        "wara_with_16pct_goodwill": found.details["wara"],
    }


def _nominal_real(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    value = _number(NOMINAL_RATE, real_rate=told["real"], inflation=told["inflation"])
    return {"nominal": value}


def _rfr_obsolescence(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    ends = told["share_at_year_boundaries"]
    lost = [1 - late / early for early, late in pairwise(ends)]
    shares = _run(ATTRITION, attrition=lost).explanation.value
    value = _number(
        RELIEF_FROM_ROYALTY,
        revenue=told["revenue"],
        royalty_rate=told["royalty"],
        tax_rate=told["tax"],
        discount_rate=told["rate"],
        retained_shares=shares,
        timing=told["timing"],
    )
    return {"average_share": shares, "value": value}


def _weibull(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    curve = {"shape": told["shape"], "scale": told["scale"]}
    new = _run(WEIBULL_SURVIVAL, **curve, years=5).details
    aged = _run(WEIBULL_SURVIVAL, **curve, years=5, age=float(told["age"])).details
    return {
        "survival_5": new["survival"][5],
        "mean_life": new["mean_life"],
        "survival_10_given_5": aged["survival"][5],
        "mean_residual_life_at_5": _number(WEIBULL_LIFE, **curve, age=float(told["age"])),
    }


def _bass(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    found = _run(ADOPTION, innovation=told["p"], imitation=told["q"], years=5).details
    return {"F_5": found["adopted"][5], "peak_time": found["peak_time"]}


def _fisher_pry(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    found = _run(SUBSTITUTION, speed=told["b"], midpoint=told["t0"], years=told["t"])
    return {"share": found.details["new_shares"][told["t"]]}


def _renewal(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    found = _run(
        RENEWAL,
        first_return=told["first_return"],
        decay=told["annual_decay"],
        fees=told["fees"],
        discount_rate=told["rate"],
        first_payment=float(told["first_payment_time"]),
    )
    return {"value": found.number, "renewals_paid": found.details["renewals_paid"]}


def _hazard_annuity(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    even = _number(
        HAZARD_ANNUITY,
        income=told["cash_per_year"],
        discount_rate=told["rate_continuous"],
        hazard=told["hazard"],
        life=told["years"],
    )
    shares = _run(
        EXPONENTIAL_SURVIVAL, hazard=told["hazard"], years=told["years"], basis="closing"
    ).explanation.value
    yearly = _number(
        ROYALTY_INCOME,
        first_royalty=told["cash_per_year"],
        growth=0.0,
        term=told["years"],
        discount_rate=told["rate_discrete"],
        retained_shares=shares,
        timing="end",
    )
    return {"continuous": even, "discrete_year_end": yearly}


def _replacement(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    items = [
        {"name": f"year {place + 1}", "cost": cost, "index": index}
        for place, (cost, index) in enumerate(
            zip(told["historic_costs"], told["index_to_date"], strict=True)
        )
    ]
    found = _run(
        REPLACEMENT_COST,
        items=items,
        opportunity=told["opportunity_cost"],
        developer_profit=told["developer_profit"],
        functional=told["functional"],
        economic=told["economic"],
    )
    return {
        "value": found.number,
        "trended": found.details["trended"],
        "cost_new": found.details["cost_new"],
    }


def _creative(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    value = _number(
        CREATIVE_COST,
        materials=told["materials_c"],
        labour=told["labour_v"],
        creative_multiplier=told["creative_multiplier_b1"],
        failure_share=told["average_risk_b2"],
        return_rate=told["return_L"],
    )
    return {"cost_new_denominator_1_minus_b2": value}


def _newness(fixture: Fixture) -> Any:
    return {"newness": _number(NEWNESS, **fixture["inputs"])}


def _excess_opex(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    value = _number(
        EXCESS_OPERATING_COST,
        excess_costs=[told["annual_excess_cost"]] * told["years"],
        tax_rate=told["tax"],
        discount_rate=told["rate"],
    )
    return {"obsolescence": value}


def _software(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    found = _run(
        SOFTWARE_COST,
        size=told["kloc"],
        coefficient=told["a"],
        exponent=told["b"],
        monthly_rate=1.0,
    )
    return {"person_months": found.details["person_months"]}


def _sales_share(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    value = _number(SALES_SHARE, profit_share=told["profit_share"], margin=told["operating_margin"])
    return {"sales_share": value}


def _sharing_rate(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    value = _number(
        SHARING_RATE, low=told["low"], high=told["high"], score=told["adjustment_score"]
    )
    return {"share": value}


def _equivalent_investment(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    value = _number(
        EQUIVALENT_INVESTMENT,
        ip_cost=told["ip_replacement_cost"],
        ip_margin=told["ip_cost_margin"],
        other_cost=told["user_assets_cost"],
        other_margin=told["user_cost_margin"],
    )
    return {"profit_share": value}


def _adjusted_comparable(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    sale = {"name": "one", "price": told["price"], "evidence": "given", **told["factors"]}
    return {"value": _number(COMPARABLE_TRANSACTIONS, transactions=[sale])}


def _royalty_quantiles(fixture: Fixture) -> Any:
    licences = [
        {"name": f"licence {place}", "rate": rate}
        for place, rate in enumerate(fixture["inputs"]["rates"])
    ]
    result = {}
    for rule in ("type7", "type6"):
        found = _run(ROYALTY_STUDY, licences=licences, quantile_rule=rule).details["statistics"]
        result[rule] = [found[name] for name in ("lower_quartile", "median", "upper_quartile")]
    return result


def _impairment(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    found = _run(
        IMPAIRMENT,
        carrying_amount=told["carrying"],
        value_in_use=told["value_in_use"],
        fair_value_less_costs=told["fair_value_less_costs"],
    )
    return {"recoverable": found.details["recoverable"], "loss": found.number}


def _finnerty(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    terms = {"volatility": told["sigma"], "wait": told["T"]}
    return {
        "discount": _number(AVERAGE_STRIKE_DISCOUNT, **terms, yield_rate=told["dividend_yield"]),
        "discount_sigma1_T5": _number(AVERAGE_STRIKE_DISCOUNT, volatility=1.0, wait=5.0),
        "discount_sigma0.3_T1": _number(AVERAGE_STRIKE_DISCOUNT, volatility=0.3, wait=1.0),
        "upper_limit": _number(AVERAGE_STRIKE_DISCOUNT, volatility=5.0, wait=100.0),
    }


def _chaffe(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    value = _number(
        PROTECTIVE_PUT_DISCOUNT, volatility=told["sigma"], wait=told["T"], rate=told["rate"]
    )
    return {"discount": value}


def _terminal(fixture: Fixture) -> Any:
    told = fixture["inputs"]
    terms = {"flows": told["flows"], "discount_rate": told["rate"], "timing": "mid"}
    growing = _run(DISCOUNTED_INCOME, **terms, terminal_growth=told["growth"])
    sold = _number(DISCOUNTED_INCOME, **terms, exit_multiple=told["exit_multiple"])
    return {
        "value_gordon": growing.number,
        "terminal_value": growing.details["terminal_value"],
        "value_exit_multiple": sold,
    }


RUNNERS: dict[str, Runner] = {
    "methods/time.stub_mid_year": _stub,
    "methods/income.rfr_tab": _rfr_tab,
    "methods/income.tab_factor_15y": _tab_factor,
    "methods/income.mpeem": _mpeem,
    "methods/income.cac": _cac,
    "methods/income.with_without": _with_without,
    "methods/income.greenfield": _greenfield,
    "methods/income.distributor": _distributor,
    "methods/income.premium_profit": _premium_profit,
    "methods/income.rnpv": _rnpv,
    "methods/income.single_period_excess": _single_period,
    "methods/income.growing_royalty_annuity": _growing_annuity,
    "methods/income.copyright_decay": _copyright_decay,
    "methods/income.lump_sum_equivalent": _lump_sum,
    "methods/income.milestones": _milestones,
    "methods/damages.past_royalty": _past_royalty,
    "methods/damages.future_royalty": _future_royalty,
    "methods/damages.lost_profits": _lost_profits,
    "methods/damages.apportionment": _apportionment,
    "methods/damages.punitive": _punitive,
    "methods/rate.capm_wacc": _capm_wacc,
    "methods/rate.wara_irr": _wara_irr,
    "methods/time.nominal_real": _nominal_real,
    "methods/income.rfr_obsolescence": _rfr_obsolescence,
    "methods/life.weibull": _weibull,
    "methods/life.bass": _bass,
    "methods/life.fisher_pry": _fisher_pry,
    "methods/life.renewal": _renewal,
    "methods/life.hazard_annuity": _hazard_annuity,
    "methods/cost.replacement_obsolescence": _replacement,
    "methods/cost.china_multiplier": _creative,
    "methods/cost.newness_rate": _newness,
    "methods/cost.functional_excess_opex": _excess_opex,
    "methods/cost.cocomo_basic_organic": _software,
    "methods/income.profit_split_to_sales_share": _sales_share,
    "methods/income.share_interpolation": _sharing_rate,
    "methods/income.equivalent_investment": _equivalent_investment,
    "methods/market.adjusted_comparable": _adjusted_comparable,
    "methods/market.royalty_quantiles": _royalty_quantiles,
    "methods/reporting.impairment": _impairment,
    "methods/dlom.finnerty_2012": _finnerty,
    "methods/dlom.chaffe_put": _chaffe,
    "methods/time.terminal_mid_year": _terminal,
}
