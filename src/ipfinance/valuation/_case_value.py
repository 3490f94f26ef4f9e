"""Value a case: resolve its inputs, run its steps, compare, and answer what is asked beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from ipfinance.assets import Asset
from ipfinance.basics import (
    NO_UNIT,
    DeclaredField,
    Distribution,
    Explanation,
    Finding,
    FindingKind,
    InputError,
    Interval,
    MoneyUnit,
    Problem,
    Severity,
    Source,
    SourceKind,
    Text,
    Uncertain,
    Value,
    declared_fields,
    leaf,
    listed,
    node,
)
from ipfinance.judgement import Assessment, assess
from ipfinance.numerics import annualised_volatility
from ipfinance.valuation._case import (
    JUDGEMENT,
    PANEL_RULE_NAMES,
    Case,
    CaseStatus,
    Conflict,
    FromPanel,
    FromPrices,
    FromStep,
    Given,
    Grouped,
    InputValue,
    PanelRule,
    Several,
    Step,
)
from ipfinance.valuation._option_analysis import OptionAnalysis, analyse_option
from ipfinance.valuation._registry import Method, group, input_leaf, numbered, run
from ipfinance.valuation._uncertainty import Spread, UncertaintyTask, spread_of
from ipfinance.valuation._valuation import Valuation

CONFLICT = FindingKind(
    code="sources_contradict",
    severity=Severity.WARNING,
    text=Text(
        "{subject}: the sources contradict each other ({readings}). "
        "Used: {used} ({reason}).{effect}",
        "{subject}：资料相互矛盾（{readings}）。采用：{used}（{reason}）。{effect}",
    ),
)
NO_DATE = FindingKind(
    code="no_valuation_date",
    severity=Severity.NOTE,
    text=Text(
        "The source states no valuation date; none was made up.",
        "资料未给出评估基准日，本报告不作编造。",
    ),
)
ILLUSTRATIVE = FindingKind(
    code="illustrative_inputs",
    severity=Severity.WARNING,
    text=Text(
        "Every input of this case is invented to show the method; the value is nobody's asset.",
        "本案例的所有输入均为演示方法而虚构，结果不对应任何真实资产。",
    ),
)
BELOW_COST = FindingKind(
    code="point_below_cost_floor",
    severity=Severity.WARNING,
    text=Text(
        "The value {value:.4f} lies below the cost of {floor:.4f}, which the cost approach gives "
        "as the least at which the right would change hands.",
        "价值 {value:.4f} 低于成本法给出的最低交易价值 {floor:.4f}。",
    ),
)
BASELINE_OUTSIDE = FindingKind(
    code="baseline_outside_panel",
    severity=Severity.WARNING,
    text=Text(
        "The appraiser's {name} of {value:g} lies outside the panel's interval "
        "[{low:g}, {high:g}].",
        "评估师的{name} {value:g} 不在专家区间 [{low:g}, {high:g}] 内。",
    ),
)
ROUNDED_INPUT = FindingKind(
    code="input_rounded",
    severity=Severity.NOTE,
    text=Text(
        "The value of step {other}, {exact:.6f}, enters later steps rounded to {decimals} "
        "decimals, as the source does.",
        "步骤 {other} 的价值 {exact:.6f} 按原文保留 {decimals} 位小数后进入后续步骤。",
    ),
)
PANEL_OF_ONE = FindingKind(
    code="panel_too_small",
    severity=Severity.WARNING,
    text=Text(
        "{input}: only {count} expert(s) answered; an interval of so few says little about the "
        "spread of opinion.",
        "{input}：仅有 {count} 位专家作答，难以反映意见分布。",
    ),
)
LEAST_PANEL = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelInput:
    """A panel's intervals on one input and what they were joined to."""

    step: str
    input: str
    answers: Mapping[str, tuple[Interval, ...]]
    joined: tuple[Interval, ...]
    rule: PanelRule


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictEffect:
    """What a step would be worth under each reading of a conflict."""

    conflict: Conflict
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """The value of a case with everything behind it.

    Attributes
    ----------
    valuations
        By step, in order.
    findings
        Of the case itself and of the panel; each step's own are in its valuation.
    yearly_spread
        Of each year, where the conclusion is a series; `spread` is then None.
    """

    case: Case
    valuations: dict[str, Valuation]
    assessment: Assessment | None
    panel_inputs: tuple[PanelInput, ...]
    spread: Spread | None
    analysis: OptionAnalysis | None
    conflicts: tuple[ConflictEffect, ...]
    findings: tuple[Finding, ...]
    yearly_spread: tuple[Spread, ...] = ()

    @property
    def conclusion(self) -> Valuation:
        """The valuation that the case concludes with."""
        return self.valuations[self.case.conclusion]

    @property
    def income_value(self) -> float | None:
        """The value by the income method, in the case's unit."""
        if self.analysis is not None and self.analysis.income_step:
            return self.valuations[self.analysis.income_step].number
        return None

    @property
    def coefficient(self) -> float | None:
        """The risk adjustment coefficient used, if any."""
        used = self.conclusion.details.get("coefficient")
        return float(used) if isinstance(used, float) else None

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """Every finding, the gravest first, none twice."""
        gathered = [*self.findings]
        for valuation in self.valuations.values():
            gathered += valuation.findings
        unique: list[Finding] = []
        for item in gathered:
            if item not in unique:
                unique.append(item)
        order = [Severity.INVALID, Severity.WARNING, Severity.NOTE]
        return tuple(sorted(unique, key=lambda item: order.index(item.severity)))


@dataclass(slots=True)
class _Run:
    """The steps done so far; one instance per case, never shared."""

    case: Case
    assessment: Assessment | None
    valuations: dict[str, Valuation] = field(default_factory=dict)
    panels: list[PanelInput] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def value_case(case: Case) -> CaseResult:
    """Value a case.

    Raises
    ------
    InputError, InconsistentJudgementError, NotApplicableError
        With every fault that is found in the step where it is found.
    """
    assessment = _assessed(case)
    done = _Run(case=case, assessment=assessment)
    for place, step in enumerate(case.steps):
        done.valuations[step.id] = _run_step(done, step, place)
    spread = _spread(case, done.valuations[case.conclusion])
    analysis = analyse_option(case, done.valuations)
    conflicts = tuple(_conflict_effect(case, conflict) for conflict in case.conflicts)
    findings = [*_case_findings(case, done.valuations[case.conclusion]), *done.findings]
    findings += [_conflict_finding(effect) for effect in conflicts]
    if assessment is not None:
        findings += assessment.findings
    if analysis is not None:
        findings += analysis.findings
    if spread is not None:
        findings += spread.findings
    return CaseResult(
        case=case,
        valuations=done.valuations,
        assessment=assessment,
        panel_inputs=tuple(done.panels),
        spread=spread,
        analysis=analysis,
        conflicts=conflicts,
        findings=tuple(findings),
        yearly_spread=_yearly_spread(case, done.valuations[case.conclusion]),
    )


def value_method(
    method: Method,
    inputs: Mapping[str, InputValue],
    *,
    unit: MoneyUnit = NO_UNIT,
    task: UncertaintyTask | None = None,
) -> CaseResult:
    """Apply one method as a case of a single step.

    Raises
    ------
    InputError, NotApplicableError
        With the names of the method's inputs.
    """
    step = Step(id=method.id, method=method, inputs=inputs)
    case = Case(
        id=method.id,
        title=method.name,
        status=CaseStatus.ACTUAL,
        asset=Asset(id=method.id, title=method.name),
        unit=unit,
        steps=(step,),
        conclusion=method.id,
        uncertainty=task,
    )
    where = "methods[0].inputs."
    try:
        done = _Run(case=case, assessment=None)
        done.valuations[step.id] = _run_step(done, step, 0)
        conclusion = done.valuations[step.id]
        spread = _spread(case, conclusion) if conclusion.explanation.uncertain() else None
        yearly = _yearly_spread(case, conclusion)
    except InputError as error:
        raise InputError(
            replace(problem, field=f"{problem.field}.".removeprefix(where).removesuffix("."))
            for problem in error.problems
        ) from error
    return CaseResult(
        case=case,
        valuations=done.valuations,
        assessment=None,
        panel_inputs=tuple(done.panels),
        spread=spread,
        analysis=None,
        conflicts=(),
        findings=(*done.findings, *(() if spread is None else spread.findings)),
        yearly_spread=yearly,
    )


def _yearly_spread(case: Case, conclusion: Valuation) -> tuple[Spread, ...]:
    """Return the spread of each year of a series whose inputs have one."""
    tree = conclusion.explanation
    if not isinstance(tree.value, tuple) or not tree.uncertain():
        return ()
    task = case.uncertainty or UncertaintyTask()
    return tuple(spread_of(year, task) for year in tree.children)


def _spread(case: Case, conclusion: Valuation) -> Spread | None:
    """Return the spread of the concluding value where it is asked for, or where inputs have one."""
    if case.uncertainty is None and not conclusion.explanation.uncertain():
        return None
    if isinstance(conclusion.explanation.value, tuple):
        return None
    task = case.uncertainty or UncertaintyTask()
    _refuse_scenarios(case, task)
    try:
        return spread_of(conclusion.explanation, task)
    except InputError as error:
        raise InputError(
            replace(problem, field=f"uncertainty.{problem.field}".removesuffix(".uncertainty"))
            for problem in error.problems
        ) from error


def _refuse_scenarios(case: Case, task: UncertaintyTask) -> None:
    """Refuse values of scenarios that the inputs themselves could not take."""
    declared = {
        f"{step.id}.{item.name}": item.quantity
        for step in case.steps
        for item in step.method.fields
        if not item.is_record
    }
    problems = [
        problem
        for place, scenario in enumerate(task.scenarios)
        for path, number in scenario.values.items()
        if path.split("[")[0] in declared
        for problem in declared[path.split("[")[0]].problems(
            f"uncertainty.scenarios[{place}].values.{path}", number
        )
    ]
    if problems:
        raise InputError(problems)


def _assessed(case: Case) -> Assessment | None:
    if case.judgement is None:
        return None
    task = case.judgement
    return assess(task.system, task.answers, judgements=task.judgements, options=task.options)


def _run_step(done: _Run, step: Step, place: int) -> Valuation:
    where = f"methods[{place}].inputs."
    values, known, sources = {}, {}, {}
    for item in step.method.fields:
        if item.name not in step.inputs:
            continue
        given = step.inputs[item.name]
        path = _Path(tree=f"{step.id}.{item.name}", file=where + item.name)
        values[item.name], tree = _resolved(done, item, given, path)
        if tree is not None:
            known[item.name] = tree
        elif isinstance(given, Given) and given.source.en:
            sources[item.name] = given.source
        elif isinstance(given, FromPanel):
            sources[item.name] = _joined_source(given)
    try:
        inputs = step.method.inputs(**values)
        valuation = run(
            step.method,
            inputs,
            unit=done.case.unit,
            asset_id=done.case.asset.id,
            valuation_date=done.case.valuation_date,
            prefix=f"{step.id}.",
            known=known,
            sources=sources,
        )
    except InputError as error:
        raise InputError(
            replace(problem, field=(where + problem.field).removesuffix("."))
            for problem in error.problems
        ) from error
    _refuse_unused(valuation, known, where)
    return valuation


def _refuse_unused(valuation: Valuation, known: Mapping[str, Explanation], where: str) -> None:
    """Refuse an uncertain input that the tree does not hold: it would move nothing."""
    held = valuation.explanation.uncertain()
    problems = [
        Problem(field=where + name, found=str(given), allowed=_ONE_NUMBER)
        for name, tree in known.items()
        for path, given in tree.uncertain().items()
        if path not in held
    ]
    if problems:
        raise InputError(problems)


_ONE_NUMBER = Text(
    "expected one number: this input shapes the computation", "应为单一数值：该输入决定计算的结构"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Path:
    """Where an input stands: in the tree of the value, and in the file."""

    tree: str
    file: str
    place: int | None = None

    def element(self, place: int) -> _Path:
        return _Path(tree=f"{self.tree}[{place}]", file=f"{self.file}[{place}]", place=place)

    def member(self, name: str) -> _Path:
        return _Path(tree=f"{self.tree}.{name}", file=f"{self.file}.{name}")


def _resolved(
    done: _Run, item: DeclaredField, given: InputValue, path: _Path
) -> tuple[Any, Explanation | None]:
    """Return the value of an input and its tree; no tree where it is a plain leaf."""
    match given:
        case Given():
            if item.element is float and not item.is_uncertain:
                return _at_the_middle(item, given, path)
            return given.value, None
        case FromStep():
            tree = _from_step(done, item, given, path)
        case FromPrices():
            tree = _from_prices(given, path)
        case FromPanel():
            tree = _from_panel(done, item, given, path)
            if item.is_uncertain:
                ends = tuple(each.interval for each in tree.children)
                return (ends if given.is_yearly else tree.interval), None
        case Several():
            return _several(done, item, given, path)
        case Grouped():
            return _grouped(done, item, given, path)
    return tree.value, tree


def _at_the_middle(
    item: DeclaredField, given: Given, path: _Path
) -> tuple[Any, Explanation | None]:
    """Return the middle of numbers that a method takes one at a time, and the leaves in full."""
    several = given.value if isinstance(given.value, tuple) else (given.value,)
    if not any(isinstance(each, (Interval, Distribution)) for each in several):
        return given.value, None
    problems = list(item.quantity.problems(path.file, given.value))
    if problems:
        raise InputError(problems)
    detail = given.source if given.source.en else None
    uncertain = replace(item, type=Uncertain)
    if not isinstance(given.value, tuple):
        tree = input_leaf(uncertain, given.value, path.tree, detail, place=path.place)
        return tree.value, tree
    leaves = tuple(
        input_leaf(uncertain, each, f"{path.tree}[{place}]", detail, place=place)
        for place, each in enumerate(several)
    )
    quantity = item.quantity
    tree = listed(quantity.name, leaves, unit=quantity.unit, symbol=quantity.symbol)
    return tree.value, tree


def _several(
    done: _Run, item: DeclaredField, given: Several, path: _Path
) -> tuple[Any, Explanation]:
    one = replace(item, type=item.element)
    values, trees = [], []
    for place, each in enumerate(given.items):
        value, tree = _resolved(done, one, each, path.element(place))
        values.append(value)
        trees.append(tree or _plain_leaf(one, each, value, path.element(place)))
    quantity = item.quantity
    tree = listed(quantity.name, tuple(trees), unit=quantity.unit, symbol=quantity.symbol)
    return tuple(values), tree


def _grouped(
    done: _Run, item: DeclaredField, given: Grouped, path: _Path
) -> tuple[Any, Explanation]:
    values: dict[str, Any] = {}
    trees: dict[str, Explanation] = {}
    problems: list[Problem] = []
    for each in declared_fields(item.element):
        if each.name not in given.members:
            if each.required or each.default is None:
                continue
            values[each.name] = each.default
            trees[each.name] = input_leaf(each, each.default, f"{path.tree}.{each.name}", None)
            continue
        member, where = given.members[each.name], path.member(each.name)
        try:
            value, tree = _resolved(done, each, member, where)
        except InputError as error:
            problems += error.problems
            continue
        values[each.name] = value
        trees[each.name] = tree or _plain_leaf(each, member, value, where)
    if problems:
        raise InputError(problems)
    try:
        record = item.element(**values)
    except InputError as error:
        raise InputError(
            replace(problem, field=f"{path.file}.{problem.field}") for problem in error.problems
        ) from error
    quantity = item.quantity
    name = quantity.name if path.place is None else numbered(quantity, path.place)
    return record, group(name, trees)


def _plain_leaf(item: DeclaredField, given: InputValue, value: object, path: _Path) -> Explanation:
    detail = given.source if isinstance(given, Given) and given.source.en else None
    if isinstance(value, tuple):
        leaves = tuple(
            input_leaf(item, each, f"{path.tree}[{place}]", detail, place=place)
            for place, each in enumerate(value)
        )
        quantity = item.quantity
        return listed(quantity.name, leaves, unit=quantity.unit, symbol=quantity.symbol)
    return input_leaf(item, value, path.tree, detail, place=path.place)


def _joined_source(given: FromPanel) -> Text:
    rule = PANEL_RULE_NAMES[given.rule]
    count = len(given.answers)
    return Text(f"panel of {count} experts, {rule.en}", f"{count} 位专家，{rule.zh}")


def _from_step(done: _Run, item: DeclaredField, given: FromStep, path: _Path) -> Explanation:
    if given.step == JUDGEMENT:
        if done.assessment is None:
            raise InputError([_unknown_step(given.step, done, path)])
        return done.assessment.coefficient
    if given.step not in done.valuations:
        raise InputError([_unknown_step(given.step, done, path)])
    earlier = done.valuations[given.step].explanation
    if earlier.uncertain() and item.element is not float and not item.is_uncertain:
        allowed = Text(
            f"this input takes one number, and step {given.step} is uncertain",
            f"该输入只接受单一数值，而步骤 {given.step} 含不确定输入",
        )
        raise InputError([Problem(field=f"{path.file}.from", found=given.step, allowed=allowed)])
    if given.decimals is None:
        return earlier
    done.findings.append(
        ROUNDED_INPUT.finding(
            where=given.step,
            other=given.step,
            exact=earlier.number,
            decimals=given.decimals,
        )
    )
    return node(
        Text(f"{earlier.name.en}, rounded", f"{earlier.name.zh}（取整）"),
        partial(_rounded, given.decimals),
        earlier,
        formula=f"round(·, {given.decimals})",
        unit=earlier.unit,
        symbol=earlier.symbol,
    )


def _rounded(decimals: int, value: float) -> Value:
    return round(value, decimals)


def _from_prices(given: FromPrices, path: _Path) -> Explanation:
    source = Source(
        kind=SourceKind.MARKET,
        path=f"{path.tree}.prices",
        detail=given.source,
    )
    prices = leaf(Text("prices", "价格"), given.prices, source, unit="currency", symbol="p")
    return node(
        Text("volatility, estimated", "波动率（估计）"),
        partial(_volatility, given.periods_per_year),
        prices,
        formula=f"sd(Δ ln p) √{given.periods_per_year:g}",
        unit="1/year^0.5",
        symbol="σ",
    )


def _volatility(periods_per_year: float, prices: tuple[float, ...]) -> Value:
    return annualised_volatility(np.asarray(prices), periods_per_year)


def _from_panel(done: _Run, item: DeclaredField, given: FromPanel, path: _Path) -> Explanation:
    quantity = item.quantity
    if len(given.answers) < LEAST_PANEL:
        done.findings.append(
            PANEL_OF_ONE.finding(where=path.tree, input=quantity.name, count=len(given.answers))
        )
    years = len(next(iter(given.answers.values())))
    nodes = []
    for year in range(years):
        suffix = f"[{year}]" if given.is_yearly else ""
        label = (
            Text(f", year {year + 1}", f"，第 {year + 1} 年") if given.is_yearly else Text("", "")
        )
        said = tuple(
            leaf(
                Text(
                    f"{quantity.name.en}{label.en}, {expert}",
                    f"{quantity.name.zh}{label.zh}，{expert}",
                ),
                answers[year],
                Source(kind=SourceKind.JUDGEMENT, path=f"{path.tree}.{expert}{suffix}"),
                unit=quantity.unit,
                symbol=f"{quantity.symbol}({expert})",
            )
            for expert, answers in given.answers.items()
        )
        nodes.append(
            node(
                Text(f"{quantity.name.en}{label.en}", f"{quantity.name.zh}{label.zh}"),
                partial(_joined, given.rule),
                *said,
                formula="[Σl/n, Σu/n]" if given.rule is PanelRule.MEAN else "[min l, max u]",
                unit=quantity.unit,
                symbol=quantity.symbol,
            )
        )
    done.panels.append(
        PanelInput(
            step=path.tree.split(".", maxsplit=1)[0],
            input=item.name,
            answers=given.answers,
            joined=tuple(each.interval for each in nodes),
            rule=given.rule,
        )
    )
    if not given.is_yearly:
        return nodes[0]
    return listed(quantity.name, tuple(nodes), unit=quantity.unit, symbol=quantity.symbol)


def _joined(rule: PanelRule, *answers: Interval) -> Value:
    return Interval.mean(answers) if rule is PanelRule.MEAN else Interval.hull(answers)


def _unknown_step(found: str, done: _Run, path: _Path) -> Problem:
    names = [*done.valuations, *([] if done.assessment is None else [JUDGEMENT])]
    shown = ", ".join(names) or "—"
    return Problem(
        field=f"{path.file}.from",
        found=found,
        allowed=Text(
            f"expected an earlier step or {JUDGEMENT}; known here: {shown}",
            f"应为之前的步骤或 {JUDGEMENT}；此处可用：{shown}",
        ),
    )


def _conflict_effect(case: Case, conflict: Conflict) -> ConflictEffect:
    if not conflict.step:
        return ConflictEffect(conflict=conflict, values=())
    return ConflictEffect(
        conflict=conflict,
        values=tuple(_value_with(case, conflict, reading.value) for reading in conflict.readings),
    )


def _value_with(case: Case, conflict: Conflict, reading: str) -> float | None:
    try:
        value = float(reading)
    except ValueError:
        return None
    steps = tuple(
        replace(step, inputs={**step.inputs, conflict.input: Given(value=value)})
        if step.id == conflict.step
        else step
        for step in case.steps
    )
    done = _Run(case=replace(case, steps=steps), assessment=_assessed(case))
    for place, step in enumerate(steps):
        done.valuations[step.id] = _run_step(done, step, place)
    return done.valuations[conflict.step].number


def _conflict_finding(effect: ConflictEffect) -> Finding:
    conflict = effect.conflict
    shown = Text(
        "; ".join(f"{reading.value}: {reading.place.en}" for reading in conflict.readings),
        "；".join(f"{reading.value}：{reading.place.zh}" for reading in conflict.readings),
    )
    values = [
        f"{reading.value} → {value:.6g}"
        for reading, value in zip(conflict.readings, effect.values, strict=False)
        if value is not None
    ]
    moved = ", ".join(values)
    text = (
        Text(
            f" Value of step {conflict.step}: {moved}.", f" 步骤 {conflict.step} 的价值：{moved}。"
        )
        if values
        else Text("", "")
    )
    return CONFLICT.finding(
        where=f"{conflict.step}.{conflict.input}" if conflict.step else "",
        subject=conflict.subject,
        readings=shown,
        used=conflict.used,
        reason=conflict.reason,
        effect=text,
    )


def _case_findings(case: Case, conclusion: Valuation) -> list[Finding]:
    found = []
    if case.valuation_date is None:
        found.append(NO_DATE.finding())
    if case.status is CaseStatus.ILLUSTRATIVE:
        found.append(ILLUSTRATIVE.finding())
    floor = None if case.approach is None else case.approach.cost_floor
    if floor is not None and conclusion.number < floor:
        found.append(BELOW_COST.finding(value=conclusion.number, floor=floor))
    if case.baseline is not None:
        found += _baseline_findings(case, conclusion)
    return found


def _baseline_findings(case: Case, conclusion: Valuation) -> list[Finding]:
    if case.baseline is None:
        return []
    found = []
    trees = {each.symbol: each for each in conclusion.explanation.walk() if each.symbol}
    checks = (("r", case.baseline.rate), ("t", case.baseline.life), ("V", case.baseline.value))
    for symbol, value in checks:
        tree = trees.get(symbol)
        if tree is None or value is None or not isinstance(tree.value, Interval):
            continue
        if value not in tree.value:
            found.append(
                BASELINE_OUTSIDE.finding(
                    where=f"baseline.{symbol}",
                    name=tree.name,
                    value=value,
                    low=tree.value.low,
                    high=tree.value.high,
                )
            )
    return found
