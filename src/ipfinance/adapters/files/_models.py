"""What a case file may hold, as pydantic models; the inputs of methods come from the registry."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, Union

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, create_model

from ipfinance.assets import AssetKind
from ipfinance.basics import DeclaredField, Interval
from ipfinance.judgement import EvidenceRule, GroupRule, SetValuedForm, SystemStatus, WeightsMethod
from ipfinance.valuation import METHODS, Approach, CaseStatus, Method, PanelRule

Finite = Annotated[float, Field(allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Prose = Annotated[str, Field(max_length=5000)]
Pair = Annotated[list[Finite], Field(min_length=2, max_length=2)]
Judged = Annotated[float, Field(gt=0, le=9.0001, allow_inf_nan=False)]


class Strict(BaseModel):
    """A part of a file: unknown fields are errors, nothing is converted, nothing changes later."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True, strict=True)


class Both(Strict):
    """A text in English and Chinese; either one serves for both when alone."""

    en: Prose = ""
    zh: Prose = ""


Texts = Annotated[
    Union[Annotated[str, Tag("text")], Annotated[Both, Tag("texts")]],  # noqa: UP007
    Discriminator(lambda value: "texts" if isinstance(value, dict) else "text"),
]


def enum_of(kind: type[StrEnum]) -> Any:
    """Return the literal type of an enumeration's values, as files write them."""
    return Literal[tuple(str(item) for item in kind)]


class CitationModel(Strict):
    """A work cited."""

    key: Name
    place: Prose = ""


class AssetModel(Strict):
    """What is valued."""

    id: Name
    title: Texts
    kind: enum_of(AssetKind) | None = None  # type: ignore[valid-type]
    owner: Prose = ""
    jurisdiction: Prose = ""
    registration: Prose = ""
    filed_on: date | None = None
    granted_on: date | None = None
    expires_on: date | None = None


class ExpertModel(Strict):
    """A member of the panel."""

    id: Name
    name: Texts = ""
    qualification: Texts = ""


class BaselineModel(Strict):
    """The appraiser's own figures."""

    appraiser: Texts
    dated_on: date | None = None
    income: list[Finite] = []
    rate: Finite | None = None
    life: Finite | None = None
    value: Finite | None = None


class ReasonsModel(Strict):
    """Why each approach was or was not taken."""

    market: Texts = ""
    cost: Texts = ""
    income: Texts = ""
    option: Texts = ""


class ApproachModel(Strict):
    """The choice of approach."""

    chosen: enum_of(Approach)  # type: ignore[valid-type]
    reasons: ReasonsModel
    cost_floor: Finite | None = None


class OptionCharacterModel(Strict):
    """The four features that make a right like an option."""

    income: Texts
    exclusivity: Texts
    uncertainty: Texts
    limited_life: Texts


class ReadingModel(Strict):
    """One of several values that the sources give."""

    value: Finite | date | Name
    place: Texts


class ConflictModel(Strict):
    """Sources that contradict each other."""

    subject: Texts
    readings: Annotated[list[ReadingModel], Field(min_length=2)]
    used: Finite | date | Name
    reason: Texts = ""
    step: str = ""
    input: str = ""


class JudgedBlock(Strict):
    """One expert's judgements below one parent, the upper triangle by rows."""

    parent: Name
    expert: Name
    order: Annotated[list[Name], Field(min_length=2, max_length=50)]
    values: list[Judged | None]
    note: Prose = ""


class AnswerModel(Strict):
    """One expert's interval answer."""

    indicator: Name
    expert: Name
    low: Finite
    high: Finite
    round: Annotated[int, Field(ge=1)] = 1
    reason: Prose = ""


class JudgementModel(Strict):
    """What the panel judged."""

    system: Name
    judgements: list[JudgedBlock] | Name | None = None
    answers: list[AnswerModel] | Name
    weights_method: enum_of(WeightsMethod) = "eigenvector"  # type: ignore[valid-type]
    group_rule: enum_of(GroupRule) = "judgements"  # type: ignore[valid-type]
    set_valued_form: enum_of(SetValuedForm) = "paper"  # type: ignore[valid-type]
    b_threshold: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] | None = None
    max_rounds: Annotated[int, Field(ge=1, le=100)] = 3
    scenario: str = ""
    accept_inconsistent: dict[str, Name] = {}


class NotesModel(Strict):
    """Notes with yearly interest, repaid at the end."""

    principal: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    coupon: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
    maturity: Annotated[int, Field(ge=1, le=100)]


class PoolModel(Strict):
    """A pool of equal assets and what its notes need."""

    assets: Annotated[int, Field(ge=1, le=1000)]
    needed: Annotated[int, Field(ge=1, le=1000)]
    horizon: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)]
    target: Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]
    correlations: Annotated[
        list[Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]], Field(min_length=1)
    ]


class AnalysisModel(Strict):
    """What is asked of an option case beside its value."""

    issue_price: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    issue_price_source: Texts = ""
    riskless_rate: Annotated[float, Field(gt=-0.5, le=2, allow_inf_nan=False)] | None = None
    recovery: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    highest_hazard: Annotated[float, Field(gt=0, le=5, allow_inf_nan=False)] = 0.25
    replicate_at: list[Annotated[float, Field(ge=0, le=20, allow_inf_nan=False)]] = []
    estimated_hazard: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    notes: NotesModel | None = None
    coverage_target: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    coverage_rate: Annotated[float, Field(gt=-0.5, le=2, allow_inf_nan=False)] | None = None
    loss_target: Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)] | None = None
    loss_recovery: Share = 0.0
    pool: PoolModel | None = None
    hypothetical: Texts = ""


class FromStepModel(Strict):
    """The value of an earlier step, or the panel's coefficient (`judgement`)."""

    step: Name = Field(alias="from")
    decimals: Annotated[int, Field(ge=0, le=12)] | None = None


class FromPricesModel(Strict):
    """A volatility estimated from equally spaced prices."""

    prices: Annotated[list[Annotated[float, Field(gt=0, allow_inf_nan=False)]], Field(min_length=3)]
    periods_per_year: Annotated[float, Field(gt=0, le=366, allow_inf_nan=False)]
    source: Texts = ""


# made at run time, so not for the type checker
_annotated: Any = Annotated
_union: Any = Union
_literal: Any = Literal
_field: Any = Field
_make: Any = create_model
_list: Any = list
_dict: Any = dict


def _kind_of_input(value: object) -> str:
    if isinstance(value, dict):
        for key, kind in (("from", "step"), ("experts", "panel"), ("prices", "prices")):
            if key in value:
                return kind
        return "sourced"
    return "literal"


def _number_type(field: DeclaredField, *, whole: bool) -> Any:
    quantity = field.quantity
    bounds: dict[str, float] = {}
    if quantity.low > -float("inf"):
        bounds["gt" if quantity.low_open else "ge"] = quantity.low
    if quantity.high < float("inf"):
        bounds["lt" if quantity.high_open else "le"] = quantity.high
    if whole:
        return _annotated[int, _field(**bounds)]
    return _annotated[float, _field(allow_inf_nan=False, **bounds)]


def _value_type(field: DeclaredField) -> Any:
    core = field.core_type
    number = _number_type(field, whole=core is int)
    if core in {int, float}:
        return number
    pair = _annotated[_list[number], _field(min_length=2, max_length=2)]
    if core is Interval:
        return pair
    if core == tuple[Interval, ...]:
        return _annotated[_list[pair], _field(min_length=1, max_length=200)]
    if core == tuple[float, ...]:
        return _annotated[_list[number], _field(min_length=1, max_length=200)]
    return enum_of(core)


def _input_type(name: str, field: DeclaredField) -> Any:
    core = field.core_type
    value = _value_type(field)
    sourced = _make(
        f"{name}_{field.name}_sourced",
        __base__=Strict,
        __doc__="A value with its source.",
        value=(value, ...),
        source=(Texts, ""),
    )
    kinds: list[Any] = [_annotated[value, Tag("literal")], _annotated[sourced, Tag("sourced")]]
    if core in {float, Interval}:
        kinds.append(_annotated[FromStepModel, Tag("step")])
    if core in {Interval, tuple[Interval, ...]}:
        panel = _make(
            f"{name}_{field.name}_panel",
            __base__=Strict,
            __doc__="A panel's answers, by expert.",
            experts=(_annotated[_dict[Name, value], _field(min_length=1)], ...),
            rule=(enum_of(PanelRule), "mean"),
        )
        kinds.append(_annotated[panel, Tag("panel")])
    if core is float and field.name == "volatility":
        kinds.append(_annotated[FromPricesModel, Tag("prices")])
    union = _union[tuple(kinds)]
    return _annotated[union, Discriminator(_kind_of_input)]


def _step_model(method: Method) -> type[Strict]:
    fields: dict[str, Any] = {}
    for item in method.fields:
        described = _field(
            ... if item.required else None,
            description=f"{item.quantity.name.en}: {item.quantity.meaning.en}"
            + (f" [{item.quantity.unit}]" if item.quantity.unit else ""),
        )
        kind = _input_type(method.id, item)
        fields[item.name] = (kind if item.required else kind | None, described)
    inputs = _make(f"{method.id}_inputs", __base__=Strict, __doc__=method.summary.en, **fields)
    step: type[Strict] = _make(
        f"{method.id}_step",
        __base__=Strict,
        __doc__=method.summary.en,
        id=(Name, ...),
        method=(_literal[method.id], ...),
        title=(Texts | None, None),
        inputs=(inputs, ...),
    )
    return step


class IndicatorModel(Strict):
    """One node of an indicator system."""

    id: Name
    parent: Name
    name: Texts
    polarity: Literal[1, -1] | None = None
    scale: Pair | None = None
    evidence: enum_of(EvidenceRule) = "optional"  # type: ignore[valid-type]
    valid_from: date | None = None
    overlaps: Literal["", "income", "rate", "life"] = ""


class WeightSetModel(Strict):
    """Local weights for one use of a system."""

    scenario: Name
    weights: dict[Name, Share]
    source: Prose = ""


class CandidateModel(Strict):
    """An indicator that was considered."""

    id: Name
    name: Texts
    source: Texts
    ratings: dict[Name, Finite]
    dropped_because: Texts = ""


class SystemHead(Strict):
    """What an indicator system is."""

    id: Name
    name: Texts | None = None
    version: Name
    status: enum_of(SystemStatus)  # type: ignore[valid-type]
    source: Texts
    expected_counts: list[Annotated[int, Field(ge=1)]] = []


class SystemFile(Strict):
    """An indicator system."""

    schema_version: Literal[1]
    system: SystemHead
    nodes: Annotated[list[IndicatorModel], Field(min_length=1, max_length=1000)]
    judgements: list[JudgedBlock] = []
    weight_sets: list[WeightSetModel] = []
    candidates: list[CandidateModel] = []


@cache
def case_model() -> type[Strict]:
    """Return the model of a case file, made from the registry of methods."""
    steps = tuple(_step_model(method) for method in METHODS.values())
    step = _annotated[_union[steps], _field(discriminator="method")]
    model: type[Strict] = _make(
        "CaseFile",
        __base__=Strict,
        __doc__="A valuation case.",
        schema_version=(_literal[1], ...),
        id=(Name, ...),
        title=(Texts, ...),
        status=(enum_of(CaseStatus), ...),
        asset=(AssetModel, ...),
        valuation_date=(date | None, None),
        purpose=(Texts | None, None),
        currency=(_annotated[str, _field(pattern=r"^[A-Z]{3}$")], ...),
        unit=(_annotated[int, _field(ge=1, le=10**12)], 1),
        decimals=(_annotated[int, _field(ge=0, le=10)], 4),
        sources=(list[CitationModel], []),
        notes=(list[Texts], []),
        experts=(list[ExpertModel], []),
        baseline=(BaselineModel | None, None),
        approach=(ApproachModel | None, None),
        option_character=(OptionCharacterModel | None, None),
        judgement=(JudgementModel | None, None),
        methods=(_annotated[_list[step], _field(min_length=1, max_length=100)], ...),
        conclusion=(Name, ...),
        analysis=(AnalysisModel | None, None),
        conflicts=(list[ConflictModel], []),
    )
    return model


class AnswerRow(Strict):
    """A row of a CSV table of answers."""

    indicator: Name
    expert: Name
    low: Finite
    high: Finite
    round: Annotated[int, Field(ge=1)] = 1
    reason: Prose = ""
    polarity: Literal[1, -1] | None = None


class JudgementRow(Strict):
    """A row of a CSV table of judgements."""

    parent: Name
    expert: Name
    first: Name
    second: Name
    judgement: Judged


def schemas() -> dict[str, type[Strict]]:
    """Return the model of every input file by its name."""
    return {
        "case": case_model(),
        "indicators": SystemFile,
        "answers": AnswerRow,
        "judgements": JudgementRow,
    }
