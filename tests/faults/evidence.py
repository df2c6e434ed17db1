"""Everything that a search has left, gathered once, for the checker to judge."""

from __future__ import annotations

import csv
import fcntl
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from search.engine.record import Record
from search.results.folder import SearchFolder
from search.results.result import SearchResult
from tests.faults.commits import Epochs
from tests.faults.witness import Line, read_witness

Row = Mapping[str, str]

TIMES = frozenset({"seconds", "started", "attempts"})
"""Columns of `trials.csv` that differ from one run to the next by their nature."""

ATTEMPT = re.compile(r"attempt-\d+/")
"""A part of the path of a checkpoint that differs likewise; the trial and the epoch stay."""


@dataclass(frozen=True)
class Kill:
    """One process that was ended, and what was committed at that moment."""

    target: str
    pid: int
    at: float
    committed: Epochs
    """What no process may train after that moment."""
    in_flight: int
    """How many trials it could cost an epoch each."""
    damaged: Epochs = frozenset()
    """What was committed and is to be trained again, since its checkpoints were damaged by hand."""


@dataclass(frozen=True)
class End:
    """How one run of the command ended."""

    code: int | None
    """None if it had to be ended from outside because it hung."""
    last_line: str
    wanted: tuple[int, ...]
    """The codes that were to be expected."""


@dataclass(frozen=True)
class Expected:
    """What must be true of the search as a whole."""

    trials: int
    max_epochs: int
    states: frozenset[str] = frozenset({"complete", "stopped"})
    rungs: frozenset[int] = frozenset()
    reference: Sequence[Row] | None = None
    """The final table of the same search, uninterrupted; None if it is not deterministic."""
    tracking: str | None = None
    """The MLflow store to compare, if the search was tracked."""
    runs_ahead: bool = False
    """Whether trials train on while their reports wait in queues, as several workers do: what a
    kill costs, and what a stopped trial has trained in vain, then depends on how busy the machine
    is."""
    exchanges: bool = False
    """Whether trials are given one another's weights, as in population-based training: a trial may
    then train epochs once more, or skip some, without any kill."""


@dataclass(frozen=True)
class Evidence:
    """What the checker judges."""

    expected: Expected
    folder: Path
    result: SearchResult
    told: tuple[tuple[int, str], ...]
    """Number and state of each trial as Optuna holds it."""
    table: Sequence[Row]
    witness: tuple[Line, ...]
    kills: tuple[Kill, ...] = ()
    ends: tuple[End, ...] = ()
    leftovers: tuple[str, ...] = ()
    """Processes and folders that were still there half a minute after the end."""
    runs: Sequence[Mapping[str, object]] = field(default=())
    """The runs of the trials in MLflow, if it was tracked."""


def gather(
    expected: Expected,
    folder: Path,
    witness: Path,
    kills: Sequence[Kill] = (),
    ends: Sequence[End] = (),
    leftovers: Sequence[str] = (),
) -> Evidence:
    """Read the record, the table and the witness of a search that has ended."""
    place = SearchFolder(folder)
    record = Record.open(place.record)
    held = record.study.get_trials(deepcopy=False)
    return Evidence(
        expected=expected,
        folder=folder,
        result=record.result(),
        told=tuple((trial.number, trial.state.name) for trial in held),
        table=read_table(place.trials_csv),
        witness=read_witness(witness),
        kills=tuple(kills),
        ends=tuple(ends),
        leftovers=tuple(leftovers),
        runs=_tracked(expected.tracking, record.manifest()),
    )


def _tracked(uri: str | None, manifest: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
    if uri is None:
        return ()
    from tests.faults.tracking import tracked_runs

    return tracked_runs(uri, str(manifest["id"]))


def read_table(file: Path) -> list[Row]:
    """The rows of a table without times and attempts, as the text that stands in the file."""
    if not file.exists():
        return []
    with file.open(newline="") as text:
        rows = list(csv.DictReader(text))
    return [{k: ATTEMPT.sub("", cell) for k, cell in row.items() if k not in TIMES} for row in rows]


def is_locked(folder: Path) -> bool:
    """Whether somebody still holds the lock of a search."""
    file = folder / "lock"
    if not file.exists():
        return False
    with file.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
