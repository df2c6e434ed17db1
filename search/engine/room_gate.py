"""What happens when the disk fills up: first no new trial, then the end, to be resumed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

from search.engine.ends import EarlyEnd, Reached
from search.exits import Exit
from search.results.room import Room, measure, shortage

log = logging.getLogger(__name__)

LOOK_SECONDS = 10.0
"""How often the disk is looked at."""


class RoomGate:
    """Lets no new trial begin below the floor; ends the search below half of it."""

    def __init__(self, folder: Path, end: EarlyEnd) -> None:
        self._folder = folder
        self._end = end
        self._room: Room | None = None
        self._next = 0.0
        self.note: Callable[[str], None] = log.warning

    def closed(self, idle: bool) -> bool:
        """Whether no trial may begin now; the search ends if none runs (`idle`) that frees room."""
        missing = shortage(self._folder, self._look())
        if missing is None:
            return False
        if idle:
            text = f"{missing}; no trial runs any more, and none may begin"
            self._end.end_search(text, Exit.INFRASTRUCTURE)
        return True

    def reached(self) -> Reached | None:
        """The end that saves what is there, while there is still room to write it."""
        room = self._look()
        if 2 * room.free >= room.floor:
            return None
        missing = shortage(self._folder, room)
        return Reached(f"{missing}; free some room before going on", Exit.INFRASTRUCTURE)

    def _look(self) -> Room:
        if self._room is not None and time.monotonic() < self._next:
            return self._room
        before, self._room = self._room, measure(self._folder)
        self._next = time.monotonic() + LOOK_SECONDS
        if self._room.is_short and not (before and before.is_short):
            self.note(f"no new trial begins: {shortage(self._folder, self._room)}")
        return self._room
