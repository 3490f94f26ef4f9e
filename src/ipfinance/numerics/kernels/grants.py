"""Daily returns of many firms, one after the other: windows, variances, moments of a regression.

Rows of a firm stand together, ascending by day; a day is a place in the trading calendar. Groups
of grants are the bits of an integer. Each kernel takes a range of firms or cells, so that threads
can share the work.
"""

from __future__ import annotations

import math

import numpy as np

from ipfinance.numerics._kernel import kernel
from ipfinance.numerics._types import FloatArray, Int32Array, IntArray

WEEKDAYS = 7


@kernel
def compounded(
    day: Int32Array, excess: FloatArray, row: int, end: int, start: int, length: int
) -> float:
    """Compound returns over days from `start` on, reading from a row; missing days add nothing."""
    total = 1.0
    while row < end and day[row] < start + length:
        if excess[row] == excess[row]:
            total *= 1.0 + excess[row]
        row += 1
    return total - 1.0


@kernel
def log_squares(
    first: IntArray,
    day: Int32Array,
    excess: FloatArray,
    grant_first: IntArray,
    grant_day: Int32Array,
    grant_bits: IntArray,
    begin: int,
    end: int,
    length: int,
    last_day: int,
    out: FloatArray,
    bits: IntArray,
) -> None:
    """Write ``ln R^2`` of the compounded return from each row on, and the groups granted that day.

    NaN where the row has no return, the window leaves the calendar, the compounded return is 0, or
    the firm has no grant at all.
    """
    for firm in range(begin, end):
        grant = grant_first[firm]
        stop = grant_first[firm + 1]
        never = grant == stop
        for row in range(first[firm], first[firm + 1]):
            out[row] = math.nan
            bits[row] = 0
            while grant < stop and grant_day[grant] < day[row]:
                grant += 1
            if grant < stop and grant_day[grant] == day[row]:
                bits[row] = grant_bits[grant]
            missing = excess[row] != excess[row]
            if never or missing or day[row] + length - 1 > last_day:
                continue
            total = compounded(day, excess, row, first[firm + 1], day[row], length)
            if total != 0.0:
                out[row] = math.log(total * total)


@kernel
def grant_windows(
    first: IntArray,
    day: Int32Array,
    excess: FloatArray,
    caps: FloatArray,
    grant_first: IntArray,
    grant_day: Int32Array,
    year: Int32Array,
    ordinal: Int32Array,
    begin: int,
    end: int,
    length: int,
    trailing: int,
    oldest_cap: int,
    sums: FloatArray,
    counts: Int32Array,
    totals: FloatArray,
    observed: IntArray,
    variances: FloatArray,
    days_used: IntArray,
    granted: IntArray,
    cap: FloatArray,
) -> None:
    """Write what each grant day needs: the window's return, the variance before, the firm's size.

    The variance is the mean squared return over the calendar year before (where `trailing` is 0),
    or over so many calendar days before the grant day; `granted` counts the grant days in it. Size
    is the last one known before the grant day, at most `oldest_cap` trading days old. `sums` and
    `counts` are scratch, with one place for each row and one more for each firm.
    """
    for firm in range(begin, end):
        if grant_first[firm] == grant_first[firm + 1]:
            continue
        low = first[firm]
        high = first[firm + 1]
        shift = firm  # running sums of a firm begin at `low + firm`
        sums[low + shift] = 0.0
        counts[low + shift] = 0
        for row in range(low, high):
            square = excess[row] * excess[row]
            there = square == square  # noqa: PLR0124
            sums[row + shift + 1] = sums[row + shift] + (square if there else 0.0)
            counts[row + shift + 1] = counts[row + shift] + (1 if there else 0)
        at = low
        since = low
        until = low
        old_grant = grant_first[firm]
        new_grant = grant_first[firm]
        for grant in range(grant_first[firm], grant_first[firm + 1]):
            start = grant_day[grant]
            while at < high and day[at] < start:
                at += 1
            beyond = at
            while beyond < high and day[beyond] < start + length:
                beyond += 1
            totals[grant] = compounded(day, excess, at, high, start, length)
            observed[grant] = counts[beyond + shift] - counts[at + shift]
            if trailing > 0:
                while since < at and ordinal[day[since]] < ordinal[start] - trailing:
                    since += 1
                until = at
            else:
                while since < at and year[day[since]] < year[start] - 1:
                    since += 1
                while until < at and year[day[until]] < year[start]:
                    until += 1
            used = counts[until + shift] - counts[since + shift] if until > since else 0
            days_used[grant] = used
            variances[grant] = math.nan
            granted[grant] = 0
            if used > 0:
                variances[grant] = (sums[until + shift] - sums[since + shift]) / used
                while old_grant < grant and grant_day[old_grant] < day[since]:
                    old_grant += 1
                new_grant = max(new_grant, old_grant)
                while new_grant < grant and grant_day[new_grant] <= day[until - 1]:
                    new_grant += 1
                granted[grant] = new_grant - old_grant
            cap[grant] = math.nan
            row = at - 1
            while row >= low and day[row] >= start - oldest_cap:
                if caps[row] == caps[row]:
                    cap[grant] = caps[row]
                    break
                row -= 1


@kernel
def cell_moments(
    first: IntArray,
    day: Int32Array,
    year: Int32Array,
    weekday: Int32Array,
    logs: FloatArray,
    bits: IntArray,
    n_groups: int,
    begin: int,
    end: int,
    by_firm: FloatArray,
    by_year: FloatArray,
    used: IntArray,
    cells: IntArray,
) -> None:
    """Add up cross products about the means of each firm and year.

    The columns are the groups, the weekdays but Monday, and the log squares. `by_firm` has a
    matrix for each firm, `by_year` one for each year.
    """
    width = n_groups + WEEKDAYS
    last = width - 1
    sums = np.zeros(width)
    cross = np.zeros((width, width))
    for firm in range(begin, end):
        row = first[firm]
        while row < first[firm + 1]:
            this_year = year[day[row]]
            sums[:] = 0.0
            cross[:, :] = 0.0
            n = 0
            while row < first[firm + 1] and year[day[row]] == this_year:
                y = logs[row]
                if y == y:  # noqa: PLR0124
                    n += 1
                    sums[last] += y
                    cross[last, last] += y * y
                    weekly = n_groups + weekday[day[row]] - 1
                    if weekly >= n_groups:
                        sums[weekly] += 1.0
                        cross[weekly, weekly] += 1.0
                        cross[weekly, last] += y
                    if bits[row] != 0:
                        for group in range(n_groups):
                            if (bits[row] >> group) & 1 == 0:
                                continue
                            sums[group] += 1.0
                            cross[group, last] += y
                            if weekly >= n_groups:
                                cross[group, weekly] += 1.0
                            for other in range(group, n_groups):
                                if (bits[row] >> other) & 1:
                                    cross[group, other] += 1.0
                row += 1
            if n < 2:  # noqa: PLR2004
                continue
            used[firm] += n
            cells[firm] += 1
            for a in range(width):
                for b in range(a, width):
                    product = cross[a, b] - sums[a] * sums[b] / n
                    by_firm[firm, a, b] += product
                    by_year[this_year, a, b] += product


@kernel
def date_totals(
    cell_first: IntArray, day: Int32Array, values: FloatArray, begin: int, end: int, out: FloatArray
) -> None:
    """Add values about their cell's mean to the total of their day."""
    for cell in range(begin, end):
        total = 0.0
        for row in range(cell_first[cell], cell_first[cell + 1]):
            total += values[row]
        mean = total / (cell_first[cell + 1] - cell_first[cell])
        for row in range(cell_first[cell], cell_first[cell + 1]):
            out[day[row]] += values[row] - mean


@kernel
def date_products(
    cell_first: IntArray,
    day: Int32Array,
    effects: FloatArray,
    begin: int,
    end: int,
    out: FloatArray,
) -> None:
    """Add effects of days, about their cell's mean, to the total of their day."""
    for cell in range(begin, end):
        total = 0.0
        for row in range(cell_first[cell], cell_first[cell + 1]):
            total += effects[day[row]]
        mean = total / (cell_first[cell + 1] - cell_first[cell])
        for row in range(cell_first[cell], cell_first[cell + 1]):
            out[day[row]] += effects[day[row]] - mean


@kernel
def two_way_moments(
    cell_first: IntArray,
    cluster: IntArray,
    day: Int32Array,
    logs: FloatArray,
    bits: IntArray,
    n_groups: int,
    effects: FloatArray,
    begin: int,
    end: int,
    cross: FloatArray,
) -> None:
    """Add up cross products of groups and log squares, free of the effects of cells and days.

    `effects` has a row for each column: its effects of days. `cluster` names the matrix of
    `cross` that a cell adds to.
    """
    width = n_groups + 1
    means = np.zeros(width)
    values = np.zeros(width)
    for cell in range(begin, end):
        means[:] = 0.0
        low = cell_first[cell]
        high = cell_first[cell + 1]
        for row in range(low, high):
            for column in range(width):
                value = logs[row] if column == n_groups else float((bits[row] >> column) & 1)
                means[column] += value - effects[column, day[row]]
        for column in range(width):
            means[column] /= high - low
        for row in range(low, high):
            for column in range(width):
                value = logs[row] if column == n_groups else float((bits[row] >> column) & 1)
                values[column] = value - effects[column, day[row]] - means[column]
            for a in range(width):
                for b in range(a, width):
                    cross[cluster[cell], a, b] += values[a] * values[b]
