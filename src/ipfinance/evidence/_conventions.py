"""Small-sample conventions, by name, so that a figure can be matched with other software."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ipfinance.basics import Text


class Convention(StrEnum):
    """A set of small-sample conventions."""

    TEXTBOOK = "textbook"
    STATA = "stata"
    FIXEST = "fixest"


class Errors(StrEnum):
    """How the covariance of the coefficients is estimated."""

    IID = "iid"
    HC0 = "hc0"
    HC1 = "hc1"
    CLUSTER = "cluster"
    JACKKNIFE = "jackknife"
    DRISCOLL_KRAAY = "driscoll-kraay"


class NestedEffects(StrEnum):
    """How many parameters an absorbed effect counts that is nested in a cluster."""

    ONE = "one"  # all such effects together count as the constant
    ALL = "all"


class GroupFactor(StrEnum):
    """The factor G/(G − 1) when there are several ways to cluster."""

    CONVENTIONAL = "conventional"  # each term of the sum has its own G
    MINIMUM = "min"  # the smallest G for all
    NONE = "none"


ERRORS_NAMES = {
    Errors.IID: Text("independent, equal variance", "独立同方差"),
    Errors.HC0: Text("White, no adjustment", "White 稳健（不调整）"),
    Errors.HC1: Text("White, n/(n − k)", "White 稳健（n/(n − k)）"),
    Errors.CLUSTER: Text("clustered", "聚类稳健"),
    Errors.JACKKNIFE: Text("clustered, jackknife (CRV3)", "聚类刀切法（CRV3）"),
    Errors.DRISCOLL_KRAAY: Text("Driscoll–Kraay", "Driscoll–Kraay 标准误"),
}
CONVENTION_NAMES = {
    Convention.TEXTBOOK: Text("textbook", "教科书惯例"),
    Convention.STATA: Text("Stata", "Stata 惯例"),
    Convention.FIXEST: Text("fixest", "fixest 惯例"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallSample:
    """The conventions that a covariance was computed under.

    Attributes
    ----------
    name
        The set they started from.
    scales_by_parameters
        Whether a clustered covariance is multiplied by (n − 1)/(n − k).
    nested
        What absorbed effects count in k that are nested in a cluster.
    group_factor
        Which G/(G − 1) multiplies a clustered covariance.
    plain_intersection
        Whether the term of a two-way sum that is subtracted has no factor at all.
    scales_by_all_rows
        Whether the factor by parameters is n/(n − k).
    poisson_scales_by_parameters
        As `scales_by_parameters`, for the Poisson family.
    jackknife_scales_by_groups
        Whether the jackknife is multiplied by (G − 1)/G, or by G/(G − 1) (n − 1)/(n − k).
    exact_rank
        Whether redundant effects are counted by the connected parts of the first two, or as one
        for each effect beyond the first.
    drops_singletons
        Whether groups of one row are left out before estimation.
    """

    name: Convention = Convention.TEXTBOOK
    scales_by_parameters: bool = True
    nested: NestedEffects = NestedEffects.ONE
    group_factor: GroupFactor = GroupFactor.CONVENTIONAL
    plain_intersection: bool = False
    scales_by_all_rows: bool = False
    poisson_scales_by_parameters: bool = False
    jackknife_scales_by_groups: bool = True
    exact_rank: bool = True
    drops_singletons: bool = True


CONVENTIONS = {
    Convention.TEXTBOOK: SmallSample(),
    Convention.STATA: SmallSample(name=Convention.STATA, group_factor=GroupFactor.MINIMUM),
    Convention.FIXEST: SmallSample(
        name=Convention.FIXEST,
        group_factor=GroupFactor.MINIMUM,
        poisson_scales_by_parameters=True,
        jackknife_scales_by_groups=False,
        exact_rank=False,
    ),
}
