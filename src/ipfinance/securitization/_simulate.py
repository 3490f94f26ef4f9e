"""Correlated simulation: losses of every class over many scenarios, with their errors."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from ipfinance.basics import Cash, FindingKind, InputError, MinorUnit, Problem, Severity, Text
from ipfinance.numerics import (
    COMMON_FACTOR,
    FactorModel,
    FloatArray,
    IntArray,
    KeyArray,
    entity_keys,
    factor_draws,
    normal_draws,
    scenario_keys,
)
from ipfinance.numerics import _codes as c
from ipfinance.securitization._compile import compiled
from ipfinance.securitization._deal import Copula, Deal, Scenario
from ipfinance.securitization._pool import (
    PoolProgram,
    check_pool_program,
    pool_program,
    run_pool,
)
from ipfinance.securitization._program import Program
from ipfinance.securitization._run import INVARIANTS, InvariantError

CHUNK = 512  # scenarios drawn and run together; the same whatever the number of workers
COVERAGE_KEPT = 4  # chunks whose coverage paths are kept
LEVELS = (0.95, 0.99, 0.999)
ZERO_HITS = 3.0  # the upper bound of a chance that was never seen, in units of 1 / scenarios
MOST_SCENARIOS = 50_000_000
DAYS_IN_YEAR = 365.25

FEW_EFFECTIVE = FindingKind(
    code="few_effective_scenarios",
    severity=Severity.WARNING,
    text=Text(
        "Importance sampling leaves {effective:.0f} effective scenarios of {scenarios}; the error "
        "of means of the whole loss is larger than it seems.",
        "重要性抽样后，{scenarios} 个情景仅相当于 {effective:.0f} 个有效情景；"
        "整体损失均值的误差偏大。",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """An estimate and its standard error."""

    value: float
    standard_error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """A probability, its standard error and, when it was never seen, an upper bound.

    Attributes
    ----------
    upper_bound
        95 % bound when no scenario hit; none otherwise.
    """

    value: float
    standard_error: float
    upper_bound: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TailLoss:
    """Value at risk and expected shortfall at one level, as parts of the balance."""

    level: float
    var: float
    var_low: float
    var_high: float
    es: float
    es_error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrancheRisk:
    """What a class may lose.

    Attributes
    ----------
    expected_loss
        Principal never paid, part of the balance.
    expected_loss_pv
        1 less the present value of what is paid over the balance, at the class coupon.
    probability_of_loss
        That principal is not paid whole.
    probability_late
        That interest or due principal is late on any date, after supports.
    """

    name: str
    balance: Cash
    is_equity: bool
    expected_loss: Estimate
    expected_loss_pv: Estimate
    probability_of_loss: Chance
    probability_late: Chance
    tails: tuple[TailLoss, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Simulation:
    """The risk of every class of a deal.

    Attributes
    ----------
    losses
        Principal never paid, shape (n_scenarios, n_classes). [minor unit]
    weights
        Of the scenarios under importance sampling; none for plain draws.
    coverage
        Quantiles of each trigger's metric by period: 5 %, 50 %, 95 %.
    """

    deal: Deal
    unit: MinorUnit
    scenarios: int
    seed: int
    shift: float
    tranches: tuple[TrancheRisk, ...]
    losses: IntArray
    weights: FloatArray | None
    effective_scenarios: float
    coverage: Mapping[str, tuple[tuple[float, float, float] | None, ...]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Setup:
    program: Program
    pool: PoolProgram
    model: FactorModel
    entities: KeyArray
    places: IntArray
    thresholds: FloatArray
    rights: KeyArray
    right_chances: FloatArray
    purchases: int
    steps: IntArray
    path_keys: KeyArray
    own_keys: KeyArray
    base: IntArray
    clean: IntArray
    is_clean: bool
    discounts: FloatArray
    shift: float
    seed: int
    arrays: tuple[Any, ...]


def simulate(
    deal: Deal,
    *,
    scenarios: int,
    seed: int,
    workers: int = 1,
    scenario: Scenario | None = None,
    shift: float = 0.0,
    levels: Sequence[float] = LEVELS,
) -> Simulation:
    """Run a deal in many correlated scenarios.

    Parameters
    ----------
    seed
        The same seed gives the same bits, whatever the number of workers.
    shift
        Mean of the common factor under importance sampling; 0 for plain draws.
    levels
        Of value at risk and expected shortfall. [1]

    Raises
    ------
    InputError
        With every fault of the deal or of what is asked.
    """
    _check_request(scenarios, workers, levels)
    setup = _setup(deal, scenario or deal.scenario, seed, shift)
    notes = len(setup.program.layout.notes)
    losses = np.empty((scenarios, notes), dtype=np.int64)
    weights = np.empty(scenarios) if shift else None
    starts = list(range(0, scenarios, CHUNK))

    def work(start: int) -> _ChunkSums:
        stop = min(start + CHUNK, scenarios)
        part = weights[start:stop] if weights is not None else None
        return _run_chunk(setup, start, losses[start:stop], part)

    if workers == 1:
        sums = [work(start) for start in starts]
    else:
        with ThreadPoolExecutor(workers) as threads:
            sums = list(threads.map(work, starts))
    return _gather(setup, losses, weights, sums, levels)


def _check_request(scenarios: int, workers: int, levels: Sequence[float]) -> None:
    problems = []
    if not 1 <= scenarios <= MOST_SCENARIOS:
        problems.append(Problem(field="--scenarios", found=scenarios, allowed=_SCENARIOS))
    if not 1 <= workers <= 1024:  # noqa: PLR2004
        problems.append(Problem(field="--workers", found=workers, allowed=_WORKERS))
    problems += [
        Problem(field="--level", found=level, allowed=_LEVEL)
        for level in levels
        if not 0 < level < 1
    ]
    if problems:
        raise InputError(problems)


def _setup(deal: Deal, scenario: Scenario, seed: int, shift: float) -> _Setup:
    program = compiled(deal, scenario)
    if not program.fits:
        raise InputError([Problem(field="", allowed=_TOO_WIDE)])
    pool = pool_program(program)
    check_pool_program(pool)
    model, keys, places, thresholds = _dependence(program)
    rights, chances = _right_chances(program, pool)
    base, clean, is_clean = _clean_flows(pool)
    memory = np.array(program.memory(), dtype=np.int64)
    stack = pool.stack
    arrays = (
        memory[: len(program.registers)],
        memory,
        base,
        clean,
        is_clean,
        pool.assets,
        pool.promised,
        pool.rates,
        *stack,
        pool.sharers,
        pool.share_lags,
        pool.streams,
        pool.levels,
        pool.tiers,
        pool.sales,
        pool.audits,
        pool.falls,
    )
    steps = _steps(pool)
    names = [f"{stream}:{step}" for stream, step in steps]
    numbers = np.array([step for _, step in steps], dtype=np.int64)
    longest = int(numbers.max(initial=0))
    revolving = deal.pool.revolving
    return _Setup(
        program=program,
        pool=pool,
        model=model,
        entities=keys,
        places=places,
        thresholds=thresholds,
        rights=rights,
        right_chances=chances,
        purchases=len(program.periods) if revolving else 0,
        steps=numbers,
        path_keys=entity_keys([str(k) for k in range(longest + 1)], "factor path"),
        own_keys=entity_keys(names, "sales"),
        base=base,
        clean=clean,
        is_clean=is_clean,
        discounts=_discounts(program),
        shift=shift,
        seed=seed,
        arrays=arrays,
    )


def _steps(pool: PoolProgram) -> list[tuple[int, int]]:
    table = pool.streams.reshape(-1, c.STREAM_COLUMNS)
    return [
        (stream, step)
        for stream, row in enumerate(table)
        for step in range(int(row[c.STREAM_PAYMENTS]))
    ]


def _dependence(program: Program) -> tuple[FactorModel, KeyArray, IntArray, FloatArray]:
    """Return the copula, and for each party that may fail its key, place and thresholds."""
    deal, risk = program.deal, program.deal.risk
    groups: dict[str, float] = {}
    for name in deal.parties:
        party = deal.parties[name]
        key = party.group or name
        groups[key] = max(groups.get(key, 0.0), float(party.default_probability))
    members = [
        name for name in sorted(deal.parties) if groups[deal.parties[name].group or name] > 0
    ]
    parties = [deal.parties[name] for name in members]
    own = [party.group or name for name, party in zip(members, parties, strict=True)]
    default_loading = float(risk.correlation)
    shared = [
        default_loading if party.loading is None else float(party.loading) for party in parties
    ]
    revolving = deal.pool.revolving
    bought = len(program.periods) if revolving and revolving.default_probability > 0 else 0
    shared += [default_loading] * bought
    sector = float(risk.sector_correlation)
    sectors = sorted({party.sector for party in parties if party.sector}) if sector else []
    factor_names = (COMMON_FACTOR, *(f"sector:{each}" for each in sectors))
    factor = np.zeros((len(shared), 2), dtype=np.int64)
    loading = np.zeros((len(shared), 2))
    loading[:, 0] = np.sqrt(shared)
    for place, party in enumerate(parties):
        if party.sector in sectors:
            factor[place, 1] = 1 + sectors.index(party.sector)
            loading[place, 1] = math.sqrt(sector)
    degrees = float(risk.degrees_of_freedom) if risk.copula is Copula.T else None
    model = FactorModel(names=factor_names, factor=factor, loading=loading, degrees=degrees)
    ends = _years_to_ends(program)
    rows = [_cumulative(groups[name], ends) for name in own]
    if bought and revolving is not None:
        gaps = np.cumsum(np.diff(np.append(0.0, ends)))
        rows += [_cumulative(float(revolving.default_probability), gaps)] * bought
    thresholds = (
        np.array([model.thresholds(row) for row in rows])
        if rows
        else np.zeros((0, len(program.periods)))
    )
    keys = entity_keys([*own, *(f"purchase:{k}" for k in range(bought))], "default")
    width = len(program.layout.entities)
    places = np.array(
        [program.layout.entities.index(name) for name in members]
        + [width + k for k in range(bought)],
        dtype=np.int64,
    )
    return model, keys, places, thresholds


def _years_to_ends(program: Program) -> FloatArray:
    start = program.periods[0].start
    return np.array([(p.collection_end - start).days / DAYS_IN_YEAR for p in program.periods])


def _cumulative(yearly: float, years: FloatArray) -> FloatArray:
    return np.asarray(-np.expm1(math.log1p(-yearly) * years))


def _right_chances(program: Program, pool: PoolProgram) -> tuple[KeyArray, FloatArray]:
    ends = _years_to_ends(program)
    rights = program.deal.pool.rights
    hazards = [
        float(program.deal.risk.legal_hazard if rights[x].hazard is None else rights[x].hazard or 0)
        for x in pool.rights
    ]
    chances = np.array([-np.expm1(-hazard * ends) for hazard in hazards])
    return entity_keys(list(pool.rights), "legal"), chances.reshape(len(pool.rights), len(ends))


def _clean_flows(pool: PoolProgram) -> tuple[IntArray, IntArray, bool]:
    """Return the flows without failures, and by asset where the short way may be taken."""
    from ipfinance.numerics.kernels import pool as kernels

    table = pool.assets.reshape(-1, c.ASSET_COLUMNS)
    rates = pool.rates.reshape(c.RATES, pool.periods)
    promised = pool.promised.reshape(-1, c.PROMISED_COLUMNS, pool.periods)
    plain = (
        not rates[c.RATE_DEFAULT].any()
        and bool((table[:, [c.ASSET_RIGHT, c.ASSET_ENTERS, c.ASSET_LEAVES]] < 0).all())
        and not promised[:, c.PROMISED_DILUTED].any()
    )
    never = np.full_like(pool.dead, c.NEVER)
    kept = np.full_like(pool.lost, c.NEVER)
    base = np.zeros(pool.periods * c.FLOW_COLUMNS, dtype=np.int64)
    clean = np.zeros((len(table), 5, pool.periods), dtype=np.int64)
    if not plain:
        return base, clean.reshape(-1), False
    nothing = _without_streams(pool)
    columns = (c.FLOW_INTEREST, c.FLOW_PRINCIPAL, c.FLOW_PREPAID, c.FLOW_OPENING, c.FLOW_CLOSING)
    for place in range(len(table)):
        flows = np.zeros_like(base)
        run_pool(
            kernels,
            _one_asset(nothing, place),
            flows,
            dead=never,
            lost=kept,
            factors=np.zeros(0),
        )
        by_period = flows.reshape(pool.periods, c.FLOW_COLUMNS)
        for row, column in enumerate(columns):
            clean[place, row] = by_period[:, column]
    run_pool(kernels, nothing, base, dead=never, lost=kept, factors=np.zeros(0))
    return base, clean.reshape(-1), True


def _without_streams(pool: PoolProgram) -> PoolProgram:
    return replace(pool, streams=pool.streams[:0])


def _one_asset(pool: PoolProgram, place: int) -> PoolProgram:
    size = c.PROMISED_COLUMNS * pool.periods
    return replace(
        pool,
        names=pool.names[place : place + 1],
        assets=pool.assets[place * c.ASSET_COLUMNS : (place + 1) * c.ASSET_COLUMNS],
        promised=pool.promised[place * size : (place + 1) * size],
    )


def _discounts(program: Program) -> FloatArray:
    """Return the present value at each class coupon of one unit on each date."""
    count = len(program.periods)
    table = np.ones((len(program.layout.notes), count))
    for place, name in enumerate(program.layout.notes):
        tranche = program.deal.tranches[name]
        item = program.layout.at("items") + place * c.ITEM_COLUMNS
        rates = program.registers[item + c.ITEM_RATES] * count
        factor = 1.0
        for period, each in enumerate(program.periods):
            years = each.years(
                tranche.day_count,
                adjusted=tranche.adjusted_accrual,
                maturity=program.periods[-1].end,
            )
            rate = Fraction(program.tables[rates + period], program.registers[c.SET_RATE_PARTS])
            factor /= 1.0 + float(rate * years)
            table[place, period] = factor
    return table


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _ChunkSums:
    worth: FloatArray
    worth_squares: FloatArray
    late: FloatArray
    late_squares: FloatArray
    coverage: FloatArray


def _run_chunk(
    setup: _Setup, start: int, losses: IntArray, weights: FloatArray | None
) -> _ChunkSums:
    from ipfinance.numerics.kernels import batch

    count, notes = losses.shape
    keys = scenario_keys(setup.seed, start, start + count)
    factors, scales = factor_draws(setup.model, keys, shift=setup.shift)
    dead = np.repeat(_wide(setup.pool.dead, setup.purchases)[np.newaxis], count, axis=0)
    batch.death_periods(
        setup.entities,
        keys,
        factors,
        scales,
        setup.model.factor,
        setup.model.loading,
        setup.model.rest,
        setup.thresholds,
        setup.places,
        dead,
    )
    width = len(setup.pool.dead)
    lost = np.repeat(setup.pool.lost[np.newaxis], count, axis=0)
    if len(setup.rights):
        batch.loss_periods(setup.rights, keys, setup.right_chances, lost)
    sales = np.repeat(setup.pool.sales_factors[np.newaxis], count, axis=0)
    risk = setup.program.deal.risk
    if risk.sales_volatility and len(setup.steps):
        batch.sales_factors(
            factors[:, 0],
            setup.path_keys,
            setup.own_keys,
            setup.steps,
            keys,
            float(risk.sales_volatility),
            float(risk.sales_correlation),
            float(risk.sales_persistence),
            sales,
        )
    recoveries, values = _recovery_factors(setup, keys, factors[:, 0])
    worth = np.empty((count, notes))
    late = np.empty((count, notes), dtype=np.bool_)
    periods, triggers = len(setup.program.periods), len(setup.program.layout.triggers)
    room = count if start < COVERAGE_KEPT * CHUNK else 0
    coverage = np.empty((room, periods * triggers))
    run_batch: Any = batch.run_batch
    run_batch(
        *setup.arrays,
        np.ascontiguousarray(dead[:, :width]),
        lost,
        np.ascontiguousarray(dead[:, width:]),
        sales,
        recoveries,
        values,
        setup.discounts,
        losses,
        worth,
        late,
        coverage,
    )
    _raise_broken(losses)
    scale = np.ones((count, 1))
    if weights is not None:
        weights[:] = np.exp(-setup.shift * factors[:, 0] + setup.shift**2 / 2)
        scale = weights[:, np.newaxis]
    balances = np.maximum(1, _balances(setup.program))
    missing = 1.0 - worth / balances
    return _ChunkSums(
        worth=np.sum(scale * missing, axis=0),
        worth_squares=np.sum((scale * missing) ** 2, axis=0),
        late=np.sum(scale * late, axis=0),
        late_squares=np.sum((scale * late) ** 2, axis=0),
        coverage=coverage,
    )


def _wide(dead: IntArray, purchases: int) -> IntArray:
    return np.concatenate([dead, np.full(purchases, c.NEVER, dtype=np.int64)])


def _recovery_factors(
    setup: _Setup, keys: KeyArray, common: FloatArray
) -> tuple[IntArray, IntArray]:
    risk = setup.program.deal.risk
    count = len(keys)
    recoveries = np.full(count, setup.pool.recovery_factor, dtype=np.int64)
    values = np.full(count, setup.pool.value_factor, dtype=np.int64)
    if risk.recovery_volatility:
        sigma, rho = float(risk.recovery_volatility), float(risk.correlation)
        own = normal_draws(entity_keys(["pool"], "recovery"), keys)[:, 0]
        shock = sigma * (math.sqrt(rho) * common + math.sqrt(1 - rho) * own) - sigma**2 / 2
        factor = np.exp(shock)
        recoveries = np.rint(recoveries * factor).astype(np.int64)
        values = np.rint(values * factor).astype(np.int64)
    return recoveries, values


def _raise_broken(losses: IntArray) -> None:
    broken = losses[:, 0] < 0
    if broken.any():
        number = int(-losses[broken][0, 0])
        raise InvariantError(number, INVARIANTS[number], -1, -1)


def _balances(program: Program) -> FloatArray:
    start = program.layout.at("notes") + c.NOTE_ORIGINAL
    return np.array(
        [
            float(program.registers[start + place * c.NOTE_COLUMNS])
            for place in range(len(program.layout.notes))
        ]
    )


def _gather(
    setup: _Setup,
    losses: IntArray,
    weights: FloatArray | None,
    sums: list[_ChunkSums],
    levels: Sequence[float],
) -> Simulation:
    program = setup.program
    count = len(losses)
    balances = _balances(program)
    tranches = []
    for place, name in enumerate(program.layout.notes):
        balance = balances[place]
        part = losses[:, place] / balance if balance else np.zeros(count)
        scaled = part if weights is None else part * weights
        worth = math.fsum(float(each.worth[place]) for each in sums)
        squares = math.fsum(float(each.worth_squares[place]) for each in sums)
        late = math.fsum(float(each.late[place]) for each in sums)
        late_squares = math.fsum(float(each.late_squares[place]) for each in sums)
        hits = (losses[:, place] > 0).astype(float)
        hits = hits if weights is None else hits * weights
        tranches.append(
            TrancheRisk(
                name=name,
                balance=int(balance),
                is_equity=program.deal.tranches[name].equity,
                expected_loss=_estimate(float(np.sum(scaled)), float(np.sum(scaled**2)), count),
                expected_loss_pv=_estimate(worth, squares, count),
                probability_of_loss=_chance(float(np.sum(hits)), float(np.sum(hits**2)), count),
                probability_late=_chance(late, late_squares, count),
                tails=tuple(tail_loss(part, level, weights) for level in levels),
            )
        )
    effective = float(count)
    if weights is not None:
        effective = float(np.sum(weights) ** 2 / np.sum(weights**2))
    return Simulation(
        deal=program.deal,
        unit=program.unit,
        scenarios=count,
        seed=setup.seed,
        shift=setup.shift,
        tranches=tuple(tranches),
        losses=losses,
        weights=weights,
        effective_scenarios=effective,
        coverage=_coverage(program, sums),
    )


def _estimate(total: float, squares: float, count: int) -> Estimate:
    mean = total / count
    variance = max(0.0, squares / count - mean * mean)
    return Estimate(value=mean, standard_error=math.sqrt(variance / max(1, count - 1)))


def _chance(total: float, squares: float, count: int) -> Chance:
    found = _estimate(total, squares, count)
    bound = None if total > 0 else min(1.0, ZERO_HITS / count)
    return Chance(value=found.value, standard_error=found.standard_error, upper_bound=bound)


def tail_loss(losses: FloatArray, level: float, weights: FloatArray | None = None) -> TailLoss:
    """Return value at risk and expected shortfall, the atom at the quantile counted in part.

    Parameters
    ----------
    losses
        Shape (n_scenarios,). [1]
    weights
        Of scenarios under importance sampling.

    Examples
    --------
    >>> found = tail_loss(np.array([0.0, 0.0, 0.0, 1.0]), 0.5)
    >>> found.var, found.es
    (0.0, 0.5)
    """
    order = np.argsort(losses, kind="stable")
    ascending = losses[order]
    count = len(losses)
    mass = (np.ones(count) if weights is None else weights[order]) / count
    above = np.cumsum(mass[::-1])[::-1]  # chance of this loss or a larger one
    reach = 1.0 - level
    beyond = np.append(above[1:], 0.0)
    place = int(np.argmax(beyond <= reach * (1 + 1e-12)))
    var = float(ascending[place])
    larger = ascending > var
    tail = float(np.sum(mass[larger] * ascending[larger]))
    atom = max(0.0, reach - float(np.sum(mass[larger])))
    es = (tail + var * atom) / reach
    excess = mass * count * np.maximum(ascending - var, 0.0) / reach
    error = float(np.std(excess)) / math.sqrt(count)
    spread = 1.96 * math.sqrt(level * (1 - level) / count)
    low = _quantile(ascending, beyond, min(1.0, reach + spread))
    high = _quantile(ascending, beyond, max(0.0, reach - spread))
    return TailLoss(level=level, var=var, var_low=low, var_high=high, es=es, es_error=error)


def _quantile(ascending: FloatArray, beyond: FloatArray, reach: float) -> float:
    return float(ascending[int(np.argmax(beyond <= reach * (1 + 1e-12)))])


def _coverage(
    program: Program, sums: list[_ChunkSums]
) -> dict[str, tuple[tuple[float, float, float] | None, ...]]:
    names = program.layout.triggers
    if not names:
        return {}
    table = np.concatenate([each.coverage for each in sums if len(each.coverage)])
    table = table.reshape(len(table), len(program.periods), len(names))
    found: dict[str, tuple[tuple[float, float, float] | None, ...]] = {}
    for place, name in enumerate(names):
        rows: list[tuple[float, float, float] | None] = []
        for period in range(len(program.periods)):
            column = table[:, period, place]
            known = column[column >= 0]
            if len(known) == 0:
                rows.append(None)
                continue
            low, middle, high = np.quantile(known, [0.05, 0.5, 0.95])
            rows.append((float(low), float(middle), float(high)))
        found[name] = tuple(rows)
    return found


_SCENARIOS = Text(
    f"expected 1 to {MOST_SCENARIOS:,} scenarios", f"情景数应为 1 至 {MOST_SCENARIOS:,}"
)
_WORKERS = Text("expected 1 to 1,024 workers", "工作线程数应为 1 至 1,024")
_LEVEL = Text("expected a level above 0 and below 1", "置信水平应大于 0 且小于 1")
_TOO_WIDE = Text(
    "rates this fine leave 64 bits; simulate with rates of whole millionths",
    "如此精细的利率超出 64 位整数；模拟时请使用百万分之一的整数倍利率",
)
