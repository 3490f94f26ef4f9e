"""Gamma by our own engine and by pyfixest."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pyfixest
import pytest

from ipfinance.evidence import GammaEffects, GammaSample, GrantTerms
from ipfinance.numerics import log_square_rows
from tests.evidence.grant_market import two_kinds

pytestmark = pytest.mark.filterwarnings("ignore")
TERMS = GrantTerms(grant_probability=0.55)


def test_gamma_against_a_second_engine() -> None:
    batch, days = two_kinds(20_000, seed=2)
    logs, bits = log_square_rows(batch.firms, days, batch.grants, length=3)
    firm = np.repeat(np.arange(batch.firms.n_firms), np.diff(batch.firms.first))
    day = batch.firms.day
    kept = np.isfinite(logs)
    frame = pd.DataFrame(
        {
            "y": logs, "granted": (bits > 0).astype(float), "firm": firm, "day": day,
            "weekday": days.weekday[day], "year": days.year[day],
            "cell": firm * 100 + days.year[day],
        }
    )[kept]  # fmt: skip
    for effects, absorbed in ((GammaEffects.WEEKDAY, "weekday"), (GammaEffects.DATE, "day")):
        sample = GammaSample(replace(TERMS, effects=effects), days, ("",))
        sample.add(batch)
        (fit,) = sample.fitted()
        other = pyfixest.feols(
            f"y ~ granted | cell + {absorbed}", frame, vcov={"CRV1": "firm"},
            ssc=pyfixest.ssc(k_adj=False, G_adj=False),
        )  # fmt: skip
        assert fit.gamma == pytest.approx(float(other.coef()["granted"]), rel=1e-6)
        n, g = len(frame), fit.n_clusters
        absorbed_count = 6 if effects is GammaEffects.WEEKDAY else 0
        k = 1 + absorbed_count + (1 if effects is GammaEffects.WEEKDAY else len(set(day[kept])))
        plain = fit.error / math.sqrt(g / (g - 1) * (n - 1) / (n - k)) if fit.error else 0.0
        assert plain == pytest.approx(float(other.se()["granted"]), rel=1e-4)
