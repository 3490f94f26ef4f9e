"""The same estimator in plain pandas: firm after firm, grant day after grant day."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import norm

PI = 0.55


def main() -> None:
    """Estimate gamma and value every grant, as a first script does."""
    folder = Path(sys.argv[1])
    begin = time.perf_counter()
    daily = pd.concat(
        pd.read_parquet(path) for path in sorted((folder / "returns").glob("*.parquet"))
    )
    daily["date"] = pd.to_datetime(daily["date"])
    market = pd.read_csv(folder / "market.csv", parse_dates=["date"]).set_index("date")["market"]
    grants = pd.read_parquet(folder / "grants.parquet")
    grants["date"] = pd.to_datetime(grants["date"])
    rows, logs = [], []
    for firm, own in daily.groupby("firm"):
        days = grants.loc[grants["firm"] == firm, "date"].value_counts().sort_index()
        if days.empty:
            continue
        own = own.set_index("date").reindex(market.index)  # noqa: PLW2901
        excess = own["return"] - market
        grown = 1.0 + excess.fillna(0.0)
        window = grown * grown.shift(-1) * grown.shift(-2) - 1.0
        logs.append(_logs(window[excess.notna()], days))
        cap = own["market_cap"].shift(1).ffill(limit=9)
        for day, patents in days.items():
            before = excess[excess.index.year == day.year - 1].dropna()
            if len(before) and not np.isnan(cap[day]):
                rows.append(
                    (firm, day, patents, window[day], np.sqrt((before**2).mean()), cap[day])
                )
    gamma = _gamma(pd.concat(logs))
    found = pd.DataFrame(rows, columns=["firm", "date", "patents", "window", "volatility", "cap"])
    share = 1.0 - np.exp(-gamma)
    noise = np.sqrt(3.0) * found["volatility"]
    a = -np.sqrt(share) * found["window"] / noise
    hazard = np.exp(norm.logpdf(a) - norm.logsf(a))
    signal = share * found["window"] + np.sqrt(share) * noise * hazard
    found["value"] = signal * found["cap"] / ((1.0 - PI) * found["patents"])
    values = grants.merge(found[["firm", "date", "value"]], on=["firm", "date"])
    values.to_parquet(folder / "pandas-plain.parquet")
    print(
        json.dumps(
            {
                "seconds": time.perf_counter() - begin,
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "gamma": gamma,
                "error": None,
                "mean": float(values["value"].mean()),
                "n": len(values),
                "version": pd.__version__,
            }
        )
    )


def _logs(window: pd.Series, days: pd.Series) -> pd.DataFrame:
    window = window[window.notna() & (window != 0.0)]
    frame = pd.DataFrame({"y": np.log(window**2)})
    frame["granted"] = frame.index.isin(days.index).astype(float)
    for weekday in range(1, 5):
        frame[f"weekday{weekday}"] = (frame.index.day_of_week == weekday).astype(float)
    return frame - frame.groupby(frame.index.year).transform("mean")


def _gamma(frame: pd.DataFrame) -> float:
    x, y = frame.drop(columns="y").to_numpy(), frame["y"].to_numpy()
    return float(np.linalg.lstsq(x, y, rcond=None)[0][0])


if __name__ == "__main__":
    main()
