"""Packaged deals: their dates, their sums, and what history or arithmetic says must come out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from ipfinance.app import DEALS
from ipfinance.basics import DayCount, MinorUnit
from ipfinance.bootstrap import LocalFiles
from ipfinance.numerics import loss_distribution, one_factor
from ipfinance.parameters import bibliography
from ipfinance.securitization import (
    DateRole,
    Deal,
    DealRun,
    PledgeLoan,
    Risk,
    Scenario,
    State,
    balance_of,
    run_deal,
    simulate,
    weighted_average_life,
)
from tests.data import ROOT
from tests.securitization.deals import paid
from tests.tolerances import FOUR_ERRORS

FOLDER = ROOT / "src" / "ipfinance" / "adapters" / "files" / "deals"
FEN = MinorUnit("CNY", 2)


@cache
def template(name: str) -> Deal:
    return LocalFiles().deal(FOLDER / f"{name}.yaml")


def test_each_template_is_offered_and_cites_known_works() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(DEALS)
    for name in DEALS:
        deal = template(name)
        assert deal.sources
        assert deal.assumed
        for citation in deal.sources:
            assert citation.key in bibliography(), citation.key


@pytest.mark.parametrize("name", DEALS)
def test_each_template_runs_balanced_in_every_scenario_both_ways(name: str) -> None:
    deal = template(name)
    for scenario in (deal.scenario, *deal.stresses.values()):
        plain = run_deal(deal, scenario)
        machine = run_deal(deal, scenario, use_compiled=True)
        assert plain.balanced
        assert plain.periods == machine.periods
        assert plain.journal == machine.journal
        assert not plain.left_over


def test_supply_chain_dates_and_two_outcomes() -> None:
    deal = template("supply-chain-2018")
    run = run_deal(deal)
    assert [p.period.payment for p in run.periods] == [date(2019, 12, 23), date(2020, 12, 21)]
    assert all(each.principal_unpaid == 0 for each in run.tranches)
    found = simulate(deal, scenarios=40_000, seed=7)
    chances = {each.name: each.probability_of_loss for each in found.tranches}
    for name, expected in (("A1", 0.03), ("A2", 1 - 0.97**2)):
        gap = abs(chances[name].value - expected)
        assert gap < 4 * chances[name].standard_error, name


def test_nanshan_dates_and_equal_split() -> None:
    deal = template("nanshan-2020")
    run = run_deal(deal)
    days = [date(2020, 6, 22), date(2020, 9, 21), date(2020, 12, 21), date(2021, 3, 22)]
    assert [p.period.payment for p in run.periods] == days
    reports = [date(2020, 6, 18), date(2020, 9, 17), date(2020, 12, 17), date(2021, 3, 18)]
    assert [p.period.roles[DateRole.REPORT] for p in run.periods] == reports
    balances = [balance_of(each, FEN) for each in deal.pool.receivables.values()]
    assert sum(balances) == 32_000_000_000
    assert sorted(balances) == [2_666_666_666] * 4 + [2_666_666_667] * 8
    assert run.tranche("senior").principal_unpaid == 0


def test_nanshan_one_group_removes_both_supports() -> None:
    deal = template("nanshan-2020")
    helped = run_deal(deal, deal.stresses["three-firms-fail"])
    alone = run_deal(deal, deal.stresses["everything-fails"])
    assert helped.tranche("senior").principal_unpaid == 0
    assert sum(p.pool["supported"] for p in helped.periods) > 0
    assert alone.tranche("senior").principal_unpaid > 0
    assert all(p.pool["supported"] == 0 for p in alone.periods)
    assert all(p.supports["make-up"].paid == 0 for p in alone.periods)


def test_kaide_pays_everything_without_defaults() -> None:
    run = run_deal(template("kaide-2019"))
    assert all(each.principal_unpaid == 0 for each in run.tranches)
    assert all(each.interest_unpaid == 0 for each in run.tranches)
    assert all(not p.supports["make-up"].paid for p in run.periods)


@pytest.mark.parametrize(
    ("names", "low", "middle", "high"),
    [
        (10, 0.353672, 0.108671, 0.001270),
        (11, 0.376866, 0.102214, 0.001031),
        (12, 0.398657, 0.095147, 0.000994),
        (15, 0.438509, 0.083517, 0.000684),
        (16, 0.439497, 0.083392, 0.000645),
        (100, 0.538803, 0.053114, 0.000116),
    ],
)
def test_small_pools_lose_in_lumps(names: int, low: float, middle: float, high: float) -> None:
    """Table 5.3 of the specification: exact tranche losses, equal also to another library."""
    found = loss_distribution([0.05] * names, [1] * names, one_factor([0.15] * names))
    losses = [0.7 * k / names for k in range(names + 1)]

    def expected(attach: float, detach: float) -> float:
        width = detach - attach
        parts = [min(max(loss - attach, 0), width) / width for loss in losses]
        return float(np.dot(parts, found.probabilities))

    assert expected(0, 0.05) == pytest.approx(low, abs=6e-7)
    assert expected(0.05, 0.2) == pytest.approx(middle, abs=6e-7)
    assert expected(0.2, 1) == pytest.approx(high, abs=6e-7)


def test_nanshan_simulation_agrees_with_the_exact_recursion() -> None:
    """Without supports and interest, the first loss of the notes is that of the static pool."""
    deal = template("nanshan-2020")
    bare = replace(
        deal,
        supports={},
        fees={},
        tranches={name: replace(each, coupon=Decimal(0)) for name, each in deal.tranches.items()},
        pool=replace(
            deal.pool,
            receivables={
                name: replace(each, rate=Decimal(0), recovery_lag=0)
                for name, each in deal.pool.receivables.items()
                if isinstance(each, PledgeLoan)
            },
        ),
        waterfalls={
            state: tuple(row for row in rows if "manager" not in row.names)
            for state, rows in deal.waterfalls.items()
        },
        risk=Risk(correlation=Decimal("0.15")),
    )
    found = simulate(bare, scenarios=40_000, seed=3, workers=2)
    senior = next(each for each in found.tranches if each.name == "senior")
    years = (date(2021, 3, 20) - date(2020, 3, 20)).days / 365.25
    chance = 1 - 0.95**years
    exact = loss_distribution([chance] * 12, [1] * 12, one_factor([0.15] * 12))
    losses = [max(0.0, 0.7 * k / 12 - 0.05) / 0.95 for k in range(13)]
    expected = sum(p * q for p, q in zip(losses, exact.probabilities.tolist(), strict=True))
    assert abs(senior.expected_loss.value - expected) < (
        FOUR_ERRORS * senior.expected_loss.standard_error
    )


def test_music_bullet_has_the_published_life() -> None:
    closing, maturity = date(2022, 3, 1), date(2027, 2, 20)
    for day_count, years in ((DayCount.THIRTY_360_US, 4.97), (DayCount.ACTUAL_365_FIXED, 4.98)):
        found = weighted_average_life(closing, [maturity], [1], day_count)
        assert found == pytest.approx(years, abs=0.005)


def test_music_fall_in_value_forces_principal() -> None:
    deal = template("music-royalty-2022")
    notes = replace(deal.tranches["notes"], balance=Decimal(732550000))
    deal = replace(deal, tranches={**deal.tranches, "notes": notes})
    calm = run_deal(deal)
    assert paid(calm, "notes principal")[0] == 0
    fallen = run_deal(deal, deal.stresses["valuation-falls"])
    forced = sum(paid(fallen, "notes principal")[:19])
    assert forced == 73_255_000_000 - 65 * 90_160_000_000 // 100  # 146.51 million


def test_music_traps_by_steps_and_then_turns_rapid() -> None:
    deal = template("music-royalty-2022")
    run = run_deal(deal, deal.stresses["long-decline"])
    states = [p.state for p in run.periods]
    assert State.ACCELERATED in states
    first = {
        name: next(k for k, p in enumerate(run.periods) if p.triggers[name].tripped)
        for name in ("below-1.40", "below-1.30", "rapid")
    }
    assert first["below-1.40"] <= first["below-1.30"] <= first["rapid"]
    for period in run.periods[: first["below-1.40"]]:
        assert period.accounts["trapped"][3] == 0


def test_music_half_of_the_excess_is_trapped_between_the_steps() -> None:
    deal = template("music-royalty-2022")
    level = Decimal("0.375")
    run = run_deal(deal, replace(Scenario(), sales={date(2023, 2, 1): level}))
    for period in run.periods:
        lines = {line.line.name: line for line in period.lines}
        trap = lines.get("trap trapped")
        if trap is None:
            continue
        half = period.triggers["below-1.40"].tripped and not period.triggers["below-1.30"].tripped
        whole = period.triggers["below-1.30"].tripped
        if whole:
            assert trap.paid == trap.available_before
        elif half:
            assert trap.paid == trap.available_before // 2
        else:
            assert trap.paid == 0
    assert any(p.triggers["below-1.40"].tripped for p in run.periods)


def _patent_trust() -> DealRun:
    return run_deal(template("patent-trust-2000"))


def test_patent_trust_repeats_what_happened() -> None:
    run = _patent_trust()
    entered = next(k for k, p in enumerate(run.periods) if p.state is State.POST_EOD)
    assert run.periods[entered].period.end == date(2002, 8, 31)  # the report of 3Q2002
    breaches = [p.triggers["senior-coverage"].breached for p in run.periods]
    assert breaches[entered - 2 : entered + 1] == [True, True, True]
    first_mezzanine = next(
        k for k, p in enumerate(run.periods) if p.triggers["both-coverage"].breached
    )
    assert run.periods[first_mezzanine].period.end == date(2001, 11, 30)
    assert (
        sum(
            p.notes["equity"].residual + p.notes["equity"].principal_paid
            for p in run.periods[entered:]
        )
        == 0
    )
    mezzanine = run.tranche("mezzanine")
    assert mezzanine.principal_unpaid == 0
    assert sum(p.supports["mezzanine-wrap"].paid for p in run.periods[entered:]) > 0
    senior = run.tranche("senior")
    assert senior.principal_unpaid == 0
    assert senior.interest_unpaid == 0
    retired = next(k for k, p in enumerate(run.periods) if p.notes["senior"].closing == 0)
    assert date(2004, 8, 31) <= run.periods[retired].period.end <= date(2005, 5, 31)


def test_patent_trust_mezzanine_depends_on_its_guarantor() -> None:
    deal = template("patent-trust-2000")
    run = run_deal(deal, deal.stresses["guarantor-fails-too"])
    assert run.tranche("senior").principal_unpaid == 0
    assert run.tranche("mezzanine").principal_unpaid > 0


def test_no_template_is_longer_than_needed() -> None:
    assert all(Path(path).stat().st_size < 20_000 for path in FOLDER.iterdir())
