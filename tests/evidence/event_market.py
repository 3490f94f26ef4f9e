"""A made market with known events, as arrays and as files."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ipfinance.evidence import Benchmark, EventList
from ipfinance.market import DateArray, ReturnPanel, ReturnsKind, ReturnUnit, Table, TextColumn
from ipfinance.numerics import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MadeMarket:
    """Returns of securities and of the market, and events with a known jump."""

    dates: DateArray
    securities: tuple[str, ...]
    returns: FloatArray
    market: FloatArray
    security: tuple[str, ...]
    day: tuple[int, ...]

    def panel(self) -> ReturnPanel:
        columns = dict(zip(self.securities, self.returns.T, strict=True))
        table = Table.of({"date": self.dates, **columns})
        return ReturnPanel.of(table, unit=ReturnUnit.DECIMAL, kind=ReturnsKind.SIMPLE)

    def benchmark(self) -> Benchmark:
        table = Table.of({"date": self.dates, "market": self.market})
        panel = ReturnPanel.of(table, unit=ReturnUnit.DECIMAL, kind=ReturnsKind.SIMPLE)
        return Benchmark(factors=panel)

    def events(self, **more: FloatArray) -> EventList:
        dates = self.dates[np.array(self.day)]
        return EventList.of(
            Table.of({"security": TextColumn.of(self.security), "date": dates, **more})
        )

    def write(self, folder: Path) -> None:
        """Write returns.csv, market.csv and events.csv."""
        cells = [
            ["" if value != value else repr(value) for value in row]  # noqa: PLR0124
            for row in self.returns.tolist()
        ]
        days = [str(day) for day in self.dates]
        _write(
            folder / "returns.csv",
            ["date", *self.securities],
            [[day, *row] for day, row in zip(days, cells, strict=True)],
        )
        _write(
            folder / "market.csv",
            ["date", "INDEX"],
            [[day, repr(value)] for day, value in zip(days, self.market.tolist(), strict=True)],
        )
        _write(
            folder / "events.csv",
            ["security", "date", "market_cap", "patents"],
            [
                [name, days[day], "2000", str(1 + place % 3)]
                for place, (name, day) in enumerate(zip(self.security, self.day, strict=True))
            ],
        )


def _write(path: Path, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(head)
        writer.writerows(rows)


def made_market(
    *, n_securities: int = 12, n_days: int = 400, jump: float = 0.03, seed: int = 7
) -> MadeMarket:
    """Return a market in which each security jumps once on its event day."""
    rng = np.random.default_rng(seed)
    dates = np.arange("2018-01-01", "2021-01-01", dtype="datetime64[D]")
    dates = dates[np.is_busday(dates)][:n_days]
    market = rng.normal(0.0003, 0.01, n_days)
    beta = rng.uniform(0.6, 1.4, n_securities)
    noise = rng.normal(0.0, 0.012, (n_days, n_securities))
    returns = 0.0001 + market[:, None] * beta + noise
    day = rng.integers(200, n_days - 20, n_securities)
    returns[day, np.arange(n_securities)] += jump
    names = tuple(f"{600000 + i}" for i in range(n_securities))
    return MadeMarket(
        dates=dates, securities=names, returns=returns, market=market, security=names,
        day=tuple(day.tolist()),
    )  # fmt: skip
