"""Works cited, from the packaged bibliography that the documentation reads too."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from ipfinance.basics import Citation

_ENTRY = re.compile(r"@(\w+)\{(\w+),\n(.*?)\n\}", re.DOTALL)
_FIELD = re.compile(r"^\s*(\w+) = \{(.*)\},?$", re.MULTILINE)


@cache
def bibliography() -> dict[str, dict[str, str]]:
    """Return the fields of every work by its key."""
    folder = resources.files("ipfinance.parameters") / "data"
    text = (folder / "references.bib").read_text(encoding="utf-8")
    return {key: dict(_FIELD.findall(body)) for _, key, body in _ENTRY.findall(text)}


def reference(citation: Citation) -> str:
    """Return a citation as a reader sees it.

    Examples
    --------
    >>> reference(Citation("saaty_1980"))
    'Saaty, Thomas L. (1980). The Analytic Hierarchy Process. McGraw-Hill.'
    """
    work = bibliography()[citation.key]
    where = work.get("journal") or work.get("publisher") or ""
    volume = work.get("volume", "")
    number = f"({work['number']})" if "number" in work else ""
    year = f" ({work['year']})" if "year" in work else ""
    parts = [
        f"{work['author'].replace(' and ', '; ').strip('{}')}{year}",
        work["title"],
        f"{where} {volume}{number}".strip(),
        f"doi:{work['doi']}" if "doi" in work else "",
        citation.place,
    ]
    return ". ".join(part for part in parts if part) + "."
