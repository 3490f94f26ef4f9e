"""Score assets on dates, follow them, rank them, and say what must be signed off."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from ipfinance.basics import (
    Finding,
    FindingKind,
    InputError,
    Interval,
    Language,
    Severity,
    Text,
)
from ipfinance.judgement._aggregation import (
    Overtaking,
    overtakings,
    stability_radius,
    topsis_closeness,
)
from ipfinance.judgement._conversion import (
    CHARGED_ELSEWHERE,
    CHARGED_IN_INPUTS,
    CHARGED_TWICE,
    NEGATIVE_PREMIUM,
    SCORE,
    ConversionTarget,
    Converted,
    direction_findings,
)
from ipfinance.judgement._evaluation import EvaluationTask
from ipfinance.judgement._indicators import ROOT
from ipfinance.judgement._objective_weights import (
    OBJECTIVE_METHODS,
    ObjectiveMethod,
    linear_weights,
    product_weights,
)
from ipfinance.judgement._scoring import (
    SCORE_STATE_NAMES,
    Said,
    ScoreState,
    Snapshot,
    answers_by_place,
    children_in_force,
    snapshot,
)
from ipfinance.judgement._trend import LEVEL, Trend, trend
from ipfinance.judgement._weights import Weighing, weigh, weight_problems, weight_set
from ipfinance.numerics import FloatArray

FEWEST_RIVALS = 2
NEAR = 0.05
MOST_SHOWN = 6
_OVERLAPS = {
    "income": Text("income", "收益"),
    "rate": Text("rate", "折现率"),
    "life": Text("life", "剩余寿命"),
}

SCORE_MEANING = FindingKind(
    code="score_meaning",
    severity=Severity.NOTE,
    text=Text(
        "A score orders assets and dates on one indicator system with one set of weights. It is "
        "not an amount, not a probability and not a credit grade; only the rules stated by their "
        "author turn it into a rate or a coefficient.",
        "得分仅在同一指标体系与同一组权重下对资产和时点排序，不是金额、概率或信用等级；只有其制定者"
        "写明的规则才能将其转换为费率或系数。",
    ),
)
UNKNOWN_INDICATORS = FindingKind(
    code="score_unknown_indicators",
    severity=Severity.WARNING,
    text=Text(
        "{asset} on {day}: {indicators} unknown ({weight:.1%} of the weight). Unknown is not zero: "
        "the score may lie anywhere in [{low:.3f}, {high:.3f}].",
        "{asset}，{day}：{indicators} 未知（占权重 {weight:.1%}）。未知不等于零：得分可为 "
        "[{low:.3f}, {high:.3f}] 内任意值。",
    ),
)
UNSUPPORTED_SCORE = FindingKind(
    code="score_without_evidence",
    severity=Severity.WARNING,
    text=Text(
        "{asset} on {day}, {indicator}: the system asks for evidence and none is given by "
        "{authors}, so this does not count.",
        "{asset}，{day}，{indicator}：体系要求提供证据而 {authors} 未提供，故其评分不计入。",
    ),
)
EXPIRED_SCORE = FindingKind(
    code="score_expired",
    severity=Severity.WARNING,
    text=Text(
        "{asset} on {day}, {indicator}: what {authors} said is older than {days} days and no "
        "longer counts; evaluate it again.",
        "{asset}，{day}，{indicator}：{authors} 的评分已超过 {days} 天，不再计入；请重新评估。",
    ),
)
MOVED_WITHOUT_REASON = FindingKind(
    code="score_moved_without_reason",
    severity=Severity.WARNING,
    text=Text(
        "{asset}: {count} answer(s) moved without a reason: {moves}.",
        "{asset}：{count} 项评分修改未说明理由：{moves}。",
    ),
)
SYSTEM_GREW = FindingKind(
    code="score_system_grew",
    severity=Severity.NOTE,
    text=Text(
        "{indicators} came into force between {first} and {second}; scores of the two dates are "
        "not on the same weights.",
        "{indicators} 于 {first} 至 {second} 之间生效；两个日期的得分并非基于同一组权重。",
    ),
)
ORDER_UNDECIDED = FindingKind(
    code="ranking_undecided",
    severity=Severity.WARNING,
    text=Text(
        "{ahead} and {behind} cannot be ordered while indicators are unknown: {first} and "
        "{second} overlap.",
        "在部分指标未知时无法判定 {ahead} 与 {behind} 的先后：{first} 与 {second} 重叠。",
    ),
)
ORDER_NEAR = FindingKind(
    code="ranking_turns_nearby",
    severity=Severity.WARNING,
    text=Text(
        "{ahead} leads {behind} only while the local weight of {node} stays on its side of "
        "{turning:.4f}; it is {weight:.4f} now.",
        "仅当 {node} 的局部权重不越过 {turning:.4f}（现为 {weight:.4f}）时，{ahead} 才领先 "
        "{behind}。",
    ),
)
PANEL_SMALL = FindingKind(
    code="panel_below_its_rule",
    severity=Severity.WARNING,
    text=Text(
        "{count} author(s) scored; the panel's own rule asks for {fewest}.",
        "共 {count} 位评分者；专家组规则要求至少 {fewest} 位。",
    ),
)
MEMBER_UNQUALIFIED = FindingKind(
    code="panel_member_short_of_rule",
    severity=Severity.WARNING,
    text=Text(
        "{member} scores on the panel and falls short of its rule: {lacking}. The answers count "
        "as they are.",
        "{member} 参与评分但不符合专家组规则：{lacking}。其评分如实计入。",
    ),
)
GRADE_OPEN = FindingKind(
    code="grade_open",
    severity=Severity.NOTE,
    text=Text(
        "{asset} on {day}: the grade may be {grades} while indicators are unknown.",
        "{asset}，{day}：在部分指标未知时，等级可能为 {grades}。",
    ),
)


NO_ENTRIES = FindingKind(
    code="score_no_entries",
    severity=Severity.WARNING,
    text=Text(
        "Nothing was said or counted of {assets} by {day}: there is no score, which is not a score "
        "of zero.",
        "截至 {day}，{assets} 没有任何评分或计数：没有得分，并非得分为零。",
    ),
)
_LEFT_OUT_FINDINGS = {
    ScoreState.UNSUPPORTED: UNSUPPORTED_SCORE,
    ScoreState.EXPIRED: EXPIRED_SCORE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DataWeights:
    """Weights from the scores themselves, beside those of the system.

    Attributes
    ----------
    objective
        None where the scores tell nothing; `why_not` then says why.
    joined_product, joined_linear
        Joined with the weights of the system: by product, and half and half.
    """

    objective: dict[str, float] | None
    joined_product: dict[str, float] | None
    joined_linear: dict[str, float] | None
    why_not: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Several assets on the last date.

    Attributes
    ----------
    order
        Assets by the middle of their score, the best first.
    scores
        Their scores. [1]
    closeness
        TOPSIS among these assets; None while something is unknown. [1]
    overtakings
        Nearest weights at which the order changes; empty while something is unknown.
    radii
        By pair of neighbours in the order: how far all weights may move, in proportion, before
        they change places under a weighted sum; None while something is unknown. [1]
    data_weights
        By method; empty while something is unknown.
    """

    dated_on: date
    order: tuple[str, ...]
    scores: dict[str, Interval]
    closeness: dict[str, float] | None
    overtakings: tuple[Overtaking, ...]
    radii: dict[tuple[str, str], float | None]
    data_weights: dict[ObjectiveMethod, DataWeights]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evaluation:
    """Everything that follows from an evaluation's task."""

    task: EvaluationTask
    weighing: Weighing
    trends: dict[str, Trend]
    ranking: Ranking | None
    findings: tuple[Finding, ...]

    def last(self, asset: str) -> Snapshot:
        """Return the last evaluation of an asset."""
        return self.trends[asset].snapshots[-1]


def evaluate(task: EvaluationTask) -> Evaluation:
    """Score every asset on every date and say what changed.

    Parameters
    ----------
    task
        What was said, counted and ruled.

    Returns
    -------
    Evaluation
        A snapshot for each asset and date from its first entry on, trends, a ranking of several
        assets on the last date, and findings.

    Raises
    ------
    InputError
        When blocks of the system have no weights, or a rule has no value at a score.
    InconsistentJudgementError
        When judgements are too inconsistent and no reason is given for their use.

    Notes
    -----
    An indicator without an answer that counts may have any score on [0, 1]; the total is then the
    interval of all totals. The rules of aggregation never fall when a score rises, so its ends
    are exact.
    """
    weighing = _weigh(task)
    trends = {}
    said, first = answers_by_place(task), _first_entries(task)
    for asset in task.assets:
        days = [day for day in task.evaluated_on if asset.id in first and day >= first[asset.id]]
        if days:
            snapshots = [snapshot(task, weighing, asset.id, day, said) for day in days]
            trends[asset.id] = trend(asset.id, snapshots, task.options.aggregation)
    ranking = _ranking(task, weighing, trends) if len(trends) >= FEWEST_RIVALS else None
    return Evaluation(
        task=task,
        weighing=weighing,
        trends=trends,
        ranking=ranking,
        findings=tuple(_findings(task, weighing, trends, ranking=ranking, said=said)),
    )


def _weigh(task: EvaluationTask) -> Weighing:
    options = task.options
    fixed = task.weights or weight_set(task.system, options.scenario, where="options")
    own = {} if fixed is None else fixed.weights
    given = task.judgements or tuple(
        item for item in task.system.judgements if not all(name in own for name in item.order)
    )
    problems = weight_problems(task.system, given, fixed, where="evaluation")
    if problems:
        raise InputError(problems)
    return weigh(
        task.system,
        given,
        fixed=fixed,
        method=options.weights_method,
        group_rule=options.group_rule,
        accept_inconsistent=options.accept_inconsistent,
    )


def _first_entries(task: EvaluationTask) -> dict[str, date]:
    found: dict[str, date] = {}
    for asset, day in [
        *((each.asset, each.dated_on) for each in task.answers),
        *((each.asset, each.dated_on) for each in task.measures),
    ]:
        found[asset] = min(found.get(asset, day), day)
    return found


def _ranking(task: EvaluationTask, weighing: Weighing, trends: Mapping[str, Trend]) -> Ranking:
    last = {asset: each.snapshots[-1] for asset, each in trends.items()}
    order = tuple(sorted(last, key=lambda asset: -last[asset].value.midpoint))
    day = max(each.dated_on for each in last.values())
    is_known = all(not each.unknown for each in last.values())
    names = list(next(iter(last.values())).scores)
    table = np.array([[last[a].scores[n].value.midpoint for n in names] for a in order])
    weights = next(iter(last.values())).weights
    row = np.array([weights[name] for name in names])
    closeness = topsis_closeness(table, row) if is_known else None
    return Ranking(
        dated_on=day,
        order=order,
        scores={asset: last[asset].value for asset in order},
        closeness=None
        if closeness is None
        else dict(zip(order, map(float, closeness), strict=True)),
        overtakings=_overtakings(task, weighing, order, last) if is_known else (),
        radii={
            (a, b): stability_radius(row, table[order.index(a)], table[order.index(b)])
            if is_known
            else None
            for a, b in pairwise(order)
        },
        data_weights={
            method: _data_weights(rule, table, weights)
            for method, rule in OBJECTIVE_METHODS.items()
        }
        if is_known
        else {},
    )


def _overtakings(
    task: EvaluationTask,
    weighing: Weighing,
    order: tuple[str, ...],
    last: Mapping[str, Snapshot],
) -> tuple[Overtaking, ...]:
    children = children_in_force(task.system, next(iter(last.values())).dated_on)
    local = {}
    for parent, names in children.items():
        total = math.fsum(weighing.local[parent][name] for name in names)
        local[parent] = {name: weighing.local[parent][name] / total for name in names}
    scores = {
        asset: {name: score.value.midpoint for name, score in last[asset].scores.items()}
        for asset in order
    }
    return overtakings(children, local, ROOT, scores, task.options.aggregation)


def _data_weights(
    rule: Callable[[FloatArray], FloatArray], table: FloatArray, weights: Mapping[str, float]
) -> DataWeights:
    try:
        found = dict(zip(weights, map(float, rule(table)), strict=True))
    except InputError as error:
        why = error.problems[0].allowed
        return DataWeights(objective=None, joined_product=None, joined_linear=None, why_not=why)
    shared = math.fsum(found[name] * weights[name] for name in found)
    return DataWeights(
        objective=found,
        joined_product=product_weights(weights, found) if shared > 0 else None,
        joined_linear=linear_weights(weights, found),
        why_not=None,
    )


def _findings(
    task: EvaluationTask,
    weighing: Weighing,
    trends: Mapping[str, Trend],
    *,
    ranking: Ranking | None,
    said: Said,
) -> list[Finding]:
    found = [SCORE_MEANING.finding(), *weighing.findings(), *_panel_findings(task)]
    bare = [asset.id for asset in task.assets if asset.id not in trends]
    if bare:
        found.append(NO_ENTRIES.finding(assets=", ".join(bare), day=task.evaluated_on[-1]))
    for each in trends.values():
        found += _unknown_findings(task, each.snapshots[-1])
        found += _move_findings(task, said, each.asset)
        for one in each.snapshots[-1].conversions:
            found += _rule_findings(task, each.snapshots[-1], one)
        found += _charged_twice(each.snapshots[-1])
    found += _growth_findings(trends)
    for rule in task.conversions:
        found += direction_findings(rule)
    if ranking is not None:
        found += _ranking_findings(ranking)
    return _each_once(found)


def _each_once(findings: Sequence[Finding]) -> list[Finding]:
    """Leave out what has been said of another asset in the same words."""
    found: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        found.setdefault((finding.code, finding.message(Language.ENGLISH)), finding)
    return list(found.values())


def _panel_findings(task: EvaluationTask) -> list[Finding]:
    rule = task.requirement
    if rule is None:
        return []
    found = []
    authors = task.authors
    if authors and len(authors) < rule.fewest:
        found.append(PANEL_SMALL.finding(count=len(authors), fewest=rule.fewest))
    for member in task.members:
        lacking = rule.shortfalls(member) if member.id in authors else ()
        if lacking:
            joined = Text("; ".join(t.en for t in lacking), "；".join(t.zh for t in lacking))
            found.append(
                MEMBER_UNQUALIFIED.finding(where=member.id, member=member.id, lacking=joined)
            )
    return found


def _unknown_findings(task: EvaluationTask, last: Snapshot) -> list[Finding]:
    found: list[Finding] = []
    for name, score in last.scores.items():
        for state, kind in _LEFT_OUT_FINDINGS.items():
            authors = [answer.author for answer, why in score.left_out.items() if why is state]
            if authors:
                found.append(
                    kind.finding(
                        where=name,
                        asset=last.asset,
                        day=last.dated_on,
                        indicator=name,
                        authors=", ".join(authors),
                        days=task.options.answers_valid_days,
                    )
                )
    if last.unknown:
        found.append(
            UNKNOWN_INDICATORS.finding(
                where=last.asset,
                asset=last.asset,
                day=last.dated_on,
                indicators=", ".join(last.unknown),
                weight=last.unknown_weight,
                low=last.value.low,
                high=last.value.high,
            )
        )
    if len(last.grades) > 1:
        names = [grade.name for grade in last.grades]
        found.append(
            GRADE_OPEN.finding(
                where=last.asset,
                asset=last.asset,
                day=last.dated_on,
                grades=Text(", ".join(n.en for n in names), "、".join(n.zh for n in names)),
            )
        )
    return found


def _move_findings(task: EvaluationTask, said: Said, asset: str) -> list[Finding]:
    moves = []
    for item in task.system.leaves:
        latest: dict[str, Interval | None] = {}
        for answer in said.get((asset, item.id), ()):
            author = answer.author
            if author in latest and latest[author] != answer.answer and not answer.reason:
                before, after = _said(latest[author]), _said(answer.answer)
                where = f"{item.id} {author} {answer.dated_on}"
                moves.append(
                    Text(
                        f"{where} ({before.en} → {after.en})",
                        f"{where}（{before.zh} → {after.zh}）",
                    )
                )
            latest[author] = answer.answer
    if not moves:
        return []
    shown = moves[:MOST_SHOWN]
    more = "" if len(moves) == len(shown) else ", …"
    listed = Text(", ".join(m.en for m in shown) + more, "、".join(m.zh for m in shown) + more)
    return [MOVED_WITHOUT_REASON.finding(where=asset, asset=asset, count=len(moves), moves=listed)]


def _said(answer: Interval | None) -> Text:
    if answer is None:
        return SCORE_STATE_NAMES[ScoreState.UNKNOWN]
    low, high = (f"{end:.4g}" for end in answer)
    text = low if low == high else f"[{low}, {high}]"
    return Text(text, text)


def _rule_findings(task: EvaluationTask, last: Snapshot, one: Converted) -> list[Finding]:
    rule = one.conversion
    found = []
    for name in _charged(task, last, one):
        item = task.system.node(name)
        weight = last.scores[name].weight
        if item.overlaps:
            found.append(
                CHARGED_IN_INPUTS.finding(
                    where=rule.id,
                    rule=rule.id,
                    indicator=name,
                    weight=weight,
                    overlaps=_OVERLAPS[item.overlaps],
                )
            )
    for name, where in task.charged_elsewhere.items():
        shares = [
            last.scores[leaf].weight
            for leaf in _charged(task, last, one)
            if name in task.system.path(leaf)
        ]
        if shares:
            found.append(
                CHARGED_ELSEWHERE.finding(
                    where=rule.id, rule=rule.id, node=name, weight=math.fsum(shares), place=where
                )
            )
    if rule.target is ConversionTarget.RISK_PREMIUM and one.range.low < -LEVEL:
        found.append(
            NEGATIVE_PREMIUM.finding(
                where=rule.id, rule=rule.id, asset=last.asset, value=one.range.low
            )
        )
    return found


def _charged(task: EvaluationTask, last: Snapshot, one: Converted) -> list[str]:
    """Return the indicators that a rule makes somebody pay for."""
    names = one.conversion.names
    return [
        name
        for name in last.scores
        if SCORE in names or any(each in names for each in task.system.path(name))
    ]


def _charged_twice(last: Snapshot) -> list[Finding]:
    by_target = {one.conversion.target: one for one in last.conversions}
    if len(by_target) < len(ConversionTarget):
        return []
    premium, coefficient = (
        by_target[ConversionTarget.RISK_PREMIUM],
        by_target[ConversionTarget.COEFFICIENT],
    )
    return [
        CHARGED_TWICE.finding(
            where=last.asset,
            asset=last.asset,
            premium=premium.conversion.id,
            coefficient=coefficient.conversion.id,
        )
    ]


def _growth_findings(trends: Mapping[str, Trend]) -> list[Finding]:
    found: dict[tuple[date, date], Finding] = {}
    for each in trends.values():
        for one in each.changes:
            new = [name for name in one.second.scores if name not in one.first.scores]
            days = (one.first.dated_on, one.second.dated_on)
            if new and days not in found:
                found[days] = SYSTEM_GREW.finding(
                    indicators=", ".join(new), first=days[0], second=days[1]
                )
    return list(found.values())


def _ranking_findings(ranking: Ranking) -> list[Finding]:
    found = [
        ORDER_UNDECIDED.finding(
            ahead=a,
            behind=b,
            first=_said(ranking.scores[a]),
            second=_said(ranking.scores[b]),
        )
        for a, b in pairwise(ranking.order)
        if ranking.scores[a].width + ranking.scores[b].width > LEVEL
        and ranking.scores[b].high >= ranking.scores[a].low
    ]
    found += [
        ORDER_NEAR.finding(
            where=item.node,
            ahead=item.ahead,
            behind=item.behind,
            node=item.node,
            turning=item.turning_weight,
            weight=item.weight,
        )
        for item in ranking.overtakings
        if abs(item.turning_weight - item.weight) <= NEAR
    ]
    return found
