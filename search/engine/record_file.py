"""The file of a record: checked before it is believed, and copied now and then."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from search.errors import refuse
from search.results.trials import TrialRecord

BACKUP = "record.backup.db"

LOCKED_SECONDS = 10.0
"""How long a record may be held by another program before that is an error."""

BACKUP_SECONDS = 600.0
"""How much of a search a damaged record can cost at most."""


def has_study(file: Path) -> bool:
    """Whether a file was begun at all: a kill may leave an empty one, or one without tables."""
    if not file.is_file():
        return False
    connection = sqlite3.connect(file)
    try:
        tables = "SELECT 1 FROM sqlite_master WHERE name='trial_system_attributes'"
        return connection.execute(tables).fetchone() is not None
    except sqlite3.DatabaseError:
        return True
    finally:
        connection.close()


def require_sound(file: Path) -> None:
    """**Raises**: UserError, naming the copy to go back to, if SQLite finds the file damaged."""
    fault = _fault(file)
    if fault is None:
        return
    message = f"the record is damaged ({fault}); {_way_out(file)}"
    raise refuse(str(file), message)


def back_up(file: Path) -> None:
    """Copy a record as it stands beside it; the copy is whole or not there."""
    aside = file.with_name(f"{BACKUP}.part")
    aside.unlink(missing_ok=True)
    with sqlite3.connect(file) as source, sqlite3.connect(aside) as target:
        source.backup(target)
    source.close()
    target.close()
    aside.replace(file.with_name(BACKUP))


def require_not_lost(file: Path) -> None:
    """A search without a record was never begun, unless there is something else of it.

    **Raises**: UserError, naming the copy to go back to, if only the record is gone.
    """
    trials = file.parent / "trials"
    if file.with_name(BACKUP).is_file() or (trials.is_dir() and any(trials.iterdir())):
        raise refuse(str(file), f"the record of this search is empty or gone; {_way_out(file)}")


def require_unlocked(file: Path) -> None:
    """**Raises**: UserError if another program holds the record against writing."""
    connection = sqlite3.connect(file, timeout=LOCKED_SECONDS)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.rollback()
    except sqlite3.OperationalError as error:
        message = f"the record cannot be written ({error}); close the program that has it open"
        raise refuse(str(file), message) from error
    finally:
        connection.close()


class Backups:
    """Copies the record of a running search now and then."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._next = time.monotonic() + BACKUP_SECONDS

    def trial_changed(self, trial: TrialRecord) -> None:
        """Copy it if the last copy is old."""
        if time.monotonic() >= self._next:
            back_up(self._file)
            self._next = time.monotonic() + BACKUP_SECONDS


def _fault(file: Path) -> str | None:
    if file.stat().st_size == 0:
        return "the file is empty"
    if _ends_within_a_page(file):
        return "the file was cut"
    try:
        connection = sqlite3.connect(file)
        try:
            (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            connection.execute("SELECT 1 FROM trial_system_attributes LIMIT 1").fetchone()
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        return str(error)
    return None if said == "ok" else str(said)


def _ends_within_a_page(file: Path) -> bool:
    """What SQLite's own check does not tell: it takes no notice of a last page that it needs not.

    While a log lies beside the file, the log has what the file may lack.
    """
    log = file.with_name(f"{file.name}-wal")
    if log.is_file() and log.stat().st_size > 0:
        return False
    with file.open("rb") as stream:
        header = stream.read(18)
    # The format's own words: two bytes at 16, of which 1 stands for the largest size.
    size = int.from_bytes(header[16:18], "big")
    return size > 1 and file.stat().st_size % size != 0


def _way_out(file: Path) -> str:
    backup = file.with_name(BACKUP)
    if backup.is_file() and _fault(backup) is None:
        aside = file.with_name("record.damaged.db")
        return (
            f"a sound copy lies beside it: mv {file} {aside}; rm -f {file}-wal {file}-shm; "
            f"mv {backup} {file}; then go on with --resume (checkpoints since then are trained "
            "again)"
        )
    return "there is no copy to go back to; keep this folder and begin anew with --fresh"
