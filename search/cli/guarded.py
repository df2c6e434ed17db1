"""A search as a process: however it ends, the exit code says so and the last line how to go on."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from rich.console import Console

from search.causes import headline
from search.cli.command import say
from search.engine.ends import EarlyEnd
from search.engine.hard_exit import HardExit
from search.engine.signals import ending_on_signals, exit_on_signals
from search.errors import UserError
from search.exits import Exit
from search.masking import masked_text
from search.results.folder import SearchFolder

Go = Callable[[EarlyEnd], int]
"""Searches until it is done or told to end; gives the exit code."""


GoOn = Callable[[tuple[str, ...]], str]
"""The line that says how to resume a search, with what the resume must be told."""


def guarded(go: Go, folder: SearchFolder, screen: Console, go_on: GoOn) -> int:
    """The exit code of a search."""
    end = EarlyEnd(HardExit(lambda: go_on(end.needs)))
    with ending_on_signals(end, partial(say, screen)):
        code = _run(go, end, folder, screen)
        if code != Exit.DONE:
            say(screen, go_on(end.needs))
    exit_on_signals(code)
    return code


def _run(go: Go, end: EarlyEnd, folder: SearchFolder, screen: Console) -> int:
    try:
        return go(end)
    except UserError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the search can be resumed
        return _died(error, end, folder, screen)


def _died(error: Exception, end: EarlyEnd, folder: SearchFolder, screen: Console) -> int:
    with suppress(OSError), folder.log.open("a") as log:
        log.write(masked_text("".join(traceback.format_exception(error))))
    cause = headline(masked_text("".join(traceback.format_exception_only(error))))
    if end.reason is not None:
        say(screen, f"Ended early: {end.reason}; then came {cause}")
        return end.code
    say(screen, f"The search died of {cause}; {folder.log} has the traceback")
    return Exit.INFRASTRUCTURE
