"""Real options from the command line, as a user meets them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

import ipfinance as ip
from ipfinance.basics import Language
from ipfinance.numerics import black_scholes
from ipfinance.valuation import RIGHTS
from tests.cli.command import invoke
from tests.worked import WorkedExample, worked_examples

EXAMPLES = [each for each in worked_examples() if each.method.removeprefix("option_") in RIGHTS]
QUICK = {each.method: each for each in EXAMPLES}
CALL: dict[str, Any] = {"spot": 100, "strike": 90, "rate": 0.04, "volatility": 0.35, "maturity": 2}


def _flags(terms: dict[str, Any]) -> list[str]:
    return [
        word
        for name, value in terms.items()
        for word in (f"--{name.replace('_', '-')}", str(value))
    ]


def _run(folder: Path, name: str, terms: dict[str, Any], *more: str) -> Any:
    seeded = ["--input-seed" if word == "--seed" else word for word in _flags(terms)]
    done = invoke(["option", name, *seeded, *more, "--json"], folder)
    assert done.code == 0, done.stderr
    return done.json()


def test_each_right_has_a_worked_example() -> None:
    assert {each.method.removeprefix("option_") for each in EXAMPLES} == set(RIGHTS)


@pytest.mark.parametrize("example", QUICK.values(), ids=lambda each: each.id)
def test_each_right_has_a_command_in_both_languages(example: WorkedExample, tmp_path: Path) -> None:
    name = example.method.removeprefix("option_")
    answer = _run(tmp_path, name, example.inputs)
    assert answer["value"] == pytest.approx(example.value, abs=example.tolerance)
    for language in ("en", "zh"):
        done = invoke(["option", name, *_flags(example.inputs), "--lang", language], tmp_path)
        assert done.code == 0, done.stderr
        assert RIGHTS[name].name.in_(Language(language)) in done.stdout


def test_greeks_are_those_of_the_closed_form(tmp_path: Path) -> None:
    answer = invoke(
        ["option", "--model", "closed-form", *_flags(CALL), "--greeks", "--json"], tmp_path
    ).json()["greeks"]
    spread = 0.35 * math.sqrt(2)
    d_1 = (math.log(100 / 90) + (0.04 + 0.35**2 / 2) * 2) / spread
    density = math.exp(-0.5 * d_1**2) / math.sqrt(2 * math.pi)
    share = 0.5 * math.erfc(-d_1 / math.sqrt(2))
    second = 0.5 * math.erfc(-(d_1 - spread) / math.sqrt(2))
    discounted = 90 * math.exp(-0.08)
    assert answer["delta"] == pytest.approx(share, rel=1e-9)
    assert answer["gamma"] == pytest.approx(density / (100 * spread), rel=1e-6)
    assert answer["vega"] == pytest.approx(100 * density * math.sqrt(2), rel=1e-9)
    assert answer["rho"] == pytest.approx(2 * discounted * second, rel=1e-9)
    theta = -100 * density * 0.35 / (2 * math.sqrt(2)) - 0.04 * discounted * second
    assert answer["theta"] == pytest.approx(theta, rel=1e-8)
    assert answer["strike"] == pytest.approx(-math.exp(-0.08) * second, rel=1e-9)


def test_american_greeks_do_not_jump_from_node_to_node() -> None:
    terms = {**CALL, "yield_rate": 0.05}
    del terms["spot"], terms["strike"]
    gammas = [
        ip.right("defer", value=100 + move, cost=90, **terms).greeks()["gamma"]
        for move in (0.0, 0.1, 0.2)
    ]
    assert max(gammas) - min(gammas) < 1e-4
    assert 0.005 < min(gammas) < 0.02


@pytest.mark.parametrize("volatility", [0.1, 0.35, 1.2])
def test_implied_volatility_is_the_one_priced(volatility: float) -> None:
    price = black_scholes(**{**CALL, "volatility": volatility})
    found = ip.right(
        "expand",
        value=200,
        expansion=0.5,
        cost=90,
        rate=0.04,
        volatility=0.5,
        maturity=2,
        exercise="european",
    ).implied(price)
    assert found == {"volatility": pytest.approx((volatility,), rel=1e-9)}


def test_implied_hazard_is_the_one_priced(tmp_path: Path) -> None:
    terms = {**CALL, "hazard": 0.0, "hazard-kind": "unpriced"}
    plain = black_scholes(**CALL)
    done = invoke(
        [
            *("option", *_flags(terms), "--model", "closed-form", "--json"),
            *("--price", str(plain * math.exp(-0.14))),
        ],
        tmp_path,
    )
    assert done.code == 0, done.stderr
    implied = done.json()["implied"]
    assert implied["hazard"]["roots"] == pytest.approx([0.07], rel=1e-9)
    assert implied["hazard"]["highest"] == pytest.approx(plain, rel=1e-9)


def test_a_price_out_of_reach_is_told(tmp_path: Path) -> None:
    terms = {"value": 100, "cost": 90, "rate": 0.04, "volatility": 0.3, "maturity": 2}
    done = invoke(["option", "defer", *_flags(terms), "--price", "101"], tmp_path)
    assert done.code == 0, done.stderr
    assert "none: the price is out of reach" in done.stdout
    answer = _run(tmp_path, "defer", terms, "--price", "101")
    assert answer["implied"]["volatility"]["roots"] == []
    assert answer["implied"]["volatility"]["highest"] < 101


def test_a_knocked_out_right_can_have_two_volatilities() -> None:
    found = ip.right(
        "barrier",
        spot=100,
        strike=90,
        barrier=120,
        rate=0.05,
        volatility=0.2,
        maturity=1,
        side="up",
        effect="out",
        monitoring="continuous",
    )
    roots = found.implied(6.0)["volatility"]
    assert len(roots) >= 1
    for root in roots:
        again = ip.right(
            "barrier",
            spot=100,
            strike=90,
            barrier=120,
            rate=0.05,
            volatility=root,
            maturity=1,
            side="up",
            effect="out",
            monitoring="continuous",
        )
        assert again.value == pytest.approx(6.0, rel=1e-9)


def test_families_come_together(tmp_path: Path) -> None:
    terms = {**CALL, "payoff": "put", "exercise": "american", "yield": 0.02}
    done = invoke(["option", "converge", *_flags(terms), "--json"], tmp_path)
    assert done.code == 0, done.stderr
    answer = done.json()
    assert answer["exact_by"] == "integral equation"
    finest = {row["family"]: row for row in answer["rows"]}
    assert len(finest) == 4
    for row in finest.values():
        slack = 4 * (row["standard_error"] or 0.0) + 0.02
        assert abs(row["error"]) < slack
    assert "Convergence" in invoke(["option", "converge", *_flags(terms)], tmp_path).stdout


def test_families_without_valid_weights_keep_their_row(tmp_path: Path) -> None:
    terms = {**CALL, "volatility": 0.02, "rate": 0.3, "payoff": "put", "on-ruin": "paid"}
    more = ["--hazard", "0.1", "--hazard-kind", "unpriced", "--exercise", "american"]
    done = invoke(["option", "converge", *_flags(terms), *more, "--json"], tmp_path)
    assert done.code == 0, done.stderr
    answer = done.json()
    assert answer["exact"] is None
    assert None in [row["value"] for row in answer["rows"]]


def test_rights_take_a_file_and_write_a_report(tmp_path: Path) -> None:
    lines = [f"{name}: {value}" for name, value in QUICK["option_staged"].inputs.items()]
    (tmp_path / "stages.yaml").write_text("\n".join(lines) + "\n", "utf-8")
    done = invoke(
        ["option", "staged", "--inputs", "stages.yaml", "--report", "r.html", "--greeks"], tmp_path
    )
    assert done.code == 0, done.stderr
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "pay if the asset is worth at least" in page
    assert "delta, per unit of the asset" in page


def test_python_says_everything_that_is_wrong() -> None:
    with pytest.raises(ip.InputError) as caught:
        ip.right("barrier", spot=100, colour="red", side="left")
    told = str(caught.value)
    for part in ("colour", "the right knows no such term", "strike: required", "down, up"):
        assert part in told
    with pytest.raises(ip.InputError, match="expected one of: defer"):
        ip.right("magic")
    with pytest.raises(ip.InputError, match="above 0"):
        ip.right("perpetual", value=1, cost=1, rate=0.04, yield_rate=0.04, volatility=0.2).implied(
            -1.0
        )
    assert ip.right("simulated", **CALL, paths=1000.0).findings
