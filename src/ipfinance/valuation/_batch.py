"""Many options at once: columns in, columns out; one bad row never costs the rest."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from ipfinance.basics import (
    NO_UNIT,
    Failure,
    InputError,
    IpfinanceError,
    MoneyUnit,
    Problem,
    Text,
    declared_fields,
)
from ipfinance.numerics import (
    STANDARD,
    Accuracy,
    BoolArray,
    FloatArray,
    IntArray,
    Payoff,
    claim_values,
)
from ipfinance.valuation._option import (
    RISK_CLOSED_FORM,
    RISK_INTEGRAL,
    RiskClosedFormInputs,
    RiskIntegralInputs,
)
from ipfinance.valuation._option_terms import Exercise, HazardKind, RiskTerms
from ipfinance.valuation._registry import run
from ipfinance.valuation._valuation import Valuation


class RowStatus(IntEnum):
    """What became of a row."""

    VALUED = 0
    INVALID_INPUT = 1
    NO_SOLUTION = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OptionBatch:
    """Values of many options, in the order of the rows.

    Attributes
    ----------
    values
        NaN where a row has no value, shape (n,). [currency]
    status
        `RowStatus` of each row, shape (n,).
    columns
        The inputs, each of shape (n,).
    """

    values: FloatArray
    status: IntArray
    columns: dict[str, FloatArray]
    is_call: BoolArray
    is_american: BoolArray
    is_traded: BoolArray
    unit: MoneyUnit

    def __len__(self) -> int:
        return len(self.values)

    def row(self, index: int) -> Valuation | Failure:
        """Return the full valuation of one row with its explanation, or why it has none."""
        terms = {name: float(column[index]) for name, column in self.columns.items()}
        american = bool(self.is_american[index])
        kind = HazardKind.TRADED if self.is_traded[index] else HazardKind.UNPRICED
        payoff = Payoff.CALL if self.is_call[index] else Payoff.PUT
        inputs = RiskIntegralInputs if american else RiskClosedFormInputs
        method = RISK_INTEGRAL if american else RISK_CLOSED_FORM
        try:
            given = inputs(
                spot=terms["spot"],
                strike=terms["strike"],
                rate=terms["rate"],
                volatility=terms["volatility"],
                maturity=terms["maturity"],
                hazard=terms["hazard"],
                yield_rate=terms["yield_rate"],
                hazard_kind=kind,
                payoff=payoff,
            )
            return run(method, given, unit=self.unit, asset_id=f"row {index}")
        except IpfinanceError as error:
            return Failure(subject=f"row {index}", reason=error.reason, message=str(error))


def option_batch(
    *,
    spot: FloatArray,
    strike: FloatArray,
    rate: FloatArray,
    volatility: FloatArray,
    maturity: FloatArray,
    hazard: FloatArray | float = 0.0,
    yield_rate: FloatArray | float = 0.0,
    hazard_kind: HazardKind | BoolArray | None = None,
    payoff: Payoff | BoolArray = Payoff.CALL,
    exercise: Exercise | BoolArray = Exercise.EUROPEAN,
    unit: MoneyUnit | None = None,
    accuracy: Accuracy = STANDARD,
) -> OptionBatch:
    """Value many options on assets that can become worthless.

    Parameters
    ----------
    spot, strike, rate, volatility, maturity, hazard, yield_rate
        One number per row or one for all, as in `RiskTerms`. [currency], [1/year],
        [1/year^0.5], [year]
    hazard_kind
        One convention for all rows, or per row whether the hazard is traded; required when a
        hazard is positive.
    payoff
        One for all rows, or per row whether it is a call.
    exercise
        One for all rows, or per row whether it is American.
    unit
        What one number stands for.
    accuracy
        How finely the integral equation of American rows is solved.

    Returns
    -------
    OptionBatch
        European rows in closed form, American ones by the integral equation. Invalid rows keep
        their place, with a status.

    Raises
    ------
    InputError
        When columns differ in length or the hazard convention is missing.
    """
    given = {
        "spot": spot,
        "strike": strike,
        "rate": rate,
        "volatility": volatility,
        "maturity": maturity,
        "hazard": hazard,
        "yield_rate": yield_rate,
    }
    columns = _columns(given)
    length = len(columns["spot"])
    if hazard_kind is None and bool(np.any(columns["hazard"] > 0)):
        allowed = Text("required when a hazard is positive", "存在正的风险密度时必填")
        raise InputError([Problem(field="hazard_kind", allowed=allowed)])
    is_traded = _flags(hazard_kind is None or hazard_kind, HazardKind.TRADED, length)
    is_call = _flags(payoff, Payoff.CALL, length)
    is_american = _flags(exercise, Exercise.AMERICAN, length)
    valid = _in_range(columns)
    rows = {name: np.where(valid, column, 1.0) for name, column in columns.items()}
    values = claim_values(
        is_call=is_call,
        is_american=is_american,
        spot=rows["spot"],
        strike=rows["strike"],
        rate=rows["rate"] + rows["hazard"],
        yield_rate=rows["yield_rate"] + np.where(is_traded, 0.0, rows["hazard"]),
        volatility=rows["volatility"],
        maturity=rows["maturity"],
        accuracy=accuracy,
    )
    values[~valid] = np.nan
    status = np.where(valid, RowStatus.VALUED, RowStatus.INVALID_INPUT)
    status[valid & np.isnan(values)] = RowStatus.NO_SOLUTION
    return OptionBatch(
        values=values,
        status=status.astype(np.int64),
        columns=columns,
        is_call=is_call,
        is_american=is_american,
        is_traded=is_traded,
        unit=unit or NO_UNIT,
    )


def _columns(given: dict[str, FloatArray | float]) -> dict[str, FloatArray]:
    arrays = {name: np.atleast_1d(np.asarray(each, dtype=float)) for name, each in given.items()}
    length = max(len(array) for array in arrays.values())
    problems = [
        Problem(
            field=name,
            found=f"{array.shape}",
            allowed=Text(f"expected {length} rows or one number", f"应为 {length} 行或一个数"),
        )
        for name, array in arrays.items()
        if array.shape not in {(1,), (length,)}
    ]
    if problems:
        raise InputError(problems)
    return {name: np.broadcast_to(array, (length,)).copy() for name, array in arrays.items()}


def _flags(given: object, meaning: object, length: int) -> BoolArray:
    if isinstance(given, np.ndarray):
        return given.astype(np.bool_)
    return np.full(length, given is True or given == meaning)


def _in_range(columns: dict[str, FloatArray]) -> BoolArray:
    fields = {item.name: item.quantity for item in declared_fields(RiskTerms)}
    valid = np.ones(len(columns["spot"]), dtype=np.bool_)
    for name, column in columns.items():
        quantity = fields[name]
        above = column > quantity.low if quantity.low_open else column >= quantity.low
        below = column < quantity.high if quantity.high_open else column <= quantity.high
        valid &= np.isfinite(column) & above & below
    return valid
