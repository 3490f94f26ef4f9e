"""Event studies and grant values from files: every table a user may give."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.command import invoke
from tests.evidence.event_market import MadeMarket, made_market

WORDS = ["evidence", "event-study", "--returns", "returns.csv", "--events", "events.csv"]
WINDOWS = ["--estimation", "-130:-11", "--window", "-1:3"]


@pytest.fixture
def market(tmp_path: Path) -> MadeMarket:
    """Return a made market whose files lie in the folder."""
    made = made_market(n_securities=6)
    made.write(tmp_path)
    return made


def run(folder: Path, *more: object) -> Any:
    done = invoke([*WORDS, *WINDOWS, *more, "--json"], folder)
    assert done.code == 0, done.stderr
    return done.json()


def wide(folder: Path, name: str, market: MadeMarket, columns: dict[str, Any]) -> None:
    rows = zip(
        market.dates.tolist(), *(np.asarray(column) for column in columns.values()), strict=True
    )
    lines = [",".join(str(cell) for cell in row) for row in rows]
    (folder / name).write_text("\n".join([",".join(["date", *columns]), *lines]) + "\n")


def test_factors_with_a_risk_free_rate(tmp_path: Path, market: MadeMarket) -> None:
    smb = np.random.default_rng(0).normal(0, 0.01, 400)
    wide(tmp_path, "f.csv", market, {"MKT": market.market, "SMB": smb, "RF": [1e-4] * 400})
    more = ["--model", "factors", "--factors", "f.csv", "--risk-free", "RF"]
    found = run(tmp_path, *more)
    assert found["factors"] == ["MKT", "SMB"]
    assert len(found["car"][0]["beta"]) == 2
    wrong = invoke([*WORDS, *WINDOWS, *more[:-1], "RX"], tmp_path)
    assert wrong.code == 2
    assert "--risk-free: found 'RX'; expected one of: MKT, SMB, RF" in wrong.stderr


def test_peers_by_name_and_by_characteristics(tmp_path: Path, market: MadeMarket) -> None:
    names = market.securities
    pairs = [f"{one},{other}" for one in names for other in names if other != one]
    (tmp_path / "p.csv").write_text("\n".join(["security,peer", *pairs, *pairs[:2]]) + "\n")
    rows = [f"{name},x,{place}" for place, name in enumerate(names)]
    (tmp_path / "c.csv").write_text("\n".join(["security,industry,size", *rows]) + "\n")
    named = run(tmp_path, "--model", "peers", "--peers", "p.csv")
    matched = run(tmp_path, "--model", "peers", "--characteristics", "c.csv", "--k", 5)
    assert named["caar"] == pytest.approx(matched["caar"], rel=1e-12)
    nearest = run(tmp_path, "--model", "peers", "--characteristics", "c.csv", "--k", 1)
    assert nearest["caar"] != matched["caar"]
    (tmp_path / "c.csv").write_text("security,industry\na,x\na,y\n")
    wrong = invoke(
        [*WORDS, *WINDOWS, "--model", "peers", "--characteristics", "c.csv", "--k", 0], tmp_path
    )
    assert wrong.code == 2
    assert "line 3, security: found 'a'; expected each security once" in wrong.stderr
    (tmp_path / "c.csv").write_text("security\na\nb\n")
    bare = invoke([*WORDS, *WINDOWS, "--model", "peers", "--characteristics", "c.csv"], tmp_path)
    assert "expected columns to match on" in bare.stderr


def test_capitalisations_and_other_news(tmp_path: Path, market: MadeMarket) -> None:
    caps = {name: np.linspace(1, 2, 400) * 1e6 for name in market.securities}
    wide(tmp_path, "caps.csv", market, caps)
    (tmp_path / "events.csv").write_text(
        "\n".join(
            ["security,date"]
            + [f"{n},{market.dates[d]}" for n, d in zip(market.security, market.day, strict=True)]
        )
        + "\n"
    )
    day = market.dates[market.day[0] + 1]
    (tmp_path / "news.csv").write_text(f"security,date,what\n{market.security[0]},{day},offer\n")
    found = run(
        tmp_path, "--market", "market.csv", "--caps", "caps.csv", "--other-news", "news.csv",
        "--currency", "CNY",
    )  # fmt: skip
    assert found["currency"] == "CNY"
    assert found["money"]["n"] == 6
    news = {event["security"]: event["news"] for event in found["car"]}
    assert news[market.security[0]] == [f"{day} offer"]
    (tmp_path / "news.csv").write_text(f"security,date,what\n,{day},offer\n")
    wrong = invoke(
        [*WORDS, *WINDOWS, "--market", "market.csv", "--other-news", "news.csv"], tmp_path
    )
    assert wrong.code == 2
    assert "news.csv, line 2, security" in wrong.stderr


def test_one_column_of_a_market_file(tmp_path: Path, market: MadeMarket) -> None:
    expected = run(tmp_path, "--market", "market.csv")
    wide(tmp_path, "two.csv", market, {"CSI300": market.market, "OTHER": -market.market})
    found = run(tmp_path, "--market", "two.csv", "--market-column", "CSI300")
    assert found["caar"] == pytest.approx(expected["caar"], rel=1e-12)
    wrong = invoke([*WORDS, *WINDOWS, "--market", "two.csv", "--market-column", "X"], tmp_path)
    assert "--market-column: found 'X'; expected one of: CSI300, OTHER" in wrong.stderr


@pytest.mark.parametrize("suffix", ["md", "tex", "xlsx", "pdf"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_reports_in_every_format(
    tmp_path: Path, market: MadeMarket, suffix: str, language: str
) -> None:
    assert market.securities
    target = f"study.{suffix}"
    words = [*WORDS, *WINDOWS, "--market", "market.csv", "--output", target, "--lang", language]
    done = invoke(words, tmp_path)
    assert done.code == 0, done.stderr
    assert (tmp_path / target).stat().st_size > 2000


def test_one_patent_in_the_terminal_and_as_data(tmp_path: Path) -> None:
    words = ["evidence", "kpss", "--return", 0.01, "--volatility", 0.02, "--cap", 10000]
    shown = invoke([*words, "--patents", 3], tmp_path)
    assert shown.code == 0, shown.stderr
    assert "25.06769" in shown.stdout
    printed = invoke([*words, "--patents", 3, "--pi", 0.56, "--json"], tmp_path).json()
    assert printed["value"] == pytest.approx(25.6374078741, rel=1e-11)
    assert printed["event_value"] == pytest.approx(100 / 3)
    chinese = invoke([*words, "--patents", 3, "--signal", "exponential", "--lang", "zh"], tmp_path)
    assert "单件专利价值" in chinese.stdout


def test_grants_by_group_with_everything(tmp_path: Path) -> None:
    for kind in ("daily-returns", "grants"):
        assert invoke(["new", kind], tmp_path).code == 0
    words = ["evidence", "kpss", "--returns", "daily-returns.csv", "--grants", "grants.csv"]
    more = ["--market", "market_return", "--by-group", "--values", "v.csv", "--output", "k.xlsx"]
    done = invoke([*words, *more, "--lang", "zh"], tmp_path)
    assert done.code == 0, done.stderr
    head = (tmp_path / "v.csv").read_text().splitlines()[0]
    assert head.startswith("firm,date,patent,group,patents_that_day")
    again = invoke([*words, *more, "--effects", "date", "--errors", "year", "--json"], tmp_path)
    assert again.code == 0, again.stderr
    answer = again.json()
    assert [each["group"] for each in answer["gammas"]] == ["invention", "utility model"]
    assert answer["gamma"] is None
