"""ipfinance: value, pledge and securitize intellectual property; every figure explained.

The names below are the public interface. They load when they are first used, so that importing
the package costs nothing.

value, option, ahp, set_valued
    The use cases, with results that show themselves in a terminal and in a notebook.
evaluate, reliability, objective_weights
    Assets scored over time, a panel's statistics, weights from data.
regress, patent_values
    Regressions, and money per patent from a panel of firms.
starter
    A packaged starter file.
example
    The case file of a packaged example.
example, example_deal
    The file of a packaged case or deal.
run_deal, simulate_deal
    A deal of notes, run exactly or in many scenarios.
option_batch
    Many options at once, columns in and columns out.
Interval, Money, MoneyUnit, InputError, IpfinanceError
    What goes in and what may come back.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ipfinance.basics import InputError as InputError
    from ipfinance.basics import Interval as Interval
    from ipfinance.basics import IpfinanceError as IpfinanceError
    from ipfinance.basics import Money as Money
    from ipfinance.basics import MoneyUnit as MoneyUnit
    from ipfinance.library import ahp as ahp
    from ipfinance.library import assess_pledge as assess_pledge
    from ipfinance.library import evaluate as evaluate
    from ipfinance.library import event_study as event_study
    from ipfinance.library import example as example
    from ipfinance.library import example_deal as example_deal
    from ipfinance.library import fund_solvency as fund_solvency
    from ipfinance.library import grant_values as grant_values
    from ipfinance.library import method as method
    from ipfinance.library import objective_weights as objective_weights
    from ipfinance.library import option as option
    from ipfinance.library import patent_values as patent_values
    from ipfinance.library import regress as regress
    from ipfinance.library import reliability as reliability
    from ipfinance.library import right as right
    from ipfinance.library import run_book as run_book
    from ipfinance.library import run_deal as run_deal
    from ipfinance.library import set_valued as set_valued
    from ipfinance.library import simulate_deal as simulate_deal
    from ipfinance.library import starter as starter
    from ipfinance.library import value as value
    from ipfinance.library import watch_loans as watch_loans
    from ipfinance.valuation import option_batch as option_batch

_HOMES = {
    "InputError": "ipfinance.basics",
    "Interval": "ipfinance.basics",
    "IpfinanceError": "ipfinance.basics",
    "Money": "ipfinance.basics",
    "MoneyUnit": "ipfinance.basics",
    "ahp": "ipfinance.library",
    "assess_pledge": "ipfinance.library",
    "fund_solvency": "ipfinance.library",
    "run_book": "ipfinance.library",
    "watch_loans": "ipfinance.library",
    "evaluate": "ipfinance.library",
    "event_study": "ipfinance.library",
    "grant_values": "ipfinance.library",
    "example": "ipfinance.library",
    "objective_weights": "ipfinance.library",
    "patent_values": "ipfinance.library",
    "regress": "ipfinance.library",
    "reliability": "ipfinance.library",
    "starter": "ipfinance.library",
    "option": "ipfinance.library",
    "option_batch": "ipfinance.valuation",
    "method": "ipfinance.library",
    "right": "ipfinance.library",
    "example_deal": "ipfinance.library",
    "run_deal": "ipfinance.library",
    "set_valued": "ipfinance.library",
    "simulate_deal": "ipfinance.library",
    "value": "ipfinance.library",
}
__all__ = sorted(_HOMES)  # noqa: PLE0605


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Load a public name from its home."""
    if name not in _HOMES:
        message = f"module 'ipfinance' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return list(__all__)
