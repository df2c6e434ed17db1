"""Several objectives that are traded off against one another; none is worth more than another."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from search.results.fronts import Vector, dominates, in_order, matches, spread
from search.results.goal import Goal, Worth, is_finite
from search.results.trials import Checkpoint, Objective, Report, Start, TrialRecord


@dataclass
class OwnFront:
    """The course of a trial that has several objectives."""

    goal: TradeOff
    front: tuple[Vector, ...]
    """The values of its epochs so far that no other of them matches, in their order."""

    @property
    def best(self) -> Worth:
        return self.front[-1] if self.front else math.nan

    def take(self, metrics: Mapping[str, float]) -> Worth:
        values = self.goal.values(metrics)
        grown = self.goal.grown(self.front, values)
        if values is None or grown == self.front:
            return math.nan
        self.front = grown
        return values


@dataclass(frozen=True)
class TradeOff:
    """Two or three objectives of one search.

    A trial is worth the values of one of its epochs, never the best of each at different epochs,
    which no checkpoint has. That epoch is the last one that no earlier epoch of the trial matches,
    which is to be as good in every objective. It needs no scale and no weight, it is known when the
    epoch is over, no epoch of the trial dominates it, and of one objective it is the best epoch,
    the first of equals. So a trial counts as far as it has come, and one bad epoch does not count.
    """

    parts: tuple[Objective, ...]

    @property
    def metrics(self) -> tuple[str, ...]:
        return tuple(part.metric for part in self.parts)

    def values(self, metrics: Mapping[str, float]) -> Vector | None:
        """The values of the objectives, in their order; None if one is missing or not finite."""
        values = tuple(metrics.get(metric, math.nan) for metric in self.metrics)
        return values if all(map(math.isfinite, values)) else None

    def losses(self, values: Vector) -> Vector:
        """The values with the signs that make small ones good."""
        return tuple(-part.sign * v for part, v in zip(self.parts, values, strict=True))

    def grown(self, front: tuple[Vector, ...], values: Vector | None) -> tuple[Vector, ...]:
        """The front of a trial after one more epoch; the same if an earlier one matches it."""
        if values is None:
            return front
        losses = self.losses(values)
        if any(matches(self.losses(held), losses) for held in front):
            return front
        return (*(held for held in front if not dominates(losses, self.losses(held))), values)

    def course(self, start: Start) -> OwnFront:
        return OwnFront(self, start.front)

    def front(self, reports: Sequence[Report]) -> tuple[Vector, ...]:
        """The values of the epochs that no earlier epoch matches and no later one dominates."""
        front: tuple[Vector, ...] = ()
        for report in reports:
            front = self.grown(front, self.values(report.metrics))
        return front

    def best_report(self, reports: Sequence[Report]) -> Report | None:
        """The last epoch that no earlier one matches."""
        front: tuple[Vector, ...] = ()
        best: Report | None = None
        for report in reports:
            grown = self.grown(front, self.values(report.metrics))
            front, best = grown, best if grown == front else report
        return best

    def best_first(self, checkpoints: Sequence[Checkpoint]) -> list[Checkpoint]:
        """Those that none of them dominates: the last one, then each next far from those before.

        So the first is that of the epoch which stands for the trial, and however many are kept,
        they lie all along the front of the trial.
        """
        valued = [(c, self.losses(c.value)) for c in checkpoints if isinstance(c.value, tuple)]
        every = [losses for _, losses in valued]
        best = [(c, own) for c, own in valued if not any(dominates(other, own) for other in every)]
        losses = [own for _, own in best]
        return [best[place][0] for place in spread(losses, len(best) - 1)] if best else []

    def best_checkpoint(
        self, checkpoints: Sequence[Checkpoint], reports: Sequence[Report]
    ) -> Checkpoint | None:
        """That of the epoch which stands for the trial; if it is gone, the last of the best."""
        metrics = {report.epoch: self.values(report.metrics) for report in reports}
        valued = [replace(c, value=metrics.get(c.epoch) or math.nan) for c in checkpoints]
        held = [known for known, c in zip(valued, checkpoints, strict=True) if is_finite(c.value)]
        return next(iter(self.best_first(held) or self.best_first(valued)), None)

    def placed(self, trials: Sequence[TrialRecord]) -> list[tuple[int, TrialRecord]]:
        """Front by front, which is their rank; within one from its knee on (`fronts.in_order`)."""
        numbered = sorted(trials, key=lambda trial: trial.number)
        losses = [self.losses(trial.values(self)) for trial in numbered]
        return [(number, numbered[index]) for number, index in in_order(losses)]


def goal_of(metric: str | Sequence[str], mode: str | Sequence[str]) -> Goal:
    """The goal of a search, from `search.metric` and `search.mode`."""
    metrics = [metric] if isinstance(metric, str) else metric
    modes = [mode] if isinstance(mode, str) else mode
    parts = tuple(Objective(*part) for part in zip(metrics, modes, strict=True))
    return parts[0] if len(parts) == 1 else TradeOff(parts)


def goal_in(manifest: Mapping[str, Any]) -> Goal:
    """The goal of the search of a manifest."""
    return goal_of(manifest["search"]["metric"], manifest["search"]["mode"])
