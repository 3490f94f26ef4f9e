"""Patents from files of public sources."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from ipfinance.app._ports import TableFiles
from ipfinance.basics import InputError, Problem, Text
from ipfinance.market import (
    GOOGLE_COLUMNS,
    KPSS_COLUMNS,
    ColumnKind,
    ImportedPatents,
    google_patents,
    kpss_patents,
)


class PatentSource(StrEnum):
    """Who publishes a file of patents."""

    KPSS = "kpss"
    GOOGLE_PATENTS = "google-patents"


def patents_file(
    tables: TableFiles,
    source: PatentSource,
    path: Path,
    *,
    kinds: Mapping[str, str] | None = None,
    firms: Path | None = None,
) -> ImportedPatents:
    """Read a file of patents and check it."""
    if source is PatentSource.KPSS:
        if kinds or firms is not None:
            raise InputError([Problem(field="--kinds, --firms", allowed=_ONLY_GOOGLE)])
        return kpss_patents(tables.table(path, KPSS_COLUMNS, others=None, american_dates=True))
    pairs = None
    if firms is not None:
        wanted = {"assignee": ColumnKind.TEXT, "firm": ColumnKind.TEXT}
        pairs = tables.table(firms, wanted, others=None)
    table = tables.table(path, GOOGLE_COLUMNS, others=None, skip_lines=1)
    return google_patents(table, kinds=kinds, firms=pairs)


_ONLY_GOOGLE = Text("these options belong to google-patents", "这些选项仅适用于 google-patents")
