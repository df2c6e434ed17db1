"""The early end of a search: asked for by signals, limits and the watchdog, seen by all parts."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import Protocol

from search.engine.hard_exit import HardExit
from search.exits import Exit

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.02


@dataclass(frozen=True)
class Reached:
    """A limit that was reached: what a person is told, and the exit code."""

    reason: str
    code: Exit
    needs: tuple[str, ...] = ()
    """What a resume must be told (`key=value`), since it would reach the limit again at once."""


class Limit(Protocol):
    """What may end a search while it runs; asked often, so that it answers at once."""

    def reached(self) -> Reached | None:
        """Why the search must end now, or None."""
        ...


class EarlyEnd:
    """Whether, why and with which code a search ends before its trials are spent.

    Any thread may ask for the end; the main thread sees it at its next step. `hard` is for the
    case that it does not come to that. `begun` is set with the first trial: until then there is
    nothing to bring to an order. `needs` is what a resume must be told so that it goes on.
    """

    def __init__(self, hard: HardExit | None = None) -> None:
        self.hard = hard or HardExit()
        self.begun = False
        self.limits: list[Limit] = []
        self.reason: str | None = None
        self.code = Exit.DONE
        self.needs: tuple[str, ...] = ()
        self._lock = threading.Lock()

    def end_search(self, reason: str, code: Exit, needs: tuple[str, ...] = ()) -> None:
        """End the search soon, saying why; the first reason stays."""
        with self._lock:
            if self.reason is not None:
                return
            # The reason last: it is what other threads look at.
            self.code, self.needs = code, needs
            self.reason = reason

    def stop_all(self) -> bool:
        """Whether the search must end; asks the limits."""
        for limit in self.limits:
            if self.reason is not None:
                break
            self._ask(limit)
        return self.reason is not None

    def must_end_within(self, seconds: float) -> bool:
        """Whether the search must end; asked for a while, since a cause may show late."""
        until = time.monotonic() + seconds
        while not self.stop_all():
            if time.monotonic() >= until:
                return False
            time.sleep(LOOK_SECONDS)
        return True

    def _ask(self, limit: Limit) -> None:
        try:
            found = limit.reached()
        except Exception:
            # Ray Tune would end the search without a word.
            log.exception("%s could not be looked at", type(limit).__name__)
            return
        if found is not None:
            self.end_search(found.reason, found.code, found.needs)
