"""A book of pledge loans: losses, who pays, concentration, provisions, stress."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from ipfinance.basics import Language, Text
from ipfinance.credit import DIMENSION_NAMES, BookResult, Concentration
from ipfinance.numerics import LossMeasures
from ipfinance.reports._document import (
    Bar,
    BarChart,
    Block,
    Cell,
    Document,
    KeyFigure,
    KeyFigures,
    Number,
    Paragraph,
    Section,
    Table,
)
from ipfinance.reports._judgement_report import findings_blocks
from ipfinance.reports._views import findings_view, plain_value
from ipfinance.reports._words import unit_name

Say: TypeAlias = Callable[[Text], str]
MOST_LEVELS = 12


def book_report(found: BookResult, language: Language) -> Document:
    """Return the report on a book in one language."""

    def say(text: Text) -> str:
        return text.in_(language)

    unit = unit_name(found.case.unit, language)
    case = found.case
    sections = [
        _losses(found, say, unit),
        _providers(found, say, unit),
        _concentrations(found, say, unit),
        _provisions(found, say, unit),
        *_stress(found, say, unit),
        *_exact(found, say, unit),
        Section(
            title=say(Text("To be signed off", "须确认事项")),
            blocks=(
                *findings_blocks(found.findings, language),
                *(Paragraph(text=say(note)) for note in case.notes),
            ),
        ),
    ]
    return Document(
        language=language,
        title=say(case.title),
        subtitle=say(
            Text(
                f"Book of pledge loans · {case.dated_on} · amounts in {unit}",
                f"质押贷款组合 · {case.dated_on} · 金额单位：{unit}",
            )
        ),
        badge="" if case.status == "actual" else say(Text("example", "示例")),
        sections=tuple(section for section in sections if section.blocks),
        footer=say(Text("Computed by ipfinance.", "由 ipfinance 计算。")),
    )


def _amount(found: BookResult, cash: float, decimals: int = 2) -> Number:
    return Number(cash / 10**found.minor.exponent / found.case.unit.size, decimals)


def _text(found: BookResult, cash: float) -> str:
    return f"{cash / 10**found.minor.exponent / found.case.unit.size:,.2f}"


def _losses(found: BookResult, say: Say, unit: str) -> Section:
    case = found.case
    share = found.gross.expected / found.balance
    figures = (
        KeyFigure(
            label=say(Text("expected loss", "预期损失")),
            value=_amount(found, found.gross.expected),
            unit=unit,
            leading=True,
        ),
        KeyFigure(
            label=say(Text("of the balance", "占余额")), value=Number(share, 3, percent=True)
        ),
        KeyFigure(label=say(Text("loans", "贷款笔数")), value=Number(case.loans.count, 0)),
        KeyFigure(
            label=say(Text("balance", "余额")), value=_amount(found, found.balance), unit=unit
        ),
        KeyFigure(
            label=say(Text("defaults expected", "预期违约笔数")), value=Number(found.defaults, 2)
        ),
    )
    table = Table(
        caption=say(
            Text(
                f"Loss within {case.horizon:g} year(s) ({unit})",
                f"{case.horizon:g} 年内损失（{unit}）",
            )
        ),
        columns=(
            say(Text("figure", "指标")),
            say(Text("before support", "分担前")),
            say(Text("error or 95% bounds", "标准误或 95% 区间")),
            say(Text("lenders, after support", "分担后（贷款方）")),
            say(Text("error or 95% bounds", "标准误或 95% 区间")),
        ),
        rows=tuple(_loss_rows(found, say)),
        note=say(
            Text(
                f"{case.scenarios:,} scenarios, seed {case.seed}; a default is seen half-way "
                "through the horizon.",
                f"{case.scenarios:,} 个情景，种子 {case.seed}；违约视为发生在期间中点。",
            )
        ),
    )
    return Section(
        title=say(Text("Losses of the book", "组合损失")),
        blocks=(KeyFigures(figures=figures), table),
    )


def _loss_rows(found: BookResult, say: Say) -> list[tuple[Cell, ...]]:
    gross, net = found.gross, found.net

    def error(measures: LossMeasures) -> str:
        return f"± {_text(found, measures.standard_error)}"

    rows: list[tuple[Cell, ...]] = [
        (
            say(Text("expected loss", "预期损失")),
            _amount(found, gross.expected),
            error(gross),
            _amount(found, net.expected),
            error(net),
        ),
        (
            say(Text("unexpected loss (standard deviation)", "非预期损失（标准差）")),
            _amount(found, gross.deviation),
            "",
            _amount(found, net.deviation),
            "",
        ),
    ]
    for one, two in zip(gross.tails, net.tails, strict=True):
        rows.append(
            (
                f"VaR {one.level:.1%}",
                _amount(found, one.var),
                f"{_text(found, one.var_low)} – {_text(found, one.var_high)}",
                _amount(found, two.var),
                f"{_text(found, two.var_low)} – {_text(found, two.var_high)}",
            )
        )
        rows.append(
            (
                f"ES {one.level:.1%}",
                _amount(found, one.es),
                f"± {_text(found, one.es_error)}",
                _amount(found, two.es),
                f"± {_text(found, two.es_error)}",
            )
        )
    return rows


def _providers(found: BookResult, say: Say, unit: str) -> Section:
    rows: list[tuple[Cell, ...]] = [
        (
            name,
            _amount(found, paid),
            Number(found.exhausted[name], 2, percent=True) if name in found.exhausted else None,
        )
        for name, paid in found.paid.items()
        if paid > 0 or name in found.exhausted
    ]
    rows.append((say(Text("lenders", "贷款方")), _amount(found, found.net.expected), None))
    blocks: tuple[Block, ...] = ()
    if found.case.schemes:
        blocks = (
            Table(
                caption=say(Text("Who bears the expected loss", "预期损失由谁承担")),
                columns=(
                    say(Text("party", "主体")),
                    unit,
                    say(Text("means exhausted", "资金耗尽概率")),
                ),
                rows=tuple(rows),
            ),
        )
    return Section(title=say(Text("Loss sharing", "损失分担")), blocks=blocks)


def _concentrations(found: BookResult, say: Say, unit: str) -> Section:
    blocks: list[Block] = []
    summary = tuple(
        (
            say(DIMENSION_NAMES[each.dimension]),
            Number(len(each.rows), 0),
            Number(each.herfindahl, 4),
            Number(1 / each.herfindahl, 1),
            each.largest.level,
            Number(each.largest.share, 1, percent=True),
            None if each.limit is None else Number(each.limit, 1, percent=True),
        )
        for each in found.concentrations
    )
    if summary:
        blocks.append(
            Table(
                caption="",
                columns=(
                    say(Text("dimension", "维度")),
                    say(Text("levels", "取值数")),
                    "HHI",
                    say(Text("equal parts", "等效数量")),
                    say(Text("largest", "最大项")),
                    say(Text("share", "占比")),
                    say(Text("limit", "上限")),
                ),
                rows=summary,
                marked=tuple(n for n, each in enumerate(found.concentrations) if each.over),
            )
        )
    blocks += [
        _dimension(found, each, say, unit)
        for each in found.concentrations
        if len(each.rows) <= MOST_LEVELS
    ]
    return Section(title=say(Text("Concentration", "集中度")), blocks=tuple(blocks))


def _dimension(found: BookResult, each: Concentration, say: Say, unit: str) -> Table:
    name = DIMENSION_NAMES[each.dimension]
    return Table(
        caption=say(Text(f"By {name.en} ({unit})", f"按{name.zh}（{unit}）")),
        columns=(
            say(name),
            say(Text("loans", "笔数")),
            say(Text("balance", "余额")),
            say(Text("share", "占比")),
            say(Text("expected loss", "预期损失")),
            say(Text("loss in the worst 1%", "最差 1% 情景损失")),
        ),
        rows=tuple(
            (
                row.level,
                Number(row.loans, 0),
                _amount(found, row.balance),
                Number(row.share, 1, percent=True),
                _amount(found, row.expected),
                _amount(found, row.tail),
            )
            for row in each.rows
        ),
        marked=tuple(n for n, row in enumerate(each.rows) if row.level in each.over),
    )


def _provisions(found: BookResult, say: Say, unit: str) -> Section:
    rows: list[tuple[Cell, ...]] = [
        (
            say(Text(f"stage {row.stage}", f"第 {row.stage} 阶段")),
            Number(row.loans, 0),
            _amount(found, row.balance),
            _amount(found, row.provision),
            Number(row.provision / row.balance if row.balance else 0.0, 2, percent=True),
        )
        for row in found.stages
    ]
    rows.append(
        (
            say(Text("together", "合计")),
            Number(found.case.loans.count, 0),
            _amount(found, found.balance),
            _amount(found, found.provision),
            Number(found.provision / found.balance, 2, percent=True),
        )
    )
    table = Table(
        caption=say(Text(f"Expected credit losses ({unit})", f"预期信用损失（{unit}）")),
        columns=(
            say(Text("stage", "阶段")),
            say(Text("loans", "笔数")),
            say(Text("balance", "余额")),
            say(Text("provision", "拨备")),
            say(Text("coverage", "拨备率")),
        ),
        rows=tuple(rows),
        strong=(3,),
        note=say(
            Text(
                "Stage 1: defaults within twelve months. Stage 2: to maturity. Stage 3: in "
                "default now. Discounted at each loan's own rate.",
                "第一阶段：未来十二个月；第二阶段：整个存续期；第三阶段：已发生信用减值。按各笔贷款利率折现。",
            )
        ),
    )
    return Section(title=say(Text("Provisions (IFRS 9)", "拨备（IFRS 9）")), blocks=(table,))


def _stress(found: BookResult, say: Say, unit: str) -> list[Section]:
    if found.base is None:
        return []
    base = say(found.base.stress.name)
    rows: list[tuple[Cell, ...]] = [
        (
            base,
            _amount(found, found.base.gross.expected),
            _amount(found, found.base.net.expected),
            _amount(found, found.base.net.tails[1].es),
            _amount(found, found.base.provision),
        )
    ]
    rows += [
        (
            say(row.stress.name),
            _amount(found, row.gross.expected),
            _amount(found, row.net.expected),
            _amount(found, row.net.tails[1].es),
            _amount(found, row.provision),
        )
        for row in found.stresses
    ]
    bars = [Bar(label=base, value=found.base.net.expected, group=base)] + [
        Bar(
            label=row.stress.id,
            value=row.net.expected,
            group=say(Text("stressed", "压力情景")),
        )
        for row in found.stresses
    ]
    scale = 10**found.minor.exponent * found.case.unit.size
    return [
        Section(
            title=say(Text("Stress", "压力测试")),
            blocks=(
                Table(
                    caption="",
                    columns=(
                        say(Text("scenario", "情景")),
                        say(Text("expected loss", "预期损失")),
                        say(Text("lenders", "贷款方")),
                        say(Text("lenders, ES 99%", "贷款方 ES 99%")),
                        say(Text("provision", "拨备")),
                    ),
                    rows=tuple(rows),
                    strong=(0,),
                    note=say(
                        Text(
                            f"{found.case.stress_scenarios:,} scenarios each, the same draws.",
                            f"各 {found.case.stress_scenarios:,} 个情景，使用相同随机数。",
                        )
                    ),
                ),
                BarChart(
                    caption=say(
                        Text("Lenders' expected loss under stress", "压力情景下贷款方预期损失")
                    ),
                    axis=unit,
                    bars=tuple(
                        Bar(label=bar.label, value=bar.value / scale, group=bar.group)
                        for bar in sorted(bars, key=lambda bar: -bar.value)
                    ),
                ),
            ),
        )
    ]


def _exact(found: BookResult, say: Say, unit: str) -> list[Section]:
    check = found.exact
    if check is None:
        return []
    rows: list[tuple[Cell, ...]] = [
        (
            say(Text("expected loss", "预期损失")),
            _amount(found, check.exact.expected),
            _amount(found, check.simulated.expected),
            f"± {_text(found, check.simulated.standard_error)}",
        )
    ]
    for exact, drawn in zip(check.exact.tails, check.simulated.tails, strict=True):
        rows.append(
            (
                f"VaR {exact.level:.1%}",
                _amount(found, exact.var),
                _amount(found, drawn.var),
                f"{_text(found, drawn.var_low)} – {_text(found, drawn.var_high)}",
            )
        )
        rows.append(
            (
                f"ES {exact.level:.1%}",
                _amount(found, exact.es),
                _amount(found, drawn.es),
                f"± {_text(found, drawn.es_error)}",
            )
        )
    table = Table(
        caption="",
        columns=(
            f"{say(Text('figure', '指标'))} ({unit})",
            say(Text("exact", "精确")),
            say(Text("simulated", "模拟")),
            say(Text("error or 95% bounds", "标准误或 95% 区间")),
        ),
        rows=tuple(rows),
        note=say(
            Text(
                "Both with recoveries at their expectation, before support, losses in multiples "
                f"of {_text(found, check.unit)}.",
                f"两者均按预期回收、分担前计算，损失取 {_text(found, check.unit)} 的整数倍。",
            )
        ),
    )
    title = say(Text("Simulation against exact losses", "模拟与精确损失对照"))
    return [Section(title=title, blocks=(table,), core=False)]


def book_view(found: BookResult, language: Language) -> dict[str, Any]:
    """Return what a book comes to as plain data, amounts in minor units."""
    case = found.case
    return {
        "case": case.id,
        "currency": found.minor.currency,
        "exponent": found.minor.exponent,
        "dated_on": str(case.dated_on),
        "loans": case.loans.count,
        "balance": found.balance,
        "horizon_years": case.horizon,
        "scenarios": case.scenarios,
        "seed": case.seed,
        "gross": plain_value(found.gross, language),
        "net": plain_value(found.net, language),
        "defaults": found.defaults,
        "paid": dict(found.paid),
        "exhausted": dict(found.exhausted),
        "concentrations": plain_value(found.concentrations, language),
        "stages": plain_value(found.stages, language),
        "provision": found.provision,
        "stresses": [
            {
                "id": row.stress.id,
                "gross": plain_value(row.gross, language),
                "net": plain_value(row.net, language),
                "provision": row.provision,
            }
            for row in found.stresses
        ],
        "exact": plain_value(found.exact, language),
        "findings": findings_view(found.findings, language),
    }
