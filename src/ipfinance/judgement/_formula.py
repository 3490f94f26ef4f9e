"""Formulas that users write: arithmetic on scores, over numbers and over intervals, no code."""

from __future__ import annotations

import ast
import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from ipfinance.basics import InputError, Interval, Problem, Text

LONGEST = 500
DEEPEST = 40
LARGEST_POWER = 64
LARGEST_NUMBER = 1e12
N_CELLS = 4096

_SYMBOLS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
}
_OPERATIONS: dict[str, Callable[..., Interval]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "negative": lambda a: -a,
    "exp": lambda a: Interval(math.exp(a.low), math.exp(a.high)),
    "log": lambda a: Interval(math.log(a.low), math.log(a.high)),
    "sqrt": lambda a: Interval(math.sqrt(a.low), math.sqrt(a.high)),
    "abs": lambda a: Interval(0.0 if 0 in a else min(map(abs, a)), max(map(abs, a))),
    "min": lambda *many: Interval(min(a.low for a in many), min(a.high for a in many)),
    "max": lambda *many: Interval(max(a.low for a in many), max(a.high for a in many)),
}
_ONE_ARGUMENT, _SEVERAL_ARGUMENTS = {"exp", "log", "sqrt", "abs"}, {"min", "max"}


@dataclass(frozen=True, slots=True)
class _Term:
    """A number, a name, or an operation on terms."""

    number: float = 0.0
    name: str = ""
    operation: str = ""
    power: int = 1
    terms: tuple[_Term, ...] = ()

    def at(self, given: Mapping[str, Interval]) -> Interval:
        if self.name:
            return given[self.name]
        if not self.operation:
            return Interval.point(self.number)
        inner = [term.at(given) for term in self.terms]
        if self.operation == "**":
            return inner[0] ** self.power
        return _OPERATIONS[self.operation](*inner)

    def names(self) -> set[str]:
        own = {self.name} if self.name else set()
        return own.union(*(term.names() for term in self.terms))


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula in named quantities.

    Numbers, names, ``+ - * / **`` with whole exponents, brackets, and exp, log, sqrt, abs, min,
    max. Nothing else is understood, so that a file cannot run code.

    Raises
    ------
    InputError
        When the text is anything else.

    Examples
    --------
    >>> rule = Formula("0.02 + 0.10 * (1 - score) ** 2")
    >>> round(rule.value({"score": 0.5}), 6)
    0.045
    >>> rule.range({"score": Interval(0.5, 1.0)})
    Interval(0.02, 0.045)
    """

    text: str
    field: str = "formula"
    _term: _Term = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_term", self._parsed())

    @property
    def names(self) -> tuple[str, ...]:
        """The quantities that the formula asks for, sorted."""
        return tuple(sorted(self._term.names()))

    def value(self, given: Mapping[str, float]) -> float:
        """Return the value at points."""
        found = self._at({name: Interval.point(given[name]) for name in self.names})
        return found.low

    def range(self, given: Mapping[str, Interval]) -> Interval:
        """Return an interval that holds every value while the quantities move in theirs.

        The box of the quantities is cut into at most 4,096 cells, each evaluated by interval
        arithmetic; the result always holds the true range and is close to it.
        """
        moving = [name for name in self.names if given[name].width > 0]
        pieces = int(N_CELLS ** (1 / len(moving)) + 1e-9) if moving else 1
        cuts = {name: _pieces(given[name], pieces) for name in moving}
        fixed = {name: given[name] for name in self.names if name not in cuts}
        return Interval.hull(
            self._at({**fixed, **dict(zip(cuts, cell, strict=True))})
            for cell in product(*cuts.values())
        )

    def _at(self, given: Mapping[str, Interval]) -> Interval:
        try:
            return self._term.at(given)
        except (InputError, OverflowError, ValueError) as error:
            raise InputError([self._problem(_undefined(given))]) from error

    def _parsed(self) -> _Term:
        if len(self.text) > LONGEST:
            raise InputError([self._problem(_TOO_LONG)])
        try:
            tree = ast.parse(self.text.strip(), mode="eval").body
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            raise InputError([self._problem(_NOT_A_FORMULA)]) from error
        term = _term(tree, DEEPEST)
        if term is None:
            raise InputError([self._problem(_NOT_A_FORMULA)])
        return term

    def _problem(self, allowed: Text) -> Problem:
        return Problem(field=self.field, found=self.text, allowed=allowed)


def _pieces(whole: Interval, count: int) -> list[Interval]:
    edges = [whole.low + whole.width * place / count for place in range(count)] + [whole.high]
    return [Interval(low, max(low, high)) for low, high in pairwise(edges)]


def _term(tree: ast.expr, depth: int) -> _Term | None:
    """Return the term that a part of a formula stands for, or None where it is not understood."""
    if depth == 0:
        return None
    found: _Term | None = None
    if isinstance(tree, ast.Constant):
        number = _number(tree)
        found = None if number is None else _Term(number=number)
    elif isinstance(tree, ast.Name) and tree.id not in _OPERATIONS:
        found = _Term(name=tree.id)
    elif isinstance(tree, ast.UnaryOp) and isinstance(tree.op, (ast.USub, ast.UAdd)):
        inner = _term(tree.operand, depth - 1)
        negative = inner is not None and isinstance(tree.op, ast.USub)
        found = _operation("negative", [inner]) if negative else inner
    elif isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Pow):
        found = _power(_term(tree.left, depth - 1), tree.right)
    elif isinstance(tree, ast.BinOp) and type(tree.op) in _SYMBOLS:
        sides = [_term(side, depth - 1) for side in (tree.left, tree.right)]
        found = _operation(_SYMBOLS[type(tree.op)], sides)
    elif isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and not tree.keywords:
        name, count = tree.func.id, len(tree.args)
        if (name in _ONE_ARGUMENT and count == 1) or (name in _SEVERAL_ARGUMENTS and count > 1):
            found = _operation(name, [_term(each, depth - 1) for each in tree.args])
    return found


def _number(tree: ast.expr) -> float | None:
    value = tree.value if isinstance(tree, ast.Constant) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if abs(value) <= LARGEST_NUMBER else None


def _power(base: _Term | None, tree: ast.expr) -> _Term | None:
    power = _number(tree)
    if base is None or power is None or power != int(power) or not 0 <= power <= LARGEST_POWER:
        return None
    return _Term(operation="**", power=int(power), terms=(base,))


def _operation(name: str, terms: Sequence[_Term | None]) -> _Term | None:
    known = tuple(term for term in terms if term is not None)
    return _Term(operation=name, terms=known) if len(known) == len(terms) else None


def _undefined(given: Mapping[str, Interval]) -> Text:
    where = ", ".join(f"{name} = [{each.low:g}, {each.high:g}]" for name, each in given.items())
    return Text(f"the formula has no value at {where}", f"公式在 {where} 处无定义")


_TOO_LONG = Text(f"expected at most {LONGEST} characters", f"不得超过 {LONGEST} 个字符")
_NOT_A_FORMULA = Text(
    "expected numbers, names, + - * /, ** with a whole exponent, brackets, and exp, log, sqrt, "
    "abs, min, max",
    "应仅含数字、名称、+ - * /、整数次幂 **、括号以及 exp、log、sqrt、abs、min、max",
)
