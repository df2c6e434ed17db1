"""What is known of a trial: the plain, frozen words that record, tables and MLflow share."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from search.results.fronts import Vector
from search.results.goal import Goal, Worth, worth_of
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
    value: Worth
    """What it is kept for; NaN if there is no reason to keep it but being the last one."""
    sha256: str


@dataclass(frozen=True)
class Report:
    """What a trial said after one epoch; seconds are counted from the start of the trial."""

    epoch: int
    seconds: float
    metrics: Mapping[str, float]


def checkpoints_of(plain: Sequence[Mapping[str, Any]]) -> tuple[Checkpoint, ...]:
    """Checkpoints as they were before they became JSON, which knows no tuples."""
    return tuple(Checkpoint(**{**held, "value": worth_of(held["value"])}) for held in plain)


@dataclass(frozen=True)
class Start:
    """Where an attempt at a trial goes on from; the first attempt starts from nothing."""

    epoch: int = 0
    best: float = math.nan
    seconds: float = 0.0
    kept: tuple[Checkpoint, ...] = ()
    """The checkpoints that are there by then; the last one is what training goes on from."""
    front: tuple[Vector, ...] = ()
    """Of several objectives: the values of the epochs so far that no other of them matches."""


@dataclass(frozen=True)
class Perturbation:
    """Another point for a running trial, from an epoch on: what population-based training does."""

    epoch: int
    point: Point
    config: Mapping[str, Any]


@dataclass
class BestSoFar:
    """The course of a trial that has one objective."""

    objective: Objective
    best: float

    def take(self, metrics: Mapping[str, float]) -> float:
        value = metrics[self.objective.metric]
        if self.objective.is_better(value, self.best):
            self.best = value
        return value


@dataclass(frozen=True)
class Objective:
    """One number that a search improves."""

    metric: str
    mode: str

    @property
    def parts(self) -> tuple[Objective]:
        return (self,)

    @property
    def metrics(self) -> tuple[str]:
        return (self.metric,)

    @property
    def sign(self) -> float:
        """1 if larger is better, -1 if smaller is."""
        return 1.0 if self.mode == "max" else -1.0

    def is_better(self, value: float, other: float) -> bool:
        """Whether a value beats another; a value that is not finite beats nothing."""
        return math.isfinite(value) and (
            not math.isfinite(other) or self.sign * value > self.sign * other
        )

    def course(self, start: Start) -> BestSoFar:
        return BestSoFar(self, start.best)

    def front(self, reports: Sequence[Report]) -> tuple[Vector, ...]:
        """Nothing: the best value so far says it all (`Start.best`)."""
        del reports
        return ()

    def best_report(self, reports: Sequence[Report]) -> Report | None:
        """The report with the best finite value, the first of equals."""
        best: Report | None = None
        for report in reports:
            value = report.metrics.get(self.metric, math.nan)
            held = best.metrics[self.metric] if best else math.nan
            if self.is_better(value, held):
                best = report
        return best

    def best_first(self, checkpoints: Sequence[Checkpoint]) -> list[Checkpoint]:
        """Those with a finite value by it, the first of equals first."""
        valued = [
            (-self.sign * c.value, c.epoch, c)
            for c in checkpoints
            if isinstance(c.value, float) and math.isfinite(c.value)
        ]
        return [c for _, _, c in sorted(valued, key=lambda known: known[:2])]

    def best_checkpoint(
        self, checkpoints: Sequence[Checkpoint], reports: Sequence[Report]
    ) -> Checkpoint | None:
        """The one with the best finite value, whatever metric it was kept for."""
        metrics = {report.epoch: report.metrics for report in reports}
        valued = [
            replace(c, value=metrics.get(c.epoch, {}).get(self.metric, math.nan))
            for c in checkpoints
        ]
        return next(iter(self.best_first(valued)), None)

    def placed(self, trials: Sequence[TrialRecord]) -> list[tuple[int, TrialRecord]]:
        """By value; ties keep the order of their numbers."""
        order = sorted(trials, key=lambda t: (-self.sign * t.value(self), t.number))
        return list(enumerate(order, start=1))


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

    def best_report(self, goal: Goal) -> Report | None:
        """The epoch that stands for the trial, or None if no epoch can."""
        return goal.best_report(self.reports)

    def values(self, goal: Goal) -> Vector:
        """What the trial reached: each objective at its best epoch; NaN if there is none."""
        best = self.best_report(goal)
        return tuple(best.metrics[metric] if best else math.nan for metric in goal.metrics)

    def value(self, objective: Objective) -> float:
        """The best value of one objective, or NaN if no epoch has a finite one."""
        return self.values(objective)[0]

    def best_checkpoint(self, goal: Goal) -> Checkpoint | None:
        """The kept checkpoint that is best by an objective, or stands for the trial by several."""
        return goal.best_checkpoint(self.checkpoints, self.reports)


def placed(trials: Sequence[TrialRecord], goal: Goal) -> list[tuple[int, TrialRecord]]:
    """The trials whose values can be believed, in order, each with its rank."""
    return goal.placed([t for t in trials if t.state in TRAINED and t.best_report(goal)])


def ranked(trials: Sequence[TrialRecord], goal: Goal) -> list[TrialRecord]:
    """The trials whose values can be believed, best first."""
    return [trial for _, trial in placed(trials, goal)]
