"""Panels: Tobin's q in each definition, stocks, controls, and every row accounted for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from ipfinance.basics import InputError
from ipfinance.evidence import (
    EquityKind,
    PanelRequest,
    ReplacementKind,
    SourceColumn,
    StockRule,
    build_panel,
    perpetual_inventory,
    tobins_q,
)
from ipfinance.market import Table, TextColumn
from tests.cli.command import invoke

ROLES = {
    name: SourceColumn(column=name)
    for name in ("firm", "year", "market_cap", "debt", "assets", "sales", "rd")
}


def given(**changed: Any) -> Table:
    columns: dict[str, Any] = {
        "firm": TextColumn.of(["b", "a", "a", "a"]),
        "year": TextColumn.of(["2015", "2016", "2015-12-31", "2018"]),
        "market_cap": np.array([100.0, 240.0, 200.0, 300.0]),
        "debt": np.array([20.0, 60.0, 40.0, 100.0]),
        "assets": np.array([60.0, 100.0, 80.0, 160.0]),
        "sales": np.array([30.0, 110.0, 100.0, 120.0]),
        "rd": np.array([5.0, 2.0, 4.0, 3.0]),
        **changed,
    }
    return Table.of(columns)


def values(table: Table, name: str) -> list[float]:
    return list(table.numbers(name))


def test_q_controls_and_order() -> None:
    panel = build_panel(given(), PanelRequest(columns=ROLES, lags=("q", "rd")))
    table = panel.table
    assert table.texts("firm").texts() == ["a", "a", "a", "b"]
    assert values(table, "q") == pytest.approx([240 / 80, 300 / 100, 400 / 160, 120 / 60])
    assert values(table, "market_value") == [240, 300, 400, 120]
    assert values(table, "leverage") == pytest.approx([0.5, 0.6, 0.625, 1 / 3])
    assert values(table, "turnover") == pytest.approx([1.25, 1.1, 0.75, 0.5])
    growth = table.numbers("sales_growth")
    assert growth[1] == pytest.approx(0.1)
    assert np.isnan(growth[[0, 2, 3]]).all()  # first years, and a year after a gap
    assert values(table, "rd_lag")[1] == 4.0
    assert values(table, "q_lag")[1] == 3.0
    assert list(table.lines) == [3, 2, 4, 1]
    codes = [finding.code for finding in panel.findings]
    assert "panel_cells_empty" in codes


@pytest.mark.parametrize(
    ("equity", "replacement", "q"),
    [
        # by hand: 10 shares at 12, 6 of them tradable; book equity 40; debt 20; assets 60
        ("shares-price", "assets", (10 * 12 + 20) / 60),
        ("tradable-plus-book", "assets", (6 * 12 + 4 * 40 / 10 + 20) / 60),
        ("market-cap", "assets-less-intangibles", (100 + 20) / 50),
        ("given", "assets", 1.7),
    ],
)
def test_definitions_of_q(equity: str, replacement: str, q: float) -> None:
    row: dict[str, Any] = {
        "market_cap": 100.0,
        "debt": 20.0,
        "assets": 60.0,
        "shares": 10.0,
        "tradable_shares": 6.0,
        "price": 12.0,
        "book_equity": 40.0,
        "intangibles": 10.0,
        "q": 1.7,
    }
    table = Table.of(
        {
            "firm": TextColumn.of(["a"]),
            "year": TextColumn.of(["2015"]),
            **{name: np.array([value]) for name, value in row.items()},
        }
    )
    request = PanelRequest(
        columns={name: SourceColumn(column=name) for name in table.names},
        equity=EquityKind(equity),
        replacement=ReplacementKind(replacement),
    )
    panel = build_panel(table, request)
    assert values(panel.table, "q") == pytest.approx([q])
    assert values(panel.table, "ln_q") == pytest.approx([np.log(q)])
    codes = {finding.code for finding in panel.findings}
    assert ("price_must_be_raw" in codes) == ("shares" in equity or "tradable" in equity)


def test_adjusted_prices_are_found_out() -> None:
    # 600519 on 2010-01-04: forward-adjusted close 92.59, amount over volume 170.05
    table = Table.of(
        {
            "firm": TextColumn.of(["600519"]),
            "year": TextColumn.of(["2010"]),
            **{
                name: np.array([value])
                for name, value in {
                    "shares": 943.8,
                    "price": 92.59,
                    "debt": 1000.0,
                    "assets": 20000.0,
                    "traded_amount": 170.05,
                    "traded_volume": 1.0,
                }.items()
            },
        }
    )
    request = PanelRequest(
        columns={name: SourceColumn(column=name) for name in table.names},
        equity=EquityKind.SHARES_PRICE,
    )
    findings = build_panel(table, request).findings
    assert [finding.code for finding in findings] == ["price_looks_adjusted"]
    raw = table.with_columns({"price": np.array([170.0])})
    assert build_panel(raw, request).findings == ()


def test_units_and_rows_kept() -> None:
    table = given(state=TextColumn.of(["A-1", "A-2", "B-1", "A-1"]))
    request = PanelRequest(
        columns={**ROLES, "market_cap": SourceColumn(column="market_cap", multiply=1000.0)},
        keep={"state": "-1"},
    )
    panel = build_panel(table, request)
    assert panel.table.n_rows == 3
    assert values(panel.table, "market_cap")[0] == 200_000.0
    dropped = next(f for f in panel.findings if f.code == "panel_rows_dropped")
    assert dropped.facts["filtered"] == 1


def test_perpetual_inventory_by_hand() -> None:
    unit, year = np.array([0, 0, 0, 1]), np.array([2001, 2002, 2004, 2002])
    found = perpetual_inventory(
        np.array([3.0, 1.0, 1.0, 8.0]), unit, year, depreciation=0.15, growth=0.05
    )
    first = 3.0 / 0.2
    second = 0.85 * first + 1.0
    assert found == pytest.approx([first, second, 0.85**2 * second + 1.0, 40.0])


def test_stocks_say_what_they_did() -> None:
    rule = StockRule(name="stock", flow="rd", depreciation=0.15, growth=0.05)
    table = given(rd=np.array([5.0, np.nan, 4.0, 3.0]))
    panel = build_panel(table, PanelRequest(columns=ROLES, stocks=(rule,)))
    stock = panel.table.numbers("stock")
    assert np.isnan(stock).tolist() == [False, True, True, False]
    codes = [finding.code for finding in panel.findings]
    assert "stock_over_a_gap" in codes
    zero = build_panel(
        table, PanelRequest(columns=ROLES, stocks=(replace(rule, empty_is_zero=True),))
    )
    assert not np.isnan(zero.table.numbers("stock")).any()
    assert "empty_flow_taken_as_zero" in [finding.code for finding in zero.findings]


def test_winsorising_is_stated() -> None:
    rng = np.random.Generator(np.random.PCG64(1))
    rows = 1000
    table = Table.of(
        {
            "firm": TextColumn.of([f"f{i}" for i in range(rows)]),
            "year": TextColumn.of(["2015"] * rows),
            "market_cap": rng.lognormal(size=rows),
            "debt": rng.lognormal(size=rows),
            "assets": rng.lognormal(size=rows),
        }
    )
    request = PanelRequest(
        columns={name: SourceColumn(column=name) for name in table.names}, winsorise=("q",)
    )
    panel = build_panel(table, request)
    plain = build_panel(table, replace(request, winsorise=()))
    q, raw = panel.table.numbers("q"), plain.table.numbers("q")
    assert [q.min(), q.max()] == pytest.approx(np.percentile(raw, [1, 99]).tolist())
    done = panel.winsorised[0]
    assert (done.below, done.above) == (10, 10)
    assert panel.findings[-1].code == "values_winsorised"
    assert values(plain.table, "q") == list(raw)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"market_cap": np.array([100.0, -240.0, 200.0, 300.0])}, "found '-1.8'"),
        ({"assets": np.array([60.0, 0.0, 80.0, 160.0])}, "assets: found '0'"),
        ({"year": TextColumn.of(["2015", "16", "2015", "2018"])}, "expected a year"),
        ({"year": TextColumn.of(["2015", "2015", "2015", "2018"])}, "each firm once a year"),
        ({"debt": np.full(4, np.nan)}, "no row is left"),
    ],
)
def test_what_has_no_meaning_is_refused(changed: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as caught:
        build_panel(given(**changed), PanelRequest(columns=ROLES))
    assert says in str(caught.value)


def test_unmapped_roles_and_rates_are_told_together() -> None:
    rule = StockRule(name="s", flow="absent", depreciation=2.0, growth=0.0)
    with pytest.raises(InputError) as caught:
        build_panel(given(), PanelRequest(columns={}, stocks=(rule,)))
    fields = [problem.field for problem in caught.value.problems]
    assert fields == ["firm", "year", "market_cap", "debt", "assets", "s", "s"]


def test_q_of_columns() -> None:
    assert list(tobins_q(np.array([1.0, 2.0]), 1.0, 2.0)) == [1.0, 1.5]


VENDOR = (
    "Stkcd,Accper,Dsmvtll,A001000000,A002000000,B001100000\n"
    "证券代码,会计期间,总市值,资产总计,负债合计,营业收入\n"
    "-,-,千元,元,元,元\n"
    "000651,2015-12-31,1000,900000,400000,300000\n"
    "000651,2016-06-30,1050,900000,400000,300000\n"
    "000651,2016-12-31,1100,950000,420000,330000\n"
)


@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx"])
def test_vendor_export_to_panel_and_back(tmp_path: Path, kind: str) -> None:
    (tmp_path / "firms.csv").write_text(VENDOR, "gb18030")
    assert invoke(["new", "panel"], tmp_path).code == 0
    mapping = tmp_path / "panel.yaml"
    text = mapping.read_text("utf-8")
    mapping.write_text(text.replace("notes_below_header: 0", "notes_below_header: 2"), "utf-8")
    done = invoke(
        [
            "evidence",
            "tobin-q",
            "firms.csv",
            "--mapping",
            "panel.yaml",
            "--output",
            f"p.{kind}",
            "--json",
        ],
        tmp_path,
    )
    assert done.code == 0, done.stderr
    answer = done.json()
    assert answer["n"] == 2
    # (1,000 thousand + 400,000) / 900,000 and (1,100 thousand + 420,000) / 950,000
    q = [row["q"] for row in answer["values"]]
    assert q == pytest.approx([1_400_000 / 900_000, 1_520_000 / 950_000])
    assert answer["values"][0]["firm"] == "000651"
    assert answer["q"]["equity"] == "market-cap"
    again = invoke(["evidence", "regress", f"p.{kind}", "--formula", "q ~ 1", "--json"], tmp_path)
    assert again.json()["coefficients"]["Intercept"] == pytest.approx(np.mean(q))


def test_options_of_the_command(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("f,y,m,d,a,rd\n1,2015,3,1,2,4\n1,2016,5,1,2,1\n")
    columns = [
        item
        for text in ("firm=f", "year=y", "market_cap=m*2", "debt=d", "assets=a", "rd=rd")
        for item in ("--column", text)
    ]
    command = ["evidence", "tobin-q", "f.csv", *columns, "--stock", "s=rd:0.2:0.3", "--lag", "rd"]
    done = invoke([*command, "--output", "p.csv"], tmp_path)
    assert done.code == 0, done.stderr
    lines = (tmp_path / "p.csv").read_text().splitlines()
    first = dict(zip(lines[0].split(","), lines[1].split(","), strict=True))
    assert float(first["q"]) == 3.5
    assert float(first["s"]) == 8.0
    assert "q" in done.stdout
    chinese = invoke([*command, "--lang", "zh"], tmp_path)
    assert "托宾 Q 面板" in chinese.stdout


def test_texts_never_become_formulas(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("f,y,m,d,a\n=1+1,2015,3,1,2\n@x,2016,5,1,2\n")
    columns = [
        item
        for text in ("firm=f", "year=y", "market_cap=m", "debt=d", "assets=a")
        for item in ("--column", text)
    ]
    for name in ("p.csv", "p.xlsx"):
        done = invoke(["evidence", "tobin-q", "f.csv", *columns, "--output", name], tmp_path)
        assert done.code == 0, done.stderr
    assert "'=1+1,2015" in (tmp_path / "p.csv").read_text()
    sheet = openpyxl.load_workbook(tmp_path / "p.xlsx").active
    assert sheet is not None
    assert sheet["A2"].value == "=1+1"
    assert sheet["A2"].data_type == "s"
