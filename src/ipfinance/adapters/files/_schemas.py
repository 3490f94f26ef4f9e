"""The model of every input file by its name."""

from __future__ import annotations

from ipfinance.adapters.files import _models
from ipfinance.adapters.files._deal import deal_model
from ipfinance.adapters.files._models import Strict


def schemas() -> dict[str, type[Strict]]:
    """Return the model of every input file by its name."""
    return {**_models.schemas(), "deal": deal_model()}
