"""Use of proceeds, KPIs and targets, verification, performance effects."""

from __future__ import annotations
