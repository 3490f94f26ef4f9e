"""What a deal must fulfil before it may run; each fault names its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from ipfinance.basics import Text
from ipfinance.securitization import _names as n
from ipfinance.securitization._deal import (
    ASSET_LEVEL,
    Action,
    Amount,
    AmountSpec,
    Deal,
    Row,
    Scenario,
    State,
    SupportKind,
)
from ipfinance.securitization._names import Problems
from ipfinance.securitization._periods import Period
from ipfinance.securitization._receivables import (
    FixedSchedule,
    Lease,
    LicenceBack,
    PledgeLoan,
    Receivable,
    Royalty,
    TradeReceivable,
)

RESERVED = {"pool", "total", "book", "vehicle", ""}
PAID_LATER = ("paid", "interest_paid", "principal_paid", "residual", "closing")


def waterfalls_of(deal: Deal) -> dict[State, tuple[Row, ...]]:
    """Return the waterfall of each state; the final one repeats the amortizing one by default."""
    found = dict(deal.waterfalls)
    if State.FINAL not in found and State.AMORTIZING in found:
        found[State.FINAL] = found[State.AMORTIZING]
    return found


def reachable_states(deal: Deal) -> tuple[State, ...]:
    """Return the states that the calendar and the triggers can reach."""
    found = {State.AMORTIZING}
    if deal.pool.revolving is not None:
        found.add(State.REVOLVING)
    found |= {trigger.state for trigger in deal.triggers.values() if trigger.state is not None}
    return tuple(state for state in State if state in found)


def walk(rows: Iterable[Row], path: str) -> Iterator[tuple[str, Row]]:
    """Yield every row of a waterfall with its place."""
    for place, row in enumerate(rows):
        where = f"{path}[{place}]"
        yield where, row
        yield from walk(row.rows, f"{where}.rows")


def check_deal(deal: Deal, periods: Sequence[Period], problems: Problems) -> None:
    """Add every fault of a deal."""
    _check_names(deal, problems)
    _check_accounts(deal, problems)
    _check_tranches(deal, periods, problems)
    _check_states(deal, problems)
    _check_amounts(deal, problems)
    for state, rows in deal.waterfalls.items():
        _check_rows(deal, state, rows, problems)
    _check_supports(deal, problems)
    _check_pool(deal, problems)
    for name, scenario in {"scenario": deal.scenario, **_stresses(deal)}.items():
        _check_scenario(deal, name, scenario, problems)


def _stresses(deal: Deal) -> dict[str, Scenario]:
    return {f"stresses.{name}": scenario for name, scenario in deal.stresses.items()}


def _check_names(deal: Deal, problems: Problems) -> None:
    groups: dict[str, Mapping[str, object]] = {
        "tranches": deal.tranches,
        "fees": deal.fees,
        "accounts": deal.accounts,
        "supports": deal.supports,
        "hedges": deal.hedges,
        "amounts": deal.amounts,
    }
    seen: dict[str, str] = {}
    for group, entries in groups.items():
        for name in entries:
            if name in RESERVED or "." in name or name.startswith("-"):
                problems.add(f"{group}.{name}", _BAD_NAME, name)
            elif name in seen:
                problems.add(f"{group}.{name}", _taken(seen[name]), name)
            seen[name] = group


def _check_accounts(deal: Deal, problems: Problems) -> None:
    collection = deal.collection
    names = (
        [collection] if isinstance(collection, str) else [collection.interest, collection.principal]
    )
    n.check_known(problems, "collection", names, deal.accounts, n.AN_ACCOUNT)
    for name, account in deal.accounts.items():
        if account.initial < 0:
            problems.add(f"accounts.{name}.initial", _NOT_NEGATIVE, str(account.initial))


def _check_tranches(deal: Deal, periods: Sequence[Period], problems: Problems) -> None:
    if not any(not tranche.equity for tranche in deal.tranches.values()):
        problems.add("tranches", _NO_NOTES)
    for name, tranche in deal.tranches.items():
        where = f"tranches.{name}"
        if not tranche.balance.is_finite() or tranche.balance < 0:
            problems.add(f"{where}.balance", _NOT_NEGATIVE, str(tranche.balance))
        if isinstance(tranche.arrears_rate, str) and tranche.arrears_rate != "coupon":
            problems.add(f"{where}.arrears_rate", _ARREARS_RATE, tranche.arrears_rate)
        for role in ("expected_maturity", "legal_final", "anticipated_repayment"):
            on: date | None = getattr(tranche, role)
            if on is not None and on <= periods[0].start:
                problems.add(f"{where}.{role}", _AFTER_CLOSING, on)
        if (
            tranche.legal_final is not None
            and tranche.expected_maturity is not None
            and tranche.legal_final < tranche.expected_maturity
        ):
            problems.add(f"{where}.legal_final", _FINAL_FIRST, tranche.legal_final)
        amounts = [tranche.schedule[day] for day in sorted(tranche.schedule)]
        if amounts != sorted(amounts, reverse=True) or any(
            not 0 <= amount <= tranche.balance for amount in amounts
        ):
            problems.add(f"{where}.schedule", _SCHEDULE)


def _check_states(deal: Deal, problems: Problems) -> None:
    reachable = reachable_states(deal)
    for state in reachable:
        if not deal.waterfalls.get(state):
            triggers = sorted(x for x, t in deal.triggers.items() if t.state is state)
            problems.add(f"waterfalls.{state}", _missing_waterfall(state, triggers))
    for state in deal.waterfalls:
        if state not in reachable and state is not State.FINAL:
            problems.add(f"waterfalls.{state}", _UNREACHABLE_STATE)
    for name, trigger in deal.triggers.items():
        if trigger.state is State.REVOLVING:
            problems.add(f"triggers.{name}.state", _NO_WAY_BACK, str(trigger.state))


def _check_rows(deal: Deal, state: State, rows: Sequence[Row], problems: Problems) -> None:
    path = f"waterfalls.{state}"
    _check_reachable(deal, path, rows, problems)
    everything = list(walk(rows, path))
    if state is not State.FINAL:
        _check_paid(deal, state, [row for _, row in everything], problems)
    trapped = {name for _, row in everything if row.do is Action.TRAP for name in row.names}
    for where, row in everything:
        if row.do is Action.UNTRAP:
            for name in row.names:
                if name in deal.accounts and name not in trapped:
                    problems.add(where, _NO_TRAP, name)
        _check_fields(where, row, problems)
        if row.when is not None:
            _check_condition(where, row, problems)
    _check_order(deal, everything, problems)


def _check_reachable(deal: Deal, path: str, rows: Sequence[Row], problems: Problems) -> None:
    """Nothing can be paid from accounts that a residual has emptied."""
    emptied: set[str] = set()
    default = (
        {deal.collection}
        if isinstance(deal.collection, str)
        else {deal.collection.interest, deal.collection.principal}
    )
    for where, row in walk(rows, path):
        sources = set(row.sources) or default
        if row.do is Action.PAY_RESIDUAL and row.when is None and row.limit is None:
            if sources <= emptied:
                problems.add(where, _UNREACHABLE)
            emptied |= sources
        elif row.do in _SPENDING and sources <= emptied:
            problems.add(where, _UNREACHABLE)
        elif row.do in (Action.RELEASE, Action.UNTRAP):
            emptied -= {row.into or min(default)}
        elif row.do is Action.TRANSFER and row.into is not None:
            emptied -= {row.into}


_SPENDING = (
    Action.PAY_TAX,
    Action.PAY_FEE,
    Action.PAY_INTEREST,
    Action.PAY_PRINCIPAL,
    Action.TOP_UP,
    Action.TRAP,
    Action.PURCHASE,
    Action.REPAY_SUPPORT,
)


def _check_condition(where: str, row: Row, problems: Problems) -> None:
    when = row.when
    if when is None:
        return
    given = (when.tripped, when.not_tripped, when.start, when.before)
    if all(each is None for each in given):
        problems.add(f"{where}.when", _EMPTY_CONDITION)
    if when.tripped is not None and when.tripped == when.not_tripped:
        problems.add(f"{where}.when", _UNREACHABLE)
    if when.start is not None and when.before is not None and when.start >= when.before:
        problems.add(f"{where}.when", _UNREACHABLE)


def _check_paid(deal: Deal, state: State, rows: Sequence[Row], problems: Problems) -> None:
    """Every class must be paid somewhere, and every fee."""
    by_action: dict[Action, set[str]] = {}
    for row in rows:
        by_action.setdefault(row.do, set()).update(row.names)
    interest = by_action.get(Action.PAY_INTEREST, set())
    residual = by_action.get(Action.PAY_RESIDUAL, set())
    principal = by_action.get(Action.PAY_PRINCIPAL, set()) | residual
    where = f"waterfalls.{state}"
    for name, tranche in sorted(deal.tranches.items()):
        earns = tranche.coupon != Decimal(0)
        if earns and name not in interest and tranche.unpaid != "capitalise":
            problems.add(where, _unpaid(f"{name} interest", f"{name} 档利息"))
        if state is not State.REVOLVING and name not in principal:
            problems.add(where, _unpaid(f"{name} principal", f"{name} 档本金"))
    fees = by_action.get(Action.PAY_FEE, set()) | by_action.get(Action.PAY_TAX, set())
    for name in sorted(set(deal.fees) - fees):
        problems.add(where, _unpaid(name, name))
    repaid = {name for name, support in deal.supports.items() if support.repaid}
    for name in sorted(repaid - by_action.get(Action.REPAY_SUPPORT, set())):
        problems.add(where, _unpaid(f"{name} repayment", f"{name} 的偿还"))
    for name in sorted(set(deal.hedges) - by_action.get(Action.SETTLE_HEDGE, set())):
        problems.add(where, _unpaid(name, name))


_TAKES = {
    "rows": (Action.GROUP,),
    "weights": (Action.GROUP, Action.PAY_INTEREST, Action.PAY_PRINCIPAL, Action.PAY_FEE),
    "shares": (Action.TRAP,),
    "ratio": (Action.PAY_PRINCIPAL,),
    "lock": (Action.PAY_PRINCIPAL,),
    "into": (Action.RELEASE, Action.TRANSFER, Action.UNTRAP),
    "amount": (Action.WRITE_DOWN, Action.WRITE_UP, Action.PAY_PRINCIPAL),
}
_WITHOUT_TO = (
    Action.GROUP,
    Action.COLLECT,
    Action.ACCRUE,
    Action.WRITE_DOWN,
    Action.WRITE_UP,
    Action.PURCHASE,
    Action.SELL,
    Action.TRANSFER,
)


def _check_fields(where: str, row: Row, problems: Problems) -> None:
    for name, actions in _TAKES.items():
        if getattr(row, name) and row.do not in actions:
            problems.add(f"{where}.{name}", _does_not_take(row.do, name))
    if row.names and row.do in _WITHOUT_TO:
        problems.add(f"{where}.to", _does_not_take(row.do, "to"))
    if len(set(row.names)) < len(row.names):
        problems.add(f"{where}.to", _TWICE)


def _check_order(deal: Deal, everything: Sequence[tuple[str, Row]], problems: Problems) -> None:
    """Find amounts that read what only a later row posts."""
    for place, (where, row) in enumerate(everything):
        later = {
            name: action
            for _, other in everything[place:]
            for name in other.names
            for action in [other.do]
            if action in _SETTLING
        }
        specs: list[tuple[str, AmountSpec]] = []
        if row.limit is not None:
            specs.append((f"{where}.limit", row.limit))
        if row.amount is not None:
            specs.append((f"{where}.amount", row.amount))
        if row.do in (Action.TOP_UP, Action.RELEASE):
            specs += [
                (f"accounts.{name}.target", target)
                for name in row.names
                if name in deal.accounts
                for target in [deal.accounts[name].target]
                if target is not None
            ]
        for field, spec in specs:
            for measure in _measures(deal, spec):
                subject, _, what = measure.lstrip("-").rpartition(".")
                if what in PAID_LATER and subject in later:
                    problems.add(field, _reads_ahead(measure, where))


_SETTLING = (
    Action.PAY_TAX,
    Action.PAY_FEE,
    Action.PAY_INTEREST,
    Action.PAY_PRINCIPAL,
    Action.PAY_RESIDUAL,
    Action.REPAY_SUPPORT,
)


def _measures(deal: Deal, spec: AmountSpec, above: tuple[str, ...] = ()) -> Iterator[str]:
    names = (spec,) if isinstance(spec, str) else spec.sum if isinstance(spec, Amount) else ()
    for name in names:
        bare = name.lstrip("-").strip()
        if bare in deal.amounts:
            if bare not in above:
                yield from _measures(deal, deal.amounts[bare], (*above, bare))
        else:
            yield name


def _check_amounts(deal: Deal, problems: Problems) -> None:
    edges = {}
    for name, spec in deal.amounts.items():
        names = (spec,) if isinstance(spec, str) else spec.sum if isinstance(spec, Amount) else ()
        edges[name] = tuple(x.lstrip("-").strip() for x in names)
    circle = n.cycle_in(edges)
    if circle:
        problems.add(f"amounts.{circle[0]}", _circular(circle))


def _check_supports(deal: Deal, problems: Problems) -> None:
    orders: dict[int, str] = {}
    for name, support in sorted(deal.supports.items()):
        where = f"supports.{name}"
        if support.order in orders:
            problems.add(f"{where}.order", _same_order(orders[support.order]), support.order)
        orders[support.order] = name
        covers = support.covers
        n.check_known(problems, f"{where}.covers", covers.interest, deal.tranches, n.A_CLASS)
        n.check_known(problems, f"{where}.covers", covers.principal, deal.tranches, n.A_CLASS)
        n.check_known(problems, f"{where}.covers", covers.fees, deal.fees, n.A_FEE)
        if support.limit is not None and support.limit < 0:
            problems.add(f"{where}.limit", _NOT_NEGATIVE, str(support.limit))
        if support.kind in ASSET_LEVEL:
            _check_asset_support(deal, name, problems)
        elif not (covers.interest or covers.principal or covers.fees):
            problems.add(f"{where}.covers", _COVERS_NOTHING)
        if support.kind is SupportKind.LIQUIDITY_FACILITY and covers.principal:
            problems.add(f"{where}.covers.principal", _LIQUIDITY)


def _check_asset_support(deal: Deal, name: str, problems: Problems) -> None:
    support, where = deal.supports[name], f"supports.{name}"
    n.check_known(
        problems,
        f"{where}.receivables",
        support.receivables,
        deal.pool.receivables,
        n.A_RECEIVABLE,
    )
    payers = [x for x in support.shares if x != "vehicle"]
    n.check_known(problems, f"{where}.shares", payers, deal.parties, n.A_PARTY)
    if support.kind is SupportKind.LOSS_SHARE and not support.shares:
        problems.add(f"{where}.shares", _NO_SHARES)
    if support.kind is not SupportKind.LOSS_SHARE and not support.provider:
        problems.add(f"{where}.provider", _NO_PROVIDER)
    if support.lag < 0:
        problems.add(f"{where}.lag", _NOT_NEGATIVE, support.lag)


def _check_pool(deal: Deal, problems: Problems) -> None:  # noqa: C901
    pool = deal.pool
    for name, receivable in pool.receivables.items():
        where = f"pool.receivables.{name}"
        for role in ("obligor", "originator"):
            party: str = getattr(receivable, role)
            if party or role == "obligor":
                n.check_known(problems, f"{where}.{role}", [party], deal.parties, n.A_PARTY)
        n.check_known(problems, f"{where}.rights", receivable.rights, pool.rights, n.A_RIGHT)
        if not 0 <= receivable.recovery <= 1:
            problems.add(f"{where}.recovery", _A_SHARE, str(receivable.recovery))
        if receivable.recovery_lag < 0:
            problems.add(f"{where}.recovery_lag", _NOT_NEGATIVE, receivable.recovery_lag)
        if receivable.value_linked and not receivable.rights:
            problems.add(f"{where}.value_linked", _NO_RIGHTS)
        _check_terms(where, receivable, problems)
    for place, swap in enumerate(pool.substitutions):
        where = f"pool.substitutions[{place}]"
        n.check_known(problems, where, [swap.out, swap.into], pool.receivables, n.A_RECEIVABLE)
    for name, member in deal.parties.items():
        where = f"parties.{name}"
        if not 0 <= member.default_probability < 1:
            problems.add(
                f"{where}.default_probability", _PROBABILITY, str(member.default_probability)
            )
        if member.loading is not None and not 0 <= member.loading < 1:
            problems.add(f"{where}.loading", _PROBABILITY, str(member.loading))


def _check_terms(where: str, receivable: Receivable, problems: Problems) -> None:  # noqa: C901, PLR0912
    positive: dict[str, Decimal | int] = {}
    match receivable:
        case PledgeLoan():
            positive = {"balance": receivable.balance, "payments": receivable.payments}
        case Lease():
            positive = {"cost": receivable.cost, "payments": receivable.payments}
            if not 0 <= receivable.deposit < receivable.cost:
                problems.add(f"{where}.deposit", _DEPOSIT, str(receivable.deposit))
        case LicenceBack():
            positive = {"lump_sum": receivable.lump_sum}
            if isinstance(receivable.fees, Decimal) and not receivable.payments:
                problems.add(f"{where}.payments", _PAYMENTS)
        case TradeReceivable():
            positive = {"face": receivable.face}
            if not 0 <= receivable.dilution <= receivable.face:
                problems.add(f"{where}.dilution", _DILUTION, str(receivable.dilution))
        case Royalty():
            positive = {"sales": receivable.sales, "payments": receivable.payments}
            levels = [tier.above for tier in receivable.tiers]
            if not levels or levels != sorted(set(levels)):
                problems.add(f"{where}.tiers", _TIERS)
        case FixedSchedule():
            if any(flow.interest < 0 or flow.principal < 0 for flow in receivable.flows):
                problems.add(f"{where}.flows", _NOT_NEGATIVE)
    for name, value in positive.items():
        if value <= 0:
            problems.add(f"{where}.{name}", _POSITIVE, str(value))


def _check_scenario(deal: Deal, name: str, scenario: Scenario, problems: Problems) -> None:
    n.check_known(problems, f"{name}.defaults", scenario.defaults, deal.parties, n.A_PARTY)
    n.check_known(
        problems, f"{name}.legal_events", scenario.legal_events, deal.pool.rights, n.A_RIGHT
    )
    for field in ("default_rate", "prepayment_rate"):
        table: Decimal | dict[date, Decimal] = getattr(scenario, field)
        for value in [table] if isinstance(table, Decimal) else table.values():
            if not 0 <= value <= 1:
                problems.add(f"{name}.{field}", _A_SHARE, str(value))
    for field in ("recovery", "valuation_factor"):
        factor: Decimal = getattr(scenario, field)
        if not 0 <= factor <= 10:  # noqa: PLR2004
            problems.add(f"{name}.{field}", _FACTOR, str(factor))


def _missing_waterfall(state: State, triggers: Sequence[str]) -> Text:
    by = ", ".join(triggers)
    en, zh = (f", which {by} leads to", f"（由 {by} 进入）") if by else ("", "")
    return Text(f"the state {state}{en}, has no waterfall", f"状态 {state}{zh} 没有现金流分配顺序")


def _unpaid(name: str, zh: str) -> Text:
    return Text(f"nothing here pays {name}", f"此顺序中没有支付：{zh}")


def _taken(group: str) -> Text:
    return Text(f"this name is taken in {group}", f"该名称已在 {group} 中使用")


def _same_order(other: str) -> Text:
    return Text(f"{other} has this order already", f"{other} 已使用该顺序号")


def _does_not_take(action: Action, name: str) -> Text:
    return Text(f"{action} takes no {name}", f"{action} 不接受 {name}")


def _reads_ahead(measure: str, where: str) -> Text:
    return Text(
        f"circular: {measure} is known only after {where} has been served",
        f"循环引用：{measure} 在 {where} 执行之后才能确定",
    )


def _circular(names: tuple[str, ...]) -> Text:
    way = " → ".join(names)
    return Text(f"circular amount: {way}", f"金额循环引用：{way}")


_BAD_NAME = Text(
    "names hold no dot, do not start with a minus and are not pool, total, book or vehicle",
    "名称不得含点号或以减号开头，也不得为 pool、total、book、vehicle",
)
_NOT_NEGATIVE = Text("expected a number of at least 0", "应为不小于 0 的数")
_POSITIVE = Text("expected a number above 0", "应为大于 0 的数")
_NO_NOTES = Text("a deal needs a class that is not equity", "至少应有一档非次级权益的证券")
_ARREARS_RATE = Text("expected a rate or the word coupon", "应为利率或 coupon")
_AFTER_CLOSING = Text("this date must come after closing", "该日期须晚于设立日")
_FINAL_FIRST = Text(
    "the legal final date must not come before the expected maturity",
    "法定到期日不得早于预期到期日",
)
_SCHEDULE = Text(
    "a schedule holds balances that fall, from the class balance down to 0",
    "计划余额须逐期不增，且介于 0 与该档本金之间",
)
_UNREACHABLE_STATE = Text(
    "unreachable: no trigger leads to this state", "不可达：没有触发事件进入该状态"
)
_UNREACHABLE = Text("unreachable: this action can never run", "不可达：该动作永远不会执行")
_NO_WAY_BACK = Text("no trigger can lead back to revolving", "触发事件不能使交易回到循环期")
_NO_TRAP = Text(
    "unreachable: no row of this waterfall traps cash there",
    "不可达：此顺序中没有向该账户截留现金的行",
)
_EMPTY_CONDITION = Text("a condition must say when", "条件不得为空")
_TWICE = Text("a name stands twice", "名称重复")
_COVERS_NOTHING = Text("a support must cover something", "增信措施须写明覆盖内容")
_LIQUIDITY = Text(
    "a liquidity facility covers fees and interest, not principal",
    "流动性支持只覆盖费用与利息，不覆盖本金",
)
_NO_SHARES = Text("a loss share needs shares by payer", "风险分担须写明各方权重")
_NO_PROVIDER = Text("name the party that pays", "请写明承担主体")
_A_SHARE = Text("expected a part from 0 to 1", "应为 0 至 1 的比例")
_PROBABILITY = Text("expected a number of at least 0 and below 1", "应为不小于 0 且小于 1 的数")
_FACTOR = Text("expected a factor from 0 to 10", "应为 0 至 10 的系数")
_NO_RIGHTS = Text("a value-linked recovery needs rights", "与价值挂钩的回收须有知识产权")
_DEPOSIT = Text(
    "expected a deposit of at least 0 and below the cost", "保证金应不小于 0 且低于成本"
)
_PAYMENTS = Text("level fees need the number of payments", "等额费用须给出期数")
_DILUTION = Text("expected a dilution from 0 to the face", "稀释额应介于 0 与票面之间")
_TIERS = Text("tiers need ascending levels, each once", "分级须按起点递增且不得重复")
