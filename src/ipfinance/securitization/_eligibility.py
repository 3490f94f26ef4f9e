"""Whether what the vehicle owns is what its contract lets it own."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from ipfinance.basics import Cash, MinorUnit, Text
from ipfinance.securitization._deal import Deal
from ipfinance.securitization._names import Problems
from ipfinance.securitization._receivables import (
    Lease,
    PledgeLoan,
    Receivable,
    balance_of,
    cash_of,
    promises,
)

DAYS_IN_MONTH = Decimal("30.4375")


def check_eligibility(deal: Deal, problems: Problems) -> None:
    """Add a fault for each receivable that breaks a rule, and for each limit that is exceeded."""
    unit = MinorUnit.of(deal.currency)
    for name, receivable in deal.pool.receivables.items():
        _check_one(deal, f"pool.receivables.{name}", receivable, unit, problems)
    _check_limits(deal, unit, problems)


def _check_one(  # noqa: C901
    deal: Deal, where: str, receivable: Receivable, unit: MinorUnit, problems: Problems
) -> None:
    rules = deal.pool.eligibility
    party = deal.parties.get(receivable.obligor)
    balance = balance_of(receivable, unit)
    if rules.kinds and receivable.kind not in rules.kinds:
        problems.add(f"{where}.kind", _not_eligible("kinds"), receivable.kind)
    if rules.smallest is not None and balance < cash_of(rules.smallest, unit):
        problems.add(where, _not_eligible("smallest"), unit.shown(balance))
    if rules.largest is not None and balance > cash_of(rules.largest, unit):
        problems.add(where, _not_eligible("largest"), unit.shown(balance))
    rate = receivable.rate if isinstance(receivable, PledgeLoan | Lease) else None
    if rules.least_rate is not None and rate is not None and rate < rules.least_rate:
        problems.add(f"{where}.rate", _not_eligible("least_rate"), str(rate))
    if receivable.credit_impaired and not rules.credit_impaired:
        problems.add(f"{where}.credit_impaired", _not_eligible("credit_impaired"), found="true")
    if party is not None:
        most = rules.most_default_probability
        if most is not None and party.default_probability > most:
            found = str(party.default_probability)
            problems.add(where, _not_eligible("most_default_probability"), found)
        if rules.regions and party.region not in rules.regions:
            problems.add(where, _not_eligible("regions"), party.region)
    if rules.longest_months is not None:
        dates = [each.on for each in promises(receivable, unit, deal.pool.cut_off)]
        months = Decimal((max(dates) - deal.pool.cut_off).days) / DAYS_IN_MONTH if dates else 0
        if months > rules.longest_months + 1:
            problems.add(where, _not_eligible("longest_months"), f"{months:.0f}")


def _check_limits(deal: Deal, unit: MinorUnit, problems: Problems) -> None:  # noqa: C901
    limits = deal.pool.limits
    replaced = {swap.out for swap in deal.pool.substitutions}
    owned = {name: each for name, each in deal.pool.receivables.items() if name not in replaced}
    total = sum(balance_of(each, unit) for each in owned.values())
    if total == 0:
        return

    def group(receivable: Receivable) -> str:
        party = deal.parties.get(receivable.obligor)
        return party.group if party is not None and party.group else receivable.obligor

    def of_party(field: str) -> Callable[[Receivable], str]:
        def read(receivable: Receivable) -> str:
            party = deal.parties.get(receivable.obligor)
            return "" if party is None else str(getattr(party, field))

        return read

    keys: dict[str, tuple[Decimal | None, Callable[[Receivable], str]]] = {
        "obligor": (limits.obligor, lambda receivable: receivable.obligor),
        "group": (limits.group, group),
        "sector": (limits.sector, of_party("sector")),
        "region": (limits.region, of_party("region")),
    }
    for field, (most, key) in keys.items():
        sums: dict[str, Cash] = {}
        for each in owned.values():
            sums[key(each)] = sums.get(key(each), 0) + balance_of(each, unit)
        for name, balance in sorted(sums.items()):
            if most is not None and name and Decimal(balance) / total > most:
                share = f"{name}: {Decimal(balance) / total:.1%}"
                problems.add(f"pool.limits.{field}", _exceeded(most), share)
    for kind, most in limits.kind.items():
        balance = sum(balance_of(each, unit) for each in owned.values() if each.kind == kind)
        if Decimal(balance) / total > most:
            share = f"{kind}: {Decimal(balance) / total:.1%}"
            problems.add(f"pool.limits.kind.{kind}", _exceeded(most), share)


def _not_eligible(rule: str) -> Text:
    return Text(
        f"not eligible by pool.eligibility.{rule}", f"不符合 pool.eligibility.{rule} 的入池标准"
    )


def _exceeded(most: Decimal) -> Text:
    return Text(f"exceeds the limit of {most:.1%}", f"超过 {most:.1%} 的集中度限额")
