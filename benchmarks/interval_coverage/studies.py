"""Intervals against known truth, many samples a design; one row of JSON a design on stdout."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from ipfinance.evidence import (
    HedonicRequest,
    MarketDesign,
    MarketModel,
    PanelRequest,
    PatentValueRequest,
    RegressionRequest,
    SourceColumn,
    build_panel,
    estimate,
    fit_hedonic,
    make_panel,
    parse_formula,
    patent_values,
    predict_hedonic,
)
from ipfinance.market import Table

SAMPLES = 2000
CONTROLS = "leverage + turnover + fixed_ratio"
Hits = dict[str, bool]


def inside(interval: tuple[float, float], truth: float) -> bool:
    """Whether an interval holds a number."""
    return bool(interval[0] <= truth <= interval[1])


def money_by_type(rng: np.random.Generator) -> Hits:
    """150 firms over 6 years, three types, protection: delta-method intervals of mean money."""
    design = MarketDesign(firms=150, years=6, noise=0.1)
    given, truth = make_panel(design, rng)
    columns = {name: SourceColumn(column=name) for name in given.names}
    panel = build_panel(
        given.with_columns({"year": given.texts("year")}), PanelRequest(columns=columns)
    ).table
    request = PatentValueRequest(
        patents=("invention", "utility", "design"),
        controls=CONTROLS,
        effects="firm + year",
        protection="protection",
        draws=0,
    )
    found = patent_values(panel, request)
    hits = {
        f"mean value, {name}": inside(found.value(name).interval, design.money[name])
        for name in design.money
    }
    unit = next(v for v in found.protection_values if v.column == "invention")
    per_unit = truth["protection_value_per_patent"]["invention"]
    return {**hits, "one unit of protection, invention": inside(unit.interval, per_unit)}


def clusters(count: int) -> Callable[[np.random.Generator], Hits]:
    """Regressor and error both correlated in a few regions of 30 rows."""

    def one(rng: np.random.Generator) -> Hits:
        group = np.repeat(np.arange(count), 30)
        x = rng.normal(size=count)[group] + rng.normal(size=len(group))
        y = 0.5 * x + rng.normal(size=count)[group] + rng.normal(size=len(group))
        table = Table.of({"region": group.astype(float), "x": x, "y": y})
        request = RegressionRequest(
            formula=parse_formula("y ~ x"), clusters=("region",), wild=("x",), draws=399
        )
        found = estimate(table, request)
        low, high = found.regression.interval()[1]
        return {
            f"clustered errors, {count} regions": inside((low, high), 0.5),
            f"wild bootstrap, {count} regions": inside(found.wild[0].interval, 0.5),
        }

    return one


def bootstrap(spread: float) -> Callable[[np.random.Generator], Hits]:
    """100 firms over 5 years; market values lognormal with this spread between firms."""

    def one(rng: np.random.Generator) -> Hits:
        firms, years = 100, 5
        firm, year = np.repeat(np.arange(firms), years), np.tile(np.arange(years), firms)
        patents = rng.poisson(5.0, len(firm)).astype(float)
        noise = rng.normal(size=len(firm)) * 0.1
        table = Table.of(
            {
                "firm": firm.astype(float),
                "year": year.astype(float),
                "patents": patents,
                "ln_q": rng.normal(size=firms)[firm] + 0.02 * patents + noise,
                "market_value": np.exp(spread * rng.normal(size=firms))[firm],
                "assets": np.ones(len(firm)),
            }
        )
        request = PatentValueRequest(
            patents=("patents",), effects="firm + year", draws=199, seed=int(rng.integers(1 << 30))
        )
        value = patent_values(table, request).value("patents")
        truth = 0.02 * np.exp(spread**2 / 2)
        kind = f"values spread {spread:g}"
        return {
            f"bootstrap over firms, {kind}": inside(value.resampled.mean, truth),
            f"delta method, {kind}": inside(value.interval, truth),
        }

    return one


def griliches(rng: np.random.Generator) -> Hits:
    """100 firms over 6 years: the coefficient inside the logarithm."""
    firms, years = 100, 6
    firm, year = np.repeat(np.arange(firms), years), np.tile(np.arange(years), firms)
    assets = rng.lognormal(3.0, 0.5, len(firm))
    patents = rng.poisson(4.0, len(firm)) * assets / 20.0
    shock = rng.normal(size=firms)[firm] * rng.normal(size=len(firm)) * 0.1
    ln_q = rng.normal(size=firms)[firm] + 0.05 * year + np.log1p(1.5 * patents / assets) + shock
    table = Table.of(
        {
            "firm": firm.astype(float),
            "year": year.astype(float),
            "patents": patents,
            "assets": assets,
            "ln_q": ln_q,
            "market_value": np.exp(ln_q) * assets,
        }
    )
    request = PatentValueRequest(
        patents=("patents",), effects="firm + year", model=MarketModel.GRILICHES, draws=0
    )
    found = patent_values(table, request).regressions["types"]
    low, high = found.interval()[0]
    return {"coefficient of Griliches' model": inside((low, high), 1.5)}


def hedonic(rng: np.random.Generator) -> Hits:
    """60 patents, errors normal or skewed: the interval of one new patent."""
    hits = {}
    for name, drawn in (("normal", rng.normal(size=61)), ("skewed", rng.exponential(size=61) - 1)):
        x, z = rng.normal(size=61), (rng.uniform(size=61) < 0.3).astype(float)
        value = np.exp(5.0 + 0.5 * x + 1.0 * z + 0.6 * drawn)
        table = Table.of({"x": x, "z": z, "value": value})
        formula = parse_formula("log(value) ~ x + z")
        model = fit_hedonic(table.taken(np.arange(60)), HedonicRequest(formula=formula)).model
        found = predict_hedonic(model, table.taken(np.array([60])), draws=1)
        hits[f"one new patent, {name} errors"] = inside((found.low[0], found.high[0]), value[60])
    return hits


STUDIES: dict[str, Callable[[np.random.Generator], Hits]] = {
    "money": money_by_type,
    "clusters-40": clusters(40),
    "clusters-6": clusters(6),
    "bootstrap-even": bootstrap(0.3),
    "bootstrap-skewed": bootstrap(1.5),
    "griliches": griliches,
    "hedonic": hedonic,
}


def part(name: str, first: int, count: int) -> list[Hits]:
    """Draw some samples of a design, each from a seed of its own."""
    study = STUDIES[name]
    return [
        study(np.random.Generator(np.random.PCG64([2026, k]))) for k in range(first, first + count)
    ]


def main() -> None:
    """Run the designs named on the command line, or all of them."""
    names = sys.argv[1:] or list(STUDIES)
    size = 50
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for name in names:
            start = time.perf_counter()
            jobs = [pool.submit(part, name, k, size) for k in range(0, SAMPLES, size)]
            hits = [hit for job in jobs for hit in job.result()]
            shares = {key: sum(hit[key] for hit in hits) / len(hits) for key in hits[0]}
            seconds = time.perf_counter() - start
            print(
                json.dumps({"study": name, "samples": len(hits), "seconds": seconds, **shares}),
                flush=True,
            )


if __name__ == "__main__":
    main()
