"""Discounted income, with a terminal value where an asset has no end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from ipfinance.basics import (
    Citation,
    Explanation,
    Problem,
    Quantity,
    Text,
    Uncertain,
    check_declared,
)
from ipfinance.valuation._flows import (
    Periods,
    finished,
    growth_problems,
    present_values,
    refuse,
    retained,
    schedule,
    series,
    summed,
    with_amortisation,
    with_terminal,
)
from ipfinance.valuation._registry import Approach, Law, LawKind, Method, middle_of
from ipfinance.valuation._terms import (
    DiscountRate,
    FirstPeriod,
    FlowTimes,
    FlowTiming,
    RetainedShares,
    TaxLife,
    Timing,
    amount,
    not_empty,
    rate,
    same_length,
    share,
)
from ipfinance.valuation._valuation import Outcome

IVS = Citation("ivsc_ivs_2025", "IVS 103, discounted cash flow")


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountedIncomeInputs:
    """What discounted income with or without an end asks for."""

    flows: Annotated[
        tuple[Uncertain, ...],
        amount(
            Text("income after tax", "税后收益"),
            Text(
                "of the asset, by year, after charges for all others",
                "扣除其他资产报酬后的各年税后收益",
            ),
            "X",
            yearly=True,
        ),
    ]
    discount_rate: DiscountRate
    terminal_growth: Annotated[
        Uncertain | None,
        rate(
            Text("terminal growth", "永续增长率"),
            Text(
                "for ever after the last year; only for an asset without an end",
                "末年之后的永续增长率；仅适用于无期限资产",
            ),
            "g",
        ),
    ] = None
    exit_multiple: Annotated[
        Uncertain | None,
        Quantity(
            name=Text("exit multiple", "退出倍数"),
            meaning=Text(
                "price over the last year's income, at the end of that year",
                "末年年末价格与末年收益之比",
            ),
            symbol="m",
            low=0.0,
            high=1000.0,
        ),
    ] = None
    retained_shares: RetainedShares = None
    tax_rate: Annotated[
        Uncertain | None,
        share(
            Text("tax rate", "所得税率"),
            Text("for the tax amortisation benefit", "用于计算税收摊销收益"),
            "τ",
        ),
    ] = None
    tax_life: TaxLife = None
    timing: Timing = FlowTiming.MID
    first_period: FirstPeriod = 1.0
    flow_times: FlowTimes = None

    def __post_init__(self) -> None:
        check_declared(self)
        count = len(self.flows)
        problems = [
            *not_empty("flows", self.flows),
            *same_length("retained_shares", self.retained_shares, count),
            *Periods(count=count, timing=self.timing).problems(self.flow_times, self.first_period),
        ]
        if self.terminal_growth is not None:
            rates = middle_of(self.discount_rate), middle_of(self.terminal_growth)
            problems += growth_problems(*rates, "terminal_growth")
        if self.terminal_growth is not None and self.exit_multiple is not None:
            allowed = Text(
                "give terminal_growth or exit_multiple, not both",
                "terminal_growth 与 exit_multiple 只能给出其一",
            )
            problems.append(
                Problem(field="exit_multiple", found=f"{self.exit_multiple}", allowed=allowed)
            )
        if (self.tax_life is None) != (self.tax_rate is None):
            allowed = Text(
                "tax_rate and tax_life belong together", "tax_rate 与 tax_life 须同时给出"
            )
            problems.append(Problem(field="tax_life", found=self.tax_life, allowed=allowed))
        refuse(problems)


def discounted_income(inputs: DiscountedIncomeInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Discount the income of an asset, with a terminal value where it has no end.

    Notes
    -----
    .. math::

        V = F\Bigl(\sum_t X_t s_t D_t + TV\Bigr), \qquad
        TV = \frac{X_n (1+g)}{r - g} D_n \quad\text{or}\quad m X_n (1+r)^{-n}

    A growing perpetuity of mid-year flows is discounted with the factor of the last flow, an exit
    multiple with that of the end of the last year.

    References
    ----------
    :cite:cts:`ivsc_ivs_2025`, IVS 103.
    """
    count = len(inputs.flows)
    periods = Periods(count=count, timing=inputs.timing)
    flows = retained(given, series(given["flows"], count))
    terms = present_values(given, flows, periods)
    base = summed(
        Text("present value of the income", "收益现值"),
        with_terminal(given, terms, flows, periods),
    )
    columns = {
        Text("income", "收益"): flows,
        Text("discount factor", "折现系数"): [term.children[1] for term in terms],
        Text("present value", "现值"): terms,
    }
    terminal = [each for each in base.walk() if each.symbol == "TV"]
    more = {"terminal_value": terminal[0].number} if terminal else {}
    return finished(
        with_amortisation(given, base, inputs.timing),
        schedule=schedule(columns),
        present_value=base.number,
        **more,
    )


DISCOUNTED_INCOME = Method(
    id="discounted_income",
    name=Text("discounted income", "收益折现法"),
    summary=Text(
        "Discounts the income of an asset, with a terminal value by growth or by a multiple"
        " where it has no end.",
        "将资产收益折现；无期限资产按永续增长或退出倍数计入终值。",
    ),
    approach=Approach.INCOME,
    inputs=DiscountedIncomeInputs,
    compute=discounted_income,
    citations=(IVS,),
    validity=Text(
        "A terminal value for assets without an end only; a right with a term has none.",
        "仅无期限资产可计终值；有期限的权利没有终值。",
    ),
    effective_from=date(2025, 1, 31),
    laws=(
        Law(LawKind.RISES, ("flows",)),
        Law(LawKind.RISES, ("terminal_growth",)),
        Law(LawKind.RISES, ("exit_multiple",)),
        Law(LawKind.FALLS, ("discount_rate",)),
        Law(LawKind.SCALES, ("flows",)),
        Law(LawKind.ZERO, ("flows",)),
    ),
)
