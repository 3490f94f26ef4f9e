"""What we compute for each fixture, in the shape of what it expects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

Fixture: TypeAlias = dict[str, Any]
Runner: TypeAlias = Callable[[Fixture], Any]
