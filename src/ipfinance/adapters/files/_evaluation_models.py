"""What an evaluation file and its tables may hold, as pydantic models."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from ipfinance.adapters.files._models import (
    Finite,
    JudgedBlock,
    Name,
    Pair,
    Prose,
    Share,
    Strict,
    Texts,
    enum_of,
)
from ipfinance.judgement import (
    Aggregation,
    ConversionTarget,
    EvaluationStatus,
    GroupRule,
    Interpolation,
    SetValuedForm,
    WeightsMethod,
)


class EvaluatedAssetModel(Strict):
    """What is evaluated."""

    id: Name
    title: Texts = ""


class DatedAnswerModel(Strict):
    """One author's score of one indicator of one asset on one date; null takes it back."""

    asset: Name
    date: date
    indicator: Name
    author: Name
    low: Finite | None
    high: Finite | None
    evidence: Prose = ""
    reason: Prose = ""


class MeasureModel(Strict):
    """One counted figure of one asset on one date."""

    asset: Name
    date: date
    measure: Name
    value: Finite
    source: Prose = ""


class CohortModel(Strict):
    """The assets that an asset is compared with, in a table or listed."""

    id: Name
    indicator: Name
    measure: Name
    counted_on: date
    described_as: Texts
    source: Texts
    table: Name | None = None
    where: dict[Name, Name] = Field(default_factory=dict)
    values: list[Finite] | None = None


class OwnWeightsModel(Strict):
    """Local weights for this evaluation, and who set them."""

    weights: dict[Name, Share]
    source: Prose


class GradeModel(Strict):
    """One band of scores."""

    name: Texts
    low: Share = Field(alias="from")


class GradesModel(Strict):
    """Bands of the total score, and who set them."""

    source: Texts
    bands: Annotated[list[GradeModel], Field(min_length=2, max_length=50)]


class ConversionModel(Strict):
    """A rule from score to risk premium or coefficient, and who set it."""

    id: Name
    target: enum_of(ConversionTarget)  # type: ignore[valid-type]
    source: Texts
    table: Annotated[list[Pair], Field(min_length=2, max_length=200)] | None = None
    interpolation: enum_of(Interpolation) = "linear"  # type: ignore[valid-type]
    formula: Annotated[str, Field(min_length=1, max_length=500)] | None = None


class MemberModel(Strict):
    """An author of scores."""

    id: Name
    name: Texts = ""
    qualification: Texts = ""
    years: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] | None = None
    independent: bool | None = None


class PanelRuleModel(Strict):
    """Who may be on the panel, and how many there must be."""

    fewest: Annotated[int, Field(ge=1, le=1000)] = 1
    least_years: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] = 0.0
    needs_qualification: bool = False
    needs_independence: bool = False
    source: Texts = ""


class EvaluationOptionsModel(Strict):
    """Every choice that turns answers into a score."""

    aggregation: enum_of(Aggregation) = "weighted-sum"  # type: ignore[valid-type]
    set_valued_form: enum_of(SetValuedForm) = "width_normalised"  # type: ignore[valid-type]
    weights_method: enum_of(WeightsMethod) = "eigenvector"  # type: ignore[valid-type]
    group_rule: enum_of(GroupRule) = "judgements"  # type: ignore[valid-type]
    scenario: str = ""
    accept_inconsistent: dict[str, Name] = Field(default_factory=dict)
    answers_valid_days: Annotated[int, Field(ge=1, le=36_500)] | None = None


class EvaluationFile(Strict):
    """A dynamic evaluation of assets on an indicator system."""

    schema_version: Literal[1]
    id: Name
    title: Texts
    status: enum_of(EvaluationStatus)  # type: ignore[valid-type]
    system: Name
    assets: Annotated[list[EvaluatedAssetModel], Field(min_length=1, max_length=1000)]
    answers: list[DatedAnswerModel] | Name = Field(default_factory=list)
    judgements: list[JudgedBlock] | Name | None = None
    weights: OwnWeightsModel | None = None
    measures: list[MeasureModel] | Name = Field(default_factory=list)
    cohorts: list[CohortModel] = Field(default_factory=list, max_length=200)
    grades: GradesModel | None = None
    conversions: list[ConversionModel] = Field(default_factory=list, max_length=50)
    experts: list[MemberModel] = Field(default_factory=list, max_length=1000)
    panel_rule: PanelRuleModel | None = None
    charged_elsewhere: dict[Name, Texts] = Field(default_factory=dict)
    dates: list[date] = Field(default_factory=list, max_length=200)
    options: EvaluationOptionsModel = EvaluationOptionsModel()
    notes: list[Texts] = Field(default_factory=list)
