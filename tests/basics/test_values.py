"""Money, texts, problems and explanations."""

from __future__ import annotations

import pickle
from decimal import Decimal

import pytest

from ipfinance.basics import (
    CurrencyMismatchError,
    Explanation,
    FailureReason,
    InputError,
    Interval,
    IpfinanceError,
    Language,
    Money,
    MoneyUnit,
    NoSolutionError,
    Problem,
    Source,
    SourceKind,
    Text,
    digest,
    leaf,
    listed,
    node,
    number_problem,
)


def test_money_keeps_every_digit_of_a_number() -> None:
    unit = MoneyUnit(10_000, "CNY")
    money = unit.money(450.65761872)
    assert money == Money(Decimal("4506576.18720000"), "CNY")
    assert unit.number(money) == 450.65761872


def test_money_adds_within_a_currency_only() -> None:
    one, two = Money(Decimal("1.10"), "CNY"), Money(Decimal("2.25"), "CNY")
    assert one + two == Money(Decimal("3.35"), "CNY")
    assert two - one == Money(Decimal("1.15"), "CNY")
    assert -one < two <= 3 * one
    dollars = Money(Decimal(1), "USD")
    for operation in (lambda: one + dollars, lambda: one < dollars, lambda: one <= dollars):
        with pytest.raises(CurrencyMismatchError, match="CNY and USD are different currencies"):
            operation()
    with pytest.raises(CurrencyMismatchError):
        MoneyUnit(1, "USD").number(one)


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda: Money(Decimal("NaN"), "CNY"), "expected a finite amount"),
        (lambda: Money(Decimal(1), "yuan"), "ISO 4217"),
        (lambda: MoneyUnit(0, "CNY"), "at least 1"),
        (lambda: MoneyUnit(1, "cny"), "three capital letters"),
    ],
    ids=["not finite", "no code", "no size", "small letters"],
)
def test_money_refuses_what_is_no_money(build: object, says: str) -> None:
    assert callable(build)
    with pytest.raises(InputError, match=says):
        build()


def test_a_text_inside_a_text_takes_its_language() -> None:
    outer = Text("a {thing} costs {price:.2f}", "{thing}的价格是 {price:.2f}")
    filled = outer.filled({"thing": Text("patent", "专利"), "price": 2.5})
    assert filled.in_(Language.ENGLISH) == "a patent costs 2.50"
    assert filled.in_(Language.CHINESE) == "专利的价格是 2.50"


def test_problem_names_file_line_field_value_and_what_is_allowed() -> None:
    problem = Problem(
        field="rate", found=8, allowed=Text("expected a decimal", "应为小数"), file="a.yaml", line=3
    )
    assert problem.message(Language.ENGLISH) == "a.yaml, line 3, rate: found 8; expected a decimal"
    assert problem.message(Language.CHINESE) == "a.yaml，第 3 行，rate：现为 8；应为小数"
    long = Problem(field="x", found="y" * 500, allowed=Text("short", "短"))
    assert len(long.message(Language.ENGLISH)) < 100


@pytest.mark.parametrize(
    "error",
    [
        InputError([Problem(field="x", found=1, allowed=Text("a", "一"))]),
        NoSolutionError(Text("hazard", "风险"), Text("none", "无")),
        CurrencyMismatchError("CNY", "USD"),
    ],
)
def test_errors_survive_a_change_of_process(error: IpfinanceError) -> None:
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert copy.message(Language.CHINESE) == error.message(Language.CHINESE)
    assert copy.reason in set(FailureReason)


@pytest.mark.parametrize(
    ("value", "is_fine"),
    [(0.5, True), (0, False), (1.0, True), (1.1, False), (float("nan"), False), (True, False),
     ("1", False), (float("inf"), False)],
)  # fmt: skip
def test_number_problem(value: object, is_fine: bool) -> None:  # noqa: FBT001
    found = number_problem("x", value, low=0.0, high=1.0, low_open=True)
    assert (found is None) == is_fine


def test_explanation_is_computed_from_its_leaves() -> None:
    def source(path: str) -> Source:
        return Source(kind=SourceKind.INPUT, path=path)

    a = leaf(Text("a", "甲"), 2.0, source("a"), symbol="a")
    b = leaf(Text("b", "乙"), 3.0, source("b"), symbol="b")
    both = listed(Text("both", "两者"), (a, b))
    total: Explanation = node(Text("sum", "和"), sum, both, formula="a + b")
    assert total.number == 5.0
    assert total.recomputed({"a": 10.0}) == 13.0
    assert set(total.leaves()) == {"a", "b"}
    assert both.numbers == (2.0, 3.0)
    assert total.find("b") is b
    for wrong in (lambda: both.number, lambda: a.interval, lambda: a.numbers):
        with pytest.raises(TypeError):
            wrong()
    assert leaf(Text("i", "区间"), Interval(1, 2), source("i")).interval == Interval(1, 2)


def test_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert digest({"a": 1, "b": [2, 3]}) == digest({"b": [2, 3], "a": 1})
    assert digest({"a": 1}) != digest({"a": 2})
