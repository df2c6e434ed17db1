"""Which trial is exported: the best one whose checkpoint gives its metric again."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from search.checks.config_keys import keys_of, models_at
from search.errors import nearest, refuse
from search.names import NameProblem, TrainableRef
from search.results.folder import SearchFolder
from search.results.goal import Goal
from search.results.pareto import reached
from search.results.pick import KNEE, Pick, in_pick_order, parse_pick
from search.results.result import SearchResult
from search.results.second_look import Candidate, examine
from search.results.trade_off import TradeOff
from search.results.trials import Checkpoint, Objective, State, TrialRecord, ranked

SECTION, START = "checkpointing", "load_checkpoint"
"""Where a config says which checkpoint to start from."""


@dataclass(frozen=True)
class Chosen:
    """A verified candidate, its rank, and the better ones that were passed over."""

    trial: TrialRecord
    checkpoint: Checkpoint
    rank: int
    goal: Goal
    passed_over: tuple[Candidate, ...]
    trainable: TrainableRef
    pick: Pick | None = None
    """Which trade-off it is; None where one metric chose."""

    @property
    def values(self) -> dict[str, float]:
        """What the checkpoint gave by each metric that chose it."""
        value = self.checkpoint.value
        values = value if isinstance(value, tuple) else (value,)
        return dict(zip(self.goal.metrics, values, strict=True))

    @property
    def starts_from_checkpoint(self) -> bool:
        """Whether the trainable's config can name a checkpoint to start from."""
        sections = models_at(self.trainable.load().Config, [SECTION])
        return START in keys_of(sections)

    @property
    def config(self) -> Mapping[str, Any]:
        """The resolved config that made the checkpoint."""
        return self.trial.config_at(self.checkpoint.epoch)

    @property
    def point(self) -> Mapping[str, Any]:
        """The searched values in that config."""
        return self.trial.point_at(self.checkpoint.epoch)


def choose(
    result: SearchResult,
    folder: SearchFolder,
    trainable: TrainableRef,
    rank: int,
    by: str | Pick | None,
    secrets: Mapping[str, Any] | None = None,
) -> Chosen:
    """The trial of a rank among those whose checkpoints can be verified.

    `by` is a metric of the trainable, or which trade-off is wanted; None is what the search
    improved, of several objectives the knee. `secrets` are parts of the config that the record
    lacks and a verification needs.

    **Raises**: UserError if there are not so many, or the metric was never reported.
    """
    goal, pick, offers = _offers(result, trainable, by)
    passed: list[Candidate] = []
    found = 0
    gpus = result.manifest["resources"]["gpus"]
    for trial in offers:
        candidate = examine(trial, folder.path, goal, trainable, gpus, secrets)
        if candidate.fault or candidate.checkpoint is None:
            passed.append(candidate)
            continue
        found += 1
        if found == rank:
            verified = candidate.checkpoint
            return Chosen(trial, verified, rank, goal, tuple(passed), trainable, pick)
    raise refuse(str(folder.path), _too_few(result, folder, found, rank, passed))


def _offers(
    result: SearchResult, trainable: TrainableRef, by: str | Pick | None
) -> tuple[Goal, Pick | None, list[TrialRecord]]:
    """What chooses, and the trials in its order, each with the one checkpoint that is meant."""
    goal = result.goal
    if isinstance(goal, TradeOff) and not isinstance(by, str):
        pick = by or parse_pick(KNEE, goal)
        points = in_pick_order(reached(result), pick, goal)
        return goal, pick, [replace(p.trial, checkpoints=_only(p.checkpoint)) for p in points]
    assert not isinstance(by, Pick), "a pick is made for a search of several objectives"
    objective = objective_of(result, trainable, by)
    return objective, None, _by_checkpoint(result, objective)


def _only(checkpoint: Checkpoint | None) -> tuple[Checkpoint, ...]:
    return (checkpoint,) if checkpoint else ()


def _too_few(
    result: SearchResult, folder: SearchFolder, found: int, rank: int, passed: Sequence[Candidate]
) -> str:
    faults = "".join(f"\n  trial {c.trial.number:05d}: {c.fault}" for c in passed)
    if found:
        can = "1 trial" if found == 1 else f"{found} trials"
        return f"only {can} can be exported, so that there is no rank {rank}{faults}"
    if passed:
        return f"no trial can be exported{faults}"
    if not result.started():
        return "no trial has begun yet, so that there is nothing to export"
    counts = ", ".join(f"{n} {state.value}" for state in State if (n := result.count(state)))
    table = shlex.join(["tune-table", str(folder.path)])
    return (
        f"no trial ended with a value that can be believed ({counts}), so that there is nothing "
        f"to export; why: {table}"
    )


def _by_checkpoint(result: SearchResult, objective: Objective) -> list[TrialRecord]:
    """The ranked trials, ordered by what their kept checkpoints give."""

    def rank(trial: TrialRecord) -> float:
        checkpoint = trial.best_checkpoint(objective)
        if checkpoint is None or isinstance(checkpoint.value, tuple):
            return math.inf
        return -objective.sign * checkpoint.value

    return sorted(ranked(result.trials, objective), key=rank)


def objective_of(result: SearchResult, trainable: TrainableRef, metric: str | None) -> Objective:
    """The number to choose by: one of the search's own, or another metric of the trainable."""
    if metric is None:
        return result.objective
    own = {part.metric: part for part in result.goal.parts}
    if metric in own:
        return own[metric]
    try:
        metrics: Mapping[str, Any] = trainable.load().METRICS
    except NameProblem as error:
        raise refuse(trainable.text, str(error)) from error
    if metric not in metrics:
        raise refuse(
            "--metric",
            f"unknown metric {metric!r}; known: {', '.join(metrics)}{nearest(metric, metrics)}",
        )
    return Objective(metric, metrics[metric].direction)
