"""Folders of Ray in the temporary folder whose search has died."""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Iterator
from pathlib import Path

from search.doctor.check import Site
from search.doctor.finding import Finding, note, ok
from search.engine.cluster_folder import USUAL
from search.engine.reaper import family

PATTERN = "tr-*"
YOUNG_SECONDS = 60.0
"""A search that starts has a folder before it has a process in it."""


def examine(_: Site) -> Iterator[Finding]:
    named = os.environ.get("TMPDIR")
    yield judge(sorted({USUAL, Path(named).absolute()} if named else {USUAL}))


def judge(parents: list[Path]) -> Finding:
    """What dead searches of this user have left in these folders."""
    left = [
        folder for parent in parents for folder in sorted(parent.glob(PATTERN)) if _dead(folder)
    ]
    if not left:
        return ok(f"none in {' or '.join(map(str, parents))}")
    size = sum(map(_bytes_in, left)) / 1e6
    noun = "1 folder" if len(left) == 1 else f"{len(left)} folders"
    return note(
        f"{noun} of dead searches: {size:.0f} MB in {left[0].parent}",
        shlex.join(["rm", "-r", *map(str, left)]),
    )


def _dead(folder: Path) -> bool:
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    if not folder.is_dir() or folder.is_symlink() or found.st_uid != os.geteuid():
        return False
    young = time.time() - found.st_mtime < YOUNG_SECONDS
    return not young and not family(str(folder)) and not _named_by_a_process(folder)


def _named_by_a_process(folder: Path) -> bool:
    """Ray's processes have the folder in their command line."""
    word = f"{folder}/".encode()
    return any(word in _read(entry / "cmdline") for entry in Path("/proc").glob("[0-9]*"))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _bytes_in(folder: Path) -> int:
    total = 0
    for base, _, files in os.walk(folder):
        for name in files:
            try:
                total += (Path(base) / name).lstat().st_size
            except OSError:
                continue
    return total
