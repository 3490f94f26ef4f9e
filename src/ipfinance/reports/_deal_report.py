"""The investor's pack of a deal: what was paid, from what, and which tests it met."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from ipfinance.basics import Cash, Language, Severity, Text
from ipfinance.reports._deal_views import words
from ipfinance.reports._document import (
    Block,
    Cell,
    Curve,
    CurveChart,
    Document,
    FlowChart,
    KeyFigure,
    KeyFigures,
    Mark,
    Number,
    Paragraph,
    Section,
    Table,
)
from ipfinance.securitization import (
    GREEN,
    Action,
    Deal,
    DealRun,
    LineResult,
    Metric,
    PeriodResult,
    State,
    UseKind,
)

Say: TypeAlias = Callable[[Text], str]
STATE_NAMES = {
    State.REVOLVING: Text("revolving", "循环期"),
    State.AMORTIZING: Text("amortizing", "摊还期"),
    State.ACCELERATED: Text("accelerated", "加速清偿"),
    State.CLEAN_UP: Text("clean-up", "清仓回购"),
    State.POST_EOD: Text("after event of default", "违约事件后"),
    State.FINAL: Text("final", "终止"),
}
ACTION_NAMES = {
    Action.COLLECT: Text("collection", "归集"),
    Action.ACCRUE: Text("accrual", "计提"),
    Action.PAY_TAX: Text("tax", "税费"),
    Action.PAY_FEE: Text("fee", "费用"),
    Action.PAY_INTEREST: Text("interest", "利息"),
    Action.PAY_PRINCIPAL: Text("principal", "本金"),
    Action.TOP_UP: Text("top up", "补足"),
    Action.RELEASE: Text("release", "释放"),
    Action.TRANSFER: Text("transfer", "划转"),
    Action.TRAP: Text("trap", "截留"),
    Action.UNTRAP: Text("release from trap", "解除截留"),
    Action.DRAW: Text("draw", "提款"),
    Action.REPAY_SUPPORT: Text("repayment", "偿还"),
    Action.CALL_MAKE_UP: Text("call of make-up", "差额支付启动"),
    Action.CALL_GUARANTEE: Text("call of guarantee", "担保启动"),
    Action.WRITE_DOWN: Text("write-down", "减记"),
    Action.WRITE_UP: Text("write-up", "恢复"),
    Action.PURCHASE: Text("purchase", "循环购买"),
    Action.SELL: Text("sale", "出售"),
    Action.SETTLE_HEDGE: Text("hedge", "套期结算"),
    Action.TEST: Text("test", "测试"),
    Action.PAY_RESIDUAL: Text("residual", "剩余收益"),
    Action.GROUP: Text("group", "组合"),
}
MOST_STATEMENTS = 8


def line_name(line: LineResult, say: Say) -> str:
    """Return the name of a line: whom it concerns and what it does."""
    return f"{line.line.subject} · {say(ACTION_NAMES[line.line.action])}"


def deal_report(run: DealRun, language: Language) -> Document:
    """Return the report on a run."""

    def say(text: Text) -> str:
        return text.in_(language)

    deal = run.deal
    return Document(
        language=language,
        title=words(deal.title, language),
        subtitle=say(Text("Run of a securitization deal", "证券化交易运行报告")),
        badge=say(Text("example values", "含示例值")) if deal.assumed else "",
        sections=(
            Section(title=say(Text("Result", "结果")), blocks=tuple(_result(run, say))),
            Section(title=say(Text("Over time", "随时间变化")), blocks=tuple(_paths(run, say))),
            Section(
                title=say(Text("Waterfall statements", "分配报表")),
                blocks=tuple(_statements(run, say)),
                core=len(run.periods) <= MOST_STATEMENTS,
            ),
            Section(
                title=say(Text("Tests and supports", "触发测试与增信")),
                blocks=tuple(_tests(run, say)),
                core=bool(deal.triggers or run.program.layout.supports),
            ),
            Section(title=say(Text("Terms", "条款")), blocks=tuple(_terms(run, language))),
        ),
        footer=say(
            Text(
                "Every amount is exact to the minor unit; the ledger of this run sums to zero.",
                "全部金额精确到最小货币单位；本次运行的总账合计为零。",
            )
        ),
    )


def _number(run: DealRun, cash: Cash) -> Number:
    return Number(float(run.unit.money(cash).amount), run.unit.exponent)


def _result(run: DealRun, say: Say) -> Iterator[Block]:
    unpaid = sum(
        each.interest_unpaid + each.principal_unpaid
        for each in run.tranches
        if not run.deal.tranches[each.name].equity
    )
    yield KeyFigures(
        figures=(
            KeyFigure(
                label=say(Text("notes unpaid", "未偿证券本息")),
                value=_number(run, unpaid),
                unit=run.deal.currency,
                leading=True,
            ),
            KeyFigure(
                label=say(Text("ledger", "总账")),
                value=say(Text("balanced", "平衡") if run.balanced else Text("broken", "不平衡")),
            ),
            KeyFigure(
                label=say(Text("state at the end", "期末状态")),
                value=say(STATE_NAMES[run.periods[-1].state_after]),
            ),
        )
    )
    yield Table(
        caption=f"{say(Text('Interest over life', '存续期利息'))} ({run.deal.currency})",
        columns=tuple(
            say(text)
            for text in (
                Text("class", "档次"),
                Text("interest due", "应付利息"),
                Text("interest paid", "已付利息"),
                Text("interest unpaid", "未付利息"),
                Text("residual", "剩余收益"),
            )
        ),
        rows=tuple(
            (
                each.name,
                _number(run, each.interest_due),
                _number(run, each.interest_paid),
                _number(run, each.interest_unpaid),
                _number(run, each.residual),
            )
            for each in run.tranches
        ),
    )
    yield Table(
        caption=f"{say(Text('Principal over life', '存续期本金'))} ({run.deal.currency})",
        columns=tuple(
            say(text)
            for text in (
                Text("class", "档次"),
                Text("balance", "发行本金"),
                Text("principal paid", "已付本金"),
                Text("principal unpaid", "未付本金"),
                Text("WAL (years)", "加权平均期限（年）"),
            )
        ),
        rows=tuple(
            (
                each.name,
                _number(run, each.balance),
                _number(run, each.principal_paid),
                _number(run, each.principal_unpaid),
                None if each.wal is None else Number(each.wal, 2),
            )
            for each in run.tranches
        ),
    )
    if run.left_over:
        held = ", ".join(f"{name} {run.unit.shown(cash)}" for name, cash in run.left_over.items())
        text = Text(f"Cash still held at the end: {held}.", f"期末仍留存现金：{held}。")
        yield Paragraph(text=say(text), severity=Severity.NOTE)
    late = [str(each.period.payment) for each in run.periods if each.period.provisional]
    if late:
        days = ", ".join(late[:3]) + (" …" if len(late) > 3 else "")  # noqa: PLR2004
        text = Text(
            f"{len(late)} payment date(s) are provisional, from {days}: the holidays of those "
            "years are not announced yet.",
            f"{len(late)} 个兑付日为暂定（{days} 起）：相应年度的节假日安排尚未公布。",
        )
        yield Paragraph(text=say(text), severity=Severity.WARNING)


MILLION = 1_000_000
SMALLEST_SHARE = 0.002  # of all cash; smaller flows are drawn together


def _scaled(run: DealRun) -> tuple[float, str]:
    """Return what divides minor units for charts, and the unit's name."""
    minor = 10.0**run.unit.exponent
    if max(each.balance for each in run.tranches) / minor >= MILLION:
        return minor * MILLION, f"{run.deal.currency} m"
    return minor, run.deal.currency


def _paths(run: DealRun, say: Say) -> Iterator[Block]:
    yield _cash_flows(run, say)
    start = run.periods[0].period.start
    times = tuple((each.period.payment - start).days / 365 for each in run.periods)
    years = say(Text("years from closing", "距设立日年数"))
    scale, unit = _scaled(run)
    curves = [
        Curve(
            label=name,
            x=(0.0, *times),
            y=(
                run.tranche(name).balance / scale,
                *(each.notes[name].closing / scale for each in run.periods),
            ),
        )
        for name in run.program.layout.notes
        if run.tranche(name).balance
    ]
    yield CurveChart(
        caption=say(Text("Balances of the classes", "各档未偿余额")),
        x_axis=years,
        y_axis=unit,
        curves=tuple(curves),
    )
    groups: dict[tuple[str, tuple[str, ...], int], list[str]] = {}
    for name in run.program.layout.triggers:
        trigger = run.deal.triggers[name]
        key = (str(trigger.metric), trigger.classes, trigger.window)
        alone = trigger.metric in (Metric.RATIO, Metric.AMOUNT)
        groups.setdefault((f"{key[0]} {name}", *key[1:]) if alone else key, []).append(name)
    for names in groups.values():
        yield from _coverage(run, say, names, times, years)


def _cash_flows(run: DealRun, say: Say) -> FlowChart:
    """Return where cash came from over life, and who got it."""
    accounts = set(run.deal.accounts)
    inflows: dict[str, int] = {}
    outflows: dict[str, int] = {}
    for posting in run.journal:
        inside_from, inside_to = posting.source in accounts, posting.target in accounts
        if inside_to and not inside_from:
            inflows[posting.source] = inflows.get(posting.source, 0) + posting.cash
        elif inside_from and not inside_to:
            name = f"{posting.target}|{posting.line.rpartition(' ')[2]}"
            name = name if posting.target.startswith("holders of ") else posting.target
            outflows[name] = outflows.get(name, 0) + posting.cash
        elif not inside_from and not inside_to:
            outflows[posting.target] = outflows.get(posting.target, 0) + posting.cash
            inflows[posting.source] = inflows.get(posting.source, 0) + posting.cash
    for name, cash in run.left_over.items():
        outflows[name] = outflows.get(name, 0) + cash
    opening = {name: row[0] for name, row in run.periods[0].accounts.items() if row[0]}
    for name, cash in opening.items():
        inflows[name] = inflows.get(name, 0) + cash
    scale, unit = _scaled(run)
    return FlowChart(
        caption=say(Text("Cash over life: from whom, to whom", "存续期现金流向：来源与去向")),
        unit=unit,
        centre=say(Text("vehicle", "专项计划")),
        inflows=_largest(inflows, scale, say),
        outflows=_largest(outflows, scale, say),
    )


def _largest(flows: dict[str, int], scale: float, say: Say) -> tuple[tuple[str, float], ...]:
    total = sum(flows.values())
    shown = {name: cash for name, cash in flows.items() if cash >= total * SMALLEST_SHARE}
    rest = total - sum(shown.values())
    found = [
        (_flow_name(name, say), cash / scale)
        for name, cash in sorted(shown.items(), key=lambda pair: -pair[1])
    ]
    if rest:
        found.append((say(Text("other", "其他")), rest / scale))
    return tuple(found)


PLACES = {
    "obligors": Text("obligors", "债务人"),
    "sharers": Text("loss sharers", "风险分担方"),
    "originator": Text("originator", "原始权益人"),
    "bank": Text("account bank", "账户行"),
}
PARTS = {
    "interest": Text("interest", "利息"),
    "principal": Text("principal", "本金"),
    "residual": Text("residual", "剩余收益"),
}


def _flow_name(name: str, say: Say) -> str:
    if name in PLACES:
        return say(PLACES[name])
    whom, _, part = name.partition("|")
    for head in ("holders of ", "payee of ", "provider of "):
        whom = whom.removeprefix(head)
    return f"{whom} · {say(PARTS[part])}" if part in PARTS else whom


IN_MONEY = (
    Metric.UNPAID_INTEREST,
    Metric.UNPAID_PRINCIPAL,
    Metric.EVENT,
    Metric.KPI,
    Metric.AMOUNT,
)
UPPER = (Metric.OC, Metric.IC, Metric.DSCR, Metric.LTV)


def _coverage(
    run: DealRun, say: Say, names: list[str], times: tuple[float, ...], years: str
) -> Iterator[Block]:
    first = run.deal.triggers[names[0]]
    points = [
        (time, value)
        for time, each in zip(times, run.periods, strict=True)
        for value in [each.triggers[names[0]].value]
        if value is not None
    ]
    levels = [
        Mark(label=name, value=float(value))
        for name in names
        for kind in ("below", "at_most", "above", "at_least")
        for value in [getattr(run.deal.triggers[name], kind)]
        if value is not None and not isinstance(value, dict)
    ]
    is_flat = len({value for _, value in points}) <= 1
    if first.metric in IN_MONEY or is_flat or not levels:
        return
    metric = str(first.metric)
    metric = metric.upper() if first.metric in UPPER else metric.replace("_", " ")
    highest = 2.5 * max(level.value for level in levels)
    yield CurveChart(
        caption=f"{say(Text('Test', '测试'))}: {', '.join(names)}",
        x_axis=years,
        y_axis=metric,
        curves=(
            Curve(
                label=metric,
                x=tuple(x for x, _ in points),
                y=tuple(min(y, highest) for _, y in points),
            ),
        ),
        levels=_apart(levels, highest),
    )


def _apart(levels: list[Mark], highest: float) -> tuple[Mark, ...]:
    """Leave out the names of levels that would be written over each other."""
    found: list[Mark] = []
    named = -highest
    for level in sorted(levels, key=lambda each: each.value):
        label = level.label if level.value - named > highest * 0.06 else ""
        named = level.value if label else named
        found.append(Mark(label=label, value=level.value))
    return tuple(found)


def _statements(run: DealRun, say: Say) -> Iterator[Block]:
    for place, each in enumerate(run.periods):
        yield _statement(run, say, place, each)


def _statement(run: DealRun, say: Say, place: int, each: PeriodResult) -> Table:
    rows = tuple(
        (
            line_name(line, say),
            _number(run, line.available_before),
            _number(run, line.limit),
            _number(run, line.paid),
            _number(run, line.supported),
            _number(run, line.unpaid) if line.line.action in _PAYS else None,
            _number(run, line.available_after),
        )
        for line in each.lines
    )
    state = say(STATE_NAMES[each.state])
    provisional = say(Text(", provisional", "（暂定）")) if each.period.provisional else ""
    return Table(
        caption=f"{place + 1} · {each.period.payment}{provisional} · {state}",
        columns=tuple(
            say(text)
            for text in (
                Text("line", "项目"),
                Text("available before", "支付前可用"),
                Text("to be paid", "应付"),
                Text("paid", "已付"),
                Text("by supports", "增信支付"),
                Text("unpaid", "未付"),
                Text("available after", "支付后可用"),
            )
        ),
        rows=rows,
    )


_PAYS = (
    Action.PAY_FEE,
    Action.PAY_TAX,
    Action.PAY_INTEREST,
    Action.PAY_PRINCIPAL,
    Action.REPAY_SUPPORT,
)


def _tests(run: DealRun, say: Say) -> Iterator[Block]:
    if run.program.layout.triggers:
        yield Table(
            caption=say(Text("Triggers", "触发事件")),
            columns=tuple(
                say(text)
                for text in (
                    Text("trigger", "触发事件"),
                    Text("metric", "指标"),
                    Text("breaches", "突破次数"),
                    Text("first tripped", "首次触发"),
                    Text("last value", "最近值"),
                )
            ),
            rows=tuple(_trigger_row(run, name) for name in run.program.layout.triggers),
        )
    supports = run.program.layout.supports
    if supports:
        yield Table(
            caption=f"{say(Text('Supports', '增信措施'))} ({run.deal.currency})",
            columns=tuple(
                say(text)
                for text in (
                    Text("support", "增信措施"),
                    Text("called", "要求支付"),
                    Text("paid", "实际支付"),
                    Text("outstanding at the end", "期末未偿还"),
                )
            ),
            rows=tuple(
                (
                    name,
                    _number(run, sum(each.supports[name].called for each in run.periods)),
                    _number(run, sum(each.supports[name].paid for each in run.periods)),
                    _number(run, run.periods[-1].supports[name].outstanding),
                )
                for name in supports
            ),
        )


def _trigger_row(run: DealRun, name: str) -> tuple[Cell, ...]:
    tests = [each.triggers[name] for each in run.periods]
    first = next(
        (str(each.period.payment) for each in run.periods if each.triggers[name].tripped), None
    )
    values = [test.value for test in tests if test.value is not None]
    metric = run.deal.triggers[name].metric
    in_money = metric in IN_MONEY
    last: Cell = None
    if values:
        last = _number(run, int(values[-1])) if in_money else Number(values[-1], 4)
    breaches = sum(1 for test in tests if test.breached)
    return (name, str(metric).replace("_", " "), Number(breaches, 0), first, last)


def _terms(run: DealRun, language: Language) -> Iterator[Block]:
    def say(text: Text) -> str:
        return text.in_(language)

    deal: Deal = run.deal
    for note in deal.notes:
        yield Paragraph(text=words(note, language))
    if deal.assumed:
        yield Table(
            caption=say(
                Text("Terms that no source states: example values", "来源未载明的条款：均为示例值")
            ),
            columns=(say(Text("term", "条款")), say(Text("why, and what was taken", "说明"))),
            rows=tuple((each.field, words(each.reason, language)) for each in deal.assumed),
        )
    yield from _isolation(run, say)
    yield from _purpose(deal, language)
    if deal.sources:
        yield Table(
            caption=say(Text("Sources", "来源")),
            columns=(say(Text("key", "文献")), say(Text("place", "位置"))),
            rows=tuple((each.key, each.place) for each in deal.sources),
        )


ISOLATION_NAMES = {
    "true_sale_opinion": Text("legal opinion on true sale", "真实出售法律意见"),
    "transfer_registered": Text("transfer registered", "转让登记"),
    "obligors_notified": Text("obligors notified", "债务人通知"),
    "accounts_separate": Text("accounts apart from the originator's", "账户独立于原始权益人"),
    "no_commingling": Text("no commingling", "资金不混同"),
    "no_recourse_beyond_contract": Text("no recourse beyond the contract", "无合同外追索"),
    "bankruptcy_remote": Text("bankruptcy-remote vehicle", "破产隔离"),
    "custodian_independent": Text("independent custodian", "托管人独立"),
}


def wrong_way_supports(deal: Deal) -> tuple[str, ...]:
    """Return supports whose provider belongs to the group of an originator or an obligor."""
    related = {
        deal.parties[name].group
        for each in deal.pool.receivables.values()
        for name in (each.originator, each.obligor)
        if name in deal.parties and deal.parties[name].group
    }
    related |= {
        party.group
        for party in deal.parties.values()
        if party.group and not party.default_probability
    }
    found = []
    for name, support in sorted(deal.supports.items()):
        providers = (support.provider, *support.shares)
        groups = {deal.parties[x].group for x in providers if x in deal.parties}
        if groups & related:
            found.append(name)
    return tuple(found)


def _isolation(run: DealRun, say: Say) -> Iterator[Block]:
    deal = run.deal
    answers = {name: getattr(deal.isolation, name) for name in ISOLATION_NAMES}
    names = {
        True: Text("yes", "是"),
        False: Text("no: an exception", "否：例外事项"),
        None: Text("open", "未说明"),
    }
    yield Table(
        caption=say(Text("Isolation of risk", "风险隔离核对")),
        columns=(say(Text("point", "事项")), say(Text("answer", "结论"))),
        rows=tuple((say(ISOLATION_NAMES[x]), say(names[given])) for x, given in answers.items()),
    )
    related = wrong_way_supports(deal)
    if related:
        listed = ", ".join(related)
        text = Text(
            f"Wrong-way risk: {listed} is owed by a party related to the originator.",
            f"错向风险：{listed} 的承诺人与原始权益人存在关联关系。",
        )
        yield Paragraph(text=say(text), severity=Severity.WARNING)


USE_NAMES = {
    UseKind.CORE_RESEARCH: Text("core research", "核心研发"),
    UseKind.INDUSTRIAL_UPGRADING: Text("industrial upgrading", "产业升级"),
    UseKind.CLEAN_ENERGY: Text("clean energy", "清洁能源"),
    UseKind.ENERGY_SAVING: Text("energy saving and emission reduction", "节能减排"),
    UseKind.ENVIRONMENTAL_PROTECTION: Text("environmental protection", "环境保护"),
    UseKind.OTHER: Text("other", "其他"),
}


def _purpose(deal: Deal, language: Language) -> Iterator[Block]:
    def say(text: Text) -> str:
        return text.in_(language)

    if deal.proceeds:
        total = sum(use.planned for use in deal.proceeds)
        green = sum(use.planned for use in deal.proceeds if use.kind in GREEN)
        yield Table(
            caption=f"{say(Text('Use of proceeds', '募集资金用途'))} ({deal.currency})",
            columns=tuple(
                say(t)
                for t in (
                    Text("obligor", "债务人"),
                    Text("purpose", "用途"),
                    Text("planned", "计划"),
                    Text("spent", "已使用"),
                    Text("unspent", "未使用"),
                )
            ),
            rows=tuple(
                (
                    use.obligor,
                    say(USE_NAMES[use.kind]),
                    Number(float(use.planned), 2),
                    Number(float(use.spent), 2),
                    Number(float(use.planned - use.spent), 2),
                )
                for use in deal.proceeds
            ),
            note=say(
                Text(
                    f"Green share of the planned use: {green / total:.1%}.",
                    f"计划用途中的绿色占比：{green / total:.1%}。",
                )
            ),
        )
    if deal.kpis:
        yield Table(
            caption=say(Text("Indicators and targets", "可持续绩效指标")),
            columns=tuple(
                say(t)
                for t in (
                    Text("indicator", "指标"),
                    Text("target", "目标"),
                    Text("observed", "观测值"),
                    Text("verified", "核验日"),
                    Text("outcome", "结果"),
                )
            ),
            rows=tuple(
                (
                    words(kpi.definition, language),
                    Number(float(kpi.target), 2),
                    None if kpi.observed is None else Number(float(kpi.observed), 2),
                    None if kpi.verified_on is None else str(kpi.verified_on),
                    say(Text("missed", "未达标") if kpi.is_missed else Text("met", "达标")),
                )
                for kpi in deal.kpis.values()
            ),
        )


def deal_check_report(deal: Deal, facts: dict[str, int], language: Language) -> Document:
    """Return what a check of a deal file found: its parts, and that nothing is wrong."""

    def say(text: Text) -> str:
        return text.in_(language)

    return Document(
        language=language,
        title=words(deal.title, language),
        subtitle=say(Text("Check of a deal file", "交易文件检查")),
        badge="",
        sections=(
            Section(
                title=say(Text("Checked", "检查结果")),
                blocks=(
                    Paragraph(text=say(_GOOD)),
                    Table(
                        caption=say(Text("What the file holds", "文件内容")),
                        columns=(say(Text("part", "部分")), say(Text("number", "数量"))),
                        rows=tuple((name, Number(count, 0)) for name, count in facts.items()),
                    ),
                ),
            ),
        ),
        footer="",
    )


_GOOD = Text(
    "The deal can be run: every state that can be reached has a waterfall, every class and cost "
    "is paid, every action can be reached, no amount is circular.",
    "该交易可以运行：可到达的状态均有分配顺序，各档与各项费用均有支付，所有动作可达，无循环金额。",
)


def line_explanation_report(
    run: DealRun, period: int, line: LineResult, language: Language
) -> Document:
    """Return why a line was paid what it was paid."""

    def say(text: Text) -> str:
        return text.in_(language)

    each = run.periods[period]
    place = each.lines.index(line)
    facts: list[tuple[Text, Cell]] = [
        (Text("payment date", "兑付日"), str(each.period.payment)),
        (Text("state", "状态"), say(STATE_NAMES[each.state])),
        (Text("rule in the deal file", "交易文件中的条款"), line.line.path),
        (Text("paid from", "资金来源"), ", ".join(line.line.sources)),
        (Text("available before", "支付前可用"), _number(run, line.available_before)),
        (Text("due", "应付"), _number(run, line.due)),
        (Text("to be paid, after limits", "限额后应付"), _number(run, line.limit)),
        (Text("paid", "已付"), _number(run, line.paid)),
        (Text("paid by supports", "增信支付"), _number(run, line.supported)),
        (Text("available after", "支付后可用"), _number(run, line.available_after)),
    ]
    postings = [p for p in run.journal if p.period == period and p.line == line.line.name]
    blocks: list[Block] = [
        Paragraph(text=say(_why(run, line))),
        Table(
            caption=say(Text("The line", "该行")),
            columns=(say(Text("what", "项目")), say(Text("value", "取值"))),
            rows=tuple((say(name), cell) for name, cell in facts),
        ),
    ]
    if place:
        blocks.append(
            Table(
                caption=say(Text("Served before it", "在其之前支付")),
                columns=(say(Text("line", "项目")), say(Text("paid", "已付"))),
                rows=tuple(
                    (line_name(other, say), _number(run, other.paid))
                    for other in each.lines[:place]
                ),
            )
        )
    if postings:
        blocks.append(
            Table(
                caption=say(Text("Ledger postings", "账务分录")),
                columns=tuple(
                    say(t) for t in (Text("from", "贷方"), Text("to", "借方"), Text("cash", "金额"))
                ),
                rows=tuple((p.source, p.target, _number(run, p.cash)) for p in postings),
            )
        )
    return Document(
        language=language,
        title=f"{words(run.deal.title, language)}: {line_name(line, say)}",
        subtitle=say(Text("Why was this paid?", "为何如此支付？")),
        badge="",
        sections=(Section(title=say(Text("Explanation", "说明")), blocks=tuple(blocks)),),
        footer="",
    )


def _why(run: DealRun, line: LineResult) -> Text:
    shown = run.unit.shown
    paid, due, limit = shown(line.paid), shown(line.due), shown(line.limit)
    if line.limit == 0:
        return Text("Nothing was to be paid on this line.", "该行本期无应付。")
    if line.paid == line.limit and line.limit == line.due:
        return Text(f"All that was due was paid: {paid}.", f"应付已足额支付：{paid}。")
    if line.paid == line.limit:
        return Text(
            f"Of {due} due, a limit let {limit} be paid, and all of it was.",
            f"应付 {due}，限额内可付 {limit}，已足额支付。",
        )
    return Text(
        f"{limit} was to be paid; the accounts that may serve this line held only "
        f"{shown(line.available_before)}, so {paid} was paid"
        f"{f', and supports paid {shown(line.supported)}' if line.supported else ''}; "
        f"{shown(line.unpaid)} stayed unpaid.",
        f"应付 {limit}；可用账户仅有 {shown(line.available_before)}，故支付 {paid}"
        f"{f'，增信支付 {shown(line.supported)}' if line.supported else ''}；"
        f"尚有 {shown(line.unpaid)} 未付。",
    )
