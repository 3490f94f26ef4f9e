"""A small market in which every branch of the kernels on daily returns is taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ipfinance.numerics import FirmReturns, GrantDays, Int32Array, TradingDays

N_DAYS = 800


def small_market(firms: int = 12, seed: int = 1) -> tuple[FirmReturns, TradingDays, GrantDays]:
    """Return firms with gaps, missing cells, a firm without a grant, and two groups of grants."""
    rng = np.random.default_rng(seed)
    dates = np.arange("2000-01-03", "2004-01-01", dtype="datetime64[D]")
    dates = dates[np.is_busday(dates)][:N_DAYS]
    days = TradingDays.of(dates, rng.normal(0, 0.01, N_DAYS))
    first, grant_first = [0], [0]
    day, returns, caps, grant_day, bits = [], [], [], [], []
    for firm in range(firms):
        listed = np.arange(rng.integers(0, 100), rng.integers(600, N_DAYS))
        listed = listed[rng.random(len(listed)) > 0.05]
        own = days.market[listed] + rng.normal(0, 0.02, len(listed))
        own[rng.random(len(listed)) < 0.03] = np.nan
        day.append(listed)
        returns.append(own)
        caps.append(np.where(rng.random(len(listed)) < 0.1, np.nan, 1000.0 + listed))
        granted = np.sort(rng.choice(N_DAYS, 80, replace=False)) if firm != 3 else np.array([], int)
        grant_day.append(granted)
        bits.append(rng.integers(1, 4, len(granted)))
        first.append(first[-1] + len(listed))
        grant_first.append(grant_first[-1] + len(granted))
    return (
        FirmReturns(
            first=np.array(first),
            day=_small(day),
            returns=np.concatenate(returns),
            caps=np.concatenate(caps),
        ),
        days,
        GrantDays(first=np.array(grant_first), day=_small(grant_day), bits=np.concatenate(bits)),
    )


def _small(parts: list[Any]) -> Int32Array:
    return np.concatenate(parts).astype(np.int32)


def _pairs(function: Callable[..., Any]) -> Any:
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, 30))
    second[4] = np.nan
    flat = np.ones(30)
    return np.array(
        [
            function(first, second, 0, 10),
            function(first, second, 3, 10),
            function(first, second, 25, 10),
            function(flat, first, 0, 10),
        ]
    )


def _overlaps(function: Callable[..., Any]) -> Any:
    residuals = np.random.default_rng(0).normal(size=(6, 30))
    day = np.array([0, 0, 1, 1, 5, 6])
    sums, counts = np.zeros(3), np.zeros(3, dtype=np.int64)
    for stride in (1, 2):
        function(residuals, day, 0, 6, 0, stride, 10, sums, counts)
    return np.concatenate([sums, counts])


def _excess_of(count: int) -> Any:
    firms, days, _ = small_market(count)
    return firms.returns - days.market[firms.day]


def _compounded(function: Callable[..., Any]) -> Any:
    firms, _, _ = small_market(3)
    above = _excess_of(3)
    end = int(firms.first[1])
    return np.array([function(firms.day, above, row, end, firms.day[row], 3) for row in range(90)])


def _logs(function: Callable[..., Any]) -> Any:
    firms, _, grants = small_market(4)
    above = _excess_of(4)
    above[5:8] = 0.0
    out, bits = np.empty(len(above)), np.empty(len(above), dtype=np.int64)
    function(
        firms.first, firms.day, above, grants.first, grants.day, grants.bits, 0, 4, 3, 799,
        out, bits,
    )  # fmt: skip
    return np.concatenate([np.nan_to_num(out), bits])


def _windows(function: Callable[..., Any]) -> Any:
    firms, days, grants = small_market(4)
    above = _excess_of(4)
    found = []
    for trailing in (0, 364):
        n = len(grants.day)
        out = [np.zeros(n), np.zeros(n, dtype=np.int64), np.zeros(n)]
        more = [np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64), np.zeros(n)]
        scratch = len(above) + 4
        function(
            firms.first, firms.day, above, firms.caps, grants.first, grants.day, days.year,
            days.ordinal, 0, 4, 3, trailing, 10, np.zeros(scratch),
            np.zeros(scratch, dtype=np.int32), *out, *more,
        )  # fmt: skip
        found += [np.nan_to_num(each.astype(float), nan=-1.0) for each in (*out, *more)]
    return np.concatenate(found)


def _rows() -> Any:
    firms, days, grants = small_market(4)
    rng = np.random.default_rng(2)
    logs = rng.normal(-8, 2, len(firms.day))
    logs[::7] = np.nan
    return firms, days, logs, rng.integers(0, 4, len(logs)), grants


def _cells(function: Callable[..., Any]) -> Any:
    firms, days, logs, bits, _ = _rows()
    by_firm, by_year = np.zeros((4, 9, 9)), np.zeros((len(days.years), 9, 9))
    rows, cells = np.zeros(4, dtype=np.int64), np.zeros(4, dtype=np.int64)
    function(
        firms.first, firms.day, days.year, days.weekday, logs, bits, 2, 0, 4,
        by_firm, by_year, rows, cells,
    )  # fmt: skip
    return np.concatenate([by_firm.ravel(), by_year.ravel(), rows, cells])


def _totals(function: Callable[..., Any]) -> Any:
    firms, _, logs, _, _ = _rows()
    out = np.zeros(N_DAYS)
    function(firms.first, firms.day, np.nan_to_num(logs), 0, 4, out)
    return out


def _products(function: Callable[..., Any]) -> Any:
    firms, *_ = _rows()
    out = np.zeros(N_DAYS)
    function(firms.first, firms.day, np.linspace(-1, 1, N_DAYS), 0, 4, out)
    return out


def _two_way(function: Callable[..., Any]) -> Any:
    firms, _, logs, bits, _ = _rows()
    cross = np.zeros((2, 3, 3))
    effects = np.linspace(-1, 1, 3 * N_DAYS).reshape(3, N_DAYS)
    function(
        firms.first, np.array([0, 0, 1, 1]), firms.day, np.nan_to_num(logs), bits, 2, effects,
        0, 4, cross,
    )  # fmt: skip
    return cross


SAMPLES: dict[str, Callable[[Callable[..., Any]], Any]] = {
    "correlations.pair_correlation": _pairs,
    "correlations.overlapping_correlations": _overlaps,
    "grants.compounded": _compounded,
    "grants.log_squares": _logs,
    "grants.grant_windows": _windows,
    "grants.cell_moments": _cells,
    "grants.date_totals": _totals,
    "grants.date_products": _products,
    "grants.two_way_moments": _two_way,
}
