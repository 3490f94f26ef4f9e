"""Values of granted patents from tables of any size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from ipfinance.evidence import (
    GammaFit,
    GammaSample,
    GrantBatch,
    GrantCounts,
    GrantDayValues,
    GrantTerms,
    GrantValuation,
    day_values,
    grant_findings,
    group_values,
    windows_of,
)
from ipfinance.numerics import FloatArray, GrantWindows, IntArray, TradingDays


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantSources:
    """Which files a valuation of grants reads.

    Attributes
    ----------
    returns
        One row a firm and day: firm, date, return, market_cap.
    grants
        One row a patent: firm, date, and patent and group where there are any.
    market
        A file with the date first, or a column of the returns.
    market_column
        Which column of the market's file, where there are several.
    columns
        How a role is called in the files, where the name is another.
    cpi
        A price index, date and cpi, 100 in the base year.
    """

    returns: Path
    grants: Path
    market: str
    market_column: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    cpi: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GrantPart:
    """One batch of firms and its number."""

    number: int
    batch: GrantBatch


class GrantTables(Protocol):
    """Gives returns and grants batch by batch, and takes what must be put aside."""

    days: TradingDays
    groups: tuple[str, ...]
    n_patents: int
    n_without_returns: int
    n_firms: int
    n_rows: int
    lost_rows: int
    off_calendar: int
    rolled: int

    def parts(self) -> Iterator[GrantPart]:
        """Read batch after batch."""
        ...

    def keep(self, part: GrantPart, windows: GrantWindows) -> None:
        """Put the windows of a batch aside."""
        ...

    def kept(self) -> Iterator[tuple[int, GrantWindows, IntArray]]:
        """Return windows and numbers of patents, batch after batch."""
        ...

    def patent_places(self, number: int) -> tuple[IntArray, IntArray]:
        """Return for each patent of a batch its grant day and its group."""
        ...

    def deflators(self, number: int) -> FloatArray | None:
        """Return the price level on each grant day of a batch, or nothing."""
        ...

    def write(
        self, number: int, values: GrantDayValues, windows: GrantWindows, counts: IntArray
    ) -> None:
        """Write the patents of a batch with their values."""
        ...

    def finish(self, path: Path) -> None:
        """Join what was written into one file."""
        ...


def value_grants(
    tables: GrantTables, terms: GrantTerms, *, output: Path | None = None
) -> GrantValuation:
    """Estimate gamma, value every patent, and write them where a file is given.

    The returns are read once. Memory holds one batch of firms at a time, and one number of each
    kind for each patent.
    """
    sample = GammaSample(terms, tables.days, tables.groups)
    n_days = 0
    for part in tables.parts():
        windows = windows_of(part.batch, tables.days, terms)
        n_days += len(windows.total)
        tables.keep(part, windows)
        if terms.gamma is None:
            sample.add(part.batch)
    gammas: tuple[GammaFit, ...]
    if terms.gamma is None:
        gammas = sample.fitted()
    else:
        gammas = (GammaFit(group="", gamma=terms.gamma, error=None),)
    tally = _Tally(terms)
    for number, windows, counts in tables.kept():
        values = day_values(windows, counts, gammas, terms)
        place, group = tables.patent_places(number)
        tally.add(windows, values, place, group, tables.deflators(number))
        if output is not None:
            tables.write(number, values, windows, counts)
    found = tally.valuation(tables, gammas, n_days)
    if output is not None:
        tables.finish(output)
    return found


class _Tally:
    """Adds up batch after batch what the summary needs."""

    def __init__(self, terms: GrantTerms) -> None:
        self.terms = terms
        self.value: list[FloatArray] = []
        self.real: list[FloatArray] = []
        self.raw: list[FloatArray] = []
        self.group: list[IntArray] = []
        self.reasons = dict.fromkeys(("no_window", "no_variance", "no_cap", "no_gamma"), 0)

    def add(
        self,
        windows: GrantWindows,
        values: GrantDayValues,
        place: IntArray,
        group: IntArray,
        deflators: FloatArray | None,
    ) -> None:
        value = values.value[place, group]
        self.value.append(value)
        self.raw.append(values.raw[place])
        self.group.append(group.astype(np.int8))
        if deflators is not None:
            self.real.append(value / deflators[place] * 100.0)
        left = np.isnan(value)
        causes = {
            "no_window": windows.observed[place] == 0,
            "no_variance": np.isnan(values.noise[place]),
            "no_cap": np.isnan(windows.cap[place]),
            "no_gamma": np.ones(len(place), dtype=bool),
        }
        for name, cause in causes.items():
            self.reasons[name] += int((left & cause).sum())
            left = left & ~cause

    def valuation(
        self, tables: GrantTables, gammas: tuple[GammaFit, ...], n_days: int
    ) -> GrantValuation:
        value, raw = np.concatenate(self.value), np.concatenate(self.raw)
        group = np.concatenate(self.group)
        real = np.concatenate(self.real) if self.real else None
        summaries = [group_values("", value, real, raw)]
        if len(tables.groups) > 1:
            for place, name in enumerate(tables.groups):
                own = group == place
                part = None if real is None else real[own]
                summaries.append(group_values(name, value[own], part, raw[own]))
        counts = GrantCounts(
            patents=tables.n_patents,
            valued=summaries[0].n,
            no_returns=tables.n_without_returns,
            off_calendar=tables.off_calendar,
            grant_days=n_days,
            rolled=tables.rolled,
            rows=tables.n_rows,
            firms=tables.n_firms,
            lost_rows=tables.lost_rows,
            **self.reasons,
        )
        groups = tables.groups if len(tables.groups) > 1 else ()
        return GrantValuation(
            terms=self.terms,
            gammas=gammas,
            groups=groups,
            values=tuple(summaries),
            counts=counts,
            findings=grant_findings(self.terms, gammas, groups, summaries, counts),
        )
