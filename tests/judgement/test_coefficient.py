"""The coefficient of a panel, its rounds and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ipfinance.basics import InputError, Interval, Language, Text
from ipfinance.bootstrap import LocalFiles
from ipfinance.judgement import (
    BlockJudgement,
    Candidate,
    GroupRule,
    InconsistentJudgementError,
    Indicator,
    IndicatorSystem,
    PanelAnswer,
    PanelOptions,
    SetValuedForm,
    SystemStatus,
    WeightSet,
    WeightsMethod,
    assess,
    indicator_panel,
)
from tests.support import read


def _system(**changed: Any) -> IndicatorSystem:
    fields: dict[str, Any] = {
        "id": "small",
        "version": "1",
        "status": SystemStatus.USER_SUPPLIED,
        "source": Text("made up", "虚构"),
        "nodes": (
            Indicator(id="C1", parent="root", name=Text("market", "市场")),
            Indicator(id="C2", parent="root", name=Text("law", "法律")),
            Indicator(id="P1", parent="C1", name=Text("demand", "需求"), polarity=1),
            Indicator(id="P2", parent="C1", name=Text("rivals", "竞争"), polarity=-1),
            Indicator(id="P3", parent="C2", name=Text("stability", "稳定"), polarity=1),
        ),
        "expected_counts": (2, 3),
        "weight_sets": (
            WeightSet(scenario="pledge", weights={"C1": 0.6, "C2": 0.4, "P1": 0.5, "P2": 0.5}),
        ),
    }
    return IndicatorSystem(**{**fields, **changed})


def _answer(indicator: str, expert: str, low: float, high: float, **more: Any) -> PanelAnswer:
    return PanelAnswer(indicator=indicator, expert=expert, answer=Interval(low, high), **more)


ANSWERS = [
    _answer("P1", "A", 0.7, 0.9),
    _answer("P1", "B", 0.8, 1.0),
    _answer("P2", "A", 0.1, 0.3),
    _answer("P2", "B", 0.2, 0.4),
    _answer("P3", "A", 0.5, 0.7),
    _answer("P3", "B", 0.5, 0.7),
]
BLOCKS = [
    BlockJudgement(parent="root", expert="A", order=("C1", "C2"), values=(1.5,)),
    BlockJudgement(parent="C1", expert="A", order=("P2", "P1"), values=(1.0,)),
]


def test_coefficient_by_hand() -> None:
    """Means 0.85, 1 - 0.25 and 0.6; weights 0.3, 0.3 and 0.4."""
    by_weights = assess(_system(), ANSWERS, options=PanelOptions(scenario="pledge"))
    by_judgements = assess(_system(), ANSWERS, judgements=BLOCKS)
    expected = 0.3 * 0.85 + 0.3 * 0.75 + 0.4 * 0.6
    for found in (by_weights, by_judgements):
        assert found.coefficient.number == pytest.approx(expected, abs=1e-12)
        assert found.weights == pytest.approx({"P1": 0.3, "P2": 0.3, "P3": 0.4})
        assert found.by_form[SetValuedForm.PAPER] == pytest.approx(expected)


def test_changed_weights_move_the_coefficient() -> None:
    found = assess(_system(), ANSWERS, options=PanelOptions(scenario="pledge"))
    assert found.coefficient_at({"P3": 1.0}) == pytest.approx(0.6)
    assert found.coefficient_at({}) == pytest.approx(found.coefficient.number)


def test_group_rules_differ_and_both_sum_to_one() -> None:
    case = read("pledge")
    task = case.judgement
    assert task is not None
    values = {}
    for rule in GroupRule:
        options = replace(task.options, group_rule=rule, weights_method=WeightsMethod.COLUMN)
        found = assess(task.system, task.answers, judgements=task.judgements, options=options)
        assert sum(found.weights.values()) == pytest.approx(1.0)
        values[rule] = found.coefficient.number
    assert values[GroupRule.JUDGEMENTS] != values[GroupRule.PRIORITIES]
    assert values[GroupRule.JUDGEMENTS] == pytest.approx(values[GroupRule.PRIORITIES], abs=0.01)


def test_published_system_is_as_far_as_it_was_published() -> None:
    system = LocalFiles().system("su-2023-pledge")
    assert system.expected_counts == (3, 11)
    assert [leaf.id for leaf in system.leaves if (leaf.polarity or 0) < 0] == ["P13"]
    root, market = [block.matrix() for block in system.judgements]
    assert list(root.upper_triangle) == [2, 3, 2]
    assert list(market.upper_triangle) == [2, 3, 4, 2, 3, 2]
    with pytest.raises(InputError, match="below C2") as told:
        assess(system, [_answer(leaf.id, "A", 0.5, 0.6) for leaf in system.leaves])
    assert len(told.value.problems) == 2


def test_rounds_keep_what_was_not_revised() -> None:
    answers = [
        *ANSWERS,
        _answer("P1", "A", 0.8, 0.95, round=2, reason="saw the order book"),
        _answer("P3", "B", 0.55, 0.7, round=3),
    ]
    found = assess(_system(), answers, options=PanelOptions(scenario="pledge", max_rounds=3))
    rounds = found.panels["P1"].rounds
    assert [each.number for each in rounds] == [1, 2]
    assert rounds[1].answers == {"A": Interval(0.8, 0.95), "B": Interval(0.8, 1.0)}
    assert rounds[1].revised == {"A": "saw the order book"}
    told = [f for f in found.findings if f.code == "revised_without_reason"]
    assert [f.facts["expert"] for f in told] == ["B"]


def test_dissent_is_kept_and_told() -> None:
    answers = [_answer("P1", f"E{i}", 0.9, 1.0) for i in range(3)]
    answers += [_answer("P1", f"D{i}", 0.0, 0.1) for i in range(3)]
    found = assess(_system(), [*answers, *ANSWERS[2:]], options=PanelOptions(scenario="pledge"))
    assert not found.panels["P1"].reached
    (told,) = [f for f in found.findings if f.code == "consensus_not_reached"]
    assert "after 1 of 3 rounds" in told.message(Language.ENGLISH)
    assert len(found.panels["P1"].last.answers) == 6


def test_inconsistent_judgements_need_a_reason() -> None:
    nodes = (
        *(
            Indicator(id=name, parent="root", name=Text(name, "甲"), polarity=1)
            for name in ("a", "b", "c")
        ),
    )
    system = _system(nodes=nodes, expected_counts=(3,), weight_sets=())
    blocks = [
        BlockJudgement(parent="root", expert="E", order=("a", "b", "c"), values=(3, 1 / 3, 3))
    ]
    answers = [_answer(name, "E", 0.4, 0.6) for name in ("a", "b", "c")]
    for rule in GroupRule:
        with pytest.raises(InconsistentJudgementError, match=r"consistency ratio of 1\.1494"):
            assess(system, answers, judgements=blocks, options=PanelOptions(group_rule=rule))
    found = assess(
        system,
        answers,
        judgements=blocks,
        options=PanelOptions(accept_inconsistent={"root": "shown as an example"}),
    )
    (told,) = [f for f in found.findings if f.code == "inconsistency_accepted"]
    assert "shown as an example" in told.message(Language.ENGLISH)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"answers": ANSWERS[:-2]}, "no expert answered on P3"),
        ({"answers": [*ANSWERS, _answer("P9", "A", 0, 1)]}, "found 'P9'"),
        ({"answers": [*ANSWERS, _answer("P1", "A", 0, 1, round=9)]}, "max_rounds = 3"),
        ({"answers": [*ANSWERS, _answer("P1", "A", 0.1, 0.2)]}, "one answer per expert"),
        ({"answers": [*ANSWERS, _answer("P1", "C", 0.5, 7.0)]}, "inside the scale"),
        ({"options": PanelOptions(scenario="sale")}, "expected one of: pledge"),
        ({"judgements": BLOCKS[:1], "options": None}, "expected judgements on P1, P2"),
        (
            {
                "judgements": [replace(BLOCKS[0], parent="C9"), BLOCKS[1]],
                "options": None,
            },
            "found 'C9'",
        ),
        (
            {
                "judgements": [replace(BLOCKS[0], order=("C1", "C3")), BLOCKS[1]],
                "options": None,
            },
            "expected each of C1, C2 once",
        ),
        (
            {
                "judgements": [replace(BLOCKS[0], values=(12.0,)), BLOCKS[1]],
                "options": None,
            },
            "from 1/9 to 9",
        ),
        ({"system": _system(status=SystemStatus.STRUCTURE_ONLY)}, "cannot be scored"),
    ],
    ids=lambda item: item if isinstance(item, str) else "",
)
def test_refused_panels(changed: dict[str, Any], says: str) -> None:
    given = {
        "system": _system(),
        "answers": ANSWERS,
        "judgements": (),
        "options": PanelOptions(scenario="pledge"),
        **changed,
    }
    with pytest.raises(InputError, match=says):
        assess(
            given["system"],
            given["answers"],
            judgements=given["judgements"],
            options=given["options"],
        )


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"expected_counts": (2, 4)}, "must number"),
        ({"weight_sets": (WeightSet(scenario="x", weights={"C1": 0.7, "C2": 0.7}),)}, "sum to 1"),
        ({"weight_sets": (WeightSet(scenario="x", weights={"C1": 1.0}),)}, "must all be given"),
        (
            {
                "candidates": (
                    Candidate(
                        id="P1",
                        name=Text("a", "甲"),
                        source=Text("case", "案例"),
                        ratings={"E": 12},
                    ),
                )
            },
            "from 1 to 9",
        ),
        (
            {
                "candidates": (
                    Candidate(
                        id="z", name=Text("z", "乙"), source=Text("x", "某"), ratings={"E": 2}
                    ),
                )
            },
            "one that is not used needs one",
        ),
        (
            {
                "candidates": (
                    Candidate(id="P1", name=Text("a", "甲"), source=Text("x", "某"), ratings={}),
                )
            },
            "at least one rating",
        ),
        (
            {"nodes": (Indicator(id="P1", parent="root", name=Text("a", "甲")),)},
            "good when high",
        ),
        (
            {"nodes": (Indicator(id="root", parent="x", name=Text("a", "甲"), polarity=1),)},
            "root names the system itself",
        ),
        (
            {
                "nodes": (
                    Indicator(id="a", parent="b", name=Text("a", "甲"), polarity=1),
                    Indicator(id="b", parent="a", name=Text("b", "乙"), polarity=1),
                )
            },
            "must not form a circle",
        ),
    ],
    ids=lambda item: item if isinstance(item, str) else "",
)
def test_refused_systems(changed: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        _system(**changed)


def test_a_panel_on_another_scale() -> None:
    found = indicator_panel(
        "x",
        [_answer("x", "A", 20, 40), _answer("x", "B", 30, 50)],
        scale=Interval(0, 100),
        polarity=-1,
    )
    statistic = found.last.statistics[SetValuedForm.WIDTH_NORMALISED]
    assert statistic is not None
    assert statistic.mean == pytest.approx(0.65)
