"""The pool in whole numbers: what assets promise by period, and what a scenario makes of it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from ipfinance.basics import Cash, InputError, MinorUnit, Problem, Text, months_after, rounded
from ipfinance.credit import Layer, LossSharingStack, Provider, ProviderKind, Share, StackArrays
from ipfinance.numerics import FloatArray, IntArray, uncompiled
from ipfinance.numerics import _codes as c
from ipfinance.securitization._compile import VEHICLE, deaths
from ipfinance.securitization._deal import Deal, Scenario, Support, SupportKind
from ipfinance.securitization._names import Problems
from ipfinance.securitization._periods import Period, at
from ipfinance.securitization._program import Program
from ipfinance.securitization._receivables import (
    LicenceBack,
    Receivable,
    Royalty,
    balance_of,
    cash_of,
    payment_calendar,
    promises,
    royalty_sales,
)

MONTHS_IN_YEAR = 12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PoolProgram:
    """What the pool kernels read.

    Attributes
    ----------
    assets, promised, rates
        Whole numbers by asset; promises by asset, column and period; rates by period.
    streams, levels, tiers, sales, audits, falls
        Royalty streams: whole numbers, levels, tiers, then one entry a payment.
    sharers, share_lags
        Entity behind each party of the stack, and the periods until each share pays.
    """

    names: tuple[str, ...]
    periods: int
    assets: IntArray
    promised: IntArray
    rates: IntArray
    recovery_factor: int
    value_factor: int
    streams: IntArray
    levels: FloatArray
    tiers: FloatArray
    sales: FloatArray
    audits: FloatArray
    falls: IntArray
    sales_factors: FloatArray
    stack: StackArrays
    sharers: IntArray
    share_lags: IntArray
    dead: IntArray
    lost: IntArray
    rights: tuple[str, ...]


def pool_program(program: Program) -> PoolProgram:
    """Return the pool of a program in whole numbers."""
    return _PoolCompiler(program).pool()


class _PoolCompiler:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.deal: Deal = program.deal
        self.scenario: Scenario = program.scenario
        self.unit: MinorUnit = program.unit
        self.periods: tuple[Period, ...] = program.periods
        self.count = len(program.periods)
        self.entities = program.layout.entities
        self.rights = tuple(sorted(self.deal.pool.rights))
        self.problems = Problems()
        receivables = self.deal.pool.receivables
        self.plain = tuple(
            name for name in sorted(receivables) if not isinstance(receivables[name], Royalty)
        )
        self.royal = tuple(
            name for name in sorted(receivables) if isinstance(receivables[name], Royalty)
        )
        self.ends = [period.collection_end for period in self.periods]
        self.in_months = self._period_months()

    def _period_months(self) -> int:
        if len(self.periods) < 2 or not self.deal.dates.payments:  # noqa: PLR2004
            return max(1, self.deal.dates.every_months)
        days = (self.periods[-1].end - self.periods[0].start).days / self.count
        return max(1, round(days / 30.4375))

    def _lag(self, months: int) -> int:
        return -(-months // self.in_months)

    def _entity(self, name: str) -> int:
        return self.entities.index(name)

    def _falls(self, on: date) -> int:
        """Return the period whose collections take a payment of a day; beyond the last, never."""
        place = bisect_left(self.ends, on)
        return place if place < self.count else c.NEVER

    def pool(self) -> PoolProgram:
        stack, sharers, lags = self._stack()
        streams = self._streams()
        self.problems.raise_all()
        return PoolProgram(
            names=self.plain,
            periods=self.count,
            assets=_ints(cell for name in self.plain for cell in self._asset(name)),
            promised=self._promised(),
            rates=self._rates(),
            recovery_factor=rounded(Fraction(self.scenario.recovery) * c.PARTS),
            value_factor=rounded(Fraction(self.scenario.valuation_factor) * c.PARTS),
            stack=stack.arrays(),
            sharers=sharers,
            share_lags=lags,
            dead=self._dead(),
            lost=self._lost(),
            rights=self.rights,
            **streams,
        )

    def _dead(self) -> IntArray:
        dead = np.full(len(self.entities), c.NEVER, dtype=np.int64)
        for name, period in deaths(self.deal, self.scenario, self.periods, self.problems).items():
            dead[self._entity(name)] = period
        return dead

    def _lost(self) -> IntArray:
        lost = np.full(max(1, len(self.rights)), c.NEVER, dtype=np.int64)
        for place, name in enumerate(self.rights):
            on = self.scenario.legal_events.get(name)
            if on is not None:
                lost[place] = self._falls(on)
        return lost

    def _asset(self, name: str) -> list[int]:
        receivable = self.deal.pool.receivables[name]
        buyer, buy_lag = self._buyer(name, receivable)
        cells = [0] * c.ASSET_COLUMNS
        cells[c.ASSET_BALANCE] = balance_of(receivable, self.unit)
        cells[c.ASSET_ENTITY] = self._entity(receivable.obligor)
        cells[c.ASSET_RECOVERY] = rounded(Fraction(receivable.recovery) * c.PARTS)
        cells[c.ASSET_LAG] = self._lag(receivable.recovery_lag)
        cells[c.ASSET_SHARED] = int(self._shared(name))
        cells[c.ASSET_BUYER], cells[c.ASSET_BUY_LAG] = buyer, buy_lag
        cells[c.ASSET_RIGHT] = self._ending_right(receivable)
        cells[c.ASSET_VALUE_LINKED] = int(receivable.value_linked)
        cells[c.ASSET_ORIGINATOR] = self._entity(receivable.originator)
        cells[c.ASSET_ENTERS] = cells[c.ASSET_LEAVES] = -1
        for swap in self.deal.pool.substitutions:
            if swap.into == name:
                cells[c.ASSET_ENTERS] = self._falls(swap.on)
            if swap.out == name:
                cells[c.ASSET_LEAVES] = self._falls(swap.on)
        return cells

    def _ending_right(self, receivable: Receivable) -> int:
        survives = isinstance(receivable, LicenceBack) and receivable.fee_survives_invalidity
        if not receivable.rights or survives:
            return -1
        ends = receivable.needs_right or isinstance(receivable, LicenceBack)
        return self.rights.index(receivable.rights[0]) if ends else -1

    def _buyer(self, name: str, receivable: Receivable) -> tuple[int, int]:
        for support in self.deal.supports.values():
            covered = not support.receivables or name in support.receivables
            if support.kind is SupportKind.REPURCHASE and covered:
                return self._entity(support.provider or receivable.originator), support.lag
        return -1, 0

    def _sharing(self) -> list[tuple[str, Support]]:
        kinds = (SupportKind.LOSS_SHARE, SupportKind.INSURANCE)
        found = [(x, s) for x, s in self.deal.supports.items() if s.kind in kinds]
        return sorted(found, key=lambda pair: pair[1].order)

    def _shared(self, name: str) -> bool:
        return any(not s.receivables or name in s.receivables for _, s in self._sharing())

    def _stack(self) -> tuple[LossSharingStack, IntArray, IntArray]:
        """Return the loss-sharing stack, who stands behind each party, and when shares pay."""
        layers, lags, names = [], [], set()
        for name, support in self._sharing():
            where = f"supports.{name}"
            shares = []
            for payer, terms in sorted(_payers(support).items()):
                caps = (terms.claim_cap, terms.total_cap)
                claim, total = (None if cap is None else self._cash(cap, where) for cap in caps)
                if support.claim_cap is not None:
                    capped = self._cash(support.claim_cap, where)
                    claim = capped if claim is None else min(claim, capped)
                if support.limit is not None:
                    most = self._cash(support.limit, where)
                    total = most if total is None else min(total, most)
                shares.append(
                    Share(provider=payer, weight=terms.weight, claim_cap=claim, aggregate_cap=total)
                )
                lags.append(support.lag)
                names.add(payer)
            layers.append(
                Layer(
                    order=support.order,
                    shares=tuple(shares),
                    deductible=self._cash(support.deductible, where),
                )
            )
        stack = LossSharingStack(
            providers=tuple(self._provider(name) for name in sorted(names)),
            layers=tuple(layers),
            holder=VEHICLE,
        )
        behind = [-1 if p.id == VEHICLE else self._entity(p.id) for p in stack.providers]
        return stack, _ints(behind), _ints(lags)

    def _provider(self, name: str) -> Provider:
        party = self.deal.parties.get(name)
        recovery = Fraction(0) if party is None else Fraction(party.recovery_on_default)
        return Provider(
            id=name, kind=ProviderKind.OTHER, recovery_parts=rounded(recovery * c.PARTS)
        )

    def _cash(self, amount: Decimal, where: str) -> Cash:
        del where
        return cash_of(amount, self.unit)

    def _promised(self) -> IntArray:
        table = np.zeros((len(self.plain), c.PROMISED_COLUMNS, self.count), dtype=np.int64)
        for place, name in enumerate(self.plain):
            receivable = self.deal.pool.receivables[name]
            for promise in promises(receivable, self.unit, self.deal.pool.cut_off):
                if promise.on <= self.deal.pool.cut_off and promise.on < self.periods[0].start:
                    self.problems.add(f"pool.receivables.{name}", _BEFORE_CUT_OFF, promise.on)
                    continue
                period = self._falls(promise.on)
                if period >= self.count:
                    continue
                table[place, c.PROMISED_INTEREST, period] += promise.interest
                table[place, c.PROMISED_PRINCIPAL, period] += promise.principal
                table[place, c.PROMISED_DILUTED, period] += promise.diluted
            if receivable.value_linked:
                table[place, c.SALE_VALUE] = self._sale_values(receivable)
        return table.reshape(-1)

    def _sale_values(self, receivable: Receivable) -> list[int]:
        values = []
        for period in self.periods:
            total = Decimal(0)
            for name in receivable.rights:
                right = self.deal.pool.rights[name]
                alive = right.expires_on is None or period.end < right.expires_on
                if alive and right.values:
                    total += at(right.values, period.end) * (1 - right.sale_cost)
            values.append(cash_of(total, self.unit))
        return values

    def _rates(self) -> IntArray:
        years = [Fraction((p.end - p.start).days, 365) for p in self.periods]
        table = np.zeros((c.RATES, self.count), dtype=np.int64)
        for place, period in enumerate(self.periods):
            for row, rates in (
                (c.RATE_DEFAULT, self.scenario.default_rate),
                (c.RATE_PREPAYMENT, self.scenario.prepayment_rate),
            ):
                yearly = float(at(rates, period.end))
                part = 1.0 - (1.0 - yearly) ** float(years[place])
                table[row, place] = round(part * c.PARTS)
            table[c.POOL_VALUE, place] = self._pool_value(period)
        return table.reshape(-1)

    def _pool_value(self, period: Period) -> int:
        values = self.scenario.valuations or self.deal.pool.valuation
        if not values:
            return 0
        value = at(values, period.end, min(values.items())[1]) * self.scenario.valuation_factor
        return cash_of(value, self.unit)

    def _streams(self) -> dict[str, Any]:
        streams: list[int] = []
        levels: list[float] = []
        tiers: list[float] = []
        sales: list[float] = []
        audits: list[float] = []
        falls: list[int] = []
        factors: list[float] = []
        scale = 10.0**self.unit.exponent
        for name in self.royal:
            royalty = self.deal.pool.receivables[name]
            if not isinstance(royalty, Royalty):
                continue
            start = royalty.start or self.deal.pool.cut_off
            dates = _first(payment_calendar(start, royalty.every_months), royalty.payments)
            amounts = royalty_sales(royalty, self.scenario.decay_shift)
            count = min(len(dates), len(amounts))
            right = self.rights.index(royalty.rights[0]) if royalty.rights else -1
            expires = self._expiry(royalty, dates)
            streams += [
                self._entity(royalty.obligor),
                right,
                count,
                len(tiers) // c.TIER_COLUMNS,
                len(royalty.tiers),
                int(royalty.advance_recoups_minimum),
                max(1, MONTHS_IN_YEAR // royalty.every_months),
                len(sales),
                expires,
            ]
            kept = float((1 - Fraction(royalty.withholding)) * (1 - Fraction(royalty.admin)))
            levels += [
                float(royalty.minimum) * scale,
                float(royalty.minimum_year) * scale,
                float(royalty.advance) * scale,
                kept,
            ]
            for tier in royalty.tiers:
                after = Decimal(0) if tier.rate_after_expiry is None else tier.rate_after_expiry
                tiers += [float(tier.above) * scale, float(tier.rate), float(after)]
            corrections = _by_date(royalty.audits, dates)
            for place in range(count):
                on = months_after(dates[place], royalty.reporting_lag)
                sales.append(amounts[place] * scale)
                audits.append(float(corrections[place]) * scale)
                falls.append(self._falls(on))
                factors.append(float(at(self.scenario.sales, dates[place], Decimal(1))))
        return {
            "streams": _ints(streams),
            "levels": np.array(levels),
            "tiers": np.array(tiers),
            "sales": np.array(sales),
            "audits": np.array(audits),
            "falls": _ints(falls),
            "sales_factors": np.array(factors),
        }

    def _expiry(self, royalty: Royalty, dates: Sequence[date]) -> int:
        ends = [self.deal.pool.rights[name].expires_on for name in royalty.rights]
        known = [end for end in ends if end is not None]
        if not known:
            return c.NEVER
        return sum(1 for day in dates if day <= max(known))


def _payers(support: Support) -> Mapping[str, Any]:
    if support.kind is SupportKind.INSURANCE:
        return {support.provider: _Whole()}
    return support.shares


@dataclass(frozen=True, slots=True)
class _Whole:
    weight: int = 1
    claim_cap: Decimal | None = None
    total_cap: Decimal | None = None


def _first(dates: Any, count: int) -> list[date]:  # noqa: ANN401
    return [next(dates) for _ in range(count)]


def _by_date(audits: Sequence[Any], dates: Sequence[date]) -> list[Decimal]:
    found = [Decimal(0)] * len(dates)
    for audit in audits:
        place = next((k for k, day in enumerate(dates) if day >= audit.on), len(dates) - 1)
        found[place] += audit.amount
    return found


def _ints(values: Any) -> IntArray:  # noqa: ANN401
    return np.array(list(values), dtype=np.int64)


_BEFORE_CUT_OFF = Text("this payment fell due before the cut-off date", "该笔付款早于封包日")


def deterministic_flows(pool: PoolProgram, *, use_compiled: bool = False) -> list[int]:
    """Return what the pool does in the program's own scenario, period by period."""
    kernels = _kernels(use_compiled=use_compiled)
    flows: Any = np.zeros(pool.periods * c.FLOW_COLUMNS, dtype=np.int64)
    run_pool(kernels, pool, flows, dead=pool.dead, lost=pool.lost, factors=pool.sales_factors)
    return [int(cell) for cell in flows]


def _kernels(*, use_compiled: bool) -> Any:  # noqa: ANN401
    if use_compiled:
        from ipfinance.numerics.kernels import pool as compiled_pool

        return compiled_pool
    return uncompiled("pool")


def run_pool(
    kernels: Any,  # noqa: ANN401
    pool: PoolProgram,
    flows: IntArray,
    *,
    dead: IntArray,
    lost: IntArray,
    factors: FloatArray,
) -> None:
    """Fill the flows of one scenario, everything computed anew."""
    shares, providers = len(pool.stack.weight), len(pool.stack.limit)
    kernels.pool_flows(
        flows,
        pool.assets,
        pool.promised,
        pool.rates,
        pool.periods,
        pool.recovery_factor,
        pool.value_factor,
        dead,
        lost,
        np.zeros(2 * max(1, len(pool.names)), dtype=np.int64),
        *pool.stack,
        pool.sharers,
        pool.share_lags,
        np.zeros(providers, dtype=np.bool_),
        np.zeros(shares, dtype=np.int64),
        np.zeros(providers, dtype=np.int64),
        np.zeros(shares, dtype=np.int64),
    )
    kernels.royalty_flows(
        flows,
        pool.streams,
        pool.levels,
        pool.tiers,
        pool.sales,
        pool.audits,
        pool.falls,
        factors,
        dead,
        lost,
    )
    values = pool.rates[c.POOL_VALUE * pool.periods : (c.POOL_VALUE + 1) * pool.periods]
    flows[c.FLOW_VALUE :: c.FLOW_COLUMNS] = values


def check_pool_program(pool: PoolProgram) -> None:
    """Raise when what an asset promises is more than its balance (I9)."""
    table = pool.promised.reshape(len(pool.names), c.PROMISED_COLUMNS, pool.periods)
    problems = []
    for place, name in enumerate(pool.names):
        promised = int(table[place, c.PROMISED_PRINCIPAL : c.PROMISED_DILUTED + 1].sum())
        if promised > pool.assets[place * c.ASSET_COLUMNS + c.ASSET_BALANCE]:
            problems.append(Problem(field=f"pool.receivables.{name}", allowed=_TOO_MUCH))
    if problems:
        raise InputError(problems)


_TOO_MUCH = Text("promised principal exceeds the balance", "承诺本金超过余额")
