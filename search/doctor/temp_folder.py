"""The folder for temporary files, in which Ray and the loader processes of torch make sockets."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

from search.doctor.check import Site
from search.doctor.finding import Finding, fault, note, ok
from search.doctor.mounts import Mount, mount_of, mounts
from search.engine.cluster_folder import LONGEST, require_parent

LEAST_BYTES = 100_000_000
FULL = 0.95
"""Above this Ray writes no more objects to a disk."""

SHORT = "export TMPDIR=/tmp, or another folder with a short name"


def examine(_: Site) -> Iterator[Finding]:
    # Refuses a folder that cannot be written, as the start of a search does.
    parent = require_parent()
    named = os.environ.get("TMPDIR")
    if named and Path(named).absolute() != parent:
        yield note(
            f"TMPDIR={named} is longer than {LONGEST} bytes, too long for the names of Ray's "
            f"sockets: Ray writes to {parent}",
            SHORT,
        )
    if (said := socket_fault(Path(tempfile.gettempdir()))) is not None:
        yield fault(
            f"no socket can be made in {tempfile.gettempdir()} ({said}), so that torch cannot load "
            "data in more than one process",
            SHORT,
        )
    yield from judge_disk(parent)
    yield from judge_mount(mount_of(parent.resolve(), mounts()))
    yield ok(f"{parent}: {shutil.disk_usage(parent).free / 1e9:.1f} GB free")


def socket_fault(folder: Path) -> str | None:
    """What the system says to a socket with a name as long as Python gives to its own."""
    try:
        inside = tempfile.mkdtemp(prefix="pymp-", dir=folder)
    except OSError as error:
        return error.strerror or str(error)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(f"{inside}/listener-12345678")
    except OSError as error:
        return error.strerror or str(error)
    finally:
        shutil.rmtree(inside, ignore_errors=True)
    return None


def judge_disk(folder: Path) -> Iterator[Finding]:
    """Whether there is room for Ray's logs and objects."""
    usage = shutil.disk_usage(folder)
    if usage.free < LEAST_BYTES:
        yield fault(
            f"only {usage.free / 1e6:.0f} MB are free in {folder}", "make room, or TMPDIR=..."
        )
    elif usage.free < (1 - FULL) * usage.total:
        yield note(
            f"the disk of {folder} is more than {FULL:.0%} full: Ray puts no more objects there",
            "make room, or TMPDIR=... on another disk",
        )


def judge_mount(mount: Mount | None) -> Iterator[Finding]:
    """Whether programs can be run that are built there."""
    if mount is not None and "noexec" in mount.options:
        yield note(
            f"{mount.point} is mounted noexec: torch.compile cannot run what it builds there",
            f"mount -o remount,exec {mount.point}, or TMPDIR=... elsewhere",
        )
