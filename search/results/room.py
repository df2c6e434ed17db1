"""Room on the disk, before a search and while it runs: a full disk would break every file."""

from __future__ import annotations

import os
import shutil
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


def shortage(folder: Path) -> str | None:
    """What is missing on the disk of a folder, or None."""
    free, floor = shutil.disk_usage(folder).free, floor_bytes()
    if free >= floor:
        return None
    return (
        f"only {free / 10**6:.0f} MB are free for {folder}, and a search keeps "
        f"{floor / 10**6:.0f} MB free ({VARIABLE} changes that)"
    )


def require_room(folder: Path) -> None:
    """**Raises**: UserError if a search cannot begin for want of room."""
    if (missing := shortage(folder)) is not None:
        raise refuse(str(folder), missing)
