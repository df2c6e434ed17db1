"""Ctrl-C, SIGTERM and SIGHUP of a search, heard whatever the main thread is busy with.

A handler of Python's runs in the main thread, which may hang in Ray. So a thread of our own reads
the numbers of the signals that the interpreter writes down the moment they arrive.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from search.engine.ends import EarlyEnd
from search.exits import Exit

CODES = {signal.SIGINT: Exit.INTERRUPTED, signal.SIGTERM: Exit.TERMINATED}

TERM_SECONDS = 7.0
"""How long an orderly end may take after SIGTERM; what sends it often kills after 10."""

AGAIN = "ending in order; Ctrl-C once more ends at once, and nothing that was recorded is lost"


def take_signals() -> None:
    """Make the signals ours; once more after `ray.init`, which takes SIGTERM.

    Tune's own handler (switched off by `TUNE_DISABLE_SIGINT_HANDLER`) would make an interrupted
    search look like a finished one.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for number in CODES:
        signal.signal(number, _heard)


def _heard(number: int, _: FrameType | None) -> None:
    """Nothing: the thread has the number already."""


@contextmanager
def ending_on_signals(end: EarlyEnd, say: Callable[[str], None]) -> Iterator[None]:
    """Ctrl-C ends the search in order, a second one at once; SIGTERM soon; SIGHUP does nothing."""
    before = {number: signal.getsignal(number) for number in (*CODES, signal.SIGHUP)}
    # Ignored, not handled: Ray's processes inherit it, as under nohup.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    take_signals()
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    earlier = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    # A forked child would otherwise tell of its own signals through this pipe.
    os.register_at_fork(after_in_child=lambda: _let_go(writing))
    reader = SignalReader(end, say)
    threading.Thread(target=reader.follow, args=(reading,), name="signals", daemon=True).start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(earlier)
        os.close(writing)
        for number, handler in before.items():
            signal.signal(number, handler)


def _let_go(writing: int) -> None:
    if (current := signal.set_wakeup_fd(-1)) != writing:
        signal.set_wakeup_fd(current)
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def exit_on_signals(code: int) -> None:
    """From here on a signal only hastens the end, and changes nothing about its exit code."""

    def leave(*_: Any) -> None:
        os._exit(code)

    for number in CODES:
        signal.signal(number, leave)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


class SignalReader:
    """Does what the signals say."""

    def __init__(self, end: EarlyEnd, say: Callable[[str], None]) -> None:
        self._end = end
        self._say = say
        self._heard = 0

    def follow(self, reading: int) -> None:
        """Act on each signal, until the other end of the pipe is closed."""
        with open(reading, "rb", buffering=0) as pipe:
            while read := pipe.read(1):
                if read[0] in CODES:
                    self._act(signal.Signals(read[0]))

    def _act(self, received: signal.Signals) -> None:
        reason, code = f"interrupted by {received.name}", CODES[received]
        self._heard += 1
        if not self._end.begun:
            self._end.hard.now(f"{reason} before the first trial", code)
        if received is signal.SIGINT and self._heard > 1:
            self._end.hard.now(f"{reason} again: ended at once", code)
        self._end.end_search(reason, code)
        if received is signal.SIGTERM:
            text = f"{reason}: ended at once, since an orderly end took over {TERM_SECONDS:g} s"
            self._end.hard.after(TERM_SECONDS, text, self._end.code)
        else:
            # On its own, since a reader that does not read must not hold up the next signal.
            threading.Thread(target=self._say, args=(AGAIN,), daemon=True).start()
