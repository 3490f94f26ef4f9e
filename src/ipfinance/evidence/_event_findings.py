"""What a reader of an event study signs off, and why an event was left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ipfinance.basics import Finding, FindingKind, Severity, Text
from ipfinance.evidence._event_results import EventStudy
from ipfinance.evidence._events import EventMode

UNKNOWN_SECURITY = Text("the returns have no such security", "收益率表中没有该证券")
OUTSIDE_CALENDAR = Text(
    "the trading calendar has no day 0 for it", "交易日历中没有与之对应的第 0 日"
)
OVERLAPS = Text(
    "its window shares days with another event of the security",
    "事件窗口与该证券的另一事件重叠",
)
NO_RETURN = Text("no return in the event window", "事件窗口内没有收益率")
FLAT_FACTORS = Text(
    "the benchmark does not vary in the estimation window", "基准在估计窗口内没有变化"
)
NO_RESIDUAL = Text(
    "the benchmark leaves no residual in the estimation window: no error can be told",
    "估计窗口内残差为零，无法给出误差",
)
FEW_ESTIMATION_DAYS = Text(
    "{n} usable days in the estimation window, {fewest} are needed",
    "估计窗口可用 {n} 天，至少需 {fewest} 天",
)

EFFICIENT = FindingKind(
    code="event_assumes_efficiency",
    severity=Severity.NOTE,
    text=Text(
        "An event study takes prices to be rational forecasts that absorb news within the window. "
        "Days before the event show leaks, days after it show drift: see their tests.",
        "事件研究假定价格为理性预测，并在窗口内吸收消息。事件前各日反映信息泄露，事件后各日反映漂移，"
        "见相应检验。",
    ),
)
CLUSTERED = FindingKind(
    code="event_dates_cluster",
    severity=Severity.WARNING,
    text=Text(
        "{n} events fall on {dates} days (mean correlation of residuals {rho:.4f}). Tests that "
        "take events for independent reject too often; read kp_bmp, bw85 and grank_t first.",
        "{n} 个事件集中于 {dates} 个日期（残差平均相关系数 {rho:.4f}）。"
        "假定事件独立的检验会过度拒绝，请优先参考 kp_bmp、bw85 与 grank_t。",
    ),
)
EXCLUDED = FindingKind(
    code="events_excluded",
    severity=Severity.WARNING,
    text=Text(
        "{n} of {total} events were not studied; each is listed with its reason.",
        "{total} 个事件中有 {n} 个未纳入研究，逐一列明原因。",
    ),
)
MERGED = FindingKind(
    code="events_merged",
    severity=Severity.NOTE,
    text=Text(
        "{n} rows repeat a security and day 0 and were joined; their patents were added.",
        "{n} 行与同一证券、同一第 0 日重复，已合并，专利数相加。",
    ),
)
OVERLAPPING = FindingKind(
    code="events_overlap",
    severity=Severity.WARNING,
    text=Text(
        "{n} events share days of their window with another event of the same security "
        "(rule: {rule}).",
        "{n} 个事件的窗口与同一证券的其他事件重叠（处理规则：{rule}）。",
    ),
)
NEWS = FindingKind(
    code="events_confounded",
    severity=Severity.WARNING,
    text=Text(
        "{n} events have other news of the security in their window; it is listed beside them.",
        "{n} 个事件的窗口内另有该证券的其他消息，已逐一列示。",
    ),
)
ROLLED = FindingKind(
    code="events_rolled",
    severity=Severity.NOTE,
    text=Text(
        "{n} events fell on a day without trading; day 0 is the next trading day.",
        "{n} 个事件发生于非交易日，第 0 日取其后首个交易日。",
    ),
)
SUSPENDED = FindingKind(
    code="events_suspended",
    severity=Severity.WARNING,
    text=Text(
        "{n} events miss returns in their window (suspension or no trade). Missing days add "
        "nothing; they are not filled.",
        "{n} 个事件窗口内缺少收益率（停牌或无成交）。缺失日不计入，也不填补。",
    ),
)
LIMIT_HIT = FindingKind(
    code="events_limit_hit",
    severity=Severity.WARNING,
    text=Text(
        "{n} events have a day at the price limit in their window: the return is cut off there.",
        "{n} 个事件窗口内有触及涨跌幅限制的交易日，收益率被截断。",
    ),
)
FEW_DAYS = FindingKind(
    code="events_few_estimation_days",
    severity=Severity.WARNING,
    text=Text(
        "{n} events were estimated on fewer than 50 days.",
        "{n} 个事件的估计窗口不足 50 天。",
    ),
)
FEW_EVENTS = FindingKind(
    code="events_few",
    severity=Severity.WARNING,
    text=Text(
        "Only {n} events: tests that lean on many events are rough.",
        "仅 {n} 个事件，依赖大样本的检验较粗略。",
    ),
)
SCALE = FindingKind(
    code="events_unit_doubtful",
    severity=Severity.WARNING,
    text=Text(
        "The typical daily move is {move:.4%}: check the unit, decimal or percent.",
        "日收益率典型幅度为 {move:.4%}，请核对单位（小数或百分数）。",
    ),
)
CALENDAR = FindingKind(
    code="events_calendar",
    severity=Severity.NOTE,
    text=Text(
        "{n} days of the returns are not in the calendar of the benchmark and were left out.",
        "收益率中有 {n} 天不在基准的交易日历内，已略去。",
    ),
)
AFTER_GAPS = FindingKind(
    code="events_after_gaps",
    severity=Severity.NOTE,
    text=Text(
        "{n} prices follow days without a price; see --after-gap for what becomes of their return.",
        "{n} 个价格之前有缺价日，其收益率处理方式见 --after-gap。",
    ),
)
ESTUDY2 = FindingKind(
    code="events_replication_conventions",
    severity=Severity.WARNING,
    text=Text(
        "Conventions of the package estudy2, for comparison only: divisor M − 1, index moments "
        "over the whole window, thin days scaled.",
        "采用 estudy2 软件包的约定，仅供对照：除数 M − 1、指数矩取全窗口、稀疏日放大。",
    ),
)
NO_CAP = FindingKind(
    code="events_without_capitalisation",
    severity=Severity.NOTE,
    text=Text(
        "{n} events have no market capitalisation before day 0 and no value in money.",
        "{n} 个事件在第 0 日前没有市值，未折算金额。",
    ),
)
NEGATIVE = FindingKind(
    code="events_negative_money",
    severity=Severity.NOTE,
    text=Text(
        "{n} of {total} events have a negative value in money; it is shown as it is.",
        "{total} 个事件中有 {n} 个金额为负，如实列示。",
    ),
)
FEWEST_EVENTS = 10
LARGE_MOVE, SMALL_MOVE = 0.2, 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What was met while events were placed."""

    merged: int = 0
    rolled: int = 0
    overlapping: int = 0
    lost_days: int = 0
    after_gaps: int = 0
    typical: float = 0.01


def event_findings(study: EventStudy, tally: Tally) -> tuple[Finding, ...]:
    """Return what a reader signs off."""
    counted = {
        MERGED: tally.merged,
        ROLLED: tally.rolled,
        CALENDAR: tally.lost_days,
        AFTER_GAPS: tally.after_gaps,
        SUSPENDED: _flagged(study, "SUSPENDED"),
        LIMIT_HIT: _flagged(study, "LIMIT_HIT"),
        FEW_DAYS: _flagged(study, "FEW_DAYS"),
        NEWS: sum(bool(event.news) for event in study.events),
    }
    return (
        *_of_sample(study, tally),
        *(kind.finding(n=n) for kind, n in counted.items() if n),
        *_of_money(study),
        EFFICIENT.finding(),
    )


def _flagged(study: EventStudy, flag: str) -> int:
    return sum(flag in event.flags for event in study.events)


def _of_sample(study: EventStudy, tally: Tally) -> Iterator[Finding]:
    if study.terms.mode is EventMode.ESTUDY2:
        yield ESTUDY2.finding()
    if not SMALL_MOVE <= tally.typical <= LARGE_MOVE:
        yield SCALE.finding(move=tally.typical)
    if study.n_dates < study.n:
        yield CLUSTERED.finding(n=study.n, dates=study.n_dates, rho=study.correlation)
    if study.n < FEWEST_EVENTS:
        yield FEW_EVENTS.finding(n=study.n)
    if study.excluded:
        yield EXCLUDED.finding(n=len(study.excluded), total=study.n + len(study.excluded))
    if tally.overlapping:
        yield OVERLAPPING.finding(n=tally.overlapping, rule=str(study.terms.overlap))


def _of_money(study: EventStudy) -> Iterator[Finding]:
    if study.money is None:
        return
    if study.money.n < study.n:
        yield NO_CAP.finding(n=study.n - study.money.n)
    if study.money.n_negative:
        yield NEGATIVE.finding(n=study.money.n_negative, total=study.money.n)
