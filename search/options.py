"""How to run a search, as opposed to what to search."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """Where a search runs and who is told of it."""

    address: str | None = None
    dashboard: bool = True
    track: bool = True
