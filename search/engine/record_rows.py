"""The rows of a record, by plain SQL: Optuna's own way takes twenty times as long.

Its tables and columns are named here as every version of Optuna since 3.2 names them. Nothing is
written, not even when the last reader lets go of the file.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from search.engine.record_words import PREFIX, TAKEN_BACK, Texts

WAIT_SECONDS = 30.0
"""How long a reader waits for a program that holds the whole file."""

STUDIES = "SELECT study_name FROM studies ORDER BY study_id"

STUDY = "SELECT study_id FROM studies WHERE study_name = ?"

NOTES = "SELECT key, value_json FROM study_system_attributes WHERE study_id = ?"

# A later trial has a larger key of Optuna's, as it has a larger number.
TRIALS = """
    SELECT number, key, value_json FROM trials LEFT JOIN trial_system_attributes USING (trial_id)
    WHERE study_id = ? ORDER BY trials.trial_id, key
"""

TRIAL = "SELECT key, value_json FROM trial_system_attributes WHERE trial_id = ? ORDER BY key"

TRIAL_KEY = "SELECT trial_id FROM trials WHERE study_id = ? AND number = ?"

IN_STATE = "SELECT number FROM trials WHERE study_id = ? AND state = ? ORDER BY number"

COUNT = "SELECT COUNT(*) FROM trials WHERE study_id = ?"


class RecordRows:
    """Our words in the tables of one study; those that were taken back are left out."""

    def __init__(self, file: Path, study: str) -> None:
        self._connection = _connected(file)
        (self._study,) = self._connection.execute(STUDY, (study,)).fetchone()
        self._keys: dict[int, int] = {}
        """From the numbers of trials to Optuna's keys, for which SQLite would look through all."""

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def notes(self) -> dict[str, Any]:
        """What is said of the search as a whole."""
        rows = self._connection.execute(NOTES, (self._study,))
        return {key: json.loads(text) for key, text in _ours(rows).items()}

    def trial(self, number: int) -> Texts:
        """What is said of one trial."""
        return _ours(self._connection.execute(TRIAL, (self.key(number),)))

    def trials(self) -> Iterator[tuple[int, Texts]]:
        """What is said of each trial, by number; nothing of those that are only asked for."""
        rows = self._connection.execute(TRIALS, (self._study,))
        for number, of_trial in groupby(rows, key=itemgetter(0)):
            yield number, _ours((key, text) for _, key, text in of_trial)

    def count(self) -> int:
        """How many trials Optuna has, in any state."""
        (count,) = self._connection.execute(COUNT, (self._study,)).fetchone()
        return int(count)

    def in_state(self, state: str) -> list[int]:
        """The trials that are in a state of Optuna's, by number."""
        return [n for (n,) in self._connection.execute(IN_STATE, (self._study, state))]

    def key(self, number: int) -> int:
        """Optuna's own key of a trial."""
        if number not in self._keys:
            row = self._connection.execute(TRIAL_KEY, (self._study, number)).fetchone()
            (self._keys[number],) = row
        return self._keys[number]

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        """While this is open, nothing that is committed meanwhile is seen."""
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("ROLLBACK")


def studies_in(file: Path) -> list[str]:
    """The names of the studies in a file."""
    with closing(_connected(file)) as connection:
        return [name for (name,) in connection.execute(STUDIES)]


def _connected(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{file.resolve().as_uri()}?mode=ro",
        uri=True,
        timeout=WAIT_SECONDS,
        isolation_level=None,
        # SQLite itself takes the calls of several threads in turn.
        check_same_thread=False,
    )


def _ours(rows: Iterator[tuple[str | None, str]]) -> dict[str, str]:
    return {
        key.removeprefix(PREFIX): text
        for key, text in rows
        if key is not None and key.startswith(PREFIX) and text != TAKEN_BACK
    }
