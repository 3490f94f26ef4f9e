"""Panels, weights from data and registers of risk as tables."""

from __future__ import annotations

from ipfinance.basics import Interval, Language, Severity, Text
from ipfinance.judgement import (
    OBJECTIVE_METHOD_NAMES,
    RISK_KIND_NAMES,
    PanelReliability,
    RiskRegister,
    RiskShare,
    TableWeights,
)
from ipfinance.reports._document import (
    Bar,
    BarChart,
    Block,
    Cell,
    Document,
    Number,
    Paragraph,
    Section,
    Table,
)
from ipfinance.reports._evaluation_report import Say, leading_figures
from ipfinance.reports._judgement_report import findings_blocks


def panel_reliability_report(found: PanelReliability, label: str, language: Language) -> Document:
    """Return the report on a panel's reliability."""

    def say(text: Text) -> str:
        return text.in_(language)

    experts, order = found.experts, found.concordance
    blocks: list[Block] = [
        leading_figures(
            [
                (
                    say(Text("Cronbach's alpha, experts as items", "Cronbach α（专家为项目）")),
                    Number(experts.alpha),
                ),
                (
                    say(Text("95 % interval of alpha", "α 的 95% 区间")),
                    f"{experts.low:.3f} – {experts.high:.3f}",
                ),
                (
                    say(Text("Cronbach's alpha, indicators as items", "Cronbach α（指标为项目）")),
                    Number(found.indicators.alpha),
                ),
                (
                    say(Text("Kendall's W, corrected for ties", "Kendall W（结校正）")),
                    Number(order.w),
                ),
                (
                    say(Text("as much agreement by chance", "随机情形下的概率")),
                    Number(order.p_permutation, 2, percent=True),
                ),
                (
                    say(Text("experts × indicators", "专家数 × 指标数")),
                    f"{len(found.table.raters)} × {len(found.table.items)}",
                ),
            ]
        ),
        _experts(found, say),
        _intraclass(found, say),
    ]
    if found.dimensions is not None:
        blocks.append(_dimensions(found, say))
    blocks += findings_blocks(found.findings, language)
    return _document(label, Text("reliability of a panel", "专家组信度"), blocks, language)


def _experts(found: PanelReliability, say: Say) -> Table:
    return Table(
        caption=say(Text("Each expert against the others", "各专家与其余专家")),
        columns=(
            say(Text("expert", "专家")),
            say(Text("correlation with the rest", "与其余专家的相关")),
            say(Text("alpha without", "不含该专家的 α")),
        ),
        rows=tuple(
            (rater, Number(rest, 3), Number(without))
            for rater, rest, without in zip(
                found.table.raters,
                found.experts.item_rest,
                found.experts.alpha_without,
                strict=True,
            )
        ),
    )


def _intraclass(found: PanelReliability, say: Say) -> Table:
    each, order = found.intraclass, found.concordance
    law = (
        Text("every permutation counted", "穷举全部排列")
        if order.is_exact
        else Text(
            f"20,000 draws, standard error {order.standard_error:.2%}",
            f"2 万次抽样，标准误 {order.standard_error:.2%}",
        )
    )
    return Table(
        caption=say(Text("Intraclass correlations", "组内相关系数")),
        columns=(
            "",
            say(Text("single expert", "单个专家")),
            say(Text("mean of the panel", "专家组均值")),
        ),
        rows=(
            ("ICC(1)", Number(each.one_way), Number(each.one_way_mean)),
            (
                say(Text("ICC(2), absolute agreement", "ICC(2)，绝对一致")),
                Number(each.agreement),
                Number(each.agreement_mean),
            ),
            (
                say(Text("ICC(3), consistency", "ICC(3)，相对一致")),
                Number(each.consistency),
                Number(each.consistency_mean),
            ),
        ),
        note=say(
            Text(
                f"W without correction {order.w_uncorrected:.4f}; χ² = {order.chi_square:.3f} on "
                f"{order.degrees} degrees, p = {order.p_chi_square:.4f}; permutation test: "
                f"{law.en}.",
                f"未校正 W 为 {order.w_uncorrected:.4f}；χ² = {order.chi_square:.3f}，自由度 "
                f"{order.degrees}，p = {order.p_chi_square:.4f}；置换检验：{law.zh}。",
            )
        ),
    )


def _dimensions(found: PanelReliability, say: Say) -> Table:
    each = found.dimensions
    if each is None:
        raise AssertionError(found.table)
    tested = Text("not computable with so few experts", "专家过少，无法计算")
    if each.adequacy is not None and each.bartlett is not None and each.p_value is not None:
        tested = Text(
            f"KMO {each.adequacy:.3f}, Bartlett χ² = {each.bartlett:.2f} on {each.degrees} "
            f"degrees, p = {each.p_value:.4f}",
            f"KMO {each.adequacy:.3f}，Bartlett χ² = {each.bartlett:.2f}，自由度 {each.degrees}，"
            f"p = {each.p_value:.4f}",
        )
    return Table(
        caption=say(
            Text(
                "How many things the indicators measure: parallel analysis",
                "指标测量几个方面：平行分析",
            )
        ),
        columns=(
            say(Text("dimension", "维度")),
            say(Text("eigenvalue", "特征值")),
            say(Text("noise, 95 % point", "噪声 95% 分位")),
        ),
        rows=tuple(
            (str(place + 1), Number(value, 3), Number(noise, 3))
            for place, (value, noise) in enumerate(
                zip(each.eigenvalues, each.reference, strict=True)
            )
        ),
        note=say(
            Text(
                f"{each.n_dimensions} above noise. {tested.en}.",
                f"高于噪声者 {each.n_dimensions} 个。{tested.zh}。",
            )
        ),
    )


def table_weights_report(found: TableWeights, label: str, language: Language) -> Document:
    """Return the report on the weights that a table implies."""

    def say(text: Text) -> str:
        return text.in_(language)

    methods = {m: w for m, w in found.objective.items() if w is not None}
    silent = [
        f"{say(OBJECTIVE_METHOD_NAMES[method])}: {say(why)}"
        for method, why in found.why_not.items()
    ]
    columns = {say(OBJECTIVE_METHOD_NAMES[m]): weights for m, weights in methods.items()}
    if found.judged is not None:
        columns = {say(Text("judged", "主观权重")): found.judged, **columns}
    blocks: list[Block] = []
    if columns:
        blocks.append(_weights(found, Text("Weights", "权重"), columns, say))
    blocks += [Paragraph(text=text, severity=Severity.WARNING) for text in silent]
    joined = [
        (found.product, Text("Judged × from data", "主观 × 客观（乘积组合）")),
        (
            found.linear,
            Text(
                f"{found.share:.0%} judged, the rest from data",
                f"{found.share:.0%} 主观，其余客观（线性组合）",
            ),
        ),
    ]
    for union, caption in joined:
        columns = {say(OBJECTIVE_METHOD_NAMES[m]): w for m, w in union.items() if w is not None}
        if columns:
            blocks.append(_weights(found, caption, columns, say))
    return _document(label, Text("weights from data", "客观权重"), blocks, language)


def _weights(
    found: TableWeights, caption: Text, columns: dict[str, dict[str, float]], say: Say
) -> Table:
    return Table(
        caption=say(caption),
        columns=(say(Text("item", "项目")), *columns),
        rows=tuple(
            (item, *(Number(weights[item]) for weights in columns.values()))
            for item in found.table.items
        ),
    )


def risk_register_report(found: RiskRegister, label: str, language: Language) -> Document:
    """Return the report on a register of risks."""

    def say(text: Text) -> str:
        return text.in_(language)

    horizon = f"{found.horizon:g}"
    figures: list[tuple[str, Cell]] = [
        (
            say(Text("loss rate = premium, continuous", "损失率 = 溢价（连续复利）")),
            _percent(found.premium),
        )
    ]
    if found.yearly_premium is not None:
        figures.append(
            (
                say(
                    Text(
                        f"premium on a yearly rate of {found.yearly_rate:.2%}",
                        f"年利率 {found.yearly_rate:.2%} 上的溢价",
                    )
                ),
                _percent(found.yearly_premium),
            )
        )
    figures += [
        (say(Text("hazard of any event a year", "任一事件的年风险密度")), _percent(found.hazard)),
        (
            say(Text("hazard of losing everything a year", "全损的年风险密度")),
            _percent(found.ruin_hazard),
        ),
        (
            say(Text(f"nothing happens in {horizon} years", f"{horizon} 年内无事件")),
            _percent(found.quiet),
        ),
        (
            say(Text(f"expected share left after {horizon} years", f"{horizon} 年后预期剩余比例")),
            _percent(found.remaining),
        ),
    ]
    blocks: list[Block] = [
        leading_figures(figures),
        *_loss_chart(found, say),
        _shares(
            {event.id: found.by_event[event.id] for event in found.events},
            Text("By event", "按事件"),
            horizon,
            say,
        ),
        _shares(
            {say(RISK_KIND_NAMES[kind]): share for kind, share in found.by_kind.items()},
            Text("By kind", "按类别"),
            horizon,
            say,
        ),
        *findings_blocks(found.findings, language),
    ]
    return _document(label, Text("register of risks", "风险清单"), blocks, language)


def _loss_chart(found: RiskRegister, say: Say) -> list[Block]:
    if found.premium.high <= 0:
        return []
    return [
        BarChart(
            caption=say(Text("Loss rate by event, middle", "各事件损失率（中值）")),
            axis=say(Text("share a year", "每年比例")),
            bars=tuple(
                Bar(
                    label=f"{event.id} {say(event.name)}"
                    if say(event.name) != event.id
                    else event.id,
                    value=found.by_event[event.id].loss_rate.midpoint,
                    group=say(RISK_KIND_NAMES[event.kind]),
                )
                for event in found.events
            ),
        ),
    ]


def _shares(shares: dict[str, RiskShare], caption: Text, horizon: str, say: Say) -> Table:
    return Table(
        caption=say(caption),
        columns=(
            "",
            say(Text("hazard a year", "年风险密度")),
            say(Text(f"at least once in {horizon} y", f"{horizon} 年内至少一次")),
            say(Text("comes first", "最先发生")),
            say(Text("loss rate a year", "年损失率")),
        ),
        rows=tuple(
            (
                name,
                _percent(share.hazard),
                _percent(share.by_horizon),
                _percent(share.first),
                _percent(share.loss_rate),
            )
            for name, share in shares.items()
        ),
    )


def _percent(value: Interval) -> str:
    ends = [f"{end:.2%}".replace("-", "−") for end in value]
    return ends[0] if ends[0] == ends[1] else " – ".join(ends)


def _document(label: str, subtitle: Text, blocks: list[Block], language: Language) -> Document:
    return Document(
        language=language,
        title=label,
        subtitle=subtitle.in_(language),
        badge="",
        sections=(Section(title="", blocks=tuple(blocks)),),
        footer="",
    )
