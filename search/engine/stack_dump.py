"""What a dying process leaves behind: the stacks of all its threads, when it hangs or crashes.

Python's own `faulthandler` does it from a thread that needs no lock of Python's, so that a loop in
C and a deadlock are found alike. Its clock runs on while the process itself is suspended.
"""

from __future__ import annotations

import faulthandler
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, ParamSpec

HANG = "hang"
CRASH = "crash"

P = ParamSpec("P")


@dataclass(frozen=True)
class Timeouts:
    """How long a trial may take, and how long it may be silent; in seconds, None is no limit."""

    trial: float | None = None
    report: float | None = None


class OutOfTime(Exception):
    """A trial has used up its time."""


class Watch:
    """Ends the process, with a dump of its stacks, when a trial overruns a limit."""

    def __init__(self, file: IO[str], timeouts: Timeouts, started: float) -> None:
        self._file = file
        self._limits = timeouts
        self._started = started

    def arm(self) -> None:
        """Count from now until the next report."""
        name, seconds = self._next()
        if seconds is None:
            return
        if seconds <= 0:
            raise OutOfTime(f"search.{name} is over")
        self._file.seek(0)
        self._file.truncate()
        self._file.write(f"search.{name}: no report for {seconds:.0f} s, or none since the start\n")
        self._file.flush()
        faulthandler.dump_traceback_later(seconds, exit=True, file=self._file)

    def disarm(self) -> None:
        """Stop counting."""
        faulthandler.cancel_dump_traceback_later()

    def around(self, send: Callable[P, None]) -> Callable[P, None]:
        """A send during which nothing is counted: a slow driver is no fault of the trial."""

        def sent(*args: P.args, **kwargs: P.kwargs) -> None:
            self.disarm()
            send(*args, **kwargs)
            self.arm()

        return sent

    def _next(self) -> tuple[str, float | None]:
        left = {"report_timeout": self._limits.report}
        if self._limits.trial is not None:
            left["trial_timeout"] = self._limits.trial - (time.monotonic() - self._started)
        known = {name: seconds for name, seconds in left.items() if seconds is not None}
        return min(known.items(), key=lambda item: item[1], default=("", None))


@contextmanager
def watched(directory: Path, rank: int, timeouts: Timeouts, started: float) -> Iterator[Watch]:
    """Dump the stacks of this process into the trial's folder when it hangs or crashes."""
    files = [directory / f"{kind}.{rank}.txt" for kind in (CRASH, HANG)]
    try:
        with files[0].open("w") as crash, files[1].open("w") as hang:
            faulthandler.enable(file=crash)
            watch = Watch(hang, timeouts, started)
            try:
                watch.arm()
                yield watch
            finally:
                watch.disarm()
                faulthandler.disable()
    finally:
        for file in files:
            file.unlink(missing_ok=True)


def dump_of(directory: Path, kind: str) -> str | None:
    """What a process of the trial left behind, or None if none hung or crashed."""
    for file in sorted(directory.glob(f"{kind}.*.txt")):
        text = file.read_text(errors="replace").strip()
        # Without a dump the file holds no stack of a thread.
        if "thread" in text.casefold():
            return text
    return None


def drop_empty_dumps(directory: Path) -> None:
    """Delete the files of processes that were ended from outside: they neither hung nor crashed."""
    for kind in (CRASH, HANG):
        for file in directory.glob(f"{kind}.*.txt"):
            if dump_of(directory, kind) is None:
                file.unlink(missing_ok=True)
