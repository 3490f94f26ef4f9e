"""The REST shell: parse, check permission, call one use case, shape the answer."""

from __future__ import annotations
