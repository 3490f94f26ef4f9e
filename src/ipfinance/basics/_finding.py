"""Findings: what an appraiser must see beside the number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ipfinance.basics._text import Language, Text


class Severity(StrEnum):
    """How much a finding weighs."""

    NOTE = "note"  # worth knowing
    WARNING = "warning"  # to be signed off by the appraiser
    INVALID = "invalid"  # the figure it stands beside must not be relied on


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingKind:
    """A kind of finding, declared once beside the method that raises it."""

    code: str
    severity: Severity
    text: Text

    def finding(self, *, where: str = "", **facts: object) -> Finding:
        """Raise a finding of this kind, with the facts its sentence needs."""
        return Finding(kind=self, where=where, facts=facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that an appraiser signs off, with the facts behind it."""

    kind: FindingKind
    where: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The code of the kind, stable across languages and versions."""
        return self.kind.code

    @property
    def severity(self) -> Severity:
        """How much the finding weighs."""
        return self.kind.severity

    def message(self, language: Language) -> str:
        """Return the sentence in one language."""
        return self.kind.text.filled(self.facts).in_(language)
