"""Execution on more than one machine."""

from __future__ import annotations
