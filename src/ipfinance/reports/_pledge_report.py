"""The credit memorandum: a decision on a pledge loan in the order in which it is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from ipfinance.basics import Language, Severity, Text
from ipfinance.credit import (
    CHECK_NAMES,
    CHECK_STATUS_NAMES,
    FIGURE_NAMES,
    OUTCOME_NAMES,
    PROVIDER_KIND_NAMES,
    REPAYMENT_NAMES,
    CheckStatus,
    LendingFigure,
    Outcome,
    PledgeAssessment,
)
from ipfinance.numerics import LossMeasures
from ipfinance.reports._document import (
    Block,
    Cell,
    Document,
    IntervalChart,
    KeyFigure,
    KeyFigures,
    Mark,
    Number,
    Paragraph,
    Section,
    Table,
    Tree,
)
from ipfinance.reports._judgement_report import findings_blocks
from ipfinance.reports._tree import tree_lines
from ipfinance.reports._views import explanation_view, findings_view, plain_value
from ipfinance.reports._words import unit_name

Say: TypeAlias = Callable[[Text], str]

CAP_NAMES = {
    "request": Text("amount asked for", "申请金额"),
    "ltv": Text("loan-to-value band", "质押率上限"),
    "loss_target": Text("expected-loss target", "预期损失目标"),
}


def pledge_report(found: PledgeAssessment, language: Language) -> Document:
    """Return the credit memorandum in one language."""

    def say(text: Text) -> str:
        return text.in_(language)

    unit = unit_name(found.valued.case.unit, language)
    sections = [
        _decision(found, say, unit),
        _value(found, say, unit),
        _negotiation(found, say, unit),
        _checks(found, say),
        *_risk(found, say),
        *_price(found, say),
        *_cost(found, say),
        _record(found, say, unit),
        Section(
            title=say(Text("To be signed off", "须确认事项")),
            blocks=tuple(findings_blocks(found.findings, language)),
        ),
        _trees(found, say, unit),
    ]
    status = found.case.status
    return Document(
        language=language,
        title=say(found.case.title),
        subtitle=say(
            Text(
                f"Credit memorandum · {found.case.decided_on} · amounts in {unit}",
                f"授信审批报告 · {found.case.decided_on} · 金额单位：{unit}",
            )
        ),
        badge="" if status == "actual" else say(Text("example", "示例")),
        sections=tuple(sections),
        footer=say(
            Text(
                "Computed by ipfinance. Policy, rates and ratings are those of the file.",
                "由 ipfinance 计算。政策、利率与评级均取自输入文件。",
            )
        ),
    )


def _decision(found: PledgeAssessment, say: Say, unit: str) -> Section:
    digits = found.valued.case.decimals
    granted = found.amount.number if found.principal else 0.0
    figures = [
        KeyFigure(
            label=say(Text("loan granted", "核定贷款额")),
            value=Number(granted, digits),
            unit=unit,
            leading=True,
        ),
        KeyFigure(
            label=say(Text("asked for", "申请金额")),
            value=Number(found.case.request.amount, digits),
            unit=unit,
        ),
    ]
    if found.required_rate is not None:
        figures.append(
            KeyFigure(
                label=say(Text("rate it must earn", "风险定价利率")),
                value=Number(found.required_rate.number, 2, percent=True),
            )
        )
    severity = {
        Outcome.DECLINED: Severity.INVALID,
        Outcome.REFERRED: Severity.WARNING,
    }.get(found.outcome)
    blocks: list[Block] = [
        KeyFigures(figures=tuple(figures)),
        Paragraph(text=_sentence(found, say), severity=severity),
    ]
    rows = tuple(
        (
            say(CAP_NAMES[cap.id]),
            Number(cap.tree.number, digits),
            say(_BINDS) if cap.id == found.binding else say(_WAIVED) if cap.waived else "",
        )
        for cap in found.caps
    )
    blocks.append(
        Table(
            caption=say(Text("What bounds the loan", "额度约束")),
            columns=(say(Text("bound", "约束")), unit, ""),
            rows=rows,
            strong=tuple(n for n, cap in enumerate(found.caps) if cap.id == found.binding),
        )
    )
    return Section(title=say(Text("Decision", "审批结论")), blocks=tuple(blocks))


_BINDS = Text("sets the amount", "决定额度")
_WAIVED = Text("set aside by an exception", "已批准例外")


def _sentence(found: PledgeAssessment, say: Say) -> str:
    outcome = say(OUTCOME_NAMES[found.outcome])
    conditions = len(found.conditions)
    reason = Text(
        f"Decision: {outcome}. What sets the amount: {CAP_NAMES[found.binding].en}. "
        f"{conditions} condition(s) before drawdown.",
        f"结论：{outcome}。决定额度的因素：{CAP_NAMES[found.binding].zh}。"
        f"放款前提条件 {conditions} 项。",
    )
    if not found.principal:
        failed = [c for c in found.checks if c.status is CheckStatus.FAILED and c.blocking]
        names = [CHECK_NAMES[check.kind] for check in failed]
        why_en = "; ".join(name.en for name in names) or "no amount is left"
        why_zh = "；".join(name.zh for name in names) or "可贷额度为零"
        reason = Text(
            f"Decision: {outcome}. Not met: {why_en}.", f"结论：{outcome}。未满足：{why_zh}。"
        )
    return say(reason)


def _value(found: PledgeAssessment, say: Say, unit: str) -> Section:
    digits, policy = found.valued.case.decimals, found.case.policy
    rows: list[tuple[Cell, ...]] = []
    for tree in found.bases.values():
        named = {child.symbol: child.number for child in tree.children[1:]}
        granted = found.amount.number / tree.number if found.principal else None
        rows.append(
            (
                say(tree.name),
                Number(named["h"], 1, percent=True),
                Number(named["c"], 1, percent=True),
                Number(named["m"], 0),
                Number(tree.number, digits),
                None if granted is None else Number(granted, 1, percent=True),
            )
        )
    figure = say(FIGURE_NAMES[policy.figure])
    return Section(
        title=say(Text("Lending value", "贷款价值")),
        blocks=(
            Table(
                caption=say(Text(f"From the {figure}", f"以{figure}为起点")),
                columns=(
                    say(Text("value basis", "价值基础")),
                    say(Text("haircut", "折扣")),
                    say(Text("cost of sale", "处置费用")),
                    say(Text("months", "变现月数")),
                    unit,
                    say(Text("loan to value", "质押率")),
                ),
                rows=tuple(rows),
                strong=tuple(n for n, each in enumerate(found.bases) if each is policy.basis),
                note=say(
                    Text(
                        f"Marketability grade {found.case.grade}: {found.case.grade_reason.en}",
                        f"流动性等级 {found.case.grade}：{found.case.grade_reason.zh}",
                    )
                ),
            ),
        ),
    )


def _negotiation(found: PledgeAssessment, say: Say, unit: str) -> Section:
    digits = found.valued.case.decimals
    rows = tuple(
        (
            say(FIGURE_NAMES[row.figure]),
            Number(row.value, digits),
            Number(row.lending_value, digits),
            Number(row.loan, digits),
            Number(row.loss_ratio, 2, percent=True),
        )
        for row in found.negotiation
    )
    blocks: list[Block] = []
    loans = [row.loan for row in found.negotiation]
    if len(loans) > 1:
        blocks.append(
            IntervalChart(
                caption=say(
                    Text("Range of loans that the interval leaves open", "价值区间对应的贷款区间")
                ),
                axis=unit,
                low=min(loans),
                high=max(loans),
                marks=tuple(
                    Mark(
                        label=say(_SHORT_FIGURES[row.figure]),
                        value=row.loan,
                        leading=row.figure is found.case.policy.figure,
                    )
                    for row in found.negotiation
                    if row.figure in _SHORT_FIGURES
                ),
            )
        )
    blocks.append(
        Table(
            caption=say(Text("What each figure means for both sides", "各取值对双方的含义")),
            columns=(
                say(Text("figure", "取值")),
                say(Text("value", "价值")),
                say(Text("lending value", "贷款价值")),
                say(Text("loan at the band", "按质押率可贷")),
                say(Text("expected loss without recourse", "无追索预期损失率")),
            ),
            rows=rows,
            strong=tuple(
                n
                for n, row in enumerate(found.negotiation)
                if row.figure is found.case.policy.figure
            ),
            note=say(
                Text(
                    "The lender opens at the lower end; the owner can argue up to the upper one. "
                    "Each loan is judged against the figure that the policy lends against, so the "
                    "last column shows what giving way costs.",
                    "贷款方自下限起谈，权利人至多主张上限。各贷款额均按政策所取价值衡量，末列显示让步的代价。",
                )
            ),
        )
    )
    return Section(title=say(Text("Negotiation range", "协商区间")), blocks=tuple(blocks))


_SHORT_FIGURES = {
    LendingFigure.LOWER: Text("lower", "下限"),
    LendingFigure.MIDPOINT: Text("middle", "中点"),
    LendingFigure.POINT: Text("point", "点值"),
}


def _checks(found: PledgeAssessment, say: Say) -> Section:
    rows = tuple(
        (say(CHECK_NAMES[c.kind]), say(CHECK_STATUS_NAMES[c.status]), say(c.evidence))
        for c in found.checks
    )
    return Section(
        title=say(Text("Can the pledge be enforced?", "质权可执行性")),
        blocks=(
            Table(
                caption="",
                columns=(
                    say(Text("requirement", "要求")),
                    say(Text("finding", "核查结果")),
                    say(Text("evidence", "依据")),
                ),
                rows=rows,
                marked=tuple(
                    n for n, c in enumerate(found.checks) if c.status is CheckStatus.FAILED
                ),
            ),
        ),
    )


def cash_number(cash: float, exponent: int) -> Number:
    """Return an amount of minor units as it is printed, in whole units of the currency."""
    return Number(cash / 10**exponent, exponent)


def cash_text(cash: float, exponent: int) -> str:
    """Return an amount of minor units as text."""
    return f"{cash / 10**exponent:,.{exponent}f}"


def loss_rows(measures: LossMeasures, say: Say, exponent: int) -> list[tuple[Cell, ...]]:
    """Return the rows of a table of loss measures: figure, amount, error or bounds."""
    rows: list[tuple[Cell, ...]] = [
        (
            say(Text("expected loss", "预期损失")),
            cash_number(measures.expected, exponent),
            f"± {cash_text(measures.standard_error, exponent)}",
        ),
        (
            say(Text("unexpected loss (standard deviation)", "非预期损失（标准差）")),
            cash_number(measures.deviation, exponent),
            "",
        ),
    ]
    for tail in measures.tails:
        bounds = f"{cash_text(tail.var_low, exponent)} – {cash_text(tail.var_high, exponent)}"
        rows.append((f"VaR {tail.level:.1%}", cash_number(tail.var, exponent), bounds))
        error = f"± {cash_text(tail.es_error, exponent)}"
        rows.append((f"ES {tail.level:.1%}", cash_number(tail.es, exponent), error))
    return rows


def _risk(found: PledgeAssessment, say: Say) -> list[Section]:
    risk, exponent = found.risk, found.minor.exponent
    if risk is None:
        return []
    currency = found.minor.currency
    chances = Table(
        caption=say(Text("Default and recovery", "违约与回收")),
        columns=(say(Text("figure", "指标")), "", say(Text("standard error", "标准误"))),
        rows=(
            (
                say(Text("probability of default within the term", "贷款期内违约概率")),
                Number(risk.default_probability, 3, percent=True),
                Number(risk.default_error, 3, percent=True),
            ),
            (
                say(Text("loss given default", "违约损失率")),
                Number(risk.loss_given_default, 2, percent=True),
                "",
            ),
            (
                say(Text("right ruined, given default", "违约时标的已归零的概率")),
                Number(risk.ruin_given_default, 2, percent=True),
                "",
            ),
        ),
        note=say(found.case.borrower.curve_source),
    )
    columns = (
        say(Text("loss", "损失")),
        currency,
        say(Text("error, or 95% bounds", "标准误或 95% 区间")),
    )
    blocks: list[Block] = [
        chances,
        Table(
            caption=say(Text("Loss before support, discounted", "分担前损失（现值）")),
            columns=columns,
            rows=tuple(loss_rows(risk.gross, say, exponent)),
            note=say(
                Text(
                    f"{risk.scenarios:,} scenarios, seed {risk.seed}",
                    f"{risk.scenarios:,} 个情景，种子 {risk.seed}",
                )
            ),
        ),
    ]
    if found.case.stack is not None:
        blocks += [_borne(found, say), _net(found, say, columns)]
    return [Section(title=say(Text("Risk of the loan", "贷款风险")), blocks=tuple(blocks))]


def _net(found: PledgeAssessment, say: Say, columns: tuple[str, ...]) -> Table:
    risk = found.risk
    if risk is None:
        raise AssertionError(found.case.id)
    return Table(
        caption=say(
            Text("Loss of the lender after support, discounted", "分担后贷款方损失（现值）")
        ),
        columns=columns,
        rows=tuple(loss_rows(risk.net, say, found.minor.exponent)),
    )


def _borne(found: PledgeAssessment, say: Say) -> Table:
    risk, stack = found.risk, found.case.stack
    if risk is None or stack is None:
        raise AssertionError(found.case.id)
    kinds = {provider.id: PROVIDER_KIND_NAMES[provider.kind] for provider in stack.providers}
    total = sum(risk.borne.values())
    rows = tuple(
        (
            name,
            say(kinds.get(name, Text("lender", "贷款方"))),
            cash_number(amount, found.minor.exponent),
            Number(amount / total if total else 0.0, 2, percent=True),
        )
        for name, amount in risk.borne.items()
    )
    return Table(
        caption=say(Text("Who bears the expected loss", "预期损失由谁承担")),
        columns=(
            say(Text("party", "主体")),
            say(Text("kind", "类型")),
            found.minor.currency,
            say(Text("share", "占比")),
        ),
        rows=rows,
        note=say(found.case.stack_source),
    )


def _price(found: PledgeAssessment, say: Say) -> list[Section]:
    tree = found.required_rate
    if tree is None:
        return []
    rows: list[tuple[Cell, ...]] = [
        (say(child.name), Number(child.number, 3, percent=True)) for child in tree.children
    ]
    rows.append((say(tree.name), Number(tree.number, 3, percent=True)))
    asked = Number(found.case.request.rate, 3, percent=True)
    rows.append((say(Text("rate asked for", "申请利率")), asked))
    table = Table(
        caption=say(Text("Price of the risk, yearly", "年化风险定价")),
        columns=(say(Text("part", "构成")), say(Text("rate", "利率"))),
        rows=tuple(rows),
        strong=(len(tree.children),),
    )
    return [Section(title=say(Text("Pricing", "定价")), blocks=(table,))]


def _cost(found: PledgeAssessment, say: Say) -> list[Section]:
    cost, exponent = found.cost, found.minor.exponent
    if cost is None:
        return []
    rows: list[tuple[Cell, ...]] = [
        (say(Text("interest", "利息")), cash_number(cost.interest, exponent)),
        (say(Text("charges", "费用")), cash_number(cost.charges, exponent)),
        (say(Text("subsidies", "贴息")), cash_number(-cost.subsidies, exponent)),
        (
            say(Text("all-in rate before subsidies", "贴息前综合成本率")),
            None if cost.rate_before is None else Number(cost.rate_before, 3, percent=True),
        ),
        (
            say(Text("all-in rate after subsidies", "贴息后综合成本率")),
            None if cost.rate_after is None else Number(cost.rate_after, 3, percent=True),
        ),
    ]
    note = "" if found.case.subsidy is None else say(found.case.subsidy.source)
    table = Table(
        caption=say(Text("What the loan costs the borrower", "借款人综合成本")),
        columns=("", found.minor.currency),
        rows=tuple(rows),
        strong=(4,),
        note=note,
    )
    return [Section(title=say(Text("All-in cost", "综合成本")), blocks=(table,), core=False)]


def _record(found: PledgeAssessment, say: Say, unit: str) -> Section:
    case, request = found.case, found.case.request
    valued = found.valued.case
    value = f"{found.valued.conclusion.number:,.{valued.decimals}f} {unit}"
    months = say(Text(f"{request.months} months", f"{request.months} 个月"))
    principal = f"{found.minor.shown(found.principal)} {found.minor.currency}"
    terms = (principal, f"{request.rate:.2%}", months, say(REPAYMENT_NAMES[request.repayment]))
    facts: list[tuple[Text, str]] = [
        (Text("borrower", "借款人"), f"{case.borrower.name} ({case.borrower.id})"),
        (Text("pledged right", "质押权利"), say(found.valued.case.asset.title)),
        (Text("valuation", "评估"), f"{valued.id}: {value}"),
        (Text("loan", "贷款"), ", ".join(terms)),
        (Text("maturity", "到期日"), str(found.maturity)),
        (Text("policy", "信贷政策"), f"{case.policy.id} ({say(case.policy.source)})"),
        (Text("decided on", "审批日"), str(case.decided_on)),
        (Text("approver", "审批人"), f"{say(case.approver)} {case.approver_role}".strip() or "–"),
    ]
    rows: list[tuple[Cell, ...]] = [(say(name), value) for name, value in facts]
    rows += [
        (say(Text("condition", "前提条件")), f"{say(CHECK_NAMES[c.kind])}: {say(c.evidence)}")
        for c in found.conditions
    ]
    rows += [
        (
            say(Text("exception", "例外")),
            f"{item.rule}: {say(item.reason)} ({say(item.approver)})",
        )
        for item in case.exceptions
    ]
    blocks: list[Block] = [Table(caption="", columns=("", ""), rows=tuple(rows))]
    blocks += [Paragraph(text=say(note)) for note in case.notes]
    return Section(title=say(Text("Decision record", "审批记录")), blocks=tuple(blocks))


def _trees(found: PledgeAssessment, say: Say, unit: str) -> Section:
    trees = [
        Tree(
            caption=f"{say(found.amount.name)} ({unit})",
            lines=tuple(tree_lines(found.amount, say)),
        )
    ]
    if found.required_rate is not None:
        trees.append(
            Tree(
                caption=say(found.required_rate.name),
                lines=tuple(tree_lines(found.required_rate, say)),
            )
        )
    title = say(Text("How the figures were computed", "数字如何计算"))
    return Section(title=title, blocks=tuple(trees), core=False)


def pledge_view(found: PledgeAssessment, language: Language) -> dict[str, Any]:
    """Return the decision as plain data."""
    case, valued = found.case, found.valued
    return {
        "case": case.id,
        "title": case.title.in_(language),
        "status": case.status,
        "unit": str(valued.case.unit),
        "currency": found.minor.currency,
        "exponent": found.minor.exponent,
        "outcome": str(found.outcome),
        "amount": found.amount.number if found.principal else 0.0,
        "requested": case.request.amount,
        "principal": found.principal,
        "binding": found.binding,
        "caps": {cap.id: {"amount": cap.tree.number, "waived": cap.waived} for cap in found.caps},
        "value": valued.conclusion.number,
        "interval": plain_value(valued.conclusion.range, language),
        "risk_adjustment_coefficient": valued.coefficient,
        "lending_values": {str(basis): tree.number for basis, tree in found.bases.items()},
        "negotiation": plain_value(found.negotiation, language),
        "checks": plain_value(found.checks, language),
        "risk": plain_value(found.risk, language),
        "required_rate": None if found.required_rate is None else found.required_rate.number,
        "cost": plain_value(found.cost, language),
        "schedule": []
        if found.loan is None
        else [
            {"period": p.number, "interest": p.interest, "principal": p.principal}
            for p in found.loan.schedule()
        ],
        "maturity": str(found.maturity),
        "record": {
            "decided_on": str(case.decided_on),
            "approver": case.approver.in_(language),
            "role": case.approver_role,
            "policy": case.policy.id,
            "policy_is_example": case.policy.is_example,
            "exceptions": plain_value(case.exceptions, language),
            "conditions": [str(check.kind) for check in found.conditions],
        },
        "findings": findings_view(found.findings, language),
        "explanation": explanation_view(found.amount, language),
        "rate_explanation": None
        if found.required_rate is None
        else explanation_view(found.required_rate, language),
    }
