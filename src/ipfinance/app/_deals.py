"""What users ask of deals, one function each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol, TypeVar

from ipfinance.app._ports import CaseFiles
from ipfinance.app._use_cases import value_case_file
from ipfinance.basics import InputError, IpfinanceError, Problem, Text
from ipfinance.numerics import Compounding, DiscountCurve, flat_curve, zero_curve
from ipfinance.reports import FlatTable
from ipfinance.securitization import (
    Deal,
    DealRun,
    LineResult,
    Scenario,
    compiled,
    run_deal,
    with_asset_value,
)

AnswerT = TypeVar("AnswerT")
DEALS = (
    "supply-chain-2018",
    "nanshan-2020",
    "kaide-2019",
    "music-royalty-2022",
    "patent-trust-2000",
)
TABLE_KINDS = ("csv", "xlsx", "parquet")


class DealFiles(Protocol):
    """Reads deal files and writes flat tables."""

    def deal(self, path: Path) -> Deal:
        """Read a deal; every fault of the file raises one `InputError`."""
        ...

    def located(self, path: Path, error: IpfinanceError) -> IpfinanceError:
        """Give an error about a field of a deal the line on which the field stands."""
        ...

    def flat_tables(self, tables: Mapping[str, FlatTable], which: str, kind: str) -> bytes:
        """Return tables as the bytes of a file."""
        ...


def scenario_of(deal: Deal, name: str | None) -> Scenario:
    """Return a scenario of a deal by its name; the base scenario without one."""
    if name is None or name == "base":
        return deal.scenario
    if name in deal.stresses:
        return deal.stresses[name]
    known = ", ".join(("base", *deal.stresses))
    allowed = Text(f"expected one of: {known}", f"应为以下之一：{known}")
    raise InputError([Problem(field="--scenario", found=name, allowed=allowed)])


def check_deal_file(files: DealFiles, path: Path) -> tuple[Deal, dict[str, int]]:
    """Read and compile a deal in every scenario; return it and how many parts it has."""
    deal = files.deal(path)
    try:
        for scenario in (deal.scenario, *deal.stresses.values()):
            compiled(deal, scenario)
    except IpfinanceError as error:
        raise files.located(path, error) from error
    facts = {
        "tranches": len(deal.tranches),
        "accounts": len(deal.accounts),
        "fees": len(deal.fees),
        "supports": len(deal.supports),
        "triggers": len(deal.triggers),
        "receivables": len(deal.pool.receivables),
        "waterfalls": len(deal.waterfalls),
        "stresses": len(deal.stresses),
        "assumed": len(deal.assumed),
    }
    return deal, facts


def run_deal_file(files: DealFiles, path: Path, scenario: str | None = None) -> DealRun:
    """Read a deal and run it in one of its scenarios."""
    deal = files.deal(path)
    try:
        return run_deal(deal, scenario_of(deal, scenario))
    except IpfinanceError as error:
        raise files.located(path, error) from error


def run_valued_deal_file(
    files: DealFiles, cases: CaseFiles, path: Path, case: Path, scenario: str | None = None
) -> DealRun:
    """Value a case, let its value drive the collateral of a deal, and run the deal."""
    valued = value_case_file(cases, case)
    deal = files.deal(path)
    try:
        linked = with_asset_value(deal, valued.conclusion.value)
        return run_deal(linked, scenario_of(linked, scenario))
    except IpfinanceError as error:
        raise files.located(path, error) from error


def line_of(run: DealRun, period: int, name: str) -> LineResult:
    """Return a line of a period by its name; periods count from 0."""
    if not 0 <= period < len(run.periods):
        last = len(run.periods) - 1
        allowed = Text(f"expected a period from 0 to {last}", f"期次应为 0 至 {last}")
        raise InputError([Problem(field="--period", found=period, allowed=allowed)])
    lines = run.periods[period].lines
    for line in lines:
        if line.line.name == name:
            return line
    known = ", ".join(line.line.name for line in lines)
    allowed = Text(f"lines of this period: {known}", f"本期的行：{known}")
    raise InputError([Problem(field="--line", found=name, allowed=allowed)])


def table_kind_of(path: Path) -> str:
    """Return the kind of table that a file's name asks for."""
    kind = path.suffix.lower().removeprefix(".")
    if kind not in TABLE_KINDS:
        known = ", ".join(f".{each}" for each in TABLE_KINDS)
        allowed = Text(f"expected a name ending in {known}", f"文件名应以 {known} 结尾")
        raise InputError([Problem(field="--out", found=path.name, allowed=allowed)])
    return kind


def with_lines(files: DealFiles, path: Path, ask: Callable[[Deal], AnswerT]) -> AnswerT:
    """Read a deal, ask something of it, and give any fault found the line of its field."""
    deal = files.deal(path)
    try:
        return ask(deal)
    except IpfinanceError as error:
        raise files.located(path, error) from error


def senior_class(deal: Deal, name: str | None) -> str:
    """Return a class by its name, or the most senior one."""
    if name is not None:
        return name
    return min(deal.tranches, key=lambda each: (deal.tranches[each].rank, each))


def curve_of(words: str) -> DiscountCurve:
    """Return a curve from one rate, or from times and zero rates such as `1:0.02,3:0.025`."""
    try:
        if ":" not in words:
            return flat_curve(float(words))
        points = sorted(
            (float(time), float(rate))
            for time, _, rate in (each.partition(":") for each in words.split(","))
        )
    except ValueError as error:
        raise InputError([Problem(field="--curve", found=words, allowed=_CURVE)]) from error
    return zero_curve(
        [time for time, _ in points],
        [rate for _, rate in points],
        compounding=Compounding.YEARLY,
    )


_CURVE = Text(
    "expected a yearly rate such as 0.03, or years and zero rates such as 1:0.02,3:0.025",
    "应为年利率（如 0.03），或年限与零息利率（如 1:0.02,3:0.025）",
)
