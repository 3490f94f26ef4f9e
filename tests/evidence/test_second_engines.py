"""pyfixest and linearmodels as second engines, under conventions that both can state."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pyfixest as pf
import pytest
from linearmodels import PanelOLS

from ipfinance.evidence import Convention, Errors, Family, GroupFactor, SmallSample, with_errors
from ipfinance.market import Table, TextColumn
from tests.evidence.panels import made, regress

AGREE = 1e-8  # relative: demeaning to 1e-8 there, 1e-11 here
AGREE_POISSON = 1e-6  # iterated to 1e-8 of the deviance there


def frame(table: Table) -> Any:
    columns = {
        name: column.texts() if isinstance(column, TextColumn) else column
        for name, column in table.columns.items()
    }
    return pd.DataFrame(columns)


def theirs(call: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call()


@pytest.mark.parametrize(
    ("formula", "clusters"),
    [
        ("y ~ x1 + x2", ("firm",)),
        ("y ~ x1 + x2 | firm", ("firm",)),
        ("y ~ x1 + x2 | firm + year", ("year",)),
        ("y ~ x1 + x2 | year", ("firm", "year")),
        ("y ~ x1 + C(kind) | year", ("firm",)),
        ("y ~ x1*x2 | year", ("region",)),
    ],
)
def test_pyfixest_gives_the_same(formula: str, clusters: tuple[str, ...]) -> None:
    table = made()
    ours = regress(table, formula, clusters=clusters, convention=Convention.FIXEST)
    other = theirs(
        lambda: pf.feols(
            formula,
            frame(table),
            vcov={"CRV1": "+".join(clusters)},
            ssc=pf.ssc(k_adj=True, k_fixef="nonnested", G_adj=True, G_df="min"),
            fixef_tol=1e-12,
        )
    )
    assert ours.n == other._N  # noqa: SLF001
    assert ours.coefficients == pytest.approx(other.coef().to_numpy(), rel=AGREE)
    assert ours.standard_errors == pytest.approx(other.se().to_numpy(), rel=AGREE)


def test_pyfixest_gives_the_same_for_poisson() -> None:
    table = made()
    formula = "count ~ x1 + x2 | firm"
    ours = regress(
        table,
        formula,
        family=Family.POISSON,
        clusters=("firm",),
        convention=Convention.FIXEST,
    )
    other = theirs(lambda: pf.fepois(formula, frame(table), vcov={"CRV1": "firm"}))
    assert ours.coefficients == pytest.approx(other.coef().to_numpy(), rel=AGREE_POISSON)
    assert ours.standard_errors == pytest.approx(other.se().to_numpy(), rel=AGREE_POISSON)
    stata = regress(table, formula, family=Family.POISSON, clusters=("firm",))
    assert np.all(stata.standard_errors < ours.standard_errors)  # no factor (n − 1)/(n − k)


def test_linearmodels_gives_the_same() -> None:
    table = made()
    rows = frame(table)
    rows["row"] = np.arange(len(rows))
    rows = rows.set_index(["firm", "row"])
    other = theirs(
        lambda: PanelOLS.from_formula("y ~ x1 + x2 + EntityEffects", rows).fit(
            cov_type="unadjusted"
        )
    )
    ours = regress(table, "y ~ x1 + x2 | firm")
    assert ours.coefficients == pytest.approx(other.params.to_numpy(), rel=AGREE)
    assert ours.standard_errors == pytest.approx(other.std_errors.to_numpy(), rel=AGREE)
    clustered = theirs(
        lambda: PanelOLS.from_formula("y ~ 1 + x1 + x2", rows).fit(
            cov_type="clustered", cluster_entity=True, group_debias=True
        )
    )
    names = ["x1", "x2"]
    found = regress(table, "y ~ x1 + x2", clusters=("firm",))
    assert [found.error(n) for n in names] == pytest.approx(
        clustered.std_errors[names].to_numpy(), rel=1e-3
    )
    plain = SmallSample(group_factor=GroupFactor.CONVENTIONAL, scales_by_all_rows=True)
    theirs_exactly = with_errors(found, Errors.CLUSTER, small=plain)
    assert theirs_exactly.n == clustered.nobs


def test_weights_as_in_pyfixest() -> None:
    table = made()
    ours = regress(table, "y ~ x1 + x2 | firm + year", weights="weight", errors=Errors.IID)
    other = theirs(
        lambda: pf.feols(
            "y ~ x1 + x2 | firm + year",
            frame(table),
            weights="weight",
            vcov="iid",
            fixef_tol=1e-12,
        )
    )
    assert ours.coefficients == pytest.approx(other.coef().to_numpy(), rel=AGREE)
    assert ours.standard_errors == pytest.approx(other.se().to_numpy(), rel=AGREE)
