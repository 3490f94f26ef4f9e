"""Daily returns and grants of a made market, written firm by firm; the same for every program."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

SEED = 20260630
YEARS = 40
FIRMS_AT_ONCE = 400
GAMMA = 0.0146289


def make(folder: Path, *, firms: int, patents: int) -> tuple[int, int]:
    """Write returns, grants and the market; return the number of rows and of patents.

    Firms are listed for 5 to 40 years, their returns have gaps, grants come on Tuesdays and are as
    unequal as real ones: most firms have few, some have dozens a week.
    """
    rng = np.random.default_rng(SEED)
    days = np.arange("1980-01-01", f"{1980 + YEARS}-01-01", dtype="datetime64[D]")
    days = days[np.is_busday(days)]
    days = days[rng.random(len(days)) > 0.035]  # holidays
    market = rng.normal(0.0003, 0.01, len(days)).astype(np.float64)
    pl.DataFrame({"date": days, "market": market}).write_csv(folder / "market.csv")
    tuesdays = np.flatnonzero((days - np.datetime64("1970-01-06")).astype(int) % 7 == 0)
    weight = rng.lognormal(0.0, 2.0, firms)
    per_firm = rng.multinomial(patents, weight / weight.sum())
    returns = folder / "returns"
    returns.mkdir()
    grants, rows = [], 0
    for start in range(0, firms, FIRMS_AT_ONCE):
        parts = []
        for firm in range(start, min(start + FIRMS_AT_ONCE, firms)):
            length = len(days) if rng.random() < 0.9 else int(rng.integers(1250, len(days)))
            first = int(rng.integers(0, len(days) - length + 1))
            there = np.arange(first, first + length)
            there = there[rng.random(length) > 0.005]
            volatility = rng.uniform(0.01, 0.04)
            own = np.zeros(len(days))
            own[there] = rng.normal(0, volatility, len(there))
            inside = tuesdays[(tuesdays >= first) & (tuesdays < first + length - 3)]
            count = int(per_firm[firm])
            chosen = np.sort(rng.choice(inside, count))
            day = np.unique(chosen)
            scale = volatility * np.sqrt(3 * np.expm1(GAMMA))
            own[day] += np.abs(rng.normal(0, scale, len(day)))
            walk = np.cumsum(rng.normal(0, 0.01, len(there)))
            parts.append(
                pl.DataFrame(
                    {
                        "firm": np.full(len(there), 10_000 + firm, dtype=np.int32),
                        "date": days[there],
                        "return": market[there] + own[there],
                        "market_cap": rng.lognormal(6, 2) * np.exp(0.3 * walk),
                    }
                )
            )
            grants.append(
                pl.DataFrame(
                    {"firm": np.full(count, 10_000 + firm, dtype=np.int32), "date": days[chosen]}
                )
            )
        whole = pl.concat(parts)
        rows += whole.height
        whole.write_parquet(returns / f"{start:06}.parquet", compression="lz4")
    patents_table = pl.concat(grants).with_row_index("patent")
    patents_table.sample(fraction=1.0, shuffle=True, seed=SEED).write_parquet(
        folder / "grants.parquet"
    )
    return rows, patents_table.height
