"""A trial while it trains: from what is reported to checked numbers and committed checkpoints."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from search.results.checkpoints import CheckpointStore
from search.results.goal import Course, Goal, Worth
from search.results.trials import Checkpoint, Report, Start
from trainables.contract import Metrics, Placement


class NoMetric(ValueError):
    """A trial did not report a number that the search improves."""


@dataclass(frozen=True)
class Finished:
    """One finished epoch: its report, the best value so far, the checkpoints that are kept."""

    report: Report
    best: Worth
    """What the best epoch so far is worth; NaN when an objective is not finite now."""
    kept: tuple[Checkpoint, ...]


@dataclass
class RunningTrial:
    """The trial as its trainable sees it (`trainables.contract.Trial`)."""

    number: int
    seed: int
    directory: Path
    resume_from: Path | None
    placement: Placement
    goal: Goal
    store: CheckpointStore
    send: Callable[[Finished], None]
    start: Start = field(default_factory=Start)
    epoch: int = 0
    planned_epochs: int = 0
    keep: int = 1
    started: float = field(default_factory=time.monotonic)
    course: Course = field(init=False)

    def __post_init__(self) -> None:
        self.course = self.goal.course(self.start)

    def report(self, epoch: int, metrics: Metrics, checkpoint: Path | None = None) -> None:
        """Commit the checkpoint, then tell the search, which may raise SystemExit to stop it."""
        numbers = {name: as_number(name, value) for name, value in metrics.items()}
        for metric in self.goal.metrics:
            if metric not in numbers:
                raise NoMetric(
                    f"the metric {metric!r} was not reported at epoch {epoch}; "
                    f"reported: {', '.join(sorted(numbers)) or 'nothing'}"
                )
        worth = self.course.take(numbers)
        self.epoch = epoch
        if checkpoint is not None and self.placement.rank == 0:
            self.store.commit(checkpoint, epoch, worth)
        seconds = round(time.monotonic() - self.started, 3)
        is_finite = all(math.isfinite(numbers[metric]) for metric in self.goal.metrics)
        best = self.course.best if is_finite else math.nan
        self.send(Finished(Report(epoch, seconds, numbers), best, self.store.kept))


def as_number(name: str, value: Any) -> float:
    """A reported value as a float.

    Raises:
        ValueError: it is no number.
    """
    wrong = ValueError(f"the metric {name!r} must be a number; reported: {value!r}")
    if value is None or isinstance(value, str | bytes):
        raise wrong
    try:
        return float(value)
    except (TypeError, ValueError, ArithmeticError, RuntimeError) as error:
        raise wrong from error
