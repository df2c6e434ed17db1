"""What is known of a trial: the plain, frozen words that record, tables and MLflow share."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from search.space.labels import Point


class State(StrEnum):
    """How a trial stands, or how it ended."""

    RUNNING = "running"
    COMPLETE = "complete"
    STOPPED = "stopped"
    DIVERGED = "diverged"
    FAILED = "failed"
    NO_METRIC = "no metric"
    OUT_OF_MEMORY = "out of memory"
    TIMED_OUT = "timed out"
    DIED = "died"
    INTERRUPTED = "interrupted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


TRAINED = frozenset({State.COMPLETE, State.STOPPED})
"""States whose values can be believed, so that such trials are ranked."""

FAULTY = frozenset(
    {
        State.DIVERGED,
        State.FAILED,
        State.NO_METRIC,
        State.OUT_OF_MEMORY,
        State.TIMED_OUT,
        State.DIED,
    }
)
"""States that count towards `search.max_failed`."""

UNFINISHED = frozenset({State.RUNNING, State.INTERRUPTED})
"""States of trials that a resumed search goes on with."""

NEVER_STARTED = frozenset({State.DUPLICATE, State.REJECTED})
"""States of points that were answered without a training."""


@dataclass(frozen=True)
class Checkpoint:
    """One file on disk that training can go on from; its path is relative to the search folder."""

    path: str
    epoch: int
    value: float
    sha256: str


@dataclass(frozen=True)
class Report:
    """What a trial said after one epoch; seconds are counted from the start of the trial."""

    epoch: int
    seconds: float
    metrics: Mapping[str, float]


@dataclass(frozen=True)
class Start:
    """Where an attempt at a trial goes on from; the first attempt starts from nothing."""

    epoch: int = 0
    best: float = math.nan
    seconds: float = 0.0
    kept: tuple[Checkpoint, ...] = ()
    """The checkpoints that are there by then; the last one is what training goes on from."""


@dataclass(frozen=True)
class Perturbation:
    """Another point for a running trial, from an epoch on: what population-based training does."""

    epoch: int
    point: Point
    config: Mapping[str, Any]


@dataclass(frozen=True)
class Objective:
    """The number that a search improves."""

    metric: str
    mode: str

    @property
    def sign(self) -> float:
        """1 if larger is better, -1 if smaller is."""
        return 1.0 if self.mode == "max" else -1.0

    def is_better(self, value: float, other: float) -> bool:
        """Whether a value beats another; a value that is not finite beats nothing."""
        return math.isfinite(value) and (
            not math.isfinite(other) or self.sign * value > self.sign * other
        )


@dataclass(frozen=True)
class TrialRecord:
    """Everything that the record holds of one trial."""

    number: int
    state: State
    point: Point
    seed: int
    started: float = 0.0
    reports: tuple[Report, ...] = ()
    checkpoints: tuple[Checkpoint, ...] = ()
    cause: str | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    duplicate_of: int | None = None
    perturbed: tuple[Perturbation, ...] = ()
    attempts: int = 1
    """How often its training was begun; more than once after an interruption or a dead process."""
    deaths: int = 0
    """How many of these followed the death of its process."""

    @property
    def epochs(self) -> int:
        """The number of the last epoch that was reported."""
        return self.reports[-1].epoch if self.reports else 0

    @property
    def seconds(self) -> float:
        """The time from the start to the last report."""
        return self.reports[-1].seconds if self.reports else 0.0

    def point_at(self, epoch: int) -> Point:
        """The point under which an epoch was trained."""
        return next((p.point for p in reversed(self.perturbed) if p.epoch <= epoch), self.point)

    def config_at(self, epoch: int) -> Mapping[str, Any]:
        """The resolved config under which an epoch was trained."""
        return next((p.config for p in reversed(self.perturbed) if p.epoch <= epoch), self.config)

    def best_report(self, objective: Objective) -> Report | None:
        """The report with the best finite value of the objective, the first of equals."""
        best: Report | None = None
        for report in self.reports:
            value = report.metrics.get(objective.metric, math.nan)
            held = best.metrics[objective.metric] if best else math.nan
            if objective.is_better(value, held):
                best = report
        return best

    def value(self, objective: Objective) -> float:
        """The best value of the objective, or NaN if no epoch has a finite one."""
        best = self.best_report(objective)
        return best.metrics[objective.metric] if best else math.nan

    def best_checkpoint(self, objective: Objective) -> Checkpoint | None:
        """The kept checkpoint with the best finite value of any objective that was reported."""
        metrics = {report.epoch: report.metrics for report in self.reports}
        valued = [
            replace(c, value=metrics.get(c.epoch, {}).get(objective.metric, math.nan))
            for c in self.checkpoints
        ]
        finite = [c for c in valued if math.isfinite(c.value)]
        return max(finite, key=lambda c: objective.sign * c.value, default=None)


def ranked(trials: list[TrialRecord], objective: Objective) -> list[TrialRecord]:
    """The trials whose values can be believed, best first; ties keep the order of their numbers."""
    usable = [t for t in trials if t.state in TRAINED and math.isfinite(t.value(objective))]
    return sorted(usable, key=lambda t: (-objective.sign * t.value(objective), t.number))
