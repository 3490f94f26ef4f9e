"""Deal files: YAML to a deal, by the declarations of the core."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints

from pydantic import ValidationError, create_model

from ipfinance.adapters.files._errors import problems_of
from ipfinance.adapters.files._models import Strict
from ipfinance.adapters.files._yaml import Parsed, read_yaml, shown_path
from ipfinance.basics import InputError, Problem, Text
from ipfinance.securitization import Deal, Receivable

_make: Any = create_model
_literal_one: Any = Literal[1]


@cache
def deal_model() -> type[Strict]:
    """Return the model of a deal file, made from the declaration of a deal."""
    hints = get_type_hints(Deal, include_extras=True)
    declared: dict[str, Any] = {}
    for item in fields(Deal):
        default: Any = ...
        if item.default is not MISSING:
            default = item.default
        elif item.default_factory is not MISSING:
            default = item.default_factory()
        declared[item.name] = (hints[item.name], default)
    model: type[Strict] = _make(
        "DealFile",
        __base__=Strict,
        __doc__="A securitization deal.",
        schema_version=(_literal_one, ...),
        **declared,
    )
    return model


def read_deal(path: Path) -> Deal:
    """Read a deal file.

    Raises
    ------
    InputError
        With every fault of the file's shape, each with its line.
    """
    return deal_of(read_yaml(path))


def deal_of(parsed: Parsed) -> Deal:
    """Return the deal of parsed data."""
    model = deal_model()
    _check_kinds(parsed)
    text = json.dumps(parsed.data, default=_plain, ensure_ascii=False)
    try:
        found: Any = model.model_validate_json(text)
    except ValidationError as error:
        raise InputError(problems_of(model, parsed, error, _is_meant)) from error
    return Deal(**{item.name: getattr(found, item.name) for item in fields(Deal)})


KINDS = {kind.__dataclass_fields__["kind"].default: kind.__name__ for kind in get_args(Receivable)}


def _check_kinds(parsed: Parsed) -> None:
    path: tuple[str, ...] = ("pool", "receivables")
    found = parsed.data
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    known = ", ".join(sorted(KINDS))
    allowed = Text(f"expected one of: {known}", f"应为以下之一：{known}")
    problems = []
    for name, terms in (found if isinstance(found, dict) else {}).items():
        if isinstance(terms, dict) and terms.get("kind") not in KINDS:
            where = (*path, name, "kind")
            problems.append(
                Problem(
                    field=shown_path(where),
                    found=terms.get("kind"),
                    allowed=allowed,
                    file=parsed.file,
                    line=parsed.line(where),
                )
            )
    if problems:
        raise InputError(problems)


def _is_meant(value: object, branch: str) -> bool:
    """Whether a fault belongs to the variant of a union that the file means."""
    if isinstance(value, dict):
        if branch in KINDS.values():
            return bool(branch == KINDS.get(str(value.get("kind"))))
        return branch in {"Amount", "Coupon", "Text", "Collection"} or branch.startswith("dict")
    return branch not in {"Amount", "Coupon", "Text", "Collection"}


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
