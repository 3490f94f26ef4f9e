"""From pydantic's errors to problems with a line, the value found and what is allowed."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, Tag, ValidationError
from pydantic_core import ErrorDetails

from ipfinance.adapters.files._yaml import Parsed, Path_, shown_path
from ipfinance.basics import Family, InputError, Problem, Text

CLOSE_ENOUGH = 0.6


def validated(model: type[BaseModel], parsed: Parsed) -> Any:
    """Return the model of parsed data, or raise `InputError` with every fault and its line."""
    try:
        return model.model_validate(parsed.data)
    except ValidationError as error:
        raise InputError(problems_of(model, parsed, error)) from error


def problems_of(
    model: type[BaseModel],
    parsed: Parsed,
    error: ValidationError,
    is_meant: Callable[[object, str], bool] = lambda _value, _branch: True,
) -> list[Problem]:
    """Return every fault that pydantic found, in the order of the file.

    `is_meant` says of a value and a variant of its union whether the file means that variant;
    faults of the other variants are left out.
    """
    problems = [
        _problem(model, parsed, item)
        for item in error.errors(include_url=False)
        if all(is_meant(value, branch) for value, branch in _branches(parsed.data, item))
    ]
    return _without_echoes(problems)


_OF_FIELDS = ("missing", "extra_forbidden", "unexpected_keyword_argument")


def _branches(data: Any, error: ErrorDetails) -> Iterator[tuple[object, str]]:
    """Yield the values at which a fault's location chooses a variant of a union."""
    current, location = data, error["loc"]
    for place, item in enumerate(location):
        if isinstance(current, list):
            is_place = isinstance(item, int) and item < len(current)
        else:
            is_place = isinstance(current, Mapping) and item in current
        if is_place:
            current = current[item]
        elif place < len(location) - 1 or error["type"] not in _OF_FIELDS:
            yield current, str(item)


def _without_echoes(problems: list[Problem]) -> list[Problem]:
    unique: list[Problem] = []
    for problem in problems:
        if problem not in unique:
            unique.append(problem)
    return sorted(unique, key=lambda problem: problem.line or 0)


def _problem(model: type[BaseModel], parsed: Parsed, error: ErrorDetails) -> Problem:
    path = data_path(parsed.data, error["loc"])
    kind = error["type"]
    found = (
        None if kind == "missing" or isinstance(error["input"], (dict, list)) else error["input"]
    )
    if kind.startswith("too_"):
        found = error.get("ctx", {}).get("actual_length", found)
    allowed = _allowed(kind, error)
    if kind in {"extra_forbidden", "unexpected_keyword_argument"}:
        found = None
        allowed = _unknown_field(str(path[-1]), _field_names(model, error["loc"]))
    return Problem(
        field=shown_path(path),
        found=found,
        allowed=allowed,
        file=parsed.file,
        line=parsed.line(path),
    )


def data_path(data: Any, location: tuple[str | int, ...]) -> Path_:
    """Return the part of an error's location that stands in the file.

    Locations also hold the names of variants of a union; those are not in the data.
    """
    path: list[str | int] = []
    current = data
    for place, item in enumerate(location):
        last = place == len(location) - 1
        if isinstance(current, list):
            if not isinstance(item, int) or item >= len(current):
                continue
            current = current[item]
        elif isinstance(current, Mapping) and item in current:
            current = current[item]
        elif not last or not isinstance(current, Mapping) or item in _VARIANTS:
            continue
        path.append(item)
    return tuple(path)


_VARIANTS = {
    "literal",
    "sourced",
    "step",
    "panel",
    "prices",
    "text",
    "texts",
    "point",
    "interval",
    *(str(family) for family in Family),
}


def _allowed(kind: str, error: ErrorDetails) -> Text:
    context = error.get("ctx", {})
    texts = {
        "missing": Text("this field is required", "此字段必填"),
        "finite_number": Text("expected a finite number", "应为有限数"),
        "float_type": Text("expected a number", "应为数字"),
        "int_type": Text("expected a whole number", "应为整数"),
        "int_from_float": Text("expected a whole number", "应为整数"),
        "string_type": Text("expected text; put it in quotes", "应为文本；请加引号"),
        "bool_type": Text("expected true or false", "应为 true 或 false"),
        "list_type": Text("expected a list", "应为列表"),
        "dict_type": Text("expected named fields", "应为带名称的字段"),
        "model_type": Text("expected named fields", "应为带名称的字段"),
        "dataclass_type": Text("expected named fields", "应为带名称的字段"),
        "tuple_type": Text("expected a list", "应为列表"),
        "decimal_type": Text("expected a number", "应为数字"),
        "decimal_parsing": Text("expected a number", "应为数字"),
        "bool_parsing": Text("expected true or false", "应为 true 或 false"),
        "int_parsing": Text("expected a whole number", "应为整数"),
        "date_parsing": Text("expected a date such as 2026-02-28", "应为日期，例如 2026-02-28"),
        "date_from_datetime_parsing": Text(
            "expected a date such as 2026-02-28", "应为日期，例如 2026-02-28"
        ),
        "date_type": Text("expected a date such as 2026-02-28", "应为日期，例如 2026-02-28"),
        "date_from_datetime_inexact": Text("expected a date without a time", "应为不含时间的日期"),
    }
    if kind in texts:
        return texts[kind]
    return _allowed_by_context(kind, context) or Text(error["msg"], error["msg"])


def _allowed_by_context(kind: str, context: Mapping[str, Any]) -> Text | None:
    found = None
    if kind in _COMPARISONS:
        name, en, zh = _COMPARISONS[kind]
        found = Text(
            f"expected a number {en} {context[name]:g}", f"应为{zh} {context[name]:g} 的数"
        )
    elif kind in {"too_short", "too_long"}:
        most = context["min_length" if kind == "too_short" else "max_length"]
        en, zh = ("at least", "至少") if kind == "too_short" else ("at most", "至多")
        found = Text(f"expected {en} {most} item(s)", f"应有{zh} {most} 项")
    elif kind in {"string_too_short", "string_too_long"}:
        most = context["min_length" if kind == "string_too_short" else "max_length"]
        en, zh = ("at least", "至少") if kind == "string_too_short" else ("at most", "至多")
        found = Text(f"expected text of {en} {most} character(s)", f"文本应为{zh} {most} 个字符")
    elif kind == "string_pattern_mismatch":
        found = Text(
            "expected an ISO 4217 code of three capital letters, such as CNY",
            "应为三个大写字母的 ISO 4217 货币代码，例如 CNY",
        )
    elif kind in {"literal_error", "enum"}:
        expected = context["expected"].replace("'", "").replace(" or ", ", ")
        found = Text(f"expected one of: {expected}", f"应为以下之一：{expected}")
    elif kind == "union_tag_invalid":
        expected = context["expected_tags"].replace("'", "")
        found = Text(f"expected one of: {expected}", f"应为以下之一：{expected}")
    elif kind == "union_tag_not_found":
        found = Text("the field method is required", "缺少字段 method")
    return found


_COMPARISONS = {
    "greater_than": ("gt", "above", "大于"),
    "greater_than_equal": ("ge", "of at least", "不小于"),
    "less_than": ("lt", "below", "小于"),
    "less_than_equal": ("le", "of at most", "不大于"),
}


def _unknown_field(name: str, known: list[str]) -> Text:
    close = difflib.get_close_matches(name, known, n=1, cutoff=CLOSE_ENOUGH)
    hint = (f"did you mean {close[0]}? ", f"是否为 {close[0]}？") if close else ("", "")
    shown = ", ".join(known)
    return Text(
        f"unknown field; {hint[0]}Known here: {shown}", f"未知字段；{hint[1]}此处可用：{shown}"
    )


def _field_names(model: type[BaseModel], location: tuple[str | int, ...]) -> list[str]:
    current: Any = model
    for item in location[:-1]:
        current = _below(current, item)
    bare = _bare(current)
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        return [field.alias or name for name, field in bare.model_fields.items()]
    if is_dataclass(bare):
        return [field.name for field in fields(bare)]
    return []


def _below(kind: Any, item: str | int) -> Any:
    bare = _bare(kind)
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        for name, field in bare.model_fields.items():
            if item in {name, field.alias}:
                return field.annotation
        return None
    if is_dataclass(bare) and isinstance(bare, type):
        return get_type_hints(bare).get(str(item))
    if get_origin(bare) is Union:
        declared = [m for m in get_args(bare) if is_dataclass(m)]
        named = [m for m in declared if getattr(m, "__name__", "") == item]
        if named or declared:
            return (named or declared)[0]
        return next((m for m in get_args(bare) if _is_variant(m, item)), None)
    arguments = get_args(bare)
    return arguments[-1] if arguments else None


def _bare(kind: Any) -> Any:
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) is Union or type(kind).__name__ == "UnionType":
        members = [member for member in get_args(kind) if member is not type(None)]
        return _bare(members[0]) if len(members) == 1 else Union[tuple(members)]  # noqa: UP007
    return kind


def _is_variant(member: Any, item: str | int) -> bool:
    if get_origin(member) is Annotated:
        return any(isinstance(m, Tag) and m.tag == item for m in member.__metadata__)
    if isinstance(member, type) and issubclass(member, BaseModel):
        field = member.model_fields.get("method")
        return (
            field is not None
            and get_origin(field.annotation) is Literal
            and (item in get_args(field.annotation))
        )
    return False
