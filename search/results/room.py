"""Room on the disk, before a search and while it runs: a full disk would break every file."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from search.errors import refuse

FLOOR_MB = 500


def floor_bytes() -> int:
    """How much must stay free; TUNE_RUN_FREE_MB changes it."""
    return int(os.environ.get("TUNE_RUN_FREE_MB", FLOOR_MB)) * 10**6


def shortage(folder: Path) -> str | None:
    """What is missing on the disk of a folder, or None."""
    free, floor = shutil.disk_usage(folder).free, floor_bytes()
    if free >= floor:
        return None
    return (
        f"only {free / 10**6:.0f} MB are free for {folder}, and a search keeps "
        f"{floor / 10**6:.0f} MB free (TUNE_RUN_FREE_MB changes that)"
    )


def require_room(folder: Path) -> None:
    """**Raises**: UserError if a search cannot begin for want of room."""
    if (missing := shortage(folder)) is not None:
        raise refuse(str(folder), missing)
