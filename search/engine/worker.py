"""Inside a Ray worker: from a sampled point to a training, and from its reports to Ray.

Only plain data comes in (paths, names, numbers), so that nothing of ours is pickled by class.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from search.engine import words
from search.engine.causes import ERROR_FILE
from search.names import TrainableRef
from search.resolve import resolve
from search.results.checkpoints import CheckpointStore
from search.results.running_trial import Finished, RunningTrial
from search.results.trials import Checkpoint, Label, Objective
from trainables.contract import Placement

POINTER = "trial.json"


@dataclass(frozen=True)
class Job:
    """What all trials of a search have in common, as plain data."""

    name: str
    folder: str
    trainable: str
    trainable_file: str | None
    search_path: tuple[str, ...]
    base: Mapping[str, Any]
    blocks: Mapping[str, Mapping[Label, Any]]
    """For each choice with structured options: from its labels to their values."""
    metric: str
    mode: str
    cpus: int
    gpus: float
    workers: int
    hands_over: bool
    """Whether trials go on from one another's checkpoints (the scheduler pauses or clones them)."""

    @property
    def objective(self) -> Objective:
        return Objective(self.metric, self.mode)


@dataclass(frozen=True)
class Progress:
    """Where a trial was when it was paused or cloned: what a Ray checkpoint of ours carries."""

    number: int
    best: float
    seconds: float
    kept: tuple[Checkpoint, ...]


def open_trial(
    config: Mapping[str, Any],
    job: Job,
    placement: Placement,
    send: Callable[[Finished], None],
    progress: Progress | None,
) -> RunningTrial:
    """The trial of this process, with its folder and its checkpoints."""
    folder = Path(job.folder)
    directory = folder / "trials" / f"{config['number']:05d}"
    directory.mkdir(parents=True, exist_ok=True)
    # A clone goes on from another trial's checkpoint, but that one stays the other's.
    own = progress is not None and progress.number == config["number"]
    kept = progress.kept if progress is not None and own else ()
    return RunningTrial(
        number=config["number"],
        seed=config["seed"],
        directory=directory,
        resume_from=folder / progress.kept[-1].path if progress else None,
        placement=placement,
        objective=job.objective,
        store=CheckpointStore(folder, directory, job.objective, kept=kept),
        send=send,
        best=progress.best if progress else math.nan,
        epoch=progress.kept[-1].epoch if progress else 0,
        started=time.monotonic() - (progress.seconds if progress else 0.0),
    )


def train(config: Mapping[str, Any], job: Job, trial: RunningTrial) -> None:
    """Resolve the point, validate it and train; an exception is kept whole in the folder."""
    sys.path[:0] = [path for path in job.search_path if path not in sys.path]
    try:
        trainable = TrainableRef(job.trainable, job.trainable_file).load()
        resolved = resolve(job.base, _values(config["point"], job.blocks), trainable.Config)
        parsed = trainable.Config.model_validate(resolved)
        trial.store.keep = -1 if job.hands_over else parsed.keep_checkpoints()
        trial.planned_epochs = parsed.max_epochs()
        trainable.fit(parsed, trial)
    except Exception:
        # Of several workers the first one has the cause; the others only lose their connection.
        with suppress(FileExistsError), (trial.directory / ERROR_FILE).open("x") as file:
            file.write(traceback.format_exc())
        raise


def _values(
    point: Mapping[str, Label], blocks: Mapping[str, Mapping[Label, Any]]
) -> dict[str, Any]:
    return {n: blocks[n][label] if n in blocks else label for n, label in point.items()}


def message_of(finished: Finished, planned_epochs: int) -> dict[str, Any]:
    """What crosses from a worker to the driver after an epoch."""
    return {
        words.EPOCH: finished.report.epoch,
        words.PLANNED: planned_epochs,
        words.BEST: finished.best,
        words.REPORT: asdict(finished.report),
        words.CHECKPOINTS: [asdict(checkpoint) for checkpoint in finished.kept],
    }


def last_message_of(trial: RunningTrial) -> dict[str, Any]:
    """What a worker says when `fit` has returned."""
    return {words.EPOCH: trial.epoch, words.BEST: trial.best, words.RETURNED: True}


def write_progress(progress: Progress) -> Path:
    """A new folder with the progress in it, for Ray to carry about."""
    folder = Path(tempfile.mkdtemp(prefix="tune-run-progress-"))
    (folder / POINTER).write_text(json.dumps(asdict(progress)))
    return folder


def read_progress(folder: Path) -> Progress:
    """What `write_progress` wrote."""
    held = json.loads((folder / POINTER).read_text())
    kept = tuple(Checkpoint(**checkpoint) for checkpoint in held["kept"])
    return Progress(held["number"], held["best"], held["seconds"], kept)
