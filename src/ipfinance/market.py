"""What is observed on a date: curves, prices, comparables, licence rates, awards, panels."""

from __future__ import annotations
