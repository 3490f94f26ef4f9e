"""Stresses: one lever pulled over a grid, break-even points, sizes and risk budgets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from ipfinance.basics import Cash, InputError, Problem, Text
from ipfinance.numerics import _codes as c
from ipfinance.securitization._deal import Deal, Scenario
from ipfinance.securitization._run import DealRun, run_deal
from ipfinance.securitization._simulate import Simulation, simulate

GRID = 41
BISECTIONS = 30


class Lever(StrEnum):
    """What a stress pulls."""

    DEFAULT_RATE = "default_rate"  # part of the performing balance that fails, a year
    HAIRCUT = "haircut"  # part of every recovery that is lost
    DECAY = "decay"  # added to the decay of royalty sales, a period
    SALES = "sales"  # part of royalty sales that is lost
    VALUATION = "valuation"  # part of the pool's value that is lost
    PREPAYMENT = "prepayment"


LEVER_NAMES = {
    Lever.DEFAULT_RATE: Text("default rate a year", "年违约率"),
    Lever.HAIRCUT: Text("haircut on recoveries", "回收折减"),
    Lever.DECAY: Text("extra decay a period", "每期额外衰减"),
    Lever.SALES: Text("loss of sales", "销售损失"),
    Lever.VALUATION: Text("fall of the pool's value", "资产池价值下跌"),
    Lever.PREPAYMENT: Text("prepayment rate a year", "年提前还款率"),
}


def stressed(scenario: Scenario, lever: Lever, size: float) -> Scenario:  # noqa: PLR0911
    """Return a scenario with one lever pulled.

    Examples
    --------
    >>> stressed(Scenario(), Lever.HAIRCUT, 0.25).recovery
    Decimal('0.75')
    """
    by = Decimal(repr(size))
    kept = 1 - by
    match lever:
        case Lever.DEFAULT_RATE:
            return replace(scenario, default_rate=by)
        case Lever.PREPAYMENT:
            return replace(scenario, prepayment_rate=by)
        case Lever.HAIRCUT:
            return replace(scenario, recovery=scenario.recovery * kept)
        case Lever.DECAY:
            return replace(scenario, decay_shift=scenario.decay_shift + by)
        case Lever.VALUATION:
            return replace(scenario, valuation_factor=scenario.valuation_factor * kept)
        case Lever.SALES:
            sales = scenario.sales
            if isinstance(sales, Decimal):
                return replace(scenario, sales=sales * kept)
            return replace(scenario, sales={day: level * kept for day, level in sales.items()})


def is_paid(run: DealRun, tranche: str) -> bool:
    """Whether a class was paid in full and on time, after supports."""
    legal = run.program.registers[
        run.program.layout.at("notes")
        + run.program.layout.notes.index(tranche) * c.NOTE_COLUMNS
        + c.NOTE_LEGAL_FINAL
    ]
    for place, period in enumerate(run.periods):
        note = period.notes[tranche]
        if note.interest_unpaid or (place >= legal and note.closing):
            return False
    return run.tranche(tranche).principal_unpaid == 0 and run.tranche(tranche).written_down == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """How far a lever can be pulled before a class is not paid in full and on time.

    Attributes
    ----------
    size
        The largest; none when the pattern of paid and unpaid changes more than once, when the
        class is never paid, and when it always is.
    paid_intervals
        Every stretch of the grid on which the class is paid.
    """

    tranche: str
    lever: Lever
    size: float | None
    monotone: bool
    always_paid: bool
    paid_intervals: tuple[tuple[float, float], ...]
    grid: tuple[tuple[float, bool], ...]


def break_even(
    deal: Deal,
    tranche: str,
    lever: Lever,
    *,
    most: float = 1.0,
    points: int = GRID,
    scenario: Scenario | None = None,
) -> BreakEven:
    """Return the break-even point of a class, found on a grid before it is refined.

    Parameters
    ----------
    most
        Up to where the lever is pulled.
    points
        Of the grid; paid or unpaid need not change only once along it.
    """
    _check_class(deal, tranche)
    if points < 2 or not most > 0:  # noqa: PLR2004
        raise InputError([Problem(field="--upto", found=most, allowed=_GRID)])
    base = scenario or deal.scenario

    def paid(size: float) -> bool:
        return is_paid(run_deal(deal, stressed(base, lever, size)), tranche)

    sizes = [most * place / (points - 1) for place in range(points)]
    grid = tuple((size, paid(size)) for size in sizes)
    changes = sum(1 for (_, a), (_, b) in _pairs(grid) if a != b)
    intervals = tuple(_stretches(grid))
    first_is_paid = grid[0][1]
    size: float | None = None
    monotone = changes <= 1 and (first_is_paid or changes == 0)
    if monotone and changes == 1:
        low = max(x for x, good in grid if good)
        high = min(x for x, good in grid if not good)
        size = _bisected(paid, low, high)
    return BreakEven(
        tranche=tranche,
        lever=lever,
        size=size,
        monotone=monotone,
        always_paid=changes == 0 and first_is_paid,
        paid_intervals=intervals,
        grid=grid,
    )


def _bisected(good: Callable[[float], bool], low: float, high: float) -> float:
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        if good(middle):
            low = middle
        else:
            high = middle
        if high - low < 1e-7:  # noqa: PLR2004
            break
    return low


def _pairs(
    grid: Sequence[tuple[float, bool]],
) -> Iterator[tuple[tuple[float, bool], tuple[float, bool]]]:
    return pairwise(grid)


def _stretches(grid: Sequence[tuple[float, bool]]) -> Iterator[tuple[float, float]]:
    start: float | None = None
    last = 0.0
    for size, good in grid:
        if good and start is None:
            start = size
        if not good and start is not None:
            yield start, last
            start = None
        last = size
    if start is not None:
        yield start, last


@dataclass(frozen=True, slots=True, kw_only=True)
class GridPoint:
    """One point of a stress grid: what each class lost."""

    sizes: tuple[float, ...]
    unpaid: dict[str, Cash]
    paid_on_time: dict[str, bool]


def stress_grid(
    deal: Deal, levers: Sequence[tuple[Lever, Sequence[float]]]
) -> tuple[GridPoint, ...]:
    """Run a deal at every point of a grid of one or two levers."""
    found: list[GridPoint] = []

    def visit(
        scenario: Scenario, left: Sequence[tuple[Lever, Sequence[float]]], sizes: tuple[float, ...]
    ) -> None:
        if not left:
            found.append(_point(deal, scenario, sizes))
            return
        lever, points = left[0]
        for size in points:
            visit(stressed(scenario, lever, size), left[1:], (*sizes, size))

    visit(deal.scenario, levers, ())
    return tuple(found)


def _point(deal: Deal, scenario: Scenario, sizes: tuple[float, ...]) -> GridPoint:
    run = run_deal(deal, scenario)
    return GridPoint(
        sizes=sizes,
        unpaid={t.name: t.interest_unpaid + t.principal_unpaid for t in run.tranches},
        paid_on_time={t.name: is_paid(run, t.name) for t in run.tranches},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TornadoBar:
    """What one stress alone takes from a class."""

    name: str
    unpaid: Cash


def tornado(deal: Deal, tranche: str) -> tuple[TornadoBar, ...]:
    """Return what each named stress and each lever at a quarter takes from a class."""
    _check_class(deal, tranche)
    bars = []
    for name, scenario in sorted(deal.stresses.items()):
        bars.append(_bar(name, run_deal(deal, scenario), tranche))
    for lever in Lever:
        size = 0.05 if lever is Lever.DECAY else 0.25
        run = run_deal(deal, stressed(deal.scenario, lever, size))
        bars.append(_bar(f"{lever} {size:g}", run, tranche))
    return tuple(sorted(bars, key=lambda bar: (-bar.unpaid, bar.name)))


def _bar(name: str, run: DealRun, tranche: str) -> TornadoBar:
    found = run.tranche(tranche)
    return TornadoBar(name=name, unpaid=found.interest_unpaid + found.principal_unpaid)


class Target(StrEnum):
    """What a class must meet."""

    EXPECTED_LOSS = "expected_loss"
    PROBABILITY_OF_LOSS = "probability_of_loss"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """The largest class that meets a target, or the largest hazard at which it does.

    Attributes
    ----------
    value
        Balance of the class, or the multiple of every default probability; none when not even
        the smallest meets it.
    measured
        The target's measure there, with its error.
    capped
        Whether the search ended at its upper end.
    """

    tranche: str
    target: Target
    threshold: float
    value: float | None
    measured: float | None
    standard_error: float | None
    capped: bool
    grid: tuple[tuple[float, float], ...]


def sized_class(
    deal: Deal,
    tranche: str,
    target: Target,
    threshold: float,
    *,
    scenarios: int,
    seed: int,
    workers: int = 1,
    points: int = 17,
) -> Sized:
    """Return the largest balance of a class that meets a target; equity takes the difference.

    Every balance is judged on the same scenarios.
    """
    _check_class(deal, tranche)
    equity = [name for name, each in deal.tranches.items() if each.equity]
    if not equity:
        raise InputError([Problem(field="tranches", allowed=_NO_EQUITY)])
    rest = equity[0]
    total = float(deal.tranches[tranche].balance + deal.tranches[rest].balance)

    def build(balance: float) -> Deal:
        whole = Decimal(round(balance))
        tranches = {
            **deal.tranches,
            tranche: replace(deal.tranches[tranche], balance=whole),
            rest: replace(
                deal.tranches[rest],
                balance=deal.tranches[tranche].balance + deal.tranches[rest].balance - whole,
            ),
        }
        return replace(deal, tranches=tranches)

    grid = [total * (place + 1) / points for place in range(points)]
    return _searched(build, tranche, target, threshold, grid, scenarios, seed, workers)


def risk_budget(
    deal: Deal,
    tranche: str,
    target: Target,
    threshold: float,
    *,
    scenarios: int,
    seed: int,
    workers: int = 1,
    most: float = 20.0,
    points: int = 17,
) -> Sized:
    """Return the largest multiple of every default probability at which a class meets a target."""
    _check_class(deal, tranche)

    def build(multiple: float) -> Deal:
        factor = Decimal(repr(multiple))
        parties = {
            name: replace(
                party,
                default_probability=min(Decimal("0.9999"), party.default_probability * factor),
            )
            for name, party in deal.parties.items()
        }
        return replace(deal, parties=parties)

    grid = [most * (place + 1) / points for place in range(points)]
    return _searched(build, tranche, target, threshold, grid, scenarios, seed, workers)


def _searched(  # noqa: PLR0917
    build: Callable[[float], Deal],
    tranche: str,
    target: Target,
    threshold: float,
    grid: Sequence[float],
    scenarios: int,
    seed: int,
    workers: int,
) -> Sized:
    if not 0 <= threshold <= 1:
        raise InputError([Problem(field="--target", found=threshold, allowed=_TARGET)])

    def measure(value: float) -> tuple[float, float]:
        found = simulate(build(value), scenarios=scenarios, seed=seed, workers=workers)
        return measured(found, tranche, target)

    values = []
    good: float | None = None
    bad: float | None = None
    for value in grid:
        found, _ = measure(value)
        values.append((value, found))
        if found <= threshold:
            good = value
        else:
            bad = value
            break
    if bad is not None:
        good = _refined(measure, threshold, good or 0.0, bad)
    final = measure(good) if good else None
    return Sized(
        tranche=tranche,
        target=target,
        threshold=threshold,
        value=good or None,
        measured=None if final is None else final[0],
        standard_error=None if final is None else final[1],
        capped=bad is None,
        grid=tuple(values),
    )


def _refined(
    measure: Callable[[float], tuple[float, float]], threshold: float, low: float, high: float
) -> float:
    for _ in range(12):
        middle = (low + high) / 2
        if measure(middle)[0] <= threshold:
            low = middle
        else:
            high = middle
    return low


def measured(found: Simulation, tranche: str, target: Target) -> tuple[float, float]:
    """Return a class's measure and its standard error."""
    risk = next(each for each in found.tranches if each.name == tranche)
    if target is Target.EXPECTED_LOSS:
        return risk.expected_loss_pv.value, risk.expected_loss_pv.standard_error
    chance = risk.probability_of_loss
    return chance.value, chance.standard_error


def _check_class(deal: Deal, tranche: str) -> None:
    if tranche not in deal.tranches:
        known = ", ".join(sorted(deal.tranches))
        allowed = Text(f"expected a class of the deal: {known}", f"应为交易中的一档：{known}")
        raise InputError([Problem(field="--tranche", found=tranche, allowed=allowed)])


_GRID = Text("expected a stress above 0", "压力幅度应大于 0")
_NO_EQUITY = Text(
    "sizing needs an equity class that takes the difference", "求解规模需要权益档承接差额"
)
_TARGET = Text("expected a target from 0 to 1", "目标值应为 0 至 1")
