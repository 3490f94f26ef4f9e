"""Laws of the loss-sharing stack over random stacks and claims."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ipfinance.credit import (
    Covers,
    Layer,
    LossSharingStack,
    Provider,
    ProviderKind,
    Share,
    share_losses,
)

NAMES = ("appraiser", "bank", "fund", "guarantor", "insurer")
CAPS = st.none() | st.integers(0, 3_000_000)


@st.composite
def stacks(draw: st.DrawFn, *, capped: bool = True) -> LossSharingStack:
    """Draw a stack of one to four layers."""
    cap = CAPS if capped else st.none()
    providers = tuple(
        Provider(
            id=name,
            kind=ProviderKind.OTHER,
            group=draw(st.sampled_from(["", "g"])),
            limit=draw(cap),
            recovery_parts=draw(st.integers(0, 1_000_000)),
        )
        for name in NAMES
    )
    orders = draw(st.lists(st.integers(0, 9), min_size=1, max_size=4, unique=True))
    layers = []
    for order in orders:
        names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True))
        shares = tuple(
            Share(
                provider=name,
                weight=draw(st.integers(1, 100)),
                claim_cap=draw(cap),
                aggregate_cap=draw(cap),
            )
            for name in names
        )
        layers.append(
            Layer(
                order=order,
                shares=shares,
                deductible=draw(st.integers(0, 500_000)),
                deductible_parts=draw(st.sampled_from([0, 0, 100_000, 333_333, 1_000_000])),
                covers=draw(st.sampled_from(list(Covers))),
            )
        )
    return LossSharingStack(providers=providers, layers=tuple(layers), holder="bank")


LOSSES = st.lists(st.integers(0, 10_000_000), min_size=1, max_size=6)


@settings(max_examples=400)
@given(stack=stacks(), losses=LOSSES, defaulted=st.sets(st.sampled_from([*NAMES, "g"])))
def test_every_claim_adds_up_and_no_cap_is_passed(
    stack: LossSharingStack, losses: list[int], defaulted: set[str]
) -> None:
    claims = stack.share_all(losses, defaulted=defaulted)
    for claim in claims:
        assert claim.deductible + sum(claim.paid.values()) + claim.retained == claim.loss
        assert sum(claim.borne.values()) == claim.loss
        assert min(claim.deductible, claim.retained, *claim.paid.values()) >= 0
        assert [layer.order for layer in claim.layers] == sorted(
            each.order for each in stack.layers
        )
        for layer in claim.layers:
            lines = [line for line in claim.lines if line.order == layer.order]
            assert sum(line.due for line in lines) == layer.reached - layer.deductible
            assert layer.deductible + layer.paid + layer.left == layer.reached
            assert all(0 <= line.paid <= line.due for line in lines)
            assert all((line.paid < line.due) <= bool(line.because) for line in lines)
    for layer_ in stack.layers:
        for share in layer_.shares:
            paid = [
                line.paid
                for claim in claims
                for line in claim.lines
                if (line.order, line.provider) == (layer_.order, share.provider)
            ]
            assert share.claim_cap is None or max(paid) <= share.claim_cap
            assert share.aggregate_cap is None or sum(paid) <= share.aggregate_cap
    for provider in stack.providers:
        total = sum(claim.paid.get(provider.id, 0) for claim in claims)
        assert provider.limit is None or total <= provider.limit


@settings(max_examples=200)
@given(stack=stacks(capped=False), loss=st.integers(0, 10_000_000))
def test_uncapped_shares_sum_to_the_loss_above_the_deductible(
    stack: LossSharingStack, loss: int
) -> None:
    claim = stack.share(loss)
    assert claim.retained == 0
    assert sum(claim.paid.values()) == loss - claim.deductible
    first = claim.layers[0]
    assert first.paid == loss - first.deductible


@settings(max_examples=200)
@given(stack=stacks(), loss=st.integers(0, 10_000_000))
def test_a_later_layer_pays_only_what_earlier_ones_left(stack: LossSharingStack, loss: int) -> None:
    claim = stack.share(loss)
    for before, after in zip(claim.layers, claim.layers[1:], strict=False):
        covers = next(layer.covers for layer in stack.layers if layer.order == after.order)
        if covers is Covers.ABOVE_DEDUCTIBLES:
            assert after.reached == before.left
        else:
            assert after.reached >= before.left


@settings(max_examples=200)
@given(stack=stacks(), losses=LOSSES, seed=st.integers(0, 2**32))
def test_scalar_and_vector_give_the_same_units(
    stack: LossSharingStack, losses: list[int], seed: int
) -> None:
    generator = np.random.default_rng(seed)
    arrays, scenarios = stack.arrays(), 3
    groups = [provider.default_group for provider in stack.providers]
    down = [set(generator.choice(groups, 2)) for _ in range(scenarios)]
    defaulted = np.array([[group in each for group in groups] for each in down])
    used = np.zeros((scenarios, len(arrays.weight)), dtype=np.int64)
    provider_used = np.zeros((scenarios, len(groups)), dtype=np.int64)
    for place, loss in enumerate(losses):
        found = share_losses(
            arrays,
            np.full(scenarios, loss),
            used=used,
            provider_used=provider_used,
            defaulted=defaulted,
        )
        for scenario in range(scenarios):
            scalar = stack.share_all(losses[: place + 1], defaulted=down[scenario])[-1]
            assert [line.paid for line in scalar.lines] == found.paid[scenario].tolist()
            assert scalar.deductible == found.deductible[scenario]
            assert scalar.retained == found.retained[scenario]


@settings(max_examples=100)
@given(stack=stacks(), loss=st.integers(0, 10_000_000), data=st.data())
def test_the_order_of_entities_never_matters(
    stack: LossSharingStack, loss: int, data: st.DataObject
) -> None:
    shuffled = LossSharingStack(
        providers=tuple(data.draw(st.permutations(stack.providers))),
        layers=tuple(
            Layer(
                order=layer.order,
                shares=tuple(data.draw(st.permutations(layer.shares))),
                deductible=layer.deductible,
                deductible_parts=layer.deductible_parts,
                covers=layer.covers,
            )
            for layer in data.draw(st.permutations(stack.layers))
        ),
        holder=stack.holder,
    )
    assert shuffled.share(loss) == stack.share(loss)
