"""Which processes belong to a search, from its start until the last of them is gone."""

from __future__ import annotations

import os
import re
import signal
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MARKER = "TUNE_RUN_FAULTS"
"""A variable in the environment of everything that one of these searches starts."""

TEMPORARY = re.compile(r"/tmp/(?:tf-[^/ ]+/)?tr-[0-9a-f]{8}")
"""Where the product's cluster keeps its sockets and logs."""

LOOK_SECONDS = 0.3


@dataclass(frozen=True)
class Process:
    """A process that cannot be taken for a later one of the same id."""

    pid: int
    born: int
    """Clock ticks since the machine started."""
    parent: int
    state: str
    command: str

    def is_alive(self) -> bool:
        now = read_process(self.pid)
        return now is not None and now.born == self.born and now.state not in "ZX"


def read_process(pid: int) -> Process | None:
    """The process of this id, or None."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return None
    state, parent, *rest = stat.rpartition(")")[2].split()
    text = command.replace(b"\0", b" ").decode(errors="replace").strip()
    return Process(pid, int(rest[17]), int(parent), state, text)


def _environment(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace")
    return ""


class Family:
    """Every process that descends from one search, also those whose parents died first.

    Found by ancestry, looked at a few times a second, and by the marker in the environment.
    """

    def __init__(self, mark: str) -> None:
        self._mark = f"{MARKER}={mark}"
        self._known: dict[int, Process] = {}
        self._foreign: set[tuple[int, int]] = set()
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.folders: set[Path] = set()
        """The temporary folders of its clusters."""

    def start(self) -> None:
        self._thread.start()

    def _watch(self) -> None:
        while not self._ending.wait(LOOK_SECONDS):
            self.look()

    def look(self) -> None:
        """Take in the processes that have come since."""
        with self._lock:
            names = (entry.name for entry in Path("/proc").iterdir())
            for pid in sorted(int(name) for name in names if name.isdigit()):
                process = read_process(pid)
                if process is not None:
                    self._take(process)

    def _take(self, process: Process) -> None:
        known = self._known.get(process.pid)
        if known is None or known.born != process.born:
            identity = (process.pid, process.born)
            if not self._belongs(process, identity):
                return
        self._known[process.pid] = process
        self.folders.update(map(Path, TEMPORARY.findall(process.command)))

    def _belongs(self, process: Process, identity: tuple[int, int]) -> bool:
        if process.parent in self._known and self._known[process.parent].is_alive():
            return True
        if identity in self._foreign:
            return False
        if self._mark in _environment(process.pid):
            return True
        self._foreign.add(identity)
        return False

    def alive(self) -> list[Process]:
        """Those that still run."""
        self.look()
        with self._lock:
            return [process for process in self._known.values() if process.is_alive()]

    def find(self, part: str) -> Process | None:
        """The process whose command holds a text, such as `gcs_server`."""
        return next((p for p in self.alive() if part in p.command), None)

    def end(self) -> None:
        """Leave nothing behind: kill what is left, again until nothing comes after it."""
        for _ in range(20):
            left = self.alive()
            for process in left:
                with suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGKILL)
            if not left:
                break
            self._ending.wait(0.1)
        self._ending.set()
        self._thread.join()
