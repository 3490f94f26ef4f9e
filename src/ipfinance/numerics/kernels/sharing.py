"""Who bears a loss: splits by whole weights and the loss-sharing stack, exact in 64 bits."""

from __future__ import annotations

from ipfinance.numerics._kernel import kernel
from ipfinance.numerics._types import BoolArray, IntArray

MILLION = 1_000_000


@kernel
def parts_of(amount: int, parts: int) -> int:
    """Return millionths of an amount that is not negative, half up, without overflow."""
    whole = amount // MILLION
    rest = amount - whole * MILLION
    return whole * parts + (rest * parts + MILLION // 2) // MILLION


@kernel
def split_by_remainder(total: int, weights: IntArray, start: int, stop: int, out: IntArray) -> None:
    """Split a total over weights from start to stop, largest remainders first, ties by place.

    Exact as long as the square of the sum of the weights fits.
    """
    sum_of_weights = 0
    for place in range(start, stop):
        sum_of_weights += weights[place]
    whole = total // sum_of_weights
    rest = total - whole * sum_of_weights
    left = rest
    for place in range(start, stop):
        floor = rest * weights[place] // sum_of_weights
        out[place] = whole * weights[place] + floor
        left -= floor
    given_value = sum_of_weights  # remainders lie below it
    given_place = -1
    for _ in range(left):
        best_value = -1
        best_place = start
        for place in range(start, stop):
            value = rest * weights[place] % sum_of_weights
            behind = value < given_value or (value == given_value and place > given_place)
            if behind and value > best_value:
                best_value = value
                best_place = place
        out[best_place] += 1
        given_value = best_value
        given_place = best_place


@kernel
def share_claim(
    loss: int,
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
    defaulted: BoolArray,
    used: IntArray,
    provider_used: IntArray,
    paid: IntArray,
) -> tuple[int, int]:
    """Pay one claim through the layers; returns what stays as deductible and what is retained.

    `paid` is overwritten by share; `used` (by share) and `provider_used` grow by it.
    """
    kept = 0
    left = loss
    for layer in range(len(layer_start) - 1):
        start = layer_start[layer]
        stop = layer_start[layer + 1]
        if covers_all[layer]:
            left += kept
            kept = 0
        first = min(left, max(deductible[layer], parts_of(left, deductible_parts[layer])))
        kept += first
        left -= first
        split_by_remainder(left, weight, start, stop, paid)
        for place in range(start, stop):
            who = provider[place]
            pays = min(paid[place], claim_cap[place])
            pays = min(pays, aggregate_cap[place] - used[place])
            pays = min(pays, limit[who] - provider_used[who])
            if defaulted[who]:
                pays = parts_of(pays, recovery_parts[who])
            paid[place] = pays
            used[place] += pays
            provider_used[who] += pays
            left -= pays
    return kept, left


@kernel
def share_claims(
    losses: IntArray,
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
    defaulted: BoolArray,
    used: IntArray,
    provider_used: IntArray,
    paid: IntArray,
    kept: IntArray,
    left: IntArray,
) -> None:
    """Pay one claim in each scenario, each scenario with its own state."""
    for scenario in range(len(losses)):
        kept[scenario], left[scenario] = share_claim(
            losses[scenario],
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
            defaulted[scenario],
            used[scenario],
            provider_used[scenario],
            paid[scenario],
        )
