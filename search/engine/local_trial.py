"""A trial of one worker: it trains inside the Tune worker, which stays warm for the next one."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ray import tune

from search.crash_points import reach
from search.engine.titles import show_title
from search.engine.worker import (
    Job,
    Progress,
    last_message_of,
    message_of,
    open_trial,
    read_progress,
    train,
    write_progress,
)
from search.results.running_trial import Finished, RunningTrial
from search.results.trials import Start
from trainables.contract import Placement


def run_local_trial(config: Mapping[str, Any], job: Mapping[str, Any]) -> None:
    """Train one trial in this process, reporting each epoch to Ray Tune."""
    parsed = Job(**job)
    placement = Placement(cpus=parsed.cpus, gpus=parsed.gpus)
    trial: RunningTrial

    def send(finished: Finished) -> None:
        message = message_of(finished, trial, config)
        best = trial.course.best
        # Schedulers that hand over know one objective alone.
        if parsed.hands_over and trial.store.kept and isinstance(best, float):
            report = finished.report
            start = Start(report.epoch, best, report.seconds, trial.store.kept)
            _report_with_progress(message, Progress(trial.number, start))
        else:
            tune.report(message)
        reach("report-sent")
        show_title(parsed.name, trial.number)

    trial = open_trial(config, parsed, placement, send, _handed_over())
    show_title(parsed.name, trial.number)
    train(config, parsed, trial)
    tune.report(last_message_of(trial))


def _handed_over() -> Progress | None:
    checkpoint = tune.get_checkpoint()
    if checkpoint is None:
        return None
    with checkpoint.as_directory() as folder:
        return read_progress(Path(folder))


def _report_with_progress(message: dict[str, Any], progress: Progress) -> None:
    folder = write_progress(progress)
    try:
        tune.report(message, checkpoint=tune.Checkpoint.from_directory(folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
