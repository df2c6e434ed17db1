"""The storages that a record could lie in: each a way to open a file as a storage of Optuna's."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import optuna
from optuna.storages import BaseStorage, JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock, JournalFileSymlinkLock
from sqlalchemy import event

STUDY = "search"


@dataclass(frozen=True)
class Candidate:
    """One storage; `tail` is the ending of the file that a crash leaves torn."""

    name: str
    open: Callable[[Path], BaseStorage]
    tail: str = ""
    sql: bool = True


def _sqlite(file: Path, journal_mode: str, synchronous: str) -> RDBStorage:
    connection = sqlite3.connect(file)
    connection.execute(f"PRAGMA journal_mode={journal_mode}")
    connection.close()
    url = f"sqlite:///{file.resolve()}"
    storage = RDBStorage(url, {"connect_args": {"timeout": 30}}, skip_table_creation=False)

    def prepare(connection: sqlite3.Connection, _: Any) -> None:
        connection.execute(f"PRAGMA synchronous={synchronous}")

    # The connections that opened the storage have the default; the next one is prepared.
    storage.engine.dispose()
    event.listen(storage.engine, "connect", prepare)
    return storage


def _journal(file: Path, lock: Callable[[str], Any]) -> JournalStorage:
    return JournalStorage(JournalFileBackend(str(file), lock_obj=lock(str(file))))


CANDIDATES = (
    Candidate(
        "SQLite, WAL, FULL", partial(_sqlite, journal_mode="wal", synchronous="full"), "-wal"
    ),
    Candidate(
        "SQLite, WAL, NORMAL", partial(_sqlite, journal_mode="wal", synchronous="normal"), "-wal"
    ),
    Candidate(
        "SQLite, DELETE, FULL",
        partial(_sqlite, journal_mode="delete", synchronous="full"),
        "-journal",
    ),
    Candidate("journal, symlink lock", partial(_journal, lock=JournalFileSymlinkLock), sql=False),
    Candidate("journal, open lock", partial(_journal, lock=JournalFileOpenLock), sql=False),
)


@dataclass(frozen=True)
class Opened:
    """A storage with its study; as in the record, writes bypass the study's own cache."""

    storage: BaseStorage
    study: optuna.Study
    study_id: int

    def close(self) -> None:
        """Give up every connection, so that nothing is open when a process is forked."""
        if isinstance(self.storage, RDBStorage):
            self.storage.remove_session()
            self.storage.engine.dispose()

    def trial_id(self, number: int) -> int:
        return self.storage.get_trial_id_from_study_id_trial_number(self.study_id, number)

    def commit(self, number: int, epoch: int, entry: Mapping[str, Any], best: float) -> None:
        """One report as the record makes it: the commit point, then what Optuna shows."""
        key = f"tune_run:report:{epoch:06d}"
        self.storage.set_trial_system_attr(self.trial_id(number), key, dict(entry))
        self.storage.set_trial_intermediate_value(self.trial_id(number), epoch, best)


def opened(candidate: Candidate, file: Path) -> Opened:
    """The study in a file, which is made where there is none."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    storage = candidate.open(file)
    study = optuna.create_study(
        storage=storage, study_name=STUDY, direction="maximize", load_if_exists=True
    )
    return Opened(storage, study, storage.get_study_id_from_name(STUDY))
