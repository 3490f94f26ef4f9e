"""What a pool pays: promises, defaults, recoveries, shared losses and royalties, period by period.

Assets are rows of whole numbers, their promises tables by period; a scenario says in which period
each entity fails and each right is lost. Amounts are minor units; only sales are not whole, and
they become whole once, when a royalty is paid.
"""

from __future__ import annotations

import math

import ipfinance.numerics._codes as c
from ipfinance.numerics._kernel import bare_kernel
from ipfinance.numerics._types import BoolArray, FloatArray, IntArray
from ipfinance.numerics.kernels.sharing import share_claim
from ipfinance.numerics.kernels.whole import divided


@bare_kernel
def portion(amount: int, part: int, whole: int) -> int:
    """Return amount times part over whole, half up; the product may exceed 64 bits."""
    if part == whole:
        return amount
    quotient, remainder = divided(amount, part, whole)
    if remainder >= whole - remainder:
        quotient += 1
    return quotient


@bare_kernel
def add(pool: IntArray, period: int, flow: int, cash: int) -> None:
    """Add to a flow of a period, if the period comes."""
    place = period * c.FLOW_COLUMNS + flow
    if place < len(pool):
        pool[place] += cash


@bare_kernel
def claim(
    pool: IntArray,
    assets: IntArray,
    promised: IntArray,
    asset: int,
    period: int,
    periods: int,
    balance: int,
    accrued: int,
    recovery_factor: int,
    value_factor: int,
    dead: IntArray,
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
    defaulted: BoolArray,
    used: IntArray,
    provider_used: IntArray,
    paid: IntArray,
) -> None:
    """Settle the claim on an asset: bought back, or recovered and shared."""
    at = asset * c.ASSET_COLUMNS
    whole = balance + accrued
    buyer = assets[at + c.ASSET_BUYER]
    if buyer >= 0 and dead[buyer] > period + assets[at + c.ASSET_BUY_LAG]:
        add(pool, period, c.FLOW_REPURCHASED, balance)
        later = period + assets[at + c.ASSET_BUY_LAG]
        add(pool, later, c.FLOW_REPURCHASE_CASH, whole)
        return
    add(pool, period, c.FLOW_DEFAULTED, balance)
    parts = min(c.PARTS, portion(assets[at + c.ASSET_RECOVERY], recovery_factor, c.PARTS))
    back = portion(whole, parts, c.PARTS)
    if assets[at + c.ASSET_VALUE_LINKED] == 1:
        value = promised[(asset * c.PROMISED_COLUMNS + c.SALE_VALUE) * periods + period]
        back = min(back, portion(value, value_factor, c.PARTS))
    until = period + assets[at + c.ASSET_LAG]
    add(pool, until, c.FLOW_RECOVERY, back)
    for pending in range(period, min(until, periods)):
        add(pool, pending, c.FLOW_OVERDUE, whole)
        add(pool, pending, c.FLOW_DEFAULTED_VALUE, back)
    loss = whole - back
    if assets[at + c.ASSET_SHARED] == 1 and loss > 0:
        for place in range(len(sharer)):
            defaulted[place] = sharer[place] >= 0 and dead[sharer[place]] <= period
        share_claim(
            loss,
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
            defaulted,
            used,
            provider_used,
            paid,
        )
        for place in range(len(weight)):
            add(pool, period + share_lag[place], c.FLOW_SUPPORT, paid[place])
            loss -= paid[place]
    add(pool, period, c.FLOW_LOSS, loss)


@bare_kernel
def pool_flows(
    pool: IntArray,
    assets: IntArray,
    promised: IntArray,
    rates: IntArray,
    periods: int,
    recovery_factor: int,
    value_factor: int,
    dead: IntArray,
    lost: IntArray,
    balances: IntArray,
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
    defaulted: BoolArray,
    used: IntArray,
    provider_used: IntArray,
    paid: IntArray,
) -> None:
    """Add what all assets do, period by period, claims in the order in which they arise.

    `balances` holds the balance and the balance promised of each asset, for the work.
    """
    count = len(assets) // c.ASSET_COLUMNS
    for asset in range(count):
        at = asset * c.ASSET_COLUMNS
        inside = assets[at + c.ASSET_ENTERS] < 0
        balances[2 * asset] = assets[at + c.ASSET_BALANCE] if inside else 0
        balances[2 * asset + 1] = assets[at + c.ASSET_BALANCE]
    for period in range(periods):
        for asset in range(count):
            at = asset * c.ASSET_COLUMNS
            enters = assets[at + c.ASSET_ENTERS]
            if enters >= period:
                if enters == period:
                    balances[2 * asset] = assets[at + c.ASSET_BALANCE]
                    add(pool, period, c.FLOW_PURCHASED, balances[2 * asset])
                    add(pool, period, c.FLOW_CLOSING, balances[2 * asset])
                continue
            held, promise = balances[2 * asset], balances[2 * asset + 1]
            right = assets[at + c.ASSET_RIGHT]
            ends = right >= 0 and lost[right] <= period
            if promise == 0 and not ends and dead[assets[at + c.ASSET_ENTITY]] > period:
                place = asset * c.PROMISED_COLUMNS * periods + period
                extra = promised[place + c.PROMISED_INTEREST * periods]
                add(pool, period, c.FLOW_INTEREST, extra)
            if held == 0 or promise == 0:
                continue
            add(pool, period, c.FLOW_OPENING, held)
            if ends:
                add(pool, period, c.FLOW_LAPSED, held)
                add(pool, period, c.FLOW_LOSS, held)
                balances[2 * asset] = 0
                continue
            place = asset * c.PROMISED_COLUMNS * periods + period
            interest = promised[place + c.PROMISED_INTEREST * periods]
            principal = promised[place + c.PROMISED_PRINCIPAL * periods]
            diluted = promised[place + c.PROMISED_DILUTED * periods]
            fails = held
            if dead[assets[at + c.ASSET_ENTITY]] > period:
                fails = portion(held, rates[c.RATE_DEFAULT * periods + period], c.PARTS)
            left = held - fails
            owed = portion(interest, held, promise)
            accrued = portion(owed, fails, held) if fails > 0 else 0
            paid_off = left
            bought = 0
            if principal + diluted == promise:
                bought = portion(diluted, left, promise)
                paid_off = left - bought
            elif principal + diluted < promise:
                bought = portion(diluted, left, promise)
                paid_off = portion(principal, left, promise)
            early = left - paid_off - bought
            early = portion(early, rates[c.RATE_PREPAYMENT * periods + period], c.PARTS)
            closing = left - paid_off - bought - early
            add(pool, period, c.FLOW_INTEREST, owed - accrued)
            add(pool, period, c.FLOW_PRINCIPAL, paid_off)
            add(pool, period, c.FLOW_PREPAID, early)
            if bought > 0:
                if dead[assets[at + c.ASSET_ORIGINATOR]] > period:
                    add(pool, period, c.FLOW_REPURCHASED, bought)
                    add(pool, period, c.FLOW_REPURCHASE_CASH, bought)
                else:
                    add(pool, period, c.FLOW_DEFAULTED, bought)
                    add(pool, period, c.FLOW_LOSS, bought)
            if fails > 0:
                claim(
                    pool,
                    assets,
                    promised,
                    asset,
                    period,
                    periods,
                    fails,
                    accrued,
                    recovery_factor,
                    value_factor,
                    dead,
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
            if assets[at + c.ASSET_LEAVES] == period:
                add(pool, period, c.FLOW_REPURCHASED, closing)
                closing = 0
            add(pool, period, c.FLOW_CLOSING, closing)
            balances[2 * asset] = closing
            balances[2 * asset + 1] = promise - principal - diluted


@bare_kernel
def pool_changes(
    pool: IntArray,
    assets: IntArray,
    promised: IntArray,
    clean: IntArray,
    periods: int,
    recovery_factor: int,
    value_factor: int,
    dead: IntArray,
    order: IntArray,
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
    defaulted: BoolArray,
    used: IntArray,
    provider_used: IntArray,
    paid: IntArray,
) -> None:
    """Turn the flows of a pool without defaults into those with the defaults of a scenario.

    The same whole numbers as `pool_flows`, in time that grows with the defaults only. `clean`
    holds interest, principal, prepaid, opening and closing balance by asset and period; it serves
    where nothing but the failure of entities differs between scenarios.
    """
    count = 0
    for asset in range(len(assets) // c.ASSET_COLUMNS):
        first = dead[assets[asset * c.ASSET_COLUMNS + c.ASSET_ENTITY]]
        if first >= periods:
            continue
        place = count
        while place > 0:
            before = order[place - 1]
            if dead[assets[before * c.ASSET_COLUMNS + c.ASSET_ENTITY]] <= first:
                break
            order[place] = before
            place -= 1
        order[place] = asset
        count += 1
    for turn in range(count):
        asset = order[turn]
        first = dead[assets[asset * c.ASSET_COLUMNS + c.ASSET_ENTITY]]
        base = asset * 5 * periods
        held = clean[base + 3 * periods + first]
        accrued = clean[base + first]
        for period in range(first, periods):
            place = period * c.FLOW_COLUMNS
            pool[place + c.FLOW_INTEREST] -= clean[base + period]
            pool[place + c.FLOW_PRINCIPAL] -= clean[base + periods + period]
            pool[place + c.FLOW_PREPAID] -= clean[base + 2 * periods + period]
            if period > first:
                pool[place + c.FLOW_OPENING] -= clean[base + 3 * periods + period]
            pool[place + c.FLOW_CLOSING] -= clean[base + 4 * periods + period]
        if held == 0:
            continue
        claim(
            pool,
            assets,
            promised,
            asset,
            first,
            periods,
            held,
            accrued,
            recovery_factor,
            value_factor,
            dead,
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


@bare_kernel
def royalty_flows(
    pool: IntArray,
    streams: IntArray,
    levels: FloatArray,
    tiers: FloatArray,
    sales: FloatArray,
    audits: FloatArray,
    falls: IntArray,
    factors: FloatArray,
    dead: IntArray,
    lost: IntArray,
) -> None:
    """Add what royalty streams pay; `factors` are those of a scenario on the sales of a payment."""
    for stream in range(len(streams) // c.STREAM_COLUMNS):
        at = stream * c.STREAM_COLUMNS
        level = stream * c.LEVEL_COLUMNS
        advance = levels[level + c.LEVEL_ADVANCE]
        earned_in_year = 0.0
        carried = 0.0
        right = streams[at + c.STREAM_RIGHT]
        for payment in range(streams[at + c.STREAM_PAYMENTS]):
            place = streams[at + c.STREAM_SALES] + payment
            period = falls[place]
            if dead[streams[at + c.STREAM_ENTITY]] <= period:
                break
            if right >= 0 and lost[right] <= period:
                break
            expired = payment >= streams[at + c.STREAM_EXPIRES]
            sold = sales[place] * factors[place]
            earned = tiered(tiers, streams, stream, sold, expired)
            earned_in_year += earned
            gross = earned
            if not expired:
                gross = max(earned, levels[level + c.LEVEL_MINIMUM])
                if (payment + 1) % streams[at + c.STREAM_YEAR] == 0:
                    missing = levels[level + c.LEVEL_MINIMUM_YEAR] - earned_in_year
                    gross += max(0.0, missing)
            if (payment + 1) % streams[at + c.STREAM_YEAR] == 0:
                earned_in_year = 0.0
            open_to_recoup = gross
            if streams[at + c.STREAM_RECOUPS_MINIMUM] == 0:
                open_to_recoup = min(gross, earned)
            recouped = min(advance, open_to_recoup)
            advance -= recouped
            cash = (gross - recouped) * levels[level + c.LEVEL_KEPT] + audits[place] + carried
            carried = min(cash, 0.0)
            add(pool, period, c.FLOW_INTEREST, math.floor(max(cash, 0.0) + 0.5))


@bare_kernel
def tiered(tiers: FloatArray, streams: IntArray, stream: int, sold: float, expired: bool) -> float:
    """Return what sales earn over the tiers of a stream."""
    at = stream * c.STREAM_COLUMNS
    first = streams[at + c.STREAM_FIRST_TIER]
    count = streams[at + c.STREAM_TIERS]
    column = c.TIER_RATE_AFTER if expired else c.TIER_RATE
    earned = 0.0
    for tier in range(count):
        place = (first + tier) * c.TIER_COLUMNS
        above = tiers[place + c.TIER_ABOVE]
        upper = sold
        if tier + 1 < count:
            upper = min(sold, tiers[place + c.TIER_COLUMNS + c.TIER_ABOVE])
        earned += max(0.0, upper - above) * tiers[place + column]
    return earned
