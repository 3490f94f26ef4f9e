"""Where an asset stands among others of its kind: percentiles in a cohort."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ipfinance.basics import Interval, Text

NORMAL_95 = 1.959963984540054  # two-sided 95 % point of the standard normal law


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """One measure of the assets that an asset is compared with.

    Attributes
    ----------
    measure
        The column that was read: citations, family size, claims, age.
    described_as
        Which assets these are: field, year, country; and when they were counted.
    n_missing
        Rows of the cohort without this measure; they are not in `values`.
    """

    id: str
    measure: str
    values: tuple[float, ...]
    described_as: Text
    source: Text
    n_missing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentile:
    """Where one value stands in a cohort.

    Attributes
    ----------
    below, tied, above
        How many of the cohort lie there.
    range
        Shares of the cohort below the value, and below or level with it. [1]
    mid
        Share below, plus half of those level. [1]
    sampling
        95 % Wilson interval of `mid`, the cohort read as a sample of its kind. [1]
    """

    value: float
    below: int
    tied: int
    above: int
    range: Interval
    mid: float
    sampling: Interval

    @property
    def n(self) -> int:
        """Size of the cohort."""
        return self.below + self.tied + self.above


def cohort_percentile(value: float, cohort: Sequence[float]) -> Percentile:
    r"""Return where a value stands in a cohort, ties counted as what they are.

    Parameters
    ----------
    value
        The asset's own figure.
    cohort
        The figures of the others, at least one; the asset itself is not among them.

    Notes
    -----
    Ties leave a range: from the share strictly below to the share at or below. Its midpoint
    counts ties half. The Wilson interval for a share p among n:

    .. math:: \frac{p + z^2/2n \pm z\sqrt{p(1-p)/n + z^2/4n^2}}{1 + z^2/n}

    References
    ----------
    :cite:cts:`wilson_1927`.

    Examples
    --------
    >>> found = cohort_percentile(3, [1, 2, 3, 3, 8])
    >>> found.range, round(found.mid, 4), found.tied
    (Interval(0.4, 0.8), 0.6, 2)
    """
    n = len(cohort)
    below = sum(each < value for each in cohort)
    tied = sum(each == value for each in cohort)
    mid = (below + tied / 2.0) / n
    return Percentile(
        value=value,
        below=below,
        tied=tied,
        above=n - below - tied,
        range=Interval(below / n, (below + tied) / n),
        mid=mid,
        sampling=wilson_interval(mid, n),
    )


def wilson_interval(share: float, n: int) -> Interval:
    """Return the 95 % Wilson interval of a share among n.

    Examples
    --------
    >>> wilson_interval(0.5, 10)
    Interval(0.236593, 0.763407)
    """
    z2 = NORMAL_95**2 / n
    centre = (share + z2 / 2.0) / (1.0 + z2)
    half = NORMAL_95 * math.sqrt(share * (1.0 - share) / n + z2 / (4.0 * n)) / (1.0 + z2)
    return Interval(max(centre - half, 0.0), min(centre + half, 1.0))
