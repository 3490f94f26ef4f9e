"""Deals over pools of receivables: exact cash, waterfalls, tranche measures, scenarios."""

from __future__ import annotations
