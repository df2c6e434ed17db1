"""Reads the record of a search: in our words, without Optuna, and without writing anything."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, Self

from search.engine.record_file import has_study, require_not_lost, require_sound
from search.engine.record_rows import RecordRows, studies_in
from search.engine.record_words import Committed, is_begun, read_commits, read_curve, read_trial
from search.errors import refuse
from search.results.goal import Goal, Worth
from search.results.result import SearchResult
from search.results.trade_off import goal_in
from search.results.trials import TrialRecord


class RecordReader:
    """What the record of one search holds, as plain words."""

    def __init__(self, file: Path, name: str) -> None:
        self.name = name
        self._rows = RecordRows(file, name)

    @classmethod
    def open(cls, file: Path) -> Self:
        """Open a record that is there.

        **Raises**: UserError if it is damaged or was never begun.
        """
        found = cls.find(file)
        if found is None:
            message = "this search died before its first trial; go on with --resume"
            raise refuse(str(file.parent), message)
        return found

    @classmethod
    def find(cls, file: Path) -> Self | None:
        """The record in a file; None if its search died before the manifest was written.

        **Raises**: UserError if it is damaged.
        """
        if not has_study(file):
            require_not_lost(file)
            return None
        require_sound(file)
        try:
            return cls._with_manifest(file)
        except sqlite3.DatabaseError as error:
            message = (
                f"the record cannot be read ({error}); is it one of another version of Optuna?"
            )
            raise refuse(str(file), message) from error

    @classmethod
    def _with_manifest(cls, file: Path) -> Self | None:
        for name in studies_in(file):
            found = cls._opened(file, name)
            if found.manifest():
                return found
            found.close()
        return None

    @classmethod
    def _opened(cls, file: Path, name: str) -> Self:
        return cls(file, name)

    def close(self) -> None:
        """Let go of the file."""
        self._rows.close()

    # -- the search as a whole ------------------------------------------------------------------

    def manifest(self) -> dict[str, Any]:
        """What the search is: files, spec, versions, seeds."""
        found: dict[str, Any] = self._rows.notes().get("manifest", {})
        return found

    def goal(self) -> Goal:
        """What the search improves."""
        return goal_in(self.manifest())

    def spent(self) -> float:
        """How long the search has run so far, over all its resumes."""
        return float(self._rows.notes().get("spent", 0.0))

    def result(self) -> SearchResult:
        """Everything in the record, as it was at one moment."""
        with self._rows.one_moment():
            notes, trials = self._rows.notes(), self.trials()
        tests = {int(number): metrics for number, metrics in notes.get("tests", {}).items()}
        return SearchResult(self.name, notes.get("manifest", {}), tuple(trials), tests)

    # -- the trials -----------------------------------------------------------------------------

    def trial(self, number: int) -> TrialRecord:
        """What is known of one trial."""
        return read_trial(number, self._rows.trial(number))

    def trials(self) -> list[TrialRecord]:
        """Everything that is known, by number; points that are only asked for are left out."""
        return [read_trial(n, texts) for n, texts in self._rows.trials() if is_begun(texts)]

    def epochs(self, number: int) -> tuple[Committed, ...]:
        """The committed epochs of a trial, with what schedulers saw of them."""
        return read_commits(self._rows.trial(number))

    def curves(self) -> dict[int, list[tuple[int, Worth]]]:
        """What schedulers saw of each trial: its epochs, and what it was worth by each."""
        return {number: read_curve(texts) for number, texts in self._rows.trials()}

    # -- what Optuna hands out ------------------------------------------------------------------

    def next_number(self) -> int:
        """The number that the next question to Optuna will have."""
        return min(self._rows.in_state("WAITING"), default=self._rows.count())

    def untold(self) -> list[int]:
        """The trials that were begun, and of whose end Optuna does not know."""
        return [n for n in self._rows.in_state("RUNNING") if is_begun(self._rows.trial(n))]

    def unborn(self) -> list[int]:
        """The trials that Optuna was asked for, but that were neither begun nor answered."""
        return [n for n in self._rows.in_state("RUNNING") if not is_begun(self._rows.trial(n))]

    def key(self, number: int) -> int:
        """Optuna's own key of a trial."""
        return self._rows.key(number)
