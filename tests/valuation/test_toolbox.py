"""The toolbox of methods, held to its worked examples: value, tree, ranges and laws."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ipfinance.adapters.files._models import inputs_model
from ipfinance.basics import DeclaredField, Explanation, InputError, Interval, declared_fields
from ipfinance.numerics import Ranged, UnprovenError, enclosure
from ipfinance.valuation import METHODS, LawKind, Method, middle_of, run
from tests.data import ROOT
from tests.support import UNIT
from tests.tolerances import TREE
from tests.worked import WorkedExample, built, worked_examples

EXAMPLES = worked_examples()
STEP = 1.03


def _run(example: WorkedExample) -> Any:
    method = METHODS[example.method]
    return run(method, built(method.inputs, example.inputs), unit=UNIT)


def test_each_method_has_a_worked_example() -> None:
    assert {each.method for each in EXAMPLES} <= set(METHODS)
    assert all(len(each.source) > 20 for each in EXAMPLES)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.id)
def test_worked_example(example: WorkedExample) -> None:
    found = _run(example)
    computed = found.explanation.value
    assert np.allclose(computed, example.value, rtol=0.0, atol=example.tolerance), computed
    for name, expected in example.details.items():
        assert found.details[name] == pytest.approx(expected, abs=example.tolerance), name


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.id)
def test_tree_is_the_computation(example: WorkedExample) -> None:
    method = METHODS[example.method]
    inputs = built(method.inputs, example.inputs)
    found = run(method, inputs, unit=UNIT).explanation
    assert found.recomputed({}) == found.value
    moved = 0
    for path, each in found.leaves().items():
        value = each.value
        if not isinstance(value, float) or each.source is None or each.source.kind != "input":
            continue
        changed = _changed(method, inputs, path, value)
        if changed is None:
            continue
        number, other = changed
        rerun = run(method, other, unit=UNIT).explanation.value
        assert found.recomputed({path: number}) == pytest.approx(rerun, rel=TREE, abs=TREE), path
        moved += rerun != found.value
    assert moved or sum(other.method == method.id for other in EXAMPLES) > 1


def _changed(method: Method, inputs: Any, path: str, value: float) -> tuple[float, Any] | None:
    for number in (value * STEP + (0.001 if value == 0 else 0.0), value / STEP, value - 0.001):
        try:
            return number, with_value(inputs, path, number)
        except InputError:
            continue
    del method
    return None


def with_value(inputs: Any, path: str, value: float) -> Any:
    """Return the inputs with one of them changed, named by the path of its leaf."""
    head, _, rest = path.partition(".")
    found = re.fullmatch(r"(\w+)(?:\[(\d+)\])?", head)
    assert found is not None
    name, place = found.groups()
    old = getattr(inputs, name)
    if place is None:
        new = with_value(old, rest, value) if rest else value
    else:
        items = list(old)
        items[int(place)] = with_value(items[int(place)], rest, value) if rest else value
        new = tuple(items)
    return replace(inputs, **{name: new})


def uncertain_paths(inputs: Any, prefix: str = "") -> dict[str, float]:
    """Return the middle of every uncertain input by its path."""
    found: dict[str, float] = {}
    for item in declared_fields(type(inputs)):
        value = getattr(inputs, item.name)
        if value is None:
            continue
        several = value if item.is_series else (value,)
        for place, each in enumerate(several):
            path = f"{prefix}{item.name}[{place}]" if item.is_series else f"{prefix}{item.name}"
            if item.is_record:
                found |= uncertain_paths(each, f"{path}.")
            elif item.is_uncertain:
                found[path] = middle_of(each)
    return found


def _bounds(inputs: Any, path: str) -> DeclaredField:
    parts = [re.sub(r"\[\d+\]", "", part) for part in path.split(".")]
    kind = type(inputs)
    for part in parts[:-1]:
        kind = next(item.element for item in declared_fields(kind) if item.name == part)
    return next(item for item in declared_fields(kind) if item.name == parts[-1])


def _box(inputs: Any, path: str, middle: float) -> Interval:
    quantity = _bounds(inputs, path).quantity
    reach = 0.05 * abs(middle) + 0.002
    low = middle - reach if middle - reach > quantity.low else middle
    high = middle + reach if middle + reach < quantity.high else middle
    return Interval(low, high)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.id)
def test_rules_take_ranges_and_arrays(example: WorkedExample) -> None:
    method = METHODS[example.method]
    inputs = built(method.inputs, example.inputs)
    whole = run(method, inputs, unit=UNIT).explanation
    trees = whole.children if isinstance(whole.value, tuple) else (whole,)
    for tree in {id(each): each for each in (trees[0], trees[-1])}.values():
        _assert_rules_take_ranges(tree, inputs)


def _assert_rules_take_ranges(tree: Explanation, inputs: Any) -> None:
    leaves = tree.leaves()
    paths = {path: each for path, each in uncertain_paths(inputs).items() if path in leaves}
    boxes = {path: _box(inputs, path, value) for path, value in paths.items()}
    if not boxes:
        return

    def value(numbers: Any) -> Ranged:
        found: Ranged = tree.recomputed(dict(zip(boxes, numbers, strict=True)))
        return found

    try:
        bounds = enclosure(value, list(boxes.values()), most=200).interval
    except UnprovenError:
        pytest.fail("no direction is declared for an input that may be uncertain")
    draw = random.Random(7)  # noqa: S311
    points = [
        [
            draw.choice((box.low, box.high, draw.uniform(box.low, box.high)))
            for box in boxes.values()
        ]
        for _ in range(40)
    ]
    scalars = [tree.recomputed(dict(zip(boxes, point, strict=True))) for point in points]
    slack = 1e-9 * max(1.0, *map(abs, scalars))
    assert bounds.low - slack <= min(scalars)
    assert max(scalars) <= bounds.high + slack
    columns = np.array(points).T
    arrays = tree.recomputed(dict(zip(boxes, columns, strict=True)))
    np.testing.assert_allclose(arrays, scalars, rtol=1e-9, atol=1e-9)


LAWS = [
    (method, law, example)
    for example in EXAMPLES
    for method in [METHODS[example.method]]
    for law in method.laws
]


def numeric_paths(inputs: Any) -> dict[str, float]:
    """Return every number that is not a count by its path, uncertain or not."""
    found = uncertain_paths(inputs)
    for item in declared_fields(type(inputs)):
        value = getattr(inputs, item.name)
        if item.element is float and value is not None:
            several = value if item.is_series else (value,)
            for place, each in enumerate(several):
                found[f"{item.name}[{place}]" if item.is_series else item.name] = float(each)
    return found


def _named(paths: dict[str, float], name: str) -> dict[str, float]:
    return {p: v for p, v in paths.items() if re.sub(r"\[\d+\]", "", p) == name}


def _moved(inputs: Any, paths: dict[str, float], factor: float, shift: float = 0.0) -> Any:
    for path, value in paths.items():
        inputs = with_value(inputs, path, value * factor + shift)
    return inputs


@pytest.mark.parametrize(
    ("method", "law", "example"),
    LAWS,
    ids=[
        "-".join((example.id, law.kind, *law.inputs, *(value for _, value in law.when)))
        for _, law, example in LAWS
    ],
)
def test_declared_law_holds(method: Method, law: Any, example: WorkedExample) -> None:
    inputs = built(method.inputs, example.inputs)
    spoken = {p: v for name in law.inputs for p, v in _named(numeric_paths(inputs), name).items()}
    if not spoken or not law.holds_for(inputs):
        return  # another example tries it, see below

    def value(changed: Any) -> Any:
        return np.array(run(method, changed, unit=UNIT).explanation.value)

    base = value(inputs)
    slack = 1e-12 * np.abs(base).max()
    match law.kind:
        case LawKind.RISES | LawKind.FALLS:
            for path, old in spoken.items():
                try:
                    more = value(_moved(inputs, {path: old}, 1.0, 0.01 * abs(old) + 1e-4))
                except InputError:
                    continue
                change = more - base if law.kind is LawKind.RISES else base - more
                assert np.all(change >= -slack), path
        case LawKind.SCALES:
            assert value(_moved(inputs, spoken, 0.5)) == pytest.approx(0.5 * base, rel=1e-9)
        case LawKind.ZERO:
            assert value(_moved(inputs, spoken, 0.0)) == pytest.approx(0.0 * base, abs=1e-9)
        case _:
            numbers = list(spoken.values())
            assert np.all(base >= min(numbers) - slack)
            assert np.all(base <= max(numbers) + slack)


def test_every_law_is_tried_by_an_example() -> None:
    tried = {
        (method.id, law)
        for method, law, example in LAWS
        if law.holds_for(built(method.inputs, example.inputs))
        and any(
            _named(numeric_paths(built(method.inputs, example.inputs)), name) for name in law.inputs
        )
    }
    assert {(each.method, law) for each in EXAMPLES for law in METHODS[each.method].laws} == tried


@pytest.mark.parametrize("method", METHODS.values(), ids=lambda each: each.id)
def test_each_method_is_complete(method: Method) -> None:
    assert method.citations
    assert method.laws
    assert any(example.method == method.id for example in EXAMPLES)
    texts = [method.name, method.summary, method.validity, method.result.name]
    texts += [
        text for item in method.fields for text in (item.quantity.name, item.quantity.meaning)
    ]
    for text in texts:
        assert text.en
        assert any("\u4e00" <= letter <= "\u9fff" for letter in text.zh), text
    schema = inputs_model(method.id).model_json_schema()
    assert set(schema["properties"]) == {item.name for item in method.fields}
    page = (ROOT / "docs" / "how-to" / "choose-a-method.md").read_text("utf-8")
    assert f"`ipfinance method {method.id.replace('_', '-')}`" in page
