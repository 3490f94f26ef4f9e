"""All methods by their id: what files, flags, forms and documents are made from."""

from __future__ import annotations

from ipfinance.basics import InputError, Problem, Text
from ipfinance.valuation._income import COMPARABLES_INCOME
from ipfinance.valuation._interval_income import INTERVAL_INCOME, INTERVAL_POINT
from ipfinance.valuation._option import RISK_CLOSED_FORM, RISK_INTEGRAL, RISK_LATTICE
from ipfinance.valuation._registry import Method
from ipfinance.valuation._zhou2022 import ZHOU2022

METHODS: dict[str, Method] = {
    each.id: each
    for each in (
        INTERVAL_POINT,
        INTERVAL_INCOME,
        COMPARABLES_INCOME,
        RISK_LATTICE,
        RISK_CLOSED_FORM,
        RISK_INTEGRAL,
        ZHOU2022,
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
