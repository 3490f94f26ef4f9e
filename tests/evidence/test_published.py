"""Coefficients and errors of published panels, at the digits of the reference computations.

Petersen, Grunfeld and TobinQ: R with plm 2.6-2 and sandwich 3.0-2, or plain numpy; the vignette of
sandwich prints .050596 and .053561 for Petersen's data.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ipfinance.basics import InputError
from ipfinance.evidence import (
    Convention,
    Errors,
    Estimator,
    GroupFactor,
    NestedEffects,
    Regression,
    SmallSample,
    effects_test,
    fit_linear,
    hausman_test,
    with_errors,
)
from tests.evidence.panels import grunfeld, petersen, regress, tobin_q

pytestmark = pytest.mark.usefixtures("shared_data")
DIGITS = 1e-6  # relative: the reference figures carry at least seven digits
NO_FACTOR = SmallSample(scales_by_parameters=False, group_factor=GroupFactor.NONE)
GROUPS_ONLY = SmallSample(scales_by_parameters=False)
ALL_EFFECTS = SmallSample(nested=NestedEffects.ALL)


def errors_of(found: Regression, *names: str) -> list[float]:
    return [found.error(name) for name in names or found.names]


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        (Errors.IID, [0.02835931627, 0.02858328779]),
        (Errors.HC0, [0.02835499953, 0.02838948187]),
        (Errors.HC1, [0.02836067223, 0.02839516147]),
    ],
)
def test_petersen_without_clusters(errors: Errors, expected: list[float]) -> None:
    found = regress(petersen(), "y ~ x", errors=errors)
    assert found.coefficients == pytest.approx([0.02967972073, 1.03483343946], rel=DIGITS)
    assert errors_of(found) == pytest.approx(expected, rel=DIGITS)


@pytest.mark.parametrize(
    ("clusters", "convention", "expected"),
    [
        (("firm",), "textbook", [0.06701270370, 0.05059572588]),
        (("year",), "textbook", [0.02338672110, 0.03338891341]),
        (("firm", "year"), "textbook", [0.06506391820, 0.05355802294]),
        (("firm", "year"), "stata", [0.068066953, 0.055297391]),
        (("firm", "year"), "fixest", [0.068066953, 0.055297391]),
    ],
)
def test_petersen_clustered(clusters: Any, convention: str, expected: list[float]) -> None:
    found = regress(petersen(), "y ~ x", clusters=clusters, convention=Convention(convention))
    assert errors_of(found) == pytest.approx(expected, rel=DIGITS)


@pytest.mark.parametrize(
    ("small", "expected"),
    [
        (NO_FACTOR, [0.06693896122, 0.05054004906]),
        (SmallSample(), [0.06701270370, 0.05059572588]),
    ],
)
def test_petersen_by_firm_with_and_without_factors(small: SmallSample, expected: Any) -> None:
    found = regress(petersen(), "y ~ x", clusters=("firm",))
    again = with_errors(found, Errors.CLUSTER, small=small)
    assert errors_of(again) == pytest.approx(expected, rel=DIGITS)


def test_petersen_two_ways_by_other_conventions() -> None:
    found = regress(petersen(), "y ~ x", clusters=("firm", "year"))
    plain = SmallSample(plain_intersection=True)  # the printed vignette: HC0 for the intersection
    whole = SmallSample(group_factor=GroupFactor.NONE, scales_by_all_rows=True)  # linearmodels
    vignette = with_errors(found, Errors.CLUSTER, small=plain)
    assert errors_of(vignette) == pytest.approx([0.06506639058, 0.05356103375], rel=DIGITS)
    theirs = with_errors(found, Errors.CLUSTER, small=whole)
    assert errors_of(theirs) == pytest.approx([0.06458044, 0.05246495768], rel=DIGITS)


def test_petersen_jackknife_over_time_and_by_period() -> None:
    table = petersen()
    jackknife = regress(table, "y ~ x", clusters=("firm",), errors=Errors.JACKKNIFE)
    assert errors_of(jackknife) == pytest.approx([0.06707597, 0.05076512], rel=DIGITS)
    fixest = with_errors(
        jackknife, Errors.JACKKNIFE, small=SmallSample(jackknife_scales_by_groups=False)
    )
    assert errors_of(fixest) == pytest.approx([0.067217115, 0.050871947], rel=DIGITS)
    slopes = {0: 0.031672, 1: 0.02816332827, 2: 0.024415}
    for lags, expected in slopes.items():
        over_time = regress(table, "y ~ x", errors=Errors.DRISCOLL_KRAAY, time="year", lags=lags)
        assert over_time.error("x") == pytest.approx(expected, rel=2e-5 if lags != 1 else DIGITS)
        if lags == 1:
            assert over_time.error("Intercept") == pytest.approx(0.02435731887, rel=DIGITS)
    by_period = regress(table, "y ~ x", estimator=Estimator.FAMA_MACBETH, time="year")
    assert by_period.coefficient("x") == pytest.approx(1.03558610359, rel=DIGITS)
    assert errors_of(by_period) == pytest.approx([0.02335649001, 0.03334159049], rel=DIGITS)


def test_petersen_with_firm_effects() -> None:
    found = regress(petersen(), "y ~ x | firm")
    assert found.coefficient("x") == pytest.approx(0.969874869, rel=DIGITS)
    assert found.error("x") == pytest.approx(0.02970149411, rel=DIGITS)
    clustered = regress(petersen(), "y ~ x | firm", clusters=("firm",))
    assert clustered.error("x") == pytest.approx(0.030144988645, rel=DIGITS)
    every = with_errors(clustered, Errors.CLUSTER, small=ALL_EFFECTS)
    assert every.error("x") == pytest.approx(0.031772782800, rel=DIGITS)
    both = regress(petersen(), "y ~ x | firm + year")
    assert both.coefficient("x") == pytest.approx(0.970049263, rel=DIGITS)


GRUNFELD = "invest ~ value + capital"


@pytest.mark.parametrize(
    ("formula", "options", "coefficients", "errors"),
    [
        (GRUNFELD, {}, [0.1155621564, 0.2306784887], [0.005835709557, 0.02547580148]),
        (f"{GRUNFELD} | firm", {}, [0.1101238041, 0.3100653413], [0.01185669421, 0.01735450278]),
        (
            f"{GRUNFELD} | firm",
            {"clusters": ("firm",), "convention": Convention.STATA},
            [0.1101238041, 0.3100653413],
            [0.0151945, 0.0527518],
        ),
        (
            f"{GRUNFELD} | firm + year",
            {},
            [0.1177158551, 0.3579162731],
            [0.01375128300, 0.02271901088],
        ),
        (
            GRUNFELD,
            {"estimator": Estimator.BETWEEN, "unit": "firm"},
            [0.13464608697, 0.03203147433],
            [0.02874545914, 0.19093779917],
        ),
        (
            GRUNFELD,
            {"estimator": Estimator.RANDOM, "unit": "firm"},
            [0.1097811522, 0.3081129828],
            [0.01049266355, 0.01718046909],
        ),
    ],
)
def test_grunfeld(formula: str, options: Any, coefficients: Any, errors: Any) -> None:
    found = regress(grunfeld(), formula, **options)
    names = ("value", "capital")
    assert [found.coefficient(n) for n in names] == pytest.approx(coefficients, rel=DIGITS)
    rough = 3e-6 if options.get("clusters") else DIGITS  # printed to seven decimals
    assert errors_of(found, *names) == pytest.approx(errors, rel=rough)


def test_grunfeld_constants_theta_and_tests() -> None:
    pooled = regress(grunfeld(), GRUNFELD)
    assert pooled.coefficient("Intercept") == pytest.approx(-42.7143694366, rel=DIGITS)
    assert pooled.error("Intercept") == pytest.approx(9.511676031, rel=DIGITS)
    random = regress(grunfeld(), GRUNFELD, estimator=Estimator.RANDOM, unit="firm")
    assert random.coefficient("Intercept") == pytest.approx(-57.8344149051, rel=DIGITS)
    assert random.error("Intercept") == pytest.approx(28.89893526, rel=DIGITS)
    assert random.details["theta"] == pytest.approx(0.8612236207, rel=DIGITS)
    fixed = regress(grunfeld(), f"{GRUNFELD} | firm")
    assert hausman_test(fixed, random).statistic == pytest.approx(2.330366894, rel=DIGITS)
    assert effects_test(fixed.sample).statistic == pytest.approx(49.1766255, rel=DIGITS)
    clustered = regress(grunfeld(), f"{GRUNFELD} | firm", clusters=("firm",))
    bare = with_errors(clustered, Errors.CLUSTER, small=NO_FACTOR)
    expected = [0.01434214371, 0.04979260872]
    assert errors_of(bare) == pytest.approx(expected, rel=DIGITS)


@pytest.mark.parametrize(
    ("formula", "options", "coefficient", "error"),
    [
        ("ikn ~ qn", {}, 0.004391970055, 0.0001529400455),
        ("ikn ~ qn", {"clusters": ("cusip",)}, 0.004391970055, 0.000667855540),
        ("ikn ~ qn | cusip", {}, 0.00379194828, 0.0001726447228),
        ("ikn ~ qn | cusip", {"clusters": ("cusip",)}, 0.00379194828, 0.000579560221),
        ("ikn ~ qn | cusip + year", {}, 0.003191333018, 0.0001803162391),
        (
            "ikn ~ qn",
            {"estimator": Estimator.BETWEEN, "unit": "cusip"},
            0.005184736794,
            0.0007490711082,
        ),
        (
            "ikn ~ qn",
            {"estimator": Estimator.RANDOM, "unit": "cusip"},
            0.003862201739,
            0.0001682634002,
        ),
    ],
)
def test_tobin_q(formula: str, options: Any, coefficient: float, error: float) -> None:
    found = regress(tobin_q(), formula, **options)
    assert found.coefficient("qn") == pytest.approx(coefficient, rel=DIGITS)
    assert found.error("qn") == pytest.approx(error, rel=DIGITS)


def test_tobin_q_degrees_of_freedom_by_convention() -> None:
    found = regress(tobin_q(), "ikn ~ qn | cusip + year", clusters=("cusip",))
    expected = {
        NO_FACTOR: 0.000594882239,
        GROUPS_ONLY: 0.000596470713,
        SmallSample(): 0.000598063671,  # as reghdfe: effects nested in the clusters count as one
        ALL_EFFECTS: 0.000606796353,
    }
    for small, error in expected.items():
        again = with_errors(found, Errors.CLUSTER, small=small)
        assert again.error("qn") == pytest.approx(error, rel=DIGITS), small
    two_ways = regress(tobin_q(), "ikn ~ qn | cusip + year", clusters=("cusip", "year"))
    least = replace(SmallSample(), group_factor=GroupFactor.MINIMUM)
    for small, error in {least: 0.000557488761, SmallSample(): 0.000553279774}.items():
        again = with_errors(two_ways, Errors.CLUSTER, small=small)
        assert again.error("qn") == pytest.approx(error, rel=DIGITS), small


def test_tobin_q_random_effects() -> None:
    found = regress(tobin_q(), "ikn ~ qn", estimator=Estimator.RANDOM, unit="cusip")
    assert found.details["theta"] == pytest.approx(0.7350771212, rel=DIGITS)
    assert found.details["error_variance"] == pytest.approx(0.005333105843, rel=DIGITS)
    assert found.details["effect_variance"] == pytest.approx(0.002018692552, rel=DIGITS)


@pytest.mark.parametrize(("name", "count"), [("qn", "2,838"), ("qb", "2,457")])
def test_logarithm_of_a_q_that_is_not_positive_is_refused(name: str, count: str) -> None:
    with pytest.raises(InputError) as caught:
        regress(tobin_q(), f"log({name}) ~ kstock")
    problems = caught.value.problems
    assert f"{count} in all" in problems[-1].allowed.en
    assert problems[0].line is not None
    assert fit_linear(regress(tobin_q(), "ikn ~ qn").sample).n == 6580
