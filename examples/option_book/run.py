"""Value a table of American options to invest; a bad row keeps its place."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

import ipfinance as ip

TABLE = Path(__file__).with_name("rights.csv")


def main() -> None:
    rows = list(csv.DictReader(TABLE.read_text("utf-8").splitlines()))
    columns = {
        name: np.array([float(row[name]) for row in rows]) for name in rows[0] if name != "right"
    }
    batch = ip.option_batch(
        **columns, hazard_kind="unpriced", exercise=np.full(len(rows), fill_value=True)
    )
    for i, row in enumerate(rows):
        answer = batch.row(i)
        shown = answer.message if np.isnan(batch.values[i]) else f"{batch.values[i]:.4f}"
        print(f"{row['right']:<8} {shown}")
    print(f"sum of {np.isfinite(batch.values).sum()} rows: {np.nansum(batch.values):.4f}")


if __name__ == "__main__":
    main()
