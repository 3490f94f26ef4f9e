"""Compiled loops: arrays, floats and tuples in, arrays and floats out; nothing else imported."""

from __future__ import annotations
