"""ipfinance: value, pledge and securitize intellectual property."""

from __future__ import annotations
