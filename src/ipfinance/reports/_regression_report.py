"""Regressions as tables in the style of regression software, and as plain data."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from ipfinance.basics import Finding, Language, Severity, Text
from ipfinance.evidence import (
    CONVENTION_NAMES,
    ENGINE,
    ERRORS_NAMES,
    ESTIMATOR_NAMES,
    MISSING_POLICY_NAMES,
    Errors,
    Estimated,
    Estimator,
    GroupFactor,
    NestedEffects,
    Regression,
    SmallSample,
    WildTest,
)
from ipfinance.market import TableSource
from ipfinance.reports._document import (
    Block,
    Cell,
    Document,
    FindingItem,
    FindingList,
    Number,
    Paragraph,
    Section,
    Table,
    significant,
)
from ipfinance.reports._views import findings_view, plain_value
from ipfinance.reports._words import SEVERITY_NAMES

GROUP_FACTORS = {
    GroupFactor.CONVENTIONAL: ("each way to cluster its own G", "各聚类维度用各自的 G"),
    GroupFactor.MINIMUM: ("the smallest G for all", "统一用最小的 G"),
    GroupFactor.NONE: ("not applied", "不使用"),
}
NESTED = {
    NestedEffects.ONE: ("as the constant", "仅计常数项"),
    NestedEffects.ALL: ("all their levels", "计全部水平"),
}
STARS = ((0.01, "***"), (0.05, "**"), (0.1, "*"))
STARS_NOTE = Text(
    "Standard errors in brackets. * p < 0.1, ** p < 0.05, *** p < 0.01.",
    "括号内为标准误。* p < 0.1，** p < 0.05，*** p < 0.01。",
)
ROWS, R_SQUARED = Text("Rows", "观测数"), Text("R²", "R²（拟合优度）")
WITHIN = Text("R² within", "组内 R²")
PSEUDO = Text("R² of deviance", "偏差 R²")
ERRORS_ROW, EFFECTS = Text("Errors", "标准误"), Text("Effects", "固定效应")
CONVENTIONS_ROW = Text("Conventions", "小样本惯例")
COEFFICIENT, ERROR = Text("coefficient", "系数"), Text("standard error", "标准误")
INTERVAL_LOW, INTERVAL_HIGH = (
    Text("{level} low", "{level} 下限"),
    Text("{level} high", "{level} 上限"),
)


def finding_list(findings: Iterable[Finding], language: Language) -> FindingList | None:
    """Return findings, gravest first, or None where there are none."""
    order = [Severity.INVALID, Severity.WARNING, Severity.NOTE]
    items = tuple(
        FindingItem(
            severity=each.severity,
            label=SEVERITY_NAMES[each.severity].in_(language),
            text=each.message(language),
        )
        for each in sorted(findings, key=lambda each: order.index(each.severity))
    )
    return FindingList(items=items) if items else None


def regression_report(found: Sequence[Estimated], language: Language) -> Document:
    """Return one regression in full, or several side by side."""
    first = found[0]
    sections = (
        [_single(first, language)]
        if len(found) == 1
        else [Section(title="", blocks=(comparison_table(found, language),))]
    )
    if any(each.wild for each in found):
        tests = [test for each in found for test in each.wild]
        block = _wild_table(tests, language)
        title = Text("Wild cluster bootstrap", "野聚类自助法").in_(language)
        sections.append(Section(title=title, blocks=(block,)))
    remarks: list[Block] = []
    for place, each in enumerate(found):
        listed = finding_list(each.findings, language)
        if listed is None:
            continue
        if len(found) > 1:
            remarks.append(Paragraph(text=f"({place + 1})"))
        remarks.append(listed)
    if remarks:
        title = Text("Findings", "须注意事项").in_(language)
        sections.append(Section(title=title, blocks=tuple(remarks)))
    sections.append(
        Section(
            title=Text("How it was estimated", "估计方法").in_(language),
            blocks=tuple(_method_block(each, language) for each in found),
            core=False,
        )
    )
    return Document(
        language=language,
        title=Text("Regression", "回归分析").in_(language),
        subtitle=source_line(first.regression.source),
        badge="",
        sections=tuple(sections),
        footer="",
    )


def source_line(source: TableSource) -> str:
    """Return the file of a table and its digest, short."""
    digest = f" · SHA-256 {source.sha256[:16]}…" if source.sha256 else ""
    return f"{source.file}{digest}"


def _single(found: Estimated, language: Language) -> Section:
    regression, level = found.regression, found.request.level
    errors, intervals = regression.standard_errors, regression.interval(level)
    rows: list[tuple[Cell, ...]] = []
    for place, name in enumerate(regression.names):
        error = float(errors[place])
        rows.append(
            (
                name,
                _star(significant(float(regression.coefficients[place]), error), regression, place),
                significant(error),
                Number(float(regression.t_statistics[place]), 3),
                Number(float(regression.p_values[place]), 4),
                significant(float(intervals[place, 0]), error),
                significant(float(intervals[place, 1]), error),
            )
        )
    shown_level = f"{level:.0%}"
    table = Table(
        caption=regression.sample.formula.text,
        columns=(
            "",
            COEFFICIENT.in_(language),
            ERROR.in_(language),
            "t" if math.isfinite(regression.degrees_of_freedom) else "z",
            "p",
            INTERVAL_LOW.filled({"level": shown_level}).in_(language),
            INTERVAL_HIGH.filled({"level": shown_level}).in_(language),
        ),
        rows=tuple(rows),
        note=STARS_NOTE.in_(language).split("。")[-2].strip() + "。"
        if language == Language.CHINESE
        else STARS_NOTE.en.split(". ", 1)[1],
    )
    summary = Table(
        caption="",
        columns=("", ""),
        rows=tuple((label, cells[0]) for label, *cells in _summary([found], language)),
    )
    return Section(title="", blocks=(table, summary))


def _star(number: Number, found: Regression, place: int) -> Number:
    p_value = float(found.p_values[place])
    mark = next((stars for limit, stars in STARS if p_value < limit), "")
    return replace(number, after=mark)


def comparison_table(found: Sequence[Estimated], language: Language) -> Table:
    """Return regressions side by side: coefficients with stars, errors in brackets below."""
    names = list(dict.fromkeys(name for each in found for name in each.regression.names))
    rows: list[tuple[Cell, ...]] = []
    for name in names:
        over: list[Cell] = [name]
        under: list[Cell] = [""]
        for each in found:
            regression = each.regression
            if name not in regression.names:
                over.append("")
                under.append("")
                continue
            place = regression.names.index(name)
            error = float(regression.standard_errors[place])
            number = significant(float(regression.coefficients[place]), error)
            over.append(_star(number, regression, place))
            under.append(replace(significant(error), before="(", after=")"))
        rows += [tuple(over), tuple(under)]
    rows += _summary(found, language)
    responses = [each.regression.sample.response for each in found]
    return Table(
        caption=Text("Regressions", "回归结果").in_(language),
        columns=("", *(f"({place + 1}) {name}" for place, name in enumerate(responses))),
        rows=tuple(rows),
        note=STARS_NOTE.in_(language),
    )


def _summary(found: Sequence[Estimated], language: Language) -> list[tuple[Cell, ...]]:
    def say(text: Text) -> str:
        return text.in_(language)

    results = [each.regression for each in found]
    rows: list[tuple[Cell, ...]] = [(say(ROWS), *(Number(each.n, 0) for each in results))]
    is_poisson = [each.estimator is Estimator.MAXIMUM_LIKELIHOOD for each in results]
    label = PSEUDO if all(is_poisson) else R_SQUARED
    rows.append((say(label), *(_maybe(each.goodness.r_squared) for each in results)))
    if any(each.goodness.r_squared_within is not None for each in results):
        within = (_maybe(each.goodness.r_squared_within) for each in results)
        rows.append((say(WITHIN), *within))
    if any(each.sample.effects for each in results):
        effects = (", ".join(each.sample.effects) or None for each in results)
        rows.append((say(EFFECTS), *effects))
    rows.append((say(ERRORS_ROW), *(_errors_shown(each, language) for each in results)))
    conventions = (say(CONVENTION_NAMES[each.small.name]) for each in results)
    rows.append((say(CONVENTIONS_ROW), *conventions))
    return rows


def _maybe(value: float | None) -> Cell:
    return None if value is None else Number(value, 4)


def _errors_shown(found: Regression, language: Language) -> str:
    text = ERRORS_NAMES[found.errors].in_(language)
    if found.errors in {Errors.CLUSTER, Errors.JACKKNIFE}:
        groups = ", ".join(f"{name} {g.size:,}" for name, g in found.sample.clusters.items())
        return f"{text}: {groups}"
    return text


def _wild_table(tests: Sequence[WildTest], language: Language) -> Table:
    def say(en: str, zh: str) -> str:
        return Text(en, zh).in_(language)

    level = f"{tests[0].level:.0%}"
    return Table(
        caption="",
        columns=(
            say("coefficient", "系数"),
            say("clusters", "聚类"),
            "t",
            "p",
            INTERVAL_LOW.filled({"level": level}).in_(language),
            INTERVAL_HIGH.filled({"level": level}).in_(language),
        ),
        rows=tuple(
            (
                test.name,
                f"{test.cluster} ({test.clusters:,})",
                Number(test.statistic, 3),
                Number(test.p_value, 4),
                significant(test.interval[0]),
                significant(test.interval[1]),
            )
            for test in tests
        ),
        note=say(
            f"Null imposed; {tests[0].draws:,} draws of {tests[0].weights} weights, "
            f"seed {tests[0].seed}.",
            f"施加原假设；{tests[0].weights} 权重，{tests[0].draws:,} 次抽样，"
            f"种子 {tests[0].seed}。",
        ),
    )


def _method_block(found: Estimated, language: Language) -> Table:
    def say(en: str, zh: str) -> str:
        return Text(en, zh).in_(language)

    result = found.regression
    counts = result.parameters
    rows: list[tuple[Cell, ...]] = [
        (say("engine", "计算引擎"), ENGINE),
        (say("estimator", "估计量"), ESTIMATOR_NAMES[result.estimator].in_(language)),
        (say("errors", "标准误"), _errors_shown(result, language)),
        *((label, text) for label, text in conventions_shown(result.small, language)),
        (say("parameters: slopes", "参数：斜率"), Number(counts.slopes, 0)),
        (say("parameters: effects counted", "参数：计入的固定效应"), Number(counts.absorbed, 0)),
        (say("parameters: all effects", "参数：全部固定效应"), Number(counts.all_absorbed, 0)),
        (say("degrees of freedom", "自由度"), Number(result.degrees_of_freedom, 0)),
        (say("sweeps to absorb effects", "吸收固定效应的迭代"), Number(result.sweeps, 0)),
        (say("empty cells", "空值处理"), MISSING_POLICY_NAMES[result.missing_policy].in_(language)),
    ]
    return Table(caption=result.sample.formula.text, columns=("", ""), rows=tuple(rows))


def conventions_shown(small: SmallSample, language: Language) -> list[tuple[str, str]]:
    """Return what the small-sample conventions mean, line by line."""

    def say(en: str, zh: str) -> str:
        return Text(en, zh).in_(language)

    applied, not_applied = say("applied", "使用"), say("not applied", "不使用")
    return [
        (say("conventions", "小样本惯例"), CONVENTION_NAMES[small.name].in_(language)),
        (
            say("factor (n − 1)/(n − k)", "系数 (n − 1)/(n − k)"),
            applied if small.scales_by_parameters else not_applied,
        ),
        (say("factor G/(G − 1)", "系数 G/(G − 1)"), say(*GROUP_FACTORS[small.group_factor])),
        (
            say("effects nested in clusters count", "嵌套于聚类的固定效应计为"),
            say(*NESTED[small.nested]),
        ),
        (
            say("effects of one row", "单行固定效应"),
            say("left out", "剔除") if small.drops_singletons else say("kept", "保留"),
        ),
    ]


def regression_view(found: Estimated, language: Language) -> dict[str, Any]:
    """Return one regression as plain data."""
    result = found.regression
    intervals = result.interval(found.request.level)

    def by_name(values: Any) -> dict[str, Any]:  # noqa: ANN401
        listed = plain_value(values, language)
        return dict(zip(result.names, listed, strict=True))

    view: dict[str, Any] = {
        "formula": result.sample.formula.text,
        "outcome": result.sample.response,
        "n": result.n,
        "engine": ENGINE,
        "family": str(result.family),
        "estimator": str(result.estimator),
        "coefficients": by_name(result.coefficients),
        "standard_errors": by_name(result.standard_errors),
        "t": by_name(result.t_statistics),
        "p_values": by_name(result.p_values),
        "level": found.request.level,
        "intervals": by_name(intervals),
        "covariance": plain_value(result.covariance, language),
        "errors": str(result.errors),
        "conventions": conventions_view(result.small, language),
        "clusters": {name: group.size for name, group in result.sample.clusters.items()},
        "effects": {name: group.size for name, group in result.sample.effects.items()},
        "parameters": plain_value(result.parameters, language),
        "degrees_of_freedom": plain_value(result.degrees_of_freedom, language),
        "goodness": plain_value(result.goodness, language),
        "dropped": list(result.dropped),
        "categories": {
            name: {"base": coding.levels[0], "levels": list(coding.levels)}
            for name, coding in result.sample.codings.items()
        },
        "exclusions": plain_value(result.exclusions, language),
        "missing_policy": str(result.missing_policy),
        "winsorised": plain_value(found.winsorised, language),
        "source": plain_value(result.source, language),
        "findings": findings_view(found.findings, language),
    }
    if result.details:
        view["details"] = plain_value(dict(result.details), language)
    if found.wild:
        view["wild_bootstrap"] = {test.name: plain_value(test, language) for test in found.wild}
    return view


def conventions_view(small: SmallSample, language: Language) -> dict[str, Any]:
    """Return the small-sample conventions as plain data."""
    found: dict[str, Any] = plain_value(small, language)
    return found


def regressions_view(found: Sequence[Estimated], language: Language) -> dict[str, Any]:
    """Return one regression as it is, several under `models`."""
    if len(found) == 1:
        return regression_view(found[0], language)
    return {"models": [regression_view(each, language) for each in found]}
