"""The catalogue of methods: each declared once; files, flags, forms and documents follow."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib.metadata import version
from typing import Any, TypeVar

import numpy as np

from ipfinance.assets import AssetKind
from ipfinance.basics import (
    Citation,
    DeclaredField,
    Distribution,
    Explanation,
    InputError,
    Interval,
    MoneyUnit,
    Problem,
    Provenance,
    Quantity,
    Source,
    SourceKind,
    Text,
    Uncertain,
    Value,
    declared_fields,
    digest,
    leaf,
    listed,
    node,
)
from ipfinance.numerics import FloatArray, Ranged, mean_of, through
from ipfinance.valuation._valuation import Outcome, Valuation

InputsT = TypeVar("InputsT")


class Approach(StrEnum):
    """The approaches of valuation standards, and what stands beside them."""

    INCOME = "income"
    COST = "cost"
    MARKET = "market"
    OPTION = "option"
    DAMAGES = "damages"
    CONCLUSION = "conclusion"  # several values of one asset, or of several together
    INPUT = "input"  # a rate, a life, a share, a discount: what other methods take


APPROACH_NAMES = {
    Approach.INCOME: Text("income approach", "收益法"),
    Approach.COST: Text("cost approach", "成本法"),
    Approach.MARKET: Text("market approach", "市场法"),
    Approach.OPTION: Text("real options", "实物期权法"),
    Approach.DAMAGES: Text("damages", "侵权损失"),
    Approach.CONCLUSION: Text("conclusions", "评估结论"),
    Approach.INPUT: Text("inputs of other methods", "其他方法的输入"),
}


class LawKind(StrEnum):
    """What can be said of a method whatever its inputs."""

    RISES = "rises"  # never falls when the input grows
    FALLS = "falls"  # never rises when the input grows
    SCALES = "scales"  # grows in proportion when the inputs do, all together
    ZERO = "zero"  # is nothing when the inputs are
    BETWEEN = "between"  # lies between the least and the greatest of the input's numbers


@dataclass(frozen=True, slots=True)
class Law:
    """Something that a method promises; a property test holds it to that.

    Attributes
    ----------
    inputs
        Names of the inputs it speaks about; in a group of inputs, `group.name`.
    when
        Choices under which it holds, each the name of an input and its value; always if empty.
    """

    kind: LawKind
    inputs: tuple[str, ...]
    when: tuple[tuple[str, str], ...] = ()

    def holds_for(self, inputs: object) -> bool:
        """Return whether the choices are those under which it holds."""
        return all(str(getattr(inputs, name)) == value for name, value in self.when)


AMOUNT = Quantity(
    name=Text("value", "价值"),
    meaning=Text("in the case's own unit", "以案例自身的金额单位计"),
    unit="currency",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One published way to a value.

    Attributes
    ----------
    inputs
        The class of its inputs; each field declares name, meaning, unit and range.
    compute
        Takes the inputs and, for each field, the tree that explains it; returns the outcome.
    validity
        Where the method has a meaning.
    laws
        What it promises for all inputs on which its worked examples can be varied.
    result
        What comes out; an amount of money unless said otherwise.
    replication
        Whether it only reproduces a published result that is not sound.
    """

    id: str
    name: Text
    summary: Text
    approach: Approach
    inputs: type
    compute: Callable[[Any, Mapping[str, Explanation]], Outcome]
    citations: tuple[Citation, ...]
    validity: Text
    effective_from: date
    applies_to: tuple[AssetKind, ...] = tuple(AssetKind)
    laws: tuple[Law, ...] = ()
    result: Quantity = AMOUNT
    replication: bool = False

    @property
    def fields(self) -> tuple[DeclaredField, ...]:
        """The declared inputs, in order."""
        return declared_fields(self.inputs)


def given_leaves(
    method: Method,
    inputs: object,
    *,
    prefix: str = "",
    known: Mapping[str, Explanation] | None = None,
    sources: Mapping[str, Text] | None = None,
) -> dict[str, Explanation]:
    """Return for each input the tree that explains it: a leaf, or what was computed before.

    Parameters
    ----------
    method, inputs
        The method and an instance of its inputs.
    prefix
        Stands before the names of the fields in the paths of the leaves.
    known
        Trees of inputs that were computed rather than given.
    sources
        Where given inputs were found, in words.
    """
    computed, found = known or {}, sources or {}
    return {
        item.name: computed.get(item.name)
        or _leaf(item, getattr(inputs, item.name), f"{prefix}{item.name}", found.get(item.name))
        for item in method.fields
        if getattr(inputs, item.name) is not None
    }


def _leaf(item: DeclaredField, value: object, path: str, detail: Text | None) -> Explanation:
    if not isinstance(value, tuple):
        return input_leaf(item, value, path, detail)
    return listed(
        item.quantity.name,
        tuple(
            input_leaf(item, each, f"{path}[{place}]", detail, place=place)
            for place, each in enumerate(value)
        ),
        unit=item.quantity.unit,
        symbol=item.quantity.symbol,
    )


def input_leaf(
    item: DeclaredField, value: object, path: str, detail: Text | None, *, place: int | None = None
) -> Explanation:
    """Return the tree of one value of an input: a leaf, or the leaves of a group.

    Parameters
    ----------
    item
        The declaration of the input.
    value
        A number, an interval, a distribution, a choice, a date, a text or a group of inputs.
    path, detail
        Where it was read.
    place
        Its place among several; None when it is the only one.
    """
    quantity = item.quantity
    name = quantity.name if place is None else numbered(quantity, place)
    if item.is_record:
        return group(
            name,
            {
                each.name: _leaf(each, getattr(value, each.name), f"{path}.{each.name}", detail)
                for each in declared_fields(type(value))
                if getattr(value, each.name) is not None
            },
        )
    symbol = quantity.symbol
    if symbol and place is not None:
        symbol += _subscript(place + 1)
    source = Source(kind=SourceKind.INPUT, path=path, detail=detail)
    return leaf(
        name,
        _plain(item, value),
        source,
        unit=quantity.unit,
        symbol=symbol,
        given=value if isinstance(value, _SPREAD) and item.is_uncertain else None,
    )


def numbered(quantity: Quantity, place: int) -> Text:
    """Return the name of one of several values: with its year where there is one a year."""
    name, number = quantity.name, place + 1
    if quantity.yearly:
        return Text(f"{name.en}, year {number}", f"{name.zh}，第 {number} 年")
    return Text(f"{name.en} {number}", f"{name.zh} {number}")


def middle_of(value: Uncertain) -> float:
    """Return the number that stands for a quantity: the middle of an interval, the mean of a law.

    Examples
    --------
    >>> middle_of(Interval(2.0, 4.0))
    3.0
    """
    if isinstance(value, Interval):
        return value.midpoint
    return mean_of(value) if isinstance(value, Distribution) else float(value)


_SPREAD = (Interval, Distribution)


def _plain(item: DeclaredField, value: Any) -> Value:  # noqa: ANN401
    if item.is_uncertain:
        return middle_of(value)
    plain: Value = str(value) if isinstance(value, (StrEnum, date)) else value
    return plain


def at_the_middle(inputs: InputsT) -> InputsT:
    """Return the inputs with every interval and distribution replaced by its middle or mean."""
    changes = {
        item.name: _middle(item, getattr(inputs, item.name))
        for item in declared_fields(type(inputs))
        if item.is_uncertain or item.is_record
    }
    return dataclasses.replace(inputs, **changes)  # type: ignore[type-var]


def _middle(item: DeclaredField, value: object) -> object:
    if value is None:
        return None
    if isinstance(value, tuple):
        return tuple(_middle(item, each) for each in value)
    return at_the_middle(value) if item.is_record else middle_of(value)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class _Group:
    """The rule of a group: the values of its members, in order."""

    names: tuple[str, ...]

    def __call__(self, *values: Value) -> Value:
        return values


def group(name: Text, members: Mapping[str, Explanation]) -> Explanation:
    """Gather named inputs into one node."""
    return node(name, _Group(tuple(members)), *members.values(), formula="(…)")


def members(tree: Explanation) -> dict[str, Explanation]:
    """Return the named inputs of a group."""
    if not isinstance(tree.rule, _Group):
        message = f"{tree.name.en} is no group of inputs"
        raise TypeError(message)
    return dict(zip(tree.rule.names, tree.children, strict=True))


def _subscript(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _AcrossLaws:
    """Bounds a tree whose rules take single numbers, by the directions its method promises.

    Attributes
    ----------
    directions
        By the place of an input among `inputs`: 1 where the value never falls in it, -1 where it
        never rises.
    """

    inputs: tuple[Explanation, ...]
    directions: tuple[int, ...]

    def __call__(
        self, tree: Explanation, changed: Mapping[str, Any], done: dict[int, Any]
    ) -> Ranged | None:
        found = [each.recomputed_in(changed, done) for each in self.inputs]
        places = [place for place, value in enumerate(found) if isinstance(value, Ranged)]
        if not places:
            return None
        plain = {path: value for path, value in changed.items() if not isinstance(value, Ranged)}

        def at(*columns: FloatArray) -> FloatArray:
            rows = zip(*columns, strict=True)
            return np.array([self._at(tree, plain, places, row) for row in rows], dtype=float)

        ranged: Ranged = through(
            at, [found[place] for place in places], [self.directions[place] for place in places]
        )
        return ranged

    def _at(
        self, tree: Explanation, changed: Mapping[str, Any], places: list[int], row: Sequence[float]
    ) -> float:
        known = {
            id(self.inputs[place]): float(value) for place, value in zip(places, row, strict=True)
        }
        value: float = tree.recomputed_with(changed, known)
        return value


def across_laws(
    method: Method, inputs: object, given: Mapping[str, Explanation], tree: Explanation
) -> Explanation:
    """Return a tree that also takes ranges, where its method's laws say which way it moves.

    Trees of methods whose rules take ranges themselves stay as they are.
    """
    if any(item.is_uncertain or item.is_record for item in method.fields):
        return tree
    turns = {
        name: 1 if law.kind is LawKind.RISES else -1
        for law in method.laws
        if law.kind in {LawKind.RISES, LawKind.FALLS} and law.holds_for(inputs)
        for name in law.inputs
    }
    if not turns:
        return tree
    nodes: list[Explanation] = []
    directions: list[int] = []
    for item in method.fields:
        if item.element is not float or item.name not in given:
            continue
        several = given[item.name].children if item.is_series else (given[item.name],)
        nodes += several
        directions += [turns.get(item.name, 0)] * len(several)
    across = _AcrossLaws(inputs=tuple(nodes), directions=tuple(directions))
    return dataclasses.replace(tree, across=across)


def _refuse_infinite(value: Explanation) -> None:
    numbers = value.numbers if isinstance(value.value, tuple) else (value.number,)
    if all(map(math.isfinite, numbers)):
        return
    allowed = Text(
        f"{value.name.en} is beyond every number: these inputs are too large, or a growth too "
        "near its rate",
        f"{value.name.zh}超出可表示的数值范围：输入过大，或增长率过于接近折现率",
    )
    raise InputError([Problem(field="", allowed=allowed)])


def run(
    method: Method,
    inputs: object,
    *,
    unit: MoneyUnit,
    asset_id: str = "",
    valuation_date: date | None = None,
    prefix: str = "",
    known: Mapping[str, Explanation] | None = None,
    sources: Mapping[str, Text] | None = None,
) -> Valuation:
    """Value one asset by one method.

    Parameters
    ----------
    method, inputs
        The method and an instance of its inputs.
    unit
        What one number of the inputs stands for.
    asset_id, valuation_date
        What is valued, and when.
    prefix, known, sources
        Passed to `given_leaves`.

    Returns
    -------
    Valuation
        Value, range, explanation, findings and provenance.

    Raises
    ------
    InputError, NotApplicableError
        As the method says.
    """
    given = given_leaves(method, inputs, prefix=prefix, known=known, sources=sources)
    outcome = method.compute(at_the_middle(inputs), given)
    _refuse_infinite(outcome.explanation)
    explanation = across_laws(method, inputs, given, outcome.explanation)
    plain = {item.name: repr(getattr(inputs, item.name)) for item in method.fields}
    return Valuation(
        asset_id=asset_id,
        method_id=method.id,
        valuation_date=valuation_date,
        unit=unit,
        inputs=inputs,
        result=method.result,
        range=outcome.range,
        explanation=explanation,
        findings=outcome.findings,
        provenance=Provenance(
            package_version=version("ipfinance"),
            inputs_digest=digest([method.id, plain, str(unit), str(valuation_date)]),
        ),
        details=outcome.details,
    )
