"""Hedonic models and the patents they value."""

from __future__ import annotations

from typing import Any

import numpy as np

from ipfinance.basics import Language, Text
from ipfinance.evidence import (
    Estimated,
    HedonicFit,
    HedonicValues,
    RegressionRequest,
    normal_smearing,
)
from ipfinance.market import Column
from ipfinance.market import Table as Observations
from ipfinance.reports._document import (
    Block,
    Cell,
    Document,
    Estimate,
    EstimateChart,
    KeyFigure,
    KeyFigures,
    Number,
    Section,
    Table,
    significant,
)
from ipfinance.reports._regression_report import (
    finding_list,
    regression_report,
    regression_view,
    source_line,
)
from ipfinance.reports._views import findings_view, plain_value

MOST_ROWS = 200
MOST_IN_CHART = 40


def _say(language: Language, en: str, zh: str) -> str:
    return Text(en, zh).in_(language)


def _estimated(found: HedonicFit) -> Estimated:
    formula = found.regression.sample.formula
    return Estimated(request=RegressionRequest(formula=formula), regression=found.regression)


def hedonic_report(found: HedonicFit, language: Language) -> Document:
    """Return a fitted model: coefficients, smearing, period, drift."""
    model = found.model
    regression = regression_report([_estimated(found)], language)
    facts: list[tuple[Cell, ...]] = [
        (_say(language, "smearing factor", "还原系数（smearing）"), Number(model.smearing, 4)),
        *((f"  {name}", Number(value, 4)) for name, value in model.smearing_by.items()),
        (
            _say(language, "the same if residuals were normal", "若残差为正态时的还原系数"),
            Number(normal_smearing(model.variance), 4),
        ),
        (_say(language, "residual variance", "残差方差"), significant(model.variance)),
        (_say(language, "largest leverage", "最大杠杆值"), Number(model.largest_leverage, 4)),
    ]
    if model.first_day is not None:
        period = f"{model.first_day} – {model.last_day}"
        facts.append((_say(language, "period of the data", "数据期间"), period))
    blocks: list[Block] = [
        *regression.sections[0].blocks,
        Table(caption=_say(language, "The model", "模型"), columns=("", ""), rows=tuple(facts)),
    ]
    if found.windows:
        blocks.append(_drift(found, language))
        blocks.append(_drift_chart(found, language))
    sections = [Section(title="", blocks=tuple(blocks))]
    listed = finding_list(found.findings, language)
    if listed is not None:
        title = _say(language, "Findings", "须注意事项")
        sections.append(Section(title=title, blocks=(listed,)))
    return Document(
        language=language,
        title=_say(language, "Hedonic model", "特征价格模型"),
        subtitle=source_line(found.regression.source),
        badge="",
        sections=tuple(sections),
        footer="",
    )


def _drift(found: HedonicFit, language: Language) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for name in found.model.names:
        over: list[Cell] = [name]
        under: list[Cell] = [""]
        for window in found.windows:
            if name not in window.names:
                over.append("")
                under.append("")
                continue
            place = window.names.index(name)
            error = float(window.standard_errors[place])
            over.append(significant(float(window.coefficients[place]), error, 2))
            under.append(
                Number(error, significant(error, digits=2).decimals, before="(", after=")")
            )
        rows += [tuple(over), tuple(under)]
    return Table(
        caption=_say(language, "Fitted again in windows of time", "分时间窗口重新拟合"),
        columns=("", *(f"{window.first} – {window.last}" for window in found.windows)),
        rows=tuple(rows),
        note=_say(language, "Errors in brackets (White).", "括号内为标准误（White 稳健）。"),
    )


def _drift_chart(found: HedonicFit, language: Language) -> EstimateChart:
    estimates = [
        Estimate(
            label=window.first,
            value=float(window.coefficients[window.names.index(name)]),
            low=_end(window.coefficients, window.standard_errors, window.names.index(name), -1),
            high=_end(window.coefficients, window.standard_errors, window.names.index(name), 1),
            group=name,
        )
        for name in found.model.names[1:7]
        for window in found.windows
        if name in window.names
    ]
    return EstimateChart(
        caption=_say(language, "Coefficients over time", "系数随时间的变化"),
        axis=_say(language, "coefficient with twice its error", "系数及其两倍标准误"),
        estimates=tuple(estimates),
    )


def _end(coefficients: Any, errors: Any, place: int, side: int) -> float:  # noqa: ANN401
    return float(coefficients[place] + 2 * side * errors[place])


def hedonic_view(found: HedonicFit, language: Language) -> dict[str, Any]:
    """Return a fitted model as plain data."""
    model = found.model
    view = regression_view(_estimated(found), language)
    return {
        **view,
        "smearing": model.smearing,
        "smearing_if_normal": normal_smearing(model.variance),
        "smearing_by": plain_value(dict(model.smearing_by), language),
        "residual_variance": model.variance,
        "largest_leverage": model.largest_leverage,
        "period": [model.first_day, model.last_day],
        "unit": model.unit,
        "windows": plain_value(found.windows, language),
        "findings": findings_view(found.findings, language),
    }


def hedonic_values_report(found: HedonicValues, language: Language) -> Document:
    """Return patents valued by a model, and their sum."""
    model, table = found.model, found.table
    unit = model.unit or ""
    level = f"{found.level:.0%}"
    figures = KeyFigures(
        figures=(
            KeyFigure(
                label=_say(language, "Sum of the means", "均值合计"),
                value=significant(found.total),
                unit=unit,
                leading=True,
            ),
            KeyFigure(
                label=_say(language, f"{level} interval of the sum", f"合计的 {level} 区间"),
                value=f"{_short(found.total_interval[0])} – {_short(found.total_interval[1])}",
                unit=unit,
            ),
            KeyFigure(label=_say(language, "Patents", "专利数"), value=Number(table.n_rows, 0)),
        )
    )
    shown = min(table.n_rows, MOST_ROWS)
    names = _labels(found)
    yes = _say(language, "outside", "超出")
    rows = tuple(
        (
            names[row],
            significant(float(found.median[row])),
            significant(float(found.mean[row])),
            significant(float(found.low[row])),
            significant(float(found.high[row])),
            Number(float(found.leverage[row]), 4),
            yes if found.extrapolated[row] else "",
        )
        for row in range(shown)
    )
    rest = table.n_rows - shown
    block = Table(
        caption=_say(language, "Patents", "各项专利") + (f" ({unit})" if unit else ""),
        columns=(
            _say(language, "patent", "专利"),
            _say(language, "median", "中位数"),
            _say(language, "mean", "均值"),
            _say(language, f"{level} low", f"{level} 下限"),
            _say(language, f"{level} high", f"{level} 上限"),
            _say(language, "leverage", "杠杆值"),
            _say(language, "data", "数据范围"),
        ),
        rows=rows,
        marked=tuple(np.flatnonzero(found.extrapolated[:shown]).tolist()),
        note=_say(language, f"{rest:,} more rows are left out here.", f"其余 {rest:,} 行从略。")
        if rest
        else "",
    )
    chart = EstimateChart(
        caption=_say(language, "Means with prediction intervals", "均值与预测区间"),
        axis=_say(language, "value of a patent", "专利价值") + (f" ({unit})" if unit else ""),
        estimates=tuple(
            Estimate(
                label=names[row],
                value=float(found.mean[row]),
                low=float(found.low[row]),
                high=float(found.high[row]),
            )
            for row in range(min(table.n_rows, MOST_IN_CHART))
        ),
    )
    sections = [Section(title="", blocks=(figures, block, chart))]
    listed = finding_list(found.findings, language)
    if listed is not None:
        title = _say(language, "Findings", "须注意事项")
        sections.append(Section(title=title, blocks=(listed,)))
    return Document(
        language=language,
        title=_say(language, "Patents valued by their characteristics", "特征价格法专利估值"),
        subtitle=source_line(table.source),
        badge="",
        sections=tuple(sections),
        footer=f"{model.formula}",
    )


def _short(value: float) -> str:
    return f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"  # noqa: PLR2004


def _labels(found: HedonicValues) -> list[str]:
    """Return a name for each patent: a text column that tells rows apart, or the row."""
    table = found.table
    for name in ("patent", "id", "patent_num", "name"):
        if name in table.columns:
            texts = table.texts(name)
            if len(texts.levels) == table.n_rows:
                return [text or "" for text in texts.texts()]
    return [f"{line}" for line in table.lines.tolist()]


def hedonic_values_table(found: HedonicValues) -> Observations:
    """Return the values as a table with the columns of the patents before them."""
    more: dict[str, Column] = {
        "value_median": found.median,
        "value_mean": found.mean,
        "value_low": found.low,
        "value_high": found.high,
        "leverage": found.leverage,
        "extrapolated": found.extrapolated.astype(np.float64),
    }
    return found.table.with_columns(more)


def hedonic_values_view(found: HedonicValues, language: Language) -> dict[str, Any]:
    """Return values as plain data, each with the inputs of the valuation method `hedonic`."""
    model = found.model
    names = _labels(found)
    return {
        "n": found.table.n_rows,
        "unit": model.unit,
        "level": found.level,
        "transfer_factor": found.transfer_factor,
        "total": found.total,
        "total_interval": list(found.total_interval),
        "draws": found.draws,
        "seed": found.seed,
        "formula": model.formula,
        "columns": list(model.names),
        "values": [
            {
                "patent": names[row],
                "median": float(found.median[row]),
                "mean": float(found.mean[row]),
                "interval": [float(found.low[row]), float(found.high[row])],
                "leverage": float(found.leverage[row]),
                "extrapolated": bool(found.extrapolated[row]),
                "method_inputs": {
                    "coefficients": model.coefficients.tolist(),
                    "features": found.contributions[:, row].tolist(),
                    "smearing": float(found.smearing[row]),
                    "transfer_factor": found.transfer_factor,
                },
            }
            for row in range(found.table.n_rows)
        ],
        "source": plain_value(found.table.source, language),
        "findings": findings_view(found.findings, language),
    }
