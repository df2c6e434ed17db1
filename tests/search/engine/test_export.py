"""Runs in MLflow that were broken off while they were made."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient

from search.engine.export import SEARCH, TRIAL, Exporter
from search.results.trials import State, TrialRecord

SEARCHED = {"name": "toy", "metric": "score", "mode": "max"}
MANIFEST = {
    "id": "0123",
    "experiment": "toy",
    "search": SEARCHED | {"trials": 4},
    "text": "space: {}",
    "base": {"x": 1},
}
TRIALS = [TrialRecord(n, State.COMPLETE, {"x": n}, 7, config={"x": n}) for n in range(2)]


class Breaking(MlflowClient):
    """A store that breaks off at the first artifact, as one whose disk is full."""

    broken = False

    def log_dict(self, *args: Any, **kwargs: Any) -> None:
        if not self.broken:
            self.broken = True
            raise OSError("no space left on device")
        super().log_dict(*args, **kwargs)


def paths(client: MlflowClient, run_id: str) -> set[str]:
    return {file.path for file in client.list_artifacts(run_id)}


def test_a_run_that_was_broken_off_is_described_later(tmp_path: Path) -> None:
    client = Breaking(tracking_uri=f"sqlite:///{tmp_path}/mlflow.db")
    artifacts = (tmp_path / "artifacts").as_uri()
    with pytest.raises(OSError, match="no space"):
        Exporter(client, MANIFEST, artifacts)
    # Resumed meanwhile with more trials, which MLflow would not let replace the first number.
    longer = MANIFEST | {"search": SEARCHED | {"trials": 9}}
    exporter = Exporter(client, longer, artifacts)
    assert paths(client, exporter.parent) == {"space.yaml", "base.yaml"}

    client.broken = False
    with pytest.raises(OSError, match="no space"):
        exporter.trial(TRIALS[0])
    for trial in TRIALS:
        exporter.trial(trial)
    experiment = client.get_run(exporter.parent).info.experiment_id
    runs = {run.data.tags[TRIAL]: run for run in client.search_runs([experiment])}
    assert {run.data.tags[SEARCH] for run in runs.values()} == {"0123"}
    assert sorted(runs) == ["0", "1", "none"]
    assert runs["0"].data.params == {"x": "0"}
    assert paths(client, runs["0"].info.run_id) == {"config.yaml"}


class Counting(MlflowClient):
    """Remembers which files it was given."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.given: list[str] = []

    def log_artifact(self, run_id: str, local_path: str, artifact_path: str | None = None) -> None:
        self.given.append(Path(local_path).name)
        super().log_artifact(run_id, local_path, artifact_path)


def test_pictures_are_uploaded_once_and_again_when_they_have_changed(tmp_path: Path) -> None:
    client = Counting(tracking_uri=f"sqlite:///{tmp_path}/mlflow.db")
    exporter = Exporter(client, MANIFEST, (tmp_path / "artifacts").as_uri())
    exporter.pictures(TrialRecord(5, State.DUPLICATE, {}, 7), [tmp_path / "of_nobody.png"])
    first, again = tmp_path / "first" / "0001_roc.png", tmp_path / "again" / "0001_roc.png"
    for file in (first, again):
        file.parent.mkdir()
        file.write_text(f"the picture of the {file.parent.name} attempt")
    for files in ([first], [first], [first, again]):
        exporter.pictures(TRIALS[0], files)
    assert client.given.count("0001_roc.png") == 2
    assert "of_nobody.png" not in client.given
    experiment = client.get_run(exporter.parent).info.experiment_id
    runs = {run.data.tags[TRIAL]: run for run in client.search_runs([experiment])}
    assert set(runs) == {"none", "0"}
    (found,) = client.list_artifacts(runs["0"].info.run_id, "pictures")
    assert found.path == "pictures/0001_roc.png"
    (kept,) = (tmp_path / "artifacts").rglob("*.png")
    assert kept.read_text() == "the picture of the again attempt"

    first.write_text("drawn once more")
    os.utime(first, ns=(1, 1))
    exporter.pictures(TRIALS[0], [first])
    assert kept.read_text() == "drawn once more"
