"""The folder of the searches: whether a record can be kept there, and whether there is room."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from search.doctor.check import Site
from search.doctor.finding import Finding, fault, note, ok
from search.errors import UserError
from search.results.access import write_fault
from search.results.room import FLOOR_MB, VARIABLE, floor_bytes

ELSEWHERE = "give another place with --storage DIR"
FEW_FILES = 10_000
"""A search of many trials writes some thousand files."""


def examine(site: Site) -> Iterator[Finding]:
    folder = probe_folder(site.storage)
    if not folder.is_dir():
        yield fault(f"{folder} is not a folder", ELSEWHERE)
    elif (said := write_fault(folder)) is not None:
        yield fault(
            f"{folder} cannot be written ({said})", f"let yourself write it, or {ELSEWHERE}"
        )
    else:
        yield from _examine_writable(site.storage, folder)


def probe_folder(storage: Path) -> Path:
    """The storage, or what would hold it."""
    return next(path for path in (storage, *storage.parents) if path.exists())


def _examine_writable(storage: Path, folder: Path) -> Iterator[Finding]:
    for what, does in WORKS.items():
        if (said := _attempt(does, folder)) is not None:
            yield fault(f"{what} in {folder} do not work ({said})", ELSEWHERE)
    yield from room(folder)
    free = shutil.disk_usage(folder).free / 1e9
    made = "" if storage.exists() else " (the first search makes it)"
    yield ok(f"{storage}{made}: writable, {free:.1f} GB free")


def room(folder: Path) -> Iterator[Finding]:
    """Whether a search would begin, and go on, for all that the disk holds already."""
    free = shutil.disk_usage(folder).free
    try:
        floor = floor_bytes()
    except UserError as error:
        mend = f"unset {VARIABLE} (which means {FLOOR_MB}), or give a whole number"
        yield fault(str(error), mend)
        return
    if free < floor:
        yield fault(
            f"only {free / 1e6:.0f} MB are free for {folder}, and a search keeps "
            f"{floor / 1e6:.0f} MB free",
            f"make room, {ELSEWHERE}, or keep less free: export {VARIABLE}=<megabytes>",
        )
    stat = os.statvfs(folder)
    if stat.f_files > 0 and stat.f_favail < FEW_FILES:
        yield note(f"the disk of {folder} takes only {stat.f_favail} more files", "delete some")


def _attempt(does: Callable[[Path], None], folder: Path) -> str | None:
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".tune-run-") as inside:
            does(Path(inside))
    except (OSError, sqlite3.Error) as error:
        return str(error)
    return None


def _locks(inside: Path) -> None:
    with (inside / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _write_ahead(inside: Path) -> None:
    with closing(sqlite3.connect(inside / "record.db")) as connection:
        (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
        if mode != "wal":
            raise OSError(f"SQLite stays in the mode {mode}")
        connection.execute("CREATE TABLE written (number INTEGER)")
        connection.commit()


def _renames(inside: Path) -> None:
    part = inside / "file.part"
    with part.open("w") as file:
        os.fsync(file.fileno())
    part.replace(inside / "file")
    directory = os.open(inside, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


WORKS = {
    "file locks": _locks,
    "SQLite's write-ahead logs": _write_ahead,
    "durable renames": _renames,
}
"""What a search does with files, each as it does it."""
