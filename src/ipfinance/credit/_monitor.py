"""What is watched after the money is out: value, coefficient, law, covenants, margin."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from ipfinance.basics import (
    Cash,
    Finding,
    InputError,
    MinorUnit,
    MoneyUnit,
    Problem,
    Text,
    months_after,
)
from ipfinance.credit._valuers import Appraisal, ValuerRecord, backtest, backtest_findings

_Raise: TypeAlias = "Callable[[Level, str, str], None]"


class EventKind(StrEnum):
    """What happens to a right or its owner."""

    LAPSE = "lapse"
    FEE_MISSED = "fee_missed"
    INVALIDATION_REQUEST = "invalidation_request"
    PARTLY_INVALID = "partly_invalid"
    INVALID = "invalid"
    TRANSFER = "transfer"
    LITIGATION = "litigation"
    SEIZURE = "seizure"
    LICENCE_ENDED = "licence_ended"
    INSOLVENCY = "insolvency"


EVENT_NAMES = {
    EventKind.LAPSE: Text("the right lapsed", "权利终止"),
    EventKind.FEE_MISSED: Text("a fee was missed", "年费逾期"),
    EventKind.INVALIDATION_REQUEST: Text("invalidation requested", "提出无效宣告请求"),
    EventKind.PARTLY_INVALID: Text("partly invalidated", "部分无效"),
    EventKind.INVALID: Text("invalidated", "宣告无效"),
    EventKind.TRANSFER: Text("ownership transferred", "权属转移"),
    EventKind.LITIGATION: Text("litigation begun", "涉诉"),
    EventKind.SEIZURE: Text("seized by a court", "被查封"),
    EventKind.LICENCE_ENDED: Text("a licence ended", "许可终止"),
    EventKind.INSOLVENCY: Text("owner insolvent", "权利人破产"),
}


class Level(StrEnum):
    """How urgent an alert is."""

    ACT = "act"  # accelerate, call or enforce
    WATCH = "watch"  # put on the watch list
    PLAN = "plan"  # a date that comes up


LEVEL_NAMES = {
    Level.ACT: Text("act now", "立即处置"),
    Level.WATCH: Text("watch list", "列入观察"),
    Level.PLAN: Text("plan", "安排"),
}


class Comparator(StrEnum):
    """How a covenant compares a figure with its threshold."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedLoan:
    """A loan under watch.

    Attributes
    ----------
    balance
        [minor unit]
    value, coefficient
        At origination; the coefficient is None where the valuation had none. [minor unit], [1]
    """

    id: str
    borrower: str
    balance: Cash
    valued_on: date
    value: Cash
    coefficient: float | None = None
    valuer: str = ""
    matures_on: date | None = None
    expires_on: date | None = None
    fee_due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revaluation:
    """A later valuation of what is pledged."""

    loan: str
    dated_on: date
    value: Cash
    coefficient: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalEvent:
    """Something that happened to a right or its owner."""

    loan: str
    dated_on: date
    kind: EventKind
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A figure that a covenant looks at."""

    loan: str
    dated_on: date
    metric: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Covenant:
    """A promise about a figure.

    Attributes
    ----------
    consecutive
        Test dates in a row that must fail before the covenant counts as broken.
    """

    metric: str
    comparator: Comparator
    threshold: float
    consecutive: int = 1
    name: Text = Text("", "")  # noqa: RUF009

    def holds(self, value: float) -> bool:
        """Whether a figure meets the covenant."""
        if self.comparator is Comparator.AT_LEAST:
            return value >= self.threshold
        return value <= self.threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRules:
    """The lender's rules of watching.

    Attributes
    ----------
    revaluation_months
        Between valuations. [month]
    notice_days
        How long before a date it is announced. [day]
    call_ltv, restore_ltv
        Loan to value from which margin is called; to which it must come back. [1]
    value_fall, coefficient_fall
        Since origination, from which a loan goes on the watch list; part of the value, and
        absolute. [1]
    events
        How urgent each kind of event is; a kind left out is on the watch list.
    event_months
        How long an event stays in sight. [month]
    """

    revaluation_months: int
    call_ltv: float
    restore_ltv: float
    value_fall: float
    coefficient_fall: float
    notice_days: int = 30
    events: Mapping[EventKind, Level] = field(default_factory=dict)
    event_months: int = 12
    source: Text = Text("", "")  # noqa: RUF009


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchCase:
    """What is watched, and by which rules."""

    id: str
    title: Text
    status: str
    unit: MoneyUnit
    dated_on: date
    rules: WatchRules
    loans: tuple[WatchedLoan, ...]
    revaluations: tuple[Revaluation, ...] = ()
    events: tuple[LegalEvent, ...] = ()
    observations: tuple[Observation, ...] = ()
    covenants: tuple[Covenant, ...] = ()
    appraisals: tuple[Appraisal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something that somebody must do."""

    level: Level
    loan: str
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanWatch:
    """Where one loan stands.

    Attributes
    ----------
    value, ltv
        Latest value, and balance over it; the ratio is None for no value. [minor unit], [1]
    drift, drift_a_year
        Change of the value since origination, and the same compounded to a year. [1], [1/year]
    coefficient, coefficient_drift
        Latest coefficient and its change since origination; None where unknown. [1]
    next_valuation
        When the next valuation falls due.
    call
        Cash that brings the loan to value back to `restore_ltv`; 0 for no call. [minor unit]
    more_value
        Value of further collateral that would do the same. [minor unit]
    """

    loan: WatchedLoan
    valued_on: date
    value: Cash
    ltv: float | None
    drift: float
    drift_a_year: float | None
    coefficient: float | None
    coefficient_drift: float | None
    next_valuation: date
    call: Cash
    more_value: Cash


@dataclass(frozen=True, slots=True, kw_only=True)
class CovenantTest:
    """The last test of a covenant on one loan."""

    loan: str
    covenant: Covenant
    dated_on: date
    value: float
    holds: bool
    breaches: int
    broken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchResult:
    """Where every loan stands and what must be done, the most urgent first."""

    case: WatchCase
    minor: MinorUnit
    loans: tuple[LoanWatch, ...]
    alerts: tuple[Alert, ...]
    tests: tuple[CovenantTest, ...]
    valuers: tuple[ValuerRecord, ...]
    findings: tuple[Finding, ...]

    @property
    def called(self) -> Cash:
        """Margin called in all, in minor units."""
        return sum(each.call for each in self.loans)


def watch(case: WatchCase) -> WatchResult:
    """Say where every loan stands on a date, and what must be done."""
    _check(case)
    loans = tuple(_loan_watch(case, loan) for loan in sorted(case.loans, key=lambda x: x.id))
    tests = _tests(case)
    alerts = [
        *(alert for each in loans for alert in _loan_alerts(case, each)),
        *_event_alerts(case),
        *_test_alerts(tests),
    ]
    order = list(Level)
    valuers = backtest(case.appraisals)
    return WatchResult(
        case=case,
        minor=MinorUnit.of(case.unit.currency),
        loans=loans,
        alerts=tuple(sorted(alerts, key=lambda a: (order.index(a.level), a.loan))),
        tests=tests,
        valuers=valuers,
        findings=tuple(backtest_findings(valuers)),
    )


def _check(case: WatchCase) -> None:
    known = {loan.id for loan in case.loans}
    problems = []
    groups: tuple[tuple[str, Sequence[Revaluation | LegalEvent | Observation]], ...] = (
        ("valuations", case.revaluations),
        ("events", case.events),
        ("observations", case.observations),
    )
    for name, items in groups:
        problems += [
            Problem(field=name, found=each.loan, allowed=_NO_LOAN)
            for each in items
            if each.loan not in known
        ]
    if not 0 < case.rules.restore_ltv <= case.rules.call_ltv:
        field_ = "rules.restore_ltv"
        problems.append(Problem(field=field_, found=case.rules.restore_ltv, allowed=_RESTORE))
    if problems:
        raise InputError(problems)


_NO_LOAN = Text("there is no such loan", "没有该贷款")
_RESTORE = Text("expected a ratio above 0 and at most call_ltv", "应大于 0 且不大于 call_ltv")


def _loan_watch(case: WatchCase, loan: WatchedLoan) -> LoanWatch:
    seen = [
        each
        for each in case.revaluations
        if each.loan == loan.id and loan.valued_on < each.dated_on <= case.dated_on
    ]
    latest = max(seen, key=lambda each: each.dated_on) if seen else None
    value = loan.value if latest is None else latest.value
    on = loan.valued_on if latest is None else latest.dated_on
    with_coefficient = [each for each in seen if each.coefficient is not None]
    last = max(with_coefficient, key=lambda each: each.dated_on) if with_coefficient else None
    coefficient = loan.coefficient if last is None else last.coefficient
    moved = None
    if coefficient is not None and loan.coefficient is not None:
        moved = coefficient - loan.coefficient
    years = (on - loan.valued_on).days / 365.25
    drift = value / loan.value - 1
    ltv = loan.balance / value if value > 0 else None
    restore = Fraction(repr(case.rules.restore_ltv))
    calls = ltv is None or ltv >= case.rules.call_ltv
    return LoanWatch(
        loan=loan,
        valued_on=on,
        value=value,
        ltv=ltv,
        drift=drift,
        drift_a_year=(1 + drift) ** (1 / years) - 1 if years > 0 and drift > -1 else None,
        coefficient=coefficient,
        coefficient_drift=moved,
        next_valuation=months_after(on, case.rules.revaluation_months),
        call=max(loan.balance - _floor(restore * value), 0) if calls else 0,
        more_value=max(_ceil(loan.balance / restore) - value, 0) if calls else 0,
    )


def _floor(amount: Fraction) -> Cash:
    return amount.numerator // amount.denominator


def _ceil(amount: Fraction) -> Cash:
    return -(-amount.numerator // amount.denominator)


def _loan_alerts(case: WatchCase, each: LoanWatch) -> list[Alert]:
    rules, loan, found = case.rules, each.loan, []

    def alert(level: Level, en: str, zh: str) -> None:
        found.append(Alert(level=level, loan=loan.id, text=Text(en, zh)))

    if each.call > 0:
        ratio = "∞" if each.ltv is None else f"{each.ltv:.1%}"
        cash = MinorUnit.of(case.unit.currency).shown(each.call)
        alert(
            Level.ACT,
            f"loan to value {ratio} has reached {rules.call_ltv:.0%}: call {cash} "
            f"{case.unit.currency}",
            f"质押率 {ratio} 已达 {rules.call_ltv:.0%}：追加保证 {cash} {case.unit.currency}",
        )
    if -each.drift >= rules.value_fall:
        alert(
            Level.WATCH,
            f"value {each.drift:+.1%} since origination",
            f"价值自发放以来变动 {each.drift:+.1%}",
        )
    moved = each.coefficient_drift
    if moved is not None and -moved >= rules.coefficient_fall:
        alert(
            Level.WATCH,
            f"coefficient {moved:+.4f} since origination",
            f"风险调整系数自发放以来变动 {moved:+.4f}",
        )
    _date_alerts(case, each, alert)
    return found


def _date_alerts(case: WatchCase, each: LoanWatch, alert: _Raise) -> None:
    loan, today = each.loan, case.dated_on
    days = (each.next_valuation - today).days
    if days < 0:
        alert(
            Level.WATCH,
            f"valuation overdue since {each.next_valuation}",
            f"重估已于 {each.next_valuation} 到期",
        )
    elif days <= case.rules.notice_days:
        alert(
            Level.PLAN,
            f"valuation due on {each.next_valuation}",
            f"应于 {each.next_valuation} 重估",
        )
    if loan.fee_due_on is not None:
        left = (loan.fee_due_on - today).days
        if left < 0:
            alert(
                Level.ACT, f"fee unpaid since {loan.fee_due_on}", f"年费自 {loan.fee_due_on} 起未缴"
            )
        elif left <= case.rules.notice_days:
            alert(Level.PLAN, f"fee due on {loan.fee_due_on}", f"年费应于 {loan.fee_due_on} 前缴纳")
    ends = loan.matures_on
    if loan.expires_on is not None and ends is not None and loan.expires_on < ends:
        alert(
            Level.ACT,
            f"protection ends on {loan.expires_on}, before the loan on {ends}",
            f"保护期于 {loan.expires_on} 届满，早于贷款到期日 {ends}",
        )


def _event_alerts(case: WatchCase) -> list[Alert]:
    found = []
    since = months_after(case.dated_on, -case.rules.event_months)
    for event in case.events:
        if not since <= event.dated_on <= case.dated_on:
            continue
        name = EVENT_NAMES[event.kind]
        note = f" ({event.note})" if event.note else ""
        found.append(
            Alert(
                level=case.rules.events.get(event.kind, Level.WATCH),
                loan=event.loan,
                text=Text(
                    f"{event.dated_on}: {name.en}{note}", f"{event.dated_on}：{name.zh}{note}"
                ),
            )
        )
    return found


def _tests(case: WatchCase) -> tuple[CovenantTest, ...]:
    found = []
    for loan in sorted(loan.id for loan in case.loans):
        for covenant in case.covenants:
            seen = sorted(
                (
                    each
                    for each in case.observations
                    if (each.loan, each.metric) == (loan, covenant.metric)
                    and each.dated_on <= case.dated_on
                ),
                key=lambda each: each.dated_on,
            )
            if not seen:
                continue
            breaches = 0
            for each in reversed(seen):
                if covenant.holds(each.value):
                    break
                breaches += 1
            found.append(
                CovenantTest(
                    loan=loan,
                    covenant=covenant,
                    dated_on=seen[-1].dated_on,
                    value=seen[-1].value,
                    holds=breaches == 0,
                    breaches=breaches,
                    broken=breaches >= covenant.consecutive,
                )
            )
    return tuple(found)


def _test_alerts(tests: Sequence[CovenantTest]) -> list[Alert]:
    found = []
    for test in tests:
        if test.holds:
            continue
        covenant = test.covenant
        en = covenant.name.en or covenant.metric
        zh = covenant.name.zh or covenant.metric
        count, needed = test.breaches, covenant.consecutive
        found.append(
            Alert(
                level=Level.ACT if test.broken else Level.WATCH,
                loan=test.loan,
                text=Text(
                    f"covenant {en}: {test.value:g} on {test.dated_on}, {count} of {needed} "
                    "breaches in a row",
                    f"约定指标 {zh}：{test.dated_on} 为 {test.value:g}，"
                    f"连续违反 {count}/{needed} 次",
                ),
            )
        )
    return found
