"""Who may fail to pay and who bears the loss: defaults, loss sharing, pledge loans."""

from __future__ import annotations
