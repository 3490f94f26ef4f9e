"""One set of assumptions from the value of an asset to the notes that it carries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from ipfinance.basics import CurrencyMismatchError, Money
from ipfinance.securitization._deal import Deal


def with_asset_value(deal: Deal, value: Money, on: date | None = None) -> Deal:
    """Return a deal whose pool, and whose rights, are worth a valued amount from a day on.

    The value drives the borrowing base, loan to value and value-linked recoveries. Several rights
    share it in the proportion of their own last values, or evenly where they state none.

    Raises
    ------
    CurrencyMismatchError
        When the value is in another currency than the deal.
    """
    if value.currency != deal.currency:
        raise CurrencyMismatchError(value.currency, deal.currency)
    day = on or deal.dates.closing
    rights = deal.pool.rights
    last = {name: right.values[max(right.values)] for name, right in rights.items() if right.values}
    total = sum(last.values())
    is_known = len(last) == len(rights) and total > 0
    shares = {name: last[name] / total if is_known else Decimal(1) / len(rights) for name in rights}
    valued = {
        name: replace(right, values={**right.values, day: value.amount * shares[name]})
        for name, right in rights.items()
    }
    valuation = {**deal.pool.valuation, day: value.amount}
    return replace(deal, pool=replace(deal.pool, valuation=valuation, rights=valued))
