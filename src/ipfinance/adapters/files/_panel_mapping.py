"""How a vendor's table becomes a panel: the columns of a mapping file, with units."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from ipfinance.adapters.files._errors import validated
from ipfinance.adapters.files._models import Finite, Name, Strict, enum_of
from ipfinance.adapters.files._yaml import read_yaml
from ipfinance.evidence import EquityKind, PanelRequest, ReplacementKind, SourceColumn, StockRule

Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class SourceModel(Strict):
    """A column of the file, and what its numbers are multiplied by."""

    column: Name
    multiply: Finite = 1.0


class StockModel(Strict):
    """A stock by perpetual inventory."""

    flow: Name
    depreciation: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
    growth: Finite
    empty_is_zero: bool = False


class WinsoriseModel(Strict):
    """Columns to pull in, and to which percent points."""

    columns: list[Name]
    low: Percent = 1.0
    high: Percent = 99.0


class PanelFile(Strict):
    """A mapping file."""

    columns: dict[Name, Name | SourceModel]
    equity: enum_of(EquityKind) = "market-cap"  # type: ignore[valid-type]
    replacement: enum_of(ReplacementKind) = "assets"  # type: ignore[valid-type]
    keep: dict[Name, Name] = Field(default_factory=dict)
    stocks: dict[Name, StockModel] = Field(default_factory=dict)
    lags: list[Name] = Field(default_factory=list)
    winsorise: WinsoriseModel | None = None
    notes_below_header: Annotated[int, Field(ge=0, le=20)] = 0
    skip_lines: Annotated[int, Field(ge=0, le=1000)] = 0


def read_panel_mapping(path: Path) -> tuple[PanelRequest, int, int]:
    """Read a mapping file; also return the lines to skip and the notes below the header.

    Raises
    ------
    InputError
        With every fault of the file, each with its line.
    """
    model: PanelFile = validated(PanelFile, read_yaml(path))
    winsorise = model.winsorise or WinsoriseModel(columns=[])
    request = PanelRequest(
        columns={
            role: SourceColumn(column=source)
            if isinstance(source, str)
            else SourceColumn(column=source.column, multiply=source.multiply)
            for role, source in model.columns.items()
        },
        equity=EquityKind(model.equity),
        replacement=ReplacementKind(model.replacement),
        keep=dict(model.keep),
        stocks=tuple(
            StockRule(
                name=name,
                flow=rule.flow,
                depreciation=rule.depreciation,
                growth=rule.growth,
                empty_is_zero=rule.empty_is_zero,
            )
            for name, rule in model.stocks.items()
        ),
        lags=tuple(model.lags),
        winsorise=tuple(winsorise.columns),
        limits=(winsorise.low, winsorise.high),
    )
    return request, model.skip_lines, model.notes_below_header
