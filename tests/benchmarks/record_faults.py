"""What a record survives: a tail that was never written, and kill -9 at any moment."""

from __future__ import annotations

import os
import random
import signal
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.record_candidates import Candidate, Opened, opened
from tests.benchmarks.record_model import EPOCHS, entry_of
from tests.benchmarks.record_progress import say

ACKNOWLEDGED = struct.Struct("<ii")
"""The number of a trial and its epoch, sent once they are committed."""


@dataclass
class Toll:
    """What was counted over many faults."""

    faults: int = 0
    refused: int = 0
    """How often it could not be opened."""
    lost: int = 0
    """How often an earlier, acknowledged report was missing."""
    stuck: int = 0
    """How often the next report could not be written."""
    ruined: int = 0
    """How often it could not be read after that."""
    locks: int = 0
    """How often a lock was left behind, which costs the next writer half a minute."""
    said: str = ""

    def inspect(self, candidate: Candidate, file: Path, wanted: set[tuple[int, int]]) -> None:
        """Open a record after a fault, look for what must be there, and write one report more."""
        self.faults += 1
        for lock in file.parent.glob(f"{file.name}.lock*"):
            self.locks += 1
            lock.unlink()
        found: set[tuple[int, int]] = set()
        if not self._works(lambda: found.update(read_back(candidate, file))):
            self.refused += 1
            return
        self.lost += bool(wanted - found)
        self.stuck += not self._works(lambda: write_one(candidate, file))
        self.ruined += not self._works(lambda: read_back(candidate, file))

    def _works(self, step: Callable[[], object]) -> bool:
        try:
            step()
        except Exception as error:  # noqa: BLE001 - what is counted
            self.said = repr(error)[:60]
            return False
        return True


def read_back(candidate: Candidate, file: Path) -> set[tuple[int, int]]:
    """Open a record for its reports alone."""
    with closing(opened(candidate, file)) as at:
        return reports(at)


def write_one(candidate: Candidate, file: Path) -> None:
    """One report more, of a trial more."""
    with closing(opened(candidate, file)) as at:
        number = at.study.ask().number
        at.commit(number, 1, entry_of(1, random.Random(1)), 0.5)


def reports(at: Opened) -> set[tuple[int, int]]:
    """The trials and epochs that are committed."""
    return {
        (trial.number, int(key.rsplit(":", 1)[1]))
        for trial in at.study.get_trials(deepcopy=False)
        for key in trial.system_attrs
        if key.startswith("tune_run:report:")
    }


def write_on(candidate: Candidate, file: Path, pipe: int) -> None:
    """Commit reports until the process is killed, and acknowledge each."""
    at = opened(candidate, file)
    while True:
        number = at.study.ask().number
        for epoch in range(1, EPOCHS + 1):
            at.commit(number, epoch, entry_of(epoch, random.Random(epoch)), 0.5)
            os.write(pipe, ACKNOWLEDGED.pack(number, epoch))


def killed(candidate: Candidate, file: Path, after: float) -> Iterator[tuple[int, int]]:
    """What a writer had acknowledged when it was killed, so many seconds after its first report."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            write_on(candidate, file, writing)
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        first = pipe.read(ACKNOWLEDGED.size)
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        for found in ACKNOWLEDGED.iter_unpack(first + pipe.read()):
            yield found[0], found[1]


def kills(candidate: Candidate, folder: Path, times: int, seed: int = 7) -> Toll:
    """Kill a writer of the same record again and again at random moments."""
    folder.mkdir()
    generator, toll = random.Random(seed), Toll()
    wanted: set[tuple[int, int]] = set()
    for count in range(times):
        say(f"kill {count + 1} of {times}: {candidate.name}")
        wanted |= set(killed(candidate, folder / "record", generator.uniform(0, 0.1)))
        toll.inspect(candidate, folder / "record", wanted)
    return toll
