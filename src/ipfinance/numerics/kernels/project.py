"""Paths of an R&D project with uncertain cost and cash, and functions whose mean is known.

A function of the remaining cost K and the cash rate C is a sum of terms ``w K^a C^b``. One step
ahead K is a normal cut off at 0 and C is lognormal, so the mean of every term is exact: tilting by
``C^b`` shifts the mean of K, and the moments of a cut normal follow from one another.
"""

from __future__ import annotations

import math

import numpy as np

from ipfinance.numerics._kernel import kernel
from ipfinance.numerics._types import FloatArray
from ipfinance.numerics.kernels.normal import cdf


@kernel
def terms(cost: float, cash: float, powers: FloatArray, degree: int, out: FloatArray) -> None:
    """Write K^a C^b for a up to the degree and b among the powers."""
    place = 0
    for power in powers:
        value = cash**power
        for _ in range(degree + 1):
            out[place] = value
            value *= cost
            place += 1


@kernel
def weighted(
    cost: float, cash: float, powers: FloatArray, degree: int, weights: FloatArray
) -> float:
    """Return the sum of weights times K^a C^b."""
    total = 0.0
    place = 0
    for power in powers:
        inner = 0.0
        factor = 1.0
        for _ in range(degree + 1):
            inner += weights[place] * factor
            factor *= cost
            place += 1
        if inner != 0.0:
            total += inner * cash**power
    return total


@kernel
def expected(
    cost: float,
    cash: float,
    spent: float,
    cost_volatility: float,
    cash_drift: float,
    cash_deviation: float,
    correlation: float,
    done: float,
    powers: FloatArray,
    degree: int,
    weights: FloatArray,
) -> float:
    """Return what one step later is expected of C times `done` if K is 0, else of the terms.

    `spent` is the outlay of a step, `cash_drift` and `cash_deviation` are those of ln C in a step.
    """
    deviation = cost_volatility * math.sqrt(spent * cost)
    total = 0.0
    place = 0
    for power in powers:
        mean = cost - spent + power * correlation * cash_deviation * deviation
        if deviation > 0.0:
            score = mean / deviation
            current = cdf(score)
            density = math.exp(-0.5 * score * score) / math.sqrt(2.0 * math.pi)
        else:
            current = 1.0 if mean > 0.0 else 0.0
            density = 0.0
        grown = math.exp(power * cash_drift + 0.5 * (power * cash_deviation) ** 2) * cash**power
        if power == 1.0:
            total += grown * (1.0 - current) * done
        before = 0.0
        inner = 0.0
        for degree_now in range(degree + 1):
            inner += weights[place] * current
            following = mean * current
            if degree_now == 0:
                following += deviation * density
            else:
                following += degree_now * deviation * deviation * before
            before = current
            current = following
            place += 1
        total += grown * inner
    return total


@kernel
def walk(
    rng: np.random.Generator,
    cost: float,
    cash: float,
    spent: float,
    cost_volatility: float,
    cash_drift: float,
    cash_deviation: float,
    correlation: float,
    costs: FloatArray,
    cashes: FloatArray,
) -> None:
    """Fill paths of the remaining cost and of the cash rate, shape (dates + 1, paths)."""
    own = math.sqrt(max(1.0 - correlation * correlation, 0.0))
    dates, paths = costs.shape
    for path in range(paths):
        left = cost
        rate = cash
        costs[0, path] = left
        cashes[0, path] = rate
        for date in range(1, dates):
            first = rng.standard_normal()
            second = correlation * first + own * rng.standard_normal()
            if left > 0.0:
                left = left - spent + cost_volatility * math.sqrt(spent * left) * first
                left = max(left, 0.0)
            rate = rate * math.exp(cash_drift + cash_deviation * second)
            costs[date, path] = left
            cashes[date, path] = rate


@kernel
def surprises(
    costs: FloatArray,
    cashes: FloatArray,
    next_costs: FloatArray,
    next_cashes: FloatArray,
    spent: float,
    cost_volatility: float,
    cash_drift: float,
    cash_deviation: float,
    correlation: float,
    done: float,
    powers: FloatArray,
    degree: int,
    weights: FloatArray,
    out: FloatArray,
) -> None:
    """Write what the next date brought less what was expected of it, path by path."""
    for path in range(len(costs)):
        out[path] = 0.0
        if costs[path] <= 0.0:
            continue
        if next_costs[path] <= 0.0:
            brought = next_cashes[path] * done
        else:
            brought = weighted(next_costs[path], next_cashes[path], powers, degree, weights)
        out[path] = brought - expected(
            costs[path],
            cashes[path],
            spent,
            cost_volatility,
            cash_drift,
            cash_deviation,
            correlation,
            done,
            powers,
            degree,
            weights,
        )


@kernel
def moments(
    costs: FloatArray,
    cashes: FloatArray,
    targets: FloatArray,
    powers: FloatArray,
    degree: int,
    products: FloatArray,
    right: FloatArray,
) -> None:
    """Add up the normal equations of a regression on the terms, large cash rates weighing less."""
    count = len(powers) * (degree + 1)
    row = np.empty(count)
    for path in range(len(costs)):
        if costs[path] <= 0.0:
            continue
        terms(costs[path], cashes[path], powers, degree, row)
        weight = 1.0 / (1.0 + cashes[path]) ** 2
        for i in range(count):
            scaled = weight * row[i]
            right[i] += scaled * targets[path]
            for j in range(i + 1):
                products[i, j] += scaled * row[j]


@kernel
def follow(
    rng: np.random.Generator,
    cost: float,
    cash: float,
    spent: float,
    cost_volatility: float,
    cash_drift: float,
    cash_deviation: float,
    correlation: float,
    discount: float,
    done: FloatArray,
    powers: FloatArray,
    degree: int,
    rules: FloatArray,
    may_stop: bool,
    out: FloatArray,
) -> None:
    """Follow fresh paths under the rules, or to the end where nothing can stop them.

    `rules[date]` gives the value of going on before the outlay; `out` has shape (paths, 4): value
    without the first outlay and less the surprises, the surprises, whether the project was
    completed, and the outlays after the first.
    """
    dates = len(done) - 1
    own = math.sqrt(max(1.0 - correlation * correlation, 0.0))
    for path in range(len(out)):
        left = cost
        rate = cash
        factor = 1.0
        value = 0.0
        surprise = 0.0
        outlays = 0.0
        completed = 0.0
        for date in range(dates):
            if date > 0:
                if may_stop and weighted(left, rate, powers, degree, rules[date]) <= spent:
                    break
                outlays += factor * spent
            mean = expected(
                left,
                rate,
                spent,
                cost_volatility,
                cash_drift,
                cash_deviation,
                correlation,
                done[date + 1],
                powers,
                degree,
                rules[date + 1],
            )
            mean -= spent * _chance_left(left, spent, cost_volatility)
            first = rng.standard_normal()
            second = correlation * first + own * rng.standard_normal()
            left = left - spent + cost_volatility * math.sqrt(spent * left) * first
            rate = rate * math.exp(cash_drift + cash_deviation * second)
            factor *= discount
            if left <= 0.0:
                surprise += factor * (rate * done[date + 1] - mean)
                value += factor * rate * done[date + 1]
                completed = 1.0
                break
            brought = weighted(left, rate, powers, degree, rules[date + 1]) - spent
            surprise += factor * (brought - mean)
        out[path, 0] = value - outlays - surprise
        out[path, 1] = surprise
        out[path, 2] = completed
        out[path, 3] = outlays


@kernel
def _chance_left(cost: float, spent: float, cost_volatility: float) -> float:
    """Return the chance that some cost is left after the next outlay."""
    deviation = cost_volatility * math.sqrt(spent * cost)
    if deviation > 0.0:
        return cdf((cost - spent) / deviation)
    return 1.0 if cost > spent else 0.0


@kernel
def evaluate(
    costs: FloatArray,
    cashes: FloatArray,
    powers: FloatArray,
    degree: int,
    weights: FloatArray,
    out: FloatArray,
) -> None:
    """Write the sum of weights times K^a C^b path by path."""
    for path in range(len(costs)):
        out[path] = weighted(costs[path], cashes[path], powers, degree, weights)
