"""A training in MLflow, whole where the store works and quiet where it does not."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.entities import Run

from search.engine.training_run import TrainingRun
from search.results.running_trial import Finished
from search.results.trials import Report

EPOCH = Finished(Report(1, 0.5, {"score": 0.25}), 0.25, ())


def only_run(storage: Path) -> tuple[MlflowClient, Run]:
    client = MlflowClient(tracking_uri=f"sqlite:///{storage}/mlflow.db")
    experiment = client.get_experiment_by_name("toy")
    assert experiment is not None
    (run,) = client.search_runs([experiment.experiment_id])
    return client, run


def test_a_store_that_breaks_off_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run = TrainingRun(tmp_path, "toy", "mine")
    config = {f"key_{n:03d}": n for n in range(150)}
    run.begin(config, None)
    run.write(EPOCH)
    client, found = only_run(tmp_path)
    assert found.data.params == {name: str(value) for name, value in config.items()}
    assert found.data.metrics == {"score": 0.25}
    assert not caplog.records

    client.delete_run(found.info.run_id)  # MLflow refuses to write to a deleted run
    run.write(EPOCH)
    run.write(EPOCH)
    run.end("FINISHED", [])
    (said,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert said.getMessage().startswith("MLflow cannot be written; metrics.csv has everything: ")


def test_the_pictures_of_a_training_are_kept_with_its_run(tmp_path: Path) -> None:
    picture = tmp_path / "0001_roc.png"
    picture.write_bytes(b"drawn")
    run = TrainingRun(tmp_path, "toy", "mine")
    run.begin({}, None)
    run.end("FINISHED", [], [picture])
    client, found = only_run(tmp_path)
    (file,) = client.list_artifacts(found.info.run_id, "pictures")
    assert file.path == "pictures/0001_roc.png"


def test_a_new_store_holds_the_experiments_of_trainings_alone(tmp_path: Path) -> None:
    TrainingRun(tmp_path, "toy", "mine").end("FINISHED", [])
    client = MlflowClient(tracking_uri=f"sqlite:///{tmp_path}/mlflow.db")
    assert [experiment.name for experiment in client.search_experiments()] == ["toy"]


def test_a_store_of_the_user_keeps_its_empty_experiment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = f"sqlite:///{tmp_path}/mine.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    TrainingRun(tmp_path, "toy", "mine").end("FINISHED", [])
    found = MlflowClient(tracking_uri=uri).search_experiments()
    assert {experiment.name for experiment in found} == {"toy", "Default"}
