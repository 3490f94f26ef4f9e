"""The Python shell: the use cases as functions, with results that show themselves.

>>> import ipfinance as ip
>>> ip.Interval(2, 3) * ip.Interval(4, 8)
Interval(8, 24)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Generic, TypeVar

from typing_extensions import override

from ipfinance.app import (
    DEALS,
    EXAMPLES,
    EventStudyFiles,
    GrantSources,
    assess_pledge_file,
    book_file,
    evaluate_file,
    event_study_files,
    fund_file,
    patent_value_file,
    regress_file,
    render_documents,
    report_format_of,
    run_deal_file,
    value_by_method,
    value_case_file,
    value_grants,
    watch_file,
    with_lines,
)
from ipfinance.basics import (
    NO_UNIT,
    Explanation,
    Finding,
    InputError,
    Interval,
    Language,
    MoneyUnit,
    Problem,
    Text,
)
from ipfinance.bootstrap import (
    LocalCreditFiles,
    LocalFiles,
    LocalRenderer,
    LocalTables,
    local_grants,
    packaged,
    write_whole,
)
from ipfinance.credit import BookResult, FundSolvency, PledgeAssessment, WatchResult
from ipfinance.evidence import (
    Convention,
    Estimated,
    EventModel,
    EventStudy,
    EventTerms,
    Family,
    GrantTerms,
    GrantValuation,
    PatentValueRequest,
    PatentValues,
    RegressionRequest,
    RegressorForm,
    packaged_number,
    parse_formula,
)
from ipfinance.judgement import (
    UNIT_SCALE,
    Evaluation,
    PairwiseMatrix,
    PanelAnswer,
    PanelReliability,
    Priorities,
    ScoreTable,
    SetValuedForm,
    Survey,
    TableWeights,
    WeightsMethod,
    panel_reliability,
    priorities,
    survey,
    table_weights,
)
from ipfinance.reports import (
    Document,
    Focus,
    book_report,
    book_view,
    case_report,
    case_view,
    deal_report,
    deal_run_view,
    evaluation_report,
    evaluation_view,
    event_study_report,
    event_study_view,
    explanation_view,
    fund_report,
    fund_view,
    grant_report,
    grant_view,
    method_report,
    method_view,
    option_report,
    option_view,
    panel_reliability_report,
    panel_reliability_view,
    patent_value_report,
    patent_value_view,
    pledge_report,
    pledge_view,
    priorities_report,
    priorities_view,
    regression_report,
    regressions_view,
    simulation_report,
    simulation_view,
    survey_report,
    survey_view,
    table_weights_report,
    table_weights_view,
    watch_report,
    watch_view,
)
from ipfinance.securitization import DealRun, Simulation, simulate
from ipfinance.valuation import (
    METHODS,
    CaseResult,
    Spread,
    UncertaintyTask,
    Valuation,
    implied_inputs,
    price_option,
    price_right,
    sensitivities,
    sensitivity_view,
)
from ipfinance.valuation import method as method_of

ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown(Generic[ResultT]):
    """A result that reads well in a terminal and in a notebook.

    Attributes
    ----------
    result
        The result itself; its attributes can be reached through this object too.
    """

    result: ResultT
    _document: Callable[[Language], Document]
    _view: Callable[[Language], dict[str, Any]]

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        """Reach through to the result."""
        return getattr(object.__getattribute__(self, "result"), name)

    @override
    def __str__(self) -> str:
        return LocalRenderer().text(self.document())

    @override
    def __repr__(self) -> str:
        return f"<{type(self.result).__name__}>\n{self}"

    def _repr_html_(self) -> str:
        """Show the whole report in a notebook."""
        import base64

        page = LocalRenderer().html([self.document()])
        data = base64.b64encode(page.encode()).decode()
        return (
            f'<iframe src="data:text/html;base64,{data}" '
            'style="width: 100%; height: 40rem; border: 1px solid #d9dfe4"></iframe>'
        )

    def document(self, language: Language | str = Language.ENGLISH) -> Document:
        """Return the report on the result in one language, `en` or `zh`."""
        return self._document(Language(language))

    def data(self, language: Language | str = Language.ENGLISH) -> dict[str, Any]:
        """Return the result as plain data, the same as the command line's `--json`."""
        return self._view(Language(language))

    def save(self, path: Path | str, language: Language | str = Language.ENGLISH) -> Path:
        """Write the report to a file ending in .html or .pdf."""
        target = Path(path)
        report_format = report_format_of(target)
        data = render_documents(LocalRenderer(), [self.document(language)], report_format)
        write_whole(target, data)
        return target


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseValue(Shown[CaseResult]):
    """A valued case: the figures that are asked for first, and everything behind them."""

    @property
    def value(self) -> float:
        """The concluded value, in the case's own unit."""
        return self.result.conclusion.number

    @property
    def interval(self) -> Interval | None:
        """The value interval, in the case's own unit."""
        return self.result.conclusion.range

    @property
    def unit(self) -> MoneyUnit:
        """The unit of every amount of the case."""
        return self.result.case.unit

    @property
    def risk_adjustment_coefficient(self) -> float | None:
        """The coefficient that sets the point in the interval; None where none is used."""
        return self.result.coefficient

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What an appraiser signs off, the gravest first."""
        return self.result.all_findings

    @property
    def explanation(self) -> Explanation:
        """The value as a tree down to single inputs."""
        return self.result.conclusion.explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionValue(Shown[Valuation]):
    """A valued option."""

    @property
    def value(self) -> float:
        """The option's value."""
        return self.result.number

    @property
    def probabilities(self) -> dict[str, float] | None:
        """The probabilities of one step; None for a closed form."""
        found: Any = self.result.details["probabilities"]
        return found  # type: ignore[no-any-return]

    @property
    def is_valid(self) -> bool:
        """Whether the probabilities form a law."""
        return bool(self.result.details["valid"])

    @property
    def explanation_data(self) -> dict[str, Any]:
        """The value as a tree, as plain data."""
        return explanation_view(self.result.explanation, Language.ENGLISH)


@dataclass(frozen=True, slots=True, kw_only=True)
class RightValue(Shown[Valuation]):
    """A valued right: a real option of any kind."""

    @property
    def value(self) -> float:
        """What the right adds."""
        return self.result.number

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What an appraiser signs off."""
        return self.result.findings

    def greeks(self) -> dict[str, float]:
        """Return how the value moves with each input, by its letter or its name."""
        method = METHODS[self.result.method_id]
        return dict(sensitivity_view(sensitivities(method, self.result.inputs)))

    def implied(self, price: float) -> dict[str, tuple[float, ...]]:
        """Return the volatilities, and the hazards, at which the right is worth a price."""
        method = METHODS[self.result.method_id]
        return {
            each.field: each.roots for each in implied_inputs(method, self.result.inputs, price)
        }


def value(case: Path | str) -> CaseValue:
    """Value a case file.

    Parameters
    ----------
    case
        Path of a YAML file; `ipfinance new case` writes one.

    Returns
    -------
    CaseValue
        The value; print it, show it in a notebook, or `save` a report.

    Raises
    ------
    InputError
        With every fault of the file and its line.
    """
    result = value_case_file(LocalFiles(), Path(case))
    return CaseValue(
        result=result,
        _document=lambda language: case_report(result, language),
        _view=lambda language: case_view(result, language),
    )


def example(name: str) -> Path:
    """Find the case file of a packaged example.

    Parameters
    ----------
    name
        `xtx`, `pledge`, `iqiyi` or `sonoscape`.

    Examples
    --------
    >>> round(value(example("xtx")).value, 4)
    450.6576
    """
    if name not in EXAMPLES:
        names = ", ".join(EXAMPLES)
        allowed = Text(f"expected one of {names}", f"应为 {names} 之一")
        raise InputError([Problem(field="name", found=name, allowed=allowed)])
    return Path(str(packaged("examples"))) / name / "case.yaml"


def option(model: str = "lattice", **terms: object) -> OptionValue:
    """Value an option on an asset that can become worthless.

    Parameters
    ----------
    model
        `lattice`, `closed-form`, `integral` or the replication `zhou2022`.
    terms
        spot, strike, rate, volatility, maturity; hazard with hazard_kind (`traded` or
        `unpriced`); yield_rate, payoff, exercise, steps, stretch, on_ruin. Rates are decimals per
        year, continuously compounded.

    Examples
    --------
    >>> terms = {"spot": 3.7, "strike": 3.7, "rate": 0.2326, "volatility": 0.2938, "maturity": 2}
    >>> round(option("closed-form", **terms).value, 4)
    1.4556
    """
    valuation = price_option(model, terms)
    return OptionValue(
        result=valuation,
        _document=lambda language: option_report(valuation, language),
        _view=lambda language: option_view(valuation, language),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodValue(Shown[CaseResult]):
    """What one method gives, with its spread where an input is uncertain."""

    @property
    def value(self) -> float:
        """The value with every input at its middle or mean."""
        return self.result.conclusion.number

    @property
    def uncertainty(self) -> Spread | None:
        """Bounds or chances; None where every input is a number."""
        return self.result.spread

    @property
    def explanation(self) -> Explanation:
        """The value as a tree down to single inputs."""
        return self.result.conclusion.explanation


def method(
    name: str,
    *,
    unit: MoneyUnit = NO_UNIT,
    uncertainty: UncertaintyTask | None = None,
    **inputs: object,
) -> MethodValue:
    """Apply one method of the catalogue.

    Parameters
    ----------
    name
        Its id, such as `relief_from_royalty`.
    unit
        What one number of the amounts stands for.
    uncertainty
        What is asked where an input is an interval or a distribution.
    inputs
        Numbers, lists, intervals, distributions and mappings, or their YAML text.

    Examples
    --------
    >>> flows = {"sales": [100.0, 110.0], "discount_rate": 0.1, "timing": "end"}
    >>> found = method("lump_sum", royalty_rate=Interval(0.03, 0.05), **flows)
    >>> round(found.value, 4), found.uncertainty.bounds
    (7.2727, Interval(5.45455, 9.09091))
    """
    result = value_by_method(
        LocalFiles(), method_of(name), flags=inputs, unit=unit, task=uncertainty
    )
    return MethodValue(
        result=result,
        _document=lambda language: method_report(result, language),
        _view=lambda language: method_view(result, language),
    )


def right(name: str, **terms: object) -> RightValue:
    """Value a real option.

    Parameters
    ----------
    name
        `defer`, `expand`, `contract`, `abandon`, `switch`, `exchange`, `staged`, `perpetual`,
        `jump`, `barrier`, `parisian`, `project`, `binomial`, `grid` or `simulated`.
    terms
        The inputs of the method `option_<name>`; choices by their text.

    Examples
    --------
    >>> found = right("perpetual", value=1, cost=1, rate=0.04, yield_rate=0.04, volatility=0.2)
    >>> round(found.value, 6), round(found.details["trigger"], 6)
    (0.25, 2.0)
    """
    valuation = price_right(name, terms)
    return RightValue(
        result=valuation,
        _document=lambda language: option_report(valuation, language),
        _view=lambda language: option_view(valuation, language),
    )


def ahp(
    judgements: Path | str | Sequence[Sequence[float | None]] | Sequence[float | None],
    names: Sequence[str] | None = None,
    *,
    method: str = "eigenvector",
) -> Shown[Priorities]:
    """Turn pairwise judgements into weights.

    Parameters
    ----------
    judgements
        Path of a CSV matrix, a whole matrix, or its upper triangle row by row; None where nobody
        judged.
    names
        The things compared; needed unless a file gives them.
    method
        `eigenvector`, `geometric` or `column`.

    Examples
    --------
    >>> found = ahp([2, 3, 2], ["market", "technology", "law"], method="column")
    >>> {name: round(weight, 4) for name, weight in found.weights.items()}
    {'market': 0.539, 'technology': 0.2973, 'law': 0.1638}
    """
    matrix = _matrix(judgements, names)
    found = priorities(matrix, WeightsMethod(method))
    return Shown(
        result=found,
        _document=lambda language: priorities_report(found, language),
        _view=lambda language: priorities_view(found, language),
    )


def _matrix(judgements: Any, names: Sequence[str] | None) -> PairwiseMatrix:  # noqa: ANN401
    if isinstance(judgements, (str, Path)):
        return LocalFiles().matrix(Path(judgements))
    rows = list(judgements)
    if rows and isinstance(rows[0], Sequence):
        return PairwiseMatrix.of(names or [str(i + 1) for i in range(len(rows))], rows)
    size = round((1 + (1 + 8 * len(rows)) ** 0.5) / 2)
    return PairwiseMatrix.from_upper_triangle(names or [str(i + 1) for i in range(size)], rows)


def set_valued(
    answers: Path | str | Mapping[str, Mapping[str, tuple[float, float]]],
    *,
    scale: tuple[float, float] = (0.0, 1.0),
    form: str = "paper",
    threshold: float | None = None,
) -> Shown[Survey]:
    """Turn experts' intervals into a mean, a dispersion and a confidence for each indicator.

    Parameters
    ----------
    answers
        Path of a CSV table, or by indicator and expert a pair (low, high).
    scale
        Ends of the scale of the answers; mapped to [0, 1] first.
    form
        `paper` or `width_normalised`: which form is held against the threshold.
    threshold
        Confidence below which experts are asked to revise.

    Examples
    --------
    >>> said = {"P11": {"E1": (0.8, 0.9), "E2": (0.85, 0.95), "E3": (0.82, 0.92)}}
    >>> round(set_valued(said).panels["P11"].statistic.mean, 4)
    0.8733
    """
    ends = Interval(*scale) if scale != (0.0, 1.0) else UNIT_SCALE
    polarities: dict[str, int] = {}
    if isinstance(answers, (str, Path)):
        given, polarities = LocalFiles().answers(Path(answers), ends)
    else:
        given = tuple(
            PanelAnswer(indicator=name, expert=expert, answer=Interval(*pair))
            for name, panel in answers.items()
            for expert, pair in panel.items()
        )
    found = survey(
        given, scale=ends, polarities=polarities, form=SetValuedForm(form), threshold=threshold
    )
    return Shown(
        result=found,
        _document=lambda language: survey_report(found, "set-valued", language),
        _view=lambda language: survey_view(found, language),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationValue(Shown[Evaluation]):
    """Assets scored over time."""

    def convert(self, language: Language | str = Language.ENGLISH) -> dict[str, Any]:
        """Return what the rules of the evaluation make of the scores, as plain data."""
        return evaluation_view(self.result, Language(language), Focus.CONVERSION)

    def trend(self, language: Language | str = Language.ENGLISH) -> dict[str, Any]:
        """Return what changed between evaluations, as plain data."""
        return evaluation_view(self.result, Language(language), Focus.TREND)


def evaluate(evaluation: Path | str, *, on: date | None = None) -> EvaluationValue:
    """Score assets over time on an indicator system.

    Parameters
    ----------
    evaluation
        Path of a YAML file; `ipfinance new evaluation` writes one.
    on
        As known on this date; later entries do not count.

    Examples
    --------
    >>> found = evaluate(starter("evaluation"))
    >>> found.last("B").unknown
    ('P21', 'P23')
    >>> found.trends["A"].changes[0].direction.value
    'rose'
    """
    result = evaluate_file(LocalFiles(), Path(evaluation), on=on)
    return EvaluationValue(
        result=result,
        _document=lambda language: evaluation_report(result, language),
        _view=lambda language: evaluation_view(result, language),
    )


def starter(name: str) -> Path:
    """Find a packaged starter file, such as `evaluation`, `panel-scores`, `cohort` or `risks`."""
    files = {entry.name.rpartition(".")[0]: entry for entry in packaged("starters").iterdir()}
    if name not in files:
        names = ", ".join(sorted(files))
        allowed = Text(f"expected one of {names}", f"应为 {names} 之一")
        raise InputError([Problem(field="name", found=name, allowed=allowed)])
    return Path(str(files[name]))


def reliability(scores: Path | str | Mapping[str, Mapping[str, float]]) -> Shown[PanelReliability]:
    """Say how far a panel's scores can be relied on.

    Parameters
    ----------
    scores
        Path of a CSV table, or by expert and indicator a score.

    Examples
    --------
    >>> found = reliability(starter("panel-scores"))
    >>> round(found.experts.alpha, 4), round(found.concordance.w, 4)
    (0.9413, 0.8367)
    """
    found = panel_reliability(_score_table(scores))
    return Shown(
        result=found,
        _document=lambda language: panel_reliability_report(found, "reliability", language),
        _view=lambda language: panel_reliability_view(found, language),
    )


def objective_weights(
    scores: Path | str | Mapping[str, Mapping[str, float]],
    judged: Mapping[str, float] | None = None,
    *,
    share: float = 0.5,
) -> Shown[TableWeights]:
    """Weigh the items of a table by entropy, CRITIC and variation, beside judged weights.

    Parameters
    ----------
    scores
        Path of a CSV table, or by row and item a score; high is good.
    judged
        Weights of the same items, such as those of `ahp`.
    share
        Part of the judged weights in the linear union.

    Examples
    --------
    >>> found = objective_weights(starter("panel-scores"))
    >>> {name: round(weight, 4) for name, weight in found.objective["entropy"].items()}
    {'P11': 0.4847, 'P12': 0.1867, 'P13': 0.2311, 'P14': 0.0975}
    """
    table = _score_table(scores)
    if judged is not None and sorted(judged) != sorted(table.items):
        names = ", ".join(table.items)
        allowed = Text(f"expected a weight for each of {names}", f"应给出各项的权重：{names}")
        raise InputError([Problem(field="judged", found=", ".join(judged), allowed=allowed)])
    found = table_weights(table, judged, share=share)
    return Shown(
        result=found,
        _document=lambda language: table_weights_report(found, "weights", language),
        _view=lambda language: table_weights_view(found, language),
    )


def _score_table(scores: Path | str | Mapping[str, Mapping[str, float]]) -> ScoreTable:
    if isinstance(scores, (str, Path)):
        return LocalFiles().score_table(Path(scores))
    items = tuple(dict.fromkeys(item for row in scores.values() for item in row))
    missing = [
        Problem(field=f"scores.{rater}.{item}", allowed=_UNKNOWN_SCORE)
        for rater, row in scores.items()
        for item in items
        if item not in row
    ]
    fewest = 2
    if len(scores) < fewest or len(items) < fewest:
        missing.append(Problem(field="scores", found=f"{len(scores)} × {len(items)}",
                               allowed=_TWO_BY_TWO))  # fmt: skip
    if missing:
        raise InputError(missing)
    rows = tuple(tuple(float(row[item]) for item in items) for row in scores.values())
    return ScoreTable(raters=tuple(scores), items=items, values=rows)


_UNKNOWN_SCORE = Text(
    "unknown is not zero: expected a number, or leave the row or the column out",
    "未知不等于零：应为数字，否则请删去该行或该列",
)
_TWO_BY_TWO = Text("expected at least two rows and two columns", "至少应有两行两列")


def example_deal(name: str) -> Path:
    """Find the file of a packaged deal.

    >>> example_deal("nanshan-2020").name
    'nanshan-2020.yaml'
    """
    if name not in DEALS:
        known = ", ".join(DEALS)
        allowed = Text(f"expected one of: {known}", f"应为以下之一：{known}")
        raise InputError([Problem(field="name", found=name, allowed=allowed)])
    return Path(str(packaged("deals") / f"{name}.yaml"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DealResult(Shown[DealRun]):
    """A run of a deal: every class, every line, every period, in whole minor units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DealRisk(Shown[Simulation]):
    """The simulated risk of every class of a deal."""


def run_deal(deal: Path | str, *, scenario: str | None = None) -> DealResult:
    """Run a deal file in one of its scenarios.

    Parameters
    ----------
    deal
        Path of a YAML file; `ipfinance new deal` writes one.
    scenario
        Name of a stress in the file; the base scenario without it.

    Raises
    ------
    InputError
        With every fault of the file and its line.
    """
    found = run_deal_file(LocalFiles(), Path(deal), scenario)
    return DealResult(
        result=found,
        _document=lambda language: deal_report(found, language),
        _view=lambda language: deal_run_view(found, language),
    )


def simulate_deal(
    deal: Path | str, *, scenarios: int = 10_000, seed: int = 1, workers: int = 1
) -> DealRisk:
    """Simulate the losses of every class of a deal file.

    Parameters
    ----------
    seed
        The same seed gives the same figures on any number of workers.
    """
    found = with_lines(
        LocalFiles(),
        Path(deal),
        lambda terms: simulate(terms, scenarios=scenarios, seed=seed, workers=workers),
    )
    return DealRisk(
        result=found,
        _document=lambda language: simulation_report(found, language),
        _view=lambda language: simulation_view(found, language),
    )


def event_study(
    *,
    events: Path | str,
    returns: Path | str,
    market: Path | str = "",
    estimation: tuple[int, int],
    window: tuple[int, int],
    model: str = "market",
    currency: str = "",
    **files: Any,  # noqa: ANN401
) -> Shown[EventStudy]:
    """Measure abnormal returns around events, test them and turn them into money.

    Parameters
    ----------
    events, returns, market
        Files as for the command line; the market may be a column of the returns.
    estimation, window
        First and last trading day relative to the event, both included.
    model
        `market`, `market-adjusted`, `constant-mean`, `factors` or `peers`.
    currency
        Of the market capitalisations.
    **files
        Further fields of `ipfinance.app.EventStudyFiles`, such as `factors`, `caps`, `unit`.

    Examples
    --------
    >>> found = event_study(
    ...     events=starter("events"), returns=starter("returns"), market=starter("index"),
    ...     estimation=(-130, -11), window=(0, 0))
    >>> found.n, round(found.whole.mean, 4), round(found.whole.tests["kp_bmp"].p_value, 3)
    (8, 0.012, 0.02)
    """
    terms = EventTerms(model=EventModel(model), estimation=estimation, window=window)
    wanted = EventStudyFiles(
        events=Path(events), returns=Path(returns), market=str(market), **files
    )
    found = event_study_files(LocalTables(), wanted, terms)
    return Shown(
        result=found,
        _document=lambda language: event_study_report(found, language, currency),
        _view=lambda language: event_study_view(found, language),
    )


def grant_values(
    *,
    returns: Path | str,
    grants: Path | str,
    market: Path | str,
    output: Path | str | None = None,
    unit: str = "",
    **terms: Any,  # noqa: ANN401
) -> Shown[GrantValuation]:
    """Value granted patents by the stock market's answer to their grant.

    Parameters
    ----------
    returns, grants, market
        Files of any size, Parquet or CSV; the market may be a column of the returns.
    output
        Where every patent is written, .parquet or .csv.
    unit
        Name of the unit of values.
    **terms
        Fields of `ipfinance.evidence.GrantTerms`, such as `gamma`, `by_group`, `interval`.

    Examples
    --------
    >>> found = grant_values(
    ...     returns=starter("daily-returns"), grants=starter("grants"), market="market_return")
    >>> found.counts.patents, found.counts.valued, found.gammas[0].gamma > 0
    (209, 84, True)
    """
    chosen = {"grant_probability": packaged_number("grant_probability"), **terms}
    sources = GrantSources(returns=Path(returns), grants=Path(grants), market=str(market))
    target = None if output is None else Path(output)
    with local_grants(sources) as tables:
        found = value_grants(tables, GrantTerms(**chosen), output=target)
    return Shown(
        result=found,
        _document=lambda language: grant_report(found, language, unit),
        _view=lambda language: grant_view(found, language),
    )


def regress(
    table: Path | str,
    formula: str,
    *,
    cluster: Sequence[str] = (),
    family: str = "gaussian",
    conventions: str = "textbook",
) -> Shown[Estimated]:
    """Regress with effects absorbed and clustered errors.

    Parameters
    ----------
    table
        Path of a CSV, Parquet or XLSX file.
    formula
        `y ~ x1 + log(x2) + C(type) | firm + year`.
    cluster
        Columns within which errors are correlated.
    family
        `gaussian` or `poisson`.
    conventions
        `textbook`, `stata` or `fixest`.
    """
    request = RegressionRequest(
        formula=parse_formula(formula, where="formula"),
        clusters=tuple(cluster),
        family=Family(family),
        convention=Convention(conventions),
    )
    found = regress_file(LocalTables(), Path(table), [request])
    return Shown(
        result=found[0],
        _document=lambda language: regression_report(found, language),
        _view=lambda language: regressions_view(found, language),
    )


def patent_values(
    panel: Path | str,
    patents: Sequence[str],
    *,
    controls: str = "",
    effects: str = "",
    protection: str | None = None,
    form: str = "count",
    draws: int = 999,
) -> Shown[PatentValues]:
    """Value patents by what the market pays for the firms that hold them.

    Parameters
    ----------
    panel
        Path of a panel that `ipfinance evidence tobin-q` wrote.
    patents
        Columns of patents by type.
    controls, effects
        Terms of a formula, and effects to absorb.
    protection
        Column of an index of protection.
    form
        How patents stand in the regression: `count`, `ratio`, `log1p`, `log` or `asinh`.
    draws
        Of the bootstrap over firms.
    """
    request = PatentValueRequest(
        patents=tuple(patents),
        controls=controls,
        effects=effects,
        protection=protection,
        form=RegressorForm(form),
        draws=draws,
    )
    found = patent_value_file(LocalTables(), Path(panel), [request])
    return Shown(
        result=found[0],
        _document=lambda language: patent_value_report(found, language),
        _view=lambda language: patent_value_view(found, language),
    )


def assess_pledge(pledge: Path | str) -> Shown[PledgeAssessment]:
    """Decide on a loan against a valued right.

    Parameters
    ----------
    pledge
        Path of a YAML file that names a valuation case; `ipfinance new pledge` writes one.
    """
    found = assess_pledge_file(LocalFiles(), LocalCreditFiles(), Path(pledge))
    return Shown(
        result=found,
        _document=lambda language: pledge_report(found, language),
        _view=lambda language: pledge_view(found, language),
    )


def fund_solvency(fund: Path | str) -> Shown[FundSolvency]:
    """Say what a compensation fund can stand behind.

    Parameters
    ----------
    fund
        Path of a YAML file; `ipfinance new fund` writes one.

    Examples
    --------
    >>> fund_solvency(starter("fund")).bearable
    3333
    """
    found = fund_file(LocalCreditFiles(), Path(fund))
    return Shown(
        result=found,
        _document=lambda language: fund_report(found, language),
        _view=lambda language: fund_view(found, language),
    )


def run_book(book: Path | str) -> Shown[BookResult]:
    """Run a book of pledge loans through correlated scenarios.

    Parameters
    ----------
    book
        Path of a YAML file that names a table of loans; `ipfinance new book` writes both.
    """
    found = book_file(LocalCreditFiles(), Path(book))
    return Shown(
        result=found,
        _document=lambda language: book_report(found, language),
        _view=lambda language: book_view(found, language),
    )


def watch_loans(loans: Path | str, *, on: date | None = None) -> Shown[WatchResult]:
    """Say where loans stand and what must be done.

    Parameters
    ----------
    loans
        Path of a YAML file that names its tables; `ipfinance new watch` writes all of them.
    on
        As of this date; the file's own when left out.

    Examples
    --------
    >>> watch_loans(starter("watch")).called
    185000000
    """
    found = watch_file(LocalCreditFiles(), Path(loans), dated_on=on)
    return Shown(
        result=found,
        _document=lambda language: watch_report(found, language),
        _view=lambda language: watch_view(found, language),
    )
