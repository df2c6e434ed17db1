"""A space of the fault trainable, its search, and the record that such a search leaves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from search.engine.record import Record
from search.engine.record_words import Committed
from search.load import Search, load
from search.names import TrainableRef
from search.results.folder import SearchFolder
from search.results.trade_off import goal_in
from search.results.trials import Start, State, TrialRecord


@pytest.fixture
def search(tmp_path: Path, fault_trainable: TrainableRef) -> Search:
    """Four trials of up to nine epochs, stopped by ASHA."""
    path = tmp_path / "toy.yaml"
    path.write_text(
        f"trainable: {fault_trainable.file}\n"
        "search: {name: toy, metric: score, mode: max, trials: 4, scheduler: {name: asha}}\n"
        "space: {x: {float: [0.0, 1.0]}}\n"
    )
    return load(str(path), machine=None)


@pytest.fixture
def write_record(manifest: dict[str, Any]) -> Callable[..., Record]:
    """Writes finished trials to the record of a folder, as the driver of a search does."""

    def write(folder: SearchFolder, *trials: TrialRecord, of: Any = manifest) -> Record:
        folder.path.mkdir(parents=True, exist_ok=True)
        record = Record.create(folder.record, folder.name, goal_in(of))
        record.write_manifest(of)
        for trial in trials:
            _write(record, trial)
        return record

    return write


def _write(record: Record, trial: TrialRecord) -> None:
    number = record.study.ask().number
    record.begin(number, trial.point, trial.seed, trial.config)
    course = record.goal().course(Start())
    for report in trial.reports:
        course.take(report.metrics)
        record.report(number, Committed(report, course.best, trial.checkpoints))
    if trial.state is not State.RUNNING:
        record.finish(number, trial.state, trial.cause)
