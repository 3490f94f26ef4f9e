"""Evaluating assets over time, one function for each question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Protocol

from ipfinance.basics import InputError, IpfinanceError, Problem, Text
from ipfinance.judgement import (
    CohortRow,
    CohortSurvey,
    Evaluation,
    EvaluationTask,
    PairwiseMatrix,
    PanelReliability,
    RiskEvent,
    RiskRegister,
    ScoreTable,
    TableWeights,
    WeightsMethod,
    cohort_survey,
    evaluate,
    panel_reliability,
    priorities,
    risk_register,
    table_weights,
)


class EvaluationFiles(Protocol):
    """Reads the files of evaluations; every fault of a file raises one `InputError`."""

    def evaluation(self, path: Path) -> EvaluationTask:
        """Read an evaluation and the files it names."""
        ...

    def located_evaluation(self, path: Path, error: IpfinanceError) -> IpfinanceError:
        """Give an error about a field of an evaluation the line on which the field stands."""
        ...

    def score_table(self, path: Path) -> ScoreTable:
        """Read a complete table of scores."""
        ...

    def cohort_rows(
        self, path: Path, measures: Sequence[str], by: Sequence[str]
    ) -> tuple[CohortRow, ...]:
        """Read assets with what kind they are of and what was counted."""
        ...

    def risks(self, path: Path) -> tuple[RiskEvent, ...]:
        """Read a table of risk events."""
        ...

    def matrix(self, path: Path) -> PairwiseMatrix:
        """Read a matrix of pairwise judgements."""
        ...


def evaluate_file(files: EvaluationFiles, path: Path, *, on: date | None = None) -> Evaluation:
    """Read an evaluation and follow its assets up to a date, or over all dates."""
    task = files.evaluation(path)
    try:
        return evaluate(task if on is None else _up_to(task, on))
    except IpfinanceError as error:
        raise files.located_evaluation(path, error) from error


def _up_to(task: EvaluationTask, on: date) -> EvaluationTask:
    earlier = [day for day in task.evaluated_on if day < on]
    given = [each.dated_on for each in task.answers] + [each.dated_on for each in task.measures]
    if min(given) > on:
        allowed = Text(
            f"expected a date from {min(given)} on, when the first entry was made",
            f"应不早于首条记录的日期 {min(given)}",
        )
        raise InputError([Problem(field="--on", found=str(on), allowed=allowed)])
    return replace(task, dates=(*earlier, on))


def survey_cohort_file(
    files: EvaluationFiles, path: Path, *, measures: Sequence[str], by: Sequence[str]
) -> CohortSurvey:
    """Read a table of assets and place each among the others of its kind."""
    return cohort_survey(files.cohort_rows(path, measures, by), measures, by)


def panel_reliability_file(files: EvaluationFiles, path: Path) -> PanelReliability:
    """Read a panel's table of scores and say how far it can be relied on."""
    return panel_reliability(files.score_table(path))


def table_weights_file(
    files: EvaluationFiles,
    path: Path,
    *,
    matrix: Path | None = None,
    method: WeightsMethod = WeightsMethod.EIGENVECTOR,
    share: float = 0.5,
) -> TableWeights:
    """Read a table of scores and weigh its items, beside the judgements of a matrix."""
    table = files.score_table(path)
    if matrix is None:
        return table_weights(table)
    judged = priorities(files.matrix(matrix), method).weights
    if sorted(judged) != sorted(table.items):
        allowed = Text(
            f"expected a matrix on the items of the table: {', '.join(table.items)}",
            f"矩阵的名称应与表中各项一致：{'、'.join(table.items)}",
        )
        found = ", ".join(judged)
        raise InputError([Problem(field="", found=found, allowed=allowed, file=matrix.name)])
    return table_weights(table, judged, share=share)


def risk_register_file(
    files: EvaluationFiles, path: Path, *, horizon: float, yearly_rate: float | None
) -> RiskRegister:
    """Read a table of risk events and bound what follows by the horizon."""
    return risk_register(files.risks(path), horizon=horizon, yearly_rate=yearly_rate)
