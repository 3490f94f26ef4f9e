"""Many valuations by one method at once: the tree of one, computed on columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from ipfinance.basics import (
    NO_UNIT,
    DeclaredField,
    Explanation,
    InputError,
    Problem,
    Quantity,
    Text,
    declared_fields,
)
from ipfinance.numerics import BoolArray, FloatArray, in_chunks
from ipfinance.valuation._registry import Method, run

CHUNK = 25_000  # rows that one thread takes at a time


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowValues:
    """Values by row.

    Attributes
    ----------
    values
        Shape (n_rows,); NaN where a row is not valid. [unit of the method's result]
    valid
        Whether every number of the row lies in the range of its input, and the value is finite.
    """

    values: FloatArray
    valid: BoolArray


def value_rows(method: Method, inputs: object, columns: Mapping[str, FloatArray]) -> RowValues:
    """Value many rows that differ in some inputs.

    Parameters
    ----------
    method
        A method of the catalogue.
    inputs
        What all rows share, and the shape of series; an instance of the method's inputs.
    columns
        By the path of an input, such as `royalty_rate` or `revenue[0]`, its numbers, shape
        (n_rows,).

    Returns
    -------
    RowValues
        Row by row what `run` gives; invalid rows are marked, the others are not touched by them.

    Raises
    ------
    InputError
        When a path names no number of the inputs, or columns differ in length.

    Examples
    --------
    >>> from ipfinance.valuation import METHODS, value_rows
    >>> method = METHODS["lump_sum"]
    >>> inputs = method.inputs(sales=(100.0,), royalty_rate=0.0, discount_rate=0.0)
    >>> value_rows(method, inputs, {"royalty_rate": np.array([0.03, 0.05])}).values.tolist()
    [3.0, 5.0]
    """
    tree = run(method, inputs, unit=NO_UNIT).explanation
    given = {name: np.asarray(column, dtype=float) for name, column in columns.items()}
    count = _checked_length(tree, given)
    valid = np.ones(count, dtype=bool)
    quantities = dict(_quantities(method.fields, inputs, ""))
    for name, column in given.items():
        valid &= _within(quantities[name], column)
    values = np.full(count, np.nan)
    if not valid.all():
        given = {name: column[valid] for name, column in given.items()}
    found = np.empty(int(np.count_nonzero(valid)))

    def fill(part: slice) -> None:
        length = len(found[part])
        found[part] = computed_rows(tree, {name: c[part] for name, c in given.items()}, length)

    in_chunks(fill, len(found), chunks=-(-len(found) // CHUNK))
    values[valid] = found
    valid &= np.isfinite(values)
    values[~valid] = np.nan
    return RowValues(values=values, valid=valid)


def computed_rows(tree: Explanation, columns: Mapping[str, FloatArray], count: int) -> FloatArray:
    """Return the value of a tree for each row of changed leaves."""
    try:
        return np.full(count, tree.recomputed(columns), dtype=float)
    except (TypeError, ValueError):  # a rule that takes one number at a time
        return np.array(
            [
                tree.recomputed({path: float(column[place]) for path, column in columns.items()})
                for place in range(count)
            ],
            dtype=float,
        )


def _checked_length(tree: Explanation, columns: Mapping[str, FloatArray]) -> int:
    leaves = tree.leaves()
    problems = []
    for name, column in columns.items():
        if name not in leaves or not isinstance(leaves[name].value, (int, float)):
            known = ", ".join(
                path for path, each in leaves.items() if isinstance(each.value, (int, float))
            )
            allowed = Text(f"expected one of: {known}", f"应为以下之一：{known}")
            problems.append(Problem(field=name, allowed=allowed))
        elif column.ndim != 1:
            allowed = Text("expected one number a row", "每行应为一个数")
            problems.append(Problem(field=name, found=str(column.shape), allowed=allowed))
    lengths = {name: len(column) for name, column in columns.items() if column.ndim == 1}
    if not columns or len(set(lengths.values())) > 1:
        shown = ", ".join(f"{name}: {length}" for name, length in lengths.items())
        allowed = Text("expected columns of equal length", "各列长度应相同")
        problems.append(Problem(field="columns", found=shown, allowed=allowed))
    if problems:
        raise InputError(problems)
    return next(iter(lengths.values()))


def _quantities(
    declared: tuple[DeclaredField, ...], inputs: object, prefix: str
) -> Iterator[tuple[str, Quantity]]:
    for item in declared:
        value = getattr(inputs, item.name)
        path = f"{prefix}{item.name}"
        several = value if isinstance(value, tuple) else (value,)
        for place, each in enumerate(several):
            where = f"{path}[{place}]" if isinstance(value, tuple) else path
            if item.is_record and each is not None:
                yield from _quantities(declared_fields(type(each)), each, f"{where}.")
            else:
                yield where, item.quantity


def _within(quantity: Quantity, column: FloatArray) -> BoolArray:
    least, most = float(column.min(initial=np.inf)), float(column.max(initial=-np.inf))
    inner = np.isfinite([least, most]).all() and quantity.low < least and most < quantity.high
    if inner and not quantity.whole:  # the usual case, told from two numbers
        return np.ones(len(column), dtype=bool)
    low = column > quantity.low if quantity.low_open else column >= quantity.low
    high = column < quantity.high if quantity.high_open else column <= quantity.high
    found: BoolArray = low & high & np.isfinite(column)
    return found & (column == np.floor(column)) if quantity.whole else found
