"""The storage of a record: what is committed is on the disk."""

from __future__ import annotations

from pathlib import Path

from search.engine.record_storage import storage_of


def test_every_connection_syncs_each_commit(tmp_path: Path) -> None:
    storage = storage_of(tmp_path / "record.db")
    with storage.engine.connect() as connection:
        (level,) = connection.exec_driver_sql("PRAGMA synchronous").one()
        (mode,) = connection.exec_driver_sql("PRAGMA journal_mode").one()
    # SQLite's numbers: 2 is FULL
    assert (level, mode) == (2, "wal")
