"""Room on the disk, before a search and while it runs: a full disk would break every file."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from search.errors import refuse

FLOOR_MB = 500
VARIABLE = "TUNE_RUN_FREE_MB"


def floor_bytes() -> int:
    """How much must stay free; TUNE_RUN_FREE_MB changes it.

    **Raises**: UserError if that is no whole number.
    """
    text = os.environ.get(VARIABLE) or str(FLOOR_MB)
    if not text.isascii() or not text.isdigit():
        raise refuse(VARIABLE, f"expected a whole number of megabytes, found {text!r}")
    return int(text) * 10**6


@dataclass(frozen=True)
class Room:
    """The bytes that are free, and those that must be."""

    free: int
    floor: int

    @property
    def is_short(self) -> bool:
        return self.free < self.floor


def measure(folder: Path) -> Room:
    """The room on the disk of a folder."""
    return Room(shutil.disk_usage(folder).free, floor_bytes())


def shortage(folder: Path, room: Room | None = None) -> str | None:
    """What is missing on the disk of a folder, as it was measured or as it is now; or None."""
    room = room or measure(folder)
    if not room.is_short:
        return None
    return (
        f"only {room.free / 10**6:.0f} MB are free for {folder}, and a search keeps "
        f"{room.floor / 10**6:.0f} MB free ({VARIABLE} changes that)"
    )


def require_room(folder: Path) -> None:
    """**Raises**: UserError if a search cannot begin for want of room."""
    if (missing := shortage(folder)) is not None:
        raise refuse(str(folder), missing)
