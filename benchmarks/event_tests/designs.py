"""Made returns in which the truth is known: nothing happens, or grants carry a signal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ipfinance.evidence import GrantBatch
from ipfinance.numerics import EventPanel, FirmReturns, FloatArray, GrantDays, IntArray, TradingDays

BEFORE = 120
LENGTH = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A sample of events without any effect.

    Attributes
    ----------
    n
        Events, each of a security of its own.
    dates
        Different event dates; windows on different dates share no day.
    tails
        Degrees of freedom of the noise; 0 for normal noise.
    common
        Share of the noise's variance that all securities have in common beyond the market.
    burst
        What the noise is multiplied by in the event window.
    missing
        Share of the days without a return.
    """

    n: int = 50
    dates: int = 50
    tails: int = 0
    common: float = 0.0
    burst: float = 1.0
    missing: float = 0.0


DESIGNS = {
    "own dates, normal": Design(),
    "own dates, heavy tails": Design(tails=4),
    "own dates, 10 events": Design(n=10, dates=10),
    "own dates, a fifth of the days missing": Design(missing=0.2),
    "own dates, twice the spread in the window": Design(burst=2.0),
    "one date, correlated": Design(dates=1, common=0.1),
    "five dates, correlated": Design(dates=5, common=0.1),
    "25 dates, correlated": Design(dates=25, common=0.1),
    "one date, twice the spread, correlated": Design(dates=1, common=0.1, burst=2.0),
}


def panel(design: Design, rng: np.random.Generator) -> tuple[EventPanel, IntArray, IntArray]:
    """Return returns with nothing in them, and the column and the row of each event."""
    gap = BEFORE + LENGTH
    n_days = BEFORE + gap * design.dates
    date = BEFORE + gap * (np.arange(design.n) * design.dates // design.n)
    market = rng.normal(0.0, 0.01, n_days)
    beta = rng.uniform(0.5, 1.5, design.n)
    spread = rng.uniform(0.01, 0.03, design.n)
    returns = np.zeros((n_days, design.n))
    for start in np.unique(date):
        (of_date,) = np.nonzero(date == start)
        rows = slice(start - BEFORE, start + LENGTH)
        noise = spread[of_date] * _noise(design, rng, (gap, len(of_date)))
        returns[rows, of_date] = market[rows, None] * beta[of_date] + noise
    if design.missing:
        returns[rng.random(returns.shape) < design.missing] = np.nan
    made = EventPanel(
        returns=returns, base=None, factors=market[:, None], intercept=True,
        estimation=(-BEFORE, -1), window=(0, LENGTH - 1),
    )  # fmt: skip
    return made, np.arange(design.n), date


def _noise(design: Design, rng: np.random.Generator, shape: tuple[int, int]) -> FloatArray:
    own = rng.standard_t(design.tails, shape) if design.tails else rng.normal(size=shape)
    if design.tails:
        own /= np.sqrt(design.tails / (design.tails - 2))
    shared = rng.normal(size=(shape[0], 1))
    noise = np.sqrt(design.common) * shared + np.sqrt(1.0 - design.common) * own
    noise[BEFORE:] *= design.burst
    return np.asarray(noise)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantDesign:
    """Firms whose grants carry a half-normal signal.

    Attributes
    ----------
    gamma
        The truth.
    every
        Trading days from grant to grant, on average.
    window
        Days over which returns are compounded.
    tails
        Degrees of freedom of the noise; 0 for normal noise.
    """

    gamma: float = 0.2
    every: int = 60
    firms: int = 40
    days: int = 500
    window: int = 1
    tails: int = 0


GRANT_DESIGNS = {
    "window of one day": GrantDesign(),
    "window of three days, a grant in 60 days": GrantDesign(window=3),
    "window of three days, a grant in 5 days": GrantDesign(window=3, every=5),
    "10 firms": GrantDesign(firms=10),
    "heavy tails": GrantDesign(tails=4),
}


def grants(design: GrantDesign, rng: np.random.Generator) -> tuple[GrantBatch, TradingDays]:
    """Return returns with a signal on grant days."""
    dates = np.arange("2000-01-03", "2004-01-01", dtype="datetime64[D]")
    dates = dates[np.is_busday(dates)][: design.days]
    shape = (design.firms, design.days)
    noise = rng.standard_t(design.tails, shape) if design.tails else rng.normal(size=shape)
    scale = rng.uniform(0.005, 0.02, design.firms)[:, None]
    if design.tails:
        noise /= np.sqrt(design.tails / (design.tails - 2))
    granted = rng.random(shape) < 1.0 / design.every
    signal = np.sqrt(design.window * np.expm1(design.gamma)) * np.abs(rng.normal(size=shape))
    returns = scale * (noise + np.where(granted, signal, 0.0))
    firm, day = np.nonzero(granted)
    batch = GrantBatch(
        firms=FirmReturns(
            first=np.arange(design.firms + 1) * design.days,
            day=np.tile(np.arange(design.days, dtype=np.int32), design.firms),
            returns=returns.ravel(), caps=np.ones(returns.size),
        ),
        grants=GrantDays(
            first=np.searchsorted(firm, np.arange(design.firms + 1)).astype(np.int64),
            day=day.astype(np.int32), bits=np.ones(len(day), dtype=np.int64),
        ),
        counts=np.ones((len(day), 1), dtype=np.int64),
    )  # fmt: skip
    return batch, TradingDays.of(dates, np.zeros(design.days))
