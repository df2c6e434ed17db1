"""The trade-offs that a search of several objectives has found, each with what realises it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from search.results.fronts import Vector, in_order
from search.results.result import SearchResult
from search.results.trade_off import TradeOff
from search.results.trials import TRAINED, Checkpoint, TrialRecord


@dataclass(frozen=True)
class TradePoint:
    """What one trial reached at one epoch, and how it stands among all that was reached."""

    trial: TrialRecord
    epoch: int
    values: Vector
    checkpoint: Checkpoint | None
    """What realises it; None if the trial kept no checkpoint at all."""
    front: int = 0
    """1 where nothing dominates it, 2 where only front 1 does, and so on."""


def reached(result: SearchResult) -> list[TradePoint]:
    """Whatever a kept checkpoint gives, front by front, each from its knee on.

    Every kept checkpoint of every trial that can be believed competes, so that a trial which keeps
    several may have several places on the front. A trial without any has its best epoch.
    """
    goal = trade_off_of(result)
    points = [point for trial in result.trials for point in _of_trial(trial, goal)]
    order = in_order([goal.losses(point.values) for point in points])
    return [_placed(points[index], number) for number, index in order]


def front_of(result: SearchResult) -> list[TradePoint]:
    """What nothing dominates, from its knee on."""
    return [point for point in reached(result) if point.front == 1]


def leading(result: SearchResult) -> TradePoint | None:
    """What is exported unless another is asked for: the best trial's, or the knee of the front."""
    if is_trade_off(result):
        return next(iter(reached(result)), None)
    for trial in result.ranked():
        best, checkpoint = trial.best_report(result.goal), trial.best_checkpoint(result.goal)
        assert best is not None, "a trial without a value is not ranked"
        return TradePoint(trial, best.epoch, trial.values(result.goal), checkpoint, front=1)
    return None


def trade_off_of(result: SearchResult) -> TradeOff:
    """The goal of a search of several objectives."""
    goal = result.goal
    assert isinstance(goal, TradeOff), "this search has one objective"
    return goal


def is_trade_off(result: SearchResult) -> bool:
    """Whether a search has several objectives."""
    return isinstance(result.goal, TradeOff)


def _of_trial(trial: TrialRecord, goal: TradeOff) -> Iterator[TradePoint]:
    if trial.state not in TRAINED:
        return
    kept = {checkpoint.epoch: checkpoint for checkpoint in trial.checkpoints}
    best = goal.best_report(trial.reports)
    for report in trial.reports:
        values = goal.values(report.metrics)
        if values is not None and (report.epoch in kept or (not kept and report is best)):
            yield TradePoint(trial, report.epoch, values, kept.get(report.epoch))


def _placed(point: TradePoint, front: int) -> TradePoint:
    return TradePoint(point.trial, point.epoch, point.values, point.checkpoint, front)
