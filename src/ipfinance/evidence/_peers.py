"""Similar securities, named by the user or matched on their characteristics."""

from __future__ import annotations

import numpy as np

from ipfinance.basics import InputError, Problem, Text
from ipfinance.market import Table, TextColumn
from ipfinance.numerics import FloatArray

MOST_PEERS = 500


def named_peers(table: Table) -> dict[str, tuple[str, ...]]:
    """Read the columns security and peer, one pair a row."""
    security, peer = table.texts("security").texts(), table.texts("peer").texts()
    found: dict[str, list[str]] = {}
    for one, other in zip(security, peer, strict=True):
        if one is not None and other is not None and other not in found.setdefault(one, []):
            found[one].append(other)
    return {name: tuple(peers) for name, peers in found.items()}


def matched_peers(table: Table, k: int) -> dict[str, tuple[str, ...]]:
    """Match each security with the `k` nearest others.

    Parameters
    ----------
    table
        The column security; columns of text must agree (an industry), columns of numbers (size,
        Tobin's q) are compared by their distance in standard deviations within the whole table.
    k
        How many peers each security gets at most.

    Returns
    -------
    dict
        Peers by security, nearest first; ties go to the name that sorts first. A security with an
        empty cell has no peers and is nobody's peer.

    Raises
    ------
    InputError
        Where a security stands twice, or there is nothing to match on.
    """
    names = table.texts("security").texts()
    others = {name: column for name, column in table.columns.items() if name != "security"}
    problems = [
        table.problem("security", row, name, _TWICE)
        for row, name in enumerate(names)
        if name is None or names.index(name) < row
    ]
    if not others:
        problems.append(table.column_problem("security", _NOTHING))
    if not 1 <= k <= MOST_PEERS:
        problems.append(Problem(field="k", found=k, allowed=_COUNT))
    if problems:
        raise InputError(problems)
    group, place = _groups(table), _standardised(table)
    known = (group >= 0) & np.isfinite(place).all(axis=1)
    found: dict[str, tuple[str, ...]] = {}
    for row, name in enumerate(names):
        if name is None or not known[row]:
            continue
        same = np.flatnonzero(known & (group == group[row]))
        same = same[same != row]
        distance = ((place[same] - place[row]) ** 2).sum(axis=1)
        ranked = sorted(zip(distance.tolist(), (str(names[i]) for i in same), strict=True))
        found[name] = tuple(peer for _, peer in ranked[:k])
    return found


def _groups(table: Table) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return a number for each combination of texts, -1 where one is empty."""
    texts = [
        column.codes
        for name, column in table.columns.items()
        if isinstance(column, TextColumn) and name != "security"
    ]
    if not texts:
        return np.zeros(table.n_rows, dtype=np.int64)
    stacked = np.column_stack(texts)
    _, group = np.unique(stacked, axis=0, return_inverse=True)
    return np.where((stacked < 0).any(axis=1), -1, group.ravel())


def _standardised(table: Table) -> FloatArray:
    numbers = [
        column
        for name, column in table.columns.items()
        if isinstance(column, np.ndarray) and column.dtype == np.float64 and name != "security"
    ]
    if not numbers:
        return np.zeros((table.n_rows, 0))
    values = np.column_stack(numbers).astype(np.float64)
    spread = np.nanstd(values, axis=0)
    return np.asarray((values - np.nanmean(values, axis=0)) / np.where(spread > 0, spread, 1.0))


_TWICE = Text("expected each security once", "每只证券应只出现一次")
_NOTHING = Text("expected columns to match on beside the security", "除证券外，应有用于匹配的列")
_COUNT = Text(f"expected 1 to {MOST_PEERS}", f"应为 1 至 {MOST_PEERS}")
