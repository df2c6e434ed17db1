"""Shared memory: Ray's object store and the loader processes of torch lie in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from search.doctor.check import Site
from search.doctor.finding import Finding, fault, note, ok
from search.engine.cluster import OBJECT_STORE_BYTES
from search.results.access import write_fault

FOLDER = Path("/dev/shm")


def examine(_: Site) -> Iterator[Finding]:
    yield judge(FOLDER, OBJECT_STORE_BYTES)


def judge(folder: Path, needed: int) -> Finding:
    """Whether an object store of this size fits."""
    if (said := write_fault(folder)) is not None:
        return fault(
            f"{folder} cannot be written ({said}): torch cannot load data in more than one process",
            f"mount -t tmpfs -o mode=1777 tmpfs {folder}; in a container: --shm-size=2g",
        )
    free = shutil.disk_usage(folder).free
    if free < needed:
        return note(
            f"{folder} has {free / 1e6:.0f} MB left, and Ray's object store takes "
            f"{needed / 1e6:.0f} MB: it will lie on the disk, and loader processes may be killed "
            "by SIGBUS",
            f"mount -o remount,size=2g {folder}; in a container: --shm-size=2g",
        )
    return ok(f"{folder} has {free / 1e6:.0f} MB left")
