"""Runs of deals as plain data and as flat tables, every amount in whole minor units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from ipfinance.basics import Language, Text
from ipfinance.reports._views import plain_value
from ipfinance.securitization import Deal, DealRun, LineResult, PeriodResult, TrancheResult

FlatCell: TypeAlias = "str | int | float | bool | date | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatTable:
    """A table for spreadsheets and data frames: plain cells under plain names."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[FlatCell, ...], ...]


def words(text: str | Text, language: Language) -> str:
    """Return a text of a deal file, which may stand in one language only."""
    if isinstance(text, str):
        return text
    return text.in_(language) or text.en or text.zh


def deal_run_view(run: DealRun, language: Language) -> dict[str, Any]:
    """Return a run of a deal; amounts are whole minor units of `currency`."""
    deal = run.deal
    return {
        "deal": deal.id,
        "title": words(deal.title, language),
        "currency": deal.currency,
        "exponent": run.unit.exponent,
        "balanced": run.balanced,
        "tranches": [tranche_view(each) for each in run.tranches],
        "periods": [_period_view(place, each) for place, each in enumerate(run.periods)],
        "left_over": dict(run.left_over),
        "assumed": assumed_view(deal, language),
        "provisional_dates": [
            str(each.period.payment) for each in run.periods if each.period.provisional
        ],
    }


def assumed_view(deal: Deal, language: Language) -> list[dict[str, str]]:
    """Return the terms that no source states."""
    return [{"field": each.field, "reason": words(each.reason, language)} for each in deal.assumed]


def tranche_view(tranche: TrancheResult) -> dict[str, Any]:
    """Return one class over its life."""
    return {
        "name": tranche.name,
        "balance": tranche.balance,
        "interest_due": tranche.interest_due,
        "interest_paid": tranche.interest_paid,
        "interest_unpaid": tranche.interest_unpaid,
        "interest_capitalised": tranche.capitalised,
        "principal_paid": tranche.principal_paid,
        "principal_unpaid": tranche.principal_unpaid,
        "written_down": tranche.written_down,
        "residual": tranche.residual,
        "wal": tranche.wal,
        "irr": tranche.irr,
    }


def line_view(line: LineResult) -> dict[str, Any]:
    """Return what one line of the waterfall did."""
    return {
        "line": line.line.name,
        "action": str(line.line.action),
        "subject": line.line.subject,
        "available_before": line.available_before,
        "due": line.due,
        "limit": line.limit,
        "paid": line.paid,
        "supported": line.supported,
        "unpaid": line.unpaid,
        "available_after": line.available_after,
    }


def _period_view(place: int, each: PeriodResult) -> dict[str, Any]:
    return {
        "period": place,
        "accrual_start": str(each.period.start),
        "accrual_end": str(each.period.end),
        "payment_date": str(each.period.payment),
        "provisional": each.period.provisional,
        "dates": {str(role): str(day) for role, day in each.period.roles.items()},
        "state": str(each.state),
        "state_after": str(each.state_after),
        "lines": [line_view(line) for line in each.lines],
        "tranches": {
            name: {
                "opening": note.opening,
                "interest_accrued": note.interest_accrued,
                "interest_on_arrears": note.interest_on_arrears,
                "interest_paid": note.interest_paid,
                "interest_unpaid": note.interest_unpaid,
                "principal_paid": note.principal_paid,
                "capitalised": note.capitalised,
                "written_down": note.written_down,
                "written_up": note.written_up,
                "residual": note.residual,
                "closing": note.closing,
            }
            for name, note in each.notes.items()
        },
        "accounts": {
            name: dict(zip(("opening", "in", "out", "closing"), row, strict=True))
            for name, row in each.accounts.items()
        },
        "pool": dict(each.pool),
        "supports": {
            name: {"called": s.called, "paid": s.paid, "outstanding": s.outstanding}
            for name, s in each.supports.items()
        },
        "triggers": {
            name: {"value": t.value, "breached": t.breached, "tripped": t.tripped}
            for name, t in each.triggers.items()
        },
        "unpaid": {name: cash for name, cash in each.dues.items() if cash},
    }


def deal_tables(run: DealRun) -> dict[str, FlatTable]:
    """Return a run as flat tables: lines, tranches, accounts, pool, supports, triggers, journal."""
    view = deal_run_view(run, Language.ENGLISH)
    found = [_table("tranches", view["tranches"])]
    periods = view["periods"]
    head = ("period", "payment_date", "state")
    found.append(_table("lines", [_joined(p, head, line) for p in periods for line in p["lines"]]))
    for name, label in (
        ("tranches", "tranche"),
        ("accounts", "account"),
        ("supports", "support"),
        ("triggers", "trigger"),
    ):
        rows = [
            _joined(p, head, {label: each, **cells})
            for p in periods
            for each, cells in p[name].items()
        ]
        title = "tranche_periods" if name == "tranches" else name
        found.append(_table(title, rows))
    found.append(_table("pool", [_joined(p, head, p["pool"]) for p in periods]))
    found.append(_table("journal", [plain_value(each, Language.ENGLISH) for each in run.journal]))
    return {table.name: table for table in found}


def _joined(
    period: Mapping[str, Any], head: tuple[str, ...], rest: Mapping[str, Any]
) -> dict[str, Any]:
    return {**{name: period[name] for name in head}, **rest}


def _table(name: str, rows: list[dict[str, Any]]) -> FlatTable:
    columns = tuple(rows[0]) if rows else ("empty",)
    return FlatTable(
        name=name,
        columns=columns,
        rows=tuple(tuple(row[column] for column in columns) for row in rows),
    )


def line_explanation_view(run: DealRun, period: int, line: LineResult) -> dict[str, Any]:
    """Return why a line was paid what it was paid."""
    each = run.periods[period]
    postings = [
        posting
        for posting in run.journal
        if posting.period == period and posting.line == line.line.name
    ]
    reasons = []
    if line.paid < line.limit:
        reasons.append("cash" if line.available_after == 0 else "scope")
    if line.limit < line.due:
        reasons.append("limit")
    return {
        "period": period,
        "payment_date": str(each.period.payment),
        "state": str(each.state),
        **line_view(line),
        "rule": line.line.path,
        "sources": list(line.line.sources),
        "paid_less_because_of": reasons,
        "before": [
            {"line": other.line.name, "paid": other.paid}
            for other in each.lines[: each.lines.index(line)]
        ],
        "postings": [
            {"from": posting.source, "to": posting.target, "cash": posting.cash}
            for posting in postings
        ],
        "triggers": {
            name: {"value": t.value, "tripped": t.tripped} for name, t in each.triggers.items()
        },
    }
