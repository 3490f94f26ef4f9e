"""The loss of one pledge loan: default, ruin and value hang together; support pays its part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from ipfinance.basics import Cash, InputError, Problem, Text
from ipfinance.credit._collateral import SaleTerms
from ipfinance.credit._default_curve import DefaultCurve
from ipfinance.credit._loss_sharing import LossSharingStack, share_losses
from ipfinance.credit._pledge_loan import PledgeLoan
from ipfinance.numerics import (
    BoolArray,
    FactorModel,
    FloatArray,
    IntArray,
    LossMeasures,
    entity_keys,
    latent_uniforms,
    sample_measures,
    scenario_keys,
)

LEVELS = (0.95, 0.99, 0.999)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ValueProcess:
    """How the value of the pledged right moves until the borrower defaults.

    Attributes
    ----------
    start
        Value today. [currency]
    volatility, growth
        Of the logarithm; expected growth on top of the profile. [1/year^0.5], [1/year]
    hazard
        Of ruin, after which nothing is left. [1/year]
    times, shares
        Profile of the expected value over time, part of today's: the right ages. Straight
        between the points, zero time included. [year], [1]
    """

    start: float
    volatility: float = 0.0
    growth: float = 0.0
    hazard: float = 0.0
    times: tuple[float, ...] = (0.0,)
    shares: tuple[float, ...] = (1.0,)

    def values(self, times: FloatArray, normals: FloatArray) -> FloatArray:
        """Return the value at each time for each standard normal draw. [currency]."""
        profile = np.interp(times, self.times, self.shares)
        drift = (self.growth - self.volatility**2 / 2) * times
        return np.asarray(
            self.start * profile * np.exp(drift + self.volatility * np.sqrt(times) * normals)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Loadings:
    """How strongly borrower, ruin and value hang on one common factor; each below 1 in size."""

    borrower: float = 0.0
    ruin: float = 0.0
    value: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LoanRiskInputs:
    """What the loss of a loan depends on.

    Attributes
    ----------
    asset_id, borrower_id
        Key the draws: the same borrower defaults in the same scenarios everywhere.
    curve
        Default of the borrower.
    sale
        What a sale takes off the value.
    other_recovery
        Recovered from the borrower's other means, part of what the right does not cover. [1]
    discount_rate
        Yearly compounded; losses are discounted from default to today. [1/year]
    """

    loan: PledgeLoan
    curve: DefaultCurve
    value: ValueProcess
    sale: SaleTerms
    borrower_id: str = "borrower"
    asset_id: str = "asset"
    loadings: Loadings = field(default_factory=Loadings)
    other_recovery: float = 0.0
    discount_rate: float = 0.0
    scale: float = 1.0
    stack: LossSharingStack | None = None


class LoanScenarios(NamedTuple):
    """What happens to the loan in each scenario.

    Attributes
    ----------
    defaulted, ruined
        Shape (n_scenarios,).
    years
        When default is seen, the end of the payment period; 0 without default. [year]
    claim_share
        Claim per unit of principal. [1]
    proceeds
        Net proceeds of the right, before the claim caps them. [minor unit]
    discount
        From default to today. [1]
    """

    defaulted: BoolArray
    ruined: BoolArray
    years: FloatArray
    claim_share: FloatArray
    proceeds: FloatArray
    discount: FloatArray


def loan_scenarios(given: LoanRiskInputs, *, scenarios: int, seed: int) -> LoanScenarios:
    """Draw default, ruin and value.

    Parameters
    ----------
    given
        Its `scale` is the number of minor units that one unit of value stands for.
    scenarios, seed
        Scenario n of a seed is the same whatever the number of scenarios.
    """
    keys = np.concatenate(
        [
            entity_keys([given.borrower_id], "default"),
            entity_keys([given.asset_id], "ruin"),
            entity_keys([given.asset_id], "value"),
        ]
    )
    loading = np.array([[given.loadings.borrower], [given.loadings.ruin], [given.loadings.value]])
    model = FactorModel(names=("common",), factor=np.zeros((3, 1), dtype=np.int64), loading=loading)
    drawn = latent_uniforms(model, keys, scenario_keys(seed, 0, scenarios))
    return _scenarios(given, drawn)


def _scenarios(given: LoanRiskInputs, drawn: FloatArray) -> LoanScenarios:
    from scipy.special import ndtri

    schedule = given.loan.schedule()
    step = given.loan.every_months / 12
    times = given.curve.default_times(drawn[:, 0])
    place = np.ceil(np.minimum(times / step, 1e9) - 1e-12).astype(np.int64)
    defaulted = place <= len(schedule)
    period = np.clip(place, 1, len(schedule)) - 1
    years = np.where(defaulted, (period + 1) * step, 0.0)
    shares = np.array([each.claim / given.loan.principal for each in schedule])
    ruin = np.where(given.value.hazard > 0, -np.log1p(-drawn[:, 1]), np.inf)
    with np.errstate(divide="ignore"):
        ruin_time = ruin / given.value.hazard if given.value.hazard > 0 else ruin
    ruined = defaulted & (ruin_time <= years + given.sale.months / 12)
    worth = given.value.values(years, ndtri(drawn[:, 2]))
    proceeds = np.where(ruined, 0.0, worth * given.sale.share * given.scale)
    return LoanScenarios(
        defaulted=defaulted,
        ruined=ruined,
        years=years,
        claim_share=np.where(defaulted, shares[period], 0.0),
        proceeds=np.where(defaulted, proceeds, 0.0),
        discount=(1 + given.discount_rate) ** -years,
    )


def loss_ratio(drawn: LoanScenarios, principal: float, other_recovery: float) -> float:
    """Return the expected discounted loss of a loan of any size, part of its principal."""
    if principal <= 0:
        return 0.0
    short = np.maximum(drawn.claim_share - drawn.proceeds / principal, 0.0) * (1 - other_recovery)
    return float(np.mean(short * drawn.discount))


def largest_principal(
    drawn: LoanScenarios, ratio: float, *, other_recovery: float, most: float
) -> float:
    """Return the largest principal whose expected loss ratio stays within a target.

    Parameters
    ----------
    ratio
        Target, part of the principal. [1]
    most
        Never more than this. [minor unit]

    Returns
    -------
    float
        Zero when even the smallest loan loses more: ruin alone costs that much.
    """
    if loss_ratio(drawn, most, other_recovery) <= ratio:
        return most
    low, high = 0.0, most
    for _ in range(60):
        middle = (low + high) / 2
        if loss_ratio(drawn, middle, other_recovery) <= ratio:
            low = middle
        else:
            high = middle
    return low


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanRisk:
    """The loss of a loan, with the error of each figure.

    Attributes
    ----------
    default_probability
        Up to maturity. [1]
    loss_given_default, ruin_given_default
        Mean loss over mean claim; chance that the right is worth nothing. [1]
    gross, net
        Discounted loss before support and of the holder after it. [minor unit]
    borne
        Expected discounted loss by party, the holder included. [minor unit]
    expected_balance_years
        Present value of the balance outstanding, the base of a yearly rate. [minor unit x year]
    """

    default_probability: float
    default_error: float
    loss_given_default: float
    ruin_given_default: float
    gross: LossMeasures
    net: LossMeasures
    borne: Mapping[str, float]
    expected_balance_years: float
    scenarios: int
    seed: int

    @property
    def expected_loss_rate(self) -> float:
        """Expected net loss as a yearly rate on the balance."""
        return self.net.expected / self.expected_balance_years


def loan_risk(given: LoanRiskInputs, *, scenarios: int = 100_000, seed: int = 1) -> LoanRisk:
    """Simulate the loss of a loan.

    Parameters
    ----------
    scenarios, seed
        Number of draws, at least 100; the same seed gives the same figures.
    """
    if scenarios < FEWEST:
        raise InputError([Problem(field="scenarios", found=scenarios, allowed=_FEWEST)])
    drawn = loan_scenarios(given, scenarios=scenarios, seed=seed)
    claims = np.rint(drawn.claim_share * given.loan.principal).astype(np.int64)
    short = np.maximum(claims - drawn.proceeds, 0.0) * (1 - given.other_recovery)
    losses = np.floor(short + 0.5).astype(np.int64)
    paid, kept = _shared(given, drawn, losses, scenarios, seed)
    gross, net = losses * drawn.discount, kept * drawn.discount
    holder = "holder" if given.stack is None else given.stack.holder
    borne = {name: float(np.mean(each * drawn.discount)) for name, each in paid.items()}
    claimed = float(np.mean(claims * drawn.discount))
    rate = float(np.mean(drawn.defaulted))
    return LoanRisk(
        default_probability=rate,
        default_error=float(np.sqrt(rate * (1 - rate) / scenarios)),
        loss_given_default=float(np.mean(gross)) / claimed if claimed > 0 else 0.0,
        ruin_given_default=float(np.sum(drawn.ruined)) / max(int(np.sum(drawn.defaulted)), 1),
        gross=sample_measures(gross, LEVELS),
        net=sample_measures(net, LEVELS),
        borne={**borne, holder: float(np.mean(net))},
        expected_balance_years=_balance_years(given),
        scenarios=scenarios,
        seed=seed,
    )


FEWEST = 100
_FEWEST = Text("expected at least 100 scenarios", "情景数不得少于 100")


def _shared(
    given: LoanRiskInputs, drawn: LoanScenarios, losses: IntArray, scenarios: int, seed: int
) -> tuple[dict[str, IntArray], IntArray]:
    """Return what each other party pays and what the holder bears."""
    stack = given.stack
    if stack is None:
        return {}, losses
    down = provider_defaults(stack, drawn.years, scenarios=scenarios, seed=seed)
    arrays = stack.arrays()
    found = share_losses(
        arrays,
        losses,
        used=np.zeros((scenarios, len(arrays.weight)), dtype=np.int64),
        provider_used=np.zeros((scenarios, len(stack.providers)), dtype=np.int64),
        defaulted=down,
    )
    paid: dict[str, IntArray] = {}
    for place, provider in enumerate(stack.providers):
        own = arrays.provider == place
        paid[provider.id] = np.sum(found.paid[:, own], axis=1)
    kept = found.deductible + found.retained + paid.pop(stack.holder, np.zeros_like(losses))
    return paid, kept


def provider_defaults(
    stack: LossSharingStack, years: FloatArray, *, scenarios: int, seed: int
) -> BoolArray:
    """Return which parties have defaulted when a claim falls due, the longest lag included.

    Parameters
    ----------
    years
        When the claim arises, shape (n_scenarios,). [year]

    Returns
    -------
    BoolArray
        Shape (n_scenarios, n_providers); a group defaults as a whole, by its weakest member.
    """
    groups = stack.default_groups
    by_group = {
        group: [each for each in stack.providers if each.default_group == group] for group in groups
    }
    loading = np.array([[max(each.loading for each in by_group[group])] for group in groups])
    model = FactorModel(
        names=("common",), factor=np.zeros((len(groups), 1), dtype=np.int64), loading=loading
    )
    drawn = latent_uniforms(
        model, entity_keys(groups, "provider"), scenario_keys(seed, 0, scenarios)
    )
    lag = max((s.lag_months for layer in stack.layers for s in layer.shares), default=0) / 12
    hazard = np.array([max(each.hazard for each in by_group[group]) for group in groups])
    chance = -np.expm1(-np.outer(years + lag, hazard))
    down = drawn <= chance
    place = {group: number for number, group in enumerate(groups)}
    return np.asarray(down[:, [place[each.default_group] for each in stack.providers]])


def _balance_years(given: LoanRiskInputs) -> float:
    step = given.loan.every_months / 12
    schedule = given.loan.schedule()
    times = np.array([each.number * step for each in schedule])
    alive = 1 - given.curve.default_probability(times - step)
    balance = np.array([each.opening for each in schedule], dtype=float)
    return float(np.sum(balance * step * alive * (1 + given.discount_rate) ** -times))


def minor_units(value: float) -> Cash:
    """Return a float amount of minor units as a whole one, half away from zero."""
    return int(np.floor(abs(value) + 0.5)) * (1 if value >= 0 else -1)
