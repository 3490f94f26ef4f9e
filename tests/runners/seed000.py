"""What the article on capital operation names or claims."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ipfinance
from ipfinance.parameters import ParameterKind, parameter, parameter_ids
from tests.runners import Fixture, Runner


def _claims(_: Fixture) -> Any:
    quoted = [name for name in parameter_ids() if parameter(name).kind is ParameterKind.CLAIM]
    code = "".join(path.read_text("utf-8") for path in Path(ipfinance.__path__[0]).rglob("*.py"))
    for name in quoted:
        assert name not in code  # quoted, and used by nothing
    cycle, carbon = (
        parameter(f"claim.{name}").at(None).value for name in ("shorter_cycle", "carbon_investment")
    )
    return {
        "commercialisation_cycle_reduction": [cycle["low"], cycle["high"]],
        "carbon_reduction_investment_increase": carbon,
    }


RUNNERS: dict[str, Runner] = {"seed000/claims.performance": _claims}
