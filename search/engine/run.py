"""One search, from a checked space to its outcome, on a cluster that lives as long as it does."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from search.engine.cluster import (
    prepare_environment,
    require_state_api,
    require_token,
    running_cluster,
)
from search.engine.outcome import Outcome, View
from search.engine.resume import require_same
from search.load import Search
from search.options import Options
from search.results.folder import SearchFolder
from search.results.room import require_room


def run_search(search: Search, folder: SearchFolder, options: Options, view: View) -> Outcome:
    """Search until the trials are spent or something ends it; the caller holds the lock."""
    require_room(folder.path)
    prepare_environment()
    require_same(search, folder)
    if options.address is None:
        require_token()
    # Ray reads its environment when it is imported, which this does.
    from search.engine import session

    # The dashboard serves the State API, without which Ray Train never frees the workers of a
    # trial that was stopped: a search of such trials has it even when nobody wants to look at it.
    several = search.resources.workers > 1
    with running_cluster(options.address, options.dashboard or several) as cluster:
        if several:
            require_state_api()
        with _logging_to(folder.log):
            return session.run(search, folder, options, view, cluster)


@contextmanager
def _logging_to(file: Path) -> Iterator[None]:
    handler = logging.FileHandler(file)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
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
