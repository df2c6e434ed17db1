"""Why a trial ended badly: what its process left behind, else what Ray knows of its death."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Mapping
from pathlib import Path

from ray.tune.experiment import Trial as RayTrial

from search.causes import headline
from search.engine.stack_dump import CRASH, HANG, dump_of
from search.results.trials import State

ERROR_FILE = "error.txt"
LIMIT = 20_000
"""How much of a traceback the record keeps, in characters; the end of it says what happened."""

RAISED: Mapping[str, State] = {
    "NoMetric": State.NO_METRIC,
    "MemoryError": State.OUT_OF_MEMORY,
    "_ArrayMemoryError": State.OUT_OF_MEMORY,
    "OutOfMemoryError": State.OUT_OF_MEMORY,
    "OutOfTime": State.TIMED_OUT,
}
"""Exceptions that have a state of their own; any other is a failure."""

NO_ROOM = "|".join(re.escape(os.strerror(code)) for code in (errno.ENOSPC, errno.EDQUOT))

NOT_ITS_FAULT = re.compile(
    rf"DataLoader worker .*(is killed by signal|exited unexpectedly)|OSError: .*({NO_ROOM})"
)
"""A process that loads data for the trial has died, as torch says it; the disk is full."""

KILLED_FOR_MEMORY = re.compile(
    r"\d+ worker\(s\) were killed|OutOfMemoryError|low on memory|memory pressure"
)
"""What Ray says when its memory monitor has killed a worker.

Of every other death it says that it may have been the kernel's OOM killer.
"""

SAID = 500
"""How much the record keeps of what Ray says, in characters."""


def end_of(trial: RayTrial, directory: Path) -> tuple[State, str]:
    """The state and the cause of a trial that ended with an error; the last line says it all."""
    if (raised := _read(directory / ERROR_FILE)) is not None:
        return state_after(raised), raised
    if (hung := dump_of(directory, HANG)) is not None:
        return State.TIMED_OUT, f"{hung[-LIMIT:]}\nTimed out: {hung.splitlines()[0]}"
    if (crashed := dump_of(directory, CRASH)) is not None:
        return State.FAILED, f"{crashed[-LIMIT:]}\nCrashed: {crashed.splitlines()[0]}"
    said = _said_by_ray(trial)
    if (killed := KILLED_FOR_MEMORY.search(said)) is not None:
        # Much advice follows on it.
        said = said[killed.start() :][:SAID]
        return State.OUT_OF_MEMORY, f"{said}\nOut of memory: Ray ended the process of the trial"
    return State.DIED, f"{said[-SAID:]}\nThe process of the trial died without a Python exception"


def state_after(traceback: str) -> State:
    """The state that belongs to an exception, by its name in the traceback's last line."""
    if NOT_ITS_FAULT.search(headline(traceback)):
        return State.DIED
    name = headline(traceback).partition(":")[0].rpartition(".")[2]
    return RAISED.get(name, State.FAILED)


def _read(file: Path) -> str | None:
    return file.read_text(errors="replace").strip()[-LIMIT:] if file.is_file() else None


def _said_by_ray(trial: RayTrial) -> str:
    # The text, not the pickled exception: nothing that lies on a disk is ever unpickled.
    written = _read(Path(trial.error_file)) if trial.error_file else None
    return " ".join((written or "Ray does not say why").split())
