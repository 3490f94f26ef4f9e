"""Questions about the hazard: what a price implies, and how much a structure can bear."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np

from ipfinance.basics import NoSolutionError, Text
from ipfinance.numerics import (
    FloatArray,
    bracketed_root,
    discount_factors,
    shortfall_probability,
)

Gap: TypeAlias = Callable[[float], float]
HIGHEST_HAZARD = 100.0
LARGEST_GROWTH = 50.0  # exponent up to which a negative root is looked for
LOWEST_RATE, HIGHEST_RATE = -0.999, 100.0


class ImpliedStatus(StrEnum):
    """What a price says about the hazard."""

    SOLVED = "solved"
    ABOVE_NO_RISK_VALUE = "above_no_risk_value"
    ABOVE_UNDISCOUNTED_INCOME = "above_undiscounted_income"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpliedHazard:
    """The hazard that explains a price, or why there is none.

    Attributes
    ----------
    hazard
        None unless solved. [1/year]
    signed_hazard
        The root whatever its sign, to be shown as a measure of the gap, never as a hazard.
        [1/year]
    implied_rate
        The rate at which the income without any risk is worth the price. [1/year]
    no_risk_value, undiscounted
        Value at the riskless rate; plain sum of the income. [currency]
    """

    status: ImpliedStatus
    hazard: float | None
    signed_hazard: float
    implied_rate: float
    no_risk_value: float
    undiscounted: float


def value_under_hazard(
    income: FloatArray,
    times: FloatArray,
    *,
    rate: float,
    hazard: float,
    recovery: float = 0.0,
) -> float:
    r"""Value income that stops at ruin, with a recovery at the end of the year of ruin.

    Parameters
    ----------
    income, times
        Income and when it is due, times ascending, shape (n,). [currency], [year]
    rate
        Riskless rate, yearly compounded. [1/year]
    hazard
        Yearly rate of ruin. [1/year]
    recovery
        Paid on the first due date after ruin. [currency]

    Notes
    -----
    .. math:: \sum_t CF_t\,S_t D_t + R \sum_t (S_{t-} - S_t) D_t, \qquad S_t = e^{-\gamma t}
    """
    factors = discount_factors(rate, times)
    survival = np.exp(-hazard * times)
    ruined = -np.diff(survival, prepend=1.0)
    return float(np.sum((income * survival + recovery * ruined) * factors))


def implied_hazard(
    income: Sequence[float],
    times: Sequence[float],
    *,
    price: float,
    riskless_rate: float,
    recovery: float = 0.0,
) -> ImpliedHazard:
    """Find the hazard at which income is worth a price.

    Parameters
    ----------
    income, times
        Income and when it is due. [currency], [year]
    price
        What was paid. [currency]
    riskless_rate
        Rate without any risk, yearly compounded. [1/year]
    recovery
        Paid on ruin. [currency]

    Returns
    -------
    ImpliedHazard
        A price above the value without risk has no hazard at all: repayment must come from
        elsewhere, or the forecast is too low.

    Raises
    ------
    NoSolutionError
        When the price is not positive or no rate makes the income worth it.
    """
    flows, when = np.asarray(income, dtype=float), np.asarray(times, dtype=float)
    undiscounted = float(np.sum(flows))
    no_risk = value_under_hazard(flows, when, rate=riskless_rate, hazard=0.0)

    def gap(hazard: float) -> float:
        worth = value_under_hazard(
            flows, when, rate=riskless_rate, hazard=hazard, recovery=recovery
        )
        return worth - price

    def rate_gap(rate: float) -> float:
        return float(np.sum(flows * discount_factors(rate, when))) - price

    if price <= 0 or rate_gap(LOWEST_RATE) <= 0 or rate_gap(HIGHEST_RATE) >= 0:
        raise NoSolutionError(_IMPLIED, _NO_RATE)
    signed = math.nan
    lowest = -LARGEST_GROWTH / float(when[-1])
    if gap(lowest) > 0 > gap(HIGHEST_HAZARD):
        signed = bracketed_root(gap, lowest, HIGHEST_HAZARD)
    status = ImpliedStatus.SOLVED
    if price > undiscounted:
        status = ImpliedStatus.ABOVE_UNDISCOUNTED_INCOME
    elif price > no_risk:
        status = ImpliedStatus.ABOVE_NO_RISK_VALUE
    return ImpliedHazard(
        status=status,
        hazard=signed if status is ImpliedStatus.SOLVED and not math.isnan(signed) else None,
        signed_hazard=signed,
        implied_rate=bracketed_root(rate_gap, LOWEST_RATE, HIGHEST_RATE),
        no_risk_value=no_risk,
        undiscounted=undiscounted,
    )


_IMPLIED = Text("implied hazard", "隐含风险密度")
_NO_RATE = Text(
    "No rate makes this income worth the price.", "没有任何折现率能使该收益等于此价格。"
)


def equivalent_hazard(rate: float, riskless_rate: float) -> float:
    r"""Return the hazard that a risk-adjusted rate already contains.

    Notes
    -----
    :math:`1 + R = (1 + r_f) e^{\gamma}`: charge the same risk in the rate or in a hazard, never
    in both.

    Examples
    --------
    >>> round(equivalent_hazard(0.2326, 0.025), 6)
    0.184433
    """
    return math.log1p(rate) - math.log1p(riskless_rate)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteTerms:
    """Notes with yearly interest, repaid at the end.

    Attributes
    ----------
    principal, coupon, maturity
        [currency], [1/year], whole [year]
    """

    principal: float
    coupon: float
    maturity: int

    def present_value(self, rate: float) -> float:
        """Return the promised payments discounted at a rate."""
        times = np.arange(1, self.maturity + 1, dtype=float)
        payments = np.full(self.maturity, self.principal * self.coupon)
        payments[-1] += self.principal
        return float(np.sum(payments * discount_factors(rate, times)))


class BudgetTarget(StrEnum):
    """What the notes must still meet."""

    COVERAGE = "coverage"
    EXPECTED_LOSS = "expected_loss"
    SHORTFALL = "shortfall"


BUDGET_TARGET_NAMES = {
    BudgetTarget.COVERAGE: Text("coverage by mean cash", "平均现金流覆盖倍数"),
    BudgetTarget.EXPECTED_LOSS: Text("expected loss of one asset", "单一资产预期损失"),
    BudgetTarget.SHORTFALL: Text("chance of a shortfall in the pool", "资产池不足概率"),
}


class Relief(StrEnum):
    """A change of the structure that lets it bear more."""

    SMALLER_NOTES = "smaller_notes"
    RESERVE = "reserve"
    HIGHER_RECOVERY = "higher_recovery"
    ONE_MORE_SURVIVOR = "one_more_survivor"


RELIEF_NAMES = {
    Relief.SMALLER_NOTES: Text("notes 10 % smaller", "票据规模减少 10%"),
    Relief.RESERVE: Text("cash reserve of 10 % of the notes", "设立票据本金 10% 的现金储备"),
    Relief.HIGHER_RECOVERY: Text("guarantee of another 10 % of par", "担保追加面值 10%"),
    Relief.ONE_MORE_SURVIVOR: Text("notes that need one survivor less", "票据所需存续资产减少一项"),
}
RELIEF_SIZE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskBudget:
    """The largest hazard at which a target still holds.

    Attributes
    ----------
    target, level
        What must hold, and its level.
    hazard
        The largest hazard; None when the target fails even without any risk. [1/year]
    without_risk
        The measure at no hazard, in the target's own terms.
    survival
        Chance that one asset is alive at the end at that hazard. [1]
    reliefs
        The largest hazard after each change of the structure. [1/year]
    """

    target: BudgetTarget
    level: float
    hazard: float | None
    without_risk: float
    survival: float
    reliefs: dict[Relief, float | None]
    correlation: float | None = None


def coverage(
    income: Sequence[float],
    times: Sequence[float],
    notes: NoteTerms,
    *,
    rate: float,
    hazard: float,
    reserve: float = 0.0,
) -> float:
    r"""Return mean discounted cash over discounted notes.

    Notes
    -----
    .. math:: \frac{\text{reserve} + \sum_t CF_t e^{-\gamma t}(1+y)^{-t}}{PV(\text{notes})}
    """
    cash = value_under_hazard(
        np.asarray(income, dtype=float), np.asarray(times, dtype=float), rate=rate, hazard=hazard
    )
    return (reserve + cash) / notes.present_value(rate)


def coverage_budget(
    income: Sequence[float],
    times: Sequence[float],
    notes: NoteTerms,
    *,
    rate: float,
    target: float,
) -> RiskBudget:
    """Find the largest hazard at which mean cash still covers the notes.

    Parameters
    ----------
    income, times
        Income of the asset and when it is due. [currency], [year]
    notes
        What is promised.
    rate
        Discounts both sides. [1/year]
    target
        Required coverage. [1]

    Returns
    -------
    RiskBudget
        With the hazard, and how far each change of the structure would move it.
    """

    def largest(notes: NoteTerms, reserve: float) -> float | None:
        def gap(hazard: float) -> float:
            held = coverage(income, times, notes, rate=rate, hazard=hazard, reserve=reserve)
            return held - target

        return _largest(gap)

    small = NoteTerms(
        principal=notes.principal * (1 - RELIEF_SIZE),
        coupon=notes.coupon,
        maturity=notes.maturity,
    )
    hazard = largest(notes, 0.0)
    return RiskBudget(
        target=BudgetTarget.COVERAGE,
        level=target,
        hazard=hazard,
        without_risk=coverage(income, times, notes, rate=rate, hazard=0.0),
        survival=math.exp(-(hazard or 0.0) * notes.maturity),
        reliefs={
            Relief.SMALLER_NOTES: largest(small, 0.0),
            Relief.RESERVE: largest(notes, RELIEF_SIZE * notes.principal),
        },
    )


def expected_loss_budget(*, target: float, recovery: float, maturity: float) -> RiskBudget:
    r"""Find the largest hazard at which the expected loss of one asset meets a target.

    Parameters
    ----------
    target
        Largest expected loss, part of par, between 0 and 1. [1]
    recovery
        Paid on ruin, part of par, from 0 to 1. [1]
    maturity
        [year]

    Notes
    -----
    :math:`(1-R)(1-e^{-\gamma T}) \le EL`.
    """

    def largest(recovery: float) -> float | None:
        lost = 1.0 - recovery
        return math.inf if lost <= target else -math.log1p(-target / lost) / maturity

    hazard = largest(recovery)
    return RiskBudget(
        target=BudgetTarget.EXPECTED_LOSS,
        level=target,
        hazard=hazard,
        without_risk=0.0,
        survival=math.exp(-(hazard or 0.0) * maturity),
        reliefs={Relief.HIGHER_RECOVERY: largest(min(recovery + RELIEF_SIZE, 1.0))},
    )


def pool_budget(
    *, assets: int, needed: int, horizon: float, target: float, correlation: float
) -> RiskBudget:
    """Find the largest hazard at which a pool of equal assets keeps enough survivors.

    Parameters
    ----------
    assets, needed
        Size of the pool; survivors that the notes need.
    horizon
        [year]
    target
        Largest chance of fewer survivors, between 0 and 1. [1]
    correlation
        Of the Gaussian variables behind the ruins, from 0 up to but not 1. [1]
    """

    def largest(needed: int) -> float | None:
        def gap(hazard: float) -> float:
            ruined = -math.expm1(-hazard * horizon)
            chance = shortfall_probability(
                assets=assets,
                needed=needed,
                default_probability=ruined,
                correlation=correlation,
            )
            return target - chance

        return _largest(gap)

    hazard = largest(needed)
    return RiskBudget(
        target=BudgetTarget.SHORTFALL,
        level=target,
        hazard=hazard,
        without_risk=0.0,
        survival=math.exp(-(hazard or 0.0) * horizon),
        reliefs={Relief.ONE_MORE_SURVIVOR: largest(needed - 1) if needed > 1 else math.inf},
        correlation=correlation,
    )


def _largest(gap: Gap) -> float | None:
    if gap(0.0) < 0:
        return None
    high = 1.0
    while gap(high) > 0:
        high *= 2
        if high > HIGHEST_HAZARD:
            return math.inf
    return bracketed_root(gap, 0.0, high)
