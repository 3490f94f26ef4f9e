"""Formulas such as `log(q) ~ patents + C(type):protection | firm + year`.

A grammar of our own: names, numbers, arithmetic, a closed list of functions, categories,
interactions and absorbed effects. Nothing in a formula is evaluated as a program.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

import numpy as np

from ipfinance.basics import InputError, Problem, Text
from ipfinance.market import ColumnKind, Table, TextColumn
from ipfinance.numerics import BoolArray, FloatArray

ResultT = TypeVar("ResultT")
MOST_LISTED = 20
LONGEST_FORMULA = 5000
DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Name:
    """A column."""

    name: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A number."""

    value: float


@dataclass(frozen=True, slots=True)
class Call:
    """A function of one expression."""

    function: str
    argument: Expression


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two expressions and the sign between them."""

    sign: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Category:
    """A column whose values are categories, with the level the others are compared to."""

    name: str
    base: str | None = None


Expression: TypeAlias = Name | Constant | Call | Arithmetic
Factor: TypeAlias = Expression | Category
Term: TypeAlias = tuple[Factor, ...]


@dataclass(frozen=True, slots=True)
class FunctionRule:
    """A function and where it has a value."""

    apply: Callable[[FloatArray], FloatArray]
    valid: Callable[[FloatArray], BoolArray] | None = None
    allowed: Text = field(default_factory=lambda: Text("", ""))


_ABOVE_ZERO = Text(
    "expected a number above 0; a logarithm has no value here", "应为大于 0 的数，否则对数无意义"
)
FUNCTIONS: dict[str, FunctionRule] = {
    "log": FunctionRule(np.log, lambda x: x > 0, _ABOVE_ZERO),
    "ln": FunctionRule(np.log, lambda x: x > 0, _ABOVE_ZERO),
    "log10": FunctionRule(np.log10, lambda x: x > 0, _ABOVE_ZERO),
    "log1p": FunctionRule(
        np.log1p, lambda x: x > -1, Text("expected a number above −1", "应为大于 −1 的数")
    ),
    "sqrt": FunctionRule(
        np.sqrt, lambda x: x >= 0, Text("expected a number of at least 0", "应为不小于 0 的数")
    ),
    "exp": FunctionRule(np.exp),
    "asinh": FunctionRule(np.arcsinh),
    "abs": FunctionRule(np.abs),
    "square": FunctionRule(np.square),
    "I": FunctionRule(lambda x: x),
}
CATEGORY_CALLS = ("C", "i")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[^\W\d]\w*(?:\.\w+)*)"
    r"|`(?P<quoted>[^`]+)`|(?P<text>'[^']*'|\"[^\"]*\")|(?P<sign>\*\*|[~+\-*/:|^(),=]))"
)


_PLAIN_NAME = re.compile(r"[^\W\d]\w*(?:\.\w+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A parsed formula.

    Attributes
    ----------
    text
        As it was written.
    response
        The left side.
    terms
        The right side; each term is a product of its factors.
    has_intercept
        Whether a constant is estimated; absorbed effects contain one anyway.
    effects
        Absorbed effects, each one column or several crossed ones.
    """

    text: str
    response: Expression
    terms: tuple[Term, ...]
    has_intercept: bool
    effects: tuple[tuple[str, ...], ...] = ()

    @property
    def variables(self) -> dict[str, ColumnKind]:
        """The columns the formula needs; numbers where arithmetic is done on them."""
        kinds: dict[str, ColumnKind] = {}
        _need(self.response, kinds, inside=True)
        for name, kind in self.right_variables.items():
            if kind is ColumnKind.NUMBER or name not in kinds:
                kinds[name] = kind
        return kinds

    @property
    def right_variables(self) -> dict[str, ColumnKind]:
        """The columns that the right side needs."""
        kinds: dict[str, ColumnKind] = {}
        for term in self.terms:
            for factor in term:
                _need(factor, kinds, inside=False)
        for effect in self.effects:
            for name in effect:
                kinds.setdefault(name, ColumnKind.GUESS)
        return kinds


def _need(factor: Factor, kinds: dict[str, ColumnKind], *, inside: bool) -> None:
    match factor:
        case Name(name):
            if inside:
                kinds[name] = ColumnKind.NUMBER
            else:
                kinds.setdefault(name, ColumnKind.GUESS)
        case Category(name):
            kinds.setdefault(name, ColumnKind.GUESS)
        case Call(_, argument):
            _need(argument, kinds, inside=True)
        case Arithmetic(_, left, right):
            _need(left, kinds, inside=True)
            _need(right, kinds, inside=True)
        case Constant():
            pass


# ---- parsing


def parse_formula(text: str, *, where: str = "--formula") -> Formula:
    """Parse a formula.

    Parameters
    ----------
    text
        `y ~ x1 + log(x2) + C(type, base="design"):x1 | firm + province^year`.
    where
        The field that is named in errors.

    Raises
    ------
    InputError
        With the place at which the formula cannot be read, and what is allowed there.

    Examples
    --------
    >>> parse_formula("log(q) ~ a*b | firm + province^year").effects
    (('firm',), ('province', 'year'))
    """
    return _Parser(text, where).formula()


class _Parser:
    """Reads a formula from left to right."""

    def __init__(self, text: str, where: str) -> None:
        self.text, self.where = text, where
        self.depth = 0
        if len(text) > LONGEST_FORMULA:
            raise self.error(0, _TOO_LONG)
        self.tokens = list(self._tokens())
        self.place = 0

    def _tokens(self) -> Iterator[tuple[str, str, int]]:
        at = 0
        while at < len(self.text.rstrip()):
            found = _TOKEN.match(self.text, at)
            if found is None or found.lastgroup is None:
                raise self.error(at, _UNREADABLE)
            kind = found.lastgroup
            yield ("name" if kind == "quoted" else kind), found.group(kind), found.start(kind)
            at = found.end()
        yield "end", "", len(self.text)

    def error(self, at: int, allowed: Text) -> InputError:
        rest = self.text[at : at + 20]
        found = rest or self.text
        here = Text(f"at character {at + 1}: {allowed.en}", f"第 {at + 1} 个字符处：{allowed.zh}")
        return InputError([Problem(field=self.where, found=found, allowed=here)])

    def fail(self, allowed: Text) -> InputError:
        return self.error(self.tokens[self.place][2], allowed)

    @property
    def ahead(self) -> tuple[str, str]:
        kind, value, _ = self.tokens[self.place]
        return kind, value

    def take(self, *signs: str) -> str | None:
        kind, value = self.ahead
        if kind == "sign" and value in signs:
            self.place += 1
            return value
        return None

    def need(self, sign: str) -> None:
        if self.take(sign) is None:
            raise self.fail(Text(f"expected {sign}", f"应为 {sign}"))

    def formula(self) -> Formula:
        response = self.sum()
        self.need("~")
        terms, has_intercept = self.terms()
        effects: tuple[tuple[str, ...], ...] = ()
        if self.take("|"):
            effects = tuple(self.effects())
        if self.ahead[0] != "end":
            raise self.fail(_NO_MORE)
        return Formula(
            text=self.text.strip(),
            response=response,
            terms=tuple(dict.fromkeys(terms)),
            has_intercept=has_intercept,
            effects=effects,
        )

    def effects(self) -> Iterator[tuple[str, ...]]:
        while True:
            names = [self.name()]
            while self.take("^"):
                names.append(self.name())
            yield tuple(names)
            if not self.take("+"):
                return

    def name(self) -> str:
        kind, value = self.ahead
        if kind != "name":
            raise self.fail(_NAME)
        self.place += 1
        return value

    def terms(self) -> tuple[list[Term], bool]:
        terms: list[Term] = []
        has_intercept = True
        minus = bool(self.take("-"))
        while True:
            kind, value = self.ahead
            if kind == "number":
                if float(value) not in {0.0, 1.0}:
                    raise self.fail(_INTERCEPT)
                self.place += 1
                has_intercept = (float(value) == 1.0) != minus
            else:
                found = self.product()
                terms = [t for t in terms if t not in found] if minus else [*terms, *found]
            sign = self.take("+", "-")
            if sign is None:
                return terms, has_intercept
            minus = sign == "-"

    def product(self) -> list[Term]:
        found = self.interaction()
        while self.take("*"):
            right = self.interaction()
            found = [*found, *right, *_crossed(found, right)]
        return found

    def interaction(self) -> list[Term]:
        found = self.factor()
        while self.take(":"):
            found = _crossed(found, self.factor())
        return found

    def factor(self) -> list[Term]:
        if self.take("("):
            terms, _ = self.within(self.terms)
            self.need(")")
            return terms
        kind, value = self.ahead
        if kind != "name":
            raise self.fail(_TERM)
        if value in CATEGORY_CALLS and self.tokens[self.place + 1][1] == "(":
            return [(self.category(),)]
        return [(self.atom(),)]

    def category(self) -> Category:
        self.place += 2
        name, base = self.name(), None
        if self.take(","):
            if self.ahead != ("name", "base"):
                raise self.fail(_BASE)
            self.place += 1
            self.need("=")
            kind, value = self.ahead
            if kind not in {"text", "number", "name"}:
                raise self.fail(_BASE)
            self.place += 1
            base = value[1:-1] if kind == "text" else value
        self.need(")")
        return Category(name, base)

    def within(self, inner: Callable[[], ResultT]) -> ResultT:
        """Read what stands one level deeper."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fail(_TOO_DEEP)
        found = inner()
        self.depth -= 1
        return found

    def sum(self) -> Expression:
        found = self.times()
        while sign := self.take("+", "-"):
            found = Arithmetic(sign, found, self.times())
        return found

    def times(self) -> Expression:
        found = self.power()
        while sign := self.take("*", "/"):
            found = Arithmetic(sign, found, self.power())
        return found

    def power(self) -> Expression:
        if self.take("-"):
            return Arithmetic("*", Constant(-1.0), self.within(self.power))
        found = self.atom()
        if self.take("^", "**"):
            return Arithmetic("^", found, self.within(self.power))
        return found

    def atom(self) -> Expression:
        if self.take("("):
            found = self.within(self.sum)
            self.need(")")
            return found
        kind, value = self.ahead
        if kind == "number":
            self.place += 1
            return Constant(float(value))
        if kind != "name":
            raise self.fail(_VALUE)
        self.place += 1
        if not self.take("("):
            return Name(value)
        if value not in FUNCTIONS:
            self.place -= 2
            known = ", ".join([*FUNCTIONS, *CATEGORY_CALLS])
            raise self.fail(Text(f"expected a function: {known}", f"应为函数：{known}"))
        argument = self.within(self.sum)
        self.need(")")
        return Call(value, argument)


def _crossed(left: Iterable[Term], right: Iterable[Term]) -> list[Term]:
    right = list(right)
    return [tuple(dict.fromkeys((*one, *two))) for one in left for two in right]


_UNREADABLE = Text("this character has no meaning in a formula", "公式中不允许该字符")
_TOO_LONG = Text(
    f"expected at most {LONGEST_FORMULA} characters", f"公式不得超过 {LONGEST_FORMULA} 个字符"
)
_TOO_DEEP = Text("nested too deeply", "嵌套过深")
_NO_MORE = Text("expected the end, + or |", "应为结尾、+ 或 |")
_NAME = Text("expected the name of a column", "应为列名")
_INTERCEPT = Text("expected 0 or 1 for the constant", "常数项应为 0 或 1")
_TERM = Text("expected a column, a function or (", "应为列名、函数或 (")
_BASE = Text('expected base="LEVEL"', '应为 base="LEVEL"')
_VALUE = Text("expected a column, a number, a function or (", "应为列名、数字、函数或 (")


# ---- evaluating


def quoted_name(name: str) -> str:
    """Return a column's name as a formula reads it.

    Examples
    --------
    >>> quoted_name("total assets"), quoted_name("assets")
    ('`total assets`', 'assets')
    """
    return name if _PLAIN_NAME.fullmatch(name) else f"`{name}`"


def shown_factor(factor: Factor) -> str:
    """Write a factor as a reader expects it.

    Examples
    --------
    >>> shown_factor(Call("log", Arithmetic("/", Name("a"), Name("b"))))
    'log(a/b)'
    """
    match factor:
        case Name(name):
            return quoted_name(name)
        case Category(name):
            return name
        case Constant(value):
            return f"{value:g}"
        case Call(function, argument):
            return f"{function}({shown_factor(argument)})"
        case Arithmetic(sign, left, right):
            return f"{_bracketed(left)}{sign}{_bracketed(right)}"


def _bracketed(factor: Expression) -> str:
    text = shown_factor(factor)
    return f"({text})" if isinstance(factor, Arithmetic) else text


def evaluated(expression: Expression, table: Table) -> FloatArray:
    """Return the value of an expression in each row.

    Raises
    ------
    InputError
        Where a function has no value, with the rows; where a division or a power is not finite.
    """
    match expression:
        case Name(name):
            return table.numbers(name)
        case Constant(value):
            return np.full(table.n_rows, value)
        case Call(function, argument):
            rule = FUNCTIONS[function]
            inner = evaluated(argument, table)
            if rule.valid is not None:
                wrong = ~rule.valid(inner) & ~np.isnan(inner)
                refuse_rows(table, shown_factor(expression), inner, wrong, rule.allowed)
            with np.errstate(over="ignore", invalid="ignore"):
                return _finite(table, expression, rule.apply(inner), inner)
        case Arithmetic(sign, left, right):
            one, two = evaluated(left, table), evaluated(right, table)
            with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
                found = _ARITHMETIC[sign](one, two)
            return _finite(table, expression, found, one + two)


def _finite(
    table: Table, expression: Expression, found: FloatArray, known: FloatArray
) -> FloatArray:
    wrong = ~np.isfinite(found) & ~np.isnan(known)
    refuse_rows(table, shown_factor(expression), found, wrong, _NOT_FINITE)
    return found


_ARITHMETIC: dict[str, Callable[[FloatArray, FloatArray], FloatArray]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
}
_NOT_FINITE = Text("the result is not a finite number", "计算结果不是有限数")


def refuse_rows(
    table: Table, name: str, values: FloatArray, wrong: BoolArray, allowed: Text
) -> None:
    """Raise with the rows whose value is not allowed: the first ones, and how many more."""
    rows = np.flatnonzero(wrong)
    if not len(rows):
        return
    problems = [
        table.problem(name, row, f"{values[row]:g}", allowed) for row in rows[:MOST_LISTED].tolist()
    ]
    if len(rows) > MOST_LISTED:
        more = len(rows) - MOST_LISTED
        rest = Text(
            f"and {more:,} more rows like these; {len(rows):,} in all",
            f"另有 {more:,} 行存在同样问题，共 {len(rows):,} 行",
        )
        problems.append(table.column_problem(name, rest))
    raise InputError(problems)


# ---- the design


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """The levels of a category as they were when a model was fitted; the first is the base."""

    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Design:
    """The right side of a formula as columns.

    Attributes
    ----------
    names
        One name a column; the constant is `Intercept`.
    columns
        Shape (p, n), rows contiguous.
    codings
        Levels of each category, base first.
    """

    names: tuple[str, ...]
    columns: FloatArray
    codings: dict[str, Coding]


INTERCEPT = "Intercept"


def design(
    formula: Formula,
    table: Table,
    *,
    codings: dict[str, Coding] | None = None,
    rows: BoolArray | None = None,
) -> Design:
    """Return the columns of a formula's right side.

    A category is coded by all levels but its base where the term without it is in the formula,
    and by all levels otherwise, so that no column is a copy of others.

    Parameters
    ----------
    formula, table
        The table has no empty cell in the formula's columns.
    codings
        Levels of a fitted model, for prediction.
    rows
        The rows that are wanted, where not all are; levels that occur in no other row are left out.

    Raises
    ------
    InputError
        For a level that the model has not seen, with its row.
    """
    used = dict(codings or {})
    names: list[str] = []
    columns: list[FloatArray] = []
    has_constant = formula.has_intercept or bool(formula.effects)
    if formula.has_intercept and not formula.effects:
        names.append(INTERCEPT)
        columns.append(np.ones(table.n_rows))
    terms: set[frozenset[Factor]] = {frozenset(term) for term in formula.terms}
    if has_constant:
        terms.add(frozenset())
    for term in formula.terms:
        parts: list[tuple[str, FloatArray | None]] = [("", None)]
        for factor in term:
            reduced = frozenset(term) - {factor} in terms
            found = list(
                _coded(factor, table, used, reduced=reduced, fitted=codings is not None, rows=rows)
            )
            parts = [
                (f"{name}:{more}" if name else more, values if column is None else column * values)
                for name, column in parts
                for more, values in found
            ]
        for name, column in parts:
            names.append(name)
            columns.append(np.ones(table.n_rows) if column is None else column)
    matrix = np.empty((len(columns), table.n_rows if rows is None else int(rows.sum())))
    for place, column in enumerate(columns):
        matrix[place] = column if rows is None else column[rows]
    return Design(names=tuple(names), columns=matrix, codings=used)


def _coded(
    factor: Factor,
    table: Table,
    used: dict[str, Coding],
    *,
    reduced: bool,
    fitted: bool,
    rows: BoolArray | None,
) -> Iterator[tuple[str, FloatArray]]:
    category = _as_category(factor, table)
    if category is None or (fitted and category.name not in used):
        if isinstance(factor, Category):
            raise AssertionError(factor)
        yield shown_factor(factor), evaluated(factor, table)
        return
    texts = table.texts(category.name)
    coding = used.get(category.name) or _coding(category, texts, table, rows)
    used[category.name] = coding
    places = {level: place for place, level in enumerate(coding.levels)}
    codes = np.array([places.get(level, -1) for level in texts.levels], dtype=np.int64)
    found = np.where(texts.codes >= 0, codes[texts.codes] if len(codes) else -1, -1)
    unseen = found if rows is None else np.where(rows, found, 0)
    _refuse_unseen(category.name, table, texts, unseen, coding)
    for place, level in enumerate(coding.levels):
        if place or not reduced:
            yield f"{category.name}[{level}]", (found == place).astype(np.float64)


def _as_category(factor: Factor, table: Table) -> Category | None:
    if isinstance(factor, Category):
        return factor
    if isinstance(factor, Name) and isinstance(table.columns.get(factor.name), TextColumn):
        return Category(factor.name)
    return None


def _coding(category: Category, texts: TextColumn, table: Table, rows: BoolArray | None) -> Coding:
    kept = np.ones(table.n_rows, dtype=bool) if rows is None else rows
    levels = _naturally(texts.taken(kept).levels)
    if category.base is None:
        return Coding(levels=levels)
    if category.base not in levels:
        shown = ", ".join(levels[:MOST_LISTED])
        allowed = Text(f"expected a level: {shown}", f"应为其中一个类别：{shown}")
        raise InputError([table.column_problem(category.name, allowed, category.base)])
    rest = tuple(level for level in levels if level != category.base)
    return Coding(levels=(category.base, *rest))


def _naturally(levels: tuple[str, ...]) -> tuple[str, ...]:
    """Sort levels as numbers where all of them are."""
    try:
        return tuple(sorted(levels, key=float))
    except ValueError:
        return tuple(sorted(levels))


def _refuse_unseen(
    name: str, table: Table, texts: TextColumn, rows: np.ndarray, coding: Coding
) -> None:
    unseen = np.flatnonzero(rows < 0)
    if not len(unseen):
        return
    shown = ", ".join(coding.levels[:MOST_LISTED])
    allowed = Text(f"expected a level seen before: {shown}", f"应为已有类别：{shown}")
    raise InputError(
        table.problem(
            name,
            row,
            texts.levels[texts.codes[row]] if texts.codes[row] >= 0 else None,
            allowed,
        )
        for row in unseen[:MOST_LISTED].tolist()
    )
