"""Explanations: a number together with the tree of numbers it was computed from.

A method builds its result as a tree, so that the tree *is* the computation: an inner node calls
its rule with the values of its children, a leaf names its source. A report prints the tree and
recomputes nothing; a test perturbs each leaf and compares with a rerun.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ipfinance.basics._interval import Interval
from ipfinance.basics._provenance import Citation, Source
from ipfinance.basics._text import Text
from ipfinance.basics._uncertain import Uncertain

Value: TypeAlias = "float | Interval | str | tuple[Value, ...]"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Explanation:
    """A value and why it is that value.

    Attributes
    ----------
    name, symbol
        What the value is, and the letter it has in formulas.
    value
        A number, an interval, an option's name, or a tuple of them.
    unit
        Key of the unit: "currency", "1", "1/year", "year".
    formula
        How the children make the value, in their symbols; empty for a leaf.
    rule
        The function behind the formula, taking the children's values in order; None for a leaf.
    source
        Where a leaf was read; None for an inner node.
    given
        A leaf's quantity in full, where it is an interval or a distribution and `value` is only
        its middle or mean.
    across
        Answers for the node when leaves become ranges that its rules cannot take; None when it
        leaves the answer to the rules.
    """

    name: Text
    value: Value
    unit: str = "1"
    symbol: str = ""
    formula: str = ""
    rule: Callable[..., Value] | None = None
    source: Source | None = None
    given: Uncertain | None = None
    citation: Citation | None = None
    children: tuple[Explanation, ...] = ()
    across: Callable[[Explanation, Mapping[str, Any], dict[int, Any]], Any] | None = None

    @property
    def number(self) -> float:
        """The value, where it is one number."""
        if not isinstance(self.value, (int, float)):
            message = f"{self.name.en} is {self.value!r}, not one number"
            raise TypeError(message)
        return float(self.value)

    @property
    def interval(self) -> Interval:
        """The value, where it is an interval."""
        if not isinstance(self.value, Interval):
            message = f"{self.name.en} is {self.value!r}, not an interval"
            raise TypeError(message)
        return self.value

    @property
    def numbers(self) -> tuple[float, ...]:
        """The values, where there are several numbers."""
        if not isinstance(self.value, tuple):
            message = f"{self.name.en} is {self.value!r}, not several numbers"
            raise TypeError(message)
        return tuple(float(item) for item in self.value if isinstance(item, (int, float)))

    def walk(self) -> Iterator[Explanation]:
        """Yield this node and all below it, each before its children."""
        yield self
        for child in self.children:
            yield from child.walk()

    def leaves(self) -> dict[str, Explanation]:
        """Return the leaves by the path of their source, each once."""
        return {
            node.source.path: node
            for node in self.walk()
            if not node.children and node.source is not None
        }

    def find(self, symbol: str) -> Explanation:
        """Return the first node with a symbol."""
        return next(node for node in self.walk() if node.symbol == symbol)

    def uncertain(self) -> dict[str, Uncertain]:
        """Return the leaves that are intervals or distributions, by the path of their source."""
        return {path: each.given for path, each in self.leaves().items() if each.given is not None}

    def recomputed(self, changed: Mapping[str, Any]) -> Any:  # noqa: ANN401
        """Return the value that follows when leaves, named by their path, are changed.

        Leaves may become arrays or ranges, where the rules above them are written for these; then
        so does the value.
        """
        return self._recomputed(changed, {})

    def recomputed_with(self, changed: Mapping[str, Any], known: Mapping[int, Any]) -> Any:  # noqa: ANN401
        """Return the value that follows when nodes, by their identity, have known values too."""
        done = dict(known)
        if self.rule is None:
            return self._recomputed(changed, done)
        return self.rule(*(child._recomputed(changed, done) for child in self.children))  # noqa: SLF001

    def recomputed_in(self, changed: Mapping[str, Any], done: dict[int, Any]) -> Any:  # noqa: ANN401
        """Return the value as `recomputed` does, sharing what is done already."""
        return self._recomputed(changed, done)

    def _recomputed(self, changed: Mapping[str, Any], done: dict[int, Any]) -> Any:  # noqa: ANN401
        key = id(self)
        if key not in done and self.across is not None:
            found = self.across(self, changed, done)
            if found is not None:
                done[key] = found
        if key not in done:
            if self.rule is None:
                path = self.source.path if self.source is not None else ""
                done[key] = changed.get(path, self.value)
            else:
                done[key] = self.rule(
                    *(child._recomputed(changed, done) for child in self.children)  # noqa: SLF001
                )
        return done[key]


def node(
    name: Text,
    rule: Callable[..., Value],
    *children: Explanation,
    formula: str,
    unit: str = "1",
    symbol: str = "",
    citation: Citation | None = None,
) -> Explanation:
    """Compute a value from its children and keep how it was done."""
    return Explanation(
        name=name,
        value=rule(*(child.value for child in children)),
        unit=unit,
        symbol=symbol,
        formula=formula,
        rule=rule,
        citation=citation,
        children=children,
    )


@dataclass(frozen=True, slots=True)
class _ByName:
    """A rule that takes its children's values by keyword."""

    rule: Callable[..., Value]
    names: tuple[str, ...]

    def __call__(self, *values: Value) -> Value:
        return self.rule(**dict(zip(self.names, values, strict=True)))


def named_node(
    name: Text,
    rule: Callable[..., Value],
    children: Mapping[str, Explanation],
    *,
    formula: str,
    unit: str = "1",
    symbol: str = "",
    citation: Citation | None = None,
) -> Explanation:
    """Compute a value from its children, handed to the rule by keyword."""
    return node(
        name,
        _ByName(rule, tuple(children)),
        *children.values(),
        formula=formula,
        unit=unit,
        symbol=symbol,
        citation=citation,
    )


def leaf(
    name: Text,
    value: Value,
    source: Source,
    *,
    unit: str = "1",
    symbol: str = "",
    given: Uncertain | None = None,
) -> Explanation:
    """Start a tree at an input."""
    return Explanation(name=name, value=value, unit=unit, symbol=symbol, source=source, given=given)


def listed(
    name: Text, children: tuple[Explanation, ...], *, unit: str = "1", symbol: str = ""
) -> Explanation:
    """Gather nodes into one node whose value is the tuple of theirs."""
    return node(name, _as_tuple, *children, formula="(…)", unit=unit, symbol=symbol)


def _as_tuple(*values: Value) -> Value:
    return values
