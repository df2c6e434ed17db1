"""Named instants at which a test may kill the process: the proof that none of them loses anything.

`TUNE_RUN_CRASH=<name>:<n>:<marker>` kills a process with SIGKILL when it passes the point of that
name for the n-th time, once over all processes: whoever creates the marker file is the one.
"""

from __future__ import annotations

import os
import signal
from collections import Counter

VARIABLE = "TUNE_RUN_CRASH"

_passed: Counter[str] = Counter()


def reach(point: str) -> None:
    """Pass a point; nothing happens unless a test asked for it."""
    asked = os.environ.get(VARIABLE)
    if asked is None:
        return
    name, number, marker = asked.split(":", 2)
    if name != point:
        return
    _passed[point] += 1
    if _passed[point] >= int(number) and _is_first(marker):
        os.kill(os.getpid(), signal.SIGKILL)


def _is_first(marker: str) -> bool:
    try:
        os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True
