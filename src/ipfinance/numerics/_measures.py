"""Measures of a loss: expectation, probability, quantile and tail mean, with their errors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ipfinance.numerics._types import FloatArray

CONFIDENCE = 1.959963984540054  # of two-sided 95% bounds
NO_HIT_BOUND = 3.0  # the 95% upper bound of a probability without a hit in S draws is 3 / S


@dataclass(frozen=True, slots=True, kw_only=True)
class TailMeasure:
    """Quantile and tail mean at one level.

    Attributes
    ----------
    level
        [1]
    var, es
        Smallest loss not exceeded with this probability; mean of the worst part beyond it, the
        atom at the quantile counted in. [loss]
    var_low, var_high
        95% bounds by order statistics; equal to `var` for an exact distribution. [loss]
    es_error
        Standard error. [loss]
    """

    level: float
    var: float
    es: float
    var_low: float
    var_high: float
    es_error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LossMeasures:
    """What a distribution of losses comes to.

    Attributes
    ----------
    expected, standard_error
        [loss]
    deviation
        Standard deviation: the unexpected loss. [loss]
    probability, probability_error
        That there is any loss. [1]
    probability_bound
        95% upper bound of it. [1]
    scenarios
        Number of draws; 0 for an exact distribution.
    effective
        Effective number of draws under importance sampling.
    """

    expected: float
    standard_error: float
    deviation: float
    probability: float
    probability_error: float
    probability_bound: float
    tails: tuple[TailMeasure, ...]
    scenarios: int
    effective: float


def exact_measures(
    probabilities: FloatArray, losses: FloatArray, levels: Sequence[float] = ()
) -> LossMeasures:
    """Measure an exact distribution.

    Parameters
    ----------
    probabilities, losses
        Of each loss, losses ascending, shape (n,). [1], [loss]
    """
    mean = float(np.sum(probabilities * losses))
    spread = float(np.sum(probabilities * (losses - mean) ** 2))
    chance = float(np.sum(probabilities[losses > 0]))
    total = np.cumsum(probabilities)
    tails = []
    for level in levels:
        place = min(int(np.searchsorted(total, level - 1e-12)), len(losses) - 1)
        var = float(losses[place])
        beyond = float(np.sum(probabilities[place + 1 :] * losses[place + 1 :]))
        es = (beyond + var * (float(total[place]) - level)) / (1 - level)
        tails.append(
            TailMeasure(level=level, var=var, es=es, var_low=var, var_high=var, es_error=0.0)
        )
    return LossMeasures(
        expected=mean,
        standard_error=0.0,
        deviation=math.sqrt(max(spread, 0.0)),
        probability=chance,
        probability_error=0.0,
        probability_bound=chance,
        tails=tuple(tails),
        scenarios=0,
        effective=0.0,
    )


def sample_measures(
    losses: FloatArray, levels: Sequence[float] = (), *, weights: FloatArray | None = None
) -> LossMeasures:
    """Measure simulated losses, each figure with its error.

    Parameters
    ----------
    losses
        One per scenario, shape (n_scenarios,). [loss]
    weights
        Likelihood ratios of importance sampling with mean one, shape (n_scenarios,); None for
        plain draws. [1]

    Notes
    -----
    The quantile's bounds are order statistics; the error of the tail mean is that of
    ``var + max(loss - var, 0) / (1 - level)``.
    """
    count = len(losses)
    ratio = np.ones(count) if weights is None else weights
    weighted = ratio * losses
    mean = float(np.mean(weighted))
    second = float(np.mean(ratio * losses**2))
    hits = ratio * (losses > 0)
    chance = float(np.mean(hits))
    chance_error = _error(hits)
    bound = chance + CONFIDENCE * chance_error if chance > 0 else NO_HIT_BOUND / count
    return LossMeasures(
        expected=mean,
        standard_error=_error(weighted),
        deviation=math.sqrt(max(second - mean**2, 0.0)),
        probability=chance,
        probability_error=chance_error,
        probability_bound=min(bound, 1.0),
        tails=tuple(_sample_tail(losses, ratio, level) for level in levels),
        scenarios=count,
        effective=float(np.sum(ratio) ** 2 / np.sum(ratio**2)),
    )


def _error(values: FloatArray) -> float:
    return float(np.std(values, ddof=1)) / math.sqrt(len(values)) if len(values) > 1 else math.inf


def _sample_tail(losses: FloatArray, ratio: FloatArray, level: float) -> TailMeasure:
    order = np.argsort(losses, kind="stable")
    ranked, weight = losses[order], ratio[order] / len(losses)
    above = np.cumsum(weight[::-1])[::-1]  # probability of this loss or a worse one
    place = int(np.searchsorted(-above, -(1 - level) * (1 + 1e-12), side="right")) - 1
    place = min(max(place, 0), len(ranked) - 1)
    var = float(ranked[place])
    excess = ratio * np.maximum(losses - var, 0.0) / (1 - level)
    reach = CONFIDENCE * _error(ratio * (losses > var))
    low, high = (_at_tail(ranked, above, 1 - level + side * reach) for side in (1, -1))
    return TailMeasure(
        level=level,
        var=var,
        es=var + float(np.mean(excess)),
        var_low=min(low, var),
        var_high=max(high, var),
        es_error=_error(excess),
    )


def _at_tail(ranked: FloatArray, above: FloatArray, chance: float) -> float:
    place = int(np.searchsorted(-above, -chance, side="right")) - 1
    return float(ranked[min(max(place, 0), len(ranked) - 1)])
