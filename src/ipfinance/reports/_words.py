"""Words that reports share."""

from __future__ import annotations

from ipfinance.basics import NO_UNIT, Language, MoneyUnit, Severity, Text
from ipfinance.reports._document import Number
from ipfinance.valuation import Valuation

SEVERITY_NAMES = {
    Severity.INVALID: Text("Not to be relied on", "不可依赖"),
    Severity.WARNING: Text("To be signed off", "须确认"),
    Severity.NOTE: Text("Note", "说明"),
}
NOT_STATED = Text("not stated in the source", "资料未说明")
YES, NO = Text("yes", "是"), Text("no", "否")
_CHINESE_SIZES = {
    1: "",
    1_000: "千",
    10_000: "万",
    1_000_000: "百万",
    10_000_000: "千万",
    100_000_000: "亿",
}
_CHINESE_CURRENCIES = {
    "CNY": ("人民币", "元"),
    "USD": ("", "美元"),
    "EUR": ("", "欧元"),
    "JPY": ("", "日元"),
    "HKD": ("", "港元"),
    "GBP": ("", "英镑"),
}
MILLION = 1_000_000


def unit_name(unit: MoneyUnit, language: Language) -> str:
    """Return what one printed number stands for, as people write it.

    Examples
    --------
    >>> unit_name(MoneyUnit(10_000, "CNY"), Language.CHINESE)
    '人民币万元'
    >>> unit_name(MoneyUnit(100_000_000, "CNY"), Language.ENGLISH)
    '100 million CNY'
    """
    if unit == NO_UNIT:
        return ""
    if language == Language.CHINESE:
        if unit.currency in _CHINESE_CURRENCIES and unit.size in _CHINESE_SIZES:
            before, after = _CHINESE_CURRENCIES[unit.currency]
            return f"{before}{_CHINESE_SIZES[unit.size]}{after}"
        return str(unit)
    if unit.size >= MILLION and unit.size % MILLION == 0:
        count = unit.size // MILLION
        return f"{'' if count == 1 else f'{count} '}million {unit.currency}"
    return str(unit)


UNIT_NAMES = {
    "year": Text("years", "年"),
    "1/year": Text("per year", "每年"),
}
RATES = {"1/year"}


def result_unit(valuation: Valuation, language: Language) -> str:
    """Return the unit of a method's result, as people write it."""
    if valuation.is_money:
        return unit_name(valuation.unit, language)
    unit = UNIT_NAMES.get(valuation.result.unit)
    return "" if unit is None else unit.in_(language)


def figure(value: float, unit: str, digits: int = 4) -> Number:
    """Return a number as a reader expects it in its unit."""
    if unit in RATES:
        return Number(value, 2, percent=True)
    if unit == "year":
        return Number(value, 2)
    return Number(value, digits)
