"""How a trial ends whose last epoch was committed: told alike by the recorder and by a resume."""

from __future__ import annotations

import math
from dataclasses import dataclass

from search.engine.record_words import Committed
from search.results.checkpoints import retained
from search.results.goal import Goal
from search.results.trials import Checkpoint, State


@dataclass(frozen=True)
class Ending:
    """The end of a trial, with the checkpoints that it leaves."""

    state: State
    cause: str | None
    kept: tuple[Checkpoint, ...]


def committed_ending(epochs: tuple[Committed, ...], goal: Goal) -> Ending | None:
    """The end that was decided when the last epoch was committed; None if training goes on."""
    if not epochs or epochs[-1].last is None:
        return None
    state = State(epochs[-1].last)
    cause = said_of_divergence(epochs[-1], goal) if state is State.DIVERGED else None
    return Ending(state, cause, left_by(epochs, goal))


def left_by(epochs: tuple[Committed, ...], goal: Goal) -> tuple[Checkpoint, ...]:
    """The checkpoints that an ended trial keeps: the best few and the last."""
    return retained(epochs[-1].kept, goal, epochs[-1].keep, last=1) if epochs else ()


def said_of_divergence(epoch: Committed, goal: Goal) -> str:
    """Why a trial counts as diverged."""
    values = {metric: epoch.report.metrics.get(metric, math.nan) for metric in goal.metrics}
    said = [f"{metric} was {v}" for metric, v in values.items() if not math.isfinite(v)]
    return f"{' and '.join(said)} at epoch {epoch.report.epoch}"
