"""How a checkpoint becomes a file to be trusted: written aside, hashed, renamed, kept or not."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from search.crash_points import reach
from search.results.goal import Goal, Worth
from search.results.trials import Checkpoint

LAST_KEPT = 2
"""How many of the last checkpoints a running trial keeps: one may turn out to be damaged."""


def sha256(path: Path) -> str:
    """The SHA-256 of a file, as hexadecimal text."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_intact(folder: Path, checkpoint: Checkpoint) -> bool:
    """Whether the file is there and is, byte for byte, the one that was reported."""
    path = folder / checkpoint.path
    return path.is_file() and sha256(path) == checkpoint.sha256


def retained(
    candidates: tuple[Checkpoint, ...], goal: Goal, keep: int, last: int = LAST_KEPT
) -> tuple[Checkpoint, ...]:
    """Those worth keeping: the best few by the goal, and the last; all if `keep` is -1."""
    if keep < 0:
        return candidates
    best = goal.best_first(candidates)[:keep]
    newest = candidates[-last:]
    return tuple(c for c in candidates if c in best or c in newest)


def with_earlier(
    before: tuple[Checkpoint, ...], now: tuple[Checkpoint, ...], epoch: int
) -> tuple[Checkpoint, ...]:
    """What a trial has after an epoch, its own from before it was given another's weights included.

    The worker that trained the epoch only knows of `now`: what was kept since then.
    """
    known = {checkpoint.epoch for checkpoint in now}
    earlier = (c for c in before if c.epoch < epoch and c.epoch not in known)
    return (*earlier, *now)


def delete(folder: Path, checkpoints: Iterable[Checkpoint]) -> None:
    """Remove the files of checkpoints that are no longer kept."""
    for checkpoint in checkpoints:
        (folder / checkpoint.path).unlink(missing_ok=True)


class CheckpointStore:
    """The checkpoints of one trial, as the process that trains it sees them.

    It deletes nothing: that is for whoever writes the record, once the newer one is in it.
    """

    def __init__(
        self,
        folder: Path,
        directory: Path,
        goal: Goal,
        keep: int = 1,
        kept: tuple[Checkpoint, ...] = (),
        last: int = LAST_KEPT,
    ) -> None:
        self._folder = folder
        self._directory = directory
        self._goal = goal
        self.keep = keep
        """How many of the best are kept beside the last ones; -1 for all."""
        self.kept = kept
        self._last = last

    def commit(self, file: Path, epoch: int, value: Worth) -> tuple[Checkpoint, ...]:
        """Take a freshly written file over; returns the checkpoints that are worth keeping now."""
        reach("checkpoint-written")
        _sync(file)
        reach("checkpoint-synced")
        target = self._directory / f"epoch={epoch:04d}.ckpt"
        new = Checkpoint(str(target.relative_to(self._folder)), epoch, value, sha256(file))
        file.replace(target)
        reach("checkpoint-renamed")
        _sync(self._directory)
        candidates = (*(c for c in self.kept if c.epoch != epoch), new)
        self.kept = retained(candidates, self._goal, self.keep, self._last)
        return self.kept


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
