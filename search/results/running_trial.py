"""A trial while it trains: from what is reported to checked numbers and committed checkpoints."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from search.results.checkpoints import CheckpointStore
from search.results.trials import Checkpoint, Objective, Report
from trainables.contract import Metrics, Placement


class NoMetric(ValueError):
    """A trial did not report the number that the search improves."""


@dataclass(frozen=True)
class Finished:
    """One finished epoch: its report, the best value so far, the checkpoints that are kept."""

    report: Report
    best: float
    """The best finite value so far; NaN when the objective is not finite now."""
    kept: tuple[Checkpoint, ...]


@dataclass
class RunningTrial:
    """The trial as its trainable sees it (`trainables.contract.Trial`)."""

    number: int
    seed: int
    directory: Path
    resume_from: Path | None
    placement: Placement
    objective: Objective
    store: CheckpointStore
    send: Callable[[Finished], None]
    best: float = math.nan
    epoch: int = 0
    planned_epochs: int = 0
    keep: int = 1
    started: float = field(default_factory=time.monotonic)

    def report(self, epoch: int, metrics: Metrics, checkpoint: Path | None = None) -> None:
        """Commit the checkpoint, then tell the search, which may raise SystemExit to stop it."""
        numbers = {name: as_number(name, value) for name, value in metrics.items()}
        if self.objective.metric not in numbers:
            raise NoMetric(
                f"the metric {self.objective.metric!r} was not reported at epoch {epoch}; "
                f"reported: {', '.join(sorted(numbers)) or 'nothing'}"
            )
        value = numbers[self.objective.metric]
        if self.objective.is_better(value, self.best):
            self.best = value
        self.epoch = epoch
        if checkpoint is not None and self.placement.rank == 0:
            self.store.commit(checkpoint, epoch, value)
        seconds = round(time.monotonic() - self.started, 3)
        best = self.best if math.isfinite(value) else math.nan
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
