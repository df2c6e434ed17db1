"""One search, from a checked space to its outcome, on a cluster that lives as long as it does."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from search.engine.cluster import (
    prepare_environment,
    prepare_own_cluster,
    require_state_api,
    running_cluster,
)
from search.engine.ends import EarlyEnd
from search.engine.leftovers import end_leftovers, noted
from search.engine.outcome import Outcome, View
from search.engine.ray_noise import deaths_in_the_log
from search.engine.resume import require_same
from search.engine.signals import take_signals
from search.load import Search
from search.masking import masked_text, secrets_of
from search.options import Options
from search.results.folder import SearchFolder
from search.results.room import require_room

SHUTDOWN_SECONDS = 30.0
"""How long Ray may take to end, once the search has."""


def run_search(
    search: Search, folder: SearchFolder, options: Options, view: View, end: EarlyEnd
) -> Outcome:
    """Search until the trials are spent or something ends it; the caller holds the lock."""
    require_room(folder.path)
    end_leftovers(folder)
    prepare_environment()
    forced = require_same(search, folder, options.force)
    if options.address is None:
        prepare_own_cluster()
    # Ray reads its environment when it is imported, which this does.
    from search.engine import session

    # The dashboard serves the State API, without which Ray Train never frees the workers of a
    # trial that was stopped: a search of such trials has it even when nobody wants to look at it.
    several = search.resources.workers > 1
    running = running_cluster(options.address, options.dashboard or several)
    with deaths_in_the_log(), running as cluster:
        take_signals()
        if several:
            require_state_api()
        quiet = _logging_to(folder.log, secrets_of(search.base))
        with quiet, noted(folder, cluster.folder):
            outcome = session.run(search, folder, options, view, cluster, forced, end=end)
        late = "the search has ended, and Ray did not: tune-table shows what was found"
        shutdown = end.hard.after(SHUTDOWN_SECONDS, late, outcome.code)
    shutdown.cancel()
    return outcome


class _Discreet(logging.Formatter):
    """Writes a line without the secrets of the search."""

    def __init__(self, secrets: frozenset[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """The line, tracebacks included."""
        return masked_text(super().format(record), self._secrets)


class _LogFile(logging.FileHandler):
    """A log whose disk may fill up: the screen is for the reason, and for the way on."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Nothing, where logging would show its own traceback on the screen."""

    def close(self) -> None:
        """What cannot be written any more is lost."""
        with suppress(OSError):
            super().close()


@contextmanager
def _logging_to(file: Path, secrets: frozenset[str]) -> Iterator[None]:
    handler = _LogFile(file)
    handler.setFormatter(_Discreet(secrets))
    loggers = [logging.getLogger(name) for name in ("search", "ray.tune", "mlflow")]
    for logger in loggers:
        logger.addHandler(handler)
        logger.propagate = False
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
            logger.propagate = True
        handler.close()
