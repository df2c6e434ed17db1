"""A record's file as Optuna's storage, for the one who writes it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import optuna
from optuna.storages import RDBStorage
from sqlalchemy import event

from search.errors import refuse


def storage_of(file: Path) -> RDBStorage:
    """Optuna's storage in a SQLite file: every commit is synced, no reader blocks the search."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    connection = sqlite3.connect(file)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()
    try:
        storage = RDBStorage(
            f"sqlite:///{file.resolve()}",
            engine_kwargs={"connect_args": {"timeout": 30}},
        )
    except RuntimeError as error:
        # Optuna's word on a schema of another version of it.
        raise refuse(str(file), " ".join(str(error).split())) from error
    # The connections so far have the default of this build of SQLite, which may be less.
    storage.engine.dispose()
    event.listen(storage.engine, "connect", lambda c, _: c.execute("PRAGMA synchronous=FULL"))
    return storage
