"""Options under the risk of ruin: the sound lattice, and its closed form as oracle.

Every figure is conditional on survival first; the chance of survival enters once, as
``exp(-hazard * time)``, never as ``hazard * time``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias, final

import numpy as np

from ipfinance.basics import (
    Citation,
    Explanation,
    Finding,
    FindingKind,
    InputError,
    NoSolutionError,
    Problem,
    Severity,
    Source,
    SourceKind,
    Text,
    Value,
    declared_fields,
    leaf,
    named_node,
)
from ipfinance.numerics import (
    LARGEST_EXPONENT,
    FloatArray,
    Payoff,
    Step,
    StretchBounds,
    asset_nodes,
    black_scholes,
    claim_values,
    lognormal_moments,
    matched_step,
    roll_back,
    stretch_bounds,
    up_factor,
)
from ipfinance.valuation._option_terms import (
    DEFAULT_STEPS,
    DEFAULT_STRETCH,
    MOST_STEPS,
    ON_RUIN_NAMES,
    TRADED_RISES,
    Exercise,
    ExerciseKind,
    HazardKind,
    LatticeSteps,
    OnRuin,
    RiskTerms,
    Stretch,
    check_terms,
    drift,
    effective_yield,
    survival_discount_rate,
    with_survival,
)
from ipfinance.valuation._registry import Approach, Law, LawKind, Method
from ipfinance.valuation._valuation import Outcome

Rule: TypeAlias = Callable[..., Value]


DISCRETISATION = FindingKind(
    code="lattice_against_closed_form",
    severity=Severity.NOTE,
    text=Text(
        "The lattice of {steps} steps gives {lattice:.6g}; the closed form gives {closed:.6g} "
        "(difference {difference:+.2e}).",
        "{steps} 步格点给出 {lattice:.6g}，解析公式给出 {closed:.6g}（差 {difference:+.2e}）。",
    ),
)
EARLY_EXERCISE = FindingKind(
    code="early_exercise_premium",
    severity=Severity.NOTE,
    text=Text(
        "Exercise before maturity adds {premium:.6g} to the European value {european:.6g}.",
        "提前行权使价值较欧式 {european:.6g} 增加 {premium:.6g}。",
    ),
)
ROUNDING = 1e-8  # part of a value below which a difference is none
PUT_ON_RUIN = FindingKind(
    code="put_after_ruin",
    severity=Severity.WARNING,
    text=Text(
        "What the right to give up is worth after ruin decides much of its value: lost on ruin "
        "{lost:.6g}, paid on ruin {paid:.6g}. This figure: {chosen}.",
        "放弃权在风险发生后的处理对其价值影响很大：丧失则为 {lost:.6g}，支付则为 {paid:.6g}。"
        "本结果采用：{chosen}。",
    ),
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RiskClosedFormInputs(RiskTerms):
    """What the closed form asks for."""

    def __post_init__(self) -> None:
        check_terms(self)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RiskLatticeInputs(RiskTerms):
    """What the risk lattice asks for."""

    exercise: ExerciseKind = Exercise.EUROPEAN
    steps: LatticeSteps = None
    stretch: Stretch = DEFAULT_STRETCH

    def __post_init__(self) -> None:
        check_terms(self)
        if self.steps is not None:
            check_stretch(self, self.steps)


def admissible_stretch(inputs: RiskLatticeInputs, steps: int) -> StretchBounds:
    """Return the stretches at which no probability is negative."""
    return stretch_bounds(_drift_of(inputs), inputs.volatility, inputs.maturity / steps)


def check_stretch(inputs: RiskLatticeInputs, steps: int) -> None:
    """Raise `InputError` with the admissible stretches when a probability would be negative."""
    if not _is_admissible(inputs, steps):
        bounds = admissible_stretch(inputs, steps)
        enough = _enough_steps(inputs)
        more_en = "" if enough is None else f", or at least {enough} steps"
        more_zh = "" if enough is None else f"，或步数不少于 {enough}"
        if bounds.low <= bounds.high:
            window_en = f"between {bounds.low:.6g} and {bounds.high:.6g}"
            window_zh = f"在 {bounds.low:.6g} 与 {bounds.high:.6g} 之间"
        else:
            window_en, window_zh = "nowhere (no stretch is admissible)", "不存在（无可行值）"
        allowed = Text(
            f"with {steps} steps a probability is negative unless the stretch lies "
            f"{window_en}{more_en}",
            f"步数为 {steps} 时，伸展系数须{window_zh}{more_zh}，否则概率为负",
        )
        raise InputError([Problem(field="stretch", found=inputs.stretch, allowed=allowed)])
    spread = inputs.stretch * inputs.volatility * math.sqrt(inputs.maturity * steps)
    if spread > LARGEST_EXPONENT:
        most = int(
            LARGEST_EXPONENT**2 / (inputs.stretch * inputs.volatility) ** 2 / inputs.maturity
        )
        allowed = Text(
            f"expected at most {most} steps, or values leave the range of floats",
            f"步数至多 {most}，否则数值溢出",
        )
        raise InputError([Problem(field="steps", found=steps, allowed=allowed)])


def _is_admissible(inputs: RiskLatticeInputs, steps: int) -> bool:
    bounds = admissible_stretch(inputs, steps)
    return bounds.low <= inputs.stretch <= bounds.high


def _enough_steps(inputs: RiskLatticeInputs) -> int | None:
    steps = 1
    while not _is_admissible(inputs, steps):
        steps *= 2
        if steps > MOST_STEPS:
            return None
    low, high = steps // 2, steps
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _is_admissible(inputs, middle) else (middle, high)
    return high


def chosen_steps(inputs: RiskLatticeInputs) -> int:
    """Return the steps asked for, or enough of them for valid probabilities."""
    if inputs.steps is not None:
        return inputs.steps
    enough = _enough_steps(inputs) or MOST_STEPS
    spread = inputs.stretch * inputs.volatility * math.sqrt(inputs.maturity)
    most = int((LARGEST_EXPONENT / spread) ** 2)
    if enough > most:
        allowed = Text(
            "such a spread over such a life is beyond a lattice; use the closed form or the "
            "integral equation",
            "在如此长的期限内波动过大，格点法无法容纳；请用解析公式或积分方程法",
        )
        raise InputError([Problem(field="volatility", found=inputs.volatility, allowed=allowed)])
    steps = min(max(DEFAULT_STEPS, enough), most)
    check_stretch(inputs, steps)
    return steps


def _drift_of(inputs: RiskTerms) -> float:
    return drift(
        rate=inputs.rate,
        yield_rate=inputs.yield_rate,
        hazard=inputs.hazard,
        hazard_kind=inputs.hazard_kind or HazardKind.TRADED,
    )


def as_closed_form(terms: RiskTerms) -> RiskClosedFormInputs:
    """Return the terms of the European right with the same terms."""
    names = [item.name for item in declared_fields(RiskTerms)]
    return RiskClosedFormInputs(**{name: getattr(terms, name) for name in names})


def closed_form_value(inputs: RiskTerms) -> float:
    """Return the value of the European right in closed form."""
    kind = inputs.hazard_kind or HazardKind.TRADED
    return _closed_form_rule(
        spot=inputs.spot,
        strike=inputs.strike,
        discount=survival_discount_rate(rate=inputs.rate, hazard=inputs.hazard),
        carry=effective_yield(yield_rate=inputs.yield_rate, hazard=inputs.hazard, hazard_kind=kind),
        volatility=inputs.volatility,
        maturity=inputs.maturity,
        payoff=inputs.payoff,
        rate=inputs.rate,
        hazard=inputs.hazard,
        on_ruin=inputs.on_ruin,
    )


def _closed_form_rule(
    *,
    spot: float,
    strike: float,
    discount: float,
    carry: float,
    volatility: float,
    maturity: float,
    payoff: str,
    rate: float,
    hazard: float,
    on_ruin: str,
) -> float:
    alive = black_scholes(
        spot=spot,
        strike=strike,
        rate=discount,
        volatility=volatility,
        maturity=maturity,
        yield_rate=carry,
        payoff=Payoff(payoff),
    )
    return alive + paid_at_maturity(
        strike=strike,
        rate=rate,
        hazard=hazard,
        maturity=maturity,
        payoff=payoff,
        on_ruin=on_ruin,
    )


def paid_at_maturity(
    *, strike: float, rate: float, hazard: float, maturity: float, payoff: str, on_ruin: str
) -> float:
    """Return what a European put that survives ruin is worth for ruin alone. [currency]."""
    if payoff == Payoff.CALL or on_ruin == OnRuin.LOST:
        return 0.0
    return strike * math.exp(-rate * maturity) * -math.expm1(-hazard * maturity)


def closed_form(inputs: RiskClosedFormInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Value a European right under a hazard of ruin in closed form.

    Notes
    -----
    The Black–Scholes formula with the rate :math:`r+\gamma`, and with the yield :math:`q` for a
    traded hazard or :math:`q+\gamma` for an unpriced one, so that an unpriced hazard multiplies
    the value without risk by :math:`e^{-\gamma T}`.

    References
    ----------
    :cite:cts:`merton_1976`, immediate ruin.
    """
    tree = with_survival(given)
    value = named_node(
        Text("option value", "期权价值"),
        _closed_form_rule,
        {
            name: tree[name]
            for name in (
                "spot",
                "strike",
                "discount",
                "carry",
                "volatility",
                "maturity",
                "payoff",
                "rate",
                "hazard",
                "on_ruin",
            )
        },
        formula="BS(S, K, r + γ, q*, σ, T)",
        unit="currency",
        symbol="F",
        citation=Citation("merton_1976"),
    )
    return Outcome(
        explanation=value,
        findings=tuple(option_findings(inputs)),
        details={"probabilities": None, "valid": True, "ruin_to_maturity": _ruin(inputs)},
    )


def _ruin(inputs: RiskTerms) -> float:
    return 1.0 - math.exp(-inputs.hazard * inputs.maturity)


def lattice(inputs: RiskLatticeInputs, given: Mapping[str, Explanation]) -> Outcome:
    r"""Value a right under a hazard of ruin on a trinomial lattice.

    Notes
    -----
    A move is conditional on survival: its probabilities sum to one and meet the mean
    :math:`M = e^{\mu\Delta t}` and the second moment :math:`e^{(2\mu+\sigma^2)\Delta t}` with
    :math:`\mu = r - q` (unpriced hazard) or :math:`r + \gamma - q` (traded). Survival enters the
    discount factor :math:`e^{-(r+\gamma)\Delta t}`. No probability is ever negative: a stretch
    outside the admissible range is an error that prints the range.

    References
    ----------
    :cite:cts:`boyle_1988`; :cite:cts:`kamrad_ritchken_1991`; :cite:cts:`merton_1976`.
    """
    steps = chosen_steps(inputs)
    known = with_survival(given)
    known["steps"] = given.get("steps") or leaf(
        Text("steps, chosen", "步数（自动选取）"),
        float(steps),
        Source(kind=SourceKind.INPUT, path="steps"),
        symbol="n",
    )
    _add_step(known)
    value = named_node(
        Text("option value", "期权价值"),
        _lattice_rule,
        {name: known[name] for name in _LATTICE_INPUTS},
        formula="F ← D (p₊ F₊ + p₀ F₀ + p₋ F₋), n ×",
        unit="currency",
        symbol="F",
        citation=Citation("boyle_1988"),
    )
    probabilities = {
        "up": known["p_up"].number,
        "middle": known["p_middle"].number,
        "down": known["p_down"].number,
        "ruin": 1.0 - math.exp(-inputs.hazard * inputs.maturity / steps),
    }
    european = closed_form_value(inputs)
    return Outcome(
        explanation=value,
        findings=(
            *_lattice_findings(inputs, steps, value.number, european),
            *option_findings(inputs),
        ),
        details={
            "probabilities": probabilities,
            "valid": True,
            "steps": steps,
            "stretch_bounds": admissible_stretch(inputs, steps),
            "european_closed_form": european,
            "ruin_to_maturity": _ruin(inputs),
        },
    )


_LATTICE_INPUTS = (
    "spot",
    "strike",
    "up",
    "p_up",
    "p_middle",
    "p_down",
    "discount_factor",
    "steps",
    "payoff",
    "exercise",
    "on_ruin",
    "rate",
    "hazard",
    "maturity",
)


def _add_step(known: dict[str, Explanation]) -> None:
    for key, name, rule, inputs, (symbol, formula) in _STEP_NODES:
        children = {child: known[child] for child in inputs.split()}
        known[key] = named_node(name, rule, children, formula=formula, symbol=symbol)


def _step_time(*, maturity: float, steps: float) -> Value:
    return maturity / steps


def _mean_growth(*, drift: float, step_time: float) -> Value:
    return lognormal_moments(drift, 0.0, step_time)[0]


def _second_moment(*, drift: float, volatility: float, step_time: float) -> Value:
    return lognormal_moments(drift, volatility, step_time)[1]


def _discount_factor(*, discount: float, step_time: float) -> Value:
    return math.exp(-discount * step_time)


def _p_up(*, up: float, mean: float, second: float) -> Value:
    return matched_step(up, mean, second, 1.0).up


def _p_down(*, up: float, mean: float, second: float) -> Value:
    return matched_step(up, mean, second, 1.0).down


def _p_middle(*, p_up: float, p_down: float) -> Value:
    return 1.0 - p_up - p_down


_STEP_NODES: tuple[tuple[str, Text, Rule, str, tuple[str, str]], ...] = (
    (
        "step_time",
        Text("length of a step", "步长"),
        _step_time,
        "maturity steps",
        ("Δt", "T / n"),
    ),
    (
        "drift",
        Text("growth given survival", "存续条件下增长率"),
        drift,
        "rate yield_rate hazard hazard_kind",
        ("μ", "r − q + γ if traded, r − q if unpriced"),
    ),
    (
        "up",
        Text("up move", "上行倍数"),
        up_factor,
        "volatility step_time stretch",
        ("u", "exp(λ σ √Δt)"),
    ),
    (
        "mean",
        Text("mean growth of a step", "单步平均增长"),
        _mean_growth,
        "drift step_time",
        ("M", "exp(μ Δt)"),
    ),
    (
        "second",
        Text("second moment of a step", "单步二阶矩"),
        _second_moment,
        "drift volatility step_time",
        ("V", "exp((2μ + σ²) Δt)"),
    ),
    (
        "discount_factor",
        Text("discount factor of a step", "单步折现系数"),
        _discount_factor,
        "discount step_time",
        ("D", "exp(−r* Δt)"),
    ),
    (
        "p_up",
        Text("probability up", "上行概率"),
        _p_up,
        "up mean second",
        ("p₊", "[(V−M)u − (M−1)] / [(u−1)(u²−1)]"),
    ),
    (
        "p_down",
        Text("probability down", "下行概率"),
        _p_down,
        "up mean second",
        ("p₋", "[(V−M)u² − (M−1)u³] / [(u−1)(u²−1)]"),
    ),
    (
        "p_middle",
        Text("probability unchanged", "不变概率"),
        _p_middle,
        "p_up p_down",
        ("p₀", "1 − p₊ − p₋"),
    ),
)


def _lattice_rule(
    *,
    spot: float,
    strike: float,
    up: float,
    p_up: float,
    p_middle: float,
    p_down: float,
    discount_factor: float,
    steps: float,
    payoff: str,
    exercise: str,
    on_ruin: str,
    rate: float,
    hazard: float,
    maturity: float,
) -> Value:
    american = exercise == Exercise.AMERICAN
    paid = payoff == Payoff.PUT and on_ruin == OnRuin.PAID
    step_time = maturity / steps
    at_ruin = strike * math.exp(-rate * step_time) * -math.expm1(-hazard * step_time)
    levels = roll_back(
        spot=spot,
        strike=strike,
        sign=1.0 if payoff == Payoff.CALL else -1.0,
        up=up,
        step=Step(p_up, p_middle, p_down),
        discount=discount_factor,
        steps=round(steps),
        american=american,
        ruin_value=at_ruin if paid and american else 0.0,
    )
    later = (
        0.0
        if american
        else paid_at_maturity(
            strike=strike,
            rate=rate,
            hazard=hazard,
            maturity=maturity,
            payoff=payoff,
            on_ruin=on_ruin,
        )
    )
    return float(levels[0][0]) + later


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LatticeNodes:
    """The nodes of a small lattice, to be drawn.

    Attributes
    ----------
    asset, option
        Level by level, highest first; level k has 2k + 1 nodes. [currency]
    """

    step_time: float
    probabilities: Step
    asset: tuple[FloatArray, ...]
    option: tuple[FloatArray, ...]


def lattice_nodes(inputs: RiskLatticeInputs) -> LatticeNodes:
    """Return every node of the lattice; meant for few steps."""
    steps = chosen_steps(inputs)
    step_time = inputs.maturity / steps
    mean, second = lognormal_moments(_drift_of(inputs), inputs.volatility, step_time)
    up = up_factor(inputs.volatility, step_time, inputs.stretch)
    step = matched_step(up, mean, second, 1.0)
    levels = roll_back(
        spot=inputs.spot,
        strike=inputs.strike,
        sign=1.0 if inputs.payoff is Payoff.CALL else -1.0,
        up=up,
        step=step,
        discount=math.exp(-(inputs.rate + inputs.hazard) * step_time),
        steps=steps,
        american=inputs.exercise is Exercise.AMERICAN,
    )
    return LatticeNodes(
        step_time=step_time,
        probabilities=step,
        asset=tuple(asset_nodes(inputs.spot, up, level) for level in range(steps + 1)),
        option=tuple(levels),
    )


def early_exercise(value: float, european: float) -> list[Finding]:
    """Return what early exercise adds; nothing where that is no more than rounding."""
    premium = value - european
    if premium <= ROUNDING * european:
        return []
    return [EARLY_EXERCISE.finding(premium=premium, european=european)]


def _lattice_findings(
    inputs: RiskLatticeInputs, steps: int, value: float, european: float
) -> list[Finding]:
    if inputs.exercise is Exercise.AMERICAN:
        premium = value - european
        return [EARLY_EXERCISE.finding(premium=premium, european=european)]
    return [
        DISCRETISATION.finding(
            steps=steps, lattice=value, closed=european, difference=value - european
        )
    ]


def option_findings(inputs: RiskTerms) -> list[Finding]:
    """Return what must be said of a hazard and of a put under it."""
    found = []
    if inputs.hazard > 0 and inputs.payoff is Payoff.PUT:
        european = as_closed_form(inputs)
        values = {each: closed_form_value(replace(european, on_ruin=each)) for each in OnRuin}
        found.append(
            PUT_ON_RUIN.finding(
                where="on_ruin",
                lost=values[OnRuin.LOST],
                paid=values[OnRuin.PAID],
                chosen=ON_RUIN_NAMES[inputs.on_ruin],
            )
        )
    if inputs.hazard > 0 and inputs.hazard_kind is HazardKind.TRADED:
        found.append(TRADED_RISES.finding(where="hazard_kind"))
    return found


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RiskIntegralInputs(RiskTerms):
    """What the integral equation asks for."""

    def __post_init__(self) -> None:
        check_terms(self)
        paid = self.on_ruin is OnRuin.PAID and self.payoff is Payoff.PUT and self.hazard > 0
        if paid:
            allowed = Text(
                "expected lost; a put that is paid on ruin needs the lattice",
                "应为 lost；风险发生时支付的看跌权须用格点法",
            )
            raise InputError([Problem(field="on_ruin", found=self.on_ruin, allowed=allowed)])


def integral(inputs: RiskIntegralInputs, given: Mapping[str, Explanation]) -> Outcome:
    """Value an American right by the integral equation of its exercise boundary.

    References
    ----------
    :cite:cts:`andersen_2016`; :cite:cts:`kim_1990`.
    """
    known = with_survival(given)
    names = ("spot", "strike", "discount", "carry", "volatility", "maturity", "payoff")
    value = named_node(
        Text("option value", "期权价值"),
        _integral_rule,
        {name: known[name] for name in names},
        formula="F(E) + ∫₀ᵀ (r* K Φ(−d₂) − q* S Φ(−d₁)) du",
        unit="currency",
        symbol="F",
        citation=Citation("andersen_2016"),
    )
    if math.isnan(value.number):
        raise NoSolutionError(RISK_INTEGRAL.name, _TWO_BOUNDARIES)
    european = closed_form_value(inputs)
    return Outcome(
        explanation=value,
        findings=(
            EARLY_EXERCISE.finding(premium=value.number - european, european=european),
            *option_findings(inputs),
        ),
        details={
            "probabilities": None,
            "valid": True,
            "european_closed_form": european,
            "ruin_to_maturity": _ruin(inputs),
        },
    )


_TWO_BOUNDARIES = Text(
    "With a negative rate below a negative yield exercise has two boundaries; use the lattice.",
    "负利率低于负收益率时存在两条行权边界，请用格点法。",
)


def _integral_rule(
    *,
    spot: float,
    strike: float,
    discount: float,
    carry: float,
    volatility: float,
    maturity: float,
    payoff: str,
) -> Value:
    return float(
        claim_values(
            is_call=np.array([payoff == Payoff.CALL]),
            is_american=np.array([True]),
            spot=np.array([spot]),
            strike=np.array([strike]),
            rate=np.array([discount]),
            yield_rate=np.array([carry]),
            volatility=np.array([volatility]),
            maturity=np.array([maturity]),
        )[0]
    )


_CALL, _PUT = (("payoff", "call"),), (("payoff", "put"), ("on_ruin", "lost"))
OPTION_LAWS = (
    Law(LawKind.SCALES, ("spot", "strike")),
    Law(LawKind.RISES, ("volatility",)),
    Law(LawKind.RISES, ("spot",), _CALL),
    Law(LawKind.FALLS, ("strike",), _CALL),
    Law(LawKind.RISES, ("rate",), _CALL),
    Law(LawKind.FALLS, ("yield_rate",), _CALL),
    Law(LawKind.FALLS, ("spot",), _PUT),
    Law(LawKind.RISES, ("strike",), _PUT),
    Law(LawKind.FALLS, ("rate",), _PUT),
    Law(LawKind.RISES, ("yield_rate",), _PUT),
    Law(LawKind.RISES, ("hazard",), (*_CALL, ("hazard_kind", "traded"))),
    Law(LawKind.FALLS, ("hazard",), (*_PUT, ("hazard_kind", "traded"))),
    Law(LawKind.FALLS, ("hazard",), (*_CALL, ("hazard_kind", "unpriced"))),
    Law(LawKind.FALLS, ("hazard",), (*_PUT, ("hazard_kind", "unpriced"))),
)
RISK_CLOSED_FORM = Method(
    id="risk_closed_form",
    name=Text("closed form under ruin", "含风险解析法"),
    summary=Text(
        "A European right on an asset that can become worthless at a constant hazard.",
        "标的资产可能以恒定风险密度归零的欧式权利。",
    ),
    approach=Approach.OPTION,
    inputs=RiskClosedFormInputs,
    compute=closed_form,
    citations=(Citation("merton_1976", "immediate ruin"), Citation("black_scholes_1973")),
    validity=Text(
        "Lognormal value, constant hazard, European exercise.",
        "资产价值服从对数正态，风险密度恒定，欧式行权。",
    ),
    effective_from=date(1976, 1, 1),
    laws=OPTION_LAWS,
)
RISK_LATTICE = Method(
    id="risk_lattice",
    name=Text("risk lattice", "风险格点法"),
    summary=Text(
        "A right that can be exercised at maturity or at any time, on a survival-conditional "
        "trinomial lattice whose probabilities are always valid.",
        "可到期或随时行权的权利，采用存续条件三叉格点，概率始终有效。",
    ),
    approach=Approach.OPTION,
    inputs=RiskLatticeInputs,
    compute=lattice,
    citations=(
        Citation("boyle_1988"),
        Citation("kamrad_ritchken_1991"),
        Citation("merton_1976", "immediate ruin"),
    ),
    validity=Text(
        "Lognormal value, constant hazard; stretch inside its admissible range.",
        "资产价值服从对数正态，风险密度恒定；伸展系数在可行范围内。",
    ),
    effective_from=date(1991, 1, 1),
    laws=OPTION_LAWS,
)
RISK_INTEGRAL = Method(
    id="risk_integral",
    name=Text("American right under ruin, integral equation", "含风险美式权利积分方程法"),
    summary=Text(
        "An American right on an asset that can become worthless, fast enough for portfolios.",
        "标的资产可能归零的美式权利，速度足以用于资产组合。",
    ),
    approach=Approach.OPTION,
    inputs=RiskIntegralInputs,
    compute=integral,
    citations=(Citation("andersen_2016"), Citation("kim_1990"), Citation("merton_1976")),
    validity=Text(
        "Lognormal value, constant hazard; not for two exercise boundaries (negative rates).",
        "资产价值服从对数正态，风险密度恒定；不适用于双行权边界（负利率）。",
    ),
    effective_from=date(2016, 1, 1),
    laws=OPTION_LAWS,
)
