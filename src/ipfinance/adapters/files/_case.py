"""Case and indicator files to the objects of the core."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, TypeAlias

from babel.numbers import is_currency

from ipfinance.adapters.files._csv import read_answers, read_judgements
from ipfinance.adapters.files._errors import validated
from ipfinance.adapters.files._models import (
    FromPricesModel,
    FromStepModel,
    SystemFile,
    case_model,
    inputs_model,
)
from ipfinance.adapters.files._yaml import Parsed, parse_yaml, read_yaml, shown_path
from ipfinance.assets import Asset, AssetKind
from ipfinance.basics import (
    PARAMETER_NAMES,
    Citation,
    DeclaredField,
    Distribution,
    Family,
    InputError,
    Interval,
    IpfinanceError,
    MoneyUnit,
    Problem,
    Text,
    Uncertain,
    currency_problem,
    declared_fields,
)
from ipfinance.judgement import (
    UNIT_SCALE,
    BlockJudgement,
    Candidate,
    EvidenceRule,
    GroupRule,
    Indicator,
    IndicatorSystem,
    PanelAnswer,
    PanelOptions,
    SetValuedForm,
    SystemStatus,
    WeightSet,
    WeightsMethod,
    default_threshold,
)
from ipfinance.numerics import mean_of
from ipfinance.valuation import (
    JUDGEMENT,
    METHODS,
    Analysis,
    Approach,
    ApproachChoice,
    Baseline,
    Case,
    CaseStatus,
    Conflict,
    Correlation,
    Dependence,
    Expert,
    FromPanel,
    FromPrices,
    FromStep,
    Given,
    Grouped,
    InputValue,
    JudgementTask,
    Method,
    NoteTerms,
    OptionCharacter,
    PanelRule,
    PoolTask,
    Reading,
    Scenario,
    Several,
    Step,
    UncertaintyTask,
)


def read_case(path: Path) -> Case:
    """Read a case file and the files it names.

    Raises
    ------
    InputError
        With every fault of the file, each with its line, or every fault of a file it names.
    """
    parsed = read_yaml(path)
    model = validated(case_model(_methods_named(parsed.data)), parsed)
    problems = _Problems(parsed)
    _check_names(model, problems)
    steps = tuple(_step(item, place, problems) for place, item in enumerate(model.methods))
    judgement = _judgement(model.judgement, path, problems)
    problems.raise_all()
    case: Case = _placed(parsed, lambda: _case(model, steps, judgement))
    return case


def read_inputs(
    method: Method, path: Path | None, flags: Mapping[str, object]
) -> Mapping[str, InputValue]:
    """Read the inputs of one method.

    Parameters
    ----------
    method
        A method of the catalogue.
    path
        A YAML file of its inputs by name, if any.
    flags
        Further inputs by name, each as YAML text such as `0.05`, `[0.03, 0.05]` or
        `{normal: {mean: 0.05, sd: 0.01}}`, or as a number, a list, an interval, a distribution or
        a mapping of such; they stand in for those of the file.

    Raises
    ------
    InputError
        With every fault; those of flags bear no file.
    """
    parsed = Parsed(data={}, lines={}, file="") if path is None else read_yaml(path)
    data = parsed.data
    if isinstance(data, dict):
        data = {**data, **{name: _flag_value(name, text) for name, text in flags.items()}}
    whole = Parsed(data=data, lines=parsed.lines, file=parsed.file)
    try:
        model = validated(inputs_model(method.id), whole)
        problems = _Problems(whole)
        inputs = _inputs(method.fields, model, (), problems)
        problems.raise_all()
    except InputError as error:
        raise InputError(
            dataclasses.replace(problem, file=None, line=None)
            if path is None or str(_parts(problem.field)[0]) in flags
            else problem
            for problem in error.problems
        ) from error
    return inputs


def _flag_value(name: str, text: object) -> Any:
    if not isinstance(text, str):
        return _as_written(text)
    try:
        return parse_yaml(text, "").data
    except InputError as error:
        raise InputError(
            Problem(field=name, found=text, allowed=problem.allowed) for problem in error.problems
        ) from error


def _as_written(value: Any) -> Any:
    """Return a value as it would stand in a file."""
    match value:
        case Interval():
            return [value.low, value.high]
        case Distribution(family=Family.SAMPLES):
            return {str(value.family): list(value.parameters)}
        case Distribution():
            names = PARAMETER_NAMES[value.family]
            stated = dict(zip(names, map(_as_written, value.parameters), strict=True))
            cut = {} if value.within is None else {"within": _as_written(value.within)}
            return {str(value.family): stated, **cut}
        case Mapping():
            return {str(key): _as_written(each) for key, each in value.items()}
        case list() | tuple():
            return [_as_written(each) for each in value]
        case _:
            return value.item() if hasattr(value, "item") else value


def _methods_named(data: Any) -> tuple[str, ...]:
    """Return the methods that a file names, so that only their models are made."""
    steps = data.get("methods") if isinstance(data, dict) else None
    listed = steps if isinstance(steps, list) else []
    named = {str(each.get("method")) for each in listed if isinstance(each, dict)}
    known = tuple(name for name in METHODS if name in named)
    return known if known and len(known) == len(named) else tuple(METHODS)


def read_system(path: Path) -> IndicatorSystem:
    """Read an indicator system from a file."""
    return _system(read_yaml(path))


@cache
def packaged_system(name: str) -> IndicatorSystem:
    """Return a packaged indicator system by its id."""
    entry = _systems() / f"{name}.yaml"
    return _system(parse_yaml(entry.read_text(encoding="utf-8"), entry.name))


def packaged_systems() -> tuple[str, ...]:
    """Return the ids of the packaged indicator systems."""
    return tuple(sorted(e.name.removesuffix(".yaml") for e in _systems().iterdir()))


def _systems() -> Any:
    return resources.files("ipfinance.judgement") / "systems"


class _Problems:
    """Gathers the problems of one file and gives each its line."""

    def __init__(self, parsed: Parsed) -> None:
        self.parsed = parsed
        self.found: list[Problem] = []

    def add(self, path: tuple[str | int, ...], found: object, allowed: Text) -> None:
        self.found.append(
            Problem(
                field=shown_path(path),
                found=found,
                allowed=allowed,
                file=self.parsed.file,
                line=self.parsed.line(path),
            )
        )

    def raise_all(self) -> None:
        if self.found:
            raise InputError(sorted(self.found, key=lambda problem: problem.line or 0))


def _placed(parsed: Parsed, build: Any) -> Any:
    """Build a core object; its problems get the file and the line of their field."""
    try:
        return build()
    except InputError as error:
        raise InputError(with_lines(error, parsed)) from error


def with_lines(error: InputError, parsed: Parsed) -> list[Problem]:
    """Return the problems of an error, each with the file and line of its field."""
    return [
        problem
        if problem.file is not None
        else problem.at(file=parsed.file, line=parsed.line(_parts(problem.field)))
        for problem in error.problems
    ]


def _parts(field: str) -> tuple[str | int, ...]:
    words = field.replace("]", "").replace("[", ".").split(".")
    return tuple(int(word) if word.isdigit() else word for word in words)


def _case(model: Any, steps: tuple[Step, ...], judgement: JudgementTask | None) -> Case:
    return Case(
        id=model.id,
        title=_text(model.title),
        status=CaseStatus(model.status),
        asset=_asset(model.asset),
        unit=MoneyUnit(model.unit, model.currency),
        steps=steps,
        conclusion=model.conclusion,
        valuation_date=model.valuation_date,
        purpose=None if model.purpose is None else _text(model.purpose),
        decimals=model.decimals,
        sources=tuple(Citation(item.key, item.place) for item in model.sources),
        notes=tuple(_text(item) for item in model.notes),
        experts=tuple(
            Expert(id=item.id, name=_text(item.name), qualification=_text(item.qualification))
            for item in model.experts
        ),
        baseline=None if model.baseline is None else _baseline(model.baseline),
        approach=None if model.approach is None else _approach(model.approach),
        option_character=None
        if model.option_character is None
        else OptionCharacter(
            **{
                name: _text(getattr(model.option_character, name))
                for name in type(model.option_character).model_fields
            }
        ),
        judgement=judgement,
        analysis=None if model.analysis is None else _analysis(model.analysis),
        uncertainty=None if model.uncertainty is None else _uncertainty(model.uncertainty),
        conflicts=tuple(_conflict(item) for item in model.conflicts),
    )


def _text(value: Any) -> Text:
    if isinstance(value, str):
        return Text(value, value)
    return Text(value.en or value.zh, value.zh or value.en)


def _asset(model: Any) -> Asset:
    return Asset(
        id=model.id,
        title=_text(model.title),
        kind=None if model.kind is None else AssetKind(model.kind),
        owner=model.owner,
        jurisdiction=model.jurisdiction,
        registration=model.registration,
        filed_on=model.filed_on,
        granted_on=model.granted_on,
        expires_on=model.expires_on,
    )


def _baseline(model: Any) -> Baseline:
    return Baseline(
        appraiser=_text(model.appraiser),
        dated_on=model.dated_on,
        income=tuple(model.income),
        rate=model.rate,
        life=model.life,
        value=model.value,
    )


def _approach(model: Any) -> ApproachChoice:
    given = {name: getattr(model.reasons, name) for name in type(model.reasons).model_fields}
    return ApproachChoice(
        chosen=Approach(model.chosen),
        reasons={Approach(name): _text(text) for name, text in given.items() if text},
        cost_floor=model.cost_floor,
    )


def _analysis(model: Any) -> Analysis:
    texts = ("issue_price_source", "hypothetical")
    plain = model.model_dump(exclude={"notes", "pool", "replicate_at", *texts})
    pool = None
    if model.pool is not None:
        given = model.pool.model_dump()
        pool = PoolTask(**{**given, "correlations": tuple(given["correlations"])})
    return Analysis(
        **plain,
        issue_price_source=_text(model.issue_price_source),
        hypothetical=_text(model.hypothetical),
        replicate_at=tuple(model.replicate_at),
        notes=None if model.notes is None else NoteTerms(**model.notes.model_dump()),
        pool=pool,
    )


def _uncertainty(model: Any) -> UncertaintyTask:
    try:
        return _uncertainty_task(model)
    except InputError as error:
        raise InputError(
            dataclasses.replace(problem, field=f"uncertainty.{problem.field}")
            for problem in error.problems
        ) from error


def _uncertainty_task(model: Any) -> UncertaintyTask:
    return UncertaintyTask(
        dependence=Dependence(model.dependence),
        correlations=tuple(
            Correlation(first=each.between[0], second=each.between[1], value=each.value)
            for each in model.correlations
        ),
        draws=model.draws,
        repeats=model.repeats,
        seed=model.seed,
        levels=tuple(model.levels),
        thresholds=tuple(model.below),
        scenarios=tuple(
            Scenario(name=_text(each.name), values=each.values) for each in model.scenarios
        ),
        variance_shares=model.variance_shares,
    )


def _conflict(model: Any) -> Conflict:
    return Conflict(
        subject=_text(model.subject),
        readings=tuple(
            Reading(value=_shown(r.value), place=_text(r.place)) for r in model.readings
        ),
        used=_shown(model.used),
        reason=_text(model.reason),
        step=model.step,
        input=model.input,
    )


def _shown(value: float | date | str) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _check_names(model: Any, problems: _Problems) -> None:
    if not is_currency(model.currency, "en"):
        problem = currency_problem("currency", model.currency)
        problems.add(("currency",), problem.found, problem.allowed)
    ids = [step.id for step in model.methods]
    for place, name in enumerate(ids):
        if name in ids[:place] or name == JUDGEMENT:
            problems.add(
                ("methods", place, "id"),
                name,
                Text(
                    f"each step needs a name of its own, and {JUDGEMENT} is taken",
                    f"步骤名称不得重复，且 {JUDGEMENT} 已被占用",
                ),
            )
    names = ", ".join(ids)
    if model.conclusion not in ids:
        problems.add(
            ("conclusion",),
            model.conclusion,
            Text(f"expected the id of a step: {names}", f"应为某一步骤的编号：{names}"),
        )
    concluding = next((step for step in model.methods if step.id == model.conclusion), None)
    if concluding is not None and METHODS[concluding.method].replication:
        problems.add(
            ("conclusion",),
            model.conclusion,
            Text(
                "a replication is not a valuation; conclude with another step",
                "复现不是估值，请以其他步骤作为结论",
            ),
        )
    _check_conflicts(model, problems)
    experts = [expert.id for expert in model.experts]
    for place, name in enumerate(experts):
        if name in experts[:place]:
            twice = Text("this expert stands twice", "专家重复")
            problems.add(("experts", place, "id"), name, twice)


def _check_conflicts(model: Any, problems: _Problems) -> None:
    names = ", ".join(step.id for step in model.methods)
    for place, conflict in enumerate(model.conflicts):
        step = next((item for item in model.methods if item.id == conflict.step), None)
        if conflict.step and step is None:
            problems.add(
                ("conflicts", place, "step"),
                conflict.step,
                Text(f"expected the id of a step: {names}", f"应为某一步骤的编号：{names}"),
            )
        elif step is not None and conflict.input not in type(step.inputs).model_fields:
            known = ", ".join(type(step.inputs).model_fields)
            problems.add(
                ("conflicts", place, "input"),
                conflict.input,
                Text(f"expected an input of the step: {known}", f"应为该步骤的输入：{known}"),
            )


def _step(model: Any, place: int, problems: _Problems) -> Step:
    method = METHODS[model.method]
    inputs = _inputs(method.fields, model.inputs, ("methods", place, "inputs"), problems)
    title = None if model.title is None else _text(model.title)
    return Step(id=model.id, method=method, inputs=inputs, title=title)


_Path: TypeAlias = tuple[str | int, ...]


def _inputs(
    declared: tuple[DeclaredField, ...], model: Any, path: _Path, problems: _Problems
) -> dict[str, InputValue]:
    inputs: dict[str, InputValue] = {}
    for item in declared:
        given = getattr(model, item.name)
        if given is None:
            continue
        value = _input(item, given, (*path, item.name), problems)
        if value is not None:
            inputs[item.name] = value
    return inputs


def _input(item: DeclaredField, given: Any, path: _Path, problems: _Problems) -> InputValue | None:
    if isinstance(given, FromStepModel):
        return FromStep(step=given.step, decimals=given.decimals)
    if isinstance(given, FromPricesModel):
        return FromPrices(
            prices=tuple(given.prices),
            periods_per_year=given.periods_per_year,
            source=_text(given.source),
        )
    if hasattr(given, "experts"):
        return _panel(item, given, path, problems)
    source = Text("", "")
    if _is_sourced(item, given):
        path = (*path, "value")
        given, source = given.value, _text(given.source)
    if item.is_series and item.element is not Interval:
        return _several(item, given, path, problems, source)
    if item.is_record:
        members = _inputs(declared_fields(item.element), given, path, problems)
        return Grouped(members=members)
    value = _core_value(item, given, path, problems)
    return None if value is None else Given(value=value, source=source)


def _is_sourced(item: DeclaredField, given: Any) -> bool:
    fields = getattr(type(given), "model_fields", {})
    if item.is_record and {"value", "source"} <= {each.name for each in _record_fields(item)}:
        return False
    return set(fields) == {"value", "source"}


def _record_fields(item: DeclaredField) -> tuple[DeclaredField, ...]:
    return declared_fields(item.element)


def _several(
    item: DeclaredField, given: Any, path: _Path, problems: _Problems, source: Text
) -> InputValue | None:
    one = dataclasses.replace(item, type=item.element)
    found = [_input(one, each, (*path, i), problems) for i, each in enumerate(given)]
    items = tuple(each for each in found if each is not None)
    if len(items) < len(found):
        return None
    plain = [each.value for each in items if isinstance(each, Given) and each.source == source]
    if len(plain) == len(items):
        return Given(value=tuple(plain), source=source)
    if all(isinstance(each, Given) and not each.source.en for each in items):
        return Given(value=tuple(each.value for each in items), source=source)  # type: ignore[union-attr]
    return Several(items=items)


def _core_value(item: DeclaredField, given: Any, path: _Path, problems: _Problems) -> object | None:
    kind = item.element
    if item.is_series:
        pairs = [_interval(pair, (*path, i), problems) for i, pair in enumerate(given)]
        return tuple(pair for pair in pairs if pair is not None)
    if kind is Interval:
        return _interval(given, path, problems)
    if kind in {str, date}:
        return given  # type: ignore[no-any-return]
    if item.is_uncertain or kind is float:
        return _uncertain(given, path, problems)
    return kind(given)  # type: ignore[no-any-return]


def _uncertain(given: Any, path: _Path, problems: _Problems) -> Uncertain | None:
    if isinstance(given, list):
        return _interval(given, path, problems)
    if isinstance(given, int | float):
        return float(given)
    family = next(each for each in Family if hasattr(given, each))
    stated = getattr(given, family)
    values = stated if isinstance(stated, list) else list(stated.model_dump().values())
    parameters = [_parameter(each, (*path, str(family)), problems) for each in values]
    within = None if given.within is None else _interval(given.within, (*path, "within"), problems)
    if any(each is None for each in parameters) or (given.within is not None and within is None):
        return None
    try:
        made = Distribution(family, tuple(each for each in parameters if each is not None), within)
        for each in made.members() if within is not None else ():
            mean_of(each)  # refuses a cut that leaves nothing
    except InputError as error:
        for problem in error.problems:
            names = {str(family), "within"}
            inner = (problem.field,) if problem.field in names else (str(family), problem.field)
            problems.add((*path, *inner), problem.found, problem.allowed)
        return None
    return made


def _parameter(given: Any, path: _Path, problems: _Problems) -> float | Interval | None:
    return _interval(given, path, problems) if isinstance(given, list) else float(given)


def _interval(
    pair: list[float], path: tuple[str | int, ...], problems: _Problems
) -> Interval | None:
    low, high = pair
    if low > high:
        problems.add(
            path,
            f"[{low:g}, {high:g}]",
            Text("expected [low, high] with low ≤ high", "应为 [下限, 上限]，且下限不大于上限"),
        )
        return None
    return Interval(float(low), float(high))


def _panel(
    item: DeclaredField,
    given: Any,
    path: tuple[str | int, ...],
    problems: _Problems,
) -> FromPanel | None:
    yearly = item.is_series
    answers: dict[str, tuple[Interval, ...]] = {}
    lengths: dict[str, int] = {}
    for expert, said in given.experts.items():
        where = (*path, "experts", expert)
        pairs = said if yearly else [said]
        places = [(*where, i) if yearly else where for i in range(len(pairs))]
        found = [_interval(p, w, problems) for p, w in zip(pairs, places, strict=True)]
        answers[expert] = tuple(pair for pair in found if pair is not None)
        lengths[expert] = len(pairs)
    most = max(lengths.values())
    for expert, length in lengths.items():
        if length != most:
            problems.add(
                (*path, "experts", expert),
                length,
                Text(
                    f"expected {most} years, as the other experts gave",
                    f"应与其他专家一致，为 {most} 年",
                ),
            )
    return FromPanel(answers=answers, is_yearly=yearly, rule=PanelRule(given.rule))


def _judgement(model: Any, path: Path, problems: _Problems) -> JudgementTask | None:
    if model is None:
        return None
    system = _named_system(model.system, path, problems)
    answers: tuple[PanelAnswer, ...] = ()
    if isinstance(model.answers, str):
        answers = read_answers(path.parent / model.answers).answers
    else:
        answers = _inline_answers(model.answers, problems)
    judgements: tuple[BlockJudgement, ...] = ()
    if isinstance(model.judgements, str):
        judgements = read_judgements(path.parent / model.judgements)
    elif model.judgements is not None:
        judgements = tuple(_block(item) for item in model.judgements)
    if system is None:
        return None
    return JudgementTask(
        system=system,
        answers=answers,
        judgements=judgements,
        options=PanelOptions(
            weights_method=WeightsMethod(model.weights_method),
            group_rule=GroupRule(model.group_rule),
            set_valued_form=SetValuedForm(model.set_valued_form),
            b_threshold=default_threshold() if model.b_threshold is None else model.b_threshold,
            max_rounds=model.max_rounds,
            scenario=model.scenario,
            accept_inconsistent=model.accept_inconsistent,
        ),
    )


def _named_system(name: str, path: Path, problems: _Problems) -> IndicatorSystem | None:
    if name in packaged_systems():
        return packaged_system(name)
    file = path.parent / name
    if file.suffix in {".yaml", ".yml"}:
        return read_system(file)
    known = ", ".join(packaged_systems())
    problems.add(
        ("judgement", "system"),
        name,
        Text(
            f"expected a packaged system ({known}) or a file ending in .yaml",
            f"应为内置体系（{known}）或以 .yaml 结尾的文件",
        ),
    )
    return None


def _inline_answers(items: Any, problems: _Problems) -> tuple[PanelAnswer, ...]:
    answers = []
    for place, item in enumerate(items):
        pair = _interval([item.low, item.high], ("judgement", "answers", place), problems)
        if pair is not None:
            answers.append(
                PanelAnswer(
                    indicator=item.indicator,
                    expert=item.expert,
                    answer=pair,
                    round=item.round,
                    reason=item.reason,
                )
            )
    return tuple(answers)


def _block(model: Any) -> BlockJudgement:
    return BlockJudgement(
        parent=model.parent,
        expert=model.expert,
        order=tuple(model.order),
        values=tuple(model.values),
        note=model.note,
    )


def _system(parsed: Parsed) -> IndicatorSystem:
    model = validated(SystemFile, parsed)
    problems = _Problems(parsed)
    nodes = tuple(_indicator(item, place, problems) for place, item in enumerate(model.nodes))
    problems.raise_all()
    head = model.system
    return _placed(  # type: ignore[no-any-return]
        parsed,
        lambda: IndicatorSystem(
            id=head.id,
            name=Text(head.id, head.id) if head.name is None else _text(head.name),
            version=head.version,
            status=SystemStatus(head.status),
            source=_text(head.source),
            expected_counts=tuple(head.expected_counts),
            nodes=nodes,
            judgements=tuple(_block(item) for item in model.judgements),
            weight_sets=tuple(
                WeightSet(scenario=item.scenario, weights=item.weights, source=item.source)
                for item in model.weight_sets
            ),
            candidates=tuple(
                Candidate(
                    id=item.id,
                    name=_text(item.name),
                    source=_text(item.source),
                    ratings=item.ratings,
                    dropped_because=_text(item.dropped_because),
                )
                for item in model.candidates
            ),
        ),
    )


def _indicator(model: Any, place: int, problems: _Problems) -> Indicator:
    scale: Interval | None = UNIT_SCALE
    if model.scale is not None:
        scale = _interval(model.scale, ("nodes", place, "scale"), problems)
        if scale is not None and scale.width == 0:
            allowed = Text("the ends of a scale must differ", "量程两端须不同")
            problems.add(("nodes", place, "scale"), f"{scale}", allowed)
    return Indicator(
        id=model.id,
        parent=model.parent,
        name=_text(model.name),
        polarity=model.polarity,
        scale=scale or UNIT_SCALE,
        evidence=EvidenceRule(model.evidence),
        valid_from=model.valid_from,
        overlaps=model.overlaps,
    )


def located(case_path: Path, error: IpfinanceError) -> IpfinanceError:
    """Give problems that name a field of a case the line on which the field stands."""
    if not isinstance(error, InputError) or case_path.suffix not in {".yaml", ".yml"}:
        return error
    return InputError(with_lines(error, read_yaml(case_path)))
