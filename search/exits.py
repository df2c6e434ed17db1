"""The exit codes of the commands."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What a command's end means; after a start, each but 0 ends with the command that resumes."""

    DONE = 0
    NOTHING_USABLE = 1
    BAD_INPUT = 2
    INFRASTRUCTURE = 70
    LOCKED = 73
    BUDGET = 75
    INTERRUPTED = 130
    TERMINATED = 143
