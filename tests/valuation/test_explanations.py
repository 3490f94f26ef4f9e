"""Explanation trees: each leaf, when perturbed, moves the value exactly as a rerun does."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ipfinance.basics import Explanation, Interval
from ipfinance.judgement import BlockJudgement
from ipfinance.numerics import Payoff, Timing
from ipfinance.valuation import (
    METHODS,
    AbandonInputs,
    Abandonment,
    BarrierEffect,
    BarrierInputs,
    BarrierSide,
    BinomialInputs,
    Case,
    Clock,
    ComparablesIncomeInputs,
    ContractInputs,
    DeferInputs,
    ExchangeInputs,
    Exercise,
    ExpandInputs,
    FirstOutlay,
    FromPanel,
    GridInputs,
    HazardKind,
    HedonicInputs,
    IntervalIncomeInputs,
    IntervalPointInputs,
    JumpInputs,
    JumpKind,
    Monitoring,
    OnRuin,
    ParisianInputs,
    PerpetualInputs,
    ResearchProjectInputs,
    RiskClosedFormInputs,
    RiskIntegralInputs,
    RiskLatticeInputs,
    SimulatedInputs,
    StagedInputs,
    SwitchInputs,
    Zhou2022Inputs,
    run,
    value_case,
)
from tests.support import UNIT, read
from tests.tolerances import TREE
from tests.worked import worked_examples

OPTION: dict[str, Any] = {
    "spot": 100.0,
    "strike": 90.0,
    "rate": 0.05,
    "volatility": 0.4,
    "maturity": 3.0,
    "hazard": 0.04,
    "hazard_kind": HazardKind.UNPRICED,
    "yield_rate": 0.03,
}
SAMPLES: dict[str, list[Any]] = {
    "interval_point": [
        IntervalPointInputs(interval=Interval(400, 460), risk_adjustment_coefficient=0.8)
    ],
    "interval_income": [
        IntervalIncomeInputs(
            income=(Interval(100, 120), Interval(80, 95), Interval(-20, 70)),
            rate=Interval(0.08, 0.1),
            life=Interval(2.2, 2.8),
            risk_adjustment_coefficient=0.7,
        ),
        IntervalIncomeInputs(  # the extremum lies inside the interval of the rate
            income=(
                Interval(-101, -100),
                Interval(230, 231),
                Interval(-131.5, -131),
                Interval(0, 1),
            ),
            rate=Interval(0.02, 0.3),
            life=Interval(3.0, 3.0),
            risk_adjustment_coefficient=0.7,
        ),
    ],
    "comparables_income": [
        ComparablesIncomeInputs(
            reported_profit=(-10.0, 20.0, 30.0), profit_add_on=25.0, ip_share=0.2, discount_rate=0.1
        ),
        ComparablesIncomeInputs(
            reported_profit=(-10.0, 20.0),
            base_revenue=100.0,
            base_profit=-5.0,
            peer_cost_shares=(0.6, 0.7, 0.65),
            ip_share=0.2,
            peer_returns=(0.1, 0.2),
            timing=Timing.MID,
        ),
    ],
    "hedonic": [
        HedonicInputs(
            coefficients=(3.9, 2.1, -0.6, 0.3),
            features=(1.0, 1.0, 0.0, 1.1),
            smearing=1.2,
            transfer_factor=0.8,
        )
    ],
    "risk_lattice": [
        RiskLatticeInputs(**OPTION, steps=60),
        RiskLatticeInputs(**OPTION, steps=60, exercise=Exercise.AMERICAN),
        RiskLatticeInputs(**OPTION, steps=60, payoff=Payoff.PUT, on_ruin=OnRuin.PAID),
        RiskLatticeInputs(
            **OPTION,
            steps=60,
            payoff=Payoff.PUT,
            on_ruin=OnRuin.PAID,
            exercise=Exercise.AMERICAN,
        ),
    ],
    "risk_closed_form": [
        RiskClosedFormInputs(**OPTION),
        RiskClosedFormInputs(**{**OPTION, "hazard_kind": HazardKind.TRADED}),
        RiskClosedFormInputs(**OPTION, payoff=Payoff.PUT, on_ruin=OnRuin.PAID),
    ],
    "risk_integral": [
        RiskIntegralInputs(**OPTION),
        RiskIntegralInputs(**OPTION, payoff=Payoff.PUT),
    ],
    "zhou2022": [
        Zhou2022Inputs(
            spot=3.7,
            strike=3.7,
            rate=0.2326,
            volatility=0.2938,
            maturity=2.0,
            hazard=0.05,
            steps=5,
        )
    ],
}
PROJECT: dict[str, Any] = {
    "value": 100.0,
    "rate": 0.05,
    "volatility": 0.4,
    "maturity": 3.0,
    "hazard": 0.04,
    "hazard_kind": HazardKind.UNPRICED,
    "yield_rate": 0.03,
}
TRADED: dict[str, Any] = {"hazard_kind": HazardKind.TRADED}
EUROPEAN: dict[str, Any] = {"exercise": Exercise.EUROPEAN}
LATTICE_60: dict[str, Any] = {"steps": 60}
WATCHED: dict[str, Any] = {**OPTION, "barrier": 80.0, "side": BarrierSide.DOWN}
SWITCHED: dict[str, Any] = {"correlation": 0.3, "maturity": 4.0, "hazard": 0.02}
R_AND_D: dict[str, Any] = {
    "cost": 40.0,
    "outlay_rate": 12.0,
    "cost_volatility": 0.4,
    "cash": 9.0,
    "growth": 0.03,
    "risk_premium": 0.04,
    "cash_volatility": 0.3,
    "correlation": -0.1,
    "rate": 0.05,
    "failure_rate": 0.06,
    "horizon": 10.0,
    "terminal_multiple": 4.0,
    "step_time": 0.5,
    "paths": 200,
}
SAMPLES |= {
    "option_defer": [
        DeferInputs(**PROJECT, **LATTICE_60, cost=90.0),
        DeferInputs(**PROJECT, **EUROPEAN, cost=90.0),
    ],
    "option_expand": [
        ExpandInputs(**PROJECT, **LATTICE_60, expansion=0.5, cost=40.0),
        ExpandInputs(**{**PROJECT, **TRADED}, **EUROPEAN, expansion=0.5, cost=40.0),
    ],
    "option_contract": [ContractInputs(**PROJECT, **LATTICE_60, contraction=0.3, saving=35.0)],
    "option_abandon": [
        AbandonInputs(**PROJECT, **LATTICE_60, salvage=70.0),
        AbandonInputs(**PROJECT, **LATTICE_60, salvage=70.0, on_ruin=OnRuin.PAID),
        AbandonInputs(**PROJECT, **EUROPEAN, salvage=70.0, on_ruin=OnRuin.PAID),
    ],
    "option_exchange": [
        ExchangeInputs(
            **SWITCHED,
            hazard_kind=kind,
            received=100.0,
            given_up=90.0,
            received_volatility=0.3,
            given_volatility=0.2,
            received_yield=0.03,
            given_yield=0.01,
        )
        for kind in HazardKind
    ],
    "option_switch": [
        SwitchInputs(
            **SWITCHED,
            hazard_kind=HazardKind.UNPRICED,
            current=100.0,
            other=95.0,
            switching_cost=0.05,
            current_volatility=0.3,
            other_volatility=0.2,
            current_yield=0.03,
            other_yield=0.01,
        )
    ],
    "option_staged": [
        StagedInputs(
            spot=120.0,
            costs=(5.0, 20.0, 60.0),
            times=(0.5, 1.5, 3.0),
            successes=successes,
            rate=0.05,
            volatility=0.5,
            hazard=0.03,
            hazard_kind=HazardKind.TRADED,
            yield_rate=0.02,
        )
        for successes in (None, (0.6, 0.8, 0.9))
    ],
    "option_perpetual": [
        PerpetualInputs(
            value=value,
            cost=90.0,
            rate=0.05,
            yield_rate=0.04,
            volatility=0.3,
            hazard=0.02,
            hazard_kind=HazardKind.UNPRICED,
        )
        for value in (100.0, 50.0)
    ],
    "option_jump": [
        JumpInputs(
            **OPTION,
            jump_rate=0.3,
            log_jump_mean=-0.4,
            log_jump_deviation=0.2,
            jump_kind=kind,
            payoff=Payoff.PUT,
        )
        for kind in JumpKind
    ],
    "option_barrier": [
        BarrierInputs(**WATCHED, effect=effect, monitoring=Monitoring.CONTINUOUS)
        for effect in BarrierEffect
    ]
    + [
        BarrierInputs(**WATCHED, effect=effect, monitoring=Monitoring.DATED, monitoring_dates=6)
        for effect in BarrierEffect
    ],
    "option_parisian": [
        ParisianInputs(**WATCHED, observations_to_loss=2, clock=clock, monitoring_dates=6)
        for clock in Clock
    ],
    "option_binomial": [
        BinomialInputs(**OPTION, steps=60, exercise=exercise, payoff=payoff, on_ruin=OnRuin.PAID)
        for exercise in Exercise
        for payoff in Payoff
    ],
    "option_grid": [
        GridInputs(
            **OPTION,
            nodes=50,
            time_steps=20,
            exercise=exercise,
            payoff=Payoff.PUT,
            on_ruin=OnRuin.PAID,
        )
        for exercise in Exercise
    ],
    "option_simulated": [
        SimulatedInputs(
            **OPTION,
            dates=4,
            paths=400,
            exercise=exercise,
            payoff=Payoff.PUT,
            on_ruin=OnRuin.PAID,
        )
        for exercise in Exercise
    ],
    "option_project": [
        ResearchProjectInputs(**R_AND_D, first_outlay=FirstOutlay.PAID),
        ResearchProjectInputs(
            **R_AND_D, first_outlay=FirstOutlay.NOT_PAID, abandonment=Abandonment.NEVER
        ),
    ],
}
CASES = [(name, place) for name, samples in SAMPLES.items() for place in range(len(samples))]


def _changed(value: Any, path: str = "") -> list[Any]:
    if path in {"horizon", "step_time"}:  # one divides the other
        return [2 * value]
    if isinstance(value, Interval):
        move = 0.01 * (1 + abs(value.low))
        return [Interval(value.low - move, value.high), Interval(value.low, value.high + move)]
    if isinstance(value, int):
        return [value + 1]
    if isinstance(value, float):
        return [value * 1.01 + (0.001 if value == 0 else 0.0)]
    return []


def _with(inputs: Any, path: str, value: Any) -> Any:
    found = re.fullmatch(r"(\w+)(?:\[(\d+)\])?", path)
    assert found is not None
    name, place = found.groups()
    if place is None:
        return replace(inputs, **{name: value})
    items = list(getattr(inputs, name))
    items[int(place)] = value
    return replace(inputs, **{name: tuple(items)})


def test_each_method_has_a_sample() -> None:
    """Here, or as a worked example, whose leaves are perturbed in the same way."""
    assert set(SAMPLES) | {each.method for each in worked_examples()} == set(METHODS)


@pytest.mark.parametrize(("name", "place"), CASES)
def test_tree_is_the_computation(name: str, place: int) -> None:
    inputs = SAMPLES[name][place]
    method = METHODS[name]
    found = run(method, inputs, unit=UNIT)
    assert found.explanation.recomputed({}) == found.number
    given = {item.name for item in method.fields if getattr(inputs, item.name) is not None}
    leaves = found.explanation.leaves()
    moved = 0
    for path, leaf in leaves.items():
        for changed in _changed(leaf.value, path):
            rerun = run(method, _with(inputs, path, changed), unit=UNIT).number
            recomputed = found.explanation.recomputed({path: changed})
            assert recomputed == pytest.approx(rerun, rel=TREE, abs=TREE), path
            moved += rerun != found.number
    assert moved >= 3
    roots = {re.sub(r"\[\d+\]", "", path) for path in leaves}
    unused = {
        "intangible_assets",
        "total_assets",
        "life_basis",
        "rate_basis",
        "timing",
        "exercise",
        "payoff",
        "on_ruin",
        "hazard_kind",
        "fractional_year",
        "bounds",
        "point_rule",
        "stretch",
    }
    assert given - roots <= unused | ({"yield_rate"} if name == "zhou2022" else set())


def _case_leaves(case: Case) -> tuple[Explanation, float]:
    found = value_case(case).conclusion
    return found.explanation, found.number


def _with_panel_answer(case: Case, name: str, expert: str, year: int, value: Interval) -> Case:
    step = case.steps[0]
    given = step.inputs[name]
    assert isinstance(given, FromPanel)
    answers = list(given.answers[expert])
    answers[year] = value
    panel = replace(given, answers={**given.answers, expert: tuple(answers)})
    return replace(case, steps=(replace(step, inputs={**step.inputs, name: panel}),))


def _with_indicator_answer(case: Case, indicator: str, expert: str, value: Interval) -> Case:
    assert case.judgement is not None
    said = list(case.judgement.answers)
    last = max(i for i, a in enumerate(said) if (a.indicator, a.expert) == (indicator, expert))
    said[last] = replace(said[last], answer=value)
    return replace(case, judgement=replace(case.judgement, answers=tuple(said)))


def _with_judgement(case: Case, parent: str, expert: str, upper: tuple[float, ...]) -> Case:
    task = case.judgement
    assert task is not None

    def changed(block: BlockJudgement) -> BlockJudgement:
        if (block.parent, block.expert) != (parent, expert):
            return block
        return replace(block, order=task.system.children[parent], values=upper)

    blocks = tuple(changed(block) for block in task.judgements)
    return replace(case, judgement=replace(task, judgements=blocks))


def _moved(pair: Interval, end: str) -> Interval:
    move = 0.1 * pair.width
    return (
        Interval(pair.low + move, pair.high)
        if end == "low"
        else Interval(pair.low, pair.high - move)
    )


def test_a_whole_pledge_case_is_explained_to_single_answers() -> None:
    case = read("pledge")
    tree, value = _case_leaves(case)
    leaves = tree.leaves()
    kinds = {path.split(".")[0] for path in leaves}
    assert {"answers", "judgements", "pledge"} <= kinds
    assert len([path for path in leaves if path.startswith("answers.")]) == 55
    assert len([path for path in leaves if path.startswith("judgements.")]) == 20
    rebuilt: dict[str, Callable[[], tuple[Case, Any]]] = {}
    for path, leaf in leaves.items():
        parts = path.split(".")
        if parts[0] == "answers":
            new = _moved(leaf.interval, "low")
            rebuilt[path] = lambda p=parts, n=new: (  # type: ignore[misc]
                _with_indicator_answer(case, p[1], p[2], n),
                n,
            )
        elif parts[0] == "judgements":
            upper = (leaf.numbers[0] * 1.07, *leaf.numbers[1:])
            rebuilt[path] = lambda p=parts, u=upper: (  # type: ignore[misc]
                _with_judgement(case, p[1], p[2], u),
                u,
            )
        elif isinstance(leaf.value, Interval):
            found = re.fullmatch(r"pledge\.(\w+)\.(\w+?)(?:\[(\d+)\])?", path)
            assert found is not None
            name, expert, year = found.groups()
            new = _moved(leaf.interval, "high")
            rebuilt[path] = lambda a=name, e=expert, y=int(year or 0), n=new: (  # type: ignore[misc]
                _with_panel_answer(case, a, e, y, n),
                n,
            )
    assert len(rebuilt) == 55 + 20 + 5 * 10
    for path, build in rebuilt.items():
        changed_case, changed = build()
        rerun = value_case(changed_case).conclusion.number
        assert tree.recomputed({path: changed}) == pytest.approx(rerun, rel=TREE), path
        if not path.startswith("pledge.income") or "[7]" not in path:
            assert rerun != value, path


def test_an_option_case_is_explained_down_to_the_profits() -> None:
    result = value_case(read("iqiyi"))
    leaves = result.conclusion.explanation.leaves()
    assert {"income.reported_profit[0]", "income.ip_share", "option.volatility"} <= set(leaves)
    moved = result.conclusion.explanation.recomputed({"income.ip_share": 0.2})
    assert isinstance(moved, float)
    # spot and strike are both 20/13 of what they were, rounded to cents of 100 million
    factor = round(result.valuations["income"].number * 20 / 13, 2) / 3.70
    assert moved == pytest.approx(result.conclusion.number * factor, rel=1e-9)
