"""Texts in the two languages of the product, side by side where they are used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """A language in which results are shown."""

    ENGLISH = "en"
    CHINESE = "zh"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or name in English and in Chinese.

    Examples
    --------
    >>> Text("rate", "折现率").in_(Language.CHINESE)
    '折现率'
    """

    en: str
    zh: str

    def in_(self, language: Language) -> str:
        """Return the wording in one language."""
        return self.zh if language == Language.CHINESE else self.en

    def filled(self, facts: Mapping[str, object]) -> Text:
        """Put facts into the placeholders of both wordings.

        A fact that is itself a `Text` appears in the language of the sentence around it.
        """
        return Text(*(_fill(self.in_(language), facts, language) for language in Language))


def _fill(template: str, facts: Mapping[str, object], language: Language) -> str:
    return template.format(
        **{
            key: fact.in_(language) if isinstance(fact, Text) else fact
            for key, fact in facts.items()
        }
    )
