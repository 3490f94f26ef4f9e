"""The same estimator in plain pandas: whole columns, no loops over rows."""

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


def main() -> None:  # noqa: PLR0915
    """Estimate gamma and value every grant, as a researcher would write it."""
    folder = Path(sys.argv[1])
    begin = time.perf_counter()
    daily = pd.concat(
        pd.read_parquet(path) for path in sorted((folder / "returns").glob("*.parquet"))
    )
    daily["date"] = pd.to_datetime(daily["date"])
    market = pd.read_csv(folder / "market.csv", parse_dates=["date"])
    grants = pd.read_parquet(folder / "grants.parquet")
    grants["date"] = pd.to_datetime(grants["date"])

    calendar = pd.Series(np.arange(len(market)), index=market["date"])
    index = pd.MultiIndex.from_product(
        [daily["firm"].unique(), market["date"]], names=["firm", "date"]
    )
    daily = daily.set_index(["firm", "date"]).reindex(index).reset_index()
    daily = daily.merge(market, on="date")
    daily = daily.sort_values(["firm", "date"])
    daily["excess"] = daily["return"] - daily["market"]
    daily["year"] = daily["date"].dt.year
    firms = daily.groupby("firm")
    grown = 1.0 + daily["excess"].fillna(0.0)
    daily["window"] = (
        grown * grown.groupby(daily["firm"]).shift(-1) * grown.groupby(daily["firm"]).shift(-2)
        - 1.0
    )
    daily["cap_before"] = firms["market_cap"].shift(1)
    daily["cap_before"] = daily.groupby("firm")["cap_before"].ffill(limit=9)
    daily["square"] = daily["excess"] ** 2
    variance = daily.groupby(["firm", "year"])["square"].mean().rename("variance").reset_index()
    variance["year"] += 1
    daily = daily.merge(variance, on=["firm", "year"], how="left")

    counts = grants.groupby(["firm", "date"]).size().rename("patents").reset_index()
    daily = daily.merge(counts, on=["firm", "date"], how="left")
    daily["granted"] = daily["patents"].notna().astype(float)

    ever = daily[daily["firm"].isin(counts["firm"])].copy()
    ever = ever[ever["return"].notna() & ever["window"].notna() & (ever["window"] != 0.0)]
    ever["y"] = np.log(ever["window"] ** 2)
    names = ["granted", "y"]
    for day in range(1, 5):
        ever[f"weekday{day}"] = (ever["date"].dt.day_of_week == day).astype(float)
        names.insert(1, f"weekday{day}")
    means = ever.groupby(["firm", "year"])[names].transform("mean")
    within = ever[names] - means
    x, y = within[names[:-1]].to_numpy(), within["y"].to_numpy()
    inverse = np.linalg.inv(x.T @ x)
    slopes = inverse @ (x.T @ y)
    scores = pd.DataFrame(x * (y - x @ slopes)[:, None]).groupby(ever["firm"].to_numpy()).sum()
    meat = scores.to_numpy().T @ scores.to_numpy()
    error = float(np.sqrt((inverse @ meat @ inverse)[0, 0]))
    gamma = float(slopes[0])

    days = daily[daily["patents"].notna() & daily["variance"].notna() & daily["cap_before"].notna()]
    share = 1.0 - np.exp(-gamma)
    noise = np.sqrt(3.0 * days["variance"])
    a = -np.sqrt(share) * days["window"] / noise
    hazard = np.exp(norm.logpdf(a) - norm.logsf(a))
    signal = share * days["window"] + np.sqrt(share) * noise * hazard
    xi = signal * days["cap_before"] / ((1.0 - PI) * days["patents"])
    values = grants.merge(
        pd.DataFrame({"firm": days["firm"], "date": days["date"], "value": xi}),
        on=["firm", "date"],
    )
    values.to_parquet(folder / "pandas.parquet")
    print(
        json.dumps(
            {
                "seconds": time.perf_counter() - begin,
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "gamma": gamma,
                "error": error,
                "mean": float(values["value"].mean()),
                "n": len(values),
                "days": len(calendar),
                "version": pd.__version__,
            }
        )
    )


if __name__ == "__main__":
    main()
