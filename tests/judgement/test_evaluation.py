"""Dated scores: what is known, what is not, what changed and why. Figures worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ipfinance.basics import InputError, Interval, Text
from ipfinance.judgement import (
    Aggregation,
    Cohort,
    CohortScore,
    Conversion,
    ConversionTarget,
    DatedAnswer,
    Direction,
    EvaluatedAsset,
    Evaluation,
    EvaluationOptions,
    EvaluationStatus,
    EvaluationTask,
    EvidenceRule,
    Formula,
    Grade,
    GradeTable,
    Indicator,
    IndicatorSystem,
    Measure,
    ObjectiveMethod,
    PanelMember,
    PanelRequirement,
    ScoreState,
    SystemStatus,
    WeightSet,
    evaluate,
)

MADE_UP = Text("made up", "虚构")
D1, D2, D3 = date(2024, 1, 1), date(2025, 1, 1), date(2026, 1, 1)
WEIGHTS = {"M": 0.6, "L": 0.4, "demand": 0.5, "rivals": 0.5, "cites": 0.25, "stable": 0.75}
# combined: demand 0.3, rivals 0.3, cites 0.1, stable 0.3


def system(**changed: Any) -> IndicatorSystem:
    fields: dict[str, Any] = {
        "id": "small",
        "version": "1",
        "status": SystemStatus.USER_SUPPLIED,
        "source": MADE_UP,
        "nodes": (
            Indicator(id="M", parent="root", name=Text("market", "市场")),
            Indicator(id="L", parent="root", name=Text("law", "法律")),
            Indicator(id="demand", parent="M", name=Text("demand", "需求"), polarity=1),
            Indicator(
                id="rivals",
                parent="M",
                name=Text("rivals", "竞争"),
                polarity=-1,
                scale=Interval(0, 10),
                overlaps="income",
            ),
            Indicator(id="cites", parent="L", name=Text("citations", "被引"), polarity=1),
            Indicator(id="stable", parent="L", name=Text("stability", "稳定"), polarity=1),
        ),
        "weight_sets": (WeightSet(scenario="usual", weights=WEIGHTS),),
    }
    return IndicatorSystem(**{**fields, **changed})


def said(
    indicator: str,
    low: float | None,
    high: float | None = None,
    *,
    day: date = D1,
    author: str = "A",
    asset: str = "x",
    **more: str,
) -> DatedAnswer:
    answer = None if low is None else Interval(low, low if high is None else high)
    return DatedAnswer(
        asset=asset, indicator=indicator, author=author, dated_on=day, answer=answer, **more
    )


COHORT = CohortScore(
    indicator="cites",
    cohort=Cohort(
        id="c", measure="citations", values=(1, 2, 3, 3, 8), described_as=MADE_UP, source=MADE_UP
    ),
    counted_on=D1,
)
ANSWERS = (
    said("demand", 0.6, 0.8),
    said("rivals", 3),
    said("stable", 0.5, 0.9, author="A"),
    said("stable", 0.4, 0.6, author="B"),
)
CITED = Measure(asset="x", measure="citations", dated_on=D1, value=3)


def task(**changed: Any) -> EvaluationTask:
    fields: dict[str, Any] = {
        "id": "t",
        "title": MADE_UP,
        "status": EvaluationStatus.ILLUSTRATIVE,
        "system": system(),
        "assets": (EvaluatedAsset(id="x", title=MADE_UP), EvaluatedAsset(id="y", title=MADE_UP)),
        "answers": ANSWERS,
        "measures": (CITED,),
        "cohorts": (COHORT,),
        "options": EvaluationOptions(scenario="usual"),
    }
    return EvaluationTask(**{**fields, **changed})


def codes(found: Evaluation) -> set[str]:
    return {finding.code for finding in found.findings}


def test_a_score_by_hand() -> None:
    """demand 0.7, rivals 1 - 3/10 = 0.7, citations (2 + 2/2)/5 = 0.6, stability (0.7+0.5)/2."""
    last = evaluate(task()).last("x")
    assert last.total.number == pytest.approx(0.3 * 0.7 + 0.3 * 0.7 + 0.1 * 0.6 + 0.3 * 0.6)
    assert last.nodes["M"].number == pytest.approx(0.7)
    assert last.nodes["L"].number == pytest.approx(0.25 * 0.6 + 0.75 * 0.6)
    assert sum(last.weights.values()) == pytest.approx(1.0)
    assert last.scores["stable"].range == Interval(0.4, 0.9)
    assert last.scores["cites"].state is ScoreState.COUNTED
    assert not last.unknown
    assert last.total.recomputed({}) == last.total.value
    assert last.total.recomputed({"measures.x.citations": 9.0}) == pytest.approx(0.7)
    moved = last.total.recomputed({"answers.x.rivals.A": Interval(0, 0)})
    assert moved == pytest.approx(last.total.number + 0.3 * 0.3)


def test_unknown_is_an_interval_and_never_zero() -> None:
    found = evaluate(task(answers=ANSWERS[1:]))
    last = found.last("x")
    assert last.unknown == ("demand",)
    assert last.unknown_weight == pytest.approx(0.3)
    assert list(last.value) == pytest.approx([0.45, 0.75])
    assert "score_unknown_indicators" in codes(found)
    assert last.total.recomputed({"unknown.x.demand": 0.7}) == pytest.approx(0.66)
    assert list(last.nodes["M"].interval) == pytest.approx([0.35, 0.85])


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Aggregation.GEOMETRIC_MEAN, 0.7**0.6 * 0.6**0.4),
        (
            Aggregation.TOPSIS,
            (a := (2 * 0.21**2 + 0.06**2 + 0.18**2) ** 0.5)
            / (a + (2 * 0.09**2 + 0.04**2 + 0.12**2) ** 0.5),
        ),
    ],
)
def test_other_aggregations_by_hand(kind: Aggregation, expected: float) -> None:
    options = EvaluationOptions(scenario="usual", aggregation=kind)
    assert evaluate(task(options=options)).last("x").total.number == pytest.approx(expected)


def test_answers_carry_on_expire_and_are_taken_back() -> None:
    later = (
        *ANSWERS,
        said("demand", 0.9, day=D2, reason="a contract"),
        said("rivals", None, day=D3),
    )
    found = evaluate(task(answers=later))
    one, two, three = found.trends["x"].snapshots
    assert [one.dated_on, two.dated_on, three.dated_on] == [D1, D2, D3]
    assert two.scores["rivals"].state is ScoreState.CARRIED
    assert two.scores["demand"].state is ScoreState.ANSWERED
    assert three.scores["rivals"].state is ScoreState.UNKNOWN
    assert two.total.number == pytest.approx(0.66 + 0.3 * 0.2)
    assert list(three.value) == pytest.approx([0.51, 0.81])
    first, second = found.trends["x"].changes
    assert first.direction is Direction.ROSE
    assert second.direction is Direction.UNDECIDED
    assert [item.indicator for item in first.by_indicator] == ["demand"]
    assert first.by_indicator[0].reasons == ("A: a contract",)
    assert first.by_indicator[0].effect == pytest.approx(0.06)
    assert first.remainder == pytest.approx(0.0, abs=1e-12)
    assert "score_moved_without_reason" in codes(found)  # rivals, taken back
    slope = found.trends["x"].slope
    assert slope is not None
    assert slope.low < slope.high
    short = EvaluationOptions(scenario="usual", answers_valid_days=400)
    aged = evaluate(task(answers=later, options=short))
    assert aged.last("x").scores["stable"].state is ScoreState.EXPIRED
    assert "score_expired" in codes(aged)


def test_slope_is_the_median_of_pairwise_slopes() -> None:
    answers = (
        *ANSWERS,
        said("demand", 0.9, day=D2, reason="r"),
        said("demand", 1.0, day=D3, reason="r"),
    )
    slope = evaluate(task(answers=answers)).trends["x"].slope
    assert slope is not None
    year_1, year_2 = 366 / 365.25, 365 / 365.25  # 2024 is a leap year
    slopes = sorted([0.06 / year_1, 0.03 / year_2, 0.09 / (year_1 + year_2)])
    assert list(slope) == pytest.approx([slopes[1]] * 2)


def test_evidence_that_is_required_and_missing() -> None:
    nodes = tuple(
        replace(item, evidence=EvidenceRule.REQUIRED) if item.id == "stable" else item
        for item in system().nodes
    )
    found = evaluate(task(system=system(nodes=nodes)))
    assert found.last("x").scores["stable"].state is ScoreState.UNSUPPORTED
    assert "score_without_evidence" in codes(found)
    with_one = (*ANSWERS[:2], replace(ANSWERS[2], evidence="search 17"), ANSWERS[3])
    last = evaluate(task(system=system(nodes=nodes), answers=with_one)).last("x")
    assert last.scores["stable"].value.midpoint == pytest.approx(0.7)


def test_answers_left_out_are_told_even_beside_others() -> None:
    nodes = tuple(
        replace(item, evidence=EvidenceRule.REQUIRED) if item.id == "stable" else item
        for item in system().nodes
    )
    answers = (*ANSWERS[:2], replace(ANSWERS[2], evidence="search 17"), ANSWERS[3])
    found = evaluate(task(system=system(nodes=nodes), answers=answers))
    (finding,) = (f for f in found.findings if f.code == "score_without_evidence")
    assert finding.facts["authors"] == "B"
    left_out = found.last("x").scores["stable"].left_out
    assert [answer.author for answer in left_out] == ["B"]


def test_an_asset_without_entries_has_no_score() -> None:
    found = evaluate(task())
    assert set(found.trends) == {"x"}
    (finding,) = (f for f in found.findings if f.code == "score_no_entries")
    assert finding.facts["assets"] == "y"


def test_no_node_may_take_the_name_of_the_total() -> None:
    nodes = (*system().nodes, Indicator(id="score", parent="L", name=MADE_UP, polarity=1))
    with pytest.raises(InputError, match="score names the total"):
        task(system=system(nodes=nodes, weight_sets=()))


def test_an_indicator_comes_into_force() -> None:
    nodes = tuple(
        replace(item, valid_from=D2) if item.id == "demand" else item for item in system().nodes
    )
    answers = [ANSWERS[0], said("rivals", 6), *ANSWERS[2:]]
    answers.append(said("stable", 0.5, day=D2, author="B", reason="r"))
    found = evaluate(task(system=system(nodes=nodes), answers=tuple(answers)))
    one, two = found.trends["x"].snapshots
    assert "demand" not in one.scores
    assert one.weights["rivals"] == pytest.approx(0.6)
    assert sum(one.weights.values()) == pytest.approx(1.0)
    assert two.weights["rivals"] == pytest.approx(0.3)
    assert "score_system_grew" in codes(found)
    changed = found.trends["x"].changes[0]
    # before 0.6 x 0.4, after 0.3 x 0.4 + 0.3 x 0.7: nothing of it is one indicator's alone
    assert changed.remainder == pytest.approx(0.3 * 0.7 - 0.3 * 0.4)
    assert {item.indicator for item in changed.by_indicator} >= {"demand", "rivals"}
    late = tuple(replace(item, valid_from=D3) for item in system().nodes)
    with pytest.raises(InputError, match="nothing with weight"):
        evaluate(task(system=system(nodes=late)))


BANDS = GradeTable(
    grades=tuple(
        Grade(name=Text(en, zh), low=low)
        for en, zh, low in (("weak", "弱", 0.0), ("fair", "中", 0.5), ("strong", "强", 0.7))
    ),
    source=MADE_UP,
)


def test_grades_follow_the_table_and_stay_open() -> None:
    closed = evaluate(task(grades=BANDS))
    assert [grade.name.en for grade in closed.last("x").grades] == ["fair"]
    fuzzy = closed.last("x").fuzzy
    assert fuzzy is not None
    assert sum(fuzzy.by_operator[next(iter(fuzzy.by_operator))]) == pytest.approx(1.0)
    assert fuzzy.memberships["demand"] == pytest.approx((0.0, 0.5, 0.5))
    still_open = evaluate(task(grades=BANDS, answers=ANSWERS[1:]))
    assert len(still_open.last("x").grades) == 3
    assert "grade_open" in codes(still_open)
    assert [g.name.en for g in BANDS.possible(Interval(0.7, 0.7))] == ["strong"]
    assert [g.name.en for g in BANDS.possible(Interval(1.0, 1.0))] == ["strong"]
    for lows in ((), (0.1,), (0.0, 0.5, 0.5), (0.0, 1.0)):
        with pytest.raises(InputError):
            GradeTable(grades=tuple(Grade(name=MADE_UP, low=x) for x in lows), source=MADE_UP)


PREMIUM = Conversion(
    id="premium",
    target=ConversionTarget.RISK_PREMIUM,
    source=MADE_UP,
    table=((0.0, 0.10), (1.0, 0.0)),
)
COEFFICIENT = Conversion(
    id="ac", target=ConversionTarget.COEFFICIENT, source=MADE_UP, formula=Formula("0.5 + M / 2")
)


def test_scores_become_a_premium_and_a_coefficient_by_stated_rules() -> None:
    found = evaluate(task(conversions=(PREMIUM, COEFFICIENT), charged_elsewhere={"L": MADE_UP}))
    premium, coefficient = found.last("x").conversions
    assert premium.explanation.number == pytest.approx(0.034)
    assert coefficient.explanation.number == pytest.approx(0.85)
    assert premium.explanation.number in premium.range
    assert premium.explanation.recomputed({"conversions.premium[0]": 0.2}) == pytest.approx(0.068)
    assert {"risk_charged_twice", "risk_charged_in_inputs", "risk_charged_elsewhere"} <= codes(
        found
    )
    open_score = evaluate(task(conversions=(PREMIUM,), answers=ANSWERS[1:])).last("x")
    assert list(open_score.conversions[0].explanation.interval) == pytest.approx([0.025, 0.055])


def test_rules_that_leave_their_range_or_turn_round_are_told() -> None:
    steep = replace(COEFFICIENT, formula=Formula("2 * score"))
    with pytest.raises(InputError, match="from 0 to 1"):
        evaluate(task(conversions=(steep,)))
    odd = replace(PREMIUM, table=((0.0, 0.0), (1.0, -0.05)))
    assert "conversion_negative_premium" in codes(evaluate(task(conversions=(odd,))))
    wrong = replace(PREMIUM, table=((0.0, 0.0), (1.0, 0.05)))
    assert "conversion_wrong_direction" in codes(evaluate(task(conversions=(wrong,))))


RIVAL = (
    said("demand", 0.9, asset="y"),
    said("rivals", 8, asset="y"),
    said("stable", 0.7, asset="y"),
)


def test_assets_are_ranked_with_what_would_turn_the_order() -> None:
    measures = (CITED, replace(CITED, asset="y", value=1))
    found = evaluate(task(answers=(*ANSWERS, *RIVAL), measures=measures))
    ranking = found.ranking
    assert ranking is not None
    assert ranking.order == ("x", "y")
    assert ranking.closeness is not None
    assert set(ranking.data_weights) == set(ObjectiveMethod)
    for each in ranking.data_weights.values():
        assert each.objective is not None
        assert each.joined_product is not None
        assert sum(each.objective.values()) == pytest.approx(1.0)
        assert sum(each.joined_product.values()) == pytest.approx(1.0)
    turning = {item.node: item.turning_weight for item in ranking.overtakings}
    # the lead is linear in the local weight of rivals below M, the rest going to demand
    lead = (0.66) - (0.3 * 0.9 + 0.3 * 0.2 + 0.1 * 0.1 + 0.3 * 0.7)
    slope = 0.6 * ((0.7 - 0.2) - (0.7 - 0.9))
    assert turning["rivals"] == pytest.approx(0.5 - lead / slope)
    unknown = evaluate(task(answers=(*ANSWERS[1:], *RIVAL), measures=measures))
    assert unknown.ranking is not None
    assert unknown.ranking.closeness is None
    assert "ranking_undecided" in codes(unknown)


def test_the_same_scores_tell_no_weights() -> None:
    twin = tuple(replace(answer, asset="y") for answer in ANSWERS)
    found = evaluate(task(answers=(*ANSWERS, *twin), measures=(CITED, replace(CITED, asset="y"))))
    assert found.ranking is not None
    for each in found.ranking.data_weights.values():
        assert each.objective is None
        assert each.why_not is not None


def test_the_panel_is_held_against_its_own_rule() -> None:
    rule = PanelRequirement(
        fewest=3, least_years=5, needs_qualification=True, needs_independence=True
    )
    members = (
        PanelMember(id="A", qualification=MADE_UP, years=9, independent=True),
        PanelMember(id="B"),
    )
    found = evaluate(task(members=members, requirement=rule))
    assert {"panel_below_its_rule", "panel_member_short_of_rule"} <= codes(found)
    assert [f.where for f in found.findings if f.code == "panel_member_short_of_rule"] == ["B"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"answers": (said("demand", 0.5, asset="z"),)}, "answers[0].asset"),
        ({"answers": (said("nothing", 0.5),)}, "answers[0].indicator"),
        ({"answers": (said("cites", 0.5),)}, "answers[0].indicator"),
        ({"answers": (said("demand", 1.5),)}, "answers[0].low"),
        ({"answers": (said("demand", 0.5), said("demand", 0.6))}, "answers[1].author"),
        ({"answers": (), "measures": ()}, "answers"),
        ({"measures": (replace(CITED, asset="z"),)}, "measures[0].asset"),
        ({"measures": (replace(CITED, measure="claims"),)}, "measures[0].measure"),
        ({"measures": (CITED, CITED)}, "measures[1].measure"),
        ({"cohorts": (replace(COHORT, indicator="M"),)}, "cohorts[0].indicator"),
        ({"cohorts": (COHORT, COHORT)}, "cohorts[1].counted_on"),
        (
            {"cohorts": (replace(COHORT, cohort=replace(COHORT.cohort, values=())),)},
            "cohorts[0].values",
        ),
        ({"conversions": (PREMIUM, PREMIUM)}, "conversions[1].id"),
        (
            {"conversions": (replace(COEFFICIENT, formula=Formula("zzz")),)},
            "conversions[0].formula",
        ),
        ({"charged_elsewhere": {"Q": MADE_UP}}, "charged_elsewhere.Q"),
        ({"members": (PanelMember(id="A"),)}, "answers[3].author"),
        ({"members": (PanelMember(id="A"), PanelMember(id="A"))}, "experts[1].id"),
        ({"dates": (D2, D1)}, "dates[1]"),
        ({"dates": (date(2020, 1, 1),)}, "dates[0]"),
        ({"assets": (EvaluatedAsset(id="x", title=MADE_UP),) * 2}, "assets[1].id"),
        ({"system": system(status=SystemStatus.STRUCTURE_ONLY)}, "system"),
    ],
)
def test_tasks_that_cannot_be_scored(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as caught:
        task(**changed)
    assert field in [problem.field for problem in caught.value.problems]


def test_weights_must_be_there() -> None:
    with pytest.raises(InputError, match="expected judgements"):
        evaluate(task(options=EvaluationOptions()))
    given = WeightSet(scenario="own", weights=WEIGHTS)
    assert evaluate(task(options=EvaluationOptions(), weights=given)).last("x").total.number > 0


def test_a_rule_may_name_only_what_is_in_force() -> None:
    nodes = tuple(
        replace(item, valid_from=D2) if item.id == "demand" else item for item in system().nodes
    )
    rule = replace(COEFFICIENT, formula=Formula("demand"))
    with pytest.raises(InputError, match="not in force"):
        evaluate(task(system=system(nodes=nodes), conversions=(rule,)))


def test_a_cohort_counts_from_its_date_on_and_high_may_be_bad() -> None:
    early = replace(COHORT, counted_on=D2)
    found = evaluate(task(cohorts=(early,)))
    assert found.last("x").scores["cites"].state is ScoreState.UNKNOWN
    nodes = tuple(
        replace(item, polarity=-1) if item.id == "cites" else item for item in system().nodes
    )
    last = evaluate(task(system=system(nodes=nodes))).last("x")
    assert last.scores["cites"].value.midpoint == pytest.approx(0.4)
    nothing = evaluate(task(measures=()))
    assert nothing.last("x").scores["cites"].state is ScoreState.UNKNOWN
