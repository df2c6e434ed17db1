"""When faulty trials end a search: too many of them, or nothing but one fault of the code."""

from __future__ import annotations

from collections.abc import Sequence

from search.causes import headline
from search.engine.ends import EarlyEnd
from search.exits import Exit
from search.results.trials import FAULTY, TRAINED, UNFINISHED, State, TrialRecord

ALIKE = 3
"""So many trials that fail alike, before any other end, show a fault that all others share."""

OF_THE_CODE = frozenset({State.FAILED, State.NO_METRIC, State.DIED})
"""Faults that say little about the point: one that diverges may have neighbours that do not."""


class FaultLimit:
    """Ends the search when more trials were faulty than `search.max_failed` allows.

    The trials of earlier runs count towards that. They do not count as alike: what made them fail
    may have been mended since.
    """

    def __init__(self, limit: int, end: EarlyEnd, earlier: Sequence[TrialRecord] = ()) -> None:
        self._limit = limit
        self._end = end
        self._faulty = {t.number: headline(t.cause) for t in earlier if t.state in FAULTY}
        self._trained = any(trial.state in TRAINED for trial in earlier)
        self._first: dict[int, str | None] = {}
        self._look_at_all()

    def trial_changed(self, trial: TrialRecord) -> None:
        """Count a trial that has ended."""
        if trial.state in UNFINISHED:
            return
        said = headline(trial.cause)
        if len(self._first) < ALIKE:
            self._first[trial.number] = said if trial.state in OF_THE_CODE else None
            self._look_at_first()
        if trial.state in FAULTY:
            self._faulty[trial.number] = said
            self._look_at_all()

    def _look_at_first(self) -> None:
        causes = list(self._first.values())
        if self._trained or len(causes) < ALIKE or causes[0] is None or len(set(causes)) > 1:
            return
        numbers = ", ".join(f"{number:05d}" for number in self._first)
        self._end.end_search(
            f"trials {numbers}, the first {ALIKE} to end, all failed alike: {causes[0]}",
            Exit.NOTHING_USABLE,
        )

    def _look_at_all(self) -> None:
        if len(self._faulty) > self._limit:
            self._end.end_search(
                f"{len(self._faulty)} trials failed or diverged and search.max_failed is "
                f"{self._limit}; the last one: {list(self._faulty.values())[-1]}; going on needs a "
                f"larger one, such as search.max_failed={2 * len(self._faulty)}",
                Exit.NOTHING_USABLE,
            )
