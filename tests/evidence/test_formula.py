"""Formulas: what they mean, and how a wrong one is told."""

from __future__ import annotations

import numpy as np
import pytest

from ipfinance.basics import InputError
from ipfinance.evidence import parse_formula
from ipfinance.evidence._formula import design
from ipfinance.market import ColumnKind, Table, TextColumn

TABLE = Table.of(
    {
        "y": np.array([1.0, 2.0, 3.0, 4.0]),
        "x": np.array([1.0, 2.0, 4.0, 8.0]),
        "n": np.array([1.0, 2.0, 10.0, 2.0]),
        "kind": TextColumn.of(["b", "a", "c", "a"]),
    }
)


def names(text: str) -> tuple[str, ...]:
    return design(parse_formula(text), TABLE).names


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("y ~ x", ("Intercept", "x")),
        ("y ~ x - 1", ("x",)),
        ("y ~ 0 + x", ("x",)),
        ("y ~ x | kind", ("x",)),
        ("y ~ log(x)", ("Intercept", "log(x)")),
        ("y ~ I(x/n)", ("Intercept", "I(x/n)")),
        ("y ~ kind", ("Intercept", "kind[b]", "kind[c]")),
        ('y ~ C(kind, base="c")', ("Intercept", "kind[a]", "kind[b]")),
        ("y ~ C(n)", ("Intercept", "n[2]", "n[10]")),
        ("y ~ 0 + kind", ("kind[a]", "kind[b]", "kind[c]")),
        ("y ~ kind:x", ("Intercept", "kind[a]:x", "kind[b]:x", "kind[c]:x")),
        ("y ~ x + kind:x", ("Intercept", "x", "kind[b]:x", "kind[c]:x")),
        ("y ~ x*n", ("Intercept", "x", "n", "x:n")),
        ("y ~ (x + n):kind - x:kind", ("Intercept", "n:kind[a]", "n:kind[b]", "n:kind[c]")),
        ("y ~ `x` + 1", ("Intercept", "x")),
    ],
)
def test_columns(formula: str, expected: tuple[str, ...]) -> None:
    assert names(formula) == expected


def test_values() -> None:
    found = design(parse_formula("y ~ I((x + 1)^2 - n*2) + asinh(-x) + square(n)"), TABLE)
    x, n = TABLE.numbers("x"), TABLE.numbers("n")
    np.testing.assert_allclose(found.columns[1], (x + 1) ** 2 - 2 * n)
    np.testing.assert_allclose(found.columns[2], np.arcsinh(-x))
    np.testing.assert_allclose(found.columns[3], n**2)


def test_what_must_be_read() -> None:
    found = parse_formula("log(y) ~ x + C(kind) + n:kind | firm + a^b")
    assert found.variables["y"] is ColumnKind.NUMBER
    assert found.variables["x"] is ColumnKind.GUESS
    assert set(found.variables) == {"y", "x", "kind", "n", "firm", "a", "b"}
    assert found.effects == (("firm",), ("a", "b"))


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("", "at character 1"),
        ("y", "expected ~"),
        ("y ~", "expected a column, a function or ("),
        ("y ~ x +", "at character 8"),
        ("y ~ x | ", "expected the name of a column"),
        ("y ~ x ; z", "this character has no meaning"),
        ("y ~ eval(x)", "expected a function: log"),
        ("y ~ x + 3", "expected 0 or 1"),
        ("y ~ C(kind, x)", 'expected base="LEVEL"'),
        ("y ~ log(x", "expected )"),
        ("y ~ __import__('os')", "expected a function"),
        ("y ~ x | f | g", "expected the end"),
        ("y ~ " + "(" * 60 + "x" + ")" * 60, "nested too deeply"),
        ("y ~ " + "log(" * 60 + "x" + ")" * 60, "nested too deeply"),
        ("y ~ " + "x + " * 3000 + "x", "at most 5000 characters"),
        ("(" * 60 + "y" + ")" * 60 + " ~ x", "nested too deeply"),
        ("y ~ I(" + "-" * 60 + "x)", "nested too deeply"),
    ],
)
def test_wrong_formulas_are_told_where(formula: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_formula(formula)
    assert says in str(caught.value)
    assert caught.value.problems[0].field == "--formula"


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("y ~ I(1/(x - 1))", "the result is not a finite number"),
        ("y ~ sqrt(x - 3)", "expected a number of at least 0"),
        ("y ~ log1p(-x)", "expected a number above −1"),
        ("y ~ exp(x*1000)", "not a finite number"),
        ('y ~ C(kind, base="z")', "expected a level: a, b, c"),
        ("y ~ log(kind)", "expected a column of numbers"),
    ],
)
def test_values_without_meaning_are_refused(formula: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        design(parse_formula(formula), TABLE)
    assert says in str(caught.value)


def test_an_unseen_level_is_refused_when_predicting() -> None:
    formula = parse_formula("y ~ kind")
    fitted = design(formula, TABLE)
    new = Table.of({"kind": TextColumn.of(["a", "d"])})
    with pytest.raises(InputError, match="expected a level seen before: a, b, c"):
        design(formula, new, codings=fitted.codings)
