"""A training outside a search: from a config, perhaps a checkpoint, into a folder of its own."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from search.masking import masked
from search.results.access import make_private
from search.results.checkpoints import CheckpointStore, delete
from search.results.goal import Goal
from search.results.running_trial import Finished, RunningTrial
from search.results.trade_off import goal_of
from search.results.trials import Checkpoint
from search.text.writing import as_yaml
from trainables.contract import PICTURES, Metric, Placement

CONFIG = "config.yaml"
ORIGIN = "origin.json"
"""The files beside a checkpoint: what was trained, and which trial of a search it came from."""

METRICS = "metrics.csv"
CHECKPOINTS = "checkpoints"
"""Below the folder of a training: what a trial of a search would have in its own folder."""


@dataclass
class TrainingLog:
    """Writes each finished epoch to `metrics.csv` and hands it to whoever shows it."""

    folder: Path
    listeners: list[Callable[[Finished], None]] = field(default_factory=list)
    last: Finished | None = None
    rows: list[dict[str, float]] = field(default_factory=list)

    def write(self, finished: Finished) -> None:
        """Add one row; a metric that was not there before is a new column."""
        report = finished.report
        self.rows.append({**report.metrics, "epoch": report.epoch, "seconds": report.seconds})
        names = dict.fromkeys(["epoch", "seconds", *(name for row in self.rows for name in row)])
        aside = self.folder / f".{METRICS}"
        with aside.open("w", newline="") as stream:
            writer = csv.DictWriter(stream, list(names))
            writer.writeheader()
            writer.writerows(self.rows)
        aside.replace(self.folder / METRICS)
        self.last = finished
        for listener in self.listeners:
            listener(finished)


def new_folder(parent: Path, name: str) -> Path:
    """A folder that was not there: `<name>`, else `<name>-2`, `<name>-3`, ..."""
    number = 1
    while True:
        path = parent / (name if number == 1 else f"{name}-{number}")
        try:
            make_private(parent)
            path.mkdir(mode=0o700)
        except FileExistsError:
            number += 1
            continue
        return path


def checkpoint_goal(
    metrics: Mapping[str, Metric],
    origin: Mapping[str, Any] | None,
    unreported: Collection[str] = (),
) -> Goal:
    """By what checkpoints are kept: by the metrics of the search, as far as they are reported.

    Where none of them is, or there was no search, by the first one that is. `unreported` are those
    that a trial with this config does not report.
    """
    reported = [name for name in metrics if name not in unreported] or list(metrics)
    names = [name for name in _searched(origin) if name in reported] or reported[:1]
    return goal_of(names, [metrics[name].direction for name in names])


def lost_metrics(
    goal: Goal, origin: Mapping[str, Any] | None, unreported: Mapping[str, str]
) -> Iterator[str]:
    """Notes on the metrics of the search by which the checkpoints are no longer kept."""
    for name in _searched(origin):
        if name not in goal.metrics:
            reason = unreported.get(name, "its trainable has no such metric")
            yield (
                f"the search kept checkpoints by {name}, which this config does not report "
                f"({reason}); they are kept by {' and '.join(goal.metrics)}"
            )


def _searched(origin: Mapping[str, Any] | None) -> list[str]:
    """The metrics of the search that a config was exported from."""
    said = origin["metric"] if origin is not None else []
    return [said] if isinstance(said, str) else list(said)


def read_origin(config: Path) -> dict[str, Any] | None:
    """Which trial a config was exported from; None for any other config."""
    file = config.with_name(ORIGIN)
    if not file.is_file():
        return None
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def write_config(folder: Path, trainable: str, config: Mapping[str, Any]) -> None:
    """Keep what is trained beside what comes of it, without its secrets."""
    (folder / CONFIG).write_text(as_yaml({"trainable": trainable, **masked(config)}))


def open_training(
    folder: Path,
    goal: Goal,
    seed: int,
    placement: Placement,
    keep: int,
    send: Callable[[Finished], None],
) -> RunningTrial:
    """The training as its trainable sees it; the same words as a trial of a search.

    `keep` is how many of the best checkpoints are kept beside the last one; -1 keeps all.
    """
    directory = folder / CHECKPOINTS
    directory.mkdir(parents=True, exist_ok=True)
    held: set[Checkpoint] = set()

    def send_and_delete(finished: Finished) -> None:
        send(finished)
        delete(folder, held - set(finished.kept))
        held.clear()
        held.update(finished.kept)

    return RunningTrial(
        number=0,
        seed=seed,
        directory=directory,
        resume_from=None,
        placement=placement,
        goal=goal,
        store=CheckpointStore(folder, directory, goal, keep, last=1),
        send=send_and_delete,
    )


def pictures_of(folder: Path) -> list[Path]:
    """The pictures that a training has left, in the order of their epochs."""
    return sorted((folder / CHECKPOINTS / PICTURES).glob("*.png"))


def best_of(kept: tuple[Checkpoint, ...], goal: Goal) -> Checkpoint | None:
    """The kept checkpoint that is best, or that stands for the training; None if none can."""
    return next(iter(goal.best_first(kept)), None)
