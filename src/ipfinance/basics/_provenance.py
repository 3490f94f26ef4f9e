"""Where a number comes from: sources of inputs, works cited, versions and digests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ipfinance.basics._text import Text


@dataclass(frozen=True, slots=True)
class Citation:
    """A work in `docs/references.bib`, with the place in it."""

    key: str
    place: str = ""


class SourceKind(StrEnum):
    """What kind of source a leaf of an explanation names."""

    INPUT = "input"  # a field of the case, a flag, an argument
    PARAMETER = "parameter"  # dated law, standard, market convention or assumption
    JUDGEMENT = "judgement"  # what an expert said
    MARKET = "market"  # observed


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a leaf of an explanation was read."""

    kind: SourceKind
    path: str
    detail: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What is needed to get the same number again."""

    package_version: str
    inputs_digest: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    seed: int | None = None


def digest(data: object) -> str:
    """Return the SHA-256 of plain data, the same for the same content in any order of keys."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
