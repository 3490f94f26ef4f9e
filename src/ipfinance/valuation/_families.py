"""One claim by other families: binomial tree, finite differences, simulation; their convergence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Annotated, TypeAlias, final

import numpy as np

from ipfinance.basics import (
    NO_UNIT,
    Citation,
    Explanation,
    Finding,
    FindingKind,
    InputError,
    Problem,
    Quantity,
    Severity,
    Text,
    Value,
    declared_fields,
    named_node,
)
from ipfinance.numerics import (
    FINE,
    LARGEST_EXPONENT,
    GridValue,
    Payoff,
    SimulatedClaim,
    binomial_levels,
    binomial_probability,
    claim_values,
    finite_difference_value,
    grid_width,
    least_binomial_steps,
    least_grid_nodes,
    simulated_claim,
)
from ipfinance.valuation._option import (
    RISK_LATTICE,
    RiskLatticeInputs,
    admissible_stretch,
    closed_form_value,
    early_exercise,
    option_findings,
    paid_at_maturity,
)
from ipfinance.valuation._option_terms import (
    MOST_STEPS,
    Exercise,
    ExerciseKind,
    HazardKind,
    OnRuin,
    RiskTerms,
    check_terms,
    effective_yield,
    right_outcome,
    with_survival,
)
from ipfinance.valuation._registry import Approach, Law, LawKind, Method, run
from ipfinance.valuation._valuation import Outcome, Schedule

DEFAULT_NODES, DEFAULT_TIME_STEPS = 400, 400
DEFAULT_PATHS, DEFAULT_DATES, DEFAULT_DEGREE, DEFAULT_SEED = 100_000, 50, 3, 1
MOST_PATHS, MOST_CELLS = 2_000_000, 50_000_000

AGAINST_EXACT = FindingKind(
    code="family_against_exact",
    severity=Severity.NOTE,
    text=Text(
        "This family gives {value:.6g}; without any grid the value is {exact:.6g} (difference "
        "{difference:+.2e}).",
        "本方法给出 {value:.6g}；无网格精确值为 {exact:.6g}（差 {difference:+.2e}）。",
    ),
)
SIMULATION_ERROR = FindingKind(
    code="simulation_standard_error",
    severity=Severity.NOTE,
    text=Text(
        "Out of sample {value:.6g} with a standard error of {error:.2g} on {paths:,} paths; on the "
        "paths that chose the rule of exercise {inside:.6g}, without the control variate "
        "{plain:.6g} with a standard error of {plain_error:.2g}.",
        "样本外 {value:.6g}，{paths:,} 条路径的标准误 {error:.2g}；样本内（用于选择行权规则）"
        "{inside:.6g}；不用控制变量为 {plain:.6g}，标准误 {plain_error:.2g}。",
    ),
)

Seed: TypeAlias = Annotated[
    int,
    Quantity(
        name=Text("seed", "随机种子"),
        meaning=Text("the same seed gives the same figure", "相同种子得到相同结果"),
        low=0,
        high=2**53,
        whole=True,
    ),
]


def path_count(default_meaning: Text) -> Quantity:
    """Declare a number of simulated paths."""
    return Quantity(
        name=Text("paths", "路径数"),
        meaning=default_meaning,
        low=100,
        high=MOST_PATHS,
        whole=True,
    )


def exact_value(terms: RiskTerms, exercise: Exercise) -> float | None:
    """Return the value of a claim without any grid; None where no such form is known.

    European claims have a closed form, American ones the integral equation of their boundary,
    unless ruin pays a put or there are two boundaries.
    """
    if exercise is Exercise.EUROPEAN:
        return closed_form_value(terms)
    paid = terms.payoff is Payoff.PUT and terms.on_ruin is OnRuin.PAID and terms.hazard > 0
    if paid:
        return None
    discount, carry = survival_rates(terms)
    found = claim_values(
        is_call=np.array([terms.payoff is Payoff.CALL]),
        is_american=np.array([True]),
        spot=np.array([terms.spot]),
        strike=np.array([terms.strike]),
        rate=np.array([discount]),
        yield_rate=np.array([carry]),
        volatility=np.array([terms.volatility]),
        maturity=np.array([terms.maturity]),
        accuracy=FINE,
    )
    return None if math.isnan(found[0]) else float(found[0])


def survival_rates(terms: RiskTerms) -> tuple[float, float]:
    """Return the discount rate and the yield given survival."""
    kind = terms.hazard_kind or HazardKind.TRADED
    carry = effective_yield(yield_rate=terms.yield_rate, hazard=terms.hazard, hazard_kind=kind)
    return terms.rate + terms.hazard, carry


def _drift_of(terms: RiskTerms) -> float:
    discount, carry = survival_rates(terms)
    return discount - carry


def _sign(payoff: str) -> float:
    return 1.0 if payoff == Payoff.CALL else -1.0


def _ruin_pays(payoff: str, on_ruin: str) -> bool:
    return payoff == Payoff.PUT and on_ruin == OnRuin.PAID


def _judged(inputs: BinomialInputs | GridInputs | SimulatedInputs, value: float) -> list[Finding]:
    found: list[Finding] = []
    exact = exact_value(inputs, inputs.exercise)
    if exact is not None:
        found.append(AGAINST_EXACT.finding(value=value, exact=exact, difference=value - exact))
    if inputs.exercise is Exercise.AMERICAN:
        european = closed_form_value(inputs)
        found += early_exercise(value if exact is None else exact, european)
    return [*found, *option_findings(inputs)]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class BinomialInputs(RiskTerms):
    """What the binomial tree asks for."""

    exercise: ExerciseKind = Exercise.EUROPEAN
    steps: Annotated[
        int,
        Quantity(
            name=Text("steps", "步数"),
            meaning=Text("number of steps of the tree", "树的步数"),
            symbol="n",
            low=1,
            high=MOST_STEPS,
            whole=True,
        ),
    ] = 500

    def __post_init__(self) -> None:
        check_terms(self)
        least = least_binomial_steps(
            drift=_drift_of(self), volatility=self.volatility, maturity=self.maturity
        )
        most = int((LARGEST_EXPONENT / self.volatility) ** 2 / self.maturity)
        if not least <= self.steps <= most:
            allowed = Text(
                f"expected {least} to {most}: fewer make a probability negative, more leave the "
                "range of floats",
                f"应为 {least} 至 {most}：过少则概率为负，过多则数值溢出",
            )
            check_terms(self, Problem(field="steps", found=self.steps, allowed=allowed))


def binomial(inputs: BinomialInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Value a claim on the binomial tree of Cox, Ross and Rubinstein.

    Notes
    -----
    :math:`u = e^{\sigma\sqrt{\Delta t}}`, :math:`p = (e^{\mu\Delta t} - 1/u)/(u - 1/u)`, with the
    growth and the discount given survival. Steps that make a probability negative are refused.

    References
    ----------
    :cite:cts:`cox_ross_rubinstein_1979`.
    """
    known = with_survival(given)
    known["up"] = named_node(
        Text("up move", "上行倍数"),
        _crr_up,
        {name: known[name] for name in ("volatility", "maturity", "steps")},
        formula="exp(σ √(T / n))",
        symbol="u",
    )
    known["probability"] = named_node(
        Text("probability up", "上行概率"),
        _crr_probability,
        {name: known[name] for name in ("up", "discount", "carry", "maturity", "steps")},
        formula="(exp((r* − q*) T / n) − 1/u) / (u − 1/u)",
        symbol="p",
    )
    names = (
        *("spot", "strike", "up", "probability", "discount", "maturity", "steps"),
        *("payoff", "exercise", "on_ruin", "rate", "hazard"),
    )
    value = named_node(
        Text("option value", "期权价值"),
        _binomial_value,
        {name: known[name] for name in names},
        formula="F ← exp(−r* Δt) (p F₊ + (1 − p) F₋), n ×",
        unit="currency",
        symbol="F",
        citation=Citation("cox_ross_rubinstein_1979"),
    )
    chance = known["probability"].number
    ruin = -math.expm1(-inputs.hazard * inputs.maturity / inputs.steps)
    return Outcome(
        explanation=value,
        findings=tuple(_judged(inputs, value.number)),
        details={
            "probabilities": {"up": chance, "middle": 0.0, "down": 1.0 - chance, "ruin": ruin},
            "valid": True,
            "steps": inputs.steps,
            "european_closed_form": closed_form_value(inputs),
        },
    )


def _crr_up(*, volatility: float, maturity: float, steps: float) -> Value:
    return math.exp(volatility * math.sqrt(maturity / steps))


def _crr_probability(
    *, up: float, discount: float, carry: float, maturity: float, steps: float
) -> Value:
    return binomial_probability(up=up, mean=math.exp((discount - carry) * maturity / steps))


def _binomial_value(
    *,
    spot: float,
    strike: float,
    up: float,
    probability: float,
    discount: float,
    maturity: float,
    steps: float,
    payoff: str,
    exercise: str,
    on_ruin: str,
    rate: float,
    hazard: float,
) -> Value:
    american = exercise == Exercise.AMERICAN
    time = maturity / steps
    paid = _ruin_pays(payoff, on_ruin)
    at_ruin = strike * math.exp(-rate * time) * -math.expm1(-hazard * time)
    levels = binomial_levels(
        spot=spot,
        strike=strike,
        sign=_sign(payoff),
        up=up,
        probability=probability,
        discount=math.exp(-discount * time),
        steps=round(steps),
        american=american,
        ruin_value=at_ruin if paid and american else 0.0,
    )
    return float(levels[0][0]) + _later(
        strike=strike,
        rate=rate,
        hazard=hazard,
        maturity=maturity,
        payoff=payoff,
        on_ruin=on_ruin,
        exercise=exercise,
    )


def _later(
    *,
    strike: float,
    rate: float,
    hazard: float,
    maturity: float,
    payoff: str,
    on_ruin: str,
    exercise: str,
) -> float:
    """Return what a European put that survives ruin pays at maturity."""
    if exercise == Exercise.AMERICAN:
        return 0.0
    return paid_at_maturity(
        strike=strike, rate=rate, hazard=hazard, maturity=maturity, payoff=payoff, on_ruin=on_ruin
    )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class GridInputs(RiskTerms):
    """What finite differences ask for."""

    exercise: ExerciseKind = Exercise.EUROPEAN
    nodes: Annotated[
        int,
        Quantity(
            name=Text("nodes", "空间节点数"),
            meaning=Text("nodes on each side of today's value", "当前价值两侧各自节点数"),
            symbol="m",
            low=10,
            high=5000,
            whole=True,
        ),
    ] = DEFAULT_NODES
    time_steps: Annotated[
        int,
        Quantity(
            name=Text("steps in time", "时间步数"),
            meaning=Text("the first two are damped", "Crank–Nicolson 步数，前两步阻尼"),
            symbol="n",
            low=2,
            high=5000,
            whole=True,
        ),
    ] = DEFAULT_TIME_STEPS

    def __post_init__(self) -> None:
        check_terms(self)
        law = {
            "spot": self.spot,
            "strike": self.strike,
            "drift": _drift_of(self),
            "volatility": self.volatility,
            "maturity": self.maturity,
        }
        least = least_grid_nodes(**law)
        if self.nodes < least:
            allowed = Text(
                f"expected at least {least}, or weights in space are negative",
                f"应不少于 {least}，否则空间权重为负",
            )
            check_terms(self, Problem(field="nodes", found=self.nodes, allowed=allowed))
        if grid_width(**law) > LARGEST_EXPONENT / 2:
            allowed = Text(
                "such a spread over such a life leaves the range of floats",
                "在如此长的期限内波动过大，数值溢出",
            )
            check_terms(self, Problem(field="volatility", found=self.volatility, allowed=allowed))


def grid(inputs: GridInputs, given: Mapping[str, Explanation]) -> Outcome:
    """Value a claim by finite differences.

    Notes
    -----
    Crank–Nicolson in the log of the asset, the first steps damped; early exercise as a linear
    complementarity problem at every step, solved exactly.

    References
    ----------
    :cite:cts:`crank_nicolson_1947`; :cite:cts:`rannacher_1984`;
    :cite:cts:`hintermueller_ito_kunisch_2002`.
    """
    known = with_survival(given)
    value = named_node(
        Text("option value", "期权价值"),
        _grid_value,
        {name: known[name] for name in (*_SAME, "nodes", "time_steps")},
        formula="F_t + ½σ²S²F_SS + (r* − q*)SF_S − r*F = 0, F ≥ payoff",
        unit="currency",
        symbol="F",
        citation=Citation("crank_nicolson_1947"),
    )
    plain = {child: known[child].value for child in (*_SAME, "nodes", "time_steps")}
    found = _grid(**plain)  # type: ignore[arg-type]
    return right_outcome(
        value,
        _judged(inputs, value.number),
        delta=found.delta,
        gamma=found.gamma,
        nodes=inputs.nodes,
        time_steps=inputs.time_steps,
        european_closed_form=closed_form_value(inputs),
    )


_SAME = (
    *("spot", "strike", "discount", "carry", "volatility", "maturity"),
    *("payoff", "exercise", "on_ruin", "rate", "hazard"),
)


def _grid_value(**terms: Value) -> Value:
    later = {
        name: terms[name]
        for name in ("strike", "rate", "hazard", "maturity", "payoff", "on_ruin", "exercise")
    }
    return _grid(**terms).value + _later(**later)  # type: ignore[arg-type]


def _grid(
    *,
    spot: float,
    strike: float,
    discount: float,
    carry: float,
    volatility: float,
    maturity: float,
    payoff: str,
    exercise: str,
    on_ruin: str,
    rate: float,  # noqa: ARG001
    hazard: float,
    nodes: float,
    time_steps: float,
) -> GridValue:
    american = exercise == Exercise.AMERICAN
    return finite_difference_value(
        spot=spot,
        strike=strike,
        rate=discount,
        yield_rate=carry,
        volatility=volatility,
        maturity=maturity,
        sign=_sign(payoff),
        american=american,
        nodes=round(nodes),
        steps=round(time_steps),
        ruin_income=hazard * strike if american and _ruin_pays(payoff, on_ruin) else 0.0,
    )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedInputs(RiskTerms):
    """What simulation asks for."""

    exercise: ExerciseKind = Exercise.EUROPEAN
    dates: Annotated[
        int,
        Quantity(
            name=Text("dates of exercise", "行权日数"),
            meaning=Text(
                "equal dates of an American claim, the last at maturity",
                "美式等距行权日，末日为到期日",
            ),
            symbol="n",
            low=1,
            high=1000,
            whole=True,
        ),
    ] = DEFAULT_DATES
    paths: Annotated[
        int,
        path_count(
            Text("in each of the two samples, mirrored pairs", "两个样本各自的路径数（对偶）")
        ),
    ] = DEFAULT_PATHS
    degree: Annotated[
        int,
        Quantity(
            name=Text("degree", "多项式次数"),
            meaning=Text("highest power in the regression", "回归的最高次幂"),
            low=1,
            high=8,
            whole=True,
        ),
    ] = DEFAULT_DEGREE
    seed: Seed = DEFAULT_SEED

    def __post_init__(self) -> None:
        check_terms(self)
        if self.paths * (self.dates + 1) > MOST_CELLS:
            allowed = Text(
                f"expected paths times dates of at most {MOST_CELLS:,}",
                f"路径数与行权日数之积至多 {MOST_CELLS:,}",
            )
            check_terms(self, Problem(field="paths", found=self.paths, allowed=allowed))


def simulated(inputs: SimulatedInputs, given: Mapping[str, Explanation]) -> Outcome:
    """Value a claim by simulation, an American one by least squares.

    Notes
    -----
    The value is taken on paths that did not choose the rule of exercise; the in-sample figure and
    the one without the control variate are shown beside it. The generator is the method's own.

    References
    ----------
    :cite:cts:`longstaff_schwartz_2001`; :cite:cts:`rasmussen_2005`.
    """
    known = with_survival(given)
    names = (*_SAME, "dates", "paths", "degree", "seed")
    value = named_node(
        Text("option value", "期权价值"),
        _simulated_value,
        {name: known[name] for name in names},
        formula="mean of exp(−r* τ) payoff(τ) on fresh paths",
        unit="currency",
        symbol="F",
        citation=Citation("longstaff_schwartz_2001"),
    )
    found = _claim_sample(**{name: known[name].value for name in names})
    told = SIMULATION_ERROR.finding(
        value=value.number,
        error=found.out_of_sample.standard_error,
        paths=inputs.paths,
        inside=found.in_sample.value,
        plain=found.uncontrolled.value,
        plain_error=found.uncontrolled.standard_error,
    )
    return right_outcome(
        value,
        [told, *_judged(inputs, value.number)],
        standard_error=found.out_of_sample.standard_error,
        in_sample=found.in_sample,
        out_of_sample=found.out_of_sample,
        uncontrolled=found.uncontrolled,
        european_closed_form=closed_form_value(inputs),
        seed=inputs.seed,
    )


def _simulated_value(**terms: Value) -> Value:
    later = {
        name: terms[name]
        for name in ("strike", "rate", "hazard", "maturity", "payoff", "on_ruin", "exercise")
    }
    found = _claim_sample(**terms)
    return found.out_of_sample.value + _later(**later)  # type: ignore[arg-type]


@lru_cache(maxsize=8)  # the tree and what is shown beside it ask for the same run
def _claim_sample(
    *,
    spot: float,
    strike: float,
    discount: float,
    carry: float,
    volatility: float,
    maturity: float,
    payoff: str,
    exercise: str,
    on_ruin: str,
    rate: float,
    hazard: float,
    dates: float,
    paths: float,
    degree: float,
    seed: float,
) -> SimulatedClaim:
    american = exercise == Exercise.AMERICAN
    time = maturity / dates
    at_ruin = strike * math.exp(-rate * time) * -math.expm1(-hazard * time)
    return simulated_claim(
        spot=spot,
        strike=strike,
        rate=discount,
        yield_rate=carry,
        volatility=volatility,
        maturity=maturity,
        sign=_sign(payoff),
        american=american,
        dates=round(dates),
        paths=round(paths),
        degree=round(degree),
        rng=np.random.default_rng(round(seed)),
        ruin_value=at_ruin if american and _ruin_pays(payoff, on_ruin) else 0.0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvergenceRow:
    """One family at one size.

    Attributes
    ----------
    size
        Steps, nodes or paths.
    error
        Value less the exact one; None where no exact one is known. [currency]
    standard_error
        Of a simulation; None for the others. [currency]
    """

    family: Text
    size: int
    value: float | None
    error: float | None
    standard_error: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Convergence:
    """One claim by every family at growing sizes.

    Attributes
    ----------
    exact, exact_by
        The value without any grid and the form that gives it; None where there is none.
    """

    exact: float | None
    exact_by: Text
    rows: tuple[ConvergenceRow, ...]

    def schedule(self) -> Schedule:
        """Return the rows as a table."""
        return Schedule(
            title=Text("Convergence of the families", "各方法的收敛"),
            columns=(
                Text("family", "方法"),
                Text("size", "规模"),
                Text("value", "价值"),
                Text("error", "误差"),
                Text("standard error", "标准误"),
            ),
            units=("", "", "currency", "currency", "currency"),
            rows=tuple(
                (
                    row.family,
                    f"{row.size:,}",
                    *(
                        "–" if cell is None else cell
                        for cell in (row.value, row.error, row.standard_error)
                    ),
                )
                for row in self.rows
            ),
        )


FAMILY_NAMES = {
    "trinomial": Text("trinomial lattice, steps", "三叉格点，步数"),
    "binomial": Text("binomial tree, steps", "二叉树，步数"),
    "grid": Text("finite differences, nodes and steps", "有限差分，节点与步数"),
    "simulated": Text("simulation, paths", "模拟，路径数"),
}
_EXACT_NAMES = {
    Exercise.EUROPEAN: Text("closed form", "解析公式"),
    Exercise.AMERICAN: Text("integral equation", "积分方程"),
}
SIZES: dict[str, tuple[int, ...]] = {
    "trinomial": (25, 100, 400, 1600),
    "binomial": (25, 100, 400, 1600),
    "grid": (50, 100, 200, 400),
    "simulated": (1000, 10_000, 100_000),
}


def convergence(terms: RiskLatticeInputs, *, seed: int = DEFAULT_SEED) -> Convergence:
    """Value one claim by every family at growing sizes, beside its exact value.

    A size at which a family has no valid weights keeps its row, without a value.
    """
    exact = exact_value(terms, terms.exercise)
    rows = [
        _row(family, size, terms, exact, seed) for family, sizes in SIZES.items() for size in sizes
    ]
    name = Text("none", "无") if exact is None else _EXACT_NAMES[terms.exercise]
    return Convergence(exact=exact, exact_by=name, rows=tuple(rows))


def _row(
    family: str, size: int, terms: RiskLatticeInputs, exact: float | None, seed: int
) -> ConvergenceRow:
    value, error = _at_size(family, size, terms, seed)
    return ConvergenceRow(
        family=FAMILY_NAMES[family],
        size=size,
        value=value,
        error=None if exact is None or value is None else value - exact,
        standard_error=error,
    )


def _at_size(
    family: str, size: int, terms: RiskLatticeInputs, seed: int
) -> tuple[float | None, float | None]:
    """Return a family's value and its standard error; nothing where its weights are not valid."""
    if family == "trinomial":
        bounds = admissible_stretch(terms, size)
        if not bounds.low <= terms.stretch <= bounds.high:
            return None, None
        return run(RISK_LATTICE, replace(terms, steps=size), unit=NO_UNIT).number, None
    plain = {item.name: getattr(terms, item.name) for item in declared_fields(RiskTerms)}
    plain["exercise"] = terms.exercise
    sized: dict[str, tuple[Method, dict[str, int]]] = {
        "binomial": (OPTION_BINOMIAL, {"steps": size}),
        "grid": (OPTION_GRID, {"nodes": size, "time_steps": size}),
        "simulated": (OPTION_SIMULATED, {"paths": size, "seed": seed}),
    }
    method, sizes = sized[family]
    try:
        found = run(method, method.inputs(**plain, **sizes), unit=NO_UNIT)
    except InputError:
        return None, None
    error = found.details.get("standard_error")
    return found.number, error if isinstance(error, float) else None


_SURE = Text(
    "Lognormal value, constant volatility, rate, yield and hazard.",
    "价值服从对数正态，波动率、利率、收益率与风险密度恒定。",
)
OPTION_BINOMIAL = Method(
    id="option_binomial",
    name=Text("binomial tree", "二叉树法"),
    summary=Text(
        "A right on the binomial tree of Cox, Ross and Rubinstein, European or American.",
        "Cox–Ross–Rubinstein 二叉树，欧式或美式。",
    ),
    approach=Approach.OPTION,
    inputs=BinomialInputs,
    compute=binomial,
    citations=(Citation("cox_ross_rubinstein_1979"), Citation("merton_1976", "immediate ruin")),
    validity=_SURE,
    effective_from=date(1979, 1, 1),
    laws=(
        Law(LawKind.SCALES, ("spot", "strike")),
        Law(LawKind.RISES, ("spot",), (("payoff", "call"),)),
        Law(LawKind.FALLS, ("strike",), (("payoff", "call"),)),
        Law(LawKind.FALLS, ("spot",), (("payoff", "put"),)),
        Law(LawKind.RISES, ("strike",), (("payoff", "put"),)),
    ),
)
OPTION_GRID = Method(
    id="option_grid",
    name=Text("finite differences", "有限差分法"),
    summary=Text(
        "A right by the valuation equation on a grid, with delta and gamma.",
        "在网格上求解定价方程，并给出 delta 与 gamma。",
    ),
    approach=Approach.OPTION,
    inputs=GridInputs,
    compute=grid,
    citations=(
        Citation("crank_nicolson_1947"),
        Citation("rannacher_1984"),
        Citation("hintermueller_ito_kunisch_2002"),
    ),
    validity=_SURE,
    effective_from=date(2002, 1, 1),
    laws=(Law(LawKind.SCALES, ("spot", "strike")),),
)
OPTION_SIMULATED = Method(
    id="option_simulated",
    name=Text("least-squares simulation", "最小二乘模拟法"),
    summary=Text(
        "A right by simulation; an American one decides by regression and is judged on fresh "
        "paths, with its standard error.",
        "模拟法；美式由回归决定行权，并在新路径上评价，附标准误。",
    ),
    approach=Approach.OPTION,
    inputs=SimulatedInputs,
    compute=simulated,
    citations=(Citation("longstaff_schwartz_2001"), Citation("rasmussen_2005")),
    validity=_SURE,
    effective_from=date(2001, 1, 1),
    laws=(Law(LawKind.SCALES, ("spot", "strike")),),
)
