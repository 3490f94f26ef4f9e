"""A deal turned into whole numbers for the cash machine, and the names to read them back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ipfinance.basics import Cash, MinorUnit
from ipfinance.numerics import _codes as c
from ipfinance.securitization._deal import Action, Deal, Scenario, State
from ipfinance.securitization._periods import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a waterfall, as the machine runs it.

    Attributes
    ----------
    name
        What the statement calls it, unique within its state.
    subject
        The class, fee, hedge, support or account concerned.
    path
        Where it stands in the deal file.
    sources
        Accounts that pay it, in order.
    """

    state: State
    name: str
    action: Action
    subject: str
    path: str
    sources: tuple[str, ...] = ()
    is_payment: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where each block of registers begins and who stands in which order."""

    accounts: tuple[str, ...]
    parties: tuple[str, ...]
    items: tuple[str, ...]
    notes: tuple[str, ...]
    supports: tuple[str, ...]
    triggers: tuple[str, ...]
    entities: tuple[str, ...]
    books: tuple[str, ...]
    starts: Mapping[str, int]

    def at(self, block: str) -> int:
        """Return the first register of a block."""
        return self.starts[block]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Program:
    """What the machine needs to run a deal in one scenario.

    Attributes
    ----------
    registers
        What a run starts with.
    fits
        Whether every product stays within 64 bits, so that the compiled machine may run it.
    """

    deal: Deal
    scenario: Scenario
    unit: MinorUnit
    periods: tuple[Period, ...]
    lines: tuple[Line, ...]
    layout: Layout
    registers: tuple[int, ...]
    rows: tuple[int, ...]
    amounts: tuple[int, ...]
    terms: tuple[int, ...]
    tables: tuple[int, ...]
    fits: bool
    cut_off_balance: Cash

    def memory(self, journal: int = 0) -> list[int]:
        """Return the registers, the program behind them, and room for a journal."""
        memory = list(self.registers)
        memory[c.N_REGISTERS] = len(memory)
        for register, cells in (
            (c.AT_ROWS, self.rows),
            (c.AT_AMOUNTS, self.amounts),
            (c.AT_TERMS, self.terms),
            (c.AT_TABLES, self.tables),
        ):
            memory[register] = len(memory)
            memory += cells
        memory[c.AT_JOURNAL], memory[c.N_JOURNAL] = len(memory), journal
        memory += [0] * journal
        return memory
