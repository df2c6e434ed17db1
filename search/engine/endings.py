"""How a trial ends whose last epoch was committed: told alike by the recorder and by a resume."""

from __future__ import annotations

import math
from dataclasses import dataclass

from search.engine.record_words import Committed
from search.results.checkpoints import retained
from search.results.trials import Checkpoint, Objective, State


@dataclass(frozen=True)
class Ending:
    """The end of a trial, with the checkpoints that it leaves."""

    state: State
    cause: str | None
    kept: tuple[Checkpoint, ...]


def committed_ending(epochs: tuple[Committed, ...], objective: Objective) -> Ending | None:
    """The end that was decided when the last epoch was committed; None if training goes on."""
    if not epochs or epochs[-1].last is None:
        return None
    state = State(epochs[-1].last)
    cause = said_of_divergence(epochs[-1], objective) if state is State.DIVERGED else None
    return Ending(state, cause, left_by(epochs, objective))


def left_by(epochs: tuple[Committed, ...], objective: Objective) -> tuple[Checkpoint, ...]:
    """The checkpoints that an ended trial keeps: the best few and the last."""
    return retained(epochs[-1].kept, objective, epochs[-1].keep, last=1) if epochs else ()


def said_of_divergence(epoch: Committed, objective: Objective) -> str:
    """Why a trial counts as diverged."""
    value = epoch.report.metrics.get(objective.metric, math.nan)
    return f"{objective.metric} was {value} at epoch {epoch.report.epoch}"
