"""Hedonic models as JSON: numbers and names, nothing that runs."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from ipfinance.adapters.files._errors import validated
from ipfinance.adapters.files._models import Finite, Name, Prose, Strict
from ipfinance.adapters.files._read import read_text
from ipfinance.adapters.files._yaml import Parsed
from ipfinance.basics import InputError, Problem, Text
from ipfinance.evidence import MODEL_FORMAT, HedonicModel, check_model

Many = Annotated[list[Finite], Field(max_length=2000)]
Levels = Annotated[list[str], Field(max_length=100_000)]
ARRAYS = ("coefficients", "covariance", "bread", "residual_points")


class HedonicFile(Strict):
    """A model file."""

    format: Literal["ipfinance.hedonic/1"]
    formula: Annotated[str, Field(max_length=5000)]
    names: Annotated[list[Name], Field(min_length=1, max_length=2000)]
    coefficients: Many
    covariance: list[Many]
    bread: list[Many]
    variance: Finite
    degrees_of_freedom: Finite
    n: Annotated[int, Field(ge=1)]
    r_squared: Finite | None
    errors: Name
    smearing: Finite
    smear_column: Name | None
    smearing_by: dict[str, Finite]
    residual_points: Many
    largest_leverage: Finite
    codings: dict[Name, Levels]
    ranges: dict[Name, Annotated[list[Finite], Field(min_length=2, max_length=2)]]
    date: Name | None
    first_day: Name | None
    last_day: Name | None
    breaks: list[Name]
    unit: Name | None
    source_file: Prose
    source_digest: Prose


def model_bytes(model: HedonicModel) -> bytes:
    """Return a model as the bytes of a JSON file; the same model gives the same bytes."""
    data: dict[str, object] = {"format": MODEL_FORMAT}
    for item in fields(model):
        value = getattr(model, item.name)
        data[item.name] = value.tolist() if isinstance(value, np.ndarray) else value
    return (json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def read_model(path: Path) -> HedonicModel:
    """Read a model.

    Raises
    ------
    InputError
        For a file that is no JSON, and with every field that is missing or wrong.
    """
    text = read_text(path)
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        problem = Problem(field="", file=path.name, line=line, allowed=_NOT_JSON)
        raise InputError([problem]) from error
    found: HedonicFile = validated(HedonicFile, Parsed(data=data, lines={}, file=path.name))
    values = found.model_dump(exclude={"format"})
    for name in ARRAYS:
        if len({len(row) for row in values[name] if isinstance(row, list)}) > 1:
            raise InputError([Problem(field=name, file=path.name, allowed=_RAGGED)])
        values[name] = np.array(values[name], dtype=np.float64)
    values["names"] = tuple(values["names"])
    values["breaks"] = tuple(values["breaks"])
    values["codings"] = {name: tuple(levels) for name, levels in found.codings.items()}
    values["ranges"] = {name: (ends[0], ends[1]) for name, ends in found.ranges.items()}
    model = HedonicModel(**values)
    check_model(model)
    return model


_NOT_JSON = Text("this is not valid JSON", "不是有效的 JSON")
_RAGGED = Text("expected rows of equal length", "各行长度应相等")
