"""The folder that a good trial leaves a search in: checkpoint, config, and a card about both."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from search.checks.config_keys import keys_of, models_at
from search.errors import nearest, refuse
from search.names import NameProblem, TrainableRef
from search.results.finalists import Candidate, examine
from search.results.folder import SearchFolder
from search.results.follow_up import CONFIG, ORIGIN
from search.results.result import SearchResult
from search.results.trials import Checkpoint, Objective, TrialRecord, ranked
from search.text.writing import as_yaml

CHECKPOINT = "model.ckpt"
CARD = "README.md"

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
) -> Chosen:
    """The trial of a rank among those whose checkpoints can be verified.

    Raises:
        UserError: there are not so many, or the metric was never reported.
    """
    objective = objective_of(result, trainable, metric)
    passed: list[Candidate] = []
    found = 0
    for trial in _by_checkpoint(result, objective):
        candidate = examine(trial, folder.path, objective, trainable)
        if candidate.fault or candidate.checkpoint is None:
            passed.append(candidate)
            continue
        found += 1
        if found == rank:
            verified = candidate.checkpoint
            return Chosen(trial, verified, rank, objective, tuple(passed), trainable)
    faults = "".join(f"\n  trial {c.trial.number:05d}: {c.fault}" for c in passed)
    raise refuse(
        str(folder.path), f"only {found} trials can be exported, rank {rank} was asked for{faults}"
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


def export(chosen: Chosen, result: SearchResult, folder: SearchFolder, out: Path) -> Path:
    """Write the folder; returns the config in it, which `tune-train` takes."""
    if out.exists() and not out.is_dir():
        raise refuse(str(out), "is a file; give a folder to write to")
    if out.is_dir() and any(out.iterdir()) and not (out / ORIGIN).is_file():
        raise refuse(str(out), "holds files that are no export of ours; give another --out")
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(folder.path / chosen.checkpoint.path, out / CHECKPOINT)
    config = _with_checkpoint(chosen.config) if chosen.starts_from_checkpoint else chosen.config
    (out / CONFIG).write_text(as_yaml({"trainable": _portable(result), **config}))
    (out / ORIGIN).write_text(json.dumps(_origin(chosen, result, folder), indent=2) + "\n")
    (out / CARD).write_text(_card(chosen, result))
    return out / CONFIG


def _portable(result: SearchResult) -> str:
    return str(result.manifest["trainable_file"] or result.manifest["trainable"])


def _with_checkpoint(config: Mapping[str, Any]) -> dict[str, Any]:
    return {**config, SECTION: {**(config.get(SECTION) or {}), START: CHECKPOINT}}


def _origin(chosen: Chosen, result: SearchResult, folder: SearchFolder) -> dict[str, Any]:
    return {
        "search": result.name,
        "search_id": result.manifest["id"],
        "folder": str(folder.path),
        "trial": chosen.trial.number,
        "seed": chosen.trial.seed,
        "epoch": chosen.checkpoint.epoch,
        "metric": chosen.objective.metric,
        "value": chosen.checkpoint.value,
        "sha256": chosen.checkpoint.sha256,
    }


def _card(chosen: Chosen, result: SearchResult) -> str:
    trial, objective = chosen.trial, chosen.objective
    best = next((r for r in trial.reports if r.epoch == chosen.checkpoint.epoch), None)
    metrics = {**(best.metrics if best else {}), **result.tests.get(trial.number, {})}
    versions = ", ".join(f"{k} {v}" for k, v in result.manifest["versions"].items())
    lines = [
        f"# {result.manifest['trainable']}: trial {trial.number:05d} of the search {result.name}",
        "",
        f"Rank {chosen.rank} by `{objective.metric}` ({objective.mode}) of "
        f"{len(result.started())} trials. The checkpoint is from epoch {chosen.checkpoint.epoch} "
        f"of {trial.epochs}; the trial ended as {trial.state.value}.",
        "",
        "| parameter | value |",
        "| --- | --- |",
        *(f"| {name} | {value} |" for name, value in chosen.point.items()),
        "",
        "| metric | value |",
        "| --- | --- |",
        *(f"| {name} | {value:.6g} |" for name, value in metrics.items()),
        "",
        f"Seed {trial.seed}; git commit {result.manifest['git_commit']}; {versions}.",
        f"SHA-256 of `{CHECKPOINT}`: {chosen.checkpoint.sha256}",
        "",
        "The validation metrics chose this trial, so they flatter it; the test metrics did not.",
        f"Train on from it with `tune-train {CONFIG}`."
        if chosen.starts_from_checkpoint
        else f"`tune-train {CONFIG}` trains it anew: this trainable starts from no checkpoint.",
        "",
    ]
    return "\n".join(lines)
