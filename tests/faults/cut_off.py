"""A search that was killed in its middle: what a resume finds, to be damaged or moved first."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from search.engine.record import Record
from search.results.trials import Checkpoint, TrialRecord
from tests.faults.search_process import SearchProcess


def cut_off(search: SearchProcess, epochs: int) -> TrialRecord:
    """Kill the driver after so many epochs and wait for all of it to go; the trial that ran."""
    search.start()
    assert search.wait_for_epochs(epochs), search.output()
    assert search.kill("driver"), search.output()
    search.wait(-9)
    assert not (left := search.remnants.wait_until_gone()), left
    # A copy, since whoever opens the record itself brings its write-ahead log into it.
    with TemporaryDirectory() as folder:
        for file in search.place.glob("record.db*"):
            shutil.copy(file, folder)
        record = Record.open(Path(folder, search.record.name))
        trial = record.trials()[-1]
        record.close()
    return trial


def lose(search: SearchProcess, trial: TrialRecord, last: int) -> None:
    """Let the epochs of a trial after this one be trained again: they were damaged by hand."""
    kill = search.kills[-1]
    damaged = {(number, epoch) for number, epoch in kill.committed if number == trial.number}
    damaged = {(number, epoch) for number, epoch in damaged if epoch > last}
    left = kill.committed - damaged
    search.kills[-1] = replace(kill, committed=left, damaged=frozenset(damaged))


def flip(data: bytes, chosen: random.Random) -> bytes:
    """The same with one bit changed."""
    place = chosen.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << chosen.randrange(8)]) + data[place + 1 :]


def last_of(trial: TrialRecord) -> tuple[Checkpoint, int]:
    """The checkpoint that a resume wants, and the epoch of the one before it."""
    assert len(trial.checkpoints) > 1, f"trial {trial.number} keeps {trial.checkpoints}"
    return trial.checkpoints[-1], trial.checkpoints[-2].epoch
