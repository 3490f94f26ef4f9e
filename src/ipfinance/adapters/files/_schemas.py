"""The models of all input files, by the name under which a user asks for them."""

from __future__ import annotations

from ipfinance.adapters.files import _models
from ipfinance.adapters.files._credit_models import BookFile, FundFile, PledgeFile, WatchFile
from ipfinance.adapters.files._deal import deal_model


def schemas() -> dict[str, type[_models.Strict]]:
    """Return the model of every input file by its name."""
    return {
        **_models.schemas(),
        "pledge": PledgeFile,
        "fund": FundFile,
        "book": BookFile,
        "watch": WatchFile,
        "deal": deal_model(),
    }
