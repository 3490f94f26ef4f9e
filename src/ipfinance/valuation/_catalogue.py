"""All methods by their id: what files, flags, forms and documents are made from."""

from __future__ import annotations

from ipfinance.basics import InputError, Problem, Text
from ipfinance.valuation._cost import COST_METHODS
from ipfinance.valuation._damages import DAMAGES_METHODS
from ipfinance.valuation._discounted_income import DISCOUNTED_INCOME
from ipfinance.valuation._discounts import DISCOUNT_METHODS
from ipfinance.valuation._excess_earnings import (
    CONTRIBUTORY_CHARGES,
    EXCESS_EARNINGS,
    EXCESS_RETURN,
    SINGLE_PERIOD_EXCESS,
)
from ipfinance.valuation._hedonic import HEDONIC
from ipfinance.valuation._income import COMPARABLES_INCOME
from ipfinance.valuation._incremental import (
    DISTRIBUTOR,
    GREENFIELD,
    INCREMENTAL_INCOME,
    PREMIUM_PROFIT,
    PROFIT_SPLIT,
    WITH_AND_WITHOUT,
)
from ipfinance.valuation._interval_income import INTERVAL_INCOME, INTERVAL_POINT
from ipfinance.valuation._lives import LIFE_METHODS
from ipfinance.valuation._market import MARKET_METHODS
from ipfinance.valuation._option import RISK_CLOSED_FORM, RISK_INTEGRAL, RISK_LATTICE
from ipfinance.valuation._portfolio import PORTFOLIO
from ipfinance.valuation._rates import RATE_METHODS
from ipfinance.valuation._reconciliation import RECONCILIATION
from ipfinance.valuation._registry import Method
from ipfinance.valuation._rights import RIGHTS
from ipfinance.valuation._royalty import LUMP_SUM, RELIEF_FROM_ROYALTY, ROYALTY_INCOME
from ipfinance.valuation._shares import SHARE_METHODS
from ipfinance.valuation._staged_income import FINANCING_LOOP, MILESTONES, STAGED_INCOME
from ipfinance.valuation._zhou2022 import ZHOU2022

METHODS: dict[str, Method] = {
    each.id: each
    for each in (
        RELIEF_FROM_ROYALTY,
        ROYALTY_INCOME,
        LUMP_SUM,
        EXCESS_EARNINGS,
        SINGLE_PERIOD_EXCESS,
        CONTRIBUTORY_CHARGES,
        EXCESS_RETURN,
        WITH_AND_WITHOUT,
        PREMIUM_PROFIT,
        INCREMENTAL_INCOME,
        PROFIT_SPLIT,
        GREENFIELD,
        DISTRIBUTOR,
        STAGED_INCOME,
        MILESTONES,
        FINANCING_LOOP,
        DISCOUNTED_INCOME,
        *RATE_METHODS,
        *LIFE_METHODS,
        *SHARE_METHODS,
        *COST_METHODS,
        *MARKET_METHODS,
        *DISCOUNT_METHODS,
        *DAMAGES_METHODS,
        RECONCILIATION,
        PORTFOLIO,
        INTERVAL_POINT,
        INTERVAL_INCOME,
        COMPARABLES_INCOME,
        HEDONIC,
        RISK_LATTICE,
        RISK_CLOSED_FORM,
        RISK_INTEGRAL,
        ZHOU2022,
        *RIGHTS.values(),
    )
}


def method(name: str) -> Method:
    """Return a method by its id, or raise with the ids there are."""
    if name not in METHODS:
        allowed = Text(
            f"expected one of: {', '.join(METHODS)}", f"应为以下之一：{'、'.join(METHODS)}"
        )
        raise InputError([Problem(field="method", found=name, allowed=allowed)])
    return METHODS[name]
