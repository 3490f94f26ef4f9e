"""Panels that tests estimate on: published data, where it stands beside the tree, and made ones."""

from __future__ import annotations

from functools import cache

import numpy as np

from ipfinance.bootstrap import LocalTables
from ipfinance.evidence import Regression, RegressionRequest, estimate, parse_formula
from ipfinance.market import Table, TextColumn
from tests.data import SHARED

DATA = SHARED / "data"


@cache
def petersen() -> Table:
    """Return 500 firms over 10 years, made by M. Petersen for the comparison of errors."""
    return LocalTables().table(DATA / "petersen" / "PetersenCL.csv")


@cache
def grunfeld() -> Table:
    """Return Grunfeld's ten firms over 20 years; American Steel is left out."""
    found = LocalTables().table(DATA / "grunfeld" / "Grunfeld_AER_11firms.csv")
    return found.taken(np.array([t != "American Steel" for t in found.texts("firm").texts()]))


@cache
def tobin_q() -> Table:
    """Return 188 firms over 35 years."""
    return LocalTables().table(DATA / "tobinq_pder" / "TobinQ.csv.gz")


@cache
def made(rows: int = 1200, firms: int = 60) -> Table:
    """Return an unbalanced panel with effects, regions, types, counts and weights."""
    rng = np.random.Generator(np.random.PCG64(11))
    firm = np.sort(rng.integers(0, firms, rows))
    year = rng.integers(2001, 2011, rows)
    region = firm % 7
    kinds = np.array(["design", "invention", "utility"])[rng.integers(0, 3, rows)]
    effect = rng.normal(size=firms)[firm] + 0.1 * (year - 2005)
    x1 = rng.normal(size=rows) + effect
    x2 = rng.normal(size=rows) + 0.3 * x1
    y = 0.5 * x1 - 0.2 * x2 + effect + rng.normal(size=rows) * (1 + 0.5 * np.abs(x1))
    counts = rng.poisson(np.exp(0.2 * x1 - 0.1 * x2 + 0.3 * effect))
    return Table.of(
        {
            "firm": TextColumn.of([f"F{code:03d}" for code in firm]),
            "year": year.astype(np.float64),
            "region": TextColumn.of([f"R{code}" for code in region]),
            "kind": TextColumn.of(kinds.tolist()),
            "x1": x1,
            "x2": x2,
            "y": y,
            "count": counts.astype(np.float64),
            "weight": rng.uniform(0.5, 2.0, rows),
        }
    )


def regress(table: Table, formula: str, **options: object) -> Regression:
    """Return a regression asked for as the command line does."""
    request = RegressionRequest(formula=parse_formula(formula), **options)  # type: ignore[arg-type]
    return estimate(table, request).regression
