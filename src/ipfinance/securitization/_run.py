"""One run of a deal: every line, every period, to the minor unit, with its ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from ipfinance.basics import Cash, IpfinanceError, MinorUnit, Text
from ipfinance.numerics import _codes as c
from ipfinance.numerics import uncompiled
from ipfinance.securitization._compile import PHASE, compiled
from ipfinance.securitization._deal import Action, Deal, Scenario, State
from ipfinance.securitization._measures import irr, weighted_average_life
from ipfinance.securitization._periods import Period
from ipfinance.securitization._pool import (
    PoolProgram,
    check_pool_program,
    deterministic_flows,
    pool_program,
)
from ipfinance.securitization._program import Line, Program

POSTINGS_A_LINE = 6
STATE_OF = {code: state for state, code in PHASE.items()}
INVARIANTS = {
    1: Text("accounts roll forward", "账户滚动平衡"),
    2: Text("all ledger accounts sum to zero", "全部账户合计为零"),
    3: Text("what is due rolls forward", "应付滚动平衡"),
    4: Text("balances of notes roll forward", "证券余额滚动平衡"),
    5: Text("nothing is negative", "任何余额非负"),
    6: Text("no junior payment while a senior one is short", "优先项未足额时不得支付次级项"),
    8: Text("no cash is forgotten", "现金无遗漏"),
    9: Text("the pool rolls forward", "资产池滚动平衡"),
    10: Text("draws stay within limits", "提款不超过额度"),
    12: Text("available after = available before - paid", "支付后可用 = 支付前可用 - 支付额"),
    13: Text("the state follows the triggers tested before", "状态由此前的触发测试决定"),
    c.BROKEN_FULL: Text("the journal holds every posting", "日记账容纳全部分录"),
}


class InvariantError(IpfinanceError):
    """The engine found that a run breaks one of its own laws: a defect, never a result."""

    text = Text(
        "The run breaks invariant I{number} ({law}) in period {period}, place {place}. "
        "This is a defect of the engine; please report it.",
        "运行在第 {period} 期（位置 {place}）违反不变式 I{number}（{law}）。此为引擎缺陷，请反馈。",
    )

    def __init__(self, number: int, law: Text, period: int, place: int) -> None:
        super().__init__(number=number, law=law, period=period, place=place)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineResult:
    """What one line of a waterfall did.

    Attributes
    ----------
    limit
        What it was to pay: what is due, capped.
    supported
        Paid by supports after the waterfall.
    """

    line: Line
    available_before: Cash
    due: Cash
    limit: Cash
    paid: Cash
    supported: Cash
    available_after: Cash

    @property
    def unpaid(self) -> Cash:
        """What was to be paid and nobody paid."""
        return self.limit - self.paid - self.supported


@dataclass(frozen=True, slots=True, kw_only=True)
class NotePeriod:
    """One class in one period, opening to closing."""

    interest_accrued: Cash
    interest_on_arrears: Cash
    interest_paid: Cash
    interest_unpaid: Cash
    principal_paid: Cash
    capitalised: Cash
    written_down: Cash
    written_up: Cash
    residual: Cash
    opening: Cash
    closing: Cash


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerTest:
    """One test of a trigger.

    Attributes
    ----------
    value
        The ratio, or the amount in minor units.
    """

    value: float | None
    breached: bool
    tripped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportPeriod:
    """What a support was asked for and paid."""

    called: Cash
    paid: Cash
    outstanding: Cash


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """Cash moved from one place of the ledger to another, and the line that moved it."""

    period: int
    line: str
    source: str
    target: str
    cash: Cash


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodResult:
    """One period of a run."""

    period: Period
    state: State
    state_after: State
    lines: tuple[LineResult, ...]
    notes: Mapping[str, NotePeriod]
    accounts: Mapping[str, tuple[Cash, Cash, Cash, Cash]]
    supports: Mapping[str, SupportPeriod]
    triggers: Mapping[str, TriggerTest]
    pool: Mapping[str, Cash]
    dues: Mapping[str, Cash]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrancheResult:
    """A class over its life.

    Attributes
    ----------
    interest_due
        Accrued over life, interest on arrears included.
    wal
        Weighted average life of principal paid, in years; none when none was paid.
    """

    name: str
    balance: Cash
    interest_due: Cash
    interest_paid: Cash
    interest_unpaid: Cash
    capitalised: Cash
    principal_paid: Cash
    principal_unpaid: Cash
    written_down: Cash
    residual: Cash
    wal: float | None
    irr: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DealRun:
    """A run of a deal in one scenario."""

    program: Program
    pool: PoolProgram
    periods: tuple[PeriodResult, ...]
    tranches: tuple[TrancheResult, ...]
    journal: tuple[Posting, ...]
    balanced: bool
    left_over: Mapping[str, Cash]

    @property
    def deal(self) -> Deal:
        """The deal that was run."""
        return self.program.deal

    @property
    def unit(self) -> MinorUnit:
        """The minor unit of its currency."""
        return self.program.unit

    def tranche(self, name: str) -> TrancheResult:
        """Return one class."""
        return next(each for each in self.tranches if each.name == name)


def run_deal(
    deal: Deal, scenario: Scenario | None = None, *, use_compiled: bool = False
) -> DealRun:
    """Run a deal in a scenario and keep everything that happened.

    Parameters
    ----------
    use_compiled
        Whether machine code runs it; the same whole numbers come out either way.

    Raises
    ------
    InputError
        With every fault of the deal.
    InvariantError
        When the engine finds that it broke one of its laws.
    """
    program = compiled(deal, scenario)
    pool = pool_program(program)
    check_pool_program(pool)
    use_compiled = use_compiled and program.fits
    flows = deterministic_flows(pool, use_compiled=use_compiled)
    return _read(program, pool, _machine(program, flows, use_compiled=use_compiled))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Memory:
    registers: Any
    journal: Any
    snapshots: Any


def _machine(program: Program, flows: Sequence[int], *, use_compiled: bool) -> _Memory:
    count = len(program.periods)
    size = len(program.registers)
    room = count * (POSTINGS_A_LINE * (len(program.lines) + 4) + 2 * size // c.LEDGER_COLUMNS)
    memory = program.memory(room * c.POSTED_COLUMNS)
    memory[c.SET_TRACE] = 1
    notes = len(program.layout.notes) * c.KEPT_COLUMNS * count
    triggers = len(program.layout.triggers) * count
    arrays: list[Any] = [
        memory,
        list(flows),
        [0] * notes,
        [0.0] * triggers,
        [0] * (count * size),
    ]
    if use_compiled:
        from ipfinance.numerics.kernels import machine as kernels

        kinds = (np.int64, np.int64, np.int64, np.float64, np.int64)
        arrays = [np.array(each, dtype=kind) for each, kind in zip(arrays, kinds, strict=True)]
        kernels.run(*arrays)
    else:
        uncompiled("machine").run(*arrays)
    m = arrays[0]
    if m[c.IS_BROKEN]:
        number = int(m[c.IS_BROKEN])
        raise InvariantError(
            number, INVARIANTS[number], int(m[c.BROKEN_PERIOD]), int(m[c.BROKEN_PLACE])
        )
    return _Memory(registers=m, journal=m[m[c.AT_JOURNAL] :], snapshots=arrays[4])


def _read(program: Program, pool: PoolProgram, memory: _Memory) -> DealRun:
    size = len(program.registers)
    periods = []
    before = int(program.registers[c.IS_PHASE])
    for place, period in enumerate(program.periods):
        m = memory.snapshots[place * size : (place + 1) * size]
        state = int(m[c.SET_PHASE_AT_WATERFALL])
        periods.append(_period(program, period, m, STATE_OF[state]))
        before = int(m[c.IS_PHASE])
    del before
    last = memory.snapshots[-size:]
    left = {
        name: int(last[program.layout.at("ledger") + k * c.LEDGER_COLUMNS + c.LEDGER_NOW])
        for k, name in enumerate(program.layout.accounts)
    }
    return DealRun(
        program=program,
        pool=pool,
        periods=tuple(periods),
        tranches=tuple(_tranche(program, periods, name) for name in program.layout.notes),
        journal=_journal(program, memory),
        balanced=_is_balanced(program, memory),
        left_over={name: cash for name, cash in left.items() if cash},
    )


def _is_balanced(program: Program, memory: _Memory) -> bool:
    size = len(program.registers)
    places = len(program.layout.accounts) + len(program.layout.parties)
    for period in range(len(program.periods)):
        start = period * size + program.layout.at("ledger") + c.LEDGER_NOW
        cells = range(start, start + places * c.LEDGER_COLUMNS, c.LEDGER_COLUMNS)
        if sum(int(memory.snapshots[cell]) for cell in cells) != 0:
            return False
    return True


def _period(program: Program, period: Period, m: Any, state: State) -> PeriodResult:  # noqa: ANN401
    layout = program.layout

    def cells(block: str, place: int, columns: int) -> list[int]:
        first = layout.at(block) + place * columns
        return [int(cell) for cell in m[first : first + columns]]

    lines = []
    done = int(m[c.AT_DONE])
    for place, line in enumerate(program.lines):
        at = done + place * c.DONE_COLUMNS
        row = [int(cell) for cell in m[at : at + c.DONE_COLUMNS]]
        if line.name and line.is_payment and line.state is state and row[c.DONE_RUN]:
            lines.append(
                LineResult(
                    line=line,
                    available_before=row[c.DONE_BEFORE],
                    due=row[c.DONE_DUE],
                    limit=row[c.DONE_LIMIT],
                    paid=row[c.DONE_PAID],
                    supported=row[c.DONE_SUPPORTED],
                    available_after=row[c.DONE_AFTER],
                )
            )
    items = {name: cells("items", k, c.ITEM_COLUMNS) for k, name in enumerate(layout.items)}
    notes = {
        name: _note(items[name], cells("notes", k, c.NOTE_COLUMNS))
        for k, name in enumerate(layout.notes)
    }
    accounts = {
        name: (row[c.LEDGER_OPENING], row[c.LEDGER_IN], row[c.LEDGER_OUT], row[c.LEDGER_NOW])
        for k, name in enumerate(layout.accounts)
        for row in [cells("ledger", k, c.LEDGER_COLUMNS)]
    }
    supports = {
        name: SupportPeriod(
            called=row[c.BACKED_CALLED],
            paid=row[c.BACKED_NOW],
            outstanding=row[c.BACKED_DRAWN] - row[c.BACKED_REPAID],
        )
        for k, name in enumerate(layout.supports)
        for row in [cells("supports", k, c.SUPPORT_COLUMNS)]
    }
    triggers = {
        name: _test(cells("triggers", k, c.TRIGGER_COLUMNS))
        for k, name in enumerate(layout.triggers)
    }
    pool = cells("now", 0, c.FLOW_COLUMNS)
    return PeriodResult(
        period=period,
        state=state,
        state_after=STATE_OF[int(m[c.IS_PHASE])],
        lines=tuple(lines),
        notes=notes,
        accounts=accounts,
        supports=supports,
        triggers=triggers,
        pool=dict(zip(POOL_FLOWS, pool, strict=True)),
        dues={name: row[c.DUE_CLOSING] for name, row in items.items()},
    )


POOL_FLOWS = (
    "opening",
    "interest",
    "principal",
    "prepaid",
    "recovered",
    "supported",
    "repurchase_cash",
    "defaulted",
    "repurchased",
    "lapsed",
    "closing",
    "value",
    "overdue",
    "defaulted_value",
    "purchased",
    "loss",
)


def _note(item: list[int], note: list[int]) -> NotePeriod:
    return NotePeriod(
        interest_accrued=item[c.DUE_ACCRUED],
        interest_on_arrears=item[c.DUE_ACCRUED_ON_ARREARS],
        interest_paid=item[c.DUE_PAID],
        interest_unpaid=item[c.DUE_CLOSING],
        principal_paid=note[c.BALANCE_PAID],
        capitalised=note[c.BALANCE_CAPITALISED],
        written_down=note[c.BALANCE_WRITTEN_DOWN],
        written_up=note[c.BALANCE_WRITTEN_UP],
        residual=note[c.BALANCE_RESIDUAL],
        opening=note[c.BALANCE_OPENING],
        closing=note[c.BALANCE_NOW],
    )


def _test(row: list[int]) -> TriggerTest:
    value: float | None = None
    if row[c.TESTED_NOW]:
        numerator, denominator = row[c.TESTED_NUMERATOR], row[c.TESTED_DENOMINATOR]
        if row[c.TRIGGER_DENOMINATOR] < 0:
            value = float(numerator)
        elif denominator > 0:
            value = numerator / denominator
    return TriggerTest(
        value=value, breached=bool(row[c.TESTED_BREACHED]), tripped=bool(row[c.TESTED_TRIPPED])
    )


def _tranche(program: Program, periods: Sequence[PeriodResult], name: str) -> TrancheResult:
    tranche = program.deal.tranches[name]
    rows = [period.notes[name] for period in periods]
    closing = program.periods[0].start
    dates = [period.period.payment for period in periods]
    return TrancheResult(
        name=name,
        balance=rows[0].opening,
        interest_due=sum(row.interest_accrued + row.interest_on_arrears for row in rows),
        interest_paid=sum(row.interest_paid for row in rows),
        interest_unpaid=rows[-1].interest_unpaid,
        capitalised=sum(row.capitalised for row in rows),
        principal_paid=sum(row.principal_paid for row in rows),
        principal_unpaid=rows[-1].closing,
        written_down=sum(row.written_down - row.written_up for row in rows),
        residual=sum(row.residual for row in rows),
        wal=weighted_average_life(
            closing, dates, [row.principal_paid for row in rows], program.deal.wal_day_count
        ),
        irr=irr(
            closing,
            dates,
            [row.interest_paid + row.principal_paid + row.residual for row in rows],
            rows[0].opening if not tranche.equity or rows[0].opening else 0,
        ),
    )


def _journal(program: Program, memory: _Memory) -> tuple[Posting, ...]:
    names = (*program.layout.accounts, *program.layout.parties)
    found = []
    for place in range(int(memory.registers[c.N_POSTINGS])):
        at = place * c.POSTED_COLUMNS
        period, row, source, target, cash = (
            int(cell) for cell in memory.journal[at : at + c.POSTED_COLUMNS]
        )
        found.append(
            Posting(
                period=period,
                line=_line_name(program, row),
                source=names[source],
                target=names[target],
                cash=cash,
            )
        )
    return tuple(found)


def _line_name(program: Program, row: int) -> str:
    if row == c.ROW_OF_COLLECTION:
        return "collection"
    if row <= c.ROW_OF_SUPPORT:
        return f"support {program.layout.supports[c.ROW_OF_SUPPORT - row]}"
    line = program.lines[row]
    return line.name or str(line.action)


def payment_dates_of(run: DealRun) -> tuple[date, ...]:
    """Return the days on which a run moves cash to holders."""
    return tuple(period.period.payment for period in run.periods)


IS_PAYMENT = (Action.PAY_INTEREST, Action.PAY_PRINCIPAL, Action.PAY_FEE, Action.PAY_TAX)
