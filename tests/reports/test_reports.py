"""Reports: complete in both languages, self-contained, the same bytes each time."""

from __future__ import annotations

import io
import re
from functools import cache
from typing import Any

import pytest
from pypdf import PdfReader

import ipfinance as ip
from ipfinance.adapters.render import draw
from ipfinance.basics import Explanation, Interval, Language, MoneyUnit, Severity
from ipfinance.bootstrap import LocalRenderer
from ipfinance.reports import (
    Bar,
    BarChart,
    Chart,
    CurveChart,
    Document,
    FindingList,
    IntervalChart,
    KeyFigures,
    LatticeChart,
    Mark,
    Number,
    PanelChart,
    Paragraph,
    RangeChart,
    Section,
    Table,
    Tree,
    case_report,
    shown,
)
from ipfinance.reports._words import unit_name
from ipfinance.valuation import value_case
from tests.data import EXAMPLES
from tests.support import read

NAMES = ("xtx", "pledge", "iqiyi", "sonoscape")
CHARTS = (IntervalChart, BarChart, PanelChart, RangeChart, CurveChart, LatticeChart)


@cache
def _document(name: str, language: Language) -> Document:
    return case_report(value_case(read(name)), language)


def _blocks(document: Document) -> list[Any]:
    return [block for section in document.sections for block in section.blocks]


def _charts(document: Document) -> list[Chart]:
    return [block for block in _blocks(document) if isinstance(block, CHARTS)]


def _own_words(document: Document) -> list[str]:
    """Return the titles, captions, headings and labels that we write, not the case's own text."""
    words = [section.title for section in document.sections]
    for block in _blocks(document):
        if isinstance(block, Table):
            words += [block.caption, *block.columns]
        elif isinstance(block, CHARTS):
            words.append(block.caption)
        elif isinstance(block, FindingList):
            words += [item.label for item in block.items]
        elif isinstance(block, KeyFigures):
            words += [figure.label for figure in block.figures]
    return [word for word in words if word]


UNTRANSLATED = re.compile(r"^(λmax|CI|CR|g|b|P[umd]|b ≥ [\d.]+|\s*)$")


@pytest.mark.parametrize("name", NAMES)
def test_chinese_report_is_chinese(name: str) -> None:
    for word in _own_words(_document(name, Language.CHINESE)):
        assert re.search(r"[\u4e00-\u9fff]", word) or UNTRANSLATED.match(word), word


@pytest.mark.parametrize("name", NAMES)
def test_english_report_is_english(name: str) -> None:
    for word in _own_words(_document(name, Language.ENGLISH)):
        assert not re.search(r"[\u4e00-\u9fff]", word), word


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_say_the_same(name: str) -> None:
    english, chinese = (_document(name, language) for language in Language)
    kinds = [[type(block) for block in _blocks(each)] for each in (english, chinese)]
    assert kinds[0] == kinds[1]
    for one, two in zip(_blocks(english), _blocks(chinese), strict=True):
        if isinstance(one, Table):
            numbers = [
                [[cell for cell in row if isinstance(cell, Number)] for row in each.rows]
                for each in (one, two)
            ]
            assert numbers[0] == numbers[1]


def test_reports_hold_the_charts_the_job_asks_for() -> None:
    pledge = {type(chart) for chart in _charts(_document("pledge", Language.ENGLISH))}
    assert {IntervalChart, BarChart, PanelChart, RangeChart} <= pledge
    option = {type(chart) for chart in _charts(_document("iqiyi", Language.ENGLISH))}
    assert {CurveChart, LatticeChart} <= option


def test_the_invalid_region_is_shaded() -> None:
    (curve,) = [
        chart
        for chart in _charts(_document("iqiyi", Language.ENGLISH))
        if isinstance(chart, CurveChart)
    ]
    assert [(round(b.low, 5), round(b.high, 5)) for b in curve.bands] == [
        (0.0, 0.03455),
        (0.06625, 0.25),
    ]
    assert [line.doubtful for line in curve.curves] == [False, False, True]
    assert not curve.levels  # never a marker of an "optimum"


def test_the_report_says_what_the_coefficient_is_not() -> None:
    for language, words in (
        (Language.ENGLISH, "It is not a probability"),
        (Language.CHINESE, "它不是概率"),
    ):
        findings = [
            item
            for block in _blocks(_document("pledge", language))
            if isinstance(block, FindingList)
            for item in block.items
        ]
        assert any(words in item.text for item in findings)


def test_negotiation_sheet_has_all_points() -> None:
    table = next(
        block
        for block in _blocks(_document("xtx", Language.ENGLISH))
        if isinstance(block, Table) and block.caption == "Negotiation sheet"
    )
    values = [row[1] for row in table.rows]
    expected = (419.2327, 423.26008128, 436.95885, 450.65761872, 454.6850)
    for cell, value in zip(values, expected, strict=True):
        assert isinstance(cell, Number)
        assert cell.value == pytest.approx(value, abs=1e-8)


@pytest.mark.parametrize("name", NAMES)
def test_the_tree_of_the_report_is_the_explanation(name: str) -> None:
    document = _document(name, Language.ENGLISH)
    trees = [block for block in _blocks(document) if isinstance(block, Tree)]
    assert len(trees) == len(read(name).steps)
    roots = [tree.lines[0].value for tree in trees]
    numbers = [valuation.number for valuation in value_case(read(name)).valuations.values()]
    assert [float(root) for root in roots] == pytest.approx(numbers, rel=1e-6)


def test_html_is_one_self_contained_file() -> None:
    documents = [_document(name, language) for language in Language for name in NAMES]
    html = LocalRenderer().html(documents)
    assert html == LocalRenderer().html(documents)
    assert not re.search(r"(?:src|href)=\"(?!#)", html)
    assert "@import" not in html
    assert "url(http" not in html
    for language in ("en", "zh"):
        assert f'data-language="{language}"' in html
    assert html.count("<svg") == 2 * len(
        [chart for name in NAMES for chart in _charts(_document(name, Language.ENGLISH))]
    )


def test_pdf_is_the_same_each_time_and_holds_both_languages() -> None:
    documents = [_document("xtx", language) for language in Language]
    first = LocalRenderer().pdf(documents, dated_on=None)
    assert first == LocalRenderer().pdf(documents, dated_on=None)
    reader = PdfReader(io.BytesIO(first))
    text = "\n".join(page.extract_text() for page in reader.pages)
    for words in ("450.6576", "Negotiation sheet", "协商区间表", "人民币万元"):
        assert words in text


@pytest.mark.parametrize("name", NAMES)
def test_each_chart_is_drawn_the_same_each_time(name: str) -> None:
    for chart in _charts(_document(name, Language.CHINESE)):
        svg = draw(chart)
        assert svg.startswith("<svg")
        assert svg == draw(chart)
        assert "<text" in svg  # text stays text


def test_small_charts_are_drawn_too() -> None:
    point = IntervalChart(
        caption="x", axis="y", low=5.0, high=5.0, marks=(Mark(label="p", value=5.0),)
    )
    assert draw(point).startswith("<svg")
    bar = BarChart(caption="x", axis="y", bars=(Bar(label="a", value=1.0, group="g"),))
    assert draw(bar).startswith("<svg")


def test_hostile_text_stays_text() -> None:
    evil = '<script>alert("x")</script> #import "x" $x$ [bold]*_`'
    document = Document(
        language=Language.ENGLISH,
        title=evil,
        subtitle=evil,
        badge=evil,
        sections=(
            Section(
                title=evil,
                blocks=(
                    Paragraph(text=evil, severity=Severity.WARNING),
                    Paragraph(text=evil),
                    Table(
                        caption=evil, columns=(evil, "n"), rows=((evil, Number(1.0)),), note=evil
                    ),
                ),
            ),
        ),
        footer=evil,
    )
    html = LocalRenderer().html([document])
    assert "<script>alert" not in html
    text = LocalRenderer().text(document)
    assert '<script>alert("x")</script>' in text
    reader = PdfReader(io.BytesIO(LocalRenderer().pdf([document], dated_on=None)))
    assert "alert" in reader.pages[0].extract_text()


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Number(-0.00001, 2), "0.00"),
        (Number(-1234.5, 1), "−1,234.5"),
        (Number(0.5, 1, percent=True), "50.0%"),
        (Number(float("inf")), "∞"),
        (Number(float("-inf")), "−∞"),
        (Number(float("nan")), "–"),
    ],
)
def test_numbers_as_readers_see_them(number: Number, text: str) -> None:
    assert shown(number) == text


@pytest.mark.parametrize(
    ("unit", "english", "chinese"),
    [
        (MoneyUnit(1, "CNY"), "CNY", "人民币元"),
        (MoneyUnit(10_000, "CNY"), "10,000 CNY", "人民币万元"),
        (MoneyUnit(100_000_000, "CNY"), "100 million CNY", "人民币亿元"),
        (MoneyUnit(1_000_000, "USD"), "million USD", "百万美元"),
        (MoneyUnit(500, "USD"), "500 USD", "500 USD"),
        (MoneyUnit(1, "CHF"), "CHF", "CHF"),
    ],
)
def test_units_as_people_write_them(unit: MoneyUnit, english: str, chinese: str) -> None:
    assert unit_name(unit, Language.ENGLISH) == english
    assert unit_name(unit, Language.CHINESE) == chinese


def test_library_results_show_themselves() -> None:
    found = ip.value(EXAMPLES / "xtx" / "case.yaml")
    assert found.value == pytest.approx(450.65761872)
    assert found.interval == Interval(419.2327, 454.685)
    assert isinstance(found.explanation, Explanation)
    assert found.findings
    assert "450.6576" in str(found)
    assert "450.6576" in repr(found)
    assert found._repr_html_().startswith("<iframe")
    assert found.data("zh")["value"] == found.value
    assert found.conclusion.method_id == "interval_point"


def test_library_saves_reports(tmp_path: Any) -> None:
    found = ip.option(
        spot=3.7, strike=3.7, rate=0.2326, volatility=0.2938, maturity=2.0, model="closed-form"
    )
    assert found.value == pytest.approx(1.4556, abs=5e-5)
    assert found.is_valid
    assert found.probabilities is None
    assert found.explanation_data["children"]
    for name in ("a.html", "a.pdf"):
        assert found.save(tmp_path / name, "zh").stat().st_size > 1000
    with pytest.raises(ip.InputError, match=r"\.html, \.pdf"):
        found.save(tmp_path / "a.txt")


def test_library_takes_plain_data(tmp_path: Any) -> None:
    whole = ip.ahp([[1.0, 2.0, 3.0], [1 / 2, 1.0, 2.0], [1 / 3, 1 / 2, 1.0]], method="column")
    triangle = ip.ahp([2, 3, 2], method="column")
    assert list(whole.weights.values()) == pytest.approx(list(triangle.weights.values()))
    (tmp_path / "m.csv").write_text(",a,b\na,1,2\nb,,1\n")
    assert ip.ahp(tmp_path / "m.csv").weights == pytest.approx({"a": 2 / 3, "b": 1 / 3})
    (tmp_path / "a.csv").write_text("indicator,expert,low,high\nP1,E1,20,40\n")
    found = ip.set_valued(tmp_path / "a.csv", scale=(0, 100))
    assert found.panels["P1"].statistic.mean == pytest.approx(0.3)
    assert "P1" in str(found)


def test_public_names() -> None:
    assert set(dir(ip)) >= {"value", "option", "ahp", "set_valued", "option_batch", "Interval"}
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = ip.nothing
