"""How the values of granted patents are estimated, and what was estimated for it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from ipfinance.basics import InputError, Problem, Text, number_problem
from ipfinance.parameters import parameter

MOST_GROUPS = 3
LARGEST_GAMMA = 20.0


class Signal(StrEnum):
    """Law of the signal, and of the noise around it."""

    HALF_NORMAL = "half-normal"
    EXPONENTIAL = "exponential"
    CAUCHY = "cauchy"


SIGNAL_NAMES = {
    Signal.HALF_NORMAL: Text("half-normal signal, normal noise", "半正态信号，正态噪声"),
    Signal.EXPONENTIAL: Text("exponential signal, normal noise", "指数信号，正态噪声"),
    Signal.CAUCHY: Text("half-Cauchy signal, Cauchy noise", "半柯西信号，柯西噪声"),
}


class Lookback(StrEnum):
    """Over which days the variance of the noise is taken."""

    CALENDAR_YEAR = "calendar-year"
    TRAILING = "trailing"


class Noise(StrEnum):
    """Whether the variance is freed of the signal of grant days in it."""

    PLAIN = "plain"
    REFINED = "refined"


class GammaEffects(StrEnum):
    """What is taken out beside firm-years when gamma is estimated."""

    WEEKDAY = "weekday"
    DATE = "date"


class GammaErrors(StrEnum):
    """Within what the errors of gamma are correlated."""

    FIRM = "firm"
    YEAR = "year"


def packaged_number(name: str) -> float:
    """Return the newest value of a parameter of this estimator."""
    return float(parameter(f"standard.kpss.{name}").at(None).value)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantTerms:
    """How patents are valued from the market's answer to their grant.

    Attributes
    ----------
    grant_probability
        Chance of a grant before it is known.
    gamma
        Log of one plus the ratio of signal to noise variance; estimated when left out.
    gamma_source
        Where a given gamma comes from.
    by_group
        Whether each group of patents has a gamma of its own.
    signal, lookback, noise
        Law of the signal; days of the variance; whether it is freed of grant days.
    effects, errors
        Of the estimation of gamma.
    count_scaled
        Whether the signal of a day grows with the number of patents, ``1 - exp(-N gamma)``.
    window, trailing, fewest_days, oldest_cap
        Days of the market's answer; calendar days of a trailing variance; fewest returns behind a
        variance; how many trading days old a capitalisation may be. [day]
    interval
        Mass of the interval of each value; None for none.
    cap_unit, value_unit
        What a capitalisation of 1 means, and what a value of 1 means. [currency]
    """

    grant_probability: float
    gamma: float | None = None
    gamma_source: str = ""
    by_group: bool = False
    signal: Signal = Signal.HALF_NORMAL
    lookback: Lookback = Lookback.CALENDAR_YEAR
    noise: Noise = Noise.PLAIN
    effects: GammaEffects = GammaEffects.WEEKDAY
    errors: GammaErrors = GammaErrors.FIRM
    count_scaled: bool = False
    window: int = 3
    trailing: int = 364
    fewest_days: int = 1
    oldest_cap: int = 10
    interval: float | None = None
    cap_unit: float = 1.0
    value_unit: float = 1.0

    def __post_init__(self) -> None:
        found = [
            number_problem("pi", self.grant_probability, low=0.0, high=1.0, high_open=True),
            number_problem("window", self.window, low=1.0, high=250.0),
            number_problem("trailing", self.trailing, low=1.0, high=36500.0),
            number_problem("fewest_days", self.fewest_days, low=1.0),
            number_problem("oldest_cap", self.oldest_cap, low=1.0, high=2500.0),
            number_problem("cap_unit", self.cap_unit, low=0.0, low_open=True),
            number_problem("value_unit", self.value_unit, low=0.0, low_open=True),
        ]
        if self.gamma is not None:
            found.append(
                number_problem("gamma", self.gamma, low=0.0, low_open=True, high=LARGEST_GAMMA)
            )
        if self.interval is not None:
            found.append(
                number_problem(
                    "interval", self.interval, low=0.0, low_open=True, high=1.0, high_open=True
                )
            )
        problems = [each for each in found if each is not None]
        if self.by_group and self.gamma is not None:
            problems.append(Problem(field="gamma", found=self.gamma, allowed=_NOT_BOTH))
        if self.signal is not Signal.HALF_NORMAL and (self.by_group or self.interval is not None):
            problems.append(Problem(field="signal", found=str(self.signal), allowed=_HALF_NORMAL))
        if self.by_group and self.interval is not None:
            problems.append(Problem(field="interval", found=self.interval, allowed=_ONE_GAMMA))
        if self.by_group and self.noise is Noise.REFINED:
            problems.append(Problem(field="noise", found=str(self.noise), allowed=_ONE_GAMMA))
        if self.by_group and self.count_scaled:
            problems.append(Problem(field="count_scaled", found=None, allowed=_ONE_GAMMA))
        if problems:
            raise InputError(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class GammaFit:
    """Gamma of one group of patents.

    Attributes
    ----------
    group
        Name of the group; "" for all patents together.
    gamma, error
        Estimate and clustered standard error; the error is None where gamma was given.
    n_rows, n_clusters
        Of the estimation; 0 where gamma was given.
    """

    group: str
    gamma: float
    error: float | None
    n_rows: int = 0
    n_clusters: int = 0

    @property
    def share(self) -> float:
        """Share of the signal's scale in the whole, ``1 - exp(-gamma)``."""
        return -math.expm1(-self.gamma)

    @property
    def half_width(self) -> float:
        """Half of the 95 % interval, by the t law with clusters less one; NaN without an error."""
        from scipy.special import stdtrit

        if self.error is None or self.n_clusters < 2:  # noqa: PLR2004
            return math.nan
        return float(stdtrit(self.n_clusters - 1, 0.975)) * self.error


_NOT_BOTH = Text(
    "give one gamma, or ask for one by group, not both", "给定 γ 与按组估计 γ 只能取其一"
)
_HALF_NORMAL = Text(
    "groups and intervals need the half-normal signal", "分组与区间仅适用于半正态信号"
)
_ONE_GAMMA = Text("this needs one gamma for all patents", "该选项要求所有专利共用一个 γ")
