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

LOADING_SECONDS = 600.0
"""How long the import of a trainable may take, at least, in a trial that has a limit at all."""

P = ParamSpec("P")


@dataclass(frozen=True)
class Timeouts:
    """How long a trial may take, and how long it may be silent; in seconds, None is no limit."""

    trial: float | None = None
    report: float | None = None

    def for_loading(self) -> float | None:
        """How long a trainable may take to be imported: no limit where the trial has none."""
        given = [seconds for seconds in (self.trial, self.report) if seconds is not None]
        return max(LOADING_SECONDS, *given) if given else None


class OutOfTime(Exception):
    """A trial has used up its time."""


class Watch:
    """Ends the process, with a dump of its stacks, when a trial overruns a limit."""

    def __init__(self, file: IO[str], timeouts: Timeouts) -> None:
        self._file = file
        self._timeouts = timeouts
        self._started = time.monotonic()

    def load(self) -> None:
        """Count the import of the trainable, which is no time of the trial's."""
        seconds = self._timeouts.for_loading()
        if seconds is not None:
            self._end_after(seconds, f"loading the trainable took more than {seconds:g} s")

    def begin(self, started: float) -> None:
        """The training begins, of a trial that is `started` long ago by its own clock."""
        self._started = started
        self.arm()

    def arm(self) -> None:
        """Count from now until the next report."""
        self.disarm()
        name, seconds = self._next()
        if seconds is None:
            return
        if seconds <= 0:
            raise OutOfTime(f"search.{name} is over")
        said = f"search.{name}: no report for {seconds:.0f} s, or none since the start"
        self._end_after(seconds, said)

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

    def _end_after(self, seconds: float, said: str) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._file.write(f"{said}\n")
        self._file.flush()
        faulthandler.dump_traceback_later(seconds, exit=True, file=self._file)

    def _next(self) -> tuple[str, float | None]:
        left = {"report_timeout": self._timeouts.report}
        if self._timeouts.trial is not None:
            left["trial_timeout"] = self._timeouts.trial - (time.monotonic() - self._started)
        known = {name: seconds for name, seconds in left.items() if seconds is not None}
        return min(known.items(), key=lambda item: item[1], default=("", None))


@contextmanager
def watched(directory: Path, rank: int, timeouts: Timeouts) -> Iterator[Watch]:
    """Dump the stacks of this process into the trial's folder when it hangs or crashes.

    The trainable is loaded first: whoever trains says when that begins.
    """
    files = [directory / f"{kind}.{rank}.txt" for kind in (CRASH, HANG)]
    try:
        with files[0].open("w") as crash, files[1].open("w") as hang:
            faulthandler.enable(file=crash)
            watch = Watch(hang, timeouts)
            try:
                watch.load()
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
        for file in directory.rglob(f"{kind}.*.txt"):
            if dump_of(file.parent, kind) is None:
                file.unlink(missing_ok=True)
