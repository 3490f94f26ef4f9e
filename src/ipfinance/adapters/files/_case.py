"""Case and indicator files to the objects of the core."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from babel.numbers import is_currency

from ipfinance.adapters.files._csv import read_answers, read_judgements
from ipfinance.adapters.files._errors import validated
from ipfinance.adapters.files._models import SystemFile, case_model
from ipfinance.adapters.files._yaml import Parsed, parse_yaml, read_yaml, shown_path
from ipfinance.assets import Asset, AssetKind
from ipfinance.basics import (
    Citation,
    DeclaredField,
    InputError,
    Interval,
    IpfinanceError,
    MoneyUnit,
    Problem,
    Text,
    currency_problem,
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
    Expert,
    FromPanel,
    FromPrices,
    FromStep,
    Given,
    InputValue,
    JudgementTask,
    NoteTerms,
    OptionCharacter,
    PanelRule,
    PoolTask,
    Reading,
    Step,
)


def read_case(path: Path) -> Case:
    """Read a case file and the files it names.

    Raises
    ------
    InputError
        With every fault of the file, each with its line, or every fault of a file it names.
    """
    parsed = read_yaml(path)
    model = validated(case_model(), parsed)
    problems = _Problems(parsed)
    _check_names(model, problems)
    steps = tuple(_step(item, place, problems) for place, item in enumerate(model.methods))
    judgement = _judgement(model.judgement, path, problems)
    problems.raise_all()
    case: Case = _placed(parsed, lambda: _case(model, steps, judgement))
    return case


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
    inputs: dict[str, InputValue] = {}
    for item in method.fields:
        given = getattr(model.inputs, item.name)
        if given is None:
            continue
        path = ("methods", place, "inputs", item.name)
        value = _input(item, given, path, problems)
        if value is not None:
            inputs[item.name] = value
    title = None if model.title is None else _text(model.title)
    return Step(id=model.id, method=method, inputs=inputs, title=title)


def _input(
    item: DeclaredField,
    given: Any,
    path: tuple[str | int, ...],
    problems: _Problems,
) -> InputValue | None:
    if hasattr(given, "step"):
        return FromStep(step=given.step, decimals=given.decimals)
    if hasattr(given, "prices"):
        return FromPrices(
            prices=tuple(given.prices),
            periods_per_year=given.periods_per_year,
            source=_text(given.source),
        )
    if hasattr(given, "experts"):
        return _panel(item, given, path, problems)
    source = Text("", "")
    if hasattr(given, "value"):
        path = (*path, "value")
        given, source = given.value, _text(given.source)
    value = _core_value(item, given, path, problems)
    return None if value is None else Given(value=value, source=source)


def _core_value(
    item: DeclaredField,
    given: Any,
    path: tuple[str | int, ...],
    problems: _Problems,
) -> object | None:
    core = item.core_type
    if core is Interval:
        return _interval(given, path, problems)
    if core == tuple[Interval, ...]:
        pairs = [_interval(pair, (*path, i), problems) for i, pair in enumerate(given)]
        return tuple(pair for pair in pairs if pair is not None)
    if core == tuple[float, ...]:
        return tuple(float(number) for number in given)
    if core is float:
        return float(given)
    if core is int:
        return int(given)
    return core(given)  # type: ignore[no-any-return]


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
    yearly = item.core_type != Interval
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
