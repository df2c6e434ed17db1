"""How a checkpoint becomes a file to be trusted: written aside, hashed, renamed, kept or not."""

from __future__ import annotations

import hashlib
import math
import os
from pathlib import Path

from search.results.trials import Checkpoint, Objective


def sha256(path: Path) -> str:
    """The SHA-256 of a file, as hexadecimal text."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_intact(folder: Path, checkpoint: Checkpoint) -> bool:
    """Whether the file is there and is, byte for byte, the one that was reported."""
    path = folder / checkpoint.path
    return path.is_file() and sha256(path) == checkpoint.sha256


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class CheckpointStore:
    """The checkpoints of one trial: the best few by the objective, and always the last."""

    def __init__(
        self,
        folder: Path,
        directory: Path,
        objective: Objective,
        keep: int = 1,
        kept: tuple[Checkpoint, ...] = (),
    ) -> None:
        self._folder = folder
        self._directory = directory
        self._objective = objective
        self.keep = keep
        """How many of the best are kept beside the last one; -1 for all."""
        self.kept = kept
        self._stale: tuple[Checkpoint, ...] = ()

    def commit(self, file: Path, epoch: int, value: float) -> tuple[Checkpoint, ...]:
        """Take a freshly written file over; returns the checkpoints that are kept now.

        What is no longer kept is deleted one report later, when the record knows the new one.
        """
        self._delete_stale()
        _sync(file)
        target = self._directory / f"epoch={epoch:04d}.ckpt"
        new = Checkpoint(str(target.relative_to(self._folder)), epoch, value, sha256(file))
        file.replace(target)
        _sync(self._directory)
        candidates = (*(c for c in self.kept if c.epoch != epoch), new)
        self.kept = self._choose(candidates)
        self._stale = tuple(c for c in candidates if c not in self.kept)
        return self.kept

    def _choose(self, candidates: tuple[Checkpoint, ...]) -> tuple[Checkpoint, ...]:
        if self.keep < 0:
            return candidates
        finite = [c for c in candidates if math.isfinite(c.value)]
        best = sorted(finite, key=lambda c: (-self._objective.sign * c.value, c.epoch))[: self.keep]
        last = candidates[-1]
        return tuple(c for c in candidates if c in best or c is last)

    def _delete_stale(self) -> None:
        for checkpoint in self._stale:
            (self._folder / checkpoint.path).unlink(missing_ok=True)
        self._stale = ()
