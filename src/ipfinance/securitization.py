"""Pool, accounts, waterfall, triggers and notes, in integer minor units."""

from __future__ import annotations
