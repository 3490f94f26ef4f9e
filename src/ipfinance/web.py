"""The web shell: pages over the same use cases."""

from __future__ import annotations
