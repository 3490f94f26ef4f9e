"""The market value method: money per patent by type and by level of protection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from ipfinance.basics import (
    Finding,
    FindingKind,
    InputError,
    NoSolutionError,
    Problem,
    Severity,
    Text,
)
from ipfinance.evidence._conventions import CONVENTIONS, Convention, Errors
from ipfinance.evidence._formula import Formula, parse_formula, quoted_name
from ipfinance.evidence._linear import fit_linear
from ipfinance.evidence._logsum import (
    Ratios,
    fit_log_sum,
    ratio_with_dummy,
    refit_log_sum,
    semi_elasticities,
)
from ipfinance.evidence._money import (
    LinearRule,
    LogSumRule,
    MoneyRule,
    PatentMoney,
    RegressorForm,
    money_of_one_more,
    money_per_patent,
    summary_of,
    term_of,
)
from ipfinance.evidence._regression import Regression, t_quantile
from ipfinance.evidence._resample import Resampled, resampled
from ipfinance.evidence._sample import MissingPolicy, Sample, sample
from ipfinance.market import ColumnKind, Table, column_missing
from ipfinance.numerics import BoolArray, FloatArray

ALL = "all"
CENTRED = "protection_centred"
TOTAL = "all_patents"


class RegressorKind(StrEnum):
    """What the patents of a row are."""

    FLOW = "flow"  # granted in the year: a coefficient prices a new grant
    STOCK = "stock"  # held at the end of the year: a coefficient prices the portfolio


class MarketModel(StrEnum):
    """How patents enter ln q."""

    LINEAR = "linear"
    GRILICHES = "griliches"  # ln(1 + sum g P/A)
    HJT = "hjt"  # ln(1 + g1 RD/A + g2 PAT/RD + g3 CITES/PAT)


KIND_NAMES = {
    RegressorKind.FLOW: Text("patents granted in the year", "当年授权专利"),
    RegressorKind.STOCK: Text("patents held", "持有专利存量"),
}
MODEL_NAMES = {
    MarketModel.LINEAR: Text("linear in logs", "对数线性"),
    MarketModel.GRILICHES: Text("Griliches, non-linear", "Griliches 非线性"),
    MarketModel.HJT: Text("Hall, Jaffe and Trajtenberg", "Hall–Jaffe–Trajtenberg 模型"),
}
NEGATIVE_VALUE = FindingKind(
    code="negative_patent_value",
    severity=Severity.WARNING,
    text=Text(
        "Model {model}: {count} values are estimated below zero ({places}). They are shown as "
        "estimated; noise, correlation between types and firm size can do this.",
        "模型 {model}：{count} 项价值估计为负（{places}），按估计结果如实列示；噪声、各类专利相关及"
        "企业规模均可能导致。",
    ),
)
COVERS_ZERO = FindingKind(
    code="ci_covers_zero",
    severity=Severity.NOTE,
    text=Text(
        "Model {model}: {count} intervals cover zero ({places}).",
        "模型 {model}：{count} 项区间包含零（{places}）。",
    ),
)
FLOW_OR_STOCK = FindingKind(
    code="flow_or_stock",
    severity=Severity.NOTE,
    text=Text(
        "The regressor counts {kind}: a coefficient on grants of a year prices a new grant, one on "
        "patents held prices the portfolio. The two must not be compared.",
        "回归变量为{kind}：以当年授权为变量时，系数为新授权专利定价；以存量为变量时，系数为组合"
        "定价，两者不可互比。",
    ),
)
EFFICIENT_MARKET = FindingKind(
    code="market_efficiency_assumed",
    severity=Severity.WARNING,
    text=Text(
        "Share prices are taken to reflect rational forecasts of all future profits; where a "
        "market is not efficient, values from it are not values. An event study tests it.",
        "假定股价能准确反映对未来全部利润的理性预期；若市场并非有效，据此得到的估值不成立。"
        "可用事件研究检验。",
    ),
)
MARKET_VALUES_KNOWN = FindingKind(
    code="market_values_taken_as_known",
    severity=Severity.NOTE,
    text=Text(
        "Errors by the delta method take market values as known; the bootstrap over {clusters} "
        "draws them too.",
        "Delta 法标准误视市值为已知；对 {clusters} 的自助法则一并抽样。",
    ),
)
STARTS_DISAGREE = FindingKind(
    code="starts_disagree",
    severity=Severity.WARNING,
    text=Text(
        "The non-linear regression of {column} ends elsewhere from another start; the better of "
        "the two is shown.",
        "{column} 的非线性回归从不同初值收敛到不同结果；此处列示较优者。",
    ),
)
ALL_IS_NO_SUM = FindingKind(
    code="all_is_its_own_regression",
    severity=Severity.NOTE,
    text=Text(
        "The column of all patents is a regression of its own on their number; it need not lie "
        "between the values of the types.",
        "“全部”一列为以专利总数单独回归的结果，不必介于各类型价值之间。",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatentValueRequest:
    """How patents are to be valued from a panel.

    Attributes
    ----------
    outcome
        Expression that is ln q.
    patents
        Columns of patents by type.
    value, assets
        Columns of market value and replacement cost.
    controls, effects
        As in a formula.
    protection
        Column of the index of protection; None leaves levels out.
    rd, cites
        Stocks of R&D and of citations, for the model of Hall, Jaffe and Trajtenberg.
    form
        How patents stand in the linear model.
    draws
        Of the bootstrap over the first way to cluster; 0 leaves it out.
    """

    patents: tuple[str, ...]
    outcome: str = "ln_q"
    value: str = "market_value"
    assets: str | None = "assets"
    controls: str = ""
    effects: str = ""
    protection: str | None = None
    rd: str | None = None
    cites: str | None = None
    form: RegressorForm = RegressorForm.COUNT
    model: MarketModel = MarketModel.LINEAR
    clusters: tuple[str, ...] = ("firm",)
    convention: Convention = Convention.TEXTBOOK
    missing: MissingPolicy = MissingPolicy.DROP
    kind: RegressorKind = RegressorKind.FLOW
    levels: int = 3
    draws: int = 999
    seed: int = 1
    level: float = 0.95

    @property
    def label(self) -> str:
        """Which model this is, in short."""
        return str(self.form) if self.model is MarketModel.LINEAR else str(self.model)

    @property
    def variables(self) -> dict[str, ColumnKind]:
        """The columns that must be read."""
        kinds = dict(self.formula(self.patents).variables)
        kinds.pop(CENTRED, None)
        numbers = [*self.patents, self.value, self.assets, self.protection, self.rd, self.cites]
        kinds |= {name: ColumnKind.NUMBER for name in numbers if name is not None}
        for name in self.clusters:
            for part in name.split("^"):
                kinds.setdefault(part, ColumnKind.GUESS)
        return kinds

    def formula(self, patents: Sequence[str]) -> Formula:
        """Return the regression on some columns of patents."""
        terms = []
        if self.model is MarketModel.LINEAR:
            for name in patents:
                term = term_of(self.form, f"`{name}`", f"`{self.assets}`")
                terms.append(term)
                if self.protection is not None:
                    terms.append(f"{term}:{CENTRED}")
        if self.protection is not None:
            terms.append(CENTRED)
        if self.controls.strip():
            terms.append(self.controls)
        text = f"{self.outcome} ~ {' + '.join(terms) or '1'}"
        return parse_formula(f"{text} | {self.effects}" if self.effects.strip() else text)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MoneyValue:
    """What one more patent of a type is worth.

    Attributes
    ----------
    column
        The type, or `all`.
    level
        `all`, or a level of protection from `1` (lowest) on.
    summary
        Mean and median with errors by the delta method.
    interval
        Of the mean, by the delta method.
    resampled
        Percentile intervals of the bootstrap, None where it was left out.
    one_more
        Mean gain when the number of patents goes up by one; None where it is not defined.
    """

    column: str
    level: str
    summary: PatentMoney
    interval: tuple[float, float]
    resampled: Resampled | None
    one_more: float | None
    protection: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PatentValues:
    """Money per patent by type and by level of protection.

    Attributes
    ----------
    values
        One a type and level.
    protection_values
        Money for one more unit of the index, per patent by type, and for a firm (`firm`).
    centre
        Mean of the index, at which it was centred.
    regressions
        On the types, and on all patents.
    semi_elasticities
        By type, for the non-linear model.
    """

    request: PatentValueRequest
    values: tuple[MoneyValue, ...]
    protection_values: tuple[MoneyValue, ...]
    centre: float | None
    regressions: Mapping[str, Regression]
    findings: tuple[Finding, ...]
    semi_elasticities: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def value(self, column: str, level: str = ALL) -> MoneyValue:
        """Return the value of one type at one level."""
        return next(v for v in self.values if (v.column, v.level) == (column, level))


def patent_values(table: Table, request: PatentValueRequest) -> PatentValues:
    """Value patents by the market: regress ln q, turn coefficients into money.

    Raises
    ------
    InputError
        With every fault of the request or the table.
    """
    _check(table, request)
    table, centre = _prepared(table, request)
    if request.model is MarketModel.HJT:
        return _hjt_values(table, request)
    values: list[MoneyValue] = []
    protection: list[MoneyValue] = []
    regressions: dict[str, Regression] = {}
    findings: list[Finding] = []
    elasticities: dict[str, tuple[float, float]] = {}
    groups = [tuple(request.patents)]
    if len(request.patents) > 1:
        groups.insert(0, (TOTAL,))
    for names in groups:
        fitted = _Fitted(table, request, names)
        key = ALL if names == (TOTAL,) else "types"
        regressions[key] = fitted.regression
        if fitted.regression.details.get("starts_agree") is False:
            findings.append(STARTS_DISAGREE.finding(where=key, column=key))
        rules = fitted.rules()
        draws = fitted.draws(list(rules.values()))
        for place, ((name, level), rule) in enumerate(rules.items()):
            is_protection = level == _PROTECTION
            found = _money(
                fitted.regression,
                rule,
                ALL if name == TOTAL else name,
                level,
                confidence=request.level,
                drawn=draws[place] if draws else None,
                one_more=None if is_protection else fitted.one_more(rule, name),
                protection=fitted.mean_index(rule, level),
            )
            (protection if is_protection else values).append(found)
        if fitted.ratios is not None and key == "types":
            elasticities = semi_elasticities(fitted.regression, fitted.ratios)
    findings += _findings(request, values, protection)
    return PatentValues(
        request=request,
        values=tuple(values),
        protection_values=tuple(protection),
        centre=centre,
        regressions=regressions,
        findings=tuple(findings),
        semi_elasticities=elasticities,
    )


_PROTECTION = "protection"
FIRM = "firm"


def _check(table: Table, request: PatentValueRequest) -> None:
    problems = []
    needs_assets = request.form is RegressorForm.RATIO or request.model is not MarketModel.LINEAR
    if needs_assets and request.assets is None:
        problems.append(Problem(field="--assets", allowed=_NEEDS_ASSETS))
    if request.model is not MarketModel.LINEAR and request.protection is not None:
        problems.append(Problem(field="--protection", allowed=_LINEAR_ONLY))
    if request.model is MarketModel.HJT and (request.rd is None or request.cites is None):
        problems.append(Problem(field="--rd, --cites", allowed=_NEEDS_STOCKS))
    if not request.patents:
        problems.append(Problem(field="--patents", allowed=_NEEDS_PATENTS))
    if not request.clusters:
        problems.append(Problem(field="--cluster", allowed=_NEEDS_CLUSTER))
    if request.levels < 1:
        problems.append(Problem(field="--levels", found=request.levels, allowed=_LEVELS))
    if request.draws < 0:
        problems.append(Problem(field="--draws", found=request.draws, allowed=_DRAWS))
    if not 0 < request.level < 1:
        problems.append(Problem(field="--level", found=request.level, allowed=_LEVEL))
    absent = [name for name in request.variables if name not in table.columns]
    shown = ", ".join(table.names)
    missing = Text(f"there is no such column; there are: {shown}", f"没有该列；现有列：{shown}")
    problems += [table.column_problem(name, missing) for name in absent]
    if problems:
        raise InputError(problems)


def _prepared(table: Table, request: PatentValueRequest) -> tuple[Table, float | None]:
    more = {}
    total = np.zeros(table.n_rows)
    for name in request.patents:
        total = total + table.numbers(name)
    more[TOTAL] = total
    centre = None
    if request.protection is not None:
        index = table.numbers(request.protection)
        complete = np.ones(table.n_rows, dtype=bool)
        for name in request.variables:
            complete &= ~column_missing(table.columns[name])
        centre = float(index[complete].mean()) if complete.any() else 0.0
        more[CENTRED] = index - centre
    return table.with_columns(more), centre


HJT_COLUMNS = {
    "new_patent_cites_held": Text(
        "one more patent, citations held fixed", "新增一项专利（引用总数不变）"
    ),
    "new_patent_average_cites": Text(
        "one more patent of average citations", "新增一项具有平均引用数的专利"
    ),
    "one_citation": Text("one more citation", "新增一次引用"),
}


def _hjt_values(table: Table, request: PatentValueRequest) -> PatentValues:
    small = CONVENTIONS[request.convention]
    needed = [TOTAL, request.value, *(n for n in (request.assets, request.rd, request.cites) if n)]
    given = sample(
        request.formula(()),
        table,
        clusters=request.clusters,
        missing=request.missing,
        drops_singletons=small.drops_singletons,
        more=needed,
    )
    rows = given.table
    value, assets = rows.numbers(request.value), rows.numbers(request.assets or "")
    rd, patents, cites = (rows.numbers(name or "") for name in (request.rd, TOTAL, request.cites))
    per_asset = rd / assets
    per_rd, no_rd = ratio_with_dummy(patents, rd)
    per_patent, no_patent = ratio_with_dummy(cites, patents)
    dummies = {"no_rd": no_rd, "no_patents": no_patent}
    used = {name: column for name, column in dummies.items() if column.any()}
    given = replace(
        given,
        columns=np.ascontiguousarray(np.vstack([given.columns, *used.values()])),
        names=(*given.names, *used),
    )
    ratios = Ratios(
        names=(f"{request.rd}/{request.assets}", f"patents/{request.rd}", "cites/patents"),
        columns=np.array([per_asset, per_rd, per_patent]),
    )
    regression = fit_log_sum(given, ratios, small=small)
    inverse_rd = np.where(rd > 0, 1.0 / np.where(rd > 0, rd, 1.0), 0.0)
    inverse_patents = np.where(patents > 0, 1.0 / np.where(patents > 0, patents, 1.0), 0.0)
    nothing = np.zeros(given.n)
    changes = {
        "new_patent_cites_held": [nothing, inverse_rd, -per_patent * inverse_patents],
        "new_patent_average_cites": [nothing, inverse_rd, nothing],
        "one_citation": [nothing, nothing, inverse_patents],
    }
    rules: dict[str, MoneyRule] = {
        name: LogSumRule(
            places=(0, 1, 2),
            ratios=ratios.columns,
            changes=np.array(each),
            value=value,
            rows=np.ones(given.n, dtype=bool),
        )
        for name, each in changes.items()
    }
    draws = _log_sum_draws(regression, given, ratios, list(rules.values()), request)
    values = tuple(
        _money(
            regression,
            rule,
            name,
            ALL,
            confidence=request.level,
            drawn=draws[place] if draws else None,
        )
        for place, (name, rule) in enumerate(rules.items())
    )
    findings = _findings(replace(request, patents=request.patents[:1]), values, ())
    if regression.details.get("starts_agree") is False:
        findings.append(STARTS_DISAGREE.finding(where="types", column="hjt"))
    return PatentValues(
        request=request,
        values=values,
        protection_values=(),
        centre=None,
        regressions={"types": regression},
        findings=tuple(findings),
        semi_elasticities=semi_elasticities(regression, ratios),
    )


def _log_sum_draws(
    regression: Regression,
    given: Sample,
    ratios: Ratios,
    rules: Sequence[MoneyRule],
    request: PatentValueRequest,
) -> list[Resampled]:
    if request.draws == 0:
        return []
    start = regression.coefficients[: len(ratios.names)]

    def refit(drawn: Sample, rows: BoolArray) -> FloatArray | None:
        inside = Ratios(names=ratios.names, columns=np.ascontiguousarray(ratios.columns[:, rows]))
        try:
            return refit_log_sum(drawn, inside, start).coefficients
        except NoSolutionError:  # counted as a draw that failed
            return None

    return resampled(
        regression,
        given,
        rules,
        draws=request.draws,
        seed=request.seed,
        level=request.level,
        refit=refit,
    )


class _Fitted:
    """A regression on some columns of patents, and what values them."""

    def __init__(self, table: Table, request: PatentValueRequest, names: tuple[str, ...]) -> None:
        self.request, self.names = request, names
        small = CONVENTIONS[request.convention]
        needed = [*names, request.value, *([request.assets] if request.assets else [])]
        self.given: Sample = sample(
            request.formula(names),
            table,
            clusters=request.clusters,
            missing=request.missing,
            drops_singletons=small.drops_singletons,
            more=needed,
        )
        rows = self.given.table
        self.value = rows.numbers(request.value)
        self.assets = (
            np.ones(self.given.n) if request.assets is None else rows.numbers(request.assets)
        )
        self.patents = [rows.numbers(name) for name in names]
        self.index = None if request.protection is None else rows.numbers(CENTRED)
        self.ratios: Ratios | None = None
        if request.model is MarketModel.LINEAR:
            self.regression = fit_linear(self.given, errors=Errors.CLUSTER, small=small)
        else:
            columns = np.array([count / self.assets for count in self.patents])
            self.ratios = Ratios(
                names=tuple(f"{n}/{request.assets}" for n in names), columns=columns
            )
            self.regression = fit_log_sum(self.given, self.ratios, small=small)

    def rules(self) -> dict[tuple[str, str], MoneyRule]:
        """Return how money follows from the coefficients, by type and level."""
        rules: dict[tuple[str, str], MoneyRule] = {}
        every = np.ones(self.given.n, dtype=bool)
        groups = {ALL: every, **self.levels()}
        for place, name in enumerate(self.names):
            for level, rows in groups.items():
                rule = self._rule(place, rows)
                if rule is not None:
                    rules[name, level] = rule
        if self.index is not None and self.names != (TOTAL,):
            firm_places: list[int] = []
            firm_factors: list[FloatArray] = []
            for place, name in enumerate(self.names):
                own, more = self._places(place)
                if own is None or more is None:
                    continue
                factor = self._factor(place)
                rules[name, _PROTECTION] = LinearRule(
                    places=(more,), factors=factor[None, :], rows=every
                )
                firm_places.append(more)
                firm_factors.append(factor * self.patents[place])
            if CENTRED in self.regression.names:
                firm_places.append(self.regression.names.index(CENTRED))
                firm_factors.append(self.value)
            if firm_places and self.request.form is RegressorForm.COUNT:
                rules[FIRM, _PROTECTION] = LinearRule(
                    places=tuple(firm_places), factors=np.array(firm_factors), rows=every
                )
        return rules

    def levels(self) -> dict[str, BoolArray]:
        """Return the rows of each level of protection, from the lowest."""
        if self.index is None or self.request.levels < 2:  # noqa: PLR2004
            return {}
        count = self.request.levels
        ends = np.quantile(self.index, np.arange(1, count) / count)
        place = np.searchsorted(ends, self.index, side="left")
        found = {str(level + 1): place == level for level in range(count)}
        return {name: rows for name, rows in found.items() if rows.any()}

    def _term(self, place: int) -> str:
        assets = None if self.request.assets is None else quoted_name(self.request.assets)
        return term_of(self.request.form, quoted_name(self.names[place]), assets)

    def _places(self, place: int) -> tuple[int | None, int | None]:
        term, names = self._term(place), self.regression.names
        crossed = f"{term}:{CENTRED}"
        return (
            names.index(term) if term in names else None,
            names.index(crossed) if crossed in names else None,
        )

    def _factor(self, place: int) -> FloatArray:
        return money_per_patent(
            self.request.form,
            1.0,
            value=self.value,
            patents=self.patents[place],
            assets=self.assets,
        )

    def _rule(self, place: int, rows: BoolArray) -> MoneyRule | None:
        if self.ratios is not None:
            changes = np.zeros_like(self.ratios.columns)
            changes[place] = 1.0 / self.assets
            return LogSumRule(
                places=tuple(range(len(self.names))),
                ratios=self.ratios.columns,
                changes=changes,
                value=self.value,
                rows=rows,
            )
        own, more = self._places(place)
        if own is None:
            return None
        factor = self._factor(place)
        if more is None or self.index is None:
            return LinearRule(places=(own,), factors=factor[None, :], rows=rows)
        return LinearRule(
            places=(own, more), factors=np.array([factor, factor * self.index]), rows=rows
        )

    def one_more(self, rule: MoneyRule, name: str) -> float | None:
        """Return the mean gain from one more patent, where the rule values a patent."""
        coefficients = self.regression.coefficients
        if isinstance(rule, LogSumRule):
            return float(rule.values(coefficients)[rule.rows].mean())  # marginal is exact
        if name not in self.names or not isinstance(rule, LinearRule):
            return None
        place = self.names.index(name)
        factor = self._factor(place)
        effect = rule.values(coefficients) / factor
        gains = money_of_one_more(
            self.request.form,
            effect,
            value=self.value,
            patents=self.patents[place],
            assets=self.assets,
        )
        return float(gains[rule.rows].mean())

    def mean_index(self, rule: MoneyRule, level: str) -> float | None:
        """Return the mean of the centred index over the rows of a level."""
        if self.index is None or level in {ALL, _PROTECTION}:
            return None
        return float(self.index[rule.rows].mean())

    def draws(self, rules: Sequence[MoneyRule]) -> list[Resampled]:
        """Draw clusters with replacement, estimate again, and value again."""
        if self.request.draws == 0 or not rules:
            return []
        if self.ratios is not None:
            return _log_sum_draws(self.regression, self.given, self.ratios, rules, self.request)
        return resampled(
            self.regression,
            self.given,
            rules,
            draws=self.request.draws,
            seed=self.request.seed,
            level=self.request.level,
        )


def _money(
    regression: Regression,
    rule: MoneyRule,
    column: str,
    level: str,
    *,
    confidence: float,
    drawn: Resampled | None,
    one_more: float | None = None,
    protection: float | None = None,
) -> MoneyValue:
    summary = summary_of(rule, regression.coefficients, regression.covariance)
    reach = t_quantile(regression.degrees_of_freedom, confidence) * summary.mean_error
    return MoneyValue(
        column=column,
        level=level,
        summary=summary,
        interval=(summary.mean - reach, summary.mean + reach),
        resampled=drawn,
        one_more=one_more,
        protection=protection,
    )


def _findings(
    request: PatentValueRequest, values: Sequence[MoneyValue], protection: Sequence[MoneyValue]
) -> list[Finding]:
    findings = [
        EFFICIENT_MARKET.finding(),
        FLOW_OR_STOCK.finding(kind=KIND_NAMES[request.kind]),
        MARKET_VALUES_KNOWN.finding(clusters=request.clusters[0]),
    ]
    if len(request.patents) > 1:
        findings.append(ALL_IS_NO_SUM.finding())
    every = (*values, *protection)
    marks = {
        NEGATIVE_VALUE: [value for value in every if value.summary.mean < 0],
        COVERS_ZERO: [value for value in every if value.interval[0] <= 0 <= value.interval[1]],
    }
    for kind, found in marks.items():
        if found:
            places = ", ".join(f"{value.column}/{value.level}" for value in found)
            findings.append(kind.finding(model=request.label, count=len(found), places=places))
    return findings


_NEEDS_ASSETS = Text("this model needs the column of assets", "该模型需要总资产列")
_LINEAR_ONLY = Text("levels of protection are for the linear model", "保护水平分析仅适用于线性模型")
_NEEDS_STOCKS = Text(
    "this model needs the columns of the stocks of R&D and citations",
    "该模型需要研发存量与引用存量列",
)
_NEEDS_PATENTS = Text("name the columns of patents", "请指定专利数列")
_NEEDS_CLUSTER = Text("name the column of firms or regions", "请指定聚类列（企业或地区）")
_LEVELS = Text("expected at least 1", "应不小于 1")
_DRAWS = Text("expected at least 0", "应不小于 0")
_LEVEL = Text("expected a number between 0 and 1, such as 0.95", "应为 0 与 1 之间的数，如 0.95")
