"""The exit codes of the commands."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What a command's end means; every code but the first two can be resumed from."""

    DONE = 0
    NOTHING_USABLE = 1
    BAD_INPUT = 2
    INFRASTRUCTURE = 70
    LOCKED = 73
    INTERRUPTED = 130
    TERMINATED = 143
