"""One source, two ways to run it: plain Python and machine code give the same whole numbers."""

from __future__ import annotations

import numpy as np
import pytest

from ipfinance.numerics import uncompiled
from ipfinance.numerics.kernels import whole
from ipfinance.securitization import run_deal
from tests.securitization.deals import AFTER_EOD, ROWS, data_of, deal_from


def test_both_paths_agree_on_a_deal() -> None:
    data = data_of()
    data["waterfalls"] = {"amortizing": ROWS, "post_eod": AFTER_EOD}
    data["triggers"] = {"eod": {"metric": "unpaid_interest", "classes": ["A"], "state": "post_eod"}}
    deal = deal_from(data)
    plain, machine = run_deal(deal), run_deal(deal, use_compiled=True)
    assert plain.periods == machine.periods
    assert plain.tranches == machine.tranches
    assert plain.journal == machine.journal


@pytest.mark.parametrize("total", [0, 1, 7, 100, 10**15 + 3])
def test_splits_agree_and_sum(total: int) -> None:
    plain = uncompiled("whole")
    cells = [3, 3, 3, 1]
    memory, array = [*cells, *[0] * 8], np.array([*cells, *[0] * 8])
    plain.split(memory, 0, 4, total)
    whole.split(array, 0, 4, total)
    assert memory[4:8] == array[4:8].tolist()
    assert sum(memory[4:8]) == total


@pytest.mark.parametrize(
    ("amount", "factor", "divisor"),
    [
        (7, 3, 2),
        (10**15, 10**6 + 1, 10**6),
        (2**55, 2**33 + 5, 2**34 + 1),
        (2**60, 3 * 2**45, 2**53 + 3),
        (0, 5, 3),
    ],
)
def test_wide_products_are_exact(amount: int, factor: int, divisor: int) -> None:
    expected = divmod(amount * factor, divisor)
    assert uncompiled("whole").divided(amount, factor, divisor) == expected
    if expected[0] < 2**62:
        assert tuple(whole.divided(amount, factor, divisor)) == expected


@pytest.mark.parametrize(
    ("top", "bottom", "threshold", "sign"),
    [
        (3, 2, 1_500_000, 0),
        (3, 2, 1_500_001, -1),
        (3, 2, 1_499_999, 1),
        (5, 0, 10, 1),
        (0, 0, 10, 0),
        (0, 5, 10, -1),
        (0, 5, 0, 0),
        (10**17, 3 * 10**16, 3_333_333, 1),
    ],
)
def test_ratios_are_compared_exactly(top: int, bottom: int, threshold: int, sign: int) -> None:
    assert uncompiled("whole").compared(top, bottom, threshold, 10**6) == sign
    assert whole.compared(top, bottom, threshold, 10**6) == sign


def test_halves_round_away_from_zero() -> None:
    for module in (uncompiled("whole"), whole):
        assert [module.scaled(x, 1, 2) for x in (-3, -1, 0, 1, 3)] == [-2, -1, 0, 1, 2]
