"""What it takes to open a record and to read everything: space, seconds and memory."""

from __future__ import annotations

import json
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path

from search.engine.record_reader import RecordReader
from tests.benchmarks.record_candidates import CANDIDATES, Candidate, opened
from tests.benchmarks.record_progress import say


def size(file: Path) -> float:
    """The megabytes of a record with all files that belong to it."""
    return sum(path.stat().st_size for path in file.parent.glob(f"{file.name}*")) / 1e6


def read(candidate: Candidate, file: Path) -> dict[str, object]:
    """Until every trial is known, by the library; then by the record, in its own words."""
    row: dict[str, object] = {"storage": candidate.name, "MB": size(file)}
    say(f"reading: {candidate.name}")
    row |= spent("get_trials", lambda: opened(candidate, file).study.get_trials(deepcopy=False))
    if candidate == CANDIDATES[0]:
        # The record opens any SQLite file as this one.
        say(f"reading as the record does: {candidate.name}")
        row |= spent("result", lambda: RecordReader.open(file).result())
    return row


def spent(label: str, call: Callable[[], object]) -> dict[str, object]:
    """The seconds of one call, those of the processor, and the memory, in a process of its own."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        try:
            held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            began = time.perf_counter(), time.process_time()
            call()
            wall, busy = time.perf_counter() - began[0], time.process_time() - began[1]
            memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held) / 1e3
            told = {f"{label}: s": wall, f"{label}: CPU s": busy, f"{label}: memory MB": memory}
            os.write(writing, json.dumps(told).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        found: dict[str, object] = json.loads(pipe.read())
    os.wait()
    return found
