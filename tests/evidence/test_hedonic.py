"""Hedonic models: fitted, saved, read again, used within and beyond their data."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ipfinance.basics import InputError, Language
from ipfinance.evidence import (
    HedonicModel,
    HedonicRequest,
    MarketDesign,
    fit_hedonic,
    make_market,
    parse_formula,
    predict_hedonic,
)
from ipfinance.market import Table, TextColumn
from ipfinance.valuation import HEDONIC, HedonicInputs, run
from tests.cli.command import invoke
from tests.support import UNIT

FORMULA = "log(value) ~ type + pct + core + log(family) + remaining_life | industry"


@cache
def patents(count: int = 4000, noise: float = 0.6) -> tuple[Table, dict[str, float]]:
    made = make_market(MarketDesign(firms=5, patents=count, patent_noise=noise, seed=8))
    truth: Any = made.truth["hedonic"]
    return made.patents, truth


@cache
def model(formula: str = FORMULA, **options: Any) -> HedonicModel:
    return fit_hedonic(
        patents()[0], HedonicRequest(formula=parse_formula(formula), date="grant_date", **options)
    ).model


def targets(rows: int = 5) -> Table:
    return patents()[0].taken(np.arange(rows))


def test_truth_comes_back_within_its_errors() -> None:
    table, truth = patents()
    found = fit_hedonic(table, HedonicRequest(formula=parse_formula(FORMULA))).regression
    names = {
        "type[invention]": "type[invention]",
        "type[utility]": "type[utility]",
        "pct": "pct",
        "core": "core",
        "log(family)": "ln_family",
        "remaining_life": "remaining_life",
    }
    for ours, true in names.items():
        assert abs(found.coefficient(ours) - truth[true]) < 4 * found.error(ours)


def test_smearing_makes_the_mean_right_and_leaves_the_bounds_alone() -> None:
    table, _ = patents()
    found = predict_hedonic(model(), table)
    assert found.mean == pytest.approx(found.median * model().smearing)
    assert found.mean.sum() == pytest.approx(table.numbers("value").sum(), rel=0.05)
    assert np.sqrt(found.low * found.high) == pytest.approx(found.median)
    inside = (table.numbers("value") > found.low) & (table.numbers("value") < found.high)
    assert inside.mean() == pytest.approx(0.95, abs=0.012)  # 4,000 patents: three errors


def test_interval_by_hand() -> None:
    rng = np.random.Generator(np.random.PCG64(3))
    x = rng.normal(size=30)
    y = np.exp(1.0 + 0.5 * x + 0.2 * rng.normal(size=30))
    table = Table.of({"x": x, "y": y})
    fitted = fit_hedonic(table, HedonicRequest(formula=parse_formula("log(y) ~ x"))).model
    new = Table.of({"x": np.array([0.3])})
    found = predict_hedonic(fitted, new, level=0.9)
    matrix = np.stack([np.ones(30), x], axis=1)
    beta, squares, *_ = np.linalg.lstsq(matrix, np.log(y), rcond=None)
    variance = squares[0] / 28
    z = np.array([1.0, 0.3])
    spread = np.sqrt(variance * (1 + z @ np.linalg.inv(matrix.T @ matrix) @ z))
    reach = 1.7011309342659326 * spread  # t quantile .95 with 28 degrees of freedom
    assert found.low[0] == pytest.approx(np.exp(z @ beta - reach), rel=1e-9)
    assert found.high[0] == pytest.approx(np.exp(z @ beta + reach), rel=1e-9)
    assert found.leverage[0] == pytest.approx(z @ np.linalg.inv(matrix.T @ matrix) @ z)


def test_extrapolation_is_flagged_by_leverage_and_by_range() -> None:
    table = targets()
    far = table.with_columns({"family": np.array([1.0, 2.0, 500.0, 1.0, 1.0])})
    found = predict_hedonic(model(), far)
    assert found.extrapolated.tolist() == [False, False, True, False, False]
    flag = next(f for f in found.findings if f.code == "hedonic_extrapolation")
    assert "family" in str(flag.facts["why"])
    assert flag.facts["places"] == "3"
    assert "first rows: 3." in flag.message(Language.ENGLISH)
    assert not predict_hedonic(model(), patents()[0]).extrapolated.any()
    both = Table.of({"x": np.array([0.0, 0.1, 1.0, 1.1]), "z": np.array([0.0, 0.1, 1.0, 1.2])})
    grown = both.with_columns({"v": np.array([1.0, 1.2, 2.0, 2.9])})
    small = fit_hedonic(grown, HedonicRequest(formula=parse_formula("log(v) ~ x + z"))).model
    corner = Table.of({"x": np.array([1.0]), "z": np.array([0.05])})  # each in range, not together
    beyond = predict_hedonic(small, corner)
    assert beyond.extrapolated.tolist() == [True]
    assert beyond.findings[-1].facts["why"] == "leverage"


def test_unseen_category_is_refused_or_valued_as_the_base() -> None:
    strange = targets().with_columns({"type": TextColumn.of(["plant", *["design"] * 4])})
    with pytest.raises(InputError, match="expected a level seen before: design, invention"):
        predict_hedonic(model(), strange)
    found = predict_hedonic(model(), strange, unseen_as_base=True)
    codes = [finding.code for finding in found.findings]
    assert "hedonic_unseen_category" in codes
    base = targets().with_columns({"type": TextColumn.of(["design"] * 5)})
    assert found.median[0] == predict_hedonic(model(), base).median[0]


def test_values_that_change_over_time() -> None:
    table, _ = patents()
    early = table.dates("grant_date") < np.datetime64("2012-01-01")
    rising = table.numbers("value") * np.where(early, 1.0, 1.5)
    moved = table.with_columns({"value": rising})
    request = HedonicRequest(
        formula=parse_formula("log(value) ~ type + period + log(family) + remaining_life"),
        date="grant_date",
        breaks=(np.datetime64("2012-01-01"),),
        drift=3,
    )
    found = fit_hedonic(moved, request)
    effect = found.regression.coefficient("period[from 2012-01-01]")
    assert effect == pytest.approx(
        np.log(1.5), abs=4 * found.regression.error("period[from 2012-01-01]")
    )
    one = table.taken(np.array([0, 0])).with_columns(
        {"grant_date": np.array(["2010-05-05", "2014-05-05"], dtype="datetime64[D]")}
    )
    values = predict_hedonic(found.model, one, valued_on="2030-01-01")
    assert values.median[1] / values.median[0] == pytest.approx(np.exp(effect))
    assert "hedonic_outside_fit_period" in {finding.code for finding in values.findings}
    assert len(found.windows) == 3
    assert sum(window.n for window in found.windows) == table.n_rows


def test_portfolio_is_the_sum_with_an_interval_of_its_own() -> None:
    found = predict_hedonic(model(), targets(50), transfer_factor=0.8)
    assert found.total == pytest.approx(float(found.mean.sum()))
    low, high = found.total_interval
    assert low < found.total < high
    assert high - low < float((found.high - found.low).sum())  # patents differ independently
    again = predict_hedonic(model(), targets(50), transfer_factor=0.8)
    assert again.total_interval == found.total_interval
    whole = predict_hedonic(model(), targets(50))
    assert found.mean == pytest.approx(0.8 * whole.mean)


def test_smearing_by_group() -> None:
    grouped = model(smear_by="type")
    found = predict_hedonic(grouped, targets())
    kinds = targets().texts("type").texts()
    assert found.smearing.tolist() == [grouped.smearing_by[str(kind)] for kind in kinds]


@pytest.mark.parametrize(
    ("formula", "options", "says"),
    [
        ("value ~ type", {}, "expected the logarithm of a value"),
        ("log(value) ~ type | industry^type", {}, "takes one column an effect"),
        ("log(value) ~ pct + I(pct*2)", {}, "other terms explain this column"),
        ("log(value) ~ type", {"drift": 1}, "at least 2 windows"),
        ("log(value) ~ type", {"breaks": (np.datetime64("2012-01-01"),)}, "column of dates"),
    ],
)
def test_models_without_meaning_are_refused(formula: str, options: Any, says: str) -> None:
    request = HedonicRequest(formula=parse_formula(formula), **options)
    with pytest.raises(InputError) as caught:
        fit_hedonic(patents()[0], request)
    assert says in str(caught.value)


def test_wrong_uses_are_refused() -> None:
    for options in ({"level": 2.0}, {"transfer_factor": 0.0}, {"draws": 0}):
        with pytest.raises(InputError):
            predict_hedonic(model(), targets(), **options)
    empty = targets().with_columns({"family": np.array([1.0, np.nan, 1.0, 1.0, 1.0])})
    with pytest.raises(InputError, match="the cell is empty"):
        predict_hedonic(model(), empty)
    columns = {n: c for n, c in targets().columns.items() if n != "family"}
    with pytest.raises(InputError, match="there is no such column"):
        predict_hedonic(model(), Table.of(columns))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("hedonic")
    assert invoke(["evidence", "simulate", "m", "--firms", 5, "--patents", 400], place).code == 0
    lines = (place / "m" / "patents.csv").read_text().splitlines()
    (place / "targets.csv").write_text("\n".join(lines[:4]) + "\n")
    fit = ["evidence", "hedonic", "fit", "m/patents.csv", "--formula", FORMULA]
    done = invoke([*fit, "--save", "model.json", "--date", "grant_date", "--json"], place)
    assert done.code == 0, done.stderr
    return place


PREDICT = ["evidence", "hedonic", "predict", "model.json", "targets.csv"]


def test_model_file_values_patents_and_feeds_the_method(folder: Path) -> None:
    answer = invoke([*PREDICT, "--transfer", 0.8, "--json"], folder).json()
    assert answer["n"] == 3
    assert answer["total"] == pytest.approx(sum(v["mean"] for v in answer["values"]))
    for value in answer["values"]:
        inputs = value["method_inputs"]
        given = HedonicInputs(
            coefficients=tuple(inputs["coefficients"]),
            features=tuple(inputs["features"]),
            smearing=inputs["smearing"],
            transfer_factor=inputs["transfer_factor"],
        )
        assert run(HEDONIC, given, unit=UNIT).number == pytest.approx(value["mean"], rel=1e-12)


def test_reports_and_tables_are_written(folder: Path) -> None:
    outputs = ["--output", "v.html", "--output", "v.xlsx", "--values", "v.csv"]
    done = invoke([*PREDICT, *outputs, "--lang", "zh"], folder)
    assert "特征价格法专利估值" in done.stdout
    assert len((folder / "v.csv").read_text().splitlines()) == 4
    fit = ["evidence", "hedonic", "fit", "m/patents.csv", "--formula", FORMULA]
    more = ["--date", "grant_date", "--drift", 2, "--breaks", "2012-01-01", "--smear-by", "type"]
    done = invoke([*fit, *more, "--output", "fit.md", "--unit", "10,000 CNY"], folder)
    assert done.code == 0, done.stderr
    assert "smearing factor" in done.stdout
    assert "Fitted again in windows" in (folder / "fit.md").read_text()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: d.update(format="other/9"), "format"),
        (lambda d: d.pop("names"), "names"),
        (lambda d: d["coefficients"].pop(), "not a whole model"),
        (lambda d: d["covariance"][0].pop(), "rows of equal length"),
        (lambda d: d.update(variance=-1.0), "not a whole model"),
        (lambda d: d.update(formula="log(value) ~ eval(x)"), "expected a function"),
        (lambda d: d.update(formula="log(value) ~ pct"), "does not give the model's columns"),
        (lambda d: d.update(extra=1), "extra"),
    ],
    ids=["format", "names", "short", "ragged", "variance", "code", "formula", "extra"],
)
def test_a_broken_model_file_is_refused(folder: Path, change: Any, says: str) -> None:
    data = json.loads((folder / "model.json").read_text("utf-8"))
    change(data)
    (folder / "broken.json").write_text(json.dumps(data))
    done = invoke(["evidence", "hedonic", "predict", "broken.json", "targets.csv"], folder)
    assert done.code == 2, done.stdout
    assert says in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["targets.csv", "targets.csv"], "not valid JSON"),
        (["absent.json", "targets.csv"], "no such file"),
        (["model.json", "absent.csv"], "no such file"),
        (["model.json", "targets.csv", "--valued-on", "soon"], "expected a day"),
        (["model.json", "targets.csv", "--seed", "-1"], "at least 0"),
        (["model.json", "targets.csv", "--values", "v.doc"], "expected a name ending in"),
    ],
)
def test_wrong_arguments(folder: Path, arguments: list[str], says: str) -> None:
    done = invoke(["evidence", "hedonic", "predict", *arguments], folder)
    assert done.code == 2
    assert says in done.stderr


def test_wrong_breaks(folder: Path) -> None:
    fit = ["evidence", "hedonic", "fit", "m/patents.csv", "--formula", FORMULA]
    done = invoke([*fit, "--breaks", "some day", "--date", "grant_date"], folder)
    assert done.code == 2
    assert "expected days" in done.stderr
