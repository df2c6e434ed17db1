"""A training outside a search: from a config, perhaps a checkpoint, into a folder of its own."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from search.results.checkpoints import CheckpointStore
from search.results.running_trial import Finished, RunningTrial
from search.results.trials import Checkpoint, Objective
from trainables.contract import Metric, Placement


@dataclass
class TrainingLog:
    """Writes each finished epoch to `metrics.csv` and hands it to whoever shows it."""

    folder: Path
    listeners: list[Callable[[Finished], None]] = field(default_factory=list)
    last: Finished | None = None

    def write(self, finished: Finished) -> None:
        """Append one row; the first one writes the header."""
        row = {"epoch": finished.report.epoch, "seconds": finished.report.seconds}
        row |= dict(finished.report.metrics)
        file = self.folder / "metrics.csv"
        begun = file.exists()
        with file.open("a", newline="") as stream:
            writer = csv.DictWriter(stream, list(row))
            if not begun:
                writer.writeheader()
            writer.writerow(row)
        self.last = finished
        for listener in self.listeners:
            listener(finished)


def new_folder(parent: Path, name: str) -> Path:
    """A folder that was not there: `<name>`, else `<name>-2`, `<name>-3`, ..."""
    number = 1
    while True:
        path = parent / (name if number == 1 else f"{name}-{number}")
        try:
            path.mkdir(parents=True)
        except FileExistsError:
            number += 1
            continue
        return path


def objective_of(metrics: Mapping[str, Metric], origin: Mapping[str, Any] | None) -> Objective:
    """The metric by which checkpoints are kept: that of the search, else the trainable's first."""
    if origin is not None and origin["metric"] in metrics:
        return Objective(origin["metric"], metrics[origin["metric"]].direction)
    name, metric = next(iter(metrics.items()))
    return Objective(name, metric.direction)


def read_origin(config: Path) -> dict[str, Any] | None:
    """Which trial a config was exported from; None for any other config."""
    file = config.with_name("origin.json")
    if not file.is_file():
        return None
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def write_config(folder: Path, trainable: str, config: Mapping[str, Any]) -> None:
    """Keep what is trained beside what comes of it."""
    text = yaml.safe_dump({"trainable": trainable, **config}, sort_keys=False)
    (folder / "config.yaml").write_text(text)


def open_training(
    folder: Path,
    objective: Objective,
    seed: int,
    placement: Placement,
    send: Callable[[Finished], None],
) -> RunningTrial:
    """The training as its trainable sees it; the same words as a trial of a search."""
    directory = folder / "checkpoints"
    directory.mkdir(parents=True, exist_ok=True)
    return RunningTrial(
        number=0,
        seed=seed,
        directory=directory,
        resume_from=None,
        placement=placement,
        objective=objective,
        store=CheckpointStore(folder, directory, objective),
        send=send,
    )


def best_of(kept: tuple[Checkpoint, ...], objective: Objective) -> Checkpoint | None:
    """The kept checkpoint with the best value."""
    return max(kept, key=lambda checkpoint: objective.sign * checkpoint.value, default=None)
