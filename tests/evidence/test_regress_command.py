"""`ipfinance evidence regress` as users and other programs call it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import polars as pl
import pytest

import ipfinance as ip
from ipfinance.basics import InputError
from ipfinance.evidence import Estimator, Family
from ipfinance.market import Table, TextColumn
from tests.cli.command import invoke
from tests.evidence.panels import made, regress


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the made panel as CSV, Parquet and XLSX, and some broken tables."""
    place = tmp_path_factory.mktemp("regress")
    table = made()
    frame = pl.DataFrame(
        {
            name: column.texts() if isinstance(column, TextColumn) else column
            for name, column in table.columns.items()
        }
    )
    frame.write_csv(place / "panel.csv")
    frame.write_parquet(place / "panel.parquet")
    book = openpyxl.Workbook()
    sheet = book.create_sheet("data")
    sheet.append(frame.columns)
    for row in frame.rows():
        sheet.append(row)
    book.save(place / "panel.xlsx")
    (place / "gaps.csv").write_text("y,x,g\n1,2,a\n2,,a\n,3,b\n4,5,b\n5,5.5,c\n")
    (place / "cells.csv").write_text("y,x\n1,2\n2,n/k\n3,inf\n4,5\n")
    (place / "twice.csv").write_text("y,y\n1,2\n")
    (place / "gbk.csv").write_bytes("收入,x\n1,2\n2,3\n3,5\n".encode("gb18030"))
    return place


COMMAND = ["--formula", "y ~ x1 + x2 | firm + year", "--cluster", "firm", "--json"]


def test_answer_has_what_others_build_on(folder: Path) -> None:
    answer = invoke(["evidence", "regress", "panel.csv", *COMMAND], folder).json()
    assert set(answer) >= {"coefficients", "standard_errors", "n", "engine", "conventions"}
    assert answer["engine"] == "ipfinance"
    assert set(answer["coefficients"]) == {"x1", "x2"}
    assert answer["conventions"]["name"] == "textbook"
    assert answer["clusters"] == {"firm": 60}
    assert len(answer["source"]["sha256"]) == 64
    ours = regress(made(), "y ~ x1 + x2 | firm + year", clusters=("firm",))
    assert answer["coefficients"]["x1"] == pytest.approx(ours.coefficient("x1"), rel=1e-12)
    assert answer["standard_errors"]["x2"] == pytest.approx(ours.error("x2"), rel=1e-12)


@pytest.mark.parametrize("name", ["panel.parquet", "panel.xlsx"])
def test_every_format_gives_the_same(folder: Path, name: str) -> None:
    first = invoke(["evidence", "regress", "panel.csv", *COMMAND], folder).json()
    more = ["--sheet", "data"] if name.endswith("xlsx") else []
    other = invoke(["evidence", "regress", name, *COMMAND, *more], folder).json()
    for key in ("coefficients", "standard_errors"):  # a workbook keeps 15 digits
        assert other[key] == pytest.approx(first[key], rel=1e-11)


def test_conventions_change_the_errors_alone(folder: Path) -> None:
    two = ["--formula", "y ~ x1 + x2", "--cluster", "firm,year", "--json"]
    answers = [
        invoke(["evidence", "regress", "panel.csv", *two, "--conventions", name], folder).json()
        for name in ("textbook", "stata", "fixest")
    ]
    assert answers[0]["coefficients"] == answers[1]["coefficients"]
    assert answers[0]["standard_errors"] != answers[1]["standard_errors"]
    assert [a["conventions"]["group_factor"] for a in answers] == ["conventional", "min", "min"]


@pytest.mark.parametrize(
    "options",
    [
        ["--estimator", "random", "--unit", "firm"],
        ["--estimator", "between", "--unit", "firm"],
        ["--estimator", "fama-macbeth", "--time", "year"],
        ["--errors", "driscoll-kraay", "--time", "year", "--lags", "1"],
        ["--errors", "jackknife", "--cluster", "firm"],
        ["--errors", "hc1", "--weights", "weight"],
        ["--family", "poisson", "--cluster", "firm"],
        ["--cluster", "region", "--wild", "x1", "--draws", "99"],
        ["--winsorise", "x1,x2", "--limits", "5:95"],
    ],
    ids=lambda options: "-".join(options[1::2]),
)
def test_each_way_is_printed_in_both_languages(folder: Path, options: list[str]) -> None:
    outcome = "count" if "poisson" in options else "y"
    command = ["evidence", "regress", "panel.csv", "--formula", f"{outcome} ~ x1 + x2", *options]
    for language in ("en", "zh"):
        done = invoke([*command, "--lang", language], folder)
        assert done.code == 0, done.stderr
        assert "x1" in done.stdout
    answer = invoke([*command, "--json"], folder).json()
    assert answer["n"] > 0
    if "--wild" in options:
        assert answer["wild_bootstrap"]["x1"]["draws"] == 99
    if "--winsorise" in options:
        assert [each["name"] for each in answer["winsorised"]] == ["x1", "x2"]


def test_models_side_by_side_and_files(folder: Path) -> None:
    formulas = ["--formula", "y ~ x1", "--formula", "y ~ x1 + C(kind) | year"]
    outputs = [o for kind in ("md", "tex", "xlsx", "html") for o in ("--output", f"t.{kind}")]
    command = ["evidence", "regress", "panel.csv", *formulas, "--cluster", "firm"]
    done = invoke([*command, *outputs], folder)
    assert done.code == 0, done.stderr
    assert "(1) y" in done.stdout
    assert r"\toprule" in (folder / "t.tex").read_text("utf-8")
    assert "| x1 |" in (folder / "t.md").read_text("utf-8")
    sheet: Any = openpyxl.load_workbook(folder / "t.xlsx").worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    numbers = [cell.value for cell in cells if cell.data_type == "n"]
    answer = invoke([*command, "--json"], folder).json()
    assert len(answer["models"]) == 2
    assert answer["models"][0]["coefficients"]["x1"] in numbers
    assert not any(cell.data_type == "f" for cell in cells)


def test_rows_left_out_are_counted_or_refused(folder: Path) -> None:
    command = ["evidence", "regress", "gaps.csv", "--formula", "y ~ x"]
    answer = invoke([*command, "--json"], folder).json()
    assert answer["n"] == 3
    assert answer["exclusions"]["missing"] == {"y": 1, "x": 1}
    assert "rows_left_out" in {finding["code"] for finding in answer["findings"]}
    refused = invoke([*command, "--missing", "refuse"], folder)
    assert refused.code == 2
    assert "gaps.csv, line 3, x" in refused.stderr
    assert "gaps.csv, line 4, y" in refused.stderr


def test_chinese_columns_in_a_chinese_encoding(folder: Path) -> None:
    answer = invoke(["evidence", "regress", "gbk.csv", "--formula", "收入 ~ x", "--json"], folder)
    assert set(answer.json()["coefficients"]) == {"Intercept", "x"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["absent.csv", "--formula", "y ~ x"], "there is no such file"),
        (["panel.csv", "--formula", "y ~ nothing"], "nothing: this column is missing"),
        (["cells.csv", "--formula", "log(y) ~ I(x*1)"], "cells.csv, line 3, x: found 'n/k'"),
        (["twice.csv", "--formula", "y ~ 1"], "this column stands twice"),
        (["panel.csv", "--formula", "y ~ x1 +"], "at character 9"),
        (["panel.csv", "--formula", "y ~ x1", "--errors", "cluster"], "need a column of clusters"),
        (["panel.csv", "--formula", "y ~ x1", "--estimator", "random"], "--unit"),
        (["panel.csv", "--formula", "y ~ x1", "--estimator", "fama-macbeth"], "--time"),
        (["panel.csv", "--formula", "y ~ x1", "--errors", "driscoll-kraay"], "--time"),
        (["panel.csv", "--formula", "y ~ x1", "--wild", "x1"], "one way to cluster"),
        (["panel.csv", "--formula", "y ~ x1", "--lags", "-1"], "--lags"),
        (["panel.csv", "--formula", "y ~ x1", "--level", "1"], "--level"),
        (["panel.csv", "--formula", "y ~ x1", "--winsorise", "x1", "--limits", "9"], "--limits"),
        (["panel.csv", "--formula", "y ~ x1", "--limits", "99:1", "--winsorise", "x1"], "LOW:HIGH"),
        (["panel.csv", "--formula", "y ~ x1", "--output", "t.doc"], "expected a name ending in"),
        (["panel.csv", "--formula", "y ~ x1", "--family", "poisson"], "at least 0"),
        (["panel.csv", "--formula", "y ~ x1", "--weights", "x2"], "weight above 0"),
        (["gaps.csv", "--formula", "y ~ x", "--cluster", "g^g^nothing"], "column is missing"),
        (["gaps.csv", "--formula", "y ~ x + I(x^2) + I(x^3)"], "expected more rows"),
        (["gaps.csv", "--formula", "y ~ x | g"], "no row is left"),
        (["panel.xlsx", "--formula", "y ~ x1", "--sheet", "none"], "expected a sheet"),
    ],
    ids=lambda value: None if isinstance(value, list) else value[:24],
)
def test_bad_input_is_told_and_nothing_is_written(
    folder: Path, arguments: list[str], says: str
) -> None:
    before = sorted(path.name for path in folder.iterdir())
    done = invoke(["evidence", "regress", *arguments], folder)
    assert done.code == 2, done.stdout
    assert says in done.stderr, done.stderr
    assert done.stdout == ""
    chinese = invoke(["evidence", "regress", *arguments, "--lang", "zh", "--json"], folder)
    assert chinese.json()["error"] == "invalid_input"
    assert sorted(path.name for path in folder.iterdir()) == before


def test_separated_rows_of_a_poisson_regression_are_left_out() -> None:
    rng = np.random.Generator(np.random.PCG64(6))
    x = rng.normal(size=300)
    rare = np.zeros(300)
    rare[:20] = 1.0
    y = rng.poisson(np.exp(0.3 * x)).astype(np.float64)
    y[:20] = 0.0  # the dummy explains zeros perfectly: its estimate is minus infinity
    firm = np.repeat(np.arange(30), 10).astype(np.float64)
    table = Table.of({"y": y, "x": x, "rare": rare, "firm": firm})
    found = regress(table, "y ~ x + rare", family=Family.POISSON)
    assert found.exclusions.separated == 20
    assert "rare" in found.dropped
    within = regress(table, "y ~ x | firm", family=Family.POISSON)
    assert within.exclusions.separated >= 20
    rest = table.taken(np.arange(20, 300))
    again = regress(rest, "y ~ x", family=Family.POISSON)
    assert found.coefficient("x") == pytest.approx(again.coefficient("x"), rel=1e-9)


def test_estimators_refuse_what_they_cannot_take() -> None:
    with pytest.raises(InputError, match="takes no absorbed effects"):
        regress(made(), "y ~ x1 | firm", estimator=Estimator.BETWEEN, unit="firm")
    with pytest.raises(InputError, match="one estimator"):
        regress(
            made(), "count ~ x1", family=Family.POISSON, estimator=Estimator.RANDOM, unit="firm"
        )


def test_findings_of_a_regression() -> None:
    table = made().with_columns({"copy": made().numbers("x1") * 2.0})
    found = regress(table, "y ~ x1 + copy", clusters=("region",))
    codes = {finding.code for finding in found.findings}
    assert {"collinear_regressor", "few_clusters"} <= codes
    assert found.dropped == ("copy",)
    plain = regress(table, "y ~ x1")
    assert "independent_errors_assumed" in {finding.code for finding in plain.findings}


def test_from_python(folder: Path) -> None:
    found = ip.regress(folder / "panel.csv", "y ~ x1 + x2 | firm + year", cluster=["firm"])
    answer = invoke(["evidence", "regress", "panel.csv", *COMMAND], folder).json()
    assert found.data() == answer
    assert "x1" in str(found)
    with pytest.raises(InputError, match="formula: found"):
        ip.regress(folder / "panel.csv", "y ~ eval(x1)")
    small = made().numbers("x1")
    assert found.result.regression.n <= len(small)


def test_patents_from_python(tmp_path: Path) -> None:
    assert invoke(["evidence", "simulate", "m", "--firms", 30], tmp_path).code == 0
    panel = ["m/firms.csv", "--mapping", "m/panel.yaml", "--output", "p.csv"]
    assert invoke(["evidence", "tobin-q", *panel], tmp_path).code == 0
    found = ip.patent_values(tmp_path / "p.csv", ["invention"], effects="firm + year", draws=9)
    assert found.result.value("invention").resampled is not None
    assert found.data("zh")["models"][0]["form"] == "count"
