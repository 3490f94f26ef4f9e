"""Reports and views on the risk, the price and the size of the classes of a deal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from ipfinance.basics import FindingKind, Language, MinorUnit, Severity, Text
from ipfinance.reports._deal_views import assumed_view, words
from ipfinance.reports._document import (
    Bar,
    BarChart,
    Block,
    Cell,
    Curve,
    CurveChart,
    Document,
    KeyFigure,
    KeyFigures,
    Mark,
    Number,
    Paragraph,
    Section,
    Table,
)
from ipfinance.reports._views import plain_value
from ipfinance.securitization import (
    LEVER_NAMES,
    AllInCost,
    BreakEven,
    Deal,
    DealRun,
    Simulation,
    Sized,
    Target,
    TornadoBar,
    TranchePrice,
    TrancheRisk,
    balance_of,
)

Say: TypeAlias = Callable[[Text], str]
SINGLE_NAME_SHARE = 0.15
FEW_NAMES = 200
BINS = 60

SMALL_POOL = FindingKind(
    code="small_pool",
    severity=Severity.NOTE,
    text=Text(
        "The pool has {names} obligors: losses come in lumps, and a model of a large pool would "
        "understate the loss of senior classes.",
        "资产池仅 {names} 个债务人：损失呈块状分布，大样本池模型会低估优先档损失。",
    ),
)
SINGLE_ASSET = FindingKind(
    code="single_name_concentration",
    severity=Severity.WARNING,
    text=Text(
        "{name} owes {share:.0%} of the pool; above 15 % its credit is to be disclosed.",
        "{name} 占资产池 {share:.0%}；超过 15% 须披露其信用状况。",
    ),
)


def simulation_view(found: Simulation, language: Language) -> dict[str, Any]:
    """Return the risk of every class; losses are parts of the class balance."""
    return {
        "deal": found.deal.id,
        "currency": found.deal.currency,
        "exponent": found.unit.exponent,
        "scenarios": found.scenarios,
        "seed": found.seed,
        "shift": found.shift,
        "effective_scenarios": found.effective_scenarios,
        "tranches": [_risk_view(each) for each in found.tranches],
        "coverage": {
            name: [None if row is None else list(row) for row in rows]
            for name, rows in found.coverage.items()
        },
        "assumed": assumed_view(found.deal, language),
    }


def _risk_view(each: TrancheRisk) -> dict[str, Any]:
    return {
        "name": each.name,
        "balance": each.balance,
        "expected_loss": {
            "value": each.expected_loss.value,
            "standard_error": each.expected_loss.standard_error,
        },
        "expected_loss_pv": {
            "value": each.expected_loss_pv.value,
            "standard_error": each.expected_loss_pv.standard_error,
        },
        "probability_of_loss": {
            "value": each.probability_of_loss.value,
            "standard_error": each.probability_of_loss.standard_error,
            "upper_bound": each.probability_of_loss.upper_bound,
        },
        "probability_late": {
            "value": each.probability_late.value,
            "standard_error": each.probability_late.standard_error,
            "upper_bound": each.probability_late.upper_bound,
        },
        "var": {f"{tail.level:g}": tail.var for tail in each.tails},
        "var_interval": {f"{tail.level:g}": [tail.var_low, tail.var_high] for tail in each.tails},
        "es": {
            f"{tail.level:g}": {"value": tail.es, "standard_error": tail.es_error}
            for tail in each.tails
        },
    }


def _percent(value: float, decimals: int = 4) -> Number:
    return Number(value, decimals, percent=True)


def _with_error(value: float, error: float) -> str:
    return f"{value:.4%} ± {error:.4%}"


def simulation_report(found: Simulation, language: Language) -> Document:
    """Return the report on a simulation."""

    def say(text: Text) -> str:
        return text.in_(language)

    return Document(
        language=language,
        title=words(found.deal.title, language),
        subtitle=say(Text("Simulated losses of the classes", "各档损失模拟")),
        badge=say(Text("example values", "含示例值")) if found.deal.assumed else "",
        sections=(
            Section(title=say(Text("Risk", "风险")), blocks=tuple(_risk_blocks(found, say))),
            Section(
                title=say(Text("Distribution of losses", "损失分布")),
                blocks=tuple(_distributions(found, say)),
            ),
            Section(
                title=say(Text("Coverage over time", "覆盖水平随时间变化")),
                blocks=tuple(_coverage(found, say)),
                core=False,
            ),
        ),
        footer=say(
            Text(
                f"{found.scenarios:,} scenarios, seed {found.seed}; the same seed gives the same "
                "figures on any number of workers. Every figure carries its standard error.",
                f"{found.scenarios:,} 个情景，种子 {found.seed}；同一种子在任意线程数下结果相同。"
                "各数值均附标准误。",
            )
        ),
    )


def _risk_blocks(found: Simulation, say: Say) -> Iterator[Block]:
    rated = [each for each in found.tranches if not each.is_equity]
    senior = min(rated, key=lambda each: found.deal.tranches[each.name].rank)
    yield KeyFigures(
        figures=(
            KeyFigure(
                label=f"{senior.name}: {say(Text('expected loss', '预期损失'))}",
                value=_percent(senior.expected_loss_pv.value),
                unit=f"± {senior.expected_loss_pv.standard_error:.4%}",
                leading=True,
            ),
            KeyFigure(
                label=f"{senior.name}: {say(Text('probability of loss', '损失概率'))}",
                value=_percent(senior.probability_of_loss.value),
                unit=f"± {senior.probability_of_loss.standard_error:.4%}",
            ),
            KeyFigure(label=say(Text("scenarios", "情景数")), value=Number(found.scenarios, 0)),
        )
    )
    rows: list[tuple[Cell, ...]] = []
    for each in found.tranches:
        chance = each.probability_of_loss
        bound = "" if chance.upper_bound is None else f" (≤ {chance.upper_bound:.4%})"
        rows.append(
            (
                each.name,
                _with_error(each.expected_loss.value, each.expected_loss.standard_error),
                _with_error(each.expected_loss_pv.value, each.expected_loss_pv.standard_error),
                _with_error(chance.value, chance.standard_error) + bound,
                _with_error(each.probability_late.value, each.probability_late.standard_error),
            )
        )
    yield Table(
        caption=say(Text("Expected loss and chance of loss", "预期损失与损失概率")),
        columns=tuple(
            say(text)
            for text in (
                Text("class", "档次"),
                Text("expected loss, notional", "预期损失（名义）"),
                Text("expected loss, present value", "预期损失（现值）"),
                Text("chance of loss", "损失概率"),
                Text("chance of a late payment", "迟付概率"),
            )
        ),
        rows=tuple(rows),
        note=say(
            Text(
                "Present values are at each class's own coupon. In brackets: 95% upper bound where "
                "no scenario hit.",
                "现值按各档自身票面利率折现。括号内为无命中情景时的 95% 上界。",
            )
        ),
    )
    yield Table(
        caption=say(Text("Tails: value at risk and expected shortfall", "尾部：VaR 与预期短缺")),
        columns=(
            say(Text("class", "档次")),
            *(f"VaR {tail.level:.1%}" for tail in rated[0].tails),
            *(f"ES {tail.level:.1%}" for tail in rated[0].tails),
        ),
        rows=tuple(
            (
                each.name,
                *(_percent(tail.var, 2) for tail in each.tails),
                *(_with_error(tail.es, tail.es_error) for tail in each.tails),
            )
            for each in found.tranches
        ),
    )
    for finding in findings_of(found.deal):
        yield Paragraph(text=say(finding), severity=Severity.WARNING)


def findings_of(deal: Deal) -> tuple[Text, ...]:
    """Return what a reader of a simulation must know about the pool."""
    obligors: dict[str, float] = {}
    unit = MinorUnit.of(deal.currency)
    for receivable in deal.pool.receivables.values():
        balance = float(balance_of(receivable, unit))
        obligors[receivable.obligor] = obligors.get(receivable.obligor, 0.0) + balance
    total = sum(obligors.values())
    found = []
    if len(obligors) < FEW_NAMES:
        found.append(SMALL_POOL.text.filled({"names": len(obligors)}))
    for name, balance in sorted(obligors.items()):
        share = balance / total if total else 1 / len(obligors)
        if share > SINGLE_NAME_SHARE:
            found.append(SINGLE_ASSET.text.filled({"name": name, "share": share}))
    return tuple(found)


def _distributions(found: Simulation, say: Say) -> Iterator[Block]:
    weights = found.weights
    mass = np.ones(found.scenarios) if weights is None else weights
    mass = mass / found.scenarios
    curves = []
    for place, each in enumerate(found.tranches):
        if each.is_equity or each.balance == 0:
            continue
        part = found.losses[:, place] / each.balance
        levels = np.linspace(0.0, 1.0, BINS + 1)[:-1]
        beyond = [float(np.sum(mass[part > level])) for level in levels]
        if beyond[0] > 0:
            curves.append(Curve(label=each.name, x=tuple(levels.tolist()), y=tuple(beyond)))
    if curves:
        yield CurveChart(
            caption=say(Text("Chance that the loss exceeds a level", "损失超过某水平的概率")),
            x_axis=say(Text("part of the class lost", "损失占该档比例")),
            y_axis=say(Text("probability", "概率")),
            curves=tuple(curves),
            x_percent=True,
        )
    else:
        text = Text("No scenario hurts a rated class.", "没有情景使评级档受损。")
        yield Paragraph(text=say(text))


def _coverage(found: Simulation, say: Say) -> Iterator[Block]:
    for name, rows in found.coverage.items():
        known = [(place + 1.0, row) for place, row in enumerate(rows) if row is not None]
        metric = found.deal.triggers[name].metric
        if len({row for _, row in known}) <= 1 or metric in (
            "unpaid_interest",
            "unpaid_principal",
            "event",
            "kpi",
            "amount",
        ):
            continue
        trigger = found.deal.triggers[name]
        limits = [
            Mark(label=say(Text("trigger", "触发线")), value=float(value))
            for kind in ("below", "at_most", "above", "at_least")
            for value in [getattr(trigger, kind)]
            if value is not None and not isinstance(value, dict)
        ]
        yield CurveChart(
            caption=f"{say(Text('Test', '测试'))}: {name}",
            x_axis=say(Text("payment", "兑付期次")),
            y_axis=str(metric).replace("_", " "),
            curves=tuple(
                Curve(
                    label=label,
                    x=tuple(x for x, _ in known),
                    y=tuple(row[place] for _, row in known),
                )
                for place, label in enumerate(("5%", "50%", "95%"))
            ),
            levels=tuple(limits),
        )


def price_view(
    run: DealRun, prices: Sequence[TranchePrice], cost: AllInCost, language: Language
) -> dict[str, Any]:
    """Return prices and the all-in cost."""
    return {
        "deal": run.deal.id,
        "currency": run.deal.currency,
        "per": 100,
        "prices": plain_value(list(prices), language),
        "all_in_cost": plain_value(cost, language),
        "assumed": assumed_view(run.deal, language),
    }


def price_report(
    run: DealRun, prices: Sequence[TranchePrice], cost: AllInCost, language: Language
) -> Document:
    """Return the report on prices."""

    def say(text: Text) -> str:
        return text.in_(language)

    def number(value: float | None, decimals: int = 4, *, percent: bool = False) -> Cell:
        return None if value is None else Number(value, decimals, percent=percent)

    rows = tuple(
        (
            each.name,
            number(each.dirty),
            number(each.accrued),
            number(each.clean),
            number(each.annual_yield, percent=True),
            number(each.spread, percent=True),
            number(each.modified, 3),
            number(each.effective, 3),
            number(each.wal, 2),
        )
        for each in prices
    )
    costs = (
        (say(Text("before subsidy", "贴息前")), number(cost.before_subsidy, percent=True)),
        (say(Text("after subsidy", "贴息后")), number(cost.after_subsidy, percent=True)),
        (say(Text("subsidy", "贴息金额")), Number(float(cost.subsidy), 2)),
    )
    return Document(
        language=language,
        title=words(run.deal.title, language),
        subtitle=say(Text("Prices of the classes", "各档定价")),
        badge=say(Text("example values", "含示例值")) if run.deal.assumed else "",
        sections=(
            Section(
                title=say(Text("Prices per 100", "每百元价格")),
                blocks=(
                    Table(
                        caption=say(
                            Text("Price, yield, spread, duration", "价格、收益率、利差与久期")
                        ),
                        columns=tuple(
                            say(text)
                            for text in (
                                Text("class", "档次"),
                                Text("dirty", "全价"),
                                Text("accrued", "应计利息"),
                                Text("clean", "净价"),
                                Text("yield", "到期收益率"),
                                Text("Z-spread", "Z 利差"),
                                Text("modified duration", "修正久期"),
                                Text("effective duration", "有效久期"),
                                Text("WAL", "加权平均期限"),
                            )
                        ),
                        rows=rows,
                    ),
                ),
            ),
            Section(
                title=say(Text("Cost to the issuer, all in", "发行人综合融资成本")),
                blocks=(
                    Table(
                        caption=say(
                            Text(
                                "Notes, costs of the vehicle and outside costs, a year",
                                "证券本息、专项计划费用与外部费用，按年计",
                            )
                        ),
                        columns=(say(Text("what", "项目")), say(Text("value", "取值"))),
                        rows=costs,
                    ),
                ),
            ),
        ),
        footer="",
    )


def break_even_view(found: BreakEven, language: Language) -> dict[str, Any]:
    """Return a break-even point with the grid on which it was found."""
    return {
        "tranche": found.tranche,
        "lever": str(found.lever),
        "break_even": found.size,
        "monotone": found.monotone,
        "always_paid": found.always_paid,
        "paid_intervals": plain_value(found.paid_intervals, language),
        "grid": [{"size": size, "paid": good} for size, good in found.grid],
    }


def break_even_report(found: BreakEven, deal: Deal, language: Language) -> Document:
    """Return the report on a break-even point."""

    def say(text: Text) -> str:
        return text.in_(language)

    name = say(LEVER_NAMES[found.lever])
    value: Cell = None if found.size is None else _percent(found.size, 2)
    blocks: list[Block] = [
        KeyFigures(figures=(KeyFigure(label=name, value=value, leading=True),)),
        Paragraph(text=say(_verdict(found))),
        CurveChart(
            caption=say(Text("Paid in full and on time (1) or not (0)", "足额按期（1）或否（0）")),
            x_axis=name,
            y_axis=found.tranche,
            curves=(
                Curve(
                    label=found.tranche,
                    x=tuple(size for size, _ in found.grid),
                    y=tuple(float(good) for _, good in found.grid),
                ),
            ),
            x_percent=True,
        ),
    ]
    return Document(
        language=language,
        title=words(deal.title, language),
        subtitle=f"{say(Text('Break-even', '盈亏平衡点'))}: {found.tranche}",
        badge=say(Text("example values", "含示例值")) if deal.assumed else "",
        sections=(Section(title=say(Text("Break-even", "盈亏平衡点")), blocks=tuple(blocks)),),
        footer="",
    )


def _verdict(found: BreakEven) -> Text:
    if found.always_paid:
        last = found.grid[-1][0]
        return Text(
            f"{found.tranche} is paid in full and on time up to {last:.2%}.",
            f"直至 {last:.2%}，{found.tranche} 档均足额按期兑付。",
        )
    if not found.monotone:
        stretches = "; ".join(f"{low:.2%} – {high:.2%}" for low, high in found.paid_intervals)
        return Text(
            f"Paid and unpaid change more than once: no single point exists. Paid on: {stretches}.",
            f"兑付与否反复变化，不存在单一平衡点。足额区间：{stretches}。",
        )
    if found.size is None:
        return Text("Not paid even without the stress.", "无压力时即不能足额兑付。")
    return Text(
        f"{found.tranche} is paid in full and on time up to {found.size:.4%}.",
        f"压力不超过 {found.size:.4%} 时，{found.tranche} 档足额按期兑付。",
    )


TARGET_NAMES = {
    Target.EXPECTED_LOSS: Text("expected loss (present value)", "预期损失（现值）"),
    Target.PROBABILITY_OF_LOSS: Text("probability of loss", "损失概率"),
}


def sized_view(found: Sized, what: str) -> dict[str, Any]:
    """Return a size or a risk budget."""
    return {
        "tranche": found.tranche,
        "what": what,
        "target": str(found.target),
        "threshold": found.threshold,
        "value": found.value,
        "measured": found.measured,
        "standard_error": found.standard_error,
        "capped": found.capped,
        "grid": [{"value": value, "measured": measure} for value, measure in found.grid],
    }


def sized_report(found: Sized, deal: Deal, what: Text, unit: str, language: Language) -> Document:
    """Return the report on a size or a risk budget."""

    def say(text: Text) -> str:
        return text.in_(language)

    figures = (
        KeyFigure(
            label=say(what),
            value=None if found.value is None else Number(found.value, 2),
            unit=unit,
            leading=True,
        ),
        KeyFigure(
            label=say(TARGET_NAMES[found.target]),
            value=None if found.measured is None else _percent(found.measured),
            unit="" if found.standard_error is None else f"± {found.standard_error:.4%}",
        ),
        KeyFigure(label=say(Text("allowed", "允许上限")), value=_percent(found.threshold)),
    )
    chart = CurveChart(
        caption=say(TARGET_NAMES[found.target]),
        x_axis=say(what),
        y_axis=found.tranche,
        curves=(
            Curve(
                label=found.tranche,
                x=tuple(x for x, _ in found.grid),
                y=tuple(y for _, y in found.grid),
            ),
        ),
        levels=(Mark(label=say(Text("allowed", "允许上限")), value=found.threshold),),
    )
    return Document(
        language=language,
        title=words(deal.title, language),
        subtitle=f"{say(what)}: {found.tranche}",
        badge=say(Text("example values", "含示例值")) if deal.assumed else "",
        sections=(
            Section(
                title=say(Text("Result", "结果")),
                blocks=(KeyFigures(figures=figures), chart)
                if len(found.grid) > 1
                else (KeyFigures(figures=figures),),
            ),
        ),
        footer=say(
            Text("Every point uses the same scenarios.", "各点使用相同的情景。"),
        ),
    )


def stress_view(
    deal: Deal, bars: Sequence[TornadoBar], runs: Mapping[str, DealRun], tranche: str
) -> dict[str, Any]:
    """Return what the stresses of a deal take from its classes."""
    return {
        "deal": deal.id,
        "tranche": tranche,
        "tornado": [{"stress": bar.name, "unpaid": bar.unpaid} for bar in bars],
        "stresses": {
            name: {
                each.name: {
                    "interest_unpaid": each.interest_unpaid,
                    "principal_unpaid": each.principal_unpaid,
                }
                for each in run.tranches
            }
            for name, run in runs.items()
        },
    }


def stress_report(
    run: DealRun,
    bars: Sequence[TornadoBar],
    runs: Mapping[str, DealRun],
    tranche: str,
    language: Language,
) -> Document:
    """Return the report on the stresses of a deal."""

    def say(text: Text) -> str:
        return text.in_(language)

    def money(cash: int) -> Number:
        return Number(float(run.unit.money(cash).amount), run.unit.exponent)

    names = [each.name for each in run.tranches]
    table = Table(
        caption=f"{say(Text('Unpaid at the end', '期末未付'))} ({run.deal.currency})",
        columns=(say(Text("stress", "压力情景")), *names),
        rows=tuple(
            (
                name,
                *(
                    money(
                        found.tranche(each).interest_unpaid + found.tranche(each).principal_unpaid
                    )
                    for each in names
                ),
            )
            for name, found in runs.items()
        ),
    )
    chart = BarChart(
        caption=f"{tranche}: {say(Text('unpaid under one stress alone', '单一压力下未付'))}",
        axis=run.deal.currency,
        bars=tuple(
            Bar(
                label=bar.name.replace("_", " "),
                value=float(run.unit.money(bar.unpaid).amount),
                group=tranche,
            )
            for bar in bars
        ),
    )
    return Document(
        language=language,
        title=words(run.deal.title, language),
        subtitle=say(Text("Stresses", "压力测试")),
        badge=say(Text("example values", "含示例值")) if run.deal.assumed else "",
        sections=(
            Section(title=say(Text("Named stresses", "命名情景")), blocks=(table,)),
            Section(title=say(Text("Tornado", "敏感性（龙卷风图）")), blocks=(chart,)),
        ),
        footer="",
    )
