"""How a right moves with its inputs, and the input that a price implies."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from ipfinance.basics import (
    NO_UNIT,
    DeclaredField,
    InputError,
    NotApplicableError,
    Problem,
    Text,
    declared_fields,
)
from ipfinance.numerics import bracketed_root
from ipfinance.valuation._families import exact_value
from ipfinance.valuation._option import (
    RiskClosedFormInputs,
    RiskIntegralInputs,
    RiskLatticeInputs,
)
from ipfinance.valuation._option_terms import Exercise, RiskTerms
from ipfinance.valuation._registry import Method, at_the_middle, run
from ipfinance.valuation._valuation import Schedule

SMALL, WIDE = 1e-3, 1e-2  # parts of an input by which it is moved: for slopes, for curvatures
OF_THE_SPREAD = 0.1  # no move is more than this part of the spread to maturity
RATE_MOVE = 1e-4
Weights: TypeAlias = tuple[tuple[int, float], ...]
SLOPE: Weights = ((-2, 1.0), (-1, -8.0), (1, 8.0), (2, -1.0))  # over 12 h: fourth order
ONE_SIDED: Weights = (
    (0, -25.0),
    (1, 48.0),
    (2, -36.0),
    (3, 16.0),
    (4, -3.0),
)  # over 12 h: fourth order
BEND: Weights = ((-2, -1.0), (-1, 16.0), (0, -30.0), (1, 16.0), (2, -1.0))  # over 12 h²
GREEKS = {
    "spot": "delta",
    "value": "delta",
    "received": "delta",
    "current": "delta",
    "volatility": "vega",
    "maturity": "theta",
    "rate": "rho",
}
GREEK_NAMES = {
    "delta": Text("delta, per unit of the asset", "Delta（标的每单位）"),
    "gamma": Text("gamma, of delta per unit of the asset", "Gamma（Delta 对标的）"),
    "vega": Text("vega, per unit of volatility", "Vega（波动率每单位）"),
    "theta": Text("theta, per year that passes", "Theta（每过一年）"),
    "rho": Text("rho, per unit of the rate", "Rho（利率每单位）"),
}
IMPLIED_OF = ("volatility", "hazard")
GRIDS = {
    "volatility": np.geomspace(0.005, 5.0, 61),
    "hazard": np.concatenate([[0.0], np.geomspace(0.001, 20.0, 60)]),
}
SIMULATED = {"option_simulated", "option_project"}
ValueOf = Callable[[Any], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """How the value moves with one input.

    Attributes
    ----------
    field, name, unit
        The input.
    greek
        The letter it goes by: delta, vega, theta (the sign turned: a year passes), rho; else "".
    slope
        Change of the value for one unit of the input. [currency/unit]
    curvature
        Change of the slope; for the asset only, else None. [currency/unit²]
    """

    field: str
    name: Text
    unit: str
    greek: str
    slope: float
    curvature: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpliedInput:
    """The values of one input at which the right is worth a price.

    Attributes
    ----------
    roots
        All that show on a fine grid, ascending; none, one or several.
    lowest, highest
        The least and the greatest value of the right over the range of the input.
    """

    field: str
    name: Text
    unit: str
    price: float
    roots: tuple[float, ...]
    lowest: float
    highest: float


def smooth_value(method: Method, inputs: Any) -> float:  # noqa: ANN401
    """Return the value of a right by its smoothest form.

    An American claim goes by the integral equation of its boundary rather than by the lattice,
    whose value jumps from node to node; where there is no such form, the method itself is run.
    """
    claim = _as_claim(inputs)
    if claim is not None:
        found = exact_value(*claim)
        if found is not None:
            return found
    return run(method, inputs, unit=NO_UNIT).number


def _as_claim(inputs: Any) -> tuple[RiskTerms, Exercise] | None:  # noqa: ANN401
    if hasattr(inputs, "claim"):
        inputs = inputs.claim()
    if isinstance(inputs, RiskIntegralInputs):
        return inputs, Exercise.AMERICAN
    if isinstance(inputs, RiskClosedFormInputs):
        return inputs, Exercise.EUROPEAN
    if isinstance(inputs, RiskTerms) and hasattr(inputs, "exercise"):
        return inputs, inputs.exercise
    return None


def sensitivities(method: Method, inputs: Any) -> tuple[Sensitivity, ...]:  # noqa: ANN401
    """Return how a right moves with each of its numbers, the asset first.

    Parameters
    ----------
    method, inputs
        The method and an instance of its inputs.

    Returns
    -------
    tuple of Sensitivity
        Differences of fourth order of the smoothest form of the value. Inputs at their bound move
        to one side; lists and whole numbers are left out.

    Raises
    ------
    NotApplicableError
        For simulations: move the inputs and compare whole runs instead.
    """
    if method.id in SIMULATED or method.replication:
        raise NotApplicableError(method.name, _NO_GREEKS)
    inputs = _smoothed(inputs)
    found = []
    for item in declared_fields(type(inputs)):
        value = getattr(inputs, item.name)
        plain = item.core_type is float or (item.is_uncertain and not item.is_series)
        if not plain or value is None or item.name == "stretch":
            continue
        if item.name == "hazard" and inputs.hazard_kind is None:
            continue
        found.append(_sensitivity(method, inputs, item, float(value)))
    return tuple(sorted(found, key=lambda each: each.greek != "delta"))


_NO_GREEKS = Text(
    "no smooth sensitivities by simulation or replication; value it twice with the same seed",
    "模拟与复现没有平滑的敏感度；请以相同种子分别估值比较",
)
_NOT_IMPLIED = Text(
    "no input of a simulation, a replication or a right without volatility can be implied",
    "模拟、复现或不含单一波动率的权利无法由价格反推输入",
)


def _smoothed(inputs: Any) -> Any:  # noqa: ANN401
    """Put every input at its middle and leave the lattice free to choose its steps."""
    inputs = at_the_middle(inputs)
    if isinstance(inputs, RiskLatticeInputs) or hasattr(inputs, "claim"):
        return replace(inputs, steps=None)
    return inputs


def _sensitivity(method: Method, inputs: Any, item: DeclaredField, at: float) -> Sensitivity:  # noqa: ANN401
    def value(x: float) -> float:
        return smooth_value(method, replace(inputs, **{item.name: x}))

    quantity = item.quantity
    move = _move(inputs, item, at, SMALL)
    weights, past = SLOPE, 2 * move
    if at - past < quantity.low or (quantity.low_open and at - past <= quantity.low):
        weights = ONE_SIDED
    elif at + past > quantity.high:
        weights, move = ONE_SIDED, -move
    slope = _difference(value, at, move, weights) / (12 * move)
    greek = GREEKS.get(item.name, "")
    curvature = None
    if greek == "delta":
        wide = _move(inputs, item, at, WIDE)
        curvature = _difference(value, at, wide, BEND) / (12 * wide * wide)
    return Sensitivity(
        field=item.name,
        name=quantity.name,
        unit=quantity.unit,
        greek=greek,
        slope=-slope if greek == "theta" else slope,
        curvature=curvature,
    )


def _move(inputs: Any, item: DeclaredField, at: float, part: float) -> float:  # noqa: ANN401
    if item.quantity.unit == "1/year":
        return max(RATE_MOVE, part * abs(at))
    if item.quantity.unit == "currency":
        spread = getattr(inputs, "volatility", 1.0) * math.sqrt(getattr(inputs, "maturity", 1.0))
        part = min(part, OF_THE_SPREAD * spread)
    return part * abs(at) if at else part


def _difference(value: ValueOf, at: float, move: float, weights: Weights) -> float:
    return math.fsum(weight * value(at + place * move) for place, weight in weights)


def implied_inputs(method: Method, inputs: Any, price: float) -> tuple[ImpliedInput, ...]:  # noqa: ANN401
    """Return the volatility, and the hazard, at which a right is worth a price.

    Parameters
    ----------
    method, inputs
        The method and an instance of its inputs; the input asked for is replaced.
    price
        Above 0. [currency]

    Returns
    -------
    tuple of ImpliedInput
        One for the volatility, one for the hazard of ruin where its convention is said: without it
        the question has no one answer.

    Raises
    ------
    InputError
        When the price is not a finite number above 0.
    NotApplicableError
        For simulations, and for rights with neither of the two.
    """
    if not (math.isfinite(price) and price > 0):
        allowed = Text("expected a finite number above 0", "应为大于 0 的有限数")
        raise InputError([Problem(field="price", found=price, allowed=allowed)])
    known = {item.name: item for item in declared_fields(type(inputs))}
    asked = [name for name in IMPLIED_OF if name in known]
    if method.id in SIMULATED or method.replication or not asked:
        raise NotApplicableError(method.name, _NOT_IMPLIED)
    inputs = _smoothed(inputs)
    return tuple(
        _implied(method, inputs, known[name], price)
        for name in asked
        if name != "hazard" or inputs.hazard_kind is not None
    )


def _implied(method: Method, inputs: Any, item: DeclaredField, price: float) -> ImpliedInput:  # noqa: ANN401
    def value(x: float) -> float:
        try:
            return smooth_value(method, replace(inputs, **{item.name: x}))
        except InputError:
            return math.nan

    grid = [float(x) for x in GRIDS[item.name]]
    values = np.array([value(x) for x in grid])
    usable = values[np.isfinite(values)]
    return ImpliedInput(
        field=item.name,
        name=item.quantity.name,
        unit=item.quantity.unit,
        price=price,
        roots=tuple(_crossings(value, grid, values - price)),
        lowest=float(usable.min()),
        highest=float(usable.max()),
    )


def _crossings(value: ValueOf, grid: list[float], gaps: Any) -> list[float]:  # noqa: ANN401
    price = None
    found = [x for x, gap in zip(grid, gaps, strict=True) if gap == 0]
    for place in range(len(grid) - 1):
        here, there = gaps[place], gaps[place + 1]
        if here * there < 0:
            price = value(grid[place]) - here
            found.append(
                bracketed_root(
                    lambda x, at=price: value(x) - at,  # type: ignore[misc]
                    grid[place],
                    grid[place + 1],
                )
            )
    return sorted(found)


def sensitivity_table(found: tuple[Sensitivity, ...]) -> Schedule:
    """Return sensitivities as a table."""
    rows: list[tuple[float | str | Text, ...]] = []
    for each in found:
        rows.append((GREEK_NAMES.get(each.greek, each.name), each.slope))
        if each.curvature is not None:
            rows.append((GREEK_NAMES["gamma"], each.curvature))
    return Schedule(
        title=Text("Sensitivities", "敏感度"),
        columns=(Text("to", "对象"), Text("change of value per unit", "每单位价值变动")),
        units=("", "currency"),
        rows=tuple(rows),
    )


def implied_table(found: tuple[ImpliedInput, ...]) -> Schedule:
    """Return implied inputs as a table, with the range of values where there is no solution."""
    return Schedule(
        title=Text("Implied by the price", "价格隐含值"),
        columns=(
            Text("input", "输入"),
            Text("implied", "隐含值"),
            Text("lowest value of the right", "权利最低价值"),
            Text("highest value of the right", "权利最高价值"),
        ),
        units=("", "", "currency", "currency"),
        rows=tuple(
            (
                each.name,
                ", ".join(f"{root:.6g}" for root in each.roots) or _NONE,
                each.lowest,
                each.highest,
            )
            for each in found
        ),
    )


_NONE = Text("none: the price is out of reach", "无解：价格超出可达范围")


def sensitivity_view(found: tuple[Sensitivity, ...]) -> Mapping[str, float]:
    """Return sensitivities by their letter, or by the name of the input."""
    view: dict[str, float] = {}
    for each in found:
        view[each.greek or each.field] = each.slope
        if each.curvature is not None:
            view["gamma"] = each.curvature
    return view
