"""Event studies and patent-grant values."""

from __future__ import annotations

from typing import Any

import numpy as np

from ipfinance.evidence import (
    Benchmark,
    EventList,
    EventModel,
    EventTerms,
    GrantTerms,
    SingleGrant,
    event_study,
    single_grant,
)
from ipfinance.market import ReturnPanel, ReturnsKind, ReturnUnit, Table, TextColumn
from tests.runners import Fixture, Runner


def _car(fixture: Fixture) -> Any:
    given = fixture["inputs"]
    before = len(given["firm_estimation"])
    firm = np.array(given["firm_estimation"] + given["firm_event"])
    market = np.array(given["market_estimation"] + given["market_event"])
    days = np.datetime64("2020-01-01") + np.arange(len(firm))
    table = Table.of({"date": days, "firm": firm, "market": market})
    panel = ReturnPanel.of(table, unit=ReturnUnit.DECIMAL, kind=ReturnsKind.SIMPLE)
    events = EventList.of(
        Table.of({"security": TextColumn.of(["firm"]), "date": days[before : before + 1]})
    )
    terms = EventTerms(model=EventModel.MARKET, estimation=(-before, -1), window=(0, 2))
    study = event_study(panel.taken([0]), Benchmark(factors=panel.taken([1])), events, terms)
    (event,) = study.events
    return {
        "alpha": event.constant,
        "beta": event.slopes[0],
        "s2": event.deviation**2,
        "AR": list(event.abnormal),
        "CAR": event.car,
        "var_CAR": event.error**2,
        "t": event.t,
    }


def _kpss(fixture: Fixture) -> Any:
    given = fixture["inputs"]

    def found(chance: float) -> SingleGrant:
        terms = GrantTerms(grant_probability=chance, gamma=given["gamma"])
        return single_grant(
            window_return=given["R_3day"],
            volatility=given["daily_idio_vol"],
            cap=given["market_cap_day_before"],
            patents=given["patents_that_day"],
            terms=terms,
        )

    return {
        "delta": found(0.55).share,
        "expected_value_return": found(0.55).signal,
        **{f"xi_pi_{chance}": found(chance).value for chance in given["pi"]},
    }


RUNNERS: dict[str, Runner] = {"seed003/event_study.car": _car, "seed003/kpss": _kpss}
