"""What goes wrong, said so that the reader can mend it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, TypeVar

from typing_extensions import override

from ipfinance.basics._text import Language, Text

ErrorT = TypeVar("ErrorT", bound="IpfinanceError")


class FailureReason(StrEnum):
    """The kind of thing that went wrong."""

    INVALID_INPUT = "invalid_input"
    INCONSISTENT_JUDGEMENT = "inconsistent_judgement"
    MISSING_PARAMETER = "missing_parameter"
    NOT_APPLICABLE = "not_applicable"
    NO_SOLUTION = "no_solution"


class IpfinanceError(Exception):
    """An error that its reader can do something about; the message names what and where."""

    reason: ClassVar[FailureReason] = FailureReason.INVALID_INPUT
    text: ClassVar[Text] = Text("{message}", "{message}")

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.message(Language.ENGLISH))

    def message(self, language: Language) -> str:
        """Return the sentence in one language."""
        return self.text.filled(self.facts).in_(language)

    @override
    def __reduce__(self) -> tuple[object, ...]:
        """Carry the facts across processes, whatever the constructor takes."""
        return _rebuild, (type(self), self.facts)


def _rebuild(kind: type[ErrorT], facts: dict[str, object]) -> ErrorT:
    error = kind.__new__(kind)
    IpfinanceError.__init__(error, **facts)
    return error


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault of an input: where it stands, what was found, what is allowed."""

    field: str
    found: object = None
    allowed: Text
    file: str | None = None
    line: int | None = None

    def message(self, language: Language) -> str:
        """Return the sentence in one language."""
        zh = language == Language.CHINESE
        place = [] if self.file is None else [self.file]
        if self.line is not None:
            place.append(f"第 {self.line} 行" if zh else f"line {self.line}")
        if self.field:
            place.append(self.field)
        head = ("，" if zh else ", ").join(place)
        head += ("：" if zh else ": ") if head else ""
        found = "" if self.found is None else _found(self.found, zh=zh)
        return f"{head}{found}{self.allowed.in_(language)}"

    def at(self, *, file: str | None = None, line: int | None = None) -> Problem:
        """Return the same problem with the place in a file."""
        return replace(self, file=file, line=line)


LONGEST_FOUND = 60


def _found(value: object, *, zh: bool) -> str:
    shown = repr(str(value)) if isinstance(value, str) else str(value)
    if len(shown) > LONGEST_FOUND:
        shown = shown[: LONGEST_FOUND - 1] + "…"
    return f"现为 {shown}；" if zh else f"found {shown}; "


class InputError(IpfinanceError):
    """One or more inputs cannot be used; every fault is listed, not only the first."""

    reason = FailureReason.INVALID_INPUT

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(problems=self.problems)

    @override
    def message(self, language: Language) -> str:
        return "\n".join(problem.message(language) for problem in self.problems)

    @override
    def __reduce__(self) -> tuple[object, ...]:
        return InputError, (self.problems,)


class NoSolutionError(IpfinanceError):
    """The question asked has no answer for these inputs."""

    reason = FailureReason.NO_SOLUTION
    text = Text("{what}: no solution. {why}", "{what}：无解。{why}")

    def __init__(self, what: Text, why: Text) -> None:
        super().__init__(what=what, why=why)


class NotApplicableError(IpfinanceError):
    """The method does not apply to what was asked of it."""

    reason = FailureReason.NOT_APPLICABLE
    text = Text("{what}: {why}", "{what}：{why}")

    def __init__(self, what: Text, why: Text) -> None:
        super().__init__(what=what, why=why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What stands in place of a value when one row of many could not be computed."""

    subject: str
    reason: FailureReason
    message: str


def number_problem(
    field: str,
    value: object,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    low_open: bool = False,
    high_open: bool = False,
) -> Problem | None:
    """Return the problem with a number that should lie in a range, or None."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return Problem(field=field, found=value, allowed=_expected(low, high, low_open, high_open))
    below = value <= low if low_open else value < low
    above = value >= high if high_open else value > high
    if below or above:
        return Problem(field=field, found=value, allowed=_expected(low, high, low_open, high_open))
    return None


def _expected(low: float, high: float, low_open: bool, high_open: bool) -> Text:  # noqa: FBT001
    bounds_en, bounds_zh = [], []
    if math.isfinite(low):
        bounds_en.append(f"{'above' if low_open else 'at least'} {low:g}")
        bounds_zh.append(f"{'大于' if low_open else '不小于'} {low:g}")
    if math.isfinite(high):
        bounds_en.append(f"{'below' if high_open else 'at most'} {high:g}")
        bounds_zh.append(f"{'小于' if high_open else '不大于'} {high:g}")
    en = "expected a finite number" + (" " + " and ".join(bounds_en) if bounds_en else "")
    zh = "应为有限数" + ("，" + "且".join(bounds_zh) if bounds_zh else "")
    return Text(en, zh)
