"""Inside a Ray worker: from a sampled point to a training, and from its reports to Ray.

Only plain data comes in (paths, names, numbers), so that nothing of ours is pickled by class.
"""

from __future__ import annotations

import json
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from search.engine import words
from search.engine.bad_ends import ERROR_FILE
from search.engine.stack_dump import Timeouts, watched
from search.masking import masked_text, secrets_of
from search.names import TrainableRef, make_importable
from search.resolve import resolve
from search.results.checkpoints import CheckpointStore
from search.results.folder import SearchFolder
from search.results.goal import Goal
from search.results.running_trial import Finished, RunningTrial
from search.results.trade_off import goal_of
from search.results.trials import Start, checkpoints_of
from search.space.labels import Label
from trainables.contract import Placement, Trainable, TrialConfig, prepare_worker

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
    metric: str | Sequence[str]
    mode: str | Sequence[str]
    cpus: int
    gpus: float
    workers: int
    hands_over: bool
    """Whether trials go on from one another's checkpoints (the scheduler pauses or clones them)."""
    trial_timeout: float | None
    report_timeout: float | None

    @property
    def goal(self) -> Goal:
        return goal_of(self.metric, self.mode)


@dataclass(frozen=True)
class Progress:
    """Where a trial was when it was paused or cloned: what a Ray checkpoint of ours carries."""

    number: int
    start: Start


class TrialFailed(Exception):
    """A training raised something; the text is its traceback, without secrets."""


class LeftEarly(Exception):
    """The training called `sys.exit`, which would look like an orderly end."""


def open_trial(
    config: Mapping[str, Any],
    job: Job,
    placement: Placement,
    send: Callable[[Finished], None],
    progress: Progress | None = None,
) -> RunningTrial:
    """The trial of this process, with its folder and its checkpoints.

    What the scheduler hands over is newer than what the searcher knew when this attempt began.
    """
    folder = Path(job.folder)
    directory = directory_of(config, job)
    directory.mkdir(parents=True, exist_ok=True)
    start = progress.start if progress else start_of(config["start"])
    # A clone goes on from another trial's checkpoint, but that one stays the other's.
    own = progress is None or progress.number == config["number"]
    return RunningTrial(
        number=config["number"],
        seed=config["seed"],
        directory=directory,
        resume_from=folder / start.kept[-1].path if start.kept else None,
        placement=placement,
        goal=job.goal,
        store=CheckpointStore(folder, directory, job.goal, kept=start.kept if own else ()),
        send=send,
        start=start,
        epoch=start.epoch,
        started=time.monotonic() - start.seconds,
    )


def directory_of(config: Mapping[str, Any], job: Job) -> Path:
    """The folder of this attempt at the trial."""
    return SearchFolder(Path(job.folder)).attempt(config["number"], config["attempt"])


def start_of(plain: Mapping[str, Any]) -> Start:
    """What `asdict` made of a start."""
    front = tuple(tuple(values) for values in plain["front"])
    kept = checkpoints_of(plain["kept"])
    return Start(plain["epoch"], plain["best"], plain["seconds"], kept, front)


def train(config: Mapping[str, Any], job: Job, trial: RunningTrial) -> None:
    """Resolve the point, validate it and train; an exception is kept whole in the folder."""
    make_importable(job.search_path)
    timeouts = Timeouts(job.trial_timeout, job.report_timeout)
    rank = trial.placement.rank
    try:
        with watched(trial.directory, rank, timeouts) as watch, _leaving(trial):
            trainable, parsed = _prepared(config, job, trial)
            watch.begin(trial.started)
            trial.send = watch.around(trial.send)
            trainable.fit(parsed, trial)
    except Exception:  # noqa: BLE001 - it is raised again, as a text
        text = masked_text(traceback.format_exc(), secrets_of(job.base))
        # Of several workers the first one has the cause; the others only lose their connection.
        with suppress(FileExistsError), (trial.directory / ERROR_FILE).open("x") as file:
            file.write(text)
        # Not the exception itself: Ray writes what it is given into files of its own.
        raise TrialFailed(text) from None


def _prepared(
    config: Mapping[str, Any], job: Job, trial: RunningTrial
) -> tuple[Trainable, TrialConfig]:
    """The trainable with all that it imports, and its config: a cold worker takes seconds for it.

    None of them count as time of the trial.
    """
    began = time.monotonic()
    trainable = TrainableRef(job.trainable, job.trainable_file).load()
    prepare_worker(trainable)
    resolved = resolve(job.base, _values(config["point"], job.blocks), trainable.Config)
    parsed = trainable.Config.model_validate(resolved)
    trial.keep = parsed.keep_checkpoints()
    trial.store.keep = -1 if job.hands_over else trial.keep
    trial.planned_epochs = parsed.max_epochs()
    trial.started += time.monotonic() - began
    return trainable, parsed


@contextmanager
def _leaving(trial: RunningTrial) -> Iterator[None]:
    """Tell a `sys.exit` of the training from the SystemExit by which Ray Tune stops a trial."""
    send = trial.send
    stopped = False

    def sent(finished: Finished) -> None:
        nonlocal stopped
        try:
            send(finished)
        except SystemExit:
            stopped = True
            raise

    trial.send = sent
    try:
        yield
    except SystemExit as end:
        if stopped:
            raise
        raise LeftEarly(f"the training called sys.exit({end.code!r})") from end


def _values(
    point: Mapping[str, Label], blocks: Mapping[str, Mapping[Label, Any]]
) -> dict[str, Any]:
    return {n: blocks[n][label] if n in blocks else label for n, label in point.items()}


def message_of(
    finished: Finished, trial: RunningTrial, config: Mapping[str, Any]
) -> dict[str, Any]:
    """What crosses from a worker to the driver after an epoch."""
    return {
        words.EPOCH: finished.report.epoch,
        words.PLANNED: trial.planned_epochs,
        words.BEST: finished.best,
        words.REPORT: asdict(finished.report),
        words.CHECKPOINTS: [asdict(checkpoint) for checkpoint in finished.kept],
        words.KEEP: trial.keep,
        words.POINT: dict(config["point"]),
    }


def last_message_of(trial: RunningTrial) -> dict[str, Any]:
    """What a worker says when `fit` has returned."""
    return {words.EPOCH: trial.epoch, words.BEST: trial.course.best, words.RETURNED: True}


def write_progress(progress: Progress) -> Path:
    """A new folder with the progress in it, for Ray to carry about."""
    folder = Path(tempfile.mkdtemp(prefix="tune-run-progress-"))
    (folder / POINTER).write_text(json.dumps(asdict(progress)))
    return folder


def read_progress(folder: Path) -> Progress:
    """What `write_progress` wrote."""
    held = json.loads((folder / POINTER).read_text())
    return Progress(held["number"], start_of(held["start"]))
