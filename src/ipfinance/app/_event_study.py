"""Event studies from files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ipfinance.app._ports import TableFiles
from ipfinance.basics import InputError, Problem, Text
from ipfinance.evidence import (
    EVENT_COLUMNS,
    NEWS_COLUMNS,
    Benchmark,
    EventList,
    EventModel,
    EventStudy,
    EventTerms,
    OtherNews,
    event_study,
    matched_peers,
    named_peers,
)
from ipfinance.market import AfterGap, ColumnKind, ReturnPanel, ReturnsKind, ReturnUnit, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class EventStudyFiles:
    """Which files an event study reads, and how.

    Attributes
    ----------
    returns, prices
        A table with the date first and a column a security; exactly one of the two.
    market
        A file, or a column of the returns; "" for none.
    market_column
        Which column of the market's file, where there are several.
    factors, risk_free
        A file of factors, and the column of it that is subtracted from returns.
    unit, kind, after_gap
        How the numbers of returns are meant.
    peers, characteristics, k
        Peers by name, or a table to match `k` peers on.
    caps, news
        Market capitalisations by day; other news of the securities.
    """

    events: Path
    returns: Path | None = None
    prices: Path | None = None
    market: str = ""
    market_column: str = ""
    factors: Path | None = None
    risk_free: str = ""
    unit: ReturnUnit = ReturnUnit.DECIMAL
    kind: ReturnsKind = ReturnsKind.SIMPLE
    after_gap: AfterGap = AfterGap.DROP
    peers: Path | None = None
    characteristics: Path | None = None
    k: int = 5
    caps: Path | None = None
    news: Path | None = None


def event_study_files(tables: TableFiles, files: EventStudyFiles, terms: EventTerms) -> EventStudy:
    """Read the files of an event study and do it."""
    if (files.returns is None) == (files.prices is None):
        raise InputError([Problem(field="returns", found=None, allowed=_ONE_OF_TWO)])
    returns = _panel(tables, files, files.returns or files.prices or Path())
    benchmark, returns = _benchmark(tables, files, returns, terms.model)
    events = EventList.of(
        tables.table(files.events, {**EVENT_COLUMNS, **_extras(tables, files.events)}, others=None)
    )
    caps = news = None
    if files.caps is not None:
        caps = ReturnPanel.levels(_wide(tables, files.caps))
    if files.news is not None:
        news = OtherNews.of(tables.table(files.news, NEWS_COLUMNS, others=None))
    try:
        return event_study(returns, benchmark, events, terms, caps=caps, news=news)
    except InputError as error:
        name = files.events.name
        raise InputError(
            problem if problem.line is None else problem.at(file=name, line=problem.line)
            for problem in error.problems
        ) from error


def _extras(tables: TableFiles, path: Path) -> Mapping[str, ColumnKind]:
    """Return the columns of events that may be there and what they hold."""
    names = tables.names(path)
    return {name: ColumnKind.NUMBER for name in ("market_cap", "patents") if name in names}


def _wide(tables: TableFiles, path: Path) -> Table:
    return tables.table(path, first=ColumnKind.DATE, others=ColumnKind.NUMBER)


def _panel(tables: TableFiles, files: EventStudyFiles, path: Path) -> ReturnPanel:
    table = _wide(tables, path)
    if files.returns is None:
        return ReturnPanel.from_prices(table, kind=files.kind, after_gap=files.after_gap)
    return ReturnPanel.of(table, unit=files.unit, kind=files.kind)


def _benchmark(
    tables: TableFiles, files: EventStudyFiles, returns: ReturnPanel, model: EventModel
) -> tuple[Benchmark, ReturnPanel]:
    """Return the benchmark, and the returns without a column that serves as the market."""
    if model is EventModel.PEERS:
        return Benchmark(peers=_peers(tables, files)), returns
    if model is EventModel.CONSTANT_MEAN:
        return Benchmark(), _without(returns, files.market)
    if model is EventModel.FACTORS:
        if files.factors is None:
            raise InputError([Problem(field="factors", found=None, allowed=_FACTORS)])
        factors = ReturnPanel.of(_wide(tables, files.factors), unit=files.unit, kind=files.kind)
        return Benchmark(factors=factors, risk_free=_known(files, factors)), returns
    if not files.market:
        raise InputError([Problem(field="market", found=None, allowed=_MARKET)])
    if files.market in returns.securities:
        place = returns.securities.index(files.market)
        return Benchmark(factors=returns.taken([place])), _without(returns, files.market)
    path = Path(files.market)
    if not path.exists() and not path.suffix:
        raise InputError([Problem(field="market", found=files.market, allowed=_NO_MARKET)])
    market = _panel(tables, files, path)
    if files.market_column:
        if files.market_column not in market.securities:
            allowed = _one_of(market.securities)
            raise InputError(
                [Problem(field="market_column", found=files.market_column, allowed=allowed)]
            )
        market = market.taken([market.securities.index(files.market_column)])
    return Benchmark(factors=market), returns


def _known(files: EventStudyFiles, factors: ReturnPanel) -> str:
    if files.risk_free and files.risk_free not in factors.securities:
        raise InputError(
            [Problem(field="risk_free", found=files.risk_free, allowed=_one_of(factors.securities))]
        )
    return files.risk_free


def _one_of(names: tuple[str, ...]) -> Text:
    shown = ", ".join(names[:40])
    return Text(f"expected one of: {shown}", f"应为以下之一：{shown}")


def _without(returns: ReturnPanel, name: str) -> ReturnPanel:
    if name not in returns.securities:
        return returns
    return returns.taken([i for i, each in enumerate(returns.securities) if each != name])


def _peers(tables: TableFiles, files: EventStudyFiles) -> dict[str, tuple[str, ...]]:
    if files.peers is not None:
        wanted = {"security": ColumnKind.TEXT, "peer": ColumnKind.TEXT}
        return named_peers(tables.table(files.peers, wanted, others=None))
    if files.characteristics is not None:
        table = tables.table(files.characteristics, {"security": ColumnKind.TEXT})
        return matched_peers(table, files.k)
    raise InputError([Problem(field="peers", found=None, allowed=_PEERS)])


_ONE_OF_TWO = Text(
    "expected either a file of returns or a file of prices", "应给出收益率文件或价格文件之一"
)
_MARKET = Text(
    "expected a file, or a column of the returns, with the returns of a market",
    "应为市场收益率文件，或收益率表中的列名",
)
_NO_MARKET = Text(
    "there is neither such a file nor such a column of the returns",
    "既无该文件，收益率表中也无该列",
)
_FACTORS = Text("expected a file with the returns of factors", "应给出因子收益率文件")
_PEERS = Text(
    "expected a file of peers, or a file of characteristics to match on",
    "应给出可比公司文件，或用于匹配的特征文件",
)
