"""The catalogue of methods: each declared once; files, flags, forms and documents follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib.metadata import version
from typing import Any

from ipfinance.assets import AssetKind
from ipfinance.basics import (
    Citation,
    DeclaredField,
    Explanation,
    MoneyUnit,
    Provenance,
    Source,
    SourceKind,
    Text,
    Value,
    declared_fields,
    digest,
    leaf,
    listed,
)
from ipfinance.valuation._valuation import Outcome, Valuation


class Approach(StrEnum):
    """The approaches of valuation standards, options apart."""

    INCOME = "income"
    COST = "cost"
    MARKET = "market"
    OPTION = "option"


APPROACH_NAMES = {
    Approach.INCOME: Text("income approach", "收益法"),
    Approach.COST: Text("cost approach", "成本法"),
    Approach.MARKET: Text("market approach", "市场法"),
    Approach.OPTION: Text("real options", "实物期权法"),
}


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


def _leaf(item: DeclaredField, value: Value, path: str, detail: Text | None) -> Explanation:
    name, unit, symbol = item.quantity.name, item.quantity.unit, item.quantity.symbol
    if isinstance(value, tuple):
        return listed(
            name,
            tuple(
                leaf(
                    Text(f"{name.en}, year {year + 1}", f"{name.zh}，第 {year + 1} 年"),
                    each,
                    Source(kind=SourceKind.INPUT, path=f"{path}[{year}]", detail=detail),
                    unit=unit,
                    symbol=f"{symbol}{_subscript(year + 1)}" if symbol else "",
                )
                for year, each in enumerate(value)
            ),
            unit=unit,
            symbol=symbol,
        )
    shown = str(value) if isinstance(value, StrEnum) else value
    source = Source(kind=SourceKind.INPUT, path=path, detail=detail)
    return leaf(name, shown, source, unit=unit, symbol=symbol)


def _subscript(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


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
    outcome = method.compute(inputs, given)
    plain = {item.name: repr(getattr(inputs, item.name)) for item in method.fields}
    return Valuation(
        asset_id=asset_id,
        method_id=method.id,
        valuation_date=valuation_date,
        unit=unit,
        inputs=inputs,
        value=unit.money(outcome.explanation.number),
        range=outcome.range,
        explanation=outcome.explanation,
        findings=outcome.findings,
        provenance=Provenance(
            package_version=version("ipfinance"),
            inputs_digest=digest([method.id, plain, str(unit), str(valuation_date)]),
        ),
        details=outcome.details,
    )
