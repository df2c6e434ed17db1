"""One search, from a checked space to its outcome, on a cluster that lives as long as it does."""

from __future__ import annotations

import logging
from pathlib import Path

from search.engine.cluster import (
    prepare_environment,
    require_state_api,
    require_token,
    running_cluster,
    write_sign_in,
)
from search.engine.outcome import Options, Outcome, View
from search.load import Search
from search.results.folder import SearchFolder
from search.results.room import require_room


def run_search(search: Search, folder: SearchFolder, options: Options, view: View) -> Outcome:
    """Search until the trials are spent or something ends it; the caller holds the lock."""
    require_room(folder.path)
    prepare_environment()
    if options.address is None:
        require_token()
    # Ray reads its environment when it is imported, which this does.
    from search.engine import session

    _log_to(folder.log)
    # The dashboard serves the State API, without which Ray Train never frees the workers of a
    # trial that was stopped: a search of such trials has it even when nobody wants to look at it.
    several = search.resources.workers > 1
    with running_cluster(options.address, options.dashboard or several) as cluster:
        if several:
            require_state_api()
        write_sign_in(folder.dashboard, cluster)
        try:
            return session.run(search, folder, options, view, cluster)
        finally:
            folder.dashboard.unlink(missing_ok=True)


def _log_to(file: Path) -> None:
    handler = logging.FileHandler(file)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    for name in ("search", "ray.tune", "mlflow"):
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        logger.propagate = False
