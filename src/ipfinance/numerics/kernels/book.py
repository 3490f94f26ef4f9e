"""A book of pledge loans in many scenarios: defaults, ruin, value, recovery and support."""

from __future__ import annotations

import math

import numpy as np

from ipfinance.numerics._kernel import kernel
from ipfinance.numerics._types import BoolArray, FloatArray, IntArray, KeyArray
from ipfinance.numerics.kernels.defaults import conditional_probability
from ipfinance.numerics.kernels.draws import draw, quantile, uniform
from ipfinance.numerics.kernels.sharing import share_claim

WHOLE = 2.0**53
CLAIM, PROCEEDS, SPREAD, RUIN, OTHER, FIXED, CLASS, SCHEME = range(8)


@kernel
def default_limits(
    factors: FloatArray,
    scale: float,
    threshold: FloatArray,
    factor: IntArray,
    loading: FloatArray,
    rest: FloatArray,
    out: IntArray,
) -> None:
    """Fill, by cell, the number of draws of 53 bits that mean default."""
    for cell in range(len(threshold)):
        common = 0.0
        for item in range(factor.shape[1]):
            common += loading[cell, item] * factors[factor[cell, item]]
        chance = conditional_probability(threshold[cell], scale, common, rest[cell])
        out[cell] = int(chance * WHOLE)


@kernel
def book_losses(
    scenarios: KeyArray,
    scales: FloatArray,
    factors: FloatArray,
    value_common: FloatArray,
    ruin_common: FloatArray,
    cell_threshold: FloatArray,
    cell_factor: IntArray,
    cell_loading: FloatArray,
    cell_rest: FloatArray,
    cell: IntArray,
    default_key: KeyArray,
    keys: KeyArray,
    terms: FloatArray,
    own_value: float,
    own_ruin: float,
    holder: IntArray,
    scheme_layers: IntArray,
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
    provider_down: BoolArray,
    gross: IntArray,
    net: IntArray,
    count: IntArray,
    paid: IntArray,
    by_loan: IntArray,
) -> None:
    """Fill the book's loss by scenario, and add up each loan's part.

    What only a default asks for stands in one row a loan, so that it comes from memory together.
    `keys` holds the keys of ruin and value; `terms` the claim, the proceeds, the spread of the
    value, the threshold of ruin, other recovery, a fixed loss (below zero: simulate), and the
    places of technology class and scheme (below zero: nobody shares the loss).
    """
    share_paid = np.zeros(len(weight), dtype=np.int64)
    used = np.zeros(len(weight), dtype=np.int64)
    provider_used = np.zeros(len(limit), dtype=np.int64)
    limits = np.zeros(len(cell_threshold), dtype=np.int64)
    for row in range(len(scenarios)):
        key = scenarios[row]
        default_limits(
            factors[row],
            scales[row],
            cell_threshold,
            cell_factor,
            cell_loading,
            cell_rest,
            limits,
        )
        used[:] = 0
        provider_used[:] = 0
        for loan in range(len(cell)):
            if int(draw(default_key[loan], key)) >= limits[cell[loan]]:
                continue
            count[row] += 1
            loss = int(terms[loan, FIXED])
            if loss < 0:
                group = int(terms[loan, CLASS])
                worth = 0.0
                score = ruin_common[row, group]
                ruin = conditional_probability(terms[loan, RUIN], 1.0, score, own_ruin)
                if ruin <= 0.0 or uniform(keys[loan, 0], key) >= ruin:
                    shock = value_common[row, group]
                    shock += own_value * quantile(uniform(keys[loan, 1], key))
                    spread = terms[loan, SPREAD]
                    worth = terms[loan, PROCEEDS] * math.exp(spread * (shock - 0.5 * spread))
                short = max(terms[loan, CLAIM] - worth, 0.0) * (1.0 - terms[loan, OTHER])
                loss = math.floor(short + 0.5)
            gross[row] += loss
            own = loss
            which = int(terms[loan, SCHEME])
            if which >= 0 and loss > 0:
                first = scheme_layers[which]
                last = scheme_layers[which + 1]
                share_claim(
                    loss,
                    layer_start[first : last + 1],
                    deductible[first:last],
                    deductible_parts[first:last],
                    covers_all[first:last],
                    weight,
                    provider,
                    claim_cap,
                    aggregate_cap,
                    limit,
                    recovery_parts,
                    provider_down[row],
                    used,
                    provider_used,
                    share_paid,
                )
                for place in range(layer_start[first], layer_start[last]):
                    if provider[place] != holder[which]:
                        own -= share_paid[place]
                        paid[row, provider[place]] += share_paid[place]
            net[row] += own
            by_loan[loan, 0] += loss
            by_loan[loan, 1] += own
