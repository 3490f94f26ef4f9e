"""Settings of the whole test run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.data import SHARED

settings.register_profile(
    "ipfinance",
    settings(),
    deadline=None,  # the first call of a kernel compiles it
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ipfinance")
os.environ.setdefault("MPLCONFIGDIR", os.path.join(os.getcwd(), ".pytest_cache", "matplotlib"))  # noqa: PTH109, PTH118


@pytest.fixture
def shared_data() -> Path:
    """Return the folder of other people's data beside the tree; without it the test is skipped."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the shared data are not beside the tree")
    return SHARED / "data"
