"""MLflow as users find it after a search, and that a dead server loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient
from mlflow.entities import Run as MlflowRun

from search.engine import tracker
from search.engine.outcome import Outcome
from search.engine.record import Record
from search.results.folder import SearchFolder
from search.results.result import SearchResult
from search.results.tables import write_tables
from search.results.trials import State, TrialRecord

pytestmark = pytest.mark.ray

Run = Callable[..., Outcome]


def runs(storage: Path) -> tuple[MlflowRun, list[MlflowRun]]:
    client = MlflowClient(tracking_uri=f"sqlite:///{storage}/mlflow.db")
    experiment = client.get_experiment_by_name("fault_trainable")
    assert experiment is not None
    found = client.search_runs([experiment.experiment_id])
    (parent,) = [run for run in found if "mlflow.parentRunId" not in run.data.tags]
    nested = [run for run in found if run.data.tags.get("mlflow.parentRunId") == parent.info.run_id]
    return parent, sorted(nested, key=lambda run: int(run.data.tags["tune_run.trial"]))


def test_a_search_is_a_parent_run_with_a_nested_run_for_each_trial(
    run: Run, folder: SearchFolder
) -> None:
    options = {"trials": 2, "sampler": "{name: grid}", "scheduler": "{name: none}"}
    result = run("x: [0.1, 0.2]", track=True, **options).result
    parent, nested = runs(folder.path.parent)
    assert parent.info.status == "FINISHED"
    assert [child.data.params["x"] for child in nested] == [
        str(trial.point["x"]) for trial in result.trials
    ]
    client = MlflowClient(tracking_uri=f"sqlite:///{folder.path.parent}/mlflow.db")
    curve = client.get_metric_history(nested[0].info.run_id, "score")
    # score = x * epoch over 9 epochs
    x = float(str(result.trials[0].point["x"]))
    assert {m.step: m.value for m in curve} == pytest.approx({e: x * e for e in range(1, 10)})
    files = {file.path for file in client.list_artifacts(parent.info.run_id)}
    assert {"space.yaml", "base.yaml", "trials.csv", "best"} <= files


def test_writing_a_search_again_changes_nothing(run: Run, folder: SearchFolder) -> None:
    run("x: {float: [0, 1]}", trials=3, track=True)
    before = runs(folder.path.parent)
    result = Record.open(folder.record).result()
    tracker.sync(folder, result, write_tables(result, folder))
    after = runs(folder.path.parent)
    assert len(before[1]) == 3
    assert [child.info.run_id for child in after[1]] == [child.info.run_id for child in before[1]]
    assert [child.data.metrics for child in after[1]] == [c.data.metrics for c in before[1]]


def test_the_pictures_of_a_search_that_was_moved_are_written_again(
    run: Run, folder: SearchFolder, tmp_path: Path
) -> None:
    run("x: [0.1, 0.2]", trials=2, sampler="{name: grid}", track=True)
    result = Record.open(folder.record).result()
    for trial in result.trials:
        pictures = folder.trial(trial.number) / "pictures"
        pictures.mkdir()
        (pictures / "0009_roc.png").write_bytes(b"drawn")
    moved = SearchFolder(tmp_path / "elsewhere" / "toy")
    moved.path.parent.mkdir()
    folder.path.rename(moved.path)
    for _ in range(2):
        tracker.sync(moved, result, write_tables(result, moved))
    client = MlflowClient(tracking_uri=f"sqlite:///{moved.path.parent}/mlflow.db")
    for child in runs(moved.path.parent)[1]:
        found = client.list_artifacts(child.info.run_id, "pictures")
        assert [file.path for file in found] == ["pictures/0009_roc.png"]


def test_a_dead_server_loses_nothing(
    run: Run, folder: SearchFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    outcome = run("x: {float: [0, 1]}", trials=3, track=True)
    assert outcome.code == 0
    assert outcome.tracking_error
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    tracker.sync(folder, outcome.result, write_tables(outcome.result, folder))
    assert len(runs(folder.path.parent)[1]) == 3


def test_a_failed_trial_is_a_failed_run_with_its_cause(run: Run, folder: SearchFolder) -> None:
    run("fault: [raise, nan]", trials=2, sampler="{name: grid}", track=True, max_failed=5)
    _, nested = runs(folder.path.parent)
    told = {child.data.params["fault"]: child for child in nested}
    assert {child.info.status for child in nested} == {"FAILED"}
    assert told["raise"].data.tags["cause"] == "RuntimeError: the trainable gave up"
    assert told["nan"].data.tags["state"] == "diverged"


def test_the_user_s_tracking_server_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://host")
    assert tracker.tracking_uri(tmp_path) == "http://host"


@pytest.mark.parametrize(
    ("states", "state"),
    [
        ([State.COMPLETE, State.FAILED, State.DUPLICATE], State.COMPLETE),
        ([State.COMPLETE, State.INTERRUPTED, State.RUNNING], State.RUNNING),
        # the one that was cut off is not the last that was started
        ([State.COMPLETE, State.INTERRUPTED, State.COMPLETE], State.INTERRUPTED),
    ],
)
def test_a_search_is_complete_when_nothing_is_left_to_train(
    states: list[State], state: State
) -> None:
    held = tuple(TrialRecord(number, s, {}, 0) for number, s in enumerate(states))
    assert tracker.search_state(SearchResult("toy", {}, held, {})) is state


def test_an_error_without_words_is_an_error_nevertheless() -> None:
    assert tracker.said(ValueError()) == "ValueError()"
    assert tracker.said(ValueError("first\nsecond")) == "first"
