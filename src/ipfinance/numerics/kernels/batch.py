"""Many scenarios of one deal: draws, pools and the machine, one scenario after the other."""

from __future__ import annotations

import math

import ipfinance.numerics._codes as c
from ipfinance.numerics._kernel import kernel
from ipfinance.numerics._types import BoolArray, FloatArray, IntArray, KeyArray
from ipfinance.numerics.kernels.draws import quantile, uniform
from ipfinance.numerics.kernels.machine import run
from ipfinance.numerics.kernels.pool import pool_changes, pool_flows, royalty_flows


@kernel
def death_periods(
    entities: KeyArray,
    scenarios: KeyArray,
    factors: FloatArray,
    scales: FloatArray,
    factor: IntArray,
    loading: FloatArray,
    rest: FloatArray,
    thresholds: FloatArray,
    places: IntArray,
    out: IntArray,
) -> None:
    """Fill the period in which each entity fails; one that never does keeps what it has.

    `thresholds` ascend by period, shape (n_entities, n_periods); `places` says where in a row of
    `out` an entity stands.
    """
    periods = thresholds.shape[1]
    for row in range(len(scenarios)):
        for entity in range(len(entities)):
            score = rest[entity] * quantile(uniform(entities[entity], scenarios[row]))
            for item in range(factor.shape[1]):
                if loading[entity, item] != 0.0:
                    score += loading[entity, item] * factors[row, factor[entity, item]]
            score /= scales[row]
            if score > thresholds[entity, periods - 1]:
                continue
            period = 0
            while score > thresholds[entity, period]:
                period += 1
            place = places[entity]
            out[row, place] = min(out[row, place], period)


@kernel
def loss_periods(
    entities: KeyArray, scenarios: KeyArray, chances: FloatArray, out: IntArray
) -> None:
    """Fill the period of an independent event; `chances` ascend by period for each entity."""
    periods = chances.shape[1]
    for row in range(len(scenarios)):
        for entity in range(len(entities)):
            drawn = uniform(entities[entity], scenarios[row])
            if drawn > chances[entity, periods - 1]:
                continue
            period = 0
            while drawn > chances[entity, period]:
                period += 1
            out[row, entity] = min(out[row, entity], period)


@kernel
def sales_factors(
    common: FloatArray,
    path_keys: KeyArray,
    own_keys: KeyArray,
    steps: IntArray,
    scenarios: KeyArray,
    volatility: float,
    correlation: float,
    persistence: float,
    out: FloatArray,
) -> None:
    """Multiply factors on sales by shocks of mean one, correlated with the factor of defaults.

    `common` is that factor by scenario; `steps` the number of the payment within its stream.
    """
    shared = math.sqrt(correlation)
    alone = math.sqrt(1.0 - correlation)
    fresh = math.sqrt(1.0 - persistence * persistence)
    for row in range(len(scenarios)):
        level = common[row]
        reached = 0
        for payment in range(len(steps)):
            step = steps[payment]
            if step < reached:
                level = common[row]
                reached = 0
            while reached < step:
                reached += 1
                level *= persistence
                level += fresh * quantile(uniform(path_keys[reached], scenarios[row]))
            own = quantile(uniform(own_keys[payment], scenarios[row]))
            shock = volatility * (shared * level + alone * own)
            out[row, payment] *= math.exp(shock - 0.5 * volatility * volatility)


@kernel
def run_batch(
    template: IntArray,
    memory: IntArray,
    base: IntArray,
    clean: IntArray,
    is_clean: bool,
    assets: IntArray,
    promised: IntArray,
    rates: IntArray,
    layer_start: IntArray,
    deductible: IntArray,
    deductible_parts: IntArray,
    covers_all: BoolArray,
    weight: IntArray,
    provider: IntArray,
    claim_cap: IntArray,
    aggregate_cap: IntArray,
    limit: IntArray,
    recovery_parts: IntArray,
    sharer: IntArray,
    share_lag: IntArray,
    streams: IntArray,
    levels: FloatArray,
    tiers: FloatArray,
    sales: FloatArray,
    audits: FloatArray,
    falls: IntArray,
    dead: IntArray,
    lost: IntArray,
    ages: IntArray,
    factors: FloatArray,
    recovery_factors: IntArray,
    value_factors: IntArray,
    discounts: FloatArray,
    losses: IntArray,
    worth: FloatArray,
    is_late: BoolArray,
    coverage: FloatArray,
) -> None:
    """Run the deal in each scenario.

    Fills, by scenario and class: principal never paid, the present value of what was paid, and
    whether interest or principal was late on any date. `coverage` takes the triggers' metrics of
    as many scenarios as it has room for. `is_clean` chooses the short way over `base` and `clean`,
    which serves where only failures differ between scenarios.
    """
    count = losses.shape[0]
    notes = losses.shape[1]
    periods = template[c.N_PERIODS]
    triggers = template[c.N_TRIGGERS]
    size = len(template)
    m = memory.copy()
    pool = base.copy()
    kept = m[:1].repeat(max(1, periods * notes * c.KEPT_COLUMNS))
    metrics = discounts[:1, :1].copy().ravel().repeat(max(1, periods * triggers))
    order = m[:1].repeat(1 + len(assets) // c.ASSET_COLUMNS)
    balances = m[:1].repeat(2 + 2 * (len(assets) // c.ASSET_COLUMNS))
    defaulted = (sharer >= -1).copy()
    used = weight.copy()
    provider_used = limit.copy()
    paid = weight.copy()
    entities = dead.shape[1]
    for scenario in range(count):
        for place in range(size):
            m[place] = template[place]
        for entity in range(entities):
            m[m[c.AT_DEAD] + entity] = dead[scenario, entity]
        for place in range(ages.shape[1]):
            m[m[c.AT_AGES] + place] = ages[scenario, place]
        for place in range(len(used)):
            used[place] = 0
        for place in range(len(provider_used)):
            provider_used[place] = 0
        if is_clean:
            for place in range(len(pool)):
                pool[place] = base[place]
            pool_changes(
                pool,
                assets,
                promised,
                clean,
                periods,
                recovery_factors[scenario],
                value_factors[scenario],
                dead[scenario],
                order,
                layer_start,
                deductible,
                deductible_parts,
                covers_all,
                weight,
                provider,
                claim_cap,
                aggregate_cap,
                limit,
                recovery_parts,
                sharer,
                share_lag,
                defaulted,
                used,
                provider_used,
                paid,
            )
        else:
            for place in range(len(pool)):
                pool[place] = 0
            pool_flows(
                pool,
                assets,
                promised,
                rates,
                periods,
                recovery_factors[scenario],
                value_factors[scenario],
                dead[scenario],
                lost[scenario],
                balances,
                layer_start,
                deductible,
                deductible_parts,
                covers_all,
                weight,
                provider,
                claim_cap,
                aggregate_cap,
                limit,
                recovery_parts,
                sharer,
                share_lag,
                defaulted,
                used,
                provider_used,
                paid,
            )
            for period in range(periods):
                value = rates[c.POOL_VALUE * periods + period]
                pool[period * c.FLOW_COLUMNS + c.FLOW_VALUE] = value
        royalty_flows(
            pool,
            streams,
            levels,
            tiers,
            sales,
            audits,
            falls,
            factors[scenario],
            dead[scenario],
            lost[scenario],
        )
        run(m, pool, kept, metrics, kept)
        if m[c.IS_BROKEN] != 0:
            losses[scenario, 0] = -m[c.IS_BROKEN]
            continue
        for note in range(notes):
            value = 0.0
            late = False
            received = 0
            for period in range(periods):
                place = (period * notes + note) * c.KEPT_COLUMNS
                cash = kept[place + c.KEPT_INTEREST] + kept[place + c.KEPT_PRINCIPAL]
                received += kept[place + c.KEPT_PRINCIPAL]
                value += cash * discounts[note, period]
                if kept[place + c.KEPT_UNPAID] > 0 or kept[place + c.KEPT_OVERDUE] > 0:
                    late = True
            original = template[template[c.AT_NOTES] + note * c.NOTE_COLUMNS + c.NOTE_ORIGINAL]
            losses[scenario, note] = max(0, original - received)
            worth[scenario, note] = value
            is_late[scenario, note] = late
        if scenario < coverage.shape[0]:
            for place in range(coverage.shape[1]):
                coverage[scenario, place] = metrics[place]
