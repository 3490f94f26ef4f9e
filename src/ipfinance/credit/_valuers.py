"""How far appraisals stood from what came later: a back-test of valuers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ipfinance.basics import Finding, FindingKind, Severity, Text
from ipfinance.numerics import FloatArray

LEVEL = 0.05
FEWEST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraisal:
    """One appraisal and what came of it.

    Attributes
    ----------
    appraised, outcome
        Value then; price, or value by another valuer, later. [currency]
    low, high
        The interval that was given with the value; None where there was none. [currency]
    expected_move
        By which the market moved in between, from its own index; 1 where nobody measured. [1]
    """

    valuer: str
    appraised: float
    outcome: float
    low: float | None = None
    high: float | None = None
    expected_move: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuerRecord:
    """What a valuer's appraisals came to.

    Attributes
    ----------
    bias, low, high
        Mean of outcome over appraisal, geometric, less one, with 95% bounds; below zero where
        appraisals stood too high. [1]
    spread
        Standard deviation of the logarithms; None for one appraisal. [1]
    p_value, adjusted
        That a mean as far from zero comes by chance; the same after Holm's step-down over all
        valuers. None for one appraisal. [1]
    too_high, too_high_low, too_high_high
        Share of appraisals above the outcome, with exact 95% bounds. [1]
    hits, with_interval
        Outcomes inside the interval given; appraisals with an interval.
    """

    valuer: str
    count: int
    bias: float
    low: float | None
    high: float | None
    spread: float | None
    p_value: float | None
    adjusted: float | None
    too_high: float
    too_high_low: float
    too_high_high: float
    hits: int
    with_interval: int


BIASED = FindingKind(
    code="valuer_biased",
    severity=Severity.WARNING,
    text=Text(
        "{valuer}: outcomes stood {bias:+.1%} from appraisals on average over {count} cases, "
        "beyond chance (p {p:.3f} after Holm).",
        "{valuer}：{count} 例结果平均偏离评估值 {bias:+.1%}，超出偶然范围"
        "（Holm 校正后 p={p:.3f}）。",
    ),
)
FEW_OUTCOMES = FindingKind(
    code="valuer_few_outcomes",
    severity=Severity.NOTE,
    text=Text(
        "{valuer}: only {count} outcome(s); nothing can be said about a bias.",
        "{valuer}：仅 {count} 例结果，尚不能判断偏差。",
    ),
)
NARROW = FindingKind(
    code="valuer_interval_narrow",
    severity=Severity.WARNING,
    text=Text(
        "{valuer}: {hits} of {count} outcomes fell inside the interval given; intervals are too "
        "narrow to lend against.",
        "{valuer}：{count} 例中仅 {hits} 例落在所给区间内，区间过窄，不宜据此放贷。",
    ),
)
FEWEST_HITS = 0.5


def backtest(appraisals: Sequence[Appraisal]) -> tuple[ValuerRecord, ...]:
    """Return every valuer's record, by id.

    Notes
    -----
    The error of an appraisal is the logarithm of outcome over appraisal and expected move. The
    test is Student's; p-values are adjusted by Holm's step-down, because some valuer among many
    always looks worst. Clopper–Pearson bounds are exact.
    """
    names = sorted({each.valuer for each in appraisals})
    by_name = {name: [each for each in appraisals if each.valuer == name] for name in names}
    chances = {name: _p_value(_errors(cases)) for name, cases in by_name.items()}
    adjusted = _holm({name: p for name, p in chances.items() if p is not None})
    return tuple(
        _record(name, cases, chances[name], adjusted.get(name)) for name, cases in by_name.items()
    )


def _errors(cases: Sequence[Appraisal]) -> FloatArray:
    return np.array([math.log(c.outcome / (c.appraised * c.expected_move)) for c in cases])


def _p_value(errors: FloatArray) -> float | None:
    from scipy.special import stdtr

    count = len(errors)
    if count <= 1:
        return None
    spread = float(np.std(errors, ddof=1))
    if spread == 0:
        return 0.0 if float(np.mean(errors)) != 0 else 1.0
    score = abs(float(np.mean(errors))) / (spread / math.sqrt(count))
    return float(2 * stdtr(count - 1, -score))


def _holm(chances: dict[str, float]) -> dict[str, float]:
    found: dict[str, float] = {}
    running = 0.0
    for place, name in enumerate(sorted(chances, key=lambda name: (chances[name], name))):
        running = max(running, min(1.0, (len(chances) - place) * chances[name]))
        found[name] = running
    return found


def _record(
    name: str, cases: Sequence[Appraisal], p_value: float | None, adjusted: float | None
) -> ValuerRecord:
    from scipy.special import betaincinv, stdtrit

    errors, count = _errors(cases), len(cases)
    mean = float(np.mean(errors))
    spread = float(np.std(errors, ddof=1)) if count > 1 else None
    reach = None
    if spread is not None:
        reach = float(stdtrit(count - 1, 1 - LEVEL / 2)) * spread / math.sqrt(count)
    high_count = int(np.sum(errors < 0))
    given = [c for c in cases if c.low is not None and c.high is not None]
    hits = sum(1 for c in given if (c.low or 0.0) <= c.outcome <= (c.high or 0.0))
    below = 0.0
    above = 1.0
    if high_count:
        below = float(betaincinv(high_count, count - high_count + 1, LEVEL / 2))
    if high_count < count:
        above = float(betaincinv(high_count + 1, count - high_count, 1 - LEVEL / 2))
    return ValuerRecord(
        valuer=name,
        count=count,
        bias=math.expm1(mean),
        low=None if reach is None else math.expm1(mean - reach),
        high=None if reach is None else math.expm1(mean + reach),
        spread=spread,
        p_value=p_value,
        adjusted=adjusted,
        too_high=high_count / count,
        too_high_low=below,
        too_high_high=above,
        hits=hits,
        with_interval=len(given),
    )


def backtest_findings(records: Sequence[ValuerRecord]) -> list[Finding]:
    """Return what the back-test leaves to sign off."""
    found = []
    for record in records:
        if record.count < FEWEST:
            found.append(FEW_OUTCOMES.finding(valuer=record.valuer, count=record.count))
        elif record.adjusted is not None and record.adjusted < LEVEL:
            found.append(
                BIASED.finding(
                    valuer=record.valuer,
                    bias=record.bias,
                    count=record.count,
                    p=record.adjusted,
                )
            )
        if record.with_interval >= FEWEST and record.hits < FEWEST_HITS * record.with_interval:
            found.append(
                NARROW.finding(valuer=record.valuer, hits=record.hits, count=record.with_interval)
            )
    return found
