"""The ports made real: files, documents; later databases and clusters."""

from __future__ import annotations
