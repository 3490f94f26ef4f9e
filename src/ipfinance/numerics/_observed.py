"""Claims that are lost on dates: an asset is looked at now and then, and what is seen counts.

A dated barrier ends a claim at the first bad observation; a Parisian clause only at the D-th, in
a row or altogether. Between the dates the asset moves by a normal law, so the value is carried
back from date to date by quadrature: Gauss–Legendre nodes on panels of equal width, cut at the
barrier where the value jumps, with weights that depend on the distance between nodes only.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ipfinance.numerics._closed_form import Payoff
from ipfinance.numerics._lattice import LARGEST_EXPONENT
from ipfinance.numerics._types import BoolArray, FloatArray

PANEL = 1.5  # width of a panel in standard deviations of the move between two dates
NODES = 16  # per panel; the error falls below 1e-13 of the strike
REACH = 9.0  # standard deviations that are covered
MOST_WORK = 3e9  # multiplications


class ObservedClaim(NamedTuple):
    """A claim that bad observations can end.

    Attributes
    ----------
    value
        Of the claim that is lost for good at the D-th bad observation. [currency]
    survival
        Chance that it is not lost by the last date, given that the asset lives. [1]
    """

    value: float
    survival: float


class _Walk(NamedTuple):
    """The asset in standard deviations of one move, living side positive, barrier at 0."""

    start: float
    drift: float
    deviation: float  # of the log in one move, negative where the living side lies below
    log_barrier: float
    dates: int


def observed_claim(
    *,
    spot: float,
    strike: float,
    barrier: float,
    rate: float,
    yield_rate: float,
    volatility: float,
    maturity: float,
    payoff: Payoff,
    falling: bool,
    dates: int,
    losses: int,
    cumulative: bool,
) -> ObservedClaim:
    r"""Value a European claim that is lost at the D-th observation beyond a barrier.

    Parameters
    ----------
    spot, strike, barrier
        Value of the asset, cost of exercising, level that matters; at the level counts as
        beyond. [currency]
    rate, yield_rate
        Discount rate and yield, continuously compounded. [1/year]
    volatility, maturity
        Above 0. [1/year^0.5], [year]
    payoff
        Call or put.
    falling
        True where the bad side lies below the barrier.
    dates
        Equal dates, the last at maturity; the start is not one of them.
    losses
        Bad observations that end the claim; 1 is a dated barrier.
    cumulative
        Whether bad observations add up; otherwise a good one sets the count back to 0.

    Returns
    -------
    ObservedClaim
        Value and chance of survival; NaN where `observed_work` exceeds `MOST_WORK` or the spread
        leaves the range of floats.

    References
    ----------
    :cite:cts:`aitsahlia_lai_1997` for recursion over dates; the panels and the count of bad
    observations are this project's own.
    """
    step_time = maturity / dates
    side = 1.0 if falling else -1.0
    deviation = side * volatility * math.sqrt(step_time)
    walk = _Walk(
        start=(math.log(spot) - math.log(barrier)) / deviation,
        drift=(rate - yield_rate - 0.5 * volatility**2) * step_time / deviation,
        deviation=deviation,
        log_barrier=math.log(barrier),
        dates=dates,
    )
    first, last = _panels(walk, losses)
    reach = abs(deviation) * max(abs(first), abs(last)) * PANEL + abs(walk.log_barrier)
    if reach > LARGEST_EXPONENT or _work(walk, losses) > MOST_WORK:
        return ObservedClaim(math.nan, math.nan)
    sign = 1.0 if payoff is Payoff.CALL else -1.0
    found = [
        _recursion(walk, _terminal(walk, sign, unit), losses, cumulative=cumulative)
        for unit in (strike, None)
    ]
    return ObservedClaim(math.exp(-rate * maturity) * found[0], found[1])


def observed_work(*, dates: int, losses: int) -> float:
    """Return about how many multiplications a recursion takes, for a start at the barrier."""
    return _work(_Walk(0.0, 0.0, 1e-9, 0.0, dates), losses)


def _work(walk: _Walk, losses: int) -> float:
    first, last = _panels(walk, losses)
    blocks = 2 * REACH / PANEL + 1
    return walk.dates * losses * max(last - first, 1) * blocks * NODES**2


def _panels(walk: _Walk, losses: int) -> tuple[int, int]:
    """Return the first panel and the one after the last; panel 0 begins at the barrier."""
    moves = walk.dates
    reach = REACH * math.sqrt(moves)
    ends = [walk.start + moves * tilt for tilt in (0.0, walk.drift, walk.drift + walk.deviation)]
    first = math.floor((min(ends) - reach) / PANEL)
    last = math.ceil((max(ends) + reach) / PANEL)
    return (max(first, 0) if losses == 1 else first), max(last, 1)


class _Terminal(NamedTuple):
    """What the last date pays: sign (S - K) between bounds, or 1 where `strike` is None."""

    sign: float
    strike: float | None
    kink: float


def _terminal(walk: _Walk, sign: float, strike: float | None) -> _Terminal:
    kink = 0.0 if strike is None else (math.log(strike) - walk.log_barrier) / walk.deviation
    return _Terminal(sign, strike, kink)


def _last_date(
    walk: _Walk, terminal: _Terminal, place: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return what is expected of the last date on the living side and beyond the barrier."""
    mean = place + walk.drift
    if terminal.strike is None:
        return _between(0.0, math.inf, mean), _between(-math.inf, 0.0, mean)
    above = (terminal.sign > 0) == (walk.deviation > 0)
    low, high = (terminal.kink, math.inf) if above else (-math.inf, terminal.kink)
    return (
        _paid(walk, terminal, mean, max(low, 0.0), high),
        _paid(walk, terminal, mean, low, min(high, 0.0)),
    )


def _paid(
    walk: _Walk, terminal: _Terminal, mean: FloatArray, low: float, high: float
) -> FloatArray:
    if low >= high or terminal.strike is None:
        return np.zeros_like(mean)
    log_asset = walk.log_barrier + walk.deviation * mean + 0.5 * walk.deviation**2
    asset = np.exp(log_asset) * _between(low, high, mean + walk.deviation)
    paid: FloatArray = terminal.sign * (asset - terminal.strike * _between(low, high, mean))
    return paid


def _between(low: float, high: float, mean: FloatArray) -> FloatArray:
    from scipy.special import ndtr

    below, above = low - mean, high - mean
    upper = below > 0  # the other tail keeps the digits
    first = np.where(upper, -below, above)
    second = np.where(upper, -above, below)
    chance: FloatArray = ndtr(first) - ndtr(second)
    return chance


def _recursion(walk: _Walk, terminal: _Terminal, losses: int, *, cumulative: bool) -> float:
    if walk.dates == 1:
        good, bad = _last_date(walk, terminal, np.array([walk.start]))
        return float(good[0] + (bad[0] if losses > 1 else 0.0))
    first, last = _panels(walk, losses)
    inner_x, inner_w = np.polynomial.legendre.leggauss(NODES)
    inside, weights = 0.5 * PANEL * (inner_x + 1.0), 0.5 * PANEL * inner_w
    place = PANEL * np.arange(first, last)[:, None] + inside
    good, bad = _last_date(walk, terminal, place)
    values = np.stack([good + (bad if state + 1 < losses else 0.0) for state in range(losses)])
    blocks, offset = _blocks(walk.drift, inside, weights)
    good_side = np.arange(first, last) >= 0
    for _ in range(walk.dates - 2):
        values = _one_date_back(values, blocks, offset, good_side, cumulative=cumulative)
    entering = _entered(values, good_side, cumulative=cumulative)[0]
    chance = _density(place - walk.start - walk.drift) * weights
    return float(np.sum(chance * entering))


def _blocks(drift: float, inside: FloatArray, weights: FloatArray) -> tuple[FloatArray, int]:
    first = math.floor((drift - REACH) / PANEL) - 1
    last = math.ceil((drift + REACH) / PANEL) + 1
    apart = (
        PANEL * np.arange(first, last + 1)[:, None, None]
        + inside[None, None, :]
        - inside[None, :, None]
    )
    return np.ascontiguousarray(_density(apart - drift) * weights), first


def _density(x: FloatArray) -> FloatArray:
    density: FloatArray = np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)
    return density


def _entered(values: FloatArray, good_side: BoolArray, *, cumulative: bool) -> FloatArray:
    """Return the value of being seen at a node, by the count of bad observations before."""
    after_bad = np.concatenate([values[1:], np.zeros_like(values[:1])])
    after_good = values if cumulative else np.broadcast_to(values[:1], values.shape)
    return np.ascontiguousarray(np.where(good_side[None, :, None], after_good, after_bad))


def _one_date_back(
    values: FloatArray, blocks: FloatArray, offset: int, good_side: BoolArray, *, cumulative: bool
) -> FloatArray:
    from ipfinance.numerics.kernels.observed import carried_back

    entered = _entered(values, good_side, cumulative=cumulative)
    out = np.empty_like(entered)
    carried_back(entered, blocks, offset, out)
    return out
