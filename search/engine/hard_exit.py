"""The end that waits for nobody: not for Ray, not for the main thread, not for a reader.

What is left of a cluster of ours is the reaper's, whose pipe closes with this process.
"""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Callable
from typing import NoReturn

SHOW_CURSOR = "\x1b[?25h"
"""A live view hides the cursor, and has no time left to show it again."""

WRITE_SECONDS = 0.5
"""How long a reader that does not read may hold up the end."""


class HardExit:
    """Ends the process from any thread, with a last word to whoever watches."""

    def __init__(self, go_on: Callable[[], str] = str) -> None:
        self._go_on = go_on

    def now(self, reason: str, code: int) -> NoReturn:
        """Say why, and as the last line how to go on; then end."""
        lines = [reason, self._go_on()] if code else [reason]
        _say("".join(f"{line}\n" for line in lines if line))
        os._exit(code)

    def after(self, seconds: float, reason: str, code: int) -> threading.Timer:
        """End like this in a while, unless the timer that is returned is cancelled."""
        timer = threading.Timer(seconds, self.now, (reason, code))
        timer.daemon = True
        timer.start()
        return timer


def _say(text: str) -> None:
    # Past Python's buffers, whose locks a thread that hangs may hold.
    try:
        screen = sys.__stdout__.fileno() if sys.__stdout__ else 1
        if os.isatty(screen):
            text = f"{SHOW_CURSOR}\n{text}"
        if select.select([], [screen], [], WRITE_SECONDS)[1]:
            os.write(screen, text.encode())
    except (OSError, ValueError):
        return
