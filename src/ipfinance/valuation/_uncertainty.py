"""What is not known of the inputs, carried to the value: bounds, chances, and what matters most."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product as pairs_of
from typing import Any, TypeAlias

import numpy as np

from ipfinance.basics import (
    Citation,
    Distribution,
    Explanation,
    Finding,
    FindingKind,
    InputError,
    Interval,
    Problem,
    Severity,
    Text,
    Uncertain,
)
from ipfinance.numerics import (
    Estimate,
    FloatArray,
    Ranged,
    UnboundedError,
    UnprovenError,
    drawn_shares,
    enclosure,
    estimated,
    in_chunks,
    quantile_bounds,
    quantiles,
    row_bounds,
    variables,
)
from ipfinance.valuation._rows import computed_rows

SOURCES = (
    Citation("owen_1998", "randomised quasi-Monte Carlo"),
    Citation("moore_2009", "interval analysis"),
    Citation("ferson_2003", "probability boxes"),
    Citation("williamson_1990", "unknown dependence"),
    Citation("saltelli_2010", "variance shares"),
)
TAIL = 1e-9  # beyond this probability an unlimited law is not looked at for bounds
SWING = (0.1, 0.9)  # quantiles between which a distribution is moved in a tornado


class Dependence(StrEnum):
    """What is known of how the uncertain inputs move together."""

    INDEPENDENT = "independent"
    UNKNOWN = "unknown"


DEPENDENCE_NAMES = {
    Dependence.INDEPENDENT: Text(
        "independent, or correlated as stated", "相互独立（或按所列相关系数）"
    ),
    Dependence.UNKNOWN: Text("unknown", "未知"),
}


class SpreadKind(StrEnum):
    """What the answer is made of."""

    BOUNDS = "bounds"  # inputs are intervals only
    CHANCES = "chances"  # inputs are distributions only
    BOX = "box"  # both, or distributions of which only a set is known


SPREAD_KIND_NAMES = {
    SpreadKind.BOUNDS: Text("proven bounds", "可证明的上下界"),
    SpreadKind.CHANCES: Text("distribution by simulation", "模拟分布"),
    SpreadKind.BOX: Text("probability box: bounds on chances", "概率盒：概率的上下界"),
}

NOT_PROVEN = FindingKind(
    code="bounds_not_tight",
    severity=Severity.NOTE,
    text=Text(
        "The bounds hold, but may be wider than need be: by up to {low:.4g} below and {high:.4g} "
        "above.",
        "上下界成立，但可能偏宽：下侧至多 {low:.4g}，上侧至多 {high:.4g}。",
    ),
)
INNER_EXTREMUM = FindingKind(
    code="extremum_inside",
    severity=Severity.NOTE,
    text=Text(
        "The {end} of the value lies inside the range of {name}, at {at:.6g}: the corners alone "
        "would have missed it.",
        "价值的{end}出现在{name}区间内部（{at:.6g}），仅取端点会遗漏。",
    ),
)
CORRELATION_UNUSED = FindingKind(
    code="correlation_of_an_interval",
    severity=Severity.WARNING,
    text=Text(
        "The correlation of {first} and {second} was left out: an interval says nothing of how "
        "likely its values are, so the answer holds however they move together.",
        "{first} 与 {second} 的相关系数未被采用：区间不含概率信息，所给结果对任何相关关系均成立。",
    ),
)
CORRELATED_SHARES = FindingKind(
    code="variance_shares_need_independence",
    severity=Severity.NOTE,
    text=Text(
        "Inputs are correlated, so the variance has no shares of single inputs; none are given.",
        "输入存在相关性，方差无法分解到单个输入，故不列示。",
    ),
)
END_NAMES = (Text("least", "最小值"), Text("greatest", "最大值"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """How two inputs move together: the correlation of the normals behind a Gaussian copula.

    Attributes
    ----------
    first, second
        Paths of inputs, such as `royalty.royalty_rate`; the path of a series stands for all its
        years, and the same path twice for the years among themselves.
    value
        From -1 to 1.
    """

    first: str
    second: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Values that inputs take together."""

    name: Text
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class UncertaintyTask:
    """What is asked about the spread of a value.

    Attributes
    ----------
    draws
        Points in each repeat, a power of two.
    repeats
        Independent scrambles; their spread gives standard errors.
    levels
        Probabilities at which quantiles are given.
    variance_shares, tornado
        Whether to say what matters most, in these two ways.
    thresholds
        Amounts, such as a loan, below which the chance to fall is given. [unit of the value]
    """

    dependence: Dependence = Dependence.INDEPENDENT
    correlations: tuple[Correlation, ...] = ()
    draws: int = 4096
    repeats: int = 16
    seed: int = 0
    levels: tuple[float, ...] = (0.05, 0.25, 0.5, 0.75, 0.95)
    thresholds: tuple[float, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    variance_shares: bool = True
    tornado: bool = True

    def __post_init__(self) -> None:
        problems = [
            Problem(field=f"correlations[{place}].value", found=each.value, allowed=ONE_TO_ONE)
            for place, each in enumerate(self.correlations)
            if not -1 <= each.value <= 1
        ]
        if self.draws < LEAST_DRAWS or self.draws & (self.draws - 1):
            allowed = Text(
                f"expected a power of two, at least {LEAST_DRAWS}",
                f"应为不小于 {LEAST_DRAWS} 的 2 的幂",
            )
            problems.append(Problem(field="draws", found=self.draws, allowed=allowed))
        elif self.draws * self.repeats > MOST_DRAWS:
            allowed = Text(
                f"expected at most {MOST_DRAWS:,} draws in all repeats together",
                f"各轮抽样合计不得超过 {MOST_DRAWS:,} 次",
            )
            problems.append(Problem(field="draws", found=self.draws, allowed=allowed))
        problems += [
            Problem(field=f"below[{place}]", found=each, allowed=FINITE)
            for place, each in enumerate(self.thresholds)
            if not np.isfinite(each)
        ]
        if self.correlations and self.dependence is Dependence.UNKNOWN:
            allowed = Text(
                "leave out where the dependence is unknown", "相关关系未知时不应给出相关系数"
            )
            problems.append(
                Problem(field="correlations", found=len(self.correlations), allowed=allowed)
            )
        if problems:
            raise InputError(problems)


LEAST_DRAWS = 64
MOST_DRAWS = 2**24
FINITE = Text("expected a finite number", "应为有限数值")
ONE_TO_ONE = Text("expected a number from -1 to 1", "应在 -1 至 1 之间")
Figure: TypeAlias = "Estimate | Interval"


@dataclass(frozen=True, slots=True, kw_only=True)
class Swing:
    """How far one input moves the value, all others at their middle.

    Attributes
    ----------
    low, high
        Ends of the input: of its interval, or two quantiles of its distribution.
    at_low, at_high
        The value at these ends.
    range
        All values in between: proven, or of many points where a rule has no proven bounds.
    """

    path: str
    name: Text
    low: float
    high: float
    at_low: float
    at_high: float
    range: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceShare:
    """The part of the variance that one input explains, alone and with all others.

    Attributes
    ----------
    alone, whole
        First-order and total Sobol index.
    alone_range, whole_range
        95 % bootstrap intervals of them.
    """

    path: str
    name: Text
    alone: float
    whole: float
    alone_range: Interval
    whole_range: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The spread of a value, and what makes it.

    Attributes
    ----------
    middle
        The value with every input at its middle or mean.
    bounds
        No value lies outside; for intervals alone. [unit of the value]
    mean, deviation, at_levels, below
        An estimate with its standard error; for a probability box, a range.
    shape
        Values at evenly spread probabilities, for a figure: lower and upper.
    """

    kind: SpreadKind
    middle: float
    inputs: Mapping[str, Uncertain]
    bounds: Interval | None
    mean: Figure | None
    deviation: Estimate | None
    at_levels: Mapping[float, Figure]
    below: Mapping[float, Figure]
    tornado: tuple[Swing, ...]
    variance_shares: tuple[VarianceShare, ...]
    scenarios: tuple[tuple[Text, float], ...]
    shape: tuple[FloatArray, FloatArray] | None
    findings: tuple[Finding, ...]


def spread_of(value: Explanation, task: UncertaintyTask) -> Spread:
    """Carry what is not known of the inputs to the value.

    Intervals give proven bounds, distributions a simulation, both together a probability box.

    Parameters
    ----------
    value
        A value whose leaves are points, intervals or distributions.
    task
        What is asked.

    Raises
    ------
    InputError
        When a path names no input, correlations contradict each other, or a method does not
        prove bounds.

    References
    ----------
    :cite:cts:`owen_1998`, :cite:cts:`moore_2009`, :cite:cts:`ferson_2003`,
    :cite:cts:`williamson_1990`, :cite:cts:`saltelli_2010`.
    """
    work = _Work(value, task)
    kind = work.kind
    bounds, findings = (work.bounded(), []) if kind is SpreadKind.BOUNDS else (None, [])
    box = None
    if bounds is not None:
        findings += work.bound_findings(bounds)
        box = bounds.interval
    findings += work.correlation_findings()
    chances = None if kind is SpreadKind.BOUNDS or not work.inputs else work.chances(kind)
    shares: tuple[VarianceShare, ...] = ()
    several = len(work.inputs) > 1 and task.variance_shares
    if chances is not None and kind is SpreadKind.CHANCES and several:
        if task.correlations or task.dependence is Dependence.UNKNOWN:
            findings.append(CORRELATED_SHARES.finding())
        else:
            shares = work.variance_shares()
    return Spread(
        kind=kind,
        middle=value.number,
        inputs=work.inputs,
        bounds=box,
        mean=None if chances is None else chances.mean,
        deviation=None if chances is None else chances.deviation,
        at_levels={} if chances is None else chances.at_levels,
        below=_certain(box, task.thresholds) if chances is None else chances.below,
        tornado=work.tornado() if task.tornado else (),
        variance_shares=shares,
        scenarios=work.scenarios(),
        shape=None if chances is None else chances.shape,
        findings=tuple(findings),
    )


_UNBOUNDED = Text(
    "no finite bounds: somewhere in these intervals the method has no value (such as growth that "
    "reaches the discount rate); narrow them",
    "不存在有限的上下界：区间内某处方法无意义（如增长率达到折现率），请缩小区间",
)


def _unbounded() -> InputError:
    return InputError([Problem(field="uncertainty", allowed=_UNBOUNDED)])


def _certain(box: Interval | None, amounts: Sequence[float]) -> dict[float, Figure]:
    """Return what bounds say of the chance to fall below an amount: never, always, or anything."""
    if box is None:
        return {}
    return {each: Interval(float(box.high < each), float(box.low < each)) for each in amounts}


def outer_range(value: Explanation, task: UncertaintyTask) -> Interval:
    """Return the proven bounds of a value, or where chances come in its outermost quantiles."""
    work = _Work(value, task)
    kind = work.kind
    if kind is SpreadKind.BOUNDS:
        found: Interval = work.bounded().interval
        return found
    return _between_levels(work.chances(kind).at_levels, (min(task.levels), max(task.levels)))


def _between_levels(at_levels: Mapping[float, Figure], levels: tuple[float, float]) -> Interval:
    low, high = (at_levels[level] for level in levels)
    return Interval(
        low.low if isinstance(low, Interval) else low.value,
        high.high if isinstance(high, Interval) else high.value,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chances:
    mean: Figure | None
    deviation: Estimate | None
    at_levels: Mapping[float, Figure]
    below: Mapping[float, Figure]
    shape: tuple[FloatArray, FloatArray]


class _Work:
    """One value and its uncertain inputs, in a fixed order."""

    def __init__(self, value: Explanation, task: UncertaintyTask) -> None:
        self.value = value
        self.task = task
        self.leaves = value.leaves()
        self.inputs = dict(sorted(value.uncertain().items()))
        self.names = list(self.inputs)
        self._check_paths()

    @property
    def kind(self) -> SpreadKind:
        given = list(self.inputs.values())
        if all(isinstance(each, Interval) for each in given):
            return SpreadKind.BOUNDS
        if self.task.dependence is Dependence.UNKNOWN and len(given) > 1:
            return SpreadKind.BOX
        if any(isinstance(each, Interval) or _is_box(each) for each in given):
            return SpreadKind.BOX
        return SpreadKind.CHANCES

    def _check_paths(self) -> None:
        problems = []
        for place, each in enumerate(self.task.correlations):
            for side, path in (("first", each.first), ("second", each.second)):
                if not list(_matching(path, self.names)):
                    problems.append(_unknown(f"correlations[{place}].{side}", path, self.names))
        for place, scenario in enumerate(self.task.scenarios):
            for path in scenario.values:
                if not list(_matching(path, list(self.leaves))):
                    field = f"scenarios[{place}].values.{path}"
                    problems.append(_unknown(field, path, list(self.leaves)))
        if problems:
            raise InputError(problems)

    # proven bounds

    def ranged(self, numbers: Sequence[Ranged]) -> Ranged:
        return self._ranged(dict(zip(self.names, numbers, strict=True)), numbers[0])

    def _ranged(self, changed: Mapping[str, Any], like: Ranged) -> Ranged:
        try:
            found = self.value.recomputed(changed)
        except (TypeError, ValueError, UnprovenError) as error:
            raise InputError([_unproven(self.value)]) from error
        return found if isinstance(found, Ranged) else like * 0.0 + found

    def bounded(self) -> Any:  # noqa: ANN401
        if not self.inputs:
            return None
        try:
            return enclosure(self.ranged, [_hull(each) for each in self.inputs.values()])
        except UnboundedError as error:
            raise _unbounded() from error

    def bound_findings(self, found: Any) -> list[Finding]:  # noqa: ANN401
        findings = []
        size = max(abs(found.interval.low), abs(found.interval.high))
        if max(found.gap) > TIGHT * size:
            findings.append(NOT_PROVEN.finding(low=found.gap[0], high=found.gap[1]))
        for end, at in zip(END_NAMES, (found.low_at, found.high_at), strict=True):
            for path, given, place in zip(self.names, self.inputs.values(), at, strict=True):
                box = _hull(given)
                inside = min(place - box.low, box.high - place) > INSIDE * box.width > 0
                if inside and self._moves(path):
                    name = self.leaves[path].name
                    findings.append(
                        INNER_EXTREMUM.finding(where=path, end=end, name=name, at=place)
                    )
        return findings

    def correlation_findings(self) -> list[Finding]:
        return [
            CORRELATION_UNUSED.finding(first=each.first, second=each.second)
            for each in self.task.correlations
            if any(
                isinstance(self.inputs[name], Interval)
                for path in (each.first, each.second)
                for name in _matching(path, self.names)
            )
        ]

    def _moves(self, path: str) -> bool:
        ends = [self.value.recomputed({path: end}) for end in _hull(self.inputs[path])]
        return any(end != self.value.value for end in ends)

    # simulation

    def chances(self, kind: SpreadKind) -> _Chances:
        if kind is SpreadKind.CHANCES:
            return self._simulated()
        if self.task.dependence is Dependence.UNKNOWN:
            return self._any_dependence()
        return self._boxed()

    def shares(self) -> FloatArray:
        return drawn_shares(
            len(self.names),
            draws=self.task.draws,
            repeats=self.task.repeats,
            seed=self.task.seed,
            correlation=self._correlation(),
        )

    def _correlation(self) -> FloatArray | None:
        if not self.task.correlations:
            return None
        found = np.eye(len(self.names))
        for each in self.task.correlations:
            firsts, seconds = (
                list(_matching(path, self.names)) for path in (each.first, each.second)
            )
            for one, other in pairs_of(firsts, seconds):
                if one != other:
                    row, column = self.names.index(one), self.names.index(other)
                    found[row, column] = found[column, row] = each.value
        return found

    def computed(self, rows: Mapping[str, FloatArray], count: int) -> FloatArray:
        """Return the value for each of many rows of inputs."""
        found = computed_rows(self.value, rows, count)
        beyond = int(np.count_nonzero(~np.isfinite(found)))
        if beyond:
            allowed = Text(
                f"{beyond} of {count} draws lie where the method has no value (such as growth "
                "above the discount rate); cut the distributions off with `within`",
                f"{count} 次抽样中有 {beyond} 次落在方法无意义的范围（如增长率高于折现率）；"
                "请用 within 截断分布",
            )
            raise InputError([Problem(field="uncertainty", allowed=allowed)])
        return found

    def _simulated(self) -> _Chances:
        shares = self.shares()
        values = np.empty(shares.shape[:2])

        def fill(part: slice) -> None:
            for repeat in range(part.start, part.stop):
                values[repeat] = self.computed(self._at(shares[repeat]), shares.shape[1])

        in_chunks(fill, len(shares), chunks=2)
        values.sort(axis=1)
        every = np.sort(values, axis=None)
        levels = {level: _quantile(values, every, level) for level in self.task.levels}
        below = {amount: estimated(values, _share_below(amount)) for amount in self.task.thresholds}
        shape = _between(every, SHAPE_LEVELS)
        return _Chances(
            mean=estimated(values, lambda row: float(row.mean())),
            deviation=estimated(values, lambda row: float(row.std(ddof=1))),
            at_levels=levels,
            below=below,
            shape=(shape, shape),
        )

    def _at(self, points: FloatArray) -> dict[str, FloatArray]:
        return {
            path: quantiles(given, points[:, place])
            for place, (path, given) in enumerate(self.inputs.items())
            if isinstance(given, Distribution)
        }

    def _boxed(self) -> _Chances:
        shares = self.shares()
        lower, upper = np.empty(shares.shape[:2]), np.empty(shares.shape[:2])
        for repeat, points in enumerate(shares):
            low, high = self._ends(points)
            lower[repeat], upper[repeat] = row_bounds(self.ranged, low, high)
        if not np.isfinite([lower, upper]).all():
            raise _unbounded()
        mean = Interval(float(lower.mean()), float(upper.mean()))
        return _Chances(
            mean=mean,
            deviation=None,
            at_levels={
                level: Interval(float(np.quantile(lower, level)), float(np.quantile(upper, level)))
                for level in self.task.levels
            },
            below={
                amount: Interval(float((upper < amount).mean()), float((lower < amount).mean()))
                for amount in self.task.thresholds
            },
            shape=(
                np.quantile(lower.ravel(), SHAPE_LEVELS),
                np.quantile(upper.ravel(), SHAPE_LEVELS),
            ),
        )

    def _ends(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        low, high = np.empty(points.shape), np.empty(points.shape)
        for place, given in enumerate(self.inputs.values()):
            if isinstance(given, Distribution):
                low[:, place], high[:, place] = quantile_bounds(given, points[:, place])
            else:
                low[:, place], high[:, place] = _hull(given)
        return low, high

    # unknown dependence

    def _any_dependence(self) -> _Chances:
        levels = np.unique(np.concatenate([TABLE_LEVELS, SHAPE_LEVELS, self.task.levels]))
        turns = self._turns()
        low = self._tail_bounds(levels, turns, upper=False)
        high = self._tail_bounds(1.0 - levels, turns, upper=True)
        if not np.isfinite([low, high]).all():
            raise _unbounded()
        place = {float(level): at for at, level in enumerate(levels)}
        asked = {level: place[level] for level in self.task.levels}
        shown = [place[float(level)] for level in SHAPE_LEVELS]
        return _Chances(
            mean=None,
            deviation=None,
            at_levels={
                level: Interval(float(low[at]), float(high[at])) for level, at in asked.items()
            },
            below={
                amount: Interval(
                    float(np.max(levels[high < amount], initial=0.0)),
                    float(np.min(levels[low >= amount], initial=1.0)),
                )
                for amount in self.task.thresholds
            },
            shape=(low[shown], high[shown]),
        )

    def _turns(self) -> list[int]:
        """Return for each input 1 where the value provably rises in it, -1 falls, 0 unknown."""
        box = [_hull(given) for given in self.inputs.values()]
        low = np.array([[each.low for each in box]])
        high = np.array([[each.high for each in box]])
        found = self.ranged(variables(low, high))
        rising = found.slope_low[0] >= 0
        falling = found.slope_high[0] <= 0
        return [1 if up else -1 if down else 0 for up, down in zip(rising, falling, strict=True)]

    def _tail_bounds(self, tails: FloatArray, turns: Sequence[int], *, upper: bool) -> FloatArray:
        """Bound the quantile at each tail whatever the dependence.

        The value passes a bound only where some input passes its own: the tails of the inputs
        add up to the tail of the value. Each way to split the tail gives a valid bound; the
        tightest is kept.
        """
        chancy = [
            place
            for place, given in enumerate(self.inputs.values())
            if isinstance(given, Distribution)
        ]
        splits = _splits(len(chancy))
        shape = (len(tails), len(splits))
        low, high = np.empty((*shape, len(self.names))), np.empty((*shape, len(self.names)))
        for place, given in enumerate(self.inputs.values()):
            part = np.zeros(shape)
            if place in chancy:
                part = tails[:, np.newaxis] * splits[:, chancy.index(place)]
            low[:, :, place], high[:, :, place] = _cut(given, turns[place], part, upper=upper)
        flat = low.reshape(-1, len(self.names)), high.reshape(-1, len(self.names))
        ends = row_bounds(self.ranged, *flat)
        found: FloatArray = (
            ends[1].reshape(shape).min(axis=1) if upper else ends[0].reshape(shape).max(axis=1)
        )
        return found

    # what matters

    def tornado(self) -> tuple[Swing, ...]:
        swings = [self._swing(path, given) for path, given in self.inputs.items()]
        return tuple(sorted(swings, key=lambda swing: (-swing.range.width, swing.path)))

    def _swing(self, path: str, given: Uncertain) -> Swing:
        box = _reach(given, SWING[0], 1 - SWING[1]) if isinstance(given, Distribution) else None
        box = _hull(given) if box is None else box
        ends = [float(self.value.recomputed({path: end})) for end in box]
        return Swing(
            path=path,
            name=self.leaves[path].name,
            low=box.low,
            high=box.high,
            at_low=ends[0],
            at_high=ends[1],
            range=self._one_at_a_time(path, box, ends),
        )

    def _one_at_a_time(self, path: str, box: Interval, ends: Sequence[float]) -> Interval:
        def function(numbers: Sequence[Ranged]) -> Ranged:
            return self._ranged({path: numbers[0]}, numbers[0])

        try:
            whole = function(variables(np.array([[box.low]]), np.array([[box.high]])))
            if whole.slope_low[0, 0] >= 0 or whole.slope_high[0, 0] <= 0:
                return Interval(min(ends), max(ends))
            return enclosure(function, [box], close=CLOSE_SWING).interval
        except (
            InputError,
            UnboundedError,
        ):  # a rule without proven bounds: look at many values instead
            row = np.linspace(box.low, box.high, SCAN)
            seen = self.computed({path: row}, SCAN)
            return Interval(float(seen.min()), float(seen.max()))

    def variance_shares(self) -> tuple[VarianceShare, ...]:
        from scipy.stats import sobol_indices, uniform

        def function(points: FloatArray) -> FloatArray:
            return self.computed(self._at(points.T), points.shape[1])

        generator = np.random.default_rng(
            np.random.SeedSequence(self.task.seed, spawn_key=(2**31,))
        )
        edge = 1e-12
        laws: list[Any] = [uniform(edge, 1 - 2 * edge)] * len(self.names)
        found = sobol_indices(
            func=function,
            n=self.task.draws,
            dists=laws,
            rng=generator,
        )
        spread = found.bootstrap(n_resamples=100)
        rows = zip(
            self.names,
            found.first_order,
            found.total_order,
            _intervals(spread.first_order),
            _intervals(spread.total_order),
            strict=True,
        )
        shares = [
            VarianceShare(
                path=path,
                name=self.leaves[path].name,
                alone=float(alone),
                whole=float(whole),
                alone_range=alone_range,
                whole_range=whole_range,
            )
            for path, alone, whole, alone_range, whole_range in rows
        ]
        return tuple(sorted(shares, key=lambda share: (-share.whole, share.path)))

    def scenarios(self) -> tuple[tuple[Text, float], ...]:
        found: list[tuple[Text, float]] = []
        for scenario in self.task.scenarios:
            changed = {
                leaf: number
                for path, number in scenario.values.items()
                for leaf in _matching(path, list(self.leaves))
            }
            columns = {path: np.array([number]) for path, number in changed.items()}
            value = float(computed_rows(self.value, columns, 1)[0])
            if not np.isfinite(value):
                allowed = Text(
                    "the method has no value there, such as growth above the discount rate",
                    "该情景下方法无意义，例如增长率高于折现率",
                )
                field = f"scenarios[{len(found)}].values"
                raise InputError([Problem(field=field, allowed=allowed)])
            found.append((scenario.name, value))
        return tuple(found)


SHAPE_LEVELS = (np.arange(100) + 0.5) / 100
TIGHT = 1e-6
INSIDE = 1e-6
CLOSE_SWING = 1e-6
SCAN = 65


def _is_box(given: Uncertain) -> bool:
    return isinstance(given, Distribution) and given.is_box


def _hull(given: Uncertain) -> Interval:
    if isinstance(given, Interval):
        return given
    if isinstance(given, Distribution):
        return _reach(given, TAIL, TAIL)
    return Interval(given, given)


def _reach(given: Uncertain, low_tail: float, high_tail: float) -> Interval:
    if not isinstance(given, Distribution):
        return _hull(given)
    low_tail, high_tail = max(low_tail, TAIL), max(high_tail, TAIL)
    least = quantile_bounds(given, np.array([low_tail]))[0][0]
    most = quantile_bounds(given, np.array([1.0 - high_tail]))[1][0]
    return Interval(float(least), float(max(least, most)))


def _cut(
    given: Uncertain, turn: int, tail: FloatArray, *, upper: bool
) -> tuple[FloatArray, FloatArray]:
    """Return the range that an input leaves with the probability of a tail."""
    if not isinstance(given, Distribution):
        whole = _hull(given)
        return np.full(tail.shape, whole.low), np.full(tail.shape, whole.high)
    nothing = np.full(tail.shape, TAIL)
    tail = np.maximum(tail, TAIL)
    tails = (nothing, tail) if (turn > 0) == upper else (tail, nothing)
    if turn == 0:
        tails = (tail / 2, tail / 2)
    low, _ = quantile_bounds(given, tails[0])
    _, high = quantile_bounds(given, 1.0 - tails[1])
    return low, np.maximum(low, high)


def _splits(count: int) -> FloatArray:
    """Return ways to split a tail into parts, shape (n_ways, count)."""
    if count == 1:
        return np.ones((1, 1))
    generator = np.random.default_rng(0)
    even = np.full((1, count), 1.0 / count)
    if count == PAIR:
        part = np.linspace(0.0, 1.0, SPLITS + 2)[1:-1]
        return np.vstack([even, np.column_stack([part, 1.0 - part])])
    return np.vstack([even, generator.dirichlet(np.ones(count), SPLITS)])


PAIR = 2
SPLITS = 63
TABLE_LEVELS = np.arange(1, 200) / 200


def _between(ordered: FloatArray, levels: FloatArray | float) -> FloatArray:
    """Return quantiles of ordered values, along the last axis, by straight lines between them."""
    count = ordered.shape[-1]
    place = np.asarray(levels) * (count - 1)
    low = np.floor(place).astype(int)
    part = place - low
    high = np.minimum(low + 1, count - 1)
    found: FloatArray = ordered[..., low] * (1 - part) + ordered[..., high] * part
    return found


def _quantile(rows: FloatArray, every: FloatArray, level: float) -> Estimate:
    each = _between(rows, level)
    error = float(each.std(ddof=1) / np.sqrt(len(each)))
    return Estimate(value=float(_between(every, level)), standard_error=error)


def _share_below(amount: float) -> Callable[[FloatArray], float]:
    return lambda row: float((row < amount).mean())


def _intervals(found: Any) -> Iterator[Interval]:  # noqa: ANN401
    ends = found.confidence_interval
    for low, high in zip(ends.low, ends.high, strict=True):
        yield Interval(float(low), float(high))


def _matching(path: str, names: Sequence[str]) -> Iterator[str]:
    yield from (name for name in names if name == path or name.startswith((f"{path}[", f"{path}.")))


def _unknown(field: str, path: str, names: Sequence[str]) -> Problem:
    shown = ", ".join(sorted({name.split("[")[0] for name in names})) or "—"
    allowed = Text(f"expected the path of an input: {shown}", f"应为输入的路径：{shown}")
    return Problem(field=field, found=path, allowed=allowed)


def _unproven(value: Explanation) -> Problem:
    allowed = Text(
        f"{value.name.en}: no method can prove bounds through this tree; give distributions "
        "instead of intervals",
        f"{value.name.zh}：该计算无法证明上下界，请以分布代替区间",
    )
    return Problem(field="uncertainty", allowed=allowed)
