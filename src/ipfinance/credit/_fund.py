"""A compensation fund as a portfolio of promises: what it can stand behind, and for how long."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import NormalDist

import numpy as np

from ipfinance.basics import (
    Cash,
    Finding,
    FindingKind,
    InputError,
    MinorUnit,
    MoneyUnit,
    Problem,
    Severity,
    Text,
    rounded,
)
from ipfinance.credit._loss_sharing import ClaimShares, LossSharingStack
from ipfinance.numerics import (
    FloatArray,
    IntArray,
    entity_keys,
    normal_draws,
    scenario_keys,
    uniform_draws,
)

REACH, NODES = 8.5, 513
MOST_LOANS = 10_000_000
NORMAL = NormalDist()


@dataclass(frozen=True, slots=True, kw_only=True)
class FundLoans:
    """The equal loans that a fund stands behind.

    Attributes
    ----------
    count
        How many there are now.
    amount
        Owed on each at default. [minor unit]
    default_probability, loss_given_default
        Within a year; before any support. [1]
    correlation
        Of the Gaussian variables behind the defaults, from 0 up to but not 1. [1]
    """

    count: int
    amount: Cash
    default_probability: float
    loss_given_default: float
    correlation: float
    source: Text = Text("", "")  # noqa: RUF009


@dataclass(frozen=True, slots=True, kw_only=True)
class FundCase:
    """A fund and what it has promised.

    Attributes
    ----------
    provider
        The id of the fund in the stack; its means are `size`, not a limit of the stack.
    target
        Largest chance that a year's claims exceed the means. [1]
    years
        How far the fund is run.
    contribution, interest_rate
        Paid in each year; earned on the balance. [minor unit], [1/year]
    recovery, recovery_lag
        Part of its payments that comes back, and after how many years. [1], [year]
    persistence
        Of the common factor from year to year. [1]
    """

    id: str
    title: Text
    status: str
    unit: MoneyUnit
    size: Cash
    size_source: Text
    provider: str
    stack: LossSharingStack
    stack_source: Text
    loans: FundLoans
    target: float
    years: int = 5
    contribution: Cash = 0
    interest_rate: float = 0.0
    recovery: float = 0.0
    recovery_lag: int = 1
    persistence: float = 0.0
    scenarios: int = 20_000
    seed: int = 1
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FundYear:
    """The fund after one more year, over the scenarios.

    Attributes
    ----------
    paid, unpaid, balance
        Means. [minor unit]
    low_balance
        5% quantile. [minor unit]
    exhausted, error
        Chance that claims have gone unpaid by now, with its standard error. [1]
    """

    year: int
    paid: float
    unpaid: float
    balance: float
    low_balance: float
    exhausted: float
    error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FundSolvency:
    """What a fund of a size can stand behind.

    Attributes
    ----------
    claim
        One default, shared by the stack; the fund's part is `payment`.
    bearable
        Defaults that the means cover.
    capacity
        Largest number of loans at which the target holds; None where any number does.
    large_pool_capacity
        The same by the closed form of a pool without end, which leaves out that defaults come
        one by one.
    exhaustion, expected_paid, expected_unpaid
        Of the loans there are now, within a year. [1], [minor unit]
    curve
        Pairs of a number of loans and the chance that claims exceed the means.
    """

    case: FundCase
    minor: MinorUnit
    claim: ClaimShares
    payment: Cash
    bearable: int
    capacity: int | None
    large_pool_capacity: float | None
    exhaustion: float
    expected_paid: float
    expected_unpaid: float
    curve: tuple[tuple[int, float], ...]
    path: tuple[FundYear, ...]
    findings: tuple[Finding, ...]

    @property
    def leverage(self) -> float | None:
        """Loans that one unit of the fund stands behind, at capacity."""
        if self.capacity is None:
            return None
        return self.capacity * self.case.loans.amount / self.case.size if self.case.size else 0.0


INSOLVENT = FindingKind(
    code="fund_beyond_capacity",
    severity=Severity.WARNING,
    text=Text(
        "The fund stands behind {count:,} loans, more than the {capacity:,} at which the chance "
        "that claims exceed its means stays within {target:.2%}; it is {chance:.2%} now.",
        "资金已为 {count:,} 笔贷款承担风险，超过目标（赔付超出资金的概率不高于 {target:.2%}）下的 "
        "{capacity:,} 笔；当前概率为 {chance:.2%}。",
    ),
)
LARGE_POOL = FindingKind(
    code="fund_large_pool_differs",
    severity=Severity.NOTE,
    text=Text(
        "The closed form of a large pool gives {large:,.0f} loans, the exact count {exact:,}: "
        "with so few loans defaults come in lumps.",
        "大样本闭式解为 {large:,.0f} 笔，精确结果为 {exact:,} 笔：贷款笔数较少时违约具有离散性。",
    ),
)
APART = 0.02


def exceedance(count: int, bearable: int, probability: float, correlation: float) -> float:
    r"""Return the chance that more than a number of equal loans default.

    Parameters
    ----------
    count, bearable
        Loans; defaults that can be borne.
    probability, correlation
        Of default; of the Gaussian variables behind it. [1]

    Notes
    -----
    Given the factor the number is binomial; the factor is integrated on 513 points. Without
    correlation it is the binomial tail itself.

    Examples
    --------
    >>> round(exceedance(2, 1, 0.1, 0.0), 12)
    0.01
    """
    from scipy.special import bdtrc

    if bearable >= count:
        return 0.0
    if correlation <= 0:
        return float(bdtrc(bearable, count, probability))
    given, weights = _given_factor(probability, correlation)
    return float(np.sum(weights * bdtrc(float(bearable), count, given)))


def _given_factor(probability: float, correlation: float) -> tuple[FloatArray, FloatArray]:
    from scipy.special import ndtr, ndtri

    points = np.linspace(-REACH, REACH, NODES)
    weights = np.exp(-0.5 * points**2)
    score = (ndtri(probability) - math.sqrt(correlation) * points) / math.sqrt(1 - correlation)
    return np.asarray(ndtr(score)), weights / np.sum(weights)


def largest_pool(
    bearable: int, probability: float, correlation: float, target: float
) -> int | None:
    """Return the largest number of equal loans of which rarely more than some default.

    Parameters
    ----------
    target
        Largest chance of more. [1]

    Returns
    -------
    int or None
        None where ten million loans still meet the target.
    """

    def fits(count: int) -> bool:
        return exceedance(count, bearable, probability, correlation) <= target

    low, high = bearable, max(2 * bearable, 2)
    while fits(high):
        low, high = high, high * 2
        if high > MOST_LOANS:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        if fits(middle):
            low = middle
        else:
            high = middle
    return low


def large_pool_quantile(probability: float, correlation: float, level: float) -> float:
    r"""Return the default rate of a pool without end that is exceeded with chance 1 − level.

    Notes
    -----
    .. math:: \Phi\left(\frac{\Phi^{-1}(p) + \sqrt\rho\,\Phi^{-1}(\alpha)}{\sqrt{1-\rho}}\right)

    References
    ----------
    :cite:cts:`vasicek_2002`.
    """
    score = NORMAL.inv_cdf(probability) + math.sqrt(correlation) * NORMAL.inv_cdf(level)
    return NORMAL.cdf(score / math.sqrt(1 - correlation))


def fund_solvency(case: FundCase) -> FundSolvency:
    """Return what a fund can stand behind, and how it fares over the years."""
    _check(case)
    loans = case.loans
    loss = rounded(Decimal(repr(loans.loss_given_default)) * loans.amount)
    claim = case.stack.share(loss)
    payment = claim.paid[case.provider]
    bearable = case.size // payment if payment else loans.count
    capacity = None
    large = None
    if payment:
        terms = (loans.default_probability, loans.correlation)
        capacity = largest_pool(bearable, *terms, case.target)
        large = case.size / payment / large_pool_quantile(*terms, 1 - case.target)
    chance = exceedance(loans.count, bearable, loans.default_probability, loans.correlation)
    unpaid = _expected_excess(case, payment)
    expected = loans.count * loans.default_probability * payment
    return FundSolvency(
        case=case,
        minor=MinorUnit.of(case.unit.currency),
        claim=claim,
        payment=payment,
        bearable=bearable,
        capacity=capacity,
        large_pool_capacity=large,
        exhaustion=chance,
        expected_paid=expected - unpaid,
        expected_unpaid=unpaid,
        curve=_curve(case, bearable, capacity),
        path=_path(case, payment),
        findings=tuple(_findings(case, capacity, large, chance)),
    )


def _check(case: FundCase) -> None:
    problems = []
    loans = case.loans
    known = [provider.id for provider in case.stack.providers]
    if case.provider not in known:
        shown = ", ".join(known)
        allowed = Text(f"expected the id of a provider: {shown}", f"应为某一承担方的编号：{shown}")
        problems.append(Problem(field="fund.provider", found=case.provider, allowed=allowed))
    elif case.stack.provider(case.provider).limit is not None:
        problems.append(
            Problem(field="loss_sharing.providers", found=case.provider, allowed=_LIMIT)
        )
    for name, value in (
        ("default_probability", loans.default_probability),
        ("target", case.target),
    ):
        if not 0 < value < 1:
            field = name if name == "target" else f"loans.{name}"
            problems.append(Problem(field=field, found=value, allowed=_CHANCE))
    if not 0 <= loans.correlation < 1:
        field = "loans.correlation"
        problems.append(Problem(field=field, found=loans.correlation, allowed=_CORRELATION))
    if problems:
        raise InputError(problems)


_LIMIT = Text(
    "the fund's means are fund.size; leave its limit out", "资金规模由 fund.size 给出，此处勿设上限"
)
_CHANCE = Text("expected a chance above 0 and below 1", "应为大于 0 且小于 1 的概率")
_CORRELATION = Text("expected a number from 0 to below 1", "应为 0 至小于 1 的数")


def _expected_excess(case: FundCase, payment: Cash) -> float:
    """Return the mean of what the claims of a year ask beyond the means."""
    from scipy.special import bdtrc

    loans = case.loans
    if payment == 0:
        return 0.0
    count, bearable = loans.count, case.size // payment
    if bearable >= count:
        return 0.0
    given, weights = np.array([loans.default_probability]), np.ones(1)
    if loans.correlation > 0:
        given, weights = _given_factor(loans.default_probability, loans.correlation)
    # E[(K m − S)⁺] = m n q P(K' ≥ b) − S P(K > b) with K' of one loan less
    above = bdtrc(float(bearable), count, given)
    inside = np.ones_like(given) if bearable == 0 else bdtrc(float(bearable - 1), count - 1, given)
    return float(np.sum(weights * (payment * count * given * inside - case.size * above)))


def _curve(case: FundCase, bearable: int, capacity: int | None) -> tuple[tuple[int, float], ...]:
    loans = case.loans
    most = max(2 * (capacity or loans.count), loans.count, 2)
    counts = sorted({int(x) for x in np.linspace(max(bearable // 4, 1), most, 60)})
    return tuple(
        (count, exceedance(count, bearable, loans.default_probability, loans.correlation))
        for count in counts
    )


def _path(case: FundCase, payment: Cash) -> tuple[FundYear, ...]:
    defaults = yearly_defaults(case)
    size = len(defaults)
    balance = np.full(size, float(case.size))
    ruined = np.zeros(size, dtype=bool)
    due_back = np.zeros((case.years + case.recovery_lag + 1, size))
    found = []
    for year in range(1, case.years + 1):
        balance = balance * (1 + case.interest_rate) + due_back[year]
        balance += case.contribution if year > 1 else 0
        asked = defaults[:, year - 1] * float(payment)
        paid = np.minimum(asked, balance)
        balance = balance - paid
        ruined |= asked > paid + 0.5
        due_back[year + case.recovery_lag] += case.recovery * paid
        chance = float(np.mean(ruined))
        found.append(
            FundYear(
                year=year,
                paid=float(np.mean(paid)),
                unpaid=float(np.mean(asked - paid)),
                balance=float(np.mean(balance)),
                low_balance=float(np.quantile(balance, 0.05)),
                exhausted=chance,
                error=math.sqrt(chance * (1 - chance) / size),
            )
        )
    return tuple(found)


def yearly_defaults(case: FundCase) -> IntArray:
    """Return how many loans default in each scenario and year, the pool refilled each year.

    Returns
    -------
    IntArray
        Shape (n_scenarios, n_years).
    """
    from scipy.special import ndtr, ndtri

    loans = case.loans
    years = [f"year {year}" for year in range(1, case.years + 1)]
    scenarios = scenario_keys(case.seed, 0, case.scenarios)
    shocks = normal_draws(entity_keys(years, "factor"), scenarios)
    own = uniform_draws(entity_keys(years, "defaults"), scenarios)
    found = np.empty((case.scenarios, case.years), dtype=np.int64)
    factor = shocks[:, 0]
    for year in range(case.years):
        if year:
            keep = case.persistence
            factor = keep * factor + math.sqrt(1 - keep**2) * shocks[:, year]
        score = ndtri(loans.default_probability) - math.sqrt(loans.correlation) * factor
        given = ndtr(score / math.sqrt(1 - loans.correlation))
        found[:, year] = _binomial_quantiles(own[:, year], loans.count, given)
    return found


def _binomial_quantiles(levels: FloatArray, count: int, chances: FloatArray) -> IntArray:
    """Return the smallest number whose distribution function reaches each level."""
    from scipy.special import bdtr

    low, high = np.full(len(levels), -1), np.full(len(levels), count)
    for _ in range(count.bit_length() + 1):
        middle = (low + high) // 2
        reached = bdtr(np.maximum(middle, 0).astype(float), count, chances) >= levels
        reached &= middle >= 0
        high = np.where(reached, middle, high)
        low = np.where(reached, low, middle)
    return np.asarray(high)


def _findings(
    case: FundCase, capacity: int | None, large: float | None, chance: float
) -> Sequence[Finding]:
    found = []
    if capacity is not None and case.loans.count > capacity:
        facts = {"count": case.loans.count, "capacity": capacity, "target": case.target}
        found.append(INSOLVENT.finding(where="loans.count", chance=chance, **facts))
    if capacity and large is not None and abs(large / capacity - 1) > APART:
        found.append(LARGE_POOL.finding(large=large, exact=capacity))
    return found
