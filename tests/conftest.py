"""Settings of the whole test run."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "ipfinance",
    settings(),
    deadline=None,  # the first call of a kernel compiles it
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ipfinance")
os.environ.setdefault("MPLCONFIGDIR", os.path.join(os.getcwd(), ".pytest_cache", "matplotlib"))  # noqa: PTH109, PTH118
