"""What the witness file says: which process trained which epoch of which trial, and when."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Line:
    """One thing that was seen; the time is the machine's monotonic clock, which all share."""

    word: str
    """`began` (at the epoch that the checkpoint held) or `trained`; of another worker of the same
    trial, `beside`."""
    trial: int
    epoch: int
    pid: int
    at: float


def read_witness(folder: Path) -> tuple[Line, ...]:
    """Every whole line; the trainable writes each with one call, so that none is torn."""
    file = folder / "lines.txt"
    if not file.exists():
        return ()
    return tuple(_line(text) for text in file.read_text().splitlines())


def _line(text: str) -> Line:
    word, trial, epoch, pid, at = text.split()
    return Line(word, int(trial), int(epoch), int(pid), float(at))


def times_trained(lines: tuple[Line, ...]) -> Counter[tuple[int, int]]:
    """How often each epoch of each trial was trained."""
    return Counter((line.trial, line.epoch) for line in lines if line.word == "trained")
