"""An R&D project whose cost and cash are both uncertain, and which can be given up: simulation."""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from ipfinance.numerics._least_squares import solved_normal_equations
from ipfinance.numerics._simulation import Estimate
from ipfinance.numerics._types import FloatArray

POWERS = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])  # of the cash rate in the value of going on
COMMITTED_POWERS = np.array([0.0, 1.0])  # enough where nothing is decided: linear in the cash rate
DEGREE = 4  # highest power of the remaining cost
SHARES = 16  # of the paths, each with a stream of its own: the same figure on any machine
FEWEST_ROWS = 200  # unfinished paths that a regression needs


class ResearchProject(NamedTuple):
    """What drives the project.

    Attributes
    ----------
    cost, outlay_rate, cost_volatility
        Expected remaining cost, most that can be spent a year, volatility of the cost. [currency],
        [currency/year], [1]
    cash, cash_drift, cash_volatility
        Cash flow a year if the product were there today, its growth under the pricing measure
        (growth less risk premium), its volatility. [currency/year], [1/year], [1/year^0.5]
    correlation
        Between what moves cost and what moves cash. [1]
    rate, failure_rate
        Riskless rate; yearly rate of failure before completion. [1/year]
    horizon, step_time
        When cash ends, and the length of a step that divides it. [year]
    terminal_multiple
        What the product is worth at the horizon, in years of cash. [year]
    """

    cost: float
    outlay_rate: float
    cost_volatility: float
    cash: float
    cash_drift: float
    cash_volatility: float
    correlation: float
    rate: float
    failure_rate: float
    horizon: float
    step_time: float
    terminal_multiple: float

    @property
    def dates(self) -> int:
        """Number of steps."""
        return round(self.horizon / self.step_time)

    @property
    def spent(self) -> float:
        """Outlay of a step that opens with a cost left."""
        return self.outlay_rate * self.step_time

    @property
    def discount(self) -> float:
        """What one unit paid a step later is worth while the project can fail."""
        return math.exp(-(self.rate + self.failure_rate) * self.step_time)

    @property
    def log_drift(self) -> float:
        """Mean of the log of the cash rate's move in a step."""
        return (self.cash_drift - 0.5 * self.cash_volatility**2) * self.step_time

    @property
    def deviation(self) -> float:
        """Standard deviation of it."""
        return self.cash_volatility * math.sqrt(self.step_time)


class ProjectValue(NamedTuple):
    """A project valued by simulation, without the outlay of its first step.

    Attributes
    ----------
    value
        On fresh paths under the rules, with martingale controls: too low on average, if anything.
    uncontrolled
        The same paths without controls.
    in_sample
        On the paths that chose the rules.
    completed
        Share of paths on which the project is completed, failures apart. [1]
    outlays
        Expected outlays after the first step, discounted. [currency]
    paths
        How many fresh paths.
    """

    value: Estimate
    uncontrolled: Estimate
    in_sample: Estimate
    completed: float
    outlays: float
    paths: int


def completed_multiples(project: ResearchProject) -> FloatArray:
    r"""Return what one unit of the cash rate is worth at each date once the product is there.

    Notes
    -----
    :math:`a_i = \Delta t + e^{(\mu-\eta-r)\Delta t} a_{i+1}` with the terminal multiple last.
    """
    carried = math.exp((project.cash_drift - project.rate) * project.step_time)
    multiples = np.empty(project.dates + 1)
    multiples[-1] = project.terminal_multiple
    for date in range(project.dates - 1, -1, -1):
        multiples[date] = project.step_time + carried * multiples[date + 1]
    return multiples


def project_value(
    project: ResearchProject,
    *,
    may_stop: bool,
    paths: int,
    rng: np.random.Generator,
    rule_paths: int = 20_000,
) -> ProjectValue:
    r"""Value a project by least-squares simulation with martingale controls.

    Parameters
    ----------
    project
        Its terms.
    may_stop
        Whether it can be given up at the beginning of each step; else it runs to completion or to
        the horizon.
    paths, rule_paths
        Fresh paths that are averaged, and paths that choose the rules.
    rng
        Where the draws come from.

    Returns
    -------
    ProjectValue
        Value without the first step's outlay; subtract `project.spent` where it is to be paid.

    Notes
    -----
    The value of going on is regressed on :math:`K^a C^b`. The mean of these terms one step ahead is
    known exactly, so what each step brings beyond it is a martingale difference with mean 0 under
    any rules; it is taken off each path. The mean stays unbiased, the error falls several times.

    References
    ----------
    :cite:cts:`schwartz_2004` for the project; :cite:cts:`longstaff_schwartz_2001` for the
    regression.
    """
    powers = POWERS if may_stop else COMMITTED_POWERS
    done = completed_multiples(project)
    choosing, following = rng.spawn(2)
    rules, sample = _rules(project, done, powers, choosing, rule_paths, may_stop=may_stop)
    found = _followed(project, done, powers, rules, following, paths, may_stop=may_stop)
    controlled, surprise, completed, outlays = found.T
    return ProjectValue(
        value=_mean(controlled),
        uncontrolled=_mean(controlled + surprise),
        in_sample=_mean(sample),
        completed=float(np.mean(completed)),
        outlays=float(np.mean(outlays)),
        paths=len(found),
    )


def _mean(values: FloatArray) -> Estimate:
    error = float(np.std(values, ddof=1)) / math.sqrt(len(values))
    return Estimate(value=float(np.mean(values)), standard_error=error)


def _law(project: ResearchProject) -> tuple[float, float, float, float, float]:
    return (
        project.spent,
        project.cost_volatility,
        project.log_drift,
        project.deviation,
        project.correlation,
    )


def _rules(
    project: ResearchProject,
    done: FloatArray,
    powers: FloatArray,
    rng: np.random.Generator,
    paths: int,
    *,
    may_stop: bool,
) -> tuple[FloatArray, FloatArray]:
    """Return the value of going on at each date as weights of the terms, and the sample's values.

    Row 0 is not used; the last row is 0, since what is unfinished then is worth nothing.
    """
    from ipfinance.numerics.kernels.project import evaluate, surprises, walk

    dates = project.dates
    costs, cashes = np.empty((dates + 1, paths)), np.empty((dates + 1, paths))
    walk(rng, project.cost, project.cash, *_law(project), costs, cashes)
    rules = np.zeros((dates + 1, len(powers) * (DEGREE + 1)))
    paid = np.where(costs[-1] > 0, 0.0, cashes[-1] * done[-1])
    surprise, held = np.empty(paths), np.empty(paths)
    for date in range(dates - 1, -1, -1):
        surprises(
            costs[date],
            cashes[date],
            costs[date + 1],
            cashes[date + 1],
            *_law(project),
            done[date + 1],
            powers,
            DEGREE,
            rules[date + 1],
            surprise,
        )
        paid = project.discount * (paid - surprise)
        if date == 0:
            break
        rules[date] = _regressed(costs[date], cashes[date], paid, powers)
        evaluate(costs[date], cashes[date], powers, DEGREE, rules[date], held)
        going = (held > project.spent) | (not may_stop)
        unfinished = np.where(going, paid - project.spent, 0.0)
        paid = np.where(costs[date] > 0, unfinished, cashes[date] * done[date])
    return rules, paid


def _regressed(
    costs: FloatArray, cashes: FloatArray, paid: FloatArray, powers: FloatArray
) -> FloatArray:
    from ipfinance.numerics.kernels.project import moments

    count = len(powers) * (DEGREE + 1)
    if np.count_nonzero(costs > 0) < FEWEST_ROWS:
        return np.zeros(count)
    products, right = np.zeros((count, count)), np.zeros(count)
    moments(costs, cashes, paid, powers, DEGREE, products, right)
    scale = np.sqrt(np.diag(products))
    scale[scale == 0] = 1.0
    products = np.tril(products) + np.tril(products, -1).T
    found = solved_normal_equations(products / np.outer(scale, scale), right / scale)
    weights: FloatArray = found / scale
    return weights


def _followed(  # noqa: PLR0917
    project: ResearchProject,
    done: FloatArray,
    powers: FloatArray,
    rules: FloatArray,
    rng: np.random.Generator,
    paths: int,
    *,
    may_stop: bool,
) -> FloatArray:
    from ipfinance.numerics.kernels.project import follow

    edges = np.linspace(0, paths, SHARES + 1).astype(int)
    out = np.empty((paths, 4))
    streams = rng.spawn(SHARES)

    def share(place: int) -> None:
        follow(
            streams[place],
            project.cost,
            project.cash,
            *_law(project),
            project.discount,
            done,
            powers,
            DEGREE,
            rules,
            may_stop,
            out[edges[place] : edges[place + 1]],
        )

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(share, range(SHARES)))
    return out
