"""What a pledged right brings when it must be sold, and what a loan against it loses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from ipfinance.basics import NoSolutionError, Text
from ipfinance.numerics import bracketed_root, normal_cdf


class ValueBasis(StrEnum):
    """Under which conditions the right is assumed to be sold."""

    MARKET = "market"
    ORDERLY_LIQUIDATION = "orderly_liquidation"
    FORCED_LIQUIDATION = "forced_liquidation"


VALUE_BASIS_NAMES = {
    ValueBasis.MARKET: Text("market value", "市场价值"),
    ValueBasis.ORDERLY_LIQUIDATION: Text("orderly liquidation value", "有序变现价值"),
    ValueBasis.FORCED_LIQUIDATION: Text("forced liquidation value", "强制变现价值"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleTerms:
    """What a sale takes off a value.

    Attributes
    ----------
    haircut, cost
        Part of the value; part of the price that the sale costs. [1]
    months
        Until the proceeds arrive. [month]
    rate
        Discounts the proceeds over that time, yearly compounded. [1/year]
    """

    haircut: float = 0.0
    cost: float = 0.0
    months: float = 0.0
    rate: float = 0.0

    @property
    def share(self) -> float:
        """Present net proceeds of a value of one. [1]."""
        return sale_value(1.0, self.haircut, self.cost, self.months, self.rate)


def sale_value(value: float, haircut: float, cost: float, months: float, rate: float) -> float:
    r"""Return what a sale brings, net and discounted.

    Notes
    -----
    .. math:: V (1 - h)(1 - c)(1 + r)^{-m/12}

    Examples
    --------
    >>> round(sale_value(4.506576, 0.4, 0.05, 9, 0.06), 6)
    2.458907
    """
    return float(value * (1 - haircut) * (1 - cost) * (1 + rate) ** (-months / 12))


@dataclass(frozen=True, slots=True, kw_only=True)
class CollateralTerms:
    """How the value behind a loan moves.

    Attributes
    ----------
    volatility
        Of the logarithm of the value. [1/year^0.5]
    rate
        Riskless, continuously compounded; also the growth of the value without ruin. [1/year]
    hazard
        Of ruin: invalidity, lapse, obsolescence at one stroke. [1/year]
    haircut
        Part of the value that a sale loses. [1]
    """

    volatility: float
    rate: float
    hazard: float
    haircut: float


def loan_loss_ratio(value: float, due: float, years: float, terms: CollateralTerms) -> float:
    r"""Return the expected loss of a loan without recourse, part of its riskless present value.

    Parameters
    ----------
    value, due
        Value of the right today; amount due in one payment at the end. [currency]
    years
        [year]

    Notes
    -----
    .. math:: e^{-\gamma T}\,\frac{P((1-h)V, D)}{D e^{-rT}} + 1 - e^{-\gamma T}

    with the Black–Scholes put :math:`P`. However small the loan, the ratio stays above the
    probability of ruin.

    References
    ----------
    :cite:cts:`merton_1974`.

    Examples
    --------
    >>> terms = CollateralTerms(volatility=0.4, rate=0.03, hazard=0.05, haircut=0.3)
    >>> round(loan_loss_ratio(4.506576, 2.25, 2.0, terms), 6)
    0.181893
    """
    alive = math.exp(-terms.hazard * years)
    owed = due * math.exp(-terms.rate * years)
    behind = value * (1 - terms.haircut)
    spread = terms.volatility * math.sqrt(years)
    if spread <= 0:
        return alive * max(1 - behind / owed, 0.0) + 1 - alive
    distance = math.log(behind / owed) / spread + spread / 2
    put = owed * normal_cdf(spread - distance) - behind * normal_cdf(-distance)
    return alive * put / owed + 1 - alive


def loan_at_loss_ratio(value: float, ratio: float, years: float, terms: CollateralTerms) -> float:
    """Return the amount due at which the expected loss without recourse meets a ratio.

    Raises
    ------
    NoSolutionError
        When the ratio lies below the probability of ruin: no loan is small enough.
    """
    floor = -math.expm1(-terms.hazard * years)
    if ratio <= floor:
        raise NoSolutionError(_LOAN, _RUIN.filled({"floor": f"{floor:.2%}"}))
    if ratio >= 1:
        raise NoSolutionError(_LOAN, _ANY)

    def gap(log_due: float) -> float:
        return loan_loss_ratio(value, math.exp(log_due), years, terms) - ratio

    start = math.log(value)
    return math.exp(bracketed_root(gap, start - 40, start + 40))


_LOAN = Text("loan at an expected loss", "给定预期损失率下的贷款额")
_RUIN = Text(
    "The chance of ruin alone is {floor}; no loan-to-value brings the loss below it without "
    "recourse to the borrower.",
    "仅标的归零的概率即为 {floor}；若无对借款人的追索权，再低的质押率也无法使损失更低。",
)
_ANY = Text("Every loan loses less.", "任何贷款的损失率都低于此值。")
