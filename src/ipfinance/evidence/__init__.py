"""What markets say: Tobin's q panels, event studies, patent-grant values, hedonic models."""

from __future__ import annotations
