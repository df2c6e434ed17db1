"""How a worker says which trial it trains: in its title, which `ps` and the dashboard show."""

from __future__ import annotations

from ray._raylet import setproctitle  # type: ignore[attr-defined]


def show_title(search: str, number: int) -> None:
    """Name this process after the trial that it trains."""
    setproctitle(f"ray::{search} trial {number:05d}")
