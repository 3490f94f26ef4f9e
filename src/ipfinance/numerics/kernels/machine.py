"""The cash machine: one interpreter of waterfalls over whole numbers, for one run or for many.

The memory ``m`` holds the registers that a run changes and, behind them, the program: rows,
amounts, terms, tables, and room for a journal. ``pool`` says what the assets do. Both are flat
arrays; `ipfinance.numerics._codes` names their places. Every movement of
cash is a posting between two places of the ledger.
"""

from __future__ import annotations

import ipfinance.numerics._codes as c
from ipfinance.numerics._kernel import bare_kernel, inlined_kernel
from ipfinance.numerics._types import FloatArray, IntArray
from ipfinance.numerics.kernels.whole import compared, divided, scaled, split_capped


@inlined_kernel
def fault(m: IntArray, invariant: int, place: int) -> None:
    """Remember the first invariant that does not hold."""
    if m[c.IS_BROKEN] == 0:
        m[c.IS_BROKEN] = invariant
        m[c.BROKEN_PERIOD] = m[c.IS_PERIOD]
        m[c.BROKEN_PLACE] = place


@inlined_kernel
def post(m: IntArray, row: int, source: int, target: int, cash: int) -> None:
    """Move cash from one place of the ledger to another."""
    if cash == 0:
        return
    start = m[c.AT_LEDGER] + source * c.LEDGER_COLUMNS
    end = m[c.AT_LEDGER] + target * c.LEDGER_COLUMNS
    m[start + c.LEDGER_NOW] -= cash
    m[start + c.LEDGER_OUT] += cash
    m[end + c.LEDGER_NOW] += cash
    m[end + c.LEDGER_IN] += cash
    if target < m[c.N_ACCOUNTS]:
        m[m[c.AT_ACCOUNTS] + target * c.ACCOUNT_COLUMNS + c.ACCOUNT_SHORT] = 0
    if m[c.SET_TRACE] == 0:
        return
    place = m[c.N_POSTINGS] * c.POSTED_COLUMNS
    if place + c.POSTED_COLUMNS > m[c.N_JOURNAL]:
        fault(m, c.BROKEN_FULL, 0)
        return
    m[m[c.AT_JOURNAL] + (place + c.POSTED_PERIOD)] = m[c.IS_PERIOD]
    m[m[c.AT_JOURNAL] + (place + c.POSTED_ROW)] = row
    m[m[c.AT_JOURNAL] + (place + c.POSTED_FROM)] = source
    m[m[c.AT_JOURNAL] + (place + c.POSTED_TO)] = target
    m[m[c.AT_JOURNAL] + (place + c.POSTED_CASH)] = cash
    m[c.N_POSTINGS] += 1


@inlined_kernel
def share(m: IntArray, amount: int, numerator: int, denominator: int) -> int:
    """Return a fraction of an amount, half away from zero, wide where the program asks for it."""
    if m[c.SET_WIDE] == 0:
        return scaled(amount, numerator, denominator)
    sign = 1
    if amount < 0:
        amount = -amount
        sign = -sign
    if numerator < 0:
        numerator = -numerator
        sign = -sign
    quotient, remainder = divided(amount, numerator, denominator)
    if remainder >= denominator - remainder:
        quotient += 1
    return sign * quotient


@inlined_kernel
def year_share(m: IntArray, table: int, amount: int, rate: int) -> int:
    """Return what an amount earns in this period at a yearly rate."""
    place = table * m[c.N_PERIODS] + m[c.IS_PERIOD]
    numerator = rate * m[m[c.AT_TABLES] + place]
    denominator = m[c.SET_RATE_PARTS] * m[m[c.AT_TABLES] + (place + m[c.N_PERIODS])]
    if numerator < 0:
        return -share(m, amount, -numerator, denominator)
    return share(m, amount, numerator, denominator)


@inlined_kernel
def coupon(m: IntArray, note: int) -> int:
    """Return the rate of a balance in this period, with the steps of tripped triggers."""
    item = m[c.AT_ITEMS] + note * c.ITEM_COLUMNS
    rate = m[m[c.AT_TABLES] + (m[item + c.ITEM_RATES] * m[c.N_PERIODS] + m[c.IS_PERIOD])]
    for place in range(m[c.N_STEPS]):
        step = m[c.AT_STEPS] + place * c.STEP_COLUMNS
        if m[step + c.STEP_KIND] == c.STEP_COUPON and m[step + c.STEP_TARGET] == note:
            trigger = m[c.AT_TRIGGERS] + m[step + c.STEP_TRIGGER] * c.TRIGGER_COLUMNS
            if m[trigger + c.TESTED_TRIPPED] == 1:
                rate += m[step + c.STEP_PARTS]
    return int(max(rate, 0))


@bare_kernel
def amount(m: IntArray, which: int, due: int, available: int) -> int:
    """Return an amount, after those that it is made of.

    `due` and `available` are those of the row that asks, for amounts that are parts of them.
    """
    first = m[m[c.AT_AMOUNTS] + (which * c.TERM_COLUMNS + c.TERM_START)]
    value = 0
    for place in range(first, which + 1):
        at = place * c.TERM_COLUMNS
        kind = m[m[c.AT_AMOUNTS] + (at + c.TERM_KIND)]
        numerator = m[m[c.AT_AMOUNTS] + (at + c.TERM_NUMERATOR)]
        denominator = m[m[c.AT_AMOUNTS] + (at + c.TERM_DENOMINATOR)]
        parameter = m[m[c.AT_AMOUNTS] + (at + c.TERM_PARAMETER)]
        begin = m[m[c.AT_AMOUNTS] + (at + c.TERM_FIRST)]
        end = m[m[c.AT_AMOUNTS] + (at + c.TERM_LAST)]
        value = 0
        if kind == c.AMOUNT_FIXED:
            value = numerator
        elif kind == c.AMOUNT_TABLE:
            value = m[m[c.AT_TABLES] + (parameter * m[c.N_PERIODS] + m[c.IS_PERIOD])]
        elif kind == c.AMOUNT_ROW_DUE:
            value = share(m, due, numerator, denominator)
        elif kind == c.AMOUNT_AVAILABLE:
            value = share(m, available, numerator, denominator)
        elif kind == c.AMOUNT_INTEREST:
            for term in range(begin, end):
                note = m[m[c.AT_TERMS] + term]
                balance = m[m[c.AT_NOTES] + note * c.NOTE_COLUMNS + c.BALANCE_NOW]
                rate = coupon(m, note)
                value += share(m, balance, rate * numerator, m[c.SET_RATE_PARTS] * denominator)
        elif kind == c.AMOUNT_WINDOW:
            last = m[c.IS_PERIOD]
            for period in range(max(0, last - numerator + 1), last + 1):
                value += m[m[c.AT_HISTORY] + 2 * period + parameter]
        elif kind == c.AMOUNT_PAST_FINAL:
            for term in range(begin, end):
                note = m[c.AT_NOTES] + m[m[c.AT_TERMS] + term] * c.NOTE_COLUMNS
                if m[c.IS_PERIOD] >= m[note + c.NOTE_LEGAL_FINAL]:
                    value += m[note + c.BALANCE_NOW]
        else:
            for term in range(begin, end):
                register = m[m[c.AT_TERMS] + term]
                value += m[register] if register > 0 else -m[-register]
            if kind == c.AMOUNT_TARGET_OC:
                assets = m[parameter]
                if m[m[c.AT_AMOUNTS] + (at + c.TERM_AT_LEAST)] == 0:
                    value -= divided(max(assets, 0), denominator, numerator)[0]
                else:
                    missing = value * numerator - assets * denominator
                    value = -(-missing // (numerator - denominator))
                value = max(value, 0)
            elif numerator != denominator:
                value = share(m, value, numerator, denominator)
        if kind != c.AMOUNT_TARGET_OC:
            value = max(value, m[m[c.AT_AMOUNTS] + (at + c.TERM_AT_LEAST)])
        value = min(value, m[m[c.AT_AMOUNTS] + (at + c.TERM_AT_MOST)])
        m[m[c.AT_VALUES] + place] = value
    return value


@bare_kernel
def measured(m: IntArray, trigger: int) -> bool:
    """Compute the metric of a trigger and say whether it breaches."""
    at = m[c.AT_TRIGGERS] + trigger * c.TRIGGER_COLUMNS
    numerator = amount(m, m[at + c.TRIGGER_NUMERATOR], 0, 0)
    denominator = c.PARTS
    if m[at + c.TRIGGER_DENOMINATOR] >= 0:
        denominator = amount(m, m[at + c.TRIGGER_DENOMINATOR], 0, 0)
    threshold = m[m[c.AT_TABLES] + (m[at + c.TRIGGER_THRESHOLDS] * m[c.N_PERIODS] + m[c.IS_PERIOD])]
    m[at + c.TESTED_NUMERATOR] = numerator
    m[at + c.TESTED_DENOMINATOR] = denominator
    m[at + c.TESTED_NOW] = 1
    if denominator == c.PARTS and m[at + c.TRIGGER_DENOMINATOR] < 0:
        sign = 0
        if numerator != threshold:
            sign = 1 if numerator > threshold else -1
    else:
        if numerator <= 0 and denominator <= 0:
            return False
        sign = compared(numerator, denominator, threshold, c.PARTS)
    compare = m[at + c.TRIGGER_COMPARE]
    if compare == c.COMPARE_BELOW:
        return sign < 0
    if compare == c.COMPARE_AT_MOST:
        return sign <= 0
    if compare == c.COMPARE_ABOVE:
        return sign > 0
    if compare == c.COMPARE_AT_LEAST:
        return sign >= 0
    return sign == 0


@inlined_kernel
def counted(m: IntArray, trigger: int, breached: bool) -> None:
    """Count a breach or a cure and trip or untrip the trigger."""
    at = m[c.AT_TRIGGERS] + trigger * c.TRIGGER_COLUMNS
    m[at + c.TESTED_BREACHED] = 1 if breached else 0
    if breached:
        m[at + c.TESTED_BREACHES] += 1
        m[at + c.TESTED_CURES] = 0
        if m[at + c.TESTED_BREACHES] >= m[at + c.TRIGGER_BREACHES]:
            m[at + c.TESTED_TRIPPED] = 1
        return
    m[at + c.TESTED_BREACHES] = 0
    m[at + c.TESTED_CURES] += 1
    needed = m[at + c.TRIGGER_CURES]
    if needed > 0 and m[at + c.TESTED_CURES] >= needed:
        m[at + c.TESTED_TRIPPED] = 0


@bare_kernel
def wanted_phase(m: IntArray) -> int:
    """Return the phase that the calendar and the tripped triggers ask for."""
    revolving = m[c.IS_PERIOD] < m[c.SET_REVOLVING_END]
    gravest = c.PHASE_REVOLVING
    for trigger in range(m[c.N_TRIGGERS]):
        at = m[c.AT_TRIGGERS] + trigger * c.TRIGGER_COLUMNS
        if m[at + c.TESTED_TRIPPED] == 1:
            if m[at + c.TRIGGER_ENDS_REVOLVING] == 1:
                revolving = False
            gravest = max(gravest, m[at + c.TRIGGER_STATE])
    base = c.PHASE_REVOLVING if revolving else c.PHASE_AMORTIZING
    return max(base, gravest)


@bare_kernel
def move_phase(m: IntArray) -> None:
    """Change the phase where that is allowed: only acceleration can be cured."""
    phase = m[c.IS_PHASE]
    wanted = wanted_phase(m)
    if phase in (wanted, c.PHASE_FINAL, c.PHASE_CLEAN_UP):
        return
    if wanted < phase:
        if phase == c.PHASE_ACCELERATED:
            m[c.IS_PHASE] = max(wanted, c.PHASE_AMORTIZING)
        return
    if wanted == c.PHASE_CLEAN_UP and phase != c.PHASE_AMORTIZING:
        return
    m[c.IS_PHASE] = wanted


@bare_kernel
def test_point(m: IntArray, point: int) -> None:
    """Test the triggers of one point of the period, then move to the phase they ask for."""
    tested = 0
    for trigger in range(m[c.N_TRIGGERS]):
        at = m[c.AT_TRIGGERS] + trigger * c.TRIGGER_COLUMNS
        if m[at + c.TRIGGER_POINT] != point or m[c.IS_PERIOD] < m[at + c.TRIGGER_FIRST_PERIOD]:
            continue
        counted(m, trigger, measured(m, trigger))
        tested += 1
    if tested > 0 or point == c.POINT_BEFORE_COLLECTION:
        move_phase(m)


@bare_kernel
def collect(m: IntArray, pool: IntArray) -> None:
    """Take in what the pool pays and what accounts earn, once a period."""
    if m[c.IS_COLLECTED] == 1:
        return
    m[c.IS_COLLECTED] = 1
    now = m[c.AT_NOW]
    first = m[c.IS_PERIOD] * c.FLOW_COLUMNS
    for flow in range(c.FLOW_COLUMNS):
        m[now + flow] = 0 if m[c.IS_SOLD] == 1 else pool[first + flow]
    if m[c.IS_SOLD] == 0:
        age_purchases(m)
    bank = m[c.SET_BANK]
    for account in range(m[c.N_ACCOUNTS]):
        at = m[c.AT_ACCOUNTS] + account * c.ACCOUNT_COLUMNS
        if m[at + c.ACCOUNT_RATE] > 0:
            held = m[m[c.AT_LEDGER] + account * c.LEDGER_COLUMNS + c.LEDGER_NOW]
            earned = year_share(m, m[at + c.ACCOUNT_YEARS], held, m[at + c.ACCOUNT_RATE])
            post(m, c.ROW_OF_COLLECTION, bank, account, earned)
    obligors, sharers, originator = (bank - 3, bank - 2, bank - 1)
    interest, principal = (m[c.SET_INTEREST_ACCOUNT], m[c.SET_PRINCIPAL_ACCOUNT])
    proceeds = m[now + c.FLOW_PRINCIPAL] + m[now + c.FLOW_PREPAID]
    post(m, c.ROW_OF_COLLECTION, obligors, interest, m[now + c.FLOW_INTEREST])
    post(m, c.ROW_OF_COLLECTION, obligors, principal, proceeds)
    post(m, c.ROW_OF_COLLECTION, obligors, principal, m[now + c.FLOW_RECOVERY])
    post(m, c.ROW_OF_COLLECTION, sharers, principal, m[now + c.FLOW_SUPPORT])
    post(m, c.ROW_OF_COLLECTION, originator, principal, m[now + c.FLOW_REPURCHASE_CASH])
    m[c.SUM_PRINCIPAL_IN] += proceeds + m[now + c.FLOW_REPURCHASE_CASH]
    m[c.SUM_PRINCIPAL_IN] += m[now + c.FLOW_RECOVERY] + m[now + c.FLOW_SUPPORT]
    m[c.SUM_DEFAULTED] += m[now + c.FLOW_DEFAULTED]
    m[c.SUM_LOSS] += m[now + c.FLOW_LOSS]
    m[c.SUM_RECOVERED] += m[now + c.FLOW_RECOVERY] + m[now + c.FLOW_SUPPORT]


@bare_kernel
def age_purchases(m: IntArray) -> None:
    """Add what the assets bought while revolving pay in this period."""
    now = m[c.AT_NOW]
    period = m[c.IS_PERIOD]
    for purchase in range(m[c.N_BOUGHT]):
        at = m[c.AT_BOUGHT] + purchase * c.BOUGHT_COLUMNS
        age = period - m[at + c.BOUGHT_PERIOD]
        if age <= 0:
            continue
        held = m[at + c.BOUGHT_NOW]
        dies = m[m[c.AT_AGES] + purchase]
        if age == dies + m[c.SET_BOUGHT_LAG] and m[at + c.BOUGHT_CLAIM] > 0:
            back = scaled(m[at + c.BOUGHT_CLAIM], m[c.SET_BOUGHT_RECOVERY], c.PARTS)
            m[now + c.FLOW_RECOVERY] += back
            m[now + c.FLOW_LOSS] += m[at + c.BOUGHT_CLAIM] - back
        if held == 0:
            continue
        m[now + c.FLOW_OPENING] += held
        numerator, denominator = (m[c.SET_BOUGHT_NUMERATOR], m[c.SET_BOUGHT_DENOMINATOR])
        interest = share(m, held, numerator, denominator)
        if age >= dies:
            m[at + c.BOUGHT_CLAIM] = held + interest
            m[at + c.BOUGHT_NOW] = 0
            m[now + c.FLOW_DEFAULTED] += held
            if m[c.SET_BOUGHT_LAG] == 0:
                back = scaled(m[at + c.BOUGHT_CLAIM], m[c.SET_BOUGHT_RECOVERY], c.PARTS)
                m[now + c.FLOW_RECOVERY] += back
                m[now + c.FLOW_LOSS] += m[at + c.BOUGHT_CLAIM] - back
            continue
        table = m[c.SET_BOUGHT_TABLE] * m[c.N_PERIODS]
        left = m[at + c.BOUGHT_BALANCE]
        left -= scaled(m[at + c.BOUGHT_BALANCE], m[m[c.AT_TABLES] + (table + age)], c.PARTS)
        m[now + c.FLOW_INTEREST] += interest
        m[now + c.FLOW_PRINCIPAL] += held - left
        m[at + c.BOUGHT_NOW] = left
        m[now + c.FLOW_CLOSING] += left


@bare_kernel
def accrue(m: IntArray) -> None:
    """Let interest and costs fall due, once a period."""
    if m[c.IS_ACCRUED] == 1:
        return
    m[c.IS_ACCRUED] = 1
    year = m[m[c.AT_TABLES] + (m[c.SET_YEAR_TABLE] * m[c.N_PERIODS] + m[c.IS_PERIOD])]
    new_year = year != m[c.IS_YEAR]
    m[c.IS_YEAR] = year
    for item in range(m[c.N_ITEMS]):
        at = m[c.AT_ITEMS] + item * c.ITEM_COLUMNS
        if new_year:
            m[at + c.DUE_YEAR_PAID] = 0
        kind = m[at + c.ITEM_ACCRUAL]
        rate = 0
        if kind == c.ACCRUAL_BALANCE:
            rate = coupon(m, item)
        elif kind in (c.ACCRUAL_RATE, c.ACCRUAL_SIGNED):
            rate = m[m[c.AT_TABLES] + (m[at + c.ITEM_RATES] * m[c.N_PERIODS] + m[c.IS_PERIOD])]
        behind = m[at + c.ITEM_ARREARS_RATE]
        if behind == c.OWN_RATE:
            behind = max(rate, 0)
        if behind > 0 and m[at + c.DUE_ARREARS] > 0:
            extra = year_share(m, m[at + c.ITEM_YEARS], m[at + c.DUE_ARREARS], behind)
            m[at + c.DUE_ON_ARREARS] += extra
            m[at + c.DUE_ACCRUED_ON_ARREARS] += extra
        accrued = 0
        if kind == c.ACCRUAL_BALANCE:
            balance = m[m[c.AT_NOTES] + item * c.NOTE_COLUMNS + c.BALANCE_NOW]
            accrued = year_share(m, m[at + c.ITEM_YEARS], balance, rate)
        elif kind == c.ACCRUAL_AMOUNT:
            accrued = amount(m, m[at + c.ITEM_AMOUNT], 0, 0)
        elif kind in (c.ACCRUAL_RATE, c.ACCRUAL_SIGNED):
            base = amount(m, m[at + c.ITEM_AMOUNT], 0, 0)
            accrued = year_share(m, m[at + c.ITEM_YEARS], base, rate)
        if accrued < 0:
            m[at + c.DUE_RECEIVABLE] -= accrued
        else:
            m[at + c.DUE_CURRENT] += accrued
            m[at + c.DUE_ACCRUED] += accrued
    net = m[m[c.AT_NOW] + c.FLOW_INTEREST] + m[m[c.AT_NOW] + c.FLOW_PRINCIPAL]
    net += m[m[c.AT_NOW] + c.FLOW_PREPAID] + m[m[c.AT_NOW] + c.FLOW_RECOVERY]
    net += m[m[c.AT_NOW] + c.FLOW_SUPPORT]
    service = 0
    for item in range(m[c.N_ITEMS]):
        at = m[c.AT_ITEMS] + item * c.ITEM_COLUMNS
        if m[at + c.ITEM_SENIOR] == 1:
            net -= m[at + c.DUE_ACCRUED]
        if m[at + c.ITEM_SERVICE] == 1:
            service += m[at + c.DUE_ACCRUED] + scheduled(m, item)
    m[m[c.AT_HISTORY] + 2 * m[c.IS_PERIOD]] = net
    m[m[c.AT_HISTORY] + 2 * m[c.IS_PERIOD] + 1] = service


@inlined_kernel
def scheduled(m: IntArray, note: int) -> int:
    """Return the principal that a schedule asks for in this period."""
    if note >= m[c.N_NOTES]:
        return 0
    at = m[c.AT_NOTES] + note * c.NOTE_COLUMNS
    if m[at + c.NOTE_SCHEDULE] < 0:
        return 0
    target = m[m[c.AT_TABLES] + (m[at + c.NOTE_SCHEDULE] * m[c.N_PERIODS] + m[c.IS_PERIOD])]
    return int(max(0, m[at + c.BALANCE_NOW] - target))


@inlined_kernel
def usable(m: IntArray, row: int, account: int) -> bool:
    """Whether an account may serve a row in this period."""
    scope = m[m[c.AT_ACCOUNTS] + account * c.ACCOUNT_COLUMNS + c.ACCOUNT_SCOPE]
    if (
        scope == c.SCOPE_ALL
        or m[m[c.AT_ROWS] + (row * c.ROW_COLUMNS + c.ROW_KIND)] != c.KIND_PRINCIPAL
    ):
        return True
    if scope == c.SCOPE_INTEREST:
        return False
    note = m[m[c.AT_ROWS] + (row * c.ROW_COLUMNS + c.ROW_TARGET)]
    final = m[m[c.AT_NOTES] + note * c.NOTE_COLUMNS + c.NOTE_LEGAL_FINAL]
    return bool(m[c.IS_PERIOD] >= final)


@inlined_kernel
def available(m: IntArray, row: int) -> int:
    """Return the cash in the accounts that may serve a row."""
    total = 0
    at = row * c.ROW_COLUMNS
    for place in range(
        m[m[c.AT_ROWS] + (at + c.ROW_SOURCES)], m[m[c.AT_ROWS] + (at + c.ROW_SOURCES_END)]
    ):
        if usable(m, row, m[m[c.AT_TERMS] + place]):
            total += m[m[c.AT_LEDGER] + m[m[c.AT_TERMS] + place] * c.LEDGER_COLUMNS + c.LEDGER_NOW]
    return total


@inlined_kernel
def take(m: IntArray, row: int, target: int, cash: int) -> None:
    """Move cash from the accounts of a row, in their order."""
    left = cash
    at = row * c.ROW_COLUMNS
    for place in range(
        m[m[c.AT_ROWS] + (at + c.ROW_SOURCES)], m[m[c.AT_ROWS] + (at + c.ROW_SOURCES_END)]
    ):
        account = m[m[c.AT_TERMS] + place]
        if left == 0:
            return
        if not usable(m, row, account):
            continue
        part = min(left, m[m[c.AT_LEDGER] + account * c.LEDGER_COLUMNS + c.LEDGER_NOW])
        if part > 0 and account != target:
            if m[m[c.AT_ACCOUNTS] + account * c.ACCOUNT_COLUMNS + c.ACCOUNT_SHORT] == 1:
                fault(m, 6, row)
            post(m, row, account, target, part)
        left -= part


@inlined_kernel
def settle_item(m: IntArray, item: int, cash: int, arrears_first: bool) -> None:
    """Take a payment off what is due of an item, in the order of the deal."""
    at = m[c.AT_ITEMS] + item * c.ITEM_COLUMNS
    left = cash
    if not arrears_first:
        part = min(left, m[at + c.DUE_CURRENT])
        m[at + c.DUE_CURRENT] -= part
        left -= part
    part = min(left, m[at + c.DUE_ARREARS])
    m[at + c.DUE_ARREARS] -= part
    left -= part
    part = min(left, m[at + c.DUE_ON_ARREARS])
    m[at + c.DUE_ON_ARREARS] -= part
    left -= part
    m[at + c.DUE_CURRENT] -= left
    m[at + c.DUE_PAID] += cash
    m[at + c.DUE_YEAR_PAID] += cash
    if m[at + c.ITEM_SUPPORT] >= 0:
        support = m[c.AT_SUPPORTS] + m[at + c.ITEM_SUPPORT] * c.SUPPORT_COLUMNS
        still = m[support + c.BACKED_DRAWN] - m[support + c.BACKED_REPAID]
        m[support + c.BACKED_REPAID] += min(cash, still)


@inlined_kernel
def item_due(m: IntArray, item: int) -> int:
    """Return all that is due of an item."""
    at = m[c.AT_ITEMS] + item * c.ITEM_COLUMNS
    return int(m[at + c.DUE_ARREARS] + m[at + c.DUE_ON_ARREARS] + m[at + c.DUE_CURRENT])


@inlined_kernel
def row_due(m: IntArray, row: int) -> int:
    """Return what is due of the item or the balance that a row pays."""
    op = m[m[c.AT_ROWS] + (row * c.ROW_COLUMNS + c.ROW_OP)]
    target = m[m[c.AT_ROWS] + (row * c.ROW_COLUMNS + c.ROW_TARGET)]
    if op == c.OP_PRINCIPAL:
        balance = m[m[c.AT_NOTES] + target * c.NOTE_COLUMNS + c.BALANCE_NOW]
        if m[m[c.AT_ROWS] + (row * c.ROW_COLUMNS + c.ROW_A)] == 1:
            return scheduled(m, target)
        return int(balance)
    return item_due(m, target)


@inlined_kernel
def settle_row(m: IntArray, row: int, cash: int) -> None:
    """Book a payment of a row, whoever paid it."""
    at = row * c.ROW_COLUMNS
    target = m[m[c.AT_ROWS] + (at + c.ROW_TARGET)]
    if m[m[c.AT_ROWS] + (at + c.ROW_OP)] == c.OP_PRINCIPAL:
        note = m[c.AT_NOTES] + target * c.NOTE_COLUMNS
        m[note + c.BALANCE_NOW] -= cash
        m[note + c.BALANCE_PAID] += cash
        m[c.SUM_PRINCIPAL_OUT] += cash
    else:
        settle_item(m, target, cash, m[m[c.AT_ROWS] + (at + c.ROW_ARREARS_FIRST)] == 1)


@inlined_kernel
def row_party(m: IntArray, row: int) -> int:
    """Return the place in the ledger of the one whom a row pays."""
    target = m[m[c.AT_ROWS] + (row * c.ROW_COLUMNS + c.ROW_TARGET)]
    if m[m[c.AT_ROWS] + (row * c.ROW_COLUMNS + c.ROW_OP)] == c.OP_PRINCIPAL:
        return int(m[m[c.AT_NOTES] + target * c.NOTE_COLUMNS + c.NOTE_PARTY])
    return int(m[m[c.AT_ITEMS] + target * c.ITEM_COLUMNS + c.ITEM_PARTY])


@inlined_kernel
def row_limit(m: IntArray, row: int, due: int, cash: int) -> int:
    """Return what a row may pay of what is due."""
    limit = due
    at = row * c.ROW_COLUMNS
    if m[m[c.AT_ROWS] + (at + c.ROW_LIMIT)] >= 0:
        limit = min(limit, amount(m, m[m[c.AT_ROWS] + (at + c.ROW_LIMIT)], due, cash))
    if m[m[c.AT_ROWS] + (at + c.ROW_BUDGET)] >= 0:
        limit = min(limit, m[m[c.AT_BUDGETS] + m[m[c.AT_ROWS] + (at + c.ROW_BUDGET)]])
    return max(limit, 0)


@inlined_kernel
def done(m: IntArray, row: int, before: int, due: int, limit: int, paid: int, after: int) -> None:
    """Write down what a row did and charge its budget and its memo ledger."""
    at = m[c.AT_DONE] + row * c.DONE_COLUMNS
    m[at + c.DONE_BEFORE] = before
    m[at + c.DONE_DUE] = due
    m[at + c.DONE_LIMIT] = limit
    m[at + c.DONE_PAID] = paid
    m[at + c.DONE_AFTER] = after
    m[at + c.DONE_RUN] = 1
    if after != before - paid:
        fault(m, 12, row)
    budget = m[m[c.AT_ROWS] + (row * c.ROW_COLUMNS + c.ROW_BUDGET)]
    if budget >= 0:
        m[m[c.AT_BUDGETS] + budget] -= paid
    book = m[m[c.AT_ROWS] + (row * c.ROW_COLUMNS + c.ROW_BOOK)]
    if book >= 0:
        m[m[c.AT_BOOKS] + book] += paid


@inlined_kernel
def mark_short(m: IntArray, row: int) -> None:
    """Remember that a row found too little: no later row may be paid from the same accounts."""
    at = row * c.ROW_COLUMNS
    for place in range(
        m[m[c.AT_ROWS] + (at + c.ROW_SOURCES)], m[m[c.AT_ROWS] + (at + c.ROW_SOURCES_END)]
    ):
        if usable(m, row, m[m[c.AT_TERMS] + place]):
            m[m[c.AT_ACCOUNTS] + m[m[c.AT_TERMS] + place] * c.ACCOUNT_COLUMNS + c.ACCOUNT_SHORT] = 1


@inlined_kernel
def pay(m: IntArray, row: int, due: int, limit: int, cash: int) -> None:
    """Pay one row."""
    before = available(m, row)
    take(m, row, row_party(m, row), cash)
    settle_row(m, row, cash)
    done(m, row, before, due, limit, cash, available(m, row))


@bare_kernel
def pro_rata(m: IntArray, row: int) -> None:
    """Pay the rows that a row spans side by side."""
    count = m[m[c.AT_ROWS] + (row * c.ROW_COLUMNS + c.ROW_SPAN)]
    first = row + 1
    cash = available(m, first)
    budget = m[m[c.AT_ROWS] + (first * c.ROW_COLUMNS + c.ROW_BUDGET)]
    weights = m[c.AT_SCRATCH]
    caps = weights + count
    shares = weights + 2 * count
    dues = weights + 6 * count
    wanted = 0
    for place in range(count):
        due = row_due(m, first + place)
        m[dues + place] = due
        limit = row_limit(m, first + place, due, cash)
        m[caps + place] = limit
        wanted += limit
        weight = m[m[c.AT_ROWS] + ((first + place) * c.ROW_COLUMNS + c.ROW_WEIGHT)]
        m[weights + place] = limit if weight == 0 else weight
        m[shares + place] = 0
    total = min(cash, wanted)
    if budget >= 0:
        total = min(total, max(0, m[m[c.AT_BUDGETS] + budget]))
    if total > 0:
        split_capped(m, weights, count, total)
    for place in range(count):
        due, limit, cash_paid = (m[dues + place], m[caps + place], m[shares + place])
        pay(m, first + place, due, limit, cash_paid)
    if total < wanted and total == cash:
        mark_short(m, first)


@bare_kernel
def draw(m: IntArray, support: int) -> None:
    """Let a support pay what the rows it covers have left unpaid, earmarked row by row."""
    at = m[c.AT_SUPPORTS] + support * c.SUPPORT_COLUMNS
    trigger = m[at + c.SUPPORT_TRIGGER]
    tripped = m[c.AT_TRIGGERS] + trigger * c.TRIGGER_COLUMNS + c.TESTED_TRIPPED
    if trigger >= 0 and m[tripped] == 0:
        return
    entity = m[at + c.SUPPORT_ENTITY]
    dead = entity >= 0 and m[m[c.AT_DEAD] + entity] <= m[c.IS_PERIOD]
    pair = m[at + c.SUPPORT_COVERS] + 2 * m[c.SET_PHASE_AT_WATERFALL]
    for place in range(m[m[c.AT_TERMS] + pair], m[m[c.AT_TERMS] + (pair + 1)]):
        row = m[m[c.AT_TERMS] + place]
        row_at = row * c.ROW_COLUMNS
        state = m[c.AT_DONE] + row * c.DONE_COLUMNS
        if m[state + c.DONE_RUN] == 0:
            continue
        need = m[state + c.DONE_LIMIT] - m[state + c.DONE_PAID] - m[state + c.DONE_SUPPORTED]
        target = m[m[c.AT_ROWS] + (row_at + c.ROW_TARGET)]
        if m[m[c.AT_ROWS] + (row_at + c.ROW_OP)] == c.OP_PRINCIPAL:
            note = m[c.AT_NOTES] + target * c.NOTE_COLUMNS
            early = m[c.IS_PERIOD] < m[note + c.NOTE_LEGAL_FINAL]
            if early and m[at + c.SUPPORT_LEGAL_FINAL] == 1:
                continue
            still_due = scheduled(m, target) if early else m[note + c.BALANCE_NOW]
            need = min(need, still_due)
        else:
            need = min(need, item_due(m, target))
        if need <= 0:
            continue
        m[at + c.BACKED_CALLED] += need
        cash = need
        if dead:
            cash = divided(need, m[at + c.SUPPORT_RECOVERY], c.PARTS)[0]
        limit = m[at + c.SUPPORT_LIMIT]
        if limit >= 0:
            used = m[at + c.BACKED_DRAWN]
            if m[at + c.SUPPORT_REVOLVES] == 1:
                used -= m[at + c.BACKED_REPAID]
            cash = min(cash, max(limit - used, 0))
        if cash <= 0:
            continue
        party = m[at + c.SUPPORT_PARTY]
        post(m, c.ROW_OF_SUPPORT - support, party, row_party(m, row), cash)
        settle_row(m, row, cash)
        m[state + c.DONE_SUPPORTED] += cash
        m[at + c.BACKED_DRAWN] += cash
        m[at + c.BACKED_NOW] += cash
        claim = m[at + c.SUPPORT_CLAIM]
        if claim >= 0:
            item = m[c.AT_ITEMS] + claim * c.ITEM_COLUMNS
            m[item + c.DUE_CURRENT] += cash
            m[item + c.DUE_ACCRUED] += cash


@bare_kernel
def holds(m: IntArray, row: int) -> bool:
    """Whether the condition of a row holds now."""
    at = row * c.ROW_COLUMNS
    kind = m[m[c.AT_ROWS] + (at + c.ROW_CONDITION)]
    value = m[m[c.AT_ROWS] + (at + c.ROW_A)]
    if kind == c.IF_FROM_PERIOD:
        return bool(m[c.IS_PERIOD] >= value)
    if kind == c.IF_BEFORE_PERIOD:
        return bool(m[c.IS_PERIOD] < value)
    if kind == c.IF_METRIC:
        return measured(m, value)
    tripped = m[m[c.AT_TRIGGERS] + value * c.TRIGGER_COLUMNS + c.TESTED_TRIPPED] == 1
    return tripped if kind == c.IF_TRIPPED else not tripped


@inlined_kernel
def rated_left(m: IntArray) -> int:
    """Return the balance of all notes that are not equity."""
    total = 0
    for note in range(m[c.N_NOTES]):
        at = m[c.AT_NOTES] + note * c.NOTE_COLUMNS
        if m[at + c.NOTE_RATED] == 1:
            total += m[at + c.BALANCE_NOW]
    return total


@inlined_kernel
def account_target(m: IntArray, account: int) -> int:
    """Return what an account should hold; nothing once the notes are repaid."""
    at = m[c.AT_ACCOUNTS] + account * c.ACCOUNT_COLUMNS
    if rated_left(m) == 0:
        return 0
    which = m[at + c.ACCOUNT_TARGET]
    trigger = m[at + c.ACCOUNT_TRIGGER]
    tripped = m[c.AT_TRIGGERS] + trigger * c.TRIGGER_COLUMNS + c.TESTED_TRIPPED
    if trigger >= 0 and m[tripped] == 1:
        which = m[at + c.ACCOUNT_OTHER_TARGET]
    if which < 0:
        return 0
    return max(0, amount(m, which, 0, 0))


@inlined_kernel
def trapped_parts(m: IntArray, row: int) -> int:
    """Return the part of spare cash that tripped triggers ask a row to keep."""
    parts = 0
    for place in range(m[c.N_STEPS]):
        step = m[c.AT_STEPS] + place * c.STEP_COLUMNS
        if m[step + c.STEP_KIND] == c.STEP_TRAP and m[step + c.STEP_TARGET] == row:
            trigger = m[c.AT_TRIGGERS] + m[step + c.STEP_TRIGGER] * c.TRIGGER_COLUMNS
            if m[trigger + c.TESTED_TRIPPED] == 1:
                parts = max(parts, m[step + c.STEP_PARTS])
    return parts


@inlined_kernel
def move(m: IntArray, row: int, wanted: int, cash: int, before: int) -> None:
    """Move cash to the account that a row names."""
    take(m, row, m[m[c.AT_ROWS] + (row * c.ROW_COLUMNS + c.ROW_DESTINATION)], cash)
    done(m, row, before, wanted, wanted, cash, available(m, row))


@bare_kernel
def write_losses(m: IntArray, change: int) -> None:
    """Write balances down, the most junior first, or up again, the most senior first."""
    notes = m[c.N_NOTES]
    left = abs(change)
    for order in range(notes):
        rank = order if change > 0 else notes - 1 - order
        for note in range(notes):
            at = m[c.AT_NOTES] + note * c.NOTE_COLUMNS
            if m[at + c.NOTE_RANK] != rank or left == 0:
                continue
            if change > 0:
                part = min(left, m[at + c.BALANCE_NOW])
                m[at + c.BALANCE_NOW] -= part
                m[at + c.BALANCE_LOSSES] += part
                m[at + c.BALANCE_WRITTEN_DOWN] += part
            else:
                part = min(left, m[at + c.BALANCE_LOSSES])
                m[at + c.BALANCE_NOW] += part
                m[at + c.BALANCE_LOSSES] -= part
                m[at + c.BALANCE_WRITTEN_UP] += part
            left -= part


@bare_kernel
def all_balances(m: IntArray) -> int:
    """Return the balance of all notes."""
    total = 0
    for note in range(m[c.N_NOTES]):
        total += m[m[c.AT_NOTES] + note * c.NOTE_COLUMNS + c.BALANCE_NOW]
    return total


@bare_kernel
def purchase(m: IntArray, row: int, cash: int, before: int) -> None:
    """Buy assets with cash, as many whole units as it pays for."""
    price = m[c.SET_PRICE]
    bought = divided(cash, c.PARTS, price)[0]
    cost = scaled(bought, price, c.PARTS)
    if cost > cash:
        bought -= 1
        cost = scaled(bought, price, c.PARTS)
    cost = max(cost, 0)
    if bought > 0:
        at = m[c.AT_BOUGHT] + m[c.N_BOUGHT] * c.BOUGHT_COLUMNS
        m[at + c.BOUGHT_BALANCE] = bought
        m[at + c.BOUGHT_NOW] = bought
        m[at + c.BOUGHT_PERIOD] = m[c.IS_PERIOD]
        m[at + c.BOUGHT_CLAIM] = 0
        m[c.N_BOUGHT] += 1
        m[m[c.AT_NOW] + c.FLOW_PURCHASED] += bought
        m[m[c.AT_NOW] + c.FLOW_CLOSING] += bought
        m[c.SUM_PRINCIPAL_OUT] += cost
        take(m, row, m[c.SET_BANK] - 1, cost)
    done(m, row, before, cash, cash, cost, available(m, row))


@bare_kernel
def residual(m: IntArray, row: int, cash: int, before: int) -> None:
    """Pay all that is left to one class: its principal first where the row says so, then income."""
    at = row * c.ROW_COLUMNS
    note = m[c.AT_NOTES] + m[m[c.AT_ROWS] + (at + c.ROW_TARGET)] * c.NOTE_COLUMNS
    take(m, row, m[note + c.NOTE_PARTY], cash)
    principal = 0
    if m[m[c.AT_ROWS] + (at + c.ROW_A)] == 1:
        principal = min(cash, m[note + c.BALANCE_NOW])
        m[note + c.BALANCE_NOW] -= principal
        m[note + c.BALANCE_PAID] += principal
        m[c.SUM_PRINCIPAL_OUT] += principal
    m[note + c.BALANCE_RESIDUAL] += cash - principal
    done(m, row, before, cash, cash, cash, available(m, row))


@bare_kernel
def sell(m: IntArray) -> None:
    """Sell the performing assets to the originator at the price of a clean-up call, once."""
    if m[c.IS_SOLD] == 1:
        return
    m[c.IS_SOLD] = 1
    performing = m[m[c.AT_NOW] + c.FLOW_CLOSING]
    price = scaled(performing, m[c.SET_SALE_PRICE], c.PARTS)
    post(m, c.ROW_OF_COLLECTION, m[c.SET_BANK] - 1, m[c.SET_PRINCIPAL_ACCOUNT], price)
    m[m[c.AT_NOW] + c.FLOW_REPURCHASED] += performing
    m[m[c.AT_NOW] + c.FLOW_REPURCHASE_CASH] += price
    m[m[c.AT_NOW] + c.FLOW_CLOSING] = 0
    m[c.SUM_PRINCIPAL_IN] += price


@bare_kernel
def waterfall(m: IntArray, pool: IntArray) -> None:
    """Run the rows of the phase in order."""
    phase = m[c.IS_PHASE]
    m[c.SET_PHASE_AT_WATERFALL] = phase
    row = m[m[c.AT_STATES] + 2 * phase]
    end = m[m[c.AT_STATES] + 2 * phase + 1]
    for place in range(row, end):
        m[m[c.AT_DONE] + place * c.DONE_COLUMNS + c.DONE_RUN] = 0
        m[m[c.AT_DONE] + place * c.DONE_COLUMNS + c.DONE_SUPPORTED] = 0
    while row < end:
        at = row * c.ROW_COLUMNS
        op = m[m[c.AT_ROWS] + (at + c.ROW_OP)]
        target = m[m[c.AT_ROWS] + (at + c.ROW_TARGET)]
        if op == c.OP_WHEN:
            if not holds(m, row):
                row += m[m[c.AT_ROWS] + (at + c.ROW_SPAN)]
            else:
                m[m[c.AT_DONE] + row * c.DONE_COLUMNS + c.DONE_RUN] = 1
        elif op == c.OP_BUDGET:
            m[m[c.AT_BUDGETS] + target] = max(
                0, amount(m, m[m[c.AT_ROWS] + (at + c.ROW_AMOUNT)], 0, 0)
            )
        elif op == c.OP_PRO_RATA:
            pro_rata(m, row)
            row += m[m[c.AT_ROWS] + (at + c.ROW_SPAN)]
        elif op == c.OP_TEST:
            counted(m, target, measured(m, target))
        elif op == c.OP_COLLECT:
            collect(m, pool)
        elif op == c.OP_ACCRUE:
            accrue(m)
        elif op == c.OP_SELL:
            sell(m)
        elif op == c.OP_DRAW:
            draw(m, target)
        elif op in (c.OP_WRITE_DOWN, c.OP_WRITE_UP):
            backing = amount(m, m[m[c.AT_ROWS] + (at + c.ROW_AMOUNT)], 0, 0)
            change = all_balances(m) - backing
            if (op == c.OP_WRITE_DOWN and change > 0) or (op == c.OP_WRITE_UP and change < 0):
                write_losses(m, change)
        else:
            before = available(m, row)
            if op in (c.OP_PAY, c.OP_PRINCIPAL, c.OP_HEDGE):
                if op == c.OP_HEDGE:
                    receive(m, row)
                    before = available(m, row)
                due = row_due(m, row)
                limit = row_limit(m, row, due, before)
                cash = min(before, limit)
                pay(m, row, due, limit, cash)
                if cash < limit:
                    mark_short(m, row)
            elif op == c.OP_RESIDUAL:
                residual(m, row, before, before)
            elif op == c.OP_TOP_UP:
                held = m[m[c.AT_LEDGER] + target * c.LEDGER_COLUMNS + c.LEDGER_NOW]
                gap = max(0, account_target(m, target) - held)
                gap = row_limit(m, row, gap, before)
                move(m, row, gap, min(gap, before), before)
                if before < gap:
                    mark_short(m, row)
            elif op == c.OP_RELEASE:
                excess = max(0, before - account_target(m, target))
                excess = row_limit(m, row, excess, before)
                move(m, row, excess, excess, before)
            elif op == c.OP_TRAP:
                kept = divided(before, trapped_parts(m, row), c.PARTS)[0]
                kept = row_limit(m, row, kept, before)
                move(m, row, kept, kept, before)
            elif op == c.OP_UNTRAP:
                freed = before if trapped_parts(m, m[m[c.AT_ROWS] + (at + c.ROW_A)]) == 0 else 0
                move(m, row, freed, freed, before)
            elif op == c.OP_TRANSFER:
                limit = row_limit(m, row, before, before)
                move(m, row, limit, limit, before)
            else:
                limit = row_limit(m, row, before, before)
                purchase(m, row, limit, before)
        row += 1


@bare_kernel
def receive(m: IntArray, row: int) -> None:
    """Take in what a hedge owes."""
    at = row * c.ROW_COLUMNS
    item = m[c.AT_ITEMS] + m[m[c.AT_ROWS] + (at + c.ROW_TARGET)] * c.ITEM_COLUMNS
    owed = m[item + c.DUE_RECEIVABLE]
    post(
        m,
        row,
        m[item + c.ITEM_PARTY],
        m[m[c.AT_TERMS] + m[m[c.AT_ROWS] + (at + c.ROW_SOURCES)]],
        owed,
    )
    m[item + c.DUE_RECEIVED] += owed
    m[item + c.DUE_RECEIVABLE] = 0


@bare_kernel
def open_period(m: IntArray, period: int) -> None:
    """Set what a period counts to zero and remember where it starts."""
    m[c.IS_PERIOD] = period
    m[c.IS_COLLECTED] = 0
    m[c.IS_ACCRUED] = 0
    for place in range(m[c.N_LEDGER]):
        at = m[c.AT_LEDGER] + place * c.LEDGER_COLUMNS
        m[at + c.LEDGER_OPENING] = m[at + c.LEDGER_NOW]
        m[at + c.LEDGER_IN] = 0
        m[at + c.LEDGER_OUT] = 0
    for account in range(m[c.N_ACCOUNTS]):
        m[m[c.AT_ACCOUNTS] + account * c.ACCOUNT_COLUMNS + c.ACCOUNT_SHORT] = 0
    for item in range(m[c.N_ITEMS]):
        at = m[c.AT_ITEMS] + item * c.ITEM_COLUMNS
        m[at + c.DUE_OPENING] = m[at + c.DUE_ARREARS]
        for column in range(c.DUE_ACCRUED, c.DUE_CLOSING + 1):
            m[at + column] = 0
        m[at + c.DUE_RECEIVED] = 0
    for note in range(m[c.N_NOTES]):
        at = m[c.AT_NOTES] + note * c.NOTE_COLUMNS
        m[at + c.BALANCE_OPENING] = m[at + c.BALANCE_NOW]
        m[at + c.BALANCE_CAPITALISED] = 0
        m[at + c.BALANCE_PAID] = 0
        m[at + c.BALANCE_WRITTEN_DOWN] = 0
        m[at + c.BALANCE_WRITTEN_UP] = 0
        m[at + c.BALANCE_RESIDUAL] = 0
    for support in range(m[c.N_SUPPORTS]):
        at = m[c.AT_SUPPORTS] + support * c.SUPPORT_COLUMNS
        m[at + c.BACKED_NOW] = 0
        m[at + c.BACKED_CALLED] = 0
    for trigger in range(m[c.N_TRIGGERS]):
        m[m[c.AT_TRIGGERS] + trigger * c.TRIGGER_COLUMNS + c.TESTED_NOW] = 0
    for budget in range(m[c.N_BUDGETS]):
        m[m[c.AT_BUDGETS] + budget] = 0


@bare_kernel
def close_period(m: IntArray) -> None:
    """Capitalise, carry unpaid amounts forward and hold the invariants against the result."""
    for note in range(m[c.N_NOTES]):
        at = m[c.AT_NOTES] + note * c.NOTE_COLUMNS
        if m[at + c.NOTE_CAPITALISES] == 1:
            item = m[c.AT_ITEMS] + note * c.ITEM_COLUMNS
            unpaid = item_due(m, note)
            m[item + c.DUE_CAPITALISED] = unpaid
            m[item + c.DUE_ARREARS] = 0
            m[item + c.DUE_ON_ARREARS] = 0
            m[item + c.DUE_CURRENT] = 0
            m[at + c.BALANCE_CAPITALISED] = unpaid
            m[at + c.BALANCE_NOW] += unpaid
    for item in range(m[c.N_ITEMS]):
        at = m[c.AT_ITEMS] + item * c.ITEM_COLUMNS
        closing = item_due(m, item)
        m[at + c.DUE_CLOSING] = closing
        flow = m[at + c.DUE_OPENING] + m[at + c.DUE_ACCRUED] + m[at + c.DUE_ACCRUED_ON_ARREARS]
        if flow - m[at + c.DUE_PAID] - m[at + c.DUE_CAPITALISED] != closing:
            fault(m, 3, item)
        if m[at + c.DUE_ARREARS] < 0 or m[at + c.DUE_CURRENT] < 0 or closing < 0:
            fault(m, 5, item)
        m[at + c.DUE_ARREARS] = closing
        m[at + c.DUE_ON_ARREARS] = 0
        m[at + c.DUE_CURRENT] = 0
    for note in range(m[c.N_NOTES]):
        at = m[c.AT_NOTES] + note * c.NOTE_COLUMNS
        flow = m[at + c.BALANCE_OPENING] + m[at + c.BALANCE_CAPITALISED] - m[at + c.BALANCE_PAID]
        flow += m[at + c.BALANCE_WRITTEN_UP] - m[at + c.BALANCE_WRITTEN_DOWN]
        if flow != m[at + c.BALANCE_NOW]:
            fault(m, 4, note)
        if m[at + c.BALANCE_NOW] < 0:
            fault(m, 5, note)
    total = 0
    inside = 0
    for place in range(m[c.N_LEDGER]):
        at = m[c.AT_LEDGER] + place * c.LEDGER_COLUMNS
        total += m[at + c.LEDGER_NOW]
        flow = m[at + c.LEDGER_OPENING] + m[at + c.LEDGER_IN] - m[at + c.LEDGER_OUT]
        if flow != m[at + c.LEDGER_NOW]:
            fault(m, 1, place)
        if place < m[c.N_ACCOUNTS]:
            account = m[c.AT_ACCOUNTS] + place * c.ACCOUNT_COLUMNS
            if m[at + c.LEDGER_NOW] < 0:
                fault(m, 5, place)
            if m[account + c.ACCOUNT_CARRIES] == 0 and m[at + c.LEDGER_NOW] != 0:
                fault(m, 8, place)
            inside += m[at + c.LEDGER_NOW] - m[at + c.LEDGER_OPENING]
        else:
            inside += m[at + c.LEDGER_IN] - m[at + c.LEDGER_OUT]
    if total != 0:
        fault(m, 2, 0)
    if inside != 0:
        fault(m, 1, -1)
    for support in range(m[c.N_SUPPORTS]):
        at = m[c.AT_SUPPORTS] + support * c.SUPPORT_COLUMNS
        out = m[at + c.BACKED_DRAWN] - m[at + c.BACKED_REPAID]
        used = out if m[at + c.SUPPORT_REVOLVES] == 1 else m[at + c.BACKED_DRAWN]
        if out < 0 or (m[at + c.SUPPORT_LIMIT] >= 0 and used > m[at + c.SUPPORT_LIMIT]):
            fault(m, 10, support)
    now = m[c.AT_NOW]
    flow = m[now + c.FLOW_OPENING] + m[now + c.FLOW_PURCHASED] - m[now + c.FLOW_PRINCIPAL]
    flow -= m[now + c.FLOW_PREPAID] + m[now + c.FLOW_DEFAULTED] + m[now + c.FLOW_REPURCHASED]
    if flow - m[now + c.FLOW_LAPSED] != m[now + c.FLOW_CLOSING] or m[now + c.FLOW_CLOSING] < 0:
        fault(m, 9, 0)
    if rated_left(m) == 0:
        m[c.IS_PHASE] = c.PHASE_FINAL


@bare_kernel
def run(
    m: IntArray, pool: IntArray, kept: IntArray, coverage: FloatArray, snapshots: IntArray
) -> None:
    """Run all periods.

    `kept` takes what each balance was paid, `coverage` each trigger's metric, and `snapshots`,
    where the program asks for a trace, the registers at the end of each period.
    """
    notes, triggers = (m[c.N_NOTES], m[c.N_TRIGGERS])
    size = m[c.N_REGISTERS]
    for period in range(m[c.N_PERIODS]):
        open_period(m, period)
        test_point(m, c.POINT_BEFORE_COLLECTION)
        collect(m, pool)
        test_point(m, c.POINT_AFTER_COLLECTION)
        accrue(m)
        test_point(m, c.POINT_BEFORE_WATERFALL)
        allowed = m[c.IS_PHASE]
        waterfall(m, pool)
        if m[c.SET_PHASE_AT_WATERFALL] != allowed or allowed < min(
            wanted_phase(m), c.PHASE_AMORTIZING
        ):
            fault(m, 13, allowed)
        test_point(m, c.POINT_AFTER_WATERFALL)
        for support in range(m[c.N_SUPPORTS]):
            if m[m[c.AT_SUPPORTS] + support * c.SUPPORT_COLUMNS + c.SUPPORT_IN_PASS] == 1:
                draw(m, support)
        test_point(m, c.POINT_AFTER_SUPPORT)
        close_period(m)
        for note in range(notes):
            at = m[c.AT_NOTES] + note * c.NOTE_COLUMNS
            item = m[c.AT_ITEMS] + note * c.ITEM_COLUMNS
            place = (period * notes + note) * c.KEPT_COLUMNS
            kept[place + c.KEPT_INTEREST] = m[item + c.DUE_PAID] + m[at + c.BALANCE_RESIDUAL]
            kept[place + c.KEPT_PRINCIPAL] = m[at + c.BALANCE_PAID]
            kept[place + c.KEPT_UNPAID] = m[item + c.DUE_ARREARS]
            late = period >= m[at + c.NOTE_LEGAL_FINAL]
            kept[place + c.KEPT_OVERDUE] = m[at + c.BALANCE_NOW] if late else 0
        for trigger in range(triggers):
            at = m[c.AT_TRIGGERS] + trigger * c.TRIGGER_COLUMNS
            denominator = m[at + c.TESTED_DENOMINATOR]
            ratio = -1.0
            if m[at + c.TESTED_NOW] == 1 and denominator > 0:
                ratio = m[at + c.TESTED_NUMERATOR] / denominator
            coverage[period * triggers + trigger] = ratio
        if m[c.SET_TRACE] == 1:
            for place in range(size):
                snapshots[period * size + place] = m[place]
        if m[c.IS_BROKEN] != 0:
            return
