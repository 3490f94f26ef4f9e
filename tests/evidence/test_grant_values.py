"""Values of granted patents: published figures, brute force, known truth, and any batch size."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from ipfinance.adapters.files._grants import ScannedGrants
from ipfinance.app import GrantSources, value_grants
from ipfinance.basics import InputError, Language
from ipfinance.evidence import (
    GammaEffects,
    GammaErrors,
    GammaFit,
    GammaSample,
    GrantBatch,
    GrantTerms,
    GrantValuation,
    Lookback,
    Noise,
    Signal,
    day_values,
    single_grant,
)
from ipfinance.numerics import (
    GrantWindows,
)
from ipfinance.reports import grant_report, grant_view
from tests.cli.command import invoke
from tests.evidence.grant_market import MadeGrants, made_grants, two_kinds

TERMS = GrantTerms(grant_probability=0.55)
PAPER = GrantTerms(grant_probability=0.55, gamma=0.0146289)


# ---- published figures


@pytest.mark.parametrize(
    ("gamma", "expected"),
    [
        (0.0146289, 25.0676877),
        (0.0138, 24.3411115),
        (0.0155, 25.8096027),
        (0.007, 17.2887414),
    ],
)
def test_value_by_gamma(gamma: float, expected: float) -> None:
    found = single_grant(
        window_return=0.01,
        volatility=0.02,
        cap=10_000,
        patents=3,
        terms=replace(PAPER, gamma=gamma),
    )
    assert found.value == pytest.approx(expected, abs=6e-8)
    assert found.raw == pytest.approx(0.01 * 10_000 / 3, rel=1e-12)
    assert found.low is not None
    assert found.high is not None
    assert 0 < found.low < found.value < found.high


@pytest.mark.parametrize(
    ("signal", "expected"), [(Signal.EXPONENTIAL, 0.00419962515424), (Signal.CAUCHY, None)]
)
def test_other_signals(signal: Signal, expected: float | None) -> None:
    found = single_grant(
        window_return=0.01, volatility=0.02, cap=1.0, patents=1, terms=replace(PAPER, signal=signal)
    )
    assert found.low is None
    assert found.signal > 0.0
    if expected is not None:
        assert found.signal == pytest.approx(expected, rel=1e-11)


def _windows(total: float, variance: float, used: int, granted: int) -> GrantWindows:
    return GrantWindows(
        total=np.array([total]), observed=np.array([3]), variance=np.array([variance]),
        days_used=np.array([used]), granted=np.array([granted]), cap=np.array([1.0]),
    )  # fmt: skip


def test_refined_noise() -> None:
    terms = replace(PAPER, grant_probability=0.0, noise=Noise.REFINED)
    gamma = (GammaFit(group="", gamma=0.0146289, error=None),)
    found = day_values(_windows(0.01, 0.02**2, 250, 25), np.array([[1]]), gamma, terms)
    assert found.noise[0] == pytest.approx(0.0345646964, abs=6e-11)
    assert found.value[0, 0] == pytest.approx(0.0033768007528, rel=2e-11)


def test_a_value_is_never_negative_and_the_raw_one_is() -> None:
    found = single_grant(
        window_return=-0.5, volatility=0.001, cap=1e6, patents=2, terms=replace(PAPER)
    )
    assert found.signal == pytest.approx(5.99012501417e-06, rel=1e-11)
    assert found.value > 0.0 > found.raw


def test_signal_grows_with_the_patents_of_a_day_where_asked() -> None:
    one = single_grant(window_return=0.0, volatility=0.02, cap=1e4, patents=1, terms=PAPER)
    scaled = replace(PAPER, count_scaled=True)
    four = single_grant(window_return=0.0, volatility=0.02, cap=1e4, patents=4, terms=scaled)
    assert one.share == pytest.approx(1 - math.exp(-0.0146289), rel=1e-12)
    assert four.share == pytest.approx(1 - math.exp(-4 * 0.0146289), rel=1e-12)


# ---- known truth


EXACT = (math.log1p(0.22**2), math.log1p(0.2**2))
ONE = math.log1p(0.4 * (0.22**2) + 0.6 * (0.2**2))


@pytest.mark.parametrize("effects", list(GammaEffects))
@pytest.mark.parametrize("errors", list(GammaErrors))
def test_gamma_is_recovered(effects: GammaEffects, errors: GammaErrors) -> None:
    batch, days = two_kinds(400_000, seed=1)
    terms = replace(TERMS, window=1, effects=effects, errors=errors)
    whole = GammaSample(terms, days, ("a", "b"))
    whole.add(batch)
    (fit,) = whole.fitted()
    assert fit.error is not None
    assert abs(fit.gamma - 0.0424385) < 3 * fit.error
    assert 0.003 < fit.error < 0.02
    apart = GammaSample(replace(terms, by_group=True), days, ("a", "b"))
    apart.add(batch)
    for found, exact in zip(apart.fitted(), EXACT, strict=True):
        assert found.error is not None
        assert abs(found.gamma - exact) < 3 * found.error


def test_values_of_groups_compare_where_one_gamma_does_not() -> None:
    batch, _ = two_kinds(400_000, seed=4)
    windows = GrantWindows(
        total=batch.firms.returns[_rows_of(batch)],
        observed=np.ones(len(batch.grants.day), dtype=np.int64),
        variance=_variances(batch),
        days_used=np.full(len(batch.grants.day), 250),
        granted=np.full(len(batch.grants.day), 60),
        cap=np.ones(len(batch.grants.day)),
    )
    terms = replace(TERMS, grant_probability=0.0, window=1)
    exact = [GammaFit(group=g, gamma=v, error=None) for g, v in zip("ab", EXACT, strict=True)]
    apart = day_values(windows, batch.counts, exact, replace(terms, by_group=True))
    one = day_values(windows, batch.counts, [GammaFit(group="", gamma=ONE, error=None)], terms)
    ratio_apart, ratio_one = (
        np.nanmean(found.value[:, 0]) / np.nanmean(found.value[:, 1]) for found in (apart, one)
    )
    assert ratio_apart == pytest.approx(1.1, abs=0.02)
    assert ratio_one == pytest.approx(1.0, abs=0.02)


def _rows_of(batch: GrantBatch) -> Any:
    firm = np.repeat(np.arange(batch.firms.n_firms), np.diff(batch.grants.first))
    return batch.firms.first[firm] + batch.grants.day


def _variances(batch: GrantBatch) -> Any:
    by_firm = batch.firms.returns.reshape(batch.firms.n_firms, -1)
    plain = np.median(np.abs(by_firm), axis=1) / 0.6744897501960817
    return np.repeat(plain**2 / 1.012, np.diff(batch.grants.first))


# ---- files


def _valued(
    made: MadeGrants, folder: Path, terms: GrantTerms = TERMS, *, rows_at_once: int = 8_000_000
) -> tuple[GrantValuation, pl.DataFrame]:
    made.write(folder)
    sources = GrantSources(
        returns=folder / "returns.parquet", grants=folder / "grants.parquet",
        market=str(folder / "market.csv"),
    )  # fmt: skip
    with ScannedGrants(sources, rows_at_once=rows_at_once) as tables:
        aside = tables.folder
        found = value_grants(tables, terms, output=folder / "values.parquet")
    assert not aside.exists()
    return found, pl.read_parquet(folder / "values.parquet")


def test_every_patent_against_brute_force(tmp_path: Path) -> None:
    made = made_grants(n_firms=5, years=3)
    holed = made.returns.with_columns(
        pl.when(pl.int_range(pl.len()) % 17 == 3).then(None).otherwise("return").alias("return"),
        pl.when(pl.int_range(pl.len()) % 5 == 1)
        .then(None)
        .otherwise("market_cap")
        .alias("market_cap"),
    ).filter(pl.int_range(pl.len()) % 23 != 7)
    found, values = _valued(replace(made, returns=holed), tmp_path)
    market = dict(made.market.iter_rows())
    days = sorted(market)
    gamma = found.gammas[0]
    by_firm = {
        name: {row[1]: row[2:] for row in part.iter_rows()}
        for (name,), part in holed.group_by("firm")
    }
    checked = 0
    for row in values.iter_rows(named=True):
        own, zero = by_firm[row["firm"]], days.index(row["date"])
        excess = {
            day: own[day][0] - market[day] for day in days if day in own and own[day][0] is not None
        }
        window = [excess[day] for day in days[zero : zero + 3] if day in excess]
        total = math.prod(1 + x for x in window) - 1
        before = [x for day, x in excess.items() if day.year == row["date"].year - 1]
        caps = [own[day][1] for day in days[max(zero - 10, 0) : zero] if day in own]
        caps = [cap for cap in caps if cap is not None]
        if not (window and before and caps):
            assert row["value"] is None
            continue
        volatility = math.sqrt(sum(x * x for x in before) / len(before))
        one = single_grant(
            window_return=total, volatility=volatility, cap=caps[-1],
            patents=row["patents_that_day"], terms=replace(TERMS, gamma=gamma.gamma),
        )  # fmt: skip
        assert row["window_return"] == pytest.approx(total, abs=1e-12)
        assert row["noise"] == pytest.approx(volatility * math.sqrt(3), rel=1e-9)
        assert row["value"] == pytest.approx(one.value, rel=1e-9)
        assert row["event_value"] == pytest.approx(one.raw, rel=1e-9, abs=1e-9)
        checked += 1
    assert checked > 400
    assert found.counts.valued == checked


@pytest.mark.parametrize("terms", [TERMS, replace(TERMS, effects=GammaEffects.DATE)])
def test_any_batch_size_and_any_order_of_rows_gives_the_same(
    tmp_path: Path, terms: GrantTerms
) -> None:
    made = made_grants(n_firms=12, years=2)
    whole, values = _valued(made, tmp_path, terms)
    parts, again = _valued(made, tmp_path, terms, rows_at_once=2_000)
    assert parts.values == whole.values
    assert parts.gammas[0].gamma == pytest.approx(whole.gammas[0].gamma, rel=1e-12)
    assert again.equals(values)
    shuffled = replace(
        made,
        returns=made.returns.sample(fraction=1.0, shuffle=True, seed=1),
        grants=made.grants.sample(fraction=1.0, shuffle=True, seed=2),
    )
    mixed, third = _valued(shuffled, tmp_path, terms)
    assert mixed.gammas == whole.gammas
    order = ["firm", "date", "patent"]
    assert third.sort(order).equals(values.sort(order))


def test_csv_and_texts_give_the_same_as_parquet(tmp_path: Path) -> None:
    made = made_grants(n_firms=6, years=2)
    found, _ = _valued(made, tmp_path)
    made.write(tmp_path, ".csv")
    words = ["evidence", "kpss", "--returns", "returns.csv", "--grants", "grants.csv"]
    done = invoke([*words, "--market", "market.csv", "--json"], tmp_path)
    assert done.code == 0, done.stderr
    answer = done.json()
    assert answer["gamma"] == pytest.approx(found.gammas[0].gamma, rel=1e-12)
    assert answer["values"][0]["mean"] == pytest.approx(found.values[0].mean, rel=1e-12)
    mixed = invoke(
        ["evidence", "kpss", "--returns", "returns.parquet", *words[4:], "--market", "market.csv",
         "--json"], tmp_path,
    ).json()  # fmt: skip
    assert mixed["gamma"] == found.gammas[0].gamma


def test_market_as_a_column_and_renamed_columns(tmp_path: Path) -> None:
    made = made_grants(n_firms=4, years=2)
    expected, _ = _valued(made, tmp_path)
    joined = made.returns.join(made.market, on="date").rename(
        {"firm": "permno", "return": "ret", "market_cap": "cap", "market": "vwretd"}
    )
    joined.write_parquet(tmp_path / "crsp.parquet")
    made.grants.rename({"firm": "permno"}).write_parquet(tmp_path / "g.parquet")
    done = invoke(
        ["evidence", "kpss", "--returns", "crsp.parquet", "--grants", "g.parquet", "--market",
         "vwretd", "--columns", "firm=permno,return=ret,market_cap=cap", "--json"], tmp_path,
    )  # fmt: skip
    assert done.code == 0, done.stderr
    assert done.json()["gamma"] == pytest.approx(expected.gammas[0].gamma, rel=1e-12)


def test_real_values_use_the_index_in_force(tmp_path: Path) -> None:
    made = made_grants(n_firms=4, years=3)
    made.write(tmp_path)
    (tmp_path / "cpi.csv").write_text("date,cpi\n2001-01-01,50\n2003-01-01,200\n")
    words = ["evidence", "kpss", "--returns", "returns.parquet", "--grants", "grants.parquet"]
    more = ["--market", "market.csv", "--cpi", "cpi.csv", "--values", "v.parquet", "--json"]
    done = invoke([*words, *more], tmp_path)
    assert done.code == 0, done.stderr
    values = pl.read_parquet(tmp_path / "v.parquet").drop_nulls("value")
    ratio = (values["value_real"] / values["value"]).to_list()
    years = values["date"].dt.year().to_list()
    assert ratio == pytest.approx([2.0 if year < 2003 else 0.5 for year in years], rel=1e-12)
    assert done.json()["values"][0]["real_mean"] == pytest.approx(values["value_real"].mean())


def test_groups_are_warned_about_and_told_apart(tmp_path: Path) -> None:
    made = made_grants(
        n_firms=60, years=4, every=25, groups=(("science", 1.2), ("other", 0.3)), seed=8
    )
    one, _ = _valued(made, tmp_path)
    assert "kpss_groups_shrunk" in {finding.code for finding in one.findings}
    assert [each.group for each in one.values] == ["", "other", "science"]
    apart, values = _valued(made, tmp_path, replace(TERMS, by_group=True))
    gammas = {each.group: each.gamma for each in apart.gammas}
    assert gammas["science"] > gammas["other"]
    means = {each.group: each.mean for each in apart.values}
    assert means["science"] > means["other"]
    assert "kpss_groups_shrunk" not in {finding.code for finding in apart.findings}
    assert (values["value"].drop_nulls() >= 0.0).all()


def test_intervals_and_trailing_variance(tmp_path: Path) -> None:
    made = made_grants(n_firms=4, years=2)
    terms = replace(TERMS, interval=0.8, lookback=Lookback.TRAILING, fewest_days=20, gamma=0.2)
    found, values = _valued(made, tmp_path, terms)
    kept = values.drop_nulls("value")
    assert (kept["value_low"] < kept["value"]).all()
    assert (kept["value"] < kept["value_high"]).all()
    assert found.counts.valued > 0.9 * found.counts.patents
    assert "kpss_gamma_given" in {finding.code for finding in found.findings}


def test_no_signal_gives_no_value_and_says_so(tmp_path: Path) -> None:
    made = made_grants(n_firms=4, years=2, gamma=1e-9, seed=5)
    found, values = _valued(made, tmp_path)
    (fit,) = found.gammas
    codes = {finding.code for finding in found.findings}
    if fit.gamma <= 0.0:
        assert values["value"].null_count() == values.height
        assert found.counts.no_gamma > 0
        assert "kpss_gamma_not_positive" in codes
    else:
        assert "kpss_gamma_imprecise" in codes


@pytest.mark.parametrize("language", list(Language))
def test_report_and_view(tmp_path: Path, language: Language) -> None:
    found, _ = _valued(made_grants(n_firms=4, years=2), tmp_path)
    view = grant_view(found, language)
    assert view["n"] == found.counts.patents
    assert view["gamma"] == found.gammas[0].gamma
    assert grant_report(found, language).sections[0].blocks


def test_what_does_not_go_together_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        GrantTerms(
            grant_probability=1.0, gamma=-1.0, by_group=True, signal=Signal.CAUCHY,
            noise=Noise.REFINED, interval=2.0, count_scaled=True, cap_unit=0.0,
        )  # fmt: skip
    fields = {problem.field for problem in caught.value.problems}
    assert fields == {"pi", "gamma", "signal", "noise", "interval", "count_scaled", "cap_unit"}
