"""A made market in which grants add a known signal to returns."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from ipfinance.evidence import GrantBatch
from ipfinance.numerics import FirmReturns, GrantDays, TradingDays


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeGrants:
    """Tables of returns and grants, the market, and what went into them."""

    returns: pl.DataFrame
    grants: pl.DataFrame
    market: pl.DataFrame

    def write(self, folder: Path, suffix: str = ".parquet") -> None:
        """Write returns, grants and market.csv."""
        for name, frame in (("returns", self.returns), ("grants", self.grants)):
            path = folder / f"{name}{suffix}"
            if suffix == ".parquet":
                frame.write_parquet(path)
            else:
                frame.write_csv(path)
        self.market.write_csv(folder / "market.csv")


def made_grants(
    *,
    n_firms: int = 40,
    years: int = 4,
    gamma: float = 0.4,
    seed: int = 3,
    groups: tuple[tuple[str, float], ...] = (),
    every: int = 5,
) -> MadeGrants:
    """Return a market in which a grant adds a half-normal signal to the window's return.

    Parameters
    ----------
    gamma
        Log of one plus the ratio of the signal's to the window noise's variance.
    groups
        Names and gammas of the groups of patents, drawn alike; none when empty.
    every
        A firm has a grant on a weekday of its own, every so many trading days on average.
    """
    rng = np.random.default_rng(seed)
    dates = np.arange("2001-01-01", f"{2001 + years}-01-01", dtype="datetime64[D]")
    dates = dates[np.is_busday(dates)]
    n_days = len(dates)
    market = rng.normal(0.0003, 0.01, n_days)
    returns, grants = [], []
    kinds = groups or (("", gamma),)
    for firm in range(n_firms):
        volatility = rng.uniform(0.01, 0.03)
        noise = rng.normal(0.0, volatility, n_days)
        granted = np.flatnonzero(rng.random(n_days) < 1.0 / every)
        granted = granted[np.append(True, np.diff(granted) >= 3) & (granted < n_days - 3)]
        group = rng.integers(0, len(kinds), len(granted))
        ratio = np.array([np.sqrt(np.expm1(each)) for _, each in kinds])
        scale = volatility * np.sqrt(3.0) * ratio[group]
        noise[granted] += np.abs(rng.normal(0.0, scale))
        cap = rng.lognormal(8.0, 1.0) * np.exp(np.cumsum(rng.normal(0, 0.005, n_days)))
        name = 10_000 + 7 * firm
        returns.append(
            pl.DataFrame(
                {
                    "firm": [name] * n_days,
                    "date": dates,
                    "return": market + noise,
                    "market_cap": cap,
                }
            )
        )
        many = rng.integers(1, 4, len(granted))
        grants.append(
            pl.DataFrame(
                {
                    "firm": [name] * int(many.sum()),
                    "date": np.repeat(dates[granted], many),
                    "group": np.repeat([kinds[g][0] for g in group], many),
                }
            )
        )
    patents = (
        pl.concat(grants).with_row_index("patent").with_columns(pl.col("patent").cast(pl.String))
    )
    if not groups:
        patents = patents.drop("group")
    frame = pl.DataFrame({"date": dates, "market": market})
    return MadeGrants(returns=pl.concat(returns), grants=patents, market=frame)


def two_kinds(rows: int, seed: int) -> tuple[GrantBatch, TradingDays]:
    """Return the design of the literature: a quarter of the days granted, two kinds of patents."""
    rng = np.random.default_rng(seed)
    n_days = 250 * 4
    n_firms = rows // n_days
    dates = np.arange("2000-01-03", "2006-01-01", dtype="datetime64[D]")
    dates = dates[np.is_busday(dates)][:n_days]
    scale = np.repeat(rng.uniform(0, 1, n_firms), n_days) * 1e-3
    kind = rng.choice(3, n_firms * n_days, p=[0.75, 0.10, 0.15])
    noise = rng.normal(0, 5 * scale)
    signal = np.abs(rng.normal(0, scale * np.array([0.0, 1.1, 1.0])[kind]))
    day = np.tile(np.arange(n_days, dtype=np.int32), n_firms)
    granted = kind > 0
    firm = np.repeat(np.arange(n_firms), n_days)[granted]
    counts = np.column_stack([kind[granted] == 1, kind[granted] == 2]).astype(np.int64)
    batch = GrantBatch(
        firms=FirmReturns(
            first=np.arange(n_firms + 1) * n_days, day=day, returns=noise + signal,
            caps=np.ones(len(day)),
        ),
        grants=GrantDays(
            first=np.searchsorted(firm, np.arange(n_firms + 1)).astype(np.int64),
            day=day[granted], bits=kind[granted].astype(np.int64),
        ),
        counts=counts,
    )  # fmt: skip
    return batch, TradingDays.of(dates, np.zeros(n_days))
