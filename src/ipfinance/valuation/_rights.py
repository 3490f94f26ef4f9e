"""Real options by the name of their command."""

from __future__ import annotations

from ipfinance.valuation._exchange import OPTION_EXCHANGE, OPTION_SWITCH
from ipfinance.valuation._families import OPTION_BINOMIAL, OPTION_GRID, OPTION_SIMULATED
from ipfinance.valuation._jump_right import OPTION_JUMP
from ipfinance.valuation._perpetual_right import OPTION_PERPETUAL
from ipfinance.valuation._project_rights import (
    OPTION_ABANDON,
    OPTION_CONTRACT,
    OPTION_DEFER,
    OPTION_EXPAND,
)
from ipfinance.valuation._registry import Method
from ipfinance.valuation._research_project import OPTION_PROJECT
from ipfinance.valuation._staged_rights import OPTION_STAGED
from ipfinance.valuation._watched_rights import OPTION_BARRIER, OPTION_PARISIAN

RIGHTS: dict[str, Method] = {
    each.id.removeprefix("option_"): each
    for each in (
        OPTION_DEFER,
        OPTION_EXPAND,
        OPTION_CONTRACT,
        OPTION_ABANDON,
        OPTION_SWITCH,
        OPTION_EXCHANGE,
        OPTION_STAGED,
        OPTION_PERPETUAL,
        OPTION_JUMP,
        OPTION_BARRIER,
        OPTION_PARISIAN,
        OPTION_PROJECT,
        OPTION_BINOMIAL,
        OPTION_GRID,
        OPTION_SIMULATED,
    )
}
