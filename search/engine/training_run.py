"""A training outside a search in MLflow: one run, linked to the trial that it goes on from."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mlflow.entities import Metric

from search.engine.export import PARENT, SEARCH, TRIAL, experiment_of, log_params
from search.engine.tracker import alone, artifact_root, connect, said
from search.flat import flatten
from search.masking import masked
from search.results.follow_up import CONFIG
from search.results.running_trial import Finished
from trainables.contract import PICTURES

log = logging.getLogger(__name__)


class TrainingRun:
    """Writes a training to MLflow as long as that works; `metrics.csv` holds all of it anyway.

    Nothing here raises: the first failure is said, and after it nothing further is tried.
    """

    def __init__(self, storage: Path, experiment: str, name: str) -> None:
        self._name = name
        self._run = ""
        self._broken = False
        self._guard(self._connect, storage, experiment)

    def begin(self, config: Mapping[str, Any], origin: Mapping[str, Any] | None) -> None:
        """Make the run, nested under the trial that the checkpoint came from."""
        self._guard(self._begin, config, origin)

    def write(self, finished: Finished) -> None:
        """Log one epoch."""
        self._guard(self._write, finished)

    def end(self, status: str, files: Sequence[Path], pictures: Sequence[Path] = ()) -> None:
        """Close the run, with its files and its pictures."""
        self._guard(self._end, status, files, pictures)

    def _guard(self, step: Callable[..., None], *arguments: Any) -> None:
        if self._broken:
            return
        try:
            step(*arguments)
        except Exception as error:  # noqa: BLE001 - tracking must never end a training
            self._broken = True
            log.warning("MLflow cannot be written; metrics.csv has everything: %s", said(error))

    def _connect(self, storage: Path, experiment: str) -> None:
        with alone(storage):
            self._client = connect(storage)
            self._experiment = experiment_of(self._client, experiment, artifact_root(storage))

    def _begin(self, config: Mapping[str, Any], origin: Mapping[str, Any] | None) -> None:
        tags = {"kind": "training"}
        if origin is not None:
            tags |= {f"tune_run.from_{key}": str(value) for key, value in origin.items()}
            tags |= self._parent(origin)
        run = self._client.create_run(self._experiment, run_name=self._name, tags=tags)
        self._run = run.info.run_id
        told = masked(config)
        log_params(self._client, run, flatten(told))
        self._client.log_dict(self._run, told, CONFIG)

    def _parent(self, origin: Mapping[str, Any]) -> dict[str, str]:
        query = (
            f"tags.`{SEARCH}` = '{origin['search_id']}' and tags.`{TRIAL}` = '{origin['trial']}'"
        )
        found = self._client.search_runs([self._experiment], query, max_results=1)
        return {PARENT: found[0].info.run_id} if found else {}

    def _write(self, finished: Finished) -> None:
        now = int(time.time() * 1000)
        values = finished.report.metrics.items()
        metrics = [Metric(name, value, now, finished.report.epoch) for name, value in values]
        self._client.log_batch(self._run, metrics=metrics)

    def _end(self, status: str, files: Sequence[Path], pictures: Sequence[Path]) -> None:
        for file in files:
            self._client.log_artifact(self._run, str(file))
        for file in pictures:
            self._client.log_artifact(self._run, str(file), artifact_path=PICTURES)
        self._client.set_terminated(self._run, status=status)
