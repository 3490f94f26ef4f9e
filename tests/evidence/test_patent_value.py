"""From market values to money per patent: closed forms, known truth, wrong signs, draws."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import least_squares

from ipfinance.basics import InputError
from ipfinance.evidence import (
    LinearRule,
    LogSumRule,
    MarketDesign,
    MarketModel,
    PanelRequest,
    PatentValueRequest,
    Ratios,
    RegressorForm,
    SourceColumn,
    StockRule,
    build_panel,
    fit_linear,
    fit_log_sum,
    make_market,
    money_of_one_more,
    money_per_patent,
    parse_formula,
    patent_values,
    sample,
    summary_of,
)
from ipfinance.market import Table, TextColumn
from tests.cli.command import invoke

TYPES = ("invention", "utility", "design")
CONTROLS = "leverage + turnover + fixed_ratio"
STOCKS = (
    StockRule(name="rd_stock", flow="rd", depreciation=0.15, growth=0.05),
    StockRule(name="cites_stock", flow="cites", depreciation=0.15, growth=0.05),
)
BASE = PatentValueRequest(
    patents=TYPES, controls=CONTROLS, effects="firm + year", protection="protection", draws=0
)


@cache
def market(noise: float = 0.05, firms: int = 300, seed: int = 1) -> tuple[Table, dict[str, Any]]:
    """Return a panel made with known truth, and that truth."""
    made = make_market(MarketDesign(noise=noise, firms=firms, seed=seed))
    given = made.panel.with_columns({"year": made.panel.texts("year")})
    columns = {name: SourceColumn(column=name) for name in made.panel.names}
    panel = build_panel(given, PanelRequest(columns=columns, stocks=STOCKS))
    return panel.table, dict(made.truth)


@pytest.mark.parametrize(
    ("form", "coefficient", "patents", "marginal", "exact"),
    [  # V = 1e10, by closed forms; the exact figures to two decimals
        ("count", 0.02, 7.0, 2.0e8, 202_013_400.27),
        ("log1p", 0.02, 9.0, 2.0e7, 19_080_215.57),
        ("log", 0.05, 4.0, 1.25e8, 112_196_509.98),
        ("asinh", 0.05, 3.0, 158_113_883.01, 139_091_488.92),
    ],
)
def test_money_by_closed_forms(
    form: str, coefficient: float, patents: float, marginal: float, exact: float
) -> None:
    terms = {"value": 1e10, "patents": patents}
    found = money_per_patent(RegressorForm(form), coefficient, **terms)
    assert float(found) == pytest.approx(marginal, abs=0.005)
    gained = money_of_one_more(RegressorForm(form), coefficient, **terms)
    assert float(gained) == pytest.approx(exact, abs=0.005)


def test_money_of_a_non_linear_ratio_is_exact() -> None:
    # g = .25 per (patent per 1e8), A = 5e9, P = 50, V = 1e10: 4.0e7, both forms
    value, assets, patents = 1e10, 5e9, 50.0
    ratio = np.array([[patents / (assets / 1e8)]])
    rule = LogSumRule(
        places=(0,),
        ratios=ratio,
        changes=np.array([[1e8 / assets]]),
        value=np.array([value]),
        rows=np.array([True]),
    )
    g = np.array([0.25])
    assert rule.values(g)[0] == pytest.approx(4.0e7)
    more = value * ((1 + 0.25 * (patents + 1) / (assets / 1e8)) / (1 + 0.25 * ratio[0, 0]) - 1)
    assert more == pytest.approx(4.0e7)


def test_interaction_and_its_error() -> None:
    # b0 .004, b1 .002, v00 1e-6, v11 4e-7, v01 -2e-7, V 8e9
    covariance = np.array([[1e-6, -2e-7], [-2e-7, 4e-7]])
    expected = {-1: (1.6e7, 10_733_126.29), 0: (3.2e7, 8e6), 1: (4.8e7, 8e6)}
    for index, (mean, error) in expected.items():
        rule = LinearRule(
            places=(0, 1),
            factors=np.array([[8e9], [8e9 * index]]),
            rows=np.array([True]),
        )
        found = summary_of(rule, np.array([0.004, 0.002]), covariance)
        assert found.mean == pytest.approx(mean)
        assert found.mean_error == pytest.approx(error, abs=0.005)


def test_hall_jaffe_trajtenberg_by_closed_forms() -> None:
    # g 1.3, .03, .05; RD 200, A 1000, PAT 100, CITES 500, V 2000
    g = np.array([1.3, 0.03, 0.05])
    ratios = np.array([[0.2], [0.5], [5.0]])
    assert 1 + float((g * ratios[:, 0]).sum()) == pytest.approx(1.525)
    assert g / 1.525 == pytest.approx([0.852459, 0.0196721, 0.0327869], abs=5e-7)
    changes = {
        -3.0819672: [0.0, 1 / 200, -500 / 100**2],
        0.1967213: [0.0, 1 / 200, 0.0],
        0.6557377: [0.0, 0.0, 1 / 100],
    }
    for expected, change in changes.items():
        rule = LogSumRule(
            places=(0, 1, 2),
            ratios=ratios,
            changes=np.array(change)[:, None],
            value=np.array([2000.0]),
            rows=np.array([True]),
        )
        assert rule.values(g)[0] == pytest.approx(expected, abs=5e-8)


def test_gradients_are_derivatives() -> None:
    rng = np.random.Generator(np.random.PCG64(2))
    rule = LogSumRule(
        places=(0, 2),
        ratios=rng.uniform(size=(2, 5)),
        changes=rng.normal(size=(2, 5)),
        value=rng.uniform(1, 2, 5),
        rows=np.ones(5, dtype=bool),
    )
    g, step = np.array([0.4, 9.0, 0.7]), 1e-6
    found = rule.gradients(g)
    for place in range(3):
        moved = g.copy()
        moved[place] += step
        slope = (rule.values(moved) - rule.values(g)) / step
        assert found[place] == pytest.approx(slope, abs=1e-5)


def test_without_noise_the_truth_comes_back() -> None:
    table, truth = market(noise=0.0)
    found = patent_values(table, BASE)
    for name, money in {"invention": 2378.0, "utility": 273.0, "design": 816.0}.items():
        assert found.value(name).summary.mean == pytest.approx(money, rel=1e-8)
        level = {v.level: v for v in found.values if v.column == name}
        assert level["1"].summary.mean < level["3"].summary.mean
    regression = found.regressions["types"]
    for name, effect in truth["controls"].items():
        assert regression.coefficient(name) == pytest.approx(effect, rel=1e-8)
    for value in found.protection_values:
        if value.column != "firm":
            true = truth["protection_value_per_patent"][value.column]
            assert value.summary.mean == pytest.approx(true, rel=1e-8)
    index = table.numbers("protection")
    assert found.centre == pytest.approx(index.mean(), abs=1e-12)
    firm = next(v for v in found.protection_values if v.column == "firm")
    held = sum(
        truth["interactions"][name] * table.numbers(name) * table.numbers("market_value")
        for name in TYPES
    )
    own = truth["protection"] * table.numbers("market_value")
    assert firm.summary.mean == pytest.approx(float((held + own).mean()), rel=1e-8)


def test_a_negative_truth_is_shown_and_flagged() -> None:
    made = make_market(
        MarketDesign(noise=0.02, money={"invention": 2000.0, "utility": -900.0, "design": 500.0})
    )
    given = made.panel.with_columns({"year": made.panel.texts("year")})
    columns = {name: SourceColumn(column=name) for name in made.panel.names}
    panel = build_panel(given, PanelRequest(columns=columns)).table
    found = patent_values(panel, replace(BASE, protection=None))
    value = found.value("utility")
    assert value.summary.mean == pytest.approx(-900, abs=4 * value.summary.mean_error)
    assert value.interval[1] < 0
    negative = next(f for f in found.findings if f.code == "negative_patent_value")
    assert "utility/all" in str(negative.facts["places"])


def test_all_model_forms_agree_about_what_they_are() -> None:
    table, _ = market()
    for form in ("count", "ratio", "log1p", "asinh"):
        request = replace(BASE, form=RegressorForm(form))
        found = patent_values(table, request)
        value = found.value("invention")
        assert value.one_more is not None
        if form in {"count", "ratio"}:  # effects are small: the curve is nearly straight
            assert value.one_more == pytest.approx(value.summary.mean, rel=0.01)
        else:
            assert 0 < value.one_more < value.summary.mean
        assert len({(v.column, v.level) for v in found.values}) == 16
    with pytest.raises(InputError, match="expected a number above 0"):
        patent_values(table, replace(BASE, form=RegressorForm.LOG))


def test_bootstrap_is_near_the_delta_method_where_that_is_valid() -> None:
    table, _ = market(firms=600, seed=5)
    ones = table.with_columns({"market_value": np.ones(table.n_rows)})
    found = patent_values(ones, replace(BASE, protection=None, draws=999))
    for name in TYPES:
        value = found.value(name)
        drawn = value.resampled
        assert drawn is not None
        assert drawn.mean_error == pytest.approx(value.summary.mean_error, rel=0.12)
        assert drawn.failed == 0
    again = patent_values(ones, replace(BASE, protection=None, draws=999))
    assert again.value("design").resampled == found.value("design").resampled


def test_bootstrap_equals_estimating_each_draw() -> None:
    table, _ = market(firms=40)
    request = replace(BASE, protection=None, draws=20)
    fast = patent_values(table, request).value("invention").resampled
    codes = table.texts("firm").codes
    generator = np.random.Generator(np.random.PCG64(1))
    means = []
    for _ in range(20):
        drawn = generator.integers(0, 40, 40)
        rows = np.concatenate([np.flatnonzero(codes == firm) for firm in drawn])
        copies = [
            f"{place}" for place, firm in enumerate(drawn) for _ in range((codes == firm).sum())
        ]
        part = table.taken(rows).with_columns({"firm": TextColumn.of(copies)})
        formula = parse_formula(f"ln_q ~ {' + '.join(TYPES)} + {CONTROLS} | firm + year")
        fitted = fit_linear(sample(formula, part))
        means.append(fitted.coefficient("invention") * part.numbers("market_value").mean())
    assert fast is not None
    assert fast.mean == pytest.approx(tuple(np.percentile(means, [2.5, 97.5])), rel=1e-7)


def test_many_crossing_effects_take_the_general_path() -> None:
    table, _ = market(firms=60)
    request = replace(BASE, protection=None, draws=5, effects="firm + region^year")
    found = patent_values(table, request).value("invention")
    assert found.resampled is not None
    assert found.resampled.draws == 5


def test_non_linear_model_finds_its_truth() -> None:
    rng = np.random.Generator(np.random.PCG64(4))
    firms, years = 200, 8
    firm, year = np.repeat(np.arange(firms), years), np.tile(np.arange(years), firms)
    assets = rng.lognormal(3, 1, firms * years)
    patents = rng.poisson(5, firms * years) * assets / 20
    ln_q = 0.3 * rng.normal(size=firms)[firm] + 0.05 * year + np.log1p(1.7 * patents / assets)
    table = Table.of(
        {
            "firm": TextColumn.of([f"{f}" for f in firm]),
            "year": year.astype(float),
            "assets": assets,
            "patents": patents,
            "ln_q": ln_q,
            "market_value": np.exp(ln_q) * assets,
        }
    )
    request = PatentValueRequest(
        patents=("patents",), effects="firm + year", model=MarketModel.GRILICHES, draws=3
    )
    found = patent_values(table, request)
    assert found.regressions["types"].coefficient("patents/assets") == pytest.approx(1.7, rel=1e-8)
    assert "starts_disagree" not in {f.code for f in found.findings}
    true = table.numbers("market_value") * 1.7 / (assets + 1.7 * patents)
    value = found.value("patents")
    assert value.summary.mean == pytest.approx(float(true.mean()), rel=1e-8)
    assert value.resampled is not None
    noisy = table.with_columns({"ln_q": ln_q + rng.normal(0, 0.1, len(ln_q))})
    again = patent_values(noisy, replace(request, draws=0)).regressions["types"]
    assert again.coefficients[0] == pytest.approx(1.7, abs=4 * again.standard_errors[0])


def test_errors_of_the_non_linear_model_are_those_of_its_jacobian() -> None:
    rng = np.random.Generator(np.random.PCG64(9))
    groups, size = 30, 10
    group = np.repeat(np.arange(groups), size)
    z = rng.uniform(0, 2, groups * size)
    x = rng.normal(size=len(z))
    y = 0.5 + 0.3 * x + np.log1p(0.8 * z) + rng.normal(size=groups)[group] * 0.1
    y += rng.normal(size=len(z)) * 0.2
    table = Table.of({"g": group.astype(float), "x": x, "y": y})
    given = sample(parse_formula("y ~ x"), table, clusters=["g"])
    found = fit_log_sum(given, Ratios(names=("z",), columns=z[None, :]))

    def rest(theta: Any) -> Any:
        return y - theta[1] - theta[2] * x - np.log1p(theta[0] * z)

    other = least_squares(rest, [0.1, 0.0, 0.0], xtol=1e-15, ftol=1e-15, gtol=1e-15)
    assert found.coefficients == pytest.approx(other.x, rel=1e-6)
    jacobian: Any = -np.asarray(other.jac)
    u = rest(other.x)
    inverse = np.linalg.inv(jacobian.T @ jacobian)
    scores = np.array([jacobian[group == g].T @ u[group == g] for g in range(groups)])
    factor = groups / (groups - 1) * (len(z) - 1) / (len(z) - 3)
    covariance = factor * inverse @ scores.T @ scores @ inverse
    assert found.covariance == pytest.approx(covariance, rel=1e-5)


def test_hall_jaffe_trajtenberg_estimates() -> None:
    table, _ = market()
    request = PatentValueRequest(
        patents=TYPES,
        effects="year",
        model=MarketModel.HJT,
        rd="rd_stock",
        cites="cites_stock",
        draws=10,
    )
    found = patent_values(table, request)
    assert [value.column for value in found.values] == [
        "new_patent_cites_held",
        "new_patent_average_cites",
        "one_citation",
    ]
    assert set(found.semi_elasticities) == {"rd_stock/assets", "patents/rd_stock", "cites/patents"}
    assert all(value.resampled is not None for value in found.values)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"patents": ()}, "name the columns of patents"),
        ({"clusters": ()}, "name the column of firms"),
        ({"levels": 0}, "--levels"),
        ({"draws": -1}, "--draws"),
        ({"level": 1.5}, "--level"),
        ({"form": RegressorForm.RATIO, "assets": None}, "--assets"),
        ({"model": MarketModel.GRILICHES}, "levels of protection are for the linear model"),
        ({"model": MarketModel.HJT, "protection": None}, "--rd, --cites"),
        ({"value": "absent"}, "there is no such column"),
    ],
)
def test_requests_without_meaning_are_refused(changed: dict[str, Any], says: str) -> None:
    table, _ = market()
    with pytest.raises(InputError) as caught:
        patent_values(table, replace(BASE, **changed))
    assert says in str(caught.value)


ROLES = ["firm", "year", "market_cap", "debt", "assets", "sales", "fixed_assets", "rd", "cites"]
ROLES += ["invention", "utility", "design", "protection", "region"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a made market and its panel."""
    place = tmp_path_factory.mktemp("market")
    assert invoke(["evidence", "simulate", "market", "--firms", 80], place).code == 0
    columns = [item for role in ROLES for item in ("--column", f"{role}={role}")]
    stocks = ["--stock", "rd_stock=rd:0.15:0.05", "--stock", "cites_stock=cites:0.15:0.05"]
    command = ["evidence", "tobin-q", "market/firms.csv", *columns, *stocks]
    assert invoke([*command, "--output", "panel.csv"], place).code == 0
    return place


COMMAND = [
    "evidence",
    "patent-value",
    "panel.csv",
    "--patents",
    "invention,utility,design",
    "--effects",
    "firm + year",
    "--draws",
    19,
]


def test_command_prints_both_forms_and_levels(folder: Path) -> None:
    done = invoke([*COMMAND, "--protection", "protection", "--json"], folder)
    answer = done.json()
    assert [model["form"] for model in answer["models"]] == ["count", "ratio"]
    first = answer["models"][0]
    assert first["regressor_kind"] == "flow"
    assert first["conditional_on_V"] == {"delta": True, "bootstrap": False}
    places = {(v["patents"], v["level"]) for v in first["values"]}
    assert places == {(t, k) for t in ("all", *TYPES) for k in ("all", "1", "2", "3")}
    assert {v["patents"] for v in first["protection_values"]} == {*TYPES, "firm"}
    value = first["values"][0]
    assert value["interval"][0] < value["mean"] < value["interval"][1]
    assert value["bootstrap"]["draws"] == 19
    assert first["regressions"]["types"]["clusters"] == {"firm": 80}


def test_command_writes_its_tables(folder: Path) -> None:
    names = [f"values.{kind}" for kind in ("md", "tex", "xlsx", "html", "pdf")]
    outputs = [item for name in names for item in ("--output", name)]
    done = invoke([*COMMAND, "--unit", "10,000 CNY", "--lang", "zh", *outputs], folder)
    assert done.code == 0, done.stderr
    assert "市值法专利估值" in done.stdout
    assert "人民币万元" in (folder / "values.md").read_text("utf-8")
    assert r"\begin{tabular}" in (folder / "values.tex").read_text("utf-8")
    assert (folder / "values.pdf").read_bytes().startswith(b"%PDF")
    assert "<svg" in (folder / "values.html").read_text("utf-8")


def test_non_linear_models_from_the_command_line(folder: Path) -> None:
    griliches = invoke([*COMMAND, "--model", "griliches", "--json"], folder).json()
    assert griliches["models"][0]["model"] == "griliches"
    assert griliches["models"][0]["semi_elasticities"]
    command = ["evidence", "patent-value", "panel.csv", "--patents", "invention", "--model", "hjt"]
    hjt = [*command, "--rd", "rd_stock", "--cites", "cites_stock", "--effects", "year"]
    answer = invoke([*hjt, "--draws", 0, "--json"], folder).json()
    assert len(answer["models"][0]["values"]) == 3
    shown = invoke([*hjt, "--draws", 0], folder)
    assert "one more citation" in shown.stdout


def test_simulation_is_repeatable_and_guards_its_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        done = invoke(["evidence", "simulate", name, "--firms", 5, "--seed", 3], tmp_path)
        assert done.code == 0, done.stderr
    for file in ("firms.csv", "patents.csv", "returns.csv", "events.csv", "truth.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    again = invoke(["evidence", "simulate", "a", "--firms", 5], tmp_path)
    assert again.code == 2
    assert "this file exists" in again.stderr
    forced = invoke(["evidence", "simulate", "a", "--firms", 5, "--force", "--json"], tmp_path)
    assert forced.json()["truth"]["money_per_patent"]["invention"] == 2378.0
    wrong = invoke(["evidence", "simulate", "c", "--firms", 1, "--noise", -1], tmp_path)
    assert wrong.code == 2
    assert "--firms" in wrong.stderr
    assert "--noise" in wrong.stderr
    assert not (tmp_path / "c").exists()
    assert invoke(["evidence", "simulate", "c", "--seed", -1], tmp_path).code == 2
