"""What the commands on market evidence share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ipfinance.app import ExportFormat, export_format_of, exported
from ipfinance.basics import InputError, MoneyUnit, Problem, Text
from ipfinance.bootstrap import LocalRenderer, write_whole
from ipfinance.cli._words import tell
from ipfinance.reports import Document


def names_of(text: str | None) -> tuple[str, ...]:
    """Return the names in a list separated by commas."""
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def limits_of(text: str) -> tuple[float, float]:
    """Return percent points from LOW:HIGH."""
    low, _, high = text.partition(":")
    try:
        return float(low), float(high)
    except ValueError as error:
        allowed = Text("expected LOW:HIGH in percent, such as 1:99", "应为百分位 LOW:HIGH，如 1:99")
        raise InputError([Problem(field="--limits", found=text, allowed=allowed)]) from error


def unit_of(text: str | None) -> MoneyUnit | None:
    """Return a unit of money from a text such as `10,000 CNY` or `CNY`."""
    if text is None:
        return None
    found = re.fullmatch(r"\s*(?:([\d,]+)\s*)?([A-Za-z]{3})\s*", text)
    if found is None:
        allowed = Text("expected a unit such as 10,000 CNY", "应为货币单位，如 10,000 CNY")
        raise InputError([Problem(field="--unit", found=text, allowed=allowed)])
    size = int((found[1] or "1").replace(",", ""))
    return MoneyUnit(size, found[2].upper())


def formats_of(outputs: Sequence[Path]) -> dict[Path, ExportFormat]:
    """Return the format of each file to be written; a wrong name is told before any work."""
    return {path: export_format_of(path) for path in outputs}


def write_documents(documents: Sequence[Document], formats: dict[Path, ExportFormat]) -> None:
    """Write documents to files and say so."""
    for path, export_format in formats.items():
        write_whole(path, exported(LocalRenderer(), documents, export_format))
        tell(Text(f"Written: {path}", f"已写入：{path}"))


def pairs_of(texts: Sequence[str], field: str) -> dict[str, float]:
    """Return numbers by name from texts such as `invention=95`."""
    found: dict[str, float] = {}
    problems = []
    for text in texts:
        name, _, number = text.partition("=")
        try:
            found[name.strip()] = float(number)
        except ValueError:
            allowed = Text(
                "expected NAME=NUMBER, such as invention=95", "应为 名称=数值，如 invention=95"
            )
            problems.append(Problem(field=field, found=text, allowed=allowed))
    if problems:
        raise InputError(problems)
    return found
