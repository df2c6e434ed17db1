"""Which trial is exported: the best one whose checkpoint gives its metric again."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from search.checks.config_keys import keys_of, models_at
from search.errors import nearest, refuse
from search.names import NameProblem, TrainableRef
from search.results.folder import SearchFolder
from search.results.result import SearchResult
from search.results.second_look import Candidate, examine
from search.results.trials import Checkpoint, Objective, State, TrialRecord, ranked

SECTION, START = "checkpointing", "load_checkpoint"
"""Where a config says which checkpoint to start from."""


@dataclass(frozen=True)
class Chosen:
    """A verified candidate, its rank, and the better ones that were passed over."""

    trial: TrialRecord
    checkpoint: Checkpoint
    rank: int
    objective: Objective
    passed_over: tuple[Candidate, ...]
    trainable: TrainableRef

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
    metric: str | None,
    secrets: Mapping[str, Any] | None = None,
) -> Chosen:
    """The trial of a rank among those whose checkpoints can be verified.

    `secrets` are parts of the config that the record lacks and a verification needs.

    Raises:
        UserError: there are not so many, or the metric was never reported.
    """
    objective = objective_of(result, trainable, metric)
    passed: list[Candidate] = []
    found = 0
    gpus = result.manifest["resources"]["gpus"]
    for trial in _by_checkpoint(result, objective):
        candidate = examine(trial, folder.path, objective, trainable, gpus, secrets)
        if candidate.fault or candidate.checkpoint is None:
            passed.append(candidate)
            continue
        found += 1
        if found == rank:
            verified = candidate.checkpoint
            return Chosen(trial, verified, rank, objective, tuple(passed), trainable)
    raise refuse(str(folder.path), _too_few(result, folder, found, rank, passed))


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
        return -objective.sign * checkpoint.value if checkpoint else math.inf

    return sorted(ranked(list(result.trials), objective), key=rank)


def objective_of(result: SearchResult, trainable: TrainableRef, metric: str | None) -> Objective:
    """The number to choose by: the search's own, or another metric of the trainable."""
    if metric is None or metric == result.objective.metric:
        return result.objective
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
