"""Where a trial goes on from: its last committed checkpoint that is still what was written."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from search.engine.bad_ends import ERROR_FILE
from search.engine.record_words import Committed
from search.engine.stack_dump import CRASH, HANG
from search.results.checkpoints import is_intact
from search.results.goal import Goal
from search.results.trials import Checkpoint, Start, TrialRecord


def find_start(
    trial: TrialRecord,
    epochs: tuple[Committed, ...],
    folder: Path,
    note: Callable[[str], None],
    goal: Goal,
) -> Start:
    """The start of the next attempt; from nothing if no checkpoint is left that can be believed."""
    known = {epoch.report.epoch: epoch for epoch in epochs}
    believed = [c for c in trial.checkpoints if c.epoch in known]
    sound = tuple(c for c in believed if is_intact(folder, c))
    for damaged in (c for c in believed if c not in sound):
        note(
            f"trial {trial.number:05d}: {folder / damaged.path} is missing or damaged; "
            "going on without it"
        )
    if not sound:
        return Start()
    last = known[sound[-1].epoch]
    before = [epoch.report for epoch in epochs if epoch.report.epoch <= last.report.epoch]
    best = last.best if isinstance(last.best, float) else math.nan
    return Start(last.report.epoch, best, last.report.seconds, sound, goal.front(before))


def sweep(directory: Path, kept: tuple[Checkpoint, ...]) -> None:
    """Delete all checkpoints of a trial but these: what was never committed, and files aside."""
    paths = {directory.parents[1] / checkpoint.path for checkpoint in kept}
    for file in directory.rglob("*.ckpt*"):
        if file not in paths:
            file.unlink(missing_ok=True)


def clear_marks(directory: Path) -> None:
    """Delete what earlier attempts said of their end: the trial has not ended."""
    for pattern in (ERROR_FILE, f"{HANG}.*.txt", f"{CRASH}.*.txt"):
        for file in directory.rglob(pattern):
            file.unlink(missing_ok=True)
