"""From a deal to the program of the cash machine; every fault of the deal is a load error."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import lcm

from ipfinance.basics import Cash, MinorUnit, Text, rounded
from ipfinance.numerics import _codes as c
from ipfinance.securitization import _names as n
from ipfinance.securitization._check import check_deal, waterfalls_of
from ipfinance.securitization._deal import (
    ASSET_LEVEL,
    Account,
    Action,
    Amount,
    AmountSpec,
    Collection,
    Coupon,
    Deal,
    Hedge,
    How,
    Metric,
    PrincipalRule,
    Row,
    Scenario,
    Scope,
    State,
    Support,
    TestPoint,
    Tranche,
    Trigger,
    Unpaid,
)
from ipfinance.securitization._eligibility import check_eligibility
from ipfinance.securitization._names import Problems
from ipfinance.securitization._periods import Period, at, deal_periods
from ipfinance.securitization._program import Layout, Line, Program
from ipfinance.securitization._receivables import balance_of, cash_of

STATES = tuple(State)
PHASE = {
    State.REVOLVING: c.PHASE_REVOLVING,
    State.AMORTIZING: c.PHASE_AMORTIZING,
    State.ACCELERATED: c.PHASE_ACCELERATED,
    State.CLEAN_UP: c.PHASE_CLEAN_UP,
    State.POST_EOD: c.PHASE_POST_EOD,
    State.FINAL: c.PHASE_FINAL,
}
POINT = {
    TestPoint.BEFORE_COLLECTION: c.POINT_BEFORE_COLLECTION,
    TestPoint.AFTER_COLLECTION: c.POINT_AFTER_COLLECTION,
    TestPoint.BEFORE_WATERFALL: c.POINT_BEFORE_WATERFALL,
    TestPoint.INSIDE_WATERFALL: c.POINT_INSIDE_WATERFALL,
    TestPoint.AFTER_WATERFALL: c.POINT_AFTER_WATERFALL,
    TestPoint.AFTER_SUPPORT: c.POINT_AFTER_SUPPORT,
}
SCOPE = {
    Scope.ALL: c.SCOPE_ALL,
    Scope.INTEREST: c.SCOPE_INTEREST,
    Scope.LEGAL_FINAL: c.SCOPE_LEGAL_FINAL,
}
COMPARE = {
    "below": c.COMPARE_BELOW,
    "at_most": c.COMPARE_AT_MOST,
    "above": c.COMPARE_ABOVE,
    "at_least": c.COMPARE_AT_LEAST,
    "equals": c.COMPARE_EQUAL,
}
OF_AMOUNTS = (
    Metric.AMOUNT,
    Metric.UNPAID_INTEREST,
    Metric.UNPAID_PRINCIPAL,
    Metric.KPI,
    Metric.EVENT,
)
OBLIGORS, SHARERS, ORIGINATOR, BANK, CLOSING = (
    "obligors",
    "sharers",
    "originator",
    "bank",
    "closing",
)
FIXED_PARTIES = (OBLIGORS, SHARERS, ORIGINATOR, BANK, CLOSING)
VEHICLE = "vehicle"
NOBODY = ""
WIDEST = 2**63
LONGEST_YEARS = 366 * 10  # numerator of a year fraction of ten years
MOST_CASH = 2**60


def compiled(deal: Deal, scenario: Scenario | None = None) -> Program:
    """Return the program of a deal in a scenario.

    Raises
    ------
    InputError
        With every fault of the deal and the place where it stands.
    """
    return _Compiler(deal, scenario or deal.scenario).program()


@dataclass(slots=True)
class _Emitted:
    """Lines under construction."""

    rows: list[list[int]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """What surrounds a row: the accounts that pay it and a budget that it shares."""

    sources: tuple[str, ...]
    budget: int = -1
    book: int = -1
    limit: int = -1


class _Compiler:
    def __init__(self, deal: Deal, scenario: Scenario) -> None:
        self.deal = deal
        self.scenario = scenario
        self.problems = Problems()
        self.unit = MinorUnit.of(deal.currency)
        self.periods = deal_periods(deal.dates)
        self.count = len(self.periods)
        self.collection = (
            Collection(interest=deal.collection, principal=deal.collection)
            if isinstance(deal.collection, str)
            else deal.collection
        )
        self.layout = self._layout()
        self.amounts: list[list[int]] = []
        self.terms: list[int] = []
        self.values: list[tuple[int, int, int]] = []  # term, sign, amount whose value it reads
        self.reads_value: list[tuple[int, int]] = []  # amount, amount that its parameter reads
        self.tables: list[list[int]] = []
        self.shared_tables: dict[tuple[int, ...], int] = {}
        self.steps: list[list[int]] = []
        self.budgets = 0
        self.widest_span = 1
        self.fits = True
        self.rate_parts = self._rate_parts()
        self.emitted = _Emitted()
        self.spans: dict[State, tuple[int, int]] = {}

    # ---- places

    def _layout(self) -> Layout:
        deal = self.deal
        notes = tuple(sorted(deal.tranches))
        repaid = tuple(f"{name} repayment" for name, s in sorted(deal.supports.items()) if s.repaid)
        items = (*notes, *sorted(deal.fees), *repaid, *sorted(deal.hedges))
        payees = (f"payee of {name}" for name in (*sorted(deal.fees), *sorted(deal.hedges)))
        holders = (f"holders of {name}" for name in notes)
        supports = tuple(
            name
            for name, support in sorted(
                deal.supports.items(), key=lambda pair: (pair[1].order, pair[0])
            )
            if support.kind not in ASSET_LEVEL
        )
        backers = (f"provider of {name}" for name in supports)
        parties = (*FIXED_PARTIES, *holders, *payees, *backers)
        accounts = tuple(sorted(deal.accounts))
        books = tuple(sorted({row.book for row in _all_rows(deal) if row.book is not None}))
        sizes = {
            "accounts": len(accounts) * c.ACCOUNT_COLUMNS,
            "ledger": (len(accounts) + len(parties)) * c.LEDGER_COLUMNS,
            "items": len(items) * c.ITEM_COLUMNS,
            "notes": len(notes) * c.NOTE_COLUMNS,
            "supports": len(supports) * c.SUPPORT_COLUMNS,
            "triggers": len(deal.triggers) * c.TRIGGER_COLUMNS,
            "now": c.FLOW_COLUMNS,
            "books": len(books),
            "history": 2 * self.count,
            "states": 2 * c.PHASES,
            "bought": self.count * c.BOUGHT_COLUMNS if deal.pool.revolving else 0,
            "ages": self.count if deal.pool.revolving else 0,
            "dead": 1 + len(deal.parties),
        }
        starts, place = {}, c.HEAD
        for name, size in sizes.items():
            starts[name] = place
            place += size
        starts["end"] = place
        return Layout(
            accounts=accounts,
            parties=parties,
            items=items,
            notes=notes,
            supports=supports,
            triggers=tuple(sorted(deal.triggers)),
            entities=(NOBODY, *sorted(deal.parties)),
            books=books,
            starts=starts,
        )

    def _cell(self, block: str, place: int, columns: int, column: int) -> int:
        return self.layout.at(block) + place * columns + column

    def _party(self, name: str) -> int:
        return len(self.layout.accounts) + self.layout.parties.index(name)

    def _cash(self, amount: Decimal, where: str) -> Cash:
        if not amount.is_finite() or abs(amount) > MOST_CASH:
            self.problems.add(where, _TOO_MUCH, str(amount))
            return 0
        cash = cash_of(amount, self.unit)
        if abs(cash) > MOST_CASH:
            self.problems.add(where, _TOO_MUCH, str(amount))
            return 0
        return cash

    # ---- tables

    def _table(self, values: Sequence[int]) -> int:
        key = tuple(values)
        if key not in self.shared_tables:
            self.shared_tables[key] = len(self.tables)
            self.tables.append(list(key))
        return self.shared_tables[key]

    def _pair_of_tables(self, fractions: Sequence[Fraction]) -> int:
        first = len(self.tables)
        self.tables.append([fraction.numerator for fraction in fractions])
        self.tables.append([fraction.denominator for fraction in fractions])
        return first

    def _rates(self) -> Iterable[tuple[str, Decimal]]:  # noqa: C901, PLR0912
        for name, tranche in self.deal.tranches.items():
            where = f"tranches.{name}.coupon"
            coupon = _coupon(tranche)
            for value in (coupon.fixed, coupon.margin, coupon.cap, coupon.floor):
                if value is not None:
                    yield where, value
            for step in coupon.steps:
                yield f"{where}.steps", step.add
            if isinstance(tranche.arrears_rate, Decimal):
                yield f"tranches.{name}.arrears_rate", tranche.arrears_rate
        for name, fee in self.deal.fees.items():
            if fee.rate is not None:
                yield f"fees.{name}.rate", fee.rate
        for name, account in self.deal.accounts.items():
            yield f"accounts.{name}.rate", account.rate
        for name, support in self.deal.supports.items():
            if support.rate is not None:
                yield f"supports.{name}.rate", support.rate
        for name, hedge in self.deal.hedges.items():
            for leg in (hedge.pay, hedge.receive):
                if isinstance(leg, Decimal):
                    yield f"hedges.{name}", leg
        for name, index in self.scenario.indices.items():
            for value in [index] if isinstance(index, Decimal) else index.values():
                yield f"scenario.indices.{name}", value

    def _rate_parts(self) -> int:
        parts = c.PARTS
        for where, rate in self._rates():
            if not rate.is_finite() or abs(rate) > 100:  # noqa: PLR2004
                self.problems.add(where, _NOT_A_RATE, str(rate))
                continue
            denominator = Fraction(rate).denominator
            if c.PARTS % denominator and not self.deal.exact_rates:
                self.problems.add(where, _FINE_RATE, str(rate))
            elif c.PARTS % denominator:
                parts = lcm(parts, denominator)
        return parts

    def _parts(self, rate: Decimal) -> int:
        return rounded(Fraction(rate) * self.rate_parts)

    def _years(self, day_count: object, *, adjusted: bool = False) -> int:
        last = self.periods[-1].end
        return self._pair_of_tables(
            [
                period.years(day_count, adjusted=adjusted, maturity=last)  # type: ignore[arg-type]
                for period in self.periods
            ]
        )

    def _period_of(self, on: date | None, *, default: int) -> int:
        """Return the first period whose payment date is on or after a day."""
        if on is None:
            return default
        for place, period in enumerate(self.periods):
            if period.end >= on or period.payment >= on:
                return place
        return self.count

    # ---- amounts

    def _amount(self, spec: AmountSpec, where: str, above: tuple[str, ...] = ()) -> int:  # noqa: C901
        """Compile an amount after the amounts that it is made of; return its place."""
        start = len(self.amounts)
        if isinstance(spec, Decimal):
            return self._emit_amount(start, c.AMOUNT_FIXED, numerator=self._cash(spec, where))
        if isinstance(spec, str):
            spec = Amount(sum=(spec,))
        fixed = Decimal(0) if spec.fixed is None else spec.fixed
        if spec.due_share is not None or spec.available_share is not None:
            given = spec.due_share if spec.due_share is not None else spec.available_share
            kind = c.AMOUNT_ROW_DUE if spec.due_share is not None else c.AMOUNT_AVAILABLE
            part = Fraction(given or 0)
            return self._emit_amount(
                start, kind, numerator=part.numerator, denominator=part.denominator, spec=spec
            )
        if spec.months_of_interest is not None:
            return self._months_of_interest(start, spec, where)
        terms: list[tuple[int, int]] = []
        reads: list[tuple[int, int]] = []
        for name in spec.sum:
            sign, bare = (-1, name[1:].strip()) if name.startswith("-") else (1, name)
            if bare in self.deal.amounts:
                if bare in above:
                    self.problems.add(where, _circle((*above, bare)))
                    continue
                inner = self._amount(self.deal.amounts[bare], f"amounts.{bare}", (*above, bare))
                reads.append((sign, inner))
                continue
            terms += [(sign * s, register) for s, register in self._measure(bare, where)]
        if fixed:
            reads.append(
                (
                    1,
                    self._emit_amount(
                        len(self.amounts), c.AMOUNT_FIXED, numerator=self._cash(fixed, where)
                    ),
                )
            )
        first = len(self.terms)
        self.terms += [sign * register for sign, register in terms]
        for sign, inner in reads:
            self.values.append((len(self.terms), sign, inner))
            self.terms.append(0)
        share = Fraction(spec.share)
        if share < 0:
            self.problems.add(where, _NEGATIVE_SHARE, str(spec.share))
        self._watch(share.numerator, share.denominator)
        return self._emit_amount(
            start,
            c.AMOUNT_SUM,
            first=first,
            last=len(self.terms),
            numerator=share.numerator,
            denominator=share.denominator,
            spec=spec,
        )

    def _months_of_interest(self, start: int, spec: Amount, where: str) -> int:
        n.check_known(self.problems, where, spec.of, self.deal.tranches, n.A_CLASS)
        first = len(self.terms)
        self.terms += [self.layout.notes.index(x) for x in spec.of if x in self.deal.tranches]
        months = spec.months_of_interest or 0
        return self._emit_amount(
            start,
            c.AMOUNT_INTEREST,
            first=first,
            last=len(self.terms),
            numerator=months,
            denominator=12,
            spec=spec,
        )

    def _emit_amount(
        self,
        start: int,
        kind: int,
        *,
        first: int = 0,
        last: int = 0,
        numerator: int = 0,
        denominator: int = 1,
        parameter: int = 0,
        spec: Amount | None = None,
    ) -> int:
        at_least, at_most = -c.NO_MOST, c.NO_MOST
        if spec is not None and spec.at_least is not None:
            at_least = self._cash(spec.at_least, "at_least")
        if spec is not None and spec.at_most is not None:
            at_most = self._cash(spec.at_most, "at_most")
        self.amounts.append(
            [kind, start, first, last, numerator, denominator, at_least, at_most, parameter]
        )
        return len(self.amounts) - 1

    def _sum_of(
        self,
        registers: Sequence[tuple[int, int]],
        *,
        at_least: int = -c.NO_MOST,
        less: int | None = None,
    ) -> int:
        start, first = len(self.amounts), len(self.terms)
        self.terms += [sign * register for sign, register in registers]
        if less is not None:
            self.values.append((len(self.terms), -1, less))
            self.terms.append(0)
        place = self._emit_amount(
            start, c.AMOUNT_SUM, first=first, last=len(self.terms), numerator=1
        )
        self.amounts[place][c.TERM_AT_LEAST] = at_least
        return place

    def _measure(self, name: str, where: str) -> list[tuple[int, int]]:
        """Return signs and registers of a measure."""
        subject, _, what = name.rpartition(".")
        if subject == "pool" and what in n.POOL_MEASURES:
            return [(1, self.layout.at("now") + n.POOL_MEASURES[what])]
        if subject == "total" and what in n.TOTAL_MEASURES:
            return [(1 if r > 0 else -1, abs(r)) for r in n.TOTAL_MEASURES[what]]
        if subject == "book" and what in self.layout.books:
            return [(1, self.layout.at("books") + self.layout.books.index(what))]
        found = self._measure_of(subject, what)
        if found is None:
            self.problems.unknown(where, name, self._known_measures(subject), n.A_MEASURE)
            return []
        return found

    def _measure_of(self, subject: str, what: str) -> list[tuple[int, int]] | None:  # noqa: PLR0911
        deal, layout = self.deal, self.layout
        if subject in deal.tranches:
            place = layout.notes.index(subject)
            if what == "interest_due":
                return self._item_due(place)
            if what == "arrears":
                return [(1, self._cell("items", place, c.ITEM_COLUMNS, c.DUE_ARREARS))]
            if what in n.NOTE_MEASURES:
                block, column = n.NOTE_MEASURES[what]
                columns = c.NOTE_COLUMNS if block == "notes" else c.ITEM_COLUMNS
                return [(1, self._cell(block, place, columns, column))]
        if subject in deal.fees:
            place = layout.items.index(subject)
            if what == "due":
                return self._item_due(place)
            if what in n.FEE_MEASURES:
                return [(1, self._cell("items", place, c.ITEM_COLUMNS, n.FEE_MEASURES[what]))]
        if subject in deal.accounts and what in n.ACCOUNT_MEASURES:
            place = layout.accounts.index(subject)
            return [(1, self._cell("ledger", place, c.LEDGER_COLUMNS, n.ACCOUNT_MEASURES[what]))]
        if subject in layout.supports and what in n.SUPPORT_MEASURES:
            place = layout.supports.index(subject)
            return [
                (1 if r > 0 else -1, self._cell("supports", place, c.SUPPORT_COLUMNS, abs(r)))
                for r in n.SUPPORT_MEASURES[what]
            ]
        return None

    def _item_due(self, place: int) -> list[tuple[int, int]]:
        columns = (c.DUE_ARREARS, c.DUE_ON_ARREARS, c.DUE_CURRENT)
        return [(1, self._cell("items", place, c.ITEM_COLUMNS, column)) for column in columns]

    def _known_measures(self, subject: str) -> list[str]:
        by_kind: dict[str, Iterable[str]] = {
            "pool": n.POOL_MEASURES,
            "total": n.TOTAL_MEASURES,
            **dict.fromkeys(self.deal.tranches, (*n.NOTE_MEASURES, "interest_due", "arrears")),
            **dict.fromkeys(self.deal.fees, (*n.FEE_MEASURES, "due")),
            **dict.fromkeys(self.deal.accounts, n.ACCOUNT_MEASURES),
            **dict.fromkeys(self.layout.supports, n.SUPPORT_MEASURES),
        }
        if subject in by_kind:
            return [f"{subject}.{what}" for what in by_kind[subject]]
        return [*self.deal.amounts, *(f"{each}.…" for each in by_kind)]

    def _watch(self, numerator: int, denominator: int) -> None:
        """Remember whether a product may leave 64 bits."""
        if (denominator - 1) * abs(numerator) + denominator // 2 >= WIDEST:
            self.fits = False

    # ---- rows of waterfalls

    def _row(
        self, op: int, line: Line, around: _Around, *, target: int = 0, **cells: int
    ) -> list[int]:
        row = [0] * c.ROW_COLUMNS
        row[c.ROW_OP], row[c.ROW_TARGET] = op, target
        row[c.ROW_LIMIT], row[c.ROW_BUDGET], row[c.ROW_BOOK] = -1, around.budget, around.book
        row[c.ROW_SOURCES] = len(self.terms)
        known = [x for x in around.sources if x in self.deal.accounts]
        self.terms += [self.layout.accounts.index(name) for name in known]
        row[c.ROW_SOURCES_END] = len(self.terms)
        row[c.ROW_ARREARS_FIRST], row[c.ROW_KIND] = 1, c.KIND_OTHER
        row[c.ROW_AMOUNT] = -1
        for name, value in cells.items():
            row[getattr(c, f"ROW_{name.upper()}")] = value
        if around.limit >= 0 and "limit" not in cells:
            row[c.ROW_LIMIT] = around.limit
        self.emitted.rows.append(row)
        self.emitted.lines.append(replace(line, sources=tuple(known)))
        return row

    def _line(self, state: State, row: Row, path: str, subject: str, name: str) -> Line:
        names = {line.name for line in self.emitted.lines if line.state is state}
        unique, place = name, 2
        while unique in names:
            unique, place = f"{name} ({place})", place + 1
        return Line(state=state, name=unique, action=row.do, subject=subject, path=path)

    def _silent(self, state: State, row: Row, path: str) -> Line:
        return Line(state=state, name="", action=row.do, subject="", path=path, is_payment=False)

    def _waterfall(self, state: State, rows: Sequence[Row]) -> None:
        first = len(self.emitted.rows)
        around = _Around(sources=self._default_sources())
        for place, row in enumerate(rows):
            self._add(state, row, f"waterfalls.{state}[{place}]", around)
        self.spans[state] = (first, len(self.emitted.rows))

    def _default_sources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.collection.interest, self.collection.principal)))

    def _add(self, state: State, row: Row, path: str, around: _Around) -> None:
        sources = row.sources or around.sources
        n.check_known(
            self.problems, f"{path}.sources", row.sources, self.deal.accounts, n.AN_ACCOUNT
        )
        book = around.book if row.book is None else self.layout.books.index(row.book)
        around = replace(around, sources=sources, book=book)
        if row.when is None:
            self._limited(state, row, path, around)
            return
        spans = []
        for condition, value in self._conditions(row, f"{path}.when"):
            line = self._silent(state, row, path)
            cells = {"condition": condition, "a": value}
            self._row(c.OP_WHEN, line, _Around(sources=()), **cells)
            spans.append(len(self.emitted.rows))
        self._limited(state, row, path, around)
        for start in spans:
            self.emitted.rows[start - 1][c.ROW_SPAN] = len(self.emitted.rows) - start

    def _conditions(self, row: Row, where: str) -> Iterable[tuple[int, int]]:
        when = row.when
        if when is None:
            return
        for name, kind in ((when.tripped, c.IF_TRIPPED), (when.not_tripped, c.IF_NOT_TRIPPED)):
            if name is not None and n.check_known(
                self.problems, where, [name], self.deal.triggers, n.A_TRIGGER
            ):
                yield kind, self.layout.triggers.index(name)
        if when.start is not None:
            yield c.IF_FROM_PERIOD, self._period_of(when.start, default=0)
        if when.before is not None:
            yield c.IF_BEFORE_PERIOD, self._period_of(when.before, default=self.count)

    def _limited(self, state: State, row: Row, path: str, around: _Around) -> None:
        limit = self._limit(row, path)
        several = len(row.names) > 1 or row.do is Action.GROUP
        spec = row.limit
        of_row = isinstance(spec, Amount) and (
            spec.due_share is not None or spec.available_share is not None
        )
        if limit >= 0 and several and not of_row:
            if around.budget >= 0:
                self.problems.add(f"{path}.limit", _NESTED_LIMIT)
            budget, self.budgets = self.budgets, self.budgets + 1
            line = self._silent(state, row, path)
            self._row(c.OP_BUDGET, line, _Around(sources=()), target=budget, amount=limit)
            self._act(state, row, path, replace(around, budget=budget))
        else:
            self._act(state, row, path, replace(around, limit=limit) if limit >= 0 else around)

    def _limit(self, row: Row, path: str) -> int:
        """Compile what a row may pay at most; -1 for no limit."""
        if row.limit is not None:
            return self._amount(row.limit, f"{path}.limit")
        if row.do is not Action.PAY_PRINCIPAL:
            return -1
        match row.rule:
            case PrincipalRule.PASS_THROUGH | PrincipalRule.PRO_RATA_WITH_LOCK:
                return self._amount(_PRINCIPAL_TO_PAY, path)
            case PrincipalRule.BORROWING_BASE:
                return self._borrowing_base(row, path)
            case PrincipalRule.TARGET_OC:
                return self._target_oc(row, path)
            case _:
                return -1

    def _balances(self, row: Row) -> tuple[str, ...]:
        return tuple(f"{name}.balance" for name in row.names if name in self.deal.tranches)

    def _borrowing_base(self, row: Row, path: str) -> int:
        if row.ratio is None or not 0 < row.ratio <= 1:
            self.problems.add(f"{path}.ratio", _ADVANCE_RATE, _shown(row.ratio))
            return -1
        start = len(self.amounts)
        base = self._amount(Amount(sum=("pool.value",), share=row.ratio), path)
        owed = [pair for name in self._balances(row) for pair in self._measure(name, path)]
        place = self._sum_of(owed, at_least=0, less=base)
        self.amounts[place][c.TERM_START] = start
        return place

    def _target_oc(self, row: Row, path: str) -> int:
        if row.ratio is None or row.ratio <= 1:
            self.problems.add(f"{path}.ratio", _OC_RATIO, _shown(row.ratio))
            return -1
        start = len(self.amounts)
        sums: tuple[str, ...] = ("pool.performing", "pool.defaulted_value")
        if row.ratio_counts_cash:
            sums = (*sums, "total.principal_to_pay")
        assets = self._amount(row.amount or Amount(sum=sums), path)
        owed = [pair for name in self._balances(row) for pair in self._measure(name, path)]
        place = self._sum_of(owed, at_least=int(row.ratio_counts_cash))
        ratio = Fraction(row.ratio)
        cells = self.amounts[place]
        cells[c.TERM_KIND], cells[c.TERM_START] = c.AMOUNT_TARGET_OC, start
        cells[c.TERM_NUMERATOR], cells[c.TERM_DENOMINATOR] = ratio.numerator, ratio.denominator
        self.reads_value.append((place, assets))
        return place

    def _act(self, state: State, row: Row, path: str, around: _Around) -> None:  # noqa: C901, PLR0912
        match row.do:
            case Action.GROUP:
                self._group(state, row, path, around)
            case Action.PAY_TAX | Action.PAY_FEE:
                self._pay_fees(state, row, path, around)
            case Action.PAY_INTEREST:
                self._pay_classes(state, row, path, around)
            case Action.PAY_PRINCIPAL:
                self._pay_principal(state, row, path, around)
            case Action.REPAY_SUPPORT:
                self._repay(state, row, path, around)
            case Action.SETTLE_HEDGE:
                self._settle(state, row, path, around)
            case Action.PAY_RESIDUAL:
                self._residual(state, row, path, around)
            case Action.TOP_UP | Action.RELEASE | Action.TRANSFER | Action.TRAP | Action.UNTRAP:
                self._move(state, row, path, around)
            case Action.DRAW | Action.CALL_MAKE_UP | Action.CALL_GUARANTEE:
                for name in self._named(row, path, self.layout.supports, n.A_SUPPORT):
                    line = replace(
                        self._line(state, row, path, name, f"call {name}"), is_payment=False
                    )
                    self._row(
                        c.OP_DRAW,
                        line,
                        _Around(sources=()),
                        target=self.layout.supports.index(name),
                    )
            case Action.TEST:
                for name in self._named(row, path, self.deal.triggers, n.A_TRIGGER):
                    self._row(
                        c.OP_TEST,
                        self._silent(state, row, path),
                        _Around(sources=()),
                        target=self.layout.triggers.index(name),
                    )
            case Action.WRITE_DOWN | Action.WRITE_UP:
                backing = row.amount or Amount(
                    sum=("pool.performing", "pool.defaulted_value", "total.principal_to_pay")
                )
                op = c.OP_WRITE_DOWN if row.do is Action.WRITE_DOWN else c.OP_WRITE_UP
                self._row(
                    op,
                    self._silent(state, row, path),
                    _Around(sources=()),
                    amount=self._amount(backing, f"{path}.amount"),
                )
            case Action.PURCHASE:
                if self.deal.pool.revolving is None:
                    self.problems.add(path, _NO_REVOLVING)
                self._row(c.OP_PURCHASE, self._line(state, row, path, "pool", "purchase"), around)
            case _:
                op = {Action.COLLECT: c.OP_COLLECT, Action.ACCRUE: c.OP_ACCRUE}.get(
                    row.do, c.OP_SELL
                )
                self._row(op, self._silent(state, row, path), _Around(sources=()))

    def _named(self, row: Row, path: str, known: Iterable[str], what: Text) -> tuple[str, ...]:
        names = set(known)
        if not row.names:
            self.problems.add(f"{path}.to", _NAME_SOMETHING)
        n.check_known(self.problems, f"{path}.to", row.names, names, what)
        return tuple(name for name in row.names if name in names)

    def _group(self, state: State, row: Row, path: str, around: _Around) -> None:
        if not row.rows:
            self.problems.add(f"{path}.rows", _EMPTY_GROUP)
        if row.how is How.SEQUENTIAL:
            for place, inner in enumerate(row.rows):
                self._add(state, inner, f"{path}.rows[{place}]", around)
            return
        self._side_by_side(state, row, path, around, row.rows)

    def _side_by_side(
        self, state: State, row: Row, path: str, around: _Around, rows: Sequence[Row]
    ) -> None:
        parent = self._row(c.OP_PRO_RATA, self._silent(state, row, path), _Around(sources=()))
        start = len(self.emitted.rows)
        for place, inner in enumerate(rows):
            where = f"{path}.rows[{place}]" if row.rows else path
            if inner.when is not None or inner.do is Action.GROUP:
                self.problems.add(where, _PLAIN_ROWS)
                continue
            self._add(state, inner, where, around)
        span = self.emitted.rows[start:]
        if any(each[c.ROW_OP] not in (c.OP_PAY, c.OP_PRINCIPAL) for each in span):
            self.problems.add(path, _PLAIN_ROWS)
        for each, line in zip(span, self.emitted.lines[start:], strict=True):
            if row.weights:
                if line.subject not in row.weights or row.weights[line.subject] < 1:
                    self.problems.add(f"{path}.weights", _weight(line.subject))
                    continue
                each[c.ROW_WEIGHT] = row.weights[line.subject]
        parent[c.ROW_SPAN] = len(span)
        self.widest_span = max(self.widest_span, len(span))

    def _single(self, row: Row) -> list[Row]:
        rule = row.rule if row.rule is PrincipalRule.SCHEDULED else PrincipalRule.TURBO
        plain = replace(row, how=How.SEQUENTIAL, when=None, limit=None, weights={}, rule=rule)
        return [replace(plain, to=(name,)) for name in row.names]

    def _pay_fees(self, state: State, row: Row, path: str, around: _Around) -> None:
        names = self._named(row, path, self.deal.fees, n.A_FEE)
        if row.how is How.PRO_RATA and len(names) > 1:
            self._side_by_side(state, row, path, around, self._single(row))
            return
        for name in names:
            line = self._line(state, row, path, name, name)
            cap = self.deal.fees[name].annual_cap
            capped = any(
                x.state is state and x.subject == name and x.action is row.do
                for x in self.emitted.lines
            )
            cells = {}
            if cap is not None and around.limit < 0 and not capped:
                left = Amount(fixed=cap, sum=(f"-{name}.paid_this_year",), at_least=Decimal(0))
                cells["limit"] = self._amount(left, f"fees.{name}.annual_cap")
            self._row(c.OP_PAY, line, around, target=self.layout.items.index(name), **cells)

    def _pay_classes(self, state: State, row: Row, path: str, around: _Around) -> None:
        names = self._named(row, path, self.deal.tranches, n.A_CLASS)
        if row.how is How.PRO_RATA and len(names) > 1:
            self._side_by_side(state, row, path, around, self._single(row))
            return
        for name in names:
            line = self._line(state, row, path, name, f"{name} interest")
            self._row(
                c.OP_PAY,
                line,
                around,
                target=self.layout.items.index(name),
                arrears_first=int(row.arrears_first),
                kind=c.KIND_INTEREST,
            )

    def _pay_principal(self, state: State, row: Row, path: str, around: _Around) -> None:
        names = self._named(row, path, self.deal.tranches, n.A_CLASS)
        if row.rule is PrincipalRule.PRO_RATA_WITH_LOCK and len(names) > 1:
            self._with_lock(state, row, path, around)
            return
        if row.how is How.PRO_RATA and len(names) > 1:
            self._side_by_side(state, row, path, around, self._single(row))
            return
        for name in names:
            line = self._line(state, row, path, name, f"{name} principal")
            self._row(
                c.OP_PRINCIPAL,
                line,
                around,
                target=self.layout.notes.index(name),
                kind=c.KIND_PRINCIPAL,
                a=int(row.rule is PrincipalRule.SCHEDULED),
            )

    def _with_lock(self, state: State, row: Row, path: str, around: _Around) -> None:
        if row.lock is None or row.lock not in self.deal.triggers:
            self.problems.unknown(f"{path}.lock", row.lock or "", self.deal.triggers, n.A_TRIGGER)
            return
        plain = replace(row, rule=PrincipalRule.TURBO, limit=None, when=None)
        trigger = self.layout.triggers.index(row.lock)
        for condition, how in (
            (c.IF_NOT_TRIPPED, How.PRO_RATA),
            (c.IF_TRIPPED, How.SEQUENTIAL),
        ):
            when = self._row(
                c.OP_WHEN,
                self._silent(state, row, path),
                _Around(sources=()),
                condition=condition,
                a=trigger,
            )
            start = len(self.emitted.rows)
            self._pay_principal(state, replace(plain, how=how), path, around)
            when[c.ROW_SPAN] = len(self.emitted.rows) - start

    def _repay(self, state: State, row: Row, path: str, around: _Around) -> None:
        repaid = [name for name in self.layout.supports if self.deal.supports[name].repaid]
        for name in self._named(row, path, repaid, n.A_SUPPORT):
            item = f"{name} repayment"
            line = self._line(state, row, path, name, item)
            self._row(c.OP_PAY, line, around, target=self.layout.items.index(item))

    def _settle(self, state: State, row: Row, path: str, around: _Around) -> None:
        for name in self._named(row, path, self.deal.hedges, n.A_HEDGE):
            line = self._line(state, row, path, name, name)
            self._row(c.OP_HEDGE, line, around, target=self.layout.items.index(name))

    def _residual(self, state: State, row: Row, path: str, around: _Around) -> None:
        for name in self._named(row, path, self.deal.tranches, n.A_CLASS):
            line = self._line(state, row, path, name, f"{name} residual")
            self._row(
                c.OP_RESIDUAL,
                line,
                around,
                target=self.layout.notes.index(name),
                a=int(row.principal_first),
            )

    def _move(self, state: State, row: Row, path: str, around: _Around) -> None:
        accounts = self.layout.accounts
        if row.do is Action.TRANSFER:
            if not row.sources or row.into is None:
                self.problems.add(path, _FROM_AND_INTO)
                return
            names: tuple[str, ...] = (row.into,)
        else:
            names = self._named(row, path, accounts, n.AN_ACCOUNT)
        into = row.into or self.collection.interest
        n.check_known(self.problems, f"{path}.into", [into], accounts, n.AN_ACCOUNT)
        if into not in accounts:
            return
        for name in names:
            if name not in accounts:
                continue
            line = self._line(state, row, path, name, f"{str(row.do).replace('_', ' ')} {name}")
            own = replace(around, sources=(name,))
            place, target = accounts.index(name), accounts.index(into)
            match row.do:
                case Action.TOP_UP:
                    self._row(c.OP_TOP_UP, line, around, target=place, destination=place)
                case Action.RELEASE:
                    self._row(c.OP_RELEASE, line, own, target=place, destination=target)
                case Action.TRANSFER:
                    self._row(c.OP_TRANSFER, line, around, destination=place)
                case Action.TRAP:
                    self._row(c.OP_TRAP, line, around, target=place, destination=place)
                    self._trap_steps(row, path, len(self.emitted.rows) - 1)
                case _:
                    self._row(c.OP_UNTRAP, line, own, target=place, destination=target, a=-1)

    def _trap_steps(self, row: Row, path: str, place: int) -> None:
        if not row.shares:
            self.problems.add(f"{path}.shares", _TRAP_SHARES)
        for name, share in row.shares.items():
            if not n.check_known(
                self.problems, f"{path}.shares", [name], self.deal.triggers, n.A_TRIGGER
            ):
                continue
            if not 0 <= share <= 1:
                self.problems.add(f"{path}.shares.{name}", _A_SHARE, str(share))
            trigger = self.layout.triggers.index(name)
            parts = rounded(Fraction(share) * c.PARTS)
            self.steps.append([c.STEP_TRAP, place, trigger, parts])

    def _link_untraps(self) -> None:
        for place, row in enumerate(self.emitted.rows):
            if row[c.ROW_OP] != c.OP_UNTRAP:
                continue
            line = self.emitted.lines[place]
            traps = [
                other
                for other, each in enumerate(self.emitted.rows)
                if each[c.ROW_OP] == c.OP_TRAP
                and each[c.ROW_TARGET] == row[c.ROW_TARGET]
                and self.emitted.lines[other].state is line.state
            ]
            row[c.ROW_A] = traps[0] if traps else place

    # ---- registers

    def program(self) -> Program:
        """Compile everything, or raise every fault found."""
        check_deal(self.deal, self.periods, self.problems)
        self.problems.raise_all()
        check_eligibility(self.deal, self.problems)
        self.problems.raise_all()
        for state, rows in waterfalls_of(self.deal).items():
            self._waterfall(state, rows)
        self._link_untraps()
        head = [0] * self.layout.at("end")
        self._fill_head(head)
        self._fill_accounts(head)
        self._fill_notes(head)
        self._fill_fees(head)
        self._fill_hedges(head)
        self._fill_supports(head)
        self._fill_triggers(head)
        for place in range(len(self.layout.entities)):
            head[self.layout.at("dead") + place] = c.NEVER
        self._fill_deaths(head)
        self.problems.raise_all()
        self._fill_tail(head)
        return Program(
            deal=self.deal,
            scenario=self.scenario,
            unit=self.unit,
            periods=self.periods,
            lines=tuple(self.emitted.lines),
            layout=self.layout,
            registers=tuple(head),
            rows=_flat(self.emitted.rows),
            amounts=_flat(self.amounts),
            terms=tuple(self.terms),
            tables=_flat(self.tables),
            fits=self.fits,
            cut_off_balance=self._cut_off(),
        )

    def _cut_off(self) -> Cash:
        later = {swap.into for swap in self.deal.pool.substitutions}
        owned = (x for name, x in self.deal.pool.receivables.items() if name not in later)
        return sum(balance_of(each, self.unit) for each in owned)

    def _fill_head(self, m: list[int]) -> None:
        layout = self.layout
        starts = {
            c.AT_ACCOUNTS: "accounts",
            c.AT_LEDGER: "ledger",
            c.AT_ITEMS: "items",
            c.AT_NOTES: "notes",
            c.AT_SUPPORTS: "supports",
            c.AT_TRIGGERS: "triggers",
            c.AT_NOW: "now",
            c.AT_BOOKS: "books",
            c.AT_HISTORY: "history",
            c.AT_STATES: "states",
            c.AT_BOUGHT: "bought",
            c.AT_AGES: "ages",
            c.AT_DEAD: "dead",
        }
        for register, name in starts.items():
            m[register] = layout.at(name)
        m[c.N_ACCOUNTS] = len(layout.accounts)
        m[c.N_LEDGER] = len(layout.accounts) + len(layout.parties)
        m[c.N_ITEMS], m[c.N_NOTES] = len(layout.items), len(layout.notes)
        m[c.N_SUPPORTS], m[c.N_TRIGGERS] = len(layout.supports), len(layout.triggers)
        m[c.N_PERIODS] = self.count
        m[c.SET_RATE_PARTS] = self.rate_parts
        m[c.SET_INTEREST_ACCOUNT] = layout.accounts.index(self.collection.interest)
        m[c.SET_PRINCIPAL_ACCOUNT] = layout.accounts.index(self.collection.principal)
        m[c.SET_BANK] = self._party(BANK)
        m[c.SET_YEAR_TABLE] = self._table(
            [(period.end - self.periods[0].start).days // 365 for period in self.periods]
        )
        m[c.SET_SALE_PRICE] = rounded(Fraction(self.deal.pool.clean_up_price) * c.PARTS)
        for state in STATES:
            first, last = self.spans.get(state, (0, 0))
            place = layout.at("states") + 2 * PHASE[state]
            m[place], m[place + 1] = first, last
        self._fill_revolving(m)

    def _fill_revolving(self, m: list[int]) -> None:
        revolving = self.deal.pool.revolving
        m[c.IS_PHASE] = c.PHASE_AMORTIZING if revolving is None else c.PHASE_REVOLVING
        if revolving is None:
            return
        where = "pool.revolving"
        if not 0 < revolving.price <= 10:  # noqa: PLR2004
            self.problems.add(f"{where}.price", _PRICE, str(revolving.price))
        last = self._period_of(revolving.until, default=0)
        m[c.SET_REVOLVING_END] = last + 1
        m[c.SET_PRICE] = max(1, rounded(Fraction(revolving.price) * c.PARTS))
        periods = max(1, revolving.periods)
        m[c.SET_BOUGHT_TABLE] = self._table(
            [min(c.PARTS, rounded(Fraction(c.PARTS * age, periods))) for age in range(self.count)]
        )
        rate = Fraction(revolving.rate)
        m[c.SET_BOUGHT_NUMERATOR], m[c.SET_BOUGHT_DENOMINATOR] = rate.numerator, rate.denominator
        m[c.SET_BOUGHT_RECOVERY] = rounded(Fraction(revolving.recovery) * c.PARTS)
        m[c.SET_BOUGHT_LAG] = revolving.recovery_lag
        for place in range(self.count):
            m[self.layout.at("ages") + place] = c.NEVER

    def _fill_accounts(self, m: list[int]) -> None:
        collections = self._default_sources()
        for place, name in enumerate(self.layout.accounts):
            account, where = self.deal.accounts[name], f"accounts.{name}"
            first = self._cell("accounts", place, c.ACCOUNT_COLUMNS, 0)
            m[first + c.ACCOUNT_SCOPE] = SCOPE[account.scope]
            m[first + c.ACCOUNT_TARGET] = -1
            m[first + c.ACCOUNT_OTHER_TARGET] = -1
            m[first + c.ACCOUNT_TRIGGER] = -1
            if account.target is not None:
                m[first + c.ACCOUNT_TARGET] = self._amount(account.target, f"{where}.target")
            self._other_target(m, first, account, where)
            m[first + c.ACCOUNT_RATE] = self._parts(account.rate)
            m[first + c.ACCOUNT_YEARS] = self._years(account.day_count)
            carries = name not in collections if account.carries is None else account.carries
            m[first + c.ACCOUNT_CARRIES] = int(carries)
            initial = self._cash(account.initial, f"{where}.initial")
            m[self._cell("ledger", place, c.LEDGER_COLUMNS, c.LEDGER_NOW)] = initial
            closing = len(self.layout.accounts) + self.layout.parties.index(CLOSING)
            m[self._cell("ledger", closing, c.LEDGER_COLUMNS, c.LEDGER_NOW)] -= initial

    def _other_target(self, m: list[int], first: int, account: Account, where: str) -> None:
        other = account.target_when
        if other is None:
            return
        if n.check_known(
            self.problems,
            f"{where}.target_when.trigger",
            [other.trigger],
            self.deal.triggers,
            n.A_TRIGGER,
        ):
            m[first + c.ACCOUNT_TRIGGER] = self.layout.triggers.index(other.trigger)
            m[first + c.ACCOUNT_OTHER_TARGET] = self._amount(
                other.target, f"{where}.target_when.target"
            )

    def _item(self, m: list[int], place: int, party: str, *, support: int = -1) -> int:
        first = self._cell("items", place, c.ITEM_COLUMNS, 0)
        m[first + c.ITEM_PARTY] = self._party(party)
        m[first + c.ITEM_AMOUNT] = -1
        m[first + c.ITEM_ARREARS_RATE] = -1
        m[first + c.ITEM_SUPPORT] = support
        return first

    def _fill_notes(self, m: list[int]) -> None:
        ranks = sorted({tranche.rank for tranche in self.deal.tranches.values()}, reverse=True)
        for place, name in enumerate(self.layout.notes):
            tranche, where = self.deal.tranches[name], f"tranches.{name}"
            party = f"holders of {name}"
            first = self._item(m, place, party)
            m[first + c.ITEM_ACCRUAL] = c.ACCRUAL_BALANCE
            m[first + c.ITEM_RATES] = self._coupon_table(name, tranche)
            m[first + c.ITEM_YEARS] = self._years(
                tranche.day_count, adjusted=tranche.adjusted_accrual
            )
            m[first + c.ITEM_SERVICE] = int(not tranche.equity)
            if isinstance(tranche.arrears_rate, Decimal):
                m[first + c.ITEM_ARREARS_RATE] = self._parts(tranche.arrears_rate)
            elif tranche.arrears_rate is not None:
                m[first + c.ITEM_ARREARS_RATE] = c.OWN_RATE
            note = self._cell("notes", place, c.NOTE_COLUMNS, 0)
            balance = self._cash(tranche.balance, f"{where}.balance")
            m[note + c.NOTE_ORIGINAL] = m[note + c.BALANCE_NOW] = balance
            m[note + c.NOTE_LEGAL_FINAL] = self._period_of(
                tranche.legal_final, default=self.count - 1
            )
            m[note + c.NOTE_CAPITALISES] = int(tranche.unpaid is Unpaid.CAPITALISE)
            m[note + c.NOTE_PARTY] = self._party(party)
            m[note + c.NOTE_RATED] = int(not tranche.equity)
            m[note + c.NOTE_RANK] = ranks.index(tranche.rank)
            m[note + c.NOTE_SCHEDULE] = self._schedule(tranche, balance, where)

    def _coupon_table(self, name: str, tranche: Tranche) -> int:
        coupon = _coupon(tranche)
        values = []
        for period in self.periods:
            rate = coupon.fixed if coupon.fixed is not None else Decimal(0)
            if coupon.index is not None:
                table = self.scenario.indices.get(coupon.index)
                if table is None:
                    self.problems.unknown(
                        f"tranches.{name}.coupon.index", coupon.index, self.scenario.indices, _INDEX
                    )
                    break
                rate = at(table, period.start)
            rate += coupon.margin
            rate += sum(
                (s.add for s in coupon.steps if s.start is not None and period.start >= s.start),
                Decimal(0),
            )
            rate = rate if coupon.cap is None else min(rate, coupon.cap)
            rate = rate if coupon.floor is None else max(rate, coupon.floor)
            values.append(self._parts(rate))
        values += [0] * (self.count - len(values))
        for step in coupon.steps:
            if step.when is None:
                continue
            where = f"tranches.{name}.coupon.steps"
            if n.check_known(self.problems, where, [step.when], self.deal.triggers, n.A_TRIGGER):
                trigger = self.layout.triggers.index(step.when)
                note = self.layout.notes.index(name)
                self.steps.append([c.STEP_COUPON, note, trigger, self._parts(step.add)])
        return self._table(values)

    def _schedule(self, tranche: Tranche, balance: Cash, where: str) -> int:
        if tranche.equity and not tranche.schedule:
            return -1
        if tranche.schedule:
            targets = []
            for period in self.periods:
                begun = [day for day in tranche.schedule if day <= period.end]
                amount = tranche.schedule[max(begun)] if begun else tranche.balance
                targets.append(self._cash(amount, f"{where}.schedule"))
            return self._table(targets)
        maturity = self._period_of(tranche.expected_maturity, default=self.count - 1)
        return self._table([balance if p < maturity else 0 for p in range(self.count)])

    def _fill_fees(self, m: list[int]) -> None:
        for name, fee in self.deal.fees.items():
            first = self._item(m, self.layout.items.index(name), f"payee of {name}")
            m[first + c.ITEM_SENIOR] = int(fee.senior)
            where = f"fees.{name}"
            if fee.amount is not None and fee.rate is None:
                m[first + c.ITEM_ACCRUAL] = c.ACCRUAL_AMOUNT
                m[first + c.ITEM_AMOUNT] = self._amount(fee.amount, f"{where}.amount")
            elif fee.rate is not None and fee.of is not None and fee.amount is None:
                m[first + c.ITEM_ACCRUAL] = c.ACCRUAL_RATE
                m[first + c.ITEM_AMOUNT] = self._amount(fee.of, f"{where}.of")
                m[first + c.ITEM_RATES] = self._table([self._parts(fee.rate)] * self.count)
                m[first + c.ITEM_YEARS] = self._years(fee.day_count)
            else:
                self.problems.add(where, _FEE_TERMS)

    def _fill_hedges(self, m: list[int]) -> None:
        for name, hedge in self.deal.hedges.items():
            first = self._item(m, self.layout.items.index(name), f"payee of {name}")
            m[first + c.ITEM_ACCRUAL] = c.ACCRUAL_SIGNED
            m[first + c.ITEM_AMOUNT] = self._amount(hedge.notional, f"hedges.{name}.notional")
            pays = self._leg(hedge, hedge.pay, name)
            gets = self._leg(hedge, hedge.receive, name)
            m[first + c.ITEM_RATES] = self._table([x - y for x, y in zip(pays, gets, strict=True)])
            m[first + c.ITEM_YEARS] = self._years(hedge.day_count)

    def _leg(self, hedge: Hedge, leg: Decimal | str, name: str) -> list[int]:
        del hedge
        if isinstance(leg, Decimal):
            return [self._parts(leg)] * self.count
        table = self.scenario.indices.get(leg)
        if table is None:
            self.problems.unknown(f"hedges.{name}", leg, self.scenario.indices, _INDEX)
            return [0] * self.count
        return [self._parts(at(table, period.start)) for period in self.periods]

    def _fill_supports(self, m: list[int]) -> None:
        for place, name in enumerate(self.layout.supports):
            support, where = self.deal.supports[name], f"supports.{name}"
            first = self._cell("supports", place, c.SUPPORT_COLUMNS, 0)
            m[first + c.SUPPORT_PARTY] = self._party(f"provider of {name}")
            limit = support.limit
            m[first + c.SUPPORT_LIMIT] = -1 if limit is None else self._cash(limit, where)
            m[first + c.SUPPORT_ENTITY] = self._entity(support.provider, f"{where}.provider", -1)
            recovery = self.deal.parties.get(support.provider)
            share = Fraction(recovery.recovery_on_default) if recovery else Fraction(0)
            m[first + c.SUPPORT_RECOVERY] = rounded(share * c.PARTS)
            m[first + c.SUPPORT_CLAIM] = -1
            m[first + c.SUPPORT_TRIGGER] = -1
            if support.when is not None and n.check_known(
                self.problems, f"{where}.when", [support.when], self.deal.triggers, n.A_TRIGGER
            ):
                m[first + c.SUPPORT_TRIGGER] = self.layout.triggers.index(support.when)
            m[first + c.SUPPORT_LEGAL_FINAL] = int(support.principal_at_legal_final)
            m[first + c.SUPPORT_IN_PASS] = int(support.in_pass)
            m[first + c.SUPPORT_REVOLVES] = int(support.revolving)
            if support.repaid:
                self._claim_item(m, place, name, support, first)
            self._covered_rows(m, support, first)

    def _claim_item(
        self, m: list[int], place: int, name: str, support: Support, first: int
    ) -> None:
        item = self.layout.items.index(f"{name} repayment")
        m[first + c.SUPPORT_CLAIM] = item
        at_item = self._item(m, item, f"provider of {name}", support=place)
        if support.rate is not None:
            m[at_item + c.ITEM_ARREARS_RATE] = self._parts(support.rate)
            m[at_item + c.ITEM_YEARS] = self._years(support.day_count)

    def _covered_rows(self, m: list[int], support: Support, first: int) -> None:
        covers = support.covers
        by_action = {
            Action.PAY_INTEREST: covers.interest,
            Action.PAY_PRINCIPAL: covers.principal,
            Action.PAY_FEE: covers.fees,
            Action.PAY_TAX: covers.fees,
        }
        spans = []
        for state in sorted(STATES, key=PHASE.__getitem__):
            start = len(self.terms)
            self.terms += [
                place
                for place, line in enumerate(self.emitted.lines)
                if line.state is state
                and line.is_payment
                and line.subject in by_action.get(line.action, ())
            ]
            spans += [start, len(self.terms)]
        m[first + c.SUPPORT_COVERS] = len(self.terms)
        self.terms += spans

    def _entity(self, name: str, where: str, missing: int) -> int:
        if not name:
            return missing
        if n.check_known(self.problems, where, [name], self.deal.parties, n.A_PARTY):
            return self.layout.entities.index(name)
        return missing

    def _fill_triggers(self, m: list[int]) -> None:
        for place, name in enumerate(self.layout.triggers):
            trigger, where = self.deal.triggers[name], f"triggers.{name}"
            first = self._cell("triggers", place, c.TRIGGER_COLUMNS, 0)
            numerator, denominator = self._metric(trigger, where)
            m[first + c.TRIGGER_NUMERATOR] = numerator
            m[first + c.TRIGGER_DENOMINATOR] = denominator
            compare, thresholds = self._thresholds(trigger, where)
            m[first + c.TRIGGER_COMPARE] = compare
            m[first + c.TRIGGER_THRESHOLDS] = thresholds
            if trigger.consecutive < 1 or trigger.cures < 0:
                self.problems.add(where, _COUNTS)
            m[first + c.TRIGGER_BREACHES] = trigger.consecutive
            m[first + c.TRIGGER_CURES] = trigger.cures
            m[first + c.TRIGGER_POINT] = POINT[trigger.test]
            m[first + c.TRIGGER_STATE] = -1 if trigger.state is None else PHASE[trigger.state]
            m[first + c.TRIGGER_ENDS_REVOLVING] = int(trigger.ends_revolving)
            m[first + c.TRIGGER_FIRST_PERIOD] = self._period_of(trigger.start, default=0)

    def _thresholds(self, trigger: Trigger, where: str) -> tuple[int, int]:
        given = [name for name in COMPARE if getattr(trigger, name) is not None]
        if len(given) > 1 or (not given and trigger.metric not in OF_AMOUNTS[:4]):
            self.problems.add(where, _ONE_THRESHOLD)
            return c.COMPARE_BELOW, 0
        kind = given[0] if given else "above"
        table: Decimal | dict[date, Decimal] = getattr(trigger, kind) if given else Decimal(0)
        values = [at(table, period.end) for period in self.periods]
        if trigger.metric in OF_AMOUNTS:
            cells = [self._cash(value, where) for value in values]
        else:
            cells = [rounded(Fraction(value) * c.PARTS) for value in values]
        return COMPARE[kind], self._table(cells)

    def _metric(self, trigger: Trigger, where: str) -> tuple[int, int]:  # noqa: PLR0911
        """Return the amounts whose ratio a trigger tests; no second one for an amount."""
        deal = self.deal
        classes = trigger.classes or tuple(
            sorted(name for name, tranche in deal.tranches.items() if not tranche.equity)
        )
        n.check_known(self.problems, f"{where}.classes", classes, deal.tranches, n.A_CLASS)
        classes = tuple(name for name in classes if name in deal.tranches)
        senior = tuple(f"-{name}.accrued" for name, fee in sorted(deal.fees.items()) if fee.senior)
        balances = Amount(sum=tuple(f"{name}.balance" for name in classes))
        cut_off = Amount(fixed=self.unit.money(self._cut_off()).amount)
        ratios: dict[Metric, tuple[AmountSpec, AmountSpec]] = {
            Metric.CUMULATIVE_DEFAULT_RATE: ("total.defaulted", cut_off),
            Metric.POOL_FACTOR: ("pool.performing", cut_off),
            Metric.ARREARS_RATE: ("pool.overdue", Amount(sum=("pool.performing", "pool.overdue"))),
            Metric.OC: (
                Amount(sum=("pool.performing", "pool.defaulted_value", "total.principal_to_pay")),
                balances,
            ),
            Metric.IC: (
                Amount(sum=("pool.interest", *senior)),
                Amount(sum=tuple(f"{name}.interest_accrued" for name in classes)),
            ),
            Metric.LTV: (balances, "pool.value"),
        }
        match trigger.metric:
            case Metric.DSCR:
                return self._window(trigger, where)
            case Metric.UNPAID_INTEREST:
                sums = tuple(f"{name}.interest_due" for name in classes)
                return self._amount(Amount(sum=sums), where), -1
            case Metric.UNPAID_PRINCIPAL:
                first = len(self.terms)
                self.terms += [self.layout.notes.index(name) for name in classes]
                return self._emit_amount(
                    len(self.amounts), c.AMOUNT_PAST_FINAL, first=first, last=len(self.terms)
                ), -1
            case Metric.KPI:
                return self._kpi(trigger, where), -1
            case Metric.EVENT:
                values = self.scenario.events.get(trigger.event, {})
                cells = [self._cash(at(values, period.end), where) for period in self.periods]
                return self._emit_amount(
                    len(self.amounts), c.AMOUNT_TABLE, parameter=self._table(cells)
                ), -1
            case Metric.AMOUNT:
                return self._amount(self._given(trigger.numerator, where), where), -1
            case Metric.RATIO:
                top = self._amount(self._given(trigger.numerator, where), where)
                return top, self._amount(self._given(trigger.denominator, where), where)
            case metric:
                top_spec, bottom_spec = ratios[metric]
                return self._amount(top_spec, where), self._amount(bottom_spec, where)

    def _kpi(self, trigger: Trigger, where: str) -> int:
        missed = [0] * self.count
        if n.check_known(self.problems, f"{where}.event", [trigger.event], self.deal.kpis, n.A_KPI):
            kpi = self.deal.kpis[trigger.event]
            missed = [int(kpi.is_missed and p.start >= kpi.step_up_start) for p in self.periods]
        return self._emit_amount(len(self.amounts), c.AMOUNT_TABLE, parameter=self._table(missed))

    def _given(self, spec: AmountSpec | None, where: str) -> AmountSpec:
        if spec is None:
            self.problems.add(where, _RATIO_TERMS)
            return Decimal(0)
        return spec

    def _window(self, trigger: Trigger, where: str) -> tuple[int, int]:
        if trigger.window < 1:
            self.problems.add(f"{where}.window", _COUNTS, trigger.window)
        window = max(1, trigger.window)
        top = self._emit_amount(len(self.amounts), c.AMOUNT_WINDOW, numerator=window, parameter=0)
        return top, self._emit_amount(
            len(self.amounts), c.AMOUNT_WINDOW, numerator=window, parameter=1
        )

    def _fill_deaths(self, m: list[int]) -> None:
        for name, period in deaths(self.deal, self.scenario, self.periods, self.problems).items():
            m[self.layout.at("dead") + self.layout.entities.index(name)] = period

    def _fill_tail(self, m: list[int]) -> None:
        m[c.N_ROWS] = len(self.emitted.rows)
        m[c.N_STEPS], m[c.N_BUDGETS] = len(self.steps), self.budgets
        for register, size in (
            (c.AT_DONE, len(self.emitted.rows) * c.DONE_COLUMNS),
            (c.AT_STEPS, 0),
        ):
            m[register] = len(m)
            m += [0] * size
        m[c.AT_STEPS] = len(m)
        m += [cell for step in self.steps for cell in step]
        for register, size in (
            (c.AT_BUDGETS, self.budgets),
            (c.AT_SCRATCH, 7 * self.widest_span),
            (c.AT_VALUES, len(self.amounts)),
        ):
            m[register] = len(m)
            m += [0] * size
        for term, sign, inner in self.values:
            self.terms[term] = sign * (m[c.AT_VALUES] + inner)
        for place, inner in self.reads_value:
            self.amounts[place][c.TERM_PARAMETER] = m[c.AT_VALUES] + inner
        self._check_width(m)

    def _check_width(self, m: list[int]) -> None:
        """Ask for wide products where a rate times a fraction of a year would leave 64 bits."""
        highest = max((self._parts(rate) for _, rate in self._rates()), default=0)
        denominator = self.rate_parts * 366 * 365
        if (denominator - 1) * max(1, highest) * LONGEST_YEARS >= WIDEST:
            m[c.SET_WIDE] = 1
        if denominator * 2 >= WIDEST:
            self.fits = False


def deaths(
    deal: Deal, scenario: Scenario, periods: Sequence[Period], problems: Problems
) -> dict[str, int]:
    """Return the period in which each party of a scenario fails, its whole group with it."""
    found: dict[str, int] = {}
    for name, on in scenario.defaults.items():
        if not n.check_known(problems, "scenario.defaults", [name], deal.parties, n.A_PARTY):
            continue
        place = period_of_event(periods, on)
        group = deal.parties[name].group
        for other, party in deal.parties.items():
            if other == name or (group and party.group == group):
                found[other] = min(place, found.get(other, c.NEVER))
    return found


def period_of_event(periods: Sequence[Period], on: date) -> int:
    """Return the first period whose collections a failure on a day can hit."""
    for place, period in enumerate(periods):
        if on <= period.collection_end:
            return place
    return c.NEVER


_PRINCIPAL_TO_PAY = Amount(sum=("total.principal_to_pay",), at_least=Decimal(0))


def _coupon(tranche: Tranche) -> Coupon:
    return tranche.coupon if isinstance(tranche.coupon, Coupon) else Coupon(fixed=tranche.coupon)


def _all_rows(deal: Deal) -> Iterable[Row]:
    def walk(rows: Iterable[Row]) -> Iterable[Row]:
        for row in rows:
            yield row
            yield from walk(row.rows)

    for rows in deal.waterfalls.values():
        yield from walk(rows)


def _flat(rows: Iterable[Iterable[int]]) -> tuple[int, ...]:
    return tuple(cell for row in rows for cell in row)


def _shown(value: object) -> object:
    return None if value is None else str(value)


def _circle(names: tuple[str, ...]) -> Text:
    way = " → ".join(names)
    return Text(f"this amount depends on itself: {way}", f"该金额循环引用自身：{way}")


def _weight(name: str) -> Text:
    return Text(
        f"expected a whole weight of at least 1 for {name}", f"{name} 的权重应为不小于 1 的整数"
    )


_INDEX = Text("an index of the scenario", "情景中的利率指数")
_TOO_MUCH = Text("this amount is too large", "金额过大")
_NOT_A_RATE = Text("expected a rate as a decimal: 5 % is 0.05", "利率请用小数：5% 写作 0.05")
_FINE_RATE = Text(
    "expected a rate of whole millionths; finer rates need exact_rates: true",
    "利率须为百万分之一的整数倍；更细的利率请设 exact_rates: true",
)
_NEGATIVE_SHARE = Text("expected a share of at least 0", "比例应不小于 0")
_NESTED_LIMIT = Text(
    "a limit within a limited group may stand on a single line only",
    "已设限额的组内，仅单行可再设限额",
)
_ADVANCE_RATE = Text(
    "a borrowing base needs ratio, an advance rate above 0 and at most 1",
    "借款基础须给出 ratio（质押率），大于 0 且不大于 1",
)
_OC_RATIO = Text("target_oc needs ratio above 1", "target_oc 须给出大于 1 的 ratio")
_NO_REVOLVING = Text(
    "the pool has no revolving terms to buy by", "资产池没有循环购买条款，无法购买"
)
_NAME_SOMETHING = Text("name what is paid: to", "请在 to 中写明对象")
_EMPTY_GROUP = Text("a group needs rows", "组内须有行")
_PLAIN_ROWS = Text(
    "side by side stand plain payments only, without conditions",
    "并列支付的行只能是无条件的付款",
)
_FROM_AND_INTO = Text("a transfer needs sources and into", "transfer 须给出 sources 与 into")
_TRAP_SHARES = Text(
    "a trap needs shares: which part it keeps while which trigger is tripped",
    "trap 须给出 shares：何触发事件生效时截留多大比例",
)
_A_SHARE = Text("expected a share from 0 to 1", "应为 0 至 1 的比例")
_PRICE = Text("expected a price as part of the balance, above 0", "应为余额的一定比例，大于 0")
_FEE_TERMS = Text(
    "a fee is either an amount, or a rate with of", "费用须为 amount，或 rate 与 of 二者一并给出"
)
_COUNTS = Text(
    "expected a whole number of at least 1 (cures: 0)", "应为不小于 1 的整数（cures 可为 0）"
)
_ONE_THRESHOLD = Text(
    "give one of below, at_most, above, at_least, equals",
    "请给出 below、at_most、above、at_least、equals 之一",
)
_RATIO_TERMS = Text(
    "this metric needs numerator and denominator", "此指标须给出 numerator 与 denominator"
)
