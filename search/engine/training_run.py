"""A training outside a search in MLflow: one run, linked to the trial that it goes on from."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Metric, Param

from search.engine.export import PARENT, SEARCH, TRIAL
from search.engine.tracker import alone, artifact_root, tracking_uri
from search.flat import flatten
from search.results.running_trial import Finished

log = logging.getLogger(__name__)


class TrainingRun:
    """Writes a training to MLflow as long as that works; `metrics.csv` holds all of it anyway."""

    def __init__(self, storage: Path, experiment: str, name: str) -> None:
        with alone(storage):
            self._client = MlflowClient(tracking_uri=tracking_uri(storage))
            found = self._client.get_experiment_by_name(experiment)
            self._experiment = (
                found.experiment_id
                if found
                else self._client.create_experiment(experiment, artifact_root(storage))
            )
        self._name = name
        self._run = ""
        self._broken = False

    def begin(self, config: Mapping[str, Any], origin: Mapping[str, Any] | None) -> None:
        """Make the run, nested under the trial that the checkpoint came from."""
        tags = {"kind": "training"}
        if origin is not None:
            tags |= {f"tune_run.from_{key}": str(value) for key, value in origin.items()}
            tags |= self._parent(origin)
        self._run = self._client.create_run(
            self._experiment, run_name=self._name, tags=tags
        ).info.run_id
        params = [Param(name, str(value)) for name, value in flatten(config).items()]
        self._client.log_batch(self._run, params=params[:100])
        self._client.log_dict(self._run, dict(config), "config.yaml")

    def _parent(self, origin: Mapping[str, Any]) -> dict[str, str]:
        query = (
            f"tags.`{SEARCH}` = '{origin['search_id']}' and tags.`{TRIAL}` = '{origin['trial']}'"
        )
        found = self._client.search_runs([self._experiment], query, max_results=1)
        return {PARENT: found[0].info.run_id} if found else {}

    def write(self, finished: Finished) -> None:
        """Log one epoch; after the first failure no further one is tried."""
        if self._broken:
            return
        now = int(time.time() * 1000)
        values = finished.report.metrics.items()
        metrics = [Metric(name, value, now, finished.report.epoch) for name, value in values]
        try:
            self._client.log_batch(self._run, metrics=metrics)
        except Exception:
            self._broken = True
            log.exception("MLflow cannot be written; metrics.csv has everything")

    def end(self, status: str, files: list[Path]) -> None:
        """Close the run, with its files."""
        if self._broken:
            return
        for file in files:
            self._client.log_artifact(self._run, str(file))
        self._client.set_terminated(self._run, status=status)
