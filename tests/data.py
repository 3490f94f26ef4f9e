"""Reference data: the copied fixtures, and the shared folder where it stands beside the tree."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "tests" / "reference"
SHARED = ROOT.parent / "shared"
EXAMPLES = ROOT / "src" / "ipfinance" / "adapters" / "files" / "examples"


@cache
def fixtures() -> dict[str, dict[str, Any]]:
    """Return every fixture by `section/id`."""
    data = json.loads((REFERENCE / "seeds.json").read_text(encoding="utf-8"))
    return {
        f"{section}/{name}": fixture
        for section, entries in data.items()
        if section != "meta"
        for name, fixture in entries.items()
    }
