"""What goes into a search beside the space, who watches it, and what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from search.engine.cluster import Cluster
from search.results.result import SearchResult
from search.results.trials import TrialRecord


class View(Protocol):
    """What shows a running search to a person."""

    def started(
        self,
        cluster: Cluster,
        rungs: Sequence[int],
        concurrent: int,
        earlier: Sequence[TrialRecord],
    ) -> None:
        """Ray runs; the first trial is about to start, after those of an earlier run."""
        ...

    def note(self, text: str) -> None:
        """Say something that a person should know."""
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
    unrecorded: int
    """How many events could not be written to the record; the log says why."""
    tracking_error: str | None
