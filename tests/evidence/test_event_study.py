"""Event studies: published figures, known truth, clashes, and files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from ipfinance.basics import InputError, Language
from ipfinance.bootstrap import LocalTables
from ipfinance.evidence import (
    Benchmark,
    EventList,
    EventMode,
    EventModel,
    EventStudy,
    EventTerms,
    OtherNews,
    OverlapRule,
    event_study,
    matched_peers,
)
from ipfinance.market import (
    AfterGap,
    ColumnKind,
    ReturnPanel,
    ReturnsKind,
    ReturnUnit,
    Table,
    TextColumn,
)
from ipfinance.numerics import EVENT_TESTS
from ipfinance.reports import event_study_report, event_study_view
from tests.cli.command import invoke
from tests.evidence.event_market import MadeMarket, made_market

TERMS = EventTerms(model=EventModel.MARKET, estimation=(-130, -11), window=(-1, 3))


def study(market: MadeMarket, terms: EventTerms = TERMS, **more: Any) -> EventStudy:
    return event_study(market.panel(), market.benchmark(), market.events(), terms, **more)


# ---- published figures

PRINTED = {  # by test, 16 to 20 March 2020
    "bw80": (2.486449, -3.370281, -1.726675, 8.188085, 6.233409),
    "bw85": (1.858514, -2.519140, -1.290615, 6.120241, 4.659205),
    "cross_sectional_t": (1.3941497, -1.2769075, -0.4023135, 1.7958275, 5.1233281),
    "patell": (2.5507399, -2.9495613, 0.3283654, 8.4216222, 6.3196352),
    "bmp": (1.20471169, -1.17531339, 0.07606284, 2.16657728, 8.65212561),
    "lamb": (1.620049, -2.435456, -1.254626, 6.105794, 4.565195),
    "sign": (1.1338934, 0.3779645, 1.1338934, 1.8898224, 2.6457513),
    "generalised_sign": (1.1516761, 0.3957301, 1.1516761, 1.9076220, 2.6635680),
    "corrado_sign": (0.8636930, 0.2878977, 0.8636930, 1.4394883, 2.0152836),
    "rank": (0.7962064, -0.1857202, 1.0205417, 2.1127972, 2.9255529),
    "modified_rank": (0.8499246, -0.2283881, 0.9865178, 2.1665371, 2.9786668),
    "wilcoxon": (23, 10, 15, 27, 28),
}
TEXTBOOK = {
    "patell": (2.544439734, -2.942074066, 0.328962926, 8.402698030, 6.305734852),
    "bmp": (1.204284437, -1.175178870, 0.076377466, 2.166886700, 8.654535996),
    "kp_bmp": (0.787987, -0.768942, 0.049975, 1.417836, 5.662831),
    "rank": (0.8265351, -0.1927946, 1.0594157, 2.1932767, 3.0369915),
}
WINDOW = {
    "cross_sectional_t": 3.413472651,
    "bw85": 3.948093240,
    "patell": 6.547136362,
    "bmp": 2.785478072,
    "kp_bmp": 1.822592470,
    "grank_t": 1.874808649,
}
FULL_HISTORIES = ["AMZN", "NFLX", "SHOP", "FB", "UPWK"]


def _tickers(folder: Path, mode: EventMode, names: list[str] | None = None) -> EventStudy:
    def wide(name: str) -> ReturnPanel:
        table = LocalTables().table(
            folder / "estudy2" / name, first=ColumnKind.DATE, others=ColumnKind.NUMBER
        )
        return ReturnPanel.of(table, unit=ReturnUnit.DECIMAL, kind=ReturnsKind.LOG)

    returns = wide("rates.csv")
    chosen = names or list(returns.securities)
    dates = np.full(len(chosen), np.datetime64("2020-03-16"))
    events = EventList.of(Table.of({"security": TextColumn.of(chosen), "date": dates}))
    terms = EventTerms(model=EventModel.MARKET, estimation=(-240, -1), window=(0, 4), mode=mode)
    return event_study(returns, Benchmark(factors=wide("rates_indx.csv")), events, terms)


def _by_day(found: EventStudy, name: str) -> list[float | None]:
    return [window.tests[name].statistic for window in found.by_day]


def test_figures_printed_by_another_package(shared_data: Path) -> None:
    found = _tickers(shared_data, EventMode.ESTUDY2)
    assert found.aar == pytest.approx(
        [0.02329740, -0.03157867, -0.01617850, 0.07672027, 0.05840545], abs=5e-9
    )
    for name, printed in PRINTED.items():
        assert _by_day(found, name) == pytest.approx(printed, abs=6e-7), name
    assert "events_replication_conventions" in {each.code for each in found.findings}


def test_textbook_figures(shared_data: Path) -> None:
    found = _tickers(shared_data, EventMode.TEXTBOOK)
    for name, expected in TEXTBOOK.items():
        assert _by_day(found, name) == pytest.approx(expected, abs=6e-7), name
    first = found.by_day[0].tests
    assert first["kp_patell"].statistic == pytest.approx(1.816789, abs=6e-7)
    assert first["modified_rank"].statistic == pytest.approx(0.8778896, abs=6e-8)
    assert first["corrado_sign"].statistic == pytest.approx(0.8966339, abs=6e-8)
    assert found.correlation == pytest.approx(0.160240271, abs=6e-10)
    assert found.whole.mean == pytest.approx(0.110665948, abs=6e-10)
    for name, value in WINDOW.items():
        assert found.whole.tests[name].statistic == pytest.approx(value, abs=6e-9), name
    amzn = found.events[0]
    assert amzn.constant == pytest.approx(0.000134, abs=5e-7)
    assert amzn.slopes[0] == pytest.approx(0.864635, abs=5e-7)
    assert amzn.deviation == pytest.approx(0.010604, abs=5e-7)
    used = {event.security: event.n_used for event in found.events}
    assert used == {"ZM": 227, "UBER": 212, **dict.fromkeys(FULL_HISTORIES, 240)}


def test_full_histories(shared_data: Path) -> None:
    found = _tickers(shared_data, EventMode.TEXTBOOK, FULL_HISTORIES)
    assert found.correlation == pytest.approx(0.162987986, abs=6e-10)
    assert _by_day(found, "bmp") == pytest.approx(
        [0.793079, -0.641235, 0.572001, 2.729447, 7.593222], abs=6e-7
    )
    tests = found.whole.tests
    assert tests["bmp"].statistic == pytest.approx(1.949258814, abs=6e-10)
    assert tests["kp_bmp"].statistic == pytest.approx(1.387511680, abs=6e-10)
    assert tests["grank_t"].statistic == pytest.approx(1.392146177, abs=6e-10)


# ---- known truth


def test_a_jump_is_found() -> None:
    found = study(made_market(n_securities=60, jump=0.02))
    assert found.n == 60
    assert found.whole.low < 0.02 < found.whole.high
    zero = found.by_day[found.days.index(0)]
    assert zero.mean == pytest.approx(0.02, abs=0.005)
    for name in EVENT_TESTS:
        p_value = zero.tests[name].p_value
        assert p_value is not None, name
        assert p_value < 0.01, name
    before, _, after = found.parts
    assert (before.first, before.last, after.first, after.last) == (-1, -1, 1, 3)
    assert after.tests["kp_bmp"].p_value is not None
    assert after.tests["kp_bmp"].p_value > 0.01


@pytest.mark.parametrize("model", [EventModel.MARKET_ADJUSTED, EventModel.CONSTANT_MEAN])
def test_other_models_by_hand(model: EventModel) -> None:
    market = made_market(n_securities=3)
    found = study(market, replace(TERMS, model=model))
    for event in found.events:
        own = market.returns[:, market.securities.index(event.security)]
        zero = int(np.searchsorted(market.dates, np.datetime64(event.day)))
        days, before = slice(zero - 1, zero + 4), slice(zero - 130, zero - 10)
        if model is EventModel.MARKET_ADJUSTED:
            expected = own[days] - market.market[days]
            deviation = np.sqrt(np.mean((own[before] - market.market[before]) ** 2))
        else:
            expected = own[days] - own[before].mean()
            deviation = own[before].std(ddof=1)
        assert event.abnormal == pytest.approx(expected, rel=1e-12)
        assert event.deviation == pytest.approx(deviation, rel=1e-12)


def test_factors_by_least_squares() -> None:
    market = made_market(n_securities=4)
    rng = np.random.default_rng(3)
    columns = {"MKT": market.market, "SMB": rng.normal(0, 0.01, 400), "RF": np.full(400, 1e-4)}
    table = Table.of({"date": market.dates, **columns})
    factors = ReturnPanel.of(table, unit=ReturnUnit.DECIMAL, kind=ReturnsKind.SIMPLE)
    terms = replace(TERMS, model=EventModel.FACTORS)
    benchmark = Benchmark(factors=factors, risk_free="RF")
    found = event_study(market.panel(), benchmark, market.events(), terms)
    event = found.events[0]
    own = market.returns[:, market.securities.index(event.security)] - 1e-4
    zero = int(np.searchsorted(market.dates, np.datetime64(event.day)))
    x = np.column_stack([np.ones(400), columns["MKT"], columns["SMB"]])
    before, days = slice(zero - 130, zero - 10), slice(zero - 1, zero + 4)
    fit, (ssr,), *_ = np.linalg.lstsq(x[before], own[before], rcond=None)
    assert (event.constant, *event.slopes) == pytest.approx(fit, rel=1e-9)
    assert event.abnormal == pytest.approx(own[days] - x[days] @ fit, rel=1e-9)
    inverse = np.linalg.inv(x[before].T @ x[before])
    total = x[days].sum(axis=0)
    assert event.error**2 == pytest.approx(ssr / 117 * (5 + total @ inverse @ total), rel=1e-9)


def test_peers_are_matched_and_subtracted() -> None:
    market = made_market(n_securities=6)
    size = np.array([1.0, 1.1, 5.0, 5.1, 5.2, 1.2])
    industry = TextColumn.of(["a", "a", "a", "a", "b", "b"])
    names = TextColumn.of(market.securities)
    table = Table.of({"security": names, "industry": industry, "size": size})
    peers = matched_peers(table, 2)
    assert peers["600000"] == ("600001", "600002")
    assert peers["600004"] == ("600005",)
    terms = replace(TERMS, model=EventModel.PEERS)
    found = event_study(market.panel(), Benchmark(peers=peers), market.events(), terms)
    event = next(each for each in found.events if each.security == "600000")
    zero = int(np.searchsorted(market.dates, np.datetime64(event.day)))
    days = slice(zero - 1, zero + 4)
    expected = market.returns[days, 0] - market.returns[days, 1:3].mean(axis=1)
    assert event.abnormal == pytest.approx(expected, rel=1e-12)


def test_buy_and_hold_by_hand() -> None:
    market = made_market(n_securities=2)
    event = study(market).events[0]
    own = market.returns[:, market.securities.index(event.security)]
    zero = int(np.searchsorted(market.dates, np.datetime64(event.day)))
    days = slice(zero - 1, zero + 4)
    expected = event.constant + event.slopes[0] * market.market[days]
    held = np.prod(1 + own[days]) - np.prod(1 + expected)
    assert event.bhar == pytest.approx(held, rel=1e-12)


# ---- money


def test_money_is_signed_and_per_patent() -> None:
    market = made_market(n_securities=5, jump=-0.05)
    events = market.events(
        market_cap=np.array([1e3, 2e3, np.nan, 4e3, 5e3]), patents=np.full(5, 4.0)
    )
    found = event_study(market.panel(), market.benchmark(), events, TERMS)
    known = [event for event in found.events if event.money is not None]
    assert len(known) == 4
    for event in known:
        assert event.money is not None
        assert event.money.total == pytest.approx(event.car * event.money.cap, rel=1e-12)
        assert event.money.per_patent == pytest.approx(event.money.total / 4, rel=1e-12)
        assert event.money.per_patent_error == pytest.approx(
            event.error * event.money.cap / 4, rel=1e-12
        )
    assert found.money is not None
    assert found.money.n_negative > 0
    assert min(event.money.total for event in known if event.money is not None) < 0
    codes = {finding.code for finding in found.findings}
    assert {"events_without_capitalisation", "events_negative_money"} <= codes


def test_capitalisations_by_day_are_those_before_day_zero() -> None:
    market = made_market(n_securities=3)
    caps = np.arange(1, 401)[:, None] * np.array([1.0, 10.0, 100.0])
    table = Table.of({"date": market.dates, **dict(zip(market.securities, caps.T, strict=True))})
    found = study(market, caps=ReturnPanel.levels(table))
    for event in found.events:
        zero = int(np.searchsorted(market.dates, np.datetime64(event.day)))
        assert event.money is not None
        assert event.money.cap == caps[zero - 1, market.securities.index(event.security)]


# ---- clashes


def _twins(rule: OverlapRule, *, clean: bool = False) -> EventStudy:
    market = made_market(n_securities=4)
    twin = replace(
        market,
        security=("600000", "600000", "600000", "600001"),
        day=(200, 200, 202, 250),
    )
    return study(twin, replace(TERMS, overlap=rule, clean_estimation=clean))


def test_same_day_events_are_joined_and_near_ones_follow_the_rule() -> None:
    kept = _twins(OverlapRule.KEEP)
    assert [event.patents for event in kept.events] == [2.0, 1.0, 1.0]
    assert [("CONFOUNDED" in event.flags) for event in kept.events] == [True, True, False]
    first = _twins(OverlapRule.FIRST)
    assert [event.day for event in first.events] == [kept.events[0].day, kept.events[2].day]
    dropped = _twins(OverlapRule.DROP)
    assert [event.security for event in dropped.events] == ["600001"]
    assert len(dropped.excluded) == 2
    for found in (kept, first, dropped):
        codes = {finding.code for finding in found.findings}
        assert {"events_merged", "events_overlap"} <= codes


def test_estimation_can_leave_out_other_event_days() -> None:
    market = replace(made_market(), security=("600000", "600000"), day=(200, 260))
    plain = study(market).events[1]
    clean = study(market, replace(TERMS, clean_estimation=True)).events[1]
    assert (plain.n_used, clean.n_used) == (120, 115)


def test_other_news_is_listed() -> None:
    market = made_market(n_securities=3)
    dates = market.dates[np.array([market.day[0] + 2, market.day[1] + 30])]
    table = Table.of(
        {
            "security": TextColumn.of(market.security[:2]),
            "date": dates,
            "what": TextColumn.of(["annual report", "dividend"]),
        }
    )
    found = study(market, news=OtherNews.of(table))
    listed = {event.security: event.news for event in found.events}
    assert listed[market.security[0]] == (f"{dates[0]} annual report",)
    assert listed[market.security[1]] == ()
    assert "events_confounded" in {finding.code for finding in found.findings}


def test_clustered_dates_widen_the_band() -> None:
    rng = np.random.default_rng(11)
    market = made_market(n_securities=30, jump=0.0)
    common = market.returns + rng.normal(0, 0.02, 400)[:, None]
    together = replace(market, returns=common, day=(300,) * 30)
    found = study(together)
    assert found.n_dates == 1
    assert found.correlation > 0.5
    plain = found.whole.tests["bmp"].statistic
    adjusted = found.whole.tests["kp_bmp"].statistic
    assert plain is not None
    assert adjusted is not None
    assert abs(adjusted) < abs(plain) / 3
    assert found.whole.tests["wild_bootstrap"].statistic is None
    assert "event_dates_cluster" in {finding.code for finding in found.findings}


def test_events_that_cannot_be_studied_are_listed_with_the_reason() -> None:
    market = made_market(n_securities=6)
    returns = market.returns.copy()
    returns[:, 1] = 0.0
    returns[market.day[2] - 2 : market.day[2] + 5, 2] = np.nan
    returns[: market.day[3] - 11, 3] = np.nan
    odd = replace(market, returns=returns)
    dates = np.append(
        market.dates[np.array(market.day)], [market.dates[-1] + 40, market.dates[150]]
    )
    events = EventList.of(
        Table.of({"security": TextColumn.of([*market.security, "600000", "GONE"]), "date": dates})
    )
    found = event_study(odd.panel(), odd.benchmark(), events, TERMS)
    reasons = {each.line: each.reason.en for each in found.excluded}
    assert reasons[2].startswith("the benchmark leaves no residual")
    assert reasons[3] == "no return in the event window"
    assert reasons[4] == "1 usable days in the estimation window, 4 are needed"
    assert reasons[7].startswith("the trading calendar has no day 0")
    assert reasons[8] == "the returns have no such security"
    assert found.n == 3


def test_nothing_left_is_an_error_with_every_reason() -> None:
    market = made_market(n_securities=2)
    events = EventList.of(
        Table.of({"security": TextColumn.of(["A", "B"]), "date": market.dates[200:202]})
    )
    with pytest.raises(InputError) as caught:
        event_study(market.panel(), market.benchmark(), events, TERMS)
    assert len(caught.value.problems) == 3


def test_suspensions_and_limits_are_flagged() -> None:
    market = made_market(n_securities=2, jump=0.0)
    returns = market.returns.copy()
    returns[market.day[0] + 1, 0] = np.nan
    returns[market.day[1] + 2, 1] = 0.0997
    found = study(replace(market, returns=returns), replace(TERMS, price_limit=0.1))
    flags = {event.security: event.flags for event in found.events}
    assert flags[market.security[0]] == ("SUSPENDED",)
    assert flags[market.security[1]] == ("LIMIT_HIT",)
    event = next(each for each in found.events if each.security == market.security[0])
    assert event.bhar is None
    assert event.n_missing == 1


def test_prices_become_returns() -> None:
    days = np.datetime64("2020-01-01") + np.arange(5)
    prices = np.array([100.0, 110.0, np.nan, 121.0, 133.1])
    table = Table.of({"date": days[::-1], "a": prices[::-1]})
    dropped = ReturnPanel.from_prices(table, kind=ReturnsKind.SIMPLE, after_gap=AfterGap.DROP)
    carried = ReturnPanel.from_prices(table, kind=ReturnsKind.LOG, after_gap=AfterGap.CARRY)
    assert dropped.values[:, 0] == pytest.approx([0.1, np.nan, np.nan, 0.1], nan_ok=True)
    assert carried.values[:, 0] == pytest.approx(
        [np.log(1.1), np.nan, np.log(1.1), np.log(1.1)], nan_ok=True
    )
    assert dropped.n_after_gaps == carried.n_after_gaps == 1


def test_percent_is_a_hundredth_and_a_wrong_unit_is_noticed() -> None:
    market = made_market()
    percent = replace(market, returns=market.returns * 100, market=market.market * 100)
    columns = dict(zip(market.securities, percent.returns.T, strict=True))
    table = Table.of({"date": market.dates, **columns})
    right = ReturnPanel.of(table, unit=ReturnUnit.PERCENT, kind=ReturnsKind.SIMPLE)
    assert right.values == pytest.approx(market.panel().values, rel=1e-12)
    wrong = ReturnPanel.of(table, unit=ReturnUnit.DECIMAL, kind=ReturnsKind.LOG)
    found = event_study(wrong, market.benchmark(), market.events(), TERMS)
    assert "events_unit_doubtful" in {finding.code for finding in found.findings}


def test_simple_returns_below_minus_one_are_refused() -> None:
    days = np.datetime64("2020-01-01") + np.arange(3)
    table = Table.of({"date": days, "a": np.array([0.1, -1.5, 0.0])})
    with pytest.raises(InputError) as caught:
        ReturnPanel.of(table, unit=ReturnUnit.DECIMAL, kind=ReturnsKind.SIMPLE)
    assert caught.value.problems[0].line == 2


def test_calendar_of_the_index_rules() -> None:
    market = made_market(n_securities=4)
    holiday = 300
    index = np.delete(np.arange(400), holiday)
    table = Table.of({"date": market.dates[index], "market": market.market[index]})
    benchmark = Benchmark(
        factors=ReturnPanel.of(table, unit=ReturnUnit.DECIMAL, kind=ReturnsKind.SIMPLE)
    )
    moved = replace(market, day=(holiday, 250, 251, 252))
    found = event_study(moved.panel(), benchmark, moved.events(), TERMS)
    rolled = next(event for event in found.events if "ROLLED" in event.flags)
    assert rolled.day == str(market.dates[holiday + 1])
    codes = {finding.code for finding in found.findings}
    assert {"events_calendar", "events_rolled"} <= codes


# ---- reports and files


@pytest.mark.parametrize("language", list(Language))
def test_report_and_view_hold_every_test(language: Language) -> None:
    found = study(made_market(n_securities=4))
    view = event_study_view(found, language)
    assert set(view["tests"]) == set(EVENT_TESTS)
    assert view["n"] == 4
    assert view["caar"] == view["caar_by_day"][-1]
    assert sum(view["aar"]) == pytest.approx(view["caar"], rel=1e-12)
    assert len(view["car"]) == 4
    document = event_study_report(found, language, "CNY")
    assert document.title == ("Event study" if language == Language.ENGLISH else "事件研究")


def _run(folder: Path, *more: object) -> Any:
    words = ["evidence", "event-study", "--returns", "returns.csv", "--events", "events.csv"]
    windows = ["--estimation", "-130:-11", "--window", "-1:3"]
    done = invoke([*words, *windows, *more, "--json"], folder)
    assert done.code == 0, done.stderr
    return done.json()


def test_files_give_the_same_as_arrays(tmp_path: Path) -> None:
    market = made_market()
    market.write(tmp_path)
    found = study(market)
    by_file = _run(tmp_path, "--market", "market.csv")
    assert by_file["caar"] == found.whole.mean
    assert by_file["tests"]["bmp"]["statistic"] == found.whole.tests["bmp"].statistic
    assert by_file["money"]["n"] == found.n
    for model in ("market-adjusted", "constant-mean"):
        assert _run(tmp_path, "--market", "market.csv", "--model", model)["model"] == model


def test_market_may_be_a_column(tmp_path: Path) -> None:
    market = made_market()
    market.write(tmp_path)
    whole = replace(
        market,
        securities=(*market.securities, "CSI300"),
        returns=np.column_stack([market.returns, market.market]),
    )
    expected = _run(tmp_path, "--market", "market.csv")
    whole.write(tmp_path)
    found = _run(tmp_path, "--market", "CSI300")
    assert found["tests"] == expected["tests"]


def test_a_report_is_written_whole(tmp_path: Path) -> None:
    made_market().write(tmp_path)
    words = ["evidence", "event-study", "--returns", "returns.csv", "--events", "events.csv"]
    more = ["--market", "market.csv", "--estimation", "-130:-11", "--window", "0:0"]
    done = invoke([*words, *more, "--output", "s.html", "--lang", "zh"], tmp_path)
    assert done.code == 0, done.stderr
    page = (tmp_path / "s.html").read_text("utf-8")
    assert page.count("<svg") == 2
    assert "平均累积异常收益" in page


# ---- real prices


def _astock(folder: Path, tmp: Path) -> list[str]:
    """Write closing prices of all stocks and of the index side by side."""
    whole = None
    names = []
    for path in sorted((folder / "astock").glob("*.csv.gz")):
        name = path.name.split(".")[0]
        if name == "sh000001":
            continue
        names.append(name)
        one = pl.read_csv(path, columns=["date", "close"]).rename({"close": name})
        whole = one if whole is None else whole.join(one, on="date", how="full", coalesce=True)
    assert whole is not None
    whole.sort("date").write_csv(tmp / "prices.csv")
    return [name for name in names if name != "sh000300"]


@pytest.mark.parametrize("model", ["market", "constant-mean"])
def test_real_prices(shared_data: Path, tmp_path: Path, model: str) -> None:
    names = _astock(shared_data, tmp_path)
    assert len(names) == 47
    dates = ["2019-04-30", "2020-04-30", "2021-04-30", "2022-04-30", "2024-10-01"]
    rows = [f"{name},{date}" for name in names for date in dates]
    (tmp_path / "events.csv").write_text("\n".join(["security,date", *rows]) + "\n")
    words = ["evidence", "event-study", "--prices", "prices.csv", "--market", "sh000300"]
    windows = ["--estimation", "-200:-10", "--window", "-3:5", "--price-limit", "0.1"]
    more = ["--events", "events.csv", "--model", model, "--json"]
    done = invoke([*words, *windows, *more], tmp_path)
    assert done.code == 0, done.stderr
    answer = done.json()
    assert answer["n"] + len(answer["excluded"]) == len(rows)
    assert answer["n"] > 220
    assert answer["event_dates"] == 5
    codes = {finding["code"] for finding in answer["findings"]}
    assert {
        "event_dates_cluster",
        "events_limit_hit",
        "events_after_gaps",
        "events_rolled",
    } <= codes
    tests = answer["tests"]
    assert all(test["statistic"] is not None for test in tests.values())
    assert abs(tests["kp_bmp"]["statistic"]) < abs(tests["bmp"]["statistic"])
    zero = {each["day0"] for each in answer["car"] if each["date"] == "2024-10-01"}
    assert zero == {"2024-10-08"}
