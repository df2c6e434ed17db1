"""How to run a search, as opposed to what to search."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """Where a search runs and who is told of it."""

    address: str | None = None
    dashboard: bool = True
    track: bool = True
    allowed: tuple[str, ...] = ()
    """The installed packages whose code the space file may name."""
    force: bool = False
    """Go on with a search although something that it depends on was changed."""
