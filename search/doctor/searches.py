"""The searches below the storage: which run, which can be gone on with, which are damaged."""

from __future__ import annotations

import fcntl
import shlex
import time
from collections.abc import Iterator
from pathlib import Path

from search.doctor.check import Site
from search.doctor.finding import Finding, fault, fault_as_said, note, ok
from search.engine.standing import standing
from search.errors import UserError
from search.results.folder import SearchFolder

PATIENCE_SECONDS = 15.0
"""A storage may hold hundreds of searches; the rest can be asked for with `tune-table`."""


def examine(site: Site) -> Iterator[Finding]:
    waiting = sorted(path.parent for path in site.storage.glob("*/record.db"))
    if not waiting:
        yield ok(f"none in {site.storage} yet")
        return
    sound, end = 0, time.monotonic() + PATIENCE_SECONDS
    while waiting and time.monotonic() < end:
        found = judge(SearchFolder(waiting.pop(0)), site.storage)
        if found is None:
            sound += 1
        else:
            yield found
    yield ok(f"{sound} in {site.storage} have ended, and their records are sound")
    if waiting:
        yield note(f"{len(waiting)} more were not looked at, for want of time")


def judge(folder: SearchFolder, storage: Path) -> Finding | None:
    """How one search stands; None if it has simply ended."""
    if (holder := _holder(folder)) is not None:
        return ok(f"{folder.name} runs now: {holder}")
    try:
        folder.require_own()
        return _standing(folder, storage)
    except UserError as error:
        return fault_as_said(str(error.problems[0]))
    except Exception as error:  # noqa: BLE001 - one record must not hide the others
        return fault(
            f"{folder.record} cannot be read: {type(error).__name__}: {error}",
            "if another version of tune-run wrote it, use that one; else begin anew with --fresh",
        )


def _standing(folder: SearchFolder, storage: Path) -> Finding | None:
    found = standing(folder.record)
    if found is None:
        return note(f"{folder.name} died before its first trial", "tune-run SPACE --resume")
    if found.is_over:
        return None
    # The name may have been given on the command line: without it another search would go on.
    named = f"search.name={found.name}"
    command = ["tune-run", found.space_file, named, "--resume", "--storage", str(storage)]
    return note(
        f"{folder.name} has {found.ended} of {found.wanted} trials, and nobody searches in it now",
        # One that was kept aside under another name is not gone on with.
        shlex.join(command) if folder.name == found.name else "",
    )


def _holder(folder: SearchFolder) -> str | None:
    """The process that searches in a folder, or None."""
    try:
        with (folder.path / "lock").open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return file.read().strip() or "an unknown process"
    except OSError:
        return None
    return None
