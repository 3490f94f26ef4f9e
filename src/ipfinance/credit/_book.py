"""A book of pledge loans: correlated losses, concentration, stress and provisions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from ipfinance.basics import (
    Finding,
    FindingKind,
    InputError,
    MinorUnit,
    MoneyUnit,
    Problem,
    Severity,
    Text,
)
from ipfinance.credit._book_loans import DIMENSION_NAMES, DIMENSIONS, NOT_GIVEN, BookLoans
from ipfinance.credit._collateral import SaleTerms
from ipfinance.credit._loss_sharing import LossSharingStack, Provider
from ipfinance.market import TextColumn
from ipfinance.numerics import (
    BoolArray,
    FactorModel,
    FloatArray,
    IntArray,
    KeyArray,
    LossMeasures,
    entity_keys,
    exact_measures,
    factor_draws,
    in_chunks,
    latent_uniforms,
    loss_distribution,
    loss_units,
    normal_draws,
    sample_measures,
    scenario_keys,
    sector_factors,
)

LEVELS = (0.95, 0.99, 0.999)
EXACT_LOANS = 200
EXACT_UNITS = 2_000
CHUNKS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class BookModel:
    """How the loans of a book hang together.

    Attributes
    ----------
    common, sector, region
        Loading of each borrower on the common factor, its sector's and its region's. [1]
    value_common, value_technology
        Loading of the value of a right on the common factor and its technology class's. [1]
    ruin_common, ruin_technology
        Loading of its ruin. [1]
    degrees
        Of a t copula of the defaults; None for a Gaussian one.
    """

    common: float = 0.0
    sector: float = 0.0
    region: float = 0.0
    value_common: float = 0.0
    value_technology: float = 0.0
    ruin_common: float = 0.0
    ruin_technology: float = 0.0
    degrees: float | None = None
    source: Text = Text("", "")  # noqa: RUF009


@dataclass(frozen=True, slots=True, kw_only=True)
class Stress:
    """A change of the book's inputs.

    Attributes
    ----------
    where
        Levels by dimension that it hits, such as a technology class; empty for every loan.
    pd_multiple, ruin_multiple
        Of the hazards of default and ruin. [1]
    value_multiple
        Of the values. [1]
    limit_multiple
        Of the means of every provider; 0 when a policy ends. [1]
    factor_shift
        Mean of the common factor, below zero in a bad year. [1]
    """

    id: str
    name: Text
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pd_multiple: float = 1.0
    ruin_multiple: float = 1.0
    value_multiple: float = 1.0
    limit_multiple: float = 1.0
    factor_shift: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRules:
    """When credit risk has risen, by the lender's own rules.

    Attributes
    ----------
    pd_multiple
        Of the default probability at origination, from which a loan is in stage 2. [1]
    stage_2_days, stage_3_days
        Days past due. [day]
    """

    pd_multiple: float
    stage_2_days: float
    stage_3_days: float
    source: Text = Text("", "")  # noqa: RUF009


@dataclass(frozen=True, slots=True, kw_only=True)
class MacroScenario:
    """A weighted outlook for the provisions."""

    name: Text
    weight: float
    pd_multiple: float = 1.0
    value_multiple: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BookCase:
    """A book and what is asked of it.

    Attributes
    ----------
    horizon
        Over which defaults are counted; a default is seen half-way. [year]
    sale
        What a sale takes off the value of a right.
    schemes
        Loss-sharing stacks by name; parties with the same id in several are the same party.
    limits
        Largest share of the balance in one level of a dimension. [1]
    """

    id: str
    title: Text
    status: str
    unit: MoneyUnit
    dated_on: date
    loans: BookLoans
    sale: SaleTerms
    model: BookModel
    stages: StageRules
    schemes: Mapping[str, LossSharingStack] = field(default_factory=dict)
    limits: Mapping[str, float] = field(default_factory=dict)
    macro: tuple[MacroScenario, ...] = ()
    stresses: tuple[Stress, ...] = ()
    horizon: float = 1.0
    scenarios: int = 10_000
    stress_scenarios: int = 10_000
    seed: int = 1
    notes: tuple[Text, ...] = ()


class BookScenarios(NamedTuple):
    """The book in each scenario.

    Attributes
    ----------
    gross, net, defaults
        Loss before support; of the holders after it; number of defaults; shape (n_scenarios,).
        [minor unit], [minor unit], [1]
    paid
        By provider, shape (n_scenarios, n_providers). [minor unit]
    loan_gross, loan_net
        Each loan's losses summed over the scenarios, shape (n_loans,). [minor unit]
    """

    gross: IntArray
    net: IntArray
    defaults: IntArray
    paid: IntArray
    loan_gross: IntArray
    loan_net: IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcentrationRow:
    """One level of a dimension.

    Attributes
    ----------
    balance, expected, tail
        Owed now; expected loss; mean loss in the worst scenarios beyond the VaR. [minor unit]
    """

    level: str
    loans: int
    balance: int
    share: float
    expected: float
    tail: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Concentration:
    """How a book is spread over one dimension.

    Attributes
    ----------
    herfindahl
        Sum of the squared shares; its inverse is the number of equal parts. [1]
    over
        Levels whose share is above the limit.
    """

    dimension: str
    herfindahl: float
    rows: tuple[ConcentrationRow, ...]
    limit: float | None
    over: tuple[str, ...]

    @property
    def largest(self) -> ConcentrationRow:
        """The largest level; loans without one count only where there is no other."""
        return next((row for row in self.rows if row.level != NOT_GIVEN), self.rows[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRow:
    """One stage of the provisions. [minor unit]."""

    stage: int
    loans: int
    balance: int
    provision: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StressRow:
    """The book under one stress."""

    stress: Stress
    gross: LossMeasures
    net: LossMeasures
    provision: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactCheck:
    """Simulated against exact losses, with recoveries at their expectation.

    Attributes
    ----------
    unit, rounding
        Whole multiples of which both take as losses; most that this moves the book's loss.
        [minor unit]
    """

    exact: LossMeasures
    simulated: LossMeasures
    unit: int
    rounding: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BookResult:
    """What a book comes to.

    Attributes
    ----------
    paid
        Expected payments by provider. [minor unit]
    exhausted
        Chance that a provider with limited means has none left. [1]
    base
        The book as it stands in the scenarios of the stresses; None without stresses.
    exact
        None for a book of more than 200 loans, one with loadings on regions, or one with a t
        copula and loadings on sectors.
    """

    case: BookCase
    minor: MinorUnit
    balance: int
    gross: LossMeasures
    net: LossMeasures
    defaults: float
    paid: Mapping[str, float]
    exhausted: Mapping[str, float]
    concentrations: tuple[Concentration, ...]
    stages: tuple[StageRow, ...]
    provision: float
    base: StressRow | None
    stresses: tuple[StressRow, ...]
    exact: ExactCheck | None
    findings: tuple[Finding, ...]


OVER_LIMIT = FindingKind(
    code="book_over_limit",
    severity=Severity.WARNING,
    text=Text(
        "{level} holds {share:.1%} of the balance, above the limit of {limit:.1%} for one {name}.",
        "{level} 占余额的 {share:.1%}，超过单一{name}上限 {limit:.1%}。",
    ),
)
NO_STAGE_ORIGIN = FindingKind(
    code="book_no_origin",
    severity=Severity.WARNING,
    text=Text(
        "{count:,} loans have no default probability at origination; whether their risk has risen "
        "cannot be told from it.",
        "{count:,} 笔贷款缺少发放时的违约概率，无法据此判断风险是否显著上升。",
    ),
)
PROVIDER_EXHAUSTED = FindingKind(
    code="book_provider_exhausted",
    severity=Severity.WARNING,
    text=Text(
        "{provider} runs out of means in {chance:.2%} of the scenarios.",
        "{provider} 在 {chance:.2%} 的情景中资金耗尽。",
    ),
)
ONE_VALUER = FindingKind(
    code="book_one_valuer",
    severity=Severity.WARNING,
    text=Text(
        "{valuer} valued {share:.0%} of the pledged rights by balance; one biased method would run "
        "through the book.",
        "{valuer} 评估的权利占余额的 {share:.0%}；其方法若有偏差将影响整个组合。",
    ),
)
NO_SUPPORT_SHARED = FindingKind(
    code="book_provisions_gross",
    severity=Severity.NOTE,
    text=Text(
        "Provisions are before loss sharing; whether support may be counted in depends on the "
        "contract.",
        "拨备按分担前损失计提；能否计入风险分担须依合同判断。",
    ),
)
MOST_BY_ONE_VALUER = 0.5
EXHAUSTED = 0.001


AS_IT_STANDS = Stress(id="as_it_stands", name=Text("as it stands", "当前"))


def book_result(case: BookCase) -> BookResult:
    """Return what a book comes to: losses, who pays, concentration, provisions, stress."""
    _check(case)
    setup = _setup(case)
    keys = scenario_keys(case.seed, 0, case.scenarios)
    drawn = book_scenarios(setup, keys)
    gross = sample_measures(drawn.gross.astype(float), LEVELS)
    tail = _tail(setup, keys, drawn)
    stages, provision = provisions(case)
    providers = setup.providers
    paid = {each.id: float(np.mean(drawn.paid[:, n])) for n, each in enumerate(providers)}
    exhausted = {
        each.id: float(np.mean(drawn.paid[:, n] >= each.limit))
        for n, each in enumerate(providers)
        if each.limit is not None
    }
    concentrations = _concentrations(case, drawn, tail)
    return BookResult(
        case=case,
        minor=MinorUnit.of(case.unit.currency),
        balance=int(np.sum(case.loans.balance)),
        gross=gross,
        net=sample_measures(drawn.net.astype(float), LEVELS),
        defaults=float(np.mean(drawn.defaults)),
        paid=paid,
        exhausted=exhausted,
        concentrations=concentrations,
        stages=stages,
        provision=provision,
        base=_stressed(case, AS_IT_STANDS) if case.stresses else None,
        stresses=tuple(_stressed(case, stress) for stress in case.stresses),
        exact=_exact(case),
        findings=tuple(_findings(case, concentrations, exhausted)),
    )


def _check(case: BookCase) -> None:
    problems = []
    model = case.model
    pairs = (
        ("common", model.common**2 + model.sector**2 + model.region**2),
        ("value_common", model.value_common**2 + model.value_technology**2),
        ("ruin_common", model.ruin_common**2 + model.ruin_technology**2),
    )
    problems += [
        Problem(field=f"model.{name}", found=round(total, 6), allowed=_LOADINGS)
        for name, total in pairs
        if total > 1
    ]
    named = [level for level in case.loans.scheme.levels if level != NOT_GIVEN]
    for name in named:
        if name not in case.schemes:
            shown = ", ".join(case.schemes) or "–"
            allowed = Text(f"expected one of the schemes: {shown}", f"应为已列方案之一：{shown}")
            problems.append(Problem(field="scheme", found=name, allowed=allowed))
    if case.macro and abs(sum(item.weight for item in case.macro) - 1) > 1e-9:  # noqa: PLR2004
        total = sum(item.weight for item in case.macro)
        problems.append(Problem(field="macro", found=total, allowed=_WEIGHTS))
    for place, stress in enumerate(case.stresses):
        for dimension, levels in stress.where.items():
            field_ = f"stresses[{place}].where.{dimension}"
            if dimension not in DIMENSIONS:
                shown = ", ".join(DIMENSIONS)
                allowed = Text(f"expected one of: {shown}", f"应为以下之一：{shown}")
                problems.append(Problem(field=field_, found=dimension, allowed=allowed))
                continue
            known = case.loans.texts[dimension].levels
            problems += [
                Problem(field=field_, found=level, allowed=_NO_LEVEL)
                for level in levels
                if level not in known
            ]
    if problems:
        raise InputError(problems)


_LOADINGS = Text("the squares of these loadings sum to at most 1", "相关载荷的平方和不得超过 1")
_WEIGHTS = Text("the weights sum to 1", "权重合计应为 1")
_NO_LEVEL = Text("no loan of the book has this", "组合中没有该取值")


class _Columns(NamedTuple):
    """The loans as the kernel takes them, in its order: keys, and terms in one row a loan."""

    default_key: KeyArray
    keys: KeyArray
    terms: FloatArray


class _Stacks(NamedTuple):
    """Every scheme's layers and shares one after the other, in the kernel's order."""

    holder: IntArray
    scheme_layers: IntArray
    layer_start: IntArray
    deductible: IntArray
    deductible_parts: IntArray
    covers_all: BoolArray
    weight: IntArray
    provider: IntArray
    claim_cap: IntArray
    aggregate_cap: IntArray
    limit: IntArray
    recovery_parts: IntArray


class _Setup(NamedTuple):
    """The book as the kernel takes it."""

    case: BookCase
    model: FactorModel
    probabilities: FloatArray
    cell: IntArray
    classes: tuple[str, ...]
    columns: _Columns
    stacks: _Stacks
    providers: tuple[Provider, ...]
    shift: float


def _setup(case: BookCase, *, fixed: IntArray | None = None) -> _Setup:
    loans = case.loans
    probabilities = 1 - (1 - loans.numbers["pd"]) ** case.horizon
    model, cell, place = _cells(case, probabilities)
    technology = loans.texts["technology"]
    years = case.horizon / 2
    spread = loans.numbers["volatility"] * math.sqrt(years)
    ruin = -np.expm1(-loans.numbers["ruin_hazard"] * (years + case.sale.months / 12))
    losses = np.full(loans.count, -1, dtype=np.int64) if fixed is None else fixed
    stacks, providers = _stack_arrays(case)
    return _Setup(
        case=case,
        model=model,
        probabilities=probabilities[place],
        cell=cell,
        classes=technology.levels,
        columns=_Columns(
            default_key=entity_keys(loans.ids, "default"),
            keys=np.column_stack([entity_keys(loans.ids, name) for name in ("ruin", "value")]),
            terms=np.column_stack(
                [
                    loans.balance,
                    loans.value * case.sale.share,
                    spread,
                    _normal_quantiles(ruin),
                    loans.numbers["other_recovery"],
                    losses,
                    technology.codes,
                    _scheme_places(case),
                ]
            ),
        ),
        stacks=stacks,
        providers=providers,
        shift=0.0,
    )


def _scheme_places(case: BookCase) -> IntArray:
    names = list(case.schemes)
    by_level = [names.index(level) if level in names else -1 for level in case.loans.scheme.levels]
    return np.array(by_level, dtype=np.int64)[case.loans.scheme.codes]


def _normal_quantiles(chances: FloatArray) -> FloatArray:
    from scipy.special import ndtri

    return np.asarray(ndtri(chances))


def _cells(case: BookCase, chances: FloatArray) -> tuple[FactorModel, IntArray, IntArray]:
    """Group loans that default under the same chances in every scenario."""
    loans, model = case.loans, case.model
    sector, region = loans.texts["sector"], loans.texts["region"]
    codes = np.column_stack([chances, sector.codes, region.codes])
    _, first, cell = np.unique(codes, axis=0, return_index=True, return_inverse=True)
    count = len(first)
    names = (
        "common",
        *(f"sector:{name}" for name in sector.levels),
        *(f"region:{name}" for name in region.levels),
    )
    factor = np.column_stack(
        [
            np.zeros(count, dtype=np.int64),
            1 + sector.codes[first],
            1 + len(sector.levels) + region.codes[first],
        ]
    )
    loading = np.tile([model.common, model.sector, model.region], (count, 1))
    found = FactorModel(names=names, factor=factor, loading=loading, degrees=model.degrees)
    return found, cell.ravel().astype(np.int64), first


def _stack_arrays(case: BookCase) -> tuple[_Stacks, tuple[Provider, ...]]:
    providers: dict[str, Provider] = {}
    problems = []
    for name, stack in case.schemes.items():
        for each in stack.providers:
            if providers.setdefault(each.id, each) != each:
                found = f"{name}.{each.id}"
                problems.append(Problem(field="schemes", found=found, allowed=_SAME_PARTY))
    if problems:
        raise InputError(problems)
    ordered = tuple(providers[name] for name in sorted(providers))
    places = {each.id: place for place, each in enumerate(ordered)}
    parts: dict[str, list[Any]] = {name: [] for name in _STACK_FIELDS}
    layers, shares, starts = [0], 0, [0]
    for stack in case.schemes.values():
        arrays = stack.arrays()
        to_book = np.array([places[each.id] for each in stack.providers], dtype=np.int64)
        for name in _STACK_FIELDS:
            column = getattr(arrays, name)
            parts[name].append(to_book[column] if name == "provider" else column)
        starts += (arrays.layer_start[1:] + shares).tolist()
        shares += len(arrays.weight)
        layers.append(layers[-1] + len(stack.layers))
    joined = {
        name: np.concatenate(columns) if columns else np.zeros(0, dtype=_STACK_FIELDS[name])
        for name, columns in parts.items()
    }
    holder = np.array([places.get(s.holder, -1) for s in case.schemes.values()], dtype=np.int64)
    limit = [_NO_LIMIT if each.limit is None else each.limit for each in ordered]
    recovery = [each.recovery_parts for each in ordered]
    return (
        _Stacks(
            holder=holder,
            scheme_layers=np.array(layers, dtype=np.int64),
            layer_start=np.array(starts, dtype=np.int64),
            limit=np.array(limit, dtype=np.int64),
            recovery_parts=np.array(recovery, dtype=np.int64),
            deductible=joined["deductible"],
            deductible_parts=joined["deductible_parts"],
            covers_all=joined["covers_all"],
            weight=joined["weight"],
            provider=joined["provider"],
            claim_cap=joined["claim_cap"],
            aggregate_cap=joined["aggregate_cap"],
        ),
        ordered,
    )


_NO_LIMIT = 2**62
_STACK_FIELDS: dict[str, type] = {
    "deductible": np.int64,
    "deductible_parts": np.int64,
    "covers_all": np.bool_,
    "weight": np.int64,
    "provider": np.int64,
    "claim_cap": np.int64,
    "aggregate_cap": np.int64,
}
_SAME_PARTY = Text(
    "this party stands in another scheme with other terms", "该主体在另一方案中的条款不同"
)


def book_losses(case: BookCase, scenarios: int) -> BookScenarios:
    """Run a book through scenarios of its seed and return the bare losses."""
    _check(case)
    return book_scenarios(_setup(case), scenario_keys(case.seed, 0, scenarios))


def book_scenarios(setup: _Setup, keys: KeyArray) -> BookScenarios:
    """Run a book through scenarios; the same bits whatever the number of threads."""
    from ipfinance.numerics.kernels.book import book_losses

    case, model = setup.case, setup.model
    count, loans = len(keys), case.loans.count
    gross, net, defaults = (np.zeros(count, dtype=np.int64) for _ in range(3))
    paid = np.zeros((count, len(setup.providers)), dtype=np.int64)
    chunks = min(CHUNKS, count)
    by_chunk = np.zeros((chunks, loans, 2), dtype=np.int64)
    threshold, rest = model.thresholds(setup.probabilities), model.rest
    edges = np.linspace(0, count, chunks + 1).astype(int)
    own = case.model
    own_value = math.sqrt(1 - own.value_common**2 - own.value_technology**2)
    own_ruin = math.sqrt(1 - own.ruin_common**2 - own.ruin_technology**2)

    def run(rows: slice) -> None:
        part = keys[rows]
        factors, scales = factor_draws(model, part, shift=setup.shift)
        chunk = int(np.searchsorted(edges, rows.start, side="right")) - 1
        value_common, ruin_common = _class_scores(setup, part, factors[:, 0])
        book_losses(
            part,
            scales,
            factors,
            value_common,
            ruin_common,
            threshold,
            model.factor,
            model.loading,
            rest,
            setup.cell,
            *setup.columns,
            own_value,
            own_ruin,
            *setup.stacks[:5],
            setup.stacks.covers_all,
            *setup.stacks[6:],
            _provider_defaults(setup, part),
            gross[rows],
            net[rows],
            defaults[rows],
            paid[rows],
            by_chunk[chunk],
        )

    in_chunks(run, count, chunks=CHUNKS)
    totals = np.sum(by_chunk, axis=0)
    return BookScenarios(gross, net, defaults, paid, totals[:, 0], totals[:, 1])


def _class_scores(
    setup: _Setup, keys: KeyArray, common: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return what the factors add to value and ruin by technology class."""
    names = [f"technology:{name}" for name in setup.classes]
    shocks = normal_draws(entity_keys(names, "factor"), keys)
    waves = normal_draws(entity_keys(names, "courts"), keys)
    own = setup.case.model
    value = own.value_common * common[:, np.newaxis] + own.value_technology * shocks
    ruin = own.ruin_common * common[:, np.newaxis] + own.ruin_technology * waves
    return value, ruin


def _provider_defaults(setup: _Setup, keys: KeyArray) -> BoolArray:
    providers = setup.providers
    if not providers:
        return np.zeros((len(keys), 0), dtype=bool)
    groups = sorted({each.default_group for each in providers})
    members = [[e for e in providers if e.default_group == group] for group in groups]
    loading = np.array([[max(each.loading for each in group)] for group in members])
    model = FactorModel(
        names=("common",), factor=np.zeros((len(groups), 1), dtype=np.int64), loading=loading
    )
    drawn = latent_uniforms(model, entity_keys(groups, "provider"), keys, shift=setup.shift)
    hazard = np.array([max(each.hazard for each in group) for group in members])
    down = drawn <= -np.expm1(-hazard * setup.case.horizon)
    return np.asarray(down[:, [groups.index(each.default_group) for each in providers]])


def expected_losses(case: BookCase) -> IntArray:
    """Return each loan's expected loss on default, whole. [minor unit]."""
    loans = case.loans
    ratio = _expected_shortfall(case, loans.value, case.horizon / 2)
    return np.asarray(np.floor(ratio + 0.5).astype(np.int64))


def _expected_shortfall(case: BookCase, value: FloatArray, years: float) -> FloatArray:
    """Return the expected loss on default at a time: ruin, or a put on the net proceeds."""
    from scipy.special import ndtr

    loans = case.loans
    claim = loans.balance.astype(float)
    net = np.maximum(value * case.sale.share, 1e-12)
    spread = np.maximum(loans.numbers["volatility"] * math.sqrt(years), 1e-12)
    distance = np.log(net / claim) / spread + spread / 2
    put = claim * ndtr(spread - distance) - net * ndtr(-distance)
    ruin = -np.expm1(-loans.numbers["ruin_hazard"] * (years + case.sale.months / 12))
    short = ruin * claim + (1 - ruin) * put
    return np.asarray(np.maximum(short, 0.0) * (1 - loans.numbers["other_recovery"]))


def stage_of(case: BookCase) -> IntArray:
    """Return the stage of each loan, shape (n,)."""
    numbers, rules = case.loans.numbers, case.stages
    risen = numbers["pd"] >= rules.pd_multiple * numbers["pd_origin"]  # False where unknown
    late = numbers["days_past_due"] >= rules.stage_2_days
    second = risen | late | (numbers["watch"] > 0)
    third = (numbers["days_past_due"] >= rules.stage_3_days) | (numbers["pd"] >= 1)
    return np.where(third, 3, np.where(second, 2, 1)).astype(np.int64)


def provisions(case: BookCase) -> tuple[tuple[StageRow, ...], float]:
    """Return the expected credit losses by stage, before loss sharing.

    Notes
    -----
    Stage 1 counts defaults within twelve months, stage 2 to maturity, stage 3 a default now. The
    balance stays until maturity, defaults are seen at the end of each year or part of one, losses
    are discounted at the loan's own rate, and macro scenarios are weighted.
    """
    stage = stage_of(case)
    outlooks = case.macro or (MacroScenario(name=Text("base", "基准"), weight=1.0),)
    total = np.zeros(case.loans.count)
    for outlook in outlooks:
        total += outlook.weight * _provision(case, stage, outlook)
    rows = tuple(
        StageRow(
            stage=number,
            loans=int(np.sum(stage == number)),
            balance=int(np.sum(case.loans.balance[stage == number])),
            provision=float(np.sum(total[stage == number])),
        )
        for number in (1, 2, 3)
    )
    return rows, float(np.sum(total))


def _provision(case: BookCase, stage: IntArray, outlook: MacroScenario) -> FloatArray:
    numbers = case.loans.numbers
    value = case.loans.value * outlook.value_multiple
    now = _expected_shortfall(case, value, 1e-9)
    years = np.where(stage == 1, np.minimum(numbers["months"] / 12, 1.0), numbers["months"] / 12)
    pd = np.minimum(numbers["pd"], 1 - 1e-12)
    hazard = -np.log1p(-pd) * outlook.pd_multiple
    found = np.zeros(case.loans.count)
    for year in range(math.ceil(float(np.max(years)))):
        end = np.minimum(years, year + 1.0)
        start = np.minimum(years, float(year))
        chance = np.exp(-hazard * start) - np.exp(-hazard * end)
        lost = _expected_shortfall(case, value, year + 1.0)
        found += chance * lost * (1 + numbers["rate"]) ** -end
    impaired: FloatArray = np.where(stage == 3, now, found)  # noqa: PLR2004
    return impaired


def _tail(setup: _Setup, keys: KeyArray, drawn: BookScenarios) -> FloatArray:
    """Return each loan's mean loss over the scenarios beyond the 99% quantile."""
    worst = max(len(keys) // 100, 1)
    chosen = np.sort(np.argsort(-drawn.gross, kind="stable")[:worst])
    return book_scenarios(setup, keys[chosen]).loan_gross / worst


def _concentrations(
    case: BookCase, drawn: BookScenarios, tail: FloatArray
) -> tuple[Concentration, ...]:
    expected = drawn.loan_gross / case.scenarios
    found = []
    for dimension in DIMENSIONS:
        column = case.loans.texts[dimension]
        if column.levels == (NOT_GIVEN,):
            continue
        found.append(_concentration(case, dimension, column, expected, tail))
    return tuple(found)


def _concentration(
    case: BookCase, dimension: str, column: TextColumn, expected: FloatArray, tail: FloatArray
) -> Concentration:
    size = len(column.levels)
    balance = np.bincount(column.codes, weights=case.loans.balance, minlength=size)
    shares = balance / np.sum(balance)
    count = np.bincount(column.codes, minlength=size)
    loss = np.bincount(column.codes, weights=expected, minlength=size)
    worst = np.bincount(column.codes, weights=tail, minlength=size)
    order = np.argsort(-balance, kind="stable").tolist()
    limit = case.limits.get(dimension)
    known = np.array([level != NOT_GIVEN for level in column.levels])
    alone = ~known[column.codes]  # a loan without a level stands for itself
    own = case.loans.balance[alone] / np.sum(balance)
    return Concentration(
        dimension=dimension,
        herfindahl=float(np.sum(shares[known] ** 2) + np.sum(own**2)),
        rows=tuple(
            ConcentrationRow(
                level=column.levels[place],
                loans=int(count[place]),
                balance=int(balance[place]),
                share=float(shares[place]),
                expected=float(loss[place]),
                tail=float(worst[place]),
            )
            for place in order
        ),
        limit=limit,
        over=tuple(
            column.levels[place]
            for place in order
            if limit is not None and shares[place] > limit and known[place]
        ),
    )


def stressed_case(case: BookCase, stress: Stress) -> BookCase:
    """Return the book with the changes of a stress."""
    hit = np.ones(case.loans.count, dtype=bool)
    for dimension, levels in stress.where.items():
        column = case.loans.texts[dimension]
        hit &= np.isin(column.codes, [column.levels.index(level) for level in levels])
    numbers = dict(case.loans.numbers)
    pd = 1 - (1 - numbers["pd"]) ** stress.pd_multiple
    numbers["pd"] = np.where(hit, pd, numbers["pd"])
    ruin = numbers["ruin_hazard"] * stress.ruin_multiple
    numbers["ruin_hazard"] = np.where(hit, ruin, numbers["ruin_hazard"])
    value = np.where(hit, case.loans.value * stress.value_multiple, case.loans.value)
    schemes = {
        name: replace(
            stack,
            providers=tuple(_with_limit(each, stress.limit_multiple) for each in stack.providers),
        )
        for name, stack in case.schemes.items()
    }
    return replace(
        case,
        loans=replace(case.loans, numbers=numbers, value=value),
        schemes=schemes,
        scenarios=case.stress_scenarios,
    )


def _with_limit(provider: Provider, multiple: float) -> Provider:
    if multiple == 1:
        return provider
    if provider.limit is None:
        return replace(provider, limit=0) if multiple == 0 else provider
    return replace(provider, limit=math.floor(provider.limit * multiple))


def _stressed(case: BookCase, stress: Stress) -> StressRow:
    changed = stressed_case(case, stress)
    setup = _setup(changed)._replace(shift=stress.factor_shift)
    drawn = book_scenarios(setup, scenario_keys(case.seed, 0, case.stress_scenarios))
    return StressRow(
        stress=stress,
        gross=sample_measures(drawn.gross.astype(float), LEVELS),
        net=sample_measures(drawn.net.astype(float), LEVELS),
        provision=provisions(changed)[1],
    )


def _exact(case: BookCase) -> ExactCheck | None:
    """Hold the simulation against the exact losses of a small book."""
    several = case.model.degrees is not None and case.model.sector != 0
    if case.loans.count > EXACT_LOANS or case.model.region != 0 or several:
        return None
    found = loss_units(expected_losses(case), most=EXACT_UNITS)
    setup = _setup(case, fixed=found.units * found.unit)
    drawn = book_scenarios(setup, scenario_keys(case.seed, 0, case.scenarios))
    sectors = [case.loans.texts["sector"].levels[c] for c in case.loans.texts["sector"].codes]
    count = case.loans.count
    model = sector_factors(
        [case.model.common] * count,
        sectors,
        [case.model.sector] * count,
        degrees=case.model.degrees,
    )
    chances = 1 - (1 - case.loans.numbers["pd"]) ** case.horizon
    exact = loss_distribution(chances, found.units, model, tolerance=1e-7)
    amounts = np.arange(len(exact.probabilities), dtype=float) * found.unit
    return ExactCheck(
        exact=exact_measures(exact.probabilities, amounts, LEVELS),
        simulated=sample_measures(drawn.gross.astype(float), LEVELS),
        unit=found.unit,
        rounding=found.error,
    )


def _findings(
    case: BookCase, concentrations: Sequence[Concentration], exhausted: Mapping[str, float]
) -> Sequence[Finding]:
    found = [NO_SUPPORT_SHARED.finding()] if case.schemes else []
    for each in concentrations:
        for row in each.rows:
            if row.level in each.over:
                name = DIMENSION_NAMES[each.dimension]
                facts = {"level": row.level, "share": row.share, "limit": each.limit, "name": name}
                found.append(OVER_LIMIT.finding(where=each.dimension, **facts))
        top = each.largest
        if each.dimension == "valuer" and top.share > MOST_BY_ONE_VALUER:
            found.append(ONE_VALUER.finding(valuer=top.level, share=top.share))
    unknown = int(np.sum(np.isnan(case.loans.numbers["pd_origin"])))
    if unknown:
        found.append(NO_STAGE_ORIGIN.finding(where="pd_origin", count=unknown))
    found += [
        PROVIDER_EXHAUSTED.finding(provider=name, chance=chance)
        for name, chance in exhausted.items()
        if chance > EXHAUSTED
    ]
    return found
