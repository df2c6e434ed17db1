"""Ends what a cluster of ours leaves behind when its driver dies, in whatever way that was.

A small process of its own session, started before Ray as `python -I -S reaper.py FOLDER DRIVER`.
Its standard input is a pipe that only the driver holds open, so that even a SIGKILL of the driver
ends it. Ray's own ways get some seconds; what is left then is killed, and the folder is removed.
Linux shows the processes in /proc; elsewhere only the folder is removed.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

MARKER = "TUNE_RUN_CLUSTER"
"""The variable that every process of a cluster inherits; its value is the folder of the cluster."""

TEMPORARY = "tmp"
"""What lies in the folder of a cluster for the temporary files of its processes."""

GRACE_SECONDS = 3.0
PATIENCE_SECONDS = 20.0
"""How long Ray has to end its processes, and how long killed ones have to be gone."""

LOOK_SECONDS = 0.2


class Process(NamedTuple):
    """One process of this machine; with its start, since the kernel gives numbers out again."""

    pid: int
    started: str


class Seen(NamedTuple):
    """What /proc shows of a process."""

    process: Process
    parent: int
    alive: bool


def family(folder: str) -> set[Process]:
    """The living processes that carry the mark of a cluster, and their descendants.

    A descendant may have another environment: a worker's own subprocess decides that.
    """
    seen = {found.process.pid: found for found in _processes() if found.alive}
    found = {pid for pid in seen if _is_marked(pid, folder)}
    children: dict[int, list[int]] = {}
    for pid, one in seen.items():
        children.setdefault(one.parent, []).append(pid)
    waiting = list(found)
    while waiting:
        new = [pid for pid in children.get(waiting.pop(), []) if pid not in found]
        found.update(new)
        waiting += new
    return {seen[pid].process for pid in found - {os.getpid()}}


def end(folder: str, grace: float = GRACE_SECONDS) -> None:
    """Wait for the processes of a cluster to end, kill those that do not, remove its folder."""
    begun = time.monotonic()
    known: set[Process] = set()
    while time.monotonic() < begun + grace + PATIENCE_SECONDS:
        known = {process for process in known if _lives(process)} | family(folder)
        if not known:
            break
        if time.monotonic() >= begun + grace:
            for process in known:
                _kill(process)
        time.sleep(LOOK_SECONDS)
    remove(folder)


def remove(folder: str) -> None:
    """Remove the folder of a cluster, and the temporary files of its processes."""
    inside = Path(folder, TEMPORARY)
    # A link, where the user wants temporary files in a place with a long name.
    if inside.is_symlink():
        shutil.rmtree(inside.resolve(), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def wait_for_end(driver: int) -> None:
    """Return once the driver has closed its end of the pipe, or is not there any more.

    Both, since a forked child of the driver holds the pipe open as well.
    """
    while os.getppid() == driver:
        readable, _, _ = select.select([0], [], [], 1.0)
        if readable and not os.read(0, 1):
            return


def _processes() -> Iterator[Seen]:
    for entry in Path("/proc").glob("[0-9]*"):
        if (found := _look(int(entry.name))) is not None:
            yield found


def _look(pid: int) -> Seen | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    # The name before the last bracket may hold anything, brackets and spaces too.
    fields = text.rpartition(")")[2].split()
    state, parent, started = fields[0], int(fields[1]), fields[19]
    return Seen(Process(pid, started), parent, state not in "ZX")


def _is_marked(pid: int, folder: str) -> bool:
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return False
    return f"{MARKER}={folder}".encode() in environment.split(b"\0")


def _lives(process: Process) -> bool:
    found = _look(process.pid)
    return found is not None and found.alive and found.process == process


def _kill(process: Process) -> None:
    try:
        handle = os.pidfd_open(process.pid)
    except OSError:
        return
    try:
        # The handle holds on to one process, so that no other one can take its number now.
        if _lives(process):
            signal.pidfd_send_signal(handle, signal.SIGKILL)
    except OSError:
        pass
    finally:
        os.close(handle)


if __name__ == "__main__":
    wait_for_end(int(sys.argv[2]))
    end(sys.argv[1])
