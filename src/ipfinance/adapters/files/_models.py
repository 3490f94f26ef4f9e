"""What a case file may hold, as pydantic models; the inputs of methods come from the registry."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, Union

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, create_model

from ipfinance.assets import AssetKind
from ipfinance.basics import PARAMETER_NAMES, DeclaredField, Family, Interval, declared_fields
from ipfinance.judgement import EvidenceRule, GroupRule, SetValuedForm, SystemStatus, WeightsMethod
from ipfinance.valuation import (
    METHODS,
    Approach,
    CaseStatus,
    Dependence,
    Method,
    PanelRule,
)

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
        if "name" in value:  # one of several groups of inputs
            return "literal"
        for key, kind in (("from", "step"), ("experts", "panel"), ("prices", "prices")):
            if key in value:
                return kind
        return "sourced" if "value" in value and set(value) <= {"value", "source"} else "literal"
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


def _one_type(name: str, field: DeclaredField) -> Any:
    """Return the type of one of the field's values."""
    kind = field.element
    if field.is_record:
        return _record_model(f"{name}_{field.name}", kind)
    if kind is str:
        return Name
    if kind is date:
        return date
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return enum_of(kind)
    number = _number_type(field, whole=kind is int)
    pair = _annotated[_list[number], _field(min_length=2, max_length=2)]
    if kind is Interval:
        return pair
    return _uncertain(number, pair) if field.is_uncertain or kind is float else number


def _record_model(name: str, record: type) -> type[Strict]:
    fields = _model_fields(name, declared_fields(record))
    model: type[Strict] = _make(name, __base__=Strict, __doc__="A group of inputs.", **fields)
    return model


def _uncertain(number: Any, pair: Any) -> Any:
    laws = [_annotated[law, Tag(str(family))] for family, law in LAWS.items()]
    union = _union[(_annotated[number, Tag("point")], _annotated[pair, Tag("interval")], *laws)]
    return _annotated[union, Discriminator(_kind_of_number)]


def _kind_of_number(value: object) -> str:
    if isinstance(value, list):
        return "interval"
    if isinstance(value, dict):
        named = [str(family) for family in Family if str(family) in value]
        return named[0] if len(named) == 1 else "none"  # told with the families there are
    return "point"


def _law(family: Family) -> type[Strict]:
    inner: Any = _annotated[_list[Finite], _field(min_length=1, max_length=100_000)]
    if PARAMETER_NAMES[family]:
        names: dict[str, Any] = dict.fromkeys(PARAMETER_NAMES[family], (Finite | Pair, ...))
        inner = _make(f"{family}_parameters", __base__=Strict, **names)
    law: type[Strict] = _make(
        f"{family}_distribution",
        __base__=Strict,
        __doc__="A distribution; a parameter that is a pair makes it a probability box.",
        **{str(family): (inner, ...), "within": (Pair | None, None)},
    )
    return law


LAWS = {family: _law(family) for family in Family}


def _value_type(name: str, field: DeclaredField) -> Any:
    one = _one_type(name, field)
    if not field.is_series:
        return one
    element = one if field.element is Interval else _sourced_union(name, field, one, "element")
    return _annotated[_list[element], _field(min_length=1, max_length=1000)]


def _sourced_union(name: str, field: DeclaredField, value: Any, role: str) -> Any:
    """Return a value, the same with its source, or the value of an earlier step."""
    kinds = _plain_kinds(name, field, value, role)
    return _annotated[_union[tuple(kinds)], Discriminator(_kind_of_input)]


def _plain_kinds(name: str, field: DeclaredField, value: Any, role: str) -> list[Any]:
    sourced = _make(
        f"{name}_{field.name}_{role}_sourced",
        __base__=Strict,
        __doc__="A value with its source.",
        value=(value, ...),
        source=(Texts, ""),
    )
    kinds: list[Any] = [_annotated[value, Tag("literal")], _annotated[sourced, Tag("sourced")]]
    if field.element in {float, Interval} or field.is_uncertain:
        kinds.append(_annotated[FromStepModel, Tag("step")])
    return kinds


def _input_type(name: str, field: DeclaredField) -> Any:
    value = _value_type(name, field)
    kinds = _plain_kinds(name, field, value, "input")
    if field.element is Interval or field.is_uncertain:
        pair: Any = Pair
        if field.is_series:
            pair = _annotated[_list[Pair], _field(min_length=1, max_length=1000)]
        if field.element is Interval:
            pair = value
        panel = _make(
            f"{name}_{field.name}_panel",
            __base__=Strict,
            __doc__="A panel's answers, by expert.",
            experts=(_annotated[_dict[Name, pair], _field(min_length=1)], ...),
            rule=(enum_of(PanelRule), "mean"),
        )
        kinds.append(_annotated[panel, Tag("panel")])
    if field.core_type is float and field.name == "volatility":
        kinds.append(_annotated[FromPricesModel, Tag("prices")])
    return _annotated[_union[tuple(kinds)], Discriminator(_kind_of_input)]


def _model_fields(name: str, declared: tuple[DeclaredField, ...]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for item in declared:
        described = _field(
            ... if item.required else None,
            description=f"{item.quantity.name.en}: {item.quantity.meaning.en}"
            + (f" [{item.quantity.unit}]" if item.quantity.unit else ""),
        )
        kind = _input_type(name, item)
        fields[item.name] = (kind if item.required else kind | None, described)
    return fields


@cache
def inputs_model(method_id: str) -> type[Strict]:
    """Return the model of a method's inputs, made from their declarations."""
    method = METHODS[method_id]
    fields = _model_fields(method.id, method.fields)
    model: type[Strict] = _make(
        f"{method.id}_inputs", __base__=Strict, __doc__=method.summary.en, **fields
    )
    return model


def _step_model(method: Method) -> type[Strict]:
    step: type[Strict] = _make(
        f"{method.id}_step",
        __base__=Strict,
        __doc__=method.summary.en,
        id=(Name, ...),
        method=(_literal[method.id], ...),
        title=(Texts | None, None),
        inputs=(inputs_model(method.id), ...),
    )
    return step


class CorrelationModel(Strict):
    """How two inputs move together."""

    between: Annotated[list[Name], Field(min_length=2, max_length=2)]
    value: Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False)]


class ScenarioModel(Strict):
    """Values that inputs take together, by the path of the input."""

    name: Texts
    values: Annotated[dict[Name, Finite], Field(min_length=1)]


class UncertaintyModel(Strict):
    """What is asked about the spread of the concluding value."""

    dependence: enum_of(Dependence) = "independent"  # type: ignore[valid-type]
    correlations: list[CorrelationModel] = []
    draws: Annotated[int, Field(ge=64, le=2**20)] = 4096
    repeats: Annotated[int, Field(ge=2, le=1000)] = 16
    seed: Annotated[int, Field(ge=0, le=2**32)] = 0
    levels: Annotated[
        list[Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]],
        Field(min_length=1, max_length=100),
    ] = [0.05, 0.25, 0.5, 0.75, 0.95]
    below: Annotated[list[Finite], Field(max_length=100)] = []
    scenarios: Annotated[list[ScenarioModel], Field(max_length=100)] = []
    variance_shares: bool = True


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
def case_model(methods: tuple[str, ...] = tuple(METHODS)) -> type[Strict]:
    """Return the model of a case file, made from the registry of methods.

    Parameters
    ----------
    methods
        Ids of the methods that its steps may name; all of them unless a reader knows better.
    """
    steps = tuple(_step_model(METHODS[name]) for name in methods)
    step = _annotated[_union[steps], _field(discriminator="method")] if steps[1:] else steps[0]
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
        uncertainty=(UncertaintyModel | None, None),
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
