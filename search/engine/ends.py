"""When a trial, or the whole search, ends early."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from ray.tune import Stopper

from search.causes import headline
from search.engine import words
from search.engine.stateless import Stateless
from search.exits import Exit
from search.results.room import shortage
from search.results.trials import FAULTY, TrialRecord

LOOK_SECONDS = 10.0
"""How often the room on the disk is looked at."""


class EarlyEnd(Stateless, Stopper):
    """Stops a trial whose objective is not finite at once, and the search once it is told to."""

    def __init__(self) -> None:
        self.reason: str | None = None
        self.code = Exit.DONE

    def __call__(self, trial_id: str, result: dict[str, Any]) -> bool:
        """Whether this trial must stop: ASHA would never see that NaN is bad."""
        return not math.isfinite(result.get(words.BEST, 0.0))

    def stop_all(self) -> bool:
        """Whether the search must stop."""
        return self.reason is not None

    def end_search(self, reason: str, code: Exit) -> None:
        """Stop the search soon, saying why; the first reason stays."""
        if self.reason is None:
            self.reason, self.code = reason, code


class FaultLimit:
    """Ends the search when more trials were faulty than `search.max_failed` allows."""

    def __init__(self, limit: int, end: EarlyEnd) -> None:
        self._limit = limit
        self._end = end
        self._faulty: dict[int, str] = {}

    def trial_changed(self, trial: TrialRecord) -> None:
        """Count a trial that failed or diverged."""
        if trial.state not in FAULTY:
            return
        self._faulty[trial.number] = headline(trial.cause)
        if len(self._faulty) > self._limit:
            self._end.end_search(
                f"{len(self._faulty)} trials failed or diverged and search.max_failed is "
                f"{self._limit}; the last one: {self._faulty[trial.number]}",
                Exit.NOTHING_USABLE,
            )


class RoomLimit:
    """Ends the search, to be resumed, before the disk is full."""

    def __init__(self, folder: Path, end: EarlyEnd) -> None:
        self._folder = folder
        self._end = end
        self._next = 0.0

    def trial_changed(self, trial: TrialRecord) -> None:
        """Look at the disk now and then."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + LOOK_SECONDS
        if (missing := shortage(self._folder)) is not None:
            self._end.end_search(missing, Exit.INFRASTRUCTURE)


SIGNALS = {signal.SIGINT: Exit.INTERRUPTED, signal.SIGTERM: Exit.TERMINATED}


@contextmanager
def ending_on_signals(end: EarlyEnd) -> Iterator[None]:
    """The first Ctrl-C or SIGTERM ends the search in order, a second one at once.

    Tune's own handler (switched off by `TUNE_DISABLE_SIGINT_HANDLER`) would make an interrupted
    search look like a finished one, and Ray's makes SIGTERM abort the process.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def handle(number: int, _: FrameType | None) -> None:
        received = signal.Signals(number)
        end.end_search(f"interrupted by {received.name}", SIGNALS[received])
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

    for number in SIGNALS:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
