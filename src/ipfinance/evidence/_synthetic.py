"""A made market with known truth: firms, patents, protection, daily returns around grants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ipfinance.basics import InputError, Problem, Text
from ipfinance.market import Table, TextColumn
from ipfinance.numerics import FloatArray, IntArray

PATENT_TYPES = ("invention", "utility", "design")
FIRST_YEAR = 2008
MOST_FIRMS, MOST_YEARS = 200_000, 60
CALIBRATION_ROUNDS = 500
CALIBRATED = 1e-15
TRADING_DAYS = 500
PCT_SHARE, CORE_SHARE = 0.15, 0.1
_CONTROLS = {"leverage": -0.4, "turnover": 0.1, "fixed_ratio": -0.2}


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketDesign:
    """What a made market looks like.

    Attributes
    ----------
    firms, years, regions, industries
        How many there are.
    money
        True mean value of one more patent by type, in the unit of the panel's money.
    protection
        By type: by what part the value of a patent changes when the index rises by one.
    protection_effect
        Effect of the index itself on ln q.
    noise
        Standard deviation of what is left in ln q; 0 makes every estimate exact.
    persistence
        Correlation of that with last year's.
    listed
        Firms with daily returns.
    event_return
        True abnormal return on the day of an event.
    """

    firms: int = 300
    years: int = 8
    regions: int = 31
    industries: int = 12
    money: Mapping[str, float] = field(
        default_factory=lambda: {"invention": 2378.0, "utility": 273.0, "design": 816.0}
    )
    protection: Mapping[str, float] = field(
        default_factory=lambda: {"invention": 0.3, "utility": 0.1, "design": 0.1}
    )
    protection_effect: float = 0.05
    noise: float = 0.05
    persistence: float = 0.5
    patents: int = 2000
    patent_noise: float = 0.6
    listed: int = 40
    event_return: float = 0.01
    seed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MadeMarket:
    """The tables of a made market, and what is true in it.

    Attributes
    ----------
    panel
        One row a firm and year, as a vendor would send it.
    patents
        One row a patent, with its value and characteristics.
    returns, events
        Daily returns, one column a firm and one for the market; the days of events.
    truth
        Coefficients and values that estimates should find.
    """

    design: MarketDesign
    panel: Table
    patents: Table
    returns: Table
    events: Table
    truth: Mapping[str, object]


def make_market(design: MarketDesign) -> MadeMarket:
    """Make a market.

    Raises
    ------
    InputError
        For a design without firms, years or types of patents.
    """
    _check(design)
    streams = np.random.SeedSequence(design.seed).spawn(3)
    first, second, third = (np.random.Generator(np.random.PCG64(each)) for each in streams)
    panel, truth = make_panel(design, first)
    patents, hedonic = _patents(design, second)
    returns, events = _returns(design, third)
    return MadeMarket(
        design=design,
        panel=panel,
        patents=patents,
        returns=returns,
        events=events,
        truth={**truth, "hedonic": hedonic, "event_return": design.event_return},
    )


def _check(design: MarketDesign) -> None:
    limits = {
        "firms": (2, MOST_FIRMS),
        "years": (2, MOST_YEARS),
        "regions": (1, 1000),
        "industries": (1, 1000),
        "patents": (20, 5_000_000),
        "listed": (1, 2000),
    }
    problems = []
    for name, (low, high) in limits.items():
        found = getattr(design, name)
        if not low <= found <= high:
            allowed = Text(f"expected {low:,} to {high:,}", f"应为 {low:,} 至 {high:,}")
            problems.append(Problem(field=f"--{name}", found=found, allowed=allowed))
    for name, value in (("noise", design.noise), ("patent-noise", design.patent_noise)):
        if not 0 <= value < 10:  # noqa: PLR2004
            allowed = Text("expected 0 to 10", "应为 0 至 10")
            problems.append(Problem(field=f"--{name}", found=value, allowed=allowed))
    if set(design.money) != set(PATENT_TYPES) or set(design.protection) != set(PATENT_TYPES):
        problems.append(Problem(field="money", found=", ".join(design.money), allowed=_TYPES))
    if problems:
        raise InputError(problems)


def make_panel(design: MarketDesign, rng: np.random.Generator) -> tuple[Table, dict[str, object]]:
    """Make the panel of firms and years, and say what is true in it.

    ln q holds effects of firm and year, patents times (b + t index), the index, controls and noise;
    b is solved so that a patent's mean value over the rows is exactly the one wanted.
    """
    firms, years = design.firms, design.years
    firm = np.repeat(np.arange(firms), years)
    year = np.tile(np.arange(years), firms)
    region = rng.integers(0, design.regions, firms)
    size = rng.normal(0.0, 1.1, firms)
    assets = np.exp(12.5 + size[firm] + 0.06 * year + rng.normal(0, 0.05, len(firm)))
    index = _protection(design, rng)[region[firm], year]
    index = index - index.mean()
    controls = {
        "leverage": rng.uniform(0.05, 0.25, len(firm)),
        "turnover": rng.lognormal(-0.5, 0.3, len(firm)),
        "fixed_ratio": rng.uniform(0.1, 0.5, len(firm)),
    }
    patents = _counts(rng, firm, size)
    base = 0.7 + rng.normal(0, 0.35, firms)[firm] + 0.04 * year * (-1.0) ** year
    base = base + design.protection_effect * index
    for name, effect in _CONTROLS.items():
        base = base + effect * controls[name]
    base = base + _noise(design, rng)
    effects = _calibrated(design, base, assets, patents, index)
    ln_q = base + _patent_part(design, effects, patents, index)
    value = np.exp(ln_q) * assets
    columns = {
        "firm": TextColumn.of([f"F{code:06d}" for code in firm]),
        "year": (FIRST_YEAR + year).astype(np.float64),
        "industry": TextColumn.of(
            [f"I{code:02d}" for code in rng.integers(0, design.industries, firms)[firm]]
        ),
        "region": TextColumn.of([f"P{code:02d}" for code in region[firm]]),
        "market_cap": value - controls["leverage"] * assets,
        "debt": controls["leverage"] * assets,
        "assets": assets,
        "sales": controls["turnover"] * assets,
        "fixed_assets": controls["fixed_ratio"] * assets,
        "rd": assets * rng.lognormal(-4.0, 0.4, len(firm)),
        **{name: count.astype(np.float64) for name, count in patents.items()},
        "cites": rng.poisson(3.0 * sum(patents.values())).astype(np.float64),
        "protection": index,
    }
    truth: dict[str, object] = {
        "coefficients": dict(effects),
        "interactions": {name: design.protection[name] * b for name, b in effects.items()},
        "protection": design.protection_effect,
        "controls": dict(_CONTROLS),
        "money_per_patent": dict(design.money),
        "protection_value_per_patent": {
            name: float((design.protection[name] * b * value).mean()) for name, b in effects.items()
        },
        "mean_market_value": float(value.mean()),
    }
    return Table.of(columns), truth


def _protection(design: MarketDesign, rng: np.random.Generator) -> FloatArray:
    level = rng.normal(0.0, 0.8, design.regions)
    drift = rng.normal(0.0, 0.1, (design.regions, design.years)).cumsum(axis=1)
    found: FloatArray = level[:, None] + drift
    return found


def _counts(rng: np.random.Generator, firm: IntArray, size: FloatArray) -> dict[str, IntArray]:
    skill = rng.normal(0.0, 0.6, len(size))
    means = {"invention": 6.0, "utility": 9.0, "design": 4.0}
    lively = np.exp(0.4 * size + skill)[firm]
    return {name: rng.poisson(mean * lively) for name, mean in means.items()}


def _noise(design: MarketDesign, rng: np.random.Generator) -> FloatArray:
    drawn = rng.normal(0.0, 1.0, (design.firms, design.years))
    out = np.empty_like(drawn)
    out[:, 0] = drawn[:, 0]
    rest = np.sqrt(1.0 - design.persistence**2)
    for place in range(1, design.years):
        out[:, place] = design.persistence * out[:, place - 1] + rest * drawn[:, place]
    return design.noise * out.ravel()


def _patent_part(
    design: MarketDesign,
    effects: Mapping[str, float],
    patents: Mapping[str, IntArray],
    index: FloatArray,
) -> FloatArray:
    part = np.zeros(len(index))
    for name, effect in effects.items():
        part += effect * (1.0 + design.protection[name] * index) * patents[name]
    return part


def _calibrated(
    design: MarketDesign,
    base: FloatArray,
    assets: FloatArray,
    patents: Mapping[str, IntArray],
    index: FloatArray,
) -> dict[str, float]:
    """Return the coefficients with which a patent's mean value is the one wanted."""
    effects = dict.fromkeys(PATENT_TYPES, 0.0)
    for _ in range(CALIBRATION_ROUNDS):
        value = np.exp(base + _patent_part(design, effects, patents, index)) * assets
        found = {
            name: design.money[name]
            / float(((1.0 + design.protection[name] * index) * value).mean())
            for name in PATENT_TYPES
        }
        change = max(abs(found[n] - effects[n]) / abs(found[n]) for n in PATENT_TYPES)
        effects = found
        if change <= CALIBRATED:
            break
    return effects


_HEDONIC = {
    "constant": 4.0,
    "type[invention]": 2.1,
    "type[utility]": -0.6,
    "pct": 0.4,
    "core": 0.7,
    "ln_family": 0.3,
    "remaining_life": 0.04,
}


def _patents(design: MarketDesign, rng: np.random.Generator) -> tuple[Table, dict[str, float]]:
    count = design.patents
    kind = rng.choice(3, count, p=[0.35, 0.45, 0.2])
    names = np.array(PATENT_TYPES)[kind]
    pct = (rng.uniform(size=count) < PCT_SHARE) & (kind == 0)
    core = rng.uniform(size=count) < CORE_SHARE
    family = 1.0 + rng.poisson(2.0, count)
    life = np.where(kind == 0, rng.uniform(4, 16, count), rng.uniform(1, 8, count)).round(1)
    ln_value = (
        _HEDONIC["constant"]
        + np.where(kind == 0, _HEDONIC["type[invention]"], 0.0)
        + np.where(kind == 1, _HEDONIC["type[utility]"], 0.0)
        + _HEDONIC["pct"] * pct
        + _HEDONIC["core"] * core
        + _HEDONIC["ln_family"] * np.log(family)
        + _HEDONIC["remaining_life"] * life
        + rng.normal(0.0, design.patent_noise, count)
    )
    days = rng.integers(0, 365 * design.years, count)
    columns = {
        "patent": TextColumn.of([f"CN{code:09d}" for code in range(count)]),
        "type": TextColumn.of(names.tolist()),
        "industry": TextColumn.of(
            [f"I{code:02d}" for code in rng.integers(0, design.industries, count)]
        ),
        "pct": pct.astype(np.float64),
        "core": core.astype(np.float64),
        "family": family,
        "remaining_life": life,
        "grant_date": np.datetime64(f"{FIRST_YEAR}-01-01") + days,
        "value": np.exp(ln_value),
    }
    return Table.of(columns), dict(_HEDONIC)


def _returns(design: MarketDesign, rng: np.random.Generator) -> tuple[Table, Table]:
    """Return daily returns with a market factor, and one event a firm after 300 days of trading."""
    days = np.arange("2014-01-01", "2016-12-31", dtype="datetime64[D]")
    days = days[np.is_busday(days)][:TRADING_DAYS]
    market = rng.normal(0.0003, 0.012, len(days))
    columns: dict[str, TextColumn | FloatArray] = {}
    events: list[tuple[str, np.datetime64]] = []
    for place in range(design.listed):
        beta = rng.uniform(0.6, 1.4)
        own = rng.normal(0.0, rng.uniform(0.01, 0.025), len(days))
        day = int(rng.integers(300, len(days) - 20))
        own[day] += design.event_return
        name = f"F{place:06d}"
        columns[name] = 0.0001 + beta * market + own
        events.append((name, days[day]))
    returns = Table.of({"date": days, **columns, "market": market})
    happened = Table.of(
        {
            "security": TextColumn.of([name for name, _ in events]),
            "date": np.array([day for _, day in events]),
        }
    )
    return returns, happened


_TYPES = Text("expected invention, utility and design", "应为 invention、utility 与 design 三类")
