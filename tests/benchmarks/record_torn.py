"""A record whose last commit reached the disk in part: cut at every byte of it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.record_candidates import Candidate, opened
from tests.benchmarks.record_faults import Toll
from tests.benchmarks.record_model import entry_of
from tests.benchmarks.record_progress import say

BEFORE = 5
"""So many reports are on the disk before the one that is torn."""

BY_LIBRARY = 40
"""At so many of the bytes Optuna opens a SQLite file; at all of them SQLite itself does."""

COUNT = "SELECT count(*) FROM trial_system_attributes WHERE key LIKE 'tune_run:report:%'"
INSERT = "INSERT INTO trial_system_attributes (trial_id, key, value_json) VALUES (1, ?, ?)"


@dataclass(frozen=True)
class Torn:
    """A record as a crash left it, and from which to which byte its tail may be missing."""

    file: Path
    tail: Path
    first: int
    last: int


def crashed(candidate: Candidate, folder: Path) -> Torn:
    """Have a process die right after a commit; what it wrote last begins at byte `first`."""
    folder.mkdir()
    file = folder / "record"
    tail = file.with_name(file.name + candidate.tail)
    sizes = folder / "size"
    child = os.fork()
    if child == 0:
        try:
            _write_and_die(candidate, file, tail, sizes)
        finally:
            os._exit(1)
    os.waitpid(child, 0)
    return Torn(file, tail, int(sizes.read_text()), tail.stat().st_size)


def _write_and_die(candidate: Candidate, file: Path, tail: Path, sizes: Path) -> None:
    at = opened(candidate, file)
    number = at.study.ask().number
    for epoch in range(1, BEFORE + 1):
        at.commit(number, epoch, entry_of(epoch, random.Random(epoch)), 0.5)
    sizes.write_text(str(tail.stat().st_size if tail.exists() else 0))
    if candidate.tail == "-journal":
        # A rollback journal is gone after a commit: it is torn only inside of one.
        database = sqlite3.connect(file)
        database.execute(INSERT, ("tune_run:report:000006", "x" * 1000))
    else:
        at.commit(number, BEFORE + 1, entry_of(BEFORE + 1, random.Random(6)), 0.5)
    os.kill(os.getpid(), signal.SIGKILL)


def tear(candidate: Candidate, folder: Path) -> tuple[Toll, Toll]:
    """Cut the tail at each byte of the last commit: what the library finds, and SQLite itself."""
    torn = crashed(candidate, folder)
    cuts = range(torn.first, torn.last + 1)
    step = max(1, len(cuts) // BY_LIBRARY) if candidate.sql else 1
    wanted = {(0, epoch) for epoch in range(1, BEFORE + 1)}
    library, plain = Toll(), Toll()
    copy = folder / "copy"
    for cut in cuts:
        if candidate.sql:
            plain_look(cut_at(torn, cut, copy), plain)
        if (cut - torn.first) % step == 0 or cut == torn.last:
            say(f"cut {cut} of {torn.last}: {candidate.name}")
            library.inspect(candidate, cut_at(torn, cut, copy), wanted)
    return library, plain


def cut_at(torn: Torn, cut: int, copy: Path) -> Path:
    """A copy of the record whose tail ends at this byte."""
    for path in copy.parent.glob(f"{copy.name}*"):
        path.unlink()
    shutil.copy(torn.file, copy)
    tail = copy.with_name(copy.name + torn.tail.name.removeprefix(torn.file.name))
    if tail != copy:
        shutil.copy(torn.tail, tail)
    os.truncate(tail, cut)
    return copy


def plain_look(file: Path, toll: Toll) -> None:
    """Count the reports with SQLite alone, and write the next."""
    toll.faults += 1
    try:
        with closing(sqlite3.connect(file)) as database, database:
            found = database.execute(COUNT).fetchone()[0]
            toll.lost += found < BEFORE
            database.execute(INSERT, ("tune_run:report:000099", "x" * 1000))
            sound = database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            toll.stuck += not sound or database.execute(COUNT).fetchone()[0] != found + 1
    except sqlite3.Error as error:
        toll.refused += 1
        toll.said = repr(error)[:60]
