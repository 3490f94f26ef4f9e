"""Evaluation files to the tasks of the core."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ipfinance.adapters.files._case import (
    _block,
    _interval,
    _named_system,
    _Problems,
    _text,
    with_lines,
)
from ipfinance.adapters.files._csv import read_judgements
from ipfinance.adapters.files._errors import validated
from ipfinance.adapters.files._evaluation_csv import (
    TableOf,
    read_cohort_rows,
    read_dated_answers,
    read_measures,
)
from ipfinance.adapters.files._evaluation_models import EvaluationFile
from ipfinance.adapters.files._yaml import Parsed, read_yaml
from ipfinance.basics import InputError, Interval, IpfinanceError, Problem, Text
from ipfinance.judgement import (
    Aggregation,
    BlockJudgement,
    Cohort,
    CohortScore,
    Conversion,
    ConversionTarget,
    DatedAnswer,
    EvaluatedAsset,
    EvaluationOptions,
    EvaluationStatus,
    EvaluationTask,
    Formula,
    Grade,
    GradeTable,
    GroupRule,
    IndicatorSystem,
    Interpolation,
    Measure,
    PanelMember,
    PanelRequirement,
    SetValuedForm,
    SystemStatus,
    WeightSet,
    WeightsMethod,
)


def read_evaluation(path: Path) -> EvaluationTask:
    """Read an evaluation file and the files it names.

    Raises
    ------
    InputError
        With every fault of the file, each with its line, or every fault of a file it names.
    """
    parsed = read_yaml(path)
    model = validated(EvaluationFile, parsed)
    problems = _Problems(parsed)
    tables: dict[str, TableOf] = {}
    system = _system(model, path, problems)
    answers = _answers(model, path, problems, tables)
    measures = _measures(model, path, tables)
    cohorts = tuple(_cohort(item, place, model, path, problems)
                    for place, item in enumerate(model.cohorts))  # fmt: skip
    judgements = _judgements(model, path)
    can_score = system is not None and system.status is not SystemStatus.STRUCTURE_ONLY
    if system is not None and can_score and model.weights is not None:
        _check_weights(system, model.weights, problems)
    parts = [
        _caught(problems, lambda: _grades(model)),
        *(_caught(problems, lambda p=p, i=i: _conversion(i, p))
          for p, i in enumerate(model.conversions)),
    ]  # fmt: skip
    problems.raise_all()
    if system is None:
        raise AssertionError(path)
    try:
        return EvaluationTask(
            id=model.id,
            title=_text(model.title),
            status=EvaluationStatus(model.status),
            system=system,
            assets=tuple(
                EvaluatedAsset(id=item.id, title=_text(item.title or item.id))
                for item in model.assets
            ),
            answers=answers,
            judgements=judgements,
            weights=None
            if model.weights is None
            else WeightSet(
                scenario="own", weights=model.weights.weights, source=model.weights.source
            ),
            measures=measures,
            cohorts=cohorts,
            grades=parts[0],
            conversions=tuple(parts[1:]),
            members=tuple(_member(item) for item in model.experts),
            requirement=_requirement(model.panel_rule),
            charged_elsewhere={name: _text(item) for name, item in model.charged_elsewhere.items()},
            dates=tuple(model.dates),
            options=_options(model.options),
            notes=tuple(_text(item) for item in model.notes),
        )
    except InputError as error:
        raise InputError(_placed(error, parsed, tables)) from error


def located_evaluation(path: Path, error: IpfinanceError) -> IpfinanceError:
    """Give problems that name a field of an evaluation the line on which the field stands."""
    if not isinstance(error, InputError):
        return error
    return InputError(with_lines(error, read_yaml(path)))


def _placed(error: InputError, parsed: Parsed, tables: dict[str, TableOf]) -> list[Problem]:
    found = []
    for problem in error.problems:
        part = problem.field.partition("[")[0]
        found.append(tables[part].placed(problem, part) if part in tables else problem)
    return with_lines(InputError(found), parsed)


def _caught(problems: _Problems, build: Any) -> Any:
    """Build a part; its faults join the others of the file."""
    try:
        return build()
    except InputError as error:
        problems.found += with_lines(error, problems.parsed)
        return None


def _system(model: Any, path: Path, problems: _Problems) -> IndicatorSystem | None:
    gathered = _Problems(problems.parsed)
    system = _named_system(model.system, path, gathered)
    line = problems.parsed.line(("system",))
    problems.found += [
        Problem(field="system", found=each.found, allowed=each.allowed, file=each.file, line=line)
        for each in gathered.found
    ]
    return system


def _answers(
    model: Any, path: Path, problems: _Problems, tables: dict[str, TableOf]
) -> tuple[DatedAnswer, ...]:
    if isinstance(model.answers, str):
        answers, tables["answers"] = read_dated_answers(path.parent / model.answers)
        return answers
    found = []
    for place, item in enumerate(model.answers):
        where = ("answers", place, "low")
        answer: Interval | None = None
        if (item.low is None) != (item.high is None):
            problems.add(where, None, _BOTH_OR_NEITHER)
        elif item.low is not None:
            answer = _interval([item.low, item.high], where, problems)
        found.append(
            DatedAnswer(
                asset=item.asset,
                indicator=item.indicator,
                author=item.author,
                dated_on=item.date,
                answer=answer,
                evidence=item.evidence,
                reason=item.reason,
            )
        )
    return tuple(found)


def _measures(model: Any, path: Path, tables: dict[str, TableOf]) -> tuple[Measure, ...]:
    if isinstance(model.measures, str):
        measures, tables["measures"] = read_measures(path.parent / model.measures)
        return measures
    return tuple(
        Measure(
            asset=item.asset,
            measure=item.measure,
            dated_on=item.date,
            value=item.value,
            source=Text(item.source, item.source),
        )
        for item in model.measures
    )


def _cohort(model: Any, place: int, whole: Any, path: Path, problems: _Problems) -> CohortScore:
    values: tuple[float, ...] = ()
    missing = 0
    if (model.table is None) == (model.values is None):
        problems.add(("cohorts", place), None, _TABLE_OR_VALUES)
    elif model.values is not None:
        values = tuple(model.values)
    else:
        own = {asset.id for asset in whole.assets}
        rows = read_cohort_rows(path.parent / model.table, [model.measure], tuple(model.where))
        kept = [
            row for row in rows if row.kind == tuple(model.where.values()) and row.id not in own
        ]
        known = [row.values[model.measure] for row in kept]
        values = tuple(value for value in known if value is not None)
        missing = len(known) - len(values)
    return CohortScore(
        indicator=model.indicator,
        cohort=Cohort(
            id=model.id,
            measure=model.measure,
            values=values,
            described_as=_text(model.described_as),
            source=_text(model.source),
            n_missing=missing,
        ),
        counted_on=model.counted_on,
    )


def _judgements(model: Any, path: Path) -> tuple[BlockJudgement, ...]:
    if isinstance(model.judgements, str):
        return read_judgements(path.parent / model.judgements)
    return tuple(_block(item) for item in model.judgements or [])


def _check_weights(system: IndicatorSystem, weights: Any, problems: _Problems) -> None:
    slack = 1e-6
    known = [node.id for node in system.nodes]
    for name in weights.weights:
        if name not in known:
            shown = ", ".join(known)
            allowed = Text(f"expected one of: {shown}", f"应为以下之一：{shown}")
            problems.add(("weights", "weights", name), name, allowed)
    for parent, names in system.children.items():
        given = [weights.weights[name] for name in names if name in weights.weights]
        if given and (len(given) < len(names) or abs(sum(given) - 1.0) > slack):
            problems.add(
                ("weights", "weights"),
                f"{parent}: {sum(given):g}",
                Text(
                    f"the weights of {', '.join(names)} must all be given and sum to 1",
                    f"{'、'.join(names)} 的权重须全部给出且合计为 1",
                ),
            )


def _grades(model: Any) -> GradeTable | None:
    if model.grades is None:
        return None
    return GradeTable(
        grades=tuple(Grade(name=_text(item.name), low=item.low) for item in model.grades.bands),
        source=_text(model.grades.source),
    )


def _conversion(model: Any, place: int) -> Conversion:
    where = f"conversions[{place}]"
    return Conversion(
        id=model.id,
        target=ConversionTarget(model.target),
        source=_text(model.source),
        table=() if model.table is None else tuple((row[0], row[1]) for row in model.table),
        interpolation=Interpolation(model.interpolation),
        formula=None if model.formula is None else Formula(model.formula, f"{where}.formula"),
        field=where,
    )


def _member(model: Any) -> PanelMember:
    return PanelMember(
        id=model.id,
        name=_text(model.name),
        qualification=_text(model.qualification),
        years=model.years,
        independent=model.independent,
    )


def _requirement(model: Any) -> PanelRequirement | None:
    if model is None:
        return None
    return PanelRequirement(
        fewest=model.fewest,
        least_years=model.least_years,
        needs_qualification=model.needs_qualification,
        needs_independence=model.needs_independence,
        source=_text(model.source),
    )


def _options(model: Any) -> EvaluationOptions:
    return EvaluationOptions(
        aggregation=Aggregation(model.aggregation),
        set_valued_form=SetValuedForm(model.set_valued_form),
        weights_method=WeightsMethod(model.weights_method),
        group_rule=GroupRule(model.group_rule),
        scenario=model.scenario,
        accept_inconsistent=model.accept_inconsistent,
        answers_valid_days=model.answers_valid_days,
    )


_BOTH_OR_NEITHER = Text(
    "give low and high (the same number twice for a point), or null for both to take the score "
    "back",
    "应同时给出下限与上限（单点则重复同一数），或均为 null 以撤回评分",
)
_TABLE_OR_VALUES = Text("expected either a table or values", "应给出 table 或 values 之一")
