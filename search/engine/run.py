"""One search, from a checked space to its outcome, on a cluster that lives as long as it does."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from search.engine.cluster import (
    Cluster,
    prepare_environment,
    require_token,
    running_cluster,
    write_sign_in,
)
from search.folder import SearchFolder
from search.load import Search
from search.result import SearchResult
from search.room import require_room
from search.trials import TrialRecord


class View(Protocol):
    """What shows a running search to a person."""

    def started(self, cluster: Cluster, rungs: Sequence[int], concurrent: int) -> None:
        """Ray runs; the first trial is about to start."""
        ...

    def trial_changed(self, trial: TrialRecord) -> None:
        """A trial has started, reported or ended."""
        ...

    def searching(self) -> AbstractContextManager[None]:
        """While this is open, the view is live."""
        ...


@dataclass(frozen=True)
class Outcome:
    """How a search ended."""

    result: SearchResult
    code: int
    reason: str | None
    rejected: int
    duplicates: int
    exhausted: bool
    tracking_error: str | None


@dataclass(frozen=True)
class Options:
    """How to run a search, as opposed to what to search."""

    address: str | None = None
    dashboard: bool = True
    track: bool = True


def run_search(search: Search, folder: SearchFolder, options: Options, view: View) -> Outcome:
    """Search until the trials are spent or something ends it; the caller holds the lock."""
    require_room(folder.path)
    prepare_environment()
    if options.address is None:
        require_token()
    # Ray reads its environment when it is imported, which this does.
    from search.engine import session

    _log_to(folder.log)
    with running_cluster(options.address, options.dashboard) as cluster:
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
