"""The loss-sharing stack: published splits to the cent, caps, order, default, recoveries."""

from __future__ import annotations

import numpy as np
import pytest

from ipfinance.basics import InputError
from ipfinance.credit import (
    Covers,
    Layer,
    LossSharingStack,
    Provider,
    ProviderKind,
    Share,
    Shortfall,
    parts,
    shared_by_weights,
    split_by_weights,
)

ZHONGSHAN = {"fund": 54, "bank": 26, "insurer": 16, "appraiser": 4}


def test_zhongshan_splits_to_the_cent() -> None:
    """Design page on securitization, 2.3: 10,000,001 fen."""
    found = shared_by_weights(ZHONGSHAN).share(10_000_001)
    assert found.paid == {
        "fund": 5_400_001,
        "bank": 2_600_000,
        "insurer": 1_600_000,
        "appraiser": 400_000,
    }
    assert (found.deductible, found.retained) == (0, 0)


@pytest.mark.parametrize(
    ("weights", "loss", "expected"),
    [
        ({"bank": 60, "fund": 40}, 10_000_001, {"bank": 6_000_001, "fund": 4_000_000}),
        ({"bank": 60, "fund": 40}, 33, {"bank": 20, "fund": 13}),
        ({"fund": 1, "bank": 1}, 10_000_001, {"bank": 5_000_001, "fund": 5_000_000}),
        ({"fund": 1, "bank": 1}, 1, {"bank": 1, "fund": 0}),
        ({"c": 1, "b": 1, "a": 1}, 100, {"a": 34, "b": 33, "c": 33}),
        ({"c": 1, "b": 1, "a": 1}, 1, {"a": 1, "b": 0, "c": 0}),
    ],
)
def test_zhuhai_shenzhen_and_ties(
    weights: dict[str, int], loss: int, expected: dict[str, int]
) -> None:
    assert shared_by_weights(weights).share(loss).paid == expected


def test_twelve_equal_parts_of_a_printed_amount() -> None:
    """CNY 320m in twelve: eight of 2,666,666,667 fen and four of 2,666,666,666."""
    found = split_by_weights(32_000_000_000, {f"{n:02d}": 1 for n in range(12)})
    assert sorted(found.values()) == [2_666_666_666] * 4 + [2_666_666_667] * 8
    assert next(iter(found.values())) == 2_666_666_667


def _stack(**changes: object) -> LossSharingStack:
    given: dict[str, object] = {
        "providers": (
            Provider(id="insurer", kind=ProviderKind.INSURER),
            Provider(id="fund", kind=ProviderKind.FUND, limit=5_000),
            Provider(id="bank", kind=ProviderKind.BANK),
            Provider(id="sister", kind=ProviderKind.GUARANTOR, group="insurer"),
        ),
        "layers": (
            Layer(
                order=2,
                shares=(Share(provider="fund", weight=60), Share(provider="bank", weight=40)),
            ),
            Layer(
                order=1,
                shares=(Share(provider="insurer", claim_cap=3_000, aggregate_cap=4_000),),
                deductible=500,
                deductible_parts=parts(0.1),
            ),
        ),
        "holder": "bank",
    }
    return LossSharingStack(**{**given, **changes})  # type: ignore[arg-type]


def test_layers_take_the_loss_in_order_and_state_runs_down() -> None:
    """By hand: 10% of 10,000 is kept, 3,000 insured, 6,000 split 60:40; then the caps bite."""
    first, second = _stack().share_all([10_000, 10_000])
    assert first.paid == {"insurer": 3_000, "fund": 3_600, "bank": 2_400}
    assert (first.deductible, first.retained) == (1_000, 0)
    assert second.paid == {"insurer": 1_000, "fund": 1_400, "bank": 3_200}
    assert (second.deductible, second.retained) == (1_000, 3_400)
    assert second.borne == {"insurer": 1_000, "fund": 1_400, "bank": 7_600}
    reasons = {line.provider: line.because for line in second.lines}
    assert reasons["insurer"] == (Shortfall.CLAIM_CAP, Shortfall.AGGREGATE_CAP)
    assert reasons["fund"] == (Shortfall.LIMIT,)
    assert [layer.order for layer in second.layers] == [1, 2]


def test_a_later_layer_may_cover_earlier_deductibles() -> None:
    layers = _stack().layers
    covering = Layer(order=2, shares=layers[1].shares, covers=Covers.ALL_UNBORNE)
    found = _stack(layers=(layers[0], covering)).share(10_000)
    assert found.paid == {"insurer": 3_000, "fund": 4_200, "bank": 2_800}
    assert (found.deductible, found.retained) == (0, 0)


def test_one_default_takes_the_whole_group_along() -> None:
    providers = tuple(
        Provider(id=name, kind=ProviderKind.GUARANTOR, group="g", recovery_parts=each)
        for name, each in (("maker", 0), ("guarantor", parts(0.25)))
    )
    layers = (
        Layer(order=1, shares=(Share(provider="maker", claim_cap=3_000_000),)),
        Layer(order=2, shares=(Share(provider="guarantor"),)),
    )
    stack = LossSharingStack(providers=providers, layers=layers)
    assert stack.share(5_000_000).paid == {"maker": 3_000_000, "guarantor": 2_000_000}
    broken = stack.share(5_000_000, defaulted={"g"})
    assert broken.paid == {"maker": 0, "guarantor": 1_250_000}
    assert broken.retained == 3_750_000
    assert stack.default_groups == ("g",)


def test_recoveries_go_back_in_the_ratio_of_what_was_borne() -> None:
    claim = shared_by_weights(ZHONGSHAN).share(10_000_000)
    assert claim.share_recovery(1_000_000) == {
        "appraiser": 40_000,
        "bank": 260_000,
        "fund": 540_000,
        "insurer": 160_000,
    }
    assert set(claim.share_recovery(0).values()) == {0}
    with pytest.raises(InputError, match="from 0 to the loss"):
        claim.share_recovery(10_000_001)


def test_every_fault_of_a_stack_is_named_at_once() -> None:
    with pytest.raises(InputError) as caught:
        LossSharingStack(
            providers=(
                Provider(id="a", kind=ProviderKind.BANK, limit=-1, recovery_parts=-1, hazard=-1.0),
                Provider(id="a", kind=ProviderKind.BANK, loading=1.0),
            ),
            layers=(
                Layer(order=1, shares=(), deductible=-1, deductible_parts=2_000_000),
                Layer(
                    order=1,
                    shares=(
                        Share(provider="b", weight=0, claim_cap=-1, lag_months=-1),
                        Share(provider="b", weight=2_000_000_000),
                    ),
                ),
            ),
        )
    fields = {problem.field for problem in caught.value.problems}
    assert fields == {
        "providers[0].id",
        "providers[0].limit",
        "providers[0].recovery_parts",
        "providers[0].hazard",
        "providers[1].id",
        "providers[1].loading",
        "layers[0].order",
        "layers[0].shares",
        "layers[0].deductible",
        "layers[0].deductible_parts",
        "layers[1].order",
        "layers[1].shares",
        "layers[1].shares[0].provider",
        "layers[1].shares[0].weight",
        "layers[1].shares[0].claim_cap",
        "layers[1].shares[0].lag_months",
        "layers[1].shares[1].provider",
    }
    with pytest.raises(InputError, match="loss"):
        shared_by_weights(ZHONGSHAN).share(-1)


def test_arrays_stand_in_the_stack_s_own_order() -> None:
    arrays = _stack().arrays()
    assert arrays.layer_start.tolist() == [0, 1, 3]
    assert arrays.weight.tolist() == [1, 40, 60]
    names = [provider.id for provider in _stack().providers]
    assert [names[place] for place in arrays.provider] == ["insurer", "bank", "fund"]
    assert np.issubdtype(arrays.limit.dtype, np.integer)
