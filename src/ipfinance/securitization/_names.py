"""Names of a deal file: what exists, what a name means in whole numbers, and load errors."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable

from ipfinance.basics import InputError, Problem, Text
from ipfinance.numerics import _codes as c


class Problems:
    """Gathers the faults of a deal, each with the place in the file."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, field: str, allowed: Text, found: object = None) -> None:
        """Add a fault once."""
        problem = Problem(field=field, found=found, allowed=allowed)
        if problem not in self.found:
            self.found.append(problem)

    def unknown(self, field: str, name: str, known: Iterable[str], what: Text) -> None:
        """Add a name that means nothing here."""
        names = sorted(known)
        close = difflib.get_close_matches(name, names, n=1)
        hint = (f"did you mean {close[0]}? ", f"是否为 {close[0]}？") if close else ("", "")
        shown = ", ".join(names) or "—"
        self.add(
            field,
            Text(
                f"this is not {what.en}; {hint[0]}known: {shown}",
                f"不是{what.zh}；{hint[1]}可用：{shown}",
            ),
            name,
        )

    def raise_all(self) -> None:
        """Raise every fault found so far at once."""
        if self.found:
            raise InputError(self.found)


A_CLASS = Text("a class of notes", "证券档")
A_FEE = Text("a fee", "费用")
AN_ACCOUNT = Text("an account", "账户")
A_SUPPORT = Text("a support", "增信措施")
A_TRIGGER = Text("a trigger", "触发事件")
A_PARTY = Text("a party", "参与主体")
A_RIGHT = Text("a right", "知识产权")
A_RECEIVABLE = Text("a receivable", "基础资产")
A_HEDGE = Text("a hedge", "套期工具")
A_KPI = Text("an indicator of the file (kpis)", "文件中的指标（kpis）")
A_MEASURE = Text("a measure or a named amount", "度量或已命名的金额")

NOTE_MEASURES = {
    "balance": ("notes", c.BALANCE_NOW),
    "closing": ("notes", c.BALANCE_NOW),
    "opening": ("notes", c.BALANCE_OPENING),
    "original": ("notes", c.NOTE_ORIGINAL),
    "principal_paid": ("notes", c.BALANCE_PAID),
    "residual": ("notes", c.BALANCE_RESIDUAL),
    "interest_paid": ("items", c.DUE_PAID),
    "interest_accrued": ("items", c.DUE_ACCRUED),
}
FEE_MEASURES = {
    "paid": c.DUE_PAID,
    "accrued": c.DUE_ACCRUED,
    "paid_this_year": c.DUE_YEAR_PAID,
}
SUPPORT_MEASURES = {
    "drawn": (c.BACKED_DRAWN,),
    "repaid": (c.BACKED_REPAID,),
    "outstanding": (c.BACKED_DRAWN, -c.BACKED_REPAID),
    "called": (c.BACKED_CALLED,),
    "paid": (c.BACKED_NOW,),
}
ACCOUNT_MEASURES = {
    "held": c.LEDGER_NOW,
    "opening": c.LEDGER_OPENING,
    "received": c.LEDGER_IN,
}
POOL_MEASURES = {
    "opening": c.FLOW_OPENING,
    "interest": c.FLOW_INTEREST,
    "principal": c.FLOW_PRINCIPAL,
    "prepaid": c.FLOW_PREPAID,
    "recovered": c.FLOW_RECOVERY,
    "supported": c.FLOW_SUPPORT,
    "repurchase_cash": c.FLOW_REPURCHASE_CASH,
    "defaulted": c.FLOW_DEFAULTED,
    "repurchased": c.FLOW_REPURCHASED,
    "lapsed": c.FLOW_LAPSED,
    "performing": c.FLOW_CLOSING,
    "value": c.FLOW_VALUE,
    "overdue": c.FLOW_OVERDUE,
    "defaulted_value": c.FLOW_DEFAULTED_VALUE,
    "purchased": c.FLOW_PURCHASED,
    "loss": c.FLOW_LOSS,
}
TOTAL_MEASURES = {
    "defaulted": (c.SUM_DEFAULTED,),
    "losses": (c.SUM_LOSS,),
    "recovered": (c.SUM_RECOVERED,),
    "principal_received": (c.SUM_PRINCIPAL_IN,),
    "principal_used": (c.SUM_PRINCIPAL_OUT,),
    "principal_to_pay": (c.SUM_PRINCIPAL_IN, -c.SUM_PRINCIPAL_OUT),
}


def cycle_in(edges: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return names that depend on each other in a circle, or nothing.

    Examples
    --------
    >>> cycle_in({"a": ("b",), "b": ("c",), "c": ("b",)})
    ('b', 'c', 'b')
    """
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> tuple[str, ...]:
        if name in above:
            return (*above[above.index(name) :], name)
        if name in done:
            return ()
        for other in edges.get(name, ()):
            found = visit(other, (*above, name))
            if found:
                return found
        done.add(name)
        return ()

    for name in sorted(edges):
        found = visit(name, ())
        if found:
            return found
    return ()


def check_known(
    problems: Problems, field: str, names: Iterable[str], known: Collection[str], what: Text
) -> bool:
    """Whether all names exist; adds a fault for each that does not."""
    good = True
    for name in names:
        if name not in known:
            problems.unknown(field, name, known, what)
            good = False
    return good


Lookup = Callable[[str], int]
